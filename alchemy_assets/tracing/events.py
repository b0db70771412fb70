"""Trace events: how they are written, read, and measured.

Belongs here: the grammar `TRACE:<TYPE>:<LOC>:<STATE>` and measures over events. Does not: which program writes them
(`instrument`), which ways control took (`ways`), and which measures are good enough (`acceptance`).

LOC is `<function>:<line of the original file>`; STATE is `name=value` joined by `; `, with JSON escapes in quotes.
The type names are those of CodeAlchemy (arXiv 2606.10087).
"""

import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

KINDS = ("IN", "OUT", "VAR", "BRANCH", "LOOP", "ERR", "TRANSFORM")
_LINE = re.compile(rf"TRACE:({'|'.join(KINDS)}):(.+?):(\d+):(.*)", re.DOTALL)
_ANYWHERE = re.compile(rf"TRACE:(?:{'|'.join(KINDS)}):[^\n]+?:\d+:[^\n]*\n")


@dataclass(frozen=True)
class Event:
    """One event: its type, where it was written, and the (name, value) pairs of its state as they were printed."""

    kind: str
    function: str
    line: int
    state: tuple[tuple[str, str], ...] = ()

    @property
    def place(self) -> str:
        """The function and the line of the original file, as LOC gives them."""
        return f"{self.function}:{self.line}"


def format_event(event: Event) -> str:
    """The line of an event, without its newline."""
    state = "; ".join(f"{name}={value}" for name, value in event.state)
    return f"TRACE:{event.kind}:{event.place}:{state}"


def parse_event(line: str) -> Event | None:
    """The event of a line, or None for a line that is something else."""
    match = _LINE.fullmatch(line)
    if match is None:
        return None
    kind, function, number, state = match.groups()
    pairs = tuple(part.partition("=") for part in _split(state)) if state else ()
    if not all(equals for _, equals, _ in pairs):
        return None
    return Event(kind, function, int(number), tuple((name, value) for name, _, value in pairs))


def _split(state: str) -> list[str]:
    parts, start, quoted, position = [], 0, False, 0
    while position < len(state):
        character = state[position]
        if quoted and character == "\\":
            position += 1
        elif character == '"':
            quoted = not quoted
        elif character == ";" and not quoted and state[position + 1 : position + 2] == " ":
            parts.append(state[start:position])
            start = position + 2
        position += 1
    return [*parts, state[start:]]


def read_events(text: str) -> list[Event]:
    """The events of a trace file, in order."""
    return [event for event in map(parse_event, text.split("\n")) if event is not None]


def without_events(text: str) -> str:
    """What a trace file holds beside its events: the program's own stderr."""
    return _ANYWHERE.sub("", text)


def distinct_states(events: Iterable[Event]) -> int:
    """How many different states there are, each told from the same values elsewhere."""
    return len({(event.kind, event.place, event.state) for event in events if event.state})


def state_changes(events: Iterable[Event]) -> int:
    """How often a name of a function has another value than in the event before."""
    known: dict[tuple[str, str], str] = {}
    changes = 0
    for event in events:
        for name, value in event.state:
            key = (event.function, name)
            changes += key in known and known[key] != value
            known[key] = value
    return changes


def dependency_depth(events: Iterable[Event]) -> int:
    """An estimate of how many values hang on each other: the longest chain of changes that met in one event."""
    known: dict[tuple[str, str], str] = {}
    depth: dict[tuple[str, str], int] = {}
    for event in events:
        keys = {(event.function, name): value for name, value in event.state}
        below = max((depth.get(key, 0) for key in keys), default=0)
        for key, value in keys.items():
            if known.get(key) != value:
                depth[key] = below + 1
                known[key] = value
    return max(depth.values(), default=0)


def copied_share(answer: str, prompt: str) -> float:
    """Share of the answer's lines (blank ones aside) that stand word for word in the prompt."""
    lines = [line.strip() for line in answer.split("\n") if line.strip()]
    return sum(line in prompt for line in lines) / len(lines) if lines else 0.0


def repeated_share(events: Sequence[Event]) -> float:
    """Share of the events that say what an earlier event of the same trace said."""
    return 1 - len(set(events)) / len(events) if events else 0.0


def compression_ratio(text: str) -> float:
    """Bytes of the text for each byte that zlib needs for it."""
    raw = text.encode()
    return len(raw) / len(zlib.compress(raw, 9)) if raw else 0.0
