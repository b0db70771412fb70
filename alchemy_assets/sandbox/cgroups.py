"""Limit and meter all processes of one run together, where this machine lets us make control groups.

Belongs here: finding a place for groups in cgroup v1, v2 or the hybrid of both, and one group a run.
Does not: limits that a process carries by itself (`limits`). Runs in the launcher, which is single-threaded.
Sources: the kernel's Documentation/admin-guide/cgroup-v1 and cgroup-v2.rst.
"""

import contextlib
import itertools
import os
import re
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from alchemy_assets.sandbox.sandbox import Limits

NAME = "codealchemy"
_NEEDED = frozenset({"memory", "pids", "cpuacct"})
_WANTED = _NEEDED | {"cpu"}
_OWN_PROCESSES = 2
"""bwrap's monitor and its init: part of the group, not of the program."""
_PATIENCE_SECONDS, _ABANDONED_SECONDS = 10.0, 0.5
_numbers = itertools.count()


@dataclass(frozen=True)
class Hierarchy:
    """Where groups can be made: the folder of each controller, all the same one in v2."""

    version: int
    folders: Mapping[str, Path]

    def describe(self) -> str:
        """Say in words what groups of this hierarchy limit."""
        limited = [controller for controller in ("memory", "pids", "cpu") if controller in self.folders]
        return f"cgroup v{self.version}: {', '.join(limited)}"


@dataclass(frozen=True)
class _Mount:
    point: Path
    root: str
    kind: str
    options: frozenset[str]


def _mounts(text: str) -> list[_Mount]:
    mounts = []
    for line in text.splitlines():
        before, _, after = line.partition(" - ")
        fields, (kind, _, options) = before.split(" "), after.split(" ")[:3]
        if kind in {"cgroup", "cgroup2"}:
            point = re.sub(r"\\(\d{3})", lambda octal: chr(int(octal[1], 8)), fields[4])
            mounts.append(_Mount(Path(point), fields[3], kind, frozenset(options.split(","))))
    return mounts


def _place(mount: _Mount, own: str) -> Path:
    inside = os.path.relpath(own, mount.root)
    # Under a cgroup namespace the mount's root may lie above or beside what /proc shows: then take the mount itself.
    return mount.point if inside.startswith("..") else (mount.point / inside)


def _version_1(mounts: list[_Mount], own: Mapping[str, str]) -> Hierarchy | None:
    folders = {
        controller: _place(mount, own[controller])
        for mount in mounts
        if mount.kind == "cgroup"
        for controller in sorted(_WANTED & mount.options & own.keys())
    }
    usable = _NEEDED.issubset(folders) and all(os.access(folder, os.W_OK) for folder in folders.values())
    return Hierarchy(1, folders) if usable else None


def _handed_down(control: Path) -> set[str]:
    """Return the controllers that a v2 group hands down, after asking it to hand down what we want."""
    try:
        for controller in sorted({"memory", "pids", "cpu"} - set(control.read_text().split())):
            with contextlib.suppress(OSError):
                control.write_text(f"+{controller}")
        return set(control.read_text().split())
    except OSError:
        return set()


def _version_2(mounts: list[_Mount], own: Mapping[str, str]) -> Hierarchy | None:
    """Take our own group or the nearest one above it that hands memory and pids down.

    A group that holds processes cannot hand controllers down ("no internal processes"), so it is seldom our own.
    """
    for mount in mounts:
        if mount.kind != "cgroup2" or "" not in own:
            continue
        start = _place(mount, own[""])
        for folder in (start, *start.parents):
            if not folder.is_relative_to(mount.point):
                break
            handed_down = _handed_down(folder / "cgroup.subtree_control")
            if {"memory", "pids"} <= handed_down and os.access(folder, os.W_OK):
                # Accounting of CPU time (cpu.stat) needs no controller in v2.
                return Hierarchy(2, dict.fromkeys(sorted({"cpuacct"} | (handed_down & _WANTED)), folder))
    return None


def find_hierarchy(process: Path = Path("/proc/self")) -> Hierarchy | None:
    """Return where this process can make groups that limit memory and processes, or None."""
    try:
        mounts = _mounts((process / "mountinfo").read_text())
        lines = [line.split(":", 2) for line in (process / "cgroup").read_text().splitlines()]
    except OSError:
        return None
    own = {controller: path for _, controllers, path in lines for controller in controllers.split(",")}
    return _version_1(mounts, own) or _version_2(mounts, own)


def _remove_soon(folder: Path, seconds: float) -> None:
    """Remove a group; raises OSError where it is busy for longer, as it is until its last exit is accounted for."""
    deadline = time.monotonic() + seconds
    while folder.exists():
        try:
            folder.rmdir()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.001)


def remove_abandoned(hierarchy: Hierarchy) -> None:
    """Remove the groups of launchers that are gone: of one that was killed, they stay behind empty."""
    for folder in set(hierarchy.folders.values()):
        for group in folder.glob(f"{NAME}-*-*"):
            owner = group.name.split("-")[1]
            if owner.isdecimal() and not Path("/proc", owner).exists():
                with contextlib.suppress(OSError):
                    _remove_soon(group, _ABANDONED_SECONDS)


class Group:
    """The control group of one run. Raises OSError where the kernel refuses one."""

    def __init__(self, hierarchy: Hierarchy, limits: Limits) -> None:
        """Make the group and set its limits."""
        name = f"{NAME}-{os.getpid()}-{next(_numbers)}"
        self._version = hierarchy.version
        self._folders = {controller: folder / name for controller, folder in hierarchy.folders.items()}
        try:
            for folder in dict.fromkeys(self._folders.values()):
                folder.mkdir()
            self._limit(limits)
        except OSError:
            self.remove()
            raise

    def _limit(self, limits: Limits) -> None:
        processes = limits.processes + _OWN_PROCESSES
        if self._version == 1:
            self._write("memory", "memory.limit_in_bytes", limits.memory_bytes)
            with contextlib.suppress(OSError):  # Not there without swap accounting.
                self._write("memory", "memory.memsw.limit_in_bytes", limits.memory_bytes)
        else:
            self._write("memory", "memory.max", limits.memory_bytes)
            self._write("memory", "memory.oom.group", 1)
            with contextlib.suppress(OSError):
                self._write("memory", "memory.swap.max", 0)
        self._write("pids", "pids.max", processes)
        if "cpu" in self._folders:  # One core, so that CPU seconds cannot run away between two looks at them.
            name, value = ("cpu.cfs_quota_us", "100000") if self._version == 1 else ("cpu.max", "100000 100000")
            self._write("cpu", name, value)

    def join(self) -> None:
        """Move the calling process into the group."""
        for folder in dict.fromkeys(self._folders.values()):
            (folder / "cgroup.procs").write_text("0")

    def cpu_seconds(self) -> float:
        """Return the CPU time of all processes that were ever in the group."""
        if self._version == 1:
            return int(self._read("cpuacct", "cpuacct.usage")) / 1e9
        return self._count("cpuacct", "cpu.stat", "usage_usec") / 1e6

    def peak_memory(self) -> int | None:
        """Return the most bytes that the group held at once; None before Linux 5.19 with v2."""
        name = "memory.max_usage_in_bytes" if self._version == 1 else "memory.peak"
        try:
            return int(self._read("memory", name))
        except OSError:
            return None

    def out_of_memory(self) -> bool:
        """Whether the kernel killed a process of the group for its memory."""
        name = "memory.oom_control" if self._version == 1 else "memory.events"
        return self._count("memory", name, "oom_kill") > 0

    def out_of_processes(self) -> bool:
        """Whether the group was refused a process or thread."""
        return self._count("pids", "pids.events", "max") > 0

    def kill_all(self) -> None:
        """Kill what is in the group until it is empty; raises TimeoutError where something cannot be killed."""
        self._write("pids", "pids.max", 0)
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while members := self._read("pids", "cgroup.procs").split():
            for member in members:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(member), signal.SIGKILL)
            if time.monotonic() > deadline:
                message = f"processes {', '.join(members)} of a sandbox outlive SIGKILL"
                raise TimeoutError(message)
            time.sleep(0.001)

    def remove(self) -> None:
        """Remove the group, which must be empty of processes."""
        for folder in dict.fromkeys(self._folders.values()):
            _remove_soon(folder, _PATIENCE_SECONDS)

    def _write(self, controller: str, name: str, value: int | str) -> None:
        (self._folders[controller] / name).write_text(str(value))

    def _read(self, controller: str, name: str) -> str:
        return (self._folders[controller] / name).read_text()

    def _count(self, controller: str, name: str, key: str) -> int:
        for line in self._read(controller, name).splitlines():
            if line.startswith(f"{key} "):
                return int(line.split()[1])
        return 0
