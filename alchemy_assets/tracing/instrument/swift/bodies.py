"""Bodies of Swift: the statements between braces, and those that are one value.

Belongs here: whether an expression is what a function gives back. Does not: other statements (`swift.shapes`).
A body of one expression is the value of its function, and stays one: a second statement takes `return ` with it.
"""

import re
from collections.abc import Iterator

from tree_sitter import Node

from alchemy_assets.syntax_tree import text_of, walk
from alchemy_assets.tracing.instrument.shapes import Body

COMMENTS = frozenset({"comment", "multiline_comment"})
_STATEMENTS = {
    "assignment", "control_transfer_statement", "directive", "do_statement", "for_statement", "guard_statement",
    "property_declaration", "repeat_while_statement", "while_statement", "function_declaration", "class_declaration",
    "typealias_declaration", "statement_label",
}  # fmt: skip
NEVER = {"fatalError", "preconditionFailure", "assertionFailure"}
_NOTHING = re.compile(r"|Void|\(\s*\)|Never")


def statements_of(node: Node | None) -> tuple[Node, ...]:
    """The statements of a `statements` node."""
    return tuple(one for one in node.named_children if one.type not in COMMENTS) if node is not None else ()


def is_given(node: Node) -> bool:
    """Whether an expression is the only one of a function, and so the value that it gives back."""
    around = node.parent
    if node.type in _STATEMENTS or around is None or around.type != "statements" or around.parent is None:
        return False
    body = around.parent
    if body.type not in {"function_body", "computed_getter", "computed_property"} or len(statements_of(around)) != 1:
        return False
    return not _NOTHING.fullmatch(given_type(body)) and is_value(node)


def is_value(node: Node) -> bool:
    """Whether a statement is an expression; a choice is one where each arm is."""
    if node.type == "call_expression":
        return text_of(node.children[0]) not in NEVER
    if node.type not in {"if_statement", "switch_statement"}:
        return node.type not in _STATEMENTS
    arms = [statements_of(one) for one in _bodies(node)]
    return (
        any(len(arm) == 1 and is_value(arm[0]) for arm in arms)
        and not any(is_return(one) for arm in arms for one in arm)
        and (node.type == "switch_statement" or any(child.type == "else" for child in node.children))
    )


def is_return(node: Node) -> bool:
    """Whether a statement gives a value back, or ends a function."""
    return node.type == "control_transfer_statement" and text_of(node).startswith("return")


def _bodies(node: Node) -> Iterator[Node | None]:
    for child in node.named_children:
        if child.type == "statements":
            yield child
        elif child.type == "switch_entry":
            yield next((one for one in child.named_children if one.type == "statements"), None)


def given_type(body: Node) -> str:
    """The type of what a body gives back, or ""."""
    owner = body.parent
    if owner is not None and body.type == "computed_getter":
        owner = owner.parent
    if owner is None or owner.type in {"init_declaration", "deinit_declaration"}:
        return ""
    if owner.type == "property_declaration":
        found = next((child for child in owner.children if child.type == "type_annotation"), None)
        return text_of(found).lstrip(": ") if found is not None else ""
    return result_of(owner)


def result_of(node: Node) -> str:
    """The type behind the arrow of a declaration, or ""."""
    arrow = next((child for child in node.children if child.type == "->"), None)
    kind = arrow.next_named_sibling if arrow is not None else None
    return text_of(kind) if kind is not None and kind.type not in {"function_body", "computed_property"} else ""


def braced(node: Node, after: Node | None = None) -> Body:
    """The statements between the braces of a node, or of the first pair behind one of its children."""
    opening = None
    statements: tuple[Node, ...] = ()
    start = after.end_byte if after is not None else node.start_byte
    for child in node.children:
        if child.start_byte < start:
            continue
        if child.type == "{" and opening is None:
            opening = child.end_byte
        elif child.type == "statements" and opening is not None:
            statements = statements_of(child)
        elif child.type == "}" and opening is not None:
            break
    return Body(node, statements, opening=opening)


def valued(body: Body) -> Body:
    """The same body, with what its value needs before it once it is not alone."""
    if len(body.statements) == 1 and is_given(body.statements[0]):
        return Body(body.node, body.statements, opening=body.opening, returns="return ")
    return body


def is_open(body: Node | None) -> bool:
    """Whether a body has statements for one system or another, each of which may be its value."""
    inner = (
        next((child for child in body.named_children if child.type == "statements"), None) if body is not None else None
    )
    if inner is None:
        return False
    return any(one.type == "directive" for one in statements_of(inner)) and not any(
        is_return(one) for one in walk(inner) if one.type == "control_transfer_statement"
    )
