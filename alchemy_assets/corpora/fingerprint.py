"""Notice cheaply that the input of a corpus may have changed, so that an unchanged one is not read again."""

import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from alchemy_assets.errors import CorpusNotFoundError

# Of a checkout's `.git`, only these decide which files are found, and under which name.
_GIT_FILES = ("HEAD", "config", "info/exclude")


def fingerprint(path: Path) -> str:
    """The SHA-256 of names, modes, sizes and modification times (nanoseconds) of all that lies at a path.

    No file is opened and no link followed below the path. Contents that change under the same size and time are not
    noticed. Raises CorpusNotFoundError if nothing is there.
    """
    try:
        status = path.stat()
    except (OSError, ValueError) as error:
        msg = f"the corpus {path} cannot be looked at ({error}); set `local.path`"
        raise CorpusNotFoundError(msg) from error
    lines = sorted(_below(path)) if stat.S_ISDIR(status.st_mode) else [_line(path.name, status)]
    digest = hashlib.sha256()
    for line in lines:
        digest.update(len(line).to_bytes(4, "big") + line)
    return digest.hexdigest()


def _below(root: Path) -> Iterator[bytes]:
    pending = [""]
    while pending:
        folder = pending.pop()
        try:
            with os.scandir(root / folder) as scan:
                entries = list(scan)
        except OSError:
            yield os.fsencode(folder) + b"\0unreadable"
            continue
        for entry in entries:
            name = f"{folder}/{entry.name}".lstrip("/")
            if entry.is_dir(follow_symlinks=False) and entry.name != ".git":
                pending.append(name)
            for one in [name, *(f"{name}/{file}" for file in _GIT_FILES if entry.name == ".git")]:
                try:
                    yield _line(one, (root / one).lstat())
                except OSError:
                    yield os.fsencode(one) + b"\0gone"


def _line(name: str, status: os.stat_result) -> bytes:
    # A folder's own size and time say how its file system keeps it, not what lies in it.
    is_folder = stat.S_ISDIR(status.st_mode)
    numbers = (status.st_mode,) if is_folder else (status.st_mode, status.st_size, status.st_mtime_ns)
    return b"\0".join([os.fsencode(name), *(b"%d" % number for number in numbers)])
