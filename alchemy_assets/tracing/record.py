"""Record programs: instrument, try inputs, run the shown files several times, and keep what is exact and worth it.

Belongs here: the way of a file from its text to a row of `traces` or to the reason why not. Does not: the single steps.
Every file costs three batches in the sandbox: its candidates, the comparison with the original, and the recorded runs.
"""

import asyncio
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from alchemy_assets import schema
from alchemy_assets.sandbox.sandbox import Invocation, Limits, Outcome, Program, Run, Sandbox, Status
from alchemy_assets.settings import Tracing
from alchemy_assets.tracing import events as measure
from alchemy_assets.tracing.acceptance import judge
from alchemy_assets.tracing.inputs import python as python_inputs
from alchemy_assets.tracing.inputs import shell as shell_inputs
from alchemy_assets.tracing.instrument.registry import INSTRUMENTERS, instrument
from alchemy_assets.tracing.reasons import Dropped, Reason
from alchemy_assets.tracing.screening import python as python_screening
from alchemy_assets.tracing.screening import shell as shell_screening
from alchemy_assets.tracing.scripts import ENTRY, RUN, run_script, trace_name
from alchemy_assets.tracing.surroundings import SURROUNDINGS
from alchemy_assets.tracing.trials import Work, choose_tests

SCREEN = {"Python": python_screening.screen, "Shell": shell_screening.screen}
PROPOSE = {"Python": python_inputs.propose, "Shell": shell_inputs.propose}
HARNESS = "program/1"  # whole programs; how often each ran stands behind it
# The kind of the edits that put trace points into a curated text.
TRACE_POINT = "trace_point"
MOST_LINES = 1_500
MOST_CHARACTERS = 40_000
FILES_AT_ONCE = 64
# While inputs are tried, all points are there and loops may write more, so that ways can be told apart.
TRIAL_POINTS, TRIAL_LIMIT = 400, 60
LIMITS = Limits(cpu_seconds=5)
TRIAL_LIMITS = Limits(cpu_seconds=1.5)

_LINE_NUMBER = re.compile(r"(?<=line )\d{1,6}")
_LINE_NUMBER_BYTES = re.compile(rb"(?<=line )\d{1,6}")


@dataclass(frozen=True)
class Recorded:
    """The tables `traces` (kept ones) and `trace_outcomes` (every file), and the seconds that programs ran."""

    traces: pl.DataFrame
    outcomes: pl.DataFrame
    sandbox_seconds: float


class _Counting:
    """A sandbox that adds up how long programs ran."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self.seconds = 0.0

    def run_many(self, runs: Sequence[Run]) -> list[Outcome]:
        outcomes = asyncio.run(self._sandbox.run_many(runs))
        self.seconds += sum(outcome.wall_seconds for outcome in outcomes)
        return outcomes


def record(files: pl.DataFrame, sandbox: Sandbox | None, settings: Tracing) -> Recorded:
    """Record the programs among curated files: one outcome row a file, one trace row for each that is kept."""
    rows = sorted(files.iter_rows(named=True), key=lambda row: str(row["blob_id"]))
    counting = None if sandbox is None else _Counting(sandbox)
    runnable = {language for language in INSTRUMENTERS if sandbox is not None and sandbox.runnable(language)}
    toolchains = {language: sandbox.toolchain(language) for language in sorted(runnable)} if sandbox is not None else {}
    results: dict[str, dict[str, object] | list[Dropped]] = {}
    for start in range(0, len(rows), FILES_AT_ONCE):
        works: list[Work] = []
        for row in rows[start : start + FILES_AT_ONCE]:
            prepared = _prepare(row, runnable)
            if isinstance(prepared, Dropped):
                results[str(row["blob_id"])] = [prepared]
            else:
                works.append(prepared)
        if counting is not None:
            works = _sift(works, _try_inputs(works, counting, settings), results)
            for work, result in zip(works, _run(works, counting, settings, toolchains), strict=True):
                results[str(work.row["blob_id"])] = result
    traces = [result for result in results.values() if isinstance(result, dict)]
    return Recorded(
        schema.frame_of(traces, schema.TRACES).sort("blob_id"),
        schema.frame_of([_outcome(row, results[str(row["blob_id"])]) for row in rows], schema.TRACE_OUTCOMES).sort(
            "blob_id"
        ),
        counting.seconds if counting is not None else 0.0,
    )


def runs_of(harness: str) -> int:
    """How often a program ran with the same trace, from the `harness` column."""
    return int(harness.rpartition(" x")[2])


def _outcome(row: Mapping[str, object], result: dict[str, object] | list[Dropped]) -> dict[str, object]:
    dropped = result if isinstance(result, list) else []
    return {
        "blob_id": row["blob_id"],
        "language": row["language"],
        "kept": not dropped,
        "reasons": [str(one.reason) for one in dropped],
        "detail": "; ".join(one.detail for one in dropped if one.detail),
    }


def _sift(
    works: Sequence[Work], found: Iterable[Work | Dropped], results: dict[str, dict[str, object] | list[Dropped]]
) -> list[Work]:
    kept = []
    for work, result in zip(works, found, strict=True):
        if isinstance(result, Dropped):
            results[str(work.row["blob_id"])] = [result]
        else:
            kept.append(result)
    return kept


def _prepare(row: Mapping[str, object], runnable: set[str]) -> Work | Dropped:
    """Everything that can be said without running the program."""
    language, text = str(row["language"]), str(row["text"])
    if language not in INSTRUMENTERS:
        return Dropped(Reason.NO_INSTRUMENTER)
    if language not in runnable:
        return Dropped(Reason.NO_SANDBOX)
    if text.count("\n") > MOST_LINES or len(text) > MOST_CHARACTERS:
        return Dropped(Reason.TOO_LONG_TO_SHOW, f"{text.count(chr(10))} lines")
    if (reason := SCREEN[language](text)) is not None:
        return reason
    shown = instrument(language, text, TRIAL_POINTS, limit=TRIAL_LIMIT)
    if isinstance(shown, Dropped):
        return shown
    return Work(row, language, text, shown, PROPOSE[language](text))


def _try_inputs(works: Sequence[Work], sandbox: _Counting, settings: Tracing) -> list[Work | Dropped]:
    """Run every candidate once; keep those that take different ways, and points that turned out to say something."""
    runs = []
    for work in works:
        entry = ENTRY[work.language]
        for test in work.candidates:
            files = {entry: work.shown.text.encode(), **{name: text.encode() for name, text in test.files.items()}}
            here = SURROUNDINGS[0]
            invocation = Invocation(test.arguments, test.stdin.encode(), here.environment, host_name=here.host_name)
            runs.append((Program(work.language, files, entry), invocation, TRIAL_LIMITS))
    outcomes = iter(sandbox.run_many(runs))
    return [choose_tests(work, [next(outcomes) for _ in work.candidates], settings) for work in works]


def _run(
    works: Sequence[Work], sandbox: _Counting, settings: Tracing, toolchains: Mapping[str, str]
) -> list[dict[str, object] | list[Dropped]]:
    """Compare each program with its original, record it in every surroundings, and judge what came of it."""
    runs = [run for work in works for run in _runs_of(work, settings.runs)]
    outcomes = iter(sandbox.run_many(runs))
    results: list[dict[str, object] | list[Dropped]] = []
    for work in works:
        original, compared, *recorded = [next(outcomes) for _ in range(2 + settings.runs)]
        dropped = _ended(recorded) or _differs(work, original, compared, recorded)
        if dropped is not None:
            results.append([dropped])
            continue
        traces = [recorded[0].files[trace_name(number)].decode() for number in range(1, len(work.tests) + 1)]
        script = run_script(work.language, work.tests)
        against = judge(work.shown.text, script, traces, settings.answer_tokens)
        results.append(
            [Dropped(reason) for reason in against]
            or _row(work, script, traces, toolchains[work.language], settings.runs)
        )
    return results


def _runs_of(work: Work, count: int) -> list[tuple[Program, Invocation, Limits]]:
    names = tuple(trace_name(number) for number in range(1, len(work.tests) + 1))
    shown, compared = run_script(work.language, work.tests), run_script(work.language, work.tests, statuses=True)
    runs = []
    for turn, (source, script) in enumerate(
        [(work.text, compared), (work.shown.text, compared), *[(work.shown.text, shown)] * count]
    ):
        here = SURROUNDINGS[max(turn - 1, 0) % len(SURROUNDINGS)]
        files = {ENTRY[work.language]: source.encode(), RUN: script.encode()}
        program = Program(work.language, dict(reversed(files.items())) if turn % 2 else files, ENTRY[work.language])
        invocation = Invocation(
            environment=here.environment,
            script=RUN,
            collect=names,
            host_name=here.host_name,
            work_folder=here.work_folder,
        )
        limits = replace(LIMITS, cpu_seconds=LIMITS.cpu_seconds * max(len(work.tests), 1))
        runs.append((program, invocation, limits))
    return runs


def _ended(recorded: Sequence[Outcome]) -> Dropped | None:
    for outcome in recorded:
        if outcome.status is Status.TIMED_OUT:
            return Dropped(Reason.TIMEOUT)
        if outcome.status is not Status.FINISHED or outcome.truncated:
            return Dropped(Reason.EXCEEDS_LIMITS, str(outcome.status))
    return None


def _differs(work: Work, original: Outcome, compared: Outcome, recorded: Sequence[Outcome]) -> Dropped | None:
    """Whether the recorded runs differ among themselves, or the instrumented program from the original."""
    names = [trace_name(number) for number in range(1, len(work.tests) + 1)]
    for outcome in recorded[1:]:
        for name in names:
            if outcome.files.get(name) != recorded[0].files.get(name):
                return Dropped(Reason.NONDETERMINISTIC, f"{name} differs")
    said = _LINE_NUMBER_BYTES.sub(lambda match: b"%d" % work.shown.original_line(int(match[0])), compared.stdout)
    if original.stdout not in (compared.stdout, said):
        return Dropped(Reason.CHANGED_BEHAVIOUR, "standard output or exit status")
    for name in names:
        try:
            before, after = (outcome.files.get(name, b"").decode() for outcome in (original, compared))
        except UnicodeDecodeError:
            return Dropped(Reason.CONTROL_TEXT, f"{name} is not UTF-8")
        after = _LINE_NUMBER.sub(
            lambda match: str(work.shown.original_line(int(match[0]))), measure.without_events(after)
        )
        if before != after:
            return Dropped(Reason.CHANGED_BEHAVIOUR, f"standard error of {name}")
    return None


def _row(work: Work, script: str, traces: Sequence[str], toolchain: str, runs: int) -> dict[str, object]:
    read = [measure.read_events(text) for text in traces]
    together = [event for events in read for event in events]
    answer = "".join(traces)
    edits = [
        {"start": one.offset, "end": one.offset, "replacement": one.text, "kind": TRACE_POINT}
        for one in work.shown.insertions
    ]
    row = work.row
    return {
        **{
            name: row[name]
            for name in ("blob_id", "language", "occurrences", "license", "near_duplicate_cluster", "held_out")
        },
        "source_files": [{"name": ENTRY[work.language], "text": work.shown.text}],
        "run_sh": script,
        "trace_files": [{"name": trace_name(number), "text": text} for number, text in enumerate(traces, 1)],
        "inputs": [test.describe() for test in work.tests],
        "events": len(together),
        "paths": len({measure.path(events) for events in read}),
        "difficulty": {
            "answer_lines": answer.count("\n"),
            "events": len(together),
            "state_changes": sum(map(measure.state_changes, read)),
            "dependency_depth": max(map(measure.dependency_depth, read), default=0),
            "copied_share": measure.copied_share(answer, f"{work.shown.text}\n{script}"),
        },
        "toolchain": toolchain,
        "instrumenter": INSTRUMENTERS[work.language].name,
        "harness": f"{HARNESS} x{runs}",
        "source_edits": [*(row["edits"] or []), *edits],  # type: ignore[misc] # a list of structs
        "source_sha256": hashlib.sha256(work.shown.text.encode()).hexdigest(),
    }
