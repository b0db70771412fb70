"""Where control groups are found, on folders that stand in for the kernel's."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from alchemy_assets.sandbox.bubblewrap.cgroups import (
    NAME,
    Hierarchy,
    find_hierarchy,
    name_of_owner,
    remove_abandoned,
    step_aside,
)


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """Return an empty /proc/self and /sys/fs/cgroup."""
    (tmp_path / "proc").mkdir()
    return tmp_path


def describe(machine: Path, mounts: list[str], own: list[str]) -> Hierarchy | None:
    """Find the hierarchy of a machine with these mounts whose process is in these groups."""
    lines = [mount.replace("SYS", str(machine / "sys")) for mount in mounts]
    (machine / "proc/mountinfo").write_text("".join(f"{line}\n" for line in lines))
    (machine / "proc/cgroup").write_text("".join(f"{line}\n" for line in own))
    return find_hierarchy(machine / "proc")


V1_MOUNTS = [
    "30 20 0:27 / SYS/memory rw,relatime - cgroup cgroup rw,memory",
    "31 20 0:28 / SYS/pids rw,relatime - cgroup cgroup rw,pids",
    "32 20 0:29 / SYS/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct",
    "33 20 0:30 / SYS/unified rw - cgroup2 cgroup2 rw",
]


def test_version_1_nests_in_our_own_groups(machine: Path) -> None:
    """Under v1 (or the hybrid) each controller's folder is that of our own group."""
    for folder in ("memory/a/b", "pids", "cpu,cpuacct/c", "unified"):
        (machine / "sys" / folder).mkdir(parents=True)
    found = describe(machine, V1_MOUNTS, ["4:memory:/a/b", "3:pids:/", "2:cpu,cpuacct:/c", "0::/"])
    assert found is not None
    sys, cpu = machine / "sys", machine / "sys/cpu,cpuacct/c"
    folders = {"memory": sys / "memory/a/b", "pids": sys / "pids", "cpu": cpu, "cpuacct": cpu}
    assert found == Hierarchy(1, folders, found.homes)
    assert set(found.homes) == set(folders.values())
    assert found.describe() == "cgroup v1: memory, pids, cpu"


def test_a_missing_controller_means_no_groups(machine: Path) -> None:
    """Without a controller for processes there are no groups at all, rather than half of them."""
    for folder in ("memory", "pids", "cpu,cpuacct", "unified"):
        (machine / "sys" / folder).mkdir(parents=True)
    mounts = [mount for mount in V1_MOUNTS if "pids" not in mount]
    assert describe(machine, mounts, ["4:memory:/", "2:cpu,cpuacct:/", "0::/"]) is None


def test_version_2_climbs_to_where_controllers_are_handed_down(machine: Path) -> None:
    """Under v2 groups are made beside our own one, where the group above hands memory and pids down."""
    scope = machine / "sys/user.slice/session.scope"
    scope.mkdir(parents=True)
    (machine / "sys/user.slice/cgroup.subtree_control").write_text("cpu memory pids io\n")
    (machine / "sys/cgroup.subtree_control").write_text("cpu memory pids\n")
    found = describe(machine, ["30 20 0:27 / SYS rw - cgroup2 cgroup2 rw,nsdelegate"], ["0::/user.slice/session.scope"])
    assert found is not None
    assert (found.version, set(found.folders.values())) == (2, {machine / "sys/user.slice"})
    assert found.folders.keys() == {"memory", "pids", "cpu", "cpuacct"}
    assert found.homes == (scope,)


def test_a_launcher_steps_aside_in_its_own_scope(machine: Path) -> None:
    """In a v2 group that is its alone a process moves one level down, so that the group can hand controllers down."""
    scope = machine / "sys/user.slice/codealchemy.scope"
    aside = scope / f"{NAME}-launcher"
    aside.mkdir(parents=True)
    (aside / "cgroup.procs").touch()
    describe(machine, ["30 20 0:27 / SYS rw - cgroup2 cgroup2 rw,nsdelegate"], ["0::/user.slice/codealchemy.scope"])
    step_aside(machine / "proc")
    assert (aside / "cgroup.procs").read_text() == "0"


def test_groups_of_launchers_that_are_gone_are_removed() -> None:
    """A group whose launcher was killed is removed and what still runs in it is killed; those of others stay, in other containers too."""
    hierarchy = find_hierarchy()
    if hierarchy is None:
        pytest.skip("no control groups can be made here")
    ended = subprocess.Popen(["true"])
    ended.wait()
    folders = [folder / f"{name_of_owner(ended.pid)}-0" for folder in set(hierarchy.folders.values())]
    others = [
        folder / name
        for folder in set(hierarchy.folders.values())
        for name in (f"{name_of_owner(os.getppid())}-x", f"{NAME}-ns1-{ended.pid}-0")
    ]
    for folder in (*folders, *others):
        folder.mkdir()
    orphan = subprocess.Popen(["sleep", "60"])
    for folder in folders:
        (folder / "cgroup.procs").write_text(str(orphan.pid))
    remove_abandoned(hierarchy)
    left = [folder for folder in folders if folder.exists()], [folder.exists() for folder in others]
    for folder in others:
        folder.rmdir()
    assert left == ([], [True] * len(others))
    assert orphan.wait(10) == -signal.SIGKILL
