"""How figures are written for people: short, with a unit, and "unknown" where nobody knows.

Belongs here: text out of numbers. Does not: the numbers.
"""

from collections.abc import Callable

UNKNOWN = "unknown"
_LONGEST = 100_000
_UNITS = ((10**12, "T"), (10**9, "G"), (10**6, "M"), (10**3, "k"))
_SMALL = 0.01


def count(value: float | None) -> str:
    """A number of things: whole up to 100,000, beyond that with three digits and a unit."""
    if value is None:
        return UNKNOWN
    if value < _LONGEST:
        return f"{value:,.0f}"
    size, unit = next((size, unit) for size, unit in _UNITS if value >= size)
    scaled = value / size
    return f"{scaled:.0f} {unit}" if scaled >= 100 else f"{scaled:.3g} {unit}"  # noqa: PLR2004 -- three digits


def hours(value: float | None) -> str:
    """Hours of GPUs."""
    if value is None:
        return UNKNOWN
    return "< 0.01" if 0 < value < _SMALL else f"{value:,.2f}"


def dollars(value: float | None) -> str:
    """Dollars, to the cent."""
    if value is None:
        return UNKNOWN
    return "< $0.01" if 0 < value < _SMALL else f"${value:,.2f}"


def share(value: float | None) -> str:
    """A share of something, in per cent."""
    return UNKNOWN if value is None else f"{100 * value:.1f} %"


def spread(low: float | None, high: float | None, written: Callable[[float | None], str] = count) -> str:
    """An interval, or nothing where there is none."""
    return "" if low is None or high is None else f"{written(low)} – {written(high)}"
