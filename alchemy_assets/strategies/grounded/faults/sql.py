"""Get SQL wrong: another comparison, join, order or aggregate, a condition left out.

Belongs here: what SQL has of its own, and its tree, which is like no other. Does not: other languages.
"""

from collections.abc import Iterator

from tree_sitter import Node

from alchemy_assets.strategies.grounded.faults.change import (
    AGGREGATE,
    BOUNDARY,
    DUPLICATES,
    INVERTED,
    JOIN,
    OPERATOR,
    ORDER,
    SWAPPED_BRANCHES,
    TERM,
    Change,
    Place,
    known_elsewhere,
    replace,
    same,
    within,
)
from alchemy_assets.syntax_tree import text_of

_BOUNDARIES = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
_INVERTED = {"=": "<>", "<>": "=", "!=": "=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
_ARITHMETIC = {"+": "-", "-": "+", "*": "+", "/": "*"}
_AGGREGATES = {"sum": ("avg", "max"), "avg": ("sum", "max"), "max": ("min",), "min": ("max",), "count": ("sum",)}
_JUDGING = frozenset({"where", "having", "join", "case", "assignment", "term"})
_CONDITIONS = frozenset({"where", "having", "join"})
_RECURSIVE = frozenset({"cte"})
_STOP = frozenset({"select", "statement", "column_definition", "create_table", "constraint"})


def changes(place: Place) -> Iterator[Change]:
    """What can be got wrong about a node of an SQL script."""
    node = place.node
    match node.type:
        case "binary_expression":
            yield from _comparison(place, node)
        case "join":
            yield from _join(node)
        case "keyword_desc" | "keyword_asc":
            yield replace(ORDER, node, _cased(node, {"DESC": "ASC", "ASC": "DESC"}[text_of(node).upper()]))
        case "order_target" if not any(child.type == "direction" for child in node.children):
            yield replace(ORDER, node, f"{text_of(node)}{_cased_as(text_of(place.node.parent.children[0]), ' DESC')}")  # type: ignore[union-attr]
        case "invocation":
            yield from _aggregate(node)
        case "keyword_distinct" if node.parent is not None and node.parent.type in {"invocation", "select"}:
            yield from _left_out(place, DUPLICATES, node)
        case "set_operation":
            yield from _all(node)
        case "case":
            yield from _case(place, node)
        case _:
            return


def _cased_as(pattern: str, word: str) -> str:
    return word.lower() if pattern.islower() else word


def _cased(node: Node, word: str) -> str:
    return _cased_as(text_of(node), word)


def _comparison(place: Place, node: Node) -> Iterator[Change]:
    operator = node.child_by_field_name("operator")
    where = within(node, _JUDGING, _STOP)
    if operator is None or (where is None and within(node, frozenset({"select"})) is None):
        return
    word = text_of(operator)
    if word in _BOUNDARIES:
        yield replace(BOUNDARY, operator, _BOUNDARIES[word])
    if word in _INVERTED and where is not None and where.type != "join":
        yield replace(INVERTED, operator, _INVERTED[word])
    if operator.type == "is_not":
        yield replace(INVERTED, operator, _cased(operator, "IS"))
    if operator.type == "keyword_is":
        yield replace(INVERTED, operator, _cased(operator, "IS NOT"))
    if operator.type in {"keyword_and", "keyword_or"}:
        yield replace(OPERATOR, operator, _cased(operator, {"AND": "OR", "OR": "AND"}[word.upper()]))
    if where is not None and where.type in _CONDITIONS:
        yield from _left_out_term(place, node, operator)
    if word in _ARITHMETIC and "'" not in text_of(node):
        yield replace(OPERATOR, operator, _ARITHMETIC[word])


def _left_out_term(place: Place, node: Node, operator: Node) -> Iterator[Change]:
    left, right = node.children[0], node.children[-1]
    if operator.type == "keyword_and" and known_elsewhere(place, right):
        yield Change(TERM, left.end_byte, right.end_byte, "", node)
    if operator.type == "keyword_and" and known_elsewhere(place, left):
        yield Change(TERM, left.start_byte, right.start_byte, "", node)


def _join(node: Node) -> Iterator[Change]:
    first = node.children[0]
    after = node.children[1] if node.child_count > 1 else None
    if first.type == "keyword_left" and after is not None:
        end = node.children[2] if after.type == "keyword_outer" and node.child_count > 2 else after  # noqa: PLR2004
        yield Change(JOIN, first.start_byte, end.start_byte, "", node)
    elif first.type == "keyword_join":
        yield Change(JOIN, first.start_byte, first.start_byte, _cased(first, "LEFT "), node)
    elif first.type == "keyword_inner":
        yield replace(JOIN, first, _cased(first, "LEFT"), node)


def _aggregate(node: Node) -> Iterator[Change]:
    name = node.children[0]
    given = text_of(node)
    for other in _AGGREGATES.get(text_of(name).lower(), ()):
        if "*" in given or (other == "sum" and "distinct" in given.lower()):
            continue
        yield replace(AGGREGATE, name, other.upper() if text_of(name).isupper() else other, node)


def _left_out(place: Place, fault: str, node: Node) -> Iterator[Change]:
    end = node.end_byte
    while place.source[end : end + 1] == b" ":
        end += 1
    yield Change(fault, node.start_byte, end, "", node.parent or node)


def _all(node: Node) -> Iterator[Change]:
    words = node.children_by_field_name("operation")
    if len(words) == 1 and words[0].type == "keyword_union":
        yield Change(DUPLICATES, words[0].end_byte, words[0].end_byte, _cased(words[0], " ALL"), words[0])
    elif [word.type for word in words] == ["keyword_union", "keyword_all"] and within(node, _RECURSIVE) is None:
        yield Change(DUPLICATES, words[0].end_byte, words[1].end_byte, "", words[0])


def _case(place: Place, node: Node) -> Iterator[Change]:
    """The values of the first `WHEN` and the `ELSE` are swapped."""
    words = [child.type for child in node.children]
    if words.count("keyword_when") != 1 or "keyword_else" not in words:
        return
    one = node.children[words.index("keyword_then") + 1]
    other = node.children[words.index("keyword_else") + 1]
    if not same(one, other):
        between = place.source[one.end_byte : other.start_byte].decode()
        yield Change(SWAPPED_BRANCHES, one.start_byte, other.end_byte, f"{text_of(other)}{between}{text_of(one)}", node)
