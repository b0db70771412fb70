"""Drive a kind that a language model writes, with answers out of a script in place of a model."""

from collections.abc import Callable

from alchemy_assets.generation.completions import Answers, Completion, Request, Sampling
from alchemy_assets.strategies.strategy import CuratedFile, Draft, Kind

ROUNDS = 40


def completion(raw: str, reasoning: str | None = None, finish_reason: str = "stop") -> Completion:
    """An answer as an engine hands it over; `drive` puts the key of its request in."""
    return Completion("", raw, reasoning, finish_reason, 100, 10, None, "scripted 1")


def drive(  # noqa: PLR0917 -- the last three are seldom given
    kind: Kind,
    file: CuratedFile,
    answer: Callable[[Request], str | Completion],
    model: str = "m",
    revision: str = "r",
    more_room: float = 0.0,
) -> tuple[list[Draft], Answers, list[Request]]:
    """Answer every request of a kind until it has none, and give its drafts, all answers, and the requests in order.

    answer: gives the text of an answer, or `completion(...)` where its reasoning or its end matters.
    Fails where a kind asks the same again, or goes on asking.
    """
    known: dict[str, Completion] = {}
    answers = Answers(model, revision, known, Sampling(), more_room)
    asked: list[Request] = []
    for _ in range(ROUNDS):
        made = list(kind.next(file, answers))
        requests = [one for one in made if isinstance(one, Request)]
        if not requests:
            return [one for one in made if isinstance(one, Draft)], answers, asked
        for request in requests:
            key = answers.key(request)
            assert key not in known, f"{kind.name} asks for an answer that is there"
            said = answer(request)
            one = completion(said) if isinstance(said, str) else said
            known[key] = Completion(key, *[getattr(one, name) for name in list(Completion.__dataclass_fields__)[1:]])
            asked.append(request)
    msg = f"{kind.name} still asks after {ROUNDS} rounds"
    raise AssertionError(msg)
