"""Call-level traces: the driver, its calls, and Python files through the real sandbox."""

import asyncio
import re

import pytest

from alchemy_assets.sandbox.sandbox import Invocation, Limits, Program
from alchemy_assets.settings import Tracing
from alchemy_assets.tracing import events
from alchemy_assets.tracing.calls.driver import CallHarness
from alchemy_assets.tracing.calls.registry import harness_of_calls
from alchemy_assets.tracing.reasons import Reason
from alchemy_assets.tracing.record import record
from tests.tracing.call_libraries import LIBRARIES, PYTHON

SETTINGS = Tracing()


@pytest.fixture(scope="module")
def recorded(sandbox, curated):
    """The libraries of every language, recorded once; languages that cannot be run here are left out."""
    files = [(language, text) for language, text in LIBRARIES.items() if sandbox.runnable(language)]
    result = record(curated(*files), sandbox, SETTINGS)
    outcomes = {row["language"]: row for row in result.outcomes.iter_rows(named=True)}
    traces = {row["language"]: row for row in result.traces.iter_rows(named=True)}
    return outcomes, traces


def harness(language, text):
    made = harness_of_calls(language, text)
    assert isinstance(made, CallHarness), made
    return made


@pytest.mark.parametrize("language", LIBRARIES)
def test_a_library_is_traced_by_calls(recorded, language):
    """A file of pure functions gives a kept trace whose tests say their calls."""
    outcomes, traces = recorded
    if language not in outcomes:
        pytest.skip(f"{language} cannot be run here")
    assert outcomes[language]["kept"], outcomes[language]
    row = traces[language]
    assert row["harness"] == f"call/1 x{SETTINGS.runs}"
    assert len(row["inputs"]) == len(row["trace_files"]) >= 3
    assert all(re.fullmatch(r"[\w.:]+\(.*\)", one) for one in row["inputs"])


def test_shown_files_alone_give_the_shown_trace(recorded, sandbox):
    """In an empty folder with nothing but the source and its driver, the script writes the traces, byte for byte."""
    rows = list(recorded[1].values())
    runs = []
    for row in rows:
        files = {file["name"]: file["text"].encode() for file in row["source_files"]}
        files["run.sh"] = row["run_sh"].encode()
        names = tuple(file["name"] for file in row["trace_files"])
        entry = next(name for name in files if re.search(r"(?i)^(?:driver|main)\.", name))
        runs.append((Program(row["language"], files, entry), Invocation(script="run.sh", collect=names), Limits()))
    assert runs
    for row, outcome in zip(rows, asyncio.run(sandbox.run_many(runs)), strict=True):
        for file in row["trace_files"]:
            assert outcome.files[file["name"]].decode() == file["text"], row["language"]


def test_the_driver_has_exactly_the_kept_calls(recorded):
    """The shown driver makes as many calls as there are tests, each the call that its input names."""
    for row in recorded[1].values():
        driver = next(
            file["text"] for file in row["source_files"][1:] if re.search(r"(?i)(?:driver|main)\.", file["name"])
        )
        assert all(call in driver for call in row["inputs"])
        assert len(re.findall(r"^\s*(?:case )?\"\d+\"", driver, re.MULTILINE)) == len(row["inputs"])


def test_only_what_is_called_is_shown(recorded):
    """No event comes from code outside of functions, which every test would repeat."""
    for row in recorded[1].values():
        for file in row["trace_files"]:
            assert all(event.function != "<module>" for event in events.read_events(file["text"]))


@pytest.mark.parametrize("language", LIBRARIES)
def test_proposals_are_the_same_each_time(language):
    """The same file gives the same candidates, each call once, and no more than are worth running."""
    calls = [test.label for test in harness(language, LIBRARIES[language]).candidates]
    assert calls == [test.label for test in harness(language, LIBRARIES[language]).candidates]
    assert len(calls) == len(set(calls))
    assert 4 <= len(calls) <= 17


@pytest.mark.parametrize("language", LIBRARIES)
def test_kept_calls_are_numbered_from_one(language):
    """A driver of some candidates has these alone, and the tests are started by their new numbers."""
    made = harness(language, LIBRARIES[language])
    some = [made.candidates[3], made.candidates[1]]
    assert [test.arguments for test in made.started(some)] == [("1",), ("2",)]
    assert [test.label for test in made.started(some)] == [some[0].label, some[1].label]
    text = next(text for name, text in made.beside(some).items() if re.search(r"(?i)(?:driver|main)\.", name))
    assert text.index(some[0].label) < text.index(some[1].label)
    assert made.candidates[0].label not in text


def test_examples_of_the_documentation_come_first():
    """The first call of a function is the one that its doctest makes."""
    assert "gcd(48, 36)" in [test.label for test in harness("Python", PYTHON).candidates][:4]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("LIMIT = 3\n", Reason.NO_CALLS),
        ("def read(path):\n    for line in open(path):\n        if line:\n            print(line)\n", Reason.NO_CALLS),
        ("def add(a, b):\n    return a + b\n", Reason.NO_CALLS),
        (
            "import random\ndef pick(items):\n    for one in items:\n        if random.random() > 0.5:\n            return one\n",
            Reason.NONDETERMINISTIC,
        ),
        (
            "import nowhere\ndef pick(items):\n    for one in items:\n        if one > 2:\n            return one\n",
            Reason.NEEDS_LIBRARY,
        ),
    ],
)
def test_what_is_not_called_says_why(text, reason):
    """Nothing to call, input and output, and what cannot be foreseen are told apart."""
    assert harness_of_calls("Python", text).reason is reason


def test_what_is_not_called_does_not_count():
    """A function that cannot be foreseen does not stand in the way of another that does not need it."""
    other = "\n\nimport random\n\ndef pick(items):\n    for one in items:\n        if random.random() > 0.5:\n            return one\n"
    assert "pick" not in " ".join(test.label for test in harness("Python", PYTHON + other).candidates)


def test_a_name_is_imported_once():
    """A function that is the whole module and a name of it too is declared once in the driver."""
    text = "module.exports = up\nmodule.exports.up = up\nfunction up(n) {\n  while (n < 5) {\n    if (n % 2) n += 2\n    else n += 1\n  }\n  return n\n}\n"
    made = harness("JavaScript", text)
    driver = made.beside(made.candidates)["driver.js"]
    assert driver.count("require(") == 1


def test_values_are_like_those_of_the_examples():
    """Where doctests give containers, these are given and others that are made alike; nothing else."""
    text = (
        'def pairs(rows):\n    """\n    >>> pairs([(1, 2), (3, 4)])\n    >>> pairs([("a", 1)])\n    """\n'
        "    found = []\n    for row in rows:\n        if row[0] not in found:\n            found.append(row)\n    return found\n"
    )
    calls = [test.label for test in harness("Python", text).candidates]
    assert calls == [
        "pairs([(1, 2), (3, 4)])",
        "pairs([('a', 1)])",
        "pairs([('a', 3), ('b', 1), ('a', 2)])",
        "pairs([('x', 0)])",
    ]


@pytest.mark.parametrize(
    ("language", "text", "call"),
    [
        ("Python", "def total(rows):\n    n = 0\n    for row in rows:\n        if row:\n            n += 1\n    return n\n", "total([3, 9, 2, 9, 1])"),
        ("JavaScript", "function sum(rows) {\n  let n = 0;\n  for (const one of rows) if (one) n++;\n  return n;\n}\nmodule.exports = { sum };\n", "sum([3, 9, 2, 9, 1])"),
    ],
)  # fmt: skip
def test_what_is_only_walked_through_is_a_list(language, text, call):
    """A parameter of which nothing else is known gets lists, no texts."""
    calls = [test.label for test in harness(language, text).candidates]
    assert calls[0] == call
    assert not any("hello" in one for one in calls)


def test_what_is_reckoned_with_is_a_list_of_numbers():
    """A parameter whose elements are compared by size or reckoned with gets no words."""
    text = "function span(rows) {\n  let n = 0;\n  for (let i = 1; i < rows.length; i++) if (rows[i] > n) n = rows[i] - 1;\n  return n;\n}\nmodule.exports = { span };\n"
    assert not any("pear" in test.label for test in harness("JavaScript", text).candidates)
    assert "span([3, 9, 2, 9, 1])" in [test.label for test in harness("JavaScript", text).candidates]


def test_types_in_comments_count():
    """What JSDoc says of a parameter is its kind; what it calls by a name of its own is told by use."""
    text = (
        "/**\n * @param {string[]} rows some\n * @param {Array.<number>} [least]\n * @param {Thing} other\n */\n"
        "function pick(rows, least, other) {\n  for (const row of rows) {\n    if (least.length && other > 2) return row;\n  }\n}\n"
        "module.exports = { pick };\n"
    )
    first = harness("JavaScript", text).candidates[0].label
    assert re.fullmatch(r'pick\(\["pear".*\], \[\d.*\], -?\d+\)', first), first


def test_functions_of_a_namespace_are_called():
    """What a namespace of TypeScript exports is called by both names; what it keeps to itself is drawn on."""
    text = (
        "export namespace Text {\n  function own(text: string): boolean {\n    return text === 'x' ? true : false;\n  }\n"
        "  export function count(text: string, width: number): number {\n    let n = 0;\n    for (const one of text) {\n"
        "      if (own(one) && n < width) n++;\n    }\n    return n;\n  }\n}\n"
    )
    made = harness("TypeScript", text)
    calls = [test.label for test in made.candidates]
    assert all(re.fullmatch(r"Text\.count\(\".*\", -?\d+\)", one) for one in calls), calls
    assert 'import { Text } from "./source";' in made.beside(made.candidates)["driver.ts"]
    assert {2, 5} <= made.lines


def test_numbers_that_count_are_whole():
    """A `number` gets fractions only where something is done with it that asks for them."""
    text = "export function f(n: number): number {{\n  while (n > 9) {{\n    if ({}) n -= 2;\n    n--;\n  }}\n  return n;\n}}\n"
    whole = [test.label for test in harness("TypeScript", text.format("n > 30")).candidates]
    assert not any("." in one for one in whole)
    assert any("." in test.label for test in harness("TypeScript", text.format("Math.sqrt(n) > 3")).candidates)


def test_objects_are_made_of_the_types_that_the_file_declares():
    """An interface with fields of plain types gives objects, also in one another and in lists; one with methods none."""
    text = (
        "interface Place { readonly name: string; x: number }\ntype Way = { from: Place; kind: 'road' | 'rail'; note?: Date };\n"
        "interface Loud { say(): void; x: number }\n"
        "export function far(ways: Way[]): number {\n  let n = 0;\n  for (const way of ways) {\n    if (way.from.x > 5) n++;\n  }\n  return n;\n}\n"
        "export function say(one: Loud): number {\n  let n = 0;\n  while (n < 5) {\n    if (one.x > n) n++;\n    n++;\n  }\n  return n;\n}\n"
    )
    calls = [test.label for test in harness("TypeScript", text).candidates]
    assert calls[0].startswith('far([{ from: { name: "Ada", x: 7 }, kind: "rail" }, {'), calls
    assert len(calls) == 4
    assert not any(one.startswith("say") for one in calls)


def test_texts_are_such_as_the_function_looks_for_by_pattern():
    """What a function tries a pattern on gets texts that it matches, and others."""
    text = (
        "const AMOUNT = /^(?<sum>\\d+) ([a-z]+)$/;\nexport function parse(given: string): string {\n"
        "  const found = AMOUNT.exec(given);\n  if (!found) return 'none';\n"
        "  if (given.match(/x/)) return 'x';\n  return found[2];\n}\n"
    )
    calls = [test.label for test in harness("TypeScript", text).candidates]
    assert 'parse("7 name")' in calls[:3]
    assert 'parse("hello world")' in calls


def test_methods_of_classes_of_ruby_are_called_on_values():
    """What a file adds to `String` or `Array` is called on texts and lists, not on new ones, which are empty."""
    text = (
        "class String\n  def longest(least)\n    found = ''\n    split.each do |one|\n      if one.size > least\n        found = one\n"
        "      end\n      if found.size > 9\n        found = ''\n      end\n    end\n    found\n  end\nend\n"
    )
    calls = [test.label for test in harness("Ruby", text).candidates]
    assert any(re.fullmatch(r'"\w[^"]*"\.longest\(-?\d+\)', one) for one in calls), calls
    for own, value in (("Array", r"\["), ("Hash", r"\(\{"), ("Integer", r"\(?-?\d+\)?\.")):
        calls = [test.label for test in harness("Ruby", text.replace("String", own)).candidates]
        assert any(re.match(value, one) for one in calls), calls
