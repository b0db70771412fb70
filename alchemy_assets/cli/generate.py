"""`alchemy generate`: ask a language model, for a workspace or for one file.

Belongs here: the command and its options. Does not: what is shown of one file (`generate_view`), asking.
"""

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from alchemy_assets.cli.terminal import WorkspaceOption, clear_errors, err, out, plain, show_waves
from alchemy_assets.errors import SettingsError

if TYPE_CHECKING:
    from alchemy_assets.orchestration.model import Model
    from alchemy_assets.orchestration.pending import Progress
    from alchemy_assets.orchestration.setup import EngineChoices
    from alchemy_assets.settings import Settings

StrategiesArgument = Annotated[
    list[str] | None, typer.Argument(metavar="[STRATEGY]...", help="Strategies to ask for; default: all.")
]
EngineOption = Annotated[
    str | None, typer.Option(help="endpoint, vllm or llama; noted in the workspace at the first use.")
]
ModelOption = Annotated[str | None, typer.Option(help="The model, as its server knows it; llama: a GGUF file.")]
RevisionOption = Annotated[str | None, typer.Option(help="Its revision; another one asks anew.")]
EndpointOption = Annotated[
    list[str] | None, typer.Option(help="Address of a server, such as http://host:8000/v1; may be repeated.")
]


def choices(
    engine: str | None, model: str | None, revision: str | None, endpoint: Sequence[str] | None
) -> "EngineChoices":
    """The options that name a model; an address alone means the engine `endpoint`."""
    from alchemy_assets.orchestration.setup import EngineChoices  # noqa: PLC0415 -- `alchemy --help` answers at once

    return EngineChoices(engine or ("endpoint" if endpoint else None), model, revision, tuple(endpoint or ()))


def known(strategies: Sequence[str] | None) -> tuple[str, ...]:
    """The strategies that were named, by hyphen or underscore; raises SettingsError for one that is none."""
    from alchemy_assets.strategies.registry import WRITTEN  # noqa: PLC0415

    named = tuple(name.replace("-", "_") for name in strategies or ())
    if unknown := [name for name in named if name not in WRITTEN]:
        msg = f"there is no strategy {', '.join(map(repr, unknown))}; there are {', '.join(WRITTEN)}"
        raise SettingsError(msg)
    return named


def generate(  # noqa: PLR0913, PLR0917 -- one parameter an option
    strategies: StrategiesArgument = None,
    workspace: WorkspaceOption = None,
    path: Annotated[
        Path | None,
        typer.Option(help="One file: ask about it alone, without a workspace.", exists=True, dir_okay=False),
    ] = None,
    show: Annotated[bool, typer.Option("--show", help="With --path: print prompts, completions and verdicts.")] = False,
    kinds: Annotated[str | None, typer.Option(help="With --path: kinds to ask for, comma-separated.")] = None,
    engine: EngineOption = None,
    model: ModelOption = None,
    revision: RevisionOption = None,
    endpoint: EndpointOption = None,
    budget_tokens: Annotated[int | None, typer.Option(min=0, help="Tokens that may be spent; then it stops.")] = None,
    budget_usd: Annotated[float | None, typer.Option(min=0, help="Dollars that may be spent; then it stops.")] = None,
) -> None:
    """Ask a language model for everything that has no answer yet, and make samples of the answers. Goes on where it stopped."""
    from alchemy_assets.orchestration import setup  # noqa: PLC0415

    with clear_errors():
        named = known(strategies)
        chosen = choices(engine, model, revision, endpoint)
        limits = {"budget_tokens": budget_tokens, "budget_usd": budget_usd}
        if path is not None:
            _one_file(path, named, kinds, chosen, limits, show=show)
            return
        if kinds or show:
            msg = "--kinds and --show go with --path; a workspace has the setting samples.kinds"
            raise SettingsError(msg)
        settings = limited(setup.choose_engine(setup.find(workspace), chosen), limits)
        _refuse_idle(settings, named)
        problems = _workspace(settings, named)
    if problems:
        raise typer.Exit(1)


def limited(settings: "Settings", limits: dict[str, float | int | None]) -> "Settings":
    """The settings with the limits that were given as options, and an engine that ends with the command that started it."""
    given = {name: value for name, value in limits.items() if value is not None}
    generation = settings.generation.model_copy(update={"keep_seconds": 0.0, **given})
    return settings.model_copy(update={"generation": generation})


def _refuse_idle(settings: "Settings", strategies: tuple[str, ...]) -> None:
    """Raise SettingsError where nothing could be asked, before an engine is started for it."""
    from alchemy_assets.strategies.registry import WRITTEN, written_by  # noqa: PLC0415

    engine = settings.generation.engine
    if engine in {"", "replay"}:
        what = "the engine `replay` asks nothing" if engine else "no engine is configured"
        msg = f"{what}; name one with --engine and --model, or under [generation] in alchemy.toml"
        raise SettingsError(msg)
    chosen = settings.samples.kinds
    if not any(written_by(name, chosen, settings.generation) for name in strategies or WRITTEN):
        msg = "no kind is left to ask for; see generation.strategies and samples.kinds in alchemy.toml"
        raise SettingsError(msg)


def _workspace(settings: "Settings", strategies: tuple[str, ...]) -> list[str]:
    from alchemy_assets.orchestration import summary  # noqa: PLC0415
    from alchemy_assets.orchestration.build import open_graph  # noqa: PLC0415
    from alchemy_assets.orchestration.waves import run_waves  # noqa: PLC0415

    graph = open_graph(settings)
    asked = graph.workspace.model
    assert asked is not None  # noqa: S101 -- the settings name an engine
    asked.only = strategies
    with contextlib.closing(asked):
        problems = show_waves(left_after_asking(run_waves(graph, by_hand=True), asked))
    out.print()
    for line in summary.lines(graph):
        out.print(plain(line))
    for problem in problems:
        err.print(f"[bold red]not done[/] {plain(problem)}")
    return problems


def left_after_asking(told_by: "Iterator[Progress]", model: "Model") -> "Iterator[Progress]":
    """The same progress; the engine is left when the waves after the asking begin, as samples take long and need no GPU."""
    asked = False
    for told in told_by:
        if told.wave == "generate":
            asked = True
        elif asked:
            model.close()
        yield told


def _one_file(  # noqa: PLR0913 -- one parameter an option
    path: Path,
    strategies: tuple[str, ...],
    kinds: str | None,
    chosen: "EngineChoices",
    limits: dict[str, float | int | None],
    *,
    show: bool,
) -> None:
    from pydantic import ValidationError  # noqa: PLC0415

    from alchemy_assets.cli import generate_view  # noqa: PLC0415
    from alchemy_assets.cli.terminal import listed  # noqa: PLC0415
    from alchemy_assets.settings import load, sentences  # noqa: PLC0415

    settings = load()
    try:
        generation = type(settings.generation)(**{**settings.generation.model_dump(), **chosen.given()})
    except ValidationError as error:
        msg = f"these options cannot be used: {sentences(error)}"
        raise SettingsError(msg) from error
    settings = limited(settings.model_copy(update={"generation": generation}), limits)
    for line in generate_view.lines(path, settings, strategies, listed(kinds) or (), show=show):
        out.print(line)
