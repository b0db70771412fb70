"""CodeQA as a model writes it: programs out of a specification, and what is the same for all of its kinds."""

import json
from dataclasses import replace

import pytest

from alchemy_assets.generation.completions import LENGTH
from alchemy_assets.generation.parsing import NO_CODE, NO_JSON, NO_SECTION, UnreadableError
from alchemy_assets.languages import LANGUAGES
from alchemy_assets.strategies.generated import running
from alchemy_assets.strategies.generated.asking import CUT
from alchemy_assets.strategies.generated.qa import cases as reading
from alchemy_assets.strategies.generated.qa import proving, specified_program, writing
from alchemy_assets.strategies.generated.qa.specified_program import SpecifiedProgram
from alchemy_assets.strategies.grounded.drafting import NOTHING_RUNS
from alchemy_assets.strategies.strategy import Rejected, Verified, run
from tests.strategies.qa_programs import CASES, PROBLEM, PROGRAMS, cases, solution, tagged
from tests.strategies.scripted import completion, drive

KIND = SpecifiedProgram()


def script(*answers):
    """Answer the requests of a kind in this order."""
    waiting = list(answers)
    return lambda _: waiting.pop(0)


def judge(kind, file, sandbox, *answers):
    """The only draft that comes of these answers, judged, and the requests that were asked."""
    drafts, _, asked = drive(kind, file, script(*answers))
    [one] = kind.verify(drafts, sandbox)
    assert len(asked) == len(answers)
    return one, asked


WROTE = tagged(problem=PROBLEM, cases=CASES)
SOLVED = solution(PROGRAMS["Python"], "python")


@pytest.mark.parametrize("language", [name for name, one in LANGUAGES.items() if one.runs])
def test_a_program_that_passes_its_cases_holds_in_every_language(curated, sandbox, language):
    """A right program is built, run over all cases, and its mutants fail some of them."""
    if not sandbox.runnable(language):
        pytest.skip(f"{language} cannot be run here")
    file = curated("anything", language)
    code = solution(PROGRAMS[language], language)
    one, asked = judge(KIND, file, sandbox, tagged(problem=PROBLEM, cases=cases(language)), code)
    assert isinstance(one, Verified), one
    [(role, text)] = asked[1].messages
    assert one.messages == (("user", text), ("assistant", code))
    assert role == "user"
    assert PROBLEM in text
    assert one.verified["tests_passed"] == len(json.loads(cases(language)))
    facts = json.loads(one.evidence["detail"])
    assert facts["mutants_noticed"] >= 1
    assert facts["level"] in writing.LEVELS
    assert one.evidence["toolchain"]


def test_a_document_gives_a_program_in_python(curated, sandbox):
    """What a document describes is asked for in Python."""
    one, asked = judge(KIND, curated("# Sums\n\nAdd them.\n", "Markdown"), sandbox, WROTE, SOLVED)
    assert isinstance(one, Verified), one
    assert "Python" in asked[1].messages[0][1]


@pytest.mark.parametrize(
    ("wrote", "solved", "reason"),
    [
        (WROTE, solution(PROGRAMS["Python"].replace("sum(values)", "sum(values) + 1")), running.OTHER_OUTPUT),
        (WROTE, solution("print(1 +)\n"), proving.NOT_PARSED),
        (WROTE, solution("raise SystemExit(3)\n"), running.FAILED),
        (WROTE, solution("while True:\n    pass\n"), running.STOPPED),
        (WROTE, "I would rather not.", NO_CODE),
        (WROTE, "<|channel|>final", writing.NO_ANSWER),
        (WROTE, completion("```python\nprint(", finish_reason=LENGTH), CUT),
        (
            tagged(
                problem=PROBLEM,
                cases=json.dumps([{"arguments": [str(i)], "stdout": f"{i}\n"} for i in range(3)]),
            ),
            solution("import sys\n\nprint(sys.argv[-1])\n"),
            running.NO_MUTANT,
        ),
        (
            tagged(
                problem=PROBLEM,
                cases=json.dumps([{"arguments": [str(i)], "stdout": f"{i}\n"} for i in range(3)]),
            ),
            solution(
                "import sys\n\n\ndef unused(a, b):\n    return a + b if a < b else a - b\n\n\nprint(sys.argv[-1])\n"
            ),
            running.UNNOTICED,
        ),
    ],
)
def test_an_answer_that_does_not_hold_is_rejected_with_its_reason(  # noqa: PLR0917 -- a row of the table above
    curated, sandbox, wrote, solved, reason, monkeypatch
):
    """Each way to be wrong has its own reason, and the row names the answer's request."""
    monkeypatch.setattr(running, "LIMITS", replace(running.LIMITS, cpu_seconds=2.0, wall_seconds=5.0))
    one, _ = judge(KIND, curated("x = 1\n"), sandbox, wrote, solved)
    assert isinstance(one, Rejected), one
    assert one.reasons == (reason,)
    assert reason in (*specified_program.REASONS, CUT)
    assert one.draft.request_sha256


def test_what_no_compiler_takes_is_rejected_with_its_message(curated, sandbox):
    """A C program with an unknown name is not built, and the compiler's words are the detail."""
    if not sandbox.runnable("C"):
        pytest.skip("C cannot be run here")
    code = solution(PROGRAMS["C"].replace("largest = value;", "biggest = value;"), "c")
    one, _ = judge(KIND, curated("int x;", "C"), sandbox, WROTE, code)
    assert one.reasons == (running.NOT_BUILT,)
    assert "biggest" in one.detail


def test_nothing_is_taken_unrun(curated):
    """Without a sandbox a right program is rejected, as nobody ran it."""
    one, _ = judge(KIND, curated("x = 1\n"), None, WROTE, SOLVED)
    assert one.reasons == (NOTHING_RUNS,)


@pytest.mark.parametrize(
    ("wrote", "reason", "complaint"),
    [
        (tagged(problem=PROBLEM), NO_SECTION, "<cases>...</cases>"),
        (tagged(problem=PROBLEM, cases='[{"arguments": ["a"], "stdin": '), reading.BAD_CASES, "JSON list"),
        (tagged(problem=PROBLEM, cases="[]"), reading.BAD_CASES, "0 cases"),
        (tagged(problem=PROBLEM, cases="[" * 5_000), NO_JSON, "too deep"),
        (tagged(problem=PROBLEM, cases=CASES.replace("max", "\\ud800")), NO_JSON, "half a character"),
        (tagged(problem=PROBLEM, cases=CASES.replace("max", "\\u0000")), reading.BAD_CASES, "a NUL"),
        (tagged(problem=PROBLEM, cases=CASES.replace('"max"', '"a",' * 200 + '"b"')), reading.BAD_CASES, "arguments"),
        (tagged(problem=PROBLEM, cases=CASES.replace("none", " ")), reading.BAD_CASES, "not empty"),
        (tagged(problem=PROBLEM, cases=CASES.replace("4 9 2", "-5 -7")), reading.BAD_CASES, "same input"),
        (tagged(problem=PROBLEM, cases=CASES.replace('"stdin": ""', '"stdin": 7')), reading.BAD_CASES, "strings"),
        (
            tagged(problem=PROBLEM, cases=json.dumps([{"arguments": [str(i)], "stdout": "yes"} for i in range(4)])),
            reading.ONE_OUTPUT,
            "same output",
        ),
        (tagged(problem="Do what the given file does.", cases=CASES), writing.NOT_SELF_CONTAINED, "the given file"),
        (tagged(problem="Do as tool.py does.", cases=CASES), writing.NOT_SELF_CONTAINED, "tool.py"),
    ],
)
def test_a_problem_that_cannot_be_read_is_asked_for_once_more_with_the_complaint(
    curated, sandbox, wrote, reason, complaint
):
    """The model is told what is wrong; a good second answer goes on, a bad one is a rejected row with its request."""
    one, asked = judge(KIND, curated("x = 1\n"), sandbox, wrote, WROTE, SOLVED)
    assert isinstance(one, Verified), one
    assert complaint in asked[1].messages[-1][1]
    one, _ = judge(KIND, curated("x = 1\n"), sandbox, wrote, wrote)
    assert one.reasons == (reason,)
    assert one.draft.request_sha256 is not None
    assert one.draft.request_sha256 != one.draft.plan.detail


def test_thoughts_of_the_answer_belong_to_the_sample_and_those_of_the_problem_do_not(curated):
    """Only what the model thought about the sample's own turn stands beside it."""
    [draft], _, _ = drive(KIND, curated("x = 1\n"), script(completion(WROTE, "hm"), f"<think>aha</think>\n{SOLVED}"))
    assert draft.reasoning == "aha"
    assert draft.messages[-1] == ("assistant", SOLVED)


def test_the_file_and_its_name_are_in_the_first_question_alone(curated):
    """The problem is written from the file; whoever solves it is shown the problem only."""
    _, _, [first, second] = drive(KIND, curated("marker = 'zebra'\n"), script(WROTE, SOLVED))
    assert "zebra" in first.messages[1][1]
    assert "zebra" not in "".join(text for _, text in second.messages)


def test_every_program_of_a_shard_is_run_in_two_batches(curated, sandbox):
    """However many drafts there are: one batch of programs, one of mutants."""

    class Counting:
        batches = 0

        def runnable(self, language):
            return sandbox.runnable(language)

        async def run_many(self, runs):
            self.batches += 1
            return await sandbox.run_many(runs)

    counting = Counting()
    drafts = [drive(KIND, curated(f"x = {number}\n"), script(WROTE, SOLVED))[0][0] for number in range(3)]
    held = KIND.verify(drafts, counting)
    assert [type(one) for one in held] == [Verified] * 3
    assert counting.batches == 2


def test_a_sample_says_who_wrote_it_and_stands_in_the_table(curated, sandbox):
    """Replayed from its answers a shard is one row of `samples`, with the model, the request and what was proved."""
    file = curated("x = 1\n")
    _, answers, asked = drive(KIND, file, script(WROTE, completion(SOLVED, "aha")))
    made = run((KIND,), [file], sandbox, "code_qa", answers)
    [sample] = made.samples.iter_rows(named=True)
    assert (made.pending, made.proposed, made.rejected.height) == ((), 1, 0)
    assert (sample["model"], sample["reasoning"]) == ("m@r", "aha")
    assert sample["request_sha256"] == answers.key(asked[1])
    assert sample["prompt_id"].startswith("qa_specified_program-")
    assert sample["verified"]["tests_passed"] == 4
    assert sample["evidence"]["runs"] > 4


@pytest.mark.parametrize(
    ("text", "path", "with_code"),
    [
        ("Print the report of each file that is given.", "bin/report", False),
        ("Read rows as in mytool.py or other/tool.py2.", "src/tool.py", False),
        ("What does this snippet do, and why does the code shown above it matter?", "src/tool.py", True),
        ("The program counts each file above a size, and codes above 400.", "src/tool.py", False),
    ],
)
def test_words_that_only_look_like_the_file_are_no_reason(text, path, with_code):
    """Programs may be about files, a name without a suffix is a word, and code that is shown may be spoken of."""
    assert writing.self_contained(text, path, with_code=with_code) == text


@pytest.mark.parametrize(
    "text",
    [
        "As in the provided file, print it.",
        "Extend the snippet above.",
        "Use the excerpt to find it.",
        "What does this code above print?",
        "Do it as the original source file does.",
    ],
)
def test_words_about_what_nobody_sees_are_a_reason(text):
    """Whoever solves the problem has neither the file nor code of it."""
    with pytest.raises(UnreadableError, match=writing.NOT_SELF_CONTAINED):
        writing.self_contained(text, "src/tool.py")
