"""The released dataset: samples shuffled, rendered and written in the layout that `datasets.load_dataset` reads.

Belongs here: which file a row goes to and in what order, and the folder as a whole. Does not: what stands in a row
(`release.rows`) or on the card (`release.card`). The same samples, settings and code give the same bytes, in whatever
order and files they come in: a row's place is the hash of its id.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import polars as pl

from alchemy_assets import schema
from alchemy_assets.errors import SchemaError
from alchemy_assets.release import card
from alchemy_assets.release.configs import CONFIGS, Config, config_named
from alchemy_assets.release.replaced_folder import replacing
from alchemy_assets.release.rows import render, text_bytes
from alchemy_assets.release.summary import COUNTS, Summary, count
from alchemy_assets.settings import Release

Frames: TypeAlias = Sequence[Path | pl.DataFrame]

README = "README.md"
# What zstd leaves of code in shuffled rows: 0.29 of 1 GB cut out of the standard library of Python.
COMPRESSED = 0.3
# Fewer rows a file are not worth a file: it also keeps every file from being empty, since rows fall by their hash.
FEWEST_ROWS = 64
BATCH_BYTES = 64 * 2**20
ROW_GROUP = 4_096

_SPILL = ".spill"
_ORDER = "_order"
_SEED_COLUMNS = ("blob_id", "text", "edits")


@dataclass(frozen=True)
class _Shuffle:
    """Where rows go: a row's place is the hash of the seed and its id, and a file takes a range of hashes."""

    seed: str
    files: int

    def place(self, sample_id: str) -> str:
        return hashlib.sha256(f"{self.seed}\0{sample_id}".encode()).hexdigest()

    def file(self, place: str) -> int:
        return int(place[:8], 16) * self.files >> 32


def release(
    samples: Mapping[str, Frames],
    settings: Release,
    out: Path,
    *,
    about: card.About,
    seeds: Sequence[Path] = (),
) -> Summary:
    """Write the released dataset to the folder `out`, replacing an earlier one in one step.

    samples: by config (CONFIGS), frames or Parquet files of the table `samples`; only rows for release are taken.
    seeds: Parquet files of `curated_files`, for code-enhance and for source-free configs.
    Raises SchemaError where a config or a column is unknown, or a sample id occurs twice.

    Memory: one batch of input (64 MiB) or one file of output at a time, each about three times over; in between
    the rows lie on disk beside `out`.
    """
    unknown = sorted(set(samples) - set(CONFIGS))
    if unknown:
        msg = f"there are no configs {unknown}; known are {', '.join(CONFIGS)}"
        raise SchemaError(msg)
    with replacing(out, {README, *CONFIGS}) as folder:
        counts, withheld = [], {}
        for name in CONFIGS:
            config = config_named(name, source_free=settings.source_free)
            counted, withheld[name] = _write(config, samples.get(name, ()), settings, folder, seeds)
            counts.append(counted)
        summary = Summary.of(counts, withheld, folder)
        (folder / README).write_text(card.render(summary, about, settings), encoding="utf-8")
    return summary


def _write(
    config: Config, frames: Frames, settings: Release, folder: Path, seeds: Sequence[Path]
) -> tuple[pl.DataFrame, int]:
    """Write the files of one config; its counts, and how many samples were withheld."""
    rows, size = _measure(frames)
    files = max(1, min(round(size * COMPRESSED / settings.shard_bytes), rows // FEWEST_ROWS))
    shuffle = _Shuffle(settings.seed, files)
    spill = folder / _SPILL
    counts, withheld = [pl.DataFrame(schema=dict(COUNTS))], 0
    spilled: list[list[Path]] = [[] for _ in range(files)]
    for batch in _batches(frames):
        made, missing = render(batch, config, _seeds_of(batch, config, seeds))
        withheld += missing
        counts.append(count(made, config.name))
        places = [shuffle.place(sample_id) for sample_id in made["sample_id"]]
        placed = made.with_columns(pl.Series(_ORDER, places, dtype=pl.String))
        where = pl.Series([shuffle.file(place) for place in places], dtype=pl.Int64)
        for file, rows_of_file in enumerate(spilled):
            part = placed.filter(where == file)
            if part.height:
                spill.mkdir(exist_ok=True)
                rows_of_file.append(spill / f"{file}-{len(rows_of_file)}.parquet")
                part.write_parquet(rows_of_file[-1], compression="lz4")
    for file, parts in enumerate(spilled, start=1):
        _merge(config, parts, folder / config.name / f"{config.split}-{file:05d}-of-{files:05d}.parquet")
    if spill.exists():
        spill.rmdir()
    return pl.concat(counts), withheld


def _merge(config: Config, parts: Sequence[Path], file: Path) -> None:
    """Put the spilled rows of one file into their order, write them, and remove what was spilled."""
    if not parts:
        return
    rows = pl.concat([_read(part) for part in parts]).sort(_ORDER, "sample_id")
    twice = rows.filter(pl.col("sample_id").is_duplicated())
    if twice.height:
        msg = f"{config.name}: the sample {twice['sample_id'][0]} occurs twice; was a partition given twice?"
        raise SchemaError(msg)
    file.parent.mkdir(exist_ok=True)
    rows.drop(_ORDER).write_parquet(file, compression="zstd", compression_level=3, row_group_size=ROW_GROUP)
    for part in parts:
        part.unlink()


def _measure(frames: Frames) -> tuple[int, int]:
    """How many rows are to be released, and how many bytes of text."""
    rows = size = 0
    for frame in frames:
        lazy = frame.lazy() if isinstance(frame, pl.DataFrame) else _scan(frame)
        measured = lazy.filter(pl.col("release")).select(pl.len().alias("rows"), text_bytes().alias("bytes")).collect()
        rows, size = rows + int(measured["rows"][0]), size + int(measured["bytes"][0])
    return rows, size


def _batches(frames: Frames) -> Iterator[pl.DataFrame]:
    """The samples to be released, several small files at a time."""
    waiting: list[pl.DataFrame] = []
    for frame in frames:
        table = schema.validate(frame if isinstance(frame, pl.DataFrame) else _read(frame), schema.SAMPLES, "samples")
        released = table.filter(pl.col("release"))
        if released.height:
            waiting.append(released)
        if sum(one.estimated_size() for one in waiting) >= BATCH_BYTES:
            yield pl.concat(waiting)
            waiting = []
    if waiting:
        yield pl.concat(waiting)


def _seeds_of(batch: pl.DataFrame, config: Config, seeds: Sequence[Path]) -> pl.DataFrame:
    """The curated files that a batch was made from, where its config needs them."""
    needed = config.is_source_free or "raw" in config.schema
    if not needed or not seeds:
        return pl.DataFrame(schema={name: schema.curated_files({})[name] for name in _SEED_COLUMNS})
    wanted = batch.lazy().select(pl.col("blob_id").unique())
    return (
        pl.concat([_scan(file).select(_SEED_COLUMNS) for file in seeds])
        .join(wanted, on="blob_id", how="semi")
        .collect()
    )


def _scan(file: Path) -> pl.LazyFrame:
    """Scan a file by its literal name: else `[1]` in it is a pattern, and a folder `language=C` a column."""
    return pl.scan_parquet(file, glob=False, hive_partitioning=False)


def _read(file: Path) -> pl.DataFrame:
    return pl.read_parquet(file, glob=False, hive_partitioning=False)
