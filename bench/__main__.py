"""Speed of curation on one core: CPU seconds, with bare parsing and datatrove beside in the same run. Never run by the tests.

    python -m bench [FOLDER] [--languages Python,Go] [--benchmark FILE] [--datatrove PYTHON] [--beside FILES]

FOLDER is what the corpus `local` reads (default: the standard library of this Python). The steps are those of the assets, with
reading, storing and checking. PYTHON has the extra `bench` (datatrove); it is given the first `--beside` files by blob id,
and both sides are measured on these. Prints one JSON line a figure; MB are 10^6 bytes of source.
"""

import argparse
import ast
import contextlib
import json
import os
import subprocess
import sys
import sysconfig
import tempfile
import time
import warnings
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

os.environ["POLARS_MAX_THREADS"] = "1"  # before Polars is imported: figures are of one core

import polars as pl

from alchemy_assets import syntax_tree
from alchemy_assets.curation.stages import row_stages
from alchemy_assets.orchestration import gate, setup
from alchemy_assets.orchestration.curate_only import curation_graph
from alchemy_assets.orchestration.freshness import Graph
from alchemy_assets.orchestration.registry import WAVES
from alchemy_assets.settings import Settings, load

SHARDS = 16
HERE = Path(__file__).parent
NEAR_DUPLICATES = ("near_duplicate_signatures", "near_duplicates")
DECONTAMINATION = ("held_out_fingerprints", "contamination_index", "decontamination")


def seconds_of(work: Callable[[], object]) -> float:
    """CPU seconds of this process that some work takes."""
    started = time.process_time()
    work()
    return time.process_time() - started


def show(figure: str, seconds: float, files: int, size: int, **beside: object) -> float:
    """Print a figure; returns MB a CPU second."""
    speed = size / 1e6 / seconds
    line = {"figure": figure, "files": files, "mb": round(size / 1e6, 1), "cpu_seconds": round(seconds, 3)}
    speeds = {"files_per_cpu_second": round(files / seconds, 1), "mb_per_cpu_second": round(speed, 2)}
    print(json.dumps(line | speeds | beside), flush=True)
    return speed


def bare(files: pl.DataFrame) -> None:
    """What no filter can beat: tree-sitter, and `ast` for Python."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for language, text in files.select("language", "text").iter_rows():
            syntax_tree.parse(language, text.encode())
            if language == "Python":
                with contextlib.suppress(SyntaxError, ValueError, RecursionError, MemoryError):
                    ast.parse(text)


def run(graph: Graph) -> dict[str, float]:
    """Make everything; CPU seconds by step."""
    spent: defaultdict[str, float] = defaultdict(float)
    for wave in WAVES:
        for step in (one for one in graph.steps if one.wave == wave):
            for partition in graph.partitions(step):
                spent[step.name] += seconds_of(
                    lambda step=step, partition=partition: list(gate.make(graph, step, partition))
                )
    return dict(spent)


def sources(graph: Graph) -> list[pl.DataFrame]:
    """The source files, a frame a partition."""
    step = graph.maker["source_files"]
    columns = graph.tables["source_files"].columns
    return [graph.workspace.store.read("source_files", key, columns) for key in graph.partitions(step)]


def chain(
    folder: Path, scratch: Path, choices: setup.Choices, benchmark: Path | None
) -> tuple[list[pl.DataFrame], dict[str, float]]:
    """Curate a folder and print what each step and each stage cost; returns the files, and MB a CPU second by figure."""
    workspace = scratch / "workspace"
    setup.make(workspace, folder, choices)
    if benchmark is not None:
        with (workspace / "alchemy.toml").open("a", encoding="utf-8") as toml:
            toml.write(f"\n[decontamination]\nbenchmarks = [{json.dumps(str(benchmark.absolute()))}]\n")
    settings: Settings = load(workspace)
    graph = curation_graph(settings)
    spent = run(graph)
    shards = sources(graph)
    files, size = sum(map(len, shards)), sum(int(shard["length_bytes"].sum()) for shard in shards)
    speeds = {}
    for name, seconds in spent.items():
        speeds[name] = show(f"step {name}", seconds, files, size)
    for name, steps in {
        "near-duplicates end to end": NEAR_DUPLICATES,
        "decontamination end to end": DECONTAMINATION,
    }.items():
        speeds[name] = show(name, sum(spent[step] for step in steps), files, size)
    for stage in row_stages(settings):
        if stage.name not in spent:
            seconds = seconds_of(lambda stage=stage: [stage.facts(shard) for shard in shards])
            speeds[stage.name] = show(f"stage {stage.name}", seconds, files, size)
    floor = show("bare parsing", seconds_of(lambda: [bare(shard) for shard in shards]), files, size)
    read = {"local_index", "rejected_inputs", "source_files", "funnel"}
    whole = sum(seconds for name, seconds in spent.items() if name not in read)
    show(
        "whole chain, source_files to curated_files",
        whole,
        files,
        size,
        share_of_bare_parsing=round(size / 1e6 / whole / floor, 3),
    )
    return shards, speeds


def beside(  # noqa: PLR0913, PLR0917 -- what both sides are given
    shards: list[pl.DataFrame], most: int, python: str, scratch: Path, choices: setup.Choices, benchmark: Path
) -> None:
    """Measure datatrove and ourselves on the same files, and print the ratios of MB a CPU second."""
    chosen = (
        pl.concat(shards)
        .sort("blob_id")
        .head(most)
        .select("text", "language", id="blob_id", path=pl.col("blob_id") + ".py")
    )
    lines = scratch / "files.jsonl"
    chosen.write_ndjson(lines)
    arguments = [python, HERE / "datatrove_side.py", lines, scratch / "datatrove", benchmark]
    theirs = {}
    for line in subprocess.run(arguments, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines():
        print(line, flush=True)
        figure = json.loads(line)
        theirs[figure["figure"].removeprefix("datatrove: ")] = figure["mb_per_cpu_second"]
    (scratch / "ours").mkdir()
    # datatrove has no held-out files: both compare with the benchmark alone.
    _, ours = chain(lines, scratch / "ours", replace(choices, held_out=0.0), benchmark)
    for figure, mine in {
        "near-duplicates end to end": "near-duplicates end to end",
        "decontamination": "decontamination end to end",
    }.items():
        print(
            json.dumps({"figure": f"ours / datatrove: {figure}", "ratio": round(ours[mine] / theirs[figure], 1)}),
            flush=True,
        )


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("folder", nargs="?", type=Path, default=Path(sysconfig.get_path("stdlib")))
    parser.add_argument("--languages", default="Python")
    parser.add_argument("--benchmark", type=Path, default=HERE.parent / "examples" / "benchmark.jsonl")
    parser.add_argument("--datatrove", metavar="PYTHON", help="a Python that has datatrove")
    parser.add_argument("--beside", type=int, default=2_000)
    given = parser.parse_args()
    choices = setup.Choices(SHARDS, tuple(given.languages.split(",")))
    with tempfile.TemporaryDirectory() as name:
        shards, _ = chain(given.folder, Path(name), choices, given.benchmark)
        if given.datatrove:
            beside(shards, given.beside, given.datatrove, Path(name), choices, given.benchmark)
        else:
            print("datatrove is not measured: give --datatrove PYTHON, one that has the extra `bench`", file=sys.stderr)


if __name__ == "__main__":
    main()
