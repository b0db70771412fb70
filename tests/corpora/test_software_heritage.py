"""Fetching blobs: every answer that a bucket can give, over real sockets, and the real client."""

import asyncio
import gzip

import pytest

from alchemy_assets.corpora.software_heritage import BucketDownError, Wanted, fetch
from alchemy_assets.corpora.texts import Refusal
from alchemy_assets.pace import Pace
from alchemy_assets.settings import Fetch
from tests.corpora.servers import Bucket, body, free_port, sha1, stalled, status, truncated

BLOB = b"def f():\n    return 1\n" * 20
LARGEST = 10_000


def hurried(bucket: str, **more: object) -> Fetch:
    """Settings whose deadlines are short."""
    values: dict[str, object] = {
        "bucket": bucket,
        "connect_seconds": 1,
        "stall_seconds": 0.3,
        "total_seconds": 2,
        "longest_wait": 0.05,
        "attempts": 4,
        "patience": 20,
    }
    return Fetch(**values | more)


def fetched(bucket: Bucket, *wanted: Wanted, **more: object) -> tuple[dict[str, bytes | Refusal], dict[str, str]]:
    """What came of some blobs, and which could not be had."""
    kept: dict[str, bytes | Refusal] = {}
    unavailable = fetch(wanted, hurried(bucket.address, **more), LARGEST, kept.__setitem__)
    return kept, unavailable


def test_a_blob_comes_unpacked():
    """A blob is asked for once, by its id, and its bytes are what went in, whether its length is known or not."""
    other = b"x = 2\n"
    with Bucket(BLOB, other) as bucket:
        kept, unavailable = fetched(bucket, Wanted(sha1(BLOB), len(BLOB)), Wanted(sha1(other), None))
    assert (kept, unavailable) == ({sha1(BLOB): BLOB, sha1(other): other}, {})
    assert bucket.asked == {sha1(BLOB): 1, sha1(other): 1}


@pytest.mark.parametrize(
    ("answer", "reason", "detail", "asked"),
    [
        (status(404), "not in the archive", "HTTP 404", 1),
        (status(410), "not in the archive", "HTTP 410", 1),
        (body(gzip.compress(b"something else")), "the archive's copy is corrupt", "its SHA-1 is", 2),
        (body(BLOB), "the archive's copy is corrupt", "not gzip", 2),
        (body(b""), "the archive's copy is corrupt", "gzip ends early, after 0 bytes", 2),
        (body(gzip.compress(BLOB)[:-4]), "the archive's copy is corrupt", "gzip ends early", 2),
        (body(gzip.compress(BLOB)[:-8] + b"\0" * 8), "the archive's copy is corrupt", "not gzip", 2),
        (body(gzip.compress(b"y" * (LARGEST + 1))), f"larger than {LARGEST} bytes", "as it was read", 1),
        (body(gzip.compress(bytes(50_000_000))), f"larger than {LARGEST} bytes", "as it was read", 1),
        (
            body(gzip.compress(b"")[:10] + b"\0\0\0\xff\xff" * 100_000),
            f"larger than {LARGEST} bytes",
            "as it was read",
            1,
        ),
    ],
)
def test_what_is_no_blob_is_refused(answer, reason, detail, asked):
    """A missing, corrupt or oversized blob is refused with its reason; a corrupt one is looked at twice; others go on."""
    with Bucket(BLOB, b"x = 2\n") as bucket:
        bucket.always[sha1(BLOB)] = answer
        kept, unavailable = fetched(bucket, Wanted(sha1(BLOB), None), Wanted(sha1(b"x = 2\n"), 6))
    refused = kept[sha1(BLOB)]
    assert isinstance(refused, Refusal)
    assert refused.reason == reason
    assert refused.detail.startswith(detail)
    assert kept[sha1(b"x = 2\n")] == b"x = 2\n"
    assert (unavailable, bucket.asked[sha1(BLOB)]) == ({}, asked)


def test_a_blob_that_is_longer_than_its_corpus_says_is_had():
    """A wrong length costs a second request, not the blob."""
    with Bucket(BLOB) as bucket:
        assert fetched(bucket, Wanted(sha1(BLOB), 3)) == ({sha1(BLOB): BLOB}, {})


@pytest.mark.parametrize(
    "answer",
    [status(429), status(500), status(503), truncated, stalled, body(b"not gzip, the first time")],
    ids=["429", "500", "503", "truncated", "stalled", "corrupt"],
)
def test_what_passes_is_asked_for_again(answer):
    """An overload, a broken connection, a stall or a garbled answer that passes costs time, nothing else."""
    with Bucket(BLOB) as bucket:
        bucket.first[sha1(BLOB)] = [answer]
        assert fetched(bucket, Wanted(sha1(BLOB), len(BLOB))) == ({sha1(BLOB): BLOB}, {})
    assert bucket.asked[sha1(BLOB)] == 2


@pytest.mark.parametrize("answer", [status(500), truncated, stalled], ids=["500", "truncated", "stalled"])
def test_attempts_are_counted(answer):
    """What does not pass is given up after so many attempts, with what was wrong, and the other blobs are had."""
    with Bucket(BLOB, b"x = 2\n") as bucket:
        bucket.always[sha1(BLOB)] = answer
        kept, unavailable = fetched(bucket, Wanted(sha1(BLOB), len(BLOB)), Wanted(sha1(b"x = 2\n"), 6), attempts=3)
    assert list(unavailable) == [sha1(BLOB)]
    assert kept == {sha1(b"x = 2\n"): b"x = 2\n"}
    assert bucket.asked[sha1(BLOB)] == 3


def test_a_refusal_to_answer_is_not_asked_again():
    """HTTP 403 says nothing about the blob, and would say the same again: it is neither refused nor retried."""
    with Bucket(BLOB) as bucket:
        bucket.always[sha1(BLOB)] = status(403)
        assert fetched(bucket, Wanted(sha1(BLOB), 1)) == ({}, {sha1(BLOB): "HTTP 403"})
    assert bucket.asked[sha1(BLOB)] == 1


def test_retry_after_is_honoured():
    """After an overload with Retry-After nothing at all is asked for until then, but for what was under way."""
    others = [b"%d\n" % number for number in range(40)]
    with Bucket(BLOB, *others, delay=0.05) as bucket:
        bucket.first[sha1(BLOB)] = [status(429, Retry_After="1")]
        wanted = [Wanted(sha1(BLOB), 1)] + [Wanted(sha1(one), 2) for one in others]
        kept, _ = fetched(bucket, *wanted, concurrency=4, longest_wait=5)
    assert len(kept) == 41
    first = bucket.times[0]
    assert not [moment - first for moment in bucket.times if 0.2 < moment - first < 0.95]
    assert bucket.times[-1] - first > 0.95


def test_a_wait_is_bounded():
    """A server that asks for an hour gets the longest wait."""
    with Bucket(BLOB) as bucket:
        bucket.first[sha1(BLOB)] = [
            status(503, Retry_After="3600"),
            status(503, Retry_After="Wed, 21 Oct 2065 07:28:00 GMT"),
        ]
        assert fetched(bucket, Wanted(sha1(BLOB), len(BLOB)))[1] == {}


def test_a_bucket_that_is_not_there_is_an_error():
    """Where nothing answers, patience ends with an error that says what to do; not after every blob's every attempt."""
    wanted = [Wanted(sha1(b"%d" % number), 1) for number in range(10_000)]
    with free_port() as address, pytest.raises(BucketDownError, match=r"answered nothing .* run again to go on"):
        fetch(wanted, hurried(address, patience=0.5, attempts=20), LARGEST, lambda *_: None)


def test_a_bucket_that_refuses_everything_is_an_error():
    """A bucket that closes itself to us is not asked for each of many blobs."""
    wanted = [Wanted(sha1(b"%d" % number), 1) for number in range(10_000)]
    with Bucket() as bucket:
        bucket.always = {one.blob_id: status(403) for one in wanted}
        with pytest.raises(BucketDownError, match="gave none of the first 100 blobs, lastly: HTTP 403"):
            fetch(wanted, hurried(bucket.address), LARGEST, lambda *_: None)
    assert bucket.asked.total() < 300


def test_an_error_of_the_keeper_ends_it():
    """What goes wrong while a blob is written down is not swallowed."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with Bucket(BLOB) as bucket, pytest.raises(OSError, match="No space"):
        fetch([Wanted(sha1(BLOB), 1)], hurried(bucket.address), LARGEST, full)


@pytest.mark.parametrize("most", [1, 3, 40])
def test_requests_under_way_are_bounded(most):
    """The server never sees more requests at once than the setting allows, and sees that many if it keeps up."""
    blobs = [b"%d\n" % number for number in range(10 * most + 40)]
    with Bucket(*blobs, delay=0.02) as bucket:
        kept, _ = fetched(bucket, *(Wanted(sha1(blob), len(blob)) for blob in blobs), concurrency=most)
    assert len(kept) == len(blobs)
    assert min(most, 15) <= bucket.most <= most


def test_bytes_under_way_are_bounded():
    """Blobs that together would take more memory than is allowed are not under way together."""
    blobs = [b"%d" % number * 400_000 for number in range(8)]
    with Bucket(*blobs, delay=0.02) as bucket:
        settings = hurried(bucket.address, memory=2**20)
        kept: dict[str, bytes | Refusal] = {}
        fetch([Wanted(sha1(blob), len(blob)) for blob in blobs], settings, 2**20, kept.__setitem__)
    assert kept == {sha1(blob): blob for blob in blobs}
    assert bucket.most == 2


def test_the_pace_settles_near_what_a_server_can_take():
    """A server that refuses more than five requests at once is soon asked for about so many, although many are allowed."""
    blobs = [b"%d\n" % number for number in range(400)]
    with Bucket(*blobs, delay=0.01) as bucket:
        bucket.capacity = 5
        wanted = [Wanted(sha1(blob), len(blob)) for blob in blobs]
        kept, unavailable = fetched(bucket, *wanted, concurrency=200, attempts=20, longest_wait=0.01)
    assert (len(kept), unavailable) == (400, {})
    assert bucket.overloads < 150
    assert bucket.most < 20


def test_an_overloaded_server_is_asked_less():
    """Requests at once are halved by an overload, once for those that were under way together, and grow again by one a round."""

    async def limits() -> list[int]:
        pace = Pace(100, 2**20)
        seen = [pace.limit]
        async with pace.turn(1) as one, pace.turn(1) as other:
            pace.slow(one)
            pace.slow(other)
        seen.append(pace.limit)
        for _ in range(5):
            pace.quicken()
        seen.append(pace.limit)
        for _ in range(10):
            await asyncio.sleep(0.001)
            async with pace.turn(1) as started:
                pace.slow(started)
        seen.append(pace.limit)
        for _ in range(10_000):
            pace.quicken()
        return [*seen, pace.limit]

    assert asyncio.run(limits()) == [8, 4, 5, 1, 100]
