"""Cut source text into coloured pieces, the same for a terminal and a page.

Belongs here: which sort of word a piece is. Does not: its colour (`trace`, `trace_page.html.j2`).
"""

from typing import NamedTuple

from pygments import lex  # type: ignore[import-untyped] # it ships no types
from pygments.lexers import get_lexer_by_name  # type: ignore[import-untyped]
from pygments.token import Comment, Keyword, Literal, Name, Number, Operator, String, Token  # type: ignore[import-untyped]
from pygments.util import ClassNotFound  # type: ignore[import-untyped]

from alchemy_assets.languages import LANGUAGES

# The first that holds.
SORTS = (
    ("comment", (Comment, String.Doc)),
    ("string", (String,)),
    ("number", (Number, Literal)),
    ("name", (Name.Function, Name.Class, Name.Namespace, Name.Decorator)),
    ("builtin", (Name.Builtin,)),
    ("keyword", (Keyword, Operator.Word)),
)
# Beyond that, looking at colours is no use, and regular expressions of strangers' lexers might take long.
MOST_CHARACTERS = 100_000


class Piece(NamedTuple):
    """Some characters of one line, and their sort: one of `SORTS`, or nothing."""

    text: str
    sort: str


def pieces(language: str, text: str) -> list[list[Piece]]:
    """The pieces of every line of a text, which are the text when joined."""
    lines: list[list[Piece]] = [[]]
    for text_of_piece, sort in _tokens(LANGUAGES[language].fence, text):
        first, *rest = text_of_piece.split("\n")
        if first:
            lines[-1].append(Piece(first, sort))
        lines += [[Piece(one, sort)] if one else [] for one in rest]
    return lines


def _tokens(name: str, text: str) -> list[tuple[str, str]]:
    try:
        lexer = get_lexer_by_name(name, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return [(text, "")]
    if len(text) > MOST_CHARACTERS:
        return [(text, "")]
    found = [(value, _sort(kind)) for kind, value in lex(text, lexer)]
    # A lexer that loses a character would show another program.
    return found if "".join(value for value, _ in found) == text else [(text, "")]


def _sort(kind: Token) -> str:
    return next((sort for sort, kinds in SORTS if any(kind in one for one in kinds)), "")
