"""Judge files by what must not be learned from them: secrets, addresses and names become recorded edits.

Belongs here: from lines to edits, and when edits are not enough. Does not: detecting (a module a question) nor what is
written instead (`reserved`). Names and notices of copyright stay, licences ask for them; their e-mail addresses go.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import polars as pl

from alchemy_assets import schema
from alchemy_assets.curation.edits import Edit, edited
from alchemy_assets.curation.redaction import (
    assignments,
    authors,
    emails,
    ip_addresses,
    plugins,
    private_keys,
    vendor_keys,
)
from alchemy_assets.curation.redaction.findings import API_KEY, KINDS, PASSWORD, Finding, disjoint
from alchemy_assets.curation.redaction.prefilter import FAMILIES, marked_lines
from alchemy_assets.curation.redaction.reserved import Replacements
from alchemy_assets.curation.stage import Rule, Stage
from alchemy_assets.curation.syntax import errors_in

NAME = "redaction"
# The signal that counts the edits of each kind.
COUNTS = MappingProxyType({kind: f"{kind}es" if kind.endswith("s") else f"{kind}s" for kind in KINDS})
# redacted: nothing is left to edit after the edits.
COLUMNS: Mapping[str, pl.DataType] = MappingProxyType(
    {
        **dict.fromkeys(COUNTS.values(), pl.Int64()),
        "redacted": pl.Boolean(),
        "parses_as_before": pl.Boolean(),
        "lines": pl.Int64(),
    }
)
# A file with more is a dump of credentials, or of addresses (change logs have many, but not in every fifth line), and no
# program (ours).
MOST_SECRETS = 50
MOST_ADDRESSES, MOST_ADDRESSES_A_LINE = 200, 0.2


class MarkedLine(NamedTuple):
    """A line, where it starts (bytes of its text), and which detectors should look at it."""

    start: int
    line: str
    families: frozenset[str]


def edits_of(text: str) -> list[Edit]:
    """The edits (byte spans) that redact a text, in order."""
    return _edits(text, next(iter(_marked(pl.Series([text], dtype=pl.String)).values()), []))


def _marked(texts: pl.Series) -> dict[int, list[MarkedLine]]:
    lines: dict[int, list[MarkedLine]] = {}
    for row, start, line, *flags in marked_lines(texts).iter_rows():
        families = frozenset(family for family, flag in zip(FAMILIES, flags, strict=True) if flag)
        lines.setdefault(row, []).append(MarkedLine(start, line, families))
    return lines


def _edits(text: str, lines: Sequence[MarkedLine]) -> list[Edit]:
    replacements = Replacements(text)
    edits = []
    found = sorted(_findings(text, lines))
    for start, end, value, kind in sorted([*found, *_elsewhere(text.encode(), found)]):
        replacement = replacements.of(value, kind)
        if replacement != value:
            edits.append(Edit(start, end, replacement, kind))
    return edits


def _elsewhere(source: bytes, found: Sequence[tuple[int, int, str, str]]) -> Iterator[tuple[int, int, str, str]]:
    """Where a secret stands again in its file, without the name that told it there."""
    taken = [(start, end) for start, end, *_ in found]
    secrets = sorted({(value, kind) for _, _, value, kind in found if kind in {API_KEY, PASSWORD}})
    for value, kind in secrets[:MOST_SECRETS]:
        for match in re.finditer(rb"(?<![\w-])" + re.escape(value.encode()) + rb"(?![\w-])", source):
            if not any(match.start() < end and start < match.end() for start, end in taken):
                taken.append(match.span())
                yield *match.span(), value, kind


def _findings(text: str, lines: Sequence[MarkedLine]) -> Iterator[tuple[int, int, str, str]]:
    """Byte spans, what stands there and its kind; disjoint, as are the lines."""
    keys: list[tuple[int, int, str, str]] = []
    if any("private_keys" in each.families for each in lines):
        keys = list(_in_bytes(0, text, disjoint(private_keys.find(text))))
        yield from keys
    for start, line, families in lines:
        for found in _in_bytes(start, line, disjoint(_in_line(line, families))):
            if not any(found[0] < key_end and key_start < found[1] for key_start, key_end, *_ in keys):
                yield found


def _in_bytes(base: int, text: str, findings: Iterable[Finding]) -> Iterator[tuple[int, int, str, str]]:
    at_character, at_byte = 0, base
    for start, end, kind in findings:
        value = text[start:end]
        first = at_byte + len(text[at_character:start].encode())
        at_character, at_byte = end, first + len(value.encode())
        yield first, at_byte, value, kind


# In the order in which they win where they want the same characters: a vendor's shape says most.
_DETECTORS: Mapping[str, Callable[[str], Iterator[Finding]]] = MappingProxyType(
    {
        "vendor_keys": vendor_keys.find,
        "assignments": assignments.find,
        "plugins": plugins.find,
        "emails": emails.find,
        "ip_addresses": ip_addresses.find,
        "authors": authors.find,
    }
)


def _in_line(line: str, families: frozenset[str]) -> Iterator[Finding]:
    for family, find in _DETECTORS.items():
        if family in families:
            yield from find(line)


def stage() -> Stage:
    """The stage `redaction`; it needs no settings."""
    return Stage(NAME, COLUMNS, _measure, RULES)


def _measure(files: pl.DataFrame) -> pl.DataFrame:
    lines = _marked(files["text"])
    edits = [_edits(text, lines[row]) if row in lines else [] for row, text in enumerate(files["text"])]
    rows = [row for row, of_file in enumerate(edits) if of_file]
    after = [edited(files["text"][row], edits[row]) for row in rows]
    left = _marked(pl.Series(after, dtype=pl.String))
    settled = {row: not _edits(text, left.get(at, [])) for at, (row, text) in enumerate(zip(rows, after, strict=True))}
    parses = {
        row: _parses_as(files["language"][row], files["text"][row], text) for row, text in zip(rows, after, strict=True)
    }
    measured = [
        (
            *_counts(of_file),
            settled.get(row, True),
            parses.get(row, True),
            text.count("\n") + 1,
            [each._asdict() for each in of_file],
            _detail(text, of_file),
        )
        for row, (text, of_file) in enumerate(zip(files["text"], edits, strict=True))
    ]
    columns = {**COLUMNS, "edits": pl.List(schema.EDIT), "detail": pl.String()}
    return files.hstack(pl.DataFrame(measured, schema=columns, orient="row"))


def _counts(edits: Iterable[Edit]) -> list[int]:
    counts = Counter(edit.kind for edit in edits)
    return [counts[kind] for kind in KINDS]


def _detail(text: str, edits: Sequence[Edit]) -> str:
    if not edits:
        return ""
    line = text.encode().count(b"\n", 0, edits[0].start) + 1
    return f"line {line}"


def _parses_as(language: str, before: str, after: str) -> bool:
    """Whether a text parses as well as it did before; mostly it has no error, and then that is all to look at."""
    if language == "Markdown":
        return True
    errors = errors_in(language, after.encode()).error_nodes
    return not errors or errors <= errors_in(language, before.encode()).error_nodes


_ADDRESSES = pl.col("emails") + pl.col("ip_addresses")

RULES = (
    Rule("it holds many secrets", pl.col("api_keys") + pl.col("passwords") > MOST_SECRETS),
    Rule(
        "it holds many addresses of people and machines",
        _ADDRESSES.gt(MOST_ADDRESSES) & _ADDRESSES.gt(MOST_ADDRESSES_A_LINE * pl.col("lines")),
    ),
    Rule("its secrets cannot be taken out", ~pl.col("redacted")),
    Rule("it does not parse without its secrets", ~pl.col("parses_as_before")),
)
