"""Ask which links of a document to its own headings lead nowhere; the answer gives the anchors that GitHub makes.

Belongs here: which links are spoilt and how, the question and the answer. Does not: reading the document (`markdown`).
Anchors are spoilt as writers get them wrong: a hyphen too few, an underscore, the punctuation kept, a word missing. Where
a document has wrong links of its own, nothing is spoilt: those are asked for, if one heading alone can be meant.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import unquote

from alchemy_assets.curation.edits import Edit, edited
from alchemy_assets.generation.completions import Answers
from alchemy_assets.sandbox.sandbox import Sandbox
from alchemy_assets.strategies import phrasing
from alchemy_assets.strategies.conversation import fenced
from alchemy_assets.strategies.grounded.drafting import asked, judged, left
from alchemy_assets.strategies.grounded.markdown import (
    Document,
    Heading,
    Link,
    anchor_of,
    by_other_rules,
    read_document,
    shown_text,
)
from alchemy_assets.strategies.strategy import CuratedFile, Draft, Rejected, Verified

FEWEST_LINKS = 2
MOST_WRONG = 3
LONGEST = 20_000
FEW_LINKS = "few links to its own headings"
TOO_LONG = "the document is too long"
OTHER_RULES = "its anchors follow other rules"
UNCLEAR = "nobody can tell where a wrong link should lead"
NOT_HEALED = "the answer does not lead to headings"
REASONS = (FEW_LINKS, TOO_LONG, OTHER_RULES, UNCLEAR, NOT_HEALED)
_NUMBERED = re.compile(r"-\d+")


@dataclass(frozen=True)
class Wrong:
    """A link that leads nowhere, the anchor that it should have, and the heading of that."""

    link: Link
    right: str
    heading: Heading


@dataclass(frozen=True)
class Plan:
    """The wrong links in their order, and whether they were spoilt for the question."""

    wrong: tuple[Wrong, ...]
    spoilt: bool


@dataclass(frozen=True)
class MarkdownLinks:
    """The kind `markdown_links`."""

    name: str = "markdown_links"
    strategy: str = "code_qa"

    def next(self, file: CuratedFile, _answers: Answers) -> Iterable[Draft]:
        """One draft a document."""
        return [self._draft(file)] if file.language == "Markdown" else []

    def verify(self, drafts: Sequence[Draft], sandbox: Sandbox | None) -> list[Verified | Rejected]:  # noqa: ARG002 -- nothing is run
        """With the answer's anchors in their places every link leads somewhere, and before just those did not."""
        return judged(drafts, _judge)

    def _draft(self, file: CuratedFile) -> Draft:
        if len(file.text) > LONGEST:
            return left(self.name, file, TOO_LONG, f"{len(file.text):,} characters")
        document = read_document(file.text)
        if len(document.links) < FEWEST_LINKS:
            return left(self.name, file, FEW_LINKS, f"{len(document.links)}")
        odd = next((one.text for one in document.headings if by_other_rules(one.text)), None)
        if odd is not None:
            return left(self.name, file, OTHER_RULES, odd[:80])
        astray = [link for link in document.links if not _leads(link, document)]
        wrong = _meant(astray, document) if astray else _spoilt(document, file.blob_id)
        if not wrong:
            return left(self.name, file, UNCLEAR, astray[0].written[:80] if astray else "no anchor can be got wrong")
        return self._asked(file, document, wrong, spoilt=not astray)

    def _asked(self, file: CuratedFile, document: Document, wrong: tuple[Wrong, ...], *, spoilt: bool) -> Draft:
        edits = (
            [Edit(one.link.start, one.link.end, one.link.anchor, "anchor made wrong") for one in wrong]
            if spoilt
            else []
        )
        seed = edited(document.text, edits)
        values = {
            "code": fenced(seed.strip("\n"), "markdown"),
            "file": PurePosixPath(file.path).name or "the document",
        }
        return asked(
            self.name,
            file,
            values,
            plan=Plan(wrong, spoilt),
            answer=_answer(wrong, file.blob_id),
            seed_text=seed,
            edits=[edit._asdict() for edit in edits],
        )


def _leads(link: Link, document: Document) -> bool:
    return {link.anchor, unquote(link.anchor), unquote(link.anchor).lower()} & document.anchors != set()


def _meant(astray: Sequence[Link], document: Document) -> tuple[Wrong, ...]:
    """What links of the writer's own should lead to; nothing where they are many, or one could mean anything.

    The heading that is meant is the only one with the words of the anchor, or those of the link's text.
    """
    found = []
    for link in astray[: MOST_WRONG + 1]:
        for wanted in (_plain(unquote(link.anchor)), _plain(anchor_of(link.text))):
            same = [one for one in document.headings if _plain(one.anchor) == wanted]
            if len(same) == 1 and wanted:
                found.append(Wrong(link, same[0].anchor, same[0]))
                break
    return tuple(found) if len(found) == len(astray) <= MOST_WRONG else ()


def _plain(anchor: str) -> str:
    return re.sub(r"[\W_]", "", anchor).lower()


def _spoilt(document: Document, key: str) -> tuple[Wrong, ...]:
    """One to three links with anchors as they are often got wrong, drawn by a key."""
    by_anchor = {one.anchor: one for one in document.headings}
    taken = document.anchors | {link.anchor for link in document.links}
    count = 1 + phrasing.draw("wrong links", key) % min(MOST_WRONG, len(document.links) - 1)
    order = sorted(document.links, key=lambda link: phrasing.draw("wrong link", key, str(link.start)))
    found: list[Wrong] = []
    written = [link.written for link in document.links]
    for link in order:
        heading = by_anchor.get(link.anchor)
        # The text of the link must say which heading is meant.
        if (
            heading is None
            or written.count(link.written) > 1
            or _plain(anchor_of(link.text)) != _plain(anchor_of(heading.text))
        ):
            continue
        ways = [way for way in _ways(heading) if way not in taken and way.lower() not in taken]
        if ways and len(found) < count:
            anchor = ways[phrasing.draw("way", key, str(link.start)) % len(ways)]
            taken |= {anchor}
            found.append(Wrong(Link(link.text, anchor, link.start, link.end), link.anchor, heading))
    return tuple(sorted(found, key=lambda one: one.link.start))


def _ways(heading: Heading) -> Iterator[str]:
    """Anchors that writers take for that of a heading."""
    anchor, text = heading.anchor, shown_text(heading.text).replace("`", "").lower()
    if "-" in anchor:
        yield anchor.replace("-", "_")
        yield anchor.replace("-", "")
    if "--" in anchor:
        yield anchor.replace("--", "-")
        yield anchor.replace("--", "-")
    kept = re.sub(r"[\s()\[\]<>]+", "-", text).strip("-")
    if kept != anchor and kept.isprintable():
        yield kept
        yield kept
    if _NUMBERED.fullmatch(anchor.removeprefix(anchor_of(heading.text))) is not None:
        yield re.sub(r"\d+$", lambda number: str(int(number[0]) + 1), anchor)
    words = anchor.split("-")
    if len(words) > 2 and all(words):  # noqa: PLR2004 -- of two, one alone may mean another heading
        yield "-".join(words[:-1])
    yield f"{anchor}-1"
    longest = max(words, key=len)
    if len(longest) > 4 and longest.isalpha():  # noqa: PLR2004 -- of a short word little is left
        yield anchor.replace(longest, longest[: len(longest) // 2] + longest[len(longest) // 2 + 1 :], 1)
    if len(words) == 1:
        yield anchor + ("es" if anchor.endswith("s") else "s") if anchor.isascii() else f"{anchor}-"


_ONE = (
    "`{old}` leads nowhere. The heading `{heading}` has the anchor `#{right}`, so it must be `{new}`.",
    "The broken one is `{old}`; it should be `{new}`, as `{heading}` becomes `#{right}`.",
    "`{heading}` gets the anchor `#{right}`, but one link says `#{wrong}`. Correct: `{new}`.",
    "Change `{old}` to `{new}`: no heading has the anchor `#{wrong}`, and `{heading}` has `#{right}`.",
    "It is `{old}`. Since `{heading}` turns into `#{right}`, write `{new}`.",
)
_ITEMS = (
    "- `{old}` should be `{new}` (heading `{heading}`)",
    "- `{old}` -> `{new}`, for `{heading}`",
    "- `{heading}` has the anchor `#{right}`: replace `{old}` by `{new}`",
    "- `{old}`: the heading is `{heading}`, so `{new}`",
)
_LEADS = (
    "{count} links lead nowhere:",
    "{count} of them are broken:",
    "Broken, with their corrections ({count}):",
    "{count} need another anchor:",
)
_COUNTS = {2: "Two", 3: "Three"}


def _answer(wrong: Sequence[Wrong], key: str) -> str:
    number = phrasing.draw("links answered", key)
    values = [
        {
            "old": one.link.written,
            "new": f"[{one.link.text}](#{one.right})",
            "wrong": one.link.anchor,
            "right": one.right,
            "heading": f"{'#' * one.heading.level} {one.heading.text}",
        }
        for one in wrong
    ]
    # Code in the text of a link or heading needs a longer fence around it.
    values = [{name: text.replace("`", "\0") for name, text in one.items()} for one in values]
    if len(values) == 1:
        return _quoted(_ONE[number % len(_ONE)], values[0])
    item = _ITEMS[number % len(_ITEMS)]
    lead = _LEADS[number // 8 % len(_LEADS)].format(count=_COUNTS[len(values)])
    return "\n".join(
        [lead.replace("(Two)", "(two)").replace("(Three)", "(three)"), "", *(_quoted(item, one) for one in values)]
    )


def _quoted(template: str, values: dict[str, str]) -> str:
    text = phrasing.fill(template, values)
    return re.sub(
        r"`([^`]*)`",
        lambda span: f"`` {span[1]} ``".replace("\0", "`") if "\0" in span[1] else span[0],
        text,
    )


def _judge(draft: Draft) -> Verified | Rejected:
    plan = draft.plan
    assert isinstance(plan, Plan)  # noqa: S101 -- this kind made it
    before = read_document(draft.seed_text)
    astray = [link for link in before.links if not _leads(link, before)]
    edits = [Edit(link.start, link.end, one.right, "") for link, one in zip(astray, plan.wrong, strict=False)]
    after = read_document(edited(draft.seed_text, edits))
    expected = [(one.link.text, one.link.anchor) for one in plan.wrong]
    if [(link.text, link.anchor) for link in astray] != expected or not all(
        _leads(link, after) for link in after.links
    ):
        return Rejected(draft, (NOT_HEALED,), ", ".join(link.written for link in astray)[:200])
    return Verified(
        draft,
        draft.messages,
        {"parsed": True, "answer_is_source": plan.spoilt},
        {
            "detail": json.dumps(
                {
                    "anchors": "GitHub",
                    "links": len(before.links),
                    "wrong": {one.link.anchor: one.right for one in plan.wrong},
                    "spoilt": plan.spoilt,
                },
                ensure_ascii=False,
            )
        },
        {"answer_lines": draft.messages[-1][1].count("\n") + 1, "copied_share": 0.0},
    )
