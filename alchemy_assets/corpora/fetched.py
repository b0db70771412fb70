"""Make source files of the ids of one partition: fetch their blobs, then write one row a blob.

Belongs here: what is still missing, rows out of blobs. Does not: requests (`software_heritage`), the file that keeps blobs
until the partition is published (`journal`). Memory holds the blobs under way, some rows, and about 130 bytes an id.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow.parquet as pq

from alchemy_assets import schema
from alchemy_assets.corpora import found
from alchemy_assets.corpora.appended import Appended
from alchemy_assets.corpora.detection import Evidence, detect
from alchemy_assets.corpora.journal import BLOB, REFUSED, Journal, Record
from alchemy_assets.corpora.software_heritage import BucketDownError, Wanted, fetch
from alchemy_assets.corpora.texts import Refusal, bytes_refusal, content_id, text_of
from alchemy_assets.errors import CorpusFormatError
from alchemy_assets.settings import Settings

_MISSING: Final = 255
_BATCH_ROWS: Final = 4_096
# A text stands in memory as bytes, as a string, in a column and compressed before it is on disk.
_COPIES: Final = 8
_NAMED: Final = 3
_MADE: Final = {
    "content_id": pl.String(),
    "encoding": pl.String(),
    "length_bytes": pl.Int64(),
    "text": pl.String(),
    "reason": pl.String(),
    "detail": pl.String(),
}


@dataclass(frozen=True)
class Fetched:
    """The source files of one partition, on disk.

    files: `schema.SOURCE_FILES` sorted by blob id. rejected: `schema.REJECTED_INPUTS`, one row an occurrence, in the order of
    blob ids. inputs: occurrences of the ids; each is one of `occurrences`, or of the `rejections`. asked: blobs that were
    asked for in this call.
    """

    files: Path
    rejected: Path
    inputs: int
    blobs: int
    occurrences: int
    rejections: int
    asked: int


class Part(NamedTuple):
    """A partition of a public corpus."""

    corpus_key: str
    language: str
    shard: str

    def journal(self, settings: Settings) -> Path:
        """Where the fetched blobs of a partition are kept until it is published; to be deleted then."""
        return settings.workspace / "fetched" / self.corpus_key / self.language / f"{self.shard}.journal"


def source_files(part: Part, ids: Path, settings: Settings, scratch: Path) -> Fetched:
    """Fetch what the ids of one partition (a file of `ids.IDS`, sorted by blob id) name, and make source files of it.

    Blobs that an earlier call left in the journal are not asked for again. The result is in `scratch` and depends on the ids
    and the blobs alone. Raises BucketDownError where blobs cannot be had for now (unless `fetch.unavailable` is `reject`).
    """
    largest = settings.public_corpora()[part.corpus_key].largest_file
    with Journal(part.journal(settings)) as journal:
        kept = _Kept(ids, largest, journal)
        unavailable = kept.unavailable = fetch(kept.missing(), settings.fetch, largest, kept.keep)
        if unavailable and settings.fetch.unavailable == "fail":
            some = "; ".join(f"{blob_id}: {why}" for blob_id, why in list(unavailable.items())[:_NAMED])
            msg = (
                f"{len(unavailable)} of {kept.asked} blobs of {' '.join(part)} could not be fetched ({some}). The others are "
                f'kept in {journal.path}: run again to go on, or set fetch.unavailable = "reject" to go on without these'
            )
            raise BucketDownError(msg)
        return _write(part, ids, kept, scratch, settings.fetch.memory // _COPIES)


class _Kept:
    """Where each blob of a partition stands in its journal, by its place among the sorted ids."""

    def __init__(self, ids: Path, largest: int, journal: Journal) -> None:
        self._source = ids
        self._largest = largest
        self._journal = journal
        self._ids = _blob_ids(ids)
        self._kinds = np.full(len(self._ids), _MISSING, dtype=np.uint8)
        self._offsets = np.zeros(len(self._ids), dtype=np.int64)
        self._lengths = np.zeros(len(self._ids), dtype=np.int64)
        self.asked = 0
        self.unavailable: dict[str, str] = {}
        for record in journal.records():
            self._note(record)

    def missing(self) -> Iterator[Wanted]:
        """The blobs that have to be asked for, in the order of their ids."""
        place = 0
        with pq.ParquetFile(self._source) as file:
            for batch in file.iter_batches(batch_size=_BATCH_ROWS, columns=["blob_id", "length_bytes"]):
                for blob_id, length in zip(
                    batch["blob_id"].to_pylist(), batch["length_bytes"].to_pylist(), strict=True
                ):
                    if self._kinds[place] == _MISSING:
                        self.asked += 1
                        yield Wanted(blob_id, length)
                    place += 1

    def keep(self, blob_id: str, blob: bytes | Refusal) -> None:
        """Write down what came of a blob."""
        if isinstance(blob, Refusal):
            self._note(self._journal.add(blob_id, REFUSED, json.dumps(blob).encode()))
        else:
            self._note(self._journal.add(blob_id, BLOB, blob))

    def lengths(self, start: int, stop: int) -> list[int]:
        """Bytes of the blobs at some places."""
        return [int(length) for length in self._lengths[start:stop]]

    def at(self, place: int) -> bytes | Refusal | None:
        """The blob at a place, why there is none, or None where nothing is known of it."""
        if self._kinds[place] == _MISSING:
            return None
        data = self._journal.read(int(self._offsets[place]), int(self._lengths[place]))
        return data if self._kinds[place] == BLOB else Refusal(*json.loads(data))

    def _note(self, record: Record) -> None:
        blob_id = record.blob_id.encode()
        place = int(np.searchsorted(self._ids, blob_id))
        if place == len(self._ids) or self._ids[place] != blob_id:
            return  # the ids have changed since
        if record.kind == REFUSED:
            reason = json.loads(self._journal.read(record.offset, record.length))[0]
            if reason.startswith("larger") and reason != found.too_large("", None, self._largest).reason:
                return  # the limit has changed since
        elif record.length > self._largest:
            return
        self._kinds[place], self._offsets[place], self._lengths[place] = record.kind, record.offset, record.length


def _blob_ids(ids: Path) -> "npt.NDArray[np.bytes_]":
    """The blob ids of a partition; raises CorpusFormatError where they are not sorted, or not unique."""
    place = 0
    with pq.ParquetFile(ids) as file:
        found_ids = np.empty(file.metadata.num_rows, dtype="S40")
        for batch in file.iter_batches(batch_size=_BATCH_ROWS, columns=["blob_id"]):
            found_ids[place : place + batch.num_rows] = batch["blob_id"].to_pylist()
            place += batch.num_rows
    if not bool(np.all(found_ids[1:] > found_ids[:-1])):
        msg = f"{ids} is not sorted by blob id; materialise the ids of its corpus again"
        raise CorpusFormatError(msg)
    return found_ids


def _write(part: Part, ids: Path, kept: _Kept, scratch: Path, most: int) -> Fetched:
    inputs = occurrences = place = 0
    with (
        Appended(scratch / "files.parquet", schema.SOURCE_FILES) as files,
        Appended(scratch / "rejected.parquet", schema.REJECTED_INPUTS) as rejected,
        pq.ParquetFile(ids) as file,
    ):
        for batch in file.iter_batches(batch_size=_BATCH_ROWS):
            frame = pl.DataFrame(pl.from_arrow(batch))
            inputs += int(frame["occurrences"].list.len().sum())
            for start, count in _pieces(kept.lengths(place, place + frame.height), most):
                some = frame.slice(start, count)
                made = _made(some, kept, place + start)
                rows = some.drop("length_bytes").hstack(made)
                good = rows.filter(pl.col("reason").is_null()).select(list(schema.SOURCE_FILES))
                occurrences += int(good["occurrences"].list.len().sum())
                files.add(good)
                rejected.add(_rejections(part.corpus_key, rows.filter(pl.col("reason").is_not_null())))
            place += frame.height
    return Fetched(
        files.path,
        rejected.path,
        inputs=inputs,
        blobs=files.rows,
        occurrences=occurrences,
        rejections=rejected.rows,
        asked=kept.asked,
    )


def _pieces(lengths: list[int], most: int) -> Iterator[tuple[int, int]]:
    """Start and count of runs of rows whose blobs are `most` bytes together, or one row."""
    start = total = 0
    for place, length in enumerate(lengths):
        if place > start and total + length > most:
            yield start, place - start
            start, total = place, 0
        total += length
    if start < len(lengths):
        yield start, len(lengths) - start


def _made(some: pl.DataFrame, kept: _Kept, place: int) -> pl.DataFrame:
    """What `schema.SOURCE_FILES` needs beside the ids, or the reason and detail why there is no row."""
    columns = "blob_id", "language", "language_source", "src_encoding"
    rows: list[tuple[object, ...]] = []
    for at, (blob_id, language, source, claimed) in enumerate(some.select(columns).iter_rows()):
        data = kept.at(place + at)
        if data is None:
            data = Refusal(found.UNAVAILABLE, kept.unavailable[blob_id])
        if isinstance(data, Refusal):
            rows.append((None, None, None, None, *data))
            continue
        refusal = bytes_refusal(data) or _contradiction(language, source, some["occurrences"][at], data)
        decoded = refusal or text_of(data, claimed)
        if isinstance(decoded, Refusal):
            rows.append((None, None, None, None, *decoded))
        else:
            rows.append((content_id(data), decoded.encoding, len(data), decoded.text, None, None))
    return pl.DataFrame(rows, schema=_MADE, orient="row")


def _contradiction(language: str, source: str, occurrences: pl.Series, data: bytes) -> Refusal | None:
    """Why a blob whose language was told by its name is not in it, now that its text is there; a label is believed."""
    if source == "label":
        return None
    detected = detect((Evidence("", place["path"]) for place in occurrences), data)
    if detected is not None and detected.language == language:
        return None
    return Refusal(found.NO_LANGUAGE, f"not the {language} that its name says")


def _rejections(corpus_key: str, rows: pl.DataFrame) -> pl.DataFrame:
    listed = rows.select("blob_id", "reason", "detail", "occurrences")
    places = listed.explode("occurrences", empty_as_null=False).unnest("occurrences")
    location = pl.format("{}/{} ({})", "repo_name", "path", "blob_id")
    return places.select(pl.lit(corpus_key).alias("corpus"), location.alias("location"), "reason", "detail")
