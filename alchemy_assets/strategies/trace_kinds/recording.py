"""A row of `traces` as the kinds see it: the program with and without its trace points, and what each test did.

Belongs here: reading a row, and what a kind hands back. Does not: any question (the kinds' own modules).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from alchemy_assets.strategies.strategy import Left
from alchemy_assets.strategies.trace_kinds.reasons import Reason
from alchemy_assets.tracing.events import Event, read_events
from alchemy_assets.tracing.instrument.points import Insertion, Instrumented
from alchemy_assets.tracing.record import TRACE_POINT

# How many events of one type a place may write, as the shown helper says it.
_LIMIT = re.compile(r"(?i)trace_?limit\b[^=\n]{0,24}=\s*(\d+)")
_HERE_DOCUMENT = re.compile(r"<< '(\w+)'$")
_NOT_TO_TYPE = re.compile(r"#!|# Run every test|# Test \d+$")


@dataclass(frozen=True)
class Test:
    """One test: what is typed up to it (later tests may find what earlier ones wrote), its trace, what it printed."""

    __test__ = False  # pytest would take it for a class of tests

    number: int
    commands: str
    trace: str
    events: tuple[Event, ...]
    output: str | None


@dataclass(frozen=True)
class Recording:
    """A recorded program. `files` are the shown ones, the instrumented source first; `limit` is None where unknown."""

    blob_id: str
    language: str
    files: tuple[tuple[str, str], ...]
    original: str
    script: str
    tests: tuple[Test, ...]
    limit: int | None

    @property
    def name(self) -> str:
        """The name that the source has in run.sh."""
        return self.files[0][0]


@dataclass(frozen=True)
class Made:
    """What a kind makes of a recording.

    values: for the places of its phrasings; detail: which test and place; followed: the events that one must have
    followed to know the answer; instrumented: whether the prompt shows the trace points.
    """

    values: Mapping[str, str]
    answer: str
    detail: str
    followed: tuple[Event, ...]
    instrumented: bool


def read(row: Mapping[str, object]) -> Recording | Left:
    """The recording of a row, or why it cannot be read as one."""
    files, traces, outputs = (named(row, column) for column in ("source_files", "trace_files", "outputs"))
    original = without_points(files[0][1], row["source_edits"])
    if original is None:
        return Left(Reason.NO_SOURCE)
    script = str(row["run_sh"])
    commands = commands_of(script, len(traces))
    if commands is None:
        return Left(Reason.NO_COMMANDS)
    tests = tuple(
        Test(number, typed, text, tuple(read_events(text)), outputs[number - 1][1] if len(outputs) >= number else None)
        for number, (typed, (_, text)) in enumerate(zip(commands, traces, strict=True), 1)
    )
    limit = _LIMIT.search(files[0][1])
    return Recording(
        str(row["blob_id"]),
        str(row["language"]),
        tuple(files),
        original,
        script,
        tests,
        int(limit[1]) if limit is not None else None,
    )


def named(row: Mapping[str, object], column: str) -> list[tuple[str, str]]:
    """The (name, text) pairs of a column of files, none where it is null."""
    files = row.get(column)
    return [(file["name"], file["text"]) for file in files] if isinstance(files, Sequence) else []


def without_points(shown: str, edits: object) -> str | None:
    """The source without its trace points; None where the edits are not those of the shown text."""
    points = [one for one in edits if one["kind"] == TRACE_POINT] if isinstance(edits, Sequence) else []
    insertions = tuple(Insertion(one["start"], one["replacement"]) for one in points)
    text, shift = shown.encode(), 0
    for insertion in insertions:
        put = insertion.text.encode()
        if text[insertion.offset + shift : insertion.offset + shift + len(put)] != put:
            return None
        shift += len(put)
    return Instrumented(shown, insertions, ()).original().decode()


def commands_of(script: str, tests: int) -> list[str] | None:
    """What a reader would type, up to each test; standard error is not sent to a file."""
    typed: list[list[str]] = [[]]
    mark: str | None = None
    runs_test = False
    for line in script.split("\n"):
        if mark is not None:
            typed[-1].append(line)
            mark = None if line == mark else mark
        else:
            shown = line.replace(f" 2> trace{len(typed)}.txt", "", 1)
            runs_test = shown != line
            if not _NOT_TO_TYPE.match(line):
                typed[-1].append(shown)
            opened = _HERE_DOCUMENT.search(line)
            mark = opened[1] if opened is not None else None
        if runs_test and mark is None:
            typed.append([])
            runs_test = False
    if len(typed) != tests + 1:
        return None
    steps = ["\n".join(lines).strip("\n") for lines in typed[:tests]]
    return ["\n".join(steps[:number]) for number in range(1, tests + 1)]
