"""Have a change told: a real one, made by us, whose effect is known because both sides of it run.

Belongs here: choosing the change, its diff, whether it does what it is taken for. Does not: what is asked about it and what
must hold of the words (`told`).
A planted fault, turned round, is a fix; a refactoring of the syntax tree is one that changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from alchemy_assets.generation.completions import NO_ANSWERS, Answers
from alchemy_assets.sandbox.sandbox import Outcome
from alchemy_assets.strategies.conversation import fenced
from alchemy_assets.strategies.generated.dev.task import DevTask, Ready, seen_of
from alchemy_assets.strategies.generated.new_code import suffix_of
from alchemy_assets.strategies.generated.shown import whole_file
from alchemy_assets.strategies.grounded import refactoring
from alchemy_assets.strategies.grounded.drafting import diff
from alchemy_assets.strategies.grounded.faults.mutants import mutants
from alchemy_assets.strategies.grounded.outline import outline_of
from alchemy_assets.strategies.grounded.planted_bug import reached
from alchemy_assets.strategies.grounded.shapes import SHAPES
from alchemy_assets.strategies.phrasing import draw
from alchemy_assets.strategies.strategy import CuratedFile, Left
from alchemy_assets.tracing.observed import Observed

NO_CHANGE = "no change of it is known whose effect is"
FIX_WITHOUT_EFFECT = "the fix changes nothing that its tests show"
FIX_NOT_RUN = "the file without the fix does not run to an end"
CHANGED_BEHAVIOUR = "the refactoring changes what the file does"
REASONS = (NO_CHANGE, FIX_WITHOUT_EFFECT, FIX_NOT_RUN, CHANGED_BEHAVIOUR)
TRIED = 6


@dataclass(frozen=True)
class Changed:
    """A change: both texts, its diff, and what it is. what: for the evidence; where: the function around it, or ""."""

    before: str
    after: str
    patch: str
    fix: bool
    what: str
    where: str = ""

    def other(self, text: str) -> str:
        """The side that is not this text."""
        return self.before if self.after == text else self.after


def prepare(kind: DevTask, file: CuratedFile, _answers: Answers) -> Ready | Left:
    """The file with a diff that led to it, where it is a fix, or that leads on from it, where it is a refactoring."""
    seen, shown = seen_of(file), whole_file(file)
    if isinstance(seen, Left):
        return seen
    if isinstance(shown, Left):
        return shown
    wanted = draw("change", kind.name, file.blob_id) % 2 == 0
    change = _fix(file, seen, shown.path) if wanted else _refactored(file, shown.path)
    change = change or (_refactored(file, shown.path) if wanted else _fix(file, seen, shown.path))
    if change is None:
        return Left(NO_CHANGE)
    wording = f"{kind.name}_{'after' if change.fix else 'before'}"
    return Ready(shown, {"diff": fenced(change.patch, "diff")}, change, wording=wording)


def _fix(file: CuratedFile, seen: Observed, name: str) -> Changed | None:
    found = mutants(file.language, file.text, reached(seen, file.text), suffix=suffix_of(file), most=TRIED)
    if not found:
        return None
    one = found[draw("fix", file.blob_id) % len(found)]
    patch = diff(one.text.strip("\n"), file.text.strip("\n"), name)
    return Changed(one.text, file.text, patch, True, f"{one.fault} on line {one.line}, mended", one.function)  # noqa: FBT003 -- a fix


def _refactored(file: CuratedFile, name: str) -> Changed | None:
    drafts = [one for one in refactoring.Refactoring().next(file, NO_ANSWERS) if isinstance(one.plan, refactoring.Plan)]
    if not drafts:
        return None
    plan = drafts[draw("refactoring", file.blob_id) % len(drafts)].plan
    assert isinstance(plan, refactoring.Plan)  # noqa: S101 -- only those were kept
    patch = diff(file.text.strip("\n"), plan.text.strip("\n"), name)
    what, where = f"{plan.proposal.refactoring} {plan.proposal.key}", _around(file, plan.text)
    return Changed(file.text, plan.text, patch, False, what, where)  # noqa: FBT003 -- no fix


def _around(file: CuratedFile, text: str) -> str:
    """The function around the first line that differs from another text of a file, or nothing."""
    if file.language not in SHAPES:
        return ""
    pairs = enumerate(zip(file.text.split("\n"), text.split("\n"), strict=False))
    line = next((at for at, (one, other) in pairs if one != other), 0)
    functions = outline_of(file.language, file.text, suffix_of(file)).functions
    return next((item.name for item in reversed(functions) if item.first <= line <= item.last), "")


def effect(change: Changed, seen: Observed, outcome: Outcome) -> Left | str:
    """What the tests show of a change, by a run of its other side; a reason where it is not what it was taken for."""
    results = seen.results(outcome)
    if not change.fix:
        return "prints the same before and after" if seen.same(results) else Left(CHANGED_BEHAVIOUR, change.what)
    if results is None:
        return Left(FIX_NOT_RUN, f"{change.what}: {outcome.status.value}")
    if seen.same(results):
        return Left(FIX_WITHOUT_EFFECT, change.what)
    failed = sum(
        (one.result.stdout, one.result.exit_code) != (now.stdout, now.exit_code)
        for one, now in zip(seen.ran, results, strict=True)
    )
    return f"{failed} of {len(seen.ran)} tests come out otherwise without it"


def touched(change: Changed) -> Sequence[str]:
    """The lines that a change takes away or puts in, without their signs."""
    return [line[1:] for line in change.patch.split("\n") if line[:1] in {"+", "-"} and line[:3] not in {"+++", "---"}]
