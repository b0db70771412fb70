"""The index: one blob, one row; everything is either an occurrence or a rejected input; order leaves no trace."""

import functools
import hashlib
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from alchemy_assets import schema
from alchemy_assets.corpora import index as index_module
from alchemy_assets.corpora.found import Found, Rejected
from alchemy_assets.corpora.index import index
from alchemy_assets.corpora.merge import merge
from alchemy_assets.settings import Settings
from alchemy_assets.shards import shard_of

sha1 = functools.partial(hashlib.sha1, usedforsecurity=False)
PYTHON = b"def f():\n    return 1\n"


def found(path: str, data: bytes = PYTHON, **more: str) -> Found:
    """A file of the repository `r`."""
    return Found(f"r/{path}", "r", path, data, **more)


def test_a_row_tells_everything_about_a_blob(files_of):
    """Ids are those of SHA-1 and of git, the length is that of the raw bytes, the text has lost its mark only."""
    data = b"\xef\xbb\xbfx = 1\r\n"
    [row] = files_of([Found("l", "ada/engine", "a.py", data, ("MIT",))]).to_dicts()
    assert row == {
        "blob_id": sha1(data).hexdigest(),
        "content_id": sha1(b"blob 10\0" + data).hexdigest(),
        "language": "Python",
        "language_source": "suffix",
        "occurrences": [
            {"corpus": "local", "repo_name": "ada/engine", "path": "a.py", "licenses": ["MIT"], "license_type": ""}
        ],
        "encoding": "utf-8-sig",
        "length_bytes": 10,
        "text": "x = 1\r\n",
    }


def test_the_same_bytes_are_one_row(files_of):
    """Equal files are one blob with all its occurrences sorted; its language is one, too, whatever their suffixes."""
    frame = files_of([found("b.py"), found("a.rb"), found("c.py"), found("notes.txt")])
    [row] = frame.to_dicts()
    assert row["language"] == "Python"
    assert [place["path"] for place in row["occurrences"]] == ["a.rb", "b.py", "c.py", "notes.txt"]


def test_the_same_place_twice_is_one_occurrence(files_of):
    """Occurrences do not repeat."""
    [row] = files_of([found("a.py"), found("a.py")]).to_dicts()
    assert len(row["occurrences"]) == 1


@pytest.mark.parametrize(
    ("one", "reason", "detail"),
    [
        (found("a.py", b""), "empty", ""),
        (found("a.py", b"\xef\xbb\xbf"), "empty", "nothing but a byte-order mark"),
        (found("a.py", b"x\0y"), "binary", "NUL at byte 1"),
        (found("a.py", "x\0y".encode("utf-16")), "binary", "NUL in utf-16 text"),
        (found("a.py", b"x = '\xff\xfe'"), "cannot be decoded", "neither UTF-8 nor surely anything else"),
        (found("a.hs"), "no known language", ".hs"),
        (found("a"), "no known language", "no suffix"),
        (found("a.py", label="Haskell"), "no known language", "labelled Haskell"),
        (found("a.rb"), "language not selected", "Ruby"),
    ],
)
def test_what_is_no_source_is_rejected_with_its_reason(indexed, tmp_path, one, reason, detail):
    """Every file that does not become a row is in the rejected inputs, with its location and why."""
    result = indexed([one], Settings(workspace=tmp_path / "w", languages=("Python", "C")))
    assert result.rejected.rows() == [("local", one.location, reason, detail)]
    assert list(result.parts()) == []


def test_each_occurrence_of_a_rejected_blob_is_listed(indexed):
    """A blob of no language that lies in two places is two rejected inputs."""
    assert indexed([found("b.hs"), found("a.hs")]).rejected["location"].to_list() == ["r/a.hs", "r/b.hs"]


def test_a_claimed_blob_id_must_match(indexed):
    """A row whose blob id is not that of its bytes is rejected; one whose id is, is kept."""
    true = sha1(PYTHON).hexdigest()
    result = indexed([found("a.py", blob_id=true), found("b.py", blob_id="0" * 40)])
    assert result.rejected.rows() == [
        ("local", "r/b.py", "blob id does not match", f"{'0' * 40} given, {true} computed")
    ]
    assert [frame.height for _, _, frame in result.parts()] == [1]


def test_rejections_of_the_reader_are_kept(indexed):
    """What the reader rejected comes out as it was."""
    assert indexed([Rejected("x", "symbolic link", "to y")]).rejected.rows() == [
        ("local", "x", "symbolic link", "to y")
    ]


def test_nothing_at_all_is_an_empty_index(indexed):
    """No input gives no parts, and an empty table of rejected inputs with its columns."""
    result = indexed([])
    assert list(result.parts()) == []
    schema.validate(result.rejected, schema.REJECTED_INPUTS, "rejected_inputs")


def test_parts_are_cut_by_language_and_shard(indexed, tmp_path):
    """Each part comes once, holds its own language and shard only, sorted; a language may have fewer shards."""
    files = [found(f"{i}.{suffix}", f"x = {i}  # {suffix}\n".encode()) for i in range(60) for suffix in ("py", "rb")]
    changed = Settings(workspace=tmp_path / "w", shards=8, shards_of={"Ruby": 2})
    parts = list(indexed(files, changed).parts())
    assert [(language, key) for language, key, _ in parts] == sorted((language, key) for language, key, _ in parts)
    assert {key for language, key, _ in parts if language == "Ruby"} == {"0-of-2", "1-of-2"}
    assert sum(frame.height for _, _, frame in parts) == 120
    for language, key, frame in parts:
        schema.validate(frame, schema.SOURCE_FILES, "source_files")
        assert frame["language"].unique().to_list() == [language]
        assert {shard_of(blob_id, changed.shard_count(language)) for blob_id in frame["blob_id"]} == {key}
        assert frame["blob_id"].is_sorted()


def test_an_earlier_index_leaves_no_trace(indexed):
    """The scratch folder of an earlier run does not add to the next one, and parts can be read twice."""
    indexed([found("a.py", b"old = 1\n")])
    result = indexed([found("b.py", b"new = 1\n")])
    assert [frame["text"].to_list() for _, _, frame in result.parts()] == [["new = 1\n"]]
    assert len(list(result.parts())) == 1


DATA = st.sampled_from(
    [PYTHON, b"", b"x\0", b"#!/bin/sh\n", b"\xef\xbb\xbfa", b"\xff\xfe\x81", b"<?php", b"class A {\n"]
)
PATHS = st.sampled_from(["a.py", "b.rb", "c.h", "run", "d.txt", "src/e.py", "caf\\xe9.c", ""])
FOUND = st.builds(
    lambda number, repo, path, data, licenses, label, claim: (number, repo, path, data, licenses, label, claim),
    st.integers(0, 9),
    st.sampled_from(["r", "s/t", ""]),
    PATHS,
    DATA | st.binary(max_size=8),
    st.lists(st.sampled_from(["MIT", "ISC"]), max_size=3),
    st.sampled_from(["", "", "Python", "Haskell"]),
    st.sampled_from(["", "", "", "0" * 40]),
)


def build(drawn: list[tuple]) -> list[Found | Rejected]:
    """Inputs with a location each of its own; the path carries the number, so that no two occurrences are equal."""
    return [
        Rejected(f"{n}", "symbolic link")
        if number == 0
        else Found(f"{n}", repo, f"{n}/{path}" if path else f"{n}", data, tuple(licenses), "", label, claim)
        for n, (number, repo, path, data, licenses, label, claim) in enumerate(drawn)
    ]


def run(inputs: list[Found | Rejected], shards: int = 4) -> tuple[list[tuple[str, str, list[dict]]], list[tuple]]:
    """The parts and the rejected inputs of an index, as plain values."""
    with TemporaryDirectory() as folder:
        made = index("local", inputs, Settings(workspace=Path(folder) / "w", shards=shards), Path(folder) / "s")
        return [(language, key, frame.to_dicts()) for language, key, frame in made.parts()], made.rejected.rows()


@hypothesis_settings(deadline=None, max_examples=40)
@given(st.lists(FOUND, max_size=12))
def test_nothing_is_lost(drawn):
    """Every input is exactly one occurrence of one row, or exactly one rejected input."""
    inputs = build(drawn)
    parts, rejected = run(inputs)
    occurrences = [place for _, _, rows in parts for row in rows for place in row["occurrences"]]
    kept = sorted(place["path"].split("/")[0] for place in occurrences)
    assert sorted(kept + [location for _, location, _, _ in rejected]) == sorted(one.location for one in inputs)


@hypothesis_settings(deadline=None, max_examples=40)
@given(st.lists(FOUND, max_size=12), st.randoms())
def test_the_order_of_inputs_leaves_no_trace(drawn, random):
    """Shuffled inputs give equal frames."""
    inputs = build(drawn)
    shuffled = list(inputs)
    random.shuffle(shuffled)
    assert run(inputs) == run(shuffled)


def test_spilling_in_between_leaves_no_trace(monkeypatch):
    """However often the first pass writes to disk, the index is the same."""
    inputs = [found(f"{i}.py", f"x = {i % 20}\n".encode()) for i in range(60)]
    inputs += [found(f"{i}.hs", f"x = {i}\n".encode()) for i in range(60)]
    expected = run(inputs)
    monkeypatch.setattr(index_module, "_SPILL_BYTES", 20)
    monkeypatch.setattr(index_module, "_REJECTED_ROWS", 7)
    assert run(inputs) == expected


def test_the_count_of_shards_does_not_change_the_rows():
    """More shards cut the same rows elsewhere."""
    inputs = [found(f"{i}.py", f"x = {i}\n".encode()) for i in range(40)]
    assert sorted(str(row) for _, _, rows in run(inputs, 1)[0] for row in rows) == sorted(
        str(row) for _, _, rows in run(inputs, 16)[0] for row in rows
    )


def frame_of(tmp_path: Path, corpus: str, inputs: list[Found | Rejected]) -> pl.DataFrame:
    """All source files of one corpus."""
    made = index(corpus, inputs, Settings(workspace=tmp_path / "w"), tmp_path / corpus)
    return pl.concat([frame for _, _, frame in made.parts()])


def test_a_blob_of_two_corpora_is_one_row(tmp_path):
    """Merging joins the occurrences, takes the strongest evidence for the language, and keeps the rest; order is nothing."""
    one = frame_of(tmp_path, "local", [found("a.rb"), found("b.py", b"other = 1\n")])
    other = frame_of(tmp_path, "stack_edu", [found("c", label="Python"), found("d.go", b"package d\n")])
    merged = merge([one, other])
    assert merged.equals(merge([other, one.reverse()]))
    assert merged.height == 3
    [row] = merged.filter(pl.col("blob_id") == sha1(PYTHON).hexdigest()).to_dicts()
    assert (row["language"], row["language_source"]) == ("Python", "label")
    assert [(place["corpus"], place["path"]) for place in row["occurrences"]] == [("local", "a.rb"), ("stack_edu", "c")]


def test_bytes_that_two_corpora_read_differently_are_read_one_way(tmp_path):
    """Where each corpus claims an encoding of its own for the same bytes, the order of the corpora is nothing."""
    data = "s = 'ü'\n".encode("latin-1")
    one, other = (
        frame_of(tmp_path, corpus, [found("a.py", data, encoding=claimed)])
        for corpus, claimed in (("local", "latin-1"), ("stack_edu", "koi8-r"))
    )
    assert one["text"].to_list() != other["text"].to_list()
    assert merge([one, other]).equals(merge([other, one]))


def test_merging_is_idempotent_and_takes_nothing(tmp_path):
    """A frame merged with itself is itself; no frames give an empty table."""
    frame = frame_of(tmp_path, "local", [found("a.py"), found("b.rb", b"x\n")]).sort("blob_id")
    assert merge([frame, frame]).equals(frame)
    assert merge([]).schema == pl.Schema(dict(schema.SOURCE_FILES))


def test_a_repeated_occurrence_is_counted(tmp_path):
    """An input that says again what another said is neither a second occurrence nor rejected, but it is counted."""
    inputs = [found("a.py", b"x = 1\n"), found("a.py", b"x = 1\n"), found("b.py", b"x = 1\n")]
    made = index("local", inputs, Settings(), tmp_path)
    [(_, _, frame)] = made.parts()
    assert (made.repeated, frame["occurrences"].list.len().to_list()) == (1, [2])
