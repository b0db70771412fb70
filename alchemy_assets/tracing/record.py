"""Record programs: instrument, try inputs, run the shown files several times, and keep what is exact and worth it.

Belongs here: the way of a file from its text to a row of `traces` or to the reason why not. Does not: the single steps.
Every file costs a few batches in the sandbox: builds, its candidates, the comparison with the original, and the recorded runs.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from alchemy_assets import schema
from alchemy_assets.sandbox.sandbox import Invocation, Limits, Outcome, Run, Sandbox
from alchemy_assets.settings import Tracing
from alchemy_assets.tracing import events as measure
from alchemy_assets.tracing.acceptance import judge
from alchemy_assets.tracing.building import Counting, build_all
from alchemy_assets.tracing.calls.driver import CallHarness
from alchemy_assets.tracing.calls.registry import CALLS, harness_of_calls
from alchemy_assets.tracing.comparing import changed, ended, unstable
from alchemy_assets.tracing.given import Given, prepare_given
from alchemy_assets.tracing.harness import Harness, program_of, whole_program
from alchemy_assets.tracing.inputs.registry import PROPOSE
from alchemy_assets.tracing.instrument.registry import INSTRUMENTERS, instrument, points_outside
from alchemy_assets.tracing.observe import Trial, observe
from alchemy_assets.tracing.observed import Observed, row_of
from alchemy_assets.tracing.reasons import Dropped, Reached, Reason
from alchemy_assets.tracing.screening.registry import SCREEN
from alchemy_assets.tracing.scripts import EXIT_STATUS, RUN, output_name, run_script, trace_name
from alchemy_assets.tracing.surroundings import SURROUNDINGS
from alchemy_assets.tracing.trials import TRIAL_LIMIT, TRIAL_LIMITS, TRIAL_POINTS, Work, choose_tests
from alchemy_assets.tracing.ways import path

# The kind of the edits that put trace points into a curated text.
TRACE_POINT = "trace_point"
MOST_LINES = 1_500
MOST_CHARACTERS = 40_000
FILES_AT_ONCE = 64
LIMITS = Limits(cpu_seconds=5, processes=64)

# Before each command of a script, and at its end: how the one before it ended.
_SAY_STATUS = f"""trap 'echo "{EXIT_STATUS}$?"' DEBUG EXIT\n"""

Result = dict[str, object] | list[Dropped]


@dataclass(frozen=True)
class Recorded:
    """The tables `traces` (kept ones), `trace_outcomes` and `observations` (every file), and seconds that programs ran."""

    traces: pl.DataFrame
    outcomes: pl.DataFrame
    observations: pl.DataFrame
    sandbox_seconds: float


def record(
    files: pl.DataFrame, sandbox: Sandbox | None, settings: Tracing, given: Mapping[str, Given] | None = None
) -> Recorded:
    """Record the programs among curated files: one outcome row a file, one trace row for each that is kept.

    given: programs that came instrumented, by blob id; they are recorded in place of ours.
    """
    rows = sorted(files.iter_rows(named=True), key=lambda row: str(row["blob_id"]))
    counting = None if sandbox is None else Counting(sandbox)
    runnable = {
        language for language in files["language"].unique() if sandbox is not None and sandbox.runnable(language)
    }
    toolchains = {language: sandbox.toolchain(language) for language in sorted(runnable)} if sandbox is not None else {}
    came = given or {}
    results: dict[str, Result] = {}
    seen: dict[str, Observed] = {}
    unseen: dict[str, Dropped] = {}
    for start in range(0, len(rows), FILES_AT_ONCE):
        chunk = rows[start : start + FILES_AT_ONCE]
        ours = [row for row in chunk if str(row["blob_id"]) not in came]
        others = [row for row in chunk if str(row["blob_id"]) in came]
        works = _sift(ours, [prepare(row, runnable) for row in ours], results)
        ready = _sift(others, [prepare_given(row, came[str(row["blob_id"])], runnable) for row in others], results)
        if counting is not None:
            works = _sift(map(_row_of, works), build_all(works, counting), results)
            trials = try_inputs(works, counting)
            for trial, found in zip(trials, observe(trials, counting, toolchains), strict=True):
                blob_id = str(trial.work.row["blob_id"])
                if isinstance(found, Dropped):
                    unseen[blob_id] = found
                else:
                    seen[blob_id] = found
            chosen = [choose_tests(trial.work, trial.outcomes, settings) for trial in trials]
            works = [*_sift(map(_row_of, works), chosen, results), *ready]
            for work, result in zip(works, run_tests(works, counting, settings, toolchains), strict=True):
                results[str(work.row["blob_id"])] = result
    traces = [_named(result, came) for result in results.values() if isinstance(result, dict)]
    outcomes = [_outcome(row, results[str(row["blob_id"])]) for row in rows]
    return Recorded(
        schema.frame_of(traces, schema.TRACES).sort("blob_id"),
        schema.frame_of(outcomes, schema.TRACE_OUTCOMES).sort("blob_id"),
        schema.frame_of([_observation(row, seen, unseen, results) for row in rows], schema.OBSERVATIONS).sort(
            "blob_id"
        ),
        counting.seconds if counting is not None else 0.0,
    )


def runs_of(harness: str) -> int:
    """How often a program ran with the same trace, from the `harness` column."""
    return int(harness.rpartition(" x")[2])


def _outcome(row: Mapping[str, object], result: Result) -> dict[str, object]:
    dropped = result if isinstance(result, list) else []
    return {
        "blob_id": row["blob_id"],
        "language": row["language"],
        "kept": not dropped,
        "reached": str(dropped[0].reached if dropped else Reached.KEPT),
        "reasons": [str(one.reason) for one in dropped],
        "detail": "; ".join(one.detail for one in dropped if one.detail),
    }


def _observation(
    row: Mapping[str, object],
    seen: Mapping[str, Observed],
    unseen: Mapping[str, Dropped],
    results: Mapping[str, Result],
) -> dict[str, object]:
    """What was seen of a file; or why not, which for programs that never ran is also why they were not traced."""
    blob_id = str(row["blob_id"])
    columns = dict.fromkeys(schema.OBSERVATIONS) | {"blob_id": blob_id, "language": row["language"]}
    if blob_id in seen:
        return columns | row_of(seen[blob_id])
    result = results[blob_id]
    why = unseen.get(blob_id) or (result[0] if isinstance(result, list) else Dropped(Reason.GIVEN))
    return columns | {"reason": str(why.reason), "detail": why.detail}


def _sift(
    rows: Iterable[Mapping[str, object]], found: Iterable[Work | Dropped], results: dict[str, Result]
) -> list[Work]:
    kept = []
    for row, result in zip(rows, found, strict=True):
        if isinstance(result, Dropped):
            results[str(row["blob_id"])] = [result]
        else:
            kept.append(result)
    return kept


def _row_of(work: Work) -> Mapping[str, object]:
    return work.row


def _named(trace: dict[str, object], given: Mapping[str, Given]) -> dict[str, object]:
    """A trace that says which model instrumented it, where one did."""
    own = given.get(str(trace["blob_id"]))
    return trace | {"instrumenter": f"{trace['instrumenter']} by {own.by}"} if own is not None and own.by else trace


def prepare(row: Mapping[str, object], runnable: set[str]) -> Work | Dropped:
    """Everything that can be said without running the program."""
    language, text = str(row["language"]), str(row["text"])
    if language not in INSTRUMENTERS:
        return Dropped(Reason.NO_INSTRUMENTER)
    if language not in runnable:
        return Dropped(Reason.NO_SANDBOX)
    if text.count("\n") > MOST_LINES or len(text) > MOST_CHARACTERS:
        return Dropped(Reason.TOO_LONG_TO_SHOW, f"{text.count(chr(10))} lines")
    harness = _harness(language, text)
    if isinstance(harness, Dropped):
        return harness
    outside = points_outside(language, text, harness.lines) if isinstance(harness, CallHarness) else frozenset()
    shown = instrument(language, text, TRIAL_POINTS, limit=TRIAL_LIMIT, refused=outside)
    if isinstance(shown, Dropped):
        return replace(shown, reached=Reached.RUNNABLE)
    return Work(row, language, text, shown, harness, refused=outside)


def _harness(language: str, text: str) -> Harness | Dropped:
    """A program as it is; of a library its functions, where its language has calls."""
    reason = SCREEN[language](text)
    if reason is None:
        return whole_program(language, text, PROPOSE[language](text))
    return harness_of_calls(language, text) if reason.reason is Reason.LIBRARY and language in CALLS else reason


def try_inputs(works: Sequence[Work], sandbox: Counting) -> list[Trial]:
    """Run every candidate once, with all points."""
    outcomes = iter(sandbox.run_many([run for work in works for run in _trials_of(work)]))
    return [Trial(work, [next(outcomes) for _ in work.harness.candidates]) for work in works]


def _trials_of(work: Work) -> Iterator[Run]:
    candidates = work.harness.candidates
    program = program_of(work.language, work.harness, work.shown.text, candidates)
    for test in work.harness.started(candidates):
        files = {**program.files, **{name: text.encode() for name, text in test.files.items()}}
        here = SURROUNDINGS[0]
        invocation = Invocation(test.arguments, test.stdin.encode(), here.environment, host_name=here.host_name)
        yield replace(program, files=files), invocation, TRIAL_LIMITS


def run_tests(
    works: Sequence[Work], sandbox: Counting, settings: Tracing, toolchains: Mapping[str, str]
) -> list[Result]:
    """Record each program in every surroundings, compare the first run with its original, and judge what came of it."""
    outcomes = iter(sandbox.run_many([run for work in works for run in _runs_of(work, settings.runs)]))
    results: list[Result] = []
    for work in works:
        original, *recorded = [next(outcomes) for _ in range(1 + settings.runs)]
        count = len(work.tests)
        dropped = (
            ended([original, *recorded])
            or unstable(recorded, count)
            or changed(work.shown, work.harness.source, original, recorded[0], count)
        )
        if dropped is not None:
            results.append([dropped])
            continue
        traces = [recorded[0].files[trace_name(number)].decode() for number in range(1, count + 1)]
        script = _script(work)
        beside = work.harness.beside(work.tests)
        prompt = "\n".join([work.shown.text, *beside.values(), script])
        against = judge(prompt, traces, work.shown.loop_ends(), settings.answer_tokens)
        results.append(
            [Dropped(reason, reached=Reached.BEHAVED) for reason in against]
            or _row(work, script, traces, original, f"{toolchains[work.language]}", settings.runs)
        )
    return results


def _runs_of(work: Work, count: int) -> Iterator[Run]:
    numbers = range(1, len(work.tests) + 1)
    shown, compared = (_script(work, compared=one) for one in (False, True))
    names = tuple(map(trace_name, numbers))
    both = (*names, *map(output_name, numbers))
    as_shown = [(work.shown.text, shown, names)] * (count - 1)
    ways = [(work.text, compared, both), (work.shown.text, compared, both), *as_shown]
    for turn, (source, script, collect) in enumerate(ways):
        here = SURROUNDINGS[max(turn - 1, 0) % len(SURROUNDINGS)]
        program = program_of(work.language, work.harness, source, work.tests)
        files = {**program.files, RUN: script.encode()}
        invocation = Invocation(
            environment=here.environment,
            script=RUN,
            collect=collect,
            host_name=here.host_name,
            work_folder=here.work_folder,
        )
        limits = replace(LIMITS, cpu_seconds=LIMITS.cpu_seconds * max(len(work.tests), 1))
        yield replace(program, files=dict(reversed(files.items())) if turn % 2 else files), invocation, limits


def _script(work: Work, *, compared: bool = False) -> str:
    """The script that runs its tests; one that came with the program is run as it is, and to compare, says how each ended."""
    if work.script:
        return f"{_SAY_STATUS}{work.script}" if compared else work.script
    return run_script(work.harness.launch, work.harness.started(work.tests), compared=compared)


def _outputs(original: Outcome, count: int) -> list[dict[str, str]]:
    """What each test printed; nothing where it is no text."""
    names = [output_name(number) for number in range(1, count + 1)]
    return [{"name": name, "text": original.files.get(name, b"").decode()} for name in names]


def _row(  # noqa: PLR0913, PLR0917 -- what a row is made of
    work: Work, script: str, traces: Sequence[str], original: Outcome, toolchain: str, runs: int
) -> dict[str, object]:
    read = [measure.read_events(text) for text in traces]
    together = [event for events in read for event in events]
    answer = "".join(traces)
    edits = [
        {"start": one.offset, "end": one.offset, "replacement": one.text, "kind": TRACE_POINT}
        for one in work.shown.insertions
    ]
    row, harness = work.row, work.harness
    beside = harness.beside(work.tests)
    files = {harness.source: work.shown.text, **beside}
    return {
        **{
            name: row[name]
            for name in ("blob_id", "language", "occurrences", "license", "near_duplicate_cluster", "held_out")
        },
        "source_files": [{"name": name, "text": text} for name, text in files.items()],
        "run_sh": script,
        "trace_files": [{"name": trace_name(number), "text": text} for number, text in enumerate(traces, 1)],
        "outputs": _outputs(original, len(traces)),
        "inputs": [test.describe() for test in work.tests],
        "events": len(together),
        "paths": len({path(events) for events in read}),
        "difficulty": {
            "answer_lines": answer.count("\n"),
            "events": len(together),
            "state_changes": sum(map(measure.state_changes, read)),
            "dependency_depth": max(map(measure.dependency_depth, read), default=0),
            "copied_share": measure.copied_share(answer, "\n".join([*files.values(), script])),
        },
        "toolchain": toolchain,
        "instrumenter": harness.name if work.script else INSTRUMENTERS[work.language].name,
        "harness": f"{harness.name} x{runs}",
        "source_edits": [*(row["edits"] or []), *edits],  # type: ignore[misc] # a list of structs
        "source_sha256": hashlib.sha256(work.shown.text.encode()).hexdigest(),
    }
