"""Draw a sample of files that stands for all of them: by language and size, the same whenever it is drawn again.

Belongs here: which files. Does not: what is done with them (`pilot`).
"""

import hashlib
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple, TypeVar

T = TypeVar("T")
LEAST = 20
TERCILES = 3


class Measured(NamedTuple):
    """A file that may be drawn. size: in bytes."""

    size: int
    blob_id: str


def draw(files: Mapping[str, Sequence[Measured]], count: int) -> dict[str, frozenset[str]]:
    """The blob ids of `count` files (all where there are fewer), by language.

    Languages have shares in proportion to their files, but `LEAST` files at least, or all; where `count` is too small for
    that, it is kept to, and the least is what each language can have of it. In a language, thirds of small, middling and large
    files have shares in proportion, and a hash of the blob id decides.
    """
    sizes = {language: len(own) for language, own in sorted(files.items()) if own}
    if not sizes:
        return {}
    whole = min(count, sum(sizes.values()))
    if whole <= len(sizes):
        # Not even one for each: the languages with most files come first.
        first = sorted(sizes, key=lambda language: (-sizes[language], language))[:whole]
        shares = dict.fromkeys(first, 1)
    else:
        shares = allotted(sizes, whole, min(LEAST, whole // len(sizes)))
    return {language: _drawn(files[language], share) for language, share in shares.items()}


def allotted(sizes: Mapping[str, int], count: int, least: int) -> dict[str, int]:
    """`count` split in proportion to sizes, each at least `least` or its size, and at most its size.

    count: at most the sum of sizes, at least `least` times their number.
    """
    fixed: dict[str, int] = {}
    while True:
        free = {name: size for name, size in sizes.items() if name not in fixed}
        left = count - sum(fixed.values())
        quotas = {name: Fraction(left * size, sum(free.values())) for name, size in free.items()}
        # One that is lifted to the least takes from the others, which may then fall below it.
        low = {name: min(least, sizes[name]) for name, quota in quotas.items() if quota < min(least, sizes[name])}
        if not low:
            return {**fixed, **_rounded(quotas, left)}
        fixed |= low


def _rounded(quotas: Mapping[str, Fraction], count: int) -> dict[str, int]:
    """Whole numbers that sum up to `count`, by largest remainders; the name decides between equals."""
    whole = {name: int(quota) for name, quota in quotas.items()}
    by_remainder = sorted(quotas, key=lambda name: (whole[name] - quotas[name], name))
    for name in by_remainder[: count - sum(whole.values())]:
        whole[name] += 1
    return whole


def _drawn(files: Sequence[Measured], share: int) -> frozenset[str]:
    thirds = cut(sorted(files), TERCILES)
    sizes = {str(number): len(third) for number, third in enumerate(thirds)}
    shares = _rounded({name: Fraction(share * size, len(files)) for name, size in sizes.items()}, share)
    return frozenset(
        one.blob_id for number, third in enumerate(thirds) for one in sorted(third, key=_lot)[: shares[str(number)]]
    )


def cut(ordered: Sequence[T], parts: int) -> list[Sequence[T]]:
    """Consecutive parts whose lengths differ by one at most."""
    ends = [len(ordered) * number // parts for number in range(parts + 1)]
    return [ordered[start:end] for start, end in pairwise(ends)]


def _lot(file: Measured) -> str:
    """The place of a file in the draw: hashed once more, since shards are ranges of blob ids."""
    return hashlib.sha256(f"pilot\0{file.blob_id}".encode()).hexdigest()
