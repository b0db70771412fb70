"""Run the compiler of each program of a batch, one after another, each alone in the work folder.

Belongs here: what runs inside a sandbox, where only the standard library is, for compilers that start fast but cannot
be kept. Does not: what is sent and read outside (`batch`, which says how they talk). Python 3.9 is new enough.
"""

import os
import shutil
import struct
import subprocess
import sys
import time
from typing import BinaryIO

OWN = ".warm"


def _number(stream: BinaryIO) -> int:
    (number,) = struct.unpack(">i", stream.read(4))
    return int(number)


def _blob(stream: BinaryIO) -> bytes:
    return stream.read(_number(stream))


def _framed(content: bytes) -> bytes:
    return struct.pack(">i", len(content)) + content


def _files() -> list[str]:
    found = []
    for folder, below, names in os.walk("."):
        if folder == ".":
            below[:] = [name for name in below if name != OWN]
        paths = (os.path.join(folder, name)[2:] for name in names)  # noqa: PTH118 - imports in a third of the time
        found += [path for path in paths if os.path.isfile(path) and not os.path.islink(path)]  # noqa: PTH113, PTH114
    return sorted(found)


def _compile(batch: BinaryIO) -> bytes:
    _clear()
    command = [_blob(batch).decode() for _ in range(_number(batch))]
    given = set()
    for _ in range(_number(batch)):
        name = _blob(batch).decode()
        if "/" in name:
            os.makedirs(os.path.dirname(name), exist_ok=True)  # noqa: PTH103, PTH120
        with open(name, "wb") as file:  # noqa: PTH123
            file.write(_blob(batch))
        given.add(name)
    started = time.monotonic()
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    microseconds = int((time.monotonic() - started) * 1e6)
    if done.returncode < 0:  # Ended by a signal: said by no answer.
        sys.exit(1)
    answer = struct.pack(">ii", done.returncode, microseconds) + _framed(done.stdout) + _framed(done.stderr)
    for name in _files():
        if name not in given:
            with open(name, "rb") as file:  # noqa: PTH123
                content = file.read()
            answer += _framed(name.encode()) + struct.pack(">i", os.access(name, os.X_OK)) + _framed(content)
    return answer


def _clear() -> None:
    for entry in os.scandir("."):
        if entry.is_dir(follow_symlinks=False):
            if entry.name != OWN:
                shutil.rmtree(entry.path)
        else:
            os.unlink(entry.path)  # noqa: PTH108


def main() -> None:
    """Answer the batch on standard input."""
    batch, answers = sys.stdin.buffer, sys.stdout.buffer
    for _ in range(_number(batch)):
        answers.write(_framed(_compile(batch)))
        answers.flush()


if __name__ == "__main__":
    main()
