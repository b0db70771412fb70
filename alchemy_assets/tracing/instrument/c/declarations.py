"""Read declarations of C and C++: which names begin, and of what type.

Belongs here: declarators, typedefs, and what kind of value a C type holds. Does not: statements (`c.statements`), whether
a pointer to characters is text (`c.text`).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from tree_sitter import Node

from alchemy_assets.syntax_tree import text_of, walk

_NAMES = {
    "identifier",
    "field_identifier",
    "type_identifier",
    "qualified_identifier",
    "destructor_name",
    "operator_name",
}
_QUALIFIERS = {"const", "volatile", "register", "restrict", "static", "extern", "inline", "_Atomic"}
_SCALARS = re.compile(
    r"(?:(?:unsigned|signed|long|short|int|char|float|double|bool|_Bool) ?)+"
    r"|size_t|ssize_t|ptrdiff_t|off_t|time_t|clock_t|wchar_t|wint_t|mode_t|pid_t|uid_t|gid_t|u?int(?:_fast|_least)?\d+_t"
    r"|u?int(?:ptr|max)_t|uint|ulong|ushort|u_char|u_int|u_long|u_short|sig_atomic_t|socklen_t|errno_t|boolean|BOOL"
)
_ENUM = re.compile(r"enum \w+")


@dataclass(frozen=True)
class Declared:
    """A name that a declaration brings: its type as it is written, and what its declarator adds to that.

    value: what it starts with. lasting: whether it lives as long as the program, and so starts as zero. decays: whether
    an array is handed over as a pointer.
    """

    name: str
    at: int
    base: str
    pointers: int = 0
    arrays: tuple[Node | None, ...] = ()
    callable: bool = False
    reference: bool = False
    value: Node | None = None
    lasting: bool = False
    decays: bool = False

    @property
    def written(self) -> str:
        """The type of a value of this name, as it can be written in front of another one."""
        return f"{self.base} {'*' * self.pointers}".strip()


def base_type(node: Node) -> str:
    """The type that a declaration, parameter or definition of a function gives before its declarators."""
    kind = node.child_by_field_name("type")
    if kind is None:
        return ""
    body = kind.child_by_field_name("body")
    name = kind.child_by_field_name("name")
    if body is not None:
        word = kind.type.removesuffix("_specifier")
        text = f"{word} {text_of(name)}" if name is not None else f"{word} {{}}"
    else:
        text = re.sub(r"\s+", " ", text_of(kind))
    words = [text_of(one) for one in node.children if one.type == "type_qualifier"]
    return " ".join(["const"] * ("const" in words or "constexpr" in words) + [text])


def specifiers(node: Node) -> set[str]:
    """`static`, `extern`, `constexpr` and their like before a declaration."""
    kinds = {"storage_class_specifier", "type_qualifier", "virtual", "explicit_function_specifier"}
    return {text_of(one) for one in node.children if one.type in kinds}


def declared(node: Node) -> Iterator[Declared]:
    """The names of a declaration or a parameter."""
    base, words = base_type(node), specifiers(node)
    plain = Declared("", -1, base, lasting=bool(words & {"static", "extern", "thread_local", "__thread"}))
    for one in node.children_by_field_name("declarator"):
        value = one.child_by_field_name("value")
        if value is None:
            value = node.child_by_field_name("default_value") or node.child_by_field_name("value")
        yield from of_declarator(one, replace(plain, value=value))


def of_declarator(node: Node, plain: Declared) -> Iterator[Declared]:
    """The name in a declarator, with what stands around it."""
    current: Node | None = node
    while current is not None:
        kind = current.type
        if kind in _NAMES:
            yield replace(plain, name=text_of(current), at=current.start_byte)
            return
        if kind == "structured_binding_declarator":
            for one in current.named_children:
                yield replace(plain, name=text_of(one), at=one.start_byte, base="auto", reference=True)
            return
        if "pointer" in kind:
            plain = replace(plain, pointers=plain.pointers + 1)
        elif kind == "array_declarator":
            plain = replace(plain, arrays=(*plain.arrays, current.child_by_field_name("size")))
        elif kind == "function_declarator":
            plain = replace(plain, callable=True)
        elif kind == "reference_declarator":
            plain = replace(plain, reference=True)
        inner = current.child_by_field_name("declarator")
        if inner is None:
            inner = next(
                (one for one in current.named_children if one.type in _NAMES or "declarator" in one.type), None
            )
        current = inner


def function_declarator(definition: Node) -> Node | None:
    """The declarator with the parameters of a function that is defined."""
    current = definition.child_by_field_name("declarator")
    while current is not None and current.type != "function_declarator":
        inner = current.child_by_field_name("declarator")
        if inner is None:
            inner = next((one for one in current.named_children if "declarator" in one.type), None)
        current = inner
    return current


def result_type(definition: Node) -> Declared | None:
    """The type that a function gives back, as if its name were declared with it."""
    found = definition.child_by_field_name("declarator")
    current, plain = found, Declared("", -1, base_type(definition))
    while current is not None and current.type != "function_declarator":
        if "pointer" in current.type:
            plain = replace(plain, pointers=plain.pointers + 1)
        elif current.type == "reference_declarator":
            plain = replace(plain, reference=True)
        else:
            return None
        inner = current.child_by_field_name("declarator")
        current = inner or next((one for one in current.named_children if "declarator" in one.type), None)
    if current is None:
        return None
    name = current.child_by_field_name("declarator")
    # A function that gives back a pointer to a function has one more declarator inside.
    return plain if name is not None and "declarator" not in name.type else None


def parameters(definition: Node) -> list[Declared]:
    """The named parameters of a function, also where their types follow the head (K&R)."""
    head = function_declarator(definition)
    listed = head.child_by_field_name("parameters") if head is not None else None
    if listed is None:
        return []
    found = [
        replace(one, decays=True)
        for part in listed.named_children
        if part.type in {"parameter_declaration", "optional_parameter_declaration"}
        for one in declared(part)
        if one.name
    ]
    order = [text_of(one) for one in listed.named_children if one.type == "identifier"]
    late = {
        one.name: replace(one, decays=True)
        for part in definition.named_children
        if part.type == "declaration"
        for one in declared(part)
    }
    return found + [late.get(name, Declared(name, listed.start_byte, "int")) for name in order]


@dataclass(frozen=True)
class Types:
    """The types that a file defines: what each typedef stands for, and the members that hold no whole bytes."""

    typedefs: Mapping[str, Declared]
    bit_fields: frozenset[str]

    def resolved(self, one: Declared) -> Declared:
        """A declaration with the file's own typedefs looked through."""
        for _ in range(8):
            known = self.typedefs.get(plain(one.base))
            if known is None:
                break
            one = replace(
                one,
                base=known.base,
                pointers=one.pointers + known.pointers,
                arrays=(*one.arrays, *known.arrays),
                callable=one.callable or known.callable,
            )
        sized = one.value is not None or not one.arrays or one.arrays[0] is not None
        if one.arrays and not one.reference and (one.decays or not sized):
            one = replace(one, pointers=one.pointers + 1, arrays=one.arrays[1:])
        return one

    def is_scalar(self, base: str) -> bool:
        """Whether a type without its declarator is a number, a character, a truth value or an enum."""
        name = plain(base)
        return bool(_SCALARS.fullmatch(name) or _ENUM.fullmatch(name) or name == "enum {}")


def plain(base: str) -> str:
    """A type without qualifiers."""
    return " ".join(word for word in base.split() if word not in _QUALIFIERS)


def types_of(root: Node) -> Types:
    """The types that a file defines."""
    typedefs: dict[str, Declared] = {}
    bit_fields: set[str] = set()
    for node in walk(root):
        if node.type == "type_definition":
            typedefs |= {one.name: one for one in declared(node)}
        elif node.type == "field_declaration" and any(one.type == "bitfield_clause" for one in node.children):
            bit_fields |= {one.name for one in declared(node)}
    return Types(typedefs, frozenset(bit_fields))


def names_in(nodes: Iterable[Node]) -> set[str]:
    """The identifiers that parts of a program hold."""
    return {text_of(one) for node in nodes for one in walk(node) if one.type == "identifier"}
