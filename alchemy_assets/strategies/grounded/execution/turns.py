"""Ask how many turns a loop makes, in the whole run or in one call of its function.

Belongs here: which loops are worth it. Does not: words.
"""

import re
from collections.abc import Iterator, Sequence

from alchemy_assets.strategies.grounded.execution.source import bare_name
from alchemy_assets.strategies.grounded.execution.values import is_whole
from alchemy_assets.strategies.grounded.execution.watched import Question, Watched, is_one, ordinal, times
from alchemy_assets.tracing.events import Event
from alchemy_assets.tracing.instrument.points import Point

FORM = "turns"
LEAST, MOST = 2, 40
MOST_EVENTS = 250
MOST_CALLS = 8
# Numbers that stand by themselves, those of a range (`1..10`) too.
_NUMBERS = re.compile(r"(?<!\w)(?<!\w\.)\d{1,6}(?!\w)(?!\.\d)")
# What a loop goes over by its name, from the first to the last.
_OVER = re.compile(
    r"(?:\bin|\bof|:|:=\s*range)\s+&?(?:Object\.\w+\()?(\$?\w+)(?:\.(?:items|keys|values|iter|entries|entrySet|keySet)\(\))?\s*[:){]*\s*(?:\{.*|do\b.*)?$"
    r"|\bforeach\s*\((\$\w+)\s+as\b|^(\w+)\.(?:each\w*|forEach|map)\b"
)
_LENGTH_OF = re.compile(
    r"<=?\s*(\w+)\.(?:length|Length|size|Count|count)\b|\blen\((\w+)\)|\b(?:count|sizeof)\s*\(?(\$?\w+)\)?"
)
# What a command is given goes by few names.
_TYPED = re.compile(r"\bargs?\b|argv|\$[@*]|\$#|line|stdin|\bread|foreach|gets|Scan", re.IGNORECASE)
_MADE = r"(?:array|vec!|&|new\s+[\w<>]+|\[\d*\]\s*\w+)?\s*(?:\[\d*\]\s*)?"
_LITERALS = re.compile(
    r"\b(?:in|of|as)\s+[\[(]$|\b(?:in|of|range)\s+[\"'`]|\(array\($|%[wi][\[({]|\[[^\]]*,[^\]]*\]|\{[^}]*,[^}]*\}|\bin\s+[\w\"'./-]+(?:\s+[\w\"'./-]+)+\s*(?:;|$)"
)


def questions(watched: Watched) -> Iterator[Question]:
    """Both questions about every loop."""
    for (kind, place), point in watched.alone.items():
        if kind != "LOOP":
            continue
        total = watched.count("LOOP", place)
        where = watched.line(point.line)
        if total is None or where is None or len(watched.events) > MOST_EVENTS or not watched.code(point.line):
            continue
        here = [event for event in watched.events if (event.kind, event.place) == ("LOOP", place)]
        readable = is_readable(watched.lines, point.line, total) or _goes_over_an_argument(watched, point, total)
        readable = readable or _goes_over_what_is_typed(watched, point, total)
        if LEAST <= total <= MOST and not readable:
            yield _asked(watched, "turns", {"where": where}, here, watched.events, place)
        yield from _in_calls(watched, point.function, place, where)


def _in_calls(watched: Watched, function: str, place: str, where: str) -> Iterator[Question]:
    """One call among several of a function that does not call itself."""
    starts = [at for at, event in enumerate(watched.events) if event.kind == "IN" and event.function == function]
    entered = {watched.events[at].place for at in starts}
    if not is_one(watched, function) or not 1 < len(starts) <= MOST_CALLS or _may_recurse(watched, function):
        return
    if any(watched.count("IN", one) is None for one in entered):
        return
    turns = []
    for start, end in zip(starts, [*starts[1:], len(watched.events)], strict=True):
        turns.append([one for one in watched.events[start:end] if (one.kind, one.place) == ("LOOP", place)])
    if len({len(one) for one in turns}) == 1:
        return
    for number, here in enumerate(turns, 1):
        if not here or is_readable(watched.lines, int(place.rpartition(":")[2]), len(here)):
            continue
        nth = ordinal(number, watched.chance(f"{place} {number}"))
        facts = {"where": where, "nth": nth, "function": watched.name(function)}
        end = starts[number] if number < len(starts) else len(watched.events)
        yield _asked(watched, "turns_call", facts, here, watched.events[:end], f"{place} in call {number}")


def _asked(  # noqa: PLR0913, PLR0917 -- what a question is made of
    watched: Watched, form: str, facts: dict[str, str], here: list[Event], followed: tuple[Event, ...], what: str
) -> Question:
    count = len(here)
    values = facts | {"times": times(count), "count": str(count), "turns": each(watched, here)}
    answers = "turns_answers" if values["turns"] else "turns_only"
    return Question(
        form,
        watched.words(form, what, values),
        f"{times(count).capitalize()}." if watched.chance(what) % 2 else str(count),
        watched.words(answers, what, values),
        followed,
        f"turns of {what}: {count}",
        bool(values["turns"]) or "while" in watched.lines[here[0].line - 1],
    )


def is_readable(lines: Sequence[str], line: int, count: int) -> bool:
    """Whether the head of a loop says its number of turns, or the literal that it goes over."""
    header = lines[line - 1].strip()
    numbers = {int(one) for one in _NUMBERS.findall(header)}
    if numbers & {count, count - 1, count + 1} or _LITERALS.search(header):
        return True
    over = _OVER.search(header) or _LENGTH_OF.search(header)
    name = next((one for one in over.groups() if one), "") if over else ""
    literal = rf"(?<![\w$]){re.escape(name)}\s*(?:\[\w*\]\s*)?(?::?=|:[^=\n]*=)\s*{_MADE}[\[({{]"
    if name and any(re.search(literal, one) for one in lines if name in one):
        return True
    named = "|".join(re.escape(one) for one in re.findall(r"[A-Za-z_]\w*", header))
    constant = rf"(?:#\s*define|const|final|static)\b[^=\n]*\b(?:{named})\b[^=\n]*[=\s]\s*{count}(?![\w.])"
    return bool(named) and (
        any(re.search(constant, one) for one in lines if str(count) in one) or _is_set_once(lines, named, count)
    )


def _is_set_once(lines: Sequence[str], named: str, count: int) -> bool:
    """Whether one of these names is only ever given one value, and that is the number of turns."""
    set_to = re.compile(rf"(?<![\w.])({named})\s*(?:[-+*/]=|\+\+|--|:?=(?!=)\s*([^;,\s)]*))")
    values: dict[str, list[str]] = {}
    for line in lines:
        for name, value in set_to.findall(line):
            values.setdefault(name, []).append(value)
    return [str(count)] in values.values()


def _goes_over_an_argument(watched: Watched, point: Point, count: int) -> bool:
    """Whether a loop turns as often as a list has items that the call in the question is given."""
    given = [one.state for one in watched.events if (one.kind, one.function) == ("IN", point.function)]
    if not watched.ran.test.label or len(given) != 1:
        return False
    return any(value.startswith("[") and value.count(",") + 1 == count for _, value in given[0])


def _goes_over_what_is_typed(watched: Watched, point: Point, count: int) -> bool:
    """Whether a loop takes each argument of the command, or each line of what it reads, which can be counted there."""
    test = watched.ran.test
    texts = [test.stdin, *test.files.values()]
    known = {len(test.arguments), *(len(text.splitlines()) for text in texts)}
    return count in known and _TYPED.search(watched.lines[point.line - 1]) is not None


def each(watched: Watched, here: Sequence[Event]) -> str:
    """The first name whose value is not the same in every event, with its values, or nothing."""
    if len(here) > 12:  # noqa: PLR2004 -- more is no sentence
        return ""
    for name, _ in here[0].state:
        values = [dict(event.state).get(name, "") for event in here]
        whole = all(is_whole(value, watched.observed.language) and len(value) <= 16 for value in values)  # noqa: PLR2004 -- short
        if whole and len(set(values)) > 1 and "`" not in name:
            return f"`{name}` = {', '.join(values)}"
    return ""


def _may_recurse(watched: Watched, function: str) -> bool:
    """Whether a call may begin before the one before has ended: its name stands in the file more often than it is defined."""
    open_calls = 0
    for event in watched.events:
        if event.function != function:
            continue
        if event.kind == "IN":
            open_calls += 1
            if open_calls > 1:
                return _stands_inside(watched, function)
        elif event.kind == "OUT":
            open_calls -= 1
    return False


def _stands_inside(watched: Watched, function: str) -> bool:
    """Whether the text of a function, or of another that may call it back, holds its name."""
    name = re.escape(bare_name(function))
    point = next(
        (one for (kind, _), one in watched.alone.items() if kind == "IN" and one.function == function and one.end), None
    )
    if point is None:
        return True
    body = "\n".join(watched.lines[point.line : point.end])
    return re.search(rf"(?<!\w){name}(?!\w)", body) is not None
