"""The table of toolchains, and the plans that it makes before anything is run."""

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemy_assets.languages import LANGUAGES
from alchemy_assets.sandbox.programs import ProgramSandbox
from alchemy_assets.sandbox.sandbox import Invocation, Limits, Program
from alchemy_assets.sandbox.toolchains.java import file_name, main_class
from alchemy_assets.sandbox.toolchains.javascript import is_module
from alchemy_assets.sandbox.toolchains.plans import free_name, plain
from alchemy_assets.sandbox.toolchains.table import SHELL, TOOLCHAINS
from alchemy_assets.sandbox.toolchains.toolchain import Plan


def plan(language: str, files: dict[str, str], row: int = 0, limits: Limits | None = None) -> Plan:
    """The plan of a program whose entry is its first file."""
    program = Program(language, {name: text.encode() for name, text in files.items()}, next(iter(files)))
    return TOOLCHAINS[language][row].plan(program, limits or Limits())


@pytest.mark.parametrize(
    ("language", "said", "label"),
    [
        ("Go", "go version go1.24.4 linux/amd64\n", "Go 1.24.4"),
        ("Java", "openjdk 21.0.13.1 2026-11-17\n", "OpenJDK 21.0.13.1"),
        ("JavaScript", "v20.19.2\n", "Node.js 20.19.2"),
        ("Python", "Python 3.11.2\n", "CPython 3.11.2"),
        ("Shell", "GNU bash, version 5.2.15(1)-release (x86_64-pc-linux-gnu)\n", "bash 5.2.15"),
        ("Shell", "no number", "bash"),
    ],
)
def test_a_label_has_name_and_version(language: str, said: str, label: str) -> None:
    """The first dotted number that a toolchain prints of itself is its version."""
    assert TOOLCHAINS[language][0].label(said) == label


def test_every_language_that_runs_has_a_row() -> None:
    """Rows stand for all known languages whose programs run, and for no other; they start absolute paths."""
    assert set(TOOLCHAINS) == {name for name, language in LANGUAGES.items() if language.runs}
    assert all(path.startswith("/") for rows in TOOLCHAINS.values() for row in rows for path in row.executables)


def test_a_usual_entry_has_a_suffix_of_its_language() -> None:
    """The name that a program's file has by default is one of its language."""
    for rows in TOOLCHAINS.values():
        assert all(row.entry.endswith(LANGUAGES[row.language].suffixes) for row in rows)


def test_an_entry_is_never_an_option() -> None:
    """A file whose name starts with a hyphen is started as a file."""
    assert SHELL.plan(Program("Shell", {"-c": b""}, "-c"), Limits()).run == ("/usr/bin/bash", "./-c")


@given(st.text(min_size=1))
def test_a_plain_name_starts_like_a_path(name: str) -> None:
    """What stands on a command line names the same file, and starts with a letter, a digit, `_` or `./`."""
    assert plain(name) in {name, f"./{name}"}
    assert plain(name)[0].isalnum() or plain(name).startswith(("_", "./"))


@given(
    st.sets(st.sampled_from(["main", "main_", "main__", "main/a", "main_/b", "x/main"])),
    st.sampled_from(["main", "main.js"]),
)
def test_a_free_name_is_free(taken: set[str], wanted: str) -> None:
    """A name for what a compiler makes is neither a file of the program nor one of its folders."""
    name = free_name(Program("C", dict.fromkeys(taken, b""), ""), wanted)
    assert name not in taken
    assert not any(one.startswith(f"{name}/") for one in taken)


@pytest.mark.parametrize("row", [row for rows in TOOLCHAINS.values() for row in rows], ids=lambda row: row.name)
def test_plans_are_the_same_each_time(row: object) -> None:
    """A plan hangs on names, contents and limits alone, not on the order in which files come."""
    files = {"b/other.x": b"", "a.txt": b"x", row.entry: b"", "z.h": b""}  # type: ignore[attr-defined]
    backwards = dict(reversed(files.items()))
    plans = [row.plan(Program(row.language, one, row.entry), Limits()) for one in (files, backwards)]  # type: ignore[attr-defined]
    assert plans[0] == plans[1]


@pytest.mark.parametrize(
    ("source", "name", "started"),
    [
        ("public class A { public static void main(String[] a) {} }", "A.java", "A"),
        ("package x.y;\nclass B {}\npublic class A { static void main() {} }", "A.java", "x.y.A"),
        ("class B { } class C { public static void main(String... a) {} }", "main.java", "C"),
        ("class C { static void main() {} } public record R(int x) { static void main() {} }", "R.java", "R"),
        ("/* class No {} */ enum E { A, B; public static void main(String[] a) {} }", "main.java", "E"),
        (
            "interface I { static void main(String[] a) {} class X { static void main(String[] a) {} } }",
            "main.java",
            "I",
        ),
        ("sealed interface S permits T {} final class T implements S { void main() {} }", "main.java", "S"),
        ('class A { String s = "public class No { static void main() {} }"; }', "main.java", "A"),
        (f"class A {{}} public class {'B' * 251} {{}}", "main.java", "B" * 251),
        ("", "main.java", "Main"),
        ("public class {", "main.java", "Main"),
    ],
)
def test_java_names_come_from_the_source(source: str, name: str, started: str) -> None:
    """A file is called as its public type, and what is started is the type with a `main`, public ones first."""
    assert file_name("main.java", source.encode()) == name
    assert main_class(source.encode()) == started


def test_a_java_file_keeps_its_folder_and_takes_no_name_of_another() -> None:
    """Renaming stays in the folder, and does not put one file in the place of another."""
    both = plan(
        "Java", {"src/main.java": "public class A {}", "src/A.java": "class B {}", "x/y.java": "public enum E {}"}
    )
    assert set(both.files) == {"src/main.java", "src/A.java", "x/E.java"}


@pytest.mark.parametrize(
    ("language", "row", "files", "kept"),
    [
        ("Java", 0, {"A.java": "", "A.class": "", "a/B.class/c": "", "c.txt": ""}, {"A.java", "c.txt"}),
        ("CSharp", 0, {"main.cs": "", "main.runtimeconfig.json": ""}, {"main.cs", "GlobalUsings.g.cs"}),
        ("TypeScript", 1, {"a.ts": "", "a.js": "", "b.js": "", "c.mts": "", "c.mjs": ""}, {"a.ts", "b.js", "c.mts"}),
        ("Swift", 0, {"app.swift": "", "main.swift": "", "b.swift": ""}, {"app.swift", "main.swift", "b.swift"}),
    ],
)
def test_no_file_stands_in_the_place_of_another(language: str, row: int, files: dict[str, str], kept: set[str]) -> None:
    """What a compiler makes is not hidden by a file that was given, and no source is lost by a new name."""
    assert set(plan(language, files, row).files) == kept


def test_java_looks_for_libraries_where_one_is_imported() -> None:
    """The system's libraries are on the class path where anything but Java's own is asked for, wherever on a line."""
    paths = [
        plan("Java", {"A.java": source}).run
        for source in ("import java.util.*;", "import java.util.*; import org.x.Y;")
    ]
    assert [".:/usr/share/java/*" in run for run in paths] == [False, True]


@pytest.mark.parametrize(
    ("description", "edition"), [("", "2021"), ('edition = "2018"', "2018"), ("edition.workspace = true", "2021")]
)
def test_rust_has_the_edition_of_its_package(description: str, edition: str) -> None:
    """The edition is the one that `Cargo.toml` names."""
    compiled = plan("Rust", {"main.rs": "", "Cargo.toml": f"[package]\n{description}\n"}).compile or ()
    assert compiled[compiled.index("--edition") + 1] == edition


def test_java_gets_a_heap_below_its_limit() -> None:
    """The heap is smaller than all memory of a run, as a virtual machine needs more than its heap."""
    heaps = [
        word for word in plan("Java", {"A.java": ""}, limits=Limits(memory_bytes=2**30)).run if word.startswith("-Xmx")
    ]
    assert heaps == ["-Xmx640m"]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import x from './x'", True),
        ("export default 1", True),
        ("const x = await f()", True),
        ("for await (const x of y) {}", True),
        ("console.log(import.meta.url)", True),
        ("import('x').then(f)", False),
        ("async function f() { await g() }", False),
        ("const f = async () => await g()", False),
        ("class A { async m() { await g() } }", False),
        ("// import x from 'x'\nconst s = 'export'", False),
        ("module.exports = 1", False),
    ],
)
def test_modules_are_known_by_their_syntax(source: str, *, expected: bool) -> None:
    """A file is an ES module if it has syntax that CommonJS refuses, not where a word of it stands somewhere."""
    assert is_module(source.encode()) == expected


@pytest.mark.parametrize(
    ("files", "added"),
    [
        ({"main.js": "import './a.js'"}, True),
        ({"main.mjs": "import './a.js'"}, False),
        ({"main.js": "import './a.js'", "package.json": "{}"}, False),
        ({"main.js": "require('./a')"}, False),
    ],
)
def test_a_program_of_modules_is_described(files: dict[str, str], *, added: bool) -> None:
    """Only a program of ES modules that does not say so itself is given a `package.json`."""
    assert (plan("JavaScript", files).files.keys() - files.keys() == {"package.json"}) == added


def test_go_builds_what_is_imported_first() -> None:
    """Packages of a module come in the order in which they need each other, those that nobody needs not at all."""
    files = {
        "main.go": 'package main\nimport _ "m/a"\nfunc main() {}',
        "go.mod": "module m\n",
        "a/a.go": 'package a\nimport _ "m/a/b"',
        "a/b/b.go": "package b",
        "c/c.go": "package c",
    }
    script = (plan("Go", files).compile or ())[2]
    built = [shlex.split(line)[3] for line in script.splitlines() if line.startswith('"$tools/compile"')]
    assert built == ["m/a/b", "m/a", "main"]


def test_a_long_chain_of_go_packages_is_planned() -> None:
    """Packages that each import the next are planned however many they are."""
    files = {f"p{number}/a.go": f'package p{number}\nimport _ "m/p{number + 1}"' for number in range(1_200)}
    script = (plan("Go", {"main.go": 'package main\nimport _ "m/p0"', "go.mod": "module m\n", **files}).compile or ())[
        2
    ]
    assert script.index(" -p m/p1199 ") < script.index(" -p m/p0 ") < script.index(" -p main ")


@pytest.mark.parametrize(
    ("name", "content", "built"),
    [
        ("a_windows.go", "", False),
        ("a_windows_amd64.go", "", False),
        ("a_linux_s390x.go", "", False),
        ("a_linux.go", "", True),
        ("a_js_part.go", "", True),
        ("a_test_part.go", "", True),
        ("a.go", "//go:build ignore\n", False),
        ("a.go", "// +build ignore\n", False),
        ("a.go", "//go:build s390x\n", False),
        ("a.go", "//go:build s390x || linux\n", True),
    ],
)
def test_go_leaves_out_what_is_for_other_systems(name: str, content: str, *, built: bool) -> None:
    """File names and constraints, new and old, keep a file out of the build, as they do for `go build`."""
    files = {"main.go": "package main\nfunc main() {}", name: f"{content}\npackage main"}
    assert (f" {name}" in (plan("Go", files).compile or ())[2]) == built


@pytest.mark.parametrize(
    ("version", "option"), [("1.9", "-lang=go1.9"), ("1.21.3", "-lang=go1.21"), ("1.22", ""), ("1.30", "")]
)
def test_go_has_the_loops_of_its_module(version: str, option: str) -> None:
    """A module from before Go 1.22 is compiled as that version would, later ones as the compiler likes."""
    files = {"main.go": "package main\nfunc main() {}", "go.mod": f"module m\n\ngo {version}\n"}
    found = [word.rstrip(")") for word in (plan("Go", files).compile or ())[2].split() if word.startswith("-lang")]
    assert "".join(found) == option


def test_go_does_not_go_in_circles() -> None:
    """Packages that import each other are left to the compiler to refuse."""
    files = {
        "main.go": 'package main\nimport _ "m/a"\nfunc main() {}',
        "go.mod": "module m\n",
        "a/a.go": 'package a\nimport _ "m/b"',
        "b/b.go": 'package b\nimport _ "m/a"',
    }
    assert plan("Go", files).compile is not None


@pytest.mark.parametrize(
    ("source", "newer"),
    [
        ("#include <vector>\nint requires_ = 1;", False),
        ("#include <ranges>\n", True),
        ("template <typename T> concept C = true;", True),
        ("auto o = a <=> b;", True),
        ("co_return 1;", True),
        ('if (s.starts_with("a")) {}', True),
        ("std::erase_if(v, f);", True),
    ],
)
def test_a_newer_standard_is_taken_where_it_is_asked_for(source: str, *, newer: bool) -> None:
    """C++ is compiled by the compiler's own standard, but for programs that use what a later one brought."""
    assert ("-std=gnu++23" in (plan("Cpp", {"main.cpp": source}).compile or ())) == newer


def test_one_swift_file_of_several_may_have_statements() -> None:
    """The entry of several files is called `main.swift`, unless a type is marked as the program's start."""
    assert set(plan("Swift", {"a.swift": "f()", "b.swift": "func f() {}"}).files) == {"main.swift", "b.swift"}
    assert set(plan("Swift", {"a.swift": "f()"}).files) == {"a.swift"}
    marked = plan("Swift", {"a.swift": "@main struct A { static func main() {} }", "b.swift": ""})
    assert set(marked.files) == {"a.swift", "b.swift"}
    assert "-parse-as-library" in (marked.compile or ())


def test_any_argument_reaches_a_statement(sandbox: ProgramSandbox) -> None:
    """Whatever text is an argument, SQL finds it in `?1` as it was."""
    texts = [chr(number) for number in range(1, 128)] + ["'", "''", '"', "\\n", "a\nb", "?1", "--", ".quit", "世界 🎉"]
    program = Program("SQL", {"main.sql": b"SELECT hex(?1), hex(?2);"}, "main.sql")
    for start in range(0, len(texts), 2):
        pair = texts[start : start + 2]
        outcome = sandbox.run(program, Invocation(arguments=tuple(pair)), Limits())
        assert outcome.stdout.decode().strip().split("|") == [
            text.encode().hex().upper() for text in [*pair, ""][:2]
        ], pair


@pytest.mark.slow
def test_the_type_checker_is_taken_by_setting(sandbox: ProgramSandbox) -> None:
    """With `tsc` preferred a type error is a compile error, which a program without types checked would not see."""
    source = {"main.ts": b"const x: number = 'text'; console.log(x);"}
    checked = ProgramSandbox(sandbox.backend, prefer=["tsc"])
    if not checked.runnable("TypeScript") or "tsc" not in checked.toolchain("TypeScript"):
        pytest.skip("tsc cannot be run here")
    program = Program("TypeScript", source, "main.ts")
    outcomes = [one.run(program, Invocation(), Limits()) for one in (sandbox, checked)]
    assert [outcome.status for outcome in outcomes] == ["finished", "compile_error"]
    assert "TS2322" in outcomes[1].detail
    fine = Program(
        "TypeScript", {"main.ts": b"import { x } from './b'; console.log(x)", "b.ts": b"export const x = 1;"}, "main.ts"
    )
    assert checked.run(fine, Invocation(), Limits()).stdout == b"1\n"
