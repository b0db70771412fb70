"""Say what is left of runs in a sandbox: processes, control groups, mounts.

Belongs here: looking at this machine. Does not: fixtures (`conftest`), what hostile programs may have changed
(`attacks.host`).
"""

import os
import secrets
import time
from pathlib import Path

from alchemy_assets.sandbox.bubblewrap.cgroups import NAME, find_hierarchy

_MOUNT_POINTS = ("/newroot", "/oldroot")
_MOUNTED = ("/tmp", "/usr", "/bin", "/lib", "/dev/shm", "/etc/passwd", "/etc/group")
_ours: set[int] = set()
"""All processes that were ever seen to descend from this one, among them the launchers."""


def _marked(mark: str) -> list[str]:
    """Return the processes of this whole machine that have the mark in their environment or command line."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            seen = (process / "environ").read_bytes() + (process / "cmdline").read_bytes()
        except OSError:
            continue
        if mark.encode() in seen:
            found.append(process.name)
    return found


def parents() -> dict[int, int]:
    """Return the parent of every process of this machine."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            # The second field is a name in brackets, in which anything can stand.
            fields = (process / "stat").read_text(errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        found[int(process.name)] = int(fields[1])
    return found


def descendants(process: int) -> set[int]:
    """Return the processes that descend from one."""
    known = parents()
    found: set[int] = set()
    waiting = {process}
    while waiting:
        waiting = {child for child, parent in known.items() if parent in waiting} - found
        found |= waiting
    return found


def _is_left(group: Path) -> bool:
    """Whether a control group of ours holds a run that is over, or is that of a launcher that is gone.

    A living launcher may keep empty groups for its next runs; those of other people's launchers are none of our business.
    """
    *_, owner, _ = group.name.split("-")
    launcher = int(owner) if owner.isdecimal() else 0
    if launcher not in _ours:
        return False
    try:
        return not Path("/proc", str(launcher)).exists() or bool((group / "cgroup.procs").read_text().split())
    except OSError:
        return False


def _groups() -> set[str]:
    hierarchy = find_hierarchy()
    folders = set(hierarchy.folders.values()) if hierarchy else set()
    _ours.update(descendants(os.getpid()))
    return {str(group) for folder in folders for group in folder.glob(f"{NAME}-*") if _is_left(group)}


def _mounts() -> set[str]:
    """Return what is mounted where a sandbox mounts something; elsewhere others may build their systems meanwhile."""
    lines = Path("/proc/self/mountinfo").read_text().splitlines()
    return {line for line in lines if line.split()[4].startswith(_MOUNT_POINTS) or line.split()[4] in _MOUNTED}


class Watch:
    """Says what is left of the runs that carry its mark."""

    def __init__(self) -> None:
        """Remember what was there before."""
        self.mark = secrets.token_hex(8)
        self._before = _groups() | _mounts()

    def processes(self) -> list[str]:
        """Return the marked processes that are alive."""
        _ours.update(descendants(os.getpid()))
        return _marked(self.mark)

    def left(self) -> list[str]:
        """Return processes, control groups and mounts that were not there before."""
        return [*self.processes(), *sorted((_groups() | _mounts()) - self._before)]

    def soon_gone(self, seconds: float = 10.0) -> bool:
        """Whether nothing is left after at most so many seconds."""
        deadline = time.monotonic() + seconds
        while self.left() and time.monotonic() < deadline:
            time.sleep(0.02)
        return not self.left()
