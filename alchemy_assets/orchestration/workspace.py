"""A workspace as the assets see it: its settings, its store, its sandbox, and which partitions it has.

The partitions that are asked for are those that the corpora have rows in. A language × shard without input is never
requested and never missed.
"""

import math
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

from alchemy_assets.corpora.forgotten import Forgotten
from alchemy_assets.corpora.forgotten import read as read_forgotten
from alchemy_assets.errors import PartitionMissingError, SandboxUnavailableError
from alchemy_assets.orchestration.model import Model
from alchemy_assets.sandbox.backends import open_sandbox
from alchemy_assets.sandbox.sandbox import Sandbox
from alchemy_assets.settings import Settings
from alchemy_assets.store import UNPARTITIONED, Store

SEPARATOR = "|"


def _newest(folder: Path) -> float:
    """When something below a folder was last written: a long run keeps its scratch folder young."""
    try:
        return max((path.lstat().st_mtime for path in [folder, *folder.rglob("*")]), default=0.0)
    except FileNotFoundError:
        return math.inf  # somebody works in it


def files_key(language: str, shard: str) -> str:
    """The partition key of a language × shard, as Dagster writes it."""
    return f"{language}{SEPARATOR}{shard}"


class Workspace:
    """One workspace, opened."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.store = Store.of_workspace(settings.workspace)

    @property
    def indexes(self) -> tuple[str, ...]:
        """The tables of the corpora that say which language × shard has files."""
        local = ("local_index",) if self.settings.local is not None else ()
        return (*local, *(f"{key}_{table}" for key in self.settings.public_corpora() for table in ("ids", "texts")))

    @property
    def texts(self) -> tuple[str, ...]:
        """The tables of the corpora that hold files, and are not partitioned."""
        return tuple(name for name in self.indexes if not name.endswith("_ids"))

    @property
    def forgotten(self) -> Forgotten:
        """What owners asked to be taken out, as the list stands now."""
        return read_forgotten(self.settings.workspace)

    @property
    def release_folder(self) -> Path:
        """Where the newest release is seen."""
        return self.settings.workspace / "release"

    @cached_property
    def sandbox(self) -> Sandbox | None:
        """The sandbox, or None where untrusted programs cannot be run safely."""
        try:
            return open_sandbox(self.settings.sandbox)
        except SandboxUnavailableError:
            return None

    @cached_property
    def model(self) -> Model | None:
        """The language model that writes samples, or None where no engine is configured."""
        generation = self.settings.generation
        return Model(generation, self.store.root, self.journals) if generation.engine else None

    @property
    def journals(self) -> Path:
        """Where answers of a model are kept until they are in the store; a disk of this machine."""
        return self.settings.generation.journal or self.settings.workspace / "generation"

    def toolchain(self, language: str) -> str:
        """The toolchain that runs a language here, or that there is none: part of what makes recordings stale."""
        if self.sandbox is None:
            return "no sandbox"
        return self.sandbox.toolchain(language) if self.sandbox.runnable(language) else "no toolchain"

    def partitions(self) -> list[str]:
        """The language × shard keys that the corpora have rows in; raises PartitionMissingError without an index."""
        if not self.indexes:
            msg = f"{self.settings.workspace} names no corpus; put [local] with a path, or [stack_edu], into its alchemy.toml"
            raise PartitionMissingError(msg)
        return sorted(
            {file.part for index in self.indexes for file in self.store.open(index, UNPARTITIONED).files if file.rows}
        )

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """A folder on the store's disk for work in progress; removed afterwards."""
        self._scratch.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=self._scratch) as name:
            yield Path(name)

    @property
    def _scratch(self) -> Path:
        return self.settings.workspace / "scratch"

    def collect_garbage(self, older_than: float) -> int:
        """Remove what killed processes left behind and is older than `older_than` seconds; how many files and folders."""
        limit = time.time() - older_than
        left = [folder for folder in self._scratch.glob("*") if _newest(folder) <= limit]
        for folder in left:
            shutil.rmtree(folder, ignore_errors=True)
        # What was fetched for a partition that is no more, or is waited for in vain.
        journals = [path for path in (self.settings.workspace / "fetched").rglob("*.journal") if _newest(path) <= limit]
        for path in journals:
            path.unlink(missing_ok=True)
        left += journals
        return len(left) + len(self.store.collect_garbage(older_than))
