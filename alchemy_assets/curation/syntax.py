"""Judge files by whether they parse: by tree-sitter in every language, and by the language's own parser where it is at hand.

Belongs here: counting errors, deciding how many a grammar may be wrong about, and whose refusal counts. Does not: trees for
other uses (`syntax_tree`), running other programs' parsers (`native_parsers`). Markdown has no wrong text, so it never
fails here.
"""

import functools
import platform
import re
import symtable
import warnings
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import NamedTuple

import polars as pl
from tree_sitter import Node, Query, QueryCursor

from alchemy_assets import syntax_tree
from alchemy_assets.curation import native_parsers
from alchemy_assets.curation.blind_spots import blanked
from alchemy_assets.curation.native_parsers import NO_ANSWER, Judgement
from alchemy_assets.curation.stage import Rule, Stage

NAME = "syntax"
COLUMNS: Mapping[str, pl.DataType] = MappingProxyType(
    {
        "error_nodes": pl.Int64(),
        "error_share": pl.Float64(),
        "macros": pl.Boolean(),
        "native_parser": pl.String(),
        "native_parses": pl.Boolean(),
    }
)

# Largest share of a file's bytes that may stand in error nodes, for grammars that are wrong about valid code. Ours, by
# eye, of 36,000 files of packages that compile or run (Debian, npm, PyPI). The others get none: after `blind_spots` none
# of 3,647 Java files fails, 10 of 2,750 Rust, 20 of 4,000 TypeScript, and Go, JavaScript, PHP, Python, Ruby have the last
# word of their own parser. What is no TypeScript at all (data sets in `.ts`) has shares from 0.009 up.
TOLERATED: Mapping[str, float] = MappingProxyType(
    {
        "Shell": 0.005,  # `$(...))` after a here-document; where bash is not at hand, 27 of 1,386 valid files still fail
        # Most of what PostgreSQL, MySQL and T-SQL add is not in the grammar: 0.1 refuses 569 of 1,560 files, of which 40
        # were read: 35 valid, 5 templates. 0.5 refuses 217 (25 read: 21 valid), whose trees would be of no use downstream.
        "SQL": 0.5,
        "Swift": 0.02,  # `.success(())`, `for try await`, `#error`, `where A.B: C`; 4 of 1,407 fail
    }
)
# In files with macros or conditionals: what a preprocessor takes away or puts in, no grammar can see.
TOLERATED_WITH_MACROS: Mapping[str, float] = MappingProxyType({"C": 0.1, "CSharp": 0.1, "Cpp": 0.1})
_MACROS = re.compile(r"(?m)^[ \t]*#[ \t]*(?:if|define)|\b(?=[A-Z0-9]*_[A-Z0-9_]*[A-Z])[A-Z0-9_]++\b|\b[A-Z]{3,}\(")

PYTHON = f"CPython {platform.python_version()}"
_OTHER_SHELL = re.compile(r"[/ ](?:z|k|mk|pdk|fi|t?c)sh\d*\b")
_OTHER_SHELL_FILE = re.compile(r"\.(?:zsh|ksh|fish|t?csh)$|^\.?z(?:sh(?:rc|env)|profile|login|logout)$")


class Findings(NamedTuple):
    """What parsing found: error and missing nodes, their share of the bytes, and the first one's line (from 1)."""

    error_nodes: int
    error_share: float
    first_line: int | None


def errors_in(language: str, source: bytes, suffix: str = "") -> Findings:
    """Count the errors of a file, nested ones too; bytes count once, and a missing token is one byte."""
    root = syntax_tree.parse(language, source, suffix).root_node
    if not root.has_error:
        return Findings(0, 0.0, None)
    nodes, wrong_bytes, wrong_until, first_line = 0, 0, 0, None
    for node in _erroneous(root):
        nodes += 1
        first_line = first_line or node.start_point.row + 1
        end = max(node.end_byte, node.start_byte + 1)
        wrong_bytes += max(0, end - max(node.start_byte, wrong_until))
        wrong_until = max(wrong_until, end)
    return Findings(nodes, min(1.0, wrong_bytes / max(1, len(source))), first_line)


def _erroneous(root: Node) -> Iterator[Node]:
    """Error and missing nodes in source order, entering only subtrees that hold some."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.is_error or node.is_missing:
            yield node
        waiting.extend(child for child in reversed(node.children) if child.has_error or child.is_missing)


def python_parses(text: str) -> Judgement:
    """What Python's own parser says of a text; no answer where it nests too deep to tell.

    Up to its symbol table, without the tree of Python objects that `ast.parse` makes: 1.8 times as fast, and it refuses
    what no Python 3 runs either (an argument named twice). Of 34,010 files of packages 19 are refused, one of them for
    the syntax of a newer Python than ours.
    """
    try:
        symtable.symtable(text, "file", "exec")
    except SyntaxError as error:
        return Judgement(accepted=False, line=error.lineno or 1, message=error.msg)
    except ValueError as error:
        return Judgement(accepted=False, line=1, message=str(error))
    except (RecursionError, MemoryError):
        return NO_ANSWER
    return Judgement(accepted=True)


def has_jsx(text: str) -> bool:
    """Whether a JavaScript file holds JSX, which the grammar reads and node does not."""
    return bool(QueryCursor(_jsx()).captures(syntax_tree.parse("JavaScript", text.encode()).root_node))


@functools.cache
def _jsx() -> Query:
    return Query(syntax_tree.grammar("JavaScript"), "[(jsx_element) (jsx_self_closing_element)] @jsx")


def is_for_bash(text: str, paths: Iterable[str | None]) -> bool:
    """Whether a shell script is bash's to judge, by its `#!` line, else by its names: zsh and ksh have words of their own."""
    if text.startswith("#!"):
        return _OTHER_SHELL.search(text.partition("\n")[0]) is None
    names = [PurePosixPath(path or "").name for path in paths]
    return not names or any(_OTHER_SHELL_FILE.search(name) is None for name in names)


def parsers_at_hand() -> Mapping[str, str]:
    """The languages' own parsers that judge files here, with their versions: facts that others measured may differ."""
    return {"Python": PYTHON, **native_parsers.parsers_at_hand()}


def stage(*, native: bool = True) -> Stage:
    """The stage `syntax`; it needs no settings. native: whether to ask parsers that are programs of their own."""
    return Stage(NAME, COLUMNS, functools.partial(_measure, native=native), RULES)


def _measure(files: pl.DataFrame, *, native: bool) -> pl.DataFrame:
    read = files.select(
        "language",
        pl.col("text").str.strip_prefix("\ufeff"),
        pl.col("occurrences").list.eval(pl.element().struct.field("path")).alias("paths"),
    ).with_row_index()
    told = _told(read) if native else {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        rows = [_row(language, text, paths or (), told.get(at)) for at, language, text, paths in read.iter_rows()]
    return files.hstack(pl.DataFrame(rows, schema={**COLUMNS, "detail": pl.String()}, orient="row"))


def _told(read: pl.DataFrame) -> dict[int, tuple[str, Judgement]]:
    """Which program judged each file and what it said, by row. JSX and the scripts of other shells are not its own."""
    told = {}
    for language in read["language"].unique(maintain_order=True):
        parser = native_parsers.at_hand(language)
        if parser is None:
            continue
        rows = read.filter(pl.col("language") == language)
        if language == "Shell":
            own = [is_for_bash(text, paths or ()) for text, paths in rows.select("text", "paths").iter_rows()]
            rows = rows.filter(pl.Series(own, dtype=pl.Boolean))
        judged = native_parsers.judge(language, (text.encode() for text in rows["text"]))
        for at, text, judgement in zip(rows["index"], rows["text"], judged, strict=True):
            if judgement.accepted or language != "JavaScript" or not has_jsx(text):
                told[at] = parser, judgement
    return told


def _row(
    language: str, text: str, paths: Iterable[str | None], told: tuple[str, Judgement] | None
) -> tuple[int, float, bool, str | None, bool | None, str]:
    macros = language in TOLERATED_WITH_MACROS and _MACROS.search(text) is not None
    found = _findings(language, text, paths, (TOLERATED_WITH_MACROS if macros else TOLERATED).get(language, 0.0))
    parser, judgement = (PYTHON, python_parses(text)) if language == "Python" else told or (None, NO_ANSWER)
    line = judgement.line or found.first_line
    detail = ": ".join(filter(None, (f"line {line}" if line else "", judgement.message)))
    return found.error_nodes, found.error_share, macros, parser, judgement.accepted, detail


def _findings(language: str, text: str, paths: Iterable[str | None], tolerated: float) -> Findings:
    if language == "Markdown":
        return Findings(0, 0.0, None)
    # A blob may lie under two suffixes with a grammar each (.ts and .tsx): the one that fits better counts.
    suffixes = {".tsx" if (path or "").lower().endswith(".tsx") else "" for path in paths} or {""}
    source = text.encode()
    found = min((errors_in(language, source, suffix) for suffix in suffixes), key=_badness)
    if found.error_share <= tolerated or (seen := blanked(language, source)) == source:
        return found
    return min(found, *(errors_in(language, seen, suffix) for suffix in suffixes), key=_badness)


def _badness(found: Findings) -> tuple[float, int]:
    return found.error_share, found.error_nodes


def _by_language(shares: Mapping[str, float]) -> pl.Expr:
    return pl.col("language").replace_strict(dict(shares), default=0.0, return_dtype=pl.Float64)


_TOLERATED = pl.when("macros").then(_by_language(TOLERATED_WITH_MACROS)).otherwise(_by_language(TOLERATED))
_ACCEPTED = pl.col("native_parses").fill_null(value=False)

RULES = (
    # Unless the language's own parser takes it: all of 32 such files (27 of them Shell) were the grammar's fault.
    Rule("it does not parse", ~_ACCEPTED & (pl.col("error_share") > _TOLERATED)),
    # No answer rejects in Python alone: its parser is always at hand, and what nests too deep for it, nobody downstream
    # could parse. Elsewhere no answer means that there is no such parser here, or that it broke; tree-sitter decides.
    Rule(
        "its language's own parser refuses it",
        pl.when(pl.col("language") == "Python")
        .then(~pl.col("native_parses"))
        .otherwise(~pl.col("native_parses").fill_null(value=True)),
    ),
)
