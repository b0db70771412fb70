"""Ask for the value of a variable right after a line has run for the n-th time.

Belongs here: which values can be asked for. Does not: what makes a value worth it (`trace_kinds.next_state.news`).
"""

import re
from collections.abc import Iterator

from alchemy_assets.strategies.grounded.execution.values import is_whole
from alchemy_assets.strategies.grounded.execution.watched import Question, Watched, listed, ordinal
from alchemy_assets.strategies.trace_kinds.next_state import news

FORM = "state"
MOST_EVENTS = 120
MOST_NUMBER = 15
# What the helper of SQL says beside the rows of a table is no variable of the script.
_NO_VARIABLES = {"SQL"}
# Sets and tables of these languages have no order of their own; a helper shows them sorted.
_UNORDERED = {"Swift", "Rust", "Cpp", "Java", "CSharp", "Go"}
_SETS = re.compile(r"\b(?:Set|HashSet|HashMap|Hashtable|Dictionary|unordered_\w+|map)\s*[<(\[:]")


def questions(watched: Watched) -> Iterator[Question]:
    """A question for every value that changed and stands nowhere else."""
    if watched.observed.language in _NO_VARIABLES:
        return
    language = watched.observed.language
    sets = [one for one in watched.lines if _SETS.search(one)] if language in _UNORDERED else []
    for index, names, best in news(watched.events, "\n".join(watched.lines), watched.ran.command):
        event = watched.events[index]
        line = watched.line(event.line)
        if event.kind not in {"VAR", "TRANSFORM"} or (event.kind, event.place) not in watched.alone or line is None:
            continue
        state = dict(event.state)
        name = next((one for one in names if is_whole(state[one], language)), None)
        if name is None or index >= MOST_EVENTS or not watched.code(event.line) or "`" in name:
            continue
        if any(_beside_a_set(name, one) for one in sets):
            continue
        passes = [one for one in watched.events[: index + 1] if (one.kind, one.place) == (event.kind, event.place)]
        if len(passes) > MOST_NUMBER:
            continue
        values = [dict(one.state).get(name, "") for one in passes]
        key = watched.chance(f"{FORM} {index}")
        nth = ordinal(len(passes), key)
        value = f"`{state[name]}`"
        facts = {"name": f"`{name}`", "where": line, "nth": nth, "value": value, "values": listed(values)}
        detail = f"{name} at {event.place}, pass {len(passes)}"
        told = all(is_whole(one, language) for one in values[-8:]) and len(values) > 1
        yield Question(
            FORM,
            watched.words(FORM, str(index), facts),
            f"{value}",
            watched.words("state_answers" if told else "state_only", str(index), facts),
            watched.events[: index + 1],
            detail,
            best,
        )


def _beside_a_set(name: str, line: str) -> bool:
    """Whether a name stands before or behind a set on its line."""
    named = rf"\b{re.escape(name)}\b"
    return re.search(rf"{named}.*{_SETS.pattern}|{_SETS.pattern}.*{named}", line) is not None
