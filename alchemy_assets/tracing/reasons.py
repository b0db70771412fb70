"""Why a file gave no trace, and how far it came: the closed sets, and how a step hands one back.

Belongs here: the words. Does not: the rules (`screening`, `instrument`, `acceptance`).
"""

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Every reason that `trace_outcomes.reasons` may hold."""

    NO_INSTRUMENTER = "no instrumenter yet"
    NO_SANDBOX = "no sandbox"
    TOO_LONG_TO_SHOW = "too long to show"
    COMPILE_ERROR = "compile error"
    LIBRARY = "library without a main"
    NO_CALLS = "no function to call"
    NEEDS_LIBRARY = "needs a library"
    NONDETERMINISTIC = "nondeterministic"
    UNLEARNABLE = "unlearnable value"
    CANNOT_INSTRUMENT = "cannot be instrumented"
    POINTS_REFUSED = "does not compile with its points"
    NO_EVENTS = "no events"
    FAILS_WITHOUT_INPUT = "fails without input"
    TIMEOUT = "timeout"
    EXCEEDS_LIMITS = "exceeds limits"
    ONE_PATH = "one path"
    FEW_STATES = "few states"
    COPIED = "copied from the prompt"
    REPETITIVE = "repetitive"
    TOO_LONG = "too long"
    CHANGED_BEHAVIOUR = "changed behaviour"
    CONTROL_TEXT = "control text"
    GIVEN = "came instrumented, so only its trace is known"


class Reached(StrEnum):
    """How far a file came, in order; `trace_outcomes.reached` holds the last that it reached."""

    FILE = "file"
    RUNNABLE = "runnable"
    INSTRUMENTED = "instrumented"
    COMPILED = "compiled"
    RAN = "ran"
    TWO_PATHS = "two paths"
    DETERMINISTIC = "deterministic"
    BEHAVED = "behaved"
    KEPT = "kept"


@dataclass(frozen=True)
class Dropped:
    """A file that goes no further, and why; `detail` says what in the file, `reached` how far it came."""

    reason: Reason
    detail: str = ""
    reached: Reached = Reached.FILE
