"""Draft and judge grounded samples: what is the same for every kind that is made out of a file without a model.

Belongs here: a draft with a drawn phrasing, one that is left out with its reason, code and diffs as they are shown.
Does not: any kind; the words (`phrasings/`).
"""

import asyncio
import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence

from alchemy_assets.languages import LANGUAGES
from alchemy_assets.sandbox.sandbox import Outcome, Run, Sandbox
from alchemy_assets.strategies.conversation import fenced
from alchemy_assets.strategies.phrasing import fill, pick
from alchemy_assets.strategies.strategy import CuratedFile, Draft, Left, Rejected, Verified
from alchemy_assets.tracing.reasons import Dropped

NOT_SEEN = "nothing of it was seen to run"
NOTHING_RUNS = "programs cannot be run here"


def asked(  # noqa: PLR0913 -- what a draft is made of
    kind: str,
    file: CuratedFile,
    values: Mapping[str, str],
    *,
    plan: object,
    key: str = "",
    answer: str | None = None,
    seed_text: str | None = None,
    edits: Iterable[Mapping[str, object]] = (),
    wording: str | None = None,
) -> Draft:
    """A draft whose question is a phrasing of the kind with these values in its places.

    key: tells samples of one file apart; the phrasing is drawn by it and the blob id. answer: absent where it is still to
    be found. seed_text and edits: as in `Draft`, the whole file by default. wording: another file of phrasings.
    """
    prompt_id, template = pick(wording or kind, f"{file.blob_id} {key}")
    question = ("user", fill(template, values))
    messages = (question,) if answer is None else (question, ("assistant", answer))
    seed = file.text if seed_text is None else seed_text
    return Draft(kind, file, messages, prompt_id, seed, tuple(dict(edit) for edit in edits), plan)


def left(kind: str, file: CuratedFile, reason: str, detail: str = "") -> Draft:
    """A draft without a question, so that what is not made is counted: `judged` rejects it with its reason."""
    return Draft(kind, file, (), "", file.text, (), Left(reason, detail))


def unseen(kind: str, file: CuratedFile) -> Draft:
    """What is left of a file that was not seen to run, with the reason why not."""
    seen = file.observed
    return left(kind, file, str(seen.reason), seen.detail) if isinstance(seen, Dropped) else left(kind, file, NOT_SEEN)


def outcomes_of(runs: Sequence[Run], sandbox: Sandbox) -> list[Outcome]:
    """What came of programs that are run side by side, in the order of `runs`."""
    return asyncio.run(sandbox.run_many(runs)) if runs else []


def judged(drafts: Sequence[Draft], judge: Callable[[Draft], Verified | Rejected]) -> list[Verified | Rejected]:
    """The judgement of every draft in order; one that was left out is rejected with its reason."""
    return [rejected(draft, draft.plan) if isinstance(draft.plan, Left) else judge(draft) for draft in drafts]


def rejected(draft: Draft, why: Left) -> Rejected:
    """The rejection of a draft."""
    return Rejected(draft, (why.reason,), why.detail)


def code_block(language: str, text: str) -> str:
    """Code in a fence with the word that Markdown has for its language."""
    return fenced(text.strip("\n"), LANGUAGES[language].fence)


def diff(before: str, after: str, name: str, context: int = 3) -> str:
    """The unified diff of two texts of a file, without a line break at its end."""
    lines = difflib.unified_diff(
        before.splitlines(), after.splitlines(), f"a/{name}", f"b/{name}", lineterm="", n=context
    )
    return "\n".join(lines)
