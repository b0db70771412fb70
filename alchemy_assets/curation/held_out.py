"""Decide which files are held out for the benchmarks: a frozen, versioned draw by repository.

Belongs here: the draw. Does not: what is compared with held-out files (`near_duplicates`). It is a pure function of
names, so the same file is held out in every run, on every machine and at every number of shards.
"""

import hashlib

import polars as pl

from alchemy_assets import schema
from alchemy_assets.settings import HeldOut

_DRAWN_BYTES = 8


def is_drawn(name: str, settings: HeldOut) -> bool:
    """Whether a repository (or blob id) falls into the share: the first 64 bits of sha256(version + name) below it."""
    digest = hashlib.sha256((settings.version + name).encode()).digest()
    return int.from_bytes(digest[:_DRAWN_BYTES], "big") < settings.share * float(1 << 8 * _DRAWN_BYTES)


def decide(files: pl.DataFrame, settings: HeldOut) -> pl.DataFrame:
    """The table `held_out` of a frame of `source_files`, ordered by blob id.

    A blob with any occurrence in a drawn repository is held out; one that has no repository is drawn by its own id.
    `decided_by` is `repository:NAME` (the first drawn one by name), `repository` (none was drawn) or `blob_id`.
    """
    names = files["occurrences"].list.eval(pl.element().struct.field("repo_name")).to_list()
    drawn_before: dict[str, bool] = {}
    rows: list[dict[str, object]] = []
    for blob_id, listed in zip(files["blob_id"], names, strict=True):
        repositories = sorted({name for name in listed or () if name})
        for name in repositories:
            drawn_before.setdefault(name, is_drawn(name, settings))
        drawn = [name for name in repositories if drawn_before[name]]
        if repositories:
            rows.append(
                {
                    "blob_id": blob_id,
                    "held_out": bool(drawn),
                    "decided_by": f"repository:{drawn[0]}" if drawn else "repository",
                }
            )
        else:
            rows.append({"blob_id": blob_id, "held_out": is_drawn(blob_id, settings), "decided_by": "blob_id"})
    return schema.frame_of(rows, schema.HELD_OUT).sort("blob_id")
