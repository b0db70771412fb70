"""Judge files by text that would steer a model or a reader: control marks, control characters, bidirectional overrides.

Belongs here: turning marks into recorded edits that keep a file parsing, and when to reject instead. Does not: the
marks themselves (`control_marks`). An edit inside a string may change what a program prints, hence the record.
"""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TypedDict

import polars as pl
from tree_sitter import Node

from alchemy_assets import schema, syntax_tree
from alchemy_assets.curation.control_marks import PREFILTER, Mark, marks
from alchemy_assets.curation.edits import Edit, edited
from alchemy_assets.curation.stage import Rule, Stage
from alchemy_assets.curation.syntax import errors_in

NAME = "control_text"
COLUMNS: Mapping[str, pl.DataType] = MappingProxyType(
    {
        "control_tokens": pl.Int64(),
        "role_lines": pl.Int64(),
        "neutralised": pl.Boolean(),
        "control_characters": pl.Int64(),
        "open_bidi": pl.Boolean(),
    }
)

# A file with more is a chat log or a tokenizer's data, not a program that mentions them (ours).
MOST_MARKS = 100

# C0 and DEL, but for tab, line feed, form feed and carriage return.
_CONTROL_CHARACTER = r"[\x00-\x08\x0b\x0e-\x1f\x7f]"
_BIDI = r"[\x{202a}-\x{202e}\x{2066}-\x{2069}]"
_EMBEDDINGS, _POP_EMBEDDING = "\u202a\u202b\u202d\u202e", "\u202c"
_ISOLATES, _POP_ISOLATE = "\u2066\u2067\u2068", "\u2069"

# Names of the nodes whose text is for people: comments, strings, here-documents, text outside of PHP and of JSX.
_PROSE = ("comment", "string", "heredoc", "text", "content", "regex")


class _Edit(TypedDict):
    start: int
    end: int
    replacement: str
    kind: str


def edits_of(language: str, text: str) -> tuple[list[Edit], bool]:
    """Edits (byte spans) that take every mark out of a text, and whether they do so and it parses as well as before.

    A role at the start of a line of code (a field `User: 1`) is left alone: it is no turn of a dialogue.
    """
    found = marks(text)
    if len(found) > MOST_MARKS:
        return _to_edits(text, found), True  # it is rejected for their number; each would cost a look at the tree
    if any(mark.kind == "role_line" for mark in found) and language != "Markdown":
        root = syntax_tree.parse(language, text.encode()).root_node
        found = [
            mark
            for mark in found
            if mark.kind != "role_line" or mark.alone or _is_prose(root, _bytes_before(text, mark))
        ]
    edits = _to_edits(text, found)
    if not edits:
        return [], True
    after = edited(text, edits)
    return edits, not _still_marked(language, after) and _errors(language, after) <= _errors(language, text)


def _to_edits(text: str, found: Sequence[Mark]) -> list[Edit]:
    edits, at_character, at_byte = [], 0, 0
    for mark in found:
        start = at_byte + len(text[at_character : mark.start].encode())
        end = start + len(text[mark.start : mark.end].encode())
        edits.append(Edit(start, end, mark.replacement, mark.kind))
        at_character, at_byte = mark.end, end
    return edits


def _still_marked(language: str, text: str) -> bool:
    left = marks(text)
    if language == "Markdown" or any(mark.kind == "control_token" or mark.alone for mark in left):
        return bool(left)
    root = syntax_tree.parse(language, text.encode()).root_node if left else None
    return root is not None and any(_is_prose(root, _bytes_before(text, mark)) for mark in left)


def _bytes_before(text: str, mark: Mark) -> int:
    return len(text[: mark.start].encode())


def _is_prose(root: Node, offset: int) -> bool:
    node = root.descendant_for_byte_range(offset, offset + 1)
    while node is not None:
        if any(word in node.type for word in _PROSE):
            return True
        node = node.parent
    return False


def _errors(language: str, text: str) -> int:
    return 0 if language == "Markdown" else errors_in(language, text.encode()).error_nodes


def leaves_bidi_open(text: str) -> bool:
    """Whether a line opens a bidirectional embedding, override or isolate that it does not close (CVE-2021-42574)."""
    return any(
        _stays_open(line, opening, closing)
        for line in text.splitlines()
        for opening, closing in ((_EMBEDDINGS, _POP_EMBEDDING), (_ISOLATES, _POP_ISOLATE))
    )


def _stays_open(line: str, opening: str, closing: str) -> bool:
    depth = 0
    for each in line:
        # What closes nothing has no effect, so it makes up for nothing that is opened later.
        depth = depth + 1 if each in opening else max(0, depth - 1) if each == closing else depth
    return depth > 0


def stage() -> Stage:
    """The stage `control_text`; it needs no settings."""
    return Stage(NAME, COLUMNS, _measure, RULES)


def _measure(files: pl.DataFrame) -> pl.DataFrame:
    marked = files.select(pl.col("text").str.contains(PREFILTER)).to_series()
    bidi = files.select(pl.col("text").str.contains(_BIDI)).to_series()
    rows = [
        (*_row(language, text, is_marked), may_open and leaves_bidi_open(text))
        for language, text, is_marked, may_open in zip(files["language"], files["text"], marked, bidi, strict=True)
    ]
    columns = {
        "control_tokens": pl.Int64(),
        "role_lines": pl.Int64(),
        "neutralised": pl.Boolean(),
        "edits": pl.List(schema.EDIT),
        "detail": pl.String(),
        "open_bidi": pl.Boolean(),
    }
    return files.hstack(pl.DataFrame(rows, schema=columns, orient="row")).with_columns(
        control_characters=pl.col("text").str.count_matches(_CONTROL_CHARACTER)
    )


def _row(language: str, text: str, is_marked: bool) -> tuple[int, int, bool, list[_Edit], str]:  # noqa: FBT001 -- a column
    edits, neutralised = edits_of(language, text) if is_marked else ([], True)
    rows: Iterable[_Edit] = (_Edit(start=e.start, end=e.end, replacement=e.replacement, kind=e.kind) for e in edits)
    tokens = sum(edit.kind == "control_token" for edit in edits)
    line = text.encode()[: edits[0].start].count(b"\n") + 1 if edits else 0
    return tokens, len(edits) - tokens, neutralised, list(rows), f"line {line}" if edits else ""


RULES = (
    Rule("it holds many control tokens or role lines", pl.col("control_tokens") + pl.col("role_lines") > MOST_MARKS),
    Rule("its control text cannot be taken out", ~pl.col("neutralised")),
    Rule("it holds control characters", pl.col("control_characters") > 0),
    Rule("it leaves a bidirectional override open", pl.col("open_bidi")),
)
