"""Tests of a program, the run.sh that runs them, and which of them are kept."""

import subprocess

from hypothesis import given, settings
from hypothesis import strategies as st

from alchemy_assets.tracing.events import parse_event
from alchemy_assets.tracing.launch import launch_of
from alchemy_assets.tracing.scripts import Test, Tried, keep_distinct, run_script

SHELL, PYTHON = launch_of("Shell", ""), launch_of("Python", "")
TEXT = st.text(st.characters(codec="ascii", exclude_characters="\0\r", min_codepoint=9), max_size=30)
STDIN = st.lists(TEXT, max_size=6).map(lambda lines: "".join(f"{line.replace(chr(10), ' ')}\n" for line in lines))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.builds(Test, st.lists(TEXT, max_size=3).map(tuple), STDIN), min_size=1, max_size=3))
def test_bash_hands_over_what_the_test_says(tmp_path_factory, tests):
    """Arguments and standard input reach the program through run.sh byte for byte, whatever characters they hold."""
    folder = tmp_path_factory.mktemp("run")
    (folder / "source.sh").write_text('{ printf "%s\\0" "$@" end; cat; } >&2\n')
    (folder / "run.sh").write_text(run_script(SHELL, tests))
    subprocess.run(["bash", "run.sh"], cwd=folder, check=True)
    for number, test in enumerate(tests, 1):
        expected = "".join(f"{word}\0" for word in (*test.arguments, "end")) + test.stdin
        assert (folder / f"trace{number}.txt").read_bytes().decode() == expected


def test_files_are_written_before_the_test_that_reads_them():
    """A file that a test needs is made by run.sh itself, once."""
    tests = [
        Test(("input.txt",), files={"input.txt": "a\nb\n"}),
        Test(("input.txt", "-v"), files={"input.txt": "a\nb\n"}),
    ]
    script = run_script(PYTHON, tests)
    assert script.count("cat > input.txt << 'EOF'\na\nb\nEOF\n") == 1
    assert "python3 source.py input.txt -v 2> trace2.txt < /dev/null\n" in script
    assert script.index("cat >") < script.index("# Test 1")


def test_statuses_are_printed_only_for_comparing():
    """The shown script prints no exit status; the one that is compared prints one a test."""
    assert "$?" not in run_script(SHELL, [Test(), Test(("1",))])
    assert run_script(SHELL, [Test(), Test(("1",))], compared=True).count('echo "exit status $?"') == 2


def tried(test, *lines, complained=False):
    events = tuple(event for event in map(parse_event, lines) if event is not None)
    return Tried(test, events, complained, sum(map(len, lines)))


def test_of_tests_on_the_same_way_one_is_kept():
    """Tests are told apart by branches and loops; the shorter of two that say the same stays."""
    long = tried(Test(("9", "9")), "TRACE:BRANCH:f:2:n=1", "TRACE:VAR:f:3:n=1")
    short = tried(Test(("9",)), "TRACE:BRANCH:f:2:n=1", "TRACE:VAR:f:3:n=1")
    other = tried(Test(("0",)), "TRACE:BRANCH:f:5:n=0")
    assert keep_distinct([long, other, short]) == [short, other]


def test_at_most_one_test_complains():
    """Of several refusals one is enough."""
    refusals = [tried(Test((str(n),)), f"TRACE:BRANCH:main:{n}:n={n}", complained=True) for n in range(1, 5)]
    works = tried(Test(), "TRACE:LOOP:main:9:i=0", "TRACE:LOOP:main:9:i=1")
    kept = keep_distinct([*refusals, works])
    assert sum(one.complained for one in kept) == 1
    assert kept[0] is works


def test_tests_without_events_are_no_tests():
    """A run that writes no event is not shown."""
    assert keep_distinct([tried(Test())]) == []
