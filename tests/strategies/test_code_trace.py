"""CodeTrace: recorded programs as conversations."""

import re

import polars as pl
import pytest

from alchemy_assets import schema
from alchemy_assets.strategies import code_trace
from alchemy_assets.strategies.phrasing import phrasings

OCCURRENCE = {"corpus": "local", "repo_name": "a/b", "path": "x.py", "licenses": ["MIT"], "license_type": None}
SOURCE = 'trace("VAR", "f:1", x=1)\nprint("{files} {names}")\n'


def trace_row(blob="a" * 40, *, held_out=False, **changes):
    row = {
        "blob_id": blob,
        "language": "Python",
        "occurrences": [OCCURRENCE],
        "license": "MIT",
        "near_duplicate_cluster": "c",
        "held_out": held_out,
        "source_files": [{"name": "source.py", "text": SOURCE}],
        "run_sh": "#!/usr/bin/env bash\npython3 source.py 2> trace1.txt < /dev/null\n",
        "trace_files": [
            {"name": "trace1.txt", "text": "TRACE:VAR:f:1:x=1\n"},
            {"name": "trace2.txt", "text": ""},
            {"name": "trace3.txt", "text": "no newline"},
        ],
        "outputs": None,
        "inputs": ["no arguments"],
        "events": 1,
        "paths": 1,
        "difficulty": {"answer_lines": 1, "events": 1, "state_changes": 0, "dependency_depth": 1, "copied_share": 0.0},
        "toolchain": "CPython 3.11.2",
        "instrumenter": "python/1",
        "harness": "program/1 x3",
        "source_edits": [
            {"start": 3, "end": 4, "replacement": "", "kind": "redaction"},
            {"start": 0, "end": 0, "replacement": "x", "kind": "trace_point"},
        ],
        "source_sha256": "0" * 64,
    }
    return row | changes


def traces(*rows):
    return schema.frame_of(list(rows), schema.TRACES)


def made_of(*rows):
    """The samples that ask for whole traces, and what was rejected of them."""
    return tuple(frame.filter(pl.col("kind") == code_trace.KIND) for frame in code_trace.samples(traces(*rows)))


def parse_prompt(text):
    """The files that a prompt shows, as a reader would cut them out."""
    parts = re.split(r"^---- FILENAME: (.+) ----\n", text, flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def test_conversation_has_the_published_form():
    """The user's turn shows source and run.sh under their names, the answer every trace file between its marks."""
    made, rejected = made_of(trace_row())
    assert rejected.is_empty()
    user, assistant = made["messages"][0].to_list()
    assert (user["role"], assistant["role"]) == ("user", "assistant")
    shown = parse_prompt(user["content"])
    assert list(shown) == ["source.py", "run.sh"]
    assert shown["source.py"] == SOURCE + "\n"
    assert shown["run.sh"].startswith("#!/usr/bin/env bash\npython3 source.py 2> trace1.txt < /dev/null")
    assert assistant["content"] == (
        "===STDERR:trace1.txt:START===\nTRACE:VAR:f:1:x=1\n===STDERR:trace1.txt:END===\n"
        "===STDERR:trace2.txt:START===\n===STDERR:trace2.txt:END===\n"
        "===STDERR:trace3.txt:START===\nno newline\n===STDERR:trace3.txt:END==="
    )


def test_sample_says_what_was_proved():
    """The flags, the toolchain and the number of equal runs stand beside the sample, and it names its edits."""
    made, _ = made_of(trace_row())
    schema.validate(made, schema.SAMPLES, "samples")
    row = made.row(0, named=True)
    assert row["strategy"] == "code_trace"
    assert (row["engine"], row["model"]) == ("none", None)
    assert {name for name, holds in row["verified"].items() if holds} == {
        "parsed",
        "executed",
        "behaves_as_source",
        "observed",
    }
    assert (row["evidence"]["toolchain"], row["evidence"]["runs"]) == ("CPython 3.11.2", 3)
    assert [edit["kind"] for edit in row["source_edits"]] == ["redaction", "trace_point"]
    assert row["difficulty"]["events"] == 1


def test_held_out_programs_are_not_for_training():
    """Traces of held-out files make no sample."""
    made, rejected = made_of(trace_row(held_out=True), trace_row("b" * 40))
    assert made["blob_id"].to_list() == ["b" * 40]
    assert rejected.is_empty()


def test_control_text_is_rejected_with_a_reason():
    """A trace in which a role begins a line becomes no sample."""
    bad = trace_row(trace_files=[{"name": "trace1.txt", "text": "User: hello\n"}])
    made, rejected = made_of(bad)
    assert made.is_empty()
    assert rejected.height == 1


def test_phrasings_are_many_and_drawn_by_blob():
    """At least fifty ways to ask, each with its places; many blobs meet most of them, and one blob always the same."""
    ways = phrasings("code_trace")
    assert len(set(ways)) == len(ways) >= 50
    assert all(way.count("{files}") == 1 for way in ways)
    assert all(set(re.findall(r"\{(\w+)\}", way)) <= {"files", "names", "language"} for way in ways)
    made, _ = made_of(*(trace_row(f"{n:040x}") for n in range(400)))
    assert made["prompt_id"].n_unique() > 45
    again, _ = made_of(trace_row(f"{7:040x}"))
    assert again.row(0) == made.filter(pl.col("blob_id") == f"{7:040x}").row(0)


@pytest.mark.parametrize(
    ("count", "words"),
    [(1, "trace1.txt"), (2, "trace1.txt and trace2.txt"), (3, "trace1.txt, trace2.txt and trace3.txt")],
)
def test_wanted_files_are_named(count, words):
    """The question lists the trace files that run.sh writes."""
    files = [{"name": f"trace{n}.txt", "text": "x\n"} for n in range(1, count + 1)]
    assert code_trace.ask(trace_row(trace_files=files), "Give {names}.") == f"Give {words}."
