"""What the doctests of a Python file call, and what that says of the values that its functions take.

Belongs here: calls behind `>>>` whose arguments are literals. Does not: what else tells a kind (`python_kinds`).
"""

import ast
import re
import textwrap
import warnings
from collections.abc import Sequence
from dataclasses import replace

from alchemy_assets.tracing.calls.arguments import VALUES
from alchemy_assets.tracing.calls.functions import Parameter

LONGEST = 160
_PLAIN = {int: "int", str: "text", float: "float", bool: "bool"}
_MOST = 8


def doctests(source: str) -> dict[str, list[str]]:
    """Calls with nothing but literals that stand behind `>>>`, by the function's name."""
    found: dict[str, list[str]] = {}
    for line in re.findall(r"^\s*>>> (.+)$", source, re.MULTILINE):
        try:
            with warnings.catch_warnings(action="ignore"):
                tree = ast.parse(textwrap.dedent(line).strip())
        except (SyntaxError, ValueError):
            continue
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
            values = [*call.args, *(one.value for one in call.keywords)]
            if name and values and all(map(_is_literal, values)) and len(ast.unparse(call)) <= LONGEST:
                found.setdefault(name, []).append(ast.unparse(call))
    return found


def _is_literal(node: ast.expr) -> bool:
    try:
        ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False
    return True


def as_in_examples(parameters: Sequence[Parameter], examples: Sequence[str]) -> tuple[Parameter, ...]:
    """The parameters, with values like those that the examples give them; of containers, those that are made alike."""
    given: dict[str, list[object]] = {}
    for example in examples:
        call = ast.parse(example, mode="eval").body
        if isinstance(call, ast.Call):
            named = [(one.name, node) for one, node in zip(parameters, call.args, strict=False)]
            named += [(one.arg, one.value) for one in call.keywords if one.arg is not None]
            for name, node in named:
                given.setdefault(name, []).append(ast.literal_eval(node))
    return tuple(_like(one, given[one.name]) if one.name in given else one for one in parameters)


def _like(parameter: Parameter, seen: Sequence[object]) -> Parameter:
    kinds = tuple(dict.fromkeys(_PLAIN[type(one)] for one in seen if type(one) in _PLAIN))
    containers = [one for one in seen if isinstance(one, dict | list | tuple)]
    if len(containers) == len(seen):
        made = [_as(value, one) for column in VALUES.values() for value in column for one in containers[:1]]
        shapes = {repr(_shape(one)) for one in containers}
        alike = [one for one in made if repr(_shape(one)) in shapes]
        values = {repr(one): one for one in [*containers, *alike]}
        return replace(parameter, values=tuple(values.values())[:_MOST])
    return (
        replace(parameter, kinds=kinds)
        if kinds and not containers and set(kinds).isdisjoint(parameter.kinds)
        else parameter
    )


def _as(value: object, example: object) -> object:
    """A list as a tuple, and the other way round, where the example is one."""
    return type(example)(value) if isinstance(value, list | tuple) and isinstance(example, list | tuple) else value


def _shape(value: object) -> object:
    """How a value is made: its type, and that of its first item."""
    if isinstance(value, dict):
        return "dict", [(_shape(key), _shape(one)) for key, one in list(value.items())[:1]]
    if isinstance(value, list | tuple):
        return type(value).__name__, [_shape(one) for one in value[:1]]
    return type(value).__name__
