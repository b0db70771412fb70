"""Put trace points into Python programs.

Belongs here: where a statement may stand in Python, and which names have a value there. Does not: what the program is
run with (`tracing.inputs`), and whether it may be run (`tracing.screening`).

A point shows only names that have a value whenever it is reached: parameters, and names that an earlier statement of
the same function assigned on every way to the point.
"""

import re
import warnings

from tree_sitter import Node

from alchemy_assets.syntax_tree import parse, text_of, walk
from alchemy_assets.tracing.instrument.found import Found, all_taken, helper_text
from alchemy_assets.tracing.instrument.points import Insertion, indent_before, line_start
from alchemy_assets.tracing.instrument.python.fields import fields_of_classes
from alchemy_assets.tracing.instrument.python.names import Scope, deleted, targets
from alchemy_assets.tracing.instrument.python.statements import Walker
from alchemy_assets.tracing.reasons import Dropped, Reason

HELPER_NAMES = ("trace", "trace_event", "emit_trace")
# What the helper relies on; a program that gives one of these another meaning cannot carry it.
BUILTINS = {"abs", "BaseException", "bool", "dict", "float", "getattr", "int", "issubclass", "len", "list", "range"}
BUILTINS |= {"repr", "sorted", "str", "tuple", "type"}


def find_points(source: str) -> Found | Dropped:  # noqa: PLR0911 -- a return a reason
    """All trace points that a program could have, and the helper that they call."""
    raw = source.encode()
    if (reason := _unfit(source)) is not None:
        return reason
    name = next((name for name in HELPER_NAMES if not re.search(rf"\b{name}(?:_|\b)", source, re.IGNORECASE)), None)
    if name is None:
        return all_taken(HELPER_NAMES)
    root = parse("Python", raw).root_node
    if root.has_error:
        return Dropped(Reason.CANNOT_INSTRUMENT, "the grammar does not understand the file")
    if (taken := _assigned_names(root) & BUILTINS) != set():
        return Dropped(Reason.CANNOT_INSTRUMENT, f"the program gives {min(taken)} a meaning of its own")
    newline = "\r\n" if b"\r\n" in raw else "\n"
    text = helper_text("python").replace("trace_", f"{name}_").replace("def trace(", f"def {name}(")
    helper = _helper_place(root, raw, text.replace("TRACE_LIMIT", f"{name.upper()}_LIMIT"), newline)
    if helper is None:
        return Dropped(Reason.CANNOT_INSTRUMENT, "the first statement shares its line")
    walker = Walker(raw, name, newline, fields_of_classes(root))
    elements = re.search(r"__(?:class_)?getitem__|__missing__", source) is None
    walker.block(root, Scope("<module>", deleted=deleted(root), elements=elements))
    if not walker.points:
        return Dropped(Reason.NO_EVENTS, "no place for a trace point")
    points = sorted(walker.points, key=lambda point: (point.line, point.insertions[0].offset))
    return Found(tuple(points), (helper,))


def parses(source: str) -> bool:
    """Whether a text is valid Python 3."""
    try:
        with warnings.catch_warnings(action="ignore"):
            # More than `ast.parse`: also where names are declared, and where `__future__` stands.
            compile(source, "source.py", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _unfit(source: str) -> Dropped | None:
    if not parses(source):
        return Dropped(Reason.COMPILE_ERROR, "not valid Python 3")
    for word in ("__getattribute__", "__slots__", "__builtins__", "settrace", "_getframe", "currentframe"):
        if word in source:
            return Dropped(Reason.CANNOT_INSTRUMENT, f"uses {word}")
    if re.search(r"testmod\([^)]*verbose|DocTestFinder|getmembers", source):
        return Dropped(Reason.CANNOT_INSTRUMENT, "lists its own functions")
    return None


def _assigned_names(root: Node) -> set[str]:
    """Names that are bound at module level or declared global, as far as they could hide a builtin there."""
    names: set[str] = set()
    for node in walk(root):
        if node.type == "global_statement":
            names |= {text_of(child) for child in node.named_children}
        elif node.type in {"function_definition", "class_definition"}:
            if not _inside_function(node) and (name := node.child_by_field_name("name")) is not None:
                names.add(text_of(name))
        elif node.type in {"assignment", "for_statement", "augmented_assignment"} and not _inside_function(node):
            left = node.child_by_field_name("left")
            names |= set(targets(left)) if left is not None else set()
        elif node.type in {"aliased_import", "import_from_statement", "as_pattern_target"} and not _inside_function(
            node
        ):
            names |= {text_of(child) for child in walk(node) if child.type == "identifier"}
    return names


def _inside_function(node: Node) -> bool:
    parent = node.parent
    while parent is not None:
        if parent.type in {"function_definition", "class_definition", "lambda"}:
            return True
        parent = parent.parent
    return False


def _helper_place(root: Node, raw: bytes, helper: str, newline: str) -> Insertion | None:
    """The helper stands before the first statement that is neither a docstring nor an import from `__future__`."""
    first = None
    for position, node in enumerate(child for child in root.named_children if child.type != "comment"):
        docstring = position == 0 and node.type == "expression_statement" and node.named_children[0].type == "string"
        if docstring or node.type == "future_import_statement":
            continue
        first = node
        break
    if first is None or indent_before(raw, first.start_byte) != "":
        return None
    return Insertion(line_start(raw, first.start_byte), (helper + "\n\n").replace("\n", newline))
