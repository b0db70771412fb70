import textwrap

import pytest

from alchemy_assets.curation.edits import Edit, edited
from alchemy_assets.generation.completions import NO_ANSWERS
from alchemy_assets.strategies.grounded.fill_in_the_middle import FillInTheMiddle
from alchemy_assets.strategies.strategy import Rejected, Verified

KIND = FillInTheMiddle()

FILES = {
    "C": """
        #include <stddef.h>

        /* Counts how often a value occurs in a list of numbers. */
        size_t occurrences(const int *numbers, size_t count, int wanted)
        {
            size_t found = 0;
            for (size_t at = 0; at < count; at++) {
                if (numbers[at] == wanted) {
                    found++;
                }
            }
            return found;
        }
        """,
    "Python": '''
        def occurrences(numbers, wanted):
            """Count how often a value occurs in a list of numbers, by its place."""
            places = {}
            for place, number in enumerate(numbers):
                places.setdefault(number, []).append(place)
            found = len(places.get(wanted, []))
            return found, places
        ''',
}


@pytest.fixture
def judge(curated):
    """Return what becomes of every draft of a file."""
    return lambda text, language="Python", path="": KIND.verify(
        list(KIND.next(curated(textwrap.dedent(text).lstrip("\n"), language, path), NO_ANSWERS)), None
    )


def held(judged) -> list[Verified]:
    """The samples; what was rejected is shown where there is none."""
    found = [one for one in judged if isinstance(one, Verified)]
    assert found, [(one.reasons, one.detail) for one in judged if isinstance(one, Rejected)]
    return found


@pytest.mark.parametrize("language", FILES)
def test_the_answer_in_the_place_of_the_mark_gives_the_file(language, judge):
    """A little file has holes; each, filled with its answer, is the file again."""
    for sample in held(judge(FILES[language], language)):
        plan, draft = sample.draft.plan, sample.draft
        assert edited(draft.file.text, [Edit(**edit) for edit in draft.edits]) == draft.seed_text
        answer = sample.messages[1][1].split("\n", 1)[1].removesuffix("\n```")
        indent = answer[: len(answer) - len(answer.lstrip())]
        assert draft.seed_text.replace(indent + plan.mark, answer) == draft.file.text
