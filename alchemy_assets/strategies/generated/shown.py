"""What a model is shown of a file: all of it where it fits, else a function or class with what it needs.

Belongs here: choosing, and recording the cut. Does not: the words around (`generation.prompts`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath

from alchemy_assets.languages import LANGUAGES
from alchemy_assets.strategies.conversation import fenced
from alchemy_assets.strategies.grounded.excerpt import whole_function
from alchemy_assets.strategies.grounded.outline import attributes, outline_of
from alchemy_assets.strategies.grounded.resolve import needs_of
from alchemy_assets.strategies.grounded.shapes import SHAPES
from alchemy_assets.strategies.phrasing import draw
from alchemy_assets.strategies.strategy import CHARACTERS_A_TOKEN, CuratedFile, Left

NAMES: Mapping[str, str] = {"CSharp": "C#", "Cpp": "C++", "Shell": "shell"}
TOO_LONG = "the file does not fit, and no function of it alone"
TOO_LONG_WHOLE = "the file does not fit, and is needed whole"
# A file that is shown leaves room for the task and for an answer of its own length.
ROOM_TOKENS = 6_000
_LEAST_LINES = 8


@dataclass(frozen=True)
class Shown:
    """The part of a file that a model sees. edits: byte spans of the file that, replaced, give it; none where it is whole."""

    language: str
    path: str
    text: str
    edits: tuple[dict[str, object], ...] = ()

    @property
    def whole(self) -> bool:
        """Whether it is the file itself."""
        return not self.edits

    @property
    def block(self) -> str:
        """It as a code block, as prompts and samples show it."""
        return fenced(self.text.strip("\n"), LANGUAGES[self.language].fence)

    def values(self) -> dict[str, object]:
        """What the template of a file takes."""
        return {"language": language_name(self.language), "path": self.path, "code": self.block, "whole": self.whole}


def language_name(language: str) -> str:
    """How a language is written in prose."""
    return NAMES.get(language, language)


def name_of(file: CuratedFile) -> str:
    """The name of a file without its folders."""
    return PurePosixPath(file.path).name or f"file{LANGUAGES[file.language].suffixes[0]}"


def whole_file(file: CuratedFile, tokens: int = ROOM_TOKENS) -> Shown | Left:
    """The file, where it fits."""
    if len(file.text) > tokens * CHARACTERS_A_TOKEN:
        return Left(TOO_LONG_WHOLE, f"{len(file.text):,} characters")
    return Shown(file.language, name_of(file), file.text)


@lru_cache(maxsize=4)  # the kinds of a file ask one after the other
def _cut(
    language: str, text: str, suffix: str, key: str, most: int
) -> tuple[str, tuple[dict[str, object], ...]] | None:
    outline = outline_of(language, text, suffix)
    known = attributes(outline)
    functions = [item for item in outline.functions if item.last - item.head >= _LEAST_LINES]
    # Drawn by the file, so that not every sample is about the first function of a long file.
    for item in sorted(functions, key=lambda one: draw("excerpt", key, one.name, str(one.head))):
        excerpt = whole_function(outline, item, needs_of(outline, item, known))
        if excerpt is not None and len(excerpt.text) <= most and excerpt.edits:
            return excerpt.text, excerpt.edits
    return None


def shown_of(file: CuratedFile, tokens: int = ROOM_TOKENS) -> Shown | Left:
    """The file, or the function of it that a draw by its blob id gives, with its imports and what it calls."""
    whole = whole_file(file, tokens)
    if isinstance(whole, Shown) or file.language not in SHAPES:
        return whole
    suffix = PurePosixPath(file.path).suffix.lower()
    cut = _cut(file.language, file.text, suffix, file.blob_id, tokens * CHARACTERS_A_TOKEN)
    if cut is None:
        return Left(TOO_LONG, f"{len(file.text):,} characters")
    return Shown(file.language, name_of(file), *cut)
