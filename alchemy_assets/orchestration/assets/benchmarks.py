"""Steps that make benchmarks out of held-out files."""

from collections.abc import Mapping

from alchemy_assets.benchmarks import trace_eval
from alchemy_assets.orchestration.assets.strategies import sample_tables, samples_made
from alchemy_assets.orchestration.steps import Grain, Inputs, Made, Step


def _trace_items(inputs: Inputs) -> Mapping[str, Made]:
    traces = inputs.frame("traces")
    items, rejected = trace_eval.items(traces, inputs.workspace.settings.held_out)
    return samples_made(trace_eval.STRATEGY, items, rejected, int(traces["held_out"].sum()), {})


def steps() -> tuple[Step, ...]:
    """The benchmarks that need no model."""
    return (
        Step(
            name="trace_eval",
            wave="sample",
            group="benchmarks",
            grain=Grain.FILES,
            tables=sample_tables(trace_eval.STRATEGY, "TraceEval: the recorded traces of held-out programs."),
            compute=_trace_items,
            code=("alchemy_assets.benchmarks.trace_eval",),
            inputs=("traces",),
            uses=lambda used: used.held_out,
            kinds=frozenset({"polars", "parquet", "greatexpectations"}),
        ),
    )
