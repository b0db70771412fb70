"""The toolchains: one row for each way in which the programs of a language can be built and run.

Belongs here: where they are, what they are called, what they say. Does not: their command lines (`plans`), whether they
are installed, which only a sandbox can see, as its root may be another than this machine's (`programs`).
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

from alchemy_assets.sandbox.toolchains import plans
from alchemy_assets.sandbox.toolchains.toolchain import Toolchain

_ROWS = (
    Toolchain(
        "C",
        "GCC",
        "main.c",
        ("/usr/bin/gcc",),
        plans.compiled("/usr/bin/gcc", "-o", plans.MADE, suffixes=(".c",), after=("-lm", "-pthread")),
        missing_library=re.compile(rb"fatal error: (\S+): No such file or directory"),
    ),
    Toolchain(
        "Python",
        "CPython",
        "main.py",
        ("/usr/bin/python3",),
        plans.interpreted("/usr/bin/python3"),
        # A fixed hash seed keeps the order of a set of strings the same in every run.
        environment={"PYTHONHASHSEED": "0"},
        syntax_error=re.compile(rb'\A  File "[^"\n]*", line \d+\n(?:.*\n)*(?:Syntax|Indentation|Tab)Error: '),
        missing_library=re.compile(rb"^ModuleNotFoundError: No module named '([^']+)'", re.MULTILINE),
    ),
    Toolchain(
        "SQL",
        "SQLite",
        "main.sql",
        ("/usr/bin/sqlite3",),
        plans.sqlite,
        syntax_error=re.compile(
            rb"^(?:Parse error|Error:) .*(?:syntax error|unrecognized token|incomplete input)", re.MULTILINE
        ),
    ),
    Toolchain(
        "Shell",
        "bash",
        "main.sh",
        ("/usr/bin/bash",),
        plans.interpreted("/usr/bin/bash"),
        missing_library=re.compile(rb": line \d+: ([^\s:]+): command not found$", re.MULTILINE),
    ),
)

TOOLCHAINS: Mapping[str, tuple[Toolchain, ...]] = MappingProxyType(
    {language: tuple(row for row in _ROWS if row.language == language) for language in {row.language for row in _ROWS}}
)
"""The rows of each language; the first that works in a sandbox is taken, unless a setting prefers another."""

SHELL = TOOLCHAINS["Shell"][0]
