"""The table of developer's tasks: names, words, and what is the same for all of them."""

import re
from dataclasses import replace

import polars as pl
import pytest

from alchemy_assets.generation.completions import NO_ANSWERS, Request
from alchemy_assets.sandbox.sandbox import NOT_RUN, Invocation, Limits, Program, Status
from alchemy_assets.strategies import code_dev
from alchemy_assets.strategies.generated.dev import rounds
from alchemy_assets.strategies.generated.dev.kinds import KINDS
from alchemy_assets.strategies.generated.dev.proposed import (
    BAD_CASES,
    NOTHING,
    SOLVED,
    TOO_BRIEF,
    TOO_WORDY,
    VAGUE,
)
from alchemy_assets.strategies.phrasing import phrasings
from alchemy_assets.strategies.strategy import Draft, Left, Rejected, Verified, run
from tests.strategies.developers import PROGRAMS, PYTHON, block, shown_code, watched
from tests.strategies.observations import ran, seen
from tests.strategies.scripted import completion, drive

BY_NAME = {kind.name: kind for kind in KINDS}
NAMES = (
    *("bug_fix", "feature", "restructuring", "unit_tests", "documentation", "code_review", "hardening", "speed_up"),
    *("type_annotations", "port", "modernisation", "stack_trace", "change_explained", "commit_message"),
)
PROPOSED = ("feature", "restructuring", "hardening", "speed_up", "modernisation")
TASK = "Split `total` in two: one part should pick the positive numbers, the other should add them up. Output stays."


@pytest.fixture(scope="module")
def file(curated, sandbox):
    """A program that was seen to run three times."""
    return watched(curated(PYTHON), sandbox)


def test_all_tasks_are_there_and_belong_to_code_dev():
    """Fourteen kinds for code and one for documents, none named as one that needs no model."""
    names = [kind.name for kind in KINDS]
    assert set(NAMES) | {"document_revision"} == set(names)
    assert len(names) == len(set(names))
    assert not set(names) & {kind.name for kind in code_dev.KINDS}
    assert {kind.strategy for kind in KINDS} == {code_dev.NAME}


@pytest.mark.parametrize("name", NAMES)
def test_tasks_are_told_in_many_words(name):
    """Each kind has twelve phrasings at least, each form too, and those of a proposed task hold the proposal."""
    wordings = [f"{name}_after", f"{name}_before"] if name in {"change_explained", "commit_message"} else [name]
    wordings += [f"{name}_told"] if name == "stack_trace" else []
    for wording in (*wordings, BY_NAME[name].form):
        assert len(phrasings(f"dev/{wording}")) >= 12
    if name in PROPOSED:
        assert all("{task}" in one for one in phrasings(f"dev/{name}"))
        assert len(phrasings(f"dev/angles_{name}")) >= 12


@pytest.mark.parametrize("name", NAMES)
def test_no_place_of_a_phrasing_is_left_open(name, file):
    """Whatever is drawn, the words hold no place without its value."""
    for number in range(40):
        one = replace(file, blob_id=f"{number:040}")
        if name == "stack_trace":
            crash = replace(
                file.observed.ran[0].result, exit_code=1, stderr="Traceback (most recent call last):\nKeyError: 1\n"
            )
            one = replace(one, observed=file.observed.having([crash, *(ran.result for ran in file.observed.ran[1:])]))
        _, _, requests = drive(
            BY_NAME[name],
            one,
            lambda request: (
                f"<task>\n{TASK}\n</task>\n<cases>[{{}},{{}}]</cases>\n<inputs>[{{}}]</inputs>"
                if "<task>" in request.messages[1][1]
                else block("x = 1")
            ),
        )
        words = requests[-1].messages[1][1].replace(shown_code(requests[-1]), "")
        assert not re.search(r"(?<!`)\{[a-z_]+\}|\[[^\[\]\n]*\|[^\[\]\n]*\]", words), words


def test_all_requests_of_a_file_share_their_beginning(file):
    """System and file stand before every task that is about the file as it is."""
    asked = {}
    for kind in KINDS:
        for one in kind.next(file, NO_ANSWERS):
            if isinstance(one, Request):
                asked[kind.name] = one
    same = {name: one.messages[1][1].partition("\n\n```")[0] for name, one in asked.items()}
    assert len(asked) >= 12
    assert set(same.values()) == {"The Python file `tool.py`:"}
    assert len({one.messages[0] for one in asked.values()}) == 1
    whole = [name for name, one in asked.items() if PYTHON.strip() in one.messages[1][1]]
    assert set(asked) - set(whole) <= {"bug_fix", "code_review", "stack_trace"}


@pytest.mark.parametrize("name", NAMES)
def test_the_sample_is_the_turn_that_was_answered(name, file):
    """The user's turn is the request's, the assistant's is the answer, and what was thought about it comes along."""

    def answer(request):
        if "<task>" in request.messages[1][1]:
            return f"<task>\n{TASK}\n</task>\n<cases>\n[{{}}, {{}}]\n</cases>\n<inputs>\n[{{}}]\n</inputs>"
        return completion(block(shown_code(request)), "I look at the file.")

    drafts, _, requests = drive(BY_NAME[name], file, answer)
    [draft] = drafts
    assert draft.messages[0] == requests[-1].messages[1]
    assert draft.messages[1] == ("assistant", block(shown_code(requests[-1])))
    assert "tool.py" in draft.messages[0][1]
    assert draft.seed_text.strip("\n") == shown_code(requests[-1]).strip("\n")
    assert draft.reasoning == "I look at the file."
    assert draft.prompt_id.startswith(f"dev/{name}")


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("<task>\nNone.\n</task>", NOTHING),
        ("<task>\nDo `total` better.\n</task>", TOO_BRIEF),
        (f"<task>\n{TASK * 20}\n</task>", TOO_WORDY),
        (f"<task>\n{TASK.replace('`total`', 'something')}\n</task>", VAGUE),
        ("<task>\n" + TASK + "\n```\n" + "x = 1\n" * 12 + "```\n</task>", SOLVED),
    ],
)
def test_a_proposal_that_is_none_is_refused(file, said, reason):
    """A task must be concrete, of a sane length, about the file, and not its own solution."""
    drafts, _, _ = drive(BY_NAME["restructuring"], file, lambda _request: said)
    [judgement] = BY_NAME["restructuring"].verify(drafts, None)
    assert isinstance(judgement, Rejected)
    assert judgement.reasons == (reason,)


@pytest.mark.parametrize(
    "cases",
    [
        '[{"arguments": "3"}, {}]',
        '[{"stdin": 3}, {}]',
        "[{}]",
        '[{"stdin": "' + "x" * 30_000 + '"}, {}]',
    ],
)
def test_inputs_that_cannot_be_used_are_refused(file, cases):
    """Inputs are lists of texts, as many as were asked for, and not too long."""
    drafts, _, requests = drive(
        BY_NAME["feature"], file, lambda _request: f"<task>\n{TASK}\n</task>\n<cases>\n{cases}\n</cases>"
    )
    assert drafts[0].plan.reason == BAD_CASES
    assert len(requests) == 2


def test_a_long_input_may_be_told_briefly(file):
    """`stdin_times` repeats a text, so that a model need not write it out."""
    said = f'<task>\n{TASK}\n</task>\n<inputs>\n[{{"stdin": "1\\n", "stdin_times": 500}}]\n</inputs>'
    drafts, _, _ = drive(
        BY_NAME["speed_up"], file, lambda request: said if "<task>" in request.messages[1][1] else block("x = 1")
    )
    assert drafts[0].plan.given.cases[0].stdin == "1\n" * 500


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_files_without_runs_leave_a_listed_reason(kind, curated):
    """Nothing is asked where nothing could be proved, and whatever is left out has a reason of the closed set."""
    for path in ("tool.py", "guide.md"):
        language = "Markdown" if path.endswith("md") else "Python"
        [one] = kind.next(curated(PYTHON, language, path), NO_ANSWERS)
        if isinstance(one, Draft):
            assert one.plan.reason in kind.reasons
        else:
            assert kind.name in {"documentation", "code_review", "document_revision"}


def test_answers_become_rows_of_samples(file, sandbox):
    """All kinds of a shard at once: a held answer is a sample of its model, the others are rejected with what they cost."""
    documented = PYTHON.replace("def total", f"# {'Add up what is above zero. ' * 4}\ndef total")
    kinds = [BY_NAME[name] for name in ("documentation", "bug_fix", "port")]
    known = {}
    for kind in kinds:
        _, answers, _ = drive(kind, file, lambda _request: completion(block(documented), "It needs words."))
        known |= answers.known
    made = run(kinds, [file], sandbox, code_dev.NAME, replace(answers, known=known))
    assert made.pending == ()
    [sample] = made.samples.filter(pl.col("kind") == "documentation").iter_rows(named=True)
    assert sample["model"] == "m@r"
    assert sample["reasoning"] == "It needs words."
    assert sample["request_sha256"] in known
    assert sample["verified"]["behaves_as_source"] is True
    assert sample["messages"][0]["content"].count(PYTHON.strip()) == 1
    [port] = made.rejected.filter(pl.col("kind") == "port").iter_rows(named=True)
    assert port["request_sha256"] in known
    assert made.samples.height + made.rejected.height == made.proposed == 3


NONSENSE = (
    "",
    "I cannot do that.",
    "```\n```",
    "```python\n\x00\n```",
    "```\n}}}{{{ class ``` <task> \n```",
    "``` \nclass\n",
    "<task>\n</task>",
    f"<task>\n{TASK}\n</task>\n<cases>\nnull\n</cases>\n<inputs>\n[[1]]\n</inputs>",
    f"<task>\n{TASK}\n</task>\n<cases>\n[{{}}, {{}}]\n</cases>\n<inputs>\n[{{}}]\n</inputs>\n```\npublic\n```",
    "~~~~\n# A\n\n[b](c\n~~~~",
    "\n\n: `x` line 99999999999999999999 `" + "`" * 50,
    "```\n" + "(" * 3_000 + "\n```",
)


@pytest.mark.parametrize("language", sorted(PROGRAMS))
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_no_answer_stops_a_shard(kind, language, curated):
    """Whatever a model writes, and however runs end, a draft is judged with a reason of the closed set."""
    status = (Status.FINISHED, Status.COMPILE_ERROR, Status.TIMED_OUT)[sorted(PROGRAMS).index(language) % 3]
    text = PROGRAMS[language]
    lines = frozenset(range(1, text.count("\n") + 2))
    runs = [ran(f"total {number}\n", command=f"./main {number}") for number in range(3)]
    crash = ran(
        "total 3\n", command="./main x", exit_code=1, stderr="Traceback (most recent call last):\nKeyError: 3\n"
    )
    runs = [replace(one, reached=lines) for one in (*runs, crash)]
    markdown = kind.name == "document_revision"
    file = curated(text * 3, "Markdown", "a.md") if markdown else seen(curated(text, language), *runs, points=lines)

    class Ending:
        async def run_many(self, runs):
            return [replace(NOT_RUN, status=status, exit_code=0, toolchain="none") for _ in runs]

        def runnable(self, _language):
            return True

    for answer in NONSENSE:
        drafts, _, _ = drive(kind, file, lambda _request, answer=answer: answer)
        for sandbox in (Ending(), None):
            for one in kind.verify(drafts, sandbox):
                assert isinstance(one, Rejected) or kind.name == "code_review", answer
                assert not isinstance(one, Rejected) or set(one.reasons) <= set(kind.reasons), one.reasons


def test_rounds_of_a_shard_are_run_together():
    """Judges that need several rounds go side by side: all runs of a round are one call, and each gets its own back."""
    calls = []

    class Counting:
        async def run_many(self, runs):
            calls.append(len(runs))
            return [replace(NOT_RUN, detail=program.entry) for program, _, _ in runs]

        def runnable(self, language):
            return language == "Python"

    def wish(name, language="Python"):
        return Program(language, {}, name), Invocation(), Limits()

    def judge(draft):
        first = yield [wish(f"{draft.prompt_id}{at}") for at in range(draft.plan)]
        second = yield [wish(f"{draft.prompt_id}-")]
        told = [one.detail for one in (*first, *second)]
        return rounds.Facts({}, {"detail": " ".join(told)}) if draft.plan < 3 else Left("too many", " ".join(told))

    def draft(name, plan):
        return Draft("kind", None, (), name, "", (), plan)

    drafts = [draft("a", 1), draft("b", Left("left out")), draft("c", 2), draft("d", 3)]
    found = rounds.judged(drafts, judge, Counting())
    assert calls == [6, 3]
    assert [type(one) for one in found] == [Verified, Rejected, Verified, Rejected]
    assert [one.evidence["detail"] for one in found if isinstance(one, Verified)] == ["a0 a-", "c0 c1 c-"]
    assert [one.reasons for one in found if isinstance(one, Rejected)] == [("left out",), ("too many",)]
