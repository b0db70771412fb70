"""Which ways control went, told from the events of traces alone.

Belongs here: calls of a function and turns of a loop, and in how many ways they went. Does not: how many ways are enough
(`acceptance`). Where the text of a loop ends cannot be told from events; whoever instrumented knows.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType

from alchemy_assets.tracing.events import Event

CONTROL_FLOW = ("BRANCH", "LOOP", "ERR")
# What SQL says in one event where a condition held for some rows and for others did not.
BOTH_ARMS = {'"some rows"': {'"every row"', '"no row"'}, '"ignored some"': {'"ignored"', '"inserted"'}}
Way = tuple[tuple[str, str, str], ...]


def path(events: Iterable[Event]) -> Way:
    """The way that control took: the branches, loops and errors that it came to, in order."""
    return tuple(
        (event.kind, event.place, dict(event.state).get("took", "")) for event in events if event.kind in CONTROL_FLOW
    )


def control_outcomes(
    traces: Sequence[Sequence[Event]], loop_ends: Mapping[str, int] = MappingProxyType({}), most: int | None = None
) -> int:
    """In how many ways control went, where it went most: tests, calls of one function, turns of one loop, or their number.

    loop_ends: the last line of each loop, by its place; without it, what stands behind a last turn may belong to it or not.
    most: events of one type that one place may have written; what a function did after that is not known.
    """
    stays = [stay for events in traces for stay in _stays(events, most)]
    calls: dict[str, set[Way]] = defaultdict(set)
    for stay in stays:
        if stay.whole and stay.events[0].kind == "IN":
            calls[stay.events[0].place].add(path(stay.events))
    ways: dict[str, set[Way]] = defaultdict(set)
    lengths: dict[str, set[int]] = defaultdict(set)
    for turn in (turn for stay in stays for turn in _turns(stay)):
        if turn.known and (turn.again or turn.place in loop_ends):
            end = loop_ends.get(turn.place, math.inf)
            ways[turn.place].add(
                path(one for one in turn.events if turn.line <= one.line <= end and one.kind != "LOOP")
            )
        if turn.known and not turn.again:
            lengths[turn.place].add(turn.number)
    arms: dict[str, set[str]] = defaultdict(set)
    for kind, place, took in (one for stay in stays for one in path(stay.events)):
        arms[place] |= BOTH_ARMS.get(took, {took}) if kind == "BRANCH" else set()
    of_tests = {path(events) for events in traces}
    met = [len(of_tests), *map(len, arms.values()), *map(len, calls.values()), *map(len, ways.values())]
    return max(*met, *map(len, lengths.values()), *map(_unlike, stays), 1)


def _unlike(stay: "_Stay") -> int:
    """What followed most differently on one event, where no LOOP is shown that tells turns apart."""
    if any(event.kind == "LOOP" for event in stay.events):
        return 1
    # Several events of one line are told apart by what they show.
    said = [(event.kind, event.place, tuple(name for name, _ in event.state)) for event in stay.events]
    after: dict[tuple[object, ...], set[tuple[object, ...]]] = defaultdict(set)
    for one, following in pairwise(said):
        after[one].add(following)
    return max(map(len, after.values()), default=1)


@dataclass(frozen=True)
class _Stay:
    """What one call of a function wrote, or what stands in no function; whole: nothing of it was kept silent."""

    events: list[Event]
    whole: bool


@dataclass(frozen=True)
class _Turn:
    """A turn of a loop, and what its function wrote up to the next; again: another follows; known: it was seen to its end."""

    place: str
    line: int
    number: int
    events: list[Event]
    again: bool
    known: bool


def _stays(events: Sequence[Event], most: int | None) -> Iterator[_Stay]:
    stays: list[list[Event]] = []
    latest: dict[str, list[Event]] = {}
    count: Counter[tuple[str, str]] = Counter()
    silent: set[str] = set()
    for event in events:
        if event.function in silent:
            continue
        if event.kind == "IN" or event.function not in latest:
            latest[event.function] = []
            stays.append(latest[event.function])
        latest[event.function].append(event)
        count[event.kind, event.place] += 1
        if count[event.kind, event.place] == most:
            silent.add(event.function)
    for stay in stays:
        function = stay[0].function
        yield _Stay(stay, function not in silent or stay is not latest[function])


def _turns(stay: _Stay) -> Iterator[_Turn]:
    events, number = stay.events, Counter[str]()
    for start, event in enumerate(events):
        if event.kind != "LOOP":
            continue
        following = range(start + 1, len(events))
        # A loop around this one begins a turn on a line above.
        end = next((at for at in following if events[at].kind == "LOOP" and events[at].line <= event.line), len(events))
        again = end < len(events) and events[end].place == event.place
        number[event.place] += 1
        yield _Turn(
            event.place,
            event.line,
            number[event.place],
            events[start + 1 : end],
            again,
            again or stay.whole or end < len(events),
        )
        if not again:
            del number[event.place]
