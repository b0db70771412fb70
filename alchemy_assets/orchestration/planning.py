"""What asking a model for everything that has no answer yet would take: requests, tokens, GPU time, dollars.

Belongs here: counting over the files, and estimates from what was measured. Does not: asking (`generating`), why anything is
stale (`staleness`).
What nobody knows is None. A kind asks in rounds, each built on answers: how many follow is told only where enough files of it
have been through all of theirs, else the first round alone is counted, and the row says so.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import polars as pl

from alchemy_assets.errors import AlchemyError
from alchemy_assets.generation.usage import Prices
from alchemy_assets.orchestration.assets.generation import model_of, training_files
from alchemy_assets.orchestration.freshness import Graph
from alchemy_assets.orchestration.generating import left_over, of_files
from alchemy_assets.orchestration.looked import Speed, Spent, Told, told
from alchemy_assets.orchestration.workspace import SEPARATOR
from alchemy_assets.strategies.registry import WRITTEN, written_by
from alchemy_assets.strategies.strategy import CHARACTERS_A_TOKEN, Kind

# Fewer files, or answers, measure nothing.
LEAST = 20
ALL_ASKED, MEASURED, FIRST_ROUND = "all asked", "measured", "first round"
# From what is certain to what is least so.
KNOWN = (ALL_ASKED, MEASURED, FIRST_ROUND)
ESTIMATED = "estimated"


@dataclass
class Tally:
    """How far a kind is with the files of a language.

    complete: files that were asked about and lack nothing, and `done`, what their answers took; waiting: files that lack
    something, and `begun`, what they took so far. lacking: requests, and `characters` of theirs.
    """

    files: int = 0
    complete: int = 0
    waiting: int = 0
    lacking: int = 0
    characters: int = 0
    done: Spent = field(default_factory=Spent)
    begun: Spent = field(default_factory=Spent)

    def add(self, one: Told) -> None:
        """Count a file."""
        self.files += 1
        self.waiting += one.waiting
        self.complete += one.asked and not one.waiting
        self.lacking += len(one.lacking)
        self.characters += sum(request.characters for request in one.lacking.values())
        spent = self.begun if one.waiting else self.done
        for request, answer in one.found.values():
            spent.add(request, answer)

    def plus(self, other: "Tally") -> "Tally":
        """Both together."""
        return Tally(
            self.files + other.files,
            self.complete + other.complete,
            self.waiting + other.waiting,
            self.lacking + other.lacking,
            self.characters + other.characters,
            self.done.plus(other.done),
            self.begun.plus(other.begun),
        )


@dataclass(frozen=True)
class Row:
    """What one kind still asks in one language; "" stands for all.

    answered: requests whose answers are used now. lacking: requests that are known now. requests: all that follow as well, as
    far as `known` says. prompt_tokens_are: `measured` by this model's own answers, or `estimated`. None is unknown.
    """

    strategy: str
    kind: str
    language: str
    files: int
    answered: int
    lacking: int
    requests: int
    known: str
    prompt_tokens: int | None
    prompt_tokens_are: str
    completion_tokens: int | None
    engine_seconds: float | None
    gpu_hours: float | None
    usd: float | None


_SUMMED = (
    *("files", "answered", "lacking", "requests", "prompt_tokens", "completion_tokens"),
    *("engine_seconds", "gpu_hours", "usd"),
)


def total(rows: Sequence[Row], strategy: str = "", kind: str = "", language: str = "") -> Row:
    """Several rows as one: a sum is unknown where a part is, and as certain as the least certain part.

    Files of several kinds are the same files, so they are counted once a language.
    """
    files: dict[str, int] = {}
    for row in rows:
        files[row.language] = max(files.get(row.language, 0), row.files)
    sums = {name: _sum(getattr(row, name) for row in rows) for name in _SUMMED}
    return Row(
        strategy=strategy,
        kind=kind,
        language=language,
        known=max((row.known for row in rows), key=KNOWN.index, default=ALL_ASKED),
        prompt_tokens_are=ESTIMATED if any(row.prompt_tokens_are == ESTIMATED for row in rows) else MEASURED,
        **{**sums, "files": sum(files.values())},  # type: ignore[arg-type] # counts are never None
    )


def _sum(values: Iterable[float | None]) -> float | None:
    listed = list(values)
    return None if None in listed else sum(one for one in listed if one is not None)


class Survey:
    """A look at every partition of a workspace that has a model.

    left_out: partitions whose files cannot be read, and why. unused: kept answers of this model to the same strategies that
    nothing asks for any more, for instance since a prompt is another.
    """

    def __init__(self, graph: Graph, strategies: Sequence[str] = ()) -> None:
        settings = graph.workspace.settings
        self.graph = graph
        self.model = model_of(graph.workspace)
        self.kinds: tuple[Kind, ...] = tuple(
            kind
            for name in WRITTEN
            if not strategies or name in strategies
            for kind in written_by(name, settings.samples.kinds, settings.generation)
        )
        self.tallies: dict[tuple[str, str, str], Tally] = {}
        self.speed = Speed()
        self.left_out: dict[str, str] = {}
        self.unused = 0
        self._step = next(step for step in graph.steps if step.by_hand)

    @property
    def partitions(self) -> list[str]:
        """What there is to look at; raises PartitionMissingError before the corpora are read."""
        return self.graph.partitions(self._step)

    def look(self, partition: str) -> None:
        """Count a partition: its files are parsed, and no request is sent."""
        try:
            files = training_files(self.graph.ready(self._step, partition).inputs)
        except AlchemyError as error:
            self.left_out[partition] = str(error)
            return
        language = partition.split(SEPARATOR, maxsplit=1)[0]
        left = left_over(self.graph.workspace.journals, partition)
        completions = pl.concat((self.model.completions.read(partition), left))
        self.speed.look(self.model, partition, completions)
        own = of_files(completions, files)
        answers = self.model.answers(own)
        strategies = {kind.strategy for kind in self.kinds}
        kept = {*own.filter(pl.col("strategy").is_in(strategies))["request_sha256"]} & answers.known.keys()
        for kind in self.kinds:
            self.tallies.setdefault((kind.strategy, kind.name, language), Tally())
        for file in files:
            for one in told(self.kinds, file, answers):
                self.tallies[one.kind.strategy, one.kind.name, language].add(one)
                kept -= one.found.keys()
        self.unused += len(kept)

    @property
    def characters_a_token(self) -> float | None:
        """Characters of a prompt for each token that this model's server counted; None where nothing was counted."""
        return _ratio(list(self.tallies.values()))

    def rows(self) -> list[Row]:
        """One row a kind and language, in the order of strategies, kinds and languages."""
        overall = self.characters_a_token
        prices = self.speed.prices(self.model)
        rows = []
        for kind in self.kinds:
            own = {key: tally for key, tally in self.tallies.items() if key[:2] == (kind.strategy, kind.name)}
            estimate = _Estimate(list(own.values()), overall, self.speed, prices)
            rows += [estimate.row(*key, tally) for key, tally in sorted(own.items())]
        return rows


def _ratio(tallies: Sequence[Tally]) -> float | None:
    spent = [one for tally in tallies for one in (tally.done, tally.begun)]
    tokens = sum(one.prompt_tokens for one in spent)
    return sum(one.characters for one in spent) / tokens if tokens else None


class _Estimate:
    """What is measured of one kind over all languages, and what follows for one of them."""

    def __init__(self, tallies: Sequence[Tally], overall: float | None, speed: Speed, prices: Prices) -> None:
        whole = Tally()
        for tally in tallies:
            whole = whole.plus(tally)
        answered = whole.done.plus(whole.begun)
        own = _ratio(tallies) if answered.counted >= LEAST else None
        self._whole = whole
        self._characters = own or overall
        self._answer_tokens = answered.completion_tokens / answered.counted if answered.counted >= LEAST else None
        self._speed = speed
        self._prices = prices

    def row(self, strategy: str, kind: str, language: str, tally: Tally) -> Row:
        """The row of a language."""
        done = self._whole.done
        requests = float(tally.lacking)
        prompt: float = tally.characters / (self._characters or CHARACTERS_A_TOKEN)
        answers = 0.0 if not tally.lacking else _times(self._answer_tokens, tally.lacking)
        known = FIRST_ROUND if tally.waiting else ALL_ASKED
        if tally.waiting and self._whole.complete >= LEAST:
            known = MEASURED
            requests = max(requests, self._rest(tally, lambda one: one.answers))
            if done.counted == done.answers and tally.begun.counted == tally.begun.answers:
                prompt = max(prompt, self._rest(tally, lambda one: one.prompt_tokens))
                least = tally.lacking * (self._answer_tokens or 0.0)
                answers = max(least, self._rest(tally, lambda one: one.completion_tokens))
            else:
                more = requests - tally.lacking
                prompt += more * (prompt / tally.lacking if tally.lacking else 0.0)
                answers = _times(self._answer_tokens, requests) if requests else 0.0
        prompt_tokens, completion_tokens = math.ceil(prompt), None if answers is None else math.ceil(answers)
        tokens = None if completion_tokens is None else prompt_tokens + completion_tokens
        nothing = not tally.waiting
        return Row(
            strategy=strategy,
            kind=kind,
            language=language,
            files=tally.files,
            answered=tally.done.answers + tally.begun.answers,
            lacking=tally.lacking,
            requests=math.ceil(requests),
            known=known,
            prompt_tokens=prompt_tokens,
            prompt_tokens_are=MEASURED if self._characters or nothing else ESTIMATED,
            completion_tokens=completion_tokens,
            engine_seconds=self._speed.seconds(tokens),
            gpu_hours=0.0 if nothing else self._speed.gpu_hours(tokens, self._prices),
            usd=0.0 if nothing else self._speed.usd(prompt_tokens, completion_tokens, self._prices),
        )

    def _rest(self, tally: Tally, what: Callable[[Spent], int]) -> float:
        """What files that wait still take, if each takes as much in all as those that are complete do on average."""
        return max(tally.waiting * what(self._whole.done) / self._whole.complete - what(tally.begun), 0.0)


def _times(mean: float | None, count: float) -> float | None:
    return None if mean is None else mean * count
