"""Put trace points into Go programs.

Belongs here: which node of the grammar is which shape, and how an event is written. Does not: where statements are put
(`engine`, `places`).
A returned value keeps the type that its function declares, so that constants and nil can be handed on.
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
    Jump,
    Loop,
    Raise,
    Return,
    Several,
    Shape,
    Variable,
)
from alchemy_assets.tracing.reasons import Dropped, Reason

_DEFINED = {"function_declaration", "method_declaration"}
_CHANGES = re.compile(r"^(?:Push|Pop|Add|Insert|Remove|Set|Append|Write|Enqueue|Dequeue|Delete|Put|Store|Update|Mark)")
_MAKES = re.compile(
    r"^(?:append|strings\.(?:Split|Fields|Join|Map|Replace|ToUpper|ToLower|Title|Trim)\w*|slices\.\w+)$"
)
_READABLE = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*|\[[\w +*-]+\])+")
_FIELD = re.compile(r"[A-Za-z_]\w*\.[A-Za-z_]\w*")
_ONE_TYPE = re.compile(r"[\w.*\[\], ]+|(?:\[\w*\])*map\[[\w.*]+\][\w.*\[\]]+")
LONGEST_ELEMENT = 40
HELPER_NAMES = ("trace", "traceEvent", "emitTrace")
ENDINGS = (
    "",
    "Value",
    "Limit",
    "Count",
    "Out",
    "Text",
    "Fmt",
    "Os",
    "Reflect",
    "Sort",
    "Strconv",
    "Strings",
    "Sync",
    "Lock",
    "Own",
)
# What sees its own source, stack or size would see the points.
_SEES_ITSELF = re.compile(
    r"\bruntime\.(?:Callers?|Stack|FuncForPC|ReadMemStats)\b|\bdebug\.(?:Stack|PrintStack)\b"
    r"|//go:(?:nosplit|embed|linkname)|\bimport \"C\""
)


@dataclass(frozen=True)
class Go:
    """The dialect; `trace` is what the helper is called in this source."""

    trace: str = "trace"
    names: frozenset[str] = frozenset({"identifier"})
    functions: frozenset[str] = frozenset({*_DEFINED, "func_literal"})
    calls: frozenset[str] = frozenset({"call_expression"})
    comments: frozenset[str] = frozenset({"comment"})
    line_comment: bytes = b"//"
    block_scoped: bool = True
    hoists: bool = True
    braces: tuple[str, str] = ("{", "}")

    def program(self, root: Node) -> Body:
        """The file as a whole: functions stand in it, and no other statement."""
        return Body(root, (root,))

    def shape(self, node: Node) -> Shape | None:  # noqa: C901, PLR0911, PLR0912 -- a row a node
        """Which statement is what."""
        match node.type:
            case "source_file":
                return Container(
                    node, "", tuple(one for one in node.named_children if one.type in _DEFINED), _globals(node)
                )
            case "function_declaration" | "method_declaration" | "func_literal":
                return _function(node)
            case "block":
                return Block(_body(node))
            case "short_var_declaration":
                return _declared(node)
            case "var_declaration":
                return _variables(node)
            case "assignment_statement":
                return _assigned(node)
            case "inc_statement" | "dec_statement":
                return Assign(node, (node.named_children[0],), node)
            case "if_statement":
                return Branch(*_arms(node))
            case "expression_switch_statement" | "type_switch_statement":
                return _switch(node)
            case "for_statement":
                return _loop(node)
            case "return_statement":
                return Return(node, node.named_children[0] if node.named_children else None)
            case "break_statement" | "continue_statement" | "goto_statement" | "fallthrough_statement":
                return Jump(node)
            case "labeled_statement":
                return Several((node.named_children[-1],))
            case "expression_statement":
                return _called(node, node.named_children[0])
            case _:
                return None

    def reads(self, name: Node) -> bool:
        """Whether an identifier is a variable that is read, and no key of a literal or function that is called."""
        parent = name.parent
        if parent is None:
            return True
        called = parent.type == "call_expression" and parent.child_by_field_name("function") == name
        key = parent.type == "literal_element" and parent.parent is not None and parent.parent.type == "keyed_element"
        return not called and not (key and parent.next_sibling is not None)

    def path(self, node: Node, scope: Scope) -> Shown | None:
        """A field of the receiver, where nothing around asks whether that is nil."""
        parent = node.parent
        if node.type != "selector_expression" or not _FIELD.fullmatch(text_of(node)) or parent is None:
            return None
        if parent.type in {"call_expression", "selector_expression", "unary_expression"} or _may_be_nil(node):
            return None
        receiver = scope.definition.shows_object if scope.definition is not None else ""
        owner = text_of(node).partition(".")[0]
        return Shown(text_of(node), text_of(node)) if owner == receiver and scope.known(owner) else None

    def reread(self, target: Node, scope: Scope) -> Shown | None:
        """`name.x` or `name[i]` whose names all have a value."""
        text = text_of(target)
        if len(text) > LONGEST_ELEMENT or not _READABLE.fullmatch(text):
            return None
        names = [one for one in walk(target) if one.type == "identifier"]
        return Shown(text, text) if all(scope.known(text_of(one)) for one in names) else None

    def printable(self, shown: Shown) -> bool:
        """Any value can be shown, but the blank name has none."""
        return shown.expression != "_"

    def write(self, kind: str, place: str, shown: Sequence[Shown]) -> str:
        """A call of the helper."""
        pairs = [f'"{one.label}", ' + (f'"{one.expression}"' if one.word else one.expression) for one in shown]
        words = ", ".join([f'"{kind}"', f'"{place}"', *pairs])
        return f"{self.trace}({words})"

    def hand_on(self, place: str, value: Node, scope: Scope) -> tuple[str, str] | None:
        """The helper gives the value back, in the type that the function declares."""
        results = scope.definition.result.split("\n") if scope.definition is not None else []
        values = value.named_children if value.type == "expression_list" else []
        if len(values) != 1 or len(results) != 1 or not _ONE_TYPE.fullmatch(results[0]):
            return None
        return f'{self.trace}Out[{results[0]}]("{place}", ', ")"

    def result(self, value: Node, function: Function | None, scope: Scope) -> Shown | None:
        """Of several values the first, or the error where there is one, if they can be computed twice."""
        del function
        values = value.named_children if value.type == "expression_list" else []
        plain = [one for one in values if _is_plain(one, scope)]
        if len(values) <= 1 or not plain:
            return None
        telling = [one for one in plain if text_of(one) not in {"nil", "0", '""', "false"}] or plain
        return Shown("result", text_of(telling[0]))


def _is_plain(node: Node, scope: Scope) -> bool:
    """Whether a value is a name or a literal."""
    if node.type == "identifier":
        return scope.known(text_of(node)) is not None
    return node.type in {"int_literal", "float_literal", "interpreted_string_literal", "true", "false", "nil"}


def _may_be_nil(node: Node) -> bool:
    above = node.parent
    while above is not None and above.type in {"binary_expression", "parenthesized_expression"}:
        if any(one.type == "nil" for one in walk(above)):
            return True
        above = above.parent
    return False


def _body(node: Node) -> Body:
    """The statements between braces."""
    statements = [
        one for child in node.named_children if child.type == "statement_list" for one in child.named_children
    ]
    return Body(node, tuple(_real(statements)), opening=node.start_byte + 1)


def _real(statements: Sequence[Node]) -> Iterator[Node]:
    return (one for one in statements if one.type not in {"comment", "empty_statement"})


def _named(nodes: Sequence[Node], kind: str = "") -> tuple[Variable, ...]:
    return tuple(
        Variable(text_of(one), kind, one.start_byte)
        for one in nodes
        if one.type == "identifier" and text_of(one) != "_"
    )


def _globals(root: Node) -> tuple[Variable, ...]:
    specs = [spec for one in root.named_children if one.type == "var_declaration" for spec in _specs(one)]
    return tuple(variable for spec in specs for variable in _named(spec.children_by_field_name("name")))


def _specs(node: Node) -> Iterator[Node]:
    return (one for one in walk(node) if one.type == "var_spec")


def _function(node: Node) -> Function | None:
    body, parameters = node.child_by_field_name("body"), node.child_by_field_name("parameters")
    if body is None or parameters is None:
        return None
    name = node.child_by_field_name("name")
    receiver = _parameters(node.child_by_field_name("receiver"))
    called = text_of(name) if name is not None else "func"
    if (owner := node.child_by_field_name("receiver")) is not None:
        kind = next((text_of(one) for one in walk(owner) if one.type == "type_identifier"), "")
        called = f"{kind}.{called}"
    returned = node.child_by_field_name("result")
    return Function(
        node,
        called,
        _parameters(parameters),
        _body(body),
        result=_result(returned),
        closure=node.type == "func_literal",
        shows_object=receiver[0].name if receiver else "",
        also=(*receiver, *_parameters(returned)),
    )


def _parameters(node: Node | None) -> tuple[Variable, ...]:
    if node is None or node.type != "parameter_list":
        return ()
    return tuple(variable for one in node.named_children for variable in _named(one.children_by_field_name("name")))


def _result(node: Node | None) -> str:
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


def _declared(node: Node) -> Assign | None:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None:
        return None
    values = right.named_children
    shown = not any(one.type == "func_literal" for one in values)
    return Assign(node, declares=_named(left.named_children), value=right, transforms=_makes(values), shown=shown)


def _variables(node: Node) -> Assign | None:
    specs = list(_specs(node))
    names = tuple(variable for spec in specs for variable in _named(spec.children_by_field_name("name")))
    value = specs[0].child_by_field_name("value") if len(specs) == 1 else None
    # What has no value given has its type's zero.
    return Assign(node, declares=names, value=value or node, shown=value is not None)


def _assigned(node: Node) -> Assign | None:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None:
        return None
    operator = node.child_by_field_name("operator")
    value = right if operator is not None and text_of(operator) == "=" else node
    targets = tuple(one for one in left.named_children if text_of(one) != "_")
    return Assign(node, targets, value, transforms=_makes(right.named_children), shown=bool(targets))


def _makes(values: Sequence[Node]) -> bool:
    called = (
        values[0].child_by_field_name("function") if len(values) == 1 and values[0].type == "call_expression" else None
    )
    return called is not None and _MAKES.fullmatch(text_of(called)) is not None


def _called(statement: Node, node: Node) -> Shape | None:
    called, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    if node.type != "call_expression" or called is None or arguments is None:
        return None
    name = text_of(called)
    if name == "panic":
        return Raise(statement)
    if name == "os.Exit":
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


def _arms(node: Node) -> tuple[tuple[Arm, ...], bool]:
    """The arms of an `if` and all its `else if`, and whether there is an `else`."""
    arms: list[Arm] = []
    binds: tuple[Variable, ...] = ()
    current, word = node, "if"
    while True:
        first = current.child_by_field_name("initializer")
        if first is not None and first.type == "short_var_declaration":
            left = first.child_by_field_name("left")
            binds = (*binds, *(_named(left.named_children) if left is not None else ()))
        consequence = current.child_by_field_name("consequence")
        if consequence is not None:
            arms.append(Arm(word, current, _body(consequence), current.child_by_field_name("condition"), binds))
        other = current.child_by_field_name("alternative")
        if other is None:
            return tuple(arms), False
        if other.type != "if_statement":
            return (*arms, Arm("else", other, _body(other), None, binds)), True
        current, word = other, "else if"


def _switch(node: Node) -> Branch:
    alias = node.child_by_field_name("alias")
    binds = _named(alias.named_children) if alias is not None else ()
    first = node.child_by_field_name("initializer")
    if (
        first is not None
        and first.type == "short_var_declaration"
        and (left := first.child_by_field_name("left")) is not None
    ):
        binds = (*_named(left.named_children), *binds)
    arms = []
    for one in node.named_children:
        if one.type in {"expression_case", "type_case", "default_case"}:
            statements = [
                child for part in one.named_children if part.type == "statement_list" for child in part.named_children
            ]
            condition = one.child_by_field_name("value") if node.type == "expression_switch_statement" else None
            word = "default" if one.type == "default_case" else "case"
            arms.append(Arm(word, one, Body(one, tuple(_real(statements))), condition, binds))
    subject = node.child_by_field_name("value")
    return Branch(tuple(arms), subject=subject)


def _loop(node: Node) -> Loop | None:
    body = node.child_by_field_name("body")
    if body is None:
        return None
    head = next((one for one in node.named_children if one != body and one.type != "comment"), None)
    if head is None:
        return Loop(node, _body(body))
    if head.type == "range_clause":
        left = head.child_by_field_name("left")
        declared = left is not None and any(child.type == ":=" for child in head.children)
        binds = _named(left.named_children) if left is not None and declared else ()
        return Loop(node, _body(body), left if not declared else None, binds=binds)
    if head.type == "for_clause":
        return Loop(node, _body(body), head.child_by_field_name("condition"), head.child_by_field_name("initializer"))
    return Loop(node, _body(body), head)


def _dialect(source: str) -> Go | Dropped:
    if (match := _SEES_ITSELF.search(source)) is not None:
        return Dropped(Reason.CANNOT_INSTRUMENT, f"uses {match[0]}")
    name = free_name(source, HELPER_NAMES, endings=ENDINGS)
    if name is None:
        return Dropped(Reason.CANNOT_INSTRUMENT, f"every name for the helper is taken: {', '.join(HELPER_NAMES)}")
    return Go(name)


def _place_helper(root: Node, raw: bytes, name: str) -> list[Insertion] | Dropped:
    """Imports of its own names stand after the package clause, the functions at the end of the file."""
    clause = next((one for one in root.named_children if one.type == "package_clause"), None)
    end = raw.find(b"\n", clause.end_byte) if clause is not None else -1
    if end < 0:
        return Dropped(Reason.CANNOT_INSTRUMENT, "no line for the imports of the helper")
    text = re.sub(r"\btrace(?=[A-Z(\[])", name, helper_text("go.txt"))
    newline = newline_of(raw)
    imports, functions = text.split("// ----\n")
    lead = "" if raw.endswith(b"\n") else newline
    return [
        Insertion(end + 1, (newline + imports).replace("\n", newline) if newline == "\r\n" else f"\n{imports}"),
        Insertion(len(raw), lead + f"\n{functions}".replace("\n", newline)),
    ]


def find_points(source: str) -> Found | Dropped:
    """All trace points that a Go program could have, and the helper that they call."""
    return find(
        "Go",
        source,
        lambda root, raw: _dialect(source),  # noqa: ARG005 -- the source says it all
        lambda root, raw, made: _place_helper(root, raw, made.trace),
    )


def parses(source: str) -> bool:
    """Whether the grammar understands a program; the compiler has the last word."""
    return not parse("Go", source.encode()).root_node.has_error
