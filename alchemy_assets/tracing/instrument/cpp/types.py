"""What variables of C++ can be shown, by their types as they are written.

Belongs here: types of C++, and what a class's functions see of it. Does not: C's (`c.declarations`), statements (`cpp`).
Kinds of variables are those of `c`, and for what has no pointer or array around it the name of its type, as
`std::vector<int>`; `auto` where only the compiler knows.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from tree_sitter import Node

from alchemy_assets.syntax_tree import text_of, walk
from alchemy_assets.tracing.instrument.c.declarations import (
    Declared,
    Types,
    declared,
    function_declarator,
    plain,
    result_type,
)
from alchemy_assets.tracing.instrument.c.text import text_names
from alchemy_assets.tracing.instrument.shapes import Variable

_ITEMS = (
    r"vector|array|deque|list|forward_list|set|map|multiset|multimap|pair|optional|unordered_\w+|initializer_list|span"
)
_STANDARD = re.compile(rf"(?:std::)?(?:string|string_view|(?:{_ITEMS}) ?<.*>)", re.DOTALL)
# Those that have a value as soon as they are declared.
_MADE = re.compile(rf"(?:std::)?(?:string|string_view|(?!array)(?:{_ITEMS}) ?<.*>)", re.DOTALL)
_NUMBERS = re.compile(
    r"(?:std::)?(?:size_t|ssize_t|ptrdiff_t|u?int(?:_fast|_least)?\d+_t|u?int(?:ptr|max)_t|byte|time_t|streamsize)"
)
_MORE_NUMBERS = re.compile(r"char(?:8|16|32)_t|qint\d+|quint\d+")
# Calls whose result is a number or text, whatever they are called on.
_PLAIN_CALL = re.compile(
    r"(?:size|length|count|empty|str|substr|c_str|to_string|sto\w+|abs|sqrt|pow|min|max|floor|ceil|round|accumulate|distance|gcd"
    r"|lcm|get_name|name)"
)
# Errors of the standard library, which tell of themselves by a text that they hold.
_ERRORS = re.compile(
    r"(?:std::)?(?:exception|(?:runtime|logic|length|domain|range|overflow|underflow)_error|invalid_argument|out_of_range"
    r"|bad_(?:alloc|cast|exception|typeid|function_call|optional_access|variant_access))"
)
# The kind of a variable that holds one of them.
CAUGHT = "caught error"
INDEXED = ("std::vector<", "vector<", "std::array<", "array<", "std::deque<", "deque<")


@dataclass(frozen=True)
class CppTypes:
    """The types of a file: C's, the enums and template parameters by name, and the members of classes."""

    c: Types
    enums: frozenset[str]
    parameters: frozenset[str]
    root: Node
    members: Mapping[str, tuple[Node, ...]]
    readers: frozenset[str]
    results: Mapping[str, Declared]
    _texts: dict[int, frozenset[str]] = field(default_factory=dict)

    def kind(self, one: Declared, node: Node) -> str:
        """What a declared name holds."""
        text = one.name
        one = self.c.resolved(one)
        if one.callable or not one.base:
            return "?"
        depth, base = one.pointers + len(one.arrays), plain(one.base)
        if base == "char" and depth == 1 and not one.reference and text in self._text_names(node):
            return "text"
        if base == "auto" and not one.pointers and one.value is not None:
            # An element that is changed through a reference is seldom plain.
            element = one.reference and one.value.type == "subscript_expression"
            base = self._of_value(one.value) if not element else "?"
        elif base != "char" and self.is_number(base):
            base = "scalar"
        return base + "*" * one.pointers + "[]" * len(one.arrays) if base != "?" else "?"

    def _of_value(self, value: Node) -> str:
        """The kind of what `auto` is given, as far as that can be read."""
        called = value.child_by_field_name("function") if value.type == "call_expression" else None
        if called is not None:
            name = re.sub(r"<.*>", "", text_of(called).replace("->", ".")).rpartition(".")[2].rpartition("::")[2]
            found = self.results.get(name)
            if found is not None:
                return self.kind(replace(found, name="", value=None), value) if found.base != "auto" else "?"
            return "auto" if _PLAIN_CALL.fullmatch(name) else "?"
        if value.type in {
            "identifier",
            "lambda_expression",
            "new_expression",
            "initializer_list",
            "pointer_expression",
        }:
            return "?"
        return "auto" if value.type.endswith(("_literal", "binary_expression", "subscript_expression")) else "?"

    def is_number(self, base: str) -> bool:
        """Whether a type is a number, a truth value or an enum."""
        return bool(
            self.c.is_scalar(base) or _NUMBERS.fullmatch(base) or _MORE_NUMBERS.fullmatch(base) or base in self.enums
        )

    def shows(self, kind: str) -> bool:
        """Whether something of a kind is worth handing to the helper, which leaves out what it does not know."""
        if kind in {"scalar", "char", "text", "scalar[]", "scalar[][]", CAUGHT}:
            return True
        if kind == "auto" or kind in self.parameters:
            # It may be a container of the file, whose own code would be called to show it.
            return "begin" not in self.results
        known = self._spelled(kind)
        return _STANDARD.fullmatch(known) is not None and _items_shown(known)

    def element(self, kind: str) -> str:
        """The kind of an item of a container, given as its type is written."""
        known = self.c.resolved(Declared("", -1, kind))
        number = not known.pointers and not known.arrays and plain(known.base) != "char"
        return "scalar" if number and self.is_number(plain(known.base)) else kind

    def _spelled(self, kind: str) -> str:
        """A type with the file's own names for types of the language written out, and its enums as the numbers they are."""
        for _ in range(4):
            kind = re.sub(r"[A-Za-z_]\w*", lambda found: self._meant(found[0]), kind)
        return kind

    def _meant(self, name: str) -> str:
        known = self.c.typedefs.get(name)
        if known is not None and not (known.pointers or known.arrays or known.callable):
            return known.base
        return "int" if name in self.enums else name

    def says_what(self, kind: str) -> bool:
        """Whether something of a kind is an error whose `what()` runs no code of the file."""
        own = kind in self.members or "what" in self.results
        return _ERRORS.fullmatch(kind) is not None and not own

    def is_made(self, kind: str) -> bool:
        """Whether a variable without an initializer has a value."""
        return _MADE.fullmatch(kind) is not None

    def result(self, one: Declared) -> str:
        """The type of a result that can be shown, as a cast to it is written, or ""."""
        known = self.c.resolved(one)
        if known.callable or known.arrays or one.reference or not one.base or "auto" in one.base:
            return ""
        base = plain(known.base)
        if known.pointers:
            return "" if "(" in one.written or (base == "void" and known.pointers == 0) else _pointer(one, known)
        if self.is_number(base) or base == "char" or base in self.parameters:
            return plain(one.base)
        base = self._spelled(base)
        return plain(one.base) if _STANDARD.fullmatch(base) and _items_shown(base) and "unordered_" not in base else ""

    def variables(self, name: str) -> tuple[Variable, ...]:
        """The members of a class that is known by name."""
        return tuple(self._variables(self.members.get(name, ())))

    def _variables(self, nodes: tuple[Node, ...]) -> Iterator[Variable]:
        for node in nodes:
            words = {text_of(one) for one in node.children if one.type in {"storage_class_specifier", "type_qualifier"}}
            if any(one.type == "bitfield_clause" for one in node.children) or "constexpr" in words:
                continue
            for one in declared(node):
                # Characters of an object may have been left without a value by its constructor.
                kind = self.kind(replace(one, name=""), node)
                yield Variable(one.name, kind, one.at, member="static" not in words)

    def _text_names(self, node: Node) -> frozenset[str]:
        around: Node | None = node
        while around is not None and around.type not in {"function_definition", "lambda_expression"}:
            around = around.parent
        function = around if around is not None else self.root
        if function.id not in self._texts:
            self._texts[function.id] = text_names(function, self.readers)
        return self._texts[function.id]


def _items_shown(kind: str) -> bool:
    """Whether the items of a container can be shown too: no pointers, no classes of the file."""
    if "unordered_" in kind.partition("<")[2]:
        return False
    inside = re.findall(r"[\w:]+|[*&]", kind)
    known = re.compile(
        rf"std::\w*|std|string|string_view|{_ITEMS}|unsigned|signed|long|short|int|char|float|double|bool|const|\d+\w*"
        r"|(?:std::)?(?:size_t|u?int\d+_t|ptrdiff_t)|less|greater|T|U|K|V|N|[A-Z_]+"
    )
    return all(known.fullmatch(word) for word in inside)


def _pointer(one: Declared, known: Declared) -> str:
    if plain(known.base) == "char" and known.pointers == 1 and "const" not in known.base.split():
        return ""
    return one.written


def cpp_types(root: Node, c: Types, readers: frozenset[str]) -> CppTypes:
    """The types of a file."""
    enums: set[str] = set()
    parameters: set[str] = set()
    members: dict[str, list[Node]] = {}
    results: dict[str, Declared] = {}
    typedefs = dict(c.typedefs)
    for node in walk(root):
        name = node.child_by_field_name("name")
        if node.type == "enum_specifier" and name is not None:
            enums.add(text_of(name))
        elif node.type == "function_definition" and (head := function_declarator(node)) is not None:
            called = head.child_by_field_name("declarator")
            given = result_type(node)
            if called is not None:
                known = text_of(called).rpartition("::")[2]
                same = given is not None and results.setdefault(known, given).written == given.written
                results[known] = given if same and given is not None else Declared("", -1, "?")
        elif node.type == "type_parameter_declaration" and node.named_children:
            parameters.add(text_of(node.named_children[-1]))
        elif node.type == "alias_declaration" and name is not None:
            alias = node.child_by_field_name("type")
            if alias is not None and alias.child_by_field_name("declarator") is None:
                typedefs[text_of(name)] = Declared(text_of(name), node.start_byte, text_of(alias))
        elif node.type in {"class_specifier", "struct_specifier"} and name is not None:
            body = node.child_by_field_name("body")
            fields = [one for one in body.named_children if one.type == "field_declaration"] if body is not None else []
            members.setdefault(text_of(name).partition("<")[0], []).extend(fields)
    return CppTypes(
        replace(c, typedefs=typedefs),
        frozenset(enums),
        frozenset(parameters),
        root,
        {name: tuple(fields) for name, fields in members.items()},
        readers,
        results,
    )
