"""Put trace points into Swift programs.

Belongs here: how an event is written, what may be read again, where the helper goes. Does not: which node is which shape
(`swift.shapes`), what a file declares (`swift.types`), where statements are put (`engine`, `places`).
The helper stands at the end of the file: functions are seen from everywhere, and its state is made when it is used.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tree_sitter import Node

from alchemy_assets.syntax_tree import parse, text_of, walk
from alchemy_assets.tracing.instrument.c.masks import understood
from alchemy_assets.tracing.instrument.dialect import Shown
from alchemy_assets.tracing.instrument.found import Found, all_taken, at_end, find, free_name, helper_text
from alchemy_assets.tracing.instrument.points import Insertion
from alchemy_assets.tracing.instrument.scope import Scope
from alchemy_assets.tracing.instrument.shapes import Body, Container, Function, Shape
from alchemy_assets.tracing.instrument.swift.bodies import COMMENTS, statements_of
from alchemy_assets.tracing.instrument.swift.shapes import shape_of
from alchemy_assets.tracing.instrument.swift.types import Declared, declared, globals_of
from alchemy_assets.tracing.reasons import Dropped, Reason

_DEFINITIONS = {"class_declaration", "function_declaration", "protocol_declaration"}
_NOT_READ = {
    "value_argument_label", "navigation_suffix", "key_path_expression", "identifier", "availability_condition", "directive",
    "capture_list_item", "lambda_parameter", "parameter", "statement_label", "tuple_type_item",
}  # fmt: skip
_NOT_HANDED_ON = {"lambda_literal", "if_statement", "switch_statement", "nil_literal"}
_NO_RESULT = re.compile(r"->|~|\b(?:some|Void|Never|inout|borrowing|each)\b|^\(\s*\)$|\bUnsafe\w+|\bOpaquePointer\b")
_READABLE = re.compile(r"(?:self|[A-Za-z_]\w*)[?!]?(?:\.\w+[?!]?|\[[\w +*.-]+(?:, default: [^\]]+)?\][?!]?)*")
_FIELD = re.compile(r"(?:self|[A-Za-z_]\w*)\.[A-Za-z_]\w*")
LONGEST_ELEMENT = 40
HELPER_NAMES = ("trace", "traceEvent", "emitTrace")
ENDINGS = ("", "Log", "Optional", "Held", "Case", "Out", "Text", "Fields", "Quoted")
# What sees its own source, stack or references would see the points.
_SEES_ITSELF = re.compile(r"#(?:line|column|sourceLocation)\b|\bcallStack\w+|\b_?[gG]etRetainCount\b|\bdladdr\b")
_MAIN = re.compile(r"^[ \t]*@(?:main|UIApplicationMain|NSApplicationMain)\b", re.MULTILINE)
_IMPORTED = re.compile(r"^[ \t]*import[ \t]+(?:Foundation|Glibc)\b", re.MULTILINE)
# The one declaration of the helper that the grammar does not know: a function of the runtime, without a body.
_BODILESS = re.compile(r"^@_silgen_name\(.*\)\r?\nfunc \w+Case<T>.*$", re.MULTILINE)
# What the helper calls, where a program has something of its own by that name.
_TAKEN = re.compile(r"\b(?:let|var|func)\s+(stderr|fputs|flockfile|funlockfile)\b")
# Types of the helper that a program may have of its own.
_STANDARD = (
    "Any", "AnyObject", "Array", "Bool", "CChar", "Character", "ClosedRange", "CustomReflectable", "Int", "KeyValuePairs",
    "Mirror", "Numeric", "Optional", "Range", "StaticString", "String", "Substring", "UnsafePointer",
)  # fmt: skip


@dataclass(frozen=True)
class Swift:
    """The dialect of one file; `trace` is what the helper is called in it, `facts` what it declares."""

    facts: Declared
    trace: str = "trace"
    names: frozenset[str] = frozenset({"simple_identifier", "self_expression"})
    functions: frozenset[str] = frozenset({"lambda_literal", "function_declaration", "class_declaration"})
    calls: frozenset[str] = frozenset({"call_expression"})
    comments: frozenset[str] = COMMENTS
    line_comment: bytes = b"//"
    block_scoped: bool = True
    hoists: bool = True
    braces: tuple[str, str] = ("{", "}")

    def program(self, root: Node) -> Body:
        """The statements of a script; where a type is the main one, declarations alone."""
        return Body(root, (root,) if _MAIN.search(text_of(root)) else statements_of(root))

    def shape(self, node: Node) -> Shape | None:
        """Which statement is what."""
        if node.type == "source_file":
            inner = tuple(one for one in statements_of(node) if one.type in _DEFINITIONS)
            return Container(node, "", inner, globals_of(node))
        return shape_of(node, self.facts)

    def reads(self, name: Node) -> bool:
        """Whether an identifier is a variable that is read, and no label, member, type or function that is called."""
        parent, before = name.parent, name.prev_sibling
        if parent is None:
            return True
        if name.type == "self_expression":
            return parent.type not in {"navigation_expression", "call_expression"}
        if parent.type in _NOT_READ or (before is not None and before.type == "."):
            return False
        if parent.type == "prefix_expression" and text_of(parent).startswith("."):
            return False
        if parent.type == "call_expression" and parent.children[0] == name:
            return text_of(parent.children[-1]).startswith("[")
        return not _is_bound(name)

    def path(self, node: Node, scope: Scope) -> Shown | None:
        """A stored property of a value that can be read at any time."""
        if node.type != "navigation_expression" or not _FIELD.fullmatch(text_of(node)):
            return None
        owner, _, field = text_of(node).partition(".")
        known = scope.known(owner)
        called = node.parent is not None and node.parent.type == "call_expression" and node.parent.children[0] == node
        if known is None or field not in self.facts.fields or (called and not self._is_subscript(node)):
            return None
        if not self.facts.shows(owner, known.type) or (known.type.endswith("!") and not scope.holds):
            return None
        return Shown(text_of(node), text_of(node))

    def _is_subscript(self, node: Node) -> bool:
        return node.parent is not None and text_of(node.parent.children[-1]).startswith("[")

    def reread(self, target: Node, scope: Scope) -> Shown | None:
        """`self.x`, `name.x` or `name[i]` that was just assigned, if it is stored and its names all have a value."""
        text = text_of(target)
        if len(text) > LONGEST_ELEMENT or not _READABLE.fullmatch(text) or ("[" in text and self.facts.subscripts):
            return None
        fields = re.findall(r"\.([A-Za-z_]\w*)", text)
        in_init = scope.definition is not None and scope.definition.name == "init"
        names = [one for one in walk(target) if one.type in self.names and not _is_member(one)]
        for one in names:
            name = text_of(one)
            first = one.start_byte == target.start_byte
            if scope.known(name) is None and not (in_init and first and (name == "self" or self._is_stored(name))):
                return None
        if in_init and text.count(".") + text.count("[") > text.startswith("self."):
            return None
        if not set(fields) <= self.facts.fields or (target.type == "simple_identifier" and not in_init):
            return None
        return Shown(re.sub(r", default: [^\]]+", "", text), text)

    def _is_stored(self, name: str) -> bool:
        return name in self.facts.fields

    def printable(self, shown: Shown) -> bool:
        """Whether a value of this type can be handed to the helper."""
        return self.facts.shows(re.split(r"[.\[?!]", shown.expression, maxsplit=1)[0], shown.type)

    def write(self, kind: str, place: str, shown: Sequence[Shown]) -> str:
        """A call of the helper."""
        pairs = [f'"{one.label}": ' + (f'"{one.expression}"' if one.word else one.expression) for one in shown]
        state = f", [{', '.join(pairs)}]" if pairs else ""
        return f'{self.trace}("{kind}", "{place}"{state})'

    def hand_on(self, place: str, value: Node, scope: Scope) -> tuple[str, str] | None:
        """The helper gives the value back; the compiler finds the type out as before."""
        function = scope.definition
        if function is None or function.body is None or value.type in _NOT_HANDED_ON:
            return None
        if not function.closure and not self._can_hand_on(function.result):
            return None
        return f'{self.trace}Out("{place}", ', ")"

    def _can_hand_on(self, result: str) -> bool:
        return not _NO_RESULT.search(result) and self.facts.shows("", result)

    def result(self, value: Node, function: Function | None, scope: Scope) -> Shown | None:
        """Of what is not handed on only that it is nil."""
        del function, scope
        return Shown("result", "nil") if value.type == "nil_literal" else None


def _is_member(name: Node) -> bool:
    return name.parent is not None and name.parent.type in {"navigation_suffix", "value_argument_label"}


def _is_bound(name: Node) -> bool:
    """Whether an identifier is given a value by a pattern."""
    parent = name.parent
    if parent is None:
        return False
    position = parent.children.index(name)
    return parent.field_name_for_child(position) == "bound_identifier"


def _dialect(root: Node, source: str) -> Swift | Dropped:
    if (match := _SEES_ITSELF.search(source)) is not None:
        return Dropped(Reason.CANNOT_INSTRUMENT, f"uses {match[0]}")
    name = free_name(source, HELPER_NAMES, endings=ENDINGS)
    if name is None:
        return all_taken(HELPER_NAMES)
    return Swift(declared(root, source), name)


def _place_helper(root: Node, raw: bytes, name: str) -> list[Insertion]:
    source = raw.decode()
    imports, functions = helper_text("swift").split("// ----\n")
    taken = set(_TAKEN.findall(source))
    text = functions if _IMPORTED.search(source) and not taken and "#if" not in source else f"{imports}\n{functions}"
    for name_of_c in taken:
        text = re.sub(rf"(?<!\.)(?<!to )\b{name_of_c}\b", f"Glibc.{name_of_c}", text)
    text = re.sub(r"\b([tT])race(?=[A-Z(])", lambda match: _cased(match[1], name), text)
    own = {
        text_of(one)
        for node in walk(root)
        if node.type in {"class_declaration", "protocol_declaration", "typealias_declaration"}
        and (one := node.child_by_field_name("name")) is not None
    }
    for kind in own.intersection(_STANDARD):
        text = re.sub(rf"(?<![\w.]){kind}\b", f"Swift.{kind}", text)
    return [at_end(raw, text)]


def _cased(first: str, name: str) -> str:
    return name if first == "t" else name[0].upper() + name[1:]


def find_points(source: str) -> Found | Dropped:
    """All trace points that a Swift program could have, and the helper that they call."""
    return find(
        "Swift",
        understood("Swift", source),
        lambda root, raw: _dialect(root, source),  # noqa: ARG005 -- the source says it all
        lambda root, raw, made: _place_helper(root, raw, made.trace),
    )


def parses(source: str) -> bool:
    """Whether the grammar understands a program or parts of it; the compiler has the last word."""
    return not parse("Swift", understood("Swift", _BODILESS.sub("", source)).encode()).root_node.has_error
