"""Corpora that come as ids, as assets: read, fetched, joined with others, curated; the bucket is a real server here."""

from pathlib import Path

import polars as pl
import pytest

from alchemy_assets.orchestration import curate_only, forgetting, registry, summary
from alchemy_assets.orchestration.build import build, open_graph
from alchemy_assets.orchestration.freshness import Graph
from alchemy_assets.orchestration.workspace import Workspace
from alchemy_assets.settings import Settings, load
from tests.corpora.servers import Bucket, sha1, status

PYTHON = '''"""Tell whether a number of {thing} is odd."""


def parity_of_{thing}(count: int) -> str:
    """Return `odd` or `even` for a number of {thing}."""
    if count % 2:
        return "odd number of {thing}"
    return "even number of {thing}"


for number in range(7):
    print(number, parity_of_{thing}(number))
'''
THINGS = ("apples", "books", "cranes")
BLOBS = [
    (PYTHON.format(thing=thing) + "".join(f"# {thing} {thing[::-1]}{i} {i * i}\n" for i in range(50))).encode()
    for thing in THINGS
]
HEADER = b"#ifndef SHAPE_H\n#define SHAPE_H\n/* A rectangle. */\nstruct shape {\n  int width;\n  int height;\n};\nint area(struct shape one);\n#endif\n"


def stack_edu(folder: Path, blobs: dict[bytes, str]) -> Path:
    """A config of Stack-Edu on disk: blobs with their language labels, in a repository each."""
    rows = [
        {
            "blob_id": sha1(blob),
            "language": label,
            "repo_name": f"edu/{number}",
            "path": f"/src/file{number}.{'py' if label == 'Python' else 'h'}",
            "src_encoding": "UTF-8",
            "length_bytes": len(blob),
            "score": 3.5,
            "int_score": 4,
            "detected_licenses": ["MIT"],
            "license_type": "permissive",
        }
        for number, (blob, label) in enumerate(blobs.items())
    ]
    folder.mkdir()
    pl.DataFrame(rows).write_parquet(folder / "train.parquet")
    return folder


def workspace(tmp_path: Path, bucket: Bucket, ids: Path, local: Path | None = None) -> Settings:
    """A workspace on Stack-Edu, and on a folder where one is given."""
    folder = tmp_path / "workspace"
    folder.mkdir(exist_ok=True)
    lines = [
        "shards = 2",
        "[stack_edu]",
        f"path = '{ids}'",
        "[fetch]",
        f"bucket = '{bucket.address}'",
        "longest_wait = 0.05",
    ]
    lines += ["attempts = 2", "[held_out]", "share = 0.0"]
    lines += ["[local]", f"path = '{local}'"] if local else []
    (folder / "alchemy.toml").write_text("\n".join(lines))
    return load(folder)


def curate(settings: Settings) -> dict[str, str]:
    """Bring curation up to date; what was not done, by partition."""
    return {
        one.partition: one.failed or one.skipped
        for one in curate_only.run(settings, workers=1)
        if one.failed or one.skipped
    }


def curated(settings: Settings) -> dict[str, str]:
    """The curated blobs and their languages."""
    frame = pl.read_parquet(settings.workspace / "curated_files" / "*.parquet")
    return dict(frame.select("blob_id", "language").iter_rows())


def test_ids_are_fetched_and_curated(tmp_path):
    """Every blob is asked for once; a second run asks for nothing, and the journal is gone."""
    ids = stack_edu(tmp_path / "ids", dict.fromkeys(BLOBS, "Python"))
    with Bucket(*BLOBS) as bucket:
        settings = workspace(tmp_path, bucket, ids)
        assert curate(settings) == {}
        assert curated(settings) == dict.fromkeys(map(sha1, BLOBS), "Python")
        assert set(bucket.asked.values()) == {1}
        assert curate(settings) == {}
        assert set(bucket.asked.values()) == {1}
    assert not list(settings.workspace.rglob("*.journal"))
    text = "\n".join(summary.lines(Graph(Workspace(settings), registry.steps(settings))))
    assert "3 looked at: 3 are source (3 different files), 0 are not" in text


def test_a_blob_that_is_not_there_is_a_rejected_input(tmp_path):
    """The others are curated; the occurrence is listed with its reason, and everything is accounted for."""
    ids = stack_edu(tmp_path / "ids", dict.fromkeys(BLOBS, "Python"))
    with Bucket(*BLOBS[1:]) as bucket:
        settings = workspace(tmp_path, bucket, ids)
        assert curate(settings) == {}
    assert set(curated(settings)) == set(map(sha1, BLOBS[1:]))
    rejected = pl.read_parquet(settings.workspace / "rejected_inputs" / "all.parquet")
    assert rejected["corpus"].to_list() == ["stack_edu"]
    assert sha1(BLOBS[0]) in rejected["location"][0]


def test_a_bucket_that_fails_fails_its_partition_and_is_asked_for_the_rest_only(tmp_path):
    """What was fetched before the failure is kept: the same command goes on with what is missing."""
    ids = stack_edu(tmp_path / "ids", dict.fromkeys(BLOBS, "Python"))
    with Bucket(*BLOBS) as bucket:
        bucket.always[sha1(BLOBS[0])] = status(503)
        settings = workspace(tmp_path, bucket, ids)
        assert any("could not be fetched" in problem for problem in curate(settings).values())
        del bucket.always[sha1(BLOBS[0])]
        before = dict(bucket.asked)
        assert curate(settings) == {}
        assert set(curated(settings)) == set(map(sha1, BLOBS))
        assert {blob for blob, count in bucket.asked.items() if count != before.get(blob, 0)} == {sha1(BLOBS[0])}


def test_two_corpora_share_one_row_a_blob_and_one_language(tmp_path):
    """A header that one corpus calls C++ and the other has under a C name is one row, with the places of both."""
    local = tmp_path / "local"
    (local / "own").mkdir(parents=True)
    (local / "own" / "shape.h").write_bytes(HEADER)
    (local / "own" / "apples.py").write_bytes(BLOBS[0])
    ids = stack_edu(tmp_path / "ids", {BLOBS[0]: "Python", BLOBS[1]: "Python", HEADER: "C++"})
    with Bucket(*BLOBS, HEADER) as bucket:
        settings = workspace(tmp_path, bucket, ids, local)
        assert curate(settings) == {}
    graph = curate_only.curation_graph(settings)
    step = graph.maker["source_files"]
    columns = graph.tables["source_files"].columns
    rows = pl.concat([graph.workspace.store.read("source_files", key, columns) for key in graph.partitions(step)])
    assert sorted(rows["blob_id"]) == sorted(map(sha1, (*BLOBS[:2], HEADER)))
    places = {row["blob_id"]: {one["corpus"] for one in row["occurrences"]} for row in rows.iter_rows(named=True)}
    assert places == {
        sha1(BLOBS[0]): {"local", "stack_edu"},
        sha1(BLOBS[1]): {"stack_edu"},
        sha1(HEADER): {"local", "stack_edu"},
    }
    assert rows.filter(pl.col("blob_id") == sha1(HEADER))["language"].to_list() == ["Cpp"]


def test_a_forgotten_repository_is_taken_out_without_asking_for_the_others_again(tmp_path):
    """Its blob goes, and what stays is read back from what was published."""
    ids = stack_edu(tmp_path / "ids", dict.fromkeys(BLOBS, "Python"))
    with Bucket(*BLOBS) as bucket:
        settings = workspace(tmp_path, bucket, ids)
        assert curate(settings) == {}
        list(forgetting.forget(settings, ["edu/0"], ""))
        assert curate(settings) == {}
        assert set(curated(settings)) == set(map(sha1, BLOBS[1:]))
        assert set(bucket.asked.values()) == {1}


@pytest.mark.parametrize("corpus", ["stack_edu", "refinecode", "stackv2_smol"])
def test_every_public_corpus_is_in_the_graph_that_dagster_loads(tmp_path, corpus):
    """Its ids, its texts and its files are assets; corpora that are not named are not there."""
    settings = Settings(workspace=tmp_path, **{corpus: {"path": str(tmp_path)}})
    names = {key.to_user_string() for key in build(open_graph(settings)).resolve_asset_graph().get_all_asset_keys()}
    assert {f"{corpus}_ids", f"{corpus}_texts", f"{corpus}_files", "source_files"} <= names
    assert not {name for name in names if name.startswith("local_")}
