"""What asking a model costs on our side: CPU a request and requests a second, against a server that answers at once.

    python -m bench.generation [REQUESTS ...] [--in-flight 512] [--million] [--profile]      (default: 50,000 and 200,000)

The server is another process that writes a canned answer; ours has the journal on, as a run has. Each figure is measured in a
process of its own, and is one JSON line: CPU milliseconds of our process a request, requests a second (both processes share
the machine), and resident memory at the first thousand answers and at the end.

Measured on two cores with Python 3.11 and aiohttp 3.14.5, 512 in flight: 0.56 ms and 1,730 requests a second (20,000 requests,
machine quiet); 0.62 to 0.67 ms with fifteen other processes on the cores; 84.6 MiB after a thousand, 86.2 after a million.
"""

import argparse
import asyncio
import cProfile
import json
import multiprocessing
import pstats
import tempfile
import time
from itertools import count
from pathlib import Path

from alchemy_assets.generation.asking import Asker
from alchemy_assets.generation.completions import Request
from alchemy_assets.generation.engine import Served
from alchemy_assets.generation.journal import Journal
from alchemy_assets.settings import Generation

PROMPT = "Explain what this function does, and where it fails.\n\n" + "def f(value):\n    return value * 2\n\n" * 60
ANSWER = "It doubles its argument, whatever that is.\n" * 20
SETTLED = 1_000


def canned(body: object) -> bytes:
    """An HTTP answer."""
    data = json.dumps(body).encode()
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(data), data)


CHAT = canned(
    {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 0,
        "model": "model",
        "choices": [
            {"index": 0, "message": {"role": "assistant", "content": ANSWER}, "finish_reason": "stop", "logprobs": None}
        ],
        "usage": {"prompt_tokens": 700, "completion_tokens": 220, "total_tokens": 920},
    }
)
MODELS = canned({"object": "list", "data": [{"id": "model", "max_model_len": 32_768}]})


class Canned(asyncio.Protocol):
    """Answers each request as soon as its last byte is there, without looking at it."""

    transport: asyncio.Transport

    def __init__(self) -> None:
        self.left = 0
        self.head = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        self.transport = transport  # type: ignore[assignment] # of a TCP server

    def data_received(self, data: bytes) -> None:
        """Requests come one after another, as ours wait for the answer."""
        if self.left:
            self.left -= len(data)
        else:
            self.head += data
            end = self.head.find(b"\r\n\r\n")
            if end < 0:
                return
            lower = self.head[:end].lower()
            if lower.startswith(b"get"):
                self.head = b""
                self.transport.write(MODELS)
                return
            length = int(lower.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
            self.left = length - (len(self.head) - end - 4)
            self.head = b""
        if not self.left:
            self.transport.write(CHAT)


def serve(ready: "multiprocessing.Queue[str]") -> None:
    """Play the server, in a process of its own."""

    async def run() -> None:
        server = await asyncio.get_running_loop().create_server(Canned, "127.0.0.1", 0, backlog=1024)
        ready.put(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1")
        await server.serve_forever()

    asyncio.run(run())


def resident() -> float:
    """MiB of resident memory of this process."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


async def ask(address: str, requests: int, in_flight: int, folder: Path) -> dict[str, object]:
    """Ask so many different requests; what it cost."""
    served = Served((address,), "model", ("model", ""))
    settings = Generation(engine="endpoint", model="model", endpoints=(address,), concurrency=in_flight)
    numbers = iter(range(requests))
    done = count(1)
    settled: list[float] = []

    async def work(asker: Asker) -> None:
        for number in numbers:
            request = Request(
                (("system", "You are a reviewer."), ("user", f"{PROMPT}# {number}\n")),
                kind="explain",
                strategy="code-qa",
                blob_id=f"{number // 6:040x}",
            )
            await asker.ask(request)
            if next(done) == SETTLED:
                settled.append(resident())

    with Journal(folder / "journal.sqlite") as journal:
        async with Asker(served, settings, journal.add) as asker:
            cpu, wall = time.process_time(), time.perf_counter()
            await asyncio.gather(*(work(asker) for _ in range(in_flight)))
            cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
            peak = asker.report.peak
    return {
        "requests": requests,
        "in_flight": peak,
        "cpu_ms_a_request": round(1e3 * cpu / requests, 3),
        "requests_a_second": round(requests / wall),
        "mib_after_a_thousand": round(settled[0], 1),
        "mib_at_the_end": round(resident(), 1),
        "journal_mib": round((folder / "journal.sqlite").stat().st_size / 2**20, 1),
    }


def figure(address: str, requests: int, in_flight: int, *, profiled: bool) -> None:
    """Measure once and print it."""
    with tempfile.TemporaryDirectory() as name:
        if not profiled:
            print(json.dumps(asyncio.run(ask(address, requests, in_flight, Path(name)))), flush=True)
            return
        profile = cProfile.Profile()
        profile.runcall(asyncio.run, ask(address, requests, in_flight, Path(name)))
        pstats.Stats(profile).sort_stats("tottime").print_stats(45)


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(prog="python -m bench.generation")
    parser.add_argument("requests", nargs="*", type=int, default=[50_000, 200_000])
    parser.add_argument("--in-flight", type=int, default=512)
    parser.add_argument("--million", action="store_true", help="a million requests too")
    parser.add_argument("--profile", action="store_true", help="show where the time goes instead")
    given = parser.parse_args()
    spawn = multiprocessing.get_context("spawn")
    ready = spawn.Queue()
    server = spawn.Process(target=serve, args=(ready,), daemon=True)
    server.start()
    address = ready.get()
    for requests in [*given.requests, *([1_000_000] if given.million else [])]:
        child = spawn.Process(
            target=figure, args=(address, requests, given.in_flight), kwargs={"profiled": given.profile}
        )
        child.start()
        child.join()
    server.terminate()


if __name__ == "__main__":
    main()
