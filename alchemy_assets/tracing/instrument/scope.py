"""Which names have a value at a place of a program, and which of them a part of it reads.

Belongs here: scopes, for every language that is walked by `engine`. Does not: statements.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from alchemy_assets.tracing.instrument.shapes import Function, Variable


@dataclass(frozen=True)
class Scope:
    """Where a walk is.

    function: the name that events give. within: the names around it, joined by dots, for what is defined here.
    visible: the variables that a name means here. assigned: those that have a value on every way to this place.
    bare: whether the statement stands without braces, so that a second one needs them. holds: whether the condition
    that is looked at has just been true, so that all that it joins by `and` was evaluated.
    """

    function: str
    definition: Function | None = None
    within: str = ""
    visible: Mapping[str, Variable] = field(default_factory=dict)
    assigned: frozenset[Variable] = frozenset()
    in_loop: bool = False
    bare: bool = False
    holds: bool = False

    def declaring(self, variables: Iterable[Variable], *, assigned: bool) -> "Scope":
        """The scope after these variables began, with or without a value."""
        new = tuple(variables)
        if not new:
            return self
        hidden = {self.visible[one.name] for one in new if one.name in self.visible}
        return replace(
            self,
            visible={**self.visible, **{one.name: one for one in new}},
            assigned=(self.assigned - hidden | set(new)) if assigned else self.assigned - set(new),
        )

    def assigning(self, names: Iterable[str]) -> "Scope":
        """The scope after these names were given values."""
        found = {self.visible[name] for name in names if name in self.visible}
        return replace(self, assigned=self.assigned | found) if found else self

    def left_for(self, outer: "Scope") -> "Scope":
        """The scope around a block after it, in a language whose blocks are scopes."""
        kept = frozenset(outer.visible.values())
        return replace(outer, assigned=(self.assigned | outer.assigned) & kept)

    def known(self, name: str) -> Variable | None:
        """The variable of a name, where it surely has a value here."""
        variable = self.visible.get(name)
        return variable if variable is not None and variable in self.assigned else None


def meet(ends: Iterable[Scope | None], scope: Scope) -> Scope | None:
    """The scope after several ways: what has a value on all of those that come through; None where none does."""
    through = [end.assigned for end in ends if end is not None]
    return replace(scope, assigned=frozenset.intersection(*through)) if through else None
