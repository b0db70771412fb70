"""What single statements and definitions of C++ say.

Belongs here: names, what is thrown, changed, moved or read in. Does not: which shape it is (`cpp`), what C has (`c.statements`).
"""

import re
from collections.abc import Iterator

from tree_sitter import Node

from alchemy_assets.syntax_tree import text_of, walk
from alchemy_assets.tracing.instrument.c import statements as c_statements
from alchemy_assets.tracing.instrument.c.declarations import Declared, declared
from alchemy_assets.tracing.instrument.c.places import LONGEST
from alchemy_assets.tracing.instrument.shapes import Change

CLASSES = frozenset({"class_specifier", "struct_specifier", "union_specifier"})
_CHANGES = {"push_back", "emplace_back", "push_front", "emplace_front", "pop_back", "pop_front", "insert", "emplace"}
_CHANGES |= {"erase", "clear", "resize", "assign", "append", "swap", "insert_or_assign", "try_emplace", "merge"}
_REORDERS = {"sort", "reverse", "unique", "splice"}
_COMPUTES = {"+", "-", "*", "/", "%", "==", "!=", "<", ">", "<=", ">=", "&&", "||", "and", "or", "&", "|", "^"}
_STREAM = re.compile(r"(?:std::)?(?:istream|i?fstream|i?stringstream)")


def named(node: Node, head: Node | None) -> tuple[str, str]:
    """The name of a function with what it is qualified by, and the class that this says it belongs to."""
    name = head.child_by_field_name("declarator") if head is not None else None
    if name is None:
        cast = next((one for one in walk(node) if one.type == "operator_cast"), None)
        kind = cast.child_by_field_name("type") if cast is not None else None
        return (f"operator {text_of(kind)}" if kind is not None and " " not in text_of(kind) else ""), ""
    text = re.sub(r"<[^<>]*>(?=::)", "", text_of(name))
    qualifier, _, _ = text.rpartition("::")
    return text.replace("::", "."), qualifier.rpartition("::")[2]


def in_one_class(node: Node) -> bool:
    """Whether a function sees the members of the class around it: not that of a friend, or of a class around that."""
    around, current = 0, node.parent
    while current is not None and current.type != "function_definition":
        if current.type == "friend_declaration":
            return False
        around += current.type in CLASSES
        current = current.parent
    return around <= 1


def may_be_unset(loop: Node) -> bool:
    """Whether a loop goes over an array that was declared without a value."""
    over, around = loop.child_by_field_name("right"), loop.parent
    while around is not None and around.type != "function_definition":
        around = around.parent
    if over is None or around is None:
        return False
    found = (
        one
        for node in walk(around)
        if node.type == "declaration"
        for one in declared(node)
        if one.name == text_of(over)
    )
    return any(one.value is None and not one.lasting and (one.arrays or "array" in one.base) for one in found)


def thrown(node: Node) -> str:
    """The class of what is thrown, where it is made there, or the literal."""
    value = next(c_statements.statements(node), None)
    if value is not None and value.type in {"number_literal", "string_literal"}:
        said = text_of(value).strip('"')
        return said if len(said) <= LONGEST and not re.search(r'["\\\n]', said) else ""
    name = value.child_by_field_name("function") if value is not None and value.type == "call_expression" else None
    return (
        re.sub(r"\s", "", text_of(name))
        if name is not None and name.type in {"identifier", "qualified_identifier"}
        else ""
    )


def changed(statement: Node) -> Change | None:
    """A call that changes the container it is called on."""
    call = statement.named_children[0] if statement.named_children else None
    called = call.child_by_field_name("function") if call is not None and call.type == "call_expression" else None
    if called is None or called.type != "field_expression":
        return None
    target, name = called.child_by_field_name("argument"), called.child_by_field_name("field")
    if target is None or name is None or text_of(name) not in _CHANGES | _REORDERS:
        return None
    return Change(statement, target, transforms=text_of(name) in _REORDERS)


def is_computed_with(name: Node) -> bool:
    """Whether the value of a variable is read where its name stands: not bound to a reference, as an argument may be."""
    inside, parent = name, name.parent
    while parent is not None and parent.type == "parenthesized_expression":
        inside, parent = parent, parent.parent
    if parent is None:
        return False
    if parent.type == "binary_expression":
        operator = parent.child_by_field_name("operator")
        return operator is not None and text_of(operator) in _COMPUTES
    if parent.type == "conditional_expression":
        return parent.child_by_field_name("condition") == inside
    return parent.type in {"unary_expression", "subscript_argument_list", "condition_clause"}


def read_in(condition: Node) -> Iterator[Declared]:
    """The variables that a stream has filled where a condition holds: `in >> x >> y`, `in.get(c)`."""
    condition = c_statements.bare(condition)
    operator = condition.child_by_field_name("operator")
    left, right = condition.child_by_field_name("left"), condition.child_by_field_name("right")
    if operator is not None and text_of(operator) in {"&&", "and"} and left is not None and right is not None:
        yield from (*read_in(left), *read_in(right))
        return
    filled: list[Node] = []
    source = condition
    while source.type == "binary_expression" and (right := source.child_by_field_name("right")) is not None:
        operator = source.child_by_field_name("operator")
        if operator is None or text_of(operator) != ">>":
            return
        filled.insert(0, right)
        source = source.child_by_field_name("left") or source.named_children[0]
    if source.type == "call_expression" and c_statements.called(source).endswith(".get"):
        filled = c_statements.arguments(source)[:1]
        source = source.named_children[0].named_children[0]
    if text_of(source) not in {"cin", "std::cin"}:
        stream = declaration_of(source)
        if stream is None or _STREAM.fullmatch(stream.base) is None:
            return
    yield from (one for one in map(declaration_of, filled) if one is not None)


def declaration_of(name: Node) -> Declared | None:
    """Where a local variable or a parameter was declared, nearest before its name."""
    around = name.parent
    while around is not None and around.type != "function_definition":
        around = around.parent
    if around is None or name.type != "identifier":
        return None
    found = [
        one
        for node in walk(around)
        if node.type in {"declaration", "parameter_declaration"} and node.start_byte < name.start_byte
        for one in declared(node)
        if one.name == text_of(name)
    ]
    return found[-1] if found else None


def moved_by(definition: Node) -> frozenset[str]:
    """The parameters that the initializers of a constructor move away before its body begins."""
    listed = next((one for one in definition.children if one.type == "field_initializer_list"), None)
    return frozenset(re.findall(r"\b(?:move|forward<[^()]*>)\((\w+)\)", text_of(listed) if listed is not None else ""))
