"""The corpus `local`: which kinds of input there are, and what is said where one cannot be read."""

from pathlib import Path

import pytest

from alchemy_assets.corpora.found import Found
from alchemy_assets.corpora.local_files import read
from alchemy_assets.errors import CorpusFormatError, CorpusNotFoundError
from alchemy_assets.settings import LocalCorpus


def test_a_missing_path_is_said_at_once(tmp_path):
    """A path that does not exist stops before anything is read, with an error that names it and the setting."""
    with pytest.raises(CorpusNotFoundError, match=r"nowhere.*local\.path"):
        read(LocalCorpus(path=tmp_path / "nowhere"))


def test_a_path_with_a_nul_is_missing():
    """A path that no file system can hold is a missing one, not a crash."""
    with pytest.raises(CorpusNotFoundError):
        read(LocalCorpus(path=Path("a\0b")))


def test_a_link_to_nothing_is_missing(tmp_path):
    """A symbolic link whose target is gone is a missing corpus."""
    (tmp_path / "link").symlink_to(tmp_path / "gone")
    with pytest.raises(CorpusNotFoundError, match="link"):
        read(LocalCorpus(path=tmp_path / "link"))


def test_a_link_to_a_folder_is_read(make, inputs, tmp_path):
    """The path of the corpus may itself be a symbolic link."""
    (tmp_path / "link").symlink_to(make({"a.py": b"x = 1\n"}))
    assert [one.location for one in inputs(tmp_path / "link")] == ["a.py"]


@pytest.mark.parametrize("name", ["a.zip", "a.py", "jsonl"])
def test_a_file_of_another_kind_is_refused(tmp_path, name):
    """A file that is neither an archive nor a table is refused, and the error lists the kinds that are read."""
    (tmp_path / name).write_bytes(b"x")
    with pytest.raises(CorpusFormatError, match=r"\.tar\.gz.*\.jsonl\.zst.*\.parquet"):
        read(LocalCorpus(path=tmp_path / name))


@pytest.mark.parametrize("files", [{}, {"empty/.git/HEAD": b""}])
def test_no_file_at_all_is_an_error(make, inputs, files):
    """A folder without a single file stops with an error that says what to do."""
    with pytest.raises(CorpusFormatError, match=r"no files found in .*corpus; put source files there"):
        inputs(make(files))


def test_only_rejected_files_are_no_error(make, reasons):
    """A folder whose only file cannot be read is a valid corpus; the file is listed."""
    assert reasons(make({"a.py": b"x" * 11}), largest=10) == {"a.py": "larger than 10 bytes"}


def test_the_example_corpus_is_read(inputs):
    """The programs that come with the project lie one repository a folder, each with a licence that is recognised."""
    found = [one for one in inputs(Path(__file__).parents[2] / "examples" / "corpus") if isinstance(one, Found)]
    sources = [one for one in found if one.path.endswith((".py", ".go", ".java"))]
    assert sources
    assert all(len(one.licenses) == 1 and one.repo_name == one.location.split("/")[0] for one in sources)
