"""Shingles: what counts as a token, that many contents are hashed as each one alone, and the Jaccard index."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alchemy_assets.curation.shingles import TOKENS, jaccard, shingle_sets

TOKEN = re.compile(rb"[0-9A-Za-z_\x80-\xff]+")
CONTENTS = st.lists(st.text("ab_ é9\n.\0\x7f", max_size=60).map(str.encode), max_size=6)


def grams(content):
    """The token 5-grams of a content, as tuples of bytes."""
    words = TOKEN.findall(content)
    return set(zip(*(words[at:] for at in range(TOKENS)), strict=False))


@given(CONTENTS)
@settings(max_examples=200, deadline=None)
def test_contents_are_hashed_as_each_alone(contents):
    """What stands beside a content in a block changes nothing in its set."""
    together = shingle_sets(contents)
    assert len(together) == len(contents)
    for content, found in zip(contents, together, strict=True):
        assert found.tolist() == shingle_sets([content])[0].tolist()


@given(CONTENTS)
@settings(max_examples=200, deadline=None)
def test_a_hash_stands_for_a_five_gram(contents):
    """There are as many hashes as distinct 5-grams, sorted, and two sets share as many hashes as they share 5-grams."""
    sets = shingle_sets(contents)
    for one, found in zip(contents, sets, strict=True):
        assert found.tolist() == sorted(set(found.tolist()))
        if grams(one):
            assert len(found) == len(grams(one))
            for other, beside in zip(contents, sets, strict=True):
                if grams(other):
                    assert len(np.intersect1d(found, beside)) == len(grams(one) & grams(other))


@pytest.mark.parametrize("length", [1, 7, 8, 9, 16, 17, 255, 256, 257, 1_000])
def test_every_byte_of_a_token_counts(length):
    """Two tokens that differ in one byte are two tokens, wherever it stands and however long they are."""
    frame = b"one two %s four five"
    token = b"x" * length
    others = {token[:at] + b"y" + token[at + 1 :] for at in range(length)} | {token, token + b"x", b"x" + token[:-2]}
    assert len({tuple(found.tolist()) for found in shingle_sets([frame % other for other in sorted(others)])}) == len(
        others
    )


def test_the_order_of_parts_of_a_token_counts():
    """A token is not the bag of its eight-byte parts."""
    first, second = shingle_sets([b"a b c d " + b"1" * 8 + b"2" * 8 + tail for tail in (b"3" * 8, b"")])
    third = shingle_sets([b"a b c d " + b"2" * 8 + b"1" * 8])[0]
    assert len({first.tobytes(), second.tobytes(), third.tobytes()}) == 3


def test_few_tokens_are_compared_as_a_whole():
    """Of fewer than five tokens all bytes count, white space too, in 128 bits."""
    sets = shingle_sets([b"", b" ", b"a b c d", b"a b  c d", b"a b c d"])
    assert [len(found) for found in sets] == [4] * 5
    assert len({found.tobytes() for found in sets}) == 4
    assert jaccard(sets[2], sets[4]) == 1


@given(st.sets(st.integers(0, 2**32 - 1), min_size=1), st.sets(st.integers(0, 2**32 - 1), min_size=1))
def test_the_jaccard_index_is_that_of_the_sets(one, other):
    """What two sets share over what they have."""
    arrays = [np.array(sorted(each), dtype=np.uint32) for each in (one, other)]
    assert jaccard(*arrays) == len(one & other) / len(one | other)


def test_shingles_are_the_same_for_ever():
    """The hashes are part of a stored table: a change of them is a change of its meaning."""
    found = shingle_sets([b"a b c d e f", b"one thousand_two_hundred three four five", b"a", b"a b c d " + b"x" * 300])
    assert [each.tolist() for each in found] == FIXED


FIXED = [[2962824731, 4092512223], [2300039328], [1180886313, 1851704103, 2118731342, 2139583379], [2553897901]]
