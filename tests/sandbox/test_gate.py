"""The gate reads the control groups of its container, of either version."""

from pathlib import Path

import pytest

from alchemy_assets.sandbox.docker import gate

VERSION_1 = {
    "cpuacct/cpuacct.usage": "1500000000\n",
    "memory/memory.usage_in_bytes": "4096\n",
    "memory/memory.max_usage_in_bytes": "8192\n",
    "memory/memory.oom_control": "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n",
    "pids/pids.events": "max 2\n",
}
VERSION_2 = {
    "cpu.stat": "usage_usec 1500000\nuser_usec 1000000\nsystem_usec 500000\n",
    "memory.current": "4096\n",
    "memory.peak": "8192\n",
    "memory.events": "low 0\nhigh 0\nmax 9\noom 4\noom_kill 3\noom_group_kill 0\n",
    "pids.events": "max 2\n",
}
NAMES = ("cpu", "memory", "peak", "killed", "refused")


def _meters(folder: Path, files: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> gate.Meters:
    for name, content in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(content)
    monkeypatch.setattr(gate, "_GROUPS", str(folder))
    return gate.Meters()


@pytest.mark.parametrize("files", [VERSION_1, VERSION_2], ids=["v1", "v2"])
def test_both_versions_say_the_same(files: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """CPU seconds, bytes and counts come out of the files of either version."""
    meters = _meters(tmp_path, files, monkeypatch)
    assert [meters.read(name) for name in NAMES] == [1.5, 4096, 8192, 3, 2]


def test_what_is_not_shown_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A container that shows no control groups, or not all of their files, is no error."""
    meters = _meters(tmp_path, {"memory.current": "1\n"}, monkeypatch)
    assert [meters.read(name) for name in NAMES] == [None, 1, None, None, None]


def test_a_file_is_read_anew_without_being_opened_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Later values are seen through what was opened at the start, which no program can keep from the gate."""
    meters = _meters(tmp_path, VERSION_1, monkeypatch)
    monkeypatch.setattr(gate, "_GROUPS", "/nowhere")
    (tmp_path / "cpuacct/cpuacct.usage").write_text("2500000000\n")
    assert meters.read("cpu") == 2.5
