"""Put trace points into C# programs.

Belongs here: which node of the grammar is which shape, and how an event is written. Does not: where statements are put
(`engine`, `places`).
The helper is a class of its own at the end of the file; it is written in C# 7, which mono's compiler reads too.
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
    Label,
    Loop,
    Raise,
    Return,
    Shape,
    Try,
    Variable,
)
from alchemy_assets.tracing.reasons import Dropped, Reason

_SPACES = {"namespace_declaration", "file_scoped_namespace_declaration"}
_TYPES = {"class_declaration", "struct_declaration", "interface_declaration", "record_declaration"}
_METHODS = {
    "constructor_declaration", "destructor_declaration", "local_function_statement", "method_declaration",
    "operator_declaration",
}  # fmt: skip
_CLOSURES = {"anonymous_method_expression", "lambda_expression"}
_LITERALS = {
    "boolean_literal", "character_literal", "default_expression", "integer_literal", "null_literal", "real_literal",
    "string_literal",
}  # fmt: skip
_BLOCKS = {"checked_statement", "fixed_statement", "lock_statement", "unsafe_statement", "using_statement"}
_NOT_HANDED_ON = {"initializer_expression", "ref_expression", "switch_expression", "throw_expression", *_CLOSURES}
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
_READABLE = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*|\[[\w +*,-]+\])+")
LONGEST_ELEMENT = 40
HELPER_NAMES = ("Trace", "TraceLog", "EventTrace")
# What sees its own source or stack, or lists its own types, would see the helper or the points.
_SEES_ITSELF = re.compile(r"\bStackTrace\b|\bStackFrame\b|\bCallerLineNumber\b|\.GetTypes\s*\(|\bGetCallingAssembly\b")


@dataclass(frozen=True)
class CSharp:
    """The dialect; `trace` is what the class of the helper is called in this source."""

    trace: str = "Trace"
    names: frozenset[str] = frozenset({"identifier"})
    functions: frozenset[str] = frozenset({*_TYPES, *_METHODS, *_CLOSURES})
    calls: frozenset[str] = frozenset({"invocation_expression", "object_creation_expression"})
    comments: frozenset[str] = frozenset({"comment"})
    line_comment: bytes = b"//"
    block_scoped: bool = True
    hoists: bool = True
    braces: tuple[str, str] = ("{", "}")

    def program(self, root: Node) -> Body:
        """The namespaces and types of the file."""
        return Body(root, tuple(one for one in root.named_children if one.type in _SPACES | _TYPES))

    def shape(self, node: Node) -> Shape | None:  # noqa: C901, PLR0911, PLR0912 -- a row a node
        """Which statement is what."""
        match node.type:
            case kind if kind in _SPACES:
                return Container(node, "", _members(node))
            case kind if kind in _TYPES:
                return _container(node)
            case kind if kind in _METHODS | _CLOSURES:
                return _method(node)
            case "property_declaration" | "indexer_declaration":
                return _property(node)
            case "accessor_declaration":
                return _accessor(node)
            case "block":
                return Block(_body(node))
            case kind if kind in _BLOCKS:
                inner = node.child_by_field_name("body") or node.named_children[-1]
                return Block(_body(inner)) if inner.type == "block" else None
            case "local_declaration_statement":
                return _declaration(node, node.named_children[-1])
            case "variable_declaration":
                return _declaration(node, node)
            case "expression_statement":
                return _expression(node, node.named_children[0])
            case "if_statement":
                return Branch(*_arms(node))
            case "switch_statement":
                return _switch(node)
            case "while_statement" | "do_statement" | "for_statement" | "foreach_statement":
                return _loop(node)
            case "try_statement":
                return _try(node)
            case "return_statement":
                return Return(node, _first(node))
            case "throw_statement":
                return Raise(node, _raised(node))
            case "break_statement" | "continue_statement" | "goto_statement":
                return Jump(node)
            case "labeled_statement":
                return Label(node)
            case _:
                return None

    def reads(self, name: Node) -> bool:
        """Whether an identifier is a variable that is read, and no member, method, label or type."""
        parent = name.parent
        if parent is None:
            return True
        if parent.type == "member_access_expression":
            return parent.child_by_field_name("expression") == name
        called = parent.type == "invocation_expression" and parent.child_by_field_name("function") == name
        return not called and parent.type not in {
            "generic_name",
            "labeled_statement",
            "name_colon",
            "object_creation_expression",
        }

    def path(self, node: Node, scope: Scope) -> Shown | None:
        """`this.x`, where it is read."""
        if node.type != "member_access_expression" or not re.fullmatch(r"this\.\w+", text_of(node)):
            return None
        return Shown(text_of(node), text_of(node)) if scope.known(text_of(node)[5:]) else None

    def reread(self, target: Node, scope: Scope) -> Shown | None:
        """`this.x` or `name[i]` whose names all have a value."""
        text = text_of(target)
        if len(text) > LONGEST_ELEMENT or not _READABLE.fullmatch(text):
            return None
        if text.startswith("this.") and not scope.known(re.split(r"\W", text[5:])[0]):
            return None  # A property may do anything when it is read.
        names = [one for one in walk(target) if one.type == "identifier" and self.reads(one)]
        return Shown(text, text) if all(scope.known(text_of(one)) for one in names) else None

    def printable(self, shown: Shown) -> bool:
        """Any value but a pointer, or one that lives on the stack alone."""
        return bool(shown.expression) and not re.search(r"[*]|Span<", shown.type)

    def write(self, kind: str, place: str, shown: Sequence[Shown]) -> str:
        """A call of the helper."""
        pairs = [f'"{one.label}", ' + (f'"{one.expression}"' if one.word else one.expression) for one in shown]
        words = ", ".join([f'"{kind}"', f'"{place}"', *pairs])
        return f"{self.trace}.Event({words});"

    def hand_on(self, place: str, value: Node, scope: Scope) -> tuple[str, str] | None:
        """The helper gives the value back; constants keep their type where they stand."""
        result = scope.definition.result if scope.definition is not None else ""
        if (
            value.type in _NOT_HANDED_ON
            or _is_constant(value)
            or result in {"void", ""}
            or "*" in result
            or "ref " in result
        ):
            return None
        return f'{self.trace}.Out<{result}>("{place}", ', ")"

    def result(self, value: Node, function: Function | None, scope: Scope) -> Shown | None:
        """A constant, which may stand twice."""
        del function, scope
        return Shown("result", text_of(value)) if _is_constant(value) and value.type != "default_expression" else None


def _is_constant(node: Node) -> bool:
    """Whether a value is made of literals alone."""
    return node.type in _LITERALS or (
        node.type in {"prefix_unary_expression", "binary_expression", "parenthesized_expression", "cast_expression"}
        and all(_is_constant(one) for one in node.named_children if one.type != "predefined_type")
    )


def _first(node: Node) -> Node | None:
    return next((one for one in node.named_children if one.type != "comment"), None)


def _body(node: Node) -> Body:
    """A body, in braces or not."""
    if node.type == "block":
        statements = tuple(one for one in node.named_children if one.type not in {"comment", "empty_statement"})
        return Body(node, statements, opening=node.start_byte + 1)
    return Body(node, (node,), bare=True)


def _modifiers(node: Node) -> set[str]:
    return {text_of(child) for child in node.named_children if child.type == "modifier"}


def _members(node: Node) -> tuple[Node, ...]:
    body = node.child_by_field_name("body")
    inside = body if body is not None else node
    return tuple(one for one in inside.named_children if one.type != "comment")


def _declarators(node: Node) -> Iterator[tuple[Node, Node | None]]:
    """Name and value of each variable of a declaration."""
    for one in node.named_children:
        if one.type == "variable_declarator" and (name := one.child_by_field_name("name")) is not None:
            rest = [child for child in one.named_children if child != name and child.type != "bracketed_argument_list"]
            yield name, rest[0] if rest else None


def _variables(node: Node, *, member: bool = False) -> tuple[Variable, ...]:
    kind = node.child_by_field_name("type")
    said = text_of(kind) if kind is not None else ""
    return tuple(Variable(text_of(name), said, name.start_byte, member) for name, _ in _declarators(node))


def _container(node: Node) -> Container:
    members = _members(node)
    variables: list[Variable] = []
    for one in members:
        member = not _modifiers(one) & {"static", "const"}
        if one.type == "field_declaration" and "volatile" not in _modifiers(one):
            variables += _variables(one.named_children[-1], member=member)
        elif one.type == "property_declaration" and _is_automatic(one):
            name = one.child_by_field_name("name")
            variables += [Variable(text_of(name), at=name.start_byte, member=member)] if name is not None else []
    name = node.child_by_field_name("name")
    return Container(node, text_of(name) if name is not None else "", members, tuple(variables))


def _is_automatic(node: Node) -> bool:
    """Whether a property is no more than a field."""
    accessors = node.child_by_field_name("accessors")
    kinds = _modifiers(node) & {"abstract", "virtual", "override"}
    return (
        accessors is not None
        and not kinds
        and all(not one.child_by_field_name("body") for one in accessors.named_children)
    )


def _parameters(node: Node | None) -> tuple[Variable, ...]:
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
        if name is not None and "out" not in _modifiers(one):
            found.append(Variable(text_of(name), text_of(kind) if kind is not None else "", name.start_byte))
    last = node.child_by_field_name("name")
    return (*found, Variable(text_of(last), at=last.start_byte)) if last is not None else tuple(found)


def _method(node: Node) -> Function | None:
    body = node.child_by_field_name("body")
    name = node.child_by_field_name("name")
    called = text_of(name) if name is not None else "lambda" if node.type in _CLOSURES else "operator"
    kind = node.child_by_field_name("returns") or node.child_by_field_name("type")
    result = text_of(kind) if kind is not None else ""
    if any(one.type == "yield_statement" for one in walk(node)) or "async" in _modifiers(node):
        result = ""
    if body is None and node.type == "anonymous_method_expression":
        body = next((one for one in node.named_children if one.type == "block"), None)
    return _function(node, called, body, result)


def _function(node: Node, name: str, body: Node | None, result: str) -> Function | None:
    if body is None:
        return None
    parameters = _parameters(node.child_by_field_name("parameters"))
    closure = node.type in _CLOSURES or node.type == "local_function_statement"
    static = "static" in _modifiers(node) and not closure
    if body.type == "block":
        return Function(node, name, parameters, _body(body), result=result, closure=closure, static=static)
    value = _first(body) if body.type == "arrow_expression_clause" and result not in {"", "void"} else None
    return Function(node, name, parameters, value=value, result=result, closure=closure, static=static)


def _property(node: Node) -> Shape | None:
    name, kind = node.child_by_field_name("name"), node.child_by_field_name("type")
    called, result = text_of(name) if name is not None else "this[]", text_of(kind) if kind is not None else ""
    value = node.child_by_field_name("value")
    if value is not None and value.type == "arrow_expression_clause":
        return _function(node, called, value, result)
    accessors = node.child_by_field_name("accessors")
    return Container(node, "", tuple(accessors.named_children)) if accessors is not None else None


def _accessor(node: Node) -> Function | None:
    owner = node.parent.parent if node.parent is not None else None
    if owner is None:
        return None
    name, kind = owner.child_by_field_name("name"), owner.child_by_field_name("type")
    called = text_of(name) if name is not None else "this[]"
    getter = any(child.type == "get" for child in node.children)
    result = text_of(kind) if kind is not None and getter else ""
    if any(one.type == "yield_statement" for one in walk(node)):
        result = ""
    found = _function(node, f"{called}.{'get' if getter else 'set'}", node.child_by_field_name("body"), result)
    if found is None or "static" not in _modifiers(owner):
        return found
    return Function(node, found.name, found.parameters, found.body, found.value, result, static=True)


def _declaration(statement: Node, node: Node) -> Assign | None:
    """`int a = 1, b;`: only a single one has a point."""
    if node.type != "variable_declaration":
        return None
    pairs = list(_declarators(node))
    constant = "const" in _modifiers(statement)
    if len(pairs) == 1:
        value = pairs[0][1]
        shown = value is not None and value.type not in _CLOSURES and not constant
        return Assign(
            statement,
            declares=_variables(node),
            value=value,
            transforms=value is not None and _makes(value),
            shown=shown,
        )
    return Assign(
        statement, declares=_variables(node), value=node if all(value for _, value in pairs) else None, shown=False
    )


def _makes(value: Node) -> bool:
    called = value.child_by_field_name("function") if value.type == "invocation_expression" else None
    name = (
        called.child_by_field_name("name") if called is not None and called.type == "member_access_expression" else None
    )
    return name is not None and text_of(name) in _MAKES


def _expression(statement: Node, node: Node) -> Shape | None:
    if node.type == "assignment_expression":
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is None or right is None or left.type in {"tuple_expression", "declaration_expression"}:
            return None
        plain = any(child.type == "=" for child in node.children)
        return Assign(
            statement, (left,), right if plain else node, transforms=_makes(right), shown=right.type not in _CLOSURES
        )
    if node.type in {"postfix_unary_expression", "prefix_unary_expression"} and node.named_children:
        return Assign(statement, (node.named_children[0],), node)
    if node.type == "invocation_expression":
        return _call(statement, node)
    return None


def _call(statement: Node, node: Node) -> Shape | None:
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


def _arms(node: Node) -> tuple[tuple[Arm, ...], bool]:
    """The arms of an `if` and all its `else if`, and whether there is an `else`."""
    arms: list[Arm] = []
    current, word = node, "if"
    while True:
        consequence = current.child_by_field_name("consequence")
        if consequence is not None:
            arms.append(Arm(word, current, _body(consequence), current.child_by_field_name("condition")))
        other = current.child_by_field_name("alternative")
        if other is None:
            return tuple(arms), False
        if other.type != "if_statement":
            return (*arms, Arm("else", other.prev_sibling or other, _body(other))), True
        current, word = other, "else if"


def _switch(node: Node) -> Branch | None:
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


def _loop(node: Node) -> Loop | None:
    body = node.child_by_field_name("body")
    if body is None:
        return None
    if node.type == "foreach_statement":
        left, kind = node.child_by_field_name("left"), node.child_by_field_name("type")
        names = [one for one in walk(left) if one.type == "identifier"] if left is not None else []
        said = text_of(kind) if kind is not None else ""
        return Loop(node, _body(body), binds=tuple(Variable(text_of(one), said, one.start_byte) for one in names))
    return Loop(
        node,
        _body(body),
        node.child_by_field_name("condition"),
        node.child_by_field_name("initializer"),
        at_least_once=node.type == "do_statement",
    )


def _try(node: Node) -> Try | None:
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
            handlers.append(Handler(clause, _body(inner), binds, text_of(kind) if kind is not None else ""))
        elif clause.type == "finally_clause" and inner is not None:
            last = _body(inner)
    return Try(_body(body), tuple(handlers), last)


def _raised(node: Node) -> str:
    made = _first(node)
    kind = made.child_by_field_name("type") if made is not None and made.type == "object_creation_expression" else None
    return text_of(kind) if kind is not None and re.fullmatch(r"\w+", text_of(kind)) else ""


def _dialect(source: str) -> CSharp | Dropped:
    if (match := _SEES_ITSELF.search(source)) is not None:
        return Dropped(Reason.CANNOT_INSTRUMENT, f"uses {match[0]}")
    name = free_name(source, HELPER_NAMES)
    if name is None:
        return Dropped(Reason.CANNOT_INSTRUMENT, f"every name for the helper is taken: {', '.join(HELPER_NAMES)}")
    return CSharp(name)


def _place_helper(raw: bytes, name: str) -> list[Insertion]:
    text = re.sub(r"\bTrace\b", name, helper_text("csharp.txt"))
    newline = newline_of(raw)
    lead = "" if raw.endswith(b"\n") else newline
    return [Insertion(len(raw), lead + f"\n{text}".replace("\n", newline))]


def find_points(source: str) -> Found | Dropped:
    """All trace points that a C# program could have, and the helper that they call."""
    return find(
        "CSharp",
        source,
        lambda root, raw: _dialect(source),  # noqa: ARG005 -- the source says it all
        lambda root, raw, made: _place_helper(raw, made.trace),  # noqa: ARG005
    )


def parses(source: str) -> bool:
    """Whether the grammar understands a program; the compiler has the last word."""
    return not parse("CSharp", source.encode()).root_node.has_error
