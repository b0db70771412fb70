"""How many files become traces: every file, how far it came, and why it went no further, by language.

    python -m bench.trace_yield FOLDER [LANGUAGE ...] [--most N] [-o TRACES]

FOLDER holds one folder a language (`Go`, or `Go_libraries` for files without a main), as `bench.traced_files.gather` makes. The
files go the whole way of the asset `traces`, in the sandbox of the settings. A share is told of those that go two ways and do the
same each time: these are kept, or dropped for what their traces would teach. TRACES is a folder for the tables, one a language.
"""

import argparse
import hashlib
import sys
from collections import Counter
from pathlib import Path

import polars as pl

from alchemy_assets.sandbox.backends import open_sandbox
from alchemy_assets.sandbox.sandbox import Sandbox
from alchemy_assets.settings import Settings
from alchemy_assets.tracing.instrument.registry import INSTRUMENTERS
from alchemy_assets.tracing.reasons import Reached, Reason
from alchemy_assets.tracing.record import Recorded, record

ORDER = list(Reached)
UNKNOWN = ("occurrences", "license", "near_duplicate_cluster", "held_out", "edits")


def rows_of(language: str, paths: list[Path]) -> pl.DataFrame:
    """The files as curation would hand them over, each text once."""
    texts = sorted({path.read_text(encoding="utf-8", errors="replace") for path in paths})
    ids = [hashlib.sha256(text.encode()).hexdigest() for text in texts]
    frame = pl.DataFrame({"blob_id": ids, "language": language, "text": texts})
    return frame.with_columns(pl.lit(None).alias(name) for name in UNKNOWN)


def say(language: str, outcomes: pl.DataFrame) -> None:
    """Write one language's way and the reasons at each step."""
    reached = Counter(map(Reached, outcomes["reached"]))
    least = {step: sum(reached[one] for one in ORDER[number:]) for number, step in enumerate(ORDER)}
    shaky = sum(Reason.NONDETERMINISTIC in reasons for reasons in outcomes.filter(reached=Reached.TWO_PATHS)["reasons"])
    fair = least[Reached.TWO_PATHS] - shaky
    share = f"{least[Reached.KEPT] / fair:.0%} of {fair} steady two-way ones kept" if fair else "none goes two ways"
    sys.stdout.write(f"{language:<11}" + "  ".join(f"{step} {count}" for step, count in least.items()) + f"  {share}\n")
    why = Counter(
        (ORDER.index(Reached(one["reached"])), ", ".join(one["reasons"])) for one in outcomes.iter_rows(named=True)
    )
    for (step, reasons), count in sorted(why.items(), key=lambda item: (item[0][0], -item[1])):
        if reasons:
            sys.stdout.write(f"    {count:>4} {ORDER[step]}: {reasons}\n")
    sys.stdout.flush()


def measured(language: str, paths: list[Path], sandbox: Sandbox) -> Recorded:
    """Record the files of one language."""
    return record(rows_of(language, paths), sandbox, Settings().tracing)


def main() -> None:
    """Measure the languages."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("languages", nargs="*", default=sorted(INSTRUMENTERS))
    parser.add_argument("--most", type=int)
    parser.add_argument("-o", "--traces", type=Path)
    chosen = parser.parse_args()
    with open_sandbox(Settings().sandbox) as sandbox:
        for name in chosen.languages:
            language = name.removesuffix("_libraries")
            found = sorted(
                (chosen.folder / name).rglob("*"), key=lambda path: hashlib.sha256(path.name.encode()).digest()
            )
            paths = [path for path in found if path.is_file()][: chosen.most]
            recorded = measured(language, paths, sandbox)
            say(name, recorded.outcomes)
            if chosen.traces is not None:
                chosen.traces.mkdir(parents=True, exist_ok=True)
                recorded.traces.write_parquet(chosen.traces / f"{name}.parquet")
                recorded.outcomes.write_parquet(chosen.traces / f"{name}.outcomes.parquet")


if __name__ == "__main__":
    main()
