"""The whole graph on a small real corpus: it ends in a release, does nothing twice, and survives being killed."""

import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import datasets
import pytest

from alchemy_assets.curation.held_out import decide, is_drawn
from alchemy_assets.orchestration import setup
from alchemy_assets.orchestration.build import open_graph
from alchemy_assets.orchestration.freshness import Graph
from alchemy_assets.orchestration.waves import run_waves
from alchemy_assets.settings import Settings, load

ALCHEMY = Path(sys.executable).with_name("alchemy")


def bring_up_to_date(graph: Graph) -> int:
    """Run the waves; how many partitions had something to do. Any problem fails the test."""
    told = list(run_waves(graph))
    assert [one for one in told if one.failed or one.skipped] == []
    return sum(one.total for one in told)


def release_bytes(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.resolve().rglob("*"))
        if path.is_file()
    }


def contents(graph: Graph) -> dict[str, str]:
    return {
        f"{manifest.asset} {manifest.partition}": manifest.content() for manifest in graph.workspace.store.manifests()
    }


@pytest.fixture
def graph(workspace) -> Graph:
    return open_graph(workspace())


def test_a_run_ends_in_a_release_and_a_second_run_does_nothing(graph):
    """Every table of every partition is published and passed, the release is there, and the same call finds all of it current."""
    bring_up_to_date(graph)
    for step in graph.steps:
        for partition in graph.partitions(step):
            for table in step.tables:
                graph.workspace.store.open(table.name, partition)
    assert (graph.workspace.release_folder / "README.md").exists()
    before = {path: path.stat().st_mtime_ns for path in graph.workspace.store.root.rglob("*.json")}
    assert bring_up_to_date(open_graph(graph.workspace.settings)) == 0
    assert {path: path.stat().st_mtime_ns for path in graph.workspace.store.root.rglob("*.json")} == before


def test_a_held_out_repository_becomes_a_benchmark_and_nothing_else(workspace, tmp_path, monkeypatch):
    """Programs of held-out repositories are items of TraceEval and no training sample, and the release loads as it is."""
    settings = workspace(held_out=0.5)
    graph = open_graph(settings)
    bring_up_to_date(graph)
    repositories = {f"project-{number}" for number in range(4)}
    held_out = {name for name in repositories if is_drawn(name, settings.held_out)}
    assert held_out
    assert held_out != repositories
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")

    def seen(config, split):
        rows = datasets.load_dataset(
            str(graph.workspace.release_folder), config, split=split, cache_dir=tmp_path / "cache"
        )
        assert all(text.startswith("User:\n") and "\n\nAssistant:\n" in text for text in rows["text"])
        return {place["repo_name"] for places in rows["occurrences"] for place in places}

    assert seen("trace-eval", "test") <= held_out
    assert seen("code-trace", "train") <= repositories - held_out
    assert seen("code-qa", "train") <= repositories - held_out


def test_a_new_file_remakes_its_own_partitions_only(graph, corpus):
    """A file that is added makes its language × shard stale, and no partition of another language."""
    bring_up_to_date(graph)
    shell = {key: value for key, value in contents(graph).items() if " Shell" in key}
    times = {
        path: path.stat().st_mtime_ns for path in (graph.workspace.store.root / "manifests").glob("*/Shell/*.json")
    }
    (corpus / "project-0" / "added.py").write_text(
        '"""One more."""\n\n\ndef added(number: int) -> int:\n    """Return the number that follows the given one."""\n    return number + 1\n\n\nprint(added(1))\n'
    )
    assert bring_up_to_date(graph) > 0
    assert {key: value for key, value in contents(graph).items() if " Shell" in key} == shell
    assert {path: path.stat().st_mtime_ns for path in times} == times


def test_a_removed_file_leaves_the_release(graph, corpus):
    """A file that is gone from the corpus is gone from every table that is read, and from the release."""
    bring_up_to_date(graph)
    before = graph.workspace.store.open("release", "all").content()
    for path in corpus.rglob("*.sh"):
        path.unlink()
    bring_up_to_date(graph)
    assert {key.split("|")[0] for key in graph.workspace.partitions()} == {"Python"}
    assert graph.workspace.store.open("release", "all").content() != before
    assert "Shell" not in (graph.workspace.release_folder / "README.md").read_text()


def test_two_workspaces_do_not_mix(workspace):
    """Two workspaces on one input give the same bytes, each in its own folder."""
    one, two = open_graph(workspace("one")), open_graph(workspace("two"))
    bring_up_to_date(one)
    bring_up_to_date(two)
    assert release_bytes(one.workspace.release_folder) == release_bytes(two.workspace.release_folder)
    assert contents(one) == contents(two)


def curated(graph: Graph) -> set[str]:
    return {
        blob_id
        for manifest in graph.workspace.store.manifests("curated_files")
        for blob_id in graph.workspace.store.read(
            "curated_files", manifest.partition, graph.tables["curated_files"].columns
        )["blob_id"]
        if manifest.partition in graph.workspace.partitions()
    }


@pytest.mark.slow
def test_another_shard_count_keeps_the_same_files(workspace):
    """After a change of the shard count no old partition is read, and the surviving files and samples are the same."""
    settings = workspace()
    graph = open_graph(settings)
    bring_up_to_date(graph)
    survivors, samples = curated(graph), release_bytes(graph.workspace.release_folder)
    file = settings.workspace / "alchemy.toml"
    file.write_text(file.read_text().replace("shards = 2", "shards = 4"))
    changed = open_graph(load(settings.workspace))
    bring_up_to_date(changed)
    assert {key.split("|")[1].split("-of-")[1] for key in changed.workspace.partitions()} == {"4"}
    assert curated(changed) == survivors
    data = {name: digest for name, digest in samples.items() if name.endswith(".parquet")}
    assert {
        name: digest
        for name, digest in release_bytes(changed.workspace.release_folder).items()
        if name.endswith(".parquet")
    } == data


def _command(settings: Settings) -> list[str]:
    return [str(ALCHEMY), "run", "--workspace", str(settings.workspace)]


def _run(settings: Settings) -> "subprocess.Popen[bytes]":
    with (settings.workspace / "alchemy.log").open("ab") as log:
        return subprocess.Popen(
            _command(settings), stdout=log, stderr=log, start_new_session=True, cwd=settings.workspace
        )


@pytest.mark.parametrize("which", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_the_whole_command(workspace, which):
    """Ctrl-C is no failure of one partition after which the others are made."""
    settings = workspace()
    manifests = settings.workspace / "store" / "manifests"
    process = _run(settings)
    until = time.monotonic() + 120
    while not list(manifests.glob("syntax/**/*.json")):
        assert process.poll() is None
        assert time.monotonic() < until
        time.sleep(0.02)
    process.send_signal(which)
    assert process.wait(120) == 130
    assert not list(manifests.glob("curated_files/**/*.json"))


@pytest.mark.slow
def test_killed_at_any_moment_the_same_command_goes_on(workspace):
    """`kill -9` again and again: finished partitions are not redone, nothing half-written is read, the release is the same."""
    untouched, killed = workspace("untouched"), workspace("killed")
    bring_up_to_date(open_graph(untouched))
    seed = random.Random(7)
    manifests = killed.workspace / "store" / "manifests"
    deaths, finished = 0, {}
    for _ in range(12):
        process = _run(killed)
        # Wait for something to be published before the next blow, so that the run gets on between them.
        known, stop = len(list(manifests.rglob("*.json"))), time.monotonic() + 60
        while process.poll() is None and len(list(manifests.rglob("*.json"))) == known and time.monotonic() < stop:
            time.sleep(0.02)
        time.sleep(seed.random() * 1.5)
        now = {path: path.stat().st_mtime_ns for path in manifests.rglob("*.json")}
        assert {path: now[path] for path in finished} == finished, "a finished partition was made again"
        if process.poll() is not None:
            break
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        deaths += 1
        finished = {path: path.stat().st_mtime_ns for path in manifests.rglob("*.json")}
    assert deaths >= 3
    assert subprocess.run(_command(killed), check=False, capture_output=True, cwd=killed.workspace).returncode == 0
    assert release_bytes(killed.workspace / "release") == release_bytes(untouched.workspace / "release")
    assert contents(open_graph(killed)) == contents(open_graph(untouched))


@pytest.mark.slow
def test_two_processes_on_one_workspace_agree(workspace):
    """Two `alchemy run` at once on one workspace both end well, and leave what one alone leaves."""
    alone, shared = workspace("alone"), workspace("shared")
    bring_up_to_date(open_graph(alone))
    both = [_run(shared), _run(shared)]
    assert [process.wait(300) for process in both] == [0, 0], (shared.workspace / "alchemy.log").read_text()
    assert contents(open_graph(shared)) == contents(open_graph(alone))
    assert open_graph(shared).workspace.store.verify() == []


@pytest.mark.slow
def test_an_unchanged_folder_touched_again_is_read_but_remakes_nothing_else(graph, corpus):
    """New modification times make the index read again; its content is the same, so nothing below is made again."""
    bring_up_to_date(graph)
    for path in corpus.rglob("*.*"):
        path.touch()
    assert bring_up_to_date(graph) == 1
    assert setup.find(graph.workspace.settings.workspace) == graph.workspace.settings.workspace


@pytest.mark.slow
def test_nothing_is_made_of_what_a_crash_left_old(graph, monkeypatch):
    """When a step crashes under new settings, what depends on it is not made again out of what it made yesterday."""
    bring_up_to_date(graph)
    before = contents(graph)
    held_out = graph.workspace.settings.held_out
    # A draw in which every repository is held out, so that all that is made anew differs.
    drawn = next(
        settings
        for settings in (held_out.model_copy(update={"share": 0.5, "version": str(number)}) for number in range(999))
        if all(is_drawn(f"project-{number}", settings) for number in range(4))
    )
    other = open_graph(graph.workspace.settings.model_copy(update={"held_out": drawn}))
    calls = []

    def crash_once(*arguments):
        calls.append(arguments)
        if len(calls) == 1:
            raise MemoryError
        return decide(*arguments)

    monkeypatch.setattr("alchemy_assets.curation.held_out.decide", crash_once)
    told = {f"{one.wave} {one.partition}": one for one in run_waves(other) if one.failed or one.skipped}
    assert told["judge Python|0-of-2"].failed
    assert "was not made" in told["cluster Python"].skipped
    assert "was not made" in told["publish all"].skipped
    after = contents(other)
    assert after["curated_files Shell|0-of-2"] != before["curated_files Shell|0-of-2"]
    assert after["release all"] == before["release all"]
    assert {
        key: value for key, value in after.items() if key.startswith("near_duplicates Python")
    }.items() <= before.items()
    monkeypatch.undo()
    bring_up_to_date(other)
    assert contents(other)["release all"] != before["release all"]
