import textwrap
from dataclasses import replace

import pytest

from alchemy_assets import syntax_tree
from alchemy_assets.curation.edits import Edit, edited
from alchemy_assets.generation.completions import NO_ANSWERS
from alchemy_assets.languages import LANGUAGES
from alchemy_assets.strategies.conversation import control_text_in
from alchemy_assets.strategies.grounded import derivable, fill_in_the_middle, holes
from alchemy_assets.strategies.grounded.fill_in_the_middle import FillInTheMiddle
from alchemy_assets.strategies.grounded.holes import Hole
from alchemy_assets.strategies.strategy import Rejected, Verified

KIND = FillInTheMiddle()

FILES = {
    "C": """
        #include <stddef.h>

        /* Counts how often a value occurs in a list of numbers. */
        size_t occurrences(const int *numbers, size_t count, int wanted)
        {
            size_t found = 0;
            for (size_t at = 0; at < count; at++) {
                if (numbers[at] == wanted) {
                    found++;
                }
            }
            return found;
        }
        """,
    "Python": '''
        def occurrences(numbers, wanted):
            """Count how often a value occurs in a list of numbers, by its place."""
            places = {}
            for place, number in enumerate(numbers):
                places.setdefault(number, []).append(place)
            found = len(places.get(wanted, []))
            return found, places
        ''',
}


@pytest.fixture
def judge(curated):
    """Return what becomes of every draft of a file."""
    return lambda text, language="Python", path="": KIND.verify(
        list(KIND.next(curated(textwrap.dedent(text).lstrip("\n"), language, path), NO_ANSWERS)), None
    )


def held(judged) -> list[Verified]:
    """The samples; what was rejected is shown where there is none."""
    found = [one for one in judged if isinstance(one, Verified)]
    assert found, [(one.reasons, one.detail) for one in judged if isinstance(one, Rejected)]
    return found


@pytest.mark.parametrize("language", FILES)
def test_the_answer_in_the_place_of_the_mark_gives_the_file(language, judge):
    """A little file has holes; each, filled with its answer, is the file again."""
    for sample in held(judge(FILES[language], language)):
        plan, draft = sample.draft.plan, sample.draft
        assert edited(draft.file.text, [Edit(**edit) for edit in draft.edits]) == draft.seed_text
        answer = sample.messages[1][1].split("\n", 1)[1].removesuffix("\n```")
        indent = answer[: len(answer) - len(answer.lstrip())]
        assert draft.seed_text.replace(indent + plan.mark, answer) == draft.file.text


def test_every_language_has_holes(judge):
    """Each language has its query; a file too small for a hole says so instead of failing."""
    for language in LANGUAGES:
        if language != "Markdown":
            assert reasons(judge("x\n" * 150, language)) <= set(fill_in_the_middle.REASONS)


def reasons(judged) -> set[str]:
    """Why no more came of a file."""
    return {reason for one in judged if isinstance(one, Rejected) for reason in one.reasons}


def function(body: str, *, doc: str = '    """Count how often each of the words occurs in the lines."""\n') -> str:
    """A Python file whose only function has this body."""
    return f"import os\n\n\ndef count(lines, words):\n{doc}{textwrap.indent(textwrap.dedent(body).strip(), '    ')}\n# {'-' * 150}\n"


LOOP = """
    found = {}
    for line in lines:
        for word in line.split():
            found[word] = found.get(word, 0) + (word in words)
    return found
"""


def test_a_documented_loop_gives_a_sample(judge):
    """The function that the refusals below are made of is asked for as it stands."""
    assert held(judge(function(LOOP)))


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("found.get(word, 0)", "found.get(word, 7321)", derivable.UNTOLD),
        ("found.get(word, 0)", "found.get(word, 'whatever')", derivable.UNTOLD),
        ("found.get(word, 0)", "unheard_of(word, found)", derivable.UNRESOLVED),
        ("found[word] =", "print('found') ; found[word] =", derivable.UNTOLD),
        ("line.split()", "line.split('\\t')", derivable.UNTOLD),
        ("        for word in line.split():", "        for word in line.split():  # words", derivable.COMMENTED),
    ],
)
def test_what_cannot_be_told_is_no_hole(old, new, reason, judge):
    """With something in it that nothing tells, no sample has that thing in its answer."""
    judged = judge(function(LOOP.replace(old, new)))
    thing = new.replace(old, "")
    assert all(new not in one.messages[1][1] for one in judged if isinstance(one, Verified)), thing
    assert reason in fill_in_the_middle.REASONS


@pytest.mark.parametrize(
    ("text", "path", "reason"),
    [
        ("x = 1\n", "", fill_in_the_middle.TOO_SHORT),
        ("x = 1\n" * 5_000, "", fill_in_the_middle.TOO_LONG),
        (function(LOOP).replace("def count(", "def count(("), "", fill_in_the_middle.NOT_PARSED),
        ("# Code generated by a tool.\n" + function(LOOP), "", fill_in_the_middle.GENERATED),
        ("# @bug 1234567\n" + function(LOOP), "", fill_in_the_middle.OF_A_COMPILER),
        ("# @test of words\n" + function(LOOP), "", fill_in_the_middle.OF_A_COMPILER),
        ("# This testcase is part of GDB\n" + function(LOOP), "", fill_in_the_middle.OF_A_COMPILER),
        ("// run -gcflags=-l\n" + function(LOOP), "", fill_in_the_middle.OF_A_COMPILER),
        (function(LOOP), "tests/test_count.py", fill_in_the_middle.OF_TESTS),
        (function(LOOP), "lib/bug724562.py", fill_in_the_middle.OF_TESTS),
        ("# read = (this && this.__read)\n" + function(LOOP), "", fill_in_the_middle.GENERATED),
    ],
)
def test_a_file_that_gives_nothing_says_why(text, path, reason, judge):
    """Each is one rejected draft with its reason."""
    assert reasons(judge(text, "Python", path)) == {reason}
    assert reason in fill_in_the_middle.REASONS


def test_at_most_one_answer_of_a_file_is_of_one_line(judge, monkeypatch):
    """Where only conditions can be told, one of them is asked for."""
    text = "".join(
        function(f"if {test}:\n    return lines\nreturn words").replace("def count", f"def {name}")
        for name, test in (
            ("longer", "len(words) > len(lines)"),
            ("larger", "max(words) >= max(lines)"),
            ("equal", "sum(words) == sum(lines)"),
        )
    )
    assert [sample.difficulty["answer_lines"] for sample in held(judge(text))] == [1]
    monkeypatch.setattr(fill_in_the_middle, "SHORT_OF_A_FILE", 9)
    assert len(held(judge(text))) > 1


@pytest.mark.parametrize(
    ("lines", "alike"),
    [
        (("a[0] = b[0]", "a[1] = b[1]", "a[2] = b[2]"), True),
        (("put(a)", "put(b)", "put(c)"), True),
        (("put(a)", "take(b)", "put(c)"), False),
    ],
)
def test_one_more_of_a_list_is_no_hole(lines, alike):
    """Statements that differ in numbers or arguments only do not tell how many of them there are."""
    root = syntax_tree.parse("Python", "\n".join(lines).encode()).root_node
    hole = Hole(holes.STATEMENTS, 0, 0, (root.children[1],), root, lines=True)
    assert derivable._of_a_list(hole, lines[1]) is alike


@pytest.mark.parametrize(("after", "alike"), [("r3 = put(c, c)", True), ("r3 = take(c, c)", False)])
def test_arguments_among_like_calls_are_no_hole(after, alike):
    """Where the lines before and after call the same, nothing tells what this call is given."""
    root = syntax_tree.parse("Python", f"r1 = put(a, b)\nr2 = put(b, c)\n{after}\n".encode()).root_node
    node = next(part for part in syntax_tree.walk(root.children[1]) if part.type == "argument_list")
    hole = Hole(holes.ARGUMENTS, node.start_byte, node.end_byte, (node,), root, lines=False)
    assert derivable._of_like_calls(hole) is alike


@pytest.mark.parametrize(("rest", "reason"), [("return self.timestamp", ""), ("return now", derivable.UNRESOLVED)])
def test_a_field_that_is_set_must_be_shown(rest, reason):
    """Nobody knows that a field is called `timestamp` for the standard library having a member of that name."""
    content = "self.timestamp = max(now, 0)"
    before, after = "def keep(self, now):\n    ", f"\n    {rest}\n"
    root = syntax_tree.parse("Python", f"{before}{content}{after}".encode()).root_node
    node = next(part for part in syntax_tree.walk(root) if part.type == "expression_statement")
    hole = Hole(holes.BODY, node.start_byte, node.end_byte, (node,), root.children[0], lines=True)
    words = derivable.words_of(f"{before}{content}{after}")
    shown = derivable.Shown(before + after, words, content, (before, after))
    fault = derivable.fault_around("Python", hole, content, shown, described=True)
    assert (fault[0] if fault else "") == reason


@pytest.mark.parametrize("name", ["f1", "foo", "test", "testWords"])
def test_a_function_that_stands_for_any_is_not_asked_for(name, judge):
    """Its name does not say what it is to do."""
    judged = judge(function(LOOP).replace("def count", f"def {name}"))
    assert not [one for one in judged if isinstance(one, Verified)]
    assert fill_in_the_middle.OF_TESTS in reasons(judged)


def test_a_method_of_a_class_that_stands_for_any_is_not_asked_for(judge):
    """What `A` is to do is as little told as what `f1` is."""
    method = function(LOOP).replace("import os\n\n\n", "").replace("def count(", "def count(self, ")
    text = f"class NAME:\n{textwrap.indent(method, '    ')}"
    assert held(judge(text.replace("NAME", "Words")))
    judged = judge(text.replace("NAME", "A"))
    assert not [one for one in judged if isinstance(one, Verified)]
    assert fill_in_the_middle.OF_TESTS in reasons(judged)


@pytest.mark.parametrize(
    ("language", "source", "kind"),
    [
        ("Rust", "fn f() { assert_eq!(*largest, 100); }", "expression_statement"),
        ("Python", "assert found.get(word, 0) == wanted.get(word, 0)", "assert_statement"),
        ("Swift", "print(x.total() + y.total())", "value_arguments"),
        ("Python", "self.assertEqual(result[0][0], found)", "expression_statement"),
        ("Python", "sys.stderr.write(name + line.strip() + name)", "expression_statement"),
        ("PHP", "<?php $this->assertSame($found[0], $wanted[0]);", "expression_statement"),
    ],
)
def test_what_only_tells_or_asserts_is_no_hole(language, source, kind):
    """Nothing waits for an assertion, nor for what is printed; Swift has a node between a call and its arguments."""
    root = syntax_tree.parse(language, source.encode()).root_node
    node = next(part for part in syntax_tree.walk(root) if part.type == kind)
    inline = kind == "value_arguments"
    form = holes.ARGUMENTS if inline else holes.STATEMENTS
    hole = Hole(form, node.start_byte, node.end_byte, (node,), root, lines=not inline)
    fault = derivable.fault_of_itself(hole, syntax_tree.text_of(node))
    assert fault is not None
    assert fault[0] == derivable.TELLS


@pytest.mark.parametrize(("text", "told"), [("def f(lines): ...", False), ("print('lines')", True)])
def test_a_word_is_no_text(text, told):
    """A text of one word must stand between quotes elsewhere; that a name is spelled like it does not tell it."""
    shown = derivable.Shown(text, derivable.words_of(text), "", (text, ""))
    assert derivable._told("lines", "string_content", shown) is told


@pytest.mark.parametrize(
    ("function", "comment", "told"),
    [("f('lines')", "", True), ("f(0)", "# 'lines' or nothing", True), ("f(0)", "", False)],
)
def test_a_word_as_a_text_is_told_nearby(function, comment, told):
    """A text of one word in another function does not tell that it is this word that is written down here."""
    text = f"{function}\nother('lines')"
    shown = derivable.Shown(text, derivable.words_of(text), "", (function, ""), comment)
    assert derivable._told("lines", "string_content", shown) is told


def fault_of(language: str, before: str, content: str, after: str, *, form: str = holes.BODY, kind: str = "") -> str:
    """Why what stands between two texts of a function could not be told; nothing where it can."""
    source = f"{before}{content}{after}".encode()
    root = syntax_tree.parse(language, source).root_node
    start, end = len(before.encode()), len(f"{before}{content}".encode())
    inside = (part for part in syntax_tree.walk(root) if start - 1 <= part.start_byte and part.end_byte <= end + 1)
    nodes = [part for part in inside if (part.type == kind if kind else part.start_byte == start)]
    hole = Hole(form, start, end, (nodes[0],), holes.function_around(language, nodes[0]), lines=form == holes.BODY)
    shown = derivable.Shown(before + after, derivable.words_of(source.decode()), content, (before, after))
    fault = derivable.fault_of_itself(hole, content) or derivable.fault_around(
        language, hole, content, shown, described=True
    )
    return fault[0] if fault else ""


@pytest.mark.parametrize(
    ("language", "content", "after", "fault"),
    [
        ("JavaScript", "return {start: range[0], text: text}", "", derivable.UNRESOLVED),
        ("JavaScript", "return {start: range[0], text: text}", "use(found.start, found.text)", ""),
        ("JavaScript", "return {get: range[0], value: text}", "", ""),
        ("Ruby", "{ start: range[0], stop: text }", "", derivable.UNRESOLVED),
    ],
)
def test_the_keys_of_an_object_that_is_made_must_be_shown(language, content, after, fault):
    """Nobody knows how the author of an object calls its parts; the words of a property's description are known."""
    head, end = ("def cut(range, text)\n", "\nend") if language == "Ruby" else ("function cut(range, text) {\n", "\n}")
    assert fault_of(language, head, content, f"{end}\n{after}") == fault


@pytest.mark.parametrize(("rest", "fault"), [("", derivable.UNTOLD), ("\nname = find(text) or raise", "")])
def test_an_error_without_a_word_is_no_part_of_a_hole(rest, fault):
    """Where nothing is said about a missing value, nothing tells that it is an error."""
    content = "text = translate(text, 0) or raise"
    assert fault_of("Ruby", "def translate(text, at)\n", content, f"\n  text{rest}\nend") == fault


@pytest.mark.parametrize(
    ("arguments", "fault"), [("width, 'wide', 'long', 'new'", derivable.LOOSE), ("width, height, 'wide', 'long'", "")]
)
def test_many_texts_among_arguments_are_not_told(arguments, fault):
    """Which of many texts a call is given, and in which order, is its author's choice."""
    before = "function draw(width, height) {\n    use(['wide', 'long', 'new'])\n    paint("
    assert fault_of("JavaScript", before, arguments, ")\n}", form=holes.ARGUMENTS, kind="arguments") == fault


def test_a_method_of_a_test_case_is_not_asked_for(judge):
    """Nothing tells what a test tries, however it is called."""
    method = function(LOOP).replace("import os\n\n\n", "").replace("def count(", "def count(self, ")
    judged = judge(f"class Words(unittest.TestCase):\n{textwrap.indent(method, '    ')}")
    assert fill_in_the_middle.OF_TESTS in reasons(judged)


def test_the_arguments_of_a_function_that_stands_for_any_are_no_hole():
    """A call of `foo` could be given anything."""
    root = syntax_tree.parse("Python", b"foo(lines, words)").root_node
    node = next(part for part in syntax_tree.walk(root) if part.type == "argument_list")
    hole = Hole(holes.ARGUMENTS, node.start_byte, node.end_byte, (node,), root, lines=False)
    assert fill_in_the_middle._untold_function("count", "Python", hole)


def test_a_long_file_is_cut_to_what_the_function_needs(judge):
    """Of a file of many functions the question shows the one with the hole and leaves out what it does not need."""
    others = "".join(f"\n\ndef other_{number}(first, second):\n    return {number}\n" for number in range(250))
    for sample in held(judge(function(LOOP) + others)):
        draft = sample.draft
        assert edited(draft.file.text, [Edit(**edit) for edit in draft.edits]) == draft.seed_text
        if "def count" in draft.seed_text:
            assert "other_150" not in draft.seed_text


def test_an_answer_that_is_not_the_hole_is_rejected(curated):
    """The verification fills the hole anew; other content does not hold."""
    draft = next(one for one in KIND.next(curated(function(LOOP)), NO_ANSWERS))
    (judged,) = KIND.verify([replace(draft, plan=replace(draft.plan, content="    pass"))], None)
    assert judged.reasons == (fill_in_the_middle.DIFFERS,)


def test_a_file_that_python_itself_does_not_take_is_rejected(judge):
    """What the grammar lets pass, as a `return` outside of a function is to `ast` no error but `print x` is, must parse."""
    judged = judge(function(LOOP).replace("import os", "print 'words'"))
    assert not [one for one in judged if isinstance(one, Verified)]


def test_the_same_file_gives_the_same_questions(judge):
    """Nothing is drawn but by the blob id."""
    first, second = (held(judge(function(LOOP))) for _ in range(2))
    assert [one.messages for one in first] == [one.messages for one in second]


def test_no_mark_is_control_text():
    """The marks of holes are plain text."""
    marks = (*fill_in_the_middle._LINE_MARKS, *fill_in_the_middle._LINE_MARKS_TOO, *fill_in_the_middle._INLINE_MARKS)
    assert control_text_in(f"x = {mark}" for mark in marks) is None
