"""Run what a model wrote: programs over cases, the tests of the file over a changed file, mutants that tests must notice.

Belongs here: what is run, and what its end means. Does not: what a kind makes of it.
All runs of a shard go to the sandbox at once: functions here give runs and read outcomes, `outcomes_of` runs them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from alchemy_assets.sandbox.sandbox import Invocation, Limits, Outcome, Program, Run, Sandbox, Status
from alchemy_assets.strategies.grounded.drafting import NOTHING_RUNS, outcomes_of
from alchemy_assets.strategies.grounded.faults.mutants import mutants
from alchemy_assets.strategies.strategy import CuratedFile, Left
from alchemy_assets.tracing.launch import launch_of
from alchemy_assets.tracing.observed import Observed

LIMITS = Limits(cpu_seconds=5.0, memory_bytes=1 * 2**30, processes=64, output_bytes=256 * 2**10)
MUTANTS = 6
NOT_BUILT = "it does not compile"
STOPPED = "it met a limit"
FAILED = "it ended with an error"
OTHER_OUTPUT = "it prints something else"
NO_MUTANT = "nothing of it can be broken"
UNNOTICED = "its tests do not notice faults"
TOO_LITTLE_COVERED = "the tests of its file reach too little of it"
BEHAVES_OTHERWISE = "it does not do what its file does"
ONE_OUTPUT = "the tests of its file all print the same"


@dataclass(frozen=True)
class Case:
    """What a program is given, and what it must print (white space at the ends of lines and of the text apart)."""

    arguments: tuple[str, ...] = ()
    stdin: str = ""
    stdout: str = ""

    def run(self, language: str, text: str) -> Run:
        """A program over this case."""
        entry = launch_of(language, text).entry
        program = Program(language, {entry: text.encode()}, entry)
        return program, Invocation(arguments=self.arguments, stdin=self.stdin.encode()), LIMITS

    def fault(self, outcome: Outcome) -> Left | None:
        """What is wrong with its end; None where it printed what it must."""
        wrong = ended_badly(outcome)
        if wrong is None and settled(printed(outcome)) != settled(self.stdout):
            return Left(OTHER_OUTPUT, f"{settled(printed(outcome))[:200]!r}, not {settled(self.stdout)[:200]!r}")
        return wrong


def printed(outcome: Outcome) -> str:
    """The standard output as text."""
    return outcome.stdout.decode(errors="replace")


def settled(text: str) -> str:
    """A text without white space at the ends of its lines, nor empty lines at its own ends."""
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def ended_badly(outcome: Outcome) -> Left | None:
    """Why a program did not end well; None where it did."""
    if outcome.status is Status.UNSUPPORTED:
        return Left(NOTHING_RUNS, outcome.detail)
    if outcome.status is Status.COMPILE_ERROR:
        step = outcome.compile_step
        said = (step.messages if step else outcome.stderr).decode(errors="replace")
        return Left(NOT_BUILT, _few(said))
    if outcome.status is not Status.FINISHED or outcome.truncated:
        return Left(STOPPED, outcome.status.value)
    if outcome.exit_code:
        return Left(FAILED, f"exit code {outcome.exit_code}: {_few(outcome.stderr.decode(errors='replace'))}")
    return None


def _few(text: str) -> str:
    return " ".join(text.split())[:300]


def broken(language: str, text: str, most: int = MUTANTS) -> list[str]:
    """Texts with one fault each: what tests of this text must notice."""
    return [one.text for one in mutants(language, text, most=most)]


def unnoticed(cases: Sequence[Case], outcomes: Sequence[Sequence[Outcome]]) -> Left | None:
    """Why tests are worth nothing: no mutant fails any of them. outcomes: of each mutant, one a case."""
    if not outcomes:
        return Left(NO_MUTANT)
    noticed = sum(any(case.fault(one) for case, one in zip(cases, ran, strict=True)) for ran in outcomes)
    return None if noticed else Left(UNNOTICED, f"none of {len(outcomes)}")


@dataclass(frozen=True)
class Same:
    """A changed file that does what its file does. tests: that were compared; covered: share of the points they reach."""

    tests: int
    covered: float

    @property
    def evidence(self) -> str:
        """What is said of it beside a sample."""
        return f"prints the same in {self.tests} tests of its file, which reach {self.covered:.0%} of its trace points"


def comparable(file: CuratedFile, least_covered: float) -> Observed | Left:
    """What a changed file can be compared by: tests that were seen, reach enough, and do not all print the same."""
    seen = file.observed
    if not isinstance(seen, Observed):
        return Left(str(seen.reason) if seen is not None else "nothing of it was seen to run")
    covered = _covered(seen)
    if covered < least_covered:
        return Left(TOO_LITTLE_COVERED, f"{covered:.0%} of its trace points")
    if len({(one.result.stdout, one.result.exit_code) for one in seen.ran}) < 2:  # noqa: PLR2004 -- an input changes the output
        return Left(ONE_OUTPUT, f"{len(seen.ran)} tests")
    return seen


def same(seen: Observed, outcome: Outcome) -> Same | Left:
    """Whether a changed file, run by the tests of its file (`seen.run(text)`), did what the file did."""
    results = seen.results(outcome)
    if results is None:
        return ended_badly(outcome) or Left(STOPPED)
    if not seen.same(results):
        pairs = enumerate(zip(seen.ran, results, strict=True), 1)
        number = next(
            i for i, (ran, one) in pairs if (ran.result.stdout, ran.result.exit_code) != (one.stdout, one.exit_code)
        )
        return Left(BEHAVES_OTHERWISE, f"test {number} of {len(results)}")
    return Same(len(results), _covered(seen))


def _covered(seen: Observed) -> float:
    return len(seen.reached & seen.points) / max(len(seen.points), 1)


def run_all(runs: Sequence[Run], sandbox: Sandbox | None) -> list[Outcome | None]:
    """What came of all runs, in order; None for those that cannot be run here."""
    if sandbox is None:
        return [None] * len(runs)
    able = {language: sandbox.runnable(language) for language in {program.language for program, _, _ in runs}}
    chosen = [number for number, (program, _, _) in enumerate(runs) if able[program.language]]
    outcomes: list[Outcome | None] = [None] * len(runs)
    for number, outcome in zip(chosen, outcomes_of([runs[i] for i in chosen], sandbox), strict=True):
        outcomes[number] = outcome
    return outcomes
