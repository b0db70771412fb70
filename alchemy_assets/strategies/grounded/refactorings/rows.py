"""Say which names are read together, so that none of them gets another name or place alone.

Belongs here: rows of names (`r1` beside `r2`, `freq` beside `globalFreq`, `read_u8` beside `read_u16`) and headings between
functions. Does not: whether a change is safe (`rename`, `move`), better words (`better_names`).
"""

import re
from collections.abc import Collection, Iterable

from alchemy_assets.strategies.grounded.outline import Item
from alchemy_assets.strategies.grounded.refactorings.better_names import ABBREVIATIONS, words_of

_NUMBER = re.compile(r"_?\d+$")
_LEAST_SHARED = 3
PAIR = 2
# Names that stand for each other's opposites.
_OPPOSITES = [
    {"lo", "hi"},
    {"in", "out"},
    {"src", "dst"},
    {"src", "dest"},
    {"old", "new"},
    {"req", "res"},
    {"prev", "next"},
    {"prev", "curr"},
    {"fst", "snd"},
    {"lhs", "rhs"},
]
# `len(x)` is no relative of `tag_len`.
_FUNCTIONS = frozenset({"len"})
_COMMENT = re.compile(r"\s*(?://|#(?!!|\[|\w)|/\*|\*/)")
_RULE = re.compile(r"\s*(?://+|#+|/\*+|\*)\s*(?:[-=*#~/]{3,}|MARK:|region\b|pragma mark\b)")


def in_a_row(old: str, bound: Iterable[str]) -> bool:
    """Whether other variables have the same name with another number, a letter before it, or the letter next to it."""
    bare = old.lstrip("$@")
    others = {name.lstrip("$@") for name in bound} - {bare}
    stem = _NUMBER.sub("", bare)
    letters = {one for one in others if len(one) == 1}
    if any(bare in pair and pair & others for pair in _OPPOSITES):
        return True
    # `fi`, `pi` and `mi` hold infos of three kinds.
    if len(bare) == PAIR and any(len(one) == PAIR and one[1] == bare[1] for one in others):
        return True
    if len(bare) == 1 and any(abs(ord(one) - ord(bare)) == 1 for one in letters):
        return True
    # `ptg` is the parent of `tg`.
    longer = {one for one in others if len(bare) > 1 and len(one) == len(bare) + 1 and one.endswith(bare)}
    return bool(longer) or any(_NUMBER.sub("", one) == stem for one in others)


def shares_short_form(old: str, names: Iterable[str], short: Collection[str] = ABBREVIATIONS) -> bool:
    """Whether a short form of a name is part of other names, which would go on without the word that it stands for."""
    bare = old.lstrip("$@")
    forms = {word for word in words_of(bare) if word in short}
    return any(
        form in words_of(other) or (len(form) >= _LEAST_SHARED and other.endswith(form))
        for other in {name.lstrip("$@") for name in names} - {bare, *_FUNCTIONS}
        for form in forms
    )


def has_relatives(item: Item, functions: Iterable[Item], caller: Item) -> bool:
    """Whether one beside a function has its parameters or some of its words, or any has its name with another number."""
    beside = [one for one in functions if one.parents == item.parents]
    if any(one.name != item.name and _NUMBER.sub("", one.name) == _NUMBER.sub("", item.name) for one in beside):
        return True
    at = next(number for number, one in enumerate(beside) if one.first == item.first)
    return any(
        one.first != caller.first and (_related(one.name, item.name) or _takes_the_same(one, item))
        for one in (*beside[max(at - 1, 0) : at], *beside[at + 1 : at + 2])
    )


def _related(one: str, other: str) -> bool:
    first, second = words_of(one), words_of(other)
    if not first or not second:
        return False
    # `to_signed` stands beside `from_signed`.
    pair = (len(first) > 1 and first[1:] == second[1:]) or (first[-1] == second[-1] and len(first[-1]) > _LEAST_SHARED)
    # So does `incref` beside `decref`.
    pair = pair or (len(first) == len(second) == 1 and first[0][-_LEAST_SHARED:] == second[0][-_LEAST_SHARED:])
    return pair or (first[0] == second[0] and (len(first[0]) >= _LEAST_SHARED or first[0] in {"is", "to", "on"}))


def _takes_the_same(one: Item, other: Item) -> bool:
    """Whether two functions have the same two or more parameters, as `Max(a, b T) T` and `Min(a, b T) T`."""
    first, second = (_head(item) for item in (one, other))
    return first == second and "," in first


def _head(item: Item) -> str:
    """What stands before the body of a function, without its name."""
    return re.sub(r"\s+", "", re.sub(rf"\b{re.escape(item.name)}\b|\b(?:self|cls)\s*,", "", item.signature, count=2))


def is_heading(lines: list[str], row: int) -> bool:
    """Whether a line is a comment by itself, or one that draws a rule: what comes after belongs together."""
    if not _COMMENT.match(lines[row]):
        return False
    before = lines[row - 1].strip() if row else ""
    after = lines[row + 1].strip() if row + 1 < len(lines) else ""
    return _RULE.match(lines[row]) is not None or not (before or after)
