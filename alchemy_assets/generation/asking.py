"""Ask a model, at all servers that have it, until each request is answered and kept, or is known to stay without an answer.

Belongs here: what becomes of one request over its attempts, keeping its answer, counting. Does not: one exchange
(`endpoint`), which server is asked when (`line`), what is asked.

A fault that may be the request's own (a failing server, a time-out, garbage) counts against it, and so many make it
unanswered; that nobody is there, or that a server has too much to do, does not, or hardly. An answer is in the journal before
it counts.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

from alchemy_assets.generation.completions import LENGTH, Completion, Request, row_of
from alchemy_assets.generation.endpoint import Answer, Endpoint, session, smaller
from alchemy_assets.generation.engine import Served
from alchemy_assets.generation.faults import (
    Closed,
    DoesNotFit,
    EngineDownError,
    Fault,
    Overloaded,
    Unanswerable,
    UnansweredError,
)
from alchemy_assets.generation.health import Server, Turn, jitter
from alchemy_assets.generation.line import Line
from alchemy_assets.generation.usage import Budget, BudgetSpentError, Report
from alchemy_assets.settings import Generation

_FIRST_WAIT: Final = 0.25
# Times that a request may be turned away by servers with too much to do, for each attempt that it has.
_PATIENT: Final = 10
_DOUBLINGS: Final = 10

JournalAdd = Callable[[Mapping[str, object]], Awaitable[None]]


@dataclass(slots=True)
class _Course:
    """How a request has fared.

    most: tokens that its answer was to have at most, when it was last sent. room: the same for the next time, where a server
    found that its context has no room for what was asked. refused: whether the last server would not be asked.
    """

    sent: int = 0
    own: int = 0
    turned_away: int = 0
    most: int = 0
    room: int | None = None
    avoid: Server | None = None
    refused: bool = False


class Asker:
    """A client of the servers of one model, used inside `async with`.

    journal_add: keeps a row of `completions`, and returns when it is kept. budget: what may be spent; None is what the
    settings say. report: what came of it so far. Raises EngineDownError at the start where no server has the model.
    """

    def __init__(
        self, served: Served, settings: Generation, journal_add: JournalAdd, budget: Budget | None = None
    ) -> None:
        self.report = Report()
        self._served = served
        self._settings = settings
        self._journal_add = journal_add
        self._budget = Budget.of(settings, served.gpus) if budget is None else budget
        self._asked: dict[str, list[asyncio.Future[Completion | None]]] = {}

    async def __aenter__(self) -> Self:
        settings, served = self._settings, self._served
        self._session = session(served, settings)
        endpoints = (Endpoint(one, served, self._session, settings.connect_seconds) for one in served.addresses)
        self._line = Line([Server(one, settings) for one in endpoints], settings)
        try:
            await asyncio.gather(*(self._greet(server) for server in self._line.servers))
            self._line.raise_end()
        except BaseException:
            await self._session.close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._line.close()
        await self._session.close()

    async def ask(self, request: Request) -> Completion:
        """The answer to a request, when it is kept; the same request asked for meanwhile waits for the same answer.

        Raises UnansweredError where there is none, EngineDownError and BudgetSpentError where nothing can be asked any
        more, and what keeping it raises.
        """
        key = request.sha256(*self._served.keyed_as)
        while (others := self._asked.get(key)) is not None:
            mine: asyncio.Future[Completion | None] = asyncio.get_running_loop().create_future()
            others.append(mine)
            if (answer := await mine) is not None:
                return answer
            # The one that asked was cancelled: the next one asks.
        others = self._asked[key] = []
        answer, failure = None, None
        try:
            answer = await self._kept(request, key)
        except Exception as error:
            failure = error
            raise
        finally:
            del self._asked[key]
            for other in others:
                if other.done():
                    continue
                if failure is None:
                    other.set_result(answer)
                else:
                    other.set_exception(failure)
        return answer

    async def _kept(self, request: Request, key: str) -> Completion:
        self._line.enter()
        try:
            answer = await self._answer(request, key)
            await self._journal_add(row_of(request, answer.completion, *self._served.keyed_as))
            self._count(request, answer)
        except UnansweredError as error:
            self.report.unanswered[error.reason] += 1
            raise
        except (EngineDownError, BudgetSpentError):
            self.report.left += 1
            raise
        finally:
            self._line.leave()
        return answer.completion

    async def _answer(self, request: Request, key: str) -> Answer:
        course = _Course()
        while True:
            self._check_budget()
            turn = await self._line.turn(request.blob_id, course.avoid, last=course.refused)
            self.report.retries += course.sent > 0
            course.sent += 1
            self.report.began()
            try:
                async with self._line.exchange():
                    answer = await self._sent(turn.server.endpoint, request, key, course)
            except Fault as fault:
                wait = self._failed(turn, fault, course, request.blob_id or key)
            else:
                self._line.well(turn, quicken=True)
                # Before the turn goes to the next one: a budget is overspent by what is under way, and no more.
                self._budget.spend(answer.completion.prompt_tokens, answer.completion.completion_tokens)
                self._check_budget()
                return answer
            finally:
                self._budget.work(self.report.ended())
                self._line.give(turn)
            if wait:
                await self._line.rest(wait)

    async def _sent(self, endpoint: Endpoint, request: Request, key: str, course: _Course) -> Answer:
        if not endpoint.greeted:  # it was not there at the start, so its context is not known yet
            await endpoint.greet()
        room = endpoint.room(request)
        course.most = room if course.room is None else min(room, course.room)
        return await endpoint.ask(request, key, course.most)

    def _failed(self, turn: Turn, fault: Fault, course: _Course, file: str) -> float:
        """What a fault means for a request: seconds to wait, or UnansweredError."""
        server = turn.server
        self.report.faults[fault.kind, server.endpoint.address] += 1
        if isinstance(fault, Unanswerable):
            self._line.well(turn, quicken=False)
            course.room = smaller(fault, course.most) if isinstance(fault, DoesNotFit) else 0
            if not course.room:
                raise UnansweredError(fault.kind, fault.words)
            return 0.0
        self._line.failed(turn, fault, file)
        self._line.raise_end()  # where the whole engine is at fault, the request is not
        course.own += fault.own
        course.refused = isinstance(fault, Closed)
        course.turned_away += isinstance(fault, (Closed, Overloaded)) and not fault.own
        if course.own >= self._settings.attempts or course.turned_away >= _PATIENT * self._settings.attempts:
            raise UnansweredError(
                fault.kind, f"{fault.words}, at {server.endpoint.address}, after {course.sent} attempts"
            )
        course.avoid = server
        if self._line.has_other(server):
            return 0.0
        return jitter(
            min(_FIRST_WAIT * 2.0 ** min(course.own + course.turned_away, _DOUBLINGS), self._settings.longest_wait)
        )

    def _count(self, request: Request, answer: Answer) -> None:
        report, completion = self.report, answer.completion
        report.answered[request.kind] += 1
        if completion.finish_reason == LENGTH:
            report.cut[request.kind] += 1
        report.uncounted += completion.prompt_tokens is None or completion.completion_tokens is None
        report.prompt_tokens += completion.prompt_tokens or 0
        report.completion_tokens += completion.completion_tokens or 0
        report.reasoning_tokens += completion.reasoning_tokens or 0
        report.cached_tokens += answer.cached_tokens or 0

    def _check_budget(self) -> None:
        """Nobody gets a turn once the budget is spent."""
        if why := self._budget.spent(self.report.working):
            msg = f"{why}. What was answered is kept, and a run with a larger budget goes on from there"
            self._line.end(BudgetSpentError(msg))

    async def _greet(self, server: Server) -> None:
        loop = asyncio.get_running_loop()
        try:
            await server.endpoint.greet()
        except Fault as fault:
            self.report.faults[fault.kind, server.endpoint.address] += 1
            server.unheard(fault, loop.time())
            self._line.check()
