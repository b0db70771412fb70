"""Judge files by their shape: minified, generated and data files, and files with nothing in them, give themselves away.

Belongs here: the rules over the signals of `file_shape`. Does not: counting (`file_shape`), numbers (`thresholds`), syntax
(`syntax`). Measuring depends on no threshold; a text's signals do not depend on the texts beside it.
"""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import polars as pl

from alchemy_assets.curation.file_shape.lines import line_signals
from alchemy_assets.curation.file_shape.marks import mark_signals
from alchemy_assets.curation.file_shape.measuring import measured
from alchemy_assets.curation.file_shape.tables import Tables
from alchemy_assets.curation.file_shape.texts import Places, Shares, shares
from alchemy_assets.curation.file_shape.words import word_signals
from alchemy_assets.curation.stage import Rule, Stage
from alchemy_assets.curation.thresholds import NO_OVERRIDES, Overrides, limits

NAME = "heuristics"

COLUMNS: Mapping[str, pl.DataType] = MappingProxyType(
    dict.fromkeys(
        (
            "characters",
            "lines",
            "filled_lines",
            "longest_line",
            "words",
            "functions",
            "mains",
            "generated",
            "xml",
            "html",
            "without_code",
            "base64_run",
            "hex_run",
        ),
        pl.Int64(),
    )
    | dict.fromkeys(
        (
            "mean_line",
            "mean_word",
            "alphabetic_share",
            "digit_share",
            "blank_share",
            "replacement_share",
            "encoded_share",
            "hex_word_share",
            "long_word_share",
            "string_share",
            "long_string_share",
            "markup_share",
            "comment_share",
            "todo_share",
            "import_share",
            "print_share",
            "assert_share",
            "directive_share",
            "stub_share",
            "repeated_lines",
            "repeated_phrases",
            "top_phrase",
        ),
        pl.Float64(),
    )
)

# Reason, signal, the threshold it is held against, and whether it must not be more or not be less.
RULES = (
    ("it has too few lines", "filled_lines", "fewest_lines", "under"),
    ("it has too few words", "words", "fewest_words", "under"),
    ("it has too many characters", "characters", "most_characters", "over"),
    ("it has too many lines", "lines", "most_lines", "over"),
    ("a line is too long", "longest_line", "longest_line", "over"),
    ("its lines are too long on average", "mean_line", "mean_line", "over"),
    ("its lines are too short on average", "mean_line", "shortest_mean_line", "under"),
    ("its words are too long on average", "mean_word", "longest_mean_word", "over"),
    ("its words are too short on average", "mean_word", "shortest_mean_word", "under"),
    ("too few of its characters are letters", "alphabetic_share", "least_alphabetic", "under"),
    ("too many of its characters are digits", "digit_share", "most_digits", "over"),
    ("too many of its characters are blank", "blank_share", "most_blanks", "over"),
    ("too many of its characters could not be decoded", "replacement_share", "most_replacements", "over"),
    ("it says that it is generated", "generated", "generated", "over"),
    ("it is XML", "xml", "xml", "over"),
    ("it is a page of HTML", "html", "html", "over"),
    ("it has no code in it", "without_code", "without_code", "over"),
    ("most of it is markup", "markup_share", "most_markup", "over"),
    ("it holds a long piece of base64", "base64_run", "longest_base64", "over"),
    ("it holds a long table of bytes", "hex_run", "longest_hex", "over"),
    ("most of it is encoded data", "encoded_share", "most_encoded", "over"),
    ("most of it is hexadecimal numbers", "hex_word_share", "most_hex_words", "over"),
    ("too much of it is very long words", "long_word_share", "most_long_words", "over"),
    ("most of it is strings", "string_share", "most_strings", "over"),
    ("too many of its lines hold long strings", "long_string_share", "most_long_strings", "over"),
    ("most of it is comments", "comment_share", "most_comments", "over"),
    ("too much of it is left to do", "todo_share", "most_todos", "over"),
    ("it does little but import", "import_share", "most_imports", "over"),
    ("it does little but print", "print_share", "most_prints", "over"),
    ("it does little but assert", "assert_share", "most_asserts", "over"),
    ("it does little but direct the preprocessor", "directive_share", "most_directives", "over"),
    ("its functions are stubs", "stub_share", "most_stubs", "over"),
    ("it has more than one main function", "mains", "most_mains", "over"),
    ("too many of its lines repeat others", "repeated_lines", "most_repeated_lines", "over"),
    ("too much of it repeats itself", "repeated_phrases", "most_repeated_phrases", "over"),
    ("one phrase makes up too much of it", "top_phrase", "most_top_phrase", "over"),
)


def stage(overrides: Overrides = NO_OVERRIDES) -> Stage:
    """The stage `heuristics` with the thresholds of the table, and those of the settings that differ.

    Raises SettingsError for a language or a threshold that is not known.
    """
    limit = limits(overrides)
    rules = tuple(
        Rule(reason, pl.col(signal) > limit(threshold) if side == "over" else pl.col(signal) < limit(threshold))
        for reason, signal, threshold, side in RULES
    )
    return Stage(NAME, COLUMNS, measure, rules)


def measure(files: pl.DataFrame) -> pl.DataFrame:
    """Files of `source_files` with the signals of this stage; order, other rows and slicing change nothing."""
    return files.hstack(measured(files, _signals, COLUMNS))


def _signals(tables: Tables, language: str) -> Mapping[str, Places | Shares]:
    texts, lines, words = tables
    marks, said = mark_signals(lines, words, language), word_signals(lines, words)
    sizes = np.diff(texts.bounds)
    return {
        "characters": texts.characters,
        "alphabetic_share": shares(words.sizes - texts.digits, sizes),
        "digit_share": shares(texts.digits, sizes),
        "blank_share": shares(texts.blanks + lines.counts, sizes),
        "replacement_share": shares(texts.replacements, texts.characters),
        "encoded_share": marks["base64_share"] + said["hex_share"],
        **line_signals(lines, language),
        **said,
        **marks,
    }
