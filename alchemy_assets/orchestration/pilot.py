"""Try a strategy on a few files that stand for all: what is accepted, what it costs, and what all of them would cost.

Belongs here: asking about the drawn files, making samples of them, counting. Does not: which files are drawn (`drawing`), how
far a part tells of the whole (`extrapolating`), what is shown (`cli.pilot`).
Answers are kept in `completions`, where `alchemy generate` finds them; nothing is published.
"""

import contextlib
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from alchemy_assets.errors import AlchemyError, PartitionMissingError, SettingsError
from alchemy_assets.generation.completions import NO_ANSWERS
from alchemy_assets.generation.faults import EngineDownError
from alchemy_assets.generation.journal import JournalBusyError
from alchemy_assets.generation.usage import Prices
from alchemy_assets.orchestration.assets.generation import model_of, training_files
from alchemy_assets.orchestration.assets.strategies import INDEX
from alchemy_assets.orchestration.drawing import Measured, draw
from alchemy_assets.orchestration.extrapolating import Figure, extrapolated, summed
from alchemy_assets.orchestration.freshness import Graph
from alchemy_assets.orchestration.generating import TooManyUnansweredError, ask_partition, of_files
from alchemy_assets.orchestration.looked import Asked, Speed, Spent, told
from alchemy_assets.orchestration.samples_shown import Shown, chosen
from alchemy_assets.orchestration.workspace import SEPARATOR
from alchemy_assets.segments import LeaseHeldError, LeaseLostError
from alchemy_assets.store import UNPARTITIONED
from alchemy_assets.strategies.generating import lacking
from alchemy_assets.strategies.registry import STRATEGIES, written_by
from alchemy_assets.strategies.screening import Screen
from alchemy_assets.strategies.strategy import CuratedFile, Shard, run

REPLAY = "replay"


@dataclass(frozen=True)
class FileCost:
    """What one drawn file took. waiting: whether it still lacks an answer."""

    spent: Spent
    waiting: bool


@dataclass(frozen=True)
class KindResult:
    """What came of one kind. reasons: how many rejected samples have each; one may have several. spent: its own answers."""

    name: str
    accepted: int
    rejected: int
    reasons: Counter[str]
    spent: Spent

    @property
    def proposed(self) -> int:
        """Samples that were accepted or rejected."""
        return self.accepted + self.rejected


@dataclass(frozen=True)
class LanguageResult:
    """What a language cost, and what all its files would. complete: drawn files that lack nothing any more."""

    language: str
    files: int
    drawn: int
    complete: int
    prompt_tokens: Figure
    completion_tokens: Figure
    gpu_hours: Figure
    usd: Figure


@dataclass(frozen=True)
class Now:
    """What this run asked for itself. gpu_seconds: None where the number of GPUs is unknown."""

    spent: Spent
    engine_seconds: float
    gpu_seconds: float | None


@dataclass(frozen=True)
class Result:
    """What a pilot came to.

    spent: all answers about its files, also of earlier runs, and `usd`, their cost; now: those of this run. waiting: drawn
    files that still lack answers. whole: all training files of the workspace.
    """

    strategy: str
    model: tuple[str, str]
    files: int
    drawn: int
    waiting: int
    kinds: tuple[KindResult, ...]
    languages: tuple[LanguageResult, ...]
    whole: LanguageResult
    spent: Spent
    usd: float | None
    now: Now
    stopped: str
    problems: tuple[str, ...]
    left_out: Mapping[str, str]
    shown: tuple[Shown, ...]


class Pilot:
    """A pilot of one strategy of a workspace that has a model; its files are drawn at once.

    Raises SettingsError where the model writes nothing for the strategy, PartitionMissingError where there is no file to draw.
    """

    def __init__(self, graph: Graph, strategy: str, count: int) -> None:
        settings = graph.workspace.settings
        self._graph = graph
        self._model = model_of(graph.workspace)
        self._step = next(step for step in graph.steps if step.by_hand)
        self._strategy = strategy
        if strategy not in STRATEGIES:
            msg = (
                f"{strategy} has no pilot: its programs are judged when they are recorded;"
                f" look at some with: alchemy generate {strategy} --path FILE --show"
            )
            raise SettingsError(msg)
        self._kinds = written_by(strategy, settings.samples.kinds, settings.generation)
        if not self._kinds:
            msg = (
                f"the model writes nothing for {strategy}; see generation.strategies and samples.kinds in alchemy.toml"
            )
            raise SettingsError(msg)
        self.left_out: dict[str, str] = {}
        self.partitions: list[str] = []
        self.stopped = ""
        self.problems: list[str] = []
        self._files: dict[str, list[CuratedFile]] = defaultdict(list)
        self._costs: dict[str, list[FileCost]] = defaultdict(list)
        self._by_kind: dict[str, Spent] = {kind.name: Spent() for kind in self._kinds}
        self._found: dict[str, Asked] = {}
        self._answers = NO_ANSWERS
        self._speed = Speed()
        self._now = Spent()
        self._seconds = 0.0
        self._gpu_seconds: float | None = 0.0
        self._sizes = self._measured()
        self.drawn = draw(self._sizes, count)

    def _measured(self) -> dict[str, list[Measured]]:
        """Every training file that can be read."""
        sizes: dict[str, list[Measured]] = defaultdict(list)
        for partition in self._graph.partitions(self._step):
            try:
                paths = self._graph.ready(self._step, partition).inputs.paths("curated_files")
            except AlchemyError as error:
                self.left_out[partition] = str(error)
                continue
            self.partitions.append(partition)
            files = (
                pl.scan_parquet(paths, glob=False, hive_partitioning=False)
                .filter(~pl.col("held_out"))
                .select(pl.col("text").str.len_bytes(), "blob_id")
                .collect()
            )
            sizes[partition.split(SEPARATOR, maxsplit=1)[0]] += [Measured(*row) for row in files.iter_rows()]
        if not any(sizes.values()):
            why = next(iter(self.left_out.values()), "no training file is left after curation")
            msg = f"there is no file to try {self._strategy} on: {why}"
            raise PartitionMissingError(msg)
        return sizes

    def look(self, partition: str) -> None:
        """Ask for what the drawn files of a partition lack, unless that has stopped, and count what is there."""
        language = partition.split(SEPARATOR, maxsplit=1)[0]
        drawn = self.drawn.get(language, frozenset())
        inputs = self._graph.ready(self._step, partition).inputs
        files = [file for file in training_files(inputs) if file.blob_id in drawn]
        if not files:
            return
        model = self._model
        completions = model.completions.read(partition)
        answers = model.answers(of_files(completions, files))
        lacks = any(lacking(kind, file, answers) for file in files for kind in self._kinds)
        if lacks and not self.stopped and model.settings.engine != REPLAY:
            self._ask(partition, files)
            completions = model.completions.read(partition)
            answers = model.answers(of_files(completions, files))
        self._answers = answers
        self._speed.look(model, partition, completions)
        for file in files:
            spent, waiting = Spent(), False
            for one in told(self._kinds, file, answers):
                waiting |= one.waiting
                for request, answer in one.found.values():
                    spent.add(request, answer)
                    self._by_kind[one.kind.name].add(request, answer)
                self._found |= one.found
            self._costs[language].append(FileCost(spent, waiting))
        self._files[language] += files

    def _ask(self, partition: str, files: Sequence[CuratedFile]) -> None:
        model, workspace = self._model, self._graph.workspace
        before = model.completions.read(partition).select("request_sha256")
        worked = model.work(partition).height
        try:
            forgotten = workspace.forgotten.blob_ids
            asked, _ = ask_partition(model, workspace.journals, partition, self._kinds, files, forgotten)
            self.stopped = asked.stopped
        except (TooManyUnansweredError, LeaseHeldError, LeaseLostError, JournalBusyError) as error:
            self.problems.append(str(error))
        except EngineDownError as error:
            self.stopped = str(error)
            self.problems.append(f"{partition}: {error}")
        new = model.completions.read(partition).join(before, on="request_sha256", how="anti").unique("request_sha256")
        counted = new.drop_nulls(["prompt_tokens", "completion_tokens"])
        self._now = self._now.plus(
            Spent(
                answers=new.height,
                counted=counted.height,
                prompt_tokens=int(counted["prompt_tokens"].sum()),
                completion_tokens=int(counted["completion_tokens"].sum()),
            )
        )
        work = model.work(partition)[worked:]
        self._seconds += float(work["engine_seconds"].sum())
        if self._gpu_seconds is not None:
            unknown = bool(work["gpu_seconds"].null_count())
            self._gpu_seconds = None if unknown else self._gpu_seconds + float(work["gpu_seconds"].sum())

    def result(self) -> Result:
        """Make samples of what was answered, and count everything."""
        prices = self._speed.prices(self._model)
        made = {language: self._make(files) for language, files in sorted(self._files.items())}
        languages = tuple(self._language(language, prices) for language in sorted(self._sizes) if self._sizes[language])
        costs = [cost for own in self._costs.values() for cost in own]
        spent = Spent()
        for cost in costs:
            spent = spent.plus(cost.spent)
        return Result(
            strategy=self._strategy,
            model=self._model.key,
            files=sum(map(len, self._sizes.values())),
            drawn=len(costs),
            waiting=sum(cost.waiting for cost in costs),
            kinds=tuple(self._kind(kind.name, list(made.values())) for kind in self._kinds),
            languages=languages,
            whole=_whole(languages),
            spent=spent,
            usd=self._usd(spent, prices),
            now=Now(self._now, self._seconds, self._gpu_seconds),
            stopped=self.stopped,
            problems=tuple(self.problems),
            left_out=self.left_out,
            shown=tuple(chosen([kind.name for kind in self._kinds], made, self._files, self._found)),
        )

    def _make(self, files: Sequence[CuratedFile]) -> Shard:
        """Samples of the drawn files of a language: of all its shards at once, since some gates count over many samples."""
        workspace = self._graph.workspace
        known = {key: answer for key, (_, answer) in self._found.items()}
        answers = replace(self._answers, known=known)
        bounds = workspace.settings.samples
        return run(self._kinds, files, workspace.sandbox, self._strategy, answers, bounds, self._screen())

    def _screen(self) -> Screen:
        """What samples are held against when everything is generated; without the index, as far as that is possible."""
        workspace, index = self._graph.workspace, None
        if INDEX in self._graph.tables:
            with contextlib.suppress(AlchemyError):
                index = workspace.store.read(INDEX, UNPARTITIONED, self._graph.tables[INDEX].columns)
        return Screen(index, workspace.settings.decontamination)

    def _usd(self, spent: Spent, prices: Prices) -> float | None:
        if spent.tokens is None:
            return None
        return self._speed.usd(spent.prompt_tokens, spent.completion_tokens, prices) if spent.answers else 0.0

    def _language(self, language: str, prices: Prices) -> LanguageResult:
        files, costs = len(self._sizes[language]), self._costs.get(language, [])
        complete = [cost.spent for cost in costs if not cost.waiting]

        def whole(what: Callable[[Spent], float | None]) -> Figure:
            return extrapolated([what(spent) for spent in complete], files)

        return LanguageResult(
            language=language,
            files=files,
            drawn=len(costs),
            complete=len(complete),
            prompt_tokens=whole(lambda spent: None if spent.tokens is None else spent.prompt_tokens),
            completion_tokens=whole(lambda spent: None if spent.tokens is None else spent.completion_tokens),
            gpu_hours=whole(lambda spent: self._speed.gpu_hours(spent.tokens, prices)),
            usd=whole(lambda spent: self._usd(spent, prices)),
        )

    def _kind(self, name: str, made: Sequence[Shard]) -> KindResult:
        rejected = [shard.rejected.filter(pl.col("kind") == name) for shard in made]
        return KindResult(
            name=name,
            accepted=sum(int((shard.samples["kind"] == name).sum()) for shard in made),
            rejected=sum(rows.height for rows in rejected),
            reasons=Counter(reason for rows in rejected for reasons in rows["reasons"] for reason in reasons),
            spent=self._by_kind[name],
        )


def _whole(languages: Sequence[LanguageResult]) -> LanguageResult:
    return LanguageResult(
        language="",
        files=sum(one.files for one in languages),
        drawn=sum(one.drawn for one in languages),
        complete=sum(one.complete for one in languages),
        prompt_tokens=summed(one.prompt_tokens for one in languages),
        completion_tokens=summed(one.completion_tokens for one in languages),
        gpu_hours=summed(one.gpu_hours for one in languages),
        usd=summed(one.usd for one in languages),
    )
