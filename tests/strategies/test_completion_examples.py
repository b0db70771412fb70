"""What the kind `completion` makes of calls that were seen."""

import json
from dataclasses import replace

import pytest

from alchemy_assets.generation.completions import NO_ANSWERS
from alchemy_assets.strategies import phrasing
from alchemy_assets.strategies.grounded import completion
from alchemy_assets.strategies.grounded.completion import Completion
from alchemy_assets.strategies.grounded.outline import outline_of
from alchemy_assets.strategies.grounded.stubs import stubbed
from alchemy_assets.strategies.strategy import Verified

from .observations import ran, really_seen, seen

KIND = Completion()
SPREAD = '''
def spread(numbers):
    """Return the largest difference between two of the numbers."""
    if not numbers:
        return 0
    smallest = min(numbers)
    largest = max(numbers)
    return largest - smallest
'''
LOOPING = SPREAD.replace(
    "smallest = min(numbers)",
    "smallest = numbers[0]\n    for number in numbers:\n        smallest = min(smallest, number)",
)
CALLING = f"""{SPREAD}
print("spreads:")
for row in ([3, 9, 2], [5], [7, 7, 8], []):
    print(spread(row))
"""
MAXIMUM = """
package main

import "fmt"

// longest returns the longer one of two words, the first one where they are equally long.
func longest(first, second string) string {
	if len(second) > len(first) {
		return second
	}
	fmt.Println("first")
	return first
}

func main() {
	fmt.Println(longest("pear", "fig"), longest("fig", "banana"))
}
"""


@pytest.fixture
def shows(monkeypatch):
    """Let every sample show its examples, not half of them."""
    drawn = phrasing.draw
    monkeypatch.setattr(phrasing, "draw", lambda *parts: 0 if parts[0] == "shows examples" else drawn(*parts))


def plans(file):
    """The plans of a file's drafts that have a question."""
    return [draft.plan for draft in KIND.next(file, NO_ANSWERS) if draft.messages]


def called(trace_and_output, curated, text=SPREAD):
    """The function of a file, called by a driver: (call, result as it is shown) pairs."""
    runs = [
        ran(
            f"{result}\n",
            f"TRACE:IN:spread:2:numbers={call[7:-1]}\nTRACE:OUT:spread:8:result={result}\n",
            label=call,
        )
        for call, result in trace_and_output
    ]
    return seen(curated(text), *runs, calls=True)


THREE = [("spread([3, 9])", "6"), ("spread([])", "0"), ("spread([4, 4, 5])", "1")]


def test_calls_of_a_driver_stand_in_the_question_and_are_kept(curated, sandbox, shows):
    """A library's function is really called; its question shows calls with results, the evidence holds them as tests."""
    (file,) = really_seen([curated(LOOPING)], sandbox)
    (sample,) = [one for one in KIND.verify(list(KIND.next(file, NO_ANSWERS)), sandbox) if isinstance(one, Verified)]
    tests = json.loads(sample.evidence["detail"])["tests"]
    assert 2 <= len(tests) == sample.verified["tests_passed"]
    assert all(test["call"] in sample.messages[0][1] for test in tests)
    names: dict[str, object] = {}
    exec(SPREAD, names)  # noqa: S102 -- the text stands above
    assert all(eval(test["call"], names) == int(test["expected"]) for test in tests)  # noqa: S307
    assert sample.verified["executed"]
    assert sample.verified["observed"]
    assert sample.evidence["toolchain"].startswith("CPython")


def test_calls_inside_of_a_program_are_told_by_their_parameters(curated, sandbox, shows):
    """A program's own calls give examples, and a stub changes what it prints."""
    (file,) = really_seen([curated(CALLING)], sandbox)
    (sample,) = [one for one in KIND.verify(list(KIND.next(file, NO_ANSWERS)), sandbox) if isinstance(one, Verified)]
    tests = json.loads(sample.evidence["detail"])["tests"]
    known = {"[3, 9, 2]": "7", "[5]": "0", "[7, 7, 8]": "1", "[]": "0"}
    assert len(tests) >= 2
    assert all(known[test["given"]["numbers"]] == test["expected"] for test in tests)
    assert all(f"`{test['given']['numbers']}`" in sample.messages[0][1] for test in tests)


def test_a_stub_that_nobody_notices_leaves_the_question_as_it_was(curated, sandbox, shows):
    """Where the program says the same with a stub, its calls are no specification."""
    silent = CALLING.replace("    print(spread(row))\n", "    spread(row)\n")
    (file,) = really_seen([curated(silent)], sandbox)
    drafts = list(KIND.next(file, NO_ANSWERS))
    assert next(draft.plan for draft in drafts if draft.messages).examples
    (sample,) = [one for one in KIND.verify(drafts, sandbox) if isinstance(one, Verified)]
    assert sample.messages == sample.draft.messages
    assert "tests_passed" not in sample.verified


def test_without_a_sandbox_nothing_is_shown(curated, shows):
    """What cannot be checked is not said."""
    drafts = list(KIND.next(called(THREE, curated), NO_ANSWERS))
    assert drafts[0].plan.examples
    assert KIND.verify(drafts, None)[0].verified == {"parsed": True, "answer_is_source": True}


def test_half_of_the_samples_show_examples(curated):
    """Whether a sample shows them is drawn by its blob."""
    file = called(THREE, curated)
    numbers = [replace(file, blob_id=f"{number:040x}") for number in range(60)]
    assert 20 <= sum(bool(plans(one)[0].examples) for one in numbers) <= 40


@pytest.mark.parametrize(
    "calls",
    [
        [("spread([3, 9])", "6")],
        [("spread([3, 9])", "6"), ("spread([1, 7])", "6"), ("spread([2, 8])", "6")],
        [("spread([3, 9])", "6"), ("spread([])", "<object>")],
        [("spread([3, 9])", "6"), ("spread([])", '"text that was cut... 67 characters"')],
        [("spread([3, 9])", "6"), ("spread([3, 9])", "7"), ("spread([])", "0")],
        [("other([3, 9])", "6"), ("other([])", "0")],
        [("spread([3, 9])", "[3, 9]"), ("spread([])", "[]"), ("spread(7)", "7")],
        [("spread([3, 9])", "6"), ("spread('pear')", "0")],
        [("spread([3, 9])", "6"), ("spread(['pear'])", "0")],
    ],
    ids=[
        *("one", "one outcome", "no value", "shortened", "contradiction", "another function", "what was given"),
        *("several types", "lists of several types"),
    ],
)
def test_what_tells_too_little_is_no_example(calls, curated, shows):
    """One call, the same outcome always, shortened values or contradictions give no examples."""
    assert plans(called(calls, curated))[0].examples == ()


def test_nothing_is_shown_as_an_outcome_only_once(curated, shows):
    """A second call that gave an empty list says no more than the first."""
    calls = [("spread([3, 9])", "[6]"), ("spread([])", "[]"), ("spread([4])", "[]"), ("spread([5])", "[]")]
    shown = plans(called(calls, curated))[0].examples
    assert [one.expected for one in shown].count("[]") == 1


def test_a_program_whose_function_reads_is_not_told_by_its_parameters(curated, shows):
    """What a function reads from elsewhere does not follow from its parameters."""
    events = (
        "TRACE:IN:spread:2:numbers=[1]\nTRACE:OUT:spread:8:result=0\n"
        "TRACE:IN:spread:2:numbers=[1, 4]\nTRACE:OUT:spread:8:result=3\n"
    )
    assert plans(seen(curated(SPREAD), ran("3\n", events)))[0].examples
    reading = SPREAD.replace("min(numbers)", "min(numbers, key=input)")
    assert plans(seen(curated(reading), ran("3\n", events)))[0].examples == ()
    more = events.replace("numbers=[1, 4]", "numbers=[1, 4]; other=2")
    assert plans(seen(curated(SPREAD), ran("3\n", more)))[0].examples == ()


def test_a_stub_compiles_with_the_body_behind_it():
    """Where a compiler asks that imports are used, the body stays, never reached."""
    outline = outline_of("Go", MAXIMUM)
    text = stubbed(outline, outline.functions[0])
    assert "\tif true { var nothing string; return nothing }\n\tif len(second)" in text


def test_every_opening_has_its_place_and_begins_no_question_often():
    """Openings place the examples on lines of their own, and are many."""
    known = phrasing.phrasings("completion_examples")
    assert len(set(known)) == len(known) >= 40
    assert all(one.count("{examples}") == 1 and one.endswith("{examples}") for one in known)
    assert all(len(one.split("{examples}")[0].split()) < 8 + one.count("|") * 4 for one in known)
    assert completion.language_name("Cpp") == "C++"
