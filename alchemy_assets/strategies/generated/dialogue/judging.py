"""Judge whole dialogues: whether the last version runs and does what was promised, and whether too many begin alike.

Belongs here: what is run for a dialogue, and what is counted over a partition. Does not: what holds of one turn (`reading`).
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from alchemy_assets.sandbox.sandbox import Outcome, Sandbox
from alchemy_assets.strategies.generated.dialogue.plan import Plan
from alchemy_assets.strategies.generated.dialogue.stock import opener
from alchemy_assets.strategies.generated.running import (
    BEHAVES_OTHERWISE,
    STOPPED,
    Same,
    comparable,
    ended_badly,
    run_all,
    same,
)
from alchemy_assets.strategies.grounded.drafting import rejected
from alchemy_assets.strategies.strategy import Draft, Left, Rejected, Verified
from alchemy_assets.tracing.events import copied_share
from alchemy_assets.tracing.observed import Observed

CRASHES = "the last version fails where its file did not"
OPENER = "too many dialogues begin a turn with these words"
# Dialogues of a partition that may share the first words of a turn: this share, and this many in any case.
OPENER_SHARE, OPENER_LEAST = 0.05, 3
LEAST_COVERED = 0.6


@dataclass(frozen=True)
class Spoken:
    """A dialogue as it was planned and written. code: the last version; talk: the turns without the file above the first."""

    plan: Plan
    code: str
    because: tuple[str, ...]
    talk: tuple[tuple[str, str], ...]

    @property
    def openers(self) -> set[tuple[str, str]]:
        """The first words of its turns, and who says them."""
        return {(role, words) for role, content in self.talk if (words := opener(content))}


def judge(drafts: Sequence[Draft], sandbox: Sandbox | None) -> list[Verified | Rejected]:
    """The judgement of every draft of a partition, in order."""
    judged: list[Verified | Rejected] = [
        rejected(draft, draft.plan) if isinstance(draft.plan, Left) else _told(draft) for draft in drafts
    ]
    run = [(number, seen) for number, draft in enumerate(drafts) if (seen := _seen(draft)) is not None]
    outcomes = run_all([seen.run(_spoken(drafts[number]).code) for number, seen in run], sandbox)
    for (number, seen), outcome in zip(run, outcomes, strict=True):
        if outcome is not None:
            judged[number] = _ran(drafts[number], seen, outcome)
    return _few_openers(judged)


def _spoken(draft: Draft) -> Spoken:
    assert isinstance(draft.plan, Spoken)  # noqa: S101 -- this kind made it
    return draft.plan


def _seen(draft: Draft) -> Observed | None:
    """What the file was seen to do, where the last version is one of all of it."""
    seen = draft.file.observed
    return seen if isinstance(draft.plan, Spoken) and isinstance(seen, Observed) and not draft.edits else None


def _ran(draft: Draft, seen: Observed, outcome: Outcome) -> Verified | Rejected:
    results = seen.results(outcome)
    if results is None:
        return rejected(draft, ended_badly(outcome) or Left(STOPPED))
    pairs = enumerate(zip(seen.ran, results, strict=True), 1)
    failed = [number for number, (before, now) in pairs if now.exit_code and not before.result.exit_code]
    if failed:
        return Rejected(draft, (CRASHES,), f"test {failed[0]} of {len(results)}")
    alike = same(seen, outcome)
    if isinstance(alike, Left) and _spoken(draft).plan.intent.keeps:
        return Rejected(draft, (BEHAVES_OTHERWISE,), alike.detail)
    return _told(draft, seen, alike)


def _told(draft: Draft, seen: Observed | None = None, alike: Same | Left | None = None) -> Verified:
    spoken = _spoken(draft)
    proved = seen is not None and isinstance(comparable(draft.file, LEAST_COVERED), Observed)
    detail = {
        "persona": spoken.plan.persona.name,
        "intent": spoken.plan.intent.name,
        "turns": len(spoken.plan.turns),
        "builds_on": list(spoken.because),
        "same": alike.evidence if isinstance(alike, Same) else None,
    }
    said = "\n".join(content for role, content in spoken.talk if role == "assistant")
    return Verified(
        draft,
        draft.messages,
        {
            "parsed": True if draft.file.language != "Markdown" else None,
            "compiled": True if seen is not None and seen.compile else None,
            "executed": True if seen is not None else None,
            "behaves_as_source": True if isinstance(alike, Same) and proved else None,
        },
        {
            "toolchain": seen.toolchain if seen is not None else None,
            "runs": 1 if seen is not None else None,
            "detail": json.dumps(detail, ensure_ascii=False),
        },
        {"answer_lines": said.count("\n") + 1, "copied_share": copied_share(said, draft.seed_text)},
    )


def _few_openers(judged: Sequence[Verified | Rejected]) -> list[Verified | Rejected]:
    """The same, without the dialogues whose first words are those of too many before them, by blob id."""
    held = [number for number, one in enumerate(judged) if isinstance(one, Verified)]
    most = max(OPENER_LEAST, int(OPENER_SHARE * len(held)))
    used: Counter[tuple[str, str]] = Counter()
    kept = list(judged)
    for number in sorted(held, key=lambda one: judged[one].draft.file.blob_id):
        draft = judged[number].draft
        openers = _spoken(draft).openers
        if common := sorted(one for one in openers if used[one] >= most):
            role, words = common[0]
            kept[number] = Rejected(draft, (OPENER,), f"{role}: {words!r}, {most} dialogues of {len(held)} have it")
        else:
            used.update(openers)
    return kept
