"""What `alchemy plan` counts and explains: nothing is asked, every figure adds up, and what nobody knows is not guessed."""

import asyncio
import math
import shutil
from dataclasses import replace

import planted
import polars as pl
import pytest

from alchemy_assets import schema
from alchemy_assets.generation.journal import Journal
from alchemy_assets.orchestration import freshness, gate
from alchemy_assets.orchestration.assets.generation import kinds_of_model, training_files
from alchemy_assets.orchestration.generating import ask_partition
from alchemy_assets.orchestration.looked import Speed
from alchemy_assets.orchestration.planning import ALL_ASKED, ESTIMATED, FIRST_ROUND, MEASURED, Row, Survey, total
from alchemy_assets.orchestration.staleness import CODE, DAMAGED, NEVER_MADE, OTHER, TableState, states
from alchemy_assets.settings import load
from alchemy_assets.strategies.generating import lacking
from tests.generation.scripted_server import ScriptedServer
from tests.orchestration import asked_workspace
from tests.orchestration.asked_workspace import PYTHON_FILES, SHELL_FILES, bring_up, endpoint, opened, rewriting

PRICES = {"prompt_usd": 2.0, "completion_usd": 10.0}


@pytest.fixture(autouse=True)
def _alone(monkeypatch, tmp_path):
    asked_workspace.alone(monkeypatch, tmp_path)


@pytest.fixture
def settings(tmp_path_factory, tmp_path):
    """A workspace of 24 Python and 6 Shell files that may be asked about."""
    return asked_workspace.copied(tmp_path_factory, tmp_path / "workspace")


@pytest.fixture
def server():
    with ScriptedServer(rewriting) as opened_server:
        yield opened_server


def surveyed(graph) -> Survey:
    survey = Survey(graph)
    for partition in survey.partitions:
        survey.look(partition)
    return survey


def rows(graph) -> dict[tuple[str, str], Row]:
    return {(row.kind, row.language): row for row in surveyed(graph).rows()}


def files_of(graph, language):
    """The training files of a language, partition by partition."""
    step = graph.maker["usage"]
    for partition in graph.partitions(step):
        if partition.startswith(f"{language}|"):
            yield partition, training_files(graph.ready(step, partition).inputs)


def ask(graph, language):
    """Really ask about all files of a language."""
    model = graph.workspace.model
    for partition, files in files_of(graph, language):
        folder = graph.workspace.settings.workspace / "generation"
        ask_partition(model, folder, partition, kinds_of_model(graph.workspace.settings), files)


def test_planning_asks_nothing(settings, server):
    """However often a plan is made, the server is neither asked nor greeted, no engine is started, and no file changes."""
    graph = opened(settings, **endpoint(server.address))
    before = {path: path.stat().st_mtime_ns for path in settings.workspace.rglob("*") if path.is_file()}
    surveyed(graph)
    list(states(graph))
    assert (server.asked, server.greeted) == ([], 0)
    assert "served" not in graph.workspace.model.__dict__
    assert {path: path.stat().st_mtime_ns for path in settings.workspace.rglob("*") if path.is_file()} == before


def test_before_the_first_answer_only_the_first_round_is_known(settings, server):
    """Each file lacks its first request; prompts are estimated by their characters, answers, time and dollars are unknown."""
    graph = opened(settings, **endpoint(server.address), **PRICES, enhance={"original_share": 1.0})
    found = rows(graph)
    row = found["rewriting", "Python"]
    assert (row.files, row.answered, row.lacking, row.requests, row.known) == (
        PYTHON_FILES,
        0,
        PYTHON_FILES,
        PYTHON_FILES,
        FIRST_ROUND,
    )
    characters = sum(
        request.characters
        for _, files in files_of(graph, "Python")
        for file in files
        for kind in kinds_of_model(graph.workspace.settings)
        if kind.name == "rewriting"
        for request in lacking(kind, file, graph.workspace.model.answers(_none()))
    )
    assert (row.prompt_tokens, row.prompt_tokens_are) == (math.ceil(characters / 4), ESTIMATED)
    assert (row.completion_tokens, row.engine_seconds, row.gpu_hours, row.usd) == (None, None, None, None)
    # The other kind asks the same, which is asked and counted once.
    assert (found["original", "Python"].lacking, found["original", "Python"].known) == (0, FIRST_ROUND)


def _none() -> pl.DataFrame:
    return pl.DataFrame(schema=dict(schema.COMPLETIONS))


def test_what_follows_is_estimated_from_files_that_are_complete(settings, server):
    """24 files that took three requests each measure the kind; what is foretold of six others is what they then take."""
    graph = opened(settings, **endpoint(server.address), **PRICES, gpus=2)
    ask(graph, "Python")
    assert len(server.asked) == 3 * PYTHON_FILES
    foretold = rows(graph)
    python, shell = foretold["rewriting", "Python"], foretold["rewriting", "Shell"]
    assert (python.answered, python.lacking, python.requests, python.known) == (3 * PYTHON_FILES, 0, 0, ALL_ASKED)
    assert (python.prompt_tokens, python.completion_tokens, python.gpu_hours, python.usd) == (0, 0, 0.0, 0.0)
    assert (shell.answered, shell.lacking, shell.requests, shell.known) == (0, SHELL_FILES, 3 * SHELL_FILES, MEASURED)
    assert shell.prompt_tokens_are == MEASURED
    spent = pl.concat(graph.workspace.model.completions.read(one) for one in ("Python|0-of-2", "Python|1-of-2"))
    share = SHELL_FILES / PYTHON_FILES
    assert shell.prompt_tokens == math.ceil(share * spent["prompt_tokens"].sum())
    assert shell.completion_tokens == math.ceil(share * spent["completion_tokens"].sum())
    assert shell.usd == pytest.approx((2.0 * shell.prompt_tokens + 10.0 * shell.completion_tokens) / 1e6)
    work = pl.concat(graph.workspace.model.seconds.read(one) for one in ("Python|0-of-2", "Python|1-of-2"))
    tokens = spent["prompt_tokens"].sum() + spent["completion_tokens"].sum()
    seconds = work["engine_seconds"].sum() / tokens * (shell.prompt_tokens + shell.completion_tokens)
    assert shell.engine_seconds == pytest.approx(seconds)
    assert shell.gpu_hours == pytest.approx(2 * seconds / 3_600)
    ask(graph, "Shell")
    assert len(server.asked) == 3 * (PYTHON_FILES + SHELL_FILES)


def test_answers_that_a_killed_worker_left_in_its_journal_count(settings, server):
    """A worker that is killed before it has appended its answers leaves them to the next: the plan has them."""
    graph = opened(settings, **endpoint(server.address))
    ask(graph, "Python")
    before = rows(graph)
    assert before["rewriting", "Python"].answered
    for partition, _ in files_of(graph, "Python"):
        kept = graph.workspace.model.completions.read(partition)
        with Journal(graph.workspace.journals / f"{partition.replace('|', '/')}.sqlite") as journal:
            asyncio.run(_add_all(journal, kept))
    shutil.rmtree(settings.workspace / "store" / "segments" / "completions")
    assert rows(graph) == before


async def _add_all(journal: Journal, kept: pl.DataFrame) -> None:
    await asyncio.gather(*map(journal.add, kept.iter_rows(named=True)))


def test_fewer_than_twenty_files_measure_nothing(settings, server):
    """Six complete files are too few to tell how many rounds follow, or how long answers are; prompts are measured all the same."""
    graph = opened(settings, **endpoint(server.address), **PRICES)
    ask(graph, "Shell")
    survey = surveyed(graph)
    [python] = [row for row in survey.rows() if (row.kind, row.language) == ("rewriting", "Python")]
    assert survey.characters_a_token == pytest.approx(server.characters, abs=0.01)
    assert (python.requests, python.known, python.prompt_tokens_are) == (PYTHON_FILES, FIRST_ROUND, MEASURED)
    assert (python.completion_tokens, python.usd) == (None, None)


def test_a_server_that_does_not_count_leaves_tokens_unknown(settings):
    """Where no answer came with its tokens, prompts are estimated, and answers, time and dollars stay unknown."""
    with ScriptedServer(rewriting, counts=False) as server:
        graph = opened(settings, **endpoint(server.address), **PRICES, gpus=1)
        ask(graph, "Python")
        shell = rows(graph)["rewriting", "Shell"]
    assert (shell.requests, shell.known, shell.prompt_tokens_are) == (3 * SHELL_FILES, MEASURED, ESTIMATED)
    assert (shell.completion_tokens, shell.engine_seconds, shell.gpu_hours, shell.usd) == (None, None, None, None)


def test_answers_that_nothing_asks_for_are_told(settings, server):
    """With another temperature everything is asked anew; the answers so far are kept, and counted as unused."""
    graph = opened(settings, **endpoint(server.address))
    ask(graph, "Shell")
    assert surveyed(graph).unused == 0
    other = opened(settings, **endpoint(server.address), sampling={"top_p": 0.5})
    survey = surveyed(other)
    assert survey.unused == 3 * SHELL_FILES
    assert sum(row.answered for row in survey.rows()) == 0


def test_totals_add_up():
    """A total is the sum of its rows, unknown where one of them is, and as certain as the least certain."""
    row = Row("s", "a", "Python", 10, 3, 4, 8, MEASURED, 100, MEASURED, 50, 2.0, 0.5, 1.5)
    other = replace(row, kind="b", lacking=1, requests=1, known=FIRST_ROUND, prompt_tokens_are=ESTIMATED, usd=None)
    shell = replace(row, language="Shell", files=7, known=ALL_ASKED)
    assert total([row, shell], "s") == Row("s", "", "", 17, 6, 8, 16, MEASURED, 200, MEASURED, 100, 4.0, 1.0, 3.0)
    whole = total([row, other, shell])
    assert (whole.files, whole.lacking, whole.requests, whole.known) == (17, 9, 17, FIRST_ROUND)
    assert (whole.prompt_tokens, whole.prompt_tokens_are, whole.usd) == (300, ESTIMATED, None)
    assert total([]).requests == 0


def test_partitions_whose_files_cannot_be_read_are_named(settings, server):
    """A partition that is not curated yet is left out of the figures and listed with the reason."""
    graph = opened(settings, **endpoint(server.address))
    graph.workspace.store.withdraw("curated_files", "Shell|1-of-2")
    survey = surveyed(graph)
    assert list(survey.left_out) == ["Shell|1-of-2"]
    assert "curated_files Shell|1-of-2 was never published" in survey.left_out["Shell|1-of-2"]
    assert {row.language for row in survey.rows()} == {"Python"}


def test_the_speed_of_a_model_is_its_own():
    """A partition in which two models have answered measures each by its own answers and times."""

    class Model:
        key = ("m", "r")

        @staticmethod
        def work(_):
            return pl.DataFrame({"engine_seconds": [4.0, 6.0], "gpu_seconds": [8.0, 12.0]})

    def answers(*models):
        return pl.DataFrame(
            {
                "request_sha256": [str(number) for number, _ in enumerate(models)],
                "model": models,
                "model_revision": ["r"] * len(models),
                "prompt_tokens": [30] * len(models),
                "completion_tokens": [20] * len(models),
            }
        )

    speed = Speed()
    speed.look(Model, "p", answers("other", "other"))
    assert speed.seconds(10) is None
    speed.look(Model, "p", answers("m", "other", "m"))
    assert speed.seconds(10) == pytest.approx(1.0)
    assert (speed.engine_seconds, speed.gpu_seconds, speed.tokens) == (10.0, 20.0, 100)


# -- why a table is stale


def stale(graph) -> dict[str, TableState]:
    return {one.table: one for group in states(graph) for one in group}


def reasons(state: TableState) -> dict[str, int]:
    return dict(state.reasons)


def test_what_was_never_made_is_stale_and_the_rest_is_not(settings):
    """After curation and recording the tables above are current, and those of the strategies were never made."""
    found = stale(opened(settings))
    assert reasons(found["code_qa"]) == {NEVER_MADE: 3}
    assert (found["code_qa"].partitions, found["release"].partitions) == (3, 1)
    for table in ("local_index", "source_files", "licenses", "near_duplicates", "curated_files", "observations"):
        assert not found[table].stale, table
        assert not found[table].following, table


def test_before_the_corpus_is_read_nobody_knows_the_partitions(settings):
    """Where the index was never made, it is stale itself, and of tables by language and shard nothing is claimed."""
    graph = opened(settings)
    graph.workspace.store.withdraw("local_index", "all")
    found = stale(graph)
    assert reasons(found["local_index"]) == {NEVER_MADE: 1}
    assert found["source_files"].partitions is None
    assert found["source_files"].stale == {}


def test_changed_code_is_a_reason(settings, monkeypatch):
    """Code that reaches one step makes its tables stale for that reason, and what is made from them may follow."""
    graph = opened(settings)
    real, changed = freshness.code_version, graph.maker["observations"].code

    def version(*modules: str) -> str:
        return "0" * 12 if modules == changed else real(*modules)

    monkeypatch.setattr(freshness, "code_version", version)
    monkeypatch.setattr(gate, "code_version", version)
    found = stale(graph)
    assert reasons(found["observations"]) == reasons(found["traces"]) == {CODE: 3}
    assert not found["curated_files"].stale
    assert not found["curated_files"].following


def test_a_changed_setting_is_a_reason(settings):
    """A threshold makes the table stale whose rows it decides, for no reason that a manifest tells; what follows is told apart."""
    file = settings.workspace / "alchemy.toml"
    file.write_text(file.read_text() + "[heuristics.default]\nfewest_lines = 4\n")
    found = stale(opened(load(settings.workspace)))
    assert reasons(found["curated_files"]) == {OTHER: 3}
    assert not found["source_files"].stale
    assert not found["source_files"].following
    assert not found["observations"].stale
    assert len(found["observations"].following) == 3


def test_changed_content_above_is_a_reason_with_its_table(settings):
    """Where the index was made again out of a changed file, `source_files` says that, for the language that has the file."""
    corpus = settings.local.path
    first = min(corpus.glob("*.py"))
    text = first.read_text()
    try:
        first.write_text(text + "# One more line.\n")
        graph = opened(settings)
        assert reasons(stale(graph)["local_index"]) == {OTHER: 1}
        bring_up(graph, ["index"])
        found = stale(graph)
    finally:
        first.write_text(text)
    assert not found["local_index"].stale
    assert set(reasons(found["source_files"])) == {"upstream content changed: local_index"}
    assert {key.split("|")[0] for key in found["source_files"].stale} == {"Python"}
    assert set(found["source_files"].stale) <= set(found["curated_files"].following)


def test_a_refusal_is_a_reason_with_its_check(settings):
    """A table that a check refused says which; what needs it says that it cannot be read."""
    graph = planted.graph(settings)
    planted.refuse(settings.workspace, "licenses Python|0-of-2")
    list(gate.make(graph, graph.maker["licenses"], "Python|0-of-2", force=True))
    found = stale(graph)
    assert found["licenses"].stale == {"Python|0-of-2": ("a check refused it: planted",)}
    assert found["curated_files"].stale["Python|0-of-2"] == ("upstream cannot be read: licenses",)
    assert "Python|1-of-2" not in found["curated_files"].stale


def test_a_lost_file_is_a_reason(settings):
    """A published file that is gone is told as such."""
    graph = opened(settings)
    for path in graph.workspace.store.paths("observations", "Shell|1-of-2"):
        path.unlink()
    assert stale(graph)["observations"].stale == {"Shell|1-of-2": (DAMAGED,)}
