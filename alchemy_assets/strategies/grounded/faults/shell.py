"""Get Bash wrong: another test operator, `&&` for `||`, the wrong argument, a loop that ends too early.

Belongs here: what Bash has of its own. Does not: arithmetic, which it shares with the others (`operators`, `values`).
"""

from collections.abc import Iterator
from itertools import pairwise

from tree_sitter import Node

from alchemy_assets.strategies.grounded.faults.change import (
    BOUNDARY,
    EARLY_EXIT,
    INVERTED,
    LOOP_GOES_ON,
    LOST_UPDATE,
    OPERATOR,
    SWAPPED_ARGUMENTS,
    VARIABLE,
    Change,
    Place,
    known_elsewhere,
    replace,
    same,
    within,
)
from alchemy_assets.strategies.grounded.faults.names import PARTNERS
from alchemy_assets.syntax_tree import text_of

_BOUNDARIES = {"-lt": "-le", "-le": "-lt", "-gt": "-ge", "-ge": "-gt"}
_INVERTED = {"-eq": "-ne", "-ne": "-eq", "-z": "-n", "-n": "-z", "-lt": "-gt", "-gt": "-lt"}
_EXPANSIONS = frozenset({"simple_expansion", "string"})
_TESTS = frozenset({"test_command"})
_COMMAND_EXITS = ("return", "continue", "break", "exit")


def changes(place: Place) -> Iterator[Change]:
    """What can be got wrong about a node of a Bash script."""
    node = place.node
    if node.type == "test_operator":
        yield from _test(node)
    elif node.type == "list":
        yield from _list(node)
    elif node.type == "binary_expression":
        yield from _texts(node)
    elif node.type == "command":
        yield from _arguments(place, node)
        yield from _break(place, node)
    elif node.type == "variable_assignment":
        yield from _lost(node)
    elif node.type == "simple_expansion":
        yield from _variable(place, node)
    elif node.type == "if_statement":
        yield from _guard(place, node)


def _test(node: Node) -> Iterator[Change]:
    word = text_of(node)
    if word in _BOUNDARIES:
        yield replace(BOUNDARY, node, _BOUNDARIES[word])
    if word in _INVERTED:
        yield replace(INVERTED, node, _INVERTED[word])


def _list(node: Node) -> Iterator[Change]:
    operator = node.children[1] if node.child_count == 3 else None  # noqa: PLR2004 -- left, operator, right
    if operator is not None and text_of(operator) in {"&&", "||"} and text_of(node.children[2]) not in {"true", ":"}:
        yield replace(OPERATOR, operator, {"&&": "||", "||": "&&"}[text_of(operator)])


def _texts(node: Node) -> Iterator[Change]:
    """`=` between texts; the comparisons of numbers are tests or belong to arithmetic."""
    operator = node.child_by_field_name("operator")
    if operator is not None and text_of(operator) == "=" and within(node, _TESTS) is not None:
        yield replace(INVERTED, operator, "!=")


def _arguments(place: Place, node: Node) -> Iterator[Change]:
    """Two arguments of a function of the script, in the wrong order."""
    name = node.child_by_field_name("name")
    if name is None or f"{text_of(name)}()".encode() not in place.source.replace(b" ()", b"()"):
        return
    given = node.children_by_field_name("argument")
    for one, other in pairwise(given):
        if one.type == other.type and one.type in _EXPANSIONS and not same(one, other):
            between = place.source[one.end_byte : other.start_byte].decode()
            yield Change(
                SWAPPED_ARGUMENTS, one.start_byte, other.end_byte, f"{text_of(other)}{between}{text_of(one)}", node
            )


def _only(place: Place, node: Node) -> Change | None:
    """The text without a statement that has its lines for itself."""
    start, end = place.line_start(node.start_byte), place.source.find(b"\n", node.end_byte)
    if end < 0 or place.source[start : node.start_byte].strip() or place.source[node.end_byte : end].strip(b" \t\r;"):
        return None
    return Change(EARLY_EXIT, start, end + 1, "", node)


def _break(place: Place, node: Node) -> Iterator[Change]:
    parent = node.parent
    if text_of(node) != "break" or parent is None or sum(c.is_named for c in parent.children) < 2:  # noqa: PLR2004
        return
    if (found := _only(place, node)) is not None:
        yield Change(LOOP_GOES_ON, found.start, found.end, "", node)


def _guard(place: Place, node: Node) -> Iterator[Change]:
    inner = [child for child in node.named_children if child not in node.children_by_field_name("condition")]
    if len(inner) == 1 and inner[0].type == "command" and text_of(inner[0]).startswith(_COMMAND_EXITS):
        after = node.next_named_sibling
        if after is not None and known_elsewhere(place, node) and (found := _only(place, node)) is not None:
            yield found


def _lost(node: Node) -> Iterator[Change]:
    """`total=$((total + n))` becomes `total=$((n))`; `+=` becomes `=`."""
    name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
    operator = next((child for child in node.children if text_of(child) == "+="), None)
    if operator is not None:
        yield replace(LOST_UPDATE, operator, "=")
    if name is None or value is None or value.type != "arithmetic_expansion" or value.named_child_count != 1:
        return
    inner = value.named_children[0]
    if inner.type == "binary_expression" and inner.child_count == 3:  # noqa: PLR2004 -- left, operator, right
        left, sign, right = inner.children
        if text_of(left).lstrip("$") == text_of(name) and text_of(sign) in {"+", "*"}:
            yield replace(LOST_UPDATE, value if right.type == "number" else inner, text_of(right), node)


def _variable(place: Place, node: Node) -> Iterator[Change]:
    word = text_of(node).lstrip("$")
    for partner in PARTNERS.get(word, ()):
        if any(one.text == partner for one in place.scope.bound):
            yield replace(VARIABLE, node, f"${partner}")
    if word in {"1", "2"} and place.scope.function and f"${ {'1': '2', '2': '1'}[word] }".encode() in place.source:
        yield replace(VARIABLE, node, {"1": "$2", "2": "$1"}[word])
