"""The language model of a workspace: what it has answered, and the engine that makes it answer, started once.

Belongs here: what lives as long as the process. Does not: asking for a partition (`generating`).
"""

from contextlib import ExitStack
from functools import cached_property
from pathlib import Path

import polars as pl

from alchemy_assets import schema
from alchemy_assets.generation.completions import Answers, Sampling, known_of
from alchemy_assets.generation.engine import Served, keyed_as
from alchemy_assets.generation.keeping import shared as shared_engine
from alchemy_assets.generation.usage import Budget
from alchemy_assets.segments import Segments, shared
from alchemy_assets.settings import Generation

# How long engines were at work for a partition; tokens are counted in `completions` themselves.
SECONDS: schema.Columns = {
    "partition": pl.String(),
    "model": pl.String(),
    "model_revision": pl.String(),
    "engine_seconds": pl.Float64(),
    "gpu_seconds": pl.Float64(),
}


class Model:
    """A model, its answers so far, and its engine.

    folder: where journals and engines of this machine are. completions, seconds: the segments of both tables.
    only: strategies that are asked for now; none is all of them.
    """

    def __init__(self, settings: Generation, root: Path, folder: Path) -> None:
        self.settings = settings
        self._folder = folder
        self.completions = Segments(root, "completions", schema.COMPLETIONS)
        self.seconds = Segments(root, "engine_seconds", SECONDS)
        self.only: tuple[str, ...] = ()
        self._stack = ExitStack()

    @cached_property
    def key(self) -> tuple[str, str]:
        """Model and revision that answers are kept under."""
        return keyed_as(self.settings)

    @cached_property
    def served(self) -> Served:
        """The engine, answering: a model is loaded once for all processes of this machine that have the folder, at first use."""
        return self._stack.enter_context(shared_engine(self.settings, self._folder))

    @cached_property
    def budget(self) -> Budget:
        """What this process may spend, over all partitions."""
        return Budget.of(self.settings, self.served.gpus)

    def close(self) -> None:
        """Leave the engine; it ends `generation.keep_seconds` after the last has left."""
        self.__dict__.pop("served", None)
        self._stack.close()

    def work(self, partition: str) -> pl.DataFrame:
        """The seconds that this model was at work for a partition: rows of `SECONDS`, one a stretch of asking.

        After a change of the shard count a stretch for another shard counts by the share of it that lies in this one.
        """
        model, revision = self.key
        own = (pl.col("model") == model) & (pl.col("model_revision") == revision)
        share = pl.col("partition").map_elements(lambda other: shared(other, partition), return_dtype=pl.Float64)
        return self.seconds.read(partition).filter(own).with_columns(pl.col("engine_seconds", "gpu_seconds") * share)

    def answers(self, completions: pl.DataFrame) -> Answers:
        """The answers of this model out of the table `completions`, and how it is asked."""
        model, revision = self.key
        sampling = Sampling(**self.settings.sampling.model_dump())
        known = known_of(completions, model, revision)
        return Answers(model, revision, known, sampling, self.settings.more_room, self.settings.license)
