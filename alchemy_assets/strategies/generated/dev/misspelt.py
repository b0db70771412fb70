"""Have an error about an unknown name traced back: we misspell a name, and what an interpreter says of that is known before.

Belongs here: the few errors whose text and line follow from the fault alone, and the judge that holds them against the real
run. Does not: traces that were seen (`crashes`), which tell more and come first.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from alchemy_assets import syntax_tree
from alchemy_assets.generation.completions import Answers
from alchemy_assets.strategies.generated.dev import crashes, planted
from alchemy_assets.strategies.generated.dev.behaviour import seen_in
from alchemy_assets.strategies.generated.dev.rounds import Judging
from alchemy_assets.strategies.generated.dev.task import DevTask, Ready, called_there, plan_of, seen_of, whole
from alchemy_assets.strategies.generated.new_code import suffix_of
from alchemy_assets.strategies.grounded.faults.mutants import Mutant
from alchemy_assets.strategies.grounded.names import Name, names_in
from alchemy_assets.strategies.grounded.planted_bug import reached
from alchemy_assets.strategies.grounded.shapes import SHAPES
from alchemy_assets.strategies.grounded.shown_run import shown as shown_run
from alchemy_assets.strategies.phrasing import draw
from alchemy_assets.strategies.strategy import CuratedFile, Draft, Left
from alchemy_assets.tracing.observed import Observed

OTHER_ERROR = "the run does not end with the error that is told"
REASONS = (*crashes.REASONS, *planted.REASONS, OTHER_ERROR)
FAULT = "misspelt name"
LEAST_LETTERS = 4
# What is said of a name that is not there, and how the line is told beside it.
SAID: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "JavaScript": ("ReferenceError: {name} is not defined", r"source\.\w+:{line}\b"),
        "Python": ("NameError: name '{name}' is not defined", r"source\.\w+\", line {line}\b"),
    }
)
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Told:
    """A misspelt name as a planted bug, and what its run ends with."""

    bug: planted.Planted
    error: str
    place: str


def prepare(kind: DevTask, file: CuratedFile, answers: Answers) -> Ready | Left:
    """A crash that was seen; where none was, one that is certain."""
    ready = crashes.prepare(kind, file, answers)
    if isinstance(ready, Ready) or file.language not in SAID:
        return ready
    seen, shown = seen_of(file), whole(file, answers)
    if isinstance(seen, Left) or isinstance(shown, Left):
        return ready
    for name in _names(file, seen):
        one = _told(file, seen, name)
        run = shown_run(seen, seen.ran[one.bug.test], file.blob_id) if one is not None else None
        if one is None or run is None:
            continue
        mutant, beside = one.bug.mutant, f"\n\n{run.beside}" if run.beside else ""
        values = {
            "run": f"`{run.run}`",
            "beside": beside + called_there(shown, seen, run.run, run.beside),
            "error": f"`{one.error}`",
            "line": str(mutant.line),
        }
        edit = {"start": mutant.start, "end": mutant.end, "replacement": mutant.replacement, "kind": kind.name}
        return Ready(replace(shown, text=mutant.text), values, one, (edit,), "stack_trace_told")
    return ready


def _names(file: CuratedFile, seen: Observed) -> list[Name]:
    """References on lines that tests come to, of names that the file binds itself, in an order drawn by the blob id."""
    root = syntax_tree.parse(file.language, file.text.encode(), suffix_of(file)).root_node
    found, lines = list(names_in(root, SHAPES[file.language])), reached(seen, file.text)
    bound = {one.text for one in found if one.role == "bind"}
    chosen = [
        one
        for one in found
        if one.role == "reference" and one.text in bound and len(one.text) >= LEAST_LETTERS and one.text.isidentifier()
        if one.node.start_point[0] + 1 in lines and syntax_tree.text_of(one.node) == one.text
    ]
    return sorted(chosen, key=lambda one: draw("misspelt", file.blob_id, str(one.node.start_byte)))


def _told(file: CuratedFile, seen: Observed, name: Name) -> Told | None:
    """The file with this name misspelt, and a run that comes to its line."""
    line, wrong = name.node.start_point[0] + 1, misspelt(name.text, file.blob_id)
    tests = [at for at, ran in enumerate(seen.ran) if line in reached(replace(seen, ran=(ran,)), file.text)]
    if not tests or wrong in _WORD.findall(file.text):
        return None
    source, start, end = file.text.encode(), name.node.start_byte, name.node.end_byte
    text = (source[:start] + wrong.encode() + source[end:]).decode()
    mutant = Mutant(FAULT, start, end, wrong, line, text, name.text, wrong, "")
    error, place = SAID[file.language]
    test = tests[draw("run", file.blob_id) % len(tests)]
    return Told(planted.Planted(mutant, test), error.format(name=wrong), place.format(line=line))


def misspelt(name: str, key: str) -> str:
    """A name with two letters swapped, or with one left out where all are alike."""
    places = [at for at in range(1, len(name) - 1) if name[at] != name[at + 1]]
    if not places:
        return name[:-1]
    at = places[draw("letters", key, name) % len(places)]
    return name[:at] + name[at + 1] + name[at] + name[at + 2 :]


def judge(draft: Draft) -> Judging:
    """A crash that was seen is mended; or the run really ends with the error that is told, and the fix passes all tests."""
    plan = plan_of(draft)
    if not isinstance(plan.given, Told):
        return (yield from crashes.judge(draft))
    told, seen = plan.given, seen_in(draft)
    (outcome,) = yield [seen.run(told.bug.mutant.text)]
    results = seen.results(outcome)
    stderr = results[told.bug.test].stderr if results is not None else ""
    if told.error not in stderr or re.search(told.place, stderr) is None:
        return Left(OTHER_ERROR, f"{told.error}: {stderr.strip()[-160:]}")
    return (yield from planted.judge(replace(draft, plan=replace(plan, given=told.bug))))
