"""The held-out list: a frozen draw by repository."""

import hashlib

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from alchemy_assets.curation.held_out import decide, is_drawn
from alchemy_assets.settings import HeldOut
from tests.builders import source_file

HALF = HeldOut(version="test", share=0.5)
DRAWN = next(name for name in map(str, range(100)) if is_drawn(name, HALF))
SPARED = next(name for name in map(str, range(100)) if not is_drawn(name, HALF))


def test_a_repository_is_held_out_as_a_whole():
    """All files of a drawn repository are held out, and none of another."""
    files = pl.concat([source_file(f"x = {at}", repository=name) for at, name in enumerate((DRAWN, DRAWN, SPARED))])
    decided = files.join(decide(files, HALF), on="blob_id")
    assert decided["held_out"].to_list() == [True, True, False]
    assert decided["decided_by"].to_list() == [f"repository:{DRAWN}", f"repository:{DRAWN}", "repository"]


def test_one_held_out_occurrence_holds_a_blob_out():
    """A blob that also lies in a repository that was not drawn is still held out."""
    decided = decide(source_file(occurrences=[{"repo_name": SPARED}, {"repo_name": DRAWN}, {"repo_name": None}]), HALF)
    assert decided["held_out"].to_list() == [True]


def test_a_blob_without_a_repository_is_drawn_by_its_id():
    """Where no repository is known the blob id takes its place."""
    files = source_file(repository=None)
    assert decide(files, HALF).row(0) == (files["blob_id"][0], is_drawn(files["blob_id"][0], HALF), "blob_id")


def test_the_draw_is_the_documented_hash():
    """The first 64 bits of sha256(version + name) as a number, below share times 2 to the 64."""
    first = int.from_bytes(hashlib.sha256(b"testa/b").digest()[:8], "big") / 2**64
    assert is_drawn("a/b", HeldOut(version="test", share=0.5)) is (first < 0.5)


@given(st.text(max_size=20), st.floats(0, 0.5), st.floats(0, 0.5))
def test_a_larger_share_only_adds(name, one, other):
    """What a small share holds out, a larger one of the same version does too."""
    small, large = sorted((one, other))
    assert not is_drawn(name, HeldOut(share=small)) or is_drawn(name, HeldOut(share=large))
