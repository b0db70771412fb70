"""What the instrumenter of SQL promises: only lines between statements, the same output, events that say what rows did."""

import asyncio
import re

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from alchemy_assets.sandbox.programs import ProgramSandbox
from alchemy_assets.sandbox.sandbox import Invocation, Limits, Program
from alchemy_assets.tracing.events import format_event, read_events, without_events
from alchemy_assets.tracing.instrument.points import Instrumented, choose, insert
from alchemy_assets.tracing.instrument.sql import instrumenter as sql
from alchemy_assets.tracing.launch import launch_of
from alchemy_assets.tracing.reasons import Dropped, Reason
from alchemy_assets.tracing.scripts import Test, run_script
from tests.tracing.generated_sql import sql_scripts

ENTRY = "source.sql"
KEEPS_OUTPUT = "sqlite3 -batch -bail :memory: '.read source.sql' > output.txt 2> errors.txt\necho $?\n"


def shown(source: str, points: int = 400) -> Instrumented:
    found = sql.find_points(source)
    assert not isinstance(found, Dropped), found
    return insert(source.encode(), choose(found.points, points), found.helper)


def run(sandbox: ProgramSandbox, *texts: str) -> list[tuple[str, bytes, str, bytes]]:
    """(exit status, stdout, stderr, what the script wrote to its file) of each, with stderr in a file as in run.sh."""
    runs = [
        (
            Program("SQL", {ENTRY: text.encode(), "run.sh": KEEPS_OUTPUT.encode()}, ENTRY),
            Invocation(script="run.sh", collect=("output.txt", "errors.txt", "kept.txt")),
            Limits(),
        )
        for text in texts
    ]
    try:
        outcomes = asyncio.run(sandbox.run_many(runs))
    except Exception as error:
        if "toolchain" in type(error).__name__.lower():
            pytest.skip(str(error))
        raise
    return [
        (
            one.stdout.decode(),
            one.files.get("output.txt", b""),
            one.files.get("errors.txt", b"").decode(),
            one.files.get("kept.txt", b""),
        )
        for one in outcomes
    ]


def with_lines_of(made: Instrumented, said: str) -> str:
    """Messages with the lines of the original file."""
    return re.sub(r"(?<=near line )\d+", lambda match: str(made.original_line(int(match[0]))), said)


def trace(sandbox: ProgramSandbox, source: str) -> list[str]:
    """The events of a script, which does the same as before."""
    made = shown(source)
    before, after = run(sandbox, source, made.text)
    assert before[0] == "0\n", before
    assert (after[0], after[1], without_events(after[2]), after[3]) == before, made.text
    return [format_event(one).removeprefix("TRACE:") for one in read_events(after[2])]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(sql_scripts(), st.integers(1, 60))
def test_scripts_come_back_byte_for_byte(source, points):
    """A generated script keeps its bytes under the insertions, gets the same ones each time, on lines of their own."""
    made = shown(source, points)
    assert made.original() == source.encode()
    assert made == shown(source, points)
    assert sql.parses(made.text)
    newline = "\r\n" if "\r\n" in source else "\n"
    for one in made.insertions:
        before = source.encode()[: one.offset].decode()
        assert not before or before.endswith("\n") or one.text.startswith(newline)
        assert one.text.endswith("\n") or one.offset == len(source.encode())


def test_scripts_behave_as_before(sandbox):
    """Generated scripts print, fail and end as they did, whatever the shell's mode, with stderr in a file."""
    sources: list[str] = []

    @settings(
        max_examples=30,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(sql_scripts())
    def collect(source):
        sources.append(source)

    collect()
    shows = [shown(source) for source in sources]
    outcomes = run(sandbox, *sources, *(one.text for one in shows))
    for source, made, before, after in zip(
        sources, shows, outcomes[: len(sources)], outcomes[len(sources) :], strict=True
    ):
        said = with_lines_of(made, without_events(after[2]))
        assert (after[0], after[1], said, after[3]) == before, (source, made.text)
        assert read_events(after[2]), source


def test_changed_rows_are_told(sandbox):
    """An INSERT tells its counts and the table; UPDATE and DELETE which part of the rows they found, and the table."""
    source = (
        "CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT);\n"
        "INSERT INTO t (b) VALUES ('x'), (NULL), ('say \"z\"');\n"
        "UPDATE t SET b = 'y' WHERE a > 1;\n"
        "DELETE FROM t WHERE a = 9;\n"
        "DELETE FROM t WHERE a;\n"
    )
    assert trace(sandbox, source) == [
        "VAR:script:2:changes=3; total=3; last_rowid=3",
        'TRANSFORM:script:2:t=[[1,"x"],[2,null],[3,"say \\"z\\""]]; rows=3',
        'BRANCH:script:3:took="some rows"; updated=2; of=3',
        'TRANSFORM:script:3:t=[[1,"x"],[2,"y"],[3,"y"]]; rows=3',
        'BRANCH:script:4:took="no row"; deleted=0; of=3',
        'TRANSFORM:script:4:t=[[1,"x"],[2,"y"],[3,"y"]]; rows=3',
        'BRANCH:script:5:took="every row"; deleted=3; of=3',
        "TRANSFORM:script:5:t=[]; rows=0",
    ]


def test_ways_of_rows_are_branches(sandbox):
    """WHERE, HAVING, LEFT JOIN and CASE tell how many rows went each way, and the result follows."""
    source = (
        "CREATE TABLE t (a INTEGER, b TEXT);\nCREATE TABLE u (c INTEGER);\n"
        "INSERT INTO t VALUES (1, 'x'), (2, 'x'), (3, 'y'), (NULL, 'z'); INSERT INTO u VALUES (2);\n"
        "SELECT b, count(*) AS n,\n  CASE WHEN max(a) > 2 THEN 'big' ELSE 'small' END\n"
        "FROM t\nWHERE a > 0\nGROUP BY b\nHAVING min(a) < 3;\n"
        "SELECT a, c FROM t\nLEFT JOIN u ON c = a;\n"
    )
    told = [event for event in trace(sandbox, source) if not event.startswith(("VAR", "TRANSFORM"))]
    assert told == [
        'BRANCH:script:7:took="dropped"; rows=1',
        'BRANCH:script:7:took="kept"; rows=3',
        'BRANCH:script:9:took="dropped"; rows=1',
        'BRANCH:script:9:took="kept"; rows=1',
        'BRANCH:script:5:took="else"; rows=1',
        'OUT:script:4:rows=1; result=[["x",2,"small"]]',
        'BRANCH:script:11:took="alone"; rows=3',
        'BRANCH:script:11:took="joined"; rows=1',
        "OUT:script:10:rows=4; result=[[1,null],[2,2],[3,null],[null,null]]",
    ]


def test_cases_of_an_update_are_asked_before_it(sandbox):
    """Which arms of a CASE the rows of an UPDATE take is told while they are as they were."""
    source = (
        "CREATE TABLE t (a INTEGER);\nINSERT INTO t VALUES (1), (5), (7);\n"
        "UPDATE t SET a = CASE WHEN a > 4 THEN 0 ELSE 9 END;\n"
    )
    assert trace(sandbox, source)[2:] == [
        'BRANCH:script:3:took="else"; rows=1',
        'BRANCH:script:3:took="when 1"; rows=2',
        "VAR:script:3:changes=3; total=6",
        "TRANSFORM:script:3:t=[[9],[0],[0]]; rows=3",
    ]


def test_recursion_is_a_loop_and_a_view_is_a_function(sandbox):
    """The rows of a recursive table are the turns of a loop, at most eight; in a view they are told where it is used."""
    source = (
        "CREATE VIEW v AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i * 2 FROM n WHERE i < 1000)\n"
        "SELECT i FROM n WHERE i > 4;\nSELECT sum(i) AS s FROM v;\nSELECT max(i) AS m FROM v;\n"
    )
    assert trace(sandbox, source) == [
        *(f"LOOP:v:1:i={2**turn}" for turn in range(8)),
        'BRANCH:v:2:took="dropped"; rows=3',
        'BRANCH:v:2:took="kept"; rows=8',
        "OUT:script:3:rows=1; result=[[2040]]",
        "OUT:script:4:rows=1; result=[[1024]]",
    ]


def test_triggers_and_rollbacks_show_what_they_change(sandbox):
    """A table that a trigger writes to is shown with the one that fired it; what was rolled back is shown as it is again."""
    source = (
        "CREATE TABLE t (a INTEGER);\nCREATE TABLE log (line TEXT);\n"
        "CREATE TRIGGER g AFTER INSERT ON t BEGIN\n  INSERT INTO log VALUES ('new; ' || new.a);\nEND;\n"
        "BEGIN;\nINSERT INTO t VALUES (4);\nROLLBACK;\n"
    )
    assert trace(sandbox, source) == [
        "VAR:script:7:changes=1; total=2; last_rowid=1",
        "TRANSFORM:script:7:t=[[4]]; rows=1",
        'TRANSFORM:script:7:log=[["new; 4"]]; rows=1',
        "TRANSFORM:script:8:t=[]; rows=0",
        "TRANSFORM:script:8:log=[]; rows=0",
    ]


def test_only_tables_that_a_statement_may_write_to_are_shown(sandbox):
    """A row for a table that others refer to leaves these alone, as do triggers of what was not done."""
    source = (
        "CREATE TABLE parent (id INTEGER PRIMARY KEY);\n"
        "CREATE TABLE child (id INTEGER, parent INTEGER REFERENCES parent (id) ON DELETE SET NULL);\n"
        "CREATE TABLE log (line TEXT);\n"
        "CREATE TRIGGER g BEFORE DELETE ON parent BEGIN\n  INSERT INTO log VALUES (old.id);\nEND;\n"
        "PRAGMA foreign_keys = ON;\n"
        "INSERT INTO parent VALUES (1);\n"
        "INSERT INTO child VALUES (2, 1);\n"
        "DELETE FROM parent;\n"
    )
    told = [event for event in trace(sandbox, source) if event.startswith("TRANSFORM")]
    assert told == [
        "TRANSFORM:script:8:parent=[[1]]; rows=1",
        "TRANSFORM:script:9:child=[[2,1]]; rows=1",
        "TRANSFORM:script:10:parent=[]; rows=0",
        "TRANSFORM:script:10:child=[[2,null]]; rows=1",
        'TRANSFORM:script:10:log=[["1"]]; rows=1',
    ]


def test_rows_that_conflict_are_a_branch(sandbox):
    """An INSERT that may leave rows out tells how many of those that it was given it took."""
    source = (
        "CREATE TABLE t (a PRIMARY KEY);\nINSERT OR IGNORE INTO t VALUES (1), (1), (2);\n"
        "INSERT INTO t VALUES (2) ON CONFLICT DO NOTHING;\n"
    )
    told = [event for event in trace(sandbox, source) if event.startswith("BRANCH")]
    assert told == [
        'BRANCH:script:2:took="ignored some"; changes=2; of=3',
        'BRANCH:script:3:took="ignored"; changes=0; of=1',
    ]


def test_long_texts_many_rows_and_blobs_are_abbreviated(sandbox):
    """Six rows are shown, forty characters of a text with its length, and blobs by their hexadecimal digits."""
    long = f"'{'ab' * 30}'"
    source = (
        "CREATE TABLE t (a, b INTEGER);\nINSERT INTO t VALUES (" + long + ", 1), (x'00ff', 2), (3, 3);\n"  # noqa: S608 -- a script of the test
        "INSERT INTO t SELECT 0, 4 FROM t;\nINSERT INTO t SELECT 0, 4 FROM t;\n"
    )
    rows = f'["{"ab" * 20}... 60 characters",1],["x00FF",2],[3,3]'
    assert trace(sandbox, source)[1] == f"TRANSFORM:script:2:t=[{rows}]; rows=3"
    assert trace(sandbox, source)[-1] == f"TRANSFORM:script:4:t=[{rows},[0,4],[0,4],[0,4]]; rows=12"


def test_parameters_are_told_first(sandbox):
    """What a script is given is an IN event before the first statement that asks for it."""
    source = "SELECT 1 AS one;\nSELECT ?1 AS a, ?2 AS b;\n"
    assert "IN:script:2:parameter_1=null; parameter_2=null" in trace(sandbox, source)


def test_files_and_temporary_tables_are_told_apart(sandbox):
    """What goes to a file still does; a temporary table hides the one of its name until it is dropped."""
    source = (
        "CREATE TABLE t (a);\nCREATE TEMP TABLE t (b, c);\nINSERT INTO t VALUES (1, 2);\nDROP TABLE t;\n"
        "INSERT INTO t VALUES (3);\n.output kept.txt\nSELECT 1;\nSELECT 2;\n.output\nSELECT 3 AS three;\n"
        ".once kept.txt\nUPDATE t SET a = CASE WHEN a > 2 THEN 0 END;\n"
    )
    assert trace(sandbox, source) == [
        "VAR:script:3:changes=1; total=1; last_rowid=1",
        "TRANSFORM:script:3:t=[[1,2]]; rows=1",
        "VAR:script:5:changes=1; total=2; last_rowid=1",
        "TRANSFORM:script:5:t=[[3]]; rows=1",
        "OUT:script:10:rows=1; result=[[3]]",
    ]


def test_run_sh_binds_parameters(sandbox):
    """The shown command line binds each argument as a text, whatever quotes it holds, and the trace shows what was bound."""
    script = run_script(launch_of("SQL", ""), [Test(("it's", 'a "b" $c \\ `d`')), Test(("-4", ""))])
    program = Program(
        "SQL", {ENTRY: shown("SELECT ?1 AS a, ?2 AS b;\n").text.encode(), "run.sh": script.encode()}, ENTRY
    )
    invocation = Invocation(script="run.sh", collect=("trace1.txt", "trace2.txt"))
    (outcome,) = asyncio.run(sandbox.run_many([(program, invocation, Limits())]))
    first, second = (read_events(outcome.files[name].decode()) for name in ("trace1.txt", "trace2.txt"))
    assert first[0].state == (("parameter_1", '"it\'s"'), ("parameter_2", '"a \\"b\\" $c \\\\ `d`"'))
    assert second[0].state == (("parameter_1", '"-4"'), ("parameter_2", '""'))


def test_a_query_that_ends_by_its_limit_is_not_counted_whole(sandbox):
    """A recursion without an end, cut off by LIMIT, shows its turns and its result, and is asked for no more."""
    source = (
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n), odd AS (SELECT i FROM n WHERE i % 2)\n"
        "SELECT i FROM odd WHERE i > 4 LIMIT 2;\n"
    )
    assert trace(sandbox, source) == [
        *(f"LOOP:script:1:i={turn}" for turn in range(1, 9)),
        "OUT:script:1:rows=2; result=[[5],[7]]",
    ]


def test_what_cannot_be_seen_twice_is_left_alone():
    """No query with random() is repeated; a script that prints its commands is refused, and one whose result names are taken."""
    found = sql.find_points("SELECT random() AS r FROM t WHERE random() > 0;\n")
    assert isinstance(found, Dropped)
    for source, detail in (
        (".echo on\nSELECT 1;\n", "uses .echo on"),
        (".bail off\nSELECT 1;\n", "uses .bail off"),
        ("SELECT 1 AS result, 2 AS shown_rows, 3 AS result_rows;\n", "every name for a result is taken"),
    ):
        assert sql.find_points(source) == Dropped(Reason.CANNOT_INSTRUMENT, detail)
    assert "WITH shown_rows (" in shown("SELECT 1 AS result, 2;\n").text
