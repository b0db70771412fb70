"""What kinds of lines texts have: long ones, comments, imports, output, assertions, and functions that were never written.

Belongs here: signals that follow from how a line begins and ends. Does not: the words of a language (`line_words`), words
within a line (`words`). A comment is a line that is nothing else; one that follows code on its line is not counted.
"""

from collections.abc import Mapping

import numpy as np

from alchemy_assets.curation.file_shape.line_words import LINE_WORDS, LineWords
from alchemy_assets.curation.file_shape.quotes import docstring_lines, string_signals
from alchemy_assets.curation.file_shape.tables import Lines
from alchemy_assets.curation.file_shape.texts import Mask, Places, Shares, shares

FEWEST_FUNCTIONS = 3
LINES_A_FUNCTION = 12
_OPENERS, _CLOSERS = ("(", "{", "["), (")", "}", "]")


def line_signals(lines: Lines, language: str) -> Mapping[str, Places | Shares]:
    """Signals about lines, one value a text.

    lines, filled_lines, longest_line, mean_line (characters; the newline is not counted), functions;
    comment_share (of bytes), and of the lines that are code: import_share, print_share, assert_share, directive_share;
    stub_share (of the functions; at least of three and of one a dozen lines of code, since a few empty functions do not make a
    file of stubs).
    """
    words = LINE_WORDS[language]
    lengths = _characters(lines)
    comments = comment_lines(lines, language)
    code = lines.filled & ~comments
    code_lines = lines.per_text(code)
    contents = lines.ends - lines.contents
    functions, stubs = _functions(lines, np.flatnonzero(code), words)

    def share(mask: Mask) -> Shares:
        return shares(lines.per_text(mask & code), code_lines)

    return {
        "lines": lines.counts,
        "filled_lines": lines.per_text(lines.filled),
        "longest_line": np.maximum.reduceat(lengths, lines.bounds[:-1]),
        "mean_line": shares(lines.per_text(lengths), lines.counts),
        "comment_share": shares(lines.per_text(contents * comments), lines.per_text(contents)),
        "import_share": share(_imports(lines, words)),
        "print_share": share(lines.begin_with(*words.prints)),
        "assert_share": share(lines.begin_with(*words.asserts)),
        "directive_share": share(lines.begin_with(*words.directives)),
        "functions": functions,
        "stub_share": shares(
            stubs, np.maximum(np.maximum(functions, FEWEST_FUNCTIONS), code_lines // LINES_A_FUNCTION)
        ),
        **string_signals(lines, code, language),
    }


def _characters(lines: Lines) -> Places:
    """Characters of each line."""
    lengths = lines.ends - lines.starts
    inside = lines.texts.continuations
    if len(inside):
        lengths = lengths - np.bincount(lines.of(inside), minlength=len(lengths))
    return lengths


def comment_lines(lines: Lines, language: str) -> Mask:
    """Lines that are comments, blank lines within them too; docstrings are comments."""
    words = LINE_WORDS[language]
    found = lines.begin_with(*words.comments)
    for opening, closing in words.blocks:
        opens = np.flatnonzero(lines.begin_with(opening))
        if len(opens):
            closes = lines.texts.find(closing.encode())
            found |= _between(lines, _without_code_behind(lines, opens, closes + len(closing)), closes)
    if language == "Python":
        found |= docstring_lines(lines)
    return found


def _without_code_behind(lines: Lines, opens: Places, ends: Places) -> Places:
    """Less the lines whose comment ends before they do: `/* 1 */ CASE(one)` is code."""
    first = np.append(ends, lines.texts.stop)[np.searchsorted(ends, lines.contents[opens] + 2)]
    return opens[first + 1 >= lines.ends[opens]]  # a blank may follow


def _between(lines: Lines, opens: Places, closes: Places) -> Mask:
    """Lines from each of `opens` to the first of `closes` (places) behind it, or to the end of the text.

    A line that opens inside a comment closes where that comment does, so nothing has to be told apart.
    """
    after = np.searchsorted(closes, lines.contents[opens] + 2)
    text_ends = lines.texts.bounds[1:][lines.text[opens]]
    reach = np.zeros(len(lines.starts), dtype=np.int64)
    reach[opens] = np.minimum(np.append(closes, np.iinfo(np.int64).max)[after], text_ends - 1)
    return np.asarray(np.maximum.accumulate(reach) >= lines.contents)


def _imports(lines: Lines, words: LineWords) -> Mask:
    """Lines that import, with those between an import's opening bracket and the line that closes it."""
    found = lines.begin_with(*words.imports)
    opens = np.flatnonzero(found & lines.end_with(*_OPENERS))
    if not len(opens):
        return found
    closing = np.flatnonzero(lines.begin_with(*_CLOSERS))
    return found | _between(lines, opens, lines.contents[closing])


def _functions(lines: Lines, code: Places, words: LineWords) -> tuple[Places, Places]:
    """How many functions each text has, and how many of them were never written; `code` are the lines that are code.

    A body is not written if it is empty, or is one statement that says so, on the function's line or the next.
    """
    begins = lines.begin_with(*words.functions)[code]
    opens = lines.end_with("{")[code]
    empty = lines.end_with("){}", ") {}", ") { }")[code]
    if not words.functions:
        begins = (opens | empty) & ~lines.begin_with(*words.types)[code]
    stub = lines.begin_with(*words.stubs)[code]
    closes = lines.begin_with("}", "end\n", "end\r")[code]
    text = lines.text[code]
    following = _later(stub, 1, text)
    if words.bodies == "closed":
        unwritten = begins & ((following & _later(closes, 2, text)) | empty | _later(closes, 1, text))
    else:
        head = begins | lines.begin_with(")")[code]
        unwritten = (head & lines.end_with(":")[code] & following) | (head & lines.end_with(": ...", ": pass")[code])
    count = lines.texts.count
    return np.bincount(text[begins], minlength=count), np.bincount(text[unwritten], minlength=count)


def _later(mask: Mask, by: int, text: Places) -> Mask:
    """Whether the mask holds some lines later in the same text."""
    moved = np.zeros_like(mask)
    moved[: max(0, len(mask) - by)] = mask[by:] & (text[by:] == text[: max(0, len(mask) - by)])
    return moved
