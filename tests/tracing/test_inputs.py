"""Inputs are read off the program."""

import pytest

from alchemy_assets.tracing.inputs import python, shell
from alchemy_assets.tracing.inputs.patterns import matching
from alchemy_assets.tracing.inputs.pools import FILE_NAME, MOST_CANDIDATES
from alchemy_assets.tracing.scripts import Test
from tests.tracing.conftest import example_files

ARGPARSE = """
import argparse
p = argparse.ArgumentParser()
sub = p.add_subparsers(dest="what", required=True)
add = sub.add_parser("add")
add.add_argument("numbers", type=int, nargs="+")
add.add_argument("--mode", choices=["fast", "slow"])
drop = sub.add_parser("drop")
drop.add_argument("name")
drop.add_argument("-v", "--verbose", action="store_true")
print(p.parse_args())
"""


def test_a_program_that_reads_nothing_gets_one_empty_test():
    """No argv, no stdin: one test without input."""
    assert python.propose("print(1)\n") == [Test()]
    assert shell.propose("for i in 1 2; do\n  echo $i\ndone\n") == [Test()]


def test_argparse_commands_types_choices_and_switches_are_used():
    """Every sub-command is called, with integers where integers are asked for, choices as given and switches on."""
    lines = [test.arguments for test in python.propose(ARGPARSE)]
    assert {line[0] for line in lines if line} == {"add", "drop"}
    assert any(line[:3] == ("add", "--mode", "fast") or "slow" in line for line in lines if line)
    assert any("--verbose" in line for line in lines)
    numbers = [
        word for line in lines if line[:1] == ("add",) for word in line[1:] if word not in {"--mode", "fast", "slow"}
    ]
    assert numbers
    assert all(word.lstrip("-").isdecimal() for word in numbers)


def test_positions_of_argv_have_types_and_literals():
    """`int(sys.argv[2])` gets integers, and the words that `argv[1]` is compared with are tried."""
    source = "import sys\nop = sys.argv[1]\nn = int(sys.argv[2])\nif op == 'double':\n    print(n * 2)\nelif op == 'halve':\n    print(n / 2)\n"
    lines = [test.arguments for test in python.propose(source) if test.arguments]
    assert {"double", "halve"} <= {line[0] for line in lines}
    assert all(line[1].lstrip("-").isdecimal() for line in lines if len(line) > 1)


def test_questions_are_answered_in_order_with_their_type():
    """Two `input()` calls get two answers in turn, a number where the answer becomes one."""
    source = "name = input('Name? ')\nage = int(input('Age? '))\nprint(name, age)\n"
    first = python.propose(source)[0].stdin.split("\n")
    assert not first[0].isdecimal()
    assert first[1].lstrip("-").isdecimal()
    assert len(python.propose("a, b = map(int, input().split())\nprint(a + b)\n")[0].stdin.split()) == 2


def test_files_that_are_read_come_with_the_test():
    """A program that opens its argument finds a file there."""
    tests = python.propose("import sys\nprint(len(open(sys.argv[1]).read()))\n")
    assert any(FILE_NAME in test.files for test in tests if FILE_NAME in test.arguments)
    tests = shell.propose('#!/bin/bash\n[ -f "$1" ] || exit 1\nwhile read -r l; do\n  echo "$l"\ndone < "$1"\n')
    assert any(FILE_NAME in test.files for test in tests)


@pytest.mark.parametrize(
    ("pattern", "text", "least"),
    [
        (r"^\s*(def|class)[ \t]+(\w+)[:\(]", "def name:", "class n:"),
        (r"^(.+?):(\d+): (?:warn|error)$", "name:7: warn", "x:7: error"),
        (r"<[^>]+>{2}", "<name>>", "<x>>"),
        (r"(?P<a>x)(?P=a)", None, None),
        (r"(unclosed", None, None),
    ],
)
def test_texts_are_written_that_a_pattern_matches(pattern, text, least):
    """A pattern gives a short text in which it is found, and one with as little as it takes."""
    assert matching(pattern) == text
    assert matching(pattern, least=True) == least


def test_what_is_read_holds_what_the_program_looks_for_by_pattern():
    """A file and standard input have lines in which the regular expressions of the program find something."""
    source = "import re, sys\nexpr = r'^item (\\d+)$'\nfind = re.compile(expr)\nfor line in {}:\n    print(find.match(line))\n"
    files = [test.files.get(FILE_NAME, "") for test in python.propose(source.format("open(sys.argv[1])"))]
    assert any("item 7\n" in text for text in files[:4])
    assert "item 7\n" in python.propose(source.format("sys.stdin"))[0].stdin


def test_shell_usage_names_options_and_patterns_are_used():
    """Getopts letters, words of `case` and names in the usage line become arguments."""
    source = (
        "# usage: cal.sh [-v] YEAR MONTH\nwhile getopts 'vn:' o; do\n  case $o in\n    v) v=1 ;;\n    n) n=$OPTARG ;;\n  esac\ndone\n"
        "shift $((OPTIND - 1))\nyear=$1\nmonth=$2\ncase $year in\n  never) exit 1 ;;\nesac\necho $((year * 12 + month))\n"
    )
    lines = [test.arguments for test in shell.propose(source)]
    assert any(line[:1] == ("-v",) for line in lines)
    assert any(line[:1] == ("-n",) and len(line) > 1 for line in lines)
    assert any("2024" in line for line in lines)


def test_options_that_a_shell_script_reads_itself_come_with_their_values():
    """An item of `case` that shifts and takes the next word gets one, alone and with the others; a count is no literal."""
    source = (
        "# cannot rely on the presence of getopts\nwhile\n  [ $# -gt 0 ]\ndo\n  case $1 in\n    -o) shift; out=$1 ;;\n"
        "    -v | --verbose) loud=1 ;;\n    --limit) limit=$2; shift ;;\n    *) exit 2 ;;\n  esac\n  shift\ndone\n"
        'if test "$out" = plain; then echo "$limit"; fi\n'
    )
    lines = [test.arguments for test in shell.propose(source)]
    assert ("-v",) in lines
    assert any(line[:1] == ("-o",) and len(line) == 2 for line in lines)
    assert any(line[:1] == ("-o",) and line[2:3] == ("--limit",) and len(line) == 4 for line in lines)
    assert any("plain" in line for line in lines)
    assert not any(word in {"0", "-w", "-h"} for line in lines for word in line)


def test_candidates_are_few_and_the_same_each_time():
    """At most as many candidates as can be tried, all different, in a fixed order, each ending in whole lines."""
    for path in example_files():
        propose = python.propose if path.suffix == ".py" else shell.propose
        tests = propose(path.read_text(encoding="utf-8"))
        assert tests == propose(path.read_text(encoding="utf-8"))
        assert 1 <= len(tests) <= MOST_CANDIDATES
        assert len({test.describe() + repr(test.files) for test in tests}) == len(tests)
        assert all(not test.stdin or test.stdin.endswith("\n") for test in tests)
