"""Turn a text into the set of its token 5-grams, as 64-bit hashes that are the same everywhere and for ever.

Belongs here: tokens, shingles and their Jaccard index. Does not: finding which files to compare (`near_duplicates`).
A token is a run of letters, digits, underscores and bytes above ASCII; everything else only separates.
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Hashes: TypeAlias = NDArray[np.uint64]

TOKENS = 5

_WORD = np.zeros(256, dtype=bool)
_WORD[list(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz")] = True
_WORD[128:] = True


def mix(values: Hashes) -> Hashes:
    """The finaliser of SplitMix64 (Steele et al. 2014), a fixed bijection that spreads every bit over all others."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def fixed(count: int, seed: int) -> Hashes:
    """Fixed odd 64-bit numbers: SplitMix64 from a seed."""
    steps = np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    return mix(steps + np.uint64(seed)) | np.uint64(1)


_OF_BYTE = fixed(256, seed=1)
_OF_PLACE = fixed(TOKENS, seed=2)
_BY_POSITION = fixed(1024, seed=3)  # a longer token repeats the weights, which is still a fixed function of its bytes


def _weighted(source: NDArray[np.uint8], starts: NDArray[np.intp], lengths: NDArray[np.intp]) -> Hashes:
    """A hash of each token: the sum of its bytes' numbers, weighted by their position in it."""
    inside = np.repeat(np.arange(len(starts)), lengths)
    position = np.arange(len(inside)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    numbers = _OF_BYTE[source[np.repeat(starts, lengths) + position]] * _BY_POSITION[position % len(_BY_POSITION)]
    return mix(np.add.reduceat(numbers, np.cumsum(lengths) - lengths)) if len(starts) else numbers


def shingles(text: str) -> Hashes:
    """The hashes of a text's token 5-grams, sorted and distinct; a text of fewer tokens has one, of all its bytes."""
    source = np.frombuffer(text.encode(), dtype=np.uint8)
    edges = np.flatnonzero(np.diff(np.concatenate(([False], _WORD[source], [False])).astype(np.int8)))
    starts, lengths = edges[::2], edges[1::2] - edges[::2]
    if len(starts) < TOKENS:
        whole = _weighted(
            source, np.zeros(min(1, len(source)), dtype=np.intp), np.array([len(source)][: len(source)], dtype=np.intp)
        )
        return mix(whole) if len(whole) else np.zeros(1, dtype=np.uint64)
    tokens = _weighted(source, starts, lengths)
    count = len(tokens) - TOKENS + 1
    grams = np.zeros(count, dtype=np.uint64)
    for place in range(TOKENS):
        grams += tokens[place : place + count] * _OF_PLACE[place]
    return np.unique(mix(grams))


def jaccard(one: Hashes, other: Hashes) -> float:
    """The Jaccard index of two sorted sets of hashes: what they share over what they have."""
    shared = len(np.intersect1d(one, other, assume_unique=True))
    return shared / (len(one) + len(other) - shared)
