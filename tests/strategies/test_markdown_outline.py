"""What the kind `markdown_outline` makes of documents, and what the reader of Markdown says."""

import pytest

from alchemy_assets.curation.edits import Edit, edited
from alchemy_assets.generation.completions import NO_ANSWERS
from alchemy_assets.strategies.grounded import markdown_outline
from alchemy_assets.strategies.grounded.markdown import anchor_of, read_document
from alchemy_assets.strategies.grounded.markdown_outline import MarkdownOutline
from alchemy_assets.strategies.strategy import Rejected, Verified

KIND = MarkdownOutline()
PAGE = """# A tool

Words.

## Install

## What's new?

```sh
# no heading
```

### 1.0 & 1.1

## Use `run_all()`

Usage
-----

## Install
"""
ENTRIES = """- [Install](#install)
- [What's new?](#whats-new)
  - [1.0 & 1.1](#10--11)
- [Use `run_all()`](#use-run_all)
- [Usage](#usage)
- [Install](#install-1)"""


@pytest.fixture
def judge(curated):
    """Return what becomes of a document."""

    def one(text):
        (judged,) = KIND.verify(list(KIND.next(curated(text, "Markdown"), NO_ANSWERS)), None)
        return judged

    return one


def block(text: str) -> str:
    """What stands in the last code block."""
    return text.rsplit("```markdown\n", maxsplit=1)[-1].removesuffix("\n```")


def test_the_answer_lists_the_headings_with_the_anchors_of_github(judge):
    """Punctuation is dropped, repeated headings are numbered, code is no heading; lower levels are listed or not."""
    sample = judge(PAGE)
    assert isinstance(sample, Verified)
    shallow = "\n".join(line for line in ENTRIES.split("\n") if not line.startswith(" "))
    assert block(sample.messages[1][1]) in {ENTRIES, shallow}
    levels = "3" in sample.messages[0][1].replace("1.0", "") or "`###`" in sample.messages[0][1]
    assert levels == (block(sample.messages[1][1]) == ENTRIES)
    assert sample.verified == {"parsed": True, "answer_is_source": False}


def test_a_table_that_the_writer_made_is_cut_out_and_is_the_answer(judge):
    """The list is not shown; the recorded edit gives what is shown."""
    sample = judge(PAGE.replace("Words.", f"Words.\n\n{ENTRIES}"))
    assert isinstance(sample, Verified)
    assert block(sample.messages[1][1]) == ENTRIES
    assert "(#install)" not in sample.messages[0][1]
    assert sample.verified["answer_is_source"]
    draft = sample.draft
    assert edited(draft.file.text, [Edit(**edit) for edit in draft.edits]) == draft.seed_text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("# A\n\n## B\n\n## C\n", markdown_outline.FEW_HEADINGS),
        (PAGE.replace("## Install", "## Install {#setup}"), markdown_outline.OTHER_RULES),
        (
            PAGE.replace("## Install", "## \N{HAMMER AND WRENCH}\N{VARIATION SELECTOR-16} Install"),
            markdown_outline.OTHER_RULES,
        ),
        (PAGE.replace("Words.", ENTRIES.replace("#usage", "#use")), markdown_outline.OWN_TABLE),
        (
            PAGE.replace("Words.", ENTRIES.replace("- [Usage]", "- **[Usage]**").replace("]**(#usage)", "](#usage)")),
            markdown_outline.OWN_TABLE,
        ),
        (PAGE + "word " * 5_000, markdown_outline.TOO_LONG),
        ("# A\n\n" + "## B\n\n" * 50, markdown_outline.TOO_MANY),
    ],
)
def test_documents_without_a_sure_table_have_their_reason(text, reason, judge):
    """Few headings, anchors by other rules, a table in another form, too much text: each has its reason."""
    judged = judge(text)
    assert isinstance(judged, Rejected)
    assert judged.reasons == (reason,)


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("Getting Started", "getting-started"),
        ("C++ & C#", "c--c"),
        ("`snake_case` and *stars*", "snake_case-and-stars"),
        ("A [link](http://x.y) here", "a-link-here"),
        ("**Bold** _under_ a_b", "bold-under-a_b"),
        ("What's new? (2.0)", "whats-new-20"),
        ("Größe – 日本", "größe--日本"),
        ("![logo](x.png) Name", "name"),
        ("`run <name>` <a id='x'></a>", "run-name"),
        ("[`a_b`](c) and `_d_`", "a_b-and-_d_"),
    ],
)
def test_anchors_are_those_of_github(heading, anchor):
    """Anchors of headings with marks, links, code and letters of any language."""
    assert anchor_of(heading) == anchor


def test_links_and_names_in_code_do_not_count():
    """What stands in a code span or block is no link; names in HTML are anchors."""
    document = read_document('# A\n\n[x](#a) `[y](#b)` <a id="c"></a>\n\n```\n[z](#d)\n```\n')
    assert [link.anchor for link in document.links] == ["a"]
    assert document.anchors == {"a", "c"}


def test_other_languages_give_nothing(curated):
    """Only Markdown is read."""
    assert list(KIND.next(curated("# x\n", "Python"), NO_ANSWERS)) == []
