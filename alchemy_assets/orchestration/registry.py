"""All steps of a workspace, in the order of the waves.

A Dagster job holds assets of one partitions definition, so the graph is cut into waves where the partitions change.
"""

from collections.abc import Mapping

from alchemy_assets.orchestration.assets import benchmarks, corpora, curation, generation, quality, release, strategies
from alchemy_assets.orchestration.steps import Step
from alchemy_assets.settings import Settings

WAVES: Mapping[str, str] = {
    "index": "Reads the corpora once and splits them by language and shard.",
    "fetch": "Fetches the texts of corpora that come as ids.",
    "judge": "Measures the files of a language × shard and signs them for near-duplicates.",
    "contamination": "Gathers what training files may not hold: held-out files and the items of benchmarks.",
    "compare": "Compares the files of a language × shard with that.",
    "cluster": "Finds the near-duplicates of a language.",
    "record": "Curates the files of a language × shard, and runs what can be run.",
    "generate": "Asks a language model about the files of a language × shard. Started by a person: it costs money.",
    "sample": "Makes samples of the files of a language × shard.",
    "publish": "Measures everything and writes the release.",
}


def steps(settings: Settings) -> tuple[Step, ...]:
    """The steps of a workspace."""
    return (
        *corpora.steps(settings),
        *curation.steps(settings),
        *generation.steps(settings),
        *strategies.steps(settings),
        *benchmarks.steps(),
        *quality.steps(settings),
        *release.steps(settings),
    )
