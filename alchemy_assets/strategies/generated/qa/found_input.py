"""Ask for an input over which a program prints a given output: whatever gives it is right, and it is really run.

Belongs here: the kind `found_input`. Does not: running (`recorded`).
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from alchemy_assets.generation.completions import Answers, Request
from alchemy_assets.generation.parsing import NO_CODE, NO_JSON, NO_SECTION, UnreadableError, code_blocks, sections
from alchemy_assets.sandbox.sandbox import Outcome, Sandbox
from alchemy_assets.strategies.conversation import fenced
from alchemy_assets.strategies.generated import running
from alchemy_assets.strategies.generated.qa import recorded as recording
from alchemy_assets.strategies.generated.qa.cases import BAD_INPUT, input_of
from alchemy_assets.strategies.generated.qa.forms import block, started
from alchemy_assets.strategies.generated.qa.given import NO_PROGRAMS, TOO_SHORT, shown_program
from alchemy_assets.strategies.generated.qa.predicted_output import program_of
from alchemy_assets.strategies.generated.qa.proving import NOT_PARSED, facts_of, unparsed
from alchemy_assets.strategies.generated.qa.recorded import Recorded, Shown, given_away, recorded
from alchemy_assets.strategies.generated.qa.writing import ASKED_REASONS, Task, copied_share, level_of, made, worded
from alchemy_assets.strategies.generated.running import Case, printed, run_all, settled
from alchemy_assets.strategies.generated.shown import language_name
from alchemy_assets.strategies.grounded.drafting import rejected
from alchemy_assets.strategies.strategy import CuratedFile, Draft, Left, Rejected, Verified

OTHER_OUTPUT = "the input that was found gives another output"
WITHOUT_INPUT = "the output comes without any input"
ECHOED = "the input is its output"
REASONS = (
    *(*ASKED_REASONS, NO_SECTION, NO_CODE, NO_JSON, TOO_SHORT, NO_PROGRAMS, BAD_INPUT, NOT_PARSED),
    *(running.NOT_BUILT, running.STOPPED, running.FAILED, *recording.REASONS),
    *(recording.GIVEN_AWAY, OTHER_OUTPUT, WITHOUT_INPUT, ECHOED),
)
# What standard input is called where a script has only arguments.
_FORMS = {
    "SQL": '`{"arguments": ["..."]}`, the values of `?1`, `?2` and so on in turn',
    "": '`{"arguments": ["..."], "stdin": "..."}`, the command-line arguments and the standard input',
}


@dataclass(frozen=True)
class Target:
    """A program, and an output that it gives for some input."""

    shown: Shown
    output: str
    level: str = ""


@dataclass(frozen=True)
class FoundInput:
    """The kind `found_input`."""

    name: str = "found_input"
    strategy: str = "code_qa"

    def next(self, file: CuratedFile, answers: Answers) -> Iterable[Draft | Request]:
        """One program a file."""
        language = file.language
        shown = shown_program(file)

        def read(answer: str) -> Target:
            output = sections(answer, ("code", "input", "output"))["output"]
            return Target(program_of(answer, language), output)

        def turn(problem: Target) -> tuple[str, str]:
            values = {
                "code": block(language, problem.shown.code),
                "output": fenced(problem.output.strip("\n"), ""),
                "start": started(language, problem.shown.code),
                "form": _FORMS.get(language, _FORMS[""]),
                "language": language_name(language),
            }
            return worded(self, file, values)

        def plan(problem: Target, answer: str) -> Target:
            blocks = code_blocks(answer)
            if not blocks:
                raise UnreadableError(NO_CODE, "the input stands in no code block")
            found = input_of(blocks[-1][1])
            said = {settled(found.stdin), settled("\n".join(found.arguments)), " ".join(found.arguments)}
            if settled(problem.output) in said:
                raise UnreadableError(ECHOED, settled(problem.output)[:200])
            return Target(replace(problem.shown, case=found), problem.output, level_of(self, file))

        return made(self, file, answers, shown, Task(read, turn, plan, values={"program": language_name(language)}))

    def verify(self, drafts: Sequence[Draft], sandbox: Sandbox | None) -> list[Verified | Rejected]:
        """Run every program over the input that was found, twice, and once without any."""
        faults = {i: fault for i, draft in enumerate(drafts) if (fault := _unread(draft)) is not None}
        asked = [i for i in range(len(drafts)) if i not in faults]
        shown = [_plan(drafts[i]).shown for i in asked]
        seen = dict(zip(asked, recorded(shown, sandbox), strict=True))
        bare = dict(zip(asked, run_all([Case().run(one.language, one.code) for one in shown], sandbox), strict=True))
        return [
            rejected(draft, faults[i]) if i in faults else _judged(draft, seen[i], bare[i])
            for i, draft in enumerate(drafts)
        ]


def _plan(draft: Draft) -> Target:
    assert isinstance(draft.plan, Target)  # noqa: S101 -- this kind made it
    return draft.plan


def _unread(draft: Draft) -> Left | None:
    if isinstance(draft.plan, Left):
        return draft.plan
    plan = _plan(draft)
    return unparsed(plan.shown.language, plan.shown.code) or given_away(settled(plan.output), plan.shown.code)


def _judged(draft: Draft, seen: Recorded | Left, bare: Outcome | None) -> Verified | Rejected:
    if isinstance(seen, Left):
        return rejected(draft, seen)
    plan = _plan(draft)
    wanted = settled(plan.output)
    if seen.output != wanted:
        return rejected(draft, Left(OTHER_OUTPUT, f"{seen.output[:200]!r}, not {wanted[:200]!r}"))
    if bare is not None and settled(printed(bare)) == wanted:
        return rejected(draft, Left(WITHOUT_INPUT, wanted[:200]))
    return Verified(
        draft,
        draft.messages,
        {**facts_of(seen.outcome, None), "observed": True},
        {"toolchain": seen.outcome.toolchain, "runs": 3, "detail": json.dumps({"level": plan.level})},
        {
            "answer_lines": draft.messages[-1][1].count("\n") + 1,
            "copied_share": copied_share(plan.shown.code, draft.seed_text),
        },
    )
