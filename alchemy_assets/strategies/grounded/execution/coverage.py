"""Ask whether a run comes to a line, and which of some lines it comes to.

Belongs here: lines of which the events prove that control came there, or that it did not. Does not: words.
Only the first line of an arm, of a loop's body or of a function counts: the point that tells of it stands right before.
What stands further down may be missed for other reasons (an error, an exit) than the choice that is asked about.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile

from alchemy_assets.strategies.grounded.execution.source import bare_name
from alchemy_assets.strategies.grounded.execution.turns import is_readable
from alchemy_assets.strategies.grounded.execution.watched import Question, Watched
from alchemy_assets.tracing.instrument.points import Point

FORM = "reached"
LEAST_SHOWN, MOST_SHOWN = 4, 6
MOST_EVENTS = 200
# Where tests and checks give up, or say that all is well: whether such a line runs can be guessed.
_GIVES_UP = re.compile(
    r"\b\w*(?:abort|fail|assert|panic|error)\w*\b"
    r"|\b_*(?:exit|die|throw|raise|err|usage|fatal|unreachable|todo|wrong|ok|okay|pass|passed|success)\b"
    r"|\bstderr\b|console\.error",
    re.IGNORECASE,
)
_STATUS = re.compile(r"return\s+\w+;?$")
_NEGATED = re.compile(r"!(?:=|\s*[\w(])|\bnot\b")
# Lines of an arm that may still say that it gives up.
_LOOK_ON = 3
COMMENT = re.compile(r"(?://|#(?!\{)|/\*|\*|--|=begin)")


@dataclass(frozen=True)
class Item:
    """A line that a point stands right before."""

    line: int
    came: bool
    point: Point


def questions(watched: Watched, text: bytes) -> Iterator[Question]:
    """Whether, where both answers can be had in this run; which of them, where there are several."""
    # Branches of SQL tell of rows, not of lines.
    if not watched.events or len(watched.events) > MOST_EVENTS or watched.observed.language == "SQL":
        return
    items = _items(watched, text)
    came, missed = ([one for one in items if one.came is wanted] for wanted in (True, False))
    if not came or not missed:
        return
    # That some function is called at all is hardly a question.
    asked = [one for one in came if one.point.kind != "IN"]
    # Nor is what a function would do that is not called at all.
    near = [one for one in missed if _is_entered(watched, one.point)]
    yield from _whether(watched, near if near and watched.chance("whether") % 2 == 0 else asked)
    if len(items) >= LEAST_SHOWN and min(len(came), len(missed)) > 1:
        yield from _which(watched, items)


def _items(watched: Watched, text: bytes) -> list[Item]:
    found: dict[int, Item] = {}
    first = (watched.events[0].kind, watched.events[0].place)
    for (kind, place), point in watched.alone.items():
        if kind not in {"BRANCH", "LOOP", "IN"} or (kind, place) == first or point.insertions[0].offset > len(text):
            continue
        line = _first_line(watched, text, point)
        if line is None or watched.line(line) is None or not watched.code(line):
            continue
        if _gives_up(watched, line) or _says_how_it_ends(watched, point, line):
            continue
        if kind == "IN" and _is_plain(watched, point):
            continue
        if kind == "LOOP" and is_readable(watched.lines, point.line, watched.counts[kind, place]):
            continue
        item = Item(line, watched.counts[kind, place] > 0, point)
        # Where two points stand before one line, the outer one would prove too much.
        found[line] = item if line not in found else Item(line, item.came and found[line].came, point)
    return [found[line] for line in sorted(found)]


def _is_entered(watched: Watched, point: Point) -> bool:
    """Whether control came into the function that a point stands in, as far as its own points tell."""
    begins = {(one.kind, one.place) for one in watched.points if one.kind == "IN" and one.function == point.function}
    return point.kind == "IN" or not begins or any(watched.counts[one] for one in begins)


def _is_plain(watched: Watched, point: Point) -> bool:
    """Whether the text alone says if a function is called: its name stands nowhere else, or at the top level."""
    bare = bare_name(point.function)
    name = re.escape(bare)
    named = re.compile(rf"(?<!\w){name}\b")
    used = [
        line for at, line in enumerate(watched.lines, 1) if bare in line and at != point.line and named.search(line)
    ]
    return not used or any(re.match(rf"(?:[\w.]+(?:::|->|\.))?{name}\b(?!\s*=)", line) for line in used)


def _gives_up(watched: Watched, line: int) -> bool:
    """Whether a line, or one that follows it as deep, is where a check gives up: a message comes before the end."""
    first = watched.lines[line - 1]
    depth = len(first) - len(first.lstrip())
    arm = takewhile(lambda one: len(one) - len(one.lstrip()) >= depth, watched.lines[line - 1 : line - 1 + _LOOK_ON])
    return any(_GIVES_UP.search(one) for one in arm)


def _says_how_it_ends(watched: Watched, point: Point, line: int) -> bool:
    """Whether a line returns the status of a program, or of a check that compares with what should have come out."""
    if not _STATUS.match(watched.code(line)):
        return False
    is_main = bare_name(point.function).lower() == "main"
    return is_main or _NEGATED.search(watched.lines[point.line - 1]) is not None


def _first_line(watched: Watched, text: bytes, point: Point) -> int | None:
    """The first line of what a point stands before, where that is no line of its head."""
    offset = point.insertions[0].offset
    rest = text[offset:]
    number = text.count(b"\n", 0, offset) + 1
    if offset and text[offset - 1 : offset] != b"\n" and rest.split(b"\n", 1)[0].strip():
        before = text[text.rfind(b"\n", 0, offset) + 1 : offset]
        if before.strip():
            return None
    elif offset and text[offset - 1 : offset] != b"\n":
        number += 1
    while number <= len(watched.lines):
        line = watched.lines[number - 1].strip()
        if line and not COMMENT.match(line):
            return number if number > point.line and re.search(r"\w", line) else None
        number += 1
    return None


def _whether(watched: Watched, items: list[Item]) -> Iterator[Question]:
    for item in items:
        where = watched.line(item.line)
        facts = {"where": where or "", "answer": "yes" if item.came else "no"}
        facts |= {"way": _way(watched, item)}
        answers = ("reached_yes" if item.came else "reached_no") if facts["way"] else "reached_only"
        yield Question(
            FORM,
            watched.words(FORM, str(item.line), facts),
            "Yes." if item.came else "No.",
            watched.words(answers, str(item.line), facts | {"answer": facts["answer"].capitalize()}),
            watched.events,
            f"line {item.line}: {facts['answer']}",
            item.point.kind == "BRANCH",
        )


def _way(watched: Watched, item: Item) -> str:
    """What the line hangs on, in a few words."""
    where = watched.line(item.point.line)
    if not where or not watched.code(item.point.line):
        return ""
    kind = item.point.kind
    return {"BRANCH": f"the branch at {where}", "LOOP": f"the loop at {where}"}.get(
        kind, watched.name(item.point.function)
    )


def _which(watched: Watched, items: list[Item]) -> Iterator[Question]:
    """Some of the lines, of both sorts, in their order."""
    ranked = sorted(items, key=lambda item: watched.chance(f"which {item.line}"))
    came, missed = ([one for one in ranked if one.came is wanted] for wanted in (True, False))
    size = min(LEAST_SHOWN + watched.chance("size") % (MOST_SHOWN - LEAST_SHOWN + 1), len(items))
    least = max(1, size - len(missed))
    most = min(len(came), size - 1)
    wanted = least + watched.chance("share") % (most - least + 1)
    chosen = sorted([*came[:wanted], *missed[: size - wanted]], key=lambda item: item.line)
    names = [watched.line(item.line) or "" for item in chosen]
    hit = [name for name, item in zip(names, chosen, strict=True) if item.came]
    rest = [name for name, item in zip(names, chosen, strict=True) if not item.came]
    facts = {"lines": _joined(names), "hit": _joined(hit), "rest": _joined(rest)}
    yield Question(
        "which",
        watched.words("which", "which", facts),
        f"{facts['hit'][0].upper()}{facts['hit'][1:]}.",
        watched.words("which_answers", "which", facts),
        watched.events,
        f"{len(hit)} of {len(chosen)} lines",
    )


def _joined(names: list[str]) -> str:
    """Names in one phrase; numbers of lines share the word."""
    if len(names) > 1 and all(name.startswith("line ") for name in names):
        numbers = [name.removeprefix("line ") for name in names]
        return f"lines {', '.join(numbers[:-1])} and {numbers[-1]}"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
