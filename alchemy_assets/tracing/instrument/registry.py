"""The instrumenters that there are, and the one way to use them.

Belongs here: from a language and a source to an instrumented program. Does not: how a language is instrumented.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from alchemy_assets.tracing.instrument import python, shell
from alchemy_assets.tracing.instrument.points import Insertion, Instrumented, Point, choose, insert
from alchemy_assets.tracing.reasons import Dropped, Reason

DEFAULT_LIMIT = 8


@dataclass(frozen=True)
class Instrumenter:
    """What a language brings: its candidate points with the helper they call, and whether a text is still a program."""

    name: str
    find_points: Callable[[str], tuple[list[Point], Insertion] | Dropped]
    parses: Callable[[str], bool]


INSTRUMENTERS: Mapping[str, Instrumenter] = MappingProxyType(
    {
        "Python": Instrumenter("python/1", python.find_points, python.parses),
        "Shell": Instrumenter("shell/1", shell.find_points, shell.parses),
    }
)


def instrument(
    language: str,
    source: str,
    points: int,
    *,
    limit: int = DEFAULT_LIMIT,
    worth: Mapping[tuple[str, str], float] | None = None,
) -> Instrumented | Dropped:
    """The same program with at most `points` trace points, deterministically chosen, or why that cannot be.

    limit: events of one type that one place may write, enforced by the shown helper; worth: as in `points.choose`.
    """
    if language not in INSTRUMENTERS:
        return Dropped(Reason.NO_INSTRUMENTER, language)
    instrumenter = INSTRUMENTERS[language]
    found = instrumenter.find_points(source)
    if isinstance(found, Dropped):
        return found
    candidates, helper = found
    shown = insert(source.encode(), choose(candidates, points, worth), _with_limit(helper, limit))
    if not instrumenter.parses(shown.text):
        return Dropped(Reason.CANNOT_INSTRUMENT, "the instrumented file does not parse")
    return shown


def _with_limit(helper: Insertion, limit: int) -> Insertion:
    return replace(helper, text=re.sub(r"(?m)^(\w+_LIMIT ?= ?)\d+", rf"\g<1>{limit}", helper.text))
