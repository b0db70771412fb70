"""A small real corpus, and workspaces on it."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from alchemy_assets.orchestration import setup
from alchemy_assets.settings import Settings

sys.path.insert(0, str(Path(__file__).parent))

PYTHON = '''"""Count the {thing} of a line."""

import sys


def count_{thing}(line: str) -> int:
    """Return how many {thing} the line holds, where a {thing} is what `split` gives for {number}."""
    total = 0
    for word in line.split():
        if len(word) > {number}:
            total += 1
        else:
            total += 2
    return total


def main() -> None:
    """Print the count of each built-in line."""
    lines = ["alpha beta {thing}", "a {thing} of {number} things", "nothing here but {thing} and more {thing}"]
    for position, line in enumerate(lines):
        found = count_{thing}(line)
        if found % 2:
            print(position, "odd", found * {number})
        else:
            print(position, "even", found + {number})


if __name__ == "__main__":
    main()
'''
SHELL = """#!/usr/bin/env bash
# Adds up the {thing} of a list, and says which of them are above {number}.
set -euo pipefail

total=0
for value in 3 9 {number} 27; do
  if ((value > {number})); then
    echo "{thing} above: $value"
    total=$((total + value))
  else
    echo "{thing} below: $value"
    total=$((total - 1))
  fi
done
echo "total {thing} $total"
"""
THINGS = ("apples", "books", "cranes", "doors", "eagles", "flags", "grapes", "houses")


def write_corpus(folder: Path) -> Path:
    """Eight Python and eight Shell programs in four repositories."""
    for number, thing in enumerate(THINGS):
        repository = folder / f"project-{number % 4}"
        repository.mkdir(parents=True, exist_ok=True)
        # Programs differ in more than a name, or they would be near-duplicates of each other.
        notes = "".join(
            f"# {thing} {i}: {'-'.join(sorted(thing)[: 1 + i % 5])} {number * i} {thing[::-1]}{i}\n" for i in range(60)
        )
        (repository / f"{thing}.py").write_text(PYTHON.format(thing=thing, number=number + 3) + "\n" + notes)
        (repository / f"{thing}.sh").write_text(SHELL.format(thing=thing, number=number + 3) + "\n" + notes)
    return folder


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return write_corpus(tmp_path / "corpus")


@pytest.fixture
def workspace(tmp_path: Path, corpus: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Settings]:
    """Makes workspaces on the small corpus."""
    return makes_workspaces(tmp_path, corpus, monkeypatch)


def makes_workspaces(folder: Path, corpus: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Settings]:
    """Makes workspaces in a folder, which is the one to work in from now on."""
    monkeypatch.chdir(folder)
    # Kinds that run each file many times are tested where they are made.
    monkeypatch.setenv("ALCHEMY_SAMPLES__KINDS", '["completion", "recorded_output", "fill_in_the_middle"]')

    def make(name: str = "workspace", **options: object) -> Settings:
        choices = setup.Choices(**{"shards": 2, "languages": ("Python", "Shell"), **options})
        return setup.make(folder / name, corpus, choices)

    return make
