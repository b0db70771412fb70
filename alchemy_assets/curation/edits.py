"""Carry out recorded edits: replace byte spans of a text's UTF-8, and say where spans collide.

Belongs here: the one way in which an edit is applied. Does not: why a span is replaced (the stages).
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from alchemy_assets.errors import AlchemyError


class EditError(AlchemyError, ValueError):
    """A recorded edit does not fit its text, or two edits want the same bytes."""


class Edit(NamedTuple):
    """Bytes `start` to `end` (excluded) of a text's UTF-8 become `replacement`."""

    start: int
    end: int
    replacement: str
    kind: str


def ordered(edits: Iterable[Edit]) -> list[Edit]:
    """Edits by place; where two stages recorded the very same replacement it counts once."""
    by_place: dict[tuple[int, int, str], Edit] = {}
    for edit in edits:
        by_place.setdefault((edit.start, edit.end, edit.replacement), edit)
    return sorted(by_place.values(), key=lambda edit: (edit.start, edit.end))


def overlap(edits: Sequence[Edit]) -> bool:
    """Whether two edits (in order) want the same bytes."""
    return any(after.start < before.end for before, after in pairwise(edits))


def edited(text: str, edits: Sequence[Edit]) -> str:
    """The text with its edits carried out; raises EditError where they overlap, leave the text or cut a character."""
    source, parts, at = text.encode(), [], 0
    for edit in ordered(edits):
        if not at <= edit.start <= edit.end <= len(source):
            msg = (
                f"the edit of bytes {edit.start} to {edit.end} overlaps another or leaves a text of {len(source)} bytes"
            )
            raise EditError(msg)
        parts += [source[at : edit.start], edit.replacement.encode()]
        at = edit.end
    try:
        return b"".join((*parts, source[at:])).decode()
    except UnicodeDecodeError as error:
        msg = f"an edit cuts a character in two: {error}"
        raise EditError(msg) from error
