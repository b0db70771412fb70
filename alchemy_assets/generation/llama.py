"""The engine `llama`: llama.cpp out of the package xllamacpp, serving a GGUF file to a laptop without anything else installed.

Belongs here: finding the file, naming it, and llama.cpp's parameters. Does not: its process (`servers`), asking it (`asking`).
llama.cpp is a library here, yet has a process of its own, run from this file: inside ours it holds Python still while it
loads a model, waits for ever to stop while somebody asks it, and its failed assertions would end the whole run.
"""

import functools
import hashlib
import importlib.util
import json
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from alchemy_assets.generation.engine import EngineUnavailableError, Served
from alchemy_assets.generation.servers import Launch, given_up, new_key, running
from alchemy_assets.settings import Generation

_KEY = "LLAMA_API_KEY"
_PARTS_OF_A_HUB_NAME = 3
_DIGITS = 16
# A connection holds a thread of llama.cpp's while it stands, asked or not; some are left for looking after it.
_SPARE_THREADS = 8
_MOST_THREADS = 1_024
_CACHE_MIB = 1_024
# Above it llama.cpp writes lines about each request, which would fill the disk of a run of days.
_ERRORS = 1


def _file(settings: Generation) -> Path:
    """The model's file, fetched from the Hub where it is not a path; raises EngineUnavailableError where it is not there."""
    path = Path(settings.model).expanduser()
    if path.is_file():
        return path.absolute()
    parts = settings.model.split("/")
    if (
        path.is_absolute()
        or len(parts) < _PARTS_OF_A_HUB_NAME
        or parts[0] in {"", ".", "..", "~"}
        or path.suffix != ".gguf"
    ):
        msg = f"there is no GGUF file at {path.absolute()}; a model of the Hub is named <owner>/<name>/<file>.gguf"
        raise EngineUnavailableError(msg)
    from huggingface_hub import hf_hub_download  # noqa: PLC0415 -- a slow import, needed for the Hub only
    from huggingface_hub.errors import EntryNotFoundError  # noqa: PLC0415 -- as above

    repository, name = "/".join(parts[:2]), "/".join(parts[2:])
    try:
        return Path(hf_hub_download(repository, name, revision=settings.revision or None))
    except (OSError, ValueError, EntryNotFoundError) as error:
        msg = f"there is no GGUF file at {path.absolute()}, and the Hub does not give {name} of {repository}: {error}"
        raise EngineUnavailableError(msg) from error


@functools.cache
def _sha256(path: Path, size: int, changed_ns: int) -> str:  # noqa: ARG001 -- size and time are what the cache goes by
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def keyed_as(settings: Generation) -> tuple[str, str]:
    """Model and revision that its answers are kept under: wherever the file lies, its name and its hash (16 digits).

    A model of the Hub has the name that it has there, and a revision that the settings name stands for the hash.
    Raises EngineUnavailableError where the file is not there.
    """
    path = Path(settings.model).expanduser()
    name = path.name if path.is_file() else settings.model
    if settings.revision and name == settings.model:
        return name, settings.revision
    file = _file(settings)
    status = file.stat()
    return name, settings.revision or _sha256(file, status.st_size, status.st_mtime_ns)[:_DIGITS]


@contextmanager
def serve(settings: Generation) -> Iterator[Served]:
    """llama.cpp for the model of the settings, answering until it is left; should it die, it is started again.

    Raises EngineUnavailableError where xllamacpp or the file is missing or the file cannot be served, and in the place of the
    caller's own error where llama.cpp died again and again.
    """
    if importlib.util.find_spec("xllamacpp") is None:
        raise EngineUnavailableError("llama.cpp is not installed: pip install codealchemy[llama]")
    file = _file(settings)
    model, revision = keyed_as(settings)
    llama, key = settings.llama, new_key()
    facts = {
        "file": str(file),
        "name": model,
        "context": llama.context,
        "parallel": llama.parallel,
        "threads": llama.threads or os.cpu_count() or 1,
        "http_threads": min(settings.concurrency + _SPARE_THREADS, _MOST_THREADS),
        "gpu_layers": llama.gpu_layers,
    }
    launch = Launch(
        name=f"llama.cpp for {file}",
        command=lambda port: (sys.executable, "-m", __name__, json.dumps(facts | {"port": port})),
        model=model,
        key=key,
        environment={_KEY: key},
        hung_seconds=float("inf"),  # Its threads may all be taken by requests: that is no hang.
        drain_seconds=0,
    )
    with running([launch]) as servers:
        yield Served(
            addresses=(servers[0].address,),
            model=model,
            keyed_as=(model, revision),
            api_key=key,
            version=f"llama.cpp via xllamacpp {version('xllamacpp')}",
            context=settings.context,
            gpus=settings.gpus,
            failure=lambda: given_up(servers),
        )


def _main(facts: dict[str, str | int], key: str) -> None:
    """Serve until killed."""
    import xllamacpp  # noqa: PLC0415 -- an extra; this is the process that needs it

    parameters = xllamacpp.CommonParams()
    parameters.model.path = facts["file"]
    parameters.model_alias = {facts["name"]}
    parameters.port = facts["port"]
    parameters.api_keys = [key]
    parameters.n_threads_http = facts["http_threads"]
    # The context is shared out: each slot gets its part of it.
    parameters.n_ctx = int(facts["context"]) * int(facts["parallel"])
    parameters.n_parallel = facts["parallel"]
    parameters.fit_params = False
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = facts["threads"]
    parameters.n_gpu_layers = facts["gpu_layers"]
    parameters.cont_batching = True
    parameters.cache_prompt = True
    parameters.cache_ram_mib = _CACHE_MIB
    parameters.ui = False
    parameters.verbosity = _ERRORS
    parameters.endpoint_metrics = True
    server = xllamacpp.Server(parameters)
    threading.Event().wait()
    del server


if __name__ == "__main__":
    _main(json.loads(sys.argv[1]), os.environ[_KEY])
