"""Which node of the grammar of C# is which shape.

Belongs here: from syntax to shapes. Does not: how an event is written (`csharp`), where statements are put (`engine`).
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from tree_sitter import Node

from alchemy_assets.syntax_tree import text_of, walk
from alchemy_assets.tracing.instrument.conditions import given_in, is_all_of_a_value, surely_evaluated, was_read
from alchemy_assets.tracing.instrument.csharp.types import Members, is_automatic, type_of_value
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

CLOSURES = {"anonymous_method_expression", "lambda_expression"}
_CHANGES = {
    "Add", "AddFirst", "AddLast", "AddRange", "Append", "AppendLine", "Clear", "Dequeue", "Enqueue", "Insert", "Pop",
    "Push", "Remove", "RemoveAt", "RemoveAll", "UnionWith",
}  # fmt: skip
_REORDERS = {"Reverse", "Sort"}
_MAKES = {
    "Concat",
    "Distinct",
    "OrderBy",
    "OrderByDescending",
    "Select",
    "Split",
    "ToArray",
    "ToList",
    "ToCharArray",
    "Where",
    "Zip",
}


def first_of(node: Node) -> Node | None:
    """The first part of a statement that is no comment."""
    return next((one for one in node.named_children if one.type != "comment"), None)


def body_of(node: Node) -> Body:
    """A body, in braces or not."""
    if node.type == "block":
        statements = tuple(one for one in node.named_children if one.type not in {"comment", "empty_statement"})
        return Body(node, statements, opening=node.start_byte + 1)
    return Body(node, (node,), bare=True)


def modifiers_of(node: Node) -> set[str]:
    """`static` and its like."""
    return {text_of(child) for child in node.named_children if child.type == "modifier"}


def members_of(node: Node) -> tuple[Node, ...]:
    """What stands in a type or namespace."""
    body = node.child_by_field_name("body")
    inside = body if body is not None else node
    return tuple(one for one in inside.named_children if one.type != "comment")


def declarators_of(node: Node) -> Iterator[tuple[Node, Node | None]]:
    """Name and value of each variable of a declaration."""
    for one in node.named_children:
        if one.type == "variable_declarator" and (name := one.child_by_field_name("name")) is not None:
            rest = [child for child in one.named_children if child != name and child.type != "bracketed_argument_list"]
            yield name, rest[0] if rest else None


def variables_of(node: Node, *, member: bool = False) -> tuple[Variable, ...]:
    """The variables that a declaration begins."""
    kind = node.child_by_field_name("type")
    said = text_of(kind) if kind is not None and kind.type != "implicit_type" else ""
    return tuple(
        Variable(text_of(name), said or type_of_value(value), name.start_byte, member)
        for name, value in declarators_of(node)
    )


def container_of(node: Node) -> Container:
    """A type with its fields, and properties that are no more than fields."""
    members = members_of(node)
    variables: list[Variable] = []
    for one in members:
        member = not modifiers_of(one) & {"static", "const"}
        if one.type in {"event_field_declaration", "field_declaration"} and "volatile" not in modifiers_of(one):
            variables += variables_of(one.named_children[-1], member=member)
        elif one.type == "property_declaration" and is_automatic(one):
            name = one.child_by_field_name("name")
            kind = one.child_by_field_name("type")
            said = text_of(kind) if kind is not None else ""
            variables += [Variable(text_of(name), said, name.start_byte, member)] if name is not None else []
    name = node.child_by_field_name("name")
    return Container(node, text_of(name) if name is not None else "", members, tuple(variables))


def parameters_of(node: Node | None) -> tuple[Variable, ...]:
    """The parameters that have a value from the start: those that are `out` have none."""
    if node is None:
        return ()
    if node.type == "implicit_parameter":
        return (Variable(text_of(node), at=node.start_byte),)
    found = []
    for one in node.named_children:
        name = (
            one.child_by_field_name("name")
            if one.type == "parameter"
            else one
            if one.type == "implicit_parameter"
            else None
        )
        kind = one.child_by_field_name("type")
        if name is not None and "out" not in modifiers_of(one):
            found.append(Variable(text_of(name), text_of(kind) if kind is not None else "", name.start_byte))
    last = node.child_by_field_name("name")
    return (*found, Variable(text_of(last), at=last.start_byte)) if last is not None else tuple(found)


def method_of(node: Node) -> Function | None:
    """A method, constructor, operator, local function or closure."""
    body = node.child_by_field_name("body")
    name = node.child_by_field_name("name")
    called = text_of(name) if name is not None else "lambda" if node.type in CLOSURES else "operator"
    kind = node.child_by_field_name("returns") or node.child_by_field_name("type")
    result = text_of(kind) if kind is not None else ""
    if any(one.type == "yield_statement" for one in walk(node)) or "async" in modifiers_of(node):
        result = ""
    if body is None and node.type == "anonymous_method_expression":
        body = next((one for one in node.named_children if one.type == "block"), None)
    return function_of(node, called, body, result)


def function_of(node: Node, name: str, body: Node | None, result: str) -> Function | None:
    """What has parameters and a body: statements, or one value behind an arrow."""
    if body is None:
        return None
    parameters = parameters_of(node.child_by_field_name("parameters"))
    closure = node.type in CLOSURES or node.type == "local_function_statement"
    static = "static" in modifiers_of(node) and not closure
    if body.type == "block":
        return Function(node, name, parameters, body_of(body), result=result, closure=closure, static=static)
    value = first_of(body) if body.type == "arrow_expression_clause" and result not in {"", "void"} else None
    return Function(node, name, parameters, value=value, result=result, closure=closure, static=static)


def property_of(node: Node) -> Shape | None:
    """A property or indexer."""
    name, kind = node.child_by_field_name("name"), node.child_by_field_name("type")
    called, result = text_of(name) if name is not None else "this[]", text_of(kind) if kind is not None else ""
    value = node.child_by_field_name("value")
    if value is not None and value.type == "arrow_expression_clause":
        return function_of(node, called, value, result)
    accessors = node.child_by_field_name("accessors")
    return Container(node, "", tuple(accessors.named_children)) if accessors is not None else None


def accessor_of(node: Node) -> Function | None:
    """One half of a property with a body."""
    owner = node.parent.parent if node.parent is not None else None
    if owner is None:
        return None
    name, kind = owner.child_by_field_name("name"), owner.child_by_field_name("type")
    called = text_of(name) if name is not None else "this[]"
    getter = any(child.type == "get" for child in node.children)
    result = text_of(kind) if kind is not None and getter else ""
    if any(one.type == "yield_statement" for one in walk(node)):
        result = ""
    found = function_of(node, f"{called}.{'get' if getter else 'set'}", node.child_by_field_name("body"), result)
    if found is None:
        return None
    given = () if getter else (Variable("value", text_of(kind) if kind is not None else "", node.start_byte),)
    return replace(found, parameters=(*found.parameters, *given), static="static" in modifiers_of(owner))


def declaration_of(statement: Node, node: Node) -> Assign | None:
    """`int a = 1, b;`: only a single one has a point."""
    if node.type != "variable_declaration":
        return None
    pairs = list(declarators_of(node))
    constant = "const" in modifiers_of(statement)
    if len(pairs) == 1:
        value = pairs[0][1]
        shown = value is not None and value.type not in CLOSURES and not constant
        return Assign(
            statement,
            declares=variables_of(node),
            value=value,
            transforms=value is not None and makes_anew(value),
            shown=shown,
            quiet=variables_begun(value),
        )
    return Assign(
        statement, declares=variables_of(node), value=node if all(value for _, value in pairs) else None, shown=False
    )


def makes_anew(value: Node) -> bool:
    """Whether a collection is made out of another."""
    called = value.child_by_field_name("function") if value.type == "invocation_expression" else None
    name = (
        called.child_by_field_name("name") if called is not None and called.type == "member_access_expression" else None
    )
    return name is not None and text_of(name) in _MAKES


def expression_of(statement: Node, node: Node, members: Members) -> Shape | None:
    """An assignment, or a call that stands alone."""
    if node.type == "assignment_expression":
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is None or right is None or left.type in {"tuple_expression", "declaration_expression"}:
            return None
        plain = any(child.type == "=" for child in node.children)
        shown = right.type not in CLOSURES and (plain or not members.is_handler(left, right))
        value, begun = right if plain else node, variables_begun(right)
        return Assign(statement, (left,), value, transforms=makes_anew(right), shown=shown, quiet=begun)
    if node.type in {"postfix_unary_expression", "prefix_unary_expression"} and node.named_children:
        return Assign(statement, (node.named_children[0],), node)
    if node.type == "invocation_expression":
        given, begun = tuple(given_out(node)), variables_begun(node)
        return Assign(statement, given, node, begun) if given or begun else call_of(statement, node)
    return None


def given_out(node: Node, *, declared: bool = False) -> Iterator[Node]:
    """The variables that calls inside a node give a value to (`out x`), or those that begin there (`out int x`)."""
    for one in walk(node):
        if one.type == "argument" and any(child.type == "out" for child in one.children):
            last = one.named_children[-1]
            name = last.child_by_field_name("name") if last.type == "declaration_expression" else last
            if (last.type == "declaration_expression") == declared and name is not None and name.type == "identifier":
                yield name


def begun_in(node: Node | None, *, holds: bool = False) -> tuple[Node, ...]:
    """The declarations inside a node (`out int x`) whose variables have a value behind it, or where it has been true."""
    names = given_out(node, declared=True) if node is not None else ()
    found = [one.parent for one in names if node is not None and surely_evaluated(one, node, holds=holds)]
    return tuple(one for one in found if one is not None and variable_begun(one).name != "_")


def variable_begun(node: Node) -> Variable:
    """The variable of `out int x`."""
    name, kind = node.child_by_field_name("name") or node, node.child_by_field_name("type")
    said = text_of(kind) if kind is not None and kind.type != "implicit_type" else ""
    return Variable(text_of(name), said, name.start_byte)


def variables_begun(node: Node | None, *, holds: bool = False) -> tuple[Variable, ...]:
    """The variables of those declarations."""
    return tuple(map(variable_begun, begun_in(node, holds=holds)))


def read_by_value(node: Node, methods: frozenset[str]) -> bool:
    """Whether an element is the same after the assignment that reads it: nothing in its value can have changed it."""
    if node.type != "element_access_expression" or is_all_of_a_value(node):
        return False
    names = [text_of(one) for one in walk(node) if one.type == "identifier"]
    value, parent = node, node.parent
    while parent is not None and parent.type not in {"assignment_expression", "variable_declarator"}:
        value, parent = parent, parent.parent
    return (
        parent is not None
        and all(was_read(node, name) for name in names)
        and not any(_may_change(one, names[0], methods) for one in walk(value))
    )


def _may_change(node: Node, container: str, methods: frozenset[str]) -> bool:
    """Whether a part of an expression may change a container: a call of the program's own, or one that gets it whole."""
    if node.type == "invocation_expression":
        return text_of(node.named_children[0]).rpartition(".")[2] in methods
    if node.type == "identifier" and text_of(node) == container and node.parent is not None:
        around = node.parent.parent
        called = node.parent.type == "member_access_expression" and around is not None
        called = called and around is not None and around.type == "invocation_expression"
        return called or node.parent.type not in {"element_access_expression", "member_access_expression"}
    changes = node.type.endswith("unary_expression") and re.search(r"\+\+|--", text_of(node)) is not None
    return changes or node.type in {"assignment_expression", "object_creation_expression", *CLOSURES}


def call_of(statement: Node, node: Node) -> Shape | None:
    """A call that changes something or ends the program."""
    called, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    if called is None or called.type != "member_access_expression" or arguments is None:
        return None
    target, name = called.child_by_field_name("expression"), called.child_by_field_name("name")
    if target is None or name is None:
        return None
    if text_of(called) == "Environment.Exit":
        return Jump(statement)
    if text_of(target) == "Array" and text_of(name) in _REORDERS and arguments.named_children:
        return Change(statement, arguments.named_children[0].named_children[0], transforms=True)
    if text_of(name) in _CHANGES | _REORDERS:
        return Change(statement, target, transforms=text_of(name) in _REORDERS)
    return None


def arms_of(node: Node) -> tuple[tuple[Arm, ...], bool]:
    """The arms of an `if` and all its `else if`, and whether there is an `else`."""
    arms: list[Arm] = []
    current, word = node, "if"
    while True:
        consequence = current.child_by_field_name("consequence")
        condition = current.child_by_field_name("condition")
        if consequence is not None and condition is not None:
            surely = [one for one in given_out(condition) if surely_evaluated(one, condition, holds=False)]
            binds = variables_begun(condition, holds=True)
            begun = (one.name for one in variables_begun(condition))
            assigns = (*(text_of(one) for one in surely), *given_in(condition), *begun)
            arms.append(Arm(word, current, body_of(consequence), condition, binds, assigns))
        other = current.child_by_field_name("alternative")
        if other is None:
            return tuple(arms), False
        if other.type != "if_statement":
            return (*arms, Arm("else", other.prev_sibling or other, body_of(other))), True
        current, word = other, "else if"


def switch_of(node: Node) -> Branch | None:
    """A switch."""
    body = node.child_by_field_name("body")
    if body is None:
        return None
    arms = []
    for one in body.named_children:
        if one.type == "switch_section":
            statements = [child for child in one.named_children if child.type.endswith(("_statement", "block"))]
            default = any(child.type == "default" for child in one.children)
            arms.append(Arm("default" if default else "case", one, Body(one, tuple(statements))))
    return Branch(tuple(arms), subject=node.child_by_field_name("value"))


def loop_of(node: Node) -> Loop | None:
    """A loop of any kind."""
    body = node.child_by_field_name("body")
    if body is None:
        return None
    if node.type == "foreach_statement":
        left, kind = node.child_by_field_name("left"), node.child_by_field_name("type")
        names = [one for one in walk(left) if one.type == "identifier"] if left is not None else []
        said = text_of(kind) if kind is not None else ""
        return Loop(node, body_of(body), binds=tuple(Variable(text_of(one), said, one.start_byte) for one in names))
    condition, late = node.child_by_field_name("condition"), node.type == "do_statement"
    return Loop(
        node,
        body_of(body),
        condition,
        node.child_by_field_name("initializer"),
        variables_begun(condition, holds=True) if not late else (),
        at_least_once=late,
        assigns=given_in(condition) if not late else (),
    )


def try_of(node: Node) -> Try | None:
    """A body, what catches its errors, and what runs in any case."""
    body = node.child_by_field_name("body")
    if body is None:
        return None
    handlers, last = [], None
    for clause in node.named_children:
        inner = clause.child_by_field_name("body") or next(
            (one for one in clause.named_children if one.type == "block"), None
        )
        if clause.type == "catch_clause" and inner is not None:
            declared = next((one for one in clause.named_children if one.type == "catch_declaration"), None)
            name = declared.child_by_field_name("name") if declared is not None else None
            kind = declared.child_by_field_name("type") if declared is not None else None
            binds = (Variable(text_of(name), at=name.start_byte),) if name is not None else ()
            handlers.append(Handler(clause, body_of(inner), binds, text_of(kind) if kind is not None else ""))
        elif clause.type == "finally_clause" and inner is not None:
            last = body_of(inner)
    return Try(body_of(body), tuple(handlers), last)


def raised_by(node: Node) -> str:
    """The class of an error that is made where it is thrown."""
    made = first_of(node)
    kind = made.child_by_field_name("type") if made is not None and made.type == "object_creation_expression" else None
    return text_of(kind) if kind is not None and re.fullmatch(r"\w+", text_of(kind)) else ""
