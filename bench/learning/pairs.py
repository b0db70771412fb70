"""Questions and answers of one kind, on two sides of a wall of files, and the same with the answers handed around.

Belongs here: which samples may meet, and which answer stands beside which question. Does not: tokens (`tokens`), any
model (`model`). Nothing here needs jax, nor anything of `alchemy_assets`.
"""

import hashlib
import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

# Runs of so many words are compared; one of KEPT of them is looked at.
RUN, KEPT = 5, 4
# Blobs that share this share of the runs of the smaller one are near: they stand on one side.
NEAR = 0.5
# A run that is in more blobs than this only links neighbours, so that a licence costs no square of its blobs.
MANY = 30
# Answers change hands among so many of about the same length.
HANDS = 8
# One question has so many answers to choose from.
CHOICES = 4
ALIKE = 1.5

_WORD = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True)
class Pair:
    """A question and its answer; `group` is what must not be on both sides."""

    sample_id: str
    group: str
    language: str
    prompt: str
    answer: str

    @property
    def form(self) -> tuple[str, bool, bool]:
        """What an answer looks like whatever it says: its language, whether it is code at once, and whole lines of it."""
        lines = self.answer.split("\n", 2)
        code = lines[0].startswith("```")
        return self.language, code, code and len(lines) > 1 and lines[1][:1].isspace()


def pairs_of(samples: pl.DataFrame) -> list[Pair]:
    """The last answer of every sample with all that stands before it, in the order of their ids."""
    rows = samples.sort("sample_id").select("sample_id", "blob_id", "near_duplicate_cluster", "language", "messages")
    texts: dict[str, list[str]] = defaultdict(list)
    clusters: dict[str, str] = {}
    found = []
    for sample, blob, cluster, language, messages in rows.iter_rows():
        contents = [one["content"] for one in messages]
        if len(contents) < 2 or not contents[-1]:  # noqa: PLR2004 -- a question and an answer
            continue
        texts[blob] += contents
        clusters[blob] = cluster or blob
        found.append((sample, blob, language, "\n\n".join(contents[:-1]), contents[-1]))
    groups = groups_of({blob: "\n".join(parts) for blob, parts in texts.items()}, clusters)
    return [Pair(sample, groups[blob], language, prompt, answer) for sample, blob, language, prompt, answer in found]


def groups_of(texts: Mapping[str, str], clusters: Mapping[str, str]) -> dict[str, str]:
    """Each blob's group: blobs of one cluster of curation are in one, and blobs whose shown texts are near."""
    leaders = {blob: blob for blob in texts}

    def leader(blob: str) -> str:
        while leaders[blob] != blob:
            leaders[blob] = leaders[leaders[blob]]
            blob = leaders[blob]
        return blob

    first_of: dict[str, str] = {}
    for blob in sorted(texts):
        leaders[leader(blob)] = leader(first_of.setdefault(clusters.get(blob, blob), blob))
    for one, other in _near(texts):
        low, high = sorted((leader(one), leader(other)))
        leaders[high] = low
    return {blob: leader(blob) for blob in texts}


def _near(texts: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    runs = {blob: _runs(text) for blob, text in sorted(texts.items())}
    holders: dict[int, list[str]] = defaultdict(list)
    for blob, found in runs.items():
        for run in found:
            holders[run].append(blob)
    shared: Counter[tuple[str, str]] = Counter()
    for blobs in holders.values():
        few = len(blobs) <= MANY
        shared.update(
            (one, other)
            for at, one in enumerate(blobs)
            for other in (blobs[at + 1 :] if few else blobs[at + 1 : at + 2])
        )
    for (one, other), count in shared.items():
        if count >= NEAR * min(len(runs[one]), len(runs[other])):
            yield one, other


def _runs(text: str) -> set[int]:
    words = np.array([zlib.crc32(word.encode()) for word in _WORD.findall(text)], dtype=np.uint64)
    if len(words) < RUN:
        return {int(words.sum())} if len(words) else set()
    mixed = np.zeros(len(words) - RUN + 1, dtype=np.uint64)
    for place in range(RUN):
        mixed = mixed * np.uint64(0x9E3779B97F4A7C15) + words[place : len(words) - RUN + 1 + place]
    mixed ^= mixed >> np.uint64(29)
    kept = mixed[mixed % np.uint64(KEPT) == 0]
    return set((kept if len(kept) else mixed[:1]).tolist())


def split(pairs: Sequence[Pair], share: float, salt: str = "") -> tuple[list[Pair], list[Pair]]:
    """The pairs to train on, and those of held-out groups: about `share` of the groups."""
    held = {group for group in {pair.group for pair in pairs} if _draw(f"side {salt} {group}") < share}
    return [pair for pair in pairs if pair.group not in held], [pair for pair in pairs if pair.group in held]


def handed_around(pairs: Sequence[Pair], seed: int) -> dict[int, int]:
    """Whose answer each pair gets: of another group, the same form and about the same length; each answer is given once.

    Pairs without anybody to change with are left out.
    """
    giver: dict[int, int] = {}
    forms: dict[tuple[str, bool, bool], list[int]] = defaultdict(list)
    for at, pair in enumerate(pairs):
        forms[pair.form].append(at)
    for places in forms.values():
        places.sort(key=lambda at: (len(pairs[at].answer), pairs[at].sample_id))
        cuts = list(range(0, max(len(places) - HANDS + 1, 1), HANDS))
        for start, end in zip(cuts, [*cuts[1:], len(places)], strict=True):
            giver |= _changed(pairs, places[start:end], seed)
    return giver


def _changed(pairs: Sequence[Pair], places: Sequence[int], seed: int) -> dict[int, int]:
    together: dict[str, list[int]] = defaultdict(list)
    for at in sorted(places, key=lambda at: _draw(f"hand {seed} {pairs[at].sample_id}")):
        together[pairs[at].group].append(at)
    largest = max(together, key=lambda group: len(together[group]))
    del together[largest][len(places) - len(together[largest]) :]  # these have nobody to change with
    # Groups stand side by side, so a step as wide as the largest leads out of each.
    order = [at for group in together.values() for at in group]
    step = len(together[largest])
    return dict(zip(order, order[step:] + order[:step], strict=True))


def blocks(pairs: Sequence[Pair], most: int) -> list[list[Pair]]:
    """Fours of pairs whose answers could be taken for each other: one form, similar lengths, different groups and texts.

    No group gives two pairs, so that what is scored is as many files. At most `most` pairs, drawn by hash.
    """
    drawn: dict[str, Pair] = {}
    for pair in sorted(pairs, key=lambda pair: _draw(f"one {pair.sample_id}")):
        drawn.setdefault(pair.group, pair)
    forms: dict[tuple[str, bool, bool], list[Pair]] = defaultdict(list)
    for pair in drawn.values():
        forms[pair.form].append(pair)
    found: list[list[Pair]] = []
    for places in forms.values():
        block: list[Pair] = []
        for pair in sorted(places, key=lambda pair: (len(pair.answer), pair.sample_id)):
            if pair.answer in {other.answer for other in block}:
                continue
            if block and len(pair.answer) > ALIKE * len(block[0].answer) + HANDS:
                block = []
            block.append(pair)
            if len(block) == CHOICES:
                found.append(block)
                block = []
    found.sort(key=lambda block: _draw(f"block {block[0].sample_id}"))
    return found[: max(most // CHOICES, 1)]


def _draw(key: str) -> float:
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8]) / 2**64
