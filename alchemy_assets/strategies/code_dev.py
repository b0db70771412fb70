"""CodeDev: tasks that developers do on a given file.

Belongs here: the kinds of this strategy. Does not: a kind itself.
"""

from alchemy_assets.strategies.strategy import Kind

NAME = "code_dev"
DESCRIPTION = "Does what developers are asked to do on a file: fix, extend, refactor, test, review."
KINDS: tuple[Kind, ...] = ()
WITHOUT_A_MODEL = (
    "CodeDev has developers' tasks written by a language model; no engine is configured, so this partition is empty."
)
