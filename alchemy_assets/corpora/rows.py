"""Read rows with a column of source text: JSON Lines and Parquet.

Belongs here: columns and their spellings, broken rows. Does not: decompression (`streams`), the meaning of a label
(`detection`). Rows are read one by one, or some at a time; a file never stands in memory whole.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from alchemy_assets.corpora import found
from alchemy_assets.corpora.found import Found, Rejected, printable, too_large
from alchemy_assets.corpora.streams import opened, readable
from alchemy_assets.errors import CorpusFormatError

SUFFIXES: Final = (".jsonl", ".jsonl.gz", ".jsonl.zst")

TEXT: Final = ("text", "content")
# The first of a column's spellings that has a value is taken.
_BLOB_ID: Final = ("blob_id",)
_LANGUAGE: Final = ("language", "lang")
_PATH: Final = ("path", "max_stars_repo_path")
_REPOSITORY: Final = ("repo_name", "repo", "max_stars_repo_name")
_LICENSES: Final = ("licenses", "license", "detected_licenses", "max_stars_repo_licenses")
_LICENSE_TYPE: Final = ("license_type",)
_COLUMNS: Final = (*TEXT, *_BLOB_ID, *_LANGUAGE, *_PATH, *_REPOSITORY, *_LICENSES, *_LICENSE_TYPE)

_BATCH_ROWS: Final = 64
_BUFFER_BYTES: Final = 2**20
# JSON writes a byte of text as six at most (`\u0001`); the rest of the row has to fit as well.
_ESCAPED: Final = 6
_REST_OF_ROW: Final = 2**20
_ERROR_LENGTH: Final = 200


def json_lines(path: Path, largest: int) -> Iterator[Found | Rejected]:
    """Every line of a .jsonl file (.gz and .zst, too) as found or rejected; blank lines are passed over.

    Raises CorpusFormatError where the file is truncated or damaged.
    """
    limit = _ESCAPED * largest + _REST_OF_ROW
    number = 0
    with opened(path) as stream:
        while line := stream.readline(limit + 1):
            number += 1
            location = printable(f"{path.name}:{number}")
            if len(line) > limit:
                while line and not line.endswith(b"\n"):
                    line = stream.readline(limit)
                yield too_large(location, None, largest)
            elif line.strip():
                yield _line(line, location, largest)


def parquet(path: Path, largest: int) -> Iterator[Found | Rejected]:
    """Every row of a Parquet file as found or rejected.

    Raises CorpusFormatError where the file is truncated or damaged, or has no column of text.
    """
    with readable(path), pq.ParquetFile(path, buffer_size=_BUFFER_BYTES, pre_buffer=False) as file:
        columns = [name for name in _COLUMNS if name in file.schema_arrow.names]
        if not set(columns) & set(TEXT):
            msg = f"{path} has no column {' or '.join(TEXT)}; its columns are {', '.join(file.schema_arrow.names)}"
            raise CorpusFormatError(msg)
        number = 0
        for batch in file.iter_batches(batch_size=_BATCH_ROWS, columns=columns):
            for row in _binary(batch, path).to_pylist():
                number += 1
                yield _row(row, printable(f"{path.name}:{number}"), largest)


def _binary(batch: pa.RecordBatch, path: Path) -> pa.RecordBatch:
    """The batch with its texts as bytes, which may not be valid UTF-8."""
    for name in set(TEXT) & set(batch.schema.names):
        position = batch.schema.get_field_index(name)
        kind = batch.schema.field(position).type
        if pa.types.is_dictionary(kind):
            kind = kind.value_type
        if not any(
            is_kind(kind)
            for is_kind in (
                pa.types.is_string,
                pa.types.is_large_string,
                pa.types.is_binary,
                pa.types.is_large_binary,
                pa.types.is_null,
            )
        ):
            msg = f"{path}: its column {name} holds {kind}, not text"
            raise CorpusFormatError(msg)
        batch = batch.set_column(position, name, batch.column(position).cast(pa.large_binary()))
    return batch


def _line(line: bytes, location: str, largest: int) -> Found | Rejected:
    try:
        row = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        return Rejected(location, found.NOT_JSON, printable(str(error))[:_ERROR_LENGTH])
    if not isinstance(row, dict):
        return Rejected(location, found.NOT_JSON, f"a {type(row).__name__}")
    return _row(row, location, largest)


def _row(row: Mapping[str, object], location: str, largest: int) -> Found | Rejected:
    text = _first(row, TEXT)
    if isinstance(text, str):
        try:
            text = text.encode("utf-8")
        except UnicodeEncodeError as error:
            return Rejected(location, found.UNDECODABLE, f"lone surrogate at character {error.start}")
    if not isinstance(text, bytes):
        there = ", ".join(printable(name) for name in row)[:_ERROR_LENGTH]
        return Rejected(location, found.TEXT_MISSING, f"the row has {there or 'no columns'}")
    if len(text) > largest:
        return too_large(location, len(text), largest)
    return Found(
        location,
        repo_name=_text(row, _REPOSITORY),
        path=_text(row, _PATH),
        data=text,
        licenses=_licenses(_first(row, _LICENSES)),
        license_type=_text(row, _LICENSE_TYPE),
        label=_text(row, _LANGUAGE),
        blob_id=_text(row, _BLOB_ID).lower(),
    )


def _first(row: Mapping[str, object], names: tuple[str, ...]) -> object:
    return next((row[name] for name in names if row.get(name) is not None), None)


def _text(row: Mapping[str, object], names: tuple[str, ...]) -> str:
    value = _first(row, names)
    return "" if value is None else printable(value if isinstance(value, str) else str(value))


def _licenses(value: object) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value]
    return tuple(sorted({printable(one) for one in values if isinstance(one, str) and one}))
