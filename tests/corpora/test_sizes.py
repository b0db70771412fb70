"""Sizes of corpora by language, and shard counts, without reading a text."""

import io

import polars as pl
import pytest

from alchemy_assets import schema
from alchemy_assets.corpora import stack_edu, stack_v2_smol
from alchemy_assets.corpora.sizes import SIZES, shards, sizes
from alchemy_assets.settings import Fetch, PublicCorpus
from tests.corpora.servers import Hub


@pytest.mark.parametrize(
    ("size", "count"), [(0, 1), (1, 1), (100, 1), (101, 2), (200, 2), (201, 4), (400, 4), (10**9, 512)]
)
def test_shards_hold_at_most_the_target(size, count):
    """The count is a power of two, so large that a shard holds at most the target, and not larger than the grid allows."""
    assert shards(size, 100) == count


def test_languages_are_summed_under_our_names(tmp_path):
    """Labels of one language are one row; what is none of ours is listed under no name; a missing length is counted."""
    file = dict.fromkeys(("blob_id", "path", "src_encoding", "license_type"), "") | {"detected_licenses": ["MIT"]}
    rows = [
        {
            "repo_name": "r",
            "files": [file | {"language": "C++", "length_bytes": 60}, file | {"language": "C", "length_bytes": 5}],
        },
        {
            "repo_name": "s",
            "files": [file | {"language": "Cpp", "length_bytes": 50}, file | {"language": "Lua", "length_bytes": 7}],
        },
        {"repo_name": "t", "files": [file | {"language": "C", "length_bytes": None}]},
    ]
    pl.DataFrame(rows).write_parquet(tmp_path / "a.parquet")
    found = sizes(stack_v2_smol.SHAPE, PublicCorpus(path=str(tmp_path)), Fetch(), 100)
    schema.validate(found, SIZES, "sizes")
    assert found.rows() == [("", 1, 7, 0, 1), ("C", 2, 5, 1, 1), ("Cpp", 2, 110, 0, 2)]


def test_only_two_columns_travel():
    """Over the network only labels and lengths are read, whatever else the tables hold."""
    table = pl.DataFrame({"language": ["Go"] * 50_000, "length_bytes": [100] * 50_000}).with_columns(
        *(pl.lit(name).alias(name) for name in ("repo_name", "src_encoding", "license_type")),
        blob_id=pl.int_range(50_000).hash(seed=1).cast(pl.String),
        path=pl.int_range(50_000).hash(seed=2).cast(pl.String),
        detected_licenses=pl.concat_list(pl.lit("MIT")),
    )
    file = io.BytesIO()
    table.write_parquet(file)
    with Hub("lab/edu", {"Go/a.parquet": file.getvalue()}) as hub:
        corpus = PublicCorpus(path="hf://datasets/lab/edu")
        found = sizes(stack_edu.SHAPE, corpus, Fetch(hub=hub.address), 1_250_000)
    assert found.rows() == [("Go", 50_000, 5_000_000, 0, 4)]
    assert hub.sent < len(file.getvalue()) / 4
