"""Ask a model and read its answer: one request, more room where it was cut, one complaint, then a rejection.

Belongs here: what is the same for every kind that a model writes. Does not: sending anything (`generation.asking`).
Pure: an answer that is not there yet gives the request that would get it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from alchemy_assets.generation.completions import LENGTH, Answers, Completion, Request
from alchemy_assets.generation.parsing import UnreadableError, without_thoughts
from alchemy_assets.generation.templates import rendered, turns
from alchemy_assets.strategies.generated.shown import Shown
from alchemy_assets.strategies.phrasing import draw
from alchemy_assets.strategies.strategy import CuratedFile, Draft, Kind, Left

T = TypeVar("T")
CUT = "the answer was cut"
EMPTY = "the answer is empty"
SEEDS = 2**31
# Chat templates refuse an empty turn.
_NOTHING = "(nothing)"


@dataclass(frozen=True)
class Answered(Generic[T]):
    """What was read out of an answer, and where it stands."""

    value: T
    completion: Completion
    reasoning: str | None
    messages: tuple[tuple[str, str], ...]
    prompt_id: str


def ask(  # noqa: PLR0913 -- what a question is made of
    kind: Kind,
    file: CuratedFile,
    answers: Answers,
    template: str,
    read: Callable[[str], T],
    *,
    shown: Shown,
    values: Mapping[str, object] | None = None,
    schema: str = "",
    temperature: float | None = None,
    key: str = "",
) -> Request | Answered[T] | Left:
    """Ask a template about a file; `read` takes the answer without its reasoning, and may raise UnreadableError.

    key: tells several questions of one template and file apart; the seed is drawn by it. A request is what is still to be
    answered; `Left` is why nothing came of it.
    """
    messages = turns(template, shown.values(), values or {})
    return follow(
        kind, file, answers, messages, read, prompt_id=template, schema=schema, temperature=temperature, key=key
    )


def follow(  # noqa: PLR0913 -- as above
    kind: Kind,
    file: CuratedFile,
    answers: Answers,
    messages: tuple[tuple[str, str], ...],
    read: Callable[[str], T],
    *,
    prompt_id: str,
    schema: str = "",
    temperature: float | None = None,
    key: str = "",
) -> Request | Answered[T] | Left:
    """Ask with turns that are there already, as a later turn of a conversation does."""
    sampling = answers.sampling if temperature is None else replace(answers.sampling, temperature=temperature)
    seed = draw("seed", kind.name, prompt_id, file.blob_id, key) % SEEDS
    request = Request(messages, sampling, seed, schema, kind.name, kind.strategy, file.blob_id)
    trouble = Left(EMPTY)
    for _ in range(2):
        answer = answers.get(request)
        if answer is not None and answer.finish_reason == LENGTH and answers.more_room > 1:
            room = int(request.sampling.max_tokens * answers.more_room)
            request = replace(request, sampling=replace(request.sampling, max_tokens=room))
            answer = answers.get(request)
        if answer is None:
            return request
        if answer.finish_reason == LENGTH:
            return Left(CUT, f"after {answer.completion_tokens or 0:,} tokens", answer.request_sha256)
        said = answer.raw
        try:
            reasoning, said = without_thoughts(answer.raw, answer.reasoning)
            if not said:
                raise UnreadableError(EMPTY, "Your answer is empty. Write the whole answer.")  # noqa: TRY301 -- as `read` does
            # What was thought about a complaint is about a turn that no sample shows.
            own = reasoning if request.messages == messages else None
            return Answered(read(said), answer, own, messages, prompt_id)
        except UnreadableError as error:
            trouble = Left(error.reason, error.complaint, answer.request_sha256)
        again = rendered("again", {"complaint": trouble.detail})
        request = replace(request, messages=(*request.messages, ("assistant", said or _NOTHING), ("user", again)))
    return trouble


def written(  # noqa: PLR0913 -- what a draft is made of
    kind: Kind,
    file: CuratedFile,
    answered: Answered[T],
    messages: tuple[tuple[str, str], ...],
    *,
    shown: Shown,
    plan: object,
    reasoned: bool = False,
) -> Draft:
    """The draft of what was answered: `messages` are the turns of the sample, not those that the model was asked with.

    reasoned: whether what the model thought is about the last turn of the sample, and belongs to it.
    """
    return Draft(
        kind.name,
        file,
        messages,
        answered.prompt_id,
        shown.text,
        shown.edits,
        plan,
        answered.completion.request_sha256,
        answered.reasoning if reasoned else None,
    )


def refused(kind: Kind, file: CuratedFile, why: Left) -> Draft:
    """A draft without a question: what is not made is counted, with its reason."""
    return Draft(kind.name, file, (), "", file.text, (), why, why.request_sha256)
