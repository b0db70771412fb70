"""Which partitions Dagster asks for by itself: those that are stale and whose upstream may be read.

`AutomationCondition.eager()` looks at Dagster's log; this looks at the manifests, so it asks for nothing whose content did
not change, for no key that a language does not use, and for nothing that a check has just refused.
The corpora are read again by the nightly schedule, not at every tick.
"""

from datetime import datetime
from typing import Any

import dagster as dg

from alchemy_assets.errors import PartitionDamagedError, PartitionMissingError
from alchemy_assets.orchestration.freshness import Graph
from alchemy_assets.orchestration.steps import Step
from alchemy_assets.store import UNPARTITIONED

SENSOR = "changed_partitions"

CURRENT, WANTED, WAITING = "current", "wanted", "waiting"


class Wanted:
    """What is stale over the whole graph at one moment."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._known: dict[tuple[str, str], str] = {}

    def state(self, step: Step, partition: str) -> str:
        """`current`; `wanted`: stale, and can be made in one run with what is wanted above it; or `waiting`."""
        key = (step.name, partition)
        if key not in self._known:
            self._known[key] = self._look(step, partition)
        return self._known[key]

    def _look(self, step: Step, partition: str) -> str:
        if not step.inputs:
            published = self.graph.published(step, partition).values()
            return CURRENT if all(manifest is not None and manifest.passed for manifest in published) else WAITING
        try:
            sources = self.graph.sources(step, partition)
        except (PartitionMissingError, PartitionDamagedError):
            return WAITING
        makers = [(self.graph.maker[source.asset], source.partition) for found in sources.values() for source in found]
        above = {(self.state(maker, key), maker.grain is step.grain) for maker, key in makers}
        blocked = any(state == WAITING for state, _ in above) and not self.graph.workspace.settings.allow_partial
        if blocked or (WANTED, False) in above:
            return WAITING
        return WANTED if (WANTED, True) in above else self._by_manifests(step, partition)

    def _by_manifests(self, step: Step, partition: str) -> str:
        try:
            ready = self.graph.ready(step, partition)
        except (PartitionMissingError, PartitionDamagedError):
            return WAITING
        if self.graph.is_current(step, partition, ready):
            return CURRENT
        return WAITING if self.graph.was_refused(step, partition, ready) else WANTED

    def partitions(self, step: Step) -> list[str]:
        """The partitions of a step to ask for now."""
        try:
            keys = self.graph.partitions(step)
        except (PartitionMissingError, PartitionDamagedError):
            return []
        return [key for key in keys if self.state(step, key) == WANTED]


class ContentChanged(dg.AutomationCondition[dg.AssetKey]):
    """True for the partitions of an asset that are stale by the manifests and can be made now."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._tick: tuple[datetime, Wanted] | None = None

    @property
    def description(self) -> str:
        """How the web UI explains it."""
        return "the content of an upstream partition, the code or a setting changed, and every upstream check passed"

    def _wanted(self, moment: datetime) -> Wanted:
        # One look at the manifests serves all assets of a tick.
        if self._tick is None or self._tick[0] != moment:
            self._tick = (moment, Wanted(self._graph))
        return self._tick[1]

    def evaluate(self, context: dg.AutomationContext[dg.AssetKey]) -> dg.AutomationResult[Any]:
        """The partitions to ask for, as Dagster wants to be told."""
        keys = self._wanted(context.evaluation_time).partitions(self._graph.maker[context.key.to_user_string()])
        view = context.asset_graph_view
        if keys == [UNPARTITIONED]:
            subset = view.get_full_subset(key=context.key)
        elif keys and context.partitions_def is not None:
            subset = view.get_subset_from_partition_keys(context.key, context.partitions_def, set(keys))
        else:
            subset = context.get_empty_subset()
        return dg.AutomationResult(context, true_subset=subset)


def condition(graph: Graph) -> dg.AutomationCondition[dg.AssetKey]:
    """The condition of every asset below the corpora: what runs already, or has just failed, is not asked for again."""
    failed = dg.AutomationCondition.execution_failed() & ~dg.AutomationCondition.any_deps_updated()
    return ContentChanged(graph) & ~dg.AutomationCondition.in_progress() & ~failed
