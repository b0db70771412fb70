"""The strategies that work on curated files, by name, and what a model writes for each of the five.

Belongs here: one row a strategy. Does not: how CodeTrace makes samples, which it does of recorded programs (`code_trace`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from alchemy_assets.errors import SettingsError
from alchemy_assets.settings import Generation
from alchemy_assets.strategies import code_dev, code_dialogue, code_enhance, code_qa
from alchemy_assets.strategies.generated.instrumenting import INSTRUMENTED
from alchemy_assets.strategies.strategy import CODE_TRACE, Kind


@dataclass(frozen=True)
class Strategy:
    """One strategy.

    kinds: those that need no model. written: makes those that a language model writes, out of the settings.
    without_a_model: why its partitions are empty where no engine is configured, or "".
    """

    name: str
    description: str
    kinds: tuple[Kind, ...]
    written: Callable[[Generation], tuple[Kind, ...]]
    without_a_model: str


STRATEGIES: Mapping[str, Strategy] = MappingProxyType(
    {
        room.NAME: Strategy(room.NAME, room.DESCRIPTION, room.KINDS, room.written, room.WITHOUT_A_MODEL)
        for room in (code_enhance, code_qa, code_dev, code_dialogue)
    }
)
# What a model writes, by strategy: for CodeTrace it instruments programs, which are recorded before they are samples.
WRITTEN: Mapping[str, Callable[[Generation], tuple[Kind, ...]]] = MappingProxyType(
    {**{name: one.written for name, one in STRATEGIES.items()}, CODE_TRACE: lambda _: (INSTRUMENTED,)}
)


def kinds_of(strategy: Strategy, chosen: Sequence[str]) -> tuple[Kind, ...]:
    """The kinds of a strategy that need no model and were chosen, all where none was.

    Raises SettingsError for a name that nobody knows.
    """
    _refuse_unknown(chosen)
    return tuple(kind for kind in strategy.kinds if not chosen or kind.name in chosen)


def written_by(strategy: str, chosen: Sequence[str], generation: Generation) -> tuple[Kind, ...]:
    """The kinds of a strategy that a model writes and were chosen; none where no engine is configured for it."""
    _refuse_unknown(chosen)
    if unknown := [name for name in generation.strategies if name not in WRITTEN]:
        msg = f"generation.strategies names {', '.join(map(repr, unknown))}; known are {', '.join(WRITTEN)}"
        raise SettingsError(msg)
    if not generation.engine or (generation.strategies and strategy not in generation.strategies):
        return ()
    return tuple(kind for kind in WRITTEN[strategy](generation) if not chosen or kind.name in chosen)


def _refuse_unknown(chosen: Sequence[str]) -> None:
    if not chosen:
        return
    known = [kind.name for one in STRATEGIES.values() for kind in one.kinds]
    known += [kind.name for written in WRITTEN.values() for kind in written(Generation())]
    if unknown := [name for name in chosen if name not in known]:
        msg = f"samples.kinds names {', '.join(map(repr, unknown))}; known are {', '.join(known)}"
        raise SettingsError(msg)
