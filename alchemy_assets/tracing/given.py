"""Programs that came instrumented, with a `run.sh` of their own: a language model's, or a person's.

Belongs here: reading them from Parquet, and what must hold before they are run. Does not: running and judging them, which is
the same as for our own (`record`).
The original must be had back by taking text out: what changes it more could not be compared, nor shown beside it.
"""

import difflib
import hashlib
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from alchemy_assets.errors import CorpusFormatError
from alchemy_assets.tracing.harness import WholeProgram
from alchemy_assets.tracing.instrument.points import Insertion, Instrumented
from alchemy_assets.tracing.instrument.registry import INSTRUMENTERS
from alchemy_assets.tracing.launch import launch_of
from alchemy_assets.tracing.reasons import Dropped, Reached, Reason
from alchemy_assets.tracing.scripts import MOST_TESTS, Test, trace_name
from alchemy_assets.tracing.trials import Work

HARNESS = "given/1"
COLUMNS = ("blob_id", "source", "run_sh")
_TRACE_FILE = re.compile(r"2>\s*(trace\d+\.txt)\b")
MOST_GIVEN_TESTS = MOST_TESTS + 1


@dataclass(frozen=True)
class Given:
    """An instrumented source and the script that runs its tests, standard error of test N going to `traceN.txt`.

    by: the model that wrote it, or "" where a person handed it in.
    """

    source: str
    run_sh: str
    by: str = ""


def read_given(path: Path | None) -> dict[str, Given]:
    """The given programs by blob id; none for no file.

    path: Parquet with the columns blob_id, source, run_sh. Raises CorpusFormatError where it cannot be read as that.
    """
    if path is None:
        return {}
    try:
        frame = pl.read_parquet(path, columns=list(COLUMNS))
    except (OSError, pl.exceptions.PolarsError) as error:
        msg = f"{path} is no Parquet file with the columns {', '.join(COLUMNS)} (`tracing.instrumented`): {error}"
        raise CorpusFormatError(msg) from error
    doubled = frame.filter(pl.col("blob_id").is_duplicated())
    if doubled.height or frame.null_count().row(0) != (0, 0, 0):
        what = f"{doubled['blob_id'][0]} stands there twice" if doubled.height else "a value is null"
        msg = f"{path}: {what}; one row a blob id is needed (`tracing.instrumented`)"
        raise CorpusFormatError(msg)
    return {blob_id: Given(source, run_sh) for blob_id, source, run_sh in frame.iter_rows()}


def hash_of(path: Path | None) -> str:
    """A hash of the file, which the traces depend on."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path is not None and path.is_file() else ""


def prepare_given(
    row: Mapping[str, object], given: Given, runnable: Collection[str] = INSTRUMENTERS.keys()
) -> Work | Dropped:
    """The work of a given program, or why it cannot be compared with its original. runnable: languages that run here."""
    language, text = str(row["language"]), str(row["text"])
    if language not in INSTRUMENTERS:
        return Dropped(Reason.NO_INSTRUMENTER)
    if language not in runnable:
        return Dropped(Reason.NO_SANDBOX)
    shown, names = put_in(text, given.source), trace_files(given.run_sh)
    if isinstance(shown, Dropped):
        return shown
    if isinstance(names, Dropped):
        return names
    tests = [Test((name,)) for name in names]
    return Work(
        row, language, text, shown, WholeProgram(launch_of(language, text), name=HARNESS), tests, script=given.run_sh
    )


def put_in(text: str, source: str) -> Instrumented | Dropped:
    """The instrumented source with what was put into the original, or the line that was changed otherwise."""
    insertions: list[Insertion] = []
    for line, found in _insertions(text, source):
        if found is None:
            return Dropped(Reason.CANNOT_INSTRUMENT, f"it does more than put text in, at line {line}", Reached.RUNNABLE)
        insertions.append(found)
    shown = Instrumented(source, tuple(insertions), ())
    if shown.original() != text.encode():
        return Dropped(Reason.CANNOT_INSTRUMENT, "it does more than put text in", Reached.RUNNABLE)
    return shown


def trace_files(script: str) -> list[str] | Dropped:
    """The names of the files that a script writes traces to, or why they are not as they must be."""
    names = sorted(set(_TRACE_FILE.findall(script)), key=lambda name: (len(name), name))
    if not names or names != [trace_name(number) for number in range(1, len(names) + 1)]:
        return Dropped(Reason.CANNOT_INSTRUMENT, "run.sh does not write trace1.txt, trace2.txt, ...", Reached.RUNNABLE)
    if len(names) > MOST_GIVEN_TESTS:
        return Dropped(Reason.TOO_LONG, f"{len(names)} tests", Reached.RUNNABLE)
    return names


def _insertions(before: str, after: str) -> Iterator[tuple[int, Insertion | None]]:
    """What was put into a text, and the line (from 1) where; None where a line was changed otherwise."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    starts = [0]
    for line in old:
        starts.append(starts[-1] + len(line.encode()))
    for what, first, last, begin, end in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "insert":
            yield first + 1, Insertion(starts[first], "".join(new[begin:end]))
        elif what == "replace":
            for number, one in _between(old[first:last], new[begin:end], starts[first : last + 1]):
                yield first + number + 1, one
        elif what != "equal":
            yield first + 1, None


def _between(old: list[str], new: list[str], starts: list[int]) -> Iterator[tuple[int, Insertion | None]]:
    """What was put before, into and after lines none of which is as it was."""
    position = 0
    for number, line in enumerate(old):
        # As many of the new lines may stand before it as leave one for each of the old.
        for before in range(len(new) - position - (len(old) - number) + 1):
            inside = list(_inside(line, new[position + before], starts[number]))
            if None not in inside:
                break
        else:
            yield number, None
            return
        if before:
            yield number, Insertion(starts[number], "".join(new[position : position + before]))
        yield from ((number, one) for one in inside)
        position += before + 1
    if position < len(new):
        yield len(old), Insertion(starts[-1], "".join(new[position:]))


def _inside(line: str, longer: str, start: int) -> Iterator[Insertion | None]:
    """What was put into a line; None where characters of it are gone."""
    for what, first, _, begin, end in difflib.SequenceMatcher(None, line, longer, autojunk=False).get_opcodes():
        if what == "insert":
            yield Insertion(start + len(line[:first].encode()), longer[begin:end])
        elif what != "equal":
            yield None
