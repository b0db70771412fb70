"""Dagster's home of a workspace: its `dagster.yaml`, and the instance that reads it."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
from dagster._core.instance.ref import InstanceRef  # not exported; DagsterInstance.get() reads an environment variable

from alchemy_assets.orchestration.kept_sqlite import kept

FOLDER = "dagster"

DAGSTER_YAML = """\
# Dagster's home of this workspace, on SQLite. A cluster sets Postgres storage here instead.
telemetry:
  enabled: false
nux:
  enabled: false
run_monitoring:
  enabled: true
run_coordinator:
  module: dagster.core.run_coordinator
  class: QueuedRunCoordinator
concurrency:
  runs:
    # A run of ours uses every core for what is slow; two keep a laptop busy without swapping.
    max_concurrent_runs: 2
"""


def prepare(workspace: Path) -> Path:
    """Make Dagster's home where it is missing; a file that is there is the user's and stays."""
    home = workspace / FOLDER
    home.mkdir(parents=True, exist_ok=True)
    config = home / "dagster.yaml"
    if not config.exists():
        config.write_text(DAGSTER_YAML, encoding="utf-8")
    return home


@contextmanager
def turn(workspace: Path) -> Iterator[None]:
    """Wait for this process's turn with Dagster's SQLite files, which two `alchemy run` at once would lock out of.

    A killed process gives its turn up.
    """
    with (prepare(workspace) / "turn.lock").open("wb") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def instance(workspace: Path) -> dg.DagsterInstance:
    """The Dagster instance of a workspace."""
    return dg.DagsterInstance.from_ref(kept(InstanceRef.from_dir(str(prepare(workspace)))))
