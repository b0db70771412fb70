"""What Dagster loads from a checkout: the assets of the workspace that `ALCHEMY_WORKSPACE` names."""

from alchemy_assets.definitions import defs

__all__ = ["defs"]
