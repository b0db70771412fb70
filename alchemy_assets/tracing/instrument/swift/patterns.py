"""What the patterns of Swift give values to.

Belongs here: patterns of `let`, `if case`, `switch`, `for` and `catch`. Does not: statements (`swift.shapes`).
"""

from collections.abc import Iterator

from tree_sitter import Node

from alchemy_assets.syntax_tree import text_of
from alchemy_assets.tracing.instrument.shapes import Variable
from alchemy_assets.tracing.instrument.swift.bodies import COMMENTS


def bound(pattern: Node) -> Iterator[Node]:
    """The identifiers that a pattern gives values to, if all of its plain ones are bindings."""
    waiting = [pattern]
    while waiting:
        one = waiting.pop()
        if one.type == "simple_identifier":
            before = one.prev_sibling
            label = one.next_sibling is not None and one.next_sibling.type == ":"
            if (before is None or before.type != ".") and not label and text_of(one) != "_":
                yield one
        elif one.type in {"pattern", "tuple_expression", "value_binding_pattern"}:
            waiting += reversed(one.children)


def conditions_of(node: Node) -> tuple[tuple[Node, ...], tuple[Variable, ...]]:  # noqa: C901 -- a row a token
    """The parts of a condition that may be read, and the variables that it binds."""
    parts: list[Node] = []
    binds: list[Variable] = []
    case, let = False, False
    head = [child for child in node.children if child.type not in COMMENTS]
    for position, child in enumerate(head[1:], 1):
        kind = child.type
        if kind in {"{", "else", "while"} and position > 1:
            break
        if kind == ",":
            # A comma also stands between the patterns of one case.
            open_ = sum((one.type == "(") - (one.type == ")") for one in head[1:position])
            case, let = (case, let) if open_ else (False, False)
        elif kind == "=":
            case, let = False, False
        elif kind == "case":
            case = True
        elif kind == "value_binding_pattern":
            let = True
            binds += [Variable(text_of(one), at=one.start_byte) for one in bound(child)]
        elif let and kind in {"simple_identifier", "pattern"}:
            before = child.prev_sibling
            if before is None or before.type != ".":
                binds += [Variable(text_of(one), at=one.start_byte) for one in bound(child)]
        elif case:
            binds += bound_in(child)
        elif child.is_named:
            parts.append(child)
    return tuple(parts), tuple(binds)


def bound_in(pattern: Node) -> list[Variable]:
    """The variables of a pattern that says `let` or `var` for each of them, or for a part."""
    found: list[Variable] = []
    waiting = [(pattern, False)]
    while waiting:
        one, let = waiting.pop()
        if one.type == "simple_identifier":
            if let and text_of(one) != "_":
                found.extend(Variable(text_of(name), at=name.start_byte) for name in bound(one))
            continue
        inside = let
        entries = []
        for child in one.children:
            inside = inside or child.type == "value_binding_pattern"
            if child.type in {"pattern", "simple_identifier", "switch_pattern", "tuple_expression"}:
                entries.append((child, inside))
        waiting += reversed(entries)
    return found
