"""Which samples of a pilot are shown to a person, with what was asked and answered.

Belongs here: choosing, and the turns of each. Does not: the page (`cli.pilot_page`).
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, zip_longest
from typing import Any, TypeVar

import polars as pl

from alchemy_assets.orchestration.looked import Asked
from alchemy_assets.strategies.strategy import CuratedFile, Shard

T = TypeVar("T")
# Accepted and rejected samples, of each kind.
MOST = 10
FILE = "file"


@dataclass(frozen=True)
class Shown:
    """A sample to look at.

    turns: (role, content), of an accepted sample its own, of a rejected one what was asked and answered; where nothing was asked
    the file alone, in the role `FILE`. flags: facts that were established.
    """

    kind: str
    language: str
    blob_id: str
    path: str
    accepted: bool
    turns: tuple[tuple[str, str], ...]
    reasoning: str | None = None
    flags: Mapping[str, object] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()
    detail: str = ""


def chosen(
    kinds: Sequence[str],
    made: Mapping[str, Shard],
    files: Mapping[str, Sequence[CuratedFile]],
    found: Mapping[str, Asked],
) -> Iterator[Shown]:
    """Up to `MOST` accepted and `MOST` rejected samples of each kind, of as many languages and reasons as there are.

    made, files: by language. found: what was asked and answered, by key.
    """
    by_id = {file.blob_id: file for own in files.values() for file in own}
    for kind in kinds:
        own = pl.col("kind") == kind
        accepted = [
            (language, row)
            for language, shard in made.items()
            for row in shard.samples.filter(own).head(MOST).iter_rows(named=True)
        ]
        for language, row in varied(accepted, lambda one: one[0], MOST):
            yield _accepted(row, language, by_id[row["blob_id"]])
        rejected = [
            (language, row)
            for language, shard in made.items()
            for row in shard.rejected.filter(own).iter_rows(named=True)
        ]
        by_language = varied(rejected, lambda one: one[0], len(rejected))
        for language, row in varied(by_language, lambda one: tuple(one[1]["reasons"]), MOST):
            yield _rejected(row, language, by_id[row["blob_id"]], found.get(row["request_sha256"]))


def _accepted(row: Mapping[str, Any], language: str, file: CuratedFile) -> Shown:
    facts = (row[column].items() for column in ("verified", "evidence", "difficulty"))
    return Shown(
        row["kind"],
        language,
        file.blob_id,
        file.path,
        accepted=True,
        turns=tuple((one["role"], one["content"]) for one in row["messages"]),
        reasoning=row["reasoning"],
        flags={name: value for name, value in chain.from_iterable(facts) if value is not None},
    )


def _rejected(row: Mapping[str, Any], language: str, file: CuratedFile, found: Asked | None) -> Shown:
    turns: tuple[tuple[str, str], ...] = ((FILE, file.text),)
    reasoning = None
    if found is not None:
        request, answer = found
        turns, reasoning = (*request.messages, ("assistant", answer.raw)), answer.reasoning
    return Shown(
        row["kind"],
        language,
        file.blob_id,
        file.path,
        accepted=False,
        turns=turns,
        reasoning=reasoning,
        reasons=tuple(row["reasons"]),
        detail=row["detail"],
    )


def varied(items: Iterable[T], group: Callable[[T], Hashable], most: int) -> list[T]:
    """Up to `most` items, one of each group, then the next of each; in their order within a group."""
    groups: dict[Hashable, list[T]] = defaultdict(list)
    for item in items:
        groups[group(item)].append(item)
    rounds: Iterable[T | None] = chain.from_iterable(zip_longest(*groups.values()))
    return [one for one in rounds if one is not None][:most]
