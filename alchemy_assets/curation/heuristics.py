"""Judge files by their shape: minified, generated and data files, and files with nothing in them, give themselves away.

Belongs here: signals that a regular expression or a count can see, and the rules over them. Does not: numbers
(`thresholds`), syntax (`syntax`). All signals are Polars expressions over the text.
"""

from collections.abc import Mapping
from types import MappingProxyType

import polars as pl

from alchemy_assets.curation.stage import Rule, Stage, measured_by
from alchemy_assets.curation.thresholds import limit

NAME = "heuristics"

HEADER_LINES = 40
HEADER_CHARACTERS = 4_000

# The words that generators write, in forms that people do not: "automatically generated" alone is said of much else.
_BY_MACHINE = r"(?:auto(?:matically)?[ -]?|machine[ -]|programmatically )"
_GENERATED = (
    r"\bcode generated\b[^\n]{0,200}\bdo not edit\b"
    r"|(?:^|[\s*#/(])@generated\b"
    r"|<auto-?generated"
    r"|\b(?:this|the) (?:\w+ ){0,2}(?:file|code|source|module|header|script|document|class)"
    rf" (?:is|was|has been|were) {_BY_MACHINE}?generated\b"
    rf"|^\W*(?:this (?:file|code) )?(?:(?:is|was) )?{_BY_MACHINE}generated (?:by|from|with|using|on|at|file|code)\b"
    r"|^\W*auto-?generated[\s.:!*/#-]*$"
    r"|^\W*generated (?:automatically )?(?:by|from|with|using) [^\n]*$"
    r"|\bdo not (?:edit|modify|change) (?:this (?:file|code)|manually|by hand|directly)"
    r"|\bdo not hand[ -]edit\b"
)
_SHOUTED = r"\bDO NOT (?:EDIT|MODIFY|HAND[ -]EDIT)\b"
_HEADER = pl.col("text").str.slice(0, HEADER_CHARACTERS).str.split("\n").list.head(HEADER_LINES).list.join("\n")

# Long pieces of base64, also when wrapped in lines, quotes and operators; and rows of bytes in hexadecimal.
_BASE64 = r"(?:[A-Za-z0-9+/]{40,}={0,2}[\s\"'+,.\\()]{0,40})+"
_HEX = r"(?:(?:\b0x|\\x|\b)[0-9a-fA-F]{2}[\s,]{0,16}){16,}|(?:\\u[0-9a-fA-F]{4}){8,}"

_TEXT = pl.col("text").str
_LENGTH = _TEXT.len_chars()
_LINES = _TEXT.strip_suffix("\n").str.split("\n")
_LINE_LENGTHS = _LINES.list.eval(pl.element().str.len_chars())


def _share(characters: pl.Expr) -> pl.Expr:
    return pl.when(_LENGTH > 0).then(characters / _LENGTH).otherwise(0.0)


def _runs(pattern: str) -> pl.Expr:
    return _TEXT.extract_all(pattern).list.eval(pl.element().str.len_chars())


SIGNALS: Mapping[str, pl.Expr] = MappingProxyType(
    {
        "characters": _LENGTH,
        "lines": _LINES.list.len(),
        "filled_lines": _TEXT.count_matches(r"(?m)^.*\S.*$"),
        "longest_line": _LINE_LENGTHS.list.max(),
        "mean_line": _LINE_LENGTHS.list.mean(),
        "words": _TEXT.count_matches(r"\w+"),
        "alphabetic_share": _share(_TEXT.count_matches(r"\p{Alphabetic}")),
        "digit_share": _share(_TEXT.count_matches("[0-9]")),
        "base64_run": _runs(_BASE64).list.max().fill_null(0),
        "hex_run": _runs(_HEX).list.max().fill_null(0),
        "encoded_share": _share(_runs(_BASE64).list.sum() + _runs(_HEX).list.sum()),
        "generated": _HEADER.str.contains(f"(?im){_GENERATED}") | _HEADER.str.contains(_SHOUTED),
    }
)
COLUMNS: Mapping[str, pl.DataType] = MappingProxyType(
    {
        "characters": pl.Int64(),
        "lines": pl.Int64(),
        "filled_lines": pl.Int64(),
        "longest_line": pl.Int64(),
        "mean_line": pl.Float64(),
        "words": pl.Int64(),
        "alphabetic_share": pl.Float64(),
        "digit_share": pl.Float64(),
        "base64_run": pl.Int64(),
        "hex_run": pl.Int64(),
        "encoded_share": pl.Float64(),
        "generated": pl.Boolean(),
    }
)
RULES = (
    Rule("it has too few lines", pl.col("filled_lines") < limit("fewest_lines")),
    Rule("it has too few words", pl.col("words") < limit("fewest_words")),
    Rule("it has too many lines", pl.col("lines") > limit("most_lines")),
    Rule("a line is too long", pl.col("longest_line") > limit("longest_line")),
    Rule("its lines are too long on average", pl.col("mean_line") > limit("mean_line")),
    Rule("too few of its characters are letters", pl.col("alphabetic_share") < limit("least_alphabetic")),
    Rule("too many of its characters are digits", pl.col("digit_share") > limit("most_digits")),
    Rule("it says that it is generated", pl.col("generated")),
    Rule("it holds a long piece of base64", pl.col("base64_run") > limit("longest_base64")),
    Rule("it holds a long table of bytes", pl.col("hex_run") > limit("longest_hex")),
    Rule("most of it is encoded data", pl.col("encoded_share") > limit("most_encoded")),
)

STAGE = Stage(NAME, COLUMNS, measured_by(SIGNALS), RULES)
