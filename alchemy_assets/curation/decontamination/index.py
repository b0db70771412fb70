"""Put the fingerprints of all items together, and look hashes up in them.

Belongs here: which n-grams are common, the table of the index, its sorted arrays. Does not: shares and texts (`matches`).
An n-gram that stands in several repositories (or benchmark items) of the index is common (boilerplate, idioms) and proves
nothing; nor does one that stands in a held-out file of licences. The held-out files are a draw by hash from the corpus,
so what is common among them is common in the corpus, in whatever order and however many shards they come.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from alchemy_assets import schema
from alchemy_assets.curation.decontamination.fingerprints import BOILERPLATE, FINGERPRINTS
from alchemy_assets.curation.decontamination.tokens import Hashes, Places

INDEX: schema.Columns = {**FINGERPRINTS, "common_hashes": pl.List(pl.UInt64())}
_SORTS = ("gram_hashes", "shape_hashes", "structure_hashes")
_ORDER = ("kind", "family", "item", "part", "document", "tokens")


def build(fingerprints: Iterable[pl.DataFrame], common: int) -> pl.DataFrame:
    """The table `contamination_index`: one row a part, its common hashes taken out of the lists (of n-grams, set aside).

    `fingerprints` come from any number of shards, languages and benchmarks in any order. A hash is common that stands in
    at least `common` documents (repositories, benchmark items).
    """
    parts = (
        pl.concat([pl.DataFrame(schema=dict(FINGERPRINTS)), *fingerprints])
        .unique()
        .sort(*_ORDER, *(pl.col(sort).list.sum() for sort in _SORTS))
        .with_row_index("number")
    )
    for sort in _SORTS:
        long = parts.select("number", "document", "kind", hash=sort).explode("hash", empty_as_null=False)
        often = pl.col("document").n_unique() >= common
        refused = long.group_by("hash").agg(common=often | (pl.col("kind") == BOILERPLATE).any()).filter("common")
        parts = parts.drop(sort).join(_lists(long.join(refused, on="hash", how="anti"), sort), on="number", how="left")
        if sort == "gram_hashes":
            aside = _lists(long.join(refused, on="hash", how="semi"), "common_hashes")
            parts = parts.join(aside, on="number", how="left")
    lists = [pl.col(name).fill_null(pl.lit([], dtype=pl.List(pl.UInt64))) for name in (*_SORTS, "common_hashes")]
    return schema.validate(parts.with_columns(lists).sort("number").drop("number"), INDEX, "contamination_index")


def _lists(long: pl.DataFrame, name: str) -> pl.DataFrame:
    return long.group_by("number").agg(pl.col("hash").sort().alias(name))


class Share(NamedTuple):
    """Which share of a part's hashes a text has; both by their number."""

    row: int
    part: int
    share: float


@dataclass(frozen=True)
class Lookup:
    """Where hashes occur: sorted distinct hashes, and for each the parts that have it (numbers of rows of the index).

    sizes: how many hashes each part has.
    marks: whether a hash with those low bits is there at all; most are not, and this is all that is asked of them.
    """

    hashes: Hashes
    offsets: Places
    parts: Places
    sizes: Places
    marks: NDArray[np.bool_]

    def maybe(self, hashes: Hashes) -> Places:
        """The places of those hashes that may be there."""
        return np.flatnonzero(self.marks[hashes & np.uint64(len(self.marks) - 1)])

    def shares(self, rows: Places, hashes: Hashes, least: float) -> list[Share]:
        """The parts of which a row (a text) has at least that share of their hashes, in order."""
        if not len(self.hashes):
            return []
        places = np.minimum(np.searchsorted(self.hashes, hashes), len(self.hashes) - 1)
        there = self.hashes[places] == hashes
        rows, places = np.divmod(np.unique(rows[there] * len(self.hashes) + places[there]), len(self.hashes))
        counts = self.offsets[places + 1] - self.offsets[places]
        within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        numbers = self.parts[np.repeat(self.offsets[places], counts) + within]
        pairs, shared = np.unique(np.repeat(rows, counts) * len(self.sizes) + numbers, return_counts=True)
        rows, numbers = np.divmod(pairs, len(self.sizes))
        found = shared / self.sizes[numbers]
        enough = found >= least
        return [
            Share(*one)
            for one in zip(rows[enough].tolist(), numbers[enough].tolist(), found[enough].tolist(), strict=True)
        ]


_BITS = (16, 27)  # fewest and most address bits of the marks
_SPARSE = 64  # marks for each hash, as long as the bits suffice


def lookup(index: pl.DataFrame, sort: str, where: pl.Expr) -> Lookup:
    """The occurrences of one sort of hashes in those rows of the index."""
    numbered = index.select(hash=sort, chosen=where).with_row_index("number")
    sizes = numbered["hash"].list.len().to_numpy().astype(np.intp)
    long = numbered.filter("chosen").explode("hash", empty_as_null=False).sort("hash", "number")
    hashes, offsets = np.unique(long["hash"].to_numpy(), return_index=True)
    bits = min(max(_BITS[0], (len(hashes) * _SPARSE).bit_length()), _BITS[1])
    marks = np.zeros(1 << bits, dtype=bool)
    marks[hashes & np.uint64(len(marks) - 1)] = True
    parts = long["number"].to_numpy().astype(np.intp)
    return Lookup(hashes, np.append(offsets, long.height), parts, sizes, marks)
