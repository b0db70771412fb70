"""CodeQA's questions about programs that are shown: what they print, for which input, whether they pass tests."""

import json
from dataclasses import replace

import pytest

from alchemy_assets.generation.parsing import NO_CODE, NO_JSON
from alchemy_assets.languages import LANGUAGES
from alchemy_assets.strategies.generated import running
from alchemy_assets.strategies.generated.qa import cases as reading
from alchemy_assets.strategies.generated.qa import (
    found_input,
    given,
    multiple_choice,
    predicted_output,
    proving,
    recorded,
    written_tests,
)
from alchemy_assets.strategies.generated.qa.found_input import FoundInput
from alchemy_assets.strategies.generated.qa.multiple_choice import MultipleChoice
from alchemy_assets.strategies.generated.qa.predicted_output import PredictedOutput
from alchemy_assets.strategies.generated.qa.written_tests import WrittenTests
from alchemy_assets.strategies.grounded.drafting import NOTHING_RUNS
from alchemy_assets.strategies.strategy import Rejected, Verified
from alchemy_assets.tracing.launch import launch_of
from tests.strategies.qa_programs import PROBLEM, PROGRAMS, solution, tagged
from tests.strategies.scripted import drive

PYTHON = PROGRAMS["Python"]
QUICK = {"Ruby", "SQL"}


def some(languages):
    """Languages as parameters: those whose compilers take their time are tried by the slow tests alone."""
    return [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in languages]


def judge(kind, file, sandbox, *answers):
    """The only draft that comes of these answers, judged, and the requests that were asked."""
    waiting = list(answers)
    drafts, _, asked = drive(kind, file, lambda _: waiting.pop(0))
    [one] = kind.verify(drafts, sandbox)
    assert not waiting
    return one, asked


# Predicted output

STEPS = """total = 0
for step in range(1, 5):
    if step % 2:
        total += step
    else:
        total *= step
    print(step, total)
"""


def shown(code, arguments=(), stdin=""):
    """A program with its input."""
    return tagged(code=code, input=json.dumps({"arguments": list(arguments), "stdin": stdin}))


def test_an_output_that_is_what_the_program_prints_holds(curated, sandbox):
    """The program is run twice; the last block of the answer is what it printed."""
    answer = "It adds and multiplies.\n\n```\n1 1\n2 2\n```\n\nThen:\n\n```\n1 1\n2 2\n3 5\n4 20\n```"
    one, asked = judge(PredictedOutput(), curated("x = 1\n"), sandbox, shown(STEPS), answer)
    assert isinstance(one, Verified), one
    assert one.verified["observed"]
    assert "`python3 source.py`" in asked[1].messages[0][1]
    assert one.evidence["runs"] == 2


@pytest.mark.parametrize("language", some(name for name, one in LANGUAGES.items() if one.runs and name != "SQL"))
def test_outputs_are_recorded_over_the_input_in_every_language(curated, sandbox, language):
    """Arguments and standard input stand in the question, and reach the program."""
    if not sandbox.runnable(language):
        pytest.skip(f"{language} cannot be run here")
    wrote = shown(PROGRAMS[language], ["max"], "31 -4 18\n")
    one, asked = judge(PredictedOutput(), curated("anything", language), sandbox, wrote, "So:\n\n```\n31\n```")
    assert isinstance(one, Verified), one
    question = asked[1].messages[0][1]
    assert launch_of(language, PROGRAMS[language]).command + " max" in question
    assert "```\n31 -4 18\n```" in question


@pytest.mark.parametrize(
    ("code", "answer", "reason"),
    [
        (STEPS, "```\n1 1\n2 2\n3 5\n4 24\n```", predicted_output.OTHER_OUTPUT),
        (STEPS, "It prints four lines.", NO_CODE),
        (STEPS + "raise SystemExit(1)\n", "```\n1\n```", running.FAILED),
        (STEPS + "if:\n", "```\n1\n```", proving.NOT_PARSED),
        (STEPS.replace("print(step, total)", "pass"), "```\n1\n```", recorded.NOTHING_PRINTED),
        (STEPS.replace("(1, 5)", "(1, 90)"), "```\n1\n```", recorded.TOO_MUCH_PRINTED),
        (STEPS + "print(hash('a'))\n", "```\n1\n```", recorded.UNSTEADY),
        (
            "words = ['alpha', 'beta']\nfor word in words:\n    print(word)\nprint('gamma')\nx = 1\n",
            "```\nalpha\nbeta\ngamma\n```",
            recorded.GIVEN_AWAY,
        ),
    ],
)
def test_an_output_that_does_not_hold_is_rejected(curated, sandbox, code, answer, reason):
    """Each way to be wrong has its own reason."""
    one, _ = judge(PredictedOutput(), curated("x = 1\n"), sandbox, shown(code), answer)
    assert isinstance(one, Rejected), one
    assert one.reasons == (reason,)
    assert reason in predicted_output.REASONS
    assert one.draft.request_sha256


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (shown("print(1)\n"), given.TOO_SHORT),
        (tagged(code=STEPS, input='{"arguments": '), NO_JSON),
        (tagged(code=STEPS, input='{"words": []}'), reading.BAD_INPUT),
        (tagged(code=STEPS, input='{"arguments": 7}'), reading.BAD_INPUT),
    ],
)
def test_a_program_or_an_input_of_another_form_is_asked_for_again(curated, sandbox, bad, reason):
    """One complaint, then a good answer goes on and a bad one is rejected."""
    good = (shown(STEPS), "```\n1 1\n2 2\n3 5\n4 20\n```")
    assert isinstance(judge(PredictedOutput(), curated("x = 1\n"), sandbox, bad, *good)[0], Verified)
    assert judge(PredictedOutput(), curated("x = 1\n"), sandbox, bad, bad)[0].reasons == (reason,)


def test_nothing_is_recorded_without_a_sandbox(curated):
    """Where nothing runs, no output is a fact."""
    one, _ = judge(PredictedOutput(), curated("x = 1\n"), None, shown(STEPS), "```\n1\n```")
    assert one.reasons == (NOTHING_RUNS,)


# Found input


def target(code, output):
    """A program with an output that it gives."""
    return tagged(code=code, input='{"arguments": [], "stdin": "3 9"}', output=output)


def found(arguments=(), stdin=""):
    """An answer that ends with an input."""
    return f"Backwards from the end:\n\n```json\n{json.dumps({'arguments': list(arguments), 'stdin': stdin})}\n```"


def test_any_input_that_gives_the_output_holds(curated, sandbox):
    """It need not be the writer's own."""
    one, asked = judge(FoundInput(), curated("x = 1\n"), sandbox, target(PYTHON, "12\n"), found((), "5 7\n"))
    assert isinstance(one, Verified), one
    assert one.verified["observed"]
    assert "5 7" not in asked[1].messages[0][1]
    assert "3 9" not in asked[1].messages[0][1]


def test_a_script_of_sql_is_given_arguments(curated, sandbox):
    """What is found are the values of its parameters."""
    code = "SELECT\n    CASE\n        WHEN ?1 * ?2 > 20 THEN ?1 * ?2\n        ELSE 'less'\n    END;\n"
    file = curated("SELECT 1;\n", "SQL")
    one, asked = judge(FoundInput(), file, sandbox, target(code, "24"), found(("4", "6")))
    if not sandbox.runnable("SQL"):
        pytest.skip("SQL cannot be run here")
    assert isinstance(one, Verified), one
    assert "`?1`" in asked[1].messages[0][1]


@pytest.mark.parametrize(
    ("output", "answer", "reason"),
    [
        ("12\n", found((), "5 8\n"), found_input.OTHER_OUTPUT),
        ("12\n", found((), "12\n"), found_input.ECHOED),
        ("12\n", found(("a",), "x\n"), running.FAILED),
        ("12\n", "5 and 7.", NO_CODE),
        ("12\n", "```\n5 7\n```", NO_JSON),
        ("12\n", '```\n{"stdin": 7}\n```', reading.BAD_INPUT),
        ("none\n", found((), "\n"), recorded.GIVEN_AWAY),
    ],
)
def test_an_input_that_does_not_hold_is_rejected(curated, sandbox, output, answer, reason):
    """Each way to be wrong has its own reason."""
    one, _ = judge(FoundInput(), curated("x = 1\n"), sandbox, target(PYTHON, output), answer)
    assert isinstance(one, Rejected), one
    assert one.reasons == (reason,)
    assert reason in found_input.REASONS


def test_an_output_that_comes_without_input_is_nothing_to_be_found(curated, sandbox):
    """An input that changes nothing is no answer."""
    one, _ = judge(FoundInput(), curated("x = 1\n"), sandbox, target(STEPS, "1 1\n2 2\n3 5\n4 20"), found(("a",)))
    assert one.reasons == (found_input.WITHOUT_INPUT,)


# Written tests


def test_script(language):
    """A bash script that tests the program of a language."""
    run = launch_of(language, PROGRAMS[language]).command
    return f"""failed=0
check() {{
    local wanted=$1 input=$2
    shift 2
    local got
    got=$(printf '%s' "$input" | {run} "$@")
    if [ "$got" != "$wanted" ]; then
        echo "failed: $* < $input: $got, not $wanted"
        failed=1
    fi
}}
check 6 '1 2 3'
check 9 '4 9 2' max
check none ''
check -5 '-5 -7' max
exit $failed
"""


test_script.__test__ = False


@pytest.mark.parametrize("language", some(written_tests.TARGETS))
def test_tests_pass_on_the_program_and_fail_on_faults_in_every_language(curated, sandbox, language):
    """The script runs beside the built program, and notices mutants of it."""
    if not sandbox.runnable(language):
        pytest.skip(f"{language} cannot be run here")
    wrote = tagged(problem=PROBLEM, code=PROGRAMS[language])
    answer = solution(test_script(language), "bash")
    one, asked = judge(WrittenTests(), curated("anything", language), sandbox, wrote, answer)
    assert isinstance(one, Verified), one
    facts = json.loads(one.evidence["detail"])
    assert 1 <= facts["mutants_noticed"] <= facts["mutants"]
    assert launch_of(language, PROGRAMS[language]).command in asked[1].messages[0][1]


@pytest.mark.parametrize(
    ("code", "script", "reason"),
    [
        (PYTHON, test_script("Python").replace("check 6", "check 7"), written_tests.TESTS_FAIL),
        (PYTHON, "python3 source.py < /dev/null > /dev/null\nexit 0\n", running.UNNOTICED),
        (PYTHON, "for x in 1 2; do\nexit 0\n", proving.NOT_PARSED),
        (PYTHON, "while :; do :; done\n", running.STOPPED),
        (PYTHON, None, NO_CODE),
        (PYTHON + "(\n", "exit 0\n", proving.NOT_PARSED),
        ("print('a')\n" * 8, "exit 0\n", running.NO_MUTANT),
    ],
)
def test_tests_that_do_not_hold_are_rejected(  # noqa: PLR0917 -- a row of the table above
    curated, sandbox, code, script, reason, monkeypatch
):
    """Each way to be wrong has its own reason."""
    monkeypatch.setattr(written_tests, "LIMITS", replace(running.LIMITS, cpu_seconds=2.0, wall_seconds=5.0))
    answer = "None." if script is None else solution(script, "bash")
    one, _ = judge(WrittenTests(), curated("x = 1\n"), sandbox, tagged(problem=PROBLEM, code=code), answer)
    assert isinstance(one, Rejected), one
    assert one.reasons == (reason,)
    assert reason in written_tests.REASONS


# Multiple choice

QUESTION = "What does the program print?"
CHOICE = {"question": QUESTION, "program": STEPS.replace("    print(step, total)", "")}
CHOICE["program"] += "print(total)\n"
CHOICE |= {"options": ["20", "24", "10", "9"], "reason": "It alternates.", "correct": 1}


def choosing(file, row, *, right=True):
    """What a model answers that takes the right option, or the first wrong one."""
    choice = multiple_choice.choice_of(json.dumps(row), file)
    letters = [choice.correct] if right else [letter for letter in "ABCD" if letter != choice.correct]
    return f"It alternates, unlike option {letters[-1]}.\n\n**Answer: {letters[0]}**"


def test_an_option_that_both_take_and_that_the_program_prints_holds(curated, sandbox):
    """The right option is the recorded output."""
    file = curated("x = 1\n")
    one, asked = judge(MultipleChoice(), file, sandbox, json.dumps(CHOICE), choosing(file, CHOICE))
    assert isinstance(one, Verified), one
    assert one.verified["observed"]
    assert asked[0].answer_schema == multiple_choice.SCHEMA
    assert not asked[1].answer_schema
    question = asked[1].messages[0][1]
    assert all(f"{letter}. " in question for letter in "ABCD")
    assert STEPS.splitlines()[1] in question


def test_options_are_shuffled_by_the_file(curated):
    """Over many files the right one stands at every letter."""
    letters = {multiple_choice.choice_of(json.dumps(CHOICE), curated(f"x = {i}\n")).correct for i in range(60)}
    assert letters == set("ABCD")


def test_a_question_about_a_document_is_agreed_upon_and_not_run(curated):
    """Nothing is proved of it but that both agree, and its flags claim nothing."""
    file, row = curated("# Title\n\nA rule.\n", "Markdown"), {**CHOICE, "program": ""}
    one, _ = judge(MultipleChoice(), file, None, json.dumps(row), choosing(file, row))
    assert isinstance(one, Verified), one
    assert one.verified == {}


@pytest.mark.parametrize(
    ("change", "right", "reason"),
    [
        ({}, False, multiple_choice.DISAGREE),
        ({"correct": 2}, True, multiple_choice.OTHER_OUTPUT),
        ({"program": "print(20"}, True, proving.NOT_PARSED),
        ({"program": "import random\nprint(random.random())"}, True, recorded.UNSTEADY),
    ],
)
def test_a_choice_that_does_not_hold_is_rejected(curated, sandbox, change, right, reason):
    """Two that disagree, an option that the program does not print, a program that is none."""
    file, row = curated("x = 1\n"), {**CHOICE, **change}
    one, _ = judge(MultipleChoice(), file, sandbox, json.dumps(row), choosing(file, row, right=right))
    assert isinstance(one, Rejected), one
    assert one.reasons == (reason,)
    assert reason in multiple_choice.REASONS


def test_an_answer_without_a_letter_is_rejected(curated, sandbox):
    """An answer that talks around the question names no option."""
    one, _ = judge(MultipleChoice(), curated("x = 1\n"), sandbox, json.dumps(CHOICE), "It depends.")
    assert one.reasons == (multiple_choice.NO_CHOICE,)


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ('{"question": "Wha', NO_JSON),
        ("[1, 2]", multiple_choice.BAD_QUESTION),
        (json.dumps({**CHOICE, "options": ["20", "20", "1", "2"]}), multiple_choice.BAD_QUESTION),
        (json.dumps({**CHOICE, "options": ["20", "1", "2"]}), multiple_choice.BAD_QUESTION),
        (json.dumps({**CHOICE, "correct": 5}), multiple_choice.BAD_QUESTION),
        (json.dumps({**CHOICE, "question": " "}), multiple_choice.BAD_QUESTION),
    ],
)
def test_a_question_of_another_form_is_asked_for_again(curated, sandbox, bad, reason):
    """One complaint, then a good question goes on and a bad one is rejected."""
    file = curated("x = 1\n")
    good = (json.dumps(CHOICE), choosing(file, CHOICE))
    assert isinstance(judge(MultipleChoice(), file, sandbox, bad, *good)[0], Verified)
    assert judge(MultipleChoice(), file, sandbox, bad, bad)[0].reasons == (reason,)
