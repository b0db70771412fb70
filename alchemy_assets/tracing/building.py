"""Find out which points a program compiles with: those that the compiler refuses are left out.

Belongs here: rounds of building. Does not: reading messages (`instrument.refusals`), which points are worth it (`trials`).
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from alchemy_assets.sandbox.sandbox import Invocation, Outcome, Run, Sandbox, Status
from alchemy_assets.tracing.harness import program_of
from alchemy_assets.tracing.instrument.points import Instrumented
from alchemy_assets.tracing.instrument.refusals import refused
from alchemy_assets.tracing.instrument.registry import instrument
from alchemy_assets.tracing.reasons import Dropped, Reached, Reason
from alchemy_assets.tracing.trials import TRIAL_LIMIT, TRIAL_LIMITS, TRIAL_POINTS, Work

ROUNDS = 6
# Their programs are built, or at least checked as a whole, before they run.
COMPILED = frozenset({"C", "CSharp", "Cpp", "Go", "Java", "Rust", "Swift", "TypeScript"})


class Counting:
    """A sandbox that adds up how long programs ran."""

    def __init__(self, sandbox: Sandbox) -> None:
        """Count for a sandbox."""
        self._sandbox = sandbox
        self.seconds = 0.0

    def run_many(self, runs: Sequence[Run]) -> list[Outcome]:
        """Run many and count their seconds."""
        outcomes = asyncio.run(self._sandbox.run_many(runs))
        self.seconds += sum(outcome.wall_seconds for outcome in outcomes)
        return outcomes


def messages(outcome: Outcome) -> str:
    """What the compiler said."""
    step = outcome.compile_step
    return (step.messages if step is not None else outcome.stderr).decode(errors="replace")


def build_all(works: Sequence[Work], sandbox: Counting) -> list[Work | Dropped]:
    """Each program with as many of its points as its compiler takes, or why it is not built."""
    results: dict[int, Work | Dropped] = dict(enumerate(works))
    waiting = [number for number, work in enumerate(works) if work.language in COMPILED]
    for turn in range(ROUNDS):
        tried = [(number, work) for number in waiting if isinstance(work := results[number], Work)]
        outcomes = sandbox.run_many([_run(work, work.shown.text) for _, work in tried])
        waiting = []
        for (number, work), outcome in zip(tried, outcomes, strict=True):
            if outcome.status is Status.UNSUPPORTED:
                results[number] = Dropped(Reason.NEEDS_LIBRARY, outcome.detail, Reached.INSTRUMENTED)
            elif outcome.status is Status.COMPILE_ERROR:
                less = _without_refused(work, messages(outcome)) if turn < ROUNDS - 1 else None
                results[number] = less if less is not None else _at_fault(work, messages(outcome), sandbox)
                waiting += [number] if less is not None else []
        if not waiting:
            break
    return [results[number] for number in range(len(works))]


def _run(work: Work, text: str) -> Run:
    """A run of the first candidate, built as all candidates are."""
    program = program_of(work.language, work.harness, text, work.harness.candidates)
    started = work.harness.started(work.harness.candidates)[0]
    return program, Invocation(started.arguments, started.stdin.encode()), TRIAL_LIMITS


def _without_refused(work: Work, said: str) -> Work | None:
    """The program without the points that the compiler blames, or None where it blames none."""
    blamed = refused(work.shown, said, work.harness.source) - work.refused
    if not blamed:
        return None
    less = work.refused | blamed
    shown = instrument(work.language, work.text, TRIAL_POINTS, limit=TRIAL_LIMIT, refused=less)
    return replace(work, shown=shown, refused=less) if isinstance(shown, Instrumented) else None


def _at_fault(work: Work, said: str, sandbox: Counting) -> Dropped:
    """Whether the original does not compile either."""
    original = sandbox.run_many([_run(work, work.text)])[0]
    if original.status is Status.COMPILE_ERROR:
        return Dropped(Reason.COMPILE_ERROR, _first_line(messages(original)))
    return Dropped(Reason.POINTS_REFUSED, _first_line(said), Reached.INSTRUMENTED)


def _first_line(said: str) -> str:
    lines = [line.strip() for line in said.split("\n") if line.strip()]
    return next((line for line in lines if "error" in line.lower()), lines[0] if lines else "")[:200]
