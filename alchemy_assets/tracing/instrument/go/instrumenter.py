"""Put trace points into Go programs.

Belongs here: which node of the grammar is which shape, and how an event is written. Does not: where statements are put
(`engine`, `places`).
A returned value keeps the type that its function declares, so that constants and nil can be handed on.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from tree_sitter import Node

from alchemy_assets.syntax_tree import parse, text_of, walk
from alchemy_assets.tracing.instrument.conditions import is_all_of_a_value, readable_again, was_read
from alchemy_assets.tracing.instrument.dialect import Shown
from alchemy_assets.tracing.instrument.found import Found, all_taken, at_end, find, free_name, helper_text, newline_of
from alchemy_assets.tracing.instrument.go.shapes import (
    arms_of,
    assignment_of,
    body_of,
    call_of,
    declaration_of,
    declared_names,
    function_of,
    globals_of,
    loop_of,
    named_result,
    select_of,
    switch_of,
    variables_of,
)
from alchemy_assets.tracing.instrument.go.types import Types, says_nothing, types_of
from alchemy_assets.tracing.instrument.points import Insertion, end_of_line
from alchemy_assets.tracing.instrument.scope import Scope
from alchemy_assets.tracing.instrument.shapes import (
    Assign,
    Block,
    Body,
    Branch,
    Container,
    Function,
    Jump,
    Return,
    Several,
    Shape,
)
from alchemy_assets.tracing.reasons import Dropped, Reason

# The methods of `sort.Interface`: how often and in which order a sort calls them is its own business.
_ORDERING = re.compile(r"func \([^()]*\) (?:Len\(\)|Less\(|Swap\()")
_DEFINED = {"function_declaration", "method_declaration"}
_READABLE = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*|\[[\w +*-]+\])+")
_FIELD = re.compile(r"[A-Za-z_]\w*\.[A-Za-z_]\w*")
_ONE_TYPE = re.compile(r"[\w.*\[\], ]+|(?:\[\w*\])*map\[[\w.*]+\][\w.*\[\]]+")
_LENGTH = re.compile(r"len\((\w+)\)")
_LITERALS = {"false", "float_literal", "int_literal", "interpreted_string_literal", "nil", "rune_literal", "true"}
_SAYS_LITTLE = {"nil", "0", '""', "false"}
LONGEST_ELEMENT = 40
HELPER_NAMES = ("trace", "traceEvent", "emitTrace")
ENDINGS = ("", "Value", "Limit", "Count", "Out", "Fmt", "Os", "Reflect", "Sort", "Strings", "Sync", "Lock", "State")
# What sees its own source, stack or size would see the points.
_SEES_ITSELF = re.compile(
    r"\bruntime\.(?:Callers?|Stack|FuncForPC|ReadMemStats)\b|\bdebug\.(?:Stack|PrintStack)\b"
    r"|//go:(?:nosplit|embed|linkname)|\bimport \"C\""
)


# What the helper uses and a package may declare anew.
_PREDECLARED = {"any", "append", "bool", "error", "false", "int", "len", "map", "nil", "string", "true"}


@dataclass(frozen=True)
class Go:
    """The dialect; `trace` is what the helper is called in this source, `types` what it says about types."""

    trace: str = "trace"
    types: Types = field(default_factory=Types)
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
                    node, "", tuple(one for one in node.named_children if one.type in _DEFINED), globals_of(node)
                )
            case "function_declaration" | "method_declaration" | "func_literal":
                asked = self.types.ordered and node.type == "method_declaration" and _ORDERING.match(text_of(node))
                return function_of(node) if not asked else Function(node, "")
            case "block":
                return Block(body_of(node))
            case "short_var_declaration":
                return declaration_of(node, self.types.results)
            case "var_declaration":
                return variables_of(node)
            case "assignment_statement":
                return assignment_of(node)
            case "inc_statement" | "dec_statement":
                return Assign(node, (node.named_children[0],), node)
            case "if_statement":
                return Branch(*arms_of(node))
            case "expression_switch_statement" | "type_switch_statement":
                return switch_of(node)
            case "select_statement":
                return select_of(node)
            case "for_statement":
                return loop_of(node)
            case "return_statement":
                return Return(node, node.named_children[0] if node.named_children else named_result(node))
            case "break_statement" | "continue_statement" | "goto_statement" | "fallthrough_statement":
                return Jump(node)
            case "labeled_statement":
                return Several((node.named_children[-1],))
            case "expression_statement":
                return call_of(node, node.named_children[0])
            case _:
                return None

    def reads(self, name: Node) -> bool:
        """Whether an identifier is a variable that is read, and no key of a literal or function that is called."""
        parent = name.parent
        if parent is None:
            return True
        if parent.type == "index_expression" and parent.named_children[0] == name and is_all_of_a_value(parent):
            return False  # The element is told as the value.
        called = parent.type == "call_expression" and parent.child_by_field_name("function") == name
        key = parent.type == "literal_element" and parent.parent is not None and parent.parent.type == "keyed_element"
        return not called and not (key and parent.next_sibling is not None)

    def path(self, node: Node, scope: Scope) -> Shown | None:
        """A field of a variable, or an element, that the statement or the condition around has surely read."""
        text, parent = text_of(node), node.parent
        if parent is None or parent.type == "selector_expression" or parent.children[0].type == "&":
            return None
        if node.type == "call_expression":
            length = _LENGTH.fullmatch(text)
            asked = length is not None and scope.known(length[1]) is not None
            return Shown(text, text) if asked and readable_again(node, holds=scope.holds) else None
        if node.type not in {"index_expression", "selector_expression"} or parent.type == "call_expression":
            return None
        if self.types.concurrent and (node.type == "index_expression" or text.rpartition(".")[2] in self.types.shared):
            return None
        owned = _FIELD.fullmatch(text) is not None and was_read(node, text.partition(".")[0])
        return self.reread(node, scope) if owned or readable_again(node, holds=scope.holds) else None

    def reread(self, target: Node, scope: Scope) -> Shown | None:
        """`name.x` or `name[i]` whose names all have a value."""
        text = text_of(target)
        if len(text) > LONGEST_ELEMENT or not _READABLE.fullmatch(text):
            return None
        names = [one for one in walk(target) if one.type == "identifier"]
        return Shown(text, text) if all(scope.known(text_of(one)) for one in names) else None

    def printable(self, shown: Shown) -> bool:
        """Any value that says something can be shown, unless another goroutine may be writing it."""
        if shown.expression == "_" or says_nothing(shown.type):
            return False
        return not (self.types.concurrent and self.types.is_shared(shown.type))

    def write(self, kind: str, place: str, shown: Sequence[Shown]) -> str:
        """A call of the helper."""
        pairs = [f'"{one.label}", ' + (f'"{one.expression}"' if one.word else one.expression) for one in shown]
        words = ", ".join([f'"{kind}"', f'"{place}"', *pairs])
        return f"{self.trace}({words})"

    def hand_on(self, place: str, value: Node, scope: Scope) -> tuple[str, str] | None:
        """The helper gives the value back, in the type that the function declares."""
        results = scope.definition.result.split("\n") if scope.definition is not None else []
        values = value.named_children if value.type == "expression_list" else []
        if len(values) != 1 or values[0].type in _LITERALS or len(results) != 1 or not _ONE_TYPE.fullmatch(results[0]):
            return None
        if says_nothing(results[0]) or (self.types.concurrent and self.types.is_shared(results[0])):
            return None
        return f'{self.trace}Out[{results[0]}]("{place}", ', ")"

    def result(self, value: Node, function: Function | None, scope: Scope) -> Shown | None:
        """Of several values the one that says most, if it can be computed twice: the first that is no constant."""
        del function
        if value.type == "identifier":
            known = scope.known(text_of(value))
            return Shown("result", known.name, known.type) if known is not None else None
        values = value.named_children if value.type == "expression_list" else []
        if len(values) == 1:
            return Shown("result", text_of(values[0])) if values[0].type in _LITERALS else None
        telling = [one for one in values if text_of(one) not in _SAYS_LITTLE]
        # A value that may not be computed twice says more than those behind it, so nothing is said instead.
        if not values or not (telling or text_of(values[-1]) == "false"):
            return None
        one = telling[0] if telling else values[-1]
        known = scope.known(text_of(one))
        return Shown("result", text_of(one), known.type if known is not None else "") if _is_pure(one, scope) else None


def _is_pure(node: Node, scope: Scope) -> bool:
    """Whether a value may be computed twice: names, literals, fields, and arithmetic over them."""
    if node.type == "identifier":
        return scope.known(text_of(node)) is not None
    if node.type in {"binary_expression", "parenthesized_expression"}:
        return all(_is_pure(one, scope) for one in node.named_children)
    if node.type == "unary_expression":
        return node.children[0].type in {"-", "!", "+"} and _is_pure(node.named_children[0], scope)
    if node.type == "selector_expression":
        return node.named_children[0].type == "identifier" and _is_pure(node.named_children[0], scope)
    return node.type in _LITERALS


def _dialect(root: Node, source: str) -> Go | Dropped:
    if (match := _SEES_ITSELF.search(source)) is not None:
        return Dropped(Reason.CANNOT_INSTRUMENT, f"uses {match[0]}")
    if anew := sorted(declared_names(root) & _PREDECLARED):
        return Dropped(Reason.CANNOT_INSTRUMENT, f"gives {', '.join(anew)} another meaning")
    name = free_name(source, HELPER_NAMES, endings=ENDINGS)
    if name is None:
        return all_taken(HELPER_NAMES)
    return Go(name, types_of(root))


def _place_helper(root: Node, raw: bytes, name: str) -> list[Insertion] | Dropped:
    """Imports of its own names stand after the package clause, the functions at the end of the file."""
    clause = next((one for one in root.named_children if one.type == "package_clause"), None)
    end = end_of_line(raw, clause.end_byte, b"//") if clause is not None else None
    if clause is None or end is None or end == len(raw):
        return Dropped(Reason.CANNOT_INSTRUMENT, "no line for the imports of the helper")
    package = text_of(clause.named_children[0])
    text = re.sub(r"\btrace(?=[A-Z(\[])", name, helper_text("go")).replace('"main."', f'"{package}."')
    newline = newline_of(raw)
    imports, functions = text.split("// ----\n")
    return [
        Insertion(end, (newline + imports).replace("\n", newline) if newline == "\r\n" else f"\n{imports}"),
        at_end(raw, functions),
    ]


def find_points(source: str) -> Found | Dropped:
    """All trace points that a Go program could have, and the helper that they call."""
    return find(
        "Go",
        source,
        lambda root, raw: _dialect(root, source),  # noqa: ARG005 -- the bytes are those of the source
        lambda root, raw, made: _place_helper(root, raw, made.trace),
    )


def parses(source: str) -> bool:
    """Whether the grammar understands a program; the compiler has the last word."""
    return not parse("Go", source.encode()).root_node.has_error
