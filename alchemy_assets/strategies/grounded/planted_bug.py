"""Plant a bug in a file whose behaviour is known, show what it does now, and ask for the cause and the fix.

Belongs here: which bugs are tried and kept, question and answer. Does not: planting (`faults`), what is seen of a bug
(`symptom`), why it has that effect (`bug_explained`). What is asked for is the file as it was, and was seen to run.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from alchemy_assets import syntax_tree
from alchemy_assets.generation.completions import Answers
from alchemy_assets.sandbox.sandbox import Outcome, Sandbox, Status
from alchemy_assets.strategies.conversation import fenced
from alchemy_assets.strategies.grounded import drafting, symptom
from alchemy_assets.strategies.grounded.bug_explained import explained
from alchemy_assets.strategies.grounded.completion import language_name
from alchemy_assets.strategies.grounded.drafting import NOTHING_RUNS
from alchemy_assets.strategies.grounded.faults.mutants import Mutant, mutants
from alchemy_assets.strategies.grounded.outline import Outline, outline_of
from alchemy_assets.strategies.grounded.shapes import SHAPES
from alchemy_assets.strategies.grounded.symptom import Symptom
from alchemy_assets.strategies.phrasing import fill, pick
from alchemy_assets.strategies.strategy import CuratedFile, Draft, Left, Rejected, Verified
from alchemy_assets.tracing.observed import Observed
from alchemy_assets.tracing.reasons import Reason

LONGEST_FILE = 16_000
LEAST_LINES = 6
TRIED, KEPT, AGAIN = 6, 2, 3
MOST_A_FAULT = 2
# A file of so few lines is its own fix; a function of more lines than the other is none.
SHORT_FILE, LONG_FUNCTION = 30, 90
_END = "\n"
# Bugs that say so little that one of a file is enough.
ONCE = frozenset({symptom.HANG, symptom.STATUS})
# As many tests must have been allowed for before one is said never to end.
LEAST_TESTS_OF_A_HANG = 3

TOO_LONG = "the file is too long"
TOO_SHORT = "the file is too short"
NO_PLACE = "nothing that ran can be got wrong in a way that is known"
NOT_COMPILED = "it does not compile"
UNCHANGED = "it changes nothing that its tests show"
LIMIT = "it meets a limit"
NOT_SHOWN = "what it changes cannot be shown in few lines"
UNSTEADY = "it does something else each time"
NO_FIX = "the part to be fixed is too long"
OTHERS = "other bugs of its file say more"
REASONS = (
    *(drafting.NOT_SEEN, TOO_LONG, TOO_SHORT, NO_PLACE, NOTHING_RUNS, NOT_COMPILED, UNCHANGED, LIMIT, NOT_SHOWN),
    *(UNSTEADY, NO_FIX, OTHERS),
    *map(str, Reason),
)


@dataclass(frozen=True)
class Plan:
    """The bug, and the code that is right again when it is fixed: what it is called, and its text."""

    observed: Observed
    mutant: Mutant
    what: str
    fixed: str


@dataclass(frozen=True)
class PlantedBug:
    """The kind `planted_bug`."""

    name: str = "planted_bug"
    strategy: str = "code_dev"

    def next(self, file: CuratedFile, _answers: Answers) -> Iterable[Draft]:
        """A draft for each bug that is tried, on lines that tests come to."""
        observed = file.observed
        if not isinstance(observed, Observed):
            return [drafting.unseen(self.name, file)]
        if len(file.text) > LONGEST_FILE:
            return [drafting.left(self.name, file, TOO_LONG, f"{len(file.text):,} characters")]
        if len(file.text.split()) < LEAST_LINES or file.text.strip().count("\n") + 1 < LEAST_LINES:
            return [drafting.left(self.name, file, TOO_SHORT)]
        suffix = PurePosixPath(file.path).suffix.lower()
        found = mutants(file.language, file.text, reached(observed, file.text), suffix=suffix, most=TRIED)
        if not found:
            return [drafting.left(self.name, file, NO_PLACE)]
        parts = _Parts(file, suffix)
        return [self._draft(file, observed, mutant, parts) for mutant in found]

    def verify(self, drafts: Sequence[Draft], sandbox: Sandbox | None) -> list[Verified | Rejected]:
        """Run every bug by the tests of its file; the best of each file once more elsewhere, and the file without it."""
        faults: dict[int, Left] = {}
        for index, draft in enumerate(drafts):
            if not isinstance(draft.plan, Left) and (sandbox is None or not sandbox.runnable(draft.file.language)):
                faults[index] = Left(NOTHING_RUNS, draft.file.language)
        planned = [i for i, draft in enumerate(drafts) if isinstance(draft.plan, Plan) and i not in faults]
        seen: dict[int, Symptom] = {}
        outcomes = dict(zip(planned, _run([(drafts[i], 0) for i in planned], sandbox), strict=True))
        for index, outcome in outcomes.items():
            one = _seen(drafts[index], outcome)
            if isinstance(one, Left):
                faults[index] = one
            else:
                seen[index] = one
        faults |= self._again(drafts, seen, outcomes, sandbox)
        held = [i for i in seen if i not in faults]
        return [
            drafting.rejected(draft, draft.plan)
            if isinstance(draft.plan, Left)
            else _held(draft, seen[index])
            if index in held
            else drafting.rejected(draft, faults[index])
            for index, draft in enumerate(drafts)
        ]

    def _draft(self, file: CuratedFile, observed: Observed, mutant: Mutant, parts: "_Parts") -> Draft:
        found = parts.fixed(mutant)
        if found is None:
            return drafting.left(self.name, file, NO_FIX, _detail(mutant))
        edit = {"start": mutant.start, "end": mutant.end, "replacement": mutant.replacement, "kind": self.name}
        prompt_id, _ = pick(self.name, _key(file, mutant))
        return Draft(self.name, file, (), prompt_id, mutant.text, (edit,), Plan(observed, mutant, *found))

    def _again(
        self,
        drafts: Sequence[Draft],
        seen: dict[int, Symptom],
        outcomes: dict[int, Outcome],
        sandbox: Sandbox | None,
    ) -> dict[int, Left]:
        """Why bugs that show are not kept: another time they do something else, or others of their file say more."""
        faults: dict[int, Left] = {}
        by_file: dict[str, list[int]] = defaultdict(list)
        for index in sorted(seen, key=lambda i: -seen[i].worth):
            by_file[drafts[index].file.blob_id].append(index)
        tried = [index for found in by_file.values() for index in _varied(drafts, seen, found)[:AGAIN]]
        again = dict(zip(tried, _run([(drafts[i], 1) for i in tried], sandbox), strict=True))
        for index, outcome in again.items():
            observed = _plan(drafts[index]).observed
            first, second = (symptom.comparable(observed.results(one)) for one in (outcomes[index], outcome))
            if first != second or outcome.status != outcomes[index].status:
                faults[index] = Left(UNSTEADY, _detail(_plan(drafts[index]).mutant))
        for found in by_file.values():
            kept = [index for index in _varied(drafts, seen, found)[:AGAIN] if index not in faults][:KEPT]
            for index in found:
                if index not in kept:
                    faults.setdefault(index, Left(OTHERS, _detail(_plan(drafts[index]).mutant)))
        return faults


class _Parts:
    """Which part of a file is shown as fixed; read once a file."""

    def __init__(self, file: CuratedFile, suffix: str) -> None:
        self.text = file.text
        self.lines = file.text.split("\n")
        self.outline: Outline | None = outline_of(file.language, file.text, suffix) if file.language in SHAPES else None
        self.root = (
            self.outline.root
            if self.outline
            else syntax_tree.parse(file.language, file.text.encode(), suffix).root_node
        )

    def fixed(self, mutant: Mutant) -> tuple[str, str] | None:
        """What the part around a change is called, and its text as it was; None where it is too long."""
        if len(self.text.strip("\n").split("\n")) <= SHORT_FILE:
            return "file", self.text.strip("\n")
        items = self.outline.functions if self.outline else []
        around = [item for item in items if item.node.start_byte <= mutant.start and mutant.end <= item.node.end_byte]
        if around:
            item = max(around, key=lambda one: one.node.start_byte)
            return self._lines("function", item.code, item.last)
        top = [
            node for node in self.root.children if node.start_byte <= mutant.start and mutant.end <= node.end_byte + 1
        ]
        if not top or top[0].type in {"class_declaration", "class_definition", "class"}:
            return None
        last = top[-1].end_point
        return self._lines("part", top[0].start_point[0], last[0] - (last[1] == 0))

    def _lines(self, what: str, first: int, last: int) -> tuple[str, str] | None:
        if last - first >= LONG_FUNCTION:
            return None
        return what, "\n".join(self.lines[first : last + 1])


def reached(observed: Observed, text: str) -> frozenset[int]:
    """Lines that tests come to: those of reached points, and those behind them up to the next point."""
    lines, on = set(), False
    for line in range(1, text.count("\n") + 2):
        if line in observed.points:
            on = line in observed.reached
        if on:
            lines.add(line)
    return frozenset(lines) | observed.reached


def _plan(draft: Draft) -> Plan:
    assert isinstance(draft.plan, Plan)  # noqa: S101 -- this kind made it
    return draft.plan


def _key(file: CuratedFile, mutant: Mutant) -> str:
    return f"{file.blob_id} {mutant.start} {mutant.replacement}"


def _detail(mutant: Mutant) -> str:
    return f"{mutant.fault} on line {mutant.line}"


def _run(asked: Sequence[tuple[Draft, int]], sandbox: Sandbox | None) -> list[Outcome]:
    runs = [_plan(draft).observed.run(draft.seed_text, where) for draft, where in asked]
    return [] if sandbox is None else drafting.outcomes_of(runs, sandbox)


def _seen(draft: Draft, outcome: Outcome) -> Symptom | Left:
    """What a run shows of the bug, or why it is no sample."""
    plan, key = _plan(draft), _key(draft.file, _plan(draft).mutant)
    detail = _detail(plan.mutant)
    if outcome.status is Status.COMPILE_ERROR:
        return Left(NOT_COMPILED, f"{detail}: {outcome.detail[:160]}")
    results = plan.observed.results(outcome)
    if results is None:
        one = _hangs(plan.observed, outcome, key)
        return one or Left(LIMIT, f"{detail}: {outcome.status}")
    if plan.observed.same(results):
        return Left(UNCHANGED, detail)
    return symptom.symptom_of(plan.observed, results, key) or Left(NOT_SHOWN, detail)


def _hangs(observed: Observed, outcome: Outcome, key: str) -> Symptom | None:
    """The test that used up the time of all."""
    done = outcome.stdout.decode(errors="replace").count("\n")
    if outcome.status is not Status.TIMED_OUT or len(observed.ran) < LEAST_TESTS_OF_A_HANG or done >= len(observed.ran):
        return None
    return symptom.hanging(observed, done + 1, max(round(outcome.wall_seconds), 1), key)


def _varied(drafts: Sequence[Draft], seen: dict[int, Symptom], found: Sequence[int]) -> list[int]:
    """The best bugs of a file, few of the same fault, no two on a line; one that never ends or only fails."""
    taken: Counter[object] = Counter()
    kept = []
    for index in found:
        mutant, shape = _plan(drafts[index]).mutant, seen[index].shape
        if taken[mutant.fault] >= MOST_A_FAULT or taken[mutant.line] or (shape in ONCE and taken[shape]):
            continue
        taken.update((mutant.fault, mutant.line, shape))
        kept.append(index)
    return kept


def _held(draft: Draft, seen: Symptom) -> Verified:
    plan, file = _plan(draft), draft.file
    mutant, observed, key = plan.mutant, plan.observed, _key(file, plan.mutant)
    values = {
        "code": drafting.code_block(file.language, mutant.text),
        "symptom": symptom.told(seen, key),
        "file": observed.source,
        "language": language_name(file.language),
    }
    question = fill(pick(draft.kind, key)[1], values)
    named = {"what": plan.what, "what_cap": plan.what.capitalize()}
    code = drafting.code_block(file.language, plan.fixed)
    answer = "\n\n".join(
        (
            explained(file.language, file.text, mutant, seen, key),
            fenced(drafting.diff(mutant.text.strip(_END), file.text.strip(_END), observed.source), "diff"),
            fill(pick("planted_bug_fixed", key)[1], named),
            code,
        )
    )
    detail = {"fault": mutant.fault, "line": mutant.line, "function": mutant.function, "shape": seen.shape}
    detail |= {"test": seen.number, "failed": seen.failed, "tests": len(observed.ran)}
    known = set(mutant.text.split("\n"))
    fixed = plan.fixed.split("\n")
    return Verified(
        draft,
        (("user", question), ("assistant", answer)),
        {
            "parsed": True,
            "compiled": True if observed.compile else None,
            "executed": True,
            "observed": True,
            "answer_is_source": True,
        },
        {"toolchain": observed.toolchain, "runs": 2, "detail": json.dumps(detail)},
        {
            "answer_lines": answer.count("\n") + 1,
            "copied_share": round(sum(line in known for line in fixed) / len(fixed), 4),
        },
    )
