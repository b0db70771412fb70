"""Tests that a model writes: in each framework they are really run, on the file and on faults of it."""

from dataclasses import replace

import pytest

from alchemy_assets.generation.completions import NO_ANSWERS
from alchemy_assets.sandbox.sandbox import Invocation, Limits, Program
from alchemy_assets.strategies.generated import new_code, running
from alchemy_assets.strategies.generated.dev import test_files
from alchemy_assets.strategies.generated.dev.kinds import KINDS
from alchemy_assets.strategies.generated.dev.task import OTHER_LANGUAGE
from alchemy_assets.strategies.grounded.drafting import NOTHING_RUNS
from alchemy_assets.strategies.strategy import Rejected, Verified
from tests.strategies.developers import PROGRAMS, block, watched
from tests.strategies.scripted import drive

KIND = next(kind for kind in KINDS if kind.name == "unit_tests")
# By the name of the framework; `STEM` is the name of the file without its suffix.
TESTS = {
    "pytest": "from STEM import largest, total\n\n\ndef test_total_leaves_out_what_is_negative():\n    assert total([3, -1, 4]) == 7\n\n\ndef test_total_of_nothing():\n    assert total([]) == 0\n\n\ndef test_largest():\n    assert largest([1, 5, 2]) == 5\n",
    "`unittest`": "import unittest\n\nfrom STEM import total\n\n\nclass TestTotal(unittest.TestCase):\n    def test_sum(self):\n        self.assertEqual(total([3, -1, 4]), 7)\n\n    def test_nothing(self):\n        self.assertEqual(total([]), 0)\n",
    "Go's `testing` package": 'package main\n\nimport "testing"\n\nfunc TestTotal(t *testing.T) {\n\tif got := total([]int{3, -1, 4}); got != 7 {\n\t\tt.Errorf("got %d", got)\n\t}\n}\n\nfunc TestTotalOfNothing(t *testing.T) {\n\tif got := total(nil); got != 0 {\n\t\tt.Errorf("got %d", got)\n\t}\n}\n',
    "JUnit 5": "import static org.junit.jupiter.api.Assertions.assertEquals;\n\nimport org.junit.jupiter.api.Test;\n\nclass TotalsTest {\n    @Test\n    void leavesOutNegatives() {\n        assertEquals(7, Totals.total(new int[] {3, -1, 4}));\n    }\n}\n",
    "Minitest": 'require "minitest/autorun"\nrequire_relative "STEM"\n\nclass TotalTest < Minitest::Test\n  def test_leaves_out_negatives\n    assert_equal 7, total([3, -1, 4])\n  end\nend\n',
    "test-unit": 'require "test/unit"\nrequire_relative "STEM"\n\nclass TotalTest < Test::Unit::TestCase\n  def test_leaves_out_negatives\n    assert_equal 7, total([3, -1, 4])\n  end\nend\n',
    "RSpec": 'require_relative "STEM"\n\nRSpec.describe "total" do\n  it "leaves out negatives" do\n    expect(total([3, -1, 4])).to eq(7)\n  end\nend\n',
    "PHPUnit": "<?php\n\nuse PHPUnit\\Framework\\TestCase;\n\nrequire_once __DIR__ . '/STEM.php';\n\nfinal class CLASS extends TestCase\n{\n    public function testLeavesOutNegatives(): void\n    {\n        $this->assertSame(7, total([3, -1, 4]));\n    }\n}\n",
    "JavaScript": 'const test = require("node:test");\nconst assert = require("node:assert/strict");\n\nconst { total } = require("./STEM.js");\n\ntest("leaves out negatives", () => {\n  assert.equal(total([3, -1, 4]), 7);\n});\n',
    "TypeScript": 'import test from "node:test";\nimport assert from "node:assert/strict";\n\nimport { total } from "./STEM";\n\ntest("leaves out negatives", () => {\n  assert.equal(total([3, -1, 4]), 7);\n});\n',
    "`assert.h`": '#include <assert.h>\n\n#define main program_main\n#include "STEM.c"\n#undef main\n\nint main(void)\n{\n    const int numbers[] = {3, -1, 4};\n    assert(total(3, numbers) == 7);\n    return 0;\n}\n',
    "`<cassert>`": '#include <cassert>\n\n#define main program_main\n#include "STEM.cpp"\n#undef main\n\nint main()\n{\n    assert(total({3, -1, 4}) == 7);\n    return 0;\n}\n',
    "Rust's `#[test]`": "#[cfg(test)]\nmod tests {\n    use super::*;\n\n    #[test]\n    fn leaves_out_negatives() {\n        assert_eq!(total(&[3, -1, 4]), 7);\n    }\n}\n",
    "plain bash": '#!/usr/bin/env bash\n\nactual=$(bash STEM.sh 3 -1 4)\nif [ "$actual" != "total 7" ]; then\n  echo "expected total 7, got $actual"\n  exit 1\nfi\n',
}
# Where code at the top would run as soon as the tests load the file, the file is a library here.
TEXTS = {**PROGRAMS, "PHP": PROGRAMS["PHP"].split("echo")[0]}
LANGUAGES = ("C", "Cpp", "Go", "Java", "JavaScript", "PHP", "Python", "Ruby", "Rust", "Shell", "TypeScript")


def written_for(file):
    """A good test file for the framework that is drawn for a file."""
    stand = KIND.prepare(KIND, file, NO_ANSWERS).given
    text = TESTS.get(stand.said) or TESTS[file.language]
    values = KIND.prepare(KIND, file, NO_ANSWERS).values
    stem = values["saved"].rsplit("/", 1)[-1].partition(".")[0]
    return text.replace("STEM", stem).replace("CLASS", stand.name.removesuffix(".php"))


def judged(file, answer, sandbox):
    """The judgement of a test file."""
    drafts, _, requests = drive(KIND, file, lambda _request: answer)
    [judgement] = KIND.verify(drafts, sandbox)
    if isinstance(judgement, Rejected):
        assert set(judgement.reasons) <= set(KIND.reasons)
    return judgement, requests


def reason(judgement):
    """Why a draft was rejected."""
    assert isinstance(judgement, Rejected), judgement
    return judgement.reasons[0]


@pytest.fixture(scope="module")
def has_pytest(sandbox):
    """Whether programs here can import pytest; a sandbox root has it, a machine may not."""
    program = Program("Python", {"source.py": b"import pytest"}, "source.py")
    return sandbox.run(program, Invocation(), Limits()).exit_code == 0


def need(language, sandbox, *, has_pytest):
    """Skip where the language cannot be run here, or where the framework of Python is missing."""
    if not sandbox.runnable(language):
        pytest.skip("cannot be run here")
    if language == "Python" and not has_pytest:
        pytest.skip("pytest is not in the sandbox; `make sandbox-root` makes one that has it")


@pytest.mark.parametrize("language", LANGUAGES)
def test_tests_that_notice_a_fault_hold(curated, sandbox, has_pytest, language):
    """In every language that has a framework: they pass on the file and fail on a fault."""
    need(language, sandbox, has_pytest=has_pytest)
    file = watched(curated(TEXTS[language], language), sandbox)
    held, requests = judged(file, block(written_for(file)), sandbox)
    assert isinstance(held, Verified), held
    assert held.verified["tests_passed"] >= 1
    assert "notices" in held.evidence["detail"]
    stand = held.draft.plan.given
    words = requests[0].messages[1][1].split(TEXTS[language].strip())[1]
    assert stand.said in words
    assert stand.command in words


@pytest.mark.parametrize(("language", "frameworks"), [("Python", 2), ("Ruby", 3)])
def test_frameworks_are_drawn(curated, sandbox, has_pytest, language, frameworks):
    """Files of a language with several frameworks get each of them."""
    need(language, sandbox, has_pytest=has_pytest)
    file = watched(curated(PROGRAMS[language], language), sandbox)
    seen = {}
    for number in range(12):
        one = replace(file, blob_id=f"{number:040}")
        seen[KIND.prepare(KIND, one, NO_ANSWERS).given.said] = one
    assert len(seen) == frameworks
    for one in seen.values():
        held, _ = judged(one, block(written_for(one)), sandbox)
        assert isinstance(held, Verified), held


@pytest.fixture(scope="module")
def tested(curated, sandbox):
    """A file of Python whose framework is pytest."""
    file = watched(curated(PROGRAMS["Python"]), sandbox)
    numbered = (replace(file, blob_id=f"{number:040}") for number in range(40))
    return next(one for one in numbered if KIND.prepare(KIND, one, NO_ANSWERS).given.said == "pytest")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda text: text.replace("== 7", "== 6"), test_files.TESTS_FAIL),
        (lambda _text: "import tool\n\n\ndef test_it_is_there():\n    assert tool.total\n", test_files.UNNOTICED),
        (lambda text: text.replace("def test_largest():", "def test_largest()"), new_code.NOT_PARSED),
        (lambda _text: "# nothing is tested here\n", test_files.TESTS_FAIL),
        (lambda text: text + "\n\n# ... the rest of the functions\n", new_code.LEFT_OUT),
        (lambda text: text.replace("import largest", "import smallest"), test_files.TESTS_FAIL),
        (lambda text: "import os\n\nCOUNT = 'ran'\n" + text + "\n\ndef test_once():\n    import time\n    assert time.time_ns() % 1 == 1\n", test_files.TESTS_FAIL),
    ],
)  # fmt: skip
def test_what_is_wrong_with_tests_is_seen(tested, change, why, sandbox, has_pytest):
    """They fail, notice nothing, do not parse, or are none."""
    need("Python", sandbox, has_pytest=has_pytest)
    judgement, _ = judged(tested, block(change(written_for(tested))), sandbox)
    assert reason(judgement) == why


def test_tests_that_do_not_compile_are_seen(curated, sandbox):
    """A compiler's refusal is told apart from a failure."""
    if not sandbox.runnable("Rust"):
        pytest.skip("cannot be run here")
    file = watched(curated(PROGRAMS["Rust"], "Rust"), sandbox)
    judgement, _ = judged(file, block(written_for(file).replace("total(&", "sum(&")), sandbox)
    assert reason(judgement) == test_files.TESTS_NOT_BUILT


def test_a_file_that_cannot_be_broken_tests_nothing(curated, sandbox, has_pytest):
    """Where no fault can be planted, nobody knows what tests are worth."""
    need("Python", sandbox, has_pytest=has_pytest)
    file = watched(curated("NAME = 'x'\n\nprint(NAME)\n"), sandbox)
    name = KIND.prepare(KIND, file, NO_ANSWERS).values["saved"].removesuffix(".py")
    answer = f"import unittest\n\nimport {name}\n\n\nclass T(unittest.TestCase):\n    def test_name(self):\n        self.assertEqual({name}.NAME, 'x')\n\n\ndef test_name():\n    assert {name}.NAME == 'x'\n"
    judgement, _ = judged(file, block(answer), sandbox)
    assert reason(judgement) == running.NO_MUTANT


def test_other_languages_and_places_are_counted(tested, curated):
    """A language without a framework here is not asked about; without a sandbox nothing is kept."""
    [draft] = KIND.next(curated(PROGRAMS["Swift"], "Swift"), NO_ANSWERS)
    assert draft.plan.reason == OTHER_LANGUAGE
    judgement, _ = judged(tested, block(written_for(tested)), None)
    assert reason(judgement) == NOTHING_RUNS
