"""The journal of answers: what was added is there, once, in order, whatever kills the process."""

import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from alchemy_assets import schema
from alchemy_assets.generation.completions import Completion, row_of
from alchemy_assets.generation.journal import Journal, JournalBusyError, JournalUnusableError
from tests.generation.asked import MODEL, REVISION, request
from tests.generation.fault_server import FaultServer

TEXT = st.text(max_size=20)
COUNT = st.none() | st.integers(0, 2**62)


@st.composite
def rows(draw: st.DrawFn) -> dict[str, object]:
    """A row of `completions`; keys are few, so that some come twice."""
    one = request(draw(TEXT), seed=draw(st.integers(-(2**63), 2**63 - 1)), kind=draw(TEXT))
    key = draw(st.sampled_from("abcdef"))
    answer = Completion(key, draw(TEXT), draw(st.none() | TEXT), draw(TEXT), draw(COUNT), draw(COUNT), draw(COUNT), "v")
    return row_of(one, answer, MODEL, REVISION)


STEPS = st.lists(
    st.one_of(
        st.lists(rows(), max_size=4).map(lambda added: ("add", added)),
        st.lists(st.sampled_from("abcdefgh"), max_size=4).map(lambda keys: ("remove", keys)),
        st.just(("open again", [])),
    ),
    max_size=8,
)


async def add_together(journal: Journal, added: list[dict[str, object]]) -> None:
    """Rows that are added at the same time."""
    await asyncio.gather(*map(journal.add, added))


@hypothesis_settings(deadline=None, max_examples=40)
@given(STEPS)
def test_a_journal_is_what_was_added_and_not_removed(steps):
    """Whatever is added, removed, closed and opened: the rows are those of a dict that keeps the first of a key, in its order."""
    expected: dict[str, dict[str, object]] = {}
    with TemporaryDirectory() as folder:
        path = Path(folder) / "new" / "a.sqlite"
        journal = Journal(path)
        try:
            for what, values in steps:
                if what == "add":
                    asyncio.run(add_together(journal, values))
                    for row in values:
                        expected.setdefault(row["request_sha256"], row)
                elif what == "remove":
                    journal.remove(values)
                    for key in values:
                        expected.pop(key, None)
                else:
                    journal.__exit__(None, None, None)
                    journal = Journal(path)
                found = journal.rows()
                assert found.schema == pl.Schema(schema.COMPLETIONS)
                assert found.to_dicts() == list(expected.values())
        finally:
            journal.__exit__(None, None, None)


def test_an_answer_is_written_when_add_returns(tmp_path):
    """What `add` returned for, another look at the file finds: in one transaction with everything that waited."""
    path = tmp_path / "a.sqlite"
    row = row_of(request("q"), Completion("k", "a", None, "stop"), MODEL, REVISION)

    async def run(journal: Journal) -> None:
        await asyncio.gather(*(journal.add(row | {"request_sha256": f"{number}"}) for number in range(50)))
        copy = tmp_path / "copy"
        copy.mkdir()
        for file in (path, path.with_name(path.name + "-wal")):  # as a killed process leaves them
            (copy / file.name).write_bytes(file.read_bytes())
        with Journal(copy / path.name) as copied:
            assert len(copied.rows()) == 50

    with Journal(path) as journal:
        asyncio.run(run(journal))


def test_a_cancelled_add_is_written_all_the_same(tmp_path):
    """An answer that is there is not lost because nobody waits for it any more."""
    row = row_of(request("q"), Completion("k", "a", None, "stop"), MODEL, REVISION)

    async def run(journal: Journal) -> None:
        task = asyncio.create_task(journal.add(row))
        await asyncio.sleep(0)
        task.cancel()

    with Journal(tmp_path / "a.sqlite") as journal:
        asyncio.run(run(journal))
    with Journal(tmp_path / "a.sqlite") as journal:
        assert journal.rows()["request_sha256"].to_list() == ["k"]


def test_a_journal_that_is_closed_writes_what_waits(tmp_path):
    """Whoever waits when a journal is closed has their answer written."""
    row = row_of(request("q"), Completion("k", "a", None, "stop"), MODEL, REVISION)

    async def run() -> None:
        with Journal(tmp_path / "a.sqlite") as journal:
            task = asyncio.create_task(journal.add(row))
            await asyncio.sleep(0)
        await task

    asyncio.run(run())
    with Journal(tmp_path / "a.sqlite") as journal:
        assert journal.rows()["request_sha256"].to_list() == ["k"]


def test_two_do_not_share_a_journal(tmp_path):
    """A journal that is in use is an error that says what to do, and is free again afterwards."""
    with Journal(tmp_path / "a.sqlite"), pytest.raises(JournalBusyError, match="another process asks"):
        Journal(tmp_path / "a.sqlite")
    with Journal(tmp_path / "a.sqlite"):
        pass


@pytest.mark.parametrize(
    ("made", "match"),
    [
        (lambda path: path.write_text("these are notes, and no database\n" * 100), "is no journal, or is damaged"),
        (lambda path: database(path, "CREATE TABLE mine (x)"), "no journal of CodeAlchemy"),
        (lambda path: database(path, "PRAGMA application_id=1634493288", "PRAGMA user_version=7"), "of version 7"),
        (lambda path: path.mkdir(), "cannot be opened|cannot be used"),
    ],
)
def test_what_is_no_journal_stays_as_it_is(tmp_path, made, match):
    """A file of another program or version is an error that names it, and is not touched."""
    path = tmp_path / "a.sqlite"
    made(path)
    before = path.read_bytes() if path.is_file() else b""
    with pytest.raises(JournalUnusableError, match=match) as raised:
        Journal(path)
    assert str(path) in str(raised.value)
    assert (path.read_bytes() if path.is_file() else b"") == before


def database(path: Path, *statements: str) -> None:
    """A database that somebody else made."""
    made = sqlite3.connect(path)
    for one in statements:
        made.execute(one)
    made.commit()
    made.close()


def test_a_row_that_cannot_be_written_is_an_error(tmp_path):
    """A full disk is told to everyone who waits, and what was there before stays."""
    row = row_of(request("q"), Completion("k", "a", None, "stop"), MODEL, REVISION)

    async def run(journal: Journal) -> list[object]:
        await journal.add(row)
        journal._database.execute("PRAGMA max_page_count=1")
        more = (journal.add(row | {"request_sha256": f"{number}", "raw": "x" * 100_000}) for number in range(3))
        return await asyncio.gather(*more, return_exceptions=True)

    with Journal(tmp_path / "a.sqlite") as journal:
        failures = asyncio.run(run(journal))
        assert [type(one) for one in failures] == [JournalUnusableError] * 3
        assert "cannot be kept" in str(failures[0])
        assert journal.rows()["request_sha256"].to_list() == ["k"]


@pytest.mark.parametrize("bad", [{"prompt_tokens": 10**30}, {"finish_reason": "\ud800"}, {"engine_version": object()}])
def test_a_row_that_cannot_be_kept_fails_alone(tmp_path, bad):
    """Of rows that are written together only the one that no journal can hold is an error, told to who waits for it."""
    row = row_of(request("q"), Completion("k", "a", None, "stop"), MODEL, REVISION)

    async def run(journal: Journal) -> list[object]:
        three = (row | {"request_sha256": key} | (bad if key == "b" else {}) for key in "abc")
        async with asyncio.timeout(10):
            return await asyncio.gather(*map(journal.add, three), return_exceptions=True)

    with Journal(tmp_path / "a.sqlite") as journal:
        first, failure, last = asyncio.run(run(journal))
        assert (first, last) == (None, None)
        assert isinstance(failure, JournalUnusableError)
        assert "cannot be kept" in str(failure)
        assert journal.rows()["request_sha256"].to_list() == ["a", "c"]


def test_a_large_text_comes_back_whole(tmp_path):
    """Nul, line ends, text beyond the first plane and megabytes are kept as they are."""
    raw = "\0\r\n\N{SNAKE}é" * 200_000
    row = row_of(request("q"), Completion("k", raw, "", "stop"), MODEL, REVISION)
    with Journal(tmp_path / "a.sqlite") as journal:
        asyncio.run(journal.add(row))
    with Journal(tmp_path / "a.sqlite") as journal:
        assert journal.rows()["raw"].to_list() == [raw]


ASK = """
import asyncio, json, sys
from pathlib import Path
from alchemy_assets.generation.asking import Asker
from alchemy_assets.generation.completions import known_of
from alchemy_assets.generation.journal import Journal
from tests.generation.asked import hurried, many, served

address, path, count = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
settings = hurried([address], concurrency=8)

async def run(journal):
    known = known_of(journal.rows(), *served(settings).keyed_as)
    print("started", len(known), flush=True)
    async with Asker(served(settings), settings, journal.add) as asker:
        async def ask(one):
            if one.sha256(*served(settings).keyed_as) not in known:
                await asker.ask(one)
                sys.stdout.write(one.blob_id + chr(10))
                sys.stdout.flush()
        await asyncio.gather(*map(ask, many(count)))

with Journal(path) as journal:
    asyncio.run(run(journal))
"""


@pytest.mark.timeout(600)
@pytest.mark.parametrize("kills", [3, pytest.param(20, marks=pytest.mark.slow)])
def test_a_killed_process_loses_nothing(tmp_path, kills):
    """Killed (SIGKILL) at random moments and started again, a process asks for no answer that it was told it has: the union is whole."""
    count, random = 40 * kills + 60, Random(kills)
    path, told = tmp_path / "a.sqlite", []
    with FaultServer(delay=0.02) as server:
        server.varied = True  # an answer that was asked for twice would differ
        texts: dict[str, str] = {}
        for number in range(kills + 1):
            process = subprocess.Popen(
                [sys.executable, "-c", ASK, server.address, str(path), str(count)],
                stdout=subprocess.PIPE,
                text=True,
                cwd=Path(__file__).parents[2],
                env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
            )
            assert process.stdout is not None
            assert process.stdout.readline().startswith("started")
            if number < kills:
                time.sleep(random.uniform(0.02, 0.12))
                process.send_signal(signal.SIGKILL)
            told += process.stdout.read().split("\n")[:-1]
            assert process.wait() == (-signal.SIGKILL if number < kills else 0)
            with Journal(path) as journal:
                kept = dict(journal.rows().select("blob_id", "raw").iter_rows())
            assert set(told) <= set(kept)
            assert texts.items() <= kept.items()
            texts = kept
    assert set(kept) == {f"question {number}" for number in range(count)}
    assert len(told) == len(set(told))
    # What was under way at a kill is asked again, and nothing else is.
    assert count <= server.asked <= count + 8 * kills
    assert json.dumps(sorted(kept)) == json.dumps(sorted(server.answered))
