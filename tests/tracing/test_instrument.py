"""What every instrumenter promises: only insertions, still a program, the same each time, the same behaviour."""

import contextlib
import io
import subprocess

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alchemy_assets.tracing import events
from alchemy_assets.tracing.instrument.points import Instrumented, Point, choose
from alchemy_assets.tracing.instrument.registry import INSTRUMENTERS, instrument
from alchemy_assets.tracing.reasons import Dropped, Reason
from tests.tracing.conftest import example_files
from tests.tracing.generated import python_programs, shell_scripts

SUFFIX = {".py": "Python", ".sh": "Shell"}


def shown(language, source, points=200, **keywords):
    result = instrument(language, source, points, **keywords)
    assert isinstance(result, Instrumented), result
    return result


def run_python(text):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            exec(compile(text, "source.py", "exec"), {"__name__": "__main__"})  # noqa: S102 -- our own programs
            end = ""
        except Exception as error:  # noqa: BLE001 -- whatever it is, it must be the same
            end = f"{type(error).__name__}: {error}"
    return out.getvalue(), err.getvalue(), end


def run_bash(text, *arguments):
    done = subprocess.run(["bash", "-s", "--", *arguments], input=text, capture_output=True, text=True, check=False)
    return done.stdout, done.stderr, done.returncode


def check(language, source, points):
    result = shown(language, source, points)
    assert result.original() == source.encode()
    assert INSTRUMENTERS[language].parses(result.text)
    assert result == instrument(language, source, points)
    assert len(result.points) <= points
    lines = source.split("\n")
    for number, line in enumerate(result.text.split("\n"), 1):
        if line in lines and lines.count(line) == 1 and result.text.split("\n").count(line) == 1:
            assert result.original_line(number) == lines.index(line) + 1
    return result


@pytest.mark.parametrize("path", example_files(), ids=lambda path: path.name)
def test_examples_come_back_byte_for_byte(path):
    """Every file of the example corpus keeps its bytes under the insertions, with few points and with all."""
    source = path.read_text(encoding="utf-8")
    for points in (5, 20, 400):
        if isinstance(instrument(SUFFIX[path.suffix], source, points), Instrumented):
            check(SUFFIX[path.suffix], source, points)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(python_programs(), st.integers(1, 60))
def test_python_programs_behave_as_before(source, points):
    """A generated Python program prints the same, fails the same, and says nothing on stderr beside its events."""
    if not isinstance(instrument("Python", source, points), Instrumented):
        return
    result = check("Python", source, points)
    before, after = run_python(source), run_python(result.text)
    assert after[0] == before[0]
    assert after[2] == before[2]
    assert events.without_events(after[1]) == before[1]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(shell_scripts(), st.integers(1, 60))
def test_shell_scripts_behave_as_before(source, points):
    """A generated bash script prints the same and exits alike, also under `set -euo pipefail`."""
    if not isinstance(instrument("Shell", source, points), Instrumented):
        return
    result = check("Shell", source, points)
    before, after = run_bash(source, "3", "x y"), run_bash(result.text, "3", "x y")
    assert (after[0], after[2]) == (before[0], before[2])
    assert "".join(
        line for line in events.without_events(after[1]).splitlines(keepends=True) if "line" not in line
    ) == "".join(line for line in before[1].splitlines(keepends=True) if "line" not in line)


def test_locations_are_those_of_the_original():
    """LOC names the function and the line before instrumenting, however many lines were put in above."""
    source = "def add(a, b):\n    total = a + b\n    return total\n\n\nprint(add(2, 3))\n"
    _, err, _ = run_python(shown("Python", source).text)
    places = [(event.kind, event.place, dict(event.state)) for event in events.read_events(err)]
    assert places == [
        ("IN", "add:1", {"a": "2", "b": "3"}),
        ("VAR", "add:2", {"total": "5", "a": "2", "b": "3"}),
        ("OUT", "add:3", {"result": "5"}),
    ]


def test_places_fall_silent_after_their_limit():
    """The cap on events is code of the shown program: a place writes its first events and no more."""
    source = "total = 0\nfor i in range(50):\n    total += i\nprint(total)\n"
    _, err, _ = run_python(shown("Python", source, limit=5).text)
    assert [event.kind for event in events.read_events(err)].count("LOOP") == 5


@pytest.mark.parametrize(
    ("source", "why"),
    [
        (
            "def f(x):\n    if x:\n        y = 1\n    z = x + (y if x else 2)\n    return z\n\n\nprint(f(0))\n",
            "a name set in one arm",
        ),
        ("for i in ():\n    k = i\nprint('none')\n", "a loop that never turns"),
        (
            "def f(x, n):\n    if n:\n        del x\n    m = n + (0 if n else x)\n    return m\n\n\nprint(f(2, 3))\n",
            "a deleted name",
        ),
        (
            "def f():\n    try:\n        k = int('x')\n    except ValueError:\n        pass\n    n = 1 if True else k\nf()\n",
            "a name of a failed try",
        ),
        (
            "try:\n    int('x')\nexcept ValueError as e:\n    n = 1\nprint(n + 1)\nm = n + 2\nprint(m)\n",
            "an error's name",
        ),
    ],
)
def test_names_without_a_value_are_not_touched(source, why):
    """A point reads no name that may be unbound there."""
    result = shown("Python", source)
    assert run_python(result.text)[0] == run_python(source)[0], why
    assert run_python(result.text)[2] == ""


def test_iterators_are_not_consumed_and_own_methods_not_called():
    """Printing a state neither takes from an iterator nor calls `__repr__`, `__len__` or `__iter__` of the program."""
    source = (
        "class Loud:\n    def __init__(self, n):\n        self.n = n\n    def __repr__(self):\n        print('repr')\n        return 'x'\n"
        "    __len__ = __iter__ = __bool__ = __str__ = __repr__\n\n\n"
        "def use(items, loud):\n    kept = list(items)\n    return kept, loud.n\n\n\n"
        "print(use((n * n for n in range(4)), Loud(3)))\n"
    )
    result = shown("Python", source)
    assert run_python(result.text)[0] == run_python(source)[0] == "([0, 1, 4, 9], 3)\n"
    assert "items=<generator>; loud=Loud(n=3)" in run_python(result.text)[1]


def test_fields_are_shown_in_place_of_their_object():
    """Of `self` a point shows the fields that it is about, where `__init__` sets them, and neither asks a property."""
    source = (
        "class Bank:\n    def __init__(self, names):\n        self.held = dict.fromkeys(names, 0)\n        self.check()\n"
        "        self.late = 3\n\n    @property\n    def size(self):\n        print('asked')\n        return 2\n\n"
        "    def check(self):\n        if not self.held and self.late:\n            return 1\n        return 0\n\n"
        "    def add(self, name):\n        self.held[name] += 5\n        if len(self.held) > 1 and self.size:\n"
        "            self.late = self.late * 2\n        return self.late\n\n\nprint(Bank(['a', 'b']).add('a'))\n"
    )
    result = shown("Python", source)
    out, err, end = run_python(result.text)
    assert (out, end) == run_python(source)[::2] == ("asked\n6\n", "")
    assert 'TRACE:VAR:Bank.add:18:self.held[name]=5; name="a"\n' in err
    assert 'TRACE:BRANCH:Bank.add:19:took="if"; self.held={"a": 5, "b": 0}\n' in err
    assert "TRACE:VAR:Bank.add:20:self.late=6\n" in err


def test_conditions_show_the_elements_that_they_looked_at():
    """An element stands in place of its container where it was surely evaluated, and nothing has changed it since."""
    source = (
        "class Pile:\n    def __init__(self, kept):\n        self.kept = kept\n        self.top = len(kept) - 1\n\n"
        "    def over(self, n):\n        while self.top >= 0 and self.kept[self.top] > n:\n            self.top -= 1\n"
        "        if self.high():\n            return 1\n        return 0\n\n    def high(self):\n        return self.top > 5\n\n\n"
        'def look(parts, row, i):\n    if parts[0] == "A" and row["x"]:\n        return 1\n    elif parts[i] == "B" or not row:\n'
        "        return 2\n    elif parts.pop() == 'C':\n        return 3\n    else:\n        return 4\n\n\n"
        "print(look(['A'], {'x': 5}, 0), look(['Z', 'B'], {}, 1), look(['Z'], {}, 0), look(['C'], {1: 1}, 0), look(['D'], {1: 1}, 0))\n"
        "print(Pile([1, 9]).over(3))\n"
    )
    out, err, end = run_python(shown("Python", source).text)
    assert (out, end) == run_python(source)[::2]
    for event in (
        "TRACE:LOOP:Pile.over:7:self.kept[self.top]=9; self.top=1; n=3\n",
        """TRACE:BRANCH:look:18:took="if"; parts[0]="A"; row['x']=5\n""",
        'TRACE:BRANCH:look:20:took="elif"; parts[i]="B"; i=1; row={}\n',
        'TRACE:BRANCH:look:22:took="elif"; parts=[]; i=0; row={1: 1}\n',
        'TRACE:BRANCH:look:24:took="else"; parts=[]; i=0; row={1: 1}\n',
    ):
        assert event in err
    assert "BRANCH:Pile.over" not in err
    assert 'trace("BRANCH", "Pile.over:9", took="if")' in shown("Python", source).text
    own = "class Box(list):\n    def __getitem__(self, i):\n        print('asked')\n        return 1\n\n\n"
    own += "def first(box):\n    if box[0]:\n        return box\n    return None\n\n\nfirst(Box())\n"
    assert run_python(shown("Python", own).text)[0] == "asked\n"


def test_containers_are_shown_as_python_prints_them():
    """A tuple of one has its comma, an empty set is no dict, and what the program makes of a dict shows what it holds."""
    source = (
        "import argparse\n\n\nclass Row(dict):\n    def items(self):\n        print('asked')\n\n\nclass Line(list):\n    pass\n\n\n"
        "def show(one, none, row, line):\n    return 1\n\n\nshow((1,), set(), Row(a=1), Line('x'))\n"
        "args = argparse.Namespace(size=len('ab'), names=[])\n"
    )
    out, err, _ = run_python(shown("Python", source).text)
    assert out == ""
    assert 'one=(1,); none=set(); row=Row("a": 1); line=Line("x")\n' in err
    assert "args=Namespace(size=2, names=[])\n" in err


def test_what_can_only_be_named_is_not_shown():
    """Files, patterns and lambdas say nothing in a trace; what a pattern found does."""
    source = (
        "import re\n\nwith open('/dev/null') as file:\n    text = file.read() + 'ab1'\nlog = open('/dev/null')\n"
        "rest = log.read() + text\nfind = re.compile(r'\\d')\nfound = find.search(text)\nadd = lambda x: x + 1\n"
        "total = add(len(text))\n\n\ndef first(fp, size):\n    return fp.read(size)\n\n\nfirst(open('/dev/null'), 2)\n"
    )
    _, err, end = run_python(shown("Python", source).text)
    assert end == ""
    assert [line.partition(":")[2].partition(":")[2] for line in err.splitlines()] == [
        '<module>:4:text="ab1"', '<module>:6:rest="ab1"', '<module>:8:found=Match("1")', "<module>:10:total=4",
        "first:13:size=2", 'first:14:result=""',
    ]  # fmt: skip


def test_values_are_short_and_say_their_length():
    """Long text, containers and integers are abbreviated, sets are sorted, and functions show no address."""
    source = (
        "def show(text, items, names, big, call, nested):\n    return 1\n\n\n"
        "show('ab' * 99, list(range(99)), {'b', 'a', 'c'}, 7 ** 99, len, {'k': [[[1]]]})\n"
    )
    _, err, _ = run_python(shown("Python", source).text)
    state = dict(events.read_events(err)[0].state)
    assert state["text"] == f'"{"ab" * 20}... 198 characters"'
    assert state["items"] == "[0, 1, 2, 3, 4, 5, ... 99 in all]"
    assert state["names"] == '{"a", "b", "c"}'
    assert state["big"] == f"<int of {(7**99).bit_length()} bits>"


def test_helper_gives_way_to_names_of_the_program():
    """Where the program has a `trace` of its own the helper takes another name; with all taken the file is refused."""
    source = "def trace(x):\n    return x + 1\n\n\nTRACE_LIMIT = 1\nprint(trace(TRACE_LIMIT))\n"
    result = shown("Python", source)
    assert run_python(result.text)[0] == "2\n"
    assert "def trace_event(" in result.text
    taken = source + "trace_event = emit_trace = 0\n"
    assert instrument("Python", taken, 20) == Dropped(
        Reason.CANNOT_INSTRUMENT, "every name for the helper is taken: trace, trace_event, emit_trace"
    )


def test_docstring_and_future_imports_stay_in_front():
    """The helper stands behind the docstring and `from __future__`, or the program would not compile."""
    source = '#!/usr/bin/env python3\n"""Say it."""\n\nfrom __future__ import annotations\n\nprint(__doc__)\nx = len(__doc__)\n'
    assert run_python(shown("Python", source).text)[0] == "Say it.\n"


@pytest.mark.parametrize(
    "source",
    [
        "f() {\n  false\n}\nf\nif [ $? -ne 0 ]; then\n  echo failed\nfi\n",
        'set -e\nif grep -q x /dev/null; then\n  echo yes\nelse\n  echo "no $?"\nfi\n',
        "set -e\nf() {\n  local x=1\n  ((x > 5))\n}\nif f; then\n  echo big\nelse\n  echo small\nfi\n",
        "f() {\n  x=$(false)\n}\nif f; then\n  echo kept\nelse\n  echo lost\nfi\n",
        'f() {\n  local rc=$?\n  echo "$rc"\n}\nfalse\nf\n',
        'set -euo pipefail\nn=\nfor i in 1 2 3; do\n  n=$((${n:-0} + i))\ndone\nout=$(echo "$n" 2>&1)\necho "$out"\n',
        'f() {\n  echo "in f $1" >&2\n  echo "out $1"\n}\nx=$(f 1 2>&1)\ny=$(f 2 2>/dev/null)\necho "$x|$y"\n',
        'printf \'a\\nb\\n\' | while read -r l; do\n  n=$((n + 1))\n  echo "$n $l"\ndone\necho "n=${n-unset}"\n',
        "cat <<EOF\nif [ 1 ]; then\n  x=$((1 + 1))\nfi\nEOF\nx=$((1 + 2))\necho $x\n",
        "case ${1-} in\n  3)\n    echo three\n    ;;\n  *) echo other ;;\nesac\n",
        "IFS=,\nread -r a b <<< '1,2'\nset -- $a,$b\necho \"$# $1\"\nz=$((a + b))\necho $z\n",
    ],
)
def test_shell_status_and_streams_are_left_alone(source):
    """Points in bash change neither `$?`, nor what a function returns, nor what is caught from its streams."""
    result = shown("Shell", source)
    before, after = run_bash(source, "3"), run_bash(result.text, "3")
    assert (after[0], after[2]) == (before[0], before[2])
    assert events.without_events(after[1]) == before[1]


def test_shell_parts_that_run_at_once_are_silent():
    """Where two parts of a pipe or a process substitution run side by side, only one of them writes events."""
    source = (
        "left() {\n  for i in 1 2; do\n    echo $i\n  done\n}\nleft | while read -r n; do\n  echo $((n * n))\ndone\n"
    )
    result = shown("Shell", source)
    assert {point.function for point in result.points} == {"script"}
    source = "data() {\n  x=$((1 + 1))\n  echo $x\n}\nwhile read -r n; do\n  echo $n\ndone < <(data)\n"
    assert {point.function for point in shown("Shell", source).points} == {"script"}


def test_the_length_of_a_variable_is_not_the_number_of_parameters():
    """A condition on `${#word}` shows the word."""
    source = "word=$(echo abc)\nif ((${#word} > 2)); then\n  echo long\nfi\n"
    assert 'TRACE:BRANCH:script:2:took="if"; word="abc"\n' in run_bash(shown("Shell", source).text)[1]


def test_shell_words_that_only_look_like_watching_are_no_reason():
    """A script may speak of its caller, send its own output elsewhere, and ask which of its functions runs."""
    source = '# The caller decides.\nexec > log.txt\nfor i in 1 2; do\n  echo "caller $i"\ndone\n'
    assert shown("Shell", source).points
    source = 'f() {\n  n=$((n + 1))\n  echo "${FUNCNAME[0]} ${#FUNCNAME[@]} $BASH_SUBSHELL"\n}\nf\n(f)\n'
    assert run_bash(shown("Shell", source).text)[2] == run_bash(source)[2]


def test_arms_on_one_line_are_shown():
    """An item of `case`, an arm or a loop that begins on the line of its word has its point there, unless it asks for `$?`."""
    source = (
        "for word in -n -v -x; do case $word in\n  -n) n=1 ;;\n  -v) loud=1; echo loud ;;\n  *) echo $? ;;\nesac; done\n"
        "if [ $n = 1 ]; then echo one; else echo other; fi\n"
        "for i in 1 2; do echo $i; done\n"
    )
    out, err, end = run_bash(shown("Shell", source).text)
    assert (out, end) == run_bash(source)[::2]
    assert [line for line in err.splitlines() if "BRANCH" in line] == [
        'TRACE:BRANCH:script:2:took="case"; word="-n"',
        'TRACE:BRANCH:script:3:took="case"; word="-v"',
        'TRACE:BRANCH:script:6:took="if"; n=1',
    ]
    assert err.endswith("TRACE:LOOP:script:7:i=1\nTRACE:LOOP:script:7:i=2\n")


def test_expressions_in_quotes_show_their_variables():
    """`let "n = n + 1"` tells what n is, as do conditions written so."""
    source = 'let "n = 1"\nwhile let "n <= 2"; do\n  let "n = n + 1"\n  echo $n\ndone\n'
    told = run_bash(shown("Shell", source).text)[1].splitlines()
    assert told[:3] == ["TRACE:VAR:script:1:n=1", "TRACE:LOOP:script:2:n=1", "TRACE:VAR:script:3:n=2"]


@pytest.mark.parametrize("text", ["set -x", "trap 'echo x' DEBUG", "echo $LINENO", "exec 2> log"])
def test_shell_scripts_that_see_every_command_are_refused(text):
    """A script that shows its own commands or lines would show the helper's too."""
    refused = instrument("Shell", f"{text}\nfor i in 1 2; do\n  echo $i\ndone\n", 20)
    assert isinstance(refused, Dropped)
    assert refused.reason is Reason.CANNOT_INSTRUMENT


def test_points_cover_functions_and_prefer_what_was_reached():
    """The choice spreads over functions, and a place that a run came to wins against one that it never saw."""
    points = [Point(kind, f"f{n}", n, (), 0.0) for n in range(8) for kind in ("IN", "VAR")]
    assert {point.function for point in choose(points, 8)} == {f"f{n}" for n in range(8)}
    worth = {("VAR", f"f{n}:{n}"): 3.0 for n in range(4)}
    assert {(point.kind, point.function) for point in choose(points, 4, worth)} == {("VAR", f"f{n}") for n in range(4)}


def test_languages_without_an_instrumenter_say_so():
    """Markdown has no instrumenter, with a reason of its own."""
    refused = instrument("Markdown", "# Title\n", 20)
    assert isinstance(refused, Dropped)
    assert refused.reason is Reason.NO_INSTRUMENTER
