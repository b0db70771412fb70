"""Read the branches of a function: their conditions and arms, in the grammar of every language.

Belongs here: what an if is made of. Does not: what is done with it (`invert`, `guard`).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from alchemy_assets.strategies.grounded.outline import last_line
from alchemy_assets.strategies.grounded.refactorings.negation import bare
from alchemy_assets.strategies.grounded.refactorings.reading import Reading, Scope, line_of
from alchemy_assets.strategies.grounded.worth import MULTILINE
from alchemy_assets.syntax_tree import text_of, walk

IFS = frozenset({"if_statement", "if_expression", "if", "unless"})
_MULTILINE = MULTILINE | frozenset(
    {
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


def values_of(scope: Scope, branch: Branch, turned: str) -> dict[str, str]:
    """What a question about a branch says of it."""
    return {
        "place": scope.place,
        "line": f"line {line_of(branch.node)}",
        "condition": branch.shown or text_of(bare(branch.condition)),
        "turned": turned,
    }


def branches(reading: Reading, scope: Scope) -> Iterator[Branch]:
    """Every if of a function that has one condition and at most one else."""
    for node in scope.nodes():
        if node.type in IFS and node.is_named and node.child_count > 1:
            branch = _branch(reading, node)
            if branch is not None:
                yield branch


def _branch(reading: Reading, node: Node) -> Branch | None:  # noqa: PLR0911 -- one return a rule
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
        if inside is None or inside.type in IFS:
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


def in_chain(node: Node) -> bool:
    """Whether an if is the `else if` of another, or the value of something."""
    around = node.parent
    if around is not None and around.type == "expression_statement":
        around = around.parent
    # In Shell an arm is no node of its own, and `elif` no if.
    of_shell = node.children[0].type == "if" and any(child.type == "fi" for child in node.children)
    return around is None or not (around.type in BLOCKS or of_shell)


def has_long_text(node: Node) -> bool:
    """Whether a text of several lines would change if the lines moved."""
    return any(one.type in _MULTILINE and one.start_point[0] != one.end_point[0] for one in walk(node))
