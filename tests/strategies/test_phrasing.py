from collections import Counter

import pytest

from alchemy_assets.errors import SettingsError
from alchemy_assets.strategies import phrasing

KINDS = (
    "completion",
    "execution_question",
    "recorded_output",
    "recorded_output_calls",
    "fill_in_the_middle",
    "edit_sequence",
    "edit_sequence_whole",
    "planted_bug",
    "debugging",
    "test_writing",
    "markdown_outline",
    "markdown_links",
    "markdown_table",
)
PLACES = {
    "planted_bug": {"code", "symptom", "file", "language"},
    "debugging": {"code", "symptom", "file", "language"},
    "test_writing": {"code", "name", "file", "language", "framework", "run"},
    "test_writing_answers": {"output", "tests", "run"},
    "markdown_outline": {"code", "file", "levels"},
    "markdown_links": {"code", "file"},
    "markdown_table": {"code", "file", "task", "todo"},
    "completion": {"code", "name", "language", "what", "file", "hole", "comment"},
    "execution_question": {"code", "run", "question", "file", "language"},
    "recorded_output": {"code", "run", "file", "language"},
    "recorded_output_answers": {"output", "run"},
    "recorded_output_calls": {"code", "run", "call", "file", "language"},
    "recorded_output_call_answers": {"output", "run", "call"},
    "fill_in_the_middle": {"code", "hole", "what", "a_what", "size", "language", "file"},
    "edit_sequence": {"code", "goal", "name", "what", "language", "file"},
    "edit_sequence_comment": {"code", "goal", "language", "file"},
    "edit_sequence_whole": {"code", "steps", "language", "file"},
}


@pytest.mark.parametrize("kind", KINDS)
def test_there_are_at_least_sixty_phrasings_and_none_twice(kind):
    """Each kind has sixty different phrasings or more."""
    known = phrasing.phrasings(kind)
    assert len(set(known)) == len(known) >= 60


@pytest.mark.parametrize("kind", PLACES)
def test_every_place_can_be_filled(kind):
    """A phrasing asks for no value that its kind does not give, and shows the code (or the output) once."""
    for template in phrasing.phrasings(kind):
        places = [match[1] for match in phrasing._PLACE.finditer(template)]
        assert set(places) <= PLACES[kind], template
        assert places.count("output" if kind.endswith("answers") else "code") == 1, template


@pytest.mark.parametrize("kind", PLACES)
def test_code_blocks_stand_on_lines_of_their_own(kind):
    """What becomes a fenced block begins and ends a paragraph."""
    block = "{output}" if kind.endswith("answers") else "{code}"
    for template in phrasing.phrasings(kind):
        before, after = template.split(block)
        assert not before or before.endswith("\\n"), template
        assert not after or after.startswith("\\n\\n"), template


@pytest.mark.parametrize("kind", KINDS)
def test_no_eight_words_are_in_more_than_one_percent_of_the_questions(kind):
    """Over many files, no run of eight words of the wording itself recurs in more than 1 % of them."""
    drawn, seen = 20_000, Counter()
    for number in range(drawn):
        _, text = phrasing.pick(kind, str(number))
        values = {
            place: f"<{place}{number}>"
            for place in ("code", "name", "file", "run", "call", "question", "symptom", "goal")
        }
        few = {"language": f"L{number % 13}", "what": "function", "comment": "comment", "hole": "your code here"}
        few |= {"a_what": "a function", "size": "4 lines", "steps": str(3 + number % 10)}
        words = phrasing.fill(text, values | few).split()
        seen.update({tuple(words[at : at + 8]) for at in range(len(words) - 7)})
    assert max(seen.values()) <= 0.01 * drawn, seen.most_common(3)


def test_a_key_always_draws_the_same_phrasing():
    """The same kind and key give the same id and the same words."""
    assert phrasing.pick("completion", "blob") == phrasing.pick("completion", "blob")


def test_keys_draw_nearly_all_phrasings():
    """Many keys reach every phrasing."""
    drawn = {phrasing.pick("completion", str(number))[0] for number in range(3_000)}
    assert len(drawn) == len(phrasing.phrasings("completion"))


def test_alternatives_are_resolved_and_line_breaks_made():
    """No drawn text holds a bracket of alternatives or a written line break."""
    texts = [phrasing.pick(kind, str(number))[1] for kind in KINDS for number in range(500)]
    assert not [text for text in texts if "|" in text or "\\n" in text]


def test_braces_in_a_value_stay_what_they_are():
    """A value is put in as it stands, even where it looks like a place."""
    assert phrasing.fill("{name}: {code}", {"name": "f", "code": "x = {name}"}) == "f: x = {name}"


def test_a_kind_without_phrasings_is_an_error_that_names_the_file():
    """A missing file of phrasings is said, with its name."""
    with pytest.raises(SettingsError, match=r"unheard_of\.txt"):
        phrasing.phrasings("unheard_of")
