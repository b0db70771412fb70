"""Invariants of any table, and the conservation of files."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemy_assets.quality.findings import conservation, invariants
from alchemy_assets.shards import shard_keys, shard_of


def failed(table: str, frame: pl.DataFrame, **keys: str) -> list[str]:
    """Names of the invariants that do not hold."""
    return [one.name for one in invariants(table, frame, **keys) if not one.passed]


def files(*ids: str, language: str = "Go") -> pl.DataFrame:
    """A table with the columns that invariants look at."""
    return pl.DataFrame(
        {"blob_id": ids, "language": [language] * len(ids)}, schema={"blob_id": pl.String, "language": pl.String}
    )


LOW, HIGH = "00" * 20, "f" * 40


def test_a_table_in_order_holds() -> None:
    """Unique, ordered rows of the partition's language and shard pass, and so does no row at all."""
    assert failed("heuristics", files(LOW), language="Go", shard="0-of-2") == []
    assert failed("heuristics", files(), language="Go", shard="0-of-2") == []


@pytest.mark.parametrize(
    ("frame", "name"),
    [
        (files(LOW, LOW), "key_unique"),
        (files("11" * 20, LOW), "sorted_by_key"),
        (files(LOW, language="Java"), "one_language"),
        (files(LOW, HIGH), "in_its_shard"),
        (files("not a blob id"), "in_its_shard"),
    ],
)
def test_each_invariant_can_fail(frame: pl.DataFrame, name: str) -> None:
    """A row twice, out of order, of another language or of another shard fails the one invariant that it breaks."""
    assert failed("curated_files", frame, language="Go", shard="0-of-2") == [name]


def test_some_tables_have_several_rows_of_a_blob() -> None:
    """Traces of one file may be several; samples are told apart by their own id."""
    assert failed("traces", files(LOW, LOW)) == []
    assert failed("samples", files(LOW, LOW).with_columns(sample_id=pl.Series(["1", "2"]))) == []


@given(st.lists(st.binary(min_size=20, max_size=20).map(bytes.hex), max_size=20), st.sampled_from([1, 2, 8, 16]))
def test_cutting_into_shards_keeps_the_invariants(ids: list[str], count: int) -> None:
    """Whatever the blob ids, the rows of each shard pass as that shard."""
    for key in shard_keys(count):
        mine = files(*sorted({one for one in ids if shard_of(one, count) == key}))
        assert failed("source_files", mine, language="Go", shard=key) == []


def funnel(**outcomes: int) -> pl.DataFrame:
    """The rows of a funnel that count whole files, of one language."""
    stages = ["source_files" if outcome == "read" else "curated_files" for outcome in outcomes]
    return pl.DataFrame(
        {"language": "Go", "stage": stages, "outcome": list(outcomes), "files": list(outcomes.values())}
    )


def test_conservation_holds_where_every_file_has_one_fate() -> None:
    """Files read = kept + rejected, also for none at all."""
    assert conservation(funnel(read=5, kept=3, rejected=2)).passed
    assert conservation(funnel(read=5, kept=3, rejected=2).clear()).passed


@pytest.mark.parametrize(
    "outcomes",
    [
        {"read": 5, "kept": 3, "rejected": 1},
        {"read": 5, "kept": 3, "rejected": 1, "lost": 1},
        {"read": 5, "kept": 3, "rejected": 1, "contradicted": 1},
        {"read": 5, "kept": 4, "rejected": 2},
    ],
)
def test_a_file_astray_breaks_conservation(outcomes: dict[str, int]) -> None:
    """A file that is lost, invented, or both kept and rejected is counted for its language."""
    found = conservation(funnel(**outcomes))
    assert (found.passed, found.failed_rows, found.detail) == (False, 1, "1 of Go: lost, or kept although rejected")
