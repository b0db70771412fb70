"""What a wave still has to do, partition by partition, and what keeps it from doing so.

Belongs here: the look at the manifests that every way of running shares. Does not: running (`waves`, `curate_only`), dagster.
"""

from dataclasses import dataclass

from alchemy_assets.errors import AlchemyError
from alchemy_assets.orchestration.freshness import Graph
from alchemy_assets.orchestration.steps import Step


@dataclass(frozen=True)
class Progress:
    """Something to tell: a wave that begins (`total` partitions), or a partition that is done.

    failed: what went wrong, empty where all is well. skipped: its upstream cannot be read.
    """

    wave: str
    partition: str = ""
    total: int = 0
    failed: str = ""
    skipped: str = ""


def stale(graph: Graph, wave: str, *, force: bool) -> list[tuple[str, tuple[Step, ...]]]:
    """The partitions of a wave that have something to do, with the steps of the wave."""
    steps = tuple(step for step in graph.steps if step.wave == wave)
    keys = sorted({key for step in steps for key in graph.partitions(step)})
    return [(key, steps) for key in keys if force or not all(is_current(graph, step, key) for step in steps)]


def is_current(graph: Graph, step: Step, partition: str) -> bool:
    """Whether a step has nothing to do; what it shows outside the store is shown again."""
    try:
        ready = graph.ready(step, partition)
        current = graph.is_current(step, partition, ready)
    except AlchemyError:
        # Also where what lies outside cannot be looked at: whoever makes it tells.
        return False
    if current:
        step.finish(graph.workspace, partition)
    return current


def leave_out(graph: Graph, steps: tuple[Step, ...], partition: str, reason: str) -> None:
    """Note what a wave could not bring up to date; other steps of the wave may well have been made."""
    for step in steps:
        if not is_current(graph, step, partition):
            for table in step.tables:
                graph.left_out[table.name, partition] = f"{table.name} {partition} was not made: {reason}"


def blocked(graph: Graph, steps: tuple[Step, ...], partition: str) -> str:
    """Why a wave cannot be made for a partition: its upstream in another wave cannot be read, or was not brought up to date."""
    own = {table.name for step in steps for table in step.tables}
    for step in steps:
        for table, sources in graph.sources(step, partition).items():
            late = [graph.left_out[key] for one in sources if (key := (one.asset, one.partition)) in graph.left_out]
            if table not in own and late and len(sources) - len(late) < graph.fewest(step, table, len(sources)):
                return late[0]
        if not own & set(step.inputs):
            try:
                graph.ready(step, partition)
            except AlchemyError as error:
                return str(error)
    return ""
