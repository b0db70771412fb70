"""Shards: the top bits of a blob id."""

from hypothesis import given
from hypothesis import strategies as st

from alchemy_assets.shards import shard_key, shard_keys, shard_of

BLOB_IDS = st.binary(min_size=20, max_size=20).map(bytes.hex)
COUNTS = st.integers(0, 9).map(lambda bits: 2**bits)


def test_a_key_carries_its_count():
    """Keys of different counts never coincide, and they sort as numbers do."""
    assert shard_key(3, 64) == "03-of-64"
    assert shard_keys(2) == ["0-of-2", "1-of-2"]
    assert len({key for bits in range(10) for key in shard_keys(2**bits)}) == sum(2**bits for bits in range(10))
    assert shard_keys(128) == sorted(shard_keys(128))


@given(BLOB_IDS, COUNTS)
def test_doubling_the_count_splits_each_shard_in_place(blob_id, count):
    """A blob of shard i of n is in shard 2i or 2i + 1 of 2n."""
    index = shard_keys(count).index(shard_of(blob_id, count))
    assert shard_keys(2 * count).index(shard_of(blob_id, 2 * count)) in (2 * index, 2 * index + 1)
