"""Find where control groups can be made on this machine, in cgroup v1, v2 or the hybrid of both.

Belongs here: mounts, controllers, and what launchers that are gone left behind. Does not: the group of a run (`group`).
Runs in the launcher, which is single-threaded.
Sources: the kernel's Documentation/admin-guide/cgroup-v1 and cgroup-v2.rst.
"""

import contextlib
import os
import re
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

NAME = "codealchemy"
_NEEDED = frozenset({"memory", "pids", "cpuacct"})
_WANTED = _NEEDED | {"cpu"}
_ABANDONED_SECONDS = 0.5


@dataclass(frozen=True)
class Hierarchy:
    """Where groups can be made: the folder of each controller, all the same one in v2.

    homes: the groups in which the launcher itself is, and to which it returns.
    """

    version: int
    folders: Mapping[str, Path]
    homes: tuple[Path, ...]

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
    return Hierarchy(1, folders, tuple(dict.fromkeys(folders.values()))) if usable else None


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
                return Hierarchy(2, dict.fromkeys(sorted({"cpuacct"} | (handed_down & _WANTED)), folder), (start,))
    return None


def _read_own(process: Path) -> tuple[list[_Mount], dict[str, str]]:
    """Return the mounts that a process sees, and its group of each controller; that of v2 is called ''."""
    try:
        mounts = _mounts((process / "mountinfo").read_text())
        lines = [line.split(":", 2) for line in (process / "cgroup").read_text().splitlines()]
    except OSError:
        return [], {}
    return mounts, {controller: path for _, controllers, path in lines for controller in controllers.split(",")}


def find_hierarchy(process: Path = Path("/proc/self")) -> Hierarchy | None:
    """Return where this process can make groups that limit memory and processes, or None."""
    mounts, own = _read_own(process)
    return _version_1(mounts, own) or _version_2(mounts, own)


def step_aside(process: Path = Path("/proc/self")) -> None:
    """Move this process out of a v2 group that is its alone, so that the group can hand controllers down.

    That is how a launcher sits in the scope that systemd made for it. Raises OSError where it is not ours.
    """
    mounts, own = _read_own(process)
    for mount in mounts:
        if mount.kind == "cgroup2" and "" in own:
            aside = _place(mount, own[""]) / f"{NAME}-launcher"
            aside.mkdir(exist_ok=True)
            (aside / "cgroup.procs").write_text("0")


def name_of_owner(process: int | str) -> str:
    """Return how the names of a launcher's groups begin; containers that share a folder of groups differ in it."""
    return f"{NAME}-ns{os.stat('/proc/self/ns/pid').st_ino}-{process}"  # noqa: PTH116 - once a run


def remove_abandoned(hierarchy: Hierarchy) -> None:
    """Remove the groups of launchers that are gone: of one that was killed, they stay behind.

    Those of another process namespace are left alone: whether their launchers live is not to be seen from here.
    They are empty, unless it was killed in the very moment between its word to start a program and the start.
    """
    for folder in set(hierarchy.folders.values()):
        for group in folder.glob(f"{name_of_owner('*')}-*"):
            owner = group.name.split("-")[2]
            # What has our own number is of a launcher that had it before: we have made none yet.
            if owner.isdecimal() and (int(owner) == os.getpid() or not Path("/proc", owner).exists()):
                with contextlib.suppress(OSError):
                    # A process that this process namespace cannot see is shown as 0: it is none of ours.
                    for member in {*(group / "cgroup.procs").read_text().split()} - {"0"}:
                        os.kill(int(member), signal.SIGKILL)
                    remove_soon(str(group), _ABANDONED_SECONDS)


def remove_soon(folder: str, seconds: float) -> None:
    """Remove a group; raises OSError where it is busy for longer, as it is until its last exit is accounted for."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            os.rmdir(folder)  # noqa: PTH106 - once a run
        except FileNotFoundError:
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.001)
