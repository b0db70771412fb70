"""Settle the language of blobs that lie in partitions of different languages, because two corpora call them differently.

Belongs here: `detection.strongest` over tables, and what it means for partitions. Does not: rows of one partition (`merge`).
Only ids, languages and occurrences are read, never a text.
"""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import polars as pl

from alchemy_assets import schema
from alchemy_assets.corpora.appended import within
from alchemy_assets.corpora.detection import STRENGTH
from alchemy_assets.corpora.merge import Occurrence, occurrence

# One row a blob that several languages claim.
SETTLED: schema.Columns = {
    "blob_id": pl.String(),
    "language": pl.String(),
    "language_source": pl.String(),
    "occurrences": pl.List(schema.OCCURRENCE),
}
_CONTESTED: Final = """
    SELECT blob_id, language, language_source, occurrences
    FROM read_parquet($files)
    WHERE blob_id IN (SELECT blob_id FROM read_parquet($files) GROUP BY blob_id HAVING min(language) < max(language))
"""


def decide(votes: pl.DataFrame) -> pl.DataFrame:
    """The `language` and `source` of each `blob_id`, sorted by it, as `detection.strongest` decides them.

    votes: columns `blob_id, language, source, path, occurrences` (how many agree), as in `detection.Vote`.
    """
    strength = pl.col("source").replace_strict(STRENGTH, return_dtype=pl.Int8)
    return (
        votes.filter(strength == strength.max().over("blob_id"))
        .with_columns(agree=pl.col("occurrences").sum().over("blob_id", "language"))
        .sort("blob_id", "agree", "path", "language", "source", descending=[False, True, False, False, False])
        .unique("blob_id", keep="first", maintain_order=True)
        .select("blob_id", "language", "source")
    )


def settle(files: Sequence[Path], scratch: Path, memory: int) -> pl.DataFrame:
    """The blobs that stand under more than one language in tables of source files, as `SETTLED`, sorted by blob id.

    files: the Parquet files of all partitions of all corpora. Each row has the language that wins and all occurrences, those
    under the losing languages too. Memory stays below `memory` bytes beside the contested rows; DuckDB spills to `scratch`.
    """
    if not files:
        return pl.DataFrame(schema=dict(SETTLED))
    with within(memory, scratch) as connection:
        rows = connection.sql(_CONTESTED, params={"files": [str(file) for file in files]}).pl()
    if rows.is_empty():
        return pl.DataFrame(schema=dict(SETTLED))
    rows = rows.select(pl.col(name).cast(kind) for name, kind in SETTLED.items())
    votes = rows.select(
        "blob_id",
        "language",
        source="language_source",
        path=pl.col("occurrences").list.eval(pl.element().struct.field("path")).list.min(),
        occurrences=pl.col("occurrences").list.len().cast(pl.Int64),
    )
    places: defaultdict[str, set[Occurrence]] = defaultdict(set)
    for blob_id, some in rows.select("blob_id", "occurrences").iter_rows():
        places[blob_id].update(occurrence(place) for place in some)
    return schema.frame_of(
        [
            {
                "blob_id": blob_id,
                "language": language,
                "language_source": source,
                "occurrences": [place.as_row() for place in sorted(places[blob_id])],
            }
            for blob_id, language, source in decide(votes).iter_rows()
        ],
        SETTLED,
    )


def keep_settled(files: pl.DataFrame, settled: pl.DataFrame) -> pl.DataFrame:
    """What stays of a frame of source files once languages are settled: a blob leaves every language but the one that won.

    Its row there gets the occurrences of all. `merge` joins what is left of several corpora.
    """
    won = settled.select(pl.col("blob_id"), pl.exclude("blob_id").name.prefix("settled_"))
    joined = files.join(won, on="blob_id", how="left", maintain_order="left")
    mine = joined.filter(pl.col("settled_language").is_null() | (pl.col("settled_language") == pl.col("language")))
    return mine.with_columns(
        pl.coalesce(f"settled_{name}", name).alias(name) for name in ("language_source", "occurrences")
    ).select(files.columns)
