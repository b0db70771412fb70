"""Which partitions Dagster asks for by itself: those that are stale and whose upstream may be read.

`AutomationCondition.eager()` looks at Dagster's log; this looks at the manifests, so it asks for nothing whose content did
not change, for no key that a language does not use, and for nothing that a check has just refused.
The corpora are read again by the nightly schedule, not at every tick.
"""

from datetime import datetime
from typing import Any

import dagster as dg

from alchemy_assets.errors import AlchemyError, PartitionDamagedError, PartitionMissingError
from alchemy_assets.orchestration.freshness import Graph
from alchemy_assets.orchestration.steps import Step

SENSOR = "changed_partitions"

CURRENT, WANTED, WAITING, BLOCKED = "current", "wanted", "waiting", "blocked"


class Wanted:
    """What is stale over the whole graph at one moment."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.wishes: dict[tuple[str, str], str] = {}
        self._known: dict[tuple[str, str], str] = {}

    def state(self, step: Step, partition: str) -> str:
        """One of four.

        `current`; `wanted`: stale, and can be made in one run with what is wanted above it; `waiting` for another run;
        `blocked` by a check, or by an upstream that is.
        """
        key = (step.name, partition)
        if step.by_hand:
            return CURRENT
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
        above = {one: self.graph.maker[one.asset] for found in sources.values() for one in found}
        states = {(self.state(maker, one.partition), maker.grain is step.grain) for one, maker in above.items()}
        if (WANTED, False) in states or WAITING in {state for state, _ in states}:
            return WAITING
        for table, found in sources.items():
            blocked = [one for one in found if self.state(above[one], one.partition) == BLOCKED]
            # An earlier version that may still be read would pass for the one that is blocked.
            old = any(self.graph.workspace.store.earlier(one.asset, one.partition) for one in blocked)
            if blocked and (old or len(found) - len(blocked) < self.graph.fewest(step, table, len(found))):
                return BLOCKED
        if (WANTED, True) not in states:
            return self._by_manifests(step, partition)
        # What it will be made from is not there yet; what is wished for above stands for it.
        wishes = {one.key: self.wishes.get((maker.name, one.partition), "") for one, maker in above.items()}
        self.wishes[step.name, partition] = self.graph.fingerprint(step, partition, wishes)
        return WANTED

    def _by_manifests(self, step: Step, partition: str) -> str:
        try:
            ready = self.graph.ready(step, partition)
        except AlchemyError:
            return BLOCKED
        if self.graph.is_current(step, partition, ready):
            return CURRENT
        self.wishes[step.name, partition] = ready.fingerprint
        return BLOCKED if self.graph.was_refused(step, partition, ready) else WANTED

    def partitions(self, step: Step) -> list[str]:
        """The partitions of a step to ask for now."""
        try:
            keys = self.graph.partitions(step)
        except (PartitionMissingError, PartitionDamagedError):
            return []
        return [key for key in keys if self.state(step, key) == WANTED]


class ContentChanged(dg.AutomationCondition[dg.AssetKey]):
    """True for the partitions of an asset that are stale by the manifests and can be made now.

    The same wish is uttered once: a run that crashed is for a person to look at, and a code location whose settings are older
    than the worker's does not ask for ever.
    """

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._tick: tuple[datetime, Wanted] | None = None
        self._uttered: dict[tuple[str, str], str] = {}

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
        table = context.key.to_user_string()
        step, wanted = self._graph.maker[table], self._wanted(context.evaluation_time)
        keys = {
            key for key in wanted.partitions(step) if self._uttered.get((table, key)) != wanted.wishes[step.name, key]
        }
        candidates = context.candidate_subset
        if context.partitions_def is None:
            subset = candidates if keys else context.get_empty_subset()
            chosen = keys if not candidates.is_empty else set()
        else:
            subset = candidates.compute_intersection_with_partition_keys(keys)
            chosen = set(subset.expensively_compute_partition_keys())
        self._uttered |= {(table, key): wanted.wishes[step.name, key] for key in chosen}
        return dg.AutomationResult(context, true_subset=subset)


def condition(graph: Graph) -> dg.AutomationCondition[dg.AssetKey]:
    """The condition of every asset below the corpora: what is being made is not asked for again. One object serves all."""
    return ~dg.AutomationCondition.in_progress() & ContentChanged(graph)
