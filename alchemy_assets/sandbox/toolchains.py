"""Say how a program of a language is started in a sandbox, and which version of what starts it.

Belongs here: one row a language that can run. Does not: whether it is installed, which only a sandbox can see, as its
root may be another than this machine's (`bubblewrap`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from alchemy_assets.errors import UnsupportedLanguageError


@dataclass(frozen=True)
class Toolchain:
    """What runs the programs of one language.

    name: how it is called in `Outcome.toolchain`, before the version.
    executable: absolute path inside the sandbox.
    version_arguments: make the executable print its version, and end.
    environment: variables that make its programs repeatable; an invocation's own win.
    """

    language: str
    name: str
    executable: str
    version_arguments: tuple[str, ...] = ("--version",)
    environment: Mapping[str, str] = field(default_factory=dict)

    def command(self, entry: str, arguments: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Return the command that starts the file `entry` of the folder it is run in."""
        return (self.executable, f"./{entry}" if entry.startswith("-") else entry, *arguments)

    def label(self, version_output: str) -> str:
        """Return name and version, for instance `CPython 3.11.2`, from what `version_arguments` printed."""
        version = re.search(r"\d+(\.\d+)+", version_output)
        return f"{self.name} {version[0]}" if version else self.name


TOOLCHAINS: Mapping[str, Toolchain] = MappingProxyType(
    {
        toolchain.language: toolchain
        for toolchain in (
            # A fixed hash seed keeps the order of a set of strings the same in every run.
            Toolchain("Python", "CPython", "/usr/bin/python3", environment={"PYTHONHASHSEED": "0"}),
            Toolchain("Shell", "bash", "/usr/bin/bash"),
        )
    }
)

SHELL = TOOLCHAINS["Shell"]


def toolchain_of(language: str) -> Toolchain:
    """Return the row of a language; raises UnsupportedLanguageError where there is none."""
    if language not in TOOLCHAINS:
        message = f"{language} programs cannot be run: there is a toolchain for {', '.join(TOOLCHAINS)} only."
        raise UnsupportedLanguageError(message)
    return TOOLCHAINS[language]
