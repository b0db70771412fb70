"""Turn texts into hashes of their token n-grams, many texts at once, the same everywhere and for ever.

Belongs here: tokens, exact n-grams, and n-grams of the shape of code (names and numbers taken out by their looks alone).
Does not: trees (`structure`), which n-grams to look for (`index`).
A token is a run of letters, digits, underscores and bytes above ASCII, or one other visible byte; white space separates.
A window's hash is a difference of prefix sums, weighted by the powers of an odd number, so its length costs nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from alchemy_assets import syntax_tree
from alchemy_assets.languages import LANGUAGES

Hashes: TypeAlias = NDArray[np.uint64]
Places: TypeAlias = NDArray[np.intp]

# Tokens in a window of a shape; and how far back the earlier use of a name is looked for, which is what is left of it.
SHAPE_TOKENS = 8
REACH = 12
# Bytes worked on at once: the arrays of a chunk stay in the processor's cache.
CHUNK_BYTES = 128 * 2**10

_SPACE, _WORD, _SIGN = 0, 1, 2
_CLASS = np.full(256, _SIGN, dtype=np.uint8)
_CLASS[:33] = _SPACE
_CLASS[127] = _SPACE
_CLASS[list(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz")] = _WORD
_CLASS[128:] = _WORD
_DIGIT = np.zeros(256, dtype=bool)
_DIGIT[list(b"0123456789")] = True
_QUOTE = np.zeros(256, dtype=bool)
_QUOTE[list(b"\"'")] = True
_LINE_BREAK = ord("\n")
_NAME = (_CLASS == _WORD) & ~_DIGIT

_BASE = 0xD1342543DE82EF95  # odd, so that it has an inverse modulo 2**64
_WORD_BITS = 2**64


def mixed(values: Hashes) -> Hashes:
    """The finaliser of SplitMix64 (Steele et al. 2014): a fixed bijection that spreads every bit over all others."""
    values = values ^ (values >> np.uint64(30))
    values *= np.uint64(0xBF58476D1CE4E5B9)
    values ^= values >> np.uint64(27)
    values *= np.uint64(0x94D049BB133111EB)
    values ^= values >> np.uint64(31)
    return values


def fixed(count: int, seed: int) -> Hashes:
    """Fixed 64-bit numbers: SplitMix64 from a seed."""
    return mixed(np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(seed))


_OF_BYTE = fixed(256, seed=11)
OF_NAME = fixed(REACH + 1, seed=12)
OF_NUMBER = fixed(1, seed=13)[0]


@cache
def _powers(bits: int, base: int) -> Hashes:
    powers = np.full(1 << bits, base, dtype=np.uint64)
    powers[0] = 1
    return np.cumprod(powers, dtype=np.uint64)


def _weights(count: int) -> tuple[Hashes, Hashes]:
    """Powers of the base and of its inverse, at least so many."""
    bits = max(16, count.bit_length())
    return _powers(bits, _BASE), _powers(bits, pow(_BASE, -1, _WORD_BITS))


@dataclass(frozen=True)
class Tokens:
    """The tokens of some texts, one after the other.

    hashes: one for each token.
    first: the first byte of each.
    starts: where each starts in the bytes, which hold all texts with a line break after each.
    breaks: where lines end in those bytes.
    bounds: the first token of each text, and the count of all.
    """

    hashes: Hashes
    first: NDArray[np.uint8]
    starts: Places
    breaks: Places
    bounds: Places


@dataclass(frozen=True)
class Windows:
    """The hash of every window of `length` tokens over some texts, those that cross from one into the next included."""

    hashes: Hashes
    length: int
    bounds: Places

    def texts(self, places: Places) -> Places:
        """The text that each of those windows lies in, or -1 where it crosses into the next."""
        texts = np.searchsorted(self.bounds, places, side="right") - 1
        texts[places + self.length > self.bounds[texts + 1]] = -1
        return texts

    def of(self, text: int) -> Hashes:
        """The windows of one text."""
        start, end = self.bounds[text], self.bounds[text + 1] - self.length + 1
        return self.hashes[start : max(start, end)]


def tokenise(texts: Sequence[bytes]) -> Tokens:
    """The tokens of some texts (UTF-8)."""
    source = np.frombuffer(b"\n".join([*texts, b""]), dtype=np.uint8)
    offsets = np.concatenate(([0], np.cumsum([len(text) + 1 for text in texts], dtype=np.intp)))
    classes = _CLASS[source]
    # A token starts at every sign, and at a word's byte that follows none; it ends likewise.
    joined = np.zeros(len(source) + 1, dtype=bool)
    joined[1:-1] = (classes[1:] == _WORD) & (classes[:-1] == _WORD)
    visible = classes != _SPACE
    starts = np.flatnonzero(visible & ~joined[:-1])
    ends = np.flatnonzero(visible & ~joined[1:]) + 1
    powers, inverses = _weights(len(source) + 1)
    sums = np.zeros(len(source) + 1, dtype=np.uint64)
    np.cumsum(_OF_BYTE[source] * powers[: len(source)], out=sums[1:])
    hashes = mixed((sums[ends] - sums[starts]) * inverses[starts])
    breaks = np.flatnonzero(source == _LINE_BREAK)
    return Tokens(hashes, source[starts], starts, breaks, np.searchsorted(starts, offsets))


def grams(tokens: Tokens, n: int) -> Windows:
    """The token n-grams of some texts."""
    return Windows(rolled(tokens.hashes, n), n, tokens.bounds)


def rolled(codes: Hashes, n: int) -> Hashes:
    """The hash of every window of `n` codes."""
    count = len(codes) - n + 1
    if count <= 0:
        return np.zeros(0, dtype=np.uint64)
    powers, inverses = _weights(len(codes) + 1)
    sums = np.zeros(len(codes) + 1, dtype=np.uint64)
    np.cumsum(codes * powers[: len(codes)], out=sums[1:])
    windows = sums[n:] - sums[:-n]
    windows *= inverses[:count]
    return mixed(windows)


def distances(keys: NDArray[np.uint16]) -> NDArray[np.uint8]:
    """How many places ago each key stood last, or 0 if that is further than `REACH`."""
    found = np.zeros(len(keys), dtype=np.uint8)
    for distance in range(min(REACH, len(keys) - 1), 0, -1):
        np.copyto(found[distance:], distance, where=keys[distance:] == keys[:-distance])
    return found


@cache
def _keywords(language: str) -> Hashes:
    """The words of a language's grammar that are no names, each at the place of its highest 16 bits."""
    grammar = syntax_tree.grammar(language)
    kinds = {
        grammar.node_kind_for_id(each) or ""
        for each in range(grammar.node_kind_count)
        if not grammar.node_kind_is_named(each)
    }
    words = tokenise([kind.encode() + b" " for kind in sorted(kinds) if kind.isidentifier()]).hashes
    slots = np.zeros(1 << 16, dtype=np.uint64)
    slots[words >> np.uint64(48)] = words
    return slots


def shapes(tokens: Tokens, language: str) -> Windows:
    """The windows of `SHAPE_TOKENS` tokens of code less its line comments, with names, numbers and strings taken out.

    Of a name it counts only how long ago it stood last, so that renaming changes nothing. What is a name, a string or a
    comment is told by looks alone, line by line.
    """
    quoted = _quoted(tokens)
    code = ~(quoted | _commented(tokens, quoted, LANGUAGES[language].line_comment))
    own, first = tokens.hashes[code], tokens.first[code]
    codes = own.copy()
    codes[_DIGIT[first]] = OF_NUMBER
    # Sixteen bits of a hash tell the tokens of one neighbourhood apart well enough.
    repeated = distances((own >> np.uint64(20)).astype(np.uint16))
    keyword = _keywords(language)[own >> np.uint64(48)] == own
    np.copyto(codes, OF_NAME[repeated], where=_NAME[first] & ~keyword)
    bounds = np.append(0, np.cumsum(code))[tokens.bounds]
    return Windows(rolled(codes, SHAPE_TOKENS), SHAPE_TOKENS, bounds)


def _quoted(tokens: Tokens) -> NDArray[np.bool_]:
    """Which tokens stand between quotes: after an odd number of them in their line."""
    quotes = _QUOTE[tokens.first]
    before = np.cumsum(quotes, dtype=np.int32) - quotes
    line_starts = np.searchsorted(tokens.starts, np.append(0, tokens.breaks))
    lengths = np.diff(np.append(line_starts, len(quotes)))
    of_line = np.repeat(np.append(before, 0)[line_starts], lengths)
    inside: NDArray[np.bool_] = (((before - of_line) & 1) != 0) & ~quotes
    return inside


def _commented(tokens: Tokens, quoted: NDArray[np.bool_], mark: str | None) -> NDArray[np.bool_]:
    """Which tokens stand between a comment's mark (that is not quoted) and the end of its line."""
    change = np.zeros(len(tokens.hashes) + 1, dtype=np.int8)
    if mark is None:
        return change[:-1].astype(np.bool_)
    places = np.flatnonzero((tokens.first == ord(mark[0])) & ~quoted)
    for further, sign in enumerate(mark[1:], start=1):
        places = places[places + further < len(tokens.first)]
        follows = tokens.starts[places + further] == tokens.starts[places] + further
        places = places[follows & (tokens.first[places + further] == ord(sign))]
    lines, first = np.unique(np.searchsorted(tokens.breaks, tokens.starts[places]), return_index=True)
    change[places[first]] += 1
    change[np.searchsorted(tokens.starts, tokens.breaks[lines])] -= 1
    return np.cumsum(change[:-1], dtype=np.int8).astype(np.bool_)


def chunks(texts: Iterable[str]) -> Iterator[tuple[int, list[bytes]]]:
    """Texts in groups of about `CHUNK_BYTES`, each with the place of its first."""
    first, size, group = 0, 0, list[bytes]()
    for place, text in enumerate(texts):
        encoded = text.encode()
        if group and size + len(encoded) > CHUNK_BYTES:
            yield first, group
            first, size, group = place, 0, []
        group.append(encoded)
        size += len(encoded)
    if group:
        yield first, group
