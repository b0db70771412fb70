"""A program's text, ready to be searched: comments out of the way, what stands in strings apart.

Belongs here: what is comment, what is string, what is defined, in every language.
Does not: what a word means (`c`, `go`, ...).
Both views have the length and the line breaks of the source (a character is a byte), so offsets can be exchanged.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from tree_sitter import Node

from alchemy_assets.syntax_tree import parse, walk

# What stands between the quotes, where the grammar has a node for it.
_CONTENT = {
    "character", "character_literal_content", "heredoc_content", "interpreted_string_literal_content", "jsx_text",
    "line_str_text", "multi_line_str_text", "multiline_string_fragment", "nowdoc_string", "raw_string_content",
    "raw_string_literal_content", "regex_pattern", "string_content", "string_fragment", "string_literal_content", "text",
}  # fmt: skip
_ESCAPES = {"escape_sequence", "str_escaped_char"}
# Literals that are a single node, quotes and all.
_WHOLE = {"rune_literal", "char_literal", "character_literal", "raw_string_literal", "verbatim_string_literal"}
_STRINGS = {
    "bare_string", "char_literal", "character_literal", "encapsed_string", "heredoc_body", "interpolated_string_expression",
    "interpreted_string_literal", "line_string_literal", "multi_line_string_literal", "raw_string_literal",
    "nowdoc_body", "rune_literal", "string", "string_literal", "template_string", "verbatim_string_literal",
}  # fmt: skip
_DEFINING = re.compile(
    r"(?:function|method)\w*(?:_definition|_declaration|_declarator|_item)$|^(?:method|macro_definition)$"
)
_SIMPLE_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0"}


@dataclass(frozen=True)
class Literal:
    """A string or a character of the source: what it says, where it begins, and its node."""

    text: str
    start: int
    node: Node


@dataclass(frozen=True)
class Code:
    """A parsed source; `plain` is the text without comments, `bare` without what stands in strings either."""

    language: str
    root: Node
    plain: str
    bare: str
    comments: str
    strings: tuple[Literal, ...]
    defined: frozenset[str]


@lru_cache(maxsize=8)
def read_code(language: str, source: str) -> Code:
    """Parse a source and take its comments and strings apart."""
    raw = source.encode()
    root = parse(language, raw).root_node
    plain, bare = bytearray(raw), bytearray(raw)
    comments: list[str] = []
    strings: list[Literal] = []
    defined: set[str] = set()
    for node in walk(root):
        if node.type.endswith("comment") and not node.type.startswith("keyword"):
            comments.append(_text(node))
            _blank(plain, node.start_byte, node.end_byte)
            _blank(bare, node.start_byte, node.end_byte)
        elif node.type in _CONTENT or node.type in _ESCAPES:
            _blank(bare, node.start_byte, node.end_byte)
        elif node.type in _WHOLE or (node.type == "literal" and _text(node)[:1] in {"'", '"'}):
            _blank(bare, node.start_byte + 1, node.end_byte - 1)
        if node.type in _STRINGS or (node.type == "literal" and _text(node)[:1] == "'"):
            strings.append(Literal(said(node), node.start_byte, node))
        elif _DEFINING.search(node.type):
            defined |= {name for name in (_name(node),) if name}
    return Code(
        language,
        root,
        plain.decode("latin-1"),
        bare.decode("latin-1"),
        "\n".join(comments),
        tuple(strings),
        frozenset(defined),
    )


def _text(node: Node) -> str:
    return (node.text or b"").decode(errors="replace")


def _blank(text: bytearray, start: int, end: int) -> None:
    text[start:end] = re.sub(rb"[^\n]", b" ", bytes(text[start:end]))


def _name(node: Node) -> str:
    for field in ("name", "declarator"):
        name = node.child_by_field_name(field)
        if name is not None and not name.named_children:
            return _text(name)
    return ""


def said(node: Node) -> str:
    """What a string's node says: its quotes gone, its escapes read; expressions inside are left out."""
    parts = []
    for child in node.children:
        if child.type in _CONTENT and not child.children:
            parts.append(_text(child))
        elif child.type in _CONTENT:
            parts.append(said(child) or _text(child))
        elif child.type in _ESCAPES:
            parts.append(_SIMPLE_ESCAPES.get(_text(child)[1:], _text(child)[1:]))
    if parts:
        return "".join(parts)
    return re.sub(r"^[@LubrR#$]*(['\"`]+)(.*?)\1#*$", r"\2", _text(node), flags=re.DOTALL)
