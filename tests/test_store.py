"""The store: what is published is whole, what is not is unseen."""

import multiprocessing
import os
import signal
import time
from pathlib import Path

import polars as pl
import pytest

from alchemy_assets import schema
from alchemy_assets.errors import PartitionDamagedError, PartitionMissingError, PublishConflictError, SchemaError
from alchemy_assets.store import CheckRecord, DataFile, Manifest, Store

COLUMNS = {"blob_id": pl.String(), "rows": pl.Int64()}
ASSET, KEY = "things", "Python|0-of-2"


def frame(*values: int) -> pl.DataFrame:
    return pl.DataFrame({"blob_id": [f"{value:040x}" for value in values], "rows": list(values)}, schema=COLUMNS)


def manifest(files: list[DataFile], *, fingerprint: str = "f", passed: bool = True) -> Manifest:
    return Manifest(
        asset=ASSET,
        partition=KEY,
        schema_version=schema.VERSION,
        code_version="c",
        fingerprint=fingerprint,
        upstream={},
        missing=[],
        files=files,
        counts={},
        notes={},
        checks=[CheckRecord(name="sane", passed=passed, detail="three rows too many")],
    )


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def test_staged_rows_are_unseen_until_published(store):
    """A staged file is not read by anyone before its manifest is written."""
    staged = store.stage(ASSET, KEY, frame(1))
    with pytest.raises(PartitionMissingError, match="never published"):
        store.read(ASSET, KEY, COLUMNS)
    store.publish(manifest([staged]), None)
    assert store.read(ASSET, KEY, COLUMNS).equals(frame(1))


def test_refused_rows_are_never_read(store):
    """A partition whose check failed is not opened, and the error names the partition, the check and its finding."""
    store.publish(manifest([store.stage(ASSET, KEY, frame(1))], passed=False), None)
    with pytest.raises(PartitionMissingError, match=r"things Python\|0-of-2 .* sane: three rows too many"):
        store.paths(ASSET, KEY)


def test_a_refusal_replaces_what_had_passed(store):
    """When new upstream content is refused, readers stop; they do not go on with yesterday's rows."""
    good = store.publish(manifest([store.stage(ASSET, KEY, frame(1))]), None)
    store.publish(manifest([store.stage(ASSET, KEY, frame(2))], passed=False), good)
    with pytest.raises(PartitionMissingError):
        store.read(ASSET, KEY, COLUMNS)


def test_the_same_rows_give_the_same_bytes(store, tmp_path):
    """Staging equal frames, in other stores and other chunks, gives the same hash."""
    other = Store(tmp_path / "other")
    chunked = pl.concat([frame(1), frame(2)], rechunk=False)
    assert store.stage(ASSET, KEY, frame(1, 2)) == other.stage(ASSET, KEY, chunked)


def test_a_second_writer_does_not_overwrite(store):
    """Of two writers that began from the same state the first wins, and the second is told so."""
    store.publish(manifest([store.stage(ASSET, KEY, frame(1))], fingerprint="one"), None)
    with pytest.raises(PublishConflictError, match="nothing was overwritten"):
        store.publish(manifest([store.stage(ASSET, KEY, frame(2))], fingerprint="two"), None)
    assert store.read(ASSET, KEY, COLUMNS).equals(frame(1))


def test_two_writers_of_the_same_rows_agree(store):
    """Two processes that made the same rows from the same input both end well."""
    first = store.publish(manifest([store.stage(ASSET, KEY, frame(1))]), None)
    assert store.publish(manifest([store.stage(ASSET, KEY, frame(1))]), None) == first


def _publish_repeatedly(root: Path, value: int) -> None:
    store = Store(root)
    while True:
        before = store.manifest(ASSET, KEY)
        files = [store.stage(ASSET, KEY, frame(value), part="a"), store.stage(ASSET, KEY, frame(value), part="b")]
        try:
            store.publish(manifest(files, fingerprint=str(value)), before)
        except PublishConflictError:
            continue


def test_killed_writers_never_leave_a_mixture(store):
    """Two processes publish different rows for the same partition and are killed at any moment: what is read is one version whole."""
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_publish_repeatedly, args=(store.root, value)) for value in (1, 2)]
    for writer in writers:
        writer.start()
    seen = set()
    stop = time.monotonic() + 6
    while time.monotonic() < stop:
        if store.manifest(ASSET, KEY) is not None:
            rows = store.read(ASSET, KEY, COLUMNS)["rows"].to_list()
            assert len(rows) == 2
            assert len(set(rows)) == 1
            seen.add(rows[0])
    for writer in writers:
        assert writer.pid is not None
        os.kill(writer.pid, signal.SIGKILL)
        writer.join()
    assert seen == {1, 2}
    assert store.verify() == []
    assert len(set(store.read(ASSET, KEY, COLUMNS)["rows"])) == 1


def test_a_part_is_read_alone(store):
    """A reader of one part sees that part's rows, and a change of another part leaves its content hash alone."""
    a, b, c = (store.stage(ASSET, KEY, frame(value), part=part) for value, part in ((1, "a"), (2, "b"), (3, "b")))
    before = store.publish(manifest([a, b]), None)
    after = store.publish(manifest([a, c], fingerprint="new"), before)
    assert store.read(ASSET, KEY, COLUMNS, part="a").equals(frame(1))
    assert before.content("a") == after.content("a")
    assert before.content("b") != after.content("b")


def test_a_damaged_file_is_noticed_at_reading_and_by_verify(store):
    """A file of another size is not read; one of the same size with other bytes is found by `verify`."""
    staged = store.stage(ASSET, KEY, frame(1))
    store.publish(manifest([staged]), None)
    path = store.paths(ASSET, KEY)[0]
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    with pytest.raises(PartitionDamagedError, match="bytes, its manifest says"):
        store.read(ASSET, KEY, COLUMNS)
    path.write_bytes(whole[:10] + bytes([whole[10] ^ 1]) + whole[11:])
    assert [problem for problem in store.verify() if "not what was published" in problem]
    path.unlink()
    assert [problem for problem in store.verify() if "is gone" in problem]


def test_garbage_is_what_no_manifest_names(store):
    """Collecting removes orphans that are old enough and nothing else."""
    kept = store.stage(ASSET, KEY, frame(1))
    store.publish(manifest([kept]), None)
    store.stage(ASSET, KEY, frame(2))
    assert store.collect_garbage() == [], "a fresh orphan may be another process's work"
    assert len(store.collect_garbage(older_than=0)) == 1
    assert store.read(ASSET, KEY, COLUMNS).equals(frame(1))
    assert store.verify() == []


def test_a_broken_manifest_is_an_error_that_names_it(store):
    """A manifest that is not JSON stops the reader with its path, and does not pass for a missing partition."""
    store.publish(manifest([store.stage(ASSET, KEY, frame(1))]), None)
    path = store.root / "manifests" / ASSET / "Python" / "0-of-2.json"
    path.write_text("{")
    with pytest.raises(PartitionDamagedError, match="0-of-2.json is not a manifest"):
        store.manifest(ASSET, KEY)


def test_an_empty_partition_is_a_valid_file(store):
    """A partition without rows is published and read like any other."""
    store.publish(manifest([store.stage(ASSET, KEY, frame())]), None)
    assert store.read(ASSET, KEY, COLUMNS).is_empty()


def test_rows_of_another_schema_are_refused():
    """A frame with a missing, an unknown or a mistyped column is an error that names it."""
    with pytest.raises(SchemaError, match="missing columns \\['rows'\\]"):
        schema.validate(frame(1).drop("rows"), COLUMNS, "things")
    with pytest.raises(SchemaError, match="unknown columns \\['more'\\]"):
        schema.validate(frame(1).with_columns(more=1), COLUMNS, "things")
    with pytest.raises(SchemaError, match="rows is Float64, not Int64"):
        schema.validate(frame(1).with_columns(pl.col("rows").cast(pl.Float64)), COLUMNS, "things")
