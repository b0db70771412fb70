"""Tables that only grow: Parquet segments that are appended under a lease and never rewritten.

What a model answered costs money once, so it belongs to no version of a partition: segments are kept by language and
shard, and found under any shard count, since a shard is a range of blob ids.
Belongs here: appending, finding, leases. Does not: partitions that are made again (`store`), what the rows mean.

    <root>/segments/<table>/<language>/<shard>/<number>-<sha256>.parquet, and lease.json
"""

import fcntl
import json
import os
import socket
import time
import uuid
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

import polars as pl

from alchemy_assets import schema
from alchemy_assets.errors import AlchemyError
from alchemy_assets.store import sha256_of

LEASE_SECONDS = 120.0


class LeaseHeldError(AlchemyError, RuntimeError):
    """Another worker appends to this partition now."""


class LeaseLostError(AlchemyError, RuntimeError):
    """The worker was silent for so long that another one took its place; what it did not append is in its journal."""


class _Held(TypedDict):
    token: int
    host: str
    pid: int
    until: float


@dataclass(frozen=True)
class Lease:
    """The right to append to a partition. token: grows with every holder, so that a late one is recognised."""

    partition: str
    token: int


def overlap(one: str, other: str) -> bool:
    """Whether two shards, of whatever counts, share blob ids."""
    (first, count), (second, other_count) = (tuple(map(int, key.split("-of-"))) for key in (one, other))
    return first * other_count < (second + 1) * count and second * count < (first + 1) * other_count


def shared(whole: str, part: str) -> float:
    """Which share of a partition's blob ids lies in another one of its language."""
    (first, count), (second, other) = (tuple(map(int, key.split("|")[1].split("-of-"))) for key in (whole, part))
    low, high = max(first / count, second / other), min((first + 1) / count, (second + 1) / other)
    return max(0.0, high - low) * count


class Segments:
    """The segments of one table."""

    def __init__(self, root: Path, table: str, columns: schema.Columns) -> None:
        self._folder = root / "segments" / table
        self._table = table
        self._columns = columns

    # -- reading

    def paths(self, partition: str) -> list[Path]:
        """The segments that may hold rows of a partition (`language|shard`), oldest first, of whatever shard counts."""
        language, shard = partition.split("|")
        found = [
            path
            for folder in sorted((self._folder / language).glob("*-of-*"))
            if overlap(folder.name, shard)
            for path in folder.glob("[0-9]*.parquet")
        ]
        # Not by the hash, which another one has when rows were taken out.
        return sorted(found, key=lambda path: (path.name.split("-")[0], path.parent.name, path.name))

    def names(self, partition: str) -> list[str]:
        """What tells the content of a partition: the names of its segments, each with the hash of its rows."""
        return [f"{path.parent.name}/{path.name}" for path in self.paths(partition)]

    def read(self, partition: str) -> pl.DataFrame:
        """The rows of the segments of a partition, oldest first; with another shard count, rows of others as well."""
        frames = [
            schema.validate(pl.read_parquet(path, glob=False, hive_partitioning=False), self._columns, self._table)
            for path in self.paths(partition)
        ]
        return pl.concat(frames) if frames else pl.DataFrame(schema=dict(self._columns))

    # -- writing

    def append(self, lease: Lease, frame: pl.DataFrame) -> None:
        """Add rows; they are there whole or not at all. Renews the lease, and raises LeaseLostError where it is another's."""
        folder = self._of(lease.partition)
        staged = folder / f".{uuid.uuid4().hex}"
        schema.validate(frame, self._columns, self._table).write_parquet(
            staged, compression="zstd", compression_level=3
        )
        with staged.open("rb") as handle:
            os.fsync(handle.fileno())
        digest = sha256_of(staged)
        with self._locked(lease.partition):
            try:
                self._hold(lease)
            except LeaseLostError:
                staged.unlink()
                raise
            last = max((int(path.name.split("-")[0]) for path in folder.glob("[0-9]*.parquet")), default=0)
            staged.replace(folder / f"{last + 1:08}-{digest}.parquet")
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    @contextmanager
    def lease(self, partition: str) -> Iterator[Lease]:
        """Be the one that appends to a partition; raises LeaseHeldError where another worker does.

        A worker of this machine that died is followed at once, one of another machine after `LEASE_SECONDS` of silence.
        """
        with self._locked(partition):
            held = self._held(partition)
            if held is not None and _alive(held):
                msg = (
                    f"{partition} is worked on by process {held['pid']} on {held['host']}; wait for it, or stop it"
                    f" (if it is gone, its place is free in {max(0.0, held['until'] - time.time()):.0f} s)"
                )
                raise LeaseHeldError(msg)
            lease = Lease(partition, (held["token"] if held else 0) + 1)
            self._write(lease, LEASE_SECONDS)
        try:
            yield lease
        finally:
            with self._locked(partition):
                held = self._held(partition)
                if held is not None and held["token"] == lease.token:
                    self._write(lease, 0.0)

    def take_out(self, blob_ids: Collection[str]) -> int:
        """Take the rows of these blobs out for good, as an owner may ask; returns how many there were.

        The other rows of a segment keep their place in the order. A killed process leaves rows twice, and none lost.
        """
        gone = 0
        for path in sorted(self._folder.rglob("[0-9]*.parquet")):
            rows = pl.read_parquet(path, glob=False, hive_partitioning=False)
            stay = rows.filter(~pl.col("blob_id").is_in(list(blob_ids)))
            if stay.height == rows.height:
                continue
            gone += rows.height - stay.height
            with self._locked("|".join(path.parts[-3:-1])):
                if stay.height:
                    self._write_rows(stay, path.parent, path.name.split("-")[0])
                path.unlink(missing_ok=True)
        return gone

    def renew(self, lease: Lease) -> None:
        """Say that the work goes on; raises LeaseLostError where another worker has taken over."""
        with self._locked(lease.partition):
            self._hold(lease)

    def _write_rows(self, frame: pl.DataFrame, folder: Path, number: str) -> None:
        staged = folder / f".{uuid.uuid4().hex}"
        schema.validate(frame, self._columns, self._table).write_parquet(
            staged, compression="zstd", compression_level=3
        )
        with staged.open("rb") as handle:
            os.fsync(handle.fileno())
        staged.replace(folder / f"{number}-{sha256_of(staged)}.parquet")
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _hold(self, lease: Lease) -> None:
        held = self._held(lease.partition)
        if held is None or held["token"] != lease.token:
            msg = f"{lease.partition} was taken over by another worker; run again to append what is in the journal"
            raise LeaseLostError(msg)
        self._write(lease, LEASE_SECONDS)

    def _of(self, partition: str) -> Path:
        language, shard = partition.split("|")
        return self._folder / language / shard

    def _held(self, partition: str) -> _Held | None:
        try:
            return json.loads((self._of(partition) / "lease.json").read_bytes())  # type: ignore[no-any-return]
        except FileNotFoundError:
            return None
        except ValueError:
            # The power went while it was written: nobody holds it, and no earlier number comes again.
            return _Held(token=time.time_ns(), host="", pid=0, until=0.0)

    def _write(self, lease: Lease, seconds: float) -> None:
        pid = os.getpid() if seconds else 0
        facts = _Held(token=lease.token, host=socket.gethostname(), pid=pid, until=time.time() + seconds)
        folder = self._of(lease.partition)
        staged = folder / f".{uuid.uuid4().hex}"
        staged.write_text(json.dumps(facts), encoding="utf-8")
        staged.replace(folder / "lease.json")

    @contextmanager
    def _locked(self, partition: str) -> Iterator[None]:
        folder = self._of(partition)
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / ".lock").open("wb") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield


def _alive(held: _Held) -> bool:
    """Whether the holder of a lease may still work: its process is there, or may be elsewhere and its time is not over."""
    if not held["pid"]:
        return False
    if held["host"] != socket.gethostname():
        return held["until"] > time.time()
    try:
        os.kill(held["pid"], 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return held["pid"] != os.getpid() or held["until"] > time.time()
