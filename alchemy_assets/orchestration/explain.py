"""The story of one file: where it came from, what every stage said of it, and what became of it."""

import json
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from alchemy_assets import schema
from alchemy_assets.errors import AlchemyError, CorpusNotFoundError
from alchemy_assets.orchestration.freshness import Graph
from alchemy_assets.orchestration.workspace import files_key
from alchemy_assets.shards import shard_of
from alchemy_assets.store import UNPARTITIONED

SHORTEST_PREFIX = 6
MOST = 5
_SKIPPED = {"blob_id", "text", "occurrences", "messages", "shingles", "signature"}


def _matching(graph: Graph, what: str) -> pl.DataFrame:
    """The files that a blob id, its beginning, or a path means."""
    wanted = what.removeprefix("./")
    path = pl.element().struct.field("path")
    absolute = Path(what).expanduser().absolute().as_posix()
    named = (
        pl.col("occurrences")
        .list.eval(
            (path == wanted) | path.str.ends_with(f"/{wanted}") | (pl.lit(absolute).str.ends_with(pl.lit("/") + path))
        )
        .list.any()
    )
    is_prefix = len(what) >= SHORTEST_PREFIX and set(what) <= set("0123456789abcdef")
    chosen = pl.col("blob_id").str.starts_with(what) if is_prefix else named
    columns = ["blob_id", "language", "language_source", "encoding", "length_bytes", "occurrences"]
    frames = [
        pl.scan_parquet(graph.workspace.store.paths(index, UNPARTITIONED), glob=False, hive_partitioning=False)
        .filter(chosen)
        .select(columns)
        .collect()
        for index in graph.workspace.indexes
        if graph.workspace.store.paths(index, UNPARTITIONED)
    ]
    found = pl.concat(frames) if frames else pl.DataFrame(schema={name: schema.SOURCE_FILES[name] for name in columns})
    # The whole path that was typed beats a file of the same name elsewhere.
    if not is_prefix:
        exact = found.filter(
            pl.col("occurrences").list.eval(pl.lit(absolute).str.ends_with(pl.lit("/") + path)).list.any()
        )
        found = exact if exact.height and Path(absolute).exists() else found
    return found.unique("blob_id", maintain_order=True).sort("blob_id")


def _value(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_value(inner)}" for name, inner in value.items() if inner is not None)
    if isinstance(value, list):
        return "; ".join(_value(inner) for inner in value) or "none"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else str(value)


def _rows(graph: Graph, table: str, partition: str, blob_id: str) -> tuple[list[dict[str, object]], str]:
    try:
        paths = graph.workspace.store.paths(table, partition)
    except AlchemyError as error:
        return [], str(error)
    frame = (
        pl.scan_parquet(paths, glob=False, hive_partitioning=False).filter(pl.col("blob_id") == blob_id).collect()
        if paths
        else pl.DataFrame()
    )
    return frame.to_dicts(), ""


def _story(graph: Graph, file: dict[str, object]) -> Iterator[str]:
    blob_id, language = str(file["blob_id"]), str(file["language"])
    shard = shard_of(blob_id, graph.workspace.settings.shard_count(language))
    size = f"{file['length_bytes']} bytes of {file['encoding']}"
    yield f"blob {blob_id}: {language} (by {file['language_source']}), {size}, shard {shard}"
    occurrences = file["occurrences"]
    assert isinstance(occurrences, list)  # noqa: S101 -- for the type checker
    yield from (
        f"  at {one['corpus']}: {one['repo_name']} {one['path']}  licences {one['licenses'] or 'none found'}"
        for one in occurrences
    )
    for step in graph.steps:
        if "blob_id" not in step.tables[0].columns or not step.inputs or step.name == "source_files":
            continue
        partition = language if step.grain.name == "LANGUAGE" else files_key(language, shard)
        for table in step.tables:
            if "blob_id" not in table.columns or "signature" in table.columns:
                continue
            rows, trouble = _rows(graph, table.name, partition, blob_id)
            if trouble:
                yield f"{table.name}: {trouble}"
            elif not rows and table.name == "curated_files":
                yield "curated_files: not kept, for the reasons above"
            for row in rows:
                shown = {
                    name: value for name, value in row.items() if name not in _SKIPPED and value not in (None, [], "")
                }
                yield f"{table.name}: " + ("" if shown else "-")
                yield from (f"    {name}: {_value(value)[:400]}" for name, value in shown.items())


def lines(graph: Graph, what: str) -> Iterator[str]:
    """Everything known of the files that `what` means; raises CorpusNotFoundError where there is none."""
    found = _matching(graph, what)
    rejected = graph.workspace.store.read("rejected_inputs", UNPARTITIONED, schema.REJECTED_INPUTS)
    location = pl.col("location")
    refused = rejected.filter((location == what) | location.str.ends_with(f"/{what}"))
    if found.is_empty() and refused.is_empty():
        msg = f"no file of this workspace has the blob id or path {what!r} (a blob id needs {SHORTEST_PREFIX} characters or more)"
        raise CorpusNotFoundError(msg)
    for row in refused.iter_rows(named=True):
        yield f"{row['location']}: never became a file: {row['reason']} {row['detail']}".rstrip()
    for file in found.head(MOST).iter_rows(named=True):
        yield from _story(graph, file)
        yield ""
    if found.height > MOST:
        yield f"{found.height - MOST} more files match; give a longer path or a blob id"
