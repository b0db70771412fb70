"""Standard input for a program: what it asks for, in which order, or that it reads to the end.

Belongs here: reads of standard input and texts for them. Does not: the command line (`arguments`).
"""

import re

from alchemy_assets.tracing.inputs.conversions import kind_at, turns_into
from alchemy_assets.tracing.inputs.literals import Known
from alchemy_assets.tracing.inputs.pools import NUMBER_TEXTS, TEXTS, Slot, dialogues, slot_for, slot_named
from alchemy_assets.tracing.inputs.table import Table
from alchemy_assets.tracing.screening.code import Code

MOST_ASKED = 8
LONGEST_WORD = 20
_FORMATS = re.compile(r"%\*?\d*(?:hh?|l{1,2}|L|z)?([diuxfegsc\[])")
_NUMERIC = re.compile(r"^(?:int|float|ints)$")
_TYPES = (
    ("float", r"\b(?:double|float|float64|float32|f64|f32|long\s+double|ld)\b"),
    ("int", r"\b(?:int|long|short|unsigned|size_t|int64|int32|uint64|uint32|uint|u?int\d+_t|ll|lli|i64|u64)\b"),
    ("str", r"\b(?:string|char|byte|rune)\b"),
)


def propose_input(table: Table, code: Code, known: Known) -> list[str]:
    """Texts for standard input, the likeliest first; none for a program that does not read it."""
    if table.input is not None and not table.input.search(code.bare):
        return []
    asked = _asked(table, code)
    to_the_end = _reads_on(table, code)
    if not asked and not to_the_end:
        return []
    kinds = [kind for kind, _ in asked]
    numeric = any(map(_NUMERIC.match, kinds)) or (to_the_end and (turns_into(code, "int") or turns_into(code, "float")))
    streams: list[list[str]] = []
    if asked:
        slots = [_slot(kind, name, known) for kind, name in asked[:MOST_ASKED]]
        choices = known.cases or tuple(known.words)
        streams.append(dialogues(slots, choices, known.leaving))
    if numeric and all(map(_NUMERIC.match, kinds)):
        streams.append(list(NUMBER_TEXTS))
    if to_the_end:
        texts = [*known.texts, *TEXTS]
        streams.append([*NUMBER_TEXTS[:2], *texts] if numeric and not asked else texts)
        if known.words:
            streams.append(_of_words(known.words))
            streams.append(_maps(known.words))
    longest = max(map(len, streams))
    return list(dict.fromkeys(stream[turn] for turn in range(longest) for stream in streams if turn < len(stream)))


def contents_of_files(code: Code, known: Known) -> list[str]:
    """What may stand in a file that a program reads: its own texts, numbers where it makes some, its words."""
    numeric = turns_into(code, "int") or turns_into(code, "float")
    words = [*_maps(known.words), *_of_words(known.words)[:2]] if known.words else []
    found = [*known.texts[:2], *(NUMBER_TEXTS[:2] if numeric else ()), *TEXTS[:3], *words[:3], *TEXTS[3:]]
    return list(dict.fromkeys(found))


def _reads_on(table: Table, code: Code) -> bool:
    """Whether a program reads to the end: by a call that does, or by one in the head of a loop."""
    if table.streams is not None and table.streams.search(code.bare):
        return True
    heads = [
        text for pattern, _ in table.asks for one in pattern.finditer(code.bare)
        if re.search(r"\b(?:for|while|until)\b", text := code.bare[max(0, one.start() - 60) : one.start()].rpartition("\n")[2])
    ]  # fmt: skip
    return bool(heads)


def _asked(table: Table, code: Code) -> list[tuple[str, str]]:
    """(kind, name) of every value that is asked for, those of the main function first."""
    found: list[tuple[int, int, str, str]] = []
    main = re.search(r"\b[mM]ain\b\s*\(", code.bare)
    after = main.start() if main else 0
    for pattern, kind in table.asks:
        for match in pattern.finditer(code.bare):
            told, name = kind_at(code, match.start(), match.end())
            found.append((match.start() < after, match.start(), (told or "str") if kind == "line" else kind, name))
    if table.formats is not None:
        for match in table.formats.finditer(code.bare):
            text = next((one.text for one in code.strings if match.start() < one.start <= match.end() + 40), "")
            for letter in _FORMATS.findall(text):
                kind = "int" if letter in "diux" else "float" if letter in "feg" else "str"
                found += [(match.start() < after, match.start(), kind, "")]
    if table.targets is not None:
        for match in table.targets.finditer(code.bare):
            names = [
                name
                for name in re.findall(r"[A-Za-z_]\w*", re.sub(r"\[[^\]]*\]", "", match[1]))
                if name not in {"ws", "std", "endl"}
            ]
            found += [(match.start() < after, match.start(), _declared(code, name), name) for name in names]
    return [(kind, name) for _, _, kind, name in sorted(found, key=lambda one: one[:2])]


def _declared(code: Code, name: str) -> str:
    """The kind of a variable by the type beside its declaration, before it (C) or after it (Go)."""
    for kind, pattern in _TYPES:
        if re.search(
            rf"{pattern}[^;(){{}}=\n]*[\s*&,]{name}\b|\b{name}\b(?:\s*,\s*\w+)*\s+(?:\[\]|\[\w+\])?{pattern}", code.bare
        ):
            return kind
        if re.search(rf"{pattern}(?:[^;(){{}}\n]|=\s*[^;,]*,)*[\s*&,]{name}\b", code.bare):
            return kind
    return "int"


def _slot(kind: str, name: str, known: Known) -> Slot:
    if kind == "ints":
        return slot_for("ints ")
    if kind in {"int", "float"}:
        return slot_for(kind, known.words)
    named = slot_named(name, known.words) if name else None
    return named if named is not None and not known.words else slot_for("str", known.words)


def _maps(words: list[str]) -> list[str]:
    """Maps out of the single characters that the program knows, where one of them is a sign."""
    cells = [word for word in words if len(word) == 1][:4]
    if not any(cell in "#.*@_~+-X" for cell in cells):
        return []
    if len(cells) == 1:
        cells.append("." if cells[0] != "." else "#")
    sizes = ((4, 3), (6, 5), (3, 3), (8, 4))
    return [
        "".join(
            "".join(cells[(x * x + 3 * y + x * y * turn + turn) % 7 % len(cells)] for x in range(width)) + "\n"
            for y in range(height)
        )
        for turn, (width, height) in enumerate(sizes)
    ]


def _of_words(words: list[str]) -> list[str]:
    """Texts out of the words that the program knows: one a line, several a line, with values."""
    short = [word for word in words if len(word) <= LONGEST_WORD][:8]
    numbers = ("3", "12", "7", "1")
    return [
        "".join(f"{word} {numbers[turn % 4]}\n" for turn, word in enumerate(short)),
        "".join(f"{word}\n" for word in short),
        " ".join(short[::-1]) + "\n",
        "".join(f"{word} {numbers[turn % 4]} {numbers[(turn + 1) % 4]}\n" for turn, word in enumerate(short[::-1])),
    ]
