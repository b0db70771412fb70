"""Have a bug fixed that we planted: one run that must come out otherwise is told, the model finds and mends the cause.

Belongs here: choosing bug and run, and the judge of the fix. Does not: planting (`grounded.faults`).
What the bug does is known only when it runs, after it was asked about: the question says what the run must print, which was
recorded of the file as it was, and a bug that leaves this run as it is makes no sample.
"""

import difflib
from dataclasses import dataclass, replace

from alchemy_assets.generation.completions import Answers
from alchemy_assets.sandbox.sandbox import Status
from alchemy_assets.strategies.conversation import fenced
from alchemy_assets.strategies.generated import running
from alchemy_assets.strategies.generated.dev.behaviour import LEAST_COVERED, code_of, held, seen_in
from alchemy_assets.strategies.generated.dev.rounds import Judging
from alchemy_assets.strategies.generated.dev.task import DevTask, Ready, called_there, plan_of, seen_of, whole
from alchemy_assets.strategies.generated.new_code import REASONS as SHAPE_REASONS
from alchemy_assets.strategies.generated.new_code import Bounds, fault_of, suffix_of
from alchemy_assets.strategies.generated.running import same
from alchemy_assets.strategies.grounded.faults.mutants import Mutant, mutants
from alchemy_assets.strategies.grounded.planted_bug import reached
from alchemy_assets.strategies.grounded.shown_run import shown as shown_run
from alchemy_assets.strategies.phrasing import draw
from alchemy_assets.strategies.strategy import CuratedFile, Draft, Left
from alchemy_assets.tracing.observed import Observed, Ran

TRIED = 6
MOST_LINES, LONGEST_LINE = 24, 160
LEAST_CHANGED, MOST_CHANGED_SHARE = 12, 0.15

NO_PLACE = "nothing that ran can be got wrong in a way that is known"
NO_RUN = "no run that comes to it can be told in few lines"
BUG_NOT_BUILT = "the bug does not compile"
BUG_STOPS = "the bug meets a limit"
BUG_UNNOTICED = "the bug changes nothing that its tests show"
OTHER_TEST = "the run that is told comes out right in spite of the bug"
NOT_FIXED = "the bug is still there"
REWRITTEN = "the answer changes much more than the bug"
REASONS = (
    *SHAPE_REASONS,
    *(NO_PLACE, NO_RUN, BUG_NOT_BUILT, BUG_STOPS, BUG_UNNOTICED, OTHER_TEST, NOT_FIXED, REWRITTEN),
    *(running.NOT_BUILT, running.STOPPED, running.BEHAVES_OTHERWISE),
)
BOUNDS = Bounds(0.8, 1.25)


@dataclass(frozen=True)
class Planted:
    """A bug, and the test (from 0) that it is told by."""

    mutant: Mutant
    test: int


def prepare(kind: DevTask, file: CuratedFile, answers: Answers) -> Ready | Left:
    """The file with a bug, and the run that must come out otherwise."""
    seen, shown = seen_of(file), whole(file, answers)
    if isinstance(seen, Left):
        return seen
    if isinstance(shown, Left):
        return shown
    found = mutants(file.language, file.text, reached(seen, file.text), suffix=suffix_of(file), most=TRIED)
    if not found:
        return Left(NO_PLACE)
    first = draw(kind.name, file.blob_id) % len(found)
    for mutant in (*found[first:], *found[:first]):
        planted = _told_by(seen, file, mutant)
        if planted is not None:
            run = shown_run(seen, seen.ran[planted.test], file.blob_id)
            assert run is not None  # noqa: S101 -- it was chosen because it can be shown
            beside = f"\n\n{run.beside}" if run.beside else ""
            values = {
                "run": f"`{run.run}`",
                "beside": beside + called_there(shown, seen, run.run, run.beside),
                "expected": _expected(seen.ran[planted.test]),
            }
            edit = {"start": mutant.start, "end": mutant.end, "replacement": mutant.replacement, "kind": kind.name}
            return Ready(replace(shown, text=mutant.text), values, planted, (edit,))
    return Left(NO_RUN, f"{len(found)} bugs")


def _told_by(seen: Observed, file: CuratedFile, mutant: Mutant) -> Planted | None:
    """The run that says most of those that come to the bug."""
    numbers = [
        number
        for number, ran in enumerate(seen.ran)
        if mutant.line in reached(replace(seen, ran=(ran,)), file.text)
        and _showable(ran)
        and shown_run(seen, ran, file.blob_id) is not None
    ]
    if not numbers:
        return None
    return Planted(
        mutant, max(numbers, key=lambda at: (seen.ran[at].result.exit_code == 0, len(seen.ran[at].result.stdout)))
    )


def _showable(ran: Ran) -> bool:
    lines = ran.result.stdout.strip("\n").split("\n")
    printable = all(line.replace("\t", " ").isprintable() for line in lines)
    return (
        bool(ran.result.stdout.strip())
        and len(lines) <= MOST_LINES
        and max(map(len, lines)) <= LONGEST_LINE
        and printable
    )


def _expected(ran: Ran) -> str:
    said = fenced(ran.result.stdout.strip("\n"), "text")
    return f"{said}\n\n(exit status {ran.result.exit_code})" if ran.result.exit_code else said


def judge(draft: Draft) -> Judging:  # noqa: PLR0911 -- each return is another reason
    """The bug fails the run that is told; the fix passes all tests, and changes little else."""
    seen, code, planted = seen_in(draft), code_of(draft), plan_of(draft).given
    assert isinstance(planted, Planted)  # noqa: S101 -- `prepare` gave it
    buggy, what = planted.mutant.text, f"{planted.mutant.fault} on line {planted.mutant.line}"
    if (fault := fault_of(draft.file, code, BOUNDS, buggy)) is not None:
        return fault
    if (changed := _changed(buggy, code)) > max(LEAST_CHANGED, MOST_CHANGED_SHARE * len(buggy.splitlines())):
        return Left(REWRITTEN, f"{changed} lines")
    before, after = yield [seen.run(buggy), seen.run(code)]
    if before.status is Status.COMPILE_ERROR:
        return Left(BUG_NOT_BUILT, what)
    wrong = seen.results(before)
    if wrong is None:
        return Left(BUG_STOPS, f"{what}: {before.status.value}")
    if seen.same(wrong):
        return Left(BUG_UNNOTICED, what)
    told, now = seen.ran[planted.test].result, wrong[planted.test]
    if (told.stdout, told.exit_code) == (now.stdout, now.exit_code):
        return Left(OTHER_TEST, f"{what}; test {planted.test + 1}")
    proof = same(seen, after)
    if isinstance(proof, Left):
        still = seen.results(after) is not None and seen.results(after)[planted.test] == now  # type: ignore[index]
        return Left(NOT_FIXED, f"{what}; {proof.detail}") if still else proof
    failed = sum(
        old.result.stdout != new.stdout or old.result.exit_code != new.exit_code
        for old, new in zip(seen.ran, wrong, strict=True)
    )
    said = f"{what}; {failed} of {len(seen.ran)} tests failed before the fix"
    compared = proof if not isinstance(running.comparable(draft.file, LEAST_COVERED), Left) else None
    return held(draft, compared, after, said, tests_passed=len(seen.ran))


def _changed(before: str, after: str) -> int:
    """Lines of either text that the other has not."""
    matcher = difflib.SequenceMatcher(None, before.splitlines(), after.splitlines(), autojunk=False)
    return sum(max(j - i, b - a) for tag, i, j, a, b in matcher.get_opcodes() if tag != "equal")
