"""What a model wrote is looked at as files are: what it recites, leaks or repeats is rejected with its reason."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemy_assets.curation.decontamination import fingerprints
from alchemy_assets.curation.decontamination.index import build
from alchemy_assets.settings import Decontamination
from alchemy_assets.strategies import screening
from alchemy_assets.strategies.screening import Screen
from alchemy_assets.strategies.strategy import CuratedFile, Draft, Rejected, Verified

POLICY = Decontamination()
SEED = "def area(width, height):\n    return width * height\n"
SOLUTION = """def separate_groups(text):
    result = []
    current = []
    depth = 0
    for character in text:
        if character == "(":
            depth += 1
            current.append(character)
        elif character == ")":
            depth -= 1
            current.append(character)
            if depth == 0:
                result.append("".join(current))
                current.clear()
    return result
"""


def sample(answer, question=f"Look at\n\n{SEED}\nand explain it.", *, blob=0, kind="explained", written=True):
    """A verified sample about one of many files."""
    file = CuratedFile(f"{blob:040x}", "Python", SEED, "", [], "MIT", "c")
    messages = (("user", question), ("assistant", answer))
    draft = Draft(kind, file, messages, "p-1", SEED, request_sha256="ab" if written else None)
    return Verified(draft, messages, {"parsed": True})


def screened(*samples, index=None):
    return Screen(index, POLICY)(samples)


def reasons(*samples, index=None):
    return [one.reasons if isinstance(one, Rejected) else () for one in screened(*samples, index=index)]


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    """The index of one benchmark with one item."""
    path = tmp_path_factory.mktemp("benchmark") / "bench.jsonl"

    item = {"task_id": "B/1", "prompt": "Write separate_groups.", "canonical_solution": SOLUTION, "language": "Python"}
    path.write_text(json.dumps(item) + "\n")
    return build([fingerprints.of_benchmarks([path], POLICY.n)], POLICY.common)


def test_a_recited_benchmark_is_rejected(index):
    """A solution of a benchmark in the answer is found, with the item; without the index nobody knows."""
    recited = sample(f"Like this:\n\n```python\n{SOLUTION}```\n")
    [one] = screened(recited, index=index)
    assert isinstance(one, Rejected)
    assert "B/1" in one.detail
    assert any("benchmark" in reason for reason in one.reasons)
    assert reasons(recited) == [()]
    assert reasons(sample("It multiplies."), index=index) == [()]


def test_a_renamed_recital_is_rejected(index):
    """Other names hide nothing: the structure of the code is that of the item."""
    other = SOLUTION
    for old, new in (
        ("result", "found"),
        ("current", "part"),
        ("character", "one"),
        ("depth", "level"),
        ("text", "line"),
    ):
        other = other.replace(old, new)
    [one] = reasons(sample(f"```python\n{other}```\n"), index=index)
    assert one == ("it has the structure of a benchmark item or held-out file",)


def test_what_a_file_says_is_not_held_against_the_model(index):
    """A question that shows its file, a benchmark's solution or not, is judged without the file."""
    question = f"What does this do?\n\n{SOLUTION.strip()}"
    one = sample("It splits groups.", question)
    shown = Verified(replace(one.draft, seed_text=SOLUTION), one.messages, one.verified)
    assert reasons(shown, index=index) == [()]


@pytest.mark.parametrize(
    "secret",
    [
        "Mail me: jane.roe@acme-widgets.com",
        'token = "ghp_' + 'Zk3vR9wQ1xYt7LmN2bC5dF8gH4jK6pS0aE1u"',
        "ssh root@54.23.11.98",
    ],
)
def test_secrets_and_addresses_of_a_model_are_rejected(secret):
    """What would be redacted in a file ends a sample, whose facts were proved for exactly this text."""
    assert reasons(sample(f"Do it so:\n\n    {secret}\n")) == [(screening.REDACTED,)]
    assert reasons(sample("Mail user@example.com about 192.0.2.1.")) == [()]


def test_a_loop_is_rejected():
    """An answer that runs in circles is found, also where only its end does."""
    loop = "and then it is done again, " * 200
    words = " ".join(f"word{number * 7919 % 9973}" for number in range(4_000))
    assert reasons(sample(loop), sample(f"{words} {loop}", blob=1)) == [(screening.REPEATS,)] * 2
    assert reasons(sample(words)) == [()]


LONG = " ".join(f"word{number * 7919 % 9973}" for number in range(200))


def test_the_same_answer_about_two_files_is_kept_once():
    """Of near answers about different files one stays, whatever their order; about one file both may stay."""
    one, other = sample(LONG, "First?", blob=1), sample(f"{LONG} indeed", "Second, please?", blob=2)
    forwards, backwards = reasons(one, other), reasons(other, one)
    assert sorted(forwards) == [(), (screening.NEAR_ANSWER,)]
    assert forwards == backwards[::-1]
    assert reasons(one, sample(f"{LONG} indeed", "Second, please?", blob=1)) == [(), ()]
    assert reasons(one, sample(f"{LONG} indeed", "Second, please?", blob=2, kind="another")) == [(), ()]


def test_the_same_question_about_two_files_is_kept_once():
    """A problem that was written twice is one problem."""
    found = reasons(sample("Yes.", LONG, blob=1), sample("No.", f"{LONG} now", blob=2))
    assert sorted(found) == [(), (screening.NEAR_QUESTION,)]


def test_short_answers_may_be_alike():
    """Labels and one-liners are alike by nature."""
    assert reasons(*(sample("O(n log n)", f"Question {number}?", blob=number) for number in range(5))) == [()] * 5


def test_a_sample_that_goes_takes_no_copy_with_it():
    """What is rejected for itself is not what another one is a copy of."""
    loop = "and then it is done again, " * 200
    bad, good = sample(f"{LONG} {loop}", "First?", blob=1), sample(LONG, "Second?", blob=2)
    assert reasons(bad, good) == [(screening.REPEATS,), ()]


def test_samples_that_need_no_model_are_left_alone():
    """The screen is for what a model wrote."""
    assert reasons(sample("x " * 1_000, written=False)) == [()]


@given(
    st.lists(
        st.tuples(st.sampled_from(["a b c", LONG, "x " * 900, LONG + " z"]), st.integers(0, 3), st.booleans()),
        max_size=8,
    )
)
def test_nothing_is_lost_and_the_order_stays(rows):
    """Every judgement has its place, and only reasons of the closed set are given."""
    samples = [
        sample(answer, f"Question {number}?", blob=blob, written=written)
        for number, (answer, blob, written) in enumerate(rows)
    ]
    judged = screened(*samples)
    assert [one.draft for one in judged] == [one.draft for one in samples]
    assert {reason for one in judged if isinstance(one, Rejected) for reason in one.reasons} <= set(screening.REASONS)
