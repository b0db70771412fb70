"""Servers of language models that we start: waited for, watched, started again when they die, gone when we are.

Belongs here: their processes, ports and logs. Does not: what is started and with which arguments (`vllm_server`, `llama`).
A server runs under a guard (`guard`), so that `kill -9` of this process leaves no GPU taken. It keeps its port through
restarts: to whoever asks, a restart is a while of refused connections.
"""

import contextlib
import http.client
import json
import logging
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from alchemy_assets.generation import guard
from alchemy_assets.generation.engine import EngineUnavailableError

HOST = "127.0.0.1"
_LAST_LINES = 20
_LAST_BYTES = 65_536
_LONGEST_LINE = 300
_HOUR = 3_600.0
_ANSWER_SECONDS = 10.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Launch:
    """How one server is started and kept. name: for messages. command: by the port it shall listen at.

    model: what its list of models must name before it counts as ready. key: what it was told to ask for.
    restarts: in an hour. hung_seconds: without an answer at `/health` after which it is killed. drain_seconds: from the
    request to end to the kill.
    """

    name: str
    command: Callable[[int], Sequence[str]]
    model: str
    key: str
    environment: Mapping[str, str] = field(default_factory=dict)
    ready_seconds: float = 600
    restarts: int = 5
    hung_seconds: float = 120
    drain_seconds: float = 30
    look_seconds: float = 1


def new_key() -> str:
    """A key for servers that nobody but us shall ask."""
    return secrets.token_urlsafe(24)


def get(port: int, path: str, key: str, seconds: float = _ANSWER_SECONDS) -> bytes | None:
    """What a server of this machine answers, or None where it does not, or not with 200."""
    line = http.client.HTTPConnection(HOST, port, timeout=seconds)
    try:
        line.request("GET", path, headers={"Authorization": f"Bearer {key}"})
        answer = line.getresponse()
        body = answer.read()
    except (OSError, http.client.HTTPException):
        return None
    finally:
        line.close()
    return body if answer.status == http.client.OK else None


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as held:
        lines = [held.enter_context(socket.socket()) for _ in range(count)]
        for line in lines:
            line.bind((HOST, 0))
        return [line.getsockname()[1] for line in lines]


class Server:
    """One server at one port, through all its restarts. failure: why it was given up, "" while it is not."""

    def __init__(self, launch: Launch, port: int, log: Path) -> None:
        self.port = port
        self.log = log
        self.failure = ""
        self._launch = launch
        self._process: subprocess.Popen[bytes] | None = None
        self._leaving = threading.Event()
        self._watcher = threading.Thread(target=self._watch, name=f"watches {launch.name}", daemon=True)

    @property
    def address(self) -> str:
        """Where it is asked."""
        return f"http://{HOST}:{self.port}/v1"

    def open(self) -> None:
        """Start it, wait until it answers for its model, and watch it from then on.

        Raises EngineUnavailableError with the last lines of its log where it ends or is not ready in time.
        """
        self._start()
        if wrong := self._wait_ready():
            raise EngineUnavailableError(wrong)
        self._watcher.start()

    def leave(self) -> None:
        """Stop waiting for it and watching it."""
        self._leaving.set()

    def close(self) -> None:
        """Ask it to end, give it time for what it is answering, then kill what is left."""
        self.leave()
        if self._watcher.is_alive():
            self._watcher.join()
        self._end(self._launch.drain_seconds)

    def _start(self) -> None:
        command = (sys.executable, "-I", "-S", guard.__file__, str(os.getpid()), *self._launch.command(self.port))
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                # A json.py in the folder where somebody works is no module of a server's.
                env={**os.environ, "PYTHONSAFEPATH": "1", **self._launch.environment},
                # An interrupt at the terminal is ours: answers that are under way are still wanted.
                start_new_session=True,
            )

    def _end(self, drain_seconds: float) -> None:
        process = self._process
        if process is None or process.stdin is None or process.stdin.closed:
            return
        try:
            if drain_seconds:
                with contextlib.suppress(BrokenPipeError, subprocess.TimeoutExpired):
                    process.stdin.write(b".")
                    process.stdin.flush()
                    process.wait(drain_seconds)
        finally:
            with contextlib.suppress(BrokenPipeError):
                process.stdin.close()
            process.wait()

    def _ended(self) -> int | None:
        return None if self._process is None else self._process.poll()

    def _wait_ready(self) -> str:
        """Wait until it answers; gives what is wrong, "" for nothing, as also when nobody wants it any more."""
        until = time.monotonic() + self._launch.ready_seconds
        while not self._leaving.wait(min(0.1, self._launch.look_seconds)):
            if (status := self._ended()) is not None:
                return self._sentence(f"ended with status {status} before it answered")
            if self._serves():
                return ""
            if time.monotonic() > until:
                return self._sentence(f"did not answer for {self._launch.model} in {self._launch.ready_seconds:g} s")
        return ""

    def _serves(self) -> bool:
        listed = get(self.port, "/v1/models", self._launch.key)
        with contextlib.suppress(ValueError, KeyError, TypeError):
            return any(model["id"] == self._launch.model for model in json.loads(listed or b"{}")["data"])
        return False

    def _watch(self) -> None:
        try:
            self._keep()
        except OSError as error:  # No process, no log, no disk: nothing that a restart would mend.
            self.failure = f"{self._launch.name} could not be started again: {error}"
            _log.exception("%s", self.failure)

    def _keep(self) -> None:
        starts: deque[float] = deque()
        wrong = ""
        while wrong := wrong or self._trouble():
            self._end(0)
            now = time.monotonic()
            while starts and starts[0] < now - _HOUR:
                starts.popleft()
            if len(starts) >= self._launch.restarts:
                self.failure = (
                    f"{wrong}\n(started again {len(starts)} times within the hour before, as often as is set)"
                )
                _log.error("%s", self.failure)
                return
            starts.append(now)
            _log.warning("%s; it is started again", wrong)
            self._start()
            wrong = self._wait_ready()

    def _trouble(self) -> str:
        """Wait for it to end or to hang, and say so; "" where we leave before."""
        answered = time.monotonic()
        patience = min(_ANSWER_SECONDS, self._launch.hung_seconds)
        while not self._leaving.wait(self._launch.look_seconds):
            if (status := self._ended()) is not None:
                return self._sentence(f"ended with status {status}")
            if get(self.port, "/health", self._launch.key, patience) is not None:
                answered = time.monotonic()
            elif time.monotonic() - answered > self._launch.hung_seconds:
                return self._sentence(f"did not answer at /health for {self._launch.hung_seconds:g} s")
        return ""

    def _sentence(self, what: str) -> str:
        with self.log.open("rb") as log:
            log.seek(max(0, self.log.stat().st_size - _LAST_BYTES))
            lines = [line[:_LONGEST_LINE] for line in log.read().decode(errors="replace").splitlines()[-_LAST_LINES:]]
        return "\n".join((f"{self._launch.name} {what}; its log is {self.log} and ends so:", *lines))


def failures(servers: Sequence[Server]) -> str:
    """Why servers were given up, "" where none was."""
    return "\n".join(server.failure for server in servers if server.failure)


def given_up(servers: Sequence[Server]) -> str:
    """Why all of them were given up, "" while one is not."""
    return failures(servers) if all(server.failure for server in servers) else ""


@contextmanager
def running(launches: Sequence[Launch]) -> Iterator[tuple[Server, ...]]:
    """The servers, all of them ready, until they are left. Their logs are kept where one of them failed.

    Raises EngineUnavailableError where one does not start, and in the place of the caller's own error where one had to be
    given up: whoever asked it saw no more than refused connections.
    """
    folder = Path(tempfile.mkdtemp(prefix="alchemy-servers-"))
    ports = _free_ports(len(launches))
    servers = tuple(
        Server(launch, port, folder / f"{number}.log")
        for number, (launch, port) in enumerate(zip(launches, ports, strict=True))
    )
    ready = False
    try:
        # One thread a server: they load side by side, and end side by side.
        with ThreadPoolExecutor(len(servers)) as threads:
            try:
                for opened in as_completed([threads.submit(server.open) for server in servers]):
                    opened.result()
                ready = True
                yield servers
            finally:
                for server in servers:
                    server.leave()
                list(threads.map(Server.close, servers))
    except Exception as error:
        if wrong := failures(servers):
            raise EngineUnavailableError(wrong) from error
        raise
    finally:
        if ready and not failures(servers):
            shutil.rmtree(folder, ignore_errors=True)
