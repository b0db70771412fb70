"""The two questions behind every sample: one writes a problem out of a file, the other one solves it without the file.

Belongs here: the order of the questions, and who a problem is set for. Does not: what a kind asks or proves.
The second question is the sample's own user turn and nothing else, so the sample is a conversation that a model had.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

from alchemy_assets.generation.completions import Answers, Request
from alchemy_assets.generation.parsing import UnreadableError, code_blocks
from alchemy_assets.strategies.generated.asking import ask, follow, refused, written
from alchemy_assets.strategies.generated.shown import Shown
from alchemy_assets.strategies.phrasing import draw, fill, phrasings, pick
from alchemy_assets.strategies.strategy import CuratedFile, Draft, Kind, Left

P = TypeVar("P")
LEVELS: Mapping[str, str] = {
    "easy": "one idea, plain input; a beginner who has finished a first course solves it in a few minutes",
    "medium": "two ideas have to be put together, and one edge case is easily overlooked; a trained programmer needs "
    "a quarter of an hour",
    "hard": "the obvious way is wrong, or state has to be kept with care over several rules that meet each other; "
    "an experienced programmer has to think before writing",
}
NO_ANSWER = "the answer is empty, or holds control tokens"
NOT_SELF_CONTAINED = "the problem speaks of something that its reader does not have"
ASKED_REASONS = (NO_ANSWER, NOT_SELF_CONTAINED)
_SHORTEST_NAME = 5
# What only somebody who has the file can say. Programs may well be about files: it is the one above that is meant.
_FILE = (
    r"\b(?:the|this|that)\s+(?:given|provided|original|seed|attached|source)\s+(?:source\s+)?"
    r"(?:file|repository|document)\b|\b(?:the|this)\s+file\s+(?:shown\s+)?above\b|\bthe\s+original\s+code\b"
)
_CODE = (
    r"\b(?:the|this|that)\s+(?:given|provided|original|seed|shown|attached|source|above)\s+(?:code|module|excerpt|snippet)\b"
    r"|\b(?:the|this)\s+(?:code|module)\s+(?:shown\s+)?above\b|\b(?:the|this)\s+(?:excerpt|snippet|codebase)\b"
)
_UNSEEN = {True: re.compile(_FILE, re.IGNORECASE), False: re.compile(f"{_FILE}|{_CODE}", re.IGNORECASE)}


@dataclass(frozen=True)
class Task(Generic[P]):
    """What a kind asks about a file, and what it makes of the answers.

    read: the problem out of the first answer; may raise UnreadableError, whose complaint the model is told.
    turn: the id and the text of the sample's user turn. plan: what `verify` needs, out of the problem and its answer; an
    UnreadableError of it rejects the sample, as nobody corrects an answer that is to be trained on.
    values: what the template takes beside the file, the level and the setting. schema: as in `Request`.
    """

    read: Callable[[str], P]
    turn: Callable[[P], tuple[str, str]]
    plan: Callable[[P, str], object]
    values: Mapping[str, object] = field(default_factory=dict)
    schema: str = ""


def level_of(kind: Kind, file: CuratedFile) -> str:
    """How hard a problem is asked to be: drawn by the file."""
    return tuple(LEVELS)[draw("level", kind.name, file.blob_id) % len(LEVELS)]


def made(kind: Kind, file: CuratedFile, answers: Answers, shown: Shown | Left, task: Task[P]) -> list[Draft | Request]:
    """The draft of a kind about a file, or the request that is still to be answered for it."""
    if isinstance(shown, Left):
        return [refused(kind, file, shown)]
    wrote = ask(
        kind,
        file,
        answers,
        f"qa_{kind.name}",
        task.read,
        shown=shown,
        values={**_setting(kind, file), **task.values},
        schema=task.schema,
    )
    if isinstance(wrote, Request):
        return [wrote]
    if isinstance(wrote, Left):
        return [refused(kind, file, wrote)]
    return [_solved(kind, file, answers, shown, task, wrote.value)]


def _setting(kind: Kind, file: CuratedFile) -> dict[str, object]:
    level, settings = level_of(kind, file), phrasings("qa_settings")
    drawn = settings[draw("setting", kind.name, file.blob_id) % len(settings)]
    return {"level": level, "level_means": LEVELS[level], "setting": drawn}


def _solved(  # noqa: PLR0913, PLR0917 -- what both questions are made of
    kind: Kind, file: CuratedFile, answers: Answers, shown: Shown, task: Task[P], problem: P
) -> Draft | Request:
    """The draft of a problem that is written, or the request for its answer."""
    prompt_id, text = task.turn(problem)
    solved = follow(kind, file, answers, (("user", text),), str, prompt_id=prompt_id)
    if isinstance(solved, Request):
        if len(solved.messages) == 1:
            return solved
        # It would be asked with a complaint; what came of that would be no answer to the sample's own turn.
        first = answers.key(replace(solved, messages=solved.messages[:1]))
        return refused(kind, file, Left(NO_ANSWER, solved.messages[-1][1], first))
    if isinstance(solved, Left):
        return refused(kind, file, solved)
    try:
        plan = task.plan(problem, solved.value)
    except UnreadableError as error:
        return refused(kind, file, Left(error.reason, error.complaint, solved.completion.request_sha256))
    messages = (("user", text), ("assistant", solved.value))
    return written(kind, file, solved, messages, shown=shown, plan=plan, reasoned=True)


def worded(kind: Kind, file: CuratedFile, values: Mapping[str, str]) -> tuple[str, str]:
    """The id and the text of a user turn: the phrasing that the file draws, with these values in its places."""
    prompt_id, template = pick(f"qa_{kind.name}", file.blob_id)
    return prompt_id, fill(template, values)


def self_contained(text: str, path: str, *, with_code: bool = False) -> str:
    """A problem that speaks of nothing that its reader does not have; raises UnreadableError for another one.

    with_code: whether code stands beside it, of which it may well speak.
    """
    name = path.rpartition("/")[2]
    found = _UNSEEN[with_code].search(text)
    # A name without a suffix may be any word.
    named = "." in name and len(name) > _SHORTEST_NAME and re.search(rf"(?<![\w./-]){re.escape(name)}(?!\w)", text)
    told = found[0] if found else name if named else None
    if told is not None:
        complaint = f"Your problem says {told!r}, but its reader has no such thing. Say what is needed without it."
        raise UnreadableError(NOT_SELF_CONTAINED, complaint)
    return text.strip()


def code_section(text: str) -> str:
    """The code of a section, whether or not it is fenced, with a line break at its end."""
    blocks = [code for _, code in code_blocks(text)] if text.lstrip().startswith(("```", "~~~")) else []
    return max(blocks, key=len) if blocks else text.strip("\n") + "\n"


def lines_of(text: str) -> list[str]:
    """The lines of a code that say something, without their indentation."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def copied_share(code: str, source: str) -> float:
    """Which share of the lines of a code stands in another text."""
    lines: Sequence[str] = lines_of(code)
    known = set(lines_of(source))
    return round(sum(line in known for line in lines) / max(len(lines), 1), 4)
