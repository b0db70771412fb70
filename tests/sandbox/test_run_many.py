"""Many programs at once, and what one of them may not do to the others."""

import asyncio
import threading
from collections.abc import Callable

import pytest

from alchemy_assets.errors import SandboxUnavailableError, UnsafePathError
from alchemy_assets.sandbox.jobs import Backend, Ending, Job
from alchemy_assets.sandbox.programs import ProgramSandbox
from alchemy_assets.sandbox.sandbox import Invocation, Limits, Program, Protection, Status

HELLO = (Program("Shell", {"main.sh": b"echo hello"}, "main.sh"), Invocation(), Limits())


class Counting:
    """The real backend, with a count of its jobs; `fails` says which of them cannot be started."""

    def __init__(self, backend: Backend, fails: Callable[[Job], bool] = lambda _: False) -> None:
        """Count what goes through to a backend."""
        self.backend, self.fails, self.at_once = backend, fails, backend.at_once
        self.jobs: list[Job] = []
        self._lock = threading.Lock()

    def execute(self, job: Job) -> Ending:
        """Run a job, or do not."""
        with self._lock:
            self.jobs.append(job)
        if self.fails(job):
            message = "not today"
            raise SandboxUnavailableError(message)
        return self.backend.execute(job)

    def protections(self) -> list[Protection]:
        """Say what the real one says."""
        return self.backend.protections()

    def close(self) -> None:
        """Leave the real one open."""


def test_sources_that_cannot_be_laid_out_are_an_outcome(sandbox: ProgramSandbox) -> None:
    """A class whose file's name is taken by a folder is refused as its compiler would refuse it; its neighbours run."""
    if not sandbox.runnable("Java"):
        pytest.skip("Java programs cannot be run here")
    source = b"public class Foo { public static void main(String[] a) { } }"
    odd = Program("Java", {"Main.java": source, "Foo.java/x.txt": b""}, "Main.java")
    refused, good = asyncio.run(sandbox.run_many([(odd, Invocation(), Limits()), HELLO]))
    assert refused.status is Status.COMPILE_ERROR
    assert refused.detail.startswith("its files cannot be laid out")
    assert good.stdout == b"hello\n"


def test_a_missing_toolchain_is_looked_for_once(sandbox: ProgramSandbox) -> None:
    """However many programs ask for a language that cannot be run, the system is asked once."""
    counting = Counting(sandbox.backend)
    own = ProgramSandbox(counting)
    missing = (Program("Markdown", {"m": b""}, "m"), Invocation(), Limits())
    assert {outcome.status for outcome in asyncio.run(own.run_many([missing] * 20))} == {Status.UNSUPPORTED}
    assert asyncio.run(own.run_many([HELLO] * 5))[4].stdout == b"hello\n"
    assert len(counting.jobs) == 1 + 5


def test_where_nothing_starts_not_all_are_tried(sandbox: ProgramSandbox) -> None:
    """An error of the backend ends the whole call soon, and what waits is not started any more."""
    counting = Counting(sandbox.backend, lambda job: job.stdin == b"fail")
    own = ProgramSandbox(counting)
    assert own.runnable("Shell")
    program, _, limits = HELLO
    runs = [(program, Invocation(stdin=b"fail" if number == 3 else b""), limits) for number in range(300)]
    with pytest.raises(SandboxUnavailableError, match="not today"):
        asyncio.run(own.run_many(runs))
    assert len(counting.jobs) < 250


def test_the_entry_is_among_the_files(sandbox: ProgramSandbox) -> None:
    """A program whose entry it does not have is refused before anything runs, also where a script is run in its place."""
    program = Program("Shell", {"run.sh": b"echo"}, "main.sh")
    with pytest.raises(UnsafePathError, match="is not among the files"):
        sandbox.run(program, Invocation(script="run.sh"), Limits())


def test_words_about_memory_are_only_words(sandbox: ProgramSandbox) -> None:
    """A program that prints what Node says of its full heap, and ends by itself, has finished; one that fills it has not."""
    if not sandbox.runnable("JavaScript"):
        pytest.skip("JavaScript programs cannot be run here")
    words = b'console.error("FATAL ERROR: JavaScript heap out of memory"); process.exit(2);'
    full = b"const all = []; for (;;) all.push(new Array(1e6).fill(all.length));"
    ends = [
        sandbox.run(Program("JavaScript", {"m.js": source}, "m.js"), Invocation(), Limits()).status
        for source in (words, full)
    ]
    assert ends == [Status.FINISHED, Status.OUT_OF_MEMORY]
