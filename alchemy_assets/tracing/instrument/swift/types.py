"""What a Swift file says about its own types: which properties are stored, what cannot be copied or shown.

Belongs here: facts about declarations, found once a file. Does not: statements (`swift.shapes`), events (`swift`).
A point reads no property that runs code of the program: computed, lazy and wrapped ones are not known here.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tree_sitter import Node

from alchemy_assets.syntax_tree import text_of, walk
from alchemy_assets.tracing.instrument.shapes import Variable
from alchemy_assets.tracing.instrument.swift.patterns import bound

BODIES = frozenset({"class_body", "enum_class_body", "protocol_body"})
# Attributes that leave a property as stored as it was.
_PLAIN = re.compile(
    r"@(?:available\([^)]*\)|inline\(\w+\)|_\w+(?:\([^)]*\))?|(?:usableFromInline|objc|nonobjc|MainActor)\b)"
)
_NOT_STORED = re.compile(r"\b(?:lazy|async|dynamic|unowned|@NSManaged)\b")
_NOT_COPIED = re.compile(
    r"\b(?:struct|enum)\s+(\w+)[^{]*~\s*(?:Copyable|Escapable)|\b(\w+)\s*:\s*~\s*(?:Copyable|Escapable)"
)
_FUNCTION_TYPE = re.compile(r"\btypealias\s+(\w+)(?:<[^=\n]*>)?\s*=[^\n]*->")
_CONSUMED = re.compile(r"\b(?:consume|_move)\b[\s(]*(\w+)|\bdiscard\s+(self)\b")
_BUILT = re.compile(r"@resultBuilder|@_functionBuilder|\bimport (?:RegexBuilder|SwiftUI)\b")
# Bodies that others get to see or check may not call the helper.
_UNTOUCHED = re.compile(
    r"@(?:inlinable|_transparent|_alwaysEmitIntoClient|backDeployed|_backDeploy|_no\w+|differentiable|_effects)\b"
)
_PLAIN_TYPE = re.compile(r"\[?(?:U?Int\d*|String|Bool|Double|Float|Character)\]?\??")
# Values that cannot be handed to a function of any type, or say nothing.
_HIDDEN = re.compile(
    r"->|~|\b(?:borrowing|consuming|__owned|__shared|each|repeat|async|isolated|sending)\b|\bUnsafe\w+|\bOpaquePointer\b"
)


@dataclass(frozen=True)
class Declared:
    """Facts of one file.

    properties: the stored properties of each type, and of what it inherits from. fields: names that are stored
    properties wherever they occur. hidden: types that cannot be shown; consumed: variables that lose their value.
    uncopied: whether some types are not copied. mutating: methods that change what they are called on. subscripts:
    whether the file defines what brackets do. built: whether closures may be bodies of a result builder; builders: their
    attributes.
    """

    properties: Mapping[str, tuple[Variable, ...]]
    fields: frozenset[str]
    hidden: frozenset[str]
    consumed: frozenset[str]
    uncopied: bool
    mutating: frozenset[str]
    subscripts: bool
    built: bool
    builders: frozenset[str]

    def shows(self, name: str, kind: str) -> bool:
        """Whether a variable of a declared type can be shown; of most variables the type is not known."""
        if name in self.consumed or _HIDDEN.search(kind):
            return False
        if self.uncopied:
            # A value that holds one that cannot be copied cannot be looked into, and types are found out rarely.
            return _PLAIN_TYPE.fullmatch(kind) is not None
        return not (self.hidden and self.hidden.intersection(re.findall(r"\w+", kind)))

    def untouched(self, node: Node) -> bool:
        """Whether no point may stand in the body of a declaration, because of its attributes."""
        words = _modifiers(node)
        return bool(_UNTOUCHED.search(words)) or any(name in self.builders for name in re.findall(r"@(\w+)", words))


def declared(root: Node, source: str) -> Declared:
    """All that a file declares."""
    stored: dict[str, list[Variable]] = {}
    above: dict[str, list[str]] = {}
    fields: set[str] = set()
    computed: set[str] = set()
    for node in walk(root):
        if node.type == "class_declaration":
            name = type_name(node)
            stored.setdefault(name, [])
            above.setdefault(name, []).extend(_inherits(node))
            for variable in _stored(node):
                stored[name].append(variable)
                # What belongs to an actor is not read from outside without waiting.
                (computed if _is_actor(node) else fields).add(variable.name)
        elif node.type == "property_declaration" and not is_stored(node):
            computed.update(bound_names(node))
    hidden = {name for match in _NOT_COPIED.finditer(source) for name in match.groups() if name}
    hidden |= set(_FUNCTION_TYPE.findall(source))
    facts_hidden = re.compile(rf"\b(?:{'|'.join(hidden)})\b") if hidden else None
    for variable in (one for those in stored.values() for one in those):
        if _HIDDEN.search(variable.type) or (facts_hidden is not None and facts_hidden.search(variable.type)):
            computed.add(variable.name)
    builders = set(
        re.findall(r"@(?:resultBuilder|_functionBuilder)\s+(?:\w+\s+)*?(?:struct|class|enum)\s+(\w+)", source)
    )
    return Declared(
        {name: tuple(_all(name, stored, above)) for name in stored},
        frozenset(fields - computed),
        frozenset(hidden),
        frozenset(name for match in _CONSUMED.finditer(source) for name in match.groups() if name),
        re.search(r"~\s*(?:Copyable|Escapable)\b", source) is not None,
        frozenset(re.findall(r"\bmutating\s+func\s+(\w+)", source)),
        "subscript" in source,
        _BUILT.search(source) is not None,
        frozenset(builders),
    )


def type_name(node: Node) -> str:
    """The name of a type or of what an extension extends, without its parameters."""
    name = node.child_by_field_name("name")
    return re.sub(r"<.*|\s", "", text_of(name), flags=re.DOTALL) if name is not None else ""


def is_stored(node: Node) -> bool:
    """Whether a property is memory that can be read without running code of the program."""
    if node.child_by_field_name("computed_value") is not None:
        return False
    words = _modifiers(node)
    if any(child.type == "async" for child in node.children):
        return False
    return not _NOT_STORED.search(words) and "@" not in _PLAIN.sub("", words)


def bound_names(node: Node) -> list[str]:
    """The names that the patterns of a declaration bind."""
    return [text_of(one) for name in node.children_by_field_name("name") for one in bound(name)]


def annotation(node: Node, pattern: Node) -> str:
    """The type that stands behind a pattern, or ""."""
    after = pattern.next_sibling
    return text_of(after).lstrip(": ") if after is not None and after.type == "type_annotation" and node else ""


def _is_actor(node: Node) -> bool:
    kind = node.child_by_field_name("declaration_kind")
    return kind is not None and text_of(kind) == "actor"


def _modifiers(node: Node) -> str:
    return " ".join(text_of(child) for child in node.children if child.type == "modifiers")


def _inherits(node: Node) -> list[str]:
    return [
        re.sub(r"<.*", "", text_of(child), flags=re.DOTALL)
        for child in node.named_children
        if child.type == "inheritance_specifier"
    ]


def _stored(node: Node) -> Iterator[Variable]:
    for body in node.named_children:
        if body.type in BODIES:
            for one in body.named_children:
                static = is_static(one)
                if one.type == "property_declaration" and is_stored(one) and not (static and _is_made(one)):
                    yield from _variables(one, member=not static)


def globals_of(root: Node) -> tuple[Variable, ...]:
    """The variables of a file without statements: they are made when they are first read, so only plain ones."""
    found = [one for one in root.named_children if one.type == "property_declaration"]
    return tuple(variable for one in found if is_stored(one) and not _is_made(one) for variable in _variables(one))


def _variables(node: Node, *, member: bool = False) -> Iterator[Variable]:
    for pattern in node.children_by_field_name("name"):
        kind = annotation(node, pattern)
        yield from (Variable(text_of(name), kind, name.start_byte, member) for name in bound(pattern))


def _is_made(node: Node) -> bool:
    """Whether code runs when a property is first read."""
    return any(one.type in {"call_expression", "lambda_literal"} for one in walk(node))


def is_static(node: Node) -> bool:
    """Whether a member belongs to its type and not to a value."""
    words = {child.type for child in node.children if not child.is_named}
    return "class" in words or re.search(r"\b(?:static|class)\b", _modifiers(node)) is not None


def _all(name: str, stored: Mapping[str, list[Variable]], above: Mapping[str, list[str]]) -> Iterator[Variable]:
    """The stored properties of a type and of the types that it inherits from."""
    waiting, seen = [name], set()
    while waiting:
        one = waiting.pop()
        if one not in seen:
            seen.add(one)
            yield from stored.get(one, ())
            waiting += above.get(one, ())
