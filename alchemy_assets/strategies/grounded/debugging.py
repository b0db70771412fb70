"""Talk about a bug until it is mended: a suspicion, a run that tests it, the fix, a test that fails without it.

Belongs here: which bugs carry such a conversation, and what is run for it. Does not: its turns (`debugging_turns`), planting
(`faults`), tests (`assertions`). Every value in it was recorded: over the file with the bug, over the file as it was, and
by running the test over both. A file gives bugs that `planted_bug` has not tried, where it has enough of them.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from alchemy_assets.generation.completions import Answers
from alchemy_assets.sandbox.sandbox import Outcome, Run, Sandbox, Status
from alchemy_assets.strategies.grounded import drafting, symptom, test_writing
from alchemy_assets.strategies.grounded.assertions.calls import call_of
from alchemy_assets.strategies.grounded.assertions.fitting import NOTHING
from alchemy_assets.strategies.grounded.assertions.registry import CALLING, regression
from alchemy_assets.strategies.grounded.assertions.shell import is_echo, reads_nothing
from alchemy_assets.strategies.grounded.assertions.suite import Subject, Suite
from alchemy_assets.strategies.grounded.debugging_turns import Look, Probe, Talk, look, probes, turns
from alchemy_assets.strategies.grounded.drafting import NOTHING_RUNS
from alchemy_assets.strategies.grounded.faults.mutants import Mutant, mutants
from alchemy_assets.strategies.grounded.planted_bug import LONGEST_FILE, TRIED, reached
from alchemy_assets.strategies.grounded.symptom import Symptom
from alchemy_assets.strategies.strategy import CuratedFile, Draft, Left, Rejected, Verified
from alchemy_assets.tracing.events import read_events
from alchemy_assets.tracing.instrument.points import Instrumented
from alchemy_assets.tracing.instrument.registry import instrument
from alchemy_assets.tracing.observed import CALLS, Observed, Ran
from alchemy_assets.tracing.reasons import Reason
from alchemy_assets.tracing.trials import TRIAL_LIMIT, TRIAL_POINTS

LEAST_TESTS = 2
BUGS, KEPT, LOOKS = 6, 2, 2

ONE_TEST = "too few tests to talk about"
TOO_LONG = "the file is too long"
NO_PLACE = "nothing that ran can be got wrong in a way that is known"
NO_RESULT = "it does not compile, or meets a limit"
UNCHANGED = "it changes nothing that its tests show"
NOT_SHOWN = "what it changes cannot be shown in few lines"
SAYS_NOTHING = "the run that shows it says nothing when it is right, or what it reads"
NO_PROBE = "no second run tells anything in few words"
NO_TEST = "no test of it can be written"
UNSTEADY = "it does something else each time"
TEST_SAYS_NOTHING = "the test does not tell the fix from the bug"
OTHERS = "other bugs of its file say more"
REASONS = (
    *(
        drafting.NOT_SEEN,
        ONE_TEST,
        TOO_LONG,
        NO_PLACE,
        NOTHING_RUNS,
        NO_RESULT,
        UNCHANGED,
        NOT_SHOWN,
        SAYS_NOTHING,
        NO_PROBE,
        NO_TEST,
    ),
    *(TEST_SAYS_NOTHING, UNSTEADY, OTHERS),
    *map(str, Reason),
)


@dataclass(frozen=True)
class Plan:
    """A file that was seen to run, and a bug in it."""

    observed: Observed
    mutant: Mutant


@dataclass(frozen=True)
class Found:
    """What a bug does: the run that is reported, the one that is tried next, and the test that is written at last."""

    symptom: Symptom
    probe: Probe | Look | None
    suite: Suite | None = None


@dataclass(frozen=True)
class Debugging:
    """The kind `debugging`."""

    name: str = "debugging"
    strategy: str = "code_dialogue"

    def next(self, file: CuratedFile, _answers: Answers) -> Iterable[Draft]:
        """A draft for each bug that is tried, on lines that tests come to."""
        observed = file.observed
        if not isinstance(observed, Observed):
            return [drafting.unseen(self.name, file)]
        if len(observed.ran) < LEAST_TESTS and not observed.ran[0].trace:
            return [drafting.left(self.name, file, ONE_TEST)]
        if len(file.text) > LONGEST_FILE:
            return [drafting.left(self.name, file, TOO_LONG, f"{len(file.text):,} characters")]
        suffix = PurePosixPath(file.path).suffix.lower()
        found = mutants(file.language, file.text, reached(observed, file.text), suffix=suffix, most=TRIED + BUGS)
        chosen = (found[TRIED:] + found[:TRIED][::-1])[:BUGS]
        if not chosen:
            return [drafting.left(self.name, file, NO_PLACE)]
        return [self._draft(file, observed, mutant) for mutant in chosen]

    def verify(self, drafts: Sequence[Draft], sandbox: Sandbox | None) -> list[Verified | Rejected]:
        """Run every bug, write a test for the best of each file, and run that over the bug and over the fix."""
        if sandbox is None:
            return drafting.judged(drafts, lambda draft: Rejected(draft, (NOTHING_RUNS,), draft.file.language))
        planned = [index for index, draft in enumerate(drafts) if isinstance(draft.plan, Plan)]
        found: dict[int, Found | Left] = {}
        outcomes = drafting.outcomes_of(
            [_plan(drafts[index]).observed.run(drafts[index].seed_text) for index in planned], sandbox
        )
        steady = {}
        for index, outcome in zip(planned, outcomes, strict=True):
            found[index] = _shown(drafts[index], outcome)
            steady[index] = symptom.comparable(_plan(drafts[index]).observed.results(outcome))
        found |= _looks(drafts, found, sandbox)
        found |= _best(drafts, found)
        suites = _suites(drafts, {index: one for index, one in found.items() if isinstance(one, Found)}, sandbox)
        found |= {index: one for index, one in suites.items() if isinstance(one, Left)}
        written = [(index, one) for index, one in suites.items() if isinstance(one, Suite)]
        runs = [run for index, one in written for run in _last_runs(drafts[index], one)]
        ran = iter(drafting.outcomes_of(runs, sandbox))
        old: dict[int, Outcome] = {}
        for index, suite in written:
            again, before, after = next(ran), next(ran), next(ran)
            plan = _plan(drafts[index])
            if symptom.comparable(plan.observed.results(again)) != steady[index]:
                found[index] = Left(UNSTEADY, f"{plan.mutant.fault} on line {plan.mutant.line}")
            elif test_writing.passes(after) and before.status is Status.FINISHED and before.exit_code:
                one = found[index]
                found[index] = replace(one, suite=suite) if isinstance(one, Found) else one
                old[index] = before
            else:
                found[index] = Left(TEST_SAYS_NOTHING, f"{before.status}, {after.status}")
        positions = {id(draft): index for index, draft in enumerate(drafts)}

        def judge(draft: Draft) -> Verified | Rejected:
            index = positions[id(draft)]
            one = found[index]
            return drafting.rejected(draft, one) if isinstance(one, Left) else _held(draft, one, old[index])

        return drafting.judged(drafts, judge)

    def _draft(self, file: CuratedFile, observed: Observed, mutant: Mutant) -> Draft:
        edit = {"start": mutant.start, "end": mutant.end, "replacement": mutant.replacement, "kind": "planted_bug"}
        return Draft(self.name, file, (), "", mutant.text, (edit,), Plan(observed, mutant))


def _plan(draft: Draft) -> Plan:
    assert isinstance(draft.plan, Plan)  # noqa: S101 -- this kind made it
    return draft.plan


def _last_runs(draft: Draft, suite: Suite) -> list[Run]:
    """The bug once more somewhere else, and the test over the file with the bug, and without."""
    return [
        _plan(draft).observed.run(draft.seed_text, 1),
        suite.job.run(draft.seed_text),
        suite.job.run(draft.file.text),
    ]


def _key(draft: Draft) -> str:
    mutant = _plan(draft).mutant
    return f"{draft.file.blob_id} talk {mutant.start} {mutant.replacement}"


def _shown(draft: Draft, outcome: Outcome) -> Found | Left:
    """The run that is reported and the one that tests the suspicion, or why there are none."""
    plan, key = _plan(draft), _key(draft)
    detail = f"{plan.mutant.fault} on line {plan.mutant.line}"
    results = plan.observed.results(outcome)
    if results is None:
        return Left(NO_RESULT, f"{detail}: {outcome.status}")
    if plan.observed.same(results):
        return Left(UNCHANGED, detail)
    reported = symptom.symptom_of(plan.observed, results, key)
    if reported is None:
        return Left(NOT_SHOWN, detail)
    if plan.observed.harness != CALLS and _says_nothing(plan.observed, reported.ran):
        return Left(SAYS_NOTHING, detail)
    # Of a run that is too long to be traced nobody foretells the result.
    short = [
        one
        for one in probes(plan.observed, results, reported, key)
        if (ran := plan.observed.ran[one.number - 1]).trace and not reads_nothing(plan.observed, ran)
    ]
    others = [one for one in short if one.fails or _goes_through(draft, one)]
    # A second wrong result says more than one that is right.
    return Found(reported, min(others, key=lambda one: not one.fails, default=None))


def _says_nothing(observed: Observed, ran: Ran) -> bool:
    return not ran.result.stdout.strip() or is_echo(ran) or reads_nothing(observed, ran)


def _goes_through(draft: Draft, probe: Probe) -> bool:
    """Whether a run that stays right gives something, and comes to the suspected line, or the function that lacks one."""
    plan, ran = _plan(draft), _plan(draft).observed.ran[probe.number - 1]
    if NOTHING.fullmatch(ran.result.stdout.strip()):
        return False
    if plan.mutant.replacement.strip():
        return plan.mutant.line in reached(replace(plan.observed, ran=(ran,)), draft.file.text)
    return plan.mutant.function in {"", *(re.split(r"\W", event.function)[-1] for event in ran.events)}


def _looks(drafts: Sequence[Draft], found: dict[int, Found | Left], sandbox: Sandbox) -> dict[int, Found | Left]:
    """For bugs of which no second run goes wrong: what a look inside the reported run shows, which says more than a right one."""
    asked, runs = [], []
    looked: Counter[str] = Counter()
    for index, one in sorted(found.items(), key=lambda pair: -_worth(pair[1])):
        blob_id = drafts[index].file.blob_id
        if isinstance(one, Found) and not _goes_wrong(one.probe) and looked[blob_id] < LOOKS:
            looked[blob_id] += 1
            plan, text = _plan(drafts[index]), drafts[index].seed_text
            shown = instrument(drafts[index].file.language, text, TRIAL_POINTS, limit=TRIAL_LIMIT)
            same_lines = text.count("\n") == drafts[index].file.text.count("\n")
            if same_lines and one.symptom.ran.trace and isinstance(shown, Instrumented):
                asked.append(index)
                runs.append(plan.observed.run(shown.text))
    seen = dict(zip(asked, drafting.outcomes_of(runs, sandbox), strict=True))
    return {
        index: _looked(_plan(drafts[index]), one, seen.get(index))
        for index, one in found.items()
        if isinstance(one, Found) and not _goes_wrong(one.probe)
    }


def _goes_wrong(probe: Probe | Look | None) -> bool:
    return isinstance(probe, Probe) and probe.fails


def _looked(plan: Plan, found: Found, outcome: Outcome | None) -> Found | Left:
    results = plan.observed.results(outcome) if outcome is not None else None
    if results is not None:
        now = read_events(results[found.symptom.number - 1].stderr)
        if (inside := look(plan.mutant, found.symptom.ran.events, now)) is not None:
            return replace(found, probe=inside)
    if found.probe is not None:
        return found
    return Left(NO_PROBE, f"{plan.mutant.fault} on line {plan.mutant.line}")


def _best(drafts: Sequence[Draft], found: dict[int, Found | Left]) -> dict[int, Left]:
    """Why bugs that could be talked about are not: others of their file say more, or are much the same."""
    by_file: dict[str, list[int]] = defaultdict(list)
    for index, one in found.items():
        if isinstance(one, Found):
            by_file[drafts[index].file.blob_id].append(index)
    left: dict[int, Left] = {}
    for indices in by_file.values():
        lines: set[int] = set()
        kinds: set[tuple[str, str]] = set()
        for index in sorted(indices, key=lambda one: -_worth(found[one])):
            mutant = _plan(drafts[index]).mutant
            kind = mutant.fault, mutant.function
            if mutant.line in lines or kind in kinds or len(lines) >= KEPT:
                left[index] = Left(OTHERS, f"{mutant.fault} on line {mutant.line}")
                continue
            lines.add(mutant.line)
            kinds.add(kind)
    return left


def _worth(one: Found | Left) -> float:
    if not isinstance(one, Found):
        return 0.0
    return one.symptom.worth + _goes_wrong(one.probe)


def _suites(drafts: Sequence[Draft], found: dict[int, Found], sandbox: Sandbox) -> dict[int, Suite | Left]:
    """A test over the runs of each conversation."""
    suites: dict[int, Suite | Left] = {}
    recorded: dict[int, Draft] = {}
    for index, one in found.items():
        plan, draft = _plan(drafts[index]), drafts[index]
        runs = (one.symptom.number, *((one.probe.number,) if isinstance(one.probe, Probe) else ()))
        seen = replace(plan.observed, ran=tuple(plan.observed.ran[number - 1] for number in runs))
        if seen.harness == CALLS:
            made = _calls(draft, seen)
            if made is None:
                suites[index] = Left(NO_TEST, draft.file.language)
            else:
                recorded[index] = made
        else:
            written = regression(
                Subject(draft.file.language, seen.source, draft.file.text, draft.file.blob_id), seen, 1
            )
            suites[index] = Left(NO_TEST, written.detail) if isinstance(written, Left) else written
    made_of = test_writing.suites_of_calls(list(recorded.values()), sandbox)
    for index, draft in recorded.items():
        one_suite = made_of[id(draft)]
        suites[index] = Left(NO_TEST, one_suite.detail) if isinstance(one_suite, Left) else one_suite
    return suites


def _calls(draft: Draft, seen: Observed) -> Draft | None:
    """The draft of a test of these calls, where its language writes tests of calls."""
    calls = [call_of(one.test.label) for one in seen.ran]
    table = CALLING.get(draft.file.language)
    if table is None or any(call is None for call in calls):
        return None
    subject = Subject(
        draft.file.language, seen.source, draft.file.text, draft.file.blob_id, "\n".join(seen.beside.values())
    )
    framework = table.frameworks[subject.drawn("framework", len(table.frameworks))]
    failed = frozenset(call.text for call, one in zip(calls, seen.ran, strict=True) if call and one.result.exit_code)
    known = tuple(call for call in calls if call is not None)
    plan = test_writing.Plan(subject, seen.reached, seen.points, known, failed, framework=framework, chosen=True)
    return replace(draft, plan=plan)


def _held(draft: Draft, found: Found, old: Outcome) -> Verified:
    plan, suite = _plan(draft), found.suite
    assert suite is not None  # noqa: S101 -- it was run
    assert found.probe is not None  # noqa: S101 -- without one it is left out
    said = f"{old.stdout.decode(errors='replace')}{old.stderr.decode(errors='replace')}"
    talk = Talk(draft.file, plan.observed, plan.mutant, found.symptom, found.probe, suite, said, old.exit_code or 0)
    prompt_id, messages = turns(talk, _key(draft))
    detail = {
        "fault": plan.mutant.fault,
        "line": plan.mutant.line,
        "function": plan.mutant.function,
        "reported": found.symptom.number,
        "tried": found.probe.number if isinstance(found.probe, Probe) else "a look inside",
        "framework": suite.said,
    }
    return Verified(
        replace(draft, messages=messages, prompt_id=prompt_id),
        messages,
        {
            "parsed": True,
            "compiled": True if plan.observed.compile else None,
            "executed": True,
            "tests_passed": suite.tests,
            "observed": True,
            "answer_is_source": True,
        },
        {"toolchain": plan.observed.toolchain, "runs": 4, "detail": json.dumps(detail)},
        {"answer_lines": sum(text.count("\n") + 1 for role, text in messages if role == "assistant")},
    )
