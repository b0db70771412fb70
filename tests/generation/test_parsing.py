"""Answers are read in whatever dress they come, and what is missing is told so that a model can mend it."""

import json
import time
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemy_assets.generation import parsing
from alchemy_assets.generation.parsing import UnreadableError, code_blocks, code_in, json_of, sections, without_thoughts

TEXT = st.text(
    st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="<>`~\u2028\u2029\x85"), min_size=1
).filter(lambda text: text.strip() == text)


@pytest.mark.parametrize(
    ("raw", "reasoning", "expected"),
    [
        ("The answer.", None, (None, "The answer.")),
        ("The answer.", "Well ", ("Well", "The answer.")),
        ("<think>\nWell\n</think>\n\nThe answer.", None, ("Well", "The answer.")),
        ("<think>more</think>The answer.", "some", ("some\n\nmore", "The answer.")),
        ("<think></think>The answer.", None, (None, "The answer.")),
        ("Well\n</think>\n\nThe answer.", None, ("Well", "The answer.")),
        ("more</think>The answer.", "some", ("some\n\nmore", "The answer.")),
    ],
)
def test_thoughts_are_told_apart(raw, reasoning, expected):
    """Thoughts come beside the answer or in front of it, and empty ones are none."""
    assert without_thoughts(raw, reasoning) == expected


@pytest.mark.parametrize(
    "raw",
    [
        "<|channel|>analysis<|message|>Hm.<|end|>The answer.",
        "<think>never closed",
        "The answer.<|im_end|>",
        "Well</think>The answer.</think> Another.",
        "The answer.<think>Well</think> Another.",
    ],
)
def test_leaked_control_tokens_are_refused(raw):
    """What frames channels and thoughts is no part of an answer, and the complaint names it."""
    with pytest.raises(UnreadableError) as caught:
        without_thoughts(raw, None)
    assert caught.value.reason == parsing.LEAKED
    assert "<" in caught.value.complaint


def test_code_that_looks_like_a_mark_is_no_leak():
    """A generic type or a comparison is code."""
    assert without_thoughts("`List<end> x; a <b> c`", None)[1].startswith("`List")


@given(st.dictionaries(st.sampled_from(["problem", "code", "cases", "notes"]), TEXT, min_size=1), st.booleans(), TEXT)
def test_sections_are_found_again(parts, closed, before):
    """Whatever stands between tags is read back, whether or not the last is closed, and words around change nothing."""
    body = "\n".join(f"<{name}>\n{text}\n</{name}>" for name, text in parts.items())
    if not closed:
        body = body[: body.rindex("</")]
    assert sections(f"{before}\n{body}", parts) == parts


def test_a_missing_section_is_named():
    """The complaint shows the tags of what is missing or empty; what is optional may be."""
    with pytest.raises(UnreadableError, match="lacks <code>...</code>, <cases>...</cases>. Write all parts"):
        sections("<problem>\nx\n</problem>\n<code>\n</code>", ("problem", "code", "cases"))
    assert sections("<problem>\nx\n</problem>", ("problem",), ("hint",)) == {"problem": "x"}


def test_a_section_that_was_not_closed_ends_where_the_next_begins():
    """A forgotten closing tag takes nothing of the next part along."""
    found = sections("<problem>\nx\n<code>\ny\n</code>", ("problem", "code"))
    assert found == {"problem": "x", "code": "y"}


def test_code_keeps_its_indentation_and_longer_fences():
    """A block inside of a list loses the list's indentation alone; a fence of four holds one of three."""
    text = "Look:\n\n  ```python\n  def f():\n      return 1\n  ```\n\n````md\n```\ninner\n```\n````\n"
    assert code_blocks(text) == [("python", "def f():\n    return 1\n"), ("md", "```\ninner\n```\n")]


def test_the_longest_block_is_the_code():
    """Of several blocks the longest is the answer; one that was cut off at the end still counts; none is an error."""
    assert code_in("```\na\n```\nand\n```py\nlonger = 1\n```") == "longer = 1\n"
    assert code_in("```py\nx = 1\ny = 2") == "x = 1\ny = 2\n"
    with pytest.raises(UnreadableError, match="```"):
        code_in("No code at all.")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
        max_leaves=8,
    ).filter(lambda value: isinstance(value, (list, dict))),
    st.sampled_from(["{}", "Here it is: {} as you wished.", "```json\n{}\n```", "Well,\n```\n{}\n```\nDone."]),
)
def test_json_is_found_again(value, dress):
    """A list or object is read back from a fence, or from words around it."""
    assert json_of(dress.replace("{}", json.dumps(value))) == value


def test_json_with_raw_control_characters_is_read():
    """Servers that follow a schema let control characters through; they are read as they stand."""
    assert json_of('{"why": "a\nb\tc"}') == {"why": "a\nb\tc"}


def test_what_is_no_json_is_an_error():
    """Words alone are refused, with what to do."""
    with pytest.raises(UnreadableError, match="one JSON value"):
        json_of("I cannot { do that.")


@pytest.mark.parametrize("answer", ["[" * 100_000, '{"a":' * 100_000, '{"why": "\\ud800"}'])
def test_json_that_cannot_be_kept_is_an_error(answer):
    """Brackets without end and half a character are refused like any other answer that is none."""
    with pytest.raises(UnreadableError, match="nests too deep"):
        json_of(answer)


READERS: dict[str, Callable[[str], object]] = {
    "code_blocks": code_blocks,
    "sections": lambda text: sections(text, ("problem", "code")),
    "json_of": json_of,
    "without_thoughts": lambda text: without_thoughts(text, None),
}


def processor_seconds(read: Callable[[str], object], text: str) -> float:
    """The least that reading a text took of several times."""
    found = []
    for _ in range(5):
        started = time.process_time()
        with suppress(UnreadableError):
            read(text)
        found.append(time.process_time() - started)
    return min(found)


@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
@pytest.mark.parametrize(
    ("before", "run"),
    [("", "~"), ("", "`"), ("```", " "), ("```\n", " "), ("", "<"), ("", "<problem>"), ("", "<think>")],
)
def test_a_run_of_marks_is_read_in_linear_time(read, before, run):
    """A text of twice the length takes about twice the work, whatever a model repeats without end."""
    short, long = (processor_seconds(read, before + run * (size // len(run))) for size in (20_000, 40_000))
    assert long < 4 * max(short, 0.001)
