"""The partitions of the assets: language × shard, and language. One object each, shared by assets, checks and jobs."""

from dataclasses import dataclass

import dagster as dg

from alchemy_assets.orchestration.steps import Grain
from alchemy_assets.settings import Settings
from alchemy_assets.shards import shard_keys

LANGUAGE, SHARD = "language", "shard"


@dataclass(frozen=True)
class Partitions:
    """The partitions definitions of a workspace."""

    by_files: dg.MultiPartitionsDefinition
    by_language: dg.StaticPartitionsDefinition

    def of(self, grain: Grain) -> dg.PartitionsDefinition[str] | None:
        """The definition of a grain; None where there are no partitions."""
        return {Grain.FILES: self.by_files, Grain.LANGUAGE: self.by_language, Grain.WHOLE: None}[grain]


def partitions(settings: Settings) -> Partitions:
    """The partitions that a workspace's languages and shard counts give; a key carries its count, so counts never mix."""
    counts = sorted({settings.shard_count(language) for language in settings.languages})
    languages = dg.StaticPartitionsDefinition(list(settings.languages))
    shards = dg.StaticPartitionsDefinition([key for count in counts for key in shard_keys(count)])
    return Partitions(dg.MultiPartitionsDefinition({LANGUAGE: languages, SHARD: shards}), languages)


def mapping(above: Grain, below: Grain) -> dg.PartitionMapping | None:
    """How a downstream partition finds its upstream ones; None leaves it to Dagster."""
    if {above, below} == {Grain.LANGUAGE, Grain.FILES}:
        return dg.MultiToSingleDimensionPartitionMapping(partition_dimension_name=LANGUAGE)
    return None
