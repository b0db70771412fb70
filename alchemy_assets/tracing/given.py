"""Programs that came instrumented, with a `run.sh` of their own: a language model's, or a person's.

Belongs here: reading them from Parquet, and what must hold before they are run. Does not: running and judging them, which is
the same as for our own (`record`).
The original must be had back by taking text out: what changes it more could not be compared, nor shown beside it.
"""

import difflib
import hashlib
import re
from collections.abc import Iterator, Mapping
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
    """An instrumented source and the script that runs its tests, standard error of test N going to `traceN.txt`."""

    source: str
    run_sh: str


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


def prepare_given(row: Mapping[str, object], given: Given) -> Work | Dropped:
    """The work of a given program, or why it cannot be compared with its original."""
    language, text = str(row["language"]), str(row["text"])
    if language not in INSTRUMENTERS:
        return Dropped(Reason.NO_INSTRUMENTER)
    insertions = list(_insertions(text, given.source))
    shown = Instrumented(given.source, tuple(one for one in insertions if one is not None), ())
    if None in insertions or shown.original() != text.encode():
        return Dropped(Reason.CANNOT_INSTRUMENT, "it does more than put text in", Reached.RUNNABLE)
    names = sorted(set(_TRACE_FILE.findall(given.run_sh)), key=lambda name: (len(name), name))
    if not names or names != [trace_name(number) for number in range(1, len(names) + 1)]:
        return Dropped(Reason.CANNOT_INSTRUMENT, "run.sh does not write trace1.txt, trace2.txt, ...", Reached.RUNNABLE)
    if len(names) > MOST_GIVEN_TESTS:
        return Dropped(Reason.TOO_LONG, f"{len(names)} tests", Reached.RUNNABLE)
    tests = [Test((name,)) for name in names]
    return Work(
        row, language, text, shown, WholeProgram(launch_of(language, text), name=HARNESS), tests, script=given.run_sh
    )


def _insertions(before: str, after: str) -> Iterator[Insertion | None]:
    """What was put into a text, line by line; None where a line was changed otherwise."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    starts = [0]
    for line in old:
        starts.append(starts[-1] + len(line.encode()))
    for what, first, last, begin, end in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "insert":
            yield Insertion(starts[first], "".join(new[begin:end]))
        elif what == "replace" and last - first <= end - begin:
            for position, line in enumerate(old[first:last]):
                yield from _inside(line, new[begin + position], starts[first + position])
            yield Insertion(starts[last], "".join(new[begin + last - first : end]))
        elif what != "equal":
            yield None


def _inside(line: str, longer: str, start: int) -> Iterator[Insertion | None]:
    """What was put into a line; None where characters of it are gone."""
    for what, first, _, begin, end in difflib.SequenceMatcher(None, line, longer, autojunk=False).get_opcodes():
        if what == "insert":
            yield Insertion(start + len(line[:first].encode()), longer[begin:end])
        elif what != "equal":
            yield None
