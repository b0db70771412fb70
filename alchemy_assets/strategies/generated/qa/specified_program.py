"""Ask for a program by its specification alone.

Belongs here: the kind `specified_program`. Does not: how its program is proved (`proving`).
A document gives a program in Python: what it describes is an algorithm or a rule, too.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from alchemy_assets.generation.completions import Answers, Request
from alchemy_assets.generation.parsing import NO_CODE, NO_JSON, NO_SECTION, code_in, sections
from alchemy_assets.languages import LANGUAGES
from alchemy_assets.sandbox.sandbox import Sandbox
from alchemy_assets.strategies.generated.qa import cases as reading
from alchemy_assets.strategies.generated.qa import proving
from alchemy_assets.strategies.generated.qa.forms import form_of
from alchemy_assets.strategies.generated.qa.proving import Proof, Trial
from alchemy_assets.strategies.generated.qa.writing import (
    ASKED_REASONS,
    Task,
    level_of,
    made,
    self_contained,
    worded,
)
from alchemy_assets.strategies.generated.running import Case
from alchemy_assets.strategies.generated.shown import language_name, shown_of
from alchemy_assets.strategies.strategy import CuratedFile, Draft, Rejected, Verified

REASONS = (*ASKED_REASONS, NO_SECTION, NO_CODE, NO_JSON, reading.BAD_CASES, reading.ONE_OUTPUT, *proving.REASONS)


@dataclass(frozen=True)
class Problem:
    """A specification, and what a program that meets it prints."""

    text: str
    cases: tuple[Case, ...]


def program_language(file: CuratedFile) -> str:
    """The language that a program is asked for in."""
    return file.language if LANGUAGES[file.language].runs else "Python"


@dataclass(frozen=True)
class SpecifiedProgram:
    """The kind `specified_program`."""

    name: str = "specified_program"
    strategy: str = "code_qa"

    def next(self, file: CuratedFile, answers: Answers) -> Iterable[Draft | Request]:
        """One program a file."""
        language = program_language(file)

        def read(answer: str) -> Problem:
            parts = sections(answer, ("problem", "cases"))
            return Problem(self_contained(parts["problem"], file.path), reading.cases_of(parts["cases"]))

        def turn(problem: Problem) -> tuple[str, str]:
            values = {
                "problem": problem.text,
                "form": form_of(language, file.blob_id),
                "language": language_name(language),
            }
            return worded(self, file, values)

        def plan(problem: Problem, answer: str) -> Proof:
            facts = {"level": level_of(self, file)}
            return Proof(Trial(language, code_in(answer), problem.cases), facts=facts)

        task = Task(read, turn, plan, values={"program": language_name(language)})
        return made(self, file, answers, shown_of(file), task)

    def verify(self, drafts: Sequence[Draft], sandbox: Sandbox | None) -> list[Verified | Rejected]:
        """Run every program over its cases, and its mutants."""
        return proving.prove(drafts, sandbox)
