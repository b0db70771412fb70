import gzip
import json

import polars as pl
import pytest
import zstandard

from alchemy_assets.curation.decontamination.benchmark_files import (
    BenchmarkFormatError,
    BenchmarkNotFoundError,
    Part,
    read,
)

ROW = {
    "task_id": "Own/1",
    "prompt": "def f(x):\n",
    "canonical_solution": "    return x\n",
    "test": "assert f(1)",
    "entry_point": "f",
}
PARTS = [
    Part("Own/1", "prompt", "Python", "def f(x):\n"),
    Part("Own/1", "solution", "Python", "    return x\n"),
    Part("Own/1", "test", "Python", "assert f(1)"),
    Part("Own/1", "program", "Python", "def f(x):\n    return x\n"),
]


def lines(*rows):
    """JSON lines of some rows."""
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


@pytest.mark.parametrize(
    ("name", "pack"),
    [("own.jsonl", bytes), ("own.jsonl.gz", gzip.compress), ("own.jsonl.zst", zstandard.compress)],
)
def test_json_lines_plain_and_packed(tmp_path, name, pack):
    """Each row is an item with its parts; a solution that goes on where its prompt ends makes a program with it."""
    (tmp_path / name).write_bytes(pack(lines(ROW)))
    assert list(read(tmp_path / name)) == PARTS


def test_parquet(tmp_path):
    """The same columns in Parquet give the same parts."""
    pl.DataFrame([ROW]).write_parquet(tmp_path / "own.parquet")
    assert list(read(tmp_path / "own.parquet")) == PARTS


def test_columns_of_mbpp_and_of_nobody(tmp_path):
    """MBPP's numbers get the file's name before them, lists of tests are one text, unknown columns of text are parts."""
    mbpp = {
        "task_id": 11,
        "text": "Write it.",
        "code": "def g(): pass",
        "test_list": ["assert 1", "assert 2"],
        "hint": "Think.",
    }
    (tmp_path / "mbpp.jsonl").write_bytes(lines(mbpp, {"question": "Why?", "language": "c++", "points": 3}))
    assert list(read(tmp_path / "mbpp.jsonl")) == [
        Part("mbpp/11", "prompt", "Python", "Write it."),
        Part("mbpp/11", "solution", "Python", "def g(): pass"),
        Part("mbpp/11", "test", "Python", "assert 1\nassert 2"),
        Part("mbpp/11", "hint", "Python", "Think."),
        Part("mbpp/1", "prompt", "Cpp", "Why?"),
    ]


def test_a_language_without_a_grammar_is_none(tmp_path):
    """Its items are compared by their tokens alone."""
    (tmp_path / "own.jsonl").write_bytes(lines({"prompt": "object A", "language": "scala"}))
    assert [part.language for part in read(tmp_path / "own.jsonl")] == [""]


def test_a_missing_file_is_named(tmp_path):
    """The message says which setting to correct."""
    with pytest.raises(BenchmarkNotFoundError, match=r"gone\.jsonl.*decontamination\.benchmarks"):
        list(read(tmp_path / "gone.jsonl"))


@pytest.mark.parametrize(
    ("name", "raw", "message"),
    [
        ("a.jsonl", b'{"prompt": "x"}\n{"prompt": \n', "line 2: not JSON"),
        ("a.jsonl", b"[1]\n", "line 1: not a JSON object"),
        ("a.jsonl", b'{"points": 3}\n', "no row with a column of text"),
        ("a.jsonl", b"", "no row with a column of text"),
        ("a.jsonl", b"\xff\xfe", "cannot be read"),
        ("a.jsonl.gz", b"plain", "cannot be read"),
        ("a.jsonl.gz", gzip.compress(b'{"prompt": "x"}', mtime=0)[:-9], "cannot be read"),
        ("a.jsonl.zst", b"plain", "cannot be read"),
        ("a.parquet", b"plain", "cannot be read"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(tmp_path, name, raw, message):
    """With the file and, where there is one, the line."""
    (tmp_path / name).write_bytes(raw)
    with pytest.raises(BenchmarkFormatError, match=message):
        list(read(tmp_path / name))
