"""What the web UI shows of a partition: counts, sizes, and a few short, redacted rows.

The UI has no log-in of its own, so a preview shows only the columns that a table declares safe, 200 characters a cell, with
e-mail addresses and long tokens masked; text that no stage has judged yet is never declared.
"""

import re
from typing import Any, TypeAlias

import dagster as dg

from alchemy_assets.orchestration.gate import Published
from alchemy_assets.orchestration.workspace import Workspace
from alchemy_assets.store import Manifest

ROWS, CHARACTERS = 5, 200
Metadata: TypeAlias = dg.MetadataValue[Any]

_MASKED = (
    (re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+"), "user@example.com"),
    (re.compile(r"\b(?=[A-Za-z0-9_/+-]*\d)(?=[A-Za-z0-9_/+-]*[A-Za-z])[A-Za-z0-9_/+-]{20,}\b"), "<masked>"),
)


def redacted(value: object) -> str:
    """One cell as the UI may show it."""
    text = str(value)
    for pattern, replacement in _MASKED:
        text = pattern.sub(replacement, text)
    return text if len(text) <= CHARACTERS else text[: CHARACTERS - 1] + "…"


def _table(workspace: Workspace, published: Published) -> dict[str, Metadata]:
    table, manifest = published.table, published.manifest
    if not table.preview or not manifest.rows:
        return {}
    first = next(file.part for file in manifest.files if file.rows)
    frame = workspace.store.read(table.name, manifest.partition, table.columns, first).select(table.preview).head(ROWS)
    schema = dg.TableSchema([dg.TableColumn(name) for name in table.preview])
    # Hashes are keys here, not secrets: they stay whole.
    rows = [
        dg.TableRecord(
            {
                name: str(value) if name.endswith(("_id", "sha256", "cluster")) else redacted(value)
                for name, value in row.items()
            }
        )
        for row in frame.iter_rows(named=True)
    ]
    return {"preview": dg.MetadataValue.table(rows, schema)}


def _counts(manifest: Manifest) -> dict[str, Metadata]:
    plain: dict[str, Metadata] = {
        name: dg.MetadataValue.int(count)
        for name, count in manifest.counts.items()
        if not name.startswith("rejected: ")
    }
    reasons = {
        name.removeprefix("rejected: "): count
        for name, count in manifest.counts.items()
        if name.startswith("rejected: ")
    }
    if reasons:
        lines = [
            "| reason | rows |",
            "| --- | ---: |",
            *(f"| {reason} | {count} |" for reason, count in sorted(reasons.items())),
        ]
        plain["rejected by reason"] = dg.MetadataValue.md("\n".join(lines))
    return plain


def metadata(workspace: Workspace, published: Published) -> dict[str, Metadata]:
    """The metadata of one materialisation."""
    manifest = published.manifest
    return {
        "dagster/row_count": dg.MetadataValue.int(manifest.rows),
        "bytes": dg.MetadataValue.int(manifest.size),
        "seconds": dg.MetadataValue.float(round(published.seconds or 0.0, 3)),
        "unchanged": dg.MetadataValue.bool(published.seconds is None),
        **_counts(manifest),
        **{name: dg.MetadataValue.text(note) for name, note in manifest.notes.items()},
        **({"left out": dg.MetadataValue.json(list(manifest.missing))} if manifest.missing else {}),
        **_table(workspace, published),
    }
