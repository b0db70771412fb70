"""What statements mean for tracing, whatever the language calls them.

Belongs here: the few shapes that every imperative language has. Does not: which node is which shape (a language's own
module), and what a walk makes of them (`engine`).
"""

from dataclasses import dataclass, field

from tree_sitter import Node


@dataclass(frozen=True)
class Variable:
    """A name that may be shown. `type` is as the language's printer wants it; `at` tells a name from one that it hides.

    member: whether it belongs to an object, so that static functions do not see it.
    """

    name: str
    type: str = ""
    at: int = -1
    member: bool = False


@dataclass(frozen=True)
class Body:
    """Statements that are run together.

    node: what they stand in. bare: whether it is one statement without the language's braces, which a second one needs.
    opening: where the first statement could stand if there is none, or None. returns: what the only statement, whose
    value is given back, needs before it once there are two (`return `), or "".
    """

    node: Node
    statements: tuple[Node, ...]
    bare: bool = False
    opening: int | None = None
    returns: str = ""


@dataclass(frozen=True)
class Function:
    """A function, method or closure.

    node: its whole definition. body: None where it is one expression, `value`, that it gives back.
    result: the type of what it gives back. closure: whether it sees the variables around it; static: not the members.
    also: other variables that have a value from its start: its object, named results. shows_object: the one of them that
    a method without parameters shows (`self`), or "".
    """

    node: Node
    name: str
    parameters: tuple[Variable, ...] = ()
    body: Body | None = None
    value: Node | None = None
    result: str = ""
    closure: bool = False
    static: bool = False
    also: tuple[Variable, ...] = ()
    shows_object: str = ""


@dataclass(frozen=True)
class Container:
    """A class, module or namespace: a name for what is in it, and variables that its functions see."""

    node: Node
    name: str
    members: tuple[Node, ...]
    variables: tuple[Variable, ...] = ()


@dataclass(frozen=True)
class Block:
    """Statements in a scope of their own."""

    body: Body


@dataclass(frozen=True)
class Arm:
    """A way that control may take: `word` says which (`if`, `elif`, `else`, `case`), `place` is the node of its line.

    assigns: names that the condition gives a value to, whatever comes of it. conditions: more parts of the condition,
    where no node holds them all.
    """

    word: str
    place: Node
    body: Body
    condition: Node | None = None
    binds: tuple[Variable, ...] = ()
    assigns: tuple[str, ...] = ()
    conditions: tuple[Node, ...] = ()

    @property
    def parts(self) -> tuple[Node, ...]:
        """All of the condition."""
        return self.conditions if self.condition is None else (self.condition, *self.conditions)


@dataclass(frozen=True)
class Branch:
    """A choice between arms; `exhaustive` says that one of them is always taken. `subject` is what a switch looks at.

    past: the word for the way past all arms, where a point tells of it, with what has a value from there on, `binds`.
    """

    arms: tuple[Arm, ...]
    exhaustive: bool = False
    subject: Node | None = None
    past: str = ""
    binds: tuple[Variable, ...] = ()


@dataclass(frozen=True)
class Loop:
    """A loop; `first` is the statement in its head that runs once, `binds` what every turn gives a value to.

    assigns: names that the condition gives a value to before every turn, whatever comes of it. at_least_once: whether
    all of the body has run when the loop is left, so that neither `break` nor `continue` leaves it early. conditions:
    more parts of the condition, where no node holds them all.
    """

    node: Node
    body: Body
    condition: Node | None = None
    first: Node | None = None
    binds: tuple[Variable, ...] = ()
    assigns: tuple[str, ...] = ()
    at_least_once: bool = False
    conditions: tuple[Node, ...] = ()

    @property
    def parts(self) -> tuple[Node, ...]:
        """All of the condition."""
        return self.conditions if self.condition is None else (self.condition, *self.conditions)


@dataclass(frozen=True)
class Handler:
    """Where an error is caught: the variable that it is bound to, and the name of its class where one is given."""

    place: Node
    body: Body
    binds: tuple[Variable, ...] = ()
    error: str = ""


@dataclass(frozen=True)
class Try:
    """A body whose errors are caught, and what runs in any case."""

    body: Body
    handlers: tuple[Handler, ...] = ()
    last: Body | None = None


@dataclass(frozen=True)
class Assign:
    """Names or places that get a value.

    declares: variables that begin here, with or without a value. targets: what is assigned, as nodes that may be read
    again. value: where the value comes from; None for a declaration without one. transforms: whether a collection is
    made out of another. shown: whether a point may tell of it (not in the head of a loop, not for a constant).
    quiet: variables that begin here as well, of which a point need not tell.
    """

    node: Node
    targets: tuple[Node, ...] = ()
    value: Node | None = None
    declares: tuple[Variable, ...] = ()
    transforms: bool = False
    shown: bool = True
    quiet: tuple[Variable, ...] = ()


@dataclass(frozen=True)
class Change:
    """A call that changes what it is called on, or one of its arguments: `items.push(x)`, `sort(items)`."""

    node: Node
    target: Node
    transforms: bool = False


@dataclass(frozen=True)
class Return:
    """The end of a function, with the value that it gives back; `node` is the statement."""

    node: Node
    value: Node | None = None


@dataclass(frozen=True)
class Raise:
    """An error that is about to be raised; `error` names its class where the source does."""

    node: Node
    error: str = ""


@dataclass(frozen=True)
class Jump:
    """A statement after which the next one is not reached: `break`, `continue`, `goto`, a call that ends the program."""

    node: Node


@dataclass(frozen=True)
class Label:
    """A place that is jumped to: nothing is sure to have a value any more but parameters."""

    node: Node
    statement: Node | None = None


@dataclass(frozen=True)
class Several:
    """Statements that are run in the scope around them, as those between `#if` and `#endif`."""

    statements: tuple[Node, ...] = field(default=())


Shape = Function | Container | Block | Branch | Loop | Try | Assign | Change | Return | Raise | Jump | Label | Several
