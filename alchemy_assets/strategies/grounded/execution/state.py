"""Ask for the value of a variable right after a line has run for the n-th time.

Belongs here: which values can be asked for. Does not: what makes a value worth it (`trace_kinds.next_state.news`).
"""

import re
from collections.abc import Iterator

from alchemy_assets.strategies.grounded.execution.nth import MOST_NUMBER, of_pass
from alchemy_assets.strategies.grounded.execution.values import is_whole
from alchemy_assets.strategies.grounded.execution.watched import Question, Watched
from alchemy_assets.strategies.trace_kinds.next_state import news

FORM = "state"
MOST_EVENTS = 120
# Lines below the one that is asked about that must not say the value.
LOOKED_AT = 2
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
    typed = f"{watched.ran.command} {watched.ran.test.label}"
    sets = [one for one in watched.lines if _SETS.search(one)] if language in _UNORDERED else []
    for index, names, best in news(watched.events, "\n".join(watched.lines), typed):
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
        if len(passes) > MOST_NUMBER or _is_said_next(watched, event.line, state[name]):
            continue
        facts = {"name": f"`{name}`", "where": line}
        yield of_pass(watched, FORM, index, passes, name, facts=facts, what=f"{name} at {event.place}", best=best)


def _is_said_next(watched: Watched, line: int, value: str) -> bool:
    """Whether one of the next lines holds a value: `if (c != 10)` of a test tells what `c` is."""
    below = "\n".join(watched.lines[line : line + LOOKED_AT])
    return re.search(rf"(?<![\w.]){re.escape(value)}(?![\w.])", below) is not None


def _beside_a_set(name: str, line: str) -> bool:
    """Whether a name stands before or behind a set on its line."""
    named = rf"\b{re.escape(name)}\b"
    return re.search(rf"{named}.*{_SETS.pattern}|{_SETS.pattern}.*{named}", line) is not None
