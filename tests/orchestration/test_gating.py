"""What depends on a refused partition is not made, whichever way Dagster is asked for it, and everything else is."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

import dagster as dg
import planted
import pytest

from alchemy_assets.orchestration import home
from alchemy_assets.orchestration.build import build
from alchemy_assets.orchestration.freshness import Graph
from alchemy_assets.orchestration.waves import QUIET, run_waves
from alchemy_assets.store import UNPARTITIONED

REFUSED = "Python|0-of-2"
BELOW = ("curated_files", "traces", "code_qa", "code_trace")


def drain(graph: Graph) -> dict[str, str]:
    """Run everything; what was not done, by wave and partition."""
    told = list(run_waves(graph))
    return {
        f"{one.wave} {one.partition}".strip(): one.failed or one.skipped for one in told if one.failed or one.skipped
    }


def passed(graph: Graph, table: str) -> set[str]:
    return {manifest.partition for manifest in graph.workspace.store.manifests(table) if manifest.passed}


def execute(
    graph: Graph, wave: str, partition: str | None, selection: list[str] | None = None
) -> dg.ExecuteInProcessResult:
    """One run as the UI would launch it."""
    with home.instance(graph.workspace.settings.workspace) as instance:
        return (
            build(graph)
            .resolve_job_def(wave)
            .execute_in_process(
                instance=instance,
                partition_key=partition,
                asset_selection=[dg.AssetKey(name) for name in selection] if selection else None,
                run_config=QUIET,
                raise_on_error=False,
            )
        )


def check_status(graph: Graph, table: str, partition: str) -> bool | None:
    """What Dagster's log says of the planted check on one partition."""
    with home.instance(graph.workspace.settings.workspace) as instance:
        key = dg.AssetCheckKey(dg.AssetKey(table), planted.CHECK)
        records = instance.event_log_storage.get_asset_check_execution_history(key, limit=1_000)
    for record in records:
        event = record.event.dagster_event if record.event else None
        if event is not None and event.asset_check_evaluation_data.partition == partition:
            return event.asset_check_evaluation_data.passed
    return None


@pytest.fixture
def refused(workspace) -> Graph:
    """A workspace in which the signatures of one partition are refused."""
    graph = planted.graph(workspace())
    planted.refuse(graph.workspace.settings.workspace, f"near_duplicate_signatures {REFUSED}")
    return graph


def test_the_same_run_stops(refused):
    """A run that holds a refused table and what depends on it materialises neither, and shows the failed check."""
    planted.refuse(refused.workspace.settings.workspace, f"source_files {REFUSED}")
    assert execute(refused, "index", None).success
    result = execute(refused, "judge", REFUSED)
    assert not result.success
    materialised = {event.asset_key.to_user_string() for event in result.get_asset_materialization_events()}
    assert materialised == set()
    assert refused.workspace.store.manifest("licenses", REFUSED) is None
    assert check_status(refused, "source_files", REFUSED) is False


def test_a_separate_run_of_what_is_downstream_stops(refused):
    """A later run of only the downstream asset fails with the name of the refused partition and its check."""
    problems = drain(refused)
    assert f"judge {REFUSED}" in problems
    assert "near_duplicate_signatures Python|0-of-2" in problems["cluster Python"]
    assert "planted: refused by the test" in problems["cluster Python"]
    result = execute(refused, "cluster", "Python", ["near_duplicates"])
    assert not result.success
    assert passed(refused, "near_duplicates") == {"Shell"}
    assert not execute(refused, "record", REFUSED, ["curated_files", "rejected_files"]).success
    for table in BELOW:
        assert {key.split("|")[0] for key in passed(refused, table)} == {"Shell"}, table


def test_the_failed_check_stays_visible_after_other_shards_pass(refused):
    """The check's verdict belongs to its partition: another shard's pass, later, does not hide it."""
    drain(refused)
    assert execute(refused, "judge", "Python|1-of-2").success
    assert check_status(refused, "near_duplicate_signatures", "Python|1-of-2") is True
    assert check_status(refused, "near_duplicate_signatures", REFUSED) is False


def test_everything_else_is_made_and_the_release_names_what_is_missing(refused):
    """Other languages and shards are made; what gathers all of them stops and names the refused partition."""
    problems = drain(refused)
    assert passed(refused, "licenses") == set(refused.workspace.partitions())
    assert passed(refused, "code_qa") == {key for key in refused.workspace.partitions() if key.startswith("Shell")}
    assert "Python" in problems[f"publish {UNPARTITIONED}"]
    assert not refused.workspace.release_folder.exists()


def test_allow_partial_goes_on_and_lists_what_is_missing(refused):
    """With `allow_partial` the cluster and the release are made of the rest, and manifest and card say what is left out."""
    partial = refused.workspace.settings.model_copy(update={"allow_partial": True})
    graph = planted.graph(partial)
    drain(graph)
    store = graph.workspace.store
    assert store.open("near_duplicates", "Python").missing == [f"near_duplicate_signatures/{REFUSED}"]
    assert store.open("release", UNPARTITIONED).missing
    card = (graph.workspace.release_folder / "README.md").read_text()
    assert REFUSED.replace("|", "\\|") in card


def test_once_the_cause_is_gone_the_same_command_goes_on(refused):
    """After the refusal is lifted the same call makes what was missing and nothing else, and everything is released."""
    drain(refused)
    made_before = {manifest.partition: manifest for manifest in refused.workspace.store.manifests("licenses")}
    planted.refuse(refused.workspace.settings.workspace)
    assert drain(refused) == {}
    assert {manifest.partition: manifest for manifest in refused.workspace.store.manifests("licenses")} == made_before
    assert refused.workspace.release_folder.exists()


# -- the two paths that need Dagster's own processes


class Daemon:
    """`dagster dev` on a workspace, asked through its GraphQL."""

    def __init__(self, workspace: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        environment = {
            **os.environ,
            "DAGSTER_HOME": str(home.prepare(workspace)),
            "ALCHEMY_WORKSPACE": str(workspace),
            "PYTHONPATH": str(Path(__file__).parent),
        }
        self.log = (workspace / "dagster-dev.log").open("wb")
        arguments = [
            sys.executable,
            "-m",
            "dagster",
            "dev",
            "-m",
            "planted_location",
            "-h",
            "127.0.0.1",
            "-p",
            str(self.port),
        ]
        self.process = subprocess.Popen(
            arguments, env=environment, stdout=self.log, stderr=self.log, cwd=workspace, start_new_session=True
        )

    def ask(self, query: str, **variables: object) -> dict:
        body = json.dumps({"query": query, "variables": variables}).encode()
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/graphql", data=body, headers={"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            told = json.load(answer)
        assert "errors" not in told, told
        return told["data"]

    def wait_until(self, happened, seconds: float, what: str):
        stop = time.monotonic() + seconds
        while time.monotonic() < stop:
            try:
                if found := happened():
                    return found
            except OSError:
                pass
            assert self.process.poll() is None, "dagster dev ended"
            time.sleep(1)
        raise AssertionError(f"{what} did not happen within {seconds} s")

    def close(self) -> None:
        self.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(30)
        with suppress(ProcessLookupError):  # what it started may outlive it
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.log.close()


@pytest.fixture
def daemon(refused):
    """The web server and daemon on the refused workspace, with its corpus read."""
    assert execute(refused, "index", None).success
    running = Daemon(refused.workspace.settings.workspace)
    try:
        running.wait_until(lambda: running.ask("{ version }"), 120, "the web server answering")
        yield running
    finally:
        running.close()


RUNS = "{ runsOrError { ... on Runs { results { runId status assetSelection { path } tags { key value } } } } }"
DONE = {"SUCCESS", "FAILURE", "CANCELED"}


def runs(daemon: Daemon) -> list[dict]:
    return daemon.ask(RUNS)["runsOrError"]["results"]


@pytest.mark.slow
def test_a_backfill_through_the_daemon_stops(refused, daemon):
    """A backfill of everything, launched as the UI does, materialises nothing below the refused partition."""
    launched = daemon.ask(
        "mutation($p: LaunchBackfillParams!) { launchPartitionBackfill(backfillParams: $p) { __typename ... on LaunchBackfillSuccess { backfillId } ... on PythonError { message } } }",
        p={"assetSelection": [{"path": [name]} for name in refused.tables], "allPartitions": True},
    )["launchPartitionBackfill"]
    assert launched["__typename"] == "LaunchBackfillSuccess", launched
    status = "query($id: String!) { partitionBackfillOrError(backfillId: $id) { ... on PartitionBackfill { status } } }"

    def ended():
        state = daemon.ask(status, id=launched["backfillId"])["partitionBackfillOrError"]["status"]
        return state if state in {"COMPLETED", "COMPLETED_SUCCESS", "COMPLETED_FAILED", "FAILED"} else None

    daemon.wait_until(ended, 540, "the end of the backfill")
    assert {key.split("|")[0] for key in passed(refused, "code_qa")} >= {"Shell"}
    assert "Python" not in {key.split("|")[0] for table in BELOW for key in passed(refused, table)}
    assert "Python" not in passed(refused, "near_duplicates")
    assert check_status(refused, "near_duplicate_signatures", REFUSED) is False


START_SENSOR = """mutation($s: SensorSelector!) { startSensor(sensorSelector: $s) { __typename ... on PythonError { message } } }"""
REPOSITORY = "{ repositoriesOrError { ... on RepositoryConnection { nodes { name location { name } } } } }"


@pytest.mark.slow
def test_the_sensor_asks_for_nothing_below_a_refused_partition(refused, daemon):
    """The sensor makes the whole graph but what depends on the refused partition, and does not ask for that again and again."""
    repository = daemon.ask(REPOSITORY)["repositoriesOrError"]["nodes"][0]
    selector = {
        "repositoryName": repository["name"],
        "repositoryLocationName": repository["location"]["name"],
        "sensorName": "changed_partitions",
    }
    assert daemon.ask(START_SENSOR, s=selector)["startSensor"]["__typename"] == "Sensor"
    shell = {key for key in refused.workspace.partitions() if key.startswith("Shell")}
    daemon.wait_until(
        lambda: passed(refused, "code_trace") >= shell and passed(refused, "code_qa") >= shell,
        540,
        "the samples of Shell",
    )
    daemon.wait_until(lambda: all(run["status"] in DONE for run in runs(daemon)), 120, "the end of the runs")
    count = len(runs(daemon))
    time.sleep(75)
    assert len(runs(daemon)) == count, "nothing is asked for twice"
    assert "Python" not in passed(refused, "near_duplicates")
    assert "Python" not in {key.split("|")[0] for table in BELOW for key in passed(refused, table)}
    assert check_status(refused, "near_duplicate_signatures", REFUSED) is False
