"""What a Rust pattern binds, and of which type.

Belongs here: patterns of `let`, `match`, parameters and loops. Does not: where their names are seen (`rust.names`).
"""

import re
from collections.abc import Iterator

from tree_sitter import Node

from alchemy_assets.syntax_tree import text_of
from alchemy_assets.tracing.instrument.rust.types import (
    Facts,
    element_of,
    split_types,
    type_text,
    unwrapped,
)


def bindings(pattern: Node, kind: str, facts: Facts) -> Iterator[tuple[Node, str]]:  # noqa: C901, PLR0912 -- a row a node
    """The identifiers that a pattern binds, with their types where the whole is of a type."""
    prefix = (re.match(r"&(?:mut )?", kind) or [""])[0]
    inner = [one for one in pattern.named_children if "comment" not in one.type]
    match pattern.type:
        case "identifier" | "shorthand_field_identifier":
            if not text_of(pattern)[:1].isupper():
                yield pattern, kind
        case "match_pattern":
            condition = pattern.child_by_field_name("condition")
            for one in inner:
                if one != condition:
                    yield from bindings(one, kind, facts)
        case "mut_pattern":
            for one in inner:
                yield from bindings(one, kind, facts)
        case "ref_pattern":
            how = "&mut " if any(one.type == "mut_pattern" for one in inner) else "&"
            for one in inner:
                yield from bindings(one, how + (kind or "?"), facts)
        case "reference_pattern":
            for one in inner:
                yield from bindings(one, kind[len(prefix) :].replace("?", "") or "copy", facts)
        case "tuple_pattern":
            whole = kind[len(prefix) :]
            parts = split_types(whole[1:-1]) if whole.startswith("(") else []
            for position, one in enumerate(inner):
                part = parts[position] if position < len(parts) else ""
                yield from bindings(one, prefix + (part or "?") if part or prefix else "", facts)
        case "tuple_struct_pattern":
            name = type_text(pattern.child_by_field_name("type")).rpartition("::")[2]
            for position, one in enumerate(inner[1:]):
                part = facts.fields.get(f"{name}.{position}", "")
                if name in {"Some", "Ok", "Err"}:
                    part = unwrapped(kind[len(prefix) :], int(name == "Err"))
                yield from bindings(one, prefix + (part or "?") if part or prefix else "", facts)
        case "struct_pattern":
            name = type_text(pattern.child_by_field_name("type")).rpartition("::")[2]
            for one in inner:
                if one.type == "field_pattern":
                    given = one.child_by_field_name("name")
                    part = facts.fields.get(f"{name}.{text_of(given)}", "") if given is not None else ""
                    target = one.child_by_field_name("pattern") or given
                    how = "&" if any(child.type == "ref" for child in one.children) else prefix
                    if target is not None:
                        yield from bindings(target, how + (part or "?") if part or how else "", facts)
        case "captured_pattern":
            yield from bindings(inner[0], kind, facts)
            for one in inner[1:]:
                yield from bindings(one, kind, facts)
        case "or_pattern":
            for one in inner[:1]:
                yield from bindings(one, kind, facts)
        case "slice_pattern":
            element = element_of(kind)
            for one in inner:
                yield from bindings(one, prefix + (element or "?") if element or prefix else "", facts)
        case _:
            pass
