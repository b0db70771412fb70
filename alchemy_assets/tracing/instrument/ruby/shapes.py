"""Make shapes of Ruby's statements and definitions.

Belongs here: one function a kind of node. Does not: where that hangs on what stands around (`ruby`).
"""

import re
from collections.abc import Iterator, Sequence

from tree_sitter import Node

from alchemy_assets.syntax_tree import text_of
from alchemy_assets.tracing.instrument.ruby.names import (
    assigned_by,
    bound_by,
    conditions_bind,
    statements_of,
)
from alchemy_assets.tracing.instrument.ruby.values import method_of
from alchemy_assets.tracing.instrument.shapes import (
    Arm,
    Assign,
    Block,
    Body,
    Branch,
    Change,
    Container,
    Function,
    Handler,
    Loop,
    Several,
    Shape,
    Try,
    Variable,
)

_CHANGES = {"<<", "push", "append", "pop", "shift", "unshift", "prepend", "insert", "add", "delete", "delete_at"}
_CHANGES |= {"clear", "concat", "store", "update", "delete_if", "keep_if", "replace", "enqueue", "add?"}
_REORDERS = {"sort!", "sort_by!", "reverse!", "map!", "select!", "reject!", "uniq!", "shuffle!", "compact!", "flatten!"}
_REORDERS |= {"gsub!", "sub!", "tr!", "upcase!", "downcase!", "strip!", "chomp!", "squeeze!", "merge!", "collect!"}
_MAKES = re.compile(
    r"map|collect|flat_map|select|filter|filter_map|reject|sort|sort_by|group_by|partition|zip|reverse|uniq|split|join"
    r"|to_h|to_a|each_slice|each_cons|inject|reduce|tally|transform_\w+|chars|scan|tr|gsub|sub|compact|flatten|transpose"
)
_PLACES = {"instance_variable", "global_variable", "class_variable", "element_reference", "constant", "call"}
_STARTED = re.compile(r"__FILE__ == (?:\$0|\$PROGRAM_NAME)|(?:\$0|\$PROGRAM_NAME) == __FILE__")


def takes_lines(node: Node) -> bool:
    """Whether a node goes over more than one line."""
    return node.start_point.row != node.end_point.row


def _name(node: Node) -> str:
    name = node.child_by_field_name("name")
    return text_of(name) if name is not None else ""


def variables(nodes: Sequence[Node] | Iterator[Node]) -> tuple[Variable, ...]:
    """The variables of these names."""
    return tuple(Variable(text_of(one)) for one in nodes)


def bound(head: Node | None) -> tuple[Variable, ...]:
    """What the parameters of a method or block bind."""
    # What a method was given as its block is no value to look at.
    return variables([one for one in bound_by(head) if _parent(one) != "block_parameter"]) if head is not None else ()


def _parent(node: Node) -> str:
    return node.parent.type if node.parent is not None else ""


def conditioned(condition: Node) -> tuple[Variable, ...]:
    """What a condition gives a value to."""
    return variables(conditions_bind(condition))


def _body(node: Node | None, owner: Node) -> Body:
    """The statements of a part; of one that catches errors, the part as a whole."""
    if node is None:
        return Body(owner, ())
    if any(one.type in {"rescue", "ensure"} for one in node.named_children):
        return Body(node, (node,) if statements_of(node) else ())
    return Body(node, statements_of(node))


def body_of(owner: Node) -> Body:
    """The body of a method, block, class or part of a choice."""
    return _body(owner.child_by_field_name("body"), owner)


def method(node: Node) -> Function | None:
    """`def x`, with a body or as one expression."""
    body = node.child_by_field_name("body")
    parameters = bound(node.child_by_field_name("parameters"))
    if body is not None and body.type != "body_statement":
        return Function(node, _name(node), parameters, value=body)
    return Function(node, _name(node), parameters, _body(body, node))


def container(node: Node) -> Container:
    """A class or module."""
    return Container(node, _name(node), body_of(node).statements)


def given_name(node: Node) -> str:
    """The name of the variable or method that a block becomes the body of."""
    parent = node.parent
    if (
        parent is not None
        and parent.type == "call"
        and method_of(parent) in {"define_method", "define_singleton_method"}
    ):
        arguments = parent.child_by_field_name("arguments")
        first = arguments.named_children[0] if arguments is not None and arguments.named_children else None
        return re.sub(r"\W", "", text_of(first)) if first is not None else "block"
    around = parent if node.type == "lambda" or parent is None else parent.parent
    left = around.child_by_field_name("left") if around is not None and around.type == "assignment" else None
    right = around.child_by_field_name("right") if around is not None and left is not None else None
    makes = node.type == "lambda" or (right is not None and method_of(right) in {"lambda", "proc", "new"})
    return re.sub(r"[^\w.]", "", text_of(left)) if left is not None and makes and right in {node, parent} else "block"


def started(node: Node) -> Several | None:
    """`if __FILE__ == $0`, which is no choice of a program that is started."""
    condition, then = node.child_by_field_name("condition"), node.child_by_field_name("consequence")
    started = condition is not None and _STARTED.fullmatch(text_of(condition)) is not None
    alone = node.child_by_field_name("alternative") is None
    return Several(statements_of(then)) if started and alone and then is not None else None


def choice(node: Node) -> Branch:
    """`if` or `unless` with all its other arms."""
    arms: list[Arm] = []
    current: Node | None = node
    while current is not None:
        if current.type == "else":
            return Branch((*arms, Arm("else", current, _body(current, current))), exhaustive=True)
        condition = current.child_by_field_name("condition")
        if condition is not None:
            body = _body(current.child_by_field_name("consequence"), current)
            arms.append(Arm(current.type, current, body, condition, conditioned(condition)))
        current = current.child_by_field_name("alternative")
    return Branch(tuple(arms))


def cases(node: Node) -> Branch:
    """`case`, with `when` or `in`."""
    arms = []
    for one in node.named_children:
        if one.type in {"when", "in_clause"}:
            body = body_of(one)
            binds = variables(bound_by(one)) if one.type == "in_clause" else ()
            condition = one.child_by_field_name("guard") if one.type == "in_clause" else _plain_pattern(one)
            arms.append(Arm("in" if one.type == "in_clause" else "when", one, body, condition, binds))
        elif one.type == "else":
            arms.append(Arm("else", one, _body(one, one)))
    last = arms[-1].word == "else" if arms else False
    return Branch(tuple(arms), exhaustive=last, subject=node.child_by_field_name("value"))


def _plain_pattern(when: Node) -> Node | None:
    return when.child_by_field_name("pattern")


def loop(node: Node) -> Loop:
    """`while`, `until` and `for`."""
    condition = node.child_by_field_name("condition")
    binds = conditioned(condition) if condition is not None else variables(bound_by(node))
    return Loop(node, body_of(node), condition, binds=binds)


def caught(node: Node) -> Shape:
    """What errors are caught in; what runs where there was none follows the body."""
    parts = node.named_children
    rescues = [one for one in parts if one.type == "rescue"]
    last = next((one for one in parts if one.type == "ensure"), None)
    other = [one for part in parts if part.type == "else" for one in statements_of(part)]
    body = Body(node, (*statements_of(node), *other))
    if not rescues and last is None:
        return Block(body) if node.type == "begin" else Several(body.statements)
    return Try(body, tuple(map(_handler, rescues)), _body(last, last) if last is not None else None)


def _handler(node: Node) -> Handler:
    variable = node.child_by_field_name("variable")
    # What was caught is in `$!`, too.
    binds = variables(bound_by(variable)) if variable is not None else (Variable("$!"),)
    return Handler(node, body_of(node), binds)


def returned(node: Node) -> Node | None:
    """What is given back: one value, or all of them."""
    arguments = node.named_children[0] if node.named_children else None
    if arguments is None or len(arguments.named_children) != 1:
        return arguments
    only = arguments.named_children[0]
    return arguments if only.type in {"splat_argument", "pair", "hash_splat_argument"} else only


def raised(node: Node) -> str:
    """The class of an error that is raised, where it is named."""
    arguments = node.child_by_field_name("arguments") if node.type == "call" else None
    first = arguments.named_children[0] if arguments is not None and arguments.named_children else None
    if first is None:
        return ""
    if first.type == "call" and method_of(first) == "new":
        first = first.child_by_field_name("receiver") or first
    return text_of(first) if first.type in {"constant", "scope_resolution"} else ""


def assignment(node: Node) -> Shape | None:
    """A statement that gives values to names and places; None for any other."""
    if node.type == "binary" and (left := node.child_by_field_name("left")) is not None:
        # `x = gets or break`
        operator = node.child_by_field_name("operator")
        inner = assignment(left) if operator is not None and text_of(operator) in {"or", "and"} else None
        return Assign(node, inner.targets, inner.value, inner.declares) if isinstance(inner, Assign) else None
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None or node.type not in {"assignment", "operator_assignment"}:
        return None
    declared = variables(assigned_by(left))
    targets = tuple(one for one in _targets(left) if one.type in _PLACES)
    value = right if node.type == "assignment" else node
    return Assign(node, targets, value, declared, transforms=makes(right), shown=not _is_definition(right))


def _targets(left: Node) -> Iterator[Node]:
    if left.type in {"left_assignment_list", "destructured_left_assignment", "rest_assignment"}:
        for one in left.named_children:
            yield from _targets(one)
    else:
        yield left


def _is_definition(value: Node) -> bool:
    """Whether a function, a class or a constant collection is named."""
    called = method_of(value) if value.type == "call" else ""
    receiver = value.child_by_field_name("receiver") if value.type == "call" else None
    if called in {"lambda", "proc"} or value.type == "lambda":
        return True
    if receiver is None:
        return False
    of_class = (called == "new" and text_of(receiver) in {"Class", "Module", "Struct", "Proc"}) or (
        called == "define" and text_of(receiver) == "Data"
    )
    return of_class or (
        called == "freeze" and receiver.type in {"array", "hash", "string", "string_array", "symbol_array"}
    )


def makes(value: Node) -> bool:
    """Whether a collection or text is made out of another."""
    return (
        value.type == "call"
        and value.child_by_field_name("receiver") is not None
        and _MAKES.fullmatch(method_of(value)) is not None
    )


def change(node: Node) -> Shape | None:
    """A call that changes what it is called on; None for any other."""
    if node.type == "binary":
        operator, target = node.child_by_field_name("operator"), node.child_by_field_name("left")
        called = text_of(operator) if operator is not None else ""
    else:
        target = node.child_by_field_name("receiver") if node.type == "call" else None
        called = method_of(node)
    if target is None or called not in _CHANGES | _REORDERS:
        return None
    while target.type == "binary" and called == "<<" and (inner := target.child_by_field_name("left")) is not None:
        target = inner
    return Change(node, target, transforms=called in _REORDERS)
