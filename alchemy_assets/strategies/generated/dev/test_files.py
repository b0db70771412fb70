"""Have tests of a file written: the test file is run beside the file, and beside faults of it, of which it must notice one.

Belongs here: where a test file stands and how it is run in each language, as `grounded.assertions` has it, and the judge.
Does not: writing tests.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from alchemy_assets.curation.syntax import errors_in
from alchemy_assets.generation.completions import Answers
from alchemy_assets.sandbox.sandbox import Outcome, Status
from alchemy_assets.strategies.generated.dev.behaviour import code_of, seen_in
from alchemy_assets.strategies.generated.dev.rounds import Facts, Judging
from alchemy_assets.strategies.generated.dev.task import OTHER_LANGUAGE, DevTask, Ready, plan_of, seen_of, whole
from alchemy_assets.strategies.generated.new_code import LEFT_OUT, NOT_PARSED, suffix_of
from alchemy_assets.strategies.generated.running import NO_MUTANT
from alchemy_assets.strategies.grounded.assertions import compiled
from alchemy_assets.strategies.grounded.assertions.go import package_of
from alchemy_assets.strategies.grounded.assertions.registry import CALLING, named
from alchemy_assets.strategies.grounded.assertions.suite import LIMITS, NOT_BUILT, Framework, Job, Subject
from alchemy_assets.strategies.grounded.faults.mutants import mutants
from alchemy_assets.strategies.grounded.planted_bug import reached
from alchemy_assets.strategies.strategy import CuratedFile, Draft, Left
from alchemy_assets.tracing.building import COMPILED
from alchemy_assets.tracing.observed import CALLS

TESTS_NOT_BUILT = "the tests do not compile"
TESTS_FAIL = "the tests do not pass on the file"
UNNOTICED = "no fault makes the tests fail"
REASONS = (LEFT_OUT, NOT_PARSED, NO_MUTANT, TESTS_NOT_BUILT, TESTS_FAIL, UNNOTICED)
MUTANTS = 6
MUCH_LONGER, LEAST_SECONDS = 3.0, 1.0
_GO_TEST = re.compile(r"(?m)^func (Test\w*)\(\w+ \*testing\.T\)")
_GO_LIST = "[]testing.InternalTest{\n"
# How each framework says how many tests passed.
_PASSED = re.compile(
    r"(\d+) passed|Ran (\d+) tests?|# pass (\d+)|(\d+) runs, |(\d+) examples?, 0|OK \((\d+) tests?|\[\s*(\d+) tests successful"
)
_INCLUDED = (
    "The tests include `{file}` itself, with its own `main` kept out of the way (`#define main program_main` before the"
    " `#include`, `#undef main` behind it)."
)
_HOW: Mapping[str, str] = {
    "C": _INCLUDED,
    "Cpp": _INCLUDED,
    "Go": "The tests are in the package of the file.",
    "Java": "The test class is in the package of the file.",
    "Rust": "They are a `#[cfg(test)] mod tests` for the end of the file; give that module alone.",
    "Shell": "The tests are a bash script beside it that ends with a status other than 0 where one fails.",
}
_BESIDE = "Both files are in the same folder."
# Languages whose test file is a part of the file itself, or no text of the same grammar.
_IN_THE_FILE = frozenset({"Rust"})


@dataclass(frozen=True)
class Stand:
    """A test file beside its file: what it is called, the framework, the command, and the job for a text of it."""

    name: str
    said: str
    command: str
    job: Callable[[str], Job]


def stand_of(subject: Subject) -> Stand | None:
    """Where tests of a file stand; None where nobody knows."""
    if subject.language == "Shell":
        return _of_a_script(subject, f"test_{subject.stem}.sh")
    framework = _framework(subject)
    if framework is None:
        return None
    name, written, job = framework.write(subject, [])
    return Stand(
        name, framework.said, framework.command(subject), lambda text: _with(subject, job, name, written, text)
    )


def _of_a_script(subject: Subject, name: str) -> Stand:
    """Tests of a shell script are another one beside it."""

    def job(text: str) -> Job:
        return Job("Shell", lambda source: {subject.name: source, name: text}, subject.name, f"bash {name}\n")

    return Stand(name, "plain bash", f"bash {name}", job)


def _framework(subject: Subject) -> Framework | None:
    if subject.language in CALLING:
        known = CALLING[subject.language].frameworks
        return known[subject.drawn("framework", len(known))]
    return compiled.FRAMEWORKS.get(subject.language)


def _with(subject: Subject, job: Job, name: str, written: str, text: str) -> Job:
    """A job with another text of its test file."""

    def files(source: str) -> Mapping[str, str]:
        made = dict(job.files(source))
        if subject.language in _IN_THE_FILE:
            return {**made, subject.name: f"{source.rstrip()}\n\n{text}"}
        if subject.language == "Go":
            place = "" if package_of(source) == "main" else f"{package_of(source)}."
            listed = "".join(f'\t\t{{Name: "{one}", F: {place}{one}}},\n' for one in _GO_TEST.findall(text))
            made["main.go"] = made["main.go"].replace(_GO_LIST, f"{_GO_LIST}{listed}")
        place_of_tests = next((one for one, held in made.items() if held == written and one != subject.name), name)
        return {**made, place_of_tests: text}

    return replace(job, files=files)


def prepare(_kind: DevTask, file: CuratedFile, answers: Answers) -> Ready | Left:
    """The file, how its tests are called and run."""
    seen, shown = seen_of(file), whole(file, answers)
    if file.language not in {*CALLING, *compiled.FRAMEWORKS, "Shell"}:
        return Left(OTHER_LANGUAGE, file.language)
    if isinstance(seen, Left):
        return seen
    if isinstance(shown, Left):
        return shown
    if seen.harness == CALLS and file.language in CALLING:
        name = CALLING[file.language].named(PurePosixPath(file.path).name, seen.source, file.text)
    else:
        name = named(file, seen)
    subject = Subject(file.language, name, file.text, file.blob_id, "\n".join(seen.beside.values()))
    stand = stand_of(subject)
    if stand is None:
        return Left(OTHER_LANGUAGE, file.language)
    how = _HOW.get(file.language, _BESIDE).format(file=name)
    values = {
        "framework": stand.said,
        "tests": stand.name,
        "run": stand.command,
        "saved": name,
        "how": how if name == shown.path else f"`{shown.path}` is saved as `{name}` there. {how}",
    }
    return Ready(shown, values, stand)


def judge(draft: Draft) -> Judging:
    """The tests pass twice on the file, and fail on one of its faults that compile."""
    file, text, stand = draft.file, code_of(draft), plan_of(draft).given
    assert isinstance(stand, Stand)  # noqa: S101 -- `prepare` gave it
    if errors_in(file.language, text.encode(), PurePosixPath(stand.name).suffix).error_nodes:
        return Left(NOT_PARSED)
    job, seen = stand.job(text), seen_in(draft)
    runs = yield [job.run(file.text)] * 2
    if (wrong := _failure(runs)) is not None:
        return wrong
    seconds = min(LEAST_SECONDS + MUCH_LONGER * max(one.cpu_seconds for one in runs), LIMITS.cpu_seconds)
    broken = mutants(file.language, file.text, reached(seen, file.text), suffix=suffix_of(file), most=MUTANTS)
    outcomes = yield [job.run(one.text, seconds) for one in broken]
    tried = [(one.fault, not _passes(came)) for one, came in zip(broken, outcomes, strict=True) if not _unbuilt(came)]
    if not tried:
        return Left(NO_MUTANT, f"{len(broken)} were made")
    noticed = [fault for fault, fails in tried if fails]
    if not noticed:
        return Left(UNNOTICED, f"none of {len(tried)}")
    return Facts(
        {
            "parsed": True,
            "compiled": True if file.language in COMPILED else None,
            "executed": True,
            "tests_passed": _count(runs[0]),
            "answer_is_source": False,
        },
        {
            "toolchain": runs[0].toolchain,
            "runs": 2 + len(broken),
            "detail": f"{stand.said}; notices {len(noticed)} of {len(tried)} faults: {', '.join(sorted(set(noticed)))}",
        },
        {"answer_lines": draft.messages[-1][1].count("\n") + 1},
    )


def _failure(runs: Sequence[Outcome]) -> Left | None:
    if any(map(_unbuilt, runs)):
        return Left(TESTS_NOT_BUILT, _said(next(filter(_unbuilt, runs))))
    failed = [one for one in runs if not _passes(one)]
    return Left(TESTS_FAIL, _said(failed[0])) if failed else None


def _unbuilt(outcome: Outcome) -> bool:
    return outcome.status is Status.COMPILE_ERROR or outcome.exit_code == NOT_BUILT


def _passes(outcome: Outcome) -> bool:
    return outcome.status is Status.FINISHED and outcome.exit_code == 0


def _said(outcome: Outcome) -> str:
    step = outcome.compile_step
    text = outcome.stdout + outcome.stderr + (step.messages if step is not None else b"")
    return f"{outcome.status.value}: {' '.join(text.decode(errors='replace').split())[-300:]}"


def _count(outcome: Outcome) -> int:
    """How many tests passed, as their framework says; a test program that says nothing of it is one."""
    found = _PASSED.findall((outcome.stdout + outcome.stderr).decode(errors="replace"))
    numbers = [int(number) for groups in found for number in groups if number]
    return max(numbers, default=1) or 1
