"""Ask a question with four options: who wrote it and who answers it must agree, and what a program prints is run.

Belongs here: the kind `multiple_choice`, its schema, shuffling its options. Does not: running (`recorded`).
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from alchemy_assets.generation.completions import Answers, Request
from alchemy_assets.generation.parsing import NO_JSON, UnreadableError, json_of
from alchemy_assets.languages import LANGUAGES
from alchemy_assets.sandbox.sandbox import Sandbox
from alchemy_assets.strategies.generated import running
from alchemy_assets.strategies.generated.qa import recorded as recording
from alchemy_assets.strategies.generated.qa.forms import block
from alchemy_assets.strategies.generated.qa.proving import NOT_PARSED, facts_of, unparsed
from alchemy_assets.strategies.generated.qa.recorded import Recorded, Shown, recorded
from alchemy_assets.strategies.generated.qa.writing import (
    ASKED_REASONS,
    Task,
    copied_share,
    level_of,
    made,
    self_contained,
    worded,
)
from alchemy_assets.strategies.generated.running import settled
from alchemy_assets.strategies.generated.shown import language_name, shown_of
from alchemy_assets.strategies.grounded.drafting import rejected
from alchemy_assets.strategies.phrasing import draw
from alchemy_assets.strategies.strategy import CuratedFile, Draft, Left, Rejected, Verified

LETTERS = "ABCD"
BAD_QUESTION = "the question is not of the form that was asked for"
NO_CHOICE = "the answer names no option"
DISAGREE = "who wrote the question and who answered it disagree"
OTHER_OUTPUT = "the option that is said to be right is not what the program prints"
REASONS = (
    *(*ASKED_REASONS, NO_JSON, BAD_QUESTION, NO_CHOICE, DISAGREE, NOT_PARSED, OTHER_OUTPUT),
    *(running.NOT_BUILT, running.STOPPED, running.FAILED, *recording.REASONS),
)
# Engines hold the text between the quotes to it, escapes and all: lengths instead let raw control characters through.
_CHARACTER = r'([^"\\\x00-\x1f]|\\["\\/bfnrt])'
_TEXT = {"type": "string", "pattern": f"^{_CHARACTER}+$"}
SCHEMA = json.dumps(
    {
        "type": "object",
        "properties": {
            "question": _TEXT,
            "program": {"type": "string", "pattern": f"^{_CHARACTER}*$"},
            "options": {"type": "array", "items": _TEXT, "minItems": len(LETTERS), "maxItems": len(LETTERS)},
            "reason": _TEXT,
            "correct": {"enum": [1, 2, 3, 4]},
        },
        "required": ["question", "program", "options", "reason", "correct"],
        "additionalProperties": False,
    }
)
_CHOSEN = re.compile(rf"\b(?i:answer)\b(?: is| would be)?[\s:*_`]*\(?[*`]*([{LETTERS}])\b")


@dataclass(frozen=True)
class Choice:
    """A question with its options in the order in which they are shown. code: of a program, or "".

    correct: the letter of who wrote it; chosen: of who answered it.
    """

    text: str
    code: str
    options: tuple[str, ...]
    correct: str
    language: str
    chosen: str = ""
    level: str = ""


def choice_of(answer: str, file: CuratedFile) -> Choice:
    """The question of an answer, options shuffled by the file; raises UnreadableError where it is of another form."""
    row = json_of(answer)
    if not isinstance(row, dict):
        raise UnreadableError(BAD_QUESTION, "Answer with one JSON object.")
    text, code, options, correct = (row.get(name) for name in ("question", "program", "options", "correct"))
    if not isinstance(text, str) or not text.strip() or not isinstance(code or "", str):
        raise UnreadableError(BAD_QUESTION, '"question" and "program" are strings; the question is not empty.')
    if not isinstance(options, list) or not all(isinstance(one, str) and one.strip() for one in options):
        raise UnreadableError(BAD_QUESTION, '"options" is a list of strings that are not empty.')
    bare = [_bare(one) for one in options]
    if len(bare) != len(LETTERS) or len(set(bare)) != len(LETTERS) or any("\n" in one for one in bare):
        raise UnreadableError(BAD_QUESTION, f"There are {len(LETTERS)} options, all different, of one line each.")
    if not isinstance(correct, int) or not 1 <= correct <= len(LETTERS):
        raise UnreadableError(BAD_QUESTION, f'"correct" is the number of the right option, 1 to {len(LETTERS)}.')
    right = bare[correct - 1]
    shuffled = sorted(bare, key=lambda one: draw("option", file.blob_id, one))
    program = f"{code.strip(chr(10))}\n" if isinstance(code, str) and code.strip() else ""
    if program and not LANGUAGES[file.language].runs:
        raise UnreadableError(BAD_QUESTION, 'The file holds no program: leave "program" empty.')
    question = self_contained(text, file.path, with_code=bool(program))
    return Choice(question, program, tuple(shuffled), LETTERS[shuffled.index(right)], file.language)


def chosen_in(answer: str) -> str:
    """The letter that an answer ends with; raises UnreadableError where it names none."""
    found = _CHOSEN.findall(answer)
    if not found:
        raise UnreadableError(NO_CHOICE, answer[-200:])
    return str(found[-1]).upper()


@dataclass(frozen=True)
class MultipleChoice:
    """The kind `multiple_choice`."""

    name: str = "multiple_choice"
    strategy: str = "code_qa"

    def next(self, file: CuratedFile, answers: Answers) -> Iterable[Draft | Request]:
        """One question a file."""

        def read(answer: str) -> Choice:
            return choice_of(answer, file)

        def turn(problem: Choice) -> tuple[str, str]:
            parts = [problem.text, *([block(file.language, problem.code)] if problem.code else [])]
            options = "\n".join(f"{letter}. {one}" for letter, one in zip(LETTERS, problem.options, strict=True))
            return worded(self, file, {"question": "\n\n".join(parts), "options": options})

        def plan(problem: Choice, answer: str) -> Choice:
            return Choice(
                problem.text,
                problem.code,
                problem.options,
                problem.correct,
                problem.language,
                chosen_in(answer),
                level_of(self, file),
            )

        values = {"program": language_name(file.language), "runs": LANGUAGES[file.language].runs}
        return made(self, file, answers, shown_of(file), Task(read, turn, plan, values, SCHEMA))

    def verify(self, drafts: Sequence[Draft], sandbox: Sandbox | None) -> list[Verified | Rejected]:
        """Compare both letters, and run the programs that questions show."""
        faults = {i: fault for i, draft in enumerate(drafts) if (fault := _unread(draft)) is not None}
        asked = [i for i, draft in enumerate(drafts) if i not in faults and _plan(draft).code]
        shown = [Shown(_plan(drafts[i]).language, _plan(drafts[i]).code) for i in asked]
        seen = dict(zip(asked, recorded(shown, sandbox), strict=True))
        return [
            rejected(draft, faults[i]) if i in faults else _judged(draft, seen.get(i)) for i, draft in enumerate(drafts)
        ]


def _bare(option: str) -> str:
    """An option without a letter of its own before it."""
    return re.sub(rf"^\(?(?:[{LETTERS}]|[1-4])[.):]\s+", "", option.strip()).strip()


def _plan(draft: Draft) -> Choice:
    assert isinstance(draft.plan, Choice)  # noqa: S101 -- this kind made it
    return draft.plan


def _unread(draft: Draft) -> Left | None:
    if isinstance(draft.plan, Left):
        return draft.plan
    plan = _plan(draft)
    if plan.chosen != plan.correct:
        return Left(DISAGREE, f"{plan.correct} and {plan.chosen}")
    return unparsed(plan.language, plan.code) if plan.code else None


def _judged(draft: Draft, seen: Recorded | Left | None) -> Verified | Rejected:
    if isinstance(seen, Left):
        return rejected(draft, seen)
    plan = _plan(draft)
    right = plan.options[LETTERS.index(plan.correct)]
    if seen is not None and settled(right.strip("`")) != seen.output:
        return rejected(draft, Left(OTHER_OUTPUT, f"{right!r}, not {seen.output[:200]!r}"))
    return Verified(
        draft,
        draft.messages,
        {**facts_of(seen.outcome, None), "observed": True} if seen is not None else {},
        {
            "toolchain": seen.outcome.toolchain if seen is not None else None,
            "runs": 2 if seen is not None else 0,
            "detail": json.dumps({"level": plan.level, "agreed": plan.correct}),
        },
        {
            "answer_lines": draft.messages[-1][1].count("\n") + 1,
            "copied_share": copied_share(plan.code, draft.seed_text) if plan.code else None,
        },
    )
