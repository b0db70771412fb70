"""Find the lines and the words of many texts at once.

Belongs here: where each starts and ends, its first and last bytes, and sums over the lines or words of a text. Does not: what
they say (`lines`, `words`). A word is a run of letters (as `texts` has them) and digits. A table knows its texts and
not the other way round: a circle would keep the memory of every piece until Python looks for circles.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from alchemy_assets.curation.file_shape.texts import (
    FIRST_BYTES,
    PAD,
    Bytes,
    Hashes,
    Heads,
    Mask,
    Places,
    Texts,
    first_bytes,
    number,
    repeated,
    texts_of,
)

# A line that starts with more blanks than this (in steps of eight) is taken to start there.
_MOST_INDENT_STEPS = 128
_SPREAD, _SPREAD_TAIL = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)
_SPACES = repeated(0x20)
_LOW_BITS, _HIGH_BITS = repeated(0x7F), repeated(0x80)
# Added to seven bits of a byte, this reaches the eighth where the byte is above the blank.
_ABOVE_BLANK = repeated(0x80 - 0x21)


@dataclass(frozen=True)
class Lines:
    """The lines of all texts.

    starts, ends: from the first byte to the newline (excluded). contents: the first byte that is not blank, or the newline.
    bounds: where the lines of each text begin in these arrays, and the end of the last.
    """

    texts: Texts
    starts: Places
    ends: Places
    contents: Places
    bounds: Places

    @cached_property
    def filled(self) -> Mask:
        """Lines with more than blanks."""
        return np.asarray(self.contents < self.ends)

    @cached_property
    def counts(self) -> Places:
        """How many lines each text has."""
        return np.diff(self.bounds)

    @cached_property
    def text(self) -> Places:
        """Which text each line belongs to."""
        return np.repeat(np.arange(len(self.counts)), self.counts)

    @cached_property
    def heads(self) -> tuple[Heads, Heads]:
        """The first eight bytes of each line's content, and the next eight (with what follows, where it is shorter)."""
        return self.texts.heads(self.contents), self.texts.heads(np.minimum(self.contents + 8, self.texts.stop))

    @cached_property
    def tails(self) -> Heads:
        """The last eight bytes of each line (with what stands before it, where it is shorter)."""
        ends = self.ends - (self.texts.data[self.ends - 1] == ord("\r"))
        return self.texts.heads(ends - 8)

    def begin_with(self, *beginnings: str) -> Mask:
        """Lines whose content begins with one of these (up to sixteen bytes; a newline in them is the line's end)."""
        found = np.zeros(len(self.starts), dtype=bool)
        for beginning in beginnings:
            first, second = beginning[:8], beginning[8:]
            fits = self._begun(0, len(first)) == number(first)
            if second:
                fits &= self._begun(1, len(second)) == number(second)
            found |= fits
        return found

    def _begun(self, eight: int, length: int) -> Heads:
        """So many bytes of the first or the second eight of each line."""
        if (eight, length) not in self._beginnings:
            self._beginnings[eight, length] = self.heads[eight] & FIRST_BYTES[length]
        return self._beginnings[eight, length]

    @cached_property
    def _beginnings(self) -> dict[tuple[int, int], Heads]:
        return {}

    def end_with(self, *endings: str) -> Mask:
        """Lines that end with one of these (up to eight bytes)."""
        found = np.zeros(len(self.starts), dtype=bool)
        for ending in endings:
            shift = np.uint64(8 * (8 - len(ending)))
            found |= self.tails >> shift == number(ending)
        return found

    def of(self, places: Places) -> Places:
        """Which line each place lies in."""
        return np.searchsorted(self.ends, places)

    def per_text(self, values: NDArray[np.generic]) -> Places:
        """The sum over the lines of each text, which has one at least."""
        return np.add.reduceat(values, self.bounds[:-1], dtype=np.int64)


@dataclass(frozen=True)
class Words:
    """The words of all texts: where they start, how long they are, their first eight bytes, and each text's bounds."""

    texts: Texts
    starts: Places
    lengths: NDArray[np.int32]
    heads: Heads
    bounds: Places

    @cached_property
    def sizes(self) -> Places:
        """Bytes of all words of each text."""
        totals = np.zeros(len(self.lengths) + 1, dtype=np.int64)
        np.cumsum(self.lengths, out=totals[1:])
        return np.diff(totals[self.bounds])

    @cached_property
    def short(self) -> Bytes:
        """The lengths in a byte each, so that they are compared quickly; 255 stands for more too."""
        return np.minimum(self.lengths, 255).astype(np.uint8)

    def text_of(self, words: Places) -> Places:
        """Which text each of some words stands in."""
        return np.searchsorted(self.bounds, words, side="right") - 1

    def per_text(self, words: Places, values: NDArray[np.generic] | None = None) -> Places:
        """How many of some words each text has, or the sum of their values."""
        return np.bincount(self.text_of(words), weights=values, minlength=self.texts.count).astype(np.int64)

    @cached_property
    def hashes(self) -> Hashes:
        """A number for each word: of its first and last eight bytes (those between hardly ever differ).

        Thirty-two bits are enough to tell the words of one text apart: in 10,000 one pair is equal by chance in a hundred texts.
        """
        mixed = self.heads * _SPREAD
        long = np.flatnonzero(self.lengths > 8)  # noqa: PLR2004 -- what is more than a head
        mixed[long] += self.texts.heads(self.starts[long] + self.lengths[long] - 8) * _SPREAD_TAIL
        mixed ^= mixed >> np.uint64(32)
        mixed *= _SPREAD
        return mixed.view("<u4")[1::2].copy()

    @cached_property
    def _lowered(self) -> Heads:
        """The heads in lower case (digits stay, an underscore becomes something else)."""
        return self.heads | _SPACES

    def followed_by(self, words: Places, *others: str) -> Places:
        """Those of some words behind which one of these comes in the same text."""
        words = np.asarray(words[words + 1 < len(self.starts)])
        near = np.isin(self._lowered[words + 1], [number(other) | _SPACES for other in others])
        near &= self.text_of(words) == self.text_of(words + 1)
        return np.asarray(words[near])

    def are(self, *words: str) -> Mask:
        """Words that are one of these in whatever case, or begin with one of eight letters."""
        found = np.zeros(len(self.starts), dtype=bool)
        for word in words:
            found |= self._lowered == number(word) | _SPACES
        return found


class Tables(NamedTuple):
    """Some texts with their lines and words."""

    texts: Texts
    lines: Lines
    words: Words


def tables_of(column: pl.Series) -> Tables:
    """A column of texts as bytes, lines and words."""
    texts = texts_of(column)
    return Tables(texts, lines_of(texts), words_of(texts))


def lines_of(texts: Texts) -> Lines:
    """The lines of some texts."""
    places, newlines = texts.events
    ends = places[newlines]
    starts = np.empty_like(ends)
    starts[:1], starts[1:] = PAD, ends[:-1] + 1
    return Lines(texts, starts, ends, _contents(texts, starts, ends), np.searchsorted(starts, texts.bounds))


def _contents(texts: Texts, starts: Places, ends: Places) -> Places:
    """The first byte of each line that is neither a blank nor a tab; at most the line's end."""
    blanks, filled = _blanks_at(texts, starts)
    contents = starts + blanks
    unsure = np.flatnonzero(~filled & (contents < ends))
    for _ in range(_MOST_INDENT_STEPS):
        if not len(unsure):
            break
        blanks, filled = _blanks_at(texts, contents[unsure])
        contents[unsure] += blanks
        unsure = unsure[~filled]
        unsure = unsure[contents[unsure] < ends[unsure]]
    return np.asarray(np.minimum(contents, ends))


def _blanks_at(texts: Texts, places: Places) -> tuple[Bytes, Mask]:
    """How many of the eight bytes from each place on are blank before the first that is not, and whether one is not."""
    heads = texts.heads(places)
    filled = (((heads & _LOW_BITS) + _ABOVE_BLANK) | heads) & _HIGH_BITS
    blanks: Bytes = np.bitwise_count((filled - np.uint64(1)) & ~filled) >> np.uint8(3)
    return blanks, np.asarray(filled != 0)


def words_of(texts: Texts) -> Words:
    """The words of some texts."""
    inside = texts.in_words()
    changes = np.zeros(len(inside), dtype=bool)
    np.not_equal(inside[1:], inside[:-1], out=changes[1:])
    edges = np.flatnonzero(changes)
    starts = np.ascontiguousarray(edges[::2])
    lengths = (edges[1::2] - starts).astype(np.int32)
    heads = first_bytes(texts.heads(starts), lengths)
    return Words(texts, starts, lengths, heads, np.searchsorted(starts, texts.bounds))
