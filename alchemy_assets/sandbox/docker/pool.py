"""Keep containers waiting for programs, so that hardly one has to wait for a container.

Belongs here: which containers are started ahead, and when they go. Does not: how they are made (`containers`).
"""

import contextlib
import threading
from collections import OrderedDict, deque
from concurrent.futures import Future, ThreadPoolExecutor

from alchemy_assets.errors import SandboxUnavailableError
from alchemy_assets.sandbox.docker.containers import Container, Engine, Shape


class ContainerPool:
    """Containers that wait for a job, at most `most` of them, of the shapes that were asked for last."""

    def __init__(self, engine: Engine, most: int) -> None:
        """Start none yet: the first job does not wait for more than its own."""
        self.engine = engine
        self._most = most
        self._lock = threading.Lock()
        self._waiting: OrderedDict[Shape, deque[Future[Container]]] = OrderedDict()
        self._hands = ThreadPoolExecutor(2 * most, thread_name_prefix="containers")

    def take(self, shape: Shape, *, fresh: bool) -> Container:
        """Return a container, and have its successor started. fresh: not one that was started ahead."""
        with self._lock:
            waiting = self._waiting.setdefault(shape, deque())
            self._waiting.move_to_end(shape)
            ahead = waiting.popleft() if waiting and not fresh else None
            future = ahead or self._hands.submit(self.engine.start, shape)
            self._start_ahead(shape)
        try:
            return future.result()
        except SandboxUnavailableError:
            if ahead is None:
                raise
            return self.engine.start(shape)  # What went wrong then may be well by now.

    def _start_ahead(self, shape: Shape) -> None:
        if sum(map(len, self._waiting.values())) >= self._most:
            oldest = next(iter(self._waiting))
            if oldest == shape:
                return
            self._drop(self._waiting[oldest].popleft())
        self._waiting[shape].append(self._hands.submit(self.engine.start, shape))
        for other in [other for other, waiting in self._waiting.items() if not waiting]:
            del self._waiting[other]

    def _drop(self, future: Future[Container]) -> None:
        if not future.cancel():
            self._hands.submit(lambda: future.result().dismiss())

    def dismiss(self, container: Container) -> None:
        """Have a container removed whose job has ended."""
        try:
            self._hands.submit(container.dismiss)
        except RuntimeError:  # Of a closed pool: the hung-up line ends the container.
            container.line.hang_up()

    def close(self) -> None:
        """Remove all containers that wait, and wait for the end of those that are being removed."""
        with self._lock:
            waiting = [future for futures in self._waiting.values() for future in futures]
            self._waiting.clear()
        for future in waiting:
            if not future.cancel():
                with contextlib.suppress(SandboxUnavailableError):
                    future.result().dismiss()
        self._hands.shutdown()
