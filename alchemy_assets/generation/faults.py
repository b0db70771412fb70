"""What can come of asking a server instead of an answer, and whose fault it is: the server's load, the server, or the request.

Belongs here: the kinds of fault, and what an HTTP status means. Does not: what is done about them (`line`, `asking`).
Each carries the server's own words.
"""

import json
import re
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from alchemy_assets.errors import AlchemyError

OVERLOADED: Final = "the server had too much to do"
TIMED_OUT: Final = "no answer in time"
NOT_CONNECTED: Final = "no connection"
BROKEN_OFF: Final = "the connection broke off"
FAILED: Final = "the server failed"
GARBLED: Final = "what came was no answer"
CLOSED: Final = "the server refuses to be asked"
REFUSED: Final = "the server refuses the request"
TOO_LONG: Final = "prompt and answer do not fit the model's context"

_OVERLOADED: Final = frozenset((408, 425, 429, 503, 529))
_GATEWAY_TIMED_OUT: Final = 504
_CLOSED: Final = frozenset((401, 402, 407))
# A server says these to everybody whom it does not know, and a firewall before it to a prompt that it does not like.
_PERHAPS_CLOSED: Final = frozenset((403, 404, 405))
_OK: Final = 200
_REDIRECTS: Final = range(300, 400)
_REFUSED: Final = range(400, 500)
_WORDS: Final = 500
_HIDDEN: Final = "***"
# vLLM (three generations of it) and llama.cpp; other servers say one of the same.
_CONTEXT: Final = re.compile(
    r"maximum context length|context_length_exceeded|exceed_context_size|exceeds the available context size"
    r"|max_tokens.{0,40}is too large|context window",
    re.IGNORECASE,
)
_LENGTH: Final = re.compile(r"maximum context length (?:is|of) (\d+)|context size \((\d+) tokens\)", re.IGNORECASE)
_PROMPT: Final = re.compile(r"(\d+) in the messages|has (\d+) input tokens|request \((\d+) tokens\)", re.IGNORECASE)


class UnansweredError(AlchemyError, RuntimeError):
    """A request stays without an answer. reason: one of a few sentences, for counting; detail: what the server said."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


class EngineDownError(AlchemyError, ConnectionError):
    """No server of the model answers, so that nothing can be asked."""


class Fault(Exception):  # noqa: N818 -- never leaves this room
    """An exchange that brought no answer.

    kind: one of the sentences above. own: it may be the request's own, so it counts against it. wait: seconds that the
    server asked for.
    """

    def __init__(self, kind: str, words: str, *, own: bool = False, wait: float | None = None) -> None:
        super().__init__(f"{kind} ({words})" if words else kind)
        self.kind = kind
        self.words = words
        self.own = own
        self.wait = wait


class Overloaded(Fault):
    """The server is asked for too much at once, or is too slow."""


class ServerFault(Fault):
    """Something is wrong with the server or the way to it."""


class Closed(ServerFault):
    """The server would say the same to every request: it does not know the model, or us; `own` where that is not sure."""


class Unanswerable(Fault):
    """The server would say the same to this request again."""


class DoesNotFit(Unanswerable):
    """Prompt and answer exceed the context. room: tokens that an answer may have, where the server says enough to know."""

    def __init__(self, words: str, room: int | None) -> None:
        super().__init__(TOO_LONG, words)
        self.room = room


def of_status(status: int, headers: Mapping[str, str], body: bytes, secrets: Collection[str] = ()) -> Fault | None:
    """What an HTTP status means; None where it is that of an answer. secrets: as in `words_of`."""
    if status == _OK:
        return None
    words = f"HTTP {status}: {words_of(body, secrets)}"
    wait = retry_after(headers.get("Retry-After", ""))
    if status in _OVERLOADED:
        return Overloaded(OVERLOADED, words, wait=wait)
    if status == _GATEWAY_TIMED_OUT:
        return Overloaded(TIMED_OUT, words, own=True, wait=wait)
    if status in _CLOSED or status in _PERHAPS_CLOSED or status in _REDIRECTS:
        return Closed(CLOSED, words, own=status in _PERHAPS_CLOSED)
    if status in _REFUSED:
        return _does_not_fit(words) or Unanswerable(REFUSED, words)
    # llama.cpp answers 500 to a prompt that is longer than a batch, and to output that it cannot take apart.
    return ServerFault(FAILED, words, own=True, wait=wait)


def _does_not_fit(words: str) -> DoesNotFit | None:
    if not _CONTEXT.search(words):
        return None
    length, prompt = _number(_LENGTH, words), _number(_PROMPT, words)
    return DoesNotFit(words, None if length is None or prompt is None else length - prompt)


def _number(pattern: re.Pattern[str], words: str) -> int | None:
    found = pattern.search(words)
    return None if found is None else int(next(filter(None, found.groups())))


def words_of(body: bytes, secrets: Collection[str] = ()) -> str:
    """What a server says went wrong, on one line and not too long, without the secrets that it repeats."""
    text = body.decode(errors="replace")
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        said = text
    if isinstance(said, dict):
        said = said.get("error") or said.get("detail") or said.get("message") or said
    if isinstance(said, dict):
        said = said.get("message") or said
    line = " ".join(
        "".join(one if one.isprintable() else " " for one in hidden(str(said), secrets)[: 4 * _WORDS]).split()
    )
    return line if len(line) <= _WORDS else f"{line[:_WORDS]}…"


def hidden(text: str, secrets: Collection[str]) -> str:
    """The text without these words."""
    for secret in secrets:
        text = text.replace(secret, _HIDDEN)
    return text


def retry_after(value: str) -> float | None:
    """Seconds that the header asks to wait for (RFC 9110, 10.2.3), or None."""
    value = value.strip()
    if value.isdecimal():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
        return max(0.0, (moment - datetime.now(UTC)).total_seconds()) if moment.tzinfo else None
    except (ValueError, TypeError, LookupError, ArithmeticError):  # a year beyond all numbers overflows
        return None
