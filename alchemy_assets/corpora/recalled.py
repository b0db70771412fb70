"""Take blobs out of an earlier version of a partition, so that new code or a shorter list of ids asks the bucket for nothing.

Belongs here: which stored texts give back their blob. Does not: what is still missing after that (`fetched`). A text is only
believed if its bytes have the SHA-1 of its blob id: what was decoded from another encoding is fetched again.
"""

import contextlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from alchemy_assets.corpora.journal import BLOB, Journal
from alchemy_assets.corpora.texts import blob_id as blob_id_of

_BATCH_ROWS: Final = 256


def recall(journal: Path, published: Iterable[Path]) -> int:
    """Add the blobs of published `source_files` tables to a journal that is not there yet; returns how many."""
    if journal.exists():
        return 0  # an earlier attempt knows more
    recalled = 0
    with Journal(journal) as kept:
        for path in published:
            # A damaged file gives what it can; the rest is fetched.
            with contextlib.suppress(pa.ArrowException, OSError):
                for blob_id, text in _rows(path):
                    raw = text.encode()
                    if blob_id_of(raw) == blob_id:
                        kept.add(blob_id, BLOB, raw)
                        recalled += 1
    return recalled


def _rows(path: Path) -> Iterator[tuple[str, str]]:
    with pq.ParquetFile(path) as table:
        for batch in table.iter_batches(_BATCH_ROWS, columns=["blob_id", "text"]):
            yield from zip(batch["blob_id"].to_pylist(), batch["text"].to_pylist(), strict=True)
