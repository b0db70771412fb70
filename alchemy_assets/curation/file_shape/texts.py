"""Lay the texts of many files end to end as bytes, and find their lines and words, all at once.

Belongs here: where a text, a line and a word start and end, and sums over them. Does not: what they say (`lines`, `words`).
Everything is counted on the bytes of the UTF-8: a word is a run of letters, digits, underscores and bytes above ASCII,
which all count as letters (so does an underscore). Places are offsets into `Texts.data`, which has eight bytes before the first text.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

Bytes: TypeAlias = NDArray[np.uint8]
Places: TypeAlias = NDArray[np.int64]
Heads: TypeAlias = NDArray[np.uint64]
Mask: TypeAlias = NDArray[np.bool_]
Hashes: TypeAlias = NDArray[np.uint32]
Shares: TypeAlias = NDArray[np.float64]

DOUBLE = ord('"')
REPLACEMENT = "\ufffd".encode()
_PAD = 8
# A line that starts with more blanks than this (in steps of eight) is taken to start there.
_MOST_INDENT_STEPS = 128

# Classes in an order in which words are the first, and what is found in one go are the last.
_LETTER, _DIGIT, _OTHER, _BLANK, _NEWLINE, _DOUBLE, _SINGLE = range(7)
_LAST_OF_WORDS, _FIRST_OF_EVENTS = _DIGIT, _NEWLINE


def _class_table() -> bytes:
    table = bytearray([_OTHER]) * 128 + bytearray([_LETTER]) * 128
    for kind, members in (
        (_LETTER, b"ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"),
        (_DIGIT, b"0123456789"),
        (_BLANK, b" \t\r\v\f"),
        (_NEWLINE, b"\n"),
        (_DOUBLE, b'"'),
        (_SINGLE, b"'"),
    ):
        for member in members:
            table[member] = kind
    return bytes(table)


_CLASS_OF_BYTE = _class_table()


def repeated(byte: int) -> np.uint64:
    """Eight times the same byte, as a number."""
    return np.uint64(byte * 0x0101_0101_0101_0101)


_SPREAD, _SPREAD_TAIL = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)
_FIRST_BYTES = np.array([(1 << 8 * length) - 1 for length in range(9)], dtype=np.uint64)
_SPACES = repeated(0x20)
_LOW_BITS, _HIGH_BITS = repeated(0x7F), repeated(0x80)
# Added to seven bits of a byte, this reaches the eighth where the byte is above the blank.
_ABOVE_BLANK = repeated(0x80 - 0x21)


def first_bytes(heads: Heads, lengths: NDArray[np.signedinteger]) -> Heads:
    """The first bytes of each head, as many as its length says (all eight where it is longer)."""
    masks: Heads = _FIRST_BYTES[np.minimum(lengths, 8)]
    return heads & masks


def number(text: str) -> np.uint64:
    """Up to eight bytes as the number that they are as a head."""
    return np.uint64(int.from_bytes(text.encode(), "little"))


def shares(parts: Places, wholes: Places) -> Shares:
    """Parts over wholes; nought of nothing is nought."""
    return np.asarray(np.where(wholes > 0, parts / np.maximum(wholes, 1), 0.0), dtype=np.float64)


@dataclass(frozen=True)
class Lines:
    """The lines of all texts.

    starts, ends: from the first byte to the newline (excluded). contents: the first byte that is not blank, or the newline.
    bounds: where the lines of each text begin in these arrays, and the end of the last.
    """

    texts: "Texts"
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
            raw = beginning.encode()
            fits = (self.heads[0] & _FIRST_BYTES[min(len(raw), 8)]) == number(beginning[:8])
            if len(raw) > 8:  # noqa: PLR2004 -- bytes of a head
                fits &= (self.heads[1] & _FIRST_BYTES[len(raw) - 8]) == number(beginning[8:])
            found |= fits
        return found

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

    texts: "Texts"
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
        return (mixed >> np.uint64(32)).astype(np.uint32)

    @cached_property
    def _lowered(self) -> Heads:
        """The heads in lower case (digits stay, an underscore becomes something else)."""
        return self.heads | _SPACES

    def followed_by(self, words: Places, *others: str) -> Places:
        """Those of some words behind which one of these comes in the same text."""
        words = np.asarray(words[words + 1 < len(self.starts)])
        near: Mask = self.are(*others)[words + 1] & (self.text_of(words) == self.text_of(words + 1))
        return np.asarray(words[near])

    def are(self, *words: str) -> Mask:
        """Words that are one of these in whatever case, or begin with one of eight letters."""
        found = np.zeros(len(self.starts), dtype=bool)
        for word in words:
            found |= self._lowered == number(word) | _SPACES
        return found


@dataclass(frozen=True)
class Texts:
    """Some texts end to end; each ends with a newline, which is added where it has none.

    raw: eight bytes of nothing, the texts, and sixteen more. bounds: where each text begins, and the end of the last.
    """

    raw: bytes
    bounds: Places

    @cached_property
    def data(self) -> Bytes:
        """The bytes."""
        return np.frombuffer(self.raw, dtype=np.uint8)

    @property
    def stop(self) -> int:
        """The end of the last text."""
        return int(self.bounds[-1])

    @property
    def count(self) -> int:
        """How many texts there are."""
        return len(self.bounds) - 1

    @cached_property
    def classes(self) -> Bytes:
        """The class of each byte."""
        return np.frombuffer(self.raw.translate(_CLASS_OF_BYTE), dtype=np.uint8)

    @cached_property
    def _windows(self) -> Heads:
        return np.ndarray(shape=(len(self.data) - 7,), dtype="<u8", buffer=self.raw, strides=(1,))

    def heads(self, places: Places) -> Heads:
        """The eight bytes from each place on, as a number whose lowest byte comes first."""
        return self._windows[places]

    def find(self, what: bytes) -> Places:
        """The places where some bytes stand, of which the first should be rare."""
        places = self.where(self.data == what[0])
        for offset, byte in enumerate(what[1:], start=1):
            places = places[self.data[places + offset] == byte]
        return places

    @cached_property
    def _events(self) -> tuple[Places, Mask]:
        """Where newlines and quotes stand, found in one go, and which of them are newlines."""
        places = self.where(self.classes >= _FIRST_OF_EVENTS)
        return places, np.asarray(self.classes[places] == _NEWLINE)

    @cached_property
    def quotes(self) -> tuple[Places, Places]:
        """Where single and double quotes stand, and the line of each."""
        places, ends = self._events
        lines: Places = np.cumsum(ends, dtype=np.int64)
        return places[~ends], lines[~ends]

    def where(self, mask: Mask) -> Places:
        """The places where a mask over `data` holds, which should be few."""
        # Eight bytes are looked at as one number: NumPy's own search branches at every byte.
        eights = np.flatnonzero(mask[: len(mask) & ~7].view(np.uint64))
        found = np.flatnonzero(mask[: len(mask) & ~7].reshape(-1, 8)[eights])
        places: Places = (eights << 3)[found >> 3] + (found & 7)
        return places

    def count_where(self, mask: Mask) -> Places:
        """How often a mask over `data` holds in each text."""
        # NumPy counts a stretch of booleans ten times as fast as `add.reduceat` sums it.
        bounds = self.bounds.tolist()
        return np.array([np.count_nonzero(mask[start:end]) for start, end in pairwise(bounds)], dtype=np.int64)

    @cached_property
    def letters(self) -> Places:
        """Letters (underscores and bytes above ASCII too) in each text."""
        return self.words.sizes - self.digits

    @cached_property
    def digits(self) -> Places:
        """Digits in each text."""
        return self.count_where(self.classes == _DIGIT)

    @cached_property
    def blanks(self) -> Places:
        """White space in each text, with the newline that may have been added."""
        return self.count_where(self.classes == _BLANK) + self.lines.counts

    @cached_property
    def continuations(self) -> Places:
        """The places of all bytes of a character but its first."""
        if self.raw.isascii():
            return np.zeros(0, dtype=np.int64)
        return self.where(self.data.view(np.int8) < -64)  # noqa: PLR2004 -- 0x80 to 0xBF

    def per_text(self, places: Places) -> Places:
        """How many of some places lie in each text."""
        return np.diff(np.searchsorted(places, self.bounds))

    @cached_property
    def characters(self) -> Places:
        """Characters of each text, with the newline that may have been added."""
        return np.diff(self.bounds) - self.per_text(self.continuations)

    @cached_property
    def replacements(self) -> Places:
        """Characters of each text that stand for bytes that could not be decoded."""
        last = self.continuations[self.data[self.continuations] == REPLACEMENT[2]]
        places = last[(self.data[last - 1] == REPLACEMENT[1]) & (self.data[last - 2] == REPLACEMENT[0])]
        return self.per_text(places)

    @cached_property
    def lines(self) -> Lines:
        """The lines of the texts."""
        places, newlines = self._events
        ends = places[newlines]
        starts = np.empty_like(ends)
        starts[:1], starts[1:] = _PAD, ends[:-1] + 1
        return Lines(self, starts, ends, self._contents(starts, ends), np.searchsorted(starts, self.bounds))

    def _contents(self, starts: Places, ends: Places) -> Places:
        """The first byte of each line that is neither a blank nor a tab; at most the line's end."""
        blanks, filled = self._blanks_at(starts)
        contents = starts + blanks
        unsure = np.flatnonzero(~filled & (contents < ends))
        for _ in range(_MOST_INDENT_STEPS):
            if not len(unsure):
                break
            blanks, filled = self._blanks_at(contents[unsure])
            contents[unsure] += blanks
            unsure = unsure[~filled]
            unsure = unsure[contents[unsure] < ends[unsure]]
        return np.asarray(np.minimum(contents, ends))

    def _blanks_at(self, places: Places) -> tuple[Bytes, Mask]:
        """How many of the eight bytes from each place on are blank before the first that is not, and whether one is not."""
        heads = self.heads(places)
        filled = (((heads & _LOW_BITS) + _ABOVE_BLANK) | heads) & _HIGH_BITS
        blanks: Bytes = np.bitwise_count((filled - np.uint64(1)) & ~filled) >> np.uint8(3)
        return blanks, np.asarray(filled != 0)

    @cached_property
    def words(self) -> Words:
        """The words of the texts."""
        inside = self.classes <= _LAST_OF_WORDS
        changes = np.zeros(len(inside), dtype=bool)
        np.not_equal(inside[1:], inside[:-1], out=changes[1:])
        edges = np.flatnonzero(changes)
        starts = np.ascontiguousarray(edges[::2])
        lengths = (edges[1::2] - starts).astype(np.int32)
        heads = first_bytes(self.heads(starts), lengths)
        return Words(self, starts, lengths, heads, np.searchsorted(starts, self.bounds))


def texts_of(column: pl.Series) -> Texts:
    """A column of texts as bytes."""
    whole = [text if text.endswith(b"\n") else text + b"\n" for text in column.cast(pl.Binary).to_list()]
    bounds = np.cumsum([_PAD, *map(len, whole)], dtype=np.int64)
    # Two paddings behind: one is read past the end, the other is what `where` leaves out of a length that eight does not divide.
    return Texts(b"".join([bytes(_PAD), *whole, bytes(2 * _PAD)]), bounds)
