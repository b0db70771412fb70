"""Ask for a walk through one test in words; the answer is written by rule out of its events, and ends with what came out.

Belongs here: which test is told, the frame of the telling, its end. Does not: the sentences (`telling`).
"""

import re
from collections import Counter

from alchemy_assets.strategies.conversation import fenced
from alchemy_assets.strategies.grounded.printed import LONG, NO_OUTPUT, READABLE, fault_of_text
from alchemy_assets.strategies.phrasing import draw
from alchemy_assets.strategies.strategy import Left
from alchemy_assets.strategies.trace_kinds import showing
from alchemy_assets.strategies.trace_kinds.reasons import Reason
from alchemy_assets.strategies.trace_kinds.recording import Made, Recording, Test
from alchemy_assets.strategies.trace_kinds.telling import told
from alchemy_assets.tracing.events import state_changes, without_events

LEAST_EVENTS, MOST_EVENTS = 8, 60
LONGEST = 2_400
SHORT_OUTPUT = 3
_MOST_COMPLAINT = 240
# The instrumented program's own line numbers are not those of the source that is shown.
_LINE = re.compile(r"\bline \d+|:\d+:")
_ENDS = (
    "It prints:",
    "On standard output:",
    "Printed in all:",
    "The output of the run:",
    "So this is the output:",
)
_SILENT = (
    "Nothing is printed on standard output.",
    "It ends without a word on standard output.",
    "Standard output stays empty.",
)
_COMPLAINTS = ("On standard error it says:", "Standard error holds:", "It complains on standard error:")


def make(recording: Recording) -> Made | Left:
    """The walk through a test whose trace is complete, of a good length, and whose outcome is known."""
    told_of = [(test, text) for test in recording.tests if (text := _walk(recording, test)) is not None]
    if not told_of:
        counts = ", ".join(str(len(test.events)) for test in recording.tests)
        return Left(Reason.NO_SHORT_TRACE, f"events of the tests: {counts}")
    # The shortest walks are those in which the program has nothing to do.
    most = max(state_changes(test.events) for test, _ in told_of)
    worth = [one for one in told_of if state_changes(one[0].events) * 2 >= most]
    test, text = showing.choose(recording, "monologue", worth)
    return Made(
        {"code": showing.code(recording, numbered=True), **showing.of_test(recording, test)},
        text,
        f"test {test.number}, all of its {len(test.events)} events",
        test.events,
        instrumented=False,
    )


def _walk(recording: Recording, test: Test) -> str | None:
    """The walk, or None where it would be too long, leave something out, or tell what the reader cannot check."""
    if not LEAST_EVENTS <= len(test.events) <= MOST_EVENTS or _fell_silent(recording, test):
        return None
    end = _end(recording, test)
    if end is None:
        return None
    steps = told(test.events, recording.original.split("\n"), f"{recording.blob_id} {test.number}")
    text = "\n\n".join([_laid_out(recording, steps), end])
    return text if len(text) <= LONGEST and not LONG.search(text) else None


def _fell_silent(recording: Recording, test: Test) -> bool:
    """Whether a place may have been visited more often than it was allowed to say."""
    counts = Counter((event.kind, event.place) for event in test.events)
    return recording.limit is None or max(counts.values()) >= recording.limit


def _laid_out(recording: Recording, steps: list[str]) -> str:
    """Numbered, in points, or a line each, as the blob id draws."""
    way = draw("layout", recording.blob_id) % 3
    if way == 0:
        return "\n".join(f"{number}. {step}" for number, step in enumerate(steps, 1))
    return "\n".join(f"- {step}" for step in steps) if way == 1 else "\n\n".join(steps)


def _end(recording: Recording, test: Test) -> str | None:
    """What came out of the run; None where it is not known or cannot be told."""
    if test.output is None:
        return None
    fault = fault_of_text(test.output, recording.language, recording.original)
    # A line or two that can be read off the source are an end like any other, and so is no output at all.
    is_short = test.output.count("\n") <= SHORT_OUTPUT
    if fault is not None and not (is_short and fault[0] in {NO_OUTPUT, READABLE}):
        return None
    complaint = without_events(test.trace).strip()
    if len(complaint) > _MOST_COMPLAINT or _LINE.search(complaint):
        return None
    parts = []
    if complaint:
        parts.append(f"{_of(_COMPLAINTS, recording)}\n\n{fenced(complaint, 'text')}")
    if test.output.strip():
        parts.append(f"{_of(_ENDS, recording)}\n\n{fenced(test.output.removesuffix(chr(10)), 'text')}")
    else:
        parts.append(_of(_SILENT, recording))
    return "\n\n".join(parts)


def _of(words: tuple[str, ...], recording: Recording) -> str:
    return words[draw(words[0], recording.blob_id) % len(words)]
