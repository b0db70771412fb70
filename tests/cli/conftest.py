"""The real `alchemy` as a subprocess, and one workspace on a folder of hostile files that most tests look at."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import polars as pl
import pytest

from alchemy_assets import schema
from alchemy_assets.store import UNPARTITIONED, Store

ALCHEMY = Path(sys.executable).with_name("alchemy")
GOOD = '''def add(left: int, right: int) -> int:
    """Return the sum of two numbers."""
    total = left + right
    return total


for number in range(4):
    print(number, add(number, 2 * number))
'''
# Everything that TOML, globs, markup and a shell could trip over.
NAME = "hostile [red]corpus*\x7f\n\"'\\é🦀"
HUGE = 200_000_000
# Older than a day, a time of access is noted by any file system that notes them at all.
LONG_AGO = 1_000_000_000


@dataclass(frozen=True)
class Said:
    """What a command printed and how it ended; `text` is both streams."""

    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        return self.out + self.err


Alchemy: TypeAlias = Callable[..., Said]


def command(cwd: Path) -> Alchemy:
    """`alchemy` in a folder, with a home folder of its own; a traceback fails the test, whatever it looks for."""
    home = cwd / "home"
    home.mkdir(exist_ok=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ALCHEMY_", "DAGSTER_"))}

    def run(*arguments: str | Path) -> Said:
        done = subprocess.run(
            [ALCHEMY, *arguments],
            cwd=cwd,
            env=kept | {"HOME": str(home), "COLUMNS": "200"},
            capture_output=True,
            check=False,
            timeout=300,
        )
        said = Said(done.returncode, done.stdout.decode(), done.stderr.decode())
        assert "Traceback" not in said.text, said.text
        return said

    return run


@pytest.fixture
def alchemy(tmp_path: Path) -> Alchemy:
    return command(tmp_path)


@dataclass(frozen=True)
class Hostile:
    """The workspace on the hostile files, after its run."""

    alchemy: Alchemy
    corpus: Path
    workspace: Path
    ran: Said

    @property
    def store(self) -> Store:
        return Store.of_workspace(self.workspace)

    @property
    def files(self) -> pl.DataFrame:
        """The source files, with their paths."""
        files = self.store.read("local_index", UNPARTITIONED, schema.SOURCE_FILES)
        return files.with_columns(paths=pl.col("occurrences").list.eval(pl.element().struct.field("path")))

    @property
    def rejected(self) -> dict[str, tuple[str, str]]:
        """Reason and detail of each rejected input, by its place."""
        rows = self.store.read("rejected_inputs", UNPARTITIONED, schema.REJECTED_INPUTS)
        return {row["location"]: (row["reason"], row["detail"]) for row in rows.iter_rows(named=True)}


def write_hostile(folder: Path) -> Path:
    """Every file that something could choke on, in one repository; `good.py` alone is a file to keep."""
    shelf = folder / "shelf"
    shelf.mkdir(parents=True)
    (shelf / "good.py").write_text(GOOD)
    (shelf / "huge.py").touch()
    os.truncate(shelf / "huge.py", HUGE)
    (shelf / "nul.py").write_bytes(b"x = 1\0\n")
    (shelf / "program.exe").write_bytes(b"MZ\x90\0\3")
    (shelf / "not_utf8.py").write_bytes(b"x = '\xff\xfe\x80'\n")
    (shelf / "utf16.py").write_bytes("wide = 'é'\n".encode("utf-16"))
    (shelf / "empty.py").touch()
    (shelf / "loop").symlink_to(".")
    (shelf / "itself.py").symlink_to("itself.py")
    os.mkfifo(shelf / "pipe.py")
    (shelf / "[bold]\n🦀\x1b[31m.py").write_text("crab = 1\n")
    (shelf / "same.js").write_text("let x = 1;\n")
    (shelf / "same.mjs").write_text("let x = 1;\n")
    (shelf / os.fsdecode(b"\xff.py")).write_text("odd = 1\n")
    # Looks like the beginning of a blob id.
    (shelf / "decade").write_text("#!/usr/bin/env python3\nten = 10\n")
    for name in ("good.py", "huge.py"):
        os.utime(shelf / name, (LONG_AGO, LONG_AGO))
    return folder


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Hostile:
    """One run over all hostile files; the tests read it, or work on what can be made again."""
    root = tmp_path_factory.mktemp("hostile")
    corpus, workspace = write_hostile(root / NAME), root / "my odd (workspace) é"
    run = command(root)
    return Hostile(run, corpus, workspace, run("run", "--path", corpus, "--workspace", workspace, "--shards", "1"))
