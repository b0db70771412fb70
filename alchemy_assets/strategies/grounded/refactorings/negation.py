"""Write the opposite of a condition as a person would: `==` becomes `!=`, a negation is taken off, `and` becomes `or`.

Belongs here: conditions of every language. Does not: what is done with them (`invert`). Where the plain form could mean
something else (`<` between floats that are no numbers), there is none.
"""

import re

from tree_sitter import Node

from alchemy_assets.syntax_tree import text_of, walk

# How a language says not, and, or.
_WORDS = {"Python": ("not ", "and", "or")}
_EQUAL = {
    "==": "!=",
    "!=": "==",
    "===": "!==",
    "!==": "===",
    "is": "is not",
    "is not": "is",
    "in": "not in",
    "not in": "in",
    "=~": "!~",
    "!~": "=~",
    "<>": "==",
}
_LENGTH = re.compile(r"^(?:len|count|strlen)\(|\.(?:length|size|len|Length|Size|Len|Count|count)(?:\(\))?$")
_ORDER = {"<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_SHELL = {
    "-z": "-n",
    "-n": "-z",
    "-eq": "-ne",
    "-ne": "-eq",
    "-lt": "-ge",
    "-ge": "-lt",
    "-gt": "-le",
    "-le": "-gt",
    "==": "!=",
    "=": "!=",
    "!=": "=",
}
_NOT = frozenset(
    {"not_operator", "unary_expression", "prefix_unary_expression", "unary_op_expression", "unary", "prefix_expression"}
)
_BINARY = frozenset(
    {
        "binary_expression",
        "comparison_operator",
        "boolean_operator",
        "binary",
        "equality_expression",
        "comparison_expression",
        "conjunction_expression",
        "disjunction_expression",
    }
)
# What can stand behind a `!` without brackets.
_TIGHT = re.compile(
    r"identifier|name|variable_name|simple_identifier|call|call_expression|method_invocation|invocation_expression|field_access"
    r"|member_expression|field_expression|selector_expression|member_access_expression|attribute|subscript|element_access_expression"
    r"|index_expression|subscript_expression|navigation_expression|function_call_expression|member_call_expression|constant"
    r"|scoped_call_expression|instance_variable|global_variable|array_access|nullsafe_member_call_expression|macro_invocation"
    r"|parenthesized_expression|self_expression|this|true|false|element_reference|empty_expression|isset_expression|boolean"
    r"|boolean_literal|qualified_identifier|generic_function|await_expression|class_constant_access_expression"
)
_WHOLE_NUMBER = re.compile(
    r"[-+]?\d+[uUlL]*|len\(.+\)|strlen\(.+\)|.*(?:\.|->)(?:length|size|count|Length|Count|len)(?:\(\))?|count\(.+\)|\$#|\w*argc"
)
_PYTHON_NEEDS_NOT = frozenset(
    {"comparison_operator", "call", "attribute", "identifier", "subscript", "parenthesized_expression"}
)


def is_negated(language: str, condition: Node) -> bool:
    """Whether a condition says what is not so."""
    node = bare(condition)
    text = text_of(node)
    if language == "Shell":
        return node.type == "negated_command" or re.search(r"(?<!\S)(?:!|!=|-ne|-z)(?!\S)", text) is not None
    if node.type in _NOT:
        return text.startswith(("!", "not "))
    operator = _operator(node)
    return operator in {"!=", "!==", "is not", "not in", "!~"}


def bare(condition: Node) -> Node:
    """A condition without the brackets around it."""
    node = condition
    while (
        node.type in {"parenthesized_expression", "condition_clause", "parenthesized_statements"}
        and node.named_child_count == 1
    ):
        node = node.named_children[0]
    return node


def negated(language: str, condition: Node) -> str | None:
    """The opposite of a condition, without brackets around it; None where no plain form is safe."""
    if language == "Shell":
        return _of_shell(condition)
    node = bare(condition)
    if "\n" in text_of(node) or _binds(node):
        return None
    return _opposite(language, node)


def _binds(node: Node) -> bool:
    return any(
        "let" in one.type
        or "binding" in one.type
        or "pattern" in one.type
        or one.type in {"declaration", "named_expression"}
        or "assignment" in one.type
        or one.type.startswith("comment")
        for one in walk(node)
        if one.is_named
    )


def _opposite(language: str, node: Node, depth: int = 0) -> str | None:
    text = text_of(node)
    if node.type in _NOT and text.startswith(("!", "not ")):
        inner = node.named_children[-1]
        return text_of(bare(inner) if _plain_inside(inner) or depth == 0 else inner)
    if node.type in _BINARY or node.type == "infix_expression":
        return _of_binary(language, node, depth)
    word = _WORDS.get(language, ("!", "&&", "||"))[0]
    if language == "Python":
        return f"{word}{text}" if node.type in _PYTHON_NEEDS_NOT else None
    if language in {"C", "Cpp"} and node.type == "number_literal":
        return None
    return f"{word}{text}" if _TIGHT.fullmatch(node.type) else None


def _plain_inside(inner: Node) -> bool:
    return _operator(bare(inner)) not in {"&&", "||", "and", "or"}


def _operator(node: Node) -> str:
    """The operator between two operands; `is not` is one."""
    if node.child_count < 3:  # noqa: PLR2004 -- two operands and what is between
        return ""
    between = node.children[1:-1]
    if any(child.is_named and child.type != "operator" for child in between):
        return ""
    return " ".join(text_of(child) for child in between)


def _of_binary(language: str, node: Node, depth: int) -> str | None:
    operator = _operator(node)
    left, right = node.children[0], node.children[-1]
    _, both, either = _WORDS.get(language, ("!", "&&", "||"))
    if operator in {"&&", "||", "and", "or"}:
        if depth or (language == "Ruby" and operator in {"and", "or"}):
            return None
        sides = [_opposite(language, left, 1), _opposite(language, right, 1)]
        if None in sides or any(_operator(bare(one)) in {"&&", "||", "and", "or"} for one in (left, right)):
            return None
        swapped = either if operator in {"&&", "and"} else both
        return f"{sides[0]} {swapped} {sides[1]}"
    first, last = text_of(left), text_of(right)
    # `not in` is Python's.
    if operator in _EQUAL and (language == "Python" or operator not in {"in", "not in"}):
        return f"{first} {_EQUAL[operator]} {last}"
    if (
        operator in _ORDER
        and (_WHOLE_NUMBER.fullmatch(first) or _WHOLE_NUMBER.fullmatch(last))
        and _known_number(language, first, last)
    ):
        # Nobody asks whether a length is less than nothing.
        empty = operator == ">" and last == "0" and _LENGTH.search(first)
        return f"{first} {'==' if empty else _ORDER[operator]} {last}"
    return None


def _known_number(language: str, first: str, last: str) -> bool:
    """Whether a comparison is one of whole numbers, so that not less is greater or equal."""
    if any("." in one and re.search(r"\d\.\d", one) for one in (first, last)):
        return False
    if language in {"JavaScript", "TypeScript", "PHP"}:
        return any(re.search(r"\.length$|^count\(|^strlen\(", one) for one in (first, last))
    if language in {"C", "Cpp", "CSharp", "Java", "Go", "Rust", "Swift"}:
        # A float is compared with 0.0 by most; the runs decide.
        return True
    return any(re.search(r"^len\(|\.(?:length|size|count)$", one) for one in (first, last))


def _of_shell(condition: Node) -> str | None:  # noqa: PLR0911 -- one return a rule
    """The opposite of a command that is a test; of another command, the command with `!` before it."""
    text = text_of(condition)
    if "\n" in text or "<" in text or ">" in text:
        return None
    if condition.type == "negated_command":
        return text.removeprefix("!").strip()
    if condition.type == "test_command":
        inside = condition.named_children[0] if condition.named_child_count == 1 else None
        if inside is None or "&&" in text or "||" in text or re.search(r"\s-[ao]\s", text):
            return None
        operator = next((child for child in inside.children if text_of(child) in _SHELL), None)
        if inside.type == "unary_expression" and text_of(inside).startswith("!"):
            start, end = inside.children[0].start_byte, inside.children[0].end_byte
            return _cut(condition, start, end, "").replace("[  ", "[ ").replace("[[  ", "[[ ")
        if operator is None:
            at = inside.start_byte
            return _cut(condition, at, at, "! ")
        new = _SHELL[text_of(operator)]
        if new == "=" and text.startswith("[["):
            new = "=="
        return _cut(condition, operator.start_byte, operator.end_byte, new)
    if condition.type == "command":
        return f"! {text}"
    return None


def _cut(node: Node, start: int, end: int, new: str) -> str:
    source = node.text or b""
    at = node.start_byte
    return (source[: start - at] + new.encode() + source[end - at :]).decode()
