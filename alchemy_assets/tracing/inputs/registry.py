"""The proposers of inputs that there are, by language.

Belongs here: from a language to the function that proposes. Does not: the proposing.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from alchemy_assets.tracing.inputs import python, shell, sql
from alchemy_assets.tracing.inputs.engine import proposer
from alchemy_assets.tracing.inputs.rows import ROWS
from alchemy_assets.tracing.scripts import Test

PROPOSE: Mapping[str, Callable[[str], list[Test]]] = MappingProxyType(
    {
        **{language: proposer(language) for language in ROWS},
        "Python": python.propose,
        "SQL": sql.propose,
        "Shell": shell.propose,
    }
)
"""Candidate tests for a file of a language: at most `pools.MOST_CANDIDATES`, the same each time."""
