"""The story of one file: where it came from, what every stage said of it, and what became of it."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from alchemy_assets import schema
from alchemy_assets.errors import AlchemyError, CorpusNotFoundError, PartitionDamagedError, PartitionMissingError
from alchemy_assets.orchestration.freshness import Graph
from alchemy_assets.orchestration.workspace import files_key
from alchemy_assets.shards import shard_of
from alchemy_assets.store import UNPARTITIONED

SHORTEST_PREFIX = 6
MOST = 5
_SKIPPED = {"blob_id", "language", "text", "occurrences", "messages", "shingles", "signature"}


def _matching(graph: Graph, what: str) -> pl.DataFrame:
    """The files that a blob id, its beginning, or a path means."""
    place = pl.lit("/") + pl.element().struct.field("repo_name") + "/" + pl.element().struct.field("path")
    named = pl.col("occurrences").list.eval(place.str.ends_with("/" + what.removeprefix("./"))).list.any()
    is_prefix = len(what) >= SHORTEST_PREFIX and set(what) <= set("0123456789abcdef")
    on_disk = _blob_on_disk(graph, Path(what))
    chosen = (named & pl.lit(bool(what))) | (pl.col("blob_id") == on_disk)
    if is_prefix:
        chosen |= pl.col("blob_id").str.starts_with(what)
    columns = ["blob_id", "language", "language_source", "encoding", "length_bytes", "occurrences"]
    frames = [
        pl.scan_parquet(paths, glob=False, hive_partitioning=False).filter(chosen).select(columns).collect()
        for paths in _tables_of_files(graph)
        if paths
    ]
    found = pl.concat(frames) if frames else pl.DataFrame(schema={name: schema.SOURCE_FILES[name] for name in columns})
    # The file that lies where the path leads beats one of the same name elsewhere.
    same = found.filter(pl.col("blob_id") == on_disk)
    return (same if same.height else found).unique("blob_id", maintain_order=True).sort("blob_id")


def _tables_of_files(graph: Graph) -> Iterator[list[Path]]:
    """The files in which a file may be found: of `source_files`, and of corpora that are not joined yet."""
    store = graph.workspace.store
    for manifest in store.manifests("source_files"):
        if manifest.passed:
            yield store.paths(manifest.asset, manifest.partition)
    for table in graph.workspace.texts:
        yield store.paths(table, UNPARTITIONED)


def _blob_on_disk(graph: Graph, path: Path) -> str:
    """The blob id of the file that lies at a path as it was typed; empty where there is none, or one too large."""
    local = graph.workspace.settings.local
    try:
        if local is None or not path.is_file() or path.stat().st_size > local.largest_file:
            return ""
        return hashlib.sha1(path.read_bytes(), usedforsecurity=False).hexdigest()
    except (OSError, ValueError):
        return ""


def _locations(graph: Graph, what: str) -> set[str]:
    """What a path that was typed is called among the rejected inputs, which lie at places below the corpus."""
    local = graph.workspace.settings.local
    absolute = Path(what).expanduser().absolute()
    below = {absolute.relative_to(local.path).as_posix()} if local and absolute.is_relative_to(local.path) else set()
    return below | {what.removeprefix("./")}


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
        f"  in {one['corpus']}: repository {one['repo_name'] or 'unknown'}, path {one['path'] or 'unknown'},"
        f" licences {', '.join(one['licenses']) or 'none found'}"
        for one in occurrences
    )
    absent = []
    for step in graph.steps:
        if "blob_id" not in step.tables[0].columns or not step.inputs or step.name == "source_files":
            continue
        partition = language if step.grain.name == "LANGUAGE" else files_key(language, shard)
        for table in step.tables:
            if "blob_id" not in table.columns or "bands" in table.columns:
                continue
            if graph.workspace.store.manifest(table.name, partition) is None:
                absent.append(table.name)
                continue
            rows, trouble = _rows(graph, table.name, partition, blob_id)
            if trouble:
                yield f"{table.name}: {trouble}"
            elif not rows and table.name == "curated_files":
                yield "curated_files: not kept, for these reasons"
            for row in rows:
                shown = {
                    name: value for name, value in row.items() if name not in _SKIPPED and value not in (None, [], "")
                }
                yield f"{table.name}: " + ("" if shown else "-")
                yield from (f"    {name}: {_value(value)[:400]}" for name, value in shown.items())
    if absent:
        yield f"not made yet: {', '.join(absent)}"


def lines(graph: Graph, what: str) -> Iterator[str]:
    """Everything known of the files that `what` means; raises CorpusNotFoundError where there is none."""
    found = _matching(graph, what)
    try:
        rejected = graph.workspace.store.read("rejected_inputs", UNPARTITIONED, schema.REJECTED_INPUTS)
    except (PartitionMissingError, PartitionDamagedError):
        # Joined last where texts are fetched; what is known of files is told without it.
        rejected = pl.DataFrame(schema=dict(schema.REJECTED_INPUTS))
    location = pl.col("location")
    locations = _locations(graph, what)
    refused = rejected.filter(
        location.is_in(sorted(locations)) | (location.str.ends_with(f"/{what}") & pl.lit(bool(what)))
    )
    if found.is_empty() and refused.is_empty():
        msg = (
            f"no file of {graph.workspace.settings.workspace} has the path or blob id {what!r};"
            f" give the end of a path (folder/name), or {SHORTEST_PREFIX} characters of a blob id or more"
        )
        raise CorpusNotFoundError(msg)
    for row in refused.iter_rows(named=True):
        detail = f" ({row['detail']})" if row["detail"] else ""
        yield f"{row['location']}: not taken as source: {row['reason']}{detail}"
    for file in found.head(MOST).iter_rows(named=True):
        yield from _story(graph, file)
        yield ""
    if found.height > MOST:
        yield f"{found.height - MOST} more files match; give a longer path or a blob id"
