"""Score each file from 0 to 1 by how much a model could learn from it.

Belongs here: what a scorer is, the one that asks no model, and the stage that keeps the score. Does not: what the score is
used for (the order in which near-duplicates are kept). It rejects nothing unless the settings give `least_quality`.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import ClassVar, Protocol

import numpy as np
import polars as pl

from alchemy_assets.curation.file_shape.lines import line_signals
from alchemy_assets.curation.file_shape.marks import mark_generated
from alchemy_assets.curation.file_shape.measuring import measured
from alchemy_assets.curation.file_shape.tables import Tables
from alchemy_assets.curation.file_shape.texts import Shares, shares
from alchemy_assets.curation.file_shape.words import repeated_lines
from alchemy_assets.curation.stage import Rule, Stage
from alchemy_assets.curation.thresholds import NO_OVERRIDES, Overrides, limits, table

NAME = "quality"
COLUMNS: Mapping[str, pl.DataType] = MappingProxyType({"quality_score": pl.Float64(), "scored_by": pl.String()})


class Scorer(Protocol):
    """Scores files; the same version gives a file the same score, whatever files stand beside it."""

    @property
    def version(self) -> str:
        """The name of what scores, with its version."""
        ...

    def score(self, files: pl.DataFrame) -> pl.Series:
        """One number from 0 to 1 for each row of `source_files`, in their order."""
        ...


class ShapeScorer:
    """Scores by the shape of a file alone: documentation, length, names, lines, repetition, strings and functions.

    Every part is a number from 0 to 1, by a curve through the points below; the score is their weighted mean, and 0 for code
    that says that it is generated (a document may quote such a sentence). The curves are ours, by eye: flat over what good
    files have, falling on both sides.
    """

    version = "shape-1"

    # Part: weight, and the points of its curve (value of the signal, value of the part).
    CURVES: ClassVar[Mapping[str, tuple[float, Sequence[tuple[float, float]]]]] = MappingProxyType(
        {
            "comment_share": (3, ((0, 0.2), (0.05, 0.8), (0.12, 1), (0.5, 1), (0.8, 0.3), (1, 0))),
            "filled_lines": (2, ((0, 0), (10, 0.3), (40, 1), (800, 1), (4_000, 0.4), (20_000, 0))),
            "mean_word": (2, ((1, 0), (3, 0.3), (4.5, 1), (9, 1), (16, 0.3), (30, 0))),
            "mean_line": (1, ((5, 0), (18, 1), (50, 1), (100, 0))),
            "longest_line": (1, ((100, 1), (200, 0.6), (1_000, 0))),
            "repeated_lines": (3, ((0, 1), (0.25, 0.9), (0.6, 0.3), (1, 0))),
            "string_share": (1, ((0, 1), (0.3, 1), (0.85, 0))),
            "stub_share": (1, ((0, 1), (0.3, 0.8), (1, 0))),
            "functions_per_line": (2, ((0, 0.3), (0.015, 1), (0.15, 1), (0.5, 0.3))),
        }
    )

    def score(self, files: pl.DataFrame) -> pl.Series:
        """The score of each row of `source_files`."""
        return measured(files, self._scores, {"quality_score": pl.Float64()})["quality_score"]

    def _scores(self, tables: Tables, language: str) -> Mapping[str, Shares]:
        texts, lines, words = tables
        signals = dict(line_signals(lines, language))
        signals["mean_word"] = shares(words.sizes, np.diff(words.bounds))
        signals["repeated_lines"] = repeated_lines(lines)
        signals["functions_per_line"] = shares(
            signals["functions"].astype(np.int64), signals["filled_lines"].astype(np.int64)
        )
        total = np.zeros(texts.count)
        for name, (weight, points) in self.CURVES.items():
            places, values = zip(*points, strict=True)
            total += weight * np.interp(signals[name], places, values)
        total /= sum(weight for weight, _ in self.CURVES.values())
        generated = (mark_generated(lines, words) == 1) & (language != "Markdown")
        return {"quality_score": np.where(generated, 0.0, total.round(6))}


def stage(overrides: Overrides = NO_OVERRIDES, scorer: Scorer | None = None) -> Stage:
    """The stage `quality` with a scorer (by default the one that asks no model), under the settings' `heuristics`.

    Raises SettingsError for a language or a threshold that is not known.
    """
    judge = scorer or ShapeScorer()
    limit = limits(overrides)
    wanted = any(thresholds.least_quality > 0 for thresholds in table(overrides).values())
    low = Rule("its quality score is too low", pl.col("quality_score") < limit("least_quality"))

    def measure(files: pl.DataFrame) -> pl.DataFrame:
        return files.with_columns(quality_score=judge.score(files), scored_by=pl.lit(judge.version))

    return Stage(NAME, COLUMNS, measure, (low,) if wanted else ())
