"""Write, audit, publish: how the rows of a step reach the store, and why bad ones never do.

Dagster's blocking checks hold inside one run only (seen on 1.13.27), so the gate is in the data path: the checks look at the
staged files, the verdict goes into the manifest, and no reader opens a partition whose verdict is not good.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from alchemy_assets import schema
from alchemy_assets.orchestration.code_version import code_version
from alchemy_assets.orchestration.freshness import Graph, Ready
from alchemy_assets.orchestration.steps import Made, Staged, Step, Table
from alchemy_assets.store import CheckRecord, Manifest


@dataclass(frozen=True)
class Published:
    """A table of a partition as it now stands; `seconds` is None where nothing had to be done."""

    table: Table
    manifest: Manifest
    seconds: float | None


def version(step: Step) -> str:
    """The code version of a step's tables."""
    return code_version(*step.code)


def make(graph: Graph, step: Step, partition: str, *, force: bool = False) -> Iterator[Published]:
    """Make a partition unless it is current, and tell how each of its tables stands.

    Raises PartitionMissingError before anything is read where an upstream partition is missing or was refused.
    """
    ready = graph.ready(step, partition)
    if not force and graph.is_current(step, partition, ready):
        step.finish(graph.workspace, partition)
        for table in step.tables:
            yield Published(table, graph.workspace.store.open(table.name, partition), None)
        return
    before = graph.published(step, partition)
    started = time.perf_counter()
    published = []
    with graph.workspace.scratch() as scratch:
        made = step.compute(replace(ready.inputs, scratch=scratch))
        for table in step.tables:
            manifest = _publish(graph, step, table, made[table.name], ready, before[table.name])
            published.append(Published(table, manifest, time.perf_counter() - started))
    if all(one.manifest.passed for one in published):
        step.finish(graph.workspace, partition)
    yield from published


def _publish(  # noqa: PLR0913, PLR0917 -- everything that a manifest records
    graph: Graph, step: Step, table: Table, made: Made, ready: Ready, before: Manifest | None
) -> Manifest:
    store, partition = graph.workspace.store, ready.inputs.partition
    files = [
        store.adopt(table.name, partition, rows, part)
        if isinstance(rows, Path)
        else store.stage(table.name, partition, schema.validate(rows, table.columns, table.name), part)
        for part, rows in made.frames
    ]
    staged = Staged(store, table, partition, tuple(files), made)
    findings = [(check, check.look(staged)) for check in table.checks]
    manifest = Manifest(
        asset=table.name,
        partition=partition,
        schema_version=schema.VERSION,
        code_version=version(step),
        fingerprint=ready.fingerprint,
        upstream=dict(ready.upstream),
        missing=list(ready.inputs.missing),
        files=files,
        counts=dict(made.counts),
        notes=dict(made.notes),
        checks=[
            CheckRecord(name=check.name, passed=finding.passed, detail=finding.detail) for check, finding in findings
        ],
    )
    return store.publish(manifest, before)
