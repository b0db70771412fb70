"""Run commands under bubblewrap, on as many cores as there are.

Belongs here: the backend, its workers, and what it can say about itself. Does not: the containment
(`containment`) and the watching (`launcher`) of a single run, which happen in helper processes.
"""

import contextlib
import functools
import os
import platform
import queue
import re
import shutil
import socket
import subprocess
import sys
import threading
import weakref
from multiprocessing.connection import Connection
from pathlib import Path

from alchemy_assets.errors import SandboxUnavailableError
from alchemy_assets.sandbox.bubblewrap.cgroups import find_hierarchy
from alchemy_assets.sandbox.bubblewrap.containment import Walls
from alchemy_assets.sandbox.bubblewrap.probe import probe
from alchemy_assets.sandbox.jobs import Ending, Job
from alchemy_assets.sandbox.program_folder import TEMPORARY
from alchemy_assets.sandbox.sandbox import Limits, Protection
from alchemy_assets.sandbox.seccomp import MACHINES, build_filter

_OLDEST = (0, 8, 0)
_GOODBYE_SECONDS = 15.0
_LAUNCH = (
    "import sys; sys.path.append(sys.argv[1]); "
    "from alchemy_assets.sandbox.bubblewrap.launcher import serve; serve(int(sys.argv[2]), own_scope=sys.argv[3] == 'own-scope')"
)
_SCOPE = ("systemd-run", "--user", "--scope", "--quiet", "--collect", "--property=Delegate=yes", "--")
_SCOPE_SECONDS = 10.0
_PACKAGE_PARENT = str(Path(__file__).resolve().parents[3])
_TRIAL = Job(("/usr/bin/true",), {}, {}, b"", (), "sandbox", TEMPORARY, Limits())
_ADVICE = (
    "Often user namespaces are switched off: on Ubuntu `sysctl kernel.apparmor_restrict_unprivileged_userns=0`, on "
    "older Debian `sysctl kernel.unprivileged_userns_clone=1`, in Docker `--security-opt seccomp=unconfined "
    "--security-opt apparmor=unconfined --security-opt systempaths=unconfined`."
)


@functools.cache
def _scope() -> tuple[str, ...]:
    """Return the command that starts a launcher in a control group of its own; () where none is needed or to be had.

    An ordinary user has control groups only from systemd, where that runs for users.
    """
    if os.getuid() == 0 or find_hierarchy() is not None:
        return ()
    try:
        ended = subprocess.run([*_SCOPE, "true"], capture_output=True, check=False, timeout=_SCOPE_SECONDS)
    except (OSError, subprocess.TimeoutExpired):
        return ()
    return (*_SCOPE, "env", "-i") if ended.returncode == 0 else ()


class _Worker:
    """A launcher process and the line to it. Raises EOFError or OSError once the launcher is gone."""

    def __init__(self, walls: Walls) -> None:
        ours, theirs = socket.socketpair()
        prefix = _scope()
        with theirs:
            self._process = subprocess.Popen(
                [
                    *prefix,
                    *(sys.executable, "-I", "-S", "-c", _LAUNCH, _PACKAGE_PARENT, str(theirs.fileno())),
                    "own-scope" if prefix else "",
                ],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                env=dict(os.environ) if prefix else {},
                start_new_session=True,
            )
        self._line = Connection(ours.detach())
        try:
            self._line.send(walls)
            self.groups: str | None = self._line.recv()
        except BaseException:
            self.close()
            raise

    def run(self, job: Job) -> Ending | str:
        self._line.send(job)
        answer: Ending | str = self._line.recv()
        return answer

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def close(self) -> None:
        """Close the line, upon which the launcher clears away what runs, and wait for its end."""
        self._line.close()
        try:
            self._process.wait(_GOODBYE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class _Workers:
    """Launchers, started when they are needed and never more than `most` of them."""

    def __init__(self, walls: Walls, most: int) -> None:
        self.walls, self.most = walls, most
        self._owner = os.getpid()
        self._lock = threading.Lock()
        self._grouped = False
        self._reset()

    def _reset(self) -> None:
        self._idle: queue.LifoQueue[_Worker] = queue.LifoQueue()
        self._free_places = threading.Semaphore(self.most)

    def run(self, job: Job) -> Ending | str:
        with self._lock:
            if os.getpid() != self._owner:  # A forked process must not talk on its parent's lines.
                self._owner = os.getpid()
                self._reset()
        with self._free_places:
            try:
                return self._try(job)
            except (EOFError, OSError):
                with contextlib.suppress(EOFError, OSError):
                    return self._try(job)
                message = (
                    "A sandbox could not be started: its helper process ended twice, by itself or killed. Try again."
                )
                raise SandboxUnavailableError(message) from None

    def _next_idle(self) -> _Worker | None:
        """Return a launcher that waits; closes those that were killed meanwhile."""
        while True:
            try:
                worker = self._idle.get_nowait()
            except queue.Empty:
                return None
            if worker.alive:
                return worker
            worker.close()

    def _try(self, job: Job) -> Ending | str:
        worker = self._next_idle()
        if worker is None:
            worker = _Worker(self.walls)
            if self._grouped and worker.groups is None:  # Less than what the first one had, and what was promised.
                worker.close()
                message = "no control groups"
                raise OSError(message)
            self._grouped = worker.groups is not None
        try:
            answer = worker.run(job)
        except BaseException:  # An interrupt too: the next answer on this line would be that of another job.
            worker.close()
            raise
        self._idle.put(worker)
        return answer

    def groups(self) -> str | None:
        """Return how a launcher describes the control groups of its runs."""
        with self._idle.mutex:
            return self._idle.queue[-1].groups if self._idle.queue else None

    def close(self) -> None:
        while os.getpid() == self._owner:
            try:
                self._idle.get_nowait().close()
            except queue.Empty:
                return


class Bubblewrap:
    """A backend of namespaces, control groups and a filter of system calls.

    Threads may share it. A program sees this machine's `/usr`, an empty `/tmp` with its own files and nothing else.
    """

    def __init__(self, *, workers: int | None = None, root: Path = Path("/")) -> None:
        """Prepare a backend with so many workers (by default one a core).

        root: a folder with the system that programs see, for instance one with more toolchains.
        Raises SandboxUnavailableError where bubblewrap is missing or too old.
        """
        self._version, path = _find_bwrap()
        walls = Walls(path, str(root.resolve()), build_filter(), build_filter(metered=False))
        self._workers = _Workers(walls, workers or os.cpu_count() or 1)
        self.at_once = self._workers.most
        self._protections: list[Protection] = []
        self._finalizer = weakref.finalize(self, self._workers.close)

    def close(self) -> None:
        """End the helper processes. A closed backend starts new ones when it is used again."""
        self._workers.close()

    def execute(self, job: Job) -> Ending:
        """Run one job; raises SandboxUnavailableError where nothing can be started."""
        answer = self._workers.run(job)
        if isinstance(answer, str):
            message = f"A sandbox could not be started: {answer}. {_ADVICE}"
            raise SandboxUnavailableError(message)
        return answer

    def protections(self) -> list[Protection]:
        """Say what stands between a program and this machine, by programs that tried it, once in the life of this."""
        if not self._protections:
            trial = self.execute(_TRIAL)
            if trial.exit_code != 0:
                message = (
                    f"Not even {_TRIAL.command[0]} can be run in a sandbox: {trial.stderr.decode(errors='replace')}"
                )
                raise SandboxUnavailableError(message)
            found = probe(self.execute, self._workers.groups(), root=os.getuid() == 0)
            self._protections = [Protection("bubblewrap", in_force=True, detail=self._version), *found]
        return self._protections


def _find_bwrap() -> tuple[str, str]:
    """Return version and path of bubblewrap; raises SandboxUnavailableError with what to do about it."""
    if platform.machine() not in MACHINES or sys.platform != "linux":
        message = f"Programs are run on Linux on {' or '.join(MACHINES)} only; this is {platform.platform()}."
        raise SandboxUnavailableError(message)
    path = shutil.which("bwrap")
    if path is None:
        message = "bubblewrap is not installed; `apt-get install bubblewrap` (or your distribution's way) brings it."
        raise SandboxUnavailableError(message)
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    version = tuple(map(int, re.findall(r"\d+", said)))
    if version < _OLDEST:
        wanted = ".".join(map(str, _OLDEST))
        message = f"{path} is {said or 'not bubblewrap'}; {wanted} or newer is needed, which can forbid nesting."
        raise SandboxUnavailableError(message)
    return said, path
