"""Running the whole graph on one machine: wave by wave, only what is stale, through Dagster's in-process executor."""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import dagster as dg

from alchemy_assets.errors import PartitionDamagedError, PartitionMissingError
from alchemy_assets.orchestration.build import FORCE_TAG, build
from alchemy_assets.orchestration.freshness import Graph
from alchemy_assets.orchestration.home import instance, turn
from alchemy_assets.orchestration.registry import WAVES
from alchemy_assets.orchestration.steps import Step
from alchemy_assets.store import UNPARTITIONED

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


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
    return [(key, steps) for key in keys if force or not all(_is_current(graph, step, key) for step in steps)]


def _is_current(graph: Graph, step: Step, partition: str) -> bool:
    try:
        ready = graph.ready(step, partition)
        current = graph.is_current(step, partition, ready)
    except (PartitionMissingError, PartitionDamagedError):
        return False
    if current:
        step.finish(graph.workspace)
    return current


def _blocked(graph: Graph, steps: tuple[Step, ...], partition: str, undone: Mapping[tuple[str, str], str]) -> str:
    """Why a wave cannot be made for a partition: its upstream in another wave cannot be read, or was not brought up to date.

    What an earlier run published of a partition that failed now is old, and nothing new is made of it.
    """
    own = {table.name for step in steps for table in step.tables}
    for step in steps:
        for source in (one for found in graph.sources(step, partition).values() for one in found):
            key = (graph.maker[source.asset].wave, source.partition)
            if key in undone and source.asset not in own and not graph.workspace.settings.allow_partial:
                return f"{source.asset} {source.partition} was not made: {undone[key]}"
        if not own & set(step.inputs):
            try:
                graph.ready(step, partition)
            except (PartitionMissingError, PartitionDamagedError) as error:
                return str(error)
    return ""


def _error(result: dg.ExecuteInProcessResult) -> str:
    for event in result.all_events:
        if event.is_step_failure:
            data = event.step_failure_data
            failure = data.user_failure_data
            if failure is not None and failure.description:
                return failure.description
            if data.error is not None:
                cause = data.error.cause or data.error
                return cause.message.strip()
    return "the run failed; see Dagster's log"


def _execute(job: dg.JobDefinition, home: dg.DagsterInstance, partition: str, *, force: bool) -> str:
    """Run a wave for one partition; what went wrong, or nothing."""
    result = job.execute_in_process(
        instance=home,
        partition_key=None if partition == UNPARTITIONED else partition,
        tags={FORCE_TAG: "true"} if force else None,
        run_config=QUIET,
        raise_on_error=False,
    )
    return "" if result.success else _error(result)


def run_waves(graph: Graph, *, force: bool = False) -> Iterator[Progress]:
    """Bring every partition up to date, and tell about each.

    A partition that fails stops nothing but what depends on it. The same call after a crash goes on where it stopped.
    """
    logging.getLogger("dagster").setLevel(logging.CRITICAL)
    definitions = build(graph)
    folder = graph.workspace.settings.workspace
    with turn(folder):
        opened = instance(folder)
    with opened as home:
        undone: dict[tuple[str, str], str] = {}
        for wave in WAVES:
            if not any(step.wave == wave for step in graph.steps):
                continue
            try:
                todo = stale(graph, wave, force=force)
            except (PartitionMissingError, PartitionDamagedError) as error:
                yield Progress(wave, skipped=str(error))
                return
            yield Progress(wave, total=len(todo))
            job = definitions.resolve_job_def(wave)
            for partition, steps in todo:
                if blocked := _blocked(graph, steps, partition, undone):
                    undone[wave, partition] = blocked
                    yield Progress(wave, partition, skipped=blocked)
                    continue
                with turn(folder):
                    # Another process on this workspace may have made it while this one waited.
                    done = not force and all(_is_current(graph, step, partition) for step in steps)
                    failed = "" if done else _execute(job, home, partition, force=force)
                if failed:
                    undone[wave, partition] = failed
                yield Progress(wave, partition, failed=failed)
