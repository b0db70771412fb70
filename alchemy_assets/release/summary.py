"""What a release holds, in numbers: what its card prints, and what its asset shows.

Belongs here: counting rows. Does not: how the numbers are laid out (`release.card`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from alchemy_assets.schema import Columns

COUNTS: Columns = {
    "config": pl.String(),
    "language": pl.String(),
    "kind": pl.String(),
    "license": pl.String(),
    "corpus": pl.String(),
    "rows": pl.Int64(),
    "characters": pl.Int64(),
}
_KEYS = ("config", "language", "kind", "license", "corpus")
CHARACTERS_A_TOKEN = 4


def count(rows: pl.DataFrame, config: str) -> pl.DataFrame:
    """Count the rows of a config; columns: COUNTS. A file of several corpora counts under its first."""
    return (
        rows.select(
            pl.lit(config).alias("config"),
            "language",
            "kind",
            "license",
            pl.col("occurrences").list.first().struct.field("corpus").alias("corpus"),
            pl.lit(1, dtype=pl.Int64).alias("rows"),
            pl.col("len_text").alias("characters"),
        )
        .group_by(_KEYS)
        .agg(pl.col("rows").sum(), pl.col("characters").sum())
    )


@dataclass(frozen=True)
class Summary:
    """What a release holds.

    counts: columns COUNTS, one row a config, language, kind, licence and corpus.
    files: size in bytes by path inside the release; the card is not among them.
    withheld: samples by config that are left out because their seed file could not be taken out for certain.
    """

    counts: pl.DataFrame
    files: Mapping[str, int]
    withheld: Mapping[str, int]

    @classmethod
    def of(cls, counts: Sequence[pl.DataFrame], withheld: Mapping[str, int], folder: Path) -> "Summary":
        """Sum up the counts of all configs and the files that were written."""
        summed = (
            pl.concat([pl.DataFrame(schema=dict(COUNTS)), *counts])
            .group_by(_KEYS)
            .agg(pl.col("rows").sum(), pl.col("characters").sum())
        )
        files = {str(file.relative_to(folder)): file.stat().st_size for file in sorted(folder.glob("*/*.parquet"))}
        return cls(
            counts=summed.sort(_KEYS, nulls_last=True),
            files=files,
            withheld={name: rows for name, rows in withheld.items() if rows},
        )

    def rows_of(self, config: str) -> int:
        """Rows that a config has."""
        return int(self.counts.filter(pl.col("config") == config)["rows"].sum())

    @property
    def rows(self) -> int:
        """Rows of all configs."""
        return int(self.counts["rows"].sum())

    @property
    def bytes(self) -> int:
        """Size of all Parquet files."""
        return sum(self.files.values())

    def by(self, *keys: str, config: str | None = None) -> pl.DataFrame:
        """Rows, characters and estimated tokens by some of the keys, in the order of the keys."""
        counts = self.counts if config is None else self.counts.filter(pl.col("config") == config)
        return (
            counts.group_by(keys)
            .agg(pl.col("rows").sum(), pl.col("characters").sum())
            .with_columns((pl.col("characters") // CHARACTERS_A_TOKEN).alias("tokens"))
            .sort(keys, nulls_last=True)
        )
