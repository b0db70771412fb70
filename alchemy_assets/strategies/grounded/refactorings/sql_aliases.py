"""Rename the alias of a table in an SQL query: the new name is that of one row of the table.

Belongs here: all that is refactored in SQL, which has no functions and whose conditions have three values. Does not: other
languages (`rename`). One letter for a table is a habit; it is a burden where the letters are several.
"""

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from tree_sitter import Node

from alchemy_assets import syntax_tree
from alchemy_assets.curation.edits import Edit
from alchemy_assets.strategies.grounded.refactorings import better_names
from alchemy_assets.strategies.grounded.refactorings.better_names import SNAKE
from alchemy_assets.strategies.grounded.refactorings.reading import EDIT, KEYWORDS, Proposal, line_of
from alchemy_assets.syntax_tree import text_of, walk

RENAME = "rename"
FEWEST_USES, LONGEST_ALIAS, SHORTEST_NAME = 3, 3, 4
_RESERVED = frozenset(
    "user order group table column index view row rows value values date time key check default role session left right".split()  # noqa: SIM905
)


def aliases(text: str, path: str, reached: frozenset[int]) -> Iterator[Proposal]:
    """Every short alias of a table that a query uses several times."""
    root = syntax_tree.parse("SQL", text.encode(), PurePosixPath(path).suffix.lower()).root_node
    for statement in root.named_children:
        if statement.has_error:
            continue
        names: dict[str, list[Node]] = {}
        for node in walk(statement):
            if node.type == "identifier":
                names.setdefault(text_of(node), []).append(node)
        lines = frozenset(range(line_of(statement), statement.end_point[0] + 2))
        for node in walk(statement):
            if node.type == "relation" and lines & reached:
                proposal = _proposal(node, names, lines)
                if proposal is not None:
                    yield proposal


def _proposal(relation: Node, names: Mapping[str, list[Node]], lines: frozenset[int]) -> Proposal | None:
    alias = relation.child_by_field_name("alias")
    table = relation.named_children[0] if relation.named_child_count else None
    if alias is None or table is None or table.type != "object_reference":
        return None
    old, called = text_of(alias), text_of(table).split(".")[-1]
    # The table's own name would be no better than no alias.
    words = better_names.singular(called)
    new = better_names.joined(words, SNAKE) if words and better_names.fitting(words) else ""
    uses = names.get(old, [])
    fits = (
        len(old) <= LONGEST_ALIAS < SHORTEST_NAME <= len(new) and new not in names and new not in KEYWORDS | _RESERVED
    )
    if not fits or len(uses) < FEWEST_USES or not all(node == alias or _qualifies(node) for node in uses):
        return None
    row = f"line {line_of(alias)}"
    values = {
        "old": old,
        "new": new,
        "what": "table alias",
        "place": f"the query that starts in line {min(lines)}",
        "line": row,
        "why": f"it stands for a row of `{called}`",
    }
    edits = tuple(Edit(node.start_byte, node.end_byte, new, EDIT) for node in uses)
    return Proposal(RENAME, f"alias {alias.start_byte}", values, edits, lines, None, None, 3.0 + min(len(uses), 8) / 8)


def _qualifies(node: Node) -> bool:
    """Whether a name stands before the dot of a column."""
    around = node.parent
    outer = around.parent if around is not None else None
    return (
        around is not None
        and around.type == "object_reference"
        and outer is not None
        and outer.type in {"field", "all_fields"}
    )
