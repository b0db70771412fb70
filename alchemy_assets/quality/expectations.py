"""Judge `curated_files` and `samples` before they are published, by Great Expectations.

Belongs here: running a suite. Does not: what the suites hold (`quality.suites`), rules for every table
(`quality.findings`), or what a failure means (`orchestration`). Great Expectations 1.x takes pandas, so each
expectation looks at one small column that Polars derives: text itself never crosses over.
"""

import logging
import os
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import polars as pl

from alchemy_assets import schema
from alchemy_assets.errors import SchemaError
from alchemy_assets.quality.findings import IDS_SHOWN, Finding, counted
from alchemy_assets.quality.suites import SUITES, Expectation

if TYPE_CHECKING:
    from great_expectations.core import ExpectationValidationResult

    _Outcomes: TypeAlias = dict[str, ExpectationValidationResult]

_IDS = {"curated_files": "blob_id", "samples": "sample_id"}
_COLUMNS: Mapping[str, schema.Columns] = {
    # Signals differ with the stages of a workspace; no expectation reads them.
    "curated_files": {name: kind for name, kind in schema.curated_files({}).items() if name != "signals"},
    "samples": schema.SAMPLES,
}
SCHEMA_NAME = "schema"
MESSAGE_CHARACTERS = 300


def names(table: str) -> tuple[str, ...]:
    """The names of the findings that `expect` gives for a table, in their order."""
    return (SCHEMA_NAME, *(expectation.name for expectation in SUITES[table]))


def expect(table: str, frame: pl.DataFrame, *, kinds: Collection[str] | None = None) -> list[Finding]:
    """Judge a partition of `curated_files` or `samples` (of any strategy): one finding an expectation.

    kinds: the kinds that the strategy has; left out, any well-formed name passes.
    Without rows, or without the table's columns, only the columns are judged and Great Expectations is never imported
    (that costs 3 CPU seconds and 240 MB).
    """
    suite = SUITES[table]
    if kinds is not None and table == "samples":
        suite = tuple(replace(one, **_set_of(kinds)) if one.name == "kind_known" else one for one in suite)
    found = _schema(table, frame)
    if not found.passed:
        return [found, *(_not_judged(one, "the columns are not the table's") for one in suite)]
    if frame.is_empty():
        return [found, *(counted(one.name, one.description, 0, 0, []) for one in suite)]
    return [found, *_judge(suite, frame, frame[_IDS[table]])]


def _set_of(kinds: Collection[str]) -> dict[str, Any]:
    return {"holds": "ExpectColumnValuesToBeInSet", "arguments": {"value_set": sorted(kinds)}}


def _schema(table: str, frame: pl.DataFrame) -> Finding:
    description = "The columns and their types are the table's."
    columns = _COLUMNS[table]
    try:
        schema.validate(frame if "signals" in columns else frame.drop("signals", strict=False), columns, table)
    except SchemaError as error:
        return Finding(SCHEMA_NAME, passed=False, description=description, detail=str(error), failed_rows=frame.height)
    return Finding(SCHEMA_NAME, passed=True, description=description, detail=f"{len(columns)} columns", failed_rows=0)


def _not_judged(expectation: Expectation, why: str) -> Finding:
    return Finding(
        expectation.name, passed=False, description=expectation.description, detail=f"not judged: {why}", failed_rows=0
    )


def _judge(suite: tuple[Expectation, ...], frame: pl.DataFrame, ids: pl.Series) -> list[Finding]:
    outcomes = _judge_with()(frame.select(one.column.alias(one.name) for one in suite), suite)
    return [_finding(one, outcomes[one.name], ids) for one in suite]


def _finding(expectation: Expectation, outcome: "ExpectationValidationResult", ids: pl.Series) -> Finding:
    failed = outcome.result.get("unexpected_index_list")
    if outcome.success:
        return counted(expectation.name, expectation.description, len(ids), 0, [])
    if not failed:  # it raised; what it says is about a derived column, never about a text
        return _not_judged(expectation, str(outcome.exception_info)[:MESSAGE_CHARACTERS])
    shown = [ids[index] for index in failed[:IDS_SHOWN]]
    return counted(expectation.name, expectation.description, len(ids), len(failed), shown)


@cache
def _judge_with() -> "Callable[[pl.DataFrame, tuple[Expectation, ...]], _Outcomes]":
    """Import Great Expectations and make its context, once a process."""
    # The settings of this project do not come from here: the library reads the variable when it is imported.
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    import great_expectations as gx  # noqa: PLC0415 -- slow and large, see `expect`
    from great_expectations import expectations  # noqa: PLC0415
    from great_expectations.data_context.types.base import ProgressBarsConfig  # noqa: PLC0415

    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_pandas("polars").add_dataframe_asset("partition")
    definition = asset.add_batch_definition_whole_dataframe("whole")

    def judge(derived: pl.DataFrame, suite: tuple[Expectation, ...]) -> "_Outcomes":
        batch = definition.get_batch(batch_parameters={"dataframe": derived.to_pandas()})

        def outcomes(of: Iterable[Expectation], result_format: Literal["BOOLEAN_ONLY", "COMPLETE"]) -> "_Outcomes":
            made = [getattr(expectations, one.holds)(column=one.name, **one.arguments) for one in of]
            validated = batch.validate(
                gx.ExpectationSuite(name="suite", expectations=made), result_format=result_format
            )
            return {_column(result): result for result in validated.results}

        # Which rows fail is asked only where some do: it takes as long again.
        held = outcomes(suite, "BOOLEAN_ONLY")
        failed = [one for one in suite if not held[one.name].success]
        return held | outcomes(failed, "COMPLETE") if failed else held

    return judge


def _column(result: "ExpectationValidationResult") -> str:
    return "" if result.expectation_config is None else str(result.expectation_config.kwargs["column"])
