"""Make shapes of PHP's statements and definitions.

Belongs here: one function a kind of node. Does not: what hangs on the rest of the file (`php`).
Every variable is a member of what stands around it, and every function is static: PHP's see no variable from outside
but those that `use` names.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from tree_sitter import Node

from alchemy_assets.syntax_tree import text_of, walk
from alchemy_assets.tracing.instrument.shapes import (
    Arm,
    Assign,
    Body,
    Branch,
    Change,
    Container,
    Function,
    Handler,
    Loop,
    Return,
    Try,
    Variable,
)

CLOSURES = {"anonymous_function", "arrow_function"}
_NOT_STATEMENTS = {"comment", "text_interpolation", "text", "php_tag", "php_end_tag", "empty_statement"}
_ASSIGNMENTS = {"assignment_expression", "augmented_assignment_expression", "reference_assignment_expression"}
_CHANGES = re.compile(
    r"(?:push|pop|add|set|append|remove|insert|enqueue|dequeue|attach|detach|put|delete|store|register|update)(?:[A-Z]|$)"
)
_REORDERS = {"sort", "rsort", "usort", "uasort", "uksort", "ksort", "krsort", "asort", "arsort", "shuffle"}
_ALTERS = _REORDERS | {
    "array_push",
    "array_pop",
    "array_shift",
    "array_unshift",
    "array_splice",
    "settype",
    "array_walk",
}
_MAKES = re.compile(
    r"array_(?:map|filter|merge|slice|combine|flip|reverse|unique|keys|values|column|chunk|diff|intersect|reduce|pad|fill)\w*"
    r"|explode|implode|join|str_split|preg_split|preg_replace\w*|str_replace|strrev|ucwords|range|iterator_to_array"
)
# Functions that give their third argument a value.
_MATCHES = {"preg_match", "preg_match_all"}
_UNSURE = {"||", "or", "xor", "??"}


def variable(node: Node) -> Variable:
    """A variable by the node that names it."""
    return Variable(text_of(node), member=True)


def statements_of(node: Node) -> tuple[Node, ...]:
    """The statements in a body that a point may stand before: no text of the page, nothing that is printed by `<?=`."""
    return tuple(one for one in node.named_children if one.type not in _NOT_STATEMENTS and not is_printed(one))


def is_printed(node: Node) -> bool:
    """Whether an expression stands between `<?=` and `?>`."""
    before = node.prev_sibling
    tag = (
        before.children[-1]
        if before is not None and before.type == "text_interpolation" and before.children
        else before
    )
    return tag is not None and tag.type == "php_tag" and text_of(tag) == "<?="


def is_ended(node: Node) -> bool:
    """Whether a statement ends by itself, and not by `?>`."""
    return text_of(node)[-1:] in {";", "}"}


def body(node: Node) -> Body:
    """The statements of a block, in braces, after a colon, or one alone."""
    if node.type in {"compound_statement", "colon_block"}:
        return Body(node, statements_of(node), opening=node.start_byte + 1)
    return Body(node, (node,), bare=True) if is_ended(node) else Body(node, ())


def _body_of(node: Node) -> Body:
    inside = node.child_by_field_name("body")
    return body(inside) if inside is not None else Body(node, ())


def function(node: Node, name: str) -> Function | None:
    """A function, method or closure with a body."""
    inside, parameters = node.child_by_field_name("body"), node.child_by_field_name("parameters")
    if inside is None:
        return None
    given = tuple(
        variable(one)
        for parameter in (parameters.named_children if parameters is not None else ())
        if (one := parameter.child_by_field_name("name")) is not None
    )
    if node.type == "arrow_function":
        return Function(node, name, given, value=inside, closure=True)
    used = next((one for one in node.named_children if one.type == "anonymous_function_use_clause"), None)
    also = tuple(variable(one) for one in walk(used) if one.type == "variable_name") if used is not None else ()
    return Function(node, name, given, body(inside), closure=True, static=True, also=also)


def container(node: Node, name: str) -> Container | None:
    """A class, interface, trait or enumeration."""
    inside = node.child_by_field_name("body") or next(
        (one for one in node.named_children if one.type.endswith("declaration_list")), None
    )
    if inside is None:
        return None
    return Container(node, name, tuple(one for one in inside.named_children if one.type == "method_declaration"))


def arms(node: Node) -> tuple[tuple[Arm, ...], bool]:
    """The arms of an `if` and all its `elseif`, and whether there is an `else`."""
    found = [_arm("if", node, node)]
    for clause in node.children_by_field_name("alternative"):
        inside = clause.child_by_field_name("body")
        if clause.type == "else_if_clause":
            found.append(_arm("elseif", clause, clause))
        elif inside is not None and inside.type == "if_statement":
            more, exhaustive = arms(inside)
            return (*found, replace(more[0], word="else if", place=clause), *more[1:]), exhaustive
        else:
            return (*found, Arm("else", clause, _body_of(clause))), True
    return tuple(found), False


def is_misread(node: Node) -> bool:
    """Whether an `else` belongs to an `if` inside without braces: the grammar gives it to the outer one."""
    inner = node.child_by_field_name("body") if node.child_by_field_name("alternative") is not None else None
    while inner is not None and inner.type in {"if_statement", "while_statement", "for_statement", "foreach_statement"}:
        others = inner.children_by_field_name("alternative")
        if inner.type == "if_statement" and not others:
            return True
        inner = (others[-1] if others else inner).child_by_field_name("body")
    return False


def _arm(word: str, place: Node, node: Node) -> Arm:
    condition = node.child_by_field_name("condition")
    return Arm(word, place, _body_of(node), condition, bound_by(condition))


def bound_by(condition: Node | None) -> tuple[Variable, ...]:
    """What a condition that holds gave a value to: `($x = f()) > 1`, `preg_match($a, $b, $x)`."""
    return tuple(_given(condition)) if condition is not None else ()


def _given(node: Node, *, denied: bool = False) -> Iterator[Variable]:
    operator = node.child_by_field_name("operator")
    word = text_of(operator).lower() if operator is not None else ""
    left = node.child_by_field_name("left")
    if node.type in _ASSIGNMENTS and left is not None:
        yield from (variable(one) for one in targets(left) if one.type == "variable_name")
    elif node.type == "function_call_expression":
        yield from (variable(one) for one in matched(node))
    elif node.type == "binary_expression" and left is not None:
        yield from _given(left, denied=denied or word in _UNSURE)
        sure = word not in _UNSURE and not (denied and word in {"&&", "and"})
        if sure and (right := node.child_by_field_name("right")) is not None:
            yield from _given(right, denied=denied)
    elif node.type in {"parenthesized_expression", "unary_op_expression", "sequence_expression"}:
        for one in node.named_children:
            yield from _given(one, denied=denied or word == "!")


def matched(call: Node) -> Iterator[Node]:
    """The variable that `preg_match` puts what it found into."""
    called, arguments = call.child_by_field_name("function"), call.child_by_field_name("arguments")
    given = [one for one in arguments.named_children if one.type == "argument"] if arguments is not None else []
    if called is not None and text_of(called).lower() in _MATCHES and len(given) > 2:  # noqa: PLR2004 -- the third
        yield from (one for one in given[2].named_children if one.type == "variable_name")


def targets(left: Node) -> Iterator[Node]:
    """What an assignment gives values to."""
    if left.type in {"list_literal", "array_creation_expression"}:
        keyed = False
        for index, one in enumerate(left.children):
            keyed = index + 1 < len(left.children) and left.children[index + 1].type == "=>"
            if one.is_named and not keyed:
                yield from targets(one)
    elif left.type == "by_ref":
        yield from targets(left.named_children[-1])
    elif left.type == "pair":
        for one in left.named_children:
            yield from targets(one)
    else:
        yield left


def switch(node: Node) -> Branch | None:
    """`switch`, whose cases may fall into each other."""
    block = node.child_by_field_name("body")
    found = []
    for one in block.named_children if block is not None else ():
        value = one.child_by_field_name("value")
        if one.type in {"case_statement", "default_statement"}:
            statements = tuple(child for child in statements_of(one) if child != value)
            found.append(Arm("case" if value is not None else "default", one, Body(one, statements)))
    return Branch(tuple(found), subject=node.child_by_field_name("condition"))


def loop(node: Node) -> Loop | None:
    """`for`, `foreach`, `while` and `do`."""
    condition = node.child_by_field_name("condition")
    if node.type == "foreach_statement":
        inside = node.child_by_field_name("body")
        bound = [one for one in node.named_children[1:] if one != inside and one.type not in _NOT_STATEMENTS]
        named = [target for one in bound for target in targets(one) if target.type == "variable_name"]
        return Loop(node, _body_of(node), binds=tuple(map(variable, named)))
    if node.type == "for_statement":
        first = node.child_by_field_name("initialize")
        return Loop(node, _body_of(node), condition, first)
    if node.type == "do_statement":
        return Loop(node, _body_of(node), condition)
    return Loop(node, _body_of(node), condition, binds=bound_by(condition))


def caught(node: Node) -> Try:
    """`try` with what it catches."""
    handlers, last = [], None
    for one in node.named_children:
        if one.type == "catch_clause":
            name, kinds = one.child_by_field_name("name"), one.child_by_field_name("type")
            binds = (variable(name),) if name is not None else ()
            handlers.append(Handler(one, _body_of(one), binds, _plain(kinds)))
        elif one.type == "finally_clause":
            last = _body_of(one)
    return Try(_body_of(node), tuple(handlers), last)


def raised(node: Node) -> str:
    """The class of an error that is thrown, where it is named."""
    made = node.named_children[0] if node.named_children else None
    if made is None or made.type != "object_creation_expression":
        return ""
    return _plain(next((one for one in made.named_children if "name" in one.type), None))


def _plain(node: Node | None) -> str:
    text = re.sub(r"\s*\|\s*", "|", text_of(node)).lstrip("\\") if node is not None else ""
    return text if re.fullmatch(r"[\w|\\]+", text) and "\\" not in text else text.rpartition("\\")[2]


def returned(node: Node) -> Return:
    """`return`, with or without a value."""
    return Return(node, next((one for one in node.named_children if one.type != "comment"), None))


def assignment(statement: Node, node: Node) -> Assign | None:
    """An expression that gives values to variables and places; None for any other."""
    if node.type == "update_expression":
        target = node.child_by_field_name("argument")
        return _assign(statement, (target,), node) if target is not None else None
    if node.type == "function_call_expression" and (found := tuple(matched(node))):
        return _assign(statement, found, node)
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if node.type == "sequence_expression":
        parts = [one for child in node.named_children if (one := assignment(statement, child)) is not None]
        every = tuple(variable for one in parts for variable in one.declares)
        return Assign(statement, (), node, every, shown=False)
    if node.type not in _ASSIGNMENTS or left is None or right is None:
        return None
    value = node if node.type.startswith("augmented") else right
    if right.type in _ASSIGNMENTS and (inner := assignment(statement, right)) is not None:
        outer = _assign(statement, targets(left), value)
        return replace(outer, declares=(*outer.declares, *inner.declares), value=inner.value)
    shown = right.type not in CLOSURES and not any(one.type == "anonymous_class" for one in walk(right))
    return replace(_assign(statement, targets(left), value), transforms=_makes(right), shown=shown)


def _assign(statement: Node, places: Iterable[Node], value: Node) -> Assign:
    found = tuple(places)
    declared = tuple(variable(one) for one in found if one.type == "variable_name")
    return Assign(statement, tuple(one for one in found if one.type != "variable_name"), value, declared)


def _called(node: Node) -> str:
    name = node.child_by_field_name("function") if node.type == "function_call_expression" else None
    return text_of(name).lower().lstrip("\\") if name is not None else ""


def _makes(value: Node) -> bool:
    return _MAKES.fullmatch(_called(value)) is not None


def change(statement: Node, node: Node) -> Change | None:
    """A call that changes its object or its first argument; None for any other."""
    name = node.child_by_field_name("name")
    if node.type == "member_call_expression" and name is not None and _CHANGES.match(text_of(name)):
        target = node.child_by_field_name("object")
        return Change(statement, target) if target is not None else None
    called, arguments = _called(node), node.child_by_field_name("arguments")
    first = arguments.named_children[0] if arguments is not None and arguments.named_children else None
    if called in _ALTERS and first is not None and first.named_children:
        return Change(statement, first.named_children[-1], transforms=called in _REORDERS)
    return None


def unset(node: Node) -> Assign | Change:
    """`unset`, after which variables have no value, and an array has an element less."""
    lost = [one for one in node.named_children if one.type == "variable_name"]
    first = node.named_children[0]
    if not lost and first.type == "subscript_expression":
        return Change(node, first.named_children[0])
    return Assign(node, declares=tuple(map(variable, lost)))


def may_come_again(statement: Node) -> bool:
    """Whether what stands before a statement may be run after it: in a loop, or where an error is caught."""
    above = statement.parent
    while above is not None and above.type not in {"function_definition", "method_declaration", "anonymous_function"}:
        if above.type in {"for_statement", "foreach_statement", "while_statement", "do_statement", "try_statement"}:
            return True
        above = above.parent
    return False
