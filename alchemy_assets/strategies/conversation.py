"""Write turns of a conversation: code in fences that hold it, and a look for text that would end a turn too early.

Belongs here: what is the same for the turns of every kind. Does not: what the turns say; the marks
(`curation.control_marks`).
"""

import re
from collections.abc import Iterable

from alchemy_assets.curation.control_marks import marks

_TICKS = re.compile(r"`{3,}")
# The frame of CodeTrace's own turns.
_OF_TRACES = ("===STDERR:", "---- FILENAME:")


def fenced(text: str, info: str) -> str:
    """A Markdown code block around a text, its fence longer than any run of backticks inside."""
    fence = "`" * max([3, *(len(ticks) + 1 for ticks in _TICKS.findall(text))])
    return f"{fence}{info}\n{text}\n{fence}"


def control_text_in(turns: Iterable[str], *, of_traces: bool = False) -> str | None:
    """The first mark in the turns that a prompt or a training loop would take for its own; None where there is none.

    `of_traces` allows the frame of trace files, which CodeTrace writes itself.
    """
    for turn in turns:
        for mark in marks(turn):
            found = turn[mark.start : mark.end]
            if not (of_traces and found.startswith(_OF_TRACES)):
                return turn[turn.rfind("\n", 0, mark.start) + 1 : mark.end]
    return None
