"""Find what the code says about a variable: what it loops over, which call gave it, its type, its spelling.

Belongs here: reading that off the place where the variable is bound. Does not: words (`better_names`), renaming (`rename`).
"""

import re
from dataclasses import dataclass

from tree_sitter import Node

from alchemy_assets.strategies.grounded.names import Name
from alchemy_assets.strategies.grounded.refactorings import better_names
from alchemy_assets.syntax_tree import text_of

_LOOPS = frozenset(
    {
        *("for_statement", "for_in_clause", "enhanced_for_statement", "foreach_statement", "for_range_loop"),
        *("range_clause", "for_in_statement", "for_expression", "for"),
    }
)
_APART = re.compile(r"tuple|pattern_list|list_literal|array_pattern|object_pattern|struct|slice")
_COLLECTIONS = ("right", "value", "collection")
_AROUND = re.compile(r"^(?:sorted|reversed|list|set|tuple|array_values|array_reverse)\((.*)\)$", re.DOTALL)
_BEHIND = re.compile(
    r"(?:\.(?:iter|into_iter|iter_mut|values|sorted|reversed|copied|cloned|rev|ToList|ToArray|toArray|drain|stream)\([^()]*\))+$"
)
_LAST = re.compile(r"^[&*$@\"{]*(?:mut\s+)?(?:[\w$@]+(?:\[\w+\])?(?:\.|->|::|\?\.))*[$@]?(\w+)(?:\[[@*]\])?[\"}]*$")
_CALLED = re.compile(r"(\w+)\s*(?:::)?(?:<[^<>()]*>)?$")
_OWNER = re.compile(r"(\w+)(?:<[^<>]*>)?\s*(?:\.|::|->)\w+\s*(?:::)?(?:<[^<>()]*>)?$")
_MEMBER = re.compile(r"^[&*]*[$@]?[\w$]+(?:(?:\.|->|\?\.)\w+)*(?:\.|->|\?\.)(\w{4,})$")
# What functions that give several things begin by: `list_commands()` gives commands.
_GIVING = frozenset(
    {"get", "find", "load", "read", "list", "iter", "fetch", "query", "all", "each", "select", "collect"}
)
_LENGTHS = frozenset({"len", "size", "length", "count", "strlen", "Len", "Count", "Length", "sizeof"})
_MAKERS = frozenset({"new", "default", "from", "with_capacity"})
_SIMPLE = re.compile(r"^[\w$@.>&*\[\]-]+$")
_EACH = frozenset({"each", "forEach", "for_each", "map", "flat_map", "each_with_object", "select", "reject", "filter"})


@dataclass(frozen=True)
class Evidence:
    """Words for a name, and why: `why` goes on after "since". score: how strongly the code suggests them."""

    words: tuple[str, ...]
    why: str
    score: float


def of_binding(name: Name) -> Evidence | None:
    """What the place where a name is bound says of it."""
    for look in (_of_loop, _of_value, _of_type):
        found = look(name)
        if found is not None:
            return found
    return None


def _one_line(text: str) -> str | None:
    return text if "\n" not in text and len(text) <= 50 and "`" not in text else None  # noqa: PLR2004 -- fits into a sentence


def _of_loop(name: Name) -> Evidence | None:
    collection = _looped(name)
    text = None if collection is None else _one_line(text_of(collection))
    if text is None:
        return None
    bare = text.strip()
    while around := _AROUND.match(bare):
        bare = around[1]
    bare = _BEHIND.sub("", bare)
    last = _LAST.match(bare)
    words = None
    if last:
        words = better_names.singular(last[1])
    elif bare.endswith(")") and (called := _called(bare)):
        given = better_names.words_of(called)
        words = better_names.singular("_".join(given[1:] if len(given) > 1 and given[0] in _GIVING else given))
    fits = better_names.fitting(words) if words else None
    return Evidence(tuple(fits), f"it holds one of `{bare.strip(chr(34))}`", 4.0) if fits else None


def _holder(name: Name) -> Node:
    """What a name is bound by; Swift has a pattern between."""
    around = name.holder.parent
    return around if name.holder.type == "pattern" and around is not None else name.holder


def _looped(name: Name) -> Node | None:  # noqa: C901, PLR0911 -- a return a shape
    """The collection that a loop variable runs over."""
    holder, node = _holder(name), name.node
    if holder.type == "range_clause":
        left = holder.child_by_field_name("left")
        if left is None or left.named_child_count != 2 or left.named_children[1] != node:  # noqa: PLR2004 -- index and value
            return None
        return holder.child_by_field_name("right")
    if holder.type in _LOOPS:
        if holder.type == "for_in_statement" and not any(child.type == "of" for child in holder.children):
            return None
        if holder.type == "foreach_statement" and node.type == "variable_name":
            return holder.named_children[0] if node.parent == holder and holder.named_children[0] != node else None
        if _is_part(node, holder):
            return None
        if holder.type == "for_statement" and holder.child_by_field_name("variable") == node:
            values = holder.children_by_field_name("value")
            return values[0] if len(values) == 1 else None
        if holder.type == "for":
            inside = holder.child_by_field_name("value")
            return inside.named_children[0] if inside is not None and inside.named_child_count else None
        return next((found for one in _COLLECTIONS if (found := holder.child_by_field_name(one)) is not None), None)
    if holder.type == "block_parameters" and holder.named_children[0] == node:
        call = holder.parent.parent if holder.parent is not None else None
        method = call.child_by_field_name("method") if call is not None and call.type == "call" else None
        if method is not None and text_of(method) in _EACH and call is not None:
            return call.child_by_field_name("receiver")
    return None


def _is_part(node: Node, holder: Node) -> bool:
    """Whether a loop takes what it runs over apart: Rust's `(mut t, path)` gives no element a name."""
    around = node.parent
    while around is not None and around != holder:
        if _APART.search(around.type):
            return True
        around = around.parent
    return False


def _called(text: str) -> str | None:
    """The name of the function that a text calls last: `a.b(c).get_d(e)` calls `get_d`."""
    head = _head(text)
    found = _CALLED.search(head) if head else None
    return found[1] if found else None


def _head(text: str) -> str | None:
    """What stands before the last pair of round brackets."""
    if not text.endswith(")"):
        return None
    depth = 0
    for at in range(len(text) - 1, -1, -1):
        depth += {")": 1, "(": -1}.get(text[at], 0)
        if depth == 0:
            return text[:at]
    return None


def value_of(name: Name) -> Node | None:
    """The value that a variable is bound to, where it is the only one that is bound there."""
    holder, node = _holder(name), name.node
    if holder.type in _LOOPS | {"parameter", "formal_parameter"}:
        return None
    value = holder.child_by_field_name("value") or holder.child_by_field_name("right")
    if holder.type == "variable_declarator" and value is None:
        after = [child for child in holder.named_children if child.start_byte > node.end_byte]
        value = after[-1] if after else None
    if value is not None and value.type == "expression_list":
        left = holder.child_by_field_name("left")
        names = [] if left is None else [text_of(one) for one in left.named_children]
        alone = len(names) == 1 or (len(names) == 2 and names[1] in {"err", "ok", "_"})  # noqa: PLR2004 -- a value and its error
        if not alone or value.named_child_count != 1 or left is None or left.named_children[0] != node:
            return None
        value = value.named_children[0]
    if node.parent is not None and (
        "tuple" in node.parent.type or "list" in node.parent.type or node.parent.type == "array_pattern"
    ):
        return value if holder.type == "short_var_declaration" else None
    return value


def _of_value(name: Name) -> Evidence | None:
    value = value_of(name)
    if value is None or "operator" in name.holder.type:
        return None
    shown = text_of(value).strip()
    text = re.sub(r"^(?:await|try[!?]?)\s+", "", shown)
    text = re.sub(r"\?$|!$|\.unwrap\(\)$|\.await$", "", text)
    called = _called(text)
    if called in _LENGTHS or (called is None and re.search(r"(?:\.|->)(?:length|count|Length|Count)$", text)):
        return _of_length(text, shown)
    if called is not None:
        words = better_names.of_call(called)
        if words:
            told = Evidence(tuple(words), f"it holds what `{called}` returns", 3.5)
            return None if _of_another_type(name, called, words) else told
        owner = _OWNER.search(_head(text) or "")
        kind = owner[1] if called in _MAKERS and owner else called
        # In C# and Go methods are capitalized as well: `d.BeginInvoke()` makes no `BeginInvoke`.
        of_object = kind == called and (
            value.type == "invocation_expression" or ("." in (_head(text) or "") and not text.startswith("new "))
        )
        made = better_names.of_type(kind) if kind[:1].isupper() and not of_object else None
        made = None if made and _of_another_type(name, called, made) else made
        return Evidence(tuple(made), f"it is {_article(kind)} `{kind}`", 3.0) if made else None
    member = _MEMBER.match(text)
    if member and not member[1].isupper() and _one_line(shown):
        fits = better_names.fitting(better_names.words_of(member[1]))
        if fits and fits[-1] not in {"value", "data", "item", "next", "self", "this", "left", "right"}:
            return Evidence(tuple(fits), f"it holds `{shown}`", 3.0)
    return None


def _of_another_type(name: Name, called: str, words: list[str]) -> bool:
    """Whether what is made goes elsewhere: `Status s = env->NewFile(&file)` gives a status."""
    kind = _declared(name)
    makes = better_names.words_of(called)[:1] in (["new"], ["create"], ["make"], ["open"], ["read"], ["write"])
    types = set(better_names.words_of(text_of(kind).strip("&* "))) if kind is not None else set()
    return makes and bool(types) and not types & {"auto", "var", *words}


def _declared(name: Name) -> Node | None:
    """The type that a variable is declared with."""
    holder: Node | None = name.holder
    for _ in range(2):
        kind = holder.child_by_field_name("type") if holder is not None else None
        if kind is not None:
            return kind
        holder = holder.parent if holder is not None else None
    return None


def _of_length(text: str, shown: str) -> Evidence | None:
    if text.endswith(")"):
        head = _head(text) or ""
        inside = text[len(head) + 1 : -1].strip()
        of = inside or re.sub(r"(?:\.|->)\w+$", "", head)
    else:
        of = re.sub(r"(?:\.|->)\w+$", "", text)
    last = _LAST.match(of)
    if not last or not _SIMPLE.match(of) or not _one_line(shown):
        return None
    words = better_names.of_length(last[1])
    return Evidence(tuple(words), f"it is the number of `{of}`", 3.0) if words else None


def _article(kind: str) -> str:
    return "an" if kind[:1] in "AEIO" else "a"


def _of_type(name: Name) -> Evidence | None:
    kind = _declared(name)
    if kind is None:
        return None
    text = text_of(kind).lstrip(": ").removeprefix("const ").removeprefix("struct ").strip("&*?! ").removeprefix("mut ")
    struct = re.fullmatch(r"(?:const )?struct ([a-z][a-z_]{3,})", text_of(kind))
    if struct and (made := better_names.of_struct(struct[1])):
        return Evidence(tuple(made), f"it is a `struct {struct[1]}`", 3.0)
    text = re.split(r"\.|::", text)[-1]
    if not re.fullmatch(r"[A-Z]\w{3,}", text):
        return None
    words = better_names.of_type(text)
    return Evidence(tuple(words), f"it is {_article(text)} `{text}`", 3.0) if words else None


def of_spelling(name: str, style: str) -> Evidence | None:
    """What the spelling of a name suggests: short forms written out, words put together as elsewhere in the file."""
    bare = name.lstrip("$")
    own = better_names.style_of(bare)
    longer = better_names.written_out(bare) if bare == bare.strip("_") and not bare.isupper() else None
    if longer and better_names.joined(longer, own or style) != bare:
        short = next((word for word in better_names.words_of(bare) if word in better_names.ABBREVIATIONS), bare)
        full = better_names.ABBREVIATIONS.get(short, "").replace("_", " ")
        return Evidence(tuple(longer), f"`{short}` is short for {full}", 2.0)
    if own and own != style and bare == bare.strip("_"):
        return Evidence(tuple(better_names.words_of(bare)), f"the rest of the file writes names in {style}", 2.5)
    return None
