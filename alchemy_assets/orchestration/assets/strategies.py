"""Steps that make samples: recorded programs, and the five strategies."""

from collections.abc import Callable, Mapping
from functools import partial

import polars as pl

from alchemy_assets import schema
from alchemy_assets.generation.completions import NO_ANSWERS
from alchemy_assets.orchestration import checks
from alchemy_assets.orchestration.assets.generation import COMPLETIONS, model_of, training_files
from alchemy_assets.orchestration.steps import Grain, Inputs, Made, Step, Table
from alchemy_assets.orchestration.workspace import SEPARATOR, Workspace
from alchemy_assets.settings import Settings
from alchemy_assets.strategies import code_enhance, code_trace
from alchemy_assets.strategies.generated.instrumenting import programs_of, recorded
from alchemy_assets.strategies.registry import STRATEGIES, Strategy, kinds_of, written_by
from alchemy_assets.strategies.screening import Screen
from alchemy_assets.strategies.strategy import CODE_TRACE, in_order_of_files, run
from alchemy_assets.tracing.given import hash_of, read_given
from alchemy_assets.tracing.instrument.registry import INSTRUMENTERS
from alchemy_assets.tracing.record import record

SAMPLE_CHECKS = (checks.ACCOUNTED, checks.in_order("samples"), checks.expected("samples"))
NAMES = (*STRATEGIES, CODE_TRACE)
INDEX = "contamination_index"
WRITTEN_TRACES = "written_traces"
# Which files are looked at, by which kinds, and with which answers.
GLUE = (
    "alchemy_assets.orchestration.assets.generation",
    "alchemy_assets.orchestration.model",
    "alchemy_assets.strategies.registry",
)
PREVIEW = ("sample_id", "kind", "license", "prompt_tokens", "answer_tokens", "verified")


def _toolchain(workspace: Workspace, partition: str) -> str:
    language = partition.split(SEPARATOR, maxsplit=1)[0]
    # Markdown is not run, and asking a toolchain for its version takes time.
    return workspace.toolchain(language) if language in INSTRUMENTERS else "none is needed"


def rejections(reasons: pl.Series) -> dict[str, int]:
    """The counts of a column of lists of reasons."""
    return {
        f"rejected: {reason}": count
        for reason, count in reasons.explode(empty_as_null=True).drop_nulls().value_counts().sort("reasons").iter_rows()
    }


def samples_made(
    name: str, samples: pl.DataFrame, rejected: pl.DataFrame, proposed: int, notes: Mapping[str, str]
) -> dict[str, Made]:
    """The two tables of a strategy out of what was accepted and what was not; `proposed` is counted where drafts come from."""
    counts = {
        "rows_in": proposed,
        "kept": samples.height,
        "rejected": rejected.height,
        **rejections(rejected["reasons"]),
    }
    return {
        name: Made([("", samples)], counts, notes),
        f"{name}_rejected": Made([("", rejected)], {"kept": rejected.height}),
    }


def _record(inputs: Inputs) -> Mapping[str, Made]:
    files = inputs.frame("curated_files")
    tracing = inputs.workspace.settings.tracing
    recorded = record(files, inputs.workspace.sandbox, tracing, read_given(tracing.instrumented))
    rejected = recorded.outcomes.filter(~pl.col("kept"))
    counts = {
        "rows_in": files.height,
        "kept": recorded.traces.height,
        "rejected": rejected.height,
        **rejections(rejected["reasons"]),
    }
    notes = {
        "sandbox seconds": f"{recorded.sandbox_seconds:.3f}",
        "toolchain": _toolchain(inputs.workspace, inputs.partition),
    }
    return {
        "traces": Made([("", recorded.traces)], counts, notes),
        "trace_outcomes": Made([("", recorded.outcomes)], {"rows_in": files.height, "kept": recorded.outcomes.height}),
        "observations": Made(
            [("", recorded.observations)],
            {
                "rows_in": files.height,
                "kept": recorded.observations.height,
                "seen": recorded.observations["reason"].null_count(),
            },
        ),
    }


def _make_samples(strategy: Strategy) -> Callable[[Inputs], Mapping[str, Made]]:
    def compute(inputs: Inputs) -> Mapping[str, Made]:
        settings, model = inputs.workspace.settings, inputs.workspace.model
        written = written_by(strategy.name, settings.samples.kinds, settings.generation)
        kinds = (*kinds_of(strategy, settings.samples.kinds), *written)
        answers = model.answers(inputs.frame(COMPLETIONS)) if model else NO_ANSWERS
        files, screen = training_files(inputs), _screen(inputs)
        made = run(kinds, files, inputs.workspace.sandbox, strategy.name, answers, settings.samples, screen)
        notes = {} if kinds else {"why it is empty": strategy.without_a_model}
        if made.pending:
            notes["waiting for answers"] = f"{len(made.pending)} requests; see: alchemy plan"
        return samples_made(strategy.name, made.samples, made.rejected, made.proposed, notes)

    return compute


def _uses(strategy: str, used: Settings) -> object:
    """What decides samples; how a model is reached and what it may cost does not."""
    if not used.generation.engine:
        return used.samples
    enhance = used.generation.enhance.model_dump() if strategy == code_enhance.NAME else None
    return [used.samples.model_dump(mode="json"), _of_model(used), _policy(used), enhance]


def _of_model(used: Settings) -> object:
    """What decides which answers are looked at, and what is said of their model."""
    decides = {"revision", "license", "strategies", "sampling", "more_room"}
    return used.generation.model_dump(mode="json", include=decides)


def _policy(used: Settings) -> object:
    """What decides how a model's samples are screened."""
    return used.decontamination.model_dump(mode="json", exclude={"benchmarks"})


def _make_trace_samples(inputs: Inputs) -> Mapping[str, Made]:
    traces, settings = inputs.frame("traces"), inputs.workspace.settings
    samples, rejected = code_trace.samples(traces, settings.tracing.sampling)
    proposed = code_trace.proposed(traces)
    if WRITTEN_TRACES in inputs.sources:
        wrote = inputs.frame(WRITTEN_TRACES)
        answers = model_of(inputs.workspace).answers(inputs.frame(COMPLETIONS))
        requests = {
            draft.file.blob_id: draft.request_sha256
            for draft in programs_of(training_files(inputs), answers)
            if draft.request_sha256 is not None
        }
        more, refused = code_trace.samples(wrote, settings.tracing.sampling, answers, requests, _screen(inputs))
        samples = pl.concat([samples, more]).sort("sample_id")
        rejected = in_order_of_files(pl.concat([rejected, refused]))
        proposed += code_trace.proposed(wrote)
    return samples_made(CODE_TRACE, samples, rejected, proposed, {})


def _record_written(inputs: Inputs) -> Mapping[str, Made]:
    answers = model_of(inputs.workspace).answers(inputs.frame(COMPLETIONS))
    drafts = programs_of(training_files(inputs), answers)
    tracing = inputs.workspace.settings.tracing
    made = recorded(inputs.frame("curated_files"), drafts, inputs.workspace.sandbox, tracing)
    notes = {"sandbox seconds": f"{made.sandbox_seconds:.3f}"}
    return samples_made(WRITTEN_TRACES, made.traces, made.rejected, made.programs, notes)


def _screen(inputs: Inputs) -> Screen:
    """What samples of a model are held against in this workspace."""
    index = inputs.frame(INDEX) if INDEX in inputs.sources else None
    return Screen(index, inputs.workspace.settings.decontamination)


def sample_tables(name: str, description: str) -> tuple[Table, Table]:
    """The two tables of a strategy."""
    return (
        Table(name, schema.SAMPLES, description, SAMPLE_CHECKS, PREVIEW),
        Table(
            f"{name}_rejected",
            schema.REJECTED_SAMPLES,
            f"What {name} proposed and did not accept, and why.",
            (),
            ("kind", "blob_id", "reasons"),
        ),
    )


def _traces() -> Step:
    return Step(
        name="traces",
        wave="record",
        group="tracing",
        grain=Grain.FILES,
        tables=(
            Table(
                "traces",
                schema.TRACES,
                "Instrumented programs and what they wrote, the same in every run.",
                (checks.ACCOUNTED, checks.in_order("traces")),
                ("blob_id", "events", "paths", "toolchain"),
            ),
            Table(
                "trace_outcomes",
                schema.TRACE_OUTCOMES,
                "How far every file came on the way to a trace, and why no further.",
                (checks.EACH_HAS_A_ROW, checks.in_order("trace_outcomes")),
                ("blob_id", "kept", "reasons"),
            ),
            Table(
                "observations",
                schema.OBSERVATIONS,
                "What every file's program or functions did in chosen tests, the same everywhere, or why nobody knows.",
                (checks.EACH_HAS_A_ROW, checks.in_order("observations")),
                ("blob_id", "harness", "reason"),
            ),
        ),
        compute=_record,
        code=("alchemy_assets.tracing.record", "alchemy_assets.sandbox.backends"),
        inputs=("curated_files",),
        kinds=frozenset({"polars", "parquet", "bubblewrap", "treesitter"}),
        uses=lambda used: used.tracing.model_dump(exclude={"sampling"}),
        outside=lambda workspace, partition: (
            _toolchain(workspace, partition) + hash_of(workspace.settings.tracing.instrumented)
        ),
    )


def _written_traces() -> Step:
    return Step(
        name=WRITTEN_TRACES,
        wave="sample",
        group="tracing",
        grain=Grain.FILES,
        tables=(
            Table(
                WRITTEN_TRACES,
                schema.TRACES,
                "Programs that a model instrumented, and what they wrote, the same in every run.",
                (checks.ACCOUNTED, checks.in_order("traces")),
                ("blob_id", "events", "paths", "toolchain"),
            ),
            Table(
                f"{WRITTEN_TRACES}_rejected",
                schema.REJECTED_SAMPLES,
                "Programs that a model instrumented and that were not taken, and why.",
                (),
                ("kind", "blob_id", "reasons"),
            ),
        ),
        compute=_record_written,
        code=("alchemy_assets.strategies.generated.instrumenting", "alchemy_assets.sandbox.backends"),
        inputs=("curated_files", "observations", COMPLETIONS),
        kinds=frozenset({"polars", "parquet", "bubblewrap"}),
        uses=lambda used: [used.tracing.model_dump(exclude={"sampling"}), _of_model(used)],
        outside=_toolchain,
        glue=GLUE,
    )


def steps(settings: Settings) -> tuple[Step, ...]:
    """Recording, and the five strategies."""
    completions: tuple[str, ...] = (COMPLETIONS,) if settings.generation.engine else ()
    screening = ("alchemy_assets.strategies.screening",) if completions else ()
    if completions and settings.runs("decontamination"):
        completions = (*completions, INDEX)
    return (
        _traces(),
        *((_written_traces(),) if completions else ()),
        *(
            Step(
                name=strategy.name,
                wave="sample",
                group="strategies",
                grain=Grain.FILES,
                tables=sample_tables(strategy.name, strategy.description),
                compute=_make_samples(strategy),
                code=(f"alchemy_assets.strategies.{strategy.name}", "alchemy_assets.sandbox.backends", *screening),
                inputs=("curated_files", "observations", *completions),
                kinds=frozenset({"polars", "parquet", "greatexpectations"}),
                uses=partial(_uses, strategy.name),
                glue=GLUE,
                outside=_toolchain if strategy.kinds or completions else lambda _, __: "",
            )
            for strategy in STRATEGIES.values()
        ),
        Step(
            name=CODE_TRACE,
            wave="sample",
            group="strategies",
            grain=Grain.FILES,
            tables=sample_tables(
                CODE_TRACE, "Asks what recorded programs do: traces, next events, branches, outputs, walks."
            ),
            compute=_make_trace_samples,
            code=("alchemy_assets.strategies.code_trace", *screening),
            inputs=(
                "traces",
                *((WRITTEN_TRACES, "curated_files", "observations", *completions) if completions else ()),
            ),
            kinds=frozenset({"polars", "parquet", "greatexpectations"}),
            uses=lambda used: (
                [used.tracing.sampling.model_dump(), _of_model(used), _policy(used)]
                if used.generation.engine
                else used.tracing.sampling
            ),
            glue=GLUE if completions else (),
        ),
    )
