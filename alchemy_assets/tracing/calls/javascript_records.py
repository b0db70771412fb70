"""Objects of the types that a TypeScript file declares: `interface Point { x: number; y: number }`.

Belongs here: interfaces and object types whose fields have values of ours. Does not: what kind a plain type is
(`javascript_kinds`).
"""

import re
from collections.abc import Mapping

from alchemy_assets.tracing.calls.arguments import VALUES
from alchemy_assets.tracing.calls.javascript_kinds import kinds_of, values_of
from alchemy_assets.tracing.calls.uses import NO_VALUE, kind_of_name
from alchemy_assets.tracing.inputs.pools import NAMED

_DECLARED = re.compile(r"\b(?:interface\s+(\w+)\s*|type\s+(\w+)\s*=\s*)\{([^{}()]*)\}")
_FIELD = re.compile(r"(?:readonly\s+)?(\w+)(\??)\s*:\s*([^;,\n]+)")
_MADE = 4
_DEEPEST = 2
Fields = Mapping[str, list[tuple[str, bool, str]]]


def records_of(annotation: str, text: str) -> tuple[object, ...]:
    """Values of a type that the file declares, or of a list of such; none where a field that is needed has none."""
    named = re.fullmatch(r":?\s*(?:readonly\s+)?(?:(\w+)|(\w+)\[\]|(?:Readonly)?Array<(\w+)>)", annotation.strip())
    if named is None:
        return ()
    found = {one[1] or one[2]: one[3] for one in _DECLARED.finditer(text)}
    types = {
        name: [(one[1], bool(one[2]), one[3].strip()) for one in _FIELD.finditer(body)] for name, body in found.items()
    }
    records = _records(named[1] or named[2] or named[3], types, 0)
    if records is None or named[1]:
        return tuple(records or ())
    return records[:3], records[2:], records[:1], []


def _records(name: str, types: Fields, depth: int) -> list[object] | None:
    if name not in types or not types[name] or depth > _DEEPEST:
        return None
    columns: dict[str, list[object]] = {}
    for field, optional, said in types[name]:
        column = _column(field, said, types, depth)
        if column is None and not optional:
            return None
        if column is not None:
            columns[field] = column
    fields = list(columns.items())
    return [
        {field: column[(turn + place) % len(column)] for place, (field, column) in enumerate(fields)}
        for turn in range(_MADE)
    ]


def _column(field: str, said: str, types: Fields, depth: int) -> list[object] | None:
    if values := values_of(said):
        return list(values)
    if (inner := _records(said.removesuffix("[]"), types, depth + 1)) is not None:
        return [inner[:2], inner[2:3]] if said.endswith("[]") else inner
    kinds = kinds_of(field, "", said, "")
    if not kinds or kinds == (NO_VALUE,):
        return None
    kind = "nat" if kinds[0] == "int" and kind_of_name(field) == "nat" else kinds[0]
    named = next((list(texts) for pattern, texts in NAMED if re.search(pattern, field, re.IGNORECASE)), [])
    words = [one for one in named if kind == "text" and re.search(r"[a-z]", one)]
    return [*words, *VALUES[kind]]
