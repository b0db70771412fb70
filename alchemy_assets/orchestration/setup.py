"""Making and finding workspaces: one per input by default, so that two corpora never write over each other."""

import hashlib
import json
import re
from pathlib import Path

from alchemy_assets.errors import CorpusNotFoundError, SettingsError
from alchemy_assets.settings import FILE_NAME, Settings, load

ROOT = Path("workspaces")
NEWEST = ".newest"


def folder_for(path: Path) -> Path:
    """The workspace of an input where none is named: its name, and a hash of where it lies."""
    whole = str(path.expanduser().absolute())
    name = re.sub(r"[^a-z0-9]+", "-", path.expanduser().absolute().name.lower()).strip("-") or "root"
    return ROOT / f"{name}-{hashlib.sha256(whole.encode()).hexdigest()[:8]}"


def _toml(value: object) -> str:
    # JSON's strings, numbers, booleans and flat lists are TOML's too.
    return json.dumps(value, ensure_ascii=False)


def _render(path: Path, shards: int, languages: tuple[str, ...] | None, held_out: float | None) -> str:
    lines = [
        "# A workspace of CodeAlchemy. Every setting: docs/settings.md.",
        "# The shard counts and the held-out list are fixed with the first run: other counts are other partitions.",
        f"shards = {shards}",
    ]
    if languages:
        lines.append(f"languages = {_toml(list(languages))}")
    lines += ["", "[local]", f"path = {_toml(str(path))}"]
    if held_out is not None:
        lines += ["", "[held_out]", f"share = {held_out}"]
    return "\n".join(lines) + "\n"


def make(
    workspace: Path,
    path: Path,
    *,
    shards: int | None = None,
    languages: tuple[str, ...] | None = None,
    held_out: float | None = None,
) -> Settings:
    """Make a workspace for an input, or open the one that is there.

    Raises CorpusNotFoundError where the input is not there, and SettingsError where the workspace was made for
    another input or another shard count.
    """
    whole = path.expanduser().absolute()
    if not whole.exists():
        msg = f"there is nothing at {whole}; --path takes a folder, git checkout, .tar.gz, .jsonl or .parquet"
        raise CorpusNotFoundError(msg)
    file = workspace / FILE_NAME
    if not file.exists():
        workspace.mkdir(parents=True, exist_ok=True)
        staged = file.with_suffix(".new")
        staged.write_text(_render(whole, shards or 2, languages, held_out), encoding="utf-8")
        staged.replace(file)
        try:
            settings = load(workspace)
        except SettingsError:
            file.unlink()
            raise
        remember(workspace)
        return settings
    settings = load(workspace)
    asked = {"shards": shards, "languages": tuple(sorted(languages)) if languages else None, "path": whole}
    has = {
        "shards": settings.shards,
        "languages": settings.languages,
        "path": settings.local.path if settings.local else None,
    }
    differs = [
        f"{name} {has[name]} (asked for: {value})"
        for name, value in asked.items()
        if value is not None and has[name] != value
    ]
    if differs:
        msg = f"{workspace} was made with {', '.join(differs)}; take another --workspace, or edit {file}"
        raise SettingsError(msg)
    remember(workspace)
    return settings


def remember(workspace: Path) -> None:
    """Note the workspace that was used last, for commands that name none."""
    ROOT.mkdir(parents=True, exist_ok=True)
    (ROOT / NEWEST).write_text(str(workspace.absolute()), encoding="utf-8")


def find(workspace: Path | None) -> Path:
    """The workspace that a command means; raises SettingsError where there is none."""
    if workspace is None:
        note = ROOT / NEWEST
        workspace = Path(note.read_text(encoding="utf-8")) if note.exists() else None
    if workspace is None or not (workspace / FILE_NAME).exists():
        msg = f"no workspace at {workspace or ROOT}; make one with: alchemy run --path FOLDER"
        raise SettingsError(msg)
    return workspace
