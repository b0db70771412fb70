"""The one shape of every strategy: propose drafts from a file, then verify the drafts of a whole shard.

Belongs here: the protocol, its plain data, and the tables made of it. Does not: any kind of sample.

A kind that asks no model yields drafts at once. A kind that asks one looks its answers up, and yields the requests that
have none yet; so a dialogue or a score before and after is a few rounds of the same call. Answers come from `completions`:
what was paid for is never asked twice.
"""

import hashlib
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

import polars as pl

from alchemy_assets import schema
from alchemy_assets.generation.completions import NO_ANSWERS, Answers, Request
from alchemy_assets.sandbox.sandbox import Sandbox
from alchemy_assets.settings import Samples
from alchemy_assets.strategies.conversation import control_text_in
from alchemy_assets.tracing.observed import Observed
from alchemy_assets.tracing.reasons import Dropped

CHARACTERS_A_TOKEN = 4
CODE_TRACE = "code_trace"
DUPLICATE = "duplicate sample"
CONTROL_TEXT = "control text in the conversation"
PROMPT_TOO_LONG = "the prompt is too long"
ANSWER_TOO_LONG = "the answer is too long"
ENOUGH_OF_FILE = "enough samples of its file"
FAILED = "its kind failed on this file"
BOUNDS = Samples()
_LOG = logging.getLogger(__name__)
_LONGEST_ERROR = 300


@dataclass(frozen=True)
class CuratedFile:
    """A row of `curated_files`; `observed` is what its program or its functions did, or why nobody knows that."""

    blob_id: str
    language: str
    text: str
    text_sha256: str
    occurrences: list[dict[str, object]]
    license: str
    near_duplicate_cluster: str
    edits: list[dict[str, object]] = field(default_factory=list)
    observed: Observed | Dropped | None = None

    @property
    def path(self) -> str:
        """The path of its first occurrence."""
        return str(self.occurrences[0]["path"]) if self.occurrences else ""


def curated_file(row: Mapping[str, object], observed: Observed | Dropped | None = None) -> CuratedFile:
    """The file of a row, with only what strategies may see."""
    names = [name for name in CuratedFile.__dataclass_fields__ if name != "observed"]
    return CuratedFile(**{name: row[name] for name in names}, observed=observed)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Draft:
    """A sample that is proposed: its conversation, and what its kind needs to verify it.

    messages: (role, content) pairs, `user` first; the answer of a draft that is still to be executed may be empty.
    seed_text: the part of the source that stands in the prompt; edits: byte spans of the curated text that, replaced,
    give that part (the file's own edits give the curated text out of the raw one; `kind` tells the two apart).
    plan: whatever the kind's own `verify` needs.
    """

    kind: str
    file: CuratedFile
    messages: tuple[tuple[str, str], ...]
    prompt_id: str
    seed_text: str
    edits: tuple[dict[str, object], ...] = ()
    plan: object = None
    request_sha256: str | None = None
    reasoning: str | None = None


@dataclass(frozen=True)
class Verified:
    """A draft that holds, with the facts that were established (`schema.VERIFIED`) and their evidence."""

    draft: Draft
    messages: tuple[tuple[str, str], ...]
    verified: Mapping[str, bool | int | None]
    evidence: Mapping[str, object] = field(default_factory=dict)
    difficulty: Mapping[str, float | int | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Rejected:
    """A draft that does not hold, and why: `reasons` are from the kind's closed set."""

    draft: Draft
    reasons: tuple[str, ...]
    detail: str = ""


@dataclass(frozen=True)
class Left:
    """A sample that is not made, and why: the plan of a draft without a question. `detail` says what shows it.

    request_sha256: of the answer that was of no use, where a model was asked.
    """

    reason: str
    detail: str = ""
    request_sha256: str | None = None


# Looks at all that was judged of a shard, and hands it on with more of it rejected.
Screen: TypeAlias = Callable[[Sequence["Verified | Rejected"]], Iterable["Verified | Rejected"]]


def as_it_is(judged: Sequence[Verified | Rejected]) -> Sequence[Verified | Rejected]:
    """The screen that lets everything pass."""
    return judged


class Kind(Protocol):
    """One kind of sample."""

    @property
    def name(self) -> str:
        """The kind's name, the value of the column `kind`."""
        ...

    @property
    def strategy(self) -> str:
        """The strategy that it belongs to."""
        ...

    def next(self, file: CuratedFile, answers: Answers) -> Iterable[Draft | Request]:
        """Drafts out of one file, or the requests to be answered before: pure; no server is asked, no program run."""
        ...

    def verify(self, drafts: Sequence[Draft], sandbox: Sandbox | None) -> list[Verified | Rejected]:
        """Judge the drafts of a whole shard, in their order; `sandbox` is None where nothing can be run."""
        ...


def sample_id(draft: Draft, messages: Sequence[tuple[str, str]]) -> str:
    """The same question and answer on the same blob have the same id, in every run and under every shard count."""
    parts = [draft.kind, draft.file.blob_id, *(part for message in messages for part in message)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _tokens(text: str) -> int:
    return -(-len(text) // CHARACTERS_A_TOKEN)


def _sample(strategy: str, held: Verified, answers: Answers) -> dict[str, object]:
    draft, file = held.draft, held.draft.file
    return {
        "sample_id": sample_id(draft, held.messages),
        "strategy": strategy,
        "kind": draft.kind,
        "blob_id": file.blob_id,
        "occurrences": file.occurrences,
        "license": file.license,
        "language": file.language,
        "near_duplicate_cluster": file.near_duplicate_cluster,
        "messages": [{"role": role, "content": content} for role, content in held.messages],
        "reasoning": draft.reasoning,
        "source_edits": [*file.edits, *draft.edits],
        "source_sha256": hashlib.sha256(draft.seed_text.encode()).hexdigest(),
        **_made_by(draft, answers),
        "prompt_id": draft.prompt_id,
        "request_sha256": draft.request_sha256,
        "seed_tokens": _tokens(draft.seed_text),
        "prompt_tokens": sum(_tokens(content) for role, content in held.messages if role == "user"),
        "answer_tokens": sum(_tokens(content) for role, content in held.messages if role == "assistant"),
        "verified": {name: held.verified.get(name) for name in schema.VERIFIED.to_schema()},
        "evidence": {name: held.evidence.get(name) for name in schema.EVIDENCE.to_schema()},
        "difficulty": {name: held.difficulty.get(name) for name in schema.DIFFICULTY.to_schema()},
        "release": True,
    }


def _made_by(draft: Draft, answers: Answers) -> dict[str, object]:
    """Who wrote a sample; the engine is the one whose answer it is, whichever is configured now."""
    if draft.request_sha256 is None:
        return {"engine": "none", "model": None, "model_license": None}
    answer = answers.known[draft.request_sha256]
    return {
        "engine": answer.engine_version or "unknown",
        "model": f"{answers.model}@{answers.model_revision}" if answers.model_revision else answers.model,
        "model_license": answers.license,
    }


def _guarded(one: Verified | Rejected, strategy: str) -> Verified | Rejected:
    """No turn may hold text that ends it too early."""
    if isinstance(one, Rejected):
        return one
    mark = control_text_in((content for _, content in one.messages), of_traces=strategy == CODE_TRACE)
    return one if mark is None else Rejected(one.draft, (CONTROL_TEXT,), mark)


def _rejected(strategy: str, one: Rejected) -> dict[str, object]:
    return {
        "request_sha256": one.draft.request_sha256,
        "strategy": strategy,
        "kind": one.draft.kind,
        "blob_id": one.draft.file.blob_id,
        "reasons": list(one.reasons),
        "detail": one.detail,
    }


def bounded(judged: Iterable[Verified | Rejected], bounds: Samples) -> Iterator[Verified | Rejected]:
    """All of what was judged; what is longer than the settings allow, or more of one file, is rejected.

    A kind's drafts come best first, so the first of a file are those that stay.
    """
    taken: Counter[tuple[str, str]] = Counter()
    for one in judged:
        if isinstance(one, Rejected):
            yield one
            continue
        asked, answered = (
            sum(_tokens(content) for role, content in one.messages if role == who) for who in ("user", "assistant")
        )
        key = (one.draft.kind, one.draft.file.blob_id)
        if asked > bounds.prompt_tokens:
            yield Rejected(one.draft, (PROMPT_TOO_LONG,), f"{asked:,} tokens")
        elif answered > bounds.answer_tokens:
            yield Rejected(one.draft, (ANSWER_TOO_LONG,), f"{answered:,} tokens")
        elif taken[key] >= bounds.most_a_file:
            yield Rejected(one.draft, (ENOUGH_OF_FILE,), f"{bounds.most_a_file} are kept")
        else:
            taken[key] += 1
            yield one


def tables(
    strategy: str,
    judged: Iterable[Verified | Rejected],
    answers: Answers = NO_ANSWERS,
    screen: Screen = as_it_is,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The tables `samples` and `rejected_samples` of what was judged, both in a fixed order.

    screen: looks at what holds no control text.

    Everything judged is in one of them: a sample that is there already, or holds control text, is a rejected one.
    """
    samples: dict[object, dict[str, object]] = {}
    rejected = []
    for judgement in screen([_guarded(one, strategy) for one in judged]):
        one = judgement
        if isinstance(one, Verified):
            identity = sample_id(one.draft, one.messages)
            if identity not in samples:
                samples[identity] = _sample(strategy, one, answers)
                continue
            one = Rejected(one.draft, (DUPLICATE,), identity)
        rejected.append(_rejected(strategy, one))
    return (
        schema.frame_of(list(samples.values()), schema.SAMPLES).sort("sample_id"),
        in_order_of_files(schema.frame_of(rejected, schema.REJECTED_SAMPLES)),
    )


def in_order_of_files(rejected: pl.DataFrame) -> pl.DataFrame:
    """The table `rejected_samples` in its order."""
    return rejected.sort("blob_id", "kind", "reasons", "detail", "request_sha256")


@dataclass(frozen=True)
class Shard:
    """What one strategy made of the files of a shard.

    proposed: how many drafts there were; each is a sample or rejected. pending: requests without an answer, file by file.
    """

    samples: pl.DataFrame
    rejected: pl.DataFrame
    proposed: int
    pending: tuple[Request, ...]


def run(  # noqa: PLR0913, PLR0917 -- what a shard is made from, and within which bounds
    kinds: Sequence[Kind],
    files: Iterable[CuratedFile],
    sandbox: Sandbox | None,
    strategy: str,
    answers: Answers = NO_ANSWERS,
    bounds: Samples = BOUNDS,
    screen: Screen = as_it_is,
) -> Shard:
    """Propose and verify every kind of one strategy over the files of a shard; `screen` looks at what was verified."""
    drafts: dict[str, list[Draft]] = {kind.name: [] for kind in kinds}
    pending: list[Request] = []
    for file in files:
        for kind in kinds:
            for one in _proposed(kind, file, answers):
                if isinstance(one, Request):
                    pending.append(one)
                else:
                    drafts[kind.name].append(one)
    judged = [one for kind in kinds for one in _verified(kind, drafts[kind.name], sandbox, answers)]
    # What goes for another reason must take no near-duplicate with it, so the screen comes last.
    samples, rejected = tables(strategy, judged, answers, lambda guarded: screen(list(bounded(guarded, bounds))))
    return Shard(samples, rejected, sum(map(len, drafts.values())), tuple(pending))


def _proposed(kind: Kind, file: CuratedFile, answers: Answers) -> list[Draft | Request]:
    """What a kind makes of a file. Answers of a model may hold anything: where a kind fails on one, its file is rejected."""
    try:
        return list(kind.next(file, answers))
    except Exception as error:
        if not answers.known:
            error.add_note(f"{kind.name}, {file.blob_id}")
            raise
        _LOG.exception("%s failed on %s", kind.name, file.blob_id)
        left = Left(FAILED, f"{type(error).__name__}: {error}"[:_LONGEST_ERROR])
        return [Draft(kind.name, file, (), "", file.text, (), left)]


def _verified(
    kind: Kind, drafts: Sequence[Draft], sandbox: Sandbox | None, answers: Answers
) -> Iterable[Verified | Rejected]:
    """The judgement of a kind's drafts; where it fails on the shard, file by file, and of the one that does it, none."""
    sound: list[Draft] = []
    rejected: list[Rejected] = []
    for draft in drafts:
        if isinstance(draft.plan, Left) and draft.plan.reason == FAILED:
            rejected.append(Rejected(draft, (FAILED,), draft.plan.detail))
        else:
            sound.append(draft)
    try:
        return [*kind.verify(sound, sandbox), *rejected]
    except Exception as error:
        blobs = sorted({draft.file.blob_id for draft in sound})
        error.add_note(f"{kind.name}, {len(blobs)} files, {blobs[0] if blobs else 'none'} first")
        if not answers.known:
            raise
        _LOG.exception("%s failed on a shard", kind.name)
        if len(blobs) == 1:
            detail = f"{type(error).__name__}: {error}"[:_LONGEST_ERROR]
            return [*(Rejected(draft, (FAILED,), detail) for draft in sound), *rejected]
    by_file = (_verified(kind, [one for one in sound if one.file.blob_id == blob], sandbox, answers) for blob in blobs)
    return [*(one for judged in by_file for one in judged), *rejected]
