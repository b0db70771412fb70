"""Find files that are nearly copies of each other, and decide which of them is kept.

Belongs here: signatures (per shard) and clusters (per language). Does not: removing anything (`apply`).
MinHash with 256 permutations, LSH with 42 bands of 6 rows (finds 99.5 % of pairs at Jaccard 0.7), every candidate pair
verified on the exact sets. Clusters do not chain: a file goes only if it is verified near a file that stays.
"""

from collections import defaultdict
from collections.abc import Iterable

import numpy as np
import polars as pl
from numpy.typing import NDArray
from rensa import RMinHash

from alchemy_assets import schema
from alchemy_assets.curation.license_headers import without_notice
from alchemy_assets.curation.shingles import Hashes, fixed, jaccard, mix, shingles

PERMUTATIONS = 256
SEED = 42
BANDS = 42
ROWS = 6
# In a bucket that grows huge (licence-only files, stubs), a file is compared with the first kept ones only.
KEPT_TO_COMPARE = 64


def sign(files: pl.DataFrame) -> pl.DataFrame:
    """The table `signatures` of a shard, ordered by blob id; notices of copyright and licence are not compared."""
    sets = [shingles(without_notice(text)) for text in files["text"]]
    signed = files.select("blob_id", "length_bytes").with_columns(
        pl.Series("shingles", [pl.Series(each) for each in sets], dtype=pl.List(pl.UInt64)),
        pl.Series("signature", _signatures(sets), dtype=pl.List(pl.UInt32)),
    )
    return schema.validate(signed.sort("blob_id"), schema.SIGNATURES, "signatures")


def standing(held_out: pl.DataFrame, verdicts: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """What decides which of two copies is kept; columns: blob_id, held_out, kept (by every stage of `verdicts`)."""
    refused = pl.concat(
        [held_out.select("blob_id").clear(), *(table.filter(~pl.col("kept")).select("blob_id") for table in verdicts)]
    )
    return held_out.select("blob_id", "held_out", kept=~pl.col("blob_id").is_in(refused["blob_id"].implode()))


def _signatures(sets: list[Hashes]) -> list[list[int]]:
    if not sets:
        return []
    offsets = np.concatenate(([0], np.cumsum([len(each) for each in sets])))
    matrix = RMinHash.digest_matrix_from_flat_token_hashes(np.concatenate(sets), offsets.tolist(), PERMUTATIONS, SEED)
    rows: list[list[int]] = matrix.to_rows()
    return rows


def cluster(signatures: pl.DataFrame, standings: pl.DataFrame, least_jaccard: float) -> pl.DataFrame:
    """The table `near_duplicates` of a language, from the signatures and `standing` of all its shards, ordered by blob id.

    Files are taken in keeper order: kept by the stages first (a file that goes anyway must not take its copies with it),
    then held out, the longer, the smaller blob id. A file near a kept one joins the cluster of the nearest (the first in
    order on a tie); any other is kept and starts its own.
    """
    order = ["kept", "held_out", "length_bytes", "blob_id"]
    files = signatures.join(standings, on="blob_id", how="left").sort(
        order, descending=[True, True, True, False], nulls_last=True
    )
    sets = [each.to_numpy() for each in files["shingles"]]
    buckets_of = _shared_buckets(files["signature"])
    kept_in: defaultdict[int, list[int]] = defaultdict(list)
    keeper_of, likeness = list(range(files.height)), [1.0] * files.height
    for row in range(files.height):
        buckets = buckets_of.get(row, ())
        near = {
            kept: jaccard(sets[row], sets[kept])
            for kept in sorted({kept for bucket in buckets for kept in kept_in[bucket]})
        }
        best = max(near, key=lambda kept: near[kept], default=None)
        if best is not None and near[best] >= least_jaccard:
            keeper_of[row], likeness[row] = best, near[best]
            continue
        for bucket in buckets:
            if len(kept_in[bucket]) < KEPT_TO_COMPARE:
                kept_in[bucket].append(row)
    clusters = files.select("blob_id").with_columns(
        cluster=files["blob_id"].gather(keeper_of) if files.height else pl.Series(dtype=pl.String),
        keeper=pl.Series([keeper == row for row, keeper in enumerate(keeper_of)], dtype=pl.Boolean),
        jaccard_to_keeper=pl.Series(likeness, dtype=pl.Float64),
    )
    return schema.validate(clusters.sort("blob_id"), schema.NEAR_DUPLICATES, "near_duplicates")


def _shared_buckets(signatures: pl.Series) -> dict[int, list[int]]:
    """For each row the LSH buckets that it shares with another row."""
    bands = _bands(
        signatures.list.to_array(PERMUTATIONS).to_numpy() if len(signatures) else np.zeros((0, PERMUTATIONS), np.uint32)
    )
    long = pl.DataFrame(
        {
            "row": np.repeat(np.arange(len(bands), dtype=np.uint32), BANDS),
            "band": np.tile(np.arange(BANDS, dtype=np.uint8), len(bands)),
            "hash": bands.reshape(-1),
        }
    )
    shared = long.group_by("band", "hash").agg("row").filter(pl.col("row").list.len() > 1).with_row_index("bucket")
    by_row = shared.explode("row", empty_as_null=True).group_by("row").agg("bucket")
    return dict(zip(by_row["row"].to_list(), by_row["bucket"].to_list(), strict=True))


def _bands(matrix: NDArray[np.uint32]) -> Hashes:
    """One hash for each band of each signature."""
    rows = matrix[:, : BANDS * ROWS].reshape(-1, BANDS, ROWS).astype(np.uint64)
    return mix((mix(rows + np.uint64(1)) * fixed(ROWS, seed=4)).sum(axis=2, dtype=np.uint64))
