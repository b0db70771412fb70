"""Which functions of a JavaScript or TypeScript file can be called, and how a driver says a call.

Belongs here: what modules of both kinds export. Does not: what kinds parameters have (`javascript_kinds`), how calls are
chosen (`functions`, `arguments`).
"""

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from tree_sitter import Node

from alchemy_assets.sandbox.toolchains.javascript import is_module
from alchemy_assets.syntax_tree import text_of
from alchemy_assets.tracing.calls.arguments import LEFT_OUT
from alchemy_assets.tracing.calls.driver import template
from alchemy_assets.tracing.calls.functions import Calls, Function, Parameter
from alchemy_assets.tracing.calls.javascript_exports import (
    CLASSES,
    NAMESPACE,
    WHOLE,
    definitions,
    exported,
    exported_by_namespace,
    name_of,
)
from alchemy_assets.tracing.calls.javascript_kinds import LOOKUPS, documented, kinds_of, texts_of, values_of
from alchemy_assets.tracing.calls.javascript_records import records_of
from alchemy_assets.tracing.calls.uses import NO_VALUE, keys_of_use
from alchemy_assets.tracing.launch import Launch, launch_of
from alchemy_assets.tracing.screening.code import Code
from alchemy_assets.tracing.screening.engine import screen_part
from alchemy_assets.tracing.screening.javascript import TABLES

_TAKEN = {"CALLS", "process", "console", "error", "require", "module", "exports"}
_IMPURE = re.compile(
    r"(?<![\w.$])(?:document|window|localStorage|fetch|setTimeout|setInterval|setImmediate|eval|alert|prompt|importScripts)\b"
    r"|(?<![\w.$])(?:require|import)\s*\(|\bprocess\.\w+|\bfs\.\w+|(?<![\w.$])(?:async|await)\s|\bPromise\b|\bnew\s+Function\b|\b__dirname\b"
    r"|\bconsole\.|\barguments\b\s*\.\s*callee|\bXMLHttpRequest\b|\bWeak(?:Map|Set|Ref)\b|\bSymbol\s*\("
)
_MARKS = {"get", "set", "async", "static"}
_ANSWERS = {"Error", "RangeError", "SyntaxError", "EvalError", "URIError"}


def functions(code: Code, source: str) -> list[Function]:
    """What the module exports: functions, those of its namespaces, and methods of its classes."""
    del source
    found: dict[str, Function] = {}
    listed = list(exported(code.root))
    whole = {name for name, _ in listed if name.startswith(WHOLE)}
    for name, node in listed:
        shown = name.removeprefix(WHOLE)
        if name == shown and f"{WHOLE}{name}" in whole:
            continue  # The driver would declare it twice.
        if shown in _TAKEN or not re.fullmatch(r"[A-Za-z_$][\w$]*", shown):
            continue
        if node.type in CLASSES:
            made = _of_class(code, node, name)
        elif node.type == NAMESPACE:
            made = [_function(code, one, f"{name}.{own}", own, name) for own, one in exported_by_namespace(node)]
        else:
            made = [_function(code, node, shown, shown, name)]
        for one in made:
            if one is not None:
                found.setdefault(f"{one.owner} {one.called} {one.name}", one)
    return list(found.values())


def _of_class(code: Code, node: Node, owner: str) -> list[Function | None]:
    """Static methods, and methods of objects that can be made of plain values."""
    body = node.child_by_field_name("body")
    methods = [one for one in body.named_children if one.type == "method_definition"] if body is not None else []
    heritage = any(child.type == "class_heritage" and "extends" in text_of(child) for child in node.children)
    making = next((one for one in methods if name_of(one) == "constructor"), None)
    made = _parameters(code, making) if making is not None else []
    found = []
    for one in methods:
        name = name_of(one)
        words = {text_of(child) for child in one.children if child.type in _MARKS or "modifier" in child.type}
        if (
            name == "constructor"
            or name.startswith(("_", "#", "["))
            or words & {"get", "set", "async", "private", "protected"}
        ):
            continue
        if "static" in words:
            found.append(_function(code, one, f"{owner.removeprefix(WHOLE)}.{name}", name, owner))
        elif made is not None and not heritage and node.type != "abstract_class_declaration":
            found.append(_function(code, one, name, name, owner, made))
    return found


def _function(  # noqa: PLR0913, PLR0917 -- what a function is made of
    code: Code, node: Node, called: str, name: str, owner: str, making: Sequence[Parameter] | None = None
) -> Function | None:
    parameters = _parameters(code, node)
    if parameters is None or not (parameters or making) or any(child.type == "async" for child in node.children):
        return None
    star = "generator" in node.type or any(child.type == "*" for child in node.children)
    before = tuple(making or ())
    making_count = -1 if making is None else len(before)
    return Function(name, called, owner, (*before, *parameters), node, (), "[...{}]" if star else "{}", making_count)


def _parameters(code: Code, node: Node) -> list[Parameter] | None:
    """The parameters, or None where one that is needed can have no value of ours."""
    listed, body = node.child_by_field_name("parameters"), node.child_by_field_name("body")
    single = node.child_by_field_name("parameter")
    if body is None:
        return None
    text = code.plain[body.start_byte : body.end_byte]
    types = documented(_comment_of(node))
    found: list[Parameter] = []
    for one in listed.named_children if listed is not None else [single] if single is not None else []:
        if one.type == "comment":
            continue
        name = one.child_by_field_name("pattern") or one.child_by_field_name("left") or one
        default = one.child_by_field_name("value") or one.child_by_field_name("right")
        kind = one.child_by_field_name("type")
        optional = default is not None or one.type == "optional_parameter"
        if name.type == "this" or "rest" in name.type:
            break
        annotation, said = (text_of(node) if node is not None else "" for node in (kind, default))
        records = records_of(annotation, code.plain)
        made = (
            Parameter(text_of(name), values=records)
            if records and name.type == "identifier"
            else _parameter(name, text, annotation or types.get(text_of(name), ""), said)
        )
        if made is not None and made.kinds[:1] == ("text",) and (texts := texts_of(made.name, text, code.plain)):
            made = replace(made, values=texts)
        if made is None and not optional:
            return None
        made = made or Parameter(text_of(name))
        found.append(replace(made, optional=optional))
    return found


def _comment_of(node: Node) -> str:
    """The comment right before a definition, or nothing."""
    outer: Node | None = node
    while outer is not None and outer.prev_named_sibling is None and outer.parent is not None:
        outer = outer.parent
    while outer is not None and outer.type == "variable_declarator":
        outer = outer.parent
    before = outer.prev_named_sibling if outer is not None else None
    return text_of(before) if before is not None and before.type == "comment" else ""


def _parameter(name: Node, body: str, annotation: str, default: str) -> Parameter | None:
    if name.type == "object_pattern":
        keys = [text_of(one).split("=")[0].split(":")[0].strip() for one in name.named_children]
        known = tuple(key for key in keys if re.fullmatch(r"\w+", key))
        return None if annotation else Parameter("options", ("map",), keys=known)
    called = text_of(name)
    if values := values_of(annotation):
        return Parameter(called, (), values=values)
    kinds = kinds_of(called, body, annotation, default)
    if kinds == (NO_VALUE,):
        return None
    return Parameter(called, kinds, keys=keys_of_use(called, body, LOOKUPS) if "map" in kinds else ())


def literal(value: object) -> str:
    """A value in JavaScript."""
    if value is LEFT_OUT:
        return "undefined"
    if isinstance(value, dict):
        shown = [f"{_key(key)}: {literal(one)}" for key, one in value.items()]
        return "{ " + ", ".join(shown) + " }" if shown else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(literal, value))}]"
    return json.dumps(value, ensure_ascii=False)


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z_$][\w$]*", key) else json.dumps(key)


def call(function: Function, values: Sequence[object]) -> str:
    """A call; what is left out at the end is not said."""
    before = max(function.making, 0)
    made, given = (_said(part) for part in (values[:before], values[before:]))
    owner = function.owner.removeprefix(WHOLE)
    said = f"{function.called}({given})" if function.making < 0 else f"new {owner}({made}).{function.name}({given})"
    return function.wrap.format(said) if function.wrap != "{}" else said


def _said(values: Sequence[object]) -> str:
    shown = list(values)
    while shown and shown[-1] is LEFT_OUT:
        shown.pop()
    return ", ".join(map(literal, shown))


def driver(language: str, source: str, calls: Sequence[tuple[Function, str]]) -> dict[str, str]:
    """The driver; errors that the file throws itself are an answer, others end it."""
    names = sorted({function.owner for function, _ in calls if not function.owner.startswith(WHOLE)})
    whole = sorted({function.owner.removeprefix(WHOLE) for function, _ in calls if function.owner.startswith(WHOLE)})
    file = _launch(language, source).entry
    own = launch_of(language, source).entry
    if language == "TypeScript" or file.endswith(".mjs"):
        shown = ", ".join([*whole[:1], *([f"{{ {', '.join(names)} }}"] if names else [])])
        imports = f'import {shown} from "./{own.removesuffix(".ts")}";'
    else:
        lines = [f'const {name} = require("./{own}");' for name in whole[:1]]
        lines += [f'const {{ {", ".join(names)} }} = require("./{own}");'] if names else []
        imports = "\n".join(lines)
    started = "driver.js" if language == "TypeScript" else file
    entries = "\n".join(f'  "{number}": () => {said},' for number, (_, said) in enumerate(calls, 1))
    text = template("javascript.txt").replace("@SOURCE@", own).replace("@DRIVER@", started)
    text = text.replace("@IMPORTS@", imports).replace("@CALLS@", entries)
    thrown = sorted(set(re.findall(r"\bthrow\s+(?:new\s+)?(\w+)\s*\(", source)) & _ANSWERS)
    if not thrown:
        return {file: f"{text}console.log(CALLS[process.argv[2]]());\n"}
    listed = ", ".join(f'"{name}"' for name in thrown)
    caught = ["try {", "  console.log(CALLS[process.argv[2]]());", "} catch (error) {",
              f"  if (![{listed}].includes(error.name)) throw error;", "  console.error(String(error));",
              "  process.exitCode = 1;", "}", ""]  # fmt: skip
    return {file: text + "\n".join(caught)}


def _launch(language: str, source: str) -> Launch:
    if language == "TypeScript":
        return Launch("driver.ts", "node driver.js", "esbuild driver.ts --bundle --platform=node --outfile=driver.js")
    name = "driver.mjs" if is_module(source.encode()) else "driver.js"
    return Launch(name, f"node {name}")


def _calls(language: str) -> Calls:
    return Calls(
        language,
        functions,
        definitions,
        _IMPURE,
        partial(screen_part, TABLES[language]),
        call,
        partial(driver, language),
        partial(_launch, language),
        lambda source: launch_of(language, source).entry,
    )


JAVASCRIPT = _calls("JavaScript")
TYPESCRIPT = _calls("TypeScript")
