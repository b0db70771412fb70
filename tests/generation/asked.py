"""Asking for the tests: requests through the real client and a real journal, and the laws that hold whatever happens."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from alchemy_assets.errors import AlchemyError
from alchemy_assets.generation.asking import Asker
from alchemy_assets.generation.completions import Completion, Request
from alchemy_assets.generation.engine import Served
from alchemy_assets.generation.journal import Journal
from alchemy_assets.generation.usage import Budget, Report
from alchemy_assets.settings import Generation
from tests.generation.fault_server import MODEL

REVISION = "r1"


def request(text: str, **more: object) -> Request:
    """A request whose last turn is the text, and its blob id too."""
    values: dict[str, object] = {"kind": "fix", "strategy": "code-qa", "blob_id": text}
    return Request((("system", "You mend code."), ("user", text)), **values | more)


def many(count: int) -> list[Request]:
    """Different requests."""
    return [request(f"question {number}") for number in range(count)]


def hurried(addresses: Sequence[str], **more: object) -> Generation:
    """Settings whose waits are short; deadlines are not, as they would be missed where many tests share a machine."""
    values: dict[str, object] = {
        "engine": "endpoint",
        "model": MODEL,
        "revision": REVISION,
        "endpoints": tuple(addresses),
        "connect_seconds": 5,
        "first_byte_seconds": 10,
        "total_seconds": 20,
        "longest_wait": 0.05,
        "attempts": 4,
        "patience": 60,
    }
    return Generation(**values | more)


def served(settings: Generation, **more: object) -> Served:
    """The engine of some settings, as `engine.serve` gives it."""
    key = settings.api_key.get_secret_value() if settings.api_key else None
    return Served(settings.endpoints, settings.model, (settings.model, settings.revision), key, **more)


@dataclass
class Outcome:
    """What came of asking: by last turn an answer or an error; what the journal has; the report; how long it took."""

    answers: dict[str, Completion]
    errors: dict[str, BaseException]
    rows: pl.DataFrame
    report: Report
    seconds: float

    def lawful(self) -> None:
        """Each answer is in the journal, once; the report counts what is there, and every ask ended in one way."""
        keys = [one.request_sha256 for one in self.answers.values()]
        assert sorted(self.rows["request_sha256"]) == sorted(keys)
        kept = dict(self.rows.select("request_sha256", "raw").iter_rows())
        assert kept == {one.request_sha256: one.raw for one in self.answers.values()}
        assert self.report.answered.total() == len(self.answers)
        assert self.report.prompt_tokens == self.rows["prompt_tokens"].sum()
        assert self.report.completion_tokens == self.rows["completion_tokens"].sum()
        assert self.report.unanswered.total() + self.report.left == len(self.errors)
        assert self.report.under_way == 0


def asked(
    addresses: Sequence[str],
    requests: Sequence[Request],
    *,
    budget: Budget | None = None,
    context: int | None = None,
    **more: object,
) -> Outcome:
    """Ask for all of them at once; what came of it, after the laws were checked. context: as the engine knows it; more: settings."""
    settings = hurried(addresses, **more)
    engine = served(settings, context=context)
    with TemporaryDirectory() as folder:
        outcome = asyncio.run(_asked(Path(folder), settings, engine, requests, budget))
    outcome.lawful()
    return outcome


async def _asked(
    folder: Path, settings: Generation, engine: Served, requests: Sequence[Request], budget: Budget | None
) -> Outcome:
    answers: dict[str, Completion] = {}
    errors: dict[str, BaseException] = {}
    started = time.monotonic()
    with Journal(folder / "journal.sqlite") as journal:
        async with Asker(engine, settings, journal.add, budget) as asker:

            async def ask(one: Request) -> None:
                text = one.messages[-1][1]
                try:
                    answers[text] = await asker.ask(one)
                except AlchemyError as error:
                    errors[text] = error

            await asyncio.gather(*map(ask, requests))
        assert asyncio.all_tasks() == {asyncio.current_task()}
        return Outcome(answers, errors, journal.rows(), asker.report, time.monotonic() - started)
