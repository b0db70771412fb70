"""Turn a condition round: the arms of an if-else change places, or a nested if becomes an early return.

Belongs here: which branches can be turned, and the edits. Does not: the opposite of a condition (`negation`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from alchemy_assets.curation.edits import Edit
from alchemy_assets.strategies.grounded.outline import COMMENTS, last_line
from alchemy_assets.strategies.grounded.refactorings.negation import bare, is_negated, negated
from alchemy_assets.strategies.grounded.refactorings.reading import EDIT, Proposal, Reading, Scope, line_of
from alchemy_assets.syntax_tree import text_of, walk

SWAP, GUARD = "swap", "guard"
_IFS = frozenset({"if_statement", "if_expression", "if", "unless"})
_MOST_LINES = 40
_SHORT = 3
_GUARDED_LINES = 2
_MULTILINE = frozenset(
    {
        *(
            "string",
            "template_string",
            "raw_string_literal",
            "heredoc",
            "heredoc_body",
            "nowdoc",
            "multi_line_string_literal",
        ),
        *("encapsed_string", "raw_string", "string_literal", "interpreted_string_literal", "verbatim_string_literal"),
        *("text_block", "interpolated_string_expression", "concatenated_string"),
    }
)
LOOP_BODIES = frozenset(
    {
        *("for_statement", "while_statement", "enhanced_for_statement", "foreach_statement", "for_range_loop"),
        *("for_in_statement", "for_expression", "while_expression", "loop_expression", "while", "for", "until"),
        "c_style_for_statement",
    }
)
BLOCKS = frozenset(
    {
        *(
            "block",
            "compound_statement",
            "statement_block",
            "statement_list",
            "statements",
            "body_statement",
            "do_group",
        ),
        *("function_body", "constructor_body", "do", "then", "else", "block_body"),
    }
)
_VOID = {
    "C": r"\bvoid\s+\w+\s*\(",
    "Cpp": r"\bvoid\s+[\w:~]+\s*\(",
    "CSharp": r"\bvoid\s+\w+\s*(?:<[^>]*>)?\(",
    "Java": r"\bvoid\s+\w+\s*\(",
}


@dataclass(frozen=True)
class Branch:
    """An if: its condition, and the bytes of its arms, the second of them None where it has no else.

    inner: lines of the first arm's statements (from 0, first and last); None where they share lines with something else.
    shown: the condition as people read it.
    """

    node: Node
    condition: Node
    then: tuple[int, int]
    otherwise: tuple[int, int] | None
    inner: tuple[int, int] | None
    shown: str = ""


def swaps(reading: Reading) -> Iterator[Proposal]:
    """Every if-else that reads better the other way round: without a negation, or with its short arm first."""
    for scope in reading.scopes:
        for branch in _branches(reading, scope):
            turned = negated(reading.language, branch.condition) if branch.otherwise else None
            if turned is None or branch.otherwise is None or _in_chain(branch.node):
                continue
            source, (then, otherwise) = reading.source, (branch.then, branch.otherwise)
            first, second = source[then[0] : then[1]].decode(), source[otherwise[0] : otherwise[1]].decode()
            lengths = first.count("\n") + 1, second.count("\n") + 1
            why = "positive" if is_negated(reading.language, branch.condition) and not _negative(turned) else ""
            if not why and lengths[1] <= _SHORT and lengths[0] >= lengths[1] + 2:
                why = "short"
            if not why or max(lengths) > _MOST_LINES or _splits(reading, branch, first, second):
                continue
            condition = bare(branch.condition)
            edits = (
                Edit(condition.start_byte, condition.end_byte, turned, EDIT),
                Edit(*then, second, EDIT),
                Edit(*otherwise, first, EDIT),
            )
            proven = frozenset(range(line_of(branch.node), last_line(branch.node) + 2))
            if proven & reading.reached:
                yield Proposal(
                    SWAP,
                    f"{branch.node.start_byte}",
                    _values(scope, branch, turned) | {"why": _WHY[why]},
                    edits,
                    proven,
                    scope.item.first,
                    scope.item.last,
                    3.0 + (why == "positive") - max(lengths) / 40,
                )


_WHY = {"positive": "the condition comes without a negation", "short": "the short case comes first"}


def guards(reading: Reading) -> Iterator[Proposal]:
    """Every if around the rest of a function or of a loop's body that an early exit can replace."""
    for scope in reading.scopes:
        for branch in _branches(reading, scope):
            if branch.otherwise is None and branch.inner is not None and not _in_chain(branch.node):
                proposal = _guard(reading, scope, branch)
                if proposal is not None:
                    yield proposal


def _values(scope: Scope, branch: Branch, turned: str) -> dict[str, str]:
    return {
        "place": scope.place,
        "line": f"line {line_of(branch.node)}",
        "condition": branch.shown or text_of(bare(branch.condition)),
        "turned": turned,
    }


def _branches(reading: Reading, scope: Scope) -> Iterator[Branch]:
    for node in scope.nodes():
        if node.type in _IFS and node.is_named and node.child_count > 1:
            branch = _branch(reading, node)
            if branch is not None:
                yield branch


def _branch(reading: Reading, node: Node) -> Branch | None:
    """An if with one condition and at most one else; None where it is something else."""
    language = reading.language
    conditions = [child for child in node.children_by_field_name("condition") if child.is_named]
    binding = language == "Swift" and len(conditions) > 1 and conditions[0].type == "value_binding_pattern"
    if (
        not conditions
        or (len(conditions) != 1 and not binding)
        or node.type == "unless"
        or "\n" in text_of(conditions[0])
    ):
        return None
    if language == "Shell":
        return _of_shell(reading, node, conditions[0])
    if language == "Swift":
        return _of_swift(reading, node, conditions)
    then = node.child_by_field_name("consequence") or node.child_by_field_name("body")
    others = node.children_by_field_name("alternative")
    if then is None or len(others) > 1 or node.child_by_field_name("initializer") is not None:
        return None
    otherwise = None
    if others:
        inside = _else_body(others[0])
        if inside is None or inside.type in _IFS:
            return None
        otherwise = _span(language, inside)
    first = _span(language, then)
    if first is None or (others and otherwise is None):
        return None
    return Branch(node, conditions[0], first, otherwise, _inner(reading, node, then))


def _else_body(node: Node) -> Node | None:
    if node.type in {"elif_clause", "else_if_clause", "elsif"}:
        return None
    if node.type == "else_clause":
        return node.child_by_field_name("body") or (node.named_children[-1] if node.named_child_count == 1 else None)
    return node


def _span(language: str, body: Node) -> tuple[int, int] | None:
    """The bytes of an arm that can stand in the place of the other arm."""
    if language == "Ruby":
        inside = body.named_children
        return (inside[0].start_byte, inside[-1].end_byte) if inside else None
    if language == "Python":
        before = body.prev_sibling
        alone = before is not None and before.type == ":" and before.end_point[0] < body.start_point[0]
        return (body.start_byte, body.end_byte) if alone else None
    if body.child_count < 3 or body.children[0].type != "{":  # noqa: PLR2004 -- braces and what is between
        return None
    return body.start_byte, body.end_byte


def _of_shell(reading: Reading, node: Node, condition: Node) -> Branch | None:
    at = next((index for index, child in enumerate(node.children) if child.type == "then"), None)
    if at is None or any(child.type == "elif_clause" for child in node.children) or node.children[1] != condition:
        return None
    if text_of(node.children[2]) != ";" and node.children[2].type != "then":
        return None
    then = [child for child in node.children[at + 1 : -1] if child.is_named and child.type != "else_clause"]
    other = next((child for child in node.children if child.type == "else_clause"), None)
    otherwise = [child for child in other.children if child.is_named] if other is not None else []
    if not then or (other is not None and not otherwise) or "<<" in text_of(node):
        return None
    spans = [(part[0].start_byte, part[-1].end_byte) for part in (then, otherwise) if part]
    return Branch(
        node, condition, spans[0], spans[1] if len(spans) > 1 else None, _lines(reading, node, then[0], then[-1], "fi")
    )


def _of_swift(reading: Reading, node: Node, conditions: list[Node]) -> Branch | None:
    if any(child.type == "if_statement" for child in node.children) or any(
        child.type == "," for child in node.children
    ):
        return None
    bodies = [child for child in node.children if child.type == "statements"]
    elses = [child for child in node.children if child.type == "else"]
    if len(bodies) != len(elses) + 1 or (elses and len(conditions) > 1):
        return None
    spans = [(body.start_byte, body.end_byte) for body in bodies]
    return Branch(
        node,
        conditions[-1],
        spans[0],
        spans[1] if elses else None,
        _lines(reading, node, bodies[0].children[0], bodies[0].children[-1], "}"),
        reading.source[conditions[0].start_byte : conditions[-1].end_byte].decode(),
    )


def _inner(reading: Reading, node: Node, then: Node) -> tuple[int, int] | None:
    if reading.language in {"Python", "Ruby"}:
        inside = then.named_children
        return (
            _lines(reading, node, inside[0], inside[-1], "end" if reading.language == "Ruby" else "")
            if inside
            else None
        )
    inside = then.children[1:-1]
    return _lines(reading, node, inside[0], inside[-1], "}") if inside else None


def _lines(reading: Reading, node: Node, first: Node, last: Node, end: str) -> tuple[int, int] | None:
    """The lines of an arm's statements, if they share them with nothing else."""
    lines = reading.outline.lines
    start = node.start_point[0] + 1
    if end == "}" and lines[start].strip() == "{":
        start += 1
    stop = last_line(last)
    if first.start_point[0] < start or (end and lines[last_line(node)].strip() != end):
        return None
    if end:
        stop = last_line(node) - 1
    return start, stop


def _in_chain(node: Node) -> bool:
    """Whether an if is the `else if` of another, or the value of something."""
    around = node.parent
    if around is not None and around.type == "expression_statement":
        around = around.parent
    # In Shell an arm is no node of its own, and `elif` no if.
    of_shell = node.children[0].type == "if" and any(child.type == "fi" for child in node.children)
    return around is None or not (around.type in BLOCKS or of_shell)


def _negative(turned: str) -> bool:
    return re.search(r"(?<![\w=])!(?!~)|\bnot\b|!=", turned) is not None


def _splits(reading: Reading, branch: Branch, first: str, second: str) -> bool:
    """Whether the arms hold what cannot be moved: a status that is read, a comment between the arms."""
    if reading.language == "Shell" and ("$?" in first or "$?" in second):
        return True
    then, otherwise = branch.then, branch.otherwise or branch.then
    between = reading.source[then[1] : otherwise[0]].decode()
    head = reading.source[branch.condition.end_byte : then[0]].decode()
    marks = ("#",) if reading.language in {"Python", "Ruby", "Shell"} else ("//", "/*")
    if any(mark in part for mark in marks for part in (between, head)):
        return True
    if first.startswith("{") and ("\n" in head) != ("\n" in between.split("else")[-1]):
        return True
    return _indent_of(reading, then[0]) != _indent_of(reading, otherwise[0])


def _indent_of(reading: Reading, start: int) -> str:
    line = reading.source[:start].rsplit(b"\n", 1)[-1].decode()
    return line[: len(line) - len(line.lstrip())]


def _guard(reading: Reading, scope: Scope, branch: Branch) -> Proposal | None:
    lines = reading.outline.lines
    node, (start, stop) = branch.node, branch.inner or (0, 0)
    inside = lines[start : stop + 1]
    row = node.start_point[0]
    indent = lines[row][: len(lines[row]) - len(lines[row].lstrip())]
    if len([line for line in inside if line.strip()]) < _GUARDED_LINES or lines[row][: node.start_point[1]].strip():
        return None
    if (
        branch.inner is not None
        and re.match(r"\s*(?:break|return|raise|throw|exit|die|continue|next)\b", _last_of(inside))
        and not _returns(node)
    ):
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
    values = _values(scope, branch, "") | {
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


def _last_of(lines: list[str]) -> str:
    return next((line for line in reversed(lines) if line.strip()), "")


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


def _leaving(reading: Reading, scope: Scope, node: Node) -> tuple[str, Node | None] | None:  # noqa: PLR0911 -- one return a rule
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


def _returns(node: Node) -> bool:
    """Whether an if's only arm ends by returning."""
    then = node.child_by_field_name("consequence") or node.child_by_field_name("body")
    if then is None:
        then = next((child for child in node.children if child.type == "statements"), None)
    inside = [one for one in then.named_children if one.type not in COMMENTS] if then is not None else []
    if inside and inside[-1].type in {"statement_list", "statements"}:
        inside = inside[-1].named_children
    return bool(inside) and inside[-1].type in {"return_statement", "return"}


def _gives_nothing(reading: Reading, scope: Scope) -> bool:
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


def has_long_text(node: Node) -> bool:
    """Whether a text of several lines would change if the lines moved."""
    return any(one.type in _MULTILINE and one.start_point[0] != one.end_point[0] for one in walk(node))


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


def _head(reading: Reading, branch: Branch, leave: str, indent: str, unit: str) -> str | None:
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
