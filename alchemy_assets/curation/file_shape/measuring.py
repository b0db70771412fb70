"""Measure a frame of files by functions that see the texts of one language at a time.

Belongs here: cutting a frame into such pieces and putting their signals back in order. Does not: what is measured.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import TypeAlias

import numpy as np
import polars as pl

from alchemy_assets.curation.file_shape.tables import Tables, tables_of
from alchemy_assets.curation.file_shape.texts import Places, Shares
from alchemy_assets.schema import Columns

Signals: TypeAlias = Callable[[Tables, str], Mapping[str, Places | Shares]]

# What is read at once: small enough for the arrays made of it to stay in the processor's cache.
CHUNK_BYTES = 2**20
# glibc gives the memory of a piece's arrays back to the kernel and asks for it again for the next, a tenth of all time. To free
# one block of nearly the largest size that counts (32 MB, M_MMAP_THRESHOLD in mallopt(3)) makes it keep what is smaller. The
# block is never written to, so it costs nothing; where there is no glibc nothing happens.
_FREED_ONCE = 31 * 2**20


def measured(files: pl.DataFrame, signals: Signals, columns: Columns) -> pl.DataFrame:
    """One row of `columns` for each row of `source_files`; order, other rows and slicing change nothing."""
    np.empty(_FREED_ONCE, dtype=np.uint8)
    numbered = files.select("language", "text").with_row_index("row")
    rows, parts = [np.zeros(0, dtype=np.int64)], []
    for (language,), same in numbered.group_by("language", maintain_order=True):
        for chunk in _chunks(same):
            rows.append(chunk["row"].to_numpy())
            parts.append(signals(tables_of(chunk["text"]), str(language)))
    order = np.argsort(np.concatenate(rows), kind="stable")
    return pl.DataFrame(
        {
            name: pl.Series(np.concatenate([part[name] for part in parts])[order] if parts else [], dtype=kind)
            for name, kind in columns.items()
        }
    )


def _chunks(files: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Slices of about `CHUNK_BYTES` of text each."""
    sizes = files["text"].str.len_bytes().cast(pl.Int64).to_numpy()
    chunk = (np.cumsum(sizes) - sizes) // CHUNK_BYTES
    starts = [0, *(np.flatnonzero(np.diff(chunk)) + 1).tolist(), len(sizes)]
    for start, end in pairwise(starts):
        yield files.slice(start, end - start)
