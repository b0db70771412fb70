"""The first process of a container: waits for one job, runs it, meters it, ends all of it and tells what came of it.

Belongs here: everything that happens inside the container. Does not: the container (`containers`), what the measured
facts mean (`docker`). Its text is handed to the container's own Python, so it imports the standard library only.

It has the program's user and no privilege either, as nobody in the container has one. So a program may send it signals,
which the kernel keeps from the first process of a namespace, but it cannot read its memory or open its descriptors.
Whatever it is made to say concerns that one program: no other one is ever run in this container.
When its standard input ends, which is when the process that asked for the job ends, so does the container.
"""

from __future__ import annotations

import _thread
import ctypes
import json
import os
import resource
import select
import signal
import stat
import struct
import time
from contextlib import suppress
from itertools import islice

TYPE_CHECKING = False  # `typing` itself would cost each container some milliseconds.
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, NoReturn

READY, STARTED, STDOUT, STDERR, FILE, REPORT = b"R", b"S", b"O", b"E", b"F", b"X"
FRAME = struct.Struct(">cI")
LENGTH = struct.Struct(">I")

_GROUPS = "/sys/fs/cgroup"
_METERS = {
    "cpu": (("cpuacct/cpuacct.usage", b"", 1e-9), ("cpu.stat", b"usage_usec ", 1e-6)),
    "memory": (("memory/memory.usage_in_bytes", b"", 1), ("memory.current", b"", 1)),
    "peak": (("memory/memory.max_usage_in_bytes", b"", 1), ("memory.peak", b"", 1)),
    "killed": (("memory/memory.oom_control", b"oom_kill ", 1), ("memory.events", b"oom_kill ", 1)),
    "refused": (("pids/pids.events", b"max ", 1), ("pids.events", b"max ", 1)),
}
"""Files of cgroup v1 and v2, the key of the line in them, and the factor to seconds or bytes."""
_PROGRAM_ID = 16
_LONGEST_LOOK_SECONDS, _SHORTEST_LOOK_SECONDS = 0.05, 0.005
_CHUNK = 2**16
_SET_DUMPABLE = 4


def _prctl(option: int, value: int) -> None:
    ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def _take(size: int) -> Iterator[bytes]:
    """Read exactly so many bytes from the line; ends the container where the line ends."""
    while size:
        chunk = os.read(0, min(size, _CHUNK))
        if not chunk:
            os._exit(0)
        size -= len(chunk)
        yield chunk


def _tell(kind: bytes, content: bytes = b"") -> None:
    message = memoryview(FRAME.pack(kind, len(content)) + content)
    while message:
        message = message[os.write(1, message) :]


class Meters:
    """What the container's control group says. Its files are opened once: a program may limit what the gate opens."""

    def __init__(self) -> None:
        self._files = {name: self._open(files) for name, files in _METERS.items()}

    @staticmethod
    def _open(files: tuple[tuple[str, bytes, float], ...]) -> tuple[int, bytes, float] | None:
        for file, key, factor in files:
            try:
                return os.open(f"{_GROUPS}/{file}", os.O_RDONLY), key, factor
            except OSError:
                continue
        return None

    def read(self, name: str) -> float | None:
        """Return one of `_METERS`, or None where the container does not show it."""
        known = self._files[name]
        if known is not None:
            for line in os.pread(known[0], _CHUNK, 0).splitlines():
                if line.startswith(known[1]):
                    return int(line[len(known[1]) :]) * known[2]
        return None


def _become_program(job: dict[str, Any], streams: tuple[int, int, int]) -> NoReturn:
    """Turn the forked process into the program."""
    try:
        os.setsid()
        _prctl(_SET_DUMPABLE, 1)
        with open("/proc/self/oom_score_adj", "w") as file:  # noqa: PTH123
            file.write("1000")  # Memory is to run out for the program, not for the gate.
        for target, source in enumerate(streams):
            os.dup2(source, target)
        for number in (signal.SIGPIPE, signal.SIGXFSZ):  # CPython ignores them, and what is ignored is inherited.
            signal.signal(number, signal.SIG_DFL)
        os.execve(job["command"][0], job["command"], job["environment"])  # noqa: S606 - no shell is the point
    except BaseException as error:  # noqa: BLE001 - a forked child must not run on in its parent's code
        os.write(2, f"{job['command'][0]}: {error}\n".encode())
    finally:
        os._exit(127)


class _Run:
    """One run of a program, and what is measured of it."""

    def __init__(self, job: dict[str, Any], meters: Meters) -> None:
        self.job, self.meters = job, meters
        self.exit_code: int | None = None
        self.cpu_seconds = self.wall_seconds = 0.0
        self.cpu_before: float | None = None
        self.sizes = {STDOUT: 0, STDERR: 0}
        self.pipes: dict[int, bytes] = {}

    def start(self, stdin: int) -> None:
        ends = []
        for kind in (STDOUT, STDERR):
            end, theirs = os.pipe()
            os.set_blocking(end, False)
            self.pipes[end] = kind
            ends.append(theirs)
        self.cpu_before = self.meters.read("cpu")
        self.memory_before = self.meters.read("memory") or 0
        self.program = os.fork()
        if self.program == 0:
            _become_program(self.job, (stdin, ends[0], ends[1]))
        for end in (stdin, *ends):
            os.close(end)

    def _relay(self, end: int) -> bool:
        """Hand on what a pipe holds, one byte more than may be written at most; return whether more may come."""
        kind = self.pipes[end]
        chunk = os.read(end, min(_CHUNK, self.job["output_bytes"] + 1 - self.sizes[kind]))
        self.sizes[kind] += len(chunk)
        if chunk:
            _tell(kind, chunk)
        return bool(chunk) and not self.too_much

    @property
    def too_much(self) -> bool:
        return bool(max(self.sizes.values()) > self.job["output_bytes"])

    def _reap(self, options: int) -> bool:
        """Wait for the processes that have ended, orphans too; return whether there are none at all any more."""
        while True:
            try:
                ended, status = os.waitpid(-1, options)
            except ChildProcessError:
                return True
            if not ended:
                return False
            if ended == self.program:
                self.exit_code = 128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)

    def look(self) -> bool:
        """Measure; return whether a limit is met."""
        now = self.meters.read("cpu")
        if now is None or self.cpu_before is None:  # Without groups only what has been waited for is known.
            used = resource.getrusage(resource.RUSAGE_CHILDREN)
            self.cpu_seconds = used.ru_utime + used.ru_stime
        else:
            self.cpu_seconds = now - self.cpu_before
        met = (self.cpu_seconds > self.job["cpu_seconds"], self.meters.read("killed"), self.meters.read("refused"))
        return any(met)

    def watch(self, woken: int) -> None:
        """Hand on output and look at the limits until the program ends or meets one."""
        started = time.monotonic()
        poller = select.poll()
        for end in (*self.pipes, 0, woken):
            poller.register(end, select.POLLIN)
        next_look = started + _SHORTEST_LOOK_SECONDS
        while not self.too_much:
            now = time.monotonic()
            self.wall_seconds = now - started
            if now >= next_look:
                if self.look() or self.wall_seconds > self.job["wall_seconds"]:
                    break
                left = min(self.job["cpu_seconds"] - self.cpu_seconds, self.job["wall_seconds"] - self.wall_seconds)
                next_look = now + min(max(left, _SHORTEST_LOOK_SECONDS), _LONGEST_LOOK_SECONDS)
            for end, _ in poller.poll(max(next_look - now, 0) * 1_000):
                if end == 0:
                    os._exit(0)  # Nobody waits for this run any more.
                if end == woken:
                    os.read(woken, _CHUNK)
                    self._reap(os.WNOHANG)
                elif not self._relay(end):
                    poller.unregister(end)
            if self.exit_code is not None:
                break
        self.wall_seconds = time.monotonic() - started

    def end(self) -> None:
        """Kill all that is left and hand on what it left in the pipes; then take the last measure."""
        while True:
            # Goes to all processes at once: one that forks right now either has its child in time for the signal, or is
            # told by the kernel to try again, which it never does. So no fork bomb is faster.
            with suppress(ProcessLookupError):
                os.kill(-1, signal.SIGKILL)
            if self._reap(0):
                break
        self.look()
        for end in self.pipes:
            with suppress(BlockingIOError):
                while not self.too_much and self._relay(end):
                    pass

    def report(self) -> dict[str, Any]:
        peak = self.meters.read("peak")
        return {
            "exit_code": self.exit_code,
            "cpu_seconds": self.cpu_seconds,
            "wall_seconds": self.wall_seconds,
            "peak": None if peak is None else max(int(peak - self.memory_before), 0),
            "out_of_memory": bool(self.meters.read("killed")),
            "out_of_processes": bool(self.meters.read("refused")),
            "metered": self.cpu_before is not None,
        }


def _receive_files(job: dict[str, Any]) -> int:
    """Write the job's files below the work folder, which gets the working one; return its open standard input."""
    os.makedirs(job["work_folder"], exist_ok=True)  # noqa: PTH103 - as above
    os.chdir(job["work_folder"])
    for name, size, executable in job["files"]:
        os.makedirs(os.path.dirname(name) or ".", exist_ok=True)  # noqa: PTH103, PTH120
        with open(name, "xb") as file:  # noqa: PTH123
            file.writelines(_take(size))
        os.chmod(name, 0o755 if executable else 0o644)  # noqa: PTH101
    stdin = os.memfd_create("stdin")
    for chunk in _take(job["stdin"]):
        os.write(stdin, chunk)
    os.lseek(stdin, 0, os.SEEK_SET)
    return stdin


def _limit(job: dict[str, Any]) -> None:
    """Limit this process, which hands that on to the program, and leave just so much room as may be written.

    The container has room for files of any job of its shape; what is left of that is held by a file without a name.
    """
    room = os.statvfs(".")
    surplus = room.f_bavail * room.f_frsize - job["written_bytes"]
    with suppress(OSError):  # gVisor knows no such files.
        if surplus > 0:
            os.posix_fallocate(os.open(".", os.O_TMPFILE | os.O_RDWR), 0, surplus)
    # Last, as that file is mostly larger than any that the program may write.
    for name, bounds in job["bounds"].items():
        resource.setrlimit(getattr(resource, name), bounds)


def _written(given: set[str]) -> Iterator[str]:
    """Names of what lies below the work folder, is no folder and was not given."""
    for folder, below, names in os.walk("."):
        below.sort()
        for name in sorted([*names, *(name for name in below if os.path.islink(f"{folder}/{name}"))]):  # noqa: PTH114
            path = f"{folder}/{name}"[2:]
            if path not in given:
                yield path


def _read(name: str, most: int) -> bytes:
    """Read at most so many bytes of a regular file; raises OSError for a link and anything else. Nothing is alive."""
    os.lstat(name)
    if os.path.realpath(name) != f"{os.getcwd()}/{name}":  # noqa: PTH109
        raise OSError("a link, or behind one")
    if not stat.S_ISREG(os.lstat(name).st_mode):
        raise OSError("not a regular file")
    with open(name, "rb") as file:  # noqa: PTH123
        return file.read(most)


def _collect(job: dict[str, Any]) -> tuple[list[str], list[str]]:
    """Hand on the files that are asked for; return what is to be said about others, and which may be executed."""
    notes, executables, left = [], [], job["written_bytes"]
    names = list(dict.fromkeys(job["collect"]))
    if job["collect_new"]:
        names = list(islice(_written({name for name, _, _ in job["files"]}), job["most_files"] + 1))
        if len(names) > job["most_files"]:
            names.pop()
            notes.append(f"only the first {job['most_files']} files were collected")
    for name in names:
        try:
            content = _read(name, left + 1)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            notes.append(f"{name} was not collected: {error.strerror or error}")
            continue
        if len(content) > left:
            notes.append(f"{name} was cut: more than the bytes that a run may write")
        _tell(FILE, os.fsencode(name) + b"\0" + content[:left])
        left -= len(content[:left])
        if os.lstat(name).st_mode & 0o100:
            executables.append(name)
    return notes, executables


def _use_up_process_ids() -> None:
    """Give the program the same process id in every run; how many the container's runtime took is not always the same.

    Threads have their ids of the same numbers, and cost a tenth of a process.
    """
    last, lock = [0], _thread.allocate_lock()

    def note() -> None:
        last[0] = _thread.get_native_id()
        lock.release()

    while last[0] < _PROGRAM_ID - 1:
        lock.acquire()
        _thread.start_new_thread(note, ())
        lock.acquire()
        lock.release()


def serve() -> None:
    """Run one job, and wait for the end of the line then."""
    with suppress(OSError), open("/proc/self/loginuid", "w") as file:  # noqa: PTH123
        file.write(str(os.getuid()))  # Once set, no program can log itself as another user's.
    _prctl(_SET_DUMPABLE, 0)  # From here on /proc/1 belongs to root, and nobody here can open what is in it.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.umask(0o022)
    _use_up_process_ids()
    meters = Meters()
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake)
    signal.signal(signal.SIGCHLD, lambda number, frame: None)  # noqa: ARG005
    _tell(READY)
    (size,) = LENGTH.unpack(b"".join(_take(LENGTH.size)))
    job = json.loads(b"".join(_take(size)))
    run, stdin = _Run(job, meters), _receive_files(job)
    _limit(job)
    _tell(STARTED)
    run.start(stdin)
    run.watch(woken)
    run.end()
    notes, executables = _collect(job)
    _tell(REPORT, json.dumps({**run.report(), "notes": notes, "executables": executables}).encode())
    for _ in iter(lambda: os.read(0, _CHUNK), b""):
        pass


if __name__ == "__main__":
    serve()
