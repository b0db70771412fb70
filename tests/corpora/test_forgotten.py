"""What owners ask to be taken out: the list, and that no corpus brings it in again."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemy_assets.corpora import forgotten
from alchemy_assets.corpora.forgotten import Forgotten
from alchemy_assets.corpora.found import Found
from alchemy_assets.corpora.index import index
from alchemy_assets.errors import SettingsError
from alchemy_assets.settings import Settings

ONE, OTHER = b"print(1)\n", b"print(2)\n"


def blob(data):
    return hashlib.sha1(data, usedforsecurity=False).hexdigest()


def read(tmp_path, taken_out):
    """The index of one blob in two repositories and another in one of them."""
    inputs = [
        Found("a/x.py", "a/a", "x.py", ONE),
        Found("b/x.py", "b/b", "x.py", ONE),
        Found("b/y.py", "b/b", "y.py", OTHER),
    ]
    found = index("local", inputs, Settings(shards=1), tmp_path, taken_out)
    rows = [row for _, _, frame in found.parts() for row in frame.iter_rows(named=True)]
    return {row["blob_id"]: [place["repo_name"] for place in row["occurrences"]] for row in rows}, found.rejected


def test_a_forgotten_repository_loses_its_places_only(tmp_path):
    """A blob that lies elsewhere, too, stays with its other places; each input that goes is listed with its reason."""
    kept, rejected = read(tmp_path, Forgotten(repositories=frozenset({"b/b"})))
    assert kept == {blob(ONE): ["a/a"]}
    assert rejected.select("location", "reason", "detail").rows() == [
        ("b/x.py", "forgotten", "its repository"),
        ("b/y.py", "forgotten", "its repository"),
    ]


def test_a_forgotten_blob_goes_wherever_it_lies(tmp_path):
    """All places of the blob are taken out."""
    kept, rejected = read(tmp_path, Forgotten(blob_ids=frozenset({blob(ONE)})))
    assert kept == {blob(OTHER): ["b/b"]}
    assert rejected["detail"].to_list() == ["its blob id"] * 2


def test_the_list_is_only_added_to(tmp_path):
    """What stands on the list already is not written twice, and both kinds of names are told apart."""
    assert forgotten.add(tmp_path, ["a/a", blob(ONE)], "asked by mail") == ["a/a", blob(ONE)]
    assert forgotten.add(tmp_path, ["b/b", "a/a"]) == ["b/b"]
    assert forgotten.read(tmp_path) == Forgotten(frozenset({blob(ONE)}), frozenset({"a/a", "b/b"}))
    assert len((tmp_path / forgotten.FILE).read_text().splitlines()) == 3


@pytest.mark.parametrize("line", ["not json", "[]", "{}", '{"blob_id": "abc"}', '{"repo_name": 3}', '{"blob_id": ""}'])
def test_a_line_that_cannot_be_understood_is_an_error(tmp_path, line):
    """A request must not be passed over: the file and the line are named."""
    (tmp_path / forgotten.FILE).write_text('{"repo_name": "a/a"}\n\n' + line + "\n")
    with pytest.raises(SettingsError, match=r"forgotten\.jsonl:3 must be"):
        forgotten.read(tmp_path)


@given(st.lists(st.text(min_size=1, max_size=5)), st.randoms(use_true_random=False))
def test_the_fingerprint_does_not_depend_on_the_order(names, shuffle):
    """It changes with what is on the list, and with nothing else."""
    shuffled = names[:]
    shuffle.shuffle(shuffled)
    before = Forgotten(repositories=frozenset(names)).fingerprint()
    assert Forgotten(repositories=frozenset(shuffled)).fingerprint() == before
    assert Forgotten(repositories=frozenset({*names, "another/one"})).fingerprint() != before


def test_odd_reasons_and_hand_written_lines_do_not_lock_the_workspace(tmp_path):
    """A line separator in a reason, a last line without its end, and a null beside a name are understood."""
    forgotten.add(tmp_path, ["a/a"], "because\u2028so\x85it is")
    with (tmp_path / forgotten.FILE).open("a") as handle:
        handle.write('{"blob_id": null, "repo_name": "b/b"}')
    forgotten.add(tmp_path, ["c/c"])
    assert forgotten.read(tmp_path) == Forgotten(repositories=frozenset({"a/a", "b/b", "c/c"}))
    assert forgotten.read(tmp_path).fingerprint()
