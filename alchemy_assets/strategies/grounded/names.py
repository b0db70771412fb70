"""Which names a piece of code uses, and in which role: bound there, a member of something, or a reference.

Belongs here: reading names off a syntax tree. Does not: where a name comes from (`resolve`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from tree_sitter import Node

from alchemy_assets.strategies.grounded.shapes import Shape
from alchemy_assets.syntax_tree import text_of

# Fields of a pattern that hold no name bound by it.
_ASIDE = frozenset({"size", "right", "parameters", "key", "type", "index"})
_ASSIGNMENTS = frozenset({"assignment", "assignment_expression", "operator_assignment"})
_READERS = frozenset({"read", "mapfile", "readarray", "getopts", "printf"})
_FIELDS = frozenset({"instance_variable", "class_variable"})
# What stands on both sides of these are numbers, so a word there is a variable.
_COMPARING = frozenset({"-eq", "-ne", "-lt", "-le", "-gt", "-ge"})
_IN_BRACES = re.compile(r"(?<!\{)(?:\{\{)*\{([A-Za-z_]\w*)[:}]")


@dataclass(frozen=True, eq=False)
class Name:
    """One name where it stands.

    role: `bind`, `reference`, `member` (of `receiver`), `key` (a member without its object), `own` (of the object
    itself), `shared` (declared to be the file's) or `mention` (what the file calls so, or plain text).
    holder: the node whose role the name has; for a bound name, what it is bound by.
    assigned: whether it is the target of an assignment.
    """

    text: str
    node: Node
    role: str
    holder: Node
    receiver: Node | None = None
    assigned: bool = False


def names_in(root: Node, shape: Shape, own: frozenset[str] = frozenset()) -> Iterator[Name]:
    """Every name in a node, in source order; `own` are further words for the object itself (a Go receiver)."""
    known, leaves, formats = shape.own | own, shape.names, shape.formats
    cursor = root.walk()
    path: list[tuple[Node, str]] = [(root, "")]
    while True:
        node = path[-1][0]
        kind = node.type
        leaf = kind in leaves
        if leaf and (name := _name(path, shape, known)) is not None:
            yield name
        if kind in formats and any(outer.type == "token_tree" for outer, _ in path[-3:]):
            yield from (Name(text, node, "reference", node) for text in _IN_BRACES.findall(text_of(node)))
        if not leaf and cursor.goto_first_child():
            path.append((_at(cursor.node), cursor.field_name or ""))
            continue
        while not cursor.goto_next_sibling():
            path.pop()
            if not cursor.goto_parent() or not path:
                return
        path[-1] = (_at(cursor.node), cursor.field_name or "")


def _at(node: Node | None) -> Node:
    assert node is not None  # noqa: S101 -- a cursor that has moved stands on a node
    return node


def _name(path: list[tuple[Node, str]], shape: Shape, own: frozenset[str]) -> Name | None:  # noqa: PLR0911 -- one return a rule
    node, field = path[-1]
    text = text_of(node)
    if len(path) == 1:
        return Name(text, node, "reference", node)
    parent = path[-2][0]
    unread, shared, of_object = _direct(shape, parent.type, field)
    if unread or text in own:
        return None
    if shared:
        return Name(text, node, "shared", parent)
    if parent.type == "dotted_name" and _is_value(path):
        first = parent.named_children[0]
        return Name(text, node, "reference" if node == first else "member", parent, None if node == first else first)
    assigned = _assigned(path)
    if node.type in _FIELDS:
        return Name(text, node, "own", parent, None, assigned)
    if of_object and (receiver := _receiver(parent, node)) is not None:
        role = "own" if text_of(receiver) in own else "member"
        return Name(text, node, role, parent, receiver, assigned)
    if node.type == "word" or parent.type == "token_tree":
        return _loose(node, parent, own)
    return _in_pattern(path, shape, text, assigned=assigned)


@cache
def _direct(shape: Shape, parent: str, field: str) -> tuple[bool, bool, bool]:
    """Whether a name in this field of such a node is unread, shared, or a member."""
    roles = {f"{parent}.{field}", f"{parent}.*"}
    return bool(roles & shape.unread), bool(roles & shape.shared), bool(roles & shape.members)


def _in_pattern(path: list[tuple[Node, str]], shape: Shape, text: str, *, assigned: bool) -> Name:
    """A name in the role that the pattern has which it is a part of."""
    node, where = path[-1]
    climbed = len(path) - 1
    while climbed > 0 and path[climbed - 1][0].type in shape.patterns and where not in _ASIDE:
        climbed -= 1
        where = path[climbed][1]
    holder = path[climbed - 1][0] if climbed else path[-2][0]
    role = f"{holder.type}.{where}"
    if (role in shape.keys and not _negated(holder)) or (
        holder.type == "assignment_expression" and where == "left" and _initializes(path, climbed)
    ):
        return Name(text, node, "key", holder)
    if role in shape.constants and text[:1].isupper():
        return Name(text, node, "reference", holder)
    bound = (
        role in shape.binds
        or f"{role}={node.type}" in shape.binds
        or (not where and f"{role}[0]" in shape.binds and path[climbed][0] == holder.named_child(0))
        or node.type == "shorthand_property_identifier_pattern"
    )
    if bound and holder.type.endswith("_specifier") and holder.child_by_field_name("body") is None:
        bound = False
    read = "mention" if node.type == "global_variable" else "reference"
    return Name(text, node, "bind" if bound else read, holder, None, assigned)


def _negated(holder: Node) -> bool:
    """Swift: `-limit` and `!found` are read like `.limit` by the grammar."""
    return holder.type == "prefix_expression" and text_of(holder.children[0]) != "."


def _initializes(path: list[tuple[Node, str]], climbed: int) -> bool:
    """C#: `new Point { X = 1 }` names members, it assigns no variable."""
    return climbed >= 2 and path[climbed - 2][0].type == "initializer_expression"  # noqa: PLR2004 -- its grandparent


def _is_value(path: list[tuple[Node, str]]) -> bool:
    """Python: `case Color.RED` compares with a value, where `case red` binds a name."""
    return path[-2][0].named_child_count > 1 and "import" not in path[-3][0].type


def _assigned(path: list[tuple[Node, str]]) -> bool:
    for index in range(max(len(path) - 4, 1), len(path)):
        if path[index][1] == "left" and path[index - 1][0].type in _ASSIGNMENTS:
            return True
    return False


def _receiver(parent: Node, node: Node) -> Node | None:
    """What a member belongs to; None where the name stands alone (a bare call)."""
    before = parent.named_child(0)
    if parent.type == "navigation_suffix" and parent.parent is not None:
        before = parent.parent.named_children[0]
    return None if before is None or before == node else before


def _loose(node: Node, parent: Node, own: frozenset[str]) -> Name | None:
    """Names that the grammar gives no structure: words of a shell command, tokens of a Rust macro."""
    text = text_of(node)
    if node.type == "word":
        if parent.type == "command_name":
            return Name(text, node, "reference", parent)
        if parent.type == "function_definition":
            return Name(text, node, "bind", parent)
        command = parent.child_by_field_name("name") if parent.type == "command" else None
        if command is not None and text_of(command) in _READERS and text.isidentifier():
            return Name(text, node, "bind", parent)
        return Name(text, node, "mention", parent) if _may_name(parent) else None
    before = node.prev_sibling
    if before is not None and before.type in {".", "::"}:
        receiver = before.prev_sibling
        role = "own" if receiver is not None and text_of(receiver) in own else "member"
        return Name(text, node, role, parent, receiver)
    return Name(text, node, "reference", parent)


def _may_name(parent: Node) -> bool:
    """Shell: whether a word is read as a variable, or may be the name of a function that is handed on."""
    if parent.type == "binary_expression":
        operator = parent.child_by_field_name("operator")
        return operator is not None and text_of(operator) in _COMPARING
    return parent.type in {"subscript", "command"}
