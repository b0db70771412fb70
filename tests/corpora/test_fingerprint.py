"""The fingerprint of an input changes when the input does, and only then."""

import os

import pytest

from alchemy_assets.corpora.fingerprint import fingerprint
from alchemy_assets.errors import CorpusNotFoundError


@pytest.fixture
def root(make):
    """A small checkout."""
    return make({"a.py": b"x", "deep/b.py": b"y", ".git/HEAD": b"h", ".git/config": b"c", ".git/objects/aa": b"o"})


def test_an_unchanged_folder_keeps_its_fingerprint(root):
    """Asked twice, also after a file was read, the fingerprint is the same; what git stores does not count."""
    before = fingerprint(root)
    (root / "a.py").read_bytes()
    (root / ".git/objects/bb").write_bytes(b"o")
    assert fingerprint(root) == before


@pytest.mark.parametrize(
    "change",
    [
        lambda root: (root / "a.py").write_bytes(b"xx"),
        lambda root: os.utime(root / "deep/b.py", ns=(1, 1)),
        lambda root: (root / "deep/b.py").rename(root / "deep/c.py"),
        lambda root: (root / "deep/b.py").unlink(),
        lambda root: (root / "new").mkdir(),
        lambda root: (root / "link").symlink_to("a.py"),
        lambda root: os.mkfifo(root / "pipe"),
        lambda root: (root / "a.py").chmod(0o000),
        lambda root: (root / ".git/config").write_bytes(b"another remote"),
    ],
)
def test_any_change_changes_it(root, change):
    """Size, time, name, kind, mode and the checkout's configuration all count."""
    before = fingerprint(root)
    change(root)
    assert fingerprint(root) != before


def test_a_file_has_a_fingerprint_too(tmp_path):
    """The fingerprint of an archive or table is made of its own name, size and time."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"{}")
    before = fingerprint(path)
    path.write_bytes(b"{}\n")
    assert fingerprint(path) != before


def test_names_cannot_be_mistaken_for_each_other(make):
    """A newline or a NUL-like separator in a name does not make two different folders look alike."""
    one = make({"a\nb.py": b"x"})
    before = fingerprint(one)
    (one / "a\nb.py").rename(one / "a b.py")
    assert fingerprint(one) != before


def test_a_missing_path_is_an_error(tmp_path):
    """Nothing has no fingerprint."""
    with pytest.raises(CorpusNotFoundError, match="nowhere"):
        fingerprint(tmp_path / "nowhere")
