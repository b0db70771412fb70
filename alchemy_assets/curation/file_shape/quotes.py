"""What stands in quotes: docstrings, and how much of a text is strings.

Belongs here: matching quotes, line by line or in threes. Does not: what the strings hold (`words`, `marks`).
"""

from collections.abc import Mapping

import numpy as np

from alchemy_assets.curation.file_shape.texts import DOUBLE, Lines, Mask, Places, Shares, Texts, shares

# RefineCode calls a string of more than 20 words long; words take about six bytes.
LONG_STRING = 120
_DOCSTRINGS = ('"""', "'''", 'r"""', "r'''")
# Elsewhere single quotes are for characters, lifetimes or prose.
_SINGLE_QUOTED = frozenset({"JavaScript", "PHP", "Python", "Ruby", "SQL", "Shell", "TypeScript"})
_BACKSLASH = ord("\\")


def string_signals(lines: Lines, code: Mask, language: str) -> Mapping[str, Shares]:
    """Signals about strings that begin and end on one line of code, one value a text.

    string_share (of the bytes of code), long_string_share (of the lines of code, those with a string of 120 bytes or more).
    """
    data, (quotes, line) = lines.texts.data, lines.texts.quotes
    wanted = code[line] & (data[quotes - 1] != _BACKSLASH)
    quotes, line = quotes[wanted], line[wanted]
    double = data[quotes] == DOUBLE
    opens, closes, line_of = _pairs(quotes[double], line[double])
    if language in _SINGLE_QUOTED:
        outside = _even(double, line) & ~double
        more_opens, more_closes, more_lines = _pairs(quotes[outside], line[outside])
        opens, closes = np.concatenate((opens, more_opens)), np.concatenate((closes, more_closes))
        line_of = np.concatenate((line_of, more_lines))
    lengths = closes - opens - 1
    count = lines.texts.count
    inside = np.bincount(lines.text[line_of], weights=lengths, minlength=count).astype(np.int64)
    long = np.unique(line_of[lengths >= LONG_STRING])
    return {
        "string_share": shares(inside, lines.per_text((lines.ends - lines.contents) * code)),
        "long_string_share": shares(np.bincount(lines.text[long], minlength=count), lines.per_text(code)),
    }


def _firsts(line: Places) -> Places:
    """For each quote, the index of the first one on its line."""
    new = np.ones(len(line), dtype=bool)
    new[1:] = line[1:] != line[:-1]
    return np.asarray(np.maximum.accumulate(np.where(new, np.arange(len(line)), 0)))


def _even(marks: Mask, line: Places) -> Mask:
    """Whether an even number of marks stands before each quote on its line."""
    before: Places = np.cumsum(marks, dtype=np.int64) - marks
    return np.asarray((before - before[_firsts(line)]) % 2 == 0)


def _pairs(quotes: Places, line: Places) -> tuple[Places, Places, Places]:
    """The first and second quote on a line, the third and fourth, and so on; and their lines."""
    opens = np.flatnonzero((np.arange(len(line)) - _firsts(line)) % 2 == 0)
    opens = opens[opens + 1 < len(line)]
    opens = opens[line[opens] == line[opens + 1]]
    return quotes[opens], quotes[opens + 1], line[opens]


def _triples(texts: Texts) -> Places:
    """Where three equal quotes stand in a row."""
    quotes, _ = texts.quotes
    rows: Places = quotes[:-2][quotes[2:] - quotes[:-2] == 2]  # noqa: PLR2004 -- two further on
    kinds = texts.data[rows]
    return np.asarray(rows[(texts.data[rows + 1] == kinds) & (texts.data[rows + 2] == kinds)])


def docstring_lines(lines: Lines) -> Mask:
    """Lines of strings in triple quotes that begin a line, which is what docstrings do.

    Strings that begin elsewhere are skipped over, so that their end is not taken for a beginning. A text in which the last of
    them is not closed has triple quotes in a comment or in another string, and none of its lines counts.
    """
    texts, found = lines.texts, np.zeros(len(lines.starts), dtype=bool)
    triples = _triples(texts)
    text_of = np.searchsorted(texts.bounds, triples, side="right")
    pairs: list[tuple[int, int]] = []
    text, opened, kind, first, last = 0, -1, 0, 0, -3
    for place, of, quote in zip(triples.tolist(), text_of.tolist(), texts.data[triples].tolist(), strict=True):
        if of != text:
            if opened >= 0:
                del pairs[first:]
            text, opened, first = of, -1, len(pairs)
        if place < last + 3 or (opened >= 0 and quote != kind):
            continue
        if opened < 0:
            opened, kind = place, quote
        else:
            pairs.append((opened, place))
            opened = -1
        last = place
    if opened >= 0:
        del pairs[first:]
    if not pairs:
        return found
    opens, closes = np.array(pairs, dtype=np.int64).T
    opening = lines.of(opens)
    begins = (opens - lines.contents[opening] <= 1) & lines.begin_with(*_DOCSTRINGS)[opening]
    change = np.zeros(len(found) + 1, dtype=np.int64)
    np.add.at(change, opening[begins], 1)
    np.add.at(change, lines.of(closes[begins]) + 1, -1)
    return np.asarray(np.cumsum(change[:-1]) > 0)
