"""What there is to show of one traced file: its lines, which of them were inserted, its tests and their events.

Belongs here: joining what `tracing` recorded with the source it was recorded of. Does not: printing (`trace`), the page
(`trace_page`). Texts of lines and events are made fit to be shown: control characters stand in them as escapes.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import polars as pl

from alchemy_assets import schema
from alchemy_assets.corpora.encodings import Decoded
from alchemy_assets.languages import LANGUAGES
from alchemy_assets.sandbox.sandbox import Sandbox
from alchemy_assets.settings import Tracing
from alchemy_assets.tracing.events import parse_event
from alchemy_assets.tracing.instrument.points import Instrumented, Point
from alchemy_assets.tracing.instrument.registry import instrument
from alchemy_assets.tracing.record import record

# More points than any file has, to get all that there could be.
EVERY_POINT = 1_000_000


class Edit(NamedTuple):
    """A span of the original's bytes, and what stands in its place."""

    start: int
    end: int
    text: str


class Part(NamedTuple):
    """A stretch of a line that came from the original, or was inserted."""

    text: str
    inserted: bool


@dataclass(frozen=True)
class Line:
    """A line of a shown file. `number` is its line in the original; None where all of it was inserted."""

    parts: tuple[Part, ...]
    number: int | None

    @property
    def text(self) -> str:
        """The whole line, without its end."""
        return "".join(part.text for part in self.parts)


@dataclass(frozen=True)
class File:
    """A shown file: its exact text, its lines to look at, and whether it is the one that was instrumented."""

    name: str
    text: str
    lines: tuple[Line, ...]
    instrumented: bool


class Value(NamedTuple):
    """A value of an event, and whether it is another than in the last event of its type and place."""

    name: str
    value: str
    changed: bool


@dataclass(frozen=True)
class Entry:
    """A line of a trace file: an event, or (no `kind`) what the program itself wrote to standard error.

    lines: the lines of the instrumented file that it belongs to, from 1: its trace point and the line it tells of.
    """

    text: str
    kind: str = ""
    function: str = ""
    line: int = 0
    values: tuple[Value, ...] = ()
    lines: tuple[int, ...] = ()


@dataclass(frozen=True)
class Test:
    """A test: what it gives to the program, the name and exact text of its trace file, and that file line by line.

    output: what the program printed to standard output.
    """

    __test__ = False  # pytest would take it for a class of tests

    name: str
    given: str
    text: str
    output: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Placed:
    """A trace point that stands in the shown file, and its lines there, from 1."""

    kind: str
    function: str
    line: int
    lines: tuple[int, ...]


@dataclass(frozen=True)
class View:
    """Everything that is known of a traced file. `trace` is its row of `traces`; without one it was dropped."""

    blob_id: str
    language: str
    encoding: str
    kept: bool
    reached: str
    reasons: tuple[str, ...]
    detail: str
    files: tuple[File, ...]
    points: tuple[Placed, ...]
    run_sh: str | None
    tests: tuple[Test, ...]
    trace: Mapping[str, Any] | None
    sandbox_seconds: float


def printable(text: str) -> str:
    """A text as it may be shown: line ends and tabs stay, other control characters (also of direction) are escapes."""
    return "".join(
        one if one in "\n\t" or one.isprintable() else one.encode("unicode_escape", "surrogatepass").decode()
        for one in text.replace("\r\n", "\n")
    )


def plain_file(name: str, text: str) -> File:
    """A file of which nothing is known but its text."""
    rows = printable(text).removesuffix("\n").split("\n") if text else []
    return File(name, text, tuple(Line((Part(row, inserted=False),), None) for row in rows), instrumented=False)


def trace_file(data: bytes, decoded: Decoded, language: str, sandbox: Sandbox | None, settings: Tracing) -> View:
    """Take a file through the whole pipeline; where it is dropped, its instrumented source is shown all the same."""
    blob_id = hashlib.sha1(data, usedforsecurity=False).hexdigest()
    recorded = record(_curated(blob_id, language, decoded.text), sandbox, settings)
    outcome = recorded.outcomes.row(0, named=True)
    trace = next(recorded.traces.iter_rows(named=True), None)
    points: Sequence[Point]
    if trace is not None:
        edits = [Edit(one["start"], one["end"], one["replacement"]) for one in trace["source_edits"]]
        named = [(one["name"], one["text"]) for one in trace["source_files"]]
        # Which points were chosen is not recorded: they are those of which all insertions stand in the file.
        found = instrument(language, decoded.text, EVERY_POINT)
        points = found.points if isinstance(found, Instrumented) else ()
    else:
        shown = instrument(language, decoded.text, settings.points)
        chosen = shown if isinstance(shown, Instrumented) else Instrumented(decoded.text, (), ())
        edits = [Edit(one.offset, one.offset, one.text) for one in chosen.insertions]
        named = [(f"source{LANGUAGES[language].suffixes[0]}", chosen.text)]
        points = chosen.points
    edits.sort(key=lambda edit: edit.start)
    applied = _applied(decoded.text, edits)
    files = tuple(
        _instrumented(name, text, decoded.text, edits) if text == applied else plain_file(name, text)
        for name, text in named
    )
    placed = _placed(points, decoded.text, edits) if any(file.instrumented for file in files) else ()
    return View(
        blob_id=blob_id,
        language=language,
        encoding=decoded.encoding,
        kept=outcome["kept"],
        reached=outcome["reached"],
        reasons=tuple(outcome["reasons"]),
        detail=outcome["detail"],
        files=files,
        points=placed,
        run_sh=trace["run_sh"] if trace is not None else None,
        tests=_tests(trace, files, placed) if trace is not None else (),
        trace=trace,
        sandbox_seconds=recorded.sandbox_seconds,
    )


def _curated(blob_id: str, language: str, text: str) -> pl.DataFrame:
    """The file as a frame of curated files; it is no part of a corpus, and nothing was changed in it."""
    row: dict[str, object] = {
        "blob_id": blob_id,
        "language": language,
        "occurrences": [],
        "license": None,
        "text": text,
        "text_sha256": hashlib.sha256(text.encode()).hexdigest(),
        "edits": [],
        "near_duplicate_cluster": blob_id,
        "held_out": False,
    }
    columns = {name: kind for name, kind in schema.curated_files({}).items() if name in row}
    return pl.DataFrame([{name: row[name] for name in columns}], schema=columns)


def _applied(original: str, edits: Sequence[Edit]) -> str:
    """The original with its edits."""
    return "".join(part.text for part in _parts(original, edits))


def _parts(original: str, edits: Sequence[Edit]) -> Iterable[Part]:
    raw, position = original.encode(), 0
    for edit in edits:
        yield Part(raw[position : edit.start].decode(), inserted=False)
        yield Part(edit.text, inserted=True)
        position = edit.end
    yield Part(raw[position:].decode(), inserted=False)


def _instrumented(name: str, text: str, original: str, edits: Sequence[Edit]) -> File:
    """The file that the original with these edits is, with the origin of every line."""
    lines: list[Line] = []
    row: list[Part] = []
    number = 1

    def end(*, inserted: bool) -> None:
        # A blank line is of whom its end is; any other of whom its words are.
        words = {part.inserted for part in row if part.text.strip()} or {inserted}
        lines.append(Line(tuple(part for part in row if part.text), None if words == {True} else number))
        row.clear()

    replaced = (original.encode()[edit.start : edit.end].count(b"\n") for edit in edits)
    for part in _parts(original, edits):
        first, *rest = printable(part.text).split("\n")
        row.append(Part(first, part.inserted))
        for following in rest:
            end(inserted=part.inserted)
            if not part.inserted:
                number += 1
            row.append(Part(following, part.inserted))
        if part.inserted:
            number += next(replaced)
    if any(part.text for part in row):
        end(inserted=False)
    return File(name, text, tuple(lines), instrumented=True)


def _placed(points: Sequence[Point], original: str, edits: Sequence[Edit]) -> tuple[Placed, ...]:
    """The points whose insertions stand among the edits, with their lines."""
    where: dict[tuple[int, str], tuple[int, ...]] = {}
    line = 1
    raw, position = original.encode(), 0
    for edit in edits:
        line += raw[position : edit.start].count(b"\n")
        rows = edit.text.split("\n")
        here = tuple(line + index for index, row in enumerate(rows) if row.strip())
        where[edit.start, edit.text] = (*where.get((edit.start, edit.text), ()), *here)
        line += len(rows) - 1
        position = edit.end
    return tuple(
        _place(point, where)
        for point in points
        if point.insertions and all((one.offset, one.text) in where for one in point.insertions)
    )


def _place(point: Point, where: Mapping[tuple[int, str], tuple[int, ...]]) -> Placed:
    # Braces that had to be added around a statement say nothing of the event.
    saying = [one for one in point.insertions if any(map(str.isalnum, one.text))] or point.insertions
    lines = {line for one in saying for line in where[one.offset, one.text]}
    return Placed(point.kind, point.function, point.line, tuple(sorted(lines)))


def _tests(trace: Mapping[str, Any], files: Sequence[File], points: Sequence[Placed]) -> tuple[Test, ...]:
    lines: dict[tuple[str, str, int], tuple[int, ...]] = {}
    for point in points:
        key = (point.kind, point.function, point.line)
        lines[key] = (*lines.get(key, ()), *point.lines)
    numbers = {
        line.number: index
        for file in files
        if file.instrumented
        for index, line in enumerate(file.lines, 1)
        if line.number is not None
    }
    return tuple(
        Test(
            file["name"], printable(given), file["text"], output["text"], tuple(_entries(file["text"], lines, numbers))
        )
        for file, given, output in zip(trace["trace_files"], trace["inputs"], trace["outputs"], strict=True)
    )


def _entries(
    text: str, lines: Mapping[tuple[str, str, int], tuple[int, ...]], numbers: Mapping[int, int]
) -> Iterable[Entry]:
    known: dict[tuple[str, str], dict[str, str]] = {}
    for row in text.removesuffix("\n").split("\n") if text else []:
        event = parse_event(row)
        if event is None:
            yield Entry(printable(row))
            continue
        before = known.get((event.kind, event.place))
        values = tuple(
            Value(printable(name), printable(value), before is not None and before.get(name) != value)
            for name, value in event.state
        )
        known[event.kind, event.place] = dict(event.state)
        shown = {*lines.get((event.kind, event.function, event.line), ())}
        shown |= {numbers[event.line]} if event.line in numbers else set()
        yield Entry(printable(row), event.kind, printable(event.function), event.line, values, tuple(sorted(shown)))
