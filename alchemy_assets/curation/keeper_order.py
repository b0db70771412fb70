"""Order the files of a language by which of two copies is kept.

Belongs here: what a file's standing is, and the order that it gives. Does not: which files are copies (`near_duplicates`).
The order, each rule only where those above it leave a tie:

1. a held-out file, whatever the stages say of it and however long a training file has been released: what may become a
   benchmark item is never trained on, so a released training file that is near a newly held-out one leaves the release;
2. a file that every stage keeps: one that goes anyway must not take its copies with it, be it a released one;
3. an incumbent, a file of an earlier release: no newcomer displaces it;
4. a licence that is known to be allowed; 5. the longer file; 6. the better quality score; 7. the smaller blob id.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from alchemy_assets import schema
from alchemy_assets.errors import AlchemyError

STANDINGS: schema.Columns = {
    "blob_id": pl.String(),
    "held_out": pl.Boolean(),
    "kept": pl.Boolean(),
    "incumbent": pl.Boolean(),
    "license_allowed": pl.Boolean(),
    "quality": pl.Float64(),
}
# The stage and its signal that the columns come from; a stage that does not run settles no tie.
_SIGNALS = {
    "license_allowed": ("licenses", pl.col("signals").struct.field("judgement") == "allowed"),
    "quality": ("quality", pl.col("signals").struct.field("quality_score")),
}
_FIRST = ("held_out", "kept", "incumbent", "license_allowed", "length_bytes", "quality")
_FLAGS = _FIRST[:4]


class SignedTwiceError(AlchemyError, ValueError):
    """A blob stands twice in the tables that are clustered, or has two standings."""


class IncumbentsError(AlchemyError, ValueError):
    """The list of files that were released before cannot be read."""


def standing(held_out: pl.DataFrame, verdicts: Mapping[str, pl.DataFrame], incumbents: pl.Series) -> pl.DataFrame:
    """The `STANDINGS` of the files of `held_out`; made shard by shard, so that one shard's verdicts are in memory at a time.

    verdicts: the table of each row-wise stage by its name; a file without a verdict is not kept.
    incumbents: blob ids, as `released_before` reads them.
    """
    standings = held_out.select(
        "blob_id",
        "held_out",
        kept=pl.all_horizontal(
            pl.lit(value=True),
            *(
                pl.col("blob_id").is_in(table.filter("kept")["blob_id"].unique().implode())
                for table in verdicts.values()
            ),
        ),
        incumbent=pl.col("blob_id").is_in(incumbents.implode()),
    )
    for name, (stage, signal) in _SIGNALS.items():
        signals = (
            verdicts[stage].select("blob_id", signal.cast(STANDINGS[name]).alias(name))
            if stage in verdicts
            else pl.DataFrame(schema={"blob_id": pl.String(), name: STANDINGS[name]})
        )
        standings = standings.join(signals, on="blob_id", how="left", maintain_order="left")
    return schema.validate(
        standings.with_columns(pl.col("license_allowed").fill_null(value=False)), STANDINGS, "standings"
    )


def released_before(path: Path | None) -> pl.Series:
    """The blob ids of an earlier release, sorted: a Parquet file or a folder of them with a column `blob_id`; None, none.

    Raises IncumbentsError where there is no such file.
    """
    if path is None:
        return pl.Series("blob_id", dtype=pl.String)
    files = sorted(path.rglob("*.parquet")) if path.is_dir() else [path] if path.exists() else []
    listing = [file for file in files if "blob_id" in pq.read_schema(file).names]
    if not listing:
        msg = f"near_duplicates.incumbents: {path} holds no Parquet file with a column blob_id; name a release, or leave it out"
        raise IncumbentsError(msg)
    ids = pl.scan_parquet(
        listing, glob=False, hive_partitioning=False, missing_columns="insert", extra_columns="ignore"
    )
    return ids.select(pl.col("blob_id").unique()).collect()["blob_id"].drop_nulls().sort()


def in_keeper_order(signatures: Sequence[Path], standings: pl.DataFrame) -> pl.DataFrame:
    """The columns `place` (row in the files of signatures, read one after another), `blob_id` and `held_out`, best first.

    A file without a standing (its shard's verdicts are missing) comes last, where it displaces nothing. Raises
    SignedTwiceError where a blob occurs twice: it would be its own copy.
    """
    files = pl.concat(
        [pl.DataFrame(schema={"blob_id": pl.String(), "length_bytes": pl.Int64()}).lazy()]
        + [
            pl.scan_parquet(path, glob=False, hive_partitioning=False).select("blob_id", "length_bytes")
            for path in signatures
        ]
    )
    ordered = (
        files.with_row_index("place")
        .join(standings.lazy(), on="blob_id", how="left")
        .with_columns(pl.col(_FLAGS).fill_null(value=False))
        .sort(*_FIRST, "blob_id", descending=[True] * len(_FIRST) + [False], nulls_last=True)
        .select("place", "blob_id", "held_out")
        .collect()
    )
    if ordered["blob_id"].n_unique() != ordered.height:
        twice = ordered.filter(pl.col("blob_id").is_duplicated())["blob_id"].unique().sort()
        msg = (
            f"{len(twice)} blobs are signed or judged twice, the first is {twice[0]}; a table is given twice, or shards of"
            " two counts are mixed: cluster each shard once"
        )
        raise SignedTwiceError(msg)
    return ordered
