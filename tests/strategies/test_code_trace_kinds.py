"""The kinds of CodeTrace beside the trace: what they ask, that their answers are what was recorded, what they refuse."""

import re
import subprocess

import polars as pl
import pytest

from alchemy_assets import schema
from alchemy_assets.quality.expectations import expect
from alchemy_assets.strategies import code_trace
from alchemy_assets.strategies.strategy import Left
from alchemy_assets.strategies.trace_kinds import branch, monologue, next_state, output
from alchemy_assets.strategies.trace_kinds.reasons import Reason
from alchemy_assets.strategies.trace_kinds.recording import read
from alchemy_assets.strategies.trace_kinds.registry import KINDS
from alchemy_assets.strategies.trace_kinds.telling import told
from alchemy_assets.tracing.events import read_events
from tests.strategies.recorded import BASKET, OUTPUTS, SCRIPT, TRACES, blobs, original, recorded, table


def recording(**changes):
    found = read(recorded(**changes))
    assert not isinstance(found, Left), found
    return found


def samples_of(kind, *rows):
    made, _ = code_trace.samples(table(*rows))
    return made.filter(pl.col("kind") == kind)


def turns(row):
    return [message["content"] for message in row["messages"]]


def test_a_trace_gives_at_most_one_sample_of_each_kind_and_each_is_accounted_for():
    """Every recorded program is a sample or a rejected one of each of the five kinds."""
    rows = [recorded(blob) for blob in blobs(3)] + [recorded("f" * 40, outputs=None)]
    made, rejected = code_trace.samples(table(*rows))
    assert code_trace.proposed(table(*rows)) == made.height + rejected.height == 20
    together = pl.concat([made.select("blob_id", "kind"), rejected.select("blob_id", "kind")])
    assert together.is_unique().all()
    assert set(together["kind"]) == set(code_trace.KINDS)
    assert rejected.select("kind", "reasons").rows() == [
        ("trace_monologue", [Reason.NO_SHORT_TRACE]),
        ("trace_output", [Reason.NOT_RECORDED]),
    ]


def test_samples_of_every_kind_hold_what_is_expected_of_samples():
    """The quality gate's suite passes over all kinds, their facts are observed ones, and evidence names runs and place."""
    made, _ = code_trace.samples(table(*(recorded(blob) for blob in blobs(12))))
    schema.validate(made, schema.SAMPLES, "samples")
    assert set(made["kind"]) == set(code_trace.KINDS)
    assert [one.name for one in expect("samples", made) if not one.passed] == []
    for row in made.iter_rows(named=True):
        assert row["verified"]["observed"]
        assert row["evidence"]["runs"] == 3
        assert all(value is not None for value in row["difficulty"].values())
        if row["kind"] != code_trace.KIND:
            assert re.search(r"test \d|tests \d", row["evidence"]["detail"]), row["evidence"]


def test_no_sample_of_a_held_out_program():
    """The other kinds keep away from held-out files as well."""
    made, rejected = code_trace.samples(table(recorded(held_out=True)))
    assert made.is_empty()
    assert rejected.is_empty()


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_blob_gives_the_same_sample(kind):
    """A kind draws by blob id: again the same, and among many programs different ones."""
    rows = [recorded(blob) for blob in blobs(40)]
    made = samples_of(kind, *rows)
    again = samples_of(kind, *reversed(rows[:20]))
    assert made.filter(pl.col("blob_id").is_in(blobs(20))).equals(again)
    assert made["prompt_id"].n_unique() > 15


def test_commands_are_what_the_script_types():
    """Files, here-documents and blank input lines stay; shebang, remarks and the redirection are gone."""
    first, second, third = (test.commands for test in recording().tests)
    assert first == "python3 source.py 7 9 2 < /dev/null"
    assert second == (
        f"{first}\ncat > input.txt << 'EOF'\n# Test 2\nx 2> trace2.txt\nEOF\n\npython3 source.py << 'EOF'\n4\n\n5\nEOF"
    )
    assert third == f"{second}\nprintf '%s\\n' one | python3 source.py 1"


def test_commands_do_what_the_script_does(tmp_path):
    """Typed into bash beside the original source, the commands print what was recorded of all tests."""
    (tmp_path / "source.py").write_text(recording().original)
    ran = subprocess.run(
        ["bash", "-c", recording().tests[-1].commands], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert ran.stdout == "".join(OUTPUTS)


def test_a_build_command_stays_in_sight():
    """The comment that says how a program is built belongs to what is typed."""
    script = SCRIPT.replace("# Run every", "# Build first: make it\n# Run every")
    assert recording(script=script).tests[0].commands.startswith("# Build first: make it\n")


def test_a_script_with_other_tests_is_refused():
    """Where the script does not run as many tests as there are traces, nothing is asked about them."""
    made, rejected = code_trace.samples(table(recorded(script=SCRIPT.replace("trace3", "trace4"))))
    assert made["kind"].to_list() == ["trace"]
    assert {reason for reasons in rejected["reasons"] for reason in reasons} == {Reason.NO_COMMANDS}


def test_the_original_is_shown_without_its_trace_points():
    """Trace points are taken out; edits that do not fit the text are a reason to refuse."""
    assert recording().original == original()
    wrong = [edit | {"start": edit["start"] + 1, "end": edit["end"] + 1} for edit in recorded()["source_edits"]]
    assert read(recorded(source_edits=wrong)) == Left(Reason.NO_SOURCE)


# Output


def test_output_asks_for_the_recorded_standard_output():
    """The prompt shows the original source and the commands up to a test, the answer exactly what that test printed."""
    for row in samples_of("trace_output", *(recorded(blob) for blob in blobs(30))).iter_rows(named=True):
        prompt, answer = turns(row)
        number = int(re.search(r"standard output of test (\d)", row["evidence"]["detail"])[1])
        assert answer == f"```text\n{OUTPUTS[number - 1]}```"
        assert original().strip() in prompt
        assert "trace(" not in prompt
        assert recording().tests[number - 1].commands in prompt


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no output"),
        ("x\n" * 100, "too much output"),
        ("sum: 0.12345678901\n", "unlearnable value"),
        ("usage: x\n", "only says how it is called"),
        ("python3\nsource.py\n", Reason.COPIED),
    ],
)
def test_outputs_that_teach_nothing_are_refused(text, reason):
    """Empty, long, unlearnable and echoed outputs make no sample."""
    left = output.make(recording(outputs=(text, text, text)))
    assert isinstance(left, Left)
    assert left.reason == reason


def test_output_prefers_a_test_in_which_something_happens():
    """Of tests that are given something, one with few events is asked about only where there is no other."""
    assert {output.make(read(recorded(blob))).detail for blob in blobs(20)} == {"standard output of test 1"}
    few = tuple("\n".join(text.split("\n")[:2]) for text in TRACES)
    assert len({output.make(read(recorded(blob, traces=few))).detail for blob in blobs(20)}) > 1


# Next state


def test_next_state_asks_for_the_line_after_those_shown():
    """What is shown of the trace, and the answer after it, are consecutive lines of a recorded trace."""
    made = samples_of("trace_next_state", *(recorded(blob) for blob in blobs(20)))
    assert made.height == 20
    for row in made.iter_rows(named=True):
        prompt, answer = turns(row)
        shown = re.findall(r"```text\n(.*?)\n```", prompt, re.DOTALL)[-1]
        assert any(text.startswith(f"{shown}\n{answer}\n") for text in TRACES)


def test_next_state_asks_only_where_a_value_is_new():
    """Values that stand in the source, in what is typed or earlier, counters, and values seen first are left out."""
    events = read_events(
        "TRACE:IN:f:1:a=1; b=5\n"  # first seen
        "TRACE:VAR:f:2:b=6661\n"  # new, but hardly anything came before
        "TRACE:VAR:f:3:b=900\n"  # stands in the source
        "TRACE:VAR:f:3:a=2\n"  # counts on
        "TRACE:VAR:f:4:b=77\n"  # is typed
        "TRACE:VAR:f:5:b=5\n"  # seen before
        "TRACE:VAR:f:6:b=333; c=1.123456789\n"  # new, but beside digits that nobody works out
        "TRACE:VAR:f:7:b=444; c=2\n"  # new
        "TRACE:VAR:f:8:d=[4445]\n"  # first seen
        "TRACE:VAR:f:9:b=4445; d=1\n"  # new, though a part of what was there right before
        "TRACE:LOOP:f:10:b=9\n"  # stands in a list of the source
    )
    assert list(next_state.worth_asking(events, "x = 900\nfor i in [9]:", "f 77")) == [(7, True), (9, False)]


def test_a_long_trace_is_shown_by_its_end():
    """Of a trace of many lines only the last stand in the prompt, under a line that says how many came before."""
    lines = [f"TRACE:LOOP:total:6:price={7 * n * n + 200}" for n in range(60)]
    for blob in blobs(40):
        found = next_state.make(read(recorded(blob, traces=("\n".join(lines) + "\n", *TRACES[1:]))))
        at = int(found.values["number"]) - 1
        shown = found.values["trace"].split("\n")[1:-1]
        if at > next_state.SHOWN_WHOLE:
            assert shown == [
                f"[{at - next_state.SHOWN_LAST} lines before these]",
                *lines[at - next_state.SHOWN_LAST : at],
            ]
        else:
            assert shown == lines[:at]


def test_a_trace_without_news_is_refused():
    """Where no event says anything new there is no next event to ask for."""
    assert next_state.make(recording(traces=TRACES[1:2] * 3)) == Left(Reason.NOTHING_NEW)


# Branch


def test_branch_counts_what_the_trace_counts():
    """The count in an answer is that of the events below it, and all of the test's events of the place are there."""
    found = {question.detail: question for question in branch.turns(recording())}
    assert set(found) == {"LOOP total:6 in test 1: 3", "BRANCH total:8 in test 1: 2"}
    assert found["LOOP total:6 in test 1: 3"].answer == "3 times."
    assert found["LOOP total:6 in test 1: 3"].ground == tuple(
        line for line in TRACES[0].split("\n") if line.startswith("TRACE:LOOP:total:6:")
    )


def test_branch_does_not_count_where_a_place_may_have_stopped_reporting():
    """At the limit, or where no limit can be read, the number of events says nothing about the number of turns."""
    at_limit = BASKET.replace("TRACE_LIMIT = 8", "TRACE_LIMIT = 3")
    assert [one.detail for one in branch.turns(recording(program=at_limit))] == ["BRANCH total:8 in test 1: 2"]
    assert branch.turns(recording(program=BASKET.replace("TRACE_LIMIT", "OTHER"))) == []


def test_branch_asks_for_an_arm_only_where_another_ran_before():
    """The n-th branch of a function is asked for where it goes another way than the one before it."""
    [question] = branch.arms(recording())
    assert question.answer == "The `if` arm at line 8."
    assert dict(question.values)["nth"] == "second"
    assert question.ground == ('TRACE:BRANCH:total:8:took="if"; owed=49',)


def test_branch_asks_which_tests_reach_a_place_that_not_all_do():
    """Tests are named with the first event that shows each; a place that all tests reach is not asked about."""
    found = {question.detail: question for question in branch.reached(recording())}
    assert set(found) == {
        "BRANCH total:10 in tests 1, 3",
        "BRANCH total:8 in tests 1",
        "LOOP total:6 in tests 1, 3",
    }
    assert found["BRANCH total:10 in tests 1, 3"].answer == "Tests 1 and 3."
    assert found["BRANCH total:10 in tests 1, 3"].ground == (
        'trace1.txt: TRACE:BRANCH:total:10:took="else"; owed=21',
        'trace3.txt: TRACE:BRANCH:total:10:took="else"; owed=3',
    )
    assert found["BRANCH total:8 in tests 1"].answer == "Only test 1."
    everywhere = branch.reached(recording(traces=(TRACES[0], TRACES[2], TRACES[2])))
    assert [question.detail for question in everywhere] == ["BRANCH total:8 in tests 1"]


def test_branch_answers_stand_on_recorded_lines():
    """Every line of every answer's ground is a line of a trace file."""
    for row in samples_of("trace_branch", *(recorded(blob) for blob in blobs(30))).iter_rows(named=True):
        ground = re.search(r"```text\n(.*)\n```", turns(row)[1], re.DOTALL)[1].split("\n")
        assert all(any(line.split(": ", 1)[-1] in text or line in text for text in TRACES) for line in ground)


def test_a_trace_without_branches_is_refused():
    """Where control never chooses there is nothing to ask about."""
    assert branch.make(recording(traces=TRACES[1:2] * 3)) == Left(Reason.NOTHING_TO_ASK)


# Monologue


def test_monologue_tells_every_event_and_ends_with_the_output():
    """Each line that wrote an event is named, each number comes from the recording or the source, the output stands last."""
    row = samples_of("trace_monologue", recorded()).row(0, named=True)
    prompt, answer = turns(row)
    assert "\n 4  def total(prices):\n" in prompt
    assert answer.endswith(f"```text\n{OUTPUTS[0]}```")
    body = answer.rpartition("\n\n```")[0]
    for event in read_events(TRACES[0]):
        assert re.search(rf"line {event.line}\b", body, re.IGNORECASE), event
    known = set(re.findall(r"\d+", TRACES[0] + original() + prompt))
    assert set(re.findall(r"\d+", re.sub(r"(?m)^\d+\. ", "", body))) <= known


def test_monologue_says_what_happened_in_order():
    """The sentences say function, line and values, once for each event, with the code of a line where it first comes up."""
    steps = told(read_events(TRACES[0]), original().split("\n"), "key")
    assert len(steps) == 10
    assert re.search(r"^`total` .*4.*`prices`.*\[7, 9, 2\]", steps[0])
    assert "line 6" in steps[1]
    assert re.search(r"`price` (=|is) 7", steps[1])
    assert "`owed += price * 3`" in steps[2]
    assert "21" in steps[2]
    assert "`else` arm" in steps[3]
    assert "`owed += price * 3`" not in steps[5]
    assert "`if owed > 40:`" in steps[6]
    assert "49" in steps[6]


def test_monologue_says_each_thing_once():
    """A value that is known already is not told again, short assignments of one function share a sentence."""
    steps = told(
        read_events("TRACE:VAR:f:1:a=1; b=2\nTRACE:VAR:f:2:c=3; b=2\nTRACE:VAR:g:9:d=4\nTRACE:VAR:g:10:d=4\n"), [], "k"
    )
    assert len(steps) == 2
    assert steps[0].count("`b`") == 1
    assert steps[0].startswith("In `f`, ")
    assert steps[1].startswith("In `g`, ")
    assert "line 10 leaves `d` at 4" in steps[1]


@pytest.mark.parametrize(
    "changes",
    [
        {"outputs": None},
        {"program": BASKET.replace("TRACE_LIMIT = 8", "TRACE_LIMIT = 3")},
        {"traces": (*TRACES[1:], TRACES[1])},
        {"traces": (TRACES[0] * 7, *TRACES[1:]), "program": BASKET.replace("= 8", "= 99")},
        {"traces": (TRACES[0] + 'File "source.py", line 12\n', *TRACES[1:])},
        {"outputs": ("usage: basket\n", *OUTPUTS[1:])},
        {"traces": (TRACES[0].replace("21", "0.12345678901"), *TRACES[1:])},
    ],
    ids=["no output", "capped", "few events", "many events", "line numbers", "usage", "long digits"],
)
def test_what_cannot_be_told_well_is_not_told(changes):
    """No walk where the outcome is unknown, the trace is not whole, too short or too long, or cannot be checked."""
    assert monologue.make(recording(**changes)).reason == Reason.NO_SHORT_TRACE


def test_the_programs_own_complaint_is_told():
    """What a program writes to standard error beside its events stands at the end of the walk."""
    made = monologue.make(recording(traces=(TRACES[0] + "basket: too dear\n", *TRACES[1:])))
    assert "```text\nbasket: too dear\n```" in made.answer
