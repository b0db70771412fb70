"""Put trace points into C++ programs.

Belongs here: the statements that only C++ has, and how an event is written. Does not: those of C (`c.statements`),
types (`cpp.types`).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from tree_sitter import Node

from alchemy_assets.syntax_tree import parse, text_of, walk
from alchemy_assets.tracing.instrument.c import statements as c_statements
from alchemy_assets.tracing.instrument.c.declarations import (
    Declared,
    declared,
    function_declarator,
    parameters,
    result_type,
    specifiers,
    types_of,
)
from alchemy_assets.tracing.instrument.c.head import (
    HELPER_NAMES,
    SEES_ITSELF,
    free_prefix,
    place_helper,
    renamed,
    with_parts,
)
from alchemy_assets.tracing.instrument.c.masks import understood
from alchemy_assets.tracing.instrument.c.places import Places, fields_of, handed_on
from alchemy_assets.tracing.instrument.c.text import readers_of
from alchemy_assets.tracing.instrument.cpp.statements import (
    CLASSES,
    changed,
    in_one_class,
    is_computed_with,
    may_be_unset,
    moved_by,
    named,
    read_in,
    thrown,
)
from alchemy_assets.tracing.instrument.cpp.types import CAUGHT, INDEXED, CppTypes, cpp_types
from alchemy_assets.tracing.instrument.dialect import Shown
from alchemy_assets.tracing.instrument.found import Found, all_taken, find, helper_text
from alchemy_assets.tracing.instrument.scope import Scope
from alchemy_assets.tracing.instrument.shapes import (
    Assign,
    Body,
    Branch,
    Container,
    Function,
    Handler,
    Jump,
    Loop,
    Raise,
    Several,
    Shape,
    Try,
    Variable,
)
from alchemy_assets.tracing.reasons import Dropped, Reason

_CONDITIONALS = {"preproc_if", "preproc_ifdef", "preproc_else", "preproc_elif", "preproc_elifdef"}
_OUTSIDE = {"translation_unit", "declaration_list", "namespace_definition", "linkage_specification", *_CONDITIONALS}
_NUMBERED = {"+", "-", "*", "/", "%", "==", "!=", "<", ">", "<=", ">=", "&&", "||"}
# What is moved away has a value that nobody knows.
_MOVES = ("std::move(", "move(", "std::forward", "std::exchange(")
_NO_NAME = re.compile(r"[\"\\\s;]")
HEADERS = ("cstdio", "string_view", "type_traits", "utility")


@dataclass(frozen=True)
class Cpp:
    """The dialect of C++; `prefix` is what the names of the helper begin with in this source."""

    types: CppTypes
    places: Places
    prefix: str = HELPER_NAMES[0]
    names: frozenset[str] = frozenset({"identifier"})
    functions: frozenset[str] = frozenset({"function_definition", "lambda_expression", *CLASSES})
    calls: frozenset[str] = frozenset({"call_expression", "new_expression"})
    comments: frozenset[str] = c_statements.COMMENTS
    line_comment: bytes = b"//"
    block_scoped: bool = True
    hoists: bool = False
    braces: tuple[str, str] = ("{", "}")
    # The parts of the helper that the points need.
    parts: set[str] = field(default_factory=set)

    def program(self, root: Node) -> Body:
        """All definitions of the file."""
        return Body(root, tuple(c_statements.statements(root)))

    def shape(self, node: Node) -> Shape | None:  # noqa: C901, PLR0911, PLR0912 -- a row a node
        """Which statement is what."""
        match node.type:
            case "function_definition":
                return self._function(node)
            case "lambda_expression":
                return self._lambda(node)
            case kind if kind in CLASSES:
                return self._class(node)
            case "template_declaration":
                return Several(
                    tuple(one for one in node.named_children if one.type in {"function_definition", *CLASSES})
                )
            case "namespace_definition" | "linkage_specification":
                body, name = node.child_by_field_name("body"), node.child_by_field_name("name")
                inside = tuple(c_statements.statements(body)) if body is not None else ()
                if body is not None and body.type != "declaration_list":
                    inside = (body,)
                return Container(node, text_of(name).replace("::", ".") if name is not None else "", inside)
            case kind if kind in _CONDITIONALS:
                outside = node.parent is not None and node.parent.type in _OUTSIDE
                return Container(node, "", tuple(c_statements.statements(node))) if outside else None
            case "for_range_loop":
                return self._each(node)
            case "try_statement":
                return self._try(node)
            case "throw_statement":
                # What is thrown again was told of where it was caught.
                return Raise(node, thrown(node)) if node.named_children else Jump(node)
            case "expression_statement":
                return changed(node) or c_statements.shape(node, self.variable)
            case "declaration":
                return self._declaration(node)
            case _:
                return self._filled(node, c_statements.shape(node, self.variable))

    def _filled(self, node: Node, shape: Shape | None) -> Shape | None:
        """What a stream has filled has a value where the condition of an `if` or a loop holds."""
        match shape:
            case Assign():
                return self._made(shape)
            case Loop(condition=Node() as condition):
                return replace(shape, binds=(*shape.binds, *self._read_in(condition, node)))
            case Branch(subject=None):
                arms = (
                    replace(arm, binds=(*arm.binds, *self._read_in(arm.condition, node)))
                    if arm.condition is not None
                    else arm
                    for arm in shape.arms
                )
                return replace(shape, arms=tuple(arms))
            case _:
                return shape

    def _read_in(self, condition: Node, node: Node) -> tuple[Variable, ...]:
        return tuple(self.variable(replace(one, value=None), node) for one in read_in(condition))

    def variable(self, one: Declared, node: Node) -> Variable:
        """The variable of a declared name."""
        return Variable(one.name, self.types.kind(one, node), at=one.at)

    def _declaration(self, node: Node) -> Shape | None:
        if "constexpr" in specifiers(node) or "extern" in specifiers(node):
            return None
        found = c_statements.shape(node, self.variable)
        return self._made(found) if isinstance(found, Assign) else found

    def _made(self, shape: Assign) -> Assign:
        """An object that its class gives a value has it without an initializer."""
        made = shape.value is None and shape.declares and all(self.types.is_made(one.type) for one in shape.declares)
        return replace(shape, value=shape.node, shown=False) if made else shape

    # What is read and shown

    def reads(self, name: Node) -> bool:
        """Whether an identifier is a variable that is read in any case, and no function, label or part of a name."""
        parent = name.parent
        if parent is None:
            return True
        if parent.type == "call_expression":
            return parent.child_by_field_name("function") != name
        if parent.type == "pointer_expression" and text_of(parent).startswith("&"):
            return False
        if parent.type == "argument_list" and parent.parent is not None and text_of(parent.parent).startswith(_MOVES):
            return False
        if parent.type == "init_declarator":
            return parent.child_by_field_name("declarator") != name
        return parent.type not in {"qualified_identifier", "template_function", "template_method", "sizeof_expression"}

    def reread(self, target: Node, scope: Scope) -> Shown | None:
        """A member or an element that was just assigned."""
        return self._item(self.places.reread(target, scope))

    def path(self, node: Node, scope: Scope) -> Shown | None:
        """A member or an element that the statement has read in any case; so it has a number that came by `cin >> x`."""
        variable = scope.visible.get(text_of(node)) if node.type == "identifier" else None
        if variable is not None and variable.type in {"scalar", "char"} and is_computed_with(node):
            read = self.places.was_read(node, scope)
            return Shown(variable.name, variable.name, variable.type) if read else None
        return self._item(self.places.path(node, scope))

    def _item(self, shown: Shown | None) -> Shown | None:
        return replace(shown, type=self.types.element(shown.type)) if shown is not None else None

    def printable(self, shown: Shown) -> bool:
        """What the helper is likely to know."""
        return self.types.shows(shown.type)

    def write(self, kind: str, place: str, shown: Sequence[Shown]) -> str:
        """A use of the helper's macro."""
        words = [f'"{kind}"', f'"{place}"', *(self._show(one) for one in shown)]
        return f"{renamed('TRACE', self.prefix)}({', '.join(words)});"

    def _show(self, one: Shown) -> str:
        if one.word:
            return f'"{one.label}", "{one.expression}"'
        if "unordered_" in one.type:
            # In which order its items come is nothing that a reader could know.
            return f'"{one.label}.size()", {one.expression}.size()'
        if one.type == CAUGHT:
            return f'"{one.label}.what()", {one.expression}.what()'
        self._needs(one.type)
        return f'"{one.label}", {one.expression}'

    def _needs(self, kind: str) -> None:
        named = kind == "auto" or kind in self.types.parameters or kind in self.types.c.typedefs
        if named or "<" in kind or kind.endswith("[]"):
            self.parts.add("items")
        if "optional<" in kind:
            self.parts.update(("items", "optional"))

    def hand_on(self, place: str, value: Node, scope: Scope) -> tuple[str, str] | None:
        """The value is shown as what the function gives back; a local object is left to be moved."""
        type_ = scope.definition.result if scope.definition is not None else ""
        simple = value.type in {"identifier", "this", "initializer_list"}
        if any(one.type.startswith(("preproc", "comment", "co_")) for one in walk(value)):
            return None
        self.parts.add("result")
        self._needs(type_)
        opening = f'{renamed("TRACE_RESULT", self.prefix)}("{place}", '
        if type_ == "auto":
            operator = value.child_by_field_name("operator") if value.type == "binary_expression" else None
            return handed_on(opening, "", value) if operator is not None and text_of(operator) in _NUMBERED else None
        plain_type = self.types.is_number(type_) or type_.endswith("*") or type_ == "char"
        if not type_ or value.type == "initializer_list" or (simple and not plain_type):
            return None
        if plain_type:
            return handed_on(opening, type_, value)
        space = " " if value.prev_sibling is not None and value.prev_sibling.end_byte == value.start_byte else ""
        return f"{space}{opening}{type_}(", "))"

    def result(self, value: Node, function: Function | None, scope: Scope) -> Shown | None:
        """A variable that is given back as it is."""
        del function
        variable = scope.known(text_of(value)) if value.type == "identifier" else None
        return Shown("result", variable.name, variable.type) if variable is not None else None

    # Definitions

    def _function(self, node: Node) -> Shape | None:
        inside, head = node.child_by_field_name("body"), function_declarator(node)
        name, owner = named(node, head)
        if specifiers(node) & {"constexpr", "consteval"}:
            # It may have to run while the program is compiled.
            return Container(node, "", ())
        if inside is None or inside.type != "compound_statement" or not name or _NO_NAME.search(name):
            return None
        moved = moved_by(node)
        given = tuple(self.variable(one, node) for one in parameters(node) if one.name not in moved)
        result = result_type(node)
        written = self.types.result(result) if result is not None else ""
        trailing = head.named_children[-1] if head is not None and head.named_children else None
        if result is not None and result.base == "auto":
            written = "auto"
            if trailing is not None and trailing.type == "trailing_return_type":
                written = self.types.result(Declared("", -1, text_of(trailing.named_children[0])))
        return Function(
            node,
            name,
            given,
            c_statements.body(inside),
            result=written,
            static="static" in specifiers(node) or not in_one_class(node),
            also=self.types.variables(owner) if owner else (),
        )

    def _lambda(self, node: Node) -> Shape | None:
        body = node.child_by_field_name("body")
        captures, head = node.child_by_field_name("captures"), node.child_by_field_name("declarator")
        if body is None or body.type != "compound_statement":
            return None
        if any(one.type in {"constexpr", "consteval"} for one in node.children):
            return Container(node, "", ())
        listed = head.child_by_field_name("parameters") if head is not None else None
        given = [
            self.variable(one, part)
            for part in (listed.named_children if listed is not None else ())
            if "parameter" in part.type
            for one in declared(part)
            if one.name
        ]
        default = captures is not None and any(one.type == "lambda_default_capture" for one in captures.children)
        trailing = next((one for one in walk(head) if one.type == "trailing_return_type"), None) if head else None
        result = (
            "auto" if trailing is None else self.types.result(Declared("", -1, text_of(trailing.named_children[0])))
        )
        parent = node.parent
        declarator = parent.child_by_field_name("declarator") if parent is not None else None
        name = text_of(declarator) if declarator is not None and declarator.type == "identifier" else "<lambda>"
        return Function(node, name, tuple(given), c_statements.body(body), closure=default, result=result)

    def _class(self, node: Node) -> Container | None:
        body, name = node.child_by_field_name("body"), node.child_by_field_name("name")
        if body is None:
            return None
        members = [
            one
            for part in body.named_children
            for one in (part.named_children if part.type == "template_declaration" else (part,))
            if one.type in {"function_definition", "friend_declaration", *CLASSES, "field_declaration"}
        ]
        known = text_of(name).partition("<")[0] if name is not None else ""
        variables = self.types.variables(known) if node.type != "union_specifier" else ()
        return Container(node, known, tuple(members), variables)

    # Statements

    def _each(self, node: Node) -> Loop | None:
        body = node.child_by_field_name("body")
        if body is None:
            return None
        bound = [self.variable(replace(one, value=None), node) for one in declared(node)]
        if may_be_unset(node):
            bound = [replace(one, type="?") for one in bound]
        return Loop(node, c_statements.body(body), binds=tuple(bound))

    def _caught(self, one: Declared, node: Node) -> Variable:
        """What was caught; characters that are thrown are a text, and errors of the standard library say what they are."""
        variable = self.variable(one, node)
        if self.types.says_what(variable.type):
            return replace(variable, type=CAUGHT)
        return replace(variable, type="text") if variable.type == "char*" and "const" in one.base.split() else variable

    def _try(self, node: Node) -> Try | None:
        body = node.child_by_field_name("body")
        if body is None:
            return None
        handlers = []
        for clause in node.named_children:
            inside = clause.child_by_field_name("body") if clause.type == "catch_clause" else None
            if inside is None:
                continue
            listed = clause.child_by_field_name("parameters")
            caught = [one for part in (listed.named_children if listed is not None else ()) for one in declared(part)]
            kinds = [part.child_by_field_name("type") for part in (listed.named_children if listed is not None else ())]
            error = text_of(kinds[0]) if kinds and kinds[0] is not None else "..."
            values = tuple(
                one for one in (self._caught(one, clause) for one in caught if one.name) if self.types.shows(one.type)
            )
            handlers.append(Handler(clause, c_statements.body(inside), values, error))
        return Try(c_statements.body(body), tuple(handlers))


def dialect_for(source: str, root: Node) -> Cpp | Dropped:
    """The dialect with names for the helper that the source does not use."""
    if (match := SEES_ITSELF.search(source)) is not None:
        return Dropped(Reason.CANNOT_INSTRUMENT, f"uses {' '.join(match[0].split())}")
    prefix = free_prefix(source)
    if prefix is None:
        return all_taken(HELPER_NAMES)
    types = types_of(root)
    known = cpp_types(root, types, readers_of(root))
    return Cpp(known, Places(fields_of(root, known.c), INDEXED), prefix)


def find_points(source: str) -> Found | Dropped:
    """All trace points that a C++ program could have, and the helper that they call."""
    return find(
        "Cpp",
        understood("Cpp", source),
        lambda root, raw: dialect_for(source, root),  # noqa: ARG005 -- the source says it all
        lambda root, raw, made: place_helper(
            root, raw, renamed(with_parts(helper_text("cpp"), made.parts), made.prefix), HEADERS
        ),
    )


def parses(source: str) -> bool:
    """Whether the grammar understands a program or parts of it; the compiler has the last word."""
    return not parse("Cpp", understood("Cpp", source).encode()).root_node.has_error
