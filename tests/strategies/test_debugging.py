"""Conversations about bugs that are planted in real runs: what is kept, and what each turn says."""

import ast
import json
import re
from collections import Counter
from dataclasses import replace

import pytest

from alchemy_assets.generation.completions import NO_ANSWERS
from alchemy_assets.sandbox.sandbox import NOT_RUN, Invocation, Limits, Program, Status
from alchemy_assets.strategies import phrasing
from alchemy_assets.strategies.grounded import debugging, drafting
from alchemy_assets.strategies.grounded.debugging import Debugging
from alchemy_assets.strategies.grounded.debugging_turns import _AN_ERROR, Look, in_words, look, wrapped
from alchemy_assets.strategies.grounded.faults.change import FAULTS
from alchemy_assets.strategies.grounded.faults.mutants import Mutant
from alchemy_assets.strategies.strategy import Rejected, Verified
from alchemy_assets.tracing.events import read_events
from alchemy_assets.tracing.observed import Result
from alchemy_assets.tracing.scripts import EXIT_STATUS, output_name, trace_name
from tests.strategies.observations import ran, really_seen, seen

KIND = Debugging()
SCORES = '''"""Grade a score."""
import sys


def grade(score):
    """The grade of a score from 0 to 20."""
    if score < 10:
        return "fail"
    if score < 15:
        return "pass"
    return "distinction"


def points(words):
    total = 0
    for word in words:
        total += len(word)
    return total


score = points(sys.argv[1:])
print(score)
print(grade(score))
'''
ONE_RUN = """def steps(n):
    count = 0
    while n != 1:
        if n % 2:
            n = 3 * n + 1
        else:
            n //= 2
        count += 1
    return count


for start in (6, 7):
    print(start, steps(start))
"""
LIBRARY = '''def ticket(age: int) -> str:
    """The kind of ticket that a person of this age needs."""
    if age < 6:
        return "free"
    if age < 18:
        return "child"
    if age >= 65:
        return "senior"
    return "adult"
'''


@pytest.fixture(scope="module")
def judged(curated, sandbox):
    """What the kind makes of a program with arguments, of one without, and of a library."""
    files = really_seen([curated(text) for text in (SCORES, ONE_RUN, LIBRARY)], sandbox)
    drafts = [draft for file in files for draft in KIND.next(file, NO_ANSWERS)]
    return KIND.verify(drafts, sandbox)


def held(judged, text=None):
    return [one for one in judged if isinstance(one, Verified) and text in {None, one.draft.file.text}]


def test_every_draft_is_judged_with_a_reason_of_the_kind(judged):
    """What is no conversation says why, by a reason of the closed set."""
    assert held(judged)
    reasons = {reason for one in judged if isinstance(one, Rejected) for reason in one.reasons}
    assert reasons <= set(debugging.REASONS)


@pytest.mark.parametrize("text", [SCORES, ONE_RUN, LIBRARY], ids=["arguments", "one run", "library"])
def test_a_conversation_has_four_questions_and_four_answers(judged, text):
    """Programs with inputs, programs without, and libraries are talked about in eight turns."""
    found = held(judged, text)
    assert found
    for one in found:
        assert [role for role, _ in one.messages] == ["user", "assistant"] * 4
        assert all(content.strip() for _, content in one.messages)


def test_the_diff_of_the_second_answer_gives_the_file_back(judged):
    """What is mended is the planted line, and nothing else."""
    for one in held(judged):
        removed, added = diff_of(one.messages[3][1])
        before, after = one.draft.seed_text.split("\n"), one.draft.file.text.split("\n")
        assert removed == [line for line in before if line not in after]
        assert added == [line for line in after if line not in before]


def diff_of(answer):
    lines = re.search(r"```diff\n(.*?)\n```", answer, re.DOTALL)[1].split("\n")[2:]
    return tuple([line[1:] for line in lines if line.startswith(mark)] for mark in "-+")


def test_the_test_of_the_third_answer_passes_on_the_file_and_fails_with_the_bug(judged, sandbox):
    """The shown script, run beside the shown file, tells the two apart."""
    found = [one for one in held(judged, SCORES) if "```bash" in one.messages[5][1]]
    assert found
    for one in found:
        script = re.search(r"```bash\n(.*?)\n```", one.messages[5][1], re.DOTALL)[1]
        assert runs(sandbox, one.draft.file.text, script) == 0
        assert runs(sandbox, one.draft.seed_text, script) != 0


def test_the_test_of_a_library_is_shown_as_it_ran(judged):
    """Blank lines between indented tests stay as they are, so that the shown file can be parsed."""
    found = held(judged, LIBRARY)
    assert found
    for one in found:
        shown = re.search(r"```python\n(.*?)\n```", one.messages[5][1], re.DOTALL)[1]
        assert any(name in ast.dump(ast.parse(shown)) for name in ("TestTicket", "test_ticket"))


def test_the_report_tells_of_the_wrong_run_only(judged):
    """A run that is tried later is not told beforehand."""
    for one in held(judged, LIBRARY):
        calls = set(re.findall(r"print\(ticket\([^`]*", one.messages[0][1]))
        assert len(calls) == 1


def test_the_commit_message_tells_the_effect_once(judged):
    """The reported run stands in the message once."""
    for one in held(judged, LIBRARY):
        assert one.messages[7][1].count("print(ticket(") == 1


def test_code_in_a_message_stays_on_one_line():
    """Lines break between words, never within code."""
    text = "The condition is the wrong way round here: " + "`a  and b or c and d` " * 4 + "is right."
    assert wrapped(text).count("`a  and b or c and d`") == 4
    assert max(map(len, wrapped(text).split("\n"))) <= 72


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_has_words_for_a_subject(fault):
    """Every fault that can be planted can be named in a commit message."""
    assert _AN_ERROR[fault]


def runs(sandbox, text, script):
    program = Program("Python", {"source.py": text.encode(), "tests.sh": f"{script}\n".encode()}, "source.py")
    return sandbox.run(program, Invocation(script="tests.sh"), Limits()).exit_code


def test_the_second_question_tells_what_was_predicted(judged):
    """The value in the second question stands in the answer before it, as what is to be expected."""
    for one in held(judged):
        told = [part for part in re.findall(r"`([^`]+)`", one.messages[2][1]) if part in one.messages[1][1]]
        assert told or re.search(r"exit status \d+", one.messages[2][1])[0] in one.messages[1][1]


def test_the_seed_is_the_file_with_the_bug(judged):
    """The first question shows the file with the bug, and the edits say how it came in."""
    for one in held(judged):
        (edit,) = one.draft.edits
        text = one.draft.file.text.encode()
        changed = text[: edit["start"]] + edit["replacement"].encode() + text[edit["end"] :]
        assert changed.decode() == one.draft.seed_text
        assert one.draft.seed_text.strip() in one.messages[0][1]


def test_what_was_run_is_kept_as_evidence(judged):
    """Fault, line, both runs and the framework stand in the evidence; the test's outcomes are counted."""
    for one in held(judged):
        detail = json.loads(one.evidence["detail"])
        assert detail["line"] == next(
            number
            for number, (old, new) in enumerate(
                zip(one.draft.file.text.split("\n"), one.draft.seed_text.split("\n"), strict=False), 1
            )
            if old != new
        )
        assert detail["tried"] == "a look inside" or detail["tried"] != detail["reported"]
        assert one.verified["tests_passed"] > 0
        assert one.verified["observed"]


def test_a_file_that_was_not_seen_gives_its_reason(curated, sandbox):
    """Without runs there is nothing to talk about."""
    (one,) = KIND.verify(list(KIND.next(curated(SCORES), NO_ANSWERS)), sandbox)
    assert one.reasons == (drafting.NOT_SEEN,)


def test_without_a_sandbox_every_draft_is_rejected(curated):
    """Where nothing can be run, the reason says so."""
    file = seen(curated(ONE_RUN), ran("6 8\n", "TRACE:IN:steps:1:n=6\n"))
    judged = KIND.verify(list(KIND.next(file, NO_ANSWERS)), None)
    assert judged
    assert {one.reasons for one in judged} == {(debugging.NOTHING_RUNS,)}


@pytest.mark.parametrize(
    ("result", "other", "words"),
    [
        (Result(0, "4\n", ""), Result(0, "5\n", ""), "`4`"),
        (Result(0, "a\nb\n", ""), Result(0, "a\nc\n", ""), "`b` in line 2"),
        (Result(0, "a\nb\n", ""), Result(0, "a\nb\n", ""), "`b` in the last of 2 lines"),
        (Result(1, "", "ValueError: no\n"), Result(0, "5\n", ""), "the error `ValueError: no`"),
        (Result(0, "5\n", ""), Result(1, "", "ValueError: no\n"), "`5`"),
        (Result(0, "5\n6\n", ""), Result(1, "", "ValueError: no\n"), "exit status 0"),
        (Result(1, "", "Usage: f FILE\nReport errors to us.\n"), Result(0, "5\n", ""), "exit status 1"),
        (Result(1, "", "f: one\nf: two\n"), Result(0, "5\n", ""), "exit status 1"),
        (Result(3, "4\n", ""), Result(0, "5\n", ""), "exit status 3 and `4`"),
        (Result(0, "\na\n", ""), Result(0, "\nb\n", ""), "`a`"),
        (Result(1, "4\n", "error: no\n"), Result(0, "4\n", "error: no\n"), "exit status 1 and `4`"),
        (Result(0, "\n", ""), Result(0, "5\n", ""), None),
        (Result(1, "", "panic: out of range [:1048620]\n"), Result(0, "5\n", ""), None),
    ],
)
def test_a_result_is_told_by_what_tells_it_apart(result, other, words):
    """One line is quoted, of several the first that differs; an error is named."""
    assert in_words(result, other) == words


@pytest.mark.parametrize("second", ["debugging_result", "debugging_look"])
def test_no_eight_words_are_in_more_than_one_percent_of_the_questions(second):
    """Over the four questions of many files, no run of eight words of the wording itself recurs in more than 1 %."""
    drawn, found = 20_000, Counter()
    for number in range(drawn):
        grams = set()
        for wording in ("debugging", second, "debugging_applied", "debugging_both"):
            _, text = phrasing.pick(wording, str(number))
            values = {place: f"<{place}{number}>" for place in phrasing._PLACE.findall(text)}
            words = phrasing.fill(text, values).split()
            grams |= {tuple(words[at : at + 8]) for at in range(len(words) - 7)}
        found.update(grams)
    assert max(found.values()) <= 0.01 * drawn, found.most_common(3)


TRACE_OF_F = "TRACE:IN:f:1:n=1\nTRACE:VAR:f:3:n=2\n"
MUTANT = Mutant("wrong operator", 0, 1, "-", 3, "x\nn =\n  1\n  2\n", "a", "b", "f")


def tried(curated, *runs, calls=False):
    """A file with these runs, as a draft of a bug in its function f."""
    file = seen(curated(ONE_RUN), *runs, calls=calls)
    return drafting.asked("debugging", file, {}, plan=debugging.Plan(file.observed, MUTANT))


def broken(*results):
    """The outcome of a file with a bug: what each of its tests printed."""
    files = {output_name(number): text.encode() for number, text in enumerate(results, 1)}
    return replace(NOT_RUN, status=Status.FINISHED, stdout=f"{EXIT_STATUS}0\n".encode() * len(results), files=files)


@pytest.mark.parametrize(
    "one", [ran("", TRACE_OF_F), ran("1\n2\n", TRACE_OF_F, stdin="1\n2\n")], ids=["nothing", "echo"]
)
def test_a_run_that_says_nothing_of_the_program_is_not_reported(curated, one):
    """A program that is right when it prints nothing, or what it reads, gives no test worth having."""
    assert debugging._shown(tried(curated, one), broken("7\n")).reason == debugging.SAYS_NOTHING


def test_a_program_of_c_that_reads_is_not_reported_where_it_is_given_nothing(curated):
    """What it would have read is undefined."""
    runs = ran("1\n", TRACE_OF_F), ran("2\n", TRACE_OF_F, stdin="3\n")
    draft = tried(curated, *runs)
    observed = replace(draft.plan.observed, language="C")
    draft = replace(draft, plan=replace(draft.plan, observed=observed))
    assert debugging._shown(draft, broken("7\n", "2\n")).reason == debugging.SAYS_NOTHING
    assert debugging._shown(draft, broken("1\n", "7\n")).probe is None


def test_a_counter_check_comes_to_the_suspected_line(curated):
    """A call that stays right and never comes to the line with the bug excludes nothing."""
    reported, beside = ran("1\n", TRACE_OF_F, label="f(1)"), ran("5\n", "TRACE:IN:f:1:n=1\n", label="f(3)")
    through = ran("6\n", TRACE_OF_F, label="f(2)")
    found = debugging._shown(tried(curated, reported, beside, through, calls=True), broken("7\n", "5\n", "6\n"))
    assert found.probe.number == 3
    assert debugging._shown(tried(curated, reported, beside, calls=True), broken("7\n", "5\n")).probe is None


def test_no_run_is_foretold_that_is_too_long_to_be_traced(curated):
    """Of a second run that goes wrong too, its result could not be worked out."""
    reported, long = ran("1\n", TRACE_OF_F, label="f(1)"), ran("5\n", "", label="f(9)")
    assert debugging._shown(tried(curated, reported, long, calls=True), broken("7\n", "8\n")).probe is None


def test_a_counter_check_gives_something(curated):
    """Where a right run gives an empty list, most faults would give that too."""
    reported, empty = ran("1\n", TRACE_OF_F, label="f(1)"), ran("[]\n", TRACE_OF_F, label="f(9)")
    assert debugging._shown(tried(curated, reported, empty, calls=True), broken("7\n", "[]\n")).probe is None


def test_a_counter_check_of_a_missing_line_goes_through_its_function(curated):
    """Where a line is missing, what stays right may pass it by, but not its function."""
    missing = replace(MUTANT, replacement="")
    reported, within = ran("1\n", TRACE_OF_F, label="f(1)"), ran("5\n", "TRACE:IN:Box.f:1:n=1\n", label="f(3)")
    beside = ran("6\n", "TRACE:IN:g:9:n=1\n", label="g(2)")
    draft = tried(curated, reported, beside, within, calls=True)
    draft = replace(draft, plan=replace(draft.plan, mutant=missing))
    assert debugging._shown(draft, broken("7\n", "6\n", "5\n")).probe.number == 3


def test_a_look_inside_is_taken_before_a_run_that_stays_right(curated):
    """What is wrong inside of the reported run says more than another run that is right."""
    reported, through = ran("1\n", TRACE_OF_F, label="f(1)"), ran("6\n", TRACE_OF_F, label="f(2)")
    draft = tried(curated, reported, through, calls=True)
    found = debugging._shown(draft, broken("7\n", "6\n"))
    outcome = broken("7\n", "6\n")
    now = {**outcome.files, trace_name(1): TRACE_OF_F.replace("n=2", "n=0").encode()}
    assert isinstance(debugging._looked(draft.plan, found, replace(outcome, files=now)).probe, Look)
    assert debugging._looked(draft.plan, found, None) == found


def test_a_file_gives_one_conversation_of_each_fault_of_a_function(curated):
    """Two bugs of one kind in one function are much the same."""
    drafts = [tried(curated, ran("1\n", TRACE_OF_F)) for _ in range(3)]
    for number, (fault, draft) in enumerate(zip(("a", "a", "b"), drafts, strict=True)):
        drafts[number] = replace(draft, plan=replace(draft.plan, mutant=replace(MUTANT, fault=fault, line=number)))
    shown = debugging._shown(drafts[0], broken("7\n"))
    assert set(debugging._best(drafts, dict.fromkeys(range(3), shown))) == {1}


def test_every_first_question_names_the_file():
    """Diffs and tests say what the file is called, so the question has to."""
    assert [one for one in phrasing.phrasings("debugging") if "{file}" not in one] == []


def test_the_first_wrong_value_is_looked_at():
    """Two traces part at a value: its place, its turn, what it is and what it should be are told."""
    due = read_events("TRACE:VAR:f:3:n=1\nTRACE:VAR:f:3:n=2\nTRACE:OUT:f:4:result=2\n")
    now = read_events("TRACE:VAR:f:3:n=1\nTRACE:VAR:f:3:n=0\nTRACE:OUT:f:4:result=0\n")
    assert look(replace(MUTANT, text="x\nn =\n  a\n    .b()\n"), due, now) is None
    assert look(MUTANT, due, now) == Look("`n` right after line 3", " (the second time)", "`0`", "`2`")


@pytest.mark.parametrize(
    ("due", "now"),
    [
        ("TRACE:VAR:f:3:n=1\n", "TRACE:VAR:f:3:n=1\n"),
        ("TRACE:BRANCH:f:3:took=if\n", "TRACE:BRANCH:f:3:took=else\n"),
        ("TRACE:VAR:f:3:n=1\n", "TRACE:VAR:f:4:n=2\n"),
        ('TRACE:VAR:f:3:n="ab... 90 characters"\n', 'TRACE:VAR:f:3:n="cd... 90 characters"\n'),
        ("TRACE:OUT:main:3:result=1\n", "TRACE:OUT:main:3:result=2\n"),
        ("TRACE:VAR:f:2:n=1\n", "TRACE:VAR:f:2:n=2\n"),
    ],
    ids=["same", "branch", "place", "cut", "main", "within a statement"],
)
def test_nothing_is_looked_at_where_no_value_says_it(due, now):
    """Traces that agree, that part in another way, or at a value that is cut, give no look inside."""
    assert look(MUTANT, read_events(due), read_events(now)) is None
