"""Which node of the grammar of Java is which shape.

Belongs here: from syntax to shapes. Does not: how an event is written (`java`), where statements are put (`engine`).
"""

import re
from collections.abc import Iterator

from tree_sitter import Node

from alchemy_assets.syntax_tree import text_of
from alchemy_assets.tracing.instrument.conditions import given_in
from alchemy_assets.tracing.instrument.shapes import (
    Arm,
    Assign,
    Body,
    Branch,
    Change,
    Container,
    Function,
    Handler,
    Jump,
    Loop,
    Shape,
    Try,
    Variable,
)

_BODIES = {"class_body", "enum_body", "enum_body_declarations", "interface_body"}
_CHANGES = {
    "add", "addAll", "addFirst", "addLast", "append", "clear", "delete", "deleteCharAt", "insert", "merge", "offer",
    "poll", "pop", "push", "put", "putAll", "putIfAbsent", "remove", "removeFirst", "removeLast", "set", "setCharAt",
}  # fmt: skip
_REORDERS = {"reverse", "sort", "shuffle", "swap", "fill", "rotate"}
# In which order a sort asks what it was given is the library's own business.
_SORTS = {"parallelSort", "sort", "sorted"}
_MAKES = {"clone", "copyOf", "copyOfRange", "collect", "map", "filter", "split", "subList", "toArray", "toCharArray"}


def first_of(node: Node) -> Node | None:
    """The first part of a statement that is no comment."""
    return next((one for one in node.named_children if not one.type.endswith("comment")), None)


def body_of(node: Node) -> Body:
    """A body, in braces or not."""
    if node.type in {"block", "constructor_body"}:
        statements = tuple(one for one in node.named_children if not one.type.endswith("comment"))
        opening = node.start_byte + 1
        if statements and statements[0].type == "explicit_constructor_invocation":
            statements, opening = statements[1:], statements[0].end_byte
        return Body(node, statements, opening=opening)
    return Body(node, (node,), bare=True)


def modifiers_of(node: Node) -> set[str]:
    """`static` and its like."""
    return {word.type for child in node.named_children if child.type == "modifiers" for word in child.children}


def members_of(node: Node) -> Iterator[Node]:
    """What stands in a type, and in the bodies of constants of an enum."""
    for child in node.named_children:
        if child.type in _BODIES:
            yield from members_of(child)
        elif child.type == "enum_constant":
            body = child.child_by_field_name("body")
            if body is not None:
                yield body
        elif node.type in _BODIES:
            yield child


def declarators_of(node: Node) -> list[Node]:
    """Each name of a declaration with its value."""
    return [one for one in node.named_children if one.type == "variable_declarator"]


def declared(node: Node, *, member: bool = False) -> tuple[Variable, ...]:
    """The variables that a declaration begins."""
    names = [one.child_by_field_name("name") for one in declarators_of(node)]
    kind = type_of(node)
    return tuple(Variable(text_of(name), kind, name.start_byte, member) for name in names if name is not None)


def type_of(node: Node) -> str:
    """The type of what a declaration begins; where it says `var`, that of the object made, or ""."""
    kind = node.child_by_field_name("type")
    if kind is None or text_of(kind) != "var":
        return text_of(kind) if kind is not None else ""
    values = [one.child_by_field_name("value") for one in declarators_of(node)]
    made = values[0].child_by_field_name("type") if values and values[0] is not None else None
    return text_of(made) if made is not None else ""


def container_of(node: Node) -> Container:
    """A type, named or not, with its fields."""
    members = tuple(members_of(node)) if node.type != "class_body" else tuple(node.named_children)
    variables: list[Variable] = []
    for one in members:
        if one.type == "field_declaration":
            variables += declared(one, member="static" not in modifiers_of(one))
    parameters = node.child_by_field_name("parameters")
    if node.type == "record_declaration" and parameters is not None:
        variables += [Variable(one.name, at=one.at, member=True) for one in parameters_of(parameters)]
    name = node.child_by_field_name("name")
    if name is None and node.parent is not None:
        name = node.parent.child_by_field_name("type") or node.parent.child_by_field_name("name")
    called = re.sub(r"<.*", "", text_of(name), flags=re.DOTALL) if name is not None else "anonymous"
    inside = tuple(one for one in members if not one.type.endswith("comment"))
    return Container(node, called, inside, tuple(variables))


def parameters_of(node: Node | None) -> tuple[Variable, ...]:
    """The variables of a list of parameters."""
    if node is None:
        return ()
    if node.type == "identifier":
        return (Variable(text_of(node), at=node.start_byte),)
    found = []
    for one in node.named_children:
        name = (
            one.child_by_field_name("name")
            if one.type == "formal_parameter"
            else one
            if one.type == "identifier"
            else None
        )
        if one.type == "spread_parameter":
            name = next((inner.child_by_field_name("name") for inner in declarators_of(one)), None)
        if name is not None:
            found.append(Variable(text_of(name), type_of(one), name.start_byte))
    return tuple(found)


def method_of(node: Node) -> Function | None:
    """A method or constructor with a body."""
    body, name = node.child_by_field_name("body"), node.child_by_field_name("name")
    if body is None or name is None:
        return None
    static = "static" in modifiers_of(node)
    return Function(
        node, text_of(name), parameters_of(node.child_by_field_name("parameters")), body_of(body), static=static
    )


def lambda_of(node: Node) -> Function | None:
    """A lambda with a body in braces; none for what a sort is given, which it calls in an order of its own."""
    body = node.child_by_field_name("body")
    if body is None or body.type != "block" or is_sorted_by(node):
        return None
    return Function(node, "lambda", parameters_of(node.child_by_field_name("parameters")), body_of(body), closure=True)


def is_sorted_by(node: Node) -> bool:
    """Whether a lambda is what a sort of the library compares with; `sort(...)` alone is one of the program."""
    call = node.parent.parent if node.parent is not None and node.parent.type == "argument_list" else None
    if call is None or call.child_by_field_name("object") is None:
        return False
    name = call.child_by_field_name("name")
    return name is not None and text_of(name) in _SORTS


def declaration_of(node: Node) -> Assign:
    """`int a = 1, b;`: only a single one has a point."""
    declarators = declarators_of(node)
    values = [one.child_by_field_name("value") for one in declarators]
    if len(declarators) == 1:
        value = values[0]
        shown = value is not None and value.type not in {"lambda_expression", "method_reference"}
        transforms = value is not None and makes_anew(value)
        return Assign(node, declares=declared(node), value=read_by(value), transforms=transforms, shown=shown)
    return Assign(node, declares=declared(node), value=node if all(values) else None, shown=False)


def read_by(value: Node | None) -> Node | None:
    """What of a value says where it comes from: of a switch what it looks at, as its arms have points of their own."""
    return value.child_by_field_name("condition") if value is not None and value.type == "switch_expression" else value


def makes_anew(value: Node) -> bool:
    """Whether a collection is made out of another."""
    name = value.child_by_field_name("name") if value.type == "method_invocation" else None
    return name is not None and text_of(name) in _MAKES


def expression_of(statement: Node, node: Node) -> Shape | None:
    """An assignment, or a call that stands alone."""
    if node.type == "assignment_expression":
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        operator = node.child_by_field_name("operator")
        if left is None or right is None:
            return None
        value = (read_by(right) or right) if operator is not None and text_of(operator) == "=" else node
        return Assign(statement, (left,), value, transforms=makes_anew(right), shown=not keeps(left, value))
    if node.type == "update_expression":
        return Assign(statement, (node.named_children[0],), node)
    if node.type == "method_invocation":
        return call_of(statement, node)
    return None


def keeps(left: Node, value: Node) -> bool:
    """Whether an object is given a value as it is, `this.name = name`: the event before has told it."""
    return left.type == "field_access" and text_of(left).startswith("this.") and value.type == "identifier"


def call_of(statement: Node, node: Node) -> Shape | None:
    """A call that changes something or ends the program."""
    target, name = node.child_by_field_name("object"), node.child_by_field_name("name")
    arguments = node.child_by_field_name("arguments")
    if target is None or name is None or arguments is None:
        return None
    if text_of(node).startswith("System.exit"):
        return Jump(statement)
    if text_of(target) in {"Arrays", "Collections"} and text_of(name) in _REORDERS and arguments.named_children:
        return Change(statement, arguments.named_children[0], transforms=True)
    if text_of(name) in _CHANGES | _REORDERS:
        return Change(statement, target, transforms=text_of(name) in _REORDERS)
    return None


def arms_of(node: Node) -> tuple[tuple[Arm, ...], bool]:
    """The arms of an `if` and all its `else if`, and whether there is an `else`."""
    arms: list[Arm] = []
    current, place, word = node, node, "if"
    while True:
        consequence = current.child_by_field_name("consequence")
        if consequence is not None:
            condition = current.child_by_field_name("condition")
            arms.append(Arm(word, place, body_of(consequence), condition, assigns=given_in(condition)))
        other = current.child_by_field_name("alternative")
        if other is None:
            return tuple(arms), False
        if other.type != "if_statement":
            return (*arms, Arm("else", other.prev_sibling or other, body_of(other))), True
        current, place, word = other, other, "else if"


def switch_of(node: Node) -> Branch | None:
    """A switch, with arrows or without."""
    body = node.child_by_field_name("body")
    if body is None:
        return None
    arms = []
    for one in body.named_children:
        if one.type not in {"switch_block_statement_group", "switch_rule"}:
            continue
        labels = [child for child in one.named_children if child.type == "switch_label"]
        word = "default" if any(text_of(label).startswith("default") for label in labels) else "case"
        rest = tuple(
            child for child in one.named_children if child.type != "switch_label" and not child.type.endswith("comment")
        )
        if one.type == "switch_rule" and len(rest) == 1:
            # What gives a value must stay an expression.
            if rest[0].type == "throw_statement" or (rest[0].type != "block" and gives_value(node)):
                continue
            arms.append(Arm(word, one, body_of(rest[0])))
        elif one.type == "switch_block_statement_group":
            arms.append(Arm(word, one, Body(one, rest)))
    # An arm may fall into the next, so nothing is sure to have been assigned by it.
    return Branch(tuple(arms), subject=node.child_by_field_name("condition"))


def gives_value(node: Node) -> bool:
    """Whether a switch is an expression, and no statement."""
    kind = node.parent.type if node.parent is not None else ""
    return kind.endswith(("expression", "arguments", "list", "declarator", "return_statement", "yield_statement"))


def loop_of(node: Node) -> Loop | None:
    """A loop of any kind."""
    body = node.child_by_field_name("body")
    if body is None:
        return None
    if node.type == "enhanced_for_statement":
        name = node.child_by_field_name("name")
        return Loop(
            node, body_of(body), binds=(Variable(text_of(name), at=name.start_byte),) if name is not None else ()
        )
    return Loop(
        node,
        body_of(body),
        node.child_by_field_name("condition"),
        node.child_by_field_name("init"),
        at_least_once=node.type == "do_statement",
        assigns=given_in(node.child_by_field_name("condition")) if node.type != "do_statement" else (),
    )


def try_of(node: Node) -> Try | None:
    """A body, what catches its errors, and what runs in any case."""
    body = node.child_by_field_name("body")
    if body is None:
        return None
    handlers = []
    last = None
    for clause in node.named_children:
        inner = clause.child_by_field_name("body") or next(
            (one for one in clause.named_children if one.type == "block"), None
        )
        if clause.type == "catch_clause" and inner is not None:
            names = [
                one.child_by_field_name("name") for one in clause.named_children if one.type == "catch_formal_parameter"
            ]
            binds = tuple(Variable(text_of(name), at=name.start_byte) for name in names if name is not None)
            handlers.append(Handler(clause, body_of(inner), binds))
        elif clause.type == "finally_clause" and inner is not None:
            last = body_of(inner)
    return Try(body_of(body), tuple(handlers), last)


def raised_by(node: Node) -> str:
    """The class of an error that is made where it is thrown."""
    made = first_of(node)
    kind = made.child_by_field_name("type") if made is not None and made.type == "object_creation_expression" else None
    return text_of(kind) if kind is not None and re.fullmatch(r"\w+", text_of(kind)) else ""
