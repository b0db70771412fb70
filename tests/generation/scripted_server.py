"""A real server that answers as a function of the turns says, counts tokens by characters, and counts what it is asked."""

import asyncio
import json
import threading
from collections.abc import Callable, Sequence
from typing import Any, Self

from aiohttp import web

Turns = Sequence[tuple[str, str]]
Answer = Callable[[Turns], str]
MODEL = "scripted"
CUT = "(cut)"


class ScriptedServer:
    """A server in a thread of its own, at `address` while it is open.

    asked: the turns of every request that came, in order; greeted: times that its models were asked for.
    A prompt's token is `characters` characters, an answer's four. An answer that ends with `CUT` is one that was cut.
    counts: whether it says how many tokens there were.
    """

    def __init__(self, answer: Answer, *, characters: int = 3, counts: bool = True) -> None:
        self.answer = answer
        self.characters = characters
        self.counts = counts
        self.asked: list[Turns] = []
        self.greeted = 0
        self.port = 0

    @property
    def address(self) -> str:
        """What settings name it by."""
        return f"http://127.0.0.1:{self.port}/v1"

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *error: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        app = web.Application()
        app.add_routes([web.post("/v1/chat/completions", self._chat), web.get("/v1/models", self._models)])
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.0)
        self._loop.run_until_complete(runner.setup())
        self._loop.run_until_complete(web.TCPSite(runner, "127.0.0.1", 0).start())
        self.port = runner.addresses[0][1]
        self._ready.set()
        self._loop.run_forever()
        self._loop.run_until_complete(runner.cleanup())
        self._loop.close()

    async def _models(self, _: web.Request) -> web.Response:
        self.greeted += 1
        return web.json_response({"object": "list", "data": [{"id": MODEL, "max_model_len": 65_536}]})

    async def _chat(self, request: web.Request) -> web.Response:
        body: dict[str, Any] = json.loads(await request.read())
        turns = tuple((turn["role"], turn["content"]) for turn in body["messages"])
        self.asked.append(turns)
        said = self.answer(turns)
        prompt = sum(len(content) for _, content in turns) // self.characters
        usage = {"prompt_tokens": prompt, "completion_tokens": -(-len(said) // 4)} if self.counts else None
        message = {"role": "assistant", "content": said.removesuffix(CUT)}
        choice = {"index": 0, "message": message, "finish_reason": "length" if said.endswith(CUT) else "stop"}
        return web.json_response({"model": MODEL, "choices": [choice], "usage": usage})
