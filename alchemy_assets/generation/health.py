"""How a server of a model fares: how much it takes at once, and whether it is left alone for a while.

Belongs here: the pace and the health of one server. Does not: who waits for it (`line`), exchanges (`endpoint`).

A server that fails several times in a row is left alone, longer each time, and tried with one request. One that refuses to be
asked is closed only when it says so several times and answers nothing in between: a firewall before it may say the same to a
few requests of many. What it has taken by then may still be answered, so it is not tried before that has ended.
"""

import math
import random
from dataclasses import dataclass
from typing import Final

from alchemy_assets.generation.endpoint import Endpoint
from alchemy_assets.generation.faults import Closed, Fault, Overloaded
from alchemy_assets.pace import Pace
from alchemy_assets.settings import Generation

_FIRST: Final = 32
_FAULTS: Final = 3
# Files whose requests a server refuses in a row, where that may be their own fault.
_REFUSED_FILES: Final = 5
_FIRST_WAIT: Final = 0.5
_DOUBLINGS: Final = 10


def jitter(wait: float) -> float:
    """A wait that others who wait for the same thing do not have too."""
    return wait * random.uniform(0.5, 1.0)  # noqa: S311 -- spreads requests out, nothing else


class Server:
    """A server as the line sees it: its pace, its health, and when each request that is under way there started."""

    def __init__(self, endpoint: Endpoint, settings: Generation) -> None:
        self.endpoint = endpoint
        self.pace = Pace(settings.concurrency, first=_FIRST)
        self.fault: Fault | None = None
        self._longest = settings.longest_wait
        self._taken_after = settings.connect_seconds
        self._under_way: dict[int, float] = {}
        self._number = 0
        self._faults = self._overloads = self._closings = 0
        self._refused: set[str] = set()
        self._answered = False
        self._wait = _FIRST_WAIT
        self._alone_since: float | None = None
        self._probe_at = 0.0
        self._probe: int | None = None

    @property
    def alone(self) -> bool:
        """Whether it is left alone, but for a request now and then that tries it."""
        return self._alone_since is not None

    @property
    def closed(self) -> bool:
        """Whether it says, and has said often enough, that it will not be asked."""
        enough = self._closings >= _FAULTS or len(self._refused) >= _REFUSED_FILES
        return enough and isinstance(self.fault, Closed)

    @property
    def choosy(self) -> bool:
        """Whether it may refuse some files alone: it has answered others, or says that it has the model."""
        return self._closings < _FAULTS and (self._answered or self.endpoint.listed)

    def opens(self) -> float | None:
        """The time from which it takes a request; None where one that is under way must end first."""
        if self.alone:
            awaited = self._probe is not None or (self._under_way and isinstance(self.fault, Closed))
            return None if awaited else max(self._probe_at, self.pace.resume)
        return self.pace.resume if self.pace.room > 0 else None

    def generating(self, now: float) -> bool:
        """Whether a request has been under way there for longer than a refusal takes."""
        oldest = next(iter(self._under_way.values()), now)
        return not self.alone and now - oldest > self._taken_after

    def busy(self, but: "Turn | None" = None) -> bool:
        """Whether a request is under way there beside this one."""
        return any(but is None or but.server is not self or but.number != number for number in self._under_way)

    def begin(self, now: float) -> "Turn":
        """A request starts."""
        self.pace.take()
        self._number += 1
        self._under_way[self._number] = now
        if self.alone:
            self._probe = self._number
        return Turn(self, self._number, now)

    def end(self, number: int) -> None:
        """A request ended."""
        self.pace.give()
        del self._under_way[number]
        if self._probe == number:
            self._probe = None

    def well(self, started: float = math.inf) -> None:
        """It answered, when asked at `started`."""
        # What was asked before it closed proves that it answers some, not that it is open again: one request tries that.
        late = self.closed and self._alone_since is not None and started < self._alone_since
        self.fault = None
        self._faults = self._overloads = self._closings = 0
        self._refused.clear()
        self._answered = True
        if self._alone_since is not None and not late:
            self._alone_since = None
            self._wait = _FIRST_WAIT

    def failed(self, fault: Fault, started: float, now: float, file: str = "") -> None:
        """It did not, when asked at `started` about a file."""
        self.fault = fault
        if isinstance(fault, Closed):
            self._closings += not fault.own
            if fault.own:
                self._refused.add(file)
        if isinstance(fault, Overloaded):
            self._slow(fault, started)
            if not fault.own:
                return
        if self._alone_since is not None and started < self._alone_since:
            return  # it was under way together with the one that was the last
        self._faults += 1
        refuses = isinstance(fault, Closed)
        if self.alone or self._faults >= _FAULTS or self.closed or (refuses and not self._answered):
            self._alone_since = now
            self._probe_at = now + jitter(min(self._wait if fault.wait is None else fault.wait, self._longest))
            if not refuses:  # one that says no at once has nothing to recover from
                self._wait = min(2 * self._wait, self._longest)

    def unheard(self, fault: Fault, now: float) -> None:
        """It could not be greeted."""
        self._faults = _FAULTS
        self._closings = _FAULTS if isinstance(fault, Closed) else 0
        self.failed(fault, now, now)

    def _slow(self, fault: Fault, started: float) -> None:
        # A server that says no to everything is not asked as fast as it can say so, Retry-After or not.
        wait = _FIRST_WAIT * 2.0 ** min(self._overloads - 1, _DOUBLINGS) if self._overloads else 0.0
        wait = jitter(wait) if fault.wait is None else fault.wait + jitter(min(fault.wait, _FIRST_WAIT))
        if self.pace.slow(started, min(wait, self._longest)):
            self._overloads += 1


@dataclass(frozen=True, eq=False, slots=True)
class Turn:
    """A request may be sent to a server, and is under way until the line is told. started: by the event loop's clock."""

    server: Server
    number: int
    started: float
