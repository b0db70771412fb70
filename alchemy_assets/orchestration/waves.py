"""Running the whole graph on one machine: wave by wave, only what is stale, through Dagster's in-process executor."""

import logging
from collections.abc import Iterator

import dagster as dg
from dagster._core.events import RunFailureReason

from alchemy_assets.errors import PartitionDamagedError, PartitionMissingError
from alchemy_assets.orchestration.build import FORCE_TAG, build
from alchemy_assets.orchestration.freshness import Graph
from alchemy_assets.orchestration.home import instance, turn
from alchemy_assets.orchestration.pending import Progress, blocked, is_current, leave_out, stale
from alchemy_assets.orchestration.registry import WAVES
from alchemy_assets.store import UNPARTITIONED

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


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


def _is_interrupt(event: dg.DagsterEvent) -> bool:
    """Whether a run ended by Ctrl-C or a request to end: for Dagster a failure like others, after which we would go on."""
    if event.event_type is not dg.DagsterEventType.RUN_FAILURE:
        return False
    return event.job_failure_data.failure_reason is RunFailureReason.UNEXPECTED_TERMINATION


def _execute(job: dg.JobDefinition, home: dg.DagsterInstance, partition: str, *, force: bool) -> str:
    """Run a wave for one partition; what went wrong, or nothing. An interrupt ends more than this run, and is raised."""
    result = job.execute_in_process(
        instance=home,
        partition_key=None if partition == UNPARTITIONED else partition,
        tags={FORCE_TAG: "true"} if force else None,
        run_config=QUIET,
        raise_on_error=False,
    )
    if any(map(_is_interrupt, result.all_events)):
        raise KeyboardInterrupt
    return "" if result.success else _error(result)


def run_waves(graph: Graph, *, force: bool = False, by_hand: bool = False) -> Iterator[Progress]:
    """Bring every partition up to date, and tell about each.

    A partition that fails stops nothing but what depends on it. The same call after a crash goes on where it stopped.
    by_hand: whether a person asked for what costs money as well.
    """
    logging.getLogger("dagster").setLevel(logging.CRITICAL)
    definitions = build(graph)
    folder = graph.workspace.settings.workspace
    with turn(folder):
        opened = instance(folder)
    with opened as home:
        graph.left_out.clear()
        for wave in WAVES:
            if not any(step.wave == wave and (by_hand or not step.by_hand) for step in graph.steps):
                continue
            try:
                todo = stale(graph, wave, force=force)
            except (PartitionMissingError, PartitionDamagedError) as error:
                yield Progress(wave, skipped=str(error))
                return
            yield Progress(wave, total=len(todo))
            job = definitions.resolve_job_def(wave)
            for partition, steps in todo:
                if reason := blocked(graph, steps, partition):
                    leave_out(graph, steps, partition, reason)
                    yield Progress(wave, partition, skipped=reason)
                    continue
                with turn(folder):
                    # Another process on this workspace may have made it while this one waited.
                    done = not force and all(is_current(graph, step, partition) for step in steps)
                    failed = "" if done else _execute(job, home, partition, force=force)
                if failed:
                    leave_out(graph, steps, partition, failed)
                yield Progress(wave, partition, failed=failed)
