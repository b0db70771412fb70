"""Steps that judge files, find their copies, and curate them."""

from collections.abc import Callable, Mapping

import polars as pl

from alchemy_assets import schema
from alchemy_assets.curation import apply, held_out, near_duplicates
from alchemy_assets.curation.stage import Stage
from alchemy_assets.curation.stages import row_stages
from alchemy_assets.orchestration import checks
from alchemy_assets.orchestration.steps import Check, CheckOutcome, Grain, Inputs, Made, Staged, Step, Table
from alchemy_assets.settings import Settings
from alchemy_assets.shards import shard_keys, shard_of

DESCRIPTIONS = {
    "licenses": "Which licence a file is under, and whether the policy allows it.",
    "heuristics": "Whether the shape of a file says that a person wrote it: sizes, lines, generated and encoded content.",
    "syntax": "Whether a file parses: tree-sitter for every language, and Python's own parser.",
    "control_text": "Chat and model control text in files, neutralised by recorded edits.",
}


def _known_reasons(stage: Stage) -> Check:
    def look(staged: Staged) -> CheckOutcome:
        given = set(staged.frame()["reasons"].explode(empty_as_null=True).drop_nulls())
        strange = sorted(given - set(stage.reasons))
        return CheckOutcome(not strange, f"reasons that the stage does not declare: {strange}" if strange else "")

    return Check("declared_reasons", "Only reasons that the stage declares are given.", look)


def _verdict_counts(verdicts: pl.DataFrame) -> dict[str, int]:
    reasons = verdicts["reasons"].explode(empty_as_null=True).drop_nulls().value_counts().sort("reasons")
    kept = int(verdicts["kept"].sum())
    return {
        "rows_in": verdicts.height,
        "kept": kept,
        "rejected": verdicts.height - kept,
        "edits": int(verdicts["edits"].list.len().sum()),
        **{f"rejected: {reason}": count for reason, count in reasons.iter_rows()},
    }


def _judge(stages: tuple[Stage, ...]) -> Callable[[Inputs], Mapping[str, Made]]:
    def compute(inputs: Inputs) -> Mapping[str, Made]:
        files = inputs.frame("source_files")
        verdicts = {stage.name: stage.judge(files) for stage in stages}
        decided = held_out.decide(files, inputs.workspace.settings.held_out)
        made = {
            name: Made([("", frame)], {**_verdict_counts(frame), "rows_in": files.height})
            for name, frame in verdicts.items()
        }
        counts = {"rows_in": files.height, "kept": decided.height, "held_out": int(decided["held_out"].sum())}
        return {**made, "held_out": Made([("", decided)], counts)}

    return compute


def _sign(inputs: Inputs) -> Mapping[str, Made]:
    files = inputs.frame("source_files")
    signed = near_duplicates.sign(files)
    return {"near_duplicate_signatures": Made([("", signed)], {"rows_in": files.height, "kept": signed.height})}


def _cluster(stages: tuple[Stage, ...]) -> Callable[[Inputs], Mapping[str, Made]]:
    def compute(inputs: Inputs) -> Mapping[str, Made]:
        settings = inputs.workspace.settings
        count = settings.shard_count(inputs.language)
        standing = near_duplicates.standing(inputs.frame("held_out"), [inputs.frame(stage.name) for stage in stages])
        signatures = inputs.frame("near_duplicate_signatures")
        clustered = near_duplicates.cluster(signatures, standing, settings.near_duplicates.jaccard)
        copies = int((~clustered["keeper"]).sum())
        # Cut by shard, so that a shard whose clusters did not change stays current downstream.
        shards = clustered["blob_id"].map_elements(lambda blob_id: shard_of(blob_id, count), return_dtype=pl.String)
        frames = [(shard, clustered.filter(shards == shard)) for shard in shard_keys(count)]
        counts = {"rows_in": signatures.height, "files": clustered.height, "copies": copies}
        return {"near_duplicates": Made(frames, counts)}

    return compute


def _curate(stages: tuple[Stage, ...]) -> Callable[[Inputs], Mapping[str, Made]]:
    def compute(inputs: Inputs) -> Mapping[str, Made]:
        files, copies = inputs.frame("source_files"), inputs.frame("near_duplicates")
        verdicts = {stage.name: inputs.frame(stage.name) for stage in stages}
        curated = apply.curate(files, verdicts, copies, inputs.frame("held_out"), stages)
        rejections = apply.rejections(files, verdicts, copies)
        by_reason = rejections.group_by("stage", "reason").len().sort("stage", "reason")
        counts = {
            "rows_in": files.height,
            "kept": curated.height,
            "rejected": rejections["blob_id"].n_unique(),
            "held_out": int(curated["held_out"].sum()),
            **{f"rejected: {stage}: {reason}": count for stage, reason, count in by_reason.iter_rows()},
        }
        return {"curated_files": Made([("", curated)], counts)}

    return compute


def steps(settings: Settings) -> tuple[Step, ...]:
    """The curation of a workspace."""
    stages = row_stages(settings)
    signals = {stage.name: stage.columns for stage in stages}
    verdicts = tuple(
        Table(
            stage.name,
            schema.verdicts(stage.columns),
            DESCRIPTIONS[stage.name],
            (checks.EACH_HAS_A_ROW, checks.in_order(stage.name), _known_reasons(stage)),
            ("blob_id", "kept", "reasons"),
        )
        for stage in stages
    )
    held = Table(
        "held_out",
        schema.HELD_OUT,
        "Which files are kept away from training, for the benchmarks: a frozen list by repository.",
        (checks.EACH_HAS_A_ROW, checks.in_order("held_out")),
        ("blob_id", "held_out", "decided_by"),
    )
    return (
        Step(
            name="row_stages",
            wave="judge",
            group="curation",
            grain=Grain.FILES,
            tables=(*verdicts, held),
            compute=_judge(stages),
            code=("alchemy_assets.curation.stages", "alchemy_assets.curation.held_out"),
            inputs=("source_files",),
            kinds=frozenset({"polars", "parquet", "treesitter"}),
            uses=lambda used: [used.licenses, used.held_out],
        ),
        Step(
            name="near_duplicate_signatures",
            wave="judge",
            group="curation",
            grain=Grain.FILES,
            tables=(
                Table(
                    "near_duplicate_signatures",
                    schema.SIGNATURES,
                    "MinHash signatures of the token 5-grams of a file.",
                    (checks.EACH_HAS_A_ROW, checks.in_order("signatures")),
                ),
            ),
            compute=_sign,
            code=("alchemy_assets.curation.near_duplicates",),
            inputs=("source_files",),
        ),
        Step(
            name="near_duplicates",
            wave="cluster",
            group="curation",
            grain=Grain.LANGUAGE,
            tables=(
                Table(
                    "near_duplicates",
                    schema.NEAR_DUPLICATES,
                    "The cluster of near-duplicates of every file of a language, and which of them is kept.",
                    (checks.EACH_HAS_A_ROW, checks.in_order("near_duplicates")),
                    ("blob_id", "cluster", "keeper", "jaccard_to_keeper"),
                ),
            ),
            compute=_cluster(stages),
            code=("alchemy_assets.curation.near_duplicates",),
            inputs=("near_duplicate_signatures", "held_out", *signals),
            uses=lambda used: [used.near_duplicates, used.shards, used.shards_of],
        ),
        Step(
            name="curated_files",
            wave="sample",
            group="curation",
            grain=Grain.FILES,
            tables=(
                Table(
                    "curated_files",
                    schema.curated_files(signals),
                    "The files that every stage kept, with its edits applied.",
                    (checks.ACCOUNTED, checks.in_order("curated_files"), checks.expected("curated_files")),
                    ("blob_id", "license", "text", "near_duplicate_cluster", "held_out"),
                ),
            ),
            compute=_curate(stages),
            code=("alchemy_assets.curation.apply", "alchemy_assets.curation.stages"),
            inputs=("source_files", *signals, "near_duplicates", "held_out"),
            kinds=frozenset({"polars", "parquet", "greatexpectations"}),
        ),
    )
