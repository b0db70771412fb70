"""What the end of a program means in each language, and programs of several files.

Belongs here: syntax errors, missing libraries, modules. Does not: what all languages share (`test_languages`), the
backend's own statuses (`test_bubblewrap`).
"""

from collections.abc import Mapping

import pytest

from alchemy_assets.sandbox.programs import ProgramSandbox
from alchemy_assets.sandbox.sandbox import Invocation, Limits, Outcome, Program, Status
from tests.sandbox.test_languages import ENTRIES, words_of

ENTRY = {**ENTRIES, "SQL": "main.sql"}
LIMITS = Limits(cpu_seconds=10, wall_seconds=30)


def run(
    sandbox: ProgramSandbox, language: str, files: str | Mapping[str, str], entry: str = "", **invocation: object
) -> Outcome:
    """Run source text as the usual entry, or files of which the first is the entry where none is named."""
    if not sandbox.runnable(language):
        pytest.skip(f"{language} programs cannot be run here")
    given = {ENTRY[language]: files} if isinstance(files, str) else files
    contents = {name: text.encode() for name, text in given.items()}
    program = Program(language, contents, entry or next(iter(contents)))
    return sandbox.run(program, Invocation(**invocation), LIMITS)  # type: ignore[arg-type]


BROKEN = {
    "C": ("int main(void) { int x = ; }\n", "error: expected expression"),
    "CSharp": ("class P { static void Main() { int x = ; } }\n", "error CS1525"),
    "Cpp": ("int main() { int x = ; }\n", "error: expected primary-expression"),
    "Go": ("package main\nfunc main() { x := }\n", "syntax error"),
    "Java": (
        "public class Main { public static void main(String[] a) { int x = ; } }\n",
        "illegal start of expression",
    ),
    "JavaScript": ("console.log('never');\nlet x = ;\n", "SyntaxError: Unexpected token"),
    "PHP": ("<?php\necho 'never';\n$x = ;\n", "syntax error, unexpected token"),
    "Python": ("print('never')\ndef f(:\n", "SyntaxError: invalid syntax"),
    "Ruby": ("puts 'never'\ndef f(\n  1 +\n", "syntax error"),
    "Rust": ("fn main() { let x = ; }\n", "expected expression"),
    "SQL": ("SELECT FROM;\n", 'near "FROM": syntax error'),
    "Shell": ("if x; do\n", "syntax error near unexpected token"),
    "Swift": ("let x = \n", "expected initial value"),
    "TypeScript": ("let x: = 3;\n", "Unexpected"),
}


@pytest.mark.parametrize("language", sorted(BROKEN))
def test_a_syntax_error_is_a_compile_error(sandbox: ProgramSandbox, language: str) -> None:
    """What cannot be read is a compile error, with the language's own message, compiled or not, and nothing was run."""
    source, message = BROKEN[language]
    outcome = run(sandbox, language, source)
    assert outcome.status == Status.COMPILE_ERROR, words_of(outcome)
    assert outcome.compile_step is not None
    assert message in outcome.compile_step.messages.decode()
    assert outcome.detail
    assert outcome.stdout == b""


@pytest.mark.parametrize(
    ("language", "files"),
    [
        ("JavaScript", {"main.js": "require('./part');", "part.js": "let x = ;"}),
        ("JavaScript", {"main.mjs": "import './part.mjs';", "part.mjs": "let x = ;"}),
        ("JavaScript", "import fs from 'fs';\nlet x = ;"),
        ("PHP", {"main.php": "<?php require 'lib/part.php';", "lib/part.php": "<?php $x = ;"}),
        ("PHP", "<?php\nfunction f() {}\nfunction f() {}\n"),
        ("Python", {"main.py": "import part", "part.py": "  x = 1\n y"}),
        ("Python", "print 'two'"),
        ("Python", "if x:\n\ty\n        z\n"),
        ("Ruby", {"main.rb": "require_relative 'part'", "part.rb": "def f("}),
        ("Ruby", "class A; def f; B = 1; end; end"),
        ("Shell", {"main.sh": ". ./part.sh || exit", "part.sh": "if x; do"}),
        ("Shell", "echo before\nif true; then\n"),
        ("Shell", "echo 'never closed\n"),
        ("SQL", "SELECT 'never closed;\n"),
        ("SQL", "SELECT (1;\n"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_compile_error(
    sandbox: ProgramSandbox, language: str, files: str | dict[str, str]
) -> None:
    """So is a syntax error in a file that the entry asks for, and every other error that reading alone finds."""
    outcome = run(sandbox, language, files)
    assert outcome.status == Status.COMPILE_ERROR, words_of(outcome)
    assert outcome.compile_step is not None
    assert outcome.compile_step.messages


@pytest.mark.parametrize(
    ("language", "files"),
    [
        ("JavaScript", "eval('1 +')"),
        ("JavaScript", "JSON.parse('{bad')"),
        ("JavaScript", "new Function('1 +')"),
        ("JavaScript", "throw new SyntaxError('mine')"),
        ("JavaScript", "console.error('/tmp/main.js:1\\n\\nSyntaxError: Unexpected token'); process.exit(1)"),
        ("PHP", "<?php eval('1 +');"),
        ("PHP", "<?php fwrite(STDERR, 'Parse error: syntax error in /tmp/main.php on line 3'); exit(1);"),
        ("Python", "exec('1 +')"),
        ("Python", "import json; json.loads('{bad')"),
        ("Python", {"main.py": "int('x')", "never_used.py": "def f(:"}),
        ("Python", "import sys; sys.exit('  File \"/tmp/main.py\", line 1\\nSyntaxError: invalid syntax')"),
        ("Ruby", "eval('1 +')"),
        ("Ruby", "abort 'main.rb:3: syntax error, unexpected end-of-input (SyntaxError)'"),
        ("SQL", "CREATE TABLE t (x CHECK (x > 1)); INSERT INTO t VALUES (0);"),
        (
            "SQL",
            (
                "CREATE TABLE t (x);\nCREATE TRIGGER g BEFORE INSERT ON t BEGIN SELECT RAISE(FAIL, 'syntax error'); END;\n"
                "INSERT INTO t VALUES (1);"
            ),
        ),
        ("SQL", "SELECT * FROM nowhere;"),
        ("Shell", "eval 'if x; do'; exit 1"),
        ("Shell", "bash -c 'if x; do'"),
        ("Shell", "echo 'main.sh: line 1: syntax error: unexpected end of file' >&2; exit 2"),
    ],
)
def test_an_error_at_run_time_is_no_compile_error(
    sandbox: ProgramSandbox, language: str, files: str | dict[str, str]
) -> None:
    """A program that evaluates bad text, or prints such words itself, was read and run: it finished, with its exit code."""
    outcome = run(sandbox, language, files)
    assert (outcome.status, outcome.exit_code == 0) == (Status.FINISHED, False), words_of(outcome)
    assert outcome.compile_step is None


MISSING = [
    ("C", "#include <nosuch/api.h>\nint main(void) {}", "nosuch"),
    ("C", "#include <nosuch.h>\nint main(void) {}", "nosuch.h"),
    ("CSharp", "using Nosuch.Json;\nclass P { static void Main() {} }", "Nosuch.Json"),
    ("CSharp", "using System.Nosuch.Json;\nclass P { static void Main() {} }", "System.Nosuch.Json"),
    ("Cpp", "#include <nosuch/api.hpp>\nint main() {}", "nosuch"),
    ("Cpp", '#include "opencv2/core.hpp"\nint main() {}', "opencv2"),
    (
        "Go",
        'package main\nimport "github.com/nosuch/errors/v2"\nfunc main() { errors.New() }',
        "github.com/nosuch/errors",
    ),
    ("Go", 'package main\nimport "golang.org/x/nosuch/cases"\nfunc main() { cases.X() }', "golang.org/x/nosuch"),
    ("Go", 'package main\nimport "C"\nfunc main() { C.puts(nil) }', "cgo"),
    ("Go", 'package main\nimport _ "embed"\n//go:embed a.txt\nvar s string\nfunc main() {}', "embed"),
    (
        "Java",
        "import org.nosuch.api.deep.Test;\npublic class Main { public static void main(String[] a) {} }",
        "org.nosuch.api",
    ),
    ("Java", "import static org.nosuch.A.*;\nclass Main { public static void main(String[] a) {} }", "org.nosuch"),
    ("JavaScript", "require('nosuch/deep')", "nosuch"),
    ("JavaScript", "import x from '@some/nosuch/deep'", "@some/nosuch"),
    ("JavaScript", "import('nosuch').then((x) => x.y())", "nosuch"),
    ("PHP", "<?php use Nosuch\\Http\\Client; new Client();", "Nosuch"),
    ("PHP", "<?php class A extends \\Nosuch\\Test {}", "Nosuch"),
    ("PHP", "<?php require __DIR__ . '/vendor/autoload.php';", "vendor/autoload.php"),
    ("PHP", "<?php echo swoole_version();", "swoole"),
    ("Python", "import nosuch.deep", "nosuch"),
    ("Python", "def f():\n    from nosuch import x\nf()", "nosuch"),
    ("Ruby", "require 'nosuch/deep'", "nosuch"),
    ("Ruby", "gem 'nosuch'", "nosuch"),
    ("Ruby", "require 'active_nosuch/deep'", "active_nosuch"),
    ("Rust", "use nosuch::Thing;\nfn main() {}", "nosuch"),
    ("Rust", "extern crate nosuch;\nfn main() {}", "nosuch"),
    ("Rust", "fn main() { nosuch::call(); }", "nosuch"),
    ("Rust", "#[derive(nosuch::Serialize)]\nstruct A;\nfn main() {}", "nosuch"),
    ("SQL", "CREATE VIRTUAL TABLE t USING nosuch(a);", "nosuch"),
    ("SQL", "SELECT load_extension('nosuch');", "nosuch"),
    ("SQL", ".load nosuch", "nosuch"),
    ("Shell", "nosuch --flag", "nosuch"),
    ("Shell", "set -e\nx=$(echo 1 | nosuch)\necho never", "nosuch"),
    ("Swift", "import Nosuch\nprint(1)", "Nosuch"),
    ("TypeScript", "import x from 'nosuch/deep'; console.log(x);", "nosuch"),
]


@pytest.mark.parametrize(("language", "source", "library"), MISSING)
def test_a_missing_library_is_named(sandbox: ProgramSandbox, language: str, source: str, library: str) -> None:
    """A program that lacks a library is unsupported, and the library's name is told."""
    outcome = run(sandbox, language, source)
    assert (outcome.status, outcome.detail) == (Status.UNSUPPORTED, f"needs the library {library}"), words_of(outcome)


@pytest.mark.parametrize(
    "source",
    [
        "record Point(int X);\nclass P { static void Main() {} }",
        "namespace Own;\nclass P { static void Main() {} }",
        "class P { static int F(int x) => x switch { _ => 1 }; static void Main() {} }",
        "class P { int X { get; init; } static void Main() {} }",
        "class P { static string? X; static void Main() {} }",
    ],
)
def test_csharp_that_mono_is_too_old_for_is_unsupported(sandbox: ProgramSandbox, source: str) -> None:
    """A program that mono's compiler cannot read, as its language is a later one, lacks nothing but another toolchain."""
    mono = ProgramSandbox(sandbox.backend, prefer=["Mono"])
    if not mono.runnable("CSharp") or "Mono" not in mono.toolchain("CSharp"):
        pytest.skip("mono cannot be run here")
    outcome = run(mono, "CSharp", source)
    assert (outcome.status, outcome.detail) == (Status.UNSUPPORTED, "needs the library C# 8 or newer"), words_of(
        outcome
    )


@pytest.mark.parametrize(
    ("language", "files", "status"),
    [
        ("C", '#include "own.h"\nint main(void) {}', Status.COMPILE_ERROR),
        ("C", {"main.c": "#include <own/b.h>\nint main(void) {}", "own/a.h": ""}, Status.COMPILE_ERROR),
        ("CSharp", "class P { static void Main() { Nosuch x; } }", Status.COMPILE_ERROR),
        ("CSharp", "using Own.Part;\nnamespace Own { class P { static void Main() {} } }", Status.COMPILE_ERROR),
        ("Go", 'package main\nimport "fmtt"\nfunc main() { fmtt.X() }', Status.COMPILE_ERROR),
        (
            "Go",
            {
                "main.go": 'package main\nimport "example.com/own/part"\nfunc main() { part.X() }',
                "go.mod": "module example.com/own\n",
            },
            Status.COMPILE_ERROR,
        ),
        (
            "Java",
            "import java.util.nosuch.X;\nclass Main { public static void main(String[] a) {} }",
            Status.COMPILE_ERROR,
        ),
        (
            "Java",
            "package a.b.c;\nimport a.b.d.X;\nclass Main { public static void main(String[] a) {} }",
            Status.COMPILE_ERROR,
        ),
        ("Java", "class Main { public static void main(String[] a) { Outer.Inner x; } }", Status.COMPILE_ERROR),
        ("JavaScript", "require('./nosuch')", Status.FINISHED),
        ("JavaScript", "import x from './nosuch.mjs'", Status.FINISHED),
        ("JavaScript", "console.error(\"Error: Cannot find module 'x'\"); process.exit(1)", Status.FINISHED),
        ("PHP", "<?php namespace Own; new \\Own\\Nosuch();", Status.FINISHED),
        ("PHP", "<?php require 'nosuch.php';", Status.FINISHED),
        ("PHP", "<?php new Nosuch();", Status.FINISHED),
        ("Python", "import os.nosuch", Status.FINISHED),
        ("Python", "import xml.nosuch", Status.FINISHED),
        ("Python", "from os import nosuch", Status.FINISHED),
        ("Python", "import urllib2", Status.FINISHED),
        ("Python", {"main.py": "import own.nosuch", "own/__init__.py": ""}, Status.FINISHED),
        ("Ruby", "require_relative 'nosuch'", Status.FINISHED),
        ("Ruby", "require './nosuch'", Status.FINISHED),
        ("Rust", "mod nosuch;\nuse nosuch::X;\nfn main() {}", Status.COMPILE_ERROR),
        ("Rust", "use std::nosuch::X;\nfn main() {}", Status.COMPILE_ERROR),
        ("Rust", '#![crate_type = "lib"]\npub fn f() {}', Status.COMPILE_ERROR),
        ("Rust", "use crate::nosuch::X;\nfn main() {}", Status.COMPILE_ERROR),
        ("Rust", "fn main() { let x = mem::size_of::<u8>(); }", Status.COMPILE_ERROR),
        ("Rust", "fn main() { let x = HashMap::new(); }", Status.COMPILE_ERROR),
        (
            "Rust",
            {
                "src/main.rs": "use my_own::f;\nfn main() { f() }",
                "src/lib.rs": "pub fn f() {}",
                "Cargo.toml": '[package]\nname = "my-own"\n',
            },
            Status.COMPILE_ERROR,
        ),
        ("Shell", "./nosuch", Status.FINISHED),
        ("Shell", "nosuch\necho other >&2\nexit 3", Status.FINISHED),
        ("Shell", {"main.sh": "part.sh", "part.sh": ""}, Status.FINISHED),
        ("TypeScript", "import x from './nosuch'; console.log(x);", Status.COMPILE_ERROR),
    ],
)
def test_what_is_the_programs_own_is_no_library(
    sandbox: ProgramSandbox, language: str, files: str | dict[str, str], status: Status
) -> None:
    """A file of its own that is not there, or a name that the standard library lacks, is the program's mistake."""
    outcome = run(sandbox, language, files)
    assert (outcome.status, outcome.exit_code == 0) == (status, False), words_of(outcome)


@pytest.mark.parametrize(
    ("language", "source"),
    [
        ("JavaScript", "try { require('nosuch') } catch { console.log('on') }"),
        ("JavaScript", "import('nosuch').catch(() => console.log('on'))"),
        ("PHP", '<?php try { new Nosuch\\A(); } catch (Error $e) { echo "on\\n"; }'),
        ("Python", "try:\n    import nosuch\nexcept ImportError:\n    print('on')"),
        ("Ruby", "begin\n  require 'nosuch'\nrescue LoadError\n  puts 'on'\nend"),
        ("Shell", "nosuch || echo on"),
        (
            "TypeScript",
            "try { require('nosuch') } catch { console.log('on') }\ndeclare function require(x: string): void;",
        ),
    ],
)
def test_a_program_that_does_without_a_library_finishes(sandbox: ProgramSandbox, language: str, source: str) -> None:
    """Where the program catches the error and goes on, it has finished."""
    outcome = run(sandbox, language, source)
    assert (outcome.status, outcome.exit_code, outcome.stdout) == (Status.FINISHED, 0, b"on\n"), words_of(outcome)


SEVERAL: list[tuple[str, str, dict[str, str]]] = [
    (
        "C",
        "src/main.c",
        {
            "src/main.c": '#include <stdio.h>\n#include <math.h>\n#include "part.h"\n#include <deep/part.h>\n'
            'int main(int n, char **v) { printf("%d %g\\n", part(), sqrt(16.0 * n)); }',
            "src/part.c": '#include "part.h"\n#include <deep/part.h>\nint part(void) { return DEEP; }',
            "include/part.h": "int part(void);",
            "include/stdio.h": "#error not the one of the system",
            "third/deep/part.h": "#define DEEP 7",
        },
    ),
    (
        "CSharp",
        "main.cs",
        {
            "main.cs": "using Own; class P { static void Main() { System.Console.WriteLine(Part.Text); } }",
            "Own/Part.cs": 'namespace Own { public static class Part { public static string Text = "7 4"; } }',
        },
    ),
    (
        "Cpp",
        "app.cc",
        {
            "app.cc": '#include <iostream>\n#include "part.hpp"\nint main() { std::cout << part() << " 4\\n"; }',
            "lib/part.hpp": "#include <string>\nstd::string part();",
            "lib/part.cpp": '#include "part.hpp"\nstd::string part() { return "7"; }',
        },
    ),
    (
        "Cpp",
        "main.cpp",
        {
            "main.cpp": "#include <concepts>\n#include <iostream>\n#include <ranges>\n"
            'int main() { for (auto i : std::views::iota(7, 8)) std::cout << i << " 4\\n"; }',
        },
    ),
    (
        "Go",
        "cmd/app/main_test.go",
        {
            "go.mod": "module example.com/own\n\ngo 1.19\n",
            "cmd/app/main_test.go": 'package main\nimport (\n\t"fmt"\n\tp "example.com/own/part"\n)\n'
            "func main() { fmt.Println(p.Seven(), four()) }",
            "cmd/app/four.go": "package main\nfunc four() int { return 4 }",
            "cmd/app/four_windows.go": "package main\nfunc four() int { return 5 }",
            "cmd/app/four_test.go": "package main\nfunc four() int { return 6 }",
            "cmd/app/gen.go": "//go:build ignore\n\npackage main\nfunc main() {}",
            "part/part.go": 'package part\nimport "example.com/own/part/deep"\nfunc Seven() int { return deep.Six + 1 }',
            "part/deep/deep.go": "package deep\nconst Six = 6",
        },
    ),
    (
        "Java",
        "src/main.java",
        {
            "src/main.java": "package own;\nimport own.part.Part;\nrecord Pair(int a, int b) {}\n"
            "public class App { public static void main(String... words) {\n"
            'var p = new Pair(Part.SEVEN, Kind.FOUR.n); System.out.println(p.a() + " " + p.b()); } }\n'
            "enum Kind { FOUR(4); final int n; Kind(int n) { this.n = n; } }",
            "part/Part.java": "package own.part;\npublic interface Part { int SEVEN = 7; }",
        },
    ),
    (
        "Java",
        "Second.java",
        {
            "Second.java": 'class First {}\ninterface Second { static void main(String[] a) { System.out.println("7 4"); } }'
        },
    ),
    (
        "Java",
        "a.java",
        {"a.java": 'public enum Third { A; public static void main(String[] a) { System.out.println("7 4"); } }'},
    ),
    (
        "JavaScript",
        "src/main.js",
        {
            "src/main.js": "import { seven } from './part.js';\nimport deep from '../deep/index.js';\n"
            "console.log(seven, await deep());",
            "src/part.js": "export const seven = 7;",
            "deep/index.js": "export default async () => 4;",
        },
    ),
    ("JavaScript", "main.cjs", {"main.cjs": "console.log(require('./part'), 4)", "part.js": "module.exports = 7"}),
    ("JavaScript", "main.js", {"main.js": "// import x from 'y'\nconst s = 'export default'; console.log(7, 4)"}),
    (
        "PHP",
        "public/index.php",
        {
            "public/index.php": "<?php require_once __DIR__ . '/../src/Part.php'; echo (new \\Own\\Part())->seven(), \" 4\\n\";",
            "src/Part.php": "<?php namespace Own; class Part { function seven() { return 7; } }",
        },
    ),
    (
        "Python",
        "app/main.py",
        {
            "app/main.py": "import part\nfrom deep.more import FOUR\nprint(part.SEVEN, FOUR)",
            "app/part.py": "SEVEN = 7",
            "app/deep/__init__.py": "",
            "app/deep/more.py": "from . import __name__ as name\nFOUR = len(name)",
        },
    ),
    (
        "Ruby",
        "bin/app.rb",
        {
            "bin/app.rb": "require_relative '../lib/part'\nputs \"#{Part::SEVEN} 4\"",
            "lib/part.rb": "module Part; SEVEN = 7; end",
        },
    ),
    (
        "Rust",
        "src/main.rs",
        {
            "src/main.rs": 'mod part;\nmod deep;\nfn main() { println!("{} {}", part::SEVEN, deep::more::FOUR); }',
            "src/part.rs": "pub const SEVEN: i32 = 7;",
            "src/deep/mod.rs": "pub mod more;",
            "src/deep/more.rs": "pub const FOUR: i32 = 4;",
        },
    ),
    (
        "SQL",
        "run/main.sql",
        {
            "run/main.sql": ".read 'run/part 1.sql'\nSELECT x || ' 4' FROM t;",
            "run/part 1.sql": "CREATE TABLE t AS SELECT 7 AS x;",
        },
    ),
    ("Shell", "bin/app.sh", {"bin/app.sh": ". lib/part.sh\necho $(seven) 4", "lib/part.sh": "seven() { echo 7; }"}),
    (
        "Java",
        "A.java",
        {
            "A.java": 'class A { public static void main(String[] a) { System.out.println("7 4"); } }',
            "A.class": "not what is compiled",
            "META-INF/services/com.sun.source.util.Plugin": "Nosuch",
        },
    ),
    ("Swift", "main.swift", {"main.swift": "import Observation\n@Observable class A { var x = 7 }\nprint(A().x, 4)"}),
    ("Swift", "app.swift", {"app.swift": "print(seven(), 4)", "Sources/Part.swift": "func seven() -> Int { 7 }"}),
    (
        "Swift",
        "App.swift",
        {
            "App.swift": "@main struct App { static func main() { print(seven(), 4) } }",
            "Part.swift": "func seven() -> Int { 7 }",
        },
    ),
    (
        "TypeScript",
        "src/main.ts",
        {
            "src/main.ts": "import { seven } from './part';\nimport deep, { type Four } from '../deep';\n"
            "const four: Four = deep();\nconsole.log(seven, four);",
            "src/part.ts": "export const seven: number = 7;",
            "deep/index.ts": "export type Four = number;\nexport default (): Four => 4;",
        },
    ),
    ("TypeScript", "main.ts", {"main.ts": "const four = await Promise.resolve(4);\nconsole.log(7, four);\nexport {};"}),
    (
        "TypeScript",
        "main.ts",
        {
            "main.ts": "function mark(target: any) { target.four = 4; }\n@mark\nclass A { static four: number; }\n"
            "enum E { Seven = 7 }\nnamespace N { export const x = E.Seven; }\nconsole.log(N.x, A.four);"
        },
    ),
]


@pytest.mark.parametrize(("language", "entry", "files"), SEVERAL)
def test_a_program_of_several_files_runs(
    sandbox: ProgramSandbox, language: str, entry: str, files: dict[str, str]
) -> None:
    """Files find each other as the language has it: headers, packages, modules, requires, and an entry in a folder."""
    outcome = run(sandbox, language, files, entry)
    assert (outcome.status, outcome.stdout) == (Status.FINISHED, b"7 4\n"), words_of(outcome)


ODD_NAMES = [
    "a b",
    "-e",
    "it's",
    'say "x"',
    "ünï",
    "@list",
    "back\\slash",
    "new\nline",
    "$(id)",
    "x=y",
    "|pipe",
    "main",
]


# A build for each name takes long where compilers are slow.
BUILT_SLOWLY = {"Java", "Rust", "Swift", "TypeScript"}


@pytest.mark.parametrize(
    "language", [pytest.param(one, marks=pytest.mark.slow) if one in BUILT_SLOWLY else one for one in sorted(ENTRY)]
)
def test_odd_file_names_are_only_names(sandbox: ProgramSandbox, language: str) -> None:
    """An entry may be called anything: nothing takes its name for an option, a command or a list of files."""
    suffix = ENTRY[language].rpartition(".")[2]
    source = HELLO[language]
    for name in ODD_NAMES:
        outcome = run(sandbox, language, {f"{name}.{suffix}": source})
        assert (outcome.status, outcome.stdout) == (Status.FINISHED, b"hello\n"), (name, words_of(outcome))


HELLO = {
    "C": '#include <stdio.h>\nint main(void) { puts("hello"); }',
    "CSharp": 'class P { static void Main() { System.Console.WriteLine("hello"); } }',
    "Cpp": '#include <cstdio>\nint main() { std::puts("hello"); }',
    "Go": 'package main\nimport "os"\nfunc main() { os.Stdout.WriteString("hello\\n") }\n',
    "Java": 'class Hello { public static void main(String[] a) { System.out.println("hello"); } }',
    "JavaScript": "console.log('hello')",
    "PHP": '<?php echo "hello\\n";',
    "Python": "print('hello')",
    "Ruby": "puts 'hello'",
    "Rust": 'fn main() { println!("hello"); }',
    "SQL": "SELECT 'hello';",
    "Shell": "echo hello",
    "Swift": 'print("hello")',
    "TypeScript": "const x: string = 'hello'; console.log(x)",
}


def test_a_build_and_a_file_may_have_one_name(sandbox: ProgramSandbox) -> None:
    """What a compiler makes never takes the place of a file or folder of the program."""
    outcome = run(sandbox, "C", {"main.c": HELLO["C"], "main/readme": "", "main_": ""})
    assert outcome.stdout == b"hello\n", words_of(outcome)


def test_a_script_starts_what_was_built(sandbox: ProgramSandbox) -> None:
    """A script of a program finds the built executable beside it."""
    files = {"main.c": HELLO["C"], "run.sh": "./main; ./main"}
    assert run(sandbox, "C", files, script="run.sh").stdout == b"hello\nhello\n"
