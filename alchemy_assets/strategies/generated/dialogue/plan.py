"""Draw a dialogue by the blob id: who talks, about what, in how many turns, and what each turn is for.

Belongs here: the course of a dialogue. Does not: its words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from alchemy_assets.strategies.generated.dialogue.intents import CODE, DOCUMENT, DOCUMENTS, EXCERPT, INTENTS, Intent
from alchemy_assets.strategies.generated.dialogue.personas import PERSONAS, Persona
from alchemy_assets.strategies.phrasing import draw

T = TypeVar("T")
# What was agreed on is not said in one short sentence.
ENOUGH_TO_SAY_ALL = 2
FEWEST, MOST = 3, 8
# From this many turns on there is a first, small change before the last one.
WITH_A_PART = 5
# A dialogue of fewer turns ends with its change.
WITH_AN_AFTERTHOUGHT = 4


class Wants(StrEnum):
    """What a turn wants in return: words, the lines that change, or the whole file."""

    WORDS = "words"
    PART = "part"
    WHOLE = "whole"


@dataclass(frozen=True)
class Turn:
    """One turn of the person. aim: what it is for; length: how much is said."""

    aim: str
    wants: Wants
    length: str


@dataclass(frozen=True)
class Plan:
    """The course of a dialogue. shown_as: what the person calls what they talk about."""

    persona: Persona
    intent: Intent
    turns: tuple[Turn, ...]
    shown_as: str

    @property
    def prompt_id(self) -> str:
        """What tells dialogues of this course from others."""
        return f"dialogue-{self.intent.name}-{self.persona.name}"

    @property
    def whole(self) -> int:
        """The position of the turn that the whole file is asked in."""
        return next(number for number, turn in enumerate(self.turns) if turn.wants is Wants.WHOLE)


ANYWHERE = (
    "ask for the reason behind one statement of the answer",
    "make up a concrete case and ask what the answer means for it",
    "say what one would have expected instead, and ask which of the two is right",
    "ask what the answer takes for granted",
    "choose between two possibilities that the answer leaves open, say why, and ask what follows",
    "correct or narrow down what was asked for, because of something in the answer",
)
AFTERWARDS = (
    "ask how to check, by hand and in a minute, that the new version does what it should",
    "ask about one line of the new version whose use is not obvious",
    "ask what somebody who used the old version has to know",
    "ask for the message of the commit",
    "ask which case the new version still does not cover",
)
LENGTHS = (
    "one short sentence",
    "one sentence",
    "one or two sentences",
    "two or three sentences, the first of which says how the question came up",
    "three or four sentences with a concrete example",
    "two short paragraphs",
)


def plan_of(blob_id: str, *, document: bool, whole: bool = True) -> Plan:
    """The course that a file's dialogue takes: the same in every run. whole: whether all of it is shown."""
    persona = _one(PERSONAS, "persona", blob_id)
    intent = _one(DOCUMENTS if document else INTENTS, "intent", blob_id)
    count = FEWEST + draw("dialogue turns", blob_id) % (MOST - FEWEST + 1)
    afterthought = count >= WITH_AN_AFTERTHOUGHT and draw("dialogue end", blob_id) % 2 == 0
    last = count - 2 if afterthought else count - 1
    part = max(1, last // 2) if count >= WITH_A_PART else -1
    first, *others = _shuffled(intent.on_the_way, "way", blob_id)
    anywhere = _shuffled(ANYWHERE, "anywhere", blob_id)
    pool = [first, anywhere[0], *others, *anywhere[1:]]
    turns = []
    for number in range(count):
        length = _one(LENGTHS, f"length {number}", blob_id)
        if number == 0:
            turns.append(Turn(_one(intent.opens, "open", blob_id), Wants.WORDS, length))
        elif number == last:
            turns.append(Turn(intent.whole, Wants.WHOLE, _one(LENGTHS[ENOUGH_TO_SAY_ALL:], "length", blob_id)))
        elif number == part:
            turns.append(Turn(intent.part, Wants.PART, length))
        elif number > last:
            turns.append(Turn(_one(AFTERWARDS, "after", blob_id), Wants.WORDS, length))
        else:
            turns.append(Turn(pool.pop(0), Wants.WORDS, length))
    return Plan(persona, intent, tuple(turns), DOCUMENT if document else CODE if whole else EXCERPT)


def _one(many: Sequence[T], what: str, blob_id: str) -> T:
    return many[draw(f"dialogue {what}", blob_id) % len(many)]


def _shuffled(many: Sequence[str], what: str, blob_id: str) -> list[str]:
    return sorted(many, key=lambda one: draw(f"dialogue {what}", blob_id, one))
