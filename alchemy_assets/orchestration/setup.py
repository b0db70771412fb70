"""Making and finding workspaces: one per input by default, so that two corpora never write over each other."""

import contextlib
import glob
import hashlib
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path

from alchemy_assets.errors import CorpusNotFoundError, SettingsError
from alchemy_assets.settings import FILE_NAME, Settings, load

ROOT = Path("workspaces")
NEWEST = ".newest"


def folder_for(path: Path) -> Path:
    """The workspace of an input where none is named: its name, and a hash of where it lies."""
    whole = str(path.expanduser().absolute())
    name = re.sub(r"[^a-z0-9]+", "-", path.expanduser().absolute().name.lower()).strip("-") or "root"
    return ROOT / f"{name}-{hashlib.sha256(os.fsencode(whole)).hexdigest()[:8]}"


def _toml(value: object) -> str:
    # JSON's strings, numbers, booleans and flat lists are TOML's too, but for DEL.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


@dataclass(frozen=True)
class Choices:
    """What a workspace is made with and keeps: an option of the command line each; None leaves it to the default."""

    shards: int | None = None
    languages: tuple[str, ...] | None = None
    held_out: float | None = None
    stages: tuple[str, ...] | None = None
    benchmarks: tuple[Path, ...] = ()


_NONE = Choices()


def _render(path: Path, choices: Choices) -> str:
    lines = [
        "# A workspace of CodeAlchemy. Every setting: docs/settings.md.",
        "# The shard counts and the held-out list are fixed with the first run: other counts are other partitions.",
        f"shards = {2 if choices.shards is None else choices.shards}",
    ]
    if choices.languages:
        lines.append(f"languages = {_toml(list(choices.languages))}")
    if choices.stages:
        lines.append(f"stages = {_toml(list(choices.stages))}")
    lines += ["", "[local]", f"path = {_toml(str(path))}"]
    if choices.held_out is not None:
        lines += ["", "[held_out]", f"share = {choices.held_out}"]
    if choices.benchmarks:
        listed = [str(path.expanduser().absolute()) for path in choices.benchmarks]
        lines += ["", "[decontamination]", f"benchmarks = {_toml(listed)}"]
    return "\n".join(lines) + "\n"


def make(workspace: Path, path: Path, choices: Choices = _NONE) -> Settings:
    """Make a workspace for an input, or open the one that is there.

    Raises CorpusNotFoundError where the input is not there, and SettingsError where no workspace can be made, or where
    it was made for another input, shard count, choice of languages or share of held-out files.
    """
    whole = path.expanduser().absolute()
    if not whole.exists():
        msg = f"there is nothing at {whole}; --path takes a folder, git checkout, .tar.gz, .jsonl or .parquet"
        raise CorpusNotFoundError(msg)
    if (workspace / FILE_NAME).exists():
        return reopen(workspace, choices, whole)
    _refuse_place(workspace.absolute(), whole)
    file, missing = workspace / FILE_NAME, not workspace.exists()
    try:
        workspace.mkdir(parents=True, exist_ok=True)
        staged = file.with_suffix(".new")
        staged.write_text(_render(whole, choices), encoding="utf-8")
        staged.replace(file)
    except OSError as error:
        msg = f"no workspace can be made at {workspace} ({error.strerror}); name another folder with --workspace"
        raise SettingsError(msg) from error
    try:
        settings = load(workspace)
    except SettingsError:
        file.unlink()
        if missing:
            workspace.rmdir()
        raise
    remember(workspace)
    return settings


def _refuse_place(workspace: Path, path: Path) -> None:
    """Raise SettingsError where a workspace would not work."""
    for one in (workspace, path):
        try:
            str(one).encode()
        except UnicodeEncodeError as error:
            msg = f"the name {os.fsencode(one)!r} is not UTF-8, and settings are; rename it"
            raise SettingsError(msg) from error
    if glob.has_magic(str(workspace)):
        # Dagster 1.13.27 takes the path of its `dagster.yaml` as a pattern, finds nothing, and turns telemetry on.
        msg = f"the path of a workspace may not hold any of * ? [, and {workspace} does; name another with --workspace"
        raise SettingsError(msg)
    if workspace.resolve().is_relative_to(path.resolve()):
        msg = (
            f"the workspace {workspace} would lie inside its input {path} and be read as source;"
            " name a folder outside with --workspace"
        )
        raise SettingsError(msg)


def reopen(workspace: Path, choices: Choices = _NONE, path: Path | None = None) -> Settings:
    """Open a workspace that is there; raises SettingsError where it was made with something else than what is asked for."""
    settings = load(workspace)
    has = {
        "--path": settings.local.path if settings.local else None,
        "--shards": settings.shards,
        "--languages": ",".join(settings.languages),
        "--held-out": settings.held_out.share,
        "--stages": ",".join(settings.stages),
        "--benchmark": ", ".join(map(str, settings.decontamination.benchmarks)),
    }
    asked = {
        "--path": path,
        "--shards": choices.shards,
        "--languages": ",".join(sorted(set(choices.languages))) if choices.languages else None,
        "--held-out": choices.held_out,
        "--stages": ",".join(sorted(set(choices.stages))) if choices.stages else None,
        "--benchmark": ", ".join(str(path.expanduser().absolute()) for path in choices.benchmarks) or None,
    }
    differs = [
        f"{option} {has[option]}, not {value}"
        for option, value in asked.items()
        if value is not None and has[option] != value
    ]
    if differs:
        msg = (
            f"{workspace} was made with {' and '.join(differs)}; leave the option out to go on with it,"
            f" name another folder with --workspace to begin anew, or change {workspace / FILE_NAME}"
        )
        raise SettingsError(msg)
    remember(workspace)
    return settings


@dataclass(frozen=True)
class EngineChoices:
    """Which model is asked, as options of the command line; None leaves it to the workspace."""

    engine: str | None = None
    model: str | None = None
    revision: str | None = None
    endpoints: tuple[str, ...] = ()

    def given(self) -> dict[str, object]:
        """The settings that were given."""
        listed = {"engine": self.engine, "model": self.model, "revision": self.revision, "endpoints": self.endpoints}
        return {name: value for name, value in listed.items() if value}


def choose_engine(workspace: Path, choices: EngineChoices) -> Settings:
    """Note the engine of a workspace that has none, so that every later command makes samples of the same answers.

    Raises SettingsError where the workspace has another one, or the choice cannot be used.
    """
    settings, given = load(workspace), choices.given()
    has = settings.generation.model_dump(include=set(given))
    if not given or has == given:
        return settings
    file = workspace / FILE_NAME
    text = file.read_text(encoding="utf-8")
    if settings.generation.engine or re.search(r"(?m)^\s*\[generation\]", text):
        differs = ", ".join(f"{name} = {_toml(has[name])}" for name in given)
        msg = f"{file} says {differs} under [generation]; change it there, or leave the options out"
        raise SettingsError(msg)
    values = {name: list(value) if isinstance(value, tuple) else value for name, value in given.items()}
    lines = ["", "[generation]", *(f"{name} = {_toml(value)}" for name, value in values.items())]
    try:
        _replace(file, text.rstrip("\n") + "\n" + "\n".join(lines) + "\n")
        return load(workspace)
    except SettingsError:
        _replace(file, text)
        raise
    except UnicodeEncodeError as error:
        msg = f"{given} is not UTF-8, and settings are"
        raise SettingsError(msg) from error


def _replace(file: Path, text: str) -> None:
    """Write a file so that one whole version of it is there at every moment."""
    content = text.encode()
    staged = file.with_suffix(".new")
    staged.write_bytes(content)
    staged.replace(file)


def remember(workspace: Path) -> None:
    """Note the workspace that was used last, for commands that name none."""
    # A convenience: where the current folder cannot be written, --workspace names it.
    with contextlib.suppress(OSError):
        ROOT.mkdir(parents=True, exist_ok=True)
        (ROOT / NEWEST).write_text(str(workspace.absolute()), encoding="utf-8")


def find(workspace: Path | None) -> Path:
    """The workspace that a command means; raises SettingsError where there is none."""
    if workspace is None:
        note = ROOT / NEWEST
        if not note.exists():
            msg = (
                f"no workspace was used in {Path.cwd()} yet; make one with: alchemy run --path FOLDER,"
                " or name one with --workspace"
            )
            raise SettingsError(msg)
        workspace = Path(note.read_text(encoding="utf-8"))
    if not (workspace / FILE_NAME).exists():
        msg = f"no workspace at {workspace}; make one with: alchemy run --path FOLDER --workspace {workspace}"
        raise SettingsError(msg)
    return workspace
