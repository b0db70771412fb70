"""Memory and speed of reading public corpora, each figure in a process of its own. Never run by the tests.

    python -m bench.corpora [ROWS] [BLOBS]      (default: 1,000,000 rows of ids; 20,000 blobs over HTTP)

Makes a table of ids like Stack-Edu's and a server that plays Software Heritage's bucket, then prints one JSON line a figure:
CPU seconds, and the peak of resident memory beside what the imports alone take.
"""

import gzip
import hashlib
import json
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
from aiohttp import web

from alchemy_assets.corpora import stack_edu
from alchemy_assets.corpora.fetched import Part, source_files
from alchemy_assets.corpora.ids import split
from alchemy_assets.corpora.journal import BLOB, Journal
from alchemy_assets.corpora.settle import settle
from alchemy_assets.corpora.sizes import sizes
from alchemy_assets.settings import Fetch, PublicCorpus, Settings

MIB = 2**20
BATCH = 50_000
PART = Part("stack_edu", "Python", "0-of-1")


def blob(number: int) -> bytes:
    """A file of about two kilobytes."""
    return b"".join(b"def f_%d_%d(value):\n    return value * %d\n" % (number, line, line) for line in range(45))


def write_table(folder: Path, rows: int) -> None:
    """Ids in a file per language, one blob in twenty twice."""
    for language in ("Python", "Go"):
        (folder / language).mkdir(parents=True)
        writer = None
        for first in range(0, rows // 2, BATCH):
            numbers = [n - n % 20 if n % 20 == 1 else n for n in range(first, min(first + BATCH, rows // 2))]
            ids = [hashlib.sha1(b"%d" % n, usedforsecurity=False).hexdigest() for n in numbers]
            table = pl.DataFrame({"blob_id": ids}).with_columns(
                pl.lit(language).alias("language"),
                pl.format("owner{}/repository{}", pl.int_range(pl.len()), pl.int_range(pl.len()) + first).alias(
                    "repo_name"
                ),
                pl.format("/source/of/some/package/module_{}.py", pl.int_range(pl.len())).alias("path"),
                pl.lit("UTF-8").alias("src_encoding"),
                pl.lit(2_000, dtype=pl.Int64).alias("length_bytes"),
                pl.lit(3.5).alias("score"),
                pl.concat_list(pl.lit("MIT")).alias("detected_licenses"),
                pl.lit("permissive").alias("license_type"),
            )
            arrow = table.to_arrow(compat_level=pl.CompatLevel.oldest())
            writer = writer or pq.ParquetWriter(folder / language / "a.parquet", arrow.schema)
            writer.write_table(arrow)
        if writer is not None:
            writer.close()


def serve(blobs: int, ready: "multiprocessing.Queue[str]") -> None:
    """Play the bucket, in a process of its own."""
    held = {hashlib.sha1(blob(n), usedforsecurity=False).hexdigest(): n for n in range(blobs)}

    async def answer(request: web.Request) -> web.Response:
        return web.Response(body=gzip.compress(blob(held[request.match_info["id"]]), 1))

    async def started(_: web.Application) -> None:
        ready.put(f"http://127.0.0.1:{site.getsockname()[1]}")

    import socket  # noqa: PLC0415

    site = socket.create_server(("127.0.0.1", 0), backlog=1024)
    app = web.Application()
    app.router.add_get("/content/{id}", answer)
    app.on_startup.append(started)
    web.run_app(app, sock=site, print=None, access_log=None)


def settings_of(folder: Path, memory: int, bucket: str = "http://127.0.0.1:1") -> Settings:
    """Settings of one shard."""
    return Settings(
        workspace=folder / "w",
        shards=1,
        stack_edu=PublicCorpus(),
        fetch=Fetch(memory=memory, bucket=bucket, attempts=2),
    )


def split_ids(folder: Path, memory: int) -> int:
    """Read all ids and split them; how many rows there were."""
    corpus = PublicCorpus(path=str(folder / "table"))
    return split(stack_edu.SHAPE, corpus, settings_of(folder, memory), folder / "scratch").inputs


def list_sizes(folder: Path, _: int) -> int:
    """Sum up the languages of the table."""
    found = sizes(stack_edu.SHAPE, PublicCorpus(path=str(folder / "table")), Fetch(), 2**30)
    return int(found["rows"].sum())


def make_ids(folder: Path, numbers: int) -> Path:
    """The ids of one partition, published."""
    path = folder / f"ids-{numbers}.parquet"
    ids = {hashlib.sha1(blob(n), usedforsecurity=False).hexdigest(): len(blob(n)) for n in range(numbers)}
    place = pl.struct(
        corpus=pl.lit("stack_edu"),
        repo_name=pl.lit("owner/repository"),
        path=pl.format("/source/of/some/package/module_{}.py", pl.int_range(pl.len())),
        licenses=pl.concat_list(pl.lit("MIT")),
        license_type=pl.lit("permissive"),
    )
    pl.DataFrame({"blob_id": list(ids), "length_bytes": list(ids.values())}).sort("blob_id").select(
        "blob_id",
        language=pl.lit("Python"),
        language_source=pl.lit("label"),
        occurrences=pl.concat_list(place),
        src_encoding=pl.lit("UTF-8"),
        length_bytes="length_bytes",
    ).write_parquet(path, row_group_size=16_384)
    return path


def fetch_blobs(folder: Path, memory: int, bucket: str, numbers: int) -> int:
    """Fetch the blobs of a partition; how many were asked for."""
    scratch = folder / "scratch"
    scratch.mkdir(exist_ok=True)
    made = source_files(PART, folder / f"ids-{numbers}.parquet", settings_of(folder, memory, bucket), scratch)
    return made.blobs


def settle_files(folder: Path, memory: int) -> int:
    """Look for blobs under two languages among the files of two corpora."""
    return settle(sorted((folder / "settle").glob("*.parquet")), folder, memory).height


def measured(name: str, work: Callable[..., int], *arguments: object, **more: object) -> None:
    """Run in a fresh process and print what it took."""
    queue: multiprocessing.Queue[dict[str, float]] = multiprocessing.get_context("spawn").Queue()
    child = multiprocessing.get_context("spawn").Process(target=_child, args=(queue, work, arguments))
    child.start()
    figure = queue.get()
    child.join()
    print(json.dumps({"figure": name, **more, **figure}), flush=True)


def _child(
    queue: "multiprocessing.Queue[dict[str, float]]", work: Callable[..., int], arguments: tuple[object, ...]
) -> None:
    before, started = _peak(), time.process_time()
    rows = work(*arguments)
    seconds = time.process_time() - started
    queue.put(
        {
            "rows": rows,
            "cpu_seconds": round(seconds, 2),
            "rows_per_cpu_second": round(rows / seconds),
            "imports_mib": before,
            "peak_mib": _peak(),
        }
    )


def _peak() -> float:
    """The peak of resident memory in MiB. Not `ru_maxrss`: that begins with what the parent had."""
    for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmHWM:"):
            return round(int(line.split()[1]) / 1024, 1)
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


def main() -> None:
    """Measure everything."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    blobs = int(sys.argv[2]) if len(sys.argv) > 2 else 20_000  # noqa: PLR2004
    spawn = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_table(folder / "table", rows)
        measured("sizes", list_sizes, folder, 0)
        for memory in (32, 64, 256):
            measured("split ids", split_ids, folder, memory * MIB, memory_mib=memory)
        ready: multiprocessing.Queue[str] = spawn.Queue()
        server = spawn.Process(target=serve, args=(blobs, ready), daemon=True)
        server.start()
        bucket = ready.get()
        for numbers in (blobs // 4, blobs):
            make_ids(folder, numbers)
            for memory in (8, 64):
                journal = PART.journal(settings_of(folder, MIB))
                journal.unlink(missing_ok=True)
                measured("fetch", fetch_blobs, folder, memory * MIB, bucket, numbers, memory_mib=memory)
        server.terminate()
        journal.unlink()
        with Journal(journal) as kept:
            list(kept.records())
            for number in range(rows):
                text = blob(number)
                kept.add(hashlib.sha1(text, usedforsecurity=False).hexdigest(), BLOB, text)
        make_ids(folder, rows)
        for memory in (8, 64):
            measured("rows of kept blobs", fetch_blobs, folder, memory * MIB, bucket, rows, memory_mib=memory)
        (folder / "settle").mkdir()
        made = pl.scan_parquet(folder / "scratch" / "files.parquet").select(pl.exclude("text"))
        made.sink_parquet(folder / "settle" / "one.parquet")
        contested = (pl.int_range(pl.len()) % 100) == 0
        made.filter(contested).with_columns(language=pl.lit("Ruby")).sink_parquet(folder / "settle" / "two.parquet")
        measured("settle", settle_files, folder, 256 * MIB, memory_mib=256, of=rows)


if __name__ == "__main__":
    main()
