"""How many requests are under way at one server: more while it answers, fewer when it is overloaded.

Belongs here: slow start, additive increase and multiplicative decrease, pauses that a server asks for, a bound on memory.
Does not: requests (`corpora.software_heritage`, `generation.endpoint`). One event loop has it, so nothing is locked.
"""

import asyncio
import math
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

_FIRST: Final = 8
_DECREASE: Final = 0.5


class Pace:
    """The turns at one server. `most` requests and `memory` bytes at most are under way; `first` of them at the start.

    Until the server is overloaded for the first time twice as many are under way after each round, then one more.
    """

    def __init__(self, most: int, memory: float = math.inf, *, first: int = _FIRST) -> None:
        self._most = most
        self._memory = memory
        self._limit = float(min(first, most))
        self._careful = math.inf
        self._active = 0
        self._held = 0
        self._resume = 0.0
        self._slowed = -math.inf
        self._waiting: deque[tuple[asyncio.Future[None], int]] = deque()
        self._timer: asyncio.TimerHandle | None = None

    @property
    def limit(self) -> int:
        """Requests that may be under way now."""
        return int(self._limit)

    @property
    def room(self) -> int:
        """Requests that may be under way beside those that are."""
        return int(self._limit) - self._active

    @property
    def resume(self) -> float:
        """The time of the event loop before which none may start."""
        return self._resume

    def take(self, size: int = 0) -> None:
        """A request of `size` bytes starts; whether it may is for the caller to ask (`turn` does)."""
        self._active += 1
        self._held += size

    def give(self, size: int = 0) -> None:
        """A request of `size` bytes ended."""
        self._active -= 1
        self._held -= size
        self._wake()

    @asynccontextmanager
    async def turn(self, size: int) -> AsyncIterator[float]:
        """Wait until a request of `size` bytes may start, in the order of asking; gives the time it did.

        One that is larger than all memory goes alone.
        """
        await self._wait(size)
        try:
            yield asyncio.get_running_loop().time()
        finally:
            self.give(size)

    def quicken(self) -> None:
        """A request was answered, so that more may be under way."""
        step = 1.0 if self._limit < self._careful else 1 / self._limit
        self._limit = min(float(self._most), self._limit + step)

    def slow(self, started: float, pause: float = 0.0) -> bool:
        """The server was overloaded by a request that started then: half as many, and none for `pause` seconds.

        Requests that were under way together count once; gives whether this is the first of them.
        """
        now = asyncio.get_running_loop().time()
        self._resume = max(self._resume, now + pause)
        if started <= self._slowed:
            return False
        self._slowed = now
        self._limit = self._careful = max(1.0, self._limit * _DECREASE)
        return True

    async def _wait(self, size: int) -> None:
        if not self._waiting and self._fits(size) and self._resume <= asyncio.get_running_loop().time():
            self.take(size)
            return
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((mine, size))
        self._wake()
        try:
            await mine
        except asyncio.CancelledError:
            if mine.done() and not mine.cancelled():  # its turn came in the same round of the loop
                self.give(size)
            else:
                mine.cancel()
                self._wake()
            raise

    def _wake(self) -> None:
        """Give turns to as many of those that wait as fit."""
        while self._waiting and (self._waiting[0][0].done() or self._fits(self._waiting[0][1])):
            loop = asyncio.get_running_loop()
            if self._resume > loop.time():
                if self._timer is None:
                    self._timer = loop.call_at(self._resume, self._resumed)
                return
            waiter, size = self._waiting.popleft()
            if not waiter.done():
                self.take(size)
                waiter.set_result(None)

    def _resumed(self) -> None:
        self._timer = None
        self._wake()

    def _fits(self, size: int) -> bool:
        return self._active < int(self._limit) and (not self._active or self._held + size <= self._memory)
