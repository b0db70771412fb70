"""The thresholds of the heuristics, one typed table: what every language gets, and where a language differs.

Belongs here: numbers, where they come from, and why ours are looser where they are. Does not: the signals and rules that use
them (`heuristics`). A published threshold that costs good files is set where it costs none that was seen, and says so.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from math import inf, isnan
from types import MappingProxyType
from typing import Annotated, TypeAlias

import polars as pl

from alchemy_assets.errors import SettingsError
from alchemy_assets.languages import LANGUAGES

Overrides: TypeAlias = Mapping[str, Mapping[str, float]]
NO_OVERRIDES: Overrides = MappingProxyType({})
DEFAULT_KEY = "default"

_STARCODER = "StarCoder (arXiv 2305.06161)"
_STARCODER2 = "StarCoder2 (arXiv 2402.19173)"
_DEEPSEEK = "DeepSeek-Coder (arXiv 2401.14196)"
_REFINECODE = "RefineCode (arXiv 2411.04905 and OpenCoder-llm/opc_data_filtering)"
_OURS = "ours, by eye"


@dataclass(frozen=True)
class Thresholds:
    """Limits for files of one language, each with its source.

    Shares are between 0 and 1; lengths are in characters or bytes as the signal says. A flag (generated, xml, html,
    without_code) rejects where it is 0 and lets pass where it is 1.
    """

    fewest_lines: Annotated[float, f"{_OURS}; {_REFINECODE} asks for 10 lines of any kind"] = 5
    fewest_words: Annotated[float, f"{_OURS}; {_REFINECODE} has 30"] = 16
    most_characters: Annotated[float, f"{_REFINECODE}: 3,000,000 bytes"] = 3_000_000
    most_lines: Annotated[float, _STARCODER2] = 100_000
    longest_line: Annotated[float, f"{_STARCODER}, {_DEEPSEEK}"] = 1_000
    mean_line: Annotated[float, f"{_STARCODER}, {_DEEPSEEK}"] = 100
    shortest_mean_line: Annotated[float, _REFINECODE] = 5
    longest_mean_word: Annotated[float, f"{_OURS}; {_REFINECODE} has 10"] = 14
    shortest_mean_word: Annotated[float, _REFINECODE] = 2
    least_alphabetic: Annotated[float, f"{_STARCODER2}, {_DEEPSEEK}; {_REFINECODE} has 0.5 without blanks"] = 0.25
    most_digits: Annotated[float, f"{_REFINECODE}, its most tolerant value"] = 0.3
    most_blanks: Annotated[float, f"{_OURS}; {_REFINECODE} has 0.5"] = 0.6
    most_replacements: Annotated[float, _REFINECODE] = 0.01
    generated: Annotated[float, f"{_STARCODER2}, {_REFINECODE}; the marks are ours"] = 0
    xml: Annotated[float, f"{_STARCODER}, {_DEEPSEEK}, {_REFINECODE}"] = 0
    html: Annotated[float, _OURS] = 0
    without_code: Annotated[float, _OURS] = 0
    most_markup: Annotated[float, f"{_REFINECODE}, of text"] = 0.5
    longest_base64: Annotated[float, _STARCODER2] = 1_024
    longest_hex: Annotated[float, f"{_OURS}; {_STARCODER2} has 1,024, which costs every AES and CRC with its tables"] = 8_192
    most_encoded: Annotated[float, _STARCODER2] = 0.5
    most_hex_words: Annotated[float, _REFINECODE] = 0.4
    most_long_words: Annotated[float, f"{_REFINECODE}: words over 20 characters in strings; ours over 40 anywhere"] = 0.4
    most_strings: Annotated[float, f"{_OURS}; {_REFINECODE} has 0.6"] = 0.8
    most_long_strings: Annotated[float, f"{_OURS}; {_REFINECODE} has 0.2"] = 0.5
    most_comments: Annotated[float, f"{_OURS}; {_REFINECODE} and SantaCoder have 0.8"] = 0.9
    most_todos: Annotated[float, f"{_OURS}; {_REFINECODE} has 0.01"] = 0.2
    most_imports: Annotated[float, f"{_OURS}; {_REFINECODE} has 0.3 for Python"] = 0.9
    most_prints: Annotated[float, f"{_OURS}; {_REFINECODE} has 0.4"] = 0.8
    most_asserts: Annotated[float, f"{_OURS}; {_REFINECODE} has 0.4"] = 0.8
    most_directives: Annotated[float, f"{_REFINECODE}, for C and C++"] = inf
    most_stubs: Annotated[float, _OURS] = 0.9
    most_mains: Annotated[float, f"{_REFINECODE}: 1, for C and C++"] = inf
    most_repeated_lines: Annotated[float, f"{_OURS}; {_REFINECODE} has 0.7, counting first occurrences too"] = 0.8
    most_repeated_phrases: Annotated[float, f"{_OURS}; {_REFINECODE} has 0.6 for phrases of ten"] = 0.8
    most_top_phrase: Annotated[float, f"{_OURS}; {_REFINECODE} has 0.18 for phrases of three"] = 0.5


DEFAULT = Thresholds()

THRESHOLDS: Mapping[str, Thresholds] = MappingProxyType(
    dict.fromkeys(LANGUAGES, DEFAULT)
    | {
        # Prose is one line a paragraph: StarCoder2 exempts Markdown from line lengths. Short notes go (ours).
        "Markdown": replace(DEFAULT, longest_line=inf, mean_line=inf, fewest_words=50),
        # Statements are written on one line, and rows of a small table have many digits; a dump is longer still (ours).
        "SQL": replace(DEFAULT, longest_line=4_000, mean_line=200, fewest_lines=3, most_digits=0.35),
    }
)
NAMES = tuple(each.name for each in fields(Thresholds))


def table(overrides: Overrides = NO_OVERRIDES) -> Mapping[str, Thresholds]:
    """The thresholds of each language under the settings' `heuristics`, which are keyed by language or `default`.

    A value below `default` holds for every language that neither the settings nor the table above give one of its own.
    Raises SettingsError naming what is not known.
    """
    for language, values in overrides.items():
        if language != DEFAULT_KEY and language not in LANGUAGES:
            msg = f"heuristics.{language} names no language; known are default, {', '.join(LANGUAGES)}"
            raise SettingsError(msg)
        for name, value in values.items():
            if name not in NAMES:
                msg = f"heuristics.{language}.{name} names no threshold; known are {', '.join(NAMES)}"
                raise SettingsError(msg)
            if isnan(value):
                msg = f"heuristics.{language}.{name} is not a number; give a number, or inf for no limit"
                raise SettingsError(msg)
    return {
        language: replace(own, **(_unless_own(own, overrides.get(DEFAULT_KEY, {})) | dict(overrides.get(language, {}))))
        for language, own in THRESHOLDS.items()
    }


def _unless_own(own: Thresholds, values: Mapping[str, float]) -> dict[str, float]:
    return {name: value for name, value in values.items() if getattr(own, name) == getattr(DEFAULT, name)}


def limits(overrides: Overrides = NO_OVERRIDES) -> Callable[[str], pl.Expr]:
    """A function from a threshold's name to its value as a column, by the language of the row."""
    by_language = table(overrides)

    def limit(name: str) -> pl.Expr:
        if name not in NAMES:
            msg = f"no threshold is called {name!r}; known are {', '.join(NAMES)}"
            raise KeyError(msg)
        values = {language: float(getattr(thresholds, name)) for language, thresholds in by_language.items()}
        if len(set(values.values())) == 1:
            return pl.lit(next(iter(values.values())))
        return pl.col("language").replace_strict(values, return_dtype=pl.Float64)

    return limit


limit = limits()
