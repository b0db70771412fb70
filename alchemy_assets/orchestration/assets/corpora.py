"""Steps that bring files in: an index a corpus, and `source_files` that joins them."""

from collections.abc import Mapping

import polars as pl

from alchemy_assets import schema
from alchemy_assets.corpora import index, local_files
from alchemy_assets.orchestration import checks
from alchemy_assets.orchestration.steps import Check, Finding, Grain, Inputs, Made, Staged, Step, Table
from alchemy_assets.orchestration.workspace import Workspace, files_key
from alchemy_assets.settings import Settings

PREVIEW = ("blob_id", "language", "language_source", "encoding", "length_bytes")


def _every_input(staged: Staged) -> Finding:
    counts = staged.made.counts
    detail = f"{counts['inputs']} inputs, {counts['occurrences']} became occurrences of blobs, {counts['rejected_inputs']} were rejected"
    return Finding(counts["inputs"] == counts["occurrences"] + counts["rejected_inputs"], detail)


EVERY_INPUT = Check("every_input_accounted", "Every input became an occurrence of a blob or a row of rejected inputs.", _every_input)


def _read_local(inputs: Inputs) -> Mapping[str, Made]:
    settings = inputs.workspace.settings
    if settings.local is None:
        msg = "the step is in the graph only where the corpus is named"
        raise AssertionError(msg)
    with inputs.workspace.scratch() as scratch:
        split = index.index("local", local_files.read(settings.local), settings, scratch)
        frames = [(files_key(language, shard), frame) for language, shard, frame in split.parts()]
        rejected = split.rejected
    counts = {
        "inputs": split.inputs,
        "rows_in": split.inputs,
        "blobs": sum(frame.height for _, frame in frames),
        "occurrences": sum(int(frame["occurrences"].list.len().sum()) for _, frame in frames),
        "rejected_inputs": rejected.height,
    }
    reasons = {f"rejected: {reason}": count for reason, count in rejected["reason"].value_counts().sort("reason").iter_rows()}
    return {"local_index": Made(frames, counts), "local_rejected": Made([("", rejected)], {"kept": rejected.height, **reasons})}


def _input_state(workspace: Workspace, _partition: str) -> str:
    local = workspace.settings.local
    return "" if local is None else index.fingerprint(local.path)


def _join_indexes(inputs: Inputs) -> Mapping[str, Made]:
    frames = [inputs.frame(name) for name in inputs.workspace.indexes]
    joined = index.merge(frames)
    rows_in = sum(frame.height for frame in frames)
    merged = {"rejected: the same blob in several corpora, merged": rows_in - joined.height} if rows_in > joined.height else {}
    counts = {"rows_in": rows_in, "kept": joined.height, "rejected": rows_in - joined.height, **merged}
    return {"source_files": Made([("", joined)], counts)}


def _join_rejected(inputs: Inputs) -> Mapping[str, Made]:
    frames = [inputs.frame(name) for name in inputs.sources]
    joined = pl.concat([pl.DataFrame(schema=dict(schema.REJECTED_INPUTS)), *frames])
    return {"rejected_inputs": Made([("", joined)], {"rows_in": joined.height, "kept": joined.height})}


def _local() -> Step:
    return Step(
        name="local_index",
        wave="index",
        group="corpora",
        grain=Grain.WHOLE,
        tables=(
            Table(
                "local_index",
                schema.SOURCE_FILES,
                "The files of the corpus `local`, read once: one row a blob, split by language and shard.",
                (EVERY_INPUT,),
                PREVIEW,
            ),
            Table("local_rejected", schema.REJECTED_INPUTS, "Inputs of `local` that became no blob, and why.", (), ("location", "reason")),
        ),
        compute=_read_local,
        code=("alchemy_assets.corpora.index", "alchemy_assets.corpora.local_files"),
        uses=lambda used: [used.local, used.languages, used.shards, used.shards_of],
        outside=_input_state,
    )


def steps(settings: Settings) -> tuple[Step, ...]:
    """The steps of the corpora that the workspace names."""
    found = [_local()] if settings.local is not None else []
    if not found:
        return ()
    indexes = tuple(step.tables[0].name for step in found)
    rejected = tuple(step.tables[1].name for step in found)
    return (
        *found,
        Step(
            name="rejected_inputs",
            wave="index",
            group="corpora",
            grain=Grain.WHOLE,
            tables=(
                Table("rejected_inputs", schema.REJECTED_INPUTS, "Inputs of every corpus that became no blob, and why.", (), ("location", "reason")),
            ),
            compute=_join_rejected,
            code=("alchemy_assets.schema",),
            inputs=rejected,
        ),
        Step(
            name="source_files",
            wave="judge",
            group="corpora",
            grain=Grain.FILES,
            tables=(
                Table(
                    "source_files",
                    schema.SOURCE_FILES,
                    "One row a blob over all corpora, with every place that it occurs in.",
                    (checks.ACCOUNTED, checks.one_row_each(), checks.IN_ITS_PARTITION),
                    PREVIEW,
                ),
            ),
            compute=_join_indexes,
            code=("alchemy_assets.corpora.index",),
            inputs=indexes,
        ),
    )
