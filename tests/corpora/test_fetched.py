"""Source files out of ids: every occurrence is one of a source file or rejected, whatever the bucket does, and however often it is begun."""

import io
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterable
from pathlib import Path

import polars as pl
import pytest

from alchemy_assets import schema
from alchemy_assets.corpora import stack_edu
from alchemy_assets.corpora.fetched import Fetched, Part, source_files
from alchemy_assets.corpora.found import Found
from alchemy_assets.corpora.ids import IDS, split
from alchemy_assets.corpora.index import index
from alchemy_assets.corpora.software_heritage import BucketDownError
from alchemy_assets.settings import Fetch, PublicCorpus, Settings
from tests.corpora.servers import Bucket, Hub, body, sha1, status

PART = Part("stack_edu", "Python", "0-of-1")


def an_id(blob: bytes, *paths: str, **more: object) -> dict[str, object]:
    """The row of a blob that occurs at some paths of the repository `r`."""
    return {
        "blob_id": sha1(blob),
        "language": "Python",
        "language_source": "label",
        "occurrences": [
            {"corpus": "stack_edu", "repo_name": "r", "path": path, "licenses": ["MIT"], "license_type": "permissive"}
            for path in sorted(paths or ("a.py",))
        ],
        "src_encoding": "",
        "length_bytes": len(blob),
    } | more


def ids_file(tmp_path: Path, rows: Iterable[dict[str, object]]) -> Path:
    """The ids of a partition, as they are published."""
    path = tmp_path / "ids.parquet"
    schema.frame_of(sorted(rows, key=lambda row: str(row["blob_id"])), IDS).write_parquet(path)
    return path


def settings_of(tmp_path: Path, bucket: str, **more: object) -> Settings:
    """Settings with short deadlines."""
    fetch = {"bucket": bucket, "longest_wait": 0.05, "attempts": 2, "stall_seconds": 1, "patience": 5}
    return Settings(
        workspace=tmp_path / "w", shards=1, stack_edu=PublicCorpus(largest_file=10_000), fetch=Fetch(**fetch | more)
    )


def made(tmp_path: Path, bucket: Bucket, *rows: dict[str, object], **more: object) -> Fetched:
    """The source files of some ids."""
    scratch = tmp_path / "scratch"
    scratch.mkdir(exist_ok=True)
    result = source_files(PART, ids_file(tmp_path, rows), settings_of(tmp_path, bucket.address, **more), scratch)
    schema.validate(pl.read_parquet(result.files), schema.SOURCE_FILES, "source_files")
    schema.validate(pl.read_parquet(result.rejected), schema.REJECTED_INPUTS, "rejected_inputs")
    assert result.inputs == sum(len(row["occurrences"]) for row in rows) == result.occurrences + result.rejections
    return result


def test_a_fetched_file_is_as_one_that_was_at_hand(tmp_path):
    """The rows are those that `index` makes of the same files with their texts at hand."""
    files = {"a.py": b"x = 1\n", "b.py": "y = 'é'\r\n".encode(), "c.py": "\ufeffz = 1\n".encode("utf-16")}
    occurrences = [Found("", "r", path, data, ("MIT",), "permissive", label="Python") for path, data in files.items()]
    at_hand = index("stack_edu", occurrences, Settings(workspace=tmp_path / "w", shards=1), tmp_path / "index")
    [(_, _, expected)] = at_hand.parts()
    with Bucket(*files.values()) as bucket:
        result = made(tmp_path, bucket, *(an_id(data, path) for path, data in files.items()))
    assert pl.read_parquet(result.files).equals(expected)


@pytest.mark.parametrize(
    ("row", "answer", "reason", "detail"),
    [
        (an_id(b"gone"), status(404), "not in the archive", "HTTP 404"),
        (an_id(b"bad"), body(b"junk"), "the archive's copy is corrupt", "not gzip"),
        (an_id(b"x" * 10_001, length_bytes=3), None, "larger than 10000 bytes", "as it was read"),
        (an_id(b""), None, "empty", ""),
        (an_id(b"a\0b"), None, "binary", "NUL at byte 1"),
        (an_id(b"x = '\xff\xfe'"), None, "cannot be decoded", "neither"),
        (an_id(b"x = '\xff\xfe'", src_encoding="unicode_escape"), None, "cannot be decoded", "neither"),
        (an_id(b"<?xml?><TS>", "a.py", language_source="suffix"), None, "no known language", "not the Python that"),
    ],
)
def test_what_cannot_be_a_file_is_rejected_for_each_occurrence(tmp_path, row, answer, reason, detail):
    """A blob without a text is one rejected input for each of its occurrences, which its location names."""
    blobs = [b"x" * 10_001, b"", b"a\0b", b"x = '\xff\xfe'", b"<?xml?><TS>", b"x = 1\n"]
    row = row | {"occurrences": an_id(b"", "a.py", "b.py")["occurrences"]}
    with Bucket(*blobs) as bucket:
        if answer is not None:
            bucket.always[row["blob_id"]] = answer
        result = made(tmp_path, bucket, row, an_id(b"x = 1\n"))
    rejected = pl.read_parquet(result.rejected)
    assert rejected["location"].to_list() == [f"r/a.py ({row['blob_id']})", f"r/b.py ({row['blob_id']})"]
    assert rejected["corpus"].unique().to_list() == ["stack_edu"]
    assert rejected["reason"].unique().to_list() == [reason]
    assert rejected["detail"][0].startswith(detail)
    assert pl.read_parquet(result.files)["text"].to_list() == ["x = 1\n"]


def test_nothing_is_lost_whatever_the_bucket_does(tmp_path):
    """Of many blobs with many fates each occurrence comes out once, in the files or among the rejected inputs."""
    fates = (None, status(404), body(b"junk"), body(b""))
    blobs = [b"x = %d\n" % number for number in range(80)]
    rows = [an_id(blob, *(f"{n}.py" for n in range(1 + number % 3))) for number, blob in enumerate(blobs)]
    with Bucket(*blobs) as bucket:
        for number, blob in enumerate(blobs):
            if (fate := fates[number % len(fates)]) is not None:
                bucket.always[sha1(blob)] = fate
            bucket.first[sha1(blob)] = [status(503)] if number % 5 == 0 else []
        result = made(tmp_path, bucket, *rows, attempts=5)
    files, rejected = pl.read_parquet(result.files), pl.read_parquet(result.rejected)
    assert set(files["blob_id"]) == {sha1(blob) for blob in blobs[::4]}
    kept = [
        f"r/{place['path']} ({blob_id})"
        for blob_id, places in files.select("blob_id", "occurrences").rows()
        for place in places
    ]
    asked = [f"r/{place['path']} ({row['blob_id']})" for row in rows for place in row["occurrences"]]
    assert sorted(kept + rejected["location"].to_list()) == sorted(asked)


def test_from_the_hub_to_source_files(tmp_path):
    """A dataset of ids on the Hub becomes source files: split by language, fetched part by part, nothing left over."""
    texts = {
        "Go/a.parquet": [b"package a%d\n" % n for n in range(20)],
        "Python/a.parquet": [b"y = %d\n" % n for n in range(20)],
    }
    tables = {}
    for name, blobs in texts.items():
        rows = [
            {
                "blob_id": sha1(blob),
                "language": name.split("/")[0],
                "repo_name": "r",
                "path": f"{n}",
                "src_encoding": "UTF-8",
                "length_bytes": len(blob),
                "detected_licenses": ["MIT"],
                "license_type": "permissive",
            }
            for n, blob in enumerate(blobs)
        ]
        file = io.BytesIO()
        pl.DataFrame(rows).write_parquet(file)
        tables[name] = file.getvalue()
    every = [blob for blobs in texts.values() for blob in blobs]
    with Hub("lab/edu", tables) as hub, Bucket(*every) as bucket:
        settings = settings_of(tmp_path, bucket.address, hub=hub.address)
        corpus = PublicCorpus(path="hf://datasets/lab/edu")
        found = split(stack_edu.SHAPE, corpus, settings, tmp_path / "split")
        frames = []
        for (language, key), ids in found.ids.items():
            scratch = tmp_path / language
            scratch.mkdir()
            made_of = source_files(Part("stack_edu", language, key), ids, settings, scratch)
            frames.append(pl.read_parquet(made_of.files))
    assert found.inputs == 40
    assert {language: set(frame["text"]) for frame in frames for language in frame["language"].unique()} == {
        name.split("/")[0]: {blob.decode() for blob in blobs} for name, blobs in texts.items()
    }


def test_the_encoding_that_a_corpus_names_helps_where_none_is_sure(tmp_path):
    """A short Latin-1 text that could be anything is read as its corpus says, and the encoding is recorded."""
    blob = "s = 'ü'\n".encode("latin-1")
    with Bucket(blob) as bucket:
        result = made(tmp_path, bucket, an_id(blob, src_encoding="ISO-8859-1"))
    [row] = pl.read_parquet(result.files).select("text", "encoding").to_dicts()
    assert row == {"text": "s = 'ü'\n", "encoding": "latin_1"}


def test_what_could_not_be_had_is_asked_for_by_the_next_call(tmp_path):
    """A partition with a blob that fails for now is not made; the next call asks for that one alone, and makes it."""
    blobs = [b"x = %d\n" % number for number in range(30)]
    with Bucket(*blobs) as bucket:
        bucket.always[sha1(blobs[3])] = status(500)
        with pytest.raises(BucketDownError, match=r"1 of 30 blobs of stack_edu Python 0-of-1 .*HTTP 500.* run again"):
            made(tmp_path, bucket, *map(an_id, blobs))
        assert not (tmp_path / "scratch" / "files.parquet").exists()
        bucket.asked.clear()
        bucket.always.clear()
        result = made(tmp_path, bucket, *map(an_id, blobs))
        assert bucket.asked == {sha1(blobs[3]): 1}
        assert (result.asked, result.blobs) == (1, 30)


def test_what_could_not_be_had_can_be_rejected_instead(tmp_path):
    """By a setting a partition goes on without the blobs that fail for now, and says so."""
    with Bucket(b"x = 1\n", b"y = 1\n") as bucket:
        bucket.always[sha1(b"x = 1\n")] = status(500)
        result = made(tmp_path, bucket, an_id(b"x = 1\n"), an_id(b"y = 1\n"), unavailable="reject")
    assert pl.read_parquet(result.rejected).select("reason", "detail").rows() == [("could not be fetched", "HTTP 500")]


def test_refusals_are_not_asked_for_again(tmp_path):
    """Once the archive said that it lacks a blob, a later call takes its word, unless it was a limit that has changed."""
    large = b"#" * 20_000
    with Bucket(large, b"x = 1\n") as bucket:
        rows = an_id(b"gone"), an_id(large, length_bytes=None), an_id(b"x = 1\n")
        first = made(tmp_path, bucket, *rows)
        again = made(tmp_path, bucket, *rows)
        assert (first.asked, again.asked, again.rejections) == (3, 0, 2)
        settings = settings_of(tmp_path, bucket.address)
        settings = settings.model_copy(update={"stack_edu": PublicCorpus(largest_file=30_000)})
        wider = source_files(PART, tmp_path / "ids.parquet", settings, tmp_path / "scratch")
        assert (wider.asked, wider.blobs) == (1, 2)
        narrower = made(tmp_path, bucket, *rows)
        assert (narrower.asked, narrower.blobs) == (0, 1)


def test_the_result_depends_on_ids_and_blobs_alone(tmp_path):
    """Answers out of order, a changed memory, a journal of other ids: the files are the same, byte for byte."""
    blobs = [b"x = %d\n" % number * (1 + number % 7) for number in range(300)]
    rows = [an_id(blob, "a.py", f"{number}.py") for number, blob in enumerate(blobs)]
    rows.append(an_id(b"gone"))

    async def late(request, blob):
        import asyncio  # noqa: PLC0415

        await asyncio.sleep(0.02)
        return await body(__import__("gzip").compress(blob))(request, blob)

    contents = []
    for name, memory in (("one", 2**28), ("two", 2**20)):
        folder = tmp_path / name
        folder.mkdir()
        with Bucket(*blobs, b"other = 1\n") as bucket:
            if name == "two":
                bucket.always = {sha1(blob): late for blob in blobs[::3]}
                made(folder, bucket, an_id(b"other = 1\n"), *rows[:100])
            result = made(folder, bucket, *rows, memory=memory)
        contents.append((result.files.read_bytes(), result.rejected.read_bytes()))
    assert contents[0] == contents[1]


def test_ids_that_are_not_sorted_are_refused(tmp_path):
    """The places of blobs are found by their order, so a file in another order is an error, not a wrong row."""
    path = ids_file(tmp_path, [an_id(b"x"), an_id(b"y")])
    pl.read_parquet(path).reverse().write_parquet(path)
    with pytest.raises(ValueError, match="not sorted by blob id"):
        source_files(PART, path, settings_of(tmp_path, "http://127.0.0.1:1"), tmp_path)


CHILD = """
    import sys
    from pathlib import Path
    from alchemy_assets.corpora.fetched import Part, source_files
    from alchemy_assets.settings import Settings
    folder = Path(sys.argv[1])
    settings = Settings.model_validate_json((folder / "settings.json").read_text())
    source_files(Part("stack_edu", "Python", "0-of-1"), folder / "ids.parquet", settings, folder)
"""


def test_a_killed_fetch_goes_on_where_it_was(tmp_path):
    """After kill -9 in the middle only what had not arrived is asked for, and the result is as if nothing had happened."""
    blobs = [b"x = %d\n" % number for number in range(300)]
    rows = [an_id(blob) for blob in blobs]
    ids_file(tmp_path, rows)
    with Bucket(*blobs, delay=0.05) as bucket:
        settings = settings_of(tmp_path, bucket.address, concurrency=10)
        (tmp_path / "settings.json").write_text(settings.model_dump_json())
        child = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(CHILD), str(tmp_path)], cwd=Path(__file__).parents[2]
        )
        deadline = time.monotonic() + 60
        while bucket.asked.total() < 100 and time.monotonic() < deadline:
            time.sleep(0.01)
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        before = bucket.asked.total()
        assert 100 <= before < 300
        assert not (tmp_path / "scratch" / "files.parquet").exists()
        bucket.asked.clear()
        result = made(tmp_path, bucket, *rows)
    # Those under way when the process died were asked for in vain; whatever was answered before is kept.
    assert 300 - before <= result.asked <= 300 - before + 10
    assert bucket.asked.total() == result.asked
    with Bucket(*blobs) as bucket:
        untroubled = tmp_path / "untroubled"
        untroubled.mkdir()
        assert made(untroubled, bucket, *rows).files.read_bytes() == result.files.read_bytes()
