"""Ask for what is missing in a program: it is given with a gap, and wanted as a whole.

Belongs here: the kind `completed_program`. Does not: how its program is proved (`proving`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from alchemy_assets.generation.completions import Answers, Request
from alchemy_assets.generation.parsing import UnreadableError, code_in
from alchemy_assets.sandbox.sandbox import Sandbox
from alchemy_assets.strategies.generated.qa import given, proving
from alchemy_assets.strategies.generated.qa.given import Given, kept_share, shown_program, turn_of
from alchemy_assets.strategies.generated.qa.proving import Proof, Trial
from alchemy_assets.strategies.generated.qa.writing import Task, level_of, lines_of, made
from alchemy_assets.strategies.generated.shown import language_name
from alchemy_assets.strategies.strategy import CuratedFile, Draft, Rejected, Verified

MARK = "TODO"
LEAST_KEPT = 0.9
BAD_GAP = "the program that is given has no gap, or several"
GIVEN_CHANGED = "what was given is changed"
REASONS = (*given.REASONS, BAD_GAP, GIVEN_CHANGED)


@dataclass(frozen=True)
class CompletedProgram:
    """The kind `completed_program`."""

    name: str = "completed_program"
    strategy: str = "code_qa"

    def next(self, file: CuratedFile, answers: Answers) -> Iterable[Draft | Request]:
        """One program a file."""
        language = file.language
        shown = shown_program(file)

        def read(answer: str) -> Given:
            problem = given.given(answer, file)
            marked = [line for line in problem.code.splitlines() if MARK in line]
            if len(marked) != 1:
                complaint = f"The program in <code> has {len(marked)} lines with {MARK}; exactly one marks the gap."
                raise UnreadableError(BAD_GAP, complaint)
            return problem

        def plan(problem: Given, answer: str) -> Proof:
            code = code_in(answer)
            known = [line for line in lines_of(problem.code) if MARK not in line]
            kept = kept_share(known, lines_of(code))
            if kept < LEAST_KEPT:
                raise UnreadableError(GIVEN_CHANGED, f"{kept:.0%} of its lines are still there")
            return Proof(
                Trial(language, code, problem.cases),
                fails=Trial(language, problem.code, problem.cases),
                lines=new_lines(known, code),
                facts={"level": level_of(self, file), "kept_lines": round(kept, 4)},
            )

        return made(
            self,
            file,
            answers,
            shown,
            Task(read, turn_of(self, file), plan, values={"program": language_name(language)}),
        )

    def verify(self, drafts: Sequence[Draft], sandbox: Sandbox | None) -> list[Verified | Rejected]:
        """Run every program over its cases, the one with the gap, and mutants of what was filled in."""
        return proving.prove(drafts, sandbox)


def new_lines(known: Sequence[str], code: str) -> frozenset[int]:
    """The lines of a code, from 1, that were not given."""
    there = set(known)
    return frozenset(
        number for number, line in enumerate(code.splitlines(), 1) if line.strip() and line.strip() not in there
    )
