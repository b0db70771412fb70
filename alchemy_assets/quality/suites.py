"""The suites: what must hold in `curated_files` and in `samples`.

Belongs here: the expectations, each a small column that Polars derives and how it is judged. Does not: judging
(`quality.expectations`).
"""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import polars as pl

from alchemy_assets.curation.control_marks import PREFILTER, marks
from alchemy_assets.languages import LANGUAGES
from alchemy_assets.quality.sql_models import STRATEGIES

SHA1 = "^[0-9a-f]{40}$"
SHA256 = "^[0-9a-f]{64}$"
KIND = "^[a-z][a-z0-9_]*$"
# Characters. Four times what a context of 65,536 tokens holds: longer is a mistake, not a long sample.
LONGEST_CONVERSATION = 4 * 65_536
# The frame of CodeTrace's own turns, which are control text anywhere else.
TRACE_FRAME = ("===STDERR:", "---- FILENAME:")
TRACED = ("code_trace", "trace_eval")
BENCHMARKS = ("trace_eval", "dev_eval")
LARGEST_INTEGER = 2**62

_FLAGS = ("parsed", "compiled", "executed", "behaves_as_source", "observed", "answer_is_source")


@dataclass(frozen=True)
class Expectation:
    """One expectation: a column that Polars derives, and the class of Great Expectations that judges it.

    holds: name of the class; it leaves nulls out, so a derived column has none.
    """

    name: str
    description: str
    column: pl.Expr
    holds: str
    arguments: Mapping[str, object] = field(default_factory=dict)


_CONTENTS = pl.col("messages").list.eval(pl.element().struct.field("content"))


def _unique(column: str, description: str) -> Expectation:
    return Expectation(f"{column}_unique", description, pl.col(column).fill_null(""), "ExpectColumnValuesToBeUnique")


def _matches(name: str, description: str, column: pl.Expr, regex: str) -> Expectation:
    return Expectation(name, description, column.fill_null(""), "ExpectColumnValuesToMatchRegex", {"regex": regex})


def _one_of(name: str, description: str, column: pl.Expr, values: Collection[str]) -> Expectation:
    return Expectation(
        name, description, column.fill_null(""), "ExpectColumnValuesToBeInSet", {"value_set": sorted(values)}
    )


def _between(name: str, description: str, column: pl.Expr, least: int, most: int = LARGEST_INTEGER) -> Expectation:
    arguments = {"min_value": least, "max_value": most}
    return Expectation(
        name, description, column.cast(pl.Int64).fill_null(-1), "ExpectColumnValuesToBeBetween", arguments
    )


def _true(name: str, description: str, column: pl.Expr) -> Expectation:
    return Expectation(
        name, description, column.fill_null(value=False), "ExpectColumnValuesToBeInSet", {"value_set": [True]}
    )


def _sha256(text: pl.Expr) -> pl.Expr:
    return text.map_batches(
        lambda texts: pl.Series(
            [None if one is None else hashlib.sha256(one.encode()).hexdigest() for one in texts], dtype=pl.String
        ),
        return_dtype=pl.String,
    )


def _no_control_text(samples: pl.Series) -> pl.Series:
    """Whether the messages of each sample are free of control text; rows are looked at only where there may be some."""
    frame = samples.struct.unnest()
    suspect = frame.select(_CONTENTS.list.eval(pl.element().str.contains(PREFILTER)).list.any()).to_series()
    free = [
        not (suspected and any(_is_control_text(message["content"] or "", strategy) for message in messages))
        for suspected, strategy, messages in zip(suspect, frame["strategy"], frame["messages"], strict=True)
    ]
    return pl.Series(free, dtype=pl.Boolean)


def _is_control_text(text: str, strategy: str | None) -> bool:
    framed = TRACE_FRAME if strategy in TRACED else ()
    return any(not text.startswith(framed, mark.start) for mark in marks(text))


_ROLES = pl.col("messages").list.eval(pl.element().struct.field("role")).list.join(" ")
_SPAN = pl.element().struct
_SPANS_HOLD = pl.col("edits").list.eval((_SPAN.field("start") >= 0) & (_SPAN.field("end") >= _SPAN.field("start")))

SUITES: Mapping[str, tuple[Expectation, ...]] = {
    "curated_files": (
        _unique("blob_id", "No blob stands in the table twice."),
        _matches("blob_id_is_sha1", "A blob id is a SHA-1 in lower-case hex.", pl.col("blob_id"), SHA1),
        _one_of("language_known", "The language is one of the fifteen.", pl.col("language"), LANGUAGES),
        _between(
            "text_not_blank",
            "A kept file holds more than white space.",
            pl.col("text").str.strip_chars().str.len_bytes(),
            1,
        ),
        _matches(
            "text_sha256_is_sha256", "The hash of a text is a SHA-256 in lower-case hex.", pl.col("text_sha256"), SHA256
        ),
        _true("text_sha256_holds", "The hash is the text's own.", _sha256(pl.col("text")) == pl.col("text_sha256")),
        _true(
            "license_given",
            "A licence stands there: an expression, or empty for unknown.",
            pl.col("license").is_not_null(),
        ),
        _between("occurrences_given", "A file occurs somewhere.", pl.col("occurrences").list.len(), 1),
        _true("edits_are_spans", "An edit starts at or before its end.", _SPANS_HOLD.list.all()),
        _matches(
            "cluster_given", "A file has its cluster of near duplicates.", pl.col("near_duplicate_cluster"), r"\S"
        ),
        _true("held_out_decided", "A file is held out or it is not.", pl.col("held_out").is_not_null()),
    ),
    "samples": (
        _unique("sample_id", "No sample stands in the table twice."),
        _matches("sample_id_is_sha256", "A sample id is a SHA-256 in lower-case hex.", pl.col("sample_id"), SHA256),
        _matches("blob_id_is_sha1", "A blob id is a SHA-1 in lower-case hex.", pl.col("blob_id"), SHA1),
        _one_of(
            "strategy_known",
            "The strategy is one of the five, or a benchmark.",
            pl.col("strategy"),
            (*STRATEGIES, *BENCHMARKS),
        ),
        _matches("kind_known", "The kind is one that the strategy has.", pl.col("kind"), KIND),
        _one_of("language_known", "The language is one of the fifteen.", pl.col("language"), LANGUAGES),
        _matches("user_first", "The user speaks first.", _ROLES, "^user(?: |$)"),
        _matches("assistant_last", "The assistant speaks last.", _ROLES, "(?:^| )assistant$"),
        _matches(
            "roles_alternate",
            "The two take turns.",
            _ROLES,
            "^(?:assistant(?: |$))?(?:user assistant(?: |$))*(?:user)?$",
        ),
        _between(
            "no_message_blank",
            "Nobody says nothing.",
            _CONTENTS.list.eval(pl.element().str.strip_chars().str.len_chars().fill_null(0)).list.min(),
            1,
        ),
        _between(
            "length_bounded",
            f"A conversation has at most {LONGEST_CONVERSATION:,} characters.",
            _CONTENTS.list.eval(pl.element().str.len_chars()).list.sum(),
            1,
            LONGEST_CONVERSATION,
        ),
        _true(
            "no_control_text",
            "Nothing in a message reads as another turn or as a token of a chat template.",
            pl.struct("strategy", "messages").map_batches(_no_control_text, return_dtype=pl.Boolean),
        ),
        _between("answer_has_tokens", "There is something to learn.", pl.col("answer_tokens"), 1),
        _between("prompt_has_tokens", "There is something to learn it from.", pl.col("prompt_tokens"), 1),
        _true(
            "license_given",
            "A licence stands there: an expression, or empty for unknown.",
            pl.col("license").is_not_null(),
        ),
        _between(
            "occurrences_given", "The file that it was made from occurs somewhere.", pl.col("occurrences").list.len(), 1
        ),
        _matches(
            "source_sha256_is_sha256", "The hash of what the model saw is a SHA-256.", pl.col("source_sha256"), SHA256
        ),
        _true(
            "something_proved",
            "At least one fact about it was proved.",
            pl.any_horizontal(
                *(pl.col("verified").struct.field(flag).fill_null(value=False) for flag in _FLAGS),
                pl.col("verified").struct.field("tests_passed").fill_null(0) > 0,
            ),
        ),
    ),
}
