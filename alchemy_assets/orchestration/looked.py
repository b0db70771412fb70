"""What a model has told each kind about a file so far, what the kind still lacks, and how fast the engine was.

Belongs here: looking, at one file and at one partition. Does not: what the rest would cost (`planning`), asking (`generating`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self, TypeAlias

import polars as pl

from alchemy_assets.generation.completions import LENGTH, Answers, Completion, Request
from alchemy_assets.generation.usage import Prices, cost_usd, gpu_seconds
from alchemy_assets.orchestration.model import Model
from alchemy_assets.strategies.generating import lacking
from alchemy_assets.strategies.strategy import CuratedFile, Kind

Asked: TypeAlias = tuple[Request, Completion]
_HOUR = 3_600


@dataclass(frozen=True)
class Looked(Answers):
    """Answers that remember which of them were looked at, by key, with what was asked."""

    found: dict[str, Asked] = field(default_factory=dict)

    @classmethod
    def over(cls, answers: Answers) -> Self:
        """The same answers, none of them looked at yet."""
        return cls(**{name: getattr(answers, name) for name in Answers.__dataclass_fields__})

    def get(self, request: Request) -> Completion | None:
        """The answer to a request, which is noted."""
        answer = super().get(request)
        if answer is not None:
            self.found.setdefault(self.key(request), (request, answer))
        return answer


@dataclass(frozen=True)
class Told:
    """How far a kind is with a file.

    asked: whether it has looked at any answer. waiting: whether it lacks one. found, lacking: by key, without what an earlier
    kind of the same file looked at or lacks; such a request is asked once.
    """

    kind: Kind
    asked: bool
    waiting: bool
    found: Mapping[str, Asked]
    lacking: Mapping[str, Request]


def told(kinds: Sequence[Kind], file: CuratedFile, answers: Answers) -> list[Told]:
    """How far each kind is with a file."""
    seen: set[str] = set()
    lines = []
    for kind in kinds:
        looked = Looked.over(answers)
        open_requests = {looked.key(request): request for request in lacking(kind, file, looked)}
        lines.append(
            Told(
                kind,
                bool(looked.found),
                bool(open_requests),
                {key: one for key, one in looked.found.items() if key not in seen},
                {key: one for key, one in open_requests.items() if key not in seen},
            )
        )
        seen |= {*looked.found, *open_requests}
    return lines


@dataclass
class Spent:
    """Answers and their tokens. cut: those that ended at their most tokens.

    counted: those whose tokens the server counted; characters: of the prompts of those.
    """

    answers: int = 0
    cut: int = 0
    counted: int = 0
    characters: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0

    def add(self, request: Request, answer: Completion) -> None:
        """Count an answer."""
        self.answers += 1
        self.cut += answer.finish_reason == LENGTH
        if answer.prompt_tokens is None or answer.completion_tokens is None:
            return
        self.counted += 1
        self.characters += request.characters
        self.prompt_tokens += answer.prompt_tokens
        self.completion_tokens += answer.completion_tokens

    @property
    def tokens(self) -> int | None:
        """Tokens of prompts and answers together; None where the server did not count all."""
        return self.prompt_tokens + self.completion_tokens if self.counted == self.answers else None

    def plus(self, other: "Spent") -> "Spent":
        """Both together."""
        return Spent(*(getattr(self, name) + getattr(other, name) for name in Spent.__dataclass_fields__))


@dataclass
class Speed:
    """How long an engine took for its tokens so far, in the partitions that were looked at.

    gpu_seconds: None where the number of GPUs was not known at all times.
    """

    engine_seconds: float = 0.0
    gpu_seconds: float | None = 0.0
    tokens: int = 0

    def look(self, model: Model, partition: str, completions: pl.DataFrame) -> None:
        """Count what this model answered in a partition; not where a server did not count its tokens."""
        work = model.work(partition)
        name, revision = model.key
        answers = completions.filter(model=name, model_revision=revision).unique("request_sha256")
        counted = answers.select("prompt_tokens", "completion_tokens").null_count().sum_horizontal().sum() == 0
        if not work.height or not answers.height or not counted:
            return
        self.tokens += sum(int(answers[column].sum()) for column in ("prompt_tokens", "completion_tokens"))
        self.engine_seconds += float(work["engine_seconds"].sum())
        if self.gpu_seconds is not None:
            unknown = bool(work["gpu_seconds"].null_count())
            self.gpu_seconds = None if unknown else self.gpu_seconds + float(work["gpu_seconds"].sum())

    def seconds(self, tokens: float | None) -> float | None:
        """Seconds that the engine takes for tokens of prompts and answers together; None where nothing was measured."""
        if tokens == 0:
            return 0.0
        return None if tokens is None or not self.tokens else tokens * self.engine_seconds / self.tokens

    def usd(self, prompt_tokens: int | None, completion_tokens: int | None, prices: Prices) -> float | None:
        """What tokens cost; None where a price, a count, or the time for a token is missing."""
        if prompt_tokens is None or completion_tokens is None:
            return None
        seconds = self.seconds(prompt_tokens + completion_tokens)
        if seconds is None and prices.gpu_usd is not None:
            return None
        return cost_usd(prompt_tokens, completion_tokens, seconds or 0.0, prices)

    def gpu_hours(self, tokens: int | None, prices: Prices) -> float | None:
        """Hours of all GPUs together for tokens; None where their number, or the time for a token, is unknown."""
        seconds = self.seconds(tokens)
        gpus = None if seconds is None else gpu_seconds(seconds, prices.gpus)
        return None if gpus is None else gpus / _HOUR

    def prices(self, model: Model) -> Prices:
        """The prices of a workspace, with the number of GPUs as it is set, or as it was when answers were asked for."""
        known = model.settings.gpus
        if known is None and self.gpu_seconds is not None and self.engine_seconds > 0:
            known = round(self.gpu_seconds / self.engine_seconds)
        return Prices.of(model.settings, known)
