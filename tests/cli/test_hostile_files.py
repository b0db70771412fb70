"""A folder of hostile files through the real command: nothing chokes on them, and every one is accounted for."""

import pytest

from alchemy_assets.store import UNPARTITIONED


def test_a_run_over_hostile_files_ends_well(hostile):
    """The run ends with code 0 and a release, though nearly every file of its input is broken in some way."""
    assert hostile.ran.code == 0, hostile.ran.text
    assert (hostile.workspace / "release" / "README.md").exists()


def test_every_input_is_accounted_for(hostile):
    """Inputs are occurrences, repetitions or rejected inputs; their number is that of the files that were written."""
    counts = hostile.store.open("local_index", UNPARTITIONED).counts
    assert counts["inputs"] == counts["occurrences"] + counts["repeated"] + counts["rejected_inputs"]
    assert counts["inputs"] == len(list((hostile.corpus / "shelf").iterdir()))
    assert counts["rejected_inputs"] == len(hostile.rejected)
    assert counts["occurrences"] == hostile.files["occurrences"].list.len().sum()


def test_every_file_is_kept_or_rejected_by_curation(hostile):
    """Behind the index nothing is lost either: what goes into curation is kept or rejected."""
    manifests = [one for one in hostile.store.manifests("curated_files") if one.passed]
    rows_in, kept, rejected = (sum(one.counts[name] for one in manifests) for name in ("rows_in", "kept", "rejected"))
    assert rows_in == kept + rejected == hostile.files.height


def test_the_summary_adds_up(hostile):
    """The first line of the summary is the sum of what is source and what is not, and each reason stands below it."""
    inputs, refused = len(list((hostile.corpus / "shelf").iterdir())), len(hostile.rejected)
    assert (
        f"{inputs} looked at: {inputs - refused} are source ({hostile.files.height} different files), {refused} are not"
        in hostile.ran.out
    )
    assert all(reason in hostile.ran.out for reason, _ in hostile.rejected.values())


def test_a_huge_file_is_rejected_by_its_size(hostile):
    """A file of 200 MB is listed with its size."""
    assert hostile.rejected["shelf/huge.py"] == ("larger than 10485760 bytes", "200000000 bytes")


def test_a_huge_file_is_not_read(hostile):
    """Nobody read a byte of the file of 200 MB, as its time of access shows beside that of a file that was read."""
    read, unread = ((hostile.corpus / "shelf" / name).stat() for name in ("good.py", "huge.py"))
    if read.st_atime_ns == read.st_mtime_ns:
        pytest.skip("this file system notes no times of access")
    assert unread.st_atime_ns == unread.st_mtime_ns


def test_nul_bytes_are_binary(hostile):
    """A NUL makes a file binary, whatever its suffix says."""
    assert hostile.rejected["shelf/nul.py"] == ("binary", "NUL at byte 5")
    assert hostile.rejected["shelf/program.exe"][0] == "binary"


def test_bytes_of_no_encoding_are_not_guessed(hostile):
    """Bytes that are neither UTF-8 nor surely anything else are rejected, not replaced."""
    assert hostile.rejected["shelf/not_utf8.py"][0] == "cannot be decoded"


def test_utf_16_with_its_mark_is_decoded(hostile):
    """A file of UTF-16 with a byte-order mark becomes text without the mark."""
    row = hostile.files.filter(hostile.files["paths"].list.contains("utf16.py")).row(0, named=True)
    assert (row["encoding"], row["text"]) == ("utf-16", "wide = 'é'\n")


def test_loops_and_pipes_are_not_followed(hostile):
    """A link to its own folder, a link to itself and a pipe that nobody writes to are listed and never opened."""
    assert hostile.rejected["shelf/loop"] == ("symbolic link", "to .")
    assert hostile.rejected["shelf/itself.py"] == ("symbolic link", "to itself.py")
    assert hostile.rejected["shelf/pipe.py"] == ("not a regular file", "named pipe")


def test_an_empty_file_is_rejected(hostile):
    """A file of no bytes teaches nothing."""
    assert hostile.rejected["shelf/empty.py"][0] == "empty"


def test_odd_names_are_kept(hostile):
    """Newlines, emoji and control characters in a name are kept as they are; bytes that are not UTF-8 become escapes."""
    paths = {path for paths in hostile.files["paths"] for path in paths}
    assert {"[bold]\n🦀\x1b[31m.py", "\\xff.py"} <= paths


def test_the_same_bytes_twice_are_one_blob(hostile):
    """Two files of the same bytes under two suffixes are one row with two occurrences."""
    rows = hostile.files.filter(hostile.files["paths"].list.contains("same.js"))
    assert rows["paths"].to_list() == [["same.js", "same.mjs"]]


def test_dagster_leaves_nothing_at_home(hostile):
    """No telemetry of Dagster's is switched on: it would show in the home folder, and in what the run prints."""
    assert list((hostile.workspace.parent / "home").iterdir()) == []
    assert "telemetry" not in hostile.ran.text.lower()
