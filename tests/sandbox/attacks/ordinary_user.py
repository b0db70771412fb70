"""A backend that an ordinary user opened, used from a process of root.

Belongs here: the process of that user, on both sides of the lines to it. Does not: judging what comes back (`assault`).
The half that runs as that user imports only the standard library and the backend: it runs from a copy of these files,
under the system's Python, since neither the checkout nor the environment need be readable for that user.
"""

import contextlib
import os
import pwd
import queue
import shutil
import socket
import subprocess
import tempfile
import threading
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from alchemy_assets.sandbox.bubblewrap import backend as bubblewrap
from alchemy_assets.sandbox.jobs import Ending, Job
from alchemy_assets.sandbox.sandbox import Protection

_PYTHON = "/usr/bin/python3"
_START = "import sys; sys.path.insert(0, sys.argv[1]); import ordinary_user; ordinary_user.serve(sys.argv[2:])"
_PACKAGE = Path(bubblewrap.__file__).parents[2]


def _answer(descriptor: int, backend: bubblewrap.Bubblewrap) -> None:
    with contextlib.suppress(EOFError), Connection(descriptor) as line:
        while True:
            name, arguments = line.recv()
            try:
                answer = getattr(backend, name)(*arguments)
            except Exception as error:  # noqa: BLE001 - it is raised on the other side
                answer = error
            line.send(answer)


def serve(descriptors: list[str]) -> None:
    """Answer (name of a method, its arguments) on each line with what it returned or raised, until the lines end."""
    backend = bubblewrap.Bubblewrap(workers=len(descriptors))
    threads = [threading.Thread(target=_answer, args=(int(line), backend)) for line in descriptors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    backend.close()


def _unused_uid() -> int:
    known = {entry.pw_uid for entry in pwd.getpwall()}
    return next(uid for uid in range(20_017, 60_000) if uid not in known)


class UserBackend:
    """Bubblewrap in a process of an ordinary user, who has no privilege and no control groups of root's."""

    def __init__(self, workers: int) -> None:
        """Start the process; only root can."""
        self.uid, self.at_once = _unused_uid(), workers
        self._folder = Path(tempfile.mkdtemp(prefix="attacks-code-"))
        self._copy_code()
        pairs = [socket.socketpair() for _ in range(workers)]
        theirs = [pair[1].fileno() for pair in pairs]
        user = (
            "--reuid",
            str(self.uid),
            "--regid",
            str(self.uid),
            "--clear-groups",
            "--inh-caps=-all",
            "--bounding-set=-all",
        )
        self.process = subprocess.Popen(
            ["setpriv", *user, _PYTHON, "-I", "-c", _START, str(self._folder), *map(str, theirs)],
            stdin=subprocess.DEVNULL,
            pass_fds=theirs,
            env={"PATH": "/usr/bin:/bin", "CODEALCHEMY_SECRET": "hidden-word", "PYTHONDONTWRITEBYTECODE": "1"},
            cwd="/",
        )
        self._lines: queue.LifoQueue[Connection] = queue.LifoQueue()
        for ours, other in pairs:
            other.close()
            self._lines.put(Connection(ours.detach()))

    def _copy_code(self) -> None:
        """Copy what is needed to where everybody may read it."""
        for source in (*_PACKAGE.glob("*.py"), *(_PACKAGE / "sandbox").rglob("*.py")):
            target = self._folder / "alchemy_assets" / source.relative_to(_PACKAGE)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
        shutil.copyfile(__file__, self._folder / "ordinary_user.py")
        for path in (self._folder, *self._folder.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)

    def _ask(self, name: str, *arguments: object) -> Any:
        line = self._lines.get()
        try:
            line.send((name, arguments))
            answer = line.recv()
        finally:
            self._lines.put(line)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def execute(self, job: Job) -> Ending:
        """Run one job over there."""
        ending: Ending = self._ask("execute", job)
        return ending

    def protections(self) -> list[Protection]:
        """Say what stands between a program and this machine over there."""
        protections: list[Protection] = self._ask("protections")
        return protections

    def close(self) -> None:
        """End the process."""
        while not self._lines.empty():
            self._lines.get().close()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)


def impossible() -> str | None:
    """Say why an ordinary user's sandbox cannot be had from here, or None where it can."""
    if os.getuid() != 0:
        return "only root can become another user"
    if not shutil.which("setpriv") or not Path(_PYTHON).exists():
        return f"setpriv or {_PYTHON} is missing"
    return None
