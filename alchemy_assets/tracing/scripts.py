"""The tests of a program and the `run.sh` that runs them, each with its standard error in a trace file.

Belongs here: how a test is written down in bash, and which of the tests that were tried are kept. Does not: where
inputs come from (`inputs`), running (`record`).
"""

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from alchemy_assets.tracing.events import Event
from alchemy_assets.tracing.launch import Launch
from alchemy_assets.tracing.ways import path

RUN = "run.sh"
EXIT_STATUS = "exit status "
LEAST_TESTS = 3
MOST_TESTS = 4
# What share of a test's states must be new: the first of these, and the next where tests are wanting.
NEW_SHARES = (0.3, 0.1)
ENOUGH_STATES = 60
_PLAIN_LINE = re.compile(r"[\x20-\x7e]*")


@dataclass(frozen=True)
class Test:
    """One way to start a program: arguments, standard input, and files that it finds beside itself.

    label: what it does, where its arguments do not say so.
    """

    __test__ = False  # pytest would take it for a class of tests

    arguments: tuple[str, ...] = ()
    stdin: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    label: str = ""

    def describe(self) -> str:
        """One line that tells the test apart."""
        if self.label:
            return self.label
        words = " ".join(map(shlex.quote, self.arguments)) or "no arguments"
        return words + (f" < {self.stdin!r}" if self.stdin else "")


@dataclass(frozen=True)
class Tried:
    """A test that was run: the events it wrote, whether it complained, and how long its trace is."""

    test: Test
    events: tuple[Event, ...]
    complained: bool
    characters: int


def trace_name(number: int) -> str:
    """Name of the trace file of the test of this number, from 1."""
    return f"trace{number}.txt"


def output_name(number: int) -> str:
    """Name of the file with the standard output of the test of this number, where it is kept apart."""
    return f"output{number}.txt"


def run_script(launch: Launch, tests: Sequence[Test], *, compared: bool = False) -> str:
    """The bash script that writes the files that tests need and runs each, in order.

    Its first comment says how the program is built, where it is. compared: also keep each test's standard output in a
    file and print its exit status, which are compared with the original's and never shown.
    """
    built = [f"# Build first: {launch.compile}"] if launch.compile else []
    lines = ["#!/usr/bin/env bash", *built, "# Run every test; the trace of test N goes to traceN.txt.", ""]
    written: dict[str, str] = {}
    for number, test in enumerate(tests, 1):
        for name, text in test.files.items():
            if written.get(name) != text:
                lines += [*_here_document(f"cat > {shlex.quote(name)}", text), ""]
                written[name] = text
        command = launch.line(test.arguments)
        kept = f" > {output_name(number)}" if compared else ""
        lines.append(f"# Test {number}")
        lines += _with_input(f"{command}{kept} 2> {trace_name(number)}", test.stdin)
        lines += [f'echo "{EXIT_STATUS}$?"', ""] if compared else [""]
    return "\n".join(lines[:-1]) + "\n"


def typed(launch: Launch, test: Test, *, reads_input: bool) -> str:
    """What a person types to run one test of a program that is built: files first, then the command with its input.

    reads_input: whether its tests have input at all; where they have not, nothing is said of it.
    """
    files = [line for name, text in test.files.items() for line in _here_document(f"cat > {shlex.quote(name)}", text)]
    command = launch.line(test.arguments)
    return "\n".join([*files, *(_with_input(command, test.stdin) if reads_input or test.stdin else [command])])


def _with_input(command: str, stdin: str) -> list[str]:
    if not stdin:
        return [f"{command} < /dev/null"]
    parts = stdin.split("\n")
    if stdin.endswith("\n") and len(parts) <= 4 and all(map(_PLAIN_LINE.fullmatch, parts)):  # noqa: PLR2004 -- short ones
        return [f"printf '%s\\n' {' '.join(map(shlex.quote, parts[:-1]))} | {command}"]
    return _here_document(command, stdin)


def _here_document(command: str, text: str) -> list[str]:
    lines = text.removesuffix("\n").split("\n") if text else []
    mark = next(mark for mark in ("EOF", "END_OF_INPUT", "END_OF_TEXT") if mark not in lines)
    return [f"{command} << '{mark}'", *lines, mark]


def keep_distinct(tried: Sequence[Tried], least: int = LEAST_TESTS, most: int = MOST_TESTS) -> list[Tried]:
    """Tests that take different ways: each the one that adds the most to those before, at most one that complains.

    A test that mostly says what others said is left out, whatever its way. Where two or more ways are found, but fewer
    than `least` tests, others with other states fill up.
    """
    kept: list[Tried] = []
    rest = [one for one in tried if one.events]

    def take(count: int, least_new: float, *, other_way: bool) -> None:
        waiting = list(rest)
        while waiting and len(kept) < count:
            said = {event for one in kept for event in one.events}
            best = max(waiting, key=lambda one: _gain(one, said))
            waiting.remove(best)
            known = path(best.events) in {path(one.events) for one in kept}
            second_complaint = best.complained and any(one.complained for one in kept)
            if (known and other_way) or second_complaint or (kept and _new_share(best, said) < least_new):
                continue
            kept.append(best)
            rest.remove(best)

    take(most, NEW_SHARES[0], other_way=True)
    for share in NEW_SHARES:
        if 1 < len(kept) < least:
            take(least, share, other_way=False)
    return kept


def _new_share(one: Tried, said: set[Event]) -> float:
    states = set(one.events)
    return len(states - said) / len(states)


def _gain(one: Tried, said: set[Event]) -> tuple[bool, float, int, int]:
    """What a test adds: new places first, then new states, less what only repeats."""
    states = set(one.events)
    places = {(event.kind, event.place) for event in states} - {(event.kind, event.place) for event in said}
    new = min(len(states - said), ENOUGH_STATES)
    repeated = len(one.events) - len(states - said)
    given = len(one.test.describe())
    return not one.complained, 4 * len(places) + new - repeated / 4, -given, -one.characters
