"""Fetch blobs from Software Heritage's public bucket: `content/<blob id>`, gzip, no account needed.

Belongs here: requests, what their failures mean, checking every blob against its id. Does not: how many are under way
(`alchemy_assets.pace`), keeping blobs (`journal`), making rows of them (`fetched`).

A blob that is missing, corrupt or too large is refused for good. What may pass (429, 5xx, time-outs, broken connections) is
asked for again, later each time, a bounded number of times. Where nothing at all is answered for a while, the bucket is down.
"""

import asyncio
import random
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final, NamedTuple

import aiohttp

from alchemy_assets.corpora import found
from alchemy_assets.corpora.texts import Refusal
from alchemy_assets.corpora.texts import blob_id as blob_id_of
from alchemy_assets.errors import AlchemyError
from alchemy_assets.pace import Pace
from alchemy_assets.settings import Fetch

_OK: Final = 200
_GONE: Final = frozenset((404, 410, 451))
_OVERLOADED: Final = frozenset((408, 425, 429, 500, 502, 503, 504))
_FIRST_WAIT: Final = 0.5
# A corrupt copy is looked at twice: the fault may have been on the way.
_LOOKS: Final = 2
# So many blobs given up and none had: the fault is not the blobs'.
_HOPELESS: Final = 100
_CHUNK: Final = 64 * 1024
# What gzip adds to bytes that do not compress, and its header.
_OVERHEAD: Final = 64 * 1024
_GZIP: Final = 31


class BucketDownError(AlchemyError, ConnectionError):
    """Software Heritage's bucket does not answer, or not for some blobs."""


class Wanted(NamedTuple):
    """A blob to fetch; `length` is what its corpus says, None where it says nothing."""

    blob_id: str
    length: int | None


class _Failed(Exception):  # noqa: N818 -- never leaves this module
    """An attempt that may go better later. overload: the server had too much to do; wait: seconds that it asked for."""

    def __init__(self, detail: str, *, overload: bool = True, again: bool = True, wait: float | None = None) -> None:
        super().__init__(detail)
        self.overload = overload
        self.again = again
        self.wait = wait


class _Corrupt(Exception):  # noqa: N818 -- as above
    """An answer that is not the blob."""


class _LongerThanSaid(Exception):  # noqa: N818 -- as above
    """A blob is larger than its corpus says, so more memory has to be set aside for it."""


def fetch(
    wanted: Iterable[Wanted], settings: Fetch, largest: int, keep: Callable[[str, bytes | Refusal], None]
) -> dict[str, str]:
    """Fetch blobs, handing each to `keep` as it arrives, its SHA-1 checked, or why there is none.

    `wanted` is taken from as there is room. Returns the blobs that could not be had for now, each with what was wrong; the
    same call made later may have them. Raises BucketDownError where nothing is answered for `settings.patience` seconds.
    """
    return asyncio.run(_Client(settings, largest, keep).run(iter(wanted)))


class _Client:
    def __init__(self, settings: Fetch, largest: int, keep: Callable[[str, bytes | Refusal], None]) -> None:
        self._settings = settings
        self._largest = largest
        self._keep = keep
        self._pace = Pace(settings.concurrency, settings.memory)
        self._unavailable: dict[str, str] = {}
        self._answered = 0.0
        self._any_good = False

    async def run(self, wanted: Iterator[Wanted]) -> dict[str, str]:
        settings = self._settings
        self._answered = asyncio.get_running_loop().time()
        timeout = aiohttp.ClientTimeout(
            total=settings.total_seconds, sock_connect=settings.connect_seconds, sock_read=settings.stall_seconds
        )
        async with aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=settings.concurrency),
            timeout=timeout,
            auto_decompress=False,
            headers={"Accept-Encoding": "identity", "User-Agent": "codealchemy"},
        ) as session:
            try:
                async with asyncio.TaskGroup() as tasks:
                    for _ in range(settings.concurrency):
                        tasks.create_task(self._work(session, wanted))
            except ExceptionGroup as group:  # the first worker that failed stopped the others
                raise group.exceptions[0] from group
        return dict(sorted(self._unavailable.items()))

    async def _work(self, session: aiohttp.ClientSession, wanted: Iterator[Wanted]) -> None:
        for one in wanted:  # shared by all workers: each blob is taken once
            await self._blob(session, one)

    async def _blob(self, session: aiohttp.ClientSession, one: Wanted) -> None:
        """Ask for one blob until it is kept, refused, or given up for now."""
        size = self._largest if one.length is None else min(max(one.length, 1), self._largest)
        # Only spreads requests out, so that those that failed together do not come back together.
        jitter = random.Random(one.blob_id)  # noqa: S311
        looks = attempts = 0
        while True:
            wait = 0.0
            async with self._pace.turn(size) as started:
                try:
                    self._keep(one.blob_id, await self._ask(session, one.blob_id, size))
                except _LongerThanSaid:
                    size = self._largest
                except _Corrupt as error:
                    looks += 1
                    if looks == _LOOKS:
                        self._keep(one.blob_id, Refusal(found.CORRUPT, str(error)))
                        self._good()
                        return
                except _Failed as error:
                    attempts += 1
                    wait = self._waiting(error, attempts, jitter)
                    if error.overload:
                        self._pace.slow(started, wait if error.wait is not None else 0.0)
                    self._check_patience(str(error))
                    if attempts == self._settings.attempts or not error.again:
                        self._give_up(one.blob_id, str(error))
                        return
                else:
                    self._good()
                    return
            await asyncio.sleep(wait)

    def _give_up(self, blob_id: str, detail: str) -> None:
        self._unavailable[blob_id] = detail
        if not self._any_good and len(self._unavailable) >= _HOPELESS:
            msg = (
                f"{self._settings.bucket} gave none of the first {_HOPELESS} blobs, lastly: {detail}. Check the network, and "
                "`fetch.bucket`, and run again"
            )
            raise BucketDownError(msg)

    def _good(self) -> None:
        self._any_good = True
        self._answered = asyncio.get_running_loop().time()
        self._pace.quicken()

    def _waiting(self, error: _Failed, attempts: int, jitter: random.Random) -> float:
        wait = _FIRST_WAIT * 2.0**attempts if error.wait is None else error.wait
        spread = jitter.uniform(0.5, 1.0) if error.wait is None else 1.0
        return min(wait, self._settings.longest_wait) * spread

    def _check_patience(self, detail: str) -> None:
        silent = asyncio.get_running_loop().time() - self._answered
        if silent > self._settings.patience:
            msg = (
                f"{self._settings.bucket} has answered nothing for {silent:.0f} seconds, lastly: {detail}. What was fetched is "
                "kept; check the network and `fetch.bucket`, and run again to go on"
            )
            raise BucketDownError(msg)

    async def _ask(self, session: aiohttp.ClientSession, blob_id: str, size: int) -> bytes | Refusal:
        """One attempt."""
        try:
            async with self._request(session, blob_id) as response:
                if response.status in _GONE:
                    return Refusal(found.NOT_ARCHIVED, f"HTTP {response.status}")
                if response.status != _OK:
                    overload = response.status in _OVERLOADED
                    msg = f"HTTP {response.status}"
                    raise _Failed(msg, overload=overload, again=overload, wait=_retry_after(response))
                return await self._read(response, blob_id, size)
        except TimeoutError as error:
            msg = f"timed out ({error or 'no answer'})"
            raise _Failed(msg) from error
        except (aiohttp.ClientError, OSError) as error:
            msg = f"{type(error).__name__}: {error}"
            raise _Failed(msg) from error

    def _request(
        self, session: aiohttp.ClientSession, blob_id: str
    ) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
        return session.get(f"{self._settings.bucket.rstrip('/')}/content/{blob_id}")

    async def _read(self, response: aiohttp.ClientResponse, blob_id: str, size: int) -> bytes | Refusal:
        """The body, unpacked as it comes in: never more than is set aside for it, whatever it unpacks to."""
        unpacking = zlib.decompressobj(_GZIP)
        data = bytearray()
        packed = 0
        async for chunk in response.content.iter_chunked(_CHUNK):
            packed += len(chunk)
            try:
                data += unpacking.decompress(chunk, size - len(data) + 1)
            except zlib.error as error:
                msg = f"not gzip ({error})"
                raise _Corrupt(msg) from error
            if len(data) > size or packed > size + _OVERHEAD:
                response.close()  # the rest is not wanted, so the connection cannot be used again
                if size < self._largest:
                    raise _LongerThanSaid
                return Refusal(found.too_large("", None, self._largest).reason, "as it was read")
        if not unpacking.eof:
            msg = f"gzip ends early, after {len(data)} bytes"
            raise _Corrupt(msg)
        blob = bytes(data)
        if (computed := blob_id_of(blob)) != blob_id:
            msg = f"its SHA-1 is {computed}"
            raise _Corrupt(msg)
        return blob


def _retry_after(response: aiohttp.ClientResponse) -> float | None:
    """Seconds that an answer asks to wait for (RFC 9110, 10.2.3), or None."""
    value = response.headers.get("Retry-After", "").strip()
    if value.isdecimal():
        return float(value)
    try:
        return max(0.0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None
