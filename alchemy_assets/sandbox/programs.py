"""Run programs of any language on a backend: choose the toolchain, build once, run, and say what the end means.

Belongs here: the sandbox that callers hold. Does not: containing a command (`bubblewrap`, `docker`), how a language is
built (`toolchains`), keeping builds (`builds`), which backend is taken (`backends`).
"""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from types import TracebackType
from typing import Any, Self

from alchemy_assets.errors import UnsupportedLanguageError
from alchemy_assets.sandbox.builds import Build, Builds
from alchemy_assets.sandbox.jobs import Backend, Ending, Job
from alchemy_assets.sandbox.program_folder import TEMPORARY, check
from alchemy_assets.sandbox.sandbox import Invocation, Limits, Outcome, Program, Protection, Run, Status
from alchemy_assets.sandbox.toolchains.table import SHELL, TOOLCHAINS
from alchemy_assets.sandbox.toolchains.toolchain import Plan, Toolchain

NOTHING = Outcome(
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
"""The outcome of a program that was not run."""


def question(*command: str) -> Job:
    """Return a job about the system itself, without a program."""
    return Job(command, {}, {}, b"", (), "sandbox", TEMPORARY, Limits())


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
            return replace(NOTHING, detail=str(error))
        plan = toolchain.plan(program, limits)
        build = self._builds.build(toolchain, label, plan) if plan.compile else Build()
        if build.failure is not None:
            return replace(_explained(build.failure, toolchain), toolchain=label)
        ending = self.backend.execute(_job(toolchain, plan, build, invocation, limits))
        outcome = Outcome(**_shared(ending), toolchain=label, compile_step=build.step)
        return _explained(outcome, toolchain)

    async def run_many(self, runs: Sequence[Run]) -> list[Outcome]:
        """Run many in all places of the backend; outcomes come in the order of `runs`. Checks all before it starts any."""
        for program, invocation, _ in runs:
            check(program, invocation)
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(self.backend.at_once) as threads:
            return await asyncio.gather(*(loop.run_in_executor(threads, self.run, *one) for one in runs))

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
        if language not in self._found:
            rows = sorted(TOOLCHAINS.get(language, ()), key=lambda row: row.name not in self._prefer)
            for toolchain in rows:
                said = [
                    self.backend.execute(question(path, *toolchain.version_arguments)) for path in toolchain.executables
                ]
                if all(ending.exit_code == 0 for ending in said):
                    version = (said[0].stdout + said[0].stderr).decode(errors="replace")
                    self._found[language] = toolchain, toolchain.label(version)
                    break
            else:
                tried = " or ".join(" and ".join(toolchain.executables) for toolchain in rows)
                why = f"{tried} does not work in the sandbox" if tried else "there is no toolchain for it"
                message = f"{language} programs cannot be run: {why}."
                raise UnsupportedLanguageError(message)
        return self._found[language]


def _job(toolchain: Toolchain, plan: Plan, build: Build, invocation: Invocation, limits: Limits) -> Job:
    command = plan.run if invocation.script is None else SHELL.plan(_script(plan, invocation.script), limits).run
    return Job(
        command=(*command, *invocation.arguments),
        environment={**toolchain.environment, **invocation.environment},
        files={**plan.files, **build.files},
        stdin=invocation.stdin,
        collect=invocation.collect,
        host_name=invocation.host_name,
        work_folder=invocation.work_folder,
        limits=limits,
        executables=build.executables,
    )


def _script(plan: Plan, name: str) -> Program:
    return Program("Shell", plan.files, name)


def _shared(ending: Ending) -> dict[str, Any]:
    return {name: value for name, value in vars(ending).items() if name != "executables"}


def _explained(outcome: Outcome, toolchain: Toolchain) -> Outcome:
    """Return the outcome of a program that failed with the status that its toolchain's words stand for."""
    step = outcome.compile_step
    if outcome.status is Status.COMPILE_ERROR and step is not None:
        said = step.messages
    elif outcome.status is Status.FINISHED and outcome.exit_code:
        said = outcome.stderr
        if toolchain.syntax_error is not None and toolchain.syntax_error.search(said):
            return replace(outcome, status=Status.COMPILE_ERROR)
    else:
        return outcome
    if toolchain.missing_library is not None and (missing := toolchain.missing_library.search(said)):
        library = next(filter(None, missing.groups()), b"").decode(errors="replace")
        return replace(outcome, status=Status.UNSUPPORTED, detail=f"needs the library {library}")
    return outcome
