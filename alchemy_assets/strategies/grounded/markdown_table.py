"""Ask for a table of a document in another order or form: sorted, some rows or columns of it, or as JSON, CSV or HTML.

Belongs here: which tasks a table allows, the question and the answer. Does not: reading tables (`markdown`).
All that is asked for follows from the cells; a task that leaves more than one right answer is not put.
"""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape, unescape
from pathlib import PurePosixPath

from alchemy_assets.generation.completions import Answers
from alchemy_assets.sandbox.sandbox import Sandbox
from alchemy_assets.strategies import phrasing
from alchemy_assets.strategies.conversation import fenced
from alchemy_assets.strategies.grounded.drafting import asked, judged, left
from alchemy_assets.strategies.grounded.markdown import Table, read_document
from alchemy_assets.strategies.strategy import CuratedFile, Draft, Rejected, Verified

FEWEST_ROWS, MOST_ROWS = 3, 30
MOST_COLUMNS = 8
LONGEST_CELL = 120
A_FILE = 3
NO_TABLE = "no table of pipes"
NOT_FIT = "no table of a fitting size"
NOTHING_TO_ASK = "its tables leave nothing to ask"
NOT_THE_SAME = "the answer read again is not the table"
REASONS = (NO_TABLE, NOT_FIT, NOTHING_TO_ASK, NOT_THE_SAME)
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9 _.-]*")
_MARKUP = re.compile(r"[`*\[\]<>\\|]")

Rows = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Task:
    """What is to be done with a table. wanted: the cells of the result, header first; form: how it is written."""

    what: str
    said: tuple[str, ...]
    wanted: Rows
    form: str = "markdown"


@dataclass(frozen=True)
class Plan:
    """The table and the task."""

    table: Table
    task: Task


@dataclass(frozen=True)
class MarkdownTable:
    """The kind `markdown_table`."""

    name: str = "markdown_table"
    strategy: str = "code_qa"

    def next(self, file: CuratedFile, _answers: Answers) -> Iterable[Draft]:
        """A draft for each of three tables at most, the longer ones."""
        if file.language != "Markdown":
            return []
        # Without a bar there is no table, and nothing to be parsed.
        tables = read_document(file.text).tables if "|" in file.text else ()
        if not tables:
            return [left(self.name, file, NO_TABLE)]
        fit = [table for table in tables if _fits(table)]
        if not fit:
            return [left(self.name, file, NOT_FIT, f"{len(tables[0].rows)} rows")]
        chosen = [(table, _chosen(table, f"{file.blob_id} {table.start}")) for table in fit]
        held = [(table, task) for table, task in chosen if task is not None]
        if not held:
            return [left(self.name, file, NOTHING_TO_ASK)]
        best = sorted(held, key=lambda one: (-len(one[0].rows), one[0].start))[:A_FILE]
        return [self._draft(file, table, task) for table, task in best]

    def verify(self, drafts: Sequence[Draft], sandbox: Sandbox | None) -> list[Verified | Rejected]:  # noqa: ARG002 -- nothing is run
        """The answer is read again by a reader of its form, and must have the cells that are wanted."""
        return judged(drafts, _judge)

    def _draft(self, file: CuratedFile, table: Table, task: Task) -> Draft:
        source = file.text.encode()
        seed = source[table.start : table.end].decode()
        key = f"{table.start}"
        said = task.said[phrasing.draw("task said", file.blob_id, key) % len(task.said)]
        values = {
            "code": fenced(seed.strip("\n"), "markdown"),
            "file": PurePosixPath(file.path).name or "the document",
            "task": said,
            "todo": said[0].upper() + said[1:],
        }
        edits = [
            {"start": start, "end": end, "replacement": "", "kind": "text around the table left out"}
            for start, end in ((0, table.start), (table.end, len(source)))
            if end > start
        ]
        answer = fenced(_written(table, task), task.form)
        return asked(
            self.name, file, values, plan=Plan(table, task), key=key, answer=answer, seed_text=seed, edits=edits
        )


def _fits(table: Table) -> bool:
    cells = [cell for row in (table.header, *table.rows) for cell in row]
    return (
        FEWEST_ROWS <= len(table.rows) <= MOST_ROWS
        and 2 <= len(table.header) <= MOST_COLUMNS  # noqa: PLR2004 -- one column is a list
        and len(set(table.header)) == len(table.header)
        and all(_MARKUP.search(cell) is None and cell for cell in table.header)
        and all(len(cell) <= LONGEST_CELL and "|" not in cell and cell.isprintable() for cell in cells)
        and len(set(table.rows)) == len(table.rows)
    )


def _chosen(table: Table, key: str) -> Task | None:
    """A task that the table allows, drawn by a key: first what is done, then one of that."""
    tasks: dict[str, list[Task]] = {}
    for task in (*_sorted(table), *_filtered(table), *_columns(table, key), *_forms(table)):
        tasks.setdefault(task.what, []).append(task)
    if not tasks:
        return None
    kinds = list(tasks)
    of_kind = tasks[kinds[phrasing.draw("what", key) % len(kinds)]]
    return of_kind[phrasing.draw("task", key) % len(of_kind)]


def _sorted(table: Table) -> Iterator[Task]:
    """Sorting by a column whose values are all different and in no order yet."""
    for at, name in enumerate(table.header):
        column = [row[at] for row in table.rows]
        if all(_NUMBER.fullmatch(cell) for cell in column):
            values: list[float] | list[str] = [float(cell) for cell in column]
        elif all(_WORD.fullmatch(cell) for cell in column):
            values = [cell.lower() for cell in column]
        else:
            continue
        if len(set(values)) < len(values):
            continue
        order = sorted(range(len(values)), key=lambda row: values[row])
        rows = tuple(table.rows[row] for row in order)
        numbers = isinstance(values[0], float)
        for backwards, wanted in ((False, rows), (True, rows[::-1])):
            if wanted == table.rows:
                continue
            up, down = ("from small to large", "from large to small") if numbers else ("from A to Z", "from Z to A")
            way, other = (down, "descending") if backwards else (up, "ascending")
            said = (
                f"sort the rows by `{name}`, {way}",
                f"order its rows by `{name}` ({other}{'' if numbers else ', ignoring case'})",
                f"put the rows in {other} order of `{name}`{'' if numbers else ', whatever the case of the letters'}",
                f"rearrange it by the column `{name}`, {way}",
            )
            yield Task("sorted", said, (table.header, *wanted))


def _filtered(table: Table) -> Iterator[Task]:
    """The rows with one value in a column that has few, where some rows have it and some do not."""
    for at, name in enumerate(table.header):
        counts = Counter(row[at] for row in table.rows)
        if len(counts) > len(table.rows) // 2 + 1:
            continue
        for value, count in sorted(counts.items()):
            if not value or _MARKUP.search(value) or not 2 <= count < len(table.rows):  # noqa: PLR2004 -- one row is found by looking
                continue
            kept = tuple(row for row in table.rows if row[at] == value)
            dropped = tuple(row for row in table.rows if row[at] != value)
            keep = (
                f"keep only the rows whose `{name}` is `{value}`",
                f"leave just the rows with `{value}` under `{name}`",
                f"filter it down to `{name}` = `{value}`",
                f"cut it to the entries where `{name}` says `{value}`",
            )
            drop = (
                f"remove all rows with `{value}` as `{name}`",
                f"drop the rows whose `{name}` is `{value}`",
                f"take out every entry where `{name}` says `{value}`",
            )
            yield Task("filtered", keep, (table.header, *kept))
            yield Task("filtered", drop, (table.header, *dropped))


def _columns(table: Table, key: str) -> Iterator[Task]:
    """A column dropped, moved to the front, or two of them kept in the other order."""
    names = [f"`{name}`" for name in table.header]
    count = len(names)
    at = phrasing.draw("column", key) % count
    if count > 2:  # noqa: PLR2004 -- of two, one would be left
        rest = [number for number in range(count) if number != at]
        said = (f"drop the column {names[at]}", f"remove {names[at]} from it", f"leave out the {names[at]} column")
        yield Task("columns", said, _picked(table, rest))
    if at:
        moved = [at, *(number for number in range(count) if number != at)]
        said = (
            f"move {names[at]} to the front",
            f"make {names[at]} the first column and keep the order of the others",
            f"put the column {names[at]} first, the others as they are",
        )
        yield Task("columns", said, _picked(table, moved))
    other = (at + 1 + phrasing.draw("other column", key) % (count - 1)) % count
    said = (
        f"reduce it to two columns, {names[at]} and then {names[other]}",
        f"keep {names[at]} and {names[other]} only, in this order",
        f"cut it down to {names[at]}, then {names[other]}",
    )
    picked = [at, other]
    if picked != list(range(count)):
        yield Task("columns", said, _picked(table, picked))


def _picked(table: Table, columns: Sequence[int]) -> Rows:
    return tuple(tuple(row[at] for at in columns) for row in (table.header, *table.rows))


def _forms(table: Table) -> Iterator[Task]:
    """The same cells in another form."""
    cells = (table.header, *table.rows)
    said = (
        "convert it to a JSON array with one object a row, keyed by the header, every value a string",
        "write it as JSON: a list of objects, header cells as keys, all values strings as they stand",
        "turn it into JSON (an array of objects, one for each row; cells stay strings, markup included)",
    )
    yield Task("json", said, cells, "json")
    said = (
        "convert it to CSV with a header line, quoting only where it is needed",
        "write it as comma-separated values, header first, quotes only around cells that need them",
        "turn it into CSV (header included, cells as they stand, minimal quoting)",
    )
    yield Task("csv", said, cells, "csv")
    if all(_MARKUP.search(cell) is None for row in table.rows for cell in row):
        said = (
            "convert it to an HTML table with `thead` and `tbody`, without attributes",
            "write it as plain HTML: `thead`, `tbody`, no classes or styles",
            "turn it into an HTML `<table>` that has a head and a body, and no attributes",
        )
        yield Task("html", said, cells, "html")


def _written(table: Table, task: Task) -> str:
    header, *rows = task.wanted
    if task.form == "json":
        return json.dumps([dict(zip(header, row, strict=True)) for row in rows], ensure_ascii=False, indent=2)
    if task.form == "csv":
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows(task.wanted)
        return out.getvalue().rstrip("\n")
    if task.form == "html":
        return _html(header, rows)
    aligned = dict(zip(table.header, table.aligned, strict=True))
    marks = {"": "---", "left": ":---", "right": "---:", "center": ":---:"}
    lines = [f"| {' | '.join(row)} |" for row in task.wanted]
    return "\n".join([lines[0], f"| {' | '.join(marks[aligned[name]] for name in header)} |", *lines[1:]])


def _html(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    def line(cells: Sequence[str], tag: str) -> list[str]:
        inner = [f"      <{tag}>{escape(cell, quote=False)}</{tag}>" for cell in cells]
        return ["    <tr>", *inner, "    </tr>"]

    body = [part for row in rows for part in line(row, "td")]
    head = ["<table>", "  <thead>", *line(header, "th"), "  </thead>", "  <tbody>"]
    return "\n".join([*head, *body, "  </tbody>", "</table>"])


def _read(text: str, form: str) -> Rows:
    """The cells of an answer, by another way than it was written."""
    if form == "json":
        objects = json.loads(text)
        return (tuple(objects[0]), *(tuple(one.values()) for one in objects))
    if form == "csv":
        return tuple(tuple(row) for row in csv.reader(io.StringIO(text)))
    if form == "html":
        rows = re.findall(r"<tr>(.*?)</tr>", text, re.DOTALL)
        return tuple(tuple(unescape(cell) for cell in re.findall(r"<t[hd]>(.*?)</t[hd]>", row)) for row in rows)
    (table,) = read_document(text).tables
    return (table.header, *table.rows)


def _judge(draft: Draft) -> Verified | Rejected:
    plan = draft.plan
    assert isinstance(plan, Plan)  # noqa: S101 -- this kind made it
    answer = draft.messages[-1][1]
    text = answer.split("\n", 1)[1].rsplit("\n", 1)[0]
    try:
        same = _read(text, plan.task.form) == plan.task.wanted
    except (ValueError, IndexError):
        same = False
    if not same:
        return Rejected(draft, (NOT_THE_SAME,), plan.task.what)
    shown = {line.strip() for line in draft.seed_text.split("\n")}
    lines = text.split("\n")
    return Verified(
        draft,
        draft.messages,
        {"parsed": True, "answer_is_source": False},
        {
            "detail": json.dumps(
                {"task": plan.task.what, "rows": len(plan.table.rows), "columns": len(plan.table.header)}
            )
        },
        {
            "answer_lines": len(lines),
            "copied_share": round(sum(line.strip() in shown for line in lines) / len(lines), 4),
        },
    )
