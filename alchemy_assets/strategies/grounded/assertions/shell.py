"""Write regression tests of a whole program as a bash script: arguments and input, then output and exit status.

Belongs here: which runs of a program are compared, and the script. Does not: how the program is built (`launch`).
Two scripts are known for several runs: one call of a checking function for each run, and one function for each run. A
program with one run is compared with all that it prints.
"""

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, replace

from alchemy_assets.strategies.grounded.assertions.calls import names
from alchemy_assets.strategies.grounded.assertions.suite import Job, Subject, Suite
from alchemy_assets.strategies.strategy import Left
from alchemy_assets.tracing.launch import Launch, launch_of
from alchemy_assets.tracing.observed import Observed, Ran

NAME = "tests.sh"
LONGEST_OUTPUT = 700
MOST_LINES = 25
LEAST_RUNS = 2
LEAST_LINES = 3
TOO_MUCH = "what it prints is no plain text, too long, or what it read"
ONE_RUN = "it has one run, which prints next to nothing"
ONE_FAILS = "it has one run, which fails"
ONE_GIVEN = "it has one run, though it is given something"
_PRINTABLE = re.compile(r"[^\x00-\x08\x0b-\x1f\x7f-\x9f]*")
# Digests and addresses: nobody writes them into a test.
_OF_THE_BUILD = re.compile(r"\b[0-9a-f]{16,}\b|\b0x[0-9a-fA-F]{5,}\b")
_STYLES = ("check", "functions")


@dataclass(frozen=True)
class _Run:
    """A run as the script says it: words for its name, the command with its arguments, what it reads, what it does."""

    words: Sequence[str]
    command: str
    stdin: str
    files: Sequence[tuple[str, str]]
    status: int
    output: str


def regression(subject: Subject, seen: Observed, least: int = LEAST_RUNS) -> Suite | Left:
    """A script that runs the program as it was seen to run, or why there is none.

    `least` outcomes must differ; a program with fewer is compared with all that it prints.
    """
    launch = launch_as(subject, seen)
    if len({(one.result.stdout, one.result.exit_code) for one in seen.ran}) < least:
        return _golden(subject, seen, launch)
    kept = [one for one in seen.ran if _readable(one) and not reads_nothing(seen, one)]
    echoes = [one for one in kept if is_echo(one)]
    kept = [one for one in kept if one not in echoes[1:]]
    if len({(one.result.stdout, one.result.exit_code) for one in kept}) < least:
        return Left(TOO_MUCH, f"{len(kept)} of {len(seen.ran)} runs")
    outcomes = [_outcome(one) for one in kept]
    titles = names([_given(one) for one in kept], outcomes, [outcome[0] == "exits" for outcome in outcomes])
    runs = [
        _Run(
            words,
            launch.line(one.test.arguments),
            one.test.stdin,
            tuple(one.test.files.items()),
            one.result.exit_code,
            one.result.stdout.rstrip("\n"),
        )
        for words, one in zip(titles, kept, strict=True)
        if words[-2:-1] != ["case"]  # Words do not tell it from an earlier one.
    ]
    if len({(run.output, run.status) for run in runs}) < least:
        return Left(TOO_MUCH, f"words tell {len(runs)} of {len(seen.ran)} runs apart")
    style = _STYLES[subject.drawn("script", len(_STYLES))]
    text = (_checking if style == "check" else _functions)(subject, runs, launch.compile)
    return _suite(subject, launch, text, 2 * len(runs))


def launch_as(subject: Subject, seen: Observed) -> Launch:
    """How the program is built and started under the name that it has here."""
    launch = launch_of(seen.language, subject.text)
    if subject.name == seen.source:
        return launch
    stem = f"{subject.stem}."
    return replace(
        launch, command=launch.command.replace("source.", stem), compile=launch.compile.replace("source.", stem)
    )


def _suite(subject: Subject, launch: Launch, text: str, tests: int) -> Suite:
    command = f"{launch.compile} && bash {NAME}" if launch.compile else f"bash {NAME}"
    job = Job(subject.language, lambda source: {subject.name: source, NAME: text}, subject.name, f"bash {NAME}\n")
    return Suite(NAME, text, "Shell", "plain bash", command, job, tests)


def _golden(subject: Subject, seen: Observed, launch: Launch) -> Suite | Left:
    """A script that compares all that a program prints with what is written down in it."""
    one = seen.ran[0]
    lines = [line for line in one.result.stdout.split("\n") if line.strip()]
    if not _readable(one):
        return Left(TOO_MUCH, f"{len(one.result.stdout):,} characters")
    if one.result.exit_code:
        return Left(ONE_FAILS, f"exit status {one.result.exit_code}")
    if one.test.arguments or one.test.stdin or one.test.files:
        return Left(ONE_GIVEN, " ".join(one.test.arguments))  # What else it may be given is not tested.
    if len(set(lines)) < LEAST_LINES:
        return Left(ONE_RUN, f"{len(set(lines))} different lines")
    mark = next(mark for mark in ("EOF", "EXPECTED", "END_OF_OUTPUT") if mark not in lines)
    command = launch.line(())
    listed = one.result.stdout.removesuffix("\n")
    style = subject.drawn("golden", 2)
    parts = _head(subject, launch.compile, "Golden test: output and exit status of")
    status = one.result.exit_code
    if style:
        parts += [
            "expected=$(cat << '" + mark + "'",
            listed,
            mark,
            ")",
            f"actual=$({command} 2> /dev/null < /dev/null)",
        ]
    else:
        parts += [
            f"cat > expected.txt << '{mark}'",
            listed,
            mark,
            "",
            f"{command} > actual.txt 2> /dev/null < /dev/null",
        ]
    shown = ("expected.txt", "actual.txt") if not style else ('<(echo "$expected")', '<(echo "$actual")')
    parts += [
        "status=$?",
        "",
        "failed=0",
        f"if ! diff -u {shown[0]} {shown[1]}; then",
        '  echo "FAIL: the output differs"',
        "  failed=1",
        "fi",
        f"if [[ $status -ne {status} ]]; then",
        f'  echo "FAIL: exit status $status, not {status}"',
        "  failed=1",
        "fi",
        "((failed)) || echo PASS",
        "exit $failed",
        "",
    ]
    return _suite(subject, launch, "\n".join(parts), 2)


def _readable(one: Ran) -> bool:
    result = one.result
    lines = result.stdout.count("\n")
    texts = (result.stdout, one.test.stdin, *one.test.arguments, *one.test.files.values())
    if _OF_THE_BUILD.search(result.stdout):
        return False
    return len(result.stdout) <= LONGEST_OUTPUT and lines <= MOST_LINES and all(map(_PRINTABLE.fullmatch, texts))


def reads_nothing(seen: Observed, one: Ran) -> bool:
    """Whether a program of C that reads is given nothing: what it would have read is often left undefined."""
    return seen.language in {"C", "Cpp"} and not one.test.stdin and any(other.test.stdin for other in seen.ran)


def is_echo(one: Ran) -> bool:
    """Whether a run prints what it was given, so that it says little about the program; one such run is enough."""
    said = one.result.stdout.strip()
    return bool(said) and said in {text.strip() for text in (one.test.stdin, *one.test.files.values())}


def _given(one: Ran) -> list[str]:
    """What a run is given, in words."""
    told = [_told(word, one.test.files.get(word)) for word in one.test.arguments]
    words = [word for number, part in enumerate(told[:3]) for word in ([*(["and"] if number else []), *part])]
    if len(told) > 3:  # noqa: PLR2004 -- more are not told one by one
        words = [str(len(told)), "arguments", "from", *told[0]]
    if not one.test.stdin:
        return words
    lines = one.test.stdin.rstrip("\n").split("\n")
    inside = re.findall(r"[A-Za-z]+|\d+", lines[0])[:3]
    read = (
        ["input", *inside]
        if len(lines) == 1
        else [str(len(lines)), "lines", "of", "input", *(["from", *inside] if inside else [])]
    )
    return (
        [*words, *(["and"] if words else []), *read]
        if one.test.stdin.strip()
        else [*words, *(["and"] if words else []), "blank", "input"]
    )


def _told(word: str, content: str | None) -> list[str]:
    """An argument in words: of a file, how it begins."""
    if content is not None:
        count = len(content.splitlines())
        inside = re.findall(r"[A-Za-z]+|\d+", content)[:3] or ["without", "words"]
        return ["file", *(["of", str(count), "lines", "from"] if count > 1 else []), *inside]
    words = re.findall(r"[A-Za-z]+|\d+", word)[:3]
    if re.match(r"--?[A-Za-z]", word):
        return ["option", *words]
    if word.startswith("-") and words:
        return ["minus", *words]
    return words or (["empty", "text"] if not word.strip() else ["punctuation"])


def _outcome(one: Ran) -> list[str]:
    if one.result.exit_code:
        return ["exits", "with", str(one.result.exit_code)]
    words = re.findall(r"[A-Za-z]+|\d+", one.result.stdout)[:4]
    return ["prints", *words] if words else ["prints", "nothing"]


def quoted(text: str) -> str:
    """A text for bash, between single quotes where it has none itself."""
    if re.fullmatch(r"[\w./:=@%+-]+", text, re.ASCII):
        return text
    if "'" not in text:
        return f"'{text}'"
    escaped = re.sub(r'([\\"$`])', r"\\\1", text)
    return f'"{escaped}"'


def _fed(stdin: str) -> str:
    """How a command gets its standard input."""
    if not stdin:
        return " < /dev/null"
    lines = stdin.removesuffix("\n").split("\n")
    if not stdin.endswith("\n"):
        return f" < <(printf '%s' {quoted(stdin)})"
    if len(lines) == 1:
        return f" <<< {quoted(lines[0])}"
    mark = next(mark for mark in ("EOF", "END", "END_OF_INPUT") if mark not in lines)
    return "\n".join([f" << '{mark}'", *lines, mark])


def _head(subject: Subject, compile_command: str, first: str) -> list[str]:
    built = [f"# Build it first: {compile_command}"] if compile_command else []
    return ["#!/usr/bin/env bash", f"# {first} {subject.name}.", *built, ""]


def _made(files: Sequence[tuple[str, str]], indent: str = "") -> list[str]:
    lines = []
    for name, text in files:
        mark = next(mark for mark in ("EOF", "END", "END_OF_FILE") if mark not in text.split("\n"))
        lines += [f"{indent}cat > {shlex.quote(name)} << '{mark}'", *text.removesuffix("\n").split("\n"), mark]
    return lines


_CHECK = """\
failed=0

# check NAME STATUS OUTPUT COMMAND...
# Standard input is handed on to the command; what it says on standard error is not compared.
check() {
  local name=$1 status=$2 output=$3 actual code
  shift 3
  actual=$("$@" 2> /dev/null)
  code=$?
  if [[ $code -eq $status && $actual == "$output" ]]; then
    echo "ok: $name"
    return
  fi
  echo "FAILED: $name (exit status $code, expected $status)"
  diff <(echo "$output") <(echo "$actual")
  failed=$((failed + 1))
}
"""


def _checking(subject: Subject, runs: Sequence[_Run], compile_command: str) -> str:
    parts = [*_head(subject, compile_command, "Regression tests of"), _CHECK]
    written: dict[str, str] = {}
    for run in runs:
        new = [(name, text) for name, text in run.files if written.get(name) != text]
        written |= dict(new)
        parts += _made(new)
        name = quoted(" ".join(run.words))
        parts.append(
            f"check {name} {run.status} {quoted(run.output) if run.output else repr('')} {run.command}{_fed(run.stdin)}"
        )
        parts.append("")
    parts += ['echo "$failed failed"', "((failed == 0))", ""]
    return "\n".join(parts)


_RUNNER = """\
run() {
  output=$("$@" 2> /dev/null)
  status=$?
}

assert_status() {
  [[ $status -eq $1 ]] || fail "exit status $status instead of $1"
}

assert_output() {
  [[ $output == "$1" ]] || fail "printed: $output"
}

fail() {
  echo "  ${FUNCNAME[2]}: $1" >&2
  failed=1
}
"""
_LOOP = """\
failures=0
for test in $(compgen -A function test_); do
  failed=0
  "$test"
  if ((failed)); then
    echo "FAIL $test"
    failures=$((failures + 1))
  else
    echo "PASS $test"
  fi
done
exit $((failures > 0))
"""


def _functions(subject: Subject, runs: Sequence[_Run], compile_command: str) -> str:
    parts = [*_head(subject, compile_command, "Tests of"), _RUNNER]
    for run in runs:
        name = re.sub(r"\W", "", "_".join(run.words).lower(), flags=re.ASCII)
        body = [*_made(run.files, "  "), f"  run {run.command}{_fed(run.stdin)}", f"  assert_status {run.status}"]
        parts += [
            f"test_{name}() {{",
            *body,
            f"  assert_output {quoted(run.output) if run.output else repr('')}",
            "}",
            "",
        ]
    return "\n".join([*parts, _LOOP])
