"""Which names are taken, and how files get into and out of a folder."""

import os
import string
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alchemy_assets.errors import UnsafePathError
from alchemy_assets.sandbox.program_folder import check_names, collect_files, collect_new_files, write_files

NAMES = st.text(alphabet="ab./\0 é\ud800", max_size=12)
PLAIN = st.lists(st.text(string.ascii_letters + " é", min_size=1, max_size=5), min_size=1, max_size=3).map("/".join)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[int]:
    """Open an empty folder."""
    descriptor = os.open(tmp_path, os.O_RDONLY | os.O_DIRECTORY)
    yield descriptor
    os.close(descriptor)


@given(NAMES)
def test_accepted_names_stay_below_the_folder(name: str) -> None:
    """Whatever name is accepted is the same path when it is normalised, and lies below the folder."""
    try:
        check_names([name])
    except UnsafePathError:
        return
    assert os.path.normpath(name) == name
    assert (PurePosixPath("/folder") / name).is_relative_to("/folder")
    assert ".." not in name.split("/")


def test_a_name_cannot_be_file_and_folder() -> None:
    """A file whose name is the folder of another is refused, with both names."""
    with pytest.raises(UnsafePathError, match=r"'a/b'.*'a/b/c'"):
        check_names(["a/b", "a/b/c", "a/c"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(files=st.dictionaries(PLAIN, st.binary(max_size=50), max_size=5))
def test_files_make_the_round_trip(tmp_path_factory: pytest.TempPathFactory, files: dict[str, bytes]) -> None:
    """Files that were written are collected unchanged."""
    try:
        check_names(files)
    except UnsafePathError:
        return
    descriptor = os.open(tmp_path_factory.mktemp("round"), os.O_RDONLY | os.O_DIRECTORY)
    write_files(descriptor, files)
    assert collect_files(descriptor, files, 10_000) == (files, [])
    os.close(descriptor)


def test_collecting_stops_at_the_limit(folder: int) -> None:
    """The limit holds for all files together; what is cut is named."""
    write_files(folder, {"a": b"12345", "b": b"67890"})
    files, notes = collect_files(folder, ["a", "b"], 7)
    assert files == {"a": b"12345", "b": b"67"}
    assert notes == ["b was cut: more than the bytes that a run may write"]


def test_what_is_not_collected_is_closed(folder: int, tmp_path: Path) -> None:
    """Folders, links and FIFOs in place of files leave no descriptor open, which would keep their file system alive."""
    (tmp_path / "directory").mkdir()
    (tmp_path / "link").symlink_to("directory")
    os.mkfifo(tmp_path / "fifo")
    before = sorted(Path("/proc/self/fd").iterdir())
    files, notes = collect_files(folder, ["directory", "link", "fifo", "directory/x/y", "missing"], 100)
    assert (files, len(notes)) == ({}, 3)
    assert sorted(Path("/proc/self/fd").iterdir()) == before


def test_what_cannot_be_walked_through_is_named(folder: int, tmp_path: Path) -> None:
    """Names that no system call takes at once, and folders that lie too deep, are told; the other files come."""
    at = os.dup(folder)
    for _ in range(20):
        os.mkdir("n" * 250, dir_fd=at)
        below = os.open("n" * 250, os.O_RDONLY | os.O_DIRECTORY, dir_fd=at)
        os.close(at)
        at = below
    write_files(at, {"z": b"deep"})
    os.close(at)
    write_files(folder, {"/".join(["d"] * 40): b"deep", "y": b"there"}, {"y"})
    files, notes, executables = collect_new_files(folder, (), 100)
    assert (files, executables) == ({"y": b"there"}, {"y"})
    assert [note.partition(" ")[0][:1] for note in notes] == ["d", "n"]


def test_links_are_not_followed(folder: int, tmp_path: Path) -> None:
    """Neither a linked file nor a file behind a linked folder is collected or written to."""
    (tmp_path / "real").mkdir()
    (tmp_path / "real/file").write_text("x")
    (tmp_path / "folder").symlink_to("real")
    (tmp_path / "file").symlink_to("real/file")
    files, notes = collect_files(folder, ["folder/file", "file", "real/file"], 100)
    assert (files, len(notes)) == ({"real/file": b"x"}, 2)
    with pytest.raises(OSError, match=r"folder|Not a directory|symbolic"):
        write_files(folder, {"folder/new": b""})
