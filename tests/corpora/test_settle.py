"""Languages over several corpora: each blob ends in one partition with all its occurrences, whatever the order."""

from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from alchemy_assets import schema
from alchemy_assets.corpora.detection import STRENGTH, Vote, strongest
from alchemy_assets.corpora.merge import merge
from alchemy_assets.corpora.settle import SETTLED, decide, keep_settled, settle
from tests.corpora.servers import sha1

SOURCES = st.sampled_from(sorted(STRENGTH))
LANGUAGES = st.sampled_from(["C", "Cpp", "Python"])
VOTES = st.lists(
    st.tuples(
        st.sampled_from(["1", "2"]),
        LANGUAGES | st.just(""),
        SOURCES,
        st.sampled_from(["a", "b", "é"]),
        st.integers(1, 3),
    ),
    min_size=1,
    max_size=10,
)


@hypothesis_settings(deadline=None, max_examples=100)
@given(VOTES)
def test_tables_of_votes_are_decided_as_votes_are(votes):
    """The table's decision is `detection.strongest` for each blob."""
    names = ("blob_id", "language", "source", "path", "occurrences")
    decided = decide(pl.DataFrame(votes, schema=names, orient="row")).rows()
    expected = []
    for blob_id in sorted({vote[0] for vote in votes}):
        winner = strongest(Vote(*vote[1:]) for vote in votes if vote[0] == blob_id)
        assert winner is not None
        expected.append((blob_id, winner.language, winner.source))
    assert decided == expected


def a_file(corpus: str, blob: bytes, language: str, source: str, *paths: str) -> dict[str, object]:
    """A row of source files."""
    return {
        "blob_id": sha1(blob),
        "content_id": "0" * 40,
        "language": language,
        "language_source": source,
        "occurrences": [
            {"corpus": corpus, "repo_name": "r", "path": path, "licenses": ["MIT"], "license_type": ""}
            for path in sorted(set(paths))
        ],
        "encoding": "utf-8",
        "length_bytes": len(blob),
        "text": blob.decode(),
    }


def settled_partitions(folder: Path, files: list[dict[str, object]]) -> tuple[pl.DataFrame, dict[str, pl.DataFrame]]:
    """The settled blobs, and what stays in the partition of each language."""
    by_partition: dict[tuple[str, str], list[dict[str, object]]] = {}
    for row in files:
        by_partition.setdefault((str(row["language"]), row["occurrences"][0]["corpus"]), []).append(row)
    frames = {part: schema.frame_of(rows, schema.SOURCE_FILES).sort("blob_id") for part, rows in by_partition.items()}
    paths = []
    for (language, corpus), frame in frames.items():
        paths.append(folder / f"{corpus}' {language}.parquet")
        frame.write_parquet(paths[-1])
    settled = settle(paths, folder, 2**27)
    schema.validate(settled, SETTLED, "settled")
    kept: dict[str, list[pl.DataFrame]] = {}
    for (language, _), frame in frames.items():
        kept.setdefault(language, []).append(keep_settled(frame, settled))
    return settled, {language: merge(some) for language, some in kept.items()}


def test_the_stronger_evidence_takes_the_blob(tmp_path):
    """A label beats a suffix; the loser's partition drops the row, the winner's gets its occurrences; others stay."""
    settled, kept = settled_partitions(
        tmp_path,
        [
            a_file("local", b"x", "C", "suffix", "x.c"),
            a_file("local", b"y", "C", "suffix", "y.c"),
            a_file("stack_edu", b"x", "Cpp", "label", "x"),
            a_file("stack_edu", b"y", "C", "label", "y"),
        ],
    )
    assert settled["blob_id"].to_list() == [sha1(b"x")]
    assert kept["C"]["blob_id"].to_list() == [sha1(b"y")]
    [row] = kept["Cpp"].to_dicts()
    assert (row["language_source"], [place["path"] for place in row["occurrences"]]) == ("label", ["x.c", "x"])


FILES = st.lists(
    st.tuples(
        st.sampled_from(["local", "refinecode", "stack_edu"]),
        st.sampled_from([b"1", b"2", b"3"]),
        LANGUAGES,
        SOURCES,
        st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=3),
    ),
    max_size=9,
    unique_by=lambda drawn: drawn[:2],
)


@hypothesis_settings(deadline=None, max_examples=25)
@given(FILES, st.randoms())
def test_each_blob_is_in_one_partition_with_all_its_occurrences(drawn, random):
    """The union of the partitions is what merging everything at once gives; the order of files and rows is nothing."""
    files = [a_file(corpus, blob, language, source, *paths) for corpus, blob, language, source, paths in drawn]
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        settled, kept = settled_partitions(Path(one), files)
        shuffled = list(files)
        random.shuffle(shuffled)
        assert settled_partitions(Path(other), shuffled)[0].equals(settled)
    empty = schema.frame_of([], schema.SOURCE_FILES)
    union = pl.concat([empty, *kept.values()]).sort("blob_id")
    assert union.equals(merge([schema.frame_of(files, schema.SOURCE_FILES)]))
    assert all(frame["language"].unique().to_list() == [language] for language, frame in kept.items() if frame.height)


def test_nothing_to_settle(tmp_path):
    """Without files, or without a quarrel, nothing is settled and everything stays."""
    assert settle([], tmp_path, 2**27).is_empty()
    settled, kept = settled_partitions(tmp_path, [a_file("local", b"x", "C", "suffix", "x.c")])
    assert settled.is_empty()
    assert kept["C"].height == 1
