"""Read a corpus once and split it by language and shard: one blob becomes one row, whatever is not source is listed.

Belongs here: the two passes, and what makes a blob a source file. Does not: where files come from (`local_files`),
which language one is in (`detection`). The first pass spills what is found to disk by the top bits of its blob id;
the second takes one such bucket at a time. So memory holds one shard at most, and the order in which files come in
leaves no trace.
"""

import hashlib
import shutil
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

import polars as pl

from alchemy_assets import schema
from alchemy_assets.corpora import found
from alchemy_assets.corpora.detection import Evidence, detect
from alchemy_assets.corpora.encodings import Decoded
from alchemy_assets.corpora.forgotten import REASON, Forgotten
from alchemy_assets.corpora.found import Found, Rejected
from alchemy_assets.corpora.merge import occurrence
from alchemy_assets.corpora.texts import Refusal, bytes_refusal, content_id, text_of
from alchemy_assets.settings import Settings
from alchemy_assets.shards import shard_of

# Bytes of files that the first pass gathers before it writes them out.
_SPILL_BYTES: Final = 64 * 2**20
# What a row costs beside its text, roughly: a table of many small files counts, too.
_ROW_BYTES: Final = 1024
_REJECTED_ROWS: Final = 50_000

_SPILLED: schema.Columns = {
    "blob_id": pl.String(),
    "location": pl.String(),
    "repo_name": pl.String(),
    "path": pl.String(),
    "licenses": pl.List(pl.String()),
    "license_type": pl.String(),
    "label": pl.String(),
    "encoding": pl.String(),
    "data": pl.Binary(),
}
_WITHOUT_DATA: Final = [name for name in _SPILLED if name != "data"]


@dataclass(frozen=True)
class Index:
    """A corpus, read: its source files by language and shard, in files below a scratch folder; its rejected inputs.

    rejected: `schema.REJECTED_INPUTS`, sorted. repeated: inputs that repeat an occurrence word for word, such as a line that
    stands twice in a file. Every input is an occurrence of a source file, one of these, or rejected.
    """

    files: Mapping[tuple[str, str], tuple[Path, ...]]
    rejected: pl.DataFrame
    repeated: int

    def parts(self) -> Iterator[tuple[str, str, pl.DataFrame]]:
        """Language, shard key and `schema.SOURCE_FILES` sorted by blob id; each pair that has files once."""
        for (language, key), paths in sorted(self.files.items()):
            frame = pl.concat([pl.read_parquet(path, glob=False) for path in paths]).sort("blob_id")
            yield language, key, schema.validate(frame, schema.SOURCE_FILES, "source_files")


def index(
    corpus_key: str,
    inputs: Iterable[Found | Rejected],
    settings: Settings,
    scratch: Path,
    forgotten: Forgotten = Forgotten(),  # noqa: B008 -- frozen
) -> Index:
    """Split what a corpus holds by language and shard; what is forgotten is listed as rejected.

    `scratch` is a folder on a disk with room for the corpus; what an earlier call left there is removed. Parts are read
    from it, so it has to stay until they have been.
    """
    spill, split = scratch / "spill", scratch / "split"
    for folder in (spill, split):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    rejections = _Rejections(corpus_key)
    buckets = _spill(inputs, settings.shards, spill, rejections, forgotten)
    files: defaultdict[tuple[str, str], list[Path]] = defaultdict(list)
    repeated = 0
    for bucket, paths in sorted(buckets.items()):
        one = _Bucket(corpus_key, settings, paths, rejections)
        rows = one.rows()
        repeated += one.repeated
        for (language, key), some in sorted(rows.items()):
            path = split / f"{language} {key} {bucket}.parquet"
            schema.frame_of(some, schema.SOURCE_FILES).write_parquet(path, compression="lz4")
            files[language, key].append(path)
        for path in paths:
            path.unlink()
    return Index({pair: tuple(paths) for pair, paths in files.items()}, rejections.frame(), repeated)


class _Rejections:
    """Rejected inputs, kept as frames: there may be far more of them than source files."""

    def __init__(self, corpus: str) -> None:
        self._corpus = corpus
        self._rows: list[dict[str, object]] = []
        self._frames: list[pl.DataFrame] = []

    def add(self, location: str, reason: str, detail: str = "") -> None:
        self._rows.append({"corpus": self._corpus, "location": location, "reason": reason, "detail": detail})
        if len(self._rows) >= _REJECTED_ROWS:
            self._flush()

    def frame(self) -> pl.DataFrame:
        self._flush()
        return pl.concat(self._frames).sort(list(schema.REJECTED_INPUTS))

    def _flush(self) -> None:
        self._frames.append(schema.frame_of(self._rows, schema.REJECTED_INPUTS))
        self._rows = []


def _spill(
    inputs: Iterable[Found | Rejected], count: int, folder: Path, rejections: _Rejections, forgotten: Forgotten
) -> dict[str, list[Path]]:
    """Write what could be source to Parquet files, each of one bucket; a bucket is a shard of the grid's count."""
    buckets: defaultdict[str, list[Path]] = defaultdict(list)
    rows: defaultdict[str, list[dict[str, object]]] = defaultdict(list)
    size = 0

    def flush() -> None:
        for bucket, some in rows.items():
            path = folder / f"{bucket} {len(buckets[bucket])}.parquet"
            schema.frame_of(some, _SPILLED).write_parquet(path, compression="lz4")
            buckets[bucket].append(path)
        rows.clear()

    for one in inputs:
        if isinstance(one, Rejected):
            rejections.add(one.location, one.reason, one.detail)
            continue
        blob_id = hashlib.sha1(one.data, usedforsecurity=False).hexdigest()
        refusal = _refusal(one, blob_id)
        if why := forgotten.why(one.repo_name, blob_id):
            refusal = Refusal(REASON, why)
        if refusal is not None:
            rejections.add(one.location, *refusal)
            continue
        rows[shard_of(blob_id, count)].append(
            {
                "blob_id": blob_id,
                "location": one.location,
                "repo_name": one.repo_name,
                "path": one.path,
                "licenses": sorted(set(one.licenses)),
                "license_type": one.license_type,
                "label": one.label,
                "encoding": one.encoding,
                "data": one.data,
            }
        )
        size += len(one.data) + _ROW_BYTES
        if size >= _SPILL_BYTES:
            flush()
            size = 0
    flush()
    return buckets


def _refusal(one: Found, blob_id: str) -> Refusal | None:
    """Why a file cannot be source, by what its bytes alone say."""
    if one.blob_id and one.blob_id != blob_id:
        return Refusal(found.BLOB_ID, f"{one.blob_id[:40]} given, {blob_id} computed")
    return bytes_refusal(one.data)


class _Bucket:
    """The second pass over one bucket: all occurrences of a blob first, then its bytes, once."""

    def __init__(self, corpus: str, settings: Settings, paths: list[Path], rejections: _Rejections) -> None:
        self._corpus = corpus
        self._settings = settings
        self._paths = paths
        self._rejections = rejections
        self.repeated = 0

    def rows(self) -> dict[tuple[str, str], list[dict[str, object]]]:
        """Rows of `schema.SOURCE_FILES` by language and shard key, each list sorted by blob id."""
        occurrences: defaultdict[str, list[dict[str, object]]] = defaultdict(list)
        for path in self._paths:
            for place in pl.read_parquet(path, columns=_WITHOUT_DATA, glob=False).iter_rows(named=True):
                occurrences[place["blob_id"]].append(place)
        by_part: defaultdict[tuple[str, str], list[dict[str, object]]] = defaultdict(list)
        seen: set[str] = set()
        for path in self._paths:
            for blob_id, data in pl.read_parquet(path, columns=["blob_id", "data"], glob=False).iter_rows():
                if blob_id in seen:
                    continue
                seen.add(blob_id)
                row = self._source_file(blob_id, data, occurrences[blob_id])
                if row is not None:
                    language = str(row["language"])
                    by_part[language, shard_of(blob_id, self._settings.shard_count(language))].append(row)
        return {part: sorted(some, key=lambda row: str(row["blob_id"])) for part, some in by_part.items()}

    def _source_file(self, blob_id: str, data: bytes, places: list[dict[str, object]]) -> dict[str, object] | None:
        """The row of a blob, or None once each of its occurrences stands among the rejected inputs."""
        evidence = {(str(p["repo_name"]), str(p["path"]), str(p["label"])) for p in places}
        detected = detect((Evidence(label, path) for _, path, label in sorted(evidence)), data)
        selected = detected is not None and detected.language in self._settings.languages
        claimed = min((str(place["encoding"]) for place in places if place["encoding"]), default="")
        decoded = text_of(data, claimed) if selected else None
        refusal = decoded if isinstance(decoded, Refusal) else None
        if detected is not None and not selected:
            refusal = Refusal(found.NOT_SELECTED, detected.language)
        if detected is None or not isinstance(decoded, Decoded):
            for place in places:
                reason, detail = refusal or (found.NO_LANGUAGE, _seen(place))
                self._rejections.add(str(place["location"]), reason, detail)
            return None
        unique = {occurrence(place | {"corpus": self._corpus}) for place in places}
        self.repeated += len(places) - len(unique)
        return {
            "blob_id": blob_id,
            "content_id": content_id(data),
            "language": detected.language,
            "language_source": detected.source,
            "occurrences": [one.as_row() for one in sorted(unique)],
            "encoding": decoded.encoding,
            "length_bytes": len(data),
            "text": decoded.text,
        }


def _seen(place: dict[str, object]) -> str:
    """What an occurrence had to tell its language by."""
    if place["label"]:
        return f"labelled {place['label']}"
    return PurePosixPath(str(place["path"])).suffix or "no suffix"
