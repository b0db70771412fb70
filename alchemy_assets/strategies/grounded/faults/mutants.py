"""Plant one fault at a time in a source text: mutants that parse, and that a person could have written.

Belongs here: walking a file, choosing among the changes, the mutated text. Does not: what is got wrong (`operators`,
`values`, `statements`, `names`, `shell`, `sql`), and what becomes of it when it runs.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from tree_sitter import Node, Tree

from alchemy_assets import syntax_tree
from alchemy_assets.strategies.grounded.faults import names, operators, shell, sql, statements, values
from alchemy_assets.strategies.grounded.faults.change import Change, Place
from alchemy_assets.strategies.grounded.faults.grammar import CALLS, DIRECTIVES, SKIPPED
from alchemy_assets.strategies.grounded.names import Name, names_in
from alchemy_assets.strategies.grounded.outline import Item, outline_of
from alchemy_assets.strategies.grounded.shapes import SHAPES
from alchemy_assets.strategies.phrasing import draw

Found = tuple[Change, str]
MOST = 40
MOST_A_FAULT = 6
LONGEST_SHOWN, _AROUND = 90, 32
# Lines around a node that a change of it may take along: blank ones, the brace of the loop before it.
_ALONG = 8
_BREAKS = re.compile(r"\s*\n\s*")
# A type that is written there is not that of the name.
_NO_DECLARATION = frozenset({"function_definition", "function_declarator", "block", "compound_statement", "match_arm"})
_FAMILIES = (operators, values, statements, names)
_TEST = re.compile(r"(?:test_?|Test)(?:[A-Z0-9_]|$)|_?(?:assert|expect)|(?:it|describe|tests?|__main__)$|\w+_test$")
_CHECK = re.compile(r"(?:\w+[.:!]+)*(?:assert\w*|expect|should\w*|debug_assert\w*|static_assert|assume|precondition)!?")


@dataclass(frozen=True)
class Mutant:
    """A text with one fault in it.

    fault: one of `change.FAULTS`. start, end: bytes of the original that became `replacement`. line: from 1, in both texts.
    before, after: the code of the changed place in a line, long code cut (`…`); `after` is empty where a statement was left out.
    function: the name of the function around, or "".
    """

    fault: str
    start: int
    end: int
    replacement: str
    line: int
    text: str
    before: str
    after: str
    function: str


def mutants(
    language: str, text: str, lines: frozenset[int] | None = None, *, suffix: str = "", most: int = MOST
) -> list[Mutant]:
    """Mutants of a text, different faults and functions first; none outside of `lines` (from 1) where they are given."""
    source = text.encode()
    tree, found = _found(language, text, lines, suffix)
    broken = syntax_tree.errors(tree)
    chosen: list[Mutant] = []
    for change, function in found:
        if len(chosen) >= most:
            break
        changed = source[: change.start] + change.replacement.encode() + source[change.end :]
        if _parses(language, tree, (source, changed), change, suffix) or (
            broken and syntax_tree.errors(syntax_tree.parse(language, changed, suffix)) <= broken
        ):
            chosen.append(_mutant(source, changed, change, function))
    return chosen


@lru_cache(maxsize=2)  # kinds ask for mutants of the same file one after the other
def _found(language: str, text: str, lines: frozenset[int] | None, suffix: str) -> tuple[Tree, tuple[Found, ...]]:
    """The tree of a text, and the changes of it that are worth trying, best first."""
    source = text.encode()
    tree, items = _read(language, text, suffix)
    found: dict[tuple[int, int, str], Found] = {}
    for place in _places(language, source, tree.root_node, items, lines):
        families = (sql,) if language == "SQL" else (*_FAMILIES, shell) if language == "Shell" else _FAMILIES
        for family in families:
            for change in family.changes(place):
                line = _line(source, change)
                if lines is None or line in lines:
                    found.setdefault((change.start, change.end, change.replacement), (change, place.scope.function))
    return tree, tuple(_spread(text, list(found.values())))


def _parses(language: str, tree: Tree, texts: tuple[bytes, bytes], change: Change, suffix: str) -> bool:
    """Whether a text without errors has none with the change; what looks like one is parsed as a whole, to be sure."""
    if tree.root_node.has_error:
        return False
    again = syntax_tree.parse_again(language, tree, texts, (change.start, change.end), suffix)
    return not again.root_node.has_error or not syntax_tree.parse(language, texts[1], suffix).root_node.has_error


def _read(language: str, text: str, suffix: str) -> tuple[Tree, list[Item]]:
    if language not in SHAPES:
        return syntax_tree.parse(language, text.encode(), suffix), []
    outline = outline_of(language, text, suffix)
    return outline.tree, outline.functions


def _line(source: bytes, change: Change) -> int:
    """The line that a reader must look at: that of the first byte that differs."""
    old, new = source[change.start : change.end], change.replacement.encode()
    least = min(len(old), len(new))
    same = old.rfind(b"\n", 0, next((at for at in range(least) if old[at] != new[at]), least)) + 1
    old, new, start = old[same:], new[same:], change.start + same
    while start < change.end and old[:1] == new[:1] and old[:1] in {b"\n", b" ", b"\t"}:
        old, new, start = old[1:], new[1:], start + 1
    if not change.replacement:
        start = max(start, change.shown.start_byte if change.start <= change.shown.start_byte < change.end else start)
    return source.count(b"\n", 0, start) + 1


def _places(
    language: str, source: bytes, root: Node, items: list[Item], lines: frozenset[int] | None
) -> Iterator[Place]:
    """Every node on `lines` that code is made of, with what is known of the function around it."""
    known = {item.node.id: item for item in items}
    whole = _Scope("", root, language)
    waiting: list[tuple[Node, _Scope]] = [(root, whole)]
    while waiting:
        node, scope = waiting.pop()
        if node.type in SKIPPED or node.is_error or _apart(node, lines) or _checks(node):
            continue
        if (item := known.get(node.id)) is not None:
            if _TEST.match(item.name):
                continue
            scope = _Scope(item.name, node, language)
        yield Place(language, source, node, scope)
        directive = node.child_by_field_name("condition") if node.type in DIRECTIVES else None
        waiting += [(child, scope) for child in reversed(node.children) if child.is_named and child != directive]


def _apart(node: Node, lines: frozenset[int] | None) -> bool:
    """Whether a node and the lines around it that a change of it may take along touch none of the lines."""
    return lines is not None and lines.isdisjoint(range(node.start_point[0] - _ALONG, node.end_point[0] + _ALONG))


def _checks(node: Node) -> bool:
    """Whether a node is an assertion, or a module of tests."""
    if node.type in CALLS or node.type in {"macro_invocation", "expression_macro"}:
        called = node.child_by_field_name("function") or node.child_by_field_name("method") or node.children[0]
        return _CHECK.fullmatch(syntax_tree.text_of(called)) is not None
    if node.type == "mod_item":
        name = node.child_by_field_name("name")
        return name is not None and syntax_tree.text_of(name) in {"test", "tests"}
    return False


class _Scope:
    """The names of a function, or of what stands outside of functions; read when they are first asked for."""

    def __init__(self, function: str, node: Node, language: str) -> None:
        self.function = function
        self._node = node
        self._language = language

    @cached_property
    def _every(self) -> list[Name]:
        shape = SHAPES.get(self._language)
        if shape is None or not (self.function or self._node.parent is None):
            return []
        return list(names_in(self._node, shape))

    @cached_property
    def names(self) -> dict[int, Name]:
        return {name.node.start_byte: name for name in self._every}

    @cached_property
    def bound(self) -> tuple[Name, ...]:
        return tuple(name for name in self._every if name.role == "bind")

    @cached_property
    def types(self) -> dict[str, str]:
        types: dict[str, str] = {}
        for name in self.bound:
            types.setdefault(name.text, _declared_type(name.node))
        return types


def _declared_type(node: Node) -> str:
    """The type that the declaration of a name writes out."""
    above: Node | None = node.parent
    for _ in range(4):
        if above is None or above.type in _NO_DECLARATION or above.type.endswith("_pattern"):
            return ""
        written = above.child_by_field_name("type")
        if written is None and above.type == "parameter":
            written = next((child for child in above.named_children if child.type.endswith("_type")), None)
        if written is not None:
            text = syntax_tree.text_of(written)
            return "" if text in {"auto", "var", "let"} else text
        above = above.parent
    return ""


def _spread(text: str, found: list[Found]) -> Iterator[Found]:
    """Changes in turn: one of each fault, then the next; within a fault one of each function, drawn by the text."""
    key = str(draw(text))
    groups: dict[str, dict[str, list[Found]]] = defaultdict(lambda: defaultdict(list))
    for change, function in sorted(
        found, key=lambda one: draw(key, str(one[0].start), str(one[0].end), one[0].replacement)
    ):
        groups[change.fault][function].append((change, function))
    lines = {fault: _in_turn(list(functions.values()))[:MOST_A_FAULT] for fault, functions in groups.items()}
    order = sorted(lines, key=lambda fault: draw(key, fault))
    yield from _in_turn([lines[fault] for fault in order])


def _in_turn(groups: Sequence[Sequence[Found]]) -> list[Found]:
    longest = max(map(len, groups), default=0)
    return [group[at] for at in range(longest) for group in groups if len(group) > at]


def _mutant(source: bytes, changed: bytes, change: Change, function: str) -> Mutant:
    shown = change.shown
    start, end = min(shown.start_byte, change.start), max(shown.end_byte, change.end)
    if not change.replacement and change.start <= shown.start_byte and shown.end_byte <= change.end:
        before, after = syntax_tree.text_of(shown), ""
    else:
        before, after = source[start:end].decode(), changed[start : end + len(changed) - len(source)].decode()
    return Mutant(
        change.fault,
        change.start,
        change.end,
        change.replacement,
        _line(source, change),
        changed.decode(),
        *_short(before, after),
        function,
    )


def _short(before: str, after: str) -> tuple[str, str]:
    """Both codes in a line; where they are long, only what is around their difference."""
    before, after = (_BREAKS.sub(" ", text).strip().rstrip(";") for text in (before, after))
    if max(len(before), len(after)) <= LONGEST_SHOWN:
        return before, after
    least = min(len(before), len(after))
    start = next((at for at in range(least) if before[at] != after[at]), least)
    end = next((at for at in range(least - start) if before[-1 - at] != after[-1 - at]), least - start)
    return _window(before, start, len(before) - end), _window(after, start, len(after) - end)


def _window(text: str, start: int, end: int) -> str:
    first, last = max(start - _AROUND, 0), min(end + _AROUND, len(text))
    while 0 < first < start and text[first - 1] != " ":
        first += 1
    while len(text) > last > end and text[last] != " ":
        last -= 1
    return f"{'… ' if first else ''}{text[first:last].strip()}{' …' if last < len(text) else ''}"
