"""Candidates: the buckets that files share, and their shingles read back, against counting by hand."""

import random
from collections import defaultdict

import numpy as np
import polars as pl
import pytest

from alchemy_assets import schema
from alchemy_assets.curation.candidates import shared_buckets, shingle_sets_of
from alchemy_assets.curation.signatures import BANDS


def tables(folder, files, of_table, seed=0):
    """Tables of signatures with few different band hashes, and the rows that stand in them."""
    draw = random.Random(seed)
    rows = [
        {
            "blob_id": f"{at:040x}",
            "length_bytes": at,
            "shingles": sorted(draw.sample(range(2**32), draw.randrange(1, 30))),
            "bands": [draw.randrange(max(1, files)) * 2**40 for _ in range(BANDS)],
        }
        for at in range(files)
    ]
    paths = []
    for at in range(0, max(1, files), of_table):
        paths.append(folder / f"{at}|of.parquet")
        schema.frame_of(rows[at : at + of_table], schema.SIGNATURES).write_parquet(paths[-1], row_group_size=5)
    return paths, rows


@pytest.mark.parametrize(("files", "of_table"), [(0, 1), (1, 1), (2, 1), (37, 10), (37, 40)])
def test_files_share_a_bucket_where_a_band_hash_is_the_same(files, of_table, tmp_path):
    """Two files are in a bucket together as often as bands of theirs have the same hash; a bucket of one is none."""
    paths, rows = tables(tmp_path, files, of_table)
    ranks = np.random.default_rng(1).permutation(files).astype(np.int32)
    buckets = shared_buckets(paths, ranks)
    expected = defaultdict(set)
    for row, rank in zip(rows, ranks.tolist(), strict=True):
        for band, value in enumerate(row["bands"]):
            expected[band, value].add(rank)
    found = defaultdict(set)
    for rank in range(files):
        for bucket in buckets.of(rank).tolist():
            found[bucket].add(rank)
    shared = [held for held in expected.values() if len(held) > 1]
    assert sorted(map(sorted, found.values())) == sorted(map(sorted, shared))
    assert [buckets.sizes[bucket] for bucket in found] == [len(held) for held in found.values()]
    assert np.flatnonzero(buckets.shared).tolist() == sorted(set().union(*shared))


@pytest.mark.parametrize("of_table", [10, 40])
def test_shingles_are_read_back(of_table, tmp_path):
    """A wanted file's shingles are those of its row in the tables, however these are cut."""
    paths, rows = tables(tmp_path, 37, of_table)
    ranks = np.random.default_rng(2).permutation(37).astype(np.int32)
    wanted = np.arange(37) % 3 > 0
    with shingle_sets_of(paths, ranks, wanted, tmp_path) as sets:
        for row, rank in zip(rows, ranks.tolist(), strict=True):
            if wanted[rank]:
                assert sets.of(rank).tolist() == row["shingles"]
                assert sets.sizes[rank] == len(row["shingles"])


def test_nothing_is_left_in_the_scratch_folder(tmp_path):
    """The scratch file goes with its use, also after an error."""
    paths, _ = tables(tmp_path, 9, 9)
    (tmp_path / "scratch").mkdir()
    use = shingle_sets_of(paths, np.arange(9, dtype=np.int32), np.ones(9, dtype=bool), tmp_path / "scratch")
    with pytest.raises(IndexError), use as sets:
        sets.of(9)
    assert list((tmp_path / "scratch").iterdir()) == []


def test_an_empty_table_among_others(tmp_path):
    """A shard without files is a table without rows."""
    paths, _ = tables(tmp_path, 4, 4)
    pl.DataFrame(schema=dict(schema.SIGNATURES)).write_parquet(tmp_path / "empty.parquet")
    ranks = np.arange(4, dtype=np.int32)
    assert shared_buckets([tmp_path / "empty.parquet", *paths], ranks).numbers.tolist() == (
        shared_buckets(paths, ranks).numbers.tolist()
    )
