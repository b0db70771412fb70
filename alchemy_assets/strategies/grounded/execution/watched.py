"""One run of a file with what its events prove: counts, points that stand alone on their place, and names for lines.

Belongs here: what every form needs to know of a run. Does not: a question (the forms), the kind (`execution_question`).
"""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from alchemy_assets.strategies.phrasing import draw, fill, pick
from alchemy_assets.strategies.trace_kinds.branch import ORDINALS
from alchemy_assets.tracing.events import Event
from alchemy_assets.tracing.instrument.points import Point
from alchemy_assets.tracing.observed import Observed, Ran
from alchemy_assets.tracing.trials import TRIAL_LIMIT

LONGEST_QUOTE = 70
Place = tuple[str, str]
# What an instrumenter calls what has no name of its own in the source.
_NAMELESS = re.compile(r"[<>()\s]|\b(?:block|lambda|closure|anonymous|script|init|deinit|get|set)\b|\btop level\b")
_SUFFIXES = {1: "st", 2: "nd", 3: "rd"}
# What sorts and searches by a function that it is handed: how often it asks, and what, is its own business.
_SORTS = r"(?i:sort\w*|bsearch|heapify|binary_?search\w*)"


@dataclass(frozen=True)
class Watched:
    """A run, the points of its file, and how lines are named.

    quoted: whether a line is named by its code instead of its number. key: draws words.
    """

    observed: Observed
    ran: Ran
    lines: Sequence[str]
    points: Sequence[Point]
    quoted: bool
    key: str

    @cached_property
    def events(self) -> tuple[Event, ...]:
        """The events of the run."""
        return self.ran.events

    @cached_property
    def counts(self) -> Counter[Place]:
        """How many events each kind and place wrote."""
        return Counter((event.kind, event.place) for event in self.events)

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
            return re.search(rf"{_SORTS}\b", self.lines[line - 1]) is not None
        name = re.escape(re.split(r"[.:]+", function)[-1])
        others = [one for at, one in enumerate(self.lines, 1) if at != line and re.search(rf"(?<!\w){name}(?!\w)", one)]
        sorts = rf"{_SORTS}\b[^;\n]*[(,&\s'\":]{name}(?!\w|\s*\()"
        return any(re.search(sorts, one) for one in others) or (
            bool(others) and all(re.search(rf"['\"]{name}['\"](?!\s*(?:=>|:))", one) for one in others)
        )

    def count(self, kind: str, place: str) -> int | None:
        """How often control came to a place; None where that is not known."""
        count = self.counts[kind, place]
        return count if (kind, place) in self.alone and count < TRIAL_LIMIT else None

    def line(self, number: int) -> str | None:
        """How a line is called in a sentence; None where it cannot be."""
        if not self.quoted:
            return f"line {number}"
        code = self.code(number)
        return f"`{code}`" if code and self._once(code) else None

    def code(self, number: int) -> str:
        """The code of a line where it fits into a sentence, else nothing."""
        text = self.lines[number - 1].strip() if number <= len(self.lines) else ""
        return text if len(text) <= LONGEST_QUOTE and "`" not in text and re.search(r"\w", text) else ""

    def _once(self, code: str) -> bool:
        return self._codes[code] == 1 and len(code) >= 4  # noqa: PLR2004 -- `} )` names nothing

    @cached_property
    def _codes(self) -> Counter[str]:
        """How often each line stands in the file, its indentation aside."""
        return Counter(line.strip() for line in self.lines)

    def words(self, form: str, what: str, values: Mapping[str, str]) -> str:
        """A phrasing of `phrasings/execution_<form>.txt`, drawn by the run and what is asked."""
        _, template = pick(f"execution_{form}", f"{self.key} {what}")
        return fill(template, values)

    def chance(self, what: str) -> int:
        """A number that is the same each time for the same run."""
        return draw(what, self.key, self.ran.command, self.ran.test.label)


@dataclass(frozen=True)
class Question:
    """What is asked about a run.

    text: the question itself; answer: the value alone; reasoned: the same with what the events show of the way to it.
    followed: the events that one must have gone through to know. best: whether it is among the most telling ones.
    """

    form: str
    text: str
    answer: str
    reasoned: str
    followed: tuple[Event, ...]
    detail: str
    best: bool = True


def is_one(watched: Watched, function: str) -> bool:
    """Whether only one definition of a file has this name, so that its calls can be counted by it."""
    return has_name(function) and sum(one.kind == "IN" and one.function == function for one in watched.points) == 1


def ordinal(number: int, key: int) -> str:
    """`third` or `3rd`, as a number draws it."""
    if number <= len(ORDINALS) and key % 3:
        return ORDINALS[number - 1]
    teens = 10 < number % 100 < 14  # noqa: PLR2004 -- eleventh to thirteenth
    return f"{number}{'th' if teens else _SUFFIXES.get(number % 10, 'th')}"


def times(number: int) -> str:
    """How often, in words."""
    return {1: "once", 2: "twice"}.get(number, f"{number} times")


def has_name(function: str) -> bool:
    """Whether a function is called in the source as events call it."""
    return not _NAMELESS.search(function)


def listed(values: Sequence[str], most: int = 8) -> str:
    """Values one after the other as code; of many, the last ones."""
    shown = [f"`{value}`" for value in values[-most:]]
    lead = "..., " if len(values) > most else ""
    return lead + ", ".join(shown)


def sentence(text: str) -> str:
    """A text whose first letter is a capital, where it is one of a word and not of code."""
    return f"{text[0].upper()}{text[1:]}"
