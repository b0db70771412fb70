"""CodeQA's programs that come with something given: a gap, a hole, a bug, another language."""

import json

import pytest

from alchemy_assets.languages import LANGUAGES
from alchemy_assets.strategies.generated import running
from alchemy_assets.strategies.generated.qa import (
    completed_program,
    fixed_program,
    given,
    infilled_program,
    proving,
    translation,
)
from alchemy_assets.strategies.generated.qa.completed_program import CompletedProgram
from alchemy_assets.strategies.generated.qa.fixed_program import FixedProgram
from alchemy_assets.strategies.generated.qa.infilled_program import InfilledProgram
from alchemy_assets.strategies.generated.qa.translation import Translation, target_of
from alchemy_assets.strategies.strategy import Left, Rejected, Verified
from tests.strategies.qa_programs import CASES, PROBLEM, PROGRAMS, cases, solution, tagged
from tests.strategies.scripted import drive

PYTHON = PROGRAMS["Python"]
GAP = PYTHON.replace(
    """    elif sys.argv[1:] == ["max"]:
        print(max(values))
""",
    "    # TODO: the largest\n",
)
HOLE = """    if not values:
        print("none")
    elif sys.argv[1:] == ["max"]:
        print(max(values))
"""
BUG = PYTHON.replace("print(max(values))", "print(max(map(abs, values)))")


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


def wrote(code, **parts):
    """A problem with a program."""
    return tagged(problem=PROBLEM, code=code, **parts, cases=CASES)


def facts(one):
    """What is said of a sample as its evidence."""
    return json.loads(one.evidence["detail"])


def test_a_completed_program_keeps_what_was_given_and_passes_where_the_gap_does_not(curated, sandbox):
    """The sample holds the program with its gap; the answer's mutants are those of what was filled in."""
    one, asked = judge(CompletedProgram(), curated("x = 1\n"), sandbox, wrote(GAP), solution(PYTHON))
    assert isinstance(one, Verified), one
    assert "# TODO: the largest" in asked[1].messages[0][1]
    assert one.verified["tests_passed"] == 4
    assert facts(one)["kept_lines"] == 1.0
    assert facts(one)["mutants_noticed"] >= 1
    assert one.draft.plan.lines == {8, 9}


@pytest.mark.parametrize(
    ("code", "answer", "reason"),
    [
        (GAP, solution(GAP.replace("# TODO: the largest", "# done")), running.OTHER_OUTPUT),
        (GAP, solution(PROGRAMS["Python"].replace("values", "numbers")), completed_program.GIVEN_CHANGED),
        (PYTHON + "# TODO\n", solution(PYTHON), proving.PASSES_UNSOLVED),
    ],
)
def test_a_completion_that_does_not_hold_is_rejected(curated, sandbox, code, answer, reason):
    """A gap that is left, given lines that are changed, a gap that nobody needs."""
    one, _ = judge(CompletedProgram(), curated("x = 1\n"), sandbox, wrote(code), answer)
    assert isinstance(one, Rejected), one
    assert one.reasons == (reason,)
    assert reason in completed_program.REASONS


@pytest.mark.parametrize(
    ("kind", "bad", "good", "reason"),
    [
        (CompletedProgram(), wrote(PYTHON), (wrote(GAP), solution(PYTHON)), completed_program.BAD_GAP),
        (
            InfilledProgram(),
            wrote(PYTHON, gap="    print(7)\n    print(8)\n"),
            (wrote(PYTHON, gap=HOLE), solution(HOLE)),
            infilled_program.BAD_GAP,
        ),
        (FixedProgram(), wrote("print(1)\n"), (wrote(BUG), solution(PYTHON)), given.TOO_SHORT),
    ],
)
def test_a_problem_without_a_gap_or_a_program_is_asked_for_again(  # noqa: PLR0917 -- a row of the table above
    curated, sandbox, kind, bad, good, reason
):
    """One complaint, then a good problem goes on and a bad one is rejected."""
    one, _ = judge(kind, curated("x = 1\n"), sandbox, bad, *good)
    assert isinstance(one, Verified), one
    one, _ = judge(kind, curated("x = 1\n"), sandbox, bad, bad)
    assert one.reasons == (reason,)


@pytest.mark.parametrize("code", [HOLE, HOLE.replace("\n    ", "\n").removeprefix("    ")])
def test_missing_lines_are_asked_for_alone_and_put_in_their_place(curated, sandbox, code):
    """The lines stand nowhere in the question; an answer that is written flush left is moved to where it belongs."""
    one, asked = judge(InfilledProgram(), curated("x = 1\n"), sandbox, wrote(PYTHON, gap=HOLE), solution(code))
    assert isinstance(one, Verified), one
    question = asked[1].messages[0][1]
    assert "    # [missing lines]\n    else:\n" in question
    assert "max(values)" not in question
    assert facts(one)["missing_lines"] == 4
    assert one.draft.plan.solution.text == PYTHON


@pytest.mark.parametrize(
    ("code", "hole", "answer", "reason"),
    [
        (PYTHON, HOLE, solution(HOLE.replace("max(values)", "min(values)")), running.OTHER_OUTPUT),
        (PYTHON, HOLE, solution(PYTHON), infilled_program.WHOLE_PROGRAM),
        (BUG, HOLE.replace("max(values)", "max(map(abs, values))"), solution(HOLE), proving.WRONG_CASES),
        (
            PYTHON.replace("def main():\n", "def main():\n    # It reads,\n    # then prints.\n"),
            "    # It reads,\n    # then prints.\n",
            solution("    # One\n    # two\n"),
            proving.PASSES_UNSOLVED,
        ),
    ],
)
def test_missing_lines_that_do_not_hold_are_rejected(  # noqa: PLR0917 -- a row of the table above
    curated, sandbox, code, hole, answer, reason
):
    """Wrong lines, the whole program again, cases that the writer's own program fails, lines that nothing needs."""
    one, _ = judge(InfilledProgram(), curated("x = 1\n"), sandbox, wrote(code, gap=hole), answer)
    assert isinstance(one, Rejected), one
    assert one.reasons == (reason,)
    assert reason in infilled_program.REASONS


def test_a_fixed_program_passes_what_the_broken_one_fails(curated, sandbox):
    """The bug is built and fails a case; the fix is small and passes all."""
    one, _ = judge(FixedProgram(), curated("x = 1\n"), sandbox, wrote(BUG), solution(PYTHON))
    assert isinstance(one, Verified), one
    assert facts(one)["kept_lines"] == 0.9
    assert one.verified["tests_passed"] == 4


def test_a_program_that_cannot_be_built_is_nothing_to_be_debugged(curated, sandbox):
    """A compiler that says the mistake leaves nothing to find."""
    if not sandbox.runnable("C"):
        pytest.skip("C cannot be run here")
    code = PROGRAMS["C"]
    unbuilt = wrote(code.replace("largest = value;", "biggest = value;"))
    one, _ = judge(FixedProgram(), curated("int x;", "C"), sandbox, unbuilt, solution(code))
    assert one.reasons == (running.NOT_BUILT,)
    assert one.detail.startswith("the program to be fixed")


@pytest.mark.parametrize(
    ("code", "answer", "reason"),
    [
        (PYTHON, solution(PYTHON), proving.PASSES_UNSOLVED),
        (BUG, solution(BUG), running.OTHER_OUTPUT),
        (BUG, solution("import sys\n\nprint(6)\n"), fixed_program.REWRITTEN),
    ],
)
def test_a_fix_that_does_not_hold_is_rejected(curated, sandbox, code, answer, reason):
    """A bug that is none, a fix that is none, a program that is another one."""
    one, _ = judge(FixedProgram(), curated("x = 1\n"), sandbox, wrote(code), answer)
    assert isinstance(one, Rejected), one
    assert one.reasons == (reason,)
    assert reason in fixed_program.REASONS


@pytest.mark.parametrize("language", some(translation.TARGETS))
def test_a_program_is_translated_out_of_every_language(curated, sandbox, language):
    """Both programs pass the same cases; the sample is of the file's language, its evidence names the other."""
    file = curated(f"anything in {language}", language)
    target = target_of(file)
    if not (sandbox.runnable(language) and sandbox.runnable(target)):
        pytest.skip(f"{language} or {target} cannot be run here")
    one, asked = judge(Translation(), file, sandbox, wrote(PROGRAMS[language]), solution(PROGRAMS[target]))
    assert isinstance(one, Verified), one
    assert facts(one)["target"] == target != language
    assert PROGRAMS[language].strip() in asked[1].messages[0][1]


def test_targets_are_drawn_among_all_other_languages(curated):
    """Many files reach all twelve, never their own."""
    drawn = {target_of(curated(f"x = {number}\n")) for number in range(300)}
    assert drawn == set(translation.TARGETS) - {"Python"}


def test_a_translation_that_does_not_hold_is_rejected(curated, sandbox):
    """A source that fails its own cases, and a translation that prints something else."""
    if not sandbox.runnable("Ruby"):
        pytest.skip("Ruby cannot be run here")
    file = next(one for number in range(99) if target_of(one := curated(f"puts {number}\n", "Ruby")) == "Python")
    ruby = PROGRAMS["Ruby"]
    one, _ = judge(Translation(), file, sandbox, wrote(ruby.replace("values.sum", "0")), solution(PYTHON))
    assert one.reasons == (proving.WRONG_CASES,)
    one, _ = judge(Translation(), file, sandbox, wrote(ruby), solution(BUG))
    assert one.reasons == (running.OTHER_OUTPUT,)


@pytest.mark.parametrize("kind", [CompletedProgram(), InfilledProgram(), FixedProgram(), Translation()])
def test_documents_and_scripts_without_input_are_not_asked_about(curated, kind):
    """A document holds no program, and a script of SQL reads nothing that a translation could read too."""
    [draft], _, asked = drive(kind, curated("# Title\n", "Markdown"), lambda _: "")
    assert (draft.plan, asked) == (Left(given.NO_PROGRAMS, "Markdown"), [])
    if isinstance(kind, Translation):
        [draft], _, _ = drive(kind, curated("SELECT 1;\n", "SQL"), lambda _: "")
        assert draft.plan == Left(given.NO_INPUT, "SQL")


@pytest.mark.parametrize("language", some(name for name, one in LANGUAGES.items() if one.runs))
def test_lines_are_missing_and_filled_in_in_every_language(curated, sandbox, language):
    """The last lines that decide are cut out of a program of each language, and put in again."""
    if not sandbox.runnable(language):
        pytest.skip(f"{language} cannot be run here")
    code = PROGRAMS[language]
    lines = code.splitlines()
    at = next(number for number, line in enumerate(lines) if "none" in line)
    hole = "\n".join(lines[at - 1 : at + 1])
    answer = tagged(problem=PROBLEM, code=code, gap=hole, cases=cases(language))
    one, asked = judge(InfilledProgram(), curated("anything", language), sandbox, answer, solution(hole))
    assert isinstance(one, Verified), one
    assert f"{LANGUAGES[language].line_comment} [missing lines]" in asked[1].messages[0][1]
