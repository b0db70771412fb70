"""Ask the model of a workspace about one partition, so that no answer is lost and none is paid for twice.

An answer is in the journal before it counts, and in the segments of `completions` every so many answers or seconds; what a
killed process left in its journal is appended first by the next.
Belongs here: lease, journal, segments, the report. Does not: which requests there are (`strategies.generating`), sending them
(`generation.asking`).
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from alchemy_assets import schema
from alchemy_assets.errors import AlchemyError
from alchemy_assets.generation.asking import Asker
from alchemy_assets.generation.completions import Answers
from alchemy_assets.generation.journal import Journal
from alchemy_assets.generation.usage import Prices, Report, cost_usd, gpu_seconds
from alchemy_assets.orchestration.model import SECONDS, Model
from alchemy_assets.segments import LEASE_SECONDS, Lease
from alchemy_assets.strategies.generating import Asked, ask_all
from alchemy_assets.strategies.strategy import CuratedFile, Kind

ASSET = "completions"


class TooManyUnansweredError(AlchemyError, RuntimeError):
    """More of a partition's requests stayed without an answer than the settings allow."""


class Keeper:
    """Hands what is in the journal on to the segments."""

    def __init__(self, model: Model, journal: Journal, lease: Lease) -> None:
        self._model = model
        self._journal = journal
        self._lease = lease
        self._since = time.monotonic()
        self._added = 0
        self._seconds = 0.0

    async def add(self, row: Mapping[str, object]) -> None:
        """Keep an answer."""
        await self._journal.add(row)
        self._added += 1
        if self._added >= self._model.settings.segment_answers:
            self.flush()

    async def tick(self, report: Report) -> None:
        """Go on flushing by the clock, and say that the work goes on."""
        while True:
            await asyncio.sleep(min(self._model.settings.segment_seconds, LEASE_SECONDS / 4))
            self.flush() if time.monotonic() - self._since >= self._model.settings.segment_seconds else self._renew()
            self.count(report)

    def flush(self) -> None:
        """Append what is in the journal, then take it out; a crash in between appends it once more, and counts once."""
        rows = self._journal.rows()
        if rows.height:
            self._model.completions.append(self._lease, rows)
            self._journal.remove(rows["request_sha256"])
        self._since, self._added = time.monotonic(), 0

    def count(self, report: Report, engine: str = "") -> None:
        """Note the seconds of work since the last time."""
        new = report.engine_seconds - self._seconds
        if new > 0:
            row = {"engine": engine, "engine_seconds": new, "gpu_seconds": gpu_seconds(new, self._model.served.gpus)}
            with self._model.seconds.lease(self._lease.partition) as lease:
                self._model.seconds.append(lease, schema.frame_of([row], SECONDS))
            self._seconds = report.engine_seconds

    def _renew(self) -> None:
        self._model.completions.renew(self._lease)


def ask_partition(
    model: Model, folder: Path, partition: str, kinds: Sequence[Kind], files: Sequence[CuratedFile]
) -> tuple[Asked, Report]:
    """Ask for everything that the files of a partition lack.

    folder: where journals lie. Raises LeaseHeldError where another worker does the same, EngineDownError where nothing answers,
    TooManyUnansweredError where that is the case; whatever was answered is kept in every case.
    """
    with (
        model.completions.lease(partition) as lease,
        Journal(folder / f"{partition.replace('|', '/')}.sqlite") as journal,
    ):
        keeper = Keeper(model, journal, lease)
        keeper.flush()
        answers = model.answers(of_files(model.completions.read(partition), files))
        asked, report = asyncio.run(_ask(model, keeper, kinds, files, answers))
    if asked.share > model.settings.unanswered_share:
        worst, count = asked.unanswered.most_common(1)[0]
        lost = asked.unanswered.total()
        msg = (
            f"{partition}: {lost:,} of {lost + asked.answered:,} requests stayed without an answer, {count:,} of them because"
            f" {worst} ({asked.first[worst]}); what was answered is kept, and the same command asks for the rest"
            f" (generation.unanswered_share is {model.settings.unanswered_share})"
        )
        raise TooManyUnansweredError(msg)
    return asked, report


async def _ask(
    model: Model, keeper: Keeper, kinds: Sequence[Kind], files: Sequence[CuratedFile], answers: Answers
) -> tuple[Asked, Report]:
    at_once = model.settings.concurrency * len(model.served.addresses)
    async with Asker(model.served, model.settings, keeper.add, model.budget) as asker:
        ticking = asyncio.create_task(keeper.tick(asker.report))
        try:
            asked = await ask_all(kinds, files, answers, asker.ask, at_once)
        finally:
            ticking.cancel()
            await asyncio.gather(ticking, return_exceptions=True)
            keeper.flush()
            keeper.count(asker.report)
        return asked, asker.report


def of_files(completions: pl.DataFrame, files: Sequence[CuratedFile]) -> pl.DataFrame:
    """The rows of `completions` about these files."""
    return completions.filter(pl.col("blob_id").is_in([file.blob_id for file in files]))


def usage(model: Model, partition: str, answered: pl.DataFrame) -> pl.DataFrame:
    """What the answers of a partition have cost so far, over all times of asking: table `usage`, one row a model and engine."""
    prices = Prices.of(model.settings)
    work = model.seconds.read(partition)
    seconds = float(work["engine_seconds"].sum())
    gpus = None if work["gpu_seconds"].null_count() else float(work["gpu_seconds"].sum())
    rows = []
    for (engine, name), group in answered.group_by("engine_version", "model", maintain_order=True):
        tokens = {
            column: None if group[column].null_count() else int(group[column].sum())
            for column in ("prompt_tokens", "completion_tokens")
        }
        share = group.height / answered.height
        rows.append(
            {
                "asset": ASSET,
                "partition": partition,
                "engine": engine,
                "model": name,
                "requests": group.height,
                "cached_requests": None,
                **tokens,
                "reasoning_tokens": int(group["reasoning_tokens"].sum()) if group["reasoning_tokens"].count() else None,
                "engine_seconds": seconds * share,
                "gpu_seconds": None if gpus is None else gpus * share,
                "sandbox_seconds": None,
                "cost_usd": cost_usd(tokens["prompt_tokens"], tokens["completion_tokens"], seconds * share, prices),
            }
        )
    return schema.frame_of(rows, schema.USAGE).sort("engine", "model")
