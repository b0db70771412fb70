"""The step that releases the dataset, and the folder in which a release is seen."""

import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import cast

import polars as pl

from alchemy_assets.orchestration import checks
from alchemy_assets.orchestration.assets.strategies import NAMES
from alchemy_assets.orchestration.steps import Check, CheckOutcome, Grain, Inputs, Made, Staged, Step, Table
from alchemy_assets.orchestration.workspace import Workspace
from alchemy_assets.release.card import About
from alchemy_assets.release.configs import CONFIGS
from alchemy_assets.release.dataset import README, release
from alchemy_assets.release.replaced_folder import replacing
from alchemy_assets.settings import Settings
from alchemy_assets.store import UNPARTITIONED, sha256_of
from alchemy_assets.strategies.registry import STRATEGIES

BENCHMARKS = ("trace_eval",)
CARD = "card"
READ_ONLY = 0o444


def _config(table: str) -> str:
    return table.replace("_", "-")


def _release(inputs: Inputs) -> Mapping[str, Made]:
    settings = inputs.workspace.settings
    held_out = settings.held_out
    about = About(
        held_out=held_out.version,
        held_out_share=held_out.share,
        empty={
            _config(strategy.name): strategy.without_a_model
            for strategy in STRATEGIES.values()
            if strategy.without_a_model
        },
        missing=inputs.missing,
    )
    tables = {_config(name): inputs.paths(name) for name in (*NAMES, *BENCHMARKS)}
    folder = inputs.scratch / "release"
    summary = release(tables, settings.release, folder, about=about, seeds=inputs.paths("curated_files"))
    released = [
        pl.scan_parquet(path, glob=False, hive_partitioning=False) for paths in tables.values() for path in paths
    ]
    counts = {
        "rows_in": sum(int(frame.select(pl.col("release").sum()).collect().item()) for frame in released),
        "kept": summary.rows,
        "rejected": sum(summary.withheld.values()),
    }
    notes = {CARD: (folder / README).read_text(encoding="utf-8")}
    return {"release": Made([(name, folder / name) for name in summary.files], counts, notes)}


def _facts(staged: Staged, names: Iterable[str]) -> dict[str, set[str]]:
    """Blob ids, repositories and clusters of the staged files of some configs."""
    chosen = set(names)
    paths = [path for path, file in zip(staged.paths, staged.files, strict=True) if file.part.split("/")[0] in chosen]
    if not paths:
        return {"blob ids": set(), "repositories": set(), "clusters": set()}
    # File by file: a rewriting has columns that other configs have not.
    wanted = ("blob_id", "near_duplicate_cluster", "occurrences")
    rows = pl.concat(
        pl.scan_parquet(path, glob=False, hive_partitioning=False).select(wanted) for path in paths
    ).collect()
    places = rows["occurrences"].explode(empty_as_null=True).struct.field("repo_name")
    return {
        "blob ids": set(rows["blob_id"]),
        "repositories": set(places.filter(places != "")),
        "clusters": set(rows["near_duplicate_cluster"]),
    }


def _apart(staged: Staged) -> CheckOutcome:
    tests = {name for name, config in CONFIGS.items() if config.split == "test"}
    training, benchmarks = _facts(staged, set(CONFIGS) - tests), _facts(staged, tests)
    shared = {what: len(training[what] & benchmarks[what]) for what in training}
    return CheckOutcome(
        not any(shared.values()),
        "shared with the benchmarks: " + ", ".join(f"{count} {what}" for what, count in shared.items()),
    )


APART = Check(
    "benchmarks_apart",
    "No benchmark item shares its blob, its repository or its near-duplicate cluster with a training sample.",
    _apart,
)


def _is_shown(folder: Path, paths: Mapping[str, Path], card: str) -> bool:
    shown = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    return (
        shown == {README, *paths}
        and (folder / README).read_text(encoding="utf-8") == card
        and all((folder / name).samefile(path) or sha256_of(folder / name) == path.stem for name, path in paths.items())
    )


def show(workspace: Workspace, _partition: str = UNPARTITIONED) -> None:
    """Make `<workspace>/release` show what is published: links to the store's files, and the card."""
    manifest, folder = workspace.store.open("release", UNPARTITIONED), workspace.release_folder
    paths = dict(
        zip((file.part for file in manifest.files), workspace.store.paths("release", UNPARTITIONED), strict=True)
    )
    card = manifest.notes[CARD]
    if folder.is_dir() and _is_shown(folder, paths, card):
        return
    with replacing(folder, {README, *CONFIGS}) as fresh:
        for name, path in paths.items():
            target = fresh / name
            target.parent.mkdir(exist_ok=True)
            # The links share their bytes with the store: nobody may write through them.
            path.chmod(READ_ONLY)
            try:
                os.link(path, target)
            except OSError:
                shutil.copyfile(path, target)
        (fresh / README).write_text(card, encoding="utf-8")


def steps(settings: Settings) -> tuple[Step, ...]:
    """The release of a workspace."""
    if not settings.has_corpus:
        return ()
    description = "The released dataset in the layout of Hugging Face, with its card; seen in the folder `release`."
    return (
        Step(
            name="release",
            wave="publish",
            group="release",
            grain=Grain.WHOLE,
            tables=(Table("release", {}, description, (checks.ACCOUNTED, APART)),),
            compute=_release,
            code=("alchemy_assets.release.dataset", "alchemy_assets.strategies.registry"),
            inputs=("curated_files", *NAMES, *BENCHMARKS, "trace_outcomes", "funnel"),
            kinds=frozenset({"parquet", "huggingface"}),
            uses=lambda used: cast("object", [used.release, used.held_out]),
            finish=show,
        ),
    )
