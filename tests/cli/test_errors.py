"""What a person can get wrong: a clear sentence, exit code 1, no traceback, and nothing left behind that misleads."""

from pathlib import Path

import polars as pl
import pytest


def folder(root: Path) -> Path:
    """A folder with one program."""
    (root / "corpus").mkdir()
    (root / "corpus" / "a.py").write_text("x = 1\n")
    return root / "corpus"


def test_an_empty_folder(alchemy, tmp_path):
    """A folder without files is an error that names it, told once."""
    (tmp_path / "empty").mkdir()
    said = alchemy("run", "--path", "empty")
    assert said.code == 1
    assert f"CorpusFormatError: no files found in {tmp_path / 'empty'}" in said.err
    assert said.err.count("not done") == 1


def test_a_path_that_does_not_exist(alchemy, tmp_path):
    """A path that leads nowhere is an error that names it and what a path may be, and makes no workspace."""
    said = alchemy("run", "--path", "nowhere")
    assert said.code == 1
    assert f"there is nothing at {tmp_path / 'nowhere'}" in said.err
    assert ".parquet" in said.err
    assert not (tmp_path / "workspaces").exists()


def test_a_truncated_parquet_file(alchemy, tmp_path):
    """Half a Parquet file is an error that names the file and what is wrong with it."""
    pl.DataFrame({"text": ["x = 1\n"] * 100}).write_parquet(tmp_path / "cut.parquet")
    whole = (tmp_path / "cut.parquet").read_bytes()
    (tmp_path / "cut.parquet").write_bytes(whole[: len(whole) // 2])
    said = alchemy("run", "--path", "cut.parquet")
    assert said.code == 1
    assert f"{tmp_path / 'cut.parquet'} is truncated, damaged" in said.err


def test_a_parquet_file_without_text(alchemy, tmp_path):
    """A Parquet file without a column of text is an error that names the columns which are there."""
    pl.DataFrame({"body": ["x"], "stars": [1]}).write_parquet(tmp_path / "other.parquet")
    said = alchemy("run", "--path", "other.parquet")
    assert said.code == 1
    assert "has no column text or content; its columns are body, stars" in said.err


def test_a_shard_count_that_is_no_power_of_two(alchemy, tmp_path):
    """--shards 3 is an error that says which counts there are; the same command with another count then works."""
    said = alchemy("run", "--path", folder(tmp_path), "--workspace", "here", "--shards", "3")
    assert said.code == 1
    assert "a shard count is a power of two from 1 to 512, not 3" in said.err
    assert not (tmp_path / "here").exists()


def test_an_unknown_language(alchemy, tmp_path):
    """--languages Cobol is an error that lists the languages there are."""
    said = alchemy("run", "--path", folder(tmp_path), "--languages", "Python,Cobol")
    assert said.code == 1
    assert "unknown languages ['Cobol']" in said.err
    assert "C, CSharp, Cpp, Go, Java, JavaScript, Markdown, PHP, Python" in said.err


@pytest.mark.parametrize("name", ["run", "why", "verify", "gc", "ui"])
def test_no_workspace_at_all(alchemy, tmp_path, name):
    """Where no workspace was ever made, every command says so, and how to make one."""
    said = alchemy(name, *(["x"] if name == "why" else []))
    assert said.code == 1
    assert f"no workspace was used in {tmp_path} yet; make one with: alchemy run --path FOLDER" in said.err


def test_a_workspace_that_is_not_there(alchemy):
    """A --workspace that was never made is an error that names it."""
    said = alchemy("verify", "--workspace", "elsewhere")
    assert said.code == 1
    assert "no workspace at elsewhere" in said.err


def test_a_workspace_that_cannot_be_made(alchemy, tmp_path):
    """A file where the workspace should be is an error that says what to name instead."""
    (tmp_path / "a_file").touch()
    said = alchemy("run", "--path", folder(tmp_path), "--workspace", "a_file")
    assert said.code == 1
    assert "no workspace can be made at a_file" in said.err
    assert "--workspace" in said.err


def test_a_workspace_whose_name_is_a_pattern(alchemy, tmp_path):
    """Brackets in a workspace's path are refused: Dagster would take them for a pattern and miss its settings."""
    said = alchemy("run", "--path", folder(tmp_path), "--workspace", "a [b]")
    assert said.code == 1
    assert "may not hold any of * ? [" in said.err
    assert not (tmp_path / "a [b]").exists()


def test_a_workspace_inside_its_input(alchemy, tmp_path):
    """`--path .` would read its own workspace as source again and again, so it is refused with a way out."""
    said = alchemy("run", "--path", ".")
    assert said.code == 1
    assert f"would lie inside its input {tmp_path} and be read as source; name a folder outside" in said.err


def test_a_name_that_is_too_long(alchemy):
    """What the file system itself refuses is told in its words."""
    said = alchemy("run", "--path", "a" * 300)
    assert said.code == 1
    assert "File name too long" in said.err


def test_a_settings_file_that_is_broken(alchemy, tmp_path):
    """A settings file that is not TOML is an error that names it."""
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "alchemy.toml").write_text("shards = = 2")
    said = alchemy("run", "--workspace", "broken")
    assert said.code == 1
    assert "broken/alchemy.toml" in said.err
