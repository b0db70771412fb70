"""The commands that look at a workspace after its run: `why`, `verify`, `gc`, and `run` again."""

import hashlib
import shutil
from functools import cache
from pathlib import Path

import pytest

ODD = "[bold]\n🦀\x1b[31m.py"


@pytest.fixture
def good_blob(hostile) -> str:
    """The blob id of the one good file."""
    return hashlib.sha1((hostile.corpus / "shelf" / "good.py").read_bytes(), usedforsecurity=False).hexdigest()


@pytest.fixture(scope="module")
def why(hostile):
    """`alchemy why` on the hostile workspace, as the one that was used last; asked once for each name."""
    return cache(lambda what: hostile.alchemy("why", what))


def test_why_by_path(hostile, why, good_blob):
    """The path as a shell completes it finds this file alone, tells every stage's verdict, and what became of it."""
    said = why(f"{hostile.corpus.name}/shelf/good.py")
    assert said.code == 0
    assert said.out.count("blob ") == 1
    assert f"blob {good_blob}: Python (by suffix)" in said.out
    assert "repository shelf, path good.py" in said.out
    assert all(stage in said.out for stage in ("licenses:", "heuristics:", "syntax:", "near_duplicates:", "code_qa:"))


def test_why_by_the_beginning_of_a_blob_id(why, good_blob):
    """Six characters of a blob id are enough."""
    assert f"blob {good_blob}" in why(good_blob[:6]).out


def test_why_by_a_name_that_could_be_a_blob_id(why):
    """A file whose name consists of hexadecimal digits is found by its name."""
    assert "path decade" in why("decade").out


def test_why_of_a_rejected_input(hostile, why):
    """An input that never became a source file is found by its path, too, and the reason is told."""
    said = why(f"{hostile.corpus.name}/shelf/huge.py")
    assert said.out == "shelf/huge.py: not taken as source: larger than 10485760 bytes (200000000 bytes)\n"


def test_why_of_a_file_that_was_not_kept(why):
    """The story of a file that a stage rejected ends with that."""
    said = why(ODD)
    assert "it has too few lines" in said.out
    assert "curated_files: not kept, for these reasons" in said.out


def test_why_shows_odd_names_safely(why):
    """Control characters of a file name reach the terminal as escapes, and brackets are not taken for markup."""
    assert r"path [bold]\n🦀\x1b[31m.py," in why(ODD).out


def test_why_of_an_unknown_name(why):
    """A file's name in a folder where it does not lie is an error that says what can be given instead."""
    said = why("other/good.py")
    assert said.code == 1
    assert "has the path or blob id 'other/good.py'; give the end of a path" in said.err


def copy(hostile, folder: Path) -> Path:
    """A copy of the workspace, to be damaged."""
    shutil.copytree(hostile.workspace / "store", folder / "store")
    shutil.copy(hostile.workspace / "alchemy.toml", folder)
    return folder


def test_verify_of_a_whole_workspace(hostile):
    """Where every published file is what its manifest says, the code is 0."""
    said = hostile.alchemy("verify")
    assert (said.code, said.err) == (0, "")
    assert said.out.endswith("0 problems\n")


def test_verify_notices_one_changed_byte(hostile, alchemy, tmp_path):
    """A byte that was changed in place is found: code 1, the file's name, and what to do about it."""
    workspace = copy(hostile, tmp_path / "copy")
    damaged = min((workspace / "store" / "files" / "source_files").rglob("*.parquet"))
    data = bytearray(damaged.read_bytes())
    data[len(data) // 2] ^= 1
    damaged.write_bytes(data)
    said = alchemy("verify", "--workspace", workspace)
    assert said.code == 1
    assert f"{damaged} is not what was published" in said.err
    assert "alchemy run --force" in said.err


def test_verify_notices_a_missing_file(hostile, alchemy, tmp_path):
    """A file that is gone is found: code 1, and the file's name."""
    workspace = copy(hostile, tmp_path / "copy")
    gone = min((workspace / "store" / "files" / "source_files").rglob("*.parquet"))
    gone.unlink()
    said = alchemy("verify", "--workspace", workspace)
    assert said.code == 1
    assert f"{gone} is gone" in said.err


def test_after_gc_a_run_does_nothing(hostile):
    """`gc` removes an orphan and nothing that is needed: the workspace verifies, and the next run finds all of it current."""
    orphan = hostile.workspace / "store" / "files" / "source_files" / "orphan.parquet"
    orphan.write_bytes(b"left by a killed run")
    assert hostile.alchemy("gc", "--older-than", "0").out.endswith("\n1 files that no manifest names were removed\n")
    assert not orphan.exists()
    assert hostile.alchemy("verify").code == 0
    before = {path: path.stat().st_mtime_ns for path in hostile.store.root.rglob("*.*")}
    again = hostile.alchemy("run")
    assert again.code == 0
    assert again.err.count("nothing to do") == 8
    assert again.out == hostile.ran.out
    assert {path: path.stat().st_mtime_ns for path in hostile.store.root.rglob("*.*")} == before


@pytest.mark.parametrize(
    ("option", "asked", "has"),
    [("--shards", "4", "1"), ("--languages", "Python", "C,CSharp"), ("--held-out", "0.25", "0.02")],
)
def test_what_a_workspace_was_made_with_stays(hostile, option, asked, has):
    """Another value on the same workspace is an error that names both, the ways out, and the file with the setting."""
    said = hostile.alchemy("run", option, asked)
    assert said.code == 1
    assert f"was made with {option} {has}" in said.err
    assert f"not {asked};" in said.err
    assert "leave the option out" in said.err
    assert "--workspace" in said.err
    assert "alchemy.toml" in said.err


def test_another_input_needs_another_workspace(hostile, tmp_path):
    """Another --path on the same workspace is an error that names both inputs."""
    said = hostile.alchemy("run", "--path", tmp_path, "--workspace", hostile.workspace)
    assert said.code == 1
    assert f"not {tmp_path};" in said.err
    assert "name another folder with --workspace" in said.err
