"""Put a trivial return in front of a function's body, so that it can be seen whether tests notice.

Belongs here: what is returned in each language. Does not: running it.
The body stays behind it, never reached, so that imports and variables are still used where a compiler asks for that.
"""

import re

from alchemy_assets.strategies.grounded.excerpt import hole_of
from alchemy_assets.strategies.grounded.outline import Item, Outline
from alchemy_assets.syntax_tree import text_of

_RETURNS = {
    "C": "if (1) return 0;",
    "Cpp": "if (true) return {};",
    "CSharp": "if (true) return default;",
    "JavaScript": "return null;",
    "PHP": "return null;",
    "Python": "return None",
    "Ruby": "return nil",
    "Rust": "if true { return Default::default(); }",
    "TypeScript": "if (Boolean(1)) { return null as any; }",
}
_JAVA = ((r"boolean", "false"), (r"byte|short|int|long|float|double|char", "0"), (r"void", ""))
_SWIFT = (
    (r".*\?", "nil"),
    (r"U?Int\d*|Double|Float", "0"),
    (r"Bool", "false"),
    (r"String|Substring|Character", '""'),
    (r"\[.*:.*\]", "[:]"),
    (r"\[.*\]", "[]"),
)


def stubbed(outline: Outline, item: Item) -> str | None:
    """The file with a function that returns nothing of interest; None where nothing can be returned so simply."""
    statement, hole = _statement(outline.language, item), hole_of(outline, item)
    if statement is None or hole is None:
        return None
    body = next((line for line in outline.lines[hole[0] : hole[1] + 1] if line.strip()), "")
    indent = body[: len(body) - len(body.lstrip())]
    return "\n".join([*outline.lines[: hole[0]], f"{indent}{statement}", *outline.lines[hole[0] :]])


def _statement(language: str, item: Item) -> str | None:
    if language in _RETURNS:
        return _RETURNS[language]
    field = {"Java": "type", "Go": "result", "Swift": "return_type"}.get(language, "")
    node = item.node.child_by_field_name(field) if field else None
    kind = "" if node is None else text_of(node)
    if not kind:
        return None
    if language == "Go":
        return None if kind.startswith("(") else f"if true {{ var nothing {kind}; return nothing }}"
    if language == "Java":
        value = next((value for pattern, value in _JAVA if re.fullmatch(pattern, kind)), "null")
        return f"if (true) return {value};" if value else None
    found = next((value for pattern, value in _SWIFT if re.fullmatch(pattern, kind)), None)
    return None if found is None else f"if true {{ return {found} }}"
