"""The languages in which tests of functions are written, and the one way to write regression tests of a program.

Belongs here: from a language to what it brings. Does not: the languages (their own modules).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from types import MappingProxyType

from alchemy_assets.strategies.grounded.assertions import compiled, go, java, javascript, php, python, ruby, shell
from alchemy_assets.strategies.grounded.assertions.calls import Call, call_of
from alchemy_assets.strategies.grounded.assertions.suite import Calling, Framework, Subject, Suite
from alchemy_assets.strategies.grounded.assertions.traced import Seen
from alchemy_assets.strategies.strategy import CuratedFile
from alchemy_assets.tracing.observed import Observed

CALLING: Mapping[str, Calling] = MappingProxyType(
    {
        "Go": go.CALLING,
        "Java": java.CALLING,
        "JavaScript": javascript.CALLING,
        "PHP": php.CALLING,
        "Python": python.CALLING,
        "Ruby": ruby.CALLING,
        "TypeScript": javascript.CALLING,
    }
)
"""What each language brings whose functions are called."""

regression = shell.regression
# Files of these may have functions that are called beside a main: Go renames it, Java has it in a class.
_PROGRAM = r"\$(?:0|PROGRAM_NAME)"
_BESIDE_MAIN = {
    "Go": re.compile(""),
    "Java": re.compile(""),
    "Python": re.compile(r"^if __name__ ==", re.MULTILINE),
    "Ruby": re.compile(rf"^if (?:__FILE__ == {_PROGRAM}|{_PROGRAM} == __FILE__)", re.MULTILINE),
}
_TAKEN = {"check", "expected", "main", "record", "test", "tests"}
LEAST_CASES = 2


@dataclass(frozen=True)
class Within:
    """Functions inside of a program that can be tested: calls by a framework that records them, or a suite of their own."""

    functions: tuple[str, ...]
    reached: frozenset[int]
    framework: Framework | None = None
    calls: tuple[Call, ...] = ()
    suite: Suite | None = None


def within(subject: Subject, seen: Sequence[Seen]) -> Within | None:
    """What can be tested of the functions that a program was seen to call; None where that is too little."""
    seen = _contrasted(seen)
    if not seen:
        return None
    reached = frozenset[int]().union(*(one.reached for one in seen))
    if (own := compiled.FRAMEWORKS.get(subject.language)) is not None:
        cases = compiled.cases_of(seen)
        if len({case.outcome for case in cases}) < LEAST_CASES:
            return None
        suite = own.suite(subject, cases)
        return Within(suite.functions, reached, suite=suite)
    guard = _BESIDE_MAIN.get(subject.language)
    if guard is None or not guard.search(subject.text):
        return None
    dotted = subject.language == "Java"
    known = [one for one in seen if not dotted or _is_open(subject.text, one.function)]
    labels = [f"{one.function}({', '.join(one.arguments)})" for one in known]
    calls = tuple(call for label in labels if (call := call_of(label)) is not None and bool(call.owner) is dotted)
    if len(calls) < LEAST_CASES:
        return None
    frameworks = CALLING[subject.language].frameworks
    framework = frameworks[subject.drawn("framework", len(frameworks))]
    return Within(tuple(dict.fromkeys(call.shown for call in calls)), reached, framework, calls)


def _contrasted(seen: Sequence[Seen]) -> list[Seen]:
    """The calls of functions that gave different things; one call alone tells little of a function."""
    by_name: dict[str, set[str]] = {}
    for one in seen:
        by_name.setdefault(one.function, set()).add(one.result)
    return [one for one in seen if len(by_name[one.function]) >= LEAST_CASES]


def _is_open(text: str, function: str) -> bool:
    """Whether a method of Java can be called from beside its class: a static one of a class at the top."""
    name = function.rpartition(".")[2]
    declared = re.search(rf"^[^\n;=()]*\bstatic\b[^\n;=()]*\b{name}\s*\(", text, re.MULTILINE)
    return function.count(".") == 1 and declared is not None and "private" not in declared[0]


def named(file: CuratedFile, seen: Observed) -> str:
    """What a program is called: as it is, where that is a plain name that nothing it prints depends on."""
    own = PurePosixPath(file.path).name
    stem, suffix = own.partition(".")[0], seen.source.rpartition(".")[2]
    if file.language == "Java" or not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{1,30}", stem) or stem.lower() in _TAKEN:
        return seen.source
    if (
        file.language in CALLING
        and CALLING[file.language].named(f"{stem}.{suffix}", seen.source, file.text) == seen.source
    ):
        return seen.source
    printed = any("source." in one.result.stdout for one in seen.ran)
    return seen.source if printed else f"{stem}.{suffix}"
