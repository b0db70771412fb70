"""Curation alone, without Dagster: the same steps, gates and manifests, on every core of one machine.

Belongs here: which steps, the processes, and the folders in which the result is seen. Does not: what a step does. The output
folder is a workspace: it can be resumed, and `alchemy why`, `funnel` and `run` work on it.
"""

import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from functools import cache
from multiprocessing import get_context
from pathlib import Path

from alchemy_assets.errors import PartitionDamagedError, PartitionMissingError
from alchemy_assets.orchestration import gate
from alchemy_assets.orchestration.freshness import Graph
from alchemy_assets.orchestration.pending import Progress, blocked, leave_out, stale
from alchemy_assets.orchestration.registry import WAVES, steps
from alchemy_assets.orchestration.workspace import SEPARATOR, Workspace
from alchemy_assets.release.replaced_folder import replacing
from alchemy_assets.settings import Settings, load
from alchemy_assets.store import UNPARTITIONED

SHOWN = ("curated_files", "rejected_files", "rejected_inputs", "near_duplicates", "funnel")
READ_ONLY = 0o444
_GROUPS = ("corpora", "curation")


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0))


def curation_graph(settings: Settings) -> Graph:
    """The steps from the corpora to `curated_files`, and the metrics that read nothing else."""
    listed = steps(settings)
    own = [step for step in listed if step.group in _GROUPS]
    made = {table.name for step in own for table in step.tables}
    metrics = [step for step in listed if step.group == "quality" and made.issuperset(step.inputs)]
    return Graph(Workspace(settings), [*own, *metrics])


@cache
def _graph(folder: Path) -> Graph:
    """A worker's graph, opened once a process."""
    return curation_graph(load(folder))


def _make(folder: Path, wave: str, partition: str, left_out: dict[tuple[str, str], str], *, force: bool) -> str:
    """Make a wave's tables for one partition; what went wrong, or nothing."""
    graph = _graph(folder)
    graph.left_out = left_out
    refused = []
    try:
        for step in (one for one in graph.steps if one.wave == wave):
            for published in gate.make(graph, step, partition, force=force):
                refused += [
                    f"{published.table.name}: {check.name}: {check.detail}"
                    for check in published.manifest.checks
                    if not check.passed
                ]
            if refused:
                break
    except Exception as error:  # noqa: BLE001 -- one partition's trouble is told with the others', not instead of them
        return f"{type(error).__name__}: {error}"
    return "; ".join(refused)


def run(settings: Settings, *, workers: int, force: bool = False) -> Iterator[Progress]:
    """Bring curation up to date, and tell about each partition; the same call after a crash goes on where it stopped."""
    graph, folder = curation_graph(settings), settings.workspace
    # Spawned: Polars' threads do not survive a fork.
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        for wave in WAVES:
            if not any(step.wave == wave for step in graph.steps):
                continue
            try:
                todo = stale(graph, wave, force=force)
            except (PartitionMissingError, PartitionDamagedError) as error:
                yield Progress(wave, skipped=str(error))
                return
            yield Progress(wave, total=len(todo))
            asked = {}
            for partition, own in todo:
                if reason := blocked(graph, own, partition):
                    leave_out(graph, own, partition, reason)
                    yield Progress(wave, partition, skipped=reason)
                else:
                    left_out = dict(graph.left_out)
                    asked[pool.submit(_make, folder, wave, partition, left_out, force=force)] = partition, own
            for done in as_completed(asked):
                partition, own = asked[done]
                try:
                    failed = done.result()
                except BrokenProcessPool:
                    failed = "a process was killed, perhaps for want of memory; run again, with fewer --workers"
                if failed:
                    leave_out(graph, own, partition, failed)
                yield Progress(wave, partition, failed=failed)
                if isinstance(done.exception(), BrokenProcessPool):
                    return
    show(graph)


def show(graph: Graph, *, again: bool = False) -> None:
    """Make a folder a table in the workspace, with one Parquet file a partition: `curated_files/Python-0-of-2.parquet`.

    What could not be brought up to date is not shown. again: only the folders that are there, since their links keep what the
    store gives up.
    """
    for table in SHOWN:
        if table in graph.maker and (not again or (graph.workspace.settings.workspace / table).is_dir()):
            with replacing(graph.workspace.settings.workspace / table, _names(graph, table)) as fresh:
                for partition in graph.partitions(graph.maker[table]):
                    _link(graph, table, partition, fresh)


def _names(graph: Graph, table: str) -> set[str]:
    """What an earlier version of the folder of a table may hold: it is ours if it is all Parquet."""
    folder = graph.workspace.settings.workspace / table
    return {path.name for path in folder.glob("*.parquet")} if folder.is_dir() else set()


def _link(graph: Graph, table: str, partition: str, folder: Path) -> None:
    manifest = graph.workspace.store.manifest(table, partition)
    if manifest is None or not manifest.passed or (table, partition) in graph.left_out:
        return
    name = "all" if partition == UNPARTITIONED else partition.replace(SEPARATOR, "-")
    paths = graph.workspace.store.paths(table, partition)
    for file, path in zip(manifest.files, paths, strict=True):
        target = folder / f"{'-'.join(filter(None, (name, file.part)))}.parquet"
        path.chmod(READ_ONLY)  # the link shares its bytes with the store
        try:
            os.link(path, target)
        except OSError:
            shutil.copyfile(path, target)
