"""CodeQA's questions whose answers are read and not run: complexity, explanations; and programs that use the file."""

import json

import pytest

from alchemy_assets.generation.parsing import NO_SECTION, UnreadableError
from alchemy_assets.strategies.generated import running
from alchemy_assets.strategies.generated.qa import api_use, complexity, explained_code, proving
from alchemy_assets.strategies.generated.qa.api_use import ApiUse
from alchemy_assets.strategies.generated.qa.complexity import Complexity, bound_of, bounds_in
from alchemy_assets.strategies.generated.qa.explained_code import ExplainedCode
from alchemy_assets.strategies.generated.shown import TOO_LONG_WHOLE
from alchemy_assets.strategies.grounded.drafting import NOTHING_RUNS
from alchemy_assets.strategies.strategy import Rejected, Verified
from tests.strategies.qa_programs import solution, tagged
from tests.strategies.scripted import drive


def judge(kind, file, sandbox, *answers):
    """The only draft that comes of these answers, judged, and the requests that were asked."""
    waiting = list(answers)
    drafts, _, asked = drive(kind, file, lambda _: waiting.pop(0))
    [one] = kind.verify(drafts, sandbox)
    assert not waiting
    return one, asked


# Complexity

PAIRS = """def pairs(items):
    found = []
    for first in items:
        for second in items:
            if first < second:
                found.append((first, second))
    return found
"""


def cost(time, space, code=PAIRS):
    """A question about cost, with the writer's bounds."""
    return tagged(problem="What does `pairs` cost for n items?", code=code, time=time, space=space)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("O(n log n)", r"$O(n \cdot \log_2 n)$"),
        ("O(n log n)", "O(log(n) * n)"),
        ("O(n^2)", "O(n²)"),
        ("O(n^2)", "O(n**2)"),
        ("O(n + m)", "O(m+n)"),
        ("O(n * m)", "`O(nm)`"),
        ("O(1)", "Θ(1)"),
        ("O((V + E) log V)", "O((V+E)*log(V))"),
        ("O(2^n)", "O(2^{n})"),
    ],
)
def test_bounds_are_the_same_however_they_are_spelt(one, other):
    """Spelling, order and typesetting do not count."""
    assert bound_of(one) == bound_of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("O(n)", "O(n^2)"), ("O(n)", "O(log n)"), ("O(2^n)", "O(n^2)"), ("O(n + m)", "O(n * m)"), ("O(1)", "O(n)")],
)
def test_different_bounds_are_told_apart(one, other):
    """What grows otherwise reads otherwise."""
    assert bound_of(one) != bound_of(other)


@pytest.mark.parametrize(
    "answer",
    [
        "Time: O(n^2)\nSpace: O(n)",
        "Time: O(n) inside.\n\nBut:\n\n**Time: O(n^2)**\n**Space: O(n)**",
        "- **Time complexity:** $O(n^2)$\n- **Space complexity:** $O(n)$",
    ],
)
def test_the_last_bounds_of_an_answer_count(answer):
    """Whatever is around them."""
    assert bounds_in(answer) == ("n^2", "n")


def test_bounds_that_both_give_hold_and_claim_no_run(curated):
    """All that is proved is that the code parses."""
    one, asked = judge(
        Complexity(), curated("x = 1\n"), None, cost("O(n^2)", "O(n^2)"), "Two loops.\n\nTime: O(n²)\nSpace: O(n * n)"
    )
    assert isinstance(one, Rejected), one
    said = "Two loops.\n\nTime: O(n²)\nSpace: O(n²)"
    one, asked = judge(Complexity(), curated("x = 1\n"), None, cost("O(n^2)", "O(n^2)"), said)
    assert isinstance(one, Verified), one
    assert one.verified == {"parsed": True}
    assert json.loads(one.evidence["detail"])["time"] == "n^2"
    assert PAIRS.strip() in asked[1].messages[0][1]


@pytest.mark.parametrize(
    ("code", "answer", "reason"),
    [
        (PAIRS, "Time: O(n)\nSpace: O(n^2)", complexity.DISAGREE),
        (PAIRS, "It is quadratic.", complexity.NO_LABEL),
        (PAIRS + "return (\n", "Time: O(n^2)\nSpace: O(n^2)", proving.NOT_PARSED),
    ],
)
def test_bounds_that_do_not_hold_are_rejected(curated, code, answer, reason):
    """Two that disagree, an answer without a bound, code that is none."""
    one, _ = judge(Complexity(), curated("x = 1\n"), None, cost("O(n^2)", "O(n^2)", code), answer)
    assert one.reasons == (reason,)
    assert reason in complexity.REASONS


def test_a_question_without_a_bound_is_asked_for_again(curated):
    """One complaint, then a rejected row."""
    one, asked = judge(Complexity(), curated("x = 1\n"), None, *[cost("quadratic", "O(n)")] * 2)
    assert one.reasons == (complexity.NO_LABEL,)
    assert "O(n log n)" in asked[1].messages[-1][1]
    with pytest.raises(UnreadableError):
        bound_of("quadratic")


# Explained code

FILE = f"import sys\n\n\n{PAIRS}\n\nprint(pairs(sys.argv))\n"
ASKED = "How does this function choose what it keeps?"
SAID = """`pairs` goes over all items twice. For each `first` it looks at every `second`. Only where `first < second` holds, the
tuple is kept. The list `found` grows by one each time. In the end it is returned as it is."""


def part(code=PAIRS, problem=ASKED):
    """A question about a part of the file."""
    return tagged(problem=problem, code=code)


def test_an_explanation_that_names_what_is_there_holds(curated):
    """It stands beside the part of the file as it is there, and claims no run."""
    one, asked = judge(ExplainedCode(), curated(FILE), None, part(), SAID)
    assert isinstance(one, Verified), one
    assert one.verified == {}
    assert PAIRS.strip() in asked[1].messages[0][1]
    assert ASKED in asked[1].messages[0][1]


def test_the_part_is_shown_as_the_file_has_it_whatever_the_model_wrote(curated):
    """Indentation and blank lines are the file's own."""
    indented = "class Box:\n" + "".join(f"    {line}\n" if line else "\n" for line in PAIRS.splitlines())
    flat = "\n".join(line.strip() for line in PAIRS.splitlines())
    _, asked = judge(ExplainedCode(), curated(indented), None, part(flat), SAID)
    assert PAIRS.strip() in asked[1].messages[0][1]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("`pairs` finds `found`.", explained_code.TOO_FEW_SENTENCES),
        (SAID.replace("`", ""), explained_code.NAMES_NOTHING),
        (SAID.replace("`found`", "`result`").replace("`second`", "`other`"), explained_code.UNKNOWN_NAMES),
        (f"{SAID}\n\n```python\n{PAIRS}```", explained_code.MOSTLY_COPIED),
    ],
)
def test_an_explanation_that_does_not_hold_is_rejected(curated, answer, reason):
    """Too short, without names, with invented ones, or the code again."""
    one, _ = judge(ExplainedCode(), curated(FILE), None, part(), answer)
    assert isinstance(one, Rejected), one
    assert one.reasons == (reason,)
    assert reason in explained_code.REASONS


@pytest.mark.parametrize("code", [PAIRS.replace("found", "kept"), "def pairs(items):\n    found = []\n"])
def test_a_part_that_is_not_in_the_file_is_asked_for_again(curated, code):
    """One complaint, then a good part goes on and a bad one is rejected."""
    assert isinstance(judge(ExplainedCode(), curated(FILE), None, part(code), part(), SAID)[0], Verified)
    one, _ = judge(ExplainedCode(), curated(FILE), None, part(code), part(code))
    assert one.reasons == (explained_code.NOT_QUOTED,)


def test_a_passage_of_a_document_is_explained(curated):
    """Documents are asked about, too."""
    text = "# Setup\n\nRun `make` first.\nThen `check` it.\nThen copy `out`.\nIt may fail.\nThen ask.\n"
    said = "First `make` runs. Then `check` looks at it. Then `out` is copied. That may fail. Then one asks."
    one, _ = judge(ExplainedCode(), curated(text, "Markdown"), None, part("\n".join(text.splitlines()[2:])), said)
    assert isinstance(one, Verified), one


# API use

CASES = json.dumps([{"arguments": [str(number)], "stdout": f"{number * number + 1}\n"} for number in (2, 3, 5)])
LIBRARIES = {
    "Python": (
        "def square(x):\n    return x * x\n",
        "import sys\nfrom tool import square\n\nprint(square(int(sys.argv[1])) + 1)\n",
    ),
    "Ruby": (
        "def square(x)\n  x * x\nend\n",
        "require_relative 'tool'\n\nputs square(ARGV[0].to_i) + 1\n",
    ),
    "JavaScript": (
        "function square(x) {\n  return x * x;\n}\nmodule.exports = { square };\n",
        "const { square } = require('./tool.js');\nconsole.log(square(Number(process.argv[2])) + 1);\n",
    ),
    "TypeScript": (
        "export function square(x: number): number {\n  return x * x;\n}\n",
        "import { square } from './tool';\nconsole.log(square(Number(process.argv[2])) + 1);\n",
    ),
    "PHP": (
        "<?php\nfunction square($x) {\n    return $x * $x;\n}\n",
        "<?php\nrequire __DIR__ . '/tool.php';\necho square((int) $argv[1]) + 1, \"\\n\";\n",
    ),
    "Shell": ("square() {\n    echo $(($1 * $1))\n}\n", 'source ./tool.sh\necho $(($(square "$1") + 1))\n'),
    "C": (
        "static int square(int x) {\n    return x * x;\n}\n",
        (
            '#include <stdio.h>\n#include <stdlib.h>\n#include "tool.h"\n\nint main(int argc, char **argv) {\n'
            '    printf("%d\\n", square(atoi(argv[1])) + 1);\n    return 0;\n}\n'
        ),
    ),
    "Cpp": (
        "inline int square(int x) {\n    return x * x;\n}\n",
        (
            '#include <cstdlib>\n#include <iostream>\n#include "tool.hpp"\n\nint main(int argc, char **argv) {\n'
            '    std::cout << square(std::atoi(argv[1])) + 1 << "\\n";\n}\n'
        ),
    ),
    "CSharp": (
        "public static class Tool {\n    public static int Square(int x) {\n        return x * x;\n    }\n}\n",
        (
            "using System;\n\nclass Program {\n    static void Main(string[] args) {\n"
            "        Console.WriteLine(Tool.Square(int.Parse(args[0])) + 1);\n    }\n}\n"
        ),
    ),
    "Java": (
        "public class Tool {\n    public static int square(int x) {\n        return x * x;\n    }\n}\n",
        (
            "public class Main {\n    public static void main(String[] args) {\n"
            "        System.out.println(Tool.square(Integer.parseInt(args[0])) + 1);\n    }\n}\n"
        ),
    ),
    "Go": (
        "package main\n\nfunc square(x int) int {\n\treturn x * x\n}\n",
        (
            'package main\n\nimport (\n\t"fmt"\n\t"os"\n\t"strconv"\n)\n\nfunc main() {\n'
            "\tx, _ := strconv.Atoi(os.Args[1])\n\tfmt.Println(square(x) + 1)\n}\n"
        ),
    ),
    "Rust": (
        "pub fn square(x: i64) -> i64 {\n    x * x\n}\n",
        (
            "mod tool;\n\nfn main() {\n    let x: i64 = std::env::args().nth(1).unwrap().parse().unwrap();\n"
            '    if x > 1 {\n        println!("{}", tool::square(x) + 1);\n    }\n}\n'
        ),
    ),
    "Swift": (
        "func square(_ x: Int) -> Int {\n    return x * x\n}\n",
        "print(square(Int(CommandLine.arguments[1])!) + 1)\n",
    ),
}
PATHS = {"C": "lib/tool.h", "Cpp": "lib/tool.hpp", "Java": "src/Tool.java"}
QUICK = {"Python", "Ruby", "Shell"}
WROTE = tagged(problem="Print the square of the argument, plus one.", cases=CASES)


@pytest.mark.parametrize(
    "language", [pytest.param(one, marks=() if one in QUICK else pytest.mark.slow) for one in LIBRARIES]
)
def test_a_program_that_uses_its_file_holds_in_every_language(curated, sandbox, language):
    """It is run beside the file, and does not work without it."""
    if not sandbox.runnable(language):
        pytest.skip(f"{language} cannot be run here")
    library, code = LIBRARIES[language]
    file = curated(library, language, PATHS.get(language, ""))
    one, asked = judge(ApiUse(), file, sandbox, WROTE, solution(code))
    assert isinstance(one, Verified), one
    assert [name.lower() for name in json.loads(one.evidence["detail"])["uses"]][-1] in {"square", "tool"}
    assert library.strip() in asked[1].messages[0][1]
    assert one.verified["tests_passed"] == 3


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import sys\n\nprint(int(sys.argv[1]) ** 2 + 1)\n", api_use.USES_NOTHING),
        (
            "import sys\n\n\ndef square(x):\n    return x * x\n\n\nprint(square(int(sys.argv[1])) + 1)\n",
            proving.PASSES_UNSOLVED,
        ),
        (LIBRARIES["Python"][1].replace("+ 1", "+ 2"), running.OTHER_OUTPUT),
        # The sandbox tells apart what fails and what lacks a package.
        (LIBRARIES["Python"][1].replace("tool", "tools"), NOTHING_RUNS),
        (LIBRARIES["Python"][1].replace("argv[1]", "argv[9]"), running.FAILED),
    ],
)
def test_a_use_that_does_not_hold_is_rejected(curated, sandbox, code, reason):
    """Nothing used, written again, another output, a module that is not there."""
    one, _ = judge(ApiUse(), curated(LIBRARIES["Python"][0]), sandbox, WROTE, solution(code))
    assert isinstance(one, Rejected), one
    assert one.reasons == (reason,)
    assert reason in api_use.REASONS


@pytest.mark.parametrize(
    ("text", "language", "path", "reason"),
    [
        ("int main(void) { return 0; }\n", "C", "tool.h", api_use.NO_LIBRARY),
        ("int square(int x) { return x * x; }\n", "C", "tool.c", api_use.NO_LIBRARY),
        ("package tool\n\nfunc main2() {}\n", "Go", "", api_use.NO_LIBRARY),
        ("package main\n\nfunc main() {}\n", "Go", "", api_use.NO_LIBRARY),
        ("package a;\n\npublic class Tool {}\n", "Java", "Tool.java", api_use.NO_LIBRARY),
        ("function square(x) { return x; }\n", "JavaScript", "", api_use.NO_LIBRARY),
        ("x = 1\n", "Python", "my-tool.py", api_use.NO_LIBRARY),
        ("x = 1\n", "Python", "source.py", api_use.NO_LIBRARY),
        ("SELECT 1;\n", "SQL", "", api_use.NO_LIBRARY),
        ("# Title\n", "Markdown", "", api_use.NO_LIBRARY),
        ("x = 1\n" * 9_000, "Python", "", TOO_LONG_WHOLE),
    ],
)
def test_files_that_no_program_can_lie_beside_are_not_asked_about(curated, text, language, path, reason):
    """Programs of their own, parts of packages, names that cannot be imported, files that do not fit."""
    [draft], _, asked = drive(ApiUse(), curated(text, language, path), lambda _: "")
    assert (draft.plan.reason, asked) == (reason, [])
    assert reason in api_use.REASONS


def test_a_task_without_cases_is_asked_for_again(curated):
    """One complaint, then a rejected row with its request."""
    one, asked = judge(ApiUse(), curated(LIBRARIES["Python"][0]), None, *[tagged(problem="Square it.")] * 2)
    assert one.reasons == (NO_SECTION,)
    assert len(asked) == 2
