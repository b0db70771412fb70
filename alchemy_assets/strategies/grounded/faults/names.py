"""Take the wrong name: another variable of the same role, arguments the wrong way round, `min` for `max`.

Belongs here: changes of names. Does not: operators, values.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from tree_sitter import Node

from alchemy_assets.strategies.grounded.faults.change import (
    FUNCTION,
    SHADOWED,
    SWAPPED_ARGUMENTS,
    VARIABLE,
    Change,
    Place,
    replace,
    within,
)
from alchemy_assets.strategies.grounded.faults.grammar import (
    ARGUMENTS,
    BLOCKS,
    CALLS,
    FUNCTIONS,
    STEPS,
    TYPED,
    UPDATES,
    VARIABLES,
    WRAPPED_ARGUMENT,
)
from alchemy_assets.syntax_tree import text_of

_PAIRS = """
    i j|j k|x y|row col|r c|left right|lo hi|low high|start end|begin end|first last|min max|width height|w h|rows cols
    a b|src dst|from to|head tail|prev next|prev cur|old new|total count|sum count|key value|k v|n m|n i|lower upper
    before after|num den|numerator denominator|first second|x1 x2|y1 y2|parent child|current next|current previous
"""
_SIBLINGS = """
    min max|Min Max|any all|any? all?|some every|Any All|anyMatch allMatch|startswith endswith|startsWith endsWith
    StartsWith EndsWith|lower upper|toLowerCase toUpperCase|ToLower ToUpper|tolower toupper|downcase upcase
    strtolower strtoupper|floor ceil|Floor Ceil|Floor Ceiling|first last|First Last|indexOf lastIndexOf|find rfind
    lstrip rstrip|trimStart trimEnd|ltrim rtrim|keys values|shift pop|unshift push|addFirst addLast
    pollFirst pollLast|removeFirst removeLast|pop_front pop_back|push_front push_back|floorKey ceilingKey
    lower_bound upper_bound|bisect_left bisect_right|select reject|hasPrefix hasSuffix|HasPrefix HasSuffix
    starts_with ends_with|start_with? end_with?|isdigit isalpha|union intersection|lowercased uppercased
    ToLowerInvariant ToUpperInvariant|is_some is_none|take skip|str_starts_with str_ends_with|array_shift array_pop
    array_unshift array_push|peekFirst peekLast|getFirst getLast|min_by max_by|minBy maxBy|successors predecessors
"""
# `pop` and `shift` are a pair where both take from a list.
_ONLY_IN = {name: frozenset({"JavaScript", "TypeScript", "Ruby"}) for name in ("shift", "pop", "unshift")}
_ONLY_IN |= {name: frozenset({"Python", "Ruby", "JavaScript", "TypeScript"}) for name in ("keys", "values")}


def _both_ways(pairs: str) -> dict[str, tuple[str, ...]]:
    """What each word may be taken for, in both directions."""
    found: dict[str, tuple[str, ...]] = {}
    for pair in filter(str.strip, pairs.replace("\n", "|").split("|")):
        one, other = pair.split()
        found[one] = (*found.get(one, ()), other)
        found[other] = (*found.get(other, ()), one)
    return found


PARTNERS = _both_ways(_PAIRS)
_TAKEN_FOR = _both_ways(_SIBLINGS)
# The order of their arguments does not matter, or is that of a message.
_EITHER_WAY = re.compile(
    r"(?i)(.*\W)?(min|max|add|gcd|lcm|sum|plus|equals?|swap|print\w*|fprintf|sprintf|puts|echo|log|debug|info|warn"
    r"|error|console\W+log|format|union|intersect\w*|write\w*|isinstance|issubclass|[gs]etattr|hasattr|open|chmod"
    r"|mkdir|is_a|instanceof|define\w*|require|register)"
)
_OWN = re.compile(r"(?:this|self|\$this)(?:\.|->)(\w+)|@(\w+)")
_OWN_OPTIONAL = frozenset({"Java", "CSharp", "Cpp", "JavaScript", "TypeScript", "Python", "PHP", "Ruby"})


def changes(place: Place) -> Iterator[Change]:
    """What can be got wrong about the names of a node."""
    node = place.node
    if node.type in ARGUMENTS:
        yield from _swapped(place, node)
    if node.type in CALLS:
        yield from _sibling(place, node)
    if node.type in VARIABLES:
        yield from _variable(place, node)
    if node.type in UPDATES:
        yield from _shadowed(place, node)


def _alike(place: Place, one: str, other: str) -> bool:
    """Whether two names hold values of the same type, as far as can be seen; where types are checked, it must be seen."""
    types = place.scope.types.get(one, ""), place.scope.types.get(other, "")
    return types[0] == types[1] and (bool(types[0]) or place.language not in TYPED)


def _swapped(place: Place, node: Node) -> Iterator[Change]:
    if node.parent is None or _EITHER_WAY.fullmatch(_called(node.parent)):
        return
    given = [child for child in node.named_children if "comment" not in child.type]
    for one, other in pairwise(given):
        pair = [_bare(one), _bare(other)]
        if pair[0] is None or pair[1] is None:
            continue
        names = [text_of(part) for part in pair if part is not None]
        if names[0] != names[1] and _alike(place, *names):
            between = place.source[pair[0].end_byte : pair[1].start_byte].decode()
            yield Change(
                SWAPPED_ARGUMENTS,
                pair[0].start_byte,
                pair[1].end_byte,
                f"{names[1]}{between}{names[0]}",
                node.parent,
            )


def _bare(argument: Node) -> Node | None:
    """The variable that an argument is, where it is nothing more."""
    if argument.type in WRAPPED_ARGUMENT and argument.child_count == 1:
        argument = argument.children[0]
    return argument if argument.type in VARIABLES else None


def _called(call: Node) -> str:
    if call.type == "call_suffix" and call.parent is not None:
        call = call.parent
    named = (
        call.child_by_field_name("function") or call.child_by_field_name("method") or call.child_by_field_name("name")
    )
    return text_of(named or call.children[0])


def _sibling(place: Place, node: Node) -> Iterator[Change]:
    named = (
        node.child_by_field_name("function") or node.child_by_field_name("method") or node.child_by_field_name("name")
    )
    named = named or node.children[0]
    for field in ("attribute", "property", "field", "name", "suffix"):
        while (inner := named.child_by_field_name(field)) is not None:
            named = inner
    word = text_of(named)
    for other in _TAKEN_FOR.get(word, ()) if named.child_count == 0 else ():
        if all(place.language in _ONLY_IN.get(one, {place.language}) for one in (word, other)):
            yield replace(FUNCTION, named, other, node)


def _variable(place: Place, node: Node) -> Iterator[Change]:
    """Another name of the same role that the function knows, where it is read."""
    text = text_of(node)
    bare = text.lstrip("$")
    if bare not in PARTNERS:
        return
    at = node.start_byte + (1 if node.type == "variable_name" else 0)
    name = place.scope.names.get(at) or place.scope.names.get(node.start_byte)
    if name is None or name.role != "reference" or name.assigned or _called_here(node) or _stepped(node):
        return
    for partner in PARTNERS[bare]:
        other = text[: len(text) - len(bare)] + partner
        known = [one for one in place.scope.bound if one.text.lstrip("$") == partner]
        if known and any(one.node.start_byte < node.start_byte for one in known) and _alike(place, text, other):
            block = within(known[0].node, BLOCKS)
            if block is None or (block.start_byte <= node.start_byte < block.end_byte):
                yield replace(VARIABLE, node, other)


def _called_here(node: Node) -> bool:
    parent = node.parent
    if parent is None:
        return True
    return parent.type in CALLS and parent.children[0] == node


def _stepped(node: Node) -> bool:
    return node.parent is not None and node.parent.type in STEPS


def _shadowed(place: Place, node: Node) -> Iterator[Change]:
    """A field is meant and a variable is set; a variable is meant and another one of that name is made."""
    if node.child_count != 3 or text_of(node.children[1]) != "=":  # noqa: PLR2004 -- target, sign, value
        return
    target, value = node.children[0], node.children[2]
    own = _OWN.fullmatch(text_of(target))
    if own is not None and place.language in _OWN_OPTIONAL:
        if text_of(value).lstrip("$") == (own[1] or own[2]):
            yield replace(SHADOWED, target, text_of(value), node)
        return
    if target.type in VARIABLES and place.language in {"JavaScript", "TypeScript", "Rust"}:
        statement = node.parent
        if statement is None or statement.type != "expression_statement" or statement.parent is None:
            return
        nested = statement.parent.type in BLOCKS and within(statement.parent, BLOCKS, FUNCTIONS) is not None
        declared = any(one.text == text_of(target) for one in place.scope.bound)
        reads_itself = re.search(rf"\b{re.escape(text_of(target))}\b", text_of(value)) is not None
        if nested and declared and not (reads_itself and place.language != "Rust"):
            yield Change(SHADOWED, node.start_byte, node.start_byte, "let ", node)
