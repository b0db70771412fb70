"""The configs of the released dataset: their splits, their columns, and what each column means.

Belongs here: names, types and meanings, as the dataset card prints them. Does not: how a row is made (`release.rows`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import polars as pl

from alchemy_assets import schema

# Stands where the seed file's text, stripped of surrounding white space, stood.
PLACEHOLDER = "{{{REPLACE_WITH_BLOB_ID_SOURCE}}}"
SOURCE_FREE = frozenset({"code-dev", "code-dialogue"})


@dataclass(frozen=True)
class Column:
    """One column: its name, its type, and its meaning in one line."""

    name: str
    kind: pl.DataType
    meaning: str


@dataclass(frozen=True)
class Config:
    """One config: a folder of the release with one split."""

    name: str
    split: str
    about: str
    columns: tuple[Column, ...]

    @property
    def schema(self) -> schema.Columns:
        """Names and types of its columns."""
        return {column.name: column.kind for column in self.columns}

    @property
    def is_source_free(self) -> bool:
        """Whether its rows leave the seed file out."""
        return any(column.name == _WITH_PLACEHOLDERS.name for column in self.columns)


_TEXT = Column(
    "text", pl.String(), "What to train on: the turns, each begun by `User:` or `Assistant:` on a line of its own."
)
_WITH_PLACEHOLDERS = Column(
    "text_with_placeholders",
    pl.String(),
    f"`text` with `{PLACEHOLDER}` where the seed file stood; `alchemy hydrate` fills it in.",
)
_BLOB_ID = Column("blob_id", pl.String(), "SHA-1 of the raw bytes of the seed file.")
_LANGUAGE = Column("language", pl.String(), "Language of the seed file.")
_HEAD = (
    Column("sample_id", pl.String(), "SHA-256 over kind, blob id and messages."),
    _BLOB_ID,
    _LANGUAGE,
    Column("kind", pl.String(), "Kind of sample."),
)
_TAIL = (
    Column("len_text", pl.Int64(), "Characters of `text`; a quarter of it estimates tokens."),
    Column("has_reasoning", pl.Boolean(), "Whether `<think>` … `</think>` stands before the last response."),
    Column("license", pl.String(), "SPDX expression of the seed file's licence; empty where it is unknown."),
    Column(
        "occurrences",
        pl.List(schema.OCCURRENCE),
        "Attribution: every corpus, repository and path that the seed file was found under.",
    ),
    Column("near_duplicate_cluster", pl.String(), "Cluster of near duplicates of the seed file."),
    Column("source_sha256", pl.String(), "SHA-256 of the part of the seed file that the sample was made from."),
    Column("source_edits", pl.List(schema.EDIT), "Edits that lead from the raw file to that part, as byte spans."),
    Column("verified", schema.VERIFIED, "Facts that were proved (true), refuted (false) or not tried (null)."),
    Column(
        "evidence",
        schema.EVIDENCE,
        "Toolchain, runs and detail behind them; quality that a model gave file and answer.",
    ),
    Column("difficulty", schema.DIFFICULTY, "Measures of how hard the answer is, where its kind has them."),
    Column("engine", pl.String(), "What wrote the answer; `none` where it comes out of the program itself."),
    Column("model", pl.String(), "Language model that wrote the answer, if one did."),
    Column("model_license", pl.String(), "Licence of that model."),
    Column("prompt_id", pl.String(), "Phrasing or prompt template that was used."),
    Column("prompt_tokens", pl.Int64(), "Estimated tokens of what the user says."),
    Column("answer_tokens", pl.Int64(), "Estimated tokens of what the assistant says."),
)
_COLUMNS = (*_HEAD, _TEXT, *_TAIL)
_ENHANCE = (
    _BLOB_ID,
    _LANGUAGE,
    Column("corpus", pl.String(), "Corpus in which the seed file was found first."),
    Column("raw", pl.String(), "Text of the seed file, with its recorded edits (no secret comes back)."),
    Column("raw_has_syntax_error_tree_sitter", pl.Boolean(), "Whether its syntax tree has an error."),
    Column("raw_quality_score", pl.Float64(), "Quality that a model gave it, where one was asked."),
    *(column for column in _COLUMNS if column not in {_BLOB_ID, _LANGUAGE}),
)

CONFIGS: Mapping[str, Config] = {
    config.name: config
    for config in (
        Config("code-enhance", "train", "Files, and what they are like rewritten with care.", _ENHANCE),
        Config("code-qa", "train", "Questions about code, and their answers.", _COLUMNS),
        Config("code-dev", "train", "Tasks of a developer over a file, and their solutions.", _COLUMNS),
        Config("code-dialogue", "train", "Conversations of several turns about a file.", _COLUMNS),
        Config(
            "code-trace",
            "train",
            "Recorded programs: their traces, next events, branches and outputs, and walks through their tests in words.",
            _COLUMNS,
        ),
        Config("dev-eval", "test", "Tasks of a developer over held-out files.", _COLUMNS),
        Config("trace-eval", "test", "Traces of held-out programs.", _COLUMNS),
    )
}


def config_named(name: str, *, source_free: bool = False) -> Config:
    """A config as it is released: `code-dev` and `code-dialogue` may leave the seed file out."""
    config = CONFIGS[name]
    if not source_free or name not in SOURCE_FREE:
        return config
    return replace(
        config, columns=tuple(_WITH_PLACEHOLDERS if column == _TEXT else column for column in config.columns)
    )
