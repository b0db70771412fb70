"""Which functions of a PHP file can be called, with what, and how a driver says a call.

Belongs here: words and expressions of PHP. Does not: how calls are chosen (`functions`, `arguments`).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from tree_sitter import Node

from alchemy_assets.syntax_tree import text_of, walk
from alchemy_assets.tracing.calls.arguments import LEFT_OUT
from alchemy_assets.tracing.calls.driver import template
from alchemy_assets.tracing.calls.functions import Calls, Definition, Function, Parameter
from alchemy_assets.tracing.calls.uses import NO_VALUE, Uses, keys_of_use, kinds_of_default, kinds_of_use
from alchemy_assets.tracing.launch import Launch
from alchemy_assets.tracing.screening.code import Code
from alchemy_assets.tracing.screening.engine import screen_part
from alchemy_assets.tracing.screening.php import TABLE

_USES: Uses = (
    (
        "text",
        r"\b(?:str\w+|trim|[lr]trim|ucfirst|ucwords|lcfirst|mb_\w+|substr\w*|htmlspecialchars|nl2br|addslashes|ctype_\w+|is_string)\(\$NAME\b",
    ),
    (
        "text",
        r"\b(?:explode|preg_match|preg_split|preg_match_all)\([^,\n]+,\s*\$NAME\b|\bpreg_replace\w*\([^;\n]+,\s*\$NAME\b",
    ),
    ("text", r"\$NAME\s*[!=]==?\s*[\"']|\$NAME\s*\.=?\s|\.\s*\$NAME\b"),
    (
        "int",
        r"\$NAME\s*(?:%|\*\*|<<|>>)|\$NAME\s*[-+*/]\s*[\w$]|[\w)]\s*[-+*/%]\s*\$NAME\b(?!\[)|\$NAME\s*(?:[<>]=?|===?)\s*-?\d",
    ),
    ("int", r"<=?\s*\$NAME\b(?!\[)|\b(?:intdiv|range|abs|floor|ceil|round|is_int|is_numeric|dechex|decbin)\(\$NAME\b"),
    ("seq", r"\bcount\(\$NAME\)|\bforeach\s*\(\s*\$NAME\s+as\s+\$\w+\)|\$NAME\["),
    ("ints", r"\b(?:array_sum|array_product|max|min)\(\$NAME\)"),
    ("matrix", r"\$NAME\[\$?\w+\]\[|\bcount\(\$NAME\[0\]\)"),
    (
        "list",
        r"\b(?:array_\w+|in_array|implode|sort|usort|rsort|is_array|end|reset|array_push|array_pop)\((?:[^,()\n]+,\s*)?\$NAME\b",
    ),
    (
        "map",
        r"\bforeach\s*\(\s*\$NAME\s+as\s+\$\w+\s*=>|\$NAME\[\s*[\"']|\b(?:array_key_exists|array_keys|ksort|asort)\((?:[^,()]+,\s*)?\$NAME",
    ),
    (NO_VALUE, r"\$NAME->|\$NAME\s*\(|\bcall_user_func\w*\(\$NAME\b|\$NAME::"),
)
_LOOKUPS = (r"\$NAME\[\s*[\"'](\w+)[\"']\s*\]",)
_TYPES = {"int": ("int",), "float": ("float",), "string": ("text",), "bool": ("bool",), "mixed": (), "": ()}
_DOCUMENTED = {
    "int": ("int",), "integer": ("int",), "float": ("float",), "string": ("text",), "bool": ("bool",), "boolean": ("bool",),
    "int[]": ("ints",), "string[]": ("texts",), "float[]": ("floats",), "int[][]": ("matrix",), "array<string>": ("texts",),
    "array<int>": ("ints",), "list<string>": ("texts",), "list<int>": ("ints",), "array<string,int>": ("map",),
    "array<string,string>": ("textmap",), "array<string,mixed>": ("map", "nested"), "array<int,string>": ("texts",),
}  # fmt: skip
_IMPURE = re.compile(
    r"\$_(?:GET|POST|SERVER|REQUEST|COOKIE|SESSION|FILES|ENV)\b|\bglobal\s|\b(?:f(?:open|read|write|gets|puts|close)|file(?:_\w+)?|readline"
    r"|exec|shell_exec|system|passthru|exit|die|header|curl_\w+|mysqli?_\w+|eval|unlink|mkdir|opendir|scandir|glob|is_file|is_dir"
    r"|include|require|include_once|require_once|define|ini_set|set_\w+_handler|func_get_args|debug_backtrace|error_log|trigger_error"
    r"|session_\w+|setlocale|getenv|sleep|usleep|ob_\w+|spl_\w+)\s*\(|\b(?:PDO|DOMDocument|SimpleXMLElement|WP_\w+|\$wpdb|Reflection\w+)\b"
)
_ANSWERS = {"InvalidArgumentException", "Exception", "RangeException", "OutOfRangeException", "DomainException", "LogicException",
            "RuntimeException", "LengthException", "UnexpectedValueException", "OutOfBoundsException"}  # fmt: skip


def functions(code: Code, source: str) -> list[Function]:
    """Functions, static methods, and public methods of objects that plain values make."""
    space = _namespace(source)
    found: list[Function | None] = []
    for owner, node in _all(code.root):
        name = _name(node)
        if name.startswith("__"):
            continue
        if owner is None:
            found.append(_function(code, node, f"{space}{name}", "", None))
            continue
        marks, called = _marks(node), f"{space}{_name(owner)}"
        if marks & {"private", "protected", "abstract"} or owner.type != "class_declaration":
            continue
        if "static" in marks:
            found.append(_function(code, node, f"{called}::{name}", _name(owner), None))
        elif not any(child.type in {"base_clause", "abstract_modifier"} for child in owner.children):
            made = _made(code, owner)
            if made is not None:
                found.append(_function(code, node, called, _name(owner), made))
    return [one for one in found if one is not None]


def _namespace(source: str) -> str:
    match = re.search(r"^\s*(?:<\?php\s+)?namespace\s+([\w\\]+)\s*;", source, re.MULTILINE)
    return f"\\{match[1]}\\" if match is not None else ""


def _name(node: Node) -> str:
    name = node.child_by_field_name("name")
    return text_of(name) if name is not None else ""


def _all(root: Node) -> Iterator[tuple[Node | None, Node]]:
    """Functions of the file, and methods with their class."""
    for node in root.named_children:
        if node.type == "function_definition":
            yield None, node
        elif node.type in {"class_declaration", "trait_declaration", "interface_declaration"}:
            body = node.child_by_field_name("body")
            yield from (
                (node, one)
                for one in (body.named_children if body is not None else [])
                if one.type == "method_declaration"
            )


def _marks(node: Node) -> set[str]:
    return {text_of(child) for child in node.children if child.type.endswith("modifier")}


def _made(code: Code, owner: Node) -> list[Parameter] | None:
    """What making an object takes, or None where plain values do not do."""
    methods = [one for one in walk(owner) if one.type == "method_declaration" and _name(one) == "__construct"]
    if not methods:
        return []
    return None if _marks(methods[0]) & {"private", "protected"} else _parameters(code, methods[0])


def _function(code: Code, node: Node, called: str, owner: str, making: list[Parameter] | None) -> Function | None:
    parameters = _parameters(code, node)
    if parameters is None or not (parameters or making) or node.child_by_field_name("body") is None:
        return None
    given = node.child_by_field_name("return_type")
    if given is not None and re.fullmatch(r"\W*(?:void|never|callable|Closure|Generator)", text_of(given)):
        return None
    count = -1 if making is None else len(making)
    wrap = "iterator_to_array({}, false)" if any(one.type == "yield_expression" for one in walk(node)) else "{}"
    return Function(_name(node), called, owner, (*(making or ()), *parameters), node, wrap=wrap, making=count)


def _parameters(code: Code, node: Node) -> list[Parameter] | None:
    """The parameters, or None where one that is needed can have no value of ours."""
    listed, body = node.child_by_field_name("parameters"), node.child_by_field_name("body")
    text = code.plain[body.start_byte : body.end_byte] if body is not None else ""
    comment = node.prev_named_sibling
    documented = text_of(comment) if comment is not None and comment.type == "comment" else ""
    found = []
    for one in listed.named_children if listed is not None else []:
        if one.type in {"variadic_parameter", "comment"}:
            continue
        name, kind, value = (one.child_by_field_name(field) for field in ("name", "type", "default_value"))
        if name is None or "reference_modifier" in {child.type for child in one.children}:
            return None
        called, said = text_of(name).lstrip("$"), text_of(value) if value is not None else ""
        kinds = _kinds(called, text, text_of(kind) if kind is not None else "", said, documented)
        if kinds == (NO_VALUE,):
            if value is None:
                return None
            kinds = ()
        keys = keys_of_use(called, text, _LOOKUPS) if "map" in kinds else ()
        found.append(Parameter(called, kinds, value is not None, keys=keys))
    return [replace(one, optional=all(later.optional for later in found[place:])) for place, one in enumerate(found)]


def _kinds(name: str, body: str, annotation: str, default: str, documented: str) -> tuple[str, ...]:
    plain = re.sub(r"\s|^\?|\|null|null\|", "", annotation)
    match = re.search(rf"@param\s+(\S+(?:,\s\S+)?)\s+\$?{name}\b", documented)
    known = re.sub(r"\s|^\?|\|null|null\|", "", match[1]) if match is not None else ""
    if plain not in _TYPES and plain not in {"array", "iterable"}:
        parts = [kind for part in plain.split("|") for kind in _TYPES.get(part, ())]
        return tuple(parts) or (NO_VALUE,)
    if plain in {"", "mixed", "array", "iterable"} and known in _DOCUMENTED:
        return _DOCUMENTED[known]
    if typed := _TYPES.get(plain, ()):
        return typed
    used = kinds_of_default(default) or kinds_of_use(name, body, _USES)
    if plain in {"array", "iterable"} or known == "array":
        lists = tuple(
            kind for kind in used if kind in {"ints", "texts", "matrix", "map", "textmap", "nested", "floats"}
        )
        return lists or ("ints", "texts", "map")
    return used


def definitions(root: Node) -> list[Definition]:
    """Functions, and methods; the constructor by the name of its class."""
    found = []
    for node in walk(root):
        if node.type == "function_definition":
            found.append(Definition(_name(node), node))
        elif node.type == "method_declaration":
            owner = node.parent.parent if node.parent is not None else None
            making = _name(node) == "__construct" and owner is not None
            found.append(
                Definition(_name(owner) if making and owner is not None else _name(node), node, block=not making)
            )
    return found


def literal(value: object) -> str:
    """A value in PHP."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, dict):
        return f"[{', '.join(f'{literal(key)} => {literal(one)}' for key, one in value.items())}]"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(literal, value))}]"
    if not isinstance(value, str):
        return repr(value)
    if re.search(r"[\n\t\r]", value):
        quoted = re.sub(r"([\\\"$])", r"\\\1", value).replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")
        return f'"{quoted}"'
    return "'" + re.sub(r"(['\\])", r"\\\1", value) + "'"


def call(function: Function, values: Sequence[object]) -> str:
    """A call in PHP; nothing follows what is left out."""
    before = max(function.making, 0)
    made, given = (_said(part) for part in (values[:before], values[before:]))
    said = f"{function.called}({given})"
    if function.making >= 0:
        said = f"(new {function.called}({made}))->{function.name}({given})"
    return function.wrap.format(said) if function.wrap != "{}" else said


def _said(values: Sequence[object]) -> str:
    shown = values[: values.index(LEFT_OUT)] if LEFT_OUT in values else values
    return ", ".join(map(literal, shown))


def driver(source: str, calls: Sequence[tuple[Function, str]]) -> dict[str, str]:
    """The driver; errors that the file throws itself are an answer, others end it."""
    entries = "\n".join(f'    "{number}" => fn() => {said},' for number, (_, said) in enumerate(calls, 1))
    text = template("php.txt").replace("@CALLS@", entries)
    thrown = sorted(set(re.findall(r"\bthrow\s+new\s+\\?(\w+)\b", source)) & _ANSWERS)
    if not thrown:
        return {"driver.php": f"{text}var_dump($calls[$argv[1]]());\n"}
    lines = ["try {", "    var_dump($calls[$argv[1]]());", f"}} catch ({' | '.join(thrown)} $error) {{",
             '    fwrite(STDERR, get_class($error) . ": " . $error->getMessage() . "\\n");', "    exit(1);", "}", ""]  # fmt: skip
    return {"driver.php": text + "\n".join(lines)}


CALLS = Calls(
    "PHP",
    functions,
    definitions,
    _IMPURE,
    partial(screen_part, TABLE),
    call,
    driver,
    lambda _: Launch("driver.php", "php driver.php"),
    lambda _: "source.php",
)
