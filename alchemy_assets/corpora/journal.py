"""Keep fetched blobs as they arrive, so that a killed process has to ask only for what is missing.

Belongs here: an append-only file of records, and finding its end after a crash. Does not: what is fetched
(`software_heritage`), or when the file is done with (`fetched`). A record is a header (CRC-32 of what follows, blob id, kind,
length) and its bytes, written at once: a torn one is at the end, and is cut off when the file is opened again.
"""

import fcntl
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Final, NamedTuple, Self

from alchemy_assets.errors import AlchemyError

BLOB: Final = 0
REFUSED: Final = 1
_CHECKSUM: Final = struct.Struct(">I")
_HEADER: Final = struct.Struct(">20sBI")
_START: Final = _CHECKSUM.size + _HEADER.size


class JournalBusyError(AlchemyError, RuntimeError):
    """Another process writes to a journal."""


class Record(NamedTuple):
    """Where a blob's bytes (or why there are none) stand in a journal."""

    blob_id: str
    kind: int
    offset: int
    length: int


class Journal:
    """One journal, open for this process alone.

    records: what was in it when it was opened; a blob id may come twice, with the same bytes.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("a+b", buffering=0)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._file.close()
            msg = f"{path} is in use: another process fetches this partition; wait for it, or stop it"
            raise JournalBusyError(msg) from error
        self.path = path
        self._end = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def records(self) -> Iterator[Record]:
        """Every whole record from the start; what follows the last one is cut off. Has to be read through before `add`."""
        self._file.seek(0)
        self._end = 0
        while len(start := self._file.read(_START)) == _START:
            [checksum] = _CHECKSUM.unpack_from(start)
            digest, kind, length = _HEADER.unpack_from(start, _CHECKSUM.size)
            payload = self._file.read(length)
            if len(payload) < length or zlib.crc32(payload, zlib.crc32(start[_CHECKSUM.size :])) != checksum:
                break
            yield Record(digest.hex(), kind, self._end + _START, length)
            self._end += _START + length
        self._file.truncate(self._end)

    def add(self, blob_id: str, kind: int, payload: bytes) -> Record:
        """Write one record; a process that is killed after this has it."""
        header = _HEADER.pack(bytes.fromhex(blob_id), kind, len(payload))
        record = _CHECKSUM.pack(zlib.crc32(payload, zlib.crc32(header))) + header + payload
        written = 0
        while written < len(record):  # a full disk raises; a signal may cut a write short
            written += self._file.write(record[written:])
        self._end += len(record)
        return Record(blob_id, kind, self._end - len(payload), len(payload))

    def read(self, offset: int, length: int) -> bytes:
        """The bytes of a record."""
        self._file.seek(offset)
        return self._file.read(length)
