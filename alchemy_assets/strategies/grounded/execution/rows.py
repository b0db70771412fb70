"""Ask how many rows a statement of SQL gives or changes.

Belongs here: which statements are worth it. Does not: other languages, words.
"""

import json
import re
from collections.abc import Iterator

from alchemy_assets.strategies.grounded.execution.watched import Question, Watched
from alchemy_assets.tracing.events import Event

FORM = "rows"
MOST_ROWS = 40
SHOWN_ROWS, LONGEST = 6, 400
# A statement that takes rows as they are says its number of rows by itself.
_CHOOSES = re.compile(r"\b(?:where|having|join|group\s+by|distinct|union|intersect|except|limit)\b", re.IGNORECASE)
_CHANGES = re.compile(r"\s*(?:update|delete|insert\b[^;]*\bselect|replace\b[^;]*\bselect)\b", re.IGNORECASE)


def questions(watched: Watched) -> Iterator[Question]:
    """A question for every query and every change that chooses among rows."""
    if watched.observed.language != "SQL" or watched.quoted:
        return
    for index, event in enumerate(watched.events):
        state, statement = dict(event.state), _statement(watched, event.line)
        if (event.kind, event.place) not in watched.alone or not _CHOOSES.search(statement):
            continue
        if event.kind == "OUT" and state.get("rows", "").isdigit():
            yield from _asked(watched, index, event, int(state["rows"]), "rows", _whole(state))
        elif event.kind == "VAR" and state.get("changes", "").isdigit() and _CHANGES.match(statement):
            yield from _asked(watched, index, event, int(state["changes"]), "changed", "")


def _asked(  # noqa: PLR0913, PLR0917 -- what a question is made of
    watched: Watched, index: int, event: Event, count: int, form: str, rows: str
) -> Iterator[Question]:
    if count > MOST_ROWS:
        return
    number = {0: "no row", 1: "one row"}.get(count, f"{count} rows")
    facts = {"where": f"line {event.line}", "count": str(count), "number": number, "rows": rows}
    yield Question(
        form,
        watched.words(form, str(event.line), facts),
        f"{number.capitalize()}." if watched.chance(event.place) % 2 else str(count),
        watched.words(f"{form}_answers" if rows else f"{form}_only", str(event.line), facts),
        watched.events[: index + 1],
        f"{form} at line {event.line}: {count}",
        count > 0,
    )


def _statement(watched: Watched, line: int) -> str:
    """From a line to the end of the statement that begins there."""
    return "\n".join(watched.lines[line - 1 : line + 40]).partition(";")[0]


def _whole(state: dict[str, str]) -> str:
    """The rows of a result, one a line, where all of them were shown."""
    try:
        rows = json.loads(state.get("result", ""))
    except ValueError:
        return ""
    if not 0 < len(rows) == int(state["rows"]) <= SHOWN_ROWS:
        return ""
    text = "\n".join(" | ".join("NULL" if value is None else str(value) for value in row) for row in rows)
    return text if len(text) <= LONGEST and "```" not in text else ""
