"""Command lines for a program: which arguments it reads, of which kind, and the options it knows.

Belongs here: finding the list of arguments, its names and its places. Does not: standard input (`streams`).
"""

import re
from dataclasses import dataclass

from alchemy_assets.tracing.inputs.conversions import assigned, kind_at, kind_of_name, statement, turns_into
from alchemy_assets.tracing.inputs.literals import Known
from alchemy_assets.tracing.inputs.pools import FILE_NAME, INTEGERS, Slot, slot_for, slot_named, turns
from alchemy_assets.tracing.inputs.table import Table
from alchemy_assets.tracing.screening.code import Code

MOST_ARGUMENTS = 5
_OPERATORS = {"+", "-", "*", "/", "%", "^"}
_CUT = re.compile(
    r"slice\s*\(\s*(\d)|\[\s*(\d)\s*:\s*\]|\[\s*(\d)\s*\.\.|skip\s*\(\s*(\d)|drop(?:First|_first)?\s*\(\s*(\d?)|,\s*(\d)\s*\)|Skip\s*\(\s*(\d)|\[\s*(\d)\s*\.\.\s*-1"
)
_INDEX = r"\s*(?:\[\s*(\d)\s*\]|\.(?:nth|get|at|elementAt|ElementAt|fetch|dig)\s*\(\s*(\d)\b|\(\s*(\d)\s*\)|\.(first)\b(?!\s*\())"
_SIZE = r"(?:\b(?:len|count|sizeof)\s*\(\s*LIST\s*\)|LIST\s*\.\s*(?:length|Length|len|size|count|Count)\b(?:\(\s*\))?)"
_COMPARED = r"\s*(<=?|>=?|[=!]==?)\s*(\d)\b"


@dataclass(frozen=True)
class Arguments:
    """What a program does with its arguments: the kind and the name of each, how many it may be given."""

    kinds: tuple[tuple[str, str], ...]
    counts: tuple[int, ...]
    any_number: bool
    options: tuple[tuple[str, str], ...]


def read_arguments(table: Table, code: Code, known: Known) -> Arguments | None:
    """The arguments that a program reads, or None."""
    lists = _lists(table, code)
    options = _declared(table, code)
    declared = table.parameter.search(code.bare) if table.parameter is not None else None
    inside = range(*declared.span()) if declared is not None and "ain" in declared[0] else range(0)
    used = any(match.start() not in inside for expression, _ in lists for match in re.finditer(expression, code.bare))
    if not used and not options:
        return None
    kinds: dict[int, tuple[str, str]] = {}
    counts: set[int] = set()
    any_number = False
    for expression, first in lists:
        for match in re.finditer(expression + _INDEX, code.bare):
            place = int(match[match.lastindex or 0]) - first if match[match.lastindex or 0] != "first" else 0
            if 0 <= place < MOST_ARGUMENTS:
                kind, name = _kind_at(code, match.start(), match.end())
                if kind or not kinds.get(place, ("", ""))[0]:
                    kinds[place] = (kind, name or kinds.get(place, ("", ""))[1])
        for match in re.finditer(_SIZE.replace("LIST", expression) + _COMPARED, code.bare):
            counts |= _needed(
                match[match.lastindex - 1 if match.lastindex else 0], int(match[match.lastindex or 0]), first
            )
        for place, name in enumerate(_taken_apart(expression, first, code)):
            kinds.setdefault(place, (kind_of_name(code, name), name.strip("$")))
        shifted = list(
            re.finditer(
                rf"{expression}\s*\.\s*(?:shift|next|removeFirst|pop_front)\b|\barray_shift\s*\(\s*{expression}|\*\s*\+\+\s*{expression}|(?:my\s+)?{expression}\s*\+\+|\+\+\s*{expression}",
                code.bare,
            )
        )
        for place, match in enumerate(shifted[: MOST_ARGUMENTS - len(kinds)], len(kinds)):
            kinds.setdefault(place, kind_at(code, match.start(), match.end()))
        any_number = any_number or re.search(
            rf"\b(?:for|foreach|range|in|while)\b[^\n;{{]*{expression}(?!\s*\[)|:\s*{expression}\s*\)|{expression}\s*\.\s*(?:each|map|iter|forEach|join|reduce|sum|filter|inject|select|Select|Sum|into_iter|stream)"
            rf"|(?:Arrays\.(?:stream|asList)|String\.join|implode|array_map|array_sum)\s*\([^\n;]*{expression}", code.bare) is not None  # fmt: skip
    for match in re.finditer(r"(?<![\w.])\$?(?:argc|CommandLine\.argc)" + _COMPARED, code.bare):
        counts |= _needed(match[1], int(match[2]), 1)
    any_number = (
        any_number or re.search(r"<\s*\$?argc\b|<=?\s*\w*[aA]rgs\.[lL]ength|\bflag\.Args\(", code.bare) is not None
    )
    count = max(
        [len(known.usage), *(place + 1 for place in kinds), *(one for one in counts if one <= MOST_ARGUMENTS)],
        default=0,
    )
    default = _default(code)
    filled = tuple(kinds.get(place, (default if place else "", "")) for place in range(min(count, MOST_ARGUMENTS)))
    return Arguments(filled, tuple(sorted(one for one in counts if 0 < one <= MOST_ARGUMENTS)), any_number, options)


def propose_arguments(arguments: Arguments, code: Code, known: Known) -> list[tuple[str, ...]]:
    """Command lines, the likeliest first: plain ones, the words and options that the program knows, more and fewer."""
    default = _default(code)
    kinds = arguments.kinds or ((default, ""),) * (0 if arguments.options and not arguments.any_number else 1)
    slots = [_slot(kind, name, place, known, default) for place, (kind, name) in enumerate(kinds)]
    plain = turns(slots, 8) or [()]
    words = [
        word for word in [*_alternatives(known), *known.words] if re.fullmatch(r"[^\s-]*\w\S{0,19}|[-+*/%^]", word)
    ]
    streams: list[list[tuple[str, ...]]] = [list(plain)]
    free = [place for place, (kind, _) in enumerate(kinds) if kind not in {"int", "float", "file"}]
    for place in free[:2]:
        streams.append(
            [(*line[:place], word, *line[place + 1 :]) for word, line in zip(words[:8], plain * 8, strict=False)]
        )
    streams.append([(flag, *line) for flag, line in zip(known.flags[:8], plain * 8, strict=False)])
    streams.append(
        [
            (flag, slot_for("int", known.words)[turn], *plain[turn % len(plain)])
            for turn, flag in enumerate(known.flags[:6])
        ]
    )
    streams.append([(*line, flag) for flag, line in zip(known.flags[:3], plain * 3, strict=False)])
    streams.append(_with_options(arguments.options, plain, known))
    many = slots[-1] if slots else slot_for(default or "str", known.words)
    if arguments.any_number or not arguments.kinds:
        lead = tuple(slot[0] for slot in slots[:-1])
        streams.insert(
            1,
            [
                (*lead, *(many[start + turn] for turn in range(size)))
                for start, size in ((0, 3), (1, 5), (2, 2), (4, 4))
            ],
        )
        given = known.defaults
        streams.insert(0, [line for line in (given[1:], given[:1], given[::-1][:3]) if line and len(given) > 1])
        if words and free:
            streams.insert(2, [(word, *INTEGERS[turn : turn + 3]) for turn, word in enumerate(words[:4])])
    streams.append(
        [
            tuple((plain[turn % len(plain)] * 3)[:size])
            for turn, size in enumerate(arguments.counts)
            if slots and size != len(slots)
        ]
    )
    longest = max(map(len, streams))
    return list(dict.fromkeys(stream[turn] for turn in range(longest) for stream in streams if turn < len(stream)))


def _lists(table: Table, code: Code) -> list[tuple[str, int]]:
    """(pattern, first) of every expression that holds the arguments, variables that are given them among these."""
    parameter = table.parameter.search(code.bare) if table.parameter is not None else None
    if table.parameter is not None and parameter is None and any("NAME" in expression for expression, _ in table.lists):
        return [(expression, first) for expression, first in table.lists if "NAME" not in expression]
    name = next((group for group in parameter.groups() if group), "") if parameter is not None else ""
    found = [(expression.replace("NAME", re.escape(name)), first) for expression, first in table.lists]
    for expression, first in list(found):
        for match in re.finditer(expression, code.bare):
            start, text = statement(code.bare, match.start(), match.end())
            variable = assigned(text[: match.start() - start])
            rest = text[match.end() - start :]
            if not variable or re.match(
                r"\s*(?:\[\s*\w+\s*\]|\.(?:nth|get|at|len|length|size|count|next|shift|first|join)\b)", rest
            ):
                continue
            cut = _CUT.search(rest)
            skipped = int(next((group for group in cut.groups() if group), "1")) if cut else 0
            named = (rf"(?<![\w.$@])\$?{re.escape(variable.strip('$'))}\b", max(0, first - skipped))
            if named not in found:
                found.append(named)
    return found


def _kind_at(code: Code, start: int, end: int) -> tuple[str, str]:
    kind, name = kind_at(code, start, end)
    _, text = statement(code.plain, start, end)
    if not kind and "scanf" in text:
        kind = "int" if re.search(r"%l{0,2}[diu]", text) else "float" if re.search(r"%l?f", text) else ""
    return kind, name


def _taken_apart(expression: str, first: int, code: Code) -> list[str]:
    """Names that a list is spread over: `[, , a, b] = process.argv`, `a, b = ARGV`."""
    match = re.search(
        rf"(?:\[|list\s*\(|\(|^|\n|;)([^\[\]()=\n;]*,[^\[\]()=\n;]*)(?:\]|\))?\s*:?=\s*{expression}(?!\s*\[\s*\d\s*\])([^\n;]*)",
        code.bare,
    )
    if match is None:
        return []
    cut = _CUT.search(match[match.lastindex or 0] or "")
    skipped = max(0, first - (int(next((group for group in cut.groups() if group), "1")) if cut else 0))
    names = [re.sub(r"^(?:const|let|var|my)\s+|^\*|\s*=.*$", "", name.strip()) for name in match[1].split(",")]
    return [name for name in names[skipped:] if re.fullmatch(r"\$?\w+", name)][:MOST_ARGUMENTS]


def _needed(operator: str, number: int, first: int) -> set[int]:
    """How many arguments take each way at a comparison of the list's length."""
    size = number - first
    return {"<": {size}, "<=": {size + 1}, ">": {size + 1}, ">=": {size}}.get(operator, {size})


def _declared(table: Table, code: Code) -> tuple[tuple[str, str], ...]:
    """(option, kind of its value) for options that a library parses; no kind for switches."""
    found: dict[str, str] = {}
    for pattern, form in table.options:
        for match in pattern.finditer(code.plain):
            if form == "getopt":
                for letter, colon in re.findall(r"([a-zA-Z])(:?)", match[1]):
                    found.setdefault(
                        f"-{letter}", "int" if colon and turns_into(code, "int") else "str" if colon else ""
                    )
            elif form == "go":
                kind = {
                    "Int": "int",
                    "Int64": "int",
                    "Uint": "int",
                    "Float64": "float",
                    "Bool": "",
                    "Duration": "int",
                }.get(match[1], "str")
                found.setdefault(f"-{match[2]}", kind)
            else:
                flag = re.search(r"(--?[a-zA-Z][\w-]*)", match[1])
                valued = re.search(r"[= ]\[?[A-Z<]\w*", match[1])
                kind = (
                    "int"
                    if re.search(r"Integer|Numeric|int", match[0])
                    else "float"
                    if "Float" in match[0]
                    else "str"
                    if valued
                    else ""
                )
                if flag is not None:
                    found.setdefault(flag[1], kind)
    return tuple(found.items())[:10]


def _with_options(
    options: tuple[tuple[str, str], ...], plain: list[tuple[str, ...]], known: Known
) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    values = [
        (flag, *([slot_for(kind, known.words)[turn]] if kind else [])) for turn, (flag, kind) in enumerate(options)
    ]
    found += [(*words, *plain[turn % len(plain)]) for turn, words in enumerate(values)]
    if len(values) > 1:
        found += [
            (*(word for words in values[turn::2] for word in words), *plain[turn]) for turn in range(min(2, len(plain)))
        ]
    return found


def _default(code: Code) -> str:
    if turns_into(code, "int"):
        return "int"
    return "float" if turns_into(code, "float") else ""


def _alternatives(known: Known) -> list[str]:
    """Words that the usage text gives to choose from."""
    return [word.strip() for name in known.usage if "|" in name for word in name.split("|")]


def _slot(kind: str, name: str, place: int, known: Known, default: str) -> Slot:
    called = known.usage[place] if place < len(known.usage) else ""
    words = [word for word in known.words if re.search(r"\w", word) or word in _OPERATORS]
    if kind == "file" or re.search(r"file|path\b", called, re.IGNORECASE):
        return slot_for("file")
    if "|" in called:
        return Slot(tuple(word.strip() for word in called.split("|")))
    if kind in {"int", "float", "ints"}:
        return slot_for("ints," if kind == "ints" else kind, words)
    named = slot_named(called, words) if called else None
    named = named or (slot_named(name, words) if name else None)
    if named is not None and not words:
        return named
    texts = slot_for("str", words).values
    numbers = slot_for("int", words).values if default else ()
    mixed = [
        value
        for pair in zip((*texts, *(named.values if named else ())), (*numbers, *texts), strict=False)
        for value in pair
    ]
    if turns_into_file(kind, name):
        mixed.insert(0, FILE_NAME)
    return Slot(tuple(dict.fromkeys(mixed or texts)))


def turns_into_file(kind: str, name: str) -> bool:
    """Whether a value of no known kind is called like a file."""
    return not kind and re.search(r"file|path|input|infile|src", name, re.IGNORECASE) is not None
