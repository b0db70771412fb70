"""One engine for all processes of this machine that ask it: started by the first of them, stopped after the last.

Each run of a backfill is a process of its own; none of them loads a model that another has loaded.
Belongs here: who starts it, who uses it, when it ends. Does not: how a server is started (`vllm_server`, `llama`) and kept alive
(`servers`). Locks are the kernel's, so whoever is killed has left.

    <folder>/servers/<name>/users    locked shared by each process that asks
                            keeper   locked by the process that keeps the engine, run from this file
                            served   where and with which key it is asked, readable for its owner only
                            failure  why the last keeper gave it up
                            log      what keepers said
"""

import contextlib
import fcntl
import hashlib
import json
import logging
import os
import platform
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from alchemy_assets.generation.engine import MANAGED, EngineUnavailableError, Served, keyed_as, serve
from alchemy_assets.settings import Generation

_LOOK_SECONDS = 0.1
_TELL_SECONDS = 60.0
# From the request to end to an end without goodbye: servers drain and are killed long before.
_LAST_SECONDS = 120.0
_LOG_BYTES = 4_096
# What a running engine is told; whoever differs in one of these has an engine of its own.
_TOLD = {"vllm": ("context", "gpus", "vllm"), "llama": ("context", "gpus", "llama", "concurrency")}

_log = logging.getLogger(__name__)


@contextmanager
def shared(settings: Generation, folder: Path) -> Iterator[Served]:
    """The engine of the settings, answering until it is left, by others too; an endpoint is nobody's here.

    folder: a place on a disk of this machine, the same for all who share. Raises EngineUnavailableError where it does not
    start. Where nobody else uses an engine that shall not stay, leaving waits until it is gone.
    """
    if settings.engine not in MANAGED:
        with serve(settings) as served:
            yield served
        return
    place = _Place(folder / "servers" / _name(settings))
    try:
        with place.used():
            yield replace(_found(place, settings), failure=place.failed)
    finally:
        if not settings.keep_seconds:
            _see_it_end(place)


def _name(settings: Generation) -> str:
    told = settings.model_dump(mode="json", include={*_TOLD[settings.engine]})
    facts = [settings.engine, *keyed_as(settings), told, platform.node(), os.environ.get("CUDA_VISIBLE_DEVICES")]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]


class _Place:
    """The files and locks of one engine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "log"
        self._served = folder / "served"
        self._failure = folder / "failure"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    @contextmanager
    def used(self) -> Iterator[None]:
        """Use the engine."""
        with (self.folder / "users").open("a+b") as users:
            fcntl.flock(users, fcntl.LOCK_SH)
            yield

    @contextmanager
    def _locked(self, name: str, how: int) -> Iterator[bool]:
        with (self.folder / name).open("a+b") as lock:
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
        """The engine, where it is kept and answers."""
        if not self.kept():
            return None
        try:
            told = json.loads(self._served.read_bytes())
            lists = {"addresses": tuple(told["addresses"]), "keyed_as": tuple(told["keyed_as"])}
            return Served(**told | lists)
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return None

    def publish(self, served: Served) -> None:
        """Tell where it answers."""
        told = {name: value for name, value in vars(served).items() if name != "failure"}
        self._write(self._served, json.dumps(told))

    def withdraw(self) -> None:
        """Tell no more where it answers."""
        self._served.unlink(missing_ok=True)

    def failed(self) -> str:
        """Why the last keeper gave it up, "" where it did not."""
        try:
            return self._failure.read_text("utf-8")
        except FileNotFoundError:
            return ""

    def fail(self, why: str) -> None:
        """Tell why it is given up; "" forgets what was told."""
        if why:
            self._write(self._failure, why)
        else:
            self._failure.unlink(missing_ok=True)

    def _write(self, path: Path, text: str) -> None:
        staged = path.with_name(f".{path.name}")
        descriptor = os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace") as file:
            file.write(text)
            file.flush()
            os.fsync(descriptor)
        staged.replace(path)


def _found(place: _Place, settings: Generation) -> Served:
    """The engine, started where nobody keeps it; raises EngineUnavailableError where that fails."""
    keeper: subprocess.Popen[bytes] | None = None
    another = False
    told = time.monotonic()
    while (served := place.served()) is None:
        if keeper is not None and (status := keeper.poll()) is not None:
            if status:
                raise EngineUnavailableError(place.failed() or _last_words(place, status))
            keeper = None  # Another process was faster.
        if keeper is None:
            if place.kept():
                another = True
            elif another and (wrong := place.failed()):
                raise EngineUnavailableError(wrong)
            else:
                # What a killed keeper left must not be taken for the next one's.
                place.withdraw()
                keeper = _start(place, settings)
        if time.monotonic() - told > _TELL_SECONDS:
            told = time.monotonic()
            _log.warning("waiting for %s; its keeper's log is %s", settings.model, place.log)
        time.sleep(_LOOK_SECONDS)
    return served


def _last_words(place: _Place, status: int) -> str:
    words = place.log.read_bytes()[-_LOG_BYTES:].decode(errors="replace")
    return f"the keeper of the engine ended with status {status}; its log is {place.log} and ends so:\n{words}"


def _start(place: _Place, settings: Generation) -> subprocess.Popen[bytes]:
    with place.log.open("ab") as log:
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


def _see_it_end(place: _Place) -> None:
    """Wait until an engine that nobody uses is gone, so that the next one finds its memory free."""
    until = time.monotonic() + _LAST_SECONDS
    while place.kept() and time.monotonic() < until:
        with place.unused() as unused:
            if not unused:
                return
        time.sleep(_LOOK_SECONDS)


class _Keeping:
    """Serves until nobody has asked for the seconds of the settings, or until it must be given up."""

    def __init__(self, place: _Place, settings: Generation) -> None:
        self._place = place
        self._settings = settings
        self._publishing = threading.Lock()
        self._over = False

    def run(self) -> None:
        """Keep it; raises EngineUnavailableError where it is given up, when that has been told."""
        threading.Thread(target=self._watch, daemon=True).start()
        try:
            with serve(self._settings) as served:
                with self._publishing:
                    if not self._over:
                        self._place.publish(served)
                while not (wrong := served.failure()):
                    time.sleep(_LOOK_SECONDS)
                # At once: others drain for a while, and nobody shall be sent there.
                self._place.withdraw()
                self._place.fail(wrong)
        except KeyboardInterrupt:
            return  # Nobody is left.
        except EngineUnavailableError as error:
            # Into the log as well: the next keeper forgets what was told.
            _log.error("%s", error)
            self._place.fail(str(error))
            raise

    def _watch(self) -> None:
        """Interrupt this process when nobody has used its engine for so long, also while it loads.

        So it does where that cannot be known any more: its folder may be gone.
        """
        try:
            self._wait_for_the_last()
        finally:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(_LAST_SECONDS)
            os._exit(1)  # What does not want to end is ended by its guards.

    def _wait_for_the_last(self) -> None:
        used = time.monotonic()
        while True:
            with self._place.unused() as unused:
                if not unused:
                    used = time.monotonic()
                elif time.monotonic() - used >= self._settings.keep_seconds:
                    with self._publishing:
                        self._over = True
                        self._place.withdraw()
                    return
            time.sleep(_LOOK_SECONDS)


def _main(folder: Path, settings: Generation) -> int:
    place = _Place(folder)
    with place.kept_here() as mine:
        if not mine:
            return 0
        place.withdraw()
        place.fail("")
        tempfile.tempdir = str(folder)  # Whoever started this may have a folder of its own, which ends with it.
        try:
            _Keeping(place, settings).run()
        except EngineUnavailableError:
            return 1
        finally:
            place.withdraw()
    return 0


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    # Whoever was started in the background of a script has interrupts ignored, and hands that down.
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, signal.default_int_handler)
    sys.exit(_main(Path(sys.argv[1]), Generation.model_validate_json(sys.stdin.buffer.read())))
