"""Judge files by what they hold of items that must not be trained on: benchmarks' items and held-out files.

Belongs here: how much is too much, and what is said of it. Does not: finding matches (`matches`), the index (`index`).
A held-out file is looked at like any other, but no rule holds for it: it is not trained on.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from types import MappingProxyType

import polars as pl

from alchemy_assets.curation.decontamination.fingerprints import HELD_OUT
from alchemy_assets.curation.decontamination.matches import MATCH, matches
from alchemy_assets.curation.decontamination.structure import WINDOW
from alchemy_assets.curation.stage import Rule, Stage
from alchemy_assets.errors import AlchemyError
from alchemy_assets.settings import Decontamination

NAME = "decontamination"
COLUMNS: Mapping[str, pl.DataType] = MappingProxyType({"held_out": pl.Boolean(), "matches": pl.List(MATCH)})
DERIVED: Mapping[str, pl.DataType] = MappingProxyType(
    {"copied": pl.Boolean(), "overlapping": pl.Boolean(), "alike": pl.Boolean()}
)
# Items named in a detail; all are in the signals.
_NAMED = 3

RULES = (
    Rule("it holds a benchmark's prompt, solution or tests", pl.col("copied") & ~pl.col("held_out")),
    Rule("it shares most n-grams of a benchmark item or held-out file", pl.col("overlapping") & ~pl.col("held_out")),
    Rule("it has the structure of a benchmark item or held-out file", pl.col("alike") & ~pl.col("held_out")),
)


class IndexNeededError(AlchemyError, RuntimeError):
    """Decontamination was asked to measure without its index."""


def stage(policy: Decontamination) -> Stage:
    """The stage as far as it decides over stored facts; they are made by `facts`, which needs the index too."""
    return Stage(NAME, COLUMNS, _no_index, RULES, DERIVED, partial(_derive, policy=policy))


def facts(files: pl.DataFrame, held_out: pl.DataFrame, index: pl.DataFrame) -> pl.DataFrame:
    """The table `decontamination`: what each file of `source_files` holds of the index, `schema.facts(COLUMNS)`.

    held_out: columns blob_id, held_out, for all files. index: the table `contamination_index`.
    """
    return replace(stage(Decontamination()), measure=partial(_measure, held_out=held_out, index=index)).facts(files)


def _no_index(files: pl.DataFrame) -> pl.DataFrame:
    msg = f"{files.height} files cannot be compared without an index: use decontamination.judgement.facts"
    raise IndexNeededError(msg)


def _measure(files: pl.DataFrame, held_out: pl.DataFrame, index: pl.DataFrame) -> pl.DataFrame:
    found = matches(files.select("language", "text", text_id="blob_id"), index)
    listed = found.group_by("text_id", maintain_order=True).agg(matches="match")
    exempt = held_out.select("blob_id", "held_out")
    return (
        files.join(exempt, on="blob_id", how="left")
        .join(listed.rename({"text_id": "blob_id"}), on="blob_id", how="left")
        .with_columns(pl.col("matches").fill_null(pl.lit([], dtype=pl.List(MATCH))))
    )


def judged(found: pl.DataFrame, policy: Decontamination) -> pl.DataFrame:
    """Matches (one a row, columns of `MATCH`) with which check each fails: `copied`, `overlapping`, `alike`.

    A part that is too short for a check, or has too little that is not common, does not fail it.
    """
    held_out = pl.col("kind") == HELD_OUT
    least = pl.when(held_out).then(policy.least_held_out_tokens).otherwise(policy.least_tokens)
    long_enough = pl.col("tokens") >= least
    run = pl.min_horizontal("tokens", pl.lit(policy.longest_run))
    return found.with_columns(
        copied=~held_out & long_enough & (pl.col("longest") >= run),
        overlapping=long_enough
        & (pl.col("grams") >= policy.least_tokens - policy.n)
        & (pl.col("gram_share") >= policy.gram_share),
        alike=(pl.col("leaves") >= least)
        & (pl.col("windows") >= least - WINDOW)
        & (pl.col("structure_share") >= policy.structure_share),
    )


def sentence() -> pl.Expr:
    """What is said of a judged match: the item, and what it shares most of."""
    part = pl.when(pl.col("kind") == HELD_OUT).then(pl.lit("")).otherwise(pl.lit(" of its ") + pl.col("part"))
    grams = pl.format("{}-gram share {}{}", "n", pl.col("gram_share").round(2), part)
    alike = pl.format("structural share {}{}", pl.col("structure_share").round(2), part)
    copied = pl.format("{} tokens in a row{}", "longest", part)
    return pl.format("{}: {}", "item", pl.when("overlapping").then(grams).when("alike").then(alike).otherwise(copied))


def _derive(facts: pl.DataFrame, policy: Decontamination) -> pl.DataFrame:
    found = facts.select("blob_id", match="matches").explode("match", empty_as_null=False).unnest("match")
    failed = judged(found, policy).filter(pl.any_horizontal(list(DERIVED))).with_columns(n=pl.lit(policy.n))
    strength = pl.max_horizontal("gram_share", "structure_share")
    said = (
        failed.sort("blob_id", strength, "item", "part", descending=[False, True, False, False])
        .group_by("blob_id", maintain_order=True)
        .agg(
            *(pl.col(name).any() for name in DERIVED),
            detail=sentence().head(_NAMED).str.join("; "),
        )
    )
    return (
        facts.drop("detail")
        .join(said, on="blob_id", how="left")
        .with_columns(pl.col("detail").fill_null(""), *(pl.col(name).fill_null(value=False) for name in DERIVED))
    )
