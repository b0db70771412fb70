"""Read the members of a tar archive one by one; nothing is ever extracted.

Belongs here: members, their names, damage to the archive. Does not: decompression (`streams`). The archive is read
twice, since a licence file may come after the files that it covers. Names are labels: `..` and a leading slash lead
nowhere.
"""

import tarfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from tarfile import HeaderError, ReadError
from typing import IO, Final, Self

from alchemy_assets.corpora import found, license_files
from alchemy_assets.corpora.found import Found, Rejected, printable, too_large
from alchemy_assets.corpora.streams import opened

SUFFIXES: Final = (".tar", ".tar.gz", ".tgz", ".tar.zst")

# The two header errors that mean the end of an archive; the module does not export them.
_ENDS: Final = ("EOFHeaderError", "EmptyHeaderError")

_KINDS: Final = (
    (tarfile.TarInfo.islnk, "hard link"),
    (tarfile.TarInfo.isfifo, "named pipe"),
    (tarfile.TarInfo.isdev, "device"),
)


class _StrictTarInfo(tarfile.TarInfo):
    """A member whose header must be whole: tarfile takes a damaged one after the first for the end of the archive."""

    @classmethod
    def fromtarfile(cls, tarfile: tarfile.TarFile) -> Self:  # the argument has the name that the parent gives it
        try:
            return super().fromtarfile(tarfile)
        except HeaderError as error:
            if type(error).__name__ in _ENDS:
                raise
            msg = f"damaged header: {error}"
            raise ReadError(msg) from error


def members(path: Path, largest: int) -> Iterator[Found | Rejected]:
    """Every member of an archive that is not a folder, as found or rejected; what lies in `.git` is passed over.

    The repository of a member is the top-level folder that it lies in, else the archive. Raises CorpusFormatError where
    the archive is truncated or damaged.
    """
    suffix = next(suffix for suffix in SUFFIXES if path.name.lower().endswith(suffix))
    archive = path.name[: -len(suffix)]
    licenses = _licenses(path)
    for member, read in _walk(path):
        name = member.name
        location = printable(f"{path.name}:{name}")
        parts = _parts(name)
        data = _member(member, read, location, largest)
        if isinstance(data, Rejected):
            yield data
        elif license_files.is_license_file(parts[-1]):
            yield Rejected(location, found.LICENCE_TEXT, license_files.identify(data) or "not recognised")
        else:
            lies_in_folder = len(parts) > 1 and parts[0] not in ("", "..")
            repository, inside = (parts[0], parts[1:]) if lies_in_folder else (archive, parts)
            depth = 1 if lies_in_folder else 0
            holding = next((licenses[upper] for upper in _upwards(parts, depth) if upper in licenses), "")
            yield Found(
                location, printable(repository), printable("/".join(inside)), data, (holding,) if holding else ()
            )


def _member(member: tarfile.TarInfo, read: Callable[[int], bytes], location: str, largest: int) -> bytes | Rejected:
    if member.issym():
        return Rejected(location, found.SYMBOLIC_LINK, f"to {printable(member.linkname)}")
    if not member.isreg():
        kind = next((name for is_kind, name in _KINDS if is_kind(member)), "unknown kind")
        return Rejected(location, found.IRREGULAR, kind)
    if member.size > largest:
        return too_large(location, member.size, largest)
    return read(member.size)


def _licenses(path: Path) -> dict[tuple[str, ...], str]:
    """The licence expression of each folder that holds licence files."""
    texts: defaultdict[tuple[str, ...], list[tuple[str, str]]] = defaultdict(list)
    for member, read in _walk(path):
        *folder, name = _parts(member.name)
        if member.isreg() and license_files.is_license_file(name):
            texts[tuple(folder)].append((name, license_files.identify(read(license_files.HEAD_BYTES))))
    return {folder: license_files.expression(licenses) for folder, licenses in texts.items()}


def _walk(path: Path) -> Iterator[tuple[tarfile.TarInfo, Callable[[int], bytes]]]:
    """The members that are not folders, each with what reads its first bytes while it is at hand."""
    with (
        opened(path) as stream,
        tarfile.open(
            fileobj=stream, mode="r|", tarinfo=_StrictTarInfo, encoding="utf-8", errors="surrogateescape"
        ) as archive,
    ):
        while (member := archive.next()) is not None:
            # tarfile remembers every member it has seen; an archive may have millions.
            archive.members.clear()  # type: ignore[attr-defined]
            if not member.isdir() and ".git" not in _parts(member.name):
                yield member, _reader(archive, member)


def _reader(archive: tarfile.TarFile, member: tarfile.TarInfo) -> Callable[[int], bytes]:
    def read(size: int) -> bytes:
        file: IO[bytes] | None = archive.extractfile(member)
        return b"" if file is None else file.read(size)

    return read


def _parts(name: str) -> list[str]:
    return name.removeprefix("./").split("/")


def _upwards(parts: list[str], depth: int) -> Iterator[tuple[str, ...]]:
    """The folders that a member lies in, nearest first, up to the root of its repository."""
    for length in range(len(parts) - 1, depth - 1, -1):
        yield tuple(parts[:length])
