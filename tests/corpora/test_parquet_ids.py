"""Rows of public corpora: columns by corpus, repositories that list files, and tables here or on the Hub."""

import io
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from alchemy_assets.corpora import refinecode, stack_edu, stack_v2_smol, tables
from alchemy_assets.corpora.parquet_ids import Shape, rows
from alchemy_assets.corpora.tables import HubError
from alchemy_assets.errors import CorpusFormatError, CorpusNotFoundError
from alchemy_assets.settings import Fetch
from tests.corpora.servers import COMMIT, Hub, free_port, sha1

ROW = {
    "blob_id": sha1(b"x = 1\n"),
    "language": "Python",
    "repo_name": "ada/engine",
    "path": "src/a.py",
    "src_encoding": "UTF-8",
    "length_bytes": 6,
    "score": 3.1,
    "int_score": 3,
    "detected_licenses": ["MIT", "", "Apache-2.0", "MIT"],
    "license_type": "permissive",
}
EXPECTED = {
    "location": "a.parquet:1",
    "blob_id": sha1(b"x = 1\n"),
    "label": "Python",
    "repo_name": "ada/engine",
    "path": "src/a.py",
    "licenses": ["Apache-2.0", "MIT"],
    "license_type": "permissive",
    "src_encoding": "UTF-8",
    "length_bytes": 6,
    "text": None,
}


def parquet(*table: dict[str, object], **options: object) -> bytes:
    """Rows as the bytes of a Parquet file."""
    file = io.BytesIO()
    pl.DataFrame(list(table)).write_parquet(file, **options)
    return file.getvalue()


def read(path: Path, shape: Shape, *only: str) -> list[dict[str, object]]:
    """All rows below a path."""
    frames = [rows(table, shape, only) if only else rows(table, shape) for table in tables.tables(str(path), Fetch())]
    return [row for some in frames for frame in some for row in frame.to_dicts()]


def test_a_row_of_stack_edu(tmp_path):
    """What is needed is selected by name; scores and columns that one language has more are passed over."""
    (tmp_path / "a.parquet").write_bytes(parquet(ROW | {"license_type_right": "x", "detected_licenses_right": ["GPL"]}))
    assert read(tmp_path, stack_edu.SHAPE) == [EXPECTED]


def test_a_missing_column_is_named(tmp_path):
    """A table without a column that its corpus has is an error with the column, the file, and what is there instead."""
    (tmp_path / "Go").mkdir()
    (tmp_path / "Go" / "a.parquet").write_bytes(parquet({k: v for k, v in ROW.items() if k != "detected_licenses"}))
    with pytest.raises(
        CorpusFormatError, match=r"Go/a.parquet lacks detected_licenses \(licenses\); it has blob_id, int"
    ):
        read(tmp_path, stack_edu.SHAPE)


def test_a_column_of_another_type_is_an_error(tmp_path):
    """A table whose column cannot be what it should be is refused, not guessed at."""
    (tmp_path / "a.parquet").write_bytes(parquet(ROW | {"length_bytes": "six"}))
    with pytest.raises(CorpusFormatError, match=r"a.parquet, after row 0: .* stack_edu"):
        read(tmp_path, stack_edu.SHAPE)


def test_text_that_is_not_unicode_is_an_error(tmp_path):
    """A string column with other bytes than UTF-8 is noticed before anything is made of it."""
    path = pa.StringArray.from_buffers(1, pa.py_buffer(b"\0\0\0\0\5\0\0\0"), pa.py_buffer(b"a\xff.py"))
    table = pl.DataFrame([ROW]).to_arrow(compat_level=pl.CompatLevel.oldest())
    pq.write_table(table.set_column(table.schema.get_field_index("path"), "path", path), tmp_path / "a.parquet")
    with pytest.raises(CorpusFormatError, match=r"a.parquet, after row 0"):
        read(tmp_path, stack_edu.SHAPE)


def test_nulls_are_nothing_known(tmp_path):
    """A null is an empty name, no licence, an unknown length, no blob id."""
    null = pl.DataFrame([ROW]).with_columns(pl.exclude("score").shift(1))
    null.write_parquet(tmp_path / "a.parquet")
    empty = dict.fromkeys(("label", "repo_name", "path", "license_type", "src_encoding"), "")
    assert read(tmp_path, stack_edu.SHAPE) == [
        {**EXPECTED, **empty, "blob_id": None, "length_bytes": None, "licenses": []},
    ]


@pytest.mark.parametrize("level", ["element", "item"])
def test_a_repository_lists_its_files(tmp_path, level):
    """A row of a repository is a row for each file, located by both; one without files is none. Any writer's lists do."""
    file = {key: ROW[key] for key in ROW if key not in ("repo_name", "score", "int_score")} | {"is_vendor": False}
    table = [
        {"repo_name": "ada/engine", "files": [file, file | {"path": "b.py"}], "num_files": 2},
        {"repo_name": "ada/none", "files": [], "num_files": 0},
        {"repo_name": "ada/null", "files": None, "num_files": 0},
        {"repo_name": "bob/tool", "files": [file | {"blob_id": "ABC"}], "num_files": 1},
    ]
    arrow = pl.DataFrame(table).to_arrow(compat_level=pl.CompatLevel.oldest())
    pq.write_table(arrow, tmp_path / "a.parquet", use_compliant_nested_type=level == "element")
    found = read(tmp_path, stack_v2_smol.SHAPE)
    assert [(row["location"], row["repo_name"], row["path"], row["blob_id"]) for row in found] == [
        ("a.parquet:1.1", "ada/engine", "src/a.py", ROW["blob_id"]),
        ("a.parquet:1.2", "ada/engine", "b.py", ROW["blob_id"]),
        ("a.parquet:4.1", "bob/tool", "src/a.py", "abc"),
    ]
    assert found[0] == EXPECTED | {"location": "a.parquet:1.1"}


def test_refinecode_needs_texts_or_ids(tmp_path):
    """RefineCode's tables with a text or with ids are read; the published ones, which have neither, are refused."""
    meta = {
        "repo_name": "r",
        "sub_path": "src",
        "file_name": "a.py",
        "file_size_in_byte": 6,
        "lang": "en",
        "program_lang": "Python",
    }
    (tmp_path / "a.parquet").write_bytes(parquet(meta | {"text": "x = 1\n"}, meta | {"text": None}))
    [row, without] = read(tmp_path, refinecode.SHAPE)
    assert (row["path"], row["label"], row["text"], row["length_bytes"]) == ("src/a.py", "Python", b"x = 1\n", 6)
    assert without["text"] is None
    (tmp_path / "a.parquet").write_bytes(parquet(meta | {"sub_path": "src/a.py", "blob_id": "AB", "license": "MIT"}))
    [row] = read(tmp_path, refinecode.SHAPE)
    assert (row["path"], row["blob_id"], row["licenses"]) == ("src/a.py", "ab", ["MIT"])
    (tmp_path / "a.parquet").write_bytes(parquet(meta))
    with pytest.raises(CorpusFormatError, match=r"lacks blob_id \(blob_id\)"):
        read(tmp_path, refinecode.SHAPE)


def test_rows_come_in_order_and_keep_their_numbers(tmp_path):
    """Files come sorted by name, rows as they stand, numbered from one through all batches and row groups."""
    for name in ("b", "a"):
        table = (
            pl.DataFrame([ROW])
            .select(pl.exclude("path"))
            .join(pl.DataFrame({"path": map(str, range(40_000))}), how="cross")
        )
        table.write_parquet(tmp_path / f"{name}.parquet", row_group_size=7_000)
    found = read(tmp_path, stack_edu.SHAPE, "path")
    assert [row["location"] for row in found] == [f"{name}.parquet:{n}" for name in "ab" for n in range(1, 40_001)]
    assert [row["path"] for row in found] == [str(n) for _ in "ab" for n in range(40_000)]


def test_nothing_there_is_an_error(tmp_path):
    """A path without Parquet is named."""
    with pytest.raises(CorpusNotFoundError, match=r"no \*.parquet in .*; set the corpus's `path`"):
        tables.tables(str(tmp_path), Fetch())


def test_a_damaged_table_is_an_error(tmp_path):
    """A truncated file is named."""
    (tmp_path / "a.parquet").write_bytes(parquet(ROW)[:-20])
    with pytest.raises(CorpusFormatError, match="a.parquet is truncated"):
        read(tmp_path, stack_edu.SHAPE)


@pytest.fixture
def hub() -> Iterator[Hub]:
    """A dataset with two languages, and a text as large as everything else that nobody should ask for."""
    files = {
        f"{language}/train-{n:05}-of-00002.parquet": parquet(
            ROW
            | {"language": language, "path": f"{language}{n}", "essay": "".join(sha1(b"%d" % i) for i in range(50_000))}
        )
        for language in ("Go", "Python")
        for n in range(2)
    }
    with Hub("lab/edu", files | {"README.md": b"# hello"}) as opened:
        yield opened


def hub_rows(hub: Hub, path: str) -> list[tuple[object, ...]]:
    """Location and path of all rows on a Hub."""
    found = tables.tables(path, Fetch(hub=hub.address))
    return [
        row
        for table in found
        for frame in rows(table, stack_edu.SHAPE)
        for row in frame.select("location", "path").rows()
    ]


@pytest.mark.parametrize(
    ("path", "prefix", "languages"),
    [
        ("hf://datasets/lab/edu", True, ("Go", "Python")),
        ("hf://datasets/lab/edu@main/Go", False, ("Go",)),
        (f"hf://datasets/lab/edu@{COMMIT}/Python", False, ("Python",)),
    ],
)
def test_the_hub_is_read_by_ranges(hub, path, prefix, languages):
    """A dataset, a revision of one, or a folder is read like one on disk, without the columns that are not needed."""
    assert hub_rows(hub, path) == [
        (f"{f'{language}/' if prefix else ''}train-{n:05}-of-00002.parquet:1", f"{language}{n}")
        for language in languages
        for n in range(2)
    ]
    assert hub.sent < sum(map(len, hub.files.values())) / 4
    assert not any("README" in asked for asked in hub.paths)


def test_one_file_on_the_hub(hub):
    """A single file can be named."""
    path = "Go/train-00001-of-00002.parquet"
    assert hub_rows(hub, f"hf://datasets/lab/edu/{path}") == [("train-00001-of-00002.parquet:1", "Go1")]


def test_what_is_not_on_the_hub_is_an_error(hub):
    """A dataset, a folder and a revision that are not there, and a Hub that is not, are errors that name the place."""
    for path in ("hf://datasets/lab/nothing", "hf://datasets/lab/edu@v9", "hf://datasets/lab/edu/Cobol"):
        with pytest.raises(CorpusNotFoundError, match=path):
            tables.tables(path, Fetch(hub=hub.address))
    with pytest.raises(CorpusFormatError, match="hf://lab/edu is no dataset; an address"):
        tables.tables("hf://lab/edu", Fetch(hub=hub.address))
    with free_port() as address, pytest.raises(HubError, match="cannot be read from the Hub"):
        tables.tables("hf://datasets/lab/edu", Fetch(hub=address))


def test_a_fingerprint_changes_with_the_tables(hub, tmp_path):
    """A local table that changes, and a dataset at another place, have other fingerprints; the same have the same."""
    (tmp_path / "a.parquet").write_bytes(b"1")
    before = tables.fingerprint(str(tmp_path), Fetch())
    assert before == tables.fingerprint(str(tmp_path), Fetch())
    (tmp_path / "b.parquet").write_bytes(b"2")
    assert before != tables.fingerprint(str(tmp_path), Fetch())
    fetch = Fetch(hub=hub.address)
    whole = tables.fingerprint("hf://datasets/lab/edu", fetch)
    assert whole == tables.fingerprint("hf://datasets/lab/edu@main", fetch)
    assert whole != tables.fingerprint("hf://datasets/lab/edu/Go", fetch)
