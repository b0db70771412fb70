"""CodeEnhance: weak files rewritten into self-contained, documented, idiomatic ones.

Belongs here: the kinds of this strategy. Does not: a kind itself.
"""

from alchemy_assets.settings import Generation
from alchemy_assets.strategies.generated.enhance import Original, Rewriting
from alchemy_assets.strategies.strategy import Kind

NAME = "code_enhance"
DESCRIPTION = "Rewrites weak files into self-contained, documented, idiomatic code."
KINDS: tuple[Kind, ...] = ()
WITHOUT_A_MODEL = (
    "CodeEnhance rewrites files with a language model; no engine is configured, so this partition is empty."
)


def written(generation: Generation) -> tuple[Kind, ...]:
    """The kinds that a language model writes."""
    return (Rewriting(generation.enhance), Original(generation.enhance))
