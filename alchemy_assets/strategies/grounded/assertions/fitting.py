"""Choose among recorded cases those that show what a function is for: right kinds of arguments, and some contrast.

Belongs here: what the text of a call, its outcome and the signature tell. Does not: making calls (`tracing.calls`), types
that a compiler checks.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from alchemy_assets.strategies.grounded.assertions.calls import split
from alchemy_assets.strategies.grounded.assertions.suite import Case
from alchemy_assets.strategies.grounded.assertions.titles import by_function, titles

TEXT, NUMBER, SWITCH, LIST, MAP, OBJECT = "text", "number", "switch", "list", "map", "object"
# Where all outcomes are of these, next to nothing happened.
NOTHING = re.compile(r"(?:none|null|nil|undefined|false|0|''|\"\"|\[\]|\{\}|\(\))", re.IGNORECASE)
# Arguments of a call that was made up.
MOST_MADE_UP = 3
# Without a compiler that knows kinds of arguments.
_UNCHECKED = frozenset({"Python", "JavaScript", "PHP", "Ruby"})
_CONSTANTS = frozenset({"none", "null", "nil", "undefined", "true", "false"})
# What parameters of these names are, by the last word of the name.
_NAMED = {
    TEXT: """text str string s name path url uri pattern prefix suffix filename dir directory src dst line content
        message msg title label word lang language sep separator delimiter html xml css source query raw command
        platform host""",
    SWITCH: "enabled disabled strict verbose debug",
    NUMBER: "n num number count width height length size index idx offset limit position depth level year month day",
    LIST: """names items lines words paths values list arr array ids tags parts urls files strings numbers elements vs
        languages topics symbols tokens users entries fields groups nodes points records choices""",
    MAP: "dict map mapping settings",
    OBJECT: """elem element el node tree root dom doc document ctx context conn connection session request response
        stream fp fd logger parser callback cb fn func func""",
}
# Texts of these names have no blanks.
_MODES = frozenset(
    """type kind mode format method encoding charset style state status action encoded hex digest char character url uri
    email date version id identifier""".split()  # noqa: SIM905 -- words read better than a list
)  # fmt: skip
# Maps of these names, and maps that need not be given, have keys that the code knows.
_KNOWING = frozenset(
    "options option opts config configuration namespaces kwargs params headers attrs attributes env".split()  # noqa: SIM905 -- words read better than a list
)
# Parameters that are of one kind.
_PAIRS = {("a", "b"), ("x", "y"), ("left", "right"), ("first", "second")}
_MAKERS = {"Python": "__init__", "PHP": "__construct", "Ruby": "initialize"}
_KIND_OF_NAME = {word: kind for kind, words in _NAMED.items() for word in words.split()}
# A plural may stand for a list or for a map.
_ALLOWED = {TEXT: {TEXT}, NUMBER: {NUMBER}, LIST: {LIST, MAP}, MAP: {MAP}, OBJECT: set[str](), SWITCH: {SWITCH}}
# Of two kinds that are given as often, the first here is taken.
_SOONER = (TEXT, f"{LIST} {TEXT}", MAP, NUMBER)
_PARAMETER = re.compile(
    r"(?:[\w\\?|]+\s+)?[&.*$]*([A-Za-z_]\w*)\s*(?::\s*([^=]+?))?\s*(?:=\s*(.+))?", re.DOTALL
)  # fmt: skip
_KEYWORD = re.compile(r"(\w+)\s*(?:=(?![=>])|:(?!:))\s*(.+)", re.DOTALL)


@dataclass(frozen=True)
class _Parameter:
    name: str
    default: str


def fitting(cases: Sequence[Case], language: str, text: str) -> list[Case]:
    """The cases without those whose arguments are of a wrong kind, and without functions that show next to nothing."""
    kept = [case for case in cases if _suits(case, language, text)]
    if language in _UNCHECKED:
        spelled = {(case.call.shown, place) for case in cases for place in _spelled(case)}
        kept = _of_one_kind([case for case in kept if not spelled & _texts(case)])
    return [case for own in by_function(kept).values() if _shows(own) for case in _told_apart(own)]


def kind_of(value: str) -> str:
    """What a literal is, or "" where it may be anything."""
    if value[:1] in {'"', "'", "`"}:
        return TEXT
    if re.fullmatch(r"[-+]?\d[\d_]*(?:\.\d+)?(?:[eE][-+]?\d+)?", value):
        return NUMBER
    if value.lower() in {"true", "false"}:
        return SWITCH
    if value[:1] == "{" or re.match(r"\[[^\[\](){}]*?=>", value):
        return MAP
    return LIST if value[:1] in {"[", "("} else ""


def _suits(case: Case, language: str, text: str) -> bool:
    """Whether no argument contradicts the name or the default of its parameter."""
    call, maker = case.call, _MAKERS.get(language, "")
    fits = _agrees if language in _UNCHECKED else _is_no_odd_mode
    given = ((call.function, call.arguments), (maker, call.made)) if call.function != "new" else ()
    for function, arguments in given:
        parameters = _parameters(function, language, text) if arguments else []
        for place, value in _given(arguments):
            if isinstance(place, int):
                known = parameters[place] if place < len(parameters) else None
            else:
                known = next((one for one in parameters if one.name == place), None)
            if known is not None and not (fits(value, known, language) and _is_known(value, known, text)):
                return False
            if not all(fits(inner, _Parameter(key, ""), language) for key, inner in _entries(value)):
                return False
        kinds = {kind_of(value) for _, value in _given(arguments)}
        if tuple(one.name for one in parameters) in _PAIRS and len(kinds) > 1:
            return False
    return True


def _entries(value: str) -> list[tuple[str, str]]:
    """Names and values of an object of JavaScript."""
    parts = split(value[1:-1]) if value[:1] == "{" else []
    return [(entry[1], entry[2]) for part in parts if (entry := _KEYWORD.fullmatch(part)) is not None]


def _is_known(value: str, parameter: _Parameter, text: str) -> bool:
    """Whether all keys of a map that is given for options are looked up in the code."""
    if kind_of(value) != MAP or not (parameter.default or _last_word(parameter) in _KNOWING):
        return True
    keys = re.findall(r"([\"']?)(\w+)\1\s*(?:=>|:|=)", value)
    return all(re.search(rf"[\"'.:]{re.escape(key)}\b", text) for _, key in keys)


def _agrees(value: str, parameter: _Parameter, language: str) -> bool:
    kind, default = kind_of(value), parameter.default
    if not kind:
        return True
    if re.fullmatch(r"[A-Za-z_][\w.:]*", default) and default.lower() not in _CONSTANTS:
        return False  # `len=len`: nobody is to give it
    usual = kind_of(default)
    if usual and usual != kind:
        return False
    word = _last_word(parameter)
    if kind == TEXT:
        # A word as a default is one of a few that are known, as are modes; signs stand for signs.
        plain, given = default[1:-1] if usual else "", value[1:-1]
        if (re.fullmatch(r"\w{2,}", plain) or word in _MODES) and not re.fullmatch(r"\w*", given):
            return False
        if re.fullmatch(r"\\?[^\w\s]", plain) and re.match(r"\w", given):
            return False
    expected = _KIND_OF_NAME.get(word, TEXT if language == "JavaScript" and word in _MODES else "")
    return bool(usual) or not expected or kind in _ALLOWED[expected]


def _is_no_odd_mode(value: str, parameter: _Parameter, _language: str) -> bool:
    """Whether a text may be a mode, or need not be one: what a compiler does not check."""
    return (
        kind_of(value) != TEXT or _last_word(parameter) not in _MODES or re.fullmatch(r"\w*", value[1:-1]) is not None
    )


def _last_word(parameter: _Parameter) -> str:
    return re.split(r"_|(?<=[a-z])(?=[A-Z])", parameter.name)[-1].lower()


def _given(arguments: Sequence[str]) -> Iterator[tuple[int | str, str]]:
    """Arguments by place or name."""
    for number, argument in enumerate(arguments):
        keyword = None if argument[:1] in {'"', "'", "{", "[", "("} else _KEYWORD.fullmatch(argument)
        yield (keyword[1], keyword[2]) if keyword else (number, argument)


def _parameters(function: str, language: str, text: str) -> list[_Parameter]:
    """The parameters of a function of the file, or none where it is not found, or found twice."""
    name = re.escape(function)
    head = rf"\b(?:def|function|func(?:\s*\([^()]*\))?)\s+(?:self\.)?{name}\s*(?:\[[^\]]*\])?"
    heads = rf"(?:{head}|\b{name}\s*[=:]\s*(?:async\s+)?(?:function\s*)?)\("
    found = list(re.finditer(heads, text))
    if len(found) != 1:
        return []
    depth, at = 1, found[0].end()
    while at < len(text) and depth:
        depth += (text[at] in "([{") - (text[at] in ")]}")
        at += 1
    parts = split(text[found[0].end() : at - 1])
    if language == "Go":
        return [_Parameter(part.split(" ")[0], "") for part in parts]
    read = [_PARAMETER.fullmatch(part) for part in parts]
    parameters = [
        _Parameter(one[1], ((one[3] or (one[2] if language == "Ruby" else "")) or "").strip()) if one
        else _Parameter("", "")
        for one in read
    ]  # fmt: skip
    return parameters[1:] if parameters and parameters[0].name in {"self", "cls"} else parameters


def _texts(case: Case) -> set[tuple[str, int | str]]:
    return {(case.call.shown, place) for place, value in _given(case.call.arguments) if kind_of(value) == TEXT}


def _spelled(case: Case) -> list[int | str]:
    """Places of texts that were taken for lists, so that their characters came out one by one."""
    single = re.findall(r"(?<![^\s\[(,])([\"'])((?:\\.|.))\1(?=[,\])])", case.expected)
    letters = "".join(letter for _, letter in single)
    texts = [(place, value[1:-1]) for place, value in _given(case.call.arguments) if kind_of(value) == TEXT]
    return [place for place, text in texts if len(text) > 1 and text == letters]


def _of_one_kind(cases: Sequence[Case]) -> list[Case]:
    """Where a parameter is given several kinds over the calls, those with the kind that most of them give."""
    counted: dict[tuple[str, int | str], Counter[str]] = defaultdict(Counter)
    for case in cases:
        counted.update(
            {
                (case.call.shown, place): counted[case.call.shown, place] + Counter([kind])
                for place, kind in _kinds(case)
            }
        )
    usual = {place: _usual(kinds) for place, kinds in counted.items()}
    return [case for case in cases if all(usual[case.call.shown, place] == kind for place, kind in _kinds(case))]


def _usual(kinds: Mapping[str, int]) -> str:
    soon = {kind: number for number, kind in enumerate(_SOONER)}
    return min(kinds, key=lambda kind: (-kinds[kind], soon.get(kind, len(soon)), kind))


def _kinds(case: Case) -> list[tuple[int | str, str]]:
    """Kinds of arguments; of lists with that of their first item. Empty lists and null go with every kind."""
    found = []
    for place, value in _given(case.call.arguments):
        kind = kind_of(value)
        if kind == LIST:
            first = split(value[1:-1])
            kind = f"{LIST} {kind_of(first[0])}" if first else ""
        if kind:
            found.append((place, kind))
    return found


def _shows(own: Sequence[Case]) -> bool:
    """Whether the cases of one function show more than that it does nothing, fails, or hands back what it is given."""
    outcomes = {case.outcome for case in own}
    # Go's errors are results; the kinds of all of these stand in `of`.
    if all(case.error or case.of.endswith('"error"]]') for case in own) or all(
        NOTHING.fullmatch(one) for one in outcomes
    ):
        return False
    if {one.lower() for one in outcomes} == {"true"}:
        return False
    return not all(_same(case) or NOTHING.fullmatch(case.outcome) for case in own)


def contrasting(cases: Sequence[Case]) -> list[Case]:
    """Of calls that were made up, those of functions that gave different things, and something new half of the time or more.

    One call alone tells little of a function, and more than three arguments that go together nobody draws by chance.
    """
    few = [case for case in cases if len(case.call.arguments) <= MOST_MADE_UP]
    return [case for own in by_function(few).values() if _differs(own) for case in own]


def _differs(own: Sequence[Case]) -> bool:
    nothing = sum(NOTHING.fullmatch(case.outcome) is not None or _same(case) for case in own)
    return len({case.outcome for case in own}) > 1 and 2 * nothing <= len(own)


def _same(case: Case) -> bool:
    """Whether it hands back an argument."""
    plain = case.expected.replace("'", '"')
    return any(value.replace("'", '"') == plain for _, value in _given(case.call.arguments))


def _told_apart(own: Sequence[Case]) -> list[Case]:
    """The cases without those that words do not tell from earlier ones."""
    return [case for case, words in zip(own, titles(own), strict=True) if words[-2:-1] != ["case"]]
