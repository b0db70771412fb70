"""What stands around a traced file so that it can be run: how it is started, what is tried, and files beside it.

Belongs here: whole programs, and the shape that calls of functions share with them. Does not: drivers of calls
(`calls`), command lines (`launch`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from alchemy_assets.sandbox.sandbox import Program
from alchemy_assets.tracing.launch import Launch, launch_of
from alchemy_assets.tracing.scripts import Test


class Harness(Protocol):
    """How a file is run."""

    @property
    def name(self) -> str:
        """What stands in the `harness` column: its kind and version."""
        ...

    @property
    def source(self) -> str:
        """What the traced file is called."""
        ...

    @property
    def launch(self) -> Launch:
        """How it is started."""
        ...

    @property
    def candidates(self) -> Sequence[Test]:
        """The tests that are tried."""
        ...

    def beside(self, tests: Sequence[Test]) -> Mapping[str, str]:
        """The other files that are shown, for these tests."""
        ...

    def started(self, tests: Sequence[Test]) -> list[Test]:
        """How these tests are started where only they are there."""
        ...


@dataclass(frozen=True)
class WholeProgram:
    """A program that is run as it is."""

    launch: Launch
    candidates: Sequence[Test] = field(default_factory=list)
    name: str = "program/2"

    @property
    def source(self) -> str:
        """What the traced file is called."""
        return self.launch.entry

    def beside(self, tests: Sequence[Test]) -> Mapping[str, str]:
        """Nothing stands beside a program."""
        del tests
        return {}

    def started(self, tests: Sequence[Test]) -> list[Test]:
        """Each as it is."""
        return list(tests)


def whole_program(language: str, source: str, candidates: Sequence[Test]) -> WholeProgram:
    """The harness of a file with a main."""
    return WholeProgram(launch_of(language, source), candidates)


def program_of(language: str, harness: Harness, text: str, tests: Sequence[Test]) -> Program:
    """The files that are there when these tests are run, the text as the traced file."""
    files = {harness.source: text, **harness.beside(tests)}
    return Program(language, {name: one.encode() for name, one in files.items()}, harness.launch.entry)
