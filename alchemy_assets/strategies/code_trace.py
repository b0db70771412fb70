"""CodeTrace: given an instrumented program and its tests, write the trace that running them leaves.

Belongs here: how a recorded trace becomes a conversation. Does not: recording (`tracing.record`).
The form is the one of the published dataset (arXiv 2606.10087): `---- FILENAME: source.py ----` above each file that is
given, `===STDERR:trace1.txt:START===` and `END` around each that is asked for.
"""

from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from alchemy_assets.strategies.phrasing import fill, pick
from alchemy_assets.strategies.strategy import CODE_TRACE, CuratedFile, Draft, Rejected, Verified, tables
from alchemy_assets.tracing.record import TRACE_POINT, runs_of
from alchemy_assets.tracing.scripts import RUN

KIND = "trace"


def ask(row: Mapping[str, object], phrasing: str) -> str:
    """The user's turn: the phrasing around the program's files and its `run.sh`."""
    shown = [*_files(row, "source_files"), (RUN, str(row["run_sh"]))]
    wanted = [name for name, _ in _files(row, "trace_files")]
    values = {
        "files": "\n\n".join(f"---- FILENAME: {name} ----\n{text.removesuffix(chr(10))}" for name, text in shown),
        "names": wanted[0] if len(wanted) == 1 else f"{', '.join(wanted[:-1])} and {wanted[-1]}",
        "language": str(row["language"]),
    }
    return fill(phrasing, values)


def answer(row: Mapping[str, object]) -> str:
    """The assistant's turn: every trace file between its marks."""
    parts = []
    for name, text in _files(row, "trace_files"):
        ended = text if text.endswith("\n") or not text else f"{text}\n"
        parts.append(f"===STDERR:{name}:START===\n{ended}===STDERR:{name}:END===")
    return "\n".join(parts)


def _files(row: Mapping[str, object], column: str) -> list[tuple[str, str]]:
    files = row[column]
    return [(file["name"], file["text"]) for file in files] if isinstance(files, Sequence) else []


def judged(
    traces: pl.DataFrame, *, held_out: bool, kind: str = KIND, phrasing: str | None = None
) -> Iterator[Verified | Rejected]:
    """The conversations of one side of the split, with what is known about them."""
    for row in traces.filter(pl.col("held_out") == held_out).sort("blob_id").iter_rows(named=True):
        prompt_id, way = pick(CODE_TRACE, row["blob_id"]) if phrasing is None else (f"{kind}-001", phrasing)
        source = row["source_files"][0]["text"]
        file = CuratedFile(
            blob_id=row["blob_id"],
            language=row["language"],
            text=source,
            text_sha256=row["source_sha256"],
            occurrences=row["occurrences"],
            license=row["license"],
            near_duplicate_cluster=row["near_duplicate_cluster"],
            edits=[edit for edit in row["source_edits"] if edit["kind"] != TRACE_POINT],
        )
        points = tuple(edit for edit in row["source_edits"] if edit["kind"] == TRACE_POINT)
        messages = (("user", ask(row, way)), ("assistant", answer(row)))
        draft = Draft(kind, file, messages, prompt_id, source, edits=points)
        yield Verified(
            draft,
            messages,
            verified={"parsed": True, "executed": True, "behaves_as_source": True, "observed": True},
            evidence={
                "toolchain": row["toolchain"],
                "runs": runs_of(row["harness"]),
                "detail": f"{row['instrumenter']}; {row['harness']}; {row['paths']} paths",
            },
            difficulty=row["difficulty"],
        )


def samples(traces: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The tables `samples` and `rejected_samples` of the traces that are not held out."""
    return tables(CODE_TRACE, judged(traces, held_out=False))
