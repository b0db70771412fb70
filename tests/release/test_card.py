"""What the dataset card says."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
import yaml

from alchemy_assets.release.card import About, render
from alchemy_assets.release.configs import CONFIGS
from alchemy_assets.release.dataset import release
from alchemy_assets.release.summary import COUNTS, Summary
from alchemy_assets.settings import Release

Maker = Callable[..., pl.DataFrame]


def summary_of(*rows: tuple[str, str, str, str, str, int, int]) -> Summary:
    """A summary of constructed counts."""
    counts = pl.DataFrame(rows, schema=dict(COUNTS), orient="row")
    return Summary(counts, {f"{config}/train-00001-of-00001.parquet": 1_500 for config in counts["config"]}, {})


ONE = summary_of(("code-qa", "Go", "completion", "MIT", "local", 3, 4_000))


def metadata(card: str) -> dict[str, object]:
    """The YAML at the head of a card."""
    head = card.split("---\n")[1]
    read: dict[str, object] = yaml.safe_load(head)
    return read


def test_the_metadata_names_the_configs_that_have_rows(about: About, settings: Release) -> None:
    """Each config with rows has its split and files in the YAML; the others are named in the text with their reason."""
    counts = (
        ("code-qa", "Go", "completion", "MIT", "local", 3, 4_000),
        ("trace-eval", "Go", "trace", "MIT", "local", 1, 9),
    )
    card = render(summary_of(*counts), replace(about, empty={"code-dev": "it needs a language model"}), settings)
    assert metadata(card)["configs"] == [
        {"config_name": "code-qa", "data_files": [{"split": "train", "path": "code-qa/train-*.parquet"}]},
        {"config_name": "trace-eval", "data_files": [{"split": "test", "path": "trace-eval/test-*.parquet"}]},
    ]
    assert metadata(card)["task_categories"] == ["text-generation"]
    assert "- `code-dev`: it needs a language model\n" in card
    assert "- `code-enhance`: no samples were made for it\n" in card


@pytest.mark.parametrize(
    ("rows", "category"), [(999, "n<1K"), (1_000, "1K<n<10K"), (22_217_884, "10M<n<100M"), (2 * 10**9, "1B<n<10B")]
)
def test_the_size_category_follows_the_rows(rows: int, category: str, about: About, settings: Release) -> None:
    """The category is the one of Hugging Face that the number of rows falls into."""
    summary = summary_of(("code-qa", "Go", "completion", "MIT", "local", rows, 4))
    assert metadata(render(summary, about, settings))["size_categories"] == [category]


def test_the_numbers_add_up(about: About, settings: Release) -> None:
    """Rows, characters and estimated tokens stand by config, and by language and kind; licences by number of rows."""
    summary = summary_of(
        ("code-qa", "Go", "completion", "MIT", "local", 3, 4_000),
        ("code-qa", "Go", "completion", "ISC", "local", 4, 8_000),
        ("code-trace", "C", "trace", "ISC", "stack_edu", 1, 400),
    )
    card = render(summary, about, settings)
    assert "| `code-qa` | train | 7 | 12,000 | 3,000 | 1 | 1.5 kB |\n" in card
    assert "| all | | 8 | 12,400 | 3,100 | 2 | 3.0 kB |\n" in card
    assert "| Go | completion | 7 | 12,000 | 3,000 |\n" in card
    assert card.index("| ISC | 5 | 8,400 |") < card.index("| MIT | 3 | 4,000 |")
    assert "| stack\\_edu | 1 | 400 |" in card


def test_every_column_of_a_config_has_its_meaning(about: About, settings: Release) -> None:
    """The card lists the columns of each config that has rows, once for those that have the same."""
    counts = [(name, "Go", "kind", "MIT", "local", 3, 4_000) for name in ("code-enhance", "code-qa", "code-trace")]
    card = render(summary_of(*counts), about, settings)
    assert re.findall("### Columns of (.*)", card) == ["code-enhance", "code-qa, code-trace"]
    for column in CONFIGS["code-qa"].columns:
        assert f"| `{column.name}` | {column.meaning} |\n" in card


def test_a_partial_release_says_what_is_missing(about: About, settings: Release) -> None:
    """Partitions left out are listed; a whole release does not speak of them."""
    partial = render(ONE, replace(about, missing=("code_qa Go|0-of-2: refused by text_not_blank",)), settings)
    assert "## Partitions left out" in partial
    assert "- code\\_qa Go\\|0-of-2: refused by text\\_not\\_blank\n" in partial
    assert "left out" not in render(ONE, about, settings)


def test_what_data_says_cannot_break_a_table(about: About, settings: Release) -> None:
    """Pipes, line breaks and markup in a licence or kind are escaped; a licence that is not there is unknown."""
    odd = summary_of(
        ("code-qa", "Go", "a|b\n<script>", "MIT|x", "local", 3, 4_000),
        ("code-qa", "Go", "b", "", "local", 1, 1),
    )
    card = render(odd, about, settings)
    assert "| Go | a\\|b \\<script\\> | 3 |" in card
    assert "| MIT\\|x | 3 |" in card
    assert "| unknown | 1 |" in card


def test_a_release_without_rows_has_a_card_without_configs(about: About, settings: Release, tmp_path: Path) -> None:
    """Nothing to release is a card that says so, not an error."""
    release({}, settings, tmp_path / "out", about=about)
    card = (tmp_path / "out" / "README.md").read_text()
    assert "configs" not in metadata(card)
    assert "This release has no rows." in card
    assert [entry.name for entry in (tmp_path / "out").iterdir()] == ["README.md"]


def test_source_free_configs_are_explained(about: About) -> None:
    """Where seed files are left out, the card says how, and how many samples are withheld."""
    summary = replace(summary_of(("code-dev", "Go", "task", "MIT", "local", 3, 4_000)), withheld={"code-dev": 1_234})
    card = render(summary, about, Release(source_free=True))
    assert "`text_with_placeholders` has `{{{REPLACE_WITH_BLOB_ID_SOURCE}}}` where" in card
    assert "1,234 samples of `code-dev` are withheld" in card
    assert "Source-free" not in render(summary, about, Release())


def test_the_card_is_clean_markdown(about: About, settings: Release) -> None:
    """No three empty lines, no trailing space, no unfilled template, and tables without gaps."""
    full = replace(about, missing=("x",), limits=("One more.",), versions={"python": "3.11"}, empty={"code-dev": "why"})
    for told in (about, full):
        card = render(ONE, told, settings)
        assert "\n\n\n" not in card
        assert not re.search(r"[ \t]$", card, flags=re.MULTILINE)
        assert not re.search(r"\{%|\{\{ ", card)
        assert not re.search(r"\|\n\n\|(?! licence )", card), "a table is cut in two"
    assert "- One more.\n" in card
    assert "- python 3.11\n" in card
