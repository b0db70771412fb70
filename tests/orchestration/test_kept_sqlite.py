"""Events and runs are kept by files that stay open, and nothing else about Dagster's storage changes."""

import signal
import subprocess
import sys
from pathlib import Path

import dagster as dg
from dagster._core.instance.ref import InstanceRef

from alchemy_assets.orchestration import home, kept_sqlite

# One run of three events and a materialisation, then no chance to close anything.
KILLED = """
import os, signal, sys
from pathlib import Path
import dagster as dg
from alchemy_assets.orchestration import home

@dg.asset
def shelf():
    return dg.MaterializeResult(metadata={"books": 7})

instance = home.instance(Path(sys.argv[1]))
assert dg.materialize([shelf], instance=instance).success
os.kill(os.getpid(), signal.SIGKILL)
"""


@dg.asset
def shelf() -> dg.MaterializeResult:
    """Something to materialise."""
    return dg.MaterializeResult(metadata={"books": 7})


def open_files(folder: Path) -> set[str]:
    """The databases of a folder that this process has open."""
    found = set()
    for link in Path("/proc/self/fd").iterdir():
        try:
            target = str(link.readlink())
        except FileNotFoundError:  # the listing's own
            continue
        if target.startswith(str(folder)) and target.endswith(".db"):
            found.add(Path(target).name)
    return found


def test_a_killed_process_loses_no_event(tmp_path: Path) -> None:
    """Dagster's own storage reads all that a process wrote before it was killed, and who comes next goes on."""
    command = [sys.executable, "-c", KILLED, str(tmp_path)]
    done = subprocess.run(command, check=False, capture_output=True, timeout=120)
    assert done.returncode == -signal.SIGKILL, done.stderr
    own = InstanceRef.from_dir(str(home.prepare(tmp_path)))
    with dg.DagsterInstance.from_ref(own) as plain:
        assert not isinstance(plain.event_log_storage, kept_sqlite.KeptEventLog)
        (run,) = plain.get_runs()
        assert run.status is dg.DagsterRunStatus.SUCCESS
        event = plain.get_latest_materialization_event(dg.AssetKey("shelf"))
        assert event is not None
        assert event.run_id == run.run_id
        kinds = [one.dagster_event.event_type_value for one in plain.all_logs(run.run_id) if one.dagster_event]
        assert (kinds[0], kinds[-1]) == ("ASSET_MATERIALIZATION_PLANNED", "PIPELINE_SUCCESS")
    with home.instance(tmp_path) as instance:
        assert isinstance(instance.event_log_storage, kept_sqlite.KeptEventLog)
        assert dg.materialize([shelf], instance=instance).success
        assert instance.get_runs_count() == 2


def test_files_stay_open_but_not_those_of_all_runs(tmp_path: Path) -> None:
    """After many runs the last few files are open; all runs can still be read; closing the instance closes them."""
    with home.instance(tmp_path) as instance:
        runs = [dg.materialize([shelf], instance=instance).run_id for _ in range(kept_sqlite._MOST_OPEN + 2)]
        opened = open_files(tmp_path)
        assert {"runs.db", "index.db", f"{runs[-1]}.db"} <= opened
        assert len(opened - {"runs.db"}) == kept_sqlite._MOST_OPEN
        assert all(instance.all_logs(run) for run in runs)
    assert not open_files(tmp_path)


def test_events_can_be_wiped_and_written_again(tmp_path: Path) -> None:
    """After a wipe the files are new ones: what is written then is found, and what was there is not."""
    with home.instance(tmp_path) as instance:
        first = dg.materialize([shelf], instance=instance).run_id
        instance.event_log_storage.wipe()
        assert not instance.all_logs(first)
        second = dg.materialize([shelf], instance=instance).run_id
        assert instance.all_logs(second)
        event = instance.get_latest_materialization_event(dg.AssetKey("shelf"))
        assert event is not None
        assert event.run_id == second


def test_another_storage_is_the_users(tmp_path: Path) -> None:
    """A home whose `dagster.yaml` names Postgres keeps it."""
    config = home.prepare(tmp_path) / "dagster.yaml"
    config.write_text("storage:\n  postgres:\n    postgres_url: postgresql://example\n", encoding="utf-8")
    named = InstanceRef.from_dir(str(config.parent))
    assert kept_sqlite.kept(named) == named
    assert named.storage_data is not None
    assert named.storage_data.class_name == "DagsterPostgresStorage"
