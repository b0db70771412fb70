"""What a test file is made from and made into, the same for every language.

Belongs here: plain data, and runs of the sandbox made of it. Does not: how a language writes a test, which files are
taken (`test_writing`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from alchemy_assets.sandbox.sandbox import Invocation, Limits, Program, Run
from alchemy_assets.strategies.grounded.assertions.calls import Call
from alchemy_assets.strategies.phrasing import draw

SCRIPT = "check.sh"
NOT_BUILT = 99
"""The exit status of a script that could not build its tests."""
LIMITS = Limits(
    cpu_seconds=20.0, wall_seconds=40.0, memory_bytes=2 * 2**30, processes=200, written_bytes=256 * 2**20
)  # fmt: skip


@dataclass(frozen=True)
class Subject:
    """The file that is tested: what it is called beside its tests, and the blob id that words are drawn by.

    driver: the text of the driver that made its calls, or "".
    """

    language: str
    name: str
    text: str
    blob_id: str
    driver: str = ""

    @property
    def stem(self) -> str:
        """The name without folder and suffix."""
        return self.name.rsplit("/", maxsplit=1)[-1].partition(".")[0]

    def drawn(self, what: str, number: int) -> int:
        """A number below another one, the same for the same file."""
        return draw(self.blob_id, what) % number


@dataclass(frozen=True)
class Case:
    """A call with what it gave: a literal of the language, or the error that it raised.

    expected: as the language writes it. error: the name of the error's class; message: what it says, or "".
    tolerance: whether numbers are compared with some. of: the type, where a language has to say it.
    """

    call: Call
    expected: str
    error: str = ""
    message: str = ""
    tolerance: bool = False
    of: str = ""

    @property
    def outcome(self) -> str:
        """What tells its outcome from others."""
        return f"{self.error}: {self.message}" if self.error else self.expected


@dataclass(frozen=True)
class Job:
    """A run of the sandbox over some text of the file: the files that it needs, and the script that is started.

    language: whose toolchain builds it first ("Shell" where the script builds all by itself).
    """

    language: str
    files: Callable[[str], Mapping[str, str]]
    entry: str
    script: str

    def run(self, text: str, cpu_seconds: float = LIMITS.cpu_seconds) -> Run:
        """The run over this text of the file."""
        files = {**self.files(text), SCRIPT: self.script}
        program = Program(self.language, {name: one.encode() for name, one in files.items()}, self.entry)
        return program, Invocation(script=SCRIPT), replace(LIMITS, cpu_seconds=cpu_seconds)


@dataclass(frozen=True)
class Suite:
    """A test file: its text, how it is run, what it holds.

    language: of the test file. said: the framework, as questions say it; command: what runs the tests.
    tests: how many outcomes are compared. functions: those that it tests, none where it tests a whole program.
    """

    name: str
    text: str
    language: str
    said: str
    command: str
    job: Job
    tests: int
    functions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Framework:
    """One way to write tests: its name, as questions say it, the command that runs them, and who writes them.

    write: gives name, text and job of the test file.
    """

    said: str
    command: Callable[[Subject], str]
    write: Callable[[Subject, Sequence[Case]], tuple[str, str, Job]]

    def suite(self, subject: Subject, cases: Sequence[Case]) -> Suite:
        """The test file of these cases."""
        name, text, job = self.write(subject, cases)
        functions = tuple(dict.fromkeys(case.call.shown for case in cases))
        return Suite(name, text, subject.language, self.said, self.command(subject), job, len(cases), functions)


@dataclass(frozen=True)
class Calling:
    """What a language whose functions are called brings.

    named: what the file is called beside its tests, from the name that it has and the one that the driver knows.
    recorder: the job that prints what each call gives, one JSON object a line: `value`, or `error` and `message`.
    """

    named: Callable[[str, str, str], str]
    recorder: Callable[[Subject, Sequence[Call]], Job]
    frameworks: tuple[Framework, ...]
