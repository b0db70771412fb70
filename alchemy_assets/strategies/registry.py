"""The strategies that work on curated files, by name.

Belongs here: one row a strategy. Does not: CodeTrace, which works on recorded programs (`code_trace`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from alchemy_assets.errors import SettingsError
from alchemy_assets.strategies import code_dev, code_dialogue, code_enhance, code_qa
from alchemy_assets.strategies.strategy import Kind


@dataclass(frozen=True)
class Strategy:
    """One strategy.

    kinds: those that need no model. without_a_model: why its partitions are empty where no engine is configured, or "".
    """

    name: str
    description: str
    kinds: tuple[Kind, ...]
    without_a_model: str


STRATEGIES: Mapping[str, Strategy] = MappingProxyType(
    {
        room.NAME: Strategy(room.NAME, room.DESCRIPTION, room.KINDS, room.WITHOUT_A_MODEL)
        for room in (code_enhance, code_qa, code_dev, code_dialogue)
    }
)


def kinds_of(strategy: Strategy, chosen: Sequence[str]) -> tuple[Kind, ...]:
    """The kinds of a strategy that were chosen, all where none was; raises SettingsError for one that nobody knows."""
    known = [kind.name for one in STRATEGIES.values() for kind in one.kinds]
    if unknown := [name for name in chosen if name not in known]:
        msg = f"samples.kinds names {', '.join(map(repr, unknown))}; known are {', '.join(known)}"
        raise SettingsError(msg)
    return tuple(kind for kind in strategy.kinds if not chosen or kind.name in chosen)
