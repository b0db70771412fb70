"""The probe of protections, in places that have them and in one that lacks them."""

import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from alchemy_assets.sandbox.bubblewrap.probe import probe
from alchemy_assets.sandbox.jobs import Ending, Job
from alchemy_assets.sandbox.programs import ProgramSandbox
from alchemy_assets.sandbox.sandbox import Status


def unprotected(job: Job) -> Ending:
    """Run a job under a bwrap that keeps nothing away but writing."""
    command = ["bwrap", "--ro-bind", "/", "/", "--tmpfs", "/tmp", "--dev-bind", "/dev", "/dev", *job.command]
    ended = subprocess.run(command, capture_output=True, check=False)
    return Ending(
        status=Status.FINISHED,
        detail="",
        exit_code=ended.returncode,
        stdout=ended.stdout,
        stderr=ended.stderr,
        truncated=False,
        files={},
        wall_seconds=0.0,
        cpu_seconds=0.0,
        peak_memory_bytes=None,
    )


def test_a_sandbox_has_all_that_is_required(sandbox: ProgramSandbox) -> None:
    """Here every required protection is in force; control groups are required where we are root, and only there."""
    protections = {one.name: one for one in sandbox.protections()}
    assert [one.name for one in protections.values() if one.required and not one.in_force] == []
    assert protections["control groups"].required == (os.getuid() == 0)


def test_missing_protections_are_seen() -> None:
    """Where programs can look around nothing is said to be in force that is not, and the words say what was found."""
    if not Path("/etc/hostname").exists():
        pytest.skip("this machine has no file that a sandbox hides")
    if shutil.which("bwrap") is None:
        pytest.skip("bubblewrap is not installed")
    found = {one.name: one for one in probe(unprotected, None, root=True)}
    assert {name for name, one in found.items() if one.in_force} <= {"ordinary user"}
    assert "shared with this machine: " in found["namespaces"].detail
    assert "/etc/hostname" in found["files"].detail
    assert found["control groups"].required


def test_silence_is_no_protection() -> None:
    """A program that says nothing has met nothing: not even its files and its end count as kept."""
    found = {one.name: one for one in probe(lambda job: replace(unprotected(job), stdout=b""), None, root=True)}
    assert {name for name, one in found.items() if one.in_force} <= {"ordinary user"}


def test_groups_that_do_not_hold_are_not_in_force() -> None:
    """Control groups are in force only where a program that wants too much meets their limits."""
    found = {one.name: one for one in probe(unprotected, "cgroup v1: memory", root=True)}
    assert not found["control groups"].in_force
    assert "do not hold" in found["control groups"].detail
