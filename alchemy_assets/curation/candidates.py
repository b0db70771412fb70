"""Find the files that may be copies of each other, and have their shingles at hand, in bounded memory.

Belongs here: what is read from tables of signatures. Does not: deciding which of two copies is kept (`near_duplicates`).
A file is known by its rank in keeper order. In memory are a few numbers a file: its band hashes, of a few bands at a time,
and the buckets that it shares with another file. Shingles are in a scratch file, which the system caches as it can.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, TypeAlias

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from alchemy_assets.curation.shingles import Hashes, Shingles
from alchemy_assets.curation.signatures import BANDS

# More at once are faster and need more memory: bands, 8 bytes a file each; and rows as they are decoded, of which one may
# have a million shingles.
_BANDS_AT_ONCE = 7
_ROWS = {"bands": 8_192, "shingles": 64}
_BUFFER = 2**20

NONE = -1
MANY = 255

Ranks: TypeAlias = NDArray[np.int32]


@dataclass(frozen=True)
class Buckets:
    """The LSH buckets that hold more than one file.

    numbers: a row for each rank, a column for each band; NONE where nobody shares the band's hash.
    sizes: how many files are in a bucket, by its number; MANY stands for all counts above it.
    """

    numbers: NDArray[np.int32]
    sizes: NDArray[np.uint8]

    def of(self, rank: int) -> NDArray[np.int32]:
        """The numbers of a file's buckets."""
        row = self.numbers[rank]
        mine: NDArray[np.int32] = row[row != NONE]
        return mine

    @property
    def shared(self) -> NDArray[np.bool_]:
        """Whether a file shares any, for each rank."""
        shared: NDArray[np.bool_] = np.any(self.numbers != NONE, axis=1)
        return shared


def shared_buckets(signatures: Sequence[Path], ranks: Ranks) -> Buckets:
    """The buckets of more than one file; `ranks` tells the rank of each row of the tables, read one after another."""
    numbers = np.full((len(ranks), BANDS), NONE, dtype=np.int32)
    sizes = [np.zeros(0, dtype=np.uint8)]
    known = 0
    for first in range(0, BANDS, _BANDS_AT_ONCE):
        wanted = range(first, min(first + _BANDS_AT_ONCE, BANDS))
        for band, hashes in zip(wanted, _bands(signatures, wanted, len(ranks)), strict=True):
            rows, groups = _groups(hashes)
            numbers[ranks[rows], band] = groups + np.int32(known)
            sizes.append(np.minimum(np.bincount(groups), MANY).astype(np.uint8))
            known += len(sizes[-1])
    return Buckets(numbers, np.concatenate(sizes))


def _bands(signatures: Sequence[Path], wanted: range, files: int) -> Iterator[Hashes]:
    held = np.empty((len(wanted), files), dtype=np.uint64)
    for start, batch in _batches(signatures, "bands"):
        rows = batch.flatten().to_numpy().reshape(-1, BANDS)
        held[:, start : start + len(rows)] = rows[:, wanted.start : wanted.stop].T
    yield from held


def _groups(hashes: Hashes) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """The rows whose hash another row has too, and the number of their group."""
    order = np.argsort(hashes)
    hashes = hashes[order]
    as_before = np.zeros(len(hashes), dtype=bool)
    as_before[1:] = hashes[1:] == hashes[:-1]
    grouped = as_before.copy()
    grouped[:-1] |= as_before[1:]
    return order[grouped], np.cumsum(~as_before[grouped], dtype=np.int32) - np.int32(1)


@dataclass(frozen=True)
class ShingleSets:
    """The shingles of files in a scratch file: `sizes` of them from `starts`, both by rank."""

    scratch: IO[bytes]
    starts: NDArray[np.int64]
    sizes: NDArray[np.int32]

    def of(self, rank: int) -> Shingles:
        """The shingles of a file, sorted and distinct."""
        width = np.dtype(np.uint32).itemsize
        read = os.pread(self.scratch.fileno(), int(self.sizes[rank]) * width, int(self.starts[rank]) * width)
        return np.frombuffer(read, dtype=np.uint32)


@contextmanager
def shingle_sets_of(
    signatures: Sequence[Path], ranks: Ranks, wanted: NDArray[np.bool_], folder: Path
) -> Iterator[ShingleSets]:
    """The shingles of the files of wanted ranks, copied into a scratch file in a folder for as long as they are used."""
    with TemporaryFile(dir=folder) as scratch:
        starts, sizes = np.zeros(len(ranks), dtype=np.int64), np.zeros(len(ranks), dtype=np.int32)
        written = 0
        for start, batch in _batches(signatures, "shingles"):
            of_batch = ranks[start : start + len(batch)]
            chosen = wanted[of_batch]
            held = of_batch[chosen]
            sizes[held] = batch.value_lengths().to_numpy()[chosen]
            starts[held] = written + np.cumsum(sizes[held]) - sizes[held]
            values = batch.filter(chosen).flatten().to_numpy()
            scratch.write(values)
            written += len(values)
        scratch.flush()
        yield ShingleSets(scratch, starts, sizes)


def _batches(signatures: Sequence[Path], column: str) -> Iterator[tuple[int, Any]]:
    """A column of the tables in pieces, each with the number of its first row."""
    start = 0
    for path in signatures:
        with pq.ParquetFile(path, buffer_size=_BUFFER, pre_buffer=False) as table:
            for batch in table.iter_batches(_ROWS[column], columns=[column], use_threads=False):
                yield start, batch.column(column)
                start += batch.num_rows
