"""Ask what happens inside of a run of a plain source; the answer is what its recorded events prove.

Belongs here: which runs are watched, which question of each form is taken, and the second run that must write the same
events. Does not: the forms (`execution`), how a run is shown (`shown_run`).
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from alchemy_assets.generation.completions import Answers
from alchemy_assets.sandbox.sandbox import Outcome, Run, Sandbox
from alchemy_assets.strategies.grounded import drafting, printed
from alchemy_assets.strategies.grounded.completion import language_name
from alchemy_assets.strategies.grounded.execution import arm, calls, coverage, rows, state, turns
from alchemy_assets.strategies.grounded.execution.source import Source
from alchemy_assets.strategies.grounded.execution.watched import Question, Watched, sentence
from alchemy_assets.strategies.grounded.shown_run import shown, with_code
from alchemy_assets.strategies.phrasing import draw
from alchemy_assets.strategies.strategy import CuratedFile, Draft, Left, Rejected, Verified
from alchemy_assets.tracing import events as measure
from alchemy_assets.tracing.events import parse_event, read_events
from alchemy_assets.tracing.instrument.points import Point
from alchemy_assets.tracing.instrument.registry import instrument, points_of
from alchemy_assets.tracing.observed import CALLS, Observed, Ran
from alchemy_assets.tracing.reasons import Dropped, Reason
from alchemy_assets.tracing.scripts import trace_name
from alchemy_assets.tracing.trials import TRIAL_LIMIT, TRIAL_POINTS

LONGEST_FILE = 14_000
LEAST_EVENTS = 6
A_FILE = 3
RUNS_ASKED = 3
# The surroundings of the run that must write the same events.
ELSEWHERE = 1

TOO_LONG = "the file is too long"
FEW_EVENTS = "no run has events enough"
NOT_SHOWN = "its command does not fit into a line"
NOTHING_TO_ASK = "nothing of it is worth asking"
LISTS = "it lists what a runtime has"
NO_SENSE = "its calls make no sense"
NO_SANDBOX = "programs cannot be run here"
NOT_REPEATED = "its events are others elsewhere"
NOT_INSTRUMENTED = "its points do not stand together again"
REASONS = (
    *(
        drafting.NOT_SEEN,
        TOO_LONG,
        FEW_EVENTS,
        NOT_SHOWN,
        NOTHING_TO_ASK,
        LISTS,
        NO_SENSE,
        NO_SANDBOX,
        NOT_REPEATED,
        NOT_INSTRUMENTED,
    ),
    *map(str, Reason),
)
# What comes of arguments of the wrong kind.
_NO_SENSE = re.compile(r"\bundefined\b|\bNaN\b")
_BARE = re.compile(r"\b(?:only|nothing else|no more|just|bare|short|without|briefly|brief|one line)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Plan:
    """The question, the run that it is about, and its place among the runs of the file."""

    observed: Observed
    ran: Ran
    number: int
    question: Question


@dataclass(frozen=True)
class ExecutionQuestion:
    """The kind `execution_question`."""

    name: str = "execution_question"
    strategy: str = "code_qa"

    def next(self, file: CuratedFile, _answers: Answers) -> Iterable[Draft]:  # noqa: PLR0911 -- one return a reason
        """At most three questions of different forms, or why there is none."""
        observed = file.observed
        if not isinstance(observed, Observed):
            return [drafting.unseen(self.name, file)]
        if len(file.text) > LONGEST_FILE:
            return [drafting.left(self.name, file, TOO_LONG, f"{len(file.text):,} characters")]
        if found := printed.LISTS.search(file.text):
            return [drafting.left(self.name, file, LISTS, found[0])]
        runs = [(number, ran) for number, ran in enumerate(observed.ran, 1) if _has_events(ran)]
        if not runs:
            return [drafting.left(self.name, file, FEW_EVENTS)]
        runs = [(number, ran) for number, ran in runs if not _makes_no_sense(observed, ran)]
        if not runs:
            return [drafting.left(self.name, file, NO_SENSE)]
        shown_runs = [(number, ran) for number, ran in runs if shown(observed, ran, file.blob_id) is not None]
        if not shown_runs:
            return [drafting.left(self.name, file, NOT_SHOWN)]
        return self._drafts(file, observed, shown_runs) or [drafting.left(self.name, file, NOTHING_TO_ASK)]

    def verify(self, drafts: Sequence[Draft], sandbox: Sandbox | None) -> list[Verified | Rejected]:
        """Run the instrumented program of each file once more, elsewhere; the same events must come of it."""
        files = {draft.file.blob_id: draft for draft in drafts if isinstance(draft.plan, Plan)}
        again = {} if sandbox is None else _again(list(files.values()), sandbox)

        def judge(draft: Draft) -> Verified | Rejected:
            outcome = again.get(draft.file.blob_id)
            runs = sandbox is not None and sandbox.runnable(draft.file.language)
            why = _fault(draft, outcome) if runs else Left(NO_SANDBOX, draft.file.language)
            return _held(draft) if why is None else drafting.rejected(draft, why)

        return drafting.judged(drafts, judge)

    def _drafts(self, file: CuratedFile, observed: Observed, runs: Sequence[tuple[int, Ran]]) -> list[Draft]:
        found = points_of(file.language, file.text)
        if isinstance(found, Dropped):
            return []
        first = draw("runs", file.blob_id) % len(runs)
        asked = [*runs[first:], *runs[:first]][:RUNS_ASKED]
        drafts: list[Draft] = []
        for number, question, ran, quoted in _chosen(file, observed, asked, found.points):
            one = shown(observed, ran, file.blob_id)
            if one is not None:
                values = {
                    "code": with_code(file.language, file.text, one.beside, numbered=not quoted),
                    "run": one.run,
                    "question": sentence(question.text),
                    "file": observed.source,
                    "language": language_name(file.language),
                }
                plan = Plan(observed, ran, number, question)
                drafts.append(drafting.asked(self.name, file, values, plan=plan, key=f"{number} {question.text}"))
        return drafts


def _chosen(
    file: CuratedFile, observed: Observed, runs: Sequence[tuple[int, Ran]], points: Sequence[Point]
) -> Iterator[tuple[int, Question, Ran, bool]]:
    """A question of each form that has one, the forms in an order of the file's own, until there are enough."""
    text, source = file.text.encode(), Source(observed, file.text, points)
    watched = {
        names: [(number, Watched(source, ran, names, f"{file.blob_id} {number}")) for number, ran in runs]
        for names in (False, True)
    }
    forms: list[Callable[[Watched], Iterator[Question]]] = [
        state.questions,
        lambda watched: arm.questions(watched, source.chains),
        turns.questions,
        lambda watched: coverage.questions(watched, text),
        calls.questions,
        rows.questions,
    ]
    start, count = draw("forms", file.blob_id) % len(forms), 0
    for place, form in enumerate([*forms[start:], *forms[:start]]):
        quoted = draw("quoted", file.blob_id, str(place)) % 2 == 1
        for names in (quoted, not quoted):
            asked = [(number, one, run.ran) for number, run in watched[names] for one in form(run)]
            if asked:
                best = [one for one in asked if one[1].best] or asked
                number, question, ran = best[draw("question", file.blob_id, str(place)) % len(best)]
                yield number, question, ran, names
                count += 1
                break
        if count == A_FILE:
            return


def _has_events(ran: Ran) -> bool:
    """Whether a trace has events enough; most runs are asked no further, so only the first events are read."""
    return len(list(islice(filter(None, map(parse_event, ran.trace.split("\n"))), LEAST_EVENTS))) == LEAST_EVENTS


def _makes_no_sense(observed: Observed, ran: Ran) -> bool:
    """Whether a call by the driver went on with what nobody meant."""
    found = _NO_SENSE.search(ran.trace) if observed.harness == CALLS else None
    return found is not None and found[0] not in ran.test.label


def _again(drafts: Sequence[Draft], sandbox: Sandbox) -> dict[str, Outcome]:
    """What the instrumented program of each file does in other surroundings, by blob id."""
    runs: list[tuple[str, Run]] = []
    for draft in drafts:
        plan = _plan(draft)
        known = points_of(draft.file.language, draft.file.text)
        if isinstance(known, Dropped) or not sandbox.runnable(draft.file.language):  # `judge` says so
            continue
        refused = {(point.kind, point.place) for point in known.points if point.line not in plan.observed.points}
        made = instrument(draft.file.language, draft.file.text, TRIAL_POINTS, limit=TRIAL_LIMIT, refused=refused)
        if not isinstance(made, Dropped):
            runs.append((draft.file.blob_id, plan.observed.run(made.text, ELSEWHERE)))
    outcomes = drafting.outcomes_of([run for _, run in runs], sandbox)
    return {blob_id: outcome for (blob_id, _), outcome in zip(runs, outcomes, strict=True)}


def _fault(draft: Draft, outcome: Outcome | None) -> Left | None:
    plan = _plan(draft)
    if outcome is None:
        return Left(NOT_INSTRUMENTED)
    if plan.observed.results(outcome) is None:
        return Left(NOT_INSTRUMENTED, f"{outcome.status}: {outcome.detail}"[:200])
    known = {(event.kind, event.place) for ran in plan.observed.ran for event in ran.events}
    trace = outcome.files.get(trace_name(plan.number), b"").decode(errors="replace")
    events = [event for event in read_events(trace) if (event.kind, event.place) in known]
    if events == list(plan.ran.events):
        return None
    other = next((one for one, two in zip(events, plan.ran.events, strict=False) if one != two), None)
    return Left(NOT_REPEATED, measure.format_event(other)[:120] if other else f"{len(events)} events")


def _plan(draft: Draft) -> Plan:
    assert isinstance(draft.plan, Plan)  # noqa: S101 -- this kind made it
    return draft.plan


def _held(draft: Draft) -> Verified:
    plan = _plan(draft)
    question, file = plan.question, draft.file
    asked = draft.messages[0][1]
    said = asked.replace(file.text.strip("\n"), "")
    answer = sentence(question.answer if _BARE.search(said) else question.reasoned)
    return Verified(
        draft,
        (("user", asked), ("assistant", answer)),
        {"parsed": True, "executed": True, "observed": True, "answer_is_source": False},
        {
            "toolchain": plan.observed.toolchain,
            "runs": 2,
            "detail": json.dumps({"form": question.form, "test": plan.number, "about": question.detail}),
        },
        {
            "answer_lines": answer.count("\n") + 1,
            "events": len(question.followed),
            "state_changes": measure.state_changes(question.followed),
            "dependency_depth": measure.dependency_depth(question.followed),
            "copied_share": round(measure.copied_share(answer, asked), 4),
        },
    )
