"""What texts say over and over, and what in them is no word at all: repeated lines and phrases, numbers, encoded bytes.

Belongs here: signals that follow from the words and from hashes of lines. Does not: where words are (`texts`).
"""

from collections.abc import Mapping

import numpy as np

from alchemy_assets.curation.file_shape.texts import (
    Hashes,
    Heads,
    Lines,
    Mask,
    Places,
    Shares,
    Texts,
    Words,
    first_bytes,
    number,
    shares,
)

# The published rules look at phrases of 5 to 10 words: ten are the fewest that code does not repeat by its grammar alone.
PHRASE = 10
SHORT_PHRASE = 3
LONG_WORD = 40
SHORTEST_LINE = 4
FEWEST_BYTES = 16
# Odd numbers, one for each time that phrases are joined, so that no two orders of the same words are alike.
_SPREAD = tuple(np.uint32(odd) for odd in (0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D, 0x27D4EB2F))


def word_signals(texts: Texts) -> Mapping[str, Places | Shares]:
    """Signals about words, one value a text.

    words; mean_word (bytes); long_word_share (bytes in words longer than 40);
    hex_word_share (bytes in numbers that begin with 0x); hex_run (bytes of the longest row of bytes in hexadecimal) and
    hex_share (bytes in such rows); todo_share (lines that hold TODO, FIXME or "your code", of the filled ones); mains (calls or
    definitions of `main`); repeated_lines (share of the lines with words that occurred before);
    repeated_phrases (share of the runs of ten words that occurred before); top_phrase (share of the runs of three words that
    are the most frequent one: a third at most, unless it overlaps itself as in "0 0 0 0").
    """
    words = texts.words
    sizes, counts = np.diff(texts.bounds), np.diff(words.bounds)
    pairs = _joined(words.hashes, words.hashes, 1, _SPREAD[0])
    long, hexadecimal = np.flatnonzero(words.lengths > LONG_WORD), np.flatnonzero(_hexadecimal_numbers(words))
    hex_run, hex_bytes = _rows_of_bytes(texts)
    return {
        "words": counts,
        "mean_word": shares(words.sizes, counts),
        "long_word_share": shares(words.per_text(long, words.lengths[long]), sizes),
        "hex_word_share": shares(words.per_text(hexadecimal, words.lengths[hexadecimal]), sizes),
        "hex_run": hex_run,
        "hex_share": shares(hex_bytes, sizes),
        "todo_share": shares(_lines_with(words, _todo(words)), texts.lines.per_text(texts.lines.filled)),
        "mains": words.per_text(_calls_of_main(texts)),
        "repeated_lines": repeated_lines(texts.lines),
        "repeated_phrases": _repeated_phrases(words, pairs),
        "top_phrase": _top_phrase(words, pairs),
    }


def _joined(these: Hashes, those: Hashes, by: int, spread: np.uint32) -> Hashes:
    """A hash of each of `these` and the one of `those` that is `by` places on; as many as there are pairs."""
    count = max(0, min(len(these), len(those) - by))
    joined = these[:count] * spread
    joined += those[by : by + count]
    return joined


def _sorted_within(hashes: Hashes | Heads, bounds: Places, length: int = 1) -> list[tuple[int, int]]:
    """Sort the hashes of each text in place, so that equal ones stand side by side; where those of each text are.

    A hash stands for `length` items, so the last ones of a text reach into the next and are left out.
    """
    ends = np.maximum(bounds[1:] - (length - 1), bounds[:-1])
    places = list(zip(bounds[:-1].tolist(), ends.tolist(), strict=True))
    for start, end in places:
        hashes[start:end].sort()
    return places


def _repeated_share(hashes: Hashes | Heads, bounds: Places, length: int = 1) -> Shares:
    """The share of each text's hashes that occur in it before."""
    places = _sorted_within(hashes, bounds, length)
    again = hashes[1:] == hashes[:-1]
    seen = [np.count_nonzero(again[start : end - 1]) if end > start else 0 for start, end in places]
    return shares(np.array(seen, dtype=np.int64), np.array([end - start for start, end in places], dtype=np.int64))


def _repeated_phrases(words: Words, pairs: Hashes) -> Shares:
    fours = _joined(pairs, pairs, 2, _SPREAD[1])
    eights = _joined(fours, fours, 4, _SPREAD[2])
    return _repeated_share(_joined(eights, pairs, 8, _SPREAD[3]), words.bounds, PHRASE)


def _top_phrase(words: Words, pairs: Hashes) -> Shares:
    threes = _joined(pairs, words.hashes, 2, _SPREAD[1])
    again = np.zeros(len(threes) + 1, dtype=bool)
    places = _sorted_within(threes, words.bounds, SHORT_PHRASE)
    np.equal(threes[1:], threes[:-1], out=again[1:-1])
    for (
        start,
        end,
    ) in places:  # the first of a text is like none before it, and those that reach into the next are like none
        again[start : start + 1] = False
        again[end : end + SHORT_PHRASE] = False
    # A run of equal neighbours is one phrase; its first is not marked.
    starts, ends = np.flatnonzero(again[1:] & ~again[:-1]), np.flatnonzero(again[:-1] & ~again[1:])
    often = np.zeros(words.texts.count, dtype=np.int64)
    np.maximum.at(often, words.text_of(starts), ends - starts + 1)
    return shares(often, np.array([end - start for start, end in places], dtype=np.int64))


def repeated_lines(lines: Lines) -> Shares:
    """The share of each text's lines that occur in it before.

    Lines are the same if they have one length and agree in 16 bytes at the start and 8 in the middle and at the end. Those
    shorter than `SHORTEST_LINE` are brackets mostly, and do not count.
    """
    lengths = lines.ends - lines.contents
    long = np.flatnonzero(lengths >= SHORTEST_LINE)
    lengths, middle = lengths[long], (lines.contents + lengths // 2)[long]
    hashes = first_bytes(lines.heads[0][long], lengths)
    for heads in (
        first_bytes(lines.heads[1][long], np.maximum(lengths - 8, 0)),
        first_bytes(lines.texts.heads(middle), lengths - lengths // 2),
        lines.tails[long] * (lengths >= 8),  # noqa: PLR2004 -- bytes of a tail
        lengths.astype(np.uint64),
    ):
        hashes *= np.uint64(0x9E3779B97F4A7C15)
        hashes ^= hashes >> np.uint64(32)
        hashes += heads
    return _repeated_share(hashes, np.searchsorted(long, lines.bounds))


def _hexadecimal_numbers(words: Words) -> Mask:
    return np.asarray(words.heads.view("<u2")[::4] == int(number("0x")))


_HEX_DIGITS = np.zeros(65536, dtype=bool)
_HEX_DIGITS[[ord(one) | ord(two) << 8 for one in "0123456789abcdefABCDEF" for two in "0123456789abcdefABCDEF"]] = True


def _rows_of_bytes(texts: Texts) -> tuple[Places, Places]:
    r"""Bytes in the longest row of 16 or more bytes in hexadecimal (0x12, \x12, \u0012 or 12), and in all such rows."""
    words, heads, lengths = texts.words, texts.words.heads, texts.words.short
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


def _lines_with(words: Words, marks: Mask) -> Places:
    """How many lines of each text hold a marked word."""
    lines = words.texts.lines
    marked = np.unique(lines.of(words.starts[marks]))
    return np.bincount(lines.text[marked], minlength=words.texts.count)


def _calls_of_main(texts: Texts) -> Places:
    """The words `main` with an opening bracket behind them."""
    words = texts.words
    mains: Places = np.flatnonzero(words.are("main"))
    return np.asarray(mains[texts.data[words.starts[mains] + 4] == ord("(")])
