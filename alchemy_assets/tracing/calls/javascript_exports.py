"""What a JavaScript or TypeScript module exports, and what its functions may draw on.

Belongs here: both kinds of modules. Does not: which exports can be called (`javascript`).
"""

import re
from collections.abc import Iterator

from tree_sitter import Node

from alchemy_assets.syntax_tree import text_of, walk
from alchemy_assets.tracing.calls.functions import Definition

FUNCTIONS = {"function_declaration", "function_expression", "arrow_function", "generator_function_declaration",
             "generator_function", "method_definition"}  # fmt: skip
CLASSES = {"class_declaration", "class", "abstract_class_declaration"}
NAMESPACE = "internal_module"
_DECLARING = {"lexical_declaration", "variable_declaration"}
WHOLE = "="
"""What stands before a name where that is the whole module, or its default."""


def _locals(root: Node) -> dict[str, Node]:
    """Functions and classes of the module by name."""
    found: dict[str, Node] = {}
    for statement in root.named_children:
        inner = statement.child_by_field_name("declaration") if statement.type == "export_statement" else statement
        for name, node in _declared(inner) if inner is not None else []:
            found.setdefault(name, node)
    return found


def _declared(statement: Node) -> Iterator[tuple[str, Node]]:
    name = statement.child_by_field_name("name")
    if statement.type in FUNCTIONS | CLASSES | {NAMESPACE} and name is not None:
        yield text_of(name), statement
    for one in statement.named_children if statement.type in _DECLARING else []:
        bound, value = one.child_by_field_name("name"), one.child_by_field_name("value")
        if bound is not None and value is not None and value.type in FUNCTIONS | CLASSES:
            yield text_of(bound), value


def exported(root: Node) -> Iterator[tuple[str, Node]]:
    """What a module exports, with the names that it exports it by."""
    known = _locals(root)
    for statement in root.named_children:
        if statement.type == "export_statement":
            yield from _of_export(statement, known)
        elif statement.type == "expression_statement":
            for one in statement.named_children:
                if one.type == "assignment_expression":
                    yield from _of_assignment(one, known)


def exported_by_namespace(node: Node) -> Iterator[tuple[str, Node]]:
    """The functions that a namespace of TypeScript exports."""
    body = node.child_by_field_name("body")
    for statement in body.named_children if body is not None else []:
        inner = statement.child_by_field_name("declaration") if statement.type == "export_statement" else None
        yield from ((name, one) for name, one in _declared(inner) if one.type in FUNCTIONS) if inner is not None else ()


def _of_export(statement: Node, known: dict[str, Node]) -> Iterator[tuple[str, Node]]:
    default = any(child.type == "default" for child in statement.children)
    inner, value = statement.child_by_field_name("declaration"), statement.child_by_field_name("value")
    for name, node in _declared(inner) if inner is not None else []:
        yield (f"{WHOLE}{name}" if default else name), node
    if value is not None and default:
        if value.type == "identifier" and text_of(value) in known:
            yield f"{WHOLE}{text_of(value)}", known[text_of(value)]
        elif value.type in FUNCTIONS:
            yield f"{WHOLE}call", value
    if statement.child_by_field_name("source") is None:
        for one in (one for one in walk(statement) if one.type == "export_specifier" and inner is None):
            bound, alias = one.child_by_field_name("name"), one.child_by_field_name("alias")
            if bound is not None and text_of(bound) in known and (alias is None or text_of(alias) != "default"):
                yield text_of(alias or bound), known[text_of(bound)]


def _of_assignment(one: Node, known: dict[str, Node]) -> Iterator[tuple[str, Node]]:
    left, right = one.child_by_field_name("left"), one.child_by_field_name("right")
    if left is None or right is None:
        return
    target = re.sub(r"\s", "", text_of(left))
    while right.type == "assignment_expression" and (value := right.child_by_field_name("right")) is not None:
        right = value
    node = (
        known.get(text_of(right))
        if right.type == "identifier"
        else right
        if right.type in FUNCTIONS | CLASSES
        else None
    )
    if re.fullmatch(r"module\.exports|exports=module\.exports", target):
        if right.type == "object":
            yield from _of_object(right, known)
        elif node is not None:
            name = text_of(right) if right.type == "identifier" else name_of(right) or "call"
            yield f"{WHOLE}{name}", node
    elif (match := re.fullmatch(r"(?:module\.)?exports\.([\w$]+)", target)) is not None and node is not None:
        yield match[1], node


def name_of(node: Node) -> str:
    """The name of a function or a class, or nothing."""
    name = node.child_by_field_name("name")
    return text_of(name) if name is not None else ""


def _of_object(node: Node, known: dict[str, Node]) -> Iterator[tuple[str, Node]]:
    for one in node.named_children:
        if one.type == "shorthand_property_identifier" and text_of(one) in known:
            yield text_of(one), known[text_of(one)]
        elif one.type == "method_definition":
            yield name_of(one), one
        elif one.type == "pair":
            key, value = one.child_by_field_name("key"), one.child_by_field_name("value")
            if key is not None and value is not None:
                node_of = known.get(text_of(value)) if value.type == "identifier" else value
                if node_of is not None and node_of.type in FUNCTIONS | CLASSES:
                    yield text_of(key), node_of


def definitions(root: Node) -> list[Definition]:
    """Functions of the module, classes by their constructor, and their methods; functions that are assigned to names.

    What is in a namespace counts as the module's.
    """
    found = []
    for statement in root.named_children:
        inner = statement.child_by_field_name("declaration") if statement.type == "export_statement" else statement
        if statement.type == "expression_statement" and statement.named_children[0].type == NAMESPACE:
            inner = statement.named_children[0]
        for name, node in _declared(inner) if inner is not None else []:
            alone = (inner is not None and inner.type not in _DECLARING) or len(statement.named_children) == 1
            block = statement if alone else node
            if node.type in CLASSES:
                found.append(Definition("", block, block=alone))
                body = node.child_by_field_name("body")
                for one in body.named_children if body is not None else []:
                    own = name_of(one)
                    found.append(Definition(name if own == "constructor" else f".{own}", one, block=False))
            elif node.type == NAMESPACE:
                within = node.child_by_field_name("body")
                found += [Definition("", block), *(definitions(within) if within is not None else ())]
            else:
                found.append(Definition(name, block, block=alone))
        if statement.type == "expression_statement":
            for one in (
                one for one in walk(statement) if one.type in {"pair", "assignment_expression", "method_definition"}
            ):
                key = (
                    one.child_by_field_name("key") or one.child_by_field_name("left") or one.child_by_field_name("name")
                )
                value = one.child_by_field_name("value") or one.child_by_field_name("right") or one
                if key is not None and value.type in FUNCTIONS:
                    found.append(Definition(f".{re.split(r'[.]', text_of(key))[-1]}", value, block=False))
    return found
