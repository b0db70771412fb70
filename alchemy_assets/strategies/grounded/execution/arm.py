"""Ask which arm of an `if` runs the n-th time, and how often an arm is entered.

Belongs here: what the events of branches prove. Does not: which arms belong together (`chains`).
"""

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile

from alchemy_assets.strategies.grounded.execution.chains import Chain
from alchemy_assets.strategies.grounded.execution.values import is_whole
from alchemy_assets.strategies.grounded.execution.watched import Question, Watched, ordinal, times
from alchemy_assets.tracing.events import Event
from alchemy_assets.tracing.instrument.points import Point

FORM = "arm"
FIRST, LAST = 2, 12
MOST_EVENTS = 120
MOST_TAKEN = 20
MOST_NAMED = 3
# A value of an arm that is told, and how many of them a sentence takes.
LONGEST_CASE, MOST_CASES = 12, 8
# An arm that leaves can only be entered once where what it leaves is.
_LEAVES = re.compile(r"\b(?:return|break|goto|throw|raise|exit|die|panic!?|abort|process::exit)\b")
_CONDITIONAL = {"if", "else if", "elif", "elsif", "unless"}


def questions(watched: Watched, found: Sequence[Chain]) -> Iterator[Question]:
    """Both questions about every `if`."""
    for chain in found:
        yield from _which(watched, chain)
        yield from _how_often(watched, chain)


def _word(event: Event) -> str:
    return dict(event.state).get("took", "").strip('"')


def _which(watched: Watched, chain: Chain) -> Iterator[Question]:
    places = {arm.place for arm in chain.arms}
    where = watched.line(chain.line)
    if not chain.complete or where is None or any(watched.count("BRANCH", place) is None for place in places):
        return
    here = [(at, one) for at, one in enumerate(watched.events) if one.kind == "BRANCH" and one.place in places]
    for number, (index, event) in enumerate(here[:LAST], 1):
        before = [one.place for _, one in here[: number - 1]]
        if number < FIRST or index >= MOST_EVENTS or event.place == before[-1]:
            continue
        key = watched.chance(f"{FORM} {chain.line} {number}")
        words = [_word(one) for _, one in here[:number]]
        # A chain of more than three arms has several `else if`.
        several = len(chain.arms) > MOST_NAMED or len(set(words)) < len({one.place for _, one in here[:number]})
        arm = f"the `{words[-1]}` arm at line {event.line}" if not watched.quoted else f"the `{words[-1]}` arm"
        if several and watched.quoted:
            continue
        order = [
            f"`{word}`" if not several else f"`{word}` (line {one.line})"
            for word, (_, one) in zip(words, here, strict=False)
        ]
        facts = {"where": where, "nth": ordinal(number, key), "arm": arm, "order": ", ".join(order)}
        yield Question(
            "arm",
            watched.words("arm", f"{chain.line} {number}", facts),
            f"{arm[0].upper()}{arm[1:]}.",
            watched.words("arm_answers", f"{chain.line} {number}", facts),
            watched.events[: index + 1],
            f"the if at line {chain.line}, number {number}",
            len(set(before)) > 1 or number > FIRST,
        )


def _how_often(watched: Watched, chain: Chain) -> Iterator[Question]:
    for arm in chain.arms:
        count = watched.count("BRANCH", arm.place)
        where = watched.line(arm.line)
        if not count or count > MOST_TAKEN or where is None or len(watched.events) > 2 * MOST_EVENTS:
            continue
        here = [event for event in watched.events if (event.kind, event.place) == ("BRANCH", arm.place)]
        if _word(here[0]) not in _CONDITIONAL or not _is_a_choice(watched, arm, count):
            continue
        if count == 1 and _leaves(watched, arm) and _entered(watched, arm.function) <= 1:
            continue
        facts = {"where": where, "word": f"`{_word(here[0])}`", "times": times(count), "count": str(count)}
        facts["entered"] = _cases(here, watched.observed.language)
        yield Question(
            "taken",
            watched.words("taken", arm.place, facts),
            f"{times(count).capitalize()}." if watched.chance(arm.place) % 2 else f"{count}",
            watched.words("taken_answers" if facts["entered"] else "taken_only", arm.place, facts),
            watched.events,
            f"the arm at {arm.place}: {count}",
            count > 1,
        )


def _entered(watched: Watched, function: str) -> int:
    return sum(event.kind == "IN" and event.function == function for event in watched.events)


def _leaves(watched: Watched, arm: Point) -> bool:
    """Whether an arm ends what it stands in: a word for that in its head, or in the lines that are further in."""
    head, *below = watched.lines[arm.line - 1 :]
    depth = len(head) - len(head.lstrip())
    inside = takewhile(lambda line: not line.strip() or len(line) - len(line.lstrip()) > depth, below)
    return any(_LEAVES.search(line) for line in (head, *inside))


def _is_a_choice(watched: Watched, arm: Point, count: int) -> bool:
    """Whether control came by more often than it went in: in a loop of more turns, or in a function of more calls."""
    for (kind, place), point in watched.alone.items():
        around = kind == "LOOP" and point.line < arm.line <= point.end
        if point.function == arm.function and (around or kind == "IN") and (watched.count(kind, place) or 0) > count:
            return True
    return False


def _cases(events: Sequence[Event], language: str) -> str:
    """The first value of each time that an arm was entered, where there is one that tells them apart."""
    states = [[(name, value) for name, value in event.state if name != "took"][:1] for event in events]
    if not all(states) or len({one[0][0] for one in states}) > 1:
        return ""
    values = [one[0][1] for one in states]
    short = all(len(value) <= LONGEST_CASE and is_whole(value, language) for value in values)
    if len(set(values)) < len(values) or len(values) > MOST_CASES or not short or "`" in states[0][0][0]:
        return ""
    return f"`{states[0][0][0]}` = {', '.join(values)}"
