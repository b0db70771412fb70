"""Read a Markdown document: its headings and their anchors, its links to itself, its tables.

Belongs here: what is there, and where (bytes). Does not: any question about it (`markdown_outline`, `markdown_links`,
`markdown_table`). Blocks are read off the syntax tree, what stands inside of a line by patterns.
Anchors are those that GitHub gives to headings: lower case, punctuation dropped, blanks made hyphens, a number behind
what was there before.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from alchemy_assets import syntax_tree
from alchemy_assets.syntax_tree import text_of

_HEADINGS = frozenset({"atx_heading", "setext_heading"})
_CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`)(.*?)(?<!`)\1(?!`)", re.DOTALL)
_IMAGE = re.compile(r"!\[[^\]]*\](?:\([^)]*\)|\[[^\]]*\])")
_LINK = re.compile(r"\[((?:[^\[\]]|\\[\[\]])*)\](?:\([^)]*\)|\[[^\]]*\])")
_OWN_LINK = re.compile(r"(?<!!)\[((?:[^\[\]\n]|\[[^\[\]\n]*\])+)\]\(#([^\s()]+)\)")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_NAMED = re.compile(r"""<[A-Za-z][^<>]*\b(?:id|name)\s*=\s*["']?([^"'\s>]+)""")
_STRONG = re.compile(r"(\*{1,3})(\S|\S.*?\S)\1|(?<![\w_])(_{1,3})(\S|\S.*?\S)\3(?![\w_])")
_NOT_IN_ANCHOR = re.compile(r"[^\w\- ]")
# An anchor that the writer gave, an emoji by its name, a template: another program makes the anchors.
_OTHER_RULES = re.compile(r"\{#[\w-]+\}|:[a-z_]+:|\{\{|\{%|&\w+;|\\")


@dataclass(frozen=True)
class Heading:
    """A heading: its level, its text as it is written, its anchor, and the bytes of its lines."""

    level: int
    text: str
    anchor: str
    start: int
    end: int


@dataclass(frozen=True)
class Link:
    """A link to an anchor of the same document, and the bytes of the anchor."""

    text: str
    anchor: str
    start: int
    end: int

    @property
    def written(self) -> str:
        """The link as it stands."""
        return f"[{self.text}](#{self.anchor})"


@dataclass(frozen=True)
class Table:
    """A table of pipes: its cells as they are written, where its columns are aligned, and its bytes."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    aligned: tuple[str, ...]
    start: int
    end: int


@dataclass(frozen=True)
class Document:
    """What a document has. anchors: all that a link can lead to; lists: bytes of the lists at its top level."""

    text: str
    headings: tuple[Heading, ...]
    links: tuple[Link, ...]
    anchors: frozenset[str]
    tables: tuple[Table, ...]
    lists: tuple[tuple[int, int], ...]
    faulty: bool


def shown_text(text: str) -> str:
    """What is left of a heading when its links are text and its pictures and tags gone; code stays as it is."""
    parts, start = [], 0
    for span in _CODE_SPAN.finditer(plain := _LINK.sub(lambda link: link[1], _IMAGE.sub("", text))):
        parts += [_TAG.sub("", plain[start : span.start()]), span[0]]
        start = span.end()
    return "".join([*parts, _TAG.sub("", plain[start:])]).strip()


def anchor_of(text: str) -> str:
    """The anchor of a heading, without a number behind it."""
    plain = _CODE_SPAN.sub(lambda span: span[2].strip().replace("_", "\1").replace("*", ""), shown_text(text))
    for _ in range(3):
        plain = _STRONG.sub(lambda part: part[2] or part[4], plain)
    return _NOT_IN_ANCHOR.sub("", plain.replace("\1", "_").strip().lower()).replace(" ", "-")


def by_other_rules(heading: str) -> bool:
    """Whether an anchor depends on more than the words of a heading, or on marks that programs take differently."""
    if _OTHER_RULES.search(_CODE_SPAN.sub("", heading)) or not anchor_of(heading).strip("-"):
        return True
    return any(unicodedata.category(letter) in {"Mn", "Mc", "Me", "No", "Nl", "Cf"} for letter in heading)


def read_document(text: str) -> Document:
    """Read a document once."""
    source = text.encode()
    tree = syntax_tree.parse("Markdown", source)
    headings: list[Heading] = []
    tables, lists, named, inlines = [], [], set(), []
    taken: Counter[str] = Counter()
    used: set[str] = set()
    for node in syntax_tree.walk(tree.root_node):
        if node.type in _HEADINGS:
            level, said = _level(node), _content(node)
            anchor = base = anchor_of(said)
            while anchor in used:
                taken[base] += 1
                anchor = f"{base}-{taken[base]}"
            used.add(anchor)
            headings.append(Heading(level, said, anchor, node.start_byte, node.end_byte))
        elif node.type == "pipe_table":
            if (table := _table(node)) is not None:
                tables.append(table)
        elif node.type == "list" and (node.parent is None or node.parent.type in {"section", "document"}):
            lists.append((node.start_byte, node.end_byte))
        if node.type in {"inline", "html_block", "pipe_table_cell"}:
            named.update(_NAMED.findall(text_of(node)))
            inlines.append(node)
    links = tuple(link for node in inlines for link in _links(node))
    return Document(
        text,
        tuple(headings),
        links,
        frozenset(used | named),
        tuple(tables),
        tuple(lists),
        tree.root_node.has_error,
    )


def _level(node: Node) -> int:
    for child in node.children:
        if match := re.fullmatch(r"(?:atx|setext)_h(\d)_(?:marker|underline)", child.type):
            return int(match[1])
    return 1


def _content(node: Node) -> str:
    content = node.child_by_field_name("heading_content")
    text = text_of(content).strip() if content is not None else ""
    return re.sub(r"(?:^|\s+)#+\s*$", "", text) if node.type == "atx_heading" else " ".join(text.split())


def _links(node: Node) -> Iterator[Link]:
    if node.type == "html_block":
        return
    raw = text_of(node)
    # What stands in code is no link; its place is kept.
    hidden = _CODE_SPAN.sub(lambda span: span[0] if "](#" not in span[0] else " " * len(span[0]), raw)
    for found in _OWN_LINK.finditer(hidden):
        start = node.start_byte + len(raw[: found.start(2)].encode())
        yield Link(found[1], found[2], start, start + len(found[2].encode()))


def _table(node: Node) -> Table | None:
    header: tuple[str, ...] = ()
    rows, aligned = [], []
    for part in node.children:
        if part.type == "pipe_table_header":
            header = _cells(part)
        elif part.type == "pipe_table_row":
            rows.append(_cells(part))
        elif part.type == "pipe_table_delimiter_row":
            for cell in part.named_children:
                mark = text_of(cell).strip()
                aligned.append(
                    "center"
                    if mark[:1] == mark[-1:] == ":"
                    else {":": "right"}.get(mark[-1:], "left")
                    if ":" in mark
                    else ""
                )
    if not rows or any(len(row) != len(header) for row in (*rows, aligned)):
        return None
    return Table(header, tuple(rows), tuple(aligned), node.start_byte, node.end_byte)


def _cells(row: Node) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in _split(text_of(row)))


def _split(line: str) -> list[str]:
    """The cells of a line: an escaped bar is none, nor one in code."""
    line = line.strip().removeprefix("|")
    bars = [found.start() for found in re.finditer(r"(?<!\\)\|", line)]
    cells, start = [], 0
    for bar in bars:
        cells.append(line[start:bar])
        start = bar + 1
    return cells if not line[start:].strip() and bars else [*cells, line[start:]]
