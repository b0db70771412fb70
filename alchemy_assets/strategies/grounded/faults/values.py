"""Get a value wrong: one too many or too few, another start of a count, the wrong one of true and false.

Belongs here: changes of literals, of indexes and of bounds. Does not: operators, names.
"""

import re
from collections.abc import Iterator

from tree_sitter import Node

from alchemy_assets.strategies.grounded.faults.change import (
    DEFAULT,
    OFF_BY_ONE,
    RETURNED,
    Change,
    Place,
    ancestors,
    replace,
    same,
)
from alchemy_assets.strategies.grounded.faults.grammar import (
    BINARY,
    COUNTING_LOOPS,
    INDEXED,
    NUMBERS,
    RETURNS,
    TRUTH,
    UPDATES,
    VARIABLES,
)
from alchemy_assets.syntax_tree import text_of

_ONE_OFF = {"0": "1", "1": "0"}
_OTHER = {"true": "false", "false": "true", "True": "False", "False": "True", "TRUE": "FALSE", "FALSE": "TRUE"}
_DECLARED = frozenset({"variable_declarator", "init_declarator", "let_declaration", "var_spec", "property_declaration"})
_COUNTERS = frozenset({"i", "j", "k", "n", "p", "idx", "index", "pos"})
_CONSTANT = re.compile(r"\$?[A-Z][A-Z0-9_]+")
_STATUS = frozenset({"main", "Main", "exit"})


def changes(place: Place) -> Iterator[Change]:
    """What can be got wrong about the value that a node is, or the bounds that it has."""
    node = place.node
    if node.type in BINARY:
        yield from _dropped_one(node)
        yield from _bound(node)
    elif node.type in INDEXED:
        yield from _index(node)
    elif node.type in NUMBERS and text_of(node) in _ONE_OFF:
        yield from _literal(node)
    elif node.type in TRUTH and text_of(node) in _OTHER and (not node.parent or node.parent.type not in TRUTH):
        yield from _truth(place, node)
    elif node.type == "call" and place.language == "Python":
        yield from _range(node)


def _dropped_one(node: Node) -> Iterator[Change]:
    """`i + 1` becomes `i`."""
    left, right = node.children[0], node.children[-1]
    word = text_of(node.children[1]) if node.child_count == 3 else ""  # noqa: PLR2004 -- left, operator, right
    if word not in {"+", "-"} or right.type not in NUMBERS or text_of(right) != "1":
        return
    assigned = next((above for above in ancestors(node) if above.type in UPDATES), None)
    if assigned is None or not same(assigned.children[0], left):
        yield replace(OFF_BY_ONE, node, text_of(left), node)


def _bound(node: Node) -> Iterator[Change]:
    """`i < n` in the head of a loop becomes `i < n - 1`."""
    loop = node.parent
    if loop is None or loop.type not in COUNTING_LOOPS | {"for_clause"}:
        return
    right = node.children[-1]
    if text_of(node.children[1]) in {"<", "<="} and right.type in VARIABLES:
        yield replace(OFF_BY_ONE, right, f"{text_of(right)} - 1", node)


def _index(node: Node) -> Iterator[Change]:
    index = node.child_by_field_name("index") or node.child_by_field_name("subscript") or node.named_children[-1]
    while index.named_child_count == 1 and index.type in {
        "subscript_argument_list",
        "bracketed_argument_list",
        "argument",
    }:
        index = index.named_children[0]
    if index.type in VARIABLES and text_of(index).lstrip("$") in _COUNTERS:
        yield replace(OFF_BY_ONE, index, f"{text_of(index)} + 1", node)
    if index.type in NUMBERS and text_of(index) in _ONE_OFF:
        yield replace(OFF_BY_ONE, index, _ONE_OFF[text_of(index)], node)


def _declares(node: Node) -> tuple[Node, Node] | None:
    """The statement that gives a name its first value, and the name."""
    holder = node.parent
    if holder is not None and holder.type == "expression_list":
        holder = holder.parent
    if holder is None:
        return None
    if holder.type in _DECLARED or holder.type in UPDATES or holder.type == "short_var_declaration":
        operator = next((text_of(c) for c in holder.children if text_of(c) in {"=", ":="}), "")
        target = (
            holder.child_by_field_name("name")
            or holder.child_by_field_name("declarator")
            or holder.child_by_field_name("left")
            or holder.child_by_field_name("pattern")
            or holder.child_by_field_name("target")
        )
        if operator and target is not None:
            return holder, target
    return None


def _literal(node: Node) -> Iterator[Change]:
    other = _ONE_OFF[text_of(node)]
    parent = node.parent
    if parent is None:
        return
    if parent.type in {"range_expression", "range"} and parent.children[0] == node:
        yield replace(OFF_BY_ONE, node, other)
    found = _declares(node)
    if found is None:
        return
    holder, target = found
    name = text_of(target)
    if _CONSTANT.fullmatch(name) or target.type not in VARIABLES | {
        "pattern",
        "expression_list",
        "directly_assignable_expression",
    }:
        return
    looping = any(above.type in COUNTING_LOOPS or above.type == "for_clause" for above in _near(holder))
    yield replace(OFF_BY_ONE if looping else DEFAULT, node, other, holder)


def _near(node: Node) -> list[Node]:
    return [above for above, _ in zip(ancestors(node), range(2), strict=False)]


def _truth(place: Place, node: Node) -> Iterator[Change]:
    other = _OTHER[text_of(node)]
    parent = node.parent
    while parent is not None and parent.type == "expression_list":
        parent = parent.parent
    if parent is None:
        return
    if parent.type in RETURNS and place.scope.function not in _STATUS:
        yield replace(RETURNED, node, other, parent)
    elif (found := _declares(node)) is not None and not _CONSTANT.fullmatch(text_of(found[1])):
        yield replace(DEFAULT, node, other, found[0])


def _range(node: Node) -> Iterator[Change]:
    """Python's `range`: `range(1, n)` for `range(n)`, `range(n - 1)` for `range(n)`, and so on."""
    function, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    if function is None or arguments is None or text_of(function) != "range":
        return
    given = arguments.named_children
    if len(given) == 1:
        yield replace(OFF_BY_ONE, given[0], f"1, {text_of(given[0])}", node)
        if given[0].type in VARIABLES | {"call"}:
            yield replace(OFF_BY_ONE, given[0], f"{text_of(given[0])} - 1", node)
    elif len(given) == 2:  # noqa: PLR2004 -- from and to
        if text_of(given[0]) in _ONE_OFF:
            yield replace(OFF_BY_ONE, given[0], _ONE_OFF[text_of(given[0])], node)
        if given[1].type in VARIABLES:
            yield replace(OFF_BY_ONE, given[1], f"{text_of(given[1])} - 1", node)
