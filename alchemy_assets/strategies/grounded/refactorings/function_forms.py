"""Write the function that a run of statements becomes, and its call, in each language.

Belongs here: signatures and calls. Does not: what a run needs and gives (`runs`). Where a language wants types they are those of
the declarations; where a variable has none, there is no function.
"""

import re
from typing import TYPE_CHECKING

from alchemy_assets.strategies.grounded.names import Name
from alchemy_assets.strategies.grounded.refactorings.reading import Reading, Scope
from alchemy_assets.strategies.grounded.refactorings.runs import Run
from alchemy_assets.syntax_tree import text_of

if TYPE_CHECKING:
    from tree_sitter import Node


def form_of(  # noqa: PLR0911, PLR0913, PLR0917 -- one branch a language
    reading: Reading,
    scope: Scope,
    run: Run,
    new: str,
    inputs: list[str],
    output: str | None,
    method: bool,  # noqa: FBT001 -- a fact of the function
) -> tuple[str, str, str, str] | None:
    """How the function opens and closes, how it is called, and how it gives its value."""
    language, item = reading.language, scope.item
    text = reading.source[run.start : run.end].decode()
    listed = ", ".join(inputs)
    if language == "Shell":
        return f"{new}() {{", "}", new, ""
    if language == "Python":
        return _python(reading, scope, text, new, inputs, output)
    if language == "Ruby":
        if item.node.type != "method" or re.search(r"\bself\b|\bsuper\b|\bbinding\b", text):
            return None
        brackets = f"({listed})" if inputs else ""
        return (
            f"def {new}{brackets}",
            "end",
            f"{output} = {new}{brackets}" if output else f"{new}{brackets}",
            output or "",
        )
    semicolon = "" if language == "Go" or (language == "JavaScript" and ";\n" not in text_of(item.node)) else ";"
    give = f"return {output}{semicolon}" if output else ""
    if language == "JavaScript":
        of_self = re.search(r"\bthis\b", text) is not None
        if (
            re.search(r"\bsuper\b|\barguments\b", text)
            or (method and not of_self)
            or (of_self and item.node.type != "method_definition")
        ):
            return None
        if not method and item.node.type != "function_declaration":
            return None
        assigned = _declared_in_js(scope, run, output)
        call = f"{'this.' if method else ''}{new}({listed}){semicolon}"
        return f"{'' if method else 'function '}{new}({listed}) {{", "}", f"{assigned}{call}", give
    if language == "PHP":
        of_self = "$this" in text
        if re.search(r"\b(?:self|static|parent)::", text) or (method and not of_self) or (of_self and not method):
            return None
        listed = ", ".join(inputs)
        brace = _brace(reading, scope)
        call = f"{f'{output} = ' if output else ''}{'$this->' if method else ''}{new}({listed});"
        return f"{'private ' if method else ''}function {new}({listed}){brace}", "}", call, give
    return _typed(reading, scope, run, new, inputs, output, semicolon)


def _brace(reading: Reading, scope: Scope) -> str:
    """The opening brace as the function around has it."""
    return "\n{" if reading.outline.lines[scope.item.head].strip() == "{" else " {"


def _python(  # noqa: PLR0913, PLR0917 -- what a function is made of
    reading: Reading, scope: Scope, text: str, new: str, inputs: list[str], output: str | None
) -> tuple[str, str, str, str] | None:
    item = scope.item
    of_self = re.search(r"\bself\b", text) is not None
    method = bool(item.parents)
    head = reading.source[item.node.start_byte : item.node.start_byte + 300].decode()
    if re.search(r"\bcls\b|\bsuper\(|\blocals\(|\beval\(|\bexec\(", text) or head.startswith("async"):
        return None
    if (method and (not of_self or not re.match(r"def \w+\(\s*self\b", head))) or (of_self and not method):
        return None
    given = ", ".join(one for one in inputs if one != "self")
    own = f"self, {given}".rstrip(", ") if method else given
    call = f"{f'{output} = ' if output else ''}{'self.' if method else ''}{new}({given})"
    return f"def {new}({own}):", "", call, f"return {output}" if output else ""


def _declared_in_js(scope: Scope, run: Run, output: str | None) -> str:
    if output is None:
        return ""
    bound = next(name for name in scope.names if name.text == output and name.role == "bind")
    if not run.holds(bound.node):
        return f"{output} = "
    holder = bound.holder.parent
    word = text_of(holder.children[0]) if holder is not None and holder.child_count else "let"
    return f"{word if word in {'const', 'let', 'var'} else 'let'} {output} = "


def _typed(  # noqa: PLR0911, PLR0913, PLR0917 -- one return a rule
    reading: Reading, scope: Scope, run: Run, new: str, inputs: list[str], output: str | None, semicolon: str
) -> tuple[str, str, str, str] | None:
    """The function in a language whose parameters have types: those of the declarations."""
    language, item = reading.language, scope.item
    text = reading.source[run.start : run.end].decode()
    if re.search(r"\bthis\s*\(|\bsuper\b|\bbase\b|\bdefer\b|\bref\b|\bout\b", text) and language != "C":
        return None
    types = {}
    for one in {*inputs, *([output] if output else [])}:
        kind = _type(reading, scope, one)
        if kind is None or (language == "C" and re.search(rf"&\s*{one}\b|\b{one}\s*\.", text)):
            return None
        types[one] = kind
    declared = bool(output) and run.holds(
        next(name.node for name in scope.names if name.text == output and name.role == "bind")
    )
    head = reading.source[item.node.start_byte : (item.body or item.node).start_byte].decode()
    brace = _brace(reading, scope)
    give = f"return {output}{semicolon}" if output else ""
    if language == "Go":
        if item.node.type != "function_declaration" or "[" in head.split("(")[0]:
            return None
        listed = ", ".join(f"{one} {types[one]}" for one in inputs)
        call = f"{new}({', '.join(inputs)})"
        gives = f" {types[output]}" if output else ""
        return (
            f"func {new}({listed}){gives} {{",
            "}",
            f"{output} {':=' if declared else '='} {call}" if output else call,
            give,
        )
    listed = ", ".join(f"{types[one]}{'' if types[one].endswith('*') else ' '}{one}" for one in inputs)
    gives = types[output] if output else "void"
    call = f"{new}({', '.join(inputs)});"
    if output:
        call = f"{f'{gives} ' if declared and not gives.endswith('*') else gives if declared else ''}{output} = {call}"
    space = "" if gives.endswith("*") else " "
    if language == "C":
        return f"static {gives}{space}{new}({listed or 'void'}){brace}", "}", call, give
    if "<" in head.split("(")[0] and re.search(r"<\s*[A-Z]\w*(?:\s+extends|\s*[,>])", head.split("(")[0]):
        return None
    static = "static " if re.search(r"\bstatic\b", head) else ""
    throws = re.search(r"\bthrows\s+[\w., ]+", head)
    return f"private {static}{gives} {new}({listed}){f' {throws[0].strip()}' if throws else ''}{brace}", "}", call, give


def _type(reading: Reading, scope: Scope, text: str) -> str | None:
    """The type that a variable is declared with; None where it has none of its own."""
    names = [name for name in scope.names if name.text == text and name.role == "bind"]
    kinds = {_declared_type(reading, name) for name in names if "assignment" not in name.holder.type}
    return next(iter(kinds)) if len(kinds) == 1 else None


def _declared_type(reading: Reading, name: Name) -> str | None:
    holder: Node | None = name.holder
    while holder is not None and holder.child_by_field_name("type") is None:
        holder = (
            holder.parent if holder.type in {"variable_declarator", "init_declarator", "variable_declaration"} else None
        )
    if holder is None:
        return None
    kind = holder.child_by_field_name("type")
    around = name.node.parent
    if kind is None or around is None:
        return None
    shown = text_of(kind)
    if reading.language == "Go":
        return shown if "..." not in text_of(holder) else None
    between = reading.source[kind.end_byte : name.node.start_byte].decode().strip()
    behind = reading.source[name.node.end_byte : name.node.end_byte + 2].decode().lstrip()
    if between.strip("* ") or behind.startswith("[") or shown in {"var", "auto", "dynamic"} or "struct {" in shown:
        return None
    const = "const " if reading.source[holder.start_byte : kind.start_byte].decode().strip() == "const" else ""
    return f"{const}{shown} {between}".rstrip() if between else f"{const}{shown}"
