"""Near duplicates: speed on real files, accuracy against all pairs, and memory of clustering a million. Never run by the tests.

    python -m bench.near_duplicates [FOLDER] [FILES]    (default: the standard library of this Python; a million files)

Prints one JSON line a figure; set POLARS_MAX_THREADS=1 before. Speed and accuracy are of the Python files of the folder.
Memory is the peak of a child process over what it holds before it starts (as the system counts it, so native memory too).
"""

import hashlib
import json
import random
import re
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import polars as pl
from scipy import sparse  # comes with datasketch

from alchemy_assets.corpora import local_files
from alchemy_assets.corpora.index import index
from alchemy_assets.curation.keeper_order import released_before, standing
from alchemy_assets.curation.license_headers import without_notice
from alchemy_assets.curation.near_duplicates import cluster
from alchemy_assets.curation.shingles import TOKENS
from alchemy_assets.curation.signatures import BANDS, sign
from alchemy_assets.settings import LocalCorpus, Settings

if TYPE_CHECKING:
    from alchemy_assets.corpora.found import Found, Rejected

T = TypeVar("T")

LEAST = 0.7
SUBSET = 3_000
FILES_OF_A_NAME = 10
MOST_EDITED = 0.15
MILLION = 1_000_000
SHARDS = 64
TOKEN = re.compile(rb"[0-9A-Za-z_\x80-\xff]+")


def figure(name: str, **values: object) -> None:
    """Print one."""
    print(json.dumps({"figure": name, **values}), flush=True)


def timed(name: str, files: pl.DataFrame, work: Callable[[], T]) -> T:
    """Run once, and print the MB of text a CPU second."""
    started = time.process_time()
    result = work()
    seconds = time.process_time() - started
    size = int(files["length_bytes"].sum()) / 1e6
    figure(name, files=files.height, cpu_seconds=round(seconds, 2), mb_per_cpu_second=round(size / seconds, 1))
    return result


def python_files(root: Path) -> pl.DataFrame:
    """The Python files of a folder, as `source_files`."""
    inputs: list[Found | Rejected] = [
        one for one in local_files.read(LocalCorpus(path=root)) if "site-packages/" not in one.location
    ]
    with tempfile.TemporaryDirectory() as scratch:
        parts = [frame for _, _, frame in index("local", inputs, Settings(), Path(scratch)).parts()]
    return pl.concat(parts).filter(language="Python")


def clusters_of(files: pl.DataFrame, folder: Path) -> pl.DataFrame:
    """Sign files into a table, and cluster that."""
    table = folder / "signatures.parquet"
    signed = timed("sign", files, lambda: sign(files))
    timed("write signatures", files, lambda: signed.write_parquet(table, compression="zstd", compression_level=3))
    standings = standing(files.select("blob_id", held_out=pl.lit(value=False)), {}, released_before(None))
    return timed("cluster", files, lambda: cluster([table], standings, LEAST, folder))


def subset(files: pl.DataFrame) -> pl.DataFrame:
    """3,000 files in which copies are likely: those that share their name with a few others, names drawn by their hash."""
    names = [occurrences[0]["path"].rpartition("/")[2] for occurrences in files["occurrences"].to_list()]
    drawn = pl.Series([hashlib.sha256(name.encode()).hexdigest() for name in names])
    few = pl.len().over("drawn").is_between(2, FILES_OF_A_NAME)
    return files.with_columns(drawn=drawn).filter(few).sort("drawn", "blob_id").head(SUBSET).drop("drawn")


def edited(files: pl.DataFrame) -> pl.DataFrame:
    """As many files again, a third of them as they are and two copies of each with some lines left out."""
    draw = random.Random(1)  # noqa: S311 -- a draw of examples
    texts = files["text"].head(len(files) // 3).to_list()
    for text in texts[:]:
        for _ in range(2):
            share = draw.uniform(0, MOST_EDITED)
            texts.append("".join(line for line in text.splitlines(keepends=True) if draw.random() > share))
    texts = sorted(set(texts))
    ids = [hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest() for text in texts]
    return pl.DataFrame({"blob_id": ids, "length_bytes": [len(text.encode()) for text in texts], "text": texts})


def all_pairs(files: pl.DataFrame) -> sparse.csr_matrix:
    """The exact Jaccard index of every two files that share anything, by tuples of five tokens (no code of the stage)."""
    known: dict[object, int] = {}
    rows, columns = [], []
    for row, text in enumerate(files["text"]):
        content = without_notice(text).encode()
        words = TOKEN.findall(content)
        grams = set(zip(*(words[at:] for at in range(TOKENS)), strict=False)) or {content}
        columns += [known.setdefault(gram, len(known)) for gram in grams]
        rows += [row] * len(grams)
    held = sparse.csr_matrix((np.ones(len(rows), dtype=np.int64), (rows, columns)), shape=(files.height, len(known)))
    shared = (held @ held.T).tocoo()
    sizes = np.bincount(rows, minlength=files.height)
    index_of = shared.data / (sizes[shared.row] + sizes[shared.col] - shared.data)
    return sparse.csr_matrix((index_of, (shared.row, shared.col)), shape=shared.shape)


def accuracy(name: str, files: pl.DataFrame) -> None:
    """Candidate recall, and precision and completeness of what is removed."""
    with tempfile.TemporaryDirectory() as folder:
        clusters = clusters_of(files, Path(folder))
    exact = all_pairs(files)
    pairs = sparse.triu(exact > LEAST - 1e-9, k=1).tocoo()
    bands = sign(files).sort("blob_id")["bands"].to_numpy()
    place = files["blob_id"].rank("ordinal").to_numpy() - 1
    found = (bands[place[pairs.row]] == bands[place[pairs.col]]).any(axis=1)
    row_of = {blob_id: row for row, blob_id in enumerate(files["blob_id"])}
    removed = [
        exact[row_of[blob_id], row_of[keeper]]
        for blob_id, keeper in clusters.filter(~pl.col("keeper")).select("blob_id", "cluster").iter_rows()
    ]
    kept = np.zeros(files.height, dtype=bool)
    kept[[row_of[blob_id] for blob_id in clusters.filter("keeper")["blob_id"]]] = True
    figure(
        f"accuracy against all pairs, {name}",
        files=files.height,
        near_pairs=len(found),
        candidate_recall=round(float(found.mean()), 4),
        removed=len(removed),
        precision=round(float(np.mean(np.array(removed) > LEAST - 1e-9)), 4),
        near_pairs_both_kept=int((kept[pairs.row] & kept[pairs.col]).sum()),
    )


# -- memory


def synthetic(folder: Path, files: int, copies: int, shared_bands: int) -> None:
    """Signatures of families of copies, which share those bands and 195 of their 200 shingles."""
    draw = np.random.default_rng(1)
    for shard in range(SHARDS):
        count = files // SHARDS
        originals = -(-count // copies)
        owner = np.arange(count) % originals
        sets = draw.integers(0, 2**32, (originals, 200), dtype=np.uint32)[owner]
        sets[:, :5] = draw.integers(0, 2**32, (count, 5), dtype=np.uint32)
        sets.sort(axis=1)
        bands = draw.integers(0, 2**63, (originals, BANDS), dtype=np.uint64)[owner]
        bands[:, shared_bands:] = draw.integers(0, 2**63, (count, BANDS - shared_bands), dtype=np.uint64)
        ids = [hashlib.sha1(b"%d %d" % (shard, row), usedforsecurity=False).hexdigest() for row in range(count)]
        frame = pl.DataFrame({"blob_id": ids, "length_bytes": draw.integers(100, 100_000, count)}).with_columns(
            shingles=pl.Series(sets).arr.to_list(), bands=pl.Series(bands)
        )
        frame.sort("blob_id").write_parquet(folder / f"{shard}.parquet", compression="zstd", row_group_size=16_384)


def peak() -> int:
    """The most bytes that this process has held; `ru_maxrss` would start from what its parent held."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


def child(folder: Path) -> None:
    """Cluster the tables of a folder, and print what it took."""
    paths = sorted(folder.glob("*.parquet"))
    with tempfile.TemporaryDirectory() as scratch:
        before, started = peak(), time.process_time()
        held_out = pl.scan_parquet(paths).select("blob_id", held_out=pl.lit(value=False)).collect()
        standings = standing(held_out, {}, released_before(None))
        del held_out
        clusters = cluster(paths, standings, LEAST, Path(scratch))
    print(
        json.dumps(
            {
                "removed": int((~clusters["keeper"]).sum()),
                "cpu_seconds": round(time.process_time() - started, 1),
                "peak_bytes_per_file": round((peak() - before) / clusters.height),
                "peak_mb": round(peak() / 1e6),
            }
        )
    )


def memory(files: int) -> None:
    """Cluster many files in a child process."""
    for copies, shared_bands in ((1, 0), (2, 21), (2, BANDS), (10, 21)):
        with tempfile.TemporaryDirectory() as folder:
            synthetic(Path(folder), files, copies, shared_bands)
            command = [sys.executable, "-m", "bench.near_duplicates", "child", folder]
            said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        figure("memory of clustering", files=files, family=copies, shared_bands=shared_bands, **json.loads(said))


def main() -> None:
    """Measure all three."""
    if sys.argv[1:2] == ["child"]:
        child(Path(sys.argv[2]))
        return
    root = Path(sys.argv[1] if len(sys.argv) > 1 else sysconfig.get_path("stdlib"))
    files = python_files(root)
    sign(files.head(100))  # what is loaded at the first call is not counted
    with tempfile.TemporaryDirectory() as folder:
        timed("end to end", files, lambda: clusters_of(files, Path(folder)))
    accuracy("files", subset(files))
    accuracy("edited files", edited(subset(files)))
    memory(int(sys.argv[2]) if len(sys.argv) > 2 else MILLION)  # noqa: PLR2004


if __name__ == "__main__":
    main()
