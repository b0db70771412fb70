"""What the kind `markdown_table` makes of tables."""

import csv
import io
import json
from dataclasses import replace

import pytest

from alchemy_assets.curation.edits import Edit, edited
from alchemy_assets.generation.completions import NO_ANSWERS
from alchemy_assets.strategies.grounded import markdown_table
from alchemy_assets.strategies.grounded.markdown import read_document
from alchemy_assets.strategies.grounded.markdown_table import MarkdownTable
from alchemy_assets.strategies.strategy import Rejected, Verified

KIND = MarkdownTable()
TABLE = """| Name | Size | State |
|------|-----:|-------|
| pear | 12 | ripe |
| fig | 3 | ripe |
| apple, red | 100 | sour |
| banana | 7 | ripe |"""
PAGE = f"# Fruit\n\n{TABLE}\n\nWords.\n"
ROWS = [line.strip("| ").split(" | ") for line in TABLE.split("\n")[2:]]


@pytest.fixture(scope="module")
def samples(curated):
    """Samples of the same table by what is done, under many blob ids."""
    found: dict[str, list[Verified]] = {}
    for number in range(120):
        file = replace(curated(PAGE, "Markdown"), blob_id=f"{number:040x}")
        for one in KIND.verify(list(KIND.next(file, NO_ANSWERS)), None):
            assert isinstance(one, Verified)
            found.setdefault(json.loads(one.evidence["detail"])["task"], []).append(one)
    return found


def inside(sample) -> str:
    """The answer without its fence."""
    return sample.messages[1][1].split("\n", 1)[1].rsplit("\n", 1)[0]


def test_every_task_is_put(samples):
    """One table allows sorting, filtering, columns and three forms."""
    assert set(samples) == {"sorted", "filtered", "columns", "json", "csv", "html"}


def test_sorted_rows_are_all_rows_in_the_order_that_is_asked_for(samples):
    """Numbers are sorted as numbers."""
    for sample in samples["sorted"]:
        (table,) = read_document(inside(sample)).tables
        sizes = [int(row[1]) for row in table.rows]
        question = sample.messages[0][1]
        downwards = "large to small" in question or "descending" in question
        assert sizes == sorted(sizes, reverse=downwards)
        assert sorted(map(list, table.rows)) == sorted(ROWS)
        assert table.aligned == ("", "right", "")


def test_filtered_rows_have_the_value_or_not(samples):
    """Rows stay in their order; those with the value are kept or dropped as the question says."""
    for sample in samples["filtered"]:
        (table,) = read_document(inside(sample)).tables
        names = [row[0] for row in table.rows]
        question = sample.messages[0][1].lower()
        dropped = any(word in question for word in ("remove", "drop", "take out"))
        assert names == (["apple, red"] if dropped else ["pear", "fig", "banana"])


def test_forms_hold_the_same_cells(samples):
    """JSON and CSV read back are the table."""
    for sample in samples["json"]:
        assert [list(one.values()) for one in json.loads(inside(sample))] == ROWS
    for sample in samples["csv"]:
        assert list(csv.reader(io.StringIO(inside(sample))))[1:] == ROWS
    for sample in samples["html"]:
        assert inside(sample).count("<td>") == 12


def test_the_question_shows_the_table_alone(samples):
    """What is around the table is left out by recorded edits."""
    for sample in (one for found in samples.values() for one in found):
        assert TABLE in sample.messages[0][1]
        assert "Words." not in sample.messages[0][1]
        edits = [Edit(**edit) for edit in sample.draft.edits]
        assert edited(PAGE, edits) == sample.draft.seed_text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("# A\n\nWords | more.\n", markdown_table.NO_TABLE),
        (PAGE.replace("| fig | 3 | ripe |\n", "").replace("| banana | 7 | ripe |", ""), markdown_table.NOT_FIT),
        (PAGE.replace("| Name |", "| Size |"), markdown_table.NOT_FIT),
    ],
)
def test_documents_without_a_table_to_ask_about_have_their_reason(text, reason, curated):
    """No table, too few rows, two columns of one name: each has its reason."""
    (judged,) = KIND.verify(list(KIND.next(curated(text, "Markdown"), NO_ANSWERS)), None)
    assert isinstance(judged, Rejected)
    assert judged.reasons == (reason,)


def test_an_answer_with_another_cell_is_rejected(curated):
    """The answer is read again and compared cell by cell."""
    (draft,) = KIND.next(curated(PAGE, "Markdown"), NO_ANSWERS)
    question, (role, answer) = draft.messages
    changed = replace(draft, messages=(question, (role, answer.replace("pear", "plum").replace("ripe", "raw"))))
    (judged,) = KIND.verify([changed], None)
    assert isinstance(judged, Rejected)
    assert judged.reasons == (markdown_table.NOT_THE_SAME,)
