"""What is written into a control group and read from it, on folders that stand in for the kernel's."""

import contextlib
import itertools
import os
import signal
import subprocess
from pathlib import Path

import pytest

from alchemy_assets.sandbox.bubblewrap import group as groups
from alchemy_assets.sandbox.bubblewrap.cgroups import Hierarchy, find_hierarchy, name_of_owner
from alchemy_assets.sandbox.bubblewrap.group import Group
from alchemy_assets.sandbox.sandbox import Limits

LIMITS = Limits(memory_bytes=1_000_000, processes=7)


def test_limits_are_written_for_version_1(tmp_path: Path) -> None:
    """A group of v1 bounds memory with and without swap, processes (and bwrap's own two), and one core."""
    folders = {name: tmp_path / name for name in ("memory", "pids", "cpu", "cpuacct")}
    for folder in folders.values():
        folder.mkdir()
    group = Group(Hierarchy(1, folders, ()), LIMITS)
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
    group = Group(Hierarchy(2, folders, (tmp_path,)), LIMITS)
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
    (own / "memory.events").write_text("low 0\nmax 9\noom 0\noom_kill 1\n")
    assert not group.out_of_memory()
    (own / "memory.events").write_text("low 0\nmax 9\noom 1\noom_kill 1\n")
    assert group.out_of_memory()


def test_the_group_of_another_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a group of this name is there already, it is refused, and stays."""
    monkeypatch.setattr(groups, "_numbers", itertools.repeat(0))
    other = tmp_path / f"{name_of_owner(os.getpid())}-0"
    other.mkdir()
    with pytest.raises(FileExistsError):
        Group(Hierarchy(2, dict.fromkeys(("memory", "pids", "cpuacct"), tmp_path), (tmp_path,)), LIMITS)
    assert other.exists()


def test_a_process_is_inside_for_a_while() -> None:
    """Who enters a group leaves it again, also by an error, and what it starts meanwhile stays inside."""
    hierarchy = find_hierarchy()
    if hierarchy is None:
        pytest.skip("no control groups can be made here")
    before = Path("/proc/self/cgroup").read_text()
    group = Group(hierarchy, Limits())
    with contextlib.suppress(KeyError), group.inside():
        inside = Path("/proc/self/cgroup").read_text()
        child = subprocess.Popen(["sleep", "60"])
        raise KeyError
    assert inside != before
    assert Path("/proc/self/cgroup").read_text() == before
    assert Path(f"/proc/{child.pid}/cgroup").read_text() == inside
    group.kill_all()
    assert child.wait(10) == -signal.SIGKILL
    group.remove()
