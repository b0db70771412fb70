"""Ask a model for everything that the files of a shard still lack: file by file, round by round, nothing twice.

Belongs here: which requests there are, and in which order. Does not: sending them (`generation.asking`), keeping answers
(`orchestration.generating`), making samples of them (`strategy.run`).
All requests of one file go out together, and files one after the other, so that a server that keeps the beginning of
prompts finds it again.
"""

import asyncio
import logging
from collections import ChainMap, Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from alchemy_assets.generation.completions import Answers, Completion, Request
from alchemy_assets.generation.faults import UnansweredError
from alchemy_assets.generation.usage import BudgetSpentError
from alchemy_assets.strategies.strategy import FAILED, CuratedFile, Kind

_LOG = logging.getLogger(__name__)
Ask = Callable[[Request], Awaitable[Completion]]


@dataclass
class Asked:
    """What came of asking for a shard.

    answered: requests that were answered now; known: answers that were there before. unanswered: how many under each reason;
    first: the detail of its first. stopped: why not everything was asked, or ""; failure: what ended it before that.
    """

    answered: int = 0
    known: int = 0
    unanswered: Counter[str] = field(default_factory=Counter)
    first: dict[str, str] = field(default_factory=dict)
    stopped: str = ""
    failure: Exception | None = None

    @property
    def share(self) -> float:
        """The share of all requests of these files that stayed without an answer."""
        lost = self.unanswered.total()
        return lost / max(self.answered + self.known + lost, 1)

    def lost(self, reason: str, detail: str) -> None:
        """Count a request without an answer."""
        self.unanswered[reason] += 1
        self.first.setdefault(reason, detail)


def lacking(kind: Kind, file: CuratedFile, answers: Answers) -> list[Request]:
    """What a kind asks about a file and has no answer to yet, as far as it is known before others are answered."""
    return [one for one in kind.next(file, answers) if isinstance(one, Request)]


async def ask_all(
    kinds: Sequence[Kind], files: Iterable[CuratedFile], answers: Answers, ask: Ask, at_once: int
) -> Asked:
    """Ask until every kind has what it needs for every file; `at_once` requests are under way, and as many wait.

    Raises EngineDownError where nothing answers any more, when what was under way is done. A request that cannot be answered
    keeps none of the others, nor does a kind that fails on a file.
    """
    asked, load = Asked(known=len(answers.known)), _Load(2 * at_once)
    async with asyncio.TaskGroup() as group:
        for file in files:
            await load.room()
            if asked.stopped or asked.failure:
                break
            group.create_task(_ask_file(kinds, file, answers, ask, asked, load))
    if asked.failure is not None:
        raise asked.failure
    return asked


class _Load:
    """How many requests are out; files are begun while there is room."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._out = 0
        self._changed = asyncio.Event()

    async def room(self) -> None:
        # A turn of the loop lets the files that were begun send what they have.
        await asyncio.sleep(0)
        while self._out >= self._most:
            self._changed.clear()
            await self._changed.wait()

    async def of(self, ask: Ask, request: Request) -> Completion:
        try:
            return await ask(request)
        finally:
            self._out -= 1
            self._changed.set()

    def add(self, requests: int) -> None:
        self._out += requests


async def _ask_file(  # noqa: PLR0913, PLR0917 -- what a file is asked with
    kinds: Sequence[Kind], file: CuratedFile, answers: Answers, ask: Ask, asked: Asked, load: _Load
) -> None:
    new: dict[str, Completion] = {}
    mine = replace(answers, known=ChainMap(new, answers.known))  # type: ignore[arg-type] # it is only read
    failed: set[str] = set()
    waiting = tuple(kinds)
    while waiting and not asked.stopped and not asked.failure:
        found = [
            (mine.key(request), kind, request) for kind in waiting for request in _of_kind(kind, file, mine, asked)
        ]
        requests = {key: request for key, _, request in found if key not in failed}
        open_kinds = {kind.name for key, kind, _ in found if key in requests}
        waiting = tuple(kind for kind in waiting if kind.name in open_kinds)
        load.add(len(requests))
        results = await asyncio.gather(*(load.of(ask, one) for one in requests.values()), return_exceptions=True)
        for key, result in zip(requests, results, strict=True):
            match result:
                case Completion():
                    new[key] = result
                    asked.answered += 1
                case UnansweredError():
                    failed.add(key)
                    asked.lost(result.reason, f"{file.blob_id}, {requests[key].kind}: {result.detail}")
                case BudgetSpentError():
                    asked.stopped = str(result)
                case Exception():
                    # What others have under way is paid for: they end by themselves.
                    asked.failure = asked.failure or result
                case _:
                    raise result


def _of_kind(kind: Kind, file: CuratedFile, answers: Answers, asked: Asked) -> list[Request]:
    """What a kind lacks about a file; where it fails, that is counted, and the file goes without it."""
    try:
        return lacking(kind, file, answers)
    except Exception as error:  # noqa: BLE001 -- answers of a model may hold anything
        _LOG.exception("%s failed on %s", kind.name, file.blob_id)
        asked.lost(FAILED, f"{file.blob_id}, {kind.name}: {type(error).__name__}: {error}")
        return []
