"""Ask what a program or a call prints; the answer is what was recorded, the same in every surrounding.

Belongs here: which runs of a file are asked about, the question and the answer. Does not: what speaks against a text as
an answer (`printed`), how a run is shown (`shown_run`). Every run that was seen is a draft, so that what is not taken is
counted.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from alchemy_assets.generation.completions import Answers
from alchemy_assets.sandbox.sandbox import Sandbox
from alchemy_assets.strategies.conversation import fenced
from alchemy_assets.strategies.grounded import drafting, printed
from alchemy_assets.strategies.grounded.completion import language_name
from alchemy_assets.strategies.grounded.shown_run import Shown, shown, with_code
from alchemy_assets.strategies.phrasing import draw, fill, pick
from alchemy_assets.strategies.strategy import CuratedFile, Draft, Left, Rejected, Verified
from alchemy_assets.tracing import events as measure
from alchemy_assets.tracing.observed import CALLS, Observed, Ran
from alchemy_assets.tracing.reasons import Reason
from alchemy_assets.tracing.surroundings import SURROUNDINGS
from alchemy_assets.tracing.trials import TRIAL_LIMIT
from alchemy_assets.tracing.ways import path

LONGEST_FILE = 16_000
# A call that comes to fewer trace points, or writes fewer events, does too little to be followed.
LEAST_LINES, LEAST_EVENTS = 4, 5
# What gives a truth value or an empty list must have done more for it.
EVENTS_FOR_LITTLE = 10
# Places of which so many events were written that no more were kept; a loop of that many turns may do one thing only.
MOST_FULL = 3
# What gives something empty has often only met arguments that it has no use for.
EVENTS_FOR_EMPTY = 24
# A program that prints one line has more behind it than a call of `main`.
EVENTS_FOR_A_LINE = 4
# Where no value changes on the way to a line, more must have happened.
EVENTS_WITHOUT_CHANGE = 8

TOO_LONG = "the file is too long"
NOT_SHOWN = "its command does not fit into a line"
TOO_LITTLE = "too little happens"
NO_SENSE = "the call makes no sense"
TOO_MANY_STEPS = "too much happens to be followed"
SAME = "says what another test says"
REASONS = (
    *(drafting.NOT_SEEN, TOO_LONG, NOT_SHOWN, TOO_LITTLE, NO_SENSE, TOO_MANY_STEPS, SAME),
    *printed.REASONS,
    *map(str, Reason),
)

# What a call gives that gives nothing back, and what hardly says more, in the words of some language.
_NOTHING = re.compile(r"(?i)(?:none|null|nil|undefined|<nil>)\s*")
_LITTLE = re.compile(r"(?i)(?:(?:bool\()?(?:true|false)\)?|(?:int\()?-?[01]\)?|\W*|string\(0\).*|array\(0\).*)\s*")
# What comes of arguments of the wrong kind, and numbers that were never set.
_NO_SENSE = re.compile(r"\bundefined\b|\bNaN\b|\b0(?:,\s*0){5,}")
_NO_NUMBER = re.compile(r"\bNaN\b")
_EMPTY = re.compile(r"(?:\W*|string\(0\).*|array\(0\).*|map\[\]|\w+\(0\) (?:\[\]|\{\}))\s*")
# How PHP's `var_dump` says a text, and an object: its number hangs on the driver, which nobody sees.
_TEXT_OF_PHP = re.compile(r'string\(\d+\) "(.*)"', re.DOTALL)
_OBJECT_OF_PHP = re.compile(r"\)#\d+ \(\d+\) \{")
# An error as a driver says it: its class, and a message of one line.
_ERROR = re.compile(r"[A-Za-z][\w.]*(?:Error|Exception): [^`\n]{1,120}")
_RAISED = (
    "Nothing: {call} {raises} {error}.",
    "It prints nothing, because {call} {raises} {error}.",
    "No value comes out; {call} {raises} {error}.",
    "The call {raises} {error}, so nothing is printed.",
    "{call} does not return: it {raises} {error}.",
    "There is no output. {call} {raises} {error}.",
)
_RAISES = {"Python": "raises", "Ruby": "raises"}
# Words of a question that leave no room for a sentence before the output.
_BARE = re.compile(
    r"\b(only|nothing|no more|no other|just|bare|plain|verbatim|exact\w*|commentary|fenced?|block|character|byte)\b",
    re.IGNORECASE,
)
_ASKS_STATUS = (
    "And its exit status?",
    "Add the exit status.",
    "Tell me the exit status, too.",
    "Then say with which status it ends.",
)


@dataclass(frozen=True)
class Plan:
    """The run that is asked about, and how it is shown."""

    observed: Observed
    ran: Ran
    shown: Shown


@dataclass(frozen=True)
class RecordedOutput:
    """The kind `recorded_output`."""

    name: str = "recorded_output"
    strategy: str = "code_qa"

    def next(self, file: CuratedFile, _answers: Answers) -> Iterable[Draft]:
        """A draft for each run that was seen, those that say most first."""
        observed = file.observed
        if not isinstance(observed, Observed):
            return [drafting.unseen(self.name, file)]
        if len(file.text) > LONGEST_FILE:
            return [drafting.left(self.name, file, TOO_LONG, f"{len(file.text):,} characters")]
        return self._drafts(file, observed)

    def verify(self, drafts: Sequence[Draft], sandbox: Sandbox | None) -> list[Verified | Rejected]:  # noqa: ARG002 -- it was run when it was observed
        """What was observed three times in different surroundings holds."""
        return drafting.judged(drafts, _held)

    def _drafts(self, file: CuratedFile, observed: Observed) -> Iterator[Draft]:
        said: set[str] = set()
        ways: set[object] = set()
        for ran in sorted(observed.ran, key=_weight, reverse=True):
            one = shown(observed, ran, file.blob_id)
            why = Left(NOT_SHOWN) if one is None else _fault(observed, ran, file.text)
            way = path(ran.events) or ran.reached
            if why is None and (ran.result.stdout in said or way in ways):
                why = Left(SAME)
            if one is None or why is not None:
                detail = f"{ran.test.describe()[:80]}: {why.detail}" if why and why.detail else ran.test.describe()[:80]
                yield drafting.left(self.name, file, why.reason if why else NOT_SHOWN, detail)
                continue
            said.add(ran.result.stdout)
            ways.add(way)
            yield self._draft(file, observed, ran, one)

    def _draft(self, file: CuratedFile, observed: Observed, ran: Ran, one: Shown) -> Draft:
        values = {
            "code": with_code(file.language, file.text, one.beside),
            "run": one.run,
            "call": ran.test.label,
            "file": observed.source,
            "language": language_name(file.language),
        }
        wording = "recorded_output_calls" if observed.harness == CALLS else self.name
        key = f"{ran.test.describe()} {ran.command}"
        return drafting.asked(self.name, file, values, plan=Plan(observed, ran, one), key=key, wording=wording)


def _weight(ran: Ran) -> tuple[int, int, int]:
    """How much one must have followed: lines that were come to, changes of values, events."""
    return len(ran.reached), measure.state_changes(ran.events), len(ran.events)


def _raised(observed: Observed, ran: Ran) -> str:
    """The error that the driver caught, or nothing."""
    result = ran.result
    caught = observed.harness == CALLS and result.exit_code and not result.stdout
    return result.stderr.strip() if caught and _ERROR.fullmatch(result.stderr.strip()) else ""


def _fault(observed: Observed, ran: Ran, source: str) -> Left | None:
    fault = printed.fault_of_result(ran.result, observed.language, source, ran.command)
    if fault is not None and not _raised(observed, ran):
        return Left(*fault)
    full = [
        place for place, count in Counter((one.kind, one.place) for one in ran.events).items() if count >= TRIAL_LIMIT
    ]
    if (not ran.trace and ran.reached) or len(full) > MOST_FULL:
        return Left(TOO_MANY_STEPS)
    events = len(ran.events)
    if observed.harness != CALLS:
        if printed.is_named(ran.result.stdout, source):
            return Left(printed.READABLE, ran.result.stdout.strip())
        least = EVENTS_FOR_A_LINE if measure.state_changes(ran.events) else EVENTS_WITHOUT_CHANGE
        short = ran.result.stdout.strip().count("\n") < 1 and events < least
        return Left(TOO_LITTLE, f"{events} events for a line") if short else None
    if events < LEAST_EVENTS or len(ran.reached) < LEAST_LINES:
        return Left(TOO_LITTLE, f"{events} events")
    return _fault_of_value(ran, events)


def _fault_of_value(ran: Ran, events: int) -> Left | None:
    """Why what a call gives is no use as an answer."""
    given = ran.result.stdout
    if _NOTHING.fullmatch(given) or (_LITTLE.fullmatch(given) and given and events < EVENTS_FOR_LITTLE):
        return Left(TOO_LITTLE, f"{events} events for {given.strip()}")
    if _EMPTY.fullmatch(given) and given and events < EVENTS_FOR_EMPTY:
        return Left(TOO_LITTLE, f"{events} events for {given.strip()}")
    # A number that is none on the way is as bad as one that comes out.
    if (found := _NO_SENSE.search(given) or _NO_NUMBER.search(ran.trace)) and found[0] not in ran.test.label:
        return Left(NO_SENSE, found[0][:40])
    if found := _OBJECT_OF_PHP.search(given):
        return Left(printed.UNLEARNABLE, found[0])
    text = _TEXT_OF_PHP.fullmatch(given.strip())
    answer = text[1] if text else given.strip().strip("\"'")
    label = ran.test.label.replace("'", '"')
    return Left(printed.ECHOED, answer[:80]) if f'"{answer}"' in label or label.endswith(f"({answer})") else None


def _held(draft: Draft) -> Verified:
    plan = draft.plan
    assert isinstance(plan, Plan)  # noqa: S101 -- this kind made it
    file, result = draft.file, plan.ran.result
    text, key = result.stdout.removesuffix("\n"), f"{file.blob_id} {plan.shown.run}"
    question, answer = draft.messages[0][1], fenced(text, "text")
    if raised := _raised(plan.observed, plan.ran):
        return _verified(draft, plan, question, _error(draft, raised, key))
    if not _BARE.search(question.replace(file.text.strip("\n"), "")):
        wording = "recorded_output_call_answers" if plan.ran.test.label else "recorded_output_answers"
        answer = fill(pick(wording, key)[1], {"output": answer, "run": plan.shown.run, "call": plan.ran.test.label})
    if result.exit_code:
        question += f"\n\n{_ASKS_STATUS[draw('status', key) % len(_ASKS_STATUS)]}"
        answer += f"\n\nIts exit status is {result.exit_code}."
    return _verified(draft, plan, question, answer)


def _error(draft: Draft, raised: str, key: str) -> str:
    way = _RAISED[draw("raised", key) % len(_RAISED)]
    raises = _RAISES.get(draft.file.language, "throws")
    assert isinstance(draft.plan, Plan)  # noqa: S101 -- this kind made it
    return way.format(call=f"`{draft.plan.ran.test.label}`", raises=raises, error=f"`{raised}`")


def _verified(draft: Draft, plan: Plan, question: str, answer: str) -> Verified:
    events, result = plan.ran.events, plan.ran.result
    text = result.stdout.removesuffix("\n")
    detail = {"run": plan.shown.run, "exit_code": result.exit_code, "stdout_bytes": len(result.stdout.encode())}
    return Verified(
        draft,
        (("user", question), ("assistant", answer)),
        {"parsed": True, "executed": True, "observed": True, "answer_is_source": False},
        {
            "toolchain": plan.observed.toolchain,
            "runs": len(SURROUNDINGS),
            "detail": json.dumps(detail),
        },
        {
            "answer_lines": text.count("\n") + 1,
            "events": len(events) if plan.ran.trace else None,
            "state_changes": measure.state_changes(events) if plan.ran.trace else None,
            "dependency_depth": measure.dependency_depth(events) if plan.ran.trace else None,
            "copied_share": round(printed.readable_share(text, draft.file.language, draft.file.text), 4),
        },
    )
