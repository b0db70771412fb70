"""Calls of functions inside of whole programs, out of the trace of their runs: what each was given, what it gave back.

Belongs here: which of them make unit tests. Does not: how a language writes those. Only plain values count that the trace
shows in full, and only functions that gave the same each time for the same.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from alchemy_assets.tracing.events import Event
from alchemy_assets.tracing.observed import Observed

MOST_CALLS = 8
MOST_A_FUNCTION = 4
_PLAIN = re.compile(
    r'-?\d{1,15}|true|false|True|False|"(?:[^"\\\x00-\x1f\x7f-\uffff]|\\["\\nt]){0,60}"|\'[ -&(-\[\]-~]\''
)
_ABBREVIATED = re.compile(r"\.\.\. \d+ characters\"$")
_NAME = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True)
class Seen:
    """A call that was seen: function, what it was given as the trace prints it, and what it gave.

    reached: lines between its beginning and its end, calls inside of it included.
    """

    function: str
    arguments: tuple[str, ...]
    result: str
    reached: frozenset[int]


def seen_calls(observed: Observed) -> list[Seen]:
    """Calls with different outcomes, those of one function together, in the order in which functions were first called."""
    found: dict[tuple[str, tuple[str, ...]], Seen] = {}
    impure: set[str] = set()
    for call in (call for ran in observed.ran for call in _of_trace(ran.events)):
        key = (call.function, call.arguments)
        if key in found and found[key].result != call.result:
            impure.add(call.function)
        found.setdefault(key, call)
    named: dict[str, list[Seen]] = {}
    for call in found.values():
        if call.function not in impure and _NAME.fullmatch(call.function.rpartition(".")[2]):
            named.setdefault(call.function, []).append(call)
    chosen = [one for calls in named.values() if _worth(calls) for one in _different(calls)]
    return chosen[:MOST_CALLS]


def _of_trace(events: Sequence[Event]) -> list[Seen]:
    """The calls of one run that came back, in the order in which they ended."""
    open_calls: list[tuple[str, tuple[str, ...] | None, set[int]]] = []
    found = []
    for event in events:
        kind, function = event.kind, event.function
        for *_, lines in open_calls:
            lines.add(event.line)
        state = event.state
        if kind == "IN":
            values = tuple(value for _, value in state)
            plain = bool(values) and all(_is_plain(value) for value in values)
            open_calls.append((function, values if plain else None, {event.line}))
        elif kind == "OUT":
            while open_calls and open_calls[-1][0] != function:
                open_calls.pop()
            result = dict(state).get("result")
            if open_calls:
                _, given, lines = open_calls.pop()
                if given and result is not None and _is_plain(result) and len(state) == 1:
                    found.append(Seen(function, given, result, frozenset(lines)))
    return found


def _is_plain(value: str) -> bool:
    return _PLAIN.fullmatch(value) is not None and not _ABBREVIATED.search(value)


def _worth(calls: Sequence[Seen]) -> bool:
    return calls[0].function.rpartition(".")[2] not in {"main", "Main"}


def _different(calls: Sequence[Seen]) -> list[Seen]:
    """A few calls, those with other results first."""
    firsts = list({call.result: call for call in reversed(calls)}.values())[::-1]
    chosen = [*firsts, *(call for call in calls if call not in firsts)][:MOST_A_FUNCTION]
    return sorted(chosen, key=calls.index)
