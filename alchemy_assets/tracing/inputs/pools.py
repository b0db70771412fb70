"""Values that inputs are made of, and how candidates are put together from them.

Belongs here: what no language needs differently. Does not: finding out what a program reads (`inputs.python`).
Everything is in a fixed order; nothing is random.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from alchemy_assets.tracing.scripts import Test

MOST_CANDIDATES = 14
FILE_NAME = "input.txt"
INTEGERS = ("3", "12", "7", "1", "30", "0", "-4", "5")
FLOATS = ("2.5", "10", "0.75", "-3.2", "0")
WORDS = ("apple", "level", "hello world", "banana", "Zebra", "x", "")
QUITTING = {"q", "quit", "exit", "n", "no", "done", "stop", "end", "x", "bye", "e"}
# What an argument is called says what it may be.
NAMED = (
    (r"year", ("2024", "1999", "1900", "2000")),
    (r"month", ("2", "12", "7")),
    (r"date", ("2024-02-29", "1999-12-31", "2023-02-29")),
    (r"(?:^|\b|_)day", ("29", "1", "31")),
    (r"width|columns", ("20", "40", "8")),
    (r"height|rows", ("3", "5", "1")),
    (r"e-?mail", ("ada@example.com", "nobody")),
    (r"expr|formula|equation", ("2+3*4", "(1+2)*3-4", "7/0", "2 + x")),
    (r"text|sentence|string|message|phrase|words", ("hello world", "A man, a plan", "banana", "x", "")),
    (r"name|user|person", ("Ada", "bob", "Zoe Q")),
    (r"num|count|size|length|limit|max|min|level|depth|age|index|times|amount|cents|^n$|^k$|integer|value", INTEGERS),
)
TEXTS = (
    "the quick brown fox\njumps over the lazy dog\nthe end\n",
    "3\n8 2 5\n4 1\n9\n",
    "alpha,3,red\nbeta,7,blue\n\nalpha,2,green\n",
    "5\n12\n7\n-3\n0\n",
    "name = Ada\nsize: 42\n# a remark\n\ttab and [brackets] {braces}\n",
    "x\n",
)
# For programs that read numbers: how many, then so many; pairs; a matrix; a long tail is there for those that want more.
NUMBER_TEXTS = (
    "3\n5 1 4\n2 7\n1 2 3\n4 5 6\n7 8 9\n0\n",
    "5\n3 9 2 9 1\n2\n4 3\n1 1\n0 0\n",
    "4 4\n1 2\n2 3\n3 4\n4 1\n2 2\n1 3\n",
    "1\n7\n",
    "2 10\n6 -3\n8 15\n-1\n",
    "12 18 7 30\n",
    "0\n",
)


@dataclass(frozen=True)
class Slot:
    """One value that a program reads: the values worth trying, the likeliest first."""

    values: tuple[str, ...]

    def __getitem__(self, turn: int) -> str:
        """The value of a turn; slots with few values begin again."""
        return self.values[turn % len(self.values)]


def slot_for(kind: str, literals: Sequence[str] = ()) -> Slot:
    """Values of a type: `int`, `float`, `file` or `str`; literals of the program come first where they fit.

    `ints` and a separator, perhaps a count, are several integers in one value (`ints,3` is `3,12,7`).
    """
    if kind == "file":
        return Slot((FILE_NAME,))
    if kind == "int":
        own = [one for one in literals if re.fullmatch(r"-?\d{1,4}", one)][:4]
        return Slot(tuple(dict.fromkeys([*INTEGERS[:2], *own, *INTEGERS[2:]])))
    if kind == "float":
        return Slot(FLOATS)
    if kind.startswith("ints"):
        separator, count = kind[4:5], int(kind[5:] or 4)
        return Slot(tuple(separator.join(INTEGERS[(start + turn) % 6] for turn in range(count)) for start in range(4)))
    own = [one for one in literals if len(one) <= 30][:6]  # noqa: PLR2004
    return Slot(tuple(dict.fromkeys([*own[:3], *WORDS[:2], *own[3:], *WORDS[2:]])))


def slot_named(name: str, literals: Sequence[str] = ()) -> Slot | None:
    """Values for an argument of this name, or None where the name says nothing."""
    values = next((values for pattern, values in NAMED if re.search(pattern, name, re.IGNORECASE)), None)
    if values is None:
        return None
    return slot_for("int", literals) if values is INTEGERS else Slot(values)


def turns(slots: Sequence[Slot], count: int) -> list[tuple[str, ...]]:
    """Values for all slots, a turn at a time; neighbours move at different speeds so that they do not stay in step."""
    found: dict[tuple[str, ...], None] = {}
    for turn in range(count):
        found.setdefault(tuple(slot[turn * (2 * place + 1) + place] for place, slot in enumerate(slots)))
    return list(found)


def dialogues(slots: Sequence[Slot], choices: Sequence[str], leaving: Sequence[str] = ()) -> list[str]:
    """Standard input for programs that ask: answers in the order of the questions, then each choice of a menu.

    leaving: what ends the program, where it says so; else it is guessed from the choices.
    """
    numbers = [one for one in choices if one.isdecimal()]
    leaving = list(leaving) or [one for one in choices if one.lower() in QUITTING][-2:] or sorted(numbers, key=int)[-1:]
    once = [_lines(answers) for answers in turns(slots, 4)]
    texts = [_lines([*answers * 4, *leaving]) for answers in turns(slots, 3)]
    stays = [choice for choice in choices if choice not in leaving]
    if stays:
        rest = slots[1:] or slots
        tour = [word for turn, choice in enumerate(stays[:6]) for word in (choice, rest[turn % len(rest)][turn])]
        texts.insert(0, _lines([*tour, *leaving]))
        texts.insert(2, _lines([*tour[::-1], *leaving]))
    for choice in choices[:6]:
        texts += [_lines([choice, *answers, *leaving, *leaving, *answers]) for answers in turns(slots[1:] or slots, 1)]
    return [text for pair in zip_longest(once, texts) for text in pair if text is not None]


def _lines(answers: Iterable[str]) -> str:
    return "".join(f"{answer}\n" for answer in answers)


def unique(tests: Iterable[Test]) -> list[Test]:
    """The first candidates of a stream, each once."""
    found: dict[str, Test] = {}
    for test in tests:
        key = repr((test.arguments, test.stdin, sorted(test.files.items())))
        found.setdefault(key, test)
        if len(found) == MOST_CANDIDATES:
            break
    return list(found.values())


def interleave(streams: Sequence[Sequence[Test]]) -> list[Test]:
    """One from each stream in turn, so that no kind of input crowds out the others."""
    longest = max(map(len, streams), default=0)
    return [stream[turn] for turn in range(longest) for stream in streams if turn < len(stream)]
