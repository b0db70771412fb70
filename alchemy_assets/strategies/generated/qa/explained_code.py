"""Ask for an explanation of a part of the file: it names what is there, and is neither a stub nor the code once more.

Belongs here: the kind `explained_code`, and what can be checked of an explanation without running anything.
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from alchemy_assets.generation.completions import Answers, Request
from alchemy_assets.generation.parsing import NO_SECTION, UnreadableError, code_blocks, sections
from alchemy_assets.sandbox.sandbox import Sandbox
from alchemy_assets.strategies.generated.qa.forms import block
from alchemy_assets.strategies.generated.qa.writing import (
    ASKED_REASONS,
    Task,
    code_section,
    copied_share,
    level_of,
    lines_of,
    made,
    self_contained,
    worded,
)
from alchemy_assets.strategies.generated.shown import Shown, language_name, shown_of
from alchemy_assets.strategies.grounded.drafting import rejected
from alchemy_assets.strategies.strategy import CuratedFile, Draft, Left, Rejected, Verified

LEAST_LINES, MOST_LINES = 5, 80
LEAST_SENTENCES, MOST_COPIED, LEAST_NAMES, LEAST_KNOWN = 5, 0.4, 2, 0.9
NOT_QUOTED = "the part to be explained is not in the file, or too short or too long"
TOO_FEW_SENTENCES = "the explanation is too short"
MOSTLY_COPIED = "most of the explanation is the code again"
NAMES_NOTHING = "the explanation names nothing of the code"
UNKNOWN_NAMES = "the explanation names what is not there"
REASONS = (
    *(*ASKED_REASONS, NO_SECTION, NOT_QUOTED),
    *(TOO_FEW_SENTENCES, MOSTLY_COPIED, NAMES_NOTHING, UNKNOWN_NAMES),
)
_SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
_WORD = re.compile(r"[A-Za-z_]\w*")
_SENTENCE = re.compile(r"[.!?:][)\"*_`]*(?=\s|$)|^\s*(?:[-*]|\d+\.)\s+[^\n]{30,}[^\n.!?:]$", re.MULTILINE)
# Bounds, literals and values of any language, which an explanation may name although they do not stand there.
_NO_NAME = re.compile(r"O\(.*\)|[\"'].*[\"']|[\d\W]+", re.DOTALL)
_KNOWN_WORDS = frozenset(
    {"true", "false", "null", "none", "nil", "undefined", "nan", "inf", "stdin", "stdout", "stderr"}
)


@dataclass(frozen=True)
class Part:
    """A part of the file, a question about it, and what was said of it."""

    text: str
    code: str
    answer: str = ""
    level: str = ""


def quoted(code: str, shown: Shown) -> str:
    """The lines of a file that a code repeats, as they stand there; raises UnreadableError where it does not."""
    wanted = lines_of(code)
    lines = shown.text.splitlines()
    said = [number for number, line in enumerate(lines) if line.strip()]
    bare = [lines[number].strip() for number in said]
    for at in range(len(bare) - len(wanted) + 1):
        if bare[at : at + len(wanted)] == wanted and LEAST_LINES <= len(wanted) <= MOST_LINES:
            return _dedented(lines[said[at] : said[at + len(wanted) - 1] + 1])
    complaint = (
        f"<code> must repeat {LEAST_LINES} to {MOST_LINES} consecutive lines of the file exactly, nothing left out."
    )
    raise UnreadableError(NOT_QUOTED, complaint)


def _dedented(lines: Sequence[str]) -> str:
    indents = [line[: len(line) - len(line.lstrip())] for line in lines if line.strip()]
    least = min(indents, key=len)
    same = all(indent.startswith(least) for indent in indents)
    return "\n".join(line[len(least) :] if same and line.strip() else line for line in lines) + "\n"


@dataclass(frozen=True)
class ExplainedCode:
    """The kind `explained_code`."""

    name: str = "explained_code"
    strategy: str = "code_qa"

    def next(self, file: CuratedFile, answers: Answers) -> Iterable[Draft | Request]:
        """One part a file."""
        shown = shown_of(file)

        def read(answer: str) -> Part:
            parts = sections(answer, ("problem", "code"))
            assert isinstance(shown, Shown)  # noqa: S101 -- nothing is asked about a file that is not shown
            return Part(
                self_contained(parts["problem"], file.path, with_code=True), quoted(code_section(parts["code"]), shown)
            )

        def turn(problem: Part) -> tuple[str, str]:
            values = {
                "problem": problem.text,
                "code": block(file.language, problem.code),
                "language": language_name(file.language),
            }
            return worded(self, file, values)

        def plan(problem: Part, answer: str) -> Part:
            return Part(problem.text, problem.code, answer, level_of(self, file))

        return made(self, file, answers, shown, Task(read, turn, plan))

    def verify(self, drafts: Sequence[Draft], _sandbox: Sandbox | None) -> list[Verified | Rejected]:
        """Read every explanation against its code."""
        return [_judged(draft) for draft in drafts]


def names_in(explanation: str) -> list[str]:
    """What an explanation puts between backticks, where it is a name or made of names."""
    return [span for span in _SPAN.findall(explanation) if not _NO_NAME.fullmatch(span.strip())]


def fault_of(explanation: str, code: str, question: str) -> Left | None:
    """What is wrong with an explanation; None where nothing shows."""
    prose = _without_blocks(explanation)
    sentences = len(_SENTENCE.findall(prose))
    if sentences < LEAST_SENTENCES:
        return Left(TOO_FEW_SENTENCES, f"{sentences} sentences")
    copied = copied_share(explanation, code)
    if copied > MOST_COPIED:
        return Left(MOSTLY_COPIED, f"{copied:.0%} of its lines")
    spans = names_in(prose)
    if len(set(spans)) < LEAST_NAMES:
        return Left(NAMES_NOTHING, f"{len(set(spans))} names")
    known = {word.lower() for word in _WORD.findall(f"{code}\n{question}")} | _KNOWN_WORDS
    unknown = [span for span in spans if not {word.lower() for word in _WORD.findall(span)} <= known]
    share = 1 - len(unknown) / len(spans)
    return Left(UNKNOWN_NAMES, ", ".join(dict.fromkeys(unknown))[:300]) if share < LEAST_KNOWN else None


def _without_blocks(text: str) -> str:
    for _, code in code_blocks(text):
        text = text.replace(code.rstrip("\n"), "")
    return text


def _judged(draft: Draft) -> Verified | Rejected:
    plan = draft.plan
    if isinstance(plan, Left):
        return rejected(draft, plan)
    assert isinstance(plan, Part)  # noqa: S101 -- this kind made it
    if (wrong := fault_of(plan.answer, plan.code, plan.text)) is not None:
        return rejected(draft, wrong)
    names = set(names_in(_without_blocks(plan.answer)))
    return Verified(
        draft,
        draft.messages,
        {},
        {"detail": json.dumps({"level": plan.level, "names": len(names), "code_lines": len(lines_of(plan.code))})},
        {
            "answer_lines": plan.answer.count("\n") + 1,
            "copied_share": copied_share(plan.answer, plan.code),
        },
    )
