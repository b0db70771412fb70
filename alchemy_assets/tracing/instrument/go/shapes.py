"""Which node of the grammar of Go is which shape.

Belongs here: from syntax to shapes. Does not: how an event is written (`go`), where statements are put (`engine`).
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from tree_sitter import Node

from alchemy_assets.syntax_tree import text_of, walk
from alchemy_assets.tracing.instrument.go.types import type_of_value
from alchemy_assets.tracing.instrument.shapes import (
    Arm,
    Assign,
    Body,
    Branch,
    Change,
    Function,
    Jump,
    Loop,
    Raise,
    Shape,
    Variable,
)

_CHANGES = re.compile(r"^(?:Push|Pop|Add|Insert|Remove|Set|Append|Write|Enqueue|Dequeue|Delete|Put|Store|Update|Mark)")
_MAKES = re.compile(
    r"^(?:append|strings\.(?:Split|Fields|Join|Map|Replace|ToUpper|ToLower|Title|Trim)\w*|slices\.\w+)$"
)
# In which order a sort asks what it was given is the library's own business.
_SORTS = re.compile(r"sort\.Slice(?:Stable)?|slices\.Sort(?:Stable)?Func")
_PLAIN_TEXT = re.compile(r"""\("([^"\\\n]*)"\)""")


def body_of(node: Node) -> Body:
    """The statements between braces."""
    statements = [
        one for child in node.named_children if child.type == "statement_list" for one in child.named_children
    ]
    return Body(node, tuple(statements_among(statements)), opening=node.start_byte + 1)


def statements_among(statements: Sequence[Node]) -> Iterator[Node]:
    """The statements among nodes: comments and lone semicolons are none."""
    return (one for one in statements if one.type not in {"comment", "empty_statement"})


def named(nodes: Sequence[Node], kind: str = "") -> tuple[Variable, ...]:
    """The variables that names begin."""
    return tuple(
        Variable(text_of(one), kind, one.start_byte)
        for one in nodes
        if one.type == "identifier" and text_of(one) != "_"
    )


def globals_of(root: Node) -> tuple[Variable, ...]:
    """The variables of the package."""
    specs = [spec for one in root.named_children if one.type == "var_declaration" for spec in specs_of(one)]
    return tuple(variable for spec in specs for variable in variables_in(spec))


def variables_in(spec: Node) -> tuple[Variable, ...]:
    """The variables of a line of a `var`."""
    kind, values = spec.child_by_field_name("type"), spec.child_by_field_name("value")
    first = values.named_children[0] if values is not None and values.named_children else None
    said = text_of(kind) if kind is not None else type_of_value(first, {}) if first is not None else ""
    return named(spec.children_by_field_name("name"), said)


def specs_of(node: Node) -> Iterator[Node]:
    """Each line of a `var` with names and values."""
    return (one for one in walk(node) if one.type == "var_spec")


def function_of(node: Node) -> Function | None:
    """A function, method or closure with its body; none for what a sort is given, which it calls in an order of its own."""
    body, parameters = node.child_by_field_name("body"), node.child_by_field_name("parameters")
    if body is None or parameters is None or is_sorted_by(node):
        return None
    name = node.child_by_field_name("name")
    receiver = parameters_of(node.child_by_field_name("receiver"))
    called = text_of(name) if name is not None else "func"
    if (owner := node.child_by_field_name("receiver")) is not None:
        kind = next((text_of(one) for one in walk(owner) if one.type == "type_identifier"), "")
        called = f"{kind}.{called}"
    returned = node.child_by_field_name("result")
    return Function(
        node,
        called,
        parameters_of(parameters),
        body_of(body),
        result=result_of(returned),
        closure=node.type == "func_literal",
        shows_object=receiver[0].name if receiver else "",
        also=(*receiver, *parameters_of(returned)),
    )


def is_sorted_by(node: Node) -> bool:
    """Whether a closure is what a sort compares with."""
    call = node.parent.parent if node.parent is not None and node.parent.type == "argument_list" else None
    called = call.child_by_field_name("function") if call is not None else None
    return called is not None and _SORTS.fullmatch(text_of(called)) is not None


def parameters_of(node: Node | None) -> tuple[Variable, ...]:
    """The variables that a list of parameters or results names."""
    if node is None or node.type != "parameter_list":
        return ()
    found: list[Variable] = []
    for one in node.named_children:
        kind = one.child_by_field_name("type")
        found += named(one.children_by_field_name("name"), text_of(kind) if kind is not None else "")
    return tuple(found)


def named_result(node: Node) -> Node | None:
    """What a `return` without values gives back: the first named result of the function around it."""
    around = node.parent
    while around is not None and around.type not in {"func_literal", "function_declaration", "method_declaration"}:
        around = around.parent
    results = around.child_by_field_name("result") if around is not None else None
    if results is None or results.type != "parameter_list" or not results.named_children:
        return None
    return results.named_children[0].child_by_field_name("name")


def declared_names(root: Node) -> set[str]:
    """What the package level of a file declares."""
    specs = (one for node in root.named_children if node.type != "method_declaration" for one in [node, *_specs(node)])
    return {text_of(name) for one in specs for name in one.children_by_field_name("name")}


def _specs(node: Node) -> Iterator[Node]:
    for one in node.named_children:
        if one.type in {"const_spec", "type_alias", "type_spec", "var_spec"}:
            yield one
        elif one.type == "var_spec_list":
            yield from _specs(one)


def result_of(node: Node | None) -> str:
    """The types of what a function gives back, a line each."""
    if node is None:
        return ""
    if node.type != "parameter_list":
        return text_of(node)
    kinds: list[str] = []
    for one in node.named_children:
        kind = one.child_by_field_name("type")
        if kind is not None:
            kinds += [text_of(kind)] * max(len(one.children_by_field_name("name")), 1)
    return "\n".join(kinds)


def declaration_of(node: Node, results: Mapping[str, str]) -> Assign | None:
    """`a, b := ...`; `results` as in `go.types`."""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None:
        return None
    values = right.named_children
    shown = not any(one.type == "func_literal" for one in values)
    kinds = [type_of_value(one, results) for one in values]
    names = [
        one
        for at, name in enumerate(left.named_children)
        for one in named([name], kinds[at] if at < len(kinds) else "")
    ]
    return Assign(node, declares=tuple(names), value=right, transforms=makes_anew(values), shown=shown)


def variables_of(node: Node) -> Assign | None:
    """`var a, b int = ...`."""
    specs = list(specs_of(node))
    names = tuple(variable for spec in specs for variable in variables_in(spec))
    value = specs[0].child_by_field_name("value") if len(specs) == 1 else None
    # What has no value given has its type's zero.
    return Assign(node, declares=names, value=value or node, shown=value is not None)


def assignment_of(node: Node) -> Assign | None:
    """`a, b = ...`, and `a += b`."""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None:
        return None
    operator = node.child_by_field_name("operator")
    value = right if operator is not None and text_of(operator) == "=" else node
    targets = tuple(one for one in left.named_children if text_of(one) != "_")
    transforms = makes_anew(right.named_children) and not grows(left, right)
    return Assign(node, targets, value, transforms=transforms, shown=bool(targets))


def grows(left: Node, right: Node) -> bool:
    """Whether a slice is appended to itself: it changes, and becomes no other."""
    return re.match(rf"append\(\s*{re.escape(text_of(left))}\s*,", text_of(right)) is not None


def makes_anew(values: Sequence[Node]) -> bool:
    """Whether a collection is made out of another."""
    called = (
        values[0].child_by_field_name("function") if len(values) == 1 and values[0].type == "call_expression" else None
    )
    return called is not None and _MAKES.fullmatch(text_of(called)) is not None


def call_of(statement: Node, node: Node) -> Shape | None:
    """A call that stands alone: it may change something, end the program, or mean nothing."""
    called, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    if node.type != "call_expression" or called is None or arguments is None:
        return None
    name = text_of(called)
    if name == "panic":
        told = _PLAIN_TEXT.fullmatch(text_of(arguments))
        return Raise(statement, told[1] if told is not None else "")
    if name == "os.Exit" or name.startswith(("log.Fatal", "log.Panic")):
        return Jump(statement)
    first = arguments.named_children[0] if arguments.named_children else None
    if first is not None and (
        name in {"copy", "delete"} or name.startswith(("sort.", "slices.Sort", "slices.Reverse"))
    ):
        return Change(statement, first, transforms=name not in {"copy", "delete"})
    target, field = called.child_by_field_name("operand"), called.child_by_field_name("field")
    if target is not None and field is not None and _CHANGES.match(text_of(field)):
        return Change(statement, target)
    return None


def arms_of(node: Node) -> tuple[tuple[Arm, ...], bool]:
    """The arms of an `if` and all its `else if`, and whether there is an `else`."""
    arms: list[Arm] = []
    binds: tuple[Variable, ...] = ()
    current, word = node, "if"
    while True:
        first = current.child_by_field_name("initializer")
        if first is not None and first.type == "short_var_declaration":
            left = first.child_by_field_name("left")
            binds = (*binds, *(named(left.named_children) if left is not None else ()))
        consequence = current.child_by_field_name("consequence")
        if consequence is not None:
            arms.append(Arm(word, current, body_of(consequence), current.child_by_field_name("condition"), binds))
        other = current.child_by_field_name("alternative")
        if other is None:
            return tuple(arms), False
        if other.type != "if_statement":
            return (*arms, Arm("else", other, body_of(other), None, binds)), True
        current, word = other, "else if"


def switch_of(node: Node) -> Branch:
    """A `switch` over values or types."""
    alias = node.child_by_field_name("alias")
    binds = named(alias.named_children) if alias is not None else ()
    first = node.child_by_field_name("initializer")
    if (
        first is not None
        and first.type == "short_var_declaration"
        and (left := first.child_by_field_name("left")) is not None
    ):
        binds = (*named(left.named_children), *binds)
    arms = []
    for one in node.named_children:
        if one.type in {"expression_case", "type_case", "default_case"}:
            statements = [
                child for part in one.named_children if part.type == "statement_list" for child in part.named_children
            ]
            condition = one.child_by_field_name("value") if node.type == "expression_switch_statement" else None
            word = "default" if one.type == "default_case" else "case"
            arms.append(Arm(word, one, Body(one, tuple(statements_among(statements))), condition, binds))
    # What a type switch gives a name to is its subject.
    subject = node.child_by_field_name("value") if alias is None else None
    return Branch(tuple(arms), subject=subject)


def select_of(node: Node) -> Branch:
    """A `select`: the case that could go on, and what it received."""
    arms = []
    for one in node.named_children:
        statements = [
            child for part in one.named_children if part.type == "statement_list" for child in part.named_children
        ]
        received = one.child_by_field_name("communication")
        left = received.child_by_field_name("left") if received is not None else None
        anew = received is not None and any(child.type == ":=" for child in received.children)
        binds = named(left.named_children) if left is not None and anew else ()
        if one.type in {"communication_case", "default_case"}:
            word = "default" if one.type == "default_case" else "case"
            arms.append(Arm(word, one, Body(one, tuple(statements_among(statements))), None, binds))
    return Branch(tuple(arms), exhaustive=True)


def loop_of(node: Node) -> Loop | None:
    """A `for` of any kind."""
    body = node.child_by_field_name("body")
    if body is None:
        return None
    head = next((one for one in node.named_children if one != body and one.type != "comment"), None)
    if head is None:
        return Loop(node, body_of(body))
    if head.type == "range_clause":
        left = head.child_by_field_name("left")
        declared = left is not None and any(child.type == ":=" for child in head.children)
        binds = named(left.named_children) if left is not None and declared else ()
        return Loop(node, body_of(body), left if not declared else None, binds=binds)
    if head.type == "for_clause":
        return Loop(node, body_of(body), head.child_by_field_name("condition"), head.child_by_field_name("initializer"))
    return Loop(node, body_of(body), head)
