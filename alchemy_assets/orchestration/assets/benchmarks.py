"""Steps that make benchmarks out of held-out files."""

from collections.abc import Mapping

from alchemy_assets import schema
from alchemy_assets.benchmarks import trace_eval
from alchemy_assets.orchestration import checks
from alchemy_assets.orchestration.assets.strategies import PREVIEW
from alchemy_assets.orchestration.steps import Grain, Inputs, Made, Step, Table


def _trace_items(inputs: Inputs) -> Mapping[str, Made]:
    items = trace_eval.items(inputs.frame("traces"))
    return {"trace_eval": Made([("", items)], {"rows_in": items.height, "kept": items.height, "rejected": 0})}


def steps() -> tuple[Step, ...]:
    """The benchmarks that need no model."""
    return (
        Step(
            name="trace_eval",
            wave="sample",
            group="benchmarks",
            grain=Grain.FILES,
            tables=(
                Table(
                    "trace_eval",
                    schema.SAMPLES,
                    "TraceEval: the recorded traces of held-out programs.",
                    (checks.in_order("samples"), checks.expected("samples")),
                    PREVIEW,
                ),
            ),
            compute=_trace_items,
            code=("alchemy_assets.benchmarks.trace_eval",),
            inputs=("traces",),
            kinds=frozenset({"polars", "parquet", "greatexpectations"}),
        ),
    )
