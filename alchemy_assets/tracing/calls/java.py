"""Which methods of a Java file can be called, and how a driver says a call.

Belongs here: types and classes of Java. Does not: how calls are chosen (`functions`, `arguments`).
Type parameters stand for `Integer`.
"""

import json
import re
from collections.abc import Iterator, Sequence
from functools import partial

from tree_sitter import Node

from alchemy_assets.syntax_tree import text_of
from alchemy_assets.tracing.calls.driver import template
from alchemy_assets.tracing.calls.functions import Calls, Definition, Function, Parameter
from alchemy_assets.tracing.launch import Launch, launch_of
from alchemy_assets.tracing.screening.code import Code
from alchemy_assets.tracing.screening.engine import screen_part
from alchemy_assets.tracing.screening.java import TABLE

_LISTS = r"(?:List|ArrayList|Collection|Iterable|Deque|Queue)"
_KINDS = (
    (r"int|long|short|Integer|Long", ("int",)),
    (r"byte", ("nat",)),
    (r"double|float|Double|Float|Number", ("float",)),
    (r"String|CharSequence|Object", ("text",)),
    (r"boolean|Boolean", ("bool",)),
    (r"char|Character", ("char",)),
    (
        rf"(?:int|long|Integer)(?:\[\]|\.\.\.)|{_LISTS}<(?:\?extends)?(?:Integer|Number)>|(?:Hash)?Set<Integer>",
        ("ints",),
    ),
    (rf"(?:double|float)(?:\[\]|\.\.\.)|{_LISTS}<Double>", ("floats",)),
    (rf"String(?:\[\]|\.\.\.)|{_LISTS}<(?:\?extends)?(?:String|CharSequence|Object)>|(?:Hash)?Set<String>", ("texts",)),
    (r"boolean\[\]", ("bools",)),
    (r"char\[\]", ("text",)),
    (r"(?:int|double|long)\[\]\[\]", ("matrix",)),
    (r"Map<String,(?:Integer|Object|\?)>", ("map",)),
    (r"Map<String,String>", ("textmap",)),
)
_IMPURE = re.compile(
    r"\bSystem\.(?:in|exit|setOut|setErr|getenv|getProperty)\b|\b(?:File|Files|Paths|Scanner|Thread|Socket|URL|Runtime|ProcessBuilder"
    r"|InputStream|OutputStream|FileReader|FileWriter|BufferedReader|Class\.forName|Executors?|CompletableFuture)\b|\bsynchronized\s*\("
)
_TYPES = {"class_declaration", "enum_declaration", "interface_declaration", "record_declaration"}
_ANSWERS = "IllegalArgumentException|ArithmeticException|IndexOutOfBoundsException|NoSuchElementException|NumberFormatException"
_SIMPLE = {"int", "double", "boolean", "String", "Integer", "Double", "Boolean", "CharSequence", "Object", "Number"}


def functions(code: Code, source: str) -> list[Function]:
    """Methods of the classes at the top of the file: static ones, and those of objects that plain values make."""
    del source
    found = []
    for one in code.root.named_children:
        name = one.child_by_field_name("name")
        if one.type not in {"class_declaration", "interface_declaration"} or name is None or _type_parameters(one):
            continue
        made = _made(one)
        for method in _members(one, "method_declaration"):
            marks = _marks(method)
            if marks & {"private", "abstract", "native"} or (owner := text_of(name)) == "Driver":
                continue
            if "static" in marks:
                found += [made_one for made_one in (_function(method, owner, None),) if made_one is not None]
            elif made is not None:
                found += [made_one for made_one in (_function(method, owner, made),) if made_one is not None]
    return found


def _members(one: Node, kind: str) -> Iterator[Node]:
    body = one.child_by_field_name("body")
    yield from (node for node in body.named_children if node.type == kind) if body is not None else ()


def _marks(node: Node) -> set[str]:
    return {word.type for child in node.named_children if child.type == "modifiers" for word in child.children}


def _type_parameters(node: Node) -> list[str]:
    listed = node.child_by_field_name("type_parameters")
    return [text_of(one).split()[0] for one in listed.named_children] if listed is not None else []


def _made(one: Node) -> list[Parameter] | None:
    """What making an object takes, by its first constructor that plain values suit; None where there is none."""
    above = one.child_by_field_name("superclass")
    if one.type != "class_declaration" or "abstract" in _marks(one) or above is not None:
        return None
    constructors = list(_members(one, "constructor_declaration"))
    suited = [_parameters(node) for node in constructors if "private" not in _marks(node)]
    return next((parameters for parameters in suited if parameters is not None), None) if constructors else []


def _function(node: Node, owner: str, making: list[Parameter] | None) -> Function | None:
    named, kind, body = (node.child_by_field_name(field) for field in ("name", "type", "body"))
    parameters = _parameters(node)
    if named is None or kind is None or body is None or parameters is None or not (parameters or making):
        return None
    name, result = text_of(named), text_of(kind)
    if result == "void" or re.search(
        r"\b(?:Function|Supplier|Predicate|Consumer|Stream|Iterator|Optional<.*\[\])\b", result
    ):
        return None
    wrap = (
        "{}" if "[]" not in result else f"java.util.Arrays.{'deepToString' if '[][]' in result else 'toString'}({{}})"
    )
    return Function(
        name,
        f"{owner}.{name}",
        owner,
        (*(making or ()), *parameters),
        node,
        (),
        wrap,
        -1 if making is None else len(making),
    )


def _parameters(node: Node) -> list[Parameter] | None:
    listed, names = node.child_by_field_name("parameters"), _type_parameters(node)
    found = []
    for one in listed.named_children if listed is not None else []:
        kind, name = one.child_by_field_name("type"), one.child_by_field_name("name")
        if one.type == "spread_parameter":
            kind = next(
                (child for child in one.named_children if child.type not in {"modifiers", "variable_declarator"}), None
            )
            name = next((child for child in one.named_children if child.type == "variable_declarator"), None)
        if kind is None or name is None:
            if one.type in {"line_comment", "block_comment"}:
                continue
            return None
        said = re.sub(r"\s|@\w+", "", text_of(kind)) + ("..." if one.type == "spread_parameter" else "")
        for generic in names:
            said = re.sub(rf"\b{generic}\b", "Integer", said)
        kinds = next((kinds for pattern, kinds in _KINDS if re.fullmatch(pattern, said)), None)
        if kinds is None:
            return None
        found.append(Parameter(text_of(name), kinds, type=said))
    return found


def definitions(root: Node) -> list[Definition]:
    """Methods and constructors of all classes, by name."""
    found = []
    waiting = list(root.named_children)
    while waiting:
        node = waiting.pop()
        name = node.child_by_field_name("name")
        if node.type in _TYPES or node.type in {"class_body", "enum_body", "enum_body_declarations", "interface_body"}:
            waiting += node.named_children
        elif node.type in {"method_declaration", "constructor_declaration"} and name is not None:
            found.append(Definition(text_of(name), node, block=node.type == "method_declaration"))
    return found


def literal(value: object, kind: str) -> str:  # noqa: PLR0911 -- a return a type
    """A value of a type in Java."""
    if isinstance(value, list):
        if kind.endswith("..."):
            return ", ".join(literal(one, kind[:-3]) for one in value)
        if kind.endswith("[]"):
            return f"new {kind} {{{', '.join(literal(one, kind[:-2]).removeprefix(f'new {kind[:-2]} ') for one in value)}}}"
        made = "HashSet" if "Set<" in kind else "ArrayDeque" if re.match(r"Deque|Queue", kind) else "ArrayList"
        inner = kind[kind.index("<") + 1 : -1].removeprefix("?extends")
        said = ", ".join(literal(one, inner) for one in (dict.fromkeys(value) if made == "HashSet" else value))
        return f"new java.util.{made}<{inner if not value else ''}>(java.util.List.of({said}))"
    if isinstance(value, dict):
        said = ", ".join(f"{json.dumps(key)}, {literal(one, 'Integer')}" for key, one in value.items())
        return f"new java.util.TreeMap<>(java.util.Map.{'<String, Integer>' if not value else ''}of({said}))"
    if isinstance(value, bool):
        return "true" if value else "false"
    if kind in {"char", "Character"}:
        return f"'{value}'"
    said = json.dumps(value, ensure_ascii=False)
    if kind in {"long", "Long"}:
        return f"{said}L"
    if kind in {"short", "byte", "float"}:
        return f"({kind}) {said}"
    return f"{said}.toCharArray()" if kind == "char[]" else said


def call(function: Function, values: Sequence[object]) -> str:
    """A call in Java."""
    words = [literal(value, one.type) for one, value in zip(function.parameters, values, strict=True)]
    before = max(function.making, 0)
    made, given = (", ".join(word for word in part if word) for part in (words[:before], words[before:]))
    said = (
        f"{function.called}({given})"
        if function.making < 0
        else f"new {function.owner}({made}).{function.name}({given})"
    )
    return function.wrap.format(said) if function.wrap != "{}" else said


def driver(source: str, calls: Sequence[tuple[Function, str]]) -> dict[str, str]:
    """A class of the same package; errors that the file throws itself are an answer, others end it."""
    package, launch = _package(source), _launch(source)
    entries = "\n".join(f'            case "{number}" -> {said};' for number, (_, said) in enumerate(calls, 1))
    text = (
        template("java.txt").replace("@SOURCE@", launch_of("Java", source).entry).replace("@COMMAND@", launch.command)
    )
    lines = ["    public static void main(String[] args) throws Exception {"]
    thrown = sorted(set(re.findall(rf"\bthrow\s+new\s+({_ANSWERS})\b", source)))
    if thrown:
        listed = " || ".join(f'name.equals("{name}")' for name in thrown)
        lines += ["        try {", "            System.out.println(call(args[0]));", "        } catch (RuntimeException error) {",
                  "            String name = error.getClass().getSimpleName();", f"            if (!({listed})) throw error;",
                  "            System.err.println(error);", "            System.exit(1);", "        }"]  # fmt: skip
    else:
        lines += ["        System.out.println(call(args[0]));"]
    text = f"{text.replace('@CALLS@', entries)}{chr(10).join([*lines, '    }', '}', ''])}"
    return {"Driver.java": f"package {package};\n\n{text}" if package else text}


def _package(source: str) -> str:
    match = re.search(r"^\s*package\s+([\w.]+)\s*;", source, re.MULTILINE)
    return match[1] if match is not None else ""


def _launch(source: str) -> Launch:
    package, entry = _package(source), launch_of("Java", source).entry
    started = f"{package}.Driver" if package else "Driver"
    return Launch("Driver.java", f"java -ea {started}", f"javac -d . {entry} Driver.java")


CALLS = Calls(
    "Java",
    functions,
    definitions,
    _IMPURE,
    partial(screen_part, TABLE),
    call,
    driver,
    _launch,
    lambda source: launch_of("Java", source).entry,
)
