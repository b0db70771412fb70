"""Write a text that a regular expression matches.

Belongs here: expressions as Python understands them. Does not: where a program has them (`python`).
"""

import importlib
import re
from collections.abc import Iterable
from typing import Any

# Nothing public reads an expression, and this has no types.
_parser: Any = importlib.import_module("re._parser")
LONGEST = 80
_WORD = "name"
_MEANS = {
    _parser.CATEGORY_DIGIT: "7",
    _parser.CATEGORY_SPACE: " ",
    _parser.CATEGORY_WORD: "n",
    _parser.CATEGORY_NOT_DIGIT: "x",
    _parser.CATEGORY_NOT_SPACE: "x",
    _parser.CATEGORY_NOT_WORD: "-",
}


def matching(pattern: str, *, least: bool = False) -> str | None:
    """A short text in which the pattern is found, or None; `least`: with everything left out that may be."""
    try:
        text = _text(_parser.parse(pattern), least=least)
        found = re.search(pattern, text) is not None
    except (re.error, OverflowError, RecursionError, ValueError, KeyError):
        return None
    fit = text.isascii() and re.sub(r"[\n\t]", "", text).isprintable() and 0 < len(text) <= LONGEST
    return text if found and fit and text.strip() else None


def _text(parts: Iterable[tuple[Any, Any]], *, least: bool) -> str:
    return "".join(_piece(kind, value, least=least) for kind, value in parts)


def _piece(kind: Any, value: Any, *, least: bool) -> str:  # noqa: PLR0911 -- a row a kind
    match kind:
        case _parser.LITERAL:
            return chr(value)
        case _parser.ANY:
            return "x"
        case _parser.NOT_LITERAL:
            return "y" if value == ord("x") else "x"
        case _parser.IN:
            return _one_of(value)
        case _parser.MAX_REPEAT | _parser.MIN_REPEAT | _parser.POSSESSIVE_REPEAT:
            fewest, most, inner = int(value[0]), int(value[1]), list(value[2])
            once = _text(inner, least=least)
            if fewest == 0 and (least or once.isspace()):
                return ""
            a_kind = len(once) == 1 and once.isalpha() and inner[0][0] is not _parser.LITERAL
            return _WORD if a_kind and not least and fewest <= len(_WORD) <= most else once * max(fewest, 1)
        case _parser.SUBPATTERN | _parser.ATOMIC_GROUP:
            return _text(value[-1] if kind is _parser.SUBPATTERN else value, least=least)
        case _parser.BRANCH:
            return _text(value[1][-1 if least else 0], least=least)
        case _:
            return ""


def _one_of(choices: list[tuple[Any, Any]]) -> str:
    kind, value = choices[0]
    if kind is _parser.NEGATE:
        none_of = re.compile("[^" + "".join(re.escape(_one_of([one])) for one in choices[1:]) + "]")
        return next(one for one in "x7 -" if none_of.match(one))
    if kind is _parser.CATEGORY:
        return _MEANS[value]
    return chr(value[0] if kind is _parser.RANGE else value)
