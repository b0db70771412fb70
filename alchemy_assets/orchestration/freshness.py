"""Which partitions are current, which are stale, and which are ready to be made.

The manifests are the truth, not Dagster's log: a partition is current where its manifest passed and carries the
fingerprint that its code, settings and upstream content give now.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import ceil

from pydantic import BaseModel

from alchemy_assets import schema
from alchemy_assets.errors import PartitionDamagedError, PartitionMissingError
from alchemy_assets.orchestration.code_version import code_version, file_hash, libraries
from alchemy_assets.orchestration.steps import Grain, Inputs, Source, Step, Table
from alchemy_assets.orchestration.workspace import SEPARATOR, Workspace
from alchemy_assets.store import UNPARTITIONED, Manifest


def _plain(value: object) -> object:
    return value.model_dump(mode="json") if isinstance(value, BaseModel) else value


@dataclass(frozen=True)
class Ready:
    """A partition whose upstream may be read: its inputs, its upstream's content, its fingerprint."""

    inputs: Inputs
    upstream: Mapping[str, str]
    fingerprint: str


class Graph:
    """All steps of a workspace, and the state of their partitions."""

    def __init__(self, workspace: Workspace, steps: Iterable[Step]) -> None:
        self.workspace = workspace
        self.steps = tuple(steps)
        self.maker: Mapping[str, Step] = {table.name: step for step in self.steps for table in step.tables}
        self.tables: Mapping[str, Table] = {table.name: table for step in self.steps for table in step.tables}
        # Tables of partitions that a run could not bring up to date, and why: what an earlier run published of them is old,
        # and nothing new is made of it.
        self.left_out: dict[tuple[str, str], str] = {}

    def partitions(self, step: Step) -> list[str]:
        """The partitions of a step that this workspace needs; raises PartitionMissingError before its corpora are read."""
        if step.grain is Grain.WHOLE:
            return [UNPARTITIONED]
        keys = self.workspace.partitions()
        return keys if step.grain is Grain.FILES else sorted({key.split(SEPARATOR)[0] for key in keys})

    def sources(self, step: Step, partition: str) -> dict[str, tuple[Source, ...]]:
        """The upstream partitions of a partition, by table."""
        return {table: tuple(self._sources(table, step.grain, partition)) for table in step.inputs}

    def _sources(self, table: str, grain: Grain, partition: str) -> Iterable[Source]:
        above = self.maker[table].grain
        if above is grain:
            return [Source(table, partition)]
        if grain is Grain.FILES:
            # A partition reads its own part, so that a change elsewhere in the table leaves it current.
            language, shard = partition.split(SEPARATOR)
            key, part = (language, shard) if above is Grain.LANGUAGE else (UNPARTITIONED, partition)
            return [Source(table, key, part if self.tables[table].split else None)]
        if above is Grain.WHOLE:
            return [Source(table, UNPARTITIONED)]
        keys = self.partitions(self.maker[table])
        if grain is Grain.LANGUAGE:
            keys = [key for key in keys if key.split(SEPARATOR)[0] == partition]
        return [Source(table, key) for key in keys]

    def fewest(self, step: Step, table: str, sources: int) -> int:
        """How many of its upstream partitions of a table a partition needs: all, but where it gathers many and may go on."""
        if step.grain is Grain.FILES or self.maker[table].grain is step.grain:
            return sources
        settings = self.workspace.settings
        return 0 if settings.allow_partial else ceil(step.quorum(settings) * sources)

    def ready(self, step: Step, partition: str) -> Ready:
        """What a partition would be made from; raises PartitionMissingError naming what is missing or was refused.

        Where a step gathers many partitions and its quorum or the settings allow it, what is missing is left out and listed.
        """
        upstream: dict[str, str] = {}
        missing: list[str] = []
        usable: dict[str, tuple[Source, ...]] = {}
        for table, sources in self.sources(step, partition).items():
            found: list[Source] = []
            absent: list[str] = []
            for source in sources:
                try:
                    if old := self.left_out.get((source.asset, source.partition)):
                        raise PartitionMissingError(old)  # noqa: TRY301 -- as one that is not there
                    upstream[source.key] = self.workspace.store.open(source.asset, source.partition).content(
                        source.part
                    )
                except (PartitionMissingError, PartitionDamagedError) as error:
                    absent.append(source.key)
                    if len(sources) - len(absent) < self.fewest(step, table, len(sources)):
                        msg = f"{step.name} {partition} cannot be made: {error}"
                        raise PartitionMissingError(msg) from error
                    upstream[source.key] = "missing"
                else:
                    found.append(source)
            missing += absent
            usable[table] = tuple(found)
        inputs = Inputs(
            self.workspace, partition, self.workspace.settings.workspace, usable, self.tables, tuple(missing)
        )
        return Ready(inputs, upstream, self.fingerprint(step, partition, upstream))

    def fingerprint(self, step: Step, partition: str, upstream: Mapping[str, str]) -> str:
        """Hash of everything that a partition's rows and verdicts follow from, given its upstream's content."""
        facts = {
            "schema": schema.VERSION,
            "code": code_version(*step.code),
            "glue": [file_hash(module) for module in (step.compute.__module__, *step.glue)],
            "checks": code_version(
                *{module for table in step.tables for check in table.checks for module in check.code}
            ),
            "libraries": libraries(),
            "settings": _plain(step.uses(self.workspace.settings)),
            "outside": step.outside(self.workspace, partition),
            "upstream": dict(upstream),
        }
        return hashlib.sha256(json.dumps(facts, sort_keys=True, default=_plain).encode()).hexdigest()

    def published(self, step: Step, partition: str) -> dict[str, Manifest | None]:
        """The manifests of a partition as they stand, by table."""
        return {table.name: self.workspace.store.manifest(table.name, partition) for table in step.tables}

    def is_current(self, step: Step, partition: str, ready: Ready) -> bool:
        """Whether every table of a partition is published, passed, whole and made from what is there now."""
        for table in step.tables:
            try:
                if self.workspace.store.open(table.name, partition).fingerprint != ready.fingerprint:
                    return False
            except (PartitionMissingError, PartitionDamagedError):
                return False
        return True

    def was_refused(self, step: Step, partition: str, ready: Ready) -> bool:
        """Whether a check has already refused exactly this: asking again would give the same answer."""
        manifests = [manifest for manifest in self.published(step, partition).values() if manifest is not None]
        return any(not manifest.passed and manifest.fingerprint == ready.fingerprint for manifest in manifests)

    def withdraw_unused(self) -> int:
        """Take back the partitions that the workspace no longer has, and say how many.

        Their last file was forgotten, or shards or languages were chosen anew. Raises PartitionMissingError before the corpora
        are read: then nobody can tell.
        """
        used = {
            (table.name, partition)
            for step in self.steps
            for partition in self.partitions(step)
            for table in step.tables
        }
        unused = [
            (manifest.asset, manifest.partition)
            for manifest in self.workspace.store.manifests()
            if (manifest.asset, manifest.partition) not in used
        ]
        for asset, partition in unused:
            self.workspace.store.withdraw(asset, partition)
        return len(unused)
