"""What a callable function is, what it draws on in its file, and which functions of a file are worth calling.

Belongs here: what is the same for every language. Does not: which functions a language lets be called, and what kinds
their parameters have (`calls.python`, `calls.javascript`, ...), the arguments (`arguments`).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tree_sitter import Node

from alchemy_assets.syntax_tree import walk
from alchemy_assets.tracing.launch import Launch
from alchemy_assets.tracing.reasons import Dropped
from alchemy_assets.tracing.screening.code import Code, read_code

MOST_FUNCTIONS = 4
# What one function draws on may be long, but nobody follows much more than this in the head.
MOST_LINES = 150
LEAST_CONTROL = 2
# Parameters that are needed and of which nothing is known; with more of them calls are nonsense that happens to run.
MOST_GUESSED = 1
_CONTROL = re.compile(
    r"^(?:if|for|while|do|elif|else_if|switch|match|case|until|unless|foreach|enhanced_for|for_in|except|rescue|catch)"
    r"(?:_statement|_clause|_in_statement|_expression|_modifier)?$|^(?:if|while|for|unless|until|when)$|conditional|ternary"
    r"|switch_expression|comprehension|^expression_case$"
)


@dataclass(frozen=True)
class Parameter:
    """A parameter: the kinds of `arguments.VALUES` that may suit it, the likeliest first; none where nothing is known.

    optional: it may be left out; keyword: it has to be named; type: as the language writes it, where literals need that.
    keys: what the function looks up in it; values: those that it may have, where the file says so.
    """

    name: str
    kinds: tuple[str, ...] = ()
    optional: bool = False
    keyword: bool = False
    type: str = ""
    keys: tuple[str, ...] = ()
    values: tuple[object, ...] = ()


@dataclass(frozen=True)
class Definition:
    """A definition by the name that brings it in, `.name` for members; block: it can be blanked without harm."""

    name: str
    node: Node
    block: bool = True


@dataclass(frozen=True)
class Function:
    """A function that a driver can call: `called` is how it says it, `owner` the name that it has to import.

    making: how many of the parameters, the first, are those of the object that has the function, -1 where none is made.
    """

    name: str
    called: str
    owner: str
    parameters: tuple[Parameter, ...]
    node: Node
    examples: tuple[str, ...] = ()
    wrap: str = "{}"
    making: int = -1


@dataclass(frozen=True)
class Calls:
    """What a language brings.

    functions: those of a file that a driver could call, by what the file says of them.
    definitions: what functions may draw on.
    impure: what a function must not have in what it draws on. screen: why a part of a file cannot be foreseen.
    call: a call as the driver says it, from the function and the values of its parameters.
    driver: the files beside the source, for these calls; launch and source: how they are started, what the file is called.
    """

    language: str
    functions: Callable[[Code, str], Sequence[Function]]
    definitions: Callable[[Node], Sequence[Definition]]
    impure: re.Pattern[str]
    screen: Callable[[str], Dropped | None]
    call: Callable[[Function, Sequence[object]], str]
    driver: Callable[[str, Sequence[tuple[Function, str]]], Mapping[str, str]]
    launch: Callable[[str], Launch]
    source: Callable[[str], str]


@dataclass(frozen=True)
class Drawn:
    """A function with the part of its file that it draws on: that text alone, everything else being blank.

    lines: those of the functions that it draws on, from 1, without what stands outside of them.
    """

    function: Function
    text: str
    control: int
    lines: frozenset[int]


def drawn_on(table: Calls, code: Code, source: str, function: Function) -> Drawn | Dropped | None:
    """What a function draws on; None where that is not worth tracing, or why it cannot be foreseen."""
    raw = source.encode()
    definitions = table.definitions(code.root)
    inside, size, control = _closure(definitions, code, function)
    guessed = sum(not (one.kinds or one.values or one.optional) for one in function.parameters)
    bare = "\n".join(code.bare[node.start_byte : node.end_byte] for node in inside)
    if guessed > MOST_GUESSED or size > MOST_LINES or control < LEAST_CONTROL or table.impure.search(bare):
        return None
    text = bytearray(raw)
    kept = {node.id for node in inside}
    for node in (one.node for one in definitions if one.block):
        if node.id not in kept and not any(node.start_byte <= one.start_byte < node.end_byte for one in inside):
            text[node.start_byte : node.end_byte] = re.sub(rb"[^\n]", b" ", raw[node.start_byte : node.end_byte])
    part = text.decode(errors="replace")
    rows = [range(node.start_point.row + 1, node.end_point.row + 2) for node in inside]
    return table.screen(part) or Drawn(function, part, control, frozenset(row for one in rows for row in one))


def _closure(definitions: Sequence[Definition], code: Code, function: Function) -> tuple[list[Node], int, int]:
    """The nodes that a function draws on, itself first, with their lines and how much control flow they have."""
    named: dict[str, list[Node]] = {}
    for one in definitions:
        named.setdefault(one.name, []).append(one.node)
    waiting = [function.node, *(named.get(function.owner, []) if function.making >= 0 else [])]
    found: dict[int, Node] = {}
    while waiting:
        node = waiting.pop()
        if node.id in found:
            continue
        found[node.id] = node
        words = set(re.findall(r"(?<!\w)\.?\w+", code.bare[node.start_byte : node.end_byte]))
        words |= {word[1:] for word in words if word[0] == "."}
        waiting += [one for word in sorted(words & named.keys()) for one in named[word]]
    nodes = [one for one in found.values() if not any(_within(one, other) for other in found.values())]
    lines = sum(node.end_point.row - node.start_point.row + 1 for node in nodes)
    return (
        nodes,
        lines,
        sum(_CONTROL.search(one.type) is not None for node in nodes for one in walk(node) if one.is_named),
    )


def _within(inner: Node, outer: Node) -> bool:
    return inner.id != outer.id and outer.start_byte <= inner.start_byte and inner.end_byte <= outer.end_byte


def interesting(table: Calls, source: str) -> list[Drawn] | Dropped | None:
    """The functions worth calling, the best first; where all that are there cannot be foreseen, why; None for none."""
    code = read_code(table.language, source)
    functions = table.functions(code, source)
    judged = [drawn_on(table, code, source, one) for one in functions]
    found = [one for one in judged if isinstance(one, Drawn)]
    if not found:
        return next((one for one in judged if isinstance(one, Dropped)), None)
    words = re.findall(r"\w+", code.bare)
    own = {one.function.name: re.findall(r"\w+", code.bare[one.function.node.start_byte : one.function.node.end_byte])
           for one in found}  # fmt: skip
    called = {name for name, inside in own.items() if words.count(name) > inside.count(name) + 1}
    return sorted(found, key=lambda one: (-_worth(one, one.function.name in called), one.function.node.start_byte))[
        :MOST_FUNCTIONS
    ]


def _worth(one: Drawn, called: bool) -> float:  # noqa: FBT001
    """Much control flow is good, parameters of which nothing is known are not, nor is what others call anyway."""
    needed = [parameter for parameter in one.function.parameters if not parameter.optional]
    unknown = sum(not parameter.kinds for parameter in needed)
    return min(one.control, 12) + 3 * bool(one.function.examples) - 3 * unknown - 1.5 * called - len(needed) / 2
