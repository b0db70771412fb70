"""Programs that a model extends, hardens, speeds up, ports, or saves from a crash: inputs show whether it did."""

import json
from dataclasses import replace

import pytest

from alchemy_assets.generation.completions import NO_ANSWERS
from alchemy_assets.strategies.generated import new_code, running
from alchemy_assets.strategies.generated.dev import crashes, misspelt, planted, programs
from alchemy_assets.strategies.generated.dev.kinds import KINDS
from alchemy_assets.strategies.generated.dev.task import OTHER_LANGUAGE
from alchemy_assets.strategies.strategy import Rejected, Verified
from alchemy_assets.tracing.observed import CALLS
from alchemy_assets.tracing.scripts import Test
from tests.strategies.developers import PROGRAMS, PYTHON, block, proposing, watched
from tests.strategies.scripted import drive

BY_NAME = {kind.name: kind for kind in KINDS}
TASK = "With `--count` as the first argument the program prints only how many numbers were given, as `count N`."


@pytest.fixture(scope="module")
def file(curated, sandbox):
    """A program that was run three times."""
    return watched(curated(PYTHON), sandbox)


def judged(name, file, answer, sandbox):
    """The judgement of the one draft that an answer gives."""
    kind = BY_NAME[name]
    drafts, _, _ = drive(kind, file, answer)
    [judgement] = kind.verify(drafts, sandbox)
    if isinstance(judgement, Rejected):
        assert set(judgement.reasons) <= set(kind.reasons)
    return judgement


def reason(judgement):
    """Why a draft was rejected."""
    assert isinstance(judgement, Rejected), judgement
    return judgement.reasons[0]


def proposal(part, inputs, task=f"In `main`: {TASK}"):
    """A first answer."""
    return f"<task>\n{task}\n</task>\n\n<{part}>\n{json.dumps(inputs)}\n</{part}>"


COUNTED = PYTHON.replace(
    "    values = [",
    '    if sys.argv[1:2] == ["--count"]:\n        print("count", len(sys.argv) - 2)\n        return\n    values = [',
)
CASES = [
    {"arguments": ["--count", "3", "4"], "stdout": "count 2\n"},
    {"arguments": ["--count"], "stdin": "", "stdout": "count 0"},
]


def test_a_feature_that_its_cases_show_holds(file, sandbox):
    """The cases fail on the file and pass on the answer; the tests of the file print what they did."""
    held = judged("feature", file, proposing(proposal("cases", CASES), block(COUNTED)), sandbox)
    assert isinstance(held, Verified), held
    assert held.verified["tests_passed"] == 5
    assert held.verified["behaves_as_source"] is None
    assert held.evidence["detail"].startswith("2 cases of the feature pass, 2 of them failed before")
    assert TASK in held.messages[0][1]
    assert "count 2" not in held.messages[0][1]


@pytest.mark.parametrize(
    ("cases", "code", "why"),
    [
        (CASES, COUNTED.replace("- 2", "- 1"), programs.CASE_FAILS),
        ([{"arguments": ["3"], "stdout": "total 3\nlargest 3"}] * 2, COUNTED, programs.WORKS_ALREADY),
        (CASES, COUNTED.replace("number > 0", "number > -9"), running.BEHAVES_OTHERWISE),
        (CASES, COUNTED.replace("def total", "def sum_of").replace(" total(", " sum_of("), new_code.NAMES_GONE),
        (CASES, PYTHON, new_code.UNCHANGED),
    ],
)
def test_what_is_wrong_with_a_feature_is_seen(file, cases, code, why, sandbox):
    """It must do what its cases say, be new, and leave the rest as it is."""
    assert reason(judged("feature", file, proposing(proposal("cases", cases), block(code)), sandbox)) == why


@pytest.mark.parametrize("name", ["feature", "speed_up", "port"])
def test_a_library_is_not_started(file, name):
    """What is told by inputs of a program is none for a file whose functions are called."""
    library = replace(file, observed=replace(file.observed, harness=CALLS))
    [draft] = BY_NAME[name].next(library, NO_ANSWERS)
    assert draft.plan.reason == crashes.NO_PROGRAM


@pytest.mark.parametrize(
    ("language", "before", "after", "line"),
    [
        ("JavaScript", "const values", 'if (process.argv[2] === "--count") {\n  console.log("count", process.argv.length - 3);\n  process.exit(0);\n}\nconst values', "count 2"),
        ("Ruby", "  puts", '  if ARGV[0] == "--count"\n    puts "count #{ARGV.size - 1}"\n    exit\n  end\n  puts', "count 2"),
        ("Go", "\tvalues := ", '\tif len(os.Args) > 1 && os.Args[1] == "--count" {\n\t\tfmt.Println("count", len(os.Args)-2)\n\t\treturn\n\t}\n\tvalues := ', "count 2"),
        ("Java", "        int[] numbers = new", '        if (args.length > 0 && args[0].equals("--count")) {\n            System.out.println("count " + (args.length - 1));\n            return;\n        }\n        int[] numbers = new', "count 2"),
    ],
)  # fmt: skip
def test_features_hold_in_other_languages(  # noqa: PLR0917 -- parameters of one case
    curated, sandbox, language, before, after, line
):
    """Interpreted, compiled, and of a class."""
    if not sandbox.runnable(language):
        pytest.skip("cannot be run here")
    file = watched(curated(PROGRAMS[language], language), sandbox)
    cases = proposal(
        "cases", [{"arguments": ["--count", "3", "4"], "stdout": line}] * 2, TASK.replace("program", "`total` program")
    )
    held = judged("feature", file, proposing(cases, block(file.text.replace(before, after))), sandbox)
    assert isinstance(held, Verified), held


# Hardening.
TOLD = "`main` dies with a traceback when an argument is no number: say which one it is on standard error, exit with 2."
HARDENED = PYTHON.replace(
    "    values = [int(text) for text in sys.argv[1:]]\n",
    "    try:\n        values = [int(text) for text in sys.argv[1:]]\n    except ValueError as error:\n        sys.exit(f'{error}')\n",
)


def test_a_hardening_that_shows_holds(file, sandbox):
    """The input ends in another way, without a crash, and good input is as before."""
    said = proposal("inputs", [{"arguments": ["3", "x"]}], TOLD)
    held = judged("hardening", file, proposing(said, block(HARDENED)), sandbox)
    assert isinstance(held, Verified), held
    assert held.verified["behaves_as_source"] is True
    assert "1 of 1 inputs that went wrong end in another way" in held.evidence["detail"]


def test_tests_that_ended_with_an_error_may_end_otherwise(curated, sandbox):
    """Only what went well must stay; a test that crashed before is not compared."""
    file = watched(curated(PYTHON), sandbox, (Test(("3",)), Test(("-4", "1")), Test(("x",))))
    assert file.observed.ran[2].result.exit_code == 1
    held = judged("hardening", file, proposing(proposal("inputs", [{"arguments": []}], TOLD), block(HARDENED.replace("    try:", "    if not sys.argv[1:]:\n        sys.exit('no numbers')\n    try:"))), sandbox)  # fmt: skip
    assert isinstance(held, Verified), held
    assert "in 2 tests" in held.evidence["detail"]


@pytest.mark.parametrize(
    ("inputs", "code", "why"),
    [
        ([{"arguments": ["3"]}], HARDENED, programs.NOT_WRONG),
        ([{"arguments": ["x"]}], HARDENED.replace("ValueError", "KeyError"), programs.STILL_WRONG),
        pytest.param([{"arguments": ["x"]}], HARDENED.replace("        sys.exit(f'{error}')", "        print(error)\n        while True: pass"), programs.STILL_WRONG, marks=pytest.mark.slow),
        ([{"arguments": ["x"]}], HARDENED.replace("> 0", "> 3"), running.BEHAVES_OTHERWISE),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_hardening_is_seen(file, inputs, code, why, sandbox):
    """No effect, still a crash, an endless loop, other results for good input."""
    said = proposal("inputs", inputs, TOLD)
    assert reason(judged("hardening", file, proposing(said, block(code)), sandbox)) == why


def test_a_library_is_hardened_without_inputs(file, sandbox):
    """No inputs are asked for where nothing can be started."""
    library = replace(file, observed=replace(file.observed, harness=CALLS))
    drafts, _, requests = drive(BY_NAME["hardening"], library, proposing(f"<task>\n{TOLD}\n</task>", block(HARDENED)))
    assert "<inputs>" not in requests[0].messages[1][1]
    [judgement] = BY_NAME["hardening"].verify(drafts, sandbox)
    assert isinstance(judgement, Verified), judgement


# Speed.
SLOW = """import sys


def distinct(words):
    seen = []
    for word in words:
        if word not in seen:
            seen.append(word)
    return seen


found = distinct(sys.stdin.read().split())
print(len(found), found[:3])
"""
FAST = (
    SLOW.replace("seen = []", "seen = {}")
    .replace("seen.append(word)", "seen[word] = True")
    .replace("return seen", "return list(seen)")
)
LARGE = {"stdin": " ".join(f"w{number}" for number in range(3_000))}
SPEED = (
    "`distinct` looks through a list for every word, which takes long for many words. Make that quicker; same output."
)


@pytest.fixture(scope="module")
def slow(curated, sandbox):
    """A program that takes time for long input."""
    return watched(curated(SLOW), sandbox, (Test((), "a b a\n"), Test((), "x\n"), Test((), "q r s t q\n")))


def test_a_measured_speed_up_holds(slow, sandbox):
    """CPU seconds before and after stand beside the sample."""
    held = judged("speed_up", slow, proposing(proposal("inputs", [LARGE], SPEED), block(FAST)), sandbox)
    assert isinstance(held, Verified), held
    assert held.verified["behaves_as_source"] is True
    assert "ms before" in held.evidence["detail"]


@pytest.mark.parametrize(
    ("inputs", "code", "why"),
    [
        (LARGE, SLOW.replace("word not in seen", "not word in seen"), programs.NOT_FASTER),
        (LARGE, FAST.replace("found[:3]", "found[:3] if len(found) < 99 else []"), programs.OTHER_RESULT),
        (LARGE, FAST.replace("list(seen)", "sorted(seen, reverse=True)"), running.BEHAVES_OTHERWISE),
        ({"stdin": "a b", "arguments": []}, FAST, programs.TOO_QUICK),
        (LARGE, FAST.replace("return list(seen)", "return list(seen) if len(seen) < 99 else 1 / 0"), running.FAILED),
    ],
)
def test_a_speed_up_that_is_none_is_seen(  # noqa: PLR0917 -- as above
    slow, inputs, code, why, sandbox, monkeypatch
):
    """Not faster, too quick to be measured, or another result."""
    if why == programs.TOO_QUICK:
        monkeypatch.setattr(programs, "LEAST_SECONDS", 3.0)  # to start Python takes a while on a busy machine
    assert reason(judged("speed_up", slow, proposing(proposal("inputs", [inputs], SPEED), block(code)), sandbox)) == why


# Ports.
PORTED = {
    **PROGRAMS,
    "Python": PYTHON.replace('    print("largest", largest(values))\n', ""),
    "JavaScript": PROGRAMS["JavaScript"].split("if (values")[0] + "\n",
}


@pytest.mark.parametrize("language", programs.TARGETS)
def test_ports_hold_that_print_the_same(curated, sandbox, language):
    """From a drawn language into each other one, by the tests of the file."""
    source = "Go" if language != "Go" else "C"
    if not (sandbox.runnable(language) and sandbox.runnable(source)):
        pytest.skip("cannot be run here")
    file = watched(curated(PORTED[source], source), sandbox)
    number = 0
    while True:
        one = replace(file, blob_id=f"{number:040}")
        drafts, _, requests = drive(BY_NAME["port"], one, lambda _request: block(PORTED[language]))
        if drafts[0].plan.given[0] == language:
            break
        number += 1
        assert number < 400
    assert programs.language_name(language) in requests[0].messages[1][1]
    [held] = BY_NAME["port"].verify(drafts, sandbox)
    assert isinstance(held, Verified), held
    assert held.verified["behaves_as_source"] is True


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda text: text.replace("> 0", "> 3"), running.OTHER_OUTPUT),
        (lambda text: text.replace("result = 0", "result = 1 / 0"), running.FAILED),
        pytest.param(
            lambda text: text.replace("result = 0", "while True: pass"), running.STOPPED, marks=pytest.mark.slow
        ),
        (lambda text: text.replace("def total(numbers):", "def total(numbers)"), new_code.NOT_PARSED),
    ],
)
def test_what_is_wrong_with_a_port_is_seen(curated, sandbox, change, why):
    """Another output, an error, an endless loop, or no program at all."""
    if not sandbox.runnable("Go"):
        pytest.skip("cannot be run here")
    file = watched(curated(PROGRAMS["Go"], "Go"), sandbox)
    drafts, _, _ = drive(BY_NAME["port"], file, lambda _request: block(change(PORTED["Python"])))
    [draft] = drafts
    plan = replace(draft.plan, given=("Python", draft.plan.given[1]))
    [judgement] = BY_NAME["port"].verify([replace(draft, plan=plan)], sandbox)
    assert reason(judgement) == why


def test_programs_that_cannot_be_ported_are_counted(file, curated, sandbox):
    """Tests with files, and tests that end with an error, say nothing of a port."""
    ran = file.observed.ran
    filed = replace(
        file, observed=replace(file.observed, ran=(replace(ran[0], test=Test((), "", {"a": "b"})), *ran[1:]))
    )
    failing = replace(file, observed=file.observed.having([replace(one.result, exit_code=1) for one in ran]))
    query = replace(file, language="SQL")
    for one, why in (
        (filed, programs.NEEDS_FILES),
        (failing, programs.FEW_CASES),
        (query, OTHER_LANGUAGE),
    ):
        [draft] = BY_NAME["port"].next(one, NO_ANSWERS)
        assert draft.plan.reason == why


def test_a_port_does_not_compile(curated, sandbox):
    """A compiler's refusal is the reason."""
    if not sandbox.runnable("C"):
        pytest.skip("cannot be run here")
    file = watched(curated(PYTHON), sandbox)
    drafts, _, _ = drive(BY_NAME["port"], file, lambda _request: block("int main(void) { return nothing; }"))
    plan = replace(drafts[0].plan, given=("C", drafts[0].plan.given[1]))
    [judgement] = BY_NAME["port"].verify([replace(drafts[0], plan=plan)], sandbox)
    assert reason(judgement) == running.NOT_BUILT


# Crashes. What each program does with an argument that is no number, and what mends it.
CRASHING = {
    "Python": ("values = [int(text) for text in sys.argv[1:]]", HARDENED),
    "Java": ("x", PROGRAMS["Java"].replace(
        "            numbers[i] = Integer.parseInt(args[i]);",
        '            try {\n                numbers[i] = Integer.parseInt(args[i]);\n            } catch (NumberFormatException error) {\n                System.err.println("not a number: " + args[i]);\n                System.exit(2);\n            }',
    )),
    "CSharp": ("x", PROGRAMS["CSharp"].replace(
        "        int[] numbers = Array.ConvertAll(args, int.Parse);",
        "        int[] numbers;\n        try\n        {\n            numbers = Array.ConvertAll(args, int.Parse);\n        }\n        catch (FormatException error)\n        {\n            Console.Error.WriteLine(error.Message);\n            Environment.Exit(2);\n            return;\n        }",
    )),
    "Rust": ("x", PROGRAMS["Rust"].replace(
        "text.parse().unwrap()",
        'text.parse().unwrap_or_else(|_| {\n        eprintln!("not a number: {}", text);\n        std::process::exit(2);\n    })',
    )),
}  # fmt: skip


@pytest.mark.parametrize("language", sorted(CRASHING))
def test_a_crash_that_is_mended_holds(curated, sandbox, language):
    """The trace is the one that was seen, and what crashed says what is wrong instead."""
    if not sandbox.runnable(language):
        pytest.skip("cannot be run here")
    file = watched(curated(PROGRAMS[language], language), sandbox, (Test(("3",)), Test(("4", "x")), Test(("1", "2"))))
    crash = file.observed.ran[1].result
    assert crashes.crashed(language, crash), crash
    drafts, _, requests = drive(BY_NAME["stack_trace"], file, lambda _request: block(CRASHING[language][1]))
    assert crash.stderr.strip() in requests[0].messages[1][1]
    [held] = BY_NAME["stack_trace"].verify(drafts, sandbox)
    assert isinstance(held, Verified), held
    assert held.verified["tests_passed"] == 3
    assert held.draft.edits == ()


@pytest.mark.parametrize(
    ("code", "why"),
    [
        (HARDENED.replace("ValueError", "KeyError"), crashes.STILL_CRASHES),
        (HARDENED.replace("sys.exit(f'{error}')", "return"), crashes.SILENT),
        (HARDENED.replace("number > 0", "number > 3"), running.BEHAVES_OTHERWISE),
        (HARDENED.replace("result = 0", "while True: pass"), running.STOPPED),
        (PYTHON, new_code.UNCHANGED),
    ],
)
def test_what_is_wrong_with_a_mended_crash_is_seen(curated, sandbox, code, why):
    """It still crashes, keeps silent, changes other runs, or never ends."""
    file = watched(curated(PYTHON), sandbox, (Test(("3",)), Test(("4", "x")), Test(("1", "2"))))
    assert reason(judged("stack_trace", file, lambda _request: block(code), sandbox)) == why


def test_crashes_that_are_none_are_counted(curated, sandbox, file):
    """No crash, a crash on purpose, a trace of many lines."""
    purpose = PYTHON.replace("best = numbers[0]", 'raise ValueError("none")')
    long = "Traceback (most recent call last):\n" + "  more\n" * 40
    crashing = watched(curated(PYTHON), sandbox, (Test(("x",)), Test(("3",))))
    results = [replace(crashing.observed.ran[0].result, stderr=long), crashing.observed.ran[1].result]
    for one, why in (
        (file, crashes.NO_CRASH),
        (watched(curated(purpose), sandbox, (Test(("3",)), Test(("4",)))), crashes.ON_PURPOSE),
        (replace(crashing, observed=crashing.observed.having(results)), crashes.TRACE_TOO_LONG),
    ):
        left = crashes.prepare(BY_NAME["stack_trace"], one, NO_ANSWERS)
        assert left.reason == why
    library = replace(file, observed=replace(file.observed, harness=CALLS))
    assert crashes.prepare(BY_NAME["stack_trace"], library, NO_ANSWERS).reason == crashes.NO_PROGRAM


@pytest.mark.parametrize("language", ["Python", "JavaScript"])
def test_a_misspelt_name_is_told_as_it_really_fails(curated, sandbox, language):
    """Error and line follow from the fault; the run shows them, and the fix passes all tests."""
    if not sandbox.runnable(language):
        pytest.skip("cannot be run here")
    file = watched(curated(PROGRAMS[language], language), sandbox)
    kept = 0
    for number in range(5):
        one = replace(file, blob_id=f"{number:040}")
        drafts, _, requests = drive(BY_NAME["stack_trace"], one, lambda _request: block(file.text))
        assert f"`{drafts[0].plan.given.error}`" in requests[0].messages[1][1]
        [held] = BY_NAME["stack_trace"].verify(drafts, sandbox)
        if isinstance(held, Rejected):  # not every run comes to every line
            assert reason(held) == misspelt.OTHER_ERROR
            continue
        kept += 1
        assert held.draft.seed_text != file.text
        assert misspelt.FAULT in held.evidence["detail"]
    assert kept


def test_an_error_that_is_another_one_is_not_told(file, sandbox):
    """What the real run does not say makes no sample, nor does an answer that leaves it."""
    numbered = (replace(file, blob_id=f"{number:040}") for number in range(40))
    made = (drive(BY_NAME["stack_trace"], one, lambda _request: block(PYTHON))[0][0] for one in numbered)
    draft = next(one for one in made if one.plan.given.bug.mutant.before == "values")
    told = draft.plan.given
    for given, answer, why in (
        (replace(told, error="NameError: name 'nobody' is not defined"), PYTHON, misspelt.OTHER_ERROR),
        (replace(told, place="line 400"), PYTHON, misspelt.OTHER_ERROR),
        (told, told.bug.mutant.text + "\nx = 1\n", planted.NOT_FIXED),
    ):
        [judgement] = BY_NAME["stack_trace"].verify(
            [replace(draft, plan=replace(draft.plan, given=given, answer=answer))], sandbox
        )
        assert reason(judgement) == why
        assert why in BY_NAME["stack_trace"].reasons
