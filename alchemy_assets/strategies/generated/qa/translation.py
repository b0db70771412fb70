"""Ask for a program in another language, which prints the same for the same input.

Belongs here: the kind `translation`, and which language is asked for. Does not: how programs are proved (`proving`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from alchemy_assets.generation.completions import Answers, Request
from alchemy_assets.generation.parsing import code_in
from alchemy_assets.languages import LANGUAGES
from alchemy_assets.sandbox.sandbox import Sandbox
from alchemy_assets.strategies.generated.qa import given, proving
from alchemy_assets.strategies.generated.qa.forms import block, form_of
from alchemy_assets.strategies.generated.qa.given import NO_INPUT, NO_PROGRAMS, Given
from alchemy_assets.strategies.generated.qa.proving import Proof, Trial
from alchemy_assets.strategies.generated.qa.writing import Task, level_of, made, worded
from alchemy_assets.strategies.generated.shown import language_name, shown_of
from alchemy_assets.strategies.phrasing import draw
from alchemy_assets.strategies.strategy import CuratedFile, Draft, Left, Rejected, Verified

# A script of SQL reads no standard input, so nothing says that it does the same.
TARGETS = tuple(name for name, one in LANGUAGES.items() if one.runs and name != "SQL")
LEAST_LINES = 8
REASONS = given.REASONS


def target_of(file: CuratedFile) -> str:
    """The language that a file's program is to be written in: drawn by the file among the others that run."""
    others = [name for name in TARGETS if name != file.language]
    return others[draw("translation", file.blob_id) % len(others)]


@dataclass(frozen=True)
class Translation:
    """The kind `translation`."""

    name: str = "translation"
    strategy: str = "code_qa"

    def next(self, file: CuratedFile, answers: Answers) -> Iterable[Draft | Request]:
        """One program a file."""
        language, target = file.language, target_of(file)
        shown = (
            shown_of(file) if language in TARGETS else Left(NO_INPUT if language == "SQL" else NO_PROGRAMS, language)
        )

        def read(answer: str) -> Given:
            return given.given(answer, file, least_lines=LEAST_LINES)

        def turn(problem: Given) -> tuple[str, str]:
            values = {
                "problem": problem.text,
                "code": block(language, problem.code),
                "form": form_of(target, file.blob_id),
                "language": language_name(language),
                "target": language_name(target),
            }
            return worded(self, file, values)

        def plan(problem: Given, answer: str) -> Proof:
            return Proof(
                Trial(target, code_in(answer), problem.cases),
                passes=Trial(language, problem.code, problem.cases),
                facts={"level": level_of(self, file), "target": target},
            )

        return made(self, file, answers, shown, Task(read, turn, plan, values={"program": language_name(language)}))

    def verify(self, drafts: Sequence[Draft], sandbox: Sandbox | None) -> list[Verified | Rejected]:
        """Run the program that is given and the one of the answer over the same cases, then mutants of the latter."""
        return proving.prove(drafts, sandbox)
