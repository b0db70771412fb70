"""What was seen of a file, built by hand or by a real run, for tests of kinds that ask about runs.

Belongs here: builders. Does not: tests.
"""

from dataclasses import replace

import polars as pl

from alchemy_assets.settings import Settings
from alchemy_assets.strategies.strategy import CuratedFile
from alchemy_assets.tracing.events import read_events
from alchemy_assets.tracing.observed import CALLS, PROGRAM, Observed, Ran, Result, observed_of
from alchemy_assets.tracing.record import record
from alchemy_assets.tracing.scripts import Test

UNKNOWN = ("occurrences", "license", "near_duplicate_cluster", "held_out", "edits")


def ran(
    stdout: str = "",
    trace: str = "",
    command: str = "python3 source.py",
    *,
    label: str = "",
    stdin: str = "",
    files: dict[str, str] | None = None,
    stderr: str = "",
    exit_code: int = 0,
) -> Ran:
    """One run; lines come to are those of its events."""
    reached = frozenset(event.line for event in read_events(trace))
    return Ran(Test((), stdin, files or {}, label), command, Result(exit_code, stdout, stderr), reached, trace)


def seen(
    file: CuratedFile,
    *runs: Ran,
    calls: bool = False,
    source: str = "source.py",
    compiled: str = "",
    points: frozenset[int] = frozenset(),
    loop_ends: dict[str, int] | None = None,
) -> CuratedFile:
    """The file with these runs; points are where some run came, where nothing else is said."""
    harness = CALLS if calls else PROGRAM
    known = points or frozenset().union(*(one.reached for one in runs))
    observed = Observed(
        file.language, harness, source, source, compiled, {}, "", known, loop_ends or {}, runs, "CPython 3.11.2"
    )
    return replace(file, observed=observed)


def really_seen(files: list[CuratedFile], sandbox) -> list[CuratedFile]:
    """The files with what they do in a real sandbox."""
    rows = [{name: getattr(file, name) for name in ("blob_id", "language", "text")} for file in files]
    frame = pl.DataFrame(rows).with_columns(pl.lit(None).alias(name) for name in UNKNOWN)
    table = record(frame, sandbox, Settings().tracing).observations
    known = {row["blob_id"]: observed_of(row) for row in table.iter_rows(named=True)}
    return [replace(one, observed=known[one.blob_id]) for one in files]
