"""Tables that never stand in memory whole: Parquet that is written some rows at a time, and queries that spill to disk."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from alchemy_assets import schema

_ROW_GROUP: Final = 16_384
_LEAST_MEMORY: Final = 128 * 2**20


def arrow(frame: pl.DataFrame) -> pa.Table:
    """The frame as Arrow of the kind that every reader knows."""
    return frame.to_arrow(compat_level=pl.CompatLevel.oldest())


@contextmanager
def within(memory: int, scratch: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """DuckDB in at most `memory` bytes, but no less than it needs to work at all; the rest goes to the scratch folder."""
    with duckdb.connect() as connection:
        connection.execute(f"SET memory_limit = '{max(memory, _LEAST_MEMORY) // 1000} kB'")
        connection.execute("SET temp_directory = $folder", {"folder": str(scratch / "duckdb")})
        connection.execute("SET threads = 1")
        yield connection


class Appended:
    """A Parquet file of one of our tables that frames are appended to; without any it is an empty table."""

    def __init__(self, path: Path, columns: schema.Columns) -> None:
        self.path = path
        self.rows = 0
        self._columns = columns
        self._schema = arrow(pl.DataFrame(schema=dict(columns))).schema
        self._writer = pq.ParquetWriter(path, self._schema, compression="zstd", compression_level=3)

    def add(self, frame: pl.DataFrame) -> None:
        """Append the rows of a frame, which is checked against the table's columns."""
        if frame.height:
            table = arrow(schema.validate(frame, self._columns, self.path.name))
            self._writer.write_table(table.cast(self._schema), row_group_size=_ROW_GROUP)
            self.rows += frame.height

    def close(self) -> None:
        """Finish the file; it cannot be read before."""
        self._writer.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
