"""What a step is: the tables it reads, the tables it makes, and how they are checked.

One declaration serves Dagster's graph, the freshness of partitions, and the waves of `alchemy run`.
Belongs here: plain data. Does not: dagster (`build`), writing and gating (`gate`), what is stale (`freshness`).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

import polars as pl

from alchemy_assets import schema
from alchemy_assets.orchestration.workspace import SEPARATOR, Workspace
from alchemy_assets.settings import Settings
from alchemy_assets.store import DataFile, Store, read_files


class Grain(Enum):
    """How a step is partitioned."""

    WHOLE = "not partitioned"
    LANGUAGE = "by language"
    FILES = "by language and shard"


@dataclass(frozen=True)
class Source:
    """One upstream partition, or one part of it."""

    asset: str
    partition: str
    part: str | None = None

    @property
    def key(self) -> str:
        """How it is named in manifests and messages."""
        return f"{self.asset}/{self.partition}" + ("" if self.part is None else f"#{self.part}")


@dataclass(frozen=True)
class Made:
    """What a step made of one table.

    frames: (part, rows) pairs, one with the part "" where the table has no parts; a finished Parquet file in `Inputs.scratch`
    stands for rows too many to hold. They are taken one at a time, and the rest is looked at afterwards.
    counts: `rows_in`, `kept` and `rejected: <reason>`; notes: facts in words, for instance why it is empty.
    """

    frames: Iterable[tuple[str, pl.DataFrame | Path]]
    counts: Mapping[str, int] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Inputs:
    """What a step may read: its own partition's upstream, found by the table's name."""

    workspace: Workspace
    partition: str
    scratch: Path
    sources: Mapping[str, tuple[Source, ...]]
    tables: Mapping[str, "Table"]
    missing: tuple[str, ...]

    @property
    def language(self) -> str:
        """The language of this partition."""
        return self.partition.split(SEPARATOR)[0]

    @property
    def shard(self) -> str:
        """The shard of this partition."""
        return self.partition.split(SEPARATOR)[1]

    def paths(self, table: str) -> list[Path]:
        """The published files of an upstream table."""
        return [
            path
            for source in self.sources[table]
            for path in self.workspace.store.paths(source.asset, source.partition, source.part)
        ]

    def frame(self, table: str, partition: str | None = None) -> pl.DataFrame:
        """The rows of an upstream table, or of one of its partitions; none where that is left out."""
        store, columns = self.workspace.store, self.tables[table].columns
        frames = [
            store.read(source.asset, source.partition, columns, source.part)
            for source in self.sources[table]
            if partition in {None, source.partition}
        ]
        return pl.concat(frames) if frames else pl.DataFrame(schema=dict(columns))


@dataclass(frozen=True)
class CheckOutcome:
    """What a check says of staged rows."""

    passed: bool
    detail: str = ""


@dataclass(frozen=True)
class Staged:
    """What a check sees: the files as they are on disk, before anything is published, and what the step says of them."""

    store: Store
    table: "Table"
    partition: str
    files: tuple[DataFile, ...]
    made: Made

    @property
    def rows(self) -> int:
        """Rows of the staged files."""
        return sum(file.rows for file in self.files)

    @property
    def paths(self) -> list[Path]:
        """The staged files, in the order of `files`."""
        return self.store.staged_paths(self.table.name, self.partition, self.files)

    def frame(self) -> pl.DataFrame:
        """The staged rows, read back."""
        return read_files(self.paths, self.table.columns, self.table.name)


@dataclass(frozen=True)
class Check:
    """A data check. code: modules that decide its verdict, so that a mended check looks again."""

    name: str
    description: str
    look: Callable[[Staged], CheckOutcome]
    code: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """A table that a step makes.

    preview: the columns that the web UI may show of a few rows. split: whether its parts are the partitions below it (the keys
    of a language × shard, or of a language's shards), which then read their own part and nothing else.
    """

    name: str
    columns: schema.Columns
    description: str
    checks: tuple[Check, ...] = ()
    preview: tuple[str, ...] = ()
    split: bool = False


@dataclass(frozen=True)
class Step:
    """One computation of one partition.

    code: modules whose reach decides the code version; glue: modules whose own file counts as well, without what they import.
    uses: the settings that the result depends on.
    outside: what else it depends on (the input folder, a toolchain). finish: run whenever the partition is current,
    for what is shown outside the store; it must be repeatable. quorum: the share of a table's partitions that must be there
    where the step gathers many; what was missing stands in its manifest. by_hand: it costs money, so nothing but a person starts
    it, and it is never stale by itself. after: tables that it reads outside the store of partitions, for the lineage alone.
    """

    name: str
    wave: str
    group: str
    grain: Grain
    tables: tuple[Table, ...]
    compute: Callable[[Inputs], Mapping[str, Made]]
    code: tuple[str, ...]
    inputs: tuple[str, ...] = ()
    kinds: frozenset[str] = frozenset({"polars", "parquet"})
    uses: Callable[[Settings], object] = lambda _: None
    outside: Callable[[Workspace, str], str] = lambda _, __: ""
    finish: Callable[[Workspace, str], None] = lambda _, __: None
    quorum: Callable[[Settings], float] = lambda _: 1.0
    by_hand: bool = False
    after: tuple[str, ...] = ()
    glue: tuple[str, ...] = ()
