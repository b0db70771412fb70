"""Which statement of Swift is which shape.

Belongs here: nodes of the grammar. Does not: definitions (`swift.definitions`), patterns, events (`swift`), where
statements are put (`engine`, `places`).
"""

import re

from tree_sitter import Node

from alchemy_assets.syntax_tree import text_of, walk
from alchemy_assets.tracing.instrument.shapes import (
    Arm,
    Assign,
    Block,
    Body,
    Branch,
    Change,
    Handler,
    Jump,
    Loop,
    Raise,
    Return,
    Shape,
    Try,
    Variable,
)
from alchemy_assets.tracing.instrument.swift.bodies import COMMENTS, NEVER, braced, is_given, statements_of
from alchemy_assets.tracing.instrument.swift.definitions import (
    accessor,
    accessors,
    closure,
    computed,
    container,
    function,
)
from alchemy_assets.tracing.instrument.swift.patterns import bound, bound_in, conditions_of
from alchemy_assets.tracing.instrument.swift.types import BODIES, Declared, annotation, is_stored

_CHANGES = {
    "append", "insert", "remove", "removeAll", "removeFirst", "removeLast", "removeValue", "removeSubrange", "popLast",
    "popFirst", "push", "pop", "add", "enqueue", "dequeue", "update", "updateValue", "formUnion", "formIntersection",
    "subtract", "merge", "swapAt", "toggle", "negate", "write", "set", "put", "mark", "advance", "next",
}  # fmt: skip
_REORDERS = {"sort", "reverse", "shuffle", "partition", "replaceSubrange"}
_MAKES = {
    "map", "filter", "compactMap", "flatMap", "reduce", "sorted", "reversed", "split", "joined", "prefix", "suffix",
    "dropFirst", "dropLast", "enumerated", "components", "uppercased", "lowercased", "replacingOccurrences", "union",
    "intersection", "subtracting", "merging", "mapValues", "trimmingCharacters",
}  # fmt: skip


def shape_of(node: Node, facts: Declared) -> Shape | None:  # noqa: C901, PLR0911, PLR0912 -- a row a node
    """Which statement is what."""
    if is_given(node):
        return Return(node, node)
    match node.type:
        case "class_declaration":
            return container(node, facts)
        case "function_declaration" | "init_declaration" | "deinit_declaration":
            return function(node, facts)
        case "subscript_declaration" | "property_declaration" if accessors(node) is not None:
            return None if facts.untouched(node) else computed(node, facts)
        case "computed_getter" | "computed_setter" | "didset_clause" | "willset_clause":
            return accessor(node, facts)
        case "lambda_literal":
            return closure(node, facts)
        case "property_declaration":
            return _declaration(node)
        case "assignment":
            return _assignment(node, facts)
        case "if_statement":
            return _choice(node)
        case "guard_statement":
            return _guard(node)
        case "switch_statement":
            return _switch(node)
        case "for_statement" | "while_statement" | "repeat_while_statement":
            return _loop(node)
        case "do_statement":
            return _try(node)
        case "control_transfer_statement":
            return _transfer(node)
        case "call_expression" | "try_expression" | "await_expression":
            return _call(node, node, facts)
        case _:
            return None


def _declaration(node: Node) -> Assign | None:
    """`let a = 1, b = 2`; of members and of what is wrapped nothing is told."""
    if (node.parent is not None and node.parent.type in BODIES) or not is_stored(node):
        return None
    patterns = node.children_by_field_name("name")
    values = node.children_by_field_name("value")
    lone = values[0] if len(values) == 1 else None
    kind_of_value = "->" if lone is not None and lone.type == "lambda_literal" else ""
    names = tuple(
        Variable(text_of(one), annotation(node, pattern) or kind_of_value, one.start_byte)
        for pattern in patterns
        for one in bound(pattern)
    )
    if len(patterns) == 1 and lone is not None:
        return Assign(node, declares=names, value=lone, transforms=_makes(lone), shown=bool(names))
    # An optional variable without a value is nil.
    optional = not values and all(re.search(r"[?!]$", one.type) for one in names)
    given = len(values) == len(patterns) or (optional and text_of(node).lstrip().startswith("var"))
    return Assign(node, declares=names, value=node if given else None, shown=False)


def _assignment(node: Node, facts: Declared) -> Shape | None:
    target, value = node.child_by_field_name("target"), node.child_by_field_name("result")
    operator = node.child_by_field_name("operator")
    if target is None or value is None or operator is None:
        return None
    if text_of(target) == "_":
        return _call(node, value, facts)
    inner = target.named_children[0] if target.type == "directly_assignable_expression" else target
    targets = tuple(inner.children_by_field_name("value")) if inner.type == "tuple_expression" else (inner,)
    plain = text_of(operator) == "="
    kept = tuple(one for one in targets if text_of(one) != "_")
    return Assign(node, kept, value if plain else node, transforms=plain and _makes(value), shown=bool(kept))


def _bare(node: Node) -> Node:
    """An expression without `try` and `await`."""
    while node.type in {"try_expression", "await_expression"}:
        node = node.child_by_field_name("expr") or node.named_children[-1]
    return node


def _makes(value: Node) -> bool:
    called = _bare(value)
    while called.type == "call_expression":
        called = called.children[0]
    return called.type == "navigation_expression" and _member(called) in _MAKES


def _member(node: Node) -> str:
    suffix = node.child_by_field_name("suffix")
    return text_of(suffix).lstrip(".") if suffix is not None else ""


def _call(statement: Node, expression: Node, facts: Declared) -> Shape | None:  # noqa: PLR0911 -- a way out a kind of call
    node = _bare(expression)
    if node.type != "call_expression":
        return None
    called, suffix = node.children[0], node.children[-1]
    name = text_of(called)
    if name == "defer" and suffix.named_children and suffix.named_children[0].type == "lambda_literal":
        return Try(Body(node, ()), last=braced(suffix.named_children[0]))
    if name in NEVER:
        return Raise(statement, name)
    if name in {"exit", "abort"}:
        return Jump(statement)
    lent = [
        one.children[-1]
        for argument in walk(suffix)
        if argument.type == "value_argument"
        for one in argument.named_children
        if one.type == "prefix_expression" and text_of(one).startswith("&")
    ]
    if lent:
        return Change(statement, lent[0])
    target = called.child_by_field_name("target") if called.type == "navigation_expression" else None
    if target is None or _member(called) not in _CHANGES | _REORDERS | facts.mutating:
        return None
    return Change(statement, target, transforms=_member(called) in _REORDERS)


def _transfer(node: Node) -> Shape:
    word = node.children[0]
    if word.type == "throw_keyword":
        return Raise(node, _error(node.children[1]) if len(node.children) > 1 else "")
    if text_of(word) == "return":
        return Return(node, node.child_by_field_name("result"))
    return Jump(node)


def _error(value: Node) -> str:
    """`Problem.tooLong` of `throw Problem.tooLong(limit: 3)`."""
    match = re.match(r"[A-Z]\w*(?:\.\w+)*", text_of(value))
    return match[0] if match is not None else ""


def _choice(node: Node) -> Branch:
    """The arms of an `if` and all its `else if`."""
    arms: list[Arm] = []
    current, place, word = node, node, "if"
    while True:
        parts, binds = conditions_of(current)
        arms.append(Arm(word, place, braced(current), None, binds, conditions=parts))
        other = next((child for child in current.children if child.type == "else"), None)
        if other is None:
            return Branch(tuple(arms))
        after = next(
            (one for one in current.children if one.start_byte >= other.end_byte and one.type not in COMMENTS), None
        )
        if after is None or after.type != "if_statement":
            arms.append(Arm("else", other, braced(current, other)))
            return Branch(tuple(arms), exhaustive=True)
        current, place, word = after, other, "else if"


def _guard(node: Node) -> Branch:
    parts, binds = conditions_of(node)
    otherwise = next((child for child in node.children if child.type == "else"), node)
    arm = Arm("else", otherwise, braced(node, otherwise), None, conditions=parts)
    return Branch((arm,), past="passed", binds=binds)


def _switch(node: Node) -> Branch:
    arms = []
    for one in node.named_children:
        if one.type != "switch_entry":
            continue
        word = "default" if any(child.type == "default_keyword" for child in one.children) else "case"
        patterns = [child for child in one.children if child.type == "switch_pattern"]
        binds = bound_in(patterns[0]) if patterns else []
        where = next((child for child in one.children if child.type == "where_keyword"), None)
        asked = where.next_named_sibling if where is not None else None
        inner = next((child for child in one.named_children if child.type == "statements"), None)
        arms.append(Arm(word, one, Body(one, statements_of(inner)), asked, tuple(binds)))
    leaves = any(_leaves(one) for one in arms)
    return Branch(tuple(arms), exhaustive=not leaves, subject=node.child_by_field_name("expr"))


def _leaves(arm: Arm) -> bool:
    """Whether an arm has a `break`, which comes out behind the switch."""
    return any(
        text_of(one).startswith("break") for one in walk(arm.body.node) if one.type == "control_transfer_statement"
    )


def _loop(node: Node) -> Loop:
    if node.type == "for_statement":
        item, over = node.child_by_field_name("item"), node.child_by_field_name("collection")
        binds: tuple[Variable, ...] = ()
        if item is not None:
            case = any(child.type == "case" for child in item.children)
            names = bound_in(item) if case else [Variable(text_of(one), at=one.start_byte) for one in bound(item)]
            binds = tuple(names)
        return Loop(node, braced(node, over), None, binds=binds, conditions=() if binds or over is None else (over,))
    if node.type == "while_statement":
        parts, binds = conditions_of(node)
        return Loop(node, braced(node), binds=binds, conditions=parts)
    jumps = any(
        one.type == "control_transfer_statement" and text_of(one).startswith(("break", "continue"))
        for one in walk(node)
    )
    condition = node.child_by_field_name("condition")
    return Loop(node, braced(node), condition, at_least_once=not jumps)


def _try(node: Node) -> Shape:
    handlers = []
    for clause in node.named_children:
        if clause.type != "catch_block":
            continue
        pattern = clause.child_by_field_name("error")
        binds = bound_in(pattern) if pattern is not None else [Variable("error", at=clause.start_byte)]
        word = _error(pattern) if pattern is not None else ""
        handlers.append(Handler(clause, braced(clause), tuple(binds), word))
    body = braced(node)
    return Try(body, tuple(handlers)) if handlers else Block(body)
