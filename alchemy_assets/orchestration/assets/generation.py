"""Steps that ask a language model, and hand its answers on; only where an engine is configured.

`usage` asks, and is made when a person says so; `completions` is what was answered, and follows by itself.
"""

import uuid
from collections.abc import Mapping

import polars as pl

from alchemy_assets import schema
from alchemy_assets.orchestration import checks
from alchemy_assets.orchestration.generating import ask_partition, usage
from alchemy_assets.orchestration.model import Model
from alchemy_assets.orchestration.steps import Grain, Inputs, Made, Step, Table
from alchemy_assets.orchestration.workspace import Workspace
from alchemy_assets.settings import Settings
from alchemy_assets.strategies.registry import WRITTEN, written_by
from alchemy_assets.strategies.strategy import CuratedFile, Kind, curated_file
from alchemy_assets.tracing.observed import observed_of

COMPLETIONS, USAGE = "completions", "usage"


def training_files(inputs: Inputs) -> list[CuratedFile]:
    """The files of a partition that may be trained on, each with what was seen of it."""
    seen = {row["blob_id"]: observed_of(row) for row in inputs.frame("observations").iter_rows(named=True)}
    training = inputs.frame("curated_files").filter(~pl.col("held_out"))
    return [curated_file(row, seen.get(row["blob_id"])) for row in training.iter_rows(named=True)]


def model_of(workspace: Workspace) -> Model:
    """The model of a workspace that has one."""
    model = workspace.model
    assert model is not None  # noqa: S101 -- these steps are in the graph only then
    return model


def kinds_of_model(settings: Settings) -> tuple[Kind, ...]:
    """Every kind that the model writes, strategy by strategy."""
    chosen = settings.samples.kinds
    return tuple(kind for name in WRITTEN for kind in written_by(name, chosen, settings.generation))


def _ask(inputs: Inputs) -> Mapping[str, Made]:
    workspace = inputs.workspace
    model, files = model_of(workspace), training_files(inputs)
    kinds = [kind for kind in kinds_of_model(workspace.settings) if not model.only or kind.strategy in model.only]
    forgotten = workspace.forgotten.blob_ids
    asked, report = ask_partition(model, workspace.journals, inputs.partition, kinds, files, forgotten)
    counts = {
        "files": len(files),
        "answered": asked.answered,
        "unanswered": asked.unanswered.total(),
        "cut": report.cut.total(),
        "prompt_tokens": report.prompt_tokens,
        "completion_tokens": report.completion_tokens,
        **{f"unanswered: {reason}": count for reason, count in asked.unanswered.items()},
    }
    notes = {"report": "; ".join(report.lines()), **({"stopped": asked.stopped} if asked.stopped else {})}
    rows = usage(model, inputs.partition, _answered(inputs, model))
    return {USAGE: Made([("", rows)], {"kept": rows.height, **counts}, notes)}


def _answered(inputs: Inputs, model: Model) -> pl.DataFrame:
    """What this model has answered about the files of a partition: the first answer to each request, in order of keys."""
    name, revision = model.key
    return (
        model.completions.read(inputs.partition)
        .filter(
            pl.col("model") == name,
            pl.col("model_revision") == revision,
            pl.col("blob_id").is_in(inputs.frame("curated_files")["blob_id"].implode()),
        )
        .unique("request_sha256", keep="first", maintain_order=True)
        .sort("request_sha256")
    )


def _hand_on(inputs: Inputs) -> Mapping[str, Made]:
    rows = _answered(inputs, model_of(inputs.workspace))
    return {COMPLETIONS: Made([("", rows)], {"kept": rows.height})}


def steps(settings: Settings) -> tuple[Step, ...]:
    """Asking, and what was answered; nothing where no engine is configured."""
    if not settings.generation.engine:
        return ()
    return (
        Step(
            name="generation",
            wave="generate",
            group="generation",
            grain=Grain.FILES,
            tables=(
                Table(
                    USAGE,
                    schema.USAGE,
                    "Asks the model for everything that has no answer yet, when a person says so; what that has cost so far.",
                    (),
                    ("engine", "model", "requests", "prompt_tokens", "completion_tokens", "gpu_seconds", "cost_usd"),
                ),
            ),
            compute=_ask,
            code=("alchemy_assets.orchestration.generating",),
            inputs=("curated_files", "observations"),
            kinds=frozenset({"parquet", "sqlite"}),
            # Whoever starts it wants it done: whether anything lacks an answer only asking can tell.
            outside=lambda _, __: uuid.uuid4().hex,
            by_hand=True,
        ),
        Step(
            name=COMPLETIONS,
            wave="sample",
            group="generation",
            grain=Grain.FILES,
            tables=(
                Table(
                    COMPLETIONS,
                    schema.COMPLETIONS,
                    "What the model answered about the files of a partition; kept for ever, asked for once.",
                    (checks.in_order(COMPLETIONS),),
                    ("request_sha256", "kind", "finish_reason", "prompt_tokens", "completion_tokens"),
                ),
            ),
            compute=_hand_on,
            code=("alchemy_assets.generation.completions", "alchemy_assets.segments"),
            inputs=("curated_files",),
            outside=_segments,
            after=(USAGE,),
        ),
    )


def _segments(workspace: Workspace, partition: str) -> str:
    model = model_of(workspace)
    return " ".join([*model.key, *model.completions.names(partition)])
