"""What stands in the index for an item that must not be trained on: hashes of its token n-grams and of its structure.

Belongs here: the fingerprints of held-out files (made shard by shard) and of benchmark files (made once). Does not: which
n-grams are common (`index`), comparing (`matches`).
Of a held-out file its notices and imports are left out (a file of licences is no item at all), and its smallest hashes
stand for all (a bottom sketch: the share of them that a text holds estimates the share of all, give or take 4 % at 128);
of a benchmark's item all are kept.
"""

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import numpy as np
import polars as pl

from alchemy_assets import schema
from alchemy_assets.curation.decontamination import benchmark_files
from alchemy_assets.curation.decontamination.structure import WINDOW, family, leaf_count, structure, without_comments
from alchemy_assets.curation.decontamination.tokens import Hashes, grams, shapes, tokenise
from alchemy_assets.curation.license_headers import without_notice

BENCHMARK = "benchmark"
HELD_OUT = "held_out"
BOILERPLATE = "boilerplate"  # a held-out file whose n-grams prove nothing wherever they stand
# Hashes that stand for a held-out file, of each sort: 3 kB a file, so that an index of a million files can be held.
SKETCH = 128
# Code of fewer leaves, or one that repeats itself (enumerations, manifests), has the structure of much other code: it is
# not looked for. The settings cannot go below.
LEAST_LEAVES = {BENCHMARK: 30, HELD_OUT: 100}
# Parts of a benchmark's item that are code, so that they have a structure.
_CODE = frozenset({"solution", "program"})

_LEGAL = re.compile(r"licen[sc]e|copying|copyright|notice|code[-_]of[-_]conduct", re.IGNORECASE)
_IMPORT = re.compile(
    r"^[ \t]*(?:(?:import|from|using(?![ \t]*\()|use|package|require|require_once|include|#[ \t]*include|export[ \t]+\*)\b[^\n(]*"
    r"(?:\([^)]{0,5000}\))?[^\n]*)(?:\n|\Z)",
    re.MULTILINE,
)

FINGERPRINTS: schema.Columns = {
    "item": pl.String(),
    "part": pl.String(),
    "kind": pl.String(),
    "family": pl.String(),
    "n": pl.Int64(),
    "document": pl.UInt64(),
    "tokens": pl.Int64(),
    "leaves": pl.Int64(),
    "gram_hashes": pl.List(pl.UInt64()),
    "shape_hashes": pl.List(pl.UInt64()),
    "structure_hashes": pl.List(pl.UInt64()),
}
_ORDER = ("kind", "family", "item", "part", "document", "tokens")
_EMPTY = np.zeros(0, dtype=np.uint64)


def of_held_out(files: pl.DataFrame, held_out: pl.DataFrame, n: int) -> pl.DataFrame:
    """The fingerprints of those files of `source_files` that are held out (columns blob_id, held_out); one row a file."""
    chosen = files.join(held_out.filter("held_out").select("blob_id"), on="blob_id", how="semi")
    rows = []
    columns = ("blob_id", "language", "occurrences", "text")
    for blob_id, language, occurrences, text in chosen.select(columns).iter_rows():
        places = occurrences or []
        if any(_LEGAL.match(PurePosixPath(each["path"] or "").name) for each in places):
            kind, pieces, code = BOILERPLATE, [text], (_EMPTY, _EMPTY)
        else:
            kind, pieces = HELD_OUT, _IMPORT.split(without_notice(text))
            code = _of_code(text, language, HELD_OUT)
        windows = np.concatenate([grams(tokenise([piece.encode()]), n).hashes for piece in pieces])
        tokens = len(tokenise([text.encode()]).hashes)
        document = min((each["repo_name"] for each in places if each["repo_name"]), default=blob_id)
        rows.append(_row(_Part(blob_id, "file", kind, language, document, tokens), n, windows, code))
    return _table(rows)


def of_benchmarks(paths: Iterable[Path], n: int) -> pl.DataFrame:
    """The fingerprints of the items of benchmark files; one row a part. Raises what `benchmark_files.read` raises."""
    rows = []
    for item, part, language, text in (part for path in paths for part in benchmark_files.read(path)):
        written = without_comments(text, language) if part == "program" and language else text
        tokens = tokenise([written.encode()])
        code = _of_code(text, language, BENCHMARK) if part in _CODE and language else (_EMPTY, _EMPTY)
        about = _Part(item, part, BENCHMARK, language, item, len(tokens.hashes))
        rows.append(_row(about, n, grams(tokens, n).hashes, code))
    return _table(rows)


def _of_code(text: str, language: str, kind: str) -> tuple[Hashes, Hashes]:
    """The hashes of a code's shape (without its comments, which a copy may lack) and of its structure."""
    tree = structure(text, language)
    if len(np.unique(tree)) + WINDOW <= LEAST_LEAVES[kind]:
        return _EMPTY, _EMPTY
    tokens = tokenise([without_comments(text, language).encode()])
    return shapes(tokens, language).hashes, tree


class _Part(NamedTuple):
    item: str
    part: str
    kind: str
    language: str
    document: str
    tokens: int


def _row(about: _Part, n: int, windows: Hashes, code: tuple[Hashes, Hashes]) -> dict[str, object]:
    shape, tree = code
    digest = hashlib.blake2b(about.document.encode(), digest_size=8).digest()
    return {
        "item": about.item,
        "part": about.part,
        "kind": about.kind,
        "family": family(about.language),
        "n": n,
        "document": int.from_bytes(digest, "big"),
        "tokens": about.tokens,
        "leaves": leaf_count(tree),
        "gram_hashes": _kept(windows, about.kind),
        "shape_hashes": _kept(shape, about.kind),
        "structure_hashes": _kept(tree, about.kind),
    }


def _kept(hashes: Hashes, kind: str) -> list[int]:
    distinct = np.unique(hashes)
    kept: list[int] = (distinct[:SKETCH] if kind == HELD_OUT else distinct).tolist()
    return kept


def _table(rows: list[dict[str, object]]) -> pl.DataFrame:
    return schema.frame_of(rows, FINGERPRINTS).sort(_ORDER)
