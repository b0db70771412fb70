"""Put trace points into C programs.

Belongs here: what a C variable can be shown as, and how an event is written. Does not: statements (`c.statements`),
declarations (`c.declarations`), which characters are text (`c.text`).
Kinds of variables, as `Variable.type` has them: `scalar`, `char`, `text`, or the name of another type, and a `*` for
each pointer and a `[]` for each array around it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tree_sitter import Node

from alchemy_assets.syntax_tree import parse, text_of, walk
from alchemy_assets.tracing.instrument.c import statements as c_statements
from alchemy_assets.tracing.instrument.c.declarations import (
    Declared,
    Types,
    function_declarator,
    parameters,
    plain,
    result_type,
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
from alchemy_assets.tracing.instrument.c.text import readers_of, text_names
from alchemy_assets.tracing.instrument.dialect import Shown
from alchemy_assets.tracing.instrument.found import Found, all_taken, find, helper_text
from alchemy_assets.tracing.instrument.scope import Scope
from alchemy_assets.tracing.instrument.shapes import Body, Container, Function, Shape, Variable
from alchemy_assets.tracing.reasons import Dropped, Reason

PRINTED = {"scalar", "char", "text", "scalar[]"}
_CONDITIONALS = {"preproc_if", "preproc_ifdef", "preproc_else", "preproc_elif", "preproc_elifdef"}


@dataclass(frozen=True)
class C:
    """The dialect of C; `prefix` is what the names of the helper begin with in this source."""

    root: Node
    types: Types
    places: Places
    readers: frozenset[str]
    prefix: str = ""
    names: frozenset[str] = frozenset({"identifier"})
    functions: frozenset[str] = frozenset({"function_definition"})
    calls: frozenset[str] = frozenset({"call_expression"})
    comments: frozenset[str] = c_statements.COMMENTS
    line_comment: bytes = b"//"
    block_scoped: bool = True
    hoists: bool = False
    braces: tuple[str, str] = ("{", "}")
    # The parts of the helper that the points need.
    parts: set[str] = field(default_factory=set)
    _texts: dict[int, frozenset[str]] = field(default_factory=dict)

    def program(self, root: Node) -> Body:
        """All definitions of the file."""
        return Body(root, tuple(c_statements.statements(root)))

    def shape(self, node: Node) -> Shape | None:
        """Which statement is what."""
        if node.type == "function_definition":
            return self._function(node)
        if node.type in _CONDITIONALS:
            top = node.parent is not None and node.parent.type in {"translation_unit", *_CONDITIONALS}
            return Container(node, "", tuple(c_statements.statements(node))) if top else None
        return c_statements.shape(node, self.variable)

    def variable(self, one: Declared, node: Node) -> Variable:
        """The variable of a declared name."""
        return Variable(one.name, self.kind(one, node), at=one.at)

    def kind(self, one: Declared, node: Node) -> str:
        """What a declared name holds."""
        one = self.types.resolved(one)
        if one.callable or not one.base:
            return "?"
        depth = one.pointers + len(one.arrays)
        base = plain(one.base)
        if base == "char":
            if depth == 1 and one.name in self._text_names(node):
                return "text"
            return "char" + "*" * one.pointers + "[]" * len(one.arrays)
        base = "scalar" if self.types.is_scalar(one.base) else base
        return base + "*" * one.pointers + "[]" * len(one.arrays)

    def _text_names(self, node: Node) -> frozenset[str]:
        # A global is judged by all of the file.
        around: Node | None = node
        while around is not None and around.type != "function_definition":
            around = around.parent
        function = around if around is not None else self.root
        if function.id not in self._texts:
            self._texts[function.id] = text_names(function, self.readers)
        return self._texts[function.id]

    def reads(self, name: Node) -> bool:
        """Whether an identifier is a variable that is read, and no function that is called."""
        parent = name.parent
        if parent is None:
            return True
        if parent.type == "call_expression":
            return parent.child_by_field_name("function") != name
        if parent.type == "pointer_expression" and text_of(parent).startswith("&"):
            return False
        return parent.type != "init_declarator" or parent.child_by_field_name("declarator") != name

    def reread(self, target: Node, scope: Scope) -> Shown | None:
        """A member or an element that was just assigned."""
        return self.places.reread(target, scope)

    def path(self, node: Node, scope: Scope) -> Shown | None:
        """A member or an element that the statement has read in any case."""
        return self.places.path(node, scope)

    def printable(self, shown: Shown) -> bool:
        """Numbers, characters, text, and arrays of numbers."""
        return shown.type in PRINTED

    def write(self, kind: str, place: str, shown: Sequence[Shown]) -> str:
        """A use of the helper's macro."""
        words = [f'"{kind}"', f'"{place}"', *(self._show(one) for one in shown)]
        return f"{self._named('TRACE')}({', '.join(words)});"

    def _show(self, one: Shown) -> str:
        if one.word:
            self.parts.add("word")
            return f'{self._named("SHOW_WORD")}("{one.label}", "{one.expression}")'
        if one.type.endswith("[]"):
            self.parts.add("array")
            return f"{self._named('SHOW_ARRAY')}({one.expression})"
        if one.type != "scalar":
            self.parts.add("text")
        return f"{self._named('SHOW')}({one.expression})"

    def _named(self, name: str) -> str:
        return renamed(name, self.prefix)

    def hand_on(self, place: str, value: Node, scope: Scope) -> tuple[str, str] | None:
        """The value is shown as what the function gives back, which it becomes by a cast."""
        type_ = scope.definition.result if scope.definition is not None else ""
        if not type_ or any(one.type.startswith("preproc") or one.type == "comment" for one in walk(value)):
            return None
        self.parts.add("result")
        return handed_on(f'{self._named("TRACE_RESULT")}("{place}", ', type_, value)

    def result(self, value: Node, function: Function | None, scope: Scope) -> Shown | None:
        """Nothing is shown that could not be handed on."""
        del value, function, scope
        return None

    def _function(self, node: Node) -> Function | None:
        inside, head = node.child_by_field_name("body"), function_declarator(node)
        name = head.child_by_field_name("declarator") if head is not None else None
        if inside is None or inside.type != "compound_statement" or name is None or name.type != "identifier":
            return None
        if node.parent is not None and node.parent.type == "compound_statement":
            return None
        given = tuple(self.variable(one, node) for one in parameters(node))
        return Function(node, text_of(name), given, c_statements.body(inside), result=self._result(node))

    def _result(self, node: Node) -> str:
        """The type of a result that can be shown, or ""."""
        result = result_type(node)
        if result is None:
            return ""
        known = self.types.resolved(result)
        if known.callable or known.arrays or (not known.pointers and not self.types.is_scalar(known.base)):
            return ""
        if plain(known.base) == "char":
            self.parts.add("text")
        if plain(known.base) == "char" and known.pointers == 1 and "const" not in known.base.split():
            # Nobody knows whether text is in there already, so it is shown as a place.
            return "void *"
        written = plain(result.base) if not result.pointers else result.written
        return written if "{" not in written else "int"


def dialect_for(source: str, root: Node) -> C | Dropped:
    """The dialect with names for the helper that the source does not use."""
    if (match := SEES_ITSELF.search(source)) is not None:
        return Dropped(Reason.CANNOT_INSTRUMENT, f"uses {' '.join(match[0].split())}")
    prefix = free_prefix(source)
    if prefix is None:
        return all_taken(HELPER_NAMES)
    types = types_of(root)
    return C(root, types, Places(fields_of(root, types)), readers_of(root), prefix)


def find_points(source: str) -> Found | Dropped:
    """All trace points that a C program could have, and the helper that they call."""
    return find(
        "C",
        understood("C", source),
        lambda root, raw: dialect_for(source, root),  # noqa: ARG005 -- the source says it all
        lambda root, raw, made: place_helper(
            root, raw, renamed(with_parts(helper_text("c"), made.parts), made.prefix), ("stdio.h",)
        ),
    )


def parses(source: str) -> bool:
    """Whether the grammar understands a program or parts of it; the compiler has the last word."""
    return not parse("C", understood("C", source).encode()).root_node.has_error
