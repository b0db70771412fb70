"""Speed of the syntax stage on one core, with bare parsing beside in the same run. Never run by the tests.

    python -m bench.syntax [FOLDER] [LANGUAGE ...]      (default: the standard library of this Python)

Prints one JSON line a figure. CPU seconds are this process's and those of the parsers that it starts.
"""

import ast
import json
import os
import sys
import sysconfig
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path

import polars as pl

from alchemy_assets import syntax_tree
from alchemy_assets.corpora import local_files
from alchemy_assets.corpora.index import index
from alchemy_assets.curation import native_parsers, syntax
from alchemy_assets.settings import LocalCorpus, Settings

_MOST_BYTES = 100_000_000


def cpu_seconds() -> float:
    """CPU seconds of this process and of all that it started and waited for."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def measure(name: str, files: pl.DataFrame, work: Callable[[], object]) -> None:
    """Run once, and print files and MB per CPU second."""
    started = cpu_seconds()
    work()
    spent = max(cpu_seconds() - started, 0.01)
    figure = {
        "figure": name,
        "language": files["language"][0],
        "files": files.height,
        "mb": round(int(files["length_bytes"].sum()) / 1e6, 1),
        "cpu_seconds": round(spent, 2),
        "files_per_cpu_second": round(files.height / spent),
        "mb_per_cpu_second": round(int(files["length_bytes"].sum()) / 1e6 / spent, 2),
    }
    print(json.dumps(figure), flush=True)


def bare_ast(texts: list[str]) -> None:
    """Make the tree of Python objects of every text that has one."""
    for text in texts:
        try:
            ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue


def compare(files: pl.DataFrame) -> None:
    """Print the figures of one language."""
    language = files["language"][0]
    texts = files["text"].to_list()

    def bare_tree_sitter() -> None:
        for text in texts:
            syntax_tree.parse(language, text.encode())

    def both() -> None:
        bare_tree_sitter()
        bare_ast(texts)

    measure("bare tree-sitter", files, bare_tree_sitter)
    if language == "Python":
        measure("bare ast.parse", files, lambda: bare_ast(texts))
        measure("bare tree-sitter and ast.parse", files, both)
        measure("bare symtable", files, lambda: [syntax.python_parses(text) for text in texts])
    if native_parsers.at_hand(language) is not None:
        measure(
            f"bare {native_parsers.at_hand(language)}",
            files,
            lambda: native_parsers.judge(language, (text.encode() for text in texts)),
        )
        measure("stage without it", files, lambda: syntax.stage(native=False).judge(files))
    measure("stage", files, lambda: syntax.stage().judge(files))


def main() -> None:
    """Measure the stage on the files of a folder, each language by itself."""
    warnings.simplefilter("ignore")
    root = Path(sys.argv[1] if len(sys.argv) > 1 else sysconfig.get_path("stdlib"))
    with tempfile.TemporaryDirectory() as scratch:
        inputs = list(local_files.read(LocalCorpus(path=root)))
        files = pl.concat([part for _, _, part in index("local", inputs, Settings(), Path(scratch)).parts()])
    for language in sys.argv[2:] or sorted(files["language"].unique()):
        chosen = files.filter(pl.col("language") == language).sort("blob_id")
        chosen = chosen.filter(pl.col("length_bytes").cum_sum() <= _MOST_BYTES)
        if not chosen.is_empty():
            compare(chosen)


if __name__ == "__main__":
    main()
