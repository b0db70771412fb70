"""Prove that the program of an answer does what its problem says: it is built, passes the cases, and they notice faults.

Belongs here: what is run of all drafts of a shard, in two batches, and what the ends say. Does not: any kind.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from alchemy_assets.curation.syntax import TOLERATED, TOLERATED_WITH_MACROS, errors_in
from alchemy_assets.sandbox.sandbox import Outcome, Program, Run, Sandbox
from alchemy_assets.strategies.generated import running
from alchemy_assets.strategies.generated.qa.writing import copied_share
from alchemy_assets.strategies.generated.running import Case, run_all
from alchemy_assets.strategies.grounded.drafting import NOTHING_RUNS, rejected
from alchemy_assets.strategies.grounded.faults.mutants import mutants
from alchemy_assets.strategies.strategy import Draft, Left, Rejected, Verified

NOT_PARSED = "it does not parse"
WRONG_CASES = "the program that its cases come from does not pass them"
PASSES_UNSOLVED = "its cases pass without what was asked for"
REASONS = (
    *(NOTHING_RUNS, NOT_PARSED, running.NOT_BUILT, running.STOPPED, running.FAILED, running.OTHER_OUTPUT),
    *(WRONG_CASES, PASSES_UNSOLVED, running.NO_MUTANT, running.UNNOTICED),
)


# A mutant may take this long, or several times what its program takes: many never end, over each of their cases.
LEAST_SECONDS, SECONDS_TIMES = 2.0, 3.0


@dataclass(frozen=True)
class Trial:
    """A program over cases. beside: other files of the program; those of SQL are run after the `stdin` of their case.

    cpu_seconds: that each case may take, where that is less than usual.
    """

    language: str
    text: str
    cases: tuple[Case, ...]
    beside: Mapping[str, str] = field(default_factory=dict)
    cpu_seconds: float | None = None

    def runs(self) -> list[Run]:
        """One run a case."""
        return [self._run(case) for case in self.cases]

    def _run(self, case: Case) -> Run:
        if self.language == "SQL":
            setup = f"{case.stdin.rstrip()}\n" if case.stdin.strip() else ""
            program, invocation, limits = Case(case.arguments).run(self.language, setup + self.text)
        else:
            program, invocation, limits = case.run(self.language, self.text)
        files = {**{name: text.encode() for name, text in self.beside.items()}, **program.files}
        if self.cpu_seconds is not None:
            limits = replace(limits, cpu_seconds=min(limits.cpu_seconds, self.cpu_seconds))
        return Program(program.language, files, program.entry), invocation, limits

    def fault(self, outcomes: Sequence[Outcome | None]) -> Left | None:
        """What is wrong with it, by its first case that shows it; None where all pass."""
        for number, (case, one) in enumerate(zip(self.cases, outcomes, strict=True), 1):
            wrong = Left(NOTHING_RUNS, self.language) if one is None else case.fault(one)
            if wrong is not None:
                return Left(wrong.reason, f"case {number} of {len(self.cases)}: {wrong.detail}")
        return None


@dataclass(frozen=True)
class Proof:
    """What must hold of an answer.

    passes: another program that must pass the cases, as they were made from it. fails: one that must not, as it lacks
    what was asked for; must_build: whether that one must be built, too. facts: beside a sample, in `evidence`.
    lines: of the solution (from 1) that were asked for, where the others were given: faults are looked for there.
    """

    solution: Trial
    passes: Trial | None = None
    fails: Trial | None = None
    must_build: bool = False
    lines: frozenset[int] | None = None
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def trials(self) -> list[Trial]:
        """All programs of it."""
        return [one for one in (self.solution, self.passes, self.fails) if one is not None]


@dataclass(frozen=True)
class _Held:
    """An answer that passes its cases, so far."""

    outcomes: Sequence[Outcome | None]
    runs: int


def unparsed(language: str, text: str) -> Left | None:
    """Why a program does not parse; None where it does. Grammars that are wrong at times are allowed for."""
    found = errors_in(language, text.encode())
    tolerated = max(TOLERATED.get(language, 0.0), TOLERATED_WITH_MACROS.get(language, 0.0))
    return None if found.error_share <= tolerated else Left(NOT_PARSED, f"line {found.first_line}")


def tried(trials: Sequence[Trial], sandbox: Sandbox | None) -> list[list[Outcome | None]]:
    """What came of every program, one outcome a case; all of them are run at once."""
    runs = [trial.runs() for trial in trials]
    outcomes = iter(run_all([run for those in runs for run in those], sandbox))
    return [[next(outcomes) for _ in those] for those in runs]


def prove(drafts: Sequence[Draft], sandbox: Sandbox | None) -> list[Verified | Rejected]:
    """Judge the drafts of a shard whose plans are proofs."""
    faults = {i: fault for i, draft in enumerate(drafts) if (fault := _unread(draft)) is not None}
    asked = [i for i in range(len(drafts)) if i not in faults]
    held: dict[int, _Held] = {}
    outcomes = iter(tried([trial for i in asked for trial in _proof(drafts[i]).trials], sandbox))
    for i in asked:
        proof = _proof(drafts[i])
        found = [next(outcomes) for _ in proof.trials]
        fault = _fault(proof, found)
        if fault is not None:
            faults[i] = fault
        else:
            held[i] = _Held(found[0], sum(map(len, found)))
    broken = {i: _broken(_proof(drafts[i]), held[i]) for i in held}
    ends = iter(tried([trial for trials in broken.values() for trial in trials], sandbox))
    noticed: dict[int, tuple[int, int]] = {}
    for i, trials in broken.items():
        of_mutants = built([next(ends) for _ in trials])
        wrong = running.unnoticed(_proof(drafts[i]).solution.cases, of_mutants)
        if wrong is not None:
            faults[i] = wrong
        else:
            noticed[i] = sum(_fails(_proof(drafts[i]).solution, one) for one in of_mutants), len(of_mutants)
    return [
        rejected(draft, faults[i]) if i in faults else _verified(draft, held[i], noticed[i])
        for i, draft in enumerate(drafts)
    ]


def built(outcomes: Iterable[Sequence[Outcome | None]]) -> list[list[Outcome]]:
    """Those of mutants that were built: one that no compiler takes is noticed by everything."""
    whole = [[one for one in those if one is not None] for those in outcomes]
    return [those for those in whole if those and not any(_of_build(one) for one in those)]


def facts_of(outcome: Outcome, tests: int | None) -> dict[str, bool | int | None]:
    """The flags of a program that parsed, was run, and passed tests."""
    compiled = True if outcome.compile_step is not None else None
    return {"parsed": True, "compiled": compiled, "executed": True, "tests_passed": tests}


def _of_build(outcome: Outcome) -> bool:
    wrong = running.ended_badly(outcome)
    return wrong is not None and wrong.reason in {running.NOT_BUILT, NOTHING_RUNS}


def _proof(draft: Draft) -> Proof:
    assert isinstance(draft.plan, Proof)  # noqa: S101 -- the kinds that call `prove` made it
    return draft.plan


def _unread(draft: Draft) -> Left | None:
    if isinstance(draft.plan, Left):
        return draft.plan
    solution = _proof(draft).solution
    return unparsed(solution.language, solution.text)


def _fails(trial: Trial, outcomes: Sequence[Outcome]) -> bool:
    return trial.fault(outcomes) is not None


def _fault(proof: Proof, found: Sequence[Sequence[Outcome | None]]) -> Left | None:
    """Why a proof fails: of its cases first, then of its answer."""
    by_trial = iter(found[1:])
    if proof.passes is not None and (wrong := proof.passes.fault(next(by_trial))) is not None:
        return wrong if wrong.reason == NOTHING_RUNS else Left(WRONG_CASES, f"{wrong.reason}: {wrong.detail}")
    if (wrong := proof.solution.fault(found[0])) is not None:
        return wrong
    if proof.fails is None:
        return None
    unsolved = proof.fails.fault(next(by_trial))
    if unsolved is None:
        return Left(PASSES_UNSOLVED, f"{len(proof.fails.cases)} cases")
    if proof.must_build and unsolved.reason == running.NOT_BUILT:
        return Left(running.NOT_BUILT, f"the program to be fixed: {unsolved.detail}")
    return None


def _broken(proof: Proof, held: _Held) -> list[Trial]:
    """Mutants of what was asked for; where nothing of it can be broken, of the whole program."""
    solution = proof.solution
    found = mutants(solution.language, solution.text, proof.lines, most=running.MUTANTS) if proof.lines else []
    texts = [one.text for one in found] or running.broken(solution.language, solution.text)
    taken = max(one.cpu_seconds for one in held.outcomes if one is not None)
    seconds = max(LEAST_SECONDS, SECONDS_TIMES * taken)
    return [replace(solution, text=text, cpu_seconds=seconds) for text in texts]


def _verified(draft: Draft, held: _Held, noticed: tuple[int, int]) -> Verified:
    proof = _proof(draft)
    solution, outcome = proof.solution, held.outcomes[0]
    assert outcome is not None  # noqa: S101 -- it passed its cases
    caught, mutants = noticed
    cases = len(solution.cases)
    detail = {**proof.facts, "cases": cases, "mutants": mutants, "mutants_noticed": caught}
    return Verified(
        draft,
        draft.messages,
        facts_of(outcome, cases),
        {
            "toolchain": outcome.toolchain,
            "runs": held.runs + mutants * cases,
            "detail": json.dumps(detail),
        },
        {
            "answer_lines": draft.messages[-1][1].count("\n") + 1,
            "copied_share": copied_share(solution.text, draft.seed_text),
        },
    )
