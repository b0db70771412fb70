"""CodeEnhance: a file that a model judges weak is rewritten by it, and judged again.

Belongs here: the scores, what is asked, and what is proved of a rewriting. Does not: how a new text is held against its file
(`new_code`, `running`).
The sample is the request to rewrite with its answer; `evidence` holds both scores, `verified.behaves_as_source` whether
the rewriting prints the same where the file was seen to run.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from alchemy_assets.generation.completions import Answers, Request
from alchemy_assets.generation.parsing import UnreadableError, code_in, json_of
from alchemy_assets.languages import LANGUAGES
from alchemy_assets.sandbox.sandbox import Outcome, Sandbox
from alchemy_assets.settings import Enhance
from alchemy_assets.strategies.conversation import fenced
from alchemy_assets.strategies.generated import running
from alchemy_assets.strategies.generated.asking import Answered, ask, refused, written
from alchemy_assets.strategies.generated.new_code import REASONS as SHAPE_REASONS
from alchemy_assets.strategies.generated.new_code import Bounds, fault_of
from alchemy_assets.strategies.generated.shown import Shown, language_name, shown_of
from alchemy_assets.strategies.grounded.drafting import judged
from alchemy_assets.strategies.phrasing import draw, fill, pick
from alchemy_assets.strategies.strategy import CuratedFile, Draft, Left, Rejected, Verified
from alchemy_assets.tracing.observed import Observed

CRITERIA: Mapping[str, str] = {
    "readability": "a reader follows it at the first reading",
    "naming": "names say what things are",
    "structure": "each function does one thing, and the parts stand in a sensible order",
    "documentation": "comments and docstrings tell what the code cannot",
    "correctness": "it does what it claims, edge cases included",
    "error_handling": "what can go wrong is met where it arises, with a message that helps",
    "idiom": "it is written as experienced programmers of the language write",
    "self_containment": "it can be understood and run with little beside it",
    "testability": "its parts can be called and checked one by one, or are tested here",
    "usefulness": "what it shows is worth knowing, beyond boilerplate and data",
}
LOWEST, HIGHEST = 1, 10
# How a model may write them in JSON.
_WHOLE = {f"{number}{end}": number for number in range(LOWEST, HIGHEST + 1) for end in ("", ".0")}
NO_SCORE = "the score cannot be read"
GOOD_ENOUGH = "the file is good enough"
NOT_BETTER = "the rewriting is not judged better"
REASONS = (*SHAPE_REASONS, NO_SCORE, GOOD_ENOUGH, NOT_BETTER, running.NOT_BUILT)
_WORST = 3
# Patterns, not lengths: servers that follow a schema let control characters through where only a length is given.
SCHEMA = json.dumps(
    {
        "type": "object",
        "properties": {
            **{name: {"type": "integer", "enum": list(range(LOWEST, HIGHEST + 1))} for name in CRITERIA},
            "why": {"type": "string", "pattern": r"^[A-Za-z0-9 ,.;:()'_/+=<>*&%#-]{1,240}$"},
        },
        "required": [*CRITERIA, "why"],
        "additionalProperties": False,
    }
)
Asked: TypeAlias = Request | Answered["Score"] | Left


@dataclass(frozen=True)
class Score:
    """What a model gave each criterion, and the weakness that it named."""

    by_criterion: Mapping[str, int]
    why: str

    @property
    def mean(self) -> float:
        """The mean of all criteria, 1 to 10."""
        return round(sum(self.by_criterion.values()) / len(self.by_criterion), 2)

    @property
    def weaknesses(self) -> str:
        """The worst criteria and the sentence about them."""
        worst = sorted(self.by_criterion, key=lambda name: self.by_criterion[name])[:_WORST]
        listed = ", ".join(f"{name.replace('_', ' ')} {self.by_criterion[name]} of {HIGHEST}" for name in worst)
        return f"{listed} ({self.why.strip().rstrip('.')})" if self.why.strip() else listed


@dataclass(frozen=True)
class Plan:
    """A rewriting and both scores."""

    code: str
    before: Score
    after: Score


def read_score(said: str) -> Score:
    """The score in an answer; raises UnreadableError where a criterion is missing or out of range."""
    found = json_of(said)
    if not isinstance(found, dict):
        raise UnreadableError(NO_SCORE, "Answer with one JSON object.")
    numbers = {}
    for name in CRITERIA:
        number = _WHOLE.get(str(found.get(name)))
        if number is None:
            raise UnreadableError(NO_SCORE, f"`{name}` must be a whole number from {LOWEST} to {HIGHEST}.")
        numbers[name] = number
    return Score(numbers, " ".join(str(found.get("why", "")).split()))


@dataclass(frozen=True)
class Rewriting:
    """The kind `rewriting`."""

    settings: Enhance
    name: str = "rewriting"
    strategy: str = "code_enhance"

    def next(self, file: CuratedFile, answers: Answers) -> Iterable[Draft | Request]:  # noqa: PLR0911 -- one a step
        """Ask for the score, for the rewriting of what scores low, for the score of that."""
        shown = shown_of(file)
        if isinstance(shown, Left):
            return [refused(self, file, shown)]
        before = score_of(self, file, answers, shown)
        if not isinstance(before, Answered):
            return [_open(self, file, before)]
        if before.value.mean >= self.settings.below:
            return [
                refused(self, file, Left(GOOD_ENOUGH, f"{before.value.mean:.1f}", before.completion.request_sha256))
            ]
        values = {"weaknesses": before.value.weaknesses}
        new = ask(self, file, answers, "enhance_rewrite", code_in, shown=shown, values=values)
        if not isinstance(new, Answered):
            return [_open(self, file, new)]
        part = replace(file, text=shown.text)
        if (fault := fault_of(part, new.value, Bounds(self.settings.shortest, self.settings.longest))) is not None:
            return [refused(self, file, replace(fault, request_sha256=new.completion.request_sha256))]
        after = score_of(self, file, answers, replace(shown, text=new.value, edits=()), "after")
        if not isinstance(after, Answered):
            return [_open(self, file, after)]
        if after.value.mean <= before.value.mean:
            detail = f"{before.value.mean:.1f}, then {after.value.mean:.1f}"
            return [refused(self, file, Left(NOT_BETTER, detail, new.completion.request_sha256))]
        _, phrasing = pick("enhance_rewriting", file.blob_id)
        question = fill(phrasing, {"language": language_name(file.language), "path": shown.path, "code": shown.block})
        block = fenced(new.value.strip("\n"), LANGUAGES[file.language].fence)
        messages = (("user", question), ("assistant", block))
        plan = Plan(new.value, before.value, after.value)
        return [written(self, file, new, messages, shown=shown, plan=plan, reasoned=True)]

    def verify(self, drafts: Sequence[Draft], sandbox: Sandbox | None) -> list[Verified | Rejected]:
        """Run each rewriting by the tests of its file: one that cannot be built is rejected, one that does otherwise marked."""
        comparable = {
            id(draft): seen
            for draft in drafts
            if isinstance(draft.plan, Plan)
            and not draft.edits
            and isinstance(seen := running.comparable(draft.file, self.settings.coverage), Observed)
        }
        asked = [draft for draft in drafts if id(draft) in comparable]
        runs = [comparable[id(draft)].run(_plan(draft).code) for draft in asked]
        outcomes = dict(zip(map(id, asked), running.run_all(runs, sandbox), strict=True))
        return judged(drafts, lambda draft: _judge(draft, comparable.get(id(draft)), outcomes.get(id(draft))))


@dataclass(frozen=True)
class Original:
    """The kind `original`: a share of the weak files as they are, so that a model also knows what code is really like."""

    settings: Enhance
    name: str = "original"
    strategy: str = "code_enhance"

    def next(self, file: CuratedFile, answers: Answers) -> Iterable[Draft | Request]:
        """The file itself under its score, where a draw by its blob id takes it and its score is low."""
        if draw("original", file.blob_id) % 10_000 >= self.settings.original_share * 10_000:
            return []
        shown = shown_of(file)
        if isinstance(shown, Left) or not shown.whole:
            return []
        # The same question as the rewriting's, so that it is asked once.
        before = score_of(Rewriting(self.settings), file, answers, shown)
        if isinstance(before, Request):
            return [before]
        if isinstance(before, Left) or before.value.mean >= self.settings.below:
            return []
        _, phrasing = pick("enhance_original", file.blob_id)
        score = f"{before.value.mean:.1f}"
        question = fill(phrasing, {"language": language_name(file.language), "path": shown.path, "score": score})
        messages = (("user", question), ("assistant", shown.block))
        return [written(self, file, before, messages, shown=shown, plan=before.value)]

    def verify(self, drafts: Sequence[Draft], _sandbox: Sandbox | None) -> list[Verified | Rejected]:
        """The answer is the file."""
        return [
            Verified(draft, draft.messages, {"answer_is_source": True}, {"quality_before": draft.plan.mean})
            for draft in drafts
            if isinstance(draft.plan, Score)
        ]


def score_of(kind: Rewriting, file: CuratedFile, answers: Answers, shown: Shown, key: str = "") -> Asked:
    """Ask for the score of what is shown, without chance."""
    values = {"criteria": CRITERIA}
    return ask(
        kind,
        file,
        answers,
        "enhance_score",
        read_score,
        shown=shown,
        values=values,
        schema=SCHEMA,
        temperature=0.0,
        key=key,
    )


def _open(kind: Rewriting, file: CuratedFile, one: Request | Left) -> Draft | Request:
    return one if isinstance(one, Request) else refused(kind, file, one)


def _plan(draft: Draft) -> Plan:
    assert isinstance(draft.plan, Plan)  # noqa: S101 -- `next` made it
    return draft.plan


def _judge(draft: Draft, seen: Observed | None, outcome: Outcome | None) -> Verified | Rejected:
    plan = _plan(draft)
    verified: dict[str, bool | int | None] = {"parsed": True, "answer_is_source": False}
    evidence: dict[str, object] = {"quality_before": plan.before.mean, "quality_after": plan.after.mean}
    if seen is not None and outcome is not None:
        proof = running.same(seen, outcome)
        if isinstance(proof, Left) and proof.reason == running.NOT_BUILT:
            return Rejected(draft, (proof.reason,), proof.detail)
        behaves = not isinstance(proof, Left)
        verified |= {"compiled": True if seen.compile else None, "executed": True, "behaves_as_source": behaves}
        detail = proof.detail if isinstance(proof, Left) else proof.evidence
        evidence |= {"toolchain": outcome.toolchain, "runs": len(seen.ran), "detail": detail}
    return Verified(draft, draft.messages, verified, evidence, {"answer_lines": plan.code.count("\n") + 1})
