"""A real workspace of a few files whose language model is a scripted server: made up to what is asked about, and no further."""

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest

from alchemy_assets.orchestration import gate, setup
from alchemy_assets.orchestration.freshness import Graph
from alchemy_assets.orchestration.registry import WAVES, steps
from alchemy_assets.orchestration.workspace import Workspace
from alchemy_assets.settings import Generation, Settings, load
from alchemy_assets.strategies.generated.enhance import CRITERIA
from tests.generation.scripted_server import CUT, MODEL, Turns

PYTHON = '''"""Count the {thing} of a line, for the {other} beside them."""


def count_{thing}(line: str) -> int:
    """Return how many {thing} the line holds, where a word of more than {number} letters is one."""
    total = 0
    for word in line.split():
        if len(word) > {number}:
            total += 1
        else:
            total += {other_number}
    return total


for position, line in enumerate(["alpha beta {thing}", "nothing but {other} here"]):
    print(position, count_{thing}(line))
'''
SHELL = """#!/usr/bin/env bash
# Adds up the {thing} of a list, and says which of them are above {number} {other}.
total=0
for value in 3 9 {number} 27; do
  if ((value > {other_number})); then
    echo "{thing} above: $value"
    total=$((total + value))
  else
    echo "{other} below: $value"
  fi
done
echo "total {thing} $total"
"""
PYTHON_FILES, SHELL_FILES = 24, 6
ASKED_ABOUT = ("index", "judge", "contamination", "compare", "cluster", "record")
IMPROVED = "Improved by hand"
SORRY = "I am sorry, I would rather talk about <b>something</b> & else."


def word(*parts: object) -> str:
    """A word out of a hash: letters alone, the same every time."""
    digest = hashlib.sha256(repr(parts).encode()).hexdigest()
    return "".join("abcdefghijklmnop"[int(digit, 16)] for digit in digest[:7])


def write_corpus(folder: Path) -> Path:
    """24 Python and 6 Shell files of different lengths; they share no line that says anything."""
    folder.mkdir(parents=True)
    for template, suffix, count in ((PYTHON, "py", PYTHON_FILES), (SHELL, "sh", SHELL_FILES)):
        for number in range(count):
            names = {"thing": word(suffix, number), "other": word(suffix, number, "other")}
            notes = "".join(
                f"# {' '.join(word(suffix, number, row, column) for column in range(6))}\n"
                for row in range(20 + 3 * number)
            )
            text = template.format(**names, number=number + 3, other_number=number + 2)
            (folder / f"{names['thing']}.{suffix}").write_text(text + notes)
    return folder


def make(folder: Path) -> Settings:
    """A workspace on that corpus, made as far as its files may be asked about; no program is run, here or later."""
    folder.mkdir(parents=True, exist_ok=True)
    choices = setup.Choices(shards=2, languages=("Python", "Shell"), held_out=0.0)
    setup.make(folder / "workspace", write_corpus(folder / "corpus"), choices)
    with (folder / "workspace" / "alchemy.toml").open("a") as file:
        file.write('[sandbox]\nroot = "/nowhere"\n[samples]\nkinds = ["rewriting", "original"]\n')
    settings = load(folder / "workspace")
    bring_up(opened(settings))
    return settings


@cache
def _made(folder: Path) -> Path:
    # What it is made under, whatever the tests of this session are run under.
    with pytest.MonkeyPatch.context() as patch:
        folder.mkdir(parents=True, exist_ok=True)
        alone(patch, folder)
        return make(folder).workspace


def alone(patch: pytest.MonkeyPatch, folder: Path) -> None:
    """Work in a folder, and take no setting from the environment."""
    patch.chdir(folder)
    for name in [name for name in os.environ if name.startswith("ALCHEMY_")]:
        patch.delenv(name)


def bring_up(graph: Graph, waves: Iterable[str] = ASKED_ABOUT) -> None:
    """Make every partition of some waves, without Dagster."""
    for wave in (name for name in WAVES if name in set(waves)):
        for step in (one for one in graph.steps if one.wave == wave):
            for partition in graph.partitions(step):
                list(gate.make(graph, step, partition))


def copied(factory: pytest.TempPathFactory, folder: Path) -> Settings:
    """A copy of the workspace, which is made once a session, in a folder of the test's own."""
    made = _made(factory.getbasetemp() / "asked")
    shutil.copytree(made, folder)
    return load(folder)


def opened(settings: Settings, **generation: object) -> Graph:
    """The graph of a workspace, with other settings of generation where they are given."""
    if generation:
        values = settings.generation.model_dump() | generation
        settings = settings.model_copy(update={"generation": Generation(**values)})
    return Graph(Workspace(settings), steps(settings))


def endpoint(address: str, **more: object) -> dict[str, object]:
    """Settings of generation for a scripted server."""
    return {"engine": "endpoint", "model": MODEL, "endpoints": (address,), "attempts": 2, "longest_wait": 0.05} | more


def score(number: int) -> str:
    return json.dumps({**dict.fromkeys(CRITERIA, number), "why": "Names say nothing."})


def rewriting(turns: Turns) -> str:
    """Three requests a file: a low score, the file with another name in it and a comment, a high score."""
    said = turns[-1][1]
    if "ten criteria" in said:
        return score(8 if IMPROVED in said else 4)
    fence, language, code = re.findall(r"^(`{3,})(\w+)\n(.*?)^\1", said, re.DOTALL | re.MULTILINE)[0]
    better = code.replace("total", "amount")
    return f"{fence}{language}\n{better}# {IMPROVED}, {word(code)}.\n{fence}"


def mixed(turns: Turns) -> str:
    """As `rewriting`, but some files are good, some answers are cut, and some are none."""
    said = turns[-1][1]
    draw = int(hashlib.sha256(said.encode()).hexdigest(), 16)
    if "ten criteria" in said:
        return score(9) if IMPROVED not in said and draw % 5 == 0 else rewriting(turns)
    if draw % 3 == 0:
        return SORRY
    return f"```python\ndef unfinished({CUT}" if draw % 3 == 1 else rewriting(turns)
