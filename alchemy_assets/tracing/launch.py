"""How the shown program of each language is built and started, as `run.sh` says it.

Belongs here: names of files and command lines that a reader sees. Does not: how the sandbox builds it, which keeps to
the same names (`sandbox.toolchains.plans`).
"""

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from alchemy_assets.sandbox.toolchains.java import file_name, main_class
from alchemy_assets.sandbox.toolchains.javascript import is_module
from alchemy_assets.sandbox.toolchains.plans import NEWER_CPP, is_newer_cpp, sqlite_parameters


@dataclass(frozen=True)
class Launch:
    """The file that holds the program, the command that starts it, and the one that builds it, or "".

    binds: whether arguments are bound to the parameters of a script, as the sandbox does it, and not handed over as words.
    """

    entry: str
    command: str
    compile: str = ""
    binds: bool = False

    def line(self, arguments: Sequence[str]) -> str:
        """The command line that starts it with these arguments."""
        if not self.binds:
            return " ".join([self.command, *map(shlex.quote, arguments)])
        words = [word if word == "-cmd" else _between_quotes(word) for word in sqlite_parameters(arguments)]
        return " ".join([self.command, *words])


_PLAIN = {
    "C": Launch("source.c", "./main", "gcc -o main source.c -lm"),
    "Cpp": Launch("source.cpp", "./main", "g++ -o main source.cpp"),
    "CSharp": Launch("source.cs", "mono main.exe", "mcs -out:main.exe source.cs"),
    "Go": Launch("source.go", "./main", "go build -o main source.go"),
    "JavaScript": Launch("source.js", "node source.js"),
    "PHP": Launch("source.php", "php source.php"),
    "Python": Launch("source.py", "python3 source.py"),
    "Ruby": Launch("source.rb", "ruby source.rb"),
    "Rust": Launch("source.rs", "./main", "rustc --edition 2021 -o main source.rs"),
    "SQL": Launch("source.sql", "sqlite3 -batch -bail :memory: '.read source.sql'", binds=True),
    "Shell": Launch("source.sh", "bash source.sh"),
    "Swift": Launch("source.swift", "./main", "swiftc -o main source.swift"),
    "TypeScript": Launch(
        "source.ts", "node source.js", "esbuild source.ts --bundle --platform=node --outfile=source.js"
    ),
}


def launch_of(language: str, source: str) -> Launch:
    """How a program is launched; files of Java and of ES modules are called as the source asks."""
    if language == "JavaScript" and is_module(source.encode()):
        return Launch("source.mjs", "node source.mjs")
    if language == "Cpp" and is_newer_cpp(source.encode()):
        return Launch("source.cpp", "./main", f"g++ {NEWER_CPP} -o main source.cpp")
    if language != "Java":
        return _PLAIN[language]
    entry, started = file_name("Main.java", source.encode()), main_class(source.encode())
    return Launch(entry, f"java -ea {started}", f"javac -d . {entry}")


def _between_quotes(word: str) -> str:
    """A word for bash that holds single quotes itself."""
    return '"' + re.sub(r'([\\"$`])', r"\\\1", word) + '"'
