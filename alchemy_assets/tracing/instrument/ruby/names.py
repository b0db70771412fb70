"""Which words of a Ruby program are local variables, and which values the program goes on with.

Belongs here: what Ruby itself decides by reading a file from the top. Does not: statements as shapes (`ruby`).
A word is a variable where an assignment to it stands before, in the same method or around the same block; any other
one is a call, which a trace point must not repeat.
"""

from collections.abc import Iterator

from tree_sitter import Node

from alchemy_assets.syntax_tree import text_of, walk

# A method, class or file sees no variable of what is around it.
_CLOSED = {"method", "singleton_method", "class", "module", "singleton_class", "program"}
_OPEN = {"block", "do_block", "lambda"}
_LISTS = {
    "left_assignment_list",
    "destructured_left_assignment",
    "rest_assignment",
    "destructured_parameter",
    "splat_parameter",
    "hash_splat_parameter",
    "block_parameter",
    "exception_variable",
}
_NAMED = {"optional_parameter", "keyword_parameter"}
_PARAMETERS = {"method_parameters", "block_parameters", "lambda_parameters"}
_HEADS = {"exception_variable", "in_clause", "match_pattern", "for"}
_PATTERNS = {"array_pattern", "find_pattern", "alternative_pattern", "parenthesized_pattern"}
NO_STATEMENTS = {"comment", "heredoc_body", "empty_statement", "rescue", "ensure", "else", "uninterpreted"}


def local_reads(root: Node) -> frozenset[int]:
    """Offsets of all words that name a local variable."""
    found: set[int] = set()
    # Sets of variables around a part of the file, the nearest block last; without recursion, as files nest deeply.
    waiting: list[tuple[Node, list[set[str]], bool]] = [(root, [set()], False)]
    while waiting:
        node, seen, assigned = waiting.pop()
        if assigned:
            seen[-1].update(text_of(one) for one in assigned_by(node))
        if node.type in _CLOSED:
            seen = [set()]
        elif node.type in _OPEN:
            seen = [*seen, set()]
        elif node.type == "identifier":
            if any(text_of(node) in one for one in seen) and not names_a_method(node):
                found.add(node.start_byte)
            continue
        if node.type in _PARAMETERS or node.type in _HEADS:
            # Their own names are known to what stands behind them in the same part: defaults, guards, bodies.
            seen[-1].update(text_of(one) for one in bound_by(node))
        target = node.child_by_field_name("left") if "assignment" in node.type else None
        waiting += [(child, seen, child == target) for child in reversed(node.children)]
    return frozenset(found)


def names_a_method(node: Node) -> bool:
    """Whether a word stands where only the name of a method can."""
    parent = node.parent
    if parent is None:
        return False
    if parent.type == "call":
        return parent.child_by_field_name("method") == node
    return (
        parent.type in {"method", "singleton_method", "alias", "undef"} and parent.child_by_field_name("body") != node
    )


def assigned_by(target: Node) -> Iterator[Node]:
    """The local names that an assignment to this gives values to."""
    if target.type == "identifier":
        yield target
    elif target.type in _LISTS:
        for one in target.named_children:
            yield from assigned_by(one)
    elif target.type in _NAMED and (name := target.child_by_field_name("name")) is not None:
        yield name


def bound_by(node: Node) -> Iterator[Node]:
    """The local names that a head binds: of parameters, a pattern, a `for`, a rescued error."""
    if node.type in _PARAMETERS:
        for one in node.named_children:
            yield from assigned_by(one)
    elif node.type in {"for", "in_clause", "match_pattern"}:
        pattern = node.child_by_field_name("pattern")
        if pattern is not None:
            yield from _in_pattern(pattern)
    else:
        yield from assigned_by(node)


def _in_pattern(node: Node) -> Iterator[Node]:
    if node.type == "keyword_pattern":
        value, key = node.child_by_field_name("value"), node.child_by_field_name("key")
        if value is not None:
            yield from _in_pattern(value)
        elif key is not None:
            yield key
    elif node.type == "as_pattern":
        if (name := node.child_by_field_name("name")) is not None:
            yield name
    elif node.type in {"hash_pattern", *_PATTERNS}:
        for one in node.named_children:
            yield from _in_pattern(one)
    else:
        yield from assigned_by(node)


def conditions_bind(condition: Node) -> list[Node]:
    """The local names that a condition gives values to: `while line = gets`."""
    found: list[Node] = []
    for one in walk(condition):
        left = one.child_by_field_name("left") if one.type == "assignment" else None
        if left is not None:
            found += assigned_by(left)
    return found


def statements_of(node: Node) -> tuple[Node, ...]:
    """The statements that stand right in a body."""
    heads = {
        child
        for index, child in enumerate(node.children)
        if node.field_name_for_child(index) in {"condition", "pattern", "exceptions", "variable", "parameters", "value"}
    }
    return tuple(one for one in node.named_children if one.type not in NO_STATEMENTS and one not in heads)


def goes_on_with(statement: Node, free_blocks: frozenset[int]) -> str:
    """What becomes of the value of a statement: "nothing", the "result" of a function, or part of an "expression".

    free_blocks: offsets of blocks whose value nobody looks at, as those of `each`.
    """
    node = statement
    while (parent := node.parent) is not None:
        match parent.type:
            case (
                "program"
                | "do"
                | "ensure"
                | "class"
                | "module"
                | "singleton_class"
                | "while_modifier"
                | "until_modifier"
            ):
                return "nothing"
            case "body_statement" | "block_body" | "then" | "else" | "begin":
                part = node.type in {"rescue", "ensure", "else"} and parent.type in {"body_statement", "begin"}
                if node.type == "ensure" or (not part and node != statements_of(parent)[-1]):
                    return "nothing"
            case "method" | "singleton_method":
                return "nothing" if _gives_nothing_back(parent) else "result"
            case "block" | "do_block":
                return "nothing" if parent.start_byte in free_blocks else "result"
            case "if" | "unless" | "elsif" | "case" | "case_match" | "when" | "in_clause" | "rescue":
                pass
            case "if_modifier" | "unless_modifier":
                pass
            case _:
                return "expression"
        node = parent
    return "nothing"


def _gives_nothing_back(method: Node) -> bool:
    """Whether the value of a method is never looked at: `initialize`, and what `x.y = z` or `x[y] = z` calls."""
    name = method.child_by_field_name("name")
    return name is not None and (text_of(name) in {"initialize", "[]="} or name.type == "setter")


def heredocs(root: Node) -> dict[int, int]:
    """Where the text of here-documents begins, as the start of a line, and where the line behind it does."""
    found: dict[int, int] = {}
    for one in walk(root):
        if one.type == "heredoc_body":
            raw = root.text or b""
            begins = one.start_byte if raw[one.start_byte - 1 : one.start_byte] == b"\n" else one.start_byte + 1
            end = raw.find(b"\n", one.end_byte)
            found[begins] = len(raw) if end < 0 else end + 1
    return found
