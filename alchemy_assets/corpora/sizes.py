"""How large a public corpus is, by language, from its tables alone, and how many shards would suit it.

Belongs here: counting rows and summing lengths, column by column. Does not: fetching, or reading, a single text.
"""

from typing import Final

import polars as pl

from alchemy_assets import schema
from alchemy_assets.corpora.detection import Evidence, vote_of
from alchemy_assets.corpora.parquet_ids import Shape, rows
from alchemy_assets.corpora.tables import tables
from alchemy_assets.settings import MOST_SHARDS, Fetch, PublicCorpus

# `language` is "" for what is none of ours; `bytes` leaves out rows without a length, which `unknown` counts.
SIZES: schema.Columns = {
    "language": pl.String(),
    "rows": pl.Int64(),
    "bytes": pl.Int64(),
    "unknown": pl.Int64(),
    "shards": pl.Int64(),
}
_COLUMNS: Final = ("label", "length_bytes")


def sizes(shape: Shape, corpus: PublicCorpus, fetch: Fetch, shard_bytes: int) -> pl.DataFrame:
    """Rows (occurrences) and bytes of each language, as `SIZES`, with the shards that hold about `shard_bytes` each.

    Only the columns of labels and lengths are read, over the network too. A row without a label counts as none of ours.
    """
    totals = pl.DataFrame(schema={"label": pl.String(), "rows": pl.Int64(), "bytes": pl.Int64(), "unknown": pl.Int64()})
    for table in tables(corpus.path or shape.home, fetch):
        for frame in rows(table, shape, _COLUMNS):
            length = pl.col("length_bytes")
            counted = frame.group_by("label").agg(
                pl.len().cast(pl.Int64).alias("rows"),
                length.sum().alias("bytes"),
                length.null_count().cast(pl.Int64).alias("unknown"),
            )
            totals = pl.concat([totals, counted]).group_by("label").sum()
    language = pl.col("label").map_elements(_language, return_dtype=pl.String())
    return (
        totals.group_by(language.alias("language"))
        .agg(pl.col("rows", "bytes", "unknown").sum())
        .with_columns(shards=pl.col("bytes").map_elements(lambda size: shards(size, shard_bytes), pl.Int64()))
        .sort("language")
        .select(pl.col(name).cast(kind) for name, kind in SIZES.items())
    )


def shards(size: int, shard_bytes: int) -> int:
    """The smallest power of two of shards that hold at most `shard_bytes` each on average, as many as there may be."""
    wanted = max(1, -(-size // shard_bytes))
    return min(MOST_SHARDS, 1 << (wanted - 1).bit_length())


def _language(label: str) -> str:
    vote = vote_of(Evidence(label, ""), None)
    return "" if vote is None else vote.language
