"""A real server that plays a language model and everything that can go wrong with one, and counts what it is asked."""

import asyncio
import hashlib
import json
import threading
import time
from collections import Counter, defaultdict, deque
from collections.abc import Awaitable, Callable
from typing import Any, Self

from aiohttp import web

Act = Callable[["FaultServer", web.Request, dict[str, Any]], Awaitable[web.StreamResponse]]
MODEL = "the-model"
CONTEXT = 4_096


class FaultServer:
    """A server in a thread of its own, at `address` while it is open; it can be stopped, and started again on its port.

    first: what it does with its first requests, whichever they are. first_of, always_of: with the first, and with every
    request whose last turn is this text. always: with all others; None answers. seen: how often each body came, by hash.
    answered: how often each last turn was answered whole. times: when each request came. delay: seconds before each answer.
    capacity: requests under way above which the answer is HTTP 429. varied: no two answers are the same.
    """

    def __init__(self, *, delay: float = 0.0, model: str = MODEL, context: int | None = CONTEXT, key: str = "") -> None:
        self.first: deque[Act] = deque()
        self.first_of: defaultdict[str, deque[Act]] = defaultdict(deque)
        self.always_of: dict[str, Act] = {}
        self.always: Act | None = None
        self.models: Act | None = None
        self.seen: Counter[str] = Counter()
        self.answered: Counter[str] = Counter()
        self.bodies: list[dict[str, Any]] = []
        self.times: list[float] = []
        self.delay = delay
        self.capacity = 10**9
        self.varied = False
        self.model = model
        self.context = context
        self.key = key
        self.now = self.most = 0
        self.port = 0

    @property
    def address(self) -> str:
        """What settings name it by."""
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def asked(self) -> int:
        """Requests that came."""
        return self.seen.total()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def start(self) -> None:
        """Listen, on the port that it had if it had one."""
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        assert self._ready.wait(10)

    def stop(self) -> None:
        """Drop every connection and the port."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        app = web.Application()
        app.add_routes(
            [
                web.post("/v1/chat/completions", self._chat),
                web.get("/v1/models", self._models),
                web.get("/version", self._version),
            ]
        )
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.0)
        self._loop.run_until_complete(runner.setup())
        site = web.TCPSite(runner, "127.0.0.1", self.port, reuse_address=True)
        self._loop.run_until_complete(site.start())
        self.port = runner.addresses[0][1]
        self._ready.set()
        self._loop.run_forever()
        left = asyncio.all_tasks(self._loop)
        for task in left:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        self._loop.run_until_complete(runner.cleanup())
        self._loop.close()

    async def _version(self, _: web.Request) -> web.Response:
        return web.json_response({"version": "0.99.1"})

    async def _models(self, request: web.Request) -> web.StreamResponse:
        if self.models is not None:
            return await self.models(self, request, {})
        if self.key and request.headers.get("Authorization") != f"Bearer {self.key}":
            return web.json_response({"error": "Unauthorized"}, status=401)
        one = {"id": self.model, "object": "model", "owned_by": "vllm", "max_model_len": self.context}
        return web.json_response({"object": "list", "data": [one]})

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        data = await request.read()
        body = json.loads(data)
        text = body["messages"][-1]["content"]
        self.seen[hashlib.sha256(data).hexdigest()] += 1
        self.bodies.append(body)
        self.times.append(time.monotonic())
        self.now += 1
        self.most = max(self.most, self.now)
        over = self.now > self.capacity
        try:
            await asyncio.sleep(self.delay)
            if over:
                return await status(429)(self, request, body)
            if self.first:
                return await self.first.popleft()(self, request, body)
            if self.first_of[text]:
                return await self.first_of[text].popleft()(self, request, body)
            act = self.always_of.get(text, self.always)
            return await (answer if act is None else act)(self, request, body)
        finally:
            self.now -= 1

    def reply(self, body: dict[str, Any]) -> dict[str, Any]:
        """A whole answer, as vLLM gives it."""
        text = body["messages"][-1]["content"]
        number = f", the {self.answered.total()}th" if self.varied else ""
        self.answered[text] += 1
        return {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "model": self.model,
            "choices": [
                {
                    "index": 0,
                    "message": {"role": "assistant", "content": f"answer to {text}{number}", "reasoning": None},
                    "finish_reason": "stop",
                }
            ],
            "usage": {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15},
        }


async def answer(server: FaultServer, _: web.Request, body: dict[str, Any]) -> web.StreamResponse:
    """What is asked for."""
    return web.json_response(server.reply(body))


def status(code: int, said: object = None, **headers: str) -> Act:
    """An error, in the words of vLLM or in others; `Retry_After="1"` is a header."""
    body = {"error": {"message": f"said with {code}", "code": code}} if said is None else said

    async def act(_: FaultServer, __: web.Request, ___: dict[str, Any]) -> web.StreamResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.json_response(body, status=code, headers=named)

    return act


def slow(seconds: float) -> Act:
    """What is asked for, after a while."""

    async def act(server: FaultServer, request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
        await asyncio.sleep(seconds)
        return await answer(server, request, body)

    return act


def payload(data: bytes) -> Act:
    """HTTP 200 with these bytes."""

    async def act(_: FaultServer, __: web.Request, ___: dict[str, Any]) -> web.StreamResponse:
        return web.Response(body=data, content_type="application/json")

    return act


def changed(change: Callable[[dict[str, Any]], None]) -> Act:
    """An answer with something else in it."""

    async def act(server: FaultServer, _: web.Request, body: dict[str, Any]) -> web.StreamResponse:
        reply = server.reply(body)
        change(reply)
        return web.json_response(reply)

    return act


async def reset(server: FaultServer, request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
    """Half an answer, then the connection breaks."""
    data = json.dumps({"choices": [{"message": {"content": "x" * 1_000}}]}).encode()
    response = web.StreamResponse(headers={"Content-Length": str(len(data))})
    await response.prepare(request)
    await response.write(data[: len(data) // 2])
    assert request.transport is not None
    request.transport.abort()
    return response


async def dropped(server: FaultServer, request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
    """The connection breaks before a byte came."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def hang(server: FaultServer, request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
    """Nothing, ever."""
    await asyncio.sleep(600)
    return web.Response()


async def drip(server: FaultServer, request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
    """A byte now and then, so that something always comes, and never the whole."""
    response = web.StreamResponse(headers={"Content-Length": "1000"})
    await response.prepare(request)
    for _ in range(1_000):
        await response.write(b" ")
        await asyncio.sleep(0.05)
    return response


async def unknown_model(server: FaultServer, request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
    """What vLLM says to a model that it does not have."""
    message = f"The model `{body.get('model')}` does not exist."
    error = {"message": message, "type": "NotFoundError", "param": "model", "code": 404}
    return web.json_response({"error": error}, status=404)


def vllm_context(prompt: int, words: str) -> Act:
    """vLLM, whose context this prompt and what is asked for together exceed; `words` are one of the ways it says so."""

    async def act(server: FaultServer, request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
        context, most = server.context or CONTEXT, body["max_tokens"]
        if prompt + most <= context:
            return await answer(server, request, body)
        said = words.format(context=context, most=most, prompt=prompt, total=prompt + most, least=context - most + 1)
        error = {"message": said, "type": "BadRequestError", "param": None, "code": 400}
        return web.json_response({"error": error}, status=400)

    return act


OLD_WORDS = (
    "This model's maximum context length is {context} tokens. However, you requested {total} tokens ({prompt} in the messages, "
    "{most} in the completion). Please reduce the length of the messages or completion."
)
MIDDLE_WORDS = (
    "'max_tokens' or 'max_completion_tokens' is too large: {most}. This model's maximum context length is {context} tokens and "
    "your request has {prompt} input tokens ({most} > {context} - {prompt}). None"
)
NEW_WORDS = (
    "This model's maximum context length is {context} tokens. However, you requested {most} output tokens and your prompt "
    "contains at least {least} input tokens, for a total of at least {total} tokens. Please reduce the length of the input "
    "prompt or the number of requested output tokens. (parameter=input_tokens, value={least})"
)
LLAMA_CONTEXT = {
    "error": {
        "code": 400,
        "message": "request (9412 tokens) exceeds the available context size (4096 tokens), try increasing it",
        "type": "exceed_context_size_error",
        "n_prompt_tokens": 9412,
        "n_ctx": 4096,
    }
}
