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

    fewest_lines: Annotated[float, f"{_OURS}, that are not blank; {_REFINECODE} asks for 10 of any kind"] = 5
    fewest_words: Annotated[float, f"{_OURS}; {_REFINECODE} has 30"] = 16
    most_characters: Annotated[float, f"{_REFINECODE}, in bytes"] = 3_000_000
    most_lines: Annotated[float, f"{_STARCODER2}, {_REFINECODE}"] = 100_000
    # 1,000 takes programs for the one pattern, key or expected output in them (the main.rs of fd, xlsxwriter, sqlmap): two
    # in a thousand Python files, most of them good. What is minified is too long on average as well.
    longest_line: Annotated[float, f"{_OURS}; {_STARCODER}, {_DEEPSEEK}, {_REFINECODE} have 1,000"] = 4_000
    mean_line: Annotated[float, f"{_STARCODER}, {_DEEPSEEK}, {_REFINECODE}"] = 100
    shortest_mean_line: Annotated[float, _REFINECODE] = 5
    # Ten to twenty is the style of whole libraries: `CNLabelContactRelationFemaleCousin`, `TF_AWS_LAMBDA_FUNCTION`.
    longest_mean_word: Annotated[float, f"{_OURS}; {_REFINECODE} has 10"] = 25
    shortest_mean_word: Annotated[float, f"{_OURS}; {_REFINECODE} has 2"] = 1.5
    # Between 0.2 and 0.25 stand tables of colours, registers and language codes within programs.
    least_alphabetic: Annotated[float, f"{_OURS}; {_STARCODER2}, {_DEEPSEEK} have 0.25, {_REFINECODE} 0.5"] = 0.2
    # Tests of numerical code have a third; from two fifths on it is data.
    most_digits: Annotated[float, f"{_OURS}; {_REFINECODE} has 0.2, for SQL 0.3"] = 0.4
    # Deep nesting one argument a line (Django's urls.py under black) is three fifths white space.
    most_blanks: Annotated[float, f"{_OURS}; {_REFINECODE} has 0.5"] = 0.75
    most_replacements: Annotated[float, _REFINECODE] = 0.01
    generated: Annotated[float, f"{_STARCODER2}, {_REFINECODE}; the marks are ours"] = 0
    xml: Annotated[float, f"{_STARCODER}, {_DEEPSEEK}, {_REFINECODE}"] = 0
    html: Annotated[float, _OURS] = 0
    # A file of this suffix without an opening tag is another language: Delphi, OpenQASM, a test of MariaDB.
    without_code: Annotated[float, _OURS] = 0
    # Half of a good README is tags where it has a table of logos.
    most_markup: Annotated[float, f"{_OURS}; {_REFINECODE} has 0.5 for text"] = 0.75
    # 1,024 takes tests for the one key or signature in them (x/crypto, fmt); small files of it fall to `most_encoded`.
    longest_base64: Annotated[float, f"{_OURS}; {_STARCODER2}, {_REFINECODE} have 1,024"] = 4_096
    longest_hex: Annotated[
        float, f"{_OURS}; {_STARCODER2} has 1,024, which costs every AES and CRC with its tables"
    ] = 8_192
    most_encoded: Annotated[float, f"{_STARCODER2}, {_REFINECODE}"] = 0.5
    # Programs with a table of constants (fmt, CRC-32C, Randen) have up to 0.45.
    most_hex_words: Annotated[float, f"{_OURS}; {_REFINECODE} has 0.4"] = 0.6
    # Letters above ASCII count, so drawings of boxes and text without blanks are long words.
    most_long_words: Annotated[float, f"{_OURS}, over 40 bytes anywhere; {_REFINECODE} has 0.4, over 20 in strings"] = (
        0.5
    )
    # Up to 0.85 stand tables of messages with the functions that use them; above it are lists of words and translations.
    most_strings: Annotated[float, f"{_OURS}; {_REFINECODE} has 0.6"] = 0.85
    most_long_strings: Annotated[float, f"{_OURS}; {_REFINECODE} has 0.2"] = 0.5
    # Well documented code has 0.93 (SciPy, Active Record, tokio); above 0.95 stand licences and what is commented out.
    most_comments: Annotated[float, f"{_OURS}; {_REFINECODE}, SantaCoder (arXiv 2301.03988) have 0.8"] = 0.95
    # One TODO in a hundred lines says nothing against a program.
    most_todos: Annotated[float, f"{_OURS}; {_REFINECODE} has 0.01"] = 0.2
    # Short modules import much; what does nothing else is a list of names, `package-info.java` or `pch.h`.
    most_imports: Annotated[float, f"{_OURS}; {_REFINECODE} has 0.3 for Python"] = 0.9
    most_prints: Annotated[float, f"{_OURS}; {_REFINECODE} has 0.4"] = 0.8
    most_asserts: Annotated[float, f"{_OURS}; {_REFINECODE} has 0.4"] = 0.8
    # Headers are directives for the most part, and good ones.
    most_directives: Annotated[float, f"ours, none; {_REFINECODE} has 0.8 for C and C++"] = inf
    # Type stubs (.pyi), empty listeners and code for platforms that are not supported.
    most_stubs: Annotated[float, _OURS] = 0.9
    # Behind `#ifdef`, in strings and as calls, a second `main` is common.
    most_mains: Annotated[float, f"ours, none; {_REFINECODE} has 1 for C and C++"] = inf
    # Overloads (xarray, FastAPI, OpenAI's client) repeat most of their lines.
    most_repeated_lines: Annotated[float, f"{_OURS}; {_REFINECODE} has 0.7, counting first occurrences too"] = 0.9
    most_repeated_phrases: Annotated[float, f"{_OURS}; {_REFINECODE} has 0.6 for phrases of ten words"] = 0.8
    most_top_phrase: Annotated[float, f"{_OURS}; {_REFINECODE} has 0.18 of the characters"] = 0.8
    # Of the stage `quality`, which rejects nothing by itself.
    least_quality: Annotated[float, "ours, none"] = 0


DEFAULT = Thresholds()

THRESHOLDS: Mapping[str, Thresholds] = MappingProxyType(
    dict.fromkeys(LANGUAGES, DEFAULT)
    | {
        # Prose is one line a paragraph (StarCoder2 exempts it too), a document may show a marker or a log, and text without
        # blanks between words has long ones. Short notes go: RefineCode asks for 50 words of text.
        "Markdown": replace(
            DEFAULT,
            longest_line=inf,
            mean_line=inf,
            fewest_words=50,
            longest_mean_word=inf,
            most_long_words=inf,
            generated=1,
        ),
        # Statements are written on one line, and are programs by themselves.
        "SQL": replace(DEFAULT, mean_line=200, fewest_lines=3),
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
