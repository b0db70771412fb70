"""Where control groups are found and what is written into them, on folders that stand in for the kernel's."""

from pathlib import Path

import pytest

from alchemy_assets.sandbox.cgroups import Group, Hierarchy, find_hierarchy
from alchemy_assets.sandbox.sandbox import Limits

LIMITS = Limits(memory_bytes=1_000_000, processes=7)


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
    sys, cpu = machine / "sys", machine / "sys/cpu,cpuacct/c"
    assert found == Hierarchy(1, {"memory": sys / "memory/a/b", "pids": sys / "pids", "cpu": cpu, "cpuacct": cpu})
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


def test_limits_are_written_for_version_1(tmp_path: Path) -> None:
    """A group of v1 bounds memory with and without swap, processes (and bwrap's own two), and one core."""
    folders = {name: tmp_path / name for name in ("memory", "pids", "cpu", "cpuacct")}
    for folder in folders.values():
        folder.mkdir()
    group = Group(Hierarchy(1, folders), LIMITS)
    assert {path.name: path.read_text() for path in tmp_path.glob("*/*/*")} == {
        "memory.limit_in_bytes": "1000000",
        "memory.memsw.limit_in_bytes": "1000000",
        "pids.max": "9",
        "cpu.cfs_quota_us": "100000",
    }
    (memory,) = folders["memory"].iterdir()
    (memory / "memory.oom_control").write_text("oom_kill_disable 0\nunder_oom 0\noom_kill 2\n")
    (memory / "memory.max_usage_in_bytes").write_text("999\n")
    assert (group.out_of_memory(), group.peak_memory()) == (True, 999)


def test_limits_are_written_for_version_2(tmp_path: Path) -> None:
    """A group of v2 bounds memory without swap, ends as one, and its meters are read from the files of v2."""
    folders = dict.fromkeys(("memory", "pids", "cpu", "cpuacct"), tmp_path)
    group = Group(Hierarchy(2, folders), LIMITS)
    (own,) = tmp_path.iterdir()
    assert {path.name: path.read_text() for path in own.iterdir()} == {
        "memory.max": "1000000",
        "memory.oom.group": "1",
        "memory.swap.max": "0",
        "pids.max": "9",
        "cpu.max": "100000 100000",
    }
    (own / "memory.events").write_text("low 0\nmax 9\noom 1\noom_kill 0\n")
    (own / "pids.events").write_text("max 3\n")
    (own / "cpu.stat").write_text("usage_usec 1500000\nuser_usec 1\n")
    assert (group.out_of_memory(), group.out_of_processes(), group.cpu_seconds()) == (False, True, 1.5)
    assert group.peak_memory() is None
