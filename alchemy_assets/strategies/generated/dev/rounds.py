"""Judge the drafts of a shard side by side: each says what it has to run next, and all of a round are run at once.

Belongs here: the rounds. Does not: what is run and what its end means (the judges of the kinds).
"""

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field

from alchemy_assets.sandbox.sandbox import Outcome, Run, Sandbox
from alchemy_assets.strategies.generated.running import run_all
from alchemy_assets.strategies.grounded.drafting import NOTHING_RUNS, rejected
from alchemy_assets.strategies.strategy import Draft, Left, Rejected, Verified


@dataclass(frozen=True)
class Facts:
    """What was established of a draft: columns of `schema.VERIFIED` and `schema.EVIDENCE`, and measures of the answer."""

    verified: Mapping[str, bool | int | None]
    evidence: Mapping[str, object] = field(default_factory=dict)
    difficulty: Mapping[str, float | int | None] = field(default_factory=dict)


class NothingRunsError(RuntimeError):
    """Thrown into a judge whose runs cannot be run here."""


Judging = Generator[Sequence[Run], Sequence[Outcome], Facts | Left]
Judge = Callable[[Draft], Judging]


def judged(drafts: Sequence[Draft], judge: Judge, sandbox: Sandbox | None) -> list[Verified | Rejected]:
    """The judgement of every draft, in order. A judge yields runs, gets their outcomes, and returns facts or a reason."""
    ends: dict[int, Facts | Left] = {}
    waiting: dict[int, tuple[Judging, Sequence[Run]]] = {}

    def go_on(index: int, judging: Judging, step: Callable[[], Sequence[Run]]) -> None:
        try:
            waiting[index] = (judging, step())
        except StopIteration as stop:
            ends[index] = stop.value
        except NothingRunsError:
            ends[index] = Left(NOTHING_RUNS, drafts[index].file.language)

    for index, draft in enumerate(drafts):
        if isinstance(draft.plan, Left):
            ends[index] = draft.plan
        else:
            judging = judge(draft)
            go_on(index, judging, lambda judging=judging: next(judging))  # type: ignore[misc]
    while waiting:
        asked, waiting = waiting, {}
        outcomes = iter(run_all([run for _, runs in asked.values() for run in runs], sandbox))
        for index, (judging, runs) in asked.items():
            own = [next(outcomes) for _ in runs]
            came = [outcome for outcome in own if outcome is not None]
            if len(came) < len(own):
                go_on(index, judging, lambda judging=judging: judging.throw(NothingRunsError()))  # type: ignore[misc]
            else:
                go_on(index, judging, lambda judging=judging, came=came: judging.send(came))  # type: ignore[misc]
    return [_end(draft, ends[index]) for index, draft in enumerate(drafts)]


def _end(draft: Draft, end: Facts | Left) -> Verified | Rejected:
    if isinstance(end, Left):
        return rejected(draft, end)
    return Verified(draft, draft.messages, end.verified, end.evidence, end.difficulty)
