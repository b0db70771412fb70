"""A warm compiler serves a batch as a compiler of its own would serve each program, and no program harms another."""

import asyncio
import struct
from collections.abc import Sequence
from dataclasses import replace
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemy_assets.sandbox import builds as builds_module
from alchemy_assets.sandbox.builds import LIMITS, Build, Builds, Wanted, warm_endings
from alchemy_assets.sandbox.jobs import Ending
from alchemy_assets.sandbox.programs import ProgramSandbox
from alchemy_assets.sandbox.sandbox import Invocation, Limits, Program, Status
from alchemy_assets.sandbox.toolchains.table import TOOLCHAINS
from alchemy_assets.sandbox.warm.batch import Answer, decode
from alchemy_assets.sandbox.warm.drivers import DRIVERS

JAVA = {
    "prints": 'public class Main { public static void main(String[] a) { System.out.println("é ☃ " + a.length); } }',
    "a neighbour's class": "public class Main { public static void main(String[] a) { Helper.help(); } }",
    "several types": """
        import java.util.*; import java.util.function.*;
        public class Main {
            sealed interface Shape permits Circle, Square {}
            record Circle(double r) implements Shape {}
            record Square(double side) implements Shape {}
            enum Mode { FAST { int cost() { return 1; } }, SLOW { int cost() { return 2; } }; abstract int cost(); }
            class Inner { Runnable later() { return new Runnable() { public void run() { System.out.println(this); } }; } }
            static <T extends Comparable<T>> T most(List<T> all) { return all.stream().max(T::compareTo).orElseThrow(); }
            public static void main(String[] arguments) {
                Function<Integer, Function<Integer, Integer>> add = x -> y -> x + y;
                String text = switch (Mode.FAST) { case FAST -> "f"; case SLOW -> "s"; };
                System.out.println(most(List.of(1, add.apply(2).apply(3))) + text + new Circle(1));
            }
        }
        class Helper { static void help() { System.out.println("helped"); } }
    """,
    "warns": "import java.util.*; class Main { List x = new ArrayList(); { x.add(1); new Date(1, 2, 3); } }",
    "removed later": "class Main { public static void main(String[] a) { System.runFinalization(); new Integer(1); } }",
    "syntax error": "public class Main { public static void main(String[] a) { int x = ; } }",
    "type errors": 'class Main { int x = "a"; String s = 1; Missing m; void f() { return 1; } }',
    "wrong name": "public class Other { }",
    "bad bytes": b'class Main { String s = "\xff\xfe"; }',
    "byte order mark": "\ufeffclass Main { }",
    "carriage returns": "class Main {\r\n  int Größe = 1;\r\n\tint 数 = Größe;\r\n}\r\n",
    "empty": "",
    "too long": 'class Main { String s = "' + "x" * 70_000 + '"; }',
}
TOO_DEEP = "class Main { int x = " + "(" * 20_000 + "1" + ")" * 20_000 + "; }"
CSHARP = {
    "prints": 'using System; class P { static void Main() { Console.WriteLine("é ☃"); } }',
    "several types": """
        using System; using System.Collections.Generic; using System.Linq; using System.Threading.Tasks;
        namespace Shop {
            interface IPrice { decimal Of(string item); }
            struct Point { public int X, Y; public override string ToString() => $"({X}, {Y})"; }
            class Book<T> where T : IComparable<T> {
                readonly List<T> all = new List<T>();
                public event Action<T> Added;
                public void Add(T one) { all.Add(one); Added?.Invoke(one); }
                public IEnumerable<T> Sorted() { foreach (var one in from x in all orderby x select x) yield return one; }
            }
            static class Program {
                static async Task<int> Later() { await Task.Yield(); return 3; }
                static void Main() {
                    var book = new Book<string>(); book.Added += one => Console.WriteLine(one);
                    book.Add("b"); book.Add("a");
                    dynamic d = 1; var (x, y) = (1, 2); object o = new { Name = "n" };
                    Console.WriteLine(string.Join(",", book.Sorted()) + Later().Result + new Point { X = x, Y = y } + o + d);
                }
            }
        }
    """,
    "warns": 'using System; class P { static int unused; static void Main() { int x; Obsolete(); } [Obsolete("old")] static void Obsolete() {} }',
    "prints and warns": "#warning look here\nclass P { static void Main() { } }",
    "syntax error": "class P { static void Main() { int x = ; } }",
    "type errors": 'class P { int x = "a"; Missing m; static void Main() { return 1; } }',
    "no main": "class Helper { public static void Help() { } }",
    "a neighbour's class": "class P { static void Main() { Helper.Help(); } }",
    "a neighbour's file": '[assembly: System.Reflection.AssemblyKeyFile("../1/main.cs")] class P { static void Main() { } }',
    "bad bytes": b'class P { static void Main() { System.Console.WriteLine("\xff\xfe"); } }',
    "byte order mark": "\ufeffclass P { static void Main() { } }",
    "other line": '#line 7 "elsewhere.cs"\nclass P { static void Main() { x; } }',
    "empty": "",
    "breaks the compiler": "namespace N { class D<T> : B<T> { class D : A<T> { } class D : A<T> { } } }",
}
TYPESCRIPT = {
    "prints": "const words: string[] = ['é', '☃'];\nconsole.log(words.join(' '));",
    "several types": """
        enum Mode { Fast = 1, Slow }
        namespace Shop { export interface Price { of(item: string): number } export const tax = 0.2; }
        abstract class Shape<T extends number> { constructor(protected readonly size: T) {} abstract area(): number; }
        class Square extends Shape<number> { area(): number { return this.size ** 2; } }
        const later = async <T,>(value: T): Promise<T> => value;
        later(new Square(3)).then((one) => console.log(one.area(), Mode[Mode.Fast], Shop.tax, null ?? 1));
    """,
    "warns": "const x: number = 1; if (x === -0) console.log({ a: 1, a: 2 });",
    "syntax error": "const x: = 1;",
    "type error": "const x: number = 'a'; console.log(x);",
    "a neighbour's name": "console.log(words);",
    "missing file": "import { a } from './other'; console.log(a);",
    "missing library": "import express from 'express'; console.log(express);",
    "the system's types": "import { readFileSync } from 'fs'; console.log(readFileSync(0).length, process.argv.length);",
    "widens the global scope": "interface Array<T> { mine(): T }\n[1].mine();",
    "does not see that": "[1].mine();",
    "bad bytes": b"console.log('\xff\xfe');",
    "byte order mark": "\ufeffconsole.log(1);",
    "empty": "",
}
CHECKED = {
    kind: TYPESCRIPT[kind]
    for kind in ("prints", "type error", "the system's types", "widens the global scope", "does not see that", "empty")
}
SOURCES = {"OpenJDK": JAVA, "Mono": CSHARP, "esbuild": TYPESCRIPT, "tsc": CHECKED}


def _wanted(sandbox: ProgramSandbox, name: str, sources: Sequence[bytes]) -> list[Wanted]:
    """Return the plans of sources for a toolchain, which is looked for in the sandbox; skip where it is not there."""
    language, toolchain = next((row.language, row) for rows in TOOLCHAINS.values() for row in rows if row.name == name)
    found = ProgramSandbox(sandbox.backend, prefer=[name])
    label = found.toolchain(language) if found.runnable(language) else ""
    if not label.startswith(name):
        pytest.skip(f"{name} is not in the sandbox")
    programs = [Program(language, {toolchain.entry: source}, toolchain.entry) for source in sources]
    return [Wanted(toolchain, label, toolchain.plan(program, Limits())) for program in programs]


def _bytes(source: str | bytes) -> bytes:
    return source if isinstance(source, bytes) else source.encode()


def _seen(build: Build) -> Build:
    """Return a build without what it cost."""
    assert build.step is not None
    return replace(build, step=replace(build.step, wall_seconds=0, cpu_seconds=0, peak_memory_bytes=None, cached=False))


def _is_warm(build: Build) -> bool:
    """Whether a build was made in a batch: the memory of its compiler is not known then."""
    return build.step is not None and build.step.peak_memory_bytes is None


# The compiler of TypeScript takes seconds a program.
@pytest.mark.parametrize(
    "name", [pytest.param(one, marks=pytest.mark.slow) if one == "tsc" else one for one in SOURCES]
)
def test_a_batch_gives_what_each_program_would_get_alone(sandbox: ProgramSandbox, name: str) -> None:
    """Files byte by byte, names, rights, messages and exit codes are those of a compiler started for each program."""
    sources = SOURCES[name]
    wanted = _wanted(sandbox, name, [_bytes(source) for source in sources.values()])
    warm, cold = Builds(sandbox.backend, 2**30), Builds(sandbox.backend, 2**30)
    warm.build_batch(wanted)
    builds = {kind: warm.build(one) for kind, one in zip(sources, wanted, strict=True)}
    for kind, one in zip(sources, wanted, strict=True):
        assert _seen(builds[kind]) == _seen(cold.build(one)), kind
    assert sum(map(_is_warm, builds.values())) >= len(builds) - 2  # All but those that break the compiler.
    assert _is_warm(builds["prints"])
    assert builds["prints"].failure is None


def test_programs_of_several_files_are_alone_in_the_folder(sandbox: ProgramSandbox) -> None:
    """Files in folders come and go with their program: a class of the same name in the next one is another."""
    toolchain = _wanted(sandbox, "OpenJDK", [])
    assert toolchain == []
    java = TOOLCHAINS["Java"][0]
    label = sandbox.toolchain("Java")
    programs = [
        Program(
            "Java",
            {
                "shop/Main.java": b"package shop; public class Main { public static void main(String[] a) { shop.till.Till.ring(); } }",
                "shop/till/Till.java": b'package shop.till; public class Till { public static void ring() { System.out.println("%d"); } }'
                % number,
            },
            "shop/Main.java",
        )
        for number in range(3)
    ]
    lonely = Program("Java", {"shop/Main.java": programs[0].files["shop/Main.java"]}, "shop/Main.java")
    wanted = [Wanted(java, label, java.plan(program, Limits())) for program in (*programs, lonely)]
    warm, cold = Builds(sandbox.backend, 2**30), Builds(sandbox.backend, 2**30)
    warm.build_batch(wanted)
    found = [warm.build(one) for one in wanted]
    assert [_seen(build) for build in found] == [_seen(cold.build(one)) for one in wanted]
    assert all(map(_is_warm, found))
    assert [build.status for build in found] == [Status.FINISHED] * 3 + [Status.COMPILE_ERROR]


def test_a_hostile_source_does_not_reach_its_neighbours(sandbox: ProgramSandbox) -> None:
    """Sources that take all memory or end the compiler are judged as alone, and those around them are built."""
    bomb = "class Main { static final String A = " + '"' + "x" * 60_000 + '"; String B = A'
    bomb += " + A" * 20_000 + "; }"
    sources = [bomb, JAVA["prints"], TOO_DEEP, JAVA["several types"], JAVA["warns"]]
    wanted = _wanted(sandbox, "OpenJDK", [_bytes(source) for source in sources])
    builds = Builds(sandbox.backend, 2**30)
    builds.build_batch(wanted)
    found = [builds.build(one) for one in wanted]
    assert [build.failure is None for build in found] == [False, True, False, True, True]
    assert [_is_warm(build) for build in found] == [False, True, False, True, True]


def test_without_its_driver_a_batch_is_built_one_by_one(
    sandbox: ProgramSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A warm compiler that does not start costs time and nothing else."""
    wanted = _wanted(sandbox, "OpenJDK", [_bytes(JAVA[kind]) for kind in ("prints", "syntax error", "warns")])
    broken = replace(DRIVERS["/usr/bin/javac"], start=("/usr/bin/false",))
    monkeypatch.setattr(builds_module, "DRIVERS", MappingProxyType({"/usr/bin/javac": broken}))
    builds = Builds(sandbox.backend, 2**30)
    builds.build_batch(wanted)
    found = [builds.build(one) for one in wanted]
    assert [build.status for build in found] == [Status.FINISHED, Status.COMPILE_ERROR, Status.FINISHED]
    assert not any(map(_is_warm, found))


def test_many_runs_are_built_in_batches_and_come_in_order(sandbox: ProgramSandbox) -> None:
    """A burst of different programs, some of them twice, is built warm, and each outcome is its own program's."""
    if not sandbox.runnable("Java"):
        pytest.skip("no Java in the sandbox")
    texts = [
        f'class Main {{ public static void main(String[] a) {{ System.out.println("{n % 9}"); }} }}' for n in range(12)
    ]
    runs = [(Program("Java", {"Main.java": text.encode()}, "Main.java"), Invocation(), Limits()) for text in texts]
    outcomes = asyncio.run(sandbox.run_many(runs))
    assert [outcome.stdout for outcome in outcomes] == [b"%d\n" % (n % 9) for n in range(12)]
    assert all(one.compile_step is not None and one.compile_step.peak_memory_bytes is None for one in outcomes)


def _framed(content: bytes) -> bytes:
    return struct.pack(">i", len(content)) + content


def _said(answer: Answer) -> bytes:
    content = struct.pack(">ii", answer.exit_code, round(answer.wall_seconds * 1e6))
    content += _framed(answer.stdout) + _framed(answer.stderr)
    for name, file in answer.files.items():
        content += _framed(name.encode()) + struct.pack(">i", name in answer.executables) + _framed(file)
    return _framed(content)


ANSWERS = st.builds(
    lambda code, microseconds, stdout, files: Answer(
        code, microseconds / 1e6, stdout, b"", files, frozenset(sorted(files)[:1])
    ),
    st.integers(0, 255),
    st.integers(0, 10**9),
    st.binary(max_size=20),
    st.dictionaries(st.text("ab", min_size=1, max_size=3), st.binary(max_size=20), max_size=3),
)


@given(st.lists(ANSWERS, max_size=4), st.data())
def test_answers_that_were_cut_off_are_whole_up_to_there(answers: list[Answer], data: st.DataObject) -> None:
    """Wherever a driver was killed, what is read are its first answers as they were, and never half a one."""
    said = b"".join(map(_said, answers))
    cut = data.draw(st.integers(0, len(said)))
    read = decode(said[:cut])
    assert read == answers[: len(read)]
    assert decode(said) == answers


@given(st.binary(max_size=60))
def test_no_answer_can_break_the_reader(said: bytes) -> None:
    """Whatever a driver writes, it is read without an error."""
    decode(said)
    decode(_framed(said))


@pytest.mark.parametrize("name", ["../a", "/etc/a", "a/../../b", "", "a//b"])
def test_a_name_that_leads_out_of_the_folder_is_not_believed(name: str) -> None:
    """An answer with a file that lies elsewhere is none: the program is built by a compiler of its own."""
    assert decode(_said(Answer(0, 0.1, b"", b"", {name: b"x"}, frozenset()))) == [None]


def test_an_answer_beyond_the_limits_of_a_compiler_is_none() -> None:
    """Messages that would have ended a compiler of its own are left to one; the share of the CPU time sums up."""
    answers = [
        Answer(1, 1.0, b"x" * (LIMITS.output_bytes + 1), b"", {}, frozenset()),
        Answer(0, 3.0, b"", b"", {"a": b""}, frozenset("a")),
    ]
    whole = Ending(Status.TIMED_OUT, "", None, b"".join(map(_said, answers)), b"", True, {}, 5.0, 8.0, 1)  # noqa: FBT003
    none, ending = warm_endings(whole, 2)
    assert none is None
    assert ending is not None
    assert (ending.status, ending.exit_code, ending.cpu_seconds, ending.executables) == (Status.FINISHED, 0, 6.0, {"a"})
