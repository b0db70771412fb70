"""Read calls as drivers say them, and tell in a few words what each is given.

Belongs here: what all languages of calls share: names, brackets, quotes. Does not: how a test is written.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_OPEN, _CLOSE = "([{", ")]}"
_NAME = re.compile(r"\\?[A-Za-z_$][\w$]*(?:(?:\.|::|\\)[A-Za-z_$][\w$]*)*[?!]?")
_WRAPPED = re.compile(
    r"^(?:list|java\.util\.Arrays\.(?:deepToString|toString)|iterator_to_array)\((.*)\)$|^\[\.\.\.(.*)\]$", re.DOTALL
)
_NUMBER = re.compile(r"-?\d[\d_]*(?:\.\d+)?(?:[eE][-+]?\d+)?")
_STEP = re.compile(r"(?:\.|->|::)([A-Za-z_$][\w$]*[?!]?)\(")
# Lists of Java and Go, and texts that Go converts.
_MADE = re.compile(
    r"new [\w.]+<[^>]*>\(java\.util\.\w+\.of\((.*)\)\)"
    r"|(?:new \w+(?:\[\])+ ?|(?:\[\])+\w+)\{(.*)\}"
    r"|\[\](?:byte|rune)\((\".*\")\)"
)
MOST_WORDS = 7
MOST_SIGNS = 3
# By what they are called, in the order of the signs.
_SIGNS = dict(
    zip(
        "/\\:;,.-_+*=!?#%&|<>@~$^([{\"'",
        """slash backslash colon semicolon comma dot hyphen underscore plus asterisk equals bang mark hash percent
        ampersand bar less greater at tilde dollar caret paren bracket brace quote apostrophe""".split(),  # noqa: SIM905 -- words read better than a list
        strict=True,
    )
)


@dataclass(frozen=True)
class Call:
    """A call as it is written, the name of what is called, its owner or "", and what it is given.

    inner: the call without what only makes its result readable. made: what the object is made of that is called.
    """

    text: str
    inner: str
    function: str
    owner: str
    arguments: tuple[str, ...]
    made: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """The function as it is spoken of."""
        mark = "::" if re.search(r"->\w+\(|^\\?[\w\\]+::[a-z_]\w*\(", self.text) else "."
        return f"{self.owner}{mark}{self.function}" if self.owner else self.function


def call_of(label: str) -> Call | None:
    """The parts of a call, or None where it is not read."""
    wrapped = _WRAPPED.match(label)
    inner = next(part for part in wrapped.groups() if part is not None) if wrapped else label
    if inner.endswith(", false") and "iterator_to_array" in label:
        inner = inner.removesuffix(", false")
    start = inner.removeprefix("new ").lstrip("(").removeprefix("new ")
    named = _NAME.match(start)
    if named is None:
        at = _end_of_value(inner)
        found = _STEP.match(inner, at) if at else None
        if found is None:
            return None
        return Call(label, inner, found[1], "", tuple(split(inner[found.end() : inner.rfind(")")])))
    name, at = named[0], inner.index(named[0]) + len(named[0])
    parts = re.split(r"\.|::|\\", name)
    owner, arguments, made = ".".join(parts[-2:-1]), "", ""
    while at < len(inner) and inner[at] == "(":
        end = _closing(inner, at)
        arguments = inner[at + 1 : end]
        step = _STEP.match(inner, end + 1) or (_STEP.match(inner, end + 2) if inner[end + 1 : end + 2] == ")" else None)
        if step is None:
            break
        owner = parts[-1] if parts[-1] != "new" else parts[-2]
        parts, at, made = [*parts[:-1], step[1]], step.end() - 1, arguments
    return Call(label, inner, parts[-1], owner, tuple(split(arguments)), tuple(split(made)))


def _end_of_value(text: str) -> int:
    if text[:1] in _OPEN:
        return _closing(text, 0) + 1
    if text[:1] in "\"'":
        return next((end for start, end in _quotes(text) if start == 0), 0)
    number = _NUMBER.match(text)
    return number.end() if number else 0


def _quotes(text: str) -> Iterator[tuple[int, int]]:
    """Where quoted texts begin and end."""
    at = 0
    while at < len(text):
        if text[at] in "\"'`":
            end = at + 1
            while end < len(text) and text[end] != text[at]:
                end += 2 if text[end] == "\\" else 1
            yield at, end + 1
            at = end
        at += 1


def _bare(text: str) -> str:
    """The text with what is quoted blanked, at the same places."""
    for start, end in _quotes(text):
        text = f"{text[:start]}{'_' * (min(end, len(text)) - start)}{text[end:]}"
    return text


def _closing(text: str, start: int) -> int:
    depth = 0
    for at, character in enumerate(_bare(text)[start:], start):
        depth += (character in _OPEN) - (character in _CLOSE)
        if depth == 0:
            return at
    return len(text) - 1


def split(arguments: str) -> list[str]:
    """The arguments between commas that stand in no bracket."""
    depth, start, found = 0, 0, []
    # Arrows are no brackets.
    for at, character in enumerate(re.sub("[=-]>", "__", _bare(arguments))):
        depth += (character in f"{_OPEN}<") - (character in f"{_CLOSE}>")
        if character == "," and depth == 0:
            found.append(arguments[start:at].strip())
            start = at + 1
    last = arguments[start:].strip()
    return [*found, last] if last else found


def words_of(call: Call) -> list[str]:
    """What a call is given, in words for the name of a test."""
    told = [_told(value) for value in (*_receiver(call), *(call.arguments or call.made))]
    words: list[str] = []
    for number, one in enumerate(told):
        more = ["and", *one] if number and words else one
        if words and len(words) + len(more) > MOST_WORDS:
            break
        words += more
    return words[: MOST_WORDS + 3]


def _receiver(call: Call) -> list[str]:
    """The value that a method is called on, where that is written out: `[1, 2].sum`."""
    end = 0 if call.owner else _end_of_value(call.inner)
    if not end or _STEP.match(call.inner, end) is None:
        return []
    value = call.inner[:end]
    return [value[1:-1].strip() if value.startswith("(") else value]


def _told(argument: str) -> list[str]:
    named = re.match(r"(\w+)\s*(?:=(?!=|>)|:(?!:))\s*(.+)", argument, re.DOTALL)
    if named and not argument.startswith(('"', "'")):
        return [*re.findall(r"[A-Za-z]+|\d+", named[1]), *_told(named[2])][:5]
    value = re.sub(r"^\((?:short|byte|float|int|long)\) ?", "", argument)
    if (made := _MADE.fullmatch(value)) is not None:
        value = _listed(made)
    if _NUMBER.fullmatch(value.rstrip("Lf")):
        return [value.rstrip("Lf")]
    if value[:1] in "\"'" and value[-1:] in "\"'" and len(value) > 1:
        return _text(value[1:-1])
    if value[:1] in _OPEN:
        return _items(value)
    return re.findall(r"[A-Za-z]+|\d+", value)[:3]


def _listed(match: re.Match[str]) -> str:
    """Lists as Java and Go write them, as others do."""
    inside = next(part for part in match.groups() if part is not None)
    return inside if match[3] is not None else f"[{inside}]"


def _text(inside: str) -> list[str]:
    if not inside:
        return ["empty", "text"]
    if not inside.strip():
        return ["blank", "text"]
    words = re.findall(r"[A-Za-z]+|\d+", re.sub(r"\\[nrt]", " ", inside.replace("\\\\", "/")))
    return words[:3] if words else _signs(inside)


def _signs(inside: str) -> list[str]:
    """Names of the signs that a text consists of; runs of one are counted."""
    plain = re.sub(r"\\(.)", r"\1", inside)
    runs = [match[0] for match in re.finditer(r"(.)\1*", plain)]
    named = [(_SIGNS.get(run[0]), len(run)) for run in runs]
    if not all(name for name, _ in named) or len(named) > MOST_SIGNS:
        return ["punctuation"]
    return [
        word
        for name, count in named
        if name
        for word in ([name] if count == 1 else [str(count), name + ("es" if name.endswith("sh") else "s")])
    ]


def _items(value: str) -> list[str]:
    inside = split(value[1:-1])
    keyed = bool(inside) and re.match(r"[^\"'\[({]*(?:\"[^\"]*\"|'[^']*')?\s*(?:=>|:|=)", inside[0]) is not None
    what = "map" if value[0] == "{" and (keyed or not inside) else "map" if keyed else "list"
    if not inside:
        return ["empty", what]
    if keyed:
        return ["one", "key"] if len(inside) == 1 else [str(len(inside)), "keys"]
    told = [_told(one) for one in inside[:3]]
    if len(inside) == 1:
        return ["only", *told[0]][:3]
    if len(inside) <= 3 and all(len(one) == 1 for one in told):  # noqa: PLR2004 -- more are counted
        return [word for one in told for word in one]
    return [str(len(inside)), "items"]


def names(given: Sequence[Sequence[str]], outcomes: Sequence[Sequence[str]], said: Sequence[bool]) -> list[list[str]]:
    """Words for each test that differ from each other's: its outcome "for" what it is given, or "with" that.

    said: whether the outcome makes a good name; it is also told where what is given does not tell tests apart.
    """
    found: list[list[str]] = []
    for words, outcome, good in zip(given, outcomes, said, strict=True):
        alike = sum(list(other) == list(words) for other in given) > 1
        what = list(words) or ["no", "arguments"]
        made = [*outcome, "for", *what] if (good or alike) and outcome else ["with", *what]
        number, tried = 2, made
        while tried in found:
            tried, number = [*made, "case", str(number)], number + 1
        found.append(tried)
    return found
