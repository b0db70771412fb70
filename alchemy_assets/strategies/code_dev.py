"""CodeDev: tasks that developers do on a given file.

Belongs here: the kinds of this strategy. Does not: a kind itself.
"""

from alchemy_assets.settings import Generation
from alchemy_assets.strategies.generated.dev.kinds import KINDS as WRITTEN
from alchemy_assets.strategies.grounded.edit_sequence import EditSequence
from alchemy_assets.strategies.grounded.planted_bug import PlantedBug
from alchemy_assets.strategies.grounded.refactoring import Refactoring
from alchemy_assets.strategies.grounded.test_writing import TestWriting
from alchemy_assets.strategies.strategy import Kind

NAME = "code_dev"
DESCRIPTION = "Does what developers are asked to do on a file: fix, extend, refactor, test, review."
KINDS: tuple[Kind, ...] = (EditSequence(), PlantedBug(), Refactoring(), TestWriting())
WITHOUT_A_MODEL = ""


def written(_generation: Generation) -> tuple[Kind, ...]:
    """The kinds that a language model writes."""
    return WRITTEN
