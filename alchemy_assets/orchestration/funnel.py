"""The funnel as a person reads it: how many files came in, what each stage took out and why, what is left."""

from collections.abc import Iterator

import polars as pl

from alchemy_assets.errors import PartitionMissingError
from alchemy_assets.orchestration.freshness import Graph
from alchemy_assets.store import UNPARTITIONED

TABLE = "funnel"


def lines(graph: Graph) -> Iterator[str]:
    """The rows of the published funnel, a stage after the other; raises PartitionMissingError before there is one."""
    if TABLE not in graph.maker:
        msg = f"{graph.workspace.settings.workspace} names no corpus; put [local] with a path into its alchemy.toml"
        raise PartitionMissingError(msg)
    rows = graph.workspace.store.read(TABLE, UNPARTITIONED, graph.tables[TABLE].columns)
    order = pl.col("step").min()
    totals = rows.group_by("stage", "outcome", "reason").agg(
        order.alias("step"), pl.col("files").sum(), pl.col("alone").sum(), by="language", counts="files"
    )
    yield f"{'files':>10}  {'alone':>10}  what became of them; `alone`: rejected for nothing else"
    stage_before = ""
    for row in totals.sort("step", "outcome", "files", "reason", descending=[False, True, True, False]).iter_rows(
        named=True
    ):
        if row["stage"] != stage_before:
            stage_before = row["stage"]
            yield row["stage"]
        most = sorted(zip(row["counts"], row["by"], strict=True), reverse=True)[:4]
        languages = ", ".join(f"{language} {count:,}" for count, language in most)
        more = "" if len(row["by"]) <= len(most) else ", ..."
        what = f"{row['outcome']}: {row['reason']}" if row["reason"] else row["outcome"]
        alone = f"{row['alone']:,}" if row["outcome"] == "rejected" and row["reason"] else ""
        yield f"{row['files']:>10,}  {alone:>10}  {what}  ({languages}{more})"
