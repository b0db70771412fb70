"""Hold a run to its limits by what each process carries with it, and decide how a run ended.

Belongs here: resource limits, the meter of machines without control groups, and the verdict from measured facts.
Does not: limits over all processes of a run at once (`cgroups`).
"""

import contextlib
import functools
import math
import os
import re
import resource
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from alchemy_assets.sandbox.program_folder import TEMPORARY
from alchemy_assets.sandbox.sandbox import Limits, Status

OPEN_FILES = 256
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_HIGHEST_SIGNAL = 64
_INODE_BYTES = 1_024
_PLACE = os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC
_SHARED = re.compile(rb"^(\w+)-(\w+) ...s (\w+) \S+ (\d+) +/(?:dev/zero|SYSV|memfd:)", re.MULTILINE)


@dataclass(frozen=True)
class Facts:
    """What was measured of a run, or seen while it went on.

    exit_code: as bwrap returns it: 128 plus the number of a signal for a program that one ended.
    """

    exit_code: int | None
    cpu_seconds: float
    wall_seconds: float
    out_of_memory: bool = False
    out_of_processes: bool = False
    too_much_output: bool = False


def decide(facts: Facts, limits: Limits) -> tuple[Status, str]:
    """Return how a run ended, and the reason in words that are the same in every repetition.

    A limit that was met wins over the exit code, also where the program went on to end by itself: otherwise the
    verdict would hang on how soon somebody looked.
    """
    met = (
        (
            facts.out_of_processes,
            Status.TOO_MANY_PROCESSES,
            f"wanted more than {limits.processes} processes or threads",
        ),
        (facts.out_of_memory, Status.OUT_OF_MEMORY, f"used more than {limits.memory_bytes:,} bytes of memory"),
        (facts.too_much_output, Status.TOO_MUCH_OUTPUT, f"wrote more than {limits.output_bytes:,} bytes of output"),
        (
            facts.cpu_seconds > limits.cpu_seconds,
            Status.TIMED_OUT,
            f"used more than {limits.cpu_seconds:g} CPU seconds",
        ),
        (facts.wall_seconds > limits.wall_seconds, Status.TIMED_OUT, f"took more than {limits.wall_seconds:g} seconds"),
        (facts.exit_code is None, Status.KILLED, "ended without an exit code"),
    )
    for holds, status, reason in met:
        if holds:
            return status, reason
    number = (facts.exit_code or 0) - 128
    if 0 < number <= _HIGHEST_SIGNAL:
        return Status.KILLED, f"ended by {_signal_name(number)}"
    return Status.FINISHED, ""


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # One of the real-time signals.
        return f"signal {number}"


@functools.cache
def _most_of_ours(bound: int) -> int:
    return resource.getrlimit(bound)[1]


def limit_sandbox(init: int, limits: Limits, *, grouped: bool) -> None:
    """Set the resource limits of a sandbox by its init, which hands them on to all processes that come after it.

    The CPU limits are a net under the launcher, which looks at all processes together and is more exact.
    grouped: whether a control group bounds memory and processes.
    """
    seconds = math.ceil(limits.cpu_seconds) + 1
    bounds = {
        resource.RLIMIT_CORE: (0, 0),
        resource.RLIMIT_NOFILE: (OPEN_FILES, OPEN_FILES),
        resource.RLIMIT_FSIZE: (limits.written_bytes, limits.written_bytes),
        resource.RLIMIT_CPU: (seconds, seconds + 1),
    }
    if not grouped:
        # Since Linux 5.14 counted in each user namespace, so other processes of the same user do not count.
        bounds[resource.RLIMIT_NPROC] = (limits.processes + 1, limits.processes + 1)
        # Not RLIMIT_AS: Java, Go and Node reserve far more addresses than they use. The meter sees the rest.
        bounds[resource.RLIMIT_DATA] = (2 * limits.memory_bytes, 2 * limits.memory_bytes)
    for bound, (soft, hard) in bounds.items():
        most = _most_of_ours(bound)
        at_most = (soft, hard) if most == resource.RLIM_INFINITY else (min(soft, most), min(hard, most))
        resource.prlimit(init, bound, at_most)


class ProcessMeter:
    """Meters a run by /proc, from the init of its process namespace down.

    Memory is what processes have for themselves, what they share among each other, and what lies in files in memory.
    What else the kernel keeps for them, such as buffers of sockets, only a control group counts. CPU time of a process
    is not seen where it starts and ends between two looks, and nobody waits for it.
    """

    def __init__(self, init: int) -> None:
        """Meter `init` and what descends from it: orphans of the namespace become its children."""
        self._init = init
        self._peak = 0
        self._own_ticks: dict[tuple[str, int], int] = {}

    def _processes(self) -> Iterator[str]:
        waiting = [str(self._init)]
        while waiting:
            process = f"/proc/{waiting.pop()}"
            with contextlib.suppress(OSError):
                yield process
                for thread in os.listdir(f"{process}/task"):  # noqa: PTH208 - many times a second
                    # Each thread has a list of its own children.
                    waiting += Path(process, "task", thread, "children").read_text().split()

    def _files(self) -> int:
        """Return the bytes that files in memory take, empty ones too."""
        with contextlib.suppress(OSError), contextlib.ExitStack() as opened:
            root = os.open(f"/proc/{self._init}/root", _PLACE)
            opened.callback(os.close, root)
            if not os.path.samestat(os.fstat(root), os.stat("/")):  # noqa: PTH116 - as until bwrap has entered its own
                folder = os.open(TEMPORARY[1:], _PLACE, dir_fd=root)
                opened.callback(os.close, folder)
                place = os.fstatvfs(folder)
                blocks, files = place.f_blocks - place.f_bfree, place.f_files - place.f_ffree
                return blocks * place.f_frsize + files * _INODE_BYTES
        return 0

    def look(self) -> tuple[float, int]:
        """Return the CPU seconds used until now, of ended processes too, and the bytes held now."""
        ticks = pages = 0
        shared: dict[str, int] = {}
        for process in self._processes():
            with contextlib.suppress(OSError):
                # The second field is a name in brackets, in which anything can stand.
                said = Path(process, "stat").read_text(errors="replace").rpartition(")")[2].split()
                user, system, *of_children = map(int, said[11:15])
                ticks += user + system + sum(of_children)
                # A process id comes again, but not with the same start.
                self._own_ticks[process, int(said[19])] = user + system
                for place in _with_memory(process):
                    _, resident, not_its_own, *_ = map(int, (place / "statm").read_text().split())
                    pages += resident - not_its_own
                    for inode, size in _shared((place / "maps").read_bytes()):
                        shared[inode] = max(size, shared.get(inode, 0))
        held = pages * _PAGE + sum(shared.values()) + self._files()
        self._peak = max(self._peak, held)
        # Children that nobody waits for are added to no parent, so what was seen of them counts.
        return max(ticks, sum(self._own_ticks.values())) / _TICKS, held

    def peak_memory(self) -> int:
        """Return the most bytes that were held at any look."""
        return self._peak


def _with_memory(process: str) -> Iterator[Path]:
    """Yield a thread of a process that shows its memory: the first one shows none any more when it has ended alone."""
    for thread in os.listdir(f"{process}/task"):  # noqa: PTH208 - many times a second
        place = Path(process, "task", thread)
        if not (place / "statm").read_bytes().startswith(b"0 "):
            yield place
            return


def _shared(maps: bytes) -> Iterator[tuple[str, int]]:
    """Yield the memory without a file that a process shares: what it is, and how long.

    It counts in full: what was written there stays, also where it was taken out of all page tables again.
    """
    for line in _SHARED.finditer(maps):
        start, end, offset = (int(word, 16) for word in line.group(1, 2, 3))
        yield line[4].decode(), end - start + offset
