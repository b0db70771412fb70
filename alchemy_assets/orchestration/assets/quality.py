"""Steps that measure: one table of metrics a SQL model in `dbt_like_sql/`."""

from collections.abc import Callable, Mapping

from alchemy_assets.curation.stages import all_stages
from alchemy_assets.orchestration import checks
from alchemy_assets.orchestration.assets.strategies import NAMES
from alchemy_assets.orchestration.steps import Grain, Inputs, Made, Step, Table
from alchemy_assets.orchestration.workspace import Workspace
from alchemy_assets.quality import sql_models
from alchemy_assets.settings import Settings

DESCRIPTIONS = {
    "funnel": "How many files each stage rejected, for which reason, by language.",
    "license_counts": "Under which licences files are, and what the policy makes of it, by language.",
    "duplicate_counts": "How much of a language repeats itself: exact duplicates, clusters, copies.",
    "edit_counts": "What was redacted or neutralised in curated files, by language and kind.",
    "sample_counts": "Samples and tokens by strategy, kind and language.",
    "trace_yield": "How many files became traces, and why the others did not, by language.",
    "trace_funnel": "How far files came on the way to a trace, step by step, by language.",
}
NEEDED_STAGE = {"license_counts": "licenses", "duplicate_counts": "near_duplicates"}
CHECKS = {"funnel": (checks.CONSERVED,)}


def _run(model: str, stages: tuple[str, ...]) -> Callable[[Inputs], Mapping[str, Made]]:
    def compute(inputs: Inputs) -> Mapping[str, Made]:
        rows = sql_models.run(
            model, {table: inputs.paths(table) for table in inputs.sources}, stages=stages if model == "funnel" else ()
        )
        notes = {checks.PARTIAL: ", ".join(inputs.missing)} if inputs.missing else {}
        return {model: Made([("", rows)], {"kept": rows.height}, notes)}

    return compute


def _text_of(model: str) -> Callable[[Workspace, str], str]:
    return lambda _, __: sql_models.source(model)


def steps(settings: Settings) -> tuple[Step, ...]:
    """One step a SQL model."""
    if not settings.has_corpus:
        return ()
    stages = tuple(stage.name for stage in all_stages(settings))
    samples = tuple(name for strategy in NAMES for name in (strategy, f"{strategy}_rejected"))
    inputs = {
        "funnel": ("rejected_inputs", "source_files", "rejected_files", "curated_files"),
        "license_counts": ("licenses", "rejected_files", "curated_files"),
        "duplicate_counts": ("source_files", "near_duplicates"),
        "edit_counts": ("curated_files",),
        "sample_counts": ("curated_files", *samples),
        "trace_yield": ("trace_outcomes",),
        "trace_funnel": ("trace_outcomes",),
    }
    return tuple(
        Step(
            name=model,
            wave="publish",
            group="quality",
            grain=Grain.WHOLE,
            tables=(
                Table(
                    model,
                    sql_models.METRICS[model],
                    DESCRIPTIONS[model],
                    CHECKS.get(model, ()),
                    tuple(sql_models.METRICS[model]),
                ),
            ),
            compute=_run(model, stages),
            code=("alchemy_assets.quality.sql_models",),
            inputs=inputs[model],
            kinds=frozenset({"duckdb", "sql", "parquet"}),
            outside=_text_of(model),
        )
        for model in DESCRIPTIONS
        if model not in NEEDED_STAGE or settings.runs(NEEDED_STAGE[model])
    )
