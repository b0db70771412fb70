"""What a C# file says about its members without a compiler: which of them can be read without running code of its own.

Belongs here: names of fields, properties, indexers, events and methods. Does not: statements (`csharp.shapes`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from alchemy_assets.syntax_tree import text_of, walk

# Types of the language whose length and elements are read without effect.
_KNOWN = re.compile(
    r".*\[[,\]]*|string|String|(?:System\.)?(?:Text\.)?StringBuilder"
    r"|(?:System\.Collections\.Generic\.)?(?:(?:Sorted)?Dictionary|HashSet|List|Queue|Stack|SortedSet)<.*>",
    re.DOTALL,
)
_HANDLER = re.compile(r"\w*(?:Action|Delegate|Func|Handler)\b.*", re.DOTALL)


def is_known(kind: str) -> bool:
    """Whether a type is a container or text of the language itself."""
    return _KNOWN.fullmatch(kind) is not None


@dataclass(frozen=True)
class Members:
    """Names of members of the types of a file.

    plain: fields, and properties that are no more than fields. computed: properties that run code. indexers: whether
    there are any. types: what is declared here. methods: what can be added to an event by its name alone; events: what
    it can be added to.
    """

    plain: frozenset[str] = frozenset()
    computed: frozenset[str] = frozenset()
    methods: frozenset[str] = frozenset()
    events: frozenset[str] = frozenset()
    indexers: bool = False
    types: frozenset[str] = frozenset()

    def is_plain(self, name: str) -> bool:
        """Whether a member of this name is read without running code."""
        return name in self.plain and name not in self.computed

    def is_handler(self, target: Node, value: Node) -> bool:
        """Whether `target += value` may add to an event, which can be read nowhere but in its own class."""
        if text_of(target).rpartition(".")[2] in self.events or value.type.startswith(("lambda", "anonymous_method")):
            return True
        if value.type == "object_creation_expression" and (kind := value.child_by_field_name("type")) is not None:
            return _HANDLER.fullmatch(text_of(kind)) is not None
        return text_of(value).rpartition(".")[2] in self.methods


def members_in(root: Node) -> Members:
    """The members of all types of a file."""
    found: dict[str, set[str]] = {}
    for kind, name in _members(root):
        found.setdefault(kind, set()).add(name)
    plain, computed, methods, events = (
        frozenset(found.get(one, ())) for one in ("plain", "computed", "method", "event")
    )
    return Members(plain, computed, methods, events, "indexer" in found, frozenset(found.get("type", ())))


def _members(root: Node) -> Iterator[tuple[str, str]]:
    for one in walk(root):
        name = one.child_by_field_name("name")
        said = text_of(name) if name is not None else ""
        if one.type == "field_declaration":
            yield from (("plain", text_of(each)) for each in _declared(one))
        elif one.type == "event_field_declaration":
            yield from (("event", text_of(each)) for each in _declared(one))
        elif one.type == "property_declaration":
            yield ("plain" if is_automatic(one) else "computed"), said
        elif one.type in {"event_declaration", "method_declaration", "local_function_statement"}:
            yield ("event" if one.type == "event_declaration" else "method"), said
        elif one.type == "indexer_declaration":
            yield "indexer", ""
        elif one.type in {"class_declaration", "record_declaration", "struct_declaration"}:
            yield "type", said


def _declared(node: Node) -> Iterator[Node]:
    for one in walk(node):
        name = one.child_by_field_name("name")
        if one.type == "variable_declarator" and name is not None:
            yield name


def is_automatic(node: Node) -> bool:
    """Whether a property is no more than a field."""
    accessors = node.child_by_field_name("accessors")
    kinds = {text_of(child) for child in node.named_children if child.type == "modifier"}
    return (
        accessors is not None
        and kinds.isdisjoint({"abstract", "virtual", "override"})
        and all(not one.child_by_field_name("body") for one in accessors.named_children)
    )


def type_of_value(value: Node | None) -> str:
    """The type of a value that is made where it stands, or ""."""
    if value is None:
        return ""
    if value.type == "string_literal":
        return "string"
    kind = value.child_by_field_name("type")
    if value.type not in {"array_creation_expression", "object_creation_expression"} or kind is None:
        return ""
    return re.sub(r"\[[^\[\]]*\]", "[]", text_of(kind))
