"""Where attacks are tried: each kind of sandbox, together with the canaries around it.

Belongs here: opening a backend as root, as an ordinary user, and in containers. Does not: attacking it (`assault`).
"""

import contextlib
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from alchemy_assets.errors import SandboxUnavailableError
from alchemy_assets.sandbox import builds
from alchemy_assets.sandbox.bubblewrap.backend import Bubblewrap
from alchemy_assets.sandbox.docker.backend import Docker
from alchemy_assets.sandbox.jobs import Backend
from alchemy_assets.sandbox.programs import ProgramSandbox
from tests.sandbox.attacks import ordinary_user
from tests.sandbox.attacks.host import HIDDEN, Host
from tests.sandbox.attacks.table import COMPILE_LIMITS, Kind
from tests.sandbox.docker_daemon import NoDaemon, running_daemon
from tests.sandbox.watch import Watch


class NotHere(Exception):  # noqa: N818 - no error: a machine need not have everything
    """A kind of sandbox cannot be had on this machine; says why."""


@dataclass(frozen=True)
class Place:
    """A sandbox under attack, and how it is watched."""

    name: str
    sandbox: ProgramSandbox
    kind: Kind
    host: Host
    watch: Watch

    @property
    def environment(self) -> dict[str, str]:
        """What every program is told here."""
        return {"MARK": self.watch.mark, **self.host.environment}


Opening = Callable[..., contextlib.AbstractContextManager[Place]]


@contextlib.contextmanager
def _own_surroundings() -> Iterator[None]:
    """Give this process a secret in its environment, and compilers little time."""
    limits, os.environ["CODEALCHEMY_SECRET"] = builds.LIMITS, HIDDEN
    builds.LIMITS = COMPILE_LIMITS
    try:
        yield
    finally:
        builds.LIMITS = limits
        del os.environ["CODEALCHEMY_SECRET"]


@contextlib.contextmanager
def root(workers: int = 1) -> Iterator[Place]:
    """Bubblewrap, started by root."""
    if os.getuid() != 0:
        message = "these tests are not run by root"
        raise NotHere(message)
    with _place("bubblewrap, root", lambda: Bubblewrap(workers=workers)) as place:
        yield place


@contextlib.contextmanager
def user(workers: int = 1) -> Iterator[Place]:
    """Bubblewrap, started by an ordinary user: by another one where we are root."""
    if os.getuid() != 0:
        with _place("bubblewrap, user", lambda: Bubblewrap(workers=workers)) as place:
            yield place
        return
    if reason := ordinary_user.impossible():
        raise NotHere(reason)
    backend = ordinary_user.UserBackend(workers)
    with _place("bubblewrap, user", lambda: backend) as place:
        yield place


@contextlib.contextmanager
def docker(workers: int = 1) -> Iterator[Place]:
    """Containers of a daemon of the tests' own."""
    with contextlib.ExitStack() as stack:
        try:
            address, _ = stack.enter_context(running_daemon())
        except NoDaemon as error:
            raise NotHere(str(error)) from error
        place = _place("docker", lambda: Docker(workers=workers, address=address), Kind.DOCKER)
        yield stack.enter_context(place)


@contextlib.contextmanager
def _place(name: str, open_backend: Callable[[], Backend], kind: Kind | None = None) -> Iterator[Place]:
    with _own_surroundings(), contextlib.ExitStack() as stack:
        try:
            sandbox = ProgramSandbox(open_backend())
            stack.callback(sandbox.close)
            protections = sandbox.protections()
        except SandboxUnavailableError as error:
            raise NotHere(str(error)) from error
        said = {one.name: one for one in protections}
        host = Host(int(re.findall(r"\d+", said["ordinary user"].detail)[0]))
        stack.callback(host.close)
        groups = said.get("control groups")
        grouped = Kind.GROUPED if groups and groups.in_force else Kind.RLIMITS
        yield Place(name, sandbox, kind or grouped, host, Watch())


PLACES: Mapping[str, Opening] = MappingProxyType({"root": root, "user": user, "docker": docker})
