"""`alchemy plan`: what asking a model would cost, and why anything is stale, without asking or making anything.

Belongs here: the command, its tables and its JSON. Does not: the figures (`orchestration.planning`), the reasons
(`orchestration.staleness`).
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from alchemy_assets.cli import figures
from alchemy_assets.cli.generate import StrategiesArgument, known
from alchemy_assets.cli.terminal import WorkspaceOption, clear_errors, err, out, plain

if TYPE_CHECKING:
    from alchemy_assets.orchestration.freshness import Graph
    from alchemy_assets.orchestration.planning import Row, Survey
    from alchemy_assets.orchestration.staleness import TableState

NO_ENGINE = (
    "No engine is configured, so nothing would be asked. Name one with: alchemy generate --engine endpoint --model NAME"
    " --endpoint http://HOST:PORT/v1, or under [generation] in alchemy.toml."
)
_WIDEST_WHY = 60
# Columns of a terminal that the tables of requests need.
_WIDE = 96
_TOKENS = ("prompt tokens", "answer tokens")


def plan(
    strategies: StrategiesArgument = None,
    workspace: WorkspaceOption = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print every figure, by strategy, kind and language.")
    ] = False,
) -> None:
    """Tell what asking a language model would cost, and why anything is stale. Asks nothing, and makes nothing."""
    from alchemy_assets.orchestration import setup  # noqa: PLC0415 -- `alchemy --help` answers at once
    from alchemy_assets.settings import load  # noqa: PLC0415

    with clear_errors():
        named = known(strategies)
        settings = load(setup.find(workspace))
        from alchemy_assets.orchestration.freshness import Graph  # noqa: PLC0415 -- a mistake is told before
        from alchemy_assets.orchestration.registry import steps  # noqa: PLC0415
        from alchemy_assets.orchestration.workspace import Workspace  # noqa: PLC0415

        graph = Graph(Workspace(settings), steps(settings))
        survey, trouble = _surveyed(graph, named)
        tables = _states(graph)
    if as_json:
        # JSON is read by programs: it is not wrapped, and has no markup.
        out.print(json.dumps(everything(graph, survey, trouble, tables), indent=1), markup=False)
        return
    if survey is None:
        out.print(plain(trouble), soft_wrap=False)
    else:
        _show_requests(graph, survey)
    out.print()
    _show_stale(tables)


def _bars() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, TextColumn("{task.fields[at]}"), console=err, transient=True)


def _surveyed(graph: "Graph", strategies: Sequence[str]) -> tuple["Survey | None", str]:
    """A look at all partitions, or why there is none."""
    from alchemy_assets.errors import PartitionDamagedError, PartitionMissingError  # noqa: PLC0415
    from alchemy_assets.generation.engine import EngineUnavailableError  # noqa: PLC0415
    from alchemy_assets.orchestration.planning import Survey  # noqa: PLC0415

    if graph.workspace.model is None:
        return None, NO_ENGINE
    survey = Survey(graph, strategies)
    try:
        partitions = survey.partitions
        with _bars() as bars:
            task = bars.add_task("files", total=len(partitions), at="")
            for partition in partitions:
                bars.update(task, at=partition)
                survey.look(partition)
                bars.update(task, advance=1)
    except (PartitionMissingError, PartitionDamagedError) as error:
        return None, f"Nobody can tell what would be asked before the corpora are read: {error}"
    except EngineUnavailableError as error:
        return None, f"Nobody can tell what would be asked: {error}"
    return survey, ""


def _states(graph: "Graph") -> "list[TableState]":
    from alchemy_assets.orchestration.staleness import states  # noqa: PLC0415

    found = []
    with _bars() as bars:
        task = bars.add_task("tables", total=sum(not step.by_hand for step in graph.steps), at="")
        for group in states(graph):
            found += group
            bars.update(task, advance=1, at=group[0].step)
    return found


def everything(graph: "Graph", survey: "Survey | None", trouble: str, tables: "Sequence[TableState]") -> dict[str, Any]:
    """What `--json` prints; null is unknown."""
    told: dict[str, Any] = {
        "workspace": str(graph.workspace.settings.workspace),
        "engine": graph.workspace.settings.generation.engine or None,
        "model": None,
        "revision": None,
        "why_nothing_is_known": trouble or None,
        "requests": None,
        "by_strategy": None,
        "total": None,
        "characters_a_token": None,
        "unused_answers": None,
        "left_out": {},
    }
    if survey is not None:
        rows = survey.rows()
        told["model"], told["revision"] = survey.model.key
        told["requests"] = [asdict(row) for row in rows]
        told["by_strategy"] = [asdict(row) for row in _by(rows, "strategy")]
        told["total"] = asdict(_total(rows))
        told["characters_a_token"] = survey.characters_a_token
        told["unused_answers"] = survey.unused
        told["left_out"] = survey.left_out
    told["tables"] = [
        {
            "table": one.table,
            "step": one.step,
            "partitions": one.partitions,
            "stale": len(one.stale),
            "following": len(one.following),
            "reasons": dict(one.reasons),
            "stale_partitions": {key: list(reasons) for key, reasons in one.stale.items()},
        }
        for one in tables
    ]
    return told


def _total(rows: "Sequence[Row]", **names: str) -> "Row":
    from alchemy_assets.orchestration.planning import total  # noqa: PLC0415

    return total(rows, **names)


def _by(rows: "Sequence[Row]", *names: str) -> "Iterator[Row]":
    """The totals of rows that share some names, in their order."""
    keys = dict.fromkeys(tuple(getattr(row, name) for name in names) for row in rows)
    for key in keys:
        own = [row for row in rows if tuple(getattr(row, name) for name in names) == key]
        yield _total(own, **dict(zip(names, key, strict=True)))


def _show_requests(graph: "Graph", survey: "Survey") -> None:
    rows = survey.rows()
    name, revision = survey.model.key
    asked = f"{name}, revision {revision}" if revision else name
    out.print(
        f"[bold]Requests to {plain(asked)}[/], engine {graph.workspace.settings.generation.engine}", soft_wrap=False
    )
    table = _table("strategy / kind")
    for strategy in _by(rows, "strategy"):
        _add(table, strategy.strategy, strategy, bold=True)
        for row in _by([row for row in rows if row.strategy == strategy.strategy], "strategy", "kind"):
            _add(table, f"  {row.kind}", row)
    _add(table, "all", _total(rows), bold=True)
    out.print(table, soft_wrap=False)
    languages = _table("language")
    for row in sorted(_by(rows, "language"), key=lambda one: one.language):
        _add(languages, row.language, row)
    if languages.row_count > 1:
        out.print(languages, soft_wrap=False)
    for line in _notes(graph, survey, rows):
        out.print(plain(line), soft_wrap=False)


def _narrow() -> bool:
    """Whether there is room for the most important columns alone."""
    return out.width < _WIDE


def _table(first: str) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 0), header_style="dim")
    table.add_column(first, overflow="fold", min_width=12)
    for column in ("to ask",) if _narrow() else ("answered", "lacking", "to ask"):
        table.add_column(column, justify="right", no_wrap=True)
    if not _narrow():
        table.add_column("known", no_wrap=True)
    for column in ("prompts", "answers", "dollars") if _narrow() else (*_TOKENS, "GPU hours", "dollars"):
        table.add_column(column, justify="right", min_width=8)
    return table


def _add(table: Table, name: str, row: "Row", *, bold: bool = False) -> None:
    from alchemy_assets.orchestration.planning import ESTIMATED, FIRST_ROUND  # noqa: PLC0415

    about = "~" if row.prompt_tokens_are == ESTIMATED else ""
    tokens = (about + figures.count(row.prompt_tokens), figures.count(row.completion_tokens))
    cells: tuple[str, ...]
    if _narrow():
        more = "+" if row.known == FIRST_ROUND else ""
        cells = (figures.count(row.requests) + more, *tokens, figures.dollars(row.usd))
    else:
        counts = (figures.count(value) for value in (row.answered, row.lacking, row.requests))
        cells = (*counts, row.known, *tokens, figures.hours(row.gpu_hours), figures.dollars(row.usd))
    table.add_row(name, *cells, style="bold" if bold else None)


def _notes(graph: "Graph", survey: "Survey", rows: "Sequence[Row]") -> Iterator[str]:
    """What the figures do not say of themselves."""
    from alchemy_assets.orchestration.planning import ESTIMATED, FIRST_ROUND, LEAST  # noqa: PLC0415

    if not rows:
        yield "No kind is left to ask for, or no file to ask about."
    if any(row.known == FIRST_ROUND for row in rows):
        yield (
            f"{'+' if _narrow() else 'first round'}: answers lead to more requests, and how many is not known before"
            f" {LEAST} files of the kind have been through all of theirs; these figures are the least."
        )
    if any(row.prompt_tokens_are == ESTIMATED for row in rows):
        yield "~: estimated, as characters / 4; no answer that is used now has counted a prompt of this model yet."
    elif survey.characters_a_token is not None:
        yield f"Prompts of this model: {survey.characters_a_token:.2f} characters a token, measured."
    whole = _total(rows)
    if whole.completion_tokens is None:
        yield f"Answer tokens are unknown for kinds with fewer than {LEAST} answers; alchemy pilot STRATEGY measures them."
    if whole.usd is None:
        yield _why_no_dollars(graph, survey, whole)
    if survey.unused:
        yield (
            f"{survey.unused:,} answers are kept that nothing asks for any more: prompts, sampling or settings are others now,"
            " or the kind is left out."
        )
    if survey.left_out:
        first, why = next(iter(survey.left_out.items()))
        yield f"Not counted, since their files cannot be read yet: {len(survey.left_out):,} partitions. {first}: {why}"


def _why_no_dollars(graph: "Graph", survey: "Survey", whole: "Row") -> str:
    generation = graph.workspace.settings.generation
    if generation.prompt_usd is None and generation.completion_usd is None and generation.gpu_usd is None:
        return (
            "Dollars are unknown: set generation.prompt_usd and generation.completion_usd,"
            " or generation.gpu_usd and generation.gpus."
        )
    if (generation.prompt_usd is None) != (generation.completion_usd is None):
        return "Dollars are unknown: one of generation.prompt_usd and generation.completion_usd is missing."
    if generation.gpu_usd is not None and survey.speed.prices(survey.model).gpus is None:
        return "Dollars are unknown: generation.gpu_usd is set, and the number of GPUs (generation.gpus) is not."
    if generation.gpu_usd is not None and not survey.speed.tokens:
        return "Dollars are unknown: how long this engine takes for a token has not been measured yet."
    return (
        "Dollars are unknown as long as answer tokens are."
        if whole.completion_tokens is None
        else "Dollars are unknown."
    )


def _show_stale(tables: "Sequence[TableState]") -> None:
    stale = [one for one in tables if one.stale]
    unread = [one.table for one in tables if one.partitions is None]
    if not stale and not unread:
        out.print("[bold]Stale[/]: nothing; every table is made from what is there now.")
        return
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("table", overflow="fold", min_width=16, max_width=40)
    table.add_column("stale", justify="right", no_wrap=True)
    table.add_column("why", min_width=20, max_width=_WIDEST_WHY)
    for names, one in _alike(stale):
        table.add_row(
            ", ".join(names),
            f"{len(one.stale):,} of {one.partitions:,}",
            "\n".join(
                plain(reason if number == len(one.stale) else f"{number:,}: {reason}")
                for reason, number in one.reasons.most_common()
            ),
        )
    out.print(
        "[bold]Stale[/], and why (alchemy run makes it again; nothing is asked of a model by that)", soft_wrap=False
    )
    if stale:
        out.print(table, soft_wrap=False)
    following = [one.table for one in tables if one.following]
    if following:
        out.print(
            plain(
                f"Current, but made from what is stale, and made again where that comes out otherwise: {', '.join(following)}."
            ),
            soft_wrap=False,
        )
    if unread:
        out.print(plain(f"Not known before the corpora are read: {', '.join(unread)}."), soft_wrap=False)


def _alike(tables: "Iterable[TableState]") -> "list[tuple[list[str], TableState]]":
    """Tables one after the other that are stale alike, told of together."""
    groups: list[tuple[list[str], TableState]] = []
    for one in tables:
        last = groups[-1][1] if groups else None
        if last is not None and (last.partitions, last.reasons, len(last.stale)) == (
            one.partitions,
            one.reasons,
            len(one.stale),
        ):
            groups[-1][0].append(one.table)
        else:
            groups.append(([one.table], one))
    return groups
