"""Put trace points into Java programs.

Belongs here: which node of the grammar is which shape, and how an event is written. Does not: where statements are put
(`engine`, `places`).
The helper is a class of its own at the end of the file, so that no member of the program's classes changes.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tree_sitter import Node

from alchemy_assets.syntax_tree import parse, text_of, walk
from alchemy_assets.tracing.instrument.conditions import is_all_of_a_value, readable_again
from alchemy_assets.tracing.instrument.dialect import Shown
from alchemy_assets.tracing.instrument.found import Found, all_taken, at_end, find, free_name, helper_text
from alchemy_assets.tracing.instrument.java.shapes import (
    arms_of,
    body_of,
    container_of,
    declaration_of,
    expression_of,
    first_of,
    lambda_of,
    loop_of,
    method_of,
    raised_by,
    switch_of,
    try_of,
)
from alchemy_assets.tracing.instrument.points import Insertion
from alchemy_assets.tracing.instrument.scope import Scope
from alchemy_assets.tracing.instrument.shapes import Block, Body, Branch, Function, Jump, Raise, Return, Several, Shape
from alchemy_assets.tracing.reasons import Dropped, Reason

_TYPES = {"class_declaration", "enum_declaration", "interface_declaration", "record_declaration"}
_BODIES = {"class_body", "enum_body_declarations"}
_METHODS = {"method_declaration", "constructor_declaration", "compact_constructor_declaration"}
_LITERALS = {
    "character_literal", "decimal_floating_point_literal", "decimal_integer_literal", "false", "hex_integer_literal",
    "null_literal", "string_literal", "true",
}  # fmt: skip
_OF_PARTS = {"binary_expression", "cast_expression", "parenthesized_expression", "unary_expression"}
_NOT_HANDED_ON = {"array_initializer", "lambda_expression", "method_reference", "switch_expression"}
_READABLE = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*|\[[\w +*-]+\])+")
_LENGTH = re.compile(r"(\w+)\.(?:length\(\)|size\(\)|isEmpty\(\))")
# Types of the language whose size can be asked for without effect.
_MEASURED = re.compile(
    r"(?:Array|Hash|Linked|LinkedHash|Priority|Tree)?(?:Collection|Deque|List|Map|Queue|Set)\b|Stack\b|String(?:Builder)?\b"
)
# What is shown by no more than the name of its class, where the program has none of that name.
_SAYS_NOTHING = re.compile(
    r"\w*(?:Class|Comparator|Consumer|Function|Iterator|Lock|Matcher|Method|Pattern|Predicate|Random|Reader|Runnable"
    r"|Scanner|Stream|Supplier|Thread|Writer)(?:<.*>)?",
    re.DOTALL,
)
LONGEST_ELEMENT = 40
HELPER_NAMES = ("Trace", "TraceLog", "EventTrace")
# What sees its own source or stack would see the points.
_SEES_ITSELF = re.compile(
    r"\bgetStackTrace\b|\bStackWalker\b|\bgetLineNumber\b|\bgetDeclaredClasses\b|\bModule\b.*\bexports\b"
)


@dataclass(frozen=True)
class Java:
    """The dialect; `trace` is what the class of the helper is called in this source, `own` the types that it declares."""

    trace: str = "Trace"
    own: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset({"identifier"})
    functions: frozenset[str] = frozenset({*_TYPES, *_METHODS, "class_body", "lambda_expression", "switch_expression"})
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
                return container_of(node)
            case kind if kind in _METHODS:
                return method_of(node)
            case "static_initializer":
                return Function(node, "static", (), body_of(node.named_children[0]), static=True)
            case "block" if node.parent is not None and node.parent.type in _BODIES:
                return Function(node, "init", (), body_of(node))
            case "lambda_expression":
                return lambda_of(node)
            case "field_declaration":
                return None
            case "block" | "synchronized_statement":
                body = node if node.type == "block" else node.child_by_field_name("body")
                return Block(body_of(body)) if body is not None else None
            case "local_variable_declaration":
                return declaration_of(node)
            case "expression_statement":
                return expression_of(node, node.named_children[0])
            case "if_statement":
                return Branch(*arms_of(node))
            case "switch_expression":
                return switch_of(node)
            case "while_statement" | "do_statement" | "for_statement" | "enhanced_for_statement":
                return loop_of(node)
            case "try_statement" | "try_with_resources_statement":
                return try_of(node)
            case "return_statement":
                return Return(node, first_of(node))
            case "throw_statement":
                return Raise(node, raised_by(node))
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
        if parent.type == "array_access" and parent.named_children[0] == name and is_all_of_a_value(parent):
            return False  # The element is told as the value.
        if parent.type == "method_invocation":
            return parent.child_by_field_name("name") != name
        if parent.type == "field_access":
            return parent.child_by_field_name("field") != name
        return parent.type not in {"labeled_statement", "method_reference", "switch_label", "scoped_identifier"}

    def path(self, node: Node, scope: Scope) -> Shown | None:
        """`this.x` where it is read, and in conditions a field, an element, or the length of a container of the language."""
        text = text_of(node)
        if node.type == "field_access" and re.fullmatch(r"this\.\w+", text):
            return Shown(text, text)
        if node.type not in {"array_access", "field_access", "method_invocation"} or not scope.visible:
            return None
        if node.type != "method_invocation":
            shown = self.reread(node, scope)
        else:
            length = _LENGTH.fullmatch(text)
            known = scope.known(length[1]) if length is not None else None
            shown = Shown(text, text) if known is not None and _MEASURED.match(known.type) else None
        return shown if shown is not None and readable_again(node, holds=scope.holds) else None

    def reread(self, target: Node, scope: Scope) -> Shown | None:
        """`this.x` or `name[i]` whose names all have a value."""
        text = text_of(target)
        # An index that counts would count again.
        if len(text) > LONGEST_ELEMENT or not _READABLE.fullmatch(text) or "++" in text or "--" in text:
            return None
        names = [one for one in walk(target) if one.type == "identifier" and self.reads(one)]
        return Shown(text, text) if all(scope.known(text_of(one)) for one in names) else None

    def printable(self, shown: Shown) -> bool:
        """Any value that says something can be shown."""
        named = re.sub(r"<.*", "", shown.type, flags=re.DOTALL)
        return named in self.own or not _SAYS_NOTHING.fullmatch(shown.type)

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
    return node.type in _LITERALS or (
        node.type in _OF_PARTS
        and all(_is_constant(one) for one in node.named_children if not one.type.endswith("type"))
    )


def _dialect(root: Node, source: str) -> Java | Dropped:
    if (match := _SEES_ITSELF.search(source)) is not None:
        return Dropped(Reason.CANNOT_INSTRUMENT, f"uses {match[0]}")
    name = free_name(source, HELPER_NAMES)
    if name is None:
        return all_taken(HELPER_NAMES)
    names = (one.child_by_field_name("name") for one in walk(root) if one.type in _TYPES)
    return Java(name, frozenset(text_of(one) for one in names if one is not None))


def _place_helper(raw: bytes, name: str) -> list[Insertion]:
    return [at_end(raw, re.sub(r"\bTrace\b(?! events)", name, helper_text("java")))]


def find_points(source: str) -> Found | Dropped:
    """All trace points that a Java program could have, and the helper that they call."""
    return find(
        "Java",
        source,
        lambda root, raw: _dialect(root, source),  # noqa: ARG005 -- the bytes are those of the source
        lambda root, raw, made: _place_helper(raw, made.trace),  # noqa: ARG005
    )


def parses(source: str) -> bool:
    """Whether the grammar understands a program; the compiler has the last word."""
    return not parse("Java", source.encode()).root_node.has_error
