"""What other thresholds or another policy would change: decided again over the stored facts, nothing is read or made anew.

Belongs here: the comparison of two settings. Does not: deciding (`curation.stage`). Clusters of near-duplicates are taken as
they stand: a gained file that is a copy stays out, and what a lost keeper leaves behind is counted, not clustered again.
"""

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from pydantic import ValidationError

from alchemy_assets import schema
from alchemy_assets.curation.stage import Stage
from alchemy_assets.curation.stages import all_stages
from alchemy_assets.errors import SettingsError
from alchemy_assets.orchestration.assets.curation import MEASURED_SETTINGS, RULE_SETTINGS, copies_of
from alchemy_assets.orchestration.freshness import Graph
from alchemy_assets.settings import Settings

EXAMPLES = 30
_GAINED, _LOST = "gained", "lost"


def _value(text: str) -> object:
    """A value as TOML has it, or else the text itself."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text.strip()


def with_changes(settings: Settings, changes: Sequence[str]) -> Settings:
    """The settings with `heuristics.Python.longest_line=2000` and the like; raises SettingsError for what no rule decides by."""
    named = {change.partition(".")[0].partition("=")[0].strip() for change in changes}
    whole = {change.partition("=")[0].strip() for change in changes}
    undecided = sorted({name for name in named if name not in RULE_SETTINGS} | whole.intersection(MEASURED_SETTINGS))
    if undecided or not named:
        msg = (
            f"{', '.join(undecided) or 'nothing'} is no setting that a rule decides by;"
            f" give one below {', '.join(RULE_SETTINGS)}, for instance heuristics.Python.longest_line=2000"
        )
        raise SettingsError(msg)
    values = settings.model_dump()
    for change in changes:
        name, _, value = change.partition("=")
        *path, last = name.strip().split(".")
        place: Any = values
        try:
            for key in path:
                place = place.setdefault(key, {})
            place[last] = _value(value)
        except (TypeError, AttributeError) as error:
            msg = f"{change} cannot be set: {name} is no setting"
            raise SettingsError(msg) from error
    try:
        changed = Settings(**values)
    except (ValidationError, TypeError, AttributeError) as error:
        msg = f"{', '.join(changes)} cannot be set: {error}"
        raise SettingsError(msg) from error
    plain, restored = settings.model_dump(), changed.model_dump()
    if plain == restored:
        msg = f"{', '.join(changes)} changes nothing: the workspace has these values already"
        raise SettingsError(msg)
    return changed


@dataclass(frozen=True)
class Difference:
    """What a change does to the files of a workspace.

    counts: language, change (gained or lost), stage, reason, files; the reasons are those that hold a gained file back now,
    and those that would reject a lost one. examples: change, blob_id, language, path, reasons, up to EXAMPLES a change, drawn
    by blob id, which is a hash. files: gained and lost; copies: lost files that are the keepers of copies.
    """

    counts: pl.DataFrame
    examples: pl.DataFrame
    files: dict[str, int]
    copies: int


def _reasons(stages: Sequence[Stage], facts: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """Stage, reason and detail by blob id, one row a reason."""
    nothing = {name: schema.REJECTED_FILES[name] for name in ("blob_id", "stage", "reason", "detail")}
    return pl.concat(
        [pl.DataFrame(schema=nothing)]
        + [
            stage.decide(facts[stage.name])
            .explode("reasons", empty_as_null=True)
            .drop_nulls("reasons")
            .select("blob_id", stage=pl.lit(stage.name), reason="reasons", detail="detail")
            for stage in stages
        ]
    )


def _changes(graph: Graph, other: Settings) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    """Partition by partition: the reasons of files that are gained or lost; and places of those files."""
    store, settings = graph.workspace.store, graph.workspace.settings
    now, then = all_stages(settings), all_stages(other)
    step = graph.maker["curated_files"]
    for partition in graph.partitions(step):
        inputs = graph.ready(step, partition).inputs
        facts = {stage.name: inputs.frame(stage.name) for stage in now}
        before, after = _reasons(now, facts), _reasons(then, facts)
        rejected, refused = set(before["blob_id"]), set(after["blob_id"])
        ids = inputs.frame("held_out")["blob_id"]
        copies = copies_of(inputs, ids).select("blob_id", "cluster", "keeper")
        stays_out = set(copies.filter(~pl.col("keeper"))["blob_id"])
        gained, lost = rejected - refused - stays_out, refused - rejected - stays_out
        if not gained | lost:
            continue
        changed = pl.concat(
            [
                before.filter(pl.col("blob_id").is_in(sorted(gained))).with_columns(change=pl.lit(_GAINED)),
                after.filter(pl.col("blob_id").is_in(sorted(lost))).with_columns(change=pl.lit(_LOST)),
            ]
        )
        places = (
            pl.scan_parquet(store.paths("source_files", partition), glob=False, hive_partitioning=False)
            .filter(pl.col("blob_id").is_in(sorted(gained | lost)))
            .select(
                "blob_id",
                "language",
                path=pl.col("occurrences").list.first().struct.field("repo_name")
                + "/"
                + pl.col("occurrences").list.first().struct.field("path"),
                copies=pl.col("blob_id").is_in(copies.filter(~pl.col("keeper"))["cluster"].unique().implode()),
            )
            .collect()
        )
        yield changed, places


def difference(graph: Graph, other: Settings) -> Difference:
    """Compare what the workspace keeps with what it would keep under other settings."""
    changed, places = [], []
    for rows, files in _changes(graph, other):
        changed.append(rows.join(files, on="blob_id"))
        places.append(files)
    if not changed:
        empty = pl.DataFrame()
        return Difference(empty, empty, {_GAINED: 0, _LOST: 0}, 0)
    rows = pl.concat(changed)
    counts = rows.group_by("language", "change", "stage", "reason").agg(files=pl.col("blob_id").n_unique())
    by_file = rows.group_by("change", "blob_id", "language", "path", "copies").agg(
        reasons=pl.format(
            "{}: {}{}",
            "stage",
            "reason",
            pl.when(pl.col("detail") != "").then(pl.format(" ({})", "detail")).otherwise(pl.lit("")),
        ).sort()
    )
    examples = by_file.sort("change", "blob_id").group_by("change", maintain_order=True).head(EXAMPLES)
    totals = dict(by_file.group_by("change").len().iter_rows())
    return Difference(
        counts.sort("language", "change", "files", "stage", "reason", descending=[False, False, True, False, False]),
        examples.drop("copies"),
        {_GAINED: totals.get(_GAINED, 0), _LOST: totals.get(_LOST, 0)},
        int(by_file.filter(pl.col("change") == _LOST)["copies"].sum()),
    )


def lines(graph: Graph, changes: Sequence[str]) -> Iterator[str]:
    """The difference as a person reads it."""
    found = difference(graph, with_changes(graph.workspace.settings, changes))
    yield f"{found.files[_GAINED]:,} files would be gained and {found.files[_LOST]:,} lost by {', '.join(changes)}"
    for language, change, stage, reason, files in found.counts.iter_rows():
        yield f"  {files:>9,}  {change:<6}  {language:<10}  {stage}: {reason}"
    if found.copies:
        yield f"  {found.copies:,} of the lost files are kept for copies of theirs; the next run keeps the best copy instead"
    for change in (_GAINED, _LOST):
        rows = found.examples.filter(pl.col("change") == change) if found.examples.height else found.examples
        if rows.height:
            yield f"{change}, {rows.height} of {found.files[change]:,}:"
            for row in rows.iter_rows(named=True):
                yield f"  {row['blob_id']}  {row['language']:<10}  {row['path']}  {'; '.join(row['reasons'])}"
