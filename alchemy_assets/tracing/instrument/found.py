"""Find the points of a source by the engine, and the place of the helper that they call.

Belongs here: what is done once a source, for every language that the engine walks. Does not: the walk (`engine`), the
language (its own module).
"""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeVar

from tree_sitter import Node

from alchemy_assets.syntax_tree import parse, walk
from alchemy_assets.tracing.instrument.dialect import Dialect
from alchemy_assets.tracing.instrument.engine import Engine
from alchemy_assets.tracing.instrument.points import Insertion, Point
from alchemy_assets.tracing.reasons import Dropped, Reason

# What stands in a helper where the number of events goes that one place may write.
LIMIT_MARK = "@LIMIT@"
D = TypeVar("D", bound=Dialect)


@dataclass(frozen=True)
class Found:
    """The points that a source could have, in source order, and the insertions of the helper that they call."""

    points: tuple[Point, ...]
    helper: tuple[Insertion, ...]


@cache
def helper_text(folder: str) -> str:
    """The helper that stands in the programs of a language, from the folder of its instrumenter."""
    return (Path(__file__).parent / folder / "helper.txt").read_text(encoding="utf-8")


def free_name(source: str, names: Sequence[str], *, endings: Sequence[str] = ("",)) -> str | None:
    """The first name for the helper that the source does not use itself, in no case and with none of the endings."""
    ending = "|".join(map(re.escape, endings))
    return next((one for one in names if not re.search(rf"\b{one}(?:{ending})\b", source, re.IGNORECASE)), None)


def all_taken(names: Sequence[str]) -> Dropped:
    """The reason of a source that leaves no name for the helper."""
    return Dropped(Reason.CANNOT_INSTRUMENT, f"every name for the helper is taken: {', '.join(names)}")


def without_comments(root: Node, kinds: Collection[str] = ("comment",)) -> str:
    """The text of a program without what is only said in it; nodes of these kinds are left out."""
    raw, parts, position = root.text or b"", [], 0
    for one in walk(root):
        if one.type in kinds:
            parts.append(raw[position : one.start_byte])
            position = one.end_byte
    return b"".join([*parts, raw[position:]]).decode()


def newline_of(raw: bytes) -> str:
    """How lines end in a source."""
    return "\r\n" if b"\r\n" in raw else "\n"


def at_end(raw: bytes, text: str) -> Insertion:
    """A helper behind the last line of a source, with the source's own line ends."""
    newline = newline_of(raw)
    lead = "" if raw.endswith(b"\n") else newline
    return Insertion(len(raw), lead + f"\n{text}".replace("\n", newline))


def find(
    language: str,
    source: str,
    dialect: Callable[[Node, bytes], D | Dropped],
    helper: Callable[[Node, bytes, D], Sequence[Insertion] | Dropped],
    *,
    suffix: str = "",
) -> Found | Dropped:
    """All points of a source by the engine.

    dialect: makes the dialect for the root of this source, or says why it cannot be instrumented.
    helper: where the helper goes, as insertions with the source's own line ends.
    """
    raw = source.encode()
    root = parse(language, raw, suffix).root_node
    if root.has_error:
        return Dropped(Reason.CANNOT_INSTRUMENT, "the grammar does not understand the file")
    made = dialect(root, raw)
    if isinstance(made, Dropped):
        return made
    # The helper may depend on what its points show.
    points = Engine(raw, made, newline_of(raw)).program(root)
    placed = helper(root, raw, made)
    if isinstance(placed, Dropped):
        return placed
    if not points:
        return Dropped(Reason.NO_EVENTS, "no place for a trace point")
    return Found(tuple(points), tuple(placed))
