"""What a git checkout says of itself, read without git: the name of its repository, and which files it ignores.

Belongs here: `.git/config`, `.gitignore`, `.git/info/exclude`. Does not: walking (`folders`). A file that matches
.gitignore is left out even if it was added by force; the user's own ignore file is not asked, so that every machine
finds the same files.
"""

import re
import stat
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final

from dulwich.config import ConfigFile
from dulwich.ignore import IgnoreFilter, IgnoreFilterManager, read_ignore_patterns

from alchemy_assets.corpora.found import printable
from alchemy_assets.corpora.regular_files import read_regular

_MOST_BYTES: Final = 2**20
# Every star may match anything up to the next slash: more of them in one pattern can cost seconds a file name.
_MOST_STARS: Final = 4
_STARS: Final = re.compile(rb"\*+")
_REMOTE: Final = re.compile(r"(?:[a-z+]+://[^/]+/|(?:[^@/:]+@)?[^/:]{2,}:(?!//))(?P<path>[^?#]+)", re.IGNORECASE)


@dataclass(frozen=True)
class Checkout:
    """A git checkout.

    name: `owner/name` by its remote `origin`, or the name of its folder.
    """

    name: str
    root: Path
    ignores: IgnoreFilterManager

    def ignored(self, below: str, *, is_folder: bool) -> bool:
        """Whether git leaves out a file or a whole folder; it is asked for a folder before what lies in it."""
        if is_folder:
            self.load(below)
            return self.ignores.may_prune_directory(f"{below}/")
        return bool(self.ignores.is_ignored(below))

    def load(self, below: str) -> None:
        """Read the .gitignore of a folder at this path inside the checkout."""
        # Put in place beforehand, since dulwich would open whatever is there, and wait for ever for a named pipe.
        self.ignores._path_filters[below] = _filter(self.root / below / ".gitignore")  # noqa: SLF001


def checkout(folder: Path) -> Checkout | None:
    """The git checkout whose root this folder is, or None where its `.git` is not one."""
    control = _control_folder(folder)
    if control is None:
        return None
    exclude = _filter(control / "info" / "exclude")
    name = _origin(control / "config") or printable(folder.resolve().name)
    found = Checkout(
        name, folder, IgnoreFilterManager(str(folder), [] if exclude is None else [exclude], ignorecase=False)
    )
    found.load("")
    return found


def _control_folder(folder: Path) -> Path | None:
    """The folder with the configuration; a worktree and a submodule have a file `.git` that points to it."""
    path = folder / ".git"
    if _is(path, stat.S_ISDIR):
        return path if _is(path / "HEAD", stat.S_ISREG) else None
    pointer = _line(path)
    if not pointer.startswith("gitdir: "):
        return None
    control = folder / pointer.removeprefix("gitdir: ")
    control /= _line(control / "commondir")
    return control if _is(control, stat.S_ISDIR) else None


def _is(path: Path, kind: Callable[[int], bool]) -> bool:
    # Unlike `Path.is_dir`, never raises: a folder may be closed to us, or a name too long.
    try:
        return kind(path.stat().st_mode)
    except OSError:
        return False


def _line(path: Path) -> str:
    return _read(path).decode("utf-8", "surrogateescape").replace("\0", "").strip()


def _read(path: Path) -> bytes:
    data = read_regular(path, "", _MOST_BYTES)
    return data if isinstance(data, bytes) else b""


def _filter(path: Path) -> IgnoreFilter | None:
    patterns = [p for p in read_ignore_patterns(BytesIO(_read(path))) if len(_STARS.findall(p)) <= _MOST_STARS]
    kept = []
    for pattern in patterns:
        try:
            IgnoreFilter([pattern])
        except (ValueError, re.error):  # dulwich passes on what `re` says of a broken character class
            continue
        kept.append(pattern)
    return IgnoreFilter(kept) if kept else None


def _origin(config: Path) -> str:
    """`owner/name` of the remote `origin`, "" where there is none on another host."""
    try:
        # An `include.path` in it could name any file of this machine.
        settings = ConfigFile.from_file(BytesIO(_read(config)), expand_includes=False)
        url = settings.get((b"remote", b"origin"), b"url")
    except (KeyError, ValueError):
        return ""
    match = _REMOTE.fullmatch(url.decode("utf-8", "replace"))
    if match is None or url.startswith(b"file:"):
        return ""
    return match["path"].strip("/").removesuffix(".git").strip("/")
