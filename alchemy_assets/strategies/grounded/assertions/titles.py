"""Name tests by what they test: words for the outcome of a case, and words as names of languages.

Belongs here: what all languages share. Does not: reading calls (`calls`).
"""

import re
from collections.abc import Sequence

from alchemy_assets.strategies.grounded.assertions.calls import names, words_of
from alchemy_assets.strategies.grounded.assertions.suite import Case

_FIXED = {"true", "false", "none", "null", "nil", "undefined", "nan"}
_EMPTY = re.compile(
    r"\[\]|\{\}|''|\"\"|\(\)|set\(\)|b''|List\.of\(\)|Map\.of\(\)|Set\.of\(\)|[\w.\[\] ]+\{\}|\[\]\w+\(nil\)"
)
_WORDS = re.compile(r"[A-Za-z]+|-?\d+(?:\.\d+)?")
SHORT = 2
LONGEST_SAID = 16
# What words tell in full: `+1` is not `1`, nor `</i>` an `i`.
_PLAIN = re.compile(r"[\w\s.,:;!?'\"()\[\]{}-]*")


def outcome_words(case: Case) -> list[str]:
    """What a case gives, in words."""
    if case.error:
        return ["raises", *re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", re.split(r"[.:\\]", case.error)[-1])]
    if case.expected.lower() in _FIXED:
        return ["is", case.expected.lower()]
    if _EMPTY.fullmatch(case.expected):
        return ["is", "empty"]
    shown = re.sub(r"^\(\w+\) |(?<=\d)[Lf]$|\\u[0-9a-f]{4}|\\.", " ", case.expected)
    words = _WORDS.findall(shown)
    return ["gives", *words[:3]] if words else []


def _short(case: Case) -> bool:
    """Whether the outcome is so short that it makes a good name."""
    return (
        not case.error
        and len(case.expected) <= LONGEST_SAID
        and len(_WORDS.findall(case.expected)) <= SHORT
        and _PLAIN.fullmatch(case.expected) is not None
    )


def titles(cases: Sequence[Case]) -> list[list[str]]:
    """Words for each case, all different."""
    given, outcomes = [words_of(case.call) for case in cases], [outcome_words(case) for case in cases]
    said = [
        bool(outcome) and (_short(case) or outcome[0] != "gives") for case, outcome in zip(cases, outcomes, strict=True)
    ]
    return names(given, outcomes, said)


def by_function(cases: Sequence[Case]) -> dict[str, list[Case]]:
    """Cases by what they call, in their order."""
    found: dict[str, list[Case]] = {}
    for case in cases:
        found.setdefault(case.call.shown, []).append(case)
    return found


def _spelled(words: Sequence[str]) -> list[str]:
    """Words with the signs of numbers in letters."""
    found = []
    for word in words:
        number = re.fullmatch(r"(-?)(\d+)(?:\.(\d+))?", word)
        parts = [number[1] and "minus", number[2], number[3] and "point", number[3]] if number else [word]
        found += [part for part in parts if part]
    return found


def snake(words: Sequence[str]) -> str:
    """Words as a name with underscores."""
    return re.sub(r"\W", "", "_".join(_spelled(words)).lower(), flags=re.ASCII)


def camel(words: Sequence[str]) -> str:
    """Words as a name with capitals."""
    parts = [part for word in _spelled(words) for part in re.split(r"[_\W]+", word, flags=re.ASCII) if part]
    return "".join(part[0].upper() + part[1:] for part in parts)


def lower_camel(words: Sequence[str]) -> str:
    """Words as a name with capitals, the first aside."""
    made = camel(words)
    return made[:1].lower() + made[1:]
