"""Whether our client keeps a real server busy, and how much of the prompts that server finds in its prefix cache.

    python -m bench.serving FOLDER [--files 40] [--rounds 3] [--in-flight 64] [--vllm] [--measure cached throughput]

The server is that of the variables ALCHEMY_GENERATION__*.
FOLDER: source files. What is asked are the first requests of all kinds about them, with short answers. Each line of JSON is
one way of asking, its figures the median of the rounds; the ways take turns, so that noise of the machine meets all alike:

- `alchemy`: our client with its journal; `bare`: an aiohttp loop that posts the same bodies and keeps nothing;
  `vllm`: `vllm bench serve` of the Python that generation.vllm.python names, same prompts as single turns (with --vllm).
- `file by file` and `shuffled`: the share of prompt tokens that were cached, each by a server of its own.
"""

import argparse
import asyncio
import hashlib
import json
import random
import statistics
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import aiohttp

from alchemy_assets.generation.asking import Asker
from alchemy_assets.generation.completions import Answers, Request, Sampling
from alchemy_assets.generation.endpoint import Endpoint, session
from alchemy_assets.generation.engine import Served, serve
from alchemy_assets.generation.journal import Journal
from alchemy_assets.languages import LANGUAGES
from alchemy_assets.settings import Generation, Settings
from alchemy_assets.strategies.generating import lacking
from alchemy_assets.strategies.registry import WRITTEN, written_by
from alchemy_assets.strategies.strategy import CuratedFile

SUFFIXES = {suffix: name for name, language in LANGUAGES.items() for suffix in language.suffixes}
LONGEST = 3_000
ANSWER = Sampling(max_tokens=64)


def files_of(folder: Path, most: int) -> list[CuratedFile]:
    """Short files of a folder, drawn by chance, as curation would hand them on."""
    paths = sorted(one for one in folder.rglob("*") if one.suffix in SUFFIXES and one.stat().st_size <= LONGEST)
    files = []
    for path in random.Random(1).sample(paths, min(most, len(paths))):  # noqa: S311 -- the same each time
        data = path.read_bytes()
        blob_id = hashlib.sha1(data, usedforsecurity=False).hexdigest()
        files.append(CuratedFile(blob_id, SUFFIXES[path.suffix], data.decode(), "", [{"path": path.name}], "", ""))
    return files


def requests_of(files: Sequence[CuratedFile], settings: Generation) -> list[Request]:
    """What every kind asks first about every file, file by file, each with a short answer."""
    kinds = [kind for name in WRITTEN for kind in written_by(name, (), settings)]
    return [
        replace(request, sampling=ANSWER, answer_schema="")
        for file in files
        for kind in kinds
        for request in lacking(kind, file, Answers())
    ]


def fresh(requests: Sequence[Request], mark: str) -> list[Request]:
    """The same requests as no cache has seen them: single turns that begin with a mark."""
    return [
        replace(one, messages=(("user", "\n".join((mark, *(content for _, content in one.messages)))),))
        for one in requests
    ]


async def ours(served: Served, settings: Generation, requests: Sequence[Request]) -> tuple[float, int, float]:
    """Ask as `alchemy generate` does: seconds, tokens of answers, share of prompt tokens that were cached."""
    waiting = iter(requests)

    async def work(asker: Asker) -> None:
        for request in waiting:
            await asker.ask(request)

    with tempfile.TemporaryDirectory() as folder, Journal(Path(folder) / "journal.sqlite") as journal:
        async with Asker(served, settings, journal.add) as asker:
            began = time.perf_counter()
            await asyncio.gather(*(work(asker) for _ in range(settings.concurrency)))
            seconds, report = time.perf_counter() - began, asker.report
    return seconds, report.completion_tokens, report.cached_tokens / max(report.prompt_tokens, 1)


async def bare(served: Served, settings: Generation, requests: Sequence[Request]) -> tuple[float, int]:
    """Post the same bodies in a loop: seconds, tokens of answers."""
    address, tokens = served.addresses[0], 0
    async with session(served, settings) as connections:
        body = Endpoint(address, served, connections, 1).body
        bodies = iter([body(one, one.sampling.max_tokens) for one in requests])

        async def work(line: aiohttp.ClientSession) -> None:
            nonlocal tokens
            for data in bodies:
                async with line.post(f"{address}/chat/completions", data=data) as answer:
                    answer.raise_for_status()
                    tokens += (await answer.json())["usage"]["completion_tokens"]

        began = time.perf_counter()
        await asyncio.gather(*(work(connections) for _ in range(settings.concurrency)))
        return time.perf_counter() - began, tokens


def vllm_bench(served: Served, settings: Generation, requests: Sequence[Request], folder: Path) -> tuple[float, int]:
    """What vLLM's own bench makes of the same prompts: seconds, tokens of answers."""
    prompts, result = folder / "prompts.jsonl", folder / "result.json"
    prompts.write_text("".join(json.dumps({"prompt": one.messages[0][1]}) + "\n" for one in requests))
    base = served.addresses[0].removesuffix("/v1")
    command = (
        *(str(settings.vllm.python), "-m", "vllm.entrypoints.cli.main", "bench", "serve"),
        *("--backend", "openai-chat"),
        *("--base-url", base, "--endpoint", "/v1/chat/completions", "--model", served.model),
        *("--dataset-name", "custom", "--dataset-path", str(prompts), "--custom-output-len", str(ANSWER.max_tokens)),
        *("--num-prompts", str(len(requests)), "--max-concurrency", str(settings.concurrency), "--disable-tqdm"),
        *("--skip-chat-template", "--disable-shuffle", "--num-warmups", "0", "--ready-check-timeout-sec", "0"),
        *("--temperature", str(ANSWER.temperature), "--top-p", str(ANSWER.top_p)),
        *("--header", f"Authorization=Bearer {served.api_key}"),
        *("--save-result", "--result-dir", str(folder), "--result-filename", result.name),
    )
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr[-4_000:])
    told = json.loads(result.read_text())
    if told["completed"] != len(requests):
        msg = f"vllm bench serve completed {told['completed']} of {len(requests)}"
        raise SystemExit(msg)
    return told["duration"], told["total_output_tokens"]


def told(way: str, requests: int, runs: Sequence[tuple[float, int]]) -> None:
    """Print the median of a way's rounds."""
    seconds = statistics.median(one for one, _ in runs)
    line = {
        "way": way,
        "requests": requests,
        "requests_a_second": round(requests / seconds, 2),
        "answer_tokens_a_second": round(statistics.median(tokens / one for one, tokens in runs), 1),
        "rounds": [round(requests / one, 2) for one, _ in runs],
    }
    print(json.dumps(line), flush=True)


def throughput(settings: Generation, requests: Sequence[Request], rounds: int, *, vllm: bool) -> None:
    """Every way in turn, so many rounds, by one server."""
    runs: dict[str, list[tuple[float, int]]] = {"alchemy": [], "bare": [], **({"vllm": []} if vllm else {})}
    with serve(settings) as served, tempfile.TemporaryDirectory() as folder:
        asyncio.run(bare(served, settings, fresh(requests[: settings.concurrency], "warm up")))
        for number in range(rounds):
            for way, seen in runs.items():
                asked = fresh(requests, f"# {way:<8} {number}")
                match way:
                    case "alchemy":
                        seen.append(asyncio.run(ours(served, settings, asked))[:2])
                    case "bare":
                        seen.append(asyncio.run(bare(served, settings, asked)))
                    case _:
                        seen.append(vllm_bench(served, settings, asked, Path(folder)))
    for way, seen in runs.items():
        told(way, len(requests), seen)


def cached(settings: Generation, requests: Sequence[Request]) -> None:
    """The share of prompt tokens that a server had, in our order and in none."""
    shuffled = random.Random(2).sample(requests, len(requests))  # noqa: S311 -- the same each time
    orders = {"file by file": requests, "shuffled": shuffled}
    for name, order in orders.items():
        with serve(settings) as served:
            seconds, _, share = asyncio.run(ours(served, settings, order))
        line = {"order": name, "requests": len(order), "cached": round(share, 4), "seconds": round(seconds, 1)}
        print(json.dumps(line), flush=True)


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(prog="python -m bench.serving")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--files", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--in-flight", type=int, default=64)
    parser.add_argument("--measure", nargs="+", default=["cached", "throughput"], choices=["cached", "throughput"])
    parser.add_argument("--vllm", action="store_true", help="vLLM's own bench too")
    given = parser.parse_args()
    settings = Settings().generation.model_copy(update={"concurrency": given.in_flight})
    requests = requests_of(files_of(given.folder, given.files), settings)
    if "cached" in given.measure:
        cached(settings, requests)
    if "throughput" in given.measure:
        throughput(settings, requests, given.rounds, vllm=given.vllm)


if __name__ == "__main__":
    main()
