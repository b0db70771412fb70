"""Join the source files of several corpora: a blob that several of them hold is one row with all its occurrences.

Belongs here: what two rows of the same blob have to agree on. Does not: how one corpus finds its files (`index`).
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, cast

import polars as pl

from alchemy_assets import schema
from alchemy_assets.corpora.detection import Source, Vote, strongest


class Occurrence(NamedTuple):
    """A place where a blob was found, in the order in which occurrences are sorted."""

    corpus: str
    repo_name: str
    path: str
    licenses: tuple[str, ...]
    license_type: str

    def as_row(self) -> dict[str, object]:
        """The values of `schema.OCCURRENCE`."""
        return self._asdict() | {"licenses": list(self.licenses)}


def occurrence(row: Mapping[str, object]) -> Occurrence:
    """An occurrence from a row that has at least its columns."""
    return Occurrence(
        str(row["corpus"]),
        str(row["repo_name"]),
        str(row["path"]),
        tuple(cast("list[str]", row["licenses"])),
        str(row["license_type"]),
    )


def merge(frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """One frame of `schema.SOURCE_FILES`, sorted by blob id, from those of several corpora.

    Where corpora differ on a blob's language, the stronger evidence decides, then the number of occurrences, then the
    smallest path. Neither the order of the frames nor that of their rows matters.
    """
    checked = [schema.validate(frame, schema.SOURCE_FILES, "source_files") for frame in frames]
    files = pl.concat([schema.frame_of([], schema.SOURCE_FILES), *checked])
    repeated = files.filter(pl.col("blob_id").is_duplicated()).sort("blob_id")
    rows = [_one(same.to_dicts()) for _, same in repeated.group_by("blob_id", maintain_order=True)]
    unique = files.filter(pl.col("blob_id").is_unique())
    return pl.concat([unique, schema.frame_of(rows, schema.SOURCE_FILES)]).sort("blob_id")


def _one(rows: list[dict[str, object]]) -> dict[str, object]:
    """The row of a blob from the rows that corpora have of it."""
    places = [[occurrence(place) for place in cast("list[dict[str, object]]", row["occurrences"])] for row in rows]
    votes = [
        Vote(str(row["language"]), cast("Source", row["language_source"]), min(place.path for place in some), len(some))
        for row, some in zip(rows, places, strict=True)
    ]
    decided = strongest(votes)
    unique = sorted({place for some in places for place in some})
    assert decided is not None  # noqa: S101 -- there are rows, so there are votes
    # The same bytes read two ways, each by what its corpus claims of them, must not depend on the order of the corpora.
    return min(rows, key=lambda row: str(row["encoding"])) | {
        "language": decided.language,
        "language_source": decided.source,
        "occurrences": [place.as_row() for place in unique],
    }
