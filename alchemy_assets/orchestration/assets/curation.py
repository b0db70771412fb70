"""Steps that judge files, find their copies, and curate them."""

from collections.abc import Callable, Mapping

import polars as pl

from alchemy_assets import schema
from alchemy_assets.corpora.fingerprint import fingerprint
from alchemy_assets.curation import apply, held_out, near_duplicates, syntax
from alchemy_assets.curation.decontamination import fingerprints, judgement
from alchemy_assets.curation.decontamination.index import INDEX, build
from alchemy_assets.curation.keeper_order import STANDINGS, released_before, standing
from alchemy_assets.curation.signatures import sign
from alchemy_assets.curation.stage import Stage
from alchemy_assets.curation.stages import all_stages, row_stages
from alchemy_assets.orchestration import checks
from alchemy_assets.orchestration.steps import Check, CheckOutcome, Grain, Inputs, Made, Staged, Step, Table
from alchemy_assets.orchestration.workspace import Workspace
from alchemy_assets.settings import Settings
from alchemy_assets.shards import shard_keys, shard_of
from alchemy_assets.store import row_count, sha256_of

DESCRIPTIONS = {
    "licenses": "Which licence a file is under, and how the policy judges it.",
    "heuristics": "The shape of a file: sizes, lines, generated and encoded content.",
    "syntax": "How far a file parses: tree-sitter for every language, and the language's own parser where it is at hand.",
    "control_text": "Chat and model control text in files, neutralised by recorded edits.",
    "redaction": "Secrets, addresses and names in files, replaced by recorded edits.",
    "quality": "How good a file is as an example, from 0 to 1.",
    "decontamination": "What a file holds of held-out files and of benchmark items.",
}


# The settings that the stages decide by; measuring depends on none of them, but for those of the second list.
RULE_SETTINGS = ("licenses", "heuristics", "decontamination")
MEASURED_SETTINGS = ("decontamination.benchmarks", "decontamination.n", "decontamination.common")


def _rules(settings: Settings) -> dict[str, object]:
    return {name: getattr(settings, name) for name in RULE_SETTINGS}


def _compared(settings: Settings) -> list[object]:
    return [settings.decontamination.n, settings.decontamination.common]


def copies_of(inputs: Inputs, ids: pl.Series) -> pl.DataFrame:
    """The clusters of the files of a partition, whether or not copies were looked for."""
    return inputs.frame("near_duplicates") if "near_duplicates" in inputs.sources else apply.apart(ids)


def _known_reasons(stages: tuple[Stage, ...]) -> Check:
    known = {(stage.name, reason) for stage in stages for reason in stage.reasons} | apply.OWN_REASONS

    def look(staged: Staged) -> CheckOutcome:
        given = set(staged.frame().select("stage", "reason").unique().rows())
        strange = sorted(given - known)
        return CheckOutcome(not strange, f"reasons that no stage declares: {strange}" if strange else "")

    return Check("declared_reasons", "Only reasons that a stage declares are given.", look)


def _judge(stages: tuple[Stage, ...]) -> Callable[[Inputs], Mapping[str, Made]]:
    def compute(inputs: Inputs) -> Mapping[str, Made]:
        files = inputs.frame("source_files")
        facts = {stage.name: stage.facts(files) for stage in stages}
        decided = held_out.decide(files, inputs.workspace.settings.held_out)
        made = {
            name: Made(
                [("", frame)],
                {"rows_in": files.height, "kept": frame.height, "edits": int(frame["edits"].list.len().sum())},
            )
            for name, frame in facts.items()
        }
        counts = {"rows_in": files.height, "kept": decided.height, "held_out": int(decided["held_out"].sum())}
        return {**made, "held_out": Made([("", decided)], counts)}

    return compute


def _fingerprint_held_out(inputs: Inputs) -> Mapping[str, Made]:
    policy = inputs.workspace.settings.decontamination
    marks = inputs.frame("held_out")
    found = fingerprints.of_held_out(inputs.frame("source_files"), marks, policy.n)
    counts = {"rows_in": int(marks["held_out"].sum()), "kept": found.height}
    return {"held_out_fingerprints": Made([("", found)], counts)}


def _gather_contaminants(inputs: Inputs) -> Mapping[str, Made]:
    policy = inputs.workspace.settings.decontamination
    items = fingerprints.of_benchmarks(policy.benchmarks, policy.n)
    index = build([inputs.frame("held_out_fingerprints"), items], policy.common)
    counts = {"benchmark_items": items["item"].n_unique(), "kept": index.height}
    return {"contamination_index": Made([("", index)], counts)}


def _compare(inputs: Inputs) -> Mapping[str, Made]:
    files = inputs.frame("source_files")
    facts = judgement.facts(files, inputs.frame("held_out"), inputs.frame("contamination_index"))
    return {judgement.NAME: Made([("", facts)], {"rows_in": files.height, "kept": facts.height})}


def _benchmark_files(workspace: Workspace, _partition: str) -> str:
    # One that is not there is told of by whoever reads it.
    listed = workspace.settings.decontamination.benchmarks
    return " ".join(f"{path.name} {sha256_of(path)}" for path in listed if path.exists())


def _sign(inputs: Inputs) -> Mapping[str, Made]:
    files = inputs.frame("source_files")
    signed = sign(files)
    return {"near_duplicate_signatures": Made([("", signed)], {"rows_in": files.height, "kept": signed.height})}


def _standings(inputs: Inputs, stages: tuple[Stage, ...]) -> pl.DataFrame:
    """The standing of every file of a language, made shard by shard."""
    incumbents = released_before(inputs.workspace.settings.near_duplicates.incumbents)
    frames = [pl.DataFrame(schema=dict(STANDINGS))]
    for source in inputs.sources["held_out"]:
        verdicts = {stage.name: stage.decide(inputs.frame(stage.name, source.partition)) for stage in stages}
        frames.append(standing(inputs.frame("held_out", source.partition), verdicts, incumbents))
    return pl.concat(frames)


def _cluster(stages: tuple[Stage, ...]) -> Callable[[Inputs], Mapping[str, Made]]:
    def compute(inputs: Inputs) -> Mapping[str, Made]:
        settings = inputs.workspace.settings
        count = settings.shard_count(inputs.language)
        signatures = inputs.paths("near_duplicate_signatures")
        least = settings.near_duplicates.jaccard
        clustered = near_duplicates.cluster(signatures, _standings(inputs, stages), least, inputs.scratch)
        # Cut by shard, so that a shard whose clusters did not change stays current downstream.
        shards = clustered["blob_id"].map_elements(lambda blob_id: shard_of(blob_id, count), return_dtype=pl.String)
        frames = [(shard, clustered.filter(shards == shard)) for shard in shard_keys(count)]
        rows_in = sum(map(row_count, signatures))
        copies = int((~clustered["keeper"]).sum())
        notes = {"left out": ", ".join(inputs.missing)} if inputs.missing else {}
        return {
            "near_duplicates": Made(frames, {"rows_in": rows_in, "files": clustered.height, "copies": copies}, notes)
        }

    return compute


def _parsers(_workspace: Workspace, _partition: str) -> str:
    return "; ".join(f"{language}: {version}" for language, version in sorted(syntax.parsers_at_hand().items()))


def _incumbents(workspace: Workspace, _partition: str) -> str:
    path = workspace.settings.near_duplicates.incumbents
    return "" if path is None else fingerprint(path)


def _curate(stages: tuple[Stage, ...]) -> Callable[[Inputs], Mapping[str, Made]]:
    def compute(inputs: Inputs) -> Mapping[str, Made]:
        files = inputs.frame("source_files")
        copies = copies_of(inputs, files["blob_id"])
        verdicts = {stage.name: stage.decide(inputs.frame(stage.name)) for stage in stages}
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
        return {
            "curated_files": Made([("", curated)], counts),
            "rejected_files": Made([("", rejections)], {"kept": rejections.height}),
        }

    return compute


def steps(settings: Settings) -> tuple[Step, ...]:
    """The curation of a workspace."""
    rows, stages = row_stages(settings), all_stages(settings)
    signals = {stage.name: stage.signals for stage in stages}
    clusters = ("near_duplicates",) if settings.runs("near_duplicates") else ()
    return (
        _row_step(rows),
        *(_comparing() if len(stages) > len(rows) else ()),
        *(_copies(rows) if clusters else ()),
        Step(
            name="curated_files",
            wave="record",
            group="curation",
            grain=Grain.FILES,
            tables=(
                Table(
                    "curated_files",
                    schema.curated_files(signals),
                    "The files that every stage kept, with its edits applied.",
                    (checks.ACCOUNTED, checks.in_order("curated_files"), checks.expected("curated_files")),
                    ("blob_id", "license", "near_duplicate_cluster", "held_out"),
                ),
                Table(
                    "rejected_files",
                    schema.REJECTED_FILES,
                    "Every reason of every file that was left out.",
                    (checks.in_order("rejected_files"), _known_reasons(stages)),
                    ("blob_id", "stage", "reason"),
                ),
            ),
            compute=_curate(stages),
            code=("alchemy_assets.curation.apply", "alchemy_assets.curation.stages"),
            inputs=("source_files", *signals, *clusters, "held_out"),
            uses=_rules,
            kinds=frozenset({"polars", "parquet", "greatexpectations"}),
        ),
    )


def _facts(stage: Stage) -> Table:
    return Table(
        stage.name,
        schema.facts(stage.columns),
        DESCRIPTIONS[stage.name],
        (checks.EACH_HAS_A_ROW, checks.in_order(stage.name)),
        ("blob_id", "detail", "signals"),
    )


def _row_step(stages: tuple[Stage, ...]) -> Step:
    held = Table(
        "held_out",
        schema.HELD_OUT,
        "Which files are kept away from training, for the benchmarks: a frozen list by repository.",
        (checks.EACH_HAS_A_ROW, checks.in_order("held_out")),
        ("blob_id", "held_out", "decided_by"),
    )
    return Step(
        name="row_stages",
        wave="judge",
        group="curation",
        grain=Grain.FILES,
        tables=(*map(_facts, stages), held),
        compute=_judge(stages),
        code=("alchemy_assets.curation.stages", "alchemy_assets.curation.held_out"),
        inputs=("source_files",),
        kinds=frozenset({"polars", "parquet", "treesitter"}),
        uses=lambda used: [used.held_out],
        outside=_parsers,
    )


def _comparing() -> tuple[Step, ...]:
    """The steps that compare files with what is held out and with benchmarks."""
    code = ("alchemy_assets.curation.decontamination.judgement", "alchemy_assets.curation.decontamination.index")
    return (
        Step(
            name="held_out_fingerprints",
            wave="judge",
            group="curation",
            grain=Grain.FILES,
            tables=(
                Table(
                    "held_out_fingerprints",
                    fingerprints.FINGERPRINTS,
                    "Hashes of the n-grams and of the structure of held-out files.",
                    (checks.EACH_HAS_A_ROW,),
                    ("item", "part", "tokens"),
                ),
            ),
            compute=_fingerprint_held_out,
            code=code,
            inputs=("source_files", "held_out"),
            uses=_compared,
        ),
        Step(
            name="contamination_index",
            wave="contamination",
            group="curation",
            grain=Grain.WHOLE,
            tables=(
                Table(
                    "contamination_index",
                    INDEX,
                    "What no training file may hold: fingerprints of held-out files and of benchmark items.",
                    (),
                    ("item", "part", "kind", "tokens"),
                ),
            ),
            compute=_gather_contaminants,
            code=code,
            inputs=("held_out_fingerprints",),
            uses=_compared,
            outside=_benchmark_files,
            # A shard that is missing is not compared, so it gives no benchmark items that others would have to be compared with.
            quorum=lambda _: 0.0,
        ),
        Step(
            name=judgement.NAME,
            wave="compare",
            group="curation",
            grain=Grain.FILES,
            tables=(
                Table(
                    judgement.NAME,
                    schema.facts(judgement.COLUMNS),
                    DESCRIPTIONS[judgement.NAME],
                    (checks.EACH_HAS_A_ROW, checks.in_order(judgement.NAME)),
                    ("blob_id", "detail"),
                ),
            ),
            compute=_compare,
            code=code,
            # Its own fingerprints are not read: a shard that is not in the index must give no benchmark items.
            inputs=("source_files", "held_out", "held_out_fingerprints", "contamination_index"),
            kinds=frozenset({"polars", "parquet", "treesitter"}),
        ),
    )


def _copies(stages: tuple[Stage, ...]) -> tuple[Step, ...]:
    """The steps that find near-duplicates; what `stages` reject takes no copy with it."""
    signals = tuple(stage.name for stage in stages)
    return (
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
            code=("alchemy_assets.curation.signatures",),
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
                    split=True,
                ),
            ),
            compute=_cluster(stages),
            code=("alchemy_assets.curation.near_duplicates", "alchemy_assets.curation.stages"),
            inputs=("near_duplicate_signatures", "held_out", *signals),
            uses=lambda used: [used.near_duplicates, used.shards, used.shards_of, _rules(used)],
            outside=_incumbents,
            quorum=lambda used: used.near_duplicates.quorum,
        ),
    )
