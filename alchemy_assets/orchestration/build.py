"""Builds the code location: one asset a table, one job a wave, the schedule, the sensor.

Everything that Dagster is told about a step stands here; what a step does stands in `assets/` and below.
"""

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

import dagster as dg

from alchemy_assets import schema
from alchemy_assets.orchestration import automation, gate, preview
from alchemy_assets.orchestration.freshness import Graph
from alchemy_assets.orchestration.partitions import Partitions, mapping, partitions
from alchemy_assets.orchestration.registry import WAVES, steps
from alchemy_assets.orchestration.steps import Step, Table
from alchemy_assets.orchestration.workspace import Workspace
from alchemy_assets.settings import Settings, load
from alchemy_assets.store import UNPARTITIONED

FORCE_TAG = "alchemy/force"
NIGHTLY = "0 3 * * *"
Condition: TypeAlias = dg.AutomationCondition[dg.AssetKey]
Event = dg.MaterializeResult[None] | dg.AssetCheckResult


def _columns(columns: schema.Columns) -> dg.TableSchema:
    return dg.TableSchema([dg.TableColumn(name, str(kind)) for name, kind in columns.items()])


def _spec(graph: Graph, step: Step, table: Table, parts: Partitions, wish: Condition) -> dg.AssetSpec:
    above = {name: graph.maker[name].grain for name in step.inputs}
    return dg.AssetSpec(
        table.name,
        deps=[
            *(dg.AssetDep(name, partition_mapping=mapping(grain, step.grain)) for name, grain in above.items()),
            *map(dg.AssetDep, step.after),
        ],
        description=table.description,
        metadata={"dagster/column_schema": _columns(table.columns), "wave": step.wave, "partitioned": step.grain.value},
        group_name=step.group,
        code_version=gate.version(step),
        owners=[graph.workspace.settings.owner],
        kinds=set(step.kinds),
        tags={"wave": step.wave},
        partitions_def=parts.of(step.grain),
        automation_condition=wish if step.inputs and not step.by_hand else None,
    )


def _check_specs(step: Step, parts: Partitions) -> list[dg.AssetCheckSpec]:
    # Without a partitions definition of its own the next shard's pass would hide a failure.
    return [
        dg.AssetCheckSpec(
            check.name,
            asset=table.name,
            description=check.description,
            blocking=True,
            partitions_def=parts.of(step.grain),
        )
        for table in step.tables
        for check in table.checks
    ]


def _check_results(published: gate.Published) -> list[dg.AssetCheckResult]:
    return [
        dg.AssetCheckResult(
            asset_key=published.table.name,
            check_name=check.name,
            passed=check.passed,
            metadata={"detail": check.detail or "nothing to report"},
        )
        for check in published.manifest.checks
    ]


def _events(graph: Graph, step: Step, partition: str, *, force: bool) -> Iterator[Event]:
    refused = []
    for published in gate.make(graph, step, partition, force=force):
        checks = _check_results(published)
        if published.manifest.passed:
            yield dg.MaterializeResult(
                asset_key=published.table.name,
                metadata=preview.metadata(graph.workspace, published),
                check_results=checks,
                data_version=dg.DataVersion(published.manifest.content()),
            )
        else:
            yield from checks
            refused += [
                f"{published.table.name} {partition}: {check.name}: {check.detail}"
                for check in published.manifest.checks
                if not check.passed
            ]
    if refused:
        # A retry would give the same rows, and nothing may be materialised.
        raise dg.Failure("; ".join(refused), allow_retries=False)


def _asset(graph: Graph, step: Step, parts: Partitions, wish: Condition) -> dg.AssetsDefinition:
    @dg.multi_asset(
        name=step.name,
        specs=[_spec(graph, step, table, parts, wish) for table in step.tables],
        check_specs=_check_specs(step, parts),
        partitions_def=parts.of(step.grain),
    )
    def body(context: dg.AssetExecutionContext) -> Iterator[Event]:
        partition = context.partition_key if context.has_partition_key else UNPARTITIONED
        yield from _events(graph, step, partition, force=context.run.tags.get(FORCE_TAG) == "true")

    return body


def _nightly(graph: Graph, job: str) -> dg.ScheduleDefinition:
    @dg.schedule(
        job_name=job, cron_schedule=NIGHTLY, name="nightly", description="Reads the corpora again where they changed."
    )
    def nightly(_context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        first = [step for step in graph.steps if not step.inputs]
        if all(graph.is_current(step, UNPARTITIONED, graph.ready(step, UNPARTITIONED)) for step in first):
            return dg.SkipReason("no corpus changed since it was read")
        return dg.RunRequest()

    return nightly


def build(graph: Graph) -> dg.Definitions:
    """The code location of a graph of steps; tests give their own graph."""
    with warnings.catch_warnings():
        # The design rests on both and dagster is pinned: a check's partitions, and conditions in Python.
        warnings.simplefilter("ignore", category=dg.PreviewWarning)
        warnings.simplefilter("ignore", category=dg.BetaWarning)
        return _build(graph)


def _build(graph: Graph) -> dg.Definitions:
    parts = partitions(graph.workspace.settings)
    wish = automation.condition(graph)
    assets = [_asset(graph, step, parts, wish) for step in graph.steps]
    waves = {step.wave for step in graph.steps}
    jobs = {
        wave: dg.define_asset_job(
            wave,
            selection=dg.AssetSelection.assets(
                *(table.name for step in graph.steps if step.wave == wave for table in step.tables)
            ),
            description=description,
        )
        for wave, description in WAVES.items()
        if wave in waves
    }
    sensor = dg.AutomationConditionSensorDefinition(
        automation.SENSOR,
        target=dg.AssetSelection.all(),
        use_user_code_server=True,
        emit_backfills=False,
        minimum_interval_seconds=30,
        description="Asks for the partitions whose upstream content changed.",
    )
    schedules = [_nightly(graph, "index")] if "index" in jobs else []
    return dg.Definitions(
        assets=assets, jobs=list(jobs.values()), schedules=schedules, sensors=[sensor], executor=dg.in_process_executor
    )


def open_graph(settings: Settings) -> Graph:
    """All steps of a workspace."""
    return Graph(Workspace(settings), steps(settings))


def build_definitions(workspace: Path | None = None) -> dg.Definitions:
    """The code location of a workspace: of the one given, or of `ALCHEMY_WORKSPACE`."""
    return build(open_graph(load(workspace)))
