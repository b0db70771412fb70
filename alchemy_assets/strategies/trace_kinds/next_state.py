"""Ask for the next event of a trace: the program, its script, and the trace of one test up to a point.

Belongs here: which event is worth asking for. Does not: how it is asked (`phrasings/trace_next_state.txt`).
An event is worth it where a value changed to something that stood nowhere before: what could be copied from an earlier
event, from the script or from the source, or only counts one further, teaches nothing. Best are values that no event
right before holds as a part of another (a word cut out of a line that is being read).
"""

import re
from collections.abc import Iterator, Sequence

from alchemy_assets.strategies.conversation import fenced
from alchemy_assets.strategies.grounded.printed import LONG
from alchemy_assets.strategies.strategy import Left
from alchemy_assets.strategies.trace_kinds import showing
from alchemy_assets.strategies.trace_kinds.reasons import Reason
from alchemy_assets.strategies.trace_kinds.recording import Made, Recording, Test
from alchemy_assets.tracing.events import Event, format_event, parse_event

LEAST_BEFORE = 3
# A trace is shown whole up to this many lines, and beyond that its last ones.
SHOWN_WHOLE, SHOWN_LAST = 40, 24
LONGEST = 300
# Shorter texts stand in a source by chance.
_LEAST_LITERAL = 3
_NEAR = 3
_INTEGER = re.compile(r"-?\d{1,18}")


def make(recording: Recording) -> Made | Left:
    """The question for one event, drawn among those of all tests that are worth it."""
    found = [
        (best, test, index)
        for test in recording.tests
        for index, best in worth_asking(test.events, recording.original, test.commands)
    ]
    if not found:
        return Left(Reason.NOTHING_NEW)
    asked = [one for one in found if one[0]] or found
    _, test, index = showing.choose(recording, "next state", asked)
    return Made(
        {
            "files": showing.files(recording),
            "trace": fenced(_so_far(test, index), "text"),
            "number": str(index + 1),
            **showing.of_test(recording, test),
        },
        format_event(test.events[index]),
        f"event {index + 1} of test {test.number}, at {test.events[index].place}",
        test.events[: index + 1],
        instrumented=True,
    )


def worth_asking(events: Sequence[Event], source: str, commands: str) -> Iterator[tuple[int, bool]]:
    """Positions of the events that show a value which changed and can be copied from nowhere, and whether it is best."""
    return ((index, best) for index, _, best in news(events, source, commands))


def news(events: Sequence[Event], source: str, commands: str) -> Iterator[tuple[int, tuple[str, ...], bool]]:
    """The same, with the names that have such a value."""
    known: dict[tuple[str, str], str] = {}
    seen: set[str] = set()
    for index, event in enumerate(events):
        changed = [(name, known.get((event.function, name)), value) for name, value in event.state]
        # What a loop turns over often stands in the source as a list, however short its items are.
        least = 1 if event.kind == "LOOP" else _LEAST_LITERAL
        new = [
            (name, value)
            for name, before, value in changed
            if _is_new(before, value, seen)
            and not _stands_in(source, _bare(value), least)
            and not _stands_in(commands, _bare(value), 1)
        ]
        line = format_event(event)
        if new and index >= LEAST_BEFORE and len(line) <= LONGEST and not LONG.search(line):
            near = " ".join(format_event(one) for one in events[index - _NEAR : index])
            yield index, tuple(name for name, _ in new), any(_bare(value) not in near for _, value in new)
        known.update({(event.function, name): value for name, value in event.state})
        seen.update(value for _, value in event.state)


def _bare(value: str) -> str:
    return value.strip('"')


def _stands_in(text: str, bare: str, least: int) -> bool:
    # Most stand nowhere, and a pattern costs much more than a look.
    return len(bare) >= least and bare in text and re.search(rf"(?<!\w){re.escape(bare)}(?!\w)", text) is not None


def _is_new(before: str | None, value: str, seen: set[str]) -> bool:
    if before is None or before == value or value in seen:
        return False
    if _INTEGER.fullmatch(before) and _INTEGER.fullmatch(value) and abs(int(before) - int(value)) == 1:
        return False
    return bool(_bare(value))


def _so_far(test: Test, index: int) -> str:
    """The lines of the trace file before the event, those of the program's own standard error too."""
    lines = test.trace.split("\n")
    positions = [position for position, line in enumerate(lines) if parse_event(line) is not None]
    before = lines[: positions[index]]
    if len(before) <= SHOWN_WHOLE:
        return "\n".join(before)
    return "\n".join([f"[{len(before) - SHOWN_LAST} lines before these]", *before[-SHOWN_LAST:]])
