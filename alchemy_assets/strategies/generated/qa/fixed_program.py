"""Show a program that does something wrong, and ask for the cause and the fixed program.

Belongs here: the kind `fixed_program`. Does not: how its program is proved (`proving`), bugs that no model makes
(`grounded.planted_bug`).
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

LEAST_KEPT = 0.5
LEAST_LINES = 8
REWRITTEN = "it is written anew rather than fixed"
REASONS = (*given.REASONS, REWRITTEN)


@dataclass(frozen=True)
class FixedProgram:
    """The kind `fixed_program`."""

    name: str = "fixed_program"
    strategy: str = "code_qa"

    def next(self, file: CuratedFile, answers: Answers) -> Iterable[Draft | Request]:
        """One program a file."""
        language = file.language
        shown = shown_program(file)

        def read(answer: str) -> Given:
            return given.given(answer, file, least_lines=LEAST_LINES)

        def plan(problem: Given, answer: str) -> Proof:
            code = code_in(answer)
            before, after = lines_of(problem.code), lines_of(code)
            kept = kept_share(before, after)
            if kept < LEAST_KEPT:
                raise UnreadableError(REWRITTEN, f"{kept:.0%} of its lines are still there")
            return Proof(
                Trial(language, code, problem.cases),
                fails=Trial(language, problem.code, problem.cases),
                must_build=True,
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
        """Run the program with the bug, which is built and fails a case, and the fixed one, which passes all."""
        return proving.prove(drafts, sandbox)
