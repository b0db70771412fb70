"""The commands of curation: on one file without Dagster, its funnel, and what owners ask to be taken out."""

import shlex
from pathlib import Path
from typing import Annotated

import typer

from alchemy_assets.cli.terminal import (
    BenchmarkOption,
    ForceOption,
    LanguagesOption,
    WorkspaceOption,
    clear_errors,
    err,
    listed,
    out,
    plain,
    show_waves,
)
from alchemy_assets.errors import SettingsError


def curate(  # noqa: PLR0913, PLR0917 -- one parameter an option
    source: Annotated[Path, typer.Argument(metavar="IN", help="A .parquet, .jsonl(.gz, .zst), .tar.gz or folder.")],
    target: Annotated[Path, typer.Argument(metavar="OUT_DIR", help="Folder for the result; it can be resumed.")],
    stages: Annotated[
        str | None, typer.Option(help="Stages to run, comma-separated; default: all. Fixed with the first run.")
    ] = None,
    languages: LanguagesOption = None,
    benchmark: BenchmarkOption = None,
    shards: Annotated[int | None, typer.Option(help="Shards a language, a power of two. Default 2.")] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes; default: one a core.")] = None,
    force: ForceOption = False,
) -> None:
    """Curate one input without Dagster: `curated_files`, `rejected_files` with every reason, and the funnel, as Parquet."""
    from alchemy_assets.orchestration import curate_only, setup  # noqa: PLC0415 -- `alchemy --help` answers at once
    from alchemy_assets.orchestration.funnel import lines  # noqa: PLC0415

    with clear_errors():
        settings = setup.make(
            target,
            source,
            setup.Choices(shards, listed(languages), stages=listed(stages), benchmarks=tuple(benchmark or ())),
        )
        problems = show_waves(curate_only.run(settings, workers=workers or curate_only.cores(), force=force))
        graph = curate_only.curation_graph(settings)
        if not problems:
            for line in lines(graph):
                out.print(plain(line))
            shown = ", ".join(one for one in curate_only.SHOWN if one in graph.maker)
            out.print(f"\n{plain(str(target))}: {shown}, one Parquet file a partition")
    for problem in problems:
        err.print(f"[bold red]not done[/] {plain(problem)}")
    if problems:
        raise typer.Exit(1)


def funnel(
    workspace: WorkspaceOption = None,
    diff: Annotated[
        list[str] | None,
        typer.Option(help="A setting and another value, such as heuristics.Python.longest_line=2000; may be repeated."),
    ] = None,
) -> None:
    """Show where files went, stage by stage; with --diff what other thresholds would gain and lose, with examples."""
    from alchemy_assets.orchestration import (  # noqa: PLC0415
        curate_only,
        funnel_diff,
        setup,
    )
    from alchemy_assets.orchestration import funnel as shown  # noqa: PLC0415
    from alchemy_assets.settings import load  # noqa: PLC0415

    with clear_errors():
        graph = curate_only.curation_graph(load(setup.find(workspace)))
        for line in funnel_diff.lines(graph, diff) if diff else shown.lines(graph):
            out.print(plain(line))


def forget(
    what: Annotated[list[str], typer.Argument(help="Blob ids (40 hex digits) and names of repositories.")],
    workspace: WorkspaceOption = None,
    reason: Annotated[str, typer.Option(help="Why, for the list.")] = "",
) -> None:
    """Take files out of everything, from the first row to the last sample; the next run leaves them out for good."""
    from alchemy_assets.orchestration import forgetting, setup  # noqa: PLC0415
    from alchemy_assets.settings import load  # noqa: PLC0415

    with clear_errors():
        folder = setup.find(workspace)
        for line in forgetting.forget(load(folder), what, reason):
            out.print(plain(line))
        place = shlex.quote(str(folder))
        out.print(
            "to take it out of all tables and the release, and off the disk (`alchemy curate` where that was used):"
        )
        out.print(plain(f"  alchemy run --workspace {place} && alchemy gc --workspace {place} --older-than 0"))


def sizes(
    corpus: Annotated[str, typer.Argument(help="stack_edu, refinecode or stackv2_smol.")],
    path: Annotated[
        str, typer.Option(help="A Parquet file, a folder, or hf://datasets/...; default: its own place.")
    ] = "",
    workspace: Annotated[Path | None, typer.Option(help="Workspace whose settings of `fetch` are used.")] = None,
    shard_mb: Annotated[int, typer.Option(min=1, help="MB of source that a shard should hold.")] = 512,
) -> None:
    """Show how large a public corpus is, by language, without downloading texts, and how many shards would suit it."""
    from alchemy_assets.corpora.sizes import sizes as measured  # noqa: PLC0415
    from alchemy_assets.orchestration.assets.corpora import SHAPES  # noqa: PLC0415
    from alchemy_assets.settings import PublicCorpus, load  # noqa: PLC0415

    with clear_errors():
        if corpus not in SHAPES:
            msg = f"{corpus} is no public corpus; known are {', '.join(SHAPES)}"
            raise SettingsError(msg)
        table = measured(SHAPES[corpus], PublicCorpus(path=path), load(workspace).fetch, shard_mb * 10**6)
        out.print(f"{'language':<12} {'files':>13} {'MB':>12} {'shards':>6}")
        for language, rows, size, unknown, shards in table.iter_rows():
            without = f"   {unknown:,} without a length" if unknown else ""
            out.print(plain(f"{language or 'none of ours':<12} {rows:>13,} {size / 1e6:>12,.1f} {shards:>6}{without}"))


def register(app: typer.Typer) -> None:
    """Add the commands of curation to `alchemy`."""
    for command in (curate, funnel, forget, sizes):
        app.command()(command)
