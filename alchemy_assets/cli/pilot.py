"""`alchemy pilot`: try a strategy on a few files that stand for all, before all are paid for.

Belongs here: the command, and what it prints. Does not: the trial (`orchestration.pilot`), the page (`pilot_page`).
"""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from alchemy_assets.cli import figures
from alchemy_assets.cli.generate import (
    EndpointOption,
    EngineOption,
    ModelOption,
    RevisionOption,
    choices,
    known,
    limited,
)
from alchemy_assets.cli.terminal import WorkspaceOption, clear_errors, err, out, plain
from alchemy_assets.errors import SettingsError

if TYPE_CHECKING:
    from alchemy_assets.orchestration.looked import Spent
    from alchemy_assets.orchestration.pilot import KindResult, LanguageResult, Result
    from alchemy_assets.settings import Settings

# Columns of a terminal that all figures need.
_WIDE = 96
NO_ENGINE = "no engine is configured; name one with --engine and --model, or under [generation] in alchemy.toml"


def pilot(  # noqa: PLR0913, PLR0917 -- one parameter an option
    strategy: Annotated[str, typer.Argument(help="The strategy to try.")],
    count: Annotated[
        int,
        typer.Option(
            "-n", "--files", min=1, help="Files to try it on: some of every language and size, always the same."
        ),
    ] = 1_000,
    workspace: WorkspaceOption = None,
    page: Annotated[
        Path | None, typer.Option(metavar="FILE.html", help="Write a page with samples side by side.", dir_okay=False)
    ] = None,
    engine: EngineOption = None,
    model: ModelOption = None,
    revision: RevisionOption = None,
    endpoint: EndpointOption = None,
    budget_tokens: Annotated[int | None, typer.Option(min=0, help="Tokens that may be spent; then it stops.")] = None,
    budget_usd: Annotated[float | None, typer.Option(min=0, help="Dollars that may be spent; then it stops.")] = None,
) -> None:
    """Ask a language model about a few files, tell what is accepted, and what all files would cost. Publishes nothing.

    Its answers are kept, and count when everything is generated.
    """
    from alchemy_assets.orchestration import setup  # noqa: PLC0415 -- `alchemy --help` answers at once

    with clear_errors():
        [named] = known([strategy])
        if page is not None and not page.absolute().parent.is_dir():
            msg = f"there is no folder {page.absolute().parent} for the page"
            raise SettingsError(msg)
        settings = setup.choose_engine(setup.find(workspace), choices(engine, model, revision, endpoint))
        if not settings.generation.engine:
            raise SettingsError(NO_ENGINE)
        limits = {"budget_tokens": budget_tokens, "budget_usd": budget_usd}
        result = _tried(limited(settings, limits), named, count)
        if page is not None:
            from alchemy_assets.cli import pilot_page  # noqa: PLC0415

            page.write_text(pilot_page.render(result), encoding="utf-8")
    _show(result)
    if page is not None:
        out.print(f"page       {plain(str(page))}")
    for problem in result.problems:
        err.print(f"[bold red]not done[/] {plain(problem)}")
    if result.problems:
        raise typer.Exit(1)


def _tried(settings: "Settings", strategy: str, count: int) -> "Result":
    from alchemy_assets.orchestration.freshness import Graph  # noqa: PLC0415
    from alchemy_assets.orchestration.pilot import Pilot  # noqa: PLC0415
    from alchemy_assets.orchestration.registry import steps  # noqa: PLC0415
    from alchemy_assets.orchestration.workspace import Workspace  # noqa: PLC0415

    graph = Graph(Workspace(settings), steps(settings))
    model = graph.workspace.model
    assert model is not None  # noqa: S101 -- the settings name an engine
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with contextlib.closing(model), Progress(*columns, TextColumn("{task.fields[at]}"), console=err) as bars:
        tried = Pilot(graph, strategy, count)
        task = bars.add_task(strategy, total=len(tried.partitions) + 1, at="")
        for partition in tried.partitions:
            bars.update(task, at=partition)
            tried.look(partition)
            bars.update(task, advance=1)
        bars.update(task, at="making samples")
        result = tried.result()
        bars.update(task, advance=1, at="")
    return result


def summary(result: "Result") -> Iterator[tuple[str, str]]:
    """The facts of a pilot, as (label, text)."""
    name, revision = result.model
    yield "model", f"{name}, revision {revision}" if revision else name
    yield (
        "files",
        f"{result.drawn:,} of {result.files:,} training files, in {sum(1 for one in result.languages if one.drawn)} languages",
    )
    accepted, proposed = (sum(getattr(one, what) for one in result.kinds) for what in ("accepted", "proposed"))
    yield "accepted", f"{accepted:,} of {proposed:,} samples: {_rate(accepted, proposed)}"
    now, spent = result.now, result.spent
    gpus = "" if now.gpu_seconds is None else f" ({figures.hours(now.gpu_seconds / 3_600)} GPU hours)"
    yield "asked now", f"{_answers(now.spent)}, {now.engine_seconds:,.1f} s of the engine{gpus}"
    yield "pilot", f"{_answers(spent)} in all, cost {figures.dollars(result.usd)}"
    whole = result.whole
    tokens = (
        f"{with_spread(whole, 'prompt_tokens')} prompt tokens, {with_spread(whole, 'completion_tokens')} of answers"
    )
    time = f"{with_spread(whole, 'gpu_hours')} GPU hours"
    yield "the whole", f"{tokens}, {time}, cost {with_spread(whole, 'usd')}"
    if result.waiting:
        yield "waiting", f"{result.waiting:,} drawn files still lack answers, and are in no estimate of the whole"
    if result.stopped:
        yield "stopped", result.stopped
    if result.left_out:
        first, why = next(iter(result.left_out.items()))
        yield "left out", f"{len(result.left_out):,} of the partitions cannot be read yet. {first}: {why}"


def _answers(spent: "Spent") -> str:
    answers = f"{spent.answers:,} answers"
    if spent.tokens is None:
        return f"{answers}, tokens unknown (the server does not count them)"
    return f"{answers}, {figures.count(spent.prompt_tokens)} prompt tokens, {figures.count(spent.completion_tokens)} of answers"


def _rate(accepted: int, proposed: int) -> str:
    from alchemy_assets.orchestration.extrapolating import wilson  # noqa: PLC0415

    interval = wilson(accepted, proposed)
    if interval is None:
        return "no rate"
    low, high = interval
    return f"{figures.share(accepted / proposed)} ({100 * low:.1f} – {figures.share(high)})"


def rate_of(kind: "KindResult") -> str:
    """The share of a kind's samples that were accepted, with its 95 % interval."""
    return _rate(kind.accepted, kind.proposed)


def cut_of(kind: "KindResult") -> str:
    """The share of a kind's answers that were cut."""
    return figures.share(kind.spent.cut / kind.spent.answers) if kind.spent.answers else ""


def with_spread(language: "LanguageResult", what: str) -> str:
    """A figure of a language with its 95 % interval, where there is one and it is not a point."""
    written = {"usd": figures.dollars, "gpu_hours": figures.hours}.get(what, figures.count)
    figure = getattr(language, what)
    interval = figures.spread(figure.low, figure.high, written) if figure.half else ""
    return written(figure.value) + (f" ({interval})" if interval else "")


def intervals(result: "Result") -> str:
    """Whether the figures of languages have intervals, and why some have none."""
    from alchemy_assets.orchestration.extrapolating import LEAST  # noqa: PLC0415

    if all(one.prompt_tokens.half is not None for one in result.languages):
        return "by language, with 95 % intervals"
    return f"by language, with 95 % intervals where {LEAST} files or more are complete"


def _show(result: "Result") -> None:
    for label, text in summary(result):
        out.print(f"{label:<10} {plain(text)}", soft_wrap=False)
    out.print()
    narrow = out.width < _WIDE
    kinds = Table(box=None, padding=(0, 1, 0, 0), header_style="dim")
    kinds.add_column("kind", overflow="fold", min_width=min(30, out.width // 3))
    for column in ("accepted",) if narrow else ("proposed", "accepted", "rejected", "answers", "cut"):
        kinds.add_column(column, justify="right", no_wrap=True)
    kinds.add_column("share (95 %)", justify="right")
    for kind in result.kinds:
        counts = [figures.count(value) for value in (kind.proposed, kind.accepted, kind.rejected, kind.spent.answers)]
        cells = [f"{kind.accepted:,} of {kind.proposed:,}"] if narrow else [*counts, cut_of(kind)]
        kinds.add_row(kind.name, *cells, rate_of(kind), style="bold")
        for reason, number in kind.reasons.most_common():
            cells = [f"{number:,}"] if narrow else ["", "", f"{number:,}", "", ""]
            kinds.add_row(f"  {plain(reason)}", *cells, figures.share(number / kind.proposed))
    out.print(kinds, soft_wrap=False)
    languages = Table(box=None, padding=(0, 1, 0, 0), header_style="dim")
    languages.add_column("language", overflow="fold")
    for column in (
        ("files", "dollars")
        if narrow
        else ("files", "drawn", *("prompt tokens", "answer tokens", "GPU hours", "dollars"))
    ):
        languages.add_column(column, justify="right")
    for one in (*result.languages, result.whole):
        spreads = [with_spread(one, what) for what in ("prompt_tokens", "completion_tokens", "gpu_hours", "usd")]
        cells = [f"{one.files:,}", *(spreads[-1:] if narrow else [f"{one.drawn:,}", *spreads])]
        languages.add_row(one.language or "all", *cells, style=None if one.language else "bold")
    out.print(f"\nWhat all files would cost, {intervals(result)}", soft_wrap=False)
    out.print(languages, soft_wrap=False)
