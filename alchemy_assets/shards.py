"""Shards: which shard of its language a blob belongs to.

A shard is the top bits of the blob id, so it holds the same files in every run and on every machine, and doubling the
count splits each shard in place. The key carries the count (`03-of-64`), so an old partition never passes for a new one.
"""

HEX_DIGITS = 8


def shard_key(index: int, count: int) -> str:
    """The key of a shard, for instance `03-of-64`."""
    return f"{index:0{len(str(count))}d}-of-{count}"


def shard_keys(count: int) -> list[str]:
    """The keys of all shards of a language that has `count` of them (a power of two)."""
    return [shard_key(index, count) for index in range(count)]


def shard_of(blob_id: str, count: int) -> str:
    """The shard of a blob, by the top bits of its SHA-1."""
    bits = count.bit_length() - 1
    return shard_key(int(blob_id[:HEX_DIGITS], 16) >> (4 * HEX_DIGITS - bits), count)
