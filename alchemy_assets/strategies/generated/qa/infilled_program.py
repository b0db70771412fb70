"""Ask for the lines that are missing in the middle of a program, and for nothing else.

Belongs here: the kind `infilled_program`, cutting and splicing. Does not: how the program is proved (`proving`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from alchemy_assets.generation.completions import Answers, Request
from alchemy_assets.generation.parsing import UnreadableError, code_in
from alchemy_assets.languages import LANGUAGES
from alchemy_assets.sandbox.sandbox import Sandbox
from alchemy_assets.strategies.generated.qa import given, proving
from alchemy_assets.strategies.generated.qa.forms import block
from alchemy_assets.strategies.generated.qa.given import Given, shown_program
from alchemy_assets.strategies.generated.qa.proving import Proof, Trial
from alchemy_assets.strategies.generated.qa.writing import Task, level_of, lines_of, made, worded
from alchemy_assets.strategies.generated.shown import language_name
from alchemy_assets.strategies.strategy import CuratedFile, Draft, Rejected, Verified

LEAST, MOST_SHARE = 2, 0.6
LEAST_LINES = 8
BAD_GAP = "the lines to be taken out are not there, or too few or too many"
WHOLE_PROGRAM = "the answer repeats what was given"
REASONS = (*given.REASONS, BAD_GAP, WHOLE_PROGRAM)


@dataclass(frozen=True)
class Cut:
    """A program without some of its lines."""

    before: tuple[str, ...]
    middle: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def indent(self) -> str:
        """The white space before its first missing line that says something."""
        line = next(line for line in self.middle if line.strip())
        return line[: len(line) - len(line.lstrip())]

    def filled(self, lines: Sequence[str]) -> str:
        """The program with other lines in that place."""
        return "\n".join((*self.before, *lines, *self.after)) + "\n"


def cut(code: str, part: str) -> Cut:
    """Take lines out of a program; raises UnreadableError where they are not once in it, or not worth asking for."""
    lines, wanted = code.splitlines(), [line.strip() for line in part.strip("\n").splitlines()]
    bare = [line.strip() for line in lines]
    places = [at for at in range(len(lines) - len(wanted) + 1) if bare[at : at + len(wanted)] == wanted]
    said = sum(map(bool, wanted))
    if len(places) != 1 or not LEAST <= said <= MOST_SHARE * len(lines_of(code)):
        complaint = (
            f"<gap> must be {LEAST} or more consecutive lines of <code>, copied exactly, less than {MOST_SHARE:.0%} of "
            f"its lines, and only one place of it may read so; yours is there {len(places)} times with {said} lines."
        )
        raise UnreadableError(BAD_GAP, complaint)
    first, last = places[0], places[0] + len(wanted)
    return Cut(tuple(lines[:first]), tuple(lines[first:last]), tuple(lines[last:]))


def spliced(hole: Cut, answer: str) -> list[str]:
    """The lines of an answer as they stand in the program: moved to the right where they were written flush left."""
    lines = answer.strip("\n").splitlines()
    first = next((line for line in lines if line.strip()), "")
    lacking = "" if first.startswith(hole.indent) else hole.indent[len(first) - len(first.lstrip()) :]
    return [lacking + line if line.strip() else line for line in lines]


@dataclass(frozen=True)
class InfilledProgram:
    """The kind `infilled_program`."""

    name: str = "infilled_program"
    strategy: str = "code_qa"

    def next(self, file: CuratedFile, answers: Answers) -> Iterable[Draft | Request]:
        """One program a file."""
        language = file.language
        shown = shown_program(file)
        mark = f"{LANGUAGES[language].line_comment or ''} [missing lines]".strip()

        def read(answer: str) -> Given:
            problem = given.given(answer, file, least_lines=LEAST_LINES, part="gap")
            cut(problem.code, problem.part)
            return problem

        def turn(problem: Given) -> tuple[str, str]:
            hole = cut(problem.code, problem.part)
            values = {
                "problem": problem.text,
                "code": block(language, hole.filled([hole.indent + mark])),
                "mark": f"`{mark}`",
                "language": language_name(language),
            }
            return worded(self, file, values)

        def plan(problem: Given, answer: str) -> Proof:
            hole, code = cut(problem.code, problem.part), code_in(answer)
            around = [*lines_of("\n".join(hole.before)), *lines_of("\n".join(hole.after))]
            written = lines_of(code)
            if len(written) >= len(around) and set(around) <= set(written):
                raise UnreadableError(WHOLE_PROGRAM, f"{len(written)} lines")
            lines = spliced(hole, code)
            first = len(hole.before) + 1
            return Proof(
                Trial(language, hole.filled(lines), problem.cases),
                passes=Trial(language, problem.code, problem.cases),
                fails=Trial(language, hole.filled([]), problem.cases),
                lines=frozenset(range(first, first + len(lines))),
                facts={"level": level_of(self, file), "missing_lines": len(lines_of(problem.part))},
            )

        return made(self, file, answers, shown, Task(read, turn, plan, values={"program": language_name(language)}))

    def verify(self, drafts: Sequence[Draft], sandbox: Sandbox | None) -> list[Verified | Rejected]:
        """Run every program as it was, without the lines, and with those of the answer; then its mutants."""
        return proving.prove(drafts, sandbox)
