"""Limit and meter all processes of one run together, by a control group of its own.

Belongs here: what is written to and read from the files of a group, in cgroup v1 and v2. Does not: where groups can be
made (`cgroups`), limits that a process carries by itself (`limits`). Runs in the launcher, which is single-threaded.
A group is made anew for each run: one that was used before still holds some memory, so its limit would not be exact.
"""

import contextlib
import itertools
import os
import signal
import time
from collections.abc import Iterator

from alchemy_assets.sandbox.bubblewrap.cgroups import Hierarchy, name_of_owner, remove_soon
from alchemy_assets.sandbox.sandbox import Limits

_OWN_PROCESSES = 2
"""bwrap's monitor and its init: part of the group, not of the program."""
_PATIENCE_SECONDS = 10.0
_LONGEST_FILE = 2**16
_numbers = itertools.count()


def _write(path: str, value: int | str) -> None:
    # Not by open(), which takes five times as long: a run writes and reads about thirty of these.
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC)
    try:
        os.write(descriptor, str(value).encode())
    finally:
        os.close(descriptor)


def _read(path: str) -> str:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.read(descriptor, _LONGEST_FILE).decode()
    finally:
        os.close(descriptor)


def _count(path: str, key: str) -> int:
    for line in _read(path).splitlines():
        if line.startswith(f"{key} "):
            return int(line.split()[1])
    return 0


class Group:
    """The control group of one run. Raises OSError where the kernel refuses one."""

    def __init__(self, hierarchy: Hierarchy, limits: Limits) -> None:
        """Make the group and set its limits."""
        name = f"{name_of_owner(os.getpid())}-{next(_numbers)}"
        self._version = hierarchy.version
        self._at = {controller: f"{folder}/{name}" for controller, folder in hierarchy.folders.items()}
        folders = tuple(dict.fromkeys(self._at.values()))
        self._folders: list[str] = []
        # To write one's own number into `tasks` needs no lock over all processes of the machine, which `cgroup.procs`
        # takes and now and then waits 10 ms for; in v2 there is only the latter.
        door = "tasks" if self._version == 1 else "cgroup.procs"
        self._entrances = [f"{folder}/{door}" for folder in folders]
        self._exits = [f"{home}/{door}" for home in hierarchy.homes]
        try:
            for folder in folders:
                os.mkdir(folder)  # noqa: PTH102 - once a run
                self._folders.append(folder)
            self._limit(limits)
        except OSError:
            self.remove()
            raise

    def _limit(self, limits: Limits) -> None:
        memory = self._at["memory"]
        if self._version == 1:
            _write(f"{memory}/memory.limit_in_bytes", limits.memory_bytes)
            with contextlib.suppress(OSError):  # Not there without swap accounting.
                _write(f"{memory}/memory.memsw.limit_in_bytes", limits.memory_bytes)
        else:
            _write(f"{memory}/memory.max", limits.memory_bytes)
            _write(f"{memory}/memory.oom.group", 1)
            with contextlib.suppress(OSError):
                _write(f"{memory}/memory.swap.max", 0)
        _write(f"{self._at['pids']}/pids.max", limits.processes + _OWN_PROCESSES)
        if "cpu" in self._at:  # One core, so that CPU seconds cannot run away between two looks at them.
            name, value = ("cpu.cfs_quota_us", "100000") if self._version == 1 else ("cpu.max", "100000 100000")
            _write(f"{self._at['cpu']}/{name}", value)

    @contextlib.contextmanager
    def inside(self) -> Iterator[None]:
        """Put the calling process into the group for a while; what it starts meanwhile stays there."""
        try:
            for entrance in self._entrances:
                _write(entrance, 0)
            yield
        finally:
            for way_out in self._exits:
                _write(way_out, 0)

    def cpu_seconds(self) -> float:
        """Return the CPU time of all processes that were ever in the group."""
        if self._version == 1:
            return int(_read(f"{self._at['cpuacct']}/cpuacct.usage")) / 1e9
        return _count(f"{self._at['cpuacct']}/cpu.stat", "usage_usec") / 1e6

    def peak_memory(self) -> int | None:
        """Return the most bytes that the group held at once; None before Linux 5.19 with v2."""
        name = "memory.max_usage_in_bytes" if self._version == 1 else "memory.peak"
        try:
            return int(_read(f"{self._at['memory']}/{name}"))
        except OSError:
            return None

    def out_of_memory(self) -> bool:
        """Whether the kernel killed a process of the group for its memory; in v2 not where the machine's ran out."""
        if self._version == 1:
            return _count(f"{self._at['memory']}/memory.oom_control", "oom_kill") > 0
        events = f"{self._at['memory']}/memory.events"
        return _count(events, "oom_kill") > 0 and _count(events, "oom") > 0

    def out_of_processes(self) -> bool:
        """Whether the group was refused a process or thread."""
        return _count(f"{self._at['pids']}/pids.events", "max") > 0

    def kill_all(self) -> None:
        """Kill what is in the group until it is empty; raises TimeoutError where something cannot be killed."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while members := _read(f"{self._at['pids']}/cgroup.procs").split():
            _write(f"{self._at['pids']}/pids.max", 0)
            for member in members:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(member), signal.SIGKILL)
            if time.monotonic() > deadline:
                message = f"processes {', '.join(members)} of a sandbox outlive SIGKILL"
                raise TimeoutError(message)
            time.sleep(0.001)

    def remove(self) -> None:
        """Remove the group, which must be empty of processes."""
        for folder in self._folders:
            remove_soon(folder, _PATIENCE_SECONDS)
