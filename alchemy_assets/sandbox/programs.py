"""Run programs of any language on a backend: choose the toolchain, build once, run.

Belongs here: the sandbox that callers hold. Does not: containing a command (`bubblewrap`, `docker`), how a language is
built (`toolchains`), keeping builds (`builds`), what an end means (`endings`), which backend is taken (`backends`).
"""

import asyncio
import contextlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from types import TracebackType
from typing import Any, Self

from alchemy_assets.errors import UnsafePathError, UnsupportedLanguageError
from alchemy_assets.sandbox.builds import Build, Builds, Wanted
from alchemy_assets.sandbox.endings import explain_build, explain_run
from alchemy_assets.sandbox.jobs import Backend, Ending, Job
from alchemy_assets.sandbox.program_folder import TEMPORARY, check, check_names
from alchemy_assets.sandbox.sandbox import NOT_RUN, Invocation, Limits, Outcome, Program, Protection, Run, Status
from alchemy_assets.sandbox.toolchains.table import SHELL, TOOLCHAINS
from alchemy_assets.sandbox.toolchains.toolchain import Plan, Toolchain


def question(*command: str) -> Job:
    """Return a job about the system itself, without a program; a command that is not there ends with exit code 127."""
    return Job(("/usr/bin/env", *command), {}, {}, b"", (), "sandbox", TEMPORARY, Limits())


class ProgramSandbox:
    """A sandbox of programs over a backend; threads may share it."""

    def __init__(self, backend: Backend, *, prefer: Sequence[str] = (), cache_bytes: int = 256 * 2**20) -> None:
        """Prepare a sandbox.

        prefer: names of toolchains that are taken before others of their language. cache_bytes: builds kept in memory.
        """
        self.backend = backend
        self._prefer = frozenset(prefer)
        self._builds = Builds(backend, cache_bytes)
        self._found: dict[str, tuple[Toolchain, str]] = {}
        self._missing: dict[str, str] = {}

    def __enter__(self) -> Self:
        """Return the sandbox, which is closed at the end of the block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the sandbox."""
        self.close()

    def close(self) -> None:
        """End all helper processes. A closed sandbox starts new ones when it is used again."""
        self.backend.close()

    def run(self, program: Program, invocation: Invocation, limits: Limits) -> Outcome:
        """Run one program once; identical sources are built once.

        Raises UnsafePathError for a program that cannot be handed over, SandboxUnavailableError where nothing starts.
        """
        check(program, invocation)
        try:
            toolchain, label = self._find(program.language)
        except UnsupportedLanguageError as error:
            return replace(NOT_RUN, detail=str(error))
        plan = _plan(toolchain, program, limits)
        if plan is None:
            return replace(NOT_RUN, status=Status.COMPILE_ERROR, toolchain=label, detail=_UNPLANNED)
        present = replace(program, files=plan.files)
        build = self._builds.build(Wanted(toolchain, label, plan)) if plan.compile else Build()
        if build.failure is not None:
            return replace(explain_build(build.failure, toolchain, present), toolchain=label)
        ending = self.backend.execute(_job(toolchain, plan, build, invocation, limits))
        outcome = Outcome(**_shared(ending), toolchain=label, compile_step=build.step)
        return explain_run(outcome, toolchain, present, self.backend)

    async def run_many(self, runs: Sequence[Run]) -> list[Outcome]:
        """Run many in all places of the backend; outcomes come in the order of `runs`. Checks all before it starts any.

        Programs whose compiler can be kept warm are built in batches first; the others do not wait for them.
        """
        for program, invocation, _ in runs:
            check(program, invocation)
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(self.backend.at_once) as threads:
            try:
                batches = await loop.run_in_executor(threads, self._batches, runs)
                # Threads take their work in this order: none can wait for a batch that is not being built.
                built = [loop.run_in_executor(threads, self._builds.build_batch, batch) for batch in batches]
                outcomes = await asyncio.gather(*(loop.run_in_executor(threads, self.run, *one) for one in runs))
                # What a batch failed to build, the runs have built.
                await asyncio.gather(*built, return_exceptions=True)
            except BaseException:
                threads.shutdown(wait=False, cancel_futures=True)
                raise
            return outcomes

    def _batches(self, runs: Sequence[Run]) -> list[list[Wanted]]:
        wanted = []
        for program, _, limits in runs:
            with contextlib.suppress(UnsupportedLanguageError):
                toolchain, label = self._find(program.language)
                plan = _plan(toolchain, program, limits)
                if plan is not None and plan.compile:
                    wanted.append(Wanted(toolchain, label, plan))
        return self._builds.batches(wanted, self.backend.at_once)

    def runnable(self, language: str) -> bool:
        """Whether programs of this language can be run here."""
        try:
            self._find(language)
        except UnsupportedLanguageError:
            return False
        return True

    def toolchain(self, language: str) -> str:
        """Return name and version of the toolchain, as the sandbox sees it; raises UnsupportedLanguageError."""
        return self._find(language)[1]

    def protections(self) -> list[Protection]:
        """Say what stands between a program and this machine, after trying that programs start at all."""
        return self.backend.protections()

    def _find(self, language: str) -> tuple[Toolchain, str]:
        if language in self._missing:
            raise UnsupportedLanguageError(self._missing[language])
        if language not in self._found:
            rows = sorted(TOOLCHAINS.get(language, ()), key=lambda row: row.name not in self._prefer)
            for toolchain in rows:
                questions = [question(path, *toolchain.version_arguments) for path in toolchain.executables]
                said = [
                    self.backend.execute(job)
                    for job in (*questions, *([question(*toolchain.trial)] if toolchain.trial else []))
                ]
                if all(ending.exit_code == 0 for ending in said):
                    version = (said[0].stdout + said[0].stderr).decode(errors="replace")
                    self._found[language] = toolchain, toolchain.label(version)
                    break
            else:
                tried = " or ".join(" and ".join(toolchain.executables) for toolchain in rows)
                known = ", ".join(sorted(TOOLCHAINS))
                why = (
                    f"{tried} does not work in the sandbox; `alchemy sandbox build-root` makes a system where it does"
                    if tried
                    else f"there are toolchains for {known}"
                )
                self._missing[language] = f"{language} programs cannot be run: {why}."
                raise UnsupportedLanguageError(self._missing[language])
        return self._found[language]


_UNPLANNED = "its files cannot be laid out as the language asks: their names are in each other's way, or nest too deep"


def _plan(toolchain: Toolchain, program: Program, limits: Limits) -> Plan | None:
    """Return how a program is built and started, or None where what its sources ask for cannot be."""
    try:
        plan = toolchain.plan(program, limits)
        check_names(plan.files)
    except (UnsafePathError, RecursionError):
        return None
    return plan


def _job(toolchain: Toolchain, plan: Plan, build: Build, invocation: Invocation, limits: Limits) -> Job:
    if invocation.script is None:
        command = (*plan.run, *plan.arguments(invocation.arguments))
    else:
        script = Program("Shell", plan.files, invocation.script)
        command = (*SHELL.plan(script, limits).run, *invocation.arguments)
    return Job(
        command=command,
        environment={**toolchain.environment, **invocation.environment},
        files={**plan.files, **build.files},
        stdin=invocation.stdin,
        collect=invocation.collect,
        host_name=invocation.host_name,
        work_folder=invocation.work_folder,
        limits=limits,
        executables=build.executables,
    )


def _shared(ending: Ending) -> dict[str, Any]:
    return {name: value for name, value in vars(ending).items() if name != "executables"}
