"""Real servers on this machine that play Software Heritage's bucket and the Hugging Face Hub, and count what they are asked."""

import asyncio
import gzip
import hashlib
import math
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from aiohttp import web

Answer = Callable[[web.Request, bytes], Awaitable[web.StreamResponse]]
COMMIT = "c0ffee" * 6 + "c0ff"


def sha1(data: bytes) -> str:
    """The blob id of some bytes."""
    return hashlib.sha1(data, usedforsecurity=False).hexdigest()


class Server:
    """A server in a thread of its own, at `address` while it is open."""

    def __init__(self) -> None:
        self.address = ""
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def routes(self) -> list[web.RouteDef]:
        raise NotImplementedError

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, *error: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        app = web.Application()
        app.add_routes(self.routes())
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        self._loop.run_until_complete(runner.setup())
        site = web.TCPSite(runner, "127.0.0.1", 0)
        self._loop.run_until_complete(site.start())
        self.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
        self._ready.set()
        self._loop.run_forever()
        self._loop.run_until_complete(runner.cleanup())
        self._loop.close()


class Bucket(Server):
    """`content/<blob id>`: the gzipped blobs that it holds, 404 otherwise; a blob may have other answers first, or always.

    asked: requests by blob id. most: the most requests that were under way together. delay: seconds before each answer.
    capacity: requests under way above which the answer is HTTP 503. times: when each request came.
    """

    def __init__(self, *blobs: bytes, delay: float = 0.0) -> None:
        super().__init__()
        self.blobs = {sha1(blob): blob for blob in blobs}
        self.first: defaultdict[str, list[Answer]] = defaultdict(list)
        self.always: dict[str, Answer] = {}
        self.asked: Counter[str] = Counter()
        self.times: list[float] = []
        self.delay = delay
        self.capacity: float = math.inf
        self.overloads = 0
        self.now = self.most = 0

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/content/{blob_id}", self._answer)]

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        blob_id = request.match_info["blob_id"]
        self.asked[blob_id] += 1
        self.times.append(time.monotonic())
        self.now += 1
        self.most = max(self.most, self.now)
        overloaded = self.now > self.capacity
        try:
            await asyncio.sleep(self.delay)
            if overloaded:
                self.overloads += 1
                return web.Response(status=503)
            blob = self.blobs.get(blob_id)
            if self.first[blob_id]:
                return await self.first[blob_id].pop(0)(request, blob or b"")
            if blob_id in self.always:
                return await self.always[blob_id](request, blob or b"")
            return web.Response(status=404) if blob is None else web.Response(body=gzip.compress(blob, mtime=0))
        finally:
            self.now -= 1


def status(code: int, **headers: str) -> Answer:
    """An answer without a blob; `Retry_After="1"` is a header."""

    async def answer(_: web.Request, __: bytes) -> web.StreamResponse:
        return web.Response(status=code, headers={name.replace("_", "-"): value for name, value in headers.items()})

    return answer


def body(data: bytes) -> Answer:
    """These bytes instead of the blob's gzip."""

    async def answer(_: web.Request, __: bytes) -> web.StreamResponse:
        return web.Response(body=data)

    return answer


async def truncated(request: web.Request, blob: bytes) -> web.StreamResponse:
    """Half of what is promised, then the connection breaks."""
    packed = gzip.compress(blob)
    response = web.StreamResponse(headers={"Content-Length": str(len(packed))})
    await response.prepare(request)
    await response.write(packed[: len(packed) // 2])
    assert request.transport is not None
    request.transport.close()
    return response


async def stalled(request: web.Request, blob: bytes) -> web.StreamResponse:
    """The first bytes, then nothing until the client goes."""
    packed = gzip.compress(blob)
    response = web.StreamResponse(headers={"Content-Length": str(len(packed))})
    await response.prepare(request)
    await response.write(packed[:5])
    await asyncio.sleep(30)
    return response


class Hub(Server):
    """What HfFileSystem asks of the Hub for one public dataset: its commit, its tree, and ranges of its files."""

    def __init__(self, repository: str, files: Mapping[str, bytes]) -> None:
        super().__init__()
        self.repository = repository
        self.files = dict(files)
        self.sent = 0
        self.paths: list[str] = []

    def routes(self) -> list[web.RouteDef]:
        return [web.route("*", "/{path:.*}", self._answer)]

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.paths.append(request.path)
        api = f"/api/datasets/{self.repository}"
        known = {"main", COMMIT}
        if request.path == api or request.path.removeprefix(f"{api}/revision/") in known:
            return web.json_response({"id": self.repository, "sha": COMMIT, "siblings": [], "tags": []})
        for revision in known:
            if request.path.startswith(tree := f"{api}/tree/{revision}"):
                return self._tree(request.path.removeprefix(tree).strip("/"))
            if request.path == f"{api}/paths-info/{revision}":
                wanted = (await request.post()).getall("paths")
                return web.json_response([self._file(name) for name in wanted if name in self.files])
            resolve = f"/datasets/{self.repository}/resolve/{revision}/"
            if request.path.startswith(resolve) and (name := request.path.removeprefix(resolve)) in self.files:
                return self._range(request, self.files[name])
        return web.json_response(
            {"error": "Not found"}, status=404, headers={"X-Error-Code": "RepoNotFound", "X-Error-Message": "no"}
        )

    def _tree(self, folder: str) -> web.Response:
        below = [name for name in sorted(self.files) if not folder or name.startswith(f"{folder}/")]
        if not below:
            return web.json_response({"error": "none"}, status=404, headers={"X-Error-Code": "EntryNotFound"})
        folders = sorted({str(parent) for name in below for parent in Path(name).parents} - {".", folder})
        listed = [
            {"type": "directory", "path": name, "oid": "0", "size": 0} for name in folders if name.startswith(folder)
        ]
        return web.json_response(listed + [self._file(name) for name in below])

    def _file(self, name: str) -> dict[str, object]:
        return {"type": "file", "path": name, "oid": sha1(self.files[name]), "size": len(self.files[name])}

    def _range(self, request: web.Request, data: bytes) -> web.Response:
        part = request.http_range
        chosen = data[part]
        self.sent += len(chosen)
        headers = {"ETag": sha1(data), "X-Repo-Commit": COMMIT}
        if part.start is not None:
            headers["Content-Range"] = f"bytes {part.start}-{part.start + len(chosen) - 1}/{len(data)}"
        return web.Response(status=206 if part.start is not None else 200, body=chosen, headers=headers)


@contextmanager
def free_port() -> Iterator[str]:
    """An address on which nothing answers."""
    import socket  # noqa: PLC0415

    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{reserved.getsockname()[1]}"
