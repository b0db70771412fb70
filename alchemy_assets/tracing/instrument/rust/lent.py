"""While what a Rust variable is lent to another name, which may change it.

Belongs here: borrows that outlive their statement. Does not: moves (`rust.moves`).
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from tree_sitter import Node

from alchemy_assets.syntax_tree import text_of, walk
from alchemy_assets.tracing.instrument.rust.moves import overlap
from alchemy_assets.tracing.instrument.rust.names import Declared, Names
from alchemy_assets.tracing.instrument.rust.patterns import bindings

# Methods whose result may hold what they are called on, to change it.
_LENDING = re.compile(
    r"\w+_mut|entry|drain|by_ref|peek|or_insert\w*|or_default|iter_mut|splice|extract_if|retain|as_mut|lock|write|borrow_mut"
)
_SHARED = {"lock", "write", "borrow_mut", "retain"}
_LOOPS = {"for_expression", "while_expression", "loop_expression"}


@dataclass
class Lent:
    """Places that are lent, by the variable they begin with, from one offset to another; `held` by whom."""

    names: Names
    lent: dict[str, set[tuple[str, int, int]]] = field(default_factory=lambda: defaultdict(set))
    held: dict[Declared, set[str]] = field(default_factory=lambda: defaultdict(set))

    def at(self, path: str, offset: int) -> bool:
        """Whether a variable or a field of one is lent at a place."""
        spans = self.lent.get(path.partition(".")[0], ())
        return any(start <= offset < end and overlap(path, what) for what, start, end in spans)

    def lend(self, paths: Iterable[str], holders: Iterable[Declared], start: int, end: int) -> None:
        """Note that variables hold places up to an offset."""
        for path in paths:
            self.lent[path.partition(".")[0]].add((path, start, end))
            for holder in holders:
                self.held[holder].add(path)


def lent_of(names: Names, nodes: Sequence[Node]) -> Lent:
    """Find what a file lends; `nodes` are all of its tree in source order."""
    lent = Lent(names)
    for node in nodes:
        _lend(lent, names, node)
    return lent


def _lend(found: Lent, names: Names, node: Node) -> None:
    """Names that hold a way to change another one: that is not read as long as they are used."""
    if node.type in {"let_declaration", "let_condition"}:
        pattern, value = node.child_by_field_name("pattern"), node.child_by_field_name("value")
        patterns = [pattern] if pattern is not None else []
    elif node.type == "match_expression":
        value, body = node.child_by_field_name("value"), node.child_by_field_name("body")
        arms = body.named_children if body is not None else []
        patterns = [pattern for one in arms if (pattern := one.child_by_field_name("pattern")) is not None]
    elif node.type == "for_expression":
        value, body = node.child_by_field_name("value"), node.child_by_field_name("body")
        if value is not None and body is not None:
            pattern = node.child_by_field_name("pattern")
            bound = [one for one, _ in bindings(pattern, "", names.facts)] if pattern is not None else []
            holders = [names.binders[one.start_byte] for one in bound if one.start_byte in names.binders]
            found.lend(list(_lends(found, names, value)), holders, value.start_byte, body.end_byte)
        return
    else:
        return
    if value is None:
        return
    lends = list(_lends(found, names, value))
    through = names.type_of(value).startswith("&mut") and value.type in {"identifier", "self", "field_expression"}
    for pattern in patterns:
        changes = through or any(one.type == "ref_pattern" and "mut " in text_of(one) for one in walk(pattern))
        lent = [*lends, _place(value)] if changes else lends
        for one, _ in bindings(pattern, "", names.facts):
            declared = names.binders.get(one.start_byte)
            if declared is not None and _may_hold(declared.type):
                end = _last_use(names, declared)
                found.lend(lent, [declared], node.start_byte, end)


def _may_hold(kind: str) -> bool:
    return not kind or (
        any(mark in kind for mark in "&?!<") and not re.fullmatch(r"(?:Vec|Option)<\w+>|&str|Vec<>", kind)
    )


def _last_use(names: Names, declared: Declared) -> int:
    """Where a variable is used last; a loop that uses it and began later uses it again."""
    end = declared.start
    for one in names.used.get(declared.name, ()):
        if declared.start <= one.start_byte < declared.end and names.lookup(declared.name, one.start_byte) == declared:
            end = max(end, one.end_byte)
            around = one.parent
            while around is not None and around.start_byte > declared.start:
                end = max(end, around.end_byte) if around.type in _LOOPS else end
                around = around.parent
    return end


def _lends(all_lent: Lent, names: Names, value: Node) -> Iterator[str]:
    """The places that a value may hold to change them."""
    if value.type == "closure_expression":
        yield from _changed_in(value)
        return
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if one.type == "reference_expression" and any(child.type == "mutable_specifier" for child in one.children):
            target = one.child_by_field_name("value")
            if target is not None:
                yield _place(target)
        elif one.type == "call_expression":
            called = one.child_by_field_name("function")
            method = (
                called.child_by_field_name("field")
                if called is not None and called.type == "field_expression"
                else None
            )
            receiver = called.child_by_field_name("value") if called is not None and method is not None else None
            if method is not None and receiver is not None and _lending(names, text_of(method)):
                yield _place(receiver)
        elif one.type == "identifier":
            # What holds a place hands it on.
            found = names.lookup(text_of(one), one.start_byte)
            if found is not None and _may_hold(found.type):
                yield from all_lent.held.get(found, ())
        if one.type not in {"closure_expression", "block"}:
            waiting += one.children


def _lending(names: Names, method: str) -> bool:
    how = names.facts.receivers.get(method)
    if how is not None:
        result = names.facts.results.get(f".{method}", "")
        return how == "&mut" and (not result or "&" in result or "impl" in result or "<" in result)
    return _LENDING.fullmatch(method) is not None and method not in _SHARED


def _place(node: Node) -> str:
    """A variable or a field of one, without what is done to it."""
    while True:
        if node.type in {"identifier", "self"}:
            return text_of(node)
        if node.type == "field_expression":
            inner = node.child_by_field_name("value")
            place = _place(inner) if inner is not None else ""
            field_name = node.child_by_field_name("field")
            simple = inner is not None and inner.type in {"identifier", "self", "field_expression"}
            return f"{place}.{text_of(field_name)}" if place and field_name is not None and simple else place
        inner = node.child_by_field_name("value") or node.child_by_field_name("function")
        inner = inner or next(iter(node.named_children), None)
        if inner is None:
            return ""
        if inner.type == "field_expression" and node.type == "call_expression":
            inner = inner.child_by_field_name("value") or inner
        node = inner


def _changed_in(closure: Node) -> Iterator[str]:
    """What a closure changes of the variables around it."""
    for one in walk(closure):
        if one.type in {"assignment_expression", "compound_assignment_expr"}:
            left = one.child_by_field_name("left")
            if left is not None:
                yield _place(left)
        elif one.type == "reference_expression" and any(child.type == "mutable_specifier" for child in one.children):
            target = one.child_by_field_name("value")
            if target is not None:
                yield _place(target)
        elif one.type == "call_expression":
            called = one.child_by_field_name("function")
            receiver = (
                called.child_by_field_name("value")
                if called is not None and called.type == "field_expression"
                else None
            )
            if receiver is not None:
                yield _place(receiver)
