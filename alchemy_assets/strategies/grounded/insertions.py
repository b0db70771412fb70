"""Diffs that only insert lines, and applying a unified diff to a text exactly.

Belongs here: the form of a diff. Does not: what is inserted, and in which order (`building`).
"""

import re
from collections.abc import Sequence

CONTEXT = 3

_HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")


class PatchError(ValueError):
    """A diff does not fit the text that it is applied to."""


def inserting(lines: Sequence[str], before: Sequence[int], after: Sequence[int], name: str) -> str:
    """The unified diff from some lines of a file to more of them; both are numbers of lines, in order.

    Which lines are new is known, so it says just that, where a diff of the two texts might move a brace instead.
    """
    old = set(before)
    marked = [(number, number in old) for number in after]
    new = [at for at, (_, known) in enumerate(marked) if not known]
    head = [f"--- a/{name}" if before else "--- /dev/null", f"+++ b/{name}"]
    for first, last in _hunks(new, len(marked)):
        part = marked[first : last + 1]
        kept = sum(known for _, known in part)
        old_before = sum(known for _, known in marked[:first])
        old_start = old_before + (1 if kept else 0)
        head.append(f"@@ -{_range(old_start, kept)} +{_range(first + 1, len(part))} @@")
        head.extend(f"{' ' if known else '+'}{lines[number]}" for number, known in part)
    return "\n".join(head)


def _range(start: int, count: int) -> str:
    return str(start) if count == 1 else f"{start},{count}"


def _hunks(new: Sequence[int], total: int) -> list[tuple[int, int]]:
    """Inserted places with the lines around them, those that touch joined."""
    found: list[tuple[int, int]] = []
    for at in new:
        first, last = max(at - CONTEXT, 0), min(at + CONTEXT, total - 1)
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], last)
        else:
            found.append((first, last))
    return found


def applied(text: str, diff: str) -> str:
    """The text after a unified diff; raises PatchError unless every context and removed line is where the diff says."""
    source = text.split("\n")[:-1] if text else []
    made: list[str] = []
    at = 0
    lines = diff.split("\n")[2:]
    row = 0
    while row < len(lines):
        hunk = _HUNK.match(lines[row])
        if hunk is None:
            msg = f"not the beginning of a hunk: {lines[row]!r}"
            raise PatchError(msg)
        row += 1
        counts = [int(hunk[2] or 1), int(hunk[4] or 1)]
        start = int(hunk[1]) - (1 if counts[0] else 0)
        if start < at or start > len(source):
            msg = f"a hunk begins at line {start + 1} of {len(source)}"
            raise PatchError(msg)
        made += source[at:start]
        at = start
        if len(made) + 1 != int(hunk[3]):
            msg = f"a hunk gives line {len(made) + 1}, not {hunk[3]}"
            raise PatchError(msg)
        while any(counts):
            line = lines[row] if row < len(lines) else ""
            sign, rest = line[:1], line[1:]
            if sign not in {" ", "-", "+"} or (sign != "+" and source[at : at + 1] != [rest]):
                msg = f"line {at + 1} is not {rest!r}"
                raise PatchError(msg)
            if sign != "+":
                at += 1
                counts[0] -= 1
            if sign != "-":
                made.append(rest)
                counts[1] -= 1
            row += 1
            if min(counts) < 0:
                msg = "a hunk is longer than it says"
                raise PatchError(msg)
    made += source[at:]
    return "".join(f"{line}\n" for line in made)
