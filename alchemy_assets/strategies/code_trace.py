"""CodeTrace: given an instrumented program and its tests, write the trace that running them leaves.

Belongs here: how a recorded trace becomes a conversation. Does not: recording (`tracing.record`), the other kinds that
are made of the same recordings (`trace_kinds`).
The form is the one of the published dataset (arXiv 2606.10087): `---- FILENAME: source.py ----` above each file that is
given, `===STDERR:trace1.txt:START===` and `END` around each that is asked for.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final, TypeAlias

import polars as pl

from alchemy_assets.generation.completions import NO_ANSWERS, Answers
from alchemy_assets.settings import TraceSampling
from alchemy_assets.strategies.phrasing import fill, pick
from alchemy_assets.strategies.strategy import (
    CODE_TRACE,
    CuratedFile,
    Draft,
    Rejected,
    Screen,
    Verified,
    as_it_is,
    tables,
)
from alchemy_assets.strategies.trace_kinds import registry, sampling
from alchemy_assets.strategies.trace_kinds.recording import named
from alchemy_assets.strategies.trace_kinds.showing import under_names
from alchemy_assets.tracing.record import TRACE_POINT, runs_of
from alchemy_assets.tracing.scripts import RUN

KIND = "trace"
KINDS = (KIND, *registry.KINDS)
ALL = TraceSampling()
NO_REQUESTS: Final[Mapping[str, str]] = MappingProxyType({})
Row: TypeAlias = Mapping[str, Any]


def ask(row: Row, phrasing: str) -> str:
    """The user's turn: the phrasing around the program's files and its `run.sh`."""
    wanted = [name for name, _ in named(row, "trace_files")]
    values = {
        "files": under_names([*named(row, "source_files"), (RUN, str(row["run_sh"]))]),
        "names": wanted[0] if len(wanted) == 1 else f"{', '.join(wanted[:-1])} and {wanted[-1]}",
        "language": str(row["language"]),
    }
    return fill(phrasing, values)


def answer(row: Row) -> str:
    """The assistant's turn: every trace file between its marks."""
    parts = []
    for name, text in named(row, "trace_files"):
        ended = text if text.endswith("\n") or not text else f"{text}\n"
        parts.append(f"===STDERR:{name}:START===\n{ended}===STDERR:{name}:END===")
    return "\n".join(parts)


def judged(
    traces: pl.DataFrame, *, held_out: bool, kind: str = KIND, phrasing: str | None = None
) -> Iterator[Verified | Rejected]:
    """The conversations of one side of the split that ask for whole traces, with what is known about them."""
    for row in _of_side(traces, held_out=held_out):
        prompt_id, way = pick(CODE_TRACE, row["blob_id"]) if phrasing is None else (f"{kind}-001", phrasing)
        messages = (("user", ask(row, way)), ("assistant", answer(row)))
        file = _file(row)
        draft = Draft(kind, file, messages, prompt_id, file.text, edits=_points(row))
        yield Verified(
            draft,
            messages,
            verified={"parsed": True, "executed": True, "behaves_as_source": True, "observed": True},
            evidence=_evidence(row),
            difficulty=row["difficulty"],
        )


def samples(
    traces: pl.DataFrame,
    bounds: TraceSampling = ALL,
    answers: Answers = NO_ANSWERS,
    requests: Mapping[str, str] = NO_REQUESTS,
    screen: Screen = as_it_is,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The tables `samples` and `rejected_samples` of the traces that are not held out: each is one of every kind.

    requests: the key of the answer in which a model instrumented a program, by blob id; `screen` looks at those samples.
    """

    def every_kind() -> Iterator[Verified | Rejected]:
        yield from judged(traces, held_out=False)
        for row in _of_side(traces, held_out=False):
            yield from registry.derived(row, _file(row), _points(row), _evidence(row))

    ours = (
        replace(one, draft=replace(one.draft, request_sha256=requests.get(one.draft.file.blob_id)))
        for one in every_kind()
    )
    return tables(CODE_TRACE, sampling.kept(screen(list(ours)), bounds), answers)


def proposed(traces: pl.DataFrame) -> int:
    """How many samples are tried for: one of every kind for each trace that is not held out."""
    return int((~traces["held_out"]).sum()) * len(KINDS)


def _of_side(traces: pl.DataFrame, *, held_out: bool) -> Iterator[Row]:
    return traces.filter(pl.col("held_out") == held_out).sort("blob_id").iter_rows(named=True)


def _file(row: Row) -> CuratedFile:
    return CuratedFile(
        blob_id=row["blob_id"],
        language=row["language"],
        text=row["source_files"][0]["text"],
        text_sha256=row["source_sha256"],
        occurrences=row["occurrences"],
        license=row["license"],
        near_duplicate_cluster=row["near_duplicate_cluster"],
        edits=[edit for edit in row["source_edits"] if edit["kind"] != TRACE_POINT],
    )


def _points(row: Row) -> tuple[dict[str, object], ...]:
    return tuple(edit for edit in row["source_edits"] if edit["kind"] == TRACE_POINT)


def _evidence(row: Row) -> dict[str, object]:
    return {
        "toolchain": row["toolchain"],
        "runs": runs_of(row["harness"]),
        "detail": f"{row['instrumenter']}; {row['harness']}; {row['paths']} paths",
    }
