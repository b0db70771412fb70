"""The wordings of the kinds of CodeTrace beside the trace: many, fillable, and none that recurs too often."""

import re
from collections import Counter

import pytest

from alchemy_assets.strategies import code_trace, phrasing
from alchemy_assets.strategies.trace_kinds.registry import KINDS
from tests.strategies.recorded import blobs, original, recorded, table

PLACES = {
    "trace_output": {"code", "run", "which", "file", "language"},
    "trace_next_state": {"files", "trace", "test", "number", "language"},
    "trace_branch": {"files", "question", "language"},
    "trace_monologue": {"code", "run", "which", "file", "language"},
}
QUESTIONS = {
    "trace_branch_turns": {"place", "line", "function", "test"},
    "trace_branch_taken": {"place", "line", "function", "test", "arm"},
    "trace_branch_arm": {"function", "test", "nth"},
    "trace_branch_tests": {"place", "line", "function", "kind"},
}


@pytest.mark.parametrize("kind", KINDS)
def test_there_are_at_least_fifty_phrasings_and_each_can_be_filled(kind):
    """Fifty different ways to ask, each with what must be shown once and no place that the kind does not fill."""
    ways = phrasing.phrasings(kind)
    assert len(set(ways)) == len(ways) >= 50
    shown = {"trace_output": ("code", "run"), "trace_monologue": ("code", "run")}.get(kind, ("files",))
    for way in ways:
        places = re.findall(r"\{(\w+)\}", way)
        assert set(places) <= PLACES[kind], way
        assert all(places.count(place) == 1 for place in shown), way
        assert {"trace_next_state": "trace", "trace_branch": "question"}.get(kind, "which") in places, way


@pytest.mark.parametrize("kind", QUESTIONS)
def test_every_question_about_a_branch_can_be_filled(kind):
    """The questions ask for no value that they are not given, say which test is meant, and end as questions."""
    for way in phrasing.phrasings(kind):
        places = set(re.findall(r"\{(\w+)\}", way))
        assert places <= QUESTIONS[kind], way
        assert way.endswith("?"), way
        assert ("test" in places) == ("test" in QUESTIONS[kind]), way
        assert places & {"place", "function"}, way


@pytest.mark.parametrize("kind", KINDS)
def test_blocks_stand_on_lines_of_their_own(kind):
    """What is shown as a block or as files begins and ends a paragraph."""
    for way in phrasing.phrasings(kind):
        for block in re.finditer(r"\{(?:code|run|trace|files)\}", way):
            before, after = way[: block.start()], way[block.end() :]
            assert not before or before.endswith("\\n\\n"), way
            assert not after or after.startswith("\\n\\n"), way


def test_no_place_is_left_open():
    """In no prompt does a place or a bracket of alternatives remain."""
    made, _ = code_trace.samples(table(*(recorded(blob) for blob in blobs(120))))
    names = "|".join(sorted(set().union(*PLACES.values(), *QUESTIONS.values())))
    for row in made.iter_rows(named=True):
        said = row["messages"][0]["content"].replace(original(), "")
        assert not re.search(rf"\{{(?:{names})\}}|\[[^\]\n]*\|[^\]\n]*\]", said), row["prompt_id"]


@pytest.mark.parametrize("kind", KINDS)
def test_no_eight_words_are_in_more_than_four_percent_of_the_questions(kind):
    """Over many files, no run of eight words of the wording itself recurs often."""
    drawn, seen = 4_000, Counter()
    for number in range(drawn):
        _, text = phrasing.pick(kind, str(number))
        words = phrasing.fill(text, {place: f"<{place}{number}>" for place in PLACES[kind]}).split()
        seen.update({tuple(words[at : at + 8]) for at in range(len(words) - 7)})
    assert max(seen.values(), default=0) <= 0.04 * drawn, seen.most_common(3)
