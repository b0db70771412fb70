"""What is asked about the inside of runs, that the events prove the answers, and what is not asked."""

import json
import re
from collections import Counter
from dataclasses import replace

import pytest

from alchemy_assets.generation.completions import NO_ANSWERS
from alchemy_assets.strategies import phrasing
from alchemy_assets.strategies.grounded import drafting, execution_question
from alchemy_assets.strategies.grounded.execution import arm, calls, coverage, rows, state, turns
from alchemy_assets.strategies.grounded.execution.chains import chains
from alchemy_assets.strategies.grounded.execution.source import Source
from alchemy_assets.strategies.grounded.execution.values import is_whole
from alchemy_assets.strategies.grounded.execution.watched import Watched, ordinal
from alchemy_assets.strategies.grounded.execution_question import REASONS, ExecutionQuestion
from alchemy_assets.strategies.strategy import Rejected, Verified
from alchemy_assets.tracing.instrument.registry import points_of
from alchemy_assets.tracing.reasons import Dropped, Reason
from tests.strategies.observations import ran, really_seen, seen

KIND = ExecutionQuestion()
FORMS = {
    "state": {"name", "where", "nth"},
    "arm": {"where", "nth"},
    "taken": {"where", "word"},
    "turns": {"where"},
    "turns_call": {"where", "nth", "function"},
    "reached": {"where"},
    "which": {"lines"},
    "called": {"function"},
    "argument": {"function", "name", "nth"},
    "result": {"function", "nth"},
    "rows": {"where"},
    "changed": {"where"},
}
BASKET = """\
def total(prices):
    owed = 0
    for price in prices:
        owed += price * 3
        if owed > 40:
            owed -= 5
        else:
            owed += 1
    return owed


def halve(n):
    if n < 2:
        return 1
    return halve(n // 2) + 7


def unused(n):
    print("never", n)


print("owed:", total([7, 9, 2]), halve(29))
spare = [unused]
"""
TRACE = """\
TRACE:IN:total:1:prices=[7, 9, 2]
TRACE:VAR:total:2:owed=0
TRACE:LOOP:total:3:price=7
TRACE:VAR:total:4:owed=21; price=7
TRACE:BRANCH:total:7:took="else"; owed=21
TRACE:VAR:total:8:owed=22
TRACE:LOOP:total:3:price=9
TRACE:VAR:total:4:owed=49; price=9
TRACE:BRANCH:total:5:took="if"; owed=49
TRACE:VAR:total:6:owed=44
TRACE:LOOP:total:3:price=2
TRACE:VAR:total:4:owed=50; price=2
TRACE:BRANCH:total:5:took="if"; owed=50
TRACE:VAR:total:6:owed=45
TRACE:OUT:total:9:result=45
TRACE:IN:halve:12:n=29
TRACE:IN:halve:12:n=14
TRACE:IN:halve:12:n=7
TRACE:IN:halve:12:n=3
TRACE:IN:halve:12:n=1
TRACE:BRANCH:halve:13:took="if"; n=1
TRACE:OUT:halve:14:result=1
TRACE:OUT:halve:15:result=8
TRACE:OUT:halve:15:result=15
TRACE:OUT:halve:15:result=22
TRACE:OUT:halve:15:result=29
"""
COLLATZ = """#include <stdio.h>

static int steps(long n)
{
    int count = 0;
    while (n != 1) {
        if (n % 2 == 0)
            n /= 2;
        else
            n = 3 * n + 1;
        count++;
    }
    return count;
}

int main(void)
{
    for (int start = 5; start < 8; start++)
        printf("%d\\n", steps(start));
    return 0;
}
"""


def watch(curated, trace=TRACE, text=BASKET, language="Python", *, quoted=False):
    """The run of a trace."""
    points = points_of(language, text).points
    file = seen(curated(text, language), ran("45\n", trace), points=frozenset(point.line for point in points))
    return Watched(Source(file.observed, text, points), file.observed.ran[0], quoted, file.blob_id)


def about(questions):
    """The bare answers, by what they are about."""
    return {one.detail: one.answer for one in questions}


@pytest.fixture(scope="module")
def real(sandbox, curated):
    """What is made of a program in Python and one in C that were really run."""
    files = really_seen([curated(BASKET), curated(COLLATZ, "C")], sandbox)
    return KIND.verify([draft for file in files for draft in KIND.next(file, NO_ANSWERS)], sandbox)


def test_a_value_after_a_line_is_asked_for_by_its_pass(curated):
    """The value of a variable after the n-th run of a line is what its n-th event says."""
    found = about(state.questions(watch(curated)))
    assert found["owed at total:4, pass 2"] == "`49`"
    assert found["owed at total:6, pass 2"] == "`45`"


@pytest.mark.parametrize(("check", "asked"), [("assert owed != 49", False), ("assert owed != 48", True)])
def test_a_value_that_the_next_lines_say_is_not_asked_for(check, asked, curated):
    """What a check right below compares with can be read there."""
    text = BASKET.replace("        if owed > 40:\n", f"        {check}\n        if owed > 40:\n")
    assert ("owed at total:4, pass 2" in about(state.questions(watch(curated, text=text)))) is asked


@pytest.mark.parametrize(("label", "asked"), [("total([7, 49])", False), ("total([7, 9])", True)])
def test_a_value_that_stands_in_the_call_is_not_asked_for(label, asked, curated):
    """What the question itself shows can be copied from there."""
    watched = watch(curated)
    run = replace(watched.ran, test=replace(watched.ran.test, label=label))
    assert ("owed at total:4, pass 2" in about(state.questions(replace(watched, ran=run)))) is asked


def test_what_is_told_beside_a_value_are_the_passes_before(curated):
    """The reasoned answer holds the value at each pass, in order."""
    (one,) = (one for one in state.questions(watch(curated)) if one.detail == "owed at total:4, pass 2")
    assert "`21`, `49`" in one.reasoned
    assert len(one.followed) == 8


def test_the_arm_of_the_nth_time_is_asked_for(curated):
    """Which arm runs the n-th time follows from the events of all arms of one `if`."""
    watched = watch(curated)
    found = about(arm.questions(watched, chains("Python", BASKET, watched.points)))
    assert found["the if at line 5, number 2"] == "The `if` arm at line 5."
    assert "the if at line 13, number 2" not in found


def test_arms_of_the_same_word_are_told_apart_by_their_lines(curated):
    """Where an `if` has two `elif`, the word alone does not say which arm runs."""
    text = "for n in read():\n    if n > 4:\n        f()\n    elif n > 2:\n        g()\n    elif n > 1:\n        h()\n    else:\n        k()\n"
    arms = {point.line: point.place for point in points_of("Python", text).points if point.kind == "BRANCH"}
    trace = f'TRACE:BRANCH:{arms[2]}:took="if"; n=7\nTRACE:BRANCH:{arms[6]}:took="elif"; n=2\n'
    for quoted, orders in ((False, True), (True, False)):
        watched = watch(curated, trace, text, quoted=quoted)
        asked = [one for one in arm.questions(watched, chains("Python", text, watched.points)) if one.form == "arm"]
        assert bool(asked) is orders
        assert all("`elif` (line 6)" in one.reasoned for one in asked)


def test_an_arm_that_is_always_taken_is_not_counted(curated):
    """How often an arm is entered is asked where control came by more often."""
    watched = watch(curated)
    found = about(arm.questions(watched, chains("Python", BASKET, watched.points)))
    assert found["the arm at total:5: 2"] in {"2", "Twice."}
    assert found["the arm at halve:13: 1"] in {"1", "Once."}
    always = watch(curated, TRACE.replace('BRANCH:total:7:took="else"', 'BRANCH:total:5:took="if"'))
    assert not [
        one for one in about(arm.questions(always, chains("Python", BASKET, always.points))) if "total:5: 3" in one
    ]


@pytest.mark.parametrize(
    ("last", "asked"), [("price += 1", True), ("break", False), ("owed -= 5\n            return 7", False)]
)
def test_an_arm_that_leaves_is_not_counted_where_it_could_only_once(last, asked, curated):
    """That `break` and `return` run at most once in a function that is called once needs no counting."""
    text = BASKET.replace("            owed -= 5\n", f"            {last}\n")
    watched = watch(curated, TRACE.replace('TRACE:BRANCH:total:5:took="if"; owed=50\n', ""), text)
    found = about(arm.questions(watched, chains("Python", text, watched.points)))
    assert ("the arm at total:5: 1" in found) is asked


def test_the_turns_of_a_loop_are_counted(curated):
    """The turns of a loop are the number of its events."""
    assert about(turns.questions(watch(curated)))["turns of total:3: 3"] in {"3", "3 times."}


def test_a_loop_that_says_its_number_of_turns_is_not_asked_about(curated):
    """`range(3)` can be read."""
    text = "total = 0\nfor i in range(3):\n    total += i * 7\nprint(total)\n"
    trace = "".join(f"TRACE:LOOP:<module>:2:i={i}\n" for i in range(3))
    assert not list(turns.questions(watch(curated, trace, text)))


@pytest.mark.parametrize(
    ("head", "asked"), [("for line in sys.stdin:", False), ("for arg in sys.argv[1:]:", False), ("while x():", True)]
)
def test_a_loop_over_what_is_typed_is_not_asked_about(head, asked, curated):
    """Lines of an input and arguments of a command can be counted where the question shows them."""
    text = f"import sys\n\n{head}\n    f(7)\n"
    place = next(point.place for point in points_of("Python", text).points if point.kind == "LOOP")
    watched = watch(curated, f"TRACE:LOOP:{place}:\n" * 3, text)
    test = replace(watched.ran.test, stdin="a\nb\nc\n", arguments=("a", "b", "c"))
    typed = replace(watched, ran=replace(watched.ran, test=test))
    assert bool(list(turns.questions(typed))) is asked


def test_calls_for_each_item_of_the_list_that_a_call_is_given_are_not_counted(curated):
    """Where the question itself holds the list, its items can be counted there."""
    for label, asked in (("halves([29, 14, 7, 3, 1])", False), ("halve(29)", True), ("", True)):
        watched = watch(curated)
        test = replace(watched.ran.test, label=label)
        known = replace(watched, ran=replace(watched.ran, test=test))
        assert ("calls of halve:12: 5" in about(calls.questions(known))) is asked


@pytest.mark.parametrize("head", ["for price in prices:", "while owed < n * 4:"])
def test_a_loop_over_the_list_that_a_call_is_given_is_not_asked_about(head, curated):
    """Where the question itself holds the list, its items can be counted there, whatever the loop goes by."""
    text = BASKET.replace("for price in prices:", head)
    called = seen(curated(text), ran("", TRACE, label="total([7, 9, 2])"), calls=True).observed
    points = points_of("Python", text).points
    known = replace(called, points=frozenset(one.line for one in points))
    watched = Watched(Source(known, text, points), known.ran[0], quoted=False, key="key")
    assert not [name for name in about(turns.questions(watched)) if name.startswith("turns of total:3")]


@pytest.mark.parametrize(
    ("before", "head", "readable"),
    [
        ("", "(1..10).each do |count|", True),
        ("", "for x in 0.5, 1.25:", False),
        ("$xmls = array(", "foreach ($xmls as $xml) {", True),
        ("words = [", "for word in words:", True),
        ("const ways = [", "for (const way of ways) {", True),
        ("const COUNT = 10;", "for (let i = 0; i < COUNT; i++) {", True),
        ("#define COUNT 10", "for (i = 0; i < COUNT; i++) {", True),
        ("const COUNT = 12;", "for (let i = 0; i < COUNT; i++) {", False),
        ("words = read()", "for word in words:", False),
        ("ways = {", "for key, way in ways.items():", True),
        ('String[] words = {"a",', "for (int i = 0; i < words.length; i++) {", True),
        ("words = read()", "for (let i = 0; i < words.length; i++) {", False),
        ("", "for (const key of [", True),
        ("const WAYS = {", "for (const way of Object.keys(WAYS)) {", True),
        ("int size = 10;", "for (int i = 0; i < size; i++) {", True),
        ("int size = 12;", "for (int i = 0; i < size; i++) {", False),
        ("", 'for i, c := range "foo" {', True),
        ("int x = 10;", "for (int i = 0; i < x; i++) {", True),
        ("static FNS: &[fn()] = &[f, f];", "for one in FNS { one() }", True),
    ],
)
def test_a_loop_over_what_is_written_down_says_its_number_of_turns(before, head, readable):
    """A range, and a list that a name stands for, can be counted by eye."""
    assert turns.is_readable([before, head], 2, 10) is readable


def test_turns_of_one_call_are_those_until_the_next(curated):
    """Of a function that is called several times, one call is asked about alone."""
    text = "def f(n):\n    while n > 1:\n        n //= 2\n    return n\nprint(f(9), f(40))\n"
    trace = "TRACE:IN:f:1:n=9\n" + "TRACE:LOOP:f:2:n=1\n" * 3 + "TRACE:OUT:f:4:result=1\n"
    trace += "TRACE:IN:f:1:n=40\n" + "TRACE:LOOP:f:2:n=1\n" * 5 + "TRACE:OUT:f:4:result=1\n"
    found = about(turns.questions(watch(curated, trace, text)))
    assert found["turns of f:2 in call 2: 5"] in {"5", "5 times."}


def test_calls_of_a_recursion_are_counted_and_their_results_are_in_order(curated):
    """Calls and returns of a function that calls itself."""
    found = about(calls.questions(watch(curated)))
    assert found["calls of halve:12: 5"] in {"5", "5 times."}
    assert found["n at the call of halve:12, pass 2"] == "`14`"
    assert found["result of halve, pass 3"] == "`15`"


def test_arguments_are_told_by_their_name(curated):
    """Beside the number of calls stands what the calls are given, and as what."""
    (one,) = (one for one in calls.questions(watch(curated)) if one.form == "called")
    assert "`n` = 29, 14, 7, 3, 1" in one.reasoned


@pytest.mark.parametrize(("language", "name"), [("Cpp", "`B::f`"), ("Rust", "`B::f`"), ("Java", "`B.f`")])
def test_a_function_of_a_class_is_named_as_its_language_does(language, name, curated):
    """`B.f` is what events call `B::f`."""
    file = seen(curated(BASKET, language), ran("", TRACE))
    assert Watched(Source(file.observed, BASKET, []), file.observed.ran[0], quoted=False, key="").name("B.f") == name


def test_calls_by_one_loop_that_says_its_turns_are_not_counted(curated):
    """A function that is only called in `range(6)` is called 6 times; that can be read."""
    for length, asked in (("6", False), ("len(word)", True)):
        text = f"def f(n):\n    return n * 7\n\n\nword = 'banana'\nfor i in range({length}):\n    print(f(i))\n"
        trace = "".join(
            f"TRACE:LOOP:main:6:i={n}\nTRACE:IN:f:1:n={n}\nTRACE:OUT:f:2:result={n * 7}\n" for n in range(6)
        )
        watched = watch(curated, trace, text)
        loops = [place for (kind, place) in watched.alone if kind == "LOOP"]
        watched = watch(curated, trace.replace("main:6", loops[0]), text)
        assert ("calls of f:1: 6" in about(calls.questions(watched))) is asked


@pytest.mark.parametrize(("calls_of_c", "asked"), [("C(1), C(2), C(3)", False), ("[C(n) for n in few()]", True)])
def test_objects_that_are_made_as_often_as_it_is_written_are_not_counted(calls_of_c, asked, curated):
    """A constructor is called by the name of its class."""
    text = f"class C:\n    def __init__(self, n):\n        self.n = n * 7\n\n\nprint({calls_of_c})\n"
    place = next(point.place for point in points_of("Python", text).points if point.kind == "IN")
    trace = "".join(f"TRACE:IN:{place}:n={n}\n" for n in (1, 2, 3))
    assert (f"calls of {place}: 3" in about(calls.questions(watch(curated, trace, text)))) is asked


def test_a_comment_calls_nothing(curated):
    """That a comment names a function does not make its calls harder to count."""
    text = "# f is called below\ndef f(n):\n    return n * 7\n\n\nfor i in range(6):\n    print(f(i))\n"
    place = next(point.place for point in points_of("Python", text).points if point.kind == "LOOP")
    trace = "".join(f"TRACE:LOOP:{place}:i={n}\nTRACE:IN:f:2:n={n}\nTRACE:OUT:f:3:result={n * 7}\n" for n in range(6))
    assert "calls of f:2: 6" not in about(calls.questions(watch(curated, trace, text)))


@pytest.mark.parametrize(
    ("use", "asked"),
    [("words.sort(key=cmp_to_key(f))", False), ("sorted(words, f)", False), ("keep(words, f)", True)],
)
def test_what_a_sort_calls_is_its_own_business(use, asked, curated):
    """How often and in which order a library calls what it sorts by stands in no source."""
    text = f"def f(n):\n    return n * 7\n\n\nwords = read()\n{use}\n"
    trace = "".join(f"TRACE:IN:f:1:n={n}\nTRACE:OUT:f:2:result={n * 7}\n" for n in range(6))
    assert ("calls of f:1: 6" in about(calls.questions(watch(curated, trace, text)))) is asked


@pytest.mark.parametrize(("handed", "asked"), [("'f'", False), ("f(...)", True)])
def test_a_function_that_is_handed_over_by_its_name_is_not_asked_about(handed, asked, curated):
    """What a parser calls back, and how often, is its own business."""
    text = f"<?php\nfunction f($n) {{\n    return $n * 7;\n}}\nxml_set_element_handler($parser, {handed});\n"
    trace = "".join(f"TRACE:IN:f:2:$n={n}\nTRACE:OUT:f:3:result={n * 7}\n" for n in range(6))
    assert ("calls of f:2: 6" in about(calls.questions(watch(curated, trace, text, "PHP")))) is asked


@pytest.mark.parametrize(("made", "asked"), [("HashSet::new()", False), ("Vec::new()", True)])
def test_a_set_without_an_order_is_no_value(made, asked, curated):
    """A helper shows a set sorted; a print in the program would not."""
    text = (
        f"fn main() {{\n    let mut seen = {made};\n    for n in read() {{\n        seen = with(seen, n);\n    }}\n}}\n"
    )
    place = next(one.place for one in points_of("Rust", text).points if one.kind == "VAR" and one.line == 4)
    trace = "".join(f"TRACE:VAR:{place}:seen=[{n}, {n + 13}]\n" for n in (31, 47, 59, 71, 83, 97))
    assert bool(about(state.questions(watch(curated, trace, text, "Rust")))) is asked


@pytest.mark.parametrize(("name", "asked"), [("halve", True), ("main", False)])
def test_the_status_of_a_program_is_not_asked_for(name, asked, curated):
    """That `main` of a test gives 0 back can be guessed."""
    watched = watch(curated, TRACE.replace("halve", name), BASKET.replace("halve", name))
    assert bool([one for one in about(calls.questions(watched)) if one.startswith("result of")]) is asked


def test_returns_are_not_numbered_where_one_was_not_seen(curated):
    """Where a call did not write how it returned, the n-th return is not known."""
    found = about(calls.questions(watch(curated, TRACE.replace("TRACE:OUT:halve:14:result=1\n", ""))))
    assert not [one for one in found if one.startswith("result")]


def test_rows_of_a_query_are_counted(curated):
    """How many rows a query gives, and a change touches, is asked where it chooses among them."""
    text = "create table t (a);\ninsert into t values (1), (2), (3);\nselect a from t where a > 1;\nselect a from t;\ninsert into t select a from t where a = 2;\n"
    trace = (
        "TRACE:VAR:script:2:changes=3; total=3\n"
        "TRACE:OUT:script:3:rows=2; result=[[2],[3]]\nTRACE:OUT:script:4:rows=3; result=[[1],[2],[3]]\n"
        "TRACE:VAR:script:5:changes=1; total=4\n"
    )
    found = list(rows.questions(watch(curated, trace, text, "SQL")))
    assert [one.detail for one in found] == ["rows at line 3: 2", "changed at line 5: 1"]
    assert "```text\n2\n3\n```" in found[0].reasoned


def test_a_place_that_met_the_limit_is_not_counted(curated):
    """A place that wrote 60 events may have been come to more often."""
    known = watch(curated, TRACE.replace("TRACE:IN:halve:12:n=7\n", "TRACE:IN:halve:12:n=7\n" * 40))
    unknown = watch(curated, TRACE.replace("TRACE:IN:halve:12:n=7\n", "TRACE:IN:halve:12:n=7\n" * 56))
    assert known.count("IN", "halve:12") == 44
    assert unknown.count("IN", "halve:12") is None
    assert not [one for one in about(calls.questions(unknown)) if one.startswith("calls of halve")]


def test_two_points_of_one_place_are_not_told_apart(curated):
    """A line with two points of one kind gives no question about either."""
    text = "def f(n):\n    return n\nx = f(2) if f(1) else 0; y = f(7) * 2\nx = 1; x = f(5) * 3\nprint(x, y)\n"
    watched = watch(curated, TRACE, text)
    assert all(Counter((one.kind, one.place) for one in watched.points)[place] == 1 for place in watched.alone)


def test_lines_that_are_reached_and_lines_that_are_not(curated):
    """A line counts by the point that stands right before it."""
    watched = watch(curated)
    items = {item.line: item.came for item in coverage._items(watched, BASKET.encode())}
    assert items == {4: True, 6: True, 8: True, 13: True, 14: True, 19: False}
    for one in coverage.questions(watched, BASKET.encode()):
        if one.form == "which":
            assert "19" in one.text
            assert "19" not in one.answer


def test_yes_and_no_are_about_equally_often(curated):
    """Over many files, a line that is asked about is reached in half of the cases."""
    answers: Counter[str] = Counter()
    for number in range(200):
        text = BASKET + f"# {number}\n"
        for one in coverage.questions(watch(curated, text=text), text.encode()):
            answers.update([one.answer] if one.form == "reached" else [])
            break
    assert 0.4 < answers["Yes."] / answers.total() < 0.6


@pytest.mark.parametrize("spare", ["", "unused(3)\n"])
def test_a_function_of_which_the_text_tells_whether_it_is_called_is_not_asked_about(spare, curated):
    """A name that stands nowhere else is not called, one that is called at the top level is."""
    text = BASKET.replace("spare = [unused]\n", spare)
    assert 19 not in {item.line for item in coverage._items(watch(curated, text=text), text.encode())}


def test_a_function_that_a_script_calls_by_its_bare_name_is_not_asked_about(curated):
    """A command of a shell at the left edge is a call."""
    text = "check ()\n{\n  x=7\n}\n\nspare ()\n{\n  x=9\n}\n\nother ()\n{\n  spare\n}\n\ncheck\n"
    watched = watch(curated, TRACE, text, "Shell")
    entered = [point for point in watched.points if point.kind == "IN"]
    assert {one.function: coverage._is_plain(watched, one) for one in entered} == {
        "check": True,
        "spare": False,
        "other": True,
    }


def test_that_a_function_is_called_at_all_is_not_asked_about(curated):
    """Where a line is reached by a call of its function alone, it is only one of several."""
    for number in range(20):
        watched = watch(curated, text=BASKET + f"# {number}\n")
        asked = coverage.questions(watched, BASKET.encode())
        assert not {"line 2: yes", "line 13: yes"} & {one.detail for one in asked}


def test_a_message_before_an_end_gives_up_too(curated):
    """A line right before `raise` is as easy to guess as the `raise` itself."""
    text = BASKET.replace("        return 1\n", '        print("bad")\n        raise ValueError\n')
    assert 14 not in {item.line for item in coverage._items(watch(curated, text=text), text.encode())}


def test_lines_that_only_give_up_are_not_asked_about(curated):
    """Whether a line with `raise` runs can be guessed."""
    text = BASKET.replace('print("never", n)', 'raise ValueError("never")')
    assert 19 not in {item.line for item in coverage._items(watch(curated, text=text), text.encode())}


@pytest.mark.parametrize("said", ["senderror(n)", 'print("okay")', 'print("wrong")'])
def test_what_a_test_says_of_itself_is_not_asked_about(said, curated):
    """Whether a test finds all well can be guessed."""
    text = BASKET.replace("            owed -= 5\n", f"            {said}\n")
    assert 6 not in {item.line for item in coverage._items(watch(curated, text=text), text.encode())}


def test_the_body_of_a_loop_over_a_literal_is_not_asked_about(curated):
    """That a loop over a list that is written down is entered can be read."""
    for over, asked in (("[3, 5]", False), ("prices", True)):
        text = BASKET.replace("in prices:", f"in {over}:")
        assert (4 in {item.line for item in coverage._items(watch(curated, text=text), text.encode())}) is asked


def test_what_a_function_would_do_that_is_not_called_is_not_asked_about(curated):
    """Whether a line runs is asked where control was near."""
    text = BASKET.replace(
        "spare = [unused]", "def never(n):\n    if n > 3:\n        n += 8\n\n\nspare = [never, unused]"
    )
    for number in range(20):
        asked = coverage.questions(watch(curated, text=text + f"# {number}\n"), text.encode())
        assert "line 25: no" not in {one.detail for one in asked}


def test_an_abort_that_a_compiler_brings_gives_up_too(curated):
    """That a test does not come to `__builtin_abort` can be guessed."""
    text = COLLATZ.replace("n = 3 * n + 1;", "__builtin_abort();")
    trace = 'TRACE:IN:steps:3:n=8\nTRACE:BRANCH:steps:7:took="if"; n=8\n'
    assert 10 not in {item.line for item in coverage._items(watch(curated, trace, text, "C"), text.encode())}


def test_a_line_that_stands_twice_does_not_say_where_something_hangs(curated):
    """Where a place is named by its code, `else:` of which there are two says nothing."""
    text = BASKET.replace("    return halve", "    else:\n        n += 1\n    return halve")
    items = {item.line: item for item in coverage._items(watch(curated, text=text, quoted=True), text.encode())}
    ways = {line: coverage._way(watch(curated, text=text, quoted=True), item) for line, item in items.items()}
    assert ways[8] == ""
    assert ways[6] == "the branch at `if owed > 40:`"


@pytest.mark.parametrize("negated", ["n != 2", "not n"])
def test_a_check_that_returns_a_number_is_not_asked_about(negated, curated):
    """That `if (f() != 3) return 4;` of a test does not return can be guessed."""
    text = BASKET.replace("    if n < 2:\n        return 1\n", f"    if {negated}:\n        return 1\n")
    assert 14 in {item.line for item in coverage._items(watch(curated), BASKET.encode())}
    assert 14 not in {item.line for item in coverage._items(watch(curated, text=text), text.encode())}


@pytest.mark.parametrize(
    ("language", "text", "line", "arms", "complete"),
    [
        ("Python", "if a:\n    f()\nelif b:\n    g()\nelse:\n    h()\n", 1, 3, True),
        ("Python", "if a:\n    f()\nelif b: g()\nelse:\n    h()\n", 1, 2, False),
        ("Python", "if a:\n    f()\nelif b:\n    g()\n", 1, 2, False),
        ("C", "int f(int a)\n{\n    if (a)\n        a = 1;\n    else if (a < 3)\n        a = 2;\n    else\n        a = 4;\n    return a;\n}\n", 3, 3, True),
        ("Java", "class A {\n    int f(int a) {\n        if (a > 1) {\n            a = 1;\n        } else {\n            if (a < 0) {\n                a = 2;\n            }\n        }\n        return a;\n    }\n}\n", 3, 2, True),
        ("Ruby", "def f(a)\n  if a > 1\n    a = 2\n  elsif a < 0\n    a = 3\n  else\n    a = 4\n  end\n  a\nend\n", 2, 3, True),
        ("Shell", "if [ $1 -gt 3 ]; then\n  a=1\nelif [ $1 -gt 2 ]; then\n  a=2\nelse\n  a=3\nfi\n", 1, 3, True),
        ("Go", "package main\n\nfunc f(a int) int {\n\tif a > 1 {\n\t\ta = 1\n\t} else if a < 0 {\n\t\ta = 2\n\t} else {\n\t\ta = 3\n\t}\n\treturn a\n}\n", 4, 3, True),
    ],
)  # fmt: skip
def test_the_arms_of_an_if_are_found_in_every_language(language, text, line, arms, complete):
    """An `if` is complete where each of its arms has a point and the last is an `else`."""
    found = {chain.line: chain for chain in chains(language, text, points_of(language, text).points)}
    assert (len(found[line].arms), found[line].complete) == (arms, complete)


@pytest.mark.parametrize(
    ("value", "language", "whole"),
    [
        ("3", "Python", True),
        ('"a b"', "Python", True),
        ("[1, 2, 3]", "Python", True),
        ("Some(4)", "Rust", True),
        ('"abcdefghij... 55 characters"', "Python", False),
        ("[1, 2, 3, 4, 5, 6, ... 9 in all]", "Java", False),
        ("[[1], ...]", "Java", False),
        ("<function f>", "JavaScript", False),
        ("pointer", "C", False),
        ("Point(x=1, y=2)", "Java", False),
        ("Scanner", "Java", False),
        ("3.14159", "C", False),
        ("3.14159", "Python", True),
        ("0.30000000000000004", "JavaScript", False),
        ("3234744569", "C", False),
        ("1e+06", "Cpp", False),
        ('"/tmp/a"', "Python", False),
        ("", "Python", False),
    ],
)
def test_only_whole_values_are_asked_for(value, language, whole):
    """What a helper shortens, rounds or only calls by its class is no answer."""
    assert is_whole(value, language) is whole


def test_ordinals():
    """Numbers of passes are written as people write them."""
    assert [ordinal(number, 0) for number in (1, 2, 3, 4, 11, 12, 21, 112)] == [
        *("1st", "2nd", "3rd", "4th", "11th", "12th", "21st", "112th")
    ]
    assert ordinal(3, 1) == "third"


def test_questions_of_real_runs_hold(real):
    """Programs that were really run give questions, each run once more; answers follow from the program."""
    held = [one for one in real if isinstance(one, Verified)]
    assert {one.draft.file.language for one in held} == {"C", "Python"}
    for one in held:
        detail = json.loads(str(one.evidence["detail"]))
        assert one.verified["observed"]
        assert one.verified["executed"]
        assert one.evidence["runs"] == 2
        assert one.difficulty["events"] >= 4
        if detail["about"].startswith("turns of steps:6: "):
            assert "37" in one.messages[1][1]
    assert max(Counter(one.draft.file.blob_id for one in held).values()) <= 3


def test_other_events_elsewhere_are_no_answer(real, sandbox):
    """Where the second run writes other events, nothing is sure."""
    draft = next(one.draft for one in real if isinstance(one, Verified))
    plan = draft.plan
    other = ran("", plan.ran.trace.replace("=7", "=8").replace("=5", "=6"))
    object.__setattr__(plan, "ran", other)
    (judged,) = KIND.verify([draft], sandbox)
    assert isinstance(judged, Rejected)
    assert judged.reasons == (execution_question.NOT_REPEATED,)


@pytest.mark.parametrize("listed", ["Object.getOwnPropertyNames(o)", "c.getDeclaredMethods()", "dir(str)"])
def test_what_a_runtime_lists_is_not_asked_about(listed, curated):
    """How many properties something of a runtime has stands in no source."""
    file = seen(curated(f"{BASKET}names = {listed}\n"), ran("", TRACE))
    assert [one.plan.reason for one in KIND.next(file, NO_ANSWERS)] == [execution_question.LISTS]


@pytest.mark.parametrize(("state", "makes_sense"), [("undefined", False), ("NaN", False), ("7", True)])
def test_a_call_that_makes_no_sense_is_not_asked_about(state, makes_sense, curated):
    """Where a driver's arguments were of the wrong kind, nobody would ask."""
    file = seen(curated(BASKET), ran("", TRACE.replace("=7", f"={state}"), label="total(basket)"), calls=True)
    reasons = [getattr(one.plan, "reason", "") for one in KIND.next(file, NO_ANSWERS)]
    assert (reasons != [execution_question.NO_SENSE]) is makes_sense


def test_without_a_sandbox_nothing_is_sure(curated):
    """Questions are planned without running anything, and rejected where nothing can be run."""
    lines = frozenset(point.line for point in points_of("Python", BASKET).points)
    drafts = list(KIND.next(seen(curated(BASKET), ran("x\n", TRACE), points=lines), NO_ANSWERS))
    assert len(drafts) == 3
    assert {one.reasons for one in KIND.verify(drafts, None)} == {(execution_question.NO_SANDBOX,)}


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        (lambda curated: curated(BASKET), drafting.NOT_SEEN),
        (lambda curated: seen(curated(BASKET), ran("x\n", TRACE[:100])), execution_question.FEW_EVENTS),
        (lambda curated: seen(curated(BASKET + "#\n" * 9_000), ran("x\n", TRACE)), execution_question.TOO_LONG),
        (lambda curated: seen(curated(BASKET), ran("x\n", TRACE, "python3 '`'")), execution_question.NOT_SHOWN),
        (
            lambda curated: seen(curated(BASKET), ran("x\n", "TRACE:VAR:total:2:owed=0\n" * 9)),
            execution_question.NOTHING_TO_ASK,
        ),
    ],
)
def test_each_file_without_a_question_has_its_reason(file, reason, curated):
    """A file that gives nothing is one rejected draft."""
    drafts = list(KIND.next(file(curated), NO_ANSWERS))
    assert [one.plan.reason for one in drafts] == [reason]
    assert reason in REASONS


def test_a_file_that_could_not_be_seen_has_the_reason_of_that(curated):
    """Why nothing was observed is why nothing is asked."""
    file = curated(BASKET)
    object.__setattr__(file, "observed", Dropped(Reason.TIMEOUT))
    (draft,) = KIND.next(file, NO_ANSWERS)
    assert draft.plan.reason == Reason.TIMEOUT


@pytest.mark.parametrize("form", FORMS)
def test_cores_of_questions_can_be_filled(form):
    """Every core asks only for what its form knows, and is a sentence."""
    known = phrasing.phrasings(f"execution_{form}")
    assert len(set(known)) == len(known)
    for template in known:
        places = {match[1] for match in re.finditer(r"\{([a-z_]+)\}", template)}
        assert places <= FORMS[form], template
        assert template.endswith(("?", ".")), template


def test_no_eight_words_of_the_cores_are_in_more_than_one_percent_of_the_questions():
    """Forms are asked equally often; no run of eight words of their wording recurs in more than 1 % of questions."""
    drawn, counts = 20_000, Counter()
    for number in range(drawn):
        form = sorted(FORMS)[number % len(FORMS)]
        _, text = phrasing.pick(f"execution_{form}", str(number))
        values = {place: f"<{place}{number}>" for place in FORMS[form] - {"nth"}}
        words = phrasing.fill(text, values | {"nth": ordinal(number % 9 + 1, number)}).split()
        counts.update({tuple(words[at : at + 8]) for at in range(len(words) - 7)})
    assert max(counts.values()) <= 0.01 * drawn, counts.most_common(3)
