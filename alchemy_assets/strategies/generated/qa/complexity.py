"""Ask for the time and the space that code takes: who wrote the question and who answers it must agree.

Belongs here: the kind `complexity`, reading and comparing labels. Does not: measuring; nothing is run.
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from alchemy_assets.generation.completions import Answers, Request
from alchemy_assets.generation.parsing import NO_SECTION, UnreadableError, sections
from alchemy_assets.languages import LANGUAGES
from alchemy_assets.sandbox.sandbox import Sandbox
from alchemy_assets.strategies.generated.qa.forms import block
from alchemy_assets.strategies.generated.qa.given import LEAST_LINES, NO_PROGRAMS, TOO_SHORT
from alchemy_assets.strategies.generated.qa.proving import NOT_PARSED, unparsed
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
from alchemy_assets.strategies.generated.shown import language_name, shown_of
from alchemy_assets.strategies.grounded.drafting import rejected
from alchemy_assets.strategies.strategy import CuratedFile, Draft, Left, Rejected, Verified

NO_LABEL = "the answer lacks a bound in O notation"
DISAGREE = "who wrote the question and who answered it disagree"
REASONS = (*ASKED_REASONS, NO_SECTION, TOO_SHORT, NO_PROGRAMS, NOT_PARSED, NO_LABEL, DISAGREE)
WHAT = ("time", "space")
_BOUND = r"(?:\\mathcal\{O\}|O|\\Theta|Θ)\s*\((?:[^()]|\([^()]*\))*\)"
_LABEL = re.compile(_BOUND)
_SAID = {what: re.compile(rf"^\W*{what}\b[^\n]*?[:=]\W*?({_BOUND})", re.IGNORECASE | re.MULTILINE) for what in WHAT}
_SPELT = (
    (r"\\(log|lg|ln)\b|\\(log|lg|ln)(?=_)", "log"),
    (r"\b(?:lg|ln)\b|log_?\{?2\}?(?!\d)|log₂", "log"),
    (r"\\(?:cdot|times)|[·×∙]", "*"),
    ("²", "^2"),
    ("³", "^3"),
    (r"\*\*", "^"),
    (r"\\sqrt\{(\w+)\}|√(\w+)", r"sqrt(\1\2)"),
    (r"[{}$\\ \t]", ""),
)


@dataclass(frozen=True)
class Bounds:
    """Code, and how its time and space grow. said: by who answered, in the order of `WHAT`."""

    text: str
    code: str
    language: str
    bounds: tuple[str, ...]
    said: tuple[str, ...] = ()
    level: str = ""


def bound_of(text: str) -> str:
    """The first bound of a text in one spelling: `O(n log n)` and `O(log2(n) * n)` are both `log(n)*n`.

    Raises UnreadableError where there is none.
    """
    found = _LABEL.search(text)
    if found is None:
        raise UnreadableError(NO_LABEL, f"{text[:80]!r} is no bound such as O(n log n).")
    inside = found[0].partition("(")[2][:-1].lower()
    for pattern, spelt in _SPELT:
        inside = re.sub(pattern, spelt, inside)
    inside = re.sub(r"log(\w+)", r"log(\1)", inside)
    terms = sorted("*".join(sorted(_factors(term))) for term in _split(inside, "+"))
    return "+".join(terms)


def bounds_in(answer: str) -> tuple[str, ...]:
    """The bounds that an answer ends with, in the order of `WHAT`; raises UnreadableError where one lacks."""
    found = []
    for what in WHAT:
        said = _SAID[what].findall(answer)
        if not said:
            raise UnreadableError(NO_LABEL, f"no bound of the {what}")
        found.append(bound_of(said[-1]))
    return tuple(found)


def _split(text: str, mark: str) -> list[str]:
    """The parts of a text between marks that stand in no parentheses."""
    parts, depth = [""], 0
    for character in text:
        depth += (character == "(") - (character == ")")
        if character == mark and not depth:
            parts.append("")
        else:
            parts[-1] += character
    return [part for part in parts if part]


def _factors(term: str) -> list[str]:
    """The factors of a term; those that only stand side by side are told apart by their form."""
    factors = []
    for part in _split(term, "*"):
        found = re.findall(
            r"(?:log|sqrt)\([^()]*\)(?:\^\w+)?|\([^()]*\)(?:\^\w+)?|\d+\^\(?\w+\)?|\d+|[a-z](?:\^\w+|!)?", part
        )
        factors += [one for one in found if one != "1"] or ["1"]
    return factors


@dataclass(frozen=True)
class Complexity:
    """The kind `complexity`."""

    name: str = "complexity"
    strategy: str = "code_qa"

    def next(self, file: CuratedFile, answers: Answers) -> Iterable[Draft | Request]:
        """One question a file."""
        language = file.language
        shown = shown_of(file) if LANGUAGES[language].runs and language != "SQL" else Left(NO_PROGRAMS, language)

        def read(answer: str) -> Bounds:
            parts = sections(answer, ("problem", "code", *WHAT))
            code = code_section(parts["code"])
            if len(lines_of(code)) < LEAST_LINES:
                raise UnreadableError(TOO_SHORT, f"The code is too short; write at least {LEAST_LINES} lines.")
            bounds = tuple(bound_of(parts[what]) for what in WHAT)
            return Bounds(self_contained(parts["problem"], file.path, with_code=True), code, language, bounds)

        def turn(problem: Bounds) -> tuple[str, str]:
            values = {
                "problem": problem.text,
                "code": block(language, problem.code),
                "language": language_name(language),
            }
            return worded(self, file, values)

        def plan(problem: Bounds, answer: str) -> Bounds:
            said, level = bounds_in(answer), level_of(self, file)
            return Bounds(problem.text, problem.code, problem.language, problem.bounds, said, level)

        return made(self, file, answers, shown, Task(read, turn, plan, values={"program": language_name(language)}))

    def verify(self, drafts: Sequence[Draft], _sandbox: Sandbox | None) -> list[Verified | Rejected]:
        """Compare both answers; that the code parses is all that is proved of it."""
        return [_judged(draft) for draft in drafts]


def _judged(draft: Draft) -> Verified | Rejected:
    plan = draft.plan
    if isinstance(plan, Left):
        return rejected(draft, plan)
    assert isinstance(plan, Bounds)  # noqa: S101 -- this kind made it
    if (wrong := unparsed(plan.language, plan.code)) is not None:
        return rejected(draft, wrong)
    for what, one, other in zip(WHAT, plan.bounds, plan.said, strict=True):
        if one != other:
            return rejected(draft, Left(DISAGREE, f"{what}: O({one}) and O({other})"))
    detail = {"level": plan.level, **dict(zip(WHAT, plan.said, strict=True))}
    return Verified(
        draft,
        draft.messages,
        {"parsed": True},
        {"detail": json.dumps(detail)},
        {
            "answer_lines": draft.messages[-1][1].count("\n") + 1,
            "copied_share": copied_share(plan.code, draft.seed_text),
        },
    )
