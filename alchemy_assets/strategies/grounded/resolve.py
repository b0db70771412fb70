"""Say where each name of a function comes from: itself, its language, an import, the file; or that nobody can tell.

Belongs here: what a name needs to be understood. Does not: which lines are shown for that (`excerpt`).
It errs towards "nobody can tell": a member of an object of unknown type counts only if the standard library has one
of that name, or the file, or the text that will be shown.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import TypeVar

from tree_sitter import Node

from alchemy_assets.strategies.grounded.names import Name, names_in
from alchemy_assets.strategies.grounded.outline import Item, Outline, attributes, is_class, last_line
from alchemy_assets.syntax_tree import text_of

_TYPE_FIELDS = ("type", "return_type")
_VALUE_FIELDS = ("value", "right")
_ROOT_PACKAGES = frozenset({"std", "core", "alloc", "java", "javax"})
_SAME_NAMED = 2
_TYPES = frozenset({"struct_item", "enum_item", "union_item"})
_TWO_OF_A_NAME = frozenset({"Java", "PHP", "Rust"})
_CALLS = frozenset(
    {
        "function_call_expression",
        "member_call_expression",
        "method_invocation",
        "nullsafe_member_call_expression",
        "scoped_call_expression",
    }
)
# Where a file can add methods to the types of others.
_EXTENDING = frozenset({"CSharp", "Ruby", "Rust", "Swift"})
# Where a method needs `self.` or the name of its class to reach another one.
_NAME_THEIR_OBJECT = frozenset({"JavaScript", "PHP", "Python", "Rust", "TypeScript"})
_LONGEST_STATEMENT = 8
# What says that there is a method, without a body: another one of the same name.
_DECLARED = re.compile(r"method_declaration|(?:method|function)_signature")
_T = TypeVar("_T")


@cache
def known_names(language: str) -> Mapping[str, frozenset[str]]:
    """What a language and its standard library define: `bare` names, and `members` that objects of theirs have."""
    file = resources.files("alchemy_assets.strategies.grounded") / "known_names" / f"{language}.txt"
    found: dict[str, set[str]] = {"bare": set(), "members": set()}
    section: set[str] = set()
    for line in file.read_text(encoding="utf-8").splitlines():
        if line in {"[bare]", "[members]"}:
            section = found[line[1:-1]]
        elif not line.startswith("# "):
            section.update(line.split())
    return MappingProxyType({name: frozenset(words) for name, words in found.items()})


@dataclass
class Needs:
    """What a function's names need.

    items: definitions of the file. fields: lines of other methods that assign its fields.
    imports: those that bind a name of it. unknown: names that nobody defines. maybe: members that are fine if they
    occur in the text that is shown.
    """

    items: list[Item] = field(default_factory=list)
    fields: list[tuple[Item, int, int]] = field(default_factory=list)
    imports: list[Item] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    maybe: list[str] = field(default_factory=list)


class _Resolver:
    def __init__(self, outline: Outline, item: Item, own_fields: Mapping[str, list[tuple[Item, Name]]]) -> None:
        self.outline = outline
        self.item = item
        self.own_fields = own_fields
        self.known = known_names(outline.language)
        self.own = _go_receiver(item.node) if outline.language == "Go" else frozenset()
        self.names = tuple(names_in(item.node, outline.shape, self.own)) if self.own else outline.names_of(item)
        self.locals = {
            name.text
            for name in self.names
            if name.role == "bind" and not (name.text == item.name and name.holder == item.node)
        } - self._shared()
        self.of_known_type: set[str] = set()
        self.needs = Needs()
        for name in self.names:
            if name.role == "bind" and self._bound_to_known(name):
                self.of_known_type.add(name.text)

    def resolve(self) -> Needs:
        """Look at every name, those of the signature included."""
        body = self.item.body
        for name in self.names:
            in_body = body is not None and body.start_byte <= name.node.start_byte < body.end_byte
            if name.role == "reference":
                self._reference(name, wanted=in_body)
            elif name.role == "shared" or (in_body and name.role == "bind" and name.text not in self.locals):
                self._need(name.text, bare=True)
            elif in_body and name.role == "mention":
                self._mention(name)
            elif in_body and name.role == "own":
                self._own(name)
            elif in_body and name.role in {"member", "key"}:
                self._member(name)
        return self.needs

    def _shared(self) -> set[str]:
        """Names that the function assigns though they are the file's."""
        shared = {name.text for name in self.names if name.role == "shared"}
        plain = [name for name in self.names if name.role == "bind"]
        if self.outline.language == "Ruby":
            shared |= {name.text for name in plain if name.node.type == "global_variable"}
        elif self.outline.language == "Shell":
            assigned = {name.text for name in plain if _is_assignment(name.holder)}
            shared |= {
                text
                for text in assigned - {name.text for name in plain if not _is_assignment(name.holder)}
                if any(_is_assignment(item.node) for item in self.outline.defined.get(text, ()))
            }
        elif self.outline.language == "Swift":
            bound = {name.text for name in plain if not _is_unwrapping(name)}
            shared |= {name.text for name in plain} - bound
            shared &= set(self.outline.defined)
        return shared

    def _need(
        self, text: str, *, bare: bool = False, of: str = "", called: bool | None = None, member: bool = False
    ) -> bool:
        found = [item for item in self.outline.defined.get(text.lstrip("$@"), ()) if item is not self.item]
        if bare:
            found = [item for item in found if self._in_scope(item)] or found
        if bare and text == self.item.name:
            found = [item for item in found if _is_function(item) and self._in_scope(item)]
        if called is not None:
            found = [item for item in found if (item.kind == "function") == called] or found
        if of:
            found = [item for item in found if item.parents and item.parents[-1].name == of] or found
        ranked = sorted(found, key=lambda item: ({"function": 0, "container": 1, "value": 2}[item.kind], item.first))
        if ranked and ranked[0].kind != "value":
            # Rust: the type stands apart from what it does, and says more.
            types = [item for item in ranked if item.node.type in _TYPES]
            ranked = [*types, *(item for item in ranked if item.kind != "value")]
        nearest = [item for item in ranked if self.item.parents and item.parents == self.item.parents]
        others = [item for item in ranked if item not in nearest]
        if member and nearest and others:
            # Whose method it is cannot be told: its own class may have one of the same name.
            nearest = [*nearest[: _SAME_NAMED - 1], others[0]]
        _add(self.needs.items, (nearest or ranked)[:_SAME_NAMED])
        return bool(ranked)

    def _in_scope(self, item: Item) -> bool:
        """Whether the name of a definition is known here without the object or the class that it belongs to."""
        if item.parents != self.item.parents[: len(item.parents)]:
            return False
        return self.outline.language not in _NAME_THEIR_OBJECT or not item.parents or not is_class(item.parents[-1])

    def _called(self, name: Name) -> bool | None:
        """Whether a name is that of a call, where methods and fields may share one; None where they cannot."""
        if self.outline.language not in _TWO_OF_A_NAME:
            return None
        around = name.node.parent
        if self.outline.language == "Rust":
            outer = around.parent if around is not None and around.type == "field_expression" else None
            return None if outer is None else outer.child_by_field_name("function") == around
        if around is None or around.type not in _CALLS:
            return False
        return name.node in {around.child_by_field_name("name"), around.child_by_field_name("function")}

    def _reference(self, name: Name, *, wanted: bool) -> None:
        text = name.text
        if text in self.locals:
            return
        imported = self.outline.imported.get(text)
        if imported is not None:
            _add(self.needs.imports, [imported])
        # A test module imports what stands above it in the same file.
        if (
            not self._need(text, bare=True, called=self._called(name))
            and imported is None
            and wanted
            and text not in self.known["bare"]
            and text != self.item.name
        ):
            outer = {parent.name for parent in self.item.parents}
            if text not in outer and not self._loosely_imported(text) and not self._in_headers(text):
                _add(self.needs.unknown, [text])

    def _in_headers(self, text: str) -> bool:
        """Type parameters of the class around it."""
        lines = self.outline.lines
        return any(
            text
            in " ".join(lines[parent.code : parent.head + 1])
            .replace("<", " ")
            .replace(",", " ")
            .replace(">", " ")
            .split()
            for parent in self.item.parents
        )

    def _loosely_imported(self, text: str) -> bool:
        """Ruby's `require 'net/http'` and Go's import paths spell a name differently than it is used."""
        plain = text.casefold()
        return any(plain == word.casefold().replace("_", "").replace("-", "") for word in self.outline.imported)

    def _mention(self, name: Name) -> None:
        found = self.outline.defined.get(name.text.lstrip("$@"), ())
        handed_on = name.holder.type == "command"
        if name.text not in self.locals and (not handed_on or any(item.kind == "function" for item in found)):
            self._need(name.text, bare=True)

    def _own(self, name: Name) -> None:
        text = name.text
        plain = text.lstrip("$@")
        elsewhere = [(item, other) for item, other in self.own_fields.get(plain, ()) if item is not self.item]
        # Ruby's `@total` is not its method `total`.
        if not text.startswith("@") and self._need(text, called=self._called(name)):
            return
        if elsewhere:
            elsewhere.sort(
                key=lambda place: (place[0].name not in {"__init__", "constructor", "initialize"}, place[0].first)
            )
            item, other = elsewhere[0]
            statement = _statement(other.node, item)
            place = (item, statement.start_point[0], last_line(statement))
            if place[2] - place[1] > _LONGEST_STATEMENT:
                _add(self.needs.unknown, [text])
            elif place not in self.needs.fields:
                self.needs.fields.append(place)
        elif plain != self.item.name:
            _add(self.needs.unknown, [text])

    def _member(self, name: Name) -> None:
        if self._receiver_known(name.receiver) and not self._extends(name) and not self._added(name):
            return
        if self._need(
            name.text,
            of=text_of(name.receiver) if name.receiver is not None else "",
            called=self._called(name),
            member=True,
        ):
            return
        if name.text == self.item.name or name.text in self.known["members"]:
            return
        if self.own_fields.get(name.text):
            self._own(name)
        elif name.receiver is not None and text_of(name.receiver) in self.outline.of_project - self.locals:
            # What another file defines is known by the same use only, not by any name like it.
            start = name.receiver.start_byte - self.item.node.start_byte
            used = (self.item.node.text or b"")[start : name.node.end_byte - self.item.node.start_byte]
            _add(self.needs.maybe, [used.decode("utf-8", "replace")])
        else:
            _add(self.needs.maybe, [name.text])

    def _extends(self, name: Name) -> bool:
        """Whether the file adds a method of that name to a type that may be another file's."""
        return (
            self.outline.language in _EXTENDING
            and name.text not in self.known["members"]
            and not (name.receiver is not None and text_of(name.receiver)[:1].isupper())
            and any(item.kind == "function" for item in self.outline.defined.get(name.text, ()))
        )

    def _added(self, name: Name) -> bool:
        """PHP: whether a variable's field may have been added to a class of another file."""
        around = name.node.parent
        return (
            self.outline.language == "PHP"
            and around is not None
            and around.type == "member_access_expression"
            and name.receiver is not None
            and text_of(name.receiver) in self.locals
        )

    def _receiver_known(self, receiver: Node | None) -> bool:
        if receiver is None:
            return False
        leaf = receiver
        while leaf.named_child_count and leaf.type not in self.outline.shape.names:
            leaf = leaf.named_children[0]
        text = text_of(leaf)
        if text in self.locals:
            return text in self.of_known_type
        if any(map(self._in_scope, self.outline.defined.get(text, ()))):
            return False
        if text in self.outline.of_project:
            return False
        if text in self.outline.imported or self._loosely_imported(text) or leaf.type not in self.outline.shape.names:
            return leaf.type in self.outline.shape.names or "literal" in leaf.type or "string" in leaf.type
        return text in self.known["bare"] and (leaf == receiver or text[:1].isupper() or text in _ROOT_PACKAGES)

    def _bound_to_known(self, name: Name) -> bool:
        holder = name.holder
        around = [holder, *([holder.parent] if holder.parent is not None else [])]
        for node in around:
            for type_field in _TYPE_FIELDS:
                kind = node.child_by_field_name(type_field)
                types = [] if kind is None else [other.text for other in names_in(kind, self.outline.shape)]
                if any(map(self._imported_type, types)) and not any(text in self.outline.defined for text in types):
                    return True
        if "for" in holder.type:
            return False
        values = [holder.child_by_field_name(value_field) for value_field in _VALUE_FIELDS]
        return any(value is not None and self._from_import(value) for value in values)

    def _imported_type(self, text: str) -> bool:
        if text in self.outline.imported:
            return text not in self.outline.of_project
        return text in self.known["bare"] and text[:1].isupper() and text not in self.outline.defined

    def _from_import(self, value: Node) -> bool:
        leaf = value
        while leaf.named_child_count and leaf.type not in self.outline.shape.names:
            leaf = leaf.named_children[0]
        text = text_of(leaf)
        return text in self.of_known_type or (text not in self.locals and self._imported_type(text))


def _is_function(item: Item) -> bool:
    """Whether a definition is that of a function, or says that there is one."""
    return item.kind == "function" or _DECLARED.search(item.node.type) is not None


def _add(found: list[_T], more: list[_T]) -> None:
    found.extend(one for one in more if one not in found)


def _is_assignment(node: Node) -> bool:
    """Shell: whether a variable is set without being declared to be the function's own."""
    return node.type == "variable_assignment" and (node.parent is None or node.parent.type != "declaration_command")


def _is_unwrapping(name: Name) -> bool:
    """Swift: whether `if let total` reads what is called `total` already."""
    after = name.node.next_sibling
    around = name.holder.type in {"if_statement", "guard_statement", "while_statement"}
    return around and (after is None or after.type != "=")


def _go_receiver(node: Node) -> frozenset[str]:
    receiver = node.child_by_field_name("receiver")
    parameter = receiver.named_children[0] if receiver is not None and receiver.named_child_count else None
    name = parameter.child_by_field_name("name") if parameter is not None else None
    return frozenset({text_of(name)}) if name is not None else frozenset()


def _statement(node: Node, item: Item) -> Node:
    """The statement of a function's body that a name stands in, with all that surrounds it there."""
    while node.parent is not None and node.parent != item.body:
        node = node.parent
    return node


def needs_of(outline: Outline, item: Item, own_fields: Mapping[str, list[tuple[Item, Name]]] | None = None) -> Needs:
    """What the names of a function need; `own_fields` are the file's `attributes`, if they are at hand."""
    return _Resolver(outline, item, attributes(outline) if own_fields is None else own_fields).resolve()
