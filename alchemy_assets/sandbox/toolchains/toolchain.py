"""Say what a toolchain is: the shape of one row of the table.

Belongs here: plain data. Does not: the rows (`table`), running anything (`programs`).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from alchemy_assets.sandbox.sandbox import Limits, Program


@dataclass(frozen=True)
class Plan:
    """How one program is built and started; both commands run in the program's folder.

    files: those of the program, renamed or joined by others where the language asks for it.
    compile: what makes new files beside them, which go with every run; None where nothing is compiled.
    run: what starts the program, without the arguments of an invocation.
    arguments: turns the arguments of an invocation into the words that follow `run`.
    """

    files: Mapping[str, bytes]
    run: tuple[str, ...]
    compile: tuple[str, ...] | None = None
    arguments: Callable[[Sequence[str]], Sequence[str]] = tuple


@dataclass(frozen=True)
class Toolchain:
    """What builds and runs the programs of one language.

    name: how it is called in `Outcome.toolchain`, before the version.
    entry: the usual name of a program's file.
    executables: absolute paths inside the sandbox without which it does not work; the first one tells its version.
    version_arguments: make each executable print its version, and end.
    trial: a command that must succeed too, for what a version does not tell; empty where there is nothing.
    plan: how a program is built and started under some limits.
    environment: variables that make its programs repeatable; an invocation's own win.
    syntax_error: found in what a failed program wrote to stderr where a file of it could not be read (languages that
    are not compiled). The words alone prove nothing, as programs can print them: so the files in question are handed
    to `check`, a command that reads one file and runs nothing of it. Where it is None, the words are proof.
    missing_library: returns the library that is missing, given the program and what a compiler or a program said.
    out_of_memory: found in stderr where a run-time system gave up at the heap that the plan allows it, and the exit code
    that it gives then.
    """

    language: str
    name: str
    entry: str
    executables: tuple[str, ...]
    plan: Callable[[Program, Limits], Plan]
    version_arguments: tuple[str, ...] = ("--version",)
    trial: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    syntax_error: re.Pattern[str] | None = None
    check: tuple[str, ...] | None = None
    missing_library: Callable[[Program, str], str | None] = lambda _program, _said: None
    out_of_memory: tuple[re.Pattern[str], int] | None = None

    def label(self, version_output: str) -> str:
        """Return name and version, for instance `CPython 3.11.2`, from what `version_arguments` printed."""
        version = re.search(r"\d+(\.\d+)+", version_output)
        return f"{self.name} {version[0]}" if version else self.name
