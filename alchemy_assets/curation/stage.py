"""What a curation stage is: signals of files, rules over the signals, and a verdict for every file.

Belongs here: what is the same for all stages. Does not: any rule. A stage judges, it does not rewrite:
edits are recorded as spans, and `apply` alone carries them out.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import polars as pl

from alchemy_assets import schema


@dataclass(frozen=True)
class Rule:
    """A reason to reject, and the expression over the signals that says when it holds.

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

    name: also the name of its table of verdicts.
    columns: names and types of its signals.
    measure: adds the signals to a frame of `source_files`; it may also add `detail` (text) and `edits`.
    rules: looked at in order; every one that holds is a reason.
    """

    name: str
    columns: Mapping[str, pl.DataType]
    measure: Measure
    rules: tuple[Rule, ...] = field(default=())

    @property
    def reasons(self) -> tuple[str, ...]:
        """The closed set of reasons that this stage can give."""
        return tuple(reason for rule in self.rules for reason in (rule.reason, rule.undecided))

    def judge(self, files: pl.DataFrame) -> pl.DataFrame:
        """One verdict a file of `source_files`, in the table `verdicts` of this stage, ordered by blob id."""
        measured = self.measure(files)
        if "detail" not in measured.columns:
            measured = measured.with_columns(detail=pl.lit("", dtype=pl.String))
        if "edits" not in measured.columns:
            measured = measured.with_columns(edits=pl.lit([], dtype=pl.List(schema.EDIT)))
        reasons = [
            pl.when(rule.holds.is_null())
            .then(pl.lit(rule.undecided))
            .when(rule.holds)
            .then(pl.lit(rule.reason))
            .otherwise(pl.lit(None, dtype=pl.String))
            for rule in self.rules
        ]
        listed = pl.concat_list(reasons).list.drop_nulls() if reasons else pl.lit([], dtype=pl.List(pl.String))
        signals = pl.struct(pl.col(name).cast(kind) for name, kind in self.columns.items())
        return schema.validate(
            measured.with_columns(reasons=listed)
            .select(
                "blob_id",
                (pl.col("reasons").list.len() == 0).alias("kept"),
                "reasons",
                "detail",
                signals.alias("signals"),
                "edits",
            )
            .sort("blob_id"),
            schema.verdicts(self.columns),
            self.name,
        )


def measured_by(signals: Mapping[str, pl.Expr]) -> Measure:
    """A measure made of Polars expressions over the columns of `source_files`."""
    return lambda files: files.with_columns(**signals)
