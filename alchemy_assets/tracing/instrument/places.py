"""Put a statement before, after or at the beginning of others, with braces where one stood alone.

Belongs here: bytes and lines. Does not: what the statement says (`dialect`), and whether it may stand there (`engine`).
At one offset come: what opens a brace, what stands after a statement, closing braces (inner ones first), what stands
before the next statement, what opens a brace in that and stands there (`x if y` begins with its body).
"""

from dataclasses import dataclass
from functools import cached_property

from tree_sitter import Node

from alchemy_assets.tracing.instrument.dialect import Dialect, Trailing, Unended
from alchemy_assets.tracing.instrument.points import Insertion, above_comments, end_of_line, indent_before, line_start
from alchemy_assets.tracing.instrument.shapes import Body

OPENS, AFTER, CLOSES, BEFORE, WITHIN = -1, 0, 1, 2, 3


@dataclass(frozen=True)
class Placer:
    """Makes insertions into one source."""

    raw: bytes
    dialect: Dialect
    newline: str

    def first(self, body: Body, call: str) -> tuple[Insertion, ...]:
        """At the beginning of a body; nothing where it has no room."""
        if body.bare:
            return self.before(body.node, call, bare=True)
        if body.statements:
            return self.before(body.statements[0], call)
        return (Insertion(body.opening, f" {call} ", BEFORE),) if body.opening is not None else ()

    def before(self, node: Node, call: str, *, bare: bool = False) -> tuple[Insertion, ...]:
        """Before a statement: on a line of its own where that begins its line."""
        indent = indent_before(self.raw, node.start_byte)
        around = self._braces(node) if bare else ()
        if indent is None or (around and around[0].offset == node.start_byte):
            # Where the brace stands on the line of the statement, what is put before that comes behind the brace.
            rank = WITHIN if bare and _leads(node) else BEFORE
            return *around, Insertion(node.start_byte, f"{_ended(call)} ", rank)
        offset = (
            line_start(self.raw, node.start_byte) if bare else above_comments(self.raw, node, self.dialect.comments)
        )
        return *around, Insertion(offset, f"{indent}{call}{self.newline}", BEFORE)

    def after(self, node: Node, call: str, *, bare: bool = False) -> tuple[Insertion, ...]:
        """After a statement: on a line of its own where that has its lines to itself."""
        indent = indent_before(self.raw, node.start_byte)
        end = self._end_of_line(node)
        around = self._braces(node) if bare else ()
        if indent is None or end is None:
            ended = self.raw[node.end_byte - 1 : node.end_byte] == b";" or (
                call.endswith(";") and not isinstance(self.dialect, Unended)
            )
            return *around, Insertion(node.end_byte, f" {call}" if ended else f"; {call}", AFTER)
        return *around, self._line(end, f"{indent}{call}", AFTER)

    def _end_of_line(self, node: Node) -> int | None:
        """Where the line after a statement begins, or None where something else follows it on its line."""
        end = end_of_line(self.raw, node.end_byte, self.dialect.line_comment)
        return self._trailing.behind(end) if end is not None and self._trailing is not None else end

    @cached_property
    def _trailing(self) -> Trailing | None:
        return self.dialect if isinstance(self.dialect, Trailing) else None

    def _line(self, end: int, text: str, rank: int, owner: int = -1) -> Insertion:
        ended = self.raw[end - 1 : end] == b"\n"
        return Insertion(end, f"{text}{self.newline}" if ended else f"{self.newline}{text}", rank, owner)

    def _braces(self, node: Node) -> tuple[Insertion, ...]:
        """Braces around a statement that stood without; two points of it share them."""
        opening, closing = self.dialect.braces
        indent = indent_before(self.raw, node.start_byte)
        end = self._end_of_line(node)
        head = node.prev_sibling or (node.parent.prev_sibling if node.parent is not None else None)
        while head is not None and head.type in self.dialect.comments:
            head = head.prev_sibling
        owner = node.start_byte
        if indent is None or end is None or head is None or node.parent is None:
            return (
                Insertion(node.start_byte, f"{opening} ", WITHIN if _leads(node) else OPENS, owner),
                Insertion(node.end_byte, f" {closing}", CLOSES, owner),
            )
        start = self.raw[line_start(self.raw, head.start_byte) :]
        outer = start[: len(start) - len(start.lstrip(b" \t"))].decode()
        return (
            Insertion(head.end_byte, f" {opening}", OPENS, owner),
            self._line(end, f"{outer}{closing}", CLOSES, owner),
        )


def _leads(body: Node) -> bool:
    """Whether a statement begins with its body, so that what stands before the one stands before the other."""
    return body.parent is not None and body.parent.start_byte == body.start_byte


def _ended(call: str) -> str:
    """A statement that another one follows on its line."""
    return call if call.endswith((";", "}")) else f"{call};"
