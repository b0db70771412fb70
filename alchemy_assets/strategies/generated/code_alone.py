"""What a file says to its machine: its tokens and their nesting, without comments and docstrings.

Belongs here: that two texts differ in nothing but comments. Does not: what may differ (the kinds).
Stricter than running both: equal tokens in an equal tree do the same whatever they are given.
"""

import re
from collections.abc import Iterator

from tree_sitter import Node

from alchemy_assets import syntax_tree
from alchemy_assets.strategies.grounded.outline import COMMENTS as KNOWN_COMMENTS
from alchemy_assets.strategies.grounded.outline import docstring

# SQL has a word of its own for those between `/*` and `*/`.
COMMENTS = KNOWN_COMMENTS | {"marginalia"}
# Blanks within these are part of what they say.
_TEXTS = re.compile(r"string|heredoc|nowdoc|encapsed|regex|(?:char|character|rune)_literal")
_PLACES = frozenset({"module", "block"})
OPEN, CLOSE = "\x01", "\x02"


def tokens(language: str, text: str, suffix: str = "") -> tuple[str, ...]:
    """The tokens of a text, those of a node between two marks; comments and, in Python, docstrings are left out."""
    source = text.encode()
    return tuple(_tokens(source, syntax_tree.parse(language, source, suffix).root_node, language == "Python"))


def _tokens(source: bytes, root: Node, docstrings: bool) -> Iterator[str]:  # noqa: FBT001 -- a fact of the language
    waiting: list[Node | str] = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, str):
            yield node
            continue
        if node.type in COMMENTS:
            continue
        if node.child_count == 0 or (node.parent is not None and _TEXTS.search(node.type)):
            said = syntax_tree.text_of(node)
            if said.strip():
                yield said
            continue
        yield OPEN + node.type
        waiting.append(CLOSE)
        waiting.extend(reversed(list(_parts(source, node, docstrings))))


def _parts(source: bytes, node: Node, docstrings: bool) -> Iterator[Node | str]:  # noqa: FBT001 -- as above
    """The children of a node, and what stands between them that is no node."""
    told = docstring(node) if docstrings and node.type in _PLACES else None
    skipped = told.parent if told is not None else None
    at = node.start_byte
    for child in node.children:
        if (between := source[at : child.start_byte].decode(errors="replace").strip()) != "":
            yield between
        at = child.end_byte
        if skipped is None or child.id != skipped.id:
            yield child
    if (rest := source[at : node.end_byte].decode(errors="replace").strip()) != "":
        yield rest


def comments_of(language: str, text: str, suffix: str = "") -> list[str]:
    """The comments of a text, and in Python its docstrings."""
    root = syntax_tree.parse(language, text.encode(), suffix).root_node
    found = []
    for node in syntax_tree.walk(root):
        if node.type in COMMENTS:
            found.append(syntax_tree.text_of(node))
        elif language == "Python" and node.type in _PLACES and (told := docstring(node)) is not None:
            found.append(syntax_tree.text_of(told))
    return found
