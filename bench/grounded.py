"""What grounded kinds make of real files: how many samples, why no more, how hard, how fast; and pages of them to read.

    python -m bench.grounded observe FOLDER OBSERVED [LANGUAGE ...] [--most N]
    python -m bench.grounded make FOLDER OBSERVED [KIND ...] [--languages L ...] [--most N] [--show 50 --page PAGE]
        [--samples TABLE] [--counts TABLE]

FOLDER holds one folder a language (`Go`, or `Go_libraries` for files without a main), as `bench.traced_files.gather` makes.
OBSERVED is a folder of Parquet files, one of each of these, with what the files' programs did; `make` takes it from there,
so that runs are paid for once. KIND is a kind of any strategy, all by default. A line says for one kind and language:
files, drafts, samples, the CPU seconds of planning and judging beyond what the sandbox spends, samples a CPU second.
PAGE gets a random choice of samples (the same each time), spread over the languages; TABLE all of them, as
Parquet, or what became of all drafts as a table `sample_counts`, which `bench.grounded_counts` makes pages of.
"""

import argparse
import hashlib
import json
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from alchemy_assets import schema
from alchemy_assets.generation.completions import NO_ANSWERS
from alchemy_assets.languages import LANGUAGES
from alchemy_assets.sandbox.backends import open_sandbox
from alchemy_assets.sandbox.sandbox import Invocation, Limits, Outcome, Program, Run, Sandbox, Status
from alchemy_assets.settings import Settings
from alchemy_assets.strategies.registry import STRATEGIES
from alchemy_assets.strategies.strategy import CuratedFile, Draft, Kind, Rejected, Verified, bounded, tables
from alchemy_assets.tracing.observed import observed_of
from alchemy_assets.tracing.record import record
from bench.grounded_counts import counted
from bench.trace_yield import rows_of

KINDS = {kind.name: kind for strategy in STRATEGIES.values() for kind in strategy.kinds}


class Watched:
    """A sandbox that counts the time that is spent in it, so that it can be told apart."""

    def __init__(self, sandbox: Sandbox) -> None:
        """Watch a sandbox."""
        self._sandbox = sandbox
        self.runs = 0
        self.cpu = 0.0
        self.inside = 0.0
        self.endless = 0

    def _count(self, outcomes: Sequence[Outcome]) -> None:
        self.runs += len(outcomes)
        self.endless += sum(one.status is Status.TIMED_OUT for one in outcomes)
        built = [one.compile_step for one in outcomes if one.compile_step and not one.compile_step.cached]
        self.inside += sum(one.cpu_seconds for one in (*outcomes, *built))

    def run(self, program: Program, invocation: Invocation, limits: Limits) -> Outcome:
        """One run."""
        started = time.process_time()
        outcome = self._sandbox.run(program, invocation, limits)
        self.cpu += time.process_time() - started
        self._count([outcome])
        return outcome

    async def run_many(self, runs: Sequence[Run]) -> list[Outcome]:
        """Many runs."""
        started = time.process_time()
        outcomes = await self._sandbox.run_many(runs)
        self.cpu += time.process_time() - started
        self._count(outcomes)
        return outcomes

    def runnable(self, language: str) -> bool:
        """As the sandbox says."""
        return self._sandbox.runnable(language)

    def toolchain(self, language: str) -> str:
        """As the sandbox says."""
        return self._sandbox.toolchain(language)


def paths_of(folder: Path, name: str, most: int | None) -> list[Path]:
    """The files of one folder, in an order that has nothing to do with their names."""
    found = sorted((folder / name).rglob("*"), key=lambda path: hashlib.sha256(path.name.encode()).digest())
    return [path for path in found if path.is_file()][:most]


def folders(folder: Path, languages: Sequence[str]) -> list[str]:
    """The folders of FOLDER that hold files of these languages, or of any."""
    names = sorted(path.name for path in folder.iterdir() if path.is_dir())
    known = [name for name in names if name.removesuffix("_libraries") in LANGUAGES]
    return [name for name in known if not languages or name.removesuffix("_libraries") in languages]


def observe(chosen: argparse.Namespace) -> None:
    """Run the files of every folder and keep what was seen."""
    chosen.observed.mkdir(parents=True, exist_ok=True)
    with open_sandbox(Settings().sandbox) as sandbox:
        for name in folders(chosen.folder, chosen.names):
            frame = rows_of(name.removesuffix("_libraries"), paths_of(chosen.folder, name, chosen.most))
            seen = record(frame, sandbox, Settings().tracing).observations
            seen.write_parquet(chosen.observed / f"{name}.parquet")
            why = seen["reason"].drop_nulls().value_counts(sort=True).iter_rows()
            sys.stdout.write(f"{name:<22} {seen['reason'].null_count()} of {seen.height} seen {dict(why)}\n")
            sys.stdout.flush()


def files_of(folder: Path, observed: Path, name: str, most: int | None) -> list[CuratedFile]:
    """Files as curation would hand them over, with what was seen of them."""
    table = observed / f"{name}.parquet"
    seen = pl.read_parquet(table) if table.is_file() else schema.frame_of([], schema.OBSERVATIONS)
    known = {row["blob_id"]: observed_of(row) for row in seen.iter_rows(named=True)}
    language = name.removesuffix("_libraries")
    made = []
    for path in paths_of(folder, name, most):
        text = path.read_text(encoding="utf-8", errors="replace")
        digest = hashlib.sha256(text.encode()).hexdigest()
        occurrence: dict[str, object] = {"corpus": "local", "repo_name": "", "path": path.name, "licenses": []}
        occurrences = [occurrence | {"license_type": "permissive"}]
        made.append(CuratedFile(digest, language, text, digest, occurrences, "", digest, [], known.get(digest)))
    return list({file.blob_id: file for file in made}.values())


def made(kind: Kind, files: Sequence[CuratedFile], sandbox: Watched) -> tuple[list[Verified | Rejected], float, float]:
    """What a kind makes of files, and the CPU seconds of planning and of judging without those of the sandbox."""
    started = time.process_time()
    drafts = [one for file in files for one in kind.next(file, NO_ANSWERS) if isinstance(one, Draft)]
    planned, before = time.process_time(), sandbox.cpu
    judged = list(bounded(kind.verify(drafts, sandbox), Settings().samples))
    return judged, planned - started, time.process_time() - planned - (sandbox.cpu - before)


def say(  # noqa: PLR0913, PLR0917 -- one line of a table
    kind: Kind,
    language: str,
    files: int,
    judged: Sequence[Verified | Rejected],
    planning: float,
    judging: float,
    sandbox: Watched,
) -> None:
    """Write one line, and the reasons below it."""
    held = [one for one in judged if isinstance(one, Verified)]
    flags = Counter(name for one in held for name, value in one.verified.items() if value)
    depths = [value for one in held if (value := one.difficulty.get("answer_lines")) is not None]
    cpu = planning + judging
    sys.stdout.write(
        f"{kind.name:<20}{language:<12}{files:>5} files {len(judged):>6} drafts {len(held):>5} samples  "
        f"planning {files / planning if planning else 0:7.0f} files/CPU s  {len(held) / cpu if cpu else 0:7.1f} samples/CPU s  "
        f"median lines {sorted(depths)[len(depths) // 2] if depths else '-'}  {dict(flags)}  "
        f"{sandbox.runs} runs, {sandbox.inside:.0f} CPU s, {sandbox.endless} ended by time\n"
    )
    why = Counter(reason for one in judged if isinstance(one, Rejected) for reason in one.reasons)
    sys.stdout.writelines(f"    {count:>5} {reason}\n" for reason, count in why.most_common())
    sys.stdout.flush()


def drawn(rows: Sequence[dict[str, object]], count: int) -> Iterator[dict[str, object]]:
    """A choice spread over the languages, the same each time."""
    by_language: dict[object, list[dict[str, object]]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: hashlib.sha256(str(row["sample_id"]).encode()).digest()):
        by_language[row["language"]].append(row)
    turn = 0
    while count > 0 and any(len(found) > turn for found in by_language.values()):
        for found in by_language.values():
            if len(found) > turn and count > 0:
                count -= 1
                yield found[turn]
        turn += 1


def page(rows: Sequence[dict[str, object]]) -> str:
    """Samples one below the other, as a trainer sees them."""
    parts = []
    for number, row in enumerate(rows, 1):
        head = f"{number}. {row['kind']} {row['language']} {str(row['blob_id'])[:12]} {row['prompt_id']}"
        known = {name: row[name] for name in ("verified", "evidence", "difficulty")}
        turns = "\n\n".join(f"[{one['role']}]\n{one['content']}" for one in row["messages"])  # type: ignore[attr-defined]
        parts.append(f"{'=' * 100}\n{head}\n{json.dumps(known, default=str)}\n\n{turns}\n")
    return "\n".join(parts)


def make(chosen: argparse.Namespace) -> None:
    """Make samples of every kind and say what came of it."""
    kinds = [KINDS[name] for name in chosen.names] or list(KINDS.values())
    rows: list[dict[str, object]] = []
    everything: dict[str, list[Verified | Rejected]] = defaultdict(list)
    known: dict[str, CuratedFile] = {}
    with open_sandbox(Settings().sandbox) as opened:
        for kind in kinds:
            for name in folders(chosen.folder, chosen.languages):
                files = files_of(chosen.folder, chosen.observed, name, chosen.most)
                sandbox = Watched(opened)
                judged, planning, judging = made(kind, files, sandbox)
                if judged:
                    say(kind, name, len(files), judged, planning, judging, sandbox)
                    rows += tables(kind.strategy, judged)[0].iter_rows(named=True)
                    everything[kind.strategy] += judged
                    known |= {file.blob_id: file for file in files}
    if chosen.page is not None:
        chosen.page.write_text(page(list(drawn(rows, chosen.show))), encoding="utf-8")
    if chosen.samples is not None:
        schema.frame_of(rows, schema.SAMPLES).sort("sample_id").write_parquet(chosen.samples)
    if chosen.counts is not None:
        counted(everything, list(known.values())).write_parquet(chosen.counts)


def main() -> None:
    """Observe or make."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=("observe", "make"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("observed", type=Path)
    parser.add_argument("names", nargs="*", help="languages to observe, or kinds to make")
    parser.add_argument("--languages", nargs="*", default=[])
    parser.add_argument("--most", type=int)
    parser.add_argument("--show", type=int, default=50)
    parser.add_argument("--page", type=Path)
    parser.add_argument("--samples", type=Path)
    parser.add_argument("--counts", type=Path)
    chosen = parser.parse_args()
    {"observe": observe, "make": make}[chosen.command](chosen)


if __name__ == "__main__":
    main()
