"""Which server takes the next request, and when: each has its pace and its health, and the others take over from a bad one.

Belongs here: waiting for a turn, and finding that no server answers. Does not: how a server fares (`health`), exchanges
(`endpoint`), what becomes of one request (`asking`).

The requests of one file go to one server where they can: their prompts begin alike, and it has the beginning in its prefix cache.
"""

import asyncio
import zlib
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Final

from alchemy_assets.errors import AlchemyError
from alchemy_assets.generation.faults import BROKEN_OFF, NOT_CONNECTED, TIMED_OUT, EngineDownError, Fault, Overloaded
from alchemy_assets.generation.health import Server, Turn
from alchemy_assets.settings import Generation

# How far from the head of the line a server looks for a file that it knows.
_LOOK: Final = 16
# What servers that are gone look like: no word of theirs is among it.
_GONE: Final = frozenset((NOT_CONNECTED, TIMED_OUT, BROKEN_OFF))
_LAST_SECONDS: Final = 5.0


@dataclass(frozen=True, eq=False, slots=True)
class _Waiter:
    turn: "asyncio.Future[Turn]"
    favourite: Server
    avoid: Server | None


class Line:
    """Everybody who waits for a turn at one of the servers."""

    def __init__(self, servers: list[Server], settings: Generation) -> None:
        self.servers = servers
        self._patience = settings.patience
        self._waiting: deque[_Waiter] = deque()
        self._resting: set[asyncio.Future[None]] = set()
        self._exchanges: set[asyncio.Timeout] = set()
        self._last: float | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._end: AlchemyError | None = None
        self._heard = asyncio.get_running_loop().time()
        self._asks = 0

    def enter(self) -> None:
        """A request is to be answered."""
        if not self._asks:
            self._heard = asyncio.get_running_loop().time()
        self._asks += 1

    def leave(self) -> None:
        """It was, or will not be."""
        self._asks -= 1

    async def turn(self, file: str, avoid: Server | None, *, last: bool = False) -> Turn:
        """Wait for a turn, first among those who wait if it is not the first for this request.

        avoid: a server that is asked only where there is no other. last: wait behind all others, to learn how they fare.
        Raises what the line was ended with.
        """
        self.raise_end()
        loop = asyncio.get_running_loop()
        favourite = self.servers[zlib.crc32(file.encode()) % len(self.servers)]
        if not self._waiting and (server := self._choose(favourite, avoid, now := loop.time())) is not None:
            return server.begin(now)
        waiter = _Waiter(loop.create_future(), favourite, avoid)
        if avoid is None or last:
            self._waiting.append(waiter)
        else:
            self._waiting.appendleft(waiter)
        self._wake()
        try:
            return await waiter.turn
        except asyncio.CancelledError:
            if waiter.turn.cancelled():
                with suppress(ValueError):  # the line may have ended meanwhile
                    self._waiting.remove(waiter)
            elif waiter.turn.exception() is None:
                self.give(waiter.turn.result())  # its turn came in the same round of the loop
            raise

    def give(self, turn: Turn) -> None:
        """A request is under way no more."""
        turn.server.end(turn.number)
        self._wake()

    @asynccontextmanager
    async def exchange(self) -> AsyncIterator[None]:
        """An exchange is under way inside; it goes on when the line ends, a few seconds where the servers are gone.

        Raises Overloaded where it was broken off then.
        """
        try:
            async with asyncio.timeout_at(self._last) as deadline:
                self._exchanges.add(deadline)
                try:
                    yield
                finally:
                    self._exchanges.discard(deadline)
        except TimeoutError as error:
            raise Overloaded(TIMED_OUT, "no server answers any more", own=True) from error

    async def rest(self, seconds: float) -> None:
        """Wait before asking again, or until the line ends."""
        loop = asyncio.get_running_loop()
        over: asyncio.Future[None] = loop.create_future()
        timer = loop.call_later(seconds, _set, over)
        self._resting.add(over)
        try:
            await over
        finally:
            timer.cancel()
            self._resting.discard(over)

    def well(self, turn: Turn, *, quicken: bool) -> None:
        """A server answered; quicken: and can have more under way (a refusal of one request says nothing of that)."""
        self._heard = asyncio.get_running_loop().time()
        turn.server.well(turn.started)
        if quicken:
            turn.server.pace.quicken()

    def failed(self, turn: Turn, fault: Fault, file: str) -> None:
        """A server did not answer about a file; ends the line where none does."""
        turn.server.failed(fault, turn.started, asyncio.get_running_loop().time(), file)
        self.check(turn)

    def has_other(self, server: Server) -> bool:
        """Whether another server is well."""
        return any(one is not server and not one.alone for one in self.servers)

    def check(self, failed: Turn | None = None) -> None:
        """End the line where every server refuses to be asked, or none has answered for too long. failed: has just ended."""
        now = asyncio.get_running_loop().time()
        silent = now - self._heard
        untried = any(waiter.avoid is None for waiter in self._waiting)
        closed = all(one.closed and not one.busy(failed) for one in self.servers)
        # Where all that is left has been refused, and others were not, there is nobody to spare it: they may be few.
        if closed and (untried or not all(one.choosy for one in self.servers)):
            self.end(EngineDownError(f"no server can be asked: {self._said()}. What was answered is kept"))
        elif silent > self._patience and all(one.fault and not one.generating(now) for one in self.servers):
            msg = (
                f"the model has answered nothing for {silent:.0f} seconds: {self._said()}. What was answered is kept; look "
                "after its servers (generation.endpoints), and run again to go on"
            )
            if all(one.fault and one.fault.kind in _GONE for one in self.servers):
                self._last = now + _LAST_SECONDS
            self.end(EngineDownError(msg))

    def end(self, error: AlchemyError) -> None:
        """Nobody gets a turn any more: all who wait, and all who come, get the error; what is under way is left to finish."""
        if self._end is not None:
            return
        self._end = error
        self.close()
        for waiter in self._waiting:
            if not waiter.turn.done():
                waiter.turn.set_exception(_anew(error))
        self._waiting.clear()
        for over in list(self._resting):
            _set(over)
        for deadline in self._exchanges if self._last is not None else ():
            deadline.reschedule(self._last)

    def raise_end(self) -> None:
        """Raise what the line was ended with, if it was."""
        if self._end is not None:
            raise _anew(self._end)

    def close(self) -> None:
        """Leave no timer behind."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _said(self) -> str:
        return "; ".join(f"{one.endpoint.address}: {one.fault or 'not asked'}" for one in self.servers)

    def _choose(self, favourite: Server, avoid: Server | None, now: float) -> Server | None:
        """The server for somebody who comes while nobody waits."""
        best: Server | None = None
        for server in self.servers:
            opens = server.opens()
            if opens is None or opens > now or (server is avoid and self.has_other(server)):
                continue
            if server is favourite and not server.alone:
                return server
            if best is None or server.pace.room > best.pace.room:
                best = server
        return best

    def _wake(self) -> None:
        """Give turns to those who wait as far as servers take requests, and come back when another does."""
        if not self._waiting or self._end is not None:
            return
        now = asyncio.get_running_loop().time()
        soonest = now + self._patience
        for server in self.servers:
            while self._waiting and (opens := server.opens()) is not None:
                if opens > now:
                    soonest = min(soonest, opens)
                    break
                waiter = self._next(server)
                if waiter is None:
                    break
                waiter.turn.set_result(server.begin(now))
        if self._waiting and (self._timer is None or self._timer.when() > soonest):
            self.close()
            self._timer = asyncio.get_running_loop().call_at(soonest, self._again)

    def _again(self) -> None:
        self._timer = None
        self.check()
        self._wake()

    def _next(self, server: Server) -> _Waiter | None:
        """Who goes to a server next: one whose file it knows, of the first few, else the first."""
        other = self.has_other(server)
        chosen: int | None = None
        for place, waiter in enumerate(self._waiting):
            if chosen is not None and place >= _LOOK:
                break
            if waiter.turn.done() or (other and waiter.avoid is server):
                continue
            if waiter.favourite is server:
                chosen = place
                break
            chosen = place if chosen is None else chosen
        if chosen is None:
            return None
        found = self._waiting[chosen]
        del self._waiting[chosen]
        return found


def _anew(error: AlchemyError) -> AlchemyError:
    # Each who waits raises one of their own: an exception keeps the frames that it went through.
    return type(error)(*error.args)


def _set(over: "asyncio.Future[None]") -> None:
    if not over.done():
        over.set_result(None)
