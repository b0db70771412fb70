"""Members and elements of C and C++ that can be read again behind the statement that used them.

Belongs here: which places mean the same afterwards and are surely there. Does not: variables (`c`, `cpp`).
A place that the program has read itself is no null pointer and has a value; it must only not have moved since.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from tree_sitter import Node

from alchemy_assets.syntax_tree import text_of, walk
from alchemy_assets.tracing.instrument.c.declarations import Types, declared, names_in, plain
from alchemy_assets.tracing.instrument.c.statements import arguments, bare, surely_evaluated
from alchemy_assets.tracing.instrument.dialect import Shown
from alchemy_assets.tracing.instrument.scope import Scope

_PLACES = {"field_expression", "subscript_expression", "pointer_expression"}
_SIMPLE = {"identifier", "field_identifier", "number_literal", "binary_expression", "parenthesized_expression"}
_SIMPLE |= {"subscript_argument_list", "this"}
_WHOLE = {"expression_statement", "declaration", "return_statement", "throw_statement"}
_CONDITIONED = {"if_statement", "while_statement", "for_statement", "switch_statement"}
_PRIMARY = {"identifier", "number_literal", "call_expression", "parenthesized_expression", "field_expression", "null"}
_PRIMARY |= {"true", "false", "char_literal", "string_literal", "subscript_expression", "this"}
LONGEST = 40


@dataclass(frozen=True)
class Places:
    """The places of a file; `fields` has the kinds of members by name, as `Variable.type` of `c` has them."""

    fields: Mapping[str, str]
    indexed: tuple[str, ...] = ()

    def reread(self, target: Node, scope: Scope) -> Shown | None:
        """A member or an element that was just assigned."""
        return self._place(target, scope, _statement_of(target), assigned=target)

    def path(self, node: Node, scope: Scope) -> Shown | None:
        """A member or an element that the statement has read in any case, and that means the same after it."""
        if node.type not in _PLACES:
            return None
        statement = _statement_of(node)
        if statement is None or not surely_evaluated(node, statement, holds=scope.holds):
            return None
        return self._place(node, scope, statement)

    def was_read(self, name: Node, scope: Scope) -> bool:
        """Whether the statement has read a variable in any case, and given it no other value."""
        statement = _statement_of(name)
        sure = statement is not None and surely_evaluated(name, statement, holds=scope.holds)
        return statement is not None and sure and text_of(name) not in _changed_in(statement, None)

    def type_of(self, node: Node, scope: Scope) -> str:
        """The kind of a place whose names all have a value, or "?"."""
        node = bare(node)
        if node.type == "identifier":
            variable = scope.visible.get(text_of(node))
            # An array may have been filled item by item, and a structure member by member.
            known = variable is not None and (variable.type.endswith("[]") or scope.known(text_of(node)) is not None)
            return variable.type if variable is not None and known else "?"
        inner = node.child_by_field_name("argument")
        if inner is None or text_of(node).startswith("&"):
            return "?"
        if node.type == "field_expression":
            return self._member(node, bare(inner), scope)
        return self._element(self.type_of(inner, scope))

    def _member(self, node: Node, inner: Node, scope: Scope) -> str:
        name, operator = node.child_by_field_name("field"), node.child_by_field_name("operator")
        if name is None:
            return "?"
        followed = operator is not None and text_of(operator) == "->"
        whole = inner.type == "this" or (
            not followed and inner.type == "identifier" and text_of(inner) in scope.visible
        )
        around = self.type_of(inner, scope) if not whole else ""
        there = whole or (around.endswith("*") if followed else around != "?")
        return self.fields.get(text_of(name), "?") if there else "?"

    def _element(self, container: str) -> str:
        container = "char*" if container == "text" else container
        if container.endswith("[]"):
            return container[:-2]
        if container.endswith("*"):
            return container[:-1]
        start = next((one for one in self.indexed if container.startswith(one)), None)
        return container[len(start) : -1].split(",")[0].strip() if start is not None else "?"

    def _place(self, node: Node, scope: Scope, statement: Node | None, assigned: Node | None = None) -> Shown | None:
        text = text_of(node)
        if node.type not in _PLACES or len(text) > LONGEST or "\n" in text or statement is None:
            return None
        if any(one.is_named and one.type not in _PLACES | _SIMPLE for one in walk(node)):
            return None
        kind = self.type_of(node, scope)
        inside = names_in([node])
        if kind == "?" or not _indices_known(node, scope) or inside & _changed_in(statement, assigned):
            return None
        if ("->" in text or "*" in text or "[" in text) and _may_be_gone(node, inside, statement, scope, assigned):
            return None
        return Shown(text, text, kind)


def _indices_known(node: Node, scope: Scope) -> bool:
    indices = [
        index
        for one in walk(node)
        if (index := one.child_by_field_name("index") or one.child_by_field_name("indices")) is not None
    ]
    return all(scope.known(name) is not None for index in indices for name in names_in([index]))


def _may_be_gone(node: Node, inside: set[str], statement: Node, scope: Scope, assigned: Node | None) -> bool:
    """Whether a call in the statement may have freed what a place is in, or moved it."""
    calls = [one for one in walk(statement) if one.type == "call_expression"]
    start = node
    while start.type in {"subscript_expression", "field_expression"} and start.named_children:
        start = start.named_children[0]
    holder = scope.visible.get(text_of(start))
    stays = holder is not None and holder.type.endswith("[]") and re.search(r"->|\*", text_of(node)) is None
    if not calls or stays:
        return False
    if any(_is_global(scope, name) for name in inside) or text_of(node).startswith("this"):
        return True
    if not any(inside & names_in(arguments(one)) for one in calls):
        return False
    # What is handed over by value has been read before the call.
    around = [one for one in calls if one.start_byte <= node.start_byte and node.end_byte <= one.end_byte]
    return assigned is not None or len(around) < len(calls)


def _is_global(scope: Scope, name: str) -> bool:
    definition, variable = scope.definition, scope.visible.get(name)
    return definition is None or variable is None or variable.at < definition.node.start_byte


def _changed_in(statement: Node, assigned: Node | None) -> set[str]:
    """The names that a statement gives another value to, or the address of away."""
    changed: set[str] = set()
    for one in walk(statement):
        target = None
        if one.type == "assignment_expression":
            target = one.child_by_field_name("left")
        elif one.type == "update_expression" or (one.type == "pointer_expression" and text_of(one).startswith("&")):
            target = one.child_by_field_name("argument")
        elif one.type == "init_declarator":
            declarator = one.child_by_field_name("declarator")
            changed |= names_in([declarator]) if declarator is not None else set()
        if target is not None and (assigned is None or target.id != assigned.id):
            target = bare(target)
            changed |= {text_of(target)} if target.type == "identifier" else set()
    return changed


def _statement_of(node: Node) -> Node | None:
    """The statement or condition that a place stands in; None where it is not evaluated before its points."""
    current = node
    while (parent := current.parent) is not None:
        if parent.type in _WHOLE:
            return parent
        if parent.type in _CONDITIONED:
            return current if parent.child_by_field_name("condition") == current else None
        if parent.type.endswith("_statement"):
            return None
        current = parent
    return None


def fields_of(root: Node, types: Types) -> dict[str, str]:
    """The kinds of members, by name; names that mean different things in two structures are left out."""
    found: dict[str, str] = {}
    for node in walk(root):
        if node.type != "field_declaration":
            continue
        for one in declared(node):
            known = types.resolved(one)
            base = plain(known.base)
            base = "scalar" if base != "char" and types.is_scalar(known.base) else base
            kind = "?" if known.callable else base + "*" * known.pointers + "[]" * len(known.arrays)
            found[one.name] = kind if found.get(one.name, kind) == kind else "?"
    return {name: kind for name, kind in found.items() if kind != "?" and name not in types.bit_fields}


def handed_on(opening: str, type_: str, value: Node) -> tuple[str, str]:
    """What is put around a returned value so that it is shown as what the function gives back, by a cast if need be."""
    space = " " if value.prev_sibling is not None and value.prev_sibling.end_byte == value.start_byte else ""
    cast = value.child_by_field_name("type") if value.type == "cast_expression" else None
    number = type_ == "int" and value.type == "number_literal" and text_of(value).lstrip("-").isdigit()
    if not type_ or number or (cast is not None and text_of(cast) == type_):
        return space + opening, ")"
    bracket = ("", "") if value.type in _PRIMARY else ("(", ")")
    return f"{space}{opening}({type_}){bracket[0]}", f"{bracket[1]})"
