"""A small library of each language that call-level traces reach: pure functions and no main."""

PYTHON = '''"""Numbers and texts."""


class EmptyError(Exception):
    pass


def gcd(a, b):
    """Greatest common divisor.

    >>> gcd(48, 36)
    12
    """
    if a < 0 or b < 0:
        raise ValueError("negative")
    while b:
        a, b = b, a % b
    return a


def runs(text: str, least: int = 1) -> list[tuple[str, int]]:
    """Letters with how often each stands in a row."""
    if not text:
        raise EmptyError("no text")
    found = []
    for letter in text:
        if found and found[-1][0] == letter:
            found[-1] = (letter, found[-1][1] + 1)
        else:
            found.append((letter, 1))
    return [one for one in found if one[1] >= least]
'''

LIBRARIES = {"Python": PYTHON}
