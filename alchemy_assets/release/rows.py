"""From samples to the rows of a config: `text` rendered from the messages, and what else a row of the release carries.

Belongs here: what stands in a row. Does not: which file a row goes to, and in what order (`release.dataset`).
"""

import polars as pl

from alchemy_assets import schema, syntax_tree
from alchemy_assets.errors import SchemaError
from alchemy_assets.release import source_free
from alchemy_assets.release.configs import PLACEHOLDER, Config

_SPEAKERS = {"user": "User", "assistant": "Assistant"}
_ROLE = pl.element().struct.field("role")
_TURN = pl.concat_str(_ROLE.replace(_SPEAKERS), pl.lit(":\n"), pl.element().struct.field("content"))
_CANNOT_BE_SAID = ~_ROLE.is_in(list(_SPEAKERS)).fill_null(value=False) | pl.element().struct.field("content").is_null()

HAS_REASONING = pl.col("reasoning").fill_null("").str.strip_chars() != ""


def text() -> pl.Expr:
    r"""The text to train on, of a frame of `samples`: `User:\n<prompt>\n\nAssistant:\n<response>`, for all turns.

    Where there is reasoning, `<think>\n...\n</think>` and a blank line stand before the last response.
    """
    turns = pl.col("messages").list.eval(_TURN)
    reasoned = pl.concat_str(
        turns.list.head(turns.list.len() - 1).list.join("\n\n"),
        pl.lit("\n\nAssistant:\n<think>\n"),
        pl.col("reasoning").str.strip_chars(),
        pl.lit("\n</think>\n\n"),
        pl.col("messages").list.last().struct.field("content"),
    )
    return pl.when(HAS_REASONING).then(reasoned).otherwise(turns.list.join("\n\n"))


def text_bytes() -> pl.Expr:
    """About how many bytes the texts of a frame of `samples` have together."""
    contents = pl.col("messages").list.eval(pl.element().struct.field("content").str.len_bytes()).list.sum()
    return contents.sum() + pl.col("reasoning").str.len_bytes().sum()


def render(samples: pl.DataFrame, config: Config, seeds: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """The rows of a config, and how many samples were withheld because their seed file is not at hand or not certain.

    samples: table `samples`.
    seeds: `blob_id, text, edits` of `curated_files`; needed by code-enhance and by source-free configs.
    Raises SchemaError where a sample has no messages, or one by nobody known.
    """
    dumb = samples.filter(
        pl.col("messages").list.eval(_CANNOT_BE_SAID).list.any() | (pl.col("messages").list.len().fill_null(0) == 0)
    )
    if dumb.height:
        msg = (
            f"{config.name}: the messages of sample {dumb['sample_id'][0]} cannot be written as turns of a conversation"
        )
        raise SchemaError(msg)
    rows = samples.with_columns(text().alias("text"), HAS_REASONING.alias("has_reasoning"))
    rows = rows.with_columns(pl.col("text").str.len_chars().cast(pl.Int64).alias("len_text"))
    if config.is_source_free:
        rows = source_free.take_out_seeds(rows, seeds, PLACEHOLDER).drop_nulls("text_with_placeholders")
    if "raw" in config.schema:
        rows = _with_raw(rows, seeds)
    withheld = samples.height - rows.height
    return schema.validate(rows.select(list(config.schema)), config.schema, config.name), withheld


def _with_raw(rows: pl.DataFrame, seeds: pl.DataFrame) -> pl.DataFrame:
    joined = rows.join(
        seeds.select("blob_id", pl.col("text").alias("raw")), on="blob_id", how="inner", maintain_order="left"
    )
    broken = [
        bool(syntax_tree.errors(syntax_tree.parse(language, raw.encode())))
        for language, raw in joined.select("language", "raw").iter_rows()
    ]
    return joined.with_columns(
        pl.col("occurrences").list.first().struct.field("corpus").alias("corpus"),
        pl.Series("raw_has_syntax_error_tree_sitter", broken, dtype=pl.Boolean),
        pl.col("evidence").struct.field("quality_before").alias("raw_quality_score"),
    )
