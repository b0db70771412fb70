"""Dagster's SQLite storage with connections kept open: the same files and tables, at a quarter of the time a small run takes.

Dagster opens a file for each event and closes it after, which makes SQLite copy its log back and wait for the disk each time. A
commit here survives a killed process, as before; after a power cut the last events may be missing, and what they told of is
done again. Belongs here: where connections come from. Does not: what is stored.
"""

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from dagster._core.instance.ref import InstanceRef
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage
from dagster._core.storage.runs.sqlite.sqlite_run_storage import SqliteRunStorage
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS, create_db_conn_string
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Connection, Engine, NullPool, create_engine, event

# Every run has a file of its own; a server that shows the runs of a year does not keep a year's files open.
_MOST_OPEN = 8


def _engine(url: str) -> Engine:
    """An engine whose connections wait for the disk only where the write-ahead log is copied back."""
    engine = create_engine(url, connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS})

    @event.listens_for(engine, "connect")
    def _(connection: Any, _record: object) -> None:
        connection.execute("PRAGMA synchronous = NORMAL")

    return engine


class KeptEventLog(SqliteEventLogStorage):
    """Dagster's event log; the files used last stay open."""

    @cached_property
    def _engines(self) -> OrderedDict[str, Engine]:
        return OrderedDict()

    @cached_property
    def _empty(self) -> bytes:
        with TemporaryDirectory() as folder:
            self._initdb(create_engine(create_db_conn_string(folder, "empty"), poolclass=NullPool))
            return (Path(folder) / "empty.db").read_bytes()

    def _begun(self, shard: str) -> bool:
        # A run's file is a copy of an empty one: to make the tables anew takes longer than all that a small run writes.
        path = Path(self.path_for_shard(shard))
        if path.exists():
            return False
        with TemporaryDirectory(dir=path.parent) as folder, suppress(FileExistsError):
            copy = Path(folder) / "empty"
            copy.write_bytes(self._empty)
            path.hardlink_to(copy)
            return True
        return False  # another process was faster, and its file stays

    def _kept(self, shard: str) -> Engine:
        engine = self._engines.get(shard) or self._engines.setdefault(shard, _engine(self.conn_string_for_shard(shard)))
        self._engines.move_to_end(shard)
        if len(self._engines) > _MOST_OPEN:
            self._engines.popitem(last=False)[1].dispose()
        if shard not in self._initialized_dbs:
            if not self._begun(shard):
                self._initdb(engine)
            self._initialized_dbs.add(shard)
        return engine

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock, self._kept(shard).begin() as connection:
            yield connection

    def _close(self) -> None:
        with self._db_lock:
            while self._engines:
                self._engines.popitem()[1].dispose()

    def wipe(self) -> None:
        """Delete all events; the files go, so nothing may hold them."""
        self._close()
        super().wipe()

    def dispose(self) -> None:
        """Close all files."""
        super().dispose()
        self._close()


class KeptRuns(SqliteRunStorage):
    """Dagster's table of runs; its file stays open."""

    @cached_property
    def _engine(self) -> Engine:
        return _engine(self._conn_string)

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """A transaction."""
        with self._engine.begin() as connection:
            yield connection

    def dispose(self) -> None:
        """Close the file."""
        self._engine.dispose()


class KeptStorage(DagsterSqliteStorage):
    """All of Dagster's storage; events and runs, which are written all the time, stay open."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        """Open what lies under a home of Dagster, or begin it."""
        super().__init__(base_dir, inst_data)
        history = Path(base_dir) / "history"
        self._run_storage = KeptRuns(create_db_conn_string(str(history), "runs"))
        self._event_log_storage = KeptEventLog(str(history / "runs"))

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Any) -> "KeptStorage":
        """As Dagster makes its own, whose method names its class instead of `cls`."""
        return cls(config_value["base_dir"], inst_data)


def kept(reference: InstanceRef) -> InstanceRef:
    """The same instance with files that stay open, where it has Dagster's own SQLite storage; else as it is."""
    storage = reference.storage_data
    if storage is None or storage.class_name != DagsterSqliteStorage.__name__:
        return reference
    ours = storage._replace(module_name=__name__, class_name=KeptStorage.__name__)
    return reference._replace(storage_data=ours)
