"""Cut a file down to what one function needs, and leave a hole where its body was.

Belongs here: choosing lines and joining them. Does not: what is needed (`resolve`), which functions are worth it
(`completion`).
The excerpt is the file with lines left out: every cut is recorded as an edit, and applying the edits gives the excerpt.
"""

from dataclasses import dataclass
from itertools import accumulate

from alchemy_assets.curation.edits import Edit
from alchemy_assets.languages import LANGUAGES
from alchemy_assets.strategies.grounded.outline import Item, Outline, braced
from alchemy_assets.strategies.grounded.resolve import Needs

_WHOLE_FUNCTION = 8
# A signature says nothing about a shell function.
_WHOLE_SHELL_FUNCTION = 24
_WHOLE_VALUE = 25
_WHOLE_CONTAINER = 20
_ALL_IMPORTS = 15
_CLASS_DOC = 6
_DOC_SHOWN = 12


@dataclass(frozen=True)
class Excerpt:
    """A file with lines left out.

    text: what is shown. edits: byte spans of the file with their replacement. filled: the same with the body in its
    place.
    """

    text: str
    edits: tuple[dict[str, object], ...]
    filled: str


def hole_of(outline: Outline, item: Item) -> tuple[int, int] | None:
    """The lines of a function's body, first and last; None where the body shares a line with something else."""
    lines, body = outline.lines, item.body
    if body is None:
        return None
    if braced(body):
        row, column = body.start_point
        end_row, end_column = body.end_point
        after, before = (
            lines[row].encode()[column + 1 :].decode().strip(),
            lines[end_row].encode()[: end_column - 1].decode(),
        )
        if before.strip() or (after and not after.startswith(("//", "#", "/*"))):
            return None
        return item.head + 1, end_row - 1
    if outline.language == "Python":
        return item.head + 1, item.last
    return item.head + 1, item.last - 1


class _Lines:
    """Which lines of a file are shown."""

    def __init__(self, outline: Outline) -> None:
        self.outline = outline
        self.kept: set[int] = set()
        self.bodies: set[int] = set()

    def keep(self, first: int, last: int) -> None:
        self.kept.update(range(first, last + 1))

    def around(self, item: Item) -> None:
        """The headers of the containers of an item, and the lines that close them."""
        for parent in item.parents:
            self.header(parent)

    def header(self, item: Item) -> None:
        inside = item.doc is not None and item.doc[0] > item.code
        head = (
            item.head
            if not inside or item.head - item.code <= _CLASS_DOC
            else min(item.head, item.doc[0] - 1 if item.doc else item.head)
        )
        start = item.first if item.code - item.first <= _CLASS_DOC else item.code
        self.keep(start, head)
        if self.outline.language != "Python":
            self.keep(item.last, item.last)

    def definition(self, item: Item) -> bool:
        """Show a definition as far as it helps; False where it is too long to be shown."""
        self.around(item)
        if item.kind == "function":
            self._function(item)
            return True
        if item.kind == "container":
            self._container(item)
            return True
        if item.last - item.code > _WHOLE_VALUE:
            return False
        self._value(item)
        return True

    def _value(self, item: Item) -> None:
        self.keep(item.first if item.code - item.first <= _CLASS_DOC else item.code, item.last)

    def _function(self, item: Item) -> None:
        hole = hole_of(self.outline, item)
        start = item.first if item.code - item.first <= _DOC_SHOWN else item.code
        short = _WHOLE_SHELL_FUNCTION if self.outline.language == "Shell" else _WHOLE_FUNCTION
        if hole is None or hole[1] - hole[0] < short:
            self.keep(start, item.last)
            return
        self.keep(start, item.head)
        self.keep(hole[1] + 1, item.last)
        self.bodies.add(hole[0])

    def _container(self, item: Item) -> None:
        if item.last - item.code <= _WHOLE_CONTAINER:
            self.keep(item.first, item.last)
            return
        self.header(item)
        for other in self.outline.items:
            if other.parents and other.parents[-1] is item:
                if other.kind == "value" and other.last - other.code <= _WHOLE_VALUE:
                    self._value(other)
                elif other.kind == "function" and other.name in {
                    "__init__",
                    "constructor",
                    "initialize",
                    "init",
                    item.name,
                }:
                    self._function(other)
        if not self.kept.intersection(range(item.head + 1, item.last + 1)):
            self.bodies.add(item.head + 1)


def excerpt_of(outline: Outline, item: Item, needs: Needs, hole_note: str) -> Excerpt | None:
    """The excerpt for one function; None where what it needs is too long to be shown."""
    hole, lines = hole_of(outline, item), _needed(outline, item, needs)
    return None if hole is None or lines is None else _joined(outline, lines, hole, hole_note)


def whole_function(outline: Outline, item: Item, needs: Needs) -> Excerpt | None:
    """The excerpt for one function with its body in place; None where what it needs is too long to be shown."""
    lines = _needed(outline, item, needs)
    return None if lines is None else _joined(outline, lines, None, "")


def _needed(outline: Outline, item: Item, needs: Needs) -> _Lines | None:
    lines = _Lines(outline)
    inside = (item, *needs.items)
    imports = [
        one
        for one in outline.items
        if one.kind == "import" and any(set(one.parents) <= set(other.parents) for other in inside)
    ]
    total = sum(one.last - one.code + 1 for one in imports)
    for one in imports:
        if total <= _ALL_IMPORTS or one in needs.imports:
            lines.around(one)
            lines.keep(one.code, one.last)
    for one in needs.items:
        if not lines.definition(one):
            return None
    for method, first, last in needs.fields:
        lines.around(method)
        lines.keep(method.code, min(method.head, first - 1) if outline.language == "Python" else method.head)
        if outline.language != "Python":
            lines.keep(method.last, method.last)
        lines.keep(first, last)
    lines.around(item)
    lines.keep(item.first, item.last)
    return lines


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _joined(outline: Outline, chosen: _Lines, hole: tuple[int, int] | None, hole_note: str) -> Excerpt:
    lines, kept = outline.lines, chosen.kept
    comment = LANGUAGES[outline.language].line_comment or "//"
    starts = [0, *accumulate(len(line.encode()) + 1 for line in lines)]
    total = starts[-1] - 1
    shown: list[str] = []
    filled: list[str] = []
    edits: list[Edit] = []

    def cut(first: int, last: int, note: str, kind: str) -> None:
        start, end = starts[first], min(starts[last + 1], total)
        if last + 1 == len(lines) and not note and first:
            # A cut at the end of the file takes the line break before it along, also that of a note.
            if edits and edits[-1].end == start:
                before = edits.pop()
                start, note, kind = before.start, before.replacement.removesuffix("\n"), before.kind
            else:
                start -= 1
        edits.append(Edit(start, end, note, kind))

    row = 0
    while row < len(lines):
        if hole is not None and row == hole[0]:
            note = (
                _indent(next((line for line in lines[hole[0] : hole[1] + 1] if line.strip()), ""))
                + f"{comment} {hole_note}"
            )
            shown.append(note)
            filled.extend(lines[hole[0] : hole[1] + 1])
            cut(hole[0], hole[1], note + ("\n" if hole[1] + 1 < len(lines) else ""), "body left out")
            row = hole[1] + 1
        elif row in kept:
            shown.append(lines[row])
            filled.append(lines[row])
            row += 1
        else:
            first = row
            while row < len(lines) and row not in kept:
                row += 1
            # Python wants a statement where a body was left out.
            body = outline.language == "Python" and first in chosen.bodies
            gap = (
                [_indent(next((line for line in lines[first:row] if line.strip()), "")) + "..."]
                if body
                else _gap(lines, first, row, f"{comment} ...")
            )
            if body and row < len(lines) and not lines[row - 1].strip():
                gap.append("")
            shown.extend(gap)
            filled.extend(gap)
            cut(first, row - 1, _replacement(gap, at_end=row == len(lines)), "lines left out")
    return Excerpt("\n".join(shown), tuple(edit._asdict() for edit in edits), "\n".join(filled))


def _replacement(gap: list[str], *, at_end: bool) -> str:
    return "\n".join(gap) if at_end else "".join(f"{line}\n" for line in gap)


def _gap(lines: list[str], first: int, after: int, mark: str) -> list[str]:
    """What stands for the lines from `first` up to `after`: a mark or a blank line, nothing at the ends of the file."""
    if first == 0 or after == len(lines):
        return []
    dropped = [line for line in lines[first:after] if line.strip()]
    if not dropped:
        return [""]
    blank_before = [""] if not lines[first].strip() else []
    return [*blank_before, _indent(dropped[0]) + mark, *([""] if not lines[after - 1].strip() else [])]
