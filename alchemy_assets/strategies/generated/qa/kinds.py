"""The kinds of CodeQA that a language model writes, in the order in which a file is asked about.

Belongs here: their registry. Does not: a kind itself.
"""

from alchemy_assets.strategies.generated.qa.api_use import ApiUse
from alchemy_assets.strategies.generated.qa.completed_program import CompletedProgram
from alchemy_assets.strategies.generated.qa.complexity import Complexity
from alchemy_assets.strategies.generated.qa.explained_code import ExplainedCode
from alchemy_assets.strategies.generated.qa.fixed_program import FixedProgram
from alchemy_assets.strategies.generated.qa.found_input import FoundInput
from alchemy_assets.strategies.generated.qa.infilled_program import InfilledProgram
from alchemy_assets.strategies.generated.qa.multiple_choice import MultipleChoice
from alchemy_assets.strategies.generated.qa.predicted_output import PredictedOutput
from alchemy_assets.strategies.generated.qa.specified_program import SpecifiedProgram
from alchemy_assets.strategies.generated.qa.translation import Translation
from alchemy_assets.strategies.generated.qa.written_tests import WrittenTests
from alchemy_assets.strategies.strategy import Kind

KINDS: tuple[Kind, ...] = (
    SpecifiedProgram(),
    CompletedProgram(),
    InfilledProgram(),
    PredictedOutput(),
    FoundInput(),
    FixedProgram(),
    ExplainedCode(),
    Complexity(),
    Translation(),
    WrittenTests(),
    MultipleChoice(),
    ApiUse(),
)
