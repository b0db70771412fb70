"""Types, functions, properties and closures of Swift.

Belongs here: what has a name and a body of its own. Does not: statements (`swift.shapes`), facts of a file (`swift.types`).
The type of a closure may be found out by what it is made of: those of one expression are left alone.
"""

import re
from collections.abc import Iterator, Sequence

from tree_sitter import Node

from alchemy_assets.syntax_tree import text_of, walk
from alchemy_assets.tracing.instrument.shapes import Body, Container, Function, Shape, Variable
from alchemy_assets.tracing.instrument.swift.bodies import (
    braced,
    given_type,
    is_open,
    is_return,
    is_value,
    result_of,
    statements_of,
    valued,
)
from alchemy_assets.tracing.instrument.swift.types import BODIES, Declared, is_static, type_name


def container(node: Node, facts: Declared) -> Container:
    """A type or an extension."""
    name = type_name(node)
    members = tuple(one for body in node.named_children if body.type in BODIES for one in statements_of(body))
    return Container(node, name, members, facts.properties.get(name, ()))


def _word(node: Node, *kinds: str) -> Node:
    """The word that a definition starts with, behind its attributes."""
    return next((child for child in node.children if child.type in kinds), node)


def _own(node: Node, facts: Declared) -> tuple[Variable, ...]:
    """`self`, where a member of a type can read it."""
    holder = node.parent
    if holder is None or holder.type not in BODIES or holder.parent is None or is_static(node):
        return ()
    name = type_name(holder.parent)
    modifiers = " ".join(text_of(child) for child in node.children if child.type == "modifiers")
    if name in facts.hidden or re.search(r"\b(?:consuming|borrowing|__consuming)\b", modifiers):
        return ()
    return (Variable("self", name, holder.start_byte),)


def function(node: Node, facts: Declared) -> Function | None:
    """A function, an initialiser or what runs at the end of an object."""
    body, name = node.child_by_field_name("body"), node.child_by_field_name("name")
    if body is None or facts.untouched(node) or (result_of(node) and is_open(body)):
        return None
    parameters = tuple(_parameters(node))
    if node.type == "function_declaration":
        called = text_of(name).strip("`") if name is not None else "func"
        own = _own(node, facts)
        return Function(
            _word(node, "func"),
            called,
            parameters,
            valued(braced(body)),
            result=result_of(node) or "Void",
            static=is_static(node),
            also=own,
            shows_object="self" if own else "",
        )
    word = "init" if node.type == "init_declaration" else "deinit"
    # Before all members have a value none is read.
    return Function(_word(node, word), word, parameters, braced(body), result="Void", static=word == "init")


def _parameters(node: Node) -> Iterator[Variable]:
    for one in node.children:
        if one.type == "parameter":
            colon = next((child for child in one.children if child.type == ":"), None)
            name = colon.prev_sibling if colon is not None else None
            if colon is not None and name is not None and text_of(name) != "_":
                yield Variable(text_of(name), _text_after(one, colon), name.start_byte)


def _text_after(node: Node, colon: Node) -> str:
    return " ".join(text_of(child) for child in node.children if child.start_byte >= colon.end_byte)


def accessors(node: Node) -> Node | None:
    """What holds the getter, the setter or the observers of a property."""
    return next((child for child in node.children if child.type in {"computed_property", "willset_didset_block"}), None)


def _called(node: Node) -> str:
    name = node.child_by_field_name("name")
    return "subscript" if node.type == "subscript_declaration" or name is None else text_of(name).strip("`")


def computed(node: Node, facts: Declared) -> Shape | None:
    """A computed property or a subscript: one body, or one for each accessor."""
    held = accessors(node)
    if held is None:
        return None
    inner = statements_of(held)
    if held.type == "willset_didset_block" or any(one.type.startswith("computed_") for one in inner):
        return Container(node, "", inner)
    if is_open(held):
        return None
    own = _own(node, facts)
    return Function(
        _word(node, "subscript", "value_binding_pattern"),
        _called(node),
        tuple(_parameters(node)),
        valued(braced(held)),
        result=given_type(held),
        static=is_static(node),
        also=own,
        shows_object="self" if own else "",
    )


def accessor(node: Node, facts: Declared) -> Function | None:
    """A getter, a setter or an observer of a property."""
    owner = node.parent.parent if node.parent is not None else None
    if owner is None or not any(child.type == "{" for child in node.children):
        return None
    word = text_of(node.children[0])
    word = {"computed_getter": "get", "computed_setter": "set", "didset_clause": "didSet"}.get(node.type, "willSet")
    bound_name = next((child for child in node.children if child.type == "simple_identifier"), None)
    given = text_of(bound_name) if bound_name is not None else {"set": "newValue", "willSet": "newValue"}.get(word, "")
    name = _called(owner) if word == "get" else f"{_called(owner)}.{word}"
    kind = given_type(node) if word == "get" else ""
    parameters = list(_parameters(owner)) if owner.type == "subscript_declaration" else []
    if given:
        parameters.append(Variable(given, at=node.start_byte))
    own = _own(owner, facts)
    return Function(
        node,
        name,
        tuple(parameters),
        valued(braced(node)),
        result=kind or "Void",
        static=is_static(owner),
        also=own,
        shows_object="self" if own else "",
    )


def closure(node: Node, facts: Declared) -> Function | None:
    """A closure; None where it may be what a result builder takes apart."""
    if facts.built:
        return None
    found = next((child for child in node.named_children if child.type == "statements"), None)
    inner = statements_of(found)
    if not inner:
        return None
    kind = next((child for child in node.named_children if child.type == "lambda_function_type"), None)
    parameters = list(_closure_parameters(kind)) if kind is not None else list(_numbered(inner))
    alone = len(inner) == 1 and (is_value(inner[0]) or is_return(inner[0]) or inner[0].type == "assignment")
    if alone or any(one.type == "directive" for one in inner):
        value = inner[0] if alone else None
        return Function(node, "closure", tuple(parameters), None, value, closure=True)
    opening = next(child for child in node.children if child.type == "{").end_byte
    return Function(node, "closure", tuple(parameters), Body(node, inner, opening=opening), closure=True)


def _closure_parameters(kind: Node) -> Iterator[Variable]:
    for one in walk(kind):
        if one.type == "lambda_parameter":
            colon = next((child for child in one.children if child.type == ":"), None)
            name = colon.prev_sibling if colon is not None else one.child_by_field_name("name")
            if name is not None and text_of(name) != "_":
                yield Variable(text_of(name), _text_after(one, colon) if colon is not None else "", name.start_byte)


def _numbered(statements: Sequence[Node]) -> Iterator[Variable]:
    """`$0` and the like, where a closure uses them itself."""
    found, waiting = set(), list(statements)
    while waiting:
        one = waiting.pop()
        if one.type == "simple_identifier" and re.fullmatch(r"\$\d+", text_of(one)):
            found.add(text_of(one))
        elif one.type != "lambda_literal":
            waiting += one.children
    return (Variable(name, at=statements[0].start_byte) for name in sorted(found))
