"""Words of a model about code and documents: explanations, commit messages, reviews, revisions; what each check refuses."""

from dataclasses import replace
from pathlib import Path

import pytest

from alchemy_assets.generation.completions import NO_ANSWERS
from alchemy_assets.generation.parsing import NO_CODE
from alchemy_assets.strategies.generated import new_code
from alchemy_assets.strategies.generated.dev import changes, documents, planted, review, told
from alchemy_assets.strategies.generated.dev.kinds import KINDS
from alchemy_assets.strategies.grounded.drafting import NOTHING_RUNS
from alchemy_assets.strategies.strategy import Rejected, Verified
from alchemy_assets.tracing.scripts import Test
from tests.strategies.developers import PROGRAMS, PYTHON, proposing, watched
from tests.strategies.scripted import drive

CALC = Path(__file__).parents[2] / "examples" / "corpus" / "tiny-parsers" / "tinyparsers" / "calc.py"
BY_NAME = {kind.name: kind for kind in KINDS}


@pytest.fixture(scope="module")
def file(curated, sandbox):
    """A program that was run three times."""
    return watched(curated(PYTHON), sandbox)


def reason(judgement):
    """Why a draft was rejected."""
    assert isinstance(judgement, Rejected), judgement
    return judgement.reasons[0]


def changed(file, *, fix, before="result = 1", after="result = 0"):
    """A change of the file: a fix of what `before` did wrong, or a refactoring that replaces `after` by it."""
    other = file.text.replace(after, before)
    first, second = (other, file.text) if fix else (file.text, other)
    patch = changes.diff(first.strip("\n"), second.strip("\n"), "tool.py")
    return changes.Changed(first, second, patch, fix, "chosen", "total")


def judged(name, file, answer, change, sandbox):
    """The judgement of an answer about a change that we choose."""
    kind = BY_NAME[name]
    drafts, _, _ = drive(kind, file, lambda _request: answer)
    [draft] = drafts
    assert isinstance(draft.plan.given, changes.Changed), draft.plan
    [judgement] = kind.verify([replace(draft, plan=replace(draft.plan, given=change))], sandbox)
    if isinstance(judgement, Rejected):
        assert set(judgement.reasons) <= set(kind.reasons)
    return judgement


EXPLAINED = (
    "The sum in `total` began with the wrong value. `result` was set to 1 before the loop over `numbers`, so every sum came"
    " out one too large; for `3 4` it printed 8. Now it begins with 0, and only positive numbers count."
)
MESSAGE = "Start the sum of total at zero\n\nThe sum began with 1, so that every total came out one too large."


@pytest.mark.parametrize(("name", "answer"), [("change_explained", EXPLAINED), ("commit_message", MESSAGE)])
@pytest.mark.parametrize("fix", [True, False])
def test_good_words_about_a_change_hold(file, name, answer, fix, sandbox):
    """The change has run: a fix makes a difference, a refactoring makes none."""
    change = changed(file, fix=fix) if fix else changed(file, fix=False, before="result = 0 + 0")
    held = judged(name, file, answer, change, sandbox)
    assert isinstance(held, Verified), held
    assert held.verified["executed"] is True
    assert held.evidence["detail"].endswith("without it" if fix else "before and after")
    assert reason(judged(name, file, answer, change, None)) == NOTHING_RUNS


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (EXPLAINED.replace("`result`", "`accumulator`").replace("`total`", "`add_up`"), told.UNKNOWN_NAMES),
        ("Something about the way in which values are handled was mended, so that what comes out at the end is what a person would have expected in the first place.", told.NAMES_NOTHING),
        (f"{EXPLAINED} The behaviour stays unchanged.", told.CONTRADICTS),
        ("`result` is 0 now.", told.TOO_SHORT),
        ("`result`==]]d```Mz'%#~2sUrj8of5vmprintP==!ofk8P2::6imporwdeQ1==!$defofSsclfreYbse " * 3, told.NO_WORDS),
        (EXPLAINED * 20, told.TOO_WORDY),
        (f"{EXPLAINED} See line 400.", told.WRONG_LINE),
        (f"{EXPLAINED}\n\n@@ -1,3 +1,3 @@\n", told.COPIES_DIFF),
    ],
)  # fmt: skip
def test_what_is_wrong_with_an_explanation_is_seen(file, answer, why, sandbox):
    """Names that are not there, none at all, a contradiction, too little, too much, a wrong line, the diff again."""
    assert reason(judged("change_explained", file, answer, changed(file, fix=True), sandbox)) == why


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("x" * 80, told.NO_SUBJECT),
        (
            "Start the sum of total at zero instead of at one, because all totals came out too large\n\nWhy.",
            told.NO_SUBJECT,
        ),
        ("Fixed the sum of total\n\nIt began with 1.", told.NOT_IMPERATIVE),
        ("fix(total): starting at zero\n\nIt began with 1.", told.NOT_IMPERATIVE),
        ("The sum of total starts at zero\n\nIt began with 1.", told.NOT_IMPERATIVE),
        (MESSAGE.replace("\n\n", "\n"), told.NO_BLANK_LINE),
        (MESSAGE + " And so on" * 30, told.TOO_WORDY),
        ("Refactor the sum of total\n\nStart it at zero.", told.CONTRADICTS),
        (MESSAGE.replace("The sum", "`accumulate`"), told.UNKNOWN_NAMES),
        ("Make things right\n\nThey were wrong before.", told.NAMES_NOTHING),
        (f"{MESSAGE}\n\n@@ -5,3 +5,3 @@", told.COPIES_DIFF),
    ],
)
def test_what_is_wrong_with_a_commit_message_is_seen(file, answer, why, sandbox):
    """Subject, mood, blank line, length, truth."""
    assert reason(judged("commit_message", file, answer, changed(file, fix=True), sandbox)) == why


def test_lines_of_the_diff_are_no_message(file, sandbox):
    """Long lines of the change, one after the other, are a copy."""
    change = changed(file, fix=False, before='    print("total", total(list(values)))\n    print("largest", max(values, default=0))\n', after='    print("total", total(values))\n    print("largest", largest(values))\n')  # fmt: skip
    copied = MESSAGE + '\n\n    print("total", total(values))\n    print("largest", largest(values))'
    assert reason(judged("commit_message", file, copied, change, sandbox)) == told.COPIES_DIFF


@pytest.mark.parametrize("subject", ["fix: start the sum of total at zero", "total: begin at zero", "Speed the total up", "Add zero to result"])  # fmt: skip
def test_usual_subjects_are_imperatives(file, subject, sandbox):
    """A prefix may stand before the command."""
    assert isinstance(judged("commit_message", file, f"{subject}\n\nIt began with 1.", changed(file, fix=True), sandbox), Verified)  # fmt: skip


def test_a_message_in_a_block_counts_and_words_around_it_do_not(file):
    """The message alone is asked for; a fence around it is forgiven, an introduction is asked about once more."""
    assert told.message(f"```text\n{MESSAGE}\n```") == MESSAGE
    drafts, _, requests = drive(BY_NAME["commit_message"], file, lambda request: f"Here it is:\n```\n{MESSAGE}\n```" if len(request.messages) < 3 else MESSAGE)  # fmt: skip
    assert len(requests) == 2
    assert drafts[0].messages[-1] == ("assistant", MESSAGE)


def test_a_change_without_effect_is_no_fix(file, sandbox):
    """A fix must show in a test, a refactoring must not, and what was fixed must run."""
    for change, why in (
        (changed(file, fix=True, before="result = 0 + 0"), changes.FIX_WITHOUT_EFFECT),
        (changed(file, fix=False), changes.CHANGED_BEHAVIOUR),
        (changed(file, fix=True, before="while True: pass"), changes.FIX_NOT_RUN),
    ):
        answer = f"{EXPLAINED} The loop over the values of `total` is concerned: True or not, it is one to pass."
        assert reason(judged("change_explained", file, answer, change, sandbox)) == why


@pytest.mark.skipif(not CALC.is_file(), reason="examples/corpus is not here")
def test_changes_are_fixes_and_refactorings(file, curated, sandbox):
    """Both are drawn; the file is shown as it is, and the diff says whether it is before or after it."""
    text = CALC.read_text()
    calc = watched(curated(text), sandbox, (Test(("4",)), Test(("1 + 2",)), Test(("x",))))
    kinds = set()
    for number in range(12):
        one = replace(calc, blob_id=f"{number:040}")
        drafts, _, requests = drive(BY_NAME["commit_message"], one, lambda _request: MESSAGE)
        change = drafts[0].plan.given
        kinds.add(change.fix)
        assert (change.after if change.fix else change.before) == text
        assert not change.where or f"def {change.where.rpartition('.')[2]}" in text
        assert text.strip() in requests[0].messages[1][1]
        assert change.patch in requests[0].messages[1][1]
        assert ("_after" if change.fix else "_before") in drafts[0].prompt_id
    assert kinds == {True, False}
    bare = replace(file, text="print(1)\n", observed=replace(file.observed, ran=file.observed.ran))
    [draft] = BY_NAME["commit_message"].next(bare, NO_ANSWERS)
    assert draft.plan.reason == changes.NO_CHANGE


# Reviews.


def reviewed(file, answer, sandbox, bug=None):
    """The judgement of a review of the file with a bug that we choose, or of the file as it is."""
    kind = BY_NAME["code_review"]
    number = next(n for n in range(40) if _has_bug(kind, replace(file, blob_id=f"{n:040}")) is (bug is not None))
    drafts, _, _ = drive(kind, replace(file, blob_id=f"{number:040}"), lambda _request: answer)
    [draft] = drafts
    if bug is not None:
        text = file.text.replace(*bug)
        line = next(
            at for at, (a, b) in enumerate(zip(file.text.split("\n"), text.split("\n"), strict=False), 1) if a != b
        )
        mutant = replace(draft.plan.given.bug, text=text, line=line)
        draft = replace(draft, plan=replace(draft.plan, given=review.Reviewed(text, mutant)))
    [judgement] = kind.verify([draft], sandbox)
    if isinstance(judgement, Rejected):
        assert set(judgement.reasons) <= set(kind.reasons)
    return judgement


def _has_bug(kind, file):
    drafts, _, _ = drive(kind, file, lambda _request: "Fine.")
    return drafts[0].plan.given.bug is not None


BUG = ("result = 0", "result = 1")
FOUND = "1. `result = 1`: the sum starts at one, so `total` of no numbers is 1. Start at `0`."


def test_a_review_that_names_the_bug_holds(file, sandbox):
    """By its code, or by its line; and the bug is one, as a run shows."""
    for answer in (FOUND, "- Line 5: the sum starts at one, so an empty list gives 1."):
        held = reviewed(file, answer, sandbox, BUG)
        assert isinstance(held, Verified), held
        assert held.evidence["detail"].startswith("names the planted bug")
    assert reason(reviewed(file, FOUND, None, BUG)) == NOTHING_RUNS


def test_a_review_of_a_file_as_it_is_holds_without_a_run(file):
    """Where no bug was planted, findings must point at the file."""
    held = reviewed(
        file, "1. `best = numbers[0]` fails with an IndexError for no numbers; check for that in `main`.", None
    )
    assert isinstance(held, Verified), held
    assert held.evidence["detail"] == "1 findings point at places of it"


@pytest.mark.parametrize(
    ("answer", "bug", "why"),
    [
        ("1. `best = numbers[0]` fails for no numbers.", BUG, review.MISSED),
        ("The code is clean and easy to read.", None, review.NO_FINDING),
        ("1. `foo(bar)` leaks.\n2. `baz` too.\n3. `numbers` is fine.", None, review.STRANGE),
        ("1. Line 300 is wrong.", None, told.WRONG_LINE),
        ("1. `numbers[0]` " + "may fail " * 1_000, None, review.TOO_WORDY),
        (FOUND.replace("= 1", "= 0 + 0"), ("result = 0", "result = 0 + 0"), planted.BUG_UNNOTICED),
        (FOUND.replace("result = 1", "while True: pass"), ("result = 0", "while True: pass"), planted.BUG_STOPS),
    ],
)
def test_what_is_wrong_with_a_review_is_seen(file, answer, bug, why, sandbox):
    """The bug is missed, nothing is pointed at, what is quoted is not there, or the bug is none."""
    assert reason(reviewed(file, answer, sandbox, bug)) == why


def test_a_bug_that_does_not_compile_is_not_reviewed(curated, sandbox):
    """What a compiler sees nobody has to find."""
    if not sandbox.runnable("C"):
        pytest.skip("cannot be run here")
    file = watched(curated(PROGRAMS["C"], "C"), sandbox)
    answer = "1. `int result = nothing;` uses a name that does not exist."
    assert (
        reason(reviewed(file, answer, sandbox, ("int result = 0;", "int result = nothing;"))) == planted.BUG_NOT_BUILT
    )


def test_a_long_file_is_reviewed_in_part(curated):
    """A function with what it needs stands for a file that does not fit, and the sample says what was cut."""
    text = "import sys\n\n\n" + "\n\n".join(
        f"def step_{number}(value):\n" + "".join(f"    value += {at}\n" for at in range(40)) + "    return value\n" for number in range(60)
    )  # fmt: skip
    drafts, _, requests = drive(BY_NAME["code_review"], curated(text), lambda _request: "1. `value += 1` is odd.")
    assert "An excerpt of" in requests[0].messages[1][1]
    assert drafts[0].edits
    [held] = BY_NAME["code_review"].verify(drafts, None)
    assert isinstance(held, Verified)


# Documents.
DOCUMENT = """# Reading lamps

A lamp needs a plug. See [the plugs](plugs.md) and https://example.org/lamps for more, and the list below for the order.

## Setting up

First you take the lamp out of its box, and then you put in the bulb, after which the plug goes into the wall.

```sh
lamp --on
```

## Using it

The switch has three positions. The first is off, the second is dim, and the third one is bright. A lamp that is on gets
warm after some time, so leave it some room and do not cover it with anything that burns.
"""
WISH = "<task>\nTurn the long sentence in the part `Setting up` into a numbered list, so that a reader can follow it with a lamp at hand.\n</task>"
REVISED = DOCUMENT.replace(
    "First you take the lamp out of its box, and then you put in the bulb, after which the plug goes into the wall.",
    "1. Take the lamp out of its box.\n2. Put in the bulb.\n3. Put the plug into the wall.",
)


def document(curated, answer, text=DOCUMENT):
    """The judgement of a revision."""
    kind = BY_NAME["document_revision"]
    drafts, _, requests = drive(kind, curated(text, "Markdown", "docs/lamps.md"), proposing(WISH, answer))
    [judgement] = kind.verify(drafts, None)
    if isinstance(judgement, Rejected):
        assert set(judgement.reasons) <= set(kind.reasons)
    return judgement, requests


def test_a_revised_document_holds(curated):
    """It differs where it was asked to, in a block that holds blocks of its own."""
    held, requests = document(curated, f"~~~~markdown\n{REVISED}~~~~\n\nThe steps are a list now.")
    assert isinstance(held, Verified), held
    assert held.draft.plan.answer == REVISED
    assert "`~~~~`" in requests[-1].messages[1][1]
    assert isinstance(document(curated, f"```markdown\n{REVISED}```\n\nThe steps are a list now.")[0], Verified)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda _text: DOCUMENT, new_code.UNCHANGED),
        (lambda text: text[:300], new_code.MUCH_GONE),
        (lambda text: text + "More words on lamps. " * 200, new_code.MUCH_MORE),
        (lambda text: text.replace("--on", "--off"), documents.CODE_GONE),
        (lambda text: text.replace("[the plugs](plugs.md)", "[the plugs](sockets.md)"), documents.LINK_MADE_UP),
        (lambda text: text.replace(" and https://example.org/lamps for more", ""), documents.LINKS_GONE),
        (lambda text: text.replace("# Setting up", "# Assembly").replace("# Using it", "# Operation"), documents.HEADINGS_GONE),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_revision_is_seen(curated, change, why):
    """Nothing changed, much gone, much more, code or links or headings lost, a link made up."""
    assert reason(document(curated, f"~~~~\n{change(REVISED)}\n~~~~\n\nDone.")[0]) == why


def test_a_document_outside_of_a_block_is_not_read(curated):
    """Where it begins and ends must be told; a short document is not asked about."""
    assert reason(document(curated, REVISED.replace("```", "***"))[0]) == NO_CODE
    assert reason(document(curated, f"~~~~\n{REVISED}")[0]) == NO_CODE
    assert reason(document(curated, "", "# Lamps\n\nNone.\n")[0]) == documents.TOO_BRIEF


def test_of_markdown_only_documents_are_revised(curated):
    """Other kinds leave documents alone, and this one leaves code alone."""
    for name, kind in BY_NAME.items():
        [one] = kind.next(curated(DOCUMENT, "Markdown", "lamps.md"), NO_ANSWERS)
        assert hasattr(one, "plan") is (name != "document_revision")
    [draft] = BY_NAME["document_revision"].next(curated(PYTHON), NO_ANSWERS)
    assert draft.plan.reason in BY_NAME["document_revision"].reasons
