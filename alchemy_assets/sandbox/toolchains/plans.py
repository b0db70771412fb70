"""Plan how a program of each language is built and started.

Belongs here: command lines. Does not: where toolchains are found and what they say (`table`), names that Java asks for
(`java`). Compilers optimise little: most programs run for milliseconds, and are compiled for hundreds of them.
"""

from collections.abc import Callable

from alchemy_assets.sandbox.sandbox import Limits, Program
from alchemy_assets.sandbox.toolchains.toolchain import Plan

MADE = "main"
"""What a compiler makes, where it makes one file."""


def _plain(name: str) -> str:
    """Return a file name that no command takes for an option."""
    return f"./{name}" if name.startswith("-") else name


def sources(program: Program, *suffixes: str) -> list[str]:
    """Return the program's files of a language, the entry first."""
    others = sorted(name for name in program.files if name.endswith(suffixes) and name != program.entry)
    return [_plain(name) for name in (program.entry, *others)]


def interpreted(*command: str) -> Callable[[Program, Limits], Plan]:
    """Return the plan of a language whose entry is handed to a command."""

    def plan(program: Program, limits: Limits) -> Plan:
        del limits
        return Plan(program.files, run=(*command, _plain(program.entry)))

    return plan


def compiled(
    *command: str, suffixes: tuple[str, ...], after: tuple[str, ...] = ()
) -> Callable[[Program, Limits], Plan]:
    """Return the plan of a language whose compiler takes all source files and makes one executable."""

    def plan(program: Program, limits: Limits) -> Plan:
        del limits
        return Plan(program.files, run=(f"./{MADE}",), compile=(*command, *sources(program, *suffixes), *after))

    return plan


def sqlite(program: Program, limits: Limits) -> Plan:
    """Run a script in a database of its own in memory, up to the first error."""
    del limits
    return Plan(program.files, run=("/usr/bin/sqlite3", "-batch", "-bail", ":memory:", f'.read "{program.entry}"'))
