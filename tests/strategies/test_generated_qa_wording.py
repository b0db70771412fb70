"""The words around CodeQA's generated kinds: phrasings of the user's turns, and the prompts that problems are written by."""

import json
import re

import pytest

from alchemy_assets.generation.completions import NO_ANSWERS, Request
from alchemy_assets.languages import LANGUAGES
from alchemy_assets.settings import Generation
from alchemy_assets.strategies import code_qa, phrasing
from alchemy_assets.strategies.generated.qa import multiple_choice
from alchemy_assets.strategies.generated.qa.forms import form_of
from alchemy_assets.strategies.generated.qa.kinds import KINDS
from alchemy_assets.strategies.generated.qa.writing import LEVELS, level_of

# The places that each kind fills; a phrasing uses no other one, and the first group of them always.
PLACES = {
    "specified_program": ({"problem", "form"}, {"language"}),
    "completed_program": ({"problem", "code"}, {"start", "language"}),
    "infilled_program": ({"problem", "code", "mark"}, {"language"}),
    "predicted_output": ({"code", "start"}, {"language"}),
    "found_input": ({"code", "output", "start", "form"}, {"language"}),
    "fixed_program": ({"problem", "code"}, {"start", "language"}),
    "explained_code": ({"problem", "code"}, {"language"}),
    "complexity": ({"problem", "code"}, {"language"}),
    "translation": ({"problem", "code", "form", "target"}, {"language"}),
    "written_tests": ({"problem", "code", "run"}, {"language"}),
    "multiple_choice": ({"question", "options"}, set()),
    "api_use": ({"problem", "code", "beside", "form"}, {"language", "file"}),
}
BLOCKS = {"code", "output", "options"}


def test_there_are_twelve_kinds_and_each_has_its_words():
    """CodeQA's kinds that a model writes are these twelve, none named as one that needs no model."""
    assert [kind.name for kind in code_qa.written(Generation())] == list(PLACES)
    assert not set(PLACES) & {kind.name for kind in code_qa.KINDS}
    assert all(kind.strategy == code_qa.NAME for kind in KINDS)


@pytest.mark.parametrize("kind", PLACES)
def test_phrasings_are_many_and_ask_for_what_their_kind_gives(kind):
    """At least twelve, none twice; every place of them can be filled, and what must be said is said once."""
    known = phrasing.phrasings(f"qa_{kind}")
    always, sometimes = PLACES[kind]
    assert len(set(known)) == len(known) >= 12
    for template in known:
        places = [match[1] for match in phrasing._PLACE.finditer(template)]
        assert always <= set(places) <= always | sometimes, template
        assert all(places.count(place) == 1 for place in always - {"mark", "target", "form"}), template


@pytest.mark.parametrize("kind", PLACES)
def test_code_stands_on_lines_of_its_own(kind):
    """What becomes a fenced block, and a problem of several paragraphs, is not in the middle of a line."""
    for template in phrasing.phrasings(f"qa_{kind}"):
        for place in BLOCKS & PLACES[kind][0]:
            before, after = template.split(f"{{{place}}}")
            assert not before or before.endswith("\\n"), template
            assert not after or after.startswith("\\n\\n"), template


@pytest.mark.parametrize("kind", [*PLACES, "form"])
def test_no_place_and_no_alternative_is_left_open(kind):
    """Many drawn phrasings, filled, hold neither a brace nor a bracket nor a bar."""
    values = dict.fromkeys({place for group in PLACES.get(kind, ({"language", "start"},)) for place in group}, "x")
    for number in range(400):
        prompt_id, template = phrasing.pick(f"qa_{kind}", str(number))
        text = phrasing.fill(template, values)
        assert prompt_id.startswith(f"qa_{kind}-")
        assert not re.search(r"[\[\]|]|\{[a-z_]+\}|\\n", text), text


def test_settings_are_many():
    """Problems are set for at least twenty different occasions."""
    assert len(set(phrasing.phrasings("qa_settings"))) >= 20


@pytest.mark.parametrize("language", [name for name, one in LANGUAGES.items() if one.runs])
def test_forms_say_how_a_program_of_each_language_is_started(language):
    """A reader is told the command, or for a script of SQL what runs it."""
    assert "started as `" in form_of(language, "key") or "sqlite3" in form_of(language, "key")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
@pytest.mark.parametrize("language", LANGUAGES)
def test_prompts_render_for_every_language_and_name_its_level(curated, kind, language):
    """A kind either asks about a file of a language, with nothing open in the prompt, or says why not."""
    text = "# Title\n\n" * 8 if language == "Markdown" else "int x;\n" * 8
    [made] = [*kind.next(curated(text, language, "lib/thing.h" if language == "C" else ""), NO_ANSWERS)]
    if not isinstance(made, Request):
        assert made.plan.reason
        return
    prompt = made.messages[-1][1]
    assert level_of(kind, curated(text, language, "lib/thing.h" if language == "C" else "")) in prompt
    assert "{{" not in prompt
    assert "{%" not in prompt
    assert "\n\n\n\n" not in prompt
    assert bool(made.answer_schema) == (kind.name == "multiple_choice")


def test_documents_are_asked_about_by_three_kinds(curated):
    """A specification in Python, an explanation and a multiple-choice question make sense of a document."""
    file = curated("# Title\n\nSome rule.\n", "Markdown")
    asked = [kind.name for kind in KINDS if isinstance(next(iter(kind.next(file, NO_ANSWERS))), Request)]
    assert asked == ["specified_program", "explained_code", "multiple_choice"]


def test_levels_are_drawn_by_file_and_kind(curated):
    """Many files reach all levels, and the kinds of a file are not all of the same."""
    files = [curated(f"x = {number}\n") for number in range(60)]
    assert {level_of(KINDS[0], file) for file in files} == set(LEVELS)
    assert any(len({level_of(kind, file) for kind in KINDS}) > 1 for file in files)


def test_the_schema_bounds_strings_by_patterns():
    """Lengths of strings let raw control characters through, so the schema has none."""
    assert "maxLength" not in multiple_choice.SCHEMA
    pattern = json.loads(multiple_choice.SCHEMA)["properties"]["question"]["pattern"]
    assert re.fullmatch(pattern, r"a \"word\"\nand more")
    assert not re.fullmatch(pattern, 'a "word"')
    assert not re.fullmatch(pattern, "a\nb")
