"""In which order a file can be written from nothing: parts by syntax, each after everything that it refers to.

Belongs here: parts of a file, what they need, and steps made of them. Does not: diffs (`insertions`), the questions
(`edit_sequence`). A part is a definition with the comment above it, an import, a paragraph of statements, or what is
left of a class without its members. Names are compared as words, so a part may need more than it really does, not less.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import pairwise

from tree_sitter import Query, QueryCursor

from alchemy_assets import syntax_tree
from alchemy_assets.strategies.grounded.outline import COMMENTS, Item, Outline

FEWEST_STEPS, MOST_STEPS = 3, 12
# Lines of a value that comes along with what is beside it.
_LIGHT = 6
# Lines of a step that stands alone, and of statements that are one step.
_SMALLEST, _PARAGRAPH = 2, 20
_PLAIN = frozenset({"import", "value", "statement"})

_WORD = re.compile(r"[A-Za-z_]\w*")
_RUNS = re.compile(r"for|while|if|unless|case|switch|try|begin|with|foreach|until|do_")
_CONSTRUCTORS = frozenset({"__init__", "constructor", "initialize", "init", "__construct", "new", "New"})
# What the whole file is in, or is told before all else.
_OF_THE_FILE = frozenset(
    {
        "package_clause",
        "package_declaration",
        "namespace_definition",
        "php_tag",
        "file_scoped_namespace_declaration",
        "inner_attribute_item",
    }
)
RUN_FROM_THE_TOP = frozenset({"JavaScript", "PHP", "Python", "Ruby", "Shell", "Swift", "TypeScript"})


@dataclass(eq=False)
class Part:
    """Lines that are written together.

    kind: `function`, `container`, `value`, `statement` or `import`. lines: their numbers, without the blank ones before.
    needs: parts that must be there before. outer: the class around it.
    """

    kind: str
    items: list[Item]
    first: int
    last: int
    outer: "Part | None"
    lines: list[int] = field(default_factory=list)
    blank: list[int] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    needs: list["Part"] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The name of what it defines."""
        return self.items[0].name if self.items else ""


@dataclass
class Building:
    """The parts of a file in source order, the lines that belong to none of them, and the steps."""

    outline: Outline
    parts: list[Part]
    base: list[int]
    steps: list[list[Part]] = field(default_factory=list)

    def shown(self, parts: Iterable[Part]) -> list[int]:
        """The numbers of the lines that are there when these parts are."""
        there = set(map(id, parts))
        kept = set(self.base)
        begun: set[int] = set()
        for part in self.parts:
            if id(part) in there:
                outer = id(part.outer)
                kept.update(part.lines)
                if part.outer is None or outer in begun or part is self._first_of(part):
                    kept.update(part.blank)
                begun.add(outer)
        found = sorted(kept)
        while found and not self.outline.lines[found[0]].strip() and len(kept) < len(self.outline.lines):
            found.pop(0)
        return found

    def _first_of(self, part: Part) -> Part:
        return next(other for other in self.parts if other.outer is part.outer)


def building_of(outline: Outline) -> Building | None:
    """The order in which a file is written; None where its parts share lines."""
    if not outline.lines[-1]:
        # What is after the last line break is no line.
        outline = replace(outline, lines=outline.lines[:-1])
    parts = _parts(outline)
    building = Building(outline, parts, [])
    if not parts or not _share_lines_out(building):
        return None
    _name(outline, parts)
    _need(outline, parts)
    order = _ordered(parts)
    building.steps = _steps(order)
    return building


def _parts(outline: Outline) -> list[Part]:
    found: list[Part] = []
    containers: dict[int, Part] = {}
    binding = {id(item) for items in outline.defined.values() for item in items}
    for item in outline.items:
        outer = containers.get(id(item.parents[-1])) if item.parents else None
        if outer is not None and _whole(outer.items[0]):
            outer.items.append(item)
            if item.kind == "container":
                containers[id(item)] = outer
            continue
        kind = item.kind
        if item.node.type in _OF_THE_FILE or (kind == "value" and _is_docstring(item)):
            continue
        if kind == "value" and outer is None and (id(item) not in binding or _runs(outline.language, item)):
            kind = "statement"
        before = next((part for part in reversed(found) if part.outer is outer), None)
        joined = before is not None and (
            item.first <= before.last or (kind == before.kind == "statement" and item.first == before.last + 1)
        )
        if joined and before is not None and before.kind != "container":
            before.items.append(item)
            before.last = max(before.last, item.last)
            continue
        part = Part(kind, [item], item.first, item.last, outer)
        found.append(part)
        if kind == "container":
            containers[id(item)] = part
    return found


def _runs(language: str, item: Item) -> bool:
    """Whether what stands at the top is a loop, a branch or the like, though it sets names."""
    return language in RUN_FROM_THE_TOP and _RUNS.match(item.node.type) is not None


def _whole(container: Item) -> bool:
    """Whether a container cannot stand without its members: what a Rust trait demands of a type."""
    return container.node.type == "impl_item" and container.node.child_by_field_name("trait") is not None


def _is_docstring(item: Item) -> bool:
    node = item.node
    return (
        node.type == "expression_statement" and node.named_child_count == 1 and node.named_children[0].type == "string"
    )


def _share_lines_out(building: Building) -> bool:
    """Give every line to the innermost part that it is of; False where two parts share one."""
    lines = building.outline.lines
    owner: list[Part | None] = [None] * len(lines)
    for part in building.parts:
        for row in range(part.first, part.last + 1):
            if owner[row] is not part.outer and owner[row] is not None and part.kind != "container":
                return False
            owner[row] = part
    comments = comment_lines(building.outline)
    for part in building.parts:
        start = _start(building.outline, part, owner, comments)
        for at in range(start, part.first):
            owner[at] = part
        at = start - 1
        while at >= 0 and owner[at] is part.outer and not lines[at].strip():
            part.blank.insert(0, at)
            owner[at] = part
            at -= 1
    _give_the_rest(building, owner)
    for row, part_of in enumerate(owner):
        if part_of is None:
            building.base.append(row)
        elif row not in part_of.blank:
            part_of.lines.append(row)
    return True


def _start(outline: Outline, part: Part, owner: Sequence[Part | None], comments: frozenset[int]) -> int:
    """The first line of a part with the comments before it; what a file begins with is the file's, unless right above."""
    lines, start, row = outline.lines, part.first, part.first - 1
    after = -1 if part.outer is None else part.outer.items[0].head
    while row > after and owner[row] is part.outer and (not lines[row].strip() or row in comments):
        start = row if lines[row].strip() else start
        row -= 1
    if part.outer is not None or row >= 0:
        return start
    start = part.first
    while start > 1 and lines[start - 1].strip() and start - 1 in comments:
        start -= 1
    return start if any(lines[at].strip() for at in range(start)) else part.first


def _give_the_rest(building: Building, owner: list[Part | None]) -> None:
    """Lines at the end of the file, after the last part, go with it."""
    if not building.parts:
        return
    row = len(owner) - 1
    last = next((part for part in reversed(building.parts) if part.outer is None), None)
    comments = comment_lines(building.outline)
    while row >= 0 and owner[row] is None and (not building.outline.lines[row].strip() or row in comments):
        owner[row] = last
        row -= 1


@cache
def _comments(language: str) -> Query:
    grammar = syntax_tree.grammar(language)
    kinds = [kind for kind in sorted(COMMENTS) if grammar.id_for_node_kind(kind, True)]  # noqa: FBT003 -- the binding takes it by position
    return Query(grammar, " ".join(f"({kind}) @comment" for kind in kinds))


def comment_lines(outline: Outline) -> frozenset[int]:
    """The lines that hold nothing but a comment."""
    rows: set[int] = set()
    for node in QueryCursor(_comments(outline.language)).captures(outline.root).get("comment", []):
        first, last = node.start_point[0], node.end_point[0]
        if not outline.lines[first].encode()[: node.start_point[1]].strip():
            rows.update(range(first, last + (node.end_point[1] > 0)))
    return frozenset(rows)


def _code(outline: Outline, part: Part, comments: frozenset[int]) -> str:
    return "\n".join(outline.lines[row] for row in part.lines if row not in comments)


def _name(outline: Outline, parts: Sequence[Part]) -> None:
    """Say which names each part defines."""
    by_item = {id(item): part for part in parts for item in part.items}
    for table in (outline.defined, {name: [item] for name, item in outline.imported.items()}):
        for name, items in table.items():
            for item in items:
                if (part := by_item.get(id(item))) is not None:
                    part.names.add(name)


def _need(outline: Outline, parts: Sequence[Part]) -> None:
    """Say what each part needs: its class, what it names, the fields of that, what is run before it, what makes its object."""
    comments = comment_lines(outline)
    defining: dict[str, list[Part]] = {}
    for part in parts:
        for name in part.names:
            defining.setdefault(name, []).append(part)
    before: Part | None = None
    for part in parts:
        needs = [] if part.outer is None else [part.outer, *_of_its_object(part, parts)]
        for word in dict.fromkeys(_WORD.findall(_code(outline, part, comments))):
            needs += [
                other for other in defining.get(word, ()) if not _of_one_name(part, other, word, outline.language)
            ]
        used = {id(other) for other in needs if other.kind == "container" and other is not part.outer}
        needs += [other for other in parts if id(other.outer) in used and other.kind == "value"]
        if outline.language in RUN_FROM_THE_TOP and part.kind == "statement" and part.outer is None:
            needs += [] if before is None else [before]
            before = part
        part.needs = [other for other in {id(one): one for one in needs}.values() if other is not part]


def _of_one_name(part: Part, other: Part, word: str, language: str) -> bool:
    """Whether a part says a name because it is its own: functions of one name, and declarations of C ahead of them."""
    return word in part.names and (language in {"C", "Cpp"} or (part.kind == "function" and other.kind == "function"))


def _of_its_object(part: Part, parts: Sequence[Part]) -> list[Part]:
    """The fields and the constructors of a method's class; a constructor needs none of the others."""
    if part.kind != "function" or part.outer is None or part.name in _CONSTRUCTORS:
        return []
    makers = _CONSTRUCTORS | {part.outer.name}
    return [
        other
        for other in parts
        if other.outer is part.outer
        and other.kind != "container"
        and (other.kind != "function" or other.name in makers)
    ]


def _ordered(parts: Sequence[Part]) -> list[list[Part]]:
    """Parts in an order in which none comes before what it needs; those that need each other come together (Tarjan)."""
    index: dict[int, int] = {}
    low: dict[int, int] = {}
    stack: list[Part] = []
    on_stack: set[int] = set()
    found: list[list[Part]] = []

    def visit(part: Part) -> None:
        index[id(part)] = low[id(part)] = len(index)
        stack.append(part)
        on_stack.add(id(part))
        for other in part.needs:
            if id(other) not in index:
                visit(other)
                low[id(part)] = min(low[id(part)], low[id(other)])
            elif id(other) in on_stack:
                low[id(part)] = min(low[id(part)], index[id(other)])
        if low[id(part)] == index[id(part)]:
            group: list[Part] = []
            while not group or group[-1] is not part:
                group.append(stack.pop())
                on_stack.discard(id(group[-1]))
            found.append(sorted(group, key=lambda one: one.first))

    for part in _roots(parts):
        if id(part) not in index:
            visit(part)
    return found


def _roots(parts: Sequence[Part]) -> list[Part]:
    """Imports that nothing is known to use, then the rest; what is used comes when it is."""
    used = {id(other) for part in parts for other in part.needs if other is not part}
    first = [part for part in parts if part.kind == "import" and id(part) not in used]
    later = [part for part in parts if part.kind in {"import", "value"} and id(part) in used]
    return [*first, *(part for part in parts if part not in first and part not in later), *later]


def _light(group: Sequence[Part]) -> bool:
    return all(
        part.kind == "import" or (part.kind in {"value", "container"} and len(part.lines) <= _LIGHT) for part in group
    )


def _held_back(parts: Sequence[Part], used: set[int]) -> set[int]:
    """The ids of imports that none of these parts needs, but one that comes later does."""
    needed = {id(other) for part in parts for other in part.needs}
    return {id(part) for part in parts if part.kind == "import" and id(part) in used - needed}


def _size(step: Sequence[Part]) -> int:
    return sum(len(part.lines) for part in step)


def _alike(step: Sequence[Part], after: Sequence[Part]) -> bool:
    """Whether two steps are one: values after values, and statements after statements where they are few."""
    kinds = {part.kind for part in (*step, *after)}
    return kinds <= {"import", "value"} or (kinds <= _PLAIN and _size([*step, *after]) <= _PARAGRAPH)


def _steps(order: Sequence[list[Part]]) -> list[list[Part]]:
    """Groups joined to steps: an import goes with what needs it, a short value with what comes next, a class with a member."""
    steps: list[list[Part]] = []
    waiting: list[Part] = []
    used = {id(other) for group in order for part in group for other in part.needs}
    for group in order:
        waiting += group
        if not _light(group):
            later = _held_back(waiting, used)
            steps.append([part for part in waiting if id(part) not in later])
            waiting = [part for part in waiting if id(part) in later]
    if waiting:
        steps[-1:] = [[*(steps[-1] if steps else []), *waiting]]
    joined: list[list[Part]] = []
    for step in steps:
        if joined and (_alike(joined[-1], step) or min(_size(joined[-1]), _size(step)) < _SMALLEST):
            joined[-1] += step
        else:
            joined.append(step)
    while len(joined) > MOST_STEPS:
        sizes = [_size([*one, *other]) for one, other in pairwise(joined)]
        at = sizes.index(min(sizes))
        joined[at : at + 2] = [joined[at] + joined[at + 1]]
    return joined
