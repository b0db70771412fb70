"""What texts say over and over, and what in them is no word at all: repeated lines and phrases, numbers, encoded bytes.

Belongs here: signals that follow from the words and from hashes of lines. Does not: where words are (`tables`).
"""

from collections.abc import Mapping
from itertools import pairwise

import numpy as np

from alchemy_assets.curation.file_shape.tables import Lines, Words
from alchemy_assets.curation.file_shape.texts import Hashes, Heads, Mask, Places, Shares, first_bytes, number, shares

# The published rules look at phrases of 5 to 10 words: ten are the fewest that code does not repeat by its grammar alone.
PHRASE = 10
LONG_WORD = 40
SHORTEST_LINE = 4
FEWEST_BYTES = 16
_SPREAD_LINES = np.uint64(0x9E3779B97F4A7C15)
# Odd numbers, one for each time that phrases are joined, so that no two orders of the same words are alike.
_SPREAD = tuple(np.uint32(odd) for odd in (0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D, 0x27D4EB2F))


def word_signals(lines: Lines, words: Words) -> Mapping[str, Places | Shares]:
    """Signals about words, one value a text.

    words; mean_word (bytes); long_word_share (bytes in words longer than 40);
    hex_word_share (bytes in numbers that begin with 0x); hex_run (bytes of the longest row of bytes in hexadecimal) and
    hex_share (bytes in such rows); todo_share (lines that hold TODO, FIXME or "your code", of the filled ones); mains (calls or
    definitions of `main`); repeated_lines (share of the lines with words that occurred before);
    repeated_phrases (share of the runs of ten words that occurred before); top_phrase (share of the runs of ten words that are
    the most frequent one: a tenth at most, unless it overlaps itself as in "0 0 0 0").
    """
    sizes, counts = np.diff(words.texts.bounds), np.diff(words.bounds)
    repeated, top = _phrases(words)
    long, hexadecimal = np.flatnonzero(words.lengths > LONG_WORD), np.flatnonzero(_hexadecimal_numbers(words))
    hex_run, hex_bytes = _rows_of_bytes(words)
    return {
        "words": counts,
        "mean_word": shares(words.sizes, counts),
        "long_word_share": shares(words.per_text(long, words.lengths[long]), sizes),
        "hex_word_share": shares(words.per_text(hexadecimal, words.lengths[hexadecimal]), sizes),
        "hex_run": hex_run,
        "hex_share": shares(hex_bytes, sizes),
        "todo_share": shares(_lines_with(lines, words, _todo(words)), lines.per_text(lines.filled)),
        "mains": words.per_text(_calls_of_main(words)),
        "repeated_lines": repeated_lines(lines),
        "repeated_phrases": repeated,
        "top_phrase": top,
    }


def _joined(these: Hashes, those: Hashes, by: int, spread: np.uint32) -> Hashes:
    """A hash of each of `these` and the one of `those` that is `by` places on; as many as there are pairs."""
    count = max(0, min(len(these), len(those) - by))
    joined = these[:count] * spread
    joined += those[by : by + count]
    return joined


def _again(hashes: Hashes | Heads, bounds: Places) -> Mask:
    """Sort the hashes of each text in place; which of them then equals the one before in the same text (one false more)."""
    again = np.zeros(len(hashes) + 1, dtype=bool)
    for start, end in pairwise(bounds.tolist()):
        hashes[start:end].sort()
    np.equal(hashes[1:], hashes[:-1], out=again[1:-1])
    again[bounds] = False
    return again


def _phrases(words: Words) -> tuple[Shares, Shares]:
    """The share of each text's phrases that occur in it before, and the share that are its most frequent one."""
    pairs = _joined(words.hashes, words.hashes, 1, _SPREAD[0])
    fours = _joined(pairs, pairs, 2, _SPREAD[1])
    tens = _joined(_joined(fours, fours, 4, _SPREAD[2]), pairs, 8, _SPREAD[3])
    # The last words of a text begin no phrase: those that reach into the next text are left out.
    counts = np.maximum(np.diff(words.bounds) - PHRASE + 1, 0)
    within = [tens[start : start + count] for start, count in zip(words.bounds.tolist(), counts.tolist(), strict=False)]
    bounds = np.concatenate(([0], np.cumsum(counts)))
    again = _again(np.concatenate(within), bounds)
    # A run of equal neighbours is one phrase; its first is not marked.
    starts, ends = np.flatnonzero(again[1:] & ~again[:-1]), np.flatnonzero(again[:-1] & ~again[1:])
    most = np.zeros(words.texts.count, dtype=np.int64)
    np.maximum.at(most, np.searchsorted(bounds, starts, side="right") - 1, ends - starts + 1)
    return shares(np.add.reduceat(again, bounds[:-1], dtype=np.int64), counts), shares(most, counts)


def repeated_lines(lines: Lines) -> Shares:
    """The share of each text's lines that occur in it before.

    Lines are the same if they have one length and agree in 16 bytes at the start and 8 at the end. Those shorter than
    `SHORTEST_LINE` are brackets mostly, and do not count.
    """
    lengths = lines.ends - lines.contents
    hashes = first_bytes(lines.heads[0], lengths)
    for heads in (
        first_bytes(lines.heads[1], lengths - 8),
        lines.tails * (lengths >= 8),  # noqa: PLR2004 -- bytes of a tail
        lengths.astype(np.uint64),
    ):
        hashes *= _SPREAD_LINES
        hashes ^= hashes >> np.uint64(32)
        hashes += heads
    long = np.flatnonzero(lengths >= SHORTEST_LINE)
    bounds = np.searchsorted(long, lines.bounds)
    again = _again(hashes[long], bounds)
    return shares(np.add.reduceat(again, bounds[:-1], dtype=np.int64), np.diff(bounds))


def _hexadecimal_numbers(words: Words) -> Mask:
    return np.asarray(words.heads.view("<u2")[::4] == int(number("0x")))


_HEX_DIGITS = np.zeros(65536, dtype=bool)
_HEX_DIGITS[[ord(one) | ord(two) << 8 for one in "0123456789abcdefABCDEF" for two in "0123456789abcdefABCDEF"]] = True


def _rows_of_bytes(words: Words) -> tuple[Places, Places]:
    r"""Bytes in the longest row of 16 or more bytes in hexadecimal (0x12, \x12, \u0012 or 12), and in all such rows."""
    texts, heads, lengths = words.texts, words.heads, words.short
    is_byte = (lengths == 4) & _hexadecimal_numbers(words)  # noqa: PLR2004 -- 0x12
    two = np.flatnonzero(lengths == 2)  # noqa: PLR2004 -- 12
    is_byte[two] = _HEX_DIGITS[heads[two]]
    for letter, length in (("x", 3), ("u", 5)):
        escaped = np.flatnonzero(lengths == length)
        escaped = escaped[texts.data[words.starts[escaped]] == ord(letter)]
        is_byte[escaped] = texts.data[words.starts[escaped] - 1] == ord("\\")
    before = np.concatenate(([False], is_byte[:-1]))
    before[words.bounds[:-1][words.bounds[:-1] < len(before)]] = False  # a row ends with its text
    goes_on = is_byte & before
    starts = np.flatnonzero(is_byte & ~goes_on)
    ends = np.flatnonzero(is_byte & ~np.append(goes_on[1:], False))
    rows = np.flatnonzero(ends - starts >= FEWEST_BYTES - 1)
    starts, last = starts[rows], ends[rows]
    text = words.text_of(starts)
    sizes = words.starts[last] + words.lengths[last] - words.starts[starts]
    longest, total = np.zeros(texts.count, dtype=np.int64), np.zeros(texts.count, dtype=np.int64)
    np.maximum.at(longest, text, sizes)
    np.add.at(total, text, sizes)
    return longest, total


def _todo(words: Words) -> Mask:
    marks = words.are("todo", "fixme", "xxx")
    marks[words.followed_by(np.flatnonzero(words.are("your")), "code")] = True
    return marks


def _lines_with(lines: Lines, words: Words, marks: Mask) -> Places:
    """How many lines of each text hold a marked word."""
    marked = np.unique(lines.of(words.starts[marks]))
    return np.bincount(lines.text[marked], minlength=words.texts.count)


def _calls_of_main(words: Words) -> Places:
    """The words `main` with an opening bracket behind them."""
    mains: Places = np.flatnonzero(words.are("main"))
    return np.asarray(mains[words.texts.data[words.starts[mains] + 4] == ord("(")])
