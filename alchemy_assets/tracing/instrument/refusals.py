"""Read out of a compiler's messages which trace points it did not take.

Belongs here: from messages to points. Does not: compiling (`record`).
A point may ask more of a value than its language gives: a type that cannot be shown, a name that was moved away. The
compiler knows; the program is then instrumented without that point.
"""

import re

from alchemy_assets.tracing.instrument.points import Instrumented

# `source.rs:12:5`, `source.cs(12,5)`, and the lines that rustc and swiftc show with their numbers.
_BESIDE = re.compile(r"^ *(\d+) \|", re.MULTILINE)


def refused(shown: Instrumented, messages: str, entry: str) -> frozenset[tuple[str, str]]:
    """(kind, place) of the points that the messages of a compiler blame; none where they blame something else."""
    named = [int(line) for line in re.findall(rf"{re.escape(entry)}[:(](\d+)", messages)]
    found = _at(shown, named) or _at(shown, [int(line) for line in _BESIDE.findall(messages)])
    # A statement that was right alone may be blamed for what the point behind it reads: a temporary that it lends.
    return found or _at(shown, [line + 1 for line in named])


def _at(shown: Instrumented, lines: list[int]) -> frozenset[tuple[str, str]]:
    return frozenset((point.kind, point.place) for line in set(lines) for point in shown.points_at(line))
