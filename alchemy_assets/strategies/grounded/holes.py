"""Where a file could have a hole: a run of statements, the body of a loop or a branch, a condition, arguments, a value.

Belongs here: places by syntax, their size and their layout. Does not: whether what stands there can be told from the
rest (`derivable`), the question (`fill_in_the_middle`).
Places are bytes of the text. A hole of whole lines goes from the first of its indent to the end of its last line.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from tree_sitter import Node, Query, QueryCursor

from alchemy_assets import syntax_tree
from alchemy_assets.strategies.grounded.outline import COMMENTS
from alchemy_assets.strategies.grounded.shapes import SHAPES
from alchemy_assets.strategies.phrasing import draw

BODY, STATEMENTS, CONDITION, ARGUMENTS, VALUE, CLAUSE = (
    "body",
    "statements",
    "condition",
    "arguments",
    "value",
    "clause",
)

MOST_LINES, MOST_STATEMENTS = 10, 4
# Tried of one block, beginning at different statements.
RUNS_OF_A_BLOCK = 3
FEWEST_CHARACTERS, MOST_CHARACTERS = 24, 700
FEWEST_INLINE, MOST_INLINE = 12, 200
# Of the file, and of the function around it.
SHARE_OF_FILE, SHARE_OF_FUNCTION = 0.35, 0.6

_C = """
    (_ condition: (_) @condition) (call_expression arguments: (_) @arguments) (init_declarator value: (_) @value)
    (assignment_expression right: (_) @value) (return_statement (_) @value) (compound_statement) @block
"""
_JS = """
    (_ condition: (_) @condition) (call_expression arguments: (_) @arguments) (variable_declarator value: (_) @value)
    (assignment_expression right: (_) @value) (return_statement (_) @value) (statement_block) @block
"""
_PATTERNS: Mapping[str, str] = MappingProxyType(
    {
        "C": _C,
        "Cpp": _C,
        "CSharp": """
            (_ condition: (_) @condition) (invocation_expression arguments: (_) @arguments)
            (variable_declarator "=" (_) @value) (assignment_expression right: (_) @value)
            (return_statement (_) @value) (block) @block
        """,
        "Go": """
            (_ condition: (_) @condition) (call_expression arguments: (_) @arguments)
            (short_var_declaration right: (_) @value) (assignment_statement right: (_) @value)
            (return_statement (_) @value) (statement_list) @block
        """,
        "Java": """
            (_ condition: (_) @condition) (method_invocation arguments: (_) @arguments)
            (object_creation_expression arguments: (_) @arguments) (variable_declarator value: (_) @value)
            (assignment_expression right: (_) @value) (return_statement (_) @value)
            [(block) (constructor_body)] @block
        """,
        "JavaScript": _JS,
        "TypeScript": _JS,
        "PHP": """
            (_ condition: (_) @condition) (_ arguments: (_) @arguments) (assignment_expression right: (_) @value)
            (return_statement (_) @value) [(compound_statement) (colon_block)] @block
        """,
        "Python": """
            (_ condition: (_) @condition) (call arguments: (_) @arguments) (assignment right: (_) @value)
            (return_statement (_) @value) (block) @block
        """,
        "Ruby": """
            (_ condition: (_) @condition) (call arguments: (_) @arguments) (assignment right: (_) @value)
            (return (_) @value) [(body_statement) (then) (do) (block_body) (else)] @block
        """,
        "Rust": """
            (_ condition: (_) @condition) (call_expression arguments: (_) @arguments) (let_declaration value: (_) @value)
            (assignment_expression right: (_) @value) (return_expression (_) @value) (block) @block
        """,
        # What is selected and joined shows in the rest; what rows are wanted, and in which order, does not.
        "SQL": """
            (join predicate: (_) @condition) (where predicate: (_) @condition) (group_by) @clause
        """,
        "Shell": """
            (_ condition: (_) @condition) (variable_assignment value: (_) @value)
            [(compound_statement) (do_group) (if_statement) (else_clause)] @block
        """,
        "Swift": """
            (_ condition: (_) @condition) (call_suffix (value_arguments) @arguments)
            (property_declaration value: (_) @value) (assignment result: (_) @value)
            (control_transfer_statement result: (_) @value) (statements) @block
        """,
    }
)
_SPREAD = 2_654_435_761
_CLASSES = frozenset({"class_definition", "class", "module", "singleton_class", "class_declaration"})
# Definitions are other kinds' holes; what only ends a block is nobody's.
_NO_STATEMENT = ("function", "class", "import", "method", "definition", "declaration_list", "preproc", "struct", "enum")
_ENDS = frozenset(
    {"break_statement", "continue_statement", "empty_statement", "pass_statement", "label", "break", "next"}
)


@dataclass(frozen=True)
class Hole:
    """A place that could be left out.

    form: what stands there. start, end: its bytes. nodes: the syntax that it holds, in order.
    function: the function around it, the whole tree where there is none. lines: whether it is of whole lines.
    """

    form: str
    start: int
    end: int
    nodes: tuple[Node, ...]
    function: Node
    lines: bool


@cache
def _query(language: str, suffix: str) -> Query:
    return Query(syntax_tree.grammar(language, suffix), _PATTERNS[language])


def holes(language: str, suffix: str, root: Node, source: bytes, key: str) -> Iterator[Hole]:
    """The places of a file: of several lines, then of a line, then inside of one; in an order that the key draws."""
    found = QueryCursor(_query(language, suffix)).captures(root)
    places = [(capture, node) for capture, nodes in found.items() for node in nodes if _sized(capture, node)]
    # One draw a file: a place has its turn by a multiple of its own.
    drawn = draw(key)
    places.sort(key=lambda place: (place[1].start_byte * _SPREAD ^ drawn) % 2**32)
    short: list[Hole] = []
    for capture, node in places:
        if capture == "block":
            for run in _runs(language, node, source, key):
                if not _small(run, source):
                    continue
                if lines_of(run, source) > 1:
                    yield run
                else:
                    short.append(run)
    yield from short
    for capture, node in places:
        one = None if capture == "block" else _inline(language, capture, node, source)
        if one is not None and _small(one, source):
            yield one


def lines_of(hole: Hole, source: bytes) -> int:
    """How many lines stand in a hole."""
    return source.count(b"\n", hole.start, hole.end) + 1


def _sized(capture: str, node: Node) -> bool:
    size = node.end_byte - node.start_byte
    return size >= FEWEST_CHARACTERS if capture == "block" else FEWEST_INLINE <= size <= MOST_INLINE + 2


def _small(hole: Hole, source: bytes) -> bool:
    size, function = hole.end - hole.start, hole.function
    if size > SHARE_OF_FILE * len(source):
        return False
    return function.parent is None or size <= SHARE_OF_FUNCTION * (function.end_byte - function.start_byte)


def function_around(language: str, node: Node) -> Node:
    """The innermost named function around a node, else the outermost node there is."""
    kinds = frozenset({"statement"}) if language == "SQL" else SHAPES[language].functions
    while node.parent is not None and node.type not in kinds:
        node = node.parent
    return node


def _runs(language: str, block: Node, source: bytes, key: str) -> Iterator[Hole]:
    """Runs of statements of a block that begin at different ones, or all where it is that of a loop or a branch."""
    parent = block.parent
    if parent is None or parent.type in _CLASSES:
        return
    statements = _statements(language, block)
    if not statements:
        return
    of_function = _of_function(language, block)
    whole = not of_function and source.count(b"\n", statements[0].start_byte, statements[-1].end_byte) < MOST_LINES
    all_of_it: Hole | None = None
    for turn in range(RUNS_OF_A_BLOCK):
        number = draw(f"{key} {turn}", "run", str(block.start_byte))
        if whole and number % 3:
            all_of_it = all_of_it or _of_lines(language, BODY, statements, source)
            found = all_of_it
        elif len(statements) < 2 + of_function:  # a whole body would be left out
            found = None
        else:
            found = _run(language, statements, source, number)
        if found is not None:
            yield found


def _run(language: str, statements: Sequence[Node], source: bytes, number: int) -> Hole | None:
    """Some statements of a block that follow each other, as a number says."""
    first = number // 3 % len(statements)
    taken: list[Node] = []
    for node in statements[first : first + 2 + number // 7 % (MOST_STATEMENTS - 1)]:
        if source.count(b"\n", (taken or [node])[0].start_byte, node.end_byte) >= MOST_LINES:
            break
        taken.append(node)
    if not taken or len(taken) == len(statements):
        return None
    return _of_lines(language, STATEMENTS, taken, source)


def _statements(language: str, block: Node) -> list[Node]:
    """The statements of a block; none where one is a definition, so that a run is what it seems."""
    children = [child for child in block.children if child.is_named and child.type not in COMMENTS]
    if language == "Shell" and block.type in {"if_statement", "else_clause"}:
        then = next((child for child in block.children if child.type in {"then", "else"}), None)
        children = [
            child
            for child in children
            if then is not None and child.start_byte >= then.end_byte and not child.type.endswith("_clause")
        ]
    if any(_defines(child.type) for child in children):
        return []
    if language == "Python" and children and _is_text(children[0]):
        children = children[1:]
    return children


@cache
def _defines(kind: str) -> bool:
    """Whether a kind of syntax is a definition."""
    return any(word in kind for word in _NO_STATEMENT)


def _is_text(node: Node) -> bool:
    return (
        node.type == "expression_statement" and node.named_child_count == 1 and node.named_children[0].type == "string"
    )


def _of_function(language: str, block: Node) -> bool:
    """Whether a block is the body of a function."""
    node = block.parent
    if node is not None and node.type in {"block", "function_body"}:
        node = node.parent
    return node is not None and (node.type in SHAPES[language].functions or node.parent is None)


def _of_lines(language: str, form: str, nodes: Sequence[Node], source: bytes) -> Hole | None:
    """A hole of whole lines; None where its first or last line holds something else."""
    start = source.rfind(b"\n", 0, nodes[0].start_byte) + 1
    end = nodes[-1].end_byte
    while end > start and source[end - 1 : end].isspace():
        end -= 1
    after = source.find(b"\n", end)
    after = len(source) if after < 0 else after
    if source[start : nodes[0].start_byte].strip() or source[end:after].strip() not in {b"", b";"}:
        return None
    if all(node.type in _ENDS for node in nodes):
        return None
    size = len(source[start:after].strip())
    if not FEWEST_CHARACTERS <= size <= MOST_CHARACTERS:
        return None
    return Hole(form, start, after, tuple(nodes), function_around(language, nodes[0]), lines=True)


def _inline(language: str, capture: str, node: Node, source: bytes) -> Hole | None:
    """A hole inside of a line, without the brackets around it."""
    start, end = node.start_byte, node.end_byte
    if (
        source[start : start + 1] == b"("
        and source[end - 1 : end] == b")"
        and (capture == ARGUMENTS or node.type in {"parenthesized_expression", "condition_clause"})
    ):
        start, end = start + 1, end - 1
        while source[start : start + 1].isspace():
            start += 1
        while source[end - 1 : end].isspace():
            end -= 1
    if b"\n" in source[start:end] or not FEWEST_INLINE <= end - start <= MOST_INLINE:
        return None
    return Hole(capture, start, end, (node,), function_around(language, node), lines=False)
