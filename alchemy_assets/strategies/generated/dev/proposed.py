"""Ask for one concrete change that fits a file: what is proposed is the task of the sample, a second question does it.

Belongs here: the first question, and reading its answer. Does not: doing what it proposes (the kinds).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from alchemy_assets.generation.completions import Answers, Request
from alchemy_assets.generation.parsing import NO_JSON, UnreadableError, code_blocks, json_of, sections
from alchemy_assets.strategies.generated.asking import ask
from alchemy_assets.strategies.generated.dev.task import DevTask, Ready
from alchemy_assets.strategies.generated.running import Case
from alchemy_assets.strategies.generated.shown import Shown
from alchemy_assets.strategies.phrasing import pick
from alchemy_assets.strategies.strategy import CuratedFile, Left

NOTHING = "nothing of this kind is worth doing in the file"
VAGUE = "the proposed task names nothing of the file"
SOLVED = "the proposed task holds its solution"
TOO_BRIEF = "the proposed task says too little"
TOO_WORDY = "the proposed task says too much"
BAD_CASES = "the proposed inputs cannot be used"
REASONS = (NOTHING, VAGUE, SOLVED, TOO_BRIEF, TOO_WORDY, BAD_CASES)
SHORTEST, LONGEST = 60, 1_800
MOST_CASES, LONGEST_INPUT, MOST_REPEATED = 6, 20_000, 400_000
MOST_CODE_LINES = 6
QUOTED = re.compile(r"`([^`\n]+)`")
_WORD = re.compile(r"[^\W\d]\w*")
_TILDES = re.compile(r"~{3,}")
_NONE = re.compile(r"\W*none\W*", re.IGNORECASE)


@dataclass(frozen=True)
class Proposal:
    """A task, told as an issue or a request, and inputs that show that it is done; none where none are asked for."""

    task: str
    cases: tuple[Case, ...] = ()


def proposal(  # noqa: PLR0913 -- what a first question is made of
    kind: DevTask,
    file: CuratedFile,
    answers: Answers,
    shown: Shown,
    *,
    part: str = "",
    least: int = 0,
    whole_text: str = "",
) -> Proposal | Request | Left:
    """What a model proposes to do. part: the section that holds inputs, "" for none; least: how many of them there are.

    whole_text: what the names of the task are looked for in, the shown text by default.
    """
    key = f"{kind.name} {file.blob_id}"
    values = {"voice": pick("dev/voices", key)[1], "angle": pick(f"dev/angles_{kind.name}", key)[1], "part": part}
    text = whole_text or shown.text
    got = ask(
        kind,
        file,
        answers,
        f"dev_propose_{kind.name}",
        lambda said: _read(said, text, part, least),
        shown=shown,
        values=values,
    )
    if isinstance(got, Request | Left):
        return got
    return got.value if got.value.task else Left(NOTHING, "", got.completion.request_sha256)


def proposing(
    shown_of: Callable[[CuratedFile, Answers], Shown | Left],
    part_of: Callable[[CuratedFile], tuple[str, int]] = lambda _file: ("", 0),
) -> Callable[[DevTask, CuratedFile, Answers], Ready | Request | Left]:
    """Prepare a kind by its first question. shown_of: what is shown of a file that the kind can be made of."""

    def prepare(kind: DevTask, file: CuratedFile, answers: Answers) -> Ready | Request | Left:
        shown = shown_of(file, answers)
        if isinstance(shown, Left):
            return shown
        part, least = part_of(file)
        proposed = proposal(kind, file, answers, shown, part=part, least=least)
        if isinstance(proposed, Request | Left):
            return proposed
        return Ready(shown, {"task": proposed.task, "fence": _fence(shown.text)}, proposed)

    return prepare


def _fence(text: str) -> str:
    """Marks that fence a document which has fences of its own."""
    return f"`{'~' * max([4, *(len(run) + 1 for run in _TILDES.findall(text))])}`"


def _read(said: str, text: str, part: str, least: int) -> Proposal:
    parts = sections(said, ("task",), (part,) if part else ())
    task = parts["task"].strip()
    if _NONE.fullmatch(task):
        return Proposal("")
    if part and part not in parts:
        sections(said, ("task", part))
    _check(task, text)
    return Proposal(task, cases_of(parts[part], least) if part else ())


def _check(task: str, text: str) -> None:
    """Raise UnreadableError for a task that nobody could do, or that is done already."""
    if len(task) < SHORTEST:
        raise UnreadableError(TOO_BRIEF, "Your task is too short. Say what is wanted, where, why, and what shows it.")
    if len(task) > LONGEST:
        raise UnreadableError(TOO_WORDY, f"Your task is too long. Say it in at most {LONGEST // 6} words.")
    if any(code.count("\n") > MOST_CODE_LINES for _, code in code_blocks(task)):
        raise UnreadableError(
            SOLVED, "Your task holds the solution as code. Say what is wanted, not how it is written."
        )
    known = set(_WORD.findall(text))
    named = {word for quoted in QUOTED.findall(task) for word in _WORD.findall(quoted)}
    if not named & known:
        raise UnreadableError(VAGUE, "Your task names nothing of the file. Name what it is about, between backticks.")


def cases_of(said: str, least: int = 1) -> tuple[Case, ...]:
    """The inputs of a program out of JSON; raises UnreadableError where they are not what was asked for."""
    found = json_of(said)
    listed = found if isinstance(found, list) else [found]
    cases = tuple(_case(one) for one in listed[:MOST_CASES])
    if len(cases) < least:
        raise UnreadableError(BAD_CASES, f"Give at least {least} inputs.")
    return cases


def _case(one: Any) -> Case:
    if not isinstance(one, dict):
        raise UnreadableError(NO_JSON, 'Each input is a JSON object {"arguments": [...], "stdin": "..."}.')
    arguments, stdin, stdout = one.get("arguments") or [], one.get("stdin") or "", one.get("stdout") or ""
    times = one.get("stdin_times", 1)
    right = isinstance(arguments, list) and all(isinstance(word, str | int | float) for word in arguments)
    if not right or not isinstance(stdin, str) or not isinstance(stdout, str) or not isinstance(times, int):
        raise UnreadableError(BAD_CASES, 'An input is {"arguments": [texts], "stdin": text}, with texts in quotes.')
    words = tuple(str(word) for word in arguments)
    if (
        sum(map(len, words)) + len(stdin) > LONGEST_INPUT
        or not 1 <= times <= MOST_REPEATED
        or times * len(stdin) > MOST_REPEATED
    ):
        raise UnreadableError(BAD_CASES, "An input is too long. Give shorter ones.")
    if any("\0" in word or not _is_text(word) for word in (*words, stdin, stdout)):
        raise UnreadableError(BAD_CASES, "An input holds what is no text.")
    return Case(words, stdin * times, stdout)


def _is_text(word: str) -> bool:
    """Whether it can be handed to a program: half a pair of surrogates, as JSON allows it, cannot."""
    return not any("\ud800" <= character <= "\udfff" for character in word)
