"""The checks of the assets: each passes on what is right, and fails on what it is there to find."""

from pathlib import Path

import polars as pl
import pytest

from alchemy_assets import schema
from alchemy_assets.orchestration import checks, preview
from alchemy_assets.orchestration.assets.release import APART
from alchemy_assets.orchestration.steps import Check, CheckOutcome, Made, Staged, Table
from alchemy_assets.shards import shard_of
from alchemy_assets.store import Store

ONE, TWO = "0" * 40, "1" * 40


def held_out(*blob_ids: str) -> pl.DataFrame:
    return schema.frame_of(
        [{"blob_id": one, "held_out": False, "decided_by": "repository"} for one in blob_ids], schema.HELD_OUT
    )


def look(
    check: Check, folder: Path, frames: dict[str, pl.DataFrame], counts: dict[str, int], partition: str = "all"
) -> CheckOutcome:
    """What a check says of staged frames, by part."""
    store = Store(folder)
    files = tuple(store.stage("table", partition, frame, part) for part, frame in frames.items())
    columns = dict(next(iter(frames.values())).schema)
    return check.look(Staged(store, Table("table", columns, ""), partition, files, Made((), counts)))


@pytest.mark.parametrize(
    ("counts", "passed"),
    [
        ({"rows_in": 3, "kept": 2, "rejected": 1}, True),
        ({"rows_in": 4, "kept": 2, "rejected": 1}, False),
        ({"rows_in": 4, "kept": 3, "rejected": 1}, False),
    ],
)
def test_a_lost_row_is_found(tmp_path, counts, passed):
    """Rows in are rows kept and rows rejected, and the staged file holds those that were kept."""
    assert look(checks.ACCOUNTED, tmp_path, {"": held_out(ONE, TWO)}, counts).passed is passed


def test_a_file_without_a_row_is_found(tmp_path):
    """A stage that forgets a file is refused."""
    assert look(checks.EACH_HAS_A_ROW, tmp_path, {"": held_out(ONE, TWO)}, {"rows_in": 2}).passed
    assert not look(checks.EACH_HAS_A_ROW, tmp_path, {"": held_out(ONE)}, {"rows_in": 2}).passed


@pytest.mark.parametrize("blob_ids", [(ONE, ONE), (TWO, ONE), ("f" * 40,)])
def test_rows_that_do_not_belong_are_found(tmp_path, blob_ids):
    """A repeated key, a wrong order, and a blob of another shard are each refused."""
    partition = f"Python|{shard_of(ONE, 2)}"
    assert look(checks.in_order("held_out"), tmp_path, {"": held_out(ONE, TWO)}, {}, partition).passed
    assert not look(checks.in_order("held_out"), tmp_path, {"": held_out(*blob_ids)}, {}, partition).passed


def released(blob_id: str, repository: str, cluster: str) -> pl.DataFrame:
    place = {"corpus": "local", "repo_name": repository, "path": "a.py", "licenses": ["MIT"], "license_type": ""}
    row = {"blob_id": blob_id, "near_duplicate_cluster": cluster, "occurrences": [place]}
    columns = {"blob_id": pl.String(), "near_duplicate_cluster": pl.String(), "occurrences": pl.List(schema.OCCURRENCE)}
    return schema.frame_of([row], columns)


@pytest.mark.parametrize(
    ("training", "passed"),
    [
        (released(ONE, "ada/engine", "c1"), True),
        (released(TWO, "ada/engine", "c1"), False),
        (released(ONE, "bob/held-out", "c1"), False),
        (released(ONE, "ada/engine", "c2"), False),
    ],
)
def test_a_benchmark_that_shares_anything_with_training_is_found(tmp_path, training, passed):
    """A shared blob, a shared repository, or a shared cluster of near-duplicates stops the release."""
    parts = {
        "code-qa/train-00001-of-00001.parquet": training,
        "trace-eval/test-00001-of-00001.parquet": released(TWO, "bob/held-out", "c2"),
    }
    assert look(APART, tmp_path, parts, {}).passed is passed


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("mail ada@lovelace.org now", "mail user@example.com now"),
        ("key = AKIAIOSFODNN7EXAMPLE", "key = <masked>"),
        ("a" * 300, "a" * 199 + "…"),
        ("total = price * count", "total = price * count"),
    ],
)
def test_a_preview_is_short_and_masked(text, shown):
    """The web UI shows no address, no long token, and at most 200 characters of a cell."""
    assert preview.redacted(text) == shown
