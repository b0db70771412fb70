"""The instrumenters that there are, and the one way to use them.

Belongs here: from a language and a source to an instrumented program. Does not: how a language is instrumented.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType

from alchemy_assets.tracing.instrument.c import instrumenter as c
from alchemy_assets.tracing.instrument.cpp import instrumenter as cpp
from alchemy_assets.tracing.instrument.csharp import instrumenter as csharp
from alchemy_assets.tracing.instrument.engine import MODULE
from alchemy_assets.tracing.instrument.found import LIMIT_MARK, Found
from alchemy_assets.tracing.instrument.go import instrumenter as go
from alchemy_assets.tracing.instrument.java import instrumenter as java
from alchemy_assets.tracing.instrument.javascript import instrumenter as javascript
from alchemy_assets.tracing.instrument.php import instrumenter as php
from alchemy_assets.tracing.instrument.points import Instrumented, choose, insert
from alchemy_assets.tracing.instrument.python import instrumenter as python
from alchemy_assets.tracing.instrument.ruby import instrumenter as ruby
from alchemy_assets.tracing.instrument.rust import instrumenter as rust
from alchemy_assets.tracing.instrument.shell import instrumenter as shell
from alchemy_assets.tracing.instrument.sql import instrumenter as sql
from alchemy_assets.tracing.instrument.swift import instrumenter as swift
from alchemy_assets.tracing.instrument.typescript import instrumenter as typescript
from alchemy_assets.tracing.reasons import Dropped, Reason

DEFAULT_LIMIT = 8


@dataclass(frozen=True)
class Instrumenter:
    """What a language brings: its candidate points with the helper they call, and whether a text is still a program."""

    name: str
    find_points: Callable[[str], Found | Dropped]
    parses: Callable[[str], bool]


INSTRUMENTERS: Mapping[str, Instrumenter] = MappingProxyType(
    {
        "C": Instrumenter("c/1", c.find_points, c.parses),
        "CSharp": Instrumenter("csharp/1", csharp.find_points, csharp.parses),
        "Cpp": Instrumenter("cpp/1", cpp.find_points, cpp.parses),
        "Go": Instrumenter("go/1", go.find_points, go.parses),
        "Java": Instrumenter("java/1", java.find_points, java.parses),
        "JavaScript": Instrumenter("javascript/1", javascript.find_points, javascript.parses),
        "PHP": Instrumenter("php/1", php.find_points, php.parses),
        "Python": Instrumenter("python/2", python.find_points, python.parses),
        "Ruby": Instrumenter("ruby/1", ruby.find_points, ruby.parses),
        "Rust": Instrumenter("rust/1", rust.find_points, rust.parses),
        "SQL": Instrumenter("sql/1", sql.find_points, sql.parses),
        "Shell": Instrumenter("shell/2", shell.find_points, shell.parses),
        "Swift": Instrumenter("swift/1", swift.find_points, swift.parses),
        "TypeScript": Instrumenter("typescript/1", typescript.find_points, typescript.parses),
    }
)


@lru_cache(maxsize=128)  # A program is instrumented anew with every choice of points.
def points_of(language: str, source: str) -> Found | Dropped:
    """Every point that a source could have, and the helper, or why it can have none."""
    return INSTRUMENTERS[language].find_points(source)


def instrument(  # noqa: PLR0913 -- what makes one program out of many
    language: str,
    source: str,
    points: int,
    *,
    limit: int = DEFAULT_LIMIT,
    worth: Mapping[tuple[str, str], float] | None = None,
    refused: Collection[tuple[str, str]] = (),
) -> Instrumented | Dropped:
    """The same program with at most `points` trace points, deterministically chosen, or why that cannot be.

    limit: events of one type that one place may write, enforced by the shown helper; worth: as in `points.choose`.
    refused: (kind, place) of points that the compiler did not take.
    """
    if language not in INSTRUMENTERS:
        return Dropped(Reason.NO_INSTRUMENTER, language)
    found = points_of(language, source)
    if isinstance(found, Dropped):
        return found
    candidates = [point for point in found.points if (point.kind, point.place) not in refused]
    if not candidates:
        return Dropped(Reason.CANNOT_INSTRUMENT, "the compiler takes no point")
    helper = [replace(one, text=one.text.replace(LIMIT_MARK, str(limit))) for one in found.helper]
    shown = insert(source.encode(), choose(candidates, points, worth), helper)
    if not INSTRUMENTERS[language].parses(shown.text):
        return Dropped(Reason.CANNOT_INSTRUMENT, "the instrumented file does not parse")
    return shown


def points_outside(language: str, source: str, lines: Collection[int]) -> frozenset[tuple[str, str]]:
    """(kind, place) of the points that stand in no function, or on none of these lines: calls say nothing there."""
    found = points_of(language, source)
    if isinstance(found, Dropped):
        return frozenset()
    return frozenset(
        (point.kind, point.place) for point in found.points if point.function == MODULE or point.line not in lines
    )
