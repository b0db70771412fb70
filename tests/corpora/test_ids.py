"""Splitting public corpora: every row is an occurrence, a repetition or rejected; order and counts of shards leave no trace."""

from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from alchemy_assets import schema
from alchemy_assets.corpora import ids as ids_module
from alchemy_assets.corpora import stack_edu, stack_v2_smol
from alchemy_assets.corpora.forgotten import Forgotten
from alchemy_assets.corpora.found import Found
from alchemy_assets.corpora.ids import IDS, Split, split
from alchemy_assets.corpora.index import index
from alchemy_assets.settings import Fetch, PublicCorpus, Settings
from alchemy_assets.shards import shard_of
from tests.corpora.servers import sha1

COLUMNS = {
    "blob_id": pl.String(),
    "language": pl.String(),
    "repo_name": pl.String(),
    "path": pl.String(),
    "src_encoding": pl.String(),
    "length_bytes": pl.Int64(),
    "detected_licenses": pl.List(pl.String()),
    "license_type": pl.String(),
}


def a_row(blob: bytes, path: str = "a.py", language: str = "Python", **more: object) -> dict[str, object]:
    """A row of Stack-Edu."""
    return {
        "blob_id": sha1(blob),
        "language": language,
        "repo_name": "r",
        "path": path,
        "src_encoding": "UTF-8",
        "length_bytes": len(blob),
        "detected_licenses": ["MIT"],
        "license_type": "permissive",
    } | more


NONE = Forgotten()


def run(folder: Path, rows: list[dict[str, object]], forgotten: Forgotten = NONE, **more: object) -> Split:
    """The split of a table of such rows."""
    (folder / "in").mkdir(exist_ok=True, parents=True)
    columns = COLUMNS | ({"text": pl.String()} if any("text" in row for row in rows) else {})
    pl.DataFrame(rows, schema=columns).write_parquet(folder / "in" / "a.parquet")
    settings = Settings(workspace=folder / "w", **{"shards": 2} | more)
    return split(
        stack_edu.SHAPE, PublicCorpus(path=str(folder / "in"), largest_file=1_000), settings, folder / "s", forgotten
    )


def plain(result: Split) -> tuple[dict[tuple[str, str], list[dict[str, object]]], list[tuple[object, ...]]]:
    """Ids by part and rejected inputs as plain values."""
    parts = {}
    for part, path in sorted(result.ids.items()):
        frame = schema.validate(pl.read_parquet(path), IDS, "ids")
        assert frame["blob_id"].is_sorted()
        parts[part] = frame.to_dicts()
    return parts, schema.validate(pl.read_parquet(result.rejected), schema.REJECTED_INPUTS, "rejected").rows()


def test_an_id_tells_what_its_corpus_says(tmp_path):
    """A blob that occurs twice is one row, with our name of its language, both places sorted, and what is said of its bytes."""
    rows = [
        a_row(b"x", "b.cs", "C#", detected_licenses=["MIT", "Apache-2.0"]),
        a_row(b"x", "a.cs", "C#", detected_licenses=[], license_type="no_license", src_encoding=None),
    ]
    parts, rejected = plain(run(tmp_path, rows, shards=1))
    assert rejected == []
    assert parts == {
        ("CSharp", "0-of-1"): [
            {
                "blob_id": sha1(b"x"),
                "language": "CSharp",
                "language_source": "label",
                "occurrences": [
                    {
                        "corpus": "stack_edu",
                        "repo_name": "r",
                        "path": "a.cs",
                        "licenses": [],
                        "license_type": "no_license",
                    },
                    {
                        "corpus": "stack_edu",
                        "repo_name": "r",
                        "path": "b.cs",
                        "licenses": ["Apache-2.0", "MIT"],
                        "license_type": "permissive",
                    },
                ],
                "src_encoding": "UTF-8",
                "length_bytes": 1,
            }
        ]
    }


@pytest.mark.parametrize(
    ("row", "reason", "detail"),
    [
        (a_row(b"x", blob_id="xyz"), "no blob id", "xyz"),
        (a_row(b"x", blob_id=None), "no blob id", ""),
        (a_row(b"x", length_bytes=1_001), "larger than 1000 bytes", "1001 bytes by its corpus"),
        (a_row(b"x", language="Haskell"), "no known language", "labelled Haskell"),
        (a_row(b"x", "a.h", language=""), "no known language", ".h"),
        (a_row(b"x", "d/Makefile", language=""), "no known language", "no suffix"),
        (a_row(b"x", "a.rb", language="Ruby"), "language not selected", "Ruby"),
        (a_row(b"forgotten"), "forgotten", "its blob id"),
        (a_row(b"x", repo_name="gone"), "forgotten", "its repository"),
    ],
)
def test_what_will_be_no_file_is_rejected_unfetched(tmp_path, row, reason, detail):
    """What a row alone rules out is rejected with its location, and never asked for."""
    forgotten = Forgotten(frozenset({sha1(b"forgotten")}), frozenset({"gone"}))
    result = run(tmp_path, [a_row(b"good"), row], forgotten, languages=("Python", "C"))
    parts, rejected = plain(result)
    assert rejected == [("stack_edu", "a.parquet:2", reason, detail)]
    assert [one["blob_id"] for rows in parts.values() for one in rows] == [sha1(b"good")]


def test_without_a_label_the_name_decides(tmp_path):
    """A suffix or a file's name tells the language where the corpus does not; a label outweighs any number of names."""
    rows = [
        a_row(b"1", "a.go", ""),
        a_row(b"2", "Rakefile", ""),
        a_row(b"3", "a.go", ""),
        a_row(b"3", "b.go", ""),
        a_row(b"3", "c", "Rust"),
    ]
    parts, _ = plain(run(tmp_path, rows, shards=1))
    assert {(row["language"], row["language_source"]) for some in parts.values() for row in some} == {
        ("Go", "suffix"),
        ("Ruby", "file name"),
        ("Rust", "label"),
    }


def test_texts_at_hand_are_used(tmp_path):
    """A row with a text is a source file at once, checked against its id; one without is an id to be fetched."""
    latin = "s = 'ü'\n".encode("latin-1")
    rows = [
        a_row(b"x = 1\n", text="x = 1\n"),
        a_row(b"y = 1\n", text=None),
        a_row(b"z = 1\n", text="not z"),
        a_row(latin, text=latin.decode("latin-1"), src_encoding="ISO-8859-1", path="latin.py"),
        a_row(b"large", text="x" * 1_001),
    ]
    result = run(tmp_path, rows, shards=1)
    parts, rejected = plain(result)
    assert [row["blob_id"] for some in parts.values() for row in some] == [sha1(b"y = 1\n")]
    [(language, key, frame)] = result.texts.parts()
    assert (language, key) == ("Python", "0-of-1")
    assert dict(frame.select("text", "encoding").rows()) == {"x = 1\n": "utf-8", "s = 'ü'\n": "latin_1"}
    assert {(location, reason) for _, location, reason, _ in rejected} == {
        ("a.parquet:3", "blob id does not match"),
        ("a.parquet:5", "larger than 1000 bytes"),
    }
    assert (result.inputs, result.occurrences, result.repeated) == (5, 1, 0)


def test_repositories_are_split_alike(tmp_path):
    """Repository rows with lists of files give the ids that flat rows give."""
    rows = [a_row(b"%d" % n, f"{n}.py") for n in range(50)]
    flat, _ = plain(run(tmp_path / "flat", rows))
    (tmp_path / "in").mkdir()
    listed = [{"repo_name": "r", "files": [{k: v for k, v in row.items() if k != "repo_name"} for row in rows]}]
    pl.DataFrame(listed).write_parquet(tmp_path / "in" / "a.parquet")
    settings = Settings(workspace=tmp_path / "w", shards=2)
    result = split(stack_v2_smol.SHAPE, PublicCorpus(path=str(tmp_path / "in")), settings, tmp_path / "s")
    parts, _ = plain(result)
    assert str(parts) == str(flat).replace("stack_edu", "stackv2_smol")


ROWS = st.lists(
    st.builds(
        a_row,
        st.sampled_from([b"%d" % n for n in range(8)]),
        st.sampled_from(["a.py", "b.rb", "c.h", "run", "", "Rakefile"]),
        st.sampled_from(["", "Python", "C++", "Haskell"]),
        repo_name=st.sampled_from(["r", "s/t", "gone"]),
        detected_licenses=st.lists(st.sampled_from(["MIT", "ISC"]), max_size=2),
        src_encoding=st.sampled_from(["UTF-8", "KOI8-R", None]),
        length_bytes=st.sampled_from([1, 2, 5_000, None]),
    )
    | st.builds(a_row, st.just(b""), blob_id=st.sampled_from([None, "", "ABC", "Z" * 40])),
    max_size=20,
)


@hypothesis_settings(deadline=None, max_examples=40)
@given(ROWS, st.randoms(), st.sampled_from([1, 2, 16]))
def test_nothing_is_lost_and_order_leaves_no_trace(rows, random, shards):
    """Every row is an occurrence of an id, a repetition or rejected; rows in another order, in other shards, are the same."""
    shuffled = list(rows)
    random.shuffle(shuffled)
    with TemporaryDirectory() as folder:
        gone = Forgotten(repositories=frozenset({"gone"}))
        one = run(Path(folder) / "1", rows, gone)
        other = run(Path(folder) / "2", shuffled, gone, shards=shards)
        parts, rejected = plain(one)
        other_parts, other_rejected = plain(other)
    by_blob = sorted((row["blob_id"], str(row)) for some in parts.values() for row in some)
    assert by_blob == sorted((row["blob_id"], str(row)) for some in other_parts.values() for row in some)
    assert sorted((r, d) for _, _, r, d in rejected) == sorted((r, d) for _, _, r, d in other_rejected)
    assert one.inputs == len(rows) == one.occurrences + one.repeated + len(rejected)
    assert one.occurrences == sum(len(row["occurrences"]) for some in parts.values() for row in some)
    for (language, key), some in other_parts.items():
        assert {(row["language"], shard_of(row["blob_id"], shards)) for row in some} == {(language, key)}


LABELLED = st.lists(
    st.tuples(
        st.sampled_from([b"x = 1\n", b"y = 1\n"]),
        st.sampled_from(["a.py", "b.rb", "c.go", "d.txt"]),
        st.sampled_from(["", "Python", "Go", "Haskell"]),
        st.sampled_from(["r", "s"]),
    ),
    max_size=10,
)


@hypothesis_settings(deadline=None, max_examples=30)
@given(LABELLED)
def test_an_id_is_judged_as_its_file_would_be(drawn):
    """Language, what decided it, and occurrences are those that `index` finds with the texts at hand."""
    with TemporaryDirectory() as folder:
        rows = [a_row(data, path, label, repo_name=repo) for data, path, label, repo in drawn]
        parts, _ = plain(run(Path(folder) / "ids", rows, shards=1))
        inputs = [Found("", repo, path, data, ("MIT",), "permissive", label) for data, path, label, repo in drawn]
        made = index("stack_edu", inputs, Settings(workspace=Path(folder), shards=1), Path(folder) / "index")
        expected = {
            part[:2]: part[2].select("blob_id", "language", "language_source", "occurrences").to_dicts()
            for part in made.parts()
        }
    assert {
        part: [{k: row[k] for k in row if k not in ("src_encoding", "length_bytes")} for row in some]
        for part, some in parts.items()
    } == expected


def test_little_memory_changes_nothing(tmp_path, monkeypatch):
    """However often rows are written to disk in between, and into however many buckets, the split is the same."""
    rows = [a_row(b"%d" % (n % 500), f"{n % 700}.py", ("Python", "Go", "")[n % 3]) for n in range(2_000)]
    expected = plain(run(tmp_path / "1", rows, shards=4))
    monkeypatch.setattr(ids_module, "_SPILL_SHARE", 2**17)
    monkeypatch.setattr(ids_module, "_GROWTH", 10_000)
    assert plain(run(tmp_path / "2", rows, shards=4, fetch=Fetch(memory=2**20))) == expected


def test_an_earlier_split_leaves_no_trace(tmp_path):
    """The scratch folder of an earlier run does not add to the next one."""
    run(tmp_path, [a_row(b"old", "a.rb", "Ruby")])
    parts, _ = plain(run(tmp_path, [a_row(b"new")]))
    assert [row["blob_id"] for some in parts.values() for row in some] == [sha1(b"new")]


def test_an_empty_corpus_is_an_empty_split(tmp_path):
    """A table without rows gives no ids, and an empty table of rejected inputs."""
    assert plain(run(tmp_path, [])) == ({}, [])
