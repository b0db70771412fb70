"""What was asked of a language model and what it answered: answers are data, found again by what was asked.

Belongs here: requests, their keys, and looking answers up. Does not: asking (`asking`), reading what an answer says (`parsing`).
The key covers what decides an answer and nothing else: not the partition, the code version, or the template's file. So a
better parser, a new gate or another shard count asks no model again.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from alchemy_assets import schema

LENGTH = "length"


@dataclass(frozen=True)
class Sampling:
    """How a model is sampled. max_tokens: of the answer, reasoning included; an engine gives less where its context ends."""

    temperature: float = 0.7
    top_p: float = 1.0
    max_tokens: int = 4_096
    reasoning_effort: str = ""


DEFAULT_SAMPLING = Sampling()


@dataclass(frozen=True)
class Request:
    """What is asked of a language model: the rendered turns and how to sample.

    messages: (role, content) pairs. answer_schema: a JSON schema that the answer follows, as JSON, or "" for free text.
    kind, strategy and blob_id are labels, and no part of the key.
    """

    messages: tuple[tuple[str, str], ...]
    sampling: Sampling = DEFAULT_SAMPLING
    seed: int = 0
    answer_schema: str = ""
    kind: str = ""
    strategy: str = ""
    blob_id: str = ""

    def sha256(self, model: str, model_revision: str) -> str:
        """The key of its completion."""
        facts = [
            self.messages,
            float(self.sampling.temperature),
            float(self.sampling.top_p),
            self.sampling.max_tokens,
            self.sampling.reasoning_effort,
            self.seed,
            self.answer_schema,
            model,
            model_revision,
        ]
        return hashlib.sha256(json.dumps(facts, ensure_ascii=False).encode()).hexdigest()

    @property
    def characters(self) -> int:
        """The length of all its turns."""
        return sum(len(content) for _, content in self.messages)


@dataclass(frozen=True)
class Completion:
    """An answer of a model. Tokens are null where the engine does not count them.

    raw: what was answered, as it came; reasoning: what the engine told apart from it.
    finish_reason: `LENGTH` where the answer was cut.
    """

    request_sha256: str
    raw: str
    reasoning: str | None
    finish_reason: str
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    reasoning_tokens: int | None = None
    engine_version: str = ""


@dataclass(frozen=True)
class Answers:
    """The answers that one model has given so far, and how it is asked.

    more_room: a cut answer is asked for once more with this many times the tokens; 0 rejects it.
    """

    model: str = ""
    model_revision: str = ""
    known: Mapping[str, Completion] = field(default_factory=dict)
    sampling: Sampling = DEFAULT_SAMPLING
    more_room: float = 0.0
    license: str | None = None

    def get(self, request: Request) -> Completion | None:
        """The answer to a request, or None where it has not been asked yet."""
        return self.known.get(self.key(request))

    def key(self, request: Request) -> str:
        """The key of a request to this model."""
        return request.sha256(self.model, self.model_revision)


NO_ANSWERS = Answers()
_READ = tuple(Completion.__dataclass_fields__)


def known_of(completions: pl.DataFrame, model: str, model_revision: str) -> dict[str, Completion]:
    """The answers of a model out of the table `completions`; of several to one request the first row's counts.

    Raises SchemaError where the frame is not that table.
    """
    own = schema.validate(completions, schema.COMPLETIONS, "completions").filter(
        pl.col("model") == model, pl.col("model_revision") == model_revision
    )
    known: dict[str, Completion] = {}
    for row in own.select(_READ).iter_rows():
        known.setdefault(row[0], Completion(*row))
    return known


def row_of(request: Request, answer: Completion, model: str, model_revision: str) -> dict[str, object]:
    """The row of an answer in the table `completions`."""
    return {
        "request_sha256": answer.request_sha256,
        "blob_id": request.blob_id,
        "strategy": request.strategy,
        "kind": request.kind,
        "model": model,
        "model_revision": model_revision,
        "sampling": {**vars(request.sampling), "seed": request.seed},
        "raw": answer.raw,
        "reasoning": answer.reasoning,
        "finish_reason": answer.finish_reason,
        "prompt_tokens": answer.prompt_tokens,
        "completion_tokens": answer.completion_tokens,
        "reasoning_tokens": answer.reasoning_tokens,
        "engine_version": answer.engine_version,
    }
