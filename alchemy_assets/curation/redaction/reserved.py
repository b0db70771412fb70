"""Say what to write instead: values that are reserved for examples, of the same shape, one for each original of a file.

Belongs here: the reserved values and their numbering. Does not: finding. In a file the first address becomes
`user@example.com`, the next one `user2@example.com`, and the same one always the same: what was equal stays equal, what
differed stays different, and the order of first appearance decides, so the outcome is the file's alone.
Sources: RFC 2606 (example.com), RFC 5737 and RFC 3849 (addresses for documentation).
"""

import re
from collections.abc import Callable, Iterator
from itertools import chain, count, cycle, islice, product
from typing import NamedTuple

from alchemy_assets.curation.redaction.findings import AUTHOR, EMAIL, IP_ADDRESS, PRIVATE_KEY

GIVEN_NAMES = ("Jane", "John", "Alex", "Sam", "Kim", "Robin", "Chris", "Max")
SURNAMES = ("Doe", "Roe")
HANDLE = "jdoe"
V4_NETWORKS = ("192.0.2", "198.51.100", "203.0.113")

_RUN = re.compile(r"[A-Za-z0-9]+")
_WORD = "EXAMPLE"


class Replacements:
    """The reserved values that one file has been given so far."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._given: dict[tuple[str, str], str] = {}
        self._waiting: dict[str, Iterator[str]] = {}
        self._taken: dict[str, set[str]] = {}
        self._secrets = count(1)

    def of(self, value: str, kind: str) -> str:
        """What to write for a value of a kind."""
        known = self._given.get((kind, value))
        if known is None:
            known = self._given[kind, value] = self._new(value, kind)
        return known

    def _new(self, value: str, kind: str) -> str:
        if kind == EMAIL:
            return self._fresh(_EMAILS)
        if kind == AUTHOR:
            return self._fresh(_HANDLES if value.isascii() and " " not in value else _NAMES)
        if kind == IP_ADDRESS:
            return self._fresh(_V6 if ":" in value else _V4)
        if kind == PRIVATE_KEY:
            return _RUN.sub(lambda run: _filled(_WORD, len(run[0])), value)
        return filler(value, next(self._secrets))

    def _fresh(self, series: "_Series") -> str:
        """The next value of a series that the file does not hold already: it would pass for what it is not."""
        if series.name not in self._waiting:
            self._taken[series.name] = set(series.shape.findall(self._text))
            self._waiting[series.name] = series.values()
        tried = list(islice(self._waiting[series.name], 1))
        while tried[-1] in self._taken[series.name] and len(tried) < series.tries:
            tried.extend(islice(self._waiting[series.name], 1))
        return tried[-1]


class _Series(NamedTuple):
    """Reserved values of a kind: how they look, all of them in order, and how many there are to try."""

    name: str
    shape: re.Pattern[str]
    values: Callable[[], Iterator[str]]
    tries: int


def _numbered(first: str, pattern: str) -> Iterator[str]:
    return chain([first], (pattern.format(number) for number in count(2)))


_EMAILS = _Series(
    "emails", re.compile(r"user\d*@example\.com"), lambda: _numbered("user@example.com", "user{}@example.com"), 10_000
)
_HANDLES = _Series("handles", re.compile(rf"{HANDLE}\d*"), lambda: _numbered(HANDLE, HANDLE + "{}"), 10_000)
_NAMES = _Series(
    "names",
    re.compile(rf"(?:{'|'.join(GIVEN_NAMES)}) (?:{'|'.join(SURNAMES)})"),
    lambda: cycle(f"{given} {surname}" for surname, given in product(SURNAMES, GIVEN_NAMES)),
    len(GIVEN_NAMES) * len(SURNAMES),
)
_V4 = _Series(
    "v4",
    re.compile(rf"(?:{'|'.join(map(re.escape, V4_NETWORKS))})\.\d+"),
    lambda: cycle(f"{network}.{host}" for network, host in product(V4_NETWORKS, range(1, 255))),
    254 * len(V4_NETWORKS),
)
_V6 = _Series(
    "v6", re.compile(r"2001:db8::[0-9a-f]+"), lambda: (f"2001:db8::{number:x}" for number in count(1)), 10_000
)


def filler(value: str, number: int = 1) -> str:
    """A secret's place-holder: its length, its alphabet and its separators, and a word (or sequence) that shows it.

    From the second secret of a file on it ends in its number. Where the separators leave no room for the word they
    are written over.
    """
    stream = _stream(value)
    shown = min(len(stream), len(_WORD))
    tail = "" if number == 1 else str(number)
    runs = list(_RUN.finditer(value))
    roomy = [run for run in runs if len(run[0]) >= shown + len(tail)]
    if not roomy:
        return _filled(stream, max(len(value), shown + len(tail)), tail)
    parts, at = [], 0
    for run in runs:
        parts += [value[at : run.start()], _filled(stream, len(run[0]), tail if run is roomy[-1] else "")]
        at = run.end()
    return "".join((*parts, value[at:]))


def _filled(stream: str, length: int, tail: str = "") -> str:
    return (stream * (length // len(stream) + 1))[: length - len(tail)] + tail


def _stream(value: str) -> str:
    plain = "".join(_RUN.findall(value))
    if plain.isdigit():
        return "1234567890"
    if re.fullmatch("[0-9a-f]{16,}", plain):
        return "0123456789abcdef"
    if re.fullmatch("[0-9A-F]{16,}", plain):
        return "0123456789ABCDEF"
    return _WORD if any(c.isupper() for c in plain) else _WORD.lower()
