"""One possible change of a source text, and the code around it that is read to find such changes.

Belongs here: what the families of changes share: the change itself, and where one stands. Does not: any change.
Offsets are bytes of the UTF-8 text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from tree_sitter import Node

from alchemy_assets.strategies.grounded.faults.grammar import FUNCTIONS
from alchemy_assets.strategies.grounded.names import Name
from alchemy_assets.syntax_tree import text_of

OFF_BY_ONE = "off by one"
BOUNDARY = "wrong boundary"
OPERATOR = "wrong operator"
INVERTED = "inverted condition"
SWAPPED_ARGUMENTS = "swapped arguments"
SWAPPED_OPERANDS = "swapped operands"
SWAPPED_BRANCHES = "swapped branches"
LOST_UPDATE = "lost update"
DEFAULT = "wrong default"
RETURNED = "wrong value returned"
MISSING_BREAK = "missing break"
LOOP_GOES_ON = "loop not left"
EARLY_EXIT = "missing early exit"
MISSING_RETURN = "missing return"
TOO_EARLY = "returned too early"
MISSING_ELSE = "missing else"
SHADOWED = "shadowed name"
VARIABLE = "wrong variable"
FUNCTION = "wrong function"
TERM = "missing condition"
JOIN = "wrong join"
ORDER = "wrong order"
AGGREGATE = "wrong aggregate"
DUPLICATES = "wrong handling of duplicates"
FAULTS = (
    *(OFF_BY_ONE, BOUNDARY, OPERATOR, INVERTED, SWAPPED_ARGUMENTS, SWAPPED_OPERANDS, SWAPPED_BRANCHES, LOST_UPDATE),
    *(
        DEFAULT,
        RETURNED,
        MISSING_BREAK,
        LOOP_GOES_ON,
        EARLY_EXIT,
        MISSING_RETURN,
        TOO_EARLY,
        MISSING_ELSE,
        SHADOWED,
        VARIABLE,
    ),
    *(FUNCTION, TERM, JOIN, ORDER, AGGREGATE, DUPLICATES),
)


LONGEST_LEFT_OUT = 80
_LITERAL = re.compile(r""""[^"\n]*"|'[^'\n]*'|(?<![\w.])\d[\w.]*""")
_USUAL = frozenset({"0", "1", "2", '""', "''"})
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True)
class Change:
    """Bytes `start` to `end` become `replacement`; `shown` is the node that a person would point at."""

    fault: str
    start: int
    end: int
    replacement: str
    shown: Node


class Scope(Protocol):
    """The names of the function around a place; read when they are first asked for, which few places do."""

    function: str

    @property
    def types(self) -> dict[str, str]:
        """The declared type of each name, "" where nothing says it."""

    @property
    def names(self) -> dict[int, Name]:
        """Every name, by its byte."""

    @property
    def bound(self) -> tuple[Name, ...]:
        """The names that are bound there."""


@dataclass(frozen=True)
class Place:
    """A node with what is known about where it stands."""

    language: str
    source: bytes
    node: Node
    scope: Scope

    def line_start(self, byte: int) -> int:
        """The byte that the line of a byte begins with."""
        return self.source.rfind(b"\n", 0, byte) + 1


def replace(fault: str, node: Node, replacement: str, shown: Node | None = None) -> Change:
    """A change of a whole node."""
    return Change(fault, node.start_byte, node.end_byte, replacement, shown or node.parent or node)


def ancestors(node: Node) -> Iterator[Node]:
    """The nodes around a node, from the inside."""
    above = node.parent
    while above is not None:
        yield above
        above = above.parent


def within(node: Node, kinds: frozenset[str], stop: frozenset[str] = frozenset()) -> Node | None:
    """The nearest node around of one of these types; none where one of `stop` comes first."""
    for above in ancestors(node):
        if above.type in kinds:
            return above
        if above.type in stop:
            return None
    return None


def same(one: Node, other: Node) -> bool:
    """Whether two nodes have the same text."""
    return text_of(one) == text_of(other)


def known_elsewhere(place: Place, node: Node) -> bool:
    """Whether who does not see a node could still write it: it is short, its numbers and texts stand in the function too."""
    text = text_of(node)
    around = within(node, FUNCTIONS)
    first, last = (around.start_byte, around.end_byte) if around is not None else (0, len(place.source))
    rest = place.source[first : node.start_byte].decode() + place.source[node.end_byte : last].decode()
    literals = [one for one in _LITERAL.findall(text) if one not in _USUAL]
    return len(_SPACES.sub(" ", text)) <= LONGEST_LEFT_OUT and all(_stands(one, rest) for one in literals)


def _stands(literal: str, text: str) -> bool:
    return re.search(rf"(?<![\w.]){re.escape(literal)}(?![\w.])", text) is not None
