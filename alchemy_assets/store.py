"""Partition files and their manifests: stage, publish, read, verify, collect garbage.

A file is written under the hash of its content and seen by nobody until a manifest names it. The manifest is written last,
atomically and by compare-and-swap, so a killed writer leaves an orphan at most, and of two writers one whole version wins.
Belongs here: bytes and names. Does not: what a table means, or when a partition is stale (`orchestration.freshness`).

    <root>/files/<asset>/<partition>/<sha256>.parquet
    <root>/manifests/<asset>/<partition>.json
"""

import fcntl
import hashlib
import json
import math
import os
import time
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import polars as pl
from pydantic import BaseModel, ConfigDict

from alchemy_assets import schema
from alchemy_assets.errors import PartitionDamagedError, PartitionMissingError, PublishConflictError

UNPARTITIONED = "all"
DAY = 24 * 3_600.0
_ROW_GROUP = 16_384
_BLOCK = 2**20


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DataFile(_Record):
    """One Parquet file. `part` is a key inside the partition, for instance the shard that its rows belong to."""

    part: str
    sha256: str
    size: int
    rows: int


class CheckRecord(_Record):
    """What a data check said of the staged files."""

    name: str
    passed: bool
    detail: str


class Manifest(_Record):
    """What is published of one partition, and how it came about.

    fingerprint: hash over the code version, the settings used and the content of every upstream partition.
    upstream: content hash by `asset/partition#part`; missing: what was left out under `allow_partial`.
    counts: rows_in, kept and one entry a reason of rejection (`rejected: <reason>`).
    """

    asset: str
    partition: str
    schema_version: int
    code_version: str
    fingerprint: str
    upstream: dict[str, str]
    missing: list[str]
    files: list[DataFile]
    counts: dict[str, int]
    notes: dict[str, str]
    checks: list[CheckRecord]

    @property
    def passed(self) -> bool:
        """Whether every check passed; what did not pass is never read."""
        return all(check.passed for check in self.checks)

    @property
    def rows(self) -> int:
        """Rows of all files."""
        return sum(file.rows for file in self.files)

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)

    def content(self, part: str | None = None) -> str:
        """Hash of the rows themselves: what makes a downstream partition stale, and nothing else does."""
        digest = hashlib.sha256()
        for file in self.files:
            if part is None or file.part == part:
                digest.update(f"{file.part}\0{file.sha256}\n".encode())
        return digest.hexdigest()

    def to_json(self) -> bytes:
        """The bytes that are stored; the same manifest gives the same bytes."""
        return json.dumps(self.model_dump(), indent=1, sort_keys=True, ensure_ascii=False).encode() + b"\n"


def _folder_name(partition: str) -> str:
    return partition.replace("|", "/")


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write_atomically(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    staged = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    with staged.open("wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
    staged.replace(path)
    _sync_folder(path.parent)


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, read in blocks."""
    digest = hashlib.sha256()
    with path.open("rb") as handle:
        while block := handle.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def row_count(file: Path) -> int:
    """Rows of a Parquet file, without reading them."""
    return int(pl.scan_parquet(file, glob=False, hive_partitioning=False).select(pl.len()).collect().item())


def _age(path: Path) -> float:
    """When a file was written; one that is just being renamed is young."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return math.inf


class Store:
    """The published partitions of one workspace."""

    def __init__(self, root: Path) -> None:
        self.root = root

    # -- writing

    def stage(self, asset: str, partition: str, frame: pl.DataFrame, part: str = "") -> DataFile:
        """Write a frame under its content's hash; nobody sees it before it is published."""
        folder = self._files(asset, partition)
        folder.mkdir(parents=True, exist_ok=True)
        staged = folder / f".{uuid.uuid4().hex}.parquet"
        frame.write_parquet(staged, compression="zstd", compression_level=3, row_group_size=_ROW_GROUP)
        with staged.open("rb") as handle:
            os.fsync(handle.fileno())
        file = DataFile(part=part, sha256=sha256_of(staged), size=staged.stat().st_size, rows=frame.height)
        staged.replace(self._path(asset, partition, file))
        _sync_folder(folder)
        return file

    def adopt(self, asset: str, partition: str, file: Path, part: str) -> DataFile:
        """Take over a finished Parquet file from the same disk, as `stage` does with a frame; the file is moved."""
        folder = self._files(asset, partition)
        folder.mkdir(parents=True, exist_ok=True)
        with file.open("rb") as handle:
            os.fsync(handle.fileno())
        os.utime(file)  # it may be days old, and is no orphan
        adopted = DataFile(part=part, sha256=sha256_of(file), size=file.stat().st_size, rows=row_count(file))
        file.replace(self._path(asset, partition, adopted))
        _sync_folder(folder)
        return adopted

    def publish(self, manifest: Manifest, replaces: Manifest | None) -> Manifest:
        """Make a partition's files the ones that are read, if it still stands as `replaces` says.

        Where another process published meanwhile, its version stays: returned if it has the same content,
        else PublishConflictError.
        """
        path = self._manifest(manifest.asset, manifest.partition)
        with self._locked(path):
            current = self.manifest(manifest.asset, manifest.partition)
            if current == manifest:
                return current
            if current != replaces:
                if (
                    current is not None
                    and current.fingerprint == manifest.fingerprint
                    and current.content() == manifest.content()
                ):
                    return current
                msg = (
                    f"{manifest.asset} {manifest.partition}: another process published other content while this one was"
                    " being made; nothing was overwritten. Run the command again."
                )
                raise PublishConflictError(msg)
            _write_atomically(path, manifest.to_json())
        return manifest

    @contextmanager
    def _locked(self, path: Path) -> Iterator[None]:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.with_suffix(".lock").open("wb") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    # -- reading

    def manifest(self, asset: str, partition: str) -> Manifest | None:
        """The manifest of a partition whatever its verdict, or None; raises PartitionDamagedError if it cannot be read."""
        path = self._manifest(asset, partition)
        try:
            return Manifest.model_validate_json(path.read_bytes())
        except FileNotFoundError:
            return None
        except ValueError as error:
            msg = f"{path} is not a manifest ({error}); delete it and run again"
            raise PartitionDamagedError(msg) from error

    def open(self, asset: str, partition: str) -> Manifest:
        """The manifest of a partition that may be read.

        Raises PartitionMissingError where there is none or a check refused it (named in the message), and
        PartitionDamagedError where a file is gone or has another size.
        """
        manifest = self.manifest(asset, partition)
        if manifest is None:
            msg = f"{asset} {partition} was never published; materialise it first (`alchemy run` makes all that is missing)"
            raise PartitionMissingError(msg)
        failed = [f"{check.name}: {check.detail}" for check in manifest.checks if not check.passed]
        if failed:
            msg = f"{asset} {partition} may not be read, a check refused it: {'; '.join(failed)}"
            raise PartitionMissingError(msg)
        for file in manifest.files:
            path = self._path(asset, partition, file)
            size = path.stat().st_size if path.exists() else None
            if size != file.size:
                msg = f"{asset} {partition}: {path} has {size} bytes, its manifest says {file.size}; run with --force"
                raise PartitionDamagedError(msg)
        return manifest

    def paths(self, asset: str, partition: str, part: str | None = None) -> list[Path]:
        """The files of a readable partition, or of one of its parts."""
        manifest = self.open(asset, partition)
        return [self._path(asset, partition, file) for file in manifest.files if part is None or file.part == part]

    def earlier(self, asset: str, partition: str) -> list[Path]:
        """The files of the version that is published now, for whoever makes the next; none where it may not be read."""
        try:
            return self.paths(asset, partition)
        except (PartitionMissingError, PartitionDamagedError):
            return []

    def read(self, asset: str, partition: str, columns: schema.Columns, part: str | None = None) -> pl.DataFrame:
        """The rows of a readable partition, or of one of its parts, in the table's schema."""
        return read_files(self.paths(asset, partition, part), columns, asset)

    def staged_paths(self, asset: str, partition: str, files: Sequence[DataFile]) -> list[Path]:
        """Where files lie that are not published yet: what the checks look at."""
        return [self._path(asset, partition, file) for file in files]

    def manifests(self, asset: str | None = None) -> Iterator[Manifest]:
        """Every manifest of an asset, or of all, in the order of names."""
        root = self.root / "manifests"
        for path in sorted((root / asset if asset else root).rglob("*.json")):
            relative = path.relative_to(root).with_suffix("").parts
            found = self.manifest(relative[0], "|".join(relative[1:]))
            if found is not None:
                yield found

    # -- keeping house

    def verify(self) -> list[str]:
        """What is wrong with the published files: gone, or not of the recorded hash. Empty when all is well."""
        problems = []
        for manifest in self.manifests():
            for file in manifest.files:
                path = self._path(manifest.asset, manifest.partition, file)
                if not path.exists():
                    problems.append(f"{manifest.asset} {manifest.partition}: {path} is gone")
                elif sha256_of(path) != file.sha256:
                    problems.append(f"{manifest.asset} {manifest.partition}: {path} is not what was published")
        return problems

    def withdraw(self, asset: str, partition: str) -> None:
        """Take a partition back: nobody reads it any more, and its files become garbage."""
        path = self._manifest(asset, partition)
        with self._locked(path):
            path.unlink(missing_ok=True)
            _sync_folder(path.parent)

    def collect_garbage(self, older_than: float = DAY) -> list[Path]:
        """Remove files that no manifest names and that are older than `older_than` seconds; returns what was removed.

        The age keeps a file that another process has staged and is about to publish.
        """
        named = {
            self._path(manifest.asset, manifest.partition, file)
            for manifest in self.manifests()
            for file in manifest.files
        }
        limit = time.time() - older_than
        removed = [
            path
            for path in sorted((self.root / "files").rglob("*.parquet"))
            if path not in named and _age(path) <= limit
        ]
        for path in removed:
            path.unlink(missing_ok=True)
        return removed

    def _files(self, asset: str, partition: str) -> Path:
        return self.root / "files" / asset / _folder_name(partition)

    def _path(self, asset: str, partition: str, file: DataFile) -> Path:
        return self._files(asset, partition) / f"{file.sha256}.parquet"

    def _manifest(self, asset: str, partition: str) -> Path:
        return self.root / "manifests" / asset / f"{_folder_name(partition)}.json"

    @classmethod
    def of_workspace(cls, workspace: Path) -> Self:
        """The store of a workspace folder."""
        return cls(workspace / "store")


def read_files(paths: Iterable[Path], columns: schema.Columns, table: str) -> pl.DataFrame:
    """The rows of some files of one table; no files, no rows."""
    frames = [
        schema.validate(pl.read_parquet(path, glob=False, hive_partitioning=False), columns, table) for path in paths
    ]
    return pl.concat(frames) if frames else pl.DataFrame(schema=dict(columns))
