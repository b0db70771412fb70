"""Look at what a model wrote as the stages of curation look at files: it recites, leaks, repeats itself, and says things twice.

Belongs here: which text of a sample is looked at, and the reasons. Does not: the rules that files are judged by as well
(`curation`), control text (`strategy.tables` looks at every sample).
What a file says stands in most questions; its own stages have passed it, so the part that a model wrote is what counts.
"""

import zlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from alchemy_assets.curation.decontamination import judgement
from alchemy_assets.curation.redaction import edits_of
from alchemy_assets.curation.shingles import jaccard, shingle_sets
from alchemy_assets.curation.signatures import band_hashes, min_hashes
from alchemy_assets.generation.parsing import code_blocks
from alchemy_assets.settings import Decontamination
from alchemy_assets.strategies.strategy import Rejected, Verified, sample_id

REDACTED = "the model wrote a secret, an address or a name"
REPEATS = "the model repeats itself"
NEAR_QUESTION = "its question is nearly that of another sample"
NEAR_ANSWER = "its answer is nearly that of another sample"
REASONS = (REDACTED, REPEATS, NEAR_QUESTION, NEAR_ANSWER, *judgement.stage(Decontamination()).reasons)
# Text of people compresses to a third or a quarter, tables of code to a tenth; a loop has no such bound.
MOST_COMPRESSED = 12.0
_LEAST_CHARACTERS = 400
_ENDING = 2_000
# Short answers are alike by nature.
LEAST_SHINGLES = 40
NEAR = 0.8
MOST_IN_BAND, MOST_COMPARED = 16, 64
_PROSE = "Markdown"


@dataclass(frozen=True)
class Screen:
    """What samples of a model are held against. index: the table `contamination_index`, or None where there is none."""

    index: pl.DataFrame | None
    policy: Decontamination

    def __call__(self, judged: Sequence[Verified | Rejected]) -> list[Verified | Rejected]:
        """The same judgements in the same order; a sample that a model wrote and that does not pass is rejected."""
        written = {
            number: one for number, one in enumerate(judged) if isinstance(one, Verified) and one.draft.request_sha256
        }
        found: dict[int, list[tuple[str, str]]] = defaultdict(list)
        for reasons in (self._recited(written), _leaked(written), _repeating(written)):
            for number, reason, detail in reasons:
                found[number].append((reason, detail))
        # A sample that goes for another reason takes no near-duplicate with it.
        passed = {number: one for number, one in written.items() if number not in found}
        for number, reason, detail in _said_twice(passed):
            found[number].append((reason, detail))
        return [_judgement(one, found.get(number, [])) for number, one in enumerate(judged)]

    def _recited(self, written: dict[int, Verified]) -> Iterator[tuple[int, str, str]]:
        if self.index is None or not self.index.height or not written:
            return
        rows = []
        for number, one in written.items():
            text = new_text(one)
            code = "\n".join(block for _, block in code_blocks(text))
            rows.append({"blob_id": f"{number} prose", "language": _PROSE, "text": text})
            if code.strip():
                rows.append({"blob_id": f"{number} code", "language": one.draft.file.language, "text": code})
        files = pl.DataFrame(rows)
        facts = judgement.facts(files, files.select("blob_id", held_out=pl.lit(value=False)), self.index)
        verdicts = judgement.stage(self.policy).decide(facts)
        for key, reasons, detail in verdicts.filter(~pl.col("kept")).select("blob_id", "reasons", "detail").iter_rows():
            for reason in reasons:
                yield int(key.split()[0]), reason, detail


def new_text(one: Verified) -> str:
    """What a model wrote in a sample: its turns, without the part of the file that stands in them."""
    seed = one.draft.seed_text.strip()
    whole = "\n\n".join(content for _, content in one.messages)
    return whole.replace(seed, "") if seed else whole


def _leaked(written: dict[int, Verified]) -> Iterator[tuple[int, str, str]]:
    for number, one in written.items():
        kinds = sorted({edit.kind for edit in edits_of(new_text(one))})
        if kinds:
            yield number, REDACTED, ", ".join(kinds)


def _repeating(written: dict[int, Verified]) -> Iterator[tuple[int, str, str]]:
    for number, one in written.items():
        for text in [content for role, content in one.messages if role == "assistant"]:
            # A loop at the end of a long answer hardly shows in the whole.
            worst = max((_compressed(part) for part in (text, text[-_ENDING:])), default=0.0)
            if worst > MOST_COMPRESSED:
                yield number, REPEATS, f"compresses {worst:.0f} times"
                break


def _compressed(text: str) -> float:
    data = text.encode()
    return len(data) / len(zlib.compress(data)) if len(data) >= _LEAST_CHARACTERS else 0.0


def _said_twice(written: dict[int, Verified]) -> Iterator[tuple[int, str, str]]:
    """Near-duplicates among samples of one kind about different files; the first by its id stays."""
    groups: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for number, one in written.items():
        groups[one.draft.kind].append((sample_id(one.draft, one.messages), number))
    for group in groups.values():
        ordered = sorted(group)
        gone: set[int] = set()
        for reason, role in ((NEAR_QUESTION, "user"), (NEAR_ANSWER, "assistant")):
            rows = [(identity, number) for identity, number in ordered if number not in gone]
            texts = ["\n".join(c for r, c in written[number].messages if r == role).encode() for _, number in rows]
            for later, earlier, share in _near(texts, [written[number].draft.file.blob_id for _, number in rows]):
                gone.add(rows[later][1])
                yield rows[later][1], reason, f"{share:.2f} of {rows[earlier][0]}"


def _near(texts: Sequence[bytes], owners: Sequence[str]) -> Iterator[tuple[int, int, float]]:
    """Each text that is near an earlier one of another owner that stays, with that one and their Jaccard index."""
    if len(texts) < 2:  # noqa: PLR2004 -- a pair
        return
    sets = shingle_sets(texts)
    buckets: dict[int, list[int]] = defaultdict(list)
    for number, bands in enumerate(band_hashes(min_hashes(sets)).tolist()):
        if len(sets[number]) < LEAST_SHINGLES:
            continue
        # Most that share a band are near or the same; where hundreds are alike, one of the first tells.
        for other in sorted({other for band in bands for other in buckets[band][:MOST_IN_BAND]})[:MOST_COMPARED]:
            share = jaccard(sets[number], sets[other])
            if share >= NEAR and owners[other] != owners[number]:
                yield number, other, share
                break
        else:
            for band in bands:
                buckets[band].append(number)


def _judgement(one: Verified | Rejected, found: Sequence[tuple[str, str]]) -> Verified | Rejected:
    if not found or isinstance(one, Rejected):
        return one
    reasons = tuple(dict.fromkeys(reason for reason, _ in found))
    return Rejected(one.draft, reasons, "; ".join(dict.fromkeys(detail for _, detail in found if detail)))
