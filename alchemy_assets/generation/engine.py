"""What an engine is: something that makes a language model answer at OpenAI-compatible addresses while it is open.

Belongs here: the protocol and choosing one. Does not: starting servers (`vllm_server`, `llama`), asking them (`asking`).
Every engine is asked by the same client, so a server of ours and a stranger's cannot differ in what is kept of an answer.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from importlib import import_module

from alchemy_assets.errors import AlchemyError
from alchemy_assets.settings import Generation


class EngineUnavailableError(AlchemyError, RuntimeError):
    """A language model cannot be asked: nothing is installed, started or reached that would answer for it."""


@dataclass(frozen=True)
class Served:
    """A model that answers now.

    addresses: `http://host:port/v1`, without a slash at the end. model: the name that requests carry. keyed_as: model and
    revision as completions are kept under, the same whichever engine serves them.
    version: engine and its version, for the column `engine_version`; "" is what a server says of itself, if it does.
    context: tokens of prompt and answer together; None asks the servers. gpus: how many work, None where nobody knows.
    failure: why it was given up, "" while it is not.
    """

    addresses: tuple[str, ...]
    model: str
    keyed_as: tuple[str, str]
    api_key: str | None = None
    version: str = ""
    context: int | None = None
    gpus: int | None = None
    failure: Callable[[], str] = field(default=lambda: "", compare=False)


Opener = Callable[[Generation], AbstractContextManager[Served]]


@contextmanager
def _endpoints(settings: Generation) -> Iterator[Served]:
    key = settings.api_key.get_secret_value() if settings.api_key else None
    addresses = tuple(address.rstrip("/") for address in settings.endpoints)
    yield Served(addresses, settings.model, keyed_as(settings), key, context=settings.context, gpus=settings.gpus)


def keyed_as(settings: Generation) -> tuple[str, str]:
    """Model and revision that the answers of an engine are kept under; a GGUF file is known by its hash.

    Raises EngineUnavailableError where the file of a local model is not there.
    """
    if settings.engine == "llama":
        return import_module("alchemy_assets.generation.llama").keyed_as(settings)  # type: ignore[no-any-return]
    return settings.model, settings.revision


def _opener(module: str) -> Opener:
    # What serves a model takes seconds to import, and not everybody has it.
    return lambda settings: import_module(f"alchemy_assets.generation.{module}").serve(settings)


ENGINES: Mapping[str, Opener] = {
    "endpoint": _endpoints,
    "vllm": _opener("vllm_server"),
    "llama": _opener("llama"),
}
MANAGED = frozenset({"vllm", "llama"})
"""Those that we start."""


def serve(settings: Generation) -> AbstractContextManager[Served]:
    """The engine of the settings, answering until it is left; raises EngineUnavailableError where there is none."""
    if not settings.engine:
        msg = "no engine is configured; set generation.engine and generation.model, or give --engine and --model"
        raise EngineUnavailableError(msg)
    if settings.engine not in ENGINES:
        msg = f"the engine {settings.engine} answers nothing; set generation.engine to one of {', '.join(ENGINES)}"
        raise EngineUnavailableError(msg)
    return ENGINES[settings.engine](settings)
