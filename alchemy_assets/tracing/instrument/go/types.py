"""What a Go file says about types without a compiler: results of its functions, and what goroutines may share.

Belongs here: types as they are written. Does not: statements (`go.shapes`).
While one goroutine writes a map, another that reads it ends the program; so where there are goroutines, a value is only
shown if what it is says that nothing behind it is shared.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tree_sitter import Node

from alchemy_assets.syntax_tree import text_of, walk

_REACHES_OTHERS = re.compile(r"[*]|\bmap\b|\b(?:sync|atomic)\.|\bfunc\b")
# Channels, functions, and what other packages keep to themselves: only their names could be shown.
_SAYS_NOTHING = re.compile(
    r"(?:<-)?chan\b.*|func\b.*|[*]?(?:bufio|bytes|flag|http|io|log|os|rand|reflect|regexp|strings|sync|template|testing)\.[A-Z]\w*"
    r"|[*](?!time\.Duration)\w+\.[A-Z]\w*",
    re.DOTALL,
)
# What gives such a value; a name of the program's own may be in the place of a package, so only these are known.
_MADE = re.compile(
    r"((?:bufio|bytes|csv|json|log|regexp|strings|sync|tabwriter|template|token|xml)\.)(?:New(\w*)|(?:Must)?(Compile)\w*)"
    r"|(?:list|ring)\.New|big\.New(?:Float|Int|Rat)"
)
# What calls the methods of `sort.Interface` in an order of its own.
_ORDERS = re.compile(r"sort\.(?:Sort|Stable|IsSorted)|heap\.\w+")


@dataclass(frozen=True)
class Types:
    """What is known about the types of a file.

    concurrent: whether it starts goroutines. shared: structs that hold maps, locks or pointers, and fields that are
    such. results: what the functions of the file give back, by name. ordered: whether the library compares and swaps.
    """

    concurrent: bool = False
    shared: frozenset[str] = frozenset()
    results: Mapping[str, str] = field(default_factory=dict)
    ordered: bool = False

    def is_shared(self, kind: str) -> bool:
        """Whether other goroutines may write what a value of this type leads to."""
        return _REACHES_OTHERS.search(kind) is not None or not self.shared.isdisjoint(re.findall(r"\w+", kind))


def says_nothing(kind: str) -> bool:
    """Whether a value of this type is shown by no more than a name."""
    return _SAYS_NOTHING.fullmatch(kind) is not None


def types_of(root: Node) -> Types:
    """The types of a file."""
    concurrent = any(one.type == "go_statement" for one in walk(root))
    called = (one.child_by_field_name("function") for one in walk(root) if one.type == "call_expression")
    ordered = any(one is not None and _ORDERS.fullmatch(text_of(one)) for one in called)
    return Types(concurrent, frozenset(_shared(root)) if concurrent else frozenset(), dict(_results(root)), ordered)


def _shared(root: Node) -> Iterator[str]:
    for spec in walk(root):
        name, kind = spec.child_by_field_name("name"), spec.child_by_field_name("type")
        if kind is None or not _REACHES_OTHERS.search(text_of(kind)):
            continue
        if spec.type == "type_spec" and name is not None:
            yield text_of(name)
        elif spec.type == "field_declaration":
            yield from (text_of(one) for one in spec.children_by_field_name("name"))


def _results(root: Node) -> Iterator[tuple[str, str]]:
    for one in root.named_children:
        name, result = one.child_by_field_name("name"), one.child_by_field_name("result")
        if one.type == "function_declaration" and name is not None and result is not None:
            yield text_of(name), text_of(result)


def type_of_value(node: Node, results: Mapping[str, str]) -> str:
    """The type of a value where it says so itself: `T{}`, `x.(T)`, `make`, a function of the file, `bufio.New...`; or ""."""
    if node.type in {"composite_literal", "type_assertion_expression"}:
        kind = node.child_by_field_name("type")
        return text_of(kind) if kind is not None else ""
    if node.type == "unary_expression" and text_of(node).startswith("&"):
        return f"*{type_of_value(node.named_children[0], results)}"
    called, given = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    if node.type != "call_expression" or called is None or given is None:
        return ""
    if text_of(called) in {"make", "new"} and given.named_children:
        return "*" * (text_of(called) == "new") + text_of(given.named_children[0])
    if (made := _MADE.fullmatch(text_of(called))) is not None:
        return f"*{made[1] or 'other.'}{made[2] or made[3] or 'New'}"
    return results.get(text_of(called), "")
