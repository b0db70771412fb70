"""Taking the seed file out of a sample, so that a dataset can be published without other people's files.

Belongs here: finding what a sample was made from, and putting the placeholder in its place. Does not: filling it in
again (`alchemy hydrate`). A sample whose seed cannot be reproduced to the byte is withheld, not published whole.
"""

import hashlib
from collections.abc import Mapping, Sequence

import polars as pl

from alchemy_assets.curation.edits import Edit, EditError, edited


def seed(text: str, file_edits: int, source_edits: Sequence[Mapping[str, object]], source_sha256: str) -> str | None:
    """The part of a curated file that a sample was made from, or None where its recorded hash does not confirm it.

    text: of `curated_files`, so `file_edits` edits are made already; the sample's later edits are spans of this text.
    """
    for candidate in (text, _edited(text, source_edits[file_edits:])):
        if candidate is not None and hashlib.sha256(candidate.encode()).hexdigest() == source_sha256:
            return candidate
    return None


def take_out(text: str, taken: str, placeholder: str) -> str | None:
    """Put the placeholder wherever the seed, stripped, stands; None where that finds nothing or cannot be undone."""
    bare = taken.strip()
    if not bare or bare not in text or placeholder in text:
        return None
    return text.replace(bare, placeholder)


def take_out_seeds(rows: pl.DataFrame, seeds: pl.DataFrame, placeholder: str) -> pl.DataFrame:
    """Add `text_with_placeholders`, null where the seed cannot be taken out for certain.

    rows: `samples` with their `text`. seeds: `blob_id, text, edits` of `curated_files`.
    """
    curated = {
        blob_id: (text, len(edits)) for blob_id, text, edits in seeds.select("blob_id", "text", "edits").iter_rows()
    }
    taken: list[str | None] = []
    for blob_id, edits, sha256, text in rows.select("blob_id", "source_edits", "source_sha256", "text").iter_rows():
        found = seed(*curated[blob_id], edits or [], sha256) if blob_id in curated else None
        taken.append(None if found is None else take_out(text, found, placeholder))
    return rows.with_columns(pl.Series("text_with_placeholders", taken, dtype=pl.String))


def _edited(text: str, edits: Sequence[Mapping[str, object]]) -> str | None:
    try:
        return edited(text, [Edit(**edit) for edit in edits])  # type: ignore[arg-type] # a row of schema.EDIT
    except EditError:
        return None
