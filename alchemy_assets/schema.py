"""The Polars schema of every table, and the check that a frame has it.

Belongs here: names and types of columns. Does not: what may stand in them (`quality.expectations`).
Spans are byte offsets into the UTF-8 text. Hashes are lower-case hex.
"""

from collections.abc import Mapping
from typing import TypeAlias

import polars as pl

from alchemy_assets.errors import SchemaError

VERSION = 1

Columns: TypeAlias = Mapping[str, pl.DataType]

OCCURRENCE = pl.Struct(
    {
        "corpus": pl.String(),
        "repo_name": pl.String(),
        "path": pl.String(),
        "licenses": pl.List(pl.String()),
        "license_type": pl.String(),
    }
)
EDIT = pl.Struct({"start": pl.Int64(), "end": pl.Int64(), "replacement": pl.String(), "kind": pl.String()})
MESSAGE = pl.Struct({"role": pl.String(), "content": pl.String()})
TEXT_FILE = pl.Struct({"name": pl.String(), "text": pl.String()})
SAMPLING = pl.Struct(
    {
        "temperature": pl.Float64(),
        "top_p": pl.Float64(),
        "max_tokens": pl.Int64(),
        "seed": pl.Int64(),
        "reasoning_effort": pl.String(),
    }
)
# Each flag is true (proved), false (tried and not so) or null (not tried).
VERIFIED = pl.Struct(
    {
        "parsed": pl.Boolean(),
        "compiled": pl.Boolean(),
        "executed": pl.Boolean(),
        "tests_passed": pl.Int64(),
        "behaves_as_source": pl.Boolean(),
        "observed": pl.Boolean(),
        "answer_is_source": pl.Boolean(),
    }
)
# quality: what a model scored the file and the answer, 1 to 10; null where none was asked.
EVIDENCE = pl.Struct(
    {
        "toolchain": pl.String(),
        "runs": pl.Int64(),
        "detail": pl.String(),
        "quality_before": pl.Float64(),
        "quality_after": pl.Float64(),
    }
)
DIFFICULTY = pl.Struct(
    {
        "answer_lines": pl.Int64(),
        "events": pl.Int64(),
        "state_changes": pl.Int64(),
        "dependency_depth": pl.Int64(),
        "copied_share": pl.Float64(),
    }
)

SOURCE_FILES: Columns = {
    "blob_id": pl.String(),
    "content_id": pl.String(),
    "language": pl.String(),
    "language_source": pl.String(),
    "occurrences": pl.List(OCCURRENCE),
    "encoding": pl.String(),
    "length_bytes": pl.Int64(),
    "text": pl.String(),
}
REJECTED_INPUTS: Columns = {
    "corpus": pl.String(),
    "location": pl.String(),
    "reason": pl.String(),
    "detail": pl.String(),
}
HELD_OUT: Columns = {"blob_id": pl.String(), "held_out": pl.Boolean(), "decided_by": pl.String()}
SIGNATURES: Columns = {
    "blob_id": pl.String(),
    "length_bytes": pl.Int64(),
    "shingles": pl.List(pl.UInt32()),
    "bands": pl.Array(pl.UInt64(), 42),
}
NEAR_DUPLICATES: Columns = {
    "blob_id": pl.String(),
    "cluster": pl.String(),
    "keeper": pl.Boolean(),
    "jaccard_to_keeper": pl.Float64(),
    "keeper_held_out": pl.Boolean(),
}
# Every reason of every file that curation left out; one row a reason.
REJECTED_FILES: Columns = {
    "blob_id": pl.String(),
    "language": pl.String(),
    "stage": pl.String(),
    "reason": pl.String(),
    "detail": pl.String(),
}
TRACES: Columns = {
    "blob_id": pl.String(),
    "language": pl.String(),
    "occurrences": pl.List(OCCURRENCE),
    "license": pl.String(),
    "near_duplicate_cluster": pl.String(),
    "held_out": pl.Boolean(),
    "source_files": pl.List(TEXT_FILE),
    "run_sh": pl.String(),
    "trace_files": pl.List(TEXT_FILE),
    "outputs": pl.List(TEXT_FILE),
    "inputs": pl.List(pl.String()),
    "events": pl.Int64(),
    "paths": pl.Int64(),
    "difficulty": DIFFICULTY,
    "toolchain": pl.String(),
    "instrumenter": pl.String(),
    "harness": pl.String(),
    "source_edits": pl.List(EDIT),
    "source_sha256": pl.String(),
}
# One row for every file that could have been traced: where it got to, and why it went no further.
TRACE_OUTCOMES: Columns = {
    "blob_id": pl.String(),
    "language": pl.String(),
    "kept": pl.Boolean(),
    "reached": pl.String(),
    "reasons": pl.List(pl.String()),
    "detail": pl.String(),
}
# One row for every file that could be run: what its tests did, or the reason why nobody saw that.
OBSERVATIONS: Columns = {
    "blob_id": pl.String(),
    "language": pl.String(),
    "reason": pl.String(),
    "detail": pl.String(),
    "harness": pl.String(),
    "source_name": pl.String(),
    "entry": pl.String(),
    "compile": pl.String(),
    "beside": pl.List(TEXT_FILE),
    "script": pl.String(),
    "points": pl.List(pl.Int64()),
    "loop_ends": pl.List(pl.Struct({"place": pl.String(), "line": pl.Int64()})),
    "tests": pl.List(
        pl.Struct(
            {
                "arguments": pl.List(pl.String()),
                "stdin": pl.String(),
                "files": pl.List(TEXT_FILE),
                "label": pl.String(),
                "command": pl.String(),
                "exit_code": pl.Int64(),
                "stdout": pl.String(),
                "stderr": pl.String(),
                "reached": pl.List(pl.Int64()),
                "trace": pl.String(),
            }
        )
    ),
    "toolchain": pl.String(),
}
COMPLETIONS: Columns = {
    "request_sha256": pl.String(),
    "blob_id": pl.String(),
    "strategy": pl.String(),
    "kind": pl.String(),
    "model": pl.String(),
    "model_revision": pl.String(),
    "sampling": SAMPLING,
    "raw": pl.String(),
    "reasoning": pl.String(),
    "finish_reason": pl.String(),
    "prompt_tokens": pl.Int64(),
    "completion_tokens": pl.Int64(),
    "reasoning_tokens": pl.Int64(),
    "engine_version": pl.String(),
}
# What a partition cost: the one table that is not the same in every run, and feeds no release. Null is unknown.
USAGE: Columns = {
    "asset": pl.String(),
    "partition": pl.String(),
    "engine": pl.String(),
    "model": pl.String(),
    "requests": pl.Int64(),
    "cached_requests": pl.Int64(),
    "prompt_tokens": pl.Int64(),
    "completion_tokens": pl.Int64(),
    "reasoning_tokens": pl.Int64(),
    "engine_seconds": pl.Float64(),
    "gpu_seconds": pl.Float64(),
    "sandbox_seconds": pl.Float64(),
    "cost_usd": pl.Float64(),
}
SAMPLES: Columns = {
    "sample_id": pl.String(),
    "strategy": pl.String(),
    "kind": pl.String(),
    "blob_id": pl.String(),
    "occurrences": pl.List(OCCURRENCE),
    "license": pl.String(),
    "language": pl.String(),
    "near_duplicate_cluster": pl.String(),
    "messages": pl.List(MESSAGE),
    "reasoning": pl.String(),
    "source_edits": pl.List(EDIT),
    "source_sha256": pl.String(),
    "engine": pl.String(),
    "model": pl.String(),
    "model_license": pl.String(),
    "prompt_id": pl.String(),
    "request_sha256": pl.String(),
    "seed_tokens": pl.Int64(),
    "prompt_tokens": pl.Int64(),
    "answer_tokens": pl.Int64(),
    "verified": VERIFIED,
    "evidence": EVIDENCE,
    "difficulty": DIFFICULTY,
    "release": pl.Boolean(),
}
REJECTED_SAMPLES: Columns = {
    "request_sha256": pl.String(),
    "strategy": pl.String(),
    "kind": pl.String(),
    "blob_id": pl.String(),
    "reasons": pl.List(pl.String()),
    "detail": pl.String(),
}


def facts(signals: Columns) -> Columns:
    """The table of one stage of curation: what it measured of each blob."""
    return {
        "blob_id": pl.String(),
        "language": pl.String(),
        "detail": pl.String(),
        "signals": pl.Struct(dict(signals)),
        "edits": pl.List(EDIT),
    }


def verdicts(signals: Columns) -> Columns:
    """What a stage makes of its facts: one row a blob, with all its reasons."""
    return {
        "blob_id": pl.String(),
        "kept": pl.Boolean(),
        "reasons": pl.List(pl.String()),
        "detail": pl.String(),
        "signals": pl.Struct(dict(signals)),
        "edits": pl.List(EDIT),
    }


def curated_files(signals: Mapping[str, Columns]) -> Columns:
    """The table of curated files; `signals` holds one struct a stage."""
    return {
        "blob_id": pl.String(),
        "language": pl.String(),
        "occurrences": pl.List(OCCURRENCE),
        "license": pl.String(),
        "text": pl.String(),
        "text_sha256": pl.String(),
        "edits": pl.List(EDIT),
        "signals": pl.Struct({stage: pl.Struct(dict(columns)) for stage, columns in signals.items()}),
        "near_duplicate_cluster": pl.String(),
        "held_out": pl.Boolean(),
    }


def validate(frame: pl.DataFrame, columns: Columns, table: str) -> pl.DataFrame:
    """Return the frame with its columns in the table's order; raises SchemaError naming what is missing or differs."""
    expected = pl.Schema(dict(columns))
    missing = [name for name in expected if name not in frame.columns]
    unknown = [name for name in frame.columns if name not in expected]
    if missing or unknown:
        msg = f"{table}: missing columns {missing}, unknown columns {unknown}"
        raise SchemaError(msg)
    frame = frame.select(list(expected))
    wrong = [
        f"{name} is {frame.schema[name]}, not {expected[name]}"
        for name in expected
        if frame.schema[name] != expected[name]
    ]
    if wrong:
        msg = f"{table}: {'; '.join(wrong)}"
        raise SchemaError(msg)
    return frame


def frame_of(rows: list[dict[str, object]], columns: Columns) -> pl.DataFrame:
    """A frame of a table from rows; a value of the wrong type is an error, not a null."""
    return pl.DataFrame(rows, schema=dict(columns), orient="row", strict=True)
