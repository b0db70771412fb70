"""Turn an if around the rest of a function, or of a loop's body, into a guard clause that leaves early.

Belongs here: which ifs are guards in disguise, how a guard leaves, the edits. Does not: reading branches (`branches`), the
opposite of a condition (`negation`).
"""

import re
from collections.abc import Iterator

from tree_sitter import Node

from alchemy_assets.curation.edits import Edit
from alchemy_assets.strategies.grounded.outline import COMMENTS, last_line
from alchemy_assets.strategies.grounded.refactorings.branches import (
    BLOCKS,
    IFS,
    LOOP_BODIES,
    Branch,
    branches,
    has_long_text,
    in_chain,
    values_of,
)
from alchemy_assets.strategies.grounded.refactorings.negation import bare, negated
from alchemy_assets.strategies.grounded.refactorings.reading import EDIT, Proposal, Reading, Scope
from alchemy_assets.syntax_tree import text_of

GUARD = "guard"
_COMMENT = re.compile(r"\s*(?://|/\*|\*|#)")
_LEAVING = re.compile(
    r"(?:return|break|continue|next|throw|raise|panic|die|exit|fail|abort|(?:sys|process|os|System)\.[eE]xit)\b"
)
# An arm that reports a failure is the exception, though it goes on.
_REPORTS = re.compile(
    r"\b(?:stderr|cerr|perror|console\.(?:error|warn)|(?:log(?:ger)?|logging)\.(?:error|warn\w*)|warn|_err)\b"
)
# What a function answers before it comes to what it is about: nothing, less than nothing.
_RARE = re.compile(
    r"(?:<|<=|==)\s*-?[01]\b|==\s*(?:null|nil|nullptr|NULL|None)\b|\bis None\b|\.nil\?|\b(?:is_?)?(?:null|empty)\(",
    re.IGNORECASE,
)
_GUARDED_LINES = 2
# Lines that may stand before an if for each of its own.
MOST_BEFORE = 2
# An arm that returns after less than this is the exception itself: `if (failed) { report; return 1; }`.
_RETURNING_LINES = 3
_VOID = {
    "C": r"\bvoid\s+\w+\s*\(",
    "Cpp": r"\bvoid\s+[\w:~]+\s*\(",
    "CSharp": r"\bvoid\s+\w+\s*(?:<[^>]*>)?\(",
    "Java": r"\bvoid\s+\w+\s*\(",
}


def guards(reading: Reading) -> Iterator[Proposal]:
    """Every if around the rest of a function or of a loop's body that an early exit can replace."""
    for scope in reading.scopes:
        for branch in branches(reading, scope):
            if branch.otherwise is None and branch.inner is not None and not in_chain(branch.node):
                proposal = _guard(reading, scope, branch)
                if proposal is not None:
                    yield proposal


def _guard(reading: Reading, scope: Scope, branch: Branch) -> Proposal | None:
    lines = reading.outline.lines
    node, (start, stop) = branch.node, branch.inner or (0, 0)
    inside = lines[start : stop + 1]
    row = node.start_point[0]
    indent = lines[row][: len(lines[row]) - len(lines[row].lstrip())]
    if (
        len([line for line in inside if line.strip(" \t})") and not _COMMENT.match(line)])
        < (_RETURNING_LINES if _returns(node) else _GUARDED_LINES)
        or lines[row][: node.start_point[1]].strip()
    ):
        return None
    exception = (
        (_exits(node) and not _returns(node))
        or (_returns(node) and _RARE.search(text_of(bare(branch.condition))) is not None)
        or any(map(_REPORTS.search, inside))
        # Of two loops alike, none is changed alone.
        or text_of(scope.item.node).count("\n".join(inside)) > 1
        # What is said there is said of the arm.
        or (row > 0 and _COMMENT.match(lines[row - 1]) is not None)
    )
    if exception or not _main_part(node, stop - start + 1):
        return None
    unit = _unit(inside, indent)
    leaving = _leaving(reading, scope, node)
    if unit is None or leaving is None or has_long_text(node) or _clashes(reading, scope, branch):
        return None
    leave, after = leaving
    head = _head(reading, branch, leave, indent, unit)
    if head is None:
        return None
    moved = [line.removeprefix(unit) if line.strip() else line for line in inside]
    end = last_line(after or node)
    start_byte = len("\n".join(lines[:row]).encode()) + (row > 0)
    end_byte = len("\n".join(lines[: end + 1]).encode())
    text = "\n".join([head, "", *_trimmed(moved)])
    proven = frozenset(range(row + 1, end + 2))
    if not proven & reading.reached:
        return None
    word = leave.split()[0].rstrip(";")
    values = values_of(scope, branch, "") | {
        "leave": f"`{leave.rstrip(';')}`",
        "scope": "loop" if word in {"continue", "next"} else "function",
    }
    score = 3.5 + min(len(inside), 15) / 15
    return Proposal(
        GUARD,
        f"guard {node.start_byte}",
        values,
        (Edit(start_byte, end_byte, text, EDIT),),
        proven,
        scope.item.first,
        scope.item.last,
        score,
    )


def _main_part(node: Node, lines: int) -> bool:
    """Whether an if is what its block is about: not the last of some cases, nor a remark behind a longer part.

    What an attribute stands before (Rust's `#[cfg(...)]`) belongs to it alone.
    """
    statement = node.parent if node.parent is not None and node.parent.type == "expression_statement" else node
    before = statement.prev_named_sibling
    if before is None or statement.parent is None:
        return True
    case = before.named_children[0] if before.type == "expression_statement" and before.named_child_count else before
    first = next(one for one in statement.parent.named_children if one.type not in COMMENTS)
    length = last_line(before) - first.start_point[0] + 1
    one_of_some = case.type in IFS and (not _exits(case) or (_returns(case) and _returns(node)))
    return not one_of_some and before.type != "attribute_item" and length <= MOST_BEFORE * lines


def _trimmed(lines: list[str]) -> list[str]:
    while lines and not lines[0].strip():
        lines = lines[1:]
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    return lines


def _unit(inside: list[str], indent: str) -> str | None:
    """What every line of an arm has more in front than the if; None where one does not."""
    first = next((line for line in inside if line.strip()), "")
    deeper = first[: len(first) - len(first.lstrip())]
    unit = deeper.removeprefix(indent)
    if not deeper.startswith(indent) or not unit or not all(line.startswith(deeper) for line in inside if line.strip()):
        return None
    # Only lines that begin by the unit can be moved by taking it off.
    return unit if not indent or indent.startswith(unit) else None


def _leaving(reading: Reading, scope: Scope, node: Node) -> tuple[str, Node | None] | None:  # noqa: C901, PLR0911 -- one return a rule
    """How the guard leaves, and the return behind the if that becomes its own; None where it cannot leave."""
    statement = node.parent if node.parent is not None and node.parent.type == "expression_statement" else node
    block = statement.parent
    if block is None or block.type not in BLOCKS:
        return None
    after = [one for one in block.named_children if one.start_byte >= statement.end_byte and one != statement]
    around = block.parent if block.type in {"statement_list", "statements"} and block.parent is not None else block
    if around is not None and around.type in LOOP_BODIES:
        around = block
    ends = (
        ";" if reading.language in {"C", "Cpp", "CSharp", "Java", "PHP", "Rust"} or _semicolons(reading, node) else ""
    )
    holder = around.parent if around is not None and around.type not in LOOP_BODIES else around
    if holder is None or around is None:
        return None
    if any(one.type in COMMENTS for one in after):
        return None
    if reading.language == "Swift" and block.parent is not None and block.parent.type in LOOP_BODIES:
        holder = block.parent
    if holder.type in LOOP_BODIES and holder.type != "loop_expression":
        if after or _returns(node):
            return None
        return ("next" if reading.language == "Ruby" else "continue") + ends, None
    body = scope.item.body
    if body is None or not (body in (around, block) or around.start_byte == body.start_byte):
        return None
    if not after and _returns(node):
        return None
    if not after and _gives_nothing(reading, scope):
        return ("return 0" if reading.language == "Shell" else "return") + ends, None
    if len(after) == 1 and after[0].type in {"return_statement", "return"} and _returns(node):
        text = text_of(after[0])
        return (text, after[0]) if "\n" not in text and len(text) <= 60 else None  # noqa: PLR2004 -- one short line
    return None


def _semicolons(reading: Reading, node: Node) -> bool:
    return reading.language in {"JavaScript", "TypeScript"} and ";\n" in text_of(node)


def _last(node: Node) -> Node | None:
    """The last statement of an if's only arm."""
    then = node.child_by_field_name("consequence") or node.child_by_field_name("body")
    if then is None:
        then = next((child for child in node.children if child.type == "statements"), None)
    inside = [one for one in (then or node).named_children if one.type not in COMMENTS]
    if inside and inside[-1].type in {"statement_list", "statements"}:
        inside = inside[-1].named_children
    return inside[-1] if inside else None


def _returns(node: Node) -> bool:
    """Whether an if's only arm ends by returning."""
    last = _last(node)
    return last is not None and last.type in {"return_statement", "return"}


def _exits(node: Node) -> bool:
    """Whether an if's only arm ends by leaving: then it is the exception, not the rest of what is to be done."""
    last = _last(node)
    return last is not None and _LEAVING.match(text_of(last)) is not None


def _gives_nothing(reading: Reading, scope: Scope) -> bool:  # noqa: PLR0911 -- one return a rule
    node = scope.item.node
    text = text_of(node)
    language = reading.language
    if language in _VOID:
        return "constructor" in node.type or re.search(_VOID[language], text.split("{", 1)[0]) is not None
    if language == "Go":
        return node.child_by_field_name("result") is None
    if language == "Rust":
        return node.child_by_field_name("return_type") is None
    if language == "Swift":
        return "->" not in text.split("{", 1)[0]
    if language in {"Ruby", "Shell"}:
        return True
    if language in {"PHP", "TypeScript"} and re.search(r"\)\s*:\s*(?!void)\w", text.split("{", 1)[0]):
        return False
    return not re.search(r"\breturn[ \t]+[^;\s]|\byield\b", text)


def _clashes(reading: Reading, scope: Scope, branch: Branch) -> bool:
    """Whether a name that the arm declares would meet another of the same name outside of it."""
    if reading.language in {"Python", "Ruby", "PHP", "Shell"}:
        return False
    node = branch.node
    bound: dict[bool, set[str]] = {True: set(), False: set()}
    for name in scope.names:
        if name.role == "bind":
            bound[node.start_byte <= name.node.start_byte < node.end_byte].add(name.text)
    return bool(bound[True] & bound[False])


def _head(reading: Reading, branch: Branch, leave: str, indent: str, unit: str) -> str | None:  # noqa: PLR0911 -- one return a rule
    """The guard clause itself."""
    language, node = reading.language, branch.node
    condition = bare(branch.condition)
    text = text_of(condition)
    if language == "Ruby":
        if condition.type == "unary" and text.startswith("!"):
            return f"{indent}{leave} if {text_of(condition.named_children[-1])}"
        return f"{indent}{leave} unless {text}" if not re.search(r"\bnot\b|!=", text) else None
    if language == "Shell":
        return f"{indent}{text} || {leave}" if branch.condition.type in {"test_command", "command"} else None
    if language == "Swift":
        between = reading.source[node.start_byte : branch.then[0]].decode()
        shown = between.split("{", 1)[0].removeprefix("if").strip()
        return f"{indent}guard {shown} else {{\n{indent}{unit}{leave}\n{indent}}}" if "\n" not in shown else None
    if language == "Rust" and condition.type == "let_condition":
        return f"{indent}{text} else {{\n{indent}{unit}{leave}\n{indent}}};"
    turned = negated(language, branch.condition)
    if turned is None:
        return None
    if language == "Python":
        return f"{indent}if {turned}:\n{indent}{unit}{leave}"
    before = reading.source[node.start_byte : condition.start_byte].decode()
    behind = reading.source[condition.end_byte : branch.then[0] + 1].decode()
    if re.search(r"//|/\*", behind):
        return None
    return f"{indent}{before}{turned}{behind}\n{indent}{unit}{leave}\n{indent}}}"
