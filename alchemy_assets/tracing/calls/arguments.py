"""Values for parameters by their kind, and which calls of a function are tried.

Belongs here: kinds, their values in a fixed order, and how the values of several parameters are put together. Does not:
how a language writes a value (`calls.python`, ...), which functions are called (`functions`).
Values are plain data (int, float, str, bool, None, list, tuple, dict); nothing is random.
"""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from alchemy_assets.tracing.calls.functions import Calls, Drawn, Parameter
from alchemy_assets.tracing.calls.uses import kind_of_name
from alchemy_assets.tracing.inputs.literals import read_literals
from alchemy_assets.tracing.inputs.pools import NAMED
from alchemy_assets.tracing.screening.code import read_code

# How many calls of the best function are tried, of the second, and so on, by how many functions there are.
CALLS = {1: (12,), 2: (8, 6), 3: (6, 5, 4), 4: (6, 4, 4, 3)}
LEFT_OUT = object()
"""What stands for an optional parameter that gets no value."""
_TEXTS = ("hello world", "A man, a plan", "banana", "", "x", "Zebra 42 times")
VALUES: Mapping[str, tuple[object, ...]] = MappingProxyType(
    {
        "int": (12, 7, 0, 30, 1, -4, 1500, 100),
        "nat": (6, 10, 1, 0, 17, 3),
        "float": (2.5, 1234.5, 0.75, -3.5, 0.0, 90.0),
        "bool": (True, False),
        "text": _TEXTS,
        "char": ("a", "Z", "7", " ", "-"),
        "digits": ("42", "0", "-7", "1024", "12a"),
        "ints": ([3, 9, 2, 9, 1], [1, 2, 3, 4, 5, 6], [7], [-4, 0, 8, -4], []),
        "floats": ([2.5, -1.0, 4.0], [1.5, 1.5, 3.0, 0.5], [8.0], []),
        "texts": (["pear", "fig", "apple", "fig"], ["x", "yy", "zzz"], ["banana"], []),
        "bools": ([True, False, True], [False], []),
        "matrix": ([[1, 2, 3], [4, 5, 6]], [[0, 1], [1, 0]], [[5]], [[2, 0, 1], [1, 3, 0], [0, 4, 2]]),
        "grid": ([["a", "b", "c"], ["d", "e", "f"]], [["x", "o"], ["o", "x"]], [["a"]]),
        "pairs": ([("a", 3), ("b", 1), ("a", 2)], [("x", 0)], []),
        "map": ({"b": 2, "a": 1, "c": 2}, {"x": 10, "y": -3}, {}),
        "textmap": ({"name": "Ada", "city": "Rome"}, {"a": "1"}, {}),
        "nested": ({"a": 1, "b": {"c": 2, "d": [3, 4]}}, {"x": {"y": {}}}, {}),
        "none": (None,),
    }
)
"""The values of each kind, the likeliest first."""
# Tried where nothing is known of a parameter.
_UNKNOWN = ("text", "int", "ints")
_NUMBER = re.compile(r"-?\d{1,4}")


def proposals(table: Calls, drawn: Sequence[Drawn]) -> list[tuple[Drawn, str]]:
    """The calls that are tried, as many of each function as `CALLS` says, those of all functions in turn."""
    streams = [_calls_of(table, one, count) for one, count in zip(drawn, CALLS.get(len(drawn), ()), strict=False)]
    return [
        (one, stream[turn])
        for turn in range(max(map(len, streams), default=0))
        for one, stream in zip(drawn, streams, strict=False)
        if turn < len(stream)
    ]


def _calls_of(table: Calls, one: Drawn, count: int) -> list[str]:
    """Different calls of one function: examples that its documentation gives, then values by kind."""
    known = read_literals(read_code(table.language, one.text))
    own = [text for text in (*known.compared, *known.defaults) if len(text) <= 20]  # noqa: PLR2004 -- words, not texts
    columns = [_values(parameter, own) for parameter in one.function.parameters]
    calls = dict.fromkeys(one.function.examples[: count - 1])
    for turn in range(2 * count):
        values = [_turn(column, turn, place) for place, column in enumerate(columns)]
        calls.setdefault(table.call(one.function, values))
    return list(calls)[:count]


def _turn(column: Sequence[object], turn: int, place: int) -> object:
    """The value of a turn; neighbours move at different speeds, so that they do not stay in step."""
    step = turn if place == 0 else turn + place + turn // max(len(column), 1)
    return column[step % len(column)]


def _values(parameter: Parameter, own: Sequence[str]) -> list[object]:
    """Values for a parameter, kinds in turn; an optional one is left out first, and every third time."""
    kinds = parameter.kinds or _UNKNOWN
    columns = [_of_kind(kind, parameter.name, own) for kind in kinds]
    if parameter.keys and "map" in kinds:
        columns = [[_record(parameter.keys, turn, own) for turn in range(4)]]
    if parameter.values:
        columns = [list(parameter.values)]
    values = [
        column[turn] for turn in range(max(map(len, columns))) for column in columns if turn < len(column)
    ]  # fmt: skip
    if not parameter.optional:
        return values
    if not (parameter.kinds or parameter.values):
        return [LEFT_OUT]
    return [LEFT_OUT, *(one for turn in range(0, len(values), 2) for one in (*values[turn : turn + 2], LEFT_OUT))]


def _record(keys: Sequence[str], turn: int, own: Sequence[str]) -> dict[str, object]:
    """A map with the keys that are looked up, at times without the last; each has a value that its name suggests."""
    shown = keys[:-1] if turn % 2 and len(keys) > 1 else keys
    made: dict[str, object] = {}
    for place, key in enumerate(shown):
        column = _of_kind(kind_of_name(key) or ("int", "text")[place % 2], key, own)
        made[key] = column[(turn + place) % len(column)]
    return made


def _of_kind(kind: str, name: str, own: Sequence[str]) -> list[object]:
    """Values of a kind, with those that the parameter's name and the literals of the function suggest."""
    values = list(VALUES[kind])
    if kind in {"int", "nat"}:
        return _distinct([*values[:2], *_numbers(name, own), *values[2:]])
    if kind == "text":
        named = next((list(texts) for pattern, texts in NAMED if re.search(pattern, name, re.IGNORECASE)), [])
        named = [] if all(_NUMBER.fullmatch(str(one)) for one in named) else named
        words = [one for one in own if not _NUMBER.fullmatch(one)]
        made = _joined(words)
        return _distinct(
            [*made[:1], *named[:2], *words[:3], *values[:3], *made[1:], *words[3:6], *named[2:], *values[3:]]
        )
    if kind == "texts":
        words = [one for one in own if re.search(r"\w", one) and not _NUMBER.fullmatch(one)][:3]
        return _distinct([*values[:1], *([[*words, words[0]]] if words else []), *values[1:]])
    if kind == "char":
        return _distinct([*(one for one in own if len(one) == 1), *values])
    return values


def _numbers(name: str, own: Sequence[str]) -> list[object]:
    """Numbers that the function compares with, and a neighbour of each; years and months by name."""
    compared = [int(one) for one in own if _NUMBER.fullmatch(one)]
    named = next((texts for pattern, texts in NAMED[:6] if re.search(pattern, name, re.IGNORECASE)), ())
    return [
        *(int(one) for one in named if _NUMBER.fullmatch(one)),
        *(n for one in compared[:3] for n in (one, one + 1)),
    ]


def _joined(words: Sequence[str]) -> list[str]:
    """Texts with the punctuation that a function looks for between words, if it looks for some."""
    signs = [one for one in words if len(one) <= 2 and not re.search(r"[\w\s]", one)][:4]  # noqa: PLR2004
    if not signs:
        return []
    parts = ["alpha", "7", "beta", "x", "12", "end"]
    first = "".join(f"{part}{signs[turn % len(signs)]}" for turn, part in enumerate(parts[: len(signs) + 1]))
    return [f"{first}{parts[-1]}", f"{signs[-1]}{signs[0]}a{signs[-1]}"]


def _distinct(values: Sequence[object]) -> list[object]:
    return list({repr(one): one for one in values}.values())
