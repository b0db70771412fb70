"""Get an operator wrong: another boundary, another sign, `and` for `or`, a condition the wrong way round.

Belongs here: changes of one operator, for all languages but SQL and Bash's tests. Does not: changes of values or names.
"""

import re
from collections.abc import Iterator

from tree_sitter import Node

from alchemy_assets.strategies.grounded.faults.change import (
    BOUNDARY,
    INVERTED,
    LOST_UPDATE,
    OPERATOR,
    SWAPPED_BRANCHES,
    SWAPPED_OPERANDS,
    Change,
    Place,
    replace,
    same,
    within,
)
from alchemy_assets.strategies.grounded.faults.grammar import (
    BINARY,
    BLOCKS,
    FUNCTIONS,
    LOOPS,
    NEGATIONS,
    NUMBERS,
    TERNARIES,
    TEXTS,
    TYPED,
    UPDATES,
    VARIABLES,
)
from alchemy_assets.syntax_tree import text_of, walk

_BOUNDARIES = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "..<": "...", "..=": ".."}
_OPPOSITES = (("==", "!="), ("===", "!=="), ("is", "is not"), ("in", "not in"), ("<", ">"), ("<=", ">="))
_INVERTED = dict(_OPPOSITES) | {other: one for one, other in _OPPOSITES}
_LOGIC = {"&&": "||", "||": "&&", "and": "or", "or": "and"}
_ARITHMETIC = {"+": "-", "-": "+", "*": "+", "%": "/", "/": "*"}
_SIGNS = {"+=": "-=", "-=": "+="}
_SMALL = 12
_A_TEXT = re.compile("|".join(TEXTS))


def changes(place: Place) -> Iterator[Change]:
    """What can be got wrong about the operators of a node."""
    node = place.node
    if node.type in BINARY and (operator := _operator(node)) is not None:
        yield from _binary(place, node, operator)
    elif node.type in NEGATIONS and node.child_count == 2 and text_of(node.children[0]) in {"!", "not"}:  # noqa: PLR2004
        yield replace(INVERTED, node, text_of(node.children[1]), node)
    elif node.type in UPDATES:
        yield from _update(node)
    elif node.type in TERNARIES:
        yield from _ternary(node)


def _operator(node: Node) -> Node | None:
    if node.named_child_count > 2 and node.type != "infix_expression":  # noqa: PLR2004 -- a chain: which one is meant?
        return None
    return next((c for c in node.children[1:-1] if not c.is_named or c.type == "custom_operator"), None)


def _binary(place: Place, node: Node, operator: Node) -> Iterator[Change]:
    word, left, right = text_of(operator), node.children[0], node.children[-1]
    if word in _BOUNDARIES:
        yield replace(BOUNDARY, operator, _BOUNDARIES[word])
    if word == ".." and place.language == "Rust" and node.named_child_count == 2:  # noqa: PLR2004
        yield replace(BOUNDARY, operator, "..=")
    if place.language == "Ruby" and word in {"..", "..."} and node.named_child_count == 2:  # noqa: PLR2004
        yield replace(BOUNDARY, operator, {"..": "...", "...": ".."}[word])
    if word in _INVERTED and not _compares_with_nothing(place, right) and not (word in _BOUNDARIES and _head(node)):
        yield replace(INVERTED, operator, _INVERTED[word])
    if word in _LOGIC:
        yield replace(OPERATOR, operator, _LOGIC[word])
    if word in _ARITHMETIC and not _of_texts(node) and not {left.type, right.type} <= NUMBERS:
        yield replace(OPERATOR, operator, _ARITHMETIC[word])
    if word == "//" and place.language == "Python":
        yield replace(OPERATOR, operator, "/")
    if word in {"&", "|"} and NUMBERS & {left.type, right.type}:
        yield replace(OPERATOR, operator, {"&": "|", "|": "&"}[word])
    if word in {"-", "/", "%"} and not same(left, right) and _small(left) and _small(right):
        yield Change(SWAPPED_OPERANDS, node.start_byte, node.end_byte, f"{text_of(right)} {word} {text_of(left)}", node)


def _compares_with_nothing(place: Place, right: Node) -> bool:
    """A test for nothing the wrong way round, or of a script for being one, stops all: nobody would search for it."""
    nothing = {"null", "nil", "None", "NULL", "nullptr", "undefined"}
    text = text_of(right)
    return (text in nothing and place.language in TYPED) or text.strip("\"'") == "__main__"


def _head(node: Node) -> bool:
    """Whether a comparison is the head of a loop."""
    return within(node, LOOPS, BLOCKS | FUNCTIONS) is not None


def _small(node: Node) -> bool:
    return node.type in VARIABLES and len(text_of(node)) <= 2 * _SMALL


def _of_texts(node: Node) -> bool:
    """Whether a sum is one of texts: then `+` joins."""
    top = node
    while top.parent is not None and top.parent.type in BINARY:
        top = top.parent
    return any(_A_TEXT.search(part.type) for part in walk(top))


def _update(node: Node) -> Iterator[Change]:
    operator = node.child_by_field_name("operator") or next((c for c in node.children if not c.is_named), None)
    target = node.children[0]
    value = node.children[-1]
    if operator is None or node.end_point[0] > node.start_point[0] + 1:
        return
    word = text_of(operator)
    if word in {"+=", "-=", "*=", ".=", "|=", "||="}:
        yield replace(LOST_UPDATE, operator, "=")
    if word in _SIGNS and not _of_texts(node):
        yield replace(OPERATOR, operator, _SIGNS[word])
    if word == "=":
        value = value.named_children[0] if value.type == "expression_list" and value.named_children else value
        inner = _operator(value) if value.type in BINARY else None
        if inner is not None and same(target, value.children[0]) and text_of(inner) in {"+", "*", "."}:
            yield replace(LOST_UPDATE, value, text_of(value.children[-1]), node)


def _ternary(node: Node) -> Iterator[Change]:
    if node.named_child_count != 3:  # noqa: PLR2004 -- a condition and two values
        return
    first, _, third = node.named_children
    second = node.named_children[1]
    one, other = (first, third) if node.children[1].type == "if" else (second, third)
    if not same(one, other):
        source = text_of(node).encode()
        at, to = one.end_byte - node.start_byte, other.start_byte - node.start_byte
        start = one.start_byte - node.start_byte
        text = source[:start] + text_of(other).encode() + source[at:to] + text_of(one).encode()
        yield Change(SWAPPED_BRANCHES, node.start_byte, node.end_byte, text.decode(), node)
