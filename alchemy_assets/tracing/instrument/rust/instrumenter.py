"""Put trace points into Rust programs.

Belongs here: how an event is written, what may be shown, where the helper stands. Does not: which node of the grammar is
which shape (`rust.shapes`), types (`rust.types`), names that were moved or lent (`rust.moves`, `rust.lent`).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tree_sitter import Node

from alchemy_assets.syntax_tree import parse, text_of, walk
from alchemy_assets.tracing.instrument.dialect import Shown
from alchemy_assets.tracing.instrument.found import Found, all_taken, find, free_name, helper_text, newline_of
from alchemy_assets.tracing.instrument.points import Insertion, above_comments, indent_before, line_start
from alchemy_assets.tracing.instrument.rust.lent import Lent, lent_of
from alchemy_assets.tracing.instrument.rust.moves import Moves, moves_of
from alchemy_assets.tracing.instrument.rust.names import Names, names_of
from alchemy_assets.tracing.instrument.rust.shapes import COMPOUND, Shapes, statements
from alchemy_assets.tracing.instrument.scope import Scope
from alchemy_assets.tracing.instrument.shapes import Body, Function, Shape
from alchemy_assets.tracing.reasons import Dropped, Reason

_PATH = re.compile(r"(?:self|[a-z_]\w*)(?:\.\w+){1,2}")
_PLACE = re.compile(r"\*?(?:self|[a-z_]\w*)(?:\.\w+|\[[\w +*/.()-]+?\])*")
# Results of which nothing is told: none, or whether a formatter could write.
_DULL = re.compile(r"(?:std::)?fmt::Result|Result<\(\), (?:std::)?fmt::Error>|\(\)|")


@dataclass(frozen=True)
class Rust:
    """The dialect for one source; `trace` is what the helper is called in it."""

    trace: str
    known: Names
    moves: Moves
    lent: Lent
    shapes: Shapes
    names: frozenset[str] = frozenset({"identifier", "self", "shorthand_field_initializer"})
    functions: frozenset[str] = frozenset(
        {"function_item", "closure_expression", "async_block", "const_block", "gen_block", "impl_item", *COMPOUND}
    )
    calls: frozenset[str] = frozenset({"call_expression", "macro_invocation", *COMPOUND})
    comments: frozenset[str] = frozenset({"line_comment", "block_comment", "attribute_item"})
    line_comment: bytes = b"//"
    block_scoped: bool = True
    hoists: bool = False
    braces: tuple[str, str] = ("{", "}")

    def program(self, root: Node) -> Body:
        """All items of the file."""
        return Body(root, tuple(statements(root)))

    def shape(self, node: Node) -> Shape | None:
        """Which statement is what."""
        return self.shapes.shape(node)

    def reads(self, name: Node) -> bool:
        """Whether an identifier is a variable that is read, and no pattern, path, or function that is called."""
        parent, after = name.parent, name.next_sibling
        if parent is None or name.start_byte in self.known.binders:
            return False
        if parent.type == "token_tree":
            before = name.prev_sibling
            called = after is not None and (after.type in {"!", "::"} or text_of(after).startswith(("(", "{")))
            return not called and (before is None or before.type not in {".", "::"})
        if parent.type == "call_expression":
            return parent.child_by_field_name("function") != name
        if parent.type == "unary_expression" and text_of(parent) == f"*{text_of(name)}":
            # What is assigned through a reference is told as a place.
            around = parent.parent
            return around is None or around.child_by_field_name("left") != parent
        if parent.type == "field_expression":
            # A method says what it is called on; a field is shown as a path.
            return name.type != "self" and _method(parent)
        return parent.type not in {"scoped_identifier", "macro_invocation", "generic_function", "self_parameter"}

    def path(self, node: Node, scope: Scope) -> Shown | None:
        """`self.x` and `point.x`, where they are read."""
        if node.type != "field_expression" or _method(node) or not _PATH.fullmatch(text_of(node)):
            return None
        text = text_of(node)
        return Shown(text, text, self.known.type_of(node)) if scope.known(text.partition(".")[0]) else None

    def reread(self, target: Node, scope: Scope) -> Shown | None:
        """`self.x`, `*x` and `x[i]`, where indexing is the language's own and all names have a value."""
        text = text_of(target)
        names = set(re.findall(r"(?<![\w.])[a-z_]\w*", text))
        if not _PLACE.fullmatch(text) or not all(map(scope.known, names)):
            return None
        if "[" in text and self.known.facts.indexes:
            return None
        return Shown(text, text, self.known.type_of(target))

    def printable(self, shown: Shown) -> bool:
        """Whether a value has a state that says something."""
        return shown.word or self.known.facts.shown(shown.type)

    def readable(self, shown: Shown, offset: int) -> bool:
        """Whether what is shown was neither moved nor lent."""
        names = re.findall(r"(?<![\w.])[a-z_]\w*(?:\.\w+)*", shown.expression)
        return all(self.moves.whole(one, offset) and not self.lent.at(one, offset) for one in names)

    def write(self, kind: str, place: str, shown: Sequence[Shown]) -> str:
        """A call of the helper; what a reference refers to is shown once."""
        once = {one.label.lstrip("*"): one for one in reversed(shown)}
        left = [one for one in shown if once[one.label.lstrip("*")] is one]
        state = [f"{one.label} = {_literal(one.expression)}" if one.word else one.expression for one in left]
        words = ", ".join([f'"{kind}"', f'"{place}"', *state])
        return f"{self.trace}!({words});"

    def hand_on(self, place: str, value: Node, scope: Scope) -> tuple[str, str] | None:
        """The helper gives the value back."""
        result = scope.definition.result if scope.definition is not None else ""
        if _DULL.fullmatch(result) or not self.known.facts.shown(result) or self.known.type_of(value) in {"!", "()"}:
            return None
        return f'{self.trace}!("OUT", "{place}", result = ', ")"

    def result(self, value: Node, function: Function | None, scope: Scope) -> Shown | None:
        """Nothing is shown that could not be handed on."""
        del value, function, scope
        return None


def _literal(text: str) -> str:
    return '"' + re.sub(r'["\\]', r"\\\g<0>", text) + '"'


def _method(node: Node) -> bool:
    """Whether a field expression names a method that is called."""
    parent = node.parent
    return (
        parent is not None
        and parent.type in {"call_expression", "generic_function"}
        and parent.child_by_field_name("function") == node
    )


HELPER_NAMES = ("trace", "trace_event", "emit_trace")
# What sees its own source or callers would see the points, and what has no standard library cannot write them.
_REFUSED = re.compile(
    r"\b(?:line|column)!\s*[(\[{]|Location::caller|\bglobal_allocator\b|\bset_hook\b(?=[\s\S]*\blocation\b)|\bBacktrace\b"
    r"|#!\[(?:no_std|no_main|feature|no_core)\b|\binclude!"
)


def _dialect(source: str, root: Node) -> Rust | Dropped:
    if (match := _REFUSED.search(source)) is not None:
        return Dropped(Reason.CANNOT_INSTRUMENT, f"uses {match[0].strip()}")
    name = free_name(source, HELPER_NAMES)
    if name is None:
        return all_taken(HELPER_NAMES)
    nodes = list(walk(root))
    known = names_of(root, nodes)
    return Rust(name, known, moves_of(known), lent_of(known, nodes), Shapes(known))


def _place_helper(root: Node, raw: bytes, name: str) -> list[Insertion] | Dropped:
    """The helper is the first item of the file, below what documents and configures the whole."""
    first = next(statements(root), None)
    if first is None:
        return Dropped(Reason.NO_EVENTS, "no item")
    if indent_before(raw, first.start_byte) is None:
        return Dropped(Reason.CANNOT_INSTRUMENT, "the first item shares its line")
    offset = above_comments(raw, first, ("line_comment", "block_comment", "attribute_item"))
    for one in root.children:
        whole = one.type in {"inner_attribute_item", "shebang"} or text_of(one).startswith(("//!", "/*!"))
        if whole and one.start_byte < first.start_byte:
            end = one.end_byte if raw[one.end_byte - 1 : one.end_byte] == b"\n" else raw.find(b"\n", one.end_byte) + 1
            offset = max(offset, end)
    if offset > line_start(raw, first.start_byte):
        return Dropped(Reason.CANNOT_INSTRUMENT, "the first item shares its line")
    text = re.sub(r"\btrace\b(?=!| \{|::)|(?<=macro_rules! )trace", name, helper_text("rust"))
    return [Insertion(offset, (text + "\n").replace("\n", newline_of(raw)))]


def find_points(source: str) -> Found | Dropped:
    """All trace points that a Rust program could have, and the helper that they call."""
    return find(
        "Rust",
        source,
        lambda root, raw: _dialect(source, root),  # noqa: ARG005 -- the tree has it
        lambda root, raw, made: _place_helper(root, raw, made.trace),
    )


def parses(source: str) -> bool:
    """Whether the grammar understands a file; rustc has the last word."""
    return not parse("Rust", source.encode()).root_node.has_error
