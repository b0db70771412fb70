"""A file without the bodies of its functions, and the steps of writing it with their titles.

Belongs here: whether such a sketch tells enough to write the file again, and how it looks. Does not: the order of the
steps (`building`), the question (`edit_sequence`).
"""

from collections.abc import Sequence
from itertools import accumulate

from alchemy_assets.curation.edits import Edit, edited
from alchemy_assets.languages import LANGUAGES
from alchemy_assets.strategies import phrasing
from alchemy_assets.strategies.grounded import worth
from alchemy_assets.strategies.grounded.building import RUN_FROM_THE_TOP, Part
from alchemy_assets.strategies.grounded.excerpt import Excerpt, hole_of
from alchemy_assets.strategies.grounded.outline import Item, Outline
from alchemy_assets.strategies.grounded.resolve import needs_of
from alchemy_assets.strategies.grounded.step_goals import Goals

# Of the lines of functions, how many must be described for a whole file to be asked for; others must be short.
DESCRIBED_SHARE = 0.7
SHORT_BODY = 3
# Of the lines of a file.
FUNCTION_SHARE = 0.2


def sketch_of(text: str, goals: Goals) -> tuple[Edit, ...]:
    """The edits that leave out the bodies, where what they do is told; else nothing."""
    functions = [item for item in goals.outline.functions if item.body is not None]
    edits = _bodies(goals.outline, functions, len(text.encode()))
    if (
        not functions
        or edits is None
        or any(map(goals.overloaded, functions))
        or not _told(goals, functions, edited(text, edits))
    ):
        return ()
    return tuple(edits)


def _told(goals: Goals, functions: Sequence[Item], sketch: str) -> bool:
    lines = described = 0
    for item in functions:
        hole = hole_of(goals.outline, item)
        assert hole is not None  # noqa: S101 -- it has an edit
        count = hole[1] - hole[0] + 1
        lines += count
        needs = needs_of(goals.outline, item, goals.fields)
        fault = worth.fault_of_excerpt(goals.outline, item, needs, Excerpt(sketch, (), ""))
        if fault and (count > SHORT_BODY or fault[0] != worth.ENTRY_OR_TEST):
            return False
        told = (
            item.doc is not None
            and not goals.fault_of_doc(item)
            and worth.fault_before_reading(goals.outline, item) is None
        )
        if not told and count > SHORT_BODY:
            return False
        described += count if told else 0
    return described >= DESCRIBED_SHARE * lines and lines > FUNCTION_SHARE * len(goals.outline.lines)


def _bodies(outline: Outline, functions: Sequence[Item], size: int) -> list[Edit] | None:
    """Edits of so many bytes that put a mark in the place of every body; None where one shares its lines."""
    starts = [min(at, size) for at in (0, *accumulate(len(line.encode()) + 1 for line in outline.lines))]
    # Python has a statement that says so.
    comment = "" if outline.language == "Python" else f"{LANGUAGES[outline.language].line_comment} "
    edits = []
    for item in functions:
        hole = hole_of(outline, item)
        if hole is None:
            return None
        if hole[0] <= hole[1]:
            line = next((line for line in outline.lines[hole[0] : hole[1] + 1] if line.strip()), "")
            mark = f"{line[: len(line) - len(line.lstrip())]}{comment}...\n"
            edits.append(Edit(starts[hole[0]], starts[hole[1] + 1], mark, "body left out"))
    return edits


def title(outline: Outline, step: Sequence[Part], key: str) -> str:
    """What a step adds, in a few words."""
    functions, classes = (
        [f"`{part.name}`" for part in step if part.kind == kind and part.name] for kind in ("function", "container")
    )
    # A constructor that has the name of its class.
    functions = [name for name in functions if name not in classes]
    values = [f"`{name}`" for part in step if part.kind == "value" for name in outline.defined if name in part.names]
    kinds = {part.kind for part in step}
    if functions and classes:
        what = f"{_listed(classes)} with {_listed(functions)}"
    elif named := functions or classes:
        what = _listed(named)
    elif "statement" in kinds:
        what = "the code that runs" if outline.language in RUN_FROM_THE_TOP else "the declarations"
    else:
        what = _listed(values) if values else "the imports" if kinds == {"import"} else "the declarations"
    if "import" in kinds and (functions or classes):
        what += " and what it imports"
    _, template = phrasing.pick("edit_sequence_titles", f"{key} {what}")
    text = phrasing.fill(template, {"what": what})
    return text[:1].upper() + text[1:]


def _listed(names: Sequence[str]) -> str:
    shown = list(dict.fromkeys(names))
    if len(shown) > 3:  # noqa: PLR2004 -- a title is short
        return f"{shown[0]}, {shown[1]} and {len(shown) - 2} more"
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
