"""Ask for a file as the sequence of insertions that it can be written in, or for the next of them (after LintSeq).

Belongs here: which steps are asked for, the questions and the answers. Does not: the order of the steps (`building`),
diffs (`insertions`). LintSeq is arXiv 2410.02749: every state between two edits is code without errors. Nothing is run.

Two forms. Turns: the state so far, then for each step the signature and the comment of what comes next; the answer is
the diff. Whole: the file without the bodies of its functions; the answer is all diffs from the empty file. A finished file
is not to be split into its steps: all of the answer would be copied, and nothing shows that the order is right.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import PurePosixPath

from alchemy_assets import syntax_tree
from alchemy_assets.curation.edits import Edit, edited
from alchemy_assets.curation.syntax import python_parses
from alchemy_assets.generation.completions import Answers
from alchemy_assets.sandbox.sandbox import Sandbox
from alchemy_assets.strategies import phrasing
from alchemy_assets.strategies.conversation import fenced
from alchemy_assets.strategies.grounded import derivable, drafting, step_goals, worth
from alchemy_assets.strategies.grounded.building import FEWEST_STEPS, Building, Part, building_of
from alchemy_assets.strategies.grounded.completion import language_name
from alchemy_assets.strategies.grounded.file_sketch import sketch_of, title
from alchemy_assets.strategies.grounded.fill_in_the_middle import (
    GENERATED,
    OF_A_COMPILER,
    OF_TESTS,
    fault_of_kind,
)
from alchemy_assets.strategies.grounded.insertions import PatchError, applied, inserting
from alchemy_assets.strategies.grounded.outline import outline_of
from alchemy_assets.strategies.grounded.shapes import SHAPES
from alchemy_assets.strategies.grounded.step_goals import Goals, Turn
from alchemy_assets.strategies.strategy import CuratedFile, Draft, Rejected, Verified

FEWEST_LINES, MOST_LINES = 15, 300
# Of a file whose answer holds all of it.
MOST_LINES_OF_A_WHOLE = 150
MOST_TURNS = 4
CONVERSATIONS = 2
WHOLE = "whole"

TOO_SHORT = "the file is too short"
TOO_LONG = "the file is too long"
NOT_PARSED = "a state does not parse"
LINE_ENDS = "its lines end otherwise than those of a diff"
NO_ORDER = "no order of its parts is known"
FEW_STEPS = "it has too few parts"
NOTHING_DESCRIBED = "no step is described by a comment"
DIFFERS = "a diff does not give the next state"
IDLE_IMPORT = "a state imports what it does not use"
REASONS = (
    *(
        TOO_SHORT,
        TOO_LONG,
        LINE_ENDS,
        NOT_PARSED,
        NO_ORDER,
        FEW_STEPS,
        NOTHING_DESCRIBED,
        DIFFERS,
        IDLE_IMPORT,
        GENERATED,
        OF_A_COMPILER,
        OF_TESTS,
    ),
    *step_goals.REASONS,
    *worth.REASONS,
    *derivable.REASONS,
)

_GO_IMPORTS = re.compile(r"^import\s+(?:\((.*?)^\)|(.*?)$)", re.MULTILINE | re.DOTALL)
_GO_IMPORT = re.compile(r"^\s*([\w.]+\s+)?\"([^\"]+)\"", re.MULTILINE)
_GO_VERSION = re.compile(r"/v\d+$|\.v\d+$")
_FENCED = re.compile(r"```.*?```", re.DOTALL)
_BARE = re.compile(r"\b(only|nothing|just|alone|no (?:more|other|prose|words))\b", re.IGNORECASE)


@dataclass(frozen=True)
class Plan:
    """What the verification needs: the states in order, the first of them shown, and the diffs between them."""

    states: tuple[str, ...]
    diffs: tuple[str, ...]
    suffix: str
    form: str


@dataclass(frozen=True)
class EditSequence:
    """The kind `edit_sequence`."""

    name: str = "edit_sequence"
    strategy: str = "code_dev"

    def next(self, file: CuratedFile, _answers: Answers) -> Iterable[Draft]:
        """The whole file where all of it is described, and conversations about steps that are; or why there is neither."""
        if file.language == "Markdown":
            return []
        if fault := _fault_of_file(file):
            return [drafting.left(self.name, file, *fault)]
        suffix = PurePosixPath(file.path).suffix.lower()
        outline = outline_of(file.language, file.text, suffix)
        building = None if outline.root.has_error else building_of(outline)
        if building is None or len(building.steps) < FEWEST_STEPS:
            reason = NOT_PARSED if outline.root.has_error else NO_ORDER if building is None else FEW_STEPS
            return [drafting.left(self.name, file, reason)]
        sequence = _Sequence(self.name, file, building, suffix)
        made = [*sequence.whole(), *sequence.conversations()]
        if made:
            return made
        reason, detail = sequence.goals.faults[0] if sequence.goals.faults else (NOTHING_DESCRIBED, "")
        return [drafting.left(self.name, file, reason, detail)]

    def verify(self, drafts: Sequence[Draft], sandbox: Sandbox | None) -> list[Verified | Rejected]:  # noqa: ARG002 -- nothing is run
        """Every diff, applied, gives the next state; every state parses."""
        return drafting.judged(drafts, _judge)


def _fault_of_file(file: CuratedFile) -> tuple[str, str] | None:
    lines = file.text.count("\n")
    if file.language not in SHAPES:
        return NO_ORDER, file.language
    if "\r" in file.text:
        return LINE_ENDS, ""
    if not FEWEST_LINES <= lines <= MOST_LINES:
        return TOO_LONG if lines > MOST_LINES else TOO_SHORT, f"{lines} lines"
    return fault_of_kind(file.text, file.path)


class _Sequence:
    """The steps of one file as questions and answers."""

    def __init__(self, kind: str, file: CuratedFile, building: Building, suffix: str) -> None:
        self.kind = kind
        self.file = file
        self.building = building
        self.goals = Goals(building)
        self.suffix = suffix
        self.name = PurePosixPath(file.path).name or "file"

    def conversations(self) -> list[Draft]:
        """Runs of steps that can be asked for, the best first."""
        runs: list[list[Turn]] = []
        running = False
        there: list[Part] = []
        for step in self.building.steps:
            turn = self.goals.turn(there, step) if there else None
            if turn is not None and running and turn.alone and len(runs[-1]) < MOST_TURNS:
                runs[-1].append(turn)
            elif turn is not None:
                runs.append([turn])
            running = turn is not None
            there = [*there, *step]
        runs.sort(key=lambda run: -sum(turn.score for turn in run))
        return [self._conversation(run) for run in runs[:CONVERSATIONS]]

    def _values(self, turn: Turn) -> dict[str, str]:
        return {
            "name": turn.name,
            "what": turn.what,
            "goal": drafting.code_block(self.file.language, turn.goal),
            "language": language_name(self.file.language),
            "file": self.name,
        }

    def _conversation(self, turns: Sequence[Turn]) -> Draft:
        before = self.goals.text(turns[0].before)
        diffs = [inserting(self.building.outline.lines, turn.before, turn.after, self.name) for turn in turns]
        states = (before, *(self.goals.text(turn.after) for turn in turns))
        key = f"{turns[0].name} {turns[0].after[-1]}"
        draft = drafting.asked(
            self.kind,
            self.file,
            self._values(turns[0]) | {"code": drafting.code_block(self.file.language, before)},
            plan=Plan(states, tuple(diffs), self.suffix, "turns"),
            key=key,
            seed_text=before,
            edits=self._cuts(turns[0].before),
            wording="edit_sequence" if turns[0].what else "edit_sequence_comment",
        )
        messages = list(draft.messages)
        for number, (turn, change) in enumerate(zip(turns, diffs, strict=True)):
            if number:
                wording = "edit_sequence_next" if turn.what else "edit_sequence_next_comment"
                _, template = phrasing.pick(wording, f"{self.file.blob_id} {key} {number}")
                messages.append(("user", phrasing.fill(template, self._values(turn))))
            messages.append(("assistant", self._answer(messages[-1][1], turn, change, f"{key} {number}")))
        return replace(draft, messages=tuple(messages))

    def _answer(self, question: str, turn: Turn, change: str, key: str) -> str:
        block = fenced(change, "diff")
        if not turn.what or _BARE.search(_FENCED.sub("", question)):
            return block
        _, template = phrasing.pick("edit_sequence_answers", f"{self.file.blob_id} {key}")
        return phrasing.fill(template, self._values(turn) | {"diff": block})

    def _cuts(self, kept: Iterable[int]) -> list[dict[str, object]]:
        """The lines that are not there, as edits of the file."""
        lines = self.building.outline.lines
        size = len(self.file.text.encode())
        starts = [min(at, size) for at in (0, *accumulate(len(line.encode()) + 1 for line in lines))]
        edits: list[Edit] = []
        for row in sorted(set(range(len(lines))).difference(kept)):
            if edits and edits[-1].end == starts[row]:
                edits[-1] = edits[-1]._replace(end=starts[row + 1])
            else:
                edits.append(Edit(starts[row], starts[row + 1], "", "lines to be written"))
        return [edit._asdict() for edit in self._ended(edits)]

    def _ended(self, edits: Sequence[Edit]) -> list[Edit]:
        """Edits and, for a file whose last line has no end, that of the line: a state ends like any other text."""
        size = len(self.file.text.encode())
        if self.file.text.endswith("\n") or any(edit.end == size for edit in edits):
            return list(edits)
        return [*edits, Edit(size, size, "\n", "the end of the last line")]

    def whole(self) -> list[Draft]:
        """The whole file, where what its functions do is told; else nothing."""
        if self.file.text.count("\n") > MOST_LINES_OF_A_WHOLE:
            return []
        edits = sketch_of(self.file.text, self.goals)
        return [self._all_steps(edits)] if edits else []

    def _all_steps(self, edits: Sequence[Edit]) -> Draft:
        edits = self._ended(edits)
        seed = edited(self.file.text, edits)
        there: list[Part] = []
        rows: list[int] = []
        states, diffs, answer = [""], [], []
        for number, step in enumerate(self.building.steps):
            there += step
            after = self.building.shown(there)
            diffs.append(inserting(self.building.outline.lines, rows, after, self.name))
            rows = after
            states.append(self.goals.text(rows))
            said = title(self.building.outline, step, f"{self.file.blob_id} {number}")
            answer.append(f"{number + 1}. {said}\n\n{fenced(diffs[-1], 'diff')}")
        values = {
            "code": drafting.code_block(self.file.language, seed),
            "language": language_name(self.file.language),
            "file": self.name,
            "steps": str(len(diffs)),
        }
        return drafting.asked(
            self.kind,
            self.file,
            values,
            plan=Plan(tuple(states), tuple(diffs), self.suffix, WHOLE),
            key=WHOLE,
            answer="\n\n".join(answer),
            seed_text=seed,
            edits=[edit._asdict() for edit in edits],
            wording="edit_sequence_whole",
        )


def _idle_import(state: str) -> str:
    """An import of Go that nothing uses, which its compiler takes for an error; a package is called as its path ends."""
    rest = _GO_IMPORTS.sub("", state)
    for block in _GO_IMPORTS.finditer(state):
        for alias, path in _GO_IMPORT.findall(block[1] or block[2]):
            name = alias.strip() or _GO_VERSION.sub("", path).rsplit("/", 1)[-1]
            if name not in {"_", ".", "C"} and not re.search(rf"\b{re.escape(name)}\.", rest):
                return name
    return ""


def _fault_of_state(language: str, state: str, suffix: str) -> tuple[tuple[str], str] | None:
    tree = syntax_tree.parse(language, state.encode(), suffix)
    if tree.root_node.has_error or (language == "Python" and not python_parses(state).accepted):
        return (NOT_PARSED,), ""
    if language == "Go" and (idle := _idle_import(state)):
        return (IDLE_IMPORT,), idle
    return None


def _judge(draft: Draft) -> Verified | Rejected:
    plan = draft.plan
    assert isinstance(plan, Plan)  # noqa: S101 -- this kind made it
    if edited(draft.file.text, [Edit(**edit) for edit in draft.edits]) != draft.seed_text:  # type: ignore[arg-type] # as made here
        return Rejected(draft, (DIFFERS,), plan.form)
    state = plan.states[0]
    for change, after in zip(plan.diffs, plan.states[1:], strict=True):
        try:
            state = applied(state, change)
        except PatchError as error:
            return Rejected(draft, (DIFFERS,), str(error))
        if state != after:
            return Rejected(draft, (DIFFERS,), plan.form)
    if plan.form == WHOLE and state != draft.file.text.removesuffix("\n") + "\n":
        return Rejected(draft, (DIFFERS,), plan.form)
    for state in plan.states:
        if fault := _fault_of_state(draft.file.language, state, plan.suffix):
            return Rejected(draft, *fault)
    added = [line[1:].strip() for change in plan.diffs for line in change.split("\n")[2:] if line.startswith("+")]
    code = [line for line in added if line]
    shown = {line.strip() for role, content in draft.messages if role == "user" for line in content.split("\n")}
    return Verified(
        draft,
        draft.messages,
        {"parsed": True, "answer_is_source": True},
        {"detail": f"{plan.form}: {len(plan.diffs)} diffs, {len(added)} lines added"},
        {
            "answer_lines": sum(change.count("\n") + 1 for change in plan.diffs),
            "copied_share": round(sum(line in shown for line in code) / max(len(code), 1), 4),
        },
    )
