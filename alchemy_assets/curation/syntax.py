"""Judge files by whether they parse: by tree-sitter in every language, and by Python itself for Python.

Belongs here: counting errors and deciding how many a grammar may be wrong about. Does not: trees for other uses
(`syntax_tree`). Markdown has no wrong text, so it never fails here.
"""

import ast
import warnings
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import NamedTuple

import polars as pl
from tree_sitter import Node

from alchemy_assets import syntax_tree
from alchemy_assets.curation.stage import Rule, Stage

NAME = "syntax"
COLUMNS: Mapping[str, pl.DataType] = MappingProxyType(
    {"error_nodes": pl.Int64(), "error_share": pl.Float64(), "macros": pl.Boolean(), "python_ast": pl.Boolean()}
)

# Largest share of a file's bytes that may stand in error nodes, for grammars that are wrong about valid code. Ours, by
# eye, from files that compile (glibc, libstdc++, LLVM, fmt, jq, Newtonsoft.Json, Serilog, Alamofire, pgTAP, npm). Of
# several hundred files each of Go, Java, JavaScript, PHP, Ruby, Rust, TypeScript at most 1 % fail, so they get none.
TOLERATED: Mapping[str, float] = MappingProxyType(
    {
        "Shell": 0.005,  # `$(...))` after a here-document
        "SQL": 0.1,  # psql's \\commands, T-SQL and PL/pgSQL are not in the grammar
        "Swift": 0.02,  # `.success(())`, `for try await`, `#error`
    }
)
# In files with macros or conditionals: what a preprocessor takes away or puts in, no grammar can see.
TOLERATED_WITH_MACROS: Mapping[str, float] = MappingProxyType({"C": 0.1, "CSharp": 0.1, "Cpp": 0.1})
_MACROS = r"(?m)^[ \t]*#[ \t]*(?:if|define)|\b[A-Z0-9]*_[A-Z0-9_]*[A-Z][A-Z0-9_]*\b|\b[A-Z]{3,}\("


_ROW = {"error_nodes": pl.Int64(), "error_share": pl.Float64(), "python_ast": pl.Boolean(), "detail": pl.String()}


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


def python_parses(text: str) -> tuple[bool | None, str]:
    """Whether Python's own parser takes a text (null where it nests too deep to tell), and what it says if not."""
    try:
        ast.parse(text)
    except SyntaxError as error:
        return False, f"line {error.lineno or 1}: {error.msg}"
    except ValueError as error:
        return False, f"line 1: {error}"
    except (RecursionError, MemoryError):
        return None, ""
    return True, ""


def stage() -> Stage:
    """The stage `syntax`; it needs no settings."""
    return Stage(NAME, COLUMNS, _measure, RULES)


def _measure(files: pl.DataFrame) -> pl.DataFrame:
    rows = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for language, text, occurrences in files.select("language", "text", "occurrences").iter_rows():
            rows.append(
                _row(language, text.removeprefix("\ufeff"), {_suffix(each["path"]) for each in occurrences or ()})
            )
    macros = files.select(
        macros=pl.col("language").is_in(list(TOLERATED_WITH_MACROS)) & pl.col("text").str.contains(_MACROS)
    )
    return files.hstack(macros).hstack(pl.DataFrame(rows, schema=_ROW, orient="row"))


def _row(language: str, text: str, suffixes: Iterable[str]) -> tuple[int, float, bool | None, str]:
    if language == "Markdown":
        return 0, 0.0, None, ""
    source = text.encode()
    # A blob may lie under two suffixes with a grammar each (.ts and .tsx): the one that fits better counts.
    grammars = {".tsx" if suffix == ".tsx" else "" for suffix in suffixes} or {""}
    found = min((errors_in(language, source, suffix) for suffix in grammars), key=lambda each: each[:2])
    parses, complaint = python_parses(text) if language == "Python" else (None, "")
    detail = complaint or (f"line {found.first_line}" if found.first_line else "")
    return found.error_nodes, found.error_share, parses, detail


def _suffix(path: str | None) -> str:
    return PurePosixPath(path or "").suffix.lower()


def _by_language(shares: Mapping[str, float]) -> pl.Expr:
    return pl.col("language").replace_strict(dict(shares), default=0.0, return_dtype=pl.Float64)


_TOLERATED = pl.when("macros").then(_by_language(TOLERATED_WITH_MACROS)).otherwise(_by_language(TOLERATED))

RULES = (
    Rule("it does not parse", pl.col("error_share") > _TOLERATED),
    # Null for a Python file that nests too deep for Python's parser: nobody downstream could parse it either.
    Rule(
        "Python does not parse it",
        pl.when(pl.col("language") == "Python").then(~pl.col("python_ast")).otherwise(statement=False),
    ),
)
