"""A Docker daemon of the tests' own: started in a folder of its own, and gone with all that is its when they end.

Belongs here: starting and clearing away. Does not: what is tested with it (`test_docker`, `attacks`).
"""

import contextlib
import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

_START_SECONDS, _END_SECONDS = 30.0, 20.0
_PREFIX = "dockerd-of-tests-"


class NoDaemon(Exception):  # noqa: N818 - no error: a machine need not have one
    """No Docker daemon can be started on this machine; says why."""


def _soon(holds: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.05)
    return holds()


def _answers(address: str) -> bool:
    import docker  # noqa: PLC0415 - an extra

    try:
        client = docker.APIClient(address)
        return bool(client.ping())
    except docker.errors.DockerException:
        return False


def _processes(folder: Path) -> list[int]:
    """Return the processes that were started with the folder in their command line: of the daemon, none of ours."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = (process / "cmdline").read_bytes().split(b"\0")
            if process.name != str(os.getpid()) and any(word.startswith(os.fsencode(folder)) for word in words):
                found.append(int(process.name))
    return found


def _clear(folder: Path, group: str) -> None:
    """End what outlived the daemon, as its containers do where it was killed, and remove what it mounted and wrote."""
    for process in _processes(folder):
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    for line in reversed(Path("/proc/self/mountinfo").read_text().splitlines()):
        point = line.split(" ")[4]
        if point.startswith(f"{folder}/"):
            subprocess.run(["umount", "--lazy", point], check=False, capture_output=True)
    groups = [*Path("/sys/fs/cgroup").glob(f"*/{group}"), *Path("/sys/fs/cgroup").glob(group)]
    for path in groups:
        for below in sorted(path.rglob("*/"), reverse=True):
            with contextlib.suppress(OSError):
                below.rmdir()
        with contextlib.suppress(OSError):
            path.rmdir()
    shutil.rmtree(folder, ignore_errors=True)


def _clear_abandoned() -> None:
    """Clear away what was left of daemons whose tests were killed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*-*"):
        owner = folder.name.removeprefix(_PREFIX).partition("-")[0]
        if owner.isdecimal() and not Path("/proc", owner).exists():
            _clear(folder, folder.name)


@contextlib.contextmanager
def running_daemon() -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Start a daemon without any network; yield its address and its process. Raises NoDaemon with the reason."""
    if importlib.util.find_spec("docker") is None:
        raise NoDaemon("the extra `docker` is not installed")
    if os.getuid() != 0:
        raise NoDaemon("these tests are not run by root, who alone can start dockerd")
    command = shutil.which("dockerd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if command is None:
        raise NoDaemon("dockerd is not installed (`apt-get install docker.io`)")
    _clear_abandoned()
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))
    address, group, log = f"unix://{folder}/socket", folder.name, folder / "log"
    with log.open("wb") as words:
        process = subprocess.Popen(
            [
                # It ends with these tests also where they are killed.
                *(*(("setpriv", "--pdeathsig", "TERM") if shutil.which("setpriv") else ()), command),
                *("--host", address, "--log-level", "warn", "--cgroup-parent", f"/{group}"),
                *("--data-root", folder / "data", "--exec-root", folder / "exec", "--pidfile", folder / "pid"),
                *("--iptables=false", "--ip6tables=false", "--ip-forward=false", "--ip-masq=false", "--bridge=none"),
            ],
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=words,
            start_new_session=True,
        )
    try:
        if (
            not _soon(lambda: process.poll() is not None or _answers(address), _START_SECONDS)
            or process.poll() is not None
        ):
            said = log.read_text(errors="replace").strip().splitlines()
            raise NoDaemon(f"dockerd does not start: {said[-1] if said else 'it says nothing'}")
        yield address, process
    finally:
        process.terminate()
        try:
            process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        _clear(folder, group)


@pytest.fixture(scope="session")
def docker_address() -> Iterator[str]:
    """The address of a daemon, one for the whole session; where there is none the test is skipped with the reason."""
    with contextlib.ExitStack() as stack:
        try:
            address, _ = stack.enter_context(running_daemon())
        except NoDaemon as error:
            pytest.skip(str(error))
        yield address
