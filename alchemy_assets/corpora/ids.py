"""Split the rows of a public corpus by language and shard: the ids of blobs that have to be fetched, and texts at hand.

Belongs here: what an id's row says without its text, and which rows are rejected for it. Does not: columns (`parquet_ids`),
rows with texts (`index`), fetching (`fetched`). As in `index`, rows are spilled by the top bits of their blob id, then taken
a bucket at a time, so the order in which they come leaves no trace.
"""

import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl
import pyarrow as pa

from alchemy_assets import schema
from alchemy_assets.corpora import found
from alchemy_assets.corpora.appended import Appended, arrow, within
from alchemy_assets.corpora.detection import Evidence, vote_of
from alchemy_assets.corpora.forgotten import REASON, Forgotten
from alchemy_assets.corpora.found import Found, Rejected
from alchemy_assets.corpora.index import Index, index
from alchemy_assets.corpora.parquet_ids import ROWS, Shape, rows
from alchemy_assets.corpora.settle import decide
from alchemy_assets.corpora.tables import ParquetTable, tables
from alchemy_assets.corpora.texts import blob_id as blob_id_of
from alchemy_assets.settings import MOST_SHARDS, PublicCorpus, Settings
from alchemy_assets.shards import HEX_DIGITS, shard_key, shard_of

# One row a blob; its encoding and length are what the corpus says of it, "" or null where it says nothing.
IDS: schema.Columns = {
    "blob_id": pl.String(),
    "language": pl.String(),
    "language_source": pl.String(),
    "occurrences": pl.List(schema.OCCURRENCE),
    "src_encoding": pl.String(),
    "length_bytes": pl.Int64(),
}
_SPILLED: Final = ("location", *(name for name in ROWS if name != "text"))
_PLACE: Final = ("repo_name", "path", "licenses", "license_type")
# A compressed table is about a tenth of its rows in memory, and deciding about a bucket takes a few copies of it.
_GROWTH: Final = 40
_SPILL_SHARE: Final = 8
_FIRST_BITS: Final = 4 * HEX_DIGITS


@dataclass(frozen=True)
class Split:
    """A public corpus, read; its files lie below the scratch folder.

    texts: the index of the rows that had a text. ids: the rest, `IDS` sorted by blob id, a Parquet file for each language
    and shard key. rejected: `schema.REJECTED_INPUTS` of both, sorted, as a Parquet file. inputs: rows read; each is an
    occurrence, one of the `repeated`, or rejected.
    """

    texts: Index
    ids: dict[tuple[str, str], Path]
    rejected: Path
    inputs: int
    occurrences: int
    repeated: int


def split(
    shape: Shape,
    corpus: PublicCorpus,
    settings: Settings,
    scratch: Path,
    forgotten: Forgotten = Forgotten(),  # noqa: B008 -- frozen
) -> Split:
    """Read a public corpus once; texts that it holds are indexed, the other blobs are listed to be fetched.

    `scratch` is a folder on a disk with room for the corpus's tables; what an earlier call left there is removed.
    """
    shutil.rmtree(scratch / "ids", ignore_errors=True)
    (scratch / "ids").mkdir(parents=True)
    found_tables = tables(corpus.path or shape.home, settings.fetch)
    reading = _Reading(shape, corpus, settings, scratch / "ids", forgotten)
    texts = index(shape.key, reading.texts(found_tables), settings, scratch / "texts", forgotten)
    reading.reject(texts.rejected)
    ids = reading.ids()
    return Split(
        texts,
        ids,
        reading.rejected(),
        reading.counts["inputs"],
        reading.counts["occurrences"],
        reading.counts["repeated"] + texts.repeated,
    )


class _Reading:
    """The two passes over the rows without texts, and the rejections of all."""

    def __init__(
        self, shape: Shape, corpus: PublicCorpus, settings: Settings, folder: Path, forgotten: Forgotten
    ) -> None:
        self._shape = shape
        self._largest = corpus.largest_file
        self._settings = settings
        self._folder = folder
        self._forgotten = forgotten
        self._rejected = Appended(folder / "rejected.parquet", schema.REJECTED_INPUTS)
        self._spill: _Spill | None = None
        self.counts: Counter[str] = Counter()

    def texts(self, found_tables: Sequence[ParquetTable]) -> Iterator[Found | Rejected]:
        """The rows with texts; those without are spilled on the way."""
        size = sum(table.size for table in found_tables)
        self._spill = _Spill(self._folder, size, self._settings)
        for table in found_tables:
            for frame in rows(table, self._shape):
                self.counts["inputs"] += frame.height
                yield from _found(frame.filter(pl.col("text").is_not_null()), self._largest)
                self._without_text(frame.filter(pl.col("text").is_null()).select(_SPILLED))
        self._spill.flush()

    def _without_text(self, frame: pl.DataFrame) -> None:
        blob_id, repository = pl.col("blob_id"), pl.col("repo_name")
        large = pl.col("length_bytes") > self._largest
        too_large = found.too_large("", None, self._largest).reason
        judged = frame.with_columns(
            _is_id=blob_id.str.contains("^[0-9a-f]{40}$").fill_null(value=False),
            _blob=blob_id.is_in(sorted(self._forgotten.blob_ids)).fill_null(value=False),
            _repository=repository.is_in(sorted(self._forgotten.repositories)),
        ).with_columns(
            reason=pl.when(~pl.col("_is_id"))
            .then(pl.lit(found.NO_BLOB_ID))
            .when(pl.col("_blob") | pl.col("_repository"))
            .then(pl.lit(REASON))
            .when(large)
            .then(pl.lit(too_large)),
            detail=pl.when(~pl.col("_is_id"))
            .then(blob_id.str.head(40).fill_null(""))
            .when(pl.col("_blob"))
            .then(pl.lit("its blob id"))
            .when(pl.col("_repository"))
            .then(pl.lit("its repository"))
            .otherwise(pl.format("{} bytes by its corpus", "length_bytes")),
        )
        self.reject(judged.filter(pl.col("reason").is_not_null()))
        assert self._spill is not None  # noqa: S101 -- it is made before the first row is read
        self._spill.add(judged.filter(pl.col("reason").is_null()).select(_SPILLED))

    def reject(self, frame: pl.DataFrame) -> None:
        """List rows with a `location`, a `reason` and a `detail`."""
        self._rejected.add(
            frame.select(pl.lit(self._shape.key).alias("corpus"), "location", "reason", "detail"),
        )

    def rejected(self) -> Path:
        """All rejections, sorted, in one file."""
        self._rejected.close()
        path = self._folder / "sorted.parquet"
        with within(self._settings.fetch.memory, self._folder) as connection:
            connection.read_parquet(str(self._rejected.path)).order("ALL").write_parquet(str(path), compression="zstd")
        return path

    def ids(self) -> dict[tuple[str, str], Path]:
        """The second pass: what is left of each bucket, appended to the files of its languages and shards."""
        assert self._spill is not None  # noqa: S101 -- as above
        writers: dict[str, tuple[str, Appended]] = {}
        paths: dict[tuple[str, str], Path] = {}
        for bucket in self._spill.buckets():
            for (name,), some in self._bucket(bucket).group_by("language", maintain_order=True):
                language = str(name)
                # A bucket is a shard of every language or part of one, and buckets come in the order of blob ids.
                key = shard_of(some["blob_id"][0], self._settings.shard_count(language))
                open_key, writer = writers.get(language, ("", None))
                if writer is None or open_key != key:
                    if writer is not None:
                        writer.close()
                    writer = Appended(self._folder / f"{language} {key}.parquet", IDS)
                    writers[language] = key, writer
                    paths[language, key] = writer.path
                writer.add(some)
        for _, writer in writers.values():
            writer.close()
        return paths

    def _bucket(self, places: pl.DataFrame) -> pl.DataFrame:
        """The rows of `IDS` of one bucket, sorted by language and blob id."""
        decided = decide(_votes(places)).with_columns(pl.col("language").replace("", None))
        judged = places.join(decided, on="blob_id", how="left")
        suffix = pl.format(".{}", pl.col("path").str.extract(r"[^/]\.([^./]+)$"))
        seen = pl.when(pl.col("label") != "").then(pl.format("labelled {}", "label")).otherwise(suffix)
        self.reject(
            judged.filter(pl.col("language").is_null()).with_columns(
                reason=pl.lit(found.NO_LANGUAGE), detail=pl.coalesce(seen, pl.lit("no suffix"))
            )
        )
        selected = pl.col("language").is_in(self._settings.languages)
        self.reject(judged.filter(~selected).with_columns(reason=pl.lit(found.NOT_SELECTED), detail=pl.col("language")))
        kept = judged.filter(selected)
        # A list cannot be sorted by; joined by a character that no licence has, it sorts as the list would.
        listed = pl.col("licenses").list.join("\0")
        unique = (
            kept.with_columns(_licenses=listed)
            .sort("blob_id", "repo_name", "path", "_licenses", "license_type")
            .unique(("blob_id", "repo_name", "path", "_licenses", "license_type"), keep="first", maintain_order=True)
        )
        claims = kept.group_by("blob_id").agg(
            pl.col("src_encoding").filter(pl.col("src_encoding") != "").min().fill_null(""),
            pl.col("length_bytes").max(),
        )
        self.counts["repeated"] += kept.height - unique.height
        self.counts["occurrences"] += unique.height
        return (
            unique.with_columns(
                occurrences=pl.struct(pl.lit(self._shape.key).alias("corpus"), *_PLACE), language_source="source"
            )
            .group_by("blob_id", "language", "language_source", maintain_order=True)
            .agg("occurrences")
            .join(claims, on="blob_id", how="left")
            .sort("language", "blob_id")
            .select(list(IDS))
        )


def _found(frame: pl.DataFrame, largest: int) -> Iterator[Found | Rejected]:
    for row in frame.iter_rows(named=True):
        if len(row["text"]) > largest:
            yield found.too_large(row["location"], len(row["text"]), largest)
            continue
        yield Found(
            row["location"],
            repo_name=row["repo_name"],
            path=row["path"],
            data=_raw(row["text"], row["src_encoding"], row["blob_id"] or ""),
            licenses=tuple(row["licenses"]),
            license_type=row["license_type"],
            label=row["label"],
            blob_id=row["blob_id"] or "",
            encoding=row["src_encoding"],
        )


def _raw(text: bytes, encoding: str, blob_id: str) -> bytes:
    """The bytes of a blob whose text was decoded and stored as UTF-8: of its own encoding, if that gives its blob id."""
    if not blob_id or blob_id_of(text) == blob_id:
        return text
    for name in ("utf-8-sig", encoding):
        try:
            raw = text.decode("utf-8").encode(name)
        except (LookupError, ValueError):
            continue
        if blob_id_of(raw) == blob_id:
            return raw
    return text


def _votes(places: pl.DataFrame) -> pl.DataFrame:
    """What each place says of its blob's language, as `decide` takes it."""
    evidence = places.select("blob_id", "repo_name", "path", "label").unique()
    labels = {label: vote_of(Evidence(label, ""), None) for label in evidence["label"].unique()}
    labelled = {label: vote.language for label, vote in labels.items() if vote is not None}
    by_label = evidence.filter(pl.col("label").is_in(list(labelled))).select(
        "blob_id", pl.col("label").replace(labelled).alias("language"), pl.lit("label").alias("source"), "path"
    )
    named = evidence.filter(~pl.col("label").is_in(list(labelled)))
    votes = [(path, vote_of(Evidence("", path), None)) for path in named["path"].unique()]
    table = pl.DataFrame(
        [(path, vote.language, vote.source) for path, vote in votes if vote is not None],
        schema={"path": pl.String(), "language": pl.String(), "source": pl.String()},
        orient="row",
    )
    by_name = named.join(table, on="path").select("blob_id", "language", "source", "path")
    return pl.concat([by_label, by_name]).with_columns(occurrences=pl.lit(1, dtype=pl.Int64))


class _Spill:
    """Rows on disk, by the top bits of their blob ids: a stream of Arrow batches a bucket."""

    def __init__(self, folder: Path, size: int, settings: Settings) -> None:
        wanted = max(settings.shards, size * _GROWTH // settings.fetch.memory)
        self._count: int = min(MOST_SHARDS, 1 << max(0, wanted - 1).bit_length())
        self._most = settings.fetch.memory // _SPILL_SHARE
        self._folder = folder
        self._frames: list[pl.DataFrame] = []
        self._held = 0
        self._writers: dict[str, pa.ipc.RecordBatchStreamWriter] = {}

    def add(self, frame: pl.DataFrame) -> None:
        self._frames.append(frame)
        self._held += int(frame.estimated_size())
        if self._held >= self._most:
            self.flush()

    def flush(self) -> None:
        if self._frames:
            first = pl.col("blob_id").str.head(HEX_DIGITS).str.to_integer(base=16, dtype=pl.Int64)
            frame = pl.concat(self._frames).with_columns(_bucket=first // (2**_FIRST_BITS // self._count))
            for (bucket,), some in frame.partition_by("_bucket", include_key=False, as_dict=True).items():
                table = arrow(some)
                key = shard_key(int(str(bucket)), self._count)
                if key not in self._writers:
                    options = pa.ipc.IpcWriteOptions(compression="lz4")
                    self._writers[key] = pa.ipc.new_stream(self._path(key), table.schema, options=options)
                self._writers[key].write_table(table)
        self._frames, self._held = [], 0

    def buckets(self) -> Iterator[pl.DataFrame]:
        """The rows of each bucket that has any, in the order of blob ids; what was read is removed."""
        for writer in self._writers.values():
            writer.close()
        for key in sorted(self._writers):
            with pa.ipc.open_stream(self._path(key)) as stream:
                yield pl.DataFrame(pl.from_arrow(stream.read_all()))
            Path(self._path(key)).unlink()

    def _path(self, key: str) -> str:
        return str(self._folder / f"{key}.arrow")
