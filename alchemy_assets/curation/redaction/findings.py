"""What a detector hands over: a span of a line and the kind of thing that stands there.

Belongs here: the finding, and which of two that want the same characters stays. Does not: detecting.
"""

from bisect import bisect_right
from collections.abc import Iterable
from typing import NamedTuple

API_KEY, PASSWORD, PRIVATE_KEY = "api_key", "password", "private_key"
EMAIL, IP_ADDRESS, AUTHOR = "email", "ip_address", "author"
KINDS = (API_KEY, PASSWORD, PRIVATE_KEY, EMAIL, IP_ADDRESS, AUTHOR)


class Finding(NamedTuple):
    """Characters `start` to `end` (excluded) hold something of a kind."""

    start: int
    end: int
    kind: str


def disjoint(findings: Iterable[Finding]) -> list[Finding]:
    """The findings in order of place; of those that overlap, the one named first stays."""
    kept: list[Finding] = []
    for finding in findings:
        at = bisect_right(kept, finding)
        is_free = (not at or kept[at - 1].end <= finding.start) and (at == len(kept) or finding.end <= kept[at].start)
        if is_free and finding.start < finding.end:
            kept.insert(at, finding)
    return kept
