"""Which attributes of `self` surely have a value in the methods of a Python class, and run no code when they are read.

Belongs here: what a class says about its objects. Does not: which of them a point shows (`names.uses`).
"""

import re
from collections.abc import Mapping

from tree_sitter import Node

from alchemy_assets.syntax_tree import text_of, walk

# Where one of these stands, reading or setting an attribute may do anything.
_ANYTHING = re.compile(r"__(?:getattr|setattr|delattr|get|set)__|\bdelattr\(")
_TAKEN = re.compile(r"\bdef\s+(\w+)|\bdel\s+self\.(\w+)")
_HANDS_OUT = re.compile(r"\bself\.\w+\(|\(self[,)]|\breturn\b")


def fields_of_classes(root: Node) -> dict[int, frozenset[str]]:
    """The fields of each class of a file, by the offset of its definition.

    A field is set by `__init__` in any case, before that calls a method, or declared by a class that makes its own. What
    is the name of a function anywhere may be a property, and is none.
    """
    text = text_of(root)
    if _ANYTHING.search(text):
        return {}
    no_fields = {name for pair in _TAKEN.findall(text) for name in pair if name}
    found: dict[int, frozenset[str]] = {}
    named: dict[str, frozenset[str]] = {}
    for node in walk(root):
        body, bases = node.child_by_field_name("body"), node.child_by_field_name("superclasses")
        if node.type == "class_definition" and body is not None:
            above = text_of(bases) if bases is not None else ""
            decorated = text_of(node.parent).partition("class ")[0] if node.parent is not None else ""
            declares = "@dataclass" in decorated or "NamedTuple" in above
            fields = frozenset(_fields(body, named, above, declares=declares) - no_fields)
            found[node.start_byte] = named[_name(node)] = fields
    return found


def _fields(body: Node, named: Mapping[str, frozenset[str]], above: str, *, declares: bool) -> set[str]:
    found: set[str] = set()
    for name, fields in named.items():
        if re.search(rf"\b{name}\b", above):
            found |= fields
    made = None
    own: set[str] = set()
    for child in body.named_children:
        definition = child.child_by_field_name("definition") if child.type == "decorated_definition" else child
        if definition is not None and definition.type == "function_definition":
            made = definition if _name(definition) == "__init__" else made
        elif (one := _assignment(child)) is not None:
            left, right = one.child_by_field_name("left"), one.child_by_field_name("right")
            if left is not None and left.type == "identifier" and (declares if right is None else _is_plain(right)):
                own.add(text_of(left))
    inside = made.child_by_field_name("body") if made is not None else None
    if inside is None:
        return found | own
    first = next((one for one in inside.named_children if one.type != "comment"), inside)
    return (found if "__init__(" in text_of(first) else set()) | own | _set_by(inside)


def _set_by(body: Node) -> set[str]:
    """What an `__init__` sets in any case, before it calls other methods or hands its object on."""
    found: set[str] = set()
    for child in body.named_children:
        if _HANDS_OUT.search(text_of(child)) and "__init__(" not in text_of(child):
            break
        one = _assignment(child)
        while one is not None and one.type == "assignment":
            left, right = one.child_by_field_name("left"), one.child_by_field_name("right")
            name = re.fullmatch(r"self\.(\w+)", text_of(left)) if left is not None else None
            found |= {name[1]} if name is not None and right is not None else set()
            one = right
    return found


def _assignment(statement: Node) -> Node | None:
    inner = (
        statement.named_children[0] if statement.type == "expression_statement" and statement.named_children else None
    )
    return inner if inner is not None and inner.type == "assignment" else None


def _is_plain(value: Node) -> bool:
    """Whether a value that a class gives to a name can be no object that runs code when it is read."""
    return not any(one.type in {"call", "lambda", "identifier"} for one in walk(value))


def _name(definition: Node) -> str:
    name = definition.child_by_field_name("name")
    return text_of(name) if name is not None else ""
