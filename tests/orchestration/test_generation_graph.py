"""The graph with a language model: nothing is asked by itself, and what was answered becomes samples like any other."""

import json

import datasets
import pytest
from aiohttp import web

from alchemy_assets.orchestration import gate
from alchemy_assets.orchestration.automation import Wanted
from alchemy_assets.orchestration.build import build, open_graph
from alchemy_assets.orchestration.home import instance
from alchemy_assets.orchestration.waves import run_waves
from alchemy_assets.strategies.generated.enhance import CRITERIA, GOOD_ENOUGH
from tests.generation.fault_server import MODEL, FaultServer

SETTINGS = {
    "ALCHEMY_SAMPLES__KINDS": '["fill_in_the_middle", "rewriting", "original"]',
    "ALCHEMY_GENERATION__ENGINE": "endpoint",
    "ALCHEMY_GENERATION__MODEL": MODEL,
}


async def play(server, _request, body):
    """Files about apples and books are weak, what is rewritten is good; a rewriting is the file under a head comment."""
    asked = body["messages"][1]["content"]
    reply = server.reply(body)
    weak = any(f"def count_{thing}" in asked or f"the {thing} of" in asked for thing in ("apples", "books"))
    if "ten criteria" in asked:
        number = 3 if weak and "REWRITTEN" not in asked else 9
        said = json.dumps({**dict.fromkeys(CRITERIA, number), "why": "Its names say little"})
    else:
        _, fence, rest = asked.partition("```")
        info, _, code = rest.partition("\n")
        code = code.partition("```")[0]
        first, _, others = code.partition("\n")
        body_of = f"{first}\n# REWRITTEN\n{others}" if first.startswith("#!") else f"# REWRITTEN\n{code}"
        said = (
            f"{fence}{info}\n{body_of.replace('total = 0', 'total = 0 + 0').replace('total=0', 'total=$((0))')}{fence}"
        )
    reply["choices"][0]["message"]["content"] = said
    return web.json_response(reply)


@pytest.fixture
def server(workspace, monkeypatch):
    with FaultServer() as one:
        one.always = play
        for name, value in SETTINGS.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("ALCHEMY_GENERATION__ENDPOINTS", json.dumps([one.address]))
        monkeypatch.setenv("ALCHEMY_GENERATION__CONTEXT", "100000")
        yield one


def settled(graph, **options):
    """Run the waves; how many partitions of each had something to do. Any problem fails the test."""
    told = list(run_waves(graph, **options))
    assert [one for one in told if one.failed or one.skipped] == []
    return {one.wave: one.total for one in told if not one.partition}


def rows(graph, table):
    step = graph.maker[table]
    return [
        row
        for key in graph.partitions(step)
        for row in graph.workspace.store.read(table, key, graph.tables[table].columns).iter_rows(named=True)
    ]


def test_nothing_is_asked_unless_a_person_says_so(server, workspace, monkeypatch):
    """A run asks nothing and says what waits; when a person asks, answers become samples; changed code asks nothing again."""
    graph = open_graph(workspace(shards=1, languages=("Python",)))
    assert "generate" not in settled(graph)
    assert server.asked == 0
    assert rows(graph, "code_enhance") == []
    manifests = [
        graph.workspace.store.open("code_enhance", key) for key in graph.partitions(graph.maker["code_enhance"])
    ]
    assert any("requests; see: alchemy plan" in one.notes.get("waiting for answers", "") for one in manifests)

    done = settled(graph, by_hand=True)
    asked = server.asked
    assert done["generate"] == len(graph.partitions(graph.maker["usage"]))
    assert asked
    assert max(server.seen.values()) == 1
    samples, rejected = rows(graph, "code_enhance"), rows(graph, "code_enhance_rejected")
    assert {row["kind"] for row in samples} == {"rewriting"}
    assert {row["language"] for row in samples} == {"Python"}
    assert len(samples) == 2
    assert all(row["engine"] and row["model"] == MODEL and row["request_sha256"] for row in samples)
    assert {reason for row in rejected for reason in row["reasons"]} == {GOOD_ENOUGH}
    usage = rows(graph, "usage")
    assert sum(row["requests"] for row in usage) == asked
    assert sum(row["prompt_tokens"] for row in usage) == 10 * asked

    # Other code of the strategies: what they make is made again, and the model is left alone.
    version = gate.code_version

    def other(*names):
        return f"{'other ' if any('.strategies.' in name for name in names) else ''}{version(*names)}"

    monkeypatch.setattr("alchemy_assets.orchestration.freshness.code_version", other)
    again = open_graph(graph.workspace.settings)
    assert settled(again)["sample"] > 0
    assert server.asked == asked
    assert rows(again, "code_enhance") == samples
    assert settled(again, by_hand=True)["sample"] == 0
    assert server.asked == asked


def test_the_samples_of_a_model_are_released_and_replayed(server, workspace, monkeypatch):
    """The release has the config, with the first score and the model; with the engine `replay` the same samples are made of the same answers, and nobody is asked."""
    graph = open_graph(workspace(shards=1, languages=("Python",)))
    settled(graph, by_hand=True)
    read = datasets.load_dataset(
        str(graph.workspace.release_folder),
        "code-enhance",
        split="train",
        cache_dir=graph.workspace.settings.workspace / "c",
    )
    assert (graph.workspace.release_folder / "code-qa").is_dir()  # whose files have other columns
    assert set(read["raw_quality_score"]) == {3.0}
    assert set(read["model"]) == {MODEL}
    assert all("REWRITTEN" in text for text in read["text"])
    samples = rows(graph, "code_enhance")
    server.stop()
    monkeypatch.setenv("ALCHEMY_GENERATION__ENGINE", "replay")
    again = open_graph(workspace(shards=1, languages=("Python",)))
    assert again.workspace.settings.generation.engine == "replay"
    settled(again)
    assert rows(again, "code_enhance") == samples


def test_dagster_asks_for_it_by_no_condition(server, workspace):
    """In the web UI the asset that asks has no automation, a job of its own, and its answers are seen below it."""
    graph = open_graph(workspace(shards=1, languages=("Python",)))
    settled(graph)
    definitions = build(graph)
    specs = {spec.key.to_user_string(): spec for spec in definitions.resolve_all_asset_specs()}
    assert specs["usage"].automation_condition is None
    assert specs["completions"].automation_condition is not None
    assert "usage" in {dep.asset_key.to_user_string() for dep in specs["completions"].deps}
    assert definitions.resolve_job_def("generate")
    wanted = Wanted(graph)
    assert wanted.partitions(graph.maker["usage"]) == []
    # A person materialises one partition: Dagster asks, and then wishes for what follows from it.
    key = graph.partitions(graph.maker["usage"])[0]
    with instance(graph.workspace.settings.workspace) as home:
        result = definitions.resolve_job_def("generate").execute_in_process(instance=home, partition_key=key)
    assert result.success
    assert server.asked
    assert key in Wanted(graph).partitions(graph.maker["completions"])


def test_without_an_engine_the_graph_is_as_it_was(workspace):
    """No engine, no assets of a model: nothing waits and nothing can be asked."""
    graph = open_graph(workspace(shards=1, languages=("Python",)))
    assert {"usage", "completions"}.isdisjoint(graph.tables)
    settled(graph, by_hand=True)
    assert {
        graph.workspace.store.open("code_enhance", key).notes["why it is empty"]
        for key in graph.partitions(graph.maker["code_enhance"])
    } == {"CodeEnhance rewrites files with a language model; no engine is configured, so this partition is empty."}
