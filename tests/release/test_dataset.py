"""The folder of a release: its files, their order, and that they load."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from alchemy_assets.errors import SchemaError, SettingsError
from alchemy_assets.release import dataset
from alchemy_assets.release.card import About
from alchemy_assets.release.configs import CONFIGS, PLACEHOLDER
from alchemy_assets.release.dataset import release
from alchemy_assets.release.replaced_folder import replacing
from alchemy_assets.settings import Release

Maker = Callable[..., pl.DataFrame]
SMALL = Release(shard_bytes=1_000)


def hashes(folder: Path) -> dict[str, str]:
    """Every file of a folder, hidden ones too, and the hash of its bytes."""
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def test_the_layout_is_that_of_hugging_face(many: pl.DataFrame, about: About, tmp_path: Path) -> None:
    """A folder a config, files counted from 1, the card, and nothing else; benchmarks are a test split."""
    summary = release({"code-qa": [many], "trace-eval": [many.head(3)]}, SMALL, tmp_path / "out", about=about)
    parts = [f"code-qa/train-0000{number}-of-00004.parquet" for number in range(1, 5)]
    assert sorted(hashes(tmp_path / "out")) == sorted(["README.md", *parts, "trace-eval/test-00001-of-00001.parquet"])
    assert set(summary.files) == {*parts, "trace-eval/test-00001-of-00001.parquet"}
    assert (summary.rows, summary.rows_of("code-qa"), summary.rows_of("code-dev")) == (303, 300, 0)
    assert summary.bytes == sum(file.stat().st_size for file in (tmp_path / "out").glob("*/*.parquet"))


def test_no_row_is_lost_and_rows_are_shuffled(many: pl.DataFrame, about: About, tmp_path: Path) -> None:
    """Every sample stands in exactly one file, in an order that the settings' seed decides."""
    order = {}
    for seed in ("one", "two"):
        release({"code-qa": [many]}, Release(shard_bytes=1_000, seed=seed), tmp_path / seed, about=about)
        files = sorted((tmp_path / seed / "code-qa").iterdir())
        assert all(pl.read_parquet(file).height > 40 for file in files)
        order[seed] = pl.concat([pl.read_parquet(file) for file in files])["sample_id"].to_list()
    assert sorted(order["one"]) == sorted(order["two"]) == many["sample_id"].to_list()
    assert len({tuple(order["one"]), tuple(order["two"]), tuple(many["sample_id"])}) == 3


def test_files_are_zstd(many: pl.DataFrame, about: About, settings: Release, tmp_path: Path) -> None:
    """Columns are compressed by zstd."""
    parquet = pytest.importorskip("pyarrow.parquet")
    release({"code-qa": [many]}, settings, tmp_path / "out", about=about)
    metadata = parquet.ParquetFile(tmp_path / "out" / "code-qa" / "train-00001-of-00001.parquet").metadata
    assert {metadata.row_group(0).column(number).compression for number in range(metadata.num_columns)} == {"ZSTD"}


def test_the_same_samples_give_the_same_bytes(
    many: pl.DataFrame, about: About, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Frames or files, whole or in pieces, in order or shuffled, in one batch or many: the release is the same, byte for byte."""
    release({"code-qa": [many]}, SMALL, tmp_path / "whole", about=about)
    shuffled = many.sample(fraction=1, shuffle=True, seed=7)
    pieces: list[Path | pl.DataFrame] = [shuffled.slice(start, 70) for start in range(0, 300, 70)]
    for number in (0, 3):
        piece = pieces[number]
        assert isinstance(piece, pl.DataFrame)
        folder = tmp_path / f"language=Java's [{number}]*"
        folder.mkdir()
        piece.write_parquet(folder / "a.parquet")
        pieces[number] = folder / "a.parquet"
    release({"code-qa": pieces}, SMALL, tmp_path / "pieces", about=about)
    monkeypatch.setattr(dataset, "BATCH_BYTES", 1)
    release({"code-qa": pieces[::-1]}, SMALL, tmp_path / "batches", about=about)
    assert hashes(tmp_path / "whole") == hashes(tmp_path / "pieces") == hashes(tmp_path / "batches")


def test_a_new_release_replaces_the_old_one_whole(many: pl.DataFrame, about: About, tmp_path: Path) -> None:
    """Files of the earlier release do not stay, and nothing is left beside it but its lock."""
    release({"code-qa": [many], "code-trace": [many]}, SMALL, tmp_path / "out", about=about)
    release({"code-qa": [many.head(5)]}, SMALL, tmp_path / "out", about=about)
    assert sorted(hashes(tmp_path / "out")) == ["README.md", "code-qa/train-00001-of-00001.parquet"]
    assert sorted(entry.name for entry in tmp_path.iterdir()) == [".out.lock", "out"]


def test_a_release_that_fails_leaves_the_old_one(many: pl.DataFrame, about: About, tmp_path: Path) -> None:
    """Whatever goes wrong while writing, the earlier release is still there to the byte, and no half of a new one."""
    release({"code-qa": [many.head(5)]}, SMALL, tmp_path / "out", about=about)
    before = hashes(tmp_path)
    broken = many.with_columns(messages=pl.lit([{"role": "system", "content": "x"}], dtype=many.schema["messages"]))
    with pytest.raises(SchemaError, match="code-trace: the messages of sample"):
        release({"code-qa": [many], "code-trace": [broken]}, SMALL, tmp_path / "out", about=about)
    assert hashes(tmp_path) == before


def test_what_a_killed_writer_left_is_cleared(many: pl.DataFrame, about: About, tmp_path: Path) -> None:
    """The hidden folder of a writer that was killed is not mixed into the next release, and goes."""
    (tmp_path / ".out.new" / "code-qa").mkdir(parents=True)
    (tmp_path / ".out.new" / "code-qa" / "train-00009-of-00009.parquet").write_bytes(b"half")
    release({"code-qa": [many.head(5)]}, SMALL, tmp_path / "out", about=about)
    assert sorted(hashes(tmp_path / "out")) == ["README.md", "code-qa/train-00001-of-00001.parquet"]
    assert not (tmp_path / ".out.new").exists()


def test_a_reader_never_finds_the_folder_missing(tmp_path: Path) -> None:
    """Old and new exchange their names in one call: while releases follow one another, the card can always be read."""
    folder = tmp_path / "out"
    with replacing(folder, {"README.md"}) as fresh:
        (fresh / "README.md").write_text("0")
    code = "import sys, pathlib\nwhile True: assert pathlib.Path(sys.argv[1], 'README.md').read_text()"
    with subprocess.Popen([sys.executable, "-c", code, str(folder)], stderr=subprocess.DEVNULL) as reader:
        for number in range(200):
            with replacing(folder, {"README.md"}) as fresh:
                (fresh / "README.md").write_text(str(number))
        assert reader.poll() is None
        reader.kill()


def test_a_folder_that_is_no_release_is_not_touched(many: pl.DataFrame, about: About, tmp_path: Path) -> None:
    """A folder with anything else in it is refused by name before anything is written."""
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(SettingsError, match=r"thesis\.tex"):
        release({"code-qa": [many]}, SMALL, tmp_path, about=about)
    assert [entry.name for entry in tmp_path.iterdir()] == ["thesis.tex"]


def test_rows_that_are_not_for_release_stay(sample: Maker, about: About, settings: Release, tmp_path: Path) -> None:
    """A sample whose `release` is false is neither written nor counted."""
    summary = release({"code-qa": [sample("a"), sample("b", release=False)]}, settings, tmp_path / "out", about=about)
    assert summary.rows == 1
    assert pl.read_parquet(tmp_path / "out" / "code-qa")["blob_id"].to_list() == sample("a")["blob_id"].to_list()


def test_a_sample_that_comes_twice_stops_the_release(
    sample: Maker, about: About, settings: Release, tmp_path: Path
) -> None:
    """Giving a partition twice is an error that names the sample, not a doubled row."""
    with pytest.raises(SchemaError, match=f"code-qa: the sample {sample()['sample_id'][0]} occurs twice"):
        release({"code-qa": [sample(), sample()]}, settings, tmp_path / "out", about=about)


def test_an_unknown_config_is_named(sample: Maker, about: About, settings: Release, tmp_path: Path) -> None:
    """A config that the layout does not have is an error before anything is written."""
    with pytest.raises(SchemaError, match=r"\['code_qa'\]; known are code-enhance, code-qa"):
        release({"code_qa": [sample()]}, settings, tmp_path / "out", about=about)
    assert list(tmp_path.iterdir()) == []


def test_a_source_free_release_holds_no_source(sample: Maker, curated: Maker, about: About, tmp_path: Path) -> None:
    """The seed file is in no byte of the release's rows; what could not be taken out is counted."""
    curated("a").write_parquet(tmp_path / "curated.parquet")
    samples = [
        sample("a", [("user", "Explain print('a')"), ("assistant", "Well.")]),
        sample("b", [("user", "Explain print('b')"), ("assistant", "Well.")]),
    ]
    summary = release(
        {"code-dev": samples},
        Release(source_free=True),
        tmp_path / "out",
        about=about,
        seeds=[tmp_path / "curated.parquet"],
    )
    assert summary.withheld == {"code-dev": 1}
    texts = pl.read_parquet(tmp_path / "out" / "code-dev")["text_with_placeholders"].to_list()
    assert texts == [f"User:\nExplain {PLACEHOLDER}\n\nAssistant:\nWell."]


@pytest.fixture
def offline(tmp_path: Path) -> dict[str, str]:
    """An environment in which nothing can be fetched, with a cache of its own."""
    return {
        **os.environ,
        "HF_HUB_OFFLINE": "1",
        "HF_HOME": str(tmp_path / "hf"),
        "HF_DATASETS_CACHE": str(tmp_path / "cache"),
    }


@pytest.fixture
def released(many: pl.DataFrame, about: About, tmp_path: Path) -> Path:
    """A release of two training configs and a benchmark."""
    samples = {"code-qa": [many], "code-trace": [many.head(20)], "trace-eval": [many.tail(3)]}
    release(samples, SMALL, tmp_path / "out", about=about)
    return tmp_path / "out"


def test_load_dataset_reads_it(released: Path, offline: dict[str, str], many: pl.DataFrame) -> None:
    """`datasets.load_dataset` gives every config its split, rows and nested columns, offline, and knows no empty config."""
    program = """
import sys, json
from datasets import get_dataset_config_names, load_dataset
where = sys.argv[1]
loaded = {name: load_dataset(where, name) for name in get_dataset_config_names(where)}
row = loaded["code-trace"]["train"][0]
print(json.dumps({
    "splits": {name: {split: rows.num_rows for split, rows in splits.items()} for name, splits in loaded.items()},
    "row": {key: row[key] for key in ("text", "len_text", "has_reasoning", "occurrences", "verified")},
}))
"""
    done = subprocess.run(
        [sys.executable, "-c", program, str(released)], capture_output=True, text=True, env=offline, check=False
    )
    assert done.returncode == 0, done.stderr
    told = pl.read_json(done.stdout.splitlines()[-1].encode()).row(0, named=True)
    assert told["splits"] == {"code-qa": {"train": 300}, "code-trace": {"train": 20}, "trace-eval": {"test": 3}}
    row = told["row"]
    assert row["text"].startswith("User:\nQuestion ")
    assert (row["len_text"], row["verified"]["parsed"]) == (len(row["text"]), True)
    assert row["occurrences"][0]["repo_name"] == "demo"
    assert set(told["splits"]) < set(CONFIGS)
