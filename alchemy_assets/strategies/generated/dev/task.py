"""A kind of developer's task: it is made ready, told in drawn words below the file, answered once, and judged.

Belongs here: what is the same for all of them. Does not: any task (the other modules; `kinds` is their table).
The turn that the model answers is the turn of the sample, so nothing in it is for the model's eyes alone.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from alchemy_assets.generation.completions import Answers, Request
from alchemy_assets.generation.parsing import LEAKED, NO_CODE, NO_JSON, NO_SECTION
from alchemy_assets.sandbox.sandbox import Sandbox
from alchemy_assets.strategies.generated.asking import CUT, EMPTY, Answered, ask, refused, written
from alchemy_assets.strategies.generated.dev.rounds import Judge, judged
from alchemy_assets.strategies.generated.shown import ROOM_TOKENS, TOO_LONG, TOO_LONG_WHOLE, Shown, whole_file
from alchemy_assets.strategies.grounded.drafting import NOT_SEEN, NOTHING_RUNS
from alchemy_assets.strategies.phrasing import draw, fill, pick
from alchemy_assets.strategies.strategy import CuratedFile, Draft, Left, Rejected, Verified
from alchemy_assets.tracing.observed import Observed
from alchemy_assets.tracing.reasons import Reason

TEMPLATE = "dev_task"
OTHER_LANGUAGE = "the task is none for this language"
# Of the tokens of an answer so many are for a file that is written anew; the rest is for thoughts and words.
SHARE_FOR_CODE = 0.6
CALLED_THERE = (
    "(`{file}` is saved as `{there}` there.)",
    "There, the file is called `{there}`.",
    "`{there}` is the file above.",
    "(`{there}` stands for `{file}`.)",
)
COMMON_REASONS = (
    *(CUT, EMPTY, LEAKED, NO_SECTION, NO_CODE, NO_JSON, TOO_LONG, TOO_LONG_WHOLE, OTHER_LANGUAGE, NOT_SEEN),
    *(NOTHING_RUNS, *map(str, Reason)),
)


@dataclass(frozen=True)
class Ready:
    """What is asked about a file.

    values: for the places of the phrasings. given: whatever the judge must know beside the answer. edits: of the file's
    text that give what is shown, where it is no excerpt. wording: the phrasings, those of the kind by default.
    """

    shown: Shown
    values: Mapping[str, str] = field(default_factory=dict)
    given: object = None
    edits: tuple[dict[str, object], ...] = ()
    wording: str = ""


@dataclass(frozen=True)
class Plan:
    """What a judge looks at: what was given with the task, and what was read out of the answer."""

    given: object
    answer: object
    shown: Shown


Prepare = Callable[["DevTask", CuratedFile, Answers], Ready | Request | Left]


@dataclass(frozen=True)
class DevTask:
    """One kind. read: takes an answer apart. form: the phrasings that say how the answer looks.

    own_reasons: of its preparation, its reading and its judge; `reasons` is the closed set.
    """

    name: str
    prepare: Prepare
    read: Callable[[str], object]
    judge: Judge
    form: str
    own_reasons: tuple[str, ...] = ()
    strategy: str = "code_dev"

    @property
    def reasons(self) -> tuple[str, ...]:
        """Every reason that a rejected sample of it may have."""
        return tuple(dict.fromkeys((*COMMON_REASONS, *self.own_reasons)))

    def next(self, file: CuratedFile, answers: Answers) -> Iterable[Draft | Request]:
        """What is still to be asked about a file, or the draft of what was answered, or why there is none."""
        ready = self.prepare(self, file, answers)
        if isinstance(ready, Request):
            return [ready]
        if isinstance(ready, Left):
            return [refused(self, file, ready)]
        prompt_id, task, form = self._words(file, ready)
        values = {"task": task, "form": form}
        got = ask(self, file, answers, TEMPLATE, lambda said: (said, self.read(said)), shown=ready.shown, values=values)
        if isinstance(got, Request):
            return [got]
        if isinstance(got, Left):
            return [refused(self, file, got)]
        return [self._draft(file, ready, got, prompt_id)]

    def verify(self, drafts: Sequence[Draft], sandbox: Sandbox | None) -> list[Verified | Rejected]:
        """Judge all drafts of a shard side by side."""
        return judged(drafts, self.judge, sandbox)

    def _words(self, file: CuratedFile, ready: Ready) -> tuple[str, str, str]:
        """The id of the phrasing, the task in words, and the words for the form of the answer."""
        key = f"{self.name} {file.blob_id}"
        prompt_id, template = pick(f"dev/{ready.wording or self.name}", key)
        values = {"file": ready.shown.path, **ready.values}
        task = fill(template, values)
        # Most people come to the point at once.
        if draw("opening", key) % 3 == 0:
            task = f"{pick('dev/openings', key)[1]}\n\n{task}"
        return prompt_id, task, fill(pick(f"dev/{self.form}", key)[1], values)

    def _draft(self, file: CuratedFile, ready: Ready, got: Answered[tuple[str, object]], prompt_id: str) -> Draft:
        said, answer = got.value
        messages = (got.messages[-1], ("assistant", said))
        shown = replace(ready.shown, edits=ready.edits or ready.shown.edits)
        plan = Plan(ready.given, answer, ready.shown)
        draft = written(self, file, got, messages, shown=shown, plan=plan, reasoned=True)
        return replace(draft, prompt_id=prompt_id)


def plan_of(draft: Draft) -> Plan:
    """The plan of a draft that was answered."""
    assert isinstance(draft.plan, Plan)  # noqa: S101 -- `DevTask` made it
    return draft.plan


def room(answers: Answers) -> int:
    """Tokens that a file may have that is shown whole, and written anew in an answer."""
    return min(ROOM_TOKENS, int(answers.sampling.max_tokens * SHARE_FOR_CODE))


def whole(file: CuratedFile, answers: Answers) -> Shown | Left:
    """The file, where it fits into a question and into its answer."""
    return whole_file(file, room(answers))


def called_there(shown: Shown, seen: Observed, *told: str) -> str:
    """A paragraph that says what a file is called where it ran, if what is told of the run names it otherwise; or nothing."""
    stem = seen.source.rpartition(".")[0]
    if seen.source == shown.path or not any(re.search(rf"\b{re.escape(stem)}\b", text) for text in told):
        return ""
    template = CALLED_THERE[draw("called there", shown.text) % len(CALLED_THERE)]
    return "\n\n" + template.format(file=shown.path, there=seen.source)


def seen_of(file: CuratedFile) -> Observed | Left:
    """What was seen of a file, or why nothing was."""
    seen = file.observed
    if isinstance(seen, Observed):
        return seen
    return Left(NOT_SEEN) if seen is None else Left(str(seen.reason), seen.detail)
