"""Compare texts with the index: which items does a text hold, how much of each, and how do we know.

Belongs here: shares of n-grams and of structure, the longest copied run. Does not: how much is too much (`judgement`).
Texts need not be files: answers in conversations and blocks of code are compared alike. Every text is read once, for its
n-grams and its shape; a tree is made only where the shape already says that an item may be there under other names.
"""

import re
from collections.abc import Mapping

import numpy as np
import polars as pl

from alchemy_assets import schema
from alchemy_assets.curation.decontamination.fingerprints import BENCHMARK
from alchemy_assets.curation.decontamination.index import Lookup, Share, lookup
from alchemy_assets.curation.decontamination.structure import family, structure
from alchemy_assets.curation.decontamination.tokens import Hashes, Windows, chunks, grams, shapes, tokenise

# What is less is not worth noting: a rule below it would never hold.
LEAST_SHARE = 0.3
# Share of an item's shape from which its structure is looked at in the tree.
CANDIDATE_SHARE = 0.45

# One item's part in one text. Shares are of the part's distinct hashes that are not common; 0.0 where none were compared.
MATCH = pl.Struct(
    {
        "item": pl.String(),
        "part": pl.String(),
        "kind": pl.String(),
        "tokens": pl.Int64(),
        "grams": pl.Int64(),
        "gram_share": pl.Float64(),
        "longest": pl.Int64(),
        "leaves": pl.Int64(),
        "windows": pl.Int64(),
        "structure_share": pl.Float64(),
    }
)
MATCHES: schema.Columns = {"text_id": pl.String(), "match": MATCH}
_FENCED = re.compile(r"^[ \t]*(`{3,}|~{3,})[^\n`]*\n(.*?)^[ \t]*\1", re.MULTILINE | re.DOTALL)


def matches(texts: pl.DataFrame, index: pl.DataFrame) -> pl.DataFrame:
    """Every part of an item that a text holds at least `LEAST_SHARE` of, by its n-grams or by its structure.

    texts: columns text_id, language, text; rows of the same id (a conversation and its blocks of code) count together.
    index: the table `contamination_index`. Returns `MATCHES`, ordered by text and item; a text without any has no row,
    and an item (a held-out file) does not match itself.
    """
    found = [pl.DataFrame(schema=_FOUND, orient="row")]
    if index.height:
        found += [_of_language(group, index) for group in texts.partition_by("language", maintain_order=True)]
    best = pl.concat(found).group_by("text_id", "number").agg(pl.all().max())
    noted = best.filter(pl.max_horizontal("gram_share", "structure_share") >= LEAST_SHARE)
    parts = index.with_row_index("number").with_columns(
        grams=pl.col("gram_hashes").list.len(), windows=pl.col("structure_hashes").list.len()
    )
    rows = (
        noted.join(parts, on="number")
        .filter(pl.col("item") != pl.col("text_id"))
        .sort("text_id", "item", "part", "number")
    )
    match = pl.struct(pl.col(field.name).cast(field.dtype) for field in MATCH.fields)
    return schema.validate(rows.select("text_id", match=match), MATCHES, "matches")


def with_code_blocks(texts: pl.DataFrame) -> pl.DataFrame:
    """Texts (columns text_id, language, text), and beside them each fenced block of code in them, under the same id."""
    own = texts.select("text_id", "language", "text")
    blocks = [
        (text_id, language, fence[2]) for text_id, language, text in own.iter_rows() for fence in _FENCED.finditer(text)
    ]
    return pl.concat([own, pl.DataFrame(blocks, schema=own.schema, orient="row")])


_FOUND: Mapping[str, pl.DataType] = {
    "text_id": pl.String(),
    "number": pl.UInt32(),
    "gram_share": pl.Float64(),
    "longest": pl.Int64(),
    "structure_share": pl.Float64(),
}


def _of_language(texts: pl.DataFrame, index: pl.DataFrame) -> pl.DataFrame:
    """What texts of one language hold; columns as `_FOUND`."""
    language, n = str(texts["language"][0]), int(index["n"][0])
    same = pl.col("family") == family(language)
    by_grams = lookup(index, "gram_hashes", same | (pl.col("kind") == BENCHMARK))
    by_shape = lookup(index, "shape_hashes", same)
    ids, items, kinds = texts["text_id"].to_list(), index["item"].to_list(), index["kind"].to_list()
    found: list[tuple[str, int, float, int, float]] = []
    for first, chunk in chunks(texts["text"]):
        tokens = tokenise(chunk)
        windows = grams(tokens, n)
        for row, part, share in _shares(by_grams, windows, LEAST_SHARE):
            # Not all of a held-out file is in the index, so that a run in it cannot be followed.
            longest = _longest(index, part, windows.of(row), n) if kinds[part] == BENCHMARK else 0
            found.append((ids[first + row], part, share, longest, 0.0))
        if not len(by_shape.hashes):
            continue
        trees: dict[int, Hashes] = {}
        for row, part, _ in _shares(by_shape, shapes(tokens, language), CANDIDATE_SHARE):
            if items[part] == ids[first + row]:
                continue
            if row not in trees:
                trees[row] = np.unique(structure(chunk[row].decode(), language))
            found.append((ids[first + row], part, 0.0, 0, _held(index["structure_hashes"][part], trees[row])))
    return pl.DataFrame(found, schema=_FOUND, orient="row")


def _shares(lookup: Lookup, windows: Windows, least: float) -> list[Share]:
    """Which parts each text of a chunk holds at least that share of."""
    places = lookup.maybe(windows.hashes)
    rows = windows.texts(places)
    whole = rows >= 0
    return lookup.shares(rows[whole], windows.hashes[places[whole]], least)


def _longest(index: pl.DataFrame, part: int, windows: Hashes, n: int) -> int:
    """Tokens in the longest run that a text has of a benchmark's part.

    Windows that follow each other overlap in all but a token, so a run of windows that all occur is a run of its tokens.
    """
    own = np.concatenate([index["gram_hashes"][part].to_numpy(), index["common_hashes"][part].to_numpy()])
    edges = np.flatnonzero(np.diff(np.isin(windows, own), prepend=False, append=False))
    return int((edges[1::2] - edges[::2]).max()) + n - 1


def _held(part: pl.Series, windows: Hashes) -> float:
    """The share of a part's hashes that are among a text's."""
    return float(np.isin(part.to_numpy(), windows, kind="sort").mean()) if len(part) else 0.0
