"""Steps that bring files in: an index a corpus, the texts of corpora that come as ids, and `source_files` that joins them."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType

import polars as pl

from alchemy_assets import schema
from alchemy_assets.corpora import local_files, refinecode, stack_edu, stack_v2_smol, tables
from alchemy_assets.corpora.fetched import Part, source_files
from alchemy_assets.corpora.fingerprint import fingerprint
from alchemy_assets.corpora.found import Found, Rejected
from alchemy_assets.corpora.ids import IDS, split
from alchemy_assets.corpora.index import index
from alchemy_assets.corpora.merge import merge
from alchemy_assets.corpora.parquet_ids import Shape
from alchemy_assets.corpora.recalled import recall
from alchemy_assets.corpora.settle import SETTLED, keep_settled, settle
from alchemy_assets.orchestration import checks
from alchemy_assets.orchestration.steps import Check, CheckOutcome, Grain, Inputs, Made, Staged, Step, Table
from alchemy_assets.orchestration.workspace import SEPARATOR, Workspace, files_key
from alchemy_assets.settings import Settings
from alchemy_assets.shards import shard_of
from alchemy_assets.store import row_count

SHAPES: Mapping[str, Shape] = MappingProxyType(
    {shape.key: shape for shape in (stack_edu.SHAPE, refinecode.SHAPE, stack_v2_smol.SHAPE)}
)
MODULES: Mapping[str, str] = MappingProxyType(
    {module.SHAPE.key: module.__name__ for module in (stack_edu, refinecode, stack_v2_smol)}
)
SETTLED_LANGUAGES = "settled_languages"
PREVIEW = ("blob_id", "language", "language_source", "encoding", "length_bytes")


def _every_input(staged: Staged) -> CheckOutcome:
    counts = staged.made.counts
    places = ("occurrences", "repeated", "rejected_inputs")
    detail = f"{counts['inputs']} inputs: " + ", ".join(f"{counts[place]} {place}" for place in places)
    return CheckOutcome(
        counts["inputs"] == sum(counts[place] for place in places) and staged.rows == counts["blobs"], detail
    )


EVERY_INPUT = Check(
    "every_input_accounted",
    "Every input is an occurrence of a blob, the repetition of one, or a rejected input.",
    _every_input,
)


def _read_local(inputs: Inputs) -> Mapping[str, Made]:
    settings = inputs.workspace.settings
    local = settings.local
    assert local is not None  # noqa: S101 -- the step is in the graph only where the corpus is named
    counts = Counter(inputs=0, blobs=0, occurrences=0)

    def counted() -> Iterator[Found | Rejected]:
        for one in local_files.read(local):
            counts["inputs"] += 1
            yield one

    read = index("local", counted(), settings, inputs.scratch, inputs.workspace.forgotten)
    counts.update(repeated=read.repeated, rejected_inputs=read.rejected.height)

    def parts() -> Iterator[tuple[str, pl.DataFrame]]:
        for language, shard, frame in read.parts():
            counts.update(blobs=frame.height, occurrences=int(frame["occurrences"].list.len().sum()))
            yield files_key(language, shard), frame

    return {
        "local_index": Made(parts(), counts),
        "local_rejected": Made([("", read.rejected)], {"kept": read.rejected.height, **_reasons(read.rejected)}),
    }


def _input_state(workspace: Workspace, _partition: str) -> str:
    local = workspace.settings.local
    return "" if local is None else f"{fingerprint(local.path)} {workspace.forgotten.fingerprint()}"


def _read_public(shape: Shape) -> Callable[[Inputs], Mapping[str, Made]]:
    def compute(inputs: Inputs) -> Mapping[str, Made]:
        settings, key = inputs.workspace.settings, shape.key
        corpus = settings.public_corpora()[key]
        read = split(shape, corpus, settings, inputs.scratch, inputs.workspace.forgotten)
        with_text = [path for paths in read.texts.files.values() for path in paths]
        occurrences = sum(_lengths(path, "occurrences") for path in with_text)
        rejected = pl.read_parquet(read.rejected)
        counts = Counter(
            inputs=read.inputs,
            occurrences=read.occurrences + occurrences,
            repeated=read.repeated,
            rejected_inputs=rejected.height,
            blobs=sum(row_count(path) for path in read.ids.values()),
        )
        texts = ((files_key(language, shard), frame) for language, shard, frame in read.texts.parts())
        return {
            f"{key}_ids": Made(((files_key(*part), path) for part, path in sorted(read.ids.items())), counts),
            f"{key}_texts": Made(texts, {"kept": sum(map(row_count, with_text))}),
            f"{key}_rejected": Made([("", rejected)], {"kept": rejected.height, **_reasons(rejected)}),
        }

    return compute


def _lengths(path: Path, column: str) -> int:
    """Elements of a column of lists."""
    frame = pl.scan_parquet(path, glob=False, hive_partitioning=False)
    return int(frame.select(pl.col(column).list.len().sum()).collect().item())


def _reasons(rejected: pl.DataFrame) -> dict[str, int]:
    return {
        f"rejected: {reason}": count for reason, count in rejected["reason"].value_counts().sort("reason").iter_rows()
    }


def _public_state(key: str) -> Callable[[Workspace, str], str]:
    def state(workspace: Workspace, _partition: str) -> str:
        settings = workspace.settings
        path = settings.public_corpora()[key].path or SHAPES[key].home
        return f"{tables.fingerprint(path, settings.fetch)} {workspace.forgotten.fingerprint()}"

    return state


def _fetch(shape: Shape) -> Callable[[Inputs], Mapping[str, Made]]:
    def compute(inputs: Inputs) -> Mapping[str, Made]:
        settings, key = inputs.workspace.settings, shape.key
        paths = inputs.paths(f"{key}_ids")
        if not paths:
            none = Counter(inputs=0, occurrences=0, repeated=0, rejected_inputs=0, blobs=0)
            empty = pl.DataFrame(schema=dict(schema.SOURCE_FILES)), pl.DataFrame(schema=dict(schema.REJECTED_INPUTS))
            return {f"{key}_files": Made([("", empty[0])], none), f"{key}_missing": Made([("", empty[1])])}
        part = Part(key, inputs.language, inputs.shard)
        recall(part.journal(settings), inputs.workspace.store.earlier(f"{key}_files", inputs.partition))
        fetched = source_files(part, paths[0], settings, inputs.scratch)
        counts = Counter(
            inputs=fetched.inputs,
            occurrences=fetched.occurrences,
            repeated=0,
            rejected_inputs=fetched.rejections,
            blobs=fetched.blobs,
            asked=fetched.asked,
        )
        reasons = _reasons(pl.read_parquet(fetched.rejected, columns=["reason"]))
        return {
            f"{key}_files": Made([("", fetched.files)], counts),
            f"{key}_missing": Made([("", fetched.rejected)], {"kept": fetched.rejections, **reasons}),
        }

    return compute


def _drop_journal(key: str) -> Callable[[Workspace, str], None]:
    """What was fetched is published now, so nobody has to ask for it again."""

    def drop(workspace: Workspace, partition: str) -> None:
        language, shard = partition.split(SEPARATOR)
        Part(key, language, shard).journal(workspace.settings).unlink(missing_ok=True)

    return drop


def _settle(inputs: Inputs) -> Mapping[str, Made]:
    settings = inputs.workspace.settings
    paths = [path for table in inputs.sources for path in inputs.paths(table)]
    settled = settle(paths, inputs.scratch, settings.fetch.memory)

    def parts() -> Iterator[tuple[str, pl.DataFrame]]:
        # In every language that may have claimed a blob: those that lost it have to know.
        for language in settings.languages:
            shards = settled["blob_id"].map_elements(partial(shard_of, count=settings.shard_count(language)), pl.String)
            for shard in sorted(set(shards)):
                yield files_key(language, shard), settled.filter(shards == shard)

    return {SETTLED_LANGUAGES: Made(parts(), {"rows_in": settled.height, "kept": settled.height})}


def _join_indexes(inputs: Inputs) -> Mapping[str, Made]:
    frames = [inputs.frame(name) for name in inputs.sources if name != SETTLED_LANGUAGES]
    rows_in = sum(frame.height for frame in frames)
    settled = inputs.frame(SETTLED_LANGUAGES) if SETTLED_LANGUAGES in inputs.sources else None
    if settled is not None:
        frames = [keep_settled(frame, settled) for frame in frames]
    moved = rows_in - sum(frame.height for frame in frames)
    joined = merge(frames)
    # Counted before the merge, so that a row which the merge loses is missed.
    repeated = rows_in - moved - pl.concat([frame["blob_id"] for frame in frames]).n_unique()
    reasons = {"the same blob in several corpora, merged": repeated, "its language was settled otherwise": moved}
    counts = {"rows_in": rows_in, "kept": joined.height, "rejected": repeated + moved}
    counts |= {f"rejected: {reason}": count for reason, count in reasons.items() if count}
    return {"source_files": Made([("", joined)], counts)}


def _join_rejected(inputs: Inputs) -> Mapping[str, Made]:
    frames = [inputs.frame(name) for name in inputs.sources]
    joined = pl.concat([pl.DataFrame(schema=dict(schema.REJECTED_INPUTS)), *frames])
    return {"rejected_inputs": Made([("", joined)], {"rows_in": joined.height, "kept": joined.height})}


def _rejected_table(name: str, description: str) -> Table:
    return Table(name, schema.REJECTED_INPUTS, description, (), ("location", "reason"))


def _public(shape: Shape) -> tuple[Step, Step]:
    """The steps of a corpus of the Hub: its ids and the texts that it has, then the texts that have to be fetched."""
    key = shape.key
    reading = Step(
        name=f"{key}_ids",
        wave="index",
        group="corpora",
        grain=Grain.WHOLE,
        tables=(
            Table(
                f"{key}_ids",
                IDS,
                f"The blobs of the corpus `{key}` whose texts have to be fetched, split by language and shard.",
                (EVERY_INPUT,),
                ("blob_id", "language", "length_bytes"),
                split=True,
            ),
            Table(
                f"{key}_texts",
                schema.SOURCE_FILES,
                f"The files of the corpus `{key}` that came with their texts, split by language and shard.",
                (),
                PREVIEW,
                split=True,
            ),
            _rejected_table(f"{key}_rejected", f"Rows of `{key}` that became no blob, and why."),
        ),
        compute=_read_public(shape),
        code=("alchemy_assets.corpora.ids", MODULES[key]),
        uses=lambda used: [used.public_corpora()[key], used.languages, used.shards, used.shards_of],
        outside=_public_state(key),
    )
    fetching = Step(
        name=f"{key}_files",
        wave="fetch",
        group="corpora",
        grain=Grain.FILES,
        tables=(
            Table(
                f"{key}_files",
                schema.SOURCE_FILES,
                f"The files of the corpus `{key}`, fetched by blob id and verified by their SHA-1.",
                (EVERY_INPUT, checks.in_order("source_files")),
                PREVIEW,
            ),
            _rejected_table(f"{key}_missing", f"Blobs of `{key}` that cannot be had, or are no source, and why."),
        ),
        compute=_fetch(shape),
        code=("alchemy_assets.corpora.fetched",),
        inputs=(f"{key}_ids",),
        # How the network is used changes nothing of what is fetched.
        uses=lambda used: [used.public_corpora()[key].largest_file, used.fetch.unavailable],
        finish=_drop_journal(key),
    )
    return reading, fetching


def _local() -> Step:
    return Step(
        name="local_index",
        wave="index",
        group="corpora",
        grain=Grain.WHOLE,
        tables=(
            Table(
                "local_index",
                schema.SOURCE_FILES,
                "The files of the corpus `local`, read once: one row a blob, split by language and shard.",
                (EVERY_INPUT,),
                PREVIEW,
                split=True,
            ),
            _rejected_table("local_rejected", "Inputs of `local` that became no blob, and why."),
        ),
        compute=_read_local,
        code=("alchemy_assets.corpora.index", "alchemy_assets.corpora.local_files"),
        uses=lambda used: [used.local, used.languages, used.shards, used.shards_of],
        outside=_input_state,
    )


def _settling(tables_of_files: tuple[str, ...]) -> Step:
    return Step(
        name=SETTLED_LANGUAGES,
        wave="index",
        group="corpora",
        grain=Grain.WHOLE,
        tables=(
            Table(
                SETTLED_LANGUAGES,
                SETTLED,
                "Blobs that corpora hold under different languages: the one that wins, and every occurrence.",
                (),
                ("blob_id", "language", "language_source"),
                split=True,
            ),
        ),
        compute=_settle,
        code=("alchemy_assets.corpora.settle",),
        inputs=tables_of_files,
        uses=lambda used: [used.languages, used.shards, used.shards_of],
        kinds=frozenset({"duckdb", "parquet"}),
    )


def steps(settings: Settings) -> tuple[Step, ...]:
    """The steps of the corpora that the workspace names."""
    local = (_local(),) if settings.local is not None else ()
    public = [_public(SHAPES[key]) for key in settings.public_corpora()]
    if not local and not public:
        return ()
    listed = tuple(step.name for step in local)
    texts = (*listed, *(name for one, other in public for name in (one.tables[1].name, other.tables[0].name)))
    claims = (*listed, *(table.name for one, _ in public for table in one.tables[:2]))
    rejected = (
        *(step.tables[1].name for step in local),
        *(name for one, other in public for name in (one.tables[2].name, other.tables[1].name)),
    )
    settling = (_settling(claims),) if len(local) + len(public) > 1 else ()
    return (
        *local,
        *(one for one, _ in public),
        *settling,
        *(other for _, other in public),
        Step(
            name="rejected_inputs",
            # What is rejected while texts are fetched is known by partition only.
            wave="publish" if public else "index",
            group="corpora",
            grain=Grain.WHOLE,
            tables=(_rejected_table("rejected_inputs", "Inputs of every corpus that became no blob, and why."),),
            compute=_join_rejected,
            code=("alchemy_assets.schema",),
            inputs=rejected,
        ),
        Step(
            name="source_files",
            wave="judge",
            group="corpora",
            grain=Grain.FILES,
            tables=(
                Table(
                    "source_files",
                    schema.SOURCE_FILES,
                    "One row a blob over all corpora, with every place that it occurs in.",
                    (checks.ACCOUNTED, checks.in_order("source_files")),
                    PREVIEW,
                ),
            ),
            compute=_join_indexes,
            code=("alchemy_assets.corpora.merge", "alchemy_assets.corpora.settle"),
            inputs=(*texts, *(step.name for step in settling)),
        ),
    )
