"""How many requests are under way at once: more while a server answers, fewer when it is overloaded.

Belongs here: additive increase and multiplicative decrease, pauses that a server asks for, the bound on memory. Does not:
requests (`software_heritage`). Everything runs in one event loop, so nothing is locked.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

_FIRST: Final = 8
_DECREASE: Final = 0.5


class Pace:
    """The turns of one client. `most` requests and `memory` bytes at most are under way."""

    def __init__(self, most: int, memory: int) -> None:
        self._most = most
        self._memory = memory
        self._limit = float(min(_FIRST, most))
        self._active = 0
        self._held = 0
        self._resume = 0.0
        self._slowed = float("-inf")
        self._changed = asyncio.Condition()

    @property
    def limit(self) -> int:
        """Requests that may be under way now."""
        return int(self._limit)

    @asynccontextmanager
    async def turn(self, size: int) -> AsyncIterator[float]:
        """Wait until a request of `size` bytes may start; gives the time it did. One larger than all memory goes alone."""
        loop = asyncio.get_running_loop()
        async with self._changed:
            while True:
                await self._changed.wait_for(lambda: self._fits(size))
                pause = self._resume - loop.time()
                if pause <= 0:
                    break
                # Outside the condition: those whose requests end meanwhile need it.
                self._changed.release()
                try:
                    await asyncio.sleep(pause)
                finally:
                    await self._changed.acquire()
            self._active += 1
            self._held += size
        try:
            yield loop.time()
        finally:
            self._active -= 1
            self._held -= size
            async with self._changed:
                self._changed.notify_all()

    def quicken(self) -> None:
        """A request was answered: one more may be under way after each round of them."""
        self._limit = min(float(self._most), self._limit + 1 / self._limit)

    def slow(self, started: float, pause: float = 0.0) -> None:
        """The server was overloaded by a request that started then: half as many, and none for `pause` seconds.

        Requests that were under way together count once.
        """
        now = asyncio.get_running_loop().time()
        self._resume = max(self._resume, now + pause)
        if started > self._slowed:
            self._slowed = now
            self._limit = max(1.0, self._limit * _DECREASE)

    def _fits(self, size: int) -> bool:
        return self._active < int(self._limit) and (not self._held or self._held + size <= self._memory)
