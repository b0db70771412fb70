"""How a sample becomes a row of the release."""

from collections.abc import Callable

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemy_assets import schema
from alchemy_assets.errors import SchemaError
from alchemy_assets.release.configs import CONFIGS, PLACEHOLDER, config_named
from alchemy_assets.release.rows import render
from alchemy_assets.release.source_free import seed, take_out

Maker = Callable[..., pl.DataFrame]
NO_SEEDS = pl.DataFrame(schema={name: schema.curated_files({})[name] for name in ("blob_id", "text", "edits")})


def row(
    frame: pl.DataFrame, config: str = "code-qa", seeds: pl.DataFrame = NO_SEEDS, *, source_free: bool = False
) -> dict[str, object]:
    """The only row that a sample becomes."""
    rendered, _ = render(frame, config_named(config, source_free=source_free), seeds)
    return rendered.row(0, named=True)


def test_a_sample_becomes_two_turns(sample: Maker) -> None:
    """The text is the user's turn, a blank line and the assistant's turn, each under its name."""
    made = row(sample(messages=[("user", "Why?\n"), ("assistant", "  Because.\n")]))
    assert made["text"] == "User:\nWhy?\n\n\nAssistant:\n  Because.\n"
    assert made["len_text"] == len(str(made["text"]))
    assert made["has_reasoning"] is False


def test_more_turns_repeat_the_form(sample: Maker) -> None:
    """A conversation of four messages is the same form twice."""
    made = row(sample(messages=[("user", "a"), ("assistant", "b"), ("user", "c"), ("assistant", "d")]))
    assert made["text"] == "User:\na\n\nAssistant:\nb\n\nUser:\nc\n\nAssistant:\nd"


@pytest.mark.parametrize("turns", [1, 2])
def test_reasoning_stands_before_the_last_response(turns: int, sample: Maker) -> None:
    """Thoughts are marked, and a blank line parts them from the response; earlier turns stay as they are."""
    made = row(sample(messages=[("user", "a"), ("assistant", "b")] * turns, reasoning="\nhm\nyes\n"))
    before = "User:\na\n\nAssistant:\nb\n\n" * (turns - 1)
    assert made["text"] == before + "User:\na\n\nAssistant:\n<think>\nhm\nyes\n</think>\n\nb"
    assert made["has_reasoning"] is True


@pytest.mark.parametrize("reasoning", [None, "", " \n"])
def test_no_thoughts_leave_no_marks(reasoning: str | None, sample: Maker) -> None:
    """Blank reasoning is none."""
    made = row(sample(reasoning=reasoning))
    assert (made["has_reasoning"], "<think>" in str(made["text"])) == (False, False)


def test_length_counts_characters_and_not_bytes(sample: Maker) -> None:
    """`len_text` is in characters, whatever they take in UTF-8."""
    made = row(sample(messages=[("user", "é🎉"), ("assistant", "日本")]))
    assert made["len_text"] == len("User:\né🎉\n\nAssistant:\n日本")


def test_an_unknown_role_is_no_row(sample: Maker) -> None:
    """A role other than user and assistant, or nothing said, stops the release instead of leaving an empty text."""
    odd = sample(messages=[("system", "a"), ("assistant", "b")])
    cases: list[list[object]] = [odd["messages"].to_list(), [[]], [[{"role": "user", "content": None}]]]
    for messages in cases:
        broken = odd.with_columns(pl.Series("messages", messages, dtype=odd.schema["messages"]))
        with pytest.raises(SchemaError, match=f"code-qa: the messages of sample {odd['sample_id'][0]}"):
            row(broken)


def test_attribution_and_facts_travel_with_the_row(sample: Maker) -> None:
    """Where the file was found, its licence and what was proved stand in the row."""
    made = row(sample("tool", license="Apache-2.0"))
    assert made["license"] == "Apache-2.0"
    assert [(one["repo_name"], one["path"]) for one in made["occurrences"]] == [("demo", "tool.py")]  # type: ignore[attr-defined]
    assert made["verified"]["parsed"] is True  # type: ignore[index]


@pytest.mark.parametrize("name", CONFIGS)
def test_every_config_has_its_columns(name: str, sample: Maker, curated: Maker) -> None:
    """A row of any config has the columns that its card lists, each with a meaning."""
    rendered, withheld = render(sample(), CONFIGS[name], curated())
    assert (rendered.height, withheld) == (1, 0)
    assert rendered.schema == pl.Schema(dict(CONFIGS[name].schema))
    assert all(column.meaning.endswith(".") for column in CONFIGS[name].columns)


def test_code_enhance_begins_with_the_file(sample: Maker, curated: Maker) -> None:
    """Its first columns are the file, its corpus, its text and whether that parses."""
    broken = row(sample("a"), "code-enhance", curated("a", text="def broken(:\n"))
    assert list(broken)[:6] == [
        "blob_id",
        "language",
        "corpus",
        "raw",
        "raw_has_syntax_error_tree_sitter",
        "raw_quality_score",
    ]
    assert list(broken.values())[2:6] == ["local", "def broken(:\n", True, None]
    assert row(sample("a"), "code-enhance", curated("a"))["raw_has_syntax_error_tree_sitter"] is False


def test_a_sample_without_its_file_is_withheld_from_code_enhance(sample: Maker, curated: Maker) -> None:
    """Where the seed file is not at hand there is no row, and it is counted."""
    rendered, withheld = render(sample("a"), CONFIGS["code-enhance"], curated("b"))
    assert (rendered.height, withheld) == (0, 1)


QUOTING = "Explain:\n```python\nprint('a')\n```\nAgain: print('a')"


def test_a_source_free_row_has_the_placeholder_and_no_source(sample: Maker, curated: Maker) -> None:
    """The file, stripped, is replaced wherever it stands; the length stays that of the full text."""
    made = sample(messages=[("user", QUOTING), ("assistant", "It prints.")], strategy="code_dev")
    free = row(made, "code-dev", curated(), source_free=True)
    assert free["text_with_placeholders"] == (
        f"User:\nExplain:\n```python\n{PLACEHOLDER}\n```\nAgain: {PLACEHOLDER}\n\nAssistant:\nIt prints."
    )
    assert "text" not in free
    assert free["len_text"] == row(made, "code-dev")["len_text"]
    assert str(free["text_with_placeholders"]).replace(PLACEHOLDER, "print('a')") == row(made, "code-dev")["text"]


def test_the_part_of_a_file_is_found_by_its_edits(sample: Maker, curated: Maker) -> None:
    """Where the model saw a cut, the sample's edits on the curated file lead to it; the file's own edits are made already."""
    file_edit: dict[str, object] = {"start": 0, "end": 4, "replacement": "", "kind": "decoding"}
    cut: dict[str, object] = {
        "start": len("é = 1\n".encode()),
        "end": len("é = 1\nprint(2)\n".encode()),
        "replacement": "",
        "kind": "cut",
    }
    made = sample(messages=[("user", "See é = 1"), ("assistant", "I see.")], seed="é = 1\n", edits=[file_edit, cut])
    free = row(made, "code-dialogue", curated(text="é = 1\nprint(2)\n", edits=[file_edit]), source_free=True)
    assert free["text_with_placeholders"] == f"User:\nSee {PLACEHOLDER}\n\nAssistant:\nI see."


@pytest.mark.parametrize(
    ("prompt", "text"),
    [
        ("Explain: print('a')", "print('b')\n"),
        ("Explain it.", None),
    ],
)
def test_a_seed_that_cannot_be_taken_out_withholds_the_sample(
    prompt: str, text: str | None, sample: Maker, curated: Maker
) -> None:
    """Another file than the hash says, or a prompt without it: no row, never the source."""
    made = sample(messages=[("user", prompt), ("assistant", "Well.")])
    rendered, withheld = render(made, config_named("code-dev", source_free=True), curated(text=text))
    assert (rendered.height, withheld) == (0, 1)


def test_a_text_that_says_the_placeholder_itself_is_not_taken_apart() -> None:
    """Filling in would put the file where it never stood."""
    assert take_out(f"{PLACEHOLDER} print('a')", "print('a')", PLACEHOLDER) is None


def test_only_two_configs_can_be_source_free(sample: Maker) -> None:
    """Asking for a source-free release leaves the other configs as they are."""
    assert {name for name in CONFIGS if config_named(name, source_free=True).is_source_free} == {
        "code-dev",
        "code-dialogue",
    }


@given(before=st.text(max_size=20), file=st.text(min_size=1, max_size=20), after=st.text(max_size=20))
def test_taking_out_can_be_undone(before: str, file: str, after: str) -> None:
    """Putting the stripped file back where the placeholders stand gives the text again."""
    taken = take_out(before + file + after, file, PLACEHOLDER)
    assert (taken is None) == (not file.strip())
    if taken is not None:
        assert taken.replace(PLACEHOLDER, file.strip()) == before + file + after


def test_edits_that_split_a_character_find_nothing() -> None:
    """Spans are bytes: a span that leaves half a character is no seed, and no crash."""
    assert seed("é", 0, [{"start": 0, "end": 1, "replacement": "", "kind": "cut"}], "0" * 64) is None
