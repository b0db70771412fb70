"""Runs in the sandbox, and a watch over what a run leaves behind.

Belongs here: the fixtures `run` and `no_trace`. Does not: tests.
"""

import os
import secrets
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from alchemy_assets.sandbox.cgroups import NAME, find_hierarchy
from alchemy_assets.sandbox.programs import ProgramSandbox
from alchemy_assets.sandbox.sandbox import Invocation, Limits, Outcome, Program

MARK = "SANDBOX_TEST_MARK"
SUFFIXES = {"Python": "main.py", "Shell": "main.sh"}
Runner = Callable[..., Outcome]


@pytest.fixture(scope="session")
def grouped(sandbox: ProgramSandbox) -> bool:
    """Whether runs are held in control groups here, so that limits hold over all processes of a run."""
    return {one.name: one.in_force for one in sandbox.protections()}["control groups"]


def _processes(mark: str) -> list[str]:
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


def _is_foreign(launcher: str) -> bool:
    """Whether a launcher lives and belongs to another process than these tests."""
    try:
        fields = Path("/proc", launcher, "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return False
    return int(fields[1]) != os.getpid()


def _groups() -> set[str]:
    hierarchy = find_hierarchy()
    folders = set(hierarchy.folders.values()) if hierarchy else set()
    groups = {group for folder in folders for group in folder.glob(f"{NAME}-*")}
    return {str(group) for group in groups if not _is_foreign(group.name.split("-")[1])}


def _mounts() -> set[str]:
    return {line for line in Path("/proc/self/mountinfo").read_text().splitlines() if " - tmpfs " in line}


class Watch:
    """Says what is left of the runs that carry its mark."""

    def __init__(self) -> None:
        """Remember what was there before."""
        self.mark = secrets.token_hex(8)
        self._before = _groups() | _mounts()

    def processes(self) -> list[str]:
        """Return the marked processes that are alive."""
        return _processes(self.mark)

    def left(self) -> list[str]:
        """Return processes, control groups and mounts that were not there before."""
        return [*self.processes(), *(_groups() | _mounts()) - self._before]

    def soon_gone(self, seconds: float = 10.0) -> bool:
        """Whether nothing is left after at most so many seconds."""
        deadline = time.monotonic() + seconds
        while self.left() and time.monotonic() < deadline:
            time.sleep(0.02)
        return not self.left()


@pytest.fixture
def no_trace(sandbox: ProgramSandbox) -> Iterator[Watch]:
    """Assert after the test that no process, control group or mount is left of runs that carry its mark."""
    assert sandbox
    watch = Watch()
    yield watch
    assert watch.left() == []


@pytest.fixture
def run(sandbox: ProgramSandbox, no_trace: Watch) -> Runner:
    """Return a function that runs source text in the session's sandbox, and asserts that nothing is left."""

    def run_source(
        source: str | bytes,
        *,
        language: str = "Python",
        files: dict[str, bytes] | None = None,
        limits: Limits | None = None,
        environment: dict[str, str] | None = None,
        **invocation: object,
    ) -> Outcome:
        entry = SUFFIXES[language]
        content = source if isinstance(source, bytes) else source.encode()
        program = Program(language, {entry: content, **(files or {})}, entry)
        marked = {MARK: no_trace.mark, **(environment or {})}
        outcome = sandbox.run(program, Invocation(environment=marked, **invocation), limits or Limits())  # type: ignore[arg-type]
        assert no_trace.left() == []
        return outcome

    return run_source
