"""Walk through the statements of a Python program and say where trace points may stand.

Belongs here: what each kind of statement means for control flow, for names, and for a point. Does not: the names
themselves (`python.names`), the file as a whole (`python`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from tree_sitter import Node

from alchemy_assets.syntax_tree import text_of, walk
from alchemy_assets.tracing.instrument.points import Insertion, Point, above_comments, end_of_line, indent_before
from alchemy_assets.tracing.instrument.python.names import (
    Scope,
    asked,
    beside,
    deleted,
    element,
    is_inside,
    meet,
    parameter_names,
    roots,
    targets,
    uses,
)

NAMES_SHOWN = 4
_ENDS = {"return_statement", "raise_statement", "continue_statement", "break_statement"}
_COLLECTIONS = {
    "list_comprehension",
    "set_comprehension",
    "dictionary_comprehension",
}
_CHANGES = {"sort", "reverse", "append", "extend", "insert", "pop", "remove", "update", "add", "clear", "setdefault"}
_CHANGES |= {"appendleft", "popleft", "discard", "rotate"}
# What opens, compiles or makes such a thing gives an object that says nothing when it is shown.
_OPAQUE = re.compile(
    r"(?:\w+\.)*(?:open|compile|ArgumentParser|OptionParser|StringIO|BytesIO|finditer|iter|reader|writer)"
)
# Parameters that are called like files; what is read of them is told, they are not.
_FILE = re.compile(r"(?:in|out)?fp[io]?|fh|stream|std(?:in|out|err)|parser|logger")
_REORDERS = {"sorted", "list", "set", "dict", "zip", "filter", "map", "reversed", "tuple", "split", "join"}


@dataclass
class Walker:
    """Walks statements in order and collects points; `block` returns the scope after it, None where it never ends."""

    raw: bytes
    name: str
    newline: str
    fields: Mapping[int, frozenset[str]] = field(default_factory=dict)
    points: list[Point] = field(default_factory=list)

    def block(self, node: Node, scope: Scope) -> Scope | None:
        """Go through the statements of a block."""
        after: Scope | None = scope
        for statement in node.named_children:
            if statement.type == "comment":
                continue
            after = self.statement(statement, after or scope)
            if statement.type in _ENDS:
                after = None
        return after

    def statement(self, node: Node, scope: Scope) -> Scope | None:
        """Collect the points of one statement; returns the scope after it."""
        method = getattr(self, f"on_{node.type}", None)
        return method(node, scope) if method else scope  # the on_* methods below

    # Definitions

    def on_decorated_definition(self, node: Node, scope: Scope) -> Scope | None:
        """What is decorated."""
        definition = node.child_by_field_name("definition")
        return self.statement(definition, scope) if definition is not None else scope

    def on_class_definition(self, node: Node, scope: Scope) -> Scope:
        """The methods of a class; its own statements run once, where it is made."""
        name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
        if name is not None and body is not None:
            inner = scope.in_class + text_of(name) + "."
            fields = self.fields.get(node.start_byte, frozenset())
            for child in body.named_children:
                if child.type in {"function_definition", "decorated_definition", "class_definition"}:
                    self.statement(child, replace(scope, in_class=inner, bound=frozenset(), fields=fields))
        return scope

    def on_function_definition(self, node: Node, scope: Scope) -> Scope:
        """The entry of a function, and its body in a scope of its own."""
        name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
        parameters = node.child_by_field_name("parameters")
        if name is None or body is None or parameters is None:
            return scope
        outer = "" if scope.function == "<module>" or scope.in_class else scope.function + "."
        function = f"{outer}{scope.in_class}{text_of(name)}"
        names = parameter_names(parameters)
        fields = scope.fields if scope.in_class and text_of(name) != "__init__" else frozenset()
        said = [one for one in names if not _FILE.fullmatch(one)]
        inner = Scope(function, deleted=deleted(body), fields=fields, elements=scope.elements).binding(said)
        shown = [one for one in names if one in inner.bound and one not in {"self", "cls"}]
        if not shown and "self" in inner.bound and text_of(name) != "__init__":
            shown = ["self"]
        first = _first_statement(body)
        if first is not None and first.type != "pass_statement":
            self.before(first, "IN", node, inner, shown, weight=0.3 * len(shown) - (0.0 if shown else 1.5))
        self.block(body, inner)
        return scope

    # Simple statements

    def on_expression_statement(self, node: Node, scope: Scope) -> Scope:
        """Assignments, and calls that change what they are called on."""
        inner = node.named_children[0] if node.named_children else None
        if inner is None:
            return scope
        if inner.type == "assignment":
            return self.assignment(node, inner, scope)
        if inner.type == "augmented_assignment":
            left, right = inner.child_by_field_name("left"), inner.child_by_field_name("right")
            if left is not None and right is not None:
                shown = [*(element(left, scope) or roots(left, scope)), *uses(right, scope)]
                self.after(node, "VAR", scope, shown, weight=0.8 + _weight(shown, scope))
        elif inner.type == "call" and (called := inner.child_by_field_name("function")) is not None:
            attribute = called.child_by_field_name("attribute") if called.type == "attribute" else None
            if attribute is not None and text_of(attribute) in _CHANGES:
                shown = [*roots(called, scope), *uses(inner, scope)]
                if shown and shown[0] in text_of(called):
                    kind = (
                        "TRANSFORM"
                        if text_of(attribute) in {"sort", "reverse", "extend", "update", "rotate"}
                        else "VAR"
                    )
                    self.after(node, kind, scope, shown, weight=_weight(shown, scope))
        return scope

    def assignment(self, statement: Node, node: Node, scope: Scope) -> Scope:
        """`a = b = value`, also with a type."""
        names: list[str] = []
        elements: list[str] = []
        right: Node | None = node
        while right is not None and right.type == "assignment":
            left = right.child_by_field_name("left")
            if left is not None:
                names += targets(left)
                elements += element(left, scope) or ([] if targets(left) else roots(left, scope))
            right = right.child_by_field_name("right")
        if right is None:
            return scope
        if _is_opaque(right):
            return replace(scope, bound=scope.bound - set(names))
        after = scope.binding(names)
        used = uses(right, scope)
        worth_it = bool(used) or any(child.type == "call" for child in walk(right))
        shown = [*(name for name in names if name in after.bound), *elements]
        used = [one for one in used if not any(is_inside(label, one) for label in shown)]
        if shown and worth_it:
            kind = "TRANSFORM" if used and _is_transform(right) else "VAR"
            shown = [*used[:1], *shown, *used[1:]] if kind == "TRANSFORM" else [*shown, *used]
            self.after(statement, kind, after, shown, weight=_weight(shown, scope) - 0.6 * (right.type == "identifier"))
        return after

    def on_return_statement(self, node: Node, scope: Scope) -> Scope:
        """The value that a function gives; the event goes around it, so that it is computed once."""
        value = node.named_children[0] if node.named_children else None
        if value is None or value.type == "comment" or any(one.type in {"yield", "ERROR"} for one in walk(value)):
            return scope
        line = node.start_point.row + 1
        opening, closing = ("(", ")") if value.type == "expression_list" else ("", "")
        before = Insertion(value.start_byte, f'{self.name}("OUT", "{scope.function}:{line}", result={opening}')
        after = Insertion(value.end_byte, f"{closing})")
        weight = 0.4 if any(one.type == "identifier" for one in walk(value)) else -0.6
        self.points.append(Point("OUT", scope.function, line, (before, after), weight))
        return scope

    def on_raise_statement(self, node: Node, scope: Scope) -> Scope:
        """An error that is about to be raised."""
        shown = uses(node, scope)
        raised = node.named_children[0] if node.named_children else None
        if raised is not None:
            name = raised.child_by_field_name("function") if raised.type == "call" else raised
            extra = (
                f'error="{text_of(name)}"'
                if name is not None and text_of(name)[:1].isupper() and name.type == "identifier"
                else ""
            )
            shown = [one for one in shown if one != "error"]
            self.before(node, "ERR", node, scope, shown, weight=0.2 * len(shown) - 0.4, extra=extra)
        return scope

    # Compound statements

    def on_if_statement(self, node: Node, scope: Scope) -> Scope | None:
        """The arms of an `if`."""
        condition, body = node.child_by_field_name("condition"), node.child_by_field_name("consequence")
        if condition is None or body is None:
            return scope
        if "__name__" in text_of(condition) or "TYPE_CHECKING" in text_of(condition):
            return self.block(body, scope) or scope
        ends = [self.arm(body, "if", node, scope, asked(condition, scope, holds=True))]
        shown = asked(condition, scope, holds=False)
        before: list[str] = uses(condition, scope)
        has_else = False
        for clause in node.children_by_field_name("alternative"):
            inner = clause.child_by_field_name("consequence") or clause.child_by_field_name("body")
            if inner is None:
                continue
            if (test := clause.child_by_field_name("condition")) is not None:
                ends.append(self.arm(inner, "elif", clause, scope, beside(asked(test, scope, holds=True), before)))
                shown = beside(asked(test, scope, holds=False), before)
                before = [*uses(test, scope), *before]
            else:
                has_else = True
                ends.append(self.arm(inner, "else", clause, scope, shown))
        return meet([*ends, *([] if has_else else [scope])], scope)

    def arm(self, body: Node, word: str, place: Node, scope: Scope, shown: list[str]) -> Scope | None:
        """One way that control may take."""
        shown = list(dict.fromkeys(shown))
        weight = 0.3 * len(shown[:3]) + 0.4 * scope.in_loop
        if (first := _first_statement(body)) is not None:
            self.before(first, "BRANCH", place, scope, shown, weight=weight, extra=f'took="{word}"')
        return self.block(body, scope)

    def on_for_statement(self, node: Node, scope: Scope) -> Scope:
        """A loop over something."""
        left, body = node.child_by_field_name("left"), node.child_by_field_name("body")
        if left is None or body is None:
            return scope
        names = targets(left)
        inner = replace(scope.binding(names), in_loop=True)
        self.loop(body, node, inner, [name for name in names if name in inner.bound], 0.3 * len(names))
        self.otherwise(node, scope)
        return scope

    def on_while_statement(self, node: Node, scope: Scope) -> Scope:
        """A loop on a condition."""
        condition, body = node.child_by_field_name("condition"), node.child_by_field_name("body")
        if condition is None or body is None:
            return scope
        inner = replace(scope, in_loop=True)
        self.loop(body, node, inner, asked(condition, inner, holds=True), 0.5)
        self.otherwise(node, scope)
        return scope

    def loop(self, body: Node, node: Node, inner: Scope, shown: list[str], weight: float) -> None:
        """The body of a loop."""
        if (first := _first_statement(body)) is not None:
            self.before(first, "LOOP", node, inner, shown, weight=weight - (0 if shown else 1))
        self.block(body, inner)

    def otherwise(self, node: Node, scope: Scope) -> None:
        """The `else` of a loop."""
        clause = node.child_by_field_name("alternative")
        if clause is not None and (body := clause.child_by_field_name("body")) is not None:
            self.block(body, scope)

    def on_with_statement(self, node: Node, scope: Scope) -> Scope:
        """A block with names of its own."""
        body = node.child_by_field_name("body")
        names = [
            name
            for child in walk(node)
            if child.type == "as_pattern_target"
            and not (child.parent is not None and _is_opaque(child.parent.named_children[0]))
            for name in targets(child)
        ]
        if body is not None:
            self.block(body, scope.binding(names))
        return scope

    def on_try_statement(self, node: Node, scope: Scope) -> Scope | None:
        """Errors that are caught."""
        body = node.child_by_field_name("body")
        ends = [self.block(body, scope) if body is not None else scope]
        for clause in node.named_children:
            inner = next((child for child in clause.named_children if child.type == "block"), None)
            if clause.type == "except_clause" and inner is not None:
                names = [name for child in walk(clause) if child.type == "as_pattern_target" for name in targets(child)]
                caught = names[:1]
                handler = scope.binding(caught)
                if (first := _first_statement(inner)) is not None:
                    self.before(
                        first, "ERR", clause, handler, caught, weight=0.4, extra=_caught(clause) if not caught else ""
                    )
                end = self.block(inner, handler)
                ends.append(replace(end, bound=end.bound - set(caught)) if end is not None else None)
            elif clause.type == "else_clause" and inner is not None:
                ends[0] = self.block(inner, ends[0] or scope)
            elif clause.type == "finally_clause" and inner is not None:
                self.block(inner, scope)
        return meet(ends, scope)

    def on_match_statement(self, node: Node, scope: Scope) -> Scope:
        """The cases of a `match`."""
        subject = node.child_by_field_name("subject")
        shown = uses(subject, scope) if subject is not None else []
        for clause in (child for child in walk(node) if child.type == "case_clause" and child.parent is not None):
            body = clause.child_by_field_name("consequence")
            if body is not None and clause.parent is not None and clause.parent.parent == node:
                self.arm(body, "case", clause, scope, shown)
        return scope

    # Writing

    def call(self, kind: str, scope: Scope, line: int, shown: list[str], extra: str = "") -> str:
        """The statement that writes an event."""
        told = any(name.startswith("self.") for name in shown)
        names = [name for name in dict.fromkeys(shown) if name in scope.bound or not name.isidentifier()]
        names = [name for name in names if name != "self" or not told][:NAMES_SHOWN]
        state = [
            f"{name}={name}" if name.isidentifier() else f"""**{{"{name.replace('"', "'")}": {name}}}"""
            for name in names
        ]
        words = [f'"{kind}"', f'"{scope.function}:{line}"', *([extra] if extra else [])]
        words += [re.sub(r"}, \*\*{", ", ", ", ".join(state))] if state else []
        return f"{self.name}({', '.join(words)})"

    def before(  # noqa: PLR0913 -- what an event says
        self, node: Node, kind: str, place: Node, scope: Scope, shown: list[str], *, weight: float, extra: str = ""
    ) -> None:
        """A point before a statement that is the first on its line."""
        indent = indent_before(self.raw, node.start_byte)
        if indent is None or (place.start_point.row == node.start_point.row and place is not node):
            return
        line = place.start_point.row + 1
        text = indent + self.call(kind, scope, line, shown, extra) + self.newline
        insertion = Insertion(above_comments(self.raw, node), text)
        self.points.append(Point(kind, scope.function, line, (insertion,), weight, place.end_point.row + 1))

    def after(self, node: Node, kind: str, scope: Scope, shown: list[str], *, weight: float) -> None:
        """A point after a statement that has its lines to itself."""
        indent = indent_before(self.raw, node.start_byte)
        end = end_of_line(self.raw, node.end_byte, b"#")
        if indent is None or end is None or not shown:
            return
        line = node.start_point.row + 1
        text = indent + self.call(kind, scope, line, shown)
        ended = self.raw[end - 1 : end] == b"\n"
        insertion = Insertion(end, text + self.newline if ended else self.newline + text)
        self.points.append(Point(kind, scope.function, line, (insertion,), weight))


def _first_statement(body: Node) -> Node | None:
    """The first statement of a block, a docstring aside."""
    statements = [child for child in body.named_children if child.type != "comment"]
    if statements and statements[0].type == "expression_statement" and statements[0].named_children[0].type == "string":
        statements = statements[1:]
    return statements[0] if statements else None


def _is_opaque(value: Node) -> bool:
    """Whether a value is a file, a pattern or another thing that can only be named."""
    called = value.child_by_field_name("function") if value.type == "call" else None
    return value.type == "lambda" or (called is not None and _OPAQUE.fullmatch(text_of(called)) is not None)


def _caught(clause: Node) -> str:
    """The class that an `except` clause names, where it names one and no variable."""
    name = clause.child_by_field_name("value")
    return f'error="{text_of(name)}"' if name is not None and name.type == "identifier" else ""


def _weight(shown: list[str], scope: Scope) -> float:
    return 0.6 * min(len(set(shown)), NAMES_SHOWN) + 0.5 * scope.in_loop


def _is_transform(right: Node) -> bool:
    if right.type in _COLLECTIONS:
        return True
    if right.type != "call" or (called := right.child_by_field_name("function")) is None:
        return False
    name = called.child_by_field_name("attribute") if called.type == "attribute" else called
    return name is not None and text_of(name) in _REORDERS
