"""CodeDialogue: conversations of several turns about one file.

Belongs here: the kinds of this strategy. Does not: a kind itself.
"""

from alchemy_assets.settings import Generation
from alchemy_assets.strategies.generated.dialogue.conversation import Conversation
from alchemy_assets.strategies.grounded.debugging import Debugging
from alchemy_assets.strategies.strategy import Kind

NAME = "code_dialogue"
DESCRIPTION = "Talks about a file over several turns, each of which builds on the one before."
KINDS: tuple[Kind, ...] = (Debugging(),)
WITHOUT_A_MODEL = ""


def written(_generation: Generation) -> tuple[Kind, ...]:
    """The kinds that a language model writes."""
    return (Conversation(),)
