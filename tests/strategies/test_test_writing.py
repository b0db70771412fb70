import json
import re
from dataclasses import replace

import pytest

from alchemy_assets.generation.completions import NO_ANSWERS
from alchemy_assets.sandbox.sandbox import NOT_RUN, Status
from alchemy_assets.strategies.grounded.assertions.calls import call_of, names, words_of
from alchemy_assets.strategies.grounded.assertions.fitting import contrasting, fitting
from alchemy_assets.strategies.grounded.assertions.registry import regression, within
from alchemy_assets.strategies.grounded.assertions.shell import ONE_FAILS, ONE_GIVEN
from alchemy_assets.strategies.grounded.assertions.suite import Case, Subject
from alchemy_assets.strategies.grounded.assertions.titles import titles
from alchemy_assets.strategies.grounded.assertions.traced import Seen, seen_calls
from alchemy_assets.strategies.grounded.test_writing import (
    LITTLE_COVERED,
    NO_KILL,
    NO_VALUES,
    NOT_FITTING,
    NOT_SEEN,
    NOTHING_RUNS,
    OF_ITS_SURROUNDINGS,
    ONE_OUTCOME,
    REASONS,
    TESTS_FAIL,
    TOO_FAR,
    TestWriting,
    suites_of_calls,
)
from alchemy_assets.strategies.phrasing import phrasings
from alchemy_assets.strategies.strategy import Rejected, Verified
from tests.strategies.observations import ran, seen

KIND = TestWriting()
CLAMP = '''def clamp(value, low=0, high=10):
    """Keep a value between two others."""
    if low > high:
        raise ValueError("empty range")
    if value < low:
        return low
    if value > high:
        return high
    return value
'''
CLAMPED = ("clamp(5)", "clamp(-4)", "clamp(30)", "clamp(1, low=3, high=2)")
DRIVER = "from source import clamp\n"
COUNT = "import sys\n\nwords = sys.argv[1:]\nif not words:\n    sys.exit(2)\nfor number, word in enumerate(words, 1):\n    print(number, word)\n"


class Actor:
    """A sandbox in which every program says the same."""

    def __init__(self, stdout: str, exit_code: int = 0) -> None:
        """Say this and end like that, for ever."""
        self.outcome = replace(NOT_RUN, status=Status.FINISHED, stdout=stdout.encode(), exit_code=exit_code)

    async def run_many(self, runs):
        """Give the same outcome for each run."""
        return [self.outcome for _ in runs]

    def runnable(self, language):
        """Run everything."""
        return True

    def toolchain(self, language):
        """Be some toolchain."""
        return "CPython 3.13"


def called(curated, calls=CLAMPED, text=CLAMP, path="src/ranges.py"):
    """A file of Python functions with calls of it that were seen; those with low=3 raised."""
    lines = "".join(f"TRACE:BRANCH:clamp:{line}:took=1\n" for line in (3, 5, 7, 9))
    runs = [ran(trace=lines, label=call, exit_code=int("low=3" in call)) for call in calls]
    file = seen(curated(text, "Python", path), *runs, calls=True, points=frozenset({3, 4, 5, 7, 9}))
    return replace(file, observed=replace(file.observed, beside={"driver.py": DRIVER}))


def judge(file, sandbox):
    """What becomes of the drafts of a file."""
    return KIND.verify(list(KIND.next(file, NO_ANSWERS)), sandbox)


def reasons(judged):
    """The reasons of what was rejected."""
    return [reason for one in judged if isinstance(one, Rejected) for reason in one.reasons]


def test_recorded_results_and_errors_of_calls_become_assertions(curated, sandbox):
    """The tests of Python functions hold the values and the error that a run gave; mutants make them fail."""
    (sample,) = judge(called(curated), sandbox)
    assert isinstance(sample, Verified), sample
    question, answer = (content for _, content in sample.messages)
    assert f"```python\n{CLAMP}```" in question
    assert "`clamp`" in question
    assert "from ranges import clamp" in answer
    assert "clamp(-4)" in answer
    assert "ValueError" in answer
    assert "empty range" in answer
    assert sample.verified["tests_passed"] == 4
    detail = json.loads(str(sample.evidence["detail"]))
    assert 0 < detail["killed"] <= detail["tried"]
    assert detail["coverage"] == 0.8


def test_a_program_is_tested_by_a_script_in_bash(curated, sandbox):
    """Output and exit status of a program's runs are compared by a script that passes on it, and fails on mutants."""
    file = curated(COUNT, "Python", "count.py")
    lines = "TRACE:BRANCH:<module>:4:took=1\nTRACE:LOOP:<module>:6:number=1\nTRACE:VAR:<module>:7:number=1\n"
    one, two = ran("1 a b\n2 it's\n", lines), ran("", lines, exit_code=2)
    one = replace(one, test=replace(one.test, arguments=("a b", "it's")))
    (sample,) = judge(seen(file, one, two), sandbox)
    assert isinstance(sample, Verified), sample
    answer = sample.messages[1][1]
    assert "```bash\n#!/usr/bin/env bash\n" in answer
    assert "python3 count.py 'a b' 'it'\"'\"'s'" in answer
    assert sample.verified["tests_passed"] == 4


def test_tests_that_no_fault_makes_fail_are_rejected(curated):
    """Where the tests pass on every mutant, they test nothing."""
    said = "".join(json.dumps({"value": str(value)}) + "\n" for value in range(3)) + '{"error": "ValueError"}\n'
    assert reasons(judge(called(curated), Actor(said))) == [NO_KILL]


def test_tests_that_fail_on_the_file_itself_are_rejected(curated):
    """Recorded values that do not hold in the test file make no sample."""
    said = "".join(json.dumps({"value": str(value)}) + "\n" for value in range(4))
    assert reasons(judge(called(curated), Actor(said, exit_code=1))) == [TESTS_FAIL]


def test_one_outcome_for_all_calls_is_too_little(curated):
    """Calls that all give the same are no suite."""
    said = '{"value": "7"}\n' * 4
    assert reasons(judge(called(curated), Actor(said))) == [ONE_OUTCOME]


def test_outcomes_in_which_nothing_happens_are_too_little(curated):
    """Where calls give nothing, empty lists or false alone, no suite is made of them."""
    said = "".join(json.dumps({"value": value}) + "\n" for value in ("None", "[]", "None", "False"))
    assert reasons(judge(called(curated), Actor(said))) == [ONE_OUTCOME]


def test_long_numbers_are_no_expected_values(curated):
    """Nobody works out a hash."""
    said = "".join(json.dumps({"value": f"{value}0299528996253285143"}) + "\n" for value in (1, 2, 3))
    assert reasons(judge(called(curated, CLAMPED[:3]), Actor(said))) == [NO_VALUES]


@pytest.mark.parametrize(
    ("call", "gave", "held"),
    [("f('banana')", 139395682, False), ("f('139395682')", 139395682, True), ("f(11806)", 139395682, True)],
)
def test_checksums_of_texts_are_no_expected_values(curated, call, gave, held):
    """A large number that comes of a text which does not hold it cannot be worked out by reading."""
    calls = (call, *(call.replace(call[2:-1], f"'{number}'" if "'" in call else str(number)) for number in (1, 2, 3)))
    said = "".join(json.dumps({"value": str(value)}) + "\n" for value in (gave, 4, 5, 6))
    draft = next(iter(KIND.next(called(curated, calls, "def f(x):\n    return x\n"), NO_ANSWERS)))
    suite = suites_of_calls([draft], Actor(said))[id(draft)]
    assert (str(gave) in suite.text.replace(call, "")) == held


def test_functions_of_a_program_that_gave_one_thing_are_left_out():
    """One call alone tells little of a function, however many functions there are."""
    one = Seen("gcd", ("12", "18"), "6", frozenset({3}))
    again, other = replace(one, arguments=("7", "3"), result="1"), replace(one, function="next", arguments=("5",))
    subject = Subject("C", "gcd.c", C_GCD, "b")
    assert within(subject, [one, again, other]).functions == ("gcd",)
    assert within(subject, [one, other, replace(other, function="last", result="7")]) is None


def test_every_question_names_the_file():
    """The answer says what it imports or starts, so the question has to say what the file is called."""
    assert [one for one in phrasings("test_writing") if "{file}" not in one] == []


def test_a_file_that_was_not_seen_says_so(curated):
    """Nothing is planned without observations."""
    assert reasons(judge(curated(CLAMP), Actor(""))) == [NOT_SEEN]
    assert reasons(judge(called(curated), None)) == [NOTHING_RUNS]
    assert {NOT_SEEN, NOTHING_RUNS} <= set(REASONS)


@pytest.mark.parametrize(
    ("label", "shown", "arguments"),
    [
        ("f(1, 'a, b')", "f", ("1", "'a, b'")),
        ("list(Box(2).items([1, 2]))", "Box.items", ("[1, 2]",)),
        ("java.util.Arrays.toString(A.f(new int[] {1, 2}, 3))", "A.f", ("new int[] {1, 2}", "3")),
        (r"(new \App\Text('x'))->cut(3)", "Text::cut", ("3",)),
        (r"\App\slug('a')", "App.slug", ("'a'",)),
        ("[...walk({ a: 1 })]", "walk", ("{ a: 1 }",)),
        ("Shapes::Box.new(1).area(2)", "Box.area", ("2",)),
        ('"abc".squish()', "squish", ()),
    ],
)
def test_calls_are_read(label, shown, arguments):
    """The function, its owner and the arguments of the last call are found."""
    call = call_of(label)
    assert (call.shown, call.arguments) == (shown, arguments)


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("f([])", "empty list"),
        ("f('', -3)", "empty text and -3"),
        ("f([3, 9, 2, 9])", "4 items"),
        ("f(['x', 'yy'])", "x yy"),
        ("f({'a': 1, 'b': 2})", "2 keys"),
        ("f(width=20)", "width 20"),
        ("f('////')", "4 slashes"),
        (r"f('\\', ':-')", "backslash and colon hyphen"),
        ("f(new int[] {7})", "only 7"),
        ('["x", "yy"].abbrev("x")', "x yy and x"),
        ('({ "b" => 2, "a" => 1 }).to_query()', "2 keys"),
        ('f([]rune("a b"), []int{})', "a b and empty list"),
    ],
)
def test_names_tell_what_a_call_is_given(label, words):
    """Arguments are told in a few words."""
    assert " ".join(words_of(call_of(label))) == words


def test_names_differ():
    """Where arguments do not tell tests apart, outcomes do."""
    assert names([["x"], ["x"], []], [["gives", "1"], ["gives", "2"], ["is", "none"]], [False, False, True]) == [
        ["gives", "1", "for", "x"],
        ["gives", "2", "for", "x"],
        ["is", "none", "for", "no", "arguments"],
    ]


def test_a_program_with_one_run_is_compared_with_all_that_it_prints(curated, sandbox):
    """Its output stands in the script, and its exit status is compared too."""
    text = "total = 0\nfor number in range(1, 5):\n    total += number\n    print(number, total)\n"
    lines = "TRACE:VAR:<module>:1:total=0\nTRACE:LOOP:<module>:2:number=1\nTRACE:VAR:<module>:3:total=1\n"
    (sample,) = judge(seen(curated(text, "Python", "sums.py"), ran("1 1\n2 3\n3 6\n4 10\n", lines)), sandbox)
    assert isinstance(sample, Verified), sample
    assert "1 1\n2 3\n3 6\n4 10\nE" in sample.messages[1][1]
    assert "python3 sums.py" in sample.messages[1][1]


TRACE = """\
TRACE:IN:main:9:argc=1
TRACE:IN:gcd:3:a=12; b=18
TRACE:LOOP:gcd:4:b=18
TRACE:OUT:gcd:6:result=6
TRACE:IN:gcd:3:a=7; b=3
TRACE:OUT:gcd:6:result=1
TRACE:IN:now:20:a=1
TRACE:OUT:now:21:result=5
TRACE:IN:now:20:a=1
TRACE:OUT:now:21:result=6
TRACE:IN:name:30:items=[1, 2, ... 9 in all]
TRACE:OUT:name:31:result=2
TRACE:OUT:main:11:result=0
"""


def test_calls_inside_of_a_program_are_read_from_its_trace(curated):
    """Calls with plain values count, those of functions that give something else each time do not, nor does main."""
    found = seen_calls(seen(curated(CLAMP), ran("", TRACE)).observed)
    assert [(one.function, one.arguments, one.result) for one in found] == [
        ("gcd", ("12", "18"), "6"),
        ("gcd", ("7", "3"), "1"),
    ]
    assert found[0].reached == {3, 4, 6}


C_GCD = """\
#include <stdio.h>

int gcd(int a, int b) {
  while (b) {
    int rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

int main(void) {
  printf("%d\\n", gcd(12, 18));
  return 0;
}
"""
RUST_GCD = """\
fn main() {
    println!("{}", gcd(12, 18));
}
fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 {
        return a;
    }
    gcd(b, a % b)
}
"""
GO_GCD = """\
package main

func gcd(a, b int) int {
\tfor b != 0 {
\t\ta, b = b, a%b
\t}
\treturn a
}

func main() {
\tprintln(gcd(12, 18))
}
"""


@pytest.mark.parametrize(
    ("language", "suffix", "text", "shown"),
    [
        ("C", "c", C_GCD, "assert(gcd(12, 18) == 6);"),
        ("Rust", "rs", RUST_GCD, "assert_eq!(gcd(12, 18), 6);"),
        ("Go", "go", GO_GCD, "if got := gcd(12, 18); got != 6 {"),
    ],
)
def test_functions_inside_of_programs_get_unit_tests(language, suffix, text, shown, request):
    """What a trace shows of a function becomes assertions, beside the program's own main."""
    curated, sandbox = request.getfixturevalue("curated"), request.getfixturevalue("sandbox")
    file = seen(curated(text, language, f"gcd.{suffix}"), ran("", TRACE), source=f"source.{suffix}")
    sample = judge(file, sandbox)[0]
    assert isinstance(sample, Verified), sample
    assert shown in sample.messages[1][1]
    assert "`gcd`" in sample.messages[0][1]


def fit(language, text, *cases):
    """The calls that are left of calls and what they gave; an error is written as one that ends in "Error"."""
    made = [
        Case(call_of(call), "" if gave.endswith("Error") else gave, gave if gave.endswith("Error") else "")
        for call, gave in cases
    ]
    return [case.call.text for case in fitting(made, language, text)]


@pytest.mark.parametrize(
    ("language", "head", "wrong", "right"),
    [
        ("Python", "def f(s, deep=False):", "f([7])", "f('b', deep=True)"),
        ("Python", "def f(s, deep=False):", "f('b', deep='yes')", "f('b', deep=True)"),
        ("Python", "def f(x, len=len):", "f('b', len=4)", "f('b')"),
        ("Python", "def f(x, mode='simple'):", "f('b', mode='hello world')", "f('b', mode='plain')"),
        ("Python", "def f(x, mode=None):", "f('b', mode='hello world')", "f('b', mode='plain')"),
        ("Python", "def f(x, end='.'):", "f('b', end='Z')", "f('b', end=';')"),
        ("PHP", "function __construct($n, $wide = false) {}", "(new A(1, 'x'))->f(1)", "(new A(1, true))->f(1)"),
        ("Python", "def f(elem, path=None):", "f([3], '/')", "f(None, '/')"),
        ("PHP", "function f($n, bool $all = false) {", "f(1, 'x')", "f(1, true)"),
        ("Ruby", "def f(name:, size: 3)", "f(name: 4)", 'f(name: "b", size: 4)'),
        ("JavaScript", "function f(a, b) {", 'f([2], "b")', 'f("c", "b")'),
        ("JavaScript", "function f(mode) {", "f(2)", 'f("b")'),
        ("JavaScript", "function f(x) {", 'f({ enabled: "b" })', "f({ enabled: true })"),
        ("JavaScript", "const f = (items) => {", 'f("ab")', "f([2])"),
        ("Python", "def f(x, namespaces=None):", "f('b', namespaces={'q': 2})", "f('b')"),
        ("JavaScript", "function f(x, options = {}) { x += 'q'; x.size", "f(1, { q: 2, r: 3 })", "f(1, { size: 2 })"),
        ("JavaScript", "function f(x, options) { x.size", "f(1, { q: 2 })", "f(1, { size: 2 })"),
        ("Go", "func f(mimeType string, n int) int {", 'f("a b", 1)', 'f("b", 1)'),
        ("Go", "func (a A) f(n int, format string) int {", 'f(1, "+")', 'f(1, "b")'),
        ("TypeScript", "function f(mode: string) {", 'f("a b")', 'f("b")'),
    ],
)
def test_arguments_that_contradict_a_signature_are_left_out(language, head, wrong, right):
    """Defaults, and names of parameters, say what is to be given."""
    assert fit(language, head, (wrong, "1"), (right, "2")) == [right]


def test_arguments_of_the_kind_that_most_calls_give_are_kept():
    """Where nothing else tells a kind, calls that differ from most are left out; of two as frequent, texts are taken."""
    calls = [
        ("f([1])", "1"),
        ("f(7)", "2"),
        ("f([2])", "3"),
        ("g(['a'], 1)", "1"),
        ("g([4], 1)", "2"),
        ("g([], 2)", "3"),
    ]
    assert fit("Python", "", *calls) == ["f([1])", "f([2])", "g(['a'], 1)", "g([], 2)"]


def test_texts_that_were_taken_for_lists_are_left_out():
    """Where characters come out one by one, no other text is right there either."""
    calls = [("f('b a')", "['b', ' ', 'a']"), ("f('>')", "['>']"), ("g('a,b')", "['a', 'b']")]
    assert fit("Python", "", *calls) == ["g('a,b')"]


@pytest.mark.parametrize(
    "cases",
    [
        [("f(1)", "None"), ("f(2)", "[]")],
        [("f(1)", "True"), ("f(2)", "True")],
        [("f(1)", "ValueError"), ("f(2)", "OSError")],
        [("f('a')", "'a'"), ("f('b', 3)", "'b'"), ("f('')", "''")],
    ],
)
def test_functions_that_show_next_to_nothing_are_left_out(cases):
    """Nothing, one truth, errors alone, or what was given: no test of these tells what the function is for."""
    assert fit("Python", "", *cases, ("g(1)", "3")) == ["g(1)"]


def test_functions_of_go_of_which_only_errors_were_seen_are_left_out():
    """Errors of Go are results."""
    failed, fine = (
        Case(call_of("F(1)"), "0", of=json.dumps([["0", kind], ["int", kind]])) for kind in ("error", "<nil>")
    )
    fine = replace(fine, expected="3, nil")
    assert fitting([replace(failed, expected='0, "bad"')], "Go", "") == []
    assert fitting([fine], "Go", "") == [fine]


@pytest.mark.parametrize(
    ("expected", "said"), [("'high'", "gives high for a"), ("'</i>'", "with a"), ("'+1'", "with a")]
)
def test_names_tell_no_half_of_an_outcome(expected, said):
    """What words do not tell in full is not told."""
    [words] = titles([Case(call_of("f('a')"), expected)])
    assert " ".join(words) == said


def test_made_up_calls_that_mostly_give_nothing_show_no_contrast():
    """One outcome beside many nulls is too little; half of them are enough."""
    cases = [Case(call_of(f"f({number})"), gave) for number, gave in enumerate(("null", "null", "7", "8"))]
    assert contrasting(cases) == cases
    assert contrasting([*cases[:3], replace(cases[3], expected="null")]) == []
    assert contrasting([*cases[:3], replace(cases[3], expected="3")]) == []


def test_a_single_run_that_fails_is_left(curated):
    """What a program says before it fails is nothing to hold on to."""
    failed = ran("1 1\n2 3\n3 6\n4 10\n", "TRACE:BRANCH:main:1:took=1\n", exit_code=1)
    assert reasons(judge(seen(curated("total = 0\n", "Python", "sums.py"), failed), None)) == [ONE_FAILS]


def test_a_program_that_reads_its_environment_is_left(curated):
    """What it prints elsewhere is something else."""
    text = "import os\nprint(os.environ.get('HOME'))\n"
    one = ran("1\n2\n3\n", "TRACE:BRANCH:main:1:took=1\n")
    assert reasons(judge(seen(curated(text, "Python", "home.py"), one), None)) == [OF_ITS_SURROUNDINGS]


def test_runs_that_come_to_less_than_half_of_a_program_are_left(curated):
    """Where most of a program was never seen to run, its tests say little about it."""
    runs = [ran(f"{number}\n", "TRACE:BRANCH:main:1:took=1\n", stdin=f"{number}{number}\n") for number in (1, 2)]
    file = seen(curated(COUNT, "Python", "count.py"), *runs, points=frozenset({1, 2, 3}))
    assert reasons(judge(file, None)) == [LITTLE_COVERED]


def test_programs_of_c_that_read_are_always_given_something(curated):
    """A number that was never read has no value of which a test could be written."""
    runs = [ran(f"{stdin}{stdin}", "TRACE:BRANCH:main:1:took=1\n", stdin=stdin) for stdin in ("", "2\n", "3\n")]
    file = seen(curated(C_GCD, "C"), *runs, source="source.c")
    written = regression(Subject("C", "source.c", C_GCD, "b"), file.observed)
    assert "input" in written.text
    assert "no arguments" not in written.text.replace("_", " ")


def test_runs_that_are_too_long_to_be_traced_are_left(curated):
    """Nobody works out what comes of them."""
    assert reasons(judge(seen(curated(COUNT, "Python"), ran("1\n2\n3\n", "")), None)) == [TOO_FAR]


def test_a_single_run_that_is_given_something_is_left(curated):
    """One word of many that a program may be given says little about it."""
    one = ran("1 1\n2 3\n3 6\n4 10\n", "TRACE:BRANCH:main:1:took=1\n")
    one = replace(one, test=replace(one.test, arguments=("4",)))
    assert reasons(judge(seen(curated("total = 0\n", "Python", "sums.py"), one), None)) == [ONE_GIVEN]


def test_runs_of_a_program_are_told_apart_by_their_files(curated):
    """The name of a test says how long a file is and how it begins; runs that words do not tell apart are left out."""
    texts = ("#!/bin/a\nx\n", "#!/bin/a\nx\ny\n", "#!/bin/a\nx!\n")
    runs = [ran(f"{min(number, 2)}\n", "TRACE:BRANCH:main:4:took=1\n") for number in (1, 2, 3)]
    runs = [
        replace(one, test=replace(one.test, arguments=("in.txt",), files={"in.txt": text}))
        for one, text in zip(runs, texts, strict=True)
    ]
    runs[2] = replace(runs[2], result=runs[0].result)
    suite = regression(Subject("Python", "count.py", COUNT, "b"), seen(curated(COUNT, "Python"), *runs).observed)
    names = re.findall(r"(?:check '|^test_)([^'()]+)", suite.text, re.MULTILINE)
    assert [name.replace("_", " ") for name in names] == [
        "prints 1 for file of 2 lines from bin a x",
        "with file of 3 lines from bin a x",
    ]


def test_calls_that_words_do_not_tell_apart_are_left_out():
    """A name with a number says nothing about its case."""
    assert fit("Python", "", ("f('=(?)=')", "1"), ("f('a')", "2"), ("f('=(!)=')", "1")) == ["f('=(?)=')", "f('a')"]


@pytest.mark.parametrize(
    ("calls", "fits"),
    [
        (("clamp(5)", "clamp(-4)", "clamp(7)"), True),
        (("clamp(5)", "clamp(-4)"), False),
        (("clamp(5)", "wrap(-4)", "turn(7)"), False),
        (("clamp(5, 6, 7, 8)", "clamp(6, 7, 8, 9)", "clamp(7, 8, 9, 5)"), False),
    ],
)
def test_calls_that_were_made_up_have_to_show_a_contrast(curated, calls, fits):
    """Three calls of one function are a suite; two are not, nor one call of each of several functions, nor many arguments."""
    said = "".join(json.dumps({"value": str(number)}) + "\n" for number in range(1, len(calls) + 1))
    found = reasons(judge(called(curated, calls), Actor(said)))
    assert (found == [NOT_FITTING]) != fits
