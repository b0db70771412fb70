"""Read the benchmark files that a user names: what each of their items asks, answers and tests.

Belongs here: formats and columns. Does not: what is compared (`fingerprints`). A row of JSON lines (.jsonl, .json, plain,
.gz or .zst) or Parquet is an item; its columns of text are the item's parts. HumanEval's and MBPP's columns are known by
name, any other column of text counts as a prompt does.
"""

import gzip
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
import zstandard

from alchemy_assets.errors import AlchemyError
from alchemy_assets.languages import LANGUAGES

_SOLUTIONS = frozenset({"canonical_solution", "solution", "code", "reference_solution"})
_PROMPTS = frozenset({"prompt", "text", "question", "problem"})
_TESTS = frozenset({"test", "tests", "test_list", "challenge_test_list"})
# What names an item and is not asked by it.
_NAMES = ("task_id", "item_id", "id", "name")
_NO_PARTS = frozenset({*_NAMES, "entry_point", "language", "source_file", "test_setup_code"})
_DEFAULT_LANGUAGE = "Python"


class BenchmarkNotFoundError(AlchemyError, FileNotFoundError):
    """A benchmark file that the settings name is not there."""


class BenchmarkFormatError(AlchemyError, ValueError):
    """A benchmark file cannot be read, or has no columns of text."""


class Part(NamedTuple):
    """A text of a benchmark item: `part` is prompt, solution, test or the column's own name."""

    item: str
    part: str
    language: str
    text: str


def read(path: Path) -> Iterator[Part]:
    """The parts of all items of a benchmark file, in its order; raises BenchmarkNotFoundError and BenchmarkFormatError."""
    if not path.is_file():
        msg = f"the benchmark file {path} is not there: correct decontamination.benchmarks in the settings"
        raise BenchmarkNotFoundError(msg)
    found = False
    for number, row in enumerate(_rows(path)):
        for part in _parts(row, _stem(path), number):
            found = True
            yield part
    if not found:
        msg = f"the benchmark file {path} holds no row with a column of text: columns such as prompt and solution are needed"
        raise BenchmarkFormatError(msg)


def _rows(path: Path) -> Iterator[Mapping[str, Any]]:
    try:
        if path.suffix == ".parquet":
            yield from pl.read_parquet(path).iter_rows(named=True)
            return
        raw = path.read_bytes()
        if path.suffix == ".gz":
            raw = gzip.decompress(raw)
        elif path.suffix == ".zst":
            raw = zstandard.ZstdDecompressor().stream_reader(raw).read()
        lines = raw.decode().split("\n")
    except (OSError, EOFError, zlib.error, UnicodeDecodeError, pl.exceptions.PolarsError, zstandard.ZstdError) as error:
        msg = f"the benchmark file {path} cannot be read ({error}): it should be JSON lines (.gz, .zst) or Parquet"
        raise BenchmarkFormatError(msg) from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            msg = f"{path}, line {number}: not JSON ({error}); every line should be one object"
            raise BenchmarkFormatError(msg) from error
        if not isinstance(row, dict):
            msg = f"{path}, line {number}: not a JSON object; every line should be one item with its columns"
            raise BenchmarkFormatError(msg)
        yield row


def _parts(row: Mapping[str, Any], stem: str, number: int) -> Iterator[Part]:
    item = next((str(row[name]) for name in _NAMES if row.get(name) is not None), str(number))
    if "/" not in item:
        item = f"{stem}/{item}"
    language = _language(row.get("language"))
    prompt, solution = "", ""
    for column, value in row.items():
        text = _text(value)
        if column in _NO_PARTS or not text.strip():
            continue
        part = column
        if column in _PROMPTS:
            part, prompt = "prompt", prompt or text
        elif column in _SOLUTIONS:
            part, solution = "solution", solution or text
        elif column in _TESTS:
            part = "test"
        yield Part(item, part, language, text)
    # A solution that is indented goes on where its prompt ends: only together are they a program.
    if prompt and solution[:1].isspace():
        yield Part(item, "program", language, f"{prompt.rstrip()}\n{solution}")


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, Sequence) and all(isinstance(each, str) for each in value):
        return "\n".join(value)
    return ""


def _language(value: object) -> str:
    wanted = str(value or _DEFAULT_LANGUAGE).lower()
    names = {name.lower(): name for name in LANGUAGES} | {"c++": "Cpp", "c#": "CSharp", "js": "JavaScript"}
    return names.get(wanted, "")  # what we have no grammar for is compared by its tokens alone


def _stem(path: Path) -> str:
    return path.name.split(".", 1)[0]
