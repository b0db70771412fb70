"""Curation without Dagster, its funnel and what other thresholds would change, and what owners ask to be taken out."""

import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest

from alchemy_assets.errors import PartitionMissingError, SettingsError
from alchemy_assets.orchestration import curate_only, forgetting, funnel, funnel_diff
from alchemy_assets.orchestration.build import open_graph
from alchemy_assets.orchestration.waves import run_waves
from alchemy_assets.settings import load
from tests.orchestration.conftest import PYTHON, makes_workspaces, write_corpus

ALCHEMY = Path(sys.executable).with_name("alchemy")


def bring_up_to_date(settings, workers=1):
    """Curate; how many partitions had something to do. Any problem fails the test."""
    told = list(curate_only.run(settings, workers=workers))
    assert [one for one in told if one.failed or one.skipped] == []
    return sum(one.total for one in told)


def shown(folder):
    """What the folders of a result hold, by name."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for table in curate_only.SHOWN
        for path in sorted((folder / table).glob("*.parquet"))
    }


def curated(folder):
    return pl.read_parquet(folder / "curated_files" / "*.parquet")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A curated workspace without held-out repositories, to be copied."""
    folder = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as patch:
        settings = makes_workspaces(folder, write_corpus(folder / "corpus"), patch)(held_out=0.0)
        bring_up_to_date(settings)
    return settings.workspace


@pytest.fixture
def done(made, tmp_path, workspace):
    """The same of one's own."""
    shutil.copytree(made, tmp_path / "workspace", symlinks=True)
    return load(tmp_path / "workspace")


def test_it_gives_what_dagster_gives(done, workspace):
    """The tables have the same bytes as those of a whole run, whatever the number of processes."""
    two = workspace("two", held_out=0.0)
    bring_up_to_date(two, workers=2)
    assert shown(two.workspace) == shown(done.workspace)
    whole = workspace("whole", held_out=0.0)
    assert [one for one in run_waves(open_graph(whole)) if one.failed or one.skipped] == []
    graph = curate_only.curation_graph(whole)
    curate_only.show(graph)
    assert shown(whole.workspace) == shown(done.workspace)


def test_a_second_call_does_nothing(done):
    """All of it is current."""
    assert bring_up_to_date(done) == 0


def test_killed_at_any_moment_it_goes_on(workspace, corpus, tmp_path):
    """After kill -9 the same command ends with the same bytes as an undisturbed run."""
    settings = workspace("undisturbed")
    bring_up_to_date(settings)
    killed = tmp_path / "killed"
    arguments = [ALCHEMY, "curate", corpus, killed, "--languages", "Python,Shell", "--workers", "1"]
    draw = random.Random(7)
    for _ in range(3):
        process = subprocess.Popen(
            arguments, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True
        )
        time.sleep(draw.uniform(1, 6))
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    ended = subprocess.run(arguments, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert "curated_files" in ended.stdout
    assert shown(killed) == shown(settings.workspace)


def test_chosen_stages_alone_judge(workspace):
    """With `stages` given, nothing else rejects and no other signal is there."""
    settings = workspace(held_out=0.0, stages=("licenses",))
    bring_up_to_date(settings)
    frame = curated(settings.workspace)
    assert [field.name for field in frame.schema["signals"].fields] == ["licenses"]
    assert frame["near_duplicate_cluster"].to_list() == frame["blob_id"].to_list()


def test_a_changed_policy_reads_no_text_again(done):
    """Only what decides is made again: the clusters, which need to know who stays, the curated files, what is counted of them."""

    def stamps():
        root = done.workspace / "store" / "manifests"
        return {path: path.stat().st_mtime_ns for path in root.rglob("*.json")}

    before = stamps()
    toml = done.workspace / "alchemy.toml"
    toml.write_text(toml.read_text() + '\n[licenses]\nunknown = "reject"\n')
    changed = load(done.workspace)
    bring_up_to_date(changed)
    made = {
        path.relative_to(done.workspace / "store" / "manifests").parts[0]
        for path, at in stamps().items()
        if before[path] != at
    }
    counted = {"funnel", "license_counts", "edit_counts"}
    assert made == {"near_duplicates", "curated_files", "rejected_files", *counted}
    assert curated(done.workspace).is_empty()


def test_the_difference_is_what_a_run_would_make_of_it(done):
    """Gained and lost files are those that a run under the other policy keeps or rejects."""
    other = funnel_diff.with_changes(done, ["licenses.unknown=reject"])
    found = funnel_diff.difference(curate_only.curation_graph(done), other)
    before = set(curated(done.workspace)["blob_id"])
    assert found.files == {"gained": 0, "lost": len(before)}
    toml = done.workspace / "alchemy.toml"
    toml.write_text(toml.read_text() + '\n[licenses]\nunknown = "reject"\n')
    rejecting = load(done.workspace)
    bring_up_to_date(rejecting)
    back = funnel_diff.difference(
        curate_only.curation_graph(rejecting), funnel_diff.with_changes(rejecting, ["licenses.unknown=pass"])
    )
    assert back.files == {"gained": len(before), "lost": 0}
    assert set(back.examples["blob_id"]) == before
    assert set(back.counts["reason"]) == {"the licence is unknown"}


@pytest.mark.parametrize(
    "change",
    [
        "held_out.share=0.5",
        "nothing",
        "shards.x=5",
        "licenses.unknown.x=1",
        "licenses.unknown=maybe",
        "licenses.unknown=pass",
    ],
)
def test_what_cannot_be_compared_is_said(done, change):
    """A setting that no rule decides by, an impossible value, and a value that is set already are errors."""
    with pytest.raises(SettingsError):
        list(funnel_diff.lines(curate_only.curation_graph(done), [change]))


def test_the_funnel_is_shown(done):
    """Every stage that took something, and what is left."""
    text = "\n".join(funnel.lines(curate_only.curation_graph(done)))
    assert "16              read" in text
    assert "kept: for training" in text


def test_forgotten_files_are_in_no_table_and_on_no_disk(workspace, corpus):
    """After the next run and `gc` no file of the store holds a word of a forgotten repository, samples included."""
    settings = workspace(held_out=0.0)
    word = "zebra_quagga_okapi"
    program = (corpus / "project-1" / "books.py").read_text()
    (corpus / "project-9").mkdir()
    (corpus / "project-9" / "own.py").write_text(program.replace("books", word).replace("total", "summed"))

    def holders():
        return [
            path
            for path in settings.workspace.rglob("*.parquet")
            if any(word in str(row) for row in pl.read_parquet(path, glob=False).iter_rows())
        ]

    assert [one for one in run_waves(open_graph(settings)) if one.failed or one.skipped] == []
    assert holders()
    told = list(forgetting.forget(settings, ["project-9"], "the owner asked"))
    assert "1 files go" in told[1]
    assert any("samples of" in line for line in told)
    log = b"".join(path.read_bytes() for path in (settings.workspace / "dagster").rglob("*") if path.is_file())
    assert word.encode() not in log
    graph = open_graph(settings)
    assert [one for one in run_waves(graph) if one.failed or one.skipped] == []
    graph.withdraw_unused()
    graph.workspace.collect_garbage(0)
    left = holders()
    # Where it was is still said, so that nobody wonders; what it was is not.
    assert {path.parts[len(settings.workspace.parts) + 2] for path in left} <= {"local_rejected", "rejected_inputs"}


def test_a_partition_whose_last_file_is_forgotten_is_taken_back(workspace, corpus):
    """It is not asked for any more, so nothing would ever replace what it holds."""
    settings = workspace(held_out=0.0, languages=("Python", "Shell"), shards=16)
    bring_up_to_date(settings)
    graph = curate_only.curation_graph(settings)
    before = {one.partition for one in graph.workspace.store.manifests("curated_files")}
    list(forgetting.forget(settings, ["project-0", "project-1", "project-2"], ""))
    bring_up_to_date(settings)
    assert graph.withdraw_unused() > 0
    after = {one.partition for one in graph.workspace.store.manifests("curated_files")}
    assert after < before
    assert after == set(graph.partitions(graph.maker["curated_files"]))
    assert graph.withdraw_unused() == 0


def test_a_training_file_that_holds_a_benchmark_item_is_rejected(workspace, corpus, tmp_path):
    """The index of what must not be trained on reaches every partition, and the detail names the item."""
    body = PYTHON.format(thing="apples", number=3)
    item = {
        "task_id": "Own/7",
        "prompt": body.split("def main")[0],
        "canonical_solution": body[body.index("def main") :],
    }
    benchmark = tmp_path / "items.jsonl"
    benchmark.write_text(json.dumps(item) + "\n")
    settings = workspace(held_out=0.0, benchmarks=(benchmark,))
    bring_up_to_date(settings)
    rejected = pl.read_parquet(settings.workspace / "rejected_files" / "*.parquet").filter(
        pl.col("stage") == "decontamination"
    )
    assert rejected.height
    assert rejected["detail"].str.contains("Own/7").all()
    benchmark.write_text(json.dumps(item | {"task_id": "Own/8"}) + "\n")
    assert bring_up_to_date(settings) > 0
    again = pl.read_parquet(settings.workspace / "rejected_files" / "*.parquet")
    assert again.filter(pl.col("stage") == "decontamination")["detail"].str.contains("Own/8").all()


def test_near_duplicates_alone_judge_nothing(workspace):
    """A stage that measures is needed beside them, and the message says so."""
    with pytest.raises(SettingsError, match="name another stage"):
        workspace(stages=("near_duplicates",))


def test_one_crash_is_told_with_the_others_and_what_is_old_is_not_used(workspace, corpus, monkeypatch):
    """A shard that crashes on changed input leaves its old version out of all that gathers, whatever the quorum."""
    settings = workspace(held_out=0.0)
    toml = settings.workspace / "alchemy.toml"
    toml.write_text(toml.read_text() + "\n[near_duplicates]\nquorum = 0.5\n")
    settings = load(settings.workspace)
    bring_up_to_date(settings)
    graph = curate_only.curation_graph(settings)
    shard = next(key for key in graph.partitions(graph.maker["source_files"]) if key.startswith("Python"))
    graph.left_out["near_duplicate_signatures", shard] = "it crashed"
    ready = graph.ready(graph.maker["near_duplicates"], "Python")
    assert ready.inputs.missing == (f"near_duplicate_signatures/{shard}",)
    graph.left_out["held_out", shard] = "it crashed"
    with pytest.raises(PartitionMissingError, match="it crashed"):
        graph.ready(graph.maker["held_out_fingerprints"], shard)


def test_what_is_shown_cannot_be_written_through_and_is_shown_again(done):
    """The links share their bytes with the store; `again` follows what was taken back, and makes no new folder."""
    graph = curate_only.curation_graph(done)
    shown_file = next((done.workspace / "curated_files").glob("*.parquet"))
    assert not shown_file.stat().st_mode & 0o222
    shutil.rmtree(done.workspace / "funnel")
    graph.workspace.store.withdraw("curated_files", shown_file.stem.replace("-", "|", 1))
    curate_only.show(graph, again=True)
    assert not shown_file.exists()
    assert not (done.workspace / "funnel").exists()
