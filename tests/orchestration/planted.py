"""The real graph, but for a check that refuses the partitions named in `<workspace>/refuse`, a line `table partition` each."""

from dataclasses import replace
from pathlib import Path

from alchemy_assets.orchestration.build import open_graph
from alchemy_assets.orchestration.freshness import Graph
from alchemy_assets.orchestration.steps import Check, CheckOutcome, Staged, Table
from alchemy_assets.settings import Settings

CHECK = "planted"


def _check(workspace: Path) -> Check:
    def look(staged: Staged) -> CheckOutcome:
        file = workspace / "refuse"
        refused = file.read_text().splitlines() if file.exists() else []
        return CheckOutcome(f"{staged.table.name} {staged.partition}" not in refused, "refused by the test")

    return Check(CHECK, "Refuses what the test names.", look)


def graph(settings: Settings) -> Graph:
    """The real graph with the planted check on every table."""
    real = open_graph(settings)
    check = _check(settings.workspace)

    def with_check(table: Table) -> Table:
        return replace(table, checks=(*table.checks, check))

    steps = [replace(step, tables=tuple(with_check(table) for table in step.tables)) for step in real.steps]
    return Graph(real.workspace, steps)


def refuse(workspace: Path, *lines: str) -> None:
    """From now on the check refuses these partitions, and no others."""
    (workspace / "refuse").write_text("\n".join(lines))
