"""Settings: read in one place, checked at once."""

import subprocess
import sys
from pathlib import Path

import pytest

from alchemy_assets import settings
from alchemy_assets.errors import SettingsError

ROOT = Path(__file__).parents[1]


def workspace(tmp_path: Path, toml: str) -> Path:
    (tmp_path / settings.FILE_NAME).write_text(toml, encoding="utf-8")
    return tmp_path


def test_a_variable_wins_over_the_file(tmp_path, monkeypatch):
    """One value of a section is overridden by its variable, and the others stay as the file says."""
    folder = workspace(tmp_path, 'shards = 4\n[held_out]\nversion = "v"\nshare = 0.1\n')
    monkeypatch.setenv("ALCHEMY_HELD_OUT__SHARE", "0.3")
    loaded = settings.load(folder)
    assert (loaded.shards, loaded.held_out.version, loaded.held_out.share) == (4, "v", 0.3)


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ("shards = 3", "power of two"),
        ("shards = 2\n[shards_of]\nGo = 4", "more than the grid's 2"),
        ('languages = ["Cobol"]', "unknown languages"),
        ("sharts = 2", "sharts"),
        ("shards = ", "alchemy.toml"),
        ("[local]\nlargest_file = 0\npath = '/x'", "greater than 0"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path, toml, message):
    """A value that cannot be used is an error that names the file and what is wrong."""
    with pytest.raises(SettingsError, match=message) as caught:
        settings.load(workspace(tmp_path, toml))
    assert "alchemy.toml" in str(caught.value)


def test_a_language_has_its_own_shard_count(tmp_path):
    """A language that is named has its own count, the others the grid's."""
    loaded = settings.load(workspace(tmp_path, "shards = 8\n[shards_of]\nSwift = 2\n"))
    assert (loaded.shard_count("Swift"), loaded.shard_count("Java")) == (2, 8)


def test_the_settings_page_is_up_to_date():
    """docs/settings.md says what the code says."""
    assert subprocess.run([sys.executable, ROOT / "tools" / "settings_page", "--check"], check=False).returncode == 0
