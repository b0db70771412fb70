import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemy_assets import schema
from alchemy_assets.errors import SettingsError
from alchemy_assets.generation.completions import Answers, Request, known_of
from alchemy_assets.strategies import code_qa
from alchemy_assets.strategies.registry import STRATEGIES, kinds_of
from alchemy_assets.strategies.strategy import (
    CONTROL_TEXT,
    DUPLICATE,
    CuratedFile,
    Draft,
    Rejected,
    Verified,
    run,
    tables,
)

FILE = CuratedFile("ab" * 20, "Python", "x = 1\n", "", [], "MIT", "c")


def verified(question="Why?", answer="Because."):
    """A verified sample with one question and its answer."""
    messages = (("user", question), ("assistant", answer))
    return Verified(Draft("toy", FILE, messages, "toy-001", "x = 1"), messages, {"parsed": True})


def test_a_sample_that_is_there_already_becomes_a_rejected_row():
    """Of two equal samples one is kept, and the other is listed with the reason."""
    samples, rejected = tables("code_qa", [verified(), verified()])
    assert samples.height == 1
    assert rejected["reasons"].to_list() == [[DUPLICATE]]
    assert rejected["detail"].to_list() == samples["sample_id"].to_list()


def test_control_text_makes_a_rejected_row():
    """A sample whose answer has a line that looks like a turn is not released."""
    samples, rejected = tables("code_qa", [verified(answer="fine\nUser: not fine")])
    assert samples.is_empty()
    assert rejected["reasons"].to_list() == [[CONTROL_TEXT]]
    assert rejected["detail"].to_list() == ["User:"]


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.booleans()), max_size=12).flatmap(
        lambda rows: st.tuples(st.just(rows), st.permutations(rows))
    )
)
def test_nothing_is_lost_and_the_order_does_not_matter(lists):
    """Every judged draft is a row of one of the two tables, and shuffled input gives the same tables."""

    def judged(rows):
        drafts = [(verified(question), held) for question, held in rows]
        return [
            one if held else Rejected(one.draft, ("no",), question)
            for (question, held), (one, _) in zip(rows, drafts, strict=True)
        ]

    (samples, rejected), shuffled = tables("code_qa", judged(lists[0])), tables("code_qa", judged(lists[1]))
    assert samples.height + rejected.height == len(lists[0])
    assert samples.equals(shuffled[0])
    assert rejected.equals(shuffled[1])


def test_the_tables_of_nothing_have_their_schema():
    """A strategy without kinds gives two empty tables with all columns."""
    made = run((), [FILE], None, "code_dev")
    samples, rejected = made.samples, made.rejected
    assert samples.schema == pl.Schema(dict(schema.SAMPLES))
    assert rejected.schema == pl.Schema(dict(schema.REJECTED_SAMPLES))
    assert samples.height == rejected.height == 0


def test_every_strategy_has_kinds_or_says_why_not():
    """The registry knows four strategies; each without kinds gives one sentence as the reason."""
    assert list(STRATEGIES) == ["code_enhance", "code_qa", "code_dev", "code_dialogue"]
    for strategy in STRATEGIES.values():
        assert bool(strategy.kinds) != bool(strategy.without_a_model)
        assert strategy.description.endswith(".")


def test_kinds_belong_to_the_strategy_that_lists_them():
    """CodeQA lists its kinds, and they say so themselves."""
    assert [(kind.name, kind.strategy) for kind in code_qa.KINDS] == [
        ("completion", "code_qa"),
        ("fill_in_the_middle", "code_qa"),
        ("recorded_output", "code_qa"),
        ("markdown_outline", "code_qa"),
        ("markdown_links", "code_qa"),
        ("markdown_table", "code_qa"),
        ("execution_question", "code_qa"),
    ]
    assert ("refactoring", "code_dev") in [(kind.name, kind.strategy) for kind in STRATEGIES["code_dev"].kinds]
    assert ("test_writing", "code_dev") in [(kind.name, kind.strategy) for kind in STRATEGIES["code_dev"].kinds]


def asking(text, kind):
    """A request of one turn."""
    return Request((("user", text),), kind=kind)


def prompt(request):
    """What a request of one turn asks."""
    [(_, content)] = request.messages
    return content


class ScoredRewriting:
    """A kind as a model's strategies will be: a score first, and a rewriting only of what scores low."""

    name, strategy = "rewriting", "code_enhance"

    def next(self, file, answers):
        """Ask for the score, then for the rewriting, then draft."""
        score = answers.get(first := asking(f"Score this: {file.text}", self.name))
        if score is None:
            yield first
        elif int(score.raw) < 5:
            second = asking(f"Rewrite this, it scored {score.raw}: {file.text}", self.name)
            rewriting = answers.get(second)
            if rewriting is None:
                yield second
            else:
                messages = (("user", "Rewrite it."), ("assistant", rewriting.raw))
                yield Draft(self.name, file, messages, "p-1", file.text, request_sha256=rewriting.request_sha256)

    def verify(self, drafts, sandbox):
        """Everything holds."""
        return [Verified(draft, draft.messages, {"parsed": True}) for draft in drafts]


def completion(request, raw, model="m", revision="r"):
    """A row of the table `completions`."""
    return {
        "request_sha256": request.sha256(model, revision),
        "blob_id": FILE.blob_id,
        "strategy": "code_enhance",
        "kind": request.kind,
        "model": model,
        "model_revision": revision,
        "sampling": None,
        "raw": raw,
        "reasoning": None,
        "finish_reason": "stop",
        "prompt_tokens": None,
        "completion_tokens": None,
        "reasoning_tokens": None,
        "engine_version": "test",
    }


def replay(rows):
    """Run the kind over one file with these completions."""
    known = known_of(schema.frame_of(rows, schema.COMPLETIONS), "m", "r")
    return run((ScoredRewriting(),), [FILE], None, "code_enhance", Answers("m", "r", known))


def test_samples_are_replayed_from_completions():
    """What is not answered is pending, round after round; once all is answered the samples follow without asking."""
    rows = []
    prompts = []
    for raw in ("3", "x = 2"):
        made = replay(rows)
        assert made.samples.is_empty()
        [request] = made.pending
        prompts.append(prompt(request))
        rows.append(completion(request, raw))
    assert prompts == ["Score this: x = 1\n", "Rewrite this, it scored 3: x = 1\n"]
    made = replay(rows)
    assert (made.pending, made.proposed) == ((), 1)
    [sample] = made.samples.iter_rows(named=True)
    assert (sample["model"], sample["engine"], sample["request_sha256"]) == ("m@r", "test", rows[1]["request_sha256"])
    assert replay(rows[::-1]).samples.equals(made.samples)


def test_another_models_answers_do_not_count():
    """An answer belongs to a model and its revision; the same request to another is still to be asked."""
    request = asking("Score this: x = 1\n", "rewriting")
    assert [prompt(one) for one in replay([completion(request, "3", revision="older")]).pending] == [prompt(request)]
    assert request.sha256("m", "r") != request.sha256("m", "older")
    assert request.sha256("m", "r") == asking(prompt(request), "another label").sha256("m", "r")


def test_kinds_can_be_chosen():
    """A setting names the kinds to make; without it all of them are."""
    strategy = STRATEGIES["code_dev"]
    assert kinds_of(strategy, ()) == strategy.kinds
    assert [kind.name for kind in kinds_of(strategy, ["completion", "planted_bug"])] == ["planted_bug"]


def test_an_unknown_kind_is_an_error_that_names_the_known_ones():
    """A misspelt kind stops, with the names that there are."""
    with pytest.raises(SettingsError, match="'planted_bugs'; known are .*completion, "):
        kinds_of(STRATEGIES["code_dev"], ["planted_bugs"])
