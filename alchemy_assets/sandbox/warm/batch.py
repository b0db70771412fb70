"""How a warm compiler is sent the programs of a batch, and how its answers are read.

Belongs here: the bytes of both directions. Does not: which compilers can be kept warm (`drivers`), what an answer
means (`builds`).

A number is four bytes, the highest first; a blob is the number of its bytes and the bytes. A batch is the number of its
programs, and for each the number of words of its command line, the words as blobs, the number of its files, and for
each name and content as blobs. An answer is one blob, so that one that was not finished is told from a whole one: the
exit code, microseconds, stdout and stderr as blobs, and for each new file its name as a blob, 1 where it may be
executed, and its content as a blob. A driver that stops early gives no answer for the program that it stopped at.
"""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from alchemy_assets.errors import UnsafePathError
from alchemy_assets.sandbox.program_folder import check_names

OWN = ".warm"
"""Folder of the driver inside the work folder, where no program may have files."""

_NUMBER = struct.Struct(">i")


@dataclass(frozen=True)
class Answer:
    """What a warm compiler says about one program."""

    exit_code: int
    wall_seconds: float
    stdout: bytes
    stderr: bytes
    files: Mapping[str, bytes]
    executables: frozenset[str]


def can_carry(words: Sequence[str], files: Mapping[str, bytes]) -> bool:
    """Whether a program can be part of a batch: its names are UTF-8, and none of them is the driver's."""
    try:
        "".join((*words, *files)).encode()
    except UnicodeEncodeError:
        return False
    return not any(name == OWN or name.startswith(f"{OWN}/") for name in files)


def _blob(content: bytes) -> bytes:
    return _NUMBER.pack(len(content)) + content


def encode(programs: Sequence[tuple[Sequence[str], Mapping[str, bytes]]]) -> bytes:
    """Return the bytes of a batch of command lines and files."""
    parts = [_NUMBER.pack(len(programs))]
    for words, files in programs:
        parts.append(_NUMBER.pack(len(words)))
        parts += (_blob(word.encode()) for word in words)
        parts.append(_NUMBER.pack(len(files)))
        parts += (_blob(name.encode()) + _blob(content) for name, content in files.items())
    return b"".join(parts)


class _Reader:
    """Reads numbers and blobs; raises ValueError at the end of the bytes."""

    def __init__(self, content: bytes) -> None:
        self._content, self._at = memoryview(content), 0

    def number(self) -> int:
        return int(_NUMBER.unpack(self._take(_NUMBER.size))[0])

    def blob(self) -> bytes:
        return self._take(self.number())

    def left(self) -> bool:
        return self._at < len(self._content)

    def _take(self, count: int) -> bytes:
        taken = bytes(self._content[self._at : self._at + count]) if count >= 0 else b""
        if len(taken) != count:
            message = "the answer ends too early"
            raise ValueError(message)
        self._at += count
        return taken


def _answer(content: bytes) -> Answer:
    reader = _Reader(content)
    exit_code, microseconds, stdout, stderr = reader.number(), reader.number(), reader.blob(), reader.blob()
    files, executables = {}, set()
    while reader.left():
        name = reader.blob().decode()
        if reader.number():
            executables.add(name)
        files[name] = reader.blob()
    check_names(files)
    return Answer(exit_code, microseconds / 1e6, stdout, stderr, files, frozenset(executables))


def decode(said: bytes) -> list[Answer | None]:
    """Return the whole answers, in the order of the batch; None for one that cannot be read or must not be believed."""
    reader, answers = _Reader(said), list[Answer | None]()
    while True:
        try:
            content = reader.blob()
        except ValueError:
            return answers
        try:
            answers.append(_answer(content))
        except (ValueError, UnsafePathError):
            answers.append(None)
