"""Control text: marks of models and dialogues are taken out by recorded edits, or the file is rejected."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemy_assets.curation import control_text
from alchemy_assets.curation.control_marks import marks
from alchemy_assets.curation.edits import edited
from alchemy_assets.languages import LANGUAGES
from tests.builders import PROGRAM, source_file

TOKENS = (
    "<|im_start|>", "<|endoftext|>", "<\uff5cfim\u2581begin\uff5c>", "<fim_prefix>", "<|fim_middle|>", "<start_of_turn>", "[INST]", "[/INST]",
    "<<SYS>>", "<</SYS>>", "<PRE>", "<SUF>", "<think>", "</think>", "<s>", "</s>", "{{{REPLACE_WITH_BLOB_ID_SOURCE}}}", "===STDERR:",
    "---- FILENAME: ", "User:", "Assistant:", "\n", " ", "# ", "// ", "x", "<", ">", "|", "{", "}", "[", "]", "=", "-", "_", "é",
)  # fmt: skip


def cleaned(text, language="Python"):
    """The text after its edits, and whether they sufficed."""
    edits, neutralised = control_text.edits_of(language, text)
    return edited(text, edits), neutralised


def judged(text, language="Python"):
    """The verdict of one file as a row."""
    return control_text.stage().judge(source_file(text, language=language)).row(0, named=True)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('s = "<|im_start|>"', 's = "<im_start>"'),
        ('s = "<|endoftext|>"', 's = "<endoftext>"'),
        ('s = "<|fim_prefix|>"', 's = "< fim_prefix >"'),
        ('s = "<fim_middle>"', 's = "< fim_middle >"'),
        ('s = "[INST] hi [/INST] </s>"', 's = "[ INST ] hi [ /INST ] < /s >"'),
        ('s = "<<SYS>>"', 's = "<< SYS >>"'),
        ('s = "{{{REPLACE_WITH_BLOB_ID_SOURCE}}}"', 's = "{ REPLACE_WITH_BLOB_ID_SOURCE }"'),
        ('s = "===STDERR:trace1.txt"', 's = "=== STDERR:trace1.txt"'),
        ("# User: what now?", "# User : what now?"),
        ('"""\nAssistant:\n"""', '"""\nAssistant :\n"""'),
        ("x = table[INST]", "x = table[ INST ]"),
    ],
)
def test_a_mark_is_written_so_that_it_reads_the_same(before, after):
    """Each mark is set apart or stripped of its bars, and the program around it stays."""
    assert cleaned(before) == (after, True)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("Python", 'html = "<s>old</s> <PRE>"\n'),
        ("Go", 'package a\n\nvar u = Login{\n\tUser: "root",\n}\n'),
        ("Cpp", "void User::login() {}\n"),
        ("Python", "user: str = name\n"),
        ("Markdown", "The user: a person. Ask the User: yes.\n"),
        ("JavaScript", "const ok = a <b || c> d;\n"),
    ],
)
def test_ordinary_code_and_prose_stay(language, text):
    """Strike-through, fields, qualified names and words inside a sentence are no marks."""
    assert cleaned(text, language) == (text, True)


def test_edits_are_spans_of_bytes():
    """Characters of several bytes before a mark shift its span."""
    verdict = judged("# é <|im_end|>\n")
    assert verdict["edits"] == [{"start": 5, "end": 15, "replacement": "<im_end>", "kind": "control_token"}]
    assert verdict["detail"] == "line 1"


def test_many_marks_reject_a_file():
    """A file of a hundred and one control tokens is data."""
    verdict = judged("A = [\n" + '    "<|a|>",\n' * 101 + "]\n")
    assert verdict["reasons"] == ["it holds many control tokens or role lines"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("x = 'a\0b'\n", "it holds control characters"),
        ("x = '\x1b[0m'\n", "it holds control characters"),
        ("x = 1  # \u202e reversed\n", "it leaves a bidirectional override open"),
    ],
)
def test_invisible_characters_reject_a_file(text, reason):
    """NUL, escape characters and an open bidirectional override are reasons of their own."""
    assert judged(text)["reasons"] == [reason]


@pytest.mark.parametrize("text", ["a\tb\r\n\x0cc\n", "# \u2067\u05d0\u2069 isolated\n", PROGRAM])
def test_white_space_and_closed_isolates_pass(text):
    """Tab, form feed, carriage return and a closed isolate (right-to-left words in a comment) are fine."""
    assert judged(text)["kept"]


@given(st.lists(st.sampled_from(TOKENS), max_size=12).map("".join))
def test_taking_marks_out_once_is_enough(text):
    """In prose, where edits suffice nothing is left to edit, and where they do not the file is rejected for it."""
    after, neutralised = cleaned(text, "Markdown")
    assert neutralised is (not marks(after))
    if neutralised:
        assert cleaned(after, "Markdown") == (after, True)


@given(st.sampled_from(sorted(LANGUAGES)), st.lists(st.sampled_from(TOKENS), max_size=8).map("".join))
def test_a_kept_file_is_clean_in_every_language(language, text):
    """Judging the edited text of a kept file gives no edits."""
    verdict = judged(text, language)
    if verdict["kept"]:
        after, _ = cleaned(text, language)
        again = judged(after, language)
        assert (again["kept"], again["edits"]) == (True, [])


@given(st.lists(st.sampled_from(TOKENS), max_size=8).map("".join))
def test_the_prefilter_misses_nothing(text):
    """What the one pattern for many texts lets through has no marks."""
    verdict = judged(text, "Markdown")
    assert (verdict["signals"]["control_tokens"] + verdict["signals"]["role_lines"]) == len(marks(text))


def test_what_closes_nothing_makes_up_for_nothing():
    """A pop before an override leaves it open all the same (CVE-2021-42574)."""
    assert control_text.leaves_bidi_open("x = 1  # \u202c\u202e y")
    assert not control_text.leaves_bidi_open("x = 1  # \u202e y \u202c")


@pytest.mark.timeout(30)
def test_a_chat_log_is_refused_without_a_look_at_each_line():
    """Beyond the number for which a file is rejected, no place in the tree is asked for."""
    verdict = control_text.stage().judge(source_file("User: x\n" * 100_000)).row(0, named=True)
    assert "it holds many control tokens or role lines" in verdict["reasons"]
