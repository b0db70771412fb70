"""What a run came to, in a screenful: read from the manifests and the metrics tables."""

from collections.abc import Iterator

import polars as pl

from alchemy_assets.errors import AlchemyError
from alchemy_assets.orchestration.freshness import Graph
from alchemy_assets.store import UNPARTITIONED, Manifest


def _manifests(graph: Graph, table: str) -> list[Manifest]:
    store = graph.workspace.store
    keys = graph.partitions(graph.maker[table])
    return [found for key in keys if (found := store.manifest(table, key)) is not None and found.passed]


def _rejections(manifests: list[Manifest]) -> list[tuple[str, int]]:
    total: dict[str, int] = {}
    for manifest in manifests:
        for name, count in manifest.counts.items():
            if name.startswith("rejected: "):
                total[name.removeprefix("rejected: ")] = total.get(name.removeprefix("rejected: "), 0) + count
    return sorted(total.items(), key=lambda entry: (-entry[1], entry[0]))


def _section(title: str, entries: list[tuple[str, int]]) -> Iterator[str]:
    if entries:
        yield title
        yield from (f"  {count:>9,}  {name}" for name, count in entries)


def _metric(graph: Graph, model: str) -> pl.DataFrame | None:
    try:
        return graph.workspace.store.read(model, UNPARTITIONED, graph.tables[model].columns)
    except AlchemyError:
        return None


def lines(graph: Graph) -> Iterator[str]:
    """The summary of a workspace as it stands."""
    store = graph.workspace.store
    indexes = [store.manifest(table, UNPARTITIONED) for table in graph.workspace.indexes]
    read = [one for one in indexes if one is not None and one.passed and "inputs" in one.counts]
    if not read:
        yield "nothing is published yet"
        return
    refused = _rejections(
        [
            one
            for table in graph.sources(graph.maker["rejected_inputs"], UNPARTITIONED)
            for one in _manifests(graph, table)
        ]
    )
    looked_at, other = sum(one.counts["inputs"] for one in read), sum(count for _, count in refused)
    different = sum(manifest.rows for manifest in _manifests(graph, "source_files"))
    yield (
        f"inputs     {looked_at:,} looked at: {looked_at - other:,} are source"
        f" ({different:,} different files), {other:,} are not"
    )
    yield from _section("not taken as source", refused)
    curated = _manifests(graph, "curated_files")
    rows_in, kept = (sum(manifest.counts[name] for manifest in curated) for name in ("rows_in", "kept"))
    held_out = sum(manifest.counts["held_out"] for manifest in curated)
    yield f"curated    {kept:,} of {rows_in:,} files kept, {held_out:,} of them held out for benchmarks"
    yield from _section("rejected (a file may have several reasons)", _rejections(curated))
    traces = _manifests(graph, "traces")
    traced, offered = (
        sum(manifest.rows for manifest in traces),
        sum(manifest.counts["rows_in"] for manifest in traces),
    )
    yield f"traced     {traced:,} programs of {offered:,} files"
    yield from _section("not traced", _rejections(traces))
    counts = _metric(graph, "sample_counts")
    if counts is not None and counts.height:
        yield "samples"
        by_kind = (
            counts.group_by("strategy", "kind")
            .agg(pl.col("samples").sum(), pl.col("answer_tokens").sum())
            .sort("strategy", "kind")
        )
        for strategy, kind, samples, tokens in by_kind.filter(pl.col("samples") > 0).iter_rows():
            yield f"  {samples:>9,}  {strategy} / {kind}  ({tokens:,} answer tokens, estimated)"
    for strategy in ("code_enhance", "code_dev", "code_dialogue"):
        reasons = {manifest.notes.get("why it is empty", "") for manifest in _manifests(graph, strategy)} - {""}
        yield from (f"  {0:>9}  {strategy}: {reason}" for reason in sorted(reasons))
    yield ""
    release = graph.workspace.release_folder
    yield f"release    {release if release.exists() else 'not written'}"
    yield f"workspace  {graph.workspace.settings.workspace}"
    yield "look       alchemy ui    (Dagster's web UI)      alchemy why FILE    (one file's story)"
