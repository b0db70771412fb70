"""The page of one traced file: its source beside its events, in one HTML file that needs nothing else.

Belongs here: the values that the template shows. Does not: wording and looks (`trace_page.html.j2`).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, StrictUndefined

from alchemy_assets.cli.highlighting import Piece, pieces
from alchemy_assets.cli.trace_view import File, Line, View, plain_file, printable

TEMPLATE = Path(__file__).with_name("trace_page.html.j2")
# More inserted lines in a row than this are the helper, which is folded away.
LONGEST_OPEN = 6


class Span(NamedTuple):
    """A piece of a line, in one colour, of the original or inserted."""

    text: str
    sort: str
    inserted: bool


@dataclass(frozen=True)
class Row:
    """A line of a file on the page; `at` is its line in the shown file."""

    at: int
    number: int | None
    spans: tuple[Span, ...]


@dataclass(frozen=True)
class Block:
    """Lines that are shown, or folded, together."""

    folded: bool
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Sheet:
    """A file on the page."""

    name: str
    instrumented: bool
    blocks: tuple[Block, ...]


def render(view: View, name: str, summary: Iterable[tuple[str, str]]) -> str:
    """The page of a file of this name; `summary` is what the verdict says, as (label, text)."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["printable"] = printable
    sheets = [_sheet(file, view.language) for file in view.files]
    if view.run_sh is not None:
        sheets.append(_sheet(plain_file("run.sh", view.run_sh), "Shell"))
    return environment.from_string(TEMPLATE.read_text(encoding="utf-8")).render(
        name=printable(name), view=view, sheets=sheets, summary=list(summary)
    )


def _sheet(file: File, language: str) -> Sheet:
    coloured = pieces(language, "\n".join(line.text for line in file.lines)) if file.lines else []
    rows = [
        Row(at, line.number, tuple(_spans(line, found)))
        for at, (line, found) in enumerate(zip(file.lines, coloured, strict=True), 1)
    ]
    blocks = tuple(_blocks(rows)) if file.instrumented else (Block(folded=False, rows=tuple(rows)),)
    return Sheet(file.name, file.instrumented, blocks if rows else ())


def _blocks(rows: Iterable[Row]) -> Iterator[Block]:
    for inserted, group in groupby(rows, key=lambda row: row.number is None):
        together = tuple(group)
        yield Block(inserted and len(together) > LONGEST_OPEN, together)


def _spans(line: Line, coloured: Iterable[Piece]) -> Iterator[Span]:
    """The pieces of a line, cut where insertions begin and end."""
    inserted = [part.inserted and line.number is not None for part in line.parts for _ in part.text]
    at = 0
    for piece in coloured:
        marks = inserted[at : at + len(piece.text)] or [False] * len(piece.text)
        for mark, group in groupby(zip(piece.text, marks, strict=True), key=lambda one: one[1]):
            yield Span("".join(character for character, _ in group), piece.sort, mark)
        at += len(piece.text)
