"""The code location of an installed package: the workspace that `ALCHEMY_WORKSPACE` names."""

from alchemy_assets.orchestration.build import build_definitions

defs = build_definitions()
