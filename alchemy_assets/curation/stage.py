"""What a curation stage is: facts measured of files, rules over the facts, and a verdict for every file.

Belongs here: what is the same for all stages. Does not: any rule. Measuring reads the text and its result is kept as a
table; deciding reads that table alone, so that a changed threshold or policy reads no text again. A stage judges, it does
not rewrite: edits are recorded as spans, and `apply` alone carries them out.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import polars as pl

from alchemy_assets import schema


@dataclass(frozen=True)
class Rule:
    """A reason to reject, and the expression over the signals (and `language`) that says when it holds.

    Where the expression is null the rule cannot be evaluated, and the file is rejected for that.
    """

    reason: str
    holds: pl.Expr

    @property
    def undecided(self) -> str:
        """The reason given where the rule cannot be evaluated."""
        return f"cannot tell whether {self.reason}"


Measure = Callable[[pl.DataFrame], pl.DataFrame]


@dataclass(frozen=True)
class Stage:
    """One stage of curation.

    name: also the name of its table of facts.
    columns: names and types of the signals that `measure` adds to a frame of `source_files`; it may also add `detail`
    (text) and `edits`.
    derived: names and types of the signals that `derive` adds to the facts when the stage decides: what a policy makes of
    them.
    rules: looked at in order; every one that holds is a reason.
    """

    name: str
    columns: schema.Columns
    measure: Measure
    rules: tuple[Rule, ...] = field(default=())
    derived: schema.Columns = field(default_factory=dict)
    derive: Measure = field(default=lambda facts: facts)

    @property
    def signals(self) -> schema.Columns:
        """All signals of a verdict: measured and derived."""
        return {**self.columns, **self.derived}

    @property
    def reasons(self) -> tuple[str, ...]:
        """The closed set of reasons that this stage can give."""
        return tuple(reason for rule in self.rules for reason in (rule.reason, rule.undecided))

    def facts(self, files: pl.DataFrame) -> pl.DataFrame:
        """The table of this stage: what it measured of each file of `source_files`, ordered by blob id."""
        measured = self.measure(files)
        if "detail" not in measured.columns:
            measured = measured.with_columns(detail=pl.lit("", dtype=pl.String))
        if "edits" not in measured.columns:
            measured = measured.with_columns(edits=pl.lit([], dtype=pl.List(schema.EDIT)))
        signals = pl.struct(pl.col(name).cast(kind) for name, kind in self.columns.items())
        return schema.validate(
            measured.select("blob_id", "language", "detail", signals.alias("signals"), "edits").sort("blob_id"),
            schema.facts(self.columns),
            self.name,
        )

    def decide(self, facts: pl.DataFrame) -> pl.DataFrame:
        """One verdict a row of facts (`schema.verdicts` of all signals), ordered by blob id. No text is needed."""
        known = self.derive(facts.unnest("signals"))
        reasons = [
            pl.when(rule.holds.is_null())
            .then(pl.lit(rule.undecided))
            .when(rule.holds)
            .then(pl.lit(rule.reason))
            .otherwise(pl.lit(None, dtype=pl.String))
            for rule in self.rules
        ]
        listed = pl.concat_list(reasons).list.drop_nulls() if reasons else pl.lit([], dtype=pl.List(pl.String))
        signals = pl.struct(pl.col(name).cast(kind) for name, kind in self.signals.items())
        return schema.validate(
            known.with_columns(reasons=listed)
            .select(
                "blob_id",
                (pl.col("reasons").list.len() == 0).alias("kept"),
                "reasons",
                "detail",
                signals.alias("signals"),
                "edits",
            )
            .sort("blob_id"),
            schema.verdicts(self.signals),
            self.name,
        )

    def judge(self, files: pl.DataFrame) -> pl.DataFrame:
        """The verdicts on files of `source_files`, ordered by blob id: measure and decide at once."""
        return self.decide(self.facts(files))


def measured_by(signals: Mapping[str, pl.Expr]) -> Measure:
    """A measure made of Polars expressions over the columns of `source_files`."""
    return lambda files: files.with_columns(**signals)
