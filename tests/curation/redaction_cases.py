"""The labelled lines of `redaction_cases.txt`, with their values made on the spot, and how well the stage does on them.

Belongs here: reading the cases and counting. Does not: what must hold (`test_redaction_cases`).
A third of the cases is held back: it is never looked at while the stage is tuned, and gives the final figure.
`python -m bench.redaction --cases` prints the figures.
"""

import hashlib
import random
import re
import string
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import NamedTuple

from alchemy_assets.curation.redaction import KINDS, edits_of

ALPHABETS = {
    "A": string.ascii_uppercase + string.digits,
    "L": string.ascii_uppercase,
    "a": string.ascii_lowercase + string.digits,
    "x": string.digits + "abcdef",
    "X": string.digits + "ABCDEF",
    "d": string.digits,
    "b": string.ascii_letters + string.digits,
    "w": string.ascii_letters + string.digits + "_-",
    "k": string.ascii_letters + string.digits + "+/",
}
WORDS = (
    "Winter",
    "maple",
    "Tiger",
    "kettle",
    "Rocket",
    "blue",
    "Harbor",
    "violin",
    "Zephyr",
    "orchid",
    "Cobalt",
    "nimbus",
)
SIGNS = "!@#%^*?~.=+-_"


class Expected(NamedTuple):
    """Characters `start` to `end` of a case hold something of a kind."""

    start: int
    end: int
    kind: str


class Case(NamedTuple):
    """A labelled text: what must be redacted in it, and nothing else."""

    language: str
    text: str
    expected: tuple[Expected, ...]
    held_back: bool


def password(draw: random.Random, length: int) -> str:
    """A password as people choose them: a word with digits and a sign, or a jumble."""
    if draw.random() < 0.5:
        word = draw.choice(WORDS)
        digits = "".join(draw.choices(string.digits, k=max(2, length - len(word) - 1)))
        sign = draw.choice("!#?*")
        return draw.choice((f"{word}{digits}{sign}", f"{word}{sign}{digits}", f"{sign}{word}{digits}"))
    jumble = draw.choices(string.ascii_letters + string.digits + "!#%^*?~", k=length - 3)
    jumble += [draw.choice(string.digits), draw.choice(string.ascii_lowercase), draw.choice(string.ascii_uppercase)]
    draw.shuffle(jumble)
    return "".join(jumble).replace("%", "#")


def filled(template: str, draw: random.Random) -> str:
    """A template with random characters for its `{b40}` and passwords for its `{p12}`."""

    def value(match: re.Match[str]) -> str:
        length = int(match[2])
        return password(draw, length) if match[1] == "p" else "".join(draw.choices(ALPHABETS[match[1]], k=length))

    return re.sub(r"\{([ALaxXdbwkp])(\d+)\}", value, template)


def cases() -> list[Case]:
    """All cases, in the order of the file."""
    rows = [
        line.split("\t", 1)
        for line in Path(__file__).with_suffix(".txt").read_text().splitlines()
        if "\t" in line and not line.startswith("#")
    ]
    vendors = cycle(shape for word, shape in rows if word == "vendor")
    templates = []
    for word, rest in rows:
        if word == "context":
            language, text = rest.split("\t", 1)
            templates += [(language, text.replace("{V}", next(vendors))) for _ in range(2)]
        elif word != "vendor":
            templates.append((word, rest))
    return [_case(language, template) for language, template in templates]


def _case(language: str, template: str) -> Case:
    seed = hashlib.sha256(f"{language} {template}".encode()).digest()
    marked = filled(template, random.Random(seed)).replace("␤", "\n")
    text, expected = "", []
    for piece in re.split(r"(⟦\w+:[^⟧]*⟧)", marked):
        if piece.startswith("⟦"):
            kind, value = piece[1:-1].split(":", 1)
            expected.append(Expected(len(text), len(text) + len(value), kind))
            text += value
        else:
            text += piece
    return Case(language, text, tuple(expected), held_back=seed[0] % 3 == 0)


class Score(NamedTuple):
    """How many were found, missed, and found where nothing is."""

    found: int
    missed: int
    wrong: int

    @property
    def recall(self) -> float:
        return self.found / max(1, self.found + self.missed)

    @property
    def precision(self) -> float:
        return self.found / max(1, self.found + self.wrong)


def found_in(case: Case) -> list[Expected]:
    """What the stage would redact in a case, in characters."""
    raw = case.text.encode()
    return [
        Expected(len(raw[: edit.start].decode()), len(raw[: edit.end].decode()), edit.kind)
        for edit in edits_of(case.text)
    ]


def judged(case: Case) -> Iterator[tuple[str, str, str]]:
    """Each thing found, missed or wrong in a case: its kind, which of the three, and the text there.

    It is found where edits of its kind stand inside of it and cover half of it.
    """
    got = found_in(case)
    right: set[Expected] = set()
    for each in case.expected:
        inside = [edit for edit in got if edit.kind == each.kind and each.start <= edit.start and edit.end <= each.end]
        right.update(inside)
        covered = sum(edit.end - edit.start for edit in inside) >= (each.end - each.start) / 2
        yield each.kind, "found" if covered else "missed", case.text[each.start : each.end]
    for edit in got:
        if edit not in right:
            yield edit.kind, "wrong", case.text[edit.start : edit.end]


def scores(chosen: list[Case]) -> dict[str, Score]:
    """The score of each kind, and of all together."""
    counts = {kind: {"found": 0, "missed": 0, "wrong": 0} for kind in (*KINDS, "all")}
    for case in chosen:
        for kind, outcome, _ in judged(case):
            counts[kind][outcome] += 1
            counts["all"][outcome] += 1
    return {kind: Score(**each) for kind, each in counts.items()}


def part(*, held_back: bool) -> list[Case]:
    """The held-back third, or the rest."""
    return [case for case in cases() if case.held_back is held_back]


def figures(*, held_back: bool) -> list[dict[str, object]]:
    """Recall and precision of each kind in a part, as rows to print."""
    return [
        {"part": "held back" if held_back else "tuning", "kind": kind}
        | score._asdict()
        | {"recall": round(score.recall, 3), "precision": round(score.precision, 3)}
        for kind, score in scores(part(held_back=held_back)).items()
    ]


def errors(*, held_back: bool) -> list[tuple[str, str, str, str]]:
    """What was missed or found wrongly in a part: which, its kind, what, and the case."""
    return [
        (outcome, kind, text[:60], case.text[:150])
        for case in part(held_back=held_back)
        for kind, outcome, text in judged(case)
        if outcome != "found"
    ]
