"""Find the lines that a detector should look at: a few compiled patterns over all lines at once.

Belongs here: getting from millions of lines to the few thousand worth a closer look. Does not: deciding anything. Each
detector says in its `PREFILTER` what is true of every line in which it could find something.
"""

from collections.abc import Mapping
from types import MappingProxyType

import polars as pl

from alchemy_assets.curation.redaction import (
    assignments,
    authors,
    emails,
    ip_addresses,
    plugins,
    private_keys,
    vendor_keys,
)

# Each detector's name and its patterns, all of which hold of a line with a finding; the first is cheap.
FAMILIES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "private_keys": private_keys.PREFILTER,
        "vendor_keys": vendor_keys.PREFILTER,
        "assignments": assignments.PREFILTER,
        "plugins": plugins.PREFILTER,
        "emails": emails.PREFILTER,
        "ip_addresses": ip_addresses.PREFILTER,
        "authors": authors.PREFILTER,
    }
)
_LINES = {"row": pl.UInt32(), "start": pl.Int64(), "line": pl.String(), **dict.fromkeys(FAMILIES, pl.Boolean())}


def marked_lines(texts: pl.Series) -> pl.DataFrame:
    """The lines worth a look: their text's place in the series, where they start (bytes), and for which detectors.

    A frame of `row, start, line` and a Boolean column for each of `FAMILIES`, ordered by row and start.
    """
    line, length = pl.col("line"), pl.col("line").str.len_bytes().cast(pl.Int64)
    lines = (
        texts.alias("text")
        .to_frame()
        .with_row_index("row")
        .filter(pl.any_horizontal(pl.col("text").str.contains(patterns[0]) for patterns in FAMILIES.values()))
        .select("row", line=pl.col("text").str.split("\n"))
        .explode("line", empty_as_null=True)
    )
    marked = (
        lines.with_columns(start=(length + 1).cum_sum().over("row") - length - 1)
        .with_columns(line.str.contains(patterns[0]).alias(family) for family, patterns in FAMILIES.items())
        .filter(pl.any_horizontal(*FAMILIES))
        .with_columns(
            (pl.col(family) & pl.all_horizontal(line.str.contains(pattern) for pattern in patterns[1:])).alias(family)
            for family, patterns in FAMILIES.items()
            if patterns[1:]
        )
    )
    return marked.filter(pl.any_horizontal(*FAMILIES)).select(pl.col(name).cast(kind) for name, kind in _LINES.items())
