"""Which traces are worth training on: the rules of a good answer, over what was recorded.

Belongs here: measures with their bounds. Does not: recording (`record`), the measures themselves (`events`).
"""

import re
from collections.abc import Mapping, Sequence

from alchemy_assets.curation.control_marks import marks
from alchemy_assets.tracing import events as measure
from alchemy_assets.tracing.events import Event
from alchemy_assets.tracing.reasons import Reason
from alchemy_assets.tracing.ways import control_outcomes

CHARACTERS_A_TOKEN = 4
LEAST_EVENTS = 8
LEAST_STATES = 6
LEAST_OUTCOMES = 2
MOST_COPIED = 0.3
MOST_REPEATED = 0.5
COMPRESSION = (1.3, 14.0)
MOST_LONG_NUMBERS = 0.15
_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}\b|<[\w.]+ object at")
# Digits that nobody works out in the head: long fractions and long integers, but for the bounds of 64 bits.
_LONG_NUMBER = re.compile(
    r"\d\.\d{9,}|(?<!\d)(?!(?:9223372036854775807|9223372036854775808|18446744073709551615)(?!\d))\d{16,}"
)
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029\ufeff]")


def judge(prompt: str, traces: Sequence[str], loop_ends: Mapping[str, int], answer_tokens: int) -> list[Reason]:
    """Every reason that speaks against a recording; none means that it is kept.

    prompt: all files that are shown, and the script; loop_ends: as in `control_outcomes`.
    """
    answer = "".join(traces)
    read = [measure.read_events(text) for text in traces]
    together = [event for one in read for event in one]
    reasons = {
        Reason.NO_EVENTS: not together,
        Reason.ONE_PATH: bool(together) and control_outcomes(read, loop_ends) < LEAST_OUTCOMES,
        Reason.FEW_STATES: says_little(together),
        Reason.COPIED: measure.copied_share(answer, prompt) > MOST_COPIED,
        Reason.REPETITIVE: measure.repeated_share(together) > MOST_REPEATED
        or measure.compression_ratio(answer) > COMPRESSION[1],
        Reason.TOO_LONG: len(answer) > answer_tokens * CHARACTERS_A_TOKEN,
        Reason.UNLEARNABLE: _unlearnable(answer, together),
        Reason.CONTROL_TEXT: _UNPRINTABLE.search(answer) is not None or any(marks(text) for text in (prompt, answer)),
    }
    return [reason for reason, holds in reasons.items() if holds]


def says_little(events: Sequence[Event]) -> bool:
    """Whether a trace has too few events or states to learn from."""
    return len(events) < LEAST_EVENTS or measure.distinct_states(events) < LEAST_STATES


def _unlearnable(answer: str, events: Sequence[Event]) -> bool:
    long = sum(any(_LONG_NUMBER.search(value) for _, value in event.state) for event in events)
    noise = measure.compression_ratio(answer) < COMPRESSION[0] and len(answer) > 400  # noqa: PLR2004 -- zlib needs a start
    return _ADDRESS.search(answer) is not None or long > MOST_LONG_NUMBERS * max(len(events), 1) or noise
