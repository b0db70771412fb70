"""The `alchemy` command: what a person types. Every command is a few lines over `orchestration`."""

import os
import shlex
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


def _plain(line: str) -> str:
    """A line as a terminal may be given it: control characters, which file names may hold, as escapes; no markup."""
    return escape("".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in line))


@contextmanager
def _clear_errors() -> Iterator[None]:
    try:
        yield
    except AlchemyError as error:
        message = "\n".join(map(_plain, str(error).splitlines()))
        err.print(f"[bold red]{type(error).__name__}[/]: {message}")
        raise typer.Exit(1) from error
    except OSError as error:
        # A full disk, a folder that may not be written, a name that is too long: it says which.
        err.print(f"[bold red]{type(error).__name__}[/]: {_plain(str(error))}")
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
    from alchemy_assets.orchestration import setup  # noqa: PLC0415 -- `alchemy --help` answers at once

    chosen = tuple(name.strip() for name in languages.split(",") if name.strip()) if languages else None
    with _clear_errors():
        if path is None:
            settings = setup.reopen(setup.find(workspace), shards=shards, languages=chosen, held_out=held_out)
        else:
            settings = setup.make(
                workspace or setup.folder_for(path), path, shards=shards, languages=chosen, held_out=held_out
            )
        # Dagster takes seconds to import, and a mistake is told before.
        from alchemy_assets.orchestration import summary  # noqa: PLC0415
        from alchemy_assets.orchestration.build import open_graph  # noqa: PLC0415

        if allow_partial:
            settings = settings.model_copy(update={"allow_partial": True})
        graph = open_graph(settings)
        problems = _show_waves(graph, force=force)
        try:
            out.print()
            for line in summary.lines(graph):
                out.print(_plain(line))
        finally:
            for problem in problems:
                err.print(f"[bold red]not done[/] {_plain(problem)}")
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
                    # Dagster names the class of an error by its module.
                    trouble = trouble.removeprefix(f"{AlchemyError.__module__}.")
                    problems.append(f"{told.wave} {told.partition}: {trouble}")
            elif told.skipped:
                # After a failure it only repeats that what failed is missing.
                problems += [] if problems else [f"{told.wave}: {told.skipped}"]
            else:
                if task is not None:
                    bars.update(task, at="")
                added = bars.add_task(told.wave, total=told.total, at="" if told.total else "nothing to do")
                task = added if told.total else None
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
            out.print(_plain(line))


@app.command()
def why(
    what: Annotated[str, typer.Argument(help="A blob id, the beginning of one, or a path as the corpus knows it.")],
    workspace: WorkspaceOption = None,
) -> None:
    """Show every verdict, signal and sample of one file."""
    from alchemy_assets.orchestration import setup  # noqa: PLC0415
    from alchemy_assets.settings import load  # noqa: PLC0415

    with _clear_errors():
        settings = load(setup.find(workspace))
        from alchemy_assets.orchestration import explain  # noqa: PLC0415
        from alchemy_assets.orchestration.build import open_graph  # noqa: PLC0415

        for line in explain.lines(open_graph(settings), what):
            out.print(_plain(line))


@app.command()
def gc(
    workspace: WorkspaceOption = None,
    older_than: Annotated[
        float, typer.Option(min=0, help="Hours; younger files may be another process's work in progress.")
    ] = 24.0,
) -> None:
    """Remove what no manifest names: orphans of killed runs, and versions that were replaced."""
    from alchemy_assets.orchestration import setup  # noqa: PLC0415
    from alchemy_assets.orchestration.workspace import Workspace  # noqa: PLC0415
    from alchemy_assets.settings import load  # noqa: PLC0415

    with _clear_errors():
        removed = Workspace(load(setup.find(workspace))).collect_garbage(older_than * 3_600)
        out.print(f"{removed} files that no manifest names were removed")


@app.command()
def verify(workspace: WorkspaceOption = None) -> None:
    """Compare every published file with the hash in its manifest."""
    from alchemy_assets.orchestration import setup  # noqa: PLC0415
    from alchemy_assets.store import Store  # noqa: PLC0415

    with _clear_errors():
        folder = setup.find(workspace)
        store = Store.of_workspace(folder)
        problems = store.verify()
        for problem in problems:
            err.print(_plain(problem))
        out.print(f"{sum(1 for _ in store.manifests())} partitions looked at, {len(problems)} problems")
    if problems:
        err.print(_plain(f"to make everything again: alchemy run --force --workspace {shlex.quote(str(folder))}"))
        raise typer.Exit(1)
