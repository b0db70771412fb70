"""Put trace points into bash scripts.

Belongs here: where a command may stand in bash without changing what the script does. Does not: what the script is run
with (`tracing.inputs`), and whether it may be run (`tracing.screening`).

Two things a command must not disturb: the status `$?` of the command before it, which the next one, or the end of a
function, may read; and streams that are caught, which is why the helper writes to a copy of the script's own stderr.
"""

import re
from collections.abc import Mapping

from tree_sitter import Node

from alchemy_assets.syntax_tree import parse, text_of, walk
from alchemy_assets.tracing.instrument.found import Found, helper_text
from alchemy_assets.tracing.instrument.points import Insertion, indent_before, line_start
from alchemy_assets.tracing.instrument.shell.statements import NAME, READS_STATUS, Scope, Walker
from alchemy_assets.tracing.reasons import Dropped, Reason

HELPER_NAMES = ("trace", "trace_event", "emit_trace")
# What shows where a script's lines are, or runs code at every command, would show the helper too.
_SEES_EVERYTHING = re.compile(
    r"LINENO|BASH_COMMAND|^\s*caller\b|\$\(caller\b"
    r"|^\s*set\s+(?:-\w*[xvn]|-o\s+(?:xtrace|verbose|noexec|posix|functrace))|^#!.*bash\s+-\w*[xvn]"
    r"|\btrap\b[^\n]*\b(?:DEBUG|RETURN|ERR)\b|\bcompgen\b|\bdeclare\s+-[fFp]|\bdisown\b|\bcoproc\b|exec\s+(?:2|&)>|\bsh\s+\"?\$0",
    re.MULTILINE,
)


def find_points(source: str) -> Found | Dropped:  # noqa: PLR0911 -- a return a reason
    """All trace points that a script could have, and the helper that they call."""
    raw = source.encode()
    name = next((name for name in HELPER_NAMES if not re.search(rf"\b{name}(?:_|\b)", source, re.IGNORECASE)), None)
    descriptor = next((number for number in (9, 8, 7) if not re.search(rf"\b{number}[<>]|&{number}\b", source)), None)
    if name is None or descriptor is None:
        return Dropped(Reason.CANNOT_INSTRUMENT, "every name for the helper or its file descriptor is taken")
    if (match := _SEES_EVERYTHING.search(source)) is not None:
        return Dropped(Reason.CANNOT_INSTRUMENT, f"uses {match[0].strip()}")
    if b"\r" in raw:
        return Dropped(Reason.COMPILE_ERROR, "lines end in a carriage return")
    root = parse("Shell", raw).root_node
    if root.has_error:
        return Dropped(Reason.CANNOT_INSTRUMENT, "the grammar does not understand the file")
    functions = _functions(root)
    if _background(root):
        return Dropped(Reason.NONDETERMINISTIC, "runs a command in the background")
    first = next((child for child in root.named_children if child.type != "comment"), None)
    if first is None or indent_before(raw, first.start_byte) is None:
        return Dropped(Reason.NO_EVENTS, "no statement on a line of its own")
    text = helper_text("shell").replace("TRACE_", f"{name.upper()}_").replace("trace()", f"{name}()")
    text = text.replace("exec 9>&2", f"exec {descriptor}>&2").replace(">&9", f">&{descriptor}")
    helper = Insertion(line_start(raw, first.start_byte), text + "\n")
    readers = {one for one, body in functions.items() if _begins_with_status(body)}
    walker = Walker(raw, name, _arrays(root), readers, *_concurrent(root, functions))
    walker.block(root.named_children, Scope("script"))
    if not walker.points:
        return Dropped(Reason.NO_EVENTS, "no place for a trace point")
    points = sorted(walker.points, key=lambda point: (point.line, point.insertions[0].offset))
    return Found(tuple(points), (helper,))


def parses(source: str) -> bool:
    """Whether the grammar understands a script; `bash -n` in the sandbox has the last word."""
    return not parse("Shell", source.encode()).root_node.has_error


def _functions(root: Node) -> dict[str, Node]:
    found = {}
    for node in walk(root):
        if node.type == "function_definition":
            name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
            if name is not None and body is not None:
                found[text_of(name)] = body
    return found


def _begins_with_status(body: Node) -> bool:
    first = next((child for child in body.named_children if child.type != "comment"), None)
    return first is not None and READS_STATUS.search(text_of(first)) is not None


def _called(node: Node, functions: Mapping[str, Node]) -> set[str]:
    """The script's own functions that a part of it calls, also through others."""
    found: set[str] = set()
    waiting = [node]
    while waiting:
        for one in walk(waiting.pop()):
            if one.type == "command_name" and (name := text_of(one)) in functions and name not in found:
                found.add(name)
                waiting.append(functions[name])
    return found


def _has_body(node: Node) -> bool:
    return any(one.type in {"do_group", "if_statement", "case_statement"} for one in walk(node))


def _concurrent(root: Node, functions: Mapping[str, Node]) -> tuple[set[str], set[int]]:
    """Functions, and parts of pipes by their offset, that run beside others: their events would come in any order."""
    muted: set[str] = set()
    parts: set[int] = set()
    for node in walk(root):
        if node.type == "process_substitution":
            muted |= _called(node, functions)
        elif node.type == "pipeline":
            writing = [part for part in node.named_children if _called(part, functions) or _has_body(part)]
            for part in writing[:-1]:
                muted |= _called(part, functions)
                parts.add(part.start_byte)
    return muted, parts


def _background(root: Node) -> bool:
    return any(
        node.type == "&" and node.parent is not None and node.parent.type != "binary_expression" for node in walk(root)
    )


def _arrays(root: Node) -> dict[str, str]:
    """How each name that is an array is shown: `list`, or `hash` for those in no order, which are not shown."""
    found: dict[str, str] = {}
    for node in walk(root):
        if node.type == "variable_assignment" and (left := node.child_by_field_name("name")) is not None:
            value = node.child_by_field_name("value")
            if value is not None and value.type == "array" and (name := NAME.match(text_of(left))) is not None:
                found.setdefault(name[0], "list")
        elif node.type == "subscript" and (name := NAME.match(text_of(node))) is not None:
            found.setdefault(name[0], "list")
        elif node.type == "command" and re.match(r"(?:mapfile|readarray|read\s+(?:-\w+\s+)*-\w*a)\b", text_of(node)):
            found.setdefault(text_of(node).split()[-1], "list")
        elif node.type == "declaration_command":
            found |= _declared(node)
    return found


def _declared(node: Node) -> dict[str, str]:
    """The arrays, and the references to other variables, that a `declare` or `local` names."""
    flags = re.match(r"\w+\s+-(\w*)", text_of(node))
    how = "" if flags is None else "hash" if set(flags[1]) & {"A", "n"} else "list" if "a" in flags[1] else ""
    parts = [child for child in node.named_children if child.type in {"variable_assignment", "variable_name"}]
    names = [NAME.match(text_of(part)) for part in parts]
    return {name[0]: how for name in names if name is not None and how}
