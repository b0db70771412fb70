"""What stands in quotes: docstrings, and how much of a text is strings.

Belongs here: matching quotes, line by line or in threes. Does not: what the strings hold (`words`, `marks`).
"""

from collections.abc import Mapping

import numpy as np

from alchemy_assets.curation.file_shape.tables import Lines
from alchemy_assets.curation.file_shape.texts import DOUBLE, Mask, Places, Shares, Texts, shares

# RefineCode calls a string of more than 20 words long; words take about six bytes.
LONG_STRING = 120
_GOES_ON = ("(", "[", "{", ",", "=", "+", "\\")
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


def docstring_lines(lines: Lines) -> Mask:
    """Lines of strings in triple quotes that begin a line and go on with nothing, which is what docstrings do.

    Strings that begin elsewhere are skipped over, so that their end is not taken for a beginning. Only the kind of quotes that
    a text has more of is looked at; where their number is odd one stands in a comment or in another string, and none counts.
    """
    texts, found = lines.texts, np.zeros(len(lines.starts) + 1, dtype=np.int64)
    triples, text = _triples(texts)
    even = np.bincount(text, minlength=texts.count)[text] % 2 == 0
    opens, closes = triples[even][::2], triples[even][1::2]
    opening = lines.of(opens)
    begins = (opens - lines.contents[opening] <= 1) & lines.begin_with(*_DOCSTRINGS)[opening]
    within = np.concatenate(([False], lines.end_with(*_GOES_ON)[:-1]))
    within[lines.bounds[:-1]] = False
    begins &= ~within[opening]
    np.add.at(found, opening[begins], 1)
    np.add.at(found, lines.of(closes[begins]) + 1, -1)
    return np.asarray(np.cumsum(found[:-1]) > 0)


def _triples(texts: Texts) -> tuple[Places, Places]:
    """Where three equal quotes stand in a row, of the kind that is more frequent in each text; and the text of each."""
    quotes, _ = texts.quotes
    triples: Places = quotes[:-2][quotes[2:] - quotes[:-2] == 2]  # noqa: PLR2004 -- two further on
    kinds = texts.data[triples]
    same = (texts.data[triples + 1] == kinds) & (texts.data[triples + 2] == kinds)
    triples, double = triples[same], kinds[same] == DOUBLE
    # In a longer row every third begins a new three.
    new = np.ones(len(triples), dtype=bool)
    new[1:] = triples[1:] - triples[:-1] > 2  # noqa: PLR2004 -- not within the one before
    third = (triples - triples[np.maximum.accumulate(np.where(new, np.arange(len(triples)), 0))]) % 3 == 0
    triples, double = triples[third], double[third]
    text = np.searchsorted(texts.bounds, triples, side="right") - 1
    doubles, all_ = (np.bincount(text[mask], minlength=texts.count) for mask in (double, np.ones_like(double)))
    kept = double == (doubles * 2 >= all_)[text]
    return triples[kept], text[kept]
