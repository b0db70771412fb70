"""A file whose runs are asked about, with what is the same for all of them: points that stand alone, lines that do.

Belongs here: what is read off the text once a file. Does not: anything about one run (`watched`).
"""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from alchemy_assets.strategies.grounded.execution.chains import Chain, chains
from alchemy_assets.tracing.instrument.points import Point
from alchemy_assets.tracing.observed import Observed

Place = tuple[str, str]
# What an instrumenter calls what has no name of its own in the source.
_NAMELESS = re.compile(r"[<>()\s]|\b(?:block|lambda|closure|anonymous|script|init|deinit|get|set)\b|\btop level\b")
# What sorts and searches by a function that it is handed: how often it asks, and what, is its own business.
_SORTS = r"(?i:sort\w*|bsearch|heapify|binary_?search\w*)"
_SORT = re.compile(rf"{_SORTS}\b")


@dataclass(frozen=True)
class Source:
    """A file, what was seen of it, and all points that it could have."""

    observed: Observed
    text: str
    points: Sequence[Point]

    @cached_property
    def lines(self) -> list[str]:
        """The lines of the text."""
        return self.text.split("\n")

    @cached_property
    def chains(self) -> list[Chain]:
        """Every `if` that has points."""
        return chains(self.observed.language, self.text, self.points)

    @cached_property
    def codes(self) -> Counter[str]:
        """How often each line stands in the file, its indentation aside."""
        return Counter(line.strip() for line in self.lines)

    @cached_property
    def alone(self) -> Mapping[Place, Point]:
        """The points that are the only ones of their kind at their place, and surely stood in the program."""
        found: dict[Place, list[Point]] = defaultdict(list)
        for point in self.points:
            found[point.kind, point.place].append(point)
        return {
            place: points[0]
            for place, points in found.items()
            if len(points) == 1 and points[0].line in self.observed.points and points[0].function not in self._handed
        }

    @cached_property
    def _handed(self) -> frozenset[str]:
        """The functions that only a library calls: handed over to be sorted by, or by their names as texts."""
        functions = {point.function: point.line for point in self.points if point.kind == "IN"}
        return frozenset(one for one, line in functions.items() if self._is_handed(one, line))

    def _is_handed(self, function: str, line: int) -> bool:
        if not has_name(function):
            return _SORT.search(self.lines[line - 1]) is not None
        bare = bare_name(function)
        name = re.escape(bare)
        named = re.compile(rf"(?<!\w){name}(?!\w)")
        # Most lines do not hold a name, and a pattern costs much more than a look.
        others = [one for at, one in enumerate(self.lines, 1) if bare in one and at != line and named.search(one)]
        sorts = rf"{_SORTS}\b[^;\n]*[(,&\s'\":]{name}(?!\w|\s*\()"
        return any(re.search(sorts, one) for one in others if _SORT.search(one)) or (
            bool(others) and all(re.search(rf"['\"]{name}['\"](?!\s*(?:=>|:))", one) for one in others)
        )


def has_name(function: str) -> bool:
    """Whether a function is called in the source as events call it."""
    return not _NAMELESS.search(function)


def bare_name(function: str) -> str:
    """The name of a function without that of its class."""
    return re.split(r"[.:]+", function)[-1]
