"""Where the helper of C and C++ stands, and what it is called.

Belongs here: the head of a file. Does not: the helper's text (`helper.txt`), statements.
"""

import re
from collections.abc import Collection, Sequence

from tree_sitter import Node

from alchemy_assets.syntax_tree import text_of, walk
from alchemy_assets.tracing.instrument.found import newline_of
from alchemy_assets.tracing.instrument.points import Insertion, above_comments, indent_before, line_start
from alchemy_assets.tracing.reasons import Dropped, Reason

HELPER_NAMES = ("trace", "tracing", "emit")
# What takes stderr away, or shows where it stands in its source whatever happens.
SEES_ITSELF = re.compile(
    r"\b__COUNTER__\b|\bsource_location\b|\bstacktrace\b|#\s*include\s+__FILE__|\bfclose\s*\(\s*stderr"
    r"|\bfreopen\s*\([^;]*stderr|\bclose\s*\(\s*(?:2\b|STDERR_FILENO|fileno\s*\(\s*stderr)"
    r"|\bdup2\s*\([^;]*(?:\b2|STDERR_FILENO|fileno\s*\(\s*stderr\s*\))\s*\)|\bstderr\s*=[^=]"
)
_HEAD = {"preproc_include", "preproc_def", "preproc_function_def", "preproc_call", "comment", "preproc_undef", ";"}
_CONDITIONALS = {"preproc_if", "preproc_ifdef", "preproc_else", "preproc_elif", "preproc_elifdef"}


def free_prefix(source: str) -> str | None:
    """What the names of the helper begin with, so that the source uses none of them."""
    shows = re.search(r"\bSHOW(?:_WORD|_ARRAY)?\b", source) is not None
    for one in HELPER_NAMES:
        taken = re.search(rf"\b(?i:{one})(?:_\w+|[A-Z]\w*)?\b", source) is not None
        if not taken and not (shows and one == HELPER_NAMES[0]):
            return one
    return None


def renamed(text: str, prefix: str) -> str:
    """The helper's text, or one of its names, with another prefix where the source uses `trace` itself."""
    if prefix == HELPER_NAMES[0]:
        return text
    changed = {"TRACE": prefix.upper(), "trace": prefix, "Trace": prefix.title(), "SHOW": f"{prefix.upper()}_SHOW"}
    return re.sub(r"\b(TRACE|trace|SHOW|Trace)(?=_\w|\(|[A-Z]|\Z)", lambda match: changed[match[1]], text)


def with_parts(text: str, parts: Collection[str]) -> str:
    """The helper's text with those of its optional lines, marked `@part@`, that belong to the named parts."""
    return re.sub(r"^@(\w+)@(.*\n)", lambda match: match[2] if match[1] in parts else "", text, flags=re.MULTILINE)


def place_helper(root: Node, raw: bytes, text: str, headers: Sequence[str]) -> list[Insertion] | Dropped:
    """The helper stands behind the last #include of the head, with the headers that the file does not have itself."""
    last, first = None, None
    for one in root.named_children:
        if one.type in _CONDITIONALS:
            inside = [part for part in walk(one) if part.is_named]
            if any(part.type in {"function_definition", "declaration", "type_definition"} for part in inside):
                first = one
                break
        elif one.type not in _HEAD:
            first = one
            break
        if any(part.type == "preproc_include" for part in walk(one)):
            last = one
    if first is None:
        return Dropped(Reason.CANNOT_INSTRUMENT, "nothing is declared")
    included = {
        text_of(path).strip('<>"')
        for one in root.named_children
        if one.type == "preproc_include"
        and one.start_byte < first.start_byte
        and (path := one.child_by_field_name("path")) is not None
    }
    missing = [name for name in headers if name not in included]
    opening, _, rest = text.partition("\n")
    lines = [opening, *(f"#include <{name}>" for name in missing), rest]
    if last is not None:
        offset = _line_after(raw, last.end_byte)
        if any(one.start_byte < offset < one.end_byte for one in root.named_children if one.type == "comment"):
            offset = next(
                _line_after(raw, one.end_byte)
                for one in root.named_children
                if one.type == "comment" and one.start_byte < offset < one.end_byte
            )
        whole = "\n" + "\n".join(lines)
    else:
        if indent_before(raw, first.start_byte) is None:
            return Dropped(Reason.CANNOT_INSTRUMENT, "the first declaration shares its line")
        offset, whole = above_comments(raw, first), "\n".join(lines) + "\n"
    return [Insertion(offset, whole.replace("\n", newline_of(raw)))]


def _line_after(raw: bytes, offset: int) -> int:
    """Where the line after a directive begins, which may itself hold the end of its line."""
    if raw[offset - 1 : offset] == b"\n":
        return offset
    end = raw.find(b"\n", offset)
    return end + 1 if end >= 0 else line_start(raw, offset)
