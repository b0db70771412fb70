"""Ask for the table of contents of a document; the answer links to its headings by the anchors that GitHub gives them.

Belongs here: which headings are listed, the question and the list. Does not: reading the document (`markdown`).
Where the writer made a table, it is cut out and asked for if it is what the rules give; where it is not, nothing is asked.
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from alchemy_assets.curation.edits import Edit, edited
from alchemy_assets.generation.completions import Answers
from alchemy_assets.sandbox.sandbox import Sandbox
from alchemy_assets.strategies import phrasing
from alchemy_assets.strategies.conversation import fenced
from alchemy_assets.strategies.grounded.drafting import asked, judged, left
from alchemy_assets.strategies.grounded.markdown import Document, Heading, by_other_rules, read_document, shown_text
from alchemy_assets.strategies.strategy import CuratedFile, Draft, Left, Rejected, Verified

FEWEST, MOST = 4, 40
LONGEST = 20_000
# Of what is asked for, the rest of the document may link to so much.
SHOWN = 0.3
FEW_HEADINGS = "a document of few headings"
TOO_MANY = "too many headings for a table of contents"
TOO_LONG = "the document is too long"
OTHER_RULES = "its anchors follow other rules"
OWN_TABLE = "its own table of contents is not what the headings give"
NOT_FOUND = "the table does not lead to its headings"
REASONS = (FEW_HEADINGS, TOO_MANY, TOO_LONG, OTHER_RULES, OWN_TABLE, NOT_FOUND)
_PLACE = "<!-- table of contents -->"
_ITEM = re.compile(r"^(\s*)(?:[-*+]|\d+[.)])\s+\[(.+)\]\(#([^\s()]+)\)\s*$")
_TITLE = re.compile(
    r"\W*(?:table of contents?|contents?|toc|index|outline|overview|navigation|on this page)\W*", re.IGNORECASE
)


@dataclass(frozen=True)
class Plan:
    """What is asked for: the headings that are listed, and whether the very same list was cut out."""

    listed: tuple[Heading, ...]
    levels: tuple[int, ...]
    written: bool


@dataclass(frozen=True)
class MarkdownOutline:
    """The kind `markdown_outline`."""

    name: str = "markdown_outline"
    strategy: str = "code_qa"

    def next(self, file: CuratedFile, _answers: Answers) -> Iterable[Draft]:
        """One draft a document."""
        return [self._draft(file)] if file.language == "Markdown" else []

    def verify(self, drafts: Sequence[Draft], sandbox: Sandbox | None) -> list[Verified | Rejected]:  # noqa: ARG002 -- nothing is run
        """The answer is read as Markdown again: each of its links must lead to the heading of its turn."""
        return judged(drafts, _judge)

    def _draft(self, file: CuratedFile) -> Draft:
        if len(file.text) > LONGEST:
            return left(self.name, file, TOO_LONG, f"{len(file.text):,} characters")
        document = read_document(file.text)
        choices = _choices(document)
        if isinstance(choices, Left):
            return left(self.name, file, choices.reason, choices.detail)
        cut = _own_table(document)
        chosen = _chosen(document, choices, cut, file.blob_id)
        if chosen is None:
            return left(self.name, file, OWN_TABLE)
        source, edits = file.text.encode(), list[Edit]()
        if cut is not None:
            edits = [Edit(*cut, f"{_PLACE}\n", "table of contents left out")]
        seed = edited(file.text, edits)
        levels = tuple(sorted({one.level for one in chosen}))
        values = {
            "code": fenced(seed.strip("\n"), "markdown"),
            "file": PurePosixPath(file.path).name or "the document",
            "levels": _levels(levels, file.blob_id),
        }
        answer = table_of_contents(chosen)
        written = cut is not None and source[cut[0] : cut[1]].decode().strip() == answer
        return asked(
            self.name,
            file,
            values,
            plan=Plan(chosen, levels, written),
            answer=fenced(answer, "markdown"),
            seed_text=seed,
            edits=[edit._asdict() for edit in edits],
        )


def _choices(document: Document) -> list[tuple[Heading, ...]] | Left:
    """What can be listed, by how deep it goes; or why nothing can."""
    listed = [one for one in _below_title(document) if not _TITLE.fullmatch(one.text)]
    odd = next((one.text for one in listed if by_other_rules(one.text) or "[" in shown_text(one.text)), None)
    if odd is not None:
        return Left(OTHER_RULES, odd[:80])
    depths = sorted({one.level for one in listed})
    choices = [tuple(one for one in listed if one.level <= depth) for depth in depths]
    if len(listed) < FEWEST:
        return Left(FEW_HEADINGS, f"{len(listed)}")
    fitting = [one for one in choices if FEWEST <= len(one) <= MOST]
    return fitting or Left(TOO_MANY, f"{len(listed)}")


def _chosen(
    document: Document, choices: Sequence[tuple[Heading, ...]], cut: tuple[int, int] | None, key: str
) -> tuple[Heading, ...] | None:
    """The headings that are listed: those of the writer's own table, or as deep as a key draws.

    None where the writer's table is another one, or stands there in another form.
    """
    if cut is None:
        chosen = choices[phrasing.draw("levels", key) % len(choices)]
    else:
        own = [link.anchor for link in document.links if cut[0] <= link.start < cut[1]]
        same = [one for one in choices if [heading.anchor for heading in one] == own]
        if not same:
            return None
        chosen = same[0]
    rest = {link.anchor for link in document.links if cut is None or not cut[0] <= link.start < cut[1]}
    shown = sum(heading.anchor in rest for heading in chosen)
    return chosen if shown <= SHOWN * len(chosen) else None


def table_of_contents(listed: Sequence[Heading]) -> str:
    """A nested list of links; a heading stands below the last one of a higher level."""
    lines, open_levels = [], list[int]()
    for one in listed:
        while open_levels and open_levels[-1] >= one.level:
            open_levels.pop()
        lines.append(f"{'  ' * len(open_levels)}- [{shown_text(one.text)}](#{one.anchor})")
        open_levels.append(one.level)
    return "\n".join(lines)


def _below_title(document: Document) -> list[Heading]:
    """The headings without the title, which is the only one of the highest level and the first."""
    headings = list(document.headings)
    if headings and all(one.level > headings[0].level for one in headings[1:]):
        return headings[1:]
    return headings


def _own_table(document: Document) -> tuple[int, int] | None:
    """The bytes of a list that links to headings of the document and to nothing else."""
    source = document.text.encode()
    for start, end in document.lists:
        lines = [line for line in source[start:end].decode().split("\n") if line.strip()]
        if len(lines) >= FEWEST and all(_ITEM.match(line) for line in lines):
            return start, end
    return None


def _levels(levels: tuple[int, ...], key: str) -> str:
    """The levels in words, or by their marks."""
    first, last = levels[0], levels[-1]
    between = "and" if last - first == 1 else "to"
    if phrasing.draw("marks", key) % 2:
        return f"`{'#' * first}`" if first == last else f"`{'#' * first}` {between} `{'#' * last}`"
    return f"level {first}" if first == last else f"levels {first} {between} {last}"


def _judge(draft: Draft) -> Verified | Rejected:
    plan = draft.plan
    assert isinstance(plan, Plan)  # noqa: S101 -- this kind made it
    answer = draft.messages[-1][1]
    again = read_document(answer.split("\n", 1)[1].rsplit("\n", 1)[0])
    known = read_document(draft.seed_text).anchors
    anchors = [link.anchor for link in again.links]
    if anchors != [one.anchor for one in plan.listed] or not known.issuperset(anchors):
        return Rejected(draft, (NOT_FOUND,), f"{len(anchors)} links")
    lines = answer.split("\n")[1:-1]
    return Verified(
        draft,
        draft.messages,
        {"parsed": True, "answer_is_source": plan.written},
        {"detail": json.dumps({"headings": len(plan.listed), "levels": plan.levels, "anchors": "GitHub"})},
        {"answer_lines": len(lines), "copied_share": 0.0},
    )
