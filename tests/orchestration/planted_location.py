"""The code location that Dagster's daemon loads in the tests of gating."""

from planted import graph

from alchemy_assets.orchestration.build import build
from alchemy_assets.settings import load

defs = build(graph(load()))
