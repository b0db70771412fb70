"""Cluster the files of a language that are nearly copies of each other, and say which of them is kept.

Belongs here: the clusters. Does not: signing files (`signatures`), the order of keepers (`keeper_order`), removing (`apply`).
Every candidate pair is verified on the whole sets of shingles. Clusters do not chain: a file goes only if it is verified
near a file that stays.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from alchemy_assets import schema
from alchemy_assets.curation.candidates import Buckets, ShingleSets, shared_buckets, shingle_sets_of
from alchemy_assets.curation.keeper_order import in_keeper_order
from alchemy_assets.curation.shingles import jaccard

# In a bucket that grows huge (stubs, generated clients), a file is compared with the first kept ones only.
KEPT_TO_COMPARE = 64


def cluster(signatures: Sequence[Path], standings: pl.DataFrame, least_jaccard: float, scratch: Path) -> pl.DataFrame:
    """The table `near_duplicates` of a language, ordered by blob id.

    signatures: the Parquet files of its shards; they are read piece by piece, and their shingles copied into `scratch`.
    standings: `keeper_order.standing` of all shards.
    Files are taken in keeper order: one that is near a kept file joins the cluster of the nearest (the first in order on
    a tie); any other is kept and starts its own.
    """
    files = in_keeper_order(signatures, standings)
    ranks = np.empty(files.height, dtype=np.int32)
    ranks[files["place"].to_numpy()] = np.arange(files.height, dtype=np.int32)
    buckets = shared_buckets(signatures, ranks)
    with shingle_sets_of(signatures, ranks, buckets.shared, scratch) as sets:
        keepers, likeness = _nearest_kept(buckets, sets, least_jaccard)
    clusters = files.select(
        "blob_id",
        cluster=files["blob_id"].gather(keepers),
        keeper=pl.Series(keepers == np.arange(files.height)),
        jaccard_to_keeper=pl.Series(likeness),
        keeper_held_out=files["held_out"].gather(keepers),
    )
    return schema.validate(clusters.sort("blob_id"), schema.NEAR_DUPLICATES, "near_duplicates")


def _nearest_kept(
    buckets: Buckets, sets: ShingleSets, least_jaccard: float
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """For each rank that of the file which is kept for it, and the Jaccard index of the two."""
    keepers = np.arange(len(sets.sizes), dtype=np.int32)
    likeness = np.ones(len(keepers))
    kept = _Kept(buckets.sizes)
    for rank in np.flatnonzero(buckets.shared).tolist():
        mine, size = buckets.of(rank), sets.sizes[rank]
        near = kept.within(mine)
        # Two sets cannot be more alike than their sizes are.
        sizes = sets.sizes[near]
        near = near[np.minimum(sizes, size) >= least_jaccard * np.maximum(sizes, size)]
        if len(near):
            shingles = sets.of(rank)
            alike = [jaccard(shingles, sets.of(other)) for other in near.tolist()]
            best = int(np.argmax(alike))
            if alike[best] >= least_jaccard:
                keepers[rank], likeness[rank] = near[best], alike[best]
                continue
        kept.add(rank, mine)
    return keepers, likeness


class _Kept:
    """The first kept files of each bucket, in an array that has room for as many as are compared."""

    def __init__(self, sizes: NDArray[np.uint8]) -> None:
        # The last file of a bucket is compared with those before it, and none with it.
        self.room = np.minimum(sizes - np.uint8(1), KEPT_TO_COMPARE).astype(np.uint8)
        self.starts = np.cumsum(self.room, dtype=np.uint32) - self.room
        self.counts = np.zeros(len(sizes), dtype=np.uint8)
        self.ranks = np.empty(int(self.room.sum(dtype=np.int64)), dtype=np.int32)

    def within(self, buckets: NDArray[np.int32]) -> NDArray[np.int32]:
        """The kept files of some buckets, in keeper order."""
        buckets = buckets[self.counts[buckets] > 0]
        counts = self.counts[buckets].astype(np.int64)
        ends = np.cumsum(counts)
        places = np.repeat(self.starts[buckets] - ends + counts, counts) + np.arange(counts.sum())
        return np.unique(self.ranks[places])

    def add(self, rank: int, buckets: NDArray[np.int32]) -> None:
        """Note that a file is kept, in those of its buckets that have room."""
        buckets = buckets[self.counts[buckets] < self.room[buckets]]
        self.ranks[self.starts[buckets] + self.counts[buckets]] = rank
        self.counts[buckets] += np.uint8(1)
