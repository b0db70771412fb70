"""One engine for all processes of this machine that ask it: started by the first of them, stopped after the last.

Each run of a backfill is a process of its own; none of them loads a model that another has loaded.
Belongs here: who starts it, who uses it, when it ends. Does not: how a server is started (`vllm_server`, `llama`) and kept alive
(`servers`). Locks are the kernel's, so whoever is killed has left.

    <folder>/servers/<name>/users    locked shared by each process that asks
                            keeper   locked by the process that keeps the engine, run from this file
                            served   where and with which key it is asked, readable for its owner only
                            failure  why the last keeper gave it up
                            log      what the keeper said
"""

import contextlib
import fcntl
import hashlib
import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alchemy_assets.generation.engine import MANAGED, EngineUnavailableError, Served, keyed_as, serve
from alchemy_assets.settings import Generation

_LOOK_SECONDS = 0.1
# What a running engine is told by; whoever differs in one of these has an engine of its own.
_TOLD = ("engine", "context", "concurrency", "gpus", "vllm", "llama")


@contextmanager
def shared(settings: Generation, folder: Path) -> Iterator[Served]:
    """The engine of the settings, answering until it is left, by others too; an endpoint is nobody's here.

    folder: a place on a disk of this machine, the same for all who share. Raises EngineUnavailableError where it does not
    start, and in the place of the caller's own error where it was given up.
    """
    if settings.engine not in MANAGED:
        with serve(settings) as served:
            yield served
        return
    place = _Place(folder / "servers" / _name(settings))
    with place.used():
        served = _found(place, settings)
        try:
            yield served
        except Exception as error:
            if place.failure.exists():
                raise EngineUnavailableError(place.failure.read_text()) from error
            raise


def _name(settings: Generation) -> str:
    facts = [*keyed_as(settings), settings.model_dump(mode="json", include=set(_TOLD))]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]


class _Place:
    """The files and locks of one engine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.failure = folder / "failure"
        self._served = folder / "served"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    @contextmanager
    def used(self) -> Iterator[None]:
        """Use the engine."""
        with (self.folder / "users").open("ab") as users:
            fcntl.flock(users, fcntl.LOCK_SH)
            yield

    @contextmanager
    def _locked(self, name: str, how: int) -> Iterator[bool]:
        with (self.folder / name).open("ab") as lock:
            try:
                fcntl.flock(lock, how | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True

    def unused(self) -> contextlib.AbstractContextManager[bool]:
        """Whether nobody uses the engine; nobody begins to while that is looked at."""
        return self._locked("users", fcntl.LOCK_EX)

    def kept_here(self) -> contextlib.AbstractContextManager[bool]:
        """Be the one that keeps it, unless another is."""
        return self._locked("keeper", fcntl.LOCK_EX)

    def kept(self) -> bool:
        """Whether a process keeps it."""
        with self._locked("keeper", fcntl.LOCK_SH) as free:
            return not free

    def served(self) -> Served | None:
        """The engine, where it answers and is kept."""
        try:
            told = json.loads(self._served.read_bytes())
        except FileNotFoundError:
            return None
        lists = {"addresses": tuple(told["addresses"]), "keyed_as": tuple(told["keyed_as"])}
        return Served(**told | lists) if self.kept() else None

    def publish(self, served: Served) -> None:
        """Tell where it answers."""
        told = {name: value for name, value in vars(served).items() if name != "failure"}
        staged = self.folder / ".served"
        with open(staged, "w", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            json.dump(told, file)
        staged.replace(self._served)

    def withdraw(self) -> None:
        """Tell no more where it answers."""
        self._served.unlink(missing_ok=True)


def _found(place: _Place, settings: Generation) -> Served:
    """The engine, started where nobody keeps it; raises EngineUnavailableError where that fails."""
    keeper: subprocess.Popen[bytes] | None = None
    while (served := place.served()) is None:
        if keeper is None and not place.kept():
            keeper = _start(place, settings)
        elif keeper is not None and (status := keeper.poll()) is not None:
            if status:
                said = place.failure if place.failure.exists() else place.folder / "log"
                raise EngineUnavailableError(said.read_text(errors="replace"))
            keeper = None  # Another process was faster.
        time.sleep(_LOOK_SECONDS)
    return served


def _start(place: _Place, settings: Generation) -> subprocess.Popen[bytes]:
    with (place.folder / "log").open("wb") as log:
        keeper = subprocess.Popen(
            (sys.executable, "-P", "-m", __name__, str(place.folder)),
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            start_new_session=True,  # An interrupt at a terminal is for who asks, and others may ask on.
        )
    assert keeper.stdin is not None  # noqa: S101 -- a pipe
    with contextlib.suppress(BrokenPipeError), keeper.stdin:
        keeper.stdin.write(settings.model_dump_json().encode())
    return keeper


def _keep(place: _Place, settings: Generation) -> None:
    """Serve until nobody has asked for the seconds of the settings; raises EngineUnavailableError."""
    threading.Thread(target=_end_after_the_last, args=(place, settings.keep_seconds), daemon=True).start()
    try:
        with serve(settings) as served:
            place.publish(served)
            while not (wrong := served.failure()):
                time.sleep(_LOOK_SECONDS)
            raise EngineUnavailableError(wrong)
    except KeyboardInterrupt:
        return  # Nobody is left.


def _end_after_the_last(place: _Place, seconds: float) -> None:
    """Interrupt this process when nobody has used its engine for so long, also while it loads."""
    used = time.monotonic()
    while True:
        with place.unused() as unused:
            if not unused:
                used = time.monotonic()
            elif time.monotonic() - used >= seconds:
                place.withdraw()
                os.kill(os.getpid(), signal.SIGINT)
                return
        time.sleep(_LOOK_SECONDS)


def _main(folder: Path, settings: Generation) -> int:
    place = _Place(folder)
    with place.kept_here() as mine:
        if not mine:
            return 0
        place.withdraw()
        place.failure.unlink(missing_ok=True)
        try:
            _keep(place, settings)
        except EngineUnavailableError as error:
            place.failure.write_text(str(error))
            return 1
    return 0


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    # Whoever was started in the background of a script has it ignored, and hands that down.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.exit(_main(Path(sys.argv[1]), Generation.model_validate_json(sys.stdin.buffer.read())))
