"""Open the sandbox that the settings ask for, and refuse one that lacks a protection.

Belongs here: the choice of a backend. Does not: how it contains (`bubblewrap`, `docker`; one of pods has its place here).
"""

from alchemy_assets.errors import SandboxUnavailableError
from alchemy_assets.sandbox.bubblewrap.backend import Bubblewrap
from alchemy_assets.sandbox.jobs import Backend
from alchemy_assets.sandbox.programs import ProgramSandbox
from alchemy_assets.sandbox.sandbox import Protection
from alchemy_assets.settings import Sandboxing


def _backend(settings: Sandboxing) -> Backend:
    if not (settings.root / "usr").is_dir():
        message = f"{settings.root} is no system that programs could run on: it has no folder usr (`sandbox.root`)."
        raise SandboxUnavailableError(message)
    if settings.backend == "docker":
        from alchemy_assets.sandbox.docker.backend import Docker  # noqa: PLC0415 -- its SDK is an extra

        return Docker(
            workers=settings.workers,
            root=settings.root,
            address=settings.docker_host,
            image=settings.image,
            runtime=settings.runtime,
        )
    return Bubblewrap(workers=settings.workers, root=settings.root)


def open_sandbox(settings: Sandboxing | None = None) -> ProgramSandbox:
    """Return a sandbox in which a program was started already; close it after use (`with`).

    Raises SandboxUnavailableError, which says what is missing and how to get it.
    """
    settings = settings or Sandboxing()
    sandbox = ProgramSandbox(_backend(settings), prefer=settings.prefer, cache_bytes=settings.build_cache)
    try:
        _refuse_missing(sandbox.protections(), settings)
    except SandboxUnavailableError:
        sandbox.close()
        raise
    return sandbox


def _refuse_missing(protections: list[Protection], settings: Sandboxing) -> None:
    allowed = settings.allow_missing
    missing = [one for one in protections if one.required and not one.in_force and one.name not in allowed]
    if missing:
        lacks = "; ".join(f"{one.name} ({one.detail})" for one in missing)
        names = ", ".join(repr(one.name) for one in missing)
        message = (
            f"Programs are not run here, as this protection is missing: {lacks}. "
            f"To run them all the same, put {names} into the setting `sandbox.allow_missing`."
        )
        raise SandboxUnavailableError(message)


def report_protections(settings: Sandboxing | None = None) -> list[Protection]:
    """Return what protects this machine from programs; a single entry, not in force, where none can be run."""
    settings = settings or Sandboxing()
    try:
        sandbox = ProgramSandbox(_backend(settings))
        try:
            return sandbox.protections()
        finally:
            sandbox.close()
    except SandboxUnavailableError as error:
        return [Protection(settings.backend, in_force=False, detail=str(error))]
