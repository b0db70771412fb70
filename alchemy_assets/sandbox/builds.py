"""Build each program once: the files that a compiler made are kept in memory, and go with every run.

Belongs here: the cache of builds, when a warm compiler builds many at once, and what a failed build means. Does not:
the compilers' command lines (`toolchains`), the warm compilers themselves (`warm`).
"""

import hashlib
import json
import math
import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from alchemy_assets.sandbox.jobs import MOST_FILES, Backend, Ending, Job
from alchemy_assets.sandbox.program_folder import TEMPORARY
from alchemy_assets.sandbox.sandbox import NOT_RUN, CompileStep, Limits, Outcome, Status
from alchemy_assets.sandbox.toolchains.toolchain import Plan, Toolchain
from alchemy_assets.sandbox.warm.batch import OWN, Answer, can_carry, decode, encode
from alchemy_assets.sandbox.warm.drivers import DRIVERS, Driver

LIMITS = Limits(
    cpu_seconds=60,
    wall_seconds=120,
    memory_bytes=2 * 2**30,
    processes=64,
    output_bytes=256 * 2**10,
    written_bytes=256 * 2**20,
)
"""What a compiler may use: other than a program's, since what it needs hangs on the language and not on the program.
A whole batch may use no more, but for its answers."""

_BATCH_LIMITS = replace(LIMITS, output_bytes=64 * 2**20)
_MOST_IN_A_BATCH = 64
_ENTRY_BYTES = 1_000
"""What an entry of the cache takes beside the bytes of its build, about."""

_EMPTY_IN_A_ROW = 2
"""Batches without any answer after which the warm compiler is taken for broken, and not its first program."""


class Wanted(NamedTuple):
    """A program that is to be built. label: name and version of the toolchain. plan: one with a compile command."""

    toolchain: Toolchain
    label: str
    plan: Plan

    @property
    def command(self) -> tuple[str, ...]:
        """The compile command."""
        return self.plan.compile or ()

    @property
    def key(self) -> str:
        """A hash of all that the build hangs on, for one backend."""
        said = [self.label, self.command, sorted(self.toolchain.environment.items())]
        digest = hashlib.sha256(json.dumps(said).encode())
        for name, content in sorted(self.plan.files.items()):
            digest.update(json.dumps([name, len(content)]).encode() + content)
        return digest.hexdigest()

    @property
    def driver(self) -> Driver | None:
        """The warm compiler that can build it in a batch."""
        return DRIVERS.get(self.command[0]) if can_carry(self.command, self.plan.files) else None


@dataclass(frozen=True)
class Build:
    """What a compiler made of a program. status: `FINISHED`, or why nothing can be run; detail: the same in words."""

    files: Mapping[str, bytes] = field(default_factory=dict)
    executables: frozenset[str] = frozenset()
    step: CompileStep | None = None
    status: Status = Status.FINISHED
    detail: str = ""

    @property
    def failure(self) -> Outcome | None:
        """The outcome of all runs of a program that could not be built."""
        if self.status is Status.FINISHED:
            return None
        return replace(NOT_RUN, status=self.status, detail=self.detail, compile_step=self.step)

    @property
    def size(self) -> int:
        """Bytes that it holds, about."""
        messages = 0 if self.step is None else len(self.step.messages)
        return sum(len(name) + len(content) for name, content in self.files.items()) + messages + _ENTRY_BYTES

    @property
    def repeatable(self) -> bool:
        """Whether it would come out the same again: not where the compiler was too slow for the clock, or killed."""
        if self.status is Status.TIMED_OUT:
            return self.step is not None and self.step.cpu_seconds > LIMITS.cpu_seconds
        return self.status not in {Status.KILLED, Status.TOO_MANY_PROCESSES}


class Builds:
    """Builds of the programs that were used last. Threads may share it; two that want the same build share its work."""

    def __init__(self, backend: Backend, most_bytes: int) -> None:
        """Keep at most so many bytes of builds."""
        self._backend = backend
        self._most = most_bytes
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, Future[Build]] = OrderedDict()
        self._bytes = 0

    def build(self, wanted: Wanted) -> Build:
        """Return the build of a program; raises SandboxUnavailableError where nothing starts."""
        while True:
            key = wanted.key
            with self._lock:
                known = self._kept.get(key)
                if known is None:
                    future = self._kept[key] = Future()
                else:
                    self._kept.move_to_end(key)
            if known is None:
                try:
                    return self._settle(key, future, self._cold(wanted))
                finally:
                    self._give_up({key: future})
            try:
                build = known.result()
            except CancelledError:  # Whoever was at it gave up.
                continue
            return build if build.step is None else replace(build, step=replace(build.step, cached=True))

    def batches(self, all_wanted: Iterable[Wanted], places: int) -> list[list[Wanted]]:
        """Return what is not built yet and pays for a warm compiler, cut into batches that work in all places."""
        groups: dict[tuple[str, ...], dict[str, Wanted]] = {}
        for wanted in all_wanted:
            key = wanted.key
            if key not in self._kept and wanted.driver is not None:
                alike = (wanted.label, wanted.command[0], *map(str, sorted(wanted.toolchain.environment.items())))
                groups.setdefault(alike, {})[key] = wanted
        batches = []
        for group in groups.values():
            programs = list(group.values())
            driver = programs[0].driver
            if driver is not None and len(programs) >= driver.fewest:
                count = max(min(places, len(programs) // driver.fewest), math.ceil(len(programs) / _MOST_IN_A_BATCH))
                batches += [programs[first::count] for first in range(count)]
        return batches

    def build_batch(self, batch: Sequence[Wanted]) -> None:
        """Build the programs of a batch that nobody is at yet, by its warm compiler; raises SandboxUnavailableError.

        What that does not build cleanly is built by a compiler of its own, so no program decides over its neighbours.
        """
        futures: dict[str, Future[Build]] = {}
        wanted_by_key: dict[str, Wanted] = {}
        with self._lock:
            for wanted in batch:
                if (key := wanted.key) not in self._kept:
                    self._kept[key] = futures[key] = Future()
                    wanted_by_key[key] = wanted
        try:
            left, empty = list(wanted_by_key.items()), 0
            while left:
                answers = []
                if empty < _EMPTY_IN_A_ROW and (job := self._batch_job([wanted for _, wanted in left])) is not None:
                    answers = warm_endings(self._backend.execute(job), len(left))
                for (key, wanted), ending in zip(left, answers, strict=False):
                    build = self._cold(wanted) if ending is None else as_build(ending, wanted.plan.run[0])
                    self._settle(key, futures[key], build)
                empty = 0 if answers else empty + 1
                left = left[len(answers) :]
                if left:  # It stopped at this one, or never came so far.
                    (key, wanted), *left = left
                    self._settle(key, futures[key], self._cold(wanted))
        finally:
            self._give_up(futures)

    def _batch_job(self, batch: Sequence[Wanted]) -> Job | None:
        """Return the job of a warm compiler, or None where there is none on this system."""
        first, driver = batch[0], batch[0].driver
        if driver is None or len(batch) < 2:  # noqa: PLR2004 - one is no batch
            return None
        plan = driver.plan()
        made: Mapping[str, bytes] = plan.files
        if plan.compile is not None:
            build = self.build(Wanted(first.toolchain, first.label, plan))
            if build.failure is not None:
                return None
            made = build.files
        return Job(
            command=plan.run,
            environment={**first.toolchain.environment, **driver.environment},
            files={f"{OWN}/{name}": content for name, content in made.items()},
            stdin=encode([(wanted.command, wanted.plan.files) for wanted in batch]),
            collect=(),
            host_name="sandbox",
            work_folder=TEMPORARY,
            limits=_BATCH_LIMITS,
        )

    def _cold(self, wanted: Wanted) -> Build:
        return as_build(
            self._backend.execute(
                Job(
                    command=wanted.command,
                    environment=wanted.toolchain.environment,
                    files=wanted.plan.files,
                    stdin=b"",
                    collect=(),
                    host_name="sandbox",
                    work_folder=TEMPORARY,
                    limits=LIMITS,
                    collect_new=True,
                )
            ),
            wanted.plan.run[0],
        )

    def _settle(self, key: str, future: Future[Build], build: Build) -> Build:
        """Hand a build to all who wait for it, and keep it where it would come out the same again."""
        with self._lock:
            future.set_result(build)
            self._bytes += build.size
            if not build.repeatable:
                self._forget(key)
            while self._bytes > self._most:  # There are some: each of these bytes is of one that is done.
                self._forget(next(key for key, kept in self._kept.items() if kept.done()))
        return build

    def _forget(self, key: str) -> None:
        self._bytes -= self._kept.pop(key).result().size

    def _give_up(self, futures: Mapping[str, Future[Build]]) -> None:
        """Let others try what was not built, after an error."""
        with self._lock:
            for key, future in futures.items():
                if not future.done():
                    del self._kept[key]
                    future.cancel()


def as_build(ending: Ending, started: str = "") -> Build:
    """Return what the end of a compiler means; started: what it should have made, where that is a program."""
    messages = ending.stderr + ending.stdout
    step = CompileStep(
        exit_code=ending.exit_code,
        messages=messages,
        truncated=ending.truncated,
        wall_seconds=ending.wall_seconds,
        cpu_seconds=ending.cpu_seconds,
        peak_memory_bytes=ending.peak_memory_bytes,
    )
    if ending.status is not Status.FINISHED:
        return Build(step=step, status=ending.status, detail=f"the compiler {ending.detail}")
    if ending.exit_code != 0:
        return Build(step=step, status=Status.COMPILE_ERROR, detail=first_error(messages))
    if len(ending.files) >= MOST_FILES:
        return Build(step=step, status=Status.COMPILE_ERROR, detail=f"the compiler made {MOST_FILES:,} files or more")
    if started.startswith("./") and started[2:] not in ending.executables:
        return Build(
            step=step,
            status=Status.COMPILE_ERROR,
            detail="the compiler made no program: the source asks for something else",
        )
    return Build(ending.files, ending.executables, step)


def warm_endings(ending: Ending, programs: int) -> list[Ending | None]:
    """Return how a compiler of its own would have ended for each program that a batch answered; None where it cannot say.

    Of the CPU time of the batch each has a share by the time that it took.
    """
    answers = decode(ending.stdout)[:programs]
    whole = sum(answer.wall_seconds for answer in answers if answer is not None) or 1.0
    return [
        Ending(
            status=Status.FINISHED,
            detail="",
            exit_code=answer.exit_code,
            stdout=answer.stdout,
            stderr=answer.stderr,
            truncated=False,
            files=answer.files,
            wall_seconds=answer.wall_seconds,
            cpu_seconds=ending.cpu_seconds * answer.wall_seconds / whole,
            peak_memory_bytes=None,
            executables=answer.executables,
        )
        if answer is not None and _within_limits(answer)
        else None
        for answer in answers
    ]


def _within_limits(answer: Answer) -> bool:
    return (
        max(len(answer.stdout), len(answer.stderr)) <= LIMITS.output_bytes
        and sum(map(len, answer.files.values())) <= LIMITS.written_bytes
        and len(answer.files) < MOST_FILES
    )


def first_error(messages: bytes) -> str:
    """Return the line of a compiler's messages that says what is wrong."""
    lines = [line.strip() for line in messages.decode(errors="replace").splitlines() if line.strip()]
    return next((line for line in lines if "error" in line.lower()), lines[0] if lines else "the compiler failed")
