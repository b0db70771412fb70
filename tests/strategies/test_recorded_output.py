"""What is asked about the output of programs and calls, and which output is no use as an answer."""

import json
from dataclasses import replace

import pytest

from alchemy_assets.generation.completions import NO_ANSWERS
from alchemy_assets.strategies.grounded import drafting, printed, recorded_output
from alchemy_assets.strategies.grounded.recorded_output import REASONS, RecordedOutput
from alchemy_assets.strategies.strategy import Rejected, Verified
from alchemy_assets.tracing.reasons import Dropped, Reason
from alchemy_assets.tracing.trials import TRIAL_LIMIT
from tests.strategies.observations import ran, really_seen, seen

KIND = RecordedOutput()
SQUARES = "for number in range(1, 6):\n    print(number, number**2, sep=': ')\n"
SQUARED = "1: 1\n2: 4\n3: 9\n4: 16\n5: 25\n"
CLAMP = '''def clamp(value: int, low: int, high: int) -> int:
    """Keep a value between two bounds."""
    if low > high:
        raise ValueError("bounds are swapped")
    while value < low:
        value += high
    while value > high:
        value -= low
    return value
'''
FIVE = "".join(f"TRACE:VAR:clamp:{line}:value={line * 7}\n" for line in range(2, 7))
STEPS = '''def steps(value: int) -> list:
    """Halve even numbers, and take one from odd ones."""
    found = []
    while value > 1:
        if value % 2:
            value -= 1
        else:
            value //= 2
        found.append(value)
    if len(found) > 100:
        raise ValueError("too many steps")
    return found
'''
LEDGER = """#include <stdio.h>

int main(int argc, char **argv) {
    int total = 1;
    for (int i = 1; i < argc; i++) {
        total = total * 3 + i;
        printf("after %s: %d\\n", argv[i], total);
    }
    printf("%d in all\\n", total % 7 + argc);
    return 0;
}
"""


def judge(file, sandbox=None):
    """What becomes of every draft of a file."""
    return KIND.verify(list(KIND.next(file, NO_ANSWERS)), sandbox)


def reasons(judged):
    """The reasons of what was rejected."""
    return [reason for one in judged if isinstance(one, Rejected) for reason in one.reasons]


def held(judged):
    """The samples."""
    return [one for one in judged if isinstance(one, Verified)]


@pytest.fixture(scope="module")
def real(sandbox, curated):
    """What a real sandbox saw of a program in Python, one in C, and a library, judged."""
    files = really_seen([curated(SQUARES), curated(LEDGER, "C"), curated(STEPS)], sandbox)
    return [held(judge(file)) for file in files]


def test_the_answer_is_what_the_program_printed(real):
    """Question and answer hold the text of a program that was really run, and its output."""
    (sample,) = real[0]
    question, answer = (content for _, content in sample.messages)
    assert f"```python\n{SQUARES}```" in question
    assert "python3 source.py" in question
    assert f"```text\n{SQUARED}```" in answer
    assert sample.verified == {"parsed": True, "executed": True, "observed": True, "answer_is_source": False}
    assert sample.evidence["runs"] == 3
    assert str(sample.evidence["toolchain"]).startswith("CPython")
    assert json.loads(str(sample.evidence["detail"]))["exit_code"] == 0


def test_a_compiled_program_is_shown_with_its_build(real):
    """A program in C is asked about by its command, and how it is built is said."""
    assert real[1]
    for sample in real[1]:
        assert "gcc -o main source.c -lm" in sample.messages[0][1]
        assert "./main" in sample.messages[0][1]


def test_a_call_is_shown_as_the_statement_that_prints_it(real):
    """A call of a library is asked about by the statement that prints what it gives."""
    (sample, *_) = real[2]
    assert "print(steps(" in sample.messages[0][1]
    assert "```text\n" in sample.messages[1][1]


def test_the_exit_status_is_asked_and_told_where_it_is_not_zero(curated):
    """A program that ends with a status of its own is kept, and its answer says which."""
    (sample,) = held(judge(seen(curated(SQUARES), ran(SQUARED, exit_code=3))))
    assert "status" in sample.messages[0][1]
    assert sample.messages[1][1].endswith("Its exit status is 3.")


def test_standard_input_that_is_a_here_document_is_shown_in_a_block(curated):
    """What a program reads stands in the question, and the command is one line without it."""
    command = "cat > list.txt << 'EOF'\nseven\nEOF\npython3 source.py list.txt << 'EOF'\nb 2\n\na 1\nEOF"
    run = ran(SQUARED, command=command, stdin="b 2\n\na 1\n", files={"list.txt": "seven\n"})
    (sample,) = held(judge(seen(curated(SQUARES), run)))
    question = sample.messages[0][1]
    assert "```text\nb 2\n\na 1\n```" in question
    assert "```text\nseven\n```" in question
    assert "`list.txt`" in question
    assert "`python3 source.py list.txt`" in question or "$ python3 source.py list.txt\n" in question


def test_a_short_pipe_stays_as_it_is_typed(curated):
    """Input that is typed in one line is a part of the command."""
    command = "printf '%s\\n' 'b 2' | python3 source.py"
    (sample,) = held(judge(seen(curated(SQUARES), ran(SQUARED, command=command, stdin="b 2\n"))))
    assert command in sample.messages[0][1]


def test_a_file_that_nobody_saw_run_has_the_reason_of_that(curated):
    """Where nothing was observed, the one draft says why."""
    assert reasons(judge(curated(SQUARES))) == [drafting.NOT_SEEN]
    file = seen(curated(SQUARES))
    object.__setattr__(file, "observed", Dropped(Reason.NEEDS_LIBRARY, "numpy"))
    assert reasons(judge(file)) == [Reason.NEEDS_LIBRARY]


@pytest.mark.parametrize(
    ("stdout", "reason"),
    [
        ("", printed.NO_OUTPUT),
        (" \n\n", printed.NO_OUTPUT),
        ("x\n" * 61, printed.TOO_MUCH),
        ("x" * 2_001, printed.TOO_MUCH),
        ("usage: squares.py NUMBER\n", printed.USAGE),
        ("for number in range(1, 6):\n4\n", printed.READABLE),
        ("d41d8cd98f00b204e9800998ecf8427e\n", printed.UNLEARNABLE),
        ("<A object at 0x7f0012345678>\n", printed.UNLEARNABLE),
        ("0.3333333333333333\n", printed.UNLEARNABLE),
        ("30414093201713378043612608166064768844377641568960512\n", printed.UNLEARNABLE),
        ("in /tmp/a\n", printed.UNLEARNABLE),
        ("sine: 0.909297\n", printed.UNLEARNABLE),
        ("1\n2\n3\n4\n", printed.READABLE),
        ("0 test(s) failed\n", printed.READABLE),
        ("\x1b[31mred\x1b[0m\n", printed.UNLEARNABLE),
        ("PHP Warning:  Undefined variable $x in source.php on line 4\n7\n", printed.OF_THE_INTERPRETER),
        ("Ran 3 tests in 0.1s\n", printed.OF_THE_INTERPRETER),
    ],
)
def test_output_that_teaches_nothing_is_rejected(stdout, reason, curated):
    """Each way in which an output can be of no use has its reason."""
    assert reasons(judge(seen(curated(SQUARES), ran(stdout)))) == [reason]


@pytest.mark.parametrize(
    "run",
    [
        ran("1\n2\n3\n", stderr="ValueError: no\n", exit_code=1),
        ran("no such number\n", exit_code=2),
        ran("", stderr="ValueError: no\n", exit_code=1),
    ],
)
def test_a_run_that_only_complains_is_rejected(run, curated):
    """A failure with an error message or with next to no output is no answer."""
    assert reasons(judge(seen(curated(SQUARES), run))) == [printed.FAILED]


def test_an_echo_of_the_input_is_rejected(curated):
    """A program that prints what it was given says nothing of its own."""
    run = ran("alpha\nbeta\n", command="python3 source.py << 'EOF'\nalpha\nbeta\nEOF", stdin="alpha\nbeta\n")
    assert reasons(judge(seen(curated(SQUARES), run))) == [printed.ECHOED]


@pytest.mark.parametrize(
    ("language", "source", "stdout"),
    [
        ("C", 'int main(void) { puts("one"); puts("two\\n"); puts("three"); return 0; }\n', "one\ntwo\n\nthree\n"),
        ("Java", 'class A { void f() { g("alpha"); g("beta"); } }\n', "alpha\nbeta\n"),
        ("Shell", "echo starting up\necho 'all done'\n", "starting up\nall done\n"),
        ("Ruby", "puts 'one'\nputs \"two\"\n", "one\ntwo\n"),
        ("Go", 'package main\nfunc main() { println("x y"); println(`raw`) }\n', "x y\nraw\n"),
        ("SQL", "SELECT 'one';\nSELECT 'two';\n", "one\ntwo\n"),
    ],
)
def test_literals_are_read_in_every_language(language, source, stdout):
    """Lines that stand in strings of the source, one below the other, can be read off."""
    assert printed.readable_share(stdout, language, source) == 1.0
    assert printed.fault_of_text(stdout, language, source) == (printed.READABLE, "1.00")


IN_TURN = "for n in range(1, 13):\n    print('both' if n % 6 == 0 else 'two' if n % 2 == 0 else 'one')\n"
PROMISED = "console.log(f()); // expected output: 42\nconsole.log(g()); // => [ 1, 2 ]\n"
CHECKED = 'print("size", n * 4)\nif n * 4 != 1032:\n    exit(1)\n'
TOLD = "// CHECK: {{Adapter<Int>|too old}}\n// CHECK-NEXT: Sub 42 43\nf()\n"
BEHIND = "echo $a     # 362.56\necho $b     # 17.5\n"
COMPARED = "int r = memcmp(a, b, 9);\nif (memcmp(a, b, 9) != 0) f(r);\n"


@pytest.mark.parametrize(
    ("language", "source", "stdout", "reason"),
    [
        pytest.param(*case, id=f"{what}: {'asked' if case[-1] is None else 'left'}")
        for what, *cases in (
            (
                "literals in another order than they stand in",
                ("Python", IN_TURN, "one\ntwo\none\ntwo\none\nboth\none\ntwo\none\ntwo\none\nboth\n", None),
                ("Python", IN_TURN, "one\ntwo\none\ntwo\none\ntwo\n", printed.READABLE),
            ),
            ("what a comment promises", ("JavaScript", PROMISED, "42\n[ 1, 2 ]\n", printed.READABLE)),
            ("hexadecimal floating point", ("C", "double x = 0x1.ap+1;\n", "3.25\n7.5\n", printed.UNLEARNABLE)),
            ("the environment", ("PHP", "<?php echo $_SERVER[$n];\n", "A=1\nB=2\n", printed.UNLEARNABLE)),
            (
                "by how much texts differ",
                ("C", COMPARED, "r = -255\nr = 0\n", printed.UNLEARNABLE),
                ("C", COMPARED.partition("\n")[2], "r = -255\nr = 0\n", None),
            ),
            (
                "the same line over and over",
                ("Python", SQUARES, "17\n17\n17\n", printed.READABLE),
                ("Python", SQUARES, "17\n17\n18\n", None),
            ),
            ("decimals that end in noughts", ("Python", SQUARES, "a 12.340000\nb 700.665200\n", None)),
            (
                "a number that a check compares with",
                ("Python", CHECKED, "size 1032\n", printed.READABLE),
                ("Python", CHECKED, "size 1036\n", None),
            ),
            (
                "numbers as they stand",
                ("Python", "f(123)\nprint(456)\nx.abc = 789\n", "123\n456\n789\n", printed.READABLE),
                ("Python", "f(123)\nprint(456)\nx.abc = 789\n", "456\n123\n789\n", None),
                ("Rust", "show(5);\nshow(17);\nshow(42);\n", "5\n17\n42\n", printed.READABLE),
                ("Rust", "show(5);\nshow(7);\nshow(42);\n", "5\n7\n42\n", None),
            ),
            (
                "a table of great numbers",
                ("C", "f();\n", "1851878757\n540876865\n1684081267\n", printed.UNLEARNABLE),
                ("C", "f();\n", "1851878757\n540876865\n84081267\n", None),
            ),
            ("a comment that is the output", ("Shell", BEHIND, "362.56\n17.5\n", printed.READABLE)),
            (
                "a terminal",
                ("Shell", 'read a < /dev/tty\necho "read: $a"\n', "read: 7\n", printed.UNLEARNABLE),
            ),
            (
                "columns of an array",
                ("JavaScript", "f()", "[\n  'h', 'e',\n  'l', 'l'\n]\n", printed.UNLEARNABLE),
                ("JavaScript", "f()", "[ 'h', 'e' ]\n[\n  { a: 1, b: 2 },\n  3\n]\n", None),
            ),
            (
                "a code of 64 characters",
                ("JavaScript", "x.toString('base64')", "inline:VkdQUUwAAACA\n", printed.UNLEARNABLE),
                ("JavaScript", "x.toString()", "inline:VkdQUUwAAACA\n", None),
            ),
            (
                "what a checker is told",
                ("Swift", TOLD, "Adapter<Int>\n", printed.READABLE),
                ("Swift", TOLD, "main.Sub 42 43\n", printed.READABLE),
                ("Swift", TOLD, "main.Sub 42 44\n", None),
            ),
            (
                "a number that is asserted",
                ("Rust", 'f("{}", n);\nassert_eq!(*n, 100);\n', "The largest is 100\n", printed.READABLE),
                ("Rust", 'f("{}", n);\nassert_eq!(*n, 100);\n', "The largest is 101\n", None),
            ),
            (
                "names that a runtime gives",
                ("Swift", "print(v)", "box(main.Box<Swift.Int>)\n", printed.UNLEARNABLE),
                ("Swift", "print(v)", "box(main.Box<Int>)\n", None),
            ),
            (
                "sums over many bytes",
                ("Go", "func Checksum(data []byte) uint32", "581764285\n", printed.UNLEARNABLE),
                ("Go", "func Product(data []byte) uint32", "581764285\n", None),
            ),
            (
                "tests that all pass",
                ("C", "f();", "one... success\ntwo... success\n", printed.READABLE),
                ("C", "f();", "one... success\ntwo... failure\n", None),
            ),
            ("what a runtime lists", ("CSharp", "var p = t.GetProperties();\n", "a: 7\nb: 9\n", printed.UNLEARNABLE)),
        )
        for case in cases
    ],
)
def test_output_that_nobody_works_out_or_that_can_be_read_is_left(language, source, stdout, reason):
    """What stands in the file, or in no file at all, is no answer; what is like it and is neither, is one."""
    fault = printed.fault_of_text(stdout, language, source)
    assert (fault and fault[0]) == reason


@pytest.mark.parametrize(
    ("text", "catches", "learnable"),
    [
        ("parse failed: unexpected end of input\n", True, False),
        ("parse failed: unexpected end of input\n", False, True),
        ("bad value 5 given\n", True, True),
    ],
)
def test_messages_of_errors_that_a_library_words_are_not_asked_for(text, catches, learnable):
    """Where a source prints what it catches, most words of a line must stand side by side in it."""
    source = f"try:\n    run(x)\n{'except E as e' if catches else 'finally'}:\n    print(f'bad value {{x}} given', e)\n"
    fault = printed.fault_of_text(text, "Python", source)
    assert fault is None if learnable else fault[0] == printed.UNLEARNABLE


def test_a_line_without_a_change_on_the_way_needs_more_events(curated):
    """One line after a few calls in which no value changes is hardly worked out."""
    few = "".join(f"TRACE:IN:f{number}:{number}:\n" for number in range(1, 7))
    assert reasons(judge(seen(curated(SQUARES), ran("sum: 77\n", few)))) == [recorded_output.TOO_LITTLE]
    changing = few + "TRACE:VAR:f1:1:n=1\nTRACE:VAR:f1:1:n=5\n"
    assert isinstance(judge(seen(curated(SQUARES), ran("sum: 77\n", changing)))[0], Verified)


@pytest.mark.parametrize(("given", "taken"), [("{}\n", False), ("map[]\n", False), ("{'a': 1}\n", True)])
def test_an_empty_value_needs_more_events(given, taken, curated):
    """What gives something empty after some turns has often only met arguments that it has no use for."""
    trace = "".join(f"TRACE:VAR:clamp:{2 + n % 5}:value={n * 7}\n" for n in range(14))
    one = judge(seen(curated(CLAMP), ran(given, trace, label="clamp(3, 1, 2)"), calls=True))[0]
    assert isinstance(one, Verified) is taken


@pytest.mark.parametrize(
    ("given", "label", "taken"),
    [
        ("[ 'a', undefined ]\n", "clamp(3)", False),
        ("NaN\n", "clamp(3)", False),
        ("Uint8Array(6) [\n  0, 0, 0,\n  0, 0, 0\n]\n", "clamp(3)", False),
        ("[ 'a', undefined ]\n", "clamp(undefined)", True),
        ("[ 'a', 7 ]\n", "clamp(3)", True),
    ],
)
def test_a_call_with_arguments_of_the_wrong_kind_is_not_asked_about(given, label, taken, curated):
    """`undefined` and `NaN` that nobody passed in come of arguments that the function has no use for."""
    trace = "".join(f"TRACE:VAR:clamp:{2 + n % 5}:value={n * 7}\n" for n in range(14))
    one = judge(seen(curated(CLAMP), ran(given, trace, label=label), calls=True))[0]
    assert isinstance(one, Verified) is taken


@pytest.mark.parametrize(("value", "taken"), [("NaN", False), ("77", True)])
def test_a_call_that_came_by_no_number_on_its_way_is_not_asked_about(value, taken, curated):
    """`NaN` in between makes as little sense as one that comes out."""
    trace = "".join(f"TRACE:VAR:clamp:{2 + n % 5}:value={n * 7}\n" for n in range(14))
    run = ran("[ 'a', 7 ]\n", f"{trace}TRACE:VAR:clamp:8:value={value}\n", label="clamp(3)")
    assert isinstance(judge(seen(curated(CLAMP), run, calls=True))[0], Verified) is taken


@pytest.mark.parametrize(("places", "taken"), [(2, True), (4, False)])
def test_loops_that_turn_too_often_are_not_followed(places, taken, curated):
    """Where several lines ran more often than was kept, nobody follows all of it."""
    trace = "".join(f"TRACE:VAR:f{at}:{at}:n={n}\n" for n in range(TRIAL_LIMIT) for at in range(1, places + 1))
    one = judge(seen(curated(SQUARES), ran("sum: 77\nlast: 61\n", trace)))[0]
    assert isinstance(one, Verified) is taken


def test_a_run_of_too_many_steps_is_not_followed(curated):
    """Where the trace was too long to be kept, nobody follows it."""
    run = replace(ran("sum: 77\nlast: 61\n"), reached=frozenset({1, 2}))
    assert reasons(judge(seen(curated(SQUARES), run))) == [recorded_output.TOO_MANY_STEPS]


def test_a_program_whose_only_line_stands_in_its_source_is_rejected(curated):
    """A number of the source that is printed, and a line that took hardly a step, are too easy."""
    trace = "".join(f"TRACE:VAR:f:{line}:n={line * 7}\n" for line in range(2, 9))
    assert reasons(judge(seen(curated(SQUARES), ran("6\n", trace)))) == [printed.READABLE]
    assert reasons(judge(seen(curated(SQUARES), ran("77\n", trace[:40])))) == [recorded_output.TOO_LITTLE]
    assert len(held(judge(seen(curated(SQUARES), ran("77\n", trace))))) == 1


def test_a_call_in_which_little_happens_is_rejected(curated):
    """A call that writes few events, or gives nothing after a few, is too easy; a longer one is kept."""
    short = seen(curated(CLAMP), ran("8\n", FIVE[:40], label="clamp(8, 1, 9)"), calls=True)
    empty = seen(curated(CLAMP), ran("None\n", FIVE, label="clamp(8, 1, 9)"), calls=True)
    long = seen(curated(CLAMP), ran("18\n", FIVE, label="clamp(2, 3, 16)"), calls=True)
    assert reasons(judge(short)) == reasons(judge(empty)) == [recorded_output.TOO_LITTLE]
    assert len(held(judge(long))) == 1


def test_a_call_that_hands_its_argument_back_is_rejected(curated):
    """A result that stands as a text in the call can be copied."""
    file = seen(curated(CLAMP), ran("pear tree\n", FIVE, label="clamp('pear tree', 3)"), calls=True)
    assert reasons(judge(file)) == [printed.ECHOED]
    assert reasons(judge(seen(curated(CLAMP), ran("7\n", FIVE, label="clamp(7)"), calls=True))) == [printed.ECHOED]


def test_the_number_of_an_object_is_no_answer(curated):
    """What `var_dump` calls an object by hangs on the driver; a text that it hands back is seen through its frame."""
    php = curated("<?php\nfunction f($a) {\n    return $a;\n}\n", "PHP")
    given = ['object(A)#4 (1) {\n  ["n"]=>\n  int(7)\n}\n', 'string(9) "pear tree"\n']
    found = [reasons(judge(seen(php, ran(one, FIVE, label="f('pear tree')"), calls=True))) for one in given]
    assert found == [[printed.UNLEARNABLE], [printed.ECHOED]]


def test_a_call_that_raises_is_told_as_such(curated):
    """Where a call ends by an error of the file's own, the answer is that error, and that nothing is printed."""
    run = ran("", FIVE, label="clamp(8, 9, 1)", stderr="ValueError: bounds are swapped\n", exit_code=1)
    (sample,) = held(judge(seen(curated(CLAMP), run, calls=True)))
    assert "`ValueError: bounds are swapped`" in sample.messages[1][1]
    assert "```" not in sample.messages[1][1]


def test_tests_that_say_the_same_are_one_sample(curated):
    """The same output, or the same way through the file, is asked for once; the run that came furthest is taken."""
    ways = [FIVE + f'TRACE:BRANCH:clamp:{line}:took="if"\n' for line in (3, 4, 4, 5)]
    texts = ["30\n", "40\n", "41\n", "30\n"]
    runs = [ran(text, way, label=f"clamp({text.strip()}, 2)") for text, way in zip(texts, ways, strict=True)]
    judged = judge(seen(curated(CLAMP), *runs, calls=True))
    assert len(held(judged)) == 2
    assert reasons(judged) == [recorded_output.SAME] * 2


def test_a_question_for_the_output_only_gets_nothing_else(curated):
    """Where the question asks for the bare output, the answer is one code block."""
    for number in range(100):
        (sample,) = held(judge(seen(curated(f"{SQUARES}print({number})\n"), ran("1\n4\n9\n"))))
        question, answer = (content for _, content in sample.messages)
        if "only" in question.lower() or "nothing else" in question or "block" in question:
            assert answer == "```text\n1\n4\n9\n```", question


def test_a_file_too_long_to_follow_is_rejected(curated):
    """A source of more than 16,000 characters is not shown."""
    file = curated(SQUARES + "# filler\n" * 2_000)
    assert reasons(judge(seen(file, ran(SQUARED)))) == [recorded_output.TOO_LONG]
    assert recorded_output.TOO_LONG in REASONS


def test_a_command_that_is_no_line_is_rejected(curated):
    """A command with a back tick, or of too many characters, does not fit into a sentence."""
    for command in ("python3 source.py '`'", f"python3 source.py {'x' * 200}"):
        assert reasons(judge(seen(curated(SQUARES), ran(SQUARED, command=command)))) == [recorded_output.NOT_SHOWN]
