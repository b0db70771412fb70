"""Put trace points into Java programs.

Belongs here: which node of the grammar is which shape, and how an event is written. Does not: where statements are put
(`engine`, `places`).
The helper is a class of its own at the end of the file, so that no member of the program's classes changes.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tree_sitter import Node

from alchemy_assets.syntax_tree import parse, text_of, walk
from alchemy_assets.tracing.instrument.dialect import Shown
from alchemy_assets.tracing.instrument.found import Found, find, free_name, helper_text, newline_of
from alchemy_assets.tracing.instrument.points import Insertion
from alchemy_assets.tracing.instrument.scope import Scope
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
    Jump,
    Loop,
    Raise,
    Return,
    Several,
    Shape,
    Try,
    Variable,
)
from alchemy_assets.tracing.reasons import Dropped, Reason

_TYPES = {"class_declaration", "enum_declaration", "interface_declaration", "record_declaration"}
_METHODS = {"method_declaration", "constructor_declaration", "compact_constructor_declaration"}
_BODIES = {"class_body", "enum_body", "enum_body_declarations", "interface_body"}
_LITERALS = {
    "character_literal", "decimal_floating_point_literal", "decimal_integer_literal", "false", "hex_integer_literal",
    "null_literal", "string_literal", "true",
}  # fmt: skip
_NOT_HANDED_ON = {"array_initializer", "lambda_expression", "method_reference", "switch_expression"}
_CHANGES = {
    "add", "addAll", "addFirst", "addLast", "append", "clear", "delete", "deleteCharAt", "insert", "merge", "offer",
    "poll", "pop", "push", "put", "putAll", "putIfAbsent", "remove", "removeFirst", "removeLast", "set", "setCharAt",
}  # fmt: skip
_REORDERS = {"reverse", "sort", "shuffle", "swap", "fill", "rotate"}
_MAKES = {"clone", "copyOf", "copyOfRange", "collect", "map", "filter", "split", "subList", "toArray", "toCharArray"}
_READABLE = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*|\[[\w +*-]+\])+")
LONGEST_ELEMENT = 40
HELPER_NAMES = ("Trace", "TraceLog", "EventTrace")
# What sees its own source or stack would see the points.
_SEES_ITSELF = re.compile(
    r"\bgetStackTrace\b|\bStackWalker\b|\bgetLineNumber\b|\bgetDeclaredClasses\b|\bModule\b.*\bexports\b"
)


@dataclass(frozen=True)
class Java:
    """The dialect; `trace` is what the class of the helper is called in this source."""

    trace: str = "Trace"
    names: frozenset[str] = frozenset({"identifier"})
    functions: frozenset[str] = frozenset({*_TYPES, *_METHODS, "class_body", "lambda_expression"})
    calls: frozenset[str] = frozenset({"method_invocation", "object_creation_expression"})
    comments: frozenset[str] = frozenset({"line_comment", "block_comment"})
    line_comment: bytes = b"//"
    block_scoped: bool = True
    hoists: bool = True
    braces: tuple[str, str] = ("{", "}")

    def program(self, root: Node) -> Body:
        """The types of the file."""
        return Body(root, tuple(one for one in root.named_children if one.type in _TYPES))

    def shape(self, node: Node) -> Shape | None:  # noqa: C901, PLR0911, PLR0912 -- a row a node
        """Which statement is what."""
        match node.type:
            case kind if kind in _TYPES or kind == "class_body":
                return _container(node)
            case kind if kind in _METHODS:
                return _method(node)
            case "static_initializer":
                return Function(node, "static", (), _body(node.named_children[0]), static=True)
            case "lambda_expression":
                return _lambda(node)
            case "field_declaration":
                return None
            case "block" | "synchronized_statement":
                body = node if node.type == "block" else node.child_by_field_name("body")
                return Block(_body(body)) if body is not None else None
            case "local_variable_declaration":
                return _declaration(node)
            case "expression_statement":
                return _expression(node, node.named_children[0])
            case "if_statement":
                return Branch(*_arms(node))
            case "switch_expression":
                return _switch(node)
            case "while_statement" | "do_statement" | "for_statement" | "enhanced_for_statement":
                return _loop(node)
            case "try_statement" | "try_with_resources_statement":
                return _try(node)
            case "return_statement":
                return Return(node, _first(node))
            case "throw_statement":
                return Raise(node, _raised(node))
            case "break_statement" | "continue_statement" | "yield_statement":
                return Jump(node)
            case "labeled_statement":
                return Several((node.named_children[-1],))
            case _:
                return None

    def reads(self, name: Node) -> bool:
        """Whether an identifier is a variable that is read, and no field, method, label or type."""
        parent = name.parent
        if parent is None:
            return True
        if parent.type == "method_invocation":
            return parent.child_by_field_name("name") != name
        if parent.type == "field_access":
            return parent.child_by_field_name("field") != name
        return parent.type not in {"labeled_statement", "method_reference", "switch_label", "scoped_identifier"}

    def path(self, node: Node, scope: Scope) -> Shown | None:
        """`this.x`, where it is read."""
        del scope
        if node.type != "field_access" or not re.fullmatch(r"this\.\w+", text_of(node)):
            return None
        return Shown(text_of(node), text_of(node))

    def reread(self, target: Node, scope: Scope) -> Shown | None:
        """`this.x` or `name[i]` whose names all have a value."""
        text = text_of(target)
        if len(text) > LONGEST_ELEMENT or not _READABLE.fullmatch(text):
            return None
        names = [one for one in walk(target) if one.type == "identifier" and self.reads(one)]
        return Shown(text, text) if all(scope.known(text_of(one)) for one in names) else None

    def printable(self, shown: Shown) -> bool:
        """Any value can be shown."""
        return bool(shown.expression)

    def write(self, kind: str, place: str, shown: Sequence[Shown]) -> str:
        """A call of the helper."""
        pairs = [f'"{one.label}", ' + (f'"{one.expression}"' if one.word else one.expression) for one in shown]
        words = ", ".join([f'"{kind}"', f'"{place}"', *pairs])
        return f"{self.trace}.event({words});"

    def hand_on(self, place: str, value: Node, scope: Scope) -> tuple[str, str] | None:
        """The helper gives the value back; it has a form for each primitive type."""
        del scope
        if value.type in _NOT_HANDED_ON or _is_constant(value):
            return None
        return f'{self.trace}.out("{place}", ', ")"

    def result(self, value: Node, function: Function | None, scope: Scope) -> Shown | None:
        """A constant keeps its type where it stands."""
        del function, scope
        return Shown("result", text_of(value)) if _is_constant(value) else None


def _is_constant(node: Node) -> bool:
    """Whether a value is made of literals alone."""
    return all(
        one.type in _LITERALS or one.type in {"unary_expression", "binary_expression", "parenthesized_expression", "cast_expression"}
        for one in walk(node)
        if one.is_named and one.type not in {"string_fragment", "escape_sequence", "integral_type", "floating_point_type"}
    )  # fmt: skip


def _first(node: Node) -> Node | None:
    return next((one for one in node.named_children if not one.type.endswith("comment")), None)


def _body(node: Node) -> Body:
    """A body, in braces or not."""
    if node.type in {"block", "constructor_body"}:
        statements = tuple(one for one in node.named_children if not one.type.endswith("comment"))
        opening = node.start_byte + 1
        if statements and statements[0].type == "explicit_constructor_invocation":
            statements, opening = statements[1:], statements[0].end_byte
        return Body(node, statements, opening=opening)
    return Body(node, (node,), bare=True)


def _modifiers(node: Node) -> set[str]:
    return {word.type for child in node.named_children if child.type == "modifiers" for word in child.children}


def _members(node: Node) -> Iterator[Node]:
    for child in node.named_children:
        if child.type in _BODIES:
            yield from _members(child)
        elif child.type == "enum_constant":
            body = child.child_by_field_name("body")
            if body is not None:
                yield body
        elif node.type in _BODIES:
            yield child


def _declarators(node: Node) -> list[Node]:
    return [one for one in node.named_children if one.type == "variable_declarator"]


def _declared(node: Node, *, member: bool = False) -> tuple[Variable, ...]:
    names = [one.child_by_field_name("name") for one in _declarators(node)]
    return tuple(Variable(text_of(name), at=name.start_byte, member=member) for name in names if name is not None)


def _container(node: Node) -> Container:
    members = tuple(_members(node)) if node.type != "class_body" else tuple(node.named_children)
    variables: list[Variable] = []
    for one in members:
        if one.type == "field_declaration":
            variables += _declared(one, member="static" not in _modifiers(one))
    parameters = node.child_by_field_name("parameters")
    if node.type == "record_declaration" and parameters is not None:
        variables += [Variable(one.name, at=one.at, member=True) for one in _parameters(parameters)]
    name = node.child_by_field_name("name")
    if name is None and node.parent is not None:
        name = node.parent.child_by_field_name("type") or node.parent.child_by_field_name("name")
    called = re.sub(r"<.*", "", text_of(name), flags=re.DOTALL) if name is not None else "anonymous"
    inside = tuple(one for one in members if not one.type.endswith("comment"))
    return Container(node, called, inside, tuple(variables))


def _parameters(node: Node | None) -> tuple[Variable, ...]:
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
            name = next((inner.child_by_field_name("name") for inner in _declarators(one)), None)
        if name is not None:
            found.append(Variable(text_of(name), at=name.start_byte))
    return tuple(found)


def _method(node: Node) -> Function | None:
    body, name = node.child_by_field_name("body"), node.child_by_field_name("name")
    if body is None or name is None:
        return None
    static = "static" in _modifiers(node)
    return Function(
        node, text_of(name), _parameters(node.child_by_field_name("parameters")), _body(body), static=static
    )


def _lambda(node: Node) -> Function | None:
    body = node.child_by_field_name("body")
    if body is None or body.type != "block":
        return None
    return Function(node, "lambda", _parameters(node.child_by_field_name("parameters")), _body(body), closure=True)


def _declaration(node: Node) -> Assign:
    """`int a = 1, b;`: only a single one has a point."""
    declarators = _declarators(node)
    values = [one.child_by_field_name("value") for one in declarators]
    if len(declarators) == 1:
        value = values[0]
        shown = value is not None and value.type not in {"lambda_expression", "method_reference"}
        return Assign(
            node, declares=_declared(node), value=value, transforms=value is not None and _makes(value), shown=shown
        )
    return Assign(node, declares=_declared(node), value=node if all(values) else None, shown=False)


def _makes(value: Node) -> bool:
    name = value.child_by_field_name("name") if value.type == "method_invocation" else None
    return name is not None and text_of(name) in _MAKES


def _expression(statement: Node, node: Node) -> Shape | None:
    if node.type == "assignment_expression":
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        operator = node.child_by_field_name("operator")
        if left is None or right is None:
            return None
        value = right if operator is not None and text_of(operator) == "=" else node
        return Assign(statement, (left,), value, transforms=_makes(right))
    if node.type == "update_expression":
        return Assign(statement, (node.named_children[0],), node)
    if node.type == "method_invocation":
        return _call(statement, node)
    return None


def _call(statement: Node, node: Node) -> Shape | None:
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


def _arms(node: Node) -> tuple[tuple[Arm, ...], bool]:
    """The arms of an `if` and all its `else if`, and whether there is an `else`."""
    arms: list[Arm] = []
    current, place, word = node, node, "if"
    while True:
        consequence = current.child_by_field_name("consequence")
        if consequence is not None:
            arms.append(Arm(word, place, _body(consequence), current.child_by_field_name("condition")))
        other = current.child_by_field_name("alternative")
        if other is None:
            return tuple(arms), False
        if other.type != "if_statement":
            return (*arms, Arm("else", other.prev_sibling or other, _body(other))), True
        current, place, word = other, other, "else if"


def _switch(node: Node) -> Branch | None:
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
            if rest[0].type == "throw_statement":
                continue
            arms.append(Arm(word, one, _body(rest[0])))
        elif one.type == "switch_block_statement_group":
            arms.append(Arm(word, one, Body(one, rest)))
    # An arm may fall into the next, so nothing is sure to have been assigned by it.
    return Branch(tuple(arms), subject=node.child_by_field_name("condition"))


def _loop(node: Node) -> Loop | None:
    body = node.child_by_field_name("body")
    if body is None:
        return None
    if node.type == "enhanced_for_statement":
        name = node.child_by_field_name("name")
        return Loop(node, _body(body), binds=(Variable(text_of(name), at=name.start_byte),) if name is not None else ())
    return Loop(
        node,
        _body(body),
        node.child_by_field_name("condition"),
        node.child_by_field_name("init"),
        at_least_once=node.type == "do_statement",
    )


def _try(node: Node) -> Try | None:
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
            handlers.append(Handler(clause, _body(inner), binds))
        elif clause.type == "finally_clause" and inner is not None:
            last = _body(inner)
    return Try(_body(body), tuple(handlers), last)


def _raised(node: Node) -> str:
    made = _first(node)
    kind = made.child_by_field_name("type") if made is not None and made.type == "object_creation_expression" else None
    return text_of(kind) if kind is not None and re.fullmatch(r"\w+", text_of(kind)) else ""


def _dialect(source: str) -> Java | Dropped:
    if (match := _SEES_ITSELF.search(source)) is not None:
        return Dropped(Reason.CANNOT_INSTRUMENT, f"uses {match[0]}")
    name = free_name(source, HELPER_NAMES)
    if name is None:
        return Dropped(Reason.CANNOT_INSTRUMENT, f"every name for the helper is taken: {', '.join(HELPER_NAMES)}")
    return Java(name)


def _place_helper(raw: bytes, name: str) -> list[Insertion]:
    text = re.sub(r"\bTrace\b", name, helper_text("java.txt"))
    newline = newline_of(raw)
    lead = "" if raw.endswith(b"\n") else newline
    return [Insertion(len(raw), lead + f"\n{text}".replace("\n", newline))]


def find_points(source: str) -> Found | Dropped:
    """All trace points that a Java program could have, and the helper that they call."""
    return find(
        "Java",
        source,
        lambda root, raw: _dialect(source),  # noqa: ARG005 -- the source says it all
        lambda root, raw, made: _place_helper(raw, made.trace),  # noqa: ARG005
    )


def parses(source: str) -> bool:
    """Whether the grammar understands a program; the compiler has the last word."""
    return not parse("Java", source.encode()).root_node.has_error
