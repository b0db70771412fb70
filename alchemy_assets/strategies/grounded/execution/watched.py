"""One run of a file with what its events prove, and names for lines.

Belongs here: what every form needs to know of a run. Does not: what all runs of a file share (`source`), questions (the forms).
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from alchemy_assets.strategies.grounded.execution.source import Place, Source, has_name
from alchemy_assets.strategies.phrasing import draw, fill, pick
from alchemy_assets.strategies.trace_kinds.branch import ORDINALS
from alchemy_assets.tracing.events import Event
from alchemy_assets.tracing.instrument.points import Point
from alchemy_assets.tracing.observed import Observed, Ran
from alchemy_assets.tracing.trials import TRIAL_LIMIT

LONGEST_QUOTE = 70
# Where a function is named by its class and two colons.
_COLONS = {"Cpp", "PHP", "Rust"}
_SUFFIXES = {1: "st", 2: "nd", 3: "rd"}


@dataclass(frozen=True)
class Watched:
    """A run of a file, and how lines are named.

    quoted: whether a line is named by its code instead of its number. key: draws words.
    """

    source: Source
    ran: Ran
    quoted: bool
    key: str

    @property
    def observed(self) -> Observed:
        """What was seen of the file."""
        return self.source.observed

    @property
    def lines(self) -> Sequence[str]:
        """The lines of the file."""
        return self.source.lines

    @property
    def points(self) -> Sequence[Point]:
        """All points that the file could have."""
        return self.source.points

    @property
    def alone(self) -> Mapping[Place, Point]:
        """The points that stand alone."""
        return self.source.alone

    @property
    def events(self) -> tuple[Event, ...]:
        """The events of the run."""
        return self.ran.events

    @cached_property
    def counts(self) -> Counter[Place]:
        """How many events each kind and place wrote."""
        return Counter((event.kind, event.place) for event in self.events)

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
        return self.source.codes[code] == 1 and len(code) >= 4  # noqa: PLR2004 -- `} )` names nothing

    def name(self, function: str) -> str:
        """How a function of a class is written in the language."""
        return f"`{function.replace('.', '::') if self.observed.language in _COLONS else function}`"

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


def listed(values: Sequence[str], most: int = 8) -> str:
    """Values one after the other as code; of many, the last ones."""
    shown = [f"`{value}`" for value in values[-most:]]
    lead = "..., " if len(values) > most else ""
    return lead + ", ".join(shown)


def sentence(text: str) -> str:
    """A text whose first letter is a capital, where it is one of a word and not of code."""
    return f"{text[0].upper()}{text[1:]}"
