"""Ask for tests of a program: a bash script that passes on the program, and fails where a fault is put into it.

Belongs here: the kind `written_tests`. Does not: putting faults in (`grounded.faults`).
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from alchemy_assets.generation.completions import Answers, Request
from alchemy_assets.generation.parsing import NO_CODE, NO_SECTION, UnreadableError, code_in, sections
from alchemy_assets.sandbox.sandbox import Invocation, Limits, Outcome, Program, Run, Sandbox
from alchemy_assets.strategies.generated import running
from alchemy_assets.strategies.generated.qa.forms import block
from alchemy_assets.strategies.generated.qa.given import NO_INPUT, NO_PROGRAMS, TOO_SHORT
from alchemy_assets.strategies.generated.qa.proving import NOT_PARSED, built, facts_of, unparsed
from alchemy_assets.strategies.generated.qa.translation import TARGETS
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
from alchemy_assets.strategies.generated.running import ended_badly, run_all
from alchemy_assets.strategies.generated.shown import language_name, shown_of
from alchemy_assets.strategies.grounded.drafting import NOTHING_RUNS, rejected
from alchemy_assets.strategies.strategy import CuratedFile, Draft, Left, Rejected, Verified
from alchemy_assets.tracing.launch import launch_of

SCRIPT = "test.sh"
LEAST_LINES = 8
# A script starts the program several times, and some need half a second to start.
LIMITS = Limits(cpu_seconds=15.0, wall_seconds=45.0, memory_bytes=1 * 2**30, processes=64, output_bytes=256 * 2**10)
TESTS_FAIL = "the tests fail on the program as it is"
REASONS = (
    *(*ASKED_REASONS, NO_SECTION, NO_CODE, TOO_SHORT, NO_PROGRAMS, NO_INPUT, NOTHING_RUNS, NOT_PARSED),
    *(running.NOT_BUILT, running.STOPPED, TESTS_FAIL, running.NO_MUTANT, running.UNNOTICED),
)


@dataclass(frozen=True)
class Unit:
    """A program that is to be tested, and the script that tests it."""

    language: str
    text: str
    code: str
    script: str = ""
    level: str = ""

    def run(self, code: str) -> Run:
        """The script over a program."""
        entry = launch_of(self.language, self.code).entry
        program = Program(self.language, {entry: code.encode(), SCRIPT: self.script.encode()}, entry)
        return program, Invocation(script=SCRIPT), LIMITS


@dataclass(frozen=True)
class WrittenTests:
    """The kind `written_tests`."""

    name: str = "written_tests"
    strategy: str = "code_qa"

    def next(self, file: CuratedFile, answers: Answers) -> Iterable[Draft | Request]:
        """One program a file."""
        language = file.language
        shown = (
            shown_of(file) if language in TARGETS else Left(NO_INPUT if language == "SQL" else NO_PROGRAMS, language)
        )

        def read(answer: str) -> Unit:
            parts = sections(answer, ("problem", "code"))
            code = code_section(parts["code"])
            if len(lines_of(code)) < LEAST_LINES:
                complaint = f"The program in <code> is too short; write at least {LEAST_LINES} lines."
                raise UnreadableError(TOO_SHORT, complaint)
            return Unit(language, self_contained(parts["problem"], file.path, with_code=True), code)

        def turn(problem: Unit) -> tuple[str, str]:
            values = {
                "problem": problem.text,
                "code": block(language, problem.code),
                "run": _started(problem),
                "language": language_name(language),
            }
            return worded(self, file, values)

        def plan(problem: Unit, answer: str) -> Unit:
            return Unit(language, problem.text, problem.code, code_in(answer), level_of(self, file))

        return made(self, file, answers, shown, Task(read, turn, plan, values={"program": language_name(language)}))

    def verify(self, drafts: Sequence[Draft], sandbox: Sandbox | None) -> list[Verified | Rejected]:
        """Run every script over its program, and those that pass over mutants of it."""
        faults = {i: fault for i, draft in enumerate(drafts) if (fault := _unread(draft)) is not None}
        asked = [i for i in range(len(drafts)) if i not in faults]
        runs = [_unit(drafts[i]).run(_unit(drafts[i]).code) for i in asked]
        outcomes = dict(zip(asked, run_all(runs, sandbox), strict=True))
        passed: dict[int, Outcome] = {}
        for i, one in outcomes.items():
            wrong = Left(NOTHING_RUNS, _unit(drafts[i]).language) if one is None else ended_badly(one)
            if wrong is not None:
                faults[i] = Left(TESTS_FAIL, wrong.detail) if wrong.reason == running.FAILED else wrong
            elif one is not None:
                passed[i] = one
        broken = {i: running.broken(_unit(drafts[i]).language, _unit(drafts[i]).code) for i in passed}
        ends = iter(run_all([_unit(drafts[i]).run(text) for i, texts in broken.items() for text in texts], sandbox))
        held: dict[int, Verified] = {}
        for i, texts in broken.items():
            found = [one for [one] in built([[next(ends)] for _ in texts])]
            noticed = sum(ended_badly(one) is not None for one in found)
            if not noticed:
                faults[i] = Left(running.UNNOTICED, f"none of {len(found)}") if found else Left(running.NO_MUTANT)
            else:
                held[i] = _verified(drafts[i], passed[i], noticed, len(found))
        return [rejected(draft, faults[i]) if i in faults else held[i] for i, draft in enumerate(drafts)]


def _started(unit: Unit) -> str:
    launch = launch_of(unit.language, unit.code)
    where = "It is built already, and the script" if launch.compile else "The script"
    return (
        f"{where} is run as `bash {SCRIPT}` in the folder of `{launch.entry}`; "
        f"the program is started as `{launch.command}`, followed by its arguments."
    )


def _unit(draft: Draft) -> Unit:
    assert isinstance(draft.plan, Unit)  # noqa: S101 -- this kind made it
    return draft.plan


def _unread(draft: Draft) -> Left | None:
    if isinstance(draft.plan, Left):
        return draft.plan
    unit = _unit(draft)
    return unparsed("Shell", unit.script) or unparsed(unit.language, unit.code)


def _verified(draft: Draft, outcome: Outcome, noticed: int, mutants: int) -> Verified:
    unit = _unit(draft)
    detail = {"level": unit.level, "mutants": mutants, "mutants_noticed": noticed}
    return Verified(
        draft,
        draft.messages,
        facts_of(outcome, None),
        {"toolchain": outcome.toolchain, "runs": 1 + mutants, "detail": json.dumps(detail)},
        {
            "answer_lines": draft.messages[-1][1].count("\n") + 1,
            "copied_share": copied_share(unit.code, draft.seed_text),
        },
    )
