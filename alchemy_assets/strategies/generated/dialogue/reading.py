"""Read the turns of a dialogue as a model wrote them, and refuse those that no person or good answer would say.

Belongs here: what must hold of one turn. Does not: the words that are refused (`stock`), what holds of a dialogue or of a
partition (`judging`).
Everything here raises UnreadableError, so that the model is told once what was wrong.
"""

import re
from collections.abc import Sequence

from alchemy_assets.generation.parsing import UnreadableError, code_blocks, sections
from alchemy_assets.strategies.conversation import control_text_in
from alchemy_assets.strategies.generated.dialogue import stock
from alchemy_assets.strategies.generated.dialogue.plan import Turn, Wants
from alchemy_assets.strategies.generated.dialogue.repeating import Listing, has_new_code, lines_of, said_again, whole_in
from alchemy_assets.strategies.generated.shown import Shown
from alchemy_assets.strategies.strategy import CONTROL_TEXT

NO_QUOTE = "a turn builds on nothing of the answer before"
OLD_QUOTE = "what a turn builds on was known before the answer"
STOCK_QUESTION = "a stock opener or flattery in a question"
STOCK_ANSWER = "a stock opener or ending in an answer"
EMPTY_PRAISE = "a turn that asks nothing"
ASKED_BEFORE = "a question that was asked before"
LONG_QUESTION = "a question that is too long"
OUT_OF_ROLE = "a question that gives the game away"
NOT_ASKED_WHOLE = "the last change is not asked for as a whole"
ASKED_WHOLE = "the whole file is asked for before the last change"
NOTHING_SHOWN = "a small change is not shown"
REPEATED = "an answer repeats too much of the file"
REPEATED_QUESTION = "a question repeats too much of the file"
LONG_ANSWER = "an answer is too long"

SHORTEST_QUOTE = 15
MOST_QUESTION, MOST_QUESTION_CODE = 1_200, 12
MOST_ANSWER = 9_000
# Share of the file's lines that a turn may say again, and the lines that any file has for that.
REPEATED_SHARE, REPEATED_LINES = 0.3, 10
QUESTION_SHARE, QUESTION_LINES = 0.1, 4

_SPACE = re.compile(r"\s+")
_WHOLE = re.compile(
    r"\b(?:whole|complete|completed|full|entire|final|everything|all of it|in full|start to end|top to bottom)\b",
    re.IGNORECASE,
)
_WHOLE_FILE = re.compile(
    r"\b(?:whole|complete|full|entire|updated)\s+(?:\w+\s+){0,2}(?:file|document|excerpt|program|script|module|source|listing)\b",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r"\bpersona\b|\brole[- ]?play|\b(?:the|this) assistant\b|\byour (?:previous|last|earlier) (?:answer|turn|response|message)\b"
    r"|\bturn \d\b|<(?:because|says)>|\bas (?:an|a large) (?:ai|language)\b",
    re.IGNORECASE,
)


def opening(answer: str, shown: Shown) -> str:
    """The first message of the person."""
    said = _message(sections(answer, ["says"])["says"], (), shown)
    _refuse_whole(said)
    return said


def follow_up(answer: str, shown: Shown, turn: Turn, earlier: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """A later message and the words of the last answer that it builds on; `earlier` are the turns so far, without the file.

    What stands in the file, or was said by the person, is no reason to go on.
    """
    parts = sections(answer, ["because", "says"])
    quote = _quoted(parts["because"])
    if len(quote) < SHORTEST_QUOTE or quote not in _flat(earlier[-1][1]):
        raise UnreadableError(
            NO_QUOTE,
            f"What stands in <because> must be copied from the last answer word for word, {SHORTEST_QUOTE} characters or more,"
            " without any mark around it.",
        )
    if any(quote in _flat(known) for known in (shown.text, *(said for role, said in earlier if role == "user"))):
        raise UnreadableError(
            OLD_QUOTE, "What stands in <because> must be new in the last answer, and not of the file."
        )
    said = _message(parts["says"], earlier, shown)
    if turn.wants is Wants.WHOLE and not _WHOLE.search(said):
        raise UnreadableError(NOT_ASKED_WHOLE, "The message must ask for the whole new version in one piece.")
    if turn.wants is not Wants.WHOLE:
        _refuse_whole(said)
    return said, quote


def answered(answer: str, shown: Shown, wants: Wants) -> Listing:
    """An answer and, where the whole file is asked for, the listing in it; else its code is empty."""
    if mark := control_text_in([answer]):
        raise UnreadableError(CONTROL_TEXT, f"Your answer holds {mark!r} at the start of a line. Write it otherwise.")
    if words := stock.stock_of_assistant(answer):
        raise UnreadableError(
            STOCK_ANSWER, f"Your answer says {words!r}. Leave such phrases out and say what there is to say."
        )
    found = whole_in(answer, shown) if wants is Wants.WHOLE else Listing("", answer)
    if wants is Wants.PART and shown.language != "Markdown" and not has_new_code(answer, shown.text):
        raise UnreadableError(
            NOTHING_SHOWN, "Your answer does not show the change. Show the lines that change in a code block."
        )
    if len(found.rest) > MOST_ANSWER:
        raise UnreadableError(LONG_ANSWER, "Your answer is far too long. Answer what is asked, in a quarter of that.")
    again = said_again(found.rest, shown.text)
    if again > max(REPEATED_LINES, REPEATED_SHARE * lines_of(shown.text)):
        where = " beside the listing" if found.code else ""
        raise UnreadableError(
            REPEATED,
            f"Your answer repeats {again} lines of the file{where}. Show only the lines that change or matter.",
        )
    return found


def _message(text: str, earlier: Sequence[tuple[str, str]], shown: Shown) -> str:
    said = text.strip()
    if mark := control_text_in([said]):
        raise UnreadableError(CONTROL_TEXT, f"The message holds {mark!r} at the start of a line. Write it otherwise.")
    if words := stock.stock_of_user(said):
        raise UnreadableError(
            STOCK_QUESTION, f"The message begins with {words!r}. Leave that out and come to the point."
        )
    if stock.is_empty_praise(said):
        raise UnreadableError(
            EMPTY_PRAISE, "The message asks nothing. It must ask for something, or object to something."
        )
    if found := _ROLE.search(said):
        raise UnreadableError(
            OUT_OF_ROLE, f"The message says {found[0]!r}. Write only what this person would type to a colleague."
        )
    code = max((block.count("\n") for _, block in code_blocks(said)), default=0)
    if len(said) > MOST_QUESTION or code > MOST_QUESTION_CODE:
        raise UnreadableError(LONG_QUESTION, "The message is too long. Say it in a few sentences.")
    if said_again(said, shown.text) > max(QUESTION_LINES, QUESTION_SHARE * lines_of(shown.text)):
        raise UnreadableError(REPEATED_QUESTION, "The message repeats the file. Name the place instead.")
    if any(role == "user" and _words(said) == _words(content) for role, content in earlier):
        raise UnreadableError(ASKED_BEFORE, "That was asked before. Go on from the last answer.")
    return said


def _refuse_whole(said: str) -> None:
    if found := _WHOLE_FILE.search(said):
        raise UnreadableError(
            ASKED_WHOLE, f"The message asks for the {found[0]!r}. Ask for words, or for the lines that change."
        )


def _quoted(text: str) -> str:
    """A quote without the marks that it was put between."""
    return _flat(text).strip().strip("\"'\u201c\u201d\u2018\u2019").strip()


def _flat(text: str) -> str:
    return _SPACE.sub(" ", text)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())
