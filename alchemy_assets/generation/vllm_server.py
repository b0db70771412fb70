"""The engine `vllm`: one or several `vllm serve` on this machine's GPUs, kept alive until they are left.

Belongs here: vLLM's arguments, its environment, and which GPUs a replica gets. Does not: its process (`servers`), asking it
(`asking`). vLLM may live in another environment than this program (`generation.vllm.python`): nothing of it is imported.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from alchemy_assets.generation.engine import EngineUnavailableError, Served, keyed_as
from alchemy_assets.generation.servers import HOST, Launch, get, given_up, new_key, running
from alchemy_assets.settings import Generation

_GPUS = "CUDA_VISIBLE_DEVICES"
_OURS = frozenset({"api-key", "host", "port", "model", "served-model-name", "revision", "tensor-parallel-size"})
_ENOUGH_SECONDS = 60


def _has_vllm(python: str, environment: Mapping[str, str]) -> bool:
    look = "import importlib.util, sys; sys.exit(importlib.util.find_spec('vllm') is None)"
    try:
        return (
            subprocess.run((python, "-c", look), env=environment, check=False, timeout=_ENOUGH_SECONDS).returncode == 0
        )
    except (OSError, subprocess.TimeoutExpired):
        return False


def visible_gpus(environment: Mapping[str, str]) -> tuple[str, ...]:
    """The GPUs that a server may use, as its variable names them: those that the variable lists, else all of the machine."""
    if _GPUS in environment:
        return tuple(gpu.strip() for gpu in environment[_GPUS].split(",") if gpu.strip())
    try:
        listed = subprocess.run(
            ("nvidia-smi", "--query-gpu=index", "--format=csv,noheader"),
            capture_output=True,
            check=False,
            text=True,
            timeout=_ENOUGH_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ()
    return tuple(listed.stdout.split()) if listed.returncode == 0 else ()


def share_out(gpus: Sequence[str], replicas: int, tensor_parallel: int) -> list[Sequence[str]]:
    """The GPUs of each replica, as many for one as for another; raises EngineUnavailableError where they do not suffice."""
    each = len(gpus) // replicas
    if each < tensor_parallel:
        msg = (
            f"{replicas} replicas of {tensor_parallel} GPUs need {replicas * tensor_parallel}, and {len(gpus)} can be seen; "
            f"lower generation.vllm.replicas or .tensor_parallel, or set {_GPUS}"
        )
        raise EngineUnavailableError(msg)
    return [gpus[number * each : (number + 1) * each] for number in range(replicas)]


def flags(arguments: Mapping[str, str | float | bool]) -> list[str]:
    """Arguments as vLLM reads them: `--name value`, a bare `--name` for true, `--no-name` for false.

    Raises EngineUnavailableError for those that have a setting of their own, or that would show a key to all users.
    """
    given: list[str] = []
    for key, value in arguments.items():
        name = key.lstrip("-").replace("_", "-")
        if name in _OURS:
            msg = f"generation.vllm.arguments names {key!r}, which is not set there (a setting of its own, or made up here)"
            raise EngineUnavailableError(msg)
        if isinstance(value, bool):
            given.append(f"--{name}" if value else f"--no-{name}")
        else:
            given += [f"--{name}", str(value)]
    return given


def _launches(settings: Generation, key: str) -> tuple[list[Launch], int | None]:
    vllm = settings.vllm
    python = str(vllm.python or sys.executable)
    # What vLLM reports home is nobody's business; a setting may say otherwise.
    own = {
        "VLLM_NO_USAGE_STATS": "1",
        **vllm.environment,
        "VLLM_SYSTEM_START_DATE": vllm.start_date,
        "VLLM_API_KEY": key,
    }
    environment = {**os.environ, "PYTHONSAFEPATH": "1", **own}
    if not _has_vllm(python, environment):
        msg = (
            f"{python} has no vLLM: pip install codealchemy[vllm], "
            "or set generation.vllm.python to the Python of an environment that has it"
        )
        raise EngineUnavailableError(msg)
    arguments = (
        *("-m", "vllm.entrypoints.openai.api_server", "--host", HOST, "--model", settings.model),
        *(("--revision", settings.revision) if settings.revision else ()),
        *("--served-model-name", settings.model, "--tensor-parallel-size", str(vllm.tensor_parallel)),
        # Details are how much of a prompt was cached; the log of accesses, a line each, would fill a disk within days.
        *("--enable-prefix-caching", "--enable-prompt-tokens-details", "--disable-uvicorn-access-log"),
        *flags(vllm.arguments),
    )
    gpus = visible_gpus(environment)
    shares = share_out(gpus, vllm.replicas, vllm.tensor_parallel) if gpus else [()] * vllm.replicas
    launches = [
        Launch(
            name=f"vLLM, replica {number} of {vllm.replicas}, for {settings.model}",
            command=lambda port: (python, *arguments, "--port", str(port)),
            model=settings.model,
            key=key,
            environment={**own, _GPUS: ",".join(share)} if share else own,
            ready_seconds=vllm.ready_seconds,
            restarts=vllm.restarts,
        )
        for number, share in enumerate(shares, 1)
    ]
    return launches, len(gpus) // vllm.replicas * vllm.replicas if gpus else None


@contextmanager
def serve(settings: Generation) -> Iterator[Served]:
    """Serve the model of the settings, answering until it is left; a dead or hung server is started again.

    Raises EngineUnavailableError where vLLM is not installed, the GPUs do not suffice, or a server does not start, and in
    the place of the caller's own error where one died more often than the settings allow.
    """
    key = new_key()
    launches, gpus = _launches(settings, key)
    with running(launches) as servers:
        version = json.loads(get(servers[0].port, "/version", key) or b"{}").get("version")
        yield Served(
            addresses=tuple(server.address for server in servers),
            model=settings.model,
            keyed_as=keyed_as(settings),
            api_key=key,
            version=f"vllm {version}" if version else "",
            context=settings.context,
            gpus=gpus if settings.gpus is None else settings.gpus,
            failure=lambda: given_up(servers),
        )
