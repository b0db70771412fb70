"""What the kind `markdown_links` makes of documents."""

import json

import pytest

from alchemy_assets.curation.edits import Edit, edited
from alchemy_assets.generation.completions import NO_ANSWERS
from alchemy_assets.strategies.grounded import markdown_links
from alchemy_assets.strategies.grounded.markdown import read_document
from alchemy_assets.strategies.grounded.markdown_links import MarkdownLinks
from alchemy_assets.strategies.strategy import Rejected, Verified

KIND = MarkdownLinks()
PAGE = """# A tool

See [Install](#install), [What's new?](#whats-new) and [`run_all()`](#run_all).

## Install

## What's new?

## `run_all()`
"""


@pytest.fixture
def judge(curated):
    """Return what becomes of a document."""

    def one(text):
        (judged,) = KIND.verify(list(KIND.next(curated(text, "Markdown"), NO_ANSWERS)), None)
        return judged

    return one


def wrong_in(sample) -> dict[str, str]:
    """Wrong anchors and the right ones, as the evidence says."""
    return json.loads(sample.evidence["detail"])["wrong"]


def test_spoilt_anchors_are_found_and_named_with_the_right_ones(judge):
    """The question's document has them, nothing else is changed, and the answer says both for each."""
    for number in range(12):
        sample = judge(f"{PAGE}\nPage {number}.\n")
        assert isinstance(sample, Verified)
        question, answer = (content for _, content in sample.messages)
        anchors = read_document(sample.draft.seed_text).anchors
        shown = {link.anchor for link in read_document(sample.draft.seed_text).links}
        assert shown - anchors == set(wrong_in(sample))
        assert 1 <= len(wrong_in(sample)) <= 3
        for wrong, right in wrong_in(sample).items():
            assert f"(#{wrong})" in question
            assert f"(#{wrong})" in answer or f"`#{wrong}`" in answer
            assert f"(#{right})" in answer
        edits = [Edit(**edit) for edit in sample.draft.edits]
        assert edited(sample.draft.file.text, edits) == sample.draft.seed_text


def test_a_link_that_its_writer_got_wrong_is_asked_for_as_it_is(judge):
    """A natural fault is left alone, and the answer has what it should be."""
    sample = judge(PAGE.replace("(#run_all)", "(#runall)"))
    assert isinstance(sample, Verified)
    assert wrong_in(sample) == {"runall": "run_all"}
    assert sample.draft.edits == ()
    assert sample.verified["answer_is_source"] is False


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("# A\n\n[A](#a)\n", markdown_links.FEW_LINKS),
        (PAGE.replace("(#install)", "(#somewhere)").replace("[Install]", "[There]"), markdown_links.UNCLEAR),
        (PAGE.replace("## Install", "## Install {#install}"), markdown_links.OTHER_RULES),
        (PAGE + "word " * 5_000, markdown_links.TOO_LONG),
    ],
)
def test_documents_without_a_sure_answer_have_their_reason(text, reason, judge):
    """Few links, a link that could mean anything, anchors by other rules, too much text: each has its reason."""
    judged = judge(text)
    assert isinstance(judged, Rejected)
    assert judged.reasons == (reason,)


def test_an_answer_that_does_not_heal_is_rejected(curated, judge):
    """The judge reads the document again: a draft whose document was changed behind its back does not hold."""
    from dataclasses import replace  # noqa: PLC0415 -- only here

    (draft,) = KIND.next(curated(PAGE, "Markdown"), NO_ANSWERS)
    (judged,) = KIND.verify([replace(draft, seed_text=f"{draft.seed_text}\n[gone](#gone)\n")], None)
    assert isinstance(judged, Rejected)
    assert judged.reasons == (markdown_links.NOT_HEALED,)
