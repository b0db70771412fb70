"""Replacing a folder by a new version of it, so that nobody ever sees half of one.

The new version grows in a hidden sibling, and takes the folder's name in one system call. A killed writer leaves the
hidden sibling, which the next writer removes; a lock lets writers in one after the other.
"""

import ctypes
import errno
import fcntl
import os
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from alchemy_assets.errors import SettingsError

_CURRENT_FOLDER = -100  # AT_FDCWD
_EXCHANGE = 2  # RENAME_EXCHANGE
_NOT_SUPPORTED = frozenset({errno.EINVAL, errno.ENOSYS, errno.ENOTSUP})


@contextmanager
def replacing(folder: Path, expected: Collection[str]) -> Iterator[Path]:
    """Give a new empty folder; when the block ends well it takes the place of `folder`, and the old one goes.

    expected: names that an old version may hold.
    Raises SettingsError where `folder` holds anything else.
    """
    folder = folder.absolute()
    strangers = sorted({entry.name for entry in folder.iterdir()} - set(expected)) if folder.exists() else []
    if strangers:
        msg = f"{folder} holds {', '.join(strangers[:3])}, so it is not a release to be replaced; name another folder"
        raise SettingsError(msg)
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = folder.with_name(f".{folder.name}.new")
    with folder.with_name(f".{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _remove(fresh)
        fresh.mkdir()
        try:
            yield fresh
            _take_the_place(fresh, folder)
        finally:
            _remove(fresh)


def _take_the_place(fresh: Path, folder: Path) -> None:
    if not folder.exists():
        fresh.rename(folder)
        return
    libc = ctypes.CDLL(None, use_errno=True)
    names = os.fsencode(fresh), os.fsencode(folder)
    if libc.renameat2(_CURRENT_FOLDER, names[0], _CURRENT_FOLDER, names[1], _EXCHANGE) == 0:
        return  # `fresh` is the old version now
    if ctypes.get_errno() not in _NOT_SUPPORTED:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), str(folder))
    # Some network file systems cannot exchange: for a moment there is no release, but still never half of one.
    old = folder.with_name(f".{folder.name}.old")
    _remove(old)
    folder.rename(old)
    fresh.rename(folder)
    _remove(old)


def _remove(folder: Path) -> None:
    if folder.is_symlink():
        folder.unlink()
    elif folder.exists():
        shutil.rmtree(folder)
