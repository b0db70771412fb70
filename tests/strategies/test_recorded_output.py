import json
import textwrap
from collections.abc import Sequence
from pathlib import Path

import pytest

from alchemy_assets.generation.completions import NO_ANSWERS
from alchemy_assets.sandbox.sandbox import Invocation, Limits, Outcome, Program, Status
from alchemy_assets.strategies.grounded import printed, programs
from alchemy_assets.strategies.grounded.programs import Call, example_calls, read_program
from alchemy_assets.strategies.grounded.recorded_output import NOTHING_RUNS, REASONS, SURROUNDINGS, RecordedOutput
from alchemy_assets.strategies.strategy import Rejected, Verified

KIND = RecordedOutput()
SQUARES = "for number in range(1, 6):\n    print(number, number**2, sep=': ')\n"
CORPUS = Path(__file__).parents[2] / "examples" / "corpus"


def outcome(stdout: bytes, stderr: bytes = b"", exit_code: int = 0, status: Status = Status.FINISHED) -> Outcome:
    """An outcome with some output."""
    return Outcome(
        status=status,
        exit_code=exit_code,
        stdout=stdout,
        stderr=stderr,
        truncated=False,
        files={},
        wall_seconds=0.1,
        cpu_seconds=0.1,
        peak_memory_bytes=None,
        toolchain="CPython 3.11.2",
    )


class Actor:
    """A sandbox that says what it is told to, and remembers what was asked of it."""

    def __init__(self, *said: Outcome) -> None:
        """Say these outcomes in turn, the last of them for ever."""
        self.said = list(said)
        self.asked: list[Invocation] = []

    def run(self, program: Program, invocation: Invocation, limits: Limits) -> Outcome:
        """Give the next outcome."""
        self.asked.append(invocation)
        return self.said.pop(0) if len(self.said) > 1 else self.said[0]

    async def run_many(self, runs: Sequence[tuple[Program, Invocation, Limits]]) -> list[Outcome]:
        """Give one outcome a run."""
        return [self.run(*one) for one in runs]

    def runnable(self, language: str) -> bool:
        """Run everything."""
        return True

    def toolchain(self, language: str) -> str:
        """Be some Python."""
        return "CPython 3.11.2"


@pytest.fixture
def judge(curated):
    """Return what becomes of every draft of a program in a sandbox."""
    return lambda text, sandbox, language="Python", path="": KIND.verify(
        list(KIND.next(curated(text, language, path), NO_ANSWERS)), sandbox
    )


def reasons(judged) -> list[str]:
    """The reasons of what was rejected."""
    return [reason for one in judged if isinstance(one, Rejected) for reason in one.reasons]


def test_the_answer_is_what_the_program_printed(judge, sandbox):
    """A Python program is run for real, three times; question and answer hold its text and its output."""
    (sample,) = judge(SQUARES, sandbox, path="src/squares.py")
    question, answer = (content for _, content in sample.messages)
    assert f"```python\n{SQUARES}```" in question
    assert "python3 squares.py" in question
    assert "```text\n1: 1\n2: 4\n3: 9\n4: 16\n5: 25\n```" in answer
    assert sample.verified == {"parsed": True, "executed": True, "observed": True, "answer_is_source": False}
    assert sample.evidence["runs"] == 3
    assert str(sample.evidence["toolchain"]).startswith("CPython")
    assert json.loads(str(sample.evidence["detail"]))["exit_code"] == 0


def test_a_shell_program_is_run_too(judge, sandbox):
    """A Bash program is run for real."""
    (sample,) = judge('for ((n = 1; n < 4; n++)); do\n  echo "n$n is $((n * n))"\ndone\n', sandbox, "Shell", "bin/n.sh")
    assert "n1 is 1\nn2 is 4\nn3 is 9" in sample.messages[1][1]
    assert "bash n.sh" in sample.messages[0][1]


def test_a_program_that_prints_a_set_is_not_deterministic(judge, sandbox):
    """The order of a set of strings depends on the hash seed, which differs between the runs."""
    text = "words = {'alpha', 'beta', 'gamma', 'delta', 'epsilon', 'zeta', 'eta'}\nfor word in words:\n    print(word + word)\n"
    assert reasons(judge(text, sandbox)) == [printed.NONDETERMINISTIC]


def test_the_exit_status_is_asked_and_told_where_it_is_not_zero(judge, sandbox):
    """A program that ends with a status of its own is kept, and its answer says which."""
    (sample,) = judge(SQUARES + "raise SystemExit(3)\n", sandbox)
    assert "exit status" in sample.messages[0][1] or "status" in sample.messages[0][1]
    assert sample.messages[1][1].endswith("Its exit status is 3.")


def test_input_that_the_program_shows_itself_is_tried(judge, sandbox):
    """Arguments in an example of the program's own help are used; without any it fails for want of input."""
    text = textwrap.dedent('''
        """Add numbers.

        Example: ./add.py 4 5 6
        """
        import sys

        numbers = [int(text) for text in sys.argv[1:]]
        print(f"{len(numbers)} numbers from {numbers[0]} to {numbers[-1]}, sum {sum(numbers)}")
        ''')
    judged = judge(text, sandbox, path="add.py")
    assert reasons(judged) == [printed.NEEDS_INPUT]
    (sample,) = (one for one in judged if isinstance(one, Verified))
    assert "python3 add.py 4 5 6" in sample.messages[0][1]
    assert "3 numbers from 4 to 6, sum 15" in sample.messages[1][1]


def test_standard_input_is_shown_in_the_question(judge, sandbox):
    """A program that reads standard input is shown with what it was given."""
    text = "# Example: printf 'b 2\\na 1\\n' | python3 order.py\nimport sys\nfor line in sorted(sys.stdin):\n    print(line.strip(), len(line))\n"
    (sample,) = (one for one in judge(text, sandbox, path="order.py") if isinstance(one, Verified))
    assert "```text\nb 2\na 1\n```" in sample.messages[0][1]
    assert "a 1 4\nb 2 4" in sample.messages[1][1]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("def f():\n    return 1\n", programs.NO_MAIN),
        ("import numpy\nprint(numpy.zeros(3))\n", programs.NEEDS_LIBRARY),
        ("from .other import f\nprint(f())\n", programs.NEEDS_LIBRARY),
        ("import random\nprint(random.random())\n", programs.UNLEARNABLE),
        ("import hashlib\nprint(hashlib.md5(b'x').hexdigest())\n", programs.UNLEARNABLE),
        ("import datetime\nprint(datetime.datetime.now())\n", programs.SURROUNDINGS),
        ("import os\nprint(os.getcwd())\n", programs.SURROUNDINGS),
        ("import sys\nprint(sys.version)\n", programs.SURROUNDINGS),
        ("print(open('x').read())\n", programs.SURROUNDINGS),
        ("print 'two'\n", programs.NOT_PARSED),
    ],
)
def test_python_that_cannot_be_worked_out_by_reading_is_not_run(text, reason, judge):
    """What the source says is enough to leave a program out, and nothing is run for it."""
    actor = Actor(outcome(b"1\n"))
    assert reasons(judge(text, actor)) == [reason]
    assert actor.asked == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("f() {\n  echo 1\n}\n", programs.NO_MAIN),
        ("terraform apply\n", programs.NEEDS_LIBRARY),
        ("date\n", programs.SURROUNDINGS),
        ('echo "$HOME"\n', programs.SURROUNDINGS),
        ('echo "$RANDOM"\n', programs.SURROUNDINGS),
        ("echo x > out.txt\ncat out.txt\n", programs.SURROUNDINGS),
        ("echo x | md5sum\n", programs.UNLEARNABLE),
        ("if then\n", programs.NOT_PARSED),
    ],
)
def test_shell_that_cannot_be_worked_out_by_reading_is_not_run(text, reason, judge):
    """Commands and variables that depend on the machine are seen in the source."""
    actor = Actor(outcome(b"1\n"))
    assert reasons(judge(text, actor, "Shell")) == [reason]
    assert actor.asked == []


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (outcome(b""), printed.NO_OUTPUT),
        (outcome(b"x\n" * 61), printed.TOO_MUCH),
        (outcome(b"x" * 2_001), printed.TOO_MUCH),
        (outcome(b"", status=Status.TOO_MUCH_OUTPUT), printed.TOO_MUCH),
        (outcome(b"1\n", status=Status.TIMED_OUT), printed.TIMEOUT),
        (outcome(b"1\n", status=Status.OUT_OF_MEMORY), printed.FAILED),
        (outcome(b"1\n2\n3\n", b"Traceback\nValueError: no\n", 1), printed.FAILED),
        (outcome(b"", b"ModuleNotFoundError: No module named 'x'\n", 1), programs.NEEDS_LIBRARY),
        (outcome(b"usage: squares.py NUMBER\n"), printed.NEEDS_INPUT),
        (outcome(b"for number in range(1, 6):\n4\n"), printed.READABLE),
        (outcome(b"d41d8cd98f00b204e9800998ecf8427e\n"), programs.UNLEARNABLE),
        (outcome(b"<A object at 0x7f0012345678>\n"), programs.UNLEARNABLE),
        (outcome(b"0.3333333333333333\n"), programs.UNLEARNABLE),
        (outcome(b"30414093201713378043612608166064768844377641568960512\n"), programs.UNLEARNABLE),
        (outcome(b"in /tmp/a\n"), programs.UNLEARNABLE),
        (outcome(b"\x1b[31mred\x1b[0m\n"), programs.UNLEARNABLE),
        (outcome(b"\xff\n"), programs.UNLEARNABLE),
    ],
)
def test_output_that_teaches_nothing_is_rejected(said, reason, judge):
    """Each way in which a run can be of no use has its reason, and is not run twice more."""
    actor = Actor(said)
    assert reasons(judge(SQUARES, actor)) == [reason]
    assert len(actor.asked) == 1


def test_runs_differ_in_all_that_must_not_matter(judge):
    """Time zone, locale, hash seed, host name and folder differ between the three runs."""
    actor = Actor(outcome(b"1\n4\n9\n"))
    assert isinstance(judge(SQUARES, actor)[0], Verified)
    assert len(actor.asked) == len(SURROUNDINGS) == 3
    for name in ("TZ", "LANG", "PYTHONHASHSEED"):
        assert len({one.environment[name] for one in actor.asked}) == 3
    assert len({one.host_name for one in actor.asked}) == len({one.work_folder for one in actor.asked}) == 3


def test_a_difference_on_standard_error_is_enough(judge):
    """Runs must agree on standard error too."""
    judged = judge(SQUARES, Actor(outcome(b"1\n4\n"), outcome(b"1\n4\n", b"warning\n")))
    assert reasons(judged) == [printed.NONDETERMINISTIC]
    assert judged[0].detail == "python3 tool.py: standard error"


def test_without_a_sandbox_everything_is_rejected_with_that_reason(judge):
    """Where nothing can be run, drafts are counted as such."""
    assert reasons(judge(SQUARES, None)) == [NOTHING_RUNS]


def test_other_languages_give_no_drafts(curated):
    """Only Python and Shell programs are asked about by now."""
    assert list(KIND.next(curated("int main(void) { return 0; }", "C"), NO_ANSWERS)) == []


def test_a_question_for_the_output_only_gets_nothing_else(curated):
    """Where the question asks for the bare output, the answer is one code block."""
    for number in range(200):
        drafts = list(KIND.next(curated(f"{SQUARES}print({number})\n"), NO_ANSWERS))
        (sample,) = KIND.verify(drafts, Actor(outcome(b"1\n4\n9\n")))
        question, answer = (content for _, content in sample.messages)
        if "only" in question.lower() or "nothing else" in question or "block" in question:
            assert answer == "```text\n1\n4\n9\n```", question


@pytest.mark.parametrize(
    ("text", "calls"),
    [
        ("# Usage: tool.py NUMBER [WORD ...]", []),
        ("# usage: tool.py number", []),
        ("# Example: ./tool.py 10 '*'", [Call(("10", "*"))]),
        ("$ python3 tool.py --width 20 word", [Call(("--width", "20", "word"))]),
        ("echo 'a b' | python tool.py", [Call((), "a b\n")]),
        ("    tool.py input.csv", []),
        ("# With --demo it shows itself.", [Call(("--demo",))]),
        ("tool.py 1\ntool.py 2\ntool.py 3", [Call(("1",)), Call(("2",))]),
    ],
)
def test_calls_are_taken_from_the_programs_own_examples(text, calls):
    """Literal values in an example are a call; placeholders and names of files are none."""
    assert example_calls(text, "tool.py") == calls


def test_words_in_strings_do_not_count_as_input():
    """A message about `sys.argv` does not make a program one that reads its arguments."""
    assert not read_program("Python", "print('see sys.argv and input()')\n").takes_input
    assert read_program("Python", "import sys\nprint(sys.argv[1])\n").takes_input


@pytest.mark.skipif(not CORPUS.is_dir(), reason="examples/corpus is not here")
def test_the_example_corpus_gives_samples_of_both_languages(curated, sandbox):
    """Real programs of the example corpus hold, and whatever does not has a listed reason."""
    paths = [
        (path, language)
        for suffix, language in ((".py", "Python"), (".sh", "Shell"))
        for path in sorted(CORPUS.rglob(f"*{suffix}"))
    ]
    drafts = [
        draft
        for path, language in paths
        for draft in KIND.next(curated(path.read_text(), language, path.name), NO_ANSWERS)
    ]
    judged = KIND.verify(drafts, sandbox)
    assert {one.draft.file.language for one in judged if isinstance(one, Verified)} == {"Python", "Shell"}
    assert set(reasons(judged)) <= set(REASONS)
