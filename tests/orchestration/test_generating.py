"""Asking for a partition: whatever happens, no answer is lost and none is asked for twice."""

import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import polars as pl
import pytest

from alchemy_assets.generation.completions import Answers
from alchemy_assets.generation.faults import EngineDownError
from alchemy_assets.orchestration.generating import TooManyUnansweredError, ask_partition, usage
from alchemy_assets.orchestration.model import Model
from alchemy_assets.segments import LeaseHeldError
from alchemy_assets.strategies.strategy import run
from tests.generation.fault_server import FaultServer, status
from tests.orchestration.asking_process import FILES, PARTITION, TwoRounds, settings

ROOT = Path(__file__).parents[2]
TOTAL = 2 * len(FILES)


@pytest.fixture
def server():
    with FaultServer() as one:
        yield one


def model(server, root, **other):
    return Model(settings(server.address, **other), root / "store")


def ask(one, root, files=FILES, partition=PARTITION):
    return ask_partition(one, root / "journals", partition, [TwoRounds()], files)


def kept(one, partition=PARTITION):
    """What was answered, each request once."""
    rows = one.completions.read(partition).unique("request_sha256", keep="first", maintain_order=True)
    return rows.sort("request_sha256")


def samples(one, *, shout=False):
    answers = one.answers(kept(one))
    return run((TwoRounds(shout=shout),), FILES, None, "code_enhance", answers)


def start(root, server, *other):
    return subprocess.Popen(
        [sys.executable, "-m", "tests.orchestration.asking_process", root, server.address, *other], cwd=ROOT
    )


def test_everything_is_asked_once_and_a_rerun_asks_nothing(server, tmp_path):
    """Two rounds of every file are answered and kept; the same call again, by another process's model, sends nothing."""
    one = model(server, tmp_path)
    asked, report = ask(one, tmp_path)
    assert (asked.answered, asked.unanswered.total(), report.answered.total()) == (TOTAL, 0, TOTAL)
    assert (server.asked, max(server.seen.values())) == (TOTAL, 1)
    assert len(one.completions.paths(PARTITION)) > 10
    again, _ = ask(model(server, tmp_path), tmp_path)
    assert (again.answered, server.asked) == (0, TOTAL)
    [row] = usage(one, PARTITION, kept(one)).iter_rows(named=True)
    assert (row["requests"], row["prompt_tokens"], row["completion_tokens"]) == (TOTAL, 10 * TOTAL, 5 * TOTAL)
    assert row["engine_seconds"] > 0
    assert (row["gpu_seconds"], row["cost_usd"]) == (None, None)


def test_another_partitioning_asks_nothing(server, tmp_path):
    """After the shard count changed every file's answers are found where they lie."""
    one = model(server, tmp_path)
    ask(one, tmp_path)
    for shard in ("0-of-2", "1-of-2"):
        asked, _ = ask(one, tmp_path, FILES, f"Python|{shard}")
        # A shard holds only its own files, and finds the segments of the only shard that there was.
        assert asked.answered == 0
    assert server.asked == TOTAL


def test_a_better_parser_asks_nothing(server, tmp_path):
    """Other samples of the same answers are made without a request."""
    one = model(server, tmp_path)
    ask(one, tmp_path)
    before, after = samples(one), samples(one, shout=True)
    assert (before.samples.height, after.samples.height, after.pending) == (len(FILES), len(FILES), ())
    assert not before.samples["messages"].equals(after.samples["messages"])
    assert server.asked == TOTAL


def _killed(root, server, moments):
    """Start the process and kill it at each of these moments, then let it end; how often it was really killed."""
    killed = 0
    for moment in moments:
        process = start(root, server)
        before = server.asked
        while process.poll() is None and server.asked == before:
            time.sleep(0.005)
        time.sleep(moment)
        killed += process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.wait()
    process = start(root, server)
    assert process.wait(120) == 0
    return killed


@pytest.mark.parametrize("moments", [3, pytest.param(20, marks=pytest.mark.slow)])
def test_a_killed_process_loses_nothing_and_repeats_next_to_nothing(tmp_path, moments):
    """Killed at random moments, the same command ends with the answers of an uninterrupted run; asked twice is only what was under way."""
    draw = random.Random(moments)
    with FaultServer(delay=0.03) as server:
        killed = _killed(tmp_path / "killed", server, [draw.uniform(0, 1.0 / moments) for _ in range(moments)])
        asked = server.asked
    with FaultServer() as server:
        whole = model(server, tmp_path / "whole")
        ask(whole, tmp_path / "whole")
    one = Model(settings("http://127.0.0.1:9/v1"), tmp_path / "killed" / "store")
    assert killed
    assert kept(one).drop("engine_version").equals(kept(whole).drop("engine_version"))
    # Each kill may cost the requests that were under way: one for each place, and no more.
    assert TOTAL <= asked <= TOTAL + 8 * killed
    assert samples(one).samples.equals(samples(whole).samples)
    [row] = usage(one, PARTITION, kept(one)).iter_rows(named=True)
    assert row["prompt_tokens"] == 10 * TOTAL


def test_a_process_killed_between_journal_and_store_counts_nothing_twice(server, tmp_path):
    """Answers that are in the store and still in the journal are appended once more, and are one answer each."""
    process = start(tmp_path, server, "between")
    assert process.wait(60) == -signal.SIGKILL
    one = model(server, tmp_path)
    asked, _ = ask(one, tmp_path)
    rows = one.completions.read(PARTITION)
    assert rows.height > rows["request_sha256"].n_unique() == TOTAL
    assert samples(one).samples.height == len(FILES)
    [row] = usage(one, PARTITION, kept(one)).iter_rows(named=True)
    assert (row["requests"], row["prompt_tokens"]) == (TOTAL, 10 * TOTAL)
    # What was answered before the kill was not asked for again.
    assert server.asked - asked.answered >= 7
    assert set(server.answered.values()) == {1} or server.asked <= TOTAL + 8


def test_two_workers_on_one_partition_are_told_apart(server, tmp_path):
    """The second is told who works there, and asks nothing; afterwards it may."""
    one = model(server, tmp_path)
    with one.completions.lease(PARTITION), pytest.raises(LeaseHeldError, match="process"):
        ask(model(server, tmp_path), tmp_path)
    assert server.asked == 0
    assert ask(one, tmp_path)[0].answered == TOTAL


def refuse(server, count):
    for file in FILES[:count]:
        server.always_of[f"first {file.blob_id}"] = status(400)


def test_a_few_unanswerable_requests_keep_none_of_the_rest(server, tmp_path):
    """Under the limit the partition is done, and says how many stayed without an answer and why."""
    refuse(server, 2)
    one = model(server, tmp_path, unanswered_share=0.02)
    asked, report = ask(one, tmp_path)
    assert (asked.answered, asked.unanswered.total()) == (TOTAL - 4, 2)
    assert any("2 unanswered" in line for line in report.lines())
    made = samples(one)
    assert (made.samples.height, len(made.pending)) == (len(FILES) - 2, 2)


def test_too_many_unanswerable_requests_fail_with_the_root_cause(server, tmp_path):
    """Above the limit the error names the reason, a file and the server's words; what was answered is kept."""
    refuse(server, 20)
    one = model(server, tmp_path, unanswered_share=0.02)
    with pytest.raises(TooManyUnansweredError, match=r"20 of 100 requests .* said with 400"):
        ask(one, tmp_path)
    server.always_of.clear()
    assert kept(one).height == TOTAL - 40
    assert ask(one, tmp_path)[0].answered == 40
    assert max(server.answered.values()) == 1


def test_a_server_that_goes_away_ends_it_and_keeps_what_was_answered(server, tmp_path):
    """Nothing answers any more: an error that says so; with the server back only the rest is asked for."""
    server.delay = 0.02
    one = model(server, tmp_path, patience=1.0)

    def stop_soon():
        while server.answered.total() < 30:
            time.sleep(0.01)
        server.stop()

    thread = threading.Thread(target=stop_soon)
    thread.start()
    with pytest.raises(EngineDownError, match=server.address):
        ask(one, tmp_path)
    thread.join()
    before = kept(one).height
    assert 20 <= before < TOTAL
    server.delay = 0.0
    server.start()
    assert ask(model(server, tmp_path), tmp_path)[0].answered == TOTAL - before


def test_a_budget_stops_cleanly(server, tmp_path):
    """With its tokens spent nothing more is sent, what was answered is kept, and a later call goes on."""
    one = model(server, tmp_path, budget_tokens=300, concurrency=4)
    asked, _ = ask(one, tmp_path)
    assert "300" in asked.stopped
    assert 20 <= kept(one).height <= 20 + 8
    assert kept(one).height == server.asked
    assert (
        ask(model(server, tmp_path), tmp_path)[0].answered
        == TOTAL - kept(one).height + kept(one).height - asked.answered
    )


def test_another_model_is_asked_anew(server, tmp_path):
    """Answers belong to a model and its revision; those of another stay beside them."""
    ask(model(server, tmp_path), tmp_path)
    newer = model(server, tmp_path, revision="2")
    assert ask(newer, tmp_path)[0].answered == TOTAL
    rows = newer.completions.read(PARTITION)
    assert sorted(rows["model_revision"].unique()) == ["", "2"]
    assert isinstance(newer.answers(rows), Answers)
    assert len(newer.answers(rows).known) == TOTAL
    assert rows.filter(pl.col("model_revision") == "2").height == TOTAL
