"""Where a Rust variable may have lost its value by a move.

Belongs here: which uses of a name take its value. Does not: names that are lent (`rust.lent`), scopes (`rust.names`).
The compiler has the last word; this keeps the points that it would refuse rare.
"""

import re
from collections import defaultdict
from dataclasses import dataclass, field

from tree_sitter import Node

from alchemy_assets.syntax_tree import text_of
from alchemy_assets.tracing.instrument.rust.names import Declared, Names, by_reference
from alchemy_assets.tracing.instrument.rust.patterns import bindings
from alchemy_assets.tracing.instrument.rust.types import type_text

# Macros that only look at what they are given.
_LOOKING = re.compile(
    r"(?:e?print(?:ln)?|format(?:_args)?|write(?:ln)?|panic|(?:debug_)?assert(?:_eq|_ne)?|matches|todo|unreachable)"
)
# Methods that take what they are called on.
_TAKING = re.compile(
    r"into(?:_\w+)?|unwrap\w*|expect\w*|ok|err|ok_or\w*|map\w*|and_then|or_else|or|and|filter\w*|flat\w*|collect|join|zip|chain"
    r"|rev|enumerate|sum|product|fold|for_each|skip\w*|take_while|step_by|cycle|peekable|cloned|copied|last|count|min_by\w*"
    r"|max_by\w*|partition|unzip|finish|build|add|sub|mul|div|then\w*|xor|inspect|scan|await|reduce|is_some_and|is_ok_and"
)
_BRANCHES = {"if_expression", "match_expression"}
_ARMS = {"block", "match_arm", "else_clause"}
_LEAVING = re.compile(r"\s*(?:return|break|continue|panic!|unreachable!|todo!|(?:std::)?process::exit|exit\()")
_THROUGH = {"parenthesized_expression", "unsafe_block"}
_COPYING = {"*", "-", "/", "%", "<<", ">>"}


@dataclass
class Moves:
    """What may have been moved: `moved` by name, with the place that is moved, its node and offset.

    given: where a name gets a new value. numbers: variables that are reckoned with, and so are copied.
    """

    names: Names
    moved: dict[str, list[tuple[str, Node, int]]] = field(default_factory=lambda: defaultdict(list))
    given: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    numbers: set[Declared] = field(default_factory=set)

    def whole(self, path: str, offset: int) -> bool:
        """Whether a variable, or a field of one, surely has its value at a place."""
        name = path.partition(".")[0]
        found = self.names.lookup(name, offset)
        if found is None:
            return False
        if self.names.facts.copied(found.type) or found in self.numbers:
            return True
        for what, node, at in self.moved.get(name, ()):
            before = found.start <= at < min(offset, found.end) and overlap(path, what)
            again = before and any(at < one < offset for one in self.given.get(name, ()))
            if before and not again and not _elsewhere(node, offset):
                return False
        return True


def moves_of(names: Names) -> Moves:
    """Find the moves of a file."""
    moves = Moves(names)
    for uses in names.used.values():
        for node in uses:
            _use(moves, names, node)
    return moves


def overlap(one: str, other: str) -> bool:
    """Whether one place is the other or a part of it."""
    short, long = sorted((one, other), key=len)
    return long == short or (long.startswith(short) and long[len(short)] in ".[")


def _use(moves: Moves, names: Names, node: Node) -> None:  # noqa: C901 -- a way to use a name after the other
    """Note what happens to a variable where it is named."""
    name = text_of(node)
    found = names.lookup(name, node.start_byte)
    if found is None:
        return
    if node.type == "shorthand_field_initializer":
        moves.moved[name].append((name, node, node.start_byte))
        return
    parent = node.parent
    if parent is None or parent.type in {"scoped_identifier", "self_parameter"} or parent.type.endswith("_pattern"):
        return
    if parent.type == "token_tree":
        if _moved_in_macro(node, parent):
            moves.moved[name].append((name, node, node.start_byte))
        return
    _move_by_closure(moves, node, found)
    whole = node
    while (
        whole.parent is not None
        and whole.parent.type == "field_expression"
        and whole != whole.parent.child_by_field_name("field")
    ):
        whole = whole.parent
    called = whole.parent
    if (
        whole.type == "field_expression"
        and called is not None
        and called.type in {"call_expression", "generic_function"}
    ) and called.child_by_field_name("function") == whole:
        method, receiver = whole.child_by_field_name("field"), whole.child_by_field_name("value")
        how = names.facts.receivers.get(text_of(method)) if method is not None else None
        taken = how == "" or (how is None and method is not None and _TAKING.fullmatch(text_of(method)) is not None)
        if taken and receiver is not None:
            _moved(moves, found, receiver, called)
        return
    if whole.parent is not None and whole.parent.type in {"type_cast_expression", "index_expression"}:
        ranged = found.type.startswith("Range")
        if (
            not ranged
            and whole == node
            and (whole.parent.type == "type_cast_expression" or whole != whole.parent.named_children[0])
        ):
            moves.numbers.add(found)
        return
    _evidence(moves, whole, node, found)
    if _by_value(names, whole):
        _moved(moves, found, whole, whole)
    elif whole.parent is not None and whole.parent.type == "assignment_expression" and whole == node:
        moves.given[name].append(whole.parent.end_byte)


def _moved(moves: Moves, found: Declared, path: Node, node: Node) -> None:
    if path.type == "field_expression" and found.type.startswith("&"):
        return  # what is behind a reference cannot be moved
    moves.moved[found.name].append((text_of(path), node, node.start_byte))


def _evidence(moves: Moves, whole: Node, node: Node, found: Declared) -> None:
    """A name that is reckoned with is a number, in a file that defines no operators."""
    parent = whole.parent
    if (
        parent is None
        or whole != node
        or moves.names.facts.operators
        or parent.type not in {"binary_expression", "compound_assignment_expr"}
    ):
        return
    operator = parent.child_by_field_name("operator")
    other = next((one for one in parent.named_children if one != whole), None)
    sign = operator.type.rstrip("=") if operator is not None else ""
    if sign in _COPYING or (other is not None and other.type in {"integer_literal", "float_literal"}):
        moves.numbers.add(found)


def _moved_in_macro(node: Node, tree: Node) -> bool:
    """Whether a macro may take a name that it is given."""
    before, after = node.prev_sibling, node.next_sibling
    if before is not None and before.type in {"&", "."}:
        return False
    while after is not None and after.type == ".":
        part = after.next_sibling
        after = part.next_sibling if part is not None else None
        if part is not None and after is not None and after.type == "token_tree":
            return _TAKING.fullmatch(text_of(part)) is not None
    macro = tree.parent
    if macro is not None and macro.type == "macro_invocation":
        return _LOOKING.fullmatch(type_text(macro.child_by_field_name("macro"))) is None
    # Within brackets of its own it may be an argument.
    return after is None or after.type in {",", ")", "}", "]", "?"}


def _move_by_closure(moves: Moves, node: Node, found: Declared) -> None:
    around = node.parent
    while around is not None and around.start_byte > found.start:
        if around.type in {"closure_expression", "async_block"} and any(one.type == "move" for one in around.children):
            moves.moved[found.name].append((found.name, around, around.end_byte - 1))
        around = around.parent


def _by_value(names: Names, node: Node) -> bool:  # noqa: C901, PLR0911, PLR0912 -- a row a node
    """Whether an expression stands where its value is taken."""
    parent = node.parent
    while parent is not None and parent.type in _THROUGH:
        node, parent = parent, parent.parent
    if parent is None:
        return False
    match parent.type:
        case "arguments":
            call = parent.parent
            if _copied_into(names, node, parent):
                return False
            return not (names.type_of(node).startswith("&mut") and call is not None and call.type == "call_expression")
        case "let_declaration" | "for_expression":
            pattern = parent.child_by_field_name("pattern")
            if node != parent.child_by_field_name("value") or pattern is None:
                return False
            return parent.type == "for_expression" or any(True for _ in bindings(pattern, "", names.facts))
        case "let_condition":
            pattern = parent.child_by_field_name("pattern")
            return node == parent.child_by_field_name("value") and pattern is not None and _takes(names, node, pattern)
        case "match_expression":
            body = parent.child_by_field_name("body")
            arms = body.named_children if body is not None else []
            patterns = [pattern for one in arms if (pattern := one.child_by_field_name("pattern")) is not None]
            return node == parent.child_by_field_name("value") and any(_takes(names, node, one) for one in patterns)
        case "assignment_expression" | "compound_assignment_expr":
            return node == parent.child_by_field_name("right")
        case "binary_expression":
            operator = parent.child_by_field_name("operator")
            return operator is not None and operator.type in {"+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>"}
        case "unary_expression":
            return not text_of(parent).startswith("*")
        case "match_arm" | "closure_expression":
            return node in {parent.child_by_field_name("value"), parent.child_by_field_name("body")}
        case (
            "field_initializer"
            | "base_field_initializer"
            | "array_expression"
            | "tuple_expression"
            | "return_expression"
        ):
            return True
        case "break_expression" | "try_expression" | "await_expression" | "range_expression" | "block":
            return True
        case _:
            return False


def _copied_into(names: Names, node: Node, arguments: Node) -> bool:
    """Whether a function of the file takes this argument as something that is copied."""
    call = arguments.parent
    called = call.child_by_field_name("function") if call is not None else None
    if called is None:
        return False
    name = re.split(r"[.:]", text_of(called))[-1].strip()
    given = names.facts.parameters.get(name if called.type == "identifier" else f".{name}", ())
    values = [one for one in arguments.named_children if "comment" not in one.type]
    position = values.index(node) if node in values else len(values)
    return len(given) == len(values) and position < len(given) and names.facts.copied(given[position])


def _takes(names: Names, subject: Node, pattern: Node) -> bool:
    """Whether a pattern takes parts of what it is matched with."""
    kind = names.type_of(subject)
    if kind.startswith("&") or by_reference(names, subject):
        return False
    bound = list(bindings(pattern, kind, names.facts))
    return any(not names.facts.copied(found) for _, found in bound)


def _elsewhere(node: Node, offset: int) -> bool:
    """Whether a move is in an arm that does not lead to a place: another arm of one choice, or one that leaves."""
    around: Node | None = node
    while around is not None and not (around.start_byte <= offset < around.end_byte):
        choice = around.parent
        if around.type in _ARMS and choice is not None:
            whole = choice
            while whole.type in {"match_block", "else_clause"} and whole.parent is not None:
                whole = whole.parent
            if whole.type in _BRANCHES and whole.start_byte <= offset < whole.end_byte:
                return True
            last = around.child_by_field_name("value") or (
                around.named_children[-1] if around.named_children else around
            )
            if last.type == "block" and last.named_children:
                last = last.named_children[-1]
            if _LEAVING.match(text_of(last)):
                return True
        around = choice
    return False
