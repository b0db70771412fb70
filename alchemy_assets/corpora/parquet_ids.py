"""Read the rows of a corpus that lies in Parquet: blob ids and what stands beside them, and texts where there are any.

Belongs here: columns and their spellings, repository rows that list files. Does not: where the files lie (`tables`), what
is made of the rows (`ids`). Rows come as frames of at most some thousand rows, in the order of the files.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from alchemy_assets import schema
from alchemy_assets.corpora.tables import ParquetTable
from alchemy_assets.errors import CorpusFormatError

# `label` is the corpus's name of the language; `text` is raw, since it may not be valid UTF-8.
ROWS: schema.Columns = {
    "blob_id": pl.String(),
    "label": pl.String(),
    "repo_name": pl.String(),
    "path": pl.String(),
    "licenses": pl.List(pl.String()),
    "license_type": pl.String(),
    "src_encoding": pl.String(),
    "length_bytes": pl.Int64(),
    "text": pl.Binary(),
}
_ID_ROWS: Final = 16_384
_TEXT_ROWS: Final = 64
# A repository may list a hundred thousand files.
_REPOSITORY_ROWS: Final = 64


@dataclass(frozen=True)
class Shape:
    """What the Parquet files of a corpus look like.

    key: the corpus key. home: its place on the Hub. columns: our column -> the names that it may have there, the first that
    is there is taken. needed: our columns without which a file is refused; `text` stands for `blob_id`.
    listed_in: the column that lists the files of a repository, where a row is a repository.
    """

    key: str
    home: str
    columns: Mapping[str, tuple[str, ...]]
    needed: frozenset[str]
    listed_in: str = ""


def rows(table: ParquetTable, shape: Shape, only: Collection[str] = ROWS) -> Iterator[pl.DataFrame]:
    """Frames of `location` and the columns `only` of `ROWS`; what a file lacks is null.

    The location is the file and its row, `a.parquet:3`, and the place in its list where a row is a repository,
    `a.parquet:3.1`. Raises CorpusFormatError where a column is missing, or is of a type that it cannot be.
    """
    with table.opened() as file:
        leaves = _leaves(file, shape, table.name)
        chosen = {
            ours: leaf for ours, leaf in leaves.items() if ours in only or (ours == "file_name" and "path" in only)
        }
        size = _REPOSITORY_ROWS if shape.listed_in else _TEXT_ROWS if "text" in chosen else _ID_ROWS
        number = 0
        for batch in file.iter_batches(batch_size=size, columns=sorted(chosen.values())):
            try:
                raw = _raw(batch, shape, chosen)
                frame = _shaped(raw, only)
            except (pl.exceptions.PolarsError, pa.ArrowException) as error:
                msg = f"{table.name}, after row {number}: its columns do not hold what {shape.key} has there ({error})"
                raise CorpusFormatError(msg) from error
            located = pl.format("{}:{}", pl.lit(table.name), pl.col("_row") + number + 1)
            if shape.listed_in:
                located = pl.format("{}.{}", located, pl.col("_row").cum_count().over("_row"))
            yield frame.with_columns(location=located).drop("_row").select("location", *(c for c in ROWS if c in only))
            number += batch.num_rows


def _leaves(file: pq.ParquetFile, shape: Shape, name: str) -> dict[str, str]:
    """Our columns and the Parquet columns that they are read from."""
    there = {_plain(path): path for path in (file.schema.column(i).path for i in range(len(file.schema)))}
    found = {
        ours: there[spelled]
        for ours, spellings in shape.columns.items()
        if (spelled := next((spelling for spelling in spellings if spelling in there), None)) is not None
    }
    missing = sorted(shape.needed - set(found) - ({"blob_id"} if "text" in found else set()))
    if missing:
        wanted = ", ".join(f"{' or '.join(shape.columns[ours])} ({ours})" for ours in missing)
        msg = f"{name} lacks {wanted}; it has {', '.join(sorted(there))}. Is it a file of {shape.key}?"
        raise CorpusFormatError(msg)
    return found


def _plain(path: str) -> str:
    """`files.list.element.blob_id` as `files.blob_id`: what a list's levels are called depends on who wrote it."""
    return ".".join(part for part in path.split(".") if part not in ("list", "element", "item", "bag", "array"))


def _raw(batch: pa.RecordBatch, shape: Shape, leaves: Mapping[str, str]) -> pl.DataFrame:
    """One row a file, with our names and their types; columns that are not there are left out."""
    for at, field in enumerate(batch.schema):
        if field.name == leaves.get("text") and not pa.types.is_binary(field.type):
            batch = batch.set_column(at, field.name, batch.column(at).cast(pa.large_binary()))
    batch.validate(full=True)  # Polars takes it for granted that a string is UTF-8
    frame = pl.DataFrame(pl.from_arrow(batch)).with_row_index("_row")
    if shape.listed_in:
        # A repository without files has none to lose.
        frame = frame.explode(shape.listed_in, empty_as_null=False, keep_nulls=False)
        if frame.height:
            frame = frame.unnest(shape.listed_in, separator=".")
    return frame.select(
        pl.col("_row").cast(pl.Int64),
        **{ours: pl.col(_plain(leaf)) for ours, leaf in leaves.items() if _plain(leaf) in frame.columns},
    )


def _shaped(raw: pl.DataFrame, only: Collection[str]) -> pl.DataFrame:
    types = {**ROWS, "file_name": pl.String()}
    if raw.schema.get("licenses") == pl.String():
        raw = raw.with_columns(pl.concat_list("licenses"))
    frame = raw.with_columns(
        *(pl.col(name).cast(types[name]) for name in raw.columns if name != "_row"),
        **{name: pl.lit(None, dtype=kind) for name, kind in types.items() if name not in raw.columns},
    )
    whole = (
        pl.when(pl.col("file_name").is_null() | pl.col("path").str.ends_with(pl.col("file_name")))
        .then("path")
        .otherwise(pl.concat_str("path", "file_name", separator="/", ignore_nulls=True).str.strip_chars_start("/"))
    )
    listed = pl.col("licenses").list.eval(pl.element().filter(pl.element().is_not_null() & (pl.element() != "")))
    frame = frame.with_columns(
        blob_id=pl.col("blob_id").str.to_lowercase(),
        path=whole.fill_null(""),
        licenses=listed.list.unique().list.sort().fill_null(pl.lit([], dtype=pl.List(pl.String()))),
        **{name: pl.col(name).fill_null("") for name in ("label", "repo_name", "license_type", "src_encoding")},
    )
    return frame.select("_row", *(name for name in ROWS if name in only))
