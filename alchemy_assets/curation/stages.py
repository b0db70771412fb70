"""The row-wise stages of curation, in the order in which their reasons are listed.

Belongs here: the order. Does not: any rule. They judge one read of the text, each into a table of its own.
"""

from alchemy_assets.curation import control_text, heuristics, licenses, syntax
from alchemy_assets.curation.stage import Stage
from alchemy_assets.settings import Settings


def row_stages(settings: Settings) -> tuple[Stage, ...]:
    """The row-wise stages under the settings of a workspace."""
    return (licenses.stage(settings.licenses), heuristics.STAGE, syntax.stage(), control_text.stage())
