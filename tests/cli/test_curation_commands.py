"""The commands of curation, as a person types them: on a Parquet file, its funnel, what would change, sizes, forgetting."""

import hashlib

import polars as pl
import pytest

from tests.cli.conftest import command

TEXT = '''"""Tell the season of month {number}."""

SEASONS = ("winter", "spring", "summer", "autumn")


def season_{number}(month: int) -> str:
    """Return the season that a month from 1 to 12 lies in, counted by {number}."""
    if month < 1 or month > 12:
        raise ValueError(month + {number})
    return SEASONS[month % 12 // 3]


for month in range(1, 13):
    print(month * {number}, season_{number}(month))
'''


SHORT = "def add(left, right):\n    return left + right\n\n\nprint(add(1, 2), add(3, 4), add(5, 6))\n"


@pytest.fixture(scope="module")
def curated(tmp_path_factory):
    """A folder in which a Parquet file of six rows was curated into `out`: three good ones, two licences, one of four lines."""
    folder = tmp_path_factory.mktemp("curated")
    texts = [
        TEXT.format(number=number) + "".join(f"# {number * step} {number + step}\n" for step in range(40))
        for number in (3, 5, 7)
    ]
    rows = [
        *(
            {"text": text, "repo_name": f"good/{n}", "path": "season.py", "license": "MIT"}
            for n, text in enumerate(texts)
        ),
        {"text": texts[0] + "# more\n" * 3, "repo_name": "copy/cat", "path": "again.py", "license": "MIT"},
        {"text": TEXT.format(number=11), "repo_name": "copy/left", "path": "gpl.py", "license": "GPL-3.0-only"},
        {"text": SHORT, "repo_name": "tiny/one", "path": "x.py", "license": "MIT"},
    ]
    pl.DataFrame(rows).write_parquet(folder / "in.parquet")
    alchemy = command(folder)
    said = alchemy("curate", "in.parquet", "out", "--workers", "1")
    assert said.code == 0, said.text
    return folder, alchemy, said


def test_curate_writes_what_is_kept_and_what_is_not(curated):
    """Every row is in one of the two folders, rejected ones with stage and reason, and the funnel is told."""
    folder, _, said = curated
    kept = pl.read_parquet(folder / "out" / "curated_files" / "*.parquet")
    rejected = pl.read_parquet(folder / "out" / "rejected_files" / "*.parquet")
    assert kept.height + rejected["blob_id"].n_unique() == 6
    assert set(rejected["stage"]) == {"licenses", "heuristics", "near_duplicates"}
    assert "rejected: the licence is not allowed  (Python 1)" in said.out
    assert not kept["blob_id"].is_in(rejected["blob_id"].implode()).any()


def test_funnel_tells_what_another_threshold_would_change(curated):
    """The files that would be gained stand there with their path and what holds them back now."""
    _, alchemy, _ = curated
    said = alchemy(
        "funnel",
        "--workspace",
        "out",
        "--diff",
        "heuristics.default.fewest_lines=1",
    )
    assert said.code == 0, said.text
    assert said.out.startswith("1 files would be gained and 0 lost")
    assert "tiny/one/x.py  heuristics: it has too few lines" in said.out
    assert "rejected: it has too few lines" in alchemy("funnel", "--workspace", "out").out


def test_a_setting_that_is_no_threshold_is_an_error(curated):
    """It says which could be given."""
    _, alchemy, _ = curated
    said = alchemy("funnel", "--workspace", "out", "--diff", "heuristics.Python.longest_lien=3")
    assert said.code == 1
    assert "longest_lien" in said.err


def test_curate_goes_on_with_the_same_stages_only(curated):
    """Other stages would be another result in the same place."""
    _, alchemy, _ = curated
    said = alchemy("curate", "in.parquet", "out", "--stages", "licenses")
    assert said.code == 1
    assert "--stages" in said.err
    assert alchemy("curate", "in.parquet", "other", "--stages", "grammar").code == 1


def test_forget_takes_a_repository_out(curated):
    """After the next call its file is a rejected input, and a copy of it may take its place."""
    folder, alchemy, _ = curated
    blob_id = hashlib.sha1(
        pl.read_parquet(folder / "in.parquet")["text"][0].encode(), usedforsecurity=False
    ).hexdigest()
    said = alchemy("forget", "good/0", "--workspace", "out", "--reason", "asked by mail")
    assert "1 files go" in said.out
    assert alchemy("curate", "in.parquet", "out", "--workers", "1").code == 0
    assert blob_id not in set(pl.read_parquet(folder / "out" / "curated_files" / "*.parquet")["blob_id"])
    assert "not taken as source: forgotten (its repository)" in alchemy("why", "in.parquet:1", "--workspace", "out").out


def test_sizes_of_a_public_corpus_without_its_texts(curated):
    """Files, bytes and shards by language from the tables alone; an unknown corpus is an error that names the known ones."""
    folder, alchemy, _ = curated
    row = {
        "blob_id": "0" * 40,
        "repo_name": "r",
        "path": "p",
        "src_encoding": "UTF-8",
        "detected_licenses": ["MIT"],
        "license_type": "permissive",
    }
    rows = [
        row | {"language": label, "length_bytes": size}
        for label, size in [("Python", 3_000_000), ("Python", 1_000_000), ("Go", 500_000)]
    ]
    pl.DataFrame(rows).write_parquet(folder / "edu.parquet")
    said = alchemy("sizes", "stack_edu", "--path", folder / "edu.parquet", "--shard-mb", "2")
    assert [line.split() for line in said.out.splitlines()[1:]] == [
        ["Go", "1", "0.5", "1"],
        ["Python", "2", "4.0", "2"],
    ]
    assert "stackv2_smol" in alchemy("sizes", "stack_overflow").err
