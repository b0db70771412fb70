"""What a program or the functions of a file were seen to do: its tests, and what each printed, the same everywhere.

Belongs here: one row of `observations`, and running a changed source by the same tests. Does not: how tests are found and
run for the first time (`observe`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from alchemy_assets.sandbox.sandbox import Invocation, Limits, Outcome, Program, Run, Status
from alchemy_assets.tracing.events import Event, read_events
from alchemy_assets.tracing.reasons import Dropped, Reached, Reason
from alchemy_assets.tracing.scripts import EXIT_STATUS, RUN, Test, output_name, trace_name
from alchemy_assets.tracing.surroundings import SURROUNDINGS

# Tests are alike and mostly short, so that one that never ends has the time of all, and not each its own.
LIMITS = Limits(cpu_seconds=1.5, processes=64, output_bytes=256 * 2**10)
SECONDS_A_TEST = 0.5
CALLS, PROGRAM = "call", "program"


@dataclass(frozen=True)
class Result:
    """What one test did: how it ended, and what it wrote."""

    exit_code: int
    stdout: str
    stderr: str


@dataclass(frozen=True)
class Ran:
    """One test of a file and what it did.

    command: what a person types for it, files and standard input included; after the program is built, where it is.
    reached: lines (from 1) of trace points that it came to. events: all that it went through, none where they were too
    many to keep; a place writes `trials.TRIAL_LIMIT` of them at most.
    """

    test: Test
    command: str
    result: Result
    reached: frozenset[int]
    trace: str

    @cached_property
    def events(self) -> tuple[Event, ...]:
        """The events of its trace, with the lines of the original."""
        return tuple(read_events(self.trace))


@dataclass(frozen=True)
class Observed:
    """A file and what its tests did.

    harness: `PROGRAM`, or `CALLS` where a driver calls its functions; then `test.label` is the call as the driver says it.
    source: what the file is called; beside: the driver; compile: the command that builds it, or "".
    points: lines (from 1) where a trace point stands, of which `reached` are a part.
    loop_ends: the last line of each loop, by its place (`function:line`).
    """

    language: str
    harness: str
    source: str
    entry: str
    compile: str
    beside: Mapping[str, str]
    script: str
    points: frozenset[int]
    loop_ends: Mapping[str, int]
    ran: tuple[Ran, ...]
    toolchain: str

    @property
    def reached(self) -> frozenset[int]:
        """The lines that some test came to."""
        return frozenset().union(*(one.reached for one in self.ran))

    def run(self, text: str, surroundings: int = 0) -> Run:
        """All tests over a changed text of the file, in one run of the sandbox; `results` reads what came of it."""
        here = SURROUNDINGS[surroundings]
        names = [name(number) for number in range(1, len(self.ran) + 1) for name in (output_name, trace_name)]
        files = {self.source: text, **self.beside, RUN: self.script}
        program = Program(self.language, {name: one.encode() for name, one in files.items()}, self.entry)
        limits = replace(LIMITS, cpu_seconds=LIMITS.cpu_seconds + SECONDS_A_TEST * len(self.ran))
        invocation = Invocation(
            environment=here.environment,
            script=RUN,
            collect=tuple(names),
            host_name=here.host_name,
            work_folder=here.work_folder,
        )
        return program, invocation, limits

    def results(self, outcome: Outcome) -> tuple[Result, ...] | None:
        """What every test did in a run, in order; None where it was not built, met a limit, or wrote what is no text."""
        return results_of(outcome, len(self.ran))

    def having(self, results: Sequence[Result]) -> "Observed":
        """The same with these results of its tests."""
        ran = [replace(one, result=result) for one, result in zip(self.ran, results, strict=True)]
        return replace(self, ran=tuple(ran))

    def same(self, results: Sequence[Result] | None) -> bool:
        """Whether a changed source did what the original did: the same output, the same exit status."""
        if results is None:
            return False
        before = [(one.result.stdout, one.result.exit_code) for one in self.ran]
        return before == [(one.stdout, one.exit_code) for one in results]


def results_of(outcome: Outcome, tests: int) -> tuple[Result, ...] | None:
    """What every test did in a run of a script that `scripts.run_script` has written to be compared."""
    if outcome.status is not Status.FINISHED or outcome.truncated:
        return None
    try:
        codes = [int(line.removeprefix(EXIT_STATUS)) for line in outcome.stdout.decode().split("\n") if line]
        texts = [
            tuple(outcome.files.get(name(number), b"").decode() for name in (output_name, trace_name))
            for number in range(1, tests + 1)
        ]
    except ValueError:
        return None
    if len(codes) != tests:
        return None
    return tuple(Result(code, stdout, stderr) for code, (stdout, stderr) in zip(codes, texts, strict=True))


def row_of(observed: Observed) -> dict[str, object]:
    """The columns of `observations` that hold what was seen."""
    return {
        "harness": observed.harness,
        "source_name": observed.source,
        "entry": observed.entry,
        "compile": observed.compile,
        "beside": _files(observed.beside),
        "script": observed.script,
        "points": sorted(observed.points),
        "loop_ends": [{"place": place, "line": line} for place, line in sorted(observed.loop_ends.items())],
        "tests": [
            {
                "arguments": list(one.test.arguments),
                "stdin": one.test.stdin,
                "files": _files(one.test.files),
                "label": one.test.label,
                "command": one.command,
                "exit_code": one.result.exit_code,
                "stdout": one.result.stdout,
                "stderr": one.result.stderr,
                "reached": sorted(one.reached),
                "trace": one.trace,
            }
            for one in observed.ran
        ],
        "toolchain": observed.toolchain,
    }


def observed_of(row: Mapping[str, Any]) -> Observed | Dropped:
    """What a row of `observations` says, or why nothing was seen."""
    if row["reason"] is not None:
        return Dropped(Reason(row["reason"]), row["detail"], Reached.FILE)
    return Observed(
        row["language"],
        row["harness"],
        row["source_name"],
        row["entry"],
        row["compile"],
        _named(row["beside"]),
        row["script"],
        frozenset(row["points"]),
        {one["place"]: one["line"] for one in row["loop_ends"]},
        tuple(
            Ran(
                Test(tuple(one["arguments"]), one["stdin"], _named(one["files"]), one["label"]),
                one["command"],
                Result(one["exit_code"], one["stdout"], one["stderr"]),
                frozenset(one["reached"]),
                one["trace"],
            )
            for one in row["tests"]
        ),
        row["toolchain"],
    )


def _files(texts: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "text": text} for name, text in texts.items()]


def _named(files: Sequence[Mapping[str, str]]) -> dict[str, str]:
    return {one["name"]: one["text"] for one in files}
