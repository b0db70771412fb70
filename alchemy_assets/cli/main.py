"""The `alchemy` command: what a person types. Every command is a few lines over `orchestration`."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from alchemy_assets import __version__
from alchemy_assets.errors import AlchemyError

if TYPE_CHECKING:
    from alchemy_assets.orchestration.freshness import Graph

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="Turn public source code into checked training data."
)
out = Console(emoji=False, highlight=False, soft_wrap=True)
err = Console(stderr=True, emoji=False, highlight=False, soft_wrap=True)

WorkspaceOption = Annotated[Path | None, typer.Option(help="Folder of the workspace; default: the one used last.")]


@contextmanager
def _clear_errors() -> Iterator[None]:
    try:
        yield
    except AlchemyError as error:
        err.print(f"[bold red]{type(error).__name__}[/]: {escape(str(error))}")
        raise typer.Exit(1) from error


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
    languages: Annotated[
        str | None, typer.Option(help="Languages to keep, comma-separated; default: all fifteen.")
    ] = None,
    held_out: Annotated[
        float | None, typer.Option(help="Share of repositories kept for benchmarks; fixed with the first run.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Make every partition again.")] = False,
    allow_partial: Annotated[
        bool, typer.Option("--allow-partial", help="Release without partitions that failed, and list them.")
    ] = False,
) -> None:
    """Run everything on an input: curate, record, make samples, measure, release. Goes on where it stopped."""
    from alchemy_assets.orchestration import setup, summary  # noqa: PLC0415 -- Dagster takes seconds to import
    from alchemy_assets.orchestration.build import open_graph  # noqa: PLC0415
    from alchemy_assets.settings import load  # noqa: PLC0415

    with _clear_errors():
        if path is None:
            settings = load(setup.find(workspace))
        else:
            chosen = tuple(name.strip() for name in languages.split(",")) if languages else None
            settings = setup.make(
                workspace or setup.folder_for(path), path, shards=shards, languages=chosen, held_out=held_out
            )
        if allow_partial:
            settings = settings.model_copy(update={"allow_partial": True})
        graph = open_graph(settings)
        problems = _show_waves(graph, force=force)
        out.print()
        for line in summary.lines(graph):
            out.print(escape(line))
        for problem in problems:
            err.print(f"[bold red]not done[/] {escape(problem)}")
    if problems:
        raise typer.Exit(1)


def _show_waves(graph: "Graph", *, force: bool) -> list[str]:
    from alchemy_assets.orchestration.waves import run_waves  # noqa: PLC0415

    problems = []
    columns = (
        TextColumn("{task.description:<8}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[at]}"),
    )
    with Progress(*columns, console=err) as bars:
        task = None
        for told in run_waves(graph, force=force):
            if told.partition:
                if task is not None:
                    bars.update(task, advance=1, at=told.partition)
                if trouble := told.failed or told.skipped:
                    problems.append(f"{told.wave} {told.partition}: {trouble}")
            elif told.skipped:
                problems.append(f"{told.wave}: {told.skipped}")
            else:
                if task is not None:
                    bars.update(task, at="")
                task = bars.add_task(told.wave, total=told.total, at="" if told.total else "current")
        if task is not None:
            bars.update(task, at="")
    return problems


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

    with _clear_errors():
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

    with _clear_errors():
        for line in diagnosis.lines():
            out.print(escape(line))


@app.command()
def why(
    what: Annotated[str, typer.Argument(help="A blob id, the beginning of one, or a path as the corpus knows it.")],
    workspace: WorkspaceOption = None,
) -> None:
    """Show every verdict, signal and sample of one file."""
    from alchemy_assets.orchestration import explain, setup  # noqa: PLC0415
    from alchemy_assets.orchestration.build import open_graph  # noqa: PLC0415
    from alchemy_assets.settings import load  # noqa: PLC0415

    with _clear_errors():
        for line in explain.lines(open_graph(load(setup.find(workspace))), what):
            out.print(escape(line))


@app.command()
def gc(
    workspace: WorkspaceOption = None,
    older_than: Annotated[
        float, typer.Option(help="Hours; younger files may be another process's work in progress.")
    ] = 24.0,
) -> None:
    """Remove what no manifest names: orphans of killed runs, and versions that were replaced."""
    from alchemy_assets.orchestration import setup  # noqa: PLC0415
    from alchemy_assets.orchestration.workspace import Workspace  # noqa: PLC0415
    from alchemy_assets.settings import load  # noqa: PLC0415

    with _clear_errors():
        removed = Workspace(load(setup.find(workspace))).collect_garbage(older_than * 3_600)
        out.print(f"removed {removed} files that no manifest names")


@app.command()
def verify(workspace: WorkspaceOption = None) -> None:
    """Compare every published file with the hash in its manifest."""
    from alchemy_assets.orchestration import setup  # noqa: PLC0415
    from alchemy_assets.store import Store  # noqa: PLC0415

    with _clear_errors():
        store = Store.of_workspace(setup.find(workspace))
        problems = store.verify()
        for problem in problems:
            err.print(escape(problem))
        out.print(f"{sum(1 for _ in store.manifests())} partitions looked at, {len(problems)} problems")
    if problems:
        raise typer.Exit(1)
