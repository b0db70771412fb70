"""Have a crash mended from its stack trace: a run of the file that was seen to end with one, shown as it was.

Belongs here: which runs are crashes, how their trace is shown, the judge of what mends them. Does not: planted bugs
(`planted`): what those would print nobody knows before they run, and a trace that was made up is none.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

from alchemy_assets.generation.completions import Answers
from alchemy_assets.strategies.conversation import fenced
from alchemy_assets.strategies.generated import running
from alchemy_assets.strategies.generated.dev.behaviour import code_of, held, seen_in
from alchemy_assets.strategies.generated.dev.rounds import Judging
from alchemy_assets.strategies.generated.dev.task import DevTask, Ready, called_there, plan_of, seen_of, whole
from alchemy_assets.strategies.generated.new_code import REASONS as SHAPE_REASONS
from alchemy_assets.strategies.generated.new_code import Bounds, fault_of
from alchemy_assets.strategies.generated.running import ended_badly
from alchemy_assets.strategies.grounded.shown_run import shown as shown_run
from alchemy_assets.strategies.strategy import CuratedFile, Draft, Left
from alchemy_assets.tracing.observed import PROGRAM, Observed, Ran, Result

NO_CRASH = "no run of it was seen to crash"
NO_PROGRAM = "it is no program that can be started"
ON_PURPOSE = "it crashes on purpose"
TRACE_TOO_LONG = "its trace is too long to be shown"
STILL_CRASHES = "it still crashes"
SILENT = "it ends without a word where it crashed"
REASONS = (
    *SHAPE_REASONS,
    *(NO_CRASH, NO_PROGRAM, ON_PURPOSE, TRACE_TOO_LONG, STILL_CRASHES, SILENT),
    *(running.NOT_BUILT, running.STOPPED, running.BEHAVES_OTHERWISE),
)
MOST_LINES, LONGEST_LINE = 30, 300
BOUNDS = Bounds(0.8, 1.6)
_NODE = r"(?m)^ +at .+:\d+:\d+\)?$"
CRASHES: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        "C": re.compile(r"Assertion .* failed|Segmentation fault|Aborted|Floating point exception"),
        "CSharp": re.compile(r"Unhandled [Ee]xception"),
        "Cpp": re.compile(r"terminate called|Assertion .* failed|Segmentation fault|Aborted"),
        "Go": re.compile(r"(?m)^panic: |^goroutine \d+ \["),
        "Java": re.compile(r"(?m)^Exception in thread|^\tat [\w.$<>/]+\("),
        "JavaScript": re.compile(_NODE),
        "PHP": re.compile(r"Fatal error: |Stack trace:"),
        "Python": re.compile(r"(?m)^Traceback \(most recent call last\)"),
        "Ruby": re.compile(r"(?m)^\S+:\d+:in [`']"),
        "Rust": re.compile(r"panicked at "),
        "Swift": re.compile(r"Fatal error: |Crash: |Illegal instruction"),
        "TypeScript": re.compile(_NODE),
    }
)
"""How a program of each language says that nobody caught what went wrong in it."""
_PLACE = re.compile(r"source\.\w+(?::|\(|\", line |.* on line )(\d+)|\.java:(\d+)")
_PURPOSE = re.compile(
    r"\b(?:raise|throw|panic!?|fatalError|preconditionFailure|abort|assert\w*!?|unreachable!?|todo!|die|exit|fail)\b"
)


def crashed(language: str, result: Result) -> bool:
    """Whether a run ended with an error that nobody caught."""
    pattern = CRASHES.get(language)
    return pattern is not None and result.exit_code != 0 and pattern.search(result.stderr) is not None


def prepare(_kind: DevTask, file: CuratedFile, answers: Answers) -> Ready | Left:  # noqa: PLR0911 -- each return is another reason
    """The file, the run and what it wrote to standard error."""
    seen, shown = seen_of(file), whole(file, answers)
    if isinstance(seen, Left):
        return seen
    if seen.harness != PROGRAM:
        return Left(NO_PROGRAM)
    if isinstance(shown, Left):
        return shown
    found = [(number, ran) for number, ran in enumerate(seen.ran) if crashed(file.language, ran.result)]
    if not found:
        return Left(NO_CRASH)
    lines = file.text.split("\n")
    found = [(number, ran) for number, ran in found if not _on_purpose(ran, lines)]
    if not found:
        return Left(ON_PURPOSE)
    for number, ran in found:
        run = shown_run(seen, ran, file.blob_id)
        if run is not None and _fits(ran.result.stderr):
            beside = f"\n\n{run.beside}" if run.beside else ""
            values = {
                "run": f"`{run.run}`",
                "beside": beside + called_there(shown, seen, run.run, run.beside, ran.result.stderr),
                "trace": fenced(ran.result.stderr.strip("\n"), "text"),
                "code": str(ran.result.exit_code),
            }
            return Ready(shown, values, number)
    return Left(TRACE_TOO_LONG, f"{len(found)} runs")


def _on_purpose(ran: Ran, lines: list[str]) -> bool:
    """Whether a line of the trace says itself that the program is to end."""
    numbers = [int(first or second) for first, second in _PLACE.findall(ran.result.stderr)]
    return any(_PURPOSE.search(lines[number - 1]) for number in numbers if 1 <= number <= len(lines))


def _fits(stderr: str) -> bool:
    lines = stderr.strip("\n").split("\n")
    printable = all(line.replace("\t", " ").isprintable() for line in lines)
    return len(lines) <= MOST_LINES and max(map(len, lines)) <= LONGEST_LINE and printable


def judge(draft: Draft) -> Judging:
    """What crashed says what is wrong instead, or goes well; every other test is as it was."""
    seen, code, number = seen_in(draft), code_of(draft), plan_of(draft).given
    assert isinstance(number, int)  # noqa: S101 -- `prepare` gave it
    if (fault := fault_of(draft.file, code, BOUNDS)) is not None:
        return fault
    (outcome,) = yield [seen.run(code)]
    results = seen.results(outcome)
    if results is None:
        return ended_badly(outcome) or Left(running.STOPPED)
    now = results[number]
    if crashed(draft.file.language, now) or now.exit_code >= 128:  # noqa: PLR2004 -- a signal
        return Left(STILL_CRASHES, now.stderr.strip()[-200:])
    if not (now.stdout + now.stderr).strip():
        return Left(SILENT, f"exit code {now.exit_code}")
    others = [one if at != number else seen.ran[at].result for at, one in enumerate(results)]
    if not seen.same(others):
        return Left(running.BEHAVES_OTHERWISE, _first(seen, others))
    said = f"test {number + 1} crashed before and ends with exit code {now.exit_code} now; {len(results) - 1} others are the same"
    return held(draft, None, outcome, said, tests_passed=len(results))


def _first(seen: Observed, results: list[Result]) -> str:
    pairs = enumerate(zip(seen.ran, results, strict=True), 1)
    found = next(
        at for at, (ran, one) in pairs if (ran.result.stdout, ran.result.exit_code) != (one.stdout, one.exit_code)
    )
    return f"test {found} of {len(results)}"
