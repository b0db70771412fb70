"""Put the value of a variable where its only use is: the next statement returns it, tests it, or hands it on.

Belongs here: which variables need no name, and the edits. Does not: taking values out (`extract_variable`).
"""

import re
from collections.abc import Iterator

from tree_sitter import Node

from alchemy_assets.curation.edits import Edit
from alchemy_assets.strategies.grounded.names import Name
from alchemy_assets.strategies.grounded.outline import COMMENTS, last_line
from alchemy_assets.strategies.grounded.refactorings.branches import BLOCKS
from alchemy_assets.strategies.grounded.refactorings.evidence import value_of
from alchemy_assets.strategies.grounded.refactorings.negation import bare
from alchemy_assets.strategies.grounded.refactorings.reading import EDIT, Proposal, Reading, Scope, line_of
from alchemy_assets.syntax_tree import text_of, walk

INLINE = "inline"
_LONGEST_LINE = 100
_RETURNS = frozenset({"return_statement", "return", "control_transfer_statement", "return_expression"})
_LISTS = frozenset(
    {"expression_list", "argument_list", "arguments", "argument", "return_expression", "expression_statement"}
)
_CALLS = frozenset(
    {"call", "call_expression", "function_call_expression", "member_call_expression", "scoped_call_expression"}
)
_SIMPLE = re.compile(r"[\w$@.:\[\]\"'->]*")
# Where a value may take the place of a variable without regard to its type.
_UNTYPED = frozenset({"Python", "JavaScript", "TypeScript", "PHP", "Ruby"})
_NO_TYPES = frozenset({"auto", "var", "const auto", "let", "final var"})
_MODIFIERS = re.compile(
    r"\b(?:static|inline|public|private|protected|internal|final|const|override|virtual|async|constexpr|let|var|unsafe|extern"
    r"|abstract|synchronized|export|default|function)\b|\s+|@\w+"
)
_LEFT_ALONE = (
    "lambda",
    "function",
    "closure",
    "arrow",
    "assignment",
    "yield",
    "conditional",
    "ternary",
    "comment",
    "heredoc",
)


def inlines(reading: Reading) -> Iterator[Proposal]:
    """Every variable that is bound, used once by the statement behind, and never again."""
    if reading.language == "Shell":
        # There an unquoted value is split into words, and a name is a place for it.
        return
    for scope in reading.scopes:
        for old, names in scope.by_text.items():
            uses = [name for name in names if name.role in {"bind", "reference"}]
            if len(names) == 2 and [name.role for name in uses] == ["bind", "reference"]:  # noqa: PLR2004 -- bound and used
                proposal = _proposal(reading, scope, old, uses)
                if proposal is not None:
                    yield proposal


def _proposal(reading: Reading, scope: Scope, old: str, uses: list[Name]) -> Proposal | None:  # noqa: PLR0911 -- one return a rule
    bound, use = uses
    value = value_of(bound)
    statement = _statement(bound.node)
    if (
        value is None
        or statement is None
        or not value.named_child_count
        or (old.lstrip("$") in reading.outline.defined and not scope.top)
    ):
        return None
    if reading.source[value.end_byte : statement.end_byte].decode().strip(" ;)"):
        return None
    behind = statement.next_named_sibling
    if behind is None or behind.type in COMMENTS or not behind.start_byte <= use.node.start_byte < behind.end_byte:
        return None
    row, last = statement.start_point[0], last_line(statement)
    lines = reading.outline.lines
    alone = not lines[row][: statement.start_point[1]].strip() and not lines[last][statement.end_point[1] :].strip(" ;")
    together = behind.start_point[0] - last <= 2 and behind.start_point[1] == statement.start_point[1]  # noqa: PLR2004 -- one blank line
    if not alone or not together or any(word in one.type for one in walk(value) for word in _LEFT_ALONE):
        return None
    if _tied(reading, statement, value, old):
        return None
    left = bound.holder.child_by_field_name("left")
    if left is not None and left.type == "expression_list" and left.named_child_count > 1:
        return None
    text = text_of(value)
    how = _how(reading, scope, bound, use.node, behind)
    if how is None or "\n" in text or len(lines[use.node.start_point[0]]) + len(text) - len(old) > _LONGEST_LINE:
        return None
    start = len("\n".join(lines[:row]).encode()) + (row > 0)
    end = len("\n".join(lines[: behind.start_point[0]]).encode()) + 1
    if how == "tested":
        text = text_of(bare(value))
    proven = frozenset({line_of(statement), line_of(behind)})
    if not proven & reading.reached:
        return None
    values = {"old": old, "place": scope.place, "line": f"line {line_of(statement)}", "value": text, "how": how}
    edits = (Edit(start, end, "", EDIT), Edit(use.node.start_byte, use.node.end_byte, text, EDIT))
    item = scope.item
    score = 2.5 + min(len(text), 60) / 120
    return Proposal(INLINE, f"inline {statement.start_byte}", values, edits, proven, item.first, item.last, score)


def _tied(reading: Reading, statement: Node, value: Node, old: str) -> bool:
    """Whether a comment above tells of the variable, or Ruby would read its value as part of what is around."""
    above = statement.prev_named_sibling
    told = above is not None and above.type in COMMENTS and re.search(rf"(?<!\w){re.escape(old)}(?!\w)", text_of(above))
    # So does a call without brackets: `list.drop 1.each` asks 1.
    loose = {"block", "do_block"}
    kept = reading.language == "Ruby" and any(
        one.type in loose or (one.type == "argument_list" and not text_of(one).startswith("(")) for one in walk(value)
    )
    return bool(told) or kept


def _statement(node: Node) -> Node | None:
    """The statement of a block that a name stands in."""
    while node.parent is not None and node.parent.type not in BLOCKS:
        node = node.parent
    return node if node.parent is not None else None


def _how(reading: Reading, scope: Scope, bound: Name, use: Node, behind: Node) -> str | None:  # noqa: PLR0911 -- one return a rule
    """What becomes of the value in the next statement; None where it is not simply the first thing that is used."""
    if behind == use or (
        behind.type == "expression_statement" and behind.named_child_count == 1 and behind.named_children[0] == use
    ):
        gives = reading.language in {"Ruby", "Rust"} and behind.next_named_sibling is None
        return "returned" if gives and _same_type(reading, scope, bound) else None
    path = []
    node = use.parent
    while node is not None and node != behind:
        path.append(node)
        node = node.parent
    if behind.type in _RETURNS:
        fits = all(one.type in _LISTS for one in path) and text_of(behind).startswith("return")
        alone = behind.named_child_count == 1 and (not path or path[0].named_child_count == 1)
        return "returned" if fits and alone and _same_type(reading, scope, bound) else None
    if reading.language not in _UNTYPED:
        return None
    condition = behind.child_by_field_name("condition")
    if behind.type in {"if_statement", "if"} and condition is not None and bare(condition) == use:
        return "tested"
    if (
        behind.type.startswith("for")
        and (behind.child_by_field_name("right") or behind.child_by_field_name("value")) == use
    ):
        return "looped over"
    calls = [one for one in path if one.type in _CALLS]
    if behind.type in {*_CALLS, "expression_statement"} and all(one.type in _LISTS | _CALLS for one in path):
        if behind.type in _CALLS:
            calls.append(behind)
        return "handed on" if len(calls) == 1 and _first_argument(calls[0], use) else None
    return None


def _first_argument(call: Node, use: Node) -> bool:
    """Whether nothing before a use in a call does anything."""
    before = (call.text or b"")[: use.start_byte - call.start_byte].decode()
    head, _, arguments = before.partition("(")
    return _SIMPLE.fullmatch(head) is not None and not arguments.strip()


def _same_type(reading: Reading, scope: Scope, bound: Name) -> bool:
    """Whether the variable has no type of its own, or that of what the function returns."""
    if reading.language in _UNTYPED | {"Go"} and reading.language != "TypeScript":
        return True
    statement = _statement(bound.node)
    item = scope.item
    if statement is None:
        return False
    own = reading.source[statement.start_byte : bound.node.start_byte].decode().strip()
    after = reading.source[bound.node.end_byte : statement.end_byte].decode().lstrip()
    if reading.language in {"TypeScript", "Rust", "Swift"}:
        return not after.startswith(":") and "mut" not in own
    head = reading.source[item.node.start_byte : item.node.end_byte].decode().split(item.name, 1)[0]
    return own in _NO_TYPES or _MODIFIERS.sub("", own) == _MODIFIERS.sub("", head)
