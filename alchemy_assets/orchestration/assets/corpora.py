"""Steps that bring files in: an index a corpus, and `source_files` that joins them."""

from collections import Counter
from collections.abc import Iterator, Mapping

import polars as pl

from alchemy_assets import schema
from alchemy_assets.corpora import local_files
from alchemy_assets.corpora.fingerprint import fingerprint
from alchemy_assets.corpora.found import Found, Rejected
from alchemy_assets.corpora.index import index
from alchemy_assets.corpora.merge import merge
from alchemy_assets.orchestration import checks
from alchemy_assets.orchestration.steps import Check, CheckOutcome, Grain, Inputs, Made, Staged, Step, Table
from alchemy_assets.orchestration.workspace import Workspace, files_key
from alchemy_assets.settings import Settings

PREVIEW = ("blob_id", "language", "language_source", "encoding", "length_bytes")


def _every_input(staged: Staged) -> CheckOutcome:
    counts = staged.made.counts
    places = ("occurrences", "repeated", "rejected_inputs")
    detail = f"{counts['inputs']} inputs: " + ", ".join(f"{counts[place]} {place}" for place in places)
    return CheckOutcome(
        counts["inputs"] == sum(counts[place] for place in places) and staged.rows == counts["blobs"], detail
    )


EVERY_INPUT = Check(
    "every_input_accounted",
    "Every input is an occurrence of a blob, the repetition of one, or a rejected input.",
    _every_input,
)


def _read_local(inputs: Inputs) -> Mapping[str, Made]:
    settings = inputs.workspace.settings
    local = settings.local
    assert local is not None  # noqa: S101 -- the step is in the graph only where the corpus is named
    counts = Counter(inputs=0, blobs=0, occurrences=0)

    def counted() -> Iterator[Found | Rejected]:
        for one in local_files.read(local):
            counts["inputs"] += 1
            yield one

    split = index("local", counted(), settings, inputs.scratch)
    counts.update(repeated=split.repeated, rejected_inputs=split.rejected.height)

    def parts() -> Iterator[tuple[str, pl.DataFrame]]:
        for language, shard, frame in split.parts():
            counts.update(blobs=frame.height, occurrences=int(frame["occurrences"].list.len().sum()))
            yield files_key(language, shard), frame

    reasons = {
        f"rejected: {reason}": count
        for reason, count in split.rejected["reason"].value_counts().sort("reason").iter_rows()
    }
    return {
        "local_index": Made(parts(), counts),
        "local_rejected": Made([("", split.rejected)], {"kept": split.rejected.height, **reasons}),
    }


def _input_state(workspace: Workspace, _partition: str) -> str:
    local = workspace.settings.local
    return "" if local is None else fingerprint(local.path)


def _join_indexes(inputs: Inputs) -> Mapping[str, Made]:
    frames = [inputs.frame(name) for name in inputs.workspace.indexes]
    joined = merge(frames)
    rows_in = sum(frame.height for frame in frames)
    # Counted before the merge, so that a row which the merge loses is missed.
    repeated = rows_in - pl.concat([frame["blob_id"] for frame in frames]).n_unique()
    merged = {"rejected: the same blob in several corpora, merged": repeated} if repeated else {}
    counts = {"rows_in": rows_in, "kept": joined.height, "rejected": repeated, **merged}
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
            Table(
                "local_rejected",
                schema.REJECTED_INPUTS,
                "Inputs of `local` that became no blob, and why.",
                (),
                ("location", "reason"),
            ),
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
                Table(
                    "rejected_inputs",
                    schema.REJECTED_INPUTS,
                    "Inputs of every corpus that became no blob, and why.",
                    (),
                    ("location", "reason"),
                ),
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
                    (checks.ACCOUNTED, checks.in_order("source_files")),
                    PREVIEW,
                ),
            ),
            compute=_join_indexes,
            code=("alchemy_assets.corpora.index",),
            inputs=indexes,
        ),
    )
