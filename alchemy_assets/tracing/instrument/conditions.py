"""Which parts of a condition were surely evaluated, and so can be read again where it led.

Belongs here: languages whose grammars write `a && b` as a binary_expression with left, operator and right, and name a
statement's condition. Does not: C and C++, whose preprocessor has a say in it (`c.statements`).
"""

import re

from tree_sitter import Node

from alchemy_assets.syntax_tree import text_of, walk

_CONDITIONAL = {"conditional_access_expression", "conditional_expression", "switch_expression", "ternary_expression"}
_CALLS = {"call_expression", "invocation_expression", "method_invocation", "object_creation_expression"}
_ASSIGNS = {"assignment_expression", "update_expression"}
_ASSIGNING = {
    "assignment_expression",
    "assignment_statement",
    "short_var_declaration",
    "var_spec",
    "variable_declarator",
}
# Calls that only look: their names say so.
_ONLY_LOOKS = re.compile(
    r"(?:.*\.)?(?:abs|cap|charAt|compare\w*|contains\w*|endsWith|equals\w*|get|has\w*|is[A-Z]\w*|len|length|max|min|size"
    r"|startsWith|Abs|Compare\w*|Contains\w*|EndsWith|Equals|Has[A-Z]\w*|Is[A-Z]\w*|Max|Min|StartsWith)"
)
_ASKS_FIRST = {"for_clause", "for_statement", "if_statement", "while_statement"}
_FALLS = {"fallthrough_statement", "goto_statement", "switch_block_statement_group"}
_FUNCTIONS = {"anonymous_method_expression", "func_literal", "lambda_expression"}


def readable_again(node: Node, *, holds: bool) -> bool:
    """Whether a part of the condition of an `if` or a loop is the same where it led as it was when it was evaluated.

    holds: where the condition has just been true.
    """
    condition = _condition_around(node)
    return condition is not None and _only_looks(condition) and surely_evaluated(node, condition, holds=holds)


def given_in(condition: Node | None) -> tuple[str, ...]:
    """The names that a condition gives a value to whatever comes of it: `(line = next()) != null`."""
    if condition is None:
        return ()
    found = [one.child_by_field_name("left") for one in walk(condition) if one.type == "assignment_expression"]
    return tuple(
        text_of(one)
        for one in found
        if one is not None and one.type == "identifier" and surely_evaluated(one, condition, holds=False)
    )


def is_all_of_a_value(node: Node) -> bool:
    """Whether a node is all that an assignment gives to its target."""
    parent = node.parent
    if parent is not None and parent.type == "expression_list" and parent.named_child_count == 1:
        node, parent = parent, parent.parent
    return parent is not None and parent.type in _ASSIGNING and parent.child_by_field_name("left") != node


def was_read(node: Node, owner: str) -> bool:
    """Whether a member of a variable was read by a statement that gives the variable no other value."""
    one, parent = node, node.parent
    while parent is not None and parent.type not in _FUNCTIONS:
        if parent.type in _ASSIGNING:
            left = parent.child_by_field_name("left") or parent.child_by_field_name("name")
            kept = left is None or owner not in {text_of(each) for each in (left, *left.named_children)}
            return kept and one != left and surely_evaluated(node, one, holds=False)
        if parent.type.endswith(("_statement", "_clause", "block")):
            return False
        one, parent = parent, parent.parent
    return False


def _condition_around(node: Node) -> Node | None:
    one, parent = node, node.parent
    while parent is not None and one.type not in _FUNCTIONS:
        if parent.child_by_field_name("condition") == one:
            # That of `do` comes after the body.
            return one if parent.type in _ASKS_FIRST or _is_switch(parent) else None
        if parent.child_by_field_name("value") == one:
            switch = parent.parent if parent.type == "expression_case" and one.named_child_count == 1 else parent
            return one if switch is not None and _is_switch(switch) else None
        if parent.type.endswith(("_statement", "_declaration", "_clause")):
            return one if parent.type == "for_statement" and _is_head(one) else None
        one, parent = parent, parent.parent
    return None


def _is_switch(node: Node) -> bool:
    """Whether a node is a switch of which no arm comes after another."""
    return "switch" in node.type and not any(one.type in _FALLS for one in walk(node))


def _is_head(node: Node) -> bool:
    """Whether a node is the condition of a `for` of Go that has nothing else in its head."""
    return node.type not in {"block", "for_clause", "range_clause"}


def _only_looks(condition: Node) -> bool:
    """Whether evaluating a condition changes nothing that it reads."""
    for one in walk(condition):
        if one.type in _ASSIGNS or (one.type.endswith("unary_expression") and re.search(r"\+\+|--|<-", text_of(one))):
            return False
        if one.type in _CALLS:
            called = one.child_by_field_name("function") or one.child_by_field_name("name")
            if called is None or not _ONLY_LOOKS.fullmatch(text_of(called)):
                return False
    return True


def surely_evaluated(node: Node, root: Node, *, holds: bool) -> bool:
    """Whether a node inside `root` was evaluated with it; `holds`: where that has just been true.

    What stands behind `||`, behind `&&` where that may be false, or on one side of a choice may not have been.
    """
    one, parent = node, node.parent
    while one != root and parent is not None:
        if parent.type in _CONDITIONAL and parent.named_children[0] != one:
            return False
        if parent.type == "binary_expression" and parent.child_by_field_name("right") == one:
            joins = _operator(parent)
            if joins in {"||", "??"} or (joins == "&&" and not (holds and _only_joined(parent, root))):
                return False
        one, parent = parent, parent.parent
    return True


def _only_joined(node: Node, root: Node) -> bool:
    """Whether a part is true wherever `root` is."""
    while node != root and node.parent is not None:
        node = node.parent
        if node.type != "parenthesized_expression" and _operator(node) != "&&":
            return False
    return True


def _operator(node: Node) -> str:
    operator = node.child_by_field_name("operator") if node.type == "binary_expression" else None
    return text_of(operator) if operator is not None else ""
