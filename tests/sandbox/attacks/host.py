"""What a hostile program could harm on this machine, and whether it is unharmed.

Belongs here: canaries (a file, a folder, servers, a process) and settings that are compared. Does not: the programs that
try (`programs/`), processes and groups that are left (`tests.sandbox.watch`).
"""

import contextlib
import hashlib
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

_SETTINGS = [
    "kernel/core_pattern",
    "kernel/core_uses_pid",
    "kernel/hostname",
    "kernel/domainname",
    "kernel/modprobe",
    "kernel/hotplug",
    "kernel/pid_max",
    "kernel/threads-max",
    "kernel/sysrq",
    "kernel/panic",
    "kernel/randomize_va_space",
    "kernel/dmesg_restrict",
    "kernel/kptr_restrict",
    "kernel/perf_event_paranoid",
    "kernel/printk",
    "kernel/shmmax",
    "kernel/shmall",
    "kernel/msgmax",
    "kernel/yama/ptrace_scope",
    "kernel/unprivileged_bpf_disabled",
    "kernel/keys/maxkeys",
    "vm/overcommit_memory",
    "vm/swappiness",
    "vm/drop_caches",
    "vm/mmap_min_addr",
    "vm/max_map_count",
    "vm/nr_hugepages",
    "fs/suid_dumpable",
    "fs/file-max",
    "fs/pipe-max-size",
    "fs/protected_symlinks",
    "fs/protected_hardlinks",
    "user/max_user_namespaces",
    "user/max_pid_namespaces",
]
_WATCHED_FILES = ("/usr/bin/env", "/usr/bin/python3", "/etc/passwd", "/etc/shadow", "/etc/hostname")
_PUBLIC_FOLDERS = ("/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue", "/run", "/run/lock")
_CLOCK_TOLERANCE = 0.5
HIDDEN = "hidden-word"


def _settings() -> dict[str, str]:
    found = {}
    for name in _SETTINGS:
        with contextlib.suppress(OSError):
            found[name] = Path("/proc/sys", name).read_text()
    return found


def _files() -> dict[str, str]:
    found = {}
    for name in _WATCHED_FILES:
        with contextlib.suppress(OSError):
            status = Path(name).stat()
            content = hashlib.sha256(Path(name).read_bytes()).hexdigest()
            found[name] = f"{content} {status.st_mode} {status.st_uid} {status.st_mtime_ns}"
    return found


def _keys(uid: int) -> str:
    """Number of keys that a user has in the kernel."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/key-users").read_text().splitlines():
            owner, _, rest = line.partition(":")
            if int(owner) == uid:
                return rest.split()[1]
    return "0/0"


def _segments(uid: int) -> int:
    """Number of System V objects that a user has in this namespace."""
    lines = (
        line.split() for kind in ("shm", "sem", "msg") for line in Path("/proc/sysvipc", kind).read_text().splitlines()
    )
    return sum(str(uid) in fields for fields in lines)


def _clock() -> float:
    return time.time() - time.monotonic()


def _owned_files(uid: int) -> set[str]:
    """Files of a user in the folders where everybody may write."""
    found = set()
    for folder in _PUBLIC_FOLDERS:
        with contextlib.suppress(OSError), os.scandir(folder) as entries:
            for entry in entries:
                with contextlib.suppress(OSError):
                    if entry.stat(follow_symlinks=False).st_uid == uid:
                        found.add(entry.path)
    return found


class Host:
    """Canaries that a program of a sandbox could reach if it got out, and what was true of this machine before it ran.

    uid: the user whose rights a program would have outside of its sandbox.
    """

    def __init__(self, uid: int) -> None:
        """Set the canaries up; `close` takes them away."""
        self.uid = uid
        self.secret = secrets.token_hex(16)
        self._folder = Path(tempfile.mkdtemp(prefix="attacks-"))
        self._folder.chmod(0o755)
        self._secret_file, self._file, self._open_folder = (
            self._folder / name for name in ("secret", "file", "folder")
        )
        self._secret_file.write_text(self.secret)
        self._file.write_text("canary")
        self._file.chmod(0o666)
        self._open_folder.mkdir()
        self._open_folder.chmod(0o777)
        self._listeners: list[socket.socket] = []
        self._tcp = self._listen(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0))
        self._udp = self._listen(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0))
        self._listen(socket.AF_UNIX, socket.SOCK_STREAM, str(self._folder / "socket"))
        (self._folder / "socket").chmod(0o777)
        self._abstract = f"attacks-{self.secret[:8]}"
        self._listen(socket.AF_UNIX, socket.SOCK_STREAM, f"\0{self._abstract}")
        change = ["setpriv", "--reuid", str(uid), "--regid", str(uid), "--clear-groups"] if os.getuid() == 0 else []
        self._victim = subprocess.Popen(
            [*change, "/usr/bin/sleep", "infinity"], stdin=subprocess.DEVNULL, cwd="/", env={"PATH": "/usr/bin:/bin"}
        )
        self._before = self._state()

    def _listen(self, family: int, kind: int, address: str | tuple[str, int]) -> socket.socket:
        listener = socket.socket(family, kind)
        listener.settimeout(0)
        listener.bind(address)
        if kind == socket.SOCK_STREAM:
            listener.listen()
        self._listeners.append(listener)
        return listener

    @property
    def environment(self) -> dict[str, str]:
        """Tell a program where the canaries are."""
        return {
            "CANARY_TCP": str(self._tcp.getsockname()[1]),
            "CANARY_UDP": str(self._udp.getsockname()[1]),
            "CANARY_UNIX": str(self._folder / "socket"),
            "CANARY_ABSTRACT": self._abstract,
            "CANARY_SECRET_FILE": str(self._secret_file),
            "CANARY_FILE": str(self._file),
            "CANARY_FOLDER": str(self._open_folder),
            "CANARY_PROCESS": str(self._victim.pid),
        }

    def _state(self) -> dict[str, object]:
        return {
            **_settings(),
            **_files(),
            "keys": _keys(self.uid),
            "System V objects": _segments(self.uid),
            "canary file": (self._file.read_text(), self._file.stat().st_mode, self._file.stat().st_mtime_ns),
            "canary folder": sorted(path.name for path in self._open_folder.iterdir()),
            "victim": (self._victim.poll(), os.getpriority(os.PRIO_PROCESS, self._victim.pid)),
            "temporary files": sorted(_owned_files(self.uid)),
        }

    def harm(self) -> list[str]:
        """Return what is not as it was before the first program ran."""
        now = self._state()
        found = [
            f"{name}: {self._before.get(name)!r} became {now.get(name)!r}"
            for name in self._before | now
            if self._before.get(name) != now.get(name)
        ]
        found += [f"somebody called {listener}" for listener in self._listeners if self._was_called(listener)]
        if abs(_clock() - self._clock) > _CLOCK_TOLERANCE:
            found.append("the clock was set")
        self._clock = _clock()
        return found

    _clock = _clock()

    @staticmethod
    def _was_called(listener: socket.socket) -> bool:
        try:
            if listener.type == socket.SOCK_STREAM:
                listener.accept()[0].close()
            else:
                listener.recv(1)
        except BlockingIOError:
            return False
        return True

    def close(self) -> None:
        """Take the canaries away."""
        self._victim.kill()
        self._victim.wait()
        for listener in self._listeners:
            listener.close()
        shutil.rmtree(self._folder)
