"""Turn a command into a contained one: what bwrap is told, and how it is started without any right of its starter.

Belongs here: what is mounted, unshared, dropped and handed over. Does not: watching the run (`contained_run`).
Runs in the launcher, as bwrap must never be started by uid 0: even with every capability dropped its guest could write
to the host's /proc/sys. The launcher therefore becomes an ordinary user for as long as it starts bwrap.
"""

import contextlib
import ctypes
import fcntl
import functools
import os
import signal
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from alchemy_assets.sandbox.jobs import Job
from alchemy_assets.sandbox.program_folder import TEMPORARY
from alchemy_assets.sandbox.system import GROUP, GUEST, HOSTS, PASSWD, SHARED_MEMORY_BYTES, system_binds, system_links

_USERS = 0x7000_0000
"""Above all that distributions and systemd give to anyone."""
_SET_SUBREAPER, _SET_NO_NEW_PRIVILEGES = 36, 38
_STANDARD_STREAMS = 3
_SEALS = fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Walls:
    """What all runs of a launcher share: where bwrap is, whose system is shown, and the seccomp filter.

    seccomp_unmetered: the filter where no control group counts the memory of a run.
    """

    bwrap: str
    root: str
    seccomp: bytes
    seccomp_unmetered: bytes


def _prctl(option: int, value: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(option, value, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), f"prctl {option}")


def prepare_launcher() -> None:
    """Give up for good what no child of this process shall have, and adopt its orphaned descendants.

    Whoever it starts gains no privileges, belongs to no other groups and holds no descriptor that is not given to it.
    """
    _prctl(_SET_SUBREAPER, 1)
    _prctl(_SET_NO_NEW_PRIVILEGES, 1)
    if os.getuid() == 0:
        os.setgroups([])
    for name in os.listdir("/proc/self/fd"):  # noqa: PTH208 - numbers, not paths
        if int(name) >= _STANDARD_STREAMS:
            with contextlib.suppress(OSError):  # One is that of the listing, closed by now.
                os.set_inheritable(int(name), False)  # noqa: FBT003 - takes no keyword


@functools.cache
def own_user() -> int:
    """Return the uid and gid that the programs of this launcher really have, where it is root.

    No other launcher of this process namespace has the same one: what the kernel counts by user, such as watches of
    files and descriptors on their way, one program then cannot use up for those that run beside it. In a container that
    maps few users it is `GUEST`.
    """
    user = _USERS + os.getpid()
    try:
        os.setresuid(user, user, 0)
    except OSError:
        return GUEST
    os.setresuid(0, 0, 0)
    return user


@contextlib.contextmanager
def as_guest() -> Iterator[None]:
    """Act with the rights of the guest only, where this process is root; what it executes then cannot come back."""
    if os.getuid() != 0:
        yield
        return
    user = own_user()
    try:
        os.setresgid(user, user, 0)
        os.setresuid(user, user, 0)
        yield
    finally:
        os.setresuid(0, 0, 0)
        os.setresgid(0, 0, 0)


def sealed(content: bytes) -> int:
    """Return a descriptor that reads `content` and that nobody can write to."""
    descriptor = os.memfd_create("sandbox", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    written = 0
    while written < len(content):
        written += os.pwrite(descriptor, content[written:], written)
    fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, _SEALS)
    return descriptor


@dataclass(frozen=True)
class Descriptors:
    """The open files that bwrap and its program are given.

    status: bwrap tells there which process is the sandbox's init, and how a program that it started ended. go: bwrap
    reads the seccomp filter there, as the last thing before it starts the program. files: pipes by which files come.
    """

    stdin: int
    stdout: int
    stderr: int
    status: int
    go: int
    files: Mapping[str, int]

    def all(self) -> tuple[int, ...]:
        """Return all of them."""
        return self.stdin, self.stdout, self.stderr, self.status, self.go, *self.files.values()


class Containment:
    """How the runs of one launcher are contained; what is the same for all of them is made once."""

    def __init__(self, walls: Walls) -> None:
        """Look at the system that programs shall see."""
        self.seccomp, self.seccomp_unmetered = walls.seccomp, walls.seccomp_unmetered
        self._settings = {"passwd": sealed(PASSWD), "group": sealed(GROUP), "hosts": sealed(HOSTS)}
        self._start = [
            walls.bwrap,
            *("--unshare-all", "--unshare-user", "--disable-userns", "--uid", str(GUEST), "--gid", str(GUEST)),
            *("--cap-drop", "ALL", "--die-with-parent", "--new-session", "--clearenv"),
            *_system(Path(walls.root)),
            *(word for name, file in self._settings.items() for word in ("--file", str(file), f"/etc/{name}")),
            *("--proc", "/proc", "--dev", "/dev", "--size", str(SHARED_MEMORY_BYTES), "--tmpfs", "/dev/shm"),  # noqa: S108
            *("--remount-ro", "/dev"),
        ]

    def _command(self, job: Job, theirs: Descriptors) -> list[str]:
        own = sum(-(-len(content) // _PAGE) * _PAGE for content in job.files.values())
        environment = {"PATH": "/usr/bin:/bin", "HOME": TEMPORARY, "LANG": "C.UTF-8", **job.environment}
        command = [
            *self._start,
            *(word for key, value in environment.items() for word in ("--setenv", key, value)),
            *("--hostname", job.host_name, "--size", str(job.limits.written_bytes + own), "--tmpfs", TEMPORARY),
            *("--dir", job.work_folder, "--chdir", job.work_folder),
        ]
        for name, descriptor in theirs.files.items():
            mode = "0755" if name in job.executables else "0644"
            command += ["--perms", mode, "--file", str(descriptor), f"{job.work_folder}/{name}"]
        command += ["--remount-ro", "/", "--seccomp", str(theirs.go), "--json-status-fd", str(theirs.status), "--"]
        return [*command, *job.command]

    def start(self, job: Job, theirs: Descriptors) -> int:
        """Start bwrap, which builds the place of a job and waits for the filter; return its process. Raises OSError.

        Where we end before the filter is written, bwrap finds none and starts no program.
        """
        command = self._command(job, theirs)
        for descriptor in self._settings.values():
            os.lseek(descriptor, 0, os.SEEK_SET)
        # What bwrap does not know it hands on to its guest, so nothing else stays open.
        for descriptor in (*self._settings.values(), theirs.status, theirs.go, *theirs.files.values()):
            os.set_inheritable(descriptor, True)  # noqa: FBT003 - takes no keyword
        streams = enumerate((theirs.stdin, theirs.stdout, theirs.stderr))
        with as_guest():
            # Without fork: copying the page tables of an interpreter costs more than all the rest of a start.
            # The environment is empty, as the guest can read that of bwrap in /proc/1/environ.
            return os.posix_spawn(
                command[0],
                command,
                {},
                file_actions=[(os.POSIX_SPAWN_DUP2, source, target) for target, source in streams],
                # CPython ignores some, a shell those of its background jobs, and what is ignored is inherited.
                setsigdef=signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP},
            )


def _system(root: Path) -> list[str]:
    binds = [word for name in system_binds(root) for word in ("--ro-bind", str(root / name), f"/{name}")]
    return [*binds, *(word for name, to in system_links(root).items() for word in ("--symlink", to, f"/{name}"))]
