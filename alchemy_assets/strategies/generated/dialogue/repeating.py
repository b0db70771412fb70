"""How much of the file a turn says again, and the one listing that may hold all of it.

Belongs here: lines of the file that stand in a turn, and finding the whole file in one. Does not: what is too much for whom
(`reading`).
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath

from alchemy_assets.curation.syntax import errors_in, python_parses
from alchemy_assets.generation.parsing import UnreadableError, code_blocks
from alchemy_assets.strategies.generated.shown import Shown
from alchemy_assets.strategies.grounded.outline import outline_of
from alchemy_assets.strategies.grounded.shapes import SHAPES

NOT_WHOLE = "the last change does not hold the whole file"
TWO_LISTINGS = "it lists the whole file twice"
NOT_PARSED = "the last version does not parse"
UNCHANGED = "the last version is the file"
# A line that is shorter is a brace, or a word that any code has.
SAYS_A_THING = 8
SHORTEST, LONGEST = 0.4, 3.0
NAMES_KEPT = 0.5
# Another block is a second listing from this share of the file's lines on, and an example below.
LISTED_AGAIN = 0.5
_LEFT_OUT = re.compile(
    r"^[ \t]*(?:#|//|/\*|--|<!--|;)?[ \t]*(?:\.\.\.|…|\[\.\.\.\])?[ \t]*\(?(?:the )?(?:(?:rest|remainder) of (?:the|your|this)|"
    r"(?:existing|other|previous|original|remaining) (?:code|functions?|methods?|content|sections?|text|lines)\b.{0,30}"
    r"(?:here|unchanged|as before|remains?|stays?)|(?:unchanged|same as (?:before|above|original))\b|"
    r"(?:code|functions?|everything|content)\b.{0,30}\b(?:unchanged|as before|stays? the same|remains? the same))"
    r"|^[ \t]*(?:#|//|/\*|--|<!--)[ \t]*(?:\.{3}|…)",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True)
class Listing:
    """The whole file in a turn. rest: the turn without it."""

    code: str
    rest: str


def said_again(text: str, shown: str) -> int:
    """How many lines of a turn stand in the file."""
    known = _lines(shown)
    return sum(line.strip() in known for line in text.splitlines())


def has_new_code(text: str, shown: str) -> bool:
    """Whether a code block of a turn has a line that the file has not."""
    known = {line.strip() for line in shown.splitlines()} | {""}
    return any(line.strip() not in known for _, code in code_blocks(text) for line in code.splitlines())


def lines_of(shown: str) -> int:
    """How many lines of the file say a thing."""
    return sum(len(line.strip()) >= SAYS_A_THING for line in shown.splitlines())


@lru_cache(maxsize=8)
def _lines(shown: str) -> frozenset[str]:
    return frozenset(line.strip() for line in shown.splitlines() if len(line.strip()) >= SAYS_A_THING)


def whole_in(text: str, shown: Shown) -> Listing:
    """The new version of the file in a turn: one code block, complete, changed, and as free of errors as the file.

    Raises UnreadableError with what is wrong with it.
    """
    found = [code for _, code in code_blocks(text) if len(code) >= SHORTEST * len(shown.text)]
    what = "document" if shown.language == "Markdown" else "file"
    if not found:
        fence = " Put four backticks around it, since it holds fences itself." if "```" in shown.text else ""
        raise UnreadableError(
            NOT_WHOLE, f"Your answer does not list the new version of the whole {what} in one code block.{fence}"
        )
    code, *others = sorted(found, key=lambda one: (-said_again(one, shown.text), -len(one)))
    if any(said_again(one, shown.text) > LISTED_AGAIN * lines_of(shown.text) for one in others):
        raise UnreadableError(TWO_LISTINGS, f"Your answer lists the whole {what} more than once. List it once.")
    _complete(code, shown, what)
    if [line.rstrip() for line in code.strip().splitlines()] == [
        line.rstrip() for line in shown.text.strip().splitlines()
    ]:
        raise UnreadableError(
            UNCHANGED, f"The {what} in your answer is the old version. List it with the changes made."
        )
    if (line := _error(shown, code)) is not None:
        raise UnreadableError(NOT_PARSED, f"The code in your answer has a syntax error at line {line}.")
    return Listing(code, _without(text, code))


def _complete(code: str, shown: Shown, what: str) -> None:
    if len(code) > LONGEST * len(shown.text) + 4_000:
        raise UnreadableError(NOT_WHOLE, f"The {what} in your answer is much longer than it was. List what was agreed.")
    left_out = _LEFT_OUT.search(code)
    if left_out is not None and left_out[0].strip() not in shown.text:
        raise UnreadableError(
            NOT_WHOLE,
            f"Your answer leaves something out ({' '.join(left_out[0].split())!r}). List the whole {what}, every line of it.",
        )
    names = _names(shown.language, shown.text)
    gone = sorted(name for name in names if not re.search(rf"(?<!\w){re.escape(name)}(?!\w)", code))
    if len(gone) > (1 - NAMES_KEPT) * len(names):
        raise UnreadableError(
            NOT_WHOLE,
            f"The {what} in your answer lacks {', '.join(gone[:5])}. List the whole {what}, with all that it had.",
        )


@lru_cache(maxsize=8)
def _names(language: str, text: str) -> frozenset[str]:
    if language not in SHAPES:
        return frozenset()
    return frozenset(item.name for item in outline_of(language, text).functions if item.name)


def _error(shown: Shown, code: str) -> int | None:
    """The line of the first error of a version, where it has more of them than the file."""
    if shown.language == "Markdown":
        return None
    suffix = PurePosixPath(shown.path).suffix.lower()
    found = errors_in(shown.language, code.encode(), suffix)
    if found.error_nodes > errors_in(shown.language, shown.text.encode(), suffix).error_nodes:
        return found.first_line or 1
    if shown.language == "Python" and (own := python_parses(code)).accepted is False:
        return (own.line or 1) if python_parses(shown.text).accepted else None
    return None


def _without(text: str, code: str) -> str:
    """A turn without its listing, by lines: what stands around stays."""
    listed = [line.strip() for line in code.splitlines()]
    lines = text.splitlines()
    for start in range(len(lines)):
        if [line.strip() for line in lines[start : start + len(listed)]] == listed:
            return "\n".join([*lines[:start], *lines[start + len(listed) :]])
    return text
