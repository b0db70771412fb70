"""Runs one server and outlives nobody: when the process that asked for it is gone, so are the server and all it started.

Belongs here: what stands between us and a server's processes, in plain Python that is run as a file of its own
(`python -I -S guard.py PARENT COMMAND...`). Does not: when a server is started, restarted or stopped (`servers`).
A byte on standard input asks the server to end, its closing kills. The parent's process id is looked at as well: a fork of
the parent may hold the other end of that pipe.
"""

import contextlib
import ctypes
import os
import select
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

_SET_DEATH_SIGNAL = 1
_SET_SUBREAPER = 36
_LOOK_SECONDS = 0.2


def _prctl(option: int, value: int) -> None:
    # Elsewhere the process group has to do.
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def _die_with_the_guard() -> None:
    _prctl(_SET_DEATH_SIGNAL, signal.SIGKILL)


def _descendants() -> list[int]:
    """Children of this process: orphans of the server's among them, as they are handed to the nearest subreaper."""
    listing = Path(f"/proc/self/task/{os.getpid()}/children")
    return [int(child) for child in listing.read_text().split()] if listing.exists() else []


def _kill_all(group: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)
    # A killed process hands its own children over, so this ends when there is none left.
    while children := _descendants():
        for child in children:
            os.kill(child, signal.SIGKILL)
        for child in children:
            os.waitpid(child, 0)


def _wait(server: subprocess.Popen[bytes], parent: int) -> None:
    line = [sys.stdin.fileno()]
    while server.poll() is None and os.getppid() == parent:
        if not select.select(line, [], [], _LOOK_SECONDS)[0]:
            continue
        if not os.read(line[0], 1):
            return
        server.terminate()


def main(parent: int, command: Sequence[str]) -> int:
    """Run the command to its end, or to that of the parent; gives its exit status, 128 and more for a signal."""
    _prctl(_SET_SUBREAPER, 1)
    server = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=_die_with_the_guard,  # noqa: PLW1509 -- there is one thread
    )
    try:
        _wait(server, parent)
        status = server.poll()
    finally:
        _kill_all(server.pid)
    if status is None:
        return 128 + signal.SIGKILL
    return 128 - status if status < 0 else status


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2:]))
