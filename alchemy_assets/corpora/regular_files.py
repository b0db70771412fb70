"""Read one file of a folder that nobody vouches for: never a link, a pipe, a device or more than the limit.

Belongs here: opening and reading. Does not: which files to read (`folders`), what their bytes mean (`encodings`).
"""

import os
import stat
from pathlib import Path

from alchemy_assets.corpora import found
from alchemy_assets.corpora.found import Rejected, too_large

_KINDS = {
    stat.S_IFIFO: "named pipe",
    stat.S_IFSOCK: "socket",
    stat.S_IFCHR: "character device",
    stat.S_IFBLK: "block device",
    stat.S_IFDIR: "folder",
}
# Without waiting: a pipe that took a regular file's place between looking and opening would block for ever.
_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def read_regular(path: Path, location: str, largest: int) -> bytes | Rejected:
    """The bytes of a regular file of at most `largest` bytes, or why it is not read."""
    try:
        status = path.lstat()
        if stat.S_ISLNK(status.st_mode):
            return Rejected(location, found.SYMBOLIC_LINK, f"to {found.printable(str(path.readlink()))}")
        refusal = _refusal(status, location, largest)
        if refusal is not None:
            return refusal
        with os.fdopen(os.open(path, _FLAGS), "rb") as file:
            refusal = _refusal(os.fstat(file.fileno()), location, largest)
            if refusal is not None:
                return refusal
            data = file.read(largest + 1)
    except OSError as error:
        return Rejected(location, found.UNREADABLE, error.strerror or type(error).__name__)
    return data if len(data) <= largest else too_large(location, None, largest)


def _refusal(status: os.stat_result, location: str, largest: int) -> Rejected | None:
    if not stat.S_ISREG(status.st_mode):
        return Rejected(location, found.IRREGULAR, _KINDS.get(stat.S_IFMT(status.st_mode), "unknown kind"))
    if status.st_size > largest:
        return too_large(location, status.st_size, largest)
    return None
