"""Why a recording gives no sample of a kind: the closed set of reasons.

Belongs here: the words. Does not: the rules; what speaks against an output (`grounded.printed`).
"""

from enum import StrEnum


class Reason(StrEnum):
    """Every reason of this package's own that `rejected_samples.reasons` may hold."""

    NO_SOURCE = "its trace points cannot be taken out"
    NO_COMMANDS = "its tests cannot be told apart in run.sh"
    NOT_RECORDED = "no output was recorded"
    COPIED = "copied from the prompt"
    NOTHING_NEW = "no event says anything new"
    NOTHING_TO_ASK = "no branch or loop is worth asking about"
    NO_SHORT_TRACE = "no trace can be told in few words"
    PROMPT_TOO_LONG = "the prompt is too long"
    TOO_EASY = "easier than the settings ask for"
    TOO_HARD = "harder than the settings allow"
    ENOUGH_OF_BAND = "enough samples of its difficulty"
