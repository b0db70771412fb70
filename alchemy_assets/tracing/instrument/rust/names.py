"""Which variables a Rust file has, where each of them is seen, and of which type it is.

Belongs here: scopes of names. Does not: types of expressions (`rust.types`), whether a name still has its value
(`rust.moves`, `rust.lent`). All places are bytes of the source.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from tree_sitter import Node

from alchemy_assets.syntax_tree import text_of
from alchemy_assets.tracing.instrument.rust.patterns import bindings
from alchemy_assets.tracing.instrument.rust.types import (
    Facts,
    element_of,
    facts_of,
    infer,
    self_type,
    type_text,
)


@dataclass(frozen=True)
class Declared:
    """A variable: from where on and up to where its name means it, its type, and how a pattern binds it."""

    name: str
    start: int
    end: int
    type: str
    node: Node


@dataclass
class Names:
    """All variables of a file: `declared` and `used` by name, `binders` by the place of the identifier in a pattern."""

    facts: Facts
    declared: dict[str, list[Declared]] = field(default_factory=lambda: defaultdict(list))
    binders: dict[int, Declared] = field(default_factory=dict)
    used: dict[str, list[Node]] = field(default_factory=lambda: defaultdict(list))

    def lookup(self, name: str, offset: int) -> Declared | None:
        """The variable that a name means at a place."""
        inside = (one for one in self.declared.get(name, ()) if one.start <= offset < one.end)
        return max(inside, key=lambda one: one.start, default=None)

    def type_at(self, name: Node) -> str:
        """The type of the variable that an identifier means, or ""."""
        found = self.lookup(text_of(name), name.start_byte)
        return found.type if found is not None else ""

    def type_of(self, node: Node) -> str:
        """The type of an expression, or ""."""
        return infer(node, self.facts, self.type_at)


def names_of(root: Node, nodes: Sequence[Node]) -> Names:
    """Find the variables of a file; `nodes` are all of its tree in source order."""
    names = Names(facts_of(root))
    for node in nodes:
        _declare(names, node)
    for node in nodes:
        name = text_of(node) if node.type in {"identifier", "self", "shorthand_field_initializer"} else ""
        if name and names.lookup(name, node.start_byte) is not None:
            names.used[name].append(node)
    return names


def _declare(names: Names, node: Node) -> None:
    match node.type:
        case "function_item" | "closure_expression":
            _parameters(names, node)
        case "let_declaration":
            _let(names, node)
        case "let_condition":
            pattern, value = node.child_by_field_name("pattern"), node.child_by_field_name("value")
            around = node.parent
            while around is not None and around.type in {"let_chain", "binary_expression", "parenthesized_expression"}:
                around = around.parent
            body = around and (around.child_by_field_name("consequence") or around.child_by_field_name("body"))
            if pattern is not None and value is not None and body is not None:
                _bind(
                    names,
                    pattern,
                    names.type_of(value),
                    node.end_byte,
                    body.end_byte,
                    placed=by_reference(names, value),
                )
        case "match_arm":
            subject = node.parent.parent.child_by_field_name("value") if node.parent and node.parent.parent else None
            pattern = node.child_by_field_name("pattern")
            if pattern is not None and subject is not None:
                kind, placed = names.type_of(subject), by_reference(names, subject)
                _bind(names, pattern, kind, pattern.start_byte, node.end_byte, placed=placed)
        case "for_expression":
            pattern, value, body = map(node.child_by_field_name, ("pattern", "value", "body"))
            if pattern is not None and value is not None and body is not None:
                _bind(names, pattern, _turn(names, value), value.end_byte, body.end_byte)
        case _:
            pass


def _parameters(names: Names, node: Node) -> None:
    body = node.child_by_field_name("body")
    parameters = node.child_by_field_name("parameters")
    if body is None or parameters is None:
        return
    hidden = generics(node)
    for one in parameters.named_children:
        if one.type == "self_parameter":
            how = re.match(r"&(?:\s*'\w+)?\s*(?:mut )?", text_of(one))
            prefix = "" if how is None else "&mut " if "mut" in how[0] else "&"
            names.declared["self"].append(
                Declared("self", parameters.start_byte, body.end_byte, prefix + self_type(node), one)
            )
        elif one.type == "parameter":
            pattern, kind = one.child_by_field_name("pattern"), type_text(one.child_by_field_name("type"))
            kind = "!" if hidden.intersection(re.findall(r"\w+", kind)) else kind
            if pattern is not None:
                _bind(names, pattern, kind.replace("Self", self_type(node)), parameters.start_byte, body.end_byte)
        else:
            _bind(names, one, "", parameters.start_byte, body.end_byte)


def generics(node: Node) -> set[str]:
    """The type parameters around a node that are not known to have `Debug`."""
    bounds: dict[str, str] = defaultdict(str)
    around: Node | None = node
    while around is not None:
        parameters = around.child_by_field_name("type_parameters")
        for one in parameters.named_children if parameters is not None else ():
            name = one.child_by_field_name("name")
            if one.type == "type_parameter" and name is not None:
                bounds[text_of(name)] += type_text(one.child_by_field_name("bounds"))
        for clause in (one for one in around.children if one.type == "where_clause"):
            for one in clause.named_children:
                bounds[type_text(one.child_by_field_name("left"))] += type_text(one.child_by_field_name("bounds"))
        around = around.parent
    return {name for name, bound in bounds.items() if "Debug" not in bound}


def _let(names: Names, node: Node) -> None:
    pattern, value, around = node.child_by_field_name("pattern"), node.child_by_field_name("value"), node.parent
    if pattern is None or around is None:
        return
    kind = type_text(node.child_by_field_name("type"))
    hidden = kind and generics(node).intersection(re.findall(r"\w+", kind))
    placed = value is not None and by_reference(names, value)
    if not kind.replace("_", "") and value is not None:
        kind = names.type_of(value)
    _bind(names, pattern, "!" if hidden else kind, node.end_byte, around.end_byte, placed=placed)


def by_reference(names: Names, subject: Node) -> bool:
    """Whether an expression is a place behind a reference: nothing is moved out of it, so what is bound is copied."""
    inside = False
    while subject.type in {"field_expression", "parenthesized_expression", "index_expression"}:
        inside = inside or subject.type != "parenthesized_expression"
        if subject.type == "index_expression":
            return True
        subject = subject.child_by_field_name("value") or subject.named_children[0]
    if subject.type == "unary_expression":
        return text_of(subject).startswith("*")
    return inside and subject.type in {"identifier", "self"} and names.type_at(subject).startswith("&")


def _turn(names: Names, value: Node) -> str:  # noqa: PLR0911 -- a row a way to go through a container
    """The type of what a `for` gives to its pattern."""
    text = text_of(value)
    kind = names.type_of(value)
    if kind.startswith("Range<"):
        return kind[6:-1]
    if text.endswith(".enumerate()"):
        inner = value.child_by_field_name("function")
        before = inner.child_by_field_name("value") if inner is not None else None
        return f"(usize, {_turn(names, before) if before is not None else '?'})"
    if value.type == "call_expression" and text.endswith(".iter()"):
        called = value.child_by_field_name("function")
        owner = called.child_by_field_name("value") if called is not None else None
        return f"&{(element_of(names.type_of(owner)) if owner is not None else '') or '?'}"
    for ending, result in ((".chars()", "char"), (".bytes()", "u8"), (".char_indices()", "(usize, char)")):
        if text.endswith(ending):
            return result
    if text.endswith((".lines()", ".split_whitespace()", ".keys()")):
        return "&?" if not text.endswith(".lines()") else ""
    if value.type == "call_expression" and re.search(r"\.(?:rev|skip|take|step_by)\(\w*\)$", text):
        called = value.child_by_field_name("function")
        before = called.child_by_field_name("value") if called is not None else None
        return _turn(names, before) if before is not None else ""
    if value.type == "parenthesized_expression":
        return _turn(names, value.named_children[0])
    element = element_of(kind)
    return f"&{element or '?'}" if kind.startswith("&") and not kind.startswith("&mut") else element


def _bind(names: Names, pattern: Node, kind: str, start: int, end: int, *, placed: bool = False) -> None:  # noqa: PLR0913
    for node, found in bindings(pattern, kind, names.facts):
        known = found.strip().replace("?", "") if found.strip() == "?" else found
        # A name that is bound by value out of a place that is only borrowed is a copy.
        known = "copy" if placed and not known and not kind.startswith("&") else known
        name = text_of(node)
        names.declared[name].append(Declared(name, start, end, known, node))
        names.binders[node.start_byte] = names.declared[name][-1]
