"""Ask the model of a workspace about one partition, so that no answer is lost and none is paid for twice.

An answer is in the journal before it counts, and in the segments of `completions` every so many answers or seconds; what a
killed process left in its journal is appended first by the next.
Belongs here: lease, journal, segments, the report. Does not: which requests there are (`strategies.generating`), sending them
(`generation.asking`).
"""

import asyncio
import logging
import signal
import threading
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from alchemy_assets import schema
from alchemy_assets.errors import AlchemyError
from alchemy_assets.generation.asking import Asker
from alchemy_assets.generation.completions import Answers
from alchemy_assets.generation.engine import EngineUnavailableError
from alchemy_assets.generation.faults import EngineDownError
from alchemy_assets.generation.journal import Journal, JournalBusyError
from alchemy_assets.generation.usage import Prices, Report, cost_usd, gpu_seconds
from alchemy_assets.orchestration.model import SECONDS, Model
from alchemy_assets.segments import LEASE_SECONDS, Lease
from alchemy_assets.strategies.generating import Asked, ask_all, lacking
from alchemy_assets.strategies.strategy import CuratedFile, Kind

ASSET = "completions"
_LOG = logging.getLogger(__name__)


class TooManyUnansweredError(AlchemyError, RuntimeError):
    """More of a partition's requests stayed without an answer than the settings allow."""


class Keeper:
    """Hands what is in the journal on to the segments.

    forgotten: blob ids whose answers an owner asked to be taken out.
    """

    def __init__(self, model: Model, journal: Journal, lease: Lease, forgotten: Collection[str]) -> None:
        self._model = model
        self._journal = journal
        self._lease = lease
        self._forgotten = list(forgotten)
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
        """Go on flushing by the clock, and say that the work goes on; raises LeaseLostError where another took it over."""
        while True:
            await asyncio.sleep(min(self._model.settings.segment_seconds, LEASE_SECONDS / 4))
            if time.monotonic() - self._since >= self._model.settings.segment_seconds:
                self.flush()
                self.count(report)
            else:
                self._model.completions.renew(self._lease)

    def flush(self) -> None:
        """Append what is in the journal, then take it out; a crash in between appends it once more, and counts once."""
        rows = self._journal.rows()
        if rows.height:
            stay = rows.filter(~pl.col("blob_id").is_in(self._forgotten))
            if stay.height:
                self._model.completions.append(self._lease, stay)
            self._journal.remove(rows["request_sha256"])
        self._since, self._added = time.monotonic(), 0

    def count(self, report: Report) -> None:
        """Note the seconds of work since the last time. It is not worth an answer: where it fails, that is told and no more."""
        new = report.engine_seconds - self._seconds
        if new <= 0:
            return
        model, revision = self._model.key
        row = {"partition": self._lease.partition, "model": model, "model_revision": revision, "engine_seconds": new}
        row["gpu_seconds"] = gpu_seconds(new, self._model.served.gpus)
        try:
            with self._model.seconds.lease(self._lease.partition) as lease:
                self._model.seconds.append(lease, schema.frame_of([row], SECONDS))
        except (AlchemyError, OSError):
            _LOG.warning("%.1f seconds of %s could not be noted", new, self._lease.partition, exc_info=True)
        self._seconds = report.engine_seconds


def ask_partition(  # noqa: PLR0913, PLR0917 -- what a partition is asked with
    model: Model,
    folder: Path,
    partition: str,
    kinds: Sequence[Kind],
    files: Sequence[CuratedFile],
    forgotten: Collection[str] = (),
) -> tuple[Asked, Report]:
    """Ask for everything that the files of a partition lack; no engine is started where they lack nothing.

    folder: where journals lie. Raises LeaseHeldError where another worker does the same, EngineDownError where nothing answers,
    EngineUnavailableError where an engine of ours does not start or was given up, TooManyUnansweredError where that is the case;
    whatever was answered is kept in every case.
    """
    # The journal first: a worker that cannot have it must not take the place of the one that has.
    with (
        Journal(_journal(folder, partition)) as journal,
        model.completions.lease(partition) as lease,
    ):
        keeper = Keeper(model, journal, lease, forgotten)
        keeper.flush()
        answers = model.answers(of_files(model.completions.read(partition), files))
        if not any(_lacks(kind, file, answers) for file in files for kind in kinds):
            return Asked(known=len(answers.known)), Report()
        # It may load for long, and an event loop would hear of an interrupt only afterwards.
        served = model.served
        try:
            asked, report = asyncio.run(_ask(model, keeper, kinds, files, answers))
        except EngineDownError as error:
            wrong = served.failure()
            model.close()  # The next partition asks whoever answers then.
            if wrong:
                raise EngineUnavailableError(wrong) from error
            raise
    if asked.share > model.settings.unanswered_share:
        worst, count = asked.unanswered.most_common(1)[0]
        lost = asked.unanswered.total()
        msg = (
            f"{partition}: {lost:,} of {lost + asked.answered + asked.known:,} requests stayed without an answer, {count:,} of"
            f" them because {worst} ({asked.first[worst]}); what was answered is kept, and the same command asks for the rest"
            f" (generation.unanswered_share is {model.settings.unanswered_share})"
        )
        raise TooManyUnansweredError(msg)
    return asked, report


def left_over(folder: Path, partition: str) -> pl.DataFrame:
    """The answers that a killed worker left in its journal, to be appended by the next; none while a worker is at it."""
    empty = schema.frame_of([], schema.COMPLETIONS)
    path = _journal(folder, partition)
    if not path.exists():
        return empty
    try:
        with Journal(path) as journal:
            return journal.rows()
    except JournalBusyError:
        return empty


def _journal(folder: Path, partition: str) -> Path:
    return folder / f"{partition.replace('|', '/')}.sqlite"


def _lacks(kind: Kind, file: CuratedFile, answers: Answers) -> bool:
    """Whether a kind lacks anything; one that fails is looked at where it is counted."""
    try:
        return bool(lacking(kind, file, answers))
    except Exception:  # noqa: BLE001 -- `ask_all` meets it again, and tells
        return True


async def _ask(
    model: Model, keeper: Keeper, kinds: Sequence[Kind], files: Sequence[CuratedFile], answers: Answers
) -> tuple[Asked, Report]:
    at_once = model.settings.concurrency * len(model.served.addresses)
    async with Asker(model.served, model.settings, keeper.add, model.budget) as asker:
        asking = asyncio.create_task(ask_all(kinds, files, answers, asker.ask, at_once))
        ticking = asyncio.create_task(keeper.tick(asker.report))
        try:
            with _interruptible(asking):
                # Without its clock nothing is handed on and the lease runs out: then the asking ends, too.
                await asyncio.wait({asking, ticking}, return_when=asyncio.FIRST_COMPLETED)
            if not asking.done():
                asking.cancel()
                await ticking
            asked = await asking
        except asyncio.CancelledError as error:
            # Dagster hears of it, and ends its run.
            raise KeyboardInterrupt from error
        finally:
            for task in (asking, ticking):
                task.cancel()
            await asyncio.gather(asking, ticking, return_exceptions=True)
            keeper.count(asker.report)
            keeper.flush()
        return asked, asker.report


@contextmanager
def _interruptible(asking: asyncio.Task[Asked]) -> Iterator[None]:
    """Let Ctrl-C and SIGTERM end the asking at once: inside of a run Dagster puts them off to the end of the step."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {one: signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)}
    loop = asyncio.get_running_loop()
    for one in before:
        loop.add_signal_handler(one, asking.cancel)
    try:
        yield
    finally:
        for one, handler in before.items():
            loop.remove_signal_handler(one)
            signal.signal(one, handler)


def of_files(completions: pl.DataFrame, files: Sequence[CuratedFile]) -> pl.DataFrame:
    """The rows of `completions` about these files."""
    return completions.filter(pl.col("blob_id").is_in([file.blob_id for file in files]))


def usage(model: Model, partition: str, answered: pl.DataFrame) -> pl.DataFrame:
    """What the answers of a partition have cost so far, over all times of asking: table `usage`, one row a model and engine."""
    prices = Prices.of(model.settings)
    work = model.work(partition)
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
