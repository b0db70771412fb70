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

from alchemy_assets.generation.completions import Answers, Request
from alchemy_assets.generation.faults import EngineDownError
from alchemy_assets.generation.journal import Journal, JournalBusyError
from alchemy_assets.orchestration.generating import TooManyUnansweredError, ask_partition, usage
from alchemy_assets.orchestration.model import Model
from alchemy_assets.segments import LeaseHeldError, LeaseLostError
from alchemy_assets.strategies.strategy import FAILED, run
from tests.generation.fault_server import FaultServer, status
from tests.orchestration.asking_process import FILES, PARTITION, TwoRounds, settings

ROOT = Path(__file__).parents[2]
TOTAL = 2 * len(FILES)


@pytest.fixture
def server():
    with FaultServer() as one:
        yield one


def model(server, root, **other):
    return Model(settings(server.address, **other), root / "store", root)


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
    one = Model(settings("http://127.0.0.1:9/v1"), tmp_path / "killed" / "store", tmp_path / "killed")
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


class Fragile(TwoRounds):
    """A kind that cannot read one answer, as every kind may have a bug for some answer."""

    def next(self, file, answers):
        made = super().next(file, answers)
        if file is FILES[3] and any("then" in one.messages[0][1] for one in made if isinstance(one, Request)):
            raise ValueError("cannot convert float NaN to integer")
        return made


def test_a_kind_that_fails_on_an_answer_loses_its_file_alone(server, tmp_path):
    """The others are asked to the end, the report names kind, file and error, and the samples of the rest are made."""
    one = model(server, tmp_path)
    asked, _ = ask_partition(one, tmp_path / "journals", PARTITION, [Fragile()], FILES)
    assert (asked.answered, asked.unanswered) == (TOTAL - 1, {FAILED: 1})
    assert f"{FILES[3].blob_id}, two_rounds: ValueError: cannot convert" in asked.first[FAILED]
    made = run((Fragile(),), FILES, None, "code_enhance", one.answers(kept(one)))
    assert made.samples.height == len(FILES) - 1
    [row] = made.rejected.iter_rows(named=True)
    assert (row["blob_id"], row["reasons"]) == (FILES[3].blob_id, [FAILED])


class Unverifiable(TwoRounds):
    """A kind that cannot judge one draft."""

    def verify(self, drafts, sandbox):
        if any(draft.file is FILES[5] for draft in drafts):
            raise RuntimeError("no")
        return super().verify(drafts, sandbox)


def test_a_kind_that_fails_on_a_draft_loses_that_draft_alone(server, tmp_path):
    """What stands beside it in the shard is judged without it."""
    one = model(server, tmp_path)
    ask(one, tmp_path)
    made = run((Unverifiable(),), FILES, None, "code_enhance", one.answers(kept(one)))
    assert (made.samples.height, made.proposed) == (len(FILES) - 1, len(FILES))
    [row] = made.rejected.iter_rows(named=True)
    assert (row["blob_id"], row["reasons"], row["detail"]) == (FILES[5].blob_id, [FAILED], "RuntimeError: no")


def test_a_few_unanswerable_requests_pass_again(server, tmp_path):
    """The share is one of all requests of the partition, so that asking once more for the few fails no more than the first time."""
    refuse(server, 2)
    one = model(server, tmp_path, unanswered_share=0.02)
    ask(one, tmp_path)
    asked, _ = ask(one, tmp_path)
    assert (asked.answered, asked.unanswered.total(), asked.known) == (0, 2, TOTAL - 4)


def test_nothing_to_ask_starts_no_engine(server, tmp_path):
    """Where everything is answered no server is needed."""
    ask(model(server, tmp_path), tmp_path)
    server.stop()
    one = model(server, tmp_path)
    assert ask(one, tmp_path)[0].answered == 0
    assert "served" not in vars(one)


def test_the_clock_hands_answers_on_and_its_failure_ends_the_asking(server, tmp_path, monkeypatch):
    """Answers reach the store by the clock; where another worker took over, asking ends instead of going on unheard."""
    server.delay = 0.05
    one = model(server, tmp_path, segment_answers=10_000, segment_seconds=0.2, concurrency=4)
    ask(one, tmp_path)
    assert len(one.completions.paths(PARTITION)) > 1
    other = model(server, tmp_path / "other", segment_answers=10_000, segment_seconds=0.2, concurrency=4)

    def lost(*_):
        raise LeaseLostError("taken over")

    monkeypatch.setattr(type(other.completions), "append", lost)
    before = server.asked
    with pytest.raises(LeaseLostError):
        ask(other, tmp_path / "other")
    assert server.asked - before < TOTAL
    monkeypatch.undo()
    before = server.asked
    ask(model(server, tmp_path / "other"), tmp_path / "other")
    # What was answered before is in the journal, and not asked for again.
    assert server.asked - before < TOTAL - 8


def test_a_worker_that_cannot_have_the_journal_takes_no_place(server, tmp_path):
    """A second worker that finds the journal in use leaves the lease of the first as it is."""
    one = model(server, tmp_path)
    path = tmp_path / "journals" / "Python" / "0-of-1.sqlite"
    with Journal(path), one.completions.lease(PARTITION) as lease:
        with pytest.raises(JournalBusyError):
            ask(model(server, tmp_path), tmp_path)
        one.completions.renew(lease)


def test_answers_about_a_forgotten_file_do_not_come_back(server, tmp_path):
    """What a killed worker left in its journal about a file that was forgotten since goes no further."""
    process = start(tmp_path, server, "between")
    process.wait(60)
    one = model(server, tmp_path)
    gone = min(one.completions.read(PARTITION)["blob_id"])
    assert one.completions.take_out([gone])
    files = [file for file in FILES if file.blob_id != gone]
    ask_partition(one, tmp_path / "journals", PARTITION, [TwoRounds()], files, [gone])
    assert gone not in set(one.completions.read(PARTITION)["blob_id"])


def test_seconds_belong_to_a_model_and_to_a_share_of_a_shard(server, tmp_path):
    """After the shard count doubled each half has half of the seconds, and another model has none."""
    one = model(server, tmp_path)
    ask(one, tmp_path)
    whole = one.work(PARTITION)["engine_seconds"].sum()
    halves = [one.work(f"Python|{shard}")["engine_seconds"].sum() for shard in ("0-of-2", "1-of-2")]
    assert halves == [whole / 2] * 2
    assert model(server, tmp_path, revision="2").work(PARTITION).is_empty()


@pytest.mark.parametrize("which", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_worker_ends_at_once_and_keeps_what_it_has(tmp_path, which):
    """Ctrl-C and SIGTERM end the asking within moments, whatever handlers there were; answers are in the store, and the rest is asked for later."""
    with FaultServer(delay=0.05) as server:
        process = start(tmp_path, server, "deaf")
        while server.answered.total() < 20:
            time.sleep(0.01)
        process.send_signal(which)
        assert process.wait(10) != 0
        one = model(server, tmp_path)
        before = kept(one).height
        assert 10 <= before < TOTAL
        server.delay = 0.0
        assert ask(one, tmp_path)[0].answered == TOTAL - before
