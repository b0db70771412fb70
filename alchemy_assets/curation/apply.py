"""Act on what the stages judged: curated files are what every stage kept, once a cluster, with the edits carried out.

Belongs here: the join of verdicts, clusters and texts, and the account of what was left out and why. Does not: judging.
Every blob is either in `curate` or has a row in `rejections`; a blob without a verdict is an error, never a silent
loss.
"""

import hashlib
from collections.abc import Mapping, Sequence

import polars as pl

from alchemy_assets import schema
from alchemy_assets.curation.edits import Edit, edited, ordered, overlap
from alchemy_assets.curation.licenses import NAME as LICENSES
from alchemy_assets.curation.stage import Stage
from alchemy_assets.errors import AlchemyError

NEAR_DUPLICATES = "near_duplicates"
EDITS = "edits"
NEAR_DUPLICATE = "a near duplicate of it is kept"
NEAR_HELD_OUT = "a near duplicate of it is held out"
EDITS_OVERLAP = "two stages want to edit the same bytes"
# Stage and reason of what no stage judges.
OWN_REASONS = frozenset({(NEAR_DUPLICATES, NEAR_DUPLICATE), (NEAR_DUPLICATES, NEAR_HELD_OUT), (EDITS, EDITS_OVERLAP)})


class VerdictMissingError(AlchemyError, LookupError):
    """A table that curation joins has no row, or several, for a blob."""


def curate(
    files: pl.DataFrame,
    verdicts: Mapping[str, pl.DataFrame],
    near_duplicates: pl.DataFrame,
    held_out: pl.DataFrame,
    stages: Sequence[Stage],
) -> pl.DataFrame:
    """The table `curated_files` of a shard, ordered by blob id.

    `verdicts` holds a table for each stage, by its name; `near_duplicates` and `held_out` may hold more blobs than
    `files`. A held-out file stays, marked; a training file of its cluster is not the keeper and goes.
    """
    ids = files["blob_id"]
    missing = [stage.name for stage in stages if stage.name not in verdicts]
    if missing:
        msg = f"curation needs the verdicts of the stages {missing}, which were not given"
        raise VerdictMissingError(msg)
    clusters = _rows_of(ids, near_duplicates, NEAR_DUPLICATES).select(
        "blob_id", "keeper", near_duplicate_cluster="cluster"
    )
    judged = files.join(clusters, on="blob_id").join(
        _rows_of(ids, held_out, "held_out").select("blob_id", "held_out"), on="blob_id"
    )
    for stage in stages:
        judged = judged.join(
            _rows_of(ids, verdicts[stage.name], stage.name).select(
                "blob_id", pl.struct("kept", "signals", "edits").alias(_of(stage.name))
            ),
            on="blob_id",
        )
    kept = judged.filter("keeper", *(pl.col(_of(stage.name)).struct.field("kept") for stage in stages)).sort("blob_id")
    edits = [
        _edits_of(row)
        for row in kept.select(
            pl.col(_of(stage.name)).struct.field("edits").alias(stage.name) for stage in stages
        ).iter_rows()
    ]
    kept = kept.with_columns(
        pl.Series("edits", [[each._asdict() for each in row] for row in edits], dtype=pl.List(schema.EDIT))
    )
    fits = [not overlap(row) for row in edits]
    kept, edits = (
        kept.filter(pl.Series(fits, dtype=pl.Boolean)),
        [row for row, fit in zip(edits, fits, strict=True) if fit],
    )
    texts = [edited(text, row) for text, row in zip(kept["text"], edits, strict=True)]
    hashes = [hashlib.sha256(text.encode()).hexdigest() for text in texts]
    has_license = any(stage.name == LICENSES for stage in stages)
    result = kept.select(
        "blob_id",
        "language",
        "occurrences",
        (pl.col(_of(LICENSES)).struct.field("signals").struct.field("license") if has_license else pl.lit("")).alias(
            "license"
        ),
        pl.Series("text", texts, dtype=pl.String),
        pl.Series("text_sha256", hashes, dtype=pl.String),
        "edits",
        pl.struct(pl.col(_of(stage.name)).struct.field("signals").alias(stage.name) for stage in stages).alias(
            "signals"
        ),
        "near_duplicate_cluster",
        "held_out",
    )
    return schema.validate(
        result, schema.curated_files({stage.name: stage.signals for stage in stages}), "curated_files"
    )


def apart(ids: pl.Series) -> pl.DataFrame:
    """The table `near_duplicates` where copies are not looked for: each blob is a cluster of its own."""
    alone = {"keeper": pl.lit(value=True), "jaccard_to_keeper": pl.lit(1.0), "keeper_held_out": pl.lit(value=False)}
    frame = ids.alias("blob_id").sort().to_frame().with_columns(pl.col("blob_id").alias("cluster"), **alone)
    return schema.validate(frame, schema.NEAR_DUPLICATES, NEAR_DUPLICATES)


def rejections(
    files: pl.DataFrame, verdicts: Mapping[str, pl.DataFrame], near_duplicates: pl.DataFrame
) -> pl.DataFrame:
    """The table `rejected_files` of a shard: why each blob that `curate` leaves out was left out, one row a reason.

    Ordered by blob id, then by the order of the stages.
    """
    ids = files["blob_id"]
    of_stages = [_rows_of(ids, table, stage).with_columns(stage=pl.lit(stage)) for stage, table in verdicts.items()]
    reasons = [
        table.explode("reasons", empty_as_null=True)
        .select("blob_id", "stage", reason="reasons", detail="detail")
        .drop_nulls("reason")
        for table in of_stages
    ]
    copies = _rows_of(ids, near_duplicates, NEAR_DUPLICATES).filter(~pl.col("keeper"))
    reasons.append(
        copies.select(
            "blob_id",
            stage=pl.lit(NEAR_DUPLICATES),
            reason=pl.when("keeper_held_out").then(pl.lit(NEAR_HELD_OUT)).otherwise(pl.lit(NEAR_DUPLICATE)),
            detail=pl.format("{} like {}", pl.col("jaccard_to_keeper").round(3), "cluster"),
        )
    )
    edits = pl.concat(
        [table.select("blob_id", "edits") for table in of_stages] or [pl.DataFrame(schema=_EDITS_OF_BLOB)]
    )
    several = edits.filter(pl.col("edits").list.len() > 0).group_by("blob_id").agg("edits")
    colliding = [blob_id for blob_id, lists in several.iter_rows() if overlap(_edits_of(lists))]
    reasons.append(
        pl.DataFrame({"blob_id": colliding}, schema={"blob_id": pl.String}).select(
            "blob_id", stage=pl.lit(EDITS), reason=pl.lit(EDITS_OVERLAP), detail=pl.lit("")
        )
    )
    listed = pl.concat(reasons).join(files.select("blob_id", "language"), on="blob_id", maintain_order="left")
    return schema.validate(listed.sort("blob_id", maintain_order=True), schema.REJECTED_FILES, "rejected_files")


_EDITS_OF_BLOB = {"blob_id": pl.String(), "edits": pl.List(schema.EDIT)}


def _of(stage: str) -> str:
    return f"verdict of {stage}"


def _rows_of(ids: pl.Series, table: pl.DataFrame, name: str) -> pl.DataFrame:
    """The rows of a table for these blobs; raises VerdictMissingError unless each has exactly one."""
    rows = table.filter(pl.col("blob_id").is_in(ids.implode()))
    if rows.height != len(ids) or rows["blob_id"].n_unique() != len(ids):
        counts = ids.to_frame().join(rows.group_by("blob_id").len(), on="blob_id", how="left")
        wrong = counts.filter(pl.col("len").fill_null(0) != 1)["blob_id"].to_list()
        first = (wrong or ids.to_list())[0]
        msg = f"{name} does not have exactly one row for {len(wrong)} of {len(ids)} blobs, the first is {first}"
        raise VerdictMissingError(msg)
    return rows


def _edits_of(lists: Sequence[list[dict[str, object]] | None]) -> list[Edit]:
    return ordered(Edit(**edit) for edits in lists for edit in edits or ())  # type: ignore[arg-type] # a row of schema.EDIT
