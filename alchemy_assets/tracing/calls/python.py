"""Which functions of a Python file can be called, and with what.

Belongs here: functions, parameters and what their bodies draw on. Does not: what kinds they are (`python_kinds`), what
doctests call (`python_examples`), how calls are chosen (`functions`, `arguments`).
"""

import builtins
import re
from collections.abc import Iterator, Sequence

from tree_sitter import Node

from alchemy_assets.syntax_tree import text_of
from alchemy_assets.tracing.calls.arguments import LEFT_OUT
from alchemy_assets.tracing.calls.driver import template
from alchemy_assets.tracing.calls.functions import Calls, Definition, Function, Parameter
from alchemy_assets.tracing.calls.python_examples import as_in_examples, doctests
from alchemy_assets.tracing.calls.python_kinds import LOOKUPS, kinds_of
from alchemy_assets.tracing.calls.uses import NO_VALUE, keys_of_use
from alchemy_assets.tracing.launch import Launch
from alchemy_assets.tracing.screening.code import Code
from alchemy_assets.tracing.screening.python import screen_part

_PURE_DECORATORS = re.compile(
    r"@\s*(?:functools\.)?(?:lru_cache|cache|staticmethod|wraps|total_ordering|typing\.\w+|overload)\b"
)
_IMPURE = re.compile(
    r"(?<![\w.])(?:open|input|exec|eval|exit|quit|breakpoint|__import__|compile|memoryview)\s*\(|(?<!\w)global\s"
    r"|\bsys\.(?:stdin|stdout|stderr|exit|argv|exc_info|settrace|path|modules)\b|\b(?:subprocess|shutil|socket|requests|urllib\.request)\b"
    r"|\bos\.(?!path\.(?:join|split|splitext|basename|dirname|normpath)\b|sep\b|linesep\b|fspath\b)\w+|\.(?:read|write)(?:_text|_bytes)?\("
    r"|\bprint\s*\([^)]*file\s*=|(?<!\w)(?:async|await)\s|\b__file__\b|\bwarnings\.warn"
)
# Errors that say that a value is of a wrong kind, or that nothing is there yet.
_NO_ANSWERS = {"AttributeError", "Exception", "NotImplementedError", "StopIteration", "SystemExit", "TypeError"}
# Names that the driver needs for itself.
_TAKEN = {"sys", "CALLS", "print", "list", "error"}


def functions(code: Code, source: str) -> list[Function]:
    """Functions of the module, and methods of its classes."""
    examples = doctests(source)
    found = []
    for outer in code.root.named_children:
        node = _definition(outer)
        if node is None:
            continue
        if node.type == "function_definition" and _is_plain(outer):
            made = _function(code, node, "", examples)
        elif node.type == "class_definition":
            found += _of_class(code, node, examples)
            continue
        else:
            continue
        if made is not None:
            found.append(made)
    return found


def _definition(node: Node) -> Node | None:
    inner = node.child_by_field_name("definition") if node.type == "decorated_definition" else node
    return inner if inner is not None and inner.type in {"function_definition", "class_definition"} else None


def _is_plain(outer: Node) -> bool:
    """Whether its decorators, if any, leave it a function that is called as it stands."""
    marks = (
        [child for child in outer.named_children if child.type == "decorator"]
        if outer.type == "decorated_definition"
        else []
    )
    return all(_PURE_DECORATORS.match(text_of(one)) for one in marks)


def _of_class(code: Code, node: Node, examples: dict[str, list[str]]) -> list[Function]:
    """Static methods of a class, and methods of objects that can be made of plain values."""
    named, above = node.child_by_field_name("name"), node.child_by_field_name("superclasses")
    methods = {called: method for method, called in _methods(node)}
    if named is None:
        return []
    name = text_of(named)
    found = []
    for called, method in methods.items():
        outer = (
            text_of(method.parent) if method.parent is not None and method.parent.type == "decorated_definition" else ""
        )
        if re.match(r"@staticmethod\b", outer):
            found.append(_function(code, method, name, examples))
        elif not outer and (above is None or text_of(above) in {"()", "(object)"}) and not called.startswith("_"):
            made = _made(code, methods.get("__init__"))
            if made is not None:
                found.append(_function(code, method, name, examples, made))
    return [one for one in found if one is not None]


def _made(code: Code, method: Node | None) -> list[Parameter] | None:
    """The parameters that making an object takes, or None where it cannot be made of plain values."""
    if method is None:
        return []
    listed, body = method.child_by_field_name("parameters"), method.child_by_field_name("body")
    return _parameters(code, listed, body, skip=1) if listed is not None and body is not None else None


def _function(
    code: Code, node: Node, owner: str, examples: dict[str, list[str]], making: Sequence[Parameter] | None = None
) -> Function | None:
    named, listed, body = (node.child_by_field_name(field) for field in ("name", "parameters", "body"))
    if named is None or listed is None or body is None or any(child.type == "async" for child in node.children):
        return None
    name = text_of(named)
    parameters = _parameters(code, listed, body, skip=int(making is not None))
    if parameters is None or not (parameters or making) or name in _TAKEN or name.startswith(("__", "test_")):
        return None
    called = f"{owner}.{name}" if owner else name
    if making is not None:
        wrap = "list({})" if any(one.type == "yield" for one in _own(body)) else "{}"
        return Function(name, called, owner, (*making, *parameters), node, wrap=wrap, making=len(making))
    given = tuple(dict.fromkeys(re.sub(rf"^(?:\w+\.)*{name}\(", f"{called}(", one) for one in examples.get(name, ())))
    wrap = "list({})" if any(one.type == "yield" for one in _own(body)) else "{}"
    return Function(name, called, owner or name, as_in_examples(parameters, given), node, given, wrap)


def _own(body: Node) -> Iterator[Node]:
    """The nodes of a body that are not in a function inside."""
    waiting = list(body.children)
    while waiting:
        node = waiting.pop()
        yield node
        if node.type not in {"function_definition", "lambda", "class_definition"}:
            waiting += node.children


def _parameters(code: Code, listed: Node, body: Node, skip: int = 0) -> list[Parameter] | None:
    """The parameters, or None where one that is needed can have no value of ours."""
    strings = code.plain[body.start_byte : body.end_byte]
    found: list[Parameter] = []
    keyword = False
    for node in listed.named_children[skip:]:
        if node.type in {"list_splat_pattern", "keyword_separator"} or (
            node.type == "typed_parameter" and text_of(node).startswith("*")
        ):
            keyword = keyword or not text_of(node).startswith("**")
            continue
        if node.type in {"dictionary_splat_pattern", "positional_separator", "comment"}:
            continue
        name = node.child_by_field_name("name") or (node.named_children[0] if node.type == "typed_parameter" else node)
        default, kind = node.child_by_field_name("value"), node.child_by_field_name("type")
        called = text_of(name)
        kinds = kinds_of(
            called,
            strings,
            text_of(kind) if kind is not None else "",
            text_of(default) if default is not None else "",
        )
        if kinds == (NO_VALUE,):
            if default is None:
                return None
            kinds = ()
        keys = keys_of_use(called, strings, LOOKUPS) if "map" in kinds else ()
        optional = default is not None
        found.append(Parameter(called, kinds, optional, keyword or optional, keys=keys))
    return found


def definitions(root: Node) -> list[Definition]:
    """Functions of the module; its classes by what making an object needs, and their methods."""
    found = []
    for outer in root.named_children:
        node = _definition(outer)
        name = node.child_by_field_name("name") if node is not None else None
        if node is None or name is None:
            continue
        if node.type == "function_definition":
            found.append(Definition(text_of(name), outer))
            continue
        found.append(Definition("", outer))
        for method, called in _methods(node):
            own = text_of(name) if re.fullmatch(r"__\w+__", called) else f".{called}"
            found.append(Definition(own, method, block=False))
    return found


def _methods(node: Node) -> Iterator[tuple[Node, str]]:
    """The methods of a class, with their names."""
    body = node.child_by_field_name("body")
    for outer in body.named_children if body is not None else []:
        method = _definition(outer)
        name = method.child_by_field_name("name") if method is not None else None
        if method is not None and name is not None and method.type == "function_definition":
            yield method, text_of(name)


def call(function: Function, values: Sequence[object]) -> str:
    """A call in Python; parameters that have a default are named."""
    words = [
        None if value is LEFT_OUT else f"{parameter.name}={value!r}" if parameter.keyword else repr(value)
        for parameter, value in zip(function.parameters, values, strict=True)
    ]
    before = max(function.making, 0)
    made, given = (", ".join(word for word in part if word) for part in (words[:before], words[before:]))
    said = (
        f"{function.called}({given})" if function.making < 0 else f"{function.owner}({made}).{function.name}({given})"
    )
    return function.wrap.format(said) if function.wrap != "{}" else said


def driver(source: str, calls: Sequence[tuple[Function, str]]) -> dict[str, str]:
    """The driver; errors that the file raises itself are an answer, others end it."""
    errors = _raised(source)
    own = set(re.findall(r"^class (\w+)", source, re.MULTILINE))
    names = sorted({function.owner for function, _ in calls} | (own & set(errors)))
    entries = "\n".join(f'    "{number}": lambda: {said},' for number, (_, said) in enumerate(calls, 1))
    text = template("python.txt").replace("@NAMES@", ", ".join(names)).replace("@CALLS@", entries)
    if not errors:
        return {"driver.py": f"{text}\nprint(CALLS[sys.argv[1]]())\n"}
    caught = errors[0] if len(errors) == 1 else f"({', '.join(errors)})"
    said = '    sys.exit(f"{type(error).__name__}: {error}")'
    return {"driver.py": f"{text}\ntry:\n    print(CALLS[sys.argv[1]]())\nexcept {caught} as error:\n{said}\n"}


def _raised(source: str) -> list[str]:
    """The errors that the file raises itself, those aside that a wrong kind of value gives anyway."""
    own = set(re.findall(r"^class (\w+)", source, re.MULTILINE))
    names = {match[1] for match in re.finditer(r"^\s*raise\s+([A-Z]\w*)\b", source, re.MULTILINE)} - _NO_ANSWERS
    return sorted(name for name in names if name in own or hasattr(builtins, name))


CALLS = Calls(
    "Python",
    functions,
    definitions,
    _IMPURE,
    screen_part,
    call,
    driver,
    lambda _: Launch("driver.py", "python3 driver.py"),
    lambda _: "source.py",
)
