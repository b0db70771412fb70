"""Record what shown programs print, twice and under other circumstances, so that what is recorded is a fact.

Belongs here: running programs of a shard over one input each, and what makes an output worth asking about. Does not: any
kind.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from alchemy_assets.sandbox.sandbox import Outcome, Run, Sandbox
from alchemy_assets.strategies.generated.running import Case, ended_badly, printed, run_all, settled
from alchemy_assets.strategies.grounded.drafting import NOTHING_RUNS
from alchemy_assets.strategies.strategy import Left

MOST_LINES, MOST_CHARACTERS = 40, 2_000
_LEAST_LINE, _MOST_SHOWN = 3, 0.7
NOTHING_PRINTED = "it prints nothing"
TOO_MUCH_PRINTED = "it prints too much"
UNSTEADY = "it prints something else each time"
GIVEN_AWAY = "what it prints can be read off its source"
REASONS = (NOTHING_RUNS, NOTHING_PRINTED, TOO_MUCH_PRINTED, UNSTEADY)
NO_INPUT = Case()
ELSEWHERE = {"PYTHONHASHSEED": "4711", "TZ": "Asia/Tokyo", "LC_ALL": "C"}


@dataclass(frozen=True)
class Shown:
    """A program that a question shows, and what it is given."""

    language: str
    code: str
    case: Case = NO_INPUT

    def runs(self) -> list[Run]:
        """Two runs; the second one on another host with another hash seed and time zone."""
        program, invocation, limits = self.case.run(self.language, self.code)
        other = replace(invocation, environment=ELSEWHERE, host_name="elsewhere")
        return [(program, invocation, limits), (program, other, limits)]


@dataclass(frozen=True)
class Recorded:
    """What a program printed, without white space at the ends of its lines."""

    output: str
    outcome: Outcome


def recorded(shown: Sequence[Shown], sandbox: Sandbox | None) -> list[Recorded | Left]:
    """What all programs print, in order, or why nothing is to be made of it."""
    runs = [one.runs() for one in shown]
    outcomes = iter(run_all([run for those in runs for run in those], sandbox))
    return [_recorded(one.language, [next(outcomes) for _ in those]) for one, those in zip(shown, runs, strict=True)]


def given_away(output: str, source: str) -> Left | None:
    """Why an output is not worth working out: most of its lines stand in the source as they are."""
    lines = output.splitlines()
    there = sum(len(line) >= _LEAST_LINE and line.strip() in source for line in lines)
    share = there / max(len(lines), 1)
    return Left(GIVEN_AWAY, f"{there} of {len(lines)} lines") if share > _MOST_SHOWN else None


def _recorded(language: str, outcomes: Sequence[Outcome | None]) -> Recorded | Left:
    done = [one for one in outcomes if one is not None]
    if len(done) < len(outcomes):
        return Left(NOTHING_RUNS, language)
    for one in done:
        if wrong := ended_badly(one):
            return wrong
    first, *others = (settled(printed(one)) for one in done)
    if any(other != first for other in others):
        return Left(UNSTEADY, first[:200])
    if not first:
        return Left(NOTHING_PRINTED)
    if len(first) > MOST_CHARACTERS or first.count("\n") >= MOST_LINES:
        return Left(TOO_MUCH_PRINTED, f"{len(first):,} characters")
    return Recorded(first, done[0])
