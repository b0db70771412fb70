"""What a language brings to the engine: which node is which shape, and how an event is written.

Belongs here: the protocol between `engine` and the module of a language. Does not: any language.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from tree_sitter import Node

from alchemy_assets.tracing.instrument.scope import Scope
from alchemy_assets.tracing.instrument.shapes import Body, Function, Shape


@dataclass(frozen=True)
class Shown:
    """One `name=value` of an event: its label, the expression that is shown, and the type where it is known.

    word: whether the expression is a word of ours (`if`, the name of an error) and no code.
    """

    label: str
    expression: str
    type: str = ""
    word: bool = False


class Dialect(Protocol):
    """One language, made for one source."""

    @property
    def names(self) -> frozenset[str]:
        """Node types that read a variable."""
        ...

    @property
    def functions(self) -> frozenset[str]:
        """Node types with a body of their own, closures and classes among them."""
        ...

    @property
    def calls(self) -> frozenset[str]:
        """Node types of calls."""
        ...

    @property
    def comments(self) -> frozenset[str]:
        """Node types of comments."""
        ...

    @property
    def line_comment(self) -> bytes:
        """What starts a comment that ends with its line."""
        ...

    @property
    def block_scoped(self) -> bool:
        """Whether a block is a scope of its own."""
        ...

    @property
    def hoists(self) -> bool:
        """Whether functions run after what follows them, and so see it."""
        ...

    @property
    def braces(self) -> tuple[str, str]:
        """What makes one statement of several."""
        ...

    def program(self, root: Node) -> Body:
        """The statements of a file that points may stand between or in."""
        ...

    def shape(self, node: Node) -> Shape | None:
        """What a statement, definition or closure means; None for what holds no place for a point."""
        ...

    def reads(self, name: Node) -> bool:
        """Whether a node of `names` reads a variable there: no field, label, key, type, or function that is called."""
        ...

    def reread(self, target: Node, scope: Scope) -> Shown | None:
        """A place that was just assigned and can be read again without effect: `this.x`, `a[i]`, `p->next`."""
        ...

    def path(self, node: Node, scope: Scope) -> Shown | None:
        """A member that can be read at any time without effect, as `this.count`; None for any other node."""
        ...

    def printable(self, shown: Shown) -> bool:
        """Whether a value of this type can be shown."""
        ...

    def write(self, kind: str, place: str, shown: Sequence[Shown]) -> str:
        """The statement that writes an event, without a newline."""
        ...

    def hand_on(self, place: str, value: Node, scope: Scope) -> tuple[str, str] | None:
        """What is put around a value that a function gives back, so that it is shown and computed once; None: nothing.

        The label of such an event is `result`.
        """
        ...

    def result(self, value: Node, function: Function | None, scope: Scope) -> Shown | None:
        """A returned value that can be shown by a statement before, as it may be computed twice; asked after `hand_on`."""
        ...


@runtime_checkable
class Owning(Protocol):
    """What a dialect has besides where a variable can lose its value: moved away, or lent to what may change it."""

    def readable(self, shown: Shown, offset: int) -> bool:
        """Whether what is shown can be read by a statement at an offset of the source."""
        ...


@runtime_checkable
class Trailing(Protocol):
    """What a dialect has besides where lines can belong to a statement that ended before them: here-documents."""

    def behind(self, line: int) -> int:
        """Where a line can be put that was to begin at this offset of the source."""
        ...


@runtime_checkable
class Unended(Protocol):
    """What a dialect has besides where statements may do without the semicolon that its events end with."""

    @property
    def optional_semicolons(self) -> bool:
        """Whether a statement may end without one."""
        ...
