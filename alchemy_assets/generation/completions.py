"""What was asked of a language model and what it answered: answers are data, found again by what was asked.

Belongs here: requests, their keys, and looking answers up. Does not: asking (engines come with a later issue).
The key covers what decides an answer and nothing else: not the partition, the code version, or the template's file. So a
better parser, a new gate or another shard count asks no model again.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from alchemy_assets import schema


@dataclass(frozen=True)
class Request:
    """What is asked of a language model: the rendered prompt and how to sample."""

    prompt: str
    kind: str
    temperature: float = 0.7
    top_p: float = 1.0
    max_tokens: int = 4_096
    seed: int = 0
    reasoning_effort: str = ""

    def sha256(self, model: str, model_revision: str) -> str:
        """The key of its completion; `kind` is a label and no part of it."""
        facts = [
            self.prompt,
            float(self.temperature),
            float(self.top_p),
            self.max_tokens,
            self.seed,
            self.reasoning_effort,
            model,
            model_revision,
        ]
        return hashlib.sha256(json.dumps(facts, ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True)
class Completion:
    """An answer of a model, as far as a strategy looks at it."""

    request_sha256: str
    raw: str
    reasoning: str | None
    finish_reason: str


@dataclass(frozen=True)
class Answers:
    """The answers that one model has given so far."""

    model: str = ""
    model_revision: str = ""
    known: Mapping[str, Completion] = field(default_factory=dict)

    def get(self, request: Request) -> Completion | None:
        """The answer to a request, or None where it has not been asked yet."""
        return self.known.get(request.sha256(self.model, self.model_revision))


NO_ANSWERS = Answers()


def answers(completions: pl.DataFrame, model: str, model_revision: str) -> Answers:
    """The answers of a model out of the table `completions`; of several to one request the first row's counts.

    Raises SchemaError where the frame is not that table.
    """
    own = schema.validate(completions, schema.COMPLETIONS, "completions").filter(
        pl.col("model") == model, pl.col("model_revision") == model_revision
    )
    known: dict[str, Completion] = {}
    for row in own.select("request_sha256", "raw", "reasoning", "finish_reason").iter_rows():
        known.setdefault(row[0], Completion(*row))
    return Answers(model, model_revision, known)
