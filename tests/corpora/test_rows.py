"""Reading JSON Lines and Parquet: columns, their spellings, and broken rows."""

import gzip
import json

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from alchemy_assets.corpora.found import Found, Rejected
from alchemy_assets.errors import CorpusFormatError

ROW = {
    "text": "x = 'é'\n",
    "blob_id": "ABC",
    "language": "Python",
    "path": "src/a.py",
    "repo_name": "ada/engine",
    "detected_licenses": ["MIT", "Apache-2.0", "MIT"],
    "license_type": "permissive",
}
FOUND = Found(
    "a:1",
    "ada/engine",
    "src/a.py",
    "x = 'é'\n".encode(),
    ("Apache-2.0", "MIT"),
    "permissive",
    "Python",
    "abc",
)


def lines(*rows: object) -> bytes:
    """JSON Lines of some values; bytes stand as they are."""
    return b"".join((row if isinstance(row, bytes) else json.dumps(row).encode()) + b"\n" for row in rows)


def located(found: Found, location: str) -> Found:
    """The same file at another location."""
    return Found(location, *(getattr(found, name) for name in Found.__slots__[1:]))


@pytest.mark.parametrize(
    ("name", "pack"), [("a.jsonl", bytes), ("a.jsonl.gz", gzip.compress), ("a.jsonl.zst", zstandard.compress)]
)
def test_a_line_is_a_file(tmp_path, inputs, name, pack):
    """Every column is taken, licences sorted without repeats; blank lines and a byte-order mark are passed over."""
    (tmp_path / name).write_bytes(pack(b"\xef\xbb\xbf" + lines(ROW, b"", ROW)))
    assert inputs(tmp_path / name) == [located(FOUND, f"{name}:1"), located(FOUND, f"{name}:3")]


def test_a_parquet_row_is_a_file(tmp_path, inputs):
    """Parquet gives what JSON Lines give; columns that nobody knows do not matter."""
    pl.DataFrame([ROW | {"stars": 5}] * 200).write_parquet(tmp_path / "a.parquet", row_group_size=30)
    found = inputs(tmp_path / "a.parquet")
    assert found == [located(FOUND, f"a.parquet:{number}") for number in range(1, 201)]


def test_other_spellings_of_columns(tmp_path, inputs):
    """`content`, `lang`, `repo`, `license` and the names of The Stack are taken for what they mean."""
    rows = [
        {"content": "x", "lang": "Go", "repo": "a/b", "license": "mit"},
        {"content": "x", "max_stars_repo_name": "a/b", "max_stars_repo_path": "c.go", "licenses": ["mit"]},
    ]
    (tmp_path / "a.jsonl").write_bytes(lines(*rows))
    [one, other] = inputs(tmp_path / "a.jsonl")
    assert (one.label, one.repo_name, one.path, one.licenses) == ("Go", "a/b", "", ("mit",))
    assert (other.label, other.repo_name, other.path, other.licenses) == ("", "a/b", "c.go", ("mit",))


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{", "not a JSON object"),
        (b"[1]", "not a JSON object"),
        (b"null", "not a JSON object"),
        (b"\xff\xfe", "not a JSON object"),
        (b"[" * 200_000, "not a JSON object"),
        (b'{"n": ' + b"9" * 10_000 + b"}", "not a JSON object"),
        (b"{}", "text is missing"),
        (b'{"text": null}', "text is missing"),
        (b'{"text": 7, "path": "a.py"}', "text is missing"),
        (b'{"text": "\\ud800"}', "cannot be decoded"),
        (b'{"text": "' + b"x" * 2_000 + b'"}', "larger than 1000 bytes"),
        (b'{"text": "' + b"x" * 3_000_000 + b'"}', "larger than 1000 bytes"),
    ],
)
def test_a_broken_line_is_rejected_alone(tmp_path, inputs, line, reason):
    """A line that is no object with a text is rejected with its number, and the next one is read."""
    (tmp_path / "a.jsonl").write_bytes(lines(line, {"text": "x"}))
    [rejected, found] = inputs(tmp_path / "a.jsonl", largest=1_000)
    assert (rejected.location, rejected.reason, found.location) == ("a.jsonl:1", reason, "a.jsonl:2")


def test_surrogates_in_other_columns_are_escaped(tmp_path, inputs):
    """A path with half a character in it is shown with a backslash."""
    (tmp_path / "a.jsonl").write_bytes(lines({"text": "x", "path": "\ud800.py"}))
    assert [one.path for one in inputs(tmp_path / "a.jsonl")] == ["\\ud800.py"]


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.binary(), pa.dictionary(pa.int32(), pa.string())])
def test_text_may_have_any_type_of_text(tmp_path, inputs, kind):
    """Strings, large ones, bytes and dictionaries are all text; a null is a rejected row."""
    column = pa.array(["x", None], pa.binary() if kind == pa.binary() else pa.string()).cast(kind)
    pq.write_table(pa.table({"content": column}), tmp_path / "a.parquet")
    [found, rejected] = inputs(tmp_path / "a.parquet")
    assert (found.data, rejected.reason) == (b"x", "text is missing")


def test_text_in_parquet_may_be_invalid(tmp_path, inputs):
    """A string column with bytes that are not UTF-8 is handed on as it is."""
    invalid = pa.Array.from_buffers(pa.string(), 1, pa.array([b"caf\xe9"], pa.binary()).buffers())
    pq.write_table(pa.table({"text": invalid}), tmp_path / "a.parquet")
    assert [one.data for one in inputs(tmp_path / "a.parquet")] == [b"caf\xe9"]


def test_parquet_without_text_names_its_columns(tmp_path, inputs):
    """A file without a column of text is refused, and the error lists the columns that are there."""
    pl.DataFrame({"blob_id": ["a"], "score": [1.0]}).write_parquet(tmp_path / "a.parquet")
    with pytest.raises(CorpusFormatError, match=r"no column text or content; its columns are blob_id, score"):
        inputs(tmp_path / "a.parquet")


def test_parquet_with_numbers_for_text_is_refused(tmp_path, inputs):
    """A column `text` of numbers is refused with its type."""
    pl.DataFrame({"text": [1]}).write_parquet(tmp_path / "a.parquet")
    with pytest.raises(CorpusFormatError, match=r"column text holds int64"):
        inputs(tmp_path / "a.parquet")


@pytest.mark.parametrize("name", ["a.parquet", "a.jsonl.gz", "a.jsonl.zst"])
@pytest.mark.parametrize("cut", [True, False])
def test_a_broken_file_is_said_to_be_broken(tmp_path, inputs, name, cut):
    """A truncated or mislabelled file stops with an error that names it."""
    pl.DataFrame([ROW] * 50).write_parquet(tmp_path / "a.parquet")
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(lines(*[ROW] * 50)))
    (tmp_path / "a.jsonl.zst").write_bytes(zstandard.compress(lines(*[ROW] * 50)))
    (tmp_path / name).write_bytes((tmp_path / name).read_bytes()[:-20] if cut else b"PAR1 or something else entirely")
    with pytest.raises(CorpusFormatError, match=rf"{name} is truncated, damaged or not what its name says"):
        inputs(tmp_path / name)


def test_tables_inside_a_folder_are_just_files(make, inputs, files_of):
    """A .jsonl file in a folder is not read as a corpus: it is a file of no known language."""
    found = inputs(make({"r/a.jsonl": lines(ROW), "r/a.py": b"x = 1\n"}))
    assert files_of(found).get_column("language").to_list() == ["Python"]
    assert not [one for one in found if isinstance(one, Rejected)]
