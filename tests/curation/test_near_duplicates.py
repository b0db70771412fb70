"""Near duplicates: who is kept of which copies, with datasketch and all pairs as oracles."""

import random
import re
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from datasketch import MinHash, MinHashLSH
from hypothesis import given, settings
from hypothesis import strategies as st

from alchemy_assets.curation import near_duplicates
from alchemy_assets.curation.keeper_order import SignedTwiceError, standing
from alchemy_assets.curation.license_headers import without_notice
from alchemy_assets.curation.near_duplicates import cluster
from alchemy_assets.curation.shingles import jaccard, shingle_sets
from alchemy_assets.curation.signatures import sign
from tests.builders import source_file

LEAST = 0.7
MODULES = Path(__file__).parents[2] / "alchemy_assets"


def standings_of(files, held_out=(), refused=(), incumbents=()):
    """Standings by the texts of files that are held out, refused by a stage, and released before."""

    def ids(texts):
        return files.filter(pl.col("text").is_in(list(texts)))["blob_id"]

    marks = files.select("blob_id", held_out=pl.col("blob_id").is_in(ids(held_out).implode()))
    verdicts = files.select("blob_id", kept=~pl.col("blob_id").is_in(ids(refused).implode()))
    return standing(marks, {"a stage": verdicts}, ids(incumbents))


def clusters_of(files, standings=None, tables=1):
    """The clusters of files that are signed in so many tables."""
    if standings is None:
        standings = standings_of(files)
    cuts = np.linspace(0, files.height, tables + 1).astype(int).tolist()
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{at}.parquet" for at in range(tables)]
        for path, start, end in zip(paths, cuts, cuts[1:], strict=False):
            sign(files[start:end]).write_parquet(path)
        return cluster(paths, standings, LEAST, Path(folder))


def keepers(files, **standings):
    """The text of its keeper for each text."""
    clusters = clusters_of(files, standings_of(files, **standings))
    of = dict(files.select("blob_id", "text").iter_rows())
    return {of[blob_id]: of[keeper] for blob_id, keeper in clusters.select("blob_id", "cluster").iter_rows()}


def variants(count, seed):
    """Texts of 200 words in families: each is a copy of one of a few roots with some words replaced."""
    draw = random.Random(seed)
    roots = [[f"w{draw.randrange(5_000)}" for _ in range(200)] for _ in range(max(1, count // 8))]
    texts = []
    for _ in range(count):
        words = list(draw.choice(roots))
        for _ in range(draw.randrange(25)):
            words[draw.randrange(200)] = f"n{draw.randrange(10**9)}"
        texts.append(" ".join(words))
    return sorted(set(texts))


def frame(texts):
    """Files of those texts."""
    return pl.concat([source_file(text) for text in texts])


def shingles(text):
    """The shingles of a text."""
    return shingle_sets([text.encode()])[0]


def test_a_lone_file_is_its_own_cluster():
    """It keeps itself, at a Jaccard index of one."""
    clusters = clusters_of(frame(["a b c d e f g", "one two three four five six seven"]))
    assert clusters["cluster"].to_list() == clusters["blob_id"].to_list()
    assert clusters["keeper"].all()
    assert clusters["jaccard_to_keeper"].to_list() == [1.0, 1.0]


@pytest.mark.parametrize("tables", [0, 1, 2])
def test_no_files_make_no_clusters(tables):
    """No table, and tables without rows, give an empty table of the right columns."""
    assert clusters_of(frame(["a"]).clear(), tables=tables).is_empty()


@pytest.mark.parametrize("texts", [("", " "), ("a", "b"), ("+ + +", "- - -"), ("x = 1", "x = 2")])
def test_tiny_files_are_told_apart_by_their_whole_content(texts):
    """Files of fewer than five tokens are copies only if every byte is the same."""
    assert keepers(frame(texts)) == {text: text for text in texts}


def test_layout_and_notices_do_not_count():
    """A copy with other white space and another copyright line is a copy, at a Jaccard index of one."""
    body = " ".join(f"word{at}" for at in range(50))
    copy = "# Copyright 2020 Somebody Else and Others\n\n" + body.replace(" ", "\n")
    assert len(set(keepers(frame([body, copy])).values())) == 1


WORDS = " ".join(f"word{at}" for at in range(60))
LONGER = WORDS + " end"
LONGEST = WORDS + " more end"


@pytest.mark.parametrize(
    ("standings", "keeper"),
    [
        ({}, LONGEST),
        ({"held_out": [WORDS]}, WORDS),
        ({"refused": [LONGEST]}, LONGER),
        ({"incumbents": [WORDS]}, WORDS),
        ({"incumbents": [WORDS], "refused": [WORDS]}, LONGEST),
        ({"incumbents": [WORDS], "held_out": [LONGER]}, LONGER),
        ({"held_out": [WORDS], "refused": [WORDS]}, WORDS),
        ({"held_out": [WORDS, LONGER], "refused": [LONGER]}, WORDS),
    ],
)
def test_who_is_kept_of_three_copies(standings, keeper):
    """The training side loses to any held-out file, a newcomer to what was released, and nobody goes for a file that goes."""
    assert set(keepers(frame([WORDS, LONGER, LONGEST]), **standings).values()) == {keeper}


def test_what_a_copy_is_told_of_its_keeper():
    """The keeper's blob id, how alike they are, and whether it is held out."""
    files = frame([WORDS, LONGER, "a b c d e f"])
    clusters = clusters_of(files, standings_of(files, held_out=[WORDS])).join(files, on="blob_id")
    copy = clusters.row(by_predicate=pl.col("text") == LONGER, named=True)
    assert (copy["keeper"], copy["keeper_held_out"]) == (False, True)
    assert copy["cluster"] == source_file(WORDS)["blob_id"].item()
    assert copy["jaccard_to_keeper"] == 56 / 57
    assert clusters.row(by_predicate=pl.col("text") == "a b c d e f", named=True)["keeper_held_out"] is False


def test_clusters_do_not_chain():
    """Of a row of files each near the next only, every removed file is verified near the file that is kept for it."""
    words = [f"word{at}" for at in range(300)]
    files = frame([" ".join(words[start : start + 200]) for start in range(0, 200, 20)])
    kept = keepers(files)
    assert 1 < len(set(kept.values())) < files.height
    assert all(jaccard(shingles(text), shingles(keeper)) >= LEAST for text, keeper in kept.items())


def test_a_copy_joins_the_nearest_kept_file():
    """Between two kept files that are near it, the one that it is more like."""
    words = [f"word{at}" for at in range(300)]
    early, late = " ".join(words[:220]), " ".join([*words[40:260], "a", "longer", "end"])
    between = " ".join(words[15:225])
    assert keepers(frame([early, late, between]))[between] == early


def test_a_full_bucket_still_keeps_copies_together(monkeypatch):
    """With a single kept file to compare in each bucket, what is removed is as near as ever, and less is found."""
    files = frame(variants(120, seed=4))
    before = set(keepers(files).values())
    monkeypatch.setattr(near_duplicates, "KEPT_TO_COMPARE", 1)
    kept = keepers(files)
    assert all(jaccard(shingles(text), shingles(keeper)) >= LEAST for text, keeper in kept.items())
    assert len(before) <= len(set(kept.values())) < len(kept)


def test_a_table_given_twice_is_an_error(tmp_path):
    """A blob that stands twice would be taken for a copy of itself."""
    files = frame([WORDS, LONGER])
    sign(files).write_parquet(tmp_path / "signatures.parquet")
    with pytest.raises(SignedTwiceError, match="2 blobs are signed or judged twice"):
        cluster([tmp_path / "signatures.parquet"] * 2, standings_of(files), LEAST, tmp_path)
    with pytest.raises(SignedTwiceError, match="2 blobs"):
        cluster([tmp_path / "signatures.parquet"], pl.concat([standings_of(files)] * 2), LEAST, tmp_path)


@given(st.integers(0, 10**6), st.randoms(), st.integers(1, 7))
@settings(max_examples=15, deadline=None)
def test_the_order_of_files_and_their_shards_do_not_matter(seed, shuffle, tables):
    """Shuffled files, signed in another number of tables, give the same bytes."""
    texts = variants(30, seed)
    mixed = list(texts)
    shuffle.shuffle(mixed)
    held_out, refused, incumbents = (shuffle.sample(texts, 5) for _ in range(3))
    standings = standings_of(frame(texts), held_out, refused, incumbents)
    expected = clusters_of(frame(texts), standings)
    assert clusters_of(frame(mixed), standings.reverse(), tables).equals(expected)


@given(st.integers(0, 10**6), st.randoms())
@settings(max_examples=15, deadline=None)
def test_clustering_the_kept_again_removes_nothing(seed, shuffle):
    """What is kept once stays; and with what was kept as incumbents, all files give the same keepers again."""
    texts = variants(40, seed)
    files, marks = frame(texts), {name: shuffle.sample(texts, 6) for name in ("held_out", "refused")}
    clusters = clusters_of(files, standings_of(files, **marks))
    kept = files.join(clusters.filter("keeper"), on="blob_id", how="semi")
    assert clusters_of(kept, standings_of(kept, **marks))["keeper"].all()
    released = [text for text in kept["text"] if text not in marks["refused"]]
    again = clusters_of(files, standings_of(files, **marks, incumbents=released))
    # A file may be nearer to a keeper that came after it before; that it goes does not change.
    assert again.select("blob_id", "keeper").equals(clusters.select("blob_id", "keeper"))


@given(st.integers(0, 10**6), st.randoms())
@settings(max_examples=15, deadline=None)
def test_no_newcomer_displaces_what_was_released(seed, shuffle):
    """Whatever arrives beside a release, all that it holds stays."""
    texts = variants(40, seed)
    shuffle.shuffle(texts)
    first = frame(texts[:20])
    released = keepers(first)
    kept = keepers(frame(texts), incumbents=set(released.values()))
    assert {text: kept[text] for text in set(released.values())} == {text: text for text in set(released.values())}


def exact_index(one, other):
    """The Jaccard index of two sets."""
    return len(one & other) / len(one | other)


def grams(text):
    """The token 5-grams of a text, without any code of the stage."""
    words = re.findall(r"[0-9A-Za-z_\x80-\U0010ffff]+", text)
    return set(zip(*(words[at:] for at in range(5)), strict=False)) or {text}


def real_texts():
    """The project's own modules, and copies of them with lines left out."""
    draw = random.Random(2)
    texts = [path.read_text(encoding="utf-8") for path in sorted(MODULES.rglob("*.py"))[:60]]
    for text in texts[:]:
        for share in (0.01, 0.04, 0.08):
            lines = [line for line in text.splitlines(keepends=True) if draw.random() > share]
            texts.append("".join(lines))
    return sorted(set(texts))


@pytest.mark.parametrize("texts", [variants(400, seed=7), real_texts()], ids=["words", "modules"])
def test_what_is_removed_and_what_is_missed_against_all_pairs(texts):
    """Every removed file is near its keeper by an exact count, and almost no two kept files are near each other."""
    # Notices are not compared, and in a text without its first line much may look like one.
    kept, sets = keepers(frame(texts)), {text: grams(without_notice(text)) for text in texts}
    assert all(exact_index(sets[text], sets[keeper]) >= LEAST for text, keeper in kept.items())
    survivors = sorted(set(kept.values()))
    near = sum(
        exact_index(sets[one], sets[other]) >= LEAST
        for at, one in enumerate(survivors)
        for other in survivors[at + 1 :]
    )
    assert len(survivors) < 0.9 * len(texts)
    assert near <= 0.02 * (len(texts) - len(survivors))


def test_candidates_are_at_least_those_of_datasketch():
    """No two files of which datasketch's LSH finds one by the other, and that are near, are both kept."""
    texts = variants(60, seed=11)
    lsh, hashed = MinHashLSH(num_perm=256, params=(42, 6)), {}
    for text in texts:
        hashed[text] = MinHash(num_perm=256)
        hashed[text].update_batch([value.tobytes() for value in shingles(text)])
        lsh.insert(text, hashed[text])
    survivors = set(keepers(frame(texts)).values())
    found = Counter(
        text in survivors and other in survivors
        for text in texts
        for other in lsh.query(hashed[text])
        if other != text and jaccard(shingles(text), shingles(other)) >= LEAST
    )
    assert found[False] > 10
    assert found[True] == 0


MEMORY = """
import sys
from pathlib import Path
import polars as pl
from alchemy_assets.curation.keeper_order import released_before, standing
from alchemy_assets.curation.near_duplicates import cluster

def peak():
    return int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) / 1024

folder = Path(sys.argv[1])
paths = sorted(folder.glob("*.parquet"))
marks = pl.scan_parquet(paths).select("blob_id", held_out=pl.lit(False)).collect()
cluster(paths[:1], standing(marks, {}, released_before(None)), 0.7, folder)
before = peak()
found = cluster(paths, standing(marks, {}, released_before(None)), 0.7, folder)
print(int((~found["keeper"]).sum()), peak() - before)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of a process is read from /proc")
def test_shingles_are_not_held_in_memory(tmp_path):
    """Clustering six tables takes hardly more than clustering one, of 30 MB of shingles each."""
    draw = np.random.default_rng(1)
    for table in range(6):
        sets = draw.integers(0, 2**32, (300, 25_000), dtype=np.uint32)
        bands = draw.integers(0, 2**63, (300, 42), dtype=np.uint64)
        bands[1::2] = bands[::2]
        ids = [f"{table:020}{at:020}" for at in range(300)]
        pl.DataFrame({"blob_id": ids, "length_bytes": range(300)}).with_columns(
            shingles=pl.Series(sets).arr.to_list(), bands=pl.Series(bands)
        ).write_parquet(tmp_path / f"{table}.parquet", compression="uncompressed")
    command = [sys.executable, "-c", MEMORY, str(tmp_path)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    removed, peak_mb = map(float, said.split())
    assert removed == 0
    assert peak_mb < 40
