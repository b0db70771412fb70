"""The statements that C and C++ share.

Belongs here: which node of either grammar is which shape. Does not: types and text (`c.declarations`, `c.text`), what
only C++ has (`cpp`), how an event is written (`c`, `cpp`).
"""

from collections.abc import Callable, Iterator, Sequence

from tree_sitter import Node

from alchemy_assets.syntax_tree import text_of, walk
from alchemy_assets.tracing.instrument.c.declarations import Declared, declared, names_in
from alchemy_assets.tracing.instrument.shapes import (
    Arm,
    Assign,
    Block,
    Body,
    Branch,
    Change,
    Jump,
    Label,
    Loop,
    Raise,
    Return,
    Several,
    Shape,
    Variable,
)

Variables = Callable[[Declared, Node], Variable]
"""Makes the variable of a declared name; the node is where it is declared."""

COMMENTS = frozenset({"comment"})
_TARGETS = {"identifier", "field_expression", "subscript_expression", "pointer_expression", "this"}
_SCOPES = {"compound_statement", "case_statement", "for_statement", "labeled_statement", "condition_clause"}
_SCOPES |= {"init_statement", "for_range_loop", "if_statement", "while_statement", "else_clause", "do_statement"}
_DECLARATORS = {"init_declarator", "pointer_declarator", "array_declarator", "function_declarator"}
_DECLARATORS |= {"reference_declarator", "identifier", "parenthesized_declarator", "attributed_declarator"}
_FAILS = {"abort", "err", "errx", "verr", "verrx"}
_ENDS = {"exit", "_exit", "_Exit", "quick_exit", "longjmp", "siglongjmp", "pthread_exit"}
_FILLS = {"strcpy", "sprintf", "snprintf", "stpcpy"}
_JUMPS = {"break_statement", "continue_statement", "goto_statement", "return_statement", "co_return_statement"}
_NOT_EVALUATED = {"sizeof_expression", "alignof_expression", "lambda_expression", "decltype", "offsetof_expression"}
_CHANGES = {
    "qsort",
    "sort",
    "std::sort",
    "reverse",
    "std::reverse",
    "sort_array",
    "std::stable_sort",
    "std::swap",
    "swap",
}


def statements(node: Node) -> Iterator[Node]:
    """The statements of a block."""
    return (one for one in node.named_children if one.type not in COMMENTS)


def body(node: Node) -> Body:
    """A body, in braces or not."""
    if node.type == "compound_statement":
        return Body(node, tuple(statements(node)), opening=node.start_byte + 1)
    return Body(node, (node,), bare=True)


def shape(node: Node, variables: Variables) -> Shape | None:  # noqa: C901, PLR0911, PLR0912 -- a row a node
    """Which statement is what, for those of both languages."""
    if any(one.type.startswith("preproc") for one in node.children) and node.type != "compound_statement":
        # Half of it may not be compiled.
        return None
    match node.type:
        case "expression_statement":
            return expression(node, node.named_children[0]) if node.named_children else None
        case "assignment_expression" | "update_expression" | "comma_expression":
            return expression(node, node)
        case "declaration":
            return declaration(node, variables)
        case kind if kind in _DECLARATORS:
            return _declarator(node, variables)
        case "compound_statement":
            return Block(body(node))
        case "if_statement":
            return Branch(*_arms(node, variables))
        case "switch_statement":
            return _switch(node)
        case "while_statement" | "for_statement" | "do_statement":
            return _loop(node, variables)
        case "return_statement":
            return Return(node, next(statements(node), None))
        case "break_statement" | "continue_statement" | "goto_statement":
            return Jump(node)
        case "labeled_statement":
            return Label(node, node.named_children[-1])
        case _:
            return None


# Expressions


def expression(statement: Node, node: Node) -> Shape | None:
    """An expression that stands as a statement."""
    if node.type == "assignment_expression":
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is None or right is None:
            return None
        targets = [left]
        while right.type == "assignment_expression" and (inner := right.child_by_field_name("left")) is not None:
            targets.append(inner)
            right = right.child_by_field_name("right") or right
        plain = node.child_by_field_name("operator")
        value = right if plain is not None and text_of(plain) == "=" else node
        return Assign(statement, tuple(one for one in map(bare, targets) if one.type in _TARGETS), value)
    if node.type == "update_expression":
        target = node.child_by_field_name("argument")
        return Assign(statement, (bare(target),), node) if target is not None else None
    if node.type == "comma_expression":
        changed = tuple(one for one in _evaluated(node) if one.type in {"assignment_expression", "update_expression"})
        places = [one.child_by_field_name("left") or one.child_by_field_name("argument") for one in changed]
        return Assign(statement, tuple(bare(one) for one in places if one is not None), node)
    return _call(statement, node) if node.type == "call_expression" else None


def bare(node: Node) -> Node:
    """An expression without the parentheses around it."""
    while node.type == "parenthesized_expression" and node.named_children:
        node = node.named_children[0]
    return node


def called(node: Node) -> str:
    """The name of the function that is called, or ""."""
    name = node.child_by_field_name("function")
    return text_of(name).removeprefix("std::").removeprefix("::") if name is not None else ""


def arguments(node: Node) -> list[Node]:
    """What a call is given."""
    listed = node.child_by_field_name("arguments")
    return list(statements(listed)) if listed is not None else []


def _call(statement: Node, node: Node) -> Shape | None:
    name, given = called(node), arguments(node)
    if name in _FAILS:
        return Raise(statement, name)
    if name in _ENDS:
        fails = name.lower().endswith("exit") and given and text_of(given[0]) not in {"0", "EXIT_SUCCESS"}
        return Raise(statement, name) if fails else Jump(statement)
    if name in _FILLS and given and given[0].type == "identifier":
        listed = node.child_by_field_name("arguments")
        return Assign(statement, (given[0],), listed) if listed is not None else None
    if name in _CHANGES and given:
        target = given[0]
        if target.type == "call_expression" and called(target).endswith(".begin"):
            called_on = target.child_by_field_name("function")
            target = (called_on.child_by_field_name("argument") if called_on is not None else None) or target
        return Change(statement, target, transforms=True)
    changed = next((one for one in given if one.type == "pointer_expression" and text_of(one).startswith("&")), None)
    target_of = changed.child_by_field_name("argument") if changed is not None else None
    return Change(statement, target_of) if target_of is not None else None


def _evaluated(node: Node, *, holds: bool = False) -> Iterator[Node]:
    """The parts of an expression that are evaluated whenever it is, or whenever it is true."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        yield one
        if one.type in _NOT_EVALUATED:
            continue
        operator = one.child_by_field_name("operator")
        joins = text_of(operator) if one.type == "binary_expression" and operator is not None else ""
        if joins in {"||", "or"} or (joins in {"&&", "and"} and not (holds and _only_joined(one, node))):
            left = one.child_by_field_name("left")
            waiting += [left] if left is not None else []
        elif one.type == "conditional_expression":
            condition = one.child_by_field_name("condition")
            waiting += [condition] if condition is not None else []
        elif one.type == "call_expression" and called(one).isupper():
            continue
        else:
            waiting += reversed(one.children)


def _only_joined(node: Node, root: Node) -> bool:
    """Whether an `and` is true whenever the whole expression is."""
    while node.id != root.id and node.parent is not None:
        node = node.parent
        operator = node.child_by_field_name("operator")
        joined = node.type == "binary_expression" and operator is not None and text_of(operator) in {"&&", "and"}
        if not joined and node.type not in {"parenthesized_expression", "condition_clause"}:
            return False
    return True


def surely_evaluated(node: Node, root: Node, *, holds: bool = False) -> bool:
    """Whether a part of an expression is evaluated whenever all of it is, or whenever that is true."""
    return any(one.id == node.id for one in _evaluated(root, holds=holds))


def assigned_in(condition: Node | None) -> tuple[str, ...]:
    """The names that a condition gives a value to in any case."""
    if condition is None:
        return ()
    lefts = [one.child_by_field_name("left") for one in _evaluated(condition) if one.type == "assignment_expression"]
    return tuple(text_of(one) for one in lefts if one is not None and one.type == "identifier")


# Declarations


def declaration(node: Node, variables: Variables) -> Shape | None:
    """`int a = 1, b;`: declarators one after the other; only a single one has a point."""
    declarators = node.children_by_field_name("declarator")
    if len(declarators) > 1:
        return Several(tuple(declarators))
    found = [one for one in declared(node) if one.name and not (one.callable and one.value is None)]
    if not found:
        return None
    local = node.parent is not None and node.parent.type in _SCOPES
    value = found[0].value or (None if local and not found[0].lasting else node)
    return Assign(
        node,
        declares=tuple(variables(one, node) for one in found),
        value=value,
        shown=local and not any(one.lasting for one in found) and found[0].value is not None,
    )


def _declarator(node: Node, variables: Variables) -> Shape | None:
    """One of several declarators."""
    parent = node.parent
    if parent is None or parent.type != "declaration":
        return None
    local = parent.parent is not None and parent.parent.type in _SCOPES
    at = node.start_byte
    for one in declared(parent):
        if one.name and at <= one.at < node.end_byte and not (one.callable and one.value is None):
            value = one.value or (None if local and not one.lasting else node)
            return Assign(node, declares=(variables(one, parent),), value=value, shown=False)
    return None


# Control flow


def condition_of(node: Node) -> Node | None:
    """What is asked; C++ may put it into a clause with a declaration before it."""
    condition = node.child_by_field_name("condition")
    if condition is not None and condition.type == "condition_clause":
        return condition.child_by_field_name("value") or condition
    return condition


def bound_in(node: Node, variables: Variables) -> tuple[Variable, ...]:
    """The variables that the clause of a condition declares, in C++."""
    clause = node.child_by_field_name("condition")
    if clause is None or clause.type != "condition_clause":
        return ()
    parts = (one for part in clause.named_children for one in (part, *part.named_children))
    return tuple(variables(one, part) for part in parts if part.type == "declaration" for one in declared(part))


def _arms(node: Node, variables: Variables) -> tuple[tuple[Arm, ...], bool]:
    """The arms of an `if` and all its `else if`, and whether there is an `else`."""
    arms: list[Arm] = []
    current: Node | None = node
    place, word = node, "if"
    while current is not None:
        condition, consequence = condition_of(current), current.child_by_field_name("consequence")
        if condition is not None and consequence is not None:
            arms.append(
                Arm(word, place, body(consequence), condition, bound_in(current, variables), assigned_in(condition))
            )
        clause = current.child_by_field_name("alternative")
        inner = next(statements(clause), None) if clause is not None else None
        if clause is None or inner is None:
            return tuple(arms), False
        if inner.type != "if_statement" or any(one.type.startswith("preproc") for one in inner.children):
            return (*arms, Arm("else", clause, body(inner))), True
        current, place, word = inner, clause, "else if"
    return tuple(arms), False


def _switch(node: Node) -> Branch | None:
    inside = node.child_by_field_name("body")
    if inside is None or inside.type != "compound_statement":
        return None
    subject, arms = condition_of(node), []
    for one in inside.named_children:
        if one.type == "case_statement":
            colon = next((at for at, child in enumerate(one.children) if child.type == ":"), len(one.children))
            inner = tuple(child for child in one.children[colon + 1 :] if child.is_named and child.type not in COMMENTS)
            word = "case" if one.child_by_field_name("value") is not None else "default"
            arms.append(Arm(word, one, Body(one, inner), assigns=assigned_in(subject)))
    # An arm may fall into the next, so nothing is sure to have been assigned by it.
    return Branch(tuple(arms), subject=subject)


def _loop(node: Node, variables: Variables) -> Loop | None:
    inside = node.child_by_field_name("body")
    if inside is None:
        return None
    condition = condition_of(node)
    if node.type == "do_statement":
        leaves = any(one.type in _JUMPS for one in walk(inside))
        return Loop(node, body(inside), at_least_once=not leaves)
    return Loop(
        node,
        body(inside),
        condition,
        node.child_by_field_name("initializer"),
        binds=tuple(_read_into(condition, node, variables)) if condition is not None else (),
        assigns=assigned_in(condition),
    )


def _read_into(condition: Node, node: Node, variables: Variables) -> Iterator[Variable]:
    """The buffer that `while (fgets(line, ...))` has filled in every turn."""
    names: Sequence[Node] = [
        arguments(one)[0]
        for one in _evaluated(condition)
        if one.type == "call_expression" and called(one) == "fgets" and arguments(one)
    ]
    if not names or text_of(names[0]) not in names_in([condition]) or "== NULL" in text_of(condition):
        return
    around: Node | None = node
    while around is not None and around.type != "function_definition":
        around = around.parent
    for one in walk(around) if around is not None else ():
        if one.type == "declaration" and one.start_byte < node.start_byte:
            found = [variable for variable in declared(one) if variable.name == text_of(names[0])]
            if found:
                yield variables(found[0], one)
                return
