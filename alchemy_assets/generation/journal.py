"""Keep answers the moment they arrive, so that a killed process never asks for one twice.

Belongs here: one SQLite file, written in groups, read in order. Does not: what an answer is (`completions`), or when answers go
on into the store. It is a buffer on a disk of this machine, used by one process at a time.

Whatever waits is written in one transaction, in the event loop itself: a transaction is a write into the page cache, which
costs less than handing it to a thread. `synchronous=NORMAL` is enough for what is promised: a process that is killed loses
nothing that `add` returned for, and after a power cut the file is whole, without its last answers.
"""

import asyncio
import json
import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import polars as pl

from alchemy_assets import schema
from alchemy_assets.errors import AlchemyError

# "alch": what `file` and SQLite show as the owner of the format.
_APPLICATION: Final = 0x616C6368
_VERSION: Final = 1
_COLUMNS: Final = tuple(schema.COMPLETIONS)
_KEY: Final = "request_sha256"
_NESTED: Final = "sampling"
_CREATE: Final = f"CREATE TABLE answers (arrival INTEGER PRIMARY KEY, {', '.join(_COLUMNS)}, UNIQUE ({_KEY}))"
_INSERT: Final = f"INSERT OR IGNORE INTO answers ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' for _ in _COLUMNS)})"  # noqa: S608
_SELECT: Final = f"SELECT {', '.join(_COLUMNS)} FROM answers ORDER BY arrival"  # noqa: S608
_DELETE: Final = f"DELETE FROM answers WHERE {_KEY} = ?"  # noqa: S608
_json: Final = json.JSONEncoder().encode
# Above this the file of what is not yet in the table itself is cut when it has been read in.
_WAL_BYTES: Final = 16 * 2**20


class JournalBusyError(AlchemyError, RuntimeError):
    """Another process writes to a journal."""


class JournalUnusableError(AlchemyError, OSError):
    """A journal is of another version, is none, or cannot be written."""


class Journal:
    """The journal at a path, made where there is none, open for this process alone.

    Raises JournalBusyError and JournalUnusableError; a file that is no journal stays as it is.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._waiting: list[tuple[tuple[object, ...], asyncio.Future[None]]] = []
        try:
            self._database = sqlite3.connect(path, timeout=0, isolation_level=None)
        except sqlite3.Error as error:
            msg = f"{path} cannot be opened as a journal ({error}); see generation.journal"
            raise JournalUnusableError(msg) from error
        try:
            self._prepare()
        except BaseException:
            self._database.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._write()
        finally:
            self._database.close()

    async def add(self, row: Mapping[str, object]) -> None:
        """Write a row of `completions`; returns when it is there. The first answer to a request stays.

        A caller that is cancelled meanwhile has its row written all the same. Raises JournalUnusableError.
        """
        loop = asyncio.get_running_loop()
        if not self._waiting:
            loop.call_soon(self._write)
        written: asyncio.Future[None] = loop.create_future()
        self._waiting.append((_packed(row), written))
        await written

    def rows(self) -> pl.DataFrame:
        """Everything in it as a frame of `completions`, in the order of arrival."""
        found = self._database.execute(_SELECT).fetchall()
        stored = {**schema.COMPLETIONS, _NESTED: pl.String()}
        nested = pl.col(_NESTED).str.json_decode(schema.COMPLETIONS[_NESTED])
        return pl.DataFrame(found, schema=stored, orient="row").with_columns(nested)

    def remove(self, request_sha256s: Iterable[str]) -> None:
        """Take out the answers to these requests; those that it does not have are passed over."""
        self._database.execute("BEGIN")
        try:
            self._database.executemany(_DELETE, ((key,) for key in request_sha256s))
        except BaseException:
            self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")

    def _prepare(self) -> None:
        try:
            # One process: SQLite keeps its lock, which a killed process loses, and needs no shared memory.
            self._database.execute("PRAGMA locking_mode=EXCLUSIVE")
            [application] = self._database.execute("PRAGMA application_id").fetchone()
            [version] = self._database.execute("PRAGMA user_version").fetchone()
            [tables] = self._database.execute("SELECT count(*) FROM sqlite_master").fetchone()
            if (tables or application or version) and (application, version) != (_APPLICATION, _VERSION):
                what = f"of version {version}" if application == _APPLICATION else "no journal of CodeAlchemy"
                msg = f"{self.path} is {what}, and this program reads version {_VERSION}; move it away, or set generation.journal"
                raise JournalUnusableError(msg)
            self._database.execute("PRAGMA journal_mode=WAL")
            self._database.execute("PRAGMA synchronous=NORMAL")
            self._database.execute(f"PRAGMA journal_size_limit={_WAL_BYTES}")
            self._database.execute("BEGIN EXCLUSIVE")  # takes the lock, which is kept from here on
            if not tables:
                self._database.execute(_CREATE)
                self._database.execute(f"PRAGMA application_id={_APPLICATION}")
                self._database.execute(f"PRAGMA user_version={_VERSION}")
            self._database.execute("COMMIT")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
                msg = f"{self.path} cannot be used as a journal ({error}); see generation.journal"
                raise JournalUnusableError(msg) from error
            msg = f"{self.path} is in use: another process asks for this partition; wait for it, or stop it"
            raise JournalBusyError(msg) from error
        except sqlite3.DatabaseError as error:
            msg = f"{self.path} is no journal, or is damaged ({error}); move it away, or set generation.journal"
            raise JournalUnusableError(msg) from error

    def _write(self) -> None:
        """Write everything that waits, in one transaction, and tell those who wait for it; a row that cannot be is one alone."""
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        failures: list[JournalUnusableError | None] = [None] * len(waiting)
        try:
            self._write_together([row for row, _ in waiting])
        except Exception:  # noqa: BLE001 -- whatever it was, those who wait are told, each of its own row
            failures = [self._failure(row) for row, _ in waiting]
        for (_, written), failure in zip(waiting, failures, strict=True):
            if written.done():
                continue
            if failure is None:
                written.set_result(None)
            else:
                written.set_exception(failure)

    def _write_together(self, rows: list[tuple[object, ...]]) -> None:
        self._database.execute("BEGIN")
        try:
            self._database.executemany(_INSERT, rows)
            self._database.execute("COMMIT")
        except BaseException:
            if self._database.in_transaction:
                self._database.execute("ROLLBACK")
            raise

    def _failure(self, row: tuple[object, ...]) -> JournalUnusableError | None:
        """Write a row by itself; what keeps it from being written, or None."""
        try:
            self._database.execute(_INSERT, row)
        except Exception as error:  # noqa: BLE001 -- as above
            what = "make room on its disk, or set generation.journal"
            if not isinstance(error, sqlite3.Error):
                what = "it holds a value that the journal has no room for"
            failure = JournalUnusableError(f"{self.path}: an answer cannot be kept ({error}); {what}")
            failure.__cause__ = error
            return failure
        return None


def _packed(row: Mapping[str, object]) -> tuple[object, ...]:
    return tuple(_json(row[name]) if name == _NESTED else row[name] for name in _COLUMNS)
