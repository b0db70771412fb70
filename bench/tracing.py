"""How well programs can be instrumented: they must compile, and behave as before.

    python -m bench.tracing LANGUAGE FOLDER [--points N] [--show] [--only NAME]

FOLDER holds files of the language (any name; `bench.traced_files.gather` makes one). Each is run as it is and with its
trace points, in the sandbox, without input; what differs is listed. The root is that of the settings
(`ALCHEMY_SANDBOX__ROOT`).
"""

import argparse
import asyncio
import sys
import time
from collections import Counter
from pathlib import Path

from alchemy_assets.languages import LANGUAGES
from alchemy_assets.sandbox.backends import open_sandbox
from alchemy_assets.sandbox.sandbox import Invocation, Limits, Outcome, Program, Run, Sandbox, Status
from alchemy_assets.settings import Settings
from alchemy_assets.tracing.events import read_events, without_events
from alchemy_assets.tracing.instrument.points import Instrumented
from alchemy_assets.tracing.instrument.refusals import refused
from alchemy_assets.tracing.instrument.registry import instrument
from alchemy_assets.tracing.launch import launch_of
from alchemy_assets.tracing.reasons import Dropped

ROUNDS = 6
LIMITS = Limits(cpu_seconds=10)


def run_of(language: str, text: str) -> Run:
    """A run without input."""
    entry = launch_of(language, text).entry
    return Program(language, {entry: text.encode()}, entry), Invocation(), LIMITS


def compiled(outcome: Outcome) -> bool:
    """Whether a program came as far as running."""
    return outcome.status is not Status.COMPILE_ERROR


def messages(outcome: Outcome) -> str:
    """What the compiler said."""
    return (outcome.compile_step.messages if outcome.compile_step else outcome.stderr).decode(errors="replace")


def measure(language: str, paths: list[Path], sandbox: Sandbox, points: int, *, show: bool) -> Counter[str]:
    """Count how far the files of a language come."""
    counts: Counter[str] = Counter()
    texts = {path: path.read_text(encoding="utf-8") for path in paths}
    started = time.process_time()
    shown = {path: instrument(language, text, points) for path, text in texts.items()}
    seconds = time.process_time() - started
    print(f"instrumenting: {1000 * seconds / max(sum(map(len, texts.values())) / 1000, 1):.2f} CPU ms a kB")
    originals = dict(
        zip(paths, asyncio.run(sandbox.run_many([run_of(language, texts[path]) for path in paths])), strict=True)
    )
    counts["files"] = len(paths)
    counts["original compiles"] = sum(map(compiled, originals.values()))
    waiting = {}
    without: dict[Path, frozenset[tuple[str, str]]] = {}
    for path, one in shown.items():
        if isinstance(one, Dropped):
            counts[f"dropped: {one.reason}"] += 1
            print(f"  {path.name}: {one.reason}: {one.detail}")
        elif compiled(originals[path]) and originals[path].status is Status.FINISHED:
            waiting[path] = one
    counts["instrumented"] = len(waiting)
    for turn in range(ROUNDS):
        outcomes = asyncio.run(sandbox.run_many([run_of(language, one.text) for one in waiting.values()]))
        again: dict[Path, Instrumented] = {}
        for (path, one), outcome in zip(waiting.items(), outcomes, strict=True):
            if not compiled(outcome):
                blamed = refused(one, messages(outcome), launch_of(language, texts[path]).entry)
                without[path] = without.get(path, frozenset()) | blamed
                next_one = instrument(language, texts[path], points, refused=without[path]) if blamed else None
                counts["not compiled at first"] += turn == 0
                print(f"  {path.name}: round {turn}: {messages(outcome)[: 600 if turn or not blamed else 300]}")
                if isinstance(next_one, Instrumented):
                    again[path] = next_one
                else:
                    counts["never compiled"] += 1
                continue
            counts["instrumented compiles"] += 1
            before = originals[path]
            same = (before.status, before.exit_code, before.stdout) == (
                outcome.status,
                outcome.exit_code,
                outcome.stdout,
            )
            said = without_events(outcome.stderr.decode(errors="replace"))
            counts["behaves"] += same
            counts["same stderr"] += same and said == before.stderr.decode(errors="replace")
            counts["has events"] += bool(read_events(outcome.stderr.decode(errors="replace")))
            if not same:
                print(
                    f"  {path.name}: DIFFERS: {before.status} {before.exit_code} / {outcome.status} {outcome.exit_code}"
                )
                print(f"    {before.stdout[:150]!r}\n    {outcome.stdout[:150]!r}\n    {outcome.stderr[-300:]!r}")
            if show:
                print(one.text, outcome.stderr.decode(errors="replace")[:4000], sep="\n-----\n")
        waiting = again
        if not waiting:
            break
    counts["never compiled"] += len(waiting)
    return counts


def main() -> None:
    """Measure one language over a folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("language")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--points", type=int, default=400)
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--only", default="")
    chosen = parser.parse_args()
    suffixes = LANGUAGES[chosen.language].suffixes
    paths = [path for path in sorted(chosen.folder.rglob("*")) if path.suffix in suffixes and chosen.only in str(path)]
    with open_sandbox(Settings().sandbox) as sandbox:
        for name, count in measure(chosen.language, paths, sandbox, chosen.points, show=chosen.show).items():
            sys.stdout.write(f"{name:<24}{count}\n")


if __name__ == "__main__":
    main()
