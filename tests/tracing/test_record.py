"""From files to traces, through the real sandbox."""

import asyncio
import hashlib

import polars as pl
import pytest

from alchemy_assets import schema
from alchemy_assets.sandbox.sandbox import Invocation, Limits, Program
from alchemy_assets.settings import Tracing
from alchemy_assets.strategies.code_trace import answer
from alchemy_assets.tracing import events
from alchemy_assets.tracing.reasons import Reason
from alchemy_assets.tracing.record import TRACE_POINT, record
from alchemy_assets.tracing.ways import path
from tests.tracing.conftest import example_files

SETTINGS = Tracing()

GCD = '''"""Greatest common divisors. Usage: gcd.py A B"""
import sys


def gcd(a, b):
    # Euclid's way
    while b:
        a, b = b, a % b
    return a


def main():
    if len(sys.argv) < 3:
        print("usage: gcd.py A B", file=sys.stderr)
        return 2
    first, second = int(sys.argv[1]), int(sys.argv[2])
    divisor = gcd(first, second)
    if divisor == 1:
        print("coprime")
    else:
        print(divisor)
    for n in range(2, divisor + 1):
        if divisor % n == 0:
            print("divides", n)
    return 0


if __name__ == "__main__":
    sys.exit(main())
'''
COUNT = """#!/usr/bin/env bash
# Count down from $1 in steps.
set -euo pipefail

step() {
  local n=$1 by=$2
  if ((n % 2 == 0)); then
    by=$((by + 1))
  fi
  echo $((n - by))
}

n=${1:-9}
turns=0
while ((n > 0)); do
  n=$(step "$n" "$((turns % 3 + 1))")
  turns=$((turns + 1))
done
echo "$turns turns, $n left" >&2
"""


@pytest.fixture(scope="session")
def recorded(sandbox, curated):
    """The example corpus and two programs of our own, recorded once."""
    suffixes = {".py": "Python", ".sh": "Shell"}
    files = [(suffixes[path.suffix], path.read_text(encoding="utf-8")) for path in example_files()]
    frame = curated(*dict.fromkeys([("Python", GCD), ("Shell", COUNT), *files])).unique("blob_id")
    return frame, record(frame, sandbox, SETTINGS)


def row_of(result, text):
    blob = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
    rows = result.traces.filter(pl.col("blob_id") == blob).to_dicts()
    assert rows, result.outcomes.filter(pl.col("blob_id") == blob).to_dicts()
    return rows[0]


def test_shown_files_alone_give_the_shown_trace(recorded, sandbox):
    """In an empty folder with nothing but the shown files, the shown script writes the shown traces, byte for byte."""
    _, result = recorded
    runs = []
    for row in result.traces.iter_rows(named=True):
        files = {file["name"]: file["text"].encode() for file in row["source_files"]}
        files["run.sh"] = row["run_sh"].encode()
        names = tuple(file["name"] for file in row["trace_files"])
        runs.append(
            (
                Program(row["language"], files, row["source_files"][0]["name"]),
                Invocation(script="run.sh", collect=names),
                Limits(),
            )
        )
    assert len(runs) >= 10
    for row, outcome in zip(result.traces.iter_rows(named=True), asyncio.run(sandbox.run_many(runs)), strict=True):
        for file in row["trace_files"]:
            assert outcome.files[file["name"]].decode() == file["text"], row["blob_id"]


def test_every_file_has_one_outcome(recorded):
    """Files in are traces kept plus reasons why not, and every reason is of the closed set."""
    frame, result = recorded
    assert sorted(result.outcomes["blob_id"]) == sorted(frame["blob_id"])
    assert set(result.outcomes.filter("kept")["blob_id"]) == set(result.traces["blob_id"])
    for row in result.outcomes.iter_rows(named=True):
        assert row["kept"] == (not row["reasons"])
        assert all(Reason(reason) for reason in row["reasons"])
    schema.validate(result.traces, schema.TRACES, "traces")
    schema.validate(result.outcomes, schema.TRACE_OUTCOMES, "trace_outcomes")


def test_recording_again_gives_the_same_table(recorded, sandbox, curated):
    """The same files give the same rows, also in another order."""
    frame, result = recorded
    some = frame.filter(pl.col("text").is_in([GCD, COUNT])).reverse()
    again = record(some, sandbox, SETTINGS)
    assert again.traces.equals(result.traces.filter(pl.col("blob_id").is_in(some["blob_id"].to_list())))
    assert again.sandbox_seconds > 0


def test_most_programs_of_the_example_corpus_are_kept(recorded):
    """The yield on whole programs of the corpus does not fall unnoticed, and none changes its behaviour."""
    _, result = recorded
    programs = result.outcomes.filter(~pl.col("reasons").list.contains(str(Reason.LIBRARY)))
    assert programs["kept"].mean() >= 0.7
    bugs = {str(Reason.CHANGED_BEHAVIOUR), str(Reason.NONDETERMINISTIC)}
    assert not bugs & {reason for reasons in result.outcomes["reasons"].to_list() for reason in reasons}


def test_edits_lead_from_the_text_to_what_is_shown(recorded):
    """The recorded edits put into the curated text give the shown source, whose hash stands beside them."""
    frame, result = recorded
    texts = dict(frame.select("blob_id", "text").iter_rows())
    for row in result.traces.iter_rows(named=True):
        source, parts, position = texts[row["blob_id"]].encode(), [], 0
        for edit in row["source_edits"]:
            assert edit["kind"] == TRACE_POINT
            parts += [source[position : edit["start"]], edit["replacement"].encode()]
            position = edit["end"]
        text = b"".join([*parts, source[position:]])
        assert text.decode() == row["source_files"][0]["text"]
        assert hashlib.sha256(text).hexdigest() == row["source_sha256"]


def test_tests_differ_in_the_way_they_take(recorded):
    """A program that takes arguments gets three to five tests on different ways, at most one of them a complaint."""
    row = row_of(recorded[1], GCD)
    traces = [events.read_events(file["text"]) for file in row["trace_files"]]
    assert 3 <= len(traces) <= 5
    assert len({path(trace) for trace in traces}) == len(traces) == row["paths"]
    assert sum("usage:" in file["text"] for file in row["trace_files"]) <= 1
    assert row["run_sh"].count("python3 source.py") == len(traces)


def test_what_the_program_says_itself_stays_in_the_trace(recorded):
    """The script's own last line on stderr ends every trace file."""
    row = row_of(recorded[1], COUNT)
    for file in row["trace_files"]:
        own = events.without_events(file["text"])
        assert own.endswith(" left\n")
        assert file["text"].endswith(own)


def test_difficulty_is_measured(recorded):
    """Events, changes, depth and the copied share are those of the trace files."""
    row = row_of(recorded[1], GCD)
    read = [events.read_events(file["text"]) for file in row["trace_files"]]
    assert row["events"] == row["difficulty"]["events"] == sum(map(len, read))
    assert row["difficulty"]["state_changes"] > 5
    assert row["difficulty"]["dependency_depth"] > 2
    assert row["difficulty"]["copied_share"] < 0.1
    assert len(answer(row)) <= SETTINGS.answer_tokens * 4 + 200


@pytest.mark.parametrize(
    ("language", "text", "reason"),
    [
        ("Markdown", "# Title\n", Reason.NO_INSTRUMENTER),
        ("Python", "x = 1\n" * 1_600 + "print(x)\n", Reason.TOO_LONG_TO_SHOW),
        (
            "Python",
            "class C: pass\nfor i in range(9):\n    if i % 2:\n        j = i * i\n        print(j)\n    else:\n        j = i\n    n = 1 / (i + 3) ** 3\n",
            Reason.UNLEARNABLE,
        ),
        (
            "Python",
            "import os\nn = len(os.path.abspath('.'))\nfor i in range(n):\n    if i % 2:\n        m = i + n\n        print(m)\n    else:\n        m = i\n",
            Reason.NONDETERMINISTIC,
        ),
        (
            "Python",
            "for word in {'a', 'bb', 'ccc', 'dddd', 'eeeee'}:\n    if len(word) > 2:\n        n = len(word)\n        print(word)\n    else:\n        n = 0\n",
            Reason.NONDETERMINISTIC,
        ),
        ("Python", "n = 0\nwhile True:\n    n += 1\n", Reason.TIMEOUT),
        ("Python", "import sys\nn = int(sys.argv[1])\nprint(n)\nraise ValueError(n)\n", Reason.FAILS_WITHOUT_INPUT),
        (
            "Python",
            "for line in open(__file__):\n    if 'trace' in line:\n        n = len(line)\n        print(n)\n    else:\n        n = 0\n",
            Reason.CHANGED_BEHAVIOUR,
        ),
        ("Python", "a = 1\nb = a + 1\nc = a + b\nprint(c)\n", Reason.ONE_PATH),
        (
            "Shell",
            "for i in 1 2 3 4 5 6 7 8 9; do\n  if ((i > 4)); then\n    n=$(echo $PWD $i)\n    echo $n\n  else\n    n=$i\n  fi\ndone\n",
            Reason.NONDETERMINISTIC,
        ),
        ("Shell", "x=3\nwhile true; do\n  x=$((x + 1))\ndone\n", Reason.TIMEOUT),
    ],
)
def test_each_failure_has_its_reason(sandbox, curated, language, text, reason):
    """What hangs on its surroundings, reads itself, never ends or never varies is dropped with the reason for it."""
    result = record(curated((language, text)), sandbox, SETTINGS)
    assert result.traces.is_empty()
    assert str(reason) in result.outcomes["reasons"][0].to_list()


def test_without_a_sandbox_nothing_is_run(curated):
    """Without a sandbox every file says so, or that its language has no instrumenter; nothing is lost."""
    result = record(curated(("Python", GCD), ("Markdown", "# Title\n")), None, SETTINGS)
    assert result.traces.is_empty()
    reasons = dict(zip(result.outcomes["language"], result.outcomes["reasons"].to_list(), strict=True))
    assert reasons == {"Python": [Reason.NO_SANDBOX], "Markdown": [Reason.NO_INSTRUMENTER]}
    assert result.sandbox_seconds == 0


def test_no_files_give_empty_tables(sandbox, curated):
    """An empty partition is two empty tables with their columns."""
    result = record(curated().head(0), sandbox, SETTINGS)
    assert result.traces.is_empty()
    assert result.outcomes.is_empty()
    schema.validate(result.traces, schema.TRACES, "traces")
