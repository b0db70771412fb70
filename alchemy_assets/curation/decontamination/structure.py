"""What is left of code when its names and literals are taken out, as hashes of windows over the leaves of its tree.

Belongs here: which leaves of a tree count, and as what. Does not: which files are worth parsing (`matches`).
Comments, imports, and strings that stand as statements (docstrings), do not count; a string or a number is a literal
whatever it says; of a name it counts only how long ago the same name stood, so a copy with other names has the same
structure.
"""

import hashlib
import re
from collections.abc import Iterator
from functools import cache

import numpy as np
from tree_sitter import Node

from alchemy_assets import syntax_tree
from alchemy_assets.curation.decontamination.tokens import OF_NAME, OF_NUMBER, Hashes, distances, rolled

WINDOW = 12
# Languages whose code may stand in each other's files: their structures are compared.
_FAMILIES = {"Cpp": "C", "TypeScript": "JavaScript"}

# Node types as the grammars of the 15 languages have them: literals of text whatever is inside, what is left out, and
# leaves that are words of the language though the grammar gives them a name.
_TEXT = re.compile(r"string|heredoc|regex|rune_literal|char_literal|character_literal")
_LEFT_OUT = re.compile(r"comment|import_|include|using_directive|use_declaration|package_clause|package_declaration")
_WORD = re.compile(r"keyword_|primitive_type|predefined_type|true|false|none|null|nil")
_NUMBER = re.compile(rb"\.?[0-9]")


def family(language: str) -> str:
    """The languages that a language's code is compared with, by the name of one of them."""
    return _FAMILIES.get(language, language)


def structure(text: str, language: str) -> Hashes:
    """The hash of every window of `WINDOW` leaves that count, in the order of the text."""
    keys: dict[bytes, int] = {}
    codes, names, places = list[int](), list[int](), list[int]()
    for place, leaf in enumerate(_leaves(syntax_tree.parse(language, text.encode()).root_node)):
        code = _of_kind(leaf.type, named=leaf.is_named)
        if code is None:
            written = leaf.text or b""
            if _NUMBER.match(written):
                code = int(OF_NUMBER)
            else:
                places.append(place)
                names.append(keys.setdefault(written, len(keys)))
        codes.append(code or 0)
    hashes = np.array(codes, dtype=np.uint64)
    # Places where no name stands get keys of their own, as far as 16 bits go.
    identity = np.arange(len(codes), dtype=np.uint64) % (1 << 15) + (1 << 15)
    identity[places] = np.array(names, dtype=np.uint64) % (1 << 15)
    hashes[places] = OF_NAME[distances(identity.astype(np.uint16))[places]]
    return rolled(hashes, WINDOW)


def without_comments(text: str, language: str) -> str:
    """The leaves that count, as they are written, on the lines that they stand on."""
    words, row = list[str](), 0
    for leaf in _leaves(syntax_tree.parse(language, text.encode()).root_node):
        words += ["\n" if leaf.start_point.row > row else " ", syntax_tree.text_of(leaf)]
        row = leaf.end_point.row
    return "".join(words)


def leaf_count(windows: Hashes) -> int:
    """How many leaves a structure was made of, 0 where they did not fill a window."""
    return len(windows) + WINDOW - 1 if len(windows) else 0


def _leaves(root: Node) -> Iterator[Node]:
    """What counts of a tree, in the order of the text; a literal of text is one leaf."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        kind = node.type
        if _is_left_out(kind):
            continue
        children = node.children
        if not children or (_is_text(kind) and node.is_named):
            if node.end_byte > node.start_byte:
                yield node
        elif kind != "expression_statement" or len(children) > 1 or children[0].type != "string":
            children.reverse()
            waiting += children


@cache
def _is_left_out(kind: str) -> bool:
    return _LEFT_OUT.search(kind) is not None


@cache
def _is_text(kind: str) -> bool:
    return _TEXT.search(kind) is not None


@cache
def _of_kind(kind: str, *, named: bool) -> int | None:
    """The code of a leaf that its type tells; None for names and numbers."""
    if named and _is_text(kind):
        kind = "string"
    elif named and not _WORD.match(kind):
        return None
    return int.from_bytes(hashlib.blake2b(kind.encode(), digest_size=8).digest(), "big")
