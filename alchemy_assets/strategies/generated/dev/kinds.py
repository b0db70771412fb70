"""The developer's tasks that a language model does on a file: one row a kind.

Belongs here: which preparation, which reading and which judge make a kind. Does not: any of them; the words
(`phrasings/dev/`, `generation/prompts/dev_*.j2`).
"""

from alchemy_assets.generation.completions import Answers
from alchemy_assets.strategies.generated.dev import (
    annotations,
    behaviour,
    changes,
    comments,
    documents,
    misspelt,
    planted,
    programs,
    review,
    test_files,
    told,
)
from alchemy_assets.strategies.generated.dev.behaviour import comparable, unchanged_behaviour
from alchemy_assets.strategies.generated.dev.proposed import REASONS as PROPOSED_REASONS
from alchemy_assets.strategies.generated.dev.proposed import proposing
from alchemy_assets.strategies.generated.dev.task import DevTask, whole
from alchemy_assets.strategies.generated.new_code import Bounds, whole_code
from alchemy_assets.strategies.generated.shown import Shown
from alchemy_assets.strategies.strategy import CuratedFile, Kind, Left

CODE, FIX, TESTS, PORT, WORDS, MESSAGE, REVIEW, DOCUMENT = (
    *("form_code", "form_fix", "form_tests", "form_port", "form_words", "form_message", "form_review", "form_document"),
)
INPUTS, CASES = "inputs", "cases"


def _comparable(file: CuratedFile, answers: Answers) -> Shown | Left:
    """A file that another text can be held against."""
    seen = comparable(file)
    return seen if isinstance(seen, Left) else whole(file, answers)


def _where_started(file: CuratedFile) -> tuple[str, int]:
    """Inputs that go wrong are asked for where somebody can start the file."""
    return (INPUTS, 1) if programs.is_program(file) else ("", 0)


_SAME = (*behaviour.REASONS, *PROPOSED_REASONS)

KINDS: tuple[Kind, ...] = (
    DevTask("bug_fix", planted.prepare, whole_code, planted.judge, FIX, planted.REASONS),
    DevTask(
        "feature",
        proposing(programs.program, lambda _file: (CASES, 2)),
        whole_code,
        programs.feature,
        CODE,
        programs.FEATURE_REASONS,
    ),
    DevTask("restructuring", proposing(_comparable), whole_code, unchanged_behaviour(Bounds()), CODE, _SAME),
    DevTask("unit_tests", test_files.prepare, whole_code, test_files.judge, TESTS, test_files.REASONS),
    DevTask("documentation", comments.prepare, whole_code, comments.judge, "form_comments", comments.REASONS),
    DevTask("code_review", review.prepare, told.said, review.judge, REVIEW, review.REASONS),
    DevTask(
        "hardening",
        proposing(programs.fine, _where_started),
        whole_code,
        unchanged_behaviour(Bounds(0.8, 2.0), programs.hardened, where_fine=True),
        CODE,
        programs.HARDENING_REASONS,
    ),
    DevTask(
        "speed_up",
        proposing(programs.comparable_program, lambda _file: (INPUTS, 1)),
        whole_code,
        unchanged_behaviour(Bounds(), programs.faster),
        CODE,
        programs.SPEED_REASONS,
    ),
    DevTask(
        "type_annotations",
        annotations.prepare,
        whole_code,
        unchanged_behaviour(Bounds(0.8, 2.0, comments=True), annotations.annotated),
        "form_types",
        (*behaviour.REASONS, annotations.TYPED, annotations.NO_TYPES, annotations.FEW_TYPES),
    ),
    DevTask("port", programs.porting, whole_code, programs.ported, PORT, programs.PORT_REASONS),
    DevTask("modernisation", proposing(_comparable), whole_code, unchanged_behaviour(Bounds()), CODE, _SAME),
    DevTask("stack_trace", misspelt.prepare, whole_code, misspelt.judge, FIX, misspelt.REASONS),
    DevTask("change_explained", changes.prepare, told.said, told.explained, WORDS, told.EXPLAINED_REASONS),
    DevTask("commit_message", changes.prepare, told.message, told.committed, MESSAGE, told.MESSAGE_REASONS),
    DevTask(
        "document_revision",
        proposing(documents.document),
        documents.revised,
        documents.judge,
        DOCUMENT,
        documents.REASONS,
    ),
)
