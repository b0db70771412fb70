"""Leave a statement out or put it in the wrong place: a missing break, a missing guard, a return inside of the loop.

Belongs here: changes of whole statements. Does not: changes inside of an expression.
"""

from collections.abc import Iterator

from tree_sitter import Node

from alchemy_assets.strategies.grounded.faults.change import (
    EARLY_EXIT,
    LOOP_GOES_ON,
    LOST_UPDATE,
    MISSING_BREAK,
    MISSING_ELSE,
    MISSING_RETURN,
    TOO_EARLY,
    Change,
    Place,
    known_elsewhere,
    replace,
    within,
)
from alchemy_assets.strategies.grounded.faults.grammar import (
    BLOCKS,
    BREAKS,
    CALLS,
    CASES,
    EXITS,
    FALLING_THROUGH,
    FUNCTIONS,
    IFS,
    LOOPS,
    RETURNS,
    STEPS,
    SWITCHES,
)
from alchemy_assets.syntax_tree import text_of

_NO_RETURN_NEEDED = frozenset({"Python", "JavaScript", "TypeScript", "PHP"})


def changes(place: Place) -> Iterator[Change]:
    """What can be got wrong about a statement."""
    node = place.node
    if node.type in BREAKS:
        yield from _break(place, node)
    elif node.type in IFS:
        yield from _guard(place, node)
        yield from _missing_else(place, node)
    elif node.type == "elif_clause" and place.language == "Python":
        yield from _elif(node)
    elif node.type in STEPS:
        yield from _step(place, node)
    elif node.type == "return_statement" and place.language in _NO_RETURN_NEEDED:
        yield from _too_early(place, node)
        yield from _missing_return(place, node)


def _statement(node: Node) -> Node:
    """The statement that a node is the whole of."""
    above = node.parent
    while above is not None and above.type == "expression_statement":
        node, above = above, above.parent
    return node


def _alone(node: Node) -> bool:
    """Whether nothing else stands in the block of a statement."""
    block = node.parent
    if block is None or block.type not in BLOCKS:
        return True
    return not any(child.is_named and child != node and "comment" not in child.type for child in block.children)


def _without(place: Place, fault: str, node: Node) -> Iterator[Change]:
    """The text without the lines of a statement, where it has them for itself."""
    start, end = place.line_start(node.start_byte), place.source.find(b"\n", node.end_byte)
    if end < 0 or place.source[start : node.start_byte].strip() or place.source[node.end_byte : end].strip(b" \t\r;"):
        return
    yield Change(fault, start, end + 1, "", node)


def _break(place: Place, node: Node) -> Iterator[Change]:
    node = _statement(node)
    around = within(node, SWITCHES | LOOPS, FUNCTIONS)
    if around is None or _alone(node):
        return
    if around.type not in SWITCHES:
        yield from _without(place, LOOP_GOES_ON, node)
    elif place.language in FALLING_THROUGH and (case := within(node, CASES)) is not None:
        after = case.next_named_sibling
        if after is not None and after.type in CASES and node.parent in {case, case.named_children[-1]}:
            yield from _without(place, MISSING_BREAK, node)


def _guard(place: Place, node: Node) -> Iterator[Change]:
    """An `if` that does nothing but leave: without it the special case is treated as any other."""
    if node.child_by_field_name("alternative") is not None or any(child.type == "else" for child in node.children):
        return
    body = node.child_by_field_name("consequence") or node.child_by_field_name("body")
    if body is None:
        body = next((child for child in node.named_children if child.type == "statements"), None)
    while body is not None and body.type in BLOCKS | {"expression_statement"} and body.named_child_count == 1:
        body = body.named_children[0]
    whole = _statement(node)
    if body is not None and body.type in EXITS and not _alone(whole):
        after = whole.next_named_sibling
        if after is not None and known_elsewhere(place, whole):
            yield from _without(place, EARLY_EXIT, whole)


def _missing_else(place: Place, node: Node) -> Iterator[Change]:
    """`else if` becomes `if`, on a line of its own."""
    outer = node.parent
    if outer is not None and outer.type == "else_clause":
        keyword = outer.children[0]
    else:
        keyword = node.prev_sibling if node.prev_sibling is not None and node.prev_sibling.type == "else" else None  # type: ignore[assignment]
    if keyword is None or text_of(keyword) != "else" or place.language == "Rust":
        return
    holder = outer.parent if outer is not None and outer.type == "else_clause" else outer
    if holder is None or holder.type not in IFS:
        return
    if (holder.prev_sibling is not None and holder.prev_sibling.type == "else") or (
        holder.parent is not None and holder.parent.type == "else_clause"
    ):
        return
    start = place.line_start(holder.start_byte)
    indent = place.source[start : holder.start_byte]
    if indent.strip():
        return
    at = keyword.start_byte
    while place.source[at - 1 : at] in {b" ", b"\n", b"\t"}:
        at -= 1
    yield Change(MISSING_ELSE, at, node.start_byte, f"\n{indent.decode()}", node)


def _elif(node: Node) -> Iterator[Change]:
    keyword = node.children[0]
    before = node.prev_named_sibling
    if text_of(keyword) == "elif" and before is not None and before.type != "elif_clause":
        yield replace(MISSING_ELSE, keyword, "if", node)


def _step(place: Place, node: Node) -> Iterator[Change]:
    """`count++` is forgotten."""
    whole = _statement(node)
    if whole.parent is not None and whole.parent.type in BLOCKS and not _alone(whole):
        yield from _without(place, LOST_UPDATE, whole)


def _too_early(place: Place, node: Node) -> Iterator[Change]:
    """The `return` after a loop stands in the loop."""
    loop = node.prev_named_sibling
    if loop is None or loop.type not in LOOPS or within(node, FUNCTIONS) is None or not node.named_children:
        return
    body = loop.child_by_field_name("body")
    start = place.line_start(node.start_byte)
    if body is None or place.source[start : node.start_byte].strip():
        return
    if place.language == "Python":
        deeper = body.start_point[1] - node.start_point[1]
        if deeper > 0 and body.start_point[0] > loop.start_point[0]:
            yield Change(TOO_EARLY, start, start, " " * deeper, node)
        return
    closing = body.children[-1]
    if closing.type != "}" or body.named_child_count == 0:
        return
    inside = place.line_start(closing.start_byte)
    indent = body.named_children[-1].start_point[1]
    if place.source[inside : closing.start_byte].strip() or place.source[closing.end_byte : start].strip():
        return
    text = f"{' ' * indent}{text_of(node)}\n{place.source[inside : closing.end_byte].decode()}"
    if b"\t" not in place.source[inside : node.end_byte]:
        yield Change(TOO_EARLY, inside, node.end_byte, text, node)


def _missing_return(place: Place, node: Node) -> Iterator[Change]:
    """The value of a call is not given back."""
    value = node.named_children[0] if node.named_child_count == 1 else None
    if value is not None and value.type in CALLS and place.scope.function and node.type in RETURNS:
        keyword = node.children[0]
        yield Change(MISSING_RETURN, keyword.start_byte, value.start_byte, "", node)
