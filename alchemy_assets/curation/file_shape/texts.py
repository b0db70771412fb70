"""Lay the texts of many files end to end as bytes, so that NumPy sees all of them at once.

Belongs here: bytes, their classes, and reading eight of them as one number. Does not: lines and words (`tables`).
Everything is counted on the bytes of the UTF-8: letters are those of ASCII, underscores, and all bytes above ASCII. Places are
offsets into `Texts.data`, which has eight bytes before the first text.
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
PAD = 8

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


FIRST_BYTES = np.array([(1 << 8 * length) - 1 for length in range(9)], dtype=np.uint64)


def first_bytes(heads: Heads, lengths: NDArray[np.signedinteger]) -> Heads:
    """The first bytes of each head, as many as its length says (none where it is negative, all eight where it is more)."""
    masks: Heads = FIRST_BYTES.take(lengths, mode="clip")
    masks &= heads
    return masks


def number(text: str) -> np.uint64:
    """Up to eight bytes as the number that they are as a head."""
    return np.uint64(int.from_bytes(text.encode(), "little"))


def shares(parts: Places, wholes: Places) -> Shares:
    """Parts over wholes; nought of nothing is nought."""
    return np.asarray(np.where(wholes > 0, parts / np.maximum(wholes, 1), 0.0), dtype=np.float64)


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
    def events(self) -> tuple[Places, Mask]:
        """Where newlines and quotes stand, found in one go, and which of them are newlines."""
        places = self.where(self.classes >= _FIRST_OF_EVENTS)
        return places, np.asarray(self.classes[places] == _NEWLINE)

    @cached_property
    def quotes(self) -> tuple[Places, Places]:
        """Where single and double quotes stand, and the line of each."""
        places, ends = self.events
        lines: Places = np.cumsum(ends, dtype=np.int64)
        return places[~ends], lines[~ends]

    def in_words(self) -> Mask:
        """Which bytes belong to a word."""
        return np.asarray(self.classes <= _LAST_OF_WORDS)

    def where(self, mask: Mask) -> Places:
        """The places where a mask over `data` holds, which should be few."""
        # Eight bytes are looked at as one number: NumPy's own search branches at every byte.
        eights = mask[: len(mask) & ~7].view(np.uint64)
        few = np.flatnonzero(eights)
        return _places(few, eights[few].view(np.bool_))

    def count_where(self, mask: Mask) -> Places:
        """How often a mask over `data` holds in each text."""
        # NumPy counts a stretch of booleans ten times as fast as `add.reduceat` sums it.
        bounds = self.bounds.tolist()
        return np.array([np.count_nonzero(mask[start:end]) for start, end in pairwise(bounds)], dtype=np.int64)

    @cached_property
    def digits(self) -> Places:
        """Digits in each text."""
        return self.count_where(self.classes == _DIGIT)

    @cached_property
    def blanks(self) -> Places:
        """Blanks in each text, without newlines."""
        return self.count_where(self.classes == _BLANK)

    @cached_property
    def continuations(self) -> Places:
        """The places of all bytes of a character but its first."""
        eights = self.data[: len(self.data) & ~7].view(np.uint64)
        few = np.flatnonzero(eights & repeated(0x80))
        return _places(few, eights[few].view(np.int8) < -64)  # noqa: PLR2004 -- 0x80 to 0xBF

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


def _places(eights: Places, mask: Mask) -> Places:
    """The places of the bytes that a mask over some groups of eight bytes marks."""
    found = np.flatnonzero(mask)
    places: Places = (eights << 3)[found >> 3] + (found & 7)
    return places


def texts_of(column: pl.Series) -> Texts:
    """A column of texts as bytes."""
    whole = [text if text.endswith(b"\n") else text + b"\n" for text in column.cast(pl.Binary).to_list()]
    bounds = np.cumsum([PAD, *map(len, whole)], dtype=np.int64)
    # Two paddings behind: one is read past the end, the other is what `where` leaves out of a length that eight does not divide.
    return Texts(b"".join([bytes(PAD), *whole, bytes(2 * PAD)]), bounds)
