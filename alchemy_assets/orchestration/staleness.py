"""Why partitions are stale: what changed since they were made, as their manifests tell it.

Belongs here: reasons. Does not: whether a partition is current (`freshness`), making it.
A toolchain may be asked for its version, as before every run; nothing else is started.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from alchemy_assets import schema
from alchemy_assets.errors import AlchemyError, PartitionDamagedError, PartitionMissingError
from alchemy_assets.orchestration import gate
from alchemy_assets.orchestration.freshness import Graph, Ready
from alchemy_assets.orchestration.steps import Step
from alchemy_assets.store import Manifest

NEVER_MADE = "never made"
DAMAGED = "its file is gone or damaged"
CODE = "its code changed"
FORMAT = "the format of tables changed"
OTHER = "its settings, libraries, toolchain or checks changed"


@dataclass(frozen=True)
class TableState:
    """How a table stands.

    partitions: how many there are, None where nobody can tell before the corpora are read. stale: reasons by partition.
    following: partitions that are current and made from stale ones, so that they may have to be made again after those.
    """

    table: str
    step: str
    partitions: int | None
    stale: dict[str, tuple[str, ...]] = field(default_factory=dict)
    following: tuple[str, ...] = ()

    @property
    def reasons(self) -> Counter[str]:
        """How many partitions are stale for each reason; one may have several."""
        return Counter(reason for found in self.stale.values() for reason in found)


def states(graph: Graph) -> Iterator[list[TableState]]:
    """How every table stands, step by step in the order of the waves; what is made by hand is never stale by itself."""
    unsettled: set[tuple[str, str]] = set()
    for step in graph.steps:
        if not step.by_hand:
            yield _of_step(graph, step, unsettled)


def _of_step(graph: Graph, step: Step, unsettled: set[tuple[str, str]]) -> list[TableState]:
    """unsettled: the tables and partitions of earlier steps that are stale or follow such; this step's are added."""
    try:
        partitions = graph.partitions(step)
    except (PartitionMissingError, PartitionDamagedError):
        return [TableState(table.name, step.name, None) for table in step.tables]
    stale: dict[str, dict[str, tuple[str, ...]]] = {table.name: {} for table in step.tables}
    following: list[str] = []
    for partition in partitions:
        ready, trouble = _ready(graph, step, partition)
        for table in step.tables:
            if found := tuple(_reasons(graph, step, table.name, partition, ready, trouble)):
                stale[table.name][partition] = found
                unsettled.add((table.name, partition))
        if not any(partition in found for found in stale.values()) and _above(graph, step, partition) & unsettled:
            following.append(partition)
            unsettled |= {(table.name, partition) for table in step.tables}
    return [
        TableState(name, step.name, len(partitions), found, tuple(one for one in following if one not in found))
        for name, found in stale.items()
    ]


def _above(graph: Graph, step: Step, partition: str) -> set[tuple[str, str]]:
    """What a partition reads; nothing where a step gathers partitions that nobody knows yet."""
    try:
        sources = graph.sources(step, partition).values()
    except (PartitionMissingError, PartitionDamagedError):
        return set()
    return {(one.asset, one.partition) for found in sources for one in found}


def _ready(graph: Graph, step: Step, partition: str) -> tuple[Ready | None, str]:
    """What a partition would be made from, or why nobody can tell."""
    try:
        return graph.ready(step, partition), ""
    except (AlchemyError, OSError) as error:
        unreadable = sorted(
            {asset for asset, key in _above(graph, step, partition) if not _readable(graph, asset, key)}
        )
        return None, f"upstream cannot be read: {', '.join(unreadable)}" if unreadable else str(error)


def _readable(graph: Graph, asset: str, partition: str) -> bool:
    try:
        graph.workspace.store.open(asset, partition)
    except (PartitionMissingError, PartitionDamagedError):
        return False
    return True


def _reasons(  # noqa: PLR0913, PLR0917 -- what a verdict follows from
    graph: Graph, step: Step, table: str, partition: str, ready: Ready | None, trouble: str
) -> Iterator[str]:
    store = graph.workspace.store
    try:
        manifest = store.manifest(table, partition)
        if manifest is not None and manifest.passed:
            store.open(table, partition)
    except PartitionDamagedError:
        yield DAMAGED
        return
    if manifest is None:
        yield NEVER_MADE
        return
    if not manifest.passed:
        yield f"a check refused it: {', '.join(check.name for check in manifest.checks if not check.passed)}"
    if ready is None:
        yield trouble
        yield from [CODE] if manifest.code_version != gate.version(step) else []
    elif manifest.fingerprint != ready.fingerprint:
        yield from _changes(step, manifest, ready)


def _changes(step: Step, manifest: Manifest, ready: Ready) -> Iterator[str]:
    """What differs from when a partition was made; where the manifest does not tell, what is left."""
    above = manifest.upstream.keys() | ready.upstream.keys()
    changed = sorted({key.split("/")[0] for key in above if manifest.upstream.get(key) != ready.upstream.get(key)})
    found = [CODE] if manifest.code_version != gate.version(step) else []
    if manifest.schema_version != schema.VERSION:
        found.append(FORMAT)
    if changed:
        found.append(f"upstream content changed: {', '.join(changed)}")
    yield from found or [OTHER]
