"""Counts of grounded samples by kind and language, as pages show them.

    python -m bench.grounded_counts SAMPLE_COUNTS [SAMPLE_COUNTS ...] > PAGE

SAMPLE_COUNTS are tables `sample_counts`: of a workspace, or of `bench.grounded make ... --counts TABLE`. Writes, in Markdown:
samples by kind and language; what was proved of them and how hard they are, by kind; acceptance by reason, by kind; and all
of that again by kind and language, a line each.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl

from alchemy_assets import schema
from alchemy_assets.languages import LANGUAGES
from alchemy_assets.quality import sql_models
from alchemy_assets.strategies.grounded.completion import language_name
from alchemy_assets.strategies.strategy import CuratedFile, Rejected, Verified, tables

FLAGS = ("parsed", "compiled", "executed", "tests_passed", "behaves_as_source", "observed", "answer_is_source")
COLUMNS = (
    "kind",
    "language",
    "files",
    "samples",
    "rejected",
    *FLAGS,
    "lines",
    "depth",
    "copied",
    "most frequent reasons",
)
MOST_REASONS = 8
Row = dict[str, Any]


def counted(judged: dict[str, list[Verified | Rejected]], files: Sequence[CuratedFile]) -> pl.DataFrame:
    """The table `sample_counts` of what was judged, by strategy, over these files."""
    columns = sql_models.TABLES["curated_files"]
    curated = schema.frame_of(
        [dict.fromkeys(columns) | {"blob_id": file.blob_id, "language": file.language} for file in files], columns
    )
    with TemporaryDirectory() as folder:
        listed = {"curated_files": [Path(folder, "curated_files.parquet")]}
        curated.write_parquet(listed["curated_files"][0])
        for strategy, found in judged.items():
            for name, frame in zip((strategy, f"{strategy}_rejected"), tables(strategy, found), strict=True):
                listed[name] = [Path(folder, f"{name}.parquet")]
                frame.write_parquet(listed[name][0])
        return sql_models.run("sample_counts", listed)


def page(rows: Sequence[Row]) -> Iterator[str]:
    """The lines of a page over rows of `sample_counts`."""
    kinds = list(dict.fromkeys(row["kind"] for row in rows))
    languages = [name for name in LANGUAGES if any(row["language"] == name for row in rows)]
    found = {(row["kind"], row["language"]): row for row in rows}
    yield from _table(
        ("kind", "all", *(language_name(name) for name in languages)),
        (
            (
                f"`{kind}`",
                sum(row["samples"] for row in rows if row["kind"] == kind),
                *(found[kind, name]["samples"] if (kind, name) in found else "" for name in languages),
            )
            for kind in kinds
        ),
    )
    yield ""
    yield from _table(
        COLUMNS,
        (_line(kind, "all", [row for row in rows if row["kind"] == kind]) for kind in kinds),
    )
    yield ""
    yield from _table(
        COLUMNS,
        (_line(row["kind"], language_name(row["language"]), [row], 3) for row in rows if row["samples"]),
    )


def _line(kind: str, language: str, rows: Sequence[Row], most: int = MOST_REASONS) -> tuple[object, ...]:
    """Flags are counts of samples; lines and depth medians, the copied share a mean, weighted by samples over languages."""
    reasons: Counter[str] = Counter()
    for row in rows:
        reasons.update({one["reason"]: one["samples"] for one in row["rejected_by_reason"]})
    return (
        f"`{kind}`",
        language,
        *(sum(row[name] for row in rows) for name in ("files", "samples", "rejected", *FLAGS)),
        *(_weighed(rows, name) for name in ("answer_lines", "dependency_depth", "copied_share")),
        "; ".join(f"{reason} {count}" for reason, count in reasons.most_common(most)),
    )


def _weighed(rows: Sequence[Row], name: str) -> str:
    known = [(row[name], row["samples"]) for row in rows if row[name] is not None and row["samples"]]
    weight = sum(samples for _, samples in known)
    return f"{sum(value * samples for value, samples in known) / weight:.2g}" if weight else ""


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"| {' | '.join('---' for _ in head)} |"
    for row in rows:
        yield f"| {' | '.join(f'{value:,}' if isinstance(value, int) else str(value) for value in row)} |"


def main() -> None:
    """Write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("counts", nargs="+", type=Path)
    chosen = parser.parse_args()
    frame = pl.concat([pl.read_parquet(path) for path in chosen.counts]).sort("strategy", "kind", "language")
    sys.stdout.write("\n".join(page(list(frame.iter_rows(named=True)))) + "\n")


if __name__ == "__main__":
    main()
