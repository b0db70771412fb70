"""Programs that came instrumented go through the same verification as ours."""

import polars as pl
import pytest

from alchemy_assets.errors import CorpusFormatError
from alchemy_assets.settings import Tracing
from alchemy_assets.tracing import events
from alchemy_assets.tracing.given import Given, prepare_given, read_given
from alchemy_assets.tracing.reasons import Dropped, Reason
from alchemy_assets.tracing.record import record

PROGRAM = """import sys

def collatz(n):
    steps = 0
    while n != 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        steps += 1
    return steps

print(collatz(int(sys.argv[1])))
"""
SHOWN = """import sys

def collatz(n):
    steps = 0
    sys.stderr.write(f"TRACE:IN:collatz:3:n={n}\\n")
    while n != 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1; sys.stderr.write(f"TRACE:VAR:collatz:6:n={n}\\n")
        steps += 1
        sys.stderr.write(f"TRACE:LOOP:collatz:5:n={n}; steps={steps}\\n")
    return steps

print(collatz(int(sys.argv[1])))
"""
SCRIPT = "#!/bin/bash\npython3 source.py 6 2> trace1.txt\npython3 source.py 5 2> trace2.txt\necho done\n"


def recorded(sandbox, curated, source, script=SCRIPT):
    """The outcome of the program with this instrumentation."""
    frame = curated(("Python", PROGRAM))
    return record(frame, sandbox, Tracing(), {frame["blob_id"][0]: Given(source, script)})


def test_a_given_program_is_recorded_as_it_came(sandbox, curated):
    """Its source, its script and what they write make the row, with the insertions that lead back to the original."""
    row = recorded(sandbox, curated, SHOWN).traces.to_dicts()[0]
    assert row["source_files"] == [{"name": "source.py", "text": SHOWN}]
    assert row["run_sh"] == SCRIPT
    assert (row["instrumenter"], row["harness"]) == ("given/1", "given/1 x3")
    read = [events.read_events(file["text"]) for file in row["trace_files"]]
    assert [len(one) for one in read] == [17, 11]
    text, position, parts = PROGRAM.encode(), 0, []
    for edit in row["source_edits"]:
        parts += [text[position : edit["start"]], edit["replacement"].encode()]
        position = edit["end"]
    assert b"".join([*parts, text[position:]]).decode() == SHOWN


@pytest.mark.parametrize(
    ("source", "script", "reason"),
    [
        (SHOWN.replace("return steps\n", "return steps + 0\n").replace("3 * n + 1;", "3 * n + 3 - 2;"), SCRIPT, "cannot be instrumented"),
        (SHOWN.replace("    steps = 0\n", "    steps = 0\n    print(n)\n"), SCRIPT, "changed behaviour"),
        (SHOWN.replace("steps={steps}", "at={id(steps) + hash(str(n))}"), SCRIPT, "nondeterministic"),
        (SHOWN, "python3 source.py 6 2> trace3.txt\n", "cannot be instrumented"),
    ],
)  # fmt: skip
def test_what_does_not_hold_is_dropped_for_our_reasons(sandbox, curated, source, script, reason):
    """A changed line, other output, an address, traces without a number: each is dropped as ours would be."""
    result = recorded(sandbox, curated, source, script)
    assert result.traces.is_empty()
    assert result.outcomes["reasons"].to_list() == [[reason]]


def test_inserting_into_a_line_is_told_from_changing_it(curated):
    """Text before, after or inside a line can be taken out again; another line cannot."""
    row = curated(("Python", "a = 1\nb = a\nc = b\n")).to_dicts()[0]
    work = prepare_given(row, Given("x = 0; a = 1\nb = (a)\nc = b # and\nd = c\n", "bash x 2> trace1.txt"))
    assert not isinstance(work, Dropped)
    assert work.shown.original() == row["text"].encode()
    changed = prepare_given(row, Given("a = 2\nb = a\nc = b\n", "bash x 2> trace1.txt"))
    assert isinstance(changed, Dropped)
    assert changed.reason is Reason.CANNOT_INSTRUMENT


def test_the_table_is_read_or_refused_by_name(tmp_path):
    """A file that is no Parquet, lacks a column or names a blob twice says so with its path."""
    good = pl.DataFrame({"blob_id": ["a"], "source": ["s"], "run_sh": ["r"], "more": [1]})
    good.write_parquet(tmp_path / "good.parquet")
    assert read_given(tmp_path / "good.parquet") == {"a": Given("s", "r")}
    assert read_given(None) == {}
    (tmp_path / "none.parquet").write_text("x")
    good.drop("run_sh").write_parquet(tmp_path / "less.parquet")
    pl.concat([good, good]).write_parquet(tmp_path / "twice.parquet")
    for name in ("none", "less", "twice", "missing"):
        with pytest.raises(CorpusFormatError, match=f"{name}.parquet"):
            read_given(tmp_path / f"{name}.parquet")
