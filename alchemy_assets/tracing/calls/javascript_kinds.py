"""What kind of value a parameter of JavaScript or TypeScript takes: its type, its default, and what is done with it.

Belongs here: words and expressions of both languages. Does not: which functions there are (`calls.javascript`), how uses
are weighed (`uses`).
"""

import re

from alchemy_assets.tracing.calls.uses import NO_VALUE, Uses, kind_of_name, kinds_of_default, kinds_of_use
from alchemy_assets.tracing.inputs.patterns import matching

_TEXT = (
    "split|trim|trimStart|trimEnd|toLowerCase|toUpperCase|charAt|charCodeAt|codePointAt|startsWith|endsWith|replace"
    "|replaceAll|match|matchAll|padStart|padEnd|substr|substring|localeCompare|repeat|search|normalize"
)
_LIST = (
    "push|pop|shift|unshift|map|filter|forEach|reduce|reduceRight|sort|join|splice|reverse|some|every|find|findIndex|flat"
    "|flatMap|fill"
)
_BOTH = (
    "slice|indexOf|lastIndexOf|includes|concat|at|length|toString|valueOf|hasOwnProperty|toFixed|toPrecision|keys|entries"
    "|values"
)
_USES: Uses = (
    ("text", rf"\bNAME\??\.(?:{_TEXT})\b"),
    (
        "text",
        r"typeof\s+NAME\s*[!=]==?\s*[\"']string|\bString\(NAME\)|\.(?:test|exec)\(\s*NAME\b|\bparse(?:Int|Float)\(NAME",
    ),
    ("text", r"\bNAME\s*[!=]==?\s*[\"']|[\"'`]\s*\+\s*NAME\b|\bNAME\s*\+\s*[\"'`]|\bNAME\[[^\]]+\]\s*[!=]==?\s*[\"']"),
    (
        "int",
        r"[<>]=?\s*NAME\b(?!\s*[.\[])|\bNAME\s*(?:%|<<|>>|&(?!&)|\*\*)|\bNAME\s*[-*/]\s*\w|\w\s*[-*/%]\s*NAME\b(?!\s*[.\[(])",
    ),
    (
        "int",
        r"\bNAME\s*[<>]=?\s*-?\d|typeof\s+NAME\s*[!=]==?\s*[\"']number|\bNAME\s*[-+*]?=(?!=)\s*-?\d|\bNAME\s*===?\s*-?\d|\bNAME(?:\+\+|--)",
    ),
    ("int", r"\bMath\.\w+\([^()\n]*\bNAME\b(?!\s*[.\[])|\bNumber\.isInteger\(NAME|\bNAME\.to(?:Fixed|Precision)\b"),
    (
        "seq",
        r"\bNAME\??\.length\b|\bof\s+NAME\b|\bNAME\[|\.\.\.NAME\b|\bNAME\.(?:slice|indexOf|includes|concat)\b|\bArray\.from\(NAME",
    ),
    ("ints", r"\bMath\.(?:max|min)\(\.\.\.NAME|\bMath\.(?:max|min)\.apply\(\w+,\s*NAME"),
    ("ints", r"\bNAME\[[^\[\]]+\]\s*(?:[-*/%](?!=)|[<>]=?)|[-*/%]\s*NAME\[[^\[\]]+\](?!\s*[.\[(])"),
    ("matrix", r"\bNAME\[\w+\]\[|\bNAME\[0\]\.length"),
    ("list", rf"\bNAME\??\.(?:{_LIST})\b|\bArray\.isArray\(NAME\)"),
    ("map", r"\bObject\.(?:keys|entries|values|assign)\(NAME\b|\bin\s+NAME\b|\bNAME\.hasOwnProperty|\bNAME\[\s*[\"']"),
    ("map", rf"(?<![\w.])NAME\??\.(?!(?:{_TEXT}|{_LIST}|{_BOTH})\b)[a-zA-Z_$][\w$]*\b(?!\s*\()"),
    (
        NO_VALUE,
        rf"(?<![\w.])NAME\??\.(?!(?:{_TEXT}|{_LIST}|{_BOTH})\b)[a-zA-Z_$][\w$]*\s*\(|(?<![\w.$])NAME\s*\(|\bnew\s+NAME\b",
    ),
    (
        NO_VALUE,
        r"\bNAME\.(?:apply|call|bind|then|prototype)\b|\binstanceof\s+NAME\b|typeof\s+NAME\s*[!=]==?\s*[\"']function",
    ),
)
LOOKUPS = (
    rf"(?<![\w.])NAME\??\.(?!(?:{_TEXT}|{_LIST}|{_BOTH})\b)([a-zA-Z_$][\w$]*)\b(?!\s*\()",
    r"\bNAME\[\s*[\"'](\w[\w.-]*)[\"']\s*\]",
)
"""Where the keys stand that a function looks up in a parameter."""
_TYPES = (
    (r"number|bigint", ("int", "float")),
    (r"string", ("text",)),
    (r"boolean", ("bool",)),
    (r"(?:readonly)?number\[\]|(?:Readonly)?Array<number>", ("ints",)),
    (r"(?:readonly)?string\[\]|(?:Readonly)?Array<string>", ("texts",)),
    (r"number\[\]\[\]|Array<number\[\]>", ("matrix",)),
    (r"string\[\]\[\]", ("grid",)),
    (
        r"(?:readonly)?(?:[TKUV]|any|unknown)\[\]|(?:Readonly)?Array<(?:[TKUV]|any|unknown)>|Iterable<\w>",
        ("ints", "texts"),
    ),
    (
        r"Record<string,(?:number|any|unknown|[TV])>|\{\[\w+:string\]:(?:number|any|unknown|[TV]);?\}|object",
        ("map", "nested"),
    ),
    (r"Record<string,string>|\{\[\w+:string\]:string;?\}", ("textmap",)),
)
# Where nothing of this stands, a number is one that counts.
_FRACTIONS = re.compile(
    r"\d\.\d|\w\s*/=?\s*[\w(]|\btoFixed\b|\bparseFloat\b"
    r"|\bMath\.(?:a?(?:sin|cos|tan)\w*|atan2|cbrt|ceil|exp|floor|hypot|log\w*|pow|round|sqrt|PI|E)\b"
)


def kinds_of(name: str, body: str, annotation: str, default: str) -> tuple[str, ...]:
    """Kinds by the type, else by the default, else by use."""
    if annotation:
        plain = re.sub(r"\s", "", annotation.lstrip(":"))
        parts = [part for part in re.split(r"\|(?![^<>{}()]*[>})])", plain) if part not in {"null", "undefined"}]
        known = tuple(dict.fromkeys(kind for part in parts for kind in _typed(part)))
        if known == ("int", "float") and not _FRACTIONS.search(body):
            return ("nat",) if kind_of_name(name) == "nat" else ("int",)
        if known:
            return known
        if not set(parts) <= {"any", "unknown", "T", "K", "V"}:
            return (NO_VALUE,)
    kinds = kinds_of_default(default) or kinds_of_use(name, body, _USES)
    # What is only walked through is a list, unless its name or something else speaks for text.
    return ("ints", "texts") if kinds == ("ints", "text", "texts") and len(name) > 2 else kinds  # noqa: PLR2004


def documented(comment: str) -> dict[str, str]:
    """The types that a documentation comment gives to parameters, those alone that say what a value is."""
    found = re.findall(r"@param\s+\{([^{}\n]+)\}\s+\[?([A-Za-z_$][\w$]*)(?![\w$.])", comment)
    plain = ((name, re.sub(r"[\s?!()=]", "", said).replace("Array.<", "Array<")) for said, name in found)
    known = ((name, re.sub(r"^(String|Number|Boolean)$", lambda one: one[1].lower(), said)) for name, said in plain)
    return {name: said for name, said in known if any(_typed(part) for part in said.split("|"))}


def _typed(part: str) -> tuple[str, ...]:
    return next((kinds for pattern, kinds in _TYPES if re.fullmatch(pattern, part)), ())


def values_of(annotation: str) -> tuple[object, ...]:
    """The values of a type that lists them: `'left' | 'right'`."""
    parts = [part.strip() for part in annotation.lstrip(": ").split("|") if part.strip()]
    if len(parts) < 2 or not all(re.fullmatch(r"'[^']*'|\"[^\"]*\"|-?\d+|undefined|null", part) for part in parts):  # noqa: PLR2004
        return ()
    return tuple(part[1:-1] if part[0] in "'\"" else int(part) for part in parts if part not in {"undefined", "null"})


_PATTERN = r"/((?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n\[*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n\[])*)/[a-z]*"


def texts_of(name: str, body: str, text: str) -> tuple[object, ...]:
    """Texts for a parameter that the function tries patterns on: what they match, and some others."""
    asked = re.findall(
        rf"\b{name}\??\.(?:match|matchAll|replace|replaceAll|search|split)\(\s*(?:{_PATTERN}|(\w+))", body
    ) + re.findall(rf"(?:{_PATTERN}|\b(\w+))\.(?:test|exec)\(\s*{name}\b", body)
    named = {one[1]: one[2] for one in re.finditer(rf"\b(?:const|let|var)\s+(\w+)[^=;\n]*=\s*{_PATTERN}", text)}
    patterns = dict.fromkeys(pattern or named.get(known, "") for pattern, known in asked)
    whole = [one.replace("(?<", "(?P<").replace("(?P<=", "(?<=").replace("(?P<!", "(?<!") for one in patterns if one]
    found = [matching(one, least=least) for one in whole[:4] for least in (False, True)]
    made = list(dict.fromkeys(one for one in found if one is not None and re.search(r"\w", one)))
    return (*made[:2], "hello world", *made[2:], "A man, a plan", "banana", "", "x") if made else ()
