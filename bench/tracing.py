"""How well programs can be instrumented: they must compile, and behave as before.

    python -m bench.tracing LANGUAGE FOLDER [--points N] [--show] [--only NAME] [--half 0|1]

FOLDER holds files of the language (any name; `bench.traced_files.gather` makes one). Each is run twice as it is and once with
its trace points, in the sandbox, without input; what differs is listed. Where the original does not do the same twice,
nothing can be compared. `--half` takes one of two halves by the hash of the content: one to work with, one held back. The root
is that of the settings (`ALCHEMY_SANDBOX__ROOT`).
"""

import argparse
import asyncio
import hashlib
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from alchemy_assets.languages import LANGUAGES
from alchemy_assets.sandbox.backends import open_sandbox
from alchemy_assets.sandbox.sandbox import Invocation, Limits, Outcome, Program, Run, Sandbox, Status
from alchemy_assets.settings import Settings
from alchemy_assets.tracing.building import messages
from alchemy_assets.tracing.events import read_events, without_events
from alchemy_assets.tracing.instrument.points import Instrumented
from alchemy_assets.tracing.instrument.refusals import refused
from alchemy_assets.tracing.instrument.registry import instrument
from alchemy_assets.tracing.launch import launch_of
from alchemy_assets.tracing.reasons import Dropped

ROUNDS = 6
LIMITS = Limits(cpu_seconds=10, processes=64)
TOO_MUCH = {Status.TIMED_OUT, Status.TOO_MUCH_OUTPUT}


def say(line: str) -> None:
    """Write a line."""
    sys.stdout.write(line + "\n")


def run_of(language: str, text: str) -> Run:
    """A run without input."""
    entry = launch_of(language, text).entry
    return Program(language, {entry: text.encode()}, entry), Invocation(), LIMITS


def same(one: Outcome, other: Outcome) -> bool:
    """Whether two runs printed the same and ended alike."""
    return (one.status, one.exit_code, one.stdout) == (other.status, other.exit_code, other.stdout)


@dataclass
class Measure:
    """Counts how far the files of a language come."""

    language: str
    texts: dict[Path, str]
    sandbox: Sandbox
    counts: Counter[str] = field(default_factory=Counter)
    originals: dict[Path, Outcome] = field(default_factory=dict)
    repeated: set[Path] = field(default_factory=set)
    without: dict[Path, frozenset[tuple[str, str]]] = field(default_factory=dict)

    def run(self, points: int, *, show: bool) -> None:
        """Instrument all, compare each with its original, leave out what compilers refuse and try again."""
        waiting = self.instrumented(points)
        self.run_originals()
        finished = Status.FINISHED
        waiting = {path: one for path, one in waiting.items() if self.originals[path].status is finished}
        self.counts["instrumented and original runs"] = len(waiting)
        for turn in range(ROUNDS):
            outcomes = asyncio.run(self.sandbox.run_many([run_of(self.language, one.text) for one in waiting.values()]))
            again: dict[Path, Instrumented] = {}
            for (path, one), outcome in zip(waiting.items(), outcomes, strict=True):
                if outcome.status is not Status.COMPILE_ERROR:
                    self.compare(path, outcome)
                    if show:
                        say(f"{one.text}\n-----\n{outcome.stderr.decode(errors='replace')[:4000]}")
                elif (less := self.less(path, one, outcome, points, turn)) is not None:
                    again[path] = less
            waiting = again
            if not waiting:
                break
        self.counts["never compiled"] += len(waiting)

    def instrumented(self, points: int) -> dict[Path, Instrumented]:
        """All that can be instrumented."""
        started = time.process_time()
        shown = {path: instrument(self.language, text, points) for path, text in self.texts.items()}
        seconds = time.process_time() - started
        kilobytes = max(sum(map(len, self.texts.values())) / 1000, 1)
        say(f"instrumenting: {1000 * seconds / kilobytes:.2f} CPU ms a kB")
        self.counts["files"] = len(self.texts)
        found = {}
        for path, one in shown.items():
            if isinstance(one, Dropped):
                self.counts[f"dropped: {one.reason}"] += 1
                say(f"  {path.name}: {one.reason}: {one.detail}")
            else:
                found[path] = one
        return found

    def run_originals(self) -> None:
        """Run each twice."""
        paths = list(self.texts)
        runs = [run_of(self.language, self.texts[path]) for path in paths * 2]
        twice = asyncio.run(self.sandbox.run_many(runs))
        self.originals = dict(zip(paths, twice, strict=False))
        second = dict(zip(paths, twice[len(paths) :], strict=True))
        self.repeated = {path for path in paths if same(self.originals[path], second[path])}
        self.counts["original compiles"] = sum(
            one.status is not Status.COMPILE_ERROR for one in self.originals.values()
        )

    def less(self, path: Path, one: Instrumented, outcome: Outcome, points: int, turn: int) -> Instrumented | None:
        """The program without the points that its compiler blames."""
        said = messages(outcome)
        blamed = refused(one, said, launch_of(self.language, self.texts[path]).entry)
        self.without[path] = self.without.get(path, frozenset()) | blamed
        self.counts["not compiled at first"] += turn == 0
        say(f"  {path.name}: round {turn}: {said[:600]}")
        made = instrument(self.language, self.texts[path], points, refused=self.without[path]) if blamed else None
        if isinstance(made, Instrumented):
            return made
        self.counts["never compiled"] += 1
        return None

    def compare(self, path: Path, outcome: Outcome) -> None:
        """Count one that compiled."""
        said = outcome.stderr.decode(errors="replace")
        self.counts["instrumented compiles"] += 1
        self.counts["has events"] += bool(read_events(said))
        if path not in self.repeated or outcome.status in TOO_MUCH:
            self.counts["original not the same twice" if path not in self.repeated else "too slow or too long"] += 1
            return
        before = self.originals[path]
        alike = same(before, outcome)
        self.counts["comparable"] += 1
        self.counts["behaves"] += alike
        self.counts["same stderr"] += alike and without_events(said) == before.stderr.decode(errors="replace")
        if not alike:
            say(f"  {path.name}: DIFFERS: {before.status} {before.exit_code} / {outcome.status} {outcome.exit_code}")
            say(f"    {before.stdout[:150]!r}\n    {outcome.stdout[:150]!r}\n    {outcome.stderr[-300:]!r}")


def main() -> None:
    """Measure one language over a folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("language")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--points", type=int, default=400)
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--only", default="")
    parser.add_argument("--half", type=int, choices=(0, 1))
    chosen = parser.parse_args()
    suffixes = LANGUAGES[chosen.language].suffixes
    paths = [path for path in sorted(chosen.folder.rglob("*")) if path.is_file() and chosen.only in str(path)]
    texts = {path: path.read_text(encoding="utf-8", errors="replace") for path in paths if path.suffix in suffixes}
    if chosen.half is not None:
        texts = {
            path: text for path, text in texts.items() if hashlib.sha256(text.encode()).digest()[0] % 2 == chosen.half
        }
    with open_sandbox(Settings().sandbox) as sandbox:
        measure = Measure(chosen.language, texts, sandbox)
        measure.run(chosen.points, show=chosen.show)
    for name, count in measure.counts.items():
        say(f"{name:<32}{count}")


if __name__ == "__main__":
    main()
