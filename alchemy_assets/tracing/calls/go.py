"""Which functions of a Go file can be called, and how a driver says a call.

Belongs here: types and packages of Go. Does not: how calls are chosen (`functions`, `arguments`).
Methods are not called: only plain values are made, no structs. Type parameters stand for `int`.
"""

import json
import re
from collections.abc import Sequence
from functools import partial

from tree_sitter import Node

from alchemy_assets.syntax_tree import text_of
from alchemy_assets.tracing.calls.driver import template
from alchemy_assets.tracing.calls.functions import Calls, Definition, Function, Parameter
from alchemy_assets.tracing.launch import Launch
from alchemy_assets.tracing.screening.code import Code
from alchemy_assets.tracing.screening.engine import screen_part
from alchemy_assets.tracing.screening.go import TABLE

_KINDS = (
    (r"int(?:8|16|32|64)?", ("int",)),
    (r"uint(?:8|16|32|64)?|byte", ("nat",)),
    (r"float(?:32|64)", ("float",)),
    (r"string|\[\](?:byte|rune)", ("text",)),
    (r"bool", ("bool",)),
    (r"rune", ("char",)),
    (r"(?:\[\]|\.\.\.)int(?:8|16|32|64)?", ("ints",)),
    (r"(?:\[\]|\.\.\.)float(?:32|64)", ("floats",)),
    (r"(?:\[\]|\.\.\.)string", ("texts",)),
    (r"\[\]bool", ("bools",)),
    (r"\[\]\[\](?:int|float)(?:32|64)?", ("matrix",)),
    (r"\[\]\[\]string", ("grid",)),
    (r"map\[string\](?:int|float)(?:32|64)?", ("map",)),
    (r"map\[string\]string", ("textmap",)),
)
_IMPURE = re.compile(
    r"\b(?:os|bufio|http|ioutil|exec|net|log|syscall|unsafe|sync|rand|runtime)\.\w|(?<!\w)go\s+(?:func\b|\w)|\bchan\b|<-|\bselect\s*\{"
    r"|\btime\.(?:Now|Sleep|Since)\b"
)
_SHOWN = re.compile(r"[\w\[\], .()]+")


def functions(code: Code, source: str) -> list[Function]:
    """Functions with a result, those that the package exports where it is not `main`."""
    package = _package(source)
    found = []
    for node in code.root.named_children:
        if node.type != "function_declaration":
            continue
        name, result = node.child_by_field_name("name"), node.child_by_field_name("result")
        if name is None or result is None or text_of(name) in {"main", "init"} or _opaque(result):
            continue
        if package != "main" and not text_of(name)[0].isupper():
            continue
        parameters = _parameters(node)
        if parameters:
            called = text_of(name) if package == "main" else f"{package}.{text_of(name)}"
            found.append(Function(text_of(name), called, package, tuple(parameters), node))
    return found


def _package(source: str) -> str:
    match = re.search(r"^package\s+(\w+)", source, re.MULTILINE)
    return match[1] if match is not None else "main"


def _opaque(result: Node) -> bool:
    """Whether what is given back would be printed as an address."""
    return re.search(r"\bfunc\b|\bchan\b|\*|\binterface\b|\bany\b", text_of(result)) is not None


def _parameters(node: Node) -> list[Parameter] | None:
    listed, generic = node.child_by_field_name("parameters"), node.child_by_field_name("type_parameters")
    names = re.findall(r"(\w+)\s*(?:,|\s[\w.~| ]+)", text_of(generic)) if generic is not None else []
    found = []
    for one in listed.named_children if listed is not None else []:
        kind = one.child_by_field_name("type")
        if kind is None:
            continue
        said = ("..." if one.type == "variadic_parameter_declaration" else "") + re.sub(r"\s", "", text_of(kind))
        for name in names:
            said = re.sub(rf"\b{name}\b", "int", said)
        kinds = next((kinds for pattern, kinds in _KINDS if re.fullmatch(pattern, said)), None)
        if kinds is None:
            return None
        called = [text_of(child) for child in one.children_by_field_name("name")] or ["_"]
        found += [Parameter(name, kinds, type=said) for name in called]
    return found


def definitions(root: Node) -> list[Definition]:
    """Functions, and methods by their name."""
    found = []
    for node in root.named_children:
        name = node.child_by_field_name("name")
        if node.type in {"function_declaration", "method_declaration"} and name is not None:
            found.append(Definition(f"{'.' * (node.type == 'method_declaration')}{text_of(name)}", node))
    return found


def literal(value: object, kind: str) -> str:
    """A value of a type in Go."""
    if isinstance(value, list):
        if kind.startswith("..."):
            return ", ".join(literal(one, kind[3:]) for one in value)
        inner = ", ".join(literal(one, kind[2:]).removeprefix(kind[2:]) for one in value)
        return f"{kind}{{{inner}}}"
    if isinstance(value, dict):
        of = kind.partition("]")[2]
        return f"{kind}{{{', '.join(f'{json.dumps(key)}: {literal(one, of)}' for key, one in value.items())}}}"
    if isinstance(value, bool):
        return "true" if value else "false"
    if kind == "rune":
        return f"'{value}'"
    said = json.dumps(value, ensure_ascii=False)
    return f"{kind}({said})" if kind.startswith("[]") else said


def call(function: Function, values: Sequence[object]) -> str:
    """A call in Go."""
    words = [literal(value, one.type) for one, value in zip(function.parameters, values, strict=True)]
    return f"{function.called}({', '.join(word for word in words if word)})"


def driver(source: str, calls: Sequence[tuple[Function, str]]) -> dict[str, str]:
    """The main package that makes the calls, and the module that both are in."""
    package = _package(source)
    imports = ['\t"fmt"', '\t"os"', *([] if package == "main" else ["", f'\t"calls/{package}"'])]
    entries = "\n".join(f'\t"{number}": func() {{ fmt.Println({said}) }},' for number, (_, said) in enumerate(calls, 1))
    text = template("go.txt").replace("@SOURCE@", _file(source)).replace("@IMPORTS@", "\n".join(imports))
    return {"main.go": text.replace("@CALLS@", entries), "go.mod": "module calls\n\ngo 1.24\n"}


def _file(source: str) -> str:
    package = _package(source)
    return "source.go" if package == "main" else f"{package}/source.go"


CALLS = Calls(
    "Go",
    functions,
    definitions,
    _IMPURE,
    partial(screen_part, TABLE),
    call,
    driver,
    lambda _: Launch("main.go", "./main", "go build -o main ."),
    _file,
)
