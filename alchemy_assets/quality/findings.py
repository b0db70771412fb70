"""What a check of a table found, and the invariants that Polars alone can check.

Belongs here: rules that hold for many tables (keys, order, which partition a row belongs to), and the conservation of
files. Does not: what may stand in `curated_files` and `samples` (`quality.expectations`).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from alchemy_assets.shards import shard_of

IDS_SHOWN = 3
_ID_CHARACTERS = 64

# What tells rows apart and orders them, where it is not the blob id; None where rows have no key of their own.
KEYS: Mapping[str, str | None] = {"samples": "sample_id", "completions": "request_sha256", "rejected_inputs": None}
# Tables that may hold several rows of one blob.
SEVERAL_A_KEY = frozenset({"traces", "rejected_samples", "rejected_files"})


@dataclass(frozen=True)
class Finding:
    """What one check found. `detail` holds counts and ids, never text of a file.

    name: fixed for its table, and fit for the name of an asset check.
    """

    name: str
    passed: bool
    description: str
    detail: str
    failed_rows: int


def finding(name: str, description: str, ids: pl.Series, bad: pl.Series) -> Finding:
    """The finding of a check that marks the rows that are bad."""
    failing = ids.filter(bad)
    return counted(name, description, len(ids), failing.len(), failing.head(IDS_SHOWN).to_list())


def counted(name: str, description: str, rows: int, failed: int, ids: list[str | None]) -> Finding:
    """The finding of a check that counted its failing rows; `ids` are some of them."""
    if not failed:
        return Finding(name, passed=True, description=description, detail=f"{rows} rows", failed_rows=0)
    shown = ", ".join(repr(one[:_ID_CHARACTERS] if one is not None else None) for one in ids)
    return Finding(
        name,
        passed=False,
        description=description,
        detail=f"{failed} of {rows} rows, for instance {shown}",
        failed_rows=failed,
    )


def invariants(
    table: str, frame: pl.DataFrame, *, language: str | None = None, shard: str | None = None
) -> list[Finding]:
    """Whether a frame has the order of its table and holds only rows of its partition.

    table: name of the table (`samples` for the samples of any strategy); stages of curation need no entry anywhere.
    language, shard: the partition's keys, where it has them; `shard` is for instance `03-of-64`.
    """
    key = KEYS.get(table, "blob_id")
    found = []
    if key is not None:
        found.extend(_of_key(table, frame[key]))
    ids = frame[key] if key is not None else frame[frame.columns[0]]
    if language is not None and "language" in frame.columns:
        found.append(finding("one_language", f"Every row is {language}.", ids, frame["language"].ne_missing(language)))
    if shard is not None and "blob_id" in frame.columns:
        count = int(shard.rpartition("-")[2])
        elsewhere = pl.Series([_shard(blob_id, count) != shard for blob_id in frame["blob_id"]], dtype=pl.Boolean)
        found.append(finding("in_its_shard", f"Every blob belongs to the shard {shard}.", ids, elsewhere))
    return found


def conservation(funnel: pl.DataFrame) -> Finding:
    """Whether every file that was read is kept or rejected, and none is both: over the table of metrics `funnel`."""
    description = "Of every language, files read = files kept + files rejected."
    outcomes = (
        funnel.filter(pl.col("stage").is_in(["source_files", "curated_files"]))
        .group_by("language", "outcome")
        .agg(pl.col("files").sum())
    )
    wrong: dict[str, int] = {}
    for (language,), rows in outcomes.group_by("language"):
        files = dict(rows.select("outcome", "files").iter_rows())
        missing = abs(files.get("read", 0) - files.get("kept", 0) - files.get("rejected", 0))
        astray = max(missing, files.get("lost", 0) + files.get("contradicted", 0))
        if astray:
            wrong[str(language)] = astray
    read = int(outcomes.filter(pl.col("outcome") == "read")["files"].sum())
    listed = ", ".join(f"{wrong[language]} of {language}" for language in sorted(wrong))
    detail = f"{read} files" if not wrong else f"{listed}: lost, or kept although rejected"
    return Finding(
        "conservation", passed=not wrong, description=description, detail=detail, failed_rows=sum(wrong.values())
    )


def _of_key(table: str, keys: pl.Series) -> list[Finding]:
    found = []
    if table not in SEVERAL_A_KEY:
        bad = keys.is_duplicated() | keys.is_null()
        found.append(finding("key_unique", f"No two rows have the same {keys.name}.", keys, bad))
    before = keys.shift(1)
    out_of_order = (keys < before).fill_null(value=False)
    found.append(finding("sorted_by_key", f"Rows are ordered by {keys.name}.", keys, out_of_order))
    return found


def _shard(blob_id: str | None, count: int) -> str | None:
    try:
        return shard_of(blob_id or "", count)
    except ValueError:
        return None
