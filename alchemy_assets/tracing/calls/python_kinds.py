"""What kind of value a parameter of Python takes: its annotation, its default, and what is done with it.

Belongs here: words and expressions of Python. Does not: which functions there are (`calls.python`), how uses are weighed
(`uses`).
"""

import re

from alchemy_assets.tracing.calls.uses import NO_VALUE, Uses, kinds_of_default, kinds_of_use

_TEXT = (
    "split|strip|lstrip|rstrip|lower|upper|startswith|endswith|replace|encode|splitlines|find|rfind|isdigit|isalpha"
    "|isupper|islower|isspace|isalnum|title|capitalize|partition|rpartition|rsplit|casefold|ljust|rjust|zfill|translate"
    "|swapcase"
)
_LIST = "append|pop|sort|insert|extend|remove|reverse"
_MAP = "items|keys|values|get|setdefault"
_MORE = "update|copy|index|count|join|format|isoformat|add|real|imag"
_USES: Uses = (
    ("text", rf"\bNAME\.(?:{_TEXT})\b"),
    ("text", r"\bre\.\w+\([^,\n]+,\s*NAME\b"),
    (
        "text",
        r"\b\w*(?:re|RE|regex|pattern)\.(?:match|search|sub|findall|split|finditer|fullmatch)\((?:[^,\n()]+,\s*)?NAME\b",
    ),
    ("text", r"isinstance\(NAME,\s*\(?\s*(?:str|basestring|bytes)\b"),
    ("text", r"\bfor\s+(?:c|ch|char|letter)\s+in\s+NAME\b|\bNAME\[[^\]]+\]\s*[!=]=\s*[\"']"),
    ("text", r"\bNAME\s*[!=]=\s*[\"']\w?|[\"']\s*\+\s*NAME\b|\bNAME\s*\+\s*[\"']"),
    ("int", r"\brange\([^()\n]*\bNAME\b|\bNAME\s*(?:%|//|<<|>>|&|\*\*)|\bNAME\s*[-+*]\s*\d|\d\s*[-+*/]\s*NAME\b"),
    ("int", r"\bNAME\s*[<>]=?\s*-?\d|isinstance\(NAME,\s*\(?\s*int\b|\bNAME\s*[-+*]?=\s*-?\d|\bNAME\s*==\s*-?\d"),
    ("float", r"\bmath\.\w+\(NAME\b|\bNAME\s*/\s*\w|isinstance\(NAME,\s*\(?\s*float\b"),
    ("seq", r"\blen\(NAME\)|\bin\s+(?:enumerate\(|reversed\(|sorted\()?NAME\b|\bNAME\["),
    ("seq", r"\b(?:zip|sorted|set|list|tuple|iter|map)\([^()\n]*\bNAME\b"),
    ("ints", r"\b(?:sum|max|min)\(NAME\)"),
    ("ints", r"\bNAME\[[^\[\]]+\]\s*(?:[-*/](?!=)|[<>]=?)|[-*/]\s*NAME\[[^\[\]]+\](?!\s*[.\[(])"),
    ("matrix", r"\bNAME\[\w+\]\[|\blen\(NAME\[0\]\)"),
    ("list", rf"\bNAME\.(?:{_LIST})\b|isinstance\(NAME,\s*\(?\s*(?:list|tuple)\b"),
    ("map", rf"\bNAME\.(?:{_MAP})\b|\bNAME\[\s*[\"']|isinstance\(NAME,\s*\(?\s*dict\b"),
    (NO_VALUE, rf"(?<![\w.])NAME\.(?!(?:{_TEXT}|{_LIST}|{_MAP}|{_MORE})\b)[a-zA-Z_]\w*|(?<![\w.])NAME\("),
)
LOOKUPS = (
    r"\bNAME(?:\[|\.(?:get|pop|setdefault)\()\s*[\"'](\w[\w.-]*)[\"']",
    r"[\"'](\w[\w.-]*)[\"']\s+(?:not\s+)?in\s+NAME\b",
)
"""Where the keys stand that a function looks up in a parameter."""
_ANNOTATED = (
    (r"(?:int|Int)", ("int",)),
    (r"float|complex|Number|Real", ("float",)),
    (r"bool", ("bool",)),
    (r"str|AnyStr|Text|LiteralString", ("text",)),
    (r"SEQ\[(?:int|Int)(?:,\.\.\.)?\]", ("ints",)),
    (r"SEQ\[float(?:,\.\.\.)?\]", ("floats",)),
    (r"SEQ\[str(?:,\.\.\.)?\]", ("texts",)),
    (r"SEQ\[bool\]", ("bools",)),
    (r"SEQ\[SEQ\[(?:int|float)\]\]", ("matrix",)),
    (r"SEQ\[SEQ\[str\]\]", ("grid",)),
    (r"SEQ\[(?:tuple|Tuple)\[str,int\]\]", ("pairs",)),
    (r"SEQ(?:\[(?:T|_T|Any|object|\w)\])?", ("ints", "texts")),
    (r"MAP\[str,str\]", ("textmap",)),
    (r"MAP\[str,(?:int|float)\]", ("map",)),
    (r"MAP(?:\[(?:str|Any|\w),(?:Any|object|\w)\])?", ("map", "nested")),
)
_SEQUENCES = (
    r"(?:typing\.|t\.)?(?:list|List|Sequence|Iterable|Collection|tuple|Tuple|MutableSequence|Container"
    r"|collections\.abc\.\w+)"
)
_MAPS = r"(?:typing\.|t\.)?(?:dict|Dict|Mapping|MutableMapping)"


def kinds_of(name: str, body: str, annotation: str, default: str) -> tuple[str, ...]:
    """Kinds by the annotation, else by the default, else by use."""
    if annotation:
        plain = re.sub(r"[\s\"']", "", annotation)
        optional = re.fullmatch(r"(?:typing\.|t\.)?Optional\[(.*)\]", plain)
        plain = re.sub(r"^None\||\|None$", "", optional[1] if optional else plain)
        parts = [_annotated(part) for part in re.split(r"\|(?![^\[]*\])", plain)]
        known = tuple(dict.fromkeys(kind for part in parts for kind in part))
        if known or plain not in {"Any", "object", "T", "typing.Any"}:
            return known or (NO_VALUE,)
    kinds = kinds_of_default(default) or kinds_of_use(name, body, _USES)
    # What is only walked through is a list, unless its name or something else speaks for text.
    return ("ints", "texts") if kinds == ("ints", "text", "texts") and len(name) > 2 else kinds  # noqa: PLR2004


def _annotated(part: str) -> tuple[str, ...]:
    for pattern, kinds in _ANNOTATED:
        if re.fullmatch(pattern.replace("SEQ", _SEQUENCES).replace("MAP", _MAPS), part):
            return kinds
    return ()
