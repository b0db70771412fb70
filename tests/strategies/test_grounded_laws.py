"""What holds for every kind that is made without a model, over example programs of all languages."""

from collections import Counter
from pathlib import Path

import pytest

from alchemy_assets.curation.edits import Edit, edited
from alchemy_assets.generation.completions import NO_ANSWERS
from alchemy_assets.languages import LANGUAGES
from alchemy_assets.settings import Samples
from alchemy_assets.strategies.registry import STRATEGIES
from alchemy_assets.strategies.strategy import Rejected, Verified, bounded, tables
from tests.strategies.observations import really_seen

# Their programs are built in no time; each kind runs a file some twenty times.
QUICK = ("C", "JavaScript", "Markdown", "PHP", "Python", "Ruby", "SQL", "Shell")
OTHERS = tuple(name for name in LANGUAGES if name not in QUICK)
BY_SUFFIX = {language.suffixes[0]: language.name for language in LANGUAGES.values()}
EXAMPLES = Path(__file__).parents[2] / "examples" / "corpus" / "tiny-parsers"
KINDS = [kind for strategy in STRATEGIES.values() for kind in strategy.kinds]
NAMES = [kind.name for kind in KINDS]


@pytest.fixture(scope="session", params=[QUICK, pytest.param(OTHERS, marks=pytest.mark.slow)], ids=["quick", "others"])
def files(request, sandbox, curated):
    """The example programs, with what was seen of them."""
    found = []
    for path in sorted(EXAMPLES.rglob("*")):
        language = BY_SUFFIX.get(path.suffix)
        if language in request.param:
            found.append(curated(path.read_text(encoding="utf-8"), language, path.name))
    return really_seen(found, sandbox)


@pytest.fixture(scope="session")
def judged(files, sandbox):
    """What every kind makes of them, by its name."""
    made = {}
    for kind in KINDS:
        drafts = [draft for file in files for draft in kind.next(file, NO_ANSWERS)]
        made[kind.name] = (drafts, kind.verify(drafts, sandbox))
    return made


def held(judged, name):
    return [one for one in judged[name][1] if isinstance(one, Verified)]


@pytest.mark.parametrize("name", NAMES)
def test_every_draft_is_judged_in_its_place(judged, name):
    """A kind judges all its drafts, in their order, and each rejection has a reason of its closed set."""
    drafts, ones = judged[name]
    assert [one.draft.file.blob_id for one in ones] == [draft.file.blob_id for draft in drafts]
    for one in ones:
        if isinstance(one, Rejected):
            assert one.reasons
            assert all(reason and "\n" not in reason for reason in one.reasons)


@pytest.mark.parametrize("kind", KINDS, ids=NAMES)
def test_planning_is_the_same_each_time_and_runs_nothing(files, kind):
    """The same file gives equal drafts, in the same order."""
    for file in files[:12]:
        first, second = (
            [(draft.messages, draft.prompt_id, draft.seed_text, draft.edits) for draft in kind.next(file, NO_ANSWERS)]
            for _ in range(2)
        )
        assert first == second


@pytest.mark.parametrize("name", NAMES)
def test_the_recorded_edits_give_what_the_prompt_was_made_of(judged, name):
    """Of every sample, the edits applied to the curated text give the seed."""
    for one in held(judged, name):
        edits = [Edit(**edit) for edit in one.draft.edits]
        assert edited(one.draft.file.text, edits) == one.draft.seed_text, one.draft.prompt_id


@pytest.mark.parametrize("name", [kind.name for kind in KINDS if kind.strategy in {"code_dev", "code_dialogue"}])
def test_seeds_stand_in_conversations_that_are_released_without_them(judged, name):
    """The seed, stripped, stands in the first question as it is, so that a placeholder can take its place."""
    for one in held(judged, name):
        assert one.draft.seed_text.strip() in one.messages[0][1], one.draft.prompt_id


@pytest.mark.parametrize("name", NAMES)
def test_turns_alternate_and_say_something(judged, name):
    """Question and answer take turns, the question first, and none is empty."""
    for one in held(judged, name):
        roles = [role for role, _ in one.messages]
        assert roles == ["user", "assistant"] * (len(roles) // 2)
        assert all(content.strip() for _, content in one.messages)


@pytest.mark.parametrize("name", NAMES)
def test_samples_say_what_was_proved_and_how_hard_they_are(judged, name):
    """Every sample has a proved fact, and its difficulty; what was run has a toolchain."""
    for one in held(judged, name):
        assert any(one.verified.values())
        assert one.difficulty
        if one.verified.get("executed"):
            assert one.evidence["toolchain"]


@pytest.mark.parametrize("name", NAMES)
def test_all_of_it_fits_the_tables(judged, name):
    """The tables take every judgement, within the bounds of the settings."""
    bounds = Samples()
    strategy = next(kind.strategy for kind in KINDS if kind.name == name)
    samples, rejected = tables(strategy, bounded(judged[name][1], bounds))
    assert samples.height + rejected.height == len(judged[name][0])
    assert max(Counter(samples["blob_id"]).values(), default=0) <= bounds.most_a_file
