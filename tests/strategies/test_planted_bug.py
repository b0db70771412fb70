"""Bugs that are planted in real runs: what is kept, what is shown of them, and what the answer says."""

import json
import re
from collections.abc import Sequence
from dataclasses import replace

import pytest

from alchemy_assets.curation.edits import Edit, edited
from alchemy_assets.generation.completions import NO_ANSWERS
from alchemy_assets.sandbox.sandbox import Outcome, Run, Status
from alchemy_assets.strategies import phrasing
from alchemy_assets.strategies.grounded import bug_explained, drafting, planted_bug, symptom
from alchemy_assets.strategies.grounded.faults.change import FAULTS
from alchemy_assets.strategies.grounded.faults.mutants import Mutant, mutants
from alchemy_assets.strategies.grounded.planted_bug import PlantedBug
from alchemy_assets.strategies.strategy import Rejected, Verified
from alchemy_assets.tracing.launch import Launch
from alchemy_assets.tracing.observed import EXIT_STATUS, Result
from alchemy_assets.tracing.reasons import Dropped, Reason
from alchemy_assets.tracing.scripts import Test, output_name, run_script
from tests.strategies.observations import ran, seen

KIND = PlantedBug()
COUNTING = '''import sys


def total(numbers):
    """Add what is above zero."""
    result = 0
    for number in numbers:
        if number > 0:
            result += number
    return result


def largest(numbers):
    best = numbers[0]
    for number in numbers:
        if number > best:
            best = number
    return best


values = [int(text) for text in sys.argv[1:]] or [3, 1, 4]
print("total", total(values))
print("largest", largest(values))
print("first", values[0])
for value in values:
    print("value", value)
'''
IN_C = """#include <stdio.h>

static int sum(int n)
{
    int s = 0;
    for (int i = 1; i <= n; i++)
        s += i;
    return s;
}

int main(void)
{
    for (int n = 1; n < 6; n++)
        printf("%d: %d\\n", n, sum(n));
    return 0;
}
"""
LINES = frozenset(range(1, COUNTING.count("\n") + 1))


class Actor:
    """A sandbox in which every run ends as it is told."""

    def __init__(self, *said: Outcome) -> None:
        """Say these outcomes in turn, the last of them for ever."""
        self.said = list(said)
        self.asked: list[Run] = []

    async def run_many(self, runs: Sequence[Run]) -> list[Outcome]:
        """Give one outcome a run."""
        self.asked += runs
        return [self.said.pop(0) if len(self.said) > 1 else self.said[0] for _ in runs]

    def runnable(self, language: str) -> bool:
        """Run everything."""
        return True


def ended(*results: tuple[int, str], status: Status = Status.FINISHED) -> Outcome:
    """What a run of all tests gives: the exit status and the output of each."""
    files = {output_name(number): stdout.encode() for number, (_, stdout) in enumerate(results, 1)}
    codes = "".join(f"{EXIT_STATUS}{code}\n" for code, _ in results)
    return Outcome(
        status=status,
        exit_code=0,
        stdout=codes.encode(),
        stderr=b"",
        truncated=False,
        files=files,
        wall_seconds=9.4,
        cpu_seconds=9.0,
        peak_memory_bytes=None,
        toolchain="CPython 3.11.2",
        detail="source.c:3: error: no" if status is Status.COMPILE_ERROR else "",
    )


def run_before(file, launch: Launch, tests: list[Test], sandbox):
    """The file with what these tests do in a real sandbox; every line counts as reached."""
    runs = [replace(ran(command=launch.line(test.arguments)), test=test, reached=LINES) for test in tests]
    one = seen(file, *runs, source=launch.entry, compiled=launch.compile, points=LINES).observed
    observed = replace(one, script=run_script(launch, tests, compared=True))
    return replace(file, observed=observed.having(observed.results(sandbox.run(*observed.run(file.text)))))


@pytest.fixture(scope="session")
def judged(sandbox, curated):
    """What becomes of a program in Python and one in C, run for real."""
    counting, in_c = curated(COUNTING), curated(IN_C, "C")
    tests = [Test(("5", "2", "8")), Test(("-1", "4")), Test(("7",))]
    files = [
        run_before(counting, Launch("source.py", "python3 source.py"), tests, sandbox),
        run_before(in_c, Launch("source.c", "./main", "gcc -o main source.c -lm"), [Test()], sandbox),
    ]
    return KIND.verify([draft for file in files for draft in list(KIND.next(file, NO_ANSWERS))[:6]], sandbox)


@pytest.fixture(scope="session")
def held(judged):
    """The samples of them."""
    return [one for one in judged if isinstance(one, Verified)]


@pytest.fixture
def file(curated):
    """A file that is said to have run three times."""
    runs = [ran(f"total {number}\n", "", f"python3 source.py {number}") for number in (3, 5, 8)]
    return seen(curated(COUNTING), *(replace(one, reached=LINES) for one in runs), points=LINES)


def reasons(judged) -> set[str]:
    """The reasons of what was rejected."""
    return {reason for one in judged if isinstance(one, Rejected) for reason in one.reasons}


def made(file, *said: Outcome):
    """What becomes of a file where runs end like this."""
    return KIND.verify(list(KIND.next(file, NO_ANSWERS)), Actor(*said))  # type: ignore[arg-type]


def blocks(text: str, info: str) -> list[str]:
    """The code blocks of a kind in a text."""
    return re.findall(rf"^```{info}\n(.*?)\n```$", text, re.MULTILINE | re.DOTALL)


def test_real_programs_give_samples(held):
    """A program in Python and one in C give bugs that show, as many as are kept."""
    languages = [one.draft.file.language for one in held]
    assert languages.count("Python") == languages.count("C") == planted_bug.KEPT


def test_the_question_shows_the_buggy_file_whole(held):
    """The file with the bug stands in the question, and the edit gives it out of the curated text."""
    for one in held:
        question = one.messages[0][1]
        assert one.draft.seed_text.strip("\n") in question
        assert one.draft.seed_text != one.draft.file.text
        (edit,) = one.draft.edits
        assert edited(one.draft.file.text, [Edit(**edit)]) == one.draft.seed_text
        assert edit["kind"] == "planted_bug"


def test_the_diff_turns_the_buggy_file_into_the_original(held):
    """What the diff takes away is in the buggy file only, what it adds is in the original."""
    for one in held:
        (diff,) = blocks(one.messages[1][1], "diff")
        body = [line for line in diff.split("\n") if not line.startswith(("---", "+++", "@@"))]
        before = "\n".join(line[1:] for line in body if line[:1] in " -")
        after = "\n".join(line[1:] for line in body if line[:1] in " +")
        assert before in one.draft.seed_text
        assert after in one.draft.file.text


def test_the_fixed_code_is_the_originals(held):
    """The last block of the answer is a part of the curated file, letter by letter."""
    for one in held:
        *_, code = blocks(one.messages[1][1], r"(?:python|c)")
        assert code in one.draft.file.text
        assert code not in one.draft.seed_text


def test_the_expected_output_is_what_the_original_did(held):
    """The test that is told is one of those that were seen, and failed by the bug."""
    for one in held:
        detail = json.loads(str(one.evidence["detail"]))
        assert detail["fault"] in FAULTS
        assert 1 <= detail["test"] <= detail["tests"]
        assert 1 <= detail["failed"] <= detail["tests"]
        run = one.draft.plan.observed.ran[detail["test"] - 1]  # type: ignore[attr-defined]
        assert run.command.split("\n")[-1].split(" < ")[0].split()[-1] in one.messages[0][1]


def test_neither_place_nor_fault_is_given_away(held):
    """The question does not name the fault, nor the line but in a trace."""
    for one in held:
        detail = json.loads(str(one.evidence["detail"]))
        words = one.messages[0][1].replace(one.draft.seed_text.strip("\n"), "")
        assert detail["fault"] not in words
        assert detail["shape"] == "crash" or f"line {detail['line']}" not in words


def test_bugs_of_a_file_differ(held):
    """No two bugs of a file are on the same line."""
    for language in ("Python", "C"):
        of_file = [one for one in held if one.draft.file.language == language]
        assert len({json.loads(str(one.evidence["detail"]))["line"] for one in of_file}) == len(of_file)


def test_what_was_proved_is_said(held):
    """Samples are executed and observed; compiled where a compiler ran."""
    for one in held:
        assert one.verified["executed"]
        assert one.verified["observed"]
        assert one.verified["answer_is_source"]
        assert one.verified["compiled"] is (True if one.draft.file.language == "C" else None)
        assert one.evidence["toolchain"]
        assert one.difficulty["answer_lines"]


def test_every_reason_is_a_listed_one(judged):
    """What is not kept has a reason of the closed set."""
    assert reasons(judged) <= set(planted_bug.REASONS)


def test_a_bug_that_shows_nowhere_is_rejected(file):
    """Where all tests come out as before, there is nothing to report."""
    assert reasons(made(file, ended((0, "total 3\n"), (0, "total 5\n"), (0, "total 8\n")))) == {planted_bug.UNCHANGED}


def test_a_bug_that_does_not_compile_is_rejected(file):
    """A compiler's error is no symptom."""
    assert reasons(made(file, ended(status=Status.COMPILE_ERROR))) == {planted_bug.NOT_COMPILED}


def test_a_bug_that_meets_a_limit_is_rejected(file):
    """Output without end is no symptom."""
    assert reasons(made(file, ended(status=Status.TOO_MUCH_OUTPUT))) == {planted_bug.LIMIT}


def test_a_bug_that_does_something_else_each_time_is_rejected(file):
    """What the second run must repeat is what the first one did."""
    first = ended((0, "total 1\n"), (0, "total 5\n"), (0, "total 8\n"))
    second = ended((0, "total 2\n"), (0, "total 5\n"), (0, "total 8\n"))
    drafts = len(list(KIND.next(file, NO_ANSWERS)))
    found = made(file, *[first] * drafts, second)
    assert not [one for one in found if isinstance(one, Verified)]
    assert reasons(found) == {planted_bug.UNSTEADY, planted_bug.OTHERS}


def test_no_more_of_a_file_are_kept(file):
    """Others are counted as such."""
    found = made(file, ended((0, "total 1\n"), (0, "total 5\n"), (0, "total 8\n")))
    assert sum(isinstance(one, Verified) for one in found) == planted_bug.KEPT
    assert reasons(found) == {planted_bug.OTHERS}


def test_a_bug_that_never_ends_is_told_as_such(file):
    """The test that used up the time of all is the one that hangs; one of a file is kept."""
    hanging = ended((0, "total 3\n"), status=Status.TIMED_OUT)
    (sample,) = (one for one in made(file, hanging) if isinstance(one, Verified))
    assert json.loads(str(sample.evidence["detail"]))["shape"] == "hang"
    assert "python3 source.py 5" in sample.messages[0][1]
    assert "total 5" in sample.messages[0][1]


def test_without_a_sandbox_nothing_is_made(file):
    """Where nothing can be run, drafts are counted as such."""
    drafts = list(KIND.next(file, NO_ANSWERS))
    assert reasons(KIND.verify(drafts, None)) == {planted_bug.NOTHING_RUNS}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"observed": None}, drafting.NOT_SEEN),
        ({"observed": Dropped(Reason.NONDETERMINISTIC)}, "nondeterministic"),
        ({"text": COUNTING + "# filler\n" * 2_000}, planted_bug.TOO_LONG),
        ({"text": "print(1 + 2)\n"}, planted_bug.TOO_SHORT),
        ({"text": "# nothing\n" * 20}, planted_bug.NO_PLACE),
    ],
)
def test_files_without_a_bug_are_counted(file, change, reason):
    """Whatever speaks against a file is one rejected draft with its reason."""
    (draft,) = KIND.next(replace(file, **change), NO_ANSWERS)
    (judgement,) = KIND.verify([draft], None)
    assert isinstance(judgement, Rejected)
    assert judgement.reasons == (reason,)


def test_lines_behind_a_reached_point_count_as_reached(file):
    """Between two points, what stands behind one that was come to was come to as well."""
    observed = replace(
        file.observed, points=frozenset({2, 5}), ran=(replace(file.observed.ran[0], reached=frozenset({2})),)
    )
    assert planted_bug.reached(observed, "1\n2\n3\n4\n5\n6\n") == {2, 3, 4}


@pytest.mark.parametrize(
    ("expected", "actual", "shape"),
    [
        (Result(0, "4\n", ""), Result(0, "5\n", ""), symptom.VALUE),
        (Result(0, "4\n5\n", ""), Result(0, "4\n6\n", ""), symptom.OUTPUT),
        (
            Result(0, "".join(f"{n}\n" for n in range(20)), ""),
            Result(0, "".join(f"{n}\n" for n in range(19)), ""),
            symptom.DIFFERENCE,
        ),
        (Result(0, "4\n", ""), Result(1, "", "ValueError: no\n"), symptom.CRASH),
        (Result(0, "", ""), Result(134, "", "Aborted\n"), symptom.STATUS),
        (Result(0, "4\n", ""), Result(139, "", ""), symptom.STATUS),
        (Result(1, "4\n", "Unexpected EOF\n"), Result(0, "4\n", "Unexpected EOF\n"), symptom.STATUS),
        (Result(1, "4\n", "error: 4\n"), Result(2, "4\n", "error: 4\n"), symptom.STATUS),
    ],
)
def test_what_differs_has_a_shape(expected, actual, shape):
    """How a run differs decides in which words it is told."""
    assert symptom.shape_of(expected, actual) == shape


@pytest.mark.parametrize(
    ("stderr", "error"),
    [
        ("panic: oops\n\ngoroutine 1 [running]:\nmain.assert(...)\n\tsource.go:12\n", "panic: oops"),
        ("panic: oops\n\ngoroutine 1 [running]:\nmain.(*T).fatal(0x1)\n\tsource.go:12 +0x1\n", "panic: oops"),
        ("thread 'main' panicked at source.rs:24:14:\nassertion failed: x\nnote: run\n", "assertion failed: x"),
        ("thread 'main' panicked at source.rs:24:14:\nnope\nnote: run with a backtrace\n", ""),
        ("panic: f(1111) = ef98efcc43eeef55, want 2\n", ""),
        ("ValueError: invalid literal for int()\n", "ValueError: invalid literal for int()"),
    ],
)
def test_an_error_is_quoted_as_it_stands_or_not_at_all(stderr, error):
    """Neither the place of a panic nor a running function is the error, and none is quoted with numbers left out."""
    assert symptom.error_named(stderr) == error


def test_a_run_that_rightly_finds_no_command_is_not_reported(file):
    """What is right about a shell that does not find a command, nobody would ask for."""
    observed = replace(file.observed, ran=(replace(file.observed.ran[0], result=Result(127, "4\n", "not found\n")),))
    assert symptom.symptom_of(observed, [Result(0, "4\n", "")], "key") is None


def test_a_trace_is_shown_without_the_driver(file):
    """Nobody has seen the file that calls the functions."""
    trace = (
        "Traceback (most recent call last):\n"
        '  File "/tmp/driver.py", line 9, in <module>\n    print(CALLS[sys.argv[1]]())\n          ~~~~^^^\n'
        '  File "/tmp/source.py", line 3, in f\n    return 1 / 0\nZeroDivisionError: division by zero\n'
    )
    results = [Result(1, "", trace), *(one.result for one in file.observed.ran[1:])]
    one = symptom.symptom_of(file.observed, results, "key")
    text = symptom.told(one, "key")
    assert "driver" not in text
    assert "CALLS" not in text
    assert 'File "/tmp/source.py", line 3' in text
    assert "ZeroDivisionError: division by zero" in text


def test_what_is_left_out_of_a_trace_is_marked_once():
    """A blank line between two parts that are left out does not give a second mark."""
    trace = "TypeError: no\n    at f (/tmp/source.js:3:1)\n    at driver.js:9:1\n\nNode.js v20.1.0\n"
    assert symptom._of_the_file(trace).count("    ...") == 1


def test_long_output_is_shown_where_it_differs(file):
    """Of many lines only those around a difference are shown, and how many there are is said."""
    before = "".join(f"line {number}\n" for number in range(60))
    observed = replace(file.observed, ran=(replace(file.observed.ran[0], result=Result(0, before, "")),))
    one = symptom.symptom_of(observed, [Result(0, before.replace("line 30\n", "line x\n"), "")], "key")
    text = symptom.told(one, "key")
    assert "-line 30\n+line x" in text
    assert "60 lines in all" in text
    assert "line 3\n" not in text


def test_the_run_that_tells_most_is_shown(file):
    """A wrong value says more than an exit status, and a run that is still right is known."""
    results = [Result(139, "", ""), Result(0, "total 6\n", ""), file.observed.ran[2].result]
    one = symptom.symptom_of(file.observed, results, "key")
    assert (one.number, one.failed, one.shape) == (2, 2, symptom.VALUE)
    assert one.passing.run == "python3 source.py 8"


def test_an_id_of_a_build_is_no_symptom(file):
    """What differs with each build is neither a difference nor something to show."""
    observed = replace(file.observed, ran=(replace(file.observed.ran[0], result=Result(0, f"in <{'0a' * 16}>\n", "")),))
    assert symptom.symptom_of(observed, [Result(0, f"in <{'1b' * 16}>\n", "")], "key") is None
    assert symptom.symptom_of(observed, [Result(0, f"on <{'0a' * 16}>\n", "")], "key") is None


def test_blanks_alone_are_no_symptom(file):
    """A line break that is missing at the end cannot be shown."""
    results = [Result(0, "total 3", ""), *(one.result for one in file.observed.ran[1:])]
    assert symptom.symptom_of(file.observed, results, "key") is None
    assert symptom.symptom_of(file.observed, [replace(results[0], exit_code=1), *results[1:]], "key") is not None


def test_every_fault_can_be_explained():
    """There are words for each fault and each of its forms; all places in them are filled."""
    folder = phrasing.resources.files("alchemy_assets.strategies") / "phrasings" / "planted_bug_why"
    wordings = {name.name.removesuffix(".txt") for name in folder.iterdir()}
    known = {bug_explained.wording_of("a\n", Mutant(fault, 0, 0, "", 1, "", "a", "", "f")) for fault in FAULTS}
    assert known <= wordings
    allowed = {"right", "wrong", "old", "new", "line", "where", "where_cap", "nothing"}
    for wording in wordings:
        for template in phrasing.phrasings(f"planted_bug_why/{wording}"):
            assert {match[1] for match in phrasing._PLACE.finditer(template)} <= allowed, template


def test_a_connective_before_a_command_joins_no_conditions():
    """Of `test || exit`, the right side is done, not tested."""
    command = Mutant("wrong operator", 5, 7, "||", 1, "a || exit\n", "a && exit 1", "a || exit 1", "")
    condition = replace(command, before="a && b", after="a || b")
    assert bug_explained.wording_of("test && exit 1\n", command) == "and_then"
    assert bug_explained.wording_of("test && exit 1\n", condition) == "logic"


def test_a_wrong_index_is_not_called_off_by_one():
    """A number between brackets picks an element; other numbers count."""
    index = Mutant("off by one", 5, 6, "1", 1, "a = b[1]\n", "b[0]", "b[1]", "f")
    count = Mutant("off by one", 8, 9, "1", 1, "a = b[c+1]\n", "b[c+0]", "b[c+1]", "f")
    assert bug_explained.wording_of("a = b[0]\n", replace(index, start=6, end=7)) == "index"
    assert bug_explained.wording_of("a = b[c+0]\n", count) == "off_by_one"


def test_the_explanation_names_code_before_and_after():
    """The cause says what is wrong and what is right, or where."""
    text = "def f(n):\n    return n - 1\n"
    (mutant,) = (one for one in mutants("Python", text) if one.fault == "off by one")
    run = ran("3\n")
    one = symptom.Symptom(symptom.VALUE, 1, run, Result(0, "4\n", ""), symptom.Shown("print(f(4))", ""), 1.0, 1)
    for number in range(40):
        said = bug_explained.explained("Python", text, mutant, one, str(number))
        assert "`n - 1`" in said
        assert "`n`" in said
        assert "`3`" in said
        assert "{" not in said


@pytest.mark.parametrize(
    ("expected", "actual", "shape"),
    [
        ("a\nb\nc\n", "a\nx\nc\n", "line"),
        ("a\nb\n", "a\nb\nc\n", "more"),
        ("a\nb\nc\n", "a\nb\n", "less"),
        ("a\nb\nc\n", "c\nb\na\n", "moved"),
        ("a\na\nb\n", "a\nb\n", ""),
        ("a\nb\n", "a\nb", ""),
    ],
)
def test_what_is_said_of_the_output_holds(expected, actual, shape):
    """Lines in another order are neither missing nor too many, and a line that is still there is not missing."""
    said, values = bug_explained._line(expected, actual, {})
    assert said == shape
    for template in phrasing.phrasings(f"planted_bug_so/{shape}") if shape else ():
        assert {match[1] for match in phrasing._PLACE.finditer(template)} <= {*values, "run"}, template
