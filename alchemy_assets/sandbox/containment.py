"""Turn a process into a contained one: the command line of bwrap, and the steps before it is executed.

Belongs here: what is mounted, unshared, dropped and closed. Does not: watching the run (`launcher`).
Runs in the launcher, as bwrap must never be started by uid 0: even with every capability dropped its guest could write
to the host's /proc/sys. The launcher's child therefore becomes an ordinary user first.
"""

import contextlib
import ctypes
import fcntl
import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from alchemy_assets.sandbox.jobs import Job
from alchemy_assets.sandbox.program_folder import TEMPORARY

GUEST = 10_001
"""The uid and gid that programs see, and the one that they really have where the launcher is root."""

_SHARED_MEMORY_BYTES = 2**20
_SYSTEM_FOLDERS = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")
_SYSTEM_SETTINGS = ("etc/alternatives", "etc/ld.so.cache")
_PASSWD = f"sandbox:x:{GUEST}:{GUEST}:sandbox:{TEMPORARY}:/bin/bash\n".encode()
_GROUP = f"sandbox:x:{GUEST}:\n".encode()
_SET_DEATH_SIGNAL, _SET_SUBREAPER, _SET_NO_NEW_PRIVILEGES = 1, 36, 38
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Walls:
    """What all runs of a launcher share: where bwrap is, whose system is shown, and the seccomp filter."""

    bwrap: str
    root: str
    seccomp: bytes


def _prctl(option: int, value: int) -> None:
    if _libc.prctl(option, value, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), f"prctl {option}")


def adopt_orphans() -> None:
    """Make orphaned descendants children of this process, so that they can be waited for."""
    _prctl(_SET_SUBREAPER, 1)


@contextlib.contextmanager
def as_guest() -> Iterator[None]:
    """Touch files with the rights of the guest only, where this process is root."""
    if os.getuid() != 0:
        yield
        return
    os.setegid(GUEST)
    os.seteuid(GUEST)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)


def sealed(content: bytes) -> int:
    """Return a descriptor that reads `content` and that nobody can write to."""
    descriptor = os.memfd_create("sandbox", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    with open(descriptor, "wb", closefd=False) as file:
        file.write(content)
    os.lseek(descriptor, 0, os.SEEK_SET)
    seals = fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE
    fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, seals)
    return descriptor


def _system(root: Path) -> list[str]:
    words = ["--ro-bind", str(root / "usr"), "/usr"]
    for name in _SYSTEM_FOLDERS:
        folder = root / name
        if folder.is_symlink():
            words += ["--symlink", str(folder.readlink()), f"/{name}"]
        elif folder.is_dir():
            words += ["--ro-bind", str(folder), f"/{name}"]
    for name in _SYSTEM_SETTINGS:
        words += ["--ro-bind-try", str(root / name), f"/{name}"]
    return words


@dataclass(frozen=True)
class Descriptors:
    """The open files that bwrap and its program are given."""

    stdin: int
    stdout: int
    stderr: int
    info: int
    block: int
    seccomp: int
    passwd: int
    group: int


def account_files() -> tuple[int, int]:
    """Return descriptors of the sandbox's /etc/passwd and /etc/group, so that its user has a name."""
    return sealed(_PASSWD), sealed(_GROUP)


def bwrap_command(job: Job, walls: Walls, open_files: Descriptors) -> list[str]:
    """Return the command line that contains a job's command."""
    page = os.sysconf("SC_PAGE_SIZE")
    own = sum(-(-len(content) // page) * page for content in job.files.values())
    environment = {"PATH": "/usr/bin:/bin", "HOME": TEMPORARY, "LANG": "C.UTF-8", **job.environment}
    return [
        walls.bwrap,
        *("--unshare-all", "--unshare-user", "--disable-userns", "--uid", str(GUEST), "--gid", str(GUEST)),
        *("--hostname", job.host_name, "--cap-drop", "ALL", "--die-with-parent", "--new-session", "--clearenv"),
        *(word for key, value in environment.items() for word in ("--setenv", key, value)),
        *_system(Path(walls.root)),
        *("--file", str(open_files.passwd), "/etc/passwd", "--file", str(open_files.group), "/etc/group"),
        *("--proc", "/proc", "--dev", "/dev", "--size", str(_SHARED_MEMORY_BYTES), "--tmpfs", "/dev/shm"),  # noqa: S108
        *("--remount-ro", "/dev", "--size", str(job.limits.written_bytes + own), "--tmpfs", TEMPORARY),
        *("--dir", job.work_folder, "--chdir", job.work_folder, "--remount-ro", "/"),
        *("--seccomp", str(open_files.seccomp), "--info-fd", str(open_files.info)),
        *("--block-fd", str(open_files.block), "--", *job.command),
    ]


def become_bwrap(command: list[str], open_files: Descriptors, launcher: int) -> None:
    """Drop every right of this process, which was just forked, and execute bwrap; raises OSError."""
    if os.getuid() == 0:
        os.setgroups([])
        os.setresgid(GUEST, GUEST, GUEST)
        os.setresuid(GUEST, GUEST, GUEST)
    # Only now: a change of user clears the signal. It follows the thread that forked, and the launcher has but one.
    _prctl(_SET_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != launcher:
        os._exit(1)
    _prctl(_SET_NO_NEW_PRIVILEGES, 1)
    for number in (signal.SIGPIPE, signal.SIGXFSZ):  # CPython ignores them, and what is ignored is inherited.
        signal.signal(number, signal.SIG_DFL)
    for target, source in enumerate((open_files.stdin, open_files.stdout, open_files.stderr)):
        os.dup2(source, target)
    # What bwrap does not know it hands on to its guest, so nothing else stays open: above all not the launcher's line.
    kept = {open_files.info, open_files.block, open_files.seccomp, open_files.passwd, open_files.group, 0, 1, 2}
    for descriptor in [int(path.name) for path in Path("/proc/self/fd").iterdir()]:
        with contextlib.suppress(OSError):  # One is that of the listing, closed by now.
            os.set_inheritable(descriptor, descriptor in kept)
    # The guest can read /proc/1/environ, which is bwrap's: so there is nothing in it.
    os.execve(command[0], command, {})  # noqa: S606 - no shell is the point
