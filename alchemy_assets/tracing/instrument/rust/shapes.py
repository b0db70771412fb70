"""Say which node of the Rust grammar is which shape.

Belongs here: statements, blocks, choices, functions. Does not: how an event is written (`rust`).
In Rust most statements are expressions: what stands last in a function is what it gives back, and an `if` may be a value.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from alchemy_assets.syntax_tree import text_of, walk
from alchemy_assets.tracing.instrument.rust.names import Names, generics
from alchemy_assets.tracing.instrument.rust.types import bare, self_type, type_text
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

LONGEST_WORD = 30
LOOPS = {"for_expression", "while_expression", "loop_expression"}
# Expressions that hold statements.
COMPOUND = frozenset({"if_expression", "match_expression", "block", "unsafe_block", *LOOPS})
_ASIDE = {
    "line_comment",
    "block_comment",
    "attribute_item",
    "inner_attribute_item",
    "empty_statement",
    "label",
    "shebang",
}
_OPAQUE = re.compile(
    r"(?:const|static|struct|enum|union|type|use|foreign_mod|extern_crate)_(?:item|declaration)|foreign_mod_item|macro_definition|\w+_block"
)
_PANICS = {"panic", "unreachable", "todo", "unimplemented"}
_CHANGES = re.compile(
    r"push\w*|pop\w*|insert\w*|remove\w*|clear|extend\w*|append|truncate|swap\w*|fill|resize|retain|drain|set\w*|add_\w+|replace"
)
_REORDERS = re.compile(r"sort\w*|reverse|dedup\w*|rotate\w*|retain")
_MAKES = re.compile(
    r"\.(?:map|filter|filter_map|flat_map|collect|fold|rev|zip|split\w*|chunks|windows|sum|concat|join|sorted)\b"
)
# Closures that are called in an order that only the library knows.
_ORDERING = re.compile(r"(?:sort|binary_search|select_nth|partition_point|dedup|max_by|min_by|is_sorted)\w*")
# Closures that give a value back, among those without a type.
_VALUED = re.compile(r"\w*map\w*|filter|fold|reduce|scan|unwrap_or_else|from_fn|successors")


@dataclass(frozen=True)
class Shapes:
    """The shapes of one source."""

    known: Names

    def shape(self, node: Node) -> Shape | None:  # noqa: C901, PLR0911, PLR0912 -- a row a node
        """Which statement, definition or closure is what."""
        if _conditional(node) or (_OPAQUE.fullmatch(node.type) and node.type != "unsafe_block"):
            return Several(())
        match node.type:
            case "expression_statement":
                return self._expression(node, node.named_children[0]) if node.named_children else None
            case "let_declaration":
                return self._let(node)
            case "function_item":
                return self._function(node)
            case "closure_expression":
                return self._closure(node)
            case "impl_item" | "trait_item" | "mod_item":
                return self._container(node)
            case "block":
                return Block(_body(node))
            case "unsafe_block":
                return Block(_body(node.named_children[-1]))
            case "if_expression":
                return Branch(*self._arms(node))
            case "match_expression":
                return self._match(node)
            case kind if kind in LOOPS:
                return self._loop(node)
            case "return_expression":
                return Return(node, next((one for one in node.named_children if one.type not in _ASIDE), None))
            case "break_expression" | "continue_expression":
                return Jump(node)
            case "macro_invocation" if type_text(node.child_by_field_name("macro")) in _PANICS:
                return Raise(node, type_text(node.child_by_field_name("macro")))
            case _:
                return Return(node, node) if _is_value(node) and _ends_function(node) else None

    def _expression(self, statement: Node, node: Node) -> Shape | None:  # noqa: PLR0911 -- a row a node
        if statement.children[-1].type != ";":
            return self.shape(node)
        if node.type in {"assignment_expression", "compound_assignment_expr"}:
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            if (
                left is None
                or right is None
                or left.type not in {"identifier", "field_expression", "index_expression", "unary_expression"}
            ):
                return None
            return Assign(
                statement, (left,), right if node.type == "assignment_expression" else node, transforms=_makes(right)
            )
        if node.type == "call_expression":
            if re.match(r"(?:std::)?process::(?:exit|abort)\b|exit\(", text_of(node)):
                return Jump(statement)
            return _change(statement, node)
        if node.type == "return_expression":
            return Return(statement, next((one for one in node.named_children if one.type not in _ASIDE), None))
        return (
            self.shape(node)
            if node.type in COMPOUND | {"macro_invocation", "break_expression", "continue_expression"}
            else None
        )

    def _variables(self, pattern: Node | None) -> tuple[Variable, ...]:
        if pattern is None:
            return ()
        found = (self.known.binders.get(one.start_byte) for one in walk(pattern))
        return tuple(Variable(one.name, one.type, one.node.start_byte) for one in found if one is not None)

    def _let(self, node: Node) -> Shape:
        value = node.child_by_field_name("value")
        declared = self._variables(node.child_by_field_name("pattern"))
        plain = value is not None and (value.type == "closure_expression" or _empty(value))
        return Assign(
            node, declares=declared, value=value, transforms=value is not None and _makes(value), shown=not plain
        )

    def _function(self, node: Node) -> Shape:
        body, name = node.child_by_field_name("body"), node.child_by_field_name("name")
        modifiers = next((text_of(one) for one in node.children if one.type == "function_modifiers"), "")
        if body is None or name is None or "const" in modifiers.split() or _is_test(node):
            return Several(())
        parameters = node.child_by_field_name("parameters")
        given = parameters.named_children if parameters is not None else []
        owner = self_type(node)
        also = tuple(Variable("self", owner, one.start_byte) for one in given if one.type == "self_parameter")
        shown = tuple(variable for one in given if one.type != "self_parameter" for variable in self._variables(one))
        shown = (*shown, *(one for variable in shown or also for one in self._fields(variable)))
        result = re.sub(r"\bSelf\b", owner, type_text(node.child_by_field_name("return_type")))
        hidden = generics(node).intersection(re.findall(r"\w+", result))
        return Function(
            node, text_of(name), shown, _body(body), result="!" if hidden else result, also=also, shows_object="self"
        )

    def _fields(self, variable: Variable) -> Iterator[Variable]:
        """The fields of a variable whose type cannot show itself."""
        kind, facts = bare(variable.type), self.known.facts
        for path, of in facts.fields.items() if kind in facts.opaque else ():
            if path.startswith(f"{kind}.") and facts.shown(of):
                yield Variable(f"{variable.name}.{path.rpartition('.')[2]}", of, variable.at)

    def _closure(self, node: Node) -> Shape:
        body, method = node.child_by_field_name("body"), _called_by(node)
        if body is None or _ORDERING.fullmatch(method):
            return Several(())
        parent = node.parent
        given = (
            parent.child_by_field_name("pattern") if parent is not None and parent.type == "let_declaration" else None
        )
        name = text_of(given) if given is not None and given.type == "identifier" else "<closure>"
        result = type_text(node.child_by_field_name("return_type"))
        if not result and _VALUED.fullmatch(method):
            result = "?"
        parameters = self._variables(node.child_by_field_name("parameters"))
        if body.type == "block":
            return Function(node, name, parameters, _body(body), result=result, closure=True)
        if body.type in COMPOUND:
            return Function(node, name, parameters, Body(body, (body,), bare=True), result=result, closure=True)
        if not result and given is not None and self.known.type_of(body) not in {"()", "!"}:
            result = self.known.type_of(body)
        # A reference that a closure gives back may depend on its parameter in a way that only its own text says.
        result = "" if body.type == "reference_expression" else result
        return Function(node, name, parameters, value=body, result=result, closure=True)

    def _container(self, node: Node) -> Shape:
        body = node.child_by_field_name("body")
        if body is None or _is_test(node):
            return Several(())
        name = self_type(body) if node.type != "mod_item" else type_text(node.child_by_field_name("name"))
        return Container(node, name, tuple(statements(body)))

    def _binds(self, condition: Node) -> tuple[Variable, ...]:
        """What the `let`s of a condition bind."""
        patterns = [one.child_by_field_name("pattern") for one in _lets(condition)]
        return tuple(variable for pattern in patterns for variable in self._variables(pattern))

    def _arms(self, node: Node) -> tuple[tuple[Arm, ...], bool]:
        arms: list[Arm] = []
        current, place, word = node, node, "if"
        while True:
            condition, consequence = (
                current.child_by_field_name("condition"),
                current.child_by_field_name("consequence"),
            )
            if condition is not None and consequence is not None:
                arms.append(Arm(word, place, _body(consequence), condition, self._binds(condition)))
            clause = current.child_by_field_name("alternative")
            inner = (
                next((one for one in clause.named_children if one.type not in _ASIDE), None)
                if clause is not None
                else None
            )
            if clause is None or inner is None:
                return tuple(arms), False
            if inner.type != "if_expression":
                return (*arms, Arm("else", clause, _body(inner))), True
            current, place, word = inner, clause, "else if"

    def _match(self, node: Node) -> Shape | None:
        body = node.child_by_field_name("body")
        arms = []
        for one in body.named_children if body is not None else ():
            pattern, value = one.child_by_field_name("pattern"), one.child_by_field_name("value")
            if one.type != "match_arm" or pattern is None or value is None:
                continue
            inside = _body(value) if value.type == "block" else Body(value, (value,), bare=True)
            word = _shorten(" ".join(text_of(pattern).split()))
            arms.append(Arm(word, one, inside, pattern.child_by_field_name("condition"), self._variables(pattern)))
        return Branch(tuple(arms), exhaustive=True, subject=node.child_by_field_name("value"))

    def _loop(self, node: Node) -> Shape | None:
        body = node.child_by_field_name("body")
        if body is None:
            return None
        condition = node.child_by_field_name("condition")
        binds = self._variables(node.child_by_field_name("pattern"))
        if condition is not None:
            binds = self._binds(condition)
        return Loop(node, _body(body), condition, binds=binds)


def _shorten(pattern: str) -> str:
    """A pattern as the word of its arm."""
    return pattern if len(pattern) <= LONGEST_WORD else f"{pattern[: LONGEST_WORD - 3]}..."


def statements(node: Node) -> Iterator[Node]:
    """The statements of a block, without comments, attributes, and what shares its line with an attribute."""
    for one in node.named_children:
        above = one.prev_named_sibling
        beside = above is not None and above.type == "attribute_item" and above.end_point.row == one.start_point.row
        if one.type not in _ASIDE and not beside:
            yield one


def _body(block: Node) -> Body:
    return Body(block, tuple(statements(block)), opening=block.start_byte + 1)


def _attributes(node: Node) -> Iterator[str]:
    above = node.prev_named_sibling
    while above is not None and above.type in {"attribute_item", "line_comment", "block_comment"}:
        if above.type == "attribute_item":
            yield text_of(above)
        above = above.prev_named_sibling


def _conditional(node: Node) -> bool:
    """Whether a statement is there only in some configurations."""
    return node.type in {"let_declaration", "expression_statement"} and any("cfg" in one for one in _attributes(node))


def _is_test(node: Node) -> bool:
    return any(re.search(r"\btest\b|\bbench\b|\bproc_macro", one) for one in _attributes(node))


def _is_value(node: Node) -> bool:
    """Whether a node is an expression that gives something back."""
    ends = node.type.endswith(("_expression", "_literal")) or node.type in {"identifier", "self", "macro_invocation"}
    return (ends or node.type == "scoped_identifier") and node.type != "assignment_expression"


def _ends_function(node: Node) -> bool:  # noqa: C901, PLR0911, PLR0912 -- a row a node
    """Whether an expression stands where a function gives its value back."""
    parent = node.parent
    while parent is not None:
        match parent.type:
            case "block":
                if [one for one in parent.named_children if one.type not in _ASIDE][-1:] != [node]:
                    return False
            case "expression_statement":
                if parent.children[-1].type == ";":
                    return False
            case "if_expression":
                # Without an `else` there is nothing to give back.
                if node == parent.child_by_field_name("condition") or parent.child_by_field_name("alternative") is None:
                    return False
            case "match_arm":
                if node != parent.child_by_field_name("value"):
                    return False
            case "match_expression":
                if node == parent.child_by_field_name("value"):
                    return False
            case "else_clause" | "match_block" | "unsafe_block":
                pass
            case "function_item" | "closure_expression":
                return True
            case _:
                return False
        node, parent = parent, parent.parent
    return False


def _lets(condition: Node) -> Iterator[Node]:
    waiting = [condition]
    while waiting:
        one = waiting.pop()
        if one.type == "let_condition":
            yield one
        elif one.type in {"let_chain", "parenthesized_expression", "binary_expression"}:
            waiting += reversed(one.named_children)


def _called_by(closure: Node) -> str:
    """The method or function that a closure is given to, or ""."""
    arguments = closure.parent
    call = arguments.parent if arguments is not None and arguments.type == "arguments" else None
    called = call.child_by_field_name("function") if call is not None else None
    if called is not None and called.type == "generic_function":
        called = called.child_by_field_name("function")
    return re.split(r"[.:]", text_of(called))[-1].strip() if called is not None else ""


def _empty(value: Node) -> bool:
    """Whether a value is a new container without a type to show it by."""
    return (
        re.fullmatch(r"(?:\w+(?:::<[^()]*>)?::)+(?:new|default|with_capacity)\([\w.]*\)|None", text_of(value))
        is not None
    )


def _makes(value: Node) -> bool:
    return value.type in {"call_expression", "try_expression"} and _MAKES.search(text_of(value)) is not None


def _change(statement: Node, node: Node) -> Shape | None:
    called = node.child_by_field_name("function")
    if called is None or called.type != "field_expression":
        return None
    target, name = called.child_by_field_name("value"), called.child_by_field_name("field")
    if target is None or name is None:
        return None
    reorders = _REORDERS.fullmatch(text_of(name)) is not None
    return Change(statement, target, transforms=reorders) if reorders or _CHANGES.fullmatch(text_of(name)) else None
