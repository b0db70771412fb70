"""Build each program once: the files that a compiler made are kept in memory, and go with every run.

Belongs here: the cache of builds and what a failed one means. Does not: the compilers' command lines (`toolchains`).
"""

import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field, replace

from alchemy_assets.sandbox.jobs import Backend, Ending, Job
from alchemy_assets.sandbox.program_folder import TEMPORARY
from alchemy_assets.sandbox.sandbox import CompileStep, Limits, Outcome, Status
from alchemy_assets.sandbox.toolchains.toolchain import Plan, Toolchain

LIMITS = Limits(
    cpu_seconds=60,
    wall_seconds=120,
    memory_bytes=2 * 2**30,
    processes=64,
    output_bytes=256 * 2**10,
    written_bytes=256 * 2**20,
)
"""What a compiler may use: other than a program's, since what it needs hangs on the language and not on the program."""


@dataclass(frozen=True)
class Build:
    """What a compiler made of a program; `failure` is the outcome of all runs of one that it refused."""

    files: Mapping[str, bytes] = field(default_factory=dict)
    executables: frozenset[str] = frozenset()
    step: CompileStep | None = None
    failure: Outcome | None = None

    @property
    def size(self) -> int:
        """Bytes that it holds."""
        messages = 0 if self.step is None else len(self.step.messages)
        return sum(map(len, self.files.values())) + messages


class Builds:
    """Builds of the programs that were used last. Threads may share it; two that want the same build share its work."""

    def __init__(self, backend: Backend, most_bytes: int) -> None:
        """Keep at most so many bytes of builds."""
        self._backend = backend
        self._most = most_bytes
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, Future[Build]] = OrderedDict()

    def build(self, toolchain: Toolchain, label: str, plan: Plan) -> Build:
        """Return the build of a plan that has a compile command; raises SandboxUnavailableError where nothing starts."""
        key = _key(label, plan)
        with self._lock:
            known = self._kept.get(key)
            if known is None:
                future = self._kept[key] = Future()
            else:
                self._kept.move_to_end(key)
        if known is not None:
            build = known.result()
            return build if build.step is None else replace(build, step=replace(build.step, cached=True))
        try:
            build = as_build(self._backend.execute(_job(toolchain, plan)))
        except BaseException as error:
            with self._lock:
                del self._kept[key]
            future.set_exception(error)
            raise
        future.set_result(build)
        self._forget_oldest()
        return build

    def _forget_oldest(self) -> None:
        with self._lock:
            done = [(key, future.result().size) for key, future in self._kept.items() if future.done()]
            size = sum(size for _, size in done)
            for key, bytes_ in done:
                if size <= self._most:
                    break
                del self._kept[key]
                size -= bytes_


def _key(label: str, plan: Plan) -> str:
    digest = hashlib.sha256(json.dumps([label, plan.compile]).encode())
    for name, content in sorted(plan.files.items()):
        digest.update(json.dumps([name, len(content)]).encode() + content)
    return digest.hexdigest()


def _job(toolchain: Toolchain, plan: Plan) -> Job:
    return Job(
        command=plan.compile or (),
        environment=toolchain.environment,
        files=plan.files,
        stdin=b"",
        collect=(),
        host_name="sandbox",
        work_folder=TEMPORARY,
        limits=LIMITS,
        collect_new=True,
    )


def as_build(ending: Ending) -> Build:
    """Return what the end of a compiler means."""
    messages = ending.stderr + ending.stdout
    step = CompileStep(
        exit_code=ending.exit_code,
        messages=messages,
        truncated=ending.truncated,
        wall_seconds=ending.wall_seconds,
        cpu_seconds=ending.cpu_seconds,
        peak_memory_bytes=ending.peak_memory_bytes,
    )
    if ending.status is Status.FINISHED and ending.exit_code == 0:
        return Build(ending.files, ending.executables, step)
    refused = ending.status is Status.FINISHED
    failure = Outcome(
        status=Status.COMPILE_ERROR if refused else ending.status,
        exit_code=None,
        stdout=b"",
        stderr=b"",
        truncated=False,
        files={},
        wall_seconds=0.0,
        cpu_seconds=0.0,
        peak_memory_bytes=None,
        toolchain="",
        detail=_first_error(messages) if refused else f"the compiler {ending.detail}",
        compile_step=step,
    )
    return Build(step=step, failure=failure)


def _first_error(messages: bytes) -> str:
    lines = [line.strip() for line in messages.decode(errors="replace").splitlines() if line.strip()]
    return next((line for line in lines if "error" in line.lower()), lines[0] if lines else "the compiler failed")
