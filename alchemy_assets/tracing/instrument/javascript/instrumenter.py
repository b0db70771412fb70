"""Put trace points into JavaScript and TypeScript programs.

Belongs here: how an event is written in both languages, what can be read again, and the file as a whole. Does not: which
node is which shape (`javascript.shapes`), where statements are put (`engine`, `places`). TypeScript adds types, which are
looked through.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tree_sitter import Node

from alchemy_assets.syntax_tree import parse, text_of, walk
from alchemy_assets.tracing.instrument.conditions import readable_again
from alchemy_assets.tracing.instrument.dialect import Shown
from alchemy_assets.tracing.instrument.found import Found, all_taken, find, free_name, helper_text, newline_of
from alchemy_assets.tracing.instrument.javascript.shapes import (
    CLASSES,
    DEFINED,
    EXPRESSIONS,
    LOOPS,
    TARGETS,
    arms_of,
    body_of,
    class_of,
    declaration_of,
    expression_of,
    function_of,
    is_function,
    loop_of,
    name_of,
    raised_by,
    statements_of,
    switch_of,
    try_of,
)
from alchemy_assets.tracing.instrument.points import Insertion, above_comments, line_start
from alchemy_assets.tracing.instrument.scope import Scope
from alchemy_assets.tracing.instrument.shapes import (
    Block,
    Body,
    Branch,
    Container,
    Function,
    Jump,
    Raise,
    Return,
    Shape,
)
from alchemy_assets.tracing.reasons import Dropped, Reason

_READABLE = re.compile(r"[A-Za-z_$][\w$]*(?:\.#?[A-Za-z_$][\w$]*|\[[\w$ +*.-]+\])+")
_THIS = re.compile(r"this\.#?[A-Za-z_$][\w$]*")
# An index that counts on, and one that the assignment itself has moved, name another element when they are read again.
_MOVES = re.compile(r"\+\+|--|^(.+)\[\1\.length\]$")
LONGEST_ELEMENT = 40
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
HELPER_NAMES = ("trace", "traceEvent", "emitTrace")
ENDINGS = ("", "Value", "Limit", "Count", "Write")
# What sees its own source, callers or reads would see the points.
_SEES_ITSELF = re.compile(
    r"\bprepareStackTrace|\bcallee\b|\.caller\b|\bwith\s*\(|__filename.*readFile|new Proxy\("
    # What the last pattern found; the helper asks one, too.
    r"|\bRegExp(?:\.|\[[\"'])(?:\$|last|left|right|input)"
)
# What the helper relies on: a program that gives one of these another meaning cannot carry it.
_BUILT_IN = "Array ArrayBuffer Date Error JSON Map Object RegExp Set String process"
_MEANS_OTHERWISE = re.compile(
    rf"(?:\b(?:class|function\*?|const|let|var)|^import)\s+({'|'.join(_BUILT_IN.split())})\b(?!\s+from\b)"
    r"|\b((?:Array|Map|Object|RegExp|Set|String)\.prototype\.(?:entries|join|map|push|slice|toString|values))\s*="
    # Handed to what may change it, or given names that the source does not say.
    r"|\(\s*((?:Array|Map|Object|RegExp|Set|String)\.prototype)\s*,(?!\s*[\"'])"
    r"|\b((?:Array|Map|Object|RegExp|Set|String)\.prototype)\[[^\]]+\]\s*=[^=]"
    r"|\b(process\.stderr(?:\.write)?)\s*=[^=]",
    re.MULTILINE,
)
# A property that `Object.defineProperty` makes may run code when it is read, unless it is given a value.
_DEFINES_READING = re.compile(r"defineProperty\((?![^{}]*\{\s*value\b)|defineProperties|__defineGetter__")


@dataclass(frozen=True)
class JavaScript:
    """The dialect of both languages; `trace` is what the helper is called in this source.

    getters: names of properties that run code of the program when they are read. reads_run: whether any may.
    """

    trace: str = "trace"
    getters: frozenset[str] = frozenset()
    reads_run: bool = False
    names: frozenset[str] = frozenset({"identifier", "shorthand_property_identifier"})
    functions: frozenset[str] = frozenset(DEFINED | EXPRESSIONS | CLASSES)
    calls: frozenset[str] = frozenset({"call_expression", "new_expression", "await_expression"})
    comments: frozenset[str] = frozenset({"comment"})
    line_comment: bytes = b"//"
    block_scoped: bool = True
    hoists: bool = True
    braces: tuple[str, str] = ("{", "}")
    optional_semicolons: bool = True

    def program(self, root: Node) -> Body:
        """All statements of the file."""
        return Body(root, tuple(statements_of(root)))

    def shape(self, node: Node) -> Shape | None:  # noqa: C901, PLR0911, PLR0912 -- a row a node
        """Which statement is what."""
        match node.type:
            case "expression_statement":
                first = node.named_children[0] if node.named_children else node
                return self.shape(first) if first.type == "internal_module" else expression_of(node, first)
            case "lexical_declaration" | "variable_declaration":
                return declaration_of(node)
            case "statement_block":
                return Block(body_of(node))
            case "if_statement":
                return Branch(*arms_of(node))
            case "switch_statement":
                return switch_of(node)
            case kind if kind in LOOPS:
                return loop_of(node)
            case "try_statement":
                return try_of(node)
            case "return_statement":
                return Return(node, next((one for one in node.named_children if one.type != "comment"), None))
            case "throw_statement":
                return Raise(node, raised_by(node))
            case "break_statement" | "continue_statement":
                return Jump(node)
            case "labeled_statement":
                inner = node.child_by_field_name("body")
                return self.shape(inner) if inner is not None and inner.type in {*LOOPS, "statement_block"} else None
            case "export_statement":
                inner = node.child_by_field_name("declaration") or node.child_by_field_name("value")
                return self.shape(inner) if inner is not None else None
            case kind if kind in DEFINED | EXPRESSIONS:
                return function_of(node)
            case kind if kind in CLASSES:
                return class_of(node)
            case "internal_module" | "module":
                body = node.child_by_field_name("body")
                return Container(node, name_of(node), tuple(statements_of(body))) if body is not None else None
            case _:
                return None

    def reads(self, name: Node) -> bool:
        """Whether an identifier is a variable that is read, and no key, label or function that is called."""
        parent = name.parent
        if parent is None:
            return True
        if parent.type == "variable_declarator" and parent.child_by_field_name("name") == name:
            return False
        called = parent.type == "call_expression" and parent.child_by_field_name("function") == name
        return not called and parent.type not in {"labeled_statement", "type_identifier", "new_expression"}

    def path(self, node: Node, scope: Scope) -> Shown | None:
        """`this.x` where it is read, and in conditions the elements and members that were looked at there."""
        parent = node.parent
        if node.type not in {"member_expression", "subscript_expression"} or parent is None:
            return None
        if parent.type == "call_expression" and parent.child_by_field_name("function") == node:
            return None
        text = text_of(node)
        if _THIS.fullmatch(text):
            return Shown(text, text) if self._only_reads(node) else None
        return self.reread(node, scope) if readable_again(node, holds=scope.holds) else None

    def reread(self, target: Node, scope: Scope) -> Shown | None:
        """`name.x` or `name[i]` whose names all have a value, and that runs no code of the program."""
        text = text_of(target)
        if target.type not in TARGETS or len(text) > LONGEST_ELEMENT:
            return None
        if not _READABLE.fullmatch(text) or _MOVES.search(text):
            return None
        names = [one for one in walk(target) if one.type == "identifier"]
        known = all(scope.known(text_of(one)) for one in names)
        return Shown(text, text) if known and self._only_reads(target) else None

    def _only_reads(self, node: Node) -> bool:
        """Whether reading members does nothing else."""
        members = {text_of(one) for one in walk(node) if one.type.endswith("property_identifier")}
        return not self.reads_run and members.isdisjoint(self.getters)

    def printable(self, shown: Shown) -> bool:
        """Any value can be shown."""
        return shown.expression != "undefined"

    def write(self, kind: str, place: str, shown: Sequence[Shown]) -> str:
        """A call of the helper."""
        words = [f'"{kind}"', f'"{place}"', *([f"{{ {_state(shown)} }}"] if shown else [])]
        return f"{self.trace}({', '.join(words)});"

    def hand_on(self, place: str, value: Node, scope: Scope) -> tuple[str, str] | None:
        """The helper gives `result` back; a closure that is one expression shows what it was given, too.

        A function without a name would be called after the key that it is given to.
        """
        if is_function(value) or any(one.type in {"yield_expression", "ERROR"} for one in walk(value)):
            return None
        definition = scope.definition
        given = definition.parameters if definition is not None and definition.value == value else ()
        shown = _state([Shown(one.name, one.name) for one in given if one.name != "result"])
        bracket = ("(", ")") if value.type == "sequence_expression" else ("", "")
        start = f"{shown}, " if shown else ""
        return f'{self.trace}("OUT", "{place}", {{ {start}result: {bracket[0]}', f"{bracket[1]} }})"

    def result(self, value: Node, function: Function | None, scope: Scope) -> Shown | None:
        """Nothing is shown that could not be handed on."""
        del value, function, scope
        return None


def _state(shown: Sequence[Shown]) -> str:
    """The properties of an object that names what is shown."""
    parts = []
    for one in shown:
        if one.word:
            parts.append(f'{one.label}: "{one.expression}"')
        elif one.label == one.expression and re.fullmatch(r"[\w$]+", one.label):
            parts.append(one.label)
        else:
            parts.append(f'"{one.label}": {one.expression}')
    return ", ".join(parts)


def _getters(root: Node) -> frozenset[str]:
    """Names that the program defines by `get name() {`."""
    found = set()
    for node in walk(root):
        if node.type == "method_definition" and any(child.type == "get" for child in node.children):
            found.add(name_of(node))
    return frozenset(found)


def dialect_for(root: Node, source: str) -> JavaScript | Dropped:
    """The dialect with a name for the helper that the source does not use."""
    if (match := _SEES_ITSELF.search(source)) is not None:
        return Dropped(Reason.CANNOT_INSTRUMENT, f"uses {match[0].strip()}")
    if (match := _MEANS_OTHERWISE.search(source)) is not None:
        taken = next(filter(None, match.groups()))
        return Dropped(Reason.CANNOT_INSTRUMENT, f"the program gives {taken} a meaning of its own")
    name = free_name(source, HELPER_NAMES, endings=ENDINGS)
    if name is None:
        return all_taken(HELPER_NAMES)
    return JavaScript(name, _getters(root), _DEFINES_READING.search(source) is not None)


def place_helper(root: Node, raw: bytes, name: str, text: str) -> list[Insertion] | Dropped:
    """The helper stands before the first statement that is neither a directive nor an import."""
    first = next((one for one in statements_of(root) if one.type != "import_statement"), None)
    start = len(_BYTE_ORDER_MARK) if raw.startswith(_BYTE_ORDER_MARK) else 0
    if first is None or raw[max(line_start(raw, first.start_byte), start) : first.start_byte].strip(b" \t;"):
        return Dropped(Reason.CANNOT_INSTRUMENT, "the first statement shares its line")
    text = re.sub(r"\btrace(?=Value|Limit|Count|Write|\()", name, text)
    return [Insertion(max(above_comments(raw, first), start), (text + "\n").replace("\n", newline_of(raw)))]


def find_points(source: str) -> Found | Dropped:
    """All trace points that a JavaScript program could have, and the helper that they call."""
    return find(
        "JavaScript",
        source,
        lambda root, raw: dialect_for(root, source),  # noqa: ARG005 -- the text is searched
        lambda root, raw, made: place_helper(root, raw, made.trace, helper_text("javascript")),
    )


def parses(source: str) -> bool:
    """Whether the grammar understands a script; Node has the last word."""
    return not parse("JavaScript", source.encode()).root_node.has_error
