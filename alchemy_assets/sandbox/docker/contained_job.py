"""Have the gate of a container run one job, and say how it ended.

Belongs here: what is said to the gate, what it may answer, what an answer or its lack means. Does not: the bytes on the
line (`gate_line`), containers (`containers`), what a limit that was met means (`limits.decide`).
"""

import json
import math
import os
import time
from typing import Any

from alchemy_assets.errors import UnsafePathError
from alchemy_assets.sandbox.docker import gate
from alchemy_assets.sandbox.docker.containers import Container
from alchemy_assets.sandbox.docker.gate_line import ContainerLostError
from alchemy_assets.sandbox.jobs import MOST_FILES, Ending, Job
from alchemy_assets.sandbox.limits import OPEN_FILES, Facts, decide
from alchemy_assets.sandbox.program_folder import TEMPORARY, check_names
from alchemy_assets.sandbox.sandbox import Status

_GRACE_SECONDS = 30.0
_MOST_WORDS = 2**20


class _Heard:
    """What a container has told of its job until now, held to what it may tell."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.streams = {gate.STDOUT: bytearray(), gate.STDERR: bytearray()}
        self.files: dict[str, bytes] = {}
        self.notes: list[str] = []
        self._room = job.limits.written_bytes
        self._most_files = MOST_FILES if job.collect_new else len(job.collect)

    def take(self, kind: bytes, content: bytes) -> None:
        """Keep a piece of output or a file; raises ContainerLostError for anything else."""
        if kind in self.streams:
            self.streams[kind] += content
            fits = len(self.streams[kind]) <= self.job.limits.output_bytes + 1
        else:
            name, _, file = content.partition(b"\0")
            fits = kind == gate.FILE and self._keep(os.fsdecode(name), file)
        if not fits:
            raise ContainerLostError("it said what no gate says")

    def _keep(self, name: str, content: bytes) -> bool:
        self._room -= len(content)
        self._most_files -= 1
        try:
            check_names([name])
        except UnsafePathError as error:
            self.notes.append(f"{name!r} was not collected: {error}")
        else:
            self.files[name] = content
        return self._room >= 0 and self._most_files >= 0 and (self.job.collect_new or name in self.job.collect)

    @property
    def too_much_output(self) -> bool:
        return any(len(stream) > self.job.limits.output_bytes for stream in self.streams.values())

    def ending(self, facts: Facts, peak: int | None, executables: frozenset[str] = frozenset()) -> Ending:
        """Say how the job ended."""
        status, detail = decide(facts, self.job.limits)
        stdout, stderr = (bytes(stream[: self.job.limits.output_bytes]) for stream in self.streams.values())
        return Ending(
            status=status,
            detail="; ".join([detail, *self.notes] if detail else self.notes),
            exit_code=facts.exit_code if status in {Status.FINISHED, Status.KILLED} else None,
            stdout=stdout,
            stderr=stderr,
            truncated=self.too_much_output,
            files=self.files,
            wall_seconds=facts.wall_seconds,
            cpu_seconds=facts.cpu_seconds,
            peak_memory_bytes=peak,
            executables=executables & self.files.keys() if self.job.collect_new else frozenset(),
        )


def _letter(job: Job) -> bytes:
    """Return a job as the gate reads it."""
    limits = job.limits
    seconds = math.ceil(limits.cpu_seconds) + 1
    header = {
        "command": job.command,
        "environment": {"PATH": "/usr/bin:/bin", "HOME": TEMPORARY, "LANG": "C.UTF-8", **job.environment},
        "files": [(name, len(content), name in job.executables) for name, content in job.files.items()],
        "stdin": len(job.stdin),
        "work_folder": job.work_folder,
        "collect": job.collect,
        "collect_new": job.collect_new,
        "most_files": MOST_FILES,
        "cpu_seconds": limits.cpu_seconds,
        "wall_seconds": limits.wall_seconds,
        "output_bytes": limits.output_bytes,
        "written_bytes": limits.written_bytes,
        "bounds": {
            "RLIMIT_CORE": (0, 0),
            "RLIMIT_NOFILE": (OPEN_FILES, OPEN_FILES),
            "RLIMIT_FSIZE": (limits.written_bytes, limits.written_bytes),
            "RLIMIT_CPU": (seconds, seconds + 1),
        },
    }
    words = json.dumps(header).encode()
    return b"".join([gate.LENGTH.pack(len(words)), words, *job.files.values(), job.stdin])


def _told(report: dict[str, Any], heard: _Heard) -> Ending:
    """Return the ending that a gate's report tells; raises ContainerLostError where it is none."""
    try:
        facts = Facts(
            exit_code=None if report["exit_code"] is None else int(report["exit_code"]),
            cpu_seconds=float(report["cpu_seconds"]),
            wall_seconds=float(report["wall_seconds"]),
            out_of_memory=bool(report["out_of_memory"]),
            out_of_processes=bool(report["out_of_processes"]),
            too_much_output=heard.too_much_output,
        )
        peak = None if report["peak"] is None else int(report["peak"])
        heard.notes += map(str, report["notes"])
        if not report["metered"]:
            heard.notes.append("CPU time is that of ended processes, as the container shows no control groups")
        executables = frozenset(map(str, report["executables"]))
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise ContainerLostError("its report is none") from error
    return heard.ending(facts, peak, executables)


def run_contained(container: Container, job: Job) -> Ending:
    """Have a container run a job; raises ContainerLostError where it ended before it had taken it."""
    container.line.say(_letter(job))
    container.line.hear(time.monotonic() + _GRACE_SECONDS, 0)
    heard, started = _Heard(job), time.monotonic()
    deadline = started + job.limits.wall_seconds + _GRACE_SECONDS
    try:
        while True:
            kind, content = container.line.hear(deadline, max(job.limits.written_bytes, _MOST_WORDS) + 2_000)
            if kind == gate.REPORT:
                return _told(json.loads(content), heard)
            heard.take(kind, content)
    except (ContainerLostError, ValueError):
        facts = Facts(
            exit_code=None,
            cpu_seconds=0.0,
            wall_seconds=time.monotonic() - started,
            out_of_memory=container.ran_out_of_memory(),
            too_much_output=heard.too_much_output,
        )
        heard.notes.append("its container ended with it")
        return heard.ending(facts, None)
