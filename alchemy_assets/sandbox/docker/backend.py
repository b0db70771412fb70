"""Run commands in hardened containers of Docker or Podman, each in one that no other program has been in.

Belongs here: the backend, and what it can say about itself. Does not: how a container is made (`containers`) and kept
waiting (`pool`), how a job is run in it (`contained_job`) and what happens inside (`gate`).

Containers are started ahead, so that a program finds one waiting and pays some milliseconds; but none is used twice.
An `exec` into a used one costs the daemon a fifth of the CPU time, but leaves too much behind to be proved clean: System
V memory, message queues, ports in TIME_WAIT, memory that is still charged, process ids that go on counting.

Podman's socket takes the same requests, but for the seccomp profile, which it wants as a file (`containers`). gVisor
(`runsc`) filters by its own kernel: there `system calls` is not in force as seccomp, and must be allowed by name.
"""

import json
import os
import threading
import weakref
from pathlib import Path

from alchemy_assets.errors import SandboxUnavailableError
from alchemy_assets.sandbox.docker.contained_job import run_contained
from alchemy_assets.sandbox.docker.containers import Engine, Source, shape_of
from alchemy_assets.sandbox.docker.gate_line import ContainerLostError
from alchemy_assets.sandbox.docker.pool import ContainerPool
from alchemy_assets.sandbox.jobs import Ending, Job
from alchemy_assets.sandbox.program_folder import TEMPORARY
from alchemy_assets.sandbox.sandbox import Limits, Protection

_PROBE = """
import json, os
status = dict(line.split(":", 1) for line in open("/proc/self/status") if ":" in line)
def read(*names):
    for name in names:
        if os.path.exists("/sys/fs/cgroup/" + name):
            return open("/sys/fs/cgroup/" + name).read().strip()
print(json.dumps({
    "status": {key: status.get(key, "").strip() for key in ("Uid", "NoNewPrivs", "Seccomp", "CapEff", "CapPrm", "CapBnd")},
    "processes": [name for name in os.listdir("/proc") if name.isdigit()],
    "read_only": bool(os.statvfs("/").f_flag & os.ST_RDONLY),
    "interfaces": [line.split(":")[0].strip() for line in open("/proc/net/dev") if ":" in line],
    "memory": read("memory/memory.limit_in_bytes", "memory.max"),
    "pids": read("pids/pids.max", "pids.max"),
    "version": 2 if os.path.exists("/sys/fs/cgroup/cgroup.controllers") else 1,
}))
"""


class Docker:
    """A backend of containers. Threads may share it.

    A program sees the system of a folder or of an image, an empty `/tmp` with its own files, and nothing else.
    """

    def __init__(
        self,
        *,
        workers: int | None = None,
        root: Path = Path("/"),
        address: str | None = None,
        image: str | None = None,
        runtime: str | None = None,
    ) -> None:
        """Prepare a backend with so many places (by default one a core) over a daemon that answers.

        root: a folder with the system that programs see, which must lie on the daemon's machine. image: one with a
        system of its own instead. runtime: one that the daemon knows, such as `runsc`.
        Raises SandboxUnavailableError with what to do.
        """
        self.at_once = workers or os.cpu_count() or 1
        self._source = Source(address or "unix:///var/run/docker.sock", root.resolve(), image, runtime)
        self._lock = threading.Lock()
        self._places = threading.Semaphore(self.at_once)
        self._pool: ContainerPool | None = None
        self._owner = 0
        self._open()

    def _open(self) -> ContainerPool:
        with self._lock:
            # A forked process must not talk on its parent's lines.
            if self._pool is None or self._owner != os.getpid():
                self._owner = os.getpid()
                self._pool = ContainerPool(Engine(self._source), self.at_once)
                self._finalizer = weakref.finalize(self, _close, self._pool, self._owner)
            return self._pool

    def close(self) -> None:
        """Remove all containers. A closed backend starts new ones when it is used again."""
        self._finalizer()
        self._pool = None

    def execute(self, job: Job) -> Ending:
        """Run one job; raises SandboxUnavailableError where nothing can be started."""
        pool, shape = self._open(), shape_of(job)
        with self._places:
            for fresh in (False, True):  # One that waited may have been ended, for instance with its daemon.
                container = pool.take(shape, fresh=fresh)
                try:
                    return run_contained(container, job)
                except ContainerLostError as error:
                    lost = error
                finally:
                    pool.dismiss(container)
        message = f"A container took no program, twice: {lost}. What the daemon logs may say why."
        raise SandboxUnavailableError(message) from lost

    def protections(self) -> list[Protection]:
        """Say what stands between a program and this machine, as a program inside sees it."""
        limits = Limits()
        probe = Job(("/usr/bin/python3", "-I", "-c", _PROBE), {}, {}, b"", (), "sandbox", TEMPORARY, limits)
        ending = self.execute(probe)
        try:
            seen = json.loads(ending.stdout)
        except ValueError as error:
            said = ending.stderr.decode(errors="replace").strip() or ending.detail
            message = f"Programs do not run in a container: {said}"
            raise SandboxUnavailableError(message) from error
        status, engine = seen["status"], self._open().engine
        limited = str(seen["memory"]).isdecimal() and str(seen["pids"]).isdecimal()
        capabilities = {int(status[name] or "1", 16) for name in ("CapEff", "CapPrm", "CapBnd")}
        options = [option for option in engine.information().get("SecurityOptions") or () if "seccomp" not in option]
        user = f"uid {status['Uid'].split()[0]}; the daemon's own protections: {', '.join(options) or 'none'}"
        runtime = self._source.runtime or "the daemon's default"
        return [
            Protection("docker", in_force=True, detail=f"{engine.version.get('Version')}, runtime: {runtime}"),
            Protection("ordinary user", in_force=status["Uid"].split()[0] != "0", detail=user),
            Protection(
                "privileges",
                in_force=capabilities == {0} and status["NoNewPrivs"] == "1",
                detail="no capability, and none to be gained",
            ),
            Protection(
                "namespaces",
                in_force=len(set(seen["processes"]) - {"1"}) == 1,
                detail="mount, pid, net, ipc, uts; new ones each run",
            ),
            Protection(
                "files",
                in_force=seen["read_only"],
                detail=f"a read-only system, and a {TEMPORARY} in memory of limited size",
            ),
            Protection(
                "network", in_force=seen["interfaces"] == ["lo"], detail="none but a loopback of the program's own"
            ),
            Protection(
                "system calls", in_force=status["Seccomp"] == "2", detail="refused as under bubblewrap, by seccomp"
            ),
            Protection("control groups", in_force=limited, detail=f"cgroup v{seen['version']}: memory, pids, cpu"),
        ]


def _close(pool: ContainerPool, owner: int) -> None:
    if os.getpid() == owner:
        pool.close()
