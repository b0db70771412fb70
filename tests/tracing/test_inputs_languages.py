"""Inputs are read off the programs of every language: kinds, options, words, files, and when there are none."""

import pytest

from alchemy_assets.languages import LANGUAGES
from alchemy_assets.tracing.inputs.literals import read_literals
from alchemy_assets.tracing.inputs.pools import FILE_NAME, MOST_CANDIDATES
from alchemy_assets.tracing.inputs.registry import PROPOSE
from alchemy_assets.tracing.screening.code import read_code
from alchemy_assets.tracing.scripts import Test
from tests.tracing.conftest import EXAMPLES
from tests.tracing.input_programs import PROGRAMS
from tests.tracing.test_screening_languages import HARMLESS

SUFFIXES = {suffix: name for name, language in LANGUAGES.items() if language.runs for suffix in language.suffixes}


def numeric(word: str) -> bool:
    """Whether a word is an integer."""
    return word.lstrip("-").isdecimal()


def test_every_language_that_runs_has_proposals():
    """No language that can be run is left without a proposer."""
    assert set(PROPOSE) == {name for name, language in LANGUAGES.items() if language.runs}


@pytest.mark.parametrize("language", sorted(HARMLESS))
def test_programs_that_read_nothing_get_one_empty_test(language):
    """Printing alone, and a parameter of `main` that is never used, ask for no input."""
    assert PROPOSE[language](HARMLESS[language]) == [Test()]


@pytest.mark.parametrize("language", sorted(PROGRAMS))
def test_proposals_are_few_and_the_same_each_time(language):
    """At most as many candidates as can be tried, all different, the empty one among them."""
    tests = PROPOSE[language](PROGRAMS[language])
    assert tests == PROPOSE[language](PROGRAMS[language])
    assert len(tests) <= MOST_CANDIDATES
    assert len({repr(test) for test in tests}) == len(tests)
    assert Test() in tests


def test_examples_of_every_language_have_proposals():
    """No file of the example corpus, library or program, is too odd to be read."""
    read = 0
    for path in sorted(EXAMPLES.rglob("*")):
        if path.suffix in SUFFIXES:
            tests = PROPOSE[SUFFIXES[path.suffix]](path.read_text(encoding="utf-8"))
            assert 1 <= len(tests) <= MOST_CANDIDATES, path
            assert all(not test.stdin or test.stdin.endswith("\n") for test in tests), path
            read += 1
    assert read > 100


@pytest.mark.parametrize(
    ("language", "source"),
    [
        ("C", "#include <stdlib.h>\nint main(int c, char **v) { int n = atoi(v[1]); return n * atoi(v[2]); }\n"),
        ("Cpp", "#include <string>\nint main(int, char* argv[]) { return std::stoi(argv[1]) * std::stoi(argv[2]); }\n"),
        ("CSharp", "class A { static void Main(string[] a) { int x = int.Parse(a[0]) * int.Parse(a[1]); } }\n"),
        ("Go", 'package main\nimport ("os"; "strconv")\nfunc main() {\n\ta, _ := strconv.Atoi(os.Args[1])\n\tb, _ := strconv.Atoi(os.Args[2])\n\tprintln(a * b)\n}\n'),
        ("Java", "class A { public static void main(String... a) { int x = Integer.parseInt(a[0]); int y = Integer.parseInt(a[1]); } }\n"),
        ("JavaScript", "const [a, b] = process.argv.slice(2);\nconsole.log(Number(a) * parseInt(b));\n"),
        ("PHP", "<?php $a = intval($argv[1]); $b = (int) $argv[2]; echo $a * $b;\n"),
        ("Ruby", "a, b = ARGV\nputs a.to_i * Integer(b)\n"),
        ("Rust", 'fn main() {\n    let args: Vec<String> = std::env::args().collect();\n    let a: i32 = args[1].parse().unwrap();\n    let b = args[2].parse::<i32>().unwrap();\n    println!("{}", a * b);\n}\n'),
        ("Swift", "let a = Int(CommandLine.arguments[1])!\nlet b = Int(CommandLine.arguments[2])!\nprint(a * b)\n"),
        ("TypeScript", "const a: number = parseInt(process.argv[2]), b = Number(process.argv[3]);\nconsole.log(a * b);\n"),
    ],
)  # fmt: skip
def test_two_numbers_are_given_where_two_are_read(language, source):
    """Every way to turn two arguments into integers gives command lines of two integers, and no standard input."""
    tests = [test for test in PROPOSE[language](source) if test.arguments]
    assert len(tests) >= 3
    assert all(len(test.arguments) == 2 and all(map(numeric, test.arguments)) for test in tests), tests
    assert not any(test.stdin for test in tests)


@pytest.mark.parametrize("language", sorted(set(PROGRAMS) - {"SQL"}))
def test_what_reads_both_is_given_both(language):
    """A program of arguments and standard input has candidates with both at once."""
    assert sum(bool(test.arguments and test.stdin) for test in PROPOSE[language](PROGRAMS[language])) >= 3


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("C", {"total", "above"}),
        ("CSharp", {"even", "odd"}),
        ("Cpp", {"number", "reverse"}),
        ("Go", {"-n", "-u"}),
        ("JavaScript", {"head", "sort"}),
        ("Ruby", {"up", "size"}),
        ("Rust", {"add", "mul"}),
        ("TypeScript", {"sum", "below"}),
    ],
)
def test_words_that_are_compared_with_are_tried(language, words):
    """Modes and options that the program knows stand on its command lines."""
    assert words <= {word for test in PROPOSE[language](PROGRAMS[language]) for word in test.arguments}


def test_names_of_types_are_no_words_of_the_program():
    """What `typeof` is compared with is not tried as a text; what the value itself is compared with is."""
    source = 'module.exports = (a) => {\n  if (typeof a === "object") return 1;\n  return a === "list" ? 2 : 3;\n};\n'
    assert read_literals(read_code("JavaScript", source)).compared == ("list",)


def test_menus_are_walked_through_and_left():
    """The choices of a menu are all typed, and the one that it calls leaving ends a text."""
    source = (
        '#include <stdio.h>\nint main(void) { int c; do { puts("1. add\\n2. list\\n9. Exit"); scanf("%d", &c);\n'
        'switch (c) { case 1: puts("a"); break; case 2: puts("l"); break; case 9: return 0; } } while (1); }\n'
    )
    texts = [test.stdin.split() for test in PROPOSE["C"](source)]
    assert any({"1", "2"} <= set(words) and words[-1] == "9" for words in texts if words)


def test_files_are_there_that_a_program_opens():
    """A file named on the command line, or by its name in the source, comes with several contents."""
    tests = PROPOSE["Ruby"]("puts File.read(ARGV[0]).lines.size\n")
    assert len({test.files[FILE_NAME] for test in tests if FILE_NAME in test.arguments}) >= 3
    tests = PROPOSE["C"](
        '#include <stdio.h>\nint main(void) { FILE *f = fopen("scores.txt", "r"); return fgetc(f); }\n'
    )
    assert len({test.files["scores.txt"] for test in tests}) >= 3


def test_the_default_of_an_argument_is_the_model_of_others():
    """Words that are taken where none are given are given too."""
    source = (
        "<?php\nforeach (array_slice($argv, 1) ?: ['apple=9', 'bread=2', 'fig=1'] as $one) { echo strlen($one); }\n"
    )
    assert ("bread=2", "fig=1") in [test.arguments for test in PROPOSE["PHP"](source)]


def test_parameters_of_a_statement_are_bound():
    """`?1` and `?2` of an SQL script get two values, a number where the second is compared by order."""
    tests = [test.arguments for test in PROPOSE["SQL"](PROGRAMS["SQL"]) if test.arguments]
    assert all(len(words) == 2 and numeric(words[1]) for words in tests)
    assert "apple" in {words[0] for words in tests}
