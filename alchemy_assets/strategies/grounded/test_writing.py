"""Ask for tests of a file; the answer is a test file whose expected values were recorded, and that a fault makes fail.

Belongs here: which drafts a file gives, and what has to hold before a test file is kept: it passes on the file, and at
least one mutant of it fails. Does not: how languages write tests (`assertions`), faults (`faults`).
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from alchemy_assets.generation.completions import Answers
from alchemy_assets.sandbox.sandbox import Outcome, Sandbox, Status
from alchemy_assets.strategies import phrasing
from alchemy_assets.strategies.grounded.assertions.calls import Call, call_of
from alchemy_assets.strategies.grounded.assertions.fitting import NOTHING, contrasting, fitting
from alchemy_assets.strategies.grounded.assertions.registry import CALLING, named, regression, within
from alchemy_assets.strategies.grounded.assertions.shell import ONE_FAILS, ONE_GIVEN, ONE_RUN, TOO_MUCH
from alchemy_assets.strategies.grounded.assertions.suite import LIMITS, NOT_BUILT, Case, Framework, Subject, Suite
from alchemy_assets.strategies.grounded.assertions.traced import seen_calls
from alchemy_assets.strategies.grounded.completion import language_name
from alchemy_assets.strategies.grounded.drafting import (
    NOT_SEEN,
    NOTHING_RUNS,
    asked,
    code_block,
    judged,
    left,
    outcomes_of,
    unseen,
)
from alchemy_assets.strategies.grounded.faults.mutants import mutants
from alchemy_assets.strategies.strategy import CuratedFile, Draft, Left, Rejected, Verified
from alchemy_assets.tracing.building import COMPILED
from alchemy_assets.tracing.observed import CALLS, Observed
from alchemy_assets.tracing.reasons import Reason

LEAST_CASES = 2
# Of calls that were made up.
LEAST_MADE_UP = 3
LONGEST_CALL = 160
LONGEST_VALUE = 160
LONGEST_FILE = 16_000
MOST_MUTANTS = 5
LEAST_COVERED = 0.5
LEAST_KILLED = 1 / 2
# A mutant that never ends fails; it is given so many times what the file itself took, and this much more.
MUCH_LONGER, LEAST_SECONDS = 3.0, 1.0
# Inside of a value these say that an argument was of a kind that the function was not written for.
_WRONG_KIND = re.compile(r"(?<=.)\b(?:NaN|undefined)\b|\[object Object\]")
_WHOLE = {"Shell": "the script", "SQL": "the script"}
# What a program is started with, beside its arguments.
_ENVIRONMENT = re.compile(
    r"\$_SERVER\b(?!\[['\"]arg[vc])|\$_ENV\b|\bgetenv\b|\bos\.(?:environ|Getenv)\b|\bprocess\.env\b|\bENV\[|\benv::vars?\b"
    r"|\bEnvironment\.Get|\bProcessInfo\b"
)
# What nobody works out by reading: encoded bytes and digests.
_CODED = re.compile(r"(?=[+/=\w]*[A-Z])(?=[+/=\w]*[a-z])(?=[+/=\w]*\d)[A-Za-z0-9+/]{16,}|\b[0-9a-f]{24,}\b|\d{16,}n?\b")
# A number as large as this that comes of a text is a checksum, where the text does not hold it.
_LARGE = re.compile(r"-?(\d{6,})[nL]?")
# Where tests stand in the file itself.
AT_ITS_END = (
    "{output}",
    "{output}",
    "At the end of `{tests}`:\n\n{output}",
    "{output}\n\nIt goes to the end of `{tests}`.",
)

NO_FRAMEWORK = "tests of its functions are not written in this language"
NOT_READ = "its calls are not read"
NO_VALUES = "what its calls give cannot be written as values"
ONE_OUTCOME = "too few outcomes to compare"
NOT_FITTING = "too few calls fit their functions and show something"
TOO_LONG = "the file is too long"
TESTS_FAIL = "the tests do not pass on the file"
NO_MUTANT = "nothing of it can be broken"
NO_KILL = "no fault makes the tests fail"
OF_ITS_SURROUNDINGS = "what it does hangs on its environment"
TOO_FAR = "its runs are too long to be followed"
LITTLE_COVERED = "its runs come to little of the program"
FEW_KILLS = "most faults pass the tests"
REASONS = (
    *(
        TOO_MUCH,
        TOO_FAR,
        ONE_RUN,
        ONE_FAILS,
        ONE_GIVEN,
        NO_FRAMEWORK,
        NOT_READ,
        NO_VALUES,
        ONE_OUTCOME,
        NOT_FITTING,
        TOO_LONG,
        TESTS_FAIL,
        NO_MUTANT,
        NO_KILL,
        FEW_KILLS,
        LITTLE_COVERED,
        OF_ITS_SURROUNDINGS,
        NOTHING_RUNS,
        NOT_SEEN,
    ),
    *(reason.value for reason in Reason),
)


@dataclass(frozen=True)
class Plan:
    """What is to be tested: calls by a framework, or, where there is none, the suite that is written already.

    reached, points: lines of the file that the tests come to, and all that could be come to.
    chosen: whether somebody named the calls, so that few are enough, but of one function.
    """

    subject: Subject
    reached: frozenset[int]
    points: frozenset[int]
    calls: tuple[Call, ...] = ()
    failed: frozenset[str] = frozenset()
    framework: Framework | None = None
    suite: Suite | None = None
    chosen: bool = False


@dataclass(frozen=True)
class TestWriting:
    """The kind `test_writing`."""

    __test__ = False  # pytest would take it for a class of tests

    name: str = "test_writing"
    strategy: str = "code_dev"

    def next(self, file: CuratedFile, _answers: Answers) -> Iterable[Draft]:
        """A draft for the calls that were seen, or for a program's runs; or why there is none."""
        seen = file.observed
        if not isinstance(seen, Observed):
            return [unseen(self.name, file)]
        if len(file.text) > LONGEST_FILE:
            return [left(self.name, file, TOO_LONG, f"{len(file.text):,} characters")]
        if seen.harness == CALLS:
            return [self._of_calls(file, seen)]
        return self._of_program(file, seen)

    def verify(self, drafts: Sequence[Draft], sandbox: Sandbox | None) -> list[Verified | Rejected]:
        """Record what calls give, run the tests over the file, then over mutants of it."""
        known = _made(drafts, sandbox) if sandbox is not None else {}

        def judge(draft: Draft) -> Verified | Rejected:
            if sandbox is None or not sandbox.runnable(draft.file.language):
                return Rejected(draft, (NOTHING_RUNS,), draft.file.language)
            found = known[id(draft)]
            if isinstance(found, Left):
                return Rejected(draft, (found.reason,), found.detail)
            return _held(self.name, draft, found, sandbox)

        return judged(drafts, judge)

    def _of_calls(self, file: CuratedFile, seen: Observed) -> Draft:
        """A draft for the functions that were called."""
        table = CALLING.get(file.language)
        if table is None:
            return left(self.name, file, NO_FRAMEWORK, file.language)
        read = [(call_of(one.test.label), one) for one in seen.ran if len(one.test.label) <= LONGEST_CALL]
        calls = tuple(call for call, _ in read if call is not None)
        if len(calls) < LEAST_CASES:
            return left(
                self.name, file, NOT_READ if len(seen.ran) >= LEAST_CASES else ONE_OUTCOME, f"{len(calls)} calls"
            )
        name = table.named(PurePosixPath(file.path).name, seen.source, file.text)
        subject = Subject(file.language, name, file.text, file.blob_id, "\n".join(seen.beside.values()))
        framework = table.frameworks[subject.drawn("framework", len(table.frameworks))]
        failed = frozenset(call.text for call, one in read if call is not None and one.result.exit_code)
        reached = frozenset[int]().union(*(one.reached for call, one in read if call is not None))
        plan = Plan(subject, reached, seen.points, calls, failed, framework)
        return _asked(self.name, file, plan, tuple(dict.fromkeys(call.shown for call in calls)))

    def _of_program(self, file: CuratedFile, seen: Observed) -> list[Draft]:
        """A draft for functions that were seen to be called inside, and one for the runs of the program."""
        subject = Subject(file.language, named(file, seen), file.text, file.blob_id)
        drafts = []
        inside = within(subject, seen_calls(seen))
        if inside is not None:
            plan = Plan(
                subject, inside.reached, seen.points, inside.calls, framework=inside.framework, suite=inside.suite
            )
            drafts.append(_asked(self.name, file, plan, inside.functions))
        # What comes of a run that is too long to be traced nobody works out.
        seen = replace(seen, ran=tuple(one for one in seen.ran if one.trace))
        suite = regression(subject, seen) if seen.ran else Left(TOO_FAR)
        covered = len(seen.reached & seen.points) / max(len(seen.points), 1)
        if not isinstance(suite, Left) and covered < LEAST_COVERED:
            suite = Left(LITTLE_COVERED, f"{covered:.0%} of its points")
        if (read := _ENVIRONMENT.search(file.text)) is not None:
            suite = Left(OF_ITS_SURROUNDINGS, read[0])
        if isinstance(suite, Left):
            return drafts or [left(self.name, file, suite.reason, suite.detail)]
        return [*drafts, _asked(self.name, file, Plan(subject, seen.reached, seen.points, suite=suite), ())]


def _asked(kind: str, file: CuratedFile, plan: Plan, functions: Sequence[str]) -> Draft:
    """The question for tests of these functions, or of the program."""
    subject, framework = plan.subject, plan.framework
    quoted = [f"`{name}`" for name in functions]
    listed = (
        " and ".join([part for part in (", ".join(quoted[:-1]), quoted[-1]) if part])
        if quoted
        else _WHOLE.get(file.language, "the program")
    )
    suite = plan.suite
    said = framework.said if framework else suite.said if suite else ""
    values = {
        "code": code_block(file.language, file.text),
        "file": subject.name,
        "language": language_name(file.language),
        "name": listed,
        "framework": said,
        "run": framework.command(subject) if framework else suite.command if suite else "",
    }
    return asked(kind, file, values, plan=plan, key=said)


def _plan(draft: Draft) -> Plan:
    assert isinstance(draft.plan, Plan)  # noqa: S101 -- this kind made it
    return draft.plan


@dataclass(frozen=True)
class Made:
    """A test file that passes on its file, and how many mutants made it fail, of how many."""

    suite: Suite
    killed: int
    tried: int
    faults: tuple[str, ...]


def _made(drafts: Sequence[Draft], sandbox: Sandbox) -> dict[int, Made | Left]:
    """The test file of every draft, or why there is none."""
    waiting = [one for one in drafts if isinstance(one.plan, Plan) and sandbox.runnable(one.file.language)]
    found: dict[int, Made | Left] = {}
    suites: dict[int, Suite] = {id(one): suite for one in waiting if (suite := _plan(one).suite) is not None}
    of_calls = suites_of_calls([one for one in waiting if id(one) not in suites], sandbox)
    for key, made in of_calls.items():
        if isinstance(made, Left):
            found[key] = made
        else:
            suites[key] = made
    ready = [one for one in waiting if id(one) in suites]
    passed, seconds = [], dict[int, float]()
    for draft, outcome in zip(
        ready, outcomes_of([suites[id(one)].job.run(one.file.text) for one in ready], sandbox), strict=True
    ):
        if passes(outcome):
            passed.append(draft)
            seconds[id(draft)] = min(LEAST_SECONDS + MUCH_LONGER * outcome.cpu_seconds, LIMITS.cpu_seconds)
        else:
            found[id(draft)] = Left(TESTS_FAIL, _said(outcome))
    return found | _after_mutants(passed, suites, seconds, sandbox)


def passes(outcome: Outcome) -> bool:
    """Whether a run of tests ended without a failure."""
    return outcome.status is Status.FINISHED and outcome.exit_code == 0


def _said(outcome: Outcome) -> str:
    text = (outcome.stdout + outcome.stderr).decode(errors="replace").strip()
    built = outcome.compile_step
    return f"{outcome.status}: {text or (built.messages.decode(errors='replace') if built else '')}"[-300:]


def suites_of_calls(drafts: Sequence[Draft], sandbox: Sandbox) -> dict[int, Suite | Left]:
    """The test file of every draft whose calls have yet to be recorded."""
    jobs = []
    for draft in drafts:
        plan = _plan(draft)
        jobs.append(CALLING[draft.file.language].recorder(plan.subject, plan.calls))
    outcomes = outcomes_of([job.run(draft.file.text) for job, draft in zip(jobs, drafts, strict=True)], sandbox)
    return {id(draft): _suite(draft, outcome) for draft, outcome in zip(drafts, outcomes, strict=True)}


def _suite(draft: Draft, outcome: Outcome) -> Suite | Left:
    plan = _plan(draft)
    said = [json.loads(line) for line in outcome.stdout.decode(errors="replace").splitlines() if line.startswith("{")]
    if len(said) != len(plan.calls) or plan.framework is None:
        return Left(NO_VALUES, _said(outcome))
    cases = [
        case
        for call, one in zip(plan.calls, said, strict=True)
        if (case := _case(call, one, failed=call.text in plan.failed)) is not None
    ]
    if len(cases) < LEAST_CASES:
        return Left(NO_VALUES, f"{len(cases)} of {len(said)}")
    outcomes = [case.outcome for case in cases]
    if _alike(outcomes):
        return Left(ONE_OUTCOME, outcomes[0])
    cases = fitting(cases, draft.file.language, draft.file.text)
    # Calls that a program makes itself are few and of the right kinds; those that were made up have to show more.
    least = LEAST_CASES
    if plan.subject.driver and not plan.chosen:
        cases, least = contrasting(cases), LEAST_MADE_UP
    several = plan.chosen and len({case.call.shown for case in cases}) > 1
    if len(cases) < least or several:
        return Left(NOT_FITTING, f"{len(cases)} of {len(said)}")
    if _alike([case.outcome for case in cases]):
        return Left(ONE_OUTCOME, cases[0].outcome)
    return plan.framework.suite(plan.subject, cases)


def _alike(outcomes: Sequence[str]) -> bool:
    return len(set(outcomes)) < LEAST_CASES or all(map(NOTHING.fullmatch, outcomes))


def _case(call: Call, said: Mapping[str, object], *, failed: bool) -> Case | None:
    """The case of a call, or None where what it gives cannot be written, or is too long to be read."""
    if "error" in said and failed:
        message = str(said.get("message", ""))
        fits = len(message) <= LONGEST_CALL // 2 and message.isprintable()
        return Case(call, "", str(said["error"]), message if fits else "", of=str(said.get("of", "")))
    value = said.get("value")
    if not isinstance(value, str) or failed or len(value) > LONGEST_VALUE or "\n" in value:
        return None
    long_number = re.search(r"\d\.\d{5,}|\d[eE]-?\d", re.sub(r"\"[^\"]*\"|'[^']*'", "", value)) is not None
    alone = bool(said.get("float"))
    large = _LARGE.fullmatch(value)
    checksum = large is not None and re.search(r"[\"']", call.inner) is not None and large[1] not in call.inner
    if (long_number and not alone) or checksum or _CODED.search(value) or _WRONG_KIND.search(value):
        return None
    return Case(call, value, tolerance=alone and long_number, of=str(said.get("of", "")))


def _after_mutants(
    drafts: Sequence[Draft], suites: Mapping[int, Suite], seconds: Mapping[int, float], sandbox: Sandbox
) -> dict[int, Made | Left]:
    """Each test file by how many mutants make it fail in so many seconds; those that do not compile count for nothing."""
    chosen = {id(draft): _mutated(draft) for draft in drafts}
    runs = [
        (id(draft), fault, suites[id(draft)].job.run(text, seconds[id(draft)]))
        for draft in drafts
        for fault, text in chosen[id(draft)]
    ]
    tried: dict[int, list[tuple[str, bool]]] = {id(draft): [] for draft in drafts}
    for (key, fault, _), outcome in zip(runs, outcomes_of([run for *_, run in runs], sandbox), strict=True):
        if outcome.status is Status.COMPILE_ERROR or outcome.exit_code == NOT_BUILT:
            continue
        tried[key].append((fault, not passes(outcome)))
    found: dict[int, Made | Left] = {}
    for key, results in tried.items():
        killed = tuple(fault for fault, fails in results if fails)
        if not results:
            found[key] = Left(NO_MUTANT, f"{len(chosen[key])} were made")
        elif not killed:
            found[key] = Left(NO_KILL, f"0 of {len(results)}")
        elif len(killed) < LEAST_KILLED * len(results):
            found[key] = Left(FEW_KILLS, f"{len(killed)} of {len(results)}")
        else:
            found[key] = Made(suites[key], len(killed), len(results), killed)
    return found


def _mutated(draft: Draft) -> list[tuple[str, str]]:
    """A few broken texts of the file, of different faults, on lines that are reached."""
    made = mutants(draft.file.language, draft.file.text, _plan(draft).reached, most=MOST_MUTANTS)
    return [(one.fault, one.text) for one in made]


def _held(kind: str, draft: Draft, made: Made, sandbox: Sandbox) -> Verified:
    plan, suite = _plan(draft), made.suite
    asked_again = _asked(kind, draft.file, plan, suite.functions) if suite.functions else draft
    question, answer = asked_again.messages[0], _answer(draft, suite)
    covered = len(plan.reached & plan.points) / max(len(plan.points), 1)
    return Verified(
        replace(draft, messages=(question,)),
        (question, ("assistant", answer)),
        {
            "parsed": True,
            "compiled": True if draft.file.language in COMPILED else None,
            "executed": True,
            "tests_passed": suite.tests,
            "observed": True,
            "answer_is_source": False,
        },
        {
            "toolchain": sandbox.toolchain(draft.file.language),
            "runs": 1 + made.tried + (plan.suite is None),
            "detail": json.dumps(
                {
                    "framework": suite.said,
                    "killed": made.killed,
                    "tried": made.tried,
                    "faults": made.faults,
                    "coverage": round(covered, 4),
                }
            ),
        },
        {"answer_lines": suite.text.count("\n")},
    )


def _answer(draft: Draft, suite: Suite) -> str:
    """The test file in a fence, at times with its name before it."""
    block = code_block(suite.language, suite.text)
    _, template = phrasing.pick("test_writing_answers", draft.file.blob_id)
    if suite.name == _plan(draft).subject.name:
        template = AT_ITS_END[phrasing.draw("at its end", draft.file.blob_id) % len(AT_ITS_END)]
    values = {"output": block, "tests": suite.name, "run": suite.command, "count": str(suite.tests)}
    return phrasing.fill(template, values)
