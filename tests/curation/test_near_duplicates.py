"""Near duplicates: signatures, candidates and clusters, with datasketch and all pairs as oracles."""

import random

import numpy as np
import polars as pl
import pytest
from datasketch import MinHash, MinHashLSH
from hypothesis import given, settings
from hypothesis import strategies as st

from alchemy_assets.curation import licenses
from alchemy_assets.curation.near_duplicates import cluster, sign, standing
from alchemy_assets.curation.shingles import jaccard, shingles
from alchemy_assets.settings import LicensePolicy
from tests.builders import source_file

LEAST = 0.7


def clusters_of(files, held_out=()):
    """The clusters of files, with those texts held out, and judged by the licence stage alone."""
    marks = files.select("blob_id", held_out=pl.col("text").is_in(list(held_out)), decided_by=pl.lit("test"))
    return cluster(sign(files), standing(marks, [licenses.stage(LicensePolicy()).judge(files)]), LEAST)


def keepers(files, held_out=()):
    """The text of its keeper for each text."""
    clusters = clusters_of(files, held_out).join(files.select("blob_id", "text"), on="blob_id")
    of = dict(files.select("blob_id", "text").iter_rows())
    return {text: of[keeper] for text, keeper in clusters.select("text", "cluster").iter_rows()}


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


def test_a_lone_file_is_its_own_cluster():
    """It keeps itself, at a Jaccard index of one."""
    files = frame(["a b c d e f g", "one two three four five six seven"])
    clusters = clusters_of(files)
    assert clusters["cluster"].to_list() == clusters["blob_id"].to_list()
    assert clusters["keeper"].all()
    assert clusters["jaccard_to_keeper"].to_list() == [1.0, 1.0]


def test_no_files_make_no_clusters():
    """An empty shard gives an empty table of the right columns."""
    assert clusters_of(frame(["a"]).clear()).is_empty()


@pytest.mark.parametrize("texts", [("", " "), ("a", "b"), ("+ + +", "- - -"), ("x = 1", "x = 2")])
def test_tiny_files_are_told_apart_by_their_whole_content(texts):
    """Files of fewer than five tokens have a single shingle of everything in them."""
    assert keepers(frame(texts)) == {text: text for text in texts}


def test_layout_and_notices_do_not_count():
    """A copy with other white space and another copyright line is a copy, at a Jaccard index of one."""
    body = " ".join(f"word{at}" for at in range(50))
    copy = "# Copyright 2020 Somebody Else and Others\n\n" + body.replace(" ", "\n")
    assert len(set(keepers(frame([body, copy])).values())) == 1


def test_the_keeper_is_one_that_stays_then_held_out_then_longer():
    """A training file near a held-out file loses though it is longer, and a file that a stage refuses displaces none that stays."""
    words = " ".join(f"word{at}" for at in range(60))
    assert set(keepers(frame([words, words + " end"]), held_out=[words]).values()) == {words}
    assert set(keepers(frame([words, words + " end"])).values()) == {words + " end"}
    denied = source_file(words + " more end", licenses=["GPL-3.0-only"])
    assert set(keepers(pl.concat([source_file(words), denied])).values()) == {words}


def test_clusters_do_not_chain():
    """Of a row of files each near the next only, every removed file is verified near the file that is kept for it."""
    words = [f"word{at}" for at in range(400)]
    files = frame([" ".join(words[start : start + 200]) for start in range(0, 200, 20)])
    sets = {text: shingles(text) for text in files["text"]}
    kept = keepers(files)
    assert 1 < len(set(kept.values())) < files.height
    assert all(jaccard(sets[text], sets[keeper]) >= LEAST for text, keeper in kept.items())


@given(st.integers(0, 10**6), st.randoms())
@settings(max_examples=15, deadline=None)
def test_the_order_of_files_does_not_matter(seed, shuffle):
    """Shuffled files, and signatures made shard by shard, give the same clusters."""
    texts = variants(30, seed)
    mixed = list(texts)
    shuffle.shuffle(mixed)
    halves = pl.concat([sign(frame(mixed[:11])), sign(frame(mixed[11:]))])
    same = halves.select("blob_id", held_out=pl.lit(False), kept=pl.lit(True))  # noqa: FBT003
    assert cluster(halves, same, LEAST).equals(clusters_of(frame(texts)))


def test_what_is_removed_and_what_is_missed_against_all_pairs():
    """Every removed file is near its keeper by an exact count, and almost no two kept files are near each other."""
    texts = variants(400, seed=7)
    kept = keepers(frame(texts))
    grams = {
        text: {tuple(words[at : at + 5]) for at in range(len(words) - 4)} for text in texts for words in [text.split()]
    }

    def exact(one, other):
        return len(grams[one] & grams[other]) / len(grams[one] | grams[other])

    assert all(exact(text, keeper) >= LEAST for text, keeper in kept.items())
    survivors = sorted(set(kept.values()))
    near = sum(exact(one, other) >= LEAST for at, one in enumerate(survivors) for other in survivors[at + 1 :])
    assert near <= 0.02 * (len(texts) - len(survivors))


def test_candidates_are_at_least_those_of_datasketch():
    """Pairs that datasketch's LSH finds and that are near are in one of our clusters or both kept apart from it by a nearer one."""
    texts = variants(60, seed=11)
    sets = {text: shingles(text) for text in texts}
    lsh, hashed = MinHashLSH(num_perm=256, params=(42, 6)), {}
    for text in texts:
        hashed[text] = MinHash(num_perm=256)
        hashed[text].update_batch([value.tobytes() for value in sets[text]])
        lsh.insert(text, hashed[text])
    kept = keepers(frame(texts))
    survivors = set(kept.values())
    for text in texts:
        found = [
            other for other in lsh.query(hashed[text]) if other != text and jaccard(sets[text], sets[other]) >= LEAST
        ]
        assert not (text in survivors and survivors.intersection(found))


def test_signatures_estimate_the_jaccard_index():
    """The share of equal rows of two signatures is the exact index, give or take what 256 permutations allow."""
    files = frame(variants(40, seed=3))
    table = sign(files)
    rows, sets = np.array(table["signature"].to_list()), [each.to_numpy() for each in table["shingles"]]
    errors = [(rows[0] == rows[at]).mean() - jaccard(sets[0], sets[at]) for at in range(1, len(rows))]
    assert np.abs(errors).max() < 0.12
    assert abs(np.mean(errors)) < 0.03


def test_shingles_are_the_same_for_ever():
    """The hashes are part of a stored table: a change of them is a change of its meaning."""
    assert shingles("a b c d e f").tolist() == FIXED


FIXED = [4653267196447535762, 15588449699116285393]
