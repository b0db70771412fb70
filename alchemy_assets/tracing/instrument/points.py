"""What every instrumenter shares: insertions into a source, the points they make, and which points are worth having.

Belongs here: what is the same for every language. Does not: where a statement may stand, and how it is written.
Offsets are bytes of the UTF-8 text. An instrumenter only ever inserts, so taking that out gives the source back.
"""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from tree_sitter import Node

# What a kind of event is worth before its state is looked at.
BASE = {"IN": 3.0, "OUT": 3.2, "VAR": 1.5, "BRANCH": 3.4, "LOOP": 3.6, "ERR": 2.6, "TRANSFORM": 3.0}
NOT_REACHED = -3.0
CROWDED_FUNCTION = 0.22
CROWDED_KIND = 0.12
# Where comments start with //, one may also stand between /* and */.
_COMMENT_OF_C = re.compile(rb"\A/\*(?:(?!\*/).)*\*/[ \t]*")


@dataclass(frozen=True)
class Insertion:
    """Text that is put in at a byte offset of the original source.

    rank: orders what goes in at one offset (`places`). owner: the offset of the statement whose braces these are, or -1;
    points that share braces bring them once.
    """

    offset: int
    text: str
    rank: int = 0
    owner: int = -1


@dataclass(frozen=True)
class Point:
    """A trace point: the event it writes, and the insertions that do it.

    weight: what its state is worth; end: the last line of what it tells of, a loop say, or 0 where it tells of one moment.
    """

    kind: str
    function: str
    line: int
    insertions: tuple[Insertion, ...]
    weight: float = 0.0
    end: int = 0

    @property
    def place(self) -> str:
        """LOC of its events."""
        return f"{self.function}:{self.line}"


@dataclass(frozen=True)
class Instrumented:
    """A source with its trace points: the text to show and run, and everything that was put into it, in order."""

    text: str
    insertions: tuple[Insertion, ...]
    points: tuple[Point, ...]

    def loop_ends(self) -> dict[str, int]:
        """The last line of each loop, by the place of its turns."""
        return {point.place: point.end for point in self.points if point.kind == "LOOP"}

    def original(self) -> bytes:
        """The text with the insertions taken out again."""
        shown, kept, position, shift = self.text.encode(), [], 0, 0
        for insertion in self.insertions:
            start = insertion.offset + shift
            kept.append(shown[position:start])
            length = len(insertion.text.encode())
            position, shift = start + length, shift + length
        return b"".join([*kept, shown[position:]])

    def points_at(self, line: int) -> list[Point]:
        """The points of which something stands on a line of the text, from 1."""
        shown, shift = self.text.encode(), 0
        hit: set[Insertion] = set()
        for insertion in self.insertions:
            start = insertion.offset + shift
            inserted = insertion.text.encode()
            shift += len(inserted)
            # A line of its own ends in a newline, which belongs to it.
            first = shown.count(b"\n", 0, start) + 1 + inserted.startswith(b"\n")
            last = shown.count(b"\n", 0, start + len(inserted)) + 1 - inserted.endswith(b"\n")
            if first <= line <= last:
                hit.add(insertion)
        return [point for point in self.points if hit.intersection(point.insertions)]

    def original_line(self, line: int) -> int:
        """The line of the original file that a line of the text came from."""
        inserted, shown, shift = 0, self.text.encode(), 0
        for insertion in self.insertions:
            start = insertion.offset + shift
            shift += len(insertion.text.encode())
            if shown.count(b"\n", 0, start) + 1 >= line:
                break
            inserted += insertion.text.count("\n")
        return max(line - inserted, 1)


def insert(source: bytes, points: Sequence[Point], helper: Sequence[Insertion]) -> Instrumented:
    """Put the helper and the points into the source; at one offset the helper is first, then points by rank and order."""
    found: dict[tuple[int, int, int] | int, Insertion] = {}
    for position, one in enumerate(one for point in points for one in point.insertions):
        found.setdefault((one.offset, one.rank, one.owner) if one.owner >= 0 else position, one)
    ranked = sorted(found.values(), key=lambda one: (one.offset, one.rank, -one.owner))
    insertions = sorted((*helper, *ranked), key=lambda one: one.offset)
    parts, position = [], 0
    for insertion in insertions:
        parts += [source[position : insertion.offset], insertion.text.encode()]
        position = insertion.offset
    text = b"".join([*parts, source[position:]]).decode()
    return Instrumented(text, tuple(insertions), tuple(points))


def choose(points: Sequence[Point], count: int, worth: Mapping[tuple[str, str], float] | None = None) -> list[Point]:
    """At most `count` points, in source order, that cover functions, branches and loops and say the most.

    worth: what each (kind, place) turned out to be worth in a run, where one was made; places that no run came to lose
    against all others, but fill up what is left, because that a branch is not taken is worth asking too.
    """
    values = [
        BASE[point.kind]
        + point.weight
        + (worth.get((point.kind, point.place), NOT_REACHED) if worth is not None else 0)
        for point in points
    ]
    chosen: list[int] = []
    functions: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    rest = set(range(len(points)))

    def value(index: int) -> tuple[float, int]:
        point = points[index]
        crowding = CROWDED_FUNCTION * functions[point.function] + CROWDED_KIND * kinds[point.kind]
        return values[index] - crowding, -index

    while rest and len(chosen) < count:
        best = max(rest, key=value)
        rest.remove(best)
        chosen.append(best)
        functions[points[best].function] += 1
        kinds[points[best].kind] += 1
    return [points[index] for index in sorted(chosen)]


def line_start(source: bytes, offset: int) -> int:
    """Where the line of an offset begins."""
    return source.rfind(b"\n", 0, offset) + 1


def indent_before(source: bytes, offset: int) -> str | None:
    """The blanks before a node that is the first on its line, or None where something else stands before it."""
    before = source[line_start(source, offset) : offset]
    return before.decode() if not before.strip(b" \t") else None


def end_of_line(source: bytes, offset: int, comment: bytes) -> int | None:
    """Where the line after a node begins, or None where more than blanks and a comment follows the node on its line."""
    end = source.find(b"\n", offset)
    rest = source[offset : end if end >= 0 else len(source)].strip(b" \t\r")
    if comment == b"//":
        rest = _COMMENT_OF_C.sub(b"", rest)
    if rest and not rest.startswith(comment):
        return None
    return end + 1 if end >= 0 else len(source)


def above_comments(source: bytes, node: Node, comments: Collection[str] = ("comment",)) -> int:
    """Where the line of a statement begins, or of the comments right above that belong to it."""
    offset, row = line_start(source, node.start_byte), node.start_point.row
    above = node.prev_named_sibling or (node.parent.prev_named_sibling if node.parent is not None else None)
    while (
        above is not None
        and above.type in comments
        and above.end_point.row - (above.end_point.column == 0) == row - 1
        and indent_before(source, above.start_byte) is not None
    ):
        offset, row = line_start(source, above.start_byte), above.start_point.row
        above = above.prev_named_sibling
    return offset
