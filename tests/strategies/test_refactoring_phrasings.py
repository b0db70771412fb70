"""The wordings of refactorings: they are of one kind, so their rules hold over all of them together."""

from collections import Counter

import pytest

from alchemy_assets.strategies import phrasing

# How many of a hundred questions are of a sort, as measured over real files.
SORTS = {
    "rename": 40,
    "guard": 14,
    "swap": 13,
    "move": 12,
    "inline": 10,
    "extract_function": 6,
    "extract_variable": 5,
}
PLACES = {
    "rename": {"old", "new", "what", "place", "line", "why"},
    "guard": {"condition", "place", "line", "leave", "scope"},
    "swap": {"condition", "turned", "place", "line", "why"},
    "inline": {"old", "value", "place", "line", "how"},
    "extract_variable": {"new", "expression", "count", "place", "line"},
    "extract_function": {"new", "lines", "comment", "place", "needs"},
    "move": {"old", "new", "where", "line"},
}
EVERY = {"code", "form", "file", "language"}
FORMS = ("diff", "function", "file")


def test_there_are_at_least_sixty_phrasings_and_none_twice():
    """All sorts together have sixty different phrasings or more, each sort at least a dozen."""
    known = [line for sort in SORTS for line in phrasing.phrasings(f"refactoring_{sort}")]
    assert len(set(known)) == len(known) >= 60
    assert min(len(phrasing.phrasings(f"refactoring_{sort}")) for sort in SORTS) >= 12


@pytest.mark.parametrize("sort", SORTS)
def test_every_place_can_be_filled(sort):
    """A question shows the code once, says once how the change is to be shown, and asks for nothing that is not given."""
    for template in phrasing.phrasings(f"refactoring_{sort}"):
        places = [match[1] for match in phrasing._PLACE.finditer(template)]
        assert set(places) <= PLACES[sort] | EVERY, template
        assert places.count("code") == places.count("form") == 1, template
        before, after = template.split("{code}")
        assert not before or before.endswith("\\n"), template
        assert not after or after.startswith("\\n\\n"), template
    for template in phrasing.phrasings(f"refactoring_{sort}_answers"):
        assert {match[1] for match in phrasing._PLACE.finditer(template)} <= PLACES[sort] | {"file"}, template


def test_no_eight_words_are_in_more_than_one_percent_of_the_questions():
    """Over questions of all sorts, no run of eight words of the wording itself recurs in more than 1 % of them."""
    drawn, seen = 10_000, Counter()
    turns = [sort for sort, share in SORTS.items() for _ in range(share)]
    for number in range(drawn):
        key = str(number)
        sort = turns[phrasing.draw("sort", key) % len(turns)]
        _, text = phrasing.pick(f"refactoring_{sort}", key)
        form = FORMS[phrasing.draw("form", key) % len(FORMS)]
        if form == "function" and sort == "extract_function":
            form = "functions"
        _, wish = phrasing.pick(f"refactoring_as_{form}", key)
        values = {place: f"<{place}{number}>" for place in PLACES[sort] | EVERY}
        few = {
            "form": wish,
            "language": f"L{number % 13}",
            "what": "variable",
            "leave": "`return`",
            "scope": "function",
        }
        words = phrasing.fill(text, values | few).split()
        seen.update({tuple(words[at : at + 8]) for at in range(len(words) - 7)})
    assert max(seen.values()) <= 0.01 * drawn, seen.most_common(5)


def test_answers_do_not_begin_all_alike():
    """No two words begin more than a fifth of the answers that have prose at all."""
    begun = Counter()
    for sort in SORTS:
        for number in range(300):
            _, said = phrasing.pick(f"refactoring_{sort}_answers", str(number))
            begun[tuple(said.split()[:2])] += 1
    del begun[()]
    assert max(begun.values()) <= 0.2 * begun.total(), begun.most_common(3)
