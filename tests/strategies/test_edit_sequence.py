import re
import textwrap
from dataclasses import replace

import pytest

from alchemy_assets import syntax_tree
from alchemy_assets.curation.edits import Edit, edited
from alchemy_assets.generation.completions import NO_ANSWERS
from alchemy_assets.languages import LANGUAGES
from alchemy_assets.strategies import phrasing
from alchemy_assets.strategies.grounded import edit_sequence, file_sketch, step_goals
from alchemy_assets.strategies.grounded.building import building_of
from alchemy_assets.strategies.grounded.edit_sequence import EditSequence, Plan
from alchemy_assets.strategies.grounded.insertions import PatchError, applied, inserting
from alchemy_assets.strategies.grounded.outline import outline_of
from alchemy_assets.strategies.strategy import Rejected, Verified

KIND = EditSequence()

# One small file a language: each in an order in which something is used before it is there.
FILES = {
    "C": """
        #include <stdio.h>

        static int twice(int number);
        static int thrice(int number);

        int main(void)
        {
            printf("%d\\n", twice(2) + thrice(2));
            return 0;
        }

        /* Gives a number three times. */
        static int thrice(int number)
        {
            return twice(number) + number;
        }

        /* Gives the double of a number. */
        static int twice(int number)
        {
            return number + number;
        }
        """,
    "Java": """
        package tools;

        import java.util.List;

        public class Median {
            private final List<Integer> sorted;

            public Median(List<Integer> sorted) {
                this.sorted = sorted;
            }

            public double half() {
                return value() / 2;
            }

            /** Returns the number in the middle. */
            public double value() {
                return sorted.get(sorted.size() / 2);
            }
        }
        """,
    "JavaScript": """
        const LIMIT = 3;

        for (const piece of pieces([1, 2, 3, 4])) {
          console.log(piece);
        }

        /** Cuts a list into parts of at most LIMIT entries. */
        function pieces(list) {
          const found = [];
          for (let at = 0; at < list.length; at += LIMIT) {
            found.push(part(list, at));
          }
          return found;
        }

        function part(list, at) {
          return list.slice(at, at + LIMIT);
        }
        """,
    "Python": '''
        """Index the words of a text."""

        import re
        import sys

        WORD = re.compile(r"[a-z]+")


        def main():
            print(index(sys.stdin))


        def index(lines):
            """Give the numbers of the lines of every word, each number once a word."""
            places = {}
            for number, line in enumerate(lines):
                for word in set(words(line)):
                    places.setdefault(word, []).append(number)
            return places


        def words(line):
            """Give the words of a line in lower case."""
            return WORD.findall(line.lower())


        if __name__ == "__main__":
            main()
        ''',
    "Shell": """
        #!/usr/bin/env bash
        limit=3

        # Print the arguments that are longer than the limit.
        long_words() {
          local word
          for word in "$@"; do
            long "$word" && echo "$word"
          done
        }

        long() {
          ((${#1} > limit))
        }

        for file in "$@"; do
          long_words "$file"
        done
        """,
}


def text_of(source: str) -> str:
    """A file of this test without the indent that it has here."""
    return textwrap.dedent(source).lstrip("\n")


@pytest.fixture
def judge(curated):
    """Return what becomes of every draft of a file."""
    return lambda text, language="Python": KIND.verify(list(KIND.next(curated(text, language), NO_ANSWERS)), None)


def held(judged) -> list[Verified]:
    """The samples; what was rejected is shown where there is none."""
    found = [one for one in judged if isinstance(one, Verified)]
    assert found, [(one.reasons, one.detail) for one in judged if isinstance(one, Rejected)]
    return found


def reasons(judged) -> set[str]:
    """Why no more came of a file."""
    return {reason for one in judged if isinstance(one, Rejected) for reason in one.reasons}


@pytest.mark.parametrize("language", FILES)
def test_every_state_parses_and_the_last_one_is_the_file(language):
    """The diffs of all steps, applied one after the other, give states without errors and at last the file."""
    text = text_of(FILES[language])
    building = building_of(outline_of(language, text))
    assert len(building.steps) >= 3
    there, rows, state = [], [], ""
    for step in building.steps:
        there += step
        after = building.shown(there)
        state = applied(state, inserting(building.outline.lines, rows, after, "file"))
        rows = after
        assert not syntax_tree.parse(language, state.encode()).root_node.has_error, state
    assert state == text


@pytest.mark.parametrize("language", FILES)
def test_no_state_names_what_is_not_there(language):
    """A part comes after, or with, every part whose names it uses."""
    building = building_of(outline_of(language, text_of(FILES[language])))
    there = []
    for step in building.steps:
        there += step
        for part in step:
            assert all(need in there for need in part.needs), part.name


def test_a_helper_comes_before_its_caller():
    """Where the file has the caller first, the steps have it last."""
    building = building_of(outline_of("Python", text_of(FILES["Python"])))
    names = [part.name for step in building.steps for part in step if part.kind == "function"]
    assert names == ["words", "index", "main"]


def test_an_import_comes_with_what_uses_it():
    """The first step has the import of its function, not that of another."""
    building = building_of(outline_of("Python", text_of(FILES["Python"])))
    state = "\n".join(building.outline.lines[row] for row in building.shown(building.steps[0]))
    assert "import re" in state
    assert "import sys" not in state


def test_an_import_of_a_caller_does_not_come_with_its_helper():
    """The helper is written first; what only its caller imports waits for the caller."""
    text = (
        "import os\nimport sys\n\n\ndef first():\n    sys.exit(second())\n\n\ndef second():\n    return os.getcwd()\n"
    )
    building = building_of(outline_of("Python", text))
    steps = [[building.outline.lines[part.first] for part in step] for step in building.steps]
    assert steps == [["import os", "def second():"], ["import sys", "def first():"]]


def test_the_keywords_of_an_import_are_not_its_names():
    """A docstring that says `from` needs no import that does."""
    text = 'import sys\nfrom os import getcwd\n\n\ndef one():\n    """Give what comes from it."""\n    return sys.argv\n\n\ndef two():\n    return getcwd(one())\n'
    building = building_of(outline_of("Python", text))
    assert [[part.first for part in step] for step in building.steps] == [[0, 4], [1, 9]]


def test_a_structure_that_is_used_has_its_fields():
    """What makes one by the order of its fields does not name them."""
    text = "struct Outcome {\n    int name;\n    bool late;\n};\n\nOutcome simulate(int name) {\n    return {name, true};\n}\n"
    building = building_of(outline_of("Cpp", text))
    first = next(step for step in building.steps if any(part.name == "simulate" for part in step))
    there = building.steps[: building.steps.index(first) + 1]
    state = building.shown([part for step in there for part in step])
    assert "    bool late;" in [building.outline.lines[row] for row in state]


def test_what_nobody_needs_does_not_wait():
    """An import without a use comes at once, since it may be there for what it does."""
    text = "import os\nimport setup\n\n\ndef first():\n    return os.getcwd()\n\n\ndef second():\n    return first()\n"
    building = building_of(outline_of("Python", text))
    assert [part.kind for part in building.steps[0]] == ["import", "import", "function"]


def test_only_an_import_that_is_used_is_a_part_of_the_answer():
    """One that the function does not use is shown, since no comment tells of it."""
    text = text_of(FILES["Python"]).replace("import re\n", "import re\nimport setup\n")
    building = building_of(outline_of("Python", text.replace("setdefault(word,", "setdefault(sys.intern(word),")))
    by_line = {part.first: part for part in building.parts}
    setup, system, index, words = (by_line[line] for line in (3, 4, 13, 22))
    goals = step_goals.Goals(building)
    turn = goals.turn([words, *words.needs], [setup, system, index])
    assert turn is not None
    assert "import setup" in goals.text(turn.before)
    assert "import sys" not in goals.text(turn.before)
    assert "import sys" in goals.text(turn.after)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("each number once a word.", "each number once a word, in an arbitrary order."),
        ("    places = {}", "    if lines is None:\n        return {}\n    places = {}"),
        ("    places = {}", "    if lines == -1:\n        return {}\n    places = {}"),
        ("    return places", "    try:\n        return places\n    except KeyError:\n        return {}"),
    ],
)
def test_a_comment_that_leaves_something_open_describes_nothing(old, new, judge):
    """One way out of many, an argument that is missing and an error have to be told."""
    text = text_of(FILES["Python"])
    assert step_goals.OPEN not in reasons(judge(text))
    assert step_goals.OPEN in reasons(judge(text.replace(old, new, 1)))
    told = "each number once a word; of an error or of None as of -1, nothing."
    if old.startswith(" "):
        assert step_goals.OPEN not in reasons(
            judge(text.replace(old, new, 1).replace("each number once a word.", told))
        )
    assert step_goals.OPEN in edit_sequence.REASONS


def test_the_whole_file_is_asked_for_where_its_functions_are_described(judge):
    """The question shows no body, the answer has a numbered diff for each step, and the last state is the file."""
    text = text_of(FILES["Python"]).replace(
        "def main():\n", 'def main():\n    """Print the index of what is read."""\n'
    )
    sample = next(one for one in held(judge(text)) if one.draft.plan.form == edit_sequence.WHOLE)
    question, answer = (content for _, content in sample.messages)
    assert "setdefault" not in question
    assert answer.count("```diff") == len(sample.draft.plan.diffs) >= 3
    assert sample.draft.plan.states[-1] == text


def test_a_turn_shows_the_state_and_the_head_and_wants_the_diff(judge):
    """The question has the helper that is there and the comment of what comes; its body is only in the answer."""
    sample = next(one for one in held(judge(text_of(FILES["Python"]))) if one.draft.plan.form == "turns")
    question, answer = sample.messages[0][1], sample.messages[1][1]
    assert "return WORD.findall" in question
    assert "Give the numbers of the lines of every word" in question
    assert "setdefault" not in question
    assert "+            places.setdefault(word, []).append(number)" in answer
    assert "def main" not in question
    assert sample.verified == {"parsed": True, "answer_is_source": True}


def test_the_recorded_edits_give_the_state_that_the_question_shows(judge):
    """Redoing the edits on the file gives the seed text, and the question holds it."""
    for sample in held(judge(text_of(FILES["Python"]))):
        draft = sample.draft
        assert edited(draft.file.text, [Edit(**edit) for edit in draft.edits]) == draft.seed_text
        assert draft.seed_text.strip("\n") in draft.messages[0][1]


def test_a_last_line_without_an_end_gets_one(judge):
    """A file without a line break at its end gives the samples of the same file with one, and its edits say so."""
    text = text_of(FILES["Python"])
    with_end, without = held(judge(text)), held(judge(text.removesuffix("\n")))
    assert [one.draft.plan.states for one in without] == [one.draft.plan.states for one in with_end]
    for sample in without:
        assert edited(sample.draft.file.text, [Edit(**edit) for edit in sample.draft.edits]) == sample.draft.seed_text


def test_a_long_file_is_not_asked_for_as_a_whole(judge):
    """Of a file of more than 150 lines only steps are asked for: the answer would be all of it."""
    text = text_of(FILES["Python"])
    forms = {one.draft.plan.form for one in held(judge(text + "\n# A remark." * 160 + "\n"))}
    assert forms == {"turns"}


def test_functions_of_one_name_are_not_asked_for(judge):
    """An overload may call another that is not there yet, so neither a turn nor a whole file is made of them."""
    text = text_of(FILES["Java"]).replace("double half()", "double value(int times)")
    assert edit_sequence.WHOLE not in {one.draft.plan.form for one in judge(text, "Java") if isinstance(one, Verified)}
    assert step_goals.OVERLOADED in reasons(judge(text, "Java"))
    assert step_goals.OVERLOADED in edit_sequence.REASONS


def test_a_comment_apart_from_its_function_describes_nothing(judge):
    """With a blank line between, the comment may be of something else."""
    text = text_of(FILES["JavaScript"])
    assert held(judge(text, "JavaScript"))
    assert step_goals.APART in reasons(judge(text.replace("*/\n", "*/\n\n"), "JavaScript"))


def test_a_short_comment_does_not_describe_a_long_function(judge):
    """Seven words cannot tell what ten lines do."""
    lines = "".join(f"  found.push(part(list, found.length + {number}));\n" for number in range(2, 10))
    text = text_of(FILES["JavaScript"]).replace("  return found;\n", f"{lines}  return found;\n")
    assert step_goals.THIN in reasons(judge(text, "JavaScript"))


def test_a_field_that_nothing_shows_is_not_asked_for(judge):
    """A method that reads a field of its own invention cannot be written from its comment."""
    text = text_of(FILES["Java"]).replace("return sorted.get", "return this.hidden + sorted.get")
    assert step_goals.UNSEEN in reasons(judge(text, "Java"))


def test_a_method_of_the_same_name_of_a_field_must_be_there(judge):
    """What a method hands on to cannot be written where nothing shows that there is such a method."""
    text = text_of(FILES["Java"]).replace("return sorted.get", "return this.sorted.middle() + sorted.get")
    method = next(
        item.name for item in outline_of("Java", text).functions if "this.sorted.middle" in item.node.text.decode()
    )
    text = text.replace("this.sorted.middle", f"this.sorted.{method}")
    assert step_goals.UNSEEN in reasons(judge(text, "Java"))


@pytest.mark.parametrize(
    ("call", "faults"), [("line.cut_up(places, times=2)", True), ("sorted(places, key=len)", False)]
)
def test_the_name_of_an_argument_must_be_shown(call, faults, judge):
    """Nobody knows how a library calls an argument; how the language's own functions call theirs is known."""
    text = text_of(FILES["Python"]).replace("    return places", f"    return {call}  # cut_up")
    text = text.replace("import sys", "import sys  # line.cut_up()")
    assert (step_goals.UNSEEN in reasons(judge(text))) is faults


def test_blank_lines_part_what_is_shown(curated):
    """A part that the file has later stands apart from the lines that are always there."""
    text = 'package p\n\nimport "sort"\n\n// One counts.\nfunc One() int {\n\treturn 1\n}\n\nfunc Two(a []int) {\n\tsort.Ints(a)\n}\n'
    building = building_of(outline_of("Go", text))
    first = next(part for part in building.parts if part.name == "One")
    assert [building.outline.lines[row] for row in building.shown([first])][:3] == ["package p", "", "// One counts."]


@pytest.mark.parametrize(("called", "name"), [("sort.Ints(a)", ""), ("a[0] = 1", "sort")])
def test_a_state_of_go_may_import_only_what_it_uses(called, name):
    """Go takes an import that nothing uses for an error."""
    state = f'package p\n\nimport (\n\t"fmt"\n\t_ "embed"\n\t"example.org/sort/v2"\n)\n\nfunc f(a []int) {{\n\t{called}\n\tfmt.Println(a)\n}}\n'
    assert edit_sequence._idle_import(state) == name


def test_the_mark_of_a_body_has_the_indent_of_its_code(curated):
    """A blank line at the beginning of a body does not say where the mark stands."""
    text = text_of(FILES["Python"]).replace("    places = {}", "\n    places = {}")
    goals = step_goals.Goals(building_of(outline_of("Python", text)))
    edits = file_sketch._bodies(goals.outline, [item for item in goals.outline.functions if item.name == "index"], 999)
    assert [edit.replacement for edit in edits] == ["    ...\n"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("x = 1\n" * 5, edit_sequence.TOO_SHORT),
        ("x = 1\n" * 400, edit_sequence.TOO_LONG),
        (text_of(FILES["Python"]).replace("\n", "\r\n"), edit_sequence.LINE_ENDS),
        (text_of(FILES["Python"]).replace("def main():", "def main("), edit_sequence.NOT_PARSED),
        ("def one():\n" + "    print(1)\n" * 20, edit_sequence.FEW_STEPS),
        ("# Code generated by a tool.\n" + text_of(FILES["Python"]), edit_sequence.GENERATED),
    ],
)
def test_a_file_that_gives_nothing_says_why(text, reason, judge):
    """Each file is a rejected draft with its reason."""
    assert reasons(judge(text)) == {reason}
    assert reason in edit_sequence.REASONS


def test_a_diff_that_does_not_give_the_next_state_is_rejected(curated):
    """The verification applies every diff; one with another line in it does not hold."""
    draft = next(one for one in KIND.next(curated(text_of(FILES["Python"])), NO_ANSWERS) if isinstance(one.plan, Plan))
    changed = tuple(change.replace("+    places = {}", "+    places = []") for change in draft.plan.diffs)
    (judged,) = KIND.verify([replace(draft, plan=replace(draft.plan, diffs=changed))], None)
    assert judged.reasons == (edit_sequence.DIFFERS,)


def test_a_state_that_does_not_parse_is_rejected(curated):
    """The verification parses every state."""
    draft = next(one for one in KIND.next(curated(text_of(FILES["Python"])), NO_ANSWERS) if isinstance(one.plan, Plan))
    plan = replace(draft.plan, states=("def (\n",), diffs=(), form="turns")
    (judged,) = KIND.verify([replace(draft, plan=plan)], None)
    assert judged.reasons == (edit_sequence.NOT_PARSED,)


@pytest.mark.parametrize(
    "diff",
    [
        "--- a/x\n+++ b/x\n@@ -1 +1,2 @@\n two\n+three",
        "--- a/x\n+++ b/x\n@@ -1 +1,3 @@\n one\n+three",
        "--- a/x\n+++ b/x\n@@ -2 +1,2 @@\n two\n+three",
        "--- a/x\n+++ b/x\nnothing",
    ],
)
def test_a_diff_that_does_not_fit_is_not_applied(diff):
    """Wrong context, wrong counts, wrong lines and no hunk at all are errors."""
    with pytest.raises(PatchError):
        applied("one\ntwo\n", diff)


def test_a_diff_of_two_hunks_is_applied():
    """Insertions far apart are two hunks, each with its lines of context."""
    lines = [f"line {number}" for number in range(30)]
    before = [row for row in range(30) if row not in {2, 25}]
    diff = inserting(lines, before, range(30), "x")
    assert len(re.findall(r"^@@", diff, re.MULTILINE)) == 2
    text = "".join(f"{lines[row]}\n" for row in before)
    assert applied(text, diff) == "".join(f"{line}\n" for line in lines)


@pytest.mark.parametrize("wording", ["edit_sequence", "edit_sequence_comment"])
def test_what_comes_next_is_shown_once(wording):
    """Every question about a step shows its comment, as a block of its own."""
    for template in phrasing.phrasings(wording):
        before, after = template.split("{goal}")
        assert not before or before.endswith(("\\n", " ")), template
        assert not after or after.startswith("\\n\\n"), template


def test_every_language_but_sql_has_an_order(curated):
    """SQL and Markdown have no parts that are known; all others have."""
    for language in LANGUAGES:
        drafts = list(KIND.next(curated("x\n" * 20, language), NO_ANSWERS))
        assert (drafts == []) == (language == "Markdown")
