"""Judge the runs of a program's candidate inputs: which are kept as tests, and which points and limits suit them.

Belongs here: from the events of candidates to the program that is shown. Does not: running anything (`record`).
"""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from alchemy_assets.sandbox.sandbox import Limits, Outcome, Status
from alchemy_assets.settings import Tracing
from alchemy_assets.tracing import events as measure
from alchemy_assets.tracing.acceptance import CHARACTERS_A_TOKEN, LEAST_OUTCOMES, says_little
from alchemy_assets.tracing.harness import Harness
from alchemy_assets.tracing.instrument.points import Instrumented
from alchemy_assets.tracing.instrument.registry import instrument
from alchemy_assets.tracing.reasons import Dropped, Reached, Reason
from alchemy_assets.tracing.scripts import LEAST_TESTS, Test, Tried, keep_distinct
from alchemy_assets.tracing.ways import control_outcomes

EVENT_LIMITS = (16, 12, 8, 6, 4)
FILLED = 0.85
# What is wrong with a point that was to show a value, and whose value could not be shown.
NOTHING_SHOWN = 6.0
# A share of repeated events below which none is better than another.
CALM = 0.25
# While inputs are tried, all points are there and loops may write more, so that ways can be told apart.
TRIAL_POINTS, TRIAL_LIMIT = 400, 60
TRIAL_LIMITS = Limits(cpu_seconds=1.5, processes=64)
# A program that ends by an error that nothing caught shows where its lines and folders are, and is no test.
_CRASH = re.compile(
    r"^Traceback \(most recent call last\):|: (?:syntax error|unbound variable)|No such file or directory"
    r"|^Exception in thread \"|^\s+at [\w$.<>]+ ?\(|^Unhandled [Ee]xception|^panic: |^goroutine \d+ \[|' panicked at "
    r"|^(?:PHP )?Fatal error: |^\S+\.rb:\d+:in |^Node\.js v\d|^terminate called after|^Fatal error: ",
    re.MULTILINE,
)
# What a value without a text of its own is printed as: another address each time.
_ADDRESS = re.compile(rb" at 0x[0-9a-f]{6,}>|#<[A-Z][\w:]*:0x[0-9a-f]{8,}|\b[\w.]+@[0-9a-f]{6,8}\b")
_MISSING = re.compile(
    r"ModuleNotFoundError: No module named '([\w.]+)'|: ([\w.-]+): command not found|Cannot find module '([^'\n]+)'"
    r"|cannot load such file -- (\S+)"
)


@dataclass(frozen=True)
class Work:
    """A file on its way; `shown` is its program with all points at first, and with the chosen ones at last.

    refused: (kind, place) of points that its compiler did not take, or that stand outside of what is called.
    script: a `run.sh` that came with it, or "".
    """

    row: Mapping[str, object]
    language: str
    text: str
    shown: Instrumented
    harness: Harness
    tests: list[Test] = field(default_factory=list)
    refused: frozenset[tuple[str, str]] = frozenset()
    script: str = ""


def came_through(work: Work, outcomes: Sequence[Outcome]) -> list[Tried]:
    """The candidates that ended by themselves and printed nothing that is another each time."""
    tried = []
    for test, outcome in zip(work.harness.candidates, outcomes, strict=True):
        text = outcome.stderr.decode(errors="replace")
        if outcome.status is not Status.FINISHED or outcome.truncated or _CRASH.search(text) or _MISSING.search(text):
            continue
        if _ADDRESS.search(outcome.stdout):
            continue
        tried.append(Tried(test, tuple(measure.read_events(text)), outcome.exit_code != 0, len(text)))
    return tried


def choose_tests(work: Work, outcomes: Sequence[Outcome], settings: Tracing) -> Work | Dropped:
    """The tests that take different ways, with the points and limits that suit them, or why there are none."""
    tried = came_through(work, outcomes)
    if not tried:
        return why_none(outcomes)
    kept = keep_distinct(tried)
    if not kept:
        return Dropped(Reason.NO_EVENTS, "no point was reached", Reached.RAN)
    if len({one.events for one in tried}) == 1 and not tried[-1].test.arguments and not tried[-1].complained:
        kept = tried[-1:]  # It reads nothing after all.
    elif all(one.complained for one in kept) and len(work.harness.candidates) > 1:
        return Dropped(Reason.FAILS_WITHOUT_INPUT, "every input was refused", Reached.COMPILED)
    elif len(kept) < (1 if _runs_alone(kept) else LEAST_TESTS):
        detail = f"{len(kept)} different tests of {len(work.harness.candidates)} tried"
        return Dropped(Reason.ONE_PATH, detail, Reached.RAN)
    if control_outcomes([one.events for one in kept], work.shown.loop_ends(), TRIAL_LIMIT) < LEAST_OUTCOMES:
        return Dropped(Reason.ONE_PATH, "no branch, call or loop goes two ways", Reached.RAN)
    return _settle(work, kept, settings)


def _runs_alone(kept: Sequence[Tried]) -> bool:
    """Whether the program needs no input: then fewer tests will do where its inputs make little difference."""
    return any(one.test == Test() and not one.complained for one in kept)


def _settle(work: Work, kept: Sequence[Tried], settings: Tracing) -> Work | Dropped:
    """The program with the points that say most, and as many events a place as fit without repeating too much."""
    traces = [one.events for one in kept]
    worth = _worth(traces)
    budget = FILLED * settings.answer_tokens * CHARACTERS_A_TOKEN
    best: tuple[int, float, int, int] | None = None
    for points in (settings.points, settings.points * 3 // 4, settings.points // 2):
        shown = instrument(work.language, work.text, points, worth=worth, refused=work.refused)
        if isinstance(shown, Dropped):
            return shown
        chosen = {(point.kind, point.place) for point in shown.points}
        for limit in EVENT_LIMITS:
            events = [_capped(trace, chosen, limit) for trace in traces]
            together = [event for trace in events for event in trace]
            if sum(len(measure.format_event(event)) + 1 for event in together) <= budget:
                lost = (control_outcomes(events, shown.loop_ends()) < LEAST_OUTCOMES) + says_little(together)
                found = (lost, max(measure.repeated_share(together), CALM), -points, -limit)
                best = min(best or found, found)
        if best is not None and best[:2] == (0, CALM):
            break
    if best is None:
        return Dropped(Reason.TOO_LONG, "with the fewest points and events", Reached.TWO_PATHS)
    final = instrument(work.language, work.text, -best[2], limit=-best[3], worth=worth, refused=work.refused)
    return final if isinstance(final, Dropped) else replace(work, shown=final, tests=[one.test for one in kept])


def why_none(outcomes: Sequence[Outcome]) -> Dropped:
    """The reason of a program of which no candidate came through, taken from the first."""
    first = outcomes[0]
    text = first.stderr.decode(errors="replace")
    if first.status is Status.UNSUPPORTED:
        return Dropped(Reason.NEEDS_LIBRARY, first.detail, Reached.INSTRUMENTED)
    if first.status is Status.COMPILE_ERROR:
        return Dropped(Reason.COMPILE_ERROR, first.detail)
    if (missing := _MISSING.search(text)) is not None:
        return Dropped(Reason.NEEDS_LIBRARY, next(filter(None, missing.groups())), Reached.INSTRUMENTED)
    if first.status is Status.TIMED_OUT:
        return Dropped(Reason.TIMEOUT, reached=Reached.COMPILED)
    if first.status is not Status.FINISHED or first.truncated:
        return Dropped(Reason.EXCEEDS_LIMITS, str(first.status), Reached.COMPILED)
    last = [line for line in measure.without_events(text).split("\n") if line.strip()]
    return Dropped(Reason.FAILS_WITHOUT_INPUT, last[-1][:200] if last else "", Reached.COMPILED)


def _worth(traces: Sequence[Sequence[measure.Event]]) -> dict[tuple[str, str], float]:
    """What each place said: many different states count for it, long ones against it."""
    states: dict[tuple[str, str], set[object]] = {}
    characters: Counter[tuple[str, str]] = Counter()
    count: Counter[tuple[str, str]] = Counter()
    for event in (event for events in traces for event in events):
        key = (event.kind, event.place)
        states.setdefault(key, set()).add(event.state)
        characters[key] += sum(len(name) + len(value) for name, value in event.state)
        count[key] += 1
    return {
        key: math.log2(1 + min(len(found), 15))
        - 0.5 * math.log2(min(count[key], 64) / len(found))
        - characters[key] / count[key] / 60
        - (NOTHING_SHOWN if key[0] in {"VAR", "OUT", "TRANSFORM"} and not any(found) else 0)
        for key, found in states.items()
    }


def _capped(events: Sequence[measure.Event], chosen: set[tuple[str, str]], limit: int) -> list[measure.Event]:
    """What will be left of a trace with these points and this limit."""
    seen: Counter[tuple[str, str]] = Counter()
    kept = []
    for event in events:
        key = (event.kind, event.place)
        seen[key] += 1
        if key in chosen and seen[key] <= limit:
            kept.append(event)
    return kept
