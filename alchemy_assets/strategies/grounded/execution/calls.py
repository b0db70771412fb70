"""Ask how often a function is called, what it is given at its n-th call, and what it gives back at its n-th return.

Belongs here: which calls are worth it. Does not: words.
"""

import re
from collections import Counter
from collections.abc import Iterator

from alchemy_assets.strategies.grounded.execution.nth import MOST_NUMBER, of_pass
from alchemy_assets.strategies.grounded.execution.source import bare_name
from alchemy_assets.strategies.grounded.execution.turns import each, is_readable
from alchemy_assets.strategies.grounded.execution.values import is_whole
from alchemy_assets.strategies.grounded.execution.watched import Question, Watched, is_one, times
from alchemy_assets.strategies.trace_kinds.next_state import news

LEAST, MOST = 3, 50
MOST_EVENTS = 200
_CONSTRUCTORS = {"constructor", "initialize", "__construct", "__init__", "new"}


def questions(watched: Watched) -> Iterator[Question]:
    """All three questions about every function."""
    yield from _how_often(watched)
    source = "\n".join(watched.lines)
    for index, names, best in news(watched.events, source, f"{watched.ran.command} {watched.ran.test.label}"):
        event = watched.events[index]
        if index >= MOST_EVENTS or not is_one(watched, event.function):
            continue
        if event.kind == "IN":
            yield from _given(watched, index, names, best=best)
        # With which status a program ends, its tests say.
        elif event.kind == "OUT" and "result" in names and bare_name(event.function).lower() != "main":
            yield from _given_back(watched, index, best=best)


def _how_often(watched: Watched) -> Iterator[Question]:
    source = "\n".join(watched.lines)
    for (kind, place), point in watched.alone.items():
        count = watched.count("IN", place) if kind == "IN" else None
        if count is None or not LEAST <= count <= MOST or not is_one(watched, point.function):
            continue
        # A call that is written as often as it is made can be counted in the text.
        if _written(point.function, source) >= count or len(watched.events) > MOST_EVENTS:
            continue
        if _by_a_loop(watched, count):
            continue
        here = [event for event in watched.events if (event.kind, event.place) == ("IN", place)]
        facts = {"function": watched.name(point.function), "times": times(count), "count": str(count)}
        facts["given"] = each(watched, here)
        # Once for each item of a list that the question itself shows.
        if facts["given"].partition(" = ")[2] in (watched.ran.test.label or "-"):
            continue
        yield Question(
            "called",
            watched.words("called", place, facts),
            f"{times(count).capitalize()}." if watched.chance(place) % 2 else str(count),
            watched.words("called_answers" if facts["given"] else "called_only", place, facts),
            watched.events,
            f"calls of {place}: {count}",
        )


def _written(function: str, source: str) -> int:
    """How often a function is named in a file, where it is defined aside; a constructor by the name of its class."""
    *above, name = re.split(r"[.:]+", function)
    name = re.escape(above[-1] if above and name in _CONSTRUCTORS else name)
    return len(re.findall(rf"(?<!\w){name}(?!\w)", source)) - 1


def _by_a_loop(watched: Watched, count: int) -> bool:
    """Whether a loop that says its number of turns turns as often as a function is called, which is most likely there."""
    loops = [point for (kind, place), point in watched.alone.items() if watched.count(kind, place) == count]
    return any(point.kind == "LOOP" and is_readable(watched.lines, point.line, count) for point in loops)


def _given(watched: Watched, index: int, names: tuple[str, ...], *, best: bool) -> Iterator[Question]:
    event, language = watched.events[index], watched.observed.language
    state = dict(event.state)
    name = next((one for one in names if is_whole(state[one], language) and "`" not in one), None)
    calls = [one for one in watched.events[: index + 1] if (one.kind, one.place) == (event.kind, event.place)]
    if name is None or not 1 < len(calls) <= MOST_NUMBER or (event.kind, event.place) not in watched.alone:
        return
    if _written(event.function, "\n".join(watched.lines)) >= watched.counts[event.kind, event.place]:
        return
    facts = {"function": watched.name(event.function), "name": f"`{name}`"}
    yield of_pass(
        watched, "argument", index, calls, name, facts=facts, what=f"{name} at the call of {event.place}", best=best
    )


def _given_back(watched: Watched, index: int, *, best: bool) -> Iterator[Question]:
    event, language = watched.events[index], watched.observed.language
    kinds = Counter(one.kind for one in watched.events if one.function == event.function)
    places = {
        (one.kind, one.place) for one in watched.events if one.function == event.function and one.kind in {"IN", "OUT"}
    }
    # Only where each call was seen to return is the n-th return known.
    if kinds["IN"] != kinds["OUT"] or any(watched.count(*one) is None for one in places):
        return
    returns = [one for one in watched.events[: index + 1] if (one.kind, one.function) == ("OUT", event.function)]
    if is_whole(dict(event.state)["result"], language) and len(returns) <= MOST_NUMBER:
        facts = {"function": watched.name(event.function)}
        yield of_pass(
            watched, "result", index, returns, "result", facts=facts, what=f"result of {event.function}", best=best
        )
