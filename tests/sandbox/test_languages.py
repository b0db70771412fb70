"""What a program of each language can count on: one program a language, in `behaviours/`, that does as its argument says.

Belongs here: behaviours that all languages share. Does not: names, modules and messages of one of them (`test_programs`).
"""

import asyncio
from pathlib import Path

import pytest

from alchemy_assets.errors import UnsafePathError
from alchemy_assets.languages import LANGUAGES
from alchemy_assets.sandbox.programs import ProgramSandbox
from alchemy_assets.sandbox.sandbox import Invocation, Limits, Outcome, Program, Status

BEHAVIOURS = Path(__file__).parent / "behaviours"
ENTRIES = {
    "C": "main.c",
    "CSharp": "main.cs",
    "Cpp": "main.cpp",
    "Go": "main.go",
    "Java": "Main.java",
    "JavaScript": "main.js",
    "PHP": "main.php",
    "Python": "main.py",
    "Ruby": "main.rb",
    "Rust": "main.rs",
    "Shell": "main.sh",
    "Swift": "main.swift",
    "TypeScript": "main.ts",
}
RUNNING = sorted(name for name, language in LANGUAGES.items() if language.runs)
GENERAL = sorted(ENTRIES)
OTHERWISE = {  # SQL has statements where others have modes.
    "print": "SELECT 'hello';",
    "greet": ".mode tabs\n.import /dev/stdin names\nSELECT 'hello ' || name || '!' FROM names;",
    "arguments": "SELECT ?1; SELECT ?2; SELECT ?3;",
    "read": "SELECT rtrim(readfile('data/in.txt'), char(10));",
    "write": ".once out.txt\nSELECT 'written ü';",
    "assert": "CREATE TABLE t (x CHECK (x > 1)); INSERT INTO t VALUES (1);",
    "loop": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n;",
    "much": "SELECT replace(hex(zeroblob(?1 / 2)), '0', 'x');",
    "memory": "CREATE TABLE t (x); "
    "INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT randomblob(1000000) FROM n;",
}
GUARD_SECONDS = 30.0
LONG = Limits(cpu_seconds=10, wall_seconds=GUARD_SECONDS)


def program(language: str, mode: str = "print") -> Program:
    """The program of a language, with a file to read beside it."""
    given = {"data/in.txt": b"given\n"}
    if language == "SQL":
        return Program("SQL", {"main.sql": OTHERWISE[mode].encode(), **given}, "main.sql")
    entry = ENTRIES[language]
    return Program(language, {entry: (BEHAVIOURS / entry).read_bytes(), **given}, entry)


def behave(
    sandbox: ProgramSandbox, language: str, mode: str, *words: str, limits: Limits = LONG, **invocation: object
) -> Outcome:
    """Run the program of a language in a mode; where it cannot run here the test is skipped by name."""
    if not sandbox.runnable(language):
        pytest.skip(f"{language} programs cannot be run here")
    arguments = words if language == "SQL" else (mode, *words)
    return sandbox.run(program(language, mode), Invocation(arguments=arguments, **invocation), limits)  # type: ignore[arg-type]


def words_of(outcome: Outcome) -> str:
    """What explains an outcome that was not expected."""
    compiled = outcome.compile_step.messages if outcome.compile_step else b""
    return f"{outcome.status} {outcome.exit_code} {outcome.detail}\n{outcome.stderr[-2000:]!r}\n{compiled[-2000:]!r}"


def both(sandbox: ProgramSandbox, language: str, *arguments: tuple[str, ...]) -> list[Outcome]:
    """Run the program of a language several times side by side."""
    if not sandbox.runnable(language):
        pytest.skip(f"{language} programs cannot be run here")
    runs = [(program(language), Invocation(arguments=words), LONG) for words in arguments]
    return asyncio.run(sandbox.run_many(runs))


@pytest.mark.parametrize("language", RUNNING)
def test_it_prints(sandbox: ProgramSandbox, language: str) -> None:
    """What a program prints comes back, with exit code 0, nothing on stderr, and a toolchain with its version."""
    outcome = behave(sandbox, language, "print")
    assert (outcome.status, outcome.exit_code, outcome.stdout) == (Status.FINISHED, 0, b"hello\n"), words_of(outcome)
    assert (outcome.stderr, outcome.truncated, outcome.detail) == (b"", False, "")
    assert outcome.toolchain == sandbox.toolchain(language)
    assert any(character.isdigit() for character in outcome.toolchain)


@pytest.mark.parametrize("language", RUNNING)
def test_it_reads_stdin_in_any_script(sandbox: ProgramSandbox, language: str) -> None:
    """A line of standard input arrives, and its Unicode comes out as it went in."""
    header = b"name\n" if language == "SQL" else b""
    outcome = behave(sandbox, language, "greet", stdin=header + "grüße, 世界 🎉\n".encode())
    assert outcome.stdout.decode() == "hello grüße, 世界 🎉!\n", words_of(outcome)


@pytest.mark.parametrize("language", RUNNING)
def test_it_reads_arguments(sandbox: ProgramSandbox, language: str) -> None:
    """Arguments arrive one by one, blanks, quotes, hyphens and Unicode in them untouched."""
    outcome = behave(sandbox, language, "arguments", "a  b", """'"\\$x""", "--ü")
    assert outcome.stdout.decode() == "a  b\n'\"\\$x\n--ü\n", words_of(outcome)


@pytest.mark.parametrize("language", RUNNING)
def test_it_reads_a_file_that_is_given(sandbox: ProgramSandbox, language: str) -> None:
    """A file in a folder of the program can be read."""
    assert behave(sandbox, language, "read").stdout == b"given\n"


@pytest.mark.parametrize("language", RUNNING)
def test_it_writes_a_file_that_is_collected(sandbox: ProgramSandbox, language: str) -> None:
    """A file that a program writes comes back where it is asked for."""
    outcome = behave(sandbox, language, "write", collect=("out.txt",))
    assert outcome.files == {"out.txt": "written ü\n".encode()}, words_of(outcome)


@pytest.mark.parametrize("language", GENERAL)
def test_bytes_stay_as_they_are(sandbox: ProgramSandbox, language: str) -> None:
    """Bytes that are no UTF-8 go in and come out as they were."""
    content = bytes(range(256)) * 3
    assert behave(sandbox, language, "copy", stdin=content).stdout == content


@pytest.mark.parametrize("language", GENERAL)
@pytest.mark.parametrize("code", [1, 77, 128, 255])
def test_the_exit_code_comes_back(sandbox: ProgramSandbox, language: str, code: int) -> None:
    """Exit codes up to 255 are told as they are."""
    outcome = behave(sandbox, language, "exit", str(code))
    assert outcome.exit_code == code, words_of(outcome)


@pytest.mark.parametrize("language", RUNNING)
def test_a_failing_assertion_is_no_success(sandbox: ProgramSandbox, language: str) -> None:
    """A failing assertion gives an exit code other than 0 and says something, without a path of this machine."""
    outcome = behave(sandbox, language, "assert")
    assert outcome.status in {Status.FINISHED, Status.KILLED}
    assert outcome.exit_code not in {0, None}, words_of(outcome)
    assert outcome.stderr
    assert str(Path(__file__).parents[2]).encode() not in outcome.stderr


@pytest.mark.parametrize("language", sorted({*GENERAL} - {"C"}))
def test_an_error_that_nobody_catches_is_told(sandbox: ProgramSandbox, language: str) -> None:
    """The words of an uncaught error stand on stderr, and the exit code is not 0."""
    outcome = behave(sandbox, language, "uncaught")
    assert outcome.exit_code not in {0, None}, words_of(outcome)
    assert b"went wrong" in outcome.stderr


@pytest.mark.parametrize("language", GENERAL)
def test_a_crash_is_told(sandbox: ProgramSandbox, language: str) -> None:
    """A program that a signal ends was killed, and the signal is named."""
    outcome = behave(sandbox, language, "crash")
    assert outcome.status == Status.KILLED, words_of(outcome)
    expected = {"SIGSEGV", "SIGABRT", "SIGKILL", "SIGILL", "SIGTRAP"}
    assert outcome.detail.removeprefix("ended by ") in expected


@pytest.mark.parametrize("language", RUNNING)
def test_an_endless_loop_ends(sandbox: ProgramSandbox, language: str) -> None:
    """A loop without end is stopped by its CPU seconds, long before a guard of 30 s."""
    outcome = behave(sandbox, language, "loop", limits=Limits(cpu_seconds=0.7, wall_seconds=GUARD_SECONDS))
    assert outcome.status == Status.TIMED_OUT, words_of(outcome)
    assert outcome.cpu_seconds < 3
    assert outcome.wall_seconds < GUARD_SECONDS / 2


@pytest.mark.parametrize("language", RUNNING)
def test_much_output_arrives_whole(sandbox: ProgramSandbox, language: str) -> None:
    """250 kB of output arrive whole."""
    outcome = behave(sandbox, language, "much", "250000")
    assert (outcome.stdout.strip(), outcome.truncated) == (b"x" * 250_000, False), words_of(outcome)


@pytest.mark.parametrize("language", RUNNING)
def test_too_much_output_is_cut(sandbox: ProgramSandbox, language: str) -> None:
    """Of 5 MB a part is kept, and the flag says that it is one."""
    outcome = behave(sandbox, language, "much", "5000000")
    assert outcome.stdout == b"x" * LONG.output_bytes, words_of(outcome)
    assert (outcome.status, outcome.truncated) == (Status.TOO_MUCH_OUTPUT, True)


@pytest.mark.parametrize("language", RUNNING)
def test_the_memory_limit_is_met(sandbox: ProgramSandbox, language: str) -> None:
    """A program that takes ever more memory is stopped for that, be it by the limit or by the end of its own heap."""
    limits = Limits(cpu_seconds=20, wall_seconds=GUARD_SECONDS, memory_bytes=200 * 2**20, written_bytes=8 * 2**20)
    outcome = behave(sandbox, language, "memory", limits=limits)
    assert outcome.status == Status.OUT_OF_MEMORY, words_of(outcome)


@pytest.mark.parametrize("language", GENERAL)
def test_sleeping_costs_no_cpu_time(sandbox: ProgramSandbox, language: str) -> None:
    """A program that waits takes wall seconds and next to no CPU seconds, and goes on afterwards."""
    outcome = behave(sandbox, language, "sleep")
    assert outcome.stdout == b"awake\n", words_of(outcome)
    assert outcome.wall_seconds > 0.39
    assert outcome.cpu_seconds < 0.39


@pytest.mark.parametrize("language", GENERAL)
def test_work_is_shared_out(sandbox: ProgramSandbox, language: str) -> None:
    """Threads, or processes where they are usual, fit into the limits that are there by default."""
    outcome = behave(sandbox, language, "spawn", limits=Limits())
    assert (outcome.status, outcome.stdout) == (Status.FINISHED, b"60\n"), words_of(outcome)


@pytest.mark.parametrize("language", sorted({*GENERAL} - {"Shell"}))
def test_two_at_once_share_nothing(sandbox: ProgramSandbox, language: str) -> None:
    """Two programs that listen at the same port and write the same file at the same time see only their own."""
    outcomes = both(sandbox, language, ("listen", "left"), ("listen", "right"))
    assert [outcome.stdout for outcome in outcomes] == [b"left", b"right"], [words_of(one) for one in outcomes]


@pytest.mark.parametrize("language", RUNNING)
def test_names_outside_the_folder_are_refused(sandbox: ProgramSandbox, language: str) -> None:
    """A program with a file above its folder is not run."""
    given = program(language)
    files = {**given.files, "../outside": b""}
    with pytest.raises(UnsafePathError, match="outside"):
        sandbox.run(Program(language, files, given.entry), Invocation(), LONG)
