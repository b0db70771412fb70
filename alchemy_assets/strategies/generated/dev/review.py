"""Have a file reviewed: findings point at places of it; of some files a bug was planted, and the review must find it.

Belongs here: the question and the judge of reviews. Does not: what else is told of code (`told`).
"""

import re
from dataclasses import dataclass, replace

from alchemy_assets.generation.completions import Answers
from alchemy_assets.generation.parsing import code_blocks
from alchemy_assets.sandbox.sandbox import Status
from alchemy_assets.strategies.generated.dev.behaviour import seen_in
from alchemy_assets.strategies.generated.dev.planted import BUG_NOT_BUILT, BUG_STOPS, BUG_UNNOTICED
from alchemy_assets.strategies.generated.dev.rounds import Facts, Judging
from alchemy_assets.strategies.generated.dev.task import OTHER_LANGUAGE, DevTask, Ready, plan_of
from alchemy_assets.strategies.generated.dev.told import LINES, QUOTED, WRONG_LINE, known_share, lines_named
from alchemy_assets.strategies.generated.new_code import suffix_of
from alchemy_assets.strategies.generated.shown import shown_of
from alchemy_assets.strategies.grounded.faults.mutants import Mutant, mutants
from alchemy_assets.strategies.grounded.planted_bug import reached
from alchemy_assets.strategies.phrasing import draw
from alchemy_assets.strategies.strategy import CuratedFile, Draft, Left
from alchemy_assets.tracing.observed import Observed

NO_FINDING = "no finding of the review points at a place of the file"
MISSED = "the review does not name the planted bug"
STRANGE = "most that the review quotes is not in the file"
TOO_WORDY = "the review is too long"
REASONS = (NO_FINDING, MISSED, STRANGE, WRONG_LINE, TOO_WORDY, BUG_NOT_BUILT, BUG_STOPS, BUG_UNNOTICED)
LONGEST = 8_000
# Suggestions quote code that is not there yet.
LEAST_KNOWN = 0.4
LEAST_QUOTE = 4
NEAR = 2
_BREAK = re.compile(r"\n\s*\n|\n(?=\s*(?:[-*]|\d+[.)]|#+) )")


@dataclass(frozen=True)
class Reviewed:
    """What is reviewed: the text as shown, and the bug in it, if one was planted."""

    text: str
    bug: Mutant | None


def prepare(kind: DevTask, file: CuratedFile, _answers: Answers) -> Ready | Left:
    """The file, or what fits of it; with a bug where it runs and a draw says so."""
    if file.language == "Markdown":
        return Left(OTHER_LANGUAGE, file.language)
    shown = shown_of(file)
    if isinstance(shown, Left):
        return shown
    seen = file.observed
    if isinstance(seen, Observed) and shown.whole and draw("review", file.blob_id) % 3:
        found = mutants(file.language, file.text, reached(seen, file.text), suffix=suffix_of(file), most=1)
        if found:
            bug = found[0]
            edit = {"start": bug.start, "end": bug.end, "replacement": bug.replacement, "kind": kind.name}
            return Ready(replace(shown, text=bug.text), {}, Reviewed(bug.text, bug), (edit,))
    return Ready(shown, {}, Reviewed(shown.text, None))


def judge(draft: Draft) -> Judging:
    """Findings stand on places of the file; a planted bug is named, and its tests show that it is one."""
    reviewed, text = plan_of(draft).given, draft.messages[-1][1]
    assert isinstance(reviewed, Reviewed)  # noqa: S101 -- `prepare` gave it
    if (fault := _fault(draft.file.language, reviewed, text)) is not None:
        return fault
    difficulty = {"answer_lines": text.count("\n") + 1}
    found = sum(_points(part, reviewed.text) for part in _BREAK.split(text))
    if reviewed.bug is None:
        return Facts({"answer_is_source": False}, {"detail": f"{found} findings point at places of it"}, difficulty)
    seen, what = seen_in(draft), f"{reviewed.bug.fault} on line {reviewed.bug.line}"
    (outcome,) = yield [seen.run(reviewed.bug.text)]
    results = seen.results(outcome)
    if outcome.status is Status.COMPILE_ERROR:
        return Left(BUG_NOT_BUILT, what)
    if results is None:
        return Left(BUG_STOPS, f"{what}: {outcome.status.value}")
    if seen.same(results):
        return Left(BUG_UNNOTICED, what)
    return Facts(
        {"executed": True, "compiled": True if seen.compile else None, "answer_is_source": False},
        {"toolchain": outcome.toolchain, "runs": len(seen.ran), "detail": f"names the planted bug: {what}"},
        difficulty,
    )


def _fault(language: str, reviewed: Reviewed, text: str) -> Left | None:
    if len(text) > LONGEST:
        return Left(TOO_WORDY, f"{len(text):,} characters")
    lines = reviewed.text.rstrip("\n").count("\n") + 1
    if wrong := [number for number in lines_named(text) if not 1 <= number <= lines]:
        return Left(WRONG_LINE, f"line {wrong[0]} of {lines}")
    if not any(_points(part, reviewed.text) for part in _BREAK.split(text)):
        return Left(NO_FINDING)
    known, strange = known_share(language, text, reviewed.text)
    if known < LEAST_KNOWN:
        return Left(STRANGE, ", ".join(strange[:5]))
    if reviewed.bug is not None and not _names(reviewed.bug, text):
        return Left(MISSED, f"{reviewed.bug.fault} on line {reviewed.bug.line}")
    return None


def _points(part: str, text: str) -> bool:
    """Whether a paragraph or an item names a line of the text or quotes some of it."""
    squeezed = _squeezed(text)
    return bool(LINES.search(part)) or any(len(one) >= LEAST_QUOTE and one in squeezed for one in _quotes(part))


def _names(bug: Mutant, text: str) -> bool:
    """Whether a review says the line of a bug, or quotes it, or one close by that stands nowhere else."""
    if any(abs(number - bug.line) <= NEAR for number in lines_named(text)):
        return True
    lines = bug.text.split("\n")
    around = _squeezed("\n".join(lines[max(bug.line - 1 - NEAR, 0) : bug.line + NEAR]))
    elsewhere = _squeezed("\n".join((*lines[: max(bug.line - 1 - NEAR, 0)], *lines[bug.line + NEAR :])))
    return any(len(one) > LEAST_QUOTE and one in around and one not in elsewhere for one in _quotes(text))


def _quotes(text: str) -> list[str]:
    blocks = [line for _, code in code_blocks(text) for line in code.split("\n")]
    return [_squeezed(one) for one in (*QUOTED.findall(text), *blocks) if one.strip()]


def _squeezed(text: str) -> str:
    return " ".join(text.split())
