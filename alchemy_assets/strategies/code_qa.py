"""CodeQA: questions and answers that one file gives rise to.

Belongs here: the kinds of this strategy. Does not: a kind itself (`grounded`, `generated.qa`).
"""

from alchemy_assets.settings import Generation
from alchemy_assets.strategies.generated.qa import kinds
from alchemy_assets.strategies.grounded.completion import Completion
from alchemy_assets.strategies.grounded.execution_question import ExecutionQuestion
from alchemy_assets.strategies.grounded.fill_in_the_middle import FillInTheMiddle
from alchemy_assets.strategies.grounded.markdown_links import MarkdownLinks
from alchemy_assets.strategies.grounded.markdown_outline import MarkdownOutline
from alchemy_assets.strategies.grounded.markdown_table import MarkdownTable
from alchemy_assets.strategies.grounded.recorded_output import RecordedOutput
from alchemy_assets.strategies.strategy import Kind

NAME = "code_qa"
DESCRIPTION = "Asks questions that one file answers: its missing bodies, and what its programs print."
KINDS: tuple[Kind, ...] = (
    Completion(),
    FillInTheMiddle(),
    RecordedOutput(),
    MarkdownOutline(),
    MarkdownLinks(),
    MarkdownTable(),
    ExecutionQuestion(),
)
WITHOUT_A_MODEL = ""


def written(_generation: Generation) -> tuple[Kind, ...]:
    """The kinds that a language model writes."""
    return kinds.KINDS
