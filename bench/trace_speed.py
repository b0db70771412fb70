"""How fast programs are traced: instrumented, searched for inputs, and recorded, by language.

    python -m bench.trace_speed FOLDER [--most N] [LANGUAGE ...]

FOLDER holds one folder a language, as `bench.traced_files.gather` makes. Counted are CPU seconds of this process and of the
programs that it ran, and programs a wall second on all places of the sandbox. A recorded program is a whole `run.sh` in a sandbox
of its own for the original and each of three runs, the first of which is compared with it; the search for inputs is told apart.
Overhead is the CPU time of the instrumented run over that of the original, both in one `run.sh`.
"""

import argparse
import hashlib
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from alchemy_assets.sandbox.backends import open_sandbox
from alchemy_assets.sandbox.sandbox import Outcome, Run, Sandbox
from alchemy_assets.settings import Settings, Tracing
from alchemy_assets.tracing.building import Counting, build_all
from alchemy_assets.tracing.instrument.registry import INSTRUMENTERS, instrument, points_of
from alchemy_assets.tracing.reasons import Dropped
from alchemy_assets.tracing.record import prepare, run_tests, try_inputs
from alchemy_assets.tracing.trials import Work, choose_tests

SETTINGS = Tracing()
T = TypeVar("T")


class Watched(Counting):
    """A sandbox that keeps its outcomes."""

    def __init__(self, sandbox: Sandbox) -> None:
        """Watch a sandbox."""
        super().__init__(sandbox)
        self.outcomes: list[Outcome] = []

    def run_many(self, runs: Sequence[Run]) -> list[Outcome]:
        """Run many and keep what came of them."""
        found = super().run_many(runs)
        self.outcomes += found
        return found


@dataclass(frozen=True)
class Cost:
    """Wall seconds, and CPU seconds of this process and of the programs."""

    wall: float
    own: float
    programs: float

    @property
    def cpu(self) -> float:
        """All CPU seconds."""
        return self.own + self.programs


def measured(sandbox: Watched, work: Callable[[], T]) -> tuple[T, Cost]:
    """What a step gives, and what it cost."""
    wall, own, before = time.perf_counter(), time.process_time(), len(sandbox.outcomes)
    result = work()
    programs = sum(
        one.cpu_seconds + (one.compile_step.cpu_seconds if one.compile_step and not one.compile_step.cached else 0)
        for one in sandbox.outcomes[before:]
    )
    return result, Cost(time.perf_counter() - wall, time.process_time() - own, programs)


def only_works(found: Sequence[Work | Dropped]) -> list[Work]:
    """Those that go on."""
    return [one for one in found if isinstance(one, Work)]


def search(built: Sequence[Work], watched: Watched) -> list[Work]:
    """Try the inputs of programs and choose their tests."""
    trials = try_inputs(built, watched)
    return only_works([choose_tests(trial.work, trial.outcomes, SETTINGS) for trial in trials])


def say(language: str, paths: Sequence[Path], sandbox: Sandbox) -> None:
    """Measure one language and write its line."""
    watched = Watched(sandbox)
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in paths]
    started = time.process_time()
    for text in texts:
        instrument(language, text, SETTINGS.points)
    instrumenting = 1000 * (time.process_time() - started) / (sum(map(len, texts)) / 1000)
    points_of.cache_clear()
    rows = [
        {"blob_id": hashlib.sha256(text.encode()).hexdigest(), "language": language, "text": text} for text in texts
    ]
    rows = [
        {**row, **dict.fromkeys(("occurrences", "license", "near_duplicate_cluster", "held_out", "edits"))}
        for row in rows
    ]
    prepared, preparing = measured(watched, lambda: only_works([prepare(row, {language}) for row in rows]))
    built, building = measured(watched, lambda: only_works(build_all(prepared, watched)))
    works, searching = measured(watched, lambda: search(built, watched))
    before = len(watched.outcomes)
    results, recording = measured(watched, lambda: run_tests(works, watched, SETTINGS, {language: "the toolchain"}))
    each = 1 + SETTINGS.runs
    pairs = [watched.outcomes[before + each * number :][:2] for number in range(len(works))]
    over = [shown.cpu_seconds / plain.cpu_seconds for plain, shown in pairs if plain.cpu_seconds > 0]
    tests = statistics.mean(len(one.tests) for one in works) if works else 0.0
    kept = sum(isinstance(one, dict) for one in results)
    overhead = statistics.median(over) if over else 0.0
    parts = [
        f"{language:<11}{len(texts):>5} files",
        f"{instrumenting:6.2f} CPU ms/kB",
        f"{len(works):>4} recorded ({tests:.1f} tests)",
        f"{kept:>4} kept",
        f"{len(works) / recording.wall if works else 0:6.2f}/s",
        f"{len(works) / recording.cpu if works else 0:6.2f}/CPU s",
        f"overhead {overhead:5.2f}",
        f"CPU s: prepare {preparing.cpu:.1f} build {building.cpu:.1f} search {searching.cpu:.1f} record {recording.cpu:.1f}",
    ]
    sys.stdout.write("  ".join(parts) + "\n")


def main() -> None:
    """Measure the languages."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("languages", nargs="*", default=sorted(INSTRUMENTERS))
    parser.add_argument("--most", type=int, default=60)
    chosen = parser.parse_args()
    with open_sandbox(Settings().sandbox) as sandbox:
        for language in chosen.languages:
            found = sorted(
                (chosen.folder / language).rglob("*"), key=lambda path: hashlib.sha256(path.name.encode()).digest()
            )
            paths = [path for path in found if path.is_file()][: chosen.most]
            if paths:
                say(language, paths, sandbox)


if __name__ == "__main__":
    main()
