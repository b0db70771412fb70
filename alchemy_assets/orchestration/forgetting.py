"""Taking out what an owner asks to be taken out: the list, and what it concerns here and now."""

from collections.abc import Iterator, Sequence

import polars as pl

from alchemy_assets import schema
from alchemy_assets.corpora import forgotten
from alchemy_assets.errors import AlchemyError, SettingsError
from alchemy_assets.orchestration.freshness import Graph
from alchemy_assets.orchestration.registry import steps
from alchemy_assets.orchestration.workspace import Workspace
from alchemy_assets.segments import Segments
from alchemy_assets.settings import Settings

# Near-duplicates in other repositories are other people's files: they are named, not taken.
_MOST_COPIES = 10


def _published(graph: Graph, table: str, columns: Sequence[str]) -> pl.DataFrame:
    """Some columns of all published partitions of a table."""
    frames = []
    for partition in graph.partitions(graph.maker[table]):
        try:
            paths = graph.workspace.store.paths(table, partition)
        except AlchemyError:
            continue
        frames += [
            pl.scan_parquet(path, glob=False, hive_partitioning=False).select(columns).collect() for path in paths
        ]
    return (
        pl.concat(frames)
        if frames
        else pl.DataFrame(schema={name: graph.tables[table].columns[name] for name in columns})
    )


def forget(settings: Settings, names: Sequence[str], reason: str) -> Iterator[str]:
    """Add blob ids and repositories to the workspace's list, and tell what they stand for.

    Raises SettingsError for a name that can be neither. What is not here now stays on the list for what comes later.
    """
    odd = [name for name in names if not name.strip() or name != name.strip()]
    if odd:
        msg = f"{odd[0]!r} is neither a blob id (40 hex digits) nor the name of a repository, as `alchemy why` shows it"
        raise SettingsError(msg)
    names = [name.lower() if forgotten.is_blob_id(name.lower()) else name for name in names]
    new = forgotten.add(settings.workspace, names, reason)
    known = len(names) - len(new)
    yield f"{len(new)} added to {settings.workspace / forgotten.FILE}" + (
        f", {known} stood there already" if known else ""
    )
    graph = Graph(Workspace(settings), steps(settings))
    if not settings.has_corpus:
        yield "this workspace names no corpus yet"
        return
    try:
        files = _published(graph, "source_files", ("blob_id", "occurrences"))
    except AlchemyError:
        yield "no corpus has been read here yet"
        return
    repository = pl.element().struct.field("repo_name").is_in(list(names))
    files = files.with_columns(
        named=pl.col("blob_id").is_in(list(names)),
        places=pl.col("occurrences").list.eval(repository).list.sum(),
        of=pl.col("occurrences").list.len(),
    ).filter(pl.col("named") | (pl.col("places") > 0))
    gone = files.filter(pl.col("named") | (pl.col("places") == pl.col("of")))["blob_id"]
    yield f"{len(gone)} files go; {files.height - len(gone)} stay without these places: others hold the same bytes"
    for name in names:
        if (
            name not in set(gone)
            and not files["occurrences"].explode(empty_as_null=True).struct.field("repo_name").eq(name).any()
        ):
            yield f"nothing here is called {name}: it stays on the list, for what is read later"
    yield from _made_of(graph, gone)
    if "near_duplicates" not in graph.maker:
        return
    clusters = _published(graph, "near_duplicates", ("blob_id", "cluster"))
    own = clusters.filter(pl.col("blob_id").is_in(gone.implode()))["cluster"].unique()
    copies = clusters.filter(pl.col("cluster").is_in(own.implode()), ~pl.col("blob_id").is_in(gone.implode()))[
        "blob_id"
    ].sort()
    if len(copies):
        shown = ", ".join(copies.head(_MOST_COPIES))
        yield f"{len(copies)} near-duplicates of them lie elsewhere and stay unless they are named, too: {shown}"


def _made_of(graph: Graph, gone: pl.Series) -> Iterator[str]:
    """What was made of these blobs: samples, which go with them, and answers of models, which are taken out here."""
    for table in [step.tables[0].name for step in graph.steps if "sample_id" in step.tables[0].columns]:
        samples = int(_published(graph, table, ("blob_id",))["blob_id"].is_in(gone.implode()).sum())
        if samples:
            yield f"{samples} samples of {table} go with them"
    if answers := Segments(graph.workspace.store.root, "completions", schema.COMPLETIONS).take_out(set(gone)):
        yield f"{answers} answers of models about them were taken out"
