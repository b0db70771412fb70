"""What the statements of JavaScript and TypeScript mean for tracing.

Belongs here: from a node of the two grammars to a shape, one function a construct. Does not: how an event is written
(`javascript`), where it is put (`engine`, `places`).
"""

import re
from collections.abc import Iterator

from tree_sitter import Node

from alchemy_assets.syntax_tree import text_of
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
    Shape,
    Try,
    Variable,
)

DEFINED = {"function_declaration", "generator_function_declaration", "method_definition"}
EXPRESSIONS = {"arrow_function", "function_expression", "generator_function"}
CLASSES = {"class_declaration", "class", "abstract_class_declaration"}
LOOPS = {"for_statement", "for_in_statement", "while_statement", "do_statement"}
TARGETS = {"identifier", "member_expression", "subscript_expression"}
_PATTERNS = {"array_pattern", "object_pattern", "rest_pattern", "pair_pattern", "assignment_pattern"}
_PATTERNS |= {"object_assignment_pattern"}
_LITERALS = {"number", "string", "true", "false", "null", "undefined", "regex"}
_CHANGES = {"push", "pop", "shift", "unshift", "splice", "set", "add", "delete", "clear", "append", "enqueue", "insert"}
_REORDERS = {"sort", "reverse", "fill", "copyWithin"}
_MAKES = {"map", "filter", "slice", "concat", "flat", "flatMap", "split", "join", "from", "reduce", "toSorted"}
_MAKES |= {"entries", "keys", "values", "toReversed", "sort", "reverse"}
# Streams, timers and the like are full of what is the engine's own; a pattern is the same all the time.
_OPAQUE = re.compile(
    r"(?:await\s+)?(?:new\s+)?(?:[\w$]+\.)*(?:create(?:Interface|ReadStream|WriteStream)|EventEmitter|Promise|RegExp"
    r"|setTimeout|setInterval|promisify|(?:Abort|Text|Intl)\w*|Readable|Writable|Transform)\b|process\.std(?:in|out|err)\b"
    r"|(?:typeof\s+)?(?:globalThis|global|window)\b"
)
_MODULE = re.compile(r"(?:await\s+)?(?:require|import)\s*\([^()]*\)(?:\.[\w$]+)*")
# In which order a sort asks what it was given is the engine's own business.
_SORTS = re.compile(r"\.(?:sort|toSorted)$")


def name_of(node: Node) -> str:
    """The name that a definition has, or ""."""
    name = node.child_by_field_name("name")
    return re.sub(r"[^\w$.#]", "", text_of(name)) if name is not None else ""


def statements_of(node: Node) -> Iterator[Node]:
    """The statements of a block, without comments and directives, which must stay in front."""
    directives = True
    for one in node.named_children:
        if one.type in {"comment", "hash_bang_line", "empty_statement"}:
            continue
        first = one.named_children[0] if one.type == "expression_statement" and one.named_children else None
        directives = directives and first is not None and first.type == "string"
        if not directives:
            yield one


def body_of(node: Node) -> Body:
    """A body, in braces or not."""
    if node.type == "statement_block":
        return Body(node, tuple(statements_of(node)), opening=node.start_byte + 1)
    return Body(node, (node,), bare=True)


def targets_of(node: Node) -> Iterator[Node]:
    """What an assignment to a pattern gives values to."""
    if node.type in TARGETS or node.type in {
        "shorthand_property_identifier_pattern",
        "shorthand_property_identifier",
    }:
        yield node
    elif node.type in _PATTERNS:
        for child in node.named_children:
            if child not in (node.child_by_field_name("right"), node.child_by_field_name("key")):
                yield from targets_of(child)
    elif node.type in {"parenthesized_expression", "non_null_expression"}:
        yield from targets_of(node.named_children[0])


def variables_of(node: Node | None) -> tuple[Variable, ...]:
    """The names that a pattern gives values to."""
    found = targets_of(node) if node is not None else ()
    return tuple(Variable(text_of(one), at=one.start_byte) for one in found if "identifier" in one.type)


def declaration_of(node: Node) -> Shape:
    """`let a = 1, b;`: all have a value from here on, be it `undefined`; a point tells of those that come out of others."""
    told: list[Variable] = []
    quiet: list[Variable] = []
    every = [one for one in node.named_children if one.type == "variable_declarator"]
    declarators = [one for one in every if not _is_opaque(one.child_by_field_name("value"))]
    values = [value for one in declarators if (value := one.child_by_field_name("value")) is not None]
    for one in declarators:
        value = one.child_by_field_name("value")
        names = variables_of(one.child_by_field_name("name"))
        (quiet if value is None or (value.type in _LITERALS and len(declarators) > 1) else told).extend(names)
    # A function is no state that changes; it is walked as a closure. What a module holds is not ours to show.
    shown = bool(told) and not any(_is_function(value) or _requires(value) for value in values)
    single = values[0] if len(declarators) == 1 and values else node
    return Assign(
        node, declares=tuple(told), quiet=tuple(quiet), value=single, transforms=_makes(single), shown=shown
    )  # fmt: skip


def _is_opaque(value: Node | None) -> bool:
    """Whether a value is a pattern, a module, or an object of the engine that says nothing when it is shown."""
    if value is None:
        return False
    text = text_of(value)
    return value.type == "regex" or _OPAQUE.match(text) is not None or _MODULE.fullmatch(text) is not None


def _is_function(value: Node) -> bool:
    while value.type in {"parenthesized_expression", "as_expression", "satisfies_expression"} and value.named_children:
        value = value.named_children[0]
    return value.type in EXPRESSIONS | CLASSES


def is_function(value: Node) -> bool:
    """Whether an expression is a function or a class as it stands: the place that it is given to may name it."""
    return _is_function(value)


def _requires(value: Node) -> bool:
    return "require(" in text_of(value) or "import(" in text_of(value)


def _makes(value: Node) -> bool:
    called = value.child_by_field_name("function") if value.type == "call_expression" else None
    if called is None or called.type != "member_expression":
        return False
    name = called.child_by_field_name("property")
    return name is not None and text_of(name) in _MAKES


def expression_of(statement: Node, node: Node) -> Shape | None:
    """A statement that is an expression: assignments, and calls that change what they are called on."""
    if node.type in {"assignment_expression", "augmented_assignment_expression"}:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is None or right is None:
            return None
        shown = not _is_function(right) and not _requires(right)
        value = node if node.type.startswith("augmented") else right
        return Assign(statement, tuple(targets_of(left)), value, transforms=_makes(right), shown=shown)
    if node.type == "update_expression":
        target = node.child_by_field_name("argument")
        return Assign(statement, (target,), node) if target is not None else None
    return _change(statement, node) if node.type == "call_expression" else None


def _change(statement: Node, node: Node) -> Shape | None:
    called = node.child_by_field_name("function")
    if called is None or called.type != "member_expression":
        return None
    target, name = called.child_by_field_name("object"), called.child_by_field_name("property")
    if target is None or name is None or text_of(name) not in _CHANGES | _REORDERS:
        return None
    return Change(statement, target, transforms=text_of(name) in _REORDERS)


def arms_of(node: Node) -> tuple[tuple[Arm, ...], bool]:
    """The arms of an `if` and all its `else if`, and whether there is an `else`."""
    arms: list[Arm] = []
    current: Node | None = node
    place, word = node, "if"
    while current is not None:
        condition = current.child_by_field_name("condition")
        consequence = current.child_by_field_name("consequence")
        if condition is not None and consequence is not None:
            arms.append(Arm(word, place, body_of(consequence), condition))
        clause = current.child_by_field_name("alternative")
        inside = [one for one in clause.named_children if one.type != "comment"] if clause is not None else []
        if clause is None or not inside:
            return tuple(arms), False
        if inside[-1].type != "if_statement":
            return (*arms, Arm("else", clause, body_of(inside[-1]))), True
        current, place, word = inside[-1], clause, "else if"
    return tuple(arms), False


def switch_of(node: Node) -> Branch | None:
    """The cases of a `switch`."""
    body = node.child_by_field_name("body")
    if body is None:
        return None
    arms = []
    for one in body.named_children:
        if one.type in {"switch_case", "switch_default"}:
            value = one.child_by_field_name("value")
            statements = tuple(child for child in one.named_children if child.type != "comment" and child != value)
            arms.append(Arm("case" if value is not None else "default", one, Body(one, statements)))
    # An arm may fall into the next, so nothing is sure to have been assigned by it.
    return Branch(tuple(arms), subject=node.child_by_field_name("value"))


def loop_of(node: Node) -> Loop | None:
    """A loop of any kind."""
    body = node.child_by_field_name("body")
    if body is None:
        return None
    if node.type == "for_in_statement":
        left, declared = node.child_by_field_name("left"), node.child_by_field_name("kind")
        return Loop(node, body_of(body), binds=variables_of(left) if declared is not None else ())
    condition = node.child_by_field_name("condition")
    return Loop(
        node,
        body_of(body),
        condition if condition is not None and condition.type != "empty_statement" else None,
        node.child_by_field_name("initializer"),
        at_least_once=node.type == "do_statement",
    )


def try_of(node: Node) -> Try | None:
    """Errors that are caught, and what runs in any case."""
    body = node.child_by_field_name("body")
    if body is None:
        return None
    handlers: tuple[Handler, ...] = ()
    clause, last = node.child_by_field_name("handler"), node.child_by_field_name("finalizer")
    caught = clause.child_by_field_name("body") if clause is not None else None
    if clause is not None and caught is not None:
        handlers = (Handler(clause, body_of(caught), variables_of(clause.child_by_field_name("parameter"))),)
    ending = last.child_by_field_name("body") if last is not None else None
    return Try(body_of(body), handlers, body_of(ending) if ending is not None else None)


def raised_by(node: Node) -> str:
    """The name of the class of which an error is thrown, where the source says it."""
    thrown = node.named_children[0] if node.named_children else None
    made = thrown.child_by_field_name("constructor") if thrown is not None and thrown.type == "new_expression" else None
    return text_of(made) if made is not None and made.type == "identifier" else ""


def _parameters(node: Node) -> tuple[Variable, ...]:
    single = node.child_by_field_name("parameter")
    if single is not None:
        return variables_of(single)
    parameters = node.child_by_field_name("parameters")
    found: list[Variable] = []
    for one in parameters.named_children if parameters is not None else ():
        pattern = one.child_by_field_name("pattern") if one.type.endswith("_parameter") else one
        if pattern is not None and text_of(pattern) != "this":
            found += variables_of(pattern)
    return tuple(found)


def function_of(node: Node) -> Function | None:
    """A function, method or closure; none for what a sort is given, which it calls in an order of its own."""
    body = node.child_by_field_name("body")
    if body is None or _is_sorted_by(node):
        return None
    name = name_of(node) or given_name(node)
    closure = node.type in EXPRESSIONS
    if body.type != "statement_block":
        return Function(node, name, _parameters(node), value=body, closure=closure)
    return Function(node, name, _parameters(node), body_of(body), closure=closure)


def _is_sorted_by(node: Node) -> bool:
    call = node.parent.parent if node.parent is not None and node.parent.type == "arguments" else None
    called = call.child_by_field_name("function") if call is not None else None
    return called is not None and _SORTS.search(text_of(called)) is not None


def given_name(node: Node) -> str:
    """The name of the variable, property or field that a function without a name is given to."""
    parent = node.parent
    if parent is None:
        return "<anonymous>"
    for place in ("name", "key", "left", "property"):
        given = parent.child_by_field_name(place)
        if given is not None and given != node:
            return re.sub(r"[^\w$#]", "", text_of(given).rpartition(".")[2]) or "<anonymous>"
    return "<anonymous>"


def class_of(node: Node) -> Container | None:
    """The methods of a class, and functions that its fields hold."""
    body = node.child_by_field_name("body")
    if body is None:
        return None
    members = [one for one in body.named_children if one.type in DEFINED]
    fields = [one for one in body.named_children if one.type in {"field_definition", "public_field_definition"}]
    values = [value for one in fields if (value := one.child_by_field_name("value")) is not None]
    functions = [one for one in values if one.type in EXPRESSIONS]
    return Container(node, name_of(node) or given_name(node), (*members, *functions))
