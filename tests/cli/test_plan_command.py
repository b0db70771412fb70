"""`alchemy plan` and `alchemy pilot`, as a person types them, against a real server that counts."""

import io
import json
import re
from collections import Counter

import pytest
from rich.console import Console
from typer.testing import CliRunner

from alchemy_assets.cli import pilot, plan, terminal
from alchemy_assets.cli.main import app
from tests.generation.scripted_server import MODEL, ScriptedServer
from tests.orchestration import asked_workspace
from tests.orchestration.asked_workspace import PYTHON_FILES, SHELL_FILES, rewriting

FILES = PYTHON_FILES + SHELL_FILES


@pytest.fixture
def workspace(tmp_path_factory, tmp_path):
    """A workspace of 30 files that may be asked about, without a model."""
    return asked_workspace.copied(tmp_path_factory, tmp_path / "workspace").workspace


@pytest.fixture
def inside(monkeypatch, tmp_path):
    """`alchemy plan` and `alchemy pilot` without a process of their own: exit code and what is printed at some width."""
    asked_workspace.alone(monkeypatch, tmp_path)

    def run(*arguments: object, width: int = 200) -> tuple[int, str]:
        written = io.StringIO()
        for room in (plan, pilot, terminal):
            for stream in ("out", "err"):
                console = Console(file=written, width=width, emoji=False, highlight=False, soft_wrap=True)
                monkeypatch.setattr(room, stream, console)
        code = CliRunner().invoke(app, list(map(str, arguments))).exit_code
        return code, written.getvalue()

    return run


def test_without_an_engine_it_says_how_to_name_one_and_what_is_stale(inside, workspace):
    """A workspace without an engine is told how to get one; why tables are stale is told all the same, also as JSON."""
    code, said = inside("plan", "--workspace", workspace)
    assert code == 0
    assert "No engine is configured" in said
    assert "alchemy generate --engine endpoint --model NAME" in said
    assert re.search(r"code_enhance, .*3 of 3 +never made", said)
    told = json.loads(inside("plan", "--workspace", workspace, "--json")[1])
    assert (told["model"], told["requests"], told["total"]) == (None, None, None)
    assert "No engine is configured" in told["why_nothing_is_known"]
    assert {one["table"]: one["reasons"] for one in told["tables"]}["code_enhance"] == {"never made": 3}


@pytest.mark.slow
def test_plan_pilot_and_generate_agree(alchemy, inside, workspace, tmp_path):
    """A pilot notes its engine; a plan asks nothing and tells what is left; `generate` asks just that, and nothing twice."""
    page = tmp_path / "page.html"
    with ScriptedServer(rewriting) as server:
        named = ("--model", MODEL, "--endpoint", server.address)
        said = alchemy("pilot", "code-enhance", "-n", "28", "--workspace", workspace, "--page", page, *named)
        assert said.code == 0, said.text
        assert f"28 of {FILES} training files, in 2 languages" in said.out
        assert "28 of 28 samples: 100.0 % (87.9 – 100.0 %)" in said.out.replace("\n", " ")
        assert page.read_text().count('<details class="card"') == 10
        assert len(server.asked) == 3 * 28
        greeted = server.greeted

        told = json.loads(alchemy("plan", "--workspace", workspace, "--json").out)
        assert (len(server.asked), server.greeted) == (3 * 28, greeted)
        [strategy] = [one for one in told["by_strategy"] if one["strategy"] == "code_enhance"]
        whole = told["total"]
        assert (strategy["lacking"], strategy["requests"]) == (whole["lacking"], whole["requests"]) == (2, 6)
        for column in ("answered", "lacking", "requests", "prompt_tokens", "completion_tokens"):
            assert sum(row[column] for row in told["requests"]) == whole[column], column
        assert whole["usd"] is None

        for width in (100, 60):
            lines = inside("plan", "--workspace", workspace, width=width)[1].splitlines()
            assert max(map(len, lines)) <= width, width
            [rewriting_line] = [line for line in lines if line.split()[:1] == ["rewriting"]]
            # Each line of a table ends with dollars, which nobody knows without prices.
            assert rewriting_line.rstrip().endswith("unknown")
            assert any(line.rstrip().endswith("dollars") for line in lines)
        assert len(server.asked) == 3 * 28

        said = alchemy("generate", "code_enhance", "--workspace", workspace)
        assert len(server.asked) == 3 * 28 + whole["requests"] == 3 * FILES, said.text
        assert max(Counter(server.asked).values()) == 1
        assert re.search(rf"{FILES} +code_enhance / rewriting", said.out), said.text
    told = json.loads(inside("plan", "--workspace", workspace, "--json")[1])
    assert (told["total"]["requests"], told["total"]["usd"]) == (0, 0)


def test_mistakes_are_told_in_a_sentence(inside, workspace):
    """An unknown strategy, a page in no folder, a pilot without a model: each ends with code 1 and says what is wrong."""
    for arguments, told in (
        (("plan", "code-poetry"), "there is no strategy 'code_poetry'"),
        (("pilot", "code-poetry"), "there is no strategy 'code_poetry'"),
        (("pilot", "code-enhance", "--page", "nowhere/page.html"), "there is no folder"),
        (("pilot", "code-enhance"), "no engine is configured"),
    ):
        code, said = inside(*arguments, "--workspace", workspace)
        assert code == 1
        assert told in said
