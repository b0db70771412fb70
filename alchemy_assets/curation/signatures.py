"""Sign files for the search of near duplicates: the set of their shingles, and one hash for each band of their MinHash.

Belongs here: the table `signatures` of a shard. Does not: comparing files (`near_duplicates`).
MinHash with 256 permutations, 42 bands of 6 rows: two files at Jaccard 0.7 share a band with a chance of 99.5 %. Of the
MinHash only the bands' hashes are stored: candidates are found by them, and verified on the shingles themselves.
"""

from collections.abc import Iterable, Iterator

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray
from rensa import RMinHash

from alchemy_assets import schema
from alchemy_assets.curation.license_headers import without_notice
from alchemy_assets.curation.shingles import Hashes, Shingles, fixed, mix, shingle_sets

PERMUTATIONS = 256
SEED = 42
BANDS = 42
ROWS = PERMUTATIONS // BANDS
# Bytes hashed at once: the arrays of a block stay in the processor's cache, and outweigh what NumPy's calls cost.
_BLOCK = 256 * 2**10

_OF_ROW = fixed(ROWS, seed=4)


def sign(files: pl.DataFrame) -> pl.DataFrame:
    """The table `signatures` of a shard, ordered by blob id; notices of copyright and licence are not compared."""
    sets: list[Shingles] = []
    bands = [np.zeros((0, BANDS), dtype=np.uint64)]
    for block in _blocks(without_notice(text).encode() for text in files["text"]):
        of_block = shingle_sets(block)
        sets += of_block
        bands.append(band_hashes(min_hashes(of_block)))
    signed = files.select("blob_id", "length_bytes").with_columns(
        _lists(sets).alias("shingles"), pl.Series("bands", np.concatenate(bands))
    )
    return schema.validate(signed.sort("blob_id"), schema.SIGNATURES, "signatures")


def min_hashes(sets: list[Shingles]) -> NDArray[np.uint32]:
    """The MinHash signature of each set, one a row; the share of equal columns of two rows estimates their Jaccard index."""
    offsets = np.cumsum([0, *map(len, sets)])
    hashes = np.concatenate(sets).astype(np.uint64)
    matrix = RMinHash.digest_matrix_from_flat_token_hashes(hashes, offsets.tolist(), PERMUTATIONS, SEED)
    return np.array(matrix.to_rows(), dtype=np.uint32)


def band_hashes(signatures: NDArray[np.uint32]) -> Hashes:
    """One hash for each band of each signature."""
    rows = signatures[:, : BANDS * ROWS].reshape(-1, BANDS, ROWS).astype(np.uint64)
    return mix((mix(rows + np.uint64(1)) * _OF_ROW).sum(axis=2, dtype=np.uint64))


def _blocks(contents: Iterable[bytes]) -> Iterator[list[bytes]]:
    block: list[bytes] = []
    size = 0
    for content in contents:
        block.append(content)
        size += len(content)
        if size >= _BLOCK:
            yield block
            block, size = [], 0
    if block:
        yield block


def _lists(sets: list[Shingles]) -> pl.Series:
    offsets = np.cumsum([0, *map(len, sets)], dtype=np.int64)
    values = np.concatenate([np.zeros(0, dtype=np.uint32), *sets])
    return pl.Series(pa.LargeListArray.from_arrays(offsets, values))
