"""Walk through the statements of a program and say where trace points may stand, whatever its language is.

Belongs here: control flow, names that have a value, and where a statement is put. Does not: what a node means and how
an event is written (`dialect`, and the module of each language), which points are taken (`points.choose`).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from tree_sitter import Node

from alchemy_assets.syntax_tree import text_of, walk
from alchemy_assets.tracing.instrument.dialect import Dialect, Owning, Shown
from alchemy_assets.tracing.instrument.places import Placer
from alchemy_assets.tracing.instrument.points import Insertion, Point
from alchemy_assets.tracing.instrument.scope import Scope, meet
from alchemy_assets.tracing.instrument.shapes import (
    Assign,
    Block,
    Body,
    Branch,
    Change,
    Container,
    Function,
    Jump,
    Label,
    Loop,
    Raise,
    Return,
    Several,
    Shape,
    Try,
    Variable,
)

NAMES_SHOWN = 4
MODULE = "<module>"
# What the grammars call `name[index]`.
_ELEMENTS = {
    "array_access",
    "element_access_expression",
    "element_reference",
    "index_expression",
    "subscript_expression",
}


def _is_element(node: Node) -> bool:
    """Whether a node is `name[index]`; to the grammar of Swift that is a call with other brackets."""
    if node.type != "call_expression":
        return node.type in _ELEMENTS
    return node.children[-1].type == "call_suffix" and text_of(node.children[-1]).startswith("[")


# Declarations whose names belong to the whole block that they stand in, before their line too.
_HIDING = {"lexical_declaration", "class_declaration"}
_ROOT = re.compile(r"[^\w$]")


@dataclass
class Engine:
    """Walks statements in order and collects points; the methods give the scope after, None where it is not reached."""

    raw: bytes
    dialect: Dialect
    newline: str = "\n"
    points: list[Point] = field(default_factory=list)
    _later: list[tuple[Node, Shape, Scope]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Prepare what puts statements into the source."""
        self._placer = Placer(self.raw, self.dialect, self.newline)
        self._owning = self.dialect if isinstance(self.dialect, Owning) else None

    def program(self, root: Node) -> list[Point]:
        """All points of a file, in source order."""
        self.statements(self.dialect.program(root).statements, Scope(MODULE))
        return sorted(self.points, key=lambda point: (point.line, point.insertions[0].offset))

    def statements(self, statements: Sequence[Node], scope: Scope) -> Scope | None:
        """Go through statements that run one after the other; functions among them come last where they are hoisted."""
        after: Scope | None = scope
        later, self._later = self._later, []
        for node in statements:
            # What is not reached is walked all the same, for the functions in it, but gets no point.
            after = self.statement(node, after) if after is not None else self.unreached(node, scope)
        while self._later:
            node, shape, seen = self._later.pop(0)
            ended = after or seen
            everything = replace(
                seen, visible={**ended.visible, **seen.visible}, assigned=seen.assigned | ended.assigned
            )
            self.definition(node, shape, everything)
        self._later = later
        return after

    def unreached(self, node: Node, scope: Scope) -> Scope | None:
        """A statement behind a jump: only a label brings control back."""
        shape = self.dialect.shape(node)
        if isinstance(shape, Label):
            return self.label(shape, scope)
        if isinstance(shape, Function | Container):
            self.define(node, shape, scope)
        return None

    def body(self, body: Body, scope: Scope) -> Scope | None:
        """Go through a body in a scope of its own."""
        inner = replace(scope, bare=body.bare)
        after = self.statements(body.statements, inner)
        if after is None:
            return None
        return replace(
            after.left_for(scope) if self.dialect.block_scoped else after, bare=scope.bare, in_loop=scope.in_loop
        )

    def statement(self, node: Node, scope: Scope) -> Scope | None:  # noqa: C901, PLR0911, PLR0912 -- a branch a shape
        """Collect the points of one statement."""
        shape = self.dialect.shape(node)
        match shape:
            case None:
                self.closures(node, scope)
                return scope
            case Function() | Container():
                self.define(node, shape, scope)
                return scope
            case Block(body):
                return self.body(body, scope)
            case Several(statements):
                return self.statements(statements, scope)
            case Branch():
                return self.branch(node, shape, scope)
            case Loop():
                return self.loop(shape, scope)
            case Try():
                return self.attempt(shape, scope)
            case Assign():
                return self.assign(shape, scope)
            case Change():
                self.change(shape, scope)
                return scope
            case Return():
                self.give_back(shape, scope)
                return None
            case Raise():
                self.closures(node, scope)
                extra = [Shown("error", shape.error, word=True)] if shape.error else []
                shown = [*extra, *(one for one in self.uses(node, scope) if one.label != "error")]
                self.before(node, "ERR", node, scope, shown, weight=0.2 * len(shown) - 0.4)
                return None
            case Jump():
                self.closures(node, scope)
                return None
            case Label():
                return self.label(shape, scope)

    # Definitions

    def define(self, node: Node, shape: Function | Container, scope: Scope) -> None:
        """A definition among statements: walked now, or after them where functions are hoisted."""
        if self.dialect.hoists:
            self._later.append((node, shape, scope))
        else:
            self.definition(node, shape, scope)

    def definition(self, node: Node, shape: Shape, scope: Scope) -> None:
        """Walk a function or a container."""
        if isinstance(shape, Container):
            within = f"{scope.within}{shape.name}." if shape.name else scope.within
            inner = replace(scope, within=within, bare=False).declaring(shape.variables, assigned=True)
            self.statements(shape.members, inner)
        elif isinstance(shape, Function):
            self.function(shape, scope)
        else:
            self.closures(node, scope)

    def closures(self, node: Node, scope: Scope) -> None:
        """The functions, and in some languages the statements, that are written inside a statement or an expression."""
        for inner in self._functions_in(node):
            shape = self.dialect.shape(inner)
            if isinstance(shape, Function | Container):
                self.define(inner, shape, scope)
            elif isinstance(shape, Block | Branch | Loop):
                self.statement(inner, scope)

    def _functions_in(self, node: Node) -> Iterator[Node]:
        waiting = list(reversed(node.children))
        while waiting:
            one = waiting.pop()
            if one.type in self.dialect.functions:
                yield one
            else:
                waiting += reversed(one.children)

    def function(self, shape: Function, scope: Scope) -> None:
        """The entry of a function, and its body in a scope of its own."""
        name = scope.within + shape.name
        around = scope.visible if shape.closure or self.dialect.hoists or not scope.definition else {}
        seen = {one.name: one for one in around.values() if not (one.member and shape.static)}
        # What a function reads of the variables around it has a value by the time it reads it.
        inner = Scope(name, shape, f"{name}.", seen, frozenset(seen.values())).declaring(
            (*shape.also, *shape.parameters), assigned=True
        )
        if shape.body is None:
            if shape.value is not None:
                self.closures(shape.value, inner)
                self.out(shape.value, shape.value, inner)
            return
        shown = [self.shown(one) for one in shape.parameters]
        if not shown and shape.shows_object and shape.shows_object in inner.visible:
            shown = [Shown(shape.shows_object, shape.shows_object, inner.visible[shape.shows_object].type)]
        shown = [one for one in shown if self.dialect.printable(one)]
        weight = 0.3 * min(len(shown), NAMES_SHOWN) - (0.0 if shown else 1.5)
        self.first(shape.body, "IN", shape.node, inner, shown, weight=weight)
        self.statements(shape.body.statements, inner)

    # Simple statements

    def assign(self, shape: Assign, scope: Scope) -> Scope:
        """Names that get a value."""
        self.closures(shape.node, scope)
        after = scope.declaring((*shape.declares, *shape.quiet), assigned=shape.value is not None)
        if shape.value is None:
            return after
        after = after.assigning(text_of(one) for one in shape.targets)
        used = self.uses(shape.value, scope)
        if not shape.shown or not (used or self._calls(shape.value)):
            return after
        names = [self.shown(one) for one in shape.declares]
        for target in shape.targets:
            variable = after.known(text_of(target))
            if variable is not None:
                names.append(self.shown(variable))
            elif (again := self.dialect.reread(target, after)) is not None:
                names += [again, *(one for one in self.uses(target, after) if not _inside(again.label, one.label))]
            else:
                names += self.uses(target, after)
        # A variable that is declared again hides the one that was read; of a container the element says enough.
        told = {shown.label for shown in names}
        used = [one for one in used if one.label not in told and not any(_inside(label, one.label) for label in told)]
        if names and self.dialect.printable(names[0]):
            kind = "TRANSFORM" if shape.transforms and used else "VAR"
            shown = [*used[:1], *names, *used[1:]] if kind == "TRANSFORM" else [*names, *used]
            plain = shape.value.type in self.dialect.names
            self.after(shape.node, kind, after, shown, weight=_weight(shown, scope) - 0.6 * plain)
        return after

    def change(self, shape: Change, scope: Scope) -> None:
        """A call that changes what it is called on."""
        self.closures(shape.node, scope)
        target = scope.known(text_of(shape.target))
        names = [self.shown(target)] if target is not None else []
        if target is None and (again := self.dialect.reread(shape.target, scope)) is not None:
            names = [again]
        if names and self.dialect.printable(names[0]):
            label = names[0].label
            shown = [*names, *(one for one in self.uses(shape.node, scope) if not _inside(label, one.label))]
            kind = "TRANSFORM" if shape.transforms else "VAR"
            self.after(shape.node, kind, scope, shown, weight=_weight(shown, scope))

    def give_back(self, shape: Return, scope: Scope) -> None:
        """The value that a function gives."""
        if shape.value is not None:
            # The value itself may be a function, so it is looked for in the statement.
            self.closures(shape.node, scope)
            self.out(shape.value, shape.node, scope)

    def out(self, value: Node, node: Node, scope: Scope) -> None:
        """A point that shows a returned value, which is computed once."""
        line = node.start_point.row + 1
        weight = 0.4 if self._reads(value) else -0.6
        around = self.dialect.hand_on(f"{scope.function}:{line}", value, scope)
        if around is not None:
            # `return(x)` has no blank that would keep the two words apart.
            apart = " " if self.raw[value.start_byte - 1 : value.start_byte].isalnum() else ""
            insertions = Insertion(value.start_byte, apart + around[0], 3), Insertion(value.end_byte, around[1], -1)
            self.points.append(Point("OUT", scope.function, line, insertions, weight))
        elif node is not value:
            shown = self.dialect.result(value, scope.definition, scope)
            if shown is not None and self.dialect.printable(shown):
                self.before(node, "OUT", node, scope, [shown], weight=weight)

    # Compound statements

    def branch(self, node: Node, shape: Branch, scope: Scope) -> Scope | None:
        """The arms of a choice."""
        shown = self.uses(shape.subject, scope) if shape.subject is not None else []
        for part in (shape.subject, *(part for arm in shape.arms for part in arm.parts)):
            if part is not None:
                self.closures(part, scope)
        ends, past = [], shown
        bound_before: tuple[Variable, ...] = ()
        for arm, following in zip(shape.arms, (*shape.arms[1:], None), strict=False):
            scope = scope.assigning(arm.assigns)
            inner = scope.declaring(arm.binds, assigned=True)
            bound = [self.shown(one) for one in arm.binds]
            mine = [one for one in (*arm.binds, *shape.binds) if following is None or one not in following.binds]
            fresh = [one for one in arm.binds if one not in bound_before]
            bound_before = arm.binds
            held = _once([*self._asked(arm.parts, replace(scope, holds=True)), *_apart(shown, fresh)])
            shown = _once([*_apart(self._asked(arm.parts, scope), mine), *shown])
            # What has a way past it is left by its arm where its condition does not hold.
            told, past = (shown, held) if shape.past else (held, past)
            here = [Shown("took", arm.word, word=True), *_once([*bound, *told])]
            weight = 0.3 * len(here[1:4]) + 0.4 * scope.in_loop
            self.first(arm.body, "BRANCH", arm.place, inner, here, weight=weight)
            end = self.body(arm.body, inner)
            ends.append(end.left_for(scope) if end is not None and arm.binds else end)
        if not shape.exhaustive:
            ends.append(scope)
        after = meet(ends, scope)
        if after is not None and not self.dialect.block_scoped:
            shared = [end.visible for end in ends if end is not None]
            after = replace(after, visible={name: one for end in shared for name, one in end.items()})
        if after is not None and shape.past:
            after = after.declaring(shape.binds, assigned=True)
            here = [Shown("took", shape.past, word=True), *_once([*map(self.shown, shape.binds), *past])]
            self.after(node, "BRANCH", after, here, weight=0.3 * len(here[1:4]) + 0.4 * scope.in_loop)
        return after

    def loop(self, shape: Loop, scope: Scope) -> Scope:
        """The body of a loop."""
        inner = scope
        if shape.first is not None:
            head = self.dialect.shape(shape.first)
            if isinstance(head, Assign):
                inner = self.assign(replace(head, shown=False), inner)
            elif isinstance(head, Several):
                for one in head.statements:
                    part = self.dialect.shape(one)
                    inner = self.assign(replace(part, shown=False), inner) if isinstance(part, Assign) else inner
        inner = replace(inner, in_loop=True).assigning(shape.assigns)
        # What the head gave a value to has it after the loop too.
        left = replace(inner.left_for(scope), in_loop=scope.in_loop) if self.dialect.block_scoped else scope
        inner = inner.declaring(shape.binds, assigned=True)
        bound = [self.shown(one) for one in shape.binds]
        shown = _once([*bound, *self._asked(shape.parts, replace(inner, holds=True))])
        weight = 0.3 * min(len(shown), NAMES_SHOWN) + 0.2 - (0 if shown else 1)
        self.first(shape.body, "LOOP", shape.node, inner, shown, weight=weight)
        end = self.body(shape.body, inner)
        if shape.at_least_once and end is not None:
            return replace(end.left_for(scope), in_loop=scope.in_loop)
        return left if self.dialect.block_scoped or end is None else replace(scope, visible=end.visible)

    def attempt(self, shape: Try, scope: Scope) -> Scope | None:
        """Errors that are caught."""
        ends = [self.body(shape.body, scope)]
        for handler in shape.handlers:
            inner = scope.declaring(handler.binds, assigned=True)
            shown = [self.shown(one) for one in handler.binds[:1]]
            if not shown and handler.error:
                shown = [Shown("error", handler.error, word=True)]
            self.first(handler.body, "ERR", handler.place, inner, shown, weight=0.4)
            end = self.body(handler.body, inner)
            ends.append(end.left_for(scope) if end is not None else None)
        after = meet(ends, scope)
        if shape.last is not None:
            self.body(shape.last, scope)
        return after

    def label(self, shape: Label, scope: Scope) -> Scope | None:
        """A place that is jumped to."""
        parameters = frozenset(scope.definition.parameters if scope.definition is not None else ())
        known = replace(scope, assigned=parameters & scope.assigned)
        return self.statement(shape.statement, known) if shape.statement is not None else known

    # Names

    def shown(self, variable: Variable) -> Shown:
        """How a variable is shown."""
        return Shown(variable.name, variable.name, variable.type)

    def uses(self, node: Node, scope: Scope) -> list[Shown]:
        """The variables with a value that a part of the program reads, in order, each once."""
        found: dict[str, Shown] = {}
        looked_into: dict[str, Shown] = {}
        waiting = [node]
        while waiting:
            one = waiting.pop()
            shown = self.dialect.path(one, scope)
            if shown is None and one.type in self.dialect.names and self.dialect.reads(one):
                variable = scope.known(text_of(one))
                shown = self.shown(variable) if variable is not None else None
            if shown is not None and self.dialect.printable(shown):
                # A container that is only looked into says less than the index, and is shown last.
                element = one.parent is not None and _is_element(one.parent) and one.parent.children[0] == one
                (looked_into if element else found).setdefault(shown.label, shown)
            elif one.type not in self.dialect.functions:
                waiting += reversed(one.children)
        return list({**found, **looked_into}.values())

    def _asked(self, parts: Sequence[Node], scope: Scope) -> list[Shown]:
        """What a condition reads."""
        return [one for part in parts for one in self.uses(part, scope)]

    def _reads(self, node: Node) -> bool:
        return any(one.type in self.dialect.names for one in walk(node))

    def _calls(self, node: Node) -> bool:
        waiting = [node]
        while waiting:
            one = waiting.pop()
            if one.type in self.dialect.calls:
                return True
            if one.type not in self.dialect.functions:
                waiting += one.children
        return False

    # Places

    def first(  # noqa: PLR0913 -- what an event says
        self, body: Body, kind: str, place: Node, scope: Scope, shown: Sequence[Shown], *, weight: float
    ) -> None:
        """A point at the beginning of a body."""
        line = place.start_point.row + 1
        offset = body.statements[0].start_byte if body.statements else body.opening or body.node.start_byte
        hidden = self._hidden_in(body)
        seen = [one for one in shown if one.word or _ROOT.split(one.expression, maxsplit=1)[0] not in hidden]
        insertions = self._placer.first(body, self.write(kind, scope, line, self._readable(seen, offset)))
        if insertions and body.returns:
            insertions = *insertions, Insertion(offset, body.returns, 3, offset)
        if insertions:
            self.points.append(Point(kind, scope.function, line, insertions, weight, place.end_point.row + 1))

    def _hidden_in(self, body: Body) -> set[str]:
        """Names that a block declares further down, and that mean nothing yet where it begins (JavaScript's `let`)."""
        hiding = [one for one in body.statements if one.type in _HIDING]
        named = [
            one.child_by_field_name("name") for statement in hiding for one in (statement, *statement.named_children)
        ]
        return {text_of(one) for name in named if name is not None for one in walk(name) if not one.named_children}

    def before(  # noqa: PLR0913 -- what an event says
        self, node: Node, kind: str, place: Node, scope: Scope, shown: Sequence[Shown], *, weight: float
    ) -> None:
        """A point before a statement."""
        line = place.start_point.row + 1
        text = self.write(kind, scope, line, self._readable(shown, node.start_byte))
        insertions = self._placer.before(node, text, bare=scope.bare)
        self.points.append(Point(kind, scope.function, line, insertions, weight))

    def after(self, node: Node, kind: str, scope: Scope, shown: Sequence[Shown], *, weight: float) -> None:
        """A point after a statement."""
        line = node.start_point.row + 1
        left = self._readable(shown, node.end_byte)
        if not left:
            return
        insertions = self._placer.after(node, self.write(kind, scope, line, left), bare=scope.bare)
        self.points.append(Point(kind, scope.function, line, insertions, weight))

    def _readable(self, shown: Sequence[Shown], offset: int) -> Sequence[Shown]:
        """What can be read at a place, in a language where a name may lose its value."""
        owning = self._owning
        return shown if owning is None else [one for one in shown if one.word or owning.readable(one, offset)]

    def write(self, kind: str, scope: Scope, line: int, shown: Sequence[Shown]) -> str:
        """The statement that writes an event."""
        known = [one for one in _once(shown) if one.word or self.dialect.printable(one)][: NAMES_SHOWN + 1]
        words = sum(one.word for one in known)
        return self.dialect.write(kind, f"{scope.function}:{line}", known[: NAMES_SHOWN + words])


def _inside(label: str, container: str) -> bool:
    """Whether a label is an element or a member of a variable."""
    return label.startswith(container) and label[len(container) :][:1] in {".", "[", "-"}


def _apart(shown: Iterable[Shown], bound: Iterable[Variable]) -> list[Shown]:
    """What does not hang on a name that a condition gives a value to, and that means another elsewhere."""
    return [one for one in shown if not any(_inside(one.label, variable.name) for variable in bound)]


def _once(shown: Iterable[Shown]) -> list[Shown]:
    found: dict[str, Shown] = {}
    for one in shown:
        found.setdefault(one.label, one)
    return list(found.values())


def _weight(shown: Sequence[Shown], scope: Scope) -> float:
    return 0.6 * min(len(shown), NAMES_SHOWN) + 0.5 * scope.in_loop
