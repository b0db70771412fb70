"""Put a program's files into the folder of a sandbox, and fetch back what the program wrote there.

Belongs here: which names and values are safe to hand over, and file access below an open folder that follows no link.
Does not: mounting that folder (`containment`).
"""

import contextlib
import errno
import itertools
import os
import re
import stat
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import PurePosixPath

from alchemy_assets.errors import UnsafePathError
from alchemy_assets.sandbox.jobs import MOST_FILES
from alchemy_assets.sandbox.sandbox import Invocation, Program

TEMPORARY = "/tmp"  # noqa: S108 - a folder of the sandbox, not of this machine
_LONGEST_NAME = 255
_LONGEST_PATH = 1_000
_MOST_ARGUMENTS = 4_000
_LONGEST_COMMAND = 100_000
_DEEPEST = 32
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
# Without O_NONBLOCK opening a FIFO would wait for a writer for ever.
_OLD_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def _check_text(text: str, what: str) -> None:
    try:
        bad = b"\0" in os.fsencode(text)
    except UnicodeEncodeError:
        bad = True
    if bad:
        message = f"{what} {text!r} cannot be passed to a program: it has a NUL or a lone surrogate."
        raise UnsafePathError(message)


def _check_name(name: str) -> None:
    _check_text(name, "The file name")
    parts = name.split("/")
    if any(part in {"", ".", ".."} for part in parts):
        message = f"The file name {name!r} is not a plain relative path; leave out '..', '.', '//' and a leading '/'."
        raise UnsafePathError(message)
    if len(os.fsencode(name)) > _LONGEST_PATH or any(len(os.fsencode(part)) > _LONGEST_NAME for part in parts):
        message = f"The file name {name[:40]!r}… is longer than a file system takes; shorten it."
        raise UnsafePathError(message)


def check_names(names: Iterable[str]) -> None:
    """Raise UnsafePathError unless every name stays below the folder, and none is both a file and a folder."""
    known = set(names)
    for name in sorted(known):
        _check_name(name)
        for parent in PurePosixPath(name).parents:
            if str(parent) in known:
                message = f"{str(parent)!r} is a file of the program and the folder of {name!r}; rename one."
                raise UnsafePathError(message)


def check(program: Program, invocation: Invocation) -> None:
    """Raise UnsafePathError for what cannot be run as it is written, before anything is run."""
    check_names(program.files)
    for name in invocation.collect:
        _check_name(name)
    for started in (program.entry, *filter(None, [invocation.script])):
        if started not in program.files:
            message = (
                f"{started!r} is to be started, but is not among the files of the program: {sorted(program.files)}"
            )
            raise UnsafePathError(message)
    folder = invocation.work_folder
    if folder != TEMPORARY:
        if not folder.startswith(f"{TEMPORARY}/"):
            message = f"The work folder {folder!r} does not lie in {TEMPORARY}; nothing else can be written to."
            raise UnsafePathError(message)
        _check_name(folder.removeprefix(f"{TEMPORARY}/"))
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.-]{0,62}", invocation.host_name):
        message = f"The host name {invocation.host_name!r} is not 1 to 63 letters, digits, dots and hyphens."
        raise UnsafePathError(message)
    _check_words(invocation)


def _check_words(invocation: Invocation) -> None:
    for key, value in invocation.environment.items():
        _check_text(key, "The variable")
        _check_text(value, f"The value of {key}")
        if not key or "=" in key:
            message = f"A variable of the environment cannot be called {key!r}."
            raise UnsafePathError(message)
    for argument in invocation.arguments:
        _check_text(argument, "The argument")
    words = [*invocation.arguments, *invocation.environment, *invocation.environment.values()]
    if len(words) > _MOST_ARGUMENTS or sum(len(os.fsencode(word)) for word in words) > _LONGEST_COMMAND:
        message = f"Arguments and environment are more than {_LONGEST_COMMAND:,} bytes; hand them over as a file."
        raise UnsafePathError(message)


def write_files(folder: int, files: Mapping[str, bytes], executables: Collection[str] = ()) -> None:
    """Write files below the open folder, which must not hold any of them yet."""
    for name, content in files.items():
        *parents, last = name.split("/")
        at = os.dup(folder)
        try:
            for parent in parents:
                with contextlib.suppress(FileExistsError):
                    os.mkdir(parent, 0o755, dir_fd=at)
                below = os.open(parent, _FOLDER, dir_fd=at)
                os.close(at)
                at = below
            with open(os.open(last, _NEW_FILE, 0o755 if name in executables else 0o644, dir_fd=at), "wb") as file:  # noqa: PTH123 - below a folder
                file.write(content)
        finally:
            os.close(at)


def _read(folder: int, name: str, most: int) -> bytes:
    """Read at most `most` + 1 bytes of a regular file; raises OSError for a link, a FIFO or anything else."""
    if len(os.fsencode(name)) > _LONGEST_PATH:
        raise OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG))
    *parents, last = name.split("/")
    at = os.dup(folder)
    try:
        for parent in parents:
            below = os.open(parent, _FOLDER, dir_fd=at)
            os.close(at)
            at = below
        descriptor = os.open(last, _OLD_FILE, dir_fd=at)
    finally:
        os.close(at)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            message = "not a regular file"
            raise OSError(message)
        with open(descriptor, "rb", closefd=False) as file:
            return file.read(most + 1)
    finally:
        os.close(descriptor)


def collect_files(folder: int, names: Iterable[str], most: int) -> tuple[dict[str, bytes], list[str]]:
    """Return the files that are there, `most` bytes of them in all, and what is to be said about the others.

    Nothing of the program may be alive any more: each step follows no link, but looks only once.
    """
    files: dict[str, bytes] = {}
    notes = []
    for name in dict.fromkeys(names):
        try:
            content = _read(folder, name, most)
        except FileNotFoundError:
            continue
        except OSError as error:
            notes.append(f"{name} was not collected: {error.strerror or error}")
            continue
        if len(content) > most:
            notes.append(f"{name} was cut: more than the bytes that a run may write")
        files[name] = content[:most]
        most -= len(files[name])
    return files, notes


def _walk(folder: int, above: str = "") -> Iterator[str]:
    """Relative names of what lies below an open folder, in the order of names; follows no link.

    Of folders only those that cannot be looked into: locked ones, and those that lie too deep.
    """
    with os.scandir(folder) as found:
        entries = sorted(found, key=lambda entry: entry.name)
    for entry in entries:
        name = above + entry.name
        below = None
        if (
            entry.is_dir(follow_symlinks=False)
            and name.count("/") < _DEEPEST
            and len(os.fsencode(name)) < _LONGEST_PATH
        ):
            with contextlib.suppress(OSError):
                below = os.open(entry.name, _FOLDER, dir_fd=folder)
        if below is None:
            yield name
            continue
        try:
            yield from _walk(below, f"{name}/")
        finally:
            os.close(below)


def _is_executable(folder: int, name: str) -> bool:
    try:
        return bool(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode & 0o100)
    except OSError:
        return False


def collect_new_files(
    folder: int, given: Collection[str], most: int
) -> tuple[dict[str, bytes], list[str], frozenset[str]]:
    """Return the regular files that are there and were not given, what is to be said, and which may be executed.

    As `collect_files`, and at most `MOST_FILES` of them.
    """
    names = list(itertools.islice((name for name in _walk(folder) if name not in given), MOST_FILES + 1))
    files, notes = collect_files(folder, names[:MOST_FILES], most)
    if len(names) > MOST_FILES:
        notes.append(f"only the first {MOST_FILES} files were collected")
    return files, notes, frozenset(name for name in files if _is_executable(folder, name))
