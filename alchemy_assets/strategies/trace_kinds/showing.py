"""Show the same things alike in every kind: files under their names, a source with its lines numbered, a block, a test.

Belongs here: what stands in more than one kind's prompt. Does not: sentences (`phrasings/`).
"""

from collections.abc import Sequence
from typing import TypeVar

from alchemy_assets.languages import LANGUAGES
from alchemy_assets.strategies.conversation import fenced
from alchemy_assets.strategies.grounded.completion import language_name
from alchemy_assets.strategies.phrasing import draw
from alchemy_assets.strategies.trace_kinds.recording import Recording, Test
from alchemy_assets.tracing.scripts import RUN

One = TypeVar("One")


def files(recording: Recording) -> str:
    """The instrumented program and its script, in the published form."""
    return under_names([*recording.files, (RUN, recording.script)])


def under_names(shown: Sequence[tuple[str, str]]) -> str:
    """Each file under a line with its name."""
    return "\n\n".join(f"---- FILENAME: {name} ----\n{text.removesuffix(chr(10))}" for name, text in shown)


def code(recording: Recording, *, numbered: bool = False) -> str:
    """The original source in a code block, each line behind its number where that is asked for."""
    text = recording.original.strip("\n") if not numbered else recording.original.rstrip("\n")
    if numbered:
        lines = text.split("\n")
        width = len(str(len(lines)))
        text = "\n".join(f"{number:>{width}}  {line}".rstrip() for number, line in enumerate(lines, 1))
    return fenced(text, LANGUAGES[recording.language].fence)


def of_test(recording: Recording, test: Test) -> dict[str, str]:
    """The values of a phrasing that say which run is meant."""
    alone = test.number == 1
    return {
        "run": fenced(test.commands, "bash"),
        "which": "the command" if alone else "the last command",
        "test": f"test {test.number}",
        "file": recording.name,
        "language": language_name(recording.language),
    }


def choose(recording: Recording, what: str, found: Sequence[One]) -> One:
    """One of what was found, by the program's blob id: the same in every run, evenly spread over many programs."""
    return found[draw(what, recording.blob_id) % len(found)]
