"""Put trace points into JavaScript and TypeScript programs.

Belongs here: which node of the two grammars is which shape, and how an event is written. Does not: where statements are
put (`engine`, `places`). TypeScript adds types, which are looked through.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tree_sitter import Node

from alchemy_assets.syntax_tree import parse, text_of, walk
from alchemy_assets.tracing.instrument.dialect import Shown
from alchemy_assets.tracing.instrument.found import Found, find, free_name, helper_text, newline_of
from alchemy_assets.tracing.instrument.points import Insertion, above_comments, line_start
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

_DEFINED = {"function_declaration", "generator_function_declaration", "method_definition"}
_EXPRESSIONS = {"arrow_function", "function_expression", "generator_function"}
_CLASSES = {"class_declaration", "class", "abstract_class_declaration"}
_TARGETS = {"identifier", "member_expression", "subscript_expression"}
_CHANGES = {"push", "pop", "shift", "unshift", "splice", "set", "add", "delete", "clear", "append"}
_REORDERS = {"sort", "reverse", "fill", "copyWithin"}
_MAKES = {"map", "filter", "slice", "concat", "flat", "flatMap", "split", "join", "from", "reduce", "toSorted"}
_MAKES |= {"entries", "keys", "values", "toReversed", "sort", "reverse"}
_READABLE = re.compile(r"[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*|\[[\w$ +*.-]+\])+")
_THIS = re.compile(r"this\.[A-Za-z_$][\w$]*")
LONGEST_ELEMENT = 40


@dataclass(frozen=True)
class JavaScript:
    """The dialect of both languages; `trace` is what the helper is called in this source."""

    trace: str = "trace"
    names: frozenset[str] = frozenset({"identifier", "shorthand_property_identifier"})
    functions: frozenset[str] = frozenset(_DEFINED | _EXPRESSIONS | _CLASSES)
    calls: frozenset[str] = frozenset({"call_expression", "new_expression", "await_expression"})
    comments: frozenset[str] = frozenset({"comment"})
    line_comment: bytes = b"//"
    block_scoped: bool = True
    hoists: bool = True
    braces: tuple[str, str] = ("{", "}")

    def program(self, root: Node) -> Body:
        """All statements of the file."""
        return Body(root, tuple(_statements(root)))

    def shape(self, node: Node) -> Shape | None:  # noqa: C901, PLR0911, PLR0912 -- a row a node
        """Which statement is what."""
        match node.type:
            case "expression_statement":
                return self._expression(node, node.named_children[0]) if node.named_children else None
            case "lexical_declaration" | "variable_declaration":
                return _declaration(node)
            case "statement_block":
                return Block(_body(node))
            case "if_statement":
                return Branch(*_arms(node))
            case "switch_statement":
                return _switch(node)
            case "for_statement" | "for_in_statement" | "while_statement" | "do_statement":
                return _loop(node)
            case "try_statement":
                return _try(node)
            case "return_statement":
                return Return(node, next((one for one in node.named_children if one.type != "comment"), None))
            case "throw_statement":
                return Raise(node, _raised(node))
            case "break_statement" | "continue_statement":
                return Jump(node)
            case "labeled_statement":
                return Label(node)
            case "export_statement":
                inner = node.child_by_field_name("declaration") or node.child_by_field_name("value")
                return self.shape(inner) if inner is not None else None
            case kind if kind in _DEFINED | _EXPRESSIONS:
                return _function(node)
            case kind if kind in _CLASSES:
                return _class(node)
            case "internal_module" | "module":
                body = node.child_by_field_name("body")
                return Container(node, _name(node), tuple(_statements(body))) if body is not None else None
            case _:
                return None

    def _expression(self, statement: Node, node: Node) -> Shape | None:
        if node.type == "internal_module":
            return self.shape(node)
        if node.type in {"assignment_expression", "augmented_assignment_expression"}:
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            if left is None or right is None:
                return None
            value = node if node.type.startswith("augmented") else right
            return Assign(statement, tuple(_targets(left)), value, transforms=_makes(right))
        if node.type == "update_expression":
            target = node.child_by_field_name("argument")
            return Assign(statement, (target,), node) if target is not None else None
        if node.type == "call_expression":
            return _change(statement, node)
        return None

    def reads(self, name: Node) -> bool:
        """Whether an identifier is a variable that is read, and no key, label or function that is called."""
        parent = name.parent
        if parent is None:
            return True
        called = parent.type == "call_expression" and parent.child_by_field_name("function") == name
        return not called and parent.type not in {"labeled_statement", "type_identifier", "new_expression"}

    def path(self, node: Node, scope: Scope) -> Shown | None:
        """`this.x`, where it is read."""
        del scope
        parent = node.parent
        if node.type != "member_expression" or not _THIS.fullmatch(text_of(node)):
            return None
        if parent is not None and parent.type == "call_expression" and parent.child_by_field_name("function") == node:
            return None
        return Shown(text_of(node), text_of(node))

    def reread(self, target: Node, scope: Scope) -> Shown | None:
        """`name.x` or `name[i]` whose names all have a value."""
        text = text_of(target)
        if target.type not in _TARGETS or len(text) > LONGEST_ELEMENT or not _READABLE.fullmatch(text):
            return None
        names = [one for one in walk(target) if one.type == "identifier"]
        return Shown(text, text) if all(scope.known(text_of(one)) for one in names) else None

    def printable(self, shown: Shown) -> bool:
        """Any value can be shown."""
        return shown.expression != "undefined"

    def write(self, kind: str, place: str, shown: Sequence[Shown]) -> str:
        """A call of the helper."""
        words = [f'"{kind}"', f'"{place}"', *([self._state(shown)] if shown else [])]
        return f"{self.trace}({', '.join(words)});"

    def hand_on(self, place: str, value: Node, scope: Scope) -> tuple[str, str] | None:
        """The helper gives the last value back."""
        del scope
        if any(one.type in {"yield_expression", "ERROR"} for one in walk(value)):
            return None
        bracket = ("(", ")") if value.type == "sequence_expression" else ("", "")
        return f'{self.trace}("OUT", "{place}", {{ result: {bracket[0]}', f"{bracket[1]} }})"

    def result(self, value: Node, function: Function | None, scope: Scope) -> Shown | None:
        """Nothing is shown that could not be handed on."""
        del value, function, scope
        return None

    def _state(self, shown: Sequence[Shown]) -> str:
        parts = []
        for one in shown:
            if one.word:
                parts.append(f'{one.label}: "{one.expression}"')
            elif one.label == one.expression and re.fullmatch(r"[\w$]+", one.label):
                parts.append(one.label)
            else:
                parts.append(f'"{one.label}": {one.expression}')
        return f"{{ {', '.join(parts)} }}"


def _name(node: Node) -> str:
    name = node.child_by_field_name("name")
    return text_of(name).replace('"', "") if name is not None else ""


def _statements(node: Node) -> Iterator[Node]:
    """The statements of a block, without comments and directives, which must stay in front."""
    directives = True
    for one in node.named_children:
        if one.type in {"comment", "hash_bang_line", "empty_statement"}:
            continue
        first = one.named_children[0] if one.type == "expression_statement" and one.named_children else None
        directives = directives and first is not None and first.type == "string"
        if not directives:
            yield one


def _body(node: Node) -> Body:
    """A body, in braces or not."""
    if node.type == "statement_block":
        return Body(node, tuple(_statements(node)), opening=node.start_byte + 1)
    return Body(node, (node,), bare=True)


def _targets(node: Node) -> Iterator[Node]:
    """What an assignment to a pattern gives values to."""
    if node.type in _TARGETS:
        yield node
    elif node.type in {"array_pattern", "object_pattern", "rest_pattern", "pair_pattern", "assignment_pattern"}:
        for child in node.named_children:
            if node.type == "assignment_pattern" and child == node.child_by_field_name("right"):
                continue
            if node.type == "pair_pattern" and child == node.child_by_field_name("key"):
                continue
            yield from _targets(child)
    elif node.type in {"shorthand_property_identifier_pattern", "shorthand_property_identifier"}:
        yield node
    elif node.type in {"parenthesized_expression", "non_null_expression"}:
        yield from _targets(node.named_children[0])


def _variables(node: Node) -> tuple[Variable, ...]:
    return tuple(Variable(text_of(one), at=one.start_byte) for one in _targets(node) if "identifier" in one.type)


def _declaration(node: Node) -> Shape:
    """`let a = 1, b;`: one declarator a shape, so that only single ones have a point."""
    declarators = [one for one in node.named_children if one.type == "variable_declarator"]
    shapes = []
    for one in declarators:
        name, value = one.child_by_field_name("name"), one.child_by_field_name("value")
        declared = _variables(name) if name is not None else ()
        shapes.append((declared, value))
    if len(shapes) == 1:
        declared, value = shapes[0]
        # A function is no state that changes; it is walked as a closure.
        shown = value is not None and value.type not in _EXPRESSIONS | _CLASSES and not _requires(value)
        return Assign(node, declares=declared, value=value, transforms=value is not None and _makes(value), shown=shown)
    every = tuple(variable for declared, _ in shapes for variable in declared)
    valued = all(value is not None for _, value in shapes)
    return Assign(node, declares=every, value=node if valued else None, shown=False)


def _requires(value: Node) -> bool:
    return "require(" in text_of(value) or "import(" in text_of(value)


def _makes(value: Node) -> bool:
    called = value.child_by_field_name("function") if value.type == "call_expression" else None
    if called is None or called.type != "member_expression":
        return False
    name = called.child_by_field_name("property")
    return name is not None and text_of(name) in _MAKES


def _change(statement: Node, node: Node) -> Shape | None:
    called = node.child_by_field_name("function")
    if called is None or called.type != "member_expression":
        return None
    target, name = called.child_by_field_name("object"), called.child_by_field_name("property")
    if target is None or name is None or text_of(name) not in _CHANGES | _REORDERS:
        return None
    return Change(statement, target, transforms=text_of(name) in _REORDERS)


def _arms(node: Node) -> tuple[tuple[Arm, ...], bool]:
    """The arms of an `if` and all its `else if`, and whether there is an `else`."""
    arms: list[Arm] = []
    current: Node | None = node
    place, word = node, "if"
    while current is not None:
        condition = current.child_by_field_name("condition")
        consequence = current.child_by_field_name("consequence")
        if condition is not None and consequence is not None:
            arms.append(Arm(word, place, _body(consequence), condition))
        clause = current.child_by_field_name("alternative")
        inner = clause.named_children[-1] if clause is not None and clause.named_children else None
        if clause is None or inner is None:
            return tuple(arms), False
        if inner.type != "if_statement":
            return (*arms, Arm("else", clause, _body(inner))), True
        current, place, word = inner, clause, "else if"
    return tuple(arms), False


def _switch(node: Node) -> Branch | None:
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


def _loop(node: Node) -> Loop | None:
    body = node.child_by_field_name("body")
    if body is None:
        return None
    if node.type == "for_in_statement":
        left, declared = node.child_by_field_name("left"), node.child_by_field_name("kind")
        binds = _variables(left) if left is not None and declared is not None else ()
        return Loop(node, _body(body), binds=binds)
    condition = node.child_by_field_name("condition")
    return Loop(
        node,
        _body(body),
        condition if condition is not None and condition.type != "empty_statement" else None,
        node.child_by_field_name("initializer"),
        at_least_once=node.type == "do_statement",
    )


def _try(node: Node) -> Try | None:
    body = node.child_by_field_name("body")
    if body is None:
        return None
    handlers: tuple[Handler, ...] = ()
    clause, last = node.child_by_field_name("handler"), node.child_by_field_name("finalizer")
    caught = clause.child_by_field_name("body") if clause is not None else None
    if clause is not None and caught is not None:
        parameter = clause.child_by_field_name("parameter")
        handlers = (Handler(clause, _body(caught), _variables(parameter) if parameter is not None else ()),)
    ending = last.child_by_field_name("body") if last is not None else None
    return Try(_body(body), handlers, _body(ending) if ending is not None else None)


def _raised(node: Node) -> str:
    thrown = node.named_children[0] if node.named_children else None
    made = thrown.child_by_field_name("constructor") if thrown is not None and thrown.type == "new_expression" else None
    return text_of(made) if made is not None and made.type == "identifier" else ""


def _parameters(node: Node) -> tuple[Variable, ...]:
    single = node.child_by_field_name("parameter")
    if single is not None:
        return _variables(single)
    parameters = node.child_by_field_name("parameters")
    found: list[Variable] = []
    for one in parameters.named_children if parameters is not None else ():
        pattern = one.child_by_field_name("pattern") if one.type.endswith("_parameter") else one
        if pattern is not None and text_of(pattern) != "this":
            found += _variables(pattern)
    return tuple(found)


def _function(node: Node) -> Function | None:
    body = node.child_by_field_name("body")
    if body is None:
        return None
    name = _name(node) or _given_name(node)
    closure = node.type in _EXPRESSIONS
    if body.type != "statement_block":
        return Function(node, name, _parameters(node), value=body, closure=closure)
    inside = _body(body)
    statements = inside.statements
    if name == "constructor" and statements and text_of(statements[0]).startswith("super"):
        # `this` is not there before `super` has run.
        inside = Body(body, statements[1:], opening=statements[0].end_byte)
    return Function(node, name, _parameters(node), inside, closure=closure)


def _given_name(node: Node) -> str:
    """The name of the variable, property or field that a function without a name is given to."""
    parent = node.parent
    if parent is None:
        return "<anonymous>"
    for place in ("name", "key", "left", "property"):
        given = parent.child_by_field_name(place)
        if given is not None and given != node:
            return re.sub(r"[^\w$.]", "", text_of(given).rpartition(".")[2]) or "<anonymous>"
    return "<anonymous>"


def _class(node: Node) -> Container | None:
    body = node.child_by_field_name("body")
    if body is None:
        return None
    members = [one for one in body.named_children if one.type in _DEFINED]
    fields = [one for one in body.named_children if one.type in {"field_definition", "public_field_definition"}]
    values = [value for one in fields if (value := one.child_by_field_name("value")) is not None]
    return Container(
        node, _name(node) or _given_name(node), (*members, *(one for one in values if one.type in _EXPRESSIONS))
    )


HELPER_NAMES = ("trace", "traceEvent", "emitTrace")
ENDINGS = ("", "Value", "Limit", "Count", "Write")
# What sees its own source or callers would see the points.
_SEES_ITSELF = re.compile(r"\bprepareStackTrace|\bcallee\b|\.caller\b|\bwith\s*\(|__filename.*readFile|new Proxy\(")


def dialect_for(source: str) -> JavaScript | Dropped:
    """The dialect with a name for the helper that the source does not use."""
    if (match := _SEES_ITSELF.search(source)) is not None:
        return Dropped(Reason.CANNOT_INSTRUMENT, f"uses {match[0].strip()}")
    name = free_name(source, HELPER_NAMES, endings=ENDINGS)
    if name is None:
        return Dropped(Reason.CANNOT_INSTRUMENT, f"every name for the helper is taken: {', '.join(HELPER_NAMES)}")
    return JavaScript(name)


def place_helper(root: Node, raw: bytes, name: str, text: str) -> list[Insertion] | Dropped:
    """The helper stands before the first statement that is neither a directive nor an import."""
    first = next((one for one in _statements(root) if one.type != "import_statement"), None)
    if first is None or raw[line_start(raw, first.start_byte) : first.start_byte].strip(b" \t;"):
        return Dropped(Reason.CANNOT_INSTRUMENT, "the first statement shares its line")
    text = re.sub(r"\btrace(?=Value|Limit|Count|Write|\()", name, text)
    return [Insertion(above_comments(raw, first), (text + "\n").replace("\n", newline_of(raw)))]


def find_points(source: str) -> Found | Dropped:
    """All trace points that a JavaScript program could have, and the helper that they call."""
    return find(
        "JavaScript",
        source,
        lambda root, raw: dialect_for(source),  # noqa: ARG005 -- the source says it all
        lambda root, raw, made: place_helper(root, raw, made.trace, helper_text("javascript.txt")),
    )


def parses(source: str) -> bool:
    """Whether the grammar understands a script; Node has the last word."""
    return not parse("JavaScript", source.encode()).root_node.has_error
