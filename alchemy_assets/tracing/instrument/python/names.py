"""Which names have a value at a place of a Python program, and which of them a part of it uses.

Belongs here: scopes and names. Does not: statements (`python.statements`).
"""

import re
from dataclasses import dataclass, replace

from tree_sitter import Node

from alchemy_assets.syntax_tree import text_of, walk

LONGEST_ELEMENT = 40
_READABLE = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*|\[[\w +*-]+\])+")


def targets(node: Node) -> list[str]:
    """The plain names that an assignment to this pattern binds."""
    if node.type == "identifier":
        return [text_of(node)]
    if node.type in {"pattern_list", "tuple_pattern", "list_pattern", "list_splat_pattern", "as_pattern_target"}:
        return [name for child in node.named_children for name in targets(child)]
    return []


def deleted(scope: Node) -> frozenset[str]:
    """Names that a scope may take the value from: by `del`, or at the end of an `except ... as` clause."""
    names = set()
    for node in walk(scope):
        if node.type == "delete_statement":
            names |= {text_of(child) for child in walk(node) if child.type == "identifier"}
    return frozenset(names)


@dataclass(frozen=True)
class Scope:
    """Where a walk is: the function's name, the names that have a value, whether it is in a loop.

    fields: attributes of `self` that surely have a value and can be read without running the program's code.
    """

    function: str
    bound: frozenset[str] = frozenset()
    deleted: frozenset[str] = frozenset()
    in_loop: bool = False
    in_class: str = ""
    fields: frozenset[str] = frozenset()

    def binding(self, names: list[str]) -> "Scope":
        """The scope after these names were given values."""
        return replace(self, bound=self.bound | {name for name in names if not name.startswith("__")} - self.deleted)


def parameter_names(parameters: Node) -> list[str]:
    """The names of a function's parameters, in order."""
    names = []
    for child in parameters.named_children:
        name = child.child_by_field_name("name") or next(
            (one for one in walk(child) if one.type == "identifier" and child.type != "comment"), None
        )
        if name is not None and name.type == "identifier":
            names.append(text_of(name))
    return names


def uses(node: Node, scope: Scope) -> list[str]:
    """The names with a value that an expression reads, in order, each once; of `self` the fields, where these are known."""
    names: dict[str, None] = {}
    inside: dict[str, None] = {}
    for child in walk(node):
        if child.type != "identifier" or text_of(child) not in scope.bound:
            continue
        read, parent = _field(child, scope) or child, child.parent
        if parent is not None and any(
            parent.type == kind and parent.child_by_field_name(place) == child
            for kind, place in (("attribute", "attribute"), ("keyword_argument", "name"), ("call", "function"))
        ):
            continue
        # A container that is only looked into says less than the index, and is shown last.
        around = read.parent
        looked_into = around is not None and around.type == "subscript" and around.child_by_field_name("value") == read
        (inside if looked_into else names).setdefault(text_of(read))
    return list({**names, **inside})


def _field(name: Node, scope: Scope) -> Node | None:
    """`self.x` around `self`, where `x` is a field that is read."""
    around = name.parent
    if around is None or around.type != "attribute" or text_of(name) != "self" or around.named_children[0] != name:
        return None
    called = around.parent is not None and around.parent.type == "call" and around.parent.named_children[0] == around
    attribute = around.child_by_field_name("attribute")
    return around if attribute is not None and text_of(attribute) in scope.fields and not called else None


def roots(node: Node, scope: Scope) -> list[str]:
    """The name that `name.x`, `name[i]` or `name.method` hangs on, and the names in its index."""
    inner = node
    while inner.type in {"attribute", "subscript"}:
        below = inner.child_by_field_name("object") or inner.child_by_field_name("value")
        if below is None:
            return []
        inner = below
    if inner.type == "identifier" and (field := _field(inner, scope)) is not None and field != node:
        inner = field
    root = [text_of(inner)] if inner.type == "attribute" or text_of(inner) in scope.bound else []
    return list(dict.fromkeys([*root, *uses(node, scope)])) if root else []


def element(node: Node, scope: Scope) -> list[str]:
    """`name.attribute` or `name[index]` that was just assigned, and its index: what can be read again."""
    text = text_of(node)
    if node.type not in {"attribute", "subscript"} or len(text) > LONGEST_ELEMENT or not _READABLE.fullmatch(text):
        return []
    if not roots(node, scope):
        return []
    names = {text_of(child) for child in walk(node) if child.type == "identifier" and not _is_attribute(child)}
    used = [one for one in uses(node, scope) if not is_inside(text, one)] if node.type == "subscript" else []
    return [text, *used] if names <= scope.bound else []


def is_inside(label: str, container: str) -> bool:
    """Whether a label is an element or a field of what another one names."""
    return label.startswith(container) and label[len(container) :][:1] in {".", "["}


def _is_attribute(node: Node) -> bool:
    parent = node.parent
    return parent is not None and parent.type == "attribute" and parent.child_by_field_name("attribute") == node


def meet(ends: list[Scope | None], scope: Scope) -> Scope | None:
    """The scope after several ways: what has a value on all of those that come through."""
    through = [end.bound for end in ends if end is not None]
    return replace(scope, bound=frozenset.intersection(*through)) if through else None
