"""Every trace sample of the example release, tried as a reader would: its shown files alone, built and run."""

import asyncio
import re
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from alchemy_assets.sandbox.sandbox import Invocation, Limits, Program
from alchemy_assets.tracing.instrument.registry import INSTRUMENTERS
from tests.tracing.test_record_languages import ALL

ROOT = Path(__file__).parents[2]
ALCHEMY = Path(sys.executable).with_name("alchemy")
# `go build` compiles the standard library too, where nothing is in its cache.
LIMITS = Limits(cpu_seconds=300, wall_seconds=580, memory_bytes=2 * 2**30, processes=64, written_bytes=1000 * 2**20)
NAMED = re.compile(r"^---- FILENAME: (\S+) ----\n", re.MULTILINE)
ASKED = re.compile(r"^===STDERR:(\S+):START===\n(.*?)^===STDERR:\1:END===$", re.MULTILINE | re.DOTALL)
# The last command of a script, with its input where that stands below it; the question's own words may follow.
SCRIPT = re.compile(r"\A.* 2> trace\d+\.txt(?: << '(\w+)'\n(?:.*?\n)?\1| < /dev/null)?$", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def samples(tmp_path_factory, sandbox):
    """The samples of recorded traces, training and benchmark, that the README's command makes of the example corpus."""
    workspace = tmp_path_factory.mktemp("demo")
    command = [ALCHEMY, "run", "--path", "examples/corpus", "--workspace", workspace, "--shards", "2"]
    subprocess.run([*command, "--held-out", "0.1"], cwd=ROOT, check=True, timeout=3_000)
    tables = [pl.read_parquet(path) for path in sorted((workspace / "release").rglob("*.parquet"))]
    return [row for table in tables if "kind" in table for row in table.filter(pl.col("kind") == "trace").to_dicts()]


def files_of(prompt: str) -> dict[str, bytes]:
    """The files that a prompt shows, by name."""
    _, *parts = NAMED.split(prompt)
    files = dict(zip(parts[::2], parts[1::2], strict=True))
    files["run.sh"] = SCRIPT.match(files["run.sh"])[0] + "\n"
    return {name: text.encode() for name, text in files.items()}


@pytest.mark.slow
@pytest.mark.timeout(3_600)
def test_the_shown_files_alone_give_every_shown_trace(samples, sandbox):
    """What stands in each prompt, written to an empty folder and run by its own script, gives the answer byte for byte."""
    runs, wanted = [], []
    for row in samples:
        prompt, _, answer = row["text"].partition("\n\nAssistant:\n")
        traces = dict(ASKED.findall(answer))
        assert traces, row["sample_id"]
        files = files_of(prompt) | {"all.sh": ALL.encode()}
        invocation = Invocation(environment={"HOME": "/tmp"}, collect=tuple(traces), work_folder="/tmp/shown")
        runs.append((Program("Shell", files, "all.sh"), invocation, LIMITS))
        wanted.append(traces)
    outcomes = asyncio.run(sandbox.run_many(runs))
    for row, traces, outcome in zip(samples, wanted, outcomes, strict=True):
        given = {name: outcome.files.get(name, b"").decode() for name in traces}
        assert given == traces, (row["language"], row["sample_id"], outcome.stderr[-500:])
    assert {row["language"] for row in samples} == {one for one in INSTRUMENTERS if sandbox.runnable(one)}
