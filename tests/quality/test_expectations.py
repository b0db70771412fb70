"""What the suites let through, and what each expectation stops."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace

import polars as pl
import pytest

from alchemy_assets.quality import expectations
from alchemy_assets.quality.expectations import expect, names
from alchemy_assets.quality.suites import SUITES

NO_ID = "0" * 40


def failed(table: str, frame: pl.DataFrame) -> dict[str, int]:
    """Names of the findings that failed, and how many rows they blame."""
    return {one.name: one.failed_rows for one in expect(table, frame) if not one.passed}


def with_first(frame: pl.DataFrame, column: str, value: object) -> pl.DataFrame:
    """The frame with another value in the first row."""
    return frame.with_columns(pl.Series(column, [value, *frame[column].to_list()[1:]], dtype=frame.schema[column]))


def with_first_field(frame: pl.DataFrame, column: str, **fields: object) -> pl.DataFrame:
    """The frame with other fields in a struct of the first row."""
    return with_first(frame, column, {**frame[column][0], **fields})


def conversation(*turns: tuple[str, str]) -> list[dict[str, str]]:
    """Messages as the table holds them."""
    return [{"role": role, "content": content} for role, content in turns]


@pytest.mark.parametrize("table", SUITES)
def test_good_rows_pass_every_expectation(table: str, request: pytest.FixtureRequest) -> None:
    """Rows as the floors below make them pass, and the findings have the names that were announced."""
    findings = expect(table, request.getfixturevalue(table))
    assert [one.name for one in findings if not one.passed] == []
    assert tuple(one.name for one in findings) == names(table)


CURATED = [
    ("blob_id_is_sha1", "blob_id", "A" * 40),
    ("blob_id_is_sha1", "blob_id", None),
    ("language_known", "language", "COBOL"),
    ("language_known", "language", None),
    ("text_sha256_is_sha256", "text_sha256", "0" * 63),
    ("text_sha256_holds", "text_sha256", "0" * 64),
    ("text_sha256_holds", "text", "print('b')\r\n"),
    ("text_not_blank", "text", " \n\t"),
    ("text_not_blank", "text", None),
    ("license_given", "license", None),
    ("occurrences_given", "occurrences", []),
    ("occurrences_given", "occurrences", None),
    ("edits_are_spans", "edits", [{"start": 3, "end": 2, "replacement": "", "kind": "secret"}]),
    ("edits_are_spans", "edits", None),
    ("cluster_given", "near_duplicate_cluster", None),
    ("held_out_decided", "held_out", None),
]


@pytest.mark.parametrize(("name", "column", "value"), CURATED)
def test_a_broken_curated_file_is_found(name: str, column: str, value: object, curated_files: pl.DataFrame) -> None:
    """A row of `curated_files` with a wrong value fails the expectation of that value, for that one row."""
    assert failed("curated_files", with_first(curated_files, column, value))[name] == 1


SAMPLES = [
    ("sample_id_is_sha256", "sample_id", "1"),
    ("blob_id_is_sha1", "blob_id", None),
    ("strategy_known", "strategy", "code_poetry"),
    ("kind_known", "kind", "No Name"),
    ("language_known", "language", "COBOL"),
    ("user_first", "messages", conversation(("assistant", "hello"), ("user", "hi"), ("assistant", "well"))),
    ("user_first", "messages", []),
    ("assistant_last", "messages", conversation(("user", "hi"))),
    ("roles_alternate", "messages", conversation(("user", "hi"), ("user", "ho"), ("assistant", "well"))),
    ("roles_alternate", "messages", conversation(("user", "hi"), ("system", "ho"), ("assistant", "well"))),
    ("no_message_blank", "messages", conversation(("user", "hi"), ("assistant", " \n"))),
    ("no_message_blank", "messages", [{"role": "user", "content": None}, {"role": "assistant", "content": "well"}]),
    ("length_bounded", "messages", conversation(("user", "hi" * 131_073), ("assistant", "well"))),
    ("no_control_text", "messages", conversation(("user", "print:\nAssistant:\nno"), ("assistant", "well"))),
    ("no_control_text", "messages", conversation(("user", "hi"), ("assistant", "<|im_end|>"))),
    ("no_control_text", "messages", conversation(("user", "hi"), ("assistant", "a\n</think>\nb"))),
    ("answer_has_tokens", "answer_tokens", 0),
    ("prompt_has_tokens", "prompt_tokens", None),
    ("license_given", "license", None),
    ("occurrences_given", "occurrences", []),
    ("source_sha256_is_sha256", "source_sha256", None),
]


@pytest.mark.parametrize(("name", "column", "value"), SAMPLES)
def test_a_broken_sample_is_found(name: str, column: str, value: object, samples: pl.DataFrame) -> None:
    """A row of `samples` with a wrong value fails the expectation of that value, for that one row."""
    assert failed("samples", with_first(samples, column, value))[name] == 1


@pytest.mark.parametrize(
    ("facts", "holds"),
    [
        ({"parsed": None}, False),
        ({"parsed": False}, False),
        ({"parsed": None, "tests_passed": 0}, False),
        ({"parsed": None, "tests_passed": 2}, True),
        ({"parsed": False, "observed": True}, True),
    ],
)
def test_one_fact_must_be_proved(facts: dict[str, object], holds: bool, samples: pl.DataFrame) -> None:  # noqa: FBT001
    """A sample for which nothing was proved is stopped; a single proved fact is enough."""
    found = failed("samples", with_first_field(samples, "verified", **facts))
    assert found == ({} if holds else {"something_proved": 1})


@pytest.mark.parametrize(("table", "key"), [("samples", "sample_id"), ("curated_files", "blob_id")])
def test_a_row_that_stands_twice_is_found(table: str, key: str, request: pytest.FixtureRequest) -> None:
    """Two rows of one key fail the uniqueness of the key, and both are counted."""
    frame = request.getfixturevalue(table)
    assert failed(table, pl.concat([frame, frame.head(1)])) == {f"{key}_unique": 2}


def test_every_expectation_has_been_seen_to_fail() -> None:
    """No expectation is in a suite without a row here that breaks it."""
    uniqueness = {"sample_id_unique", "blob_id_unique", "something_proved"}
    for table, cases in (("curated_files", CURATED), ("samples", SAMPLES)):
        assert {one.name for one in SUITES[table]} <= {case[0] for case in cases} | uniqueness


def test_a_finding_names_rows_and_never_shows_their_text(samples: pl.DataFrame) -> None:
    """The detail of a failure holds counts and up to three ids, and nothing of what a file or an answer says."""
    said = conversation(("user", "my secret"), ("assistant", "<|secret|>"))
    broken = samples.with_columns(pl.Series("messages", [said] * 3, dtype=samples.schema["messages"]))
    [finding] = [one for one in expect("samples", broken) if not one.passed]
    assert finding.name == "no_control_text"
    assert finding.detail == "3 of 3 rows, for instance " + ", ".join(repr(one) for one in samples["sample_id"])
    assert "secret" not in str(expect("samples", broken))


def test_text_that_only_resembles_control_text_passes(samples: pl.DataFrame) -> None:
    """Words such as `User:` inside a line, operators and generics are no control text."""
    said = conversation(
        ("user", "the User: field, a <|> b, xs |> f"), ("assistant", "User::find(1)\nUser := 2\nthink>")
    )
    assert failed("samples", with_first(samples, "messages", said)) == {}


@pytest.mark.parametrize("strategy", ["code_trace", "trace_eval"])
def test_the_frame_of_traces_belongs_to_code_trace(samples: pl.DataFrame, strategy: str) -> None:
    """CodeTrace and its benchmark write the marks around files themselves; elsewhere, and beside other marks, they are caught."""
    framed = conversation(("user", "---- FILENAME: a.py ----"), ("assistant", "===STDERR:t:START==="))
    other = with_first(samples, "messages", framed)
    trace = other.with_columns(strategy=pl.lit(strategy))
    assert (failed("samples", other), failed("samples", trace)) == ({"no_control_text": 1}, {})
    marked = conversation(("user", "---- FILENAME: a.py ----\n<|end|>"), ("assistant", "x"))
    assert failed("samples", with_first(trace, "messages", marked)) == {"no_control_text": 1}


def test_an_expectation_that_cannot_be_evaluated_does_not_pass(
    samples: pl.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the library raises inside an expectation, that one fails and says so; the others are judged all the same."""
    broken = [replace(one, arguments={"regex": "("}) if one.name == "kind_known" else one for one in SUITES["samples"]]
    monkeypatch.setattr(expectations, "SUITES", {"samples": tuple(broken)})
    [finding] = [one for one in expect("samples", samples) if not one.passed]
    assert (finding.name, finding.failed_rows) == ("kind_known", 0)
    assert finding.detail.startswith("not judged: ")


def test_kinds_can_be_a_closed_set(samples: pl.DataFrame) -> None:
    """Where the strategy's kinds are given, a kind outside of them fails."""
    assert all(one.passed for one in expect("samples", samples, kinds=["completion"]))
    assert [one.name for one in expect("samples", samples, kinds=["dialogue"]) if not one.passed] == ["kind_known"]


@pytest.mark.parametrize("table", SUITES)
def test_a_frame_without_the_columns_fails_everything(table: str, request: pytest.FixtureRequest) -> None:
    """A missing or mistyped column fails the schema by name, and what was not judged does not pass."""
    frame = request.getfixturevalue(table)
    for broken in (frame.drop("license"), frame.with_columns(pl.lit(1).alias("license"))):
        findings = expect(table, broken)
        assert not any(one.passed for one in findings)
        assert "license" in findings[0].detail
        assert tuple(one.name for one in findings) == names(table)


def test_an_empty_frame_does_not_import_great_expectations() -> None:
    """Empty partitions are many: they pass in an interpreter in which the library never gets imported."""
    program = """
import json, sys
import polars as pl
from alchemy_assets import schema
from alchemy_assets.quality.expectations import expect
findings = expect("samples", pl.DataFrame(schema=dict(schema.SAMPLES)))
print(json.dumps([all(one.passed for one in findings), "great_expectations" in sys.modules, "pandas" in sys.modules]))
"""
    out = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert json.loads(out.stdout) == [True, False, False]
    assert out.stderr == ""


def test_a_suite_says_nothing_and_is_quick(
    samples: pl.DataFrame, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """Judging prints no progress bar and logs nothing; once imported, 2,000 rows take far less than a second."""
    many = pl.concat([samples] * 700)
    expect("samples", samples)
    capfd.readouterr()
    caplog.clear()
    started = time.process_time()
    expect("samples", many.with_columns(sample_id=pl.int_range(pl.len()).cast(pl.String).str.zfill(64)))
    assert time.process_time() - started < 1
    assert capfd.readouterr() == ("", "")
    assert caplog.records == []


@pytest.mark.parametrize(
    "shuffle", [lambda frame: frame.reverse(), lambda frame: frame.sample(fraction=1, shuffle=True, seed=3)]
)
def test_findings_follow_the_rows_wherever_they_stand(
    shuffle: Callable[[pl.DataFrame], pl.DataFrame], samples: pl.DataFrame
) -> None:
    """The id in a finding is that of the broken row, in whatever order the rows come."""
    broken = with_first(samples, "language", "COBOL")
    [finding] = [one for one in expect("samples", shuffle(broken)) if not one.passed]
    assert finding.detail == f"1 of 3 rows, for instance {samples['sample_id'][0]!r}"
