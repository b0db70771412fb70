"""Hold a file that was written anew against what its tests were seen to do.

Belongs here: the judge of every kind that promises that the file does what it did. Does not: what else a kind promises.
"""

from collections.abc import Callable, Generator, Sequence
from dataclasses import replace

from alchemy_assets.sandbox.sandbox import Outcome, Run
from alchemy_assets.strategies.generated import running
from alchemy_assets.strategies.generated.dev.rounds import Facts, Judge, Judging
from alchemy_assets.strategies.generated.dev.task import plan_of
from alchemy_assets.strategies.generated.new_code import REASONS as SHAPE_REASONS
from alchemy_assets.strategies.generated.new_code import Bounds, fault_of
from alchemy_assets.strategies.generated.running import Same, same
from alchemy_assets.strategies.strategy import CuratedFile, Draft, Left
from alchemy_assets.tracing.observed import Observed, Result

LEAST_COVERED = 0.6
NOT_COMPARABLE = (running.TOO_LITTLE_COVERED, running.ONE_OUTPUT)
REASONS = (*SHAPE_REASONS, *NOT_COMPARABLE, running.NOT_BUILT, running.STOPPED, running.BEHAVES_OTHERWISE)
# What a kind proves beside; it is given the draft and the new text, and returns a reason or what it adds to the evidence.
Further = Callable[[Draft, str], Generator[Sequence[Run], Sequence[Outcome], Left | str]]


def comparable(file: CuratedFile) -> Observed | Left:
    """What a new text of a file can be held against, or why there is too little."""
    return running.comparable(file, LEAST_COVERED)


def code_of(draft: Draft) -> str:
    """The file that was answered."""
    answer = plan_of(draft).answer
    assert isinstance(answer, str)  # noqa: S101 -- kinds whose answer is code read it so
    return answer


def seen_in(draft: Draft) -> Observed:
    """What was seen of the file of a draft that was made because it was seen."""
    assert isinstance(draft.file.observed, Observed)  # noqa: S101 -- the kind made sure
    return draft.file.observed


def held(draft: Draft, proof: Same | None, outcome: Outcome, said: str = "", **flags: bool | int | None) -> Facts:
    """The facts of a new text that was run by the tests of its file."""
    seen, code = seen_in(draft), code_of(draft)
    known = set(draft.seed_text.split("\n"))
    lines = code.strip("\n").split("\n")
    verified: dict[str, bool | int | None] = {
        "parsed": True,
        "compiled": True if seen.compile else None,
        "executed": True,
        "behaves_as_source": True if proof is not None else None,
        "answer_is_source": False,
    }
    detail = "; ".join(part for part in (proof.evidence if proof is not None else "", said) if part)
    return Facts(
        verified | flags,
        {"toolchain": outcome.toolchain, "runs": len(seen.ran), "detail": detail},
        {
            "answer_lines": draft.messages[-1][1].count("\n") + 1,
            "copied_share": round(sum(line in known for line in lines) / len(lines), 4),
        },
    )


def unchanged_behaviour(bounds: Bounds, further: Further | None = None, *, where_fine: bool = False) -> Judge:
    """The judge of files that do what they did. where_fine: in tests alone that ended without an error."""

    def judge(draft: Draft) -> Judging:
        code = code_of(draft)
        if (fault := fault_of(draft.file, code, bounds)) is not None:
            return fault
        seen = seen_in(draft)
        (outcome,) = yield [seen.run(code)]
        proof = same_where_fine(seen, outcome) if where_fine else same(seen, outcome)
        if isinstance(proof, Left):
            return proof
        said = "" if further is None else (yield from further(draft, code))
        return said if isinstance(said, Left) else held(draft, proof, outcome, said)

    return judge


def same_where_fine(seen: Observed, outcome: Outcome) -> Same | Left:
    """Whether a new text does the same in the tests that ended without an error; others may end in another way."""
    results = seen.results(outcome)
    if results is None:
        return same(seen, outcome)
    settled = [new if old.result.exit_code == 0 else old.result for old, new in zip(seen.ran, results, strict=True)]
    if not seen.same(settled):
        pairs = enumerate(zip(seen.ran, settled, strict=True), 1)
        number = next(i for i, (old, new) in pairs if not _alike(old.result, new))
        return Left(running.BEHAVES_OTHERWISE, f"test {number} of {len(settled)}")
    fine = fine_tests(seen)
    return Same(len(fine.ran), len(fine.reached & seen.points) / max(len(seen.points), 1))


def fine_tests(seen: Observed) -> Observed:
    """The same with only those tests that ended without an error."""
    return replace(seen, ran=tuple(one for one in seen.ran if one.result.exit_code == 0))


def _alike(one: Result, other: Result) -> bool:
    return (one.stdout, one.exit_code) == (other.stdout, other.exit_code)
