"""Segments: what was appended is never lost, found under every shard count, and written by one worker at a time."""

import json
import multiprocessing
import os
import signal
import time
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemy_assets import segments
from alchemy_assets.segments import LeaseHeldError, LeaseLostError, Segments, overlap, shared
from alchemy_assets.shards import shard_key, shard_of

COLUMNS = {"blob_id": pl.String(), "rows": pl.Int64()}
KEY = "Python|1-of-2"


def frame(*values: int) -> pl.DataFrame:
    return pl.DataFrame({"blob_id": [f"{value:040x}" for value in values], "rows": list(values)}, schema=COLUMNS)


@pytest.fixture
def kept(tmp_path: Path) -> Segments:
    return Segments(tmp_path, "answers", COLUMNS)


def append(kept: Segments, partition: str, *values: int) -> None:
    with kept.lease(partition) as lease:
        kept.append(lease, frame(*values))


def test_what_was_appended_first_is_read_first(kept):
    """Rows come in the order in which they were appended, also by several workers one after the other."""
    for value in (3, 1, 2):
        append(kept, KEY, value)
    assert kept.read(KEY)["rows"].to_list() == [3, 1, 2]
    assert len(set(kept.names(KEY))) == 3


def test_another_shard_count_finds_the_same_rows(kept):
    """A shard that was halved or doubled finds the segments of the shards that it shares blob ids with, and no others."""
    append(kept, "Python|1-of-2", 1)
    append(kept, "Python|0-of-2", 2)
    append(kept, "Ruby|1-of-2", 3)
    assert kept.read("Python|3-of-4")["rows"].to_list() == [1]
    assert kept.read("Python|0-of-4")["rows"].to_list() == [2]
    assert sorted(kept.read("Python|0-of-1")["rows"].to_list()) == [1, 2]


@given(st.binary(min_size=20, max_size=20), st.integers(0, 5), st.integers(0, 5))
def test_shards_of_one_blob_overlap(raw, one, other):
    """Two shards that hold the same blob overlap, whatever their counts."""
    assert overlap(shard_of(raw.hex(), 2**one), shard_of(raw.hex(), 2**other))


@given(
    st.integers(0, 4).flatmap(
        lambda bits: st.tuples(st.integers(0, 2**bits - 1), st.integers(0, 2**bits - 1), st.just(2**bits))
    )
)
def test_different_shards_of_one_count_do_not_overlap(shards):
    """Of one count, a shard overlaps with itself alone."""
    one, other, count = shards
    assert overlap(shard_key(one, count), shard_key(other, count)) == (one == other)


def test_two_workers_do_not_append_at_once(kept):
    """While one process holds a partition another is told which one it is; other partitions are free."""
    with kept.lease(KEY):
        with pytest.raises(LeaseHeldError, match=str(os.getpid())), kept.lease(KEY):
            pass
        append(kept, "Python|0-of-2", 1)
    append(kept, KEY, 2)


def _hold(root: Path, ready) -> None:
    with Segments(root, "answers", COLUMNS).lease(KEY):
        ready.set()
        time.sleep(60)


def test_a_killed_worker_is_followed_at_once(kept, tmp_path):
    """A lease ends with its process, as far as this machine can tell."""
    context = multiprocessing.get_context("spawn")
    ready = context.Event()
    worker = context.Process(target=_hold, args=(tmp_path, ready))
    worker.start()
    assert ready.wait(30)
    with pytest.raises(LeaseHeldError), kept.lease(KEY):
        pass
    os.kill(worker.pid, signal.SIGKILL)
    worker.join()
    append(kept, KEY, 1)
    assert kept.read(KEY).height == 1


def test_a_worker_elsewhere_is_followed_after_its_time(kept, tmp_path):
    """A worker of another machine keeps its place until its time is over."""
    with kept.lease(KEY):
        [file] = tmp_path.rglob("lease.json")
        held = json.loads(file.read_text()) | {"host": "elsewhere"}
    file.write_text(json.dumps(held | {"pid": 7, "until": time.time() + 100}))
    with pytest.raises(LeaseHeldError, match="elsewhere"), kept.lease(KEY):
        pass
    file.write_text(json.dumps(held | {"pid": 7, "until": time.time() - 1}))
    append(kept, KEY, 1)


def test_a_late_worker_appends_nothing(kept, monkeypatch):
    """Whoever was silent for too long and was followed cannot append, and leaves no file."""
    monkeypatch.setattr(segments, "LEASE_SECONDS", -1.0)
    with kept.lease(KEY) as late:
        monkeypatch.undo()
        append(kept, KEY, 1)
        with pytest.raises(LeaseLostError, match="taken over"):
            kept.append(late, frame(2))
        with pytest.raises(LeaseLostError):
            kept.renew(late)
    assert kept.read(KEY)["rows"].to_list() == [1]
    append(kept, KEY, 3)
    assert kept.read(KEY)["rows"].to_list() == [1, 3]


def test_what_an_owner_asks_for_is_taken_out(kept, tmp_path):
    """Rows of a blob are gone from the disk, the others keep their order, and segments without any are gone whole."""
    append(kept, KEY, 1, 2)
    append(kept, KEY, 2)
    append(kept, "Python|0-of-2", 3)
    append(kept, KEY, 4)
    assert kept.take_out([f"{2:040x}"]) == 2
    assert kept.read(KEY)["rows"].to_list() == [1, 4]
    assert kept.read("Python|0-of-2")["rows"].to_list() == [3]
    append(kept, KEY, 5)
    assert kept.read(KEY)["rows"].to_list() == [1, 4, 5]
    on_disk = pl.concat(pl.read_parquet(path) for path in tmp_path.rglob("*.parquet"))
    assert f"{2:040x}" not in set(on_disk["blob_id"])
    assert kept.take_out([f"{2:040x}"]) == 0


def test_a_lease_that_was_not_written_whole_blocks_nobody(kept, tmp_path):
    """After a power cut an empty lease is nobody's, and an earlier holder's number does not come again."""
    with kept.lease(KEY) as early:
        pass
    [file] = tmp_path.rglob("lease.json")
    file.write_text("")
    with kept.lease(KEY) as lease:
        assert lease.token > early.token + 1
        kept.append(lease, frame(1))
    with pytest.raises(LeaseLostError):
        kept.append(early, frame(2))


@given(st.integers(0, 4), st.integers(0, 4))
def test_shares_of_a_shard_add_up(one, other):
    """All shards of a count together hold the whole of a shard of any other count."""
    key = f"Python|{shard_key(0, 2**one)}"
    parts = [shared(key, f"Python|{shard_key(index, 2**other)}") for index in range(2**other)]
    assert sum(parts) == 1.0
