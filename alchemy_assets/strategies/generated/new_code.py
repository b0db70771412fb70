"""Look at a file that was written anew: it is whole, parses, differs, has a sane length, and keeps its public names.

Belongs here: what shows without running anything. Does not: what it does (`behaviour`).
"""

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

from alchemy_assets.curation.syntax import errors_in, python_parses
from alchemy_assets.generation.parsing import UnreadableError, code_in
from alchemy_assets.strategies.generated.code_alone import tokens
from alchemy_assets.strategies.grounded.outline import outline_of
from alchemy_assets.strategies.grounded.shapes import SHAPES
from alchemy_assets.strategies.strategy import CuratedFile, Left

LEFT_OUT = "the answer leaves code out"
UNCHANGED = "the answer changes nothing"
NOT_PARSED = "the answer does not parse"
MUCH_GONE = "much of the file is gone"
MUCH_MORE = "the answer is much longer than the file"
NAMES_GONE = "public names of the file are gone"
REASONS = (LEFT_OUT, UNCHANGED, NOT_PARSED, MUCH_GONE, MUCH_MORE, NAMES_GONE)
# A file that is short may grow by as many characters whatever its length.
MAY_ADD = 2_000
_COMMENT = r"(?m)^[ \t]*(?:#|//|--|/\*+|\*|<!--)"
_PARTS = r"(?:code|functions?|methods?|imports?|implementation|class(?:es)?|file|program)"
_AS_IT_WAS = r"(?:here|unchanged|omitted|as before|(?:is|are|stays?|remains?) the same|goes?)"
# Comments that stand for code; those that only speak of what is unchanged, or go on after three dots, do not.
_ELLIPSIS = re.compile(
    rf"{_COMMENT}[ \t]*(?:\(?(?:\.\.\.|…)[ \t)]*(?:\*/|-->)?[ \t]*$"
    rf"|\(?(?:\.\.\.|…).{{0,60}}(?:\.\.\.|…|\brest\b|\b{_PARTS}\b|\b{_AS_IT_WAS}\b)"
    rf"|.{{0,30}}\brest of the {_PARTS}\b"
    rf"|.{{0,30}}\b(?:existing|other|remaining|original) {_PARTS}\b.{{0,20}}\b{_AS_IT_WAS}\b"
    rf"|{_PARTS}\b.{{0,20}}\b(?:unchanged|omitted|as before)\b)",
    re.IGNORECASE,
)
_PRIVATE = re.compile(r"\b(?:private|fileprivate|static)\b")
# Languages in which `static` hides a name.
_STATIC_HIDES = frozenset({"C", "Cpp"})


@dataclass(frozen=True)
class Bounds:
    """How a new text may differ. shortest, longest: shares of the characters; names: whether public names must survive.

    comments: whether a change of comments alone is one.
    """

    shortest: float = 0.5
    longest: float = 2.0
    names: bool = True
    comments: bool = False


def whole_code(said: str) -> str:
    """The file in an answer; raises UnreadableError where there is none, or where it says that it leaves code out."""
    code = code_in(said)
    if (gap := _ELLIPSIS.search(code)) is not None:
        line = " ".join(gap[0].split())
        raise UnreadableError(
            LEFT_OUT, f"Your code leaves parts out (`{line}`). Write the whole file, every line of it."
        )
    return code


def suffix_of(file: CuratedFile) -> str:
    """The suffix of a file, which may choose its grammar."""
    return PurePosixPath(file.path).suffix.lower()


def fault_of(  # noqa: PLR0911 -- each return is another reason
    file: CuratedFile, code: str, bounds: Bounds, before: str | None = None
) -> Left | None:
    """What is wrong with a new text of a file, on sight. before: what the file was shown as, itself by default."""
    old, suffix = file.text if before is None else before, suffix_of(file)
    if _settled(code) == _settled(old):
        return Left(UNCHANGED)
    found, known = (errors_in(file.language, text.encode(), suffix) for text in (code, old))
    if found.error_nodes > known.error_nodes:
        return Left(NOT_PARSED, f"line {found.first_line}")
    if file.language == "Python" and (verdict := python_parses(code)).accepted is False:
        return Left(NOT_PARSED, f"line {verdict.line}: {verdict.message}")
    sizes = f"{len(code):,} characters, {len(old):,} before"
    if len(code) < bounds.shortest * len(old):
        return Left(MUCH_GONE, sizes)
    if len(code) > bounds.longest * len(old) + MAY_ADD:
        return Left(MUCH_MORE, sizes)
    if bounds.names and (gone := names_of(file.language, old, suffix) - names_of(file.language, code, suffix)):
        return Left(NAMES_GONE, ", ".join(sorted(gone)[:8]))
    if not bounds.comments and tokens(file.language, code, suffix) == tokens(file.language, old, suffix):
        return Left(UNCHANGED, "but for comments and white space")
    return None


def names_of(language: str, text: str, suffix: str = "") -> frozenset[str]:
    """The names that others may know of a file: its functions and classes, without those that are marked private."""
    if language not in SHAPES:
        return frozenset()
    outline = outline_of(language, text, suffix)
    return frozenset(
        item.name
        for item in outline.items
        if item.kind in {"function", "container"} and item.name and not _hidden(language, item.name, item.signature)
    )


def _hidden(language: str, name: str, signature: str) -> bool:
    words = _PRIVATE.findall(signature)
    return name.startswith(("_", "#")) or any(word != "static" or language in _STATIC_HIDES for word in words)


def _settled(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines())
