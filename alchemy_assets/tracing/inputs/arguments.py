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
    r"slice\s*\(\s*(\d)|\[\s*(\d)\s*:\s*\]|\[\s*(\d)\s*\.\.|skip\s*\(\s*(\d)|drop(?:First"
    r"|_first)?\s*\(\s*(\d?)|,\s*(\d)\s*\)|Skip\s*\(\s*(\d)|\[\s*(\d)\s*\.\.\s*-1"
)
_INDEX = (
    r"\s*(?:\[\s*(\d)\s*\]|\.(?:nth|get|at|elementAt|ElementAt|fetch|dig)\s*\(\s*(\d)\b|\(\s*(\d)\s*\)"
    r"|\.(first)\b(?!\s*\())"
)
_SIZE = r"(?:\b(?:len|count|sizeof)\s*\(\s*LIST\s*\)|LIST\s*\.\s*(?:length|Length|len|size|count|Count)\b(?:\(\s*\))?)"
_THROUGH = (
    r"\b(?:for|foreach|range|in|while)\b[^\n;{]*LIST(?!\s*\[)|:\s*LIST\s*\)"
    r"|LIST\s*\.\s*(?:each|map|iter|forEach|join|reduce|sum|filter|inject|select|Select|Sum|into_iter|stream)"
    r"|(?:Arrays\.(?:stream|asList)|String\.join|implode|array_map|array_sum)\s*\([^\n;]*LIST"
)
_WORD = re.compile(r"[^\s-]*\w\S{0,19}|[-+*/%^]")
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
    heads = table.parameter.finditer(code.bare) if table.parameter is not None else ()
    inside = {place for head in heads if "ain" in head[0] for place in range(*head.span())}
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
                rf"{expression}\s*\.\s*(?:shift|next|removeFirst|pop_front)\b|\barray_shift\s*\(\s*{expression}"
                rf"|\*\s*\+\+\s*{expression}|(?:my\s+)?{expression}\s*\+\+|\+\+\s*{expression}",
                code.bare,
            )
        )
        for place, match in enumerate(shifted[: MOST_ARGUMENTS - len(kinds)], len(kinds)):
            kinds.setdefault(place, kind_at(code, match.start(), match.end()))
        any_number = any_number or re.search(_THROUGH.replace("LIST", expression), code.bare) is not None
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
    free = [place for place, (kind, _) in enumerate(kinds) if kind not in {"int", "float", "file"}][:2]
    words = [word for word in [*_alternatives(known), *known.words] if _WORD.fullmatch(word)][:8]
    streams = [
        plain,
        *([(*line[:place], word, *line[place + 1 :]) for word, line in zip(words, plain * 8, strict=False)] for place in free),
        *_with_flags(known, plain),
        _with_options(arguments.options, plain, known),
        _of_other_lengths(arguments.counts, plain, known.words if free else [], len(slots)),
    ]  # fmt: skip
    if arguments.any_number or not arguments.kinds:
        given = known.defaults if len(known.defaults) > 1 else ()
        streams[1:1] = [_of_any_length(slots, slots[-1] if slots else slot_for(default or "str", known.words))]
        streams[0:0] = [[line for line in (given[1:], given[:1], given[::-1][:3]) if line]]
        if words and free:
            streams[2:2] = [[(word, *INTEGERS[turn : turn + 3]) for turn, word in enumerate(words[:4])]]
    longest = max(map(len, streams))
    return list(dict.fromkeys(stream[turn] for turn in range(longest) for stream in streams if turn < len(stream)))


def _with_flags(known: Known, plain: list[tuple[str, ...]]) -> list[list[tuple[str, ...]]]:
    """Command lines with the option words that the program compares with: before, with a value, and behind."""
    values = slot_for("int", known.words)
    lines = plain * 8
    return [
        [(flag, *line) for flag, line in zip(known.flags[:8], lines, strict=False)],
        [(flag, values[turn], *lines[turn]) for turn, flag in enumerate(known.flags[:6])],
        [(*line, flag) for flag, line in zip(known.flags[:3], lines, strict=False)],
    ]


def _of_other_lengths(
    counts: tuple[int, ...], plain: list[tuple[str, ...]], words: list[str], usual: int
) -> list[tuple[str, ...]]:
    """Command lines as long as the comparisons of their number say, of plain values and of words in their order."""
    found: list[tuple[str, ...]] = []
    for turn, size in enumerate(counts):
        if size != usual:
            found.append((plain[turn % len(plain)] * 5)[:size])
        if words:
            found.append(tuple((words * 5)[:size]))
    return [line for line in found if line]


def _of_any_length(slots: list[Slot], many: Slot) -> list[tuple[str, ...]]:
    """Command lines of several lengths, for programs that go through what they are given."""
    lead = tuple(slot[0] for slot in slots[:-1])
    sizes = ((0, 3), (1, 5), (2, 2), (4, 4))
    return [(*lead, *(many[start + turn] for turn in range(size))) for start, size in sizes]


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
        rf"(?:\[|list\s*\(|\(|^|\n|;)([^\[\]()=\n;]*,[^\[\]()=\n;]*)(?:\]"
        rf"|\))?\s*:?=\s*{expression}(?!\s*\[\s*\d\s*\])([^\n;]*)",
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
    for again in range(3):
        given = [
            (flag, slot_for(kind, known.words)[turn + again]) if kind else (flag,)
            for turn, (flag, kind) in enumerate(options)
        ]
        found += [(*words, *plain[(turn + again) % len(plain)]) for turn, words in enumerate(given)]
        if len(given) > 1:
            found.append((*(word for words in given[again % 2 :: 2] for word in words), *plain[again % len(plain)]))
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
