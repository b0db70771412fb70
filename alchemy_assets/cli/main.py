"""The `alchemy` command: what a person types. Every command is a few lines over `orchestration`."""

import contextlib
import os
import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer

from alchemy_assets import __version__
from alchemy_assets.cli import curation, generate, pilot, plan, sandbox, trace
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
from alchemy_assets.errors import PartitionDamagedError, PartitionMissingError

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="Turn public source code into checked training data."
)
curation.register(app)
app.add_typer(sandbox.app, name="sandbox")
app.command()(trace.trace)
app.command()(generate.generate)
app.command()(plan.plan)
app.command()(pilot.pilot)


def _version(asked: bool) -> None:  # noqa: FBT001 -- typer's callback
    if asked:
        out.print(f"alchemy {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Options of every command."""


@app.command()
def run(  # noqa: PLR0913, PLR0917 -- one parameter an option
    path: Annotated[
        Path | None, typer.Option(help="A folder, git checkout, .tar.gz, .jsonl(.gz, .zst) or .parquet.")
    ] = None,
    workspace: Annotated[
        Path | None, typer.Option(help="Folder of the workspace; default: one per input under ./workspaces.")
    ] = None,
    shards: Annotated[
        int | None, typer.Option(help="Shards a language, a power of two; fixed with the first run. Default 2.")
    ] = None,
    languages: LanguagesOption = None,
    held_out: Annotated[
        float | None, typer.Option(help="Share of repositories kept for benchmarks; fixed with the first run.")
    ] = None,
    benchmark: BenchmarkOption = None,
    force: ForceOption = False,
    allow_partial: Annotated[
        bool, typer.Option("--allow-partial", help="Release without partitions that failed, and list them.")
    ] = False,
) -> None:
    """Run everything on an input: curate, record, make samples, measure, release. Goes on where it stopped."""
    from alchemy_assets.orchestration import setup  # noqa: PLC0415 -- `alchemy --help` answers at once

    with clear_errors():
        choices = setup.Choices(shards, listed(languages), held_out, benchmarks=tuple(benchmark or ()))
        if path is None:
            settings = setup.reopen(setup.find(workspace), choices)
        else:
            settings = setup.make(workspace or setup.folder_for(path), path, choices)
        # Dagster takes seconds to import, and a mistake is told before.
        from alchemy_assets.orchestration import summary  # noqa: PLC0415
        from alchemy_assets.orchestration.build import open_graph  # noqa: PLC0415
        from alchemy_assets.orchestration.waves import run_waves  # noqa: PLC0415

        if allow_partial:
            settings = settings.model_copy(update={"allow_partial": True})
        graph = open_graph(settings)
        problems = show_waves(run_waves(graph, force=force))
        try:
            out.print()
            for line in summary.lines(graph):
                out.print(plain(line))
        finally:
            for problem in problems:
                err.print(f"[bold red]not done[/] {plain(problem)}")
    if problems:
        raise typer.Exit(1)


@app.command()
def ui(
    workspace: WorkspaceOption = None,
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 3000,
    host: Annotated[
        str, typer.Option(help="Address to listen on. The UI has no log-in: keep it on this machine.")
    ] = "127.0.0.1",
) -> None:
    """Open Dagster's web UI on a workspace, with its daemon (backfills, schedule, sensor)."""
    from alchemy_assets.orchestration import home, setup  # noqa: PLC0415

    with clear_errors():
        folder = setup.find(workspace).absolute()
        out.print(f"Dagster's web UI of {folder} on http://{host}:{port} (stop with Ctrl-C)")
        # The child reads the workspace as any code location does: from its environment.
        environment = {**os.environ, "DAGSTER_HOME": str(home.prepare(folder)), "ALCHEMY_WORKSPACE": str(folder)}
        arguments = [
            sys.executable,
            "-m",
            "dagster",
            "dev",
            "-m",
            "alchemy_assets.definitions",
            "-h",
            host,
            "-p",
            str(port),
        ]
        os.execve(sys.executable, arguments, environment)  # noqa: S606 -- no shell, our own interpreter


@app.command()
def doctor() -> None:
    """Tell what is installed, which languages can run, what is missing and how to get it."""
    from alchemy_assets.orchestration import diagnosis  # noqa: PLC0415
    from alchemy_assets.settings import load  # noqa: PLC0415

    with clear_errors():
        for line in diagnosis.lines(load().sandbox):
            out.print(plain(line))


@app.command()
def why(
    what: Annotated[str, typer.Argument(help="A blob id, the beginning of one, or a path as the corpus knows it.")],
    workspace: WorkspaceOption = None,
) -> None:
    """Show every verdict, signal and sample of one file."""
    from alchemy_assets.orchestration import setup  # noqa: PLC0415
    from alchemy_assets.settings import load  # noqa: PLC0415

    with clear_errors():
        settings = load(setup.find(workspace))
        from alchemy_assets.orchestration import explain  # noqa: PLC0415
        from alchemy_assets.orchestration.build import open_graph  # noqa: PLC0415

        for line in explain.lines(open_graph(settings), what):
            out.print(plain(line))


@app.command()
def gc(
    workspace: WorkspaceOption = None,
    older_than: Annotated[
        float, typer.Option(min=0, help="Hours; younger files may be another process's work in progress.")
    ] = 24.0,
) -> None:
    """Remove what is of no use: orphans of killed runs, versions that were replaced, partitions that are no more."""
    from alchemy_assets.orchestration import curate_only, setup  # noqa: PLC0415
    from alchemy_assets.orchestration.freshness import Graph  # noqa: PLC0415
    from alchemy_assets.orchestration.registry import steps  # noqa: PLC0415
    from alchemy_assets.orchestration.workspace import Workspace  # noqa: PLC0415
    from alchemy_assets.settings import load  # noqa: PLC0415

    with clear_errors():
        settings = load(setup.find(workspace))
        graph = Graph(Workspace(settings), steps(settings))
        with contextlib.suppress(PartitionMissingError, PartitionDamagedError):
            # Without a readable index nobody can tell which partitions there are.
            out.print(f"{graph.withdraw_unused()} partitions that the workspace no longer has were taken back")
            curate_only.show(curate_only.curation_graph(settings), again=True)
        removed = graph.workspace.collect_garbage(older_than * 3_600)
        out.print(f"{removed} files that no manifest names were removed")


@app.command()
def verify(workspace: WorkspaceOption = None) -> None:
    """Compare every published file with the hash in its manifest."""
    from alchemy_assets.orchestration import setup  # noqa: PLC0415
    from alchemy_assets.store import Store  # noqa: PLC0415

    with clear_errors():
        folder = setup.find(workspace)
        store = Store.of_workspace(folder)
        problems = store.verify()
        for problem in problems:
            err.print(plain(problem))
        out.print(f"{sum(1 for _ in store.manifests())} partitions looked at, {len(problems)} problems")
    if problems:
        err.print(plain(f"to make everything again: alchemy run --force --workspace {shlex.quote(str(folder))}"))
        raise typer.Exit(1)
