"""Ask for a refactoring of a file; the answer is the changed code, which did in every test what the original did.

Belongs here: choosing among what is proposed, question and answer, the runs. Does not: any refactoring (`refactorings`),
how the change is shown (`refactorings.showing`). Edits are made on the syntax tree, so nothing but what was asked changes.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import PurePosixPath

from alchemy_assets.curation.edits import edited
from alchemy_assets.generation.completions import Answers
from alchemy_assets.sandbox.sandbox import Outcome, Sandbox, Status
from alchemy_assets.strategies.grounded.drafting import NOT_SEEN, NOTHING_RUNS, judged, left, outcomes_of, unseen
from alchemy_assets.strategies.grounded.refactorings import showing
from alchemy_assets.strategies.grounded.refactorings.extract_function import extractions
from alchemy_assets.strategies.grounded.refactorings.extract_variable import variables
from alchemy_assets.strategies.grounded.refactorings.guard import guards
from alchemy_assets.strategies.grounded.refactorings.inline import inlines
from alchemy_assets.strategies.grounded.refactorings.invert import swaps
from alchemy_assets.strategies.grounded.refactorings.move import moves
from alchemy_assets.strategies.grounded.refactorings.reading import TOP, Proposal, Reading, read
from alchemy_assets.strategies.grounded.refactorings.rename import renames
from alchemy_assets.strategies.grounded.refactorings.rename_function import functions
from alchemy_assets.strategies.grounded.refactorings.sql_aliases import aliases
from alchemy_assets.strategies.grounded.shapes import SHAPES
from alchemy_assets.strategies.strategy import CuratedFile, Draft, Rejected, Verified
from alchemy_assets.tracing.observed import Observed
from alchemy_assets.tracing.reasons import Reason

LONGEST_FILE = 22_000
OF_A_SORT, OF_A_FILE = 2, 4
OTHER_GRAMMAR = "its language has no refactorings"
TOO_LONG = "the file is too long"
NOTHING_TO_DO = "nothing to refactor that is safe and worth it"
NOT_BUILT = "the changed text is not built or does not end well"
CHANGED = "the changed text does something else"
REASONS = (NOT_SEEN, *Reason, OTHER_GRAMMAR, TOO_LONG, NOTHING_TO_DO, NOTHING_RUNS, NOT_BUILT, CHANGED)

SORTS = (renames, guards, swaps, functions, variables, inlines, extractions, moves)


@dataclass(frozen=True)
class Plan:
    """What a draft changes, and the whole text after it."""

    proposal: Proposal
    text: str
    observed: Observed


@dataclass(frozen=True)
class Refactoring:
    """The kind `refactoring`."""

    name: str = "refactoring"
    strategy: str = "code_dev"

    def next(self, file: CuratedFile, _answers: Answers) -> Iterable[Draft]:
        """A draft for the best of each sort of refactoring, or why there is none."""
        observed = file.observed
        if not isinstance(observed, Observed):
            return [unseen(self.name, file)]
        if file.language not in SHAPES and file.language != "SQL":
            return [left(self.name, file, OTHER_GRAMMAR)]
        if len(file.text) > LONGEST_FILE:
            return [left(self.name, file, TOO_LONG, f"{len(file.text):,} characters")]
        proposals = list(_proposals(file, observed))
        if not proposals:
            return [left(self.name, file, NOTHING_TO_DO)]
        return [self._draft(file, proposal, observed) for proposal in proposals]

    def verify(self, drafts: Sequence[Draft], sandbox: Sandbox | None) -> list[Verified | Rejected]:
        """Run all tests over every changed text, those of a shard at once; what did the same holds."""
        asked = [
            (draft, draft.plan.observed.run(draft.plan.text))
            for draft in drafts
            if isinstance(draft.plan, Plan) and sandbox is not None and sandbox.runnable(draft.file.language)
        ]
        outcomes = [] if sandbox is None else outcomes_of([run for _, run in asked], sandbox)
        came = {id(draft): outcome for (draft, _), outcome in zip(asked, outcomes, strict=True)}
        return judged(drafts, lambda draft: _judge(draft, came.get(id(draft))))

    def _draft(self, file: CuratedFile, proposal: Proposal, observed: Observed) -> Draft:
        text = edited(file.text, proposal.edits)
        prompt_id, question, answer = showing.turns(file, proposal, text)
        return Draft(
            self.name,
            file,
            (("user", question), ("assistant", answer)),
            prompt_id,
            file.text,
            (),
            Plan(proposal, text, observed),
        )


def told_by(observed: Observed) -> str:
    """What the tests say themselves: the driver, the script and what is typed."""
    return "\n".join([*observed.beside.values(), observed.script, *(one.command for one in observed.ran)])


def _proposals(file: CuratedFile, observed: Observed) -> Iterator[Proposal]:
    if file.language == "SQL":
        yield from sorted(aliases(file.text, file.path, observed.reached), key=_rank)[:OF_A_SORT]
        return
    suffix = PurePosixPath(file.path).suffix.lower()
    yield from _best(read(file.language, file.text, suffix, observed.reached, told_by(observed)))


def _best(reading: Reading) -> Iterator[Proposal]:
    """The best of every sort, then the second best of every sort."""
    sorts = [list({one.key: one for one in sorted(sort(reading), key=_rank)}.values())[:OF_A_SORT] for sort in SORTS]
    sorts.sort(key=lambda found: -found[0].score if found else 0)
    rows = [one for row in zip_longest(*sorts) for one in row if one is not None]
    for one in rows[:OF_A_FILE]:
        # There is no function to show where the change is outside of all.
        yield replace(one, first=None, last=None) if one.first == 0 and one.values["place"] == TOP else one


def _rank(proposal: Proposal) -> tuple[float, str]:
    return -proposal.score, proposal.key


def _judge(draft: Draft, outcome: Outcome | None) -> Verified | Rejected:
    assert isinstance(draft.plan, Plan)  # noqa: S101 -- what was left out has been judged
    proposal, observed = draft.plan.proposal, draft.plan.observed
    what = f"{proposal.refactoring} {proposal.key}"
    if outcome is None:
        return Rejected(draft, (NOTHING_RUNS,), draft.file.language)
    results = observed.results(outcome)
    if results is None:
        said = outcome.stderr.decode(errors="replace").strip()[:300] if outcome.status is not Status.FINISHED else ""
        return Rejected(draft, (NOT_BUILT,), f"{what}: {outcome.status} {said}".strip())
    if not observed.same(results):
        return Rejected(draft, (CHANGED,), what)
    return Verified(
        draft,
        draft.messages,
        {
            "parsed": True,
            "compiled": True if observed.compile else None,
            "executed": True,
            "behaves_as_source": True,
            "answer_is_source": False,
        },
        {
            "toolchain": outcome.toolchain,
            "runs": len(observed.ran),
            "detail": f"{what}; {observed.harness}; {len(proposal.proven & observed.reached)} changed lines reached",
        },
        {"answer_lines": draft.messages[-1][1].count("\n") + 1},
    )
