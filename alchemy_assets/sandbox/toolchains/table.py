"""The toolchains: one row for each way in which the programs of a language can be built and run.

Belongs here: where they are, what they are called, what they say. Does not: their command lines (`plans`, `java`, `go`,
`javascript`), the names of libraries in their words (`libraries`), whether they are installed, which only a sandbox can
see, as its root may be another than this machine's (`programs`).
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

from alchemy_assets.sandbox.toolchains import go, java, javascript, libraries, plans
from alchemy_assets.sandbox.toolchains.toolchain import Toolchain

# As many processors as most of this project's machines have for a program: a run-time system starts threads by them.
_PROCESSORS = "2"
# Messages go to stderr alone, where they belong; without an ini file PHP would write them to both streams.
_PHP = (
    "/usr/bin/php",
    *("-d", "display_errors=stderr", "-d", "log_errors=0", "-d", "error_reporting=-1", "-d", "html_errors=0"),
    *("-d", "memory_limit=-1", "-d", "zend.assertions=1", "-d", "opcache.enable_cli=0"),
)
_NODE_HEAP = re.compile(r"^FATAL ERROR: .*JavaScript heap out of memory", re.MULTILINE), 134
_NODE_SYNTAX = re.compile(r"^SyntaxError: ", re.MULTILINE)

_ROWS = (
    Toolchain("C", "GCC", "main.c", ("/usr/bin/gcc",), plans.c, missing_library=libraries.c),
    Toolchain("Cpp", "G++", "main.cpp", ("/usr/bin/g++",), plans.cpp, missing_library=libraries.c),
    Toolchain(
        "CSharp",
        "dotnet",
        "main.cs",
        ("/usr/bin/dotnet",),
        plans.dotnet,
        environment={
            "DOTNET_CLI_TELEMETRY_OPTOUT": "1",
            "DOTNET_EnableDiagnostics": "0",
            "DOTNET_NOLOGO": "1",
            "DOTNET_PROCESSOR_COUNT": _PROCESSORS,
            "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1",
        },
        missing_library=libraries.csharp,
    ),
    Toolchain(
        "CSharp",
        "Mono",
        "main.cs",
        ("/usr/bin/mono", "/usr/bin/mcs"),
        plans.mono,
        missing_library=libraries.mono,
    ),
    Toolchain(
        "Go",
        "Go",
        "main.go",
        ("/usr/bin/go",),
        go.go,
        version_arguments=("version",),
        trial=("/usr/bin/bash", "-c", f"ls {go.TABLE} {go.ARCHIVES}/fmt.a 2>/dev/null | grep -q ."),
        environment={"GOMAXPROCS": _PROCESSORS},
        missing_library=libraries.go,
    ),
    Toolchain(
        "Java",
        "OpenJDK",
        "Main.java",
        ("/usr/bin/java", "/usr/bin/javac"),
        java.java,
        missing_library=libraries.java,
        out_of_memory=(re.compile(r'^Exception in thread "[^"\n]*" java\.lang\.OutOfMemoryError: ', re.MULTILINE), 1),
    ),
    Toolchain(
        "JavaScript",
        "Node.js",
        "main.js",
        ("/usr/bin/node",),
        javascript.javascript,
        syntax_error=_NODE_SYNTAX,
        check=("/usr/bin/node", "--check"),
        missing_library=libraries.node,
        out_of_memory=_NODE_HEAP,
    ),
    Toolchain(
        "PHP",
        "PHP",
        "main.php",
        ("/usr/bin/php",),
        plans.interpreted(*_PHP),
        syntax_error=re.compile(r"^(?:Parse|Fatal) error: (?!Uncaught)", re.MULTILINE),
        check=(*_PHP, "-l"),
        missing_library=libraries.php,
    ),
    Toolchain(
        "Python",
        "CPython",
        "main.py",
        ("/usr/bin/python3",),
        plans.interpreted("/usr/bin/python3"),
        # A fixed hash seed keeps the order of a set of strings the same in every run.
        environment={"PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"},
        syntax_error=re.compile(r"^(?:Syntax|Indentation|Tab)Error: ", re.MULTILINE),
        check=("/usr/bin/python3", "-I", "-m", "py_compile"),
        missing_library=libraries.python,
    ),
    Toolchain(
        "Ruby",
        "Ruby",
        "main.rb",
        ("/usr/bin/ruby",),
        plans.interpreted("/usr/bin/ruby"),
        # Ruby 3.1 says of the started file what is wrong with it without the name of the error.
        syntax_error=re.compile(r"\A\S.*:\d+: |\(SyntaxError\)"),
        check=("/usr/bin/ruby", "-c"),
        missing_library=libraries.ruby,
    ),
    Toolchain("Rust", "rustc", "main.rs", ("/usr/bin/rustc",), plans.rust, missing_library=libraries.rust),
    Toolchain(
        "SQL",
        "SQLite",
        "main.sql",
        ("/usr/bin/sqlite3",),
        plans.sqlite,
        # A statement cannot write to stderr, so the words are sqlite3's own.
        syntax_error=re.compile(
            r"^(?:Parse error|Error:) .*(?:syntax error|unrecognized token|incomplete input)", re.MULTILINE
        ),
        missing_library=libraries.sqlite,
    ),
    Toolchain(
        "Shell",
        "bash",
        "main.sh",
        ("/usr/bin/bash",),
        plans.interpreted("/usr/bin/bash"),
        syntax_error=re.compile(r": line \d+: (?:syntax error|unexpected EOF|conditional|unexpected)", re.MULTILINE),
        check=("/usr/bin/bash", "-n"),
        missing_library=libraries.shell,
    ),
    Toolchain(
        "Swift",
        "Swift",
        "main.swift",
        ("/usr/bin/swiftc",),
        plans.swift,
        # The order of a set stays the same in every run; traces of crashes would take longer than the programs.
        environment={"SWIFT_BACKTRACE": "enable=no", "SWIFT_DETERMINISTIC_HASHING": "1"},
        missing_library=libraries.swift,
    ),
    Toolchain(
        "TypeScript",
        "esbuild",
        "main.ts",
        ("/usr/bin/esbuild", "/usr/bin/node"),
        javascript.bundled,
        missing_library=libraries.typescript,
        out_of_memory=_NODE_HEAP,
    ),
    Toolchain(
        "TypeScript",
        "tsc",
        "main.ts",
        ("/usr/bin/tsc", "/usr/bin/node"),
        javascript.checked,
        missing_library=libraries.typescript,
        out_of_memory=_NODE_HEAP,
    ),
)

TOOLCHAINS: Mapping[str, tuple[Toolchain, ...]] = MappingProxyType(
    {
        language: tuple(row for row in _ROWS if row.language == language)
        for language in dict.fromkeys(row.language for row in _ROWS)
    }
)
"""The rows of each language; the first that works in a sandbox is taken, unless a setting prefers another."""

SHELL = TOOLCHAINS["Shell"][0]
