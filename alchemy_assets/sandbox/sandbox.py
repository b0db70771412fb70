"""The protocol of every sandbox: what is run, under which limits, and what came of it.

Belongs here: plain data and the protocol. Does not: how a backend contains a program (`bubblewrap`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class Status(StrEnum):
    """How a run ended. Only `FINISHED` says that the program decided its own end.

    Exit codes 129 to 192 are read as signals: a program that ends with one by itself counts as `KILLED`.
    """

    FINISHED = "finished"
    COMPILE_ERROR = "compile_error"
    TIMED_OUT = "timed_out"
    OUT_OF_MEMORY = "out_of_memory"
    TOO_MUCH_OUTPUT = "too_much_output"
    TOO_MANY_PROCESSES = "too_many_processes"
    KILLED = "killed"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True)
class Program:
    """Source files by relative name (no `..`, no leading `/`), and the name of the file that is started."""

    language: str
    files: Mapping[str, bytes]
    entry: str


@dataclass(frozen=True)
class Invocation:
    """How a program is started: arguments, standard input, extra environment; or a bash `script` instead.

    script: name of a file of the program that is run by `bash SCRIPT` in place of the entry.
    collect: names of files that the run may write and that are read back afterwards.
    """

    arguments: tuple[str, ...] = ()
    stdin: bytes = b""
    environment: Mapping[str, str] = field(default_factory=dict)
    script: str | None = None
    collect: tuple[str, ...] = ()
    host_name: str = "sandbox"
    work_folder: str = "/tmp"  # noqa: S108 - a folder of the sandbox, not of this machine


@dataclass(frozen=True)
class Limits:
    """What a program may use. A row's fate hangs on CPU seconds; wall seconds only guard against sleepers."""

    cpu_seconds: float = 5.0
    wall_seconds: float = 20.0
    memory_bytes: int = 512 * 2**20
    processes: int = 32
    output_bytes: int = 1 * 2**20
    written_bytes: int = 64 * 2**20


@dataclass(frozen=True)
class Protection:
    """One thing that stands between a program and this machine, and whether it does so here.

    required: whether programs are refused without it, unless the setting `sandbox.allow_missing` names it.
    """

    name: str
    in_force: bool
    detail: str
    required: bool = True


@dataclass(frozen=True)
class CompileStep:
    """How a program was built: exit code and messages of its compiler, and what the build cost when it was made.

    messages: stderr and stdout of the compiler, cut at `Limits.output_bytes` where `truncated` says so.
    cached: whether an earlier run of the same sources had paid for it.
    """

    exit_code: int | None
    messages: bytes
    truncated: bool
    wall_seconds: float
    cpu_seconds: float
    peak_memory_bytes: int | None
    cached: bool = False


@dataclass(frozen=True)
class Outcome:
    """What came of one run; output is bytes, cut at `Limits.output_bytes` where `truncated` says so.

    compile_step: None for languages that are not compiled. Where it is what failed, nothing was run: the status is
    `COMPILE_ERROR`, or says which limit the compiler met. Also set where an interpreter could not read its program.
    """

    status: Status
    exit_code: int | None
    stdout: bytes
    stderr: bytes
    truncated: bool
    files: Mapping[str, bytes]
    wall_seconds: float
    cpu_seconds: float
    peak_memory_bytes: int | None
    toolchain: str
    detail: str = ""
    compile_step: CompileStep | None = None


NOT_RUN = Outcome(
    status=Status.UNSUPPORTED,
    exit_code=None,
    stdout=b"",
    stderr=b"",
    truncated=False,
    files={},
    wall_seconds=0.0,
    cpu_seconds=0.0,
    peak_memory_bytes=None,
    toolchain="",
)
"""What every outcome of a program that was not run is made from."""

Run = tuple[Program, Invocation, Limits]


class Sandbox(Protocol):
    """Runs programs. Implementations never raise for what a program does: that is an `Outcome`."""

    def run(self, program: Program, invocation: Invocation, limits: Limits) -> Outcome:
        """Run one program once."""
        ...

    async def run_many(self, runs: Sequence[Run]) -> list[Outcome]:
        """Run many on all cores; outcomes come in the order of `runs`."""
        ...

    def runnable(self, language: str) -> bool:
        """Whether programs of this language can be run here."""
        ...

    def toolchain(self, language: str) -> str:
        """Name and version of the toolchain, for instance `CPython 3.11.2`; raises UnsupportedLanguageError."""
        ...
