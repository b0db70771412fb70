"""Reading tar archives: members, their repositories and licences, hostile names and damage."""

import gzip
import io
import tarfile

import pytest
import zstandard

from alchemy_assets.corpora.found import Found, Rejected
from alchemy_assets.errors import CorpusFormatError


def tar(files: dict[str, bytes], *more: tarfile.TarInfo) -> bytes:
    """An uncompressed archive of files and of members without content."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
        for member in more:
            archive.addfile(member)
    return buffer.getvalue()


def special(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    """A link, a device, a pipe or a folder."""
    member = tarfile.TarInfo(name)
    member.type = kind
    member.linkname = target
    return member


FILES = {"engine-1.0/src/a.py": b"x = 1\n", "top.py": b"y = 2\n"}


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("engine.tar", bytes),
        ("engine.tar.gz", gzip.compress),
        ("ENGINE.TGZ", gzip.compress),
        ("engine.tar.zst", zstandard.compress),
    ],
)
def test_every_compression_gives_the_same_files(tmp_path, inputs, name, pack):
    """The repository of a member is its top-level folder, or the archive where it lies in none."""
    (tmp_path / name).write_bytes(pack(tar(FILES)))
    assert [(one.repo_name.lower(), one.path, one.data) for one in inputs(tmp_path / name)] == [
        ("engine-1.0", "src/a.py", b"x = 1\n"),
        ("engine", "top.py", b"y = 2\n"),
    ]


def test_links_devices_and_pipes_are_rejected(tmp_path, inputs):
    """Whatever is not a plain file is rejected by its kind; folders and what lies in `.git` are passed over."""
    members = (
        special("l", tarfile.SYMTYPE, "/etc/passwd"),
        special("h", tarfile.LNKTYPE, "a.py"),
        special("d", tarfile.CHRTYPE),
        special("p", tarfile.FIFOTYPE),
        special("z", b"Z"),
        special("folder", tarfile.DIRTYPE),
        special("r/.git/hook", tarfile.SYMTYPE, "x"),
    )
    (tmp_path / "a.tar").write_bytes(tar({"a.py": b"x"}, *members))
    assert [(one.location, one.reason, one.detail) for one in inputs(tmp_path / "a.tar")[1:]] == [
        ("a.tar:l", "symbolic link", "to /etc/passwd"),
        ("a.tar:h", "not a regular file", "hard link"),
        ("a.tar:d", "not a regular file", "device"),
        ("a.tar:p", "not a regular file", "named pipe"),
        ("a.tar:z", "not a regular file", "unknown kind"),
    ]


def test_names_that_climb_are_only_labels(tmp_path, inputs):
    """A member called `../../x.py`, or with a leading slash, is read like another, and nothing is written anywhere."""
    (tmp_path / "a.tar").write_bytes(tar({"../../x.py": b"x", "/etc/y.py": b"y", "./r/z.py": b"z"}))
    assert [(one.repo_name, one.path) for one in inputs(tmp_path / "a.tar")] == [
        ("a", "../../x.py"),
        ("a", "/etc/y.py"),
        ("r", "z.py"),
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["a.tar"]


def test_a_licence_may_come_last(tmp_path, inputs, mit):
    """A licence file covers its folder even if the archive holds it after the sources; other folders it does not."""
    (tmp_path / "a.tar").write_bytes(tar({"r/a.py": b"x", "s/b.py": b"x", "r/LICENSE": mit}))
    found = inputs(tmp_path / "a.tar")
    assert [one.licenses for one in found if isinstance(one, Found)] == [("MIT",), ()]
    assert [(one.reason, one.detail) for one in found if isinstance(one, Rejected)] == [("licence text", "MIT")]


def test_a_large_member_is_not_read(tmp_path, inputs):
    """A member over the limit is rejected, and the next one is read."""
    (tmp_path / "a.tar.gz").write_bytes(gzip.compress(tar({"big.py": bytes(5_000), "a.py": b"x"})))
    [rejected, found] = inputs(tmp_path / "a.tar.gz", largest=100)
    assert (rejected.reason, rejected.detail, found.path) == ("larger than 100 bytes", "5000 bytes", "a.py")


def test_a_name_that_is_not_utf8_is_escaped(tmp_path, inputs):
    """A member's name in another encoding is shown with backslashes."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT, encoding="latin-1") as archive:
        archive.addfile(tarfile.TarInfo("café.py"))
    (tmp_path / "a.tar").write_bytes(buffer.getvalue())
    assert [one.path for one in inputs(tmp_path / "a.tar")] == ["caf\\xe9.py"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("cut.tar.gz", gzip.compress(tar({"a.py": bytes(range(256)) * 99}))[:-30]),
        ("cut.tar.zst", zstandard.compress(tar({"a.py": bytes(range(256)) * 99}))[:-3]),
        ("cut.tar", tar({"a.py": bytes(20_000)})[:9_000]),
        ("no.tar", b"this is not an archive" * 99),
        ("no.tar.gz", b"this is not an archive"),
        ("no.tar.zst", b"this is not an archive"),
        ("empty.tar", b""),
        ("damaged.tar", tar({"a.py": b"x"})[:1024] + b"\xff" * 512 + tar({"b.py": b"x"})),
    ],
)
def test_a_broken_archive_is_said_to_be_broken(tmp_path, inputs, name, content):
    """A truncated, damaged or mislabelled archive stops with an error that names it; no member is lost in silence."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(CorpusFormatError, match=rf"{name} is truncated, damaged or not what its name says"):
        inputs(tmp_path / name)


def test_an_archive_of_nothing_has_no_files(tmp_path, inputs):
    """A valid archive without members is an input without files."""
    (tmp_path / "a.tar").write_bytes(tar({}))
    with pytest.raises(CorpusFormatError, match="no files found"):
        inputs(tmp_path / "a.tar")
