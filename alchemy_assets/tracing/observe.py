"""See what files do: choose tests among those that were tried, and run the original by them in every surroundings.

Belongs here: from the trials of a program to a row of `observations`, or to the reason why not. Does not: the row itself
(`observed`), trials (`record`). A trace must be worth reading by itself; here it is enough that a program says the same
each time, so more files are seen than traced.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from alchemy_assets.sandbox.sandbox import Outcome
from alchemy_assets.tracing import events as measure
from alchemy_assets.tracing.building import Counting
from alchemy_assets.tracing.calls.driver import CallHarness
from alchemy_assets.tracing.comparing import ended
from alchemy_assets.tracing.observed import CALLS, PROGRAM, Observed, Ran, Result
from alchemy_assets.tracing.reasons import Dropped, Reached, Reason
from alchemy_assets.tracing.scripts import Tried, keep_distinct, run_script, typed
from alchemy_assets.tracing.surroundings import SURROUNDINGS
from alchemy_assets.tracing.trials import Work, came_through, why_none

MOST_TESTS = 6
# A trace of more characters is not kept.
LONGEST_TRACE = 40_000
LONGEST_OUTPUT = 20_000
NO_RESULT = Result(0, "", "")


@dataclass(frozen=True)
class Trial:
    """A program with all its trace points, and what became of its candidates."""

    work: Work
    outcomes: Sequence[Outcome]


def observe(trials: Sequence[Trial], sandbox: Counting, toolchains: Mapping[str, str]) -> list[Observed | Dropped]:
    """Each program with its tests and what they did, the same in every surroundings; or why nobody knows that."""
    chosen = [_chosen(trial, toolchains) for trial in trials]
    runs = [
        one.run(trial.work.text, number)
        for trial, one in zip(trials, chosen, strict=True)
        if isinstance(one, Observed)
        for number in range(len(SURROUNDINGS))
    ]
    outcomes = iter(sandbox.run_many(runs))
    return [one if isinstance(one, Dropped) else _seen(one, [next(outcomes) for _ in SURROUNDINGS]) for one in chosen]


def _chosen(trial: Trial, toolchains: Mapping[str, str]) -> Observed | Dropped:
    """What is to be run: the tests that take different ways, or the only ones that there are."""
    work = trial.work
    tried = came_through(work, trial.outcomes)
    if not tried:
        return why_none(trial.outcomes)
    if all(one.complained for one in tried) and len(trial.outcomes) > 1:
        return Dropped(Reason.FAILS_WITHOUT_INPUT, "every input was refused", Reached.COMPILED)
    kept = keep_distinct(tried, most=MOST_TESTS)
    if not kept:
        return Dropped(Reason.NO_EVENTS, "no point was reached", Reached.RAN)
    if len({one.events for one in tried}) == 1:
        kept = tried[-1:]  # The empty test says as much as the others.
    return _planned(work, kept, toolchains[work.language])


def _planned(work: Work, kept: Sequence[Tried], toolchain: str) -> Observed:
    harness = work.harness
    tests = [one.test for one in kept]
    started = harness.started(tests)
    reads_input = any(test.stdin for test in harness.candidates)
    return Observed(
        work.language,
        CALLS if isinstance(harness, CallHarness) else PROGRAM,
        harness.source,
        harness.launch.entry,
        harness.launch.compile,
        dict(harness.beside(tests)),
        run_script(harness.launch, started, compared=True),
        frozenset(point.line for point in work.shown.points),
        work.shown.loop_ends(),
        tuple(
            Ran(
                test,
                typed(harness.launch, test, reads_input=reads_input),
                NO_RESULT,
                frozenset(event.line for event in one.events),
                _trace(one),
            )
            for test, one in zip(started, kept, strict=True)
        ),
        toolchain,
    )


def _trace(one: Tried) -> str:
    text = "".join(f"{measure.format_event(event)}\n" for event in one.events)
    return text if len(text) <= LONGEST_TRACE else ""


def _seen(planned: Observed, outcomes: Sequence[Outcome]) -> Observed | Dropped:
    """What all surroundings agree on."""
    if (dropped := ended(outcomes)) is not None:
        return dropped
    found = [planned.results(outcome) for outcome in outcomes]
    first = found[0]
    if first is None:
        return Dropped(Reason.CONTROL_TEXT, "what it prints is not UTF-8", Reached.RAN)
    if any(results != first for results in found):
        return Dropped(Reason.NONDETERMINISTIC, "its output differs", Reached.RAN)
    if any(len(result.stdout) + len(result.stderr) > LONGEST_OUTPUT for result in first):
        return Dropped(Reason.EXCEEDS_LIMITS, "it prints too much", Reached.RAN)
    return planned.having(first)
