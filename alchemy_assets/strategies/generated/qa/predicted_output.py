"""Ask what a program prints: the answer's output must be the one that was recorded.

Belongs here: the kind `predicted_output`. Does not: running (`recorded`).
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from alchemy_assets.generation.completions import Answers, Request
from alchemy_assets.generation.parsing import NO_CODE, NO_JSON, NO_SECTION, UnreadableError, code_blocks, sections
from alchemy_assets.sandbox.sandbox import Sandbox
from alchemy_assets.strategies.conversation import fenced
from alchemy_assets.strategies.generated import running
from alchemy_assets.strategies.generated.qa import recorded as recording
from alchemy_assets.strategies.generated.qa.cases import BAD_INPUT, input_of
from alchemy_assets.strategies.generated.qa.forms import block
from alchemy_assets.strategies.generated.qa.given import LEAST_LINES, NO_PROGRAMS, TOO_SHORT, shown_program
from alchemy_assets.strategies.generated.qa.proving import NOT_PARSED, facts_of, unparsed
from alchemy_assets.strategies.generated.qa.recorded import Recorded, Shown, given_away, recorded
from alchemy_assets.strategies.generated.qa.writing import (
    ASKED_REASONS,
    Task,
    code_section,
    copied_share,
    level_of,
    lines_of,
    made,
    worded,
)
from alchemy_assets.strategies.generated.running import settled
from alchemy_assets.strategies.generated.shown import language_name
from alchemy_assets.strategies.grounded.drafting import rejected
from alchemy_assets.strategies.strategy import CuratedFile, Draft, Left, Rejected, Verified
from alchemy_assets.tracing.launch import launch_of

OTHER_OUTPUT = "the answer's output is not what the program prints"
REASONS = (
    *(*ASKED_REASONS, NO_SECTION, NO_CODE, NO_JSON, TOO_SHORT, NO_PROGRAMS, BAD_INPUT, NOT_PARSED),
    *(running.NOT_BUILT, running.STOPPED, running.FAILED, *recording.REASONS, recording.GIVEN_AWAY, OTHER_OUTPUT),
)


@dataclass(frozen=True)
class Prediction:
    """A program over an input, and what an answer says that it prints."""

    shown: Shown
    output: str
    level: str


def program_of(answer: str, language: str) -> Shown:
    """The program of an answer and its input; raises UnreadableError where one lacks."""
    parts = sections(answer, ("code", "input"))
    code = code_section(parts["code"])
    if len(lines_of(code)) < LEAST_LINES:
        raise UnreadableError(TOO_SHORT, f"The program in <code> is too short; write at least {LEAST_LINES} lines.")
    return Shown(language, code, input_of(parts["input"]))


def start_of(shown: Shown) -> str:
    """How a program is started over its input, as a question says it."""
    line = launch_of(shown.language, shown.code).line(shown.case.arguments)
    if not shown.case.stdin:
        return f"`{line}`" if "`" not in line else fenced(line, "bash")
    return f"{fenced(line, 'bash')}\n\nwith this standard input:\n\n{fenced(shown.case.stdin.rstrip(), '')}"


@dataclass(frozen=True)
class PredictedOutput:
    """The kind `predicted_output`."""

    name: str = "predicted_output"
    strategy: str = "code_qa"

    def next(self, file: CuratedFile, answers: Answers) -> Iterable[Draft | Request]:
        """One program a file."""
        language = file.language
        shown = shown_program(file)

        def read(answer: str) -> Shown:
            return program_of(answer, language)

        def turn(problem: Shown) -> tuple[str, str]:
            values = {
                "code": block(language, problem.code),
                "start": start_of(problem),
                "language": language_name(language),
            }
            return worded(self, file, values)

        def plan(problem: Shown, answer: str) -> Prediction:
            blocks = code_blocks(answer)
            if not blocks:
                raise UnreadableError(NO_CODE, "the output stands in no code block")
            return Prediction(problem, blocks[-1][1], level_of(self, file))

        return made(self, file, answers, shown, Task(read, turn, plan, values={"program": language_name(language)}))

    def verify(self, drafts: Sequence[Draft], sandbox: Sandbox | None) -> list[Verified | Rejected]:
        """Run every program twice, and compare."""
        faults = {i: fault for i, draft in enumerate(drafts) if (fault := _unread(draft)) is not None}
        asked = [i for i in range(len(drafts)) if i not in faults]
        seen = dict(zip(asked, recorded([_plan(drafts[i]).shown for i in asked], sandbox), strict=True))
        return [
            rejected(draft, faults[i]) if i in faults else _judged(draft, seen[i]) for i, draft in enumerate(drafts)
        ]


def _plan(draft: Draft) -> Prediction:
    assert isinstance(draft.plan, Prediction)  # noqa: S101 -- this kind made it
    return draft.plan


def _unread(draft: Draft) -> Left | None:
    if isinstance(draft.plan, Left):
        return draft.plan
    shown = _plan(draft).shown
    return unparsed(shown.language, shown.code)


def _judged(draft: Draft, seen: Recorded | Left) -> Verified | Rejected:
    if isinstance(seen, Left):
        return rejected(draft, seen)
    plan = _plan(draft)
    if settled(plan.output) != seen.output:
        told = f"{settled(plan.output)[:200]!r}, not {seen.output[:200]!r}"
        return rejected(draft, Left(OTHER_OUTPUT, told))
    if (shown := given_away(seen.output, plan.shown.code)) is not None:
        return rejected(draft, shown)
    return Verified(
        draft,
        draft.messages,
        {**facts_of(seen.outcome, None), "observed": True},
        {
            "toolchain": seen.outcome.toolchain,
            "runs": 2,
            "detail": json.dumps({"level": plan.level, "output_lines": seen.output.count("\n") + 1}),
        },
        {
            "answer_lines": draft.messages[-1][1].count("\n") + 1,
            "copied_share": copied_share(plan.shown.code, draft.seed_text),
        },
    )
