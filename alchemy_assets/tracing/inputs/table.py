"""What a language says for reading its input: the row that `arguments` and `streams` go by.

Belongs here: the shape of a row. Does not: the rows (`rows`).
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Table:
    """How the programs of a language read.

    lists: (pattern for the expression that holds all arguments, how many of its first are no arguments).
    parameter: finds the name of `main`'s parameter that holds them, where there is one, and `lists` has NAME for it.
    asks: (pattern of a call that reads one value, what it is; `line` where that is told by what is made of it).
    formats: calls whose format string (the first after) says what is read; targets: a pattern whose group holds variables.
    streams: what reads to the end of the input.
    input: what a program that reads standard input has somewhere; without it nothing else is taken for a read of it.
    options: (pattern of an option's declaration, in which form its groups are).
    """

    language: str
    lists: tuple[tuple[str, int], ...]
    parameter: re.Pattern[str] | None = None
    asks: tuple[tuple[re.Pattern[str], str], ...] = ()
    formats: re.Pattern[str] | None = None
    targets: re.Pattern[str] | None = None
    streams: re.Pattern[str] | None = None
    input: re.Pattern[str] | None = None
    options: tuple[tuple[re.Pattern[str], str], ...] = ()
