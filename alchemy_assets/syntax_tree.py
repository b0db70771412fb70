"""Parsing, walking and cutting source by tree-sitter.

Belongs here: what is the same for every language. Does not: which node means what (`strategies.grounded`, `tracing.instrument`).
Offsets are bytes of the UTF-8 text.
"""

import importlib
from collections.abc import Iterator
from functools import cache

from tree_sitter import Language, Node, Parser, Point, Tree

from alchemy_assets.errors import UnsupportedLanguageError
from alchemy_assets.languages import LANGUAGES


@cache
def grammar(language: str, suffix: str = "") -> Language:
    """The grammar of a language; `.tsx` and `.jsx` files have one of their own where the wheel ships it."""
    if language not in LANGUAGES:
        msg = f"no grammar for {language!r}; known are {', '.join(LANGUAGES)}"
        raise UnsupportedLanguageError(msg)
    module, function = LANGUAGES[language].grammar
    if suffix == ".tsx":
        function = "language_tsx"
    return Language(getattr(importlib.import_module(module), function)())


def parse(language: str, source: bytes, suffix: str = "") -> Tree:
    """Parse source text; never fails: what cannot be parsed is an error node."""
    return Parser(grammar(language, suffix)).parse(source)


def parse_again(
    language: str, tree: Tree, texts: tuple[bytes, bytes], changed: tuple[int, int], suffix: str = ""
) -> Tree:
    """The tree of the second of two texts that differ between these bytes of the first, whose tree is known: much faster."""
    (before, after), (start, end) = texts, changed
    new_end = end + len(after) - len(before)
    edited = tree.copy()
    edited.edit(start, end, new_end, _point(before, start), _point(before, end), _point(after, new_end))
    return Parser(grammar(language, suffix)).parse(after, edited)


def _point(source: bytes, byte: int) -> Point:
    """The row and column of a byte."""
    return Point(source.count(b"\n", 0, byte), byte - source.rfind(b"\n", 0, byte) - 1)


def walk(node: Node) -> Iterator[Node]:
    """The node and all below it, in source order, without recursion (real files nest deeper than Python's stack)."""
    cursor = node.walk()
    while True:
        current = cursor.node
        if current is not None:
            yield current
        if cursor.goto_first_child():
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return


def errors(tree: Tree) -> int:
    """How many error and missing nodes a tree has."""
    if not tree.root_node.has_error:
        return 0
    return sum(1 for node in walk(tree.root_node) if node.is_error or node.is_missing)


def text_of(node: Node) -> str:
    """The source text of a node."""
    return (node.text or b"").decode("utf-8")
