"""Which names have a value at a place of a Python program, and which of them a part of it uses.

Belongs here: scopes and names. Does not: statements (`python.statements`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from tree_sitter import Node

from alchemy_assets.syntax_tree import text_of, walk

LONGEST_ELEMENT = 40
_ELEMENT = re.compile(r"(?:self\.)?[A-Za-z_]\w*(?:\[(?:(?:self\.)?[\w +*-]+|'[\w -]+'|\"[\w -]+\")\])+")
# Calls that change nothing.
_LOOKS = re.compile(
    r"(?:abs|isinstance|len|ord)|.*\.(?:count|endswith|get|is[a-z]+|lower|lstrip|rstrip|startswith|strip|upper)",
    re.DOTALL,
)
_LATER = {"conditional_expression", "dictionary_comprehension", "generator_expression", "lambda", "list_comprehension",
          "set_comprehension"}  # fmt: skip
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
    elements: whether no class of the program has a say in what `name[index]` is.
    """

    function: str
    bound: frozenset[str] = frozenset()
    deleted: frozenset[str] = frozenset()
    in_loop: bool = False
    in_class: str = ""
    fields: frozenset[str] = frozenset()
    elements: bool = True

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
        if text_of(child) == "self" and read == child and _calls_method(child):
            continue  # The fields that a point is about say more than the whole object.
        # A container that is only looked into says less than the index, and is shown last.
        around = read.parent
        looked_into = around is not None and around.type == "subscript" and around.child_by_field_name("value") == read
        (inside if looked_into else names).setdefault(text_of(read))
    return list({**names, **inside})


def asked(condition: Node, scope: Scope, *, holds: bool) -> list[str]:
    """What a condition reads, where it led: elements that it looked at in place of their containers.

    holds: whether it has just been true. What is behind an `and` that was false was not evaluated, nor is it read here.
    """
    looks = not any(
        one.type in {"named_expression", "await", "yield"}
        or (one.type == "call" and not _LOOKS.fullmatch(text_of(one.named_children[0])))
        for one in walk(condition)
    )
    known = [one for one in (_evaluated(condition, holds) if looks else ()) if _is_known_element(one, scope)]
    return beside(list(dict.fromkeys(map(text_of, known))), uses(condition, scope))


def beside(shown: list[str], more: list[str]) -> list[str]:
    """What is shown, and more, without the containers of elements that are."""
    return [*shown, *(name for name in more if not any(is_inside(one, name) for one in shown))]


def _evaluated(node: Node, holds: bool | None) -> Iterator[Node]:  # noqa: FBT001
    """The subscripts in a condition that were surely evaluated, if it came out as `holds` says (None: nobody knows)."""
    below: list[tuple[Node, bool | None]]
    match node.type:
        case kind if kind in _LATER:
            return
        case "boolean_operator":
            both = holds is not None and holds == any(one.type == "and" for one in node.children)
            below = [(one, holds if both else None) for one in node.named_children[: 2 if both else 1]]
        case "comparison_operator":
            below = [(one, None) for one in (node.named_children if holds else node.named_children[:2])]
        case "not_operator":
            below = [(one, None if holds is None else not holds) for one in node.named_children]
        case "parenthesized_expression":
            below = [(one, holds) for one in node.named_children]
        case _:
            below = [(one, None) for one in node.named_children]
    if node.type == "subscript":
        yield node
    for one, truth in below:
        yield from _evaluated(one, truth)


def _is_known_element(node: Node, scope: Scope) -> bool:
    """Whether all names in `name[index]` have a value, and it is no part of a longer one."""
    text = text_of(node)
    if len(text) > LONGEST_ELEMENT or not _ELEMENT.fullmatch(text) or not scope.elements:
        return False
    names = [one for one in walk(node) if one.type == "identifier"]
    whole = node.parent is None or node.parent.type != "subscript" or node.parent.named_children[0] != node
    return whole and all(
        _field(one.parent.named_children[0], scope) == one.parent
        if one.parent is not None and _is_attribute(one)
        else text_of(one) in scope.bound
        for one in names
    )


def _calls_method(name: Node) -> bool:
    around = name.parent
    call = around.parent if around is not None and around.type == "attribute" else None
    return call is not None and call.type == "call" and call.named_children[0] == around


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
