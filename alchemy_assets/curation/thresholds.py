"""The thresholds of the heuristics, one typed table: what every language gets, and where a language differs.

Belongs here: numbers and where they come from. Does not: the signals and rules that use them (`heuristics`).
Sources: StarCoder (arXiv 2305.06161), StarCoder2 (arXiv 2402.19173), RefineCode (arXiv 2411.04905); "ours" is by eye.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from math import inf
from types import MappingProxyType

import polars as pl

from alchemy_assets.languages import LANGUAGES


@dataclass(frozen=True)
class Thresholds:
    """Limits for files of one language; shares are of all characters, lengths are in characters.

    fewest_lines: lines that are not blank (ours; RefineCode asks for 10 lines of any kind).
    fewest_words: identifiers, keywords and numbers (ours).
    most_lines: StarCoder2 and RefineCode.
    longest_line, mean_line: StarCoder.
    least_alphabetic: StarCoder.
    most_digits: RefineCode, its most tolerant value.
    longest_base64: StarCoder2.
    longest_hex: ours (StarCoder2 has 1,024, which costs every AES and CRC with its tables).
    most_encoded: StarCoder2.
    """

    fewest_lines: int = 5
    fewest_words: int = 16
    most_lines: int = 100_000
    longest_line: float = 1_000
    mean_line: float = 100
    least_alphabetic: float = 0.25
    most_digits: float = 0.3
    longest_base64: int = 1_024
    longest_hex: int = 8_192
    most_encoded: float = 0.5


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


def limit(name: str) -> pl.Expr:
    """A threshold as a column, by the language of the row."""
    if name not in {each.name for each in fields(Thresholds)}:
        msg = f"no threshold is called {name!r}"
        raise KeyError(msg)
    by_language = {language: float(getattr(thresholds, name)) for language, thresholds in THRESHOLDS.items()}
    return pl.col("language").replace_strict(by_language, return_dtype=pl.Float64)
