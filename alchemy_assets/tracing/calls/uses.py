"""Tell what kind of value a parameter takes by its name, and by what a function does with it.

Belongs here: names that say something, and how what is seen is weighed. Does not: what an expression of a language
means (the rows of `calls.python`, `calls.javascript`, ...).
"""

import re
from collections import Counter
from collections.abc import Sequence

# Of what is used like this, no value can be written down: functions, objects with methods of their own.
NO_VALUE = "no value"
_NAMES = (
    ("matrix", r"matrix|grid|board|mat"),
    (
        "ints",
        r"nums|numbers|ints|values|vals|arr(?:ay)?\d?|lst|list|seq|sequence|items|data|xs|ys|elements|points|weights",
    ),
    ("texts", r"words|strings|lines|names|tokens|keys|args|parts|texts|labels"),
    ("map", r"map|mapping|dict|dictionary|d|table|obj|object|opts|options|props|params|config"),
    (
        "nat",
        r"n|k|count|size|length|len|limit|depth|width|height|num\w*|times|level|step|places|digits|precision|indent",
    ),
    (
        "int",
        r"i|j|m|a|b|x|y|z|number|year|month|day|hour|minute|seconds?|start|end|stop|index|offset|base|min\w*|max\w*",
    ),
    ("int", r"total|amount|value|val|age|low|high|lo|hi|left|right|first|second|target|bytes|\w*seconds"),
    ("bool", r"(?:is|has|should|use|allow|with|ignore|include|keep)[A-Z_]\w*|flag|strict|verbose|reverse|debug"),
    ("char", r"ch|char|character|c|sep|separator|delim|delimiter"),
    (
        "text",
        r"s\d?|t|st|str|string|text|txt|line|word|name|key|path|url|title|message|msg|prefix|suffix|pattern|source|src",
    ),
    (
        "text",
        r"input|content|body|query|html|code|expr\w*|filename|sentence|phrase|identifier|label|tag|token|version|date",
    ),
    ("text", r"\w*(?:_str|_string|_text|_name|String|Text|Name)"),
)
_NAMED = tuple((kind, re.compile(pattern)) for kind, pattern in _NAMES)
Uses = Sequence[tuple[str, str]]


def kind_of_name(name: str) -> str | None:
    """The kind that a parameter's name suggests."""
    return next((kind for kind, pattern in _NAMED if pattern.fullmatch(name.lstrip("_$"))), None)


def kinds_of_default(default: str) -> tuple[str, ...]:
    """The kind of a default that is a literal, or nothing."""
    if re.fullmatch(r"(?i:true|false)", default):
        return ("bool",)
    if re.fullmatch(r"-?\d+", default):
        return ("nat",) if int(default) > 0 else ("int",)
    if re.fullmatch(r"-?(?:\d+\.\d*|\.\d+)", default):
        return ("float",)
    if default[:1] in {"'", '"', "`"}:
        return ("char",) if re.fullmatch(r"(['\"`])[^\w]\1", default) else ("text",)
    return ()


def kinds_of_use(name: str, body: str, uses: Uses) -> tuple[str, ...]:
    """The kinds that fit what a body does with a parameter and what it is called, the likeliest first.

    uses: (kind, pattern with NAME for the parameter); `seq` is text or a list, `list` one of either items.
    """
    seen: Counter[str] = Counter()
    for kind, pattern in uses:
        seen[kind] += len(re.findall(pattern.replace("NAME", re.escape(name)), body))
    named = kind_of_name(name)
    if seen[NO_VALUE] and not seen["text"]:
        return (NO_VALUE,)
    if seen["map"] > max(seen["text"], seen["list"]):
        return ("map", "textmap", "nested")
    kind = next((kind for kind in _SURE_FIRST if seen[kind]), "name")
    return _MEANT.get(
        (kind, named or ""), _MEANT.get((kind, ""), (kind,) if kind != "name" else (named,) if named else ())
    )


# What is seen, the surest first, and what it means together with a name.
_SURE_FIRST = ("text", "matrix", "ints", "texts", "list", "seq", "int", "float", "bool")
_MEANT = {
    ("list", "texts"): ("texts", "ints"),
    ("list", ""): ("ints", "texts"),
    ("seq", "ints"): ("ints",),
    ("seq", "texts"): ("texts",),
    ("seq", "matrix"): ("matrix",),
    ("seq", "map"): ("map", "texts"),
    ("seq", "text"): ("text", "ints"),
    ("seq", "char"): ("text", "ints"),
    ("seq", ""): ("ints", "text", "texts"),
    ("int", "nat"): ("nat",),
}


def keys_of_use(name: str, body: str, lookups: Sequence[str]) -> tuple[str, ...]:
    """The keys that a body looks up in a parameter, by patterns with NAME for it; at most six."""
    found = [key for pattern in lookups for key in re.findall(pattern.replace("NAME", re.escape(name)), body)]
    return tuple(dict.fromkeys(key for key in found if key))[:6]
