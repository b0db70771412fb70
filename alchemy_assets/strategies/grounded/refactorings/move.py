"""Move a helper next to the only function that calls it, where the order of definitions means nothing.

Belongs here: which functions may change places, and the edits. Does not: any change of their text.
"""

import re
from collections.abc import Iterator

from alchemy_assets.curation.edits import Edit, edited
from alchemy_assets.strategies.grounded.drafting import diff
from alchemy_assets.strategies.grounded.names import names_in
from alchemy_assets.strategies.grounded.outline import Item
from alchemy_assets.strategies.grounded.refactorings.reading import EDIT, Proposal, Reading
from alchemy_assets.strategies.grounded.refactorings.rows import has_relatives, is_heading
from alchemy_assets.strategies.grounded.shapes import SHAPES
from alchemy_assets.syntax_tree import text_of

MOVE = "move"
_LONGEST = 40
# A helper stands above its caller where a reader (or the compiler) expects what is used to be known.
_ABOVE = frozenset({"C", "Cpp", "Python", "Shell", "JavaScript", "TypeScript", "PHP"})
# What calls everything is next to nothing in particular.
_ENTRY = re.compile(r"(?i)(?:\w+_)?main$|run|test|init|setup")
_HOISTED = frozenset(
    {
        "function_declaration",
        "method_definition",
        "function_definition",
        "method_declaration",
        "method",
        "function_item",
    }
)


def moves(reading: Reading) -> Iterator[Proposal]:
    """Every helper that stands away from its only caller."""
    functions = [item for item in reading.outline.functions if item.node.type in _HOISTED]
    often = [item.name for item in functions]
    mine = {"self", "Self", "cls", "static", "super", *(item.name for item in reading.outline.items)}
    mine |= {part for item in functions for part in _owner(item).split("::")}
    if len(functions) < 3:  # noqa: PLR2004 -- a helper, its caller, and one between
        return
    calls: dict[str, set[int]] = {}
    foreign: set[str] = set()
    for name in names_in(reading.outline.root, SHAPES[reading.language]):
        if name.role in {"reference", "member", "own", "mention"}:
            calls.setdefault(name.text, set()).add(name.node.start_byte)
        if name.role == "member" and name.receiver is not None and text_of(name.receiver) not in mine:
            foreign.add(name.text)
    for helper in functions:
        # A method of another object may have the same name.
        if often.count(helper.name) != 1 or helper.name in {"main", "Main", "init", *foreign}:
            continue
        places = [at for at in calls.get(helper.name, ()) if not helper.node.start_byte <= at < helper.node.end_byte]
        callers = {
            next((item.first for item in functions if item.node.start_byte <= at < item.node.end_byte), -1)
            for at in places
        }
        caller = next((item for item in functions if item.first in callers), None)
        if (
            len(callers) == 1
            and caller is not None
            and not _ENTRY.match(caller.name)
            and caller.parents == helper.parents
            and _owner(caller) == _owner(helper)
        ):
            proposal = _proposal(reading, helper, caller)
            if proposal is not None:
                yield proposal


def _proposal(reading: Reading, helper: Item, caller: Item) -> Proposal | None:
    lines = reading.outline.lines
    above = reading.language in _ABOVE
    between = [
        item
        for item in reading.outline.functions
        if item.parents == helper.parents
        and min(helper.first, caller.first) < item.first < max(helper.first, caller.first)
    ]
    stands = [_stands_alone(lines, item) for item in (helper, caller)]
    if (
        not between
        or not all(stands)
        or helper.last - helper.first > _LONGEST
        or (above and helper.doc is None and helper.code != helper.node.start_point[0])
    ):
        return None
    if (
        re.search(rf"['\"]{re.escape(helper.name)}['\"]", reading.text)
        or _matters(reading, helper)
        or _belongs_there(reading, helper, caller)
        or _is_offered(reading, helper)
    ):
        return None
    reached = {line for line in reading.reached if helper.code <= line - 1 <= helper.last}
    if not reached:
        return None
    text = "\n".join(lines[helper.first : helper.last + 1])
    gap = max(_gap(lines, caller), _gap(lines, helper))
    start = _byte(lines, helper.first)
    # The blank lines behind the helper go with it, or those before it where it is the last.
    end_row = helper.last + 1
    while end_row < len(lines) and not lines[end_row].strip():
        end_row += 1
    if end_row < len(lines) and not re.fullmatch(r"\s*(?:\}|end);?", lines[end_row]):
        removed = Edit(start, _byte(lines, end_row), "", EDIT)
    else:
        first = helper.first
        while first and not lines[first - 1].strip():
            first -= 1
        removed = Edit(_byte(lines, first) - 1, _byte(lines, helper.last + 1) - 1, "", EDIT)
    if above:
        at = _byte(lines, caller.first)
        added = Edit(at, at, f"{text}\n" + "\n" * gap, EDIT)
    else:
        at = _byte(lines, caller.last + 1) - 1
        added = Edit(at, at, "\n" * (gap + 1) + text, EDIT)
    if removed.start <= added.start <= removed.end:
        return None
    # A diff that shows the others moving the other way would be no answer.
    shown = diff(reading.text, edited(reading.text, (removed, added)), "", 0).split("\n")
    if not all(f"-{line}" in shown for line in text.split("\n")):
        return None
    where = "above" if above else "below"
    values = {
        "old": helper.name,
        "new": caller.name,
        "where": where,
        "line": f"line {helper.node.start_point[0] + 1}",
        "place": f"`{helper.name}`",
    }
    return Proposal(
        MOVE,
        f"move {helper.name}",
        values,
        (removed, added),
        frozenset(reached),
        None,
        None,
        2.0 + min(len(between), 5) / 10,
    )


def _owner(item: Item) -> str:
    """The class that a definition names which stands outside of it, as in C++'s `Parser::Node::add`."""
    found = re.search(rf"((?:\w+::)+)~?{re.escape(item.name)}\s*\(", item.signature)
    return found[1] if found else ""


def _is_offered(reading: Reading, helper: Item) -> bool:
    """Whether others may call a function as well: then it is more than a helper of its caller here."""
    if reading.language == "Go":
        return helper.name[:1].isupper()
    head = f"{reading.outline.lines[helper.node.start_point[0]]} {helper.signature}".split("(")[0]
    return re.search(r"\b(?:export|public|pub|open)\b", head) is not None


def _byte(lines: list[str], row: int) -> int:
    return len("\n".join(lines[:row]).encode()) + (row > 0)


def _stands_alone(lines: list[str], item: Item) -> bool:
    """Whether blank lines, or the braces of its class, are around a definition."""
    before = lines[item.first - 1].strip() if item.first else ""
    after = lines[item.last + 1].strip() if item.last + 1 < len(lines) else ""
    return (not before or before.endswith(("{", ":"))) and (not after or after in {"}", "end", "};"}) and item.first > 0


def _gap(lines: list[str], item: Item) -> int:
    count, row = 0, item.first - 1
    while row >= 0 and not lines[row].strip():
        count, row = count + 1, row - 1
    return max(count, 1)


def _belongs_there(reading: Reading, helper: Item, caller: Item) -> bool:
    """Whether the helper stands among functions of its kind, or under another heading than its caller."""
    lines = reading.outline.lines
    way = range(min(helper.last, caller.last) + 1, max(helper.first, caller.first))
    return has_relatives(helper, reading.outline.functions, caller) or any(is_heading(lines, row) for row in way)


def _matters(reading: Reading, helper: Item) -> bool:
    """Whether something is evaluated where the helper is defined, or a directive stands near."""
    head = "\n".join(reading.outline.lines[helper.code : helper.head + 1])
    if reading.language == "Python":
        return "@" in head or "=" in head
    if reading.language in {"C", "Cpp"}:
        rows = reading.outline.lines
        return any(row.startswith("#") and not row.startswith("#include") for row in rows)
    if reading.language == "Ruby":
        return (
            re.search(r"^\s*(?:private|protected|public|module_function)\s*$", reading.text, re.MULTILINE) is not None
        )
    return False
