"""Turn texts into the sets of their token 5-grams, as 32-bit hashes that are the same everywhere and for ever.

Belongs here: tokens, shingles and their Jaccard index. Does not: finding which files to compare (`signatures`).
A token is a run of letters, digits, underscores and bytes above ASCII; everything else only separates. Many contents are
hashed at once, as one array of bytes: NumPy pays for each call, not for each byte.
"""

import hashlib
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Hashes: TypeAlias = NDArray[np.uint64]
Shingles: TypeAlias = NDArray[np.uint32]

TOKENS = 5

_WORD = np.zeros(256, dtype=bool)
_WORD[list(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz")] = True
_WORD[128:] = True
_SEPARATOR = b"\0"
# Bytes of a token are hashed eight at a time, as one integer; tokens past the longest are data, and seldom.
_WORD_BYTES = 8
_LONGEST = 256


def mix(values: Hashes) -> Hashes:
    """The finaliser of SplitMix64 (Steele et al. 2014), a fixed bijection that spreads every bit over all others."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def fixed(count: int, seed: int) -> Hashes:
    """Fixed odd 64-bit numbers: SplitMix64 from a seed."""
    steps = np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    return mix(steps + np.uint64(seed)) | np.uint64(1)


_OF_PART = fixed(_LONGEST // _WORD_BYTES, seed=1)
_OF_PLACE = fixed(TOKENS, seed=2)
_FIRST_BYTES = np.array([(1 << 8 * count) - 1 for count in range(_WORD_BYTES + 1)], dtype=np.uint64)


def shingle_sets(contents: Sequence[bytes]) -> list[Shingles]:
    """The hashes of each content's token 5-grams, sorted and distinct; one of fewer tokens has four, of all its bytes."""
    joined = _SEPARATOR + _SEPARATOR.join(contents) + _SEPARATOR * _WORD_BYTES
    is_word = _WORD[np.frombuffer(joined, dtype=np.uint8)]
    edges = np.flatnonzero(is_word[1:] != is_word[:-1]) + 1
    starts, ends = edges[::2], edges[1::2]
    grams = _grams(_token_hashes(joined, starts, ends))
    lengths = np.fromiter(map(len, contents), dtype=np.int64, count=len(contents)) + len(_SEPARATOR)
    token_ends = np.searchsorted(starts, len(_SEPARATOR) + np.cumsum(lengths)).tolist()
    sets = []
    for content, start, end in zip(contents, [0, *token_ends], token_ends, strict=False):
        sets.append(_distinct(grams[start : end - TOKENS + 1]) if end - start >= TOKENS else _of_all(content))
    return sets


def _token_hashes(joined: bytes, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> Hashes:
    """A hash of each token: the sum of its eight-byte parts, each weighted by where it stands."""
    parts = np.ndarray((len(joined) - _WORD_BYTES + 1,), dtype="<u8", buffer=joined, strides=(1,))
    lengths = ends - starts
    hashes: Hashes = (parts[starts] & _FIRST_BYTES[np.minimum(lengths, _WORD_BYTES)]) * _OF_PART[0]
    longer = np.flatnonzero(lengths > _WORD_BYTES)
    for place, weight in enumerate(_OF_PART[1:].tolist(), start=1):
        done = place * _WORD_BYTES
        longer = longer[lengths[longer] > done]
        if not len(longer):
            break
        part = parts[starts[longer] + done] & _FIRST_BYTES[np.minimum(lengths[longer] - done, _WORD_BYTES)]
        hashes[longer] += mix(part) * np.uint64(weight)
    for token in np.flatnonzero(lengths > _LONGEST).tolist():
        digest = hashlib.blake2b(joined[starts[token] : ends[token]], digest_size=_WORD_BYTES).digest()
        hashes[token] = int.from_bytes(digest, "little")
    return mix(hashes)


def _grams(tokens: Hashes) -> Shingles:
    """The hash of every five tokens in a row."""
    count = max(0, len(tokens) - TOKENS + 1)
    grams = np.zeros(count, dtype=np.uint64)
    for place in range(TOKENS):
        grams += tokens[place : place + count] * _OF_PLACE[place]
    return (mix(grams) >> np.uint64(32)).astype(np.uint32)


def _distinct(grams: Shingles) -> Shingles:
    # np.unique does the same and takes twice as long on arrays this small.
    grams.sort()
    first = np.empty(len(grams), dtype=bool)
    first[0] = True
    np.not_equal(grams[1:], grams[:-1], out=first[1:])
    return grams[first]


def _of_all(content: bytes) -> Shingles:
    """All bytes as one thing: 128 bits in four hashes, so that two small files are alike only if they are the same."""
    return np.unique(np.frombuffer(hashlib.blake2b(content, digest_size=16).digest(), dtype="<u4"))


def jaccard(one: Shingles, other: Shingles) -> float:
    """The Jaccard index of two sorted sets of hashes: what they share over what they have."""
    both = np.concatenate((one, other))
    both.sort()
    shared = int(np.count_nonzero(both[1:] == both[:-1]))
    return shared / (len(both) - shared)
