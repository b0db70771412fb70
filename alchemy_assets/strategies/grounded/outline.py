"""What a file defines and where: its functions with their doc comments, its classes, values and imports, in lines.

Belongs here: cutting a file into definitions. Does not: which of them a sample needs (`excerpt`), what names mean
(`names`).
Lines are counted from 0.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from pathlib import PurePosixPath

from tree_sitter import Node, Query, QueryCursor, Tree

from alchemy_assets import syntax_tree
from alchemy_assets.strategies.grounded.names import Name, names_in
from alchemy_assets.strategies.grounded.shapes import SHAPES, Shape

COMMENTS = frozenset({"comment", "line_comment", "block_comment", "multiline_comment"})
_WORDS = re.compile(r"\w+")
_AROUND_ONE = frozenset({"decorated_definition", "template_declaration", "export_statement", "expression_statement"})
_DECLARATIONS = frozenset({"lexical_declaration", "variable_declaration", "expression_statement"})
_RUBY_IMPORTS = frozenset({"require", "require_relative"})
_SHELL_IMPORTS = frozenset({"source", "."})
_RUST_STANDARD = frozenset({"std", "core", "alloc"})
# Names that a package and an import have in common at their beginning where both are of one project.
_PACKAGE_SHARED = {"import_declaration": 3, "namespace_use_declaration": 1}


@dataclass(frozen=True, eq=False)
class Item:
    """One definition.

    kind: `function`, `container`, `value` or `import`. name: of a function or container.
    node: the function or class itself; body: its block, where it has one.
    first, head, last: its first line (with doc comment and decorators), the last of its signature, and its last.
    code: the first line that is no doc comment above.
    doc: lines of the doc comment, first and last; None where it has none.
    parents: the containers around it, outermost first.
    """

    kind: str
    name: str
    node: Node
    body: Node | None
    first: int
    code: int
    head: int
    last: int
    doc: tuple[int, int] | None
    parents: tuple["Item", ...]

    @cached_property
    def inside(self) -> tuple[Node, ...]:
        """The nodes of its body, in source order; none where it has no body."""
        return tuple(syntax_tree.walk(self.body)) if self.body is not None else ()

    @property
    def signature(self) -> str:
        """Its text up to its body; all of it where it has none."""
        end = self.body.start_byte if self.body is not None else self.node.end_byte
        return (self.node.text or b"")[: end - self.node.start_byte].decode("utf-8", "replace")


@dataclass(eq=False)
class Outline:
    """The definitions of one file; kinds share it, so nobody may change it once it is read.

    of_project: imported names of what other files of the same project define, of which nobody knows more.
    """

    language: str
    shape: Shape
    lines: list[str]
    suffix: str
    tree: Tree
    items: list[Item] = field(default_factory=list)
    defined: dict[str, list[Item]] = field(default_factory=dict)
    imported: dict[str, Item] = field(default_factory=dict)
    of_project: set[str] = field(default_factory=set)
    _names: dict[int, tuple[Name, ...]] = field(default_factory=dict)

    @property
    def root(self) -> Node:
        """The root of its tree."""
        return self.tree.root_node

    @property
    def functions(self) -> list[Item]:
        """The functions of the file, in source order."""
        return [item for item in self.items if item.kind == "function"]

    def names_of(self, item: Item) -> tuple[Name, ...]:
        """The names in a function, read once."""
        if item.node.id not in self._names:
            self._names[item.node.id] = tuple(names_in(item.node, self.shape))
        return self._names[item.node.id]


def last_line(node: Node) -> int:
    """The line that a node ends in; a comment that takes its line break along ends before that."""
    row, column = node.end_point
    return row - 1 if column == 0 and row > node.start_point[0] else row


def braced(body: Node) -> bool:
    """Whether a block stands between braces."""
    return body.child_count > 0 and body.children[0].type == "{"


def is_class(item: Item) -> bool:
    """Whether a container is one of objects, not a namespace."""
    return not any(word in item.node.type for word in ("namespace", "module", "mod_item"))


def docstring(item_body: Node | None) -> Node | None:
    """The string that a Python block begins with."""
    statement = (
        next((child for child in item_body.named_children if child.type not in COMMENTS), None) if item_body else None
    )
    if statement is None or statement.type != "expression_statement" or statement.named_child_count != 1:
        return None
    text = statement.named_children[0]
    return text if text.type == "string" else None


@cache
def _above(language: str, suffix: str) -> Query | None:
    """What may stand above a definition and belong to it; None where a language has no such nodes."""
    grammar = syntax_tree.grammar(language, suffix)
    kinds = [
        kind
        for kind in sorted(COMMENTS | SHAPES[language].joined)
        if grammar.id_for_node_kind(kind, True) is not None  # noqa: FBT003 -- whether it is a named one
    ]
    return Query(grammar, f"[{' '.join(f'({kind})' for kind in kinds)}] @above") if kinds else None


class _Reader:
    """Reads one file from its root downwards."""

    def __init__(self, outline: Outline) -> None:
        self.outline = outline
        self.shape = outline.shape
        self.above: dict[int, Node] = {}
        self.package = _package(outline.root)
        query = _above(outline.language, outline.suffix)
        for node in QueryCursor(query).captures(outline.root).get("above", []) if query is not None else []:
            if not outline.lines[node.start_point[0]][: node.start_point[1]].strip():
                self.above[last_line(node)] = node

    def visit(self, node: Node, outer: Node | None, parents: tuple[Item, ...]) -> None:
        """Note what a node defines; `outer` is the decorator, template or export around it."""
        around = outer or node
        if node.type in COMMENTS or node.type in self.shape.joined or not node.is_named:
            return
        if node.type in self.shape.imports or self._imports(node):
            self._import(node, parents)
        elif found := self._function(node):
            function, name = found
            self._define(self._item("function", name, function, around, parents), (name,))
        elif node.type in self.shape.containers and self._inside(node) is not None:
            self._container(node, around, parents)
        elif node.type in self.shape.wrappers and not (node.type == "expression_statement" and not self._wraps(node)):
            for child in node.children:
                self.visit(child, around if node.type in _AROUND_ONE else None, parents)
        else:
            names = tuple(dict.fromkeys(name.text for name in names_in(node, self.shape) if name.role == "bind"))
            if node.type != "ERROR":
                self._define(self._item("value", "", node, around, parents), names)

    def _wraps(self, node: Node) -> bool:
        return any(child.type in self.shape.containers for child in node.named_children)

    def _imports(self, node: Node) -> bool:
        if node.type == "call":
            method = node.child_by_field_name("method")
            return method is not None and syntax_tree.text_of(method) in _RUBY_IMPORTS
        if node.type == "command":
            command = node.child_by_field_name("name")
            return command is not None and syntax_tree.text_of(command) in _SHELL_IMPORTS
        return False

    def _function(self, node: Node) -> tuple[Node, str] | None:
        if node.type in self.shape.functions:
            return (node, function_name(node)) if node.child_by_field_name("body") is not None else None
        if not self.shape.lambdas:
            return None
        holder = node
        if node.type in _DECLARATIONS and node.named_child_count == 1:
            holder = node.named_children[0]
        value = holder.child_by_field_name("value") or holder.child_by_field_name("right")
        target = (
            holder.child_by_field_name("name")
            or holder.child_by_field_name("property")
            or holder.child_by_field_name("left")
        )
        if value is None or target is None or value.type not in self.shape.lambdas:
            return None
        body = value.child_by_field_name("body")
        name = target.child_by_field_name("property") or target
        return (value, syntax_tree.text_of(name)) if body is not None and braced(body) else None

    def _inside(self, node: Node) -> Node | None:
        return node.child_by_field_name("body") or next(
            (c for c in node.children if c.type in self.shape.wrappers), None
        )

    def _container(self, node: Node, around: Node, parents: tuple[Item, ...]) -> None:
        name = node.child_by_field_name("name") or node.child_by_field_name("type")
        item = self._item("container", syntax_tree.text_of(name) if name else "", node, around, parents)
        self._define(item, (item.name,))
        for child in self._inside(node).children:  # type: ignore[union-attr] # the caller has looked
            self.visit(child, None, (*parents, item))

    def _import(self, node: Node, parents: tuple[Item, ...]) -> None:
        item = self._item("import", "", node, node, parents)
        self.outline.items.append(item)
        for word in _imported(node):
            self.outline.imported.setdefault(word, item)
        self.outline.of_project.update(word for part in _of_project(node, self.package) for word in _imported(part))

    def _item(self, kind: str, name: str, node: Node, around: Node, parents: tuple[Item, ...]) -> Item:
        body = self._inside(node) if kind == "container" else node.child_by_field_name("body")
        first, last = around.start_point[0], last_line(around)
        while (joined := self.above.get(first - 1)) is not None and joined.type in self.shape.joined:
            first = joined.start_point[0]
        code, doc = first, None
        if kind != "import":
            if kind != "value" and self.outline.language == "Python" and (text := docstring(body)) is not None:
                doc = (text.start_point[0], last_line(text))
            elif (lines := self._comment_above(first)) is not None:
                doc, first = lines, lines[0]
        inside = doc is not None and doc[0] > code
        return Item(
            kind,
            name,
            node,
            body,
            first,
            code,
            max(self._head(node, body), doc[1] if doc and inside else 0),
            last,
            doc,
            parents,
        )

    def _comment_above(self, line: int) -> tuple[int, int] | None:
        if line and not self.outline.lines[line - 1].strip() and (far := self.above.get(line - 2)) is not None:
            # Only what is marked as documentation may stand apart.
            line -= syntax_tree.text_of(far).startswith(("///", "/**"))
        start, kind = line, ""
        while (comment := self.above.get(start - 1)) is not None and comment.type in COMMENTS:
            text = syntax_tree.text_of(comment)
            # A line that is empty but for its "#" is part of what stands around it; "#!" is not.
            mark = text[:1] if text.startswith("#") and not text.startswith("#!") else text[:2]
            if kind and (mark != kind or mark == "/*"):
                break
            kind, start = mark, comment.start_point[0]
        return (start, line - 1) if start < line else None

    def _head(self, node: Node, body: Node | None) -> int:
        if body is None:
            return last_line(node)
        if braced(body):
            return body.start_point[0]
        before = body.prev_sibling
        while before is not None and before.type in COMMENTS:
            before = before.prev_sibling
        return last_line(before) if before is not None else node.start_point[0]

    def _define(self, item: Item, names: tuple[str, ...]) -> None:
        self.outline.items.append(item)
        for name in names:
            if name:
                self.outline.defined.setdefault(name.lstrip("$@"), []).append(item)


def function_name(node: Node) -> str:
    """The name that the definition of a function gives it; empty where it has none."""
    name = node.child_by_field_name("name")
    declarator = node.child_by_field_name("declarator")
    while name is None and declarator is not None:
        inner = declarator.child_by_field_name("declarator")
        if inner is None and declarator.type == "reference_declarator":
            inner = declarator.named_children[0]
        if inner is None:
            name = declarator.child_by_field_name("name") or declarator
            while (deeper := name.child_by_field_name("name")) is not None:
                name = deeper
        declarator = inner
    return syntax_tree.text_of(name) if name is not None else {"init_declaration": "init"}.get(node.type, "")


def _imported(node: Node) -> Iterator[str]:
    """Words that an import may bind: every name in it (not `import` or `from`), and the parts of the paths in its strings.

    An `#include` binds what its header declares, which nobody sees here.
    """
    if node.type == "preproc_include":
        return
    for part in syntax_tree.walk(node):
        if part.named_child_count or not part.is_named:
            continue
        text = syntax_tree.text_of(part)
        if text.isidentifier():
            yield text
        elif part.type in {
            "interpreted_string_literal_content",
            "string_content",
            "string_fragment",
        }:
            for word in PurePosixPath(text).parts[-2:]:
                yield word.split(".")[0].removeprefix("go-")


def _package(root: Node) -> list[str]:
    """The words of the name of the package or namespace of a file."""
    kinds = {"package_declaration", "namespace_definition"}
    named = next((node for node in root.named_children if node.type in kinds and node.named_child_count), None)
    return _WORDS.findall(syntax_tree.text_of(named.named_children[0])) if named is not None else []


def _of_project(node: Node, package: list[str]) -> Iterator[Node]:
    """The parts of an import that bind what other files of the same project define."""
    source = node.child_by_field_name("module_name") or node.child_by_field_name("source")
    if node.type == "use_declaration" and (path := node.child_by_field_name("argument")) is not None:
        # Crates of one workspace cannot be told from those of others.
        for part in path.named_children if path.type == "use_list" else [path]:
            if syntax_tree.text_of(part).split("::")[0] not in _RUST_STANDARD:
                yield part
    elif node.type == "import_declaration" and (specs := _go_specs(node)):
        # What is internal can only be imported from within the same project.
        roots = {text.split("/internal/")[0] for text in specs.values() if "/internal/" in text}
        yield from (spec for spec, text in specs.items() if any(f"{text}/".startswith(f"{root}/") for root in roots))
    elif source is not None and syntax_tree.text_of(source).lstrip("\"'").startswith("."):
        yield node
    elif (shared := _PACKAGE_SHARED.get(node.type)) and package and node.named_child_count:
        words = _WORDS.findall(syntax_tree.text_of(node.named_children[0]))
        if words[:shared] == package[:shared]:
            yield node


def _go_specs(node: Node) -> dict[Node, str]:
    """The parts of an import of Go, with their paths."""
    paths = ((part, part.child_by_field_name("path")) for part in syntax_tree.walk(node) if part.type == "import_spec")
    return {part: syntax_tree.text_of(path).strip('"`') for part, path in paths if path is not None}


@lru_cache(maxsize=4)  # kinds ask for the outline of the same file one after the other
def outline_of(language: str, text: str, suffix: str = "") -> Outline:
    """Read the definitions of a file."""
    tree = syntax_tree.parse(language, text.encode(), suffix)
    outline = Outline(language, SHAPES[language], text.split("\n"), suffix, tree)
    reader = _Reader(outline)
    for child in tree.root_node.children:
        reader.visit(child, None, ())
    return outline


@lru_cache(maxsize=4)
def attributes(outline: Outline) -> dict[str, list[tuple[Item, Name]]]:
    """Where methods assign to fields of their own object: the name of the field, the method, the place."""
    found: dict[str, list[tuple[Item, Name]]] = {}
    for item in outline.functions:
        for name in outline.names_of(item):
            if name.role == "own" and name.assigned:
                found.setdefault(name.text.lstrip("$@"), []).append((item, name))
    return found
