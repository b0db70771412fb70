"""What a backend takes and gives back: one resolved command in a contained place, and how it ended.

Belongs here: plain data, and the protocol of a backend. Does not: languages, builds and what an end means (`programs`).
Imports nothing but the standard library and `sandbox`, as the launcher reads it at its start.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from alchemy_assets.sandbox.sandbox import Limits, Protection, Status

MOST_FILES = 1_000
"""Files that are collected from one job whose new files are all asked for."""


@dataclass(frozen=True)
class Job:
    """One command as a backend takes it; names and values are checked already.

    command: absolute executable and arguments. executables: names of `files` that may be executed.
    collect: names of files that are read back afterwards. collect_new: read back all files that were not given.
    """

    command: tuple[str, ...]
    environment: Mapping[str, str]
    files: Mapping[str, bytes]
    stdin: bytes
    collect: tuple[str, ...]
    host_name: str
    work_folder: str
    limits: Limits
    executables: frozenset[str] = frozenset()
    collect_new: bool = False


@dataclass(frozen=True)
class Ending:
    """What came of one job. executables: names of collected files that may be executed."""

    status: Status
    detail: str
    exit_code: int | None
    stdout: bytes
    stderr: bytes
    truncated: bool
    files: Mapping[str, bytes]
    wall_seconds: float
    cpu_seconds: float
    peak_memory_bytes: int | None
    executables: frozenset[str] = field(default=frozenset())


class Backend(Protocol):
    """Contains and runs one command at a time in each of its places. Threads may share it.

    at_once: how many jobs it runs side by side.
    """

    at_once: int

    def execute(self, job: Job) -> Ending:
        """Run one job; raises SandboxUnavailableError where nothing can be started."""
        ...

    def protections(self) -> list[Protection]:
        """Say what stands between a program and this machine, after trying that programs start at all."""
        ...

    def close(self) -> None:
        """End all helper processes and containers. A closed backend starts new ones when it is used again."""
        ...
