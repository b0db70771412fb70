"""Have a program done something with that new inputs show: a feature, a hardening, a speed-up, the same in another language.

Belongs here: what such a program must do with these inputs, and its judges. Does not: where the inputs come from
(`proposed`), old behaviour (`behaviour`).
"""

import re
from collections.abc import Generator, Sequence
from dataclasses import replace
from statistics import median

from alchemy_assets.curation.syntax import errors_in
from alchemy_assets.generation.completions import Answers
from alchemy_assets.sandbox.sandbox import Outcome, Run
from alchemy_assets.strategies.generated import running
from alchemy_assets.strategies.generated.dev.behaviour import REASONS as SAME_REASONS
from alchemy_assets.strategies.generated.dev.behaviour import code_of, comparable, fine_tests, held, seen_in
from alchemy_assets.strategies.generated.dev.crashes import CRASHES, NO_PROGRAM
from alchemy_assets.strategies.generated.dev.proposed import REASONS as PROPOSED_REASONS
from alchemy_assets.strategies.generated.dev.proposed import Proposal
from alchemy_assets.strategies.generated.dev.rounds import Facts, Judging
from alchemy_assets.strategies.generated.dev.task import OTHER_LANGUAGE, DevTask, Ready, plan_of, seen_of, whole
from alchemy_assets.strategies.generated.new_code import LEFT_OUT, NOT_PARSED, Bounds, fault_of
from alchemy_assets.strategies.generated.running import Case, ended_badly, printed, same, settled
from alchemy_assets.strategies.generated.shown import Shown, language_name
from alchemy_assets.strategies.phrasing import draw
from alchemy_assets.strategies.strategy import CuratedFile, Draft, Left
from alchemy_assets.tracing.observed import PROGRAM

WORKS_ALREADY = "the file does already what the feature is to do"
CASE_FAILS = "the answer does not do what the feature is to do"
NOT_WRONG = "the hardened file does nothing else with what is said to go wrong"
STILL_WRONG = "the hardened file still crashes"
TOO_QUICK = "the file is too quick for its time to be measured"
NOT_FASTER = "it is not measurably faster"
OTHER_RESULT = "it gives another result for the input that takes time"
NEEDS_FILES = "its tests need files beside it"
FEW_CASES = "too few of its tests end without an error and print something"
FEATURE_REASONS = (*SAME_REASONS, *PROPOSED_REASONS, NO_PROGRAM, WORKS_ALREADY, CASE_FAILS)
HARDENING_REASONS = (*SAME_REASONS, *PROPOSED_REASONS, NOT_WRONG, STILL_WRONG)
SPEED_REASONS = (*SAME_REASONS, *PROPOSED_REASONS, NO_PROGRAM, TOO_QUICK, NOT_FASTER, OTHER_RESULT, running.FAILED)
PORT_REASONS = (
    *(LEFT_OUT, NOT_PARSED, NO_PROGRAM, NEEDS_FILES, FEW_CASES),
    *(running.NOT_BUILT, running.STOPPED, running.FAILED, running.OTHER_OUTPUT),
)
LEAST_CASES = 2
LEAST_SECONDS, LEAST_GAIN, PAIRS = 0.05, 1.2, 5
TARGETS = ("C", "Cpp", "CSharp", "Go", "Java", "JavaScript", "PHP", "Python", "Ruby", "Rust", "Swift", "TypeScript")
# Some grammars are wrong about a little of what is valid.
MOST_ERRORS = 0.02
# What a translation would hardly change.
_NEAR = ({"JavaScript", "TypeScript"}, {"C", "Cpp"})
FEATURE_BOUNDS = Bounds(0.8, 2.5)


def program(file: CuratedFile, answers: Answers) -> Shown | Left:
    """A file that is a program and was seen to run."""
    seen = seen_of(file)
    if isinstance(seen, Left):
        return seen
    return whole(file, answers) if seen.harness == PROGRAM else Left(NO_PROGRAM)


def comparable_program(file: CuratedFile, answers: Answers) -> Shown | Left:
    """The same where another text can be held against it."""
    shown, seen = program(file, answers), comparable(file)
    return seen if isinstance(shown, Shown) and isinstance(seen, Left) else shown


def fine(file: CuratedFile, answers: Answers) -> Shown | Left:
    """A file whose tests that end without an error are enough to hold another text against."""
    seen = seen_of(file)
    if isinstance(seen, Left):
        return seen
    wrong = comparable(replace(file, observed=fine_tests(seen)))
    return wrong if isinstance(wrong, Left) else whole(file, answers)


def is_program(file: CuratedFile) -> bool:
    """Whether a file was seen to run as a program."""
    seen = seen_of(file)
    return not isinstance(seen, Left) and seen.harness == PROGRAM


def feature(draft: Draft) -> Judging:
    """The cases of the feature fail on the file as it is, at least one, and pass on the answer; its tests stay."""
    file, code, cases, seen = draft.file, code_of(draft), _cases(draft), seen_in(draft)
    if (fault := fault_of(file, code, FEATURE_BOUNDS)) is not None:
        return fault
    texts = (file.text, code)
    outcome, *came = yield [seen.run(code), *(case.run(file.language, text) for text in texts for case in cases)]
    before, after = came[: len(cases)], came[len(cases) :]
    proof = same(seen, outcome)
    if isinstance(proof, Left):
        return proof
    failed = [case.fault(one) is not None for case, one in zip(cases, before, strict=True)]
    if not any(failed):
        return Left(WORKS_ALREADY, f"{len(cases)} cases")
    for number, (case, one) in enumerate(zip(cases, after, strict=True), 1):
        if (wrong := case.fault(one)) is not None:
            return Left(CASE_FAILS, f"case {number} of {len(cases)}: {wrong.reason} {wrong.detail}".strip())
    said = f"{len(cases)} cases of the feature pass, {sum(failed)} of them failed before"
    return held(draft, None, outcome, f"{said}; {proof.evidence}", tests_passed=len(cases) + len(seen.ran))


def hardened(draft: Draft, code: str) -> Generator[Sequence[Run], Sequence[Outcome], Left | str]:
    """What is said to go wrong ends in another way, and nothing of it crashes; a library is not started."""
    cases, language = _cases(draft), draft.file.language
    if not cases:
        return "it is no program, so what went wrong was not tried"
    came = yield [case.run(language, text) for text in (draft.file.text, code) for case in cases]
    before, after = came[: len(cases)], came[len(cases) :]
    crash = CRASHES.get(language)
    for number, one in enumerate(after, 1):
        stopped = (wrong := ended_badly(one)) is not None and wrong.reason != running.FAILED
        if stopped or (one.exit_code and crash is not None and crash.search(one.stderr.decode(errors="replace"))):
            return Left(
                STILL_WRONG, f"input {number} of {len(cases)}: {one.stderr.decode(errors='replace').strip()[-160:]}"
            )
    changed = sum(_end(one, crash) != _end(other, crash) for one, other in zip(before, after, strict=True))
    if not changed:
        return Left(NOT_WRONG, f"{len(cases)} inputs")
    return f"{changed} of {len(cases)} inputs that went wrong end in another way, none of them crashes"


def faster(draft: Draft, code: str) -> Generator[Sequence[Run], Sequence[Outcome], Left | str]:
    """CPU seconds of both, side by side, on inputs that take time: the middle of the pairs must be 1.2 times better."""
    cases, language = _cases(draft), draft.file.language
    pair = [case.run(language, text) for case in cases for text in (draft.file.text, code)]
    came = yield pair
    for old, new in zip(came[::2], came[1::2], strict=True):
        if (wrong := ended_badly(old) or ended_badly(new)) is not None:
            return wrong
        if settled(printed(old)) != settled(printed(new)):
            return Left(OTHER_RESULT, f"{settled(printed(new))[:100]!r}, not {settled(printed(old))[:100]!r}")
    slow = [number for number, one in enumerate(came[::2]) if one.cpu_seconds >= LEAST_SECONDS]
    if not slow:
        return Left(TOO_QUICK, f"{max(one.cpu_seconds for one in came[::2]) * 1000:.0f} ms")
    chosen = max(slow, key=lambda number: came[2 * number].cpu_seconds)
    times = yield pair[2 * chosen : 2 * chosen + 2] * PAIRS
    gains = [old.cpu_seconds / max(new.cpu_seconds, 1e-4) for old, new in zip(times[::2], times[1::2], strict=True)]
    before, after = (median(one.cpu_seconds for one in times[at::2]) for at in (0, 1))
    said = f"{before * 1000:.0f} ms before, {after * 1000:.0f} ms after, {median(gains):.2f} times in {PAIRS} pairs' middle"
    return f"CPU time {said}" if median(gains) >= LEAST_GAIN and before >= LEAST_SECONDS else Left(NOT_FASTER, said)


def porting(_kind: DevTask, file: CuratedFile, answers: Answers) -> Ready | Left:
    """The program, and the language that a draw gives."""
    if file.language not in {*TARGETS, "Shell"}:
        return Left(OTHER_LANGUAGE, file.language)
    shown, seen = program(file, answers), seen_of(file)
    if isinstance(shown, Left):
        return shown
    if isinstance(seen, Left):
        return seen
    if any(one.test.files for one in seen.ran):
        return Left(NEEDS_FILES)
    cases = tuple(
        Case(one.test.arguments, one.test.stdin, one.result.stdout)
        for one in seen.ran
        if one.result.exit_code == 0 and one.result.stdout.strip()
    )
    if len({settled(case.stdout) for case in cases}) < LEAST_CASES:
        return Left(FEW_CASES, f"{len(cases)} of {len(seen.ran)}")
    near = {file.language}.union(*(group for group in _NEAR if file.language in group))
    targets = [language for language in TARGETS if language not in near]
    target = targets[draw("port", file.blob_id) % len(targets)]
    values = {"language": language_name(file.language), "target": language_name(target)}
    return Ready(shown, values, (target, cases))


def ported(draft: Draft) -> Judging:
    """The program in the other language prints what the file was seen to print, for the same arguments and input."""
    given, code = plan_of(draft).given, code_of(draft)
    assert isinstance(given, tuple)  # noqa: S101 -- `porting` gave it
    target, cases = given
    found = errors_in(target, code.encode())
    if found.error_nodes and found.error_share > MOST_ERRORS:
        return Left(NOT_PARSED, f"line {found.first_line}")
    came = yield [case.run(target, code) for case in cases]
    for number, (case, one) in enumerate(zip(cases, came, strict=True), 1):
        if (wrong := case.fault(one)) is not None:
            return Left(wrong.reason, f"{target}, test {number} of {len(cases)}: {wrong.detail}")
    return Facts(
        {
            "parsed": True,
            "compiled": True if came[0].compile_step is not None else None,
            "executed": True,
            "behaves_as_source": True,
            "answer_is_source": False,
        },
        {
            "toolchain": came[0].toolchain,
            "runs": len(cases),
            "detail": f"{draft.file.language} to {target}: prints the same in {len(cases)} tests of its file",
        },
        {"answer_lines": draft.messages[-1][1].count("\n") + 1},
    )


def _cases(draft: Draft) -> tuple[Case, ...]:
    given = plan_of(draft).given
    assert isinstance(given, Proposal)  # noqa: S101 -- `proposing` gave it
    return given.cases


def _end(outcome: Outcome, crash: re.Pattern[str] | None) -> tuple[object, ...]:
    """What a user sees of an end: an error that nobody caught is another one than a message with the same status."""
    said = outcome.stderr.decode(errors="replace")
    return outcome.status, outcome.exit_code, outcome.stdout, crash is not None and crash.search(said) is not None
