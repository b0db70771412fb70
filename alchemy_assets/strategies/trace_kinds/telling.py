"""Tell events in plain sentences: one step for each thing that happens, with the line, the function and the values.

Belongs here: the sentences of each type of event, and which values a reader needs to hear. Does not: which trace is told
(`monologue`). A value is told when it is new or has changed, and the code of a line where it is first come to; every
number in a sentence stands in the events or in the source. Nothing is said that the events do not prove: not that a call
returns to where it came from, not that a loop goes on where it may have begun anew.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from alchemy_assets.strategies.phrasing import draw
from alchemy_assets.tracing.events import Event

# How instrumenters call what stands outside of every function.
TOP_LEVEL = frozenset({"<module>", "script", "<top>", "top level", "<main>"})
# Longer values are told only where they are what changed.
MOST_BESIDE = 40
TOGETHER = 3
_WORTH_REPEATING = 2
_ENTERED = (
    "{function} is entered at line {line}",
    "{function} starts at line {line}",
    "{function} (line {line}) begins",
)
_ENTERED_WITH = ("{enters} with {facts}", "{enters}, given {facts}", "{enters}; {facts_are}")
_SET = (
    "line {line} makes {name} {value}",
    "line {line} sets {name} to {value}",
    "after line {line}, {name} is {value}",
)
# Where the code of the line is shown, it is put behind the line's number.
_SET_SHOWN = _SET[:2]
_TURN = (
    "the loop at line {line} turns",
    "the body of the loop at line {line} runs",
    "a turn of the loop at line {line} begins",
)
_FIRST_TURN = ("the loop at line {line} starts", "the loop at line {line} begins", "line {line} starts a loop")
_ARM = (
    "the `{took}` arm at line {line} is taken",
    "control takes the `{took}` arm at line {line}",
    "at line {line} the `{took}` arm runs",
)
_ARM_SHOWN = ("the `{took}` arm at line {line} is taken", "line {line} leads into the `{took}` arm")
LONGEST_CODE = 60
# Such a line tells nothing by itself, or goes on below.
_NO_CODE = re.compile(r"(\} *)?(else|default|\*\)|finally)\b|[^\w]*$|.*[(\[{,\\|&+=]$")


@dataclass(frozen=True)
class Clause:
    """What is said of one event, without the function; `joins` where it may share its sentence with its neighbours."""

    text: str
    function: str
    names_function: bool
    joins: bool


def told(events: Sequence[Event], source: Sequence[str], key: str) -> list[str]:
    """The steps of a walk through the events, in order; `source` is the original's lines, `key` draws the words."""
    steps: list[str] = []
    group: list[Clause] = []
    place: str | None = None
    for clause in [*_clauses(events, source, key), None]:
        if group and not (
            clause is not None
            and clause.joins
            and group[-1].joins
            and clause.function == group[-1].function
            and len(group) < TOGETHER
        ):
            first = group[0]
            named = first.names_function or first.function == place
            start = "" if named else _where(first.function)
            steps.append(_sentence(start + _joined([one.text for one in group])))
            place = group[-1].function
            group = []
        if clause is not None:
            group.append(clause)
    return steps


def _where(function: str) -> str:
    return "at the top level, " if function in TOP_LEVEL else f"in `{function}`, "


def _joined(texts: Sequence[str]) -> str:
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])}, and {texts[-1]}"


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}." if text[0] != "`" else f"{text}."


def _clauses(events: Sequence[Event], source: Sequence[str], key: str) -> Iterator[Clause]:
    shown: set[int] = set()
    known: dict[tuple[str, str], str] = {}
    turning: set[str] = set()
    for index, event in enumerate(events):
        number = draw(key, str(index))
        state = tuple((name, value) for name, value in event.state if name != "took")
        news = [(name, value) for name, value in state if known.get((event.function, name)) != value]
        if event.kind == "IN":
            # A new call has variables of its own, and its loops start anew.
            news = list(state)
            known = {place: value for place, value in known.items() if place[0] != event.function}
            turning = {place for place in turning if place.rpartition(":")[0] != event.function}
        known.update({(event.function, name): value for name, value in state})
        code = _code(event, source) if event.line not in shown else ""
        shown.add(event.line)
        yield _clause(event, state, news, number, code, first_turn=event.place not in turning)
        if event.kind == "LOOP":
            turning.add(event.place)


def _code(event: Event, source: Sequence[str]) -> str:
    """The code of the event's line where it can stand in a sentence, else nothing."""
    if event.kind not in {"VAR", "TRANSFORM", "BRANCH"} or event.line > len(source):
        return ""
    line = source[event.line - 1].strip()
    # A block that opens at the end of the line is not part of the condition.
    bare = line.removesuffix("{").rstrip() if event.kind == "BRANCH" else line
    return "" if len(bare) > LONGEST_CODE or "`" in bare or _NO_CODE.match(bare) else bare


def _clause(  # noqa: PLR0913 -- what is known of one event
    event: Event,
    state: Sequence[tuple[str, str]],
    news: Sequence[tuple[str, str]],
    number: int,
    code: str,
    *,
    first_turn: bool,
) -> Clause:
    text = {
        "IN": lambda: _entered(event, news, number),
        "OUT": lambda: _left(event, state, news),
        "BRANCH": lambda: _arm(event, state, number, code),
        "LOOP": lambda: _turn(event, news, number, first_turn=first_turn),
        "ERR": lambda: _failed(event, state),
        "TRANSFORM": lambda: _derived(event, state, news, code),
    }.get(event.kind, lambda: _set(event, state, news, number, code))()
    joins = event.kind in {"VAR", "TRANSFORM"} and not code
    return Clause(text, event.function, event.kind in {"IN", "OUT"}, joins)


def _line(event: Event, code: str) -> str:
    return f"{event.line}, `{code}`," if code else str(event.line)


def _name(function: str) -> str:
    return "the top level" if function in TOP_LEVEL else f"`{function}`"


def _entered(event: Event, news: Sequence[tuple[str, str]], number: int) -> str:
    enters = _ENTERED[number % len(_ENTERED)].format(function=_name(event.function), line=event.line)
    facts = _brief(news, keep_first=True)
    if not facts:
        return enters
    way = _ENTERED_WITH[number // 7 % len(_ENTERED_WITH)]
    return way.format(enters=enters, facts=_facts(facts), facts_are=_facts(facts, " is "))


def _left(event: Event, state: Sequence[tuple[str, str]], news: Sequence[tuple[str, str]]) -> str:
    values = dict(state)
    if "result" in values:
        return f"{_name(event.function)} returns {_shown(values['result'])} at line {event.line}"
    if "status" in values:
        return f"{_name(event.function)} ends at line {event.line} with status {_shown(values['status'])}"
    return _with(f"{_name(event.function)} ends at line {event.line}", _brief(news or state[:1], keep_first=True))


def _failed(event: Event, state: Sequence[tuple[str, str]]) -> str:
    values = dict(state)
    if "status" in values:
        status = values["status"].strip('"')
        return f"line {event.line} exits with status {_shown(status)}" if status else f"line {event.line} exits"
    return _with(f"line {event.line} deals with an error", _brief(state, keep_first=True))


def _arm(event: Event, state: Sequence[tuple[str, str]], number: int, code: str) -> str:
    took = dict(event.state).get("took", '"branch"').strip('"')
    ways = _ARM_SHOWN if code else _ARM
    text = ways[number % len(ways)].format(took=took, line=_line(event, code))
    return _with(text, _brief(state, keep_first=False)[:_WORTH_REPEATING])


def _turn(event: Event, news: Sequence[tuple[str, str]], number: int, *, first_turn: bool) -> str:
    ways = _FIRST_TURN if first_turn else _TURN
    return _with(ways[number % len(ways)].format(line=event.line), _brief(news, keep_first=True))


def _derived(event: Event, state: Sequence[tuple[str, str]], news: Sequence[tuple[str, str]], code: str) -> str:
    """What stands after a line that makes one thing of another; which of them it made, the event does not say."""
    facts = _brief(news or state[-1:], keep_first=True)
    where = _line(event, code).removesuffix(",")
    return f"after line {where}, {_facts(facts, ' is ')}" if facts else f"line {_line(event, code)} runs"


def _set(
    event: Event, state: Sequence[tuple[str, str]], news: Sequence[tuple[str, str]], number: int, code: str
) -> str:
    """What a line assigned: the first value of its state; those beside it are told where they are new."""
    if not state:
        return f"line {_line(event, code)} runs"
    (name, value), *_ = state
    if state[0] in news:
        ways = _SET_SHOWN if code else _SET
        text = ways[number % len(ways)].format(line=_line(event, code), name=f"`{name}`", value=_shown(value))
    else:
        text = f"line {_line(event, code)} leaves `{name}` at {_shown(value)}"
    more = _brief([fact for fact in news if fact != state[0]], keep_first=False)
    return f"{text} ({_facts(more, ' is ')})" if more else text


def _with(text: str, facts: Sequence[tuple[str, str]]) -> str:
    return f"{text} with {_facts(facts)}" if facts else text


def _brief(facts: Sequence[tuple[str, str]], *, keep_first: bool) -> list[tuple[str, str]]:
    """The facts that are short; the first is what the event is about, and may be longer."""
    return [fact for index, fact in enumerate(facts) if len(fact[1]) <= MOST_BESIDE or (keep_first and index == 0)]


def _facts(facts: Sequence[tuple[str, str]], between: str = " = ") -> str:
    texts = [f"`{name}`{between}{_shown(value)}" for name, value in facts]
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}"


def _shown(value: str) -> str:
    """Numbers as they are, everything else as code."""
    if value.lstrip("-").isdigit():
        return value
    ticks = "``" if "`" in value else "`"
    pad = " " if ticks == "``" else ""
    return f"{ticks}{pad}{value}{pad}{ticks}"
