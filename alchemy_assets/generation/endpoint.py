"""One exchange with one OpenAI-compatible server: what is sent, what is read of its answer, what it says of itself.

Belongs here: addresses, bodies, deadlines, the fields of an answer. Does not: which server is asked when (`line`), asking
again (`asking`), what a fault is (`faults`).
"""

import base64
import json
import re
from contextlib import suppress
from typing import Any, Final, NamedTuple

import aiohttp
from yarl import URL

from alchemy_assets.generation import faults
from alchemy_assets.generation.completions import Completion, Request
from alchemy_assets.generation.engine import Served
from alchemy_assets.generation.faults import Closed, DoesNotFit, Fault, Overloaded, ServerFault
from alchemy_assets.settings import Generation

# uvicorn, and so vLLM, drops a connection after five idle seconds: one that is about to be dropped is not used again.
_KEEP_ALIVE: Final = 4.0
_READ: Final = 2**18
# Characters a token: fewer than in code and English, so that a prompt is rather thought too long than too short. Where an
# answer has less room for it than is wished, the server's own count decides.
_CHARACTERS: Final = 3
_TURN: Final = 16
_LEAST: Final = 16
_MODELS_SHOWN: Final = 5
# Every reader of JSON keeps whole numbers below this, and no answer has so many tokens.
_MOST: Final = 2**53
_USER: Final = re.compile(r"(?<=://)[^/?#]*@")
# A shorter key is none, only what a server wants to see in its place.
_LEAST_SECRET: Final = 4


class Answer(NamedTuple):
    """An answer, and how many tokens of its prompt the server had in its prefix cache (None where it does not say)."""

    completion: Completion
    cached_tokens: int | None


def session(served: Served, settings: Generation) -> aiohttp.ClientSession:
    """The connections to all servers of a model, with the deadlines of the settings."""
    headers = {"Content-Type": "application/json", "Accept-Encoding": "identity", "User-Agent": "codealchemy"}
    if served.api_key:
        headers["Authorization"] = f"Bearer {served.api_key}"
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=_KEEP_ALIVE),
        cookie_jar=aiohttp.DummyCookieJar(),
        headers=headers,
        read_bufsize=_READ,
        timeout=aiohttp.ClientTimeout(
            total=settings.total_seconds,
            sock_connect=settings.connect_seconds,
            sock_read=settings.first_byte_seconds,
        ),
    )


class Endpoint:
    """One server. context: tokens of prompt and answer together, None while nobody has said.

    greeted: it was asked what it has; listed: the model is among that. address: as it is shown, without a user's name and
    password; they and the key are in no fault either.
    """

    def __init__(
        self, address: str, served: Served, connections: aiohttp.ClientSession, greeting_seconds: float
    ) -> None:
        self.address = _USER.sub("", address)
        self.context = served.context
        self.greeted = self.listed = False
        self._model = served.model
        self._version = served.version
        self._session = connections
        self._secrets = _secrets(address, served.api_key)
        self._chat = URL(f"{address}/chat/completions")
        self._models = URL(f"{address}/models")
        # Sooner than an answer: a list of models is at hand, or the server is not.
        self._greeting = aiohttp.ClientTimeout(total=greeting_seconds)

    async def greet(self) -> None:
        """Ask whether it has the model, and how long its context is; raises Fault, never a request's own."""
        try:
            await self._greet()
        except (ServerFault, Overloaded) as fault:
            if not fault.own:
                raise
            kind = Closed if isinstance(fault, Closed) else ServerFault
            raise kind(fault.kind, fault.words, wait=fault.wait) from fault
        self.greeted = True

    async def _greet(self) -> None:
        status, headers, body = await self._exchange(self._models, None)
        fault = faults.of_status(status, headers, body, self._secrets)
        if isinstance(fault, faults.Unanswerable) or status in {404, 405}:  # it has no such list: asking will tell
            return
        if fault is not None:
            raise fault
        listed = self._json(body).get("data")
        models = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
        known = [name for one in models for name in _names(one)]
        if models and self._model not in known:
            names = ", ".join(map(str, known[:_MODELS_SHOWN]))
            msg = f"it has {faults.hidden(names, self._secrets)}, and not {self._model}; see generation.model"
            raise Closed(faults.CLOSED, msg)
        for one in models:
            if self._model in _names(one):
                self.listed = True
                await self._learn(one)

    async def _learn(self, model: dict[str, Any]) -> None:
        """What a server says of a model: vLLM its max_model_len, llama.cpp the context of one of its slots."""
        meta = model.get("meta")
        slot = meta.get("n_ctx") if isinstance(meta, dict) else None
        if self.context is None:
            self.context = _count(model.get("max_model_len")) or _count(slot) or None
        if not self._version and model.get("owned_by") == "vllm":
            with suppress(Fault):  # where it has a version: one that does not say it is asked all the same
                status, _, body = await self._exchange(self._models.with_path("/version"), None)
                version = self._json(body).get("version") if status == 200 else None  # noqa: PLR2004
                if isinstance(version, str):
                    self._version = f"vllm {_whole(version)}"

    async def ask(self, request: Request, request_sha256: str, most: int) -> Answer:
        """Ask for an answer of `most` tokens at most; raises Fault."""
        return self.read(await self._asked(self.body(request, most)), request_sha256)

    def room(self, request: Request) -> int:
        """Tokens that an answer may have: what is wished, or what is left of the context as far as can be estimated."""
        wish = request.sampling.max_tokens
        if self.context is None:
            return wish
        estimate = request.characters // _CHARACTERS + _TURN * len(request.messages)
        return min(wish, max(self.context - estimate, self.context // 8, _LEAST))

    def body(self, request: Request, most: int) -> bytes:
        """What is sent."""
        sampling = request.sampling
        fields: dict[str, object] = {
            "model": self._model,
            "messages": [{"role": role, "content": content} for role, content in request.messages],
            "temperature": sampling.temperature,
            "top_p": sampling.top_p,
            "max_tokens": most,
            "seed": request.seed,
        }
        if sampling.reasoning_effort:
            fields["reasoning_effort"] = sampling.reasoning_effort
        if request.answer_schema:
            schema = {"name": "answer", "schema": json.loads(request.answer_schema), "strict": True}
            fields["response_format"] = {"type": "json_schema", "json_schema": schema}
        return json.dumps(fields).encode()

    def read(self, body: bytes, request_sha256: str) -> Answer:
        """The answer in what came; raises ServerFault where there is none."""
        said = self._json(body)
        try:
            choice = said["choices"][0]
            message = choice["message"]
            content = message.get("content")
            reasoning = message.get("reasoning") or message.get("reasoning_content") or None
            finish_reason = choice.get("finish_reason") or ""
            usage = said.get("usage") or {}
            details = usage.get("completion_tokens_details") or {}
            cached = (usage.get("prompt_tokens_details") or {}).get("cached_tokens")
            fingerprint = said.get("system_fingerprint") or ""
            counts = _count(usage.get("prompt_tokens")), _count(usage.get("completion_tokens"))
            reasoned = _count(details.get("reasoning_tokens"))
        except (KeyError, IndexError, TypeError, AttributeError) as error:
            raise self._garbled(body) from error
        texts = (content if content is not None else "", reasoning or "", finish_reason, fingerprint)
        if not all(isinstance(one, str) for one in texts):
            raise self._garbled(body)
        version = self._version or _whole(fingerprint)
        return Answer(
            Completion(
                request_sha256,
                _whole(texts[0]),
                None if reasoning is None else _whole(reasoning),
                _whole(finish_reason),
                *counts,
                reasoned,
                version,
            ),
            _count(cached),
        )

    async def _asked(self, body: bytes) -> bytes:
        status, headers, answer = await self._exchange(self._chat, body)
        fault = faults.of_status(status, headers, answer, self._secrets)
        if fault is not None:
            raise fault
        return answer

    async def _exchange(self, url: URL, body: bytes | None) -> tuple[int, Any, bytes]:
        """Status, headers and body; raises Fault where none came."""
        try:
            if body is None:
                asked = self._session.get(url, allow_redirects=False, timeout=self._greeting)
            else:
                asked = self._session.post(url, data=body, allow_redirects=False)
            async with asked as response:
                return response.status, response.headers, await response.read()
        except aiohttp.ConnectionTimeoutError as error:
            raise ServerFault(faults.NOT_CONNECTED, self._said(error)) from error
        except TimeoutError as error:
            raise Overloaded(faults.TIMED_OUT, self._said(error), own=True) from error
        except (aiohttp.ClientConnectorError, aiohttp.InvalidURL) as error:
            raise ServerFault(faults.NOT_CONNECTED, self._said(error)) from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise ServerFault(faults.BROKEN_OFF, f"{type(error).__name__}: {self._said(error)}", own=True) from error

    def _json(self, body: bytes) -> dict[str, Any]:
        try:
            said = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise self._garbled(body) from error
        if not isinstance(said, dict):
            raise self._garbled(body)
        return said

    def _garbled(self, body: bytes) -> ServerFault:
        return ServerFault(faults.GARBLED, faults.words_of(body, self._secrets) or "nothing", own=True)

    def _said(self, error: Exception) -> str:
        return faults.hidden(_USER.sub("", str(error)), self._secrets)


def smaller(fault: DoesNotFit, most: int) -> int:
    """How many tokens to ask for after the server found `most` too many; 0 where it is of no use.

    vLLM counts a prompt only as far as it has to, so what it says may be no count: then half is tried.
    """
    room = most // 2 if fault.room is None else fault.room
    return room if _LEAST <= room < most else 0


def _names(model: dict[str, Any]) -> list[Any]:
    aliases = model.get("aliases")
    return [model.get("id"), *(aliases if isinstance(aliases, list) else ())]


def _secrets(address: str, key: str | None) -> tuple[str, ...]:
    """What a server knows of us and may repeat: the key, a password in its address, also as it is sent."""
    url = URL(address)
    user = f"{url.user or ''}:{url.password}".encode("latin-1", "replace")
    found = (key, url.raw_password, url.password, base64.b64encode(user).decode() if url.password else None)
    return tuple(one for one in found if one and len(one) >= _LEAST_SECRET)


def _count(value: object) -> int | None:
    return value if type(value) is int and 0 <= value < _MOST else None


def _whole(text: str) -> str:
    """The text without halves of surrogate pairs, which JSON can hold and UTF-8 cannot."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
