"""What every command does with a terminal: two consoles, safe lines, clear errors, a bar a wave."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from alchemy_assets.errors import AlchemyError

if TYPE_CHECKING:
    from alchemy_assets.orchestration.pending import Progress as Told

out = Console(emoji=False, highlight=False, soft_wrap=True)
err = Console(stderr=True, emoji=False, highlight=False, soft_wrap=True)

WorkspaceOption = Annotated[Path | None, typer.Option(help="Folder of the workspace; default: the one used last.")]

LanguagesOption = Annotated[str | None, typer.Option(help="Languages to keep, comma-separated; default: all fifteen.")]

ForceOption = Annotated[bool, typer.Option("--force", help="Make every partition again.")]

BenchmarkOption = Annotated[
    list[Path] | None,
    typer.Option(
        help="A benchmark file (.jsonl(.gz), .parquet) whose items no training file may hold; may be repeated."
    ),
]


def plain(line: str) -> str:
    """A line as a terminal may be given it: control characters, which file names may hold, as escapes; no markup."""
    return escape("".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in line))


def listed(names: str | None) -> tuple[str, ...] | None:
    """The names of a comma-separated option; None where it was not given."""
    return tuple(name.strip() for name in names.split(",") if name.strip()) if names else None


@contextmanager
def clear_errors() -> Iterator[None]:
    """Tell an error in a sentence and end with exit code 1; anything else is a bug and keeps its traceback."""
    try:
        yield
    except AlchemyError as error:
        message = "\n".join(map(plain, str(error).splitlines()))
        err.print(f"[bold red]{type(error).__name__}[/]: {message}")
        raise typer.Exit(1) from error
    except OSError as error:
        # A full disk, a folder that may not be written, a name that is too long: it says which.
        err.print(f"[bold red]{type(error).__name__}[/]: {plain(str(error))}")
        raise typer.Exit(1) from error


def show_waves(told_by: "Iterable[Told]") -> list[str]:
    """Show the progress of the waves as bars; returns what was not done, and why."""
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
        for told in told_by:
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
