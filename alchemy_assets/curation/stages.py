"""The stages of curation, in the order in which their reasons are listed.

Belongs here: the order. Does not: any rule. The row-wise stages judge one read of the text, each into a table of its own;
decontamination compares with other files, so it is measured in a step of its own, and decides like the others.
"""

from alchemy_assets.curation import control_text, heuristics, licenses, quality_score, redaction, syntax
from alchemy_assets.curation.decontamination import judgement
from alchemy_assets.curation.stage import Stage
from alchemy_assets.settings import Settings


def row_stages(settings: Settings) -> tuple[Stage, ...]:
    """The row-wise stages that a workspace runs."""
    stages = (
        licenses.stage(settings.licenses),
        heuristics.stage(settings.heuristics),
        syntax.stage(),
        control_text.stage(),
        redaction.stage(),
        quality_score.stage(settings.heuristics),
    )
    return tuple(stage for stage in stages if settings.runs(stage.name))


def all_stages(settings: Settings) -> tuple[Stage, ...]:
    """All stages that decide about single files."""
    compared = (judgement.stage(settings.decontamination),) if settings.runs(judgement.NAME) else ()
    return (*row_stages(settings), *compared)
