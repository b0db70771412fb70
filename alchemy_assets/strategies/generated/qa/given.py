"""A problem that comes with a program and with cases, as a model writes it.

Belongs here: reading it, telling it, and comparing an answer's program with the one that was given. Does not: what is asked
of it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from alchemy_assets.generation.parsing import NO_CODE, NO_JSON, NO_SECTION, UnreadableError, sections
from alchemy_assets.languages import LANGUAGES
from alchemy_assets.strategies.generated.qa import cases as reading
from alchemy_assets.strategies.generated.qa import proving
from alchemy_assets.strategies.generated.qa.cases import cases_of
from alchemy_assets.strategies.generated.qa.forms import block, started
from alchemy_assets.strategies.generated.qa.writing import ASKED_REASONS, code_section, lines_of, self_contained, worded
from alchemy_assets.strategies.generated.running import Case
from alchemy_assets.strategies.generated.shown import Shown, language_name, shown_of
from alchemy_assets.strategies.strategy import CuratedFile, Kind, Left

TOO_SHORT = "the program that is given is too short"
NO_PROGRAMS = "it is about programs, and its file is none"
NO_INPUT = "programs of this language read no input"
REASONS = (
    *(*ASKED_REASONS, NO_SECTION, NO_CODE, NO_JSON, TOO_SHORT, NO_PROGRAMS, NO_INPUT),
    *(reading.BAD_CASES, reading.ONE_OUTPUT),
    *proving.REASONS,
)
LEAST_LINES = 5


@dataclass(frozen=True)
class Given:
    """A text, a program, and what it is checked by. part: of the program, where one is named."""

    text: str
    code: str
    cases: tuple[Case, ...]
    part: str = ""


def given(answer: str, file: CuratedFile, *, least_lines: int = LEAST_LINES, part: str = "") -> Given:
    """The problem of an answer; part: the name of one more section. Raises UnreadableError where something lacks."""
    parts = sections(answer, ("problem", "code", *([part] if part else []), "cases"))
    code = code_section(parts["code"])
    if len(lines_of(code)) < least_lines:
        raise UnreadableError(TOO_SHORT, f"The program in <code> is too short; write at least {least_lines} lines.")
    return Given(
        self_contained(parts["problem"], file.path, with_code=True),
        code,
        cases_of(parts["cases"]),
        code_section(parts[part]) if part else "",
    )


def shown_program(file: CuratedFile) -> Shown | Left:
    """What a model sees of a file that a program is to be made of, or that its language has none."""
    return shown_of(file) if LANGUAGES[file.language].runs else Left(NO_PROGRAMS, file.language)


def turn_of(kind: Kind, file: CuratedFile) -> Callable[[Given], tuple[str, str]]:
    """The sample's user turn: the problem, its program, and how that is started."""

    def turn(problem: Given) -> tuple[str, str]:
        values = {
            "problem": problem.text,
            "code": block(file.language, problem.code),
            "start": started(file.language, problem.code, over_tables=True),
            "language": language_name(file.language),
        }
        return worded(kind, file, values)

    return turn


def kept_share(before: Sequence[str], after: Sequence[str]) -> float:
    """Which share of lines stands in other lines, in the same order."""
    waiting, kept = list(after), 0
    for line in before:
        if line in waiting:
            kept += 1
            del waiting[: waiting.index(line) + 1]
    return kept / max(len(before), 1)
