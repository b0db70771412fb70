"""The programs whose runs are timed: a greeting, and one of about a hundred lines, in each language.

Belongs here: the table. Does not: running them (`sandbox`). The longer ones are those of `examples/corpus`, real programs
that need no arguments and end well.
"""

from collections.abc import Mapping
from pathlib import Path

from alchemy_assets.languages import LANGUAGES
from alchemy_assets.sandbox.sandbox import Program
from alchemy_assets.sandbox.toolchains.table import TOOLCHAINS

_CORPUS = Path(__file__).parent.parent / "examples" / "corpus"

_HELLO: Mapping[str, str] = {
    "C": '#include <stdio.h>\nint main(void) { puts("hello"); return 0; }',
    "CSharp": 'using System;\nclass Hello { static void Main() { Console.WriteLine("hello"); } }',
    "Cpp": '#include <iostream>\nint main() { std::cout << "hello" << std::endl; }',
    "Go": 'package main\n\nimport "fmt"\n\nfunc main() { fmt.Println("hello") }',
    "Java": 'public class Main { public static void main(String[] arguments) { System.out.println("hello"); } }',
    "JavaScript": 'console.log("hello");',
    "PHP": '<?php\necho "hello\\n";',
    "Python": 'print("hello")',
    "Ruby": 'puts "hello"',
    "Rust": 'fn main() { println!("hello"); }',
    "SQL": "SELECT 'hello';",
    "Shell": "echo hello",
    "Swift": 'print("hello")',
    "TypeScript": 'const word: string = "hello";\nconsole.log(word);',
}
_LONGER: Mapping[str, str] = {
    "C": "tiny-parsers/c/rle.c",
    "CSharp": "inventory/Stock/StockBook.cs",
    "Cpp": "geometry/cpp/segments.cpp",
    "Go": "log-sifter/cmd/logsift/main.go",
    "Java": "geometry/java/Turtle.java",
    "JavaScript": "log-sifter/js/token-bucket.js",
    "PHP": "inventory/php/discounts.php",
    "Python": "ledger/ledger/teller.py",
    "Ruby": "tiny-parsers/ruby/sexp.rb",
    "Rust": "tiny-parsers/rust/rpn.rs",
    "SQL": "schedule-board/sql/conflicts.sql",
    "Shell": "tiny-parsers/bin/vending.sh",
    "Swift": "ledger/Sources/Ledger/ExpenseReport.swift",
    "TypeScript": "text-tools/ts/markdown-table.ts",
}
KINDS: Mapping[str, Mapping[str, bytes]] = {
    "hello": {language: text.encode() for language, text in _HELLO.items()},
    "100 lines": {language: (_CORPUS / name).read_bytes() for language, name in _LONGER.items()},
}
"""The source of each language, by kind."""


def program(language: str, kind: str, number: int) -> Program:
    """Return a program that is the only one with this text, so that no build of another serves it."""
    comment = f"\n{LANGUAGES[language].line_comment} {number}\n".encode()
    name = Path(_LONGER[language]).name if kind != "hello" else TOOLCHAINS[language][0].entry
    return Program(language, {name: KINDS[kind][language] + comment}, name)
