"""The kinds of questions about a recording, and the one way from a row of `traces` to what each makes of it.

Belongs here: which kinds there are, what every one of them has in common. Does not: a kind's question and answer, nor
the kind `trace` itself (`code_trace`).
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from alchemy_assets.strategies.phrasing import fill, pick
from alchemy_assets.strategies.strategy import CuratedFile, Draft, Left, Rejected, Verified
from alchemy_assets.strategies.trace_kinds import branch, monologue, next_state, output
from alchemy_assets.strategies.trace_kinds.reasons import Reason
from alchemy_assets.strategies.trace_kinds.recording import Made, Recording, read
from alchemy_assets.tracing import events as measure

# The name of a kind is also that of its file of phrasings.
KINDS: Mapping[str, Callable[[Recording], Made | Left]] = MappingProxyType(
    {
        "trace_output": output.make,
        "trace_next_state": next_state.make,
        "trace_branch": branch.make,
        "trace_monologue": monologue.make,
    }
)
LONGEST_PROMPT = 32_000


def derived(
    row: Mapping[str, object],
    file: CuratedFile,
    points: tuple[dict[str, object], ...],
    evidence: Mapping[str, object],
) -> Iterator[Verified | Rejected]:
    """One judgement of every kind: the sample that a row gives, or why it gives none."""
    recording = read(row)
    for kind, make in KINDS.items():
        made = recording if isinstance(recording, Left) else make(recording)
        if isinstance(recording, Left) or isinstance(made, Left):
            left = made if isinstance(made, Left) else Left(Reason.NO_SOURCE)
            yield Rejected(Draft(kind, file, (), "", file.text), (str(left.reason),), left.detail)
        else:
            yield _judged(kind, recording, made, file, points, evidence)


def _judged(  # noqa: PLR0913, PLR0917 -- what is the same for all kinds of a row, and what is not
    kind: str,
    recording: Recording,
    made: Made,
    file: CuratedFile,
    points: tuple[dict[str, object], ...],
    evidence: Mapping[str, object],
) -> Verified | Rejected:
    prompt_id, way = pick(kind, recording.blob_id)
    prompt = fill(way, made.values)
    seed, edits = (recording.files[0][1], points) if made.instrumented else (recording.original, ())
    messages = (("user", prompt), ("assistant", made.answer))
    draft = Draft(kind, file, messages, prompt_id, seed, edits=edits)
    if len(prompt) > LONGEST_PROMPT:
        return Rejected(draft, (Reason.PROMPT_TOO_LONG,), f"{len(prompt):,} characters")
    # The marks of a block stand in the prompt as well.
    payload = "\n".join(line for line in made.answer.split("\n") if not line.startswith("```"))
    return Verified(
        draft,
        messages,
        verified={"parsed": True, "executed": True, "behaves_as_source": True, "observed": True},
        evidence={**evidence, "detail": f"{made.detail}; {evidence['detail']}"},
        difficulty={
            "answer_lines": payload.count("\n") + 1,
            "events": len(made.followed),
            "state_changes": measure.state_changes(made.followed),
            "dependency_depth": measure.dependency_depth(made.followed),
            "copied_share": measure.copied_share(payload, prompt),
        },
    )
