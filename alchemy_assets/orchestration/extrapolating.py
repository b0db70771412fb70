"""From a part of the files to all of them: intervals for shares and for sums.

Belongs here: statistics. Does not: which files the part has (`drawing`).
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# A normal distribution has 95 % of itself within so many standard deviations.
WITHIN = 1.959964
# Fewer tell nothing of how much files differ.
LEAST = 20


def wilson(hits: int, of: int) -> tuple[float, float] | None:
    """The 95 % interval of a share, after Wilson (1927); None where there is nothing to have a share of."""
    if not of:
        return None
    share, z = hits / of, WITHIN**2 / of
    middle = (share + z / 2) / (1 + z)
    half = WITHIN / (1 + z) * math.sqrt(share * (1 - share) / of + z / (4 * of))
    return max(middle - half, 0.0), min(middle + half, 1.0)


@dataclass(frozen=True)
class Figure:
    """A sum over all files, and the half-width of its 95 % interval; None where it is unknown, or no interval makes sense.

    least: what is known for certain, since it was counted.
    """

    value: float | None
    half: float | None = None
    least: float = 0.0

    @property
    def low(self) -> float | None:
        """The lower end of the interval; never below what was counted."""
        return None if self.value is None or self.half is None else max(self.value - self.half, self.least)

    @property
    def high(self) -> float | None:
        """The upper end of the interval."""
        return None if self.value is None or self.half is None else self.value + self.half


NOTHING = Figure(0.0, 0.0)


def extrapolated(costs: Sequence[float | None], files: int) -> Figure:
    """The cost of `files` files out of that of some of them, drawn by chance; unknown where a cost is, or there is none."""
    known = [cost for cost in costs if cost is not None]
    if not files:
        return NOTHING
    if not known or len(known) < len(costs):
        return Figure(None)
    count, counted = len(known), sum(known)
    mean = counted / count
    if count >= files:
        return Figure(counted, 0.0, counted)
    if count < LEAST:
        return Figure(mean * files, None, counted)
    variance = sum((cost - mean) ** 2 for cost in known) / (count - 1)
    # What was counted is no longer a matter of chance, so the interval closes as the part becomes the whole.
    error = files * math.sqrt((1 - count / files) * variance / count)
    return Figure(mean * files, WITHIN * error, counted)


def summed(figures: Iterable[Figure]) -> Figure:
    """Independent sums together: unknown where one is, without an interval where one has none."""
    values, halves, least = [], [], 0.0
    for figure in figures:
        values.append(figure.value)
        halves.append(figure.half)
        least += figure.least
    known = [value for value in values if value is not None]
    widths = [half for half in halves if half is not None]
    if len(known) < len(values):
        return Figure(None)
    half = math.hypot(*widths) if len(widths) == len(halves) else None
    return Figure(sum(known), half, least)
