"""Speed of redaction on one core, what it finds, and what its prefilter costs. Never run by the tests.

    POLARS_MAX_THREADS=1 python -m bench.redaction FOLDER [MOST_FILES] [--recall] [--show N]
    python -m bench.redaction --cases

Prints one JSON line a figure: MB per CPU second, edits per 1,000 files of each kind; with `--recall` what detect-secrets'
plugins and our own detectors find when they look at every line of 3,000 files instead of the marked ones; with `--show` N
edits drawn at random, as they stand in their lines.
"""

import argparse
import hashlib
import json
import random
import time
from pathlib import Path

import polars as pl

from alchemy_assets.curation import redaction
from alchemy_assets.curation.redaction import judging
from alchemy_assets.curation.redaction.prefilter import FAMILIES
from alchemy_assets.languages import LANGUAGES
from tests.curation import redaction_cases

LANGUAGE_OF = {suffix: language.name for language in LANGUAGES.values() for suffix in language.suffixes}
LARGEST = 1_000_000


def files_of(root: Path, most: int) -> pl.DataFrame:
    """Up to so many source files of a folder (the same ones each time), as the stage needs them."""
    paths = [
        path for path in root.rglob("*") if path.suffix in LANGUAGE_OF and path.is_file() and not path.is_symlink()
    ]
    paths.sort(key=lambda path: hashlib.sha256(str(path).encode()).digest())
    rows: dict[str, tuple[str, str, str]] = {}
    for path in paths:
        if len(rows) == most:
            break
        raw = path.read_bytes()
        if 0 < len(raw) <= LARGEST:
            text = raw.decode(errors="replace")
            rows[hashlib.sha256(raw).hexdigest()] = (LANGUAGE_OF[path.suffix], text, str(path))
    return pl.DataFrame(
        [(blob_id, *row) for blob_id, row in rows.items()],
        schema={"blob_id": pl.String, "language": pl.String, "text": pl.String, "path": pl.String},
        orient="row",
    )


def spans(edits: list[dict[str, object]]) -> set[tuple[object, ...]]:
    """Edits as comparable rows."""
    return {(edit["start"], edit["end"], edit["kind"]) for edit in edits}


def recall(files: pl.DataFrame) -> None:
    """Print how many of the edits that a look at every line gives the marked lines give as well."""
    all_families = frozenset(FAMILIES)
    found = missed = 0
    started = time.process_time()
    for text in files["text"]:
        at, lines = 0, []
        for line in text.split("\n"):
            lines.append(judging.MarkedLine(at, line, all_families))
            at += len(line.encode()) + 1
        full = {edit[:2] for edit in judging._edits(text, lines)}  # noqa: SLF001 -- the same work without the prefilter
        marked = {edit[:2] for edit in redaction.edits_of(text)}
        found, missed = found + len(full & marked), missed + len(full - marked)
        for start, end in sorted(full - marked):
            print(json.dumps({"missed": text.encode()[start - 40 : end + 20].decode(errors="replace")}))
    seconds = time.process_time() - started
    figure = {
        "figure": "prefilter",
        "files": files.height,
        "found": found,
        "missed": missed,
        "cpu_seconds": round(seconds, 1),
    }
    print(json.dumps(figure))


def show(files: pl.DataFrame, facts: pl.DataFrame, number: int) -> None:
    """Print edits drawn at random, so many of each kind, as they stand in their lines."""
    texts = dict(files.select("blob_id", "text").iter_rows())
    paths = dict(files.select("blob_id", "path").iter_rows())
    by_kind: dict[str, list[tuple[str, dict[str, int | str]]]] = {}
    for blob_id, edits in facts.select("blob_id", "edits").iter_rows():
        for edit in edits:
            by_kind.setdefault(edit["kind"], []).append((blob_id, edit))
    for kind, edits in sorted(by_kind.items()):
        for blob_id, edit in random.Random(number).sample(edits, min(number, len(edits))):  # noqa: S311 -- a draw, not a key
            raw = texts[blob_id].encode()
            before, after = raw[: edit["start"]].split(b"\n")[-1][-70:], raw[edit["end"] :].split(b"\n")[0][:40]
            what = raw[edit["start"] : edit["end"]].decode()
            print(
                f"{kind} {Path(paths[blob_id]).name}: {before.decode(errors='replace')}⟦{what} -> {edit['replacement']}⟧"
                f"{after.decode(errors='replace')}"
            )


def main() -> None:
    """Measure on the files of a folder."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--cases", action="store_true", help="recall and precision on the labelled lines instead")
    parser.add_argument("most", type=int, nargs="?", default=20_000)
    parser.add_argument("--recall", action="store_true")
    parser.add_argument("--show", type=int, default=0)
    arguments = parser.parse_args()
    if arguments.cases or arguments.folder is None:
        for held_back in (False, True):
            for row in redaction_cases.figures(held_back=held_back):
                print(json.dumps(row))
        for error in redaction_cases.errors(held_back=False):
            print(json.dumps(error))
        return
    files = files_of(arguments.folder, arguments.most)
    size = int(files["text"].str.len_bytes().sum()) / 1e6
    redaction.edits_of("ghp_")  # detect-secrets is imported once
    started = time.process_time()
    facts = redaction.stage().facts(files)
    seconds = time.process_time() - started
    verdicts = redaction.stage().decide(facts)
    signals = verdicts["signals"].struct.unnest()
    per_thousand = {name: round(1_000 * int(signals[name].sum()) / files.height, 1) for name in judging.COUNTS.values()}
    reasons = verdicts["reasons"].explode(empty_as_null=True).drop_nulls().value_counts(sort=True).rows()
    figure = {
        "figure": "redaction",
        "files": files.height,
        "mb": round(size, 1),
        "cpu_seconds": round(seconds, 2),
        "mb_per_cpu_second": round(size / seconds, 2),
        "files_with_edits": int((verdicts["edits"].list.len() > 0).sum()),
        "edits_per_1000_files": per_thousand,
        "rejected": dict(reasons),
    }
    print(json.dumps(figure), flush=True)
    if arguments.show:
        show(files, facts, arguments.show)
    if arguments.recall:
        recall(files.head(3_000))


if __name__ == "__main__":
    main()
