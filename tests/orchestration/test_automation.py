"""What Dagster asks for by itself: only partitions whose content changed and whose upstream may be read."""

import dagster as dg
import planted
import pytest

from alchemy_assets.curation.stages import row_stages
from alchemy_assets.orchestration import home
from alchemy_assets.orchestration.automation import Wanted
from alchemy_assets.orchestration.build import build, open_graph
from alchemy_assets.orchestration.freshness import Graph
from alchemy_assets.orchestration.waves import QUIET, run_waves
from alchemy_assets.settings import NearDuplicates, Settings

ALL = {"Python|0-of-2", "Python|1-of-2", "Shell|0-of-2", "Shell|1-of-2"}
JUDGED = {
    "source_files",
    *(stage.name for stage in row_stages(Settings())),
    "held_out",
    "held_out_fingerprints",
    "near_duplicate_signatures",
}


def requested(graph: Graph) -> dict[str, set[str | None]]:
    """What the sensor would ask for now, by table, as Dagster evaluates it."""
    with home.instance(graph.workspace.settings.workspace) as instance:
        result = dg.evaluate_automation_conditions(defs=build(graph), instance=instance)
        keys = {name: result.get_requested_partitions(dg.AssetKey(name)) for name in graph.tables}
    return {name: found for name, found in keys.items() if found}


def run(graph: Graph, wave: str, partition: str | None) -> bool:
    with home.instance(graph.workspace.settings.workspace) as instance:
        job = build(graph).resolve_job_def(wave)
        return job.execute_in_process(
            instance=instance, partition_key=partition, run_config=QUIET, raise_on_error=False
        ).success


@pytest.fixture
def graph(workspace) -> Graph:
    return planted.graph(workspace())


def test_nothing_is_asked_for_before_the_corpus_is_read(graph):
    """Without an index there are no partitions to want."""
    assert requested(graph) == {}


def test_what_can_be_made_in_one_run_is_asked_for_together(graph):
    """After the index the whole wave of judging is asked for, for every partition, and nothing of the waves below."""
    assert run(graph, "index", None)
    wanted = requested(graph)
    assert set(wanted) == JUDGED
    assert all(keys == ALL for keys in wanted.values())


def test_nothing_is_asked_for_when_all_is_current(graph, corpus):
    """After a whole run nothing is asked for; after a change of one file only its own partitions are."""
    list(run_waves(graph))
    assert requested(graph) == {}
    changed = next(corpus.rglob("apples.py"))
    changed.write_text(changed.read_text() + "\n# One more line.\n")
    assert run(graph, "index", None)
    keys = {key for found in requested(graph).values() for key in found}
    assert keys
    assert {str(key).split("|")[0] for key in keys} == {"Python"}


def test_nothing_below_a_refused_partition_is_asked_for(graph):
    """A partition that a check refused is not asked for again, nor is anything that needs it; the rest is."""
    planted.refuse(graph.workspace.settings.workspace, "near_duplicate_signatures Python|0-of-2")
    told = list(run_waves(graph))
    assert any(one.failed for one in told)
    assert requested(graph) == {}
    wanted = Wanted(graph)
    assert wanted.state(graph.maker["near_duplicates"], "Python") == "blocked"
    assert wanted.state(graph.maker["curated_files"], "Shell|0-of-2") == "current"


def test_the_nightly_schedule_reads_a_corpus_again_only_if_it_changed(graph, corpus):
    """The schedule asks for the index at first, skips while the folder is the same, and asks again after a change."""
    schedule = build(graph).resolve_schedule_def("nightly")

    def asks() -> bool:
        with home.instance(graph.workspace.settings.workspace) as instance:
            return bool(schedule.evaluate_tick(dg.build_schedule_context(instance=instance)).run_requests)

    assert asks()
    assert run(graph, "index", None)
    assert not asks()
    (corpus / "project-0" / "new.sh").write_text("echo new\n")
    assert asks()


def test_a_language_has_its_own_shards_and_unused_keys_are_not_asked_for(workspace):
    """With fewer shards for one language, its keys carry its own count, and the grid's other keys stay unrequested."""
    settings = workspace(shards=4).model_copy(update={"shards_of": {"Shell": 1}})
    graph = open_graph(settings)
    assert run(graph, "index", None)
    keys = requested(graph)["source_files"]
    assert {str(key) for key in keys if str(key).startswith("Shell")} == {"Shell|0-of-1"}
    assert {str(key).split("-of-")[1] for key in keys if str(key).startswith("Python")} == {"4"}


def test_every_asset_is_told_of_in_full(graph):
    """Every table is an asset with a group, an owner, a description, kinds and its columns; checks carry its partitions."""
    definitions = build(graph)
    specs = {spec.key.to_user_string(): spec for spec in definitions.resolve_all_asset_specs()}
    assert set(specs) == set(graph.tables)
    for name, spec in specs.items():
        assert spec.group_name, name
        assert spec.description, name
        assert spec.owners, name
        assert spec.kinds, name
        assert spec.code_version, name
        assert "dagster/column_schema" in spec.metadata, name
    jobs = {job.name for job in definitions.resolve_all_job_defs()}
    assert jobs >= {"index", "judge", "contamination", "compare", "cluster", "record", "sample", "publish"}


def test_a_quorum_lets_a_language_go_on_without_a_refused_shard(workspace):
    """The clusters are made of the shards that are there, their manifest names the one that is not, and the sensor agrees."""
    settings = workspace().model_copy(update={"near_duplicates": NearDuplicates(quorum=0.5)})
    graph = planted.graph(settings)
    planted.refuse(settings.workspace, "near_duplicate_signatures Python|0-of-2")
    told = {one.partition: one.failed or one.skipped for one in run_waves(graph) if one.failed or one.skipped}
    assert "Python" not in told
    manifest = graph.workspace.store.open("near_duplicates", "Python")
    assert manifest.missing == ["near_duplicate_signatures/Python|0-of-2"]
    assert "Python|0-of-2" in manifest.notes["left out"]
    assert {key for key in told if key.startswith("Python")} == {"Python|0-of-2"}
    assert graph.workspace.store.open("curated_files", "Python|1-of-2").rows
    assert Wanted(graph).state(graph.maker["near_duplicates"], "Python") == "current"
