"""The strategies that work on curated files, by name.

Belongs here: one row a strategy. Does not: CodeTrace, which works on recorded programs (`code_trace`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from alchemy_assets.errors import SettingsError
from alchemy_assets.settings import Generation
from alchemy_assets.strategies import code_dev, code_dialogue, code_enhance, code_qa
from alchemy_assets.strategies.strategy import Kind


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


def kinds_of(strategy: Strategy, chosen: Sequence[str]) -> tuple[Kind, ...]:
    """The kinds of a strategy that need no model and were chosen, all where none was.

    Raises SettingsError for a name that nobody knows.
    """
    _refuse_unknown(chosen)
    return tuple(kind for kind in strategy.kinds if not chosen or kind.name in chosen)


def written_by(strategy: Strategy, chosen: Sequence[str], generation: Generation) -> tuple[Kind, ...]:
    """The kinds of a strategy that a model writes and were chosen; none where no engine is configured for it."""
    _refuse_unknown(chosen)
    if unknown := [name for name in generation.strategies if name not in STRATEGIES]:
        msg = f"generation.strategies names {', '.join(map(repr, unknown))}; known are {', '.join(STRATEGIES)}"
        raise SettingsError(msg)
    if not generation.engine or (generation.strategies and strategy.name not in generation.strategies):
        return ()
    return tuple(kind for kind in strategy.written(generation) if not chosen or kind.name in chosen)


def _refuse_unknown(chosen: Sequence[str]) -> None:
    if not chosen:
        return
    known = [kind.name for one in STRATEGIES.values() for kind in (*one.kinds, *one.written(Generation()))]
    if unknown := [name for name in chosen if name not in known]:
        msg = f"samples.kinds names {', '.join(map(repr, unknown))}; known are {', '.join(known)}"
        raise SettingsError(msg)
