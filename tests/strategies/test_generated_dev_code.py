"""Files that a model writes anew: fixed, restructured, documented, typed; what holds, and what each check refuses."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from alchemy_assets.generation.completions import NO_ANSWERS
from alchemy_assets.generation.parsing import UnreadableError
from alchemy_assets.strategies.generated import new_code, running
from alchemy_assets.strategies.generated.code_alone import tokens
from alchemy_assets.strategies.generated.dev import annotations, comments, planted
from alchemy_assets.strategies.generated.dev.kinds import KINDS
from alchemy_assets.strategies.generated.dev.task import OTHER_LANGUAGE
from alchemy_assets.strategies.grounded.drafting import NOTHING_RUNS
from alchemy_assets.strategies.strategy import Rejected, Verified
from alchemy_assets.tracing.scripts import Test
from tests.strategies.developers import PROGRAMS, PYTHON, block, proposing, shown_code, watched
from tests.strategies.observations import really_seen
from tests.strategies.scripted import drive

EXAMPLES = Path(__file__).parents[2] / "examples" / "corpus" / "tiny-parsers"
BY_NAME = {kind.name: kind for kind in KINDS}
TASK = "<task>\nThe code around `result` is hard to read: please simplify how the numbers are walked. Output stays.\n</task>"
# What a good answer of a refactoring changes in each language.
REFACTORED = {
    "C": ("numbers[i] > 0", "0 < numbers[i]"),
    "CSharp": ("number > 0", "0 < number"),
    "Cpp": ("number > 0", "0 < number"),
    "Go": ("number > 0", "0 < number"),
    "Java": ("number > 0", "0 < number"),
    "JavaScript": ("number > 0", "0 < number"),
    "PHP": ("$number > 0", "0 < $number"),
    "Python": ("number > 0", "0 < number"),
    "Ruby": ("number > 0", "number.positive?"),
    "Rust": ("*number > 0", "0 < *number"),
    "Shell": ('"$number" -gt 0', '0 -lt "$number"'),
    "Swift": ("number > 0", "0 < number"),
    "TypeScript": ("number > 0", "0 < number"),
}
COMMENT = {"Python": "#", "Ruby": "#", "Shell": "#"}


@pytest.fixture(scope="module")
def files(curated, sandbox):
    """A program in each language with what it really does; those that cannot run here are left out."""
    return {
        language: watched(curated(text, language), sandbox)
        for language, text in PROGRAMS.items()
        if sandbox.runnable(language)
    }


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


@pytest.mark.parametrize("language", sorted(PROGRAMS))
def test_a_refactoring_that_prints_the_same_holds(files, language, sandbox):
    """In every language the answer is run by the tests of its file, and what prints the same is marked so."""
    file = files.get(language) or pytest.skip("cannot be run here")
    good = proposing(TASK, block(file.text.replace(*REFACTORED[language])))
    held = judged("restructuring", file, good, sandbox)
    assert isinstance(held, Verified), held
    assert held.verified["behaves_as_source"] is True
    assert held.evidence["runs"] == 3
    assert held.verified["compiled"] is (True if file.observed.compile else None)
    broken = proposing(TASK, block(file.text.replace("total ", "sum ").replace('"total"', '"sum"')))
    assert reason(judged("restructuring", file, broken, sandbox)) == running.BEHAVES_OTHERWISE


@pytest.mark.parametrize("name", ["restructuring", "modernisation", "hardening"])
@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda text: text, new_code.UNCHANGED),
        (lambda text: f"# about numbers\n{text}", new_code.UNCHANGED),
        (lambda text: text.replace("return result", "return (result"), new_code.NOT_PARSED),
        (lambda text: text.replace("def largest(numbers):", "def biggest(numbers):").replace(" largest(", " biggest("), new_code.NAMES_GONE),
        (lambda text: text[: text.index("def largest")], new_code.MUCH_GONE),
        (lambda text: text + "\n".join(f"x{number} = {number}" for number in range(400)), new_code.MUCH_MORE),
        (lambda text: text.replace("    best = numbers[0]", "    # ... rest of the function unchanged"), new_code.LEFT_OUT),
        (lambda text: text.replace("number > 0", "number > 1"), running.BEHAVES_OTHERWISE),
        (lambda text: text.replace("result = 0", "result = 1 / 0"), running.BEHAVES_OTHERWISE),
        (lambda text: text.replace("result = 0", "while True: pass"), running.STOPPED),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_new_file_is_seen(files, name, change, why, sandbox):
    """Each check refuses what it is there for, before or after it runs."""
    file = files["Python"]
    if name == "hardening" and change(PYTHON).startswith(PYTHON[:-1] + "\n"):
        return
    said = TASK + '\n<inputs>\n[{"arguments": ["x"]}]\n</inputs>'
    changed = change(PYTHON)
    if why == running.BEHAVES_OTHERWISE and "> 1" in changed:
        file = watched(replace(file, observed=None), sandbox, (*TESTS_OF_ONE,))
    assert reason(judged(name, file, proposing(said, block(changed)), sandbox)) == why


TESTS_OF_ONE = (Test(("1", "1")), Test(("7",)))


def test_without_a_sandbox_nothing_that_promises_behaviour_is_kept(files):
    """What could not be run is rejected for that."""
    good = proposing(TASK, block(PYTHON.replace(*REFACTORED["Python"])))
    assert reason(judged("restructuring", files["Python"], good, None)) == NOTHING_RUNS


def test_a_file_whose_tests_print_the_same_is_not_asked_about(files, curated, sandbox):
    """Behaviour that no input changes, or of which little is reached, proves nothing: no request is made."""
    alike = watched(curated(PYTHON), sandbox, (Test(("3",)), Test(("3",))))
    little = replace(files["Python"], observed=replace(files["Python"].observed, points=frozenset(range(500))))
    for file, why in ((alike, running.ONE_OUTPUT), (little, running.TOO_LITTLE_COVERED)):
        for name in ("restructuring", "modernisation", "hardening", "speed_up", "type_annotations"):
            [draft] = BY_NAME[name].next(file, NO_ANSWERS)
            assert draft.plan.reason == why


@pytest.mark.parametrize(
    "line",
    ["# ...", "// ... rest of the code ...", "    # rest of the function", "-- … unchanged", "/* ... */", "<!-- ... -->",
     "// existing code here", "# other methods remain the same", "// Methods unchanged", "# (...)"],
)  # fmt: skip
def test_a_comment_in_place_of_code_is_seen(line):
    """Whoever is asked for the whole file and leaves some out is told so."""
    with pytest.raises(UnreadableError) as caught:
        new_code.whole_code(block(f"x = 1\n{line}\ny = 2"))
    assert caught.value.reason == new_code.LEFT_OUT


@pytest.mark.parametrize(
    "line",
    [
        "# the list is unchanged",
        "// Other functions",
        "# ... and so on",
        "# rest of the line",
        "x = ...",
        "// existing code paths",
    ],
)
def test_other_comments_are_left_alone(line):
    """To speak of what is unchanged leaves nothing out."""
    assert new_code.whole_code(block(f"x = 1\n{line}\ny = 2")) == f"x = 1\n{line}\ny = 2\n"


# Bugs.


def told_right(file):
    """The answer that is the file as it was."""
    return lambda _request: block(file.text)


@pytest.mark.parametrize("language", sorted(PROGRAMS))
def test_a_bug_that_is_fixed_holds(files, language, sandbox):
    """In every language: the bug fails the run that is told, the fix passes all."""
    file = files.get(language) or pytest.skip("cannot be run here")
    held = None
    for number in range(6):
        one = replace(file, blob_id=f"{number:040}")
        judgement = judged("bug_fix", one, told_right(one), sandbox)
        if isinstance(judgement, Verified):
            held = judgement
            break
        assert reason(judgement) in {
            planted.BUG_UNNOTICED,
            planted.OTHER_TEST,
            planted.BUG_NOT_BUILT,
            planted.BUG_STOPS,
        }
    assert held is not None
    assert held.verified["tests_passed"] == 3
    assert "tests failed before the fix" in held.evidence["detail"]
    [edit] = held.draft.edits
    assert edit["kind"] == "bug_fix"
    assert held.draft.seed_text != file.text


def planted_in(file, before, after, sandbox=None, test=None):
    """The kind's draft and answer for a bug that we choose: the one that the kind would plant is put in its place."""
    kind = BY_NAME["bug_fix"]
    drafts, _, _ = drive(kind, file, lambda _request: block(file.text + "\n"))
    [draft] = drafts
    plan = draft.plan
    buggy = file.text.replace(before, after)
    mutant = replace(plan.given.mutant, text=buggy, fault="chosen", line=1)
    given = replace(plan.given, mutant=mutant, test=plan.given.test if test is None else test)
    return kind, replace(draft, plan=replace(plan, given=given))


@pytest.mark.parametrize(
    ("bug", "answer", "why"),
    [
        ("result = 1", lambda text: text.replace("result = 0", "result = 1").replace("def main", "def  main"), new_code.UNCHANGED),
        ("result = 1", lambda text: text.replace("result = 0", "result = 1 + 0"), planted.NOT_FIXED),
        ("result = 1", lambda text: text.replace("result = 0", "result = 2"), running.BEHAVES_OTHERWISE),
        ("result = 1", lambda text: text.replace("    result = 0\n", "    result = 0\n" + "".join(f"    x{n} = {n}\n" for n in range(14))), planted.REWRITTEN),
        ("result = 0 + 0", lambda text: text, planted.BUG_UNNOTICED),
        ("result = -len(numbers) // 3 + 1", lambda text: text, planted.OTHER_TEST),
        ("result = 0\n    while True: pass", lambda text: text, planted.BUG_STOPS),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_fix_is_seen(files, bug, answer, why, sandbox):
    """A bug that does not show, or shows elsewhere, makes no sample; nor does an answer that leaves it or does more."""
    file = files["Python"]
    kind, draft = planted_in(file, "result = 0", bug, test=0)
    draft = replace(draft, plan=replace(draft.plan, answer=answer(file.text)))
    [judgement] = kind.verify([draft], sandbox)
    assert reason(judgement) == why
    assert why in kind.reasons


def test_a_bug_that_does_not_compile_makes_no_sample(files, sandbox):
    """What a compiler sees is no bug to be found."""
    file = files.get("C") or pytest.skip("C cannot be run here")
    kind, draft = planted_in(file, "int result = 0;", "int result = nothing;")
    draft = replace(draft, plan=replace(draft.plan, answer=file.text))
    [judgement] = kind.verify([draft], sandbox)
    assert reason(judgement) == planted.BUG_NOT_BUILT


def test_the_question_of_a_bug_tells_a_run_and_not_the_place(files):
    """The run and what it must print stand there, as recorded; the fault and its line do not."""
    for number in range(20):
        file = replace(files["Python"], blob_id=f"{number:040}")
        [request] = BY_NAME["bug_fix"].next(file, NO_ANSWERS)
        words = request.messages[1][1].replace(shown_code(request), "")
        run = next(one for one in file.observed.ran if f"{one.command.split(' < ')[0]}`" in words)
        assert run.result.stdout.strip() in words
        assert not re.search(r"\bline \d", words)
        assert "source.py" in words
        assert words.count("tool.py") + words.count("file above") >= 1


def test_files_without_a_bug_to_plant_are_counted(files, curated, sandbox):
    """Nothing to break, or no run to tell."""
    bare = watched(curated("print('one')\nprint('two')\n"), sandbox, (Test(), Test()))
    [draft] = BY_NAME["bug_fix"].next(bare, NO_ANSWERS)
    assert draft.plan.reason == planted.NO_PLACE
    silent = files["Python"]
    results = [replace(one.result, stdout="") for one in silent.observed.ran]
    [draft] = BY_NAME["bug_fix"].next(replace(silent, observed=silent.observed.having(results)), NO_ANSWERS)
    assert draft.plan.reason == planted.NO_RUN


# Documentation.


def documented(file):
    """The file with a comment above the line of its function, long enough to count."""
    sign = COMMENT.get(file.language, "//")
    lines = file.text.split("\n")
    at = next(number for number, line in enumerate(lines) if re.search(r"(?i)\btotal\(", line))
    lines.insert(
        at,
        f"{re.match(r' *', lines[at])[0]}{sign} Adds up the numbers that are above zero, and leaves out all others; gives 0 for none.",
    )
    return "\n".join(lines)  # fmt: skip


@pytest.mark.parametrize("language", sorted(PROGRAMS))
def test_comments_alone_are_documentation(files, language, curated, sandbox):
    """In every language a comment changes no token; where the file was not run that is still proved, and no more."""
    file = files.get(language) or pytest.skip("cannot be run here")
    held = judged("documentation", file, lambda _request: block(documented(file)), sandbox)
    assert isinstance(held, Verified), held
    assert held.verified["behaves_as_source"] is True
    unseen = curated(PROGRAMS[language], language)
    alone = judged("documentation", unseen, lambda _request: block(documented(file)), None)
    assert isinstance(alone, Verified), alone
    assert (alone.verified["behaves_as_source"], alone.verified["executed"]) == (None, None)
    changed = documented(file).replace("result", "outcome")
    assert reason(judged("documentation", file, lambda _request: block(changed), sandbox)) == comments.CODE_CHANGED


def test_docstrings_are_documentation(files, sandbox):
    """In Python what stands first in a function, a class or the file is no code."""
    text = PYTHON.replace("):\n", '):\n    """Give what its name says, for a list of numbers that is not empty."""\n')
    held = judged("documentation", files["Python"], lambda _request: block(f'"""Counts."""\n\n{text}'), sandbox)
    assert isinstance(held, Verified), held


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("result = 0", "result = 1"),
        ("        if number > best:\n            best = number\n", "        if number > best:\n            best = number\n            break\n"),
        ("            result += number\n    return result", "            result += number\n        return result"),
        ('"total"', '"total "'),
    ],
)  # fmt: skip
def test_any_other_token_is_no_documentation(before, after):
    """A value, a statement, nesting and blanks in a text are code."""
    assert tokens("Python", PYTHON) != tokens("Python", PYTHON.replace(before, after))
    assert tokens("Python", PYTHON) == tokens(
        "Python", PYTHON.replace("\n\n\n", "\n\n").replace("result = 0", "result = 0  # none yet")
    )


@pytest.mark.parametrize(
    ("language", "text", "comment"),
    [
        ("Cpp", "template <class T> struct Box {\n    HERE\n    T value;\n};\n", "// what it holds"),
        ("Go", "package a\n\nvar A = []int{\n\tHERE\n\t1,\n}\n", "// the first"),
        ("SQL", "SELECT a\nHERE\nFROM b;\n", "/* from b */"),
        ("Shell", "f() {\n  HERE\n  cat <<EOF\n# no comment\nEOF\n}\n", "# prints"),
        ("Rust", 'HERE\nfn a() -> &\'static str {\n    "// no comment"\n}\n', "/// Gives a text."),
    ],
)
def test_comments_are_told_from_texts(language, text, comment):
    """Within a template, a literal or a query a comment is one, and what looks like one in a text is none."""
    assert tokens(language, text.replace("HERE", comment)) == tokens(language, text.replace("HERE", ""))
    if "no comment" in text:
        assert tokens(language, text) != tokens(language, text.replace("no comment", "none"))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda text: text, new_code.UNCHANGED),
        (lambda text: text.replace("result = 0", "result = 0  # none"), comments.NOTHING_ADDED),
        (lambda text: text.replace("return best", "return  best  # " + "the best of all " * 9 + "\n    ("), new_code.NOT_PARSED),
    ],
)  # fmt: skip
def test_what_is_no_documentation_is_seen(files, change, why, sandbox):
    """Nothing, next to nothing, or what does not parse."""
    answer = block(change(PYTHON))
    assert reason(judged("documentation", files["Python"], lambda _request: answer, sandbox)) == why


def test_a_file_that_prints_its_own_text_is_run(curated, sandbox):
    """Equal tokens do not prove that it prints the same: a run shows that it does not."""
    text = "import sys\n\n\ndef told(number):\n    return len(open(__file__).read()) if number > 1 else number\n\n\nprint(told(len(sys.argv)))\n"
    file = watched(curated(text), sandbox, (Test(), Test(("1",))))
    answer = block(text.replace("def told", "# " + "Give the length of this very file. " * 4 + "\ndef told"))
    assert reason(judged("documentation", file, lambda _request: answer, sandbox)) == running.BEHAVES_OTHERWISE
    assert reason(judged("documentation", file, lambda _request: answer, None)) == comments.READS_ITSELF


def test_files_that_need_no_documentation_are_not_asked_about(curated):
    """Documented functions, or none."""
    told = PYTHON.replace("):\n", '):\n    """Give what its name says."""\n')
    for text, why in ((told, comments.DOCUMENTED), ("x = 1\n", comments.NO_FUNCTION)):
        [draft] = BY_NAME["documentation"].next(curated(text), NO_ANSWERS)
        assert draft.plan.reason == why


# Types.
UNTYPED = {
    "Python": (PYTHON, lambda text: text.replace("(numbers)", "(numbers: list[int]) -> int", 1).replace("def largest(numbers):", "def largest(numbers: list[int]) -> int:").replace("main():", "main() -> None:", 1)),
    "PHP": (PROGRAMS["PHP"].replace("array $numbers", "$numbers"), lambda text: text.replace("($numbers)\n{", "(array $numbers): int\n{")),
    "TypeScript": (PROGRAMS["TypeScript"].replace("numbers: number[]): number", "numbers)"), lambda text: text.replace("(numbers) {", "(numbers: number[]): number {")),
    "JavaScript": (PROGRAMS["JavaScript"], lambda text: f"/**\n * @param {{number[]}} numbers\n * @returns {{number}}\n */\n{text}"),
}  # fmt: skip


@pytest.mark.parametrize("language", sorted(UNTYPED))
def test_types_hold_where_the_file_runs_as_before(curated, language, sandbox):
    """Types are counted, and the file does what it did."""
    if not sandbox.runnable(language):
        pytest.skip("cannot be run here")
    text, typed = UNTYPED[language]
    file = watched(curated(text, language), sandbox)
    held = judged("type_annotations", file, lambda _request: block(typed(text)), sandbox)
    assert isinstance(held, Verified), held
    assert held.verified["behaves_as_source"] is True
    assert "places without a type have one now" in held.evidence["detail"]
    [draft] = BY_NAME["type_annotations"].next(replace(file, text=typed(text)), NO_ANSWERS)
    assert draft.plan.reason == annotations.TYPED


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda text: text.replace("result = 0", "result = 0 + 0"), annotations.NO_TYPES),
        (lambda text: text.replace("main():", "main() -> None:", 1), annotations.FEW_TYPES),
        (lambda text: UNTYPED["Python"][1](text).replace("list[int]", "Sequence[int]"), running.BEHAVES_OTHERWISE),
        (lambda text: UNTYPED["Python"][1](text).replace("number > 0", "number >= 5"), running.BEHAVES_OTHERWISE),
    ],
)
def test_what_is_wrong_with_types_is_seen(files, change, why, sandbox):
    """No types, few types, a type that nobody imported, another behaviour."""
    answer = block(change(PYTHON))
    assert reason(judged("type_annotations", files["Python"], lambda _request: answer, sandbox)) == why


def test_languages_without_optional_types_are_not_asked_about(files):
    """Whether a file of C or of the shell has types is no question."""
    for language in ("C", "Shell"):
        if language in files:
            [draft] = BY_NAME["type_annotations"].next(files[language], NO_ANSWERS)
            assert draft.plan.reason == OTHER_LANGUAGE


@pytest.mark.skipif(not EXAMPLES.is_dir(), reason="examples/corpus is not here")
@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("numerals/roman.py", "1 <= total <= 3999", "0 < total < 4000"),
        pytest.param("tinyparsers/rle.py", "count >= MIN_RUN", "MIN_RUN <= count", marks=pytest.mark.slow),
    ],
)
def test_real_observations_are_good_enough(curated, sandbox, path, before, after):
    """A program and a library as the house sees them, with inputs that were found for them, are asked about and held."""
    text = (EXAMPLES / path).read_text()
    assert before in text
    [file] = really_seen([curated(text)], sandbox)
    task = "<task>\nTurn the comparison with the constant round, so that bounds read from low to high, in `parts`. Output stays.\n</task>"
    held = judged("restructuring", file, proposing(task, block(text.replace(before, after))), sandbox)
    assert isinstance(held, Verified), held
    assert held.verified["behaves_as_source"] is True
    kept = [judged("bug_fix", replace(file, blob_id=f"{number:040}"), told_right(file), sandbox) for number in range(4)]
    assert any(isinstance(one, Verified) for one in kept), kept
