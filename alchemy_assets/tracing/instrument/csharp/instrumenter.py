"""Put trace points into C# programs.

Belongs here: which node of the grammar is which shape, and how an event is written. Does not: where statements are put
(`engine`, `places`).
The helper is a class of its own at the end of the file; it is written in C# 7, which mono's compiler reads too.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from tree_sitter import Node

from alchemy_assets.syntax_tree import parse, text_of, walk
from alchemy_assets.tracing.instrument.conditions import is_all_of_a_value, readable_again
from alchemy_assets.tracing.instrument.csharp.shapes import (
    CLOSURES,
    accessor_of,
    arms_of,
    begun_in,
    body_of,
    container_of,
    declaration_of,
    expression_of,
    first_of,
    loop_of,
    members_of,
    method_of,
    property_of,
    raised_by,
    read_by_value,
    switch_of,
    try_of,
    variable_begun,
)
from alchemy_assets.tracing.instrument.csharp.types import Members, is_known, members_in
from alchemy_assets.tracing.instrument.dialect import Shown
from alchemy_assets.tracing.instrument.found import Found, all_taken, at_end, find, free_name, helper_text
from alchemy_assets.tracing.instrument.points import Insertion
from alchemy_assets.tracing.instrument.scope import Scope
from alchemy_assets.tracing.instrument.shapes import (
    Assign,
    Block,
    Body,
    Branch,
    Container,
    Function,
    Jump,
    Label,
    Raise,
    Return,
    Several,
    Shape,
)
from alchemy_assets.tracing.reasons import Dropped, Reason

_SPACES = {"namespace_declaration", "file_scoped_namespace_declaration"}
_TYPES = {"class_declaration", "struct_declaration", "interface_declaration", "record_declaration"}
_METHODS = {
    "constructor_declaration", "destructor_declaration", "local_function_statement", "method_declaration",
    "operator_declaration",
}  # fmt: skip
_LITERALS = {
    "boolean_literal", "character_literal", "default_expression", "integer_literal", "null_literal", "real_literal",
    "string_literal",
}  # fmt: skip
_BLOCKS = {"checked_statement", "fixed_statement", "lock_statement", "unsafe_statement", "using_statement"}
_NOT_HANDED_ON = {"initializer_expression", "ref_expression", "switch_expression", "throw_expression", *CLOSURES}
_READABLE = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*|\[[\w +*,-]+\])+")
_LENGTH = re.compile(r"(\w+)\.(?:Length|Count)")
# What is shown by no more than the name of its class, where the program has none of that name.
_SAYS_NOTHING = re.compile(
    r"(?:\w+\.)*\w*(?:Action|Client|Func|Handler|Random|Reader|Regex|Socket|Stopwatch|Stream|Thread|Writer)(?:<.*>)?",
    re.DOTALL,
)
LONGEST_ELEMENT = 40
HELPER_NAMES = ("Trace", "TraceLog", "EventTrace")
# What sees its own source or stack, or lists its own types, would see the helper or the points.
_SEES_ITSELF = re.compile(r"\bStackTrace\b|\bStackFrame\b|\bCallerLineNumber\b|\.GetTypes\s*\(|\bGetCallingAssembly\b")


@dataclass(frozen=True)
class CSharp:
    """The dialect; `trace` is what the class of the helper is called in this source, `members` what its types have."""

    trace: str = "Trace"
    members: Members = field(default_factory=Members)
    names: frozenset[str] = frozenset({"identifier"})
    functions: frozenset[str] = frozenset({*_TYPES, *_METHODS, *CLOSURES})
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
                return Container(node, "", members_of(node))
            case kind if kind in _TYPES:
                return container_of(node)
            case kind if kind in _METHODS | CLOSURES:
                return method_of(node)
            case "property_declaration" | "indexer_declaration":
                return property_of(node)
            case "accessor_declaration":
                return accessor_of(node)
            case "block":
                return Block(body_of(node))
            case kind if kind in _BLOCKS:
                inner = node.child_by_field_name("body") or node.named_children[-1]
                return Block(body_of(inner)) if inner.type == "block" else None
            case "local_declaration_statement":
                return declaration_of(node, node.named_children[-1])
            case "variable_declaration":
                return declaration_of(node, node)
            case "expression_statement":
                return expression_of(node, node.named_children[0], self.members)
            case "assignment_expression":
                return expression_of(node, node, self.members)
            case "if_statement":
                # The variables of `out int x` in its condition are those of the block around it.
                begun = begun_in(node.child_by_field_name("condition"))
                return Several((*begun, node.children[0])) if begun else Branch(*arms_of(node))
            case "if":
                return Branch(*arms_of(node.parent)) if node.parent is not None else None
            case "declaration_expression":
                return Assign(node, declares=(variable_begun(node),), shown=False)
            case "switch_statement":
                return switch_of(node)
            case "while_statement" | "do_statement" | "for_statement" | "foreach_statement":
                return loop_of(node)
            case "try_statement":
                return try_of(node)
            case "return_statement":
                return Return(node, first_of(node))
            case "throw_statement":
                return Raise(node, raised_by(node))
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
        if (
            parent.type == "element_access_expression"
            and parent.named_children[0] == name
            and is_all_of_a_value(parent)
        ):
            return False  # The element is told as the value.
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
        """`this.x` where it is read, and in conditions a field, an element, or the length of a container of the language."""
        text = text_of(node)
        if node.type == "member_access_expression" and text.startswith("this."):
            return Shown(text, text) if scope.known(text[5:]) else None
        if node.type not in {"element_access_expression", "member_access_expression"}:
            return None
        if not readable_again(node, holds=scope.holds) and not read_by_value(node, self.members.methods):
            return None
        length = _LENGTH.fullmatch(text)
        known = scope.known(length[1]) if length is not None else None
        if known is not None and is_known(known.type):
            return Shown(text, text)
        return self.reread(node, scope)

    def reread(self, target: Node, scope: Scope) -> Shown | None:
        """`name.x` or `name[i]` whose names all have a value, and that runs no code of the program."""
        text = text_of(target)
        if len(text) > LONGEST_ELEMENT or not _READABLE.fullmatch(text) or re.search(r"\+\+|--", text):
            return None
        owner = scope.known(re.split(r"\W", text.removeprefix("this."))[0])
        members = [text_of(one) for one in walk(target) if one.type == "identifier" and not self.reads(one)]
        runs = self.members.indexers and "[" in text and not (owner is not None and is_known(owner.type))
        if runs or not all(map(self.members.is_plain, members)):
            return None
        names = [one for one in walk(target) if one.type == "identifier" and self.reads(one)]
        return Shown(text, text) if all(scope.known(text_of(one)) for one in names) else None

    def printable(self, shown: Shown) -> bool:
        """Any value that says something, but no pointer, and none that lives on the stack alone."""
        if re.search(r"[*]|Span<", shown.type):
            return False
        named = re.sub(r"<.*", "", shown.type, flags=re.DOTALL)
        return named in self.members.types or not _SAYS_NOTHING.fullmatch(shown.type)

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


def _dialect(root: Node, source: str) -> CSharp | Dropped:
    if (match := _SEES_ITSELF.search(source)) is not None:
        return Dropped(Reason.CANNOT_INSTRUMENT, f"uses {match[0]}")
    name = free_name(source, HELPER_NAMES)
    if name is None:
        return all_taken(HELPER_NAMES)
    return CSharp(name, members_in(root))


def _place_helper(raw: bytes, name: str) -> list[Insertion]:
    return [at_end(raw, re.sub(r"\bTrace\b", name, helper_text("csharp")))]


def find_points(source: str) -> Found | Dropped:
    """All trace points that a C# program could have, and the helper that they call."""
    return find(
        "CSharp",
        source,
        lambda root, raw: _dialect(root, source),  # noqa: ARG005 -- the bytes are those of the source
        lambda root, raw, made: _place_helper(raw, made.trace),  # noqa: ARG005
    )


def parses(source: str) -> bool:
    """Whether the grammar understands a program; the compiler has the last word."""
    return not parse("CSharp", source.encode()).root_node.has_error
