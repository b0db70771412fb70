"""Which trace points are the arms of one `if`, and whether every arm has one.

Belongs here: reading `if` with its `else if` and `else` in all languages. Does not: questions (`arm`).
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from tree_sitter import Node

from alchemy_assets import syntax_tree
from alchemy_assets.tracing.instrument.points import Point

_IFS = {"if_statement", "if_expression", "if", "unless"}
_ELSE_IFS = {"elif_clause", "elsif", "else_if_clause"}
_ELSES = {"else_clause", "else"}
_OTHERS = {
    *("for_statement", "while_statement", "try_statement", "with_statement", "for_expression", "while_expression"),
    *("loop_expression", "match_expression", "switch_statement", "case_statement", "while", "until", "for", "case"),
    *("enhanced_for_statement", "for_in_statement", "do_statement", "switch_expression", "foreach_statement"),
    *("function_definition", "function_declaration", "method_declaration", "method", "function_item", "lambda"),
}
_COMMENTS = {"comment", "line_comment", "block_comment"}


@dataclass(frozen=True)
class Chain:
    """The arms of one `if`, from above; complete: each has a point, and one of them is always taken."""

    line: int
    arms: tuple[Point, ...]
    complete: bool


def chains(language: str, text: str, points: Sequence[Point]) -> list[Chain]:
    """Every `if` of a file that has points."""
    root = syntax_tree.parse(language, text.encode()).root_node
    found: dict[int, list[Point]] = defaultdict(list)
    nodes: dict[int, Node] = {}
    for point in points:
        if point.kind == "BRANCH" and (node := _around(root, point.insertions[0].offset)) is not None:
            found[node.id].append(point)
            nodes[node.id] = node
    made = []
    for number, arms in found.items():
        node = nodes[number]
        count, ends = _arms(node)
        lines = {arm.line for arm in arms}
        made.append(
            Chain(node.start_point[0] + 1, tuple(arms), ends and count == len(arms) == len(lines) and len(arms) > 1)
        )
    return made


def _around(root: Node, offset: int) -> Node | None:
    """The whole `if` whose arm begins at an offset."""
    node: Node | None = root.descendant_for_byte_range(offset, offset)
    while node is not None and not (node.start_byte < offset and (node.type in _IFS or node.type in _OTHERS)):
        node = node.parent
    if node is None or node.type not in _IFS:
        return None
    while (above := _continued(node)) is not None:
        node = above
    return node


def _continued(node: Node) -> Node | None:
    """The `if` whose `else if` a node is."""
    parent = node.parent
    if parent is not None and parent.type in _ELSES and _only(parent) == node:
        parent = parent.parent
        return parent if parent is not None and parent.type in _IFS else None
    if (
        parent is not None
        and parent.type in _IFS
        and node.prev_sibling is not None
        and node.prev_sibling.type == "else"
    ):
        return parent
    return None


def _only(node: Node) -> Node | None:
    """The `if` that is all of an `else` and stands on its line."""
    inner = [one for one in node.named_children if one.type not in _COMMENTS]
    one = inner[0] if len(inner) == 1 else None
    return one if one is not None and one.type in _IFS and one.start_point[0] == node.start_point[0] else None


def _arms(node: Node) -> tuple[int, bool]:
    """How many arms an `if` has, and whether the last is an `else`."""
    count, ends, after_else = 1, False, False
    for child in node.children:
        if child.type in _ELSE_IFS and child.is_named:
            more, ends_here = _arms(child)
            count, ends = count + more, ends or ends_here
        elif child.type in _ELSES and child.is_named:
            inner = _only(child)
            more, ends_here = _arms(inner) if inner is not None else (1, True)
            count, ends = count + more, ends or ends_here
        elif after_else and child.is_named and child.type not in _COMMENTS:
            more, ends_here = _arms(child) if child.type in _IFS else (1, True)
            count, ends, after_else = count + more, ends or ends_here, False
        if child.type == "else" and not child.is_named:
            after_else = True
    return count, ends
